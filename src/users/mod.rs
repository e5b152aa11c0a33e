//! Getting and keeping a sign-in: invitations, sign-up by oneself, forgotten passwords, one's own name and address.
//!
//! No answer tells whether an address has a sign-in here: the page is the same, and the mail says what is so. A link in a
//! mail is good once, for a time; of its token only the SHA-256 is kept.

pub mod forms;
pub mod handlers;
pub mod letters;
pub mod pages;
pub mod post;
pub mod rules;
pub mod store;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::auth::rights::Role;
use crate::ids::{MailedLinkId, OrganisationId, PersonId, UserId};
use crate::people::OrganisationKind;
use crate::vocabulary;

vocabulary! {
    /// What a link in a mail is for.
    Purpose {
        /// Somebody was invited.
        Invitation = "invitation", "invitation";
        /// Somebody signs up by themself.
        SignUp = "sign_up", "sign-up";
        /// Somebody forgot their password.
        PasswordReset = "password_reset", "new password";
        /// Somebody changes their own address.
        NewAddress = "new_address", "new address";
    }
}

impl Purpose {
    /// How long such a link is good.
    #[must_use]
    pub const fn good_for(self) -> TimeDelta {
        match self {
            Self::Invitation => TimeDelta::days(7),
            Self::SignUp | Self::NewAddress => TimeDelta::days(1),
            Self::PasswordReset => TimeDelta::hours(1),
        }
    }

    /// The same in words.
    #[must_use]
    pub const fn good_for_words(self) -> &'static str {
        match self {
            Self::Invitation => "7 days",
            Self::SignUp | Self::NewAddress => "1 day",
            Self::PasswordReset => "1 hour",
        }
    }
}

/// What a link gives to whoever follows it. It is kept as data, so that one table serves every kind of invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "gives", rename_all = "snake_case")]
pub enum Gives {
    /// What its purpose says, to the user whose link it is.
    OwnChange,
    /// A role in an organisation.
    Membership {
        /// Where.
        organisation: OrganisationId,
        /// Its name when the invitation was written.
        organisation_name: String,
        /// What they will do there.
        role: Role,
    },
    /// The record of a person whom a council supports: whoever takes it up is that person.
    Record {
        /// Whose.
        person: PersonId,
        /// The council's name when the invitation was written.
        council_name: String,
    },
    /// A sign-in.
    SignIn {
        /// The name that was typed.
        name: String,
    },
    /// A sign-in, and a new provider with it.
    Provider {
        /// The name that was typed.
        name: String,
        /// The provider's name.
        organisation_name: String,
        /// What the provider is in law.
        kind: OrganisationKind,
    },
}

/// A link that is about to be sent.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// What it is for.
    pub purpose: Purpose,
    /// To which address.
    pub email: String,
    /// Whose sign-in it changes.
    pub user: Option<UserId>,
    /// Into which organisation it invites.
    pub organisation: Option<OrganisationId>,
    /// What it gives.
    pub gives: Gives,
    /// Who invites.
    pub made_by: Option<UserId>,
}

/// A link that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which.
    pub id: MailedLinkId,
    /// To which address.
    pub email: String,
    /// Whose sign-in it changes.
    pub user: Option<UserId>,
    /// What it gives.
    pub gives: Gives,
    /// Who sent it, where somebody did.
    pub made_by: Option<UserId>,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// Whether it was used.
    pub used: bool,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

impl Link {
    /// Whether it can still be taken up.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        !self.used && !self.withdrawn && self.expires_at > now
    }
}
