//! Who may say what of a service, and what may be shown.

use super::{Decision, NewDecision, Reply, Review};
use crate::auth::rights::{Actor, CouncilOfficer, Spokesperson};
use crate::error::{Error, Invalid};
use crate::ids::ReviewReplyId;

/// Why something cannot be done with a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing of the service was confirmed.
    #[error("Only who used this service can say how it was: confirm what was given first.")]
    NotUsed,
    /// Whoever writes it works for the provider.
    #[error("You work for this provider, so somebody else must write for the person.")]
    OwnProvider,
    /// The words tell whose they are.
    #[error(
        "Take out {0}. Everybody reads this on the page of the service, and nobody is to learn from it who wrote it."
    )]
    Tells(&'static str),
    /// An answer tells a way past this service.
    #[error("Take out {0}. Everybody reads your answer on the page of the service.")]
    ReplyReaches(&'static str),
    /// An answer tells who wrote the review.
    #[error(
        "This answer holds {0} of who wrote the review, so it cannot be shown. Do not say so in your reason: the provider reads that."
    )]
    ReplyTells(&'static str),
    /// It was decided on.
    #[error("It was decided so before.")]
    Decided,
    /// A refusal without a reason.
    #[error("Say why it is not shown: whoever wrote it reads this.")]
    NoReason,
    /// A second decision without a reason.
    #[error("Say why it is decided anew: whoever wrote it reads this.")]
    NoReasonAnew,
    /// A later version took its place.
    #[error("A later version took the place of this one.")]
    Replaced,
    /// It was taken back.
    #[error("This was taken back by whoever wrote it.")]
    Withdrawn,
    /// There are too many versions.
    #[error("You have said how it was many times already, and each of them is read. What you said last stays.")]
    TooOften,
    /// It is not shown.
    #[error("Only a review that is shown can be answered.")]
    NotShown,
    /// There is an answer.
    #[error("It was answered before. A review is answered once.")]
    Answered,
    /// There is no such answer, or no longer.
    #[error("There is another answer now. Look at it again.")]
    NoReply,
    /// The officer has to do with the provider.
    #[error("You work for the provider, so a colleague must decide.")]
    NotApart,
    /// Nobody else speaks for the provider.
    #[error("Only somebody who runs the daily work of the provider may answer.")]
    NotProvider,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        use Refusal as R;
        let field = match refusal {
            R::Decided | R::Replaced | R::Withdrawn | R::NotShown | R::Answered | R::NoReply => {
                return Self::Conflict(refusal.to_string());
            }
            R::NotApart | R::NotProvider | R::OwnProvider => return Self::Forbidden(refusal.to_string()),
            R::NotUsed | R::TooOften => return Self::Refused(refusal.to_string()),
            R::NoReason | R::NoReasonAnew => "reason",
            R::Tells(_) => "words",
            R::ReplyReaches(_) => "text",
            R::ReplyTells(_) => "answer_decision",
        };
        Invalid::field(field, refusal.to_string()).into()
    }
}

