//! Who gives whom which role, who pays what somebody approved, and when a trust's payment counts.

use super::{Confirmation, Member, PaymentSeen, Policy};
use crate::auth::rights::Role;
use crate::error::{Error, Invalid};
use crate::ids::UserId;
use crate::people::OrganisationKind;

/// Why membership, a policy or a payment is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not an administrator.
    #[error("Only an administrator of the organisation may do this.")]
    NotAdmin,
    /// Nobody would be left who says who belongs here.
    #[error("{0} is the last administrator. Make somebody else an administrator first.")]
    LastAdmin(String),
    /// An administrator gives themself the money.
    #[error(
        "You cannot let yourself handle the money. Ask another administrator: {0} people belong to this organisation."
    )]
    OwnFinance(usize),
    /// A role that such an organisation does not have.
    #[error("“{0}” is no role in this organisation.")]
    DoesNotFit(&'static str),
    /// They belong to it already.
    #[error("{0} belongs to the organisation already. Change the roles in the list of members.")]
    AlreadyMember(String),
    /// They do not belong to it.
    #[error("This person does not belong to the organisation any more. Look at the list again.")]
    NoMember,
    /// No role would be left.
    #[error("Choose at least one role, or end the membership.")]
    NoRole,
    /// Nobody signs in with this address.
    #[error("Nobody signs in with this e-mail address yet.")]
    NobodySignsIn,
    /// Whoever handles money would lift the rule that binds them.
    #[error(
        "You handle money here, so you cannot lift this rule. Ask another administrator, who does not handle money."
    )]
    OwnPolicy,
    /// A quorum is asked of a trust alone.
    #[error("Only a trust asks for more than one trustee.")]
    NoTrust,
    /// Whoever approved must not pay.
    #[error(
        "You approved this invoice, so somebody else who handles money at {organisation} records its payment: {others}."
    )]
    ApprovedIt {
        /// Where.
        organisation: String,
        /// Who may.
        others: String,
    },
    /// The same trustee again.
    #[error("You have said so already. Another trustee must say the same before the payment counts.")]
    SaidAlready,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::NotAdmin | Refusal::ApprovedIt { .. } => Self::Forbidden(sentence),
            Refusal::SaidAlready | Refusal::NoMember => Self::Conflict(sentence),
            Refusal::AlreadyMember(_) | Refusal::NobodySignsIn => Self::Invalid(Invalid::field("email", sentence)),
            Refusal::OwnPolicy => Self::Invalid(Invalid::field("separate_payments", sentence)),
            Refusal::NoTrust => Self::Invalid(Invalid::field("quorum", sentence)),
            _ => Self::Refused(sentence),
        }
    }
}

/// The roles that an organisation has, in the order of their list.
#[must_use]
pub fn roles_of(kind: OrganisationKind) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| role.fits(kind == OrganisationKind::Council)).collect()
}

/// What a role is called in an organisation: the members of a trust who handle its money are its trustees.
#[must_use]
pub fn role_words(kind: OrganisationKind, role: Role) -> &'static str {
    match (kind, role) {
        (OrganisationKind::Trust, Role::Finance) => "Trustee",
        _ => role.words(),
    }
}

/// What changes for somebody, and what is to be recorded of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Roles that they get.
    pub given: Vec<Role>,
    /// Roles that they lose.
    pub taken: Vec<Role>,
    /// What had to be said about it; empty when nothing.
    pub note: String,
}

/// What changes when somebody gets exactly these roles.
///
/// Nobody lets themself handle the money, except where nobody else could let them: that is recorded.
///
/// # Errors
/// Why it may not be so.
pub fn change_roles(
    kind: OrganisationKind,
    members: &[Member],
    by: UserId,
    who: (UserId, &str),
    wanted: &[Role],
) -> Result<Change, Refusal> {
    let (user, name) = who;
    if wanted.is_empty() {
        return Err(Refusal::NoRole);
    }
    if let Some(misfit) = wanted.iter().find(|role| !role.fits(kind == OrganisationKind::Council)) {
        return Err(Refusal::DoesNotFit(misfit.words()));
    }
    let held: Vec<Role> = roles_of_user(members, user);
    let given: Vec<Role> =
        Role::ALL.iter().copied().filter(|role| wanted.contains(role) && !held.contains(role)).collect();
    let taken: Vec<Role> = held.iter().copied().filter(|role| !wanted.contains(role)).collect();
    if taken.contains(&Role::Admin) {
        check_admin_left(members, user, name)?;
    }
    let mut note = String::new();
    if user == by && given.contains(&Role::Finance) {
        match (kind, members.len()) {
            (OrganisationKind::SoleTrader, _) => note = "Gave it to themself: a sole trader.".to_owned(),
            (_, 1) => note = "Gave it to themself: the only member.".to_owned(),
            (_, many) => return Err(Refusal::OwnFinance(many)),
        }
    }
    Ok(Change { given, taken, note })
}

