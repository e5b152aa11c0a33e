//! Who may claim, verify, refuse and undo, and when a code is good.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Claim, ClaimStatus, Letter};
use crate::auth::rights::{Actor, Membership, Role};
use crate::calendar;
use crate::error::{Error, Invalid};

/// How long the code of a letter is good.
pub const CODE_LASTS: TimeDelta = TimeDelta::days(30);
/// How often a code may be tried.
pub const TRIES: i64 = 5;

/// Why a step is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is somebody's already.
    #[error("This entry belongs to another provider here already. Ask the council of the place if that is wrong.")]
    TakenAlready,
    /// The organisation has an entry.
    #[error("This organisation has an entry of the register already. Each organisation has one.")]
    HasEntry,
    /// The same claim again.
    #[error("You have claimed this entry already. Your claim waits to be checked.")]
    ClaimedAlready,
    /// Not an organisation that they act for.
    #[error("Choose one of your organisations, or make a new one.")]
    NotYours,
    /// It was decided already.
    #[error("This claim is not open any more: {0}. Look at it again.")]
    NotNow(&'static str),
    /// Not an officer of the place.
    #[error("Only an officer of the council of the place may do this.")]
    NotOfficer,
    /// An officer who belongs to the provider.
    #[error("You belong to the provider yourself. Another officer must do this.")]
    OwnClaim,
    /// Not a member of the provider.
    #[error("Only whoever runs the provider may enter the code of the letter.")]
    NotClaimant,
    /// There is no letter.
    #[error("No letter was sent for this claim yet. Ask the council of the place for one.")]
    NoLetter,
    /// The letter is too old.
    #[error("The code of this letter was good until {}. Ask the council of the place for a new letter.", calendar::moment(*.0))]
    TooOld(DateTime<Utc>),
    /// It was tried too often.
    #[error("The code was tried {TRIES} times. Ask the council of the place for a new letter.")]
    NoTries,
    /// It is another code.
    #[error("This is not the code of the letter. You can try {0} more times.")]
    WrongCode(i64),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::TakenAlready | Refusal::ClaimedAlready | Refusal::NotNow(_) => Self::Conflict(sentence),
            Refusal::NotOfficer | Refusal::OwnClaim | Refusal::NotClaimant => Self::Forbidden(sentence),
            Refusal::NotYours => Self::Invalid(Invalid::field("organisation", sentence)),
            Refusal::NoLetter | Refusal::TooOld(_) | Refusal::NoTries | Refusal::WrongCode(_) => {
                Self::Invalid(Invalid::field("code", sentence))
            }
            Refusal::HasEntry => Self::Refused(sentence),
        }
    }
}

/// The organisations for which somebody may claim: providers that they run.
#[must_use]
pub fn own_providers(actor: &Actor) -> Vec<&Membership> {
    let runs = |place: &&Membership| place.is_provider && place.does(&[Role::Coordinator, Role::Admin]);
    actor.memberships().iter().filter(runs).collect()
}

/// Checks that a claim is open.
///
/// # Errors
/// When it was decided already.
pub fn check_open(claim: &Claim) -> Result<(), Refusal> {
    match claim.status {
        ClaimStatus::Claimed => Ok(()),
        status => Err(Refusal::NotNow(status.words())),
    }
}

/// Checks that a claim can be undone.
///
/// # Errors
/// When it is not verified.
pub fn check_undoing(claim: &Claim) -> Result<(), Refusal> {
    match claim.status {
        ClaimStatus::Verified => Ok(()),
        status => Err(Refusal::NotNow(status.words())),
    }
}

/// A code as it is compared: without spaces and dashes, in capital letters.
#[must_use]
pub fn plain_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// A code as it is printed, in groups of four.
#[must_use]
pub fn printed_code(code: &str) -> String {
    let groups: Vec<String> =
        code.chars().collect::<Vec<char>>().chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// Whether a code, by its hash, is that of a letter.
///
/// # Errors
/// That it is not, with how often it may still be tried; or that the letter is no good any more.
pub fn check_code(letter: Option<&Letter>, code_sha256: &str, now: DateTime<Utc>) -> Result<(), Refusal> {
    let letter = letter.ok_or(Refusal::NoLetter)?;
    if letter.tries_left <= 0 {
        return Err(Refusal::NoTries);
    }
    if letter.expires_at < now {
        return Err(Refusal::TooOld(letter.expires_at));
    }
    match letter.code_sha256 == code_sha256 {
        true => Ok(()),
        false if letter.tries_left == 1 => Err(Refusal::NoTries),
        false => Err(Refusal::WrongCode(letter.tries_left - 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_for_thirty_days_and_five_tries() {
        let (now, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + CODE_LASTS);
        let letter = |tries_left| Letter { number: 1, code_sha256: "x".to_owned(), tries_left, expires_at: later };
        assert_eq!(check_code(Some(&letter(5)), "x", later), Ok(()));
        assert_eq!(check_code(Some(&letter(5)), "x", later + TimeDelta::seconds(1)), Err(Refusal::TooOld(later)));
        assert_eq!(check_code(Some(&letter(5)), "y", now), Err(Refusal::WrongCode(4)));
        assert_eq!(check_code(Some(&letter(1)), "y", now), Err(Refusal::NoTries));
        assert_eq!(check_code(Some(&letter(0)), "x", now), Err(Refusal::NoTries));
        assert_eq!(check_code(None, "x", now), Err(Refusal::NoLetter));
    }

    #[test]
    fn codes_are_read_as_they_are_printed() {
        assert_eq!(printed_code("0A1B2C3D4E5F"), "0A1B-2C3D-4E5F");
        assert_eq!(plain_code(" 0a1b-2c3d 4E5F"), "0A1B2C3D4E5F");
    }
}
