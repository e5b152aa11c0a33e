//! Work to be done after a commit: a job is enqueued in the transaction that wants it, claimed with a lease, and tried
//! again when it fails. Knows no job's meaning: `jobs.rs` does.
//!
//! A job may be done more than once when a server dies in the middle, so what it does must come to the same when it is
//! done again. Two servers never do it at the same time: the lease is longer than any job takes, and whoever comes back
//! after it has run out finds that the job is somebody else's.

pub mod store;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Notify;

use crate::ids::JobId;

/// How long a server has for one job; after it another one may take the job.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The longest pause between two tries.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);
/// The pause after the first try that failed.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);

/// Work that somebody wants done.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// What is to be done; `jobs.rs` knows the verb.
    pub kind: &'static str,
    /// On what: a number, a day.
    pub about: &'a str,
    /// Under this key it is enqueued once, however many servers ask for it.
    pub dedupe_key: Option<&'a str>,
}

/// A job that this server has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// On what.
    pub about: String,
    /// How often it was begun, this time included: also the mark by which its settling knows that nobody else has begun
    /// it since.
    pub attempts: i64,
}

/// A job that was tried and is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Which.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// On what.
    pub about: String,
    /// How often it was begun.
    pub attempts: i64,
    /// When it is tried next.
    pub due_at: chrono::DateTime<chrono::Utc>,
    /// What went wrong last.
    pub last_error: String,
}

/// The pause after so many tries that failed: it doubles, up to six hours.
#[must_use]
pub fn pause_after(attempts: i64) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(0).min(16);
    (FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE)
}

/// Tells the server's worker that something was enqueued and committed, so that it need not wait for its next look.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// There is something to do.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    /// Waits until there may be something to do, at most so long.
    pub async fn wait(&self, at_most: Duration) {
        // Either way the worker looks for itself.
        tokio::time::timeout(at_most, self.0.notified()).await.ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_and_ends_at_six_hours() {
        let seconds: Vec<i64> = [1, 2, 3, 4, 11, 1_000].map(|tries| pause_after(tries).num_seconds()).into();
        assert_eq!(seconds, [30, 60, 120, 240, 21_600, 21_600]);
        assert_eq!(pause_after(0), FIRST_PAUSE);
    }
}
