//! Who may say what of a service, and what may be shown.

use super::Review;
use crate::auth::rights::{Actor, CouncilOfficer, Spokesperson};
use crate::error::Error;

/// Why something cannot be done with a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing of the service was confirmed.
    #[error("Only who used this service can say how it was: confirm what was given first.")]
    NotUsed,
    /// Whoever writes it works for the provider.
    #[error("You work for this provider, so somebody else must write for the person.")]
    OwnProvider,
    /// It was decided on.
    #[error("This review was decided on before.")]
    Decided,
    /// A refusal without a reason.
    #[error("Say why it is not shown: whoever wrote it reads this.")]
    NoReason,
    /// It is not shown.
    #[error("Only a review that is shown can be answered.")]
    NotShown,
    /// There is an answer.
    #[error("It was answered before. A review is answered once.")]
    Answered,
    /// The officer has to do with the provider.
    #[error("You work for the provider, so a colleague must decide.")]
    NotApart,
    /// Nobody else speaks for the provider.
    #[error("Only somebody who runs the daily work of the provider may answer.")]
    NotProvider,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Decided | Refusal::NotShown | Refusal::Answered => Self::Conflict(refusal.to_string()),
            Refusal::NotApart | Refusal::NotProvider | Refusal::OwnProvider => Self::Forbidden(refusal.to_string()),
            Refusal::NoReason => crate::error::Invalid::field("reason", refusal.to_string()).into(),
            Refusal::NotUsed => Self::Refused(refusal.to_string()),
        }
    }
}

/// The right of an officer to decide on a review: of the person's council, who has to do with neither side.
///
/// # Errors
/// Forbidden, for everybody else who sees it.
pub fn may_decide(actor: &Actor, review: &Review) -> Result<CouncilOfficer, Error> {
    let officer = actor.uninvolved_officer(review.person, review.council)?;
    if actor.works_for(review.provider) { Err(Refusal::NotApart.into()) } else { Ok(officer) }
}

/// Whether a review waits for a decision, and a refusal has its reason.
///
/// # Errors
/// When it was decided on, or the reason is missing.
pub fn check_decision(review: &Review, shown: bool, reason: &str) -> Result<(), Refusal> {
    if review.decision.is_some() {
        return Err(Refusal::Decided);
    }
    if !shown && reason.is_empty() { Err(Refusal::NoReason) } else { Ok(()) }
}

/// The right to answer a review for the provider.
///
/// # Errors
/// Forbidden, for everybody else who sees it.
pub fn may_reply(actor: &Actor, review: &Review) -> Result<Spokesperson, Refusal> {
    actor.speaks_for(review.provider).ok_or(Refusal::NotProvider)
}

/// Whether a review can be answered: when it is shown, once.
///
/// # Errors
/// Why not.
pub fn check_reply(review: &Review) -> Result<(), Refusal> {
    match (&review.decision, &review.reply) {
        (_, Some(_)) => Err(Refusal::Answered),
        (Some(decision), None) if decision.shown => Ok(()),
        _ => Err(Refusal::NotShown),
    }
}

/// Whether somebody sees a review: whoever sees the person's plan, an officer of their council, and the provider once it is
/// shown. Whoever handles a council's money needs no words about care.
#[must_use]
pub fn sees(actor: &Actor, review: &Review) -> bool {
    let shown = review.decision.as_ref().is_some_and(|decision| decision.shown);
    actor.may::<crate::auth::rights::SeePlan>(review.person)
        || actor.officer_of(review.council).is_ok()
        || (shown && actor.providers().contains(&review.provider))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::auth::rights::{Membership, Role};
    use crate::ids::{OrganisationId, PersonId, ReviewId, ServiceId};
    use crate::reviews::Decision;

    fn review(shown: Option<bool>) -> Review {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        Review {
            id: ReviewId::new(1),
            person: PersonId::new(7),
            council: OrganisationId::new(1),
            service: ServiceId::new(3),
            service_name: String::new(),
            provider: OrganisationId::new(2),
            provider_name: String::new(),
            number: 1,
            marks: [5; 4],
            words: String::new(),
            at,
            decision: shown.map(|shown| Decision { shown, reason: String::new(), at }),
            reply: None,
        }
    }

    fn member(organisation: i64, role: Role) -> Membership {
        Membership {
            organisation: OrganisationId::new(organisation),
            name: String::new(),
            roles: vec![role],
            is_council: organisation == 1,
            is_provider: organisation == 2,
            is_holder: false,
            is_broker: false,
        }
    }

    #[test]
    fn a_review_is_decided_on_once_and_answered_once_when_it_is_shown() {
        assert_eq!(check_decision(&review(None), true, ""), Ok(()));
        assert_eq!(check_decision(&review(None), false, ""), Err(Refusal::NoReason));
        assert_eq!(check_decision(&review(Some(true)), true, ""), Err(Refusal::Decided));
        assert_eq!(check_reply(&review(None)), Err(Refusal::NotShown));
        assert_eq!(check_reply(&review(Some(false))), Err(Refusal::NotShown));
        assert_eq!(check_reply(&review(Some(true))), Ok(()));
        let answered = Review { reply: Some(String::new()), ..review(Some(true)) };
        assert_eq!(check_reply(&answered), Err(Refusal::Answered));
    }

    #[test]
    fn the_provider_sees_what_is_shown_and_no_officer_decides_about_their_own() {
        let provider = Actor::for_test(None, vec![member(2, Role::Coordinator)], vec![]);
        assert!(sees(&provider, &review(Some(true))));
        assert!(!sees(&provider, &review(None)) && !sees(&provider, &review(Some(false))));
        assert!(may_reply(&provider, &review(Some(true))).is_ok());
        let officer = Actor::for_test(None, vec![member(1, Role::Officer)], vec![]);
        assert!(sees(&officer, &review(None)) && may_decide(&officer, &review(None)).is_ok());
        assert!(may_reply(&officer, &review(Some(true))).is_err());
        let both = Actor::for_test(None, vec![member(1, Role::Officer), member(2, Role::Coordinator)], vec![]);
        assert!(may_decide(&both, &review(None)).is_err());
        let own = Actor::for_test(Some(PersonId::new(7)), vec![member(1, Role::Officer)], vec![]);
        assert!(may_decide(&own, &review(None)).is_err(), "an officer who is the person");
    }
}
