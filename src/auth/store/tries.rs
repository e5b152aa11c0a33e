//! Rows of tries to sign in that were in vain, shared by all servers.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::auth::rules::limits::{self, Count, Limit};
use crate::db::Tx;
use crate::db::schema::sign_in_tries;
use crate::error::Error;

/// After how long a row that nobody tried again is of no use.
const KEPT: TimeDelta = TimeDelta::days(3);

/// What is counted under which fingerprint, and how far it may go.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The fingerprint of the e-mail address or the network address.
    pub fingerprint: String,
    /// How far it may go.
    pub limit: Limit,
}

/// A try that was counted: the count that it left, for each subject.
pub type Taken = Vec<(Subject, Count)>;

fn count(tx: &mut Tx, subject: &Subject) -> Result<Option<Count>, Error> {
    type Row = (i64, i64, NaiveDateTime, Option<NaiveDateTime>);
    let found: Option<Row> = sign_in_tries::table
        .filter(sign_in_tries::kind.eq(subject.limit.kind.code()))
        .filter(sign_in_tries::fingerprint.eq(&subject.fingerprint))
        .select((sign_in_tries::failures, sign_in_tries::locks, sign_in_tries::since, sign_in_tries::not_before))
        .first(tx)
        .optional()?;
    Ok(found.map(|(failures, locks, since, not_before)| Count { failures, locks, since, not_before }))
}

fn keep(tx: &mut Tx, subject: &Subject, count: &Count, is_new: bool, now: NaiveDateTime) -> Result<(), Error> {
    let values = (
        sign_in_tries::failures.eq(count.failures),
        sign_in_tries::locks.eq(count.locks),
        sign_in_tries::since.eq(count.since),
        sign_in_tries::tried_at.eq(now),
        sign_in_tries::not_before.eq(count.not_before),
    );
    let kind = subject.limit.kind.code();
    if is_new {
        let whose = (sign_in_tries::kind.eq(kind), sign_in_tries::fingerprint.eq(&subject.fingerprint));
        diesel::insert_into(sign_in_tries::table).values((whose, values)).execute(tx)?;
        return Ok(());
    }
    diesel::update(sign_in_tries::table.filter(sign_in_tries::fingerprint.eq(&subject.fingerprint)))
        .filter(sign_in_tries::kind.eq(kind))
        .set(values)
        .execute(tx)?;
    Ok(())
}

/// Counts a try for each subject, or for none of them.
///
/// # Errors
/// Too many, with the time to wait.
pub fn take(tx: &mut Tx, subjects: &[Subject], now: DateTime<Utc>) -> Result<Taken, Error> {
    let now = now.naive_utc();
    let mut taken = vec![];
    for subject in subjects {
        let before = count(tx, subject)?;
        let after = limits::take(before, &subject.limit, now)
            .map_err(|wait| Error::TooMany(limits::sentence(subject.limit.kind, wait)))?;
        taken.push((subject.clone(), after, before.is_none()));
    }
    taken.iter().try_for_each(|(subject, after, is_new)| keep(tx, subject, after, *is_new, now))?;
    Ok(taken.into_iter().map(|(subject, after, _)| (subject, after)).collect())
}

/// Takes a try back that was not in vain.
///
/// # Errors
/// When the database fails.
pub fn give_back(tx: &mut Tx, taken: &Taken, now: DateTime<Utc>) -> Result<(), Error> {
    for (subject, mine) in taken {
        if let Some(present) = count(tx, subject)? {
            let after = limits::give_back(present, mine, &subject.limit);
            keep(tx, subject, &after, false, now.naive_utc())?;
        }
    }
    Ok(())
}

/// Forgets the tries for a subject.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx, subject: &Subject) -> Result<(), Error> {
    diesel::delete(sign_in_tries::table.filter(sign_in_tries::fingerprint.eq(&subject.fingerprint)))
        .filter(sign_in_tries::kind.eq(subject.limit.kind.code()))
        .execute(tx)?;
    Ok(())
}

/// Removes what is too old to matter; answers how much.
///
/// # Errors
/// When the database fails.
pub fn clean_up(tx: &mut Tx, now: DateTime<Utc>) -> Result<usize, Error> {
    let too_old = sign_in_tries::tried_at.lt((now - KEPT).naive_utc());
    Ok(diesel::delete(sign_in_tries::table.filter(too_old)).execute(tx)?)
}
