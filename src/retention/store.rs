//! Rows of holds, of what is due, of erasures; the facts that decide.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Due, Erasure, Facts, Ground, Hold, Rule};
use crate::auth::rights::CouncilOfficer;
use crate::calendar;
use crate::concerns;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{
    deliveries, erasures, funds, invoices, legal_hold_lifts, legal_holds, people, personal_budgets, retention_due,
};
use crate::error::Error;
use crate::ids::{ErasureId, HoldId, PersonId};

word! {
    Rule;
    Ground;
}

/// What decides how long a person's record is kept.
///
/// # Errors
/// Not found, when there is none.
pub fn facts(tx: &mut Tx, person: PersonId) -> Result<Facts, Error> {
    let recorded_at: NaiveDateTime =
        people::table.filter(people::id.eq(person)).select(people::created_at).first(tx)?;
    let of_person = || funds::table.filter(funds::person_id.eq(person)).select(funds::id);
    let had_budget = personal_budgets::table.filter(personal_budgets::person_id.eq(person));
    Ok(Facts {
        recorded_on: calendar::london(recorded_at.and_utc()).date(),
        funds: funds::table.filter(funds::person_id.eq(person)).select(funds::ended_on).order(funds::id).load(tx)?,
        had_budget: diesel::select(diesel::dsl::exists(had_budget)).get_result(tx)?,
        last_invoice: invoices::table
            .filter(invoices::fund_id.eq_any(of_person()))
            .select(diesel::dsl::max(invoices::issued_on))
            .first(tx)?,
        last_support: deliveries::table
            .filter(deliveries::fund_id.eq_any(of_person()))
            .select(diesel::dsl::max(deliveries::delivered_on))
            .first(tx)?,
        something_open: concerns::store::complaints::any_open(tx, person)?
            || concerns::store::safeguarding::any_open(tx, person)?,
    })
}

/// The holds of a person, the newest first.
///
/// # Errors
/// When the database fails.
pub fn holds(tx: &mut Tx, person: PersonId) -> Result<Vec<Hold>, Error> {
    type Row = (HoldId, String, NaiveDate, String, Option<NaiveDateTime>, Option<String>);
    let rows: Vec<Row> = legal_holds::table
        .left_join(legal_hold_lifts::table.on(legal_hold_lifts::hold_id.eq(legal_holds::id)))
        .filter(legal_holds::person_id.eq(person))
        .select((
            legal_holds::id,
            legal_holds::reason,
            legal_holds::from_date,
            legal_holds::authority,
            legal_hold_lifts::lifted_at.nullable(),
            legal_hold_lifts::reason.nullable(),
        ))
        .order(legal_holds::id.desc())
        .load(tx)?;
    let hold = |(id, reason, from, authority, lifted_at, why): Row| Hold {
        id,
        reason,
        from,
        authority,
        lifted: lifted_at.map(|at| (at.and_utc(), why.unwrap_or_default())),
    };
    Ok(rows.into_iter().map(hold).collect())
}

/// Places a hold.
///
/// # Errors
/// When the database fails.
pub fn place(
    tx: &mut Tx,
    officer: &CouncilOfficer,
    person: PersonId,
    (reason, from): (&str, NaiveDate),
    now: DateTime<Utc>,
) -> Result<HoldId, Error> {
    let row = (
        legal_holds::person_id.eq(person),
        legal_holds::reason.eq(reason),
        legal_holds::from_date.eq(from),
        legal_holds::authority.eq(officer.authority()),
        legal_holds::placed_by.eq(officer.user()),
        legal_holds::placed_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(legal_holds::table).values(row).returning(legal_holds::id).get_result(tx)?)
}

/// Lifts a hold.
///
/// # Errors
/// A conflict, when somebody lifted it at the same moment.
pub fn lift(
    tx: &mut Tx,
    officer: &CouncilOfficer,
    hold: HoldId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        legal_hold_lifts::hold_id.eq(hold),
        legal_hold_lifts::reason.eq(reason),
        legal_hold_lifts::authority.eq(officer.authority()),
        legal_hold_lifts::lifted_by.eq(officer.user()),
        legal_hold_lifts::lifted_at.eq(now.naive_utc()),
    );
    diesel::insert_into(legal_hold_lifts::table).values(row).execute(tx)?;
    Ok(())
}

