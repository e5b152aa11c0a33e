//! That a provider decided the VAT class of a service itself.

use chrono::{DateTime, NaiveDate, Utc};

use crate::ids::FileId;
use crate::vat::{Answer, Class, Nature};

/// A decision of a provider's administrator about the class of a service, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassOverride {
    /// Counts them in the order in which they were recorded.
    pub number: i64,
    /// The class; nothing: from this day on the rules decide again.
    pub class: Option<Class>,
    /// Why.
    pub reason: String,
    /// What shows it, in words.
    pub evidence: String,
    /// The file that shows it, if one was sent.
    pub file: Option<FileId>,
    /// From which day.
    pub from: NaiveDate,
    /// Who recorded it.
    pub by: String,
    /// By what right.
    pub authority: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a service said of itself that decides its class for VAT, until it said something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormerWords {
    /// What was sold.
    pub nature: Nature,
    /// Whether it was inside a regulated activity.
    pub inside_regulated_activity: Answer,
    /// The day from which on it said something else.
    pub until: NaiveDate,
}

/// A decision that is to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOverride {
    /// The class; nothing: the rules decide again.
    pub class: Option<Class>,
    /// Why.
    pub reason: String,
    /// What shows it, in words.
    pub evidence: String,
    /// From which day.
    pub from: NaiveDate,
}
