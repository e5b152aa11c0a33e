//! Searches that are kept: whoever keeps one is told by mail, once a day at most, when something new fits. What it is stands
//! on the page alone, because what somebody looks for can say how they are.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;
pub mod watching;

use chrono::{DateTime, NaiveDate, Utc};

use crate::directory::Source;
use crate::ids::{FundId, ImportedListingId, RegisterLocationId, SavedSearchId, ServiceId, UserId};
use crate::vocabulary;

/// The kind of the daily job that looks for what is new.
pub const JOB: &str = "saved_searches";
/// The most searches that somebody keeps.
pub const MOST: usize = 20;
/// For how many days something is shown as new.
pub const NEW_FOR: u64 = 30;

vocabulary! {
    /// Whether a search can be watched.
    State {
        /// It is.
        Watched = "watched", "Looked for every day";
        /// It finds more than are counted.
        TooMany = "too_many", "It finds more than 1,000 now, so nothing is told until it finds fewer";
        /// Something that it asks for is not there any more, or not for this person.
        Impossible = "impossible", "Something that it asks for is not there any more: do the search again, and save it anew";
    }
}

/// A search that somebody keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedSearch {
    /// Which.
    pub id: SavedSearchId,
    /// Whose.
    pub user: UserId,
    /// How they call it.
    pub name: String,
    /// What was typed, as the query of a search.
    pub query: String,
    /// The fund as which prices are looked at.
    pub fund: Option<FundId>,
    /// Whether it can be watched.
    pub state: State,
    /// When it was kept.
    pub saved_at: DateTime<Utc>,
    /// The day on which it was last looked for.
    pub checked_on: NaiveDate,
}

/// What fits a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hit {
    /// A service.
    Service(ServiceId),
    /// A location of the regulator's register.
    Register(RegisterLocationId),
    /// What another feed lists.
    Imported(ImportedListingId),
}

impl From<Source> for Hit {
    fn from(source: Source) -> Self {
        match source {
            Source::Service(service, _) => Self::Service(service),
            Source::Register(location) => Self::Register(location),
            Source::Imported(listing) => Self::Imported(listing),
        }
    }
}

/// What was new for a search, and on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewHit {
    /// For which search.
    pub search: SavedSearchId,
    /// What.
    pub hit: Hit,
    /// Since when.
    pub new_on: NaiveDate,
}
