//! What a provider says about VAT, charity and regulation: what must stand behind it, what follows from its entry, and who
//! sees on what it rests.

use chrono::NaiveDate;

use crate::auth::rights::Actor;
use crate::ids::OrganisationId;
use crate::people::rules::vat_on;
use crate::people::{Organisation, VatRegistration};
use crate::vat::CharityStatus;

/// A registered charity without its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Enter your number on the register of charities in your entry first.")]
pub struct NoCharityNumber;

/// Whether what is said of charity can be said: a registered one has a number, by which anybody can look it up.
///
/// # Errors
/// When the number is missing.
pub fn check_charity(said: Option<CharityStatus>, number: Option<&str>) -> Result<(), NoCharityNumber> {
    if said == Some(CharityStatus::Registered) && number.is_none() { Err(NoCharityNumber) } else { Ok(()) }
}

/// The statement that begins today when a provider's entry says something else of charity or regulation than the one in
/// force; nothing where they agree, or nothing was stated yet.
#[must_use]
pub fn following_entry(own: &Organisation, history: &[VatRegistration], today: NaiveDate) -> Option<VatRegistration> {
    let holds = vat_on(history, today)?;
    let agrees = holds.charity == Some(own.charity_status) && holds.regulated == Some(own.regulated);
    (!agrees).then(|| VatRegistration {
        charity: Some(own.charity_status),
        regulated: Some(own.regulated),
        from: today,
        evidence: "Said in the provider’s entry.".to_owned(),
        file: None,
        ..holds.clone()
    })
}

/// Whether an actor sees on what the VAT of a provider rests: its own members, and councils, whose money it is.
#[must_use]
pub fn sees(actor: &Actor, provider: OrganisationId) -> bool {
    actor.works_for(provider) || actor.council_reader().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registered_charity_has_a_number() {
        assert_eq!(check_charity(Some(CharityStatus::Registered), None), Err(NoCharityNumber));
        assert_eq!(check_charity(Some(CharityStatus::Registered), Some("1234567")), Ok(()));
        assert_eq!(check_charity(Some(CharityStatus::NotACharity), None), Ok(()));
        assert_eq!(check_charity(None, None), Ok(()));
    }
}
