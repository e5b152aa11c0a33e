//! Rows of second factors and recovery codes.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::auth::rules::codes::{self, Secret};
use crate::db::Tx;
use crate::db::schema::{recovery_codes, second_factors, sessions};
use crate::error::Error;
use crate::ids::UserId;
use crate::web::token::{Keys, random_bytes, sha256};

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// For what the secrets are sealed.
const SEALED_AS: &str = "second factor";

/// A user's second factor.
#[derive(Clone)]
pub struct Factor {
    /// Since when it holds; nothing while it is being set up.
    pub confirmed_at: Option<NaiveDateTime>,
    /// The last thirty seconds whose code was used.
    pub last_step: i64,
    sealed_secret: String,
}

impl Factor {
    /// The secret.
    ///
    /// # Errors
    /// When it was sealed with another key file.
    pub fn secret(&self, keys: &Keys, user: UserId) -> Result<Secret, Error> {
        let opened = keys.open(SEALED_AS, user, &self.sealed_secret).and_then(|bytes| bytes.try_into().ok());
        opened.map(Secret::of).ok_or_else(|| {
            Error::Internal(format!("the second factor of user {user} was sealed with another key file"))
        })
    }
}

/// A user's second factor, set up or being set up.
///
/// # Errors
/// When the database fails.
pub fn factor(tx: &mut Tx, user: UserId) -> Result<Option<Factor>, Error> {
    let found: Option<(Option<NaiveDateTime>, i64, String)> = second_factors::table
        .filter(second_factors::user_id.eq(user))
        .select((second_factors::confirmed_at, second_factors::last_step, second_factors::sealed_secret))
        .first(tx)
        .optional()?;
    Ok(found.map(|(confirmed_at, last_step, sealed_secret)| Factor { confirmed_at, last_step, sealed_secret }))
}

/// Whether a user signs in with a second factor.
///
/// # Errors
/// When the database fails.
pub fn has_factor(tx: &mut Tx, user: UserId) -> Result<bool, Error> {
    Ok(factor(tx, user)?.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// Begins to set a second factor up, in the place of one that was begun and never confirmed.
///
/// # Errors
/// Refused, when there is one already.
pub fn begin(tx: &mut Tx, keys: &Keys, user: UserId, secret: &Secret, now: DateTime<Utc>) -> Result<(), Error> {
    if has_factor(tx, user)? {
        return Err(Error::Refused(
            "You have a second factor already. Take it away before you set up another.".to_owned(),
        ));
    }
    diesel::delete(second_factors::table.filter(second_factors::user_id.eq(user))).execute(tx)?;
    let row = (
        second_factors::user_id.eq(user),
        second_factors::sealed_secret.eq(keys.seal(SEALED_AS, user, secret.bytes())?),
        second_factors::last_step.eq(0),
        second_factors::created_at.eq(now.naive_utc()),
    );
    diesel::insert_into(second_factors::table).values(row).execute(tx)?;
    Ok(())
}

/// Uses a code of the telephone: it is good once.
///
/// # Errors
/// When the database or the key file fails.
pub fn use_code(tx: &mut Tx, keys: &Keys, user: UserId, typed: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let Some(factor) = factor(tx, user)? else {
        return Ok(false);
    };
    let step = factor.secret(keys, user)?.step_of(&codes::plain(typed), factor.last_step, now)?;
    let Some(step) = step else {
        return Ok(false);
    };
    // Only if it is still unused: two requests with one code may come at the same moment.
    let used = diesel::update(second_factors::table.filter(second_factors::user_id.eq(user)))
        .filter(second_factors::last_step.lt(step))
        .set(second_factors::last_step.eq(step));
    Ok(used.execute(tx)? == 1)
}

/// How a recovery code is kept: it is random enough for a plain hash.
fn recovery_hash(code: &str) -> String {
    sha256(&format!("recovery|{}", codes::plain(code)))
}

/// Uses a recovery code: it is good once.
///
/// # Errors
/// When the database fails.
pub fn use_recovery_code(tx: &mut Tx, user: UserId, typed: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let used = diesel::update(recovery_codes::table.filter(recovery_codes::user_id.eq(user)))
        .filter(recovery_codes::used_at.is_null().and(recovery_codes::code_sha256.eq(recovery_hash(typed))))
        .set(recovery_codes::used_at.eq(Some(now.naive_utc())));
    Ok(used.execute(tx)? == 1)
}

/// Uses either: a code of the telephone has six digits, a recovery code is longer. A factor that was never confirmed opens
/// nothing.
///
/// # Errors
/// When the database or the key file fails.
pub fn use_either(tx: &mut Tx, keys: &Keys, user: UserId, typed: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    if !has_factor(tx, user)? {
        return Ok(false);
    }
    if codes::plain(typed).chars().count() > 6 {
        return use_recovery_code(tx, user, typed, now);
    }
    use_code(tx, keys, user, typed, now)
}

/// From now on the user signs in with the second factor; answers the recovery codes, which are shown once.
///
/// # Errors
/// When the database fails.
pub fn confirm(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<Vec<String>, Error> {
    diesel::update(second_factors::table.filter(second_factors::user_id.eq(user)))
        .set(second_factors::confirmed_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    renew_recovery_codes(tx, user, now)
}

/// Ten new recovery codes in the place of those before.
///
/// # Errors
/// When the database fails.
pub fn renew_recovery_codes(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<Vec<String>, Error> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(tx)?;
    let mut made = vec![];
    for _ in 0..RECOVERY_CODES {
        let code = codes::recovery_code(random_bytes()?);
        let row = (
            recovery_codes::user_id.eq(user),
            recovery_codes::code_sha256.eq(recovery_hash(&code)),
            recovery_codes::created_at.eq(now.naive_utc()),
        );
        diesel::insert_into(recovery_codes::table).values(row).execute(tx)?;
        made.push(code);
    }
    Ok(made)
}

/// How many recovery codes are left.
///
/// # Errors
/// When the database fails.
pub fn recovery_codes_left(tx: &mut Tx, user: UserId) -> Result<i64, Error> {
    let left = recovery_codes::table.filter(recovery_codes::user_id.eq(user).and(recovery_codes::used_at.is_null()));
    Ok(left.count().get_result(tx)?)
}

/// Takes a second factor away: no session of the user counts as made with one any more.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user))).execute(tx)?;
    diesel::delete(second_factors::table.filter(second_factors::user_id.eq(user))).execute(tx)?;
    diesel::update(sessions::table.filter(sessions::user_id.eq(user)))
        .set(sessions::second_factor_at.eq(None::<NaiveDateTime>))
        .execute(tx)?;
    Ok(())
}
