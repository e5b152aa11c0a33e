//! Consent to approve: when whoever holds a person's money must ask before an invoice is approved, and who has said yes.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::auth::rights::Approval;
use crate::ids::MandateId;
use crate::mandates::GivenMandate;
use crate::money::Pence;

/// When whoever holds the money must ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Before every invoice: what holds when nobody has said anything else.
    Always,
    /// Before an invoice of more than this.
    Above(Pence),
    /// Before an invoice in which something is unusual.
    Unusual,
    /// Before every invoice, but it is somebody with a mandate who is asked.
    Delegated(MandateId),
}

impl Rule {
    /// The code that is kept and sent.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Above(_) => "above",
            Self::Unusual => "unusual",
            Self::Delegated(_) => "delegated",
        }
    }
}

/// How long a mandate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// From which day.
    pub from: NaiveDate,
    /// Until which day, if it ends by itself.
    pub to: Option<NaiveDate>,
    /// Whether it was ended before that.
    pub ended: bool,
}

impl Term {
    /// Whether the mandate holds on a day.
    #[must_use]
    pub fn holds_on(self, day: NaiveDate) -> bool {
        !self.ended && self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// Somebody with a mandate who is asked in a person's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegate {
    /// Who, with the organisation for which they act.
    pub who: String,
    /// How long they have the mandate.
    pub term: Term,
    /// Whether it approves bills.
    pub approves: bool,
}

impl From<&GivenMandate> for Delegate {
    fn from(given: &GivenMandate) -> Self {
        let term = Term { from: given.from, to: given.to, ended: given.ending.is_some() };
        Self { who: given.who(), term, approves: given.scopes.approve > Approval::Nothing }
    }
}

/// A rule that somebody set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetRule {
    /// The rule.
    pub rule: Rule,
    /// For a delegated one: who is asked.
    pub delegate: Option<Delegate>,
    /// From which day.
    pub from: NaiveDate,
    /// Who set it.
    pub by: String,
    /// Under which authority.
    pub authority: String,
    /// Under which mandate; none when the person set it.
    pub mandate: Option<MandateId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What an invoice is like beside what went before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What is owed of it.
    pub amount: Pence,
    /// Whether this provider never sent one for this person before.
    pub first_of_provider: bool,
    /// What of it is more than was ordered.
    pub more_than_ordered: Vec<String>,
    /// Whose price is not the one that was ordered.
    pub price_changed: Vec<String>,
    /// Which earlier invoice bills the same service for some of the same days.
    pub same_days: Option<String>,
}

/// Somebody's yes to an invoice, in the version that they saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Yes {
    /// Who.
    pub by: String,
    /// Under which authority.
    pub authority: String,
    /// Under which mandate; none when it is the person's own.
    pub mandate: Option<MandateId>,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it counts: the person's own always does, another one only as long as its mandate holds. Who takes a mandate
    /// back must be able to rely on it.
    pub counts: bool,
}
