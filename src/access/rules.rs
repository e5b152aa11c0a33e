//! For how long, and whom.

use chrono::{Days, NaiveDate};

use super::Wanted;
use crate::ids::UserId;

/// The longest time for which access is given at once, in days.
const LONGEST: u64 = 366;

/// Why access is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It would end before it begins.
    #[error("The last day is before the first day.")]
    EndsBefore,
    /// It would be over already.
    #[error("The last day has passed. Choose today or a later day.")]
    Over,
    /// It would go on for too long.
    #[error("Access lasts for a year at most. Give it again when it is needed longer.")]
    TooLong,
    /// Nobody audits for the council under that address.
    #[error("No auditor of your council signs in with this address. An administrator gives somebody that role first.")]
    NoAuditor,
    /// It is the one who gives it.
    #[error("This is your own address. Nobody gives access to themselves: ask another officer.")]
    Oneself,
    /// The council has no such person.
    #[error("Your council has nobody with this reference.")]
    NoPerson,
}

impl Refusal {
    /// The field of the form that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::EndsBefore | Self::Over | Self::TooLong => "to",
            Self::NoAuditor | Self::Oneself => "email",
            Self::NoPerson => "reference",
        }
    }
}

/// Whether access may be given for these days.
///
/// # Errors
/// Why not.
pub fn check_days(wanted: &Wanted, today: NaiveDate) -> Result<(), Refusal> {
    let longest = wanted.from.checked_add_days(Days::new(LONGEST)).unwrap_or(NaiveDate::MAX);
    match wanted.to {
        to if to < wanted.from => Err(Refusal::EndsBefore),
        to if to < today => Err(Refusal::Over),
        to if to > longest => Err(Refusal::TooLong),
        _ => Ok(()),
    }
}

/// The auditor who was found, who must not be the one who gives.
///
/// # Errors
/// When nobody was found, or oneself.
pub fn check_auditor(found: Option<UserId>, giver: UserId) -> Result<UserId, Refusal> {
    match found {
        None => Err(Refusal::NoAuditor),
        Some(user) if user == giver => Err(Refusal::Oneself),
        Some(user) => Ok(user),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(from: &str, to: &str) -> Wanted {
        let day = |text| crate::calendar::parse_date(text).unwrap();
        let (email, purpose) = ("a@example.org".to_owned(), "the yearly audit".to_owned());
        Wanted { email, reference: None, from: day(from), to: day(to), purpose }
    }

    #[test]
    fn access_has_an_end_that_is_near() {
        let today = crate::calendar::parse_date("2026-11-23").unwrap();
        let check = |from, to| check_days(&wanted(from, to), today);
        assert_eq!(check("2026-11-23", "2026-11-23"), Ok(()));
        assert_eq!(check("2026-11-24", "2026-11-23"), Err(Refusal::EndsBefore));
        assert_eq!(check("2026-11-01", "2026-11-22"), Err(Refusal::Over));
        assert_eq!(check("2026-11-23", "2027-11-25"), Err(Refusal::TooLong));
    }

    #[test]
    fn nobody_lets_themselves_look() {
        let (giver, auditor) = (UserId::new(1), UserId::new(2));
        assert_eq!(check_auditor(Some(giver), giver), Err(Refusal::Oneself));
        assert_eq!(check_auditor(None, giver), Err(Refusal::NoAuditor));
        assert_eq!(check_auditor(Some(auditor), giver), Ok(auditor));
    }
}
