//! Which lock a link in a mail opens: this one of this user, and no later one. So it is good once, and as long as the lock.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::ids::UserId;

/// Why a link opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was opened, or it has ended by itself.
    #[error("This lock is over: the link was used already, or the time has passed. Sign in.")]
    Over,
}

/// A lock, known by until when it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Whose sign-in.
    pub user: UserId,
    until: i64,
}

impl Lock {
    /// The lock of a user that lasts until an instant.
    #[must_use]
    pub fn new(user: UserId, until: DateTime<Utc>) -> Self {
        Self { user, until: until.timestamp_millis() }
    }

    /// Reads what a link says.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (user, until) = text.split_once('.')?;
        Some(Self { user: user.parse().ok()?, until: until.parse().ok()? })
    }

    /// What the link's token is made from.
    #[must_use]
    pub fn nonce(&self) -> String {
        format!("unlock.{self}")
    }
}

impl fmt::Display for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.user, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_one_lock_of_one_user() {
        let until = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let lock = Lock::new(UserId::new(7), until);
        assert_eq!(Lock::parse(&lock.to_string()), Some(lock));
        assert_ne!(Lock::new(UserId::new(8), until).nonce(), lock.nonce());
        assert_ne!(Lock::new(UserId::new(7), until + chrono::TimeDelta::minutes(1)).nonce(), lock.nonce());
        for wrong in ["", "7", "7.x", "x.1", "7.1.2"] {
            assert_eq!(Lock::parse(wrong), None, "{wrong}");
        }
    }
}
