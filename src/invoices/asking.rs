//! Whether somebody must be asked before an invoice is approved, why, and their yes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::unusual::Around;
use super::{Asking, Invoice, rules, steps, store};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::consent::{self, Rule, SetRule};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{InvoiceId, PersonId};
use crate::mandates;
use crate::people;

/// What must come before an invoice is approved; nothing where consent is no matter: whoever decides is the person, or the
/// invoice is decided on already.
///
/// # Errors
/// When the database fails.
pub fn asking(tx: &mut Tx, invoice: &Invoice, today: NaiveDate) -> Result<Option<Asking>, Error> {
    Ok(among(tx, &[invoice], today)?.remove(&invoice.id))
}

/// The same for each of some invoices, in as many queries for many as for one.
fn among(tx: &mut Tx, some: &[&Invoice], today: NaiveDate) -> Result<BTreeMap<InvoiceId, Asking>, Error> {
    let asked: Vec<&Invoice> = some.iter().copied().filter(|invoice| rules::is_asked_about(invoice)).collect();
    if asked.is_empty() {
        return Ok(BTreeMap::new());
    }
    let people: BTreeSet<PersonId> = asked.iter().map(|invoice| invoice.parties.person).collect();
    let histories = consent::store::histories(tx, &people.into_iter().collect::<Vec<_>>())?;
    let versions: Vec<(InvoiceId, i64)> = asked.iter().map(|invoice| (invoice.id, invoice.version)).collect();
    let mut yeses = consent::store::yeses(tx, &versions, today)?;
    let set_for = |invoice: &Invoice| -> Option<&SetRule> {
        consent::rules::holding(histories.get(&invoice.parties.person)?, today)
    };
    let with_rule = |invoice| (invoice, set_for(invoice).map_or(Rule::Always, |set| set.rule));
    let ruled: Vec<(&Invoice, Rule)> = asked.into_iter().map(with_rule).collect();
    let around = Around::load(tx, &ruled)?;
    let asking = |(invoice, rule): (&Invoice, Rule)| {
        let reasons = consent::rules::reasons(rule, &around.facts(invoice));
        (invoice.id, Asking { set: set_for(invoice).cloned(), reasons, yes: yeses.remove(&invoice.id) })
    };
    Ok(ruled.into_iter().map(asking).collect())
}

/// Which of some invoices still wait for a yes, as far as it matters to what the actor does next with them.
///
/// # Errors
/// When the database fails.
pub fn open_among(
    tx: &mut Tx,
    actor: &Actor,
    invoices: &[Invoice],
    today: NaiveDate,
) -> Result<BTreeSet<InvoiceId>, Error> {
    let some: Vec<&Invoice> = invoices.iter().filter(|invoice| steps::depends_on_yes(actor, invoice)).collect();
    let found = among(tx, &some, today)?;
    Ok(found.into_iter().filter(|(_, asking)| asking.is_open()).map(|(id, _)| id).collect())
}

/// What must come before an invoice is approved, as the actor may read it.
///
/// # Errors
/// When the database fails.
pub fn as_seen(tx: &mut Tx, actor: &Actor, invoice: &Invoice, asking: Asking) -> Result<Asking, Error> {
    let person = invoice.parties.person;
    if consent::rules::is_told_all(actor, person) {
        return Ok(asking);
    }
    let of_record = people::store::person_of_record(tx, person)?;
    let given = mandates::store::seen(tx, actor, &of_record)?;
    let told = |mandate| consent::rules::is_told_of(actor, person, &given, mandate);
    Ok(Asking {
        set: asking.set.map(|set| consent::rules::as_seen(set, told)),
        yes: asking.yes.map(|yes| consent::rules::yes_as_seen(yes, told)),
        ..asking
    })
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
