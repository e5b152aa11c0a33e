//! Safeguarding: who sees a concern, and in which order it is decided. The law is the Care Act 2014, section 42: where there
//! is reasonable cause to suspect abuse or neglect, the council makes enquiries.

use crate::auth::rights::{Actor, SafeguardingMember};
use crate::concerns::{Step, Subject};
use crate::error::Error;
use crate::ids::PersonId;

/// Why something cannot be written to a concern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is closed.
    #[error("It is closed. Raise a new concern if there is something new.")]
    Closed,
    /// Nobody has decided.
    #[error("Decide first whether an enquiry is made, then close it.")]
    Undecided,
    /// Somebody has judged it.
    #[error("Somebody has judged this signal already.")]
    Judged,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal.to_string())
    }
}

/// Whether a safeguarding person sees something: only of their own council, and never what concerns themselves: not when
/// they are the person or act for them, not when it is about them, nor about an organisation for which they work besides
/// the council.
#[must_use]
pub fn sees(actor: &Actor, right: &SafeguardingMember, subject: &Subject) -> bool {
    let own_organisation = |organisation| organisation != subject.council && actor.works_for(organisation);
    subject.council == right.council()
        && !actor.stands_for(subject.person)
        && subject.user != Some(actor.user())
        && !subject.organisation.is_some_and(own_organisation)
}

/// By what authority somebody saw what they raise, in words.
#[must_use]
pub fn saw_as(actor: &Actor, person: PersonId) -> String {
    if actor.person() == Some(person) {
        return "the person".to_owned();
    }
    if let Some(held) = actor.mandates().iter().find(|held| held.person == person) {
        return held.authority.words().to_owned();
    }
    let names: Vec<&str> = actor.memberships().iter().map(|found| found.name.as_str()).collect();
    format!("for {}", names.join(", "))
}

/// Whether a step fits after the others.
///
/// # Errors
/// Why it does not.
pub fn check_step(before: &[Step], step: Step) -> Result<(), Refusal> {
    if before.contains(&Step::Closed) {
        return Err(Refusal::Closed);
    }
    let decided = before.iter().any(|step| matches!(step, Step::Enquiry | Step::NoEnquiry));
    if step == Step::Closed && !decided { Err(Refusal::Undecided) } else { Ok(()) }
}

/// How far a concern has come, in words.
#[must_use]
pub fn state(steps: &[Step]) -> &'static str {
    if steps.contains(&Step::Closed) {
        return "Closed";
    }
    match steps.iter().rfind(|step| **step != Step::Note) {
        Some(Step::Enquiry) => "An enquiry is made",
        Some(_) => "No enquiry is made",
        None => "Waits for a decision",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rights::{Authority, Mandate, Membership, Role};
    use crate::ids::{MandateId, OrganisationId, UserId};

    const COUNCIL: OrganisationId = OrganisationId::new(1);
    const PERSON: PersonId = PersonId::new(7);

    fn member(organisation: i64, role: Role) -> Membership {
        Membership {
            organisation: OrganisationId::new(organisation),
            name: "Example".to_owned(),
            roles: vec![role],
            is_council: organisation < 10,
            is_provider: organisation >= 10,
            is_holder: false,
            is_broker: false,
        }
    }

    fn mandate() -> Mandate {
        Mandate {
            id: MandateId::new(5),
            person: PERSON,
            person_name: "Pat".to_owned(),
            organisation: None,
            authority: Authority::Attorney,
            scopes: Authority::Attorney.usual(),
            until: None,
            hidden: vec![],
        }
    }

    fn sees_it(actor: &Actor, subject: Subject) -> bool {
        actor.safeguarding().is_ok_and(|right| sees(actor, &right, &subject))
    }

    fn subject() -> Subject {
        Subject { council: COUNCIL, person: PERSON, user: None, organisation: None }
    }

    #[test]
    fn only_the_councils_own_safeguarding_people_see_a_concern() {
        let works = |organisation, role| Actor::for_test(None, vec![member(organisation, role)], vec![]);
        assert!(sees_it(&works(1, Role::Safeguarding), subject()));
        assert!(!sees_it(&works(2, Role::Safeguarding), subject()), "of another council");
        for role in [Role::Officer, Role::Finance, Role::Admin, Role::Auditor, Role::Reader] {
            assert!(!sees_it(&works(1, role), subject()), "{role:?}");
        }
    }

    #[test]
    fn none_of_them_sees_what_concerns_themselves() {
        let safeguarding = || vec![member(1, Role::Safeguarding)];
        assert!(!sees_it(&Actor::for_test(Some(PERSON), safeguarding(), vec![]), subject()));
        assert!(!sees_it(&Actor::for_test(None, safeguarding(), vec![mandate()]), subject()));
        let plain = Actor::for_test(None, safeguarding(), vec![]);
        // The actor of the tests is user 1.
        assert!(!sees_it(&plain, Subject { user: Some(UserId::new(1)), ..subject() }));
        assert!(sees_it(&plain, Subject { user: Some(UserId::new(2)), ..subject() }));
        let both = Actor::for_test(None, vec![member(1, Role::Safeguarding), member(10, Role::Reader)], vec![]);
        assert!(!sees_it(&both, Subject { organisation: Some(OrganisationId::new(10)), ..subject() }));
        assert!(sees_it(&both, Subject { organisation: Some(COUNCIL), ..subject() }), "somebody must see it");
    }

    #[test]
    fn a_concern_is_decided_before_it_is_closed_and_then_nothing_is_added() {
        assert_eq!(check_step(&[], Step::Closed), Err(Refusal::Undecided));
        assert_eq!(check_step(&[Step::Note, Step::NoEnquiry], Step::Closed), Ok(()));
        assert_eq!(check_step(&[Step::NoEnquiry], Step::Enquiry), Ok(()), "a decision can be made anew");
        assert_eq!(check_step(&[Step::Enquiry, Step::Closed], Step::Note), Err(Refusal::Closed));
        assert_eq!(state(&[Step::NoEnquiry, Step::Enquiry, Step::Note]), "An enquiry is made");
        assert_eq!(state(&[Step::Note]), "Waits for a decision");
    }
}
