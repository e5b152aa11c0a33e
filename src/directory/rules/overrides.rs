//! When a provider's own decision about the VAT class of a service holds.

use chrono::NaiveDate;

use super::{class_on, organisation_on};
use crate::calendar;
use crate::directory::{ClassOverride, FormerWords, Listing, NewOverride, ServiceWords};
use crate::people::rules::vat_on;
use crate::people::{Organisation, VatRegistration, VatStatus};
use crate::vat::{Class, Decision};

/// Why a decision cannot be taken so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// From a day that has passed.
    #[error("Choose {} or a later day: what was billed before is put right by a credit note.", calendar::full(*.0))]
    Past(NaiveDate),
    /// A class that does not go with the registration of that day.
    #[error(
        "This class does not go with what you say about your registration for VAT on that day: some classes are for \
         providers who are registered, the others for those who are not. Record your VAT status first."
    )]
    Registration,
    /// Nothing shows it.
    #[error("Say what shows it, or choose a file.")]
    NoEvidence,
    /// There is nothing to withdraw.
    #[error("No decision of yours holds on that day.")]
    NothingHolds,
}

/// The decision that holds on a day: the newest that has begun, the later one of two from the same day.
#[must_use]
pub fn override_on(overrides: &[ClassOverride], day: NaiveDate) -> Option<(Class, &ClassOverride)> {
    let newest = overrides.iter().filter(|one| one.from <= day).max_by_key(|one| (one.from, one.number))?;
    Some((newest.class?, newest))
}

/// The next day after this on which such a decision begins or ends.
#[must_use]
pub fn next_override(overrides: &[ClassOverride], day: NaiveDate) -> Option<NaiveDate> {
    overrides.iter().map(|one| one.from).filter(|from| *from > day).min()
}

/// Whether a class goes with the registration of a day: nobody charges VAT who is not registered, or has not said.
fn fits(class: Class, history: &[VatRegistration], day: NaiveDate) -> bool {
    let registered = vat_on(history, day).map(|statement| statement.status == VatStatus::Registered);
    registered.is_some() && class.registered() == registered
}

/// The VAT class of a service on a day with the reason: by the provider's own decision where one holds, else by the rules.
#[must_use]
pub fn decided_on(
    organisation: &Organisation,
    (history, overrides): (&[VatRegistration], &[ClassOverride]),
    words: &ServiceWords,
    day: NaiveDate,
) -> Decision {
    let by_rules = class_on(organisation, history, words, day);
    let Some((class, own)) = override_on(overrides, day) else { return by_rules };
    if !fits(class, history, day) {
        let reason = format!(
            "{} The provider’s own decision for another class does not go with its registration for VAT, and does not hold.",
            by_rules.reason
        );
        return Decision { reason, ..by_rules };
    }
    let from = calendar::full(own.from);
    Decision {
        class: Some(class),
        reason: format!(
            "The provider decided this class itself from {from}, with a reason and evidence that councils see."
        ),
    }
}

/// The VAT class of a listed service on a day, with the reason.
#[must_use]
pub fn class_of(listing: &Listing, day: NaiveDate) -> Decision {
    let said = (listing.vat_history.as_slice(), listing.overrides.as_slice());
    decided_on(&organisation_on(&listing.organisation, &listing.vat_history, day), said, &listing.service.words, day)
}

/// The same by the words that it had on that day: `former` are those that were changed since, oldest first.
#[must_use]
pub fn class_then(listing: &Listing, former: &[FormerWords], day: NaiveDate) -> Decision {
    let mut words = listing.service.words.clone();
    if let Some(stood) = former.iter().find(|stood| day < stood.until) {
        words.nature = stood.nature;
        words.inside_regulated_activity = stood.inside_regulated_activity;
    }
    let said = (listing.vat_history.as_slice(), listing.overrides.as_slice());
    decided_on(&listing.organisation, said, &words, day)
}

/// Whether a decision may be recorded.
///
/// # Errors
/// What speaks against it.
pub fn check_override(listing: &Listing, new: &NewOverride, has_file: bool, today: NaiveDate) -> Result<(), Refusal> {
    if new.from < today {
        return Err(Refusal::Past(today));
    }
    match new.class {
        None if override_on(&listing.overrides, new.from).is_none() => Err(Refusal::NothingHolds),
        None => Ok(()),
        Some(_) if new.evidence.is_empty() && !has_file => Err(Refusal::NoEvidence),
        Some(class) if !fits(class, &listing.vat_history, new.from) => Err(Refusal::Registration),
        Some(_) => Ok(()),
    }
}

impl Refusal {
    /// The field of the form that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Past(_) => "from",
            Self::Registration | Self::NothingHolds => "class",
            Self::NoEvidence => "evidence_note",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn own(number: i64, class: Option<Class>, from: &str) -> ClassOverride {
        ClassOverride {
            number,
            class,
            reason: "HMRC says so".to_owned(),
            evidence: "Its letter".to_owned(),
            file: None,
            from: day(from),
            by: "Alex Admin".to_owned(),
            authority: "administrator".to_owned(),
            at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_newest_decision_that_has_begun_holds_until_it_is_withdrawn() {
        let all =
            [own(1, Some(Class::B), "2026-11-01"), own(2, Some(Class::D), "2026-12-01"), own(3, None, "2026-12-10")];
        let on = |text: &str| override_on(&all, day(text)).map(|(class, _)| class);
        assert_eq!(on("2026-10-31"), None);
        assert_eq!(on("2026-11-30"), Some(Class::B));
        assert_eq!(on("2026-12-09"), Some(Class::D));
        assert_eq!(on("2026-12-10"), None, "withdrawn: the rules decide again");
        assert_eq!(next_override(&all, day("2026-12-01")), Some(day("2026-12-10")));
    }

    #[test]
    fn a_class_goes_with_the_registration_of_its_day() {
        let history = [
            VatRegistration::new(VatStatus::NotRegistered, None, day("2026-01-01")),
            VatRegistration::new(VatStatus::Registered, None, day("2026-12-01")),
        ];
        assert!(fits(Class::A, &history, day("2026-11-30")) && !fits(Class::D, &history, day("2026-11-30")));
        assert!(fits(Class::D, &history, day("2026-12-01")) && !fits(Class::A, &history, day("2026-12-01")));
        assert!(!fits(Class::A, &[], day("2026-11-30")), "who has said nothing decides nothing");
        assert!(!fits(Class::H, &history, day("2026-12-01")) && !fits(Class::J, &history, day("2026-12-01")));
    }
}
