//! Reviews: what people who really used a service say of it, tied to support that was confirmed; read by an officer of their
//! council before anybody else reads it, answered by the provider once, and never with a name.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, Utc};

use crate::directory::Marks;
use crate::ids::{OrganisationId, PersonId, ReviewId, ServiceId};

/// What an officer decided about a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is shown.
    pub shown: bool,
    /// Why not.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A version of what somebody says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Whose.
    pub person: PersonId,
    /// The council that reads it first.
    pub council: OrganisationId,
    /// Of which service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// Who gives it.
    pub provider: OrganisationId,
    /// Their name.
    pub provider_name: String,
    /// Which version it is, from 1.
    pub number: i64,
    /// What was answered.
    pub marks: Marks,
    /// In words; may be empty.
    pub words: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What the council decided.
    pub decision: Option<Decision>,
    /// What the provider answered.
    pub reply: Option<String>,
}

/// What somebody says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// Whose it is.
    pub person: PersonId,
    /// What is answered.
    pub marks: Marks,
    /// In words; may be empty.
    pub words: String,
}
