//! The record's promises: one chain over all events, in their order, that nobody changes unseen.

use std::sync::mpsc::channel;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use tailormade::audit::sealing::Sealer;
use tailormade::audit::store::{self, seals};
use tailormade::audit::{Act, Author, Event, check};
use tailormade::config::DatabaseUrl;
use tailormade::db::{Db, Tx};
use tailormade::error::Error;
use tailormade::ids::PersonId;

use crate::support::app::{Engine, FreshDb};
use crate::support::program;

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn event(says: &str) -> Event {
    let author = Author::program("a test");
    Event { at: noon(), author, act: Act::new("test.done", says, PersonId::new(1)), reference: String::new() }
}

fn append(db: &Db, says: &'static str) {
    db.write_now(move |tx| store::append(tx, &event(says))).unwrap();
}

fn seal(sealer: &mut Sealer, db: &Db, now: DateTime<Utc>) -> usize {
    actix_web::rt::System::new().block_on(sealer.seal(db, now)).unwrap()
}

fn wrong(db: &Db) -> Vec<String> {
    db.read_now(|tx| check::check(tx, Some(noon()))).unwrap()
}

/// Three events, sealed.
fn sealed(engine: Engine) -> FreshDb {
    let fresh = FreshDb::new(engine);
    for says in ["began", "went on", "ended"] {
        append(&fresh.db, says);
    }
    assert_eq!(seal(&mut Sealer::new("one".to_owned()), &fresh.db, noon()), 3);
    assert_eq!(wrong(&fresh.db), Vec::<String>::new());
    fresh
}

/// Runs SQL with the guards of a table taken away for the time.
fn behind_the_guards(fresh: &FreshDb, engine: Engine, table: &str, sql: &str) {
    let both = ["update", "delete"];
    let (off, on): (String, String) = match engine {
        Engine::Sqlite => (
            both.map(|verb| format!("DROP TRIGGER {table}_no_{verb};")).concat(),
            both.map(|verb| {
                format!(
                    "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN
                     SELECT RAISE(ABORT, '{table} is append-only'); END;"
                )
            })
            .concat(),
        ),
        Engine::Postgres => {
            (format!("ALTER TABLE {table} DISABLE TRIGGER USER;"), format!("ALTER TABLE {table} ENABLE TRIGGER USER;"))
        }
    };
    fresh.execute(&format!("{off} {sql}; {on}"));
}

#[test]
fn a_row_that_is_changed_behind_the_guards_makes_check_fail_and_is_named() {
    for engine in Engine::all() {
        let fresh = sealed(engine);
        behind_the_guards(&fresh, engine, "audit_events", "UPDATE audit_events SET says = 'did nothing' WHERE id = 2");
        let says = "audit event 2 is not what was sealed: it, or its seal, was changed";
        assert_eq!(wrong(&fresh.db), [says]);
        let url = fresh.db.url().clone();
        let (code, out) = program::check(&match url {
            DatabaseUrl::Sqlite(file) => format!("sqlite://{}", file.display()),
            DatabaseUrl::Postgres(url) => url.to_string(),
        });
        assert_eq!(code, 1, "{out}");
        assert!(out.contains(says), "{out}");
        assert!(!out.contains("trigger audit"), "the guards are back: {out}");
    }
}

#[test]
fn rows_and_seals_that_are_taken_away_or_put_in_are_named() {
    for engine in Engine::all() {
        let fresh = sealed(engine);
        behind_the_guards(&fresh, engine, "audit_events", "DELETE FROM audit_events WHERE id = 2");
        assert_eq!(wrong(&fresh.db), ["audit event 2 was sealed and is gone"], "{engine:?}");
        // Nobody seals what was put in behind the seal: it stays visible for good.
        fresh.execute(
            "INSERT INTO audit_events (id, at, kind, user_name, capacity, what, says, thing_kind, reference)
             VALUES (2, '2026-11-02 10:00:00', 'act', 'Nobody', '', 'test.done', 'went on', 'person', '')",
        );
        assert_eq!(seal(&mut Sealer::new("one".to_owned()), &fresh.db, noon()), 0);
        assert_eq!(wrong(&fresh.db), ["audit event 2 is not what was sealed: it, or its seal, was changed"]);
        let fresh = sealed(engine);
        behind_the_guards(&fresh, engine, "audit_seals", "DELETE FROM audit_seals WHERE event_id = 2");
        let found = wrong(&fresh.db);
        assert!(found[0].starts_with("audit event 2 has no seal, though later events have"), "{found:?}");
    }
}

