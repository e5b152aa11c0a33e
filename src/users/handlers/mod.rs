//! Sign-ins: invited, signed up, forgotten, changed.

pub mod forgotten;
pub mod invitations;
pub mod own;
pub mod sign_up;

use super::forms::PASSWORDS;
use crate::auth::password;
use crate::error::{Error, Invalid};
use crate::mail::EmailAddress;
use crate::web::page::Submitted;

/// What was sent, without its passwords: what is done once is known again by a fingerprint, which must not be a
/// password's.
fn without_passwords(sent: &Submitted) -> Submitted {
    let mut sent = sent.clone();
    for name in PASSWORDS {
        sent.fields.take(name);
    }
    sent
}

/// Hashes a new password off the request's thread, one at a time.
async fn hashed(password: String) -> Result<String, Error> {
    static TURN: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(1);
    let _turn = TURN.acquire().await.map_err(|_| Error::Busy)?;
    let hashed = tokio::task::spawn_blocking(move || password::hash(&password));
    hashed.await.map_err(|cause| Error::internal("hashing", cause))?
}

/// An address that is kept, as one that mail can be sent to.
fn kept(address: &str) -> Result<EmailAddress, Error> {
    EmailAddress::parse(address)
        .map_err(|_| Error::Refused(format!("No mail can be sent to {address}. Ask whoever runs this service.")))
}

/// A rule's refusal about the whole form.
fn refused(why: impl std::fmt::Display) -> Error {
    Error::Refused(why.to_string())
}

/// A form's messages as an error.
fn invalid(invalid: Invalid) -> Error {
    Error::Invalid(invalid)
}
