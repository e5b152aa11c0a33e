//! Reviews: what people who really used a service say of it, tied to support that was confirmed; read by an officer of their
//! council before anybody else reads it, answered by the provider once, taken back or down again, and never with a name.

pub mod forms;
pub mod handlers;
pub mod letters;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, Utc};

use crate::directory::Marks;
use crate::ids::{OrganisationId, PersonId, ReviewId, ReviewReplyId, ServiceId, UserId};

/// What an officer decided about a review, or about the answer to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it is shown.
    pub shown: bool,
    /// Why not, or why it was decided anew.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a provider answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Its id.
    pub id: ReviewReplyId,
    /// What.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What the council decided last.
    pub decision: Option<Decision>,
}

impl Reply {
    /// Whether an officer let it through.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.shown)
    }
}

/// A version of what somebody says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// Its id.
    pub id: ReviewId,
    /// Whose.
    pub person: PersonId,
    /// The council that reads it first.
    pub council: OrganisationId,
    /// Of which service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// Who gives it.
    pub provider: OrganisationId,
    /// Their name.
    pub provider_name: String,
    /// Which version it is, from 1.
    pub number: i64,
    /// What was answered.
    pub marks: Marks,
    /// In words; may be empty.
    pub words: String,
    /// Whose sign-in wrote it.
    pub by_user: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// What the council decided last.
    pub decision: Option<Decision>,
    /// What the provider answered last.
    pub reply: Option<Reply>,
    /// Whether a later version took its place: the council decided about one, or about neither yet.
    pub replaced: bool,
    /// Whether it was taken back, by itself or with a later version.
    pub withdrawn: bool,
}

impl Review {
    /// Whether everybody reads it: it was let through, and neither replaced nor taken back.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.stands() && self.decision.as_ref().is_some_and(|decision| decision.shown)
    }

    /// Whether it is what the person says now: neither replaced nor taken back.
    #[must_use]
    pub fn stands(&self) -> bool {
        !self.replaced && !self.withdrawn
    }

    /// Whether it waits for an officer.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.stands() && self.decision.is_none()
    }

    /// Whether what the provider answered waits for an officer.
    #[must_use]
    pub fn reply_waits(&self) -> bool {
        self.is_shown() && self.reply.as_ref().is_some_and(|reply| reply.decision.is_none())
    }
}

/// What somebody says of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// Whose it is.
    pub person: PersonId,
    /// What is answered.
    pub marks: Marks,
    /// In words; may be empty.
    pub words: String,
}

/// What is decided, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDecision {
    /// Whether it is shown.
    pub shown: bool,
    /// Why not, or why anew.
    pub reason: String,
}
