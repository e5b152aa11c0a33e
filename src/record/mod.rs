//! A person's record: who looked at it, who changed it, under which authority. What is recorded is `audit`'s; here it is
//! read by whom it is about.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;

use crate::vocabulary;

vocabulary! {
    /// What of a record somebody wants to read.
    Show {
        /// All of it.
        All = "all", "All of it";
        /// Who looked at it.
        Looked = "looked", "Who looked";
        /// Who changed it.
        Changed = "changed", "Who changed something";
    }
}

/// What of a record is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What sort of events.
    pub show: Show,
    /// Only those before this one.
    pub before: Option<i64>,
}
