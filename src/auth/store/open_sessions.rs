//! Sessions as their owner sees them: where, since when, last used when; ended one by one or all others.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::begin_session;
use crate::auth::OpenSession;
use crate::db::Tx;
use crate::db::schema::sessions;
use crate::error::Error;
use crate::ids::{SessionId, UserId};

/// The open sessions of a user, the one that was used last first.
///
/// # Errors
/// When the database fails.
pub fn open_sessions(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<Vec<OpenSession>, Error> {
    type Row = (SessionId, String, NaiveDateTime, NaiveDateTime, Option<NaiveDateTime>);
    let rows: Vec<Row> = sessions::table
        .filter(sessions::user_id.eq(user).and(sessions::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now.naive_utc()))
        .select((
            sessions::id,
            sessions::device,
            sessions::created_at,
            sessions::rotated_at,
            sessions::second_factor_at,
        ))
        .order((sessions::rotated_at.desc(), sessions::id.desc()))
        .load(tx)?;
    let open = |(id, device, began_at, used_at, factor): Row| OpenSession {
        id,
        device,
        began_at: began_at.and_utc(),
        used_at: used_at.and_utc(),
        second_factor: factor.is_some(),
    };
    Ok(rows.into_iter().map(open).collect())
}

/// Begins a session after a second factor.
///
/// # Errors
/// When the database fails.
pub fn begin_with_second_factor(
    tx: &mut Tx,
    user: UserId,
    device: &str,
    now: DateTime<Utc>,
) -> Result<(SessionId, String), Error> {
    let (session, token) = begin_session(tx, user, device, now)?;
    diesel::update(sessions::table.filter(sessions::id.eq(session)))
        .set(sessions::second_factor_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    Ok((session, token))
}

/// Ends one of a user's own sessions.
///
/// # Errors
/// Not found, when it is not theirs or has ended.
pub fn end_own(tx: &mut Tx, user: UserId, session: SessionId, now: DateTime<Utc>) -> Result<(), Error> {
    let ended = diesel::update(sessions::table.filter(sessions::id.eq(session).and(sessions::user_id.eq(user))))
        .filter(sessions::ended_at.is_null())
        .set(sessions::ended_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    match ended {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Ends all sessions of a user but one, or all of them; answers how many. Whoever changes a password calls this too.
///
/// # Errors
/// When the database fails.
pub fn end_all_but(tx: &mut Tx, user: UserId, kept: Option<SessionId>, now: DateTime<Utc>) -> Result<usize, Error> {
    // No session has the id 0.
    let kept = kept.unwrap_or(SessionId::new(0));
    let ended = diesel::update(sessions::table.filter(sessions::user_id.eq(user).and(sessions::ended_at.is_null())))
        .filter(sessions::id.ne(kept))
        .set(sessions::ended_at.eq(Some(now.naive_utc())));
    Ok(ended.execute(tx)?)
}