/// What changes when somebody leaves.
///
/// # Errors
/// When they do not belong to it, or nobody would be left who says who does.
pub fn end(members: &[Member], user: UserId) -> Result<Change, Refusal> {
    let member = members.iter().find(|member| member.user == user).ok_or(Refusal::NoMember)?;
    if member.does(Role::Admin) {
        check_admin_left(members, user, &member.name)?;
    }
    Ok(Change { taken: roles_of_user(members, user), note: "The membership ended.".to_owned(), ..Change::default() })
}

fn roles_of_user(members: &[Member], user: UserId) -> Vec<Role> {
    let found = members.iter().find(|member| member.user == user);
    found.map(|member| member.roles.iter().map(|held| held.role).collect()).unwrap_or_default()
}

fn check_admin_left(members: &[Member], without: UserId, name: &str) -> Result<(), Refusal> {
    let left = members.iter().any(|member| member.user != without && member.does(Role::Admin));
    if left { Ok(()) } else { Err(Refusal::LastAdmin(name.to_owned())) }
}

/// Checks a new policy: whoever handles money does not lift the rule that binds them while somebody else could.
///
/// # Errors
/// Why it may not be set.
pub fn check_policy(
    kind: OrganisationKind,
    members: &[Member],
    by: UserId,
    before: Policy,
    wanted: Policy,
) -> Result<(), Refusal> {
    let lifts = before.separate_payments && !wanted.separate_payments;
    let handles_money = members.iter().any(|member| member.user == by && member.does(Role::Finance));
    if lifts && handles_money && members.len() > 1 {
        return Err(Refusal::OwnPolicy);
    }
    if wanted.quorum != before.quorum && kind != OrganisationKind::Trust {
        return Err(Refusal::NoTrust);
    }
    Ok(())
}

/// Whether somebody may record the payment of what they approved; if so, why, to be recorded where it is an exception.
///
/// # Errors
/// Who does it instead.
pub fn check_payer(
    organisation: &str,
    members: &[Member],
    policy: Policy,
    approved_by: Option<UserId>,
    payer: UserId,
) -> Result<Option<&'static str>, Refusal> {
    if approved_by != Some(payer) {
        return Ok(None);
    }
    let handles = |member: &&Member| member.user != payer && member.does(Role::Finance);
    let others: Vec<&str> = members.iter().filter(handles).map(|member| member.name.as_str()).collect();
    match (others.is_empty(), policy.separate_payments) {
        (true, _) => Ok(Some("nobody else there handles money")),
        (false, false) => Ok(Some("the organisation has lifted the rule that two people approve and pay")),
        (false, true) => Err(Refusal::ApprovedIt { organisation: organisation.to_owned(), others: others.join(", ") }),
    }
}

/// Those who said last that a payment was made as it is seen here, of those who are still trustees. The same trustee counts
/// once, by what they said last.
#[must_use]
pub fn agreed<'a>(said: &'a [Confirmation], members: &[Member], seen: &PaymentSeen) -> Vec<&'a Confirmation> {
    let trustee = |user: UserId| members.iter().any(|member| member.user == user && member.does(Role::Finance));
    let last = |one: &Confirmation| said.iter().rev().find(|other| other.user == one.user) == Some(one);
    said.iter().filter(|one| trustee(one.user) && one.seen == *seen && last(one)).collect()
}

