//! Organisations from the inside: who belongs to them in which roles, and how they divide their work with money, so that
//! no payment hangs on one pair of hands where there are two.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::auth::rights::Role;
use crate::ids::UserId;

/// A role, and since when somebody has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What they do.
    pub role: Role,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Somebody who belongs to an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// What they do there; at least one.
    pub roles: Vec<Held>,
}

impl Member {
    /// Whether they do this there.
    #[must_use]
    pub fn does(&self, role: Role) -> bool {
        self.roles.iter().any(|held| held.role == role)
    }

    /// Their roles as they are sent back with a form, so that it is known what was seen.
    #[must_use]
    pub fn seen(&self) -> String {
        let mut codes: Vec<&str> = self.roles.iter().map(|held| held.role.code()).collect();
        codes.sort_unstable();
        codes.join(",")
    }
}

/// A role that was given or taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleEvent {
    /// To whom, or from whom.
    pub name: String,
    /// Which role.
    pub role: Role,
    /// Given or taken.
    pub given: bool,
    /// What had to be said about it.
    pub note: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The fewest trustees who must say the same before a payment counts, where a trust has not said more.
pub const QUORUM: i64 = 2;
/// The most that a trust can ask for.
pub const MOST_QUORUM: i64 = 10;

/// How an organisation divides its work with money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whoever approved an invoice does not record its payment while somebody else handles money as well.
    pub separate_payments: bool,
    /// How many trustees must say that a payment was made.
    pub quorum: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { separate_payments: true, quorum: QUORUM }
    }
}

/// A policy as it was set, with why and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetPolicy {
    /// What was set.
    pub policy: Policy,
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A payment as somebody saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentSeen {
    /// The version of the invoice: a credit note in between changes what is owed.
    pub version: i64,
    /// On which day.
    pub on: NaiveDate,
    /// What it was called.
    pub reference: String,
}

/// A trustee said that a payment was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// What they saw.
    pub seen: PaymentSeen,
    /// When they said so.
    pub at: DateTime<Utc>,
}

/// The same person approved and paid, and why that was allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyException {
    /// Who.
    pub name: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}
