//! Who may give authority to whom, how far, and who may end it: no database, no clock.

pub mod offers;

use chrono::NaiveDate;

use super::{Cause, GivenMandate, Matter, Recorder};
use crate::auth::rights::{Actor, Approval, Authority, Scopes};
use crate::calendar;
use crate::error::{Error, Invalid};
use crate::ids::UserId;
use crate::people::Person;

/// Why a mandate cannot be recorded or ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Authority for oneself.
    #[error("This is your own address. Nobody records authority for themselves: ask another officer.")]
    Yourself,
    /// Authority of the person for the person.
    #[error("{0} needs no mandate for themselves.")]
    ThePerson(String),
    /// Neither the person nor an officer.
    #[error("Only the person, or an officer of their council, may say who acts for them.")]
    NotForYou,
    /// A legal authority, recorded by the person.
    #[error("An officer of your council records this authority, because it needs papers: {0}.")]
    OnlyAnOfficer(&'static str),
    /// Consent, recorded by somebody else.
    #[error("{0} gives this authority themself: they sign in here. An officer cannot give it for them.")]
    OnlyThePerson(String),
    /// Nothing shows that it was given.
    #[error("Say what you have seen that shows this authority, or send it as a file.")]
    EvidenceMissing,
    /// A scope that the authority does not reach.
    #[error("This authority does not reach so far: it cannot {0}.")]
    Beyond(String),
    /// A mandate for nothing.
    #[error("Choose at least one thing that the mandate is for.")]
    Nothing,
    /// A chooser who does not see what they choose.
    #[error("Who chooses or signs must see the plan and the money as well. Tick both.")]
    Blind,
    /// An approver who sees no bills.
    #[error("Who approves bills must see the money as well. Tick it.")]
    BlindApproval,
    /// Somebody who does not work there.
    #[error("Whoever signs in with this address does not work for this organisation.")]
    NotAMember,
    /// An organisation that acts for nobody.
    #[error("Only a broker or a trust acts for people as an organisation.")]
    NotAnAgent,
    /// It begins after the person has died.
    #[error("{0} has died. Nobody can be given authority to act for them.")]
    Died(String),
    /// It would be over before it begins.
    #[error("This mandate would be over already. Enter a last day that has not passed.")]
    Past,
    /// It is over.
    #[error("This mandate is over already.")]
    Over,
    /// Somebody else's.
    #[error("Only the person, an officer of their council, or whoever holds this mandate may end it.")]
    NotYoursToEnd,
    /// Somebody else than the person.
    #[error("Only the person says what is kept from somebody who acts for them.")]
    OnlyThePersonHides,
    /// A day that has not come.
    #[error("Enter a day that has come already.")]
    Future,
}

impl Refusal {
    /// The field of the form that it is about.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Yourself | Self::ThePerson(_) => "email",
            Self::NotAnAgent => "organisation",
            Self::EvidenceMissing => "evidence_note",
            Self::Beyond(_) | Self::Nothing | Self::Blind | Self::BlindApproval => "see_plan",
            Self::Past => "to",
            _ => "",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::NotForYou
            | Refusal::OnlyAnOfficer(_)
            | Refusal::OnlyThePerson(_)
            | Refusal::NotYoursToEnd
            | Refusal::OnlyThePersonHides => Self::Forbidden(sentence),
            Refusal::Over => Self::Conflict(sentence),
            other => Invalid::field(other.field(), sentence).into(),
        }
    }
}

/// As whom somebody may say who acts for a person.
///
/// # Errors
/// When they may not.
pub fn recorder(actor: &Actor, person: &Person) -> Result<Recorder, Refusal> {
    let is_officer = actor.council_officer().is_ok_and(|officer| officer.council() == person.council);
    match (actor.person() == Some(person.id), is_officer) {
        (true, _) => Ok(Recorder::Person),
        (_, true) => Ok(Recorder::Officer),
        _ => Err(Refusal::NotForYou),
    }
}

/// Nobody gives authority to themselves, and nobody needs it for themselves.
///
/// # Errors
/// When it is one of both.
pub fn check_who(by: UserId, to: UserId, person: &Person) -> Result<(), Refusal> {
    if person.user == Some(to) {
        return Err(Refusal::ThePerson(person.name.clone()));
    }
    if by == to { Err(Refusal::Yourself) } else { Ok(()) }
}

