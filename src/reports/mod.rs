//! Read-only across the field: statements that a person can follow, the journal for an accountant, the check of everything.

pub mod check;
pub mod journal;
pub mod store;
