//! Complaints: who must answer, who sees them, who may do what with them, and what follows from it.

use chrono::NaiveDate;

use crate::auth::rights::{Actor, Mandate, Membership, Role, Spokesperson};
use crate::concerns::{Complaint, ComplaintStatus, Deed, Offered, Whom};
use crate::error::Error;
use crate::ids::{OrganisationId, PersonId, UserId};

/// Why something cannot be done with a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither the person nor somebody who acts for them.
    #[error("Only the person, or somebody who acts for them, may do this.")]
    NotForThem,
    /// Not the one who must answer.
    #[error("Only somebody who speaks for the one who was asked may do this.")]
    NotAsked,
    /// Both sides at once.
    #[error("You act for the person, so a colleague must answer.")]
    BothSides,
    /// A complaint of the person's own, settled by somebody else.
    #[error("The person raised this complaint themselves, so only they can say that it is settled.")]
    NotYours,
    /// It was acknowledged or answered already.
    #[error("Somebody has said already that it was received.")]
    AcknowledgedAlready,
    /// It was answered already.
    #[error("It is answered already. You can still write.")]
    AnsweredAlready,
    /// It is with somebody outside.
    #[error("It was taken outside already.")]
    OutsideAlready,
    /// It is over.
    #[error("It is settled. Raise a new complaint if something is wrong again.")]
    Settled,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::NotForThem | Refusal::NotAsked | Refusal::BothSides | Refusal::NotYours => {
                Self::Forbidden(sentence)
            }
            _ => Self::Refused(sentence),
        }
    }
}

/// Who must answer what is said about somebody: they themselves, where they are an organisation that can be asked; the
/// council for what it does, what it decides, and whom it lets act for a person.
#[must_use]
pub const fn responsible(whom: Whom, council: OrganisationId) -> OrganisationId {
    match whom {
        Whom::Provider(organisation) | Whom::Holder(organisation) => organisation,
        Whom::Council | Whom::Decision | Whom::Representative(..) => council,
    }
}

/// Whom an actor may complain about out of those who have to do with a person: anybody but themselves.
#[must_use]
pub fn offered_to(user: UserId, all: Vec<Offered>) -> Vec<Offered> {
    all.into_iter().filter(|offered| offered.whom.user() != Some(user)).collect()
}

/// Whether a complaint is about somebody's own acting for the person: about them, or about the organisation for which they
/// hold their mandate.
fn is_about(whom: Whom, mandate: &Mandate) -> bool {
    matches!(whom, Whom::Representative(_, Some(organisation)) if mandate.organisation == Some(organisation))
}

/// As what somebody sees a complaint; nobody else knows that there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// As the person, or as somebody who acts for them.
    pub person: bool,
    /// As the one who was asked first, or who must answer now.
    pub organisation: bool,
    /// As the council.
    pub council: bool,
}

/// The organisations whose complaints an actor sees: councils as officer, in safeguarding or as a reader (money needs no
/// complaints: domain reference 1.3), others as who runs the daily work or reads.
#[must_use]
pub fn organisations(actor: &Actor) -> Vec<OrganisationId> {
    let sees = |found: &&Membership| {
        let roles = if found.is_council {
            [Role::Officer, Role::Safeguarding, Role::Reader]
        } else {
            [Role::Coordinator, Role::Coordinator, Role::Reader]
        };
        found.does(&roles)
    };
    actor.memberships().iter().filter(sees).map(|found| found.organisation).collect()
}

/// What an actor is to a complaint; nothing for somebody whom it is about, whatever else they are, and for everybody who
/// has no part in it.
#[must_use]
pub fn sight(actor: &Actor, complaint: &Complaint) -> Option<Sight> {
    if complaint.whom.user() == Some(actor.user()) {
        return None;
    }
    let theirs = organisations(actor);
    let mandate = |held: &Mandate| held.person == complaint.person && !is_about(complaint.whom, held);
    let sight = Sight {
        person: actor.person() == Some(complaint.person) || actor.mandates().iter().any(mandate),
        organisation: theirs.contains(&complaint.asked) || theirs.contains(&complaint.with),
        council: theirs.contains(&complaint.council),
    };
    (sight.person || sight.organisation || sight.council).then_some(sight)
}

