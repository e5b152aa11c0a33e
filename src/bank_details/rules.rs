//! Who drafts, confirms and stops new bank details, when they hold, and whom they keep from paying.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::{Change, State};
use crate::auth::rights::{Actor, Role};
use crate::calendar;
use crate::error::Error;
use crate::ids::{OrganisationId, UserId};
use crate::organisations::Member;

/// How many days pass between the confirmation and the day on which new details hold, by the day of the confirmation.
const COOLING_OFF_DAYS: [(NaiveDate, i64); 1] = [(NaiveDate::MIN, 3)];

/// Why a step is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither handles money nor administers.
    #[error("Only whoever handles the money of this organisation or administers it may change where it is paid.")]
    NotKeeper,
    /// Another change is on its way.
    #[error("A change is on its way already. Let it come, or stop it first.")]
    OneAtATime,
    /// The same person.
    #[error("You drafted this change. Somebody else must confirm it: {0}.")]
    OwnDraft(String),
    /// Somebody else confirms.
    #[error("This change is confirmed by {0}.")]
    SomebodyElseConfirms(String),
    /// It went on.
    #[error("This change {0}. Look at it again.")]
    NotNow(&'static str),
    /// Not an administrator.
    #[error("Only an administrator of this organisation, or whoever drafted it, may stop a change.")]
    NotStopper,
    /// Whoever changes where somebody is paid does not pay them.
    #[error(
        "You have taken part in new bank details of {0} that do not hold yet. Somebody else records payments to them until then."
    )]
    ChangesPayee(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::OneAtATime | Refusal::NotNow(_) => Self::Conflict(sentence),
            _ => Self::Forbidden(sentence),
        }
    }
}

/// The right to keep an organisation's bank details, and to see them in full: administers it or handles its money.
#[must_use]
pub fn keeps(actor: &Actor, organisation: OrganisationId) -> bool {
    let own = actor.memberships().iter().find(|place| place.organisation == organisation);
    own.is_some_and(|place| place.does(&[Role::Admin, Role::Finance]))
}

/// Who of an organisation besides one user could confirm.
fn others(members: &[Member], than: UserId) -> Vec<&Member> {
    let keeps = |member: &&Member| member.does(Role::Admin) || member.does(Role::Finance);
    members.iter().filter(|member| member.user != than).filter(keeps).collect()
}

/// Checks that a change can be drafted.
///
/// # Errors
/// When one is on its way.
pub fn check_draft(changes: &[Change], now: DateTime<Utc>) -> Result<(), Refusal> {
    if changes.iter().any(|change| change.is_open(now)) { Err(Refusal::OneAtATime) } else { Ok(()) }
}

