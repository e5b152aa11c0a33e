//! What people who used a service say of it, as everybody reads it.

use chrono::NaiveDate;

use crate::ids::{PersonId, ReviewId};
use crate::vocabulary;

vocabulary! {
    /// What is asked of somebody who used a service.
    Question {
        /// What was done is what was agreed.
        AsAgreed = "as_agreed", "Was it done as it was agreed?";
        /// They came when they said.
        OnTime = "on_time", "Did they come when they said?";
        /// With respect.
        Respect = "respect", "Were you treated with respect?";
        /// It would be chosen again.
        Again = "again", "Would you choose it again?";
    }
}

/// From 1 to 5 for each question, in their order.
pub type Marks = [i64; 4];

/// A review that an officer of a council has read and let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownReview {
    /// Its id.
    pub id: ReviewId,
    /// Whose; never shown.
    pub person: PersonId,
    /// What was answered.
    pub marks: Marks,
    /// In words; may be empty.
    pub words: String,
    /// When it was written.
    pub on: NaiveDate,
    /// What the provider answered.
    pub reply: Option<String>,
}
