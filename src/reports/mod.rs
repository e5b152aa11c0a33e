//! Read-only across the field: statements that a person can follow, the journal for an accountant, the check of everything.

pub mod check;
pub mod forms;
pub mod handlers;
pub mod journal;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::NaiveDate;

use crate::ids::DocumentId;

/// A statement that was kept as a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptStatement {
    /// The paper.
    pub document: DocumentId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The day on which it was kept.
    pub kept_on: NaiveDate,
}