/// The authority under which somebody confirms a change, in words: another member who keeps the details; where there is
/// none, an officer of the council of the place.
///
/// # Errors
/// Who confirms instead, or that it went on.
pub fn confirm(
    change: &Change,
    members: &[Member],
    (user, keeps, officer): (UserId, bool, Option<String>),
    now: DateTime<Utc>,
) -> Result<String, Refusal> {
    match change.state(now) {
        State::Drafted => {}
        State::CoolingOff(_) | State::Holds(_) => return Err(Refusal::NotNow("is confirmed already")),
        State::Stopped => return Err(Refusal::NotNow("was stopped")),
    }
    let others = others(members, change.drafted.user);
    let who = match others.as_slice() {
        [] => "an officer of the council, because nobody else of the organisation could".to_owned(),
        some => some.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    if user == change.drafted.user {
        return Err(Refusal::OwnDraft(who));
    }
    match officer {
        _ if keeps => Ok("another member".to_owned()),
        Some(authority) if others.is_empty() => Ok(authority),
        _ => Err(Refusal::SomebodyElseConfirms(who)),
    }
}

/// When a change that is confirmed now begins to hold.
#[must_use]
pub fn holds_from(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = calendar::london(now).date();
    let days = COOLING_OFF_DAYS.iter().rev().find(|(from, _)| *from <= today).map_or(3, |(_, days)| *days);
    now + TimeDelta::days(days)
}

/// Checks that somebody may stop a change, and that it has not begun to hold.
///
/// # Errors
/// Why not.
pub fn stop(change: &Change, (user, is_admin): (UserId, bool), now: DateTime<Utc>) -> Result<(), Refusal> {
    if !is_admin && change.drafted.user != user {
        return Err(Refusal::NotStopper);
    }
    match change.state(now) {
        State::Drafted | State::CoolingOff(_) => Ok(()),
        State::Holds(_) => Err(Refusal::NotNow("holds already")),
        State::Stopped => Err(Refusal::NotNow("was stopped already")),
    }
}

/// The details that hold at an instant: those of the newest change that does.
#[must_use]
pub fn current(changes: &[Change], now: DateTime<Utc>) -> Option<&Change> {
    let since = |change: &&Change| match change.state(now) {
        State::Holds(since) => Some(since),
        _ => None,
    };
    changes.iter().filter(|change| since(change).is_some()).max_by_key(since)
}

/// Checks that whoever records a payment has no part in new bank details of the one who is paid.
///
/// # Errors
/// When they have, and those do not hold yet.
pub fn check_payer(payee: &str, changes: &[Change], payer: UserId, now: DateTime<Utc>) -> Result<(), Refusal> {
    let took_part = |change: &Change| {
        change.drafted.user == payer || change.confirmed.as_ref().is_some_and(|(step, _)| step.user == payer)
    };
    match changes.iter().any(|change| change.is_open(now) && took_part(change)) {
        true => Err(Refusal::ChangesPayee(payee.to_owned())),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank_details::{BankDetails, Step};
    use crate::ids::BankChangeId;
    use crate::organisations::Held;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(day)
    }

    fn step(user: i64, day: i64) -> Step {
        Step {
            user: UserId::new(user),
            name: format!("Member {user}"),
            authority: String::new(),
            reason: String::new(),
            at: at(day),
        }
    }

    fn drafted(user: i64) -> Change {
        let details =
            BankDetails { name: "Home Care".to_owned(), sort_code: "123456".to_owned(), number: "12345678".to_owned() };
        Change {
            id: BankChangeId::new(1),
            organisation: OrganisationId::new(1),
            details,
            drafted: step(user, 0),
            confirmed: None,
            stopped: None,
        }
    }

    fn member(user: i64, role: Role) -> Member {
        let roles = vec![Held { role, since: at(0) }];
        Member { user: UserId::new(user), name: format!("Member {user}"), email: String::new(), roles }
    }

    #[test]
    fn masks_show_the_last_digits_alone() {
        let details = drafted(1).details;
        assert_eq!(details.masked(), "Home Care, sort code ••-••-56, account ••••5678");
        assert_eq!(details.full(), "Home Care, sort code 12-34-56, account 12345678");
        assert!(!format!("{details:?}").contains("12345678"));
    }

    #[test]
    fn somebody_else_confirms() {
        let two = [member(1, Role::Finance), member(2, Role::Admin), member(3, Role::Coordinator)];
        let confirm = |members: &[Member], user, keeps, officer: Option<&str>| {
            super::confirm(&drafted(1), members, (UserId::new(user), keeps, officer.map(str::to_owned)), at(1))
        };
        assert_eq!(confirm(&two, 1, true, None), Err(Refusal::OwnDraft("Member 2".to_owned())));
        assert!(confirm(&two, 2, true, None).is_ok());
        assert!(confirm(&two, 3, false, None).is_err());
        assert!(confirm(&two, 9, false, Some("officer")).is_err(), "an officer only where nobody else could");
        assert!(confirm(&two[..1], 9, false, Some("officer")).is_ok());
        assert!(matches!(confirm(&two[..1], 1, true, Some("officer")), Err(Refusal::OwnDraft(_))));
    }

    #[test]
    fn a_change_holds_after_three_days_unless_it_is_stopped() {
        let mut change = drafted(1);
        change.confirmed = Some((step(2, 1), holds_from(at(1))));
        assert_eq!(change.state(at(3)), State::CoolingOff(at(4)));
        assert_eq!(change.state(at(4)), State::Holds(at(4)));
        assert_eq!(stop(&change, (UserId::new(3), false), at(2)), Err(Refusal::NotStopper));
        assert_eq!(stop(&change, (UserId::new(3), true), at(2)), Ok(()));
        assert!(stop(&change, (UserId::new(3), true), at(4)).is_err());
        assert_eq!(current(&[change.clone()], at(3)), None);
        assert_eq!(current(&[change.clone()], at(4)).map(|found| found.id), Some(change.id));
        change.stopped = Some(step(3, 2));
        assert_eq!(change.state(at(9)), State::Stopped);
        assert_eq!(current(&[change], at(9)), None);
    }

    #[test]
    fn whoever_takes_part_does_not_pay_until_it_holds() {
        let mut change = drafted(1);
        let pays = |change: &Change, user, day| {
            check_payer("Home Care", std::slice::from_ref(change), UserId::new(user), at(day)).is_ok()
        };
        assert!(!pays(&change, 1, 1) && pays(&change, 2, 1));
        change.confirmed = Some((step(2, 1), at(4)));
        assert!(!pays(&change, 1, 3) && !pays(&change, 2, 3) && pays(&change, 1, 4));
        change.confirmed = None;
        change.stopped = Some(step(2, 1));
        assert!(pays(&change, 1, 2));
    }
}
