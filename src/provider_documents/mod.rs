//! What a provider shows of itself before people and councils rely on it: a checklist of what is done, and documents with the
//! days on which they hold (insurance, policies), checked by councils and brokers, who say what they found. A document is never
//! changed: a new version takes its place. Everybody sees that one is there and until when; only the provider, councils and
//! brokers see the paper.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::directory::DocumentKind;
use crate::directory::rules::documents::Version;
use crate::ids::{FileId, OrganisationId, ProviderDocumentId};

/// The kind of the daily job.
pub const JOB: &str = "remind_of_documents";

/// What is sent with a new document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDocument {
    /// What it is.
    pub kind: DocumentKind,
    /// From which day it holds.
    pub from: NaiveDate,
    /// Its last day, if it has one.
    pub until: Option<NaiveDate>,
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: ProviderDocumentId,
    /// Whose it is.
    pub provider: OrganisationId,
    /// What it is and on which days it holds.
    pub version: Version,
    /// From which day a newer version takes its place, if there is one.
    pub replaced_from: Option<NaiveDate>,
    /// The file and its name.
    pub file: (FileId, String),
    /// Who sent it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What councils and brokers found, oldest first.
    pub checks: Vec<Check>,
}

/// What somebody found who looked at a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// For which council or broker.
    pub organisation: String,
    /// Whether it is good.
    pub accepted: bool,
    /// What was found.
    pub note: String,
    /// Who looked.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One thing to do before everything is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What, in a sentence.
    pub what: &'static str,
    /// Where it is done.
    pub href: String,
    /// Whether it is done.
    pub done: bool,
    /// That what was sent for it was refused, by whom and why.
    pub refused: Option<String>,
}
