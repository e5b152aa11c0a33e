//! Whether the record is whole: every event sealed in its order, none changed, none gone, none put in afterwards.

use chrono::{DateTime, TimeDelta, Utc};

use super::chain::{START, seal};
use super::store::seals::{self, Seal};
use super::store::{self, Recorded};
use crate::db::{Tx, dialect};
use crate::error::Error;

/// How many events are read at once: bounds the memory.
const AT_ONCE: i64 = 1_000;

/// How many findings of the record are named; the first matters most.
const NAMED: usize = 20;

/// How long an event may wait for its seal.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(1);

/// What is wrong with the record. With a time it also says what has waited too long for its seal until then; a backup is
/// looked at without one.
///
/// # Errors
/// When the database fails.
pub fn check(tx: &mut Tx, now: Option<DateTime<Utc>>) -> Result<Vec<String>, Error> {
    let mut walk = Walk::begin(tx)?;
    loop {
        let events = store::events_after(tx, walk.at, i64::MAX, AT_ONCE)?;
        let Some(up_to) = events.last().map(|event| event.id) else { break };
        let links = seals::between(tx, walk.at, up_to)?;
        walk.over(&events, &links);
    }
    let gone = seals::of_no_event(tx, i64::try_from(NAMED).unwrap_or(i64::MAX))?;
    Ok(walk.findings(&gone, now))
}

/// A walk along the chain.
struct Walk {
    /// The last event that was looked at.
    at: i64,
    /// The seal of it, as it is kept.
    before: String,
    /// Up to where the chain goes.
    sealed_up_to: i64,
    /// Whether every number was given to an event.
    without_gaps: bool,
    wrong: Vec<(i64, String)>,
    missing: Vec<i64>,
    waiting: Vec<(i64, DateTime<Utc>)>,
}

impl Walk {
    fn begin(tx: &mut Tx) -> Result<Self, Error> {
        let sealed_up_to = seals::last(tx)?.map_or(0, |seal| seal.event);
        let without_gaps = dialect::numbers_without_gaps(tx);
        let before = START.to_owned();
        Ok(Self { at: 0, before, sealed_up_to, without_gaps, wrong: vec![], missing: vec![], waiting: vec![] })
    }

    /// Some events and the seals of the same numbers.
    fn over(&mut self, events: &[Recorded], links: &[Seal]) {
        let mut links = links.iter().peekable();
        for event in events {
            // A seal whose event is gone still stands between its neighbours.
            while let Some(orphan) = links.next_if(|link| link.event < event.id) {
                self.before.clone_from(&orphan.sha256);
            }
            self.one(event, links.next_if(|link| link.event == event.id));
        }
    }

    fn one(&mut self, event: &Recorded, link: Option<&Seal>) {
        let gap = self.at + 1..event.id;
        self.missing.extend(gap.take(NAMED).filter(|_| self.without_gaps));
        self.at = event.id;
        match link {
            Some(link) => {
                if link.sha256 != seal(&self.before, event) {
                    let says = format!("audit event {} is not what was sealed: it, or its seal, was changed", event.id);
                    self.wrong.push((event.id, says));
                }
                self.before.clone_from(&link.sha256);
            }
            None if event.id < self.sealed_up_to => {
                let says =
                    "has no seal, though later events have: it was put in afterwards, or its seal was taken away";
                self.wrong.push((event.id, format!("audit event {} {says}", event.id)));
            }
            None => self.waiting.push((event.id, event.at.and_utc())),
        }
    }

    /// What was found, the first event that is wrong before the others.
    fn findings(mut self, gone: &[i64], now: Option<DateTime<Utc>>) -> Vec<String> {
        self.wrong.extend(gone.iter().map(|id| (*id, format!("audit event {id} was sealed and is gone"))));
        let missing = self.missing.iter().filter(|id| !gone.contains(id));
        self.wrong.extend(missing.map(|id| (*id, format!("audit event {id} is missing"))));
        self.wrong.sort();
        let more = self.wrong.len().saturating_sub(NAMED);
        let mut findings: Vec<String> = self.wrong.into_iter().take(NAMED).map(|(_, says)| says).collect();
        if more > 0 {
            findings.push(format!("{more} more audit events are wrong"));
        }
        let is_late = |at: DateTime<Utc>| now.is_some_and(|now| at + LONGEST_WAIT < now);
        let mut late = self.waiting.iter().filter(|(_, at)| is_late(*at));
        if let Some((id, at)) = late.next() {
            let (since, all) = (at.format("%Y-%m-%d %H:%M:%S"), 1 + late.count());
            findings.push(format!(
                "audit event {id} has waited for its seal since {since} UTC, {all} in all: a running server seals them"
            ));
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::store::example;

    /// A chain of some events, as the sealer makes it.
    fn chained(ids: &[i64]) -> (Vec<Recorded>, Vec<Seal>) {
        let events: Vec<Recorded> = ids.iter().map(|id| example(*id)).collect();
        let mut before = START.to_owned();
        let link = |event: &Recorded| {
            before = seal(&before, event);
            Seal { event: event.id, sha256: before.clone() }
        };
        let links = events.iter().map(link).collect();
        (events, links)
    }

    fn found(events: &[Recorded], links: &[Seal], gone: &[i64], without_gaps: bool) -> Vec<String> {
        let sealed_up_to = links.last().map_or(0, |link| link.event);
        let before = START.to_owned();
        let mut walk =
            Walk { at: 0, before, sealed_up_to, without_gaps, wrong: vec![], missing: vec![], waiting: vec![] };
        walk.over(events, links);
        walk.findings(gone, Some(DateTime::UNIX_EPOCH + TimeDelta::minutes(2)))
    }

    #[test]
    fn a_whole_chain_has_nothing_wrong_and_a_changed_row_alone_is_named() {
        let (mut events, links) = chained(&[1, 2, 3]);
        assert_eq!(found(&events, &links, &[], true), Vec::<String>::new());
        events[1].says.push('!');
        let expected = ["audit event 2 is not what was sealed: it, or its seal, was changed"];
        assert_eq!(found(&events, &links, &[], true), expected);
    }

    #[test]
    fn a_row_that_is_gone_is_named_once_and_its_neighbours_are_not() {
        let (mut events, links) = chained(&[1, 2, 3]);
        events.remove(1);
        assert_eq!(found(&events, &links, &[2], true), ["audit event 2 was sealed and is gone"]);
    }

    #[test]
    fn gaps_seals_that_are_missing_and_rows_that_wait_too_long_are_named() {
        let (events, mut links) = chained(&[1, 3, 4]);
        assert_eq!(found(&events, &links, &[], true), ["audit event 2 is missing"]);
        assert_eq!(found(&events, &links, &[], false), Vec::<String>::new());
        links.remove(1);
        let found_now = found(&events, &links, &[], false);
        assert!(found_now[0].starts_with("audit event 3 has no seal, though later events have"), "{found_now:?}");
        let (events, mut links) = chained(&[1, 2, 3]);
        links.truncate(1);
        assert_eq!(
            found(&events, &links, &[], true),
            [
                "audit event 2 has waited for its seal since 1970-01-01 00:00:00 UTC, 2 in all: a running server seals them"
            ]
        );
    }
}
