//! What may be sent, how a document stands, of what its provider is reminded, and what is still to do.

use chrono::{Days, NaiveDate};

use super::{Document, NewDocument, Step};
use crate::calendar;
use crate::directory::{DocumentKind, Listing};
use crate::people::{Organisation, VatRegistration};

/// How many days before its last day a provider is reminded of a document.
const BEFORE: u64 = 30;

/// Why a document or a check cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It ends before it begins.
    #[error("Choose a last day that is not before the first.")]
    EndsBefore,
    /// It has ended.
    #[error("This ended before {}: send the one that holds.", calendar::full(*.0))]
    Over(NaiveDate),
    /// A newer version took its place.
    #[error("A newer version took its place: look at that one.")]
    Replaced,
}

/// Whether a document may be sent.
///
/// # Errors
/// What is wrong with its days.
pub fn check_new(new: &NewDocument, today: NaiveDate) -> Result<(), Refusal> {
    match new.until {
        Some(until) if until < new.from => Err(Refusal::EndsBefore),
        Some(until) if until < today => Err(Refusal::Over(today)),
        _ => Ok(()),
    }
}

/// Whether a document may be checked.
///
/// # Errors
/// When it is not the newest.
pub fn check_check(document: &Document) -> Result<(), Refusal> {
    if document.replaced { Err(Refusal::Replaced) } else { Ok(()) }
}

/// Of what a provider is reminded: that a document ends soon, or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reminder {
    /// It ends within a month.
    Soon,
    /// It has ended.
    Ended,
}

impl Reminder {
    /// The code that stands for it in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::Ended => "ended",
        }
    }
}

/// What a provider has to be reminded of on a day; its last day still counts.
#[must_use]
pub fn reminder(until: NaiveDate, today: NaiveDate) -> Option<Reminder> {
    if until < today {
        Some(Reminder::Ended)
    } else if until.checked_sub_days(Days::new(BEFORE)).is_none_or(|day| day <= today) {
        Some(Reminder::Soon)
    } else {
        None
    }
}

/// Whether a document holds on a day.
#[must_use]
pub fn holds(document: &Document, today: NaiveDate) -> bool {
    !document.replaced && document.from <= today && document.until.is_none_or(|until| until >= today)
}

/// What a provider does until it is in order, each with where it is done.
#[must_use]
pub fn steps(
    organisation: &Organisation,
    (history, listings): (&[VatRegistration], &[Listing]),
    documents: &[Document],
    has_bank_details: bool,
    today: NaiveDate,
) -> Vec<Step> {
    let step = |what, href: &str, done| Step { what, href: href.to_owned(), done };
    let papers = format!("/organisations/{}/documents", organisation.id);
    let bank = format!("/organisations/{}/bank-details", organisation.id);
    let has = |kind| documents.iter().any(|one| one.kind == kind && holds(one, today));
    let in_register = organisation.register_location.is_some() || !organisation.regulated;
    vec![
        step("Say who you are", "/provider", !organisation.about.is_empty()),
        step("If the regulator registers you, claim your entry in its register", "/claims", in_register),
        step("Say whether you are registered for VAT", "/provider", !history.is_empty()),
        step("Say where you are paid", &bank, has_bank_details),
        step("List a service with its price", "/services/new", listings.iter().any(|one| !one.rates.is_empty())),
        step("Publish a service", "/provider", listings.iter().any(|one| one.service.published)),
        step("Show your insurance", &papers, has(DocumentKind::Insurance)),
        step("Show how you check the people who work for you", &papers, has(DocumentKind::DbsPolicy)),
    ]
}

/// How far a provider has come: "5 of 8 done".
#[must_use]
pub fn progress(steps: &[Step]) -> String {
    format!("{} of {} done", steps.iter().filter(|step| step.done).count(), steps.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_provider_is_reminded_30_days_before_and_when_it_has_ended() {
        let until = day("2026-12-31");
        assert_eq!(reminder(until, day("2026-11-30")), None);
        assert_eq!(reminder(until, day("2026-12-01")), Some(Reminder::Soon));
        assert_eq!(reminder(until, until), Some(Reminder::Soon), "the last day still counts");
        assert_eq!(reminder(until, day("2027-01-01")), Some(Reminder::Ended));
    }

    #[test]
    fn a_document_ends_after_it_begins_and_not_before_today() {
        let new = |from: &str, until: Option<&str>| NewDocument {
            kind: DocumentKind::Insurance,
            from: day(from),
            until: until.map(day),
        };
        let on = day("2026-11-22");
        assert_eq!(check_new(&new("2026-01-01", None), on), Ok(()));
        assert_eq!(check_new(&new("2026-01-01", Some("2026-11-22")), on), Ok(()));
        assert_eq!(check_new(&new("2026-01-01", Some("2026-11-21")), on), Err(Refusal::Over(on)));
        assert_eq!(check_new(&new("2027-01-01", Some("2026-12-31")), on), Err(Refusal::EndsBefore));
    }

    #[test]
    fn progress_counts_what_is_done() {
        let step = |done| Step { what: "Do it", href: "/".to_owned(), done };
        assert_eq!(progress(&[step(true), step(false), step(true)]), "2 of 3 done");
    }
}
