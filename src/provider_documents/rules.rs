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
/// When a newer version has taken its place.
pub fn check_check(document: &Document, today: NaiveDate) -> Result<(), Refusal> {
    if is_replaced(document, today) { Err(Refusal::Replaced) } else { Ok(()) }
}

fn is_replaced(document: &Document, today: NaiveDate) -> bool {
    document.replaced_from.is_some_and(|from| from <= today)
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

/// The last day on which a document may end so that its provider is reminded of it on a day.
#[must_use]
pub fn reminded_until(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(Days::new(BEFORE)).unwrap_or(NaiveDate::MAX)
}

/// What a provider has to be reminded of on a day; its last day still counts. Where the next version follows without a gap, or
/// holds already, nothing is to be done.
#[must_use]
pub fn reminder(until: NaiveDate, replaced_from: Option<NaiveDate>, today: NaiveDate) -> Option<Reminder> {
    let followed =
        |from: NaiveDate| from <= today || from.checked_sub_days(Days::new(1)).is_none_or(|day| day <= until);
    if replaced_from.is_some_and(followed) {
        None
    } else if until < today {
        Some(Reminder::Ended)
    } else if until <= reminded_until(today) {
        Some(Reminder::Soon)
    } else {
        None
    }
}

/// How a document stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A newer one has taken its place.
    Replaced,
    /// Its last day is over.
    Ended,
    /// Its first day is still to come.
    ToCome,
    /// It holds until a newer one takes its place, from a day on.
    HoldsUntilNext(NaiveDate),
    /// It holds, and ends within a month.
    EndsSoon,
    /// It holds.
    Holds,
}

/// How a document stands on a day.
#[must_use]
pub fn standing(document: &Document, today: NaiveDate) -> Standing {
    let until = document.version.until;
    match document.replaced_from {
        _ if is_replaced(document, today) => Standing::Replaced,
        _ if until.is_some_and(|until| until < today) => Standing::Ended,
        _ if document.version.from > today => Standing::ToCome,
        Some(from) if until.is_none_or(|until| reminder(until, Some(from), today).is_none()) => {
            Standing::HoldsUntilNext(from)
        }
        _ if until.is_some_and(|until| until <= reminded_until(today)) => Standing::EndsSoon,
        _ => Standing::Holds,
    }
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
    let step = |what, href: &str, done| Step { what, href: href.to_owned(), done, refused: None };
    let papers = format!("/organisations/{}/documents", organisation.id);
    let bank = format!("/organisations/{}/bank-details", organisation.id);
    let shows = |what, kind| {
        let holds = |one: &&Document| one.version.kind == kind && one.version.holds_on(today, one.replaced_from);
        let held = documents.iter().find(holds);
        let refused = held.and_then(refusal_of);
        Step { what, href: papers.clone(), done: held.is_some() && refused.is_none(), refused }
    };
    let in_register = organisation.register_location.is_some() || !organisation.regulated;
    vec![
        step("Say who you are", "/provider", !organisation.about.is_empty()),
        step("If the regulator registers you, claim your entry in its register", "/claims", in_register),
        step("Say whether you are registered for VAT", "/provider", !history.is_empty()),
        step("Say where you are paid", &bank, has_bank_details),
        step("List a service with its price", "/services/new", listings.iter().any(|one| !one.rates.is_empty())),
        step("Publish a service", "/provider", listings.iter().any(|one| one.service.published)),
        shows("Show your insurance", DocumentKind::Insurance),
        shows("Show how you check the people who work for you", DocumentKind::DbsPolicy),
    ]
}

/// That a document was refused when it was looked at last, by whom and why.
fn refusal_of(document: &Document) -> Option<String> {
    let newest = document.checks.last().filter(|check| !check.accepted)?;
    Some(format!("Refused by {}: {}", newest.organisation, newest.note))
}

/// How far a provider has come: "5 of 8 done".
#[must_use]
pub fn progress(steps: &[Step]) -> String {
    format!("{} of {} done", steps.iter().filter(|step| step.done).count(), steps.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::rules::documents::Version;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_provider_is_reminded_30_days_before_and_when_it_has_ended() {
        let until = day("2026-12-31");
        let told = |next: Option<&str>, today: &str| reminder(until, next.map(day), day(today));
        assert_eq!(told(None, "2026-11-30"), None);
        assert_eq!(told(None, "2026-12-01"), Some(Reminder::Soon));
        assert_eq!(told(None, "2026-12-31"), Some(Reminder::Soon), "the last day still counts");
        assert_eq!(told(None, "2027-01-01"), Some(Reminder::Ended));
        // The next one follows on the day after; or it leaves a gap, until it begins.
        for today in ["2026-12-01", "2026-12-31", "2027-01-01"] {
            assert_eq!(told(Some("2027-01-01"), today), None, "{today}");
        }
        assert_eq!(told(Some("2027-02-01"), "2026-12-01"), Some(Reminder::Soon));
        assert_eq!(told(Some("2027-02-01"), "2027-01-31"), Some(Reminder::Ended));
        assert_eq!(told(Some("2027-02-01"), "2027-02-01"), None);
    }

    #[test]
    fn a_document_stands_as_its_days_and_those_of_the_next_one_say() {
        let document = |from: &str, until: Option<&str>, replaced_from: Option<&str>| Document {
            id: crate::ids::ProviderDocumentId::new(1),
            provider: crate::ids::OrganisationId::new(1),
            version: Version { kind: DocumentKind::Insurance, from: day(from), until: until.map(day) },
            replaced_from: replaced_from.map(day),
            file: (crate::ids::FileId::new(1), "cover.pdf".to_owned()),
            by: "Clara Club".to_owned(),
            at: chrono::DateTime::UNIX_EPOCH,
            checks: vec![],
        };
        let until = |replaced_from| document("2026-01-01", Some("2026-12-31"), replaced_from);
        let stands = |document: &Document, on: &str| standing(document, day(on));
        assert_eq!(stands(&until(None), "2026-11-22"), Standing::Holds);
        assert_eq!(stands(&until(None), "2026-12-01"), Standing::EndsSoon);
        assert_eq!(stands(&until(None), "2027-01-01"), Standing::Ended);
        assert_eq!(stands(&until(Some("2027-01-01")), "2026-12-31"), Standing::HoldsUntilNext(day("2027-01-01")));
        assert_eq!(stands(&until(Some("2027-02-01")), "2026-12-31"), Standing::EndsSoon, "a gap follows");
        assert_eq!(stands(&until(Some("2027-01-01")), "2027-01-01"), Standing::Replaced);
        assert_eq!(stands(&document("2027-01-01", None, None), "2026-12-31"), Standing::ToCome);
        assert!(check_check(&until(Some("2027-01-01")), day("2026-12-31")).is_ok(), "it still holds");
        assert_eq!(check_check(&until(Some("2027-01-01")), day("2027-01-01")), Err(Refusal::Replaced));
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
        let step = |done| Step { what: "Do it", href: "/".to_owned(), done, refused: None };
        assert_eq!(progress(&[step(true), step(false), step(true)]), "2 of 3 done");
    }
}
