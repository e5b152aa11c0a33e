//! What was already done under a form token or an Idempotency-Key.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::done_once;
use crate::error::Error;
use crate::ids::UserId;

/// One request that must be done once however often it is sent.
#[derive(Clone, Debug)]
pub struct OnceKey {
    /// Who sends it.
    pub user: UserId,
    /// The form token or the Idempotency-Key.
    pub token: String,
    /// The SHA-256 of where it was sent and what.
    pub request_sha256: String,
}

/// Does the work unless it was done before; answers where it led either time.
///
/// # Errors
/// What the work says; a conflict when the same token comes with another content.
pub fn once(
    tx: &mut Tx,
    key: &OnceKey,
    now: NaiveDateTime,
    work: impl FnOnce(&mut Tx) -> Result<String, Error>,
) -> Result<String, Error> {
    let before: Option<(String, String)> = done_once::table
        .filter(done_once::user_id.eq(key.user).and(done_once::token.eq(&key.token)))
        .select((done_once::request_sha256, done_once::location))
        .first(tx)
        .optional()?;
    if let Some((request_sha256, location)) = before {
        return if request_sha256 == key.request_sha256 {
            Ok(location)
        } else {
            Err(Error::Conflict("This form was already sent with other content. Open the page again.".to_owned()))
        };
    }
    let location = work(tx)?;
    diesel::insert_into(done_once::table)
        .values((
            done_once::user_id.eq(key.user),
            done_once::token.eq(&key.token),
            done_once::request_sha256.eq(&key.request_sha256),
            done_once::location.eq(&location),
            done_once::created_at.eq(now),
        ))
        .execute(tx)?;
    Ok(location)
}
