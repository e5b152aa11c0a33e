//! Who sees the documents of a provider, and which version of one holds on a day.

use chrono::NaiveDate;

use crate::auth::rights::{Actor, Membership, Role};
use crate::directory::DocumentKind;
use crate::ids::OrganisationId;

/// For which council or broker an actor looks at the documents of providers.
#[must_use]
pub fn checks_for(actor: &Actor) -> Option<&Membership> {
    actor.memberships().iter().find(|place| {
        (place.is_council && place.does(&[Role::Officer])) || (place.is_broker && place.does(&[Role::Coordinator]))
    })
}

/// Whether an actor sees the papers of a provider: its own people, those who read for a council, brokers.
#[must_use]
pub fn sees(actor: &Actor, provider: OrganisationId) -> bool {
    actor.works_for(provider) || actor.council_reader().is_ok() || checks_for(actor).is_some()
}

/// One version of a document of a provider, as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// What it is.
    pub kind: DocumentKind,
    /// From which day it holds.
    pub from: NaiveDate,
    /// Its last day, if it has one.
    pub until: Option<NaiveDate>,
}

impl Version {
    /// Whether it holds on a day, where a newer version takes its place from some day on.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate, replaced_from: Option<NaiveDate>) -> bool {
        let replaced = replaced_from.is_some_and(|from| from <= day);
        self.from <= day && !replaced && self.until.is_none_or(|until| until >= day)
    }
}

/// The versions of a provider's documents, the newest first, each with the day from which a newer one of its kind takes its
/// place: one that begins later replaces nothing before its day.
#[must_use]
pub fn with_replacement(newest_first: &[Version]) -> Vec<(Version, Option<NaiveDate>)> {
    let replaced_from = |place: usize, kind: DocumentKind| {
        newest_first.iter().take(place).filter(|newer| newer.kind == kind).map(|newer| newer.from).min()
    };
    newest_first.iter().enumerate().map(|(place, one)| (*one, replaced_from(place, one.kind))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn version(kind: DocumentKind, from: &str, until: &str) -> Version {
        Version { kind, from: day(from), until: Some(day(until)) }
    }

    #[test]
    fn a_newer_version_takes_the_place_from_its_first_day_on() {
        let next = version(DocumentKind::Insurance, "2027-01-01", "2027-12-31");
        let present = version(DocumentKind::Insurance, "2026-01-01", "2026-12-31");
        let policy = version(DocumentKind::DbsPolicy, "2026-01-01", "2026-12-31");
        let found = with_replacement(&[next, policy, present]);
        assert_eq!(found, [(next, None), (policy, None), (present, Some(day("2027-01-01")))]);
        let hold = |on: &str| -> Vec<bool> { found.iter().map(|(one, from)| one.holds_on(day(on), *from)).collect() };
        assert_eq!(hold("2026-12-31"), [false, true, true]);
        assert_eq!(hold("2027-01-01"), [true, false, false]);
        assert_eq!(hold("2028-01-01"), [false, false, false]);
    }

    #[test]
    fn of_several_newer_ones_the_first_to_begin_counts() {
        let newest = version(DocumentKind::Insurance, "2026-12-01", "2027-11-30");
        let planned = version(DocumentKind::Insurance, "2027-01-01", "2027-12-31");
        let present = version(DocumentKind::Insurance, "2026-01-01", "2026-12-31");
        let from: Vec<Option<NaiveDate>> =
            with_replacement(&[newest, planned, present]).into_iter().map(|(_, from)| from).collect();
        assert_eq!(from, [None, Some(day("2026-12-01")), Some(day("2026-12-01"))]);
    }
}
