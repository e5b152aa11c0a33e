//! What somebody thinks of for a person before anything is chosen: a short list of services, shared by everybody who
//! chooses for that person.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod store;

use chrono::{DateTime, Utc};

use crate::ids::{PersonId, ServiceId};

/// The most services on one list: beyond that it is no short list.
pub const MOST: usize = 30;

/// A service on a person's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thought {
    /// Whose list.
    pub person: PersonId,
    /// The service.
    pub service: ServiceId,
    /// Who put it there.
    pub added_by: String,
    /// When.
    pub added_at: DateTime<Utc>,
}