/// Whether a payment counts once a trustee has said so as well.
///
/// # Errors
/// When they have said so already.
pub fn confirm(
    said: &[Confirmation],
    members: &[Member],
    by: UserId,
    seen: &PaymentSeen,
    quorum: i64,
) -> Result<bool, Refusal> {
    let agreed = agreed(said, members, seen);
    if agreed.iter().any(|one| one.user == by) {
        return Err(Refusal::SaidAlready);
    }
    Ok(i64::try_from(agreed.len()).unwrap_or(i64::MAX) + 1 >= quorum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisations::Held;

    fn member(user: i64, roles: &[Role]) -> Member {
        let since = chrono::DateTime::UNIX_EPOCH;
        Member {
            user: UserId::new(user),
            name: format!("Member {user}"),
            email: String::new(),
            roles: roles.iter().map(|role| Held { role: *role, since }).collect(),
        }
    }

    fn change(members: &[Member], by: i64, user: i64, wanted: &[Role]) -> Result<Change, Refusal> {
        let who = (UserId::new(user), "Somebody");
        change_roles(OrganisationKind::Company, members, UserId::new(by), who, wanted)
    }

    #[test]
    fn roles_are_given_and_taken_as_wanted() {
        let members = [member(1, &[Role::Admin]), member(2, &[Role::Coordinator])];
        let change = change(&members, 1, 2, &[Role::Finance, Role::Reader]).unwrap();
        assert_eq!((change.given, change.taken), (vec![Role::Finance, Role::Reader], vec![Role::Coordinator]));
        assert_eq!(super::tests::change(&members, 1, 2, &[]), Err(Refusal::NoRole));
        assert!(matches!(super::tests::change(&members, 1, 2, &[Role::Officer]), Err(Refusal::DoesNotFit(_))));
    }

    #[test]
    fn the_last_administrator_stays() {
        let members = [member(1, &[Role::Admin]), member(2, &[Role::Finance])];
        assert!(matches!(change(&members, 1, 1, &[Role::Reader]), Err(Refusal::LastAdmin(_))));
        assert!(matches!(end(&members, UserId::new(1)), Err(Refusal::LastAdmin(_))));
        assert_eq!(end(&members, UserId::new(2)).unwrap().taken, [Role::Finance]);
        assert_eq!(end(&members, UserId::new(3)), Err(Refusal::NoMember));
        let two = [member(1, &[Role::Admin]), member(2, &[Role::Admin])];
        assert!(end(&two, UserId::new(1)).is_ok());
    }

    #[test]
    fn nobody_lets_themself_handle_money_but_who_is_alone() {
        let two = [member(1, &[Role::Admin]), member(2, &[Role::Coordinator])];
        assert_eq!(change(&two, 1, 1, &[Role::Admin, Role::Finance]), Err(Refusal::OwnFinance(2)));
        let alone = [member(1, &[Role::Admin])];
        assert!(change(&alone, 1, 1, &[Role::Admin, Role::Finance]).unwrap().note.contains("only member"));
        let trader = change_roles(
            OrganisationKind::SoleTrader,
            &two,
            UserId::new(1),
            (UserId::new(1), "Somebody"),
            &[Role::Admin, Role::Finance],
        );
        assert!(trader.unwrap().note.contains("sole trader"));
        assert!(change(&two, 1, 2, &[Role::Coordinator, Role::Finance]).unwrap().note.is_empty());
    }

    #[test]
    fn who_approved_does_not_pay_while_another_could() {
        let (payer, other) = (UserId::new(1), UserId::new(2));
        let alone = [member(1, &[Role::Finance]), member(3, &[Role::Coordinator])];
        let two = [member(1, &[Role::Finance]), member(2, &[Role::Finance])];
        let lifted = Policy { separate_payments: false, ..Policy::default() };
        let check = |members, policy, approved| check_payer("Example", members, policy, approved, payer);
        assert_eq!(check(&two, Policy::default(), Some(other)), Ok(None));
        assert!(check(&alone, Policy::default(), Some(payer)).unwrap().is_some());
        assert!(check(&two, lifted, Some(payer)).unwrap().is_some());
        assert!(matches!(check(&two, Policy::default(), Some(payer)), Err(Refusal::ApprovedIt { .. })));
    }

    #[test]
    fn who_handles_money_does_not_lift_the_rule() {
        let two = [member(1, &[Role::Admin, Role::Finance]), member(2, &[Role::Admin])];
        let lifted = Policy { separate_payments: false, ..Policy::default() };
        let check = |members: &[Member], by| {
            check_policy(OrganisationKind::Company, members, UserId::new(by), Policy::default(), lifted)
        };
        assert_eq!(check(&two, 1), Err(Refusal::OwnPolicy));
        assert_eq!(check(&two, 2), Ok(()));
        assert_eq!(check(&two[..1], 1), Ok(()));
        let three = Policy { quorum: 3, ..Policy::default() };
        let quorum = |kind| check_policy(kind, &two, UserId::new(1), Policy::default(), three);
        assert_eq!(quorum(OrganisationKind::Company), Err(Refusal::NoTrust));
        assert_eq!(quorum(OrganisationKind::Trust), Ok(()));
    }

    fn said(user: i64, reference: &str) -> Confirmation {
        Confirmation {
            user: UserId::new(user),
            name: String::new(),
            seen: seen(reference),
            at: chrono::DateTime::UNIX_EPOCH,
        }
    }

    fn seen(reference: &str) -> PaymentSeen {
        PaymentSeen { version: 2, on: "2026-11-02".parse().unwrap(), reference: reference.to_owned() }
    }

    #[test]
    fn a_payment_counts_when_enough_trustees_say_the_same() {
        let members: Vec<Member> = (1..=3).map(|user| member(user, &[Role::Finance])).collect();
        let confirm =
            |said: &[Confirmation], by, reference| super::confirm(said, &members, UserId::new(by), &seen(reference), 2);
        assert_eq!(confirm(&[], 1, "A"), Ok(false));
        assert_eq!(confirm(&[said(1, "A")], 1, "A"), Err(Refusal::SaidAlready));
        assert_eq!(confirm(&[said(1, "A")], 2, "A"), Ok(true));
        assert_eq!(confirm(&[said(1, "A")], 2, "B"), Ok(false), "they do not say the same");
        assert_eq!(confirm(&[said(1, "A"), said(1, "B")], 2, "A"), Ok(false), "what was said last counts");
        assert_eq!(confirm(&[said(4, "A")], 2, "A"), Ok(false), "who is no trustee any more does not count");
    }
}
