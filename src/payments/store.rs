//! Money into and out of the books. Payments have no rows of their own: what they are is their entry in the ledger.

use chrono::{DateTime, NaiveDate, Utc};

use super::{MoneyIn, Settlement, Spending, VatBack, rules};
use crate::auth::rights::Actor;
use crate::bank_details;
use crate::budgets::{self, Fund};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{FundId, InvoiceId};
use crate::invoices::{self, Invoice, InvoiceKind, Sums};
use crate::ledger::{self, Account, EntryKind, Posting, rules::Funder};
use crate::money::Pence;
use crate::organisations::{self, PaymentSeen};
use crate::people;
use crate::vat::Form;
use crate::web::token::Keys;

/// Records what the council paid into a fund.
///
/// # Errors
/// Not found, when the actor may not know of the fund; what rules refuse; a conflict when it was recorded already.
pub fn fund(tx: &mut Tx, actor: &Actor, id: FundId, money: &MoneyIn, now: DateTime<Utc>) -> Result<(), Error> {
    let fund = budgets::store::fund(tx, actor, id)?;
    rules::may_fund(actor, &fund)?;
    rules::check_money_in(&fund, money, calendar::london(now).date())?;
    let postings = ledger::rules::money_in(Funder::Council, money.amount);
    post_once(tx, actor, &fund, EntryKind::FundingReceived, (money, money.reference.clone()), postings, now)
}

/// Records what the person paid into a fund.
///
/// # Errors
/// As [`fund()`].
pub fn contribute(tx: &mut Tx, actor: &Actor, id: FundId, money: &MoneyIn, now: DateTime<Utc>) -> Result<(), Error> {
    let fund = budgets::store::fund(tx, actor, id)?;
    rules::may_contribute(actor, &fund)?;
    rules::check_money_in(&fund, money, calendar::london(now).date())?;
    let postings = ledger::rules::money_in(Funder::Person, money.amount);
    post_once(tx, actor, &fund, EntryKind::ContributionReceived, (money, money.reference.clone()), postings, now)
}

/// Records that VAT on a provider's invoices came back to the holder.
///
/// # Errors
/// As [`fund()`]; when it is more than is to come back.
pub fn recover_vat(tx: &mut Tx, actor: &Actor, id: FundId, back: &VatBack, now: DateTime<Utc>) -> Result<(), Error> {
    let fund = budgets::store::fund(tx, actor, id)?;
    rules::may_recover(actor, &fund)?;
    rules::check_amount(back.money.amount, back.money.on, calendar::london(now).date())?;
    rules::check_day_of_fund(&fund, back.money.on)?;
    let open = ledger::store::by_party(tx, id, Account::RecoverableVat)?;
    let open = open.into_iter().find(|(party, _)| *party == back.provider).map(|(_, open)| open).unwrap_or_default();
    let amount = rules::vat_back(open, back.money.amount)?;
    let name = people::store::organisation(tx, back.provider)?.name;
    let description = format!("{name}: {}", back.money.reference);
    let postings = ledger::rules::vat_recovered(back.provider, amount);
    post_once(tx, actor, &fund, EntryKind::VatRecovered, (&back.money, description), postings, now)
}

/// Records what a person spent from a direct payment.
///
/// # Errors
/// Not found, when the actor may not know of the fund; what rules and books refuse.
pub fn report(tx: &mut Tx, actor: &Actor, id: FundId, spent: &Spending, now: DateTime<Utc>) -> Result<(), Error> {
    let fund = budgets::store::fund(tx, actor, id)?;
    rules::may_report(actor, &fund)?;
    rules::check_amount(spent.amount, spent.on, calendar::london(now).date())?;
    rules::check_day_of_fund(&fund, spent.on)?;
    let entry = ledger::Entry {
        kind: EntryKind::SpendingReported,
        on: spent.on,
        description: spent.what.clone(),
        source: ledger::Source { kind: "fund", id: id.number() },
        postings: ledger::rules::spending_reported(spent.amount),
    };
    ledger::store::post(tx, fund.id, &entry, actor.user(), now)?;
    Ok(())
}

/// Records money once: the same amount on the same day under the same reference is the same payment.
fn post_once(
    tx: &mut Tx,
    actor: &Actor,
    fund: &Fund,
    kind: EntryKind,
    (money, description): (&MoneyIn, String),
    postings: Vec<Posting>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let same_day = ledger::store::entries(tx, fund.id, money.on, money.on)?;
    let again = |entry: &&ledger::RecordedEntry| {
        entry.kind == kind && entry.description == description && entry.postings == postings
    };
    if same_day.iter().any(|entry| again(&entry)) {
        return Err(
            rules::Refusal::Again { amount: money.amount, on: money.on, reference: money.reference.clone() }.into()
        );
    }
    let source = ledger::Source { kind: "fund", id: fund.id.number() };
    let entry = ledger::Entry { kind, on: money.on, description, source, postings };
    ledger::store::post(tx, fund.id, &entry, actor.user(), now)?;
    Ok(())
}

/// What is to be paid of an invoice, or paid back of a credit note, as the actor sees it.
///
/// # Errors
/// Not found, when there is none or the actor may not know; forbidden, when somebody else pays.
pub fn to_settle(tx: &mut Tx, actor: &Actor, id: InvoiceId) -> Result<(Invoice, Sums), Error> {
    let invoice = invoices::store::invoice(tx, actor, id)?;
    invoices::rules::may_pay(actor, &invoice.parties)?;
    let notes = invoices::store::credit_notes(tx, id)?;
    let sums = match invoice.kind {
        InvoiceKind::Invoice => invoices::rules::owed(&invoice, &notes),
        InvoiceKind::CreditNote => Sums::of(&invoice),
    };
    Ok((invoice, sums))
}

