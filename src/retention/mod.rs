//! How long what is kept about a person is kept, what stops its end, and its erasure: names, notes and papers go; amounts,
//! dates, references and fingerprints stay.

pub mod erasing;
pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::ids::{HoldId, PersonId};
use crate::vocabulary;

vocabulary! {
    /// Which rule ends a record.
    Rule {
        /// Somebody had support.
        CaseRecord = "case_record", "8 years after the support ended";
        /// Somebody asked once, and no support followed.
        InitialContact = "initial_contact", "2 years after the first contact";
    }
}

vocabulary! {
    /// On what ground a record is erased.
    Ground {
        /// Its time is over.
        Due = "due", "Its time is over";
        /// The person asked for it, and nothing speaks against it (UK GDPR Article 17).
        Request = "request", "The person asked for it, and nothing speaks against it";
    }
}

/// A legal hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which.
    pub id: HoldId,
    /// Why.
    pub reason: String,
    /// From which day.
    pub from: NaiveDate,
    /// As what somebody placed it.
    pub authority: String,
    /// When it was lifted, and why.
    pub lifted: Option<(DateTime<Utc>, String)>,
}

/// An erasure that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// On what ground.
    pub ground: Ground,
    /// Why, in the officer's words.
    pub reason: String,
    /// As what somebody decided it.
    pub authority: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What decides how long a record is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When the person was recorded.
    pub recorded_on: NaiveDate,
    /// The last day of each fund; nothing for one that goes on.
    pub funds: Vec<Option<NaiveDate>>,
    /// Whether there was ever a personal budget.
    pub had_budget: bool,
    /// The day of the last invoice or credit note.
    pub last_invoice: Option<NaiveDate>,
    /// The last day on which support was given.
    pub last_support: Option<NaiveDate>,
    /// Whether a complaint or a safeguarding concern is open. Which of them it is, whoever decides must not learn here.
    pub something_open: bool,
}

/// Somebody whose time is over, as the daily list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Who.
    pub person: PersonId,
    /// Their reference.
    pub reference: String,
    /// Their name.
    pub name: String,
    /// By which rule.
    pub rule: Rule,
    /// Since when.
    pub due_on: NaiveDate,
}
