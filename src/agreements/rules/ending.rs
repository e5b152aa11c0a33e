//! The end: the last day, what must be settled, who gets back what.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

use super::super::{AccountLine, Agreement, Cause, FinalAccount, NoticeWeeks, Parties, Party, Status, SurplusRule};
use super::{Refusal, must_be};
use crate::ids::OrganisationId;
use crate::ledger::rules::{split_council_first, split_pro_rata};
use crate::ledger::{Account, Balances, EntryKind, Posting, RecordedEntry};
use crate::money::Pence;

/// The last day when a party ends an agreement today.
#[must_use]
pub fn last_day(cause: Cause, party: Party, notice: NoticeWeeks, today: NaiveDate) -> NaiveDate {
    if cause != Cause::Notice {
        return today;
    }
    let days = u64::try_from(notice.of(party).saturating_mul(7)).unwrap_or_default();
    today.checked_add_days(Days::new(days)).unwrap_or(today)
}

/// Checks that an agreement can be ended for a cause; one that is ending already only at once and sooner.
///
/// # Errors
/// Why not.
pub fn check_ending(agreement: &Agreement, cause: Cause, today: NaiveDate) -> Result<(), Refusal> {
    must_be(agreement, &[Status::InForce, Status::Notice], "Ending it")?;
    match agreement.ends_on {
        Some(last) if cause == Cause::Notice || last <= today => Err(Refusal::AlreadyEnding(last)),
        _ => Ok(()),
    }
}

/// Checks that the final account can be made today.
///
/// # Errors
/// Why not: the last day has not come, or something is open in the books.
pub fn check_closing(agreement: &Agreement, unsettled: Vec<String>, today: NaiveDate) -> Result<NaiveDate, Refusal> {
    must_be(agreement, &[Status::Notice], "Making the final account")?;
    match agreement.ends_on {
        Some(last) if last > today => Err(Refusal::NotEnded(last)),
        _ if !unsettled.is_empty() => Err(Refusal::Unsettled(unsettled)),
        Some(last) => Ok(last),
        None => Ok(today),
    }
}

/// What is still open in the books of a fund, in sentences. `by_party` are the balances of what is to be paid and of VAT
/// that comes back, for each organisation: two debts that cancel out are still two debts.
#[must_use]
pub fn unsettled(balances: &Balances, by_party: &[(Account, String, Pence)]) -> Vec<String> {
    let mut open = vec![];
    let (delivered, invoiced) = (balances.credit(Account::Delivered), balances.credit(Account::Invoiced));
    if !delivered.is_zero() {
        open.push(format!("{delivered} of support was delivered and is not billed yet"));
    }
    if !invoiced.is_zero() {
        open.push(format!("{invoiced} was billed and is not paid yet"));
    }
    for (account, name, balance) in by_party.iter().filter(|(_, _, balance)| !balance.is_zero()) {
        match account {
            Account::RecoverableVat => {
                open.push(format!("{balance} of VAT on {name}'s invoices has not come back yet"))
            }
            _ if balance.is_negative() && invoiced.is_zero() => {
                open.push(format!("{} is owed to {name}", balance.abs()));
            }
            _ if balance.is_negative() => {}
            _ => open.push(format!("{name} owes {balance} back")),
        }
    }
    open
}

/// Splits what is left between the council and the person, by the rule that was signed.
#[must_use]
pub fn shares(rule: SurplusRule, left: Pence, from_council: Pence, from_person: Pence) -> (Pence, Pence) {
    match rule {
        SurplusRule::ProRata => split_pro_rata(left, from_council, from_person),
        SurplusRule::CouncilFirst => split_council_first(left, from_council),
    }
}

/// The final account of a fund, from everything that was ever recorded of it.
#[must_use]
pub fn final_account(
    entries: &[RecordedEntry],
    names: &BTreeMap<OrganisationId, String>,
    parties: &Parties,
) -> FinalAccount {
    let (council, person) = (&parties.council, &parties.person);
    let came_in =
        |account| -sum(entries, |entry, posting| posting.account == account && entry.kind != EntryKind::Returned);
    let went_back =
        |account| sum(entries, |entry, posting| posting.account == account && entry.kind == EntryKind::Returned);
    let (came_in, came_in_total) = listed(vec![
        (format!("From {council}"), came_in(Account::FromCouncil)),
        (format!("From {person}"), came_in(Account::FromPerson)),
    ]);
    let (spent, spent_total) = listed(spending(entries, names));
    let (went_back, went_back_total) = listed(vec![
        (format!("To {council}"), went_back(Account::FromCouncil)),
        (format!("To {person}"), went_back(Account::FromPerson)),
    ]);
    FinalAccount { came_in, came_in_total, spent, spent_total, went_back, went_back_total }
}

/// What was spent: support by provider, what was reported, the fee, VAT that was lost.
fn spending(entries: &[RecordedEntry], names: &BTreeMap<OrganisationId, String>) -> Vec<(String, Pence)> {
    let mut by_provider: BTreeMap<OrganisationId, Pence> = BTreeMap::new();
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    for posting in postings.filter(|posting| posting.account == Account::Support) {
        if let Some(provider) = posting.party {
            *by_provider.entry(provider).or_default() += posting.amount;
        }
    }
    let name = |provider| names.get(&provider).cloned().unwrap_or_else(|| format!("provider {provider}"));
    let mut lines: Vec<(String, Pence)> = by_provider
        .into_iter()
        .map(|(provider, amount)| (format!("Support from {}", name(provider)), amount))
        .collect();
    let reported = sum(entries, |_, posting| posting.account == Account::Support && posting.party.is_none());
    let of = |account| sum(entries, |_, posting: &Posting| posting.account == account);
    lines.push(("Support, as it was reported".to_owned(), reported));
    lines.push(("Fee of the holder".to_owned(), of(Account::Fee)));
    lines.push(("VAT (value added tax) that nobody gets back".to_owned(), of(Account::VatLost)));
    lines
}

/// The sum of the postings that are wanted.
fn sum(entries: &[RecordedEntry], wanted: impl Fn(&RecordedEntry, &Posting) -> bool) -> Pence {
    let pairs = entries.iter().flat_map(|entry| entry.postings.iter().map(move |posting| (entry, posting)));
    pairs.filter(|(entry, posting)| wanted(entry, posting)).map(|(_, posting)| posting.amount).sum()
}

/// Lines that are more or less than nothing, and their sum.
fn listed(lines: Vec<(String, Pence)>) -> (Vec<AccountLine>, Pence) {
    let total = lines.iter().map(|(_, amount)| *amount).sum();
    let lines = lines.into_iter().filter(|(_, amount)| !amount.is_zero());
    (lines.map(|(what, amount)| AccountLine { what, amount }).collect(), total)
}