#[test]
fn the_record_and_its_seals_refuse_every_change() {
    for engine in Engine::all() {
        let fresh = sealed(engine);
        let mut statements = vec![
            "UPDATE audit_events SET says = 'did nothing'",
            "DELETE FROM audit_events",
            "UPDATE audit_seals SET sha256 = ''",
            "DELETE FROM audit_seals",
        ];
        if engine == Engine::Postgres {
            statements.extend(["TRUNCATE audit_events", "TRUNCATE audit_seals"]);
        }
        for statement in statements {
            let refused = fresh.db.write_now(move |tx| Ok(tx.batch_execute(statement)?));
            assert!(matches!(refused, Err(Error::Internal(ref cause)) if cause.contains("append-only")), "{refused:?}");
        }
        assert_eq!(wrong(&fresh.db), Vec::<String>::new());
    }
}

#[test]
fn what_waits_too_long_for_its_seal_is_named() {
    let fresh = sealed(Engine::Sqlite);
    append(&fresh.db, "was forgotten");
    let at = |later| fresh.db.read_now(move |tx| check::check(tx, Some(noon() + later))).unwrap();
    assert_eq!(at(TimeDelta::seconds(59)), Vec::<String>::new());
    let found = at(TimeDelta::seconds(61));
    assert!(found[0].starts_with("audit event 4 has waited for its seal since"), "{found:?}");
    assert_eq!(fresh.db.read_now(|tx| check::check(tx, None)).unwrap(), Vec::<String>::new());
}

#[test]
fn of_two_servers_one_seals_and_the_other_takes_over_when_it_falls_silent() {
    for engine in Engine::all() {
        let fresh = sealed(engine);
        let mut other = Sealer::new("two".to_owned());
        append(&fresh.db, "came later");
        assert_eq!(seal(&mut other, &fresh.db, noon()), 0, "one has the lease");
        assert_eq!(seal(&mut other, &fresh.db, noon() + TimeDelta::seconds(16)), 1, "{engine:?}");
        let mut one = Sealer::new("one".to_owned());
        append(&fresh.db, "came last");
        assert_eq!(seal(&mut one, &fresh.db, noon() + TimeDelta::seconds(17)), 0, "two has the lease now");
        let leave = other.leave(&fresh.db, noon() + TimeDelta::seconds(17));
        actix_web::rt::System::new().block_on(leave).unwrap();
        assert_eq!(seal(&mut one, &fresh.db, noon() + TimeDelta::seconds(18)), 1);
        assert_eq!(wrong(&fresh.db), Vec::<String>::new());
    }
}

/// On PostgreSQL a number is given out before it is committed: whoever holds a smaller one may come later.
#[test]
fn nothing_is_sealed_that_a_smaller_number_could_still_overtake() {
    if !Engine::all().contains(&Engine::Postgres) {
        return;
    }
    let fresh = sealed(Engine::Postgres);
    let mut sealer = Sealer::new("one".to_owned());
    let (took_its_number, number_taken) = channel();
    let (open, gate) = channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    std::thread::scope(|scope| {
        let db = fresh.db.clone();
        let slow = scope.spawn(move || {
            db.write_now(move |tx: &mut Tx| {
                store::append(tx, &event("was slow"))?;
                took_its_number.send(()).unwrap();
                gate.lock().unwrap().recv().unwrap();
                Ok(())
            })
        });
        number_taken.recv().unwrap();
        append(&fresh.db, "was fast");
        assert_eq!(seal(&mut sealer, &fresh.db, noon()), 0, "the slow one holds the number before");
        // Others come and go meanwhile; they are not waited for.
        append(&fresh.db, "came after");
        assert_eq!(seal(&mut sealer, &fresh.db, noon()), 0);
        open.send(()).unwrap();
        slow.join().unwrap().unwrap();
    });
    assert_eq!(seal(&mut sealer, &fresh.db, noon()), 2, "up to where the chain could go when it was asked");
    assert_eq!(seal(&mut sealer, &fresh.db, noon()), 1);
    let chained = fresh.db.read_now(|tx| seals::between(tx, 3, i64::MAX)).unwrap();
    let events = fresh.db.read_now(|tx| store::events_after(tx, 3, i64::MAX, 9)).unwrap();
    let said: Vec<&str> = events.iter().map(|event| event.says.as_str()).collect();
    assert_eq!(said, ["was slow", "was fast", "came after"]);
    assert!(chained.iter().map(|seal| seal.event).eq(events.iter().map(|event| event.id)));
    assert_eq!(wrong(&fresh.db), Vec::<String>::new());
}
