//! The one writer of the journal, and what is read from it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Account, Balances, Entry, EntryKind, Finding, Posting, RecordedEntry, rules};
use crate::db::columns::word;
use crate::db::schema::{journal_entries, postings};
use crate::db::{Tx, dialect};
use crate::error::Error;
use crate::ids::{EntryId, FundId, OrganisationId, UserId};
use crate::money::Pence;
use crate::web::token::sha256;

word! {
    Account;
    EntryKind;
}

/// Records an entry, if the books allow it.
///
/// # Errors
/// A refusal when it would use what is not there; an internal error when it does not balance.
pub fn post(tx: &mut Tx, fund: FundId, entry: &Entry, by: UserId, now: DateTime<Utc>) -> Result<EntryId, Error> {
    if !rules::balances(&entry.postings) {
        return Err(Error::Internal(format!("an entry that does not balance: {entry:?}")));
    }
    let before = balances(tx, fund)?;
    rules::allow(&before, &entry.postings).map_err(|refusal| Error::Refused(refusal.to_string()))?;
    let recorded_at = now.naive_utc();
    let source = (entry.source.kind, entry.source.id);
    let seal = seal(fund, entry.kind, entry.on, &entry.description, source, by, recorded_at, &entry.postings);
    let row = (
        journal_entries::fund_id.eq(fund),
        journal_entries::kind.eq(entry.kind),
        journal_entries::happened_on.eq(entry.on),
        journal_entries::description.eq(&entry.description),
        journal_entries::source_kind.eq(source.0),
        journal_entries::source_id.eq(source.1),
        journal_entries::recorded_by.eq(by),
        journal_entries::recorded_at.eq(recorded_at),
        journal_entries::sha256.eq(seal),
    );
    let id: EntryId =
        diesel::insert_into(journal_entries::table).values(row).returning(journal_entries::id).get_result(tx)?;
    for posting in &entry.postings {
        let row = (
            postings::entry_id.eq(id),
            postings::fund_id.eq(fund),
            postings::account.eq(posting.account),
            postings::party_id.eq(posting.party),
            postings::amount_pence.eq(posting.amount),
        );
        diesel::insert_into(postings::table).values(row).execute(tx)?;
    }
    Ok(id)
}

/// The fingerprint of an entry with its postings: what `check` recomputes.
#[allow(clippy::too_many_arguments)] // every column that somebody relies on is sealed
fn seal(
    fund: FundId,
    kind: EntryKind,
    on: NaiveDate,
    description: &str,
    source: (&str, i64),
    by: UserId,
    at: NaiveDateTime,
    postings: &[Posting],
) -> String {
    let sides: Vec<String> = postings
        .iter()
        .map(|posting| {
            let party = posting.party.map(OrganisationId::number).unwrap_or_default();
            format!("{}|{party}|{}", posting.account.code(), posting.amount.pence())
        })
        .collect();
    let (source_kind, source_id) = source;
    let at = at.and_utc().timestamp_micros();
    sha256(&format!(
        "{fund}|{}|{on}|{source_kind}|{source_id}|{by}|{at}|{}|{description}",
        kind.code(),
        sides.join(";")
    ))
}

/// The balances of a fund now.
///
/// # Errors
/// When the database fails.
pub fn balances(tx: &mut Tx, fund: FundId) -> Result<Balances, Error> {
    let rows: Vec<(Account, i64)> = postings::table
        .filter(postings::fund_id.eq(fund))
        .group_by(postings::account)
        .select((postings::account, dialect::sum("amount_pence")))
        .load(tx)?;
    Ok(Balances(rows.into_iter().map(|(account, amount)| (account, Pence::from_pence(amount))).collect()))
}

/// The balances of several funds now, in one query.
///
/// # Errors
/// When the database fails.
pub fn balances_of(tx: &mut Tx, funds: &[FundId]) -> Result<BTreeMap<FundId, Balances>, Error> {
    let rows: Vec<(FundId, Account, i64)> = postings::table
        .filter(postings::fund_id.eq_any(funds.to_vec()))
        .group_by((postings::fund_id, postings::account))
        .select((postings::fund_id, postings::account, dialect::sum("amount_pence")))
        .load(tx)?;
    let mut found: BTreeMap<FundId, Balances> = BTreeMap::new();
    for (fund, account, amount) in rows {
        found.entry(fund).or_default().0.insert(account, Pence::from_pence(amount));
    }
    Ok(found)
}