/// Who an actor is when they say something on the person's side, in words.
///
/// # Errors
/// When they are not on that side.
pub fn on_the_persons_side(actor: &Actor, complaint: &Complaint) -> Result<String, Refusal> {
    sight(actor, complaint).filter(|sight| sight.person).ok_or(Refusal::NotForThem)?;
    standing(actor, complaint.person).ok_or(Refusal::NotForThem)
}

/// By what authority somebody stands for a person, in words; nothing when they do not.
#[must_use]
pub fn standing(actor: &Actor, person: PersonId) -> Option<String> {
    if actor.person() == Some(person) {
        return Some("the person".to_owned());
    }
    let held = actor.mandates().iter().find(|mandate| mandate.person == person)?;
    Some(format!("{} under mandate {}", held.authority.words(), held.id))
}

/// The right to answer for whoever must answer now; never for somebody who also acts for the person.
///
/// # Errors
/// Who may, in a sentence.
pub fn may_answer(actor: &Actor, complaint: &Complaint) -> Result<Spokesperson, Refusal> {
    if actor.stands_for(complaint.person) {
        return Err(Refusal::BothSides);
    }
    actor.speaks_for(complaint.with).ok_or(Refusal::NotAsked)
}

/// By what authority somebody writes into the thread, in words: the person's side, who was asked first, who must answer now.
///
/// # Errors
/// Who may, in a sentence.
pub fn may_write(actor: &Actor, complaint: &Complaint) -> Result<String, Refusal> {
    if let Ok(authority) = on_the_persons_side(actor, complaint) {
        return Ok(authority);
    }
    let speaks = actor.speaks_for(complaint.with).or_else(|| actor.speaks_for(complaint.asked));
    speaks.map(|right| right.authority()).ok_or(Refusal::NotAsked)
}

/// By what authority somebody says that it is settled: the person; a mandate only where the person did not raise it, so
/// that nobody closes a person's own complaint for them.
///
/// # Errors
/// Who may, in a sentence.
pub fn may_settle(actor: &Actor, complaint: &Complaint, persons_user: Option<UserId>) -> Result<String, Refusal> {
    let authority = on_the_persons_side(actor, complaint)?;
    let own = actor.person() == Some(complaint.person);
    if own || persons_user != Some(complaint.raised_by) { Ok(authority) } else { Err(Refusal::NotYours) }
}

/// Where a complaint is after a deed, and with whom.
///
/// # Errors
/// Why the deed does not fit how far it has come.
pub fn after(complaint: &Complaint, deed: Deed) -> Result<(ComplaintStatus, OrganisationId), Refusal> {
    use ComplaintStatus::{Acknowledged, Answered, Escalated, Outside, Settled};
    let (status, with) = (complaint.status, complaint.with);
    match (deed, status) {
        (_, Settled) => Err(Refusal::Settled),
        (Deed::Message, _) => Ok((status, with)),
        (Deed::Acknowledged, _) if !status.waits_to_be_acknowledged() => Err(Refusal::AcknowledgedAlready),
        (Deed::Acknowledged, _) => Ok((Acknowledged, with)),
        (Deed::Answered, _) if !status.waits_for_answer() => Err(Refusal::AnsweredAlready),
        (Deed::Answered, _) => Ok((Answered, with)),
        (Deed::Escalated | Deed::Overdue, _) => Ok((Escalated, complaint.council)),
        (Deed::Outside, Outside) => Err(Refusal::OutsideAlready),
        (Deed::Outside, _) => Ok((Outside, with)),
        (Deed::Settled, _) => Ok((Settled, with)),
        (Deed::Raised, _) => Ok((status, with)),
    }
}

/// Where taking a complaint on leads: to the council, and from the council outside.
#[must_use]
pub fn next_stage(complaint: &Complaint) -> Deed {
    if complaint.is_with_council() || complaint.status == ComplaintStatus::Outside {
        Deed::Outside
    } else {
        Deed::Escalated
    }
}

/// Whether the time to answer is over and nobody has answered.
#[must_use]
pub fn is_overdue(complaint: &Complaint, today: NaiveDate) -> bool {
    complaint.status.waits_for_answer() && complaint.deadlines.answer_by < today
}

/// Whether the time to say that it was received is over and nobody has said so.
#[must_use]
pub fn is_unacknowledged(complaint: &Complaint, today: NaiveDate) -> bool {
    complaint.status.waits_to_be_acknowledged() && complaint.deadlines.acknowledge_by < today
}

