//! Who asks for a second factor to be taken away, who confirms it, when it is done.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Owner, Removal, Right, State};
use crate::auth::rights::Role;
use crate::error::Error;
use crate::ids::{OrganisationId, UserId};
use crate::organisations::Member;
use crate::people::Person;

/// How long the owner has to stop it.
pub const COOLING_OFF: TimeDelta = TimeDelta::days(2);

/// Why a step is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No administrator.
    #[error("Only an administrator of this organisation may ask for this.")]
    NotAdmin,
    /// An officer of another council.
    #[error("Only an officer of this person’s council may ask for this.")]
    NotTheirOfficer,
    /// One's own.
    #[error("You cannot ask for this yourself. Ask another administrator.")]
    OwnFactor,
    /// Nothing to take away.
    #[error("{0} has no second factor. They sign in with their password alone.")]
    NoFactor(String),
    /// Those of their organisation know them.
    #[error("{0} works for an organisation. One of its administrators asks for this.")]
    AskedThere(String),
    /// A council's own people are known to the council alone.
    #[error("{0} works for a council as well. One of its administrators asks for this.")]
    AskedAtCouncil(String),
    /// Another one is on its way.
    #[error("This is asked for already. Let it come, or stop it first.")]
    OneAtATime,
    /// The same administrator.
    #[error("You asked for this. Another administrator must confirm it.")]
    OwnRequest,
    /// It went on.
    #[error("This {0}. Look at it again.")]
    NotNow(&'static str),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::NotAdmin | Refusal::NotTheirOfficer | Refusal::OwnRequest => Self::Forbidden(sentence),
            Refusal::OneAtATime | Refusal::NotNow(_) => Self::Conflict(sentence),
            _ => Self::Refused(sentence),
        }
    }
}

/// Checks that somebody may ask for it now.
///
/// # Errors
/// Why not.
pub fn check_ask(right: &Right, owner: &Owner, removals: &[Removal]) -> Result<(), Refusal> {
    let at_council = owner.places.iter().any(|(_, is_council)| *is_council);
    let of_this = |place: &(OrganisationId, bool)| place.0 == right.organisation() && place.1;
    match right {
        _ if right.user() == owner.user => return Err(Refusal::OwnFactor),
        Right::Officer(..) if !owner.places.is_empty() => return Err(Refusal::AskedThere(owner.name.clone())),
        Right::Admin(_) if at_council && !owner.places.iter().any(of_this) => {
            return Err(Refusal::AskedAtCouncil(owner.name.clone()));
        }
        _ => {}
    }
    if !owner.has_factor {
        return Err(Refusal::NoFactor(owner.name.clone()));
    }
    if removals.iter().any(Removal::is_open) { Err(Refusal::OneAtATime) } else { Ok(()) }
}

/// Whether an administrator is another one, who could confirm it. Where there is one, it must be confirmed; an officer
/// confirms by having checked who it is.
#[must_use]
pub fn is_another(right: &Right, owner: UserId, admin: UserId) -> bool {
    matches!(right, Right::Admin(_)) && admin != right.user() && admin != owner
}

/// Checks that somebody who has the right may confirm it.
///
/// # Errors
/// Why not.
pub fn check_confirm(removal: &Removal, by: UserId) -> Result<(), Refusal> {
    match removal.state() {
        State::Asked if removal.asked.user == Some(by) => Err(Refusal::OwnRequest),
        State::Asked if removal.user == by => Err(Refusal::OwnFactor),
        State::Asked => Ok(()),
        State::CoolingOff(_) => Err(Refusal::NotNow("is confirmed already")),
        State::Stopped => Err(Refusal::NotNow("was stopped")),
        State::Done(_) => Err(Refusal::NotNow("is done already")),
    }
}

/// Checks that it can still be stopped.
///
/// # Errors
/// Why not.
pub fn check_stop(removal: &Removal) -> Result<(), Refusal> {
    match removal.state() {
        State::Asked | State::CoolingOff(_) => Ok(()),
        State::Stopped => Err(Refusal::NotNow("was stopped already")),
        State::Done(_) => Err(Refusal::NotNow("is done already")),
    }
}

/// Whether those who asked and confirmed could do so today as well, and for the same owner. For a person it was the officers
/// of their council, whose members these are; `person` is the one whose record it concerns.
#[must_use]
pub fn still_asked(removal: &Removal, members: &[Member], person: Option<&Person>) -> bool {
    let (role, is_theirs) = match person {
        None => (Role::Admin, members.iter().any(|member| member.user == removal.user)),
        Some(person) => (Role::Officer, person.user == Some(removal.user) && person.council == removal.organisation),
    };
    let may = |user: UserId| members.iter().any(|member| member.user == user && member.does(role));
    let confirmed_by = removal.confirmed.as_ref().and_then(|(step, _)| step.user);
    is_theirs && removal.asked.user.into_iter().chain(confirmed_by).all(may)
}