/// The erasures of a person's record, the newest first.
///
/// # Errors
/// When the database fails.
pub fn erasures_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Erasure>, Error> {
    let rows: Vec<(Ground, String, String, NaiveDateTime)> = erasures::table
        .filter(erasures::person_id.eq(person))
        .select((erasures::ground, erasures::reason, erasures::authority, erasures::decided_at))
        .order(erasures::id.desc())
        .load(tx)?;
    let erasure = |(ground, reason, authority, at): (Ground, String, String, NaiveDateTime)| Erasure {
        ground,
        reason,
        authority,
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(erasure).collect())
}

/// Records that a person's record is erased; the triggers let its words go from now on.
///
/// # Errors
/// When the database fails.
pub fn record_erasure(
    tx: &mut Tx,
    officer: &CouncilOfficer,
    person: PersonId,
    (ground, reason): (Ground, &str),
    now: DateTime<Utc>,
) -> Result<ErasureId, Error> {
    let row = (
        erasures::person_id.eq(person),
        erasures::ground.eq(ground),
        erasures::reason.eq(reason),
        erasures::authority.eq(officer.authority()),
        erasures::decided_by.eq(officer.user()),
        erasures::decided_at.eq(now.naive_utc()),
    );
    diesel::delete(retention_due::table.filter(retention_due::person_id.eq(person))).execute(tx)?;
    Ok(diesel::insert_into(erasures::table).values(row).returning(erasures::id).get_result(tx)?)
}

/// Everybody whose record is not erased.
///
/// # Errors
/// When the database fails.
pub fn not_erased(tx: &mut Tx, after: PersonId, most: i64) -> Result<Vec<PersonId>, Error> {
    let erased = erasures::table.filter(erasures::person_id.eq(people::id));
    Ok(people::table
        .filter(people::id.gt(after).and(diesel::dsl::not(diesel::dsl::exists(erased))))
        .select(people::id)
        .order(people::id)
        .limit(most)
        .load(tx)?)
}

/// Puts somebody on the list of those whose time is over, or takes them off it.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx, person: PersonId, due: Option<(Rule, NaiveDate)>, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::delete(retention_due::table.filter(retention_due::person_id.eq(person))).execute(tx)?;
    if let Some((rule, due_on)) = due {
        let row = (
            retention_due::person_id.eq(person),
            retention_due::rule.eq(rule),
            retention_due::due_on.eq(due_on),
            retention_due::listed_at.eq(now.naive_utc()),
        );
        diesel::insert_into(retention_due::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// The list of an officer's council, the longest over first, with whether a hold stands against each.
///
/// # Errors
/// When the database fails.
pub fn listed(tx: &mut Tx, officer: &CouncilOfficer) -> Result<Vec<(Due, bool)>, Error> {
    type Row = (PersonId, String, String, Rule, NaiveDate);
    let rows: Vec<Row> = retention_due::table
        .inner_join(people::table.on(people::id.eq(retention_due::person_id)))
        .filter(people::council_id.eq(officer.council()))
        .select((people::id, people::reference, people::name, retention_due::rule, retention_due::due_on))
        .order((retention_due::due_on, people::id))
        .limit(500)
        .load(tx)?;
    let held: Vec<(PersonId, Option<HoldId>)> = legal_holds::table
        .left_join(legal_hold_lifts::table.on(legal_hold_lifts::hold_id.eq(legal_holds::id)))
        .filter(legal_holds::person_id.eq_any(rows.iter().map(|row| row.0).collect::<Vec<_>>()))
        .filter(legal_hold_lifts::id.is_null())
        .select((legal_holds::person_id, legal_hold_lifts::hold_id.nullable()))
        .load(tx)?;
    let held: BTreeMap<PersonId, Option<HoldId>> = held.into_iter().collect();
    let due = |(person, reference, name, rule, due_on): Row| {
        (Due { person, reference, name, rule, due_on }, held.contains_key(&person))
    };
    Ok(rows.into_iter().map(due).collect())
}
