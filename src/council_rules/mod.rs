//! What a council has decided about providers, as data with a day and a reason: accepted, perhaps on another council's
//! accreditation; suspended; the most that it pays for one unit of a kind of help. A rule is never changed: it is ended, and
//! made anew. `directory` holds those in force against what it finds for the council's funds.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::directory::{Category, Cause, Unit};
use crate::ids::{CouncilRuleId, OrganisationId};
use crate::money::UnitPrice;
use crate::vocabulary;

vocabulary! {
    /// What a rule of a council decides.
    RuleKind {
        /// The council has looked at a provider and found it good, or relies on a council that has.
        Accepted = "accepted", "Accepted";
        /// Nothing of a provider is shown in the council's funds for a time.
        Suspended = "suspended", "Suspended";
        /// The most that is paid for one unit of a kind of help.
        Capped = "capped", "Most that is paid";
    }
}

/// The most that is paid for one unit of a kind of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The kind of help.
    pub category: Category,
    /// For what the price is.
    pub unit: Unit,
    /// The most that the fund may pay, with whatever VAT it does not get back.
    pub most: UnitPrice,
}

/// That a rule no longer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// From which day on.
    pub from: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A rule of a council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilRule {
    /// Its id.
    pub id: CouncilRuleId,
    /// Whose rule it is, and their name.
    pub council: (OrganisationId, String),
    /// What it decides.
    pub kind: RuleKind,
    /// About which provider, with its name; about nobody, where it is an amount.
    pub provider: Option<(OrganisationId, String)>,
    /// On which council's accreditation it relies.
    pub relies_on: Option<CouncilRuleId>,
    /// The amount.
    pub cap: Option<Cap>,
    /// What it restrains; nothing for one that restrains nothing.
    pub cause: Option<Cause>,
    /// Why.
    pub reason: String,
    /// From which day.
    pub from: NaiveDate,
    /// The last day, if it was known from the beginning.
    pub until: Option<NaiveDate>,
    /// That it was ended.
    pub ending: Option<Ending>,
    /// Who recorded it.
    pub by: String,
    /// Under which authority.
    pub authority: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a new rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A provider is accepted, perhaps because another council has.
    Accepted(OrganisationId, Option<CouncilRuleId>),
    /// A provider is suspended.
    Suspended(OrganisationId),
    /// An amount.
    Capped(Cap),
}

/// A rule as an officer records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRule {
    /// What it is about.
    pub about: About,
    /// Why.
    pub reason: String,
    /// From which day.
    pub from: NaiveDate,
    /// The last day, if it is known.
    pub until: Option<NaiveDate>,
}

impl About {
    /// What it decides.
    #[must_use]
    pub const fn kind(&self) -> RuleKind {
        match self {
            Self::Accepted(..) => RuleKind::Accepted,
            Self::Suspended(_) => RuleKind::Suspended,
            Self::Capped(_) => RuleKind::Capped,
        }
    }

    /// About which provider.
    #[must_use]
    pub const fn provider(&self) -> Option<OrganisationId> {
        match self {
            Self::Accepted(provider, _) | Self::Suspended(provider) => Some(*provider),
            Self::Capped(_) => None,
        }
    }
}
