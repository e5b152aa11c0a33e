//! Sign-ins: invited, signed up, forgotten, changed.

pub mod forgotten;
pub mod invitations;
pub mod own;
pub mod sign_up;

use crate::error::{Error, Invalid};
use crate::mail::EmailAddress;

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
