//! What an organisation may say of itself, and which of its statements holds.

use chrono::NaiveDate;

use super::{VatRegistration, VatStatus};
use crate::vat::{CharityStatus, VatNumber};

/// Why a statement cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A VAT number without a registration.
    #[error("Leave the number empty, or say that you are registered for VAT.")]
    NumberWithoutRegistration,
    /// A registration without its number.
    #[error("Enter your VAT registration number, like GB 434 0314 94.")]
    NumberMissing,
    /// A registered charity without its number.
    #[error("Enter your number on the register of charities.")]
    CharityNumberMissing,
}

/// A number belongs to a registration, and a registration has one.
///
/// # Errors
/// When one stands without the other.
pub fn check_vat(status: VatStatus, number: Option<&VatNumber>) -> Result<(), Refusal> {
    match (status, number) {
        (VatStatus::Registered, None) => Err(Refusal::NumberMissing),
        (VatStatus::NotRegistered | VatStatus::AppliedFor, Some(_)) => Err(Refusal::NumberWithoutRegistration),
        _ => Ok(()),
    }
}

/// A charity that says it is registered can name its number.
///
/// # Errors
/// When it does not.
pub fn check_charity(status: CharityStatus, number: Option<&str>) -> Result<(), Refusal> {
    let missing = status == CharityStatus::Registered && number.is_none();
    if missing { Err(Refusal::CharityNumberMissing) } else { Ok(()) }
}

/// The statement about VAT that holds on a day: the newest that has begun, the later one of two from the same day.
#[must_use]
pub fn vat_on(history: &[VatRegistration], day: NaiveDate) -> Option<&VatRegistration> {
    history.iter().filter(|statement| statement.from <= day).max_by_key(|statement| statement.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(status: VatStatus, from: &str) -> VatRegistration {
        VatRegistration::new(status, None, from.parse().unwrap())
    }

    #[test]
    fn the_newest_statement_that_has_begun_holds() {
        let history = [
            statement(VatStatus::NotRegistered, "2026-01-01"),
            statement(VatStatus::AppliedFor, "2026-06-01"),
            statement(VatStatus::Registered, "2026-06-01"),
            statement(VatStatus::NotRegistered, "2027-01-01"),
        ];
        let on = |day: &str| vat_on(&history, day.parse().unwrap()).map(|statement| statement.status);
        assert_eq!(on("2025-12-31"), None);
        assert_eq!(on("2026-05-31"), Some(VatStatus::NotRegistered));
        assert_eq!(on("2026-06-01"), Some(VatStatus::Registered));
        assert_eq!(on("2027-06-01"), Some(VatStatus::NotRegistered));
    }

    #[test]
    fn numbers_and_registrations_go_together() {
        let number = VatNumber::parse("434031494").unwrap();
        assert_eq!(check_vat(VatStatus::Registered, Some(&number)), Ok(()));
        assert_eq!(check_vat(VatStatus::Registered, None), Err(Refusal::NumberMissing));
        assert_eq!(check_vat(VatStatus::AppliedFor, Some(&number)), Err(Refusal::NumberWithoutRegistration));
        assert_eq!(check_vat(VatStatus::NotRegistered, None), Ok(()));
        assert_eq!(check_charity(CharityStatus::Registered, None), Err(Refusal::CharityNumberMissing));
        assert_eq!(check_charity(CharityStatus::ExemptOrExcepted, None), Ok(()));
    }
}
