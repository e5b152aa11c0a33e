//! Where an organisation is paid. New details are drafted by one, confirmed by another, told to every administrator, and
//! hold only after some days in which any of them can stop it: a new account is how most money is stolen.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{BankChangeId, OrganisationId, UserId};

/// An account at a bank.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankDetails {
    /// Whose name the account has.
    pub name: String,
    /// Six digits.
    pub sort_code: String,
    /// Eight digits.
    pub number: String,
}

impl BankDetails {
    /// As others may see it: enough to know it again, too little to use it.
    #[must_use]
    pub fn masked(&self) -> String {
        let last = |text: &str, count: usize| {
            text.chars().skip(text.chars().count().saturating_sub(count)).collect::<String>()
        };
        format!("{}, sort code ••-••-{}, account ••••{}", self.name, last(&self.sort_code, 2), last(&self.number, 4))
    }

    /// In full.
    #[must_use]
    pub fn full(&self) -> String {
        let pairs: Vec<String> =
            self.sort_code.chars().collect::<Vec<char>>().chunks(2).map(|pair| pair.iter().collect()).collect();
        format!("{}, sort code {}, account {}", self.name, pairs.join("-"), self.number)
    }
}

/// Never in a log.
impl std::fmt::Debug for BankDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Somebody did a step of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// As what they acted, in words.
    pub authority: String,
    /// Why; empty where nothing had to be said.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A change of where an organisation is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its id.
    pub id: BankChangeId,
    /// Whose.
    pub organisation: OrganisationId,
    /// The new account.
    pub details: BankDetails,
    /// Who drafted it.
    pub drafted: Step,
    /// Who confirmed it, and when it begins to hold.
    pub confirmed: Option<(Step, DateTime<Utc>)>,
    /// Who stopped it.
    pub stopped: Option<Step>,
}

/// How far a change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Somebody else must confirm it.
    Drafted,
    /// It holds from an instant on, unless it is stopped.
    CoolingOff(DateTime<Utc>),
    /// It holds since an instant.
    Holds(DateTime<Utc>),
    /// It was stopped and never holds.
    Stopped,
}

impl Change {
    /// How far it has come at an instant.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> State {
        match (&self.stopped, &self.confirmed) {
            (Some(_), _) => State::Stopped,
            (None, None) => State::Drafted,
            (None, Some((_, from))) if *from <= now => State::Holds(*from),
            (None, Some((_, from))) => State::CoolingOff(*from),
        }
    }

    /// Whether it may still be stopped.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state(now), State::Drafted | State::CoolingOff(_))
    }
}