/// What came of somebody saying that an invoice was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// It is paid.
    Paid,
    /// More trustees must say so.
    Waits,
}

/// Records that an approved invoice was paid; the amount is what is left of it after its credit notes. A payment of a trust
/// counts when enough trustees have said so.
///
/// # Errors
/// Forbidden for whoever does not pay; a conflict when it is no longer as it was seen; what the books refuse.
pub fn pay(
    tx: &mut Tx,
    keys: &Keys,
    actor: &Actor,
    (id, paid): (InvoiceId, &Settlement),
    now: DateTime<Utc>,
) -> Result<Said, Error> {
    let (invoice, sums) = to_settle(tx, actor, id)?;
    invoices::rules::check_payable(&invoice)?;
    rules::check_paid_on(&invoice, paid.on, calendar::london(now).date())?;
    let by = actor.user();
    bank_details::store::check_payer(tx, keys, invoice.parties.provider, by, now)?;
    if let Some(organisation) = invoices::rules::paying_organisation(&invoice.parties) {
        if invoice.parties.form == Form::TrustFund {
            if paid.version != invoice.version {
                return Err(Error::changed_since(&invoice.number_text()));
            }
            let seen = PaymentSeen { version: paid.version, on: paid.on, reference: paid.reference.clone() };
            if !organisations::store::confirm_payment(tx, (organisation, by), id, &seen, now)? {
                return Ok(Said::Waits);
            }
        } else if let Some(why) = organisations::store::check_payer(tx, organisation, invoice.decided_by, by)? {
            organisations::store::add_exception(tx, (organisation, by), id, why, now)?;
        }
    }
    invoices::store::settle(tx, &invoice, paid.version, paid.on, &paid.reference)?;
    let fee = invoices::issuing::is_fee(tx, &invoice)?;
    let bill = sums.bill(invoice.parties.provider, fee);
    let postings = ledger::rules::pay(&bill, invoice.parties.form == Form::CareManaged);
    post_settled(tx, actor, &invoice, EntryKind::Paid, paid, postings, now)?;
    Ok(Said::Paid)
}

/// Records that the money of a credit note on a paid invoice came back.
///
/// # Errors
/// Forbidden for whoever does not pay; a conflict when it is no longer as it was seen or nothing is to come back.
pub fn refund(tx: &mut Tx, actor: &Actor, id: InvoiceId, back: &Settlement, now: DateTime<Utc>) -> Result<(), Error> {
    let (note, sums) = to_settle(tx, actor, id)?;
    rules::check_refund(&note)?;
    rules::check_paid_on(&note, back.on, calendar::london(now).date())?;
    invoices::store::settle(tx, &note, back.version, back.on, &back.reference)?;
    let fee = invoices::issuing::is_fee(tx, &note)?;
    let bill = sums.bill(note.parties.provider, fee);
    let postings = ledger::rules::refund(&bill, note.parties.form == Form::CareManaged);
    post_settled(tx, actor, &note, EntryKind::RefundReceived, back, postings, now)
}

fn post_settled(
    tx: &mut Tx,
    actor: &Actor,
    invoice: &Invoice,
    kind: EntryKind,
    settled: &Settlement,
    mut postings: Vec<Posting>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    postings.retain(|posting| !posting.amount.is_zero());
    if postings.is_empty() {
        return Ok(());
    }
    let description = format!("{} of {}, {}", invoice.number_text(), invoice.provider_name, settled.reference);
    let source = ledger::Source { kind: "invoice", id: invoice.id.number() };
    let entry = ledger::Entry { kind, on: settled.on, description, source, postings };
    ledger::store::post(tx, invoice.fund, &entry, actor.user(), now)?;
    Ok(())
}

/// One movement of the money that is held for the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    /// On which day.
    pub on: NaiveDate,
    /// What it records.
    pub kind: EntryKind,
    /// What it is about.
    pub description: String,
    /// What came in; below zero what went out.
    pub amount: Pence,
}

/// The movements of the money of a fund up to a day that the actor may see, the newest first. The caller has loaded the fund
/// for the actor.
///
/// # Errors
/// When the database fails.
pub fn movements(tx: &mut Tx, actor: &Actor, fund: &Fund, today: NaiveDate) -> Result<Vec<Movement>, Error> {
    let entries = ledger::store::entries(tx, fund.id, first_day(), today)?;
    let movement = |entry: ledger::RecordedEntry| {
        let held = entry.postings.iter().filter(|posting| posting.account == Account::Bank);
        let amount: Pence = held.map(|posting| posting.amount).sum();
        let moved = Movement { on: entry.on, kind: entry.kind, description: entry.description, amount };
        (!amount.is_zero()).then_some(moved)
    };
    let hidden = invoices::store::hidden(tx, actor, fund.id)?;
    let hidden = |entry: &ledger::RecordedEntry| {
        let (kind, number) = &entry.source;
        kind == "invoice" && hidden.contains(&InvoiceId::new(*number))
    };
    Ok(entries.into_iter().rev().filter(|entry| !hidden(entry)).filter_map(movement).collect())
}

/// Before any fund of these books.
fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default()
}