/// The balances of a fund at the end of a day.
///
/// # Errors
/// When the database fails.
pub fn balances_at(tx: &mut Tx, fund: FundId, day: NaiveDate) -> Result<Balances, Error> {
    let rows: Vec<(Account, i64)> = postings::table
        .inner_join(journal_entries::table.on(journal_entries::id.eq(postings::entry_id)))
        .filter(postings::fund_id.eq(fund).and(journal_entries::happened_on.le(day)))
        .group_by(postings::account)
        .select((postings::account, dialect::sum("amount_pence")))
        .load(tx)?;
    Ok(Balances(rows.into_iter().map(|(account, amount)| (account, Pence::from_pence(amount))).collect()))
}

/// What an account of a fund holds for each organisation.
///
/// # Errors
/// When the database fails.
pub fn by_party(tx: &mut Tx, fund: FundId, account: Account) -> Result<Vec<(OrganisationId, Pence)>, Error> {
    let rows: Vec<(Option<OrganisationId>, i64)> = postings::table
        .filter(postings::fund_id.eq(fund).and(postings::account.eq(account)))
        .group_by(postings::party_id)
        .select((postings::party_id, dialect::sum("amount_pence")))
        .order(postings::party_id)
        .load(tx)?;
    Ok(rows.into_iter().filter_map(|(party, amount)| Some((party?, Pence::from_pence(amount)))).collect())
}

/// The day of a fund's first entry, if it has any: money may come in before the fund begins.
///
/// # Errors
/// When the database fails.
pub fn first_day(tx: &mut Tx, fund: FundId) -> Result<Option<NaiveDate>, Error> {
    let first = journal_entries::table.filter(journal_entries::fund_id.eq(fund));
    Ok(first.select(diesel::dsl::min(journal_entries::happened_on)).first(tx)?)
}

/// What an account of a fund held for each organisation at the end of a day.
///
/// # Errors
/// When the database fails.
pub fn by_party_at(
    tx: &mut Tx,
    fund: FundId,
    account: Account,
    day: NaiveDate,
) -> Result<Vec<(OrganisationId, Pence)>, Error> {
    let rows: Vec<(Option<OrganisationId>, i64)> = postings::table
        .inner_join(journal_entries::table.on(journal_entries::id.eq(postings::entry_id)))
        .filter(postings::fund_id.eq(fund).and(postings::account.eq(account)))
        .filter(journal_entries::happened_on.le(day))
        .group_by(postings::party_id)
        .select((postings::party_id, dialect::sum("amount_pence")))
        .order(postings::party_id)
        .load(tx)?;
    Ok(rows.into_iter().filter_map(|(party, amount)| Some((party?, Pence::from_pence(amount)))).collect())
}

type EntryRow = (EntryId, FundId, EntryKind, NaiveDate, String, String, i64, UserId, NaiveDateTime, String);

const ENTRY: (
    journal_entries::id,
    journal_entries::fund_id,
    journal_entries::kind,
    journal_entries::happened_on,
    journal_entries::description,
    journal_entries::source_kind,
    journal_entries::source_id,
    journal_entries::recorded_by,
    journal_entries::recorded_at,
    journal_entries::sha256,
) = (
    journal_entries::id,
    journal_entries::fund_id,
    journal_entries::kind,
    journal_entries::happened_on,
    journal_entries::description,
    journal_entries::source_kind,
    journal_entries::source_id,
    journal_entries::recorded_by,
    journal_entries::recorded_at,
    journal_entries::sha256,
);

/// The entries of a fund between two days, in the order in which they happened. The caller has loaded the fund.
///
/// # Errors
/// When the database fails.
pub fn entries(tx: &mut Tx, fund: FundId, from: NaiveDate, to: NaiveDate) -> Result<Vec<RecordedEntry>, Error> {
    let rows: Vec<EntryRow> = journal_entries::table
        .filter(journal_entries::fund_id.eq(fund))
        .filter(journal_entries::happened_on.between(from, to))
        .select(ENTRY)
        .order((journal_entries::happened_on, journal_entries::id))
        .load(tx)?;
    let mut sides = postings_of(tx, rows.iter().map(|row| row.0).collect())?;
    Ok(rows.into_iter().map(|row| recorded(row, &mut sides)).collect())
}

