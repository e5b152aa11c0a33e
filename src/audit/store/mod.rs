//! Rows of the record: appended, read, never changed.

pub mod seals;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{Event, Kind, ThingKind};
use crate::db::columns::word;
use crate::db::dialect::insert_many;
use crate::db::schema::audit_events;
use crate::db::{MultiBackend, Tx};
use crate::error::Error;
use crate::ids::PersonId;

word! {
    Kind;
    ThingKind;
}

/// A row as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Recorded {
    /// Its number: later events have greater ones.
    pub id: i64,
    /// When, in UTC.
    pub at: NaiveDateTime,
    /// The code of its [`Kind`].
    pub kind: String,
    /// Who.
    pub user_id: Option<i64>,
    /// Their name as it was.
    pub user_name: String,
    /// As what, in words.
    pub capacity: String,
    /// Under which mandate.
    pub mandate_id: Option<i64>,
    /// For which organisation.
    pub organisation_id: Option<i64>,
    /// Whose record it concerns.
    pub person_id: Option<i64>,
    /// The short code of what was done.
    pub what: String,
    /// What was done, in words.
    pub says: String,
    /// The code of its [`ThingKind`].
    pub thing_kind: String,
    /// The number of the thing.
    pub thing_id: Option<i64>,
    /// What was there before, as JSON.
    pub before_json: Option<String>,
    /// What is there now, as JSON.
    pub after_json: Option<String>,
    /// The purpose or reason that was stated.
    pub purpose: Option<String>,
    /// The reference of the request.
    pub reference: String,
}

/// A row to be appended.
#[derive(Insertable)]
#[diesel(table_name = audit_events)]
struct NewRow<'a> {
    at: NaiveDateTime,
    kind: &'static str,
    user_id: Option<i64>,
    user_name: &'a str,
    capacity: String,
    mandate_id: Option<i64>,
    organisation_id: Option<i64>,
    person_id: Option<i64>,
    what: &'a str,
    says: &'a str,
    thing_kind: &'static str,
    thing_id: Option<i64>,
    before_json: Option<&'a str>,
    after_json: Option<&'a str>,
    purpose: Option<&'a str>,
    reference: &'a str,
}

impl<'a> NewRow<'a> {
    fn of(event: &'a Event) -> Self {
        let Event { at, author, act, reference } = event;
        let capacity = author.capacity_for(act.person, act.organisation);
        Self {
            at: at.naive_utc(),
            kind: act.kind.code(),
            user_id: author.user.map(|user| user.number()),
            user_name: &author.name,
            mandate_id: capacity.mandate.map(|mandate| mandate.number()),
            organisation_id: capacity.organisation.map(|organisation| organisation.number()),
            capacity: capacity.words,
            person_id: act.person.map(|person| person.number()),
            what: act.what,
            says: &act.says,
            thing_kind: act.thing.kind.code(),
            thing_id: act.thing.id,
            before_json: act.before.as_deref(),
            after_json: act.after.as_deref(),
            purpose: act.purpose.as_deref(),
            reference,
        }
    }
}

/// Appends an event: in the transaction of the deed that it tells of, so that neither is there without the other.
///
/// # Errors
/// When the database fails.
pub fn append(tx: &mut Tx, event: &Event) -> Result<(), Error> {
    append_all(tx, std::slice::from_ref(event))
}

/// Appends several events, in their order.
///
/// # Errors
/// When the database fails.
pub fn append_all(tx: &mut Tx, events: &[Event]) -> Result<(), Error> {
    let rows: Vec<NewRow<'_>> = events.iter().map(NewRow::of).collect();
    insert_many!(tx, audit_events::table, &rows)
}

/// The events behind one, in their order.
///
/// # Errors
/// When the database fails.
pub fn events_after(tx: &mut Tx, id: i64, up_to: i64, most: i64) -> Result<Vec<Recorded>, Error> {
    let rows = audit_events::table.filter(audit_events::id.gt(id).and(audit_events::id.le(up_to)));
    Ok(rows.order(audit_events::id).limit(most).load(tx)?)
}

/// The number of the last event; 0 when there is none.
///
/// # Errors
/// When the database fails.
pub fn last_event(tx: &mut Tx) -> Result<i64, Error> {
    let last: Option<i64> = audit_events::table.select(diesel::dsl::max(audit_events::id)).first(tx)?;
    Ok(last.unwrap_or_default())
}

/// How many events there are.
///
/// # Errors
/// When the database fails.
pub fn count(tx: &mut Tx) -> Result<i64, Error> {
    Ok(audit_events::table.count().get_result(tx)?)
}

/// What of a person's record a reader does not get.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Acts, as patterns of their codes.
    pub acts: &'static [&'static str],
    /// Whatever is about such things.
    pub things: &'static [ThingKind],
}

/// What concerns a person, the newest first: some sorts of event, those before one, at most so many, without what is kept.
/// The caller has loaded the person for the actor.
///
/// # Errors
/// When the database fails.
pub fn concerning(
    tx: &mut Tx,
    person: PersonId,
    kinds: &[Kind],
    (before, most): (Option<i64>, i64),
    without: &Kept,
) -> Result<Vec<Recorded>, Error> {
    let mut rows = audit_events::table.into_boxed::<MultiBackend>().filter(audit_events::person_id.eq(person.number()));
    rows = rows.filter(audit_events::kind.eq_any(kinds.to_vec()));
    if let Some(before) = before {
        rows = rows.filter(audit_events::id.lt(before));
    }
    for pattern in without.acts {
        rows = rows.filter(audit_events::what.not_like(*pattern));
    }
    for thing in without.things {
        rows = rows.filter(audit_events::thing_kind.ne(thing.code()));
    }
    Ok(rows.order(audit_events::id.desc()).limit(most).load(tx)?)
}

/// A row for unit tests.
#[cfg(test)]
pub(in crate::audit) fn example(id: i64) -> Recorded {
    Recorded {
        id,
        at: chrono::DateTime::UNIX_EPOCH.naive_utc(),
        kind: "act".to_owned(),
        user_id: Some(3),
        user_name: "Olive".to_owned(),
        capacity: "officer of Example Council".to_owned(),
        mandate_id: None,
        organisation_id: Some(1),
        person_id: Some(5),
        what: "budget.recorded".to_owned(),
        says: "recorded a personal budget".to_owned(),
        thing_kind: "budget".to_owned(),
        thing_id: Some(9),
        before_json: None,
        after_json: Some("{}".to_owned()),
        purpose: None,
        reference: "0f0f".to_owned(),
    }
}
