//! Rows of the chain, and the lease of whoever seals.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::dialect::insert_many;
use crate::db::schema::{audit_events, audit_leases, audit_seals};
use crate::error::Error;

/// The last link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Seal {
    /// Which event it seals.
    pub event: i64,
    /// The fingerprint.
    pub sha256: String,
}

/// The last link, if there is any.
///
/// # Errors
/// When the database fails.
pub fn last(tx: &mut Tx) -> Result<Option<Seal>, Error> {
    let seals = audit_seals::table.select((audit_seals::event_id, audit_seals::sha256));
    Ok(seals.order(audit_seals::event_id.desc()).first(tx).optional()?)
}

/// The links of the events behind one, up to another, in their order.
///
/// # Errors
/// When the database fails.
pub fn between(tx: &mut Tx, after: i64, up_to: i64) -> Result<Vec<Seal>, Error> {
    let seals = audit_seals::table.select((audit_seals::event_id, audit_seals::sha256));
    let seals = seals.filter(audit_seals::event_id.gt(after).and(audit_seals::event_id.le(up_to)));
    Ok(seals.order(audit_seals::event_id).load(tx)?)
}

/// Events that were sealed and are gone, in their order, at most so many.
///
/// # Errors
/// When the database fails.
pub fn of_no_event(tx: &mut Tx, most: i64) -> Result<Vec<i64>, Error> {
    let events = audit_events::table.filter(audit_events::id.eq(audit_seals::event_id));
    let orphans = audit_seals::table.filter(diesel::dsl::not(diesel::dsl::exists(events)));
    Ok(orphans.select(audit_seals::event_id).order(audit_seals::event_id).limit(most).load(tx)?)
}

/// A link to be added.
#[derive(Insertable)]
#[diesel(table_name = audit_seals)]
struct NewRow<'a> {
    event_id: i64,
    sha256: &'a str,
    sealed_at: chrono::NaiveDateTime,
}

/// Adds links behind the last one.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx, seals: &[Seal], now: DateTime<Utc>) -> Result<(), Error> {
    let sealed_at = now.naive_utc();
    let rows: Vec<NewRow<'_>> =
        seals.iter().map(|seal| NewRow { event_id: seal.event, sha256: &seal.sha256, sealed_at }).collect();
    insert_many!(tx, audit_seals::table, &rows)
}

/// How long a sealer may be silent before another one takes its place.
const LEASE: TimeDelta = TimeDelta::seconds(15);

/// Who seals at this moment, if anybody does.
///
/// # Errors
/// When the database fails.
pub fn lease_holder(tx: &mut Tx, now: DateTime<Utc>) -> Result<Option<String>, Error> {
    let live = audit_leases::table.filter(audit_leases::until.gt(now.naive_utc()));
    Ok(live.select(audit_leases::holder).order(audit_leases::id).first(tx).optional()?)
}

/// Takes the lease or makes it last; false when another one has it.
///
/// # Errors
/// When the database fails.
pub fn take_lease(tx: &mut Tx, holder: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    if lease_holder(tx, now)?.is_some_and(|other| other != holder) {
        return Ok(false);
    }
    let row = (audit_leases::holder.eq(holder), audit_leases::until.eq((now + LEASE).naive_utc()));
    if diesel::update(audit_leases::table).set(row).execute(tx)? == 0 {
        diesel::insert_into(audit_leases::table).values(row).execute(tx)?;
    }
    Ok(true)
}

/// Gives the lease up, so that the next one need not wait.
///
/// # Errors
/// When the database fails.
pub fn give_up_lease(tx: &mut Tx, holder: &str, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(audit_leases::table.filter(audit_leases::holder.eq(holder)))
        .set(audit_leases::until.eq(now.naive_utc()))
        .execute(tx)?;
    Ok(())
}