/// Checks who records which authority: the person what they consent to, an officer what rests on papers. Somebody who has
/// no sign-in says it to an officer; an independent advocate is the council's duty to find (Care Act 2014 s.67).
///
/// # Errors
/// Who records it instead.
pub fn check_recorder(by: Recorder, authority: Authority, person: &Person) -> Result<(), Refusal> {
    match (by, authority.is_by_consent()) {
        (Recorder::Person, false) => Err(Refusal::OnlyAnOfficer(authority.words())),
        (Recorder::Officer, true) if person.user.is_some() && authority != Authority::Advocate => {
            Err(Refusal::OnlyThePerson(person.name.clone()))
        }
        _ => Ok(()),
    }
}

/// What an officer records must rest on something that was seen; what the person gives, they give.
///
/// # Errors
/// When nothing is said.
pub fn check_evidence(by: Recorder, note: &str, has_file: bool) -> Result<(), Refusal> {
    let shown = by == Recorder::Person || has_file || !note.is_empty();
    if shown { Ok(()) } else { Err(Refusal::EvidenceMissing) }
}

/// Checks how far a mandate goes: never beyond its authority, and nobody acts on what they do not see.
///
/// # Errors
/// What does not fit.
pub fn check_scopes(authority: Authority, scopes: &Scopes) -> Result<(), Refusal> {
    let words = scopes.words();
    if words.is_empty() {
        return Err(Refusal::Nothing);
    }
    if !scopes.within(&authority.most()) {
        let most = authority.most().words();
        let beyond: Vec<String> = words.into_iter().filter(|word| !reaches(&most, word)).collect();
        return Err(Refusal::Beyond(beyond.join(", ")));
    }
    if (scopes.choose || scopes.sign) && !(scopes.see_plan && scopes.see_money) {
        return Err(Refusal::Blind);
    }
    let approves = scopes.approve > Approval::Nothing;
    if approves && !scopes.see_money { Err(Refusal::BlindApproval) } else { Ok(()) }
}

/// Whether the words for the most that an authority reaches have these among them, whatever the amount.
fn reaches(most: &[String], word: &str) -> bool {
    let start = |words: &str| words.split(" of ").next().unwrap_or_default().to_owned();
    most.iter().any(|known| start(known) == start(word))
}