/// Whether it is to be done at an instant.
#[must_use]
pub fn is_due(removal: &Removal, now: DateTime<Utc>) -> bool {
    matches!(removal.state(), State::CoolingOff(from) if from <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rights::{Actor, Membership};
    use crate::ids::{PersonId, RemovalId};
    use crate::lost_factors::Step;

    const OWNER: UserId = UserId::new(5);

    /// The actor of the tests is user 1.
    fn right(role: Role, organisation: i64) -> Right {
        let organisation = OrganisationId::new(organisation);
        let membership = Membership {
            organisation,
            name: "Example".to_owned(),
            roles: vec![role],
            is_council: role == Role::Officer,
            is_provider: false,
            is_holder: false,
            is_broker: false,
        };
        let actor = Actor::for_test(None, vec![membership], vec![]);
        match role {
            Role::Officer => Right::Officer(actor.council_officer().unwrap(), PersonId::new(9)),
            _ => Right::Admin(actor.admin_of(organisation).unwrap()),
        }
    }

    fn owner(places: &[(i64, bool)]) -> Owner {
        let places = places.iter().map(|(id, council)| (OrganisationId::new(*id), *council)).collect();
        Owner { user: OWNER, name: "Ola".to_owned(), email: String::new(), has_factor: true, places }
    }

    fn step(user: i64) -> Step {
        let at = DateTime::UNIX_EPOCH;
        Step { user: Some(UserId::new(user)), name: String::new(), note: String::new(), at }
    }

    fn asked(by: i64) -> Removal {
        Removal {
            id: RemovalId::new(1),
            user: OWNER,
            organisation: OrganisationId::new(2),
            person: None,
            asked: step(by),
            confirmed: None,
            stopped: None,
            done: None,
        }
    }

    #[test]
    fn those_ask_who_know_them() {
        let (admin, officer) = (right(Role::Admin, 2), right(Role::Officer, 1));
        assert_eq!(check_ask(&admin, &owner(&[(2, false)]), &[]), Ok(()));
        assert_eq!(check_ask(&officer, &owner(&[]), &[]), Ok(()));
        assert!(matches!(check_ask(&officer, &owner(&[(2, false)]), &[]), Err(Refusal::AskedThere(_))));
        let both = owner(&[(2, false), (1, true)]);
        assert!(matches!(check_ask(&admin, &both, &[]), Err(Refusal::AskedAtCouncil(_))));
        assert_eq!(check_ask(&right(Role::Admin, 1), &both, &[]), Ok(()));
        let own = Owner { user: UserId::new(1), ..owner(&[(2, false)]) };
        assert_eq!(check_ask(&admin, &own, &[]), Err(Refusal::OwnFactor));
        let none = Owner { has_factor: false, ..owner(&[(2, false)]) };
        assert!(matches!(check_ask(&admin, &none, &[]), Err(Refusal::NoFactor(_))));
        assert_eq!(check_ask(&admin, &owner(&[(2, false)]), &[asked(1)]), Err(Refusal::OneAtATime));
    }

    #[test]
    fn another_administrator_confirms_where_there_is_one() {
        let another = |right: &Right, admin: i64| is_another(right, OWNER, UserId::new(admin));
        assert!(another(&right(Role::Admin, 2), 3));
        assert!(!another(&right(Role::Admin, 2), 1), "whoever asks cannot");
        assert!(!another(&right(Role::Admin, 2), 5), "the owner cannot");
        assert!(!another(&right(Role::Officer, 1), 3), "an officer has checked it");
        assert_eq!(check_confirm(&asked(1), UserId::new(1)), Err(Refusal::OwnRequest));
        assert_eq!(check_confirm(&asked(1), OWNER), Err(Refusal::OwnFactor));
        assert_eq!(check_confirm(&asked(1), UserId::new(3)), Ok(()));
    }

    #[test]
    fn it_is_done_after_two_days_unless_it_is_stopped() {
        let from = DateTime::UNIX_EPOCH + COOLING_OFF;
        let mut removal = Removal { confirmed: Some((step(3), from)), ..asked(1) };
        assert!(!is_due(&removal, from - TimeDelta::seconds(1)) && is_due(&removal, from));
        assert_eq!(check_confirm(&removal, UserId::new(4)), Err(Refusal::NotNow("is confirmed already")));
        removal.stopped = Some(step(5));
        assert!(!is_due(&removal, from) && check_stop(&removal).is_err());
        let done = Removal { done: Some(from), stopped: None, ..removal };
        assert!(!is_due(&done, from) && check_stop(&done).is_err() && !done.is_open());
    }
}