/// Whether the clock takes a complaint on to the council: it is not answered in time by somebody else.
#[must_use]
pub fn goes_to_council(complaint: &Complaint, today: NaiveDate) -> bool {
    is_overdue(complaint, today) && !complaint.is_with_council()
}

/// Whether a complaint waits for an actor, and for what, in words: for an answer, or to be settled or taken on.
#[must_use]
pub fn waits_for(actor: &Actor, complaint: &Complaint) -> Option<&'static str> {
    if complaint.status.waits_for_answer() && may_answer(actor, complaint).is_ok() {
        return Some("Answer it");
    }
    let answered = complaint.status == ComplaintStatus::Answered;
    let own = actor.person() == Some(complaint.person) || complaint.raised_by == actor.user();
    (answered && own && on_the_persons_side(actor, complaint).is_ok()).then_some("Read the answer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rights::Authority;
    use crate::calendar::parse_date;
    use crate::concerns::rules::limits::deadlines;
    use crate::ids::{ComplaintId, MandateId};

    const COUNCIL: OrganisationId = OrganisationId::new(1);
    const PROVIDER: OrganisationId = OrganisationId::new(2);
    const BROKERAGE: OrganisationId = OrganisationId::new(3);
    const PERSON: PersonId = PersonId::new(7);

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    fn complaint(whom: Whom) -> Complaint {
        let with = responsible(whom, COUNCIL);
        Complaint {
            id: ComplaintId::new(1),
            person: PERSON,
            council: COUNCIL,
            whom,
            about_words: String::new(),
            thing: None,
            thing_words: String::new(),
            asked: with,
            with,
            status: ComplaintStatus::Raised,
            raised_by: UserId::new(50),
            raised_on: day("2026-11-02"),
            deadlines: deadlines(day("2026-11-02")),
            version: 1,
        }
    }

    fn member(organisation: OrganisationId, role: Role) -> Membership {
        Membership {
            organisation,
            name: "Example".to_owned(),
            roles: vec![role],
            is_council: organisation == COUNCIL,
            is_provider: organisation == PROVIDER,
            is_holder: false,
            is_broker: false,
        }
    }

    fn holding(organisation: Option<OrganisationId>) -> Mandate {
        Mandate {
            id: MandateId::new(5),
            person: PERSON,
            person_name: "Pat".to_owned(),
            organisation,
            authority: Authority::Attorney,
            scopes: Authority::Attorney.usual(),
            until: None,
            hidden: vec![],
        }
    }

    fn works(organisation: OrganisationId, role: Role) -> Actor {
        Actor::for_test(None, vec![member(organisation, role)], vec![])
    }

    #[test]
    fn who_is_complained_about_answers_unless_nobody_would_ask_them() {
        assert_eq!(responsible(Whom::Provider(PROVIDER), COUNCIL), PROVIDER);
        assert_eq!(responsible(Whom::Holder(PROVIDER), COUNCIL), PROVIDER);
        for whom in [Whom::Council, Whom::Decision, Whom::Representative(UserId::new(9), Some(PROVIDER))] {
            assert_eq!(responsible(whom, COUNCIL), COUNCIL);
        }
    }

    #[test]
    fn only_the_sides_of_a_complaint_see_it() {
        let about = complaint(Whom::Provider(PROVIDER));
        let sees = |actor: &Actor| sight(actor, &about).is_some();
        assert!(sees(&Actor::for_test(Some(PERSON), vec![], vec![])));
        assert!(sees(&Actor::for_test(None, vec![], vec![holding(None)])));
        assert!(sees(&works(PROVIDER, Role::Coordinator)) && sees(&works(PROVIDER, Role::Reader)));
        assert!(sees(&works(COUNCIL, Role::Officer)) && sees(&works(COUNCIL, Role::Safeguarding)));
        assert!(!sees(&works(COUNCIL, Role::Finance)) && !sees(&works(COUNCIL, Role::Admin)));
        assert!(!sees(&works(PROVIDER, Role::Finance)) && !sees(&works(BROKERAGE, Role::Coordinator)));
        assert!(!sees(&Actor::for_test(Some(PersonId::new(8)), vec![], vec![])));
    }

    #[test]
    fn whom_it_is_about_sees_nothing_of_it_whatever_else_they_are() {
        // The actor of the tests is user 1.
        let about = complaint(Whom::Representative(UserId::new(1), None));
        let themself = Actor::for_test(None, vec![member(COUNCIL, Role::Officer)], vec![holding(None)]);
        assert_eq!(sight(&themself, &about), None);
        let colleague = Actor::for_test(None, vec![], vec![holding(Some(BROKERAGE))]);
        let of_brokerage = complaint(Whom::Representative(UserId::new(9), Some(BROKERAGE)));
        assert_eq!(sight(&colleague, &of_brokerage), None, "nor who acts for the same organisation");
        let other = Actor::for_test(None, vec![], vec![holding(None)]);
        assert!(sight(&other, &of_brokerage).is_some());
    }

    #[test]
    fn who_acts_for_the_person_answers_nothing() {
        let about = complaint(Whom::Provider(PROVIDER));
        let both = Actor::for_test(None, vec![member(PROVIDER, Role::Coordinator)], vec![holding(None)]);
        assert_eq!(may_answer(&both, &about), Err(Refusal::BothSides));
        assert!(may_answer(&works(PROVIDER, Role::Coordinator), &about).is_ok());
        assert_eq!(may_answer(&works(PROVIDER, Role::Reader), &about), Err(Refusal::NotAsked));
        assert_eq!(may_answer(&works(COUNCIL, Role::Officer), &about), Err(Refusal::NotAsked), "not its turn yet");
    }

    #[test]
    fn nobody_settles_a_persons_own_complaint_but_the_person() {
        let (about, persons_user) = (complaint(Whom::Council), Some(UserId::new(50)));
        let person = Actor::for_test(Some(PERSON), vec![], vec![]);
        let attorney = Actor::for_test(None, vec![], vec![holding(None)]);
        assert!(may_settle(&person, &about, persons_user).is_ok());
        assert_eq!(may_settle(&attorney, &about, persons_user), Err(Refusal::NotYours));
        assert!(may_settle(&attorney, &about, Some(UserId::new(51))).is_ok(), "a mandate raised it");
        assert_eq!(may_settle(&works(COUNCIL, Role::Officer), &about, persons_user), Err(Refusal::NotForThem));
    }

    #[test]
    fn a_complaint_goes_to_the_council_and_from_there_outside() {
        let mut about = complaint(Whom::Provider(PROVIDER));
        assert_eq!(next_stage(&about), Deed::Escalated);
        assert_eq!(after(&about, Deed::Escalated), Ok((ComplaintStatus::Escalated, COUNCIL)));
        (about.status, about.with) = (ComplaintStatus::Escalated, COUNCIL);
        assert_eq!(next_stage(&about), Deed::Outside);
        assert_eq!(after(&about, Deed::Acknowledged), Ok((ComplaintStatus::Acknowledged, COUNCIL)));
        about.status = ComplaintStatus::Outside;
        assert_eq!(after(&about, Deed::Outside), Err(Refusal::OutsideAlready));
        about.status = ComplaintStatus::Settled;
        for deed in Deed::ALL {
            assert_eq!(after(&about, *deed), Err(Refusal::Settled));
        }
    }

    #[test]
    fn nothing_is_acknowledged_or_answered_twice() {
        let mut about = complaint(Whom::Provider(PROVIDER));
        about.status = ComplaintStatus::Acknowledged;
        assert_eq!(after(&about, Deed::Acknowledged), Err(Refusal::AcknowledgedAlready));
        about.status = ComplaintStatus::Answered;
        assert_eq!(after(&about, Deed::Answered), Err(Refusal::AnsweredAlready));
        assert_eq!(after(&about, Deed::Settled), Ok((ComplaintStatus::Settled, PROVIDER)));
    }

    #[test]
    fn the_clock_takes_on_what_is_not_answered_in_time_and_nothing_else() {
        let about = complaint(Whom::Provider(PROVIDER));
        assert_eq!(about.deadlines.answer_by, day("2026-11-16"));
        assert!(!goes_to_council(&about, day("2026-11-16")));
        assert!(goes_to_council(&about, day("2026-11-17")));
        let answered = Complaint { status: ComplaintStatus::Answered, ..about };
        assert!(!goes_to_council(&answered, day("2027-11-17")));
        assert!(
            !goes_to_council(&complaint(Whom::Council), day("2027-11-17")),
            "there is nowhere further to go by itself"
        );
        assert!(is_overdue(&complaint(Whom::Council), day("2027-11-17")));
    }
}
