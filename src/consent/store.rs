//! Rows of the rules that people set and of the yeses that were given.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Delegate, Rule, SetRule, Term, Yes, rules};
use crate::auth::rights::{ActingFor, Approve, Sign};
use crate::db::Tx;
use crate::db::schema::{consent_rules, invoice_consents, mandates, organisations, users};
use crate::error::Error;
use crate::ids::{InvoiceId, MandateId, PersonId};
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
    Ok(histories(tx, &[person])?.remove(&person).unwrap_or_default())
}

/// Every rule that was set for each of some people, the newest first, in as many queries for many people as for one. The
/// caller has loaded the people, or something of theirs, for the actor.
///
/// # Errors
/// When the database fails.
pub fn histories(tx: &mut Tx, people: &[PersonId]) -> Result<BTreeMap<PersonId, Vec<SetRule>>, Error> {
    type Row = (PersonId, KindRow, NaiveDate, String, String, Option<MandateId>, NaiveDateTime);
    let rows: Vec<Row> = consent_rules::table
        .inner_join(users::table.on(users::id.eq(consent_rules::set_by)))
        .filter(consent_rules::person_id.eq_any(people.to_vec()))
        .select((
            consent_rules::person_id,
            (consent_rules::rule, consent_rules::above_pence, consent_rules::delegate_id),
            consent_rules::from_date,
            users::name,
            consent_rules::authority,
            consent_rules::mandate_id,
            consent_rules::set_at,
        ))
        .order(consent_rules::id.desc())
        .load(tx)?;
    let delegates = delegates(tx, rows.iter().filter_map(|row| row.1.2).collect())?;
    let mut histories: BTreeMap<PersonId, Vec<SetRule>> = BTreeMap::new();
    for (person, kind, from, by, authority, mandate, at) in rows {
        let delegate = kind.2.and_then(|named| delegates.get(&named).cloned());
        let set = SetRule { rule: rule_of(kind), delegate, from, by, authority, mandate, at: at.and_utc() };
        histories.entry(person).or_default().push(set);
    }
    Ok(histories)
}

/// The columns that say which rule it is.
type KindRow = (String, Option<Pence>, Option<MandateId>);

fn rule_of((code, above, delegate): KindRow) -> Rule {
    match (code.as_str(), above, delegate) {
        ("above", Some(most), _) => Rule::Above(most),
        ("unusual", ..) => Rule::Unusual,
        ("delegated", _, Some(mandate)) => Rule::Delegated(mandate),
        // What cannot be read asks.
        _ => Rule::Always,
    }
}

/// Who is asked under some mandates. Most people have named nobody, and nothing is asked then.
fn delegates(tx: &mut Tx, named: Vec<MandateId>) -> Result<BTreeMap<MandateId, Delegate>, Error> {
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    type Row = (MandateId, String, Option<String>, NaiveDate, Option<NaiveDate>, Option<NaiveDateTime>, bool);
    let rows: Vec<Row> = mandates::table
        .inner_join(users::table.on(users::id.eq(mandates::user_id)))
        .left_join(organisations::table.on(organisations::id.nullable().eq(mandates::organisation_id)))
        .filter(mandates::id.eq_any(named))
        .select((
            mandates::id,
            users::name,
            organisations::name.nullable(),
            mandates::from_date,
            mandates::to_date,
            mandates::ended_at,
            mandates::approve,
        ))
        .load(tx)?;
    let delegate = |(id, name, organisation, from, to, ended_at, approves): Row| {
        let who = organisation.map_or(name.clone(), |organisation| format!("{name}, {organisation}"));
        (id, Delegate { who, term: Term { from, to, ended: ended_at.is_some() }, approves })
    };
    Ok(rows.into_iter().map(delegate).collect())
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

/// The yeses to some invoices, each in one version of it, and whether they count on a day: a query or a credit note afterwards
/// makes it another version.
///
/// # Errors
/// When the database fails.
pub fn yeses(tx: &mut Tx, to: &[(InvoiceId, i64)], day: NaiveDate) -> Result<BTreeMap<InvoiceId, Yes>, Error> {
    type TermRow = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDateTime>);
    type Row = ((InvoiceId, i64), String, String, Option<MandateId>, NaiveDateTime, TermRow);
    let ids: Vec<InvoiceId> = to.iter().map(|(invoice, _)| *invoice).collect();
    let mut rows: Vec<Row> = invoice_consents::table
        .inner_join(users::table.on(users::id.eq(invoice_consents::given_by)))
        .left_join(mandates::table.on(mandates::id.nullable().eq(invoice_consents::mandate_id)))
        .filter(invoice_consents::invoice_id.eq_any(ids))
        .select((
            (invoice_consents::invoice_id, invoice_consents::invoice_version),
            users::name,
            invoice_consents::authority,
            invoice_consents::mandate_id,
            invoice_consents::given_at,
            (mandates::from_date.nullable(), mandates::to_date.nullable(), mandates::ended_at.nullable()),
        ))
        .load(tx)?;
    rows.retain(|row| to.contains(&row.0));
    let yes = |((invoice, _), by, authority, mandate, at, (from, to, ended_at)): Row| {
        let term = from.map(|from| Term { from, to, ended: ended_at.is_some() });
        let counts = rules::counts(mandate, term, day);
        (invoice, Yes { by, authority, mandate, at: at.and_utc(), counts })
    };
    Ok(rows.into_iter().map(yes).collect())
}
