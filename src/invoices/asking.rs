//! Whether somebody must be asked before an invoice is approved, why, and their yes.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Asking, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, rules, store};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::consent::{self, Facts, Rule};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::InvoiceId;
use crate::mandates;
use crate::packages::store as orders;
use crate::people;

/// What must come before an invoice is approved; nothing where consent is no matter: whoever decides is the person, or the
/// invoice is decided on already.
///
/// # Errors
/// When the database fails.
pub fn asking(tx: &mut Tx, invoice: &Invoice, today: NaiveDate) -> Result<Option<Asking>, Error> {
    let undecided = matches!(invoice.status, InvoiceStatus::Issued | InvoiceStatus::Queried);
    if invoice.kind != InvoiceKind::Invoice || !undecided || !rules::is_asked_about(&invoice.parties) {
        return Ok(None);
    }
    let person = invoice.parties.person;
    let set = consent::store::rule_on(tx, person, today)?;
    let rule = set.as_ref().map_or(Rule::Always, |set| set.rule);
    let reasons = consent::rules::reasons(rule, &facts(tx, invoice)?);
    let yes = consent::store::yes(tx, person, (invoice.id, invoice.version), today)?;
    Ok(Some(Asking { set, reasons, yes }))
}

/// The same as the actor may read it: one who acts for the person does not learn who else does.
///
/// # Errors
/// When the database fails.
pub fn asking_seen(tx: &mut Tx, actor: &Actor, invoice: &Invoice, today: NaiveDate) -> Result<Option<Asking>, Error> {
    let person = invoice.parties.person;
    let Some(found) = asking(tx, invoice, today)? else { return Ok(None) };
    if !actor.stands_for(person) || actor.person() == Some(person) {
        return Ok(Some(found));
    }
    let of_record = people::store::person_of_record(tx, person)?;
    let given = mandates::store::seen(tx, actor, &of_record)?;
    let sees = |mandate| given.iter().any(|given| given.id == mandate);
    Ok(Some(Asking {
        set: found.set.map(|set| consent::rules::as_seen(set, sees)),
        yes: found.yes.map(|yes| consent::rules::yes_as_seen(yes, sees)),
        ..found
    }))
}

/// What the invoice is like beside the order and the invoices before it.
fn facts(tx: &mut Tx, invoice: &Invoice) -> Result<Facts, Error> {
    let (lines, ordered) = (store::lines(tx, invoice.id)?, orders::lines_of(tx, invoice.order)?);
    let of = |line: &InvoiceLine| ordered.iter().find(|ordered| ordered.id == line.order_line);
    let mut facts = Facts {
        amount: rules::owed(invoice, &store::credit_notes(tx, invoice.id)?).total,
        first_of_provider: !store::billed_before(tx, invoice)?,
        same_days: store::same_days(tx, invoice)?.map(|number| format!("Invoice {number}")),
        ..Facts::default()
    };
    for line in &lines {
        let Some(ordered) = of(line) else { continue };
        if line.unit_price != ordered.unit_price {
            facts.price_changed.push(line.description.clone());
        }
        if line.quantity > ordered.quantity {
            facts.more_than_ordered.push(line.description.clone());
        }
    }
    Ok(facts)
}

/// Whether the actor may approve an invoice now: the right to decide, and the yes that is needed for it.
///
/// # Errors
/// When the database fails.
pub fn approves_now(tx: &mut Tx, actor: &Actor, invoice: &Invoice, today: NaiveDate) -> Result<bool, Error> {
    let decides = rules::may_approve(actor, &invoice.parties, invoice.total).is_ok();
    if !decides || rules::speaks_for_person(actor, &invoice.parties, invoice.total).is_ok() {
        return Ok(decides);
    }
    Ok(!asking(tx, invoice, today)?.is_some_and(|asking| asking.is_open()))
}

/// Refuses an approval by whoever holds the money, as long as a yes is missing.
///
/// # Errors
/// Why somebody must be asked.
pub fn check_yes(tx: &mut Tx, actor: &Actor, invoice: &Invoice, today: NaiveDate) -> Result<(), Error> {
    if rules::speaks_for_person(actor, &invoice.parties, invoice.total).is_ok() {
        return Ok(());
    }
    match asking(tx, invoice, today)? {
        Some(asking) if asking.is_open() => Err(rules::Refusal::MustAsk(asking.reasons.join(" ")).into()),
        _ => Ok(()),
    }
}

/// Says yes to an invoice for the person, as it was seen.
///
/// # Errors
/// Forbidden for whoever does not speak for the person; refused when nobody needs to be asked; a conflict when it changed.
pub fn say_yes(tx: &mut Tx, actor: &Actor, id: InvoiceId, seen: i64, now: DateTime<Utc>) -> Result<(), Error> {
    let invoice = store::invoice(tx, actor, id)?;
    let right = rules::speaks_for_person(actor, &invoice.parties, invoice.total)?;
    rules::check_undecided(&invoice, "agreed to")?;
    if invoice.version != seen {
        return Err(Error::changed_since(&invoice.number_text()));
    }
    let asking = asking(tx, &invoice, calendar::london(now).date())?;
    match asking.filter(|asking| !asking.reasons.is_empty()) {
        None => Err(rules::Refusal::NobodyAsks.into()),
        Some(Asking { yes: Some(yes), .. }) if yes.counts => Ok(()),
        // Each version has one yes: one that no longer counts stays with the version to which it was said.
        Some(Asking { yes: Some(_), .. }) => {
            let version = store::ask_again(tx, &invoice)?;
            consent::store::say_yes(tx, id, version, &right, now)
        }
        Some(_) => consent::store::say_yes(tx, id, seen, &right, now),
    }
}
