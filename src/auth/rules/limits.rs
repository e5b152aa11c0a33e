//! When a sign-in must wait: slowed from half of the allowed tries on, then locked, each lock twice as long as the one
//! before. Pure: the counts are kept by the store, and they are the same for an address that nobody has.

use chrono::{NaiveDateTime, TimeDelta};

/// The longest pause while slowed.
const LONGEST_PAUSE: TimeDelta = TimeDelta::seconds(30);
/// The longest lock: nobody is kept out for ever by somebody else's tries.
const LONGEST_LOCK: TimeDelta = TimeDelta::hours(24);

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Tries for one e-mail address, whether anybody has it or not.
    Email,
    /// Tries from one network address: one password tried on many people.
    Network,
}

impl Kind {
    /// How it is kept.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Network => "network",
        }
    }

    /// After how long without a lock the count begins anew.
    const fn window(self) -> TimeDelta {
        match self {
            Self::Email => TimeDelta::hours(24),
            Self::Network => TimeDelta::hours(1),
        }
    }
}

/// How many tries are allowed, and how long the first lock lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// What is counted.
    pub kind: Kind,
    /// Tries until the lock.
    pub tries: i64,
    /// How long the first lock lasts.
    pub lock: TimeDelta,
}

/// The tries so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Tries in vain since the last lock.
    pub failures: i64,
    /// Locks so far.
    pub locks: i64,
    /// When the count began.
    pub since: NaiveDateTime,
    /// When the next try is taken, if not at once.
    pub not_before: Option<NaiveDateTime>,
}

impl Count {
    const fn none(now: NaiveDateTime) -> Self {
        Self { failures: 0, locks: 0, since: now, not_before: None }
    }

    /// Whether the time to wait is a lock, no mere pause: the count begins anew with each lock.
    #[must_use]
    pub const fn is_lock(&self) -> bool {
        self.failures == 0 && self.not_before.is_some()
    }
}

/// Counts a try before it is looked at, so that a thousand at the same moment are no way around.
///
/// # Errors
/// How long to wait, when it is too early.
pub fn take(before: Option<Count>, limit: &Limit, now: NaiveDateTime) -> Result<Count, TimeDelta> {
    let mut count = before.unwrap_or(Count::none(now));
    if let Some(until) = count.not_before.filter(|until| *until > now) {
        return Err(until - now);
    }
    if now - count.since >= limit.kind.window() + lock(limit, count.locks) {
        count = Count::none(now);
    }
    count.failures += 1;
    count.not_before = None;
    if count.failures >= limit.tries {
        count.failures = 0;
        count.locks += 1;
        count.since = now;
        count.not_before = Some(now + lock(limit, count.locks));
    } else if count.failures > limit.tries / 2 {
        let doublings = u32::try_from(count.failures - limit.tries / 2 - 1).unwrap_or(u32::MAX);
        let pause = TimeDelta::seconds(1_i64.checked_shl(doublings.min(6)).unwrap_or(64));
        count.not_before = Some(now + pause.min(LONGEST_PAUSE));
    }
    Ok(count)
}

/// How long the nth lock lasts.
fn lock(limit: &Limit, locks: i64) -> TimeDelta {
    if locks <= 0 {
        return TimeDelta::zero();
    }
    let doublings = u32::try_from(locks - 1).unwrap_or(u32::MAX).min(12);
    limit.lock.checked_mul(1 << doublings).unwrap_or(LONGEST_LOCK).min(LONGEST_LOCK)
}

/// Takes back a try that was not in vain. `mine` is the count after that try: only its own pause or lock is taken away, not
/// one that others have earned since.
#[must_use]
pub fn give_back(present: Count, mine: &Count, limit: &Limit) -> Count {
    if present != *mine {
        return Count { failures: (present.failures - 1).max(0), ..present };
    }
    if mine.is_lock() {
        return Count { failures: limit.tries - 1, locks: mine.locks - 1, not_before: None, ..present };
    }
    Count { failures: mine.failures - 1, not_before: None, ..present }
}

/// The sentence for somebody who must wait.
#[must_use]
pub fn sentence(kind: Kind, wait: TimeDelta) -> String {
    let from = match kind {
        Kind::Email => "for this e-mail address",
        Kind::Network => "from your network",
    };
    format!("There were too many tries in vain {from}. Try again in {}.", words(wait))
}

fn words(wait: TimeDelta) -> String {
    let seconds = wait.num_seconds().max(1);
    let counted = |count: i64, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    match seconds {
        ..=90 => counted(seconds, "second"),
        91..=5_400 => counted((seconds + 59) / 60, "minute"),
        _ => counted((seconds + 3_599) / 3_600, "hour"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { kind: Kind::Email, tries: 10, lock: TimeDelta::minutes(15) };

    fn at(seconds: i64) -> NaiveDateTime {
        chrono::DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap().naive_utc()
    }

    /// Tries as soon as it is allowed, until the nth time; answers when each was taken.
    fn tried(times: usize) -> (Vec<i64>, Count) {
        let (mut now, mut count, mut taken) = (0, None, vec![]);
        while taken.len() < times {
            match take(count, &LIMIT, at(now)) {
                Ok(next) => {
                    taken.push(now);
                    count = Some(next);
                }
                Err(wait) => now += wait.num_seconds(),
            }
        }
        (taken, count.unwrap())
    }

    #[test]
    fn tries_are_slowed_then_locked_and_locks_grow_to_a_day() {
        let (taken, count) = tried(10);
        assert_eq!(taken, [0, 0, 0, 0, 0, 0, 1, 3, 7, 15]);
        assert!(count.is_lock());
        assert_eq!(count.not_before, Some(at(15) + TimeDelta::minutes(15)));
        let (_, count) = tried(20);
        assert_eq!((count.locks, count.not_before.unwrap() - count.since), (2, TimeDelta::minutes(30)));
        let (_, count) = tried(200);
        assert_eq!(count.not_before.unwrap() - count.since, LONGEST_LOCK);
    }

    #[test]
    fn a_quiet_day_after_the_lock_is_forgiven() {
        let (_, count) = tried(10);
        let later = count.since + TimeDelta::hours(25);
        assert_eq!(take(Some(count), &LIMIT, later).unwrap().locks, 0);
        assert_eq!(take(Some(count), &LIMIT, count.since + TimeDelta::hours(1)).unwrap().locks, 1);
    }

    #[test]
    fn a_try_that_was_right_is_taken_back_but_not_what_others_earned() {
        let nine = tried(9).1;
        let ten = take(Some(nine), &LIMIT, at(100)).unwrap();
        assert_eq!(give_back(ten, &ten, &LIMIT), Count { not_before: None, since: at(100), ..nine });
        assert_eq!(give_back(ten, &nine, &LIMIT), ten, "somebody else’s lock stays");
        let six = tried(6).1;
        assert_eq!(give_back(six, &six, &LIMIT).failures, 5);
    }

    #[test]
    fn waiting_is_said_in_words() {
        for (seconds, said) in [(0, "1 second"), (1, "1 second"), (8, "8 seconds"), (900, "15 minutes")] {
            assert_eq!(words(TimeDelta::seconds(seconds)), said);
        }
        assert_eq!(words(TimeDelta::hours(24)), "24 hours");
    }
}
