//! Which link is still good, and for whom; who may give which role.

pub mod passwords;

use chrono::{DateTime, Utc};

use super::Link;
use crate::auth::rights::Role;
use crate::error::{Error, Invalid};
use crate::people::{OrganisationKind, Person};

/// Why a link or an invitation cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is good once.
    #[error("This link was used already. If it was not by you, ask for a new password at once.")]
    Used,
    /// Its time is over.
    #[error("This link has run out. Ask for a new one.")]
    RunOut,
    /// Whoever invited has taken it back, or a newer one took its place.
    #[error("This link was taken back. Ask for a new one.")]
    Withdrawn,
    /// Somebody else is signed in.
    #[error("This link was sent to another address than the one you are signed in with. Sign out, then open it again.")]
    AnotherAddress,
    /// The address has a sign-in.
    #[error("There is a sign-in for this address already. Sign in with it, or ask for a new password.")]
    HasSignIn,
    /// No such people there.
    #[error("Choose a role that this organisation has.")]
    RoleDoesNotFit,
    /// It came to somebody else.
    #[error("This is not the reference for which the invitation was sent. It stands on what the council sent you.")]
    OtherReference,
    /// There is a sign-in for the record.
    #[error("Somebody signs in as this person already. Ask the council.")]
    RecordTaken,
    /// One person is one person.
    #[error("You sign in as another person already. Ask the council.")]
    AnotherPerson,
    /// An officer is not the person.
    #[error("You sent this invitation yourself. It is for the person.")]
    OwnInvitation,
    /// For the person, not for the officer.
    #[error("This is your own address. The invitation is for the person.")]
    OwnAddress,
    /// Nobody's mailbox is filled from here.
    #[error("The person was invited {MOST_INVITATIONS} times within a day. Try again tomorrow.")]
    TooManyMails,
    /// There is a sign-in for the record, as an officer reads it.
    #[error("The person signs in already.")]
    SignsInAlready,
    /// Only officers say who holds the money of a council's people.
    #[error("Choose what your organisation is.")]
    NotByOneself,
}

impl Refusal {
    /// The field of the form that it is about; empty when it is about the whole.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::OtherReference => "reference",
            Self::OwnAddress | Self::TooManyMails => "email",
            _ => "",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal.field() {
            "" => Self::Refused(refusal.to_string()),
            field => Invalid::field(field, refusal.to_string()).into(),
        }
    }
}

/// So many invitations to sign in as one person go out within a day.
const MOST_INVITATIONS: usize = 5;

/// Whether an address may be invited to sign in as a person, who was invited so many times lately.
///
/// # Errors
/// Why not.
pub fn check_invitation(person: &Person, own_address: bool, lately: usize) -> Result<(), Refusal> {
    match (person.user, own_address, lately >= MOST_INVITATIONS) {
        (Some(_), ..) => Err(Refusal::SignsInAlready),
        (None, true, _) => Err(Refusal::OwnAddress),
        (None, false, true) => Err(Refusal::TooManyMails),
        (None, false, false) => Ok(()),
    }
}

/// Whether somebody may sign in as a person from now on: the invitation came to who knows the reference, nobody else signs in
/// as the person, the user is nobody else, and nobody invited themself.
///
/// # Errors
/// Why not.
pub fn check_record(person: &Person, reference: &str, is_another: bool, by_oneself: bool) -> Result<(), Refusal> {
    let letters = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect::<String>().to_ascii_uppercase()
    };
    if by_oneself {
        return Err(Refusal::OwnInvitation);
    }
    if letters(reference) != letters(&person.reference) {
        return Err(Refusal::OtherReference);
    }
    match (person.user, is_another) {
        (Some(_), _) => Err(Refusal::RecordTaken),
        (None, true) => Err(Refusal::AnotherPerson),
        (None, false) => Ok(()),
    }
}

/// A link is good once, for its time, unless it was taken back.
///
/// # Errors
/// When it is not.
pub fn check_good(link: &Link, now: DateTime<Utc>) -> Result<(), Refusal> {
    match link {
        Link { used: true, .. } => Err(Refusal::Used),
        Link { withdrawn: true, .. } => Err(Refusal::Withdrawn),
        Link { expires_at, .. } if *expires_at <= now => Err(Refusal::RunOut),
        _ => Ok(()),
    }
}

/// A link is for whom it was sent to: nobody else takes what it gives, even who is signed in.
///
/// # Errors
/// When the addresses differ.
pub fn check_address(link: &Link, signed_in_with: &str) -> Result<(), Refusal> {
    if link.email == signed_in_with { Ok(()) } else { Err(Refusal::AnotherAddress) }
}

/// An organisation has certain roles.
///
/// # Errors
/// When this one is not among them.
pub fn check_role(role: Role, is_council: bool) -> Result<(), Refusal> {
    if role.fits(is_council) { Ok(()) } else { Err(Refusal::RoleDoesNotFit) }
}

/// What a provider that signs up by itself can be: councils and trusts are added by whoever runs the service.
pub const OWN_KINDS: [OrganisationKind; 5] = [
    OrganisationKind::Company,
    OrganisationKind::SoleTrader,
    OrganisationKind::Charity,
    OrganisationKind::EmploymentBusiness,
    OrganisationKind::Introducer,
];

/// The kind of a provider that signs up by itself.
///
/// # Errors
/// When it must be added by whoever runs the service.
pub fn check_own_kind(kind: OrganisationKind) -> Result<(), Refusal> {
    if OWN_KINDS.contains(&kind) { Ok(()) } else { Err(Refusal::NotByOneself) }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::Gives;
    use super::*;
    use crate::ids::MailedLinkId;

    fn link(now: DateTime<Utc>) -> Link {
        Link {
            id: MailedLinkId::new(1),
            email: "anna@example.org".to_owned(),
            user: None,
            gives: Gives::OwnChange,
            made_by: None,
            created_at: now,
            expires_at: now + TimeDelta::hours(1),
            used: false,
            withdrawn: false,
        }
    }

    #[test]
    fn a_link_is_good_once_and_for_its_time() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let good = link(now);
        assert_eq!(check_good(&good, now + TimeDelta::minutes(59)), Ok(()));
        assert_eq!(check_good(&good, now + TimeDelta::hours(1)), Err(Refusal::RunOut));
        assert_eq!(check_good(&Link { used: true, ..good.clone() }, now), Err(Refusal::Used));
        assert_eq!(check_good(&Link { withdrawn: true, ..good.clone() }, now), Err(Refusal::Withdrawn));
        assert_eq!(check_address(&good, "anna@example.org"), Ok(()));
        assert_eq!(check_address(&good, "ben@example.org"), Err(Refusal::AnotherAddress));
    }

    #[test]
    fn councils_have_officers_and_nobody_founds_one_by_themself() {
        assert_eq!(check_role(Role::Officer, true), Ok(()));
        assert_eq!(check_role(Role::Officer, false), Err(Refusal::RoleDoesNotFit));
        assert_eq!(check_role(Role::Coordinator, true), Err(Refusal::RoleDoesNotFit));
        assert_eq!(check_own_kind(OrganisationKind::Charity), Ok(()));
        assert_eq!(check_own_kind(OrganisationKind::Council), Err(Refusal::NotByOneself));
        assert_eq!(check_own_kind(OrganisationKind::Trust), Err(Refusal::NotByOneself));
    }
}
