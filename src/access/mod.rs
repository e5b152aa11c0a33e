//! Looking for a time: a council lets its auditor look, for a purpose; an operator of the service breaks the glass, for a
//! reason. Neither changes anything, and both are on the person's record.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;

use chrono::{NaiveDate, TimeDelta};

/// How long an operator may look at one record, once they have said why.
pub const BROKEN_FOR: TimeDelta = TimeDelta::hours(1);

/// What a grant's form asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The auditor's e-mail address.
    pub email: String,
    /// The reference of the one person whose record it is for; without, all of the council's people.
    pub reference: Option<String>,
    /// From which day.
    pub from: NaiveDate,
    /// Until which day.
    pub to: NaiveDate,
    /// For what.
    pub purpose: String,
}
