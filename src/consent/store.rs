//! Rows of the rules that people set and of the yeses that were given.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Rule, SetRule, Yes};
use crate::auth::rights::{ActingFor, Approve, Sign};
use crate::db::Tx;
use crate::db::schema::{consent_rules, invoice_consents, users};
use crate::error::Error;
use crate::ids::{InvoiceId, MandateId, PersonId};
use crate::mandates;
use crate::money::Pence;

/// Sets from which day on when a person must be asked; earlier rules stay.
///
/// # Errors
/// When the database fails.
pub fn set(tx: &mut Tx, by: &ActingFor<Sign>, rule: Rule, from: NaiveDate, now: DateTime<Utc>) -> Result<(), Error> {
    let (above, delegate) = match rule {
        Rule::Always | Rule::Unusual => (None, None),
        Rule::Above(most) => (Some(most), None),
        Rule::Delegated(mandate) => (None, Some(mandate)),
    };
    let row = (
        consent_rules::person_id.eq(by.person()),
        consent_rules::rule.eq(rule.code()),
        consent_rules::above_pence.eq(above),
        consent_rules::delegate_id.eq(delegate),
        consent_rules::from_date.eq(from),
        consent_rules::set_by.eq(by.user()),
        consent_rules::authority.eq(by.authority()),
        consent_rules::mandate_id.eq(by.mandate()),
        consent_rules::set_at.eq(now.naive_utc()),
    );
    diesel::insert_into(consent_rules::table).values(row).execute(tx)?;
    Ok(())
}

/// Every rule that was set for a person, the newest first. The caller has loaded the person, or something of theirs, for
/// the actor.
///
/// # Errors
/// When the database fails.
pub fn history(tx: &mut Tx, person: PersonId) -> Result<Vec<SetRule>, Error> {
    type Row = (String, Option<Pence>, Option<MandateId>, NaiveDate, String, String, Option<MandateId>, NaiveDateTime);
    let rows: Vec<Row> = consent_rules::table
        .inner_join(users::table.on(users::id.eq(consent_rules::set_by)))
        .filter(consent_rules::person_id.eq(person))
        .select((
            consent_rules::rule,
            consent_rules::above_pence,
            consent_rules::delegate_id,
            consent_rules::from_date,
            users::name,
            consent_rules::authority,
            consent_rules::mandate_id,
            consent_rules::set_at,
        ))
        .order(consent_rules::id.desc())
        .load(tx)?;
    let given = mandates::store::of_person(tx, person)?;
    let noun = |(code, above, delegate, from, by, authority, mandate, at): Row| {
        let rule = match (code.as_str(), above, delegate) {
            ("above", Some(most), _) => Rule::Above(most),
            ("unusual", ..) => Rule::Unusual,
            ("delegated", _, Some(mandate)) => Rule::Delegated(mandate),
            // What cannot be read asks.
            _ => Rule::Always,
        };
        let who = given.iter().find(|given| Some(given.id) == delegate).map(mandates::GivenMandate::who);
        SetRule { rule, delegate: who, from, by, authority, mandate, at: at.and_utc() }
    };
    Ok(rows.into_iter().map(noun).collect())
}

/// The rule that holds for a person on a day: of those that have begun the one that was said last. A rule that names a mandate which is over counts
/// for nothing: then everything is asked of the person again.
///
/// # Errors
/// When the database fails.
pub fn rule_on(tx: &mut Tx, person: PersonId, day: NaiveDate) -> Result<Option<SetRule>, Error> {
    let newest = history(tx, person)?.into_iter().find(|set| set.from <= day);
    let Some(Rule::Delegated(mandate)) = newest.as_ref().map(|set| set.rule) else { return Ok(newest) };
    let holds = mandates::store::of_person(tx, person)?
        .iter()
        .any(|given| given.id == mandate && super::rules::can_be_asked(given, day));
    Ok(newest.filter(|_| holds))
}

/// Records a yes to an invoice as it was seen; there is one for each version.
///
/// # Errors
/// When the database fails.
pub fn say_yes(
    tx: &mut Tx,
    invoice: InvoiceId,
    version: i64,
    by: &ActingFor<Approve>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        invoice_consents::invoice_id.eq(invoice),
        invoice_consents::invoice_version.eq(version),
        invoice_consents::given_by.eq(by.user()),
        invoice_consents::authority.eq(by.authority()),
        invoice_consents::mandate_id.eq(by.mandate()),
        invoice_consents::given_at.eq(now.naive_utc()),
    );
    diesel::insert_into(invoice_consents::table).values(row).execute(tx)?;
    Ok(())
}

/// The yes to an invoice of a person in one version of it, and whether it counts on a day: a query or a credit note afterwards
/// makes it another version.
///
/// # Errors
/// When the database fails.
pub fn yes(
    tx: &mut Tx,
    person: PersonId,
    (invoice, version): (InvoiceId, i64),
    day: NaiveDate,
) -> Result<Option<Yes>, Error> {
    let given = invoice_consents::invoice_id.eq(invoice).and(invoice_consents::invoice_version.eq(version));
    type Row = (String, String, Option<MandateId>, NaiveDateTime);
    let found: Option<Row> = invoice_consents::table
        .inner_join(users::table.on(users::id.eq(invoice_consents::given_by)))
        .filter(given)
        .select((users::name, invoice_consents::authority, invoice_consents::mandate_id, invoice_consents::given_at))
        .first(tx)
        .optional()?;
    let Some((by, authority, mandate, at)) = found else { return Ok(None) };
    let counts = match mandate {
        None => true,
        Some(id) => mandates::store::of_person(tx, person)?.iter().any(|given| given.id == id && given.holds_on(day)),
    };
    Ok(Some(Yes { by, authority, mandate, at: at.and_utc(), counts }))
}
