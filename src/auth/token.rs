//! The access token: short-lived, signed, naming the session that every request looks up.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::ACCESS;
use crate::error::Error;
use crate::ids::{SessionId, UserId};
use crate::web::token::Keys;

/// What an access token says.
#[derive(Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct Claims {
    /// The user.
    pub sub: UserId,
    /// The session.
    pub sid: SessionId,
    /// Issued at, in seconds since 1970.
    pub iat: i64,
    /// Good until, in seconds since 1970.
    pub exp: i64,
}

/// Signs an access token.
///
/// # Errors
/// When signing fails.
pub fn sign(keys: &Keys, user: UserId, session: SessionId, now: DateTime<Utc>) -> Result<String, Error> {
    let claims = Claims { sub: user, sid: session, iat: now.timestamp(), exp: (now + ACCESS).timestamp() };
    let key = EncodingKey::from_secret(keys.secret());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .map_err(|cause| Error::internal("signing a token", cause))
}

/// Reads an access token; nothing when it was not signed here, by this algorithm, or is past its time.
#[must_use]
pub fn read(keys: &Keys, token: &str, now: DateTime<Utc>) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The time is checked below against our own clock, which tests can stop.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(keys.secret());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).ok()?.claims;
    (claims.exp > now.timestamp()).then_some(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_here_for_its_time_and_by_its_algorithm() {
        let (keys, now) = (Keys::random().unwrap(), DateTime::from_timestamp(1_800_000_000, 0).unwrap());
        let token = sign(&keys, UserId::new(3), SessionId::new(4), now).unwrap();
        assert_eq!(read(&keys, &token, now).unwrap().sid, SessionId::new(4));
        assert_eq!(read(&keys, &token, now + ACCESS), None);
        assert_eq!(read(&Keys::random().unwrap(), &token, now), None);
        // {"alg":"none"} with the same claims and no signature.
        let claims = token.split('.').nth(1).unwrap();
        assert_eq!(read(&keys, &format!("eyJhbGciOiJub25lIn0.{claims}."), now), None);
    }
}
