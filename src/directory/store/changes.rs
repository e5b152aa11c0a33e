//! When what is said of a service in public last changed. A change is marked where the service's entry in the search is made
//! again; it is given its time when somebody next reads.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{service_changes, services};
use crate::error::Error;
use crate::ids::{OrganisationId, ServiceId};

/// Marks a service as changed.
pub(super) fn mark(tx: &mut Tx, service: ServiceId) -> Result<(), Error> {
    let unknown = None::<NaiveDateTime>;
    let changed = diesel::update(service_changes::table.filter(service_changes::service_id.eq(service)))
        .set(service_changes::changed_at.eq(unknown))
        .execute(tx)?;
    if changed == 0 {
        diesel::insert_into(service_changes::table).values(service_changes::service_id.eq(service)).execute(tx)?;
    }
    Ok(())
}

/// Marks everything that an organisation lists as changed.
pub(super) fn mark_all_of(tx: &mut Tx, organisation: OrganisationId) -> Result<(), Error> {
    let listed = services::table.filter(services::organisation_id.eq(organisation)).select(services::id);
    diesel::update(service_changes::table.filter(service_changes::service_id.eq_any(listed)))
        .set(service_changes::changed_at.eq(None::<NaiveDateTime>))
        .execute(tx)?;
    Ok(())
}

/// Whether a change has no time yet.
///
/// # Errors
/// When the database fails.
pub fn wait(tx: &mut Tx) -> Result<bool, Error> {
    let waiting = service_changes::table.filter(service_changes::changed_at.is_null());
    let first: Option<ServiceId> = waiting.select(service_changes::service_id).first(tx).optional()?;
    Ok(first.is_some())
}

/// Gives every change that has no time yet this one.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(service_changes::table.filter(service_changes::changed_at.is_null()))
        .set(service_changes::changed_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    Ok(())
}
