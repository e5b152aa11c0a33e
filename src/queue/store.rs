//! Rows of jobs.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{Failing, Job, LEASE, NewJob, pause_after};
use crate::db::Tx;
use crate::db::dialect::LockedSkipping;
use crate::db::schema::jobs;
use crate::error::Error;
use crate::ids::JobId;

/// How much of an error is kept, in characters.
const KEPT_ERROR: usize = 500;

/// What is kept of a try that was never settled.
const NOT_ENDED: &str = "The try before did not end: its server was stopped, or the job ended badly.";

/// Enqueues a job; one whose key is known already, done or not, is not enqueued again.
///
/// # Errors
/// When the database fails.
pub fn enqueue(tx: &mut Tx, new: &NewJob<'_>, now: DateTime<Utc>) -> Result<(), Error> {
    enqueue_for(tx, new, now, now)
}

/// Enqueues a job that is not begun before an instant.
///
/// # Errors
/// When the database fails.
pub fn enqueue_for(tx: &mut Tx, new: &NewJob<'_>, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Error> {
    if let Some(key) = new.dedupe_key {
        let known = jobs::table.filter(jobs::dedupe_key.eq(key)).select(jobs::id).first::<JobId>(tx);
        if known.optional()?.is_some() {
            return Ok(());
        }
    }
    let row = (
        jobs::kind.eq(new.kind),
        jobs::about.eq(new.about),
        jobs::dedupe_key.eq(new.dedupe_key),
        jobs::attempts.eq(0),
        jobs::due_at.eq(due.naive_utc()),
        jobs::enqueued_at.eq(now.naive_utc()),
    );
    diesel::insert_into(jobs::table).values(row).execute(tx)?;
    Ok(())
}

/// Claims the job that has been due longest, of the kinds that this server can do; nobody else gets it until it is settled
/// or its lease has run out.
///
/// # Errors
/// When the database fails.
pub fn claim(tx: &mut Tx, kinds: &[&str], now: DateTime<Utc>) -> Result<Option<Job>, Error> {
    let at = now.naive_utc();
    let due = jobs::table
        .filter(jobs::done_at.is_null().and(jobs::due_at.le(at)))
        .filter(jobs::leased_until.is_null().or(jobs::leased_until.le(Some(at))))
        .filter(jobs::kind.eq_any(kinds.to_vec()))
        .order((jobs::due_at, jobs::id))
        .limit(1)
        .select((jobs::id, jobs::kind, jobs::about, jobs::attempts, jobs::last_error, jobs::leased_until));
    type Row = (JobId, String, String, i64, Option<String>, Option<chrono::NaiveDateTime>);
    let found: Option<Row> = LockedSkipping(due).get_result(tx).optional()?;
    let Some((id, kind, about, before, last_error, leased_until)) = found else {
        return Ok(None);
    };
    let attempts = before + 1;
    // Whoever had it before neither did it nor said why not: an operator must see that, should it happen again and again.
    let last_error = if leased_until.is_some() { Some(NOT_ENDED.to_owned()) } else { last_error };
    diesel::update(jobs::table.filter(jobs::id.eq(id)))
        .set((
            jobs::attempts.eq(attempts),
            jobs::leased_until.eq(Some((now + LEASE).naive_utc())),
            jobs::last_error.eq(last_error),
        ))
        .execute(tx)?;
    Ok(Some(Job { id, kind, about, attempts }))
}

/// Records that a job was done; nothing changes when another server has taken it in the meantime.
///
/// # Errors
/// When the database fails.
pub fn done(tx: &mut Tx, job: &Job, now: DateTime<Utc>) -> Result<(), Error> {
    let changed = diesel::update(jobs::table.filter(jobs::id.eq(job.id).and(jobs::attempts.eq(job.attempts))))
        .set((
            jobs::done_at.eq(Some(now.naive_utc())),
            jobs::leased_until.eq(None::<chrono::NaiveDateTime>),
            jobs::last_error.eq(None::<String>),
        ))
        .execute(tx)?;
    warn_if_taken(changed, job);
    Ok(())
}

/// Records why a job failed, and when it is tried again; nothing changes when another server has taken it in the meantime.
///
/// # Errors
/// When the database fails.
pub fn failed(tx: &mut Tx, job: &Job, error: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let changed = diesel::update(jobs::table.filter(jobs::id.eq(job.id).and(jobs::attempts.eq(job.attempts))))
        .set((
            jobs::due_at.eq((now + pause_after(job.attempts)).naive_utc()),
            jobs::leased_until.eq(None::<chrono::NaiveDateTime>),
            jobs::last_error.eq(Some(error.chars().take(KEPT_ERROR).collect::<String>())),
        ))
        .execute(tx)?;
    warn_if_taken(changed, job);
    Ok(())
}

fn warn_if_taken(changed: usize, job: &Job) {
    if changed == 0 {
        tracing::warn!(job = %job.id, kind = job.kind, "took longer than its lease; another server has it");
    }
}

/// The jobs that were tried and are not done, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn failing(tx: &mut Tx) -> Result<Vec<Failing>, Error> {
    type Row = (JobId, String, String, i64, chrono::NaiveDateTime, Option<String>);
    let rows: Vec<Row> = jobs::table
        .filter(jobs::done_at.is_null().and(jobs::last_error.is_not_null()))
        .select((jobs::id, jobs::kind, jobs::about, jobs::attempts, jobs::due_at, jobs::last_error))
        .order(jobs::id)
        .load(tx)?;
    let failing = |(id, kind, about, attempts, due_at, last_error): Row| Failing {
        id,
        kind,
        about,
        attempts,
        due_at: due_at.and_utc(),
        last_error: last_error.unwrap_or_default(),
    };
    Ok(rows.into_iter().map(failing).collect())
}

/// How many jobs are not done.
///
/// # Errors
/// When the database fails.
pub fn waiting(tx: &mut Tx) -> Result<i64, Error> {
    Ok(jobs::table.filter(jobs::done_at.is_null()).count().get_result(tx)?)
}

/// Forgets jobs that were done before an instant.
///
/// # Errors
/// When the database fails.
pub fn forget_done(tx: &mut Tx, before: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(jobs::table.filter(jobs::done_at.lt(Some(before.naive_utc())))).execute(tx)?)
}
