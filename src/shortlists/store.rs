//! The rows of short lists, for whoever chooses for the person.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{MOST, Thought};
use crate::auth::rights::{ActingFor, Choose};
use crate::db::Tx;
use crate::db::schema::{shortlist_entries, users};
use crate::error::Error;
use crate::ids::{PersonId, ServiceId};

/// The lists of some people, each in the order in which it grew.
///
/// # Errors
/// When the database fails.
pub fn of(tx: &mut Tx, people: &[ActingFor<Choose>]) -> Result<Vec<Thought>, Error> {
    let ids: Vec<PersonId> = people.iter().map(ActingFor::person).collect();
    let rows: Vec<(PersonId, ServiceId, String, chrono::NaiveDateTime)> = shortlist_entries::table
        .inner_join(users::table.on(users::id.eq(shortlist_entries::added_by)))
        .filter(shortlist_entries::person_id.eq_any(ids))
        .order(shortlist_entries::id)
        .select((shortlist_entries::person_id, shortlist_entries::service_id, users::name, shortlist_entries::added_at))
        .load(tx)?;
    let thought = |(person, service, added_by, at): (_, _, _, chrono::NaiveDateTime)| Thought {
        person,
        service,
        added_by,
        added_at: at.and_utc(),
    };
    Ok(rows.into_iter().map(thought).collect())
}

/// Puts a service on a person's list; one that is there stays as it is.
///
/// # Errors
/// When the list is full.
pub fn add(tx: &mut Tx, by: &ActingFor<Choose>, service: ServiceId, now: DateTime<Utc>) -> Result<(), Error> {
    let listed: Vec<ServiceId> = shortlist_entries::table
        .filter(shortlist_entries::person_id.eq(by.person()))
        .select(shortlist_entries::service_id)
        .load(tx)?;
    if listed.contains(&service) {
        return Ok(());
    }
    if listed.len() >= MOST {
        return Err(Error::Refused(format!("There are {MOST} services on this list. Take one off first.")));
    }
    diesel::insert_into(shortlist_entries::table)
        .values((
            shortlist_entries::person_id.eq(by.person()),
            shortlist_entries::service_id.eq(service),
            shortlist_entries::added_by.eq(by.user()),
            shortlist_entries::added_at.eq(now.naive_utc()),
        ))
        .execute(tx)?;
    Ok(())
}

/// Takes a service off a person's list, and says whether it was on it.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx, by: &ActingFor<Choose>, service: ServiceId) -> Result<bool, Error> {
    let listed = shortlist_entries::person_id.eq(by.person()).and(shortlist_entries::service_id.eq(service));
    Ok(diesel::delete(shortlist_entries::table.filter(listed)).execute(tx)? > 0)
}

/// Forgets a person's list.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    diesel::delete(shortlist_entries::table.filter(shortlist_entries::person_id.eq(person))).execute(tx)?;
    Ok(())
}
