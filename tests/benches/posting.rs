//! How many documents share one durable commit on SQLite (`synchronous = FULL`), by the number of clients.
//!
//! `cargo bench --bench posting` prints a line for 1, 8 and 64 clients. A document is one transaction of ten rows: two
//! balanced journal entries with four postings each. The file lies in the target folder, on the disk.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::path::Path;
use std::time::Instant;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::connection::SimpleConnection;
use tailormade::config::DatabaseUrl;
use tailormade::db::{Db, Tx, migrate};
use tailormade::error::Error;
use tailormade::ids::{FundId, UserId};
use tailormade::ledger::rules::{Funder, money_in};
use tailormade::ledger::{Entry, EntryKind, Source, store};
use tailormade::money::Pence;

/// Each client uses funds of its own, and each fund a few times only, as in a council's day.
const FUNDS: i64 = 640;
const DOCUMENTS: usize = 6_400;

fn prepare(tx: &mut Tx) -> Result<(), Error> {
    tx.batch_execute(
        "INSERT INTO users (id, email, name, password_hash, created_at) VALUES (1, 'a', 'a', '', '2026-01-01');
         INSERT INTO organisations (id, name, kind, is_provider, is_holder, is_broker, address_line, town, postcode,
             about, charity_status, regulated, fictional, version, created_at)
         VALUES (1, 'a', 'council', 0, 0, 0, '', '', '', '', 'none', 0, 1, 1, '2026-01-01');
         INSERT INTO people (id, reference, name, address_line, town, postcode, council_id, fictional, created_at)
         VALUES (1, 'r', 'a', '', '', '', 1, 1, '2026-01-01');",
    )?;
    for fund in 1..=FUNDS {
        tx.batch_execute(&format!(
            "INSERT INTO funds (id, person_id, council_id, form, weekly_pence, vat_uplift_weekly_pence,
                 recovery_confirmed, payment_frequency, contribution_mode, starts_on, version, recorded_by, recorded_at)
             VALUES ({fund}, 1, 1, 'direct_payment', 42000, 0, 1, 'weekly', 'council_invoices', '2026-01-01', 1, 1,
                 '2026-01-01');"
        ))?;
    }
    Ok(())
}

fn document(tx: &mut Tx, fund: FundId, now: DateTime<Utc>) -> Result<(), Error> {
    for funder in [Funder::Council, Funder::Person] {
        let entry = Entry {
            kind: EntryKind::FundingReceived,
            on: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            description: "Money for four weeks".to_owned(),
            source: Source { kind: "payment", id: 1 },
            postings: money_in(funder, Pence::from_pence(1_000)),
        };
        store::post(tx, fund, &entry, UserId::new(1), now)?;
    }
    Ok(())
}

fn run(folder: &Path, clients: usize) {
    let file = folder.join(format!("posting-{clients}.sqlite"));
    let db = Db::open(&DatabaseUrl::sqlite(&file)).unwrap();
    migrate::up(&db).unwrap();
    db.write_now(prepare).unwrap();
    let before = db.writes_and_commits();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for client in 0..clients {
            let db = &db;
            scope.spawn(move || {
                for number in 0..DOCUMENTS / clients.max(8) {
                    let fund = FundId::new(((client * 97 + number * 13) as i64 % FUNDS) + 1);
                    let now = DateTime::UNIX_EPOCH;
                    db.write_now(move |tx| document(tx, fund, now)).unwrap();
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f64();
    let after = db.writes_and_commits();
    let (writes, commits) = (after.0 - before.0, after.1 - before.1);
    println!(
        "{clients:>2} clients: {writes} documents in {commits} durable commits: {:.1} a commit, {:.0} a second",
        writes as f64 / commits as f64,
        writes as f64 / seconds
    );
}

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for clients in [1, 8, 64] {
        run(folder.path(), clients);
    }
}