impl Refusal {
    /// The same about the answer of a provider, which has fields of its own.
    #[must_use]
    pub fn of_answer(self) -> Error {
        match self {
            Self::NoReason | Self::NoReasonAnew => Invalid::field("answer_reason", self.to_string()).into(),
            other => other.into(),
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

/// Whether a review may be decided on so: for the first time, or anew with a reason.
///
/// # Errors
/// When it stands no more, is decided so already, or a reason is missing.
pub fn check_decision(review: &Review, new: &NewDecision) -> Result<(), Refusal> {
    check_stands(review)?;
    check_decided(review.decision.as_ref(), new)
}

/// Whether the answer to a review may be decided on so. `who` is what it tells of who wrote the review: the provider itself is
/// never told that it does, by which it could try out names.
///
/// # Errors
/// As [`check_decision`]; when it is to be shown and tells who wrote the review.
pub fn check_reply_decision(
    review: &Review,
    reply: ReviewReplyId,
    who: Option<&'static str>,
    new: &NewDecision,
) -> Result<(), Refusal> {
    check_stands(review)?;
    let reply = review.reply.as_ref().filter(|newest| newest.id == reply).ok_or(Refusal::NoReply)?;
    check_decided(reply.decision.as_ref(), new)?;
    who.filter(|_| new.shown).map_or(Ok(()), |who| Err(Refusal::ReplyTells(who)))
}

fn check_decided(before: Option<&Decision>, new: &NewDecision) -> Result<(), Refusal> {
    match before {
        Some(before) if before.shown == new.shown => Err(Refusal::Decided),
        _ if !new.reason.is_empty() => Ok(()),
        _ if !new.shown => Err(Refusal::NoReason),
        Some(_) => Err(Refusal::NoReasonAnew),
        None => Ok(()),
    }
}

/// Whether a review is what the person says now, and so can be taken back.
///
/// # Errors
/// When it was taken back, or a later version took its place.
pub fn check_stands(review: &Review) -> Result<(), Refusal> {
    match (review.withdrawn, review.replaced) {
        (true, _) => Err(Refusal::Withdrawn),
        (_, true) => Err(Refusal::Replaced),
        _ => Ok(()),
    }
}

/// The right to answer a review for the provider.
///
/// # Errors
/// Forbidden, for everybody else who sees it.
pub fn may_reply(actor: &Actor, review: &Review) -> Result<Spokesperson, Refusal> {
    actor.speaks_for(review.provider).ok_or(Refusal::NotProvider)
}

/// Whether a review can be answered: when it is shown, once; again only where the answer before is not shown.
///
/// # Errors
/// Why not.
pub fn check_reply(review: &Review) -> Result<(), Refusal> {
    let before = review.reply.as_ref().map(|reply| &reply.decision);
    match before {
        _ if !review.is_shown() => Err(Refusal::NotShown),
        None => Ok(()),
        Some(Some(decision)) if !decision.shown => Ok(()),
        Some(_) => Err(Refusal::Answered),
    }
}

/// Whether somebody sees a review: whoever sees the person's plan, an officer of their council, and the provider while it is
/// shown. Whoever handles a council's money needs no words about care.
#[must_use]
pub fn sees(actor: &Actor, review: &Review) -> bool {
    actor.may::<crate::auth::rights::SeePlan>(review.person)
        || actor.officer_of(review.council).is_ok()
        || (review.is_shown() && actor.providers().contains(&review.provider))
}

/// Whether somebody who sees a review sees what the provider answered: before it is let through, the officers who decide and
/// the provider itself.
#[must_use]
pub fn sees_reply(actor: &Actor, review: &Review, reply: &Reply) -> bool {
    reply.is_shown() || actor.officer_of(review.council).is_ok() || actor.providers().contains(&review.provider)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::auth::rights::{Membership, Role};
    use crate::ids::{OrganisationId, PersonId, ReviewId, ServiceId, UserId};

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
            by_user: UserId::new(1),
            at,
            decision: shown.map(decision),
            reply: None,
            replaced: false,
            withdrawn: false,
        }
    }

    fn decision(shown: bool) -> Decision {
        Decision { shown, reason: String::new(), at: DateTime::<Utc>::UNIX_EPOCH }
    }

    fn answered(shown: Option<bool>) -> Review {
        let (id, at) = (ReviewReplyId::new(4), DateTime::<Utc>::UNIX_EPOCH);
        let reply = Reply { id, text: String::new(), at, decision: shown.map(decision) };
        Review { reply: Some(reply), ..review(Some(true)) }
    }

    fn new(shown: bool, reason: &str) -> NewDecision {
        NewDecision { shown, reason: reason.to_owned() }
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
    fn a_review_is_decided_on_and_later_decided_anew_with_a_reason() {
        assert_eq!(check_decision(&review(None), &new(true, "")), Ok(()));
        assert_eq!(check_decision(&review(None), &new(false, "")), Err(Refusal::NoReason));
        assert_eq!(check_decision(&review(Some(true)), &new(true, "x")), Err(Refusal::Decided));
        assert_eq!(check_decision(&review(Some(true)), &new(false, "")), Err(Refusal::NoReason));
        assert_eq!(check_decision(&review(Some(true)), &new(false, "It names somebody.")), Ok(()));
        assert_eq!(check_decision(&review(Some(false)), &new(true, "")), Err(Refusal::NoReasonAnew));
        assert_eq!(check_decision(&review(Some(false)), &new(true, "Read again.")), Ok(()));
        let replaced = Review { replaced: true, ..review(Some(true)) };
        let withdrawn = Review { withdrawn: true, ..review(Some(true)) };
        for (gone, why) in [(replaced, Refusal::Replaced), (withdrawn, Refusal::Withdrawn)] {
            assert_eq!(check_decision(&gone, &new(false, "x")), Err(why));
            assert_eq!(check_stands(&gone), Err(why));
            assert_eq!(check_reply(&gone), Err(Refusal::NotShown));
            assert!(!gone.is_shown() && !gone.waits());
        }
        assert_eq!(check_stands(&review(None)), Ok(()), "what waits can be taken back as well");
    }

    #[test]
    fn a_review_that_is_shown_is_answered_once_and_anew_where_the_answer_is_not_shown() {
        assert_eq!(check_reply(&review(None)), Err(Refusal::NotShown));
        assert_eq!(check_reply(&review(Some(false))), Err(Refusal::NotShown));
        assert_eq!(check_reply(&review(Some(true))), Ok(()));
        assert_eq!(check_reply(&answered(None)), Err(Refusal::Answered));
        assert_eq!(check_reply(&answered(Some(true))), Err(Refusal::Answered));
        assert_eq!(check_reply(&answered(Some(false))), Ok(()));
    }

    #[test]
    fn an_answer_is_decided_on_like_a_review_and_never_shown_when_it_tells_who_wrote_it() {
        let id = ReviewReplyId::new(4);
        assert!(answered(None).reply_waits() && !answered(Some(true)).reply_waits());
        assert_eq!(check_reply_decision(&answered(None), id, None, &new(true, "")), Ok(()));
        assert_eq!(check_reply_decision(&answered(None), id, None, &new(false, "")), Err(Refusal::NoReason));
        assert_eq!(check_reply_decision(&answered(Some(true)), id, None, &new(false, "x")), Ok(()));
        let told = Some("the name");
        let shown = check_reply_decision(&answered(None), id, told, &new(true, ""));
        assert_eq!(shown, Err(Refusal::ReplyTells("the name")));
        assert_eq!(check_reply_decision(&answered(None), id, told, &new(false, "x")), Ok(()));
        let other = ReviewReplyId::new(5);
        assert_eq!(check_reply_decision(&answered(None), other, None, &new(true, "")), Err(Refusal::NoReply));
        let person = Actor::for_test(Some(PersonId::new(7)), vec![], vec![]);
        let provider = Actor::for_test(None, vec![member(2, Role::Coordinator)], vec![]);
        let officer = Actor::for_test(None, vec![member(1, Role::Officer)], vec![]);
        for (shown, actors) in
            [(None, [false, true, true]), (Some(true), [true; 3]), (Some(false), [false, true, true])]
        {
            let review = answered(shown);
            let seen =
                [&person, &provider, &officer].map(|actor| sees_reply(actor, &review, review.reply.as_ref().unwrap()));
            assert_eq!(seen, actors, "{shown:?}");
        }
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