/// Checks the days of a mandate.
///
/// # Errors
/// When it would be over already, or the person has died.
pub fn check_days(
    person: &Person,
    died_on: Option<NaiveDate>,
    authority: Authority,
    to: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<(), Refusal> {
    if died_on.is_some() && !authority.outlives_the_person() {
        return Err(Refusal::Died(person.name.clone()));
    }
    if to.is_some_and(|to| to < today) { Err(Refusal::Past) } else { Ok(()) }
}

/// Why a mandate would end if this actor ended it now.
///
/// # Errors
/// When they may not, or it is over.
pub fn may_end(actor: &Actor, person: &Person, given: &GivenMandate, today: NaiveDate) -> Result<Cause, Refusal> {
    let cause = match recorder(actor, person) {
        Ok(Recorder::Person) => Cause::TakenBack,
        _ if actor.user() == given.user => Cause::GivenUp,
        Ok(Recorder::Officer) => Cause::EndedByCouncil,
        Err(_) => return Err(Refusal::NotYoursToEnd),
    };
    if given.is_over(today) { Err(Refusal::Over) } else { Ok(cause) }
}

/// Whether somebody sees every mandate of a person; whoever holds one sees that one.
#[must_use]
pub fn sees_all(actor: &Actor, person: &Person) -> bool {
    actor.person() == Some(person.id) || actor.councils().contains(&person.council)
}

/// Whether an actor sees a mandate: the person, their council, whoever holds it.
#[must_use]
pub fn sees(actor: &Actor, person: &Person, given: &GivenMandate) -> bool {
    sees_all(actor, person) || given.user == actor.user() || actor.mandates().iter().any(|held| held.id == given.id)
}

/// Whether an actor sees the papers on which a mandate rests: not everybody at the council who sees that there is one.
#[must_use]
pub fn sees_evidence(actor: &Actor, person: &Person, given: &GivenMandate) -> bool {
    recorder(actor, person).is_ok()
        || given.user == actor.user()
        || actor.mandates().iter().any(|held| held.id == given.id)
}

/// Only the person says what is kept from a mandate, and only they see what is.
///
/// # Errors
/// When it is somebody else.
pub fn may_hide(actor: &Actor, person: &Person) -> Result<(), Refusal> {
    if actor.person() == Some(person.id) { Ok(()) } else { Err(Refusal::OnlyThePersonHides) }
}

/// Whether what was found about somebody's capacity ends the mandates that rest on the lack of it. A decision about
/// something else than money and care leaves them as they are.
#[must_use]
pub fn gives_back(about: Matter, has_capacity: bool) -> bool {
    has_capacity && about != Matter::Other
}

/// Checks a day that must have come: of a death, of a decision.
///
/// # Errors
/// When it has not.
pub fn check_past(day: Option<NaiveDate>, today: NaiveDate) -> Result<(), Refusal> {
    if day.is_some_and(|day| day > today) { Err(Refusal::Future) } else { Ok(()) }
}

/// Whether and until when a mandate holds, in a word and a tone.
#[must_use]
pub fn state(given: &GivenMandate, today: NaiveDate) -> (String, &'static str) {
    match &given.ending {
        Some(ending) => {
            let day = calendar::full(calendar::london(ending.at).date());
            (format!("Ended on {day}: {}", ending.cause.words()), "plain")
        }
        None if given.holds_on(today) => ("Holds now".to_owned(), "good"),
        None if given.from > today => ("Not begun".to_owned(), "waiting"),
        None => ("Over: its last day has passed".to_owned(), "plain"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{OrganisationId, PersonId};
    use crate::money::Pence;
    use crate::people::Address;

    fn person(user: Option<i64>) -> Person {
        Person {
            id: PersonId::new(7),
            user: user.map(UserId::new),
            reference: String::new(),
            name: "Pat Person".to_owned(),
            address: Address::default(),
            council: OrganisationId::new(1),
            fictional: true,
        }
    }

    #[test]
    fn the_person_gives_what_they_consent_to_and_an_officer_records_what_rests_on_papers() {
        for authority in Authority::ALL.iter().copied() {
            let consent = authority.is_by_consent();
            let by = |recorder, user| check_recorder(recorder, authority, &person(user)).is_ok();
            assert_eq!(by(Recorder::Person, Some(2)), consent, "{authority:?}");
            assert_eq!(by(Recorder::Officer, Some(2)), !consent || authority == Authority::Advocate, "{authority:?}");
            assert!(by(Recorder::Officer, None), "{authority:?}: somebody without a sign-in says it to an officer");
        }
        assert!(check_evidence(Recorder::Officer, "", false).is_err());
        assert!(check_evidence(Recorder::Officer, "Court order of 2 June", false).is_ok());
        assert!(check_evidence(Recorder::Person, "", false).is_ok());
    }

    #[test]
    fn nobody_gives_authority_to_themselves() {
        let pat = person(Some(2));
        assert_eq!(check_who(UserId::new(3), UserId::new(3), &pat), Err(Refusal::Yourself));
        assert!(matches!(check_who(UserId::new(2), UserId::new(2), &pat), Err(Refusal::ThePerson(_))));
        assert_eq!(check_who(UserId::new(3), UserId::new(4), &pat), Ok(()));
    }

    #[test]
    fn scopes_never_go_beyond_the_authority() {
        for authority in Authority::ALL.iter().copied() {
            assert_eq!(check_scopes(authority, &authority.usual()), Ok(()), "{authority:?}");
        }
        let care = Scopes { see_plan: true, choose: true, ..Authority::Appointee.most() };
        let refused = check_scopes(Authority::Appointee, &care).unwrap_err().to_string();
        assert!(refused.contains("see the plan and the support, choose and order"), "{refused}");
        let approving = Scopes { approve: Approval::UpTo(Pence::from_pence(1)), ..Authority::Advocate.most() };
        assert!(check_scopes(Authority::Advocate, &approving).unwrap_err().to_string().contains("£0.01"));
    }

    #[test]
    fn nobody_acts_on_what_they_do_not_see() {
        let all = Authority::Attorney.most();
        assert_eq!(check_scopes(Authority::Attorney, &Scopes { see_plan: false, ..all }), Err(Refusal::Blind));
        let bills = Scopes { see_plan: false, see_money: false, choose: false, sign: false, ..all };
        assert_eq!(check_scopes(Authority::Attorney, &bills), Err(Refusal::BlindApproval));
        let nothing = Scopes { approve: Approval::Nothing, ..bills };
        assert_eq!(check_scopes(Authority::Attorney, &nothing), Err(Refusal::Nothing));
    }

    #[test]
    fn after_a_death_only_trustees_can_be_recorded() {
        let (pat, today) = (person(None), "2026-11-02".parse().unwrap());
        let days = |authority| check_days(&pat, Some(today), authority, None, today);
        assert!(days(Authority::Trustee).is_ok());
        assert!(days(Authority::Attorney).is_err());
        let yesterday = "2026-11-01".parse().ok();
        assert_eq!(check_days(&pat, None, Authority::Carer, yesterday, today), Err(Refusal::Past));
    }
}
