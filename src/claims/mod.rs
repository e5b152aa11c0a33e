//! A provider says that an entry of the regulator's register is theirs. Nothing of the entry changes before that is
//! verified, by a letter to the register's own address or by an officer of the council there; and it can be undone.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, Utc};

use crate::ids::{ClaimId, OrganisationId};
use crate::people::OrganisationKind;
use crate::vocabulary;

vocabulary! {
    /// How far a claim has come.
    ClaimStatus {
        /// Somebody must check it.
        Claimed = "claimed", "Waits to be checked";
        /// The entry is theirs.
        Verified = "verified", "Verified";
        /// It was not believed.
        Refused = "refused", "Refused";
        /// It was verified, and taken back.
        Undone = "undone", "Undone";
    }
}

/// Somebody says that a location of the register is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub id: ClaimId,
    /// The regulator's number of the location.
    pub location: String,
    /// Whose it is said to be.
    pub organisation: OrganisationId,
    /// That organisation's name.
    pub organisation_name: String,
    /// How far it has come.
    pub status: ClaimStatus,
    /// Why it should be believed.
    pub evidence: String,
    /// When it was claimed.
    pub at: DateTime<Utc>,
    /// Counts changes.
    pub version: i64,
}

/// A letter with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Which letter of its claim, from 1.
    pub number: i64,
    /// The hash of its code.
    pub code_sha256: String,
    /// How often the code may still be tried.
    pub tries_left: i64,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Something that happened to a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimEvent {
    /// What.
    pub what: String,
    /// What had to be said about it.
    pub detail: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// For whom an entry is claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimant {
    /// An organisation that the one who claims works for.
    Known(OrganisationId),
    /// One that is made with the claim.
    New {
        /// Its name.
        name: String,
        /// What it is in law.
        kind: OrganisationKind,
    },
}
