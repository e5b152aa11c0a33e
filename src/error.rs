//! Every way a request can fail: its status, the plain words, where to go next.

use std::collections::BTreeMap;

use serde::Serialize;

/// A message about one field of a form, or about the form as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// The field's name; empty when the message is about the whole.
    pub field: String,
    /// What to do, in a sentence.
    pub message: String,
}

/// What was typed and what was wrong with it: enough to show the form again with nothing lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Invalid {
    /// The messages, in the order of the fields.
    pub errors: Vec<FieldError>,
    /// What was typed, by field.
    pub typed: BTreeMap<String, String>,
}

impl Invalid {
    /// One message about the whole, for a rule's refusal.
    #[must_use]
    pub fn whole(message: impl Into<String>) -> Self {
        let errors = vec![FieldError { field: String::new(), message: message.into() }];
        Self { errors, typed: BTreeMap::new() }
    }

    /// One message about one field.
    #[must_use]
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        let errors = vec![FieldError { field: field.to_owned(), message: message.into() }];
        Self { errors, typed: BTreeMap::new() }
    }
}

/// Every way a request or a command can fail.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or this actor may not know that it does.
    #[error("There is nothing here.")]
    NotFound,
    /// Nobody is signed in.
    #[error("Sign in first.")]
    SignIn,
    /// The actor sees the thing but may not do this; the sentence says who may.
    #[error("{0}")]
    Forbidden(String),
    /// A rule said no; the sentence is the rule's own.
    #[error("{0}")]
    Refused(String),
    /// The form or the body cannot be used as it is.
    #[error("{}", first_message(.0))]
    Invalid(Invalid),
    /// Somebody else was first, or the page was old.
    #[error("{0}")]
    Conflict(String),
    /// The right to move money was asked for in a session that was not made with a second factor.
    #[error(
        "This needs a second factor: sign in with a code from your telephone as well. Set it up at /account/second-factor."
    )]
    SecondFactor,
    /// Tried too often; the sentence says when to try again.
    #[error("{0}")]
    TooMany(String),
    /// The database is too busy to take this now.
    #[error("The service is busy. Try again in a moment.")]
    Busy,
    /// Something that should not happen; logged with the request's reference, never shown.
    #[error("Something went wrong on our side.")]
    Internal(String),
}

/// The first message, for a terminal.
fn first_message(invalid: &Invalid) -> String {
    invalid.errors.first().map_or_else(|| "The form cannot be used as it is.".to_owned(), |first| first.message.clone())
}

impl Error {
    /// The sentence for somebody who acted on what has changed since.
    #[must_use]
    pub fn changed_since(what: &str) -> Self {
        Self::Conflict(format!("{what} has changed since you opened this page. Look at it again, then decide."))
    }

    /// An unexpected failure, with what was being done.
    pub fn internal(doing: &str, cause: impl std::fmt::Display) -> Self {
        Self::Internal(format!("{doing}: {cause}"))
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SignIn => 401,
            Self::Forbidden(_) | Self::SecondFactor => 403,
            Self::Refused(_) | Self::Invalid(_) => 422,
            Self::Conflict(_) => 409,
            Self::TooMany(_) => 429,
            Self::Busy => 503,
            Self::Internal(_) => 500,
        }
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}
