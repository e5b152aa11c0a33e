//! Who signs in, and what they may do: users, sessions, memberships and mandates.

pub mod author;
pub mod extract;
pub mod forms;
pub mod gate;
pub mod half;
pub mod handlers;
pub mod identify;
pub mod openid;
pub mod pages;
pub mod password;
pub mod rights;
pub mod rules;
pub mod store;
pub mod token;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::SessionId;

/// How long an access token is good; after it the refresh token gives the next one in the same request.
pub const ACCESS: TimeDelta = TimeDelta::minutes(15);
/// How long a sign-in lasts without a visit.
pub const REFRESH: TimeDelta = TimeDelta::days(14);
/// How long the refresh token before the present one is still taken: two tabs may refresh at once.
pub const GRACE: TimeDelta = TimeDelta::seconds(30);
/// The shortest password that is taken.
pub const SHORTEST: usize = 12;
/// The longest password that is taken: bounds the work of hashing.
pub const LONGEST: usize = 200;

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Which.
    pub id: SessionId,
    /// What the browser called itself.
    pub device: String,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it was last used, to a quarter of an hour: then at the latest the next token is asked for.
    pub used_at: DateTime<Utc>,
    /// Whether it was made with a second factor.
    pub second_factor: bool,
}
/// How long somebody may take at their organisation's identity provider.
pub const BACK_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// Who somebody is, as a provider vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider.
    pub issuer: String,
    /// The provider's own, lasting name for them.
    pub subject: String,
    /// Their e-mail address, if the provider has verified it.
    pub email: Option<String>,
    /// Whether they gave a second factor there.
    pub second_factor: bool,
}