fn recorded(row: EntryRow, sides: &mut BTreeMap<EntryId, Vec<Posting>>) -> RecordedEntry {
    let (id, fund, kind, on, description, source_kind, source_id, _, _, _) = row;
    let postings = sides.remove(&id).unwrap_or_default();
    RecordedEntry { id, fund, kind, on, description, source: (source_kind, source_id), postings }
}

fn postings_of(tx: &mut Tx, entries: Vec<EntryId>) -> Result<BTreeMap<EntryId, Vec<Posting>>, Error> {
    let mut sides: BTreeMap<EntryId, Vec<Posting>> = BTreeMap::new();
    for some in entries.chunks(PAGE) {
        let rows: Vec<(EntryId, Account, Option<OrganisationId>, Pence)> = postings::table
            .filter(postings::entry_id.eq_any(some.to_vec()))
            .select((postings::entry_id, postings::account, postings::party_id, postings::amount_pence))
            .order(postings::id)
            .load(tx)?;
        for (entry, account, party, amount) in rows {
            sides.entry(entry).or_default().push(Posting { account, party, amount });
        }
    }
    Ok(sides)
}

/// How many entries are looked at in one go where all are: bounds the memory.
const PAGE: usize = 500;

/// Walks through the whole journal in order of recording.
///
/// # Errors
/// What the visitor or the database says.
pub fn walk(tx: &mut Tx, mut visit: impl FnMut(RecordedEntry) -> Result<(), Error>) -> Result<(), Error> {
    walk_rows(tx, |row, postings| {
        let mut sides = BTreeMap::from([(row.0, postings)]);
        visit(recorded(row, &mut sides))
    })
}

fn walk_rows(tx: &mut Tx, mut visit: impl FnMut(EntryRow, Vec<Posting>) -> Result<(), Error>) -> Result<(), Error> {
    let mut last = EntryId::new(0);
    loop {
        let rows: Vec<EntryRow> = journal_entries::table
            .filter(journal_entries::id.gt(last))
            .select(ENTRY)
            .order(journal_entries::id)
            .limit(PAGE as i64)
            .load(tx)?;
        let Some(end) = rows.last() else {
            return Ok(());
        };
        last = end.0;
        let mut sides = postings_of(tx, rows.iter().map(|row| row.0).collect())?;
        for row in rows {
            let postings = sides.remove(&row.0).unwrap_or_default();
            visit(row, postings)?;
        }
    }
}

/// Looks for what is wrong in the books: entries that do not balance or were changed, and funds whose balances are unsound.
///
/// # Errors
/// When the database fails.
pub fn check(tx: &mut Tx) -> Result<Vec<Finding>, Error> {
    let mut findings = vec![];
    let mut funds: BTreeMap<FundId, Balances> = BTreeMap::new();
    walk_rows(tx, |row, postings| {
        let (id, fund, kind, on, ref description, ref source_kind, source_id, by, at, ref kept) = row;
        if !rules::balances(&postings) {
            let message = format!("entry {id} ({}, {on}, fund {fund}) does not balance", kind.words());
            findings.push(Finding { entry: Some(id), message });
        }
        if seal(fund, kind, on, description, (source_kind, source_id), by, at, &postings) != *kept {
            let message = format!("entry {id} ({}, {on}, fund {fund}) was changed after it was recorded", kind.words());
            findings.push(Finding { entry: Some(id), message });
        }
        funds.entry(fund).or_default().add(&postings);
        Ok(())
    })?;
    for (fund, balances) in funds {
        for fault in rules::faults(&balances) {
            findings.push(Finding { entry: None, message: format!("fund {fund}: {fault}") });
        }
    }
    findings.extend(stray_postings(tx)?);
    Ok(findings)
}

/// Postings whose fund is not that of their entry.
fn stray_postings(tx: &mut Tx) -> Result<Vec<Finding>, Error> {
    let strays: Vec<EntryId> = postings::table
        .inner_join(journal_entries::table.on(journal_entries::id.eq(postings::entry_id)))
        .filter(postings::fund_id.ne(journal_entries::fund_id))
        .select(journal_entries::id)
        .load(tx)?;
    let finding = |id| Finding { entry: Some(id), message: format!("entry {id} has a posting of another fund") };
    Ok(strays.into_iter().map(finding).collect())
}
