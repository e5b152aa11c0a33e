//! Who acts for a person: mandates with their evidence, how they end, and what a person can decide themself. A mandate is
//! offered to an e-mail address and begins when whoever signs in with it says yes: nobody becomes somebody's
//! representative unasked, and nobody learns here which addresses sign in.

pub mod forms;
pub mod handlers;
pub mod letters;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::auth::rights::{Authority, Item, Scopes};
use crate::ids::{FileId, MandateId, MandateOfferId, OrganisationId, PersonId, UserId};
use crate::mail::EmailAddress;
use crate::vocabulary;

vocabulary! {
    /// Why a mandate ended before its last day.
    Cause {
        /// The person took it back.
        TakenBack = "taken_back", "taken back by the person";
        /// The council ended it.
        EndedByCouncil = "ended_by_council", "ended by the council";
        /// Whoever held it gave it up.
        GivenUp = "given_up", "given up by the one who held it";
        /// The person has died.
        Death = "death", "the person has died";
        /// The person can decide themself again.
        Capacity = "capacity", "the person can decide themself again";
    }
}

vocabulary! {
    /// About what somebody can or cannot decide (Mental Capacity Act 2005: one kind of decision at one time).
    Matter {
        /// Budgets, funds, bills.
        Money = "money", "their budget and money";
        /// Care and support.
        Care = "care", "their care and support";
        /// Something else: the note says what.
        Other = "other", "something else";
    }
}

vocabulary! {
    /// As what somebody says who acts for a person.
    Recorder {
        /// The person.
        Person = "person", "the person";
        /// An officer of their council.
        Officer = "officer", "an officer of their council";
    }
}

vocabulary! {
    /// What became of an offer.
    Outcome {
        /// Whoever was asked said yes.
        Accepted = "accepted", "said yes";
        /// They said no.
        Declined = "declined", "said no";
        /// It was taken back.
        Withdrawn = "withdrawn", "taken back";
    }
}

/// What a new mandate says.
#[derive(Clone, Debug)]
pub struct NewMandate {
    /// For whom.
    pub person: PersonId,
    /// Who acts; for an organisation, the one whom the person knows there.
    pub user: UserId,
    /// For which organisation they act, if any: then everybody who does its daily work acts.
    pub organisation: Option<OrganisationId>,
    /// By what authority.
    pub authority: Authority,
    /// How far it goes.
    pub scopes: Scopes,
    /// From which day.
    pub from: NaiveDate,
    /// Until which day, if it ends by itself.
    pub to: Option<NaiveDate>,
}

/// What a new offer of a mandate says.
#[derive(Clone, Debug)]
pub struct NewOffer {
    /// For whom.
    pub person: PersonId,
    /// Who is asked. Whether anybody signs in with it, nobody has looked.
    pub email: EmailAddress,
    /// For which organisation they would act, if any.
    pub organisation: Option<OrganisationId>,
    /// By what authority.
    pub authority: Authority,
    /// How far it would go.
    pub scopes: Scopes,
    /// From which day.
    pub from: NaiveDate,
    /// Until which day, if it ends by itself.
    pub to: Option<NaiveDate>,
    /// What was seen that shows the authority.
    pub note: String,
    /// The file that shows it, if one was sent.
    pub file: Option<FileId>,
    /// Who offers it.
    pub by: UserId,
    /// As what.
    pub offered_as: Recorder,
}

/// An offer of a mandate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which offer.
    pub id: MandateOfferId,
    /// For whom.
    pub person: PersonId,
    /// Who is asked; empty once the person's record is erased.
    pub email: String,
    /// The organisation for which they would act, if any.
    pub organisation: Option<(OrganisationId, String)>,
    /// By what authority.
    pub authority: Authority,
    /// How far it would go.
    pub scopes: Scopes,
    /// From which day.
    pub from: NaiveDate,
    /// Until which day, if it ends by itself.
    pub to: Option<NaiveDate>,
    /// What was seen that shows the authority.
    pub note: String,
    /// The file that shows it and its name, if one was sent.
    pub file: Option<(FileId, String)>,
    /// Who offers it, and their name.
    pub by: (UserId, String),
    /// As what.
    pub offered_as: Recorder,
    /// When.
    pub at: DateTime<Utc>,
    /// What became of it.
    pub answer: Option<OfferAnswer>,
}

/// What became of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferAnswer {
    /// What.
    pub outcome: Outcome,
    /// The mandate that came of it, when they said yes.
    pub mandate: Option<MandateId>,
    /// Who said so.
    pub by: UserId,
}

/// How a mandate ended before its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub cause: Cause,
    /// What was said about it.
    pub note: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A mandate as the person, the council and whoever holds it see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenMandate {
    /// Which mandate.
    pub id: MandateId,
    /// For whom.
    pub person: PersonId,
    /// Who acts.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// The organisation for which they act, if any.
    pub organisation: Option<(OrganisationId, String)>,
    /// By what authority.
    pub authority: Authority,
    /// How far it goes.
    pub scopes: Scopes,
    /// From which day.
    pub from: NaiveDate,
    /// Until which day, if it ends by itself.
    pub to: Option<NaiveDate>,
    /// When it was recorded: since offers, when whoever holds it said yes.
    pub recorded_at: DateTime<Utc>,
    /// How it ended before its last day, if it did.
    pub ending: Option<Ending>,
}

impl GivenMandate {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.ending.is_none() && self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it is over on a day and never holds again.
    #[must_use]
    pub fn is_over(&self, day: NaiveDate) -> bool {
        self.ending.is_some() || self.to.is_some_and(|to| to < day)
    }

    /// Who acts, with the organisation.
    #[must_use]
    pub fn who(&self) -> String {
        match &self.organisation {
            Some((_, organisation)) => format!("{}, {organisation}", self.name),
            None => self.name.clone(),
        }
    }
}

/// A thing that a person can keep from a mandate, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedItem {
    /// What.
    pub item: Item,
    /// In words.
    pub words: String,
}

impl NamedItem {
    /// The code of the thing, as forms send it.
    #[must_use]
    pub fn code(&self) -> String {
        format!("{}:{}", self.item.kind.code(), self.item.number)
    }
}

/// On what a mandate rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What was seen, in words.
    pub note: String,
    /// The file and its name, if one was sent.
    pub file: Option<(FileId, String)>,
    /// Who recorded it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was found about a person's capacity to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapacityDecision {
    /// On which day it was decided.
    pub decided_on: NaiveDate,
    /// About what.
    pub about: Matter,
    /// Whether they can decide that themself.
    pub has_capacity: bool,
    /// Who decided.
    pub decided_by: String,
    /// What else should be known.
    pub note: String,
    /// Who recorded it.
    pub recorded_by: String,
}
