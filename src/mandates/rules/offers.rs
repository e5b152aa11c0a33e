//! An offer of a mandate: who may be asked, until when they can say yes, and what must still be so when they do.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::{Refusal as NoMandate, check_days, check_evidence, check_recorder, check_scopes, check_who, recorder};
use crate::auth::rights::{Actor, Authority};
use crate::calendar;
use crate::error::{Error, Invalid};
use crate::ids::UserId;
use crate::mandates::{Offer, Outcome, Recorder};
use crate::people::Person;

/// For how many days an offer can be accepted. Whoever has no sign-in yet needs some days to get one; and what was seen that
/// shows the authority, and what the person wants, grow old: after a month somebody asks again.
pub const OPEN_FOR: u64 = 30;
/// So many offers are made for one person within a day: nobody's mailbox is filled from here. It counts the person's offers,
/// never an address's mails: how many there are of those would tell whether it signs in.
pub const MOST_IN_A_DAY: usize = 10;

/// Why an offer cannot be made, answered or taken back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What stands against the mandate itself.
    #[error(transparent)]
    Mandate(#[from] NoMandate),
    /// An offer to the same address for the same authority is open.
    #[error("You have asked at this address already, and it waits for their yes. Take that back first.")]
    AskedAlready,
    /// Too many offers in one day.
    #[error("Enough people were asked today. Go on tomorrow.")]
    Enough,
    /// Somebody else's yes or no.
    #[error("Only the one who was asked says yes or no.")]
    NotAsked,
    /// Somebody else's offer.
    #[error("Only the person, or an officer of their council, takes this back.")]
    NotYoursToTakeBack,
    /// It was answered or taken back.
    #[error("This is settled already: {0}.")]
    Settled(&'static str),
    /// Its time is over.
    #[error("It is too late to say yes: that could be done until {0}. Ask to be asked again.")]
    TooLate(String),
    /// It was found that the person can decide themself.
    #[error("{0} can decide themself again, so nobody is needed who decides for them.")]
    CanDecide(String),
    /// It was found that the person cannot decide any more.
    #[error(
        "Since {0} asked you, it was found that they cannot decide this themself. Ask an officer of their council."
    )]
    CannotDecide(String),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::Mandate(why) => why.into(),
            Refusal::AskedAlready => Invalid::field("email", sentence).into(),
            Refusal::Enough => Self::TooMany(sentence),
            Refusal::NotAsked | Refusal::NotYoursToTakeBack => Self::Forbidden(sentence),
            Refusal::Settled(_) => Self::Conflict(sentence),
            Refusal::TooLate(_) | Refusal::CanDecide(_) | Refusal::CannotDecide(_) => Self::Refused(sentence),
        }
    }
}

/// How an offer stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It waits for a yes or a no.
    Open,
    /// Nobody has said anything, and its time is over.
    TooLate,
    /// It is settled.
    Settled(Outcome),
}

/// The last day on which an offer can be accepted.
#[must_use]
pub fn last_day(offer: &Offer) -> NaiveDate {
    let offered_on = calendar::london(offer.at).date();
    let last = offered_on.checked_add_days(Days::new(OPEN_FOR)).unwrap_or(offered_on);
    offer.to.map_or(last, |to| to.min(last))
}

/// How an offer stands on a day.
#[must_use]
pub fn standing(offer: &Offer, today: NaiveDate) -> Standing {
    match &offer.answer {
        Some(answer) => Standing::Settled(answer.outcome),
        None if last_day(offer) < today => Standing::TooLate,
        None => Standing::Open,
    }
}

/// Nobody offers authority to themselves. Whose the address is otherwise is looked at when they say yes, and told to them alone.
///
/// # Errors
/// When it is one's own.
pub fn check_address(typed: &str, own: &str) -> Result<(), Refusal> {
    if typed == own { Err(NoMandate::Yourself.into()) } else { Ok(()) }
}

/// Checks a new offer beside those that were made for the person before.
///
/// # Errors
/// When the same is open, or when it is enough for a day.
pub fn check_beside(made: &[Offer], (email, authority): (&str, Authority), now: DateTime<Utc>) -> Result<(), Refusal> {
    let today = calendar::london(now).date();
    let mut same = made.iter().filter(|offer| offer.email == email && offer.authority == authority);
    if same.any(|offer| standing(offer, today) == Standing::Open) {
        return Err(Refusal::AskedAlready);
    }
    let lately = made.iter().filter(|offer| offer.at > now - TimeDelta::days(1)).count();
    if lately < MOST_IN_A_DAY { Ok(()) } else { Err(Refusal::Enough) }
}

/// Whether an offer is made to whoever signs in with an address.
#[must_use]
pub fn is_to(offer: &Offer, address: &str) -> bool {
    !offer.email.is_empty() && offer.email == address
}

/// Whether somebody opens the page of an offer: whoever is asked, the person, an officer of their council. One that was answered
/// is for whoever answered: an address can come to somebody else.
#[must_use]
pub fn sees(actor: &Actor, person: &Person, offer: &Offer, address: &str) -> bool {
    let asked = match &offer.answer {
        Some(answer) if answer.outcome != Outcome::Withdrawn => answer.by == actor.user(),
        _ => is_to(offer, address),
    };
    asked || recorder(actor, person).is_ok()
}

/// Whether somebody may say yes or no to an offer that they see.
///
/// # Errors
/// When they were not asked, or it is settled.
pub fn may_answer(offer: &Offer, address: &str) -> Result<(), Refusal> {
    if is_to(offer, address) { unsettled(offer) } else { Err(Refusal::NotAsked) }
}

/// Whether somebody may take an offer back that they see. One that is too late can be taken back still: then it is off the
/// list.
///
/// # Errors
/// When they may not, or it is settled.
pub fn may_withdraw(actor: &Actor, person: &Person, offer: &Offer) -> Result<(), Refusal> {
    if recorder(actor, person).is_ok() { unsettled(offer) } else { Err(Refusal::NotYoursToTakeBack) }
}

fn unsettled(offer: &Offer) -> Result<(), Refusal> {
    match &offer.answer {
        None => Ok(()),
        Some(answer) => Err(Refusal::Settled(match answer.outcome {
            Outcome::Accepted => "they said yes",
            Outcome::Declined => "they said no",
            Outcome::Withdrawn => "it was taken back",
        })),
    }
}

/// What is so on the day on which somebody says yes.
#[derive(Clone, Copy, Debug)]
pub struct Present {
    /// Who says yes.
    pub user: UserId,
    /// The day of the person's death, if they have died.
    pub died_on: Option<NaiveDate>,
    /// Whether it was found since the offer that the person can decide themself.
    pub can_decide: bool,
    /// Whether it was found since the offer that they cannot: what they offered before, nobody begins any more.
    pub lacks_capacity: bool,
    /// Whether they belong to the organisation for which they would act; true when there is none.
    pub belongs: bool,
    /// The day.
    pub today: NaiveDate,
}

/// Checks everything again on the day on which somebody says yes.
///
/// # Errors
/// What stands against it by now.
pub fn check_yes(offer: &Offer, person: &Person, present: &Present) -> Result<(), Refusal> {
    if standing(offer, present.today) == Standing::TooLate {
        return Err(Refusal::TooLate(calendar::full(last_day(offer))));
    }
    check_who(offer.by.0, present.user, person)?;
    check_recorder(offer.offered_as, offer.authority, person)?;
    check_days(person, present.died_on, offer.authority, offer.to, present.today)?;
    check_scopes(offer.authority, &offer.scopes)?;
    check_evidence(offer.offered_as, &offer.note, offer.file.is_some())?;
    if present.can_decide && offer.authority.rests_on_lack_of_capacity() {
        return Err(Refusal::CanDecide(person.name.clone()));
    }
    if present.lacks_capacity && offer.offered_as == Recorder::Person {
        return Err(Refusal::CannotDecide(person.name.clone()));
    }
    if present.belongs { Ok(()) } else { Err(NoMandate::NotAMember.into()) }
}

/// The first letters of a name: what tells those who know somebody whom it is about, and nobody else. It is the letters and
/// not the first name, because what stands first in a name is not everywhere the first name, and because a name is a text
/// that somebody chose: in a mail to any address it could be a message.
#[must_use]
pub fn initials(name: &str) -> String {
    let first = |word: &str| word.chars().find(|letter| letter.is_alphabetic());
    let letters = name.split_whitespace().filter_map(first).take(3);
    letters.map(|letter| format!("{}.", letter.to_uppercase())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{MandateOfferId, OrganisationId, PersonId};
    use crate::mandates::OfferAnswer;
    use crate::people::Address;

    fn pat() -> Person {
        Person {
            id: PersonId::new(7),
            user: Some(UserId::new(2)),
            reference: String::new(),
            name: "Pat Person".to_owned(),
            address: Address::default(),
            council: OrganisationId::new(1),
            fictional: true,
        }
    }

    fn offer(authority: Authority, offered_as: Recorder) -> Offer {
        Offer {
            id: MandateOfferId::new(1),
            person: PersonId::new(7),
            email: "friend@example.org".to_owned(),
            organisation: None,
            authority,
            scopes: authority.usual(),
            from: day("2026-11-02"),
            to: None,
            note: "Seen".to_owned(),
            file: None,
            by: (UserId::new(3), "Olive".to_owned()),
            offered_as,
            at: "2026-11-02T10:00:00Z".parse().unwrap(),
            answer: None,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn present() -> Present {
        Present {
            user: UserId::new(4),
            died_on: None,
            can_decide: false,
            lacks_capacity: false,
            belongs: true,
            today: day("2026-11-03"),
        }
    }

    fn settled(outcome: Outcome) -> Option<OfferAnswer> {
        Some(OfferAnswer { outcome, mandate: None, by: UserId::new(4) })
    }

    #[test]
    fn an_offer_is_open_for_thirty_days_and_never_beyond_its_last_day() {
        let carer = offer(Authority::Carer, Recorder::Person);
        assert_eq!(standing(&carer, day("2026-12-02")), Standing::Open);
        assert_eq!(standing(&carer, day("2026-12-03")), Standing::TooLate);
        let short = Offer { to: Some(day("2026-11-05")), ..carer.clone() };
        assert_eq!(standing(&short, day("2026-11-06")), Standing::TooLate);
        let said_no = Offer { answer: settled(Outcome::Declined), ..carer.clone() };
        assert_eq!(standing(&said_no, day("2027-11-06")), Standing::Settled(Outcome::Declined));
        let late = Present { today: day("2026-12-03"), ..present() };
        assert!(check_yes(&carer, &pat(), &late).unwrap_err().to_string().contains("until 2 December 2026"));
    }

    #[test]
    fn only_whoever_has_the_address_answers_and_only_once() {
        let carer = offer(Authority::Carer, Recorder::Person);
        assert_eq!(may_answer(&carer, "friend@example.org"), Ok(()));
        for other in ["friend@example.org.uk", "afriend@example.org", "friend@example.com", ""] {
            assert_eq!(may_answer(&carer, other), Err(Refusal::NotAsked), "{other}");
        }
        let erased = Offer { email: String::new(), ..carer.clone() };
        assert_eq!(may_answer(&erased, ""), Err(Refusal::NotAsked));
        for outcome in Outcome::ALL.iter().copied() {
            let over = Offer { answer: settled(outcome), ..carer.clone() };
            assert!(matches!(may_answer(&over, "friend@example.org"), Err(Refusal::Settled(_))), "{outcome:?}");
        }
    }

    #[test]
    fn what_has_changed_since_the_offer_stops_the_yes() {
        let (pat, carer) = (pat(), offer(Authority::Carer, Recorder::Person));
        let refused = |offer: &Offer, present: Present| check_yes(offer, &pat, &present).unwrap_err();
        assert_eq!(check_yes(&carer, &pat, &present()), Ok(()));
        let died = Present { died_on: Some(day("2026-11-03")), ..present() };
        assert!(matches!(refused(&carer, died), Refusal::Mandate(NoMandate::Died(_))));
        assert_eq!(check_yes(&offer(Authority::Trustee, Recorder::Officer), &pat, &died), Ok(()));
        let outside = Present { belongs: false, ..present() };
        assert_eq!(refused(&carer, outside), NoMandate::NotAMember.into());
        // Whoever offered it, or the person, has come to have the address.
        for (user, why) in [(3, NoMandate::Yourself), (2, NoMandate::ThePerson("Pat Person".to_owned()))] {
            assert_eq!(refused(&carer, Present { user: UserId::new(user), ..present() }), why.into());
        }
        let able = Present { can_decide: true, ..present() };
        assert!(matches!(refused(&offer(Authority::Deputy, Recorder::Officer), able), Refusal::CanDecide(_)));
        assert_eq!(check_yes(&offer(Authority::Attorney, Recorder::Officer), &pat, &able), Ok(()));
        // By now the person signs in and says it themself.
        let consent = offer(Authority::Broker, Recorder::Officer);
        assert!(matches!(refused(&consent, present()), Refusal::Mandate(NoMandate::OnlyThePerson(_))));
    }

    #[test]
    fn the_same_is_not_asked_twice_and_not_everybody_in_one_day() {
        let now: DateTime<Utc> = "2026-11-02T12:00:00Z".parse().unwrap();
        let made = [offer(Authority::Carer, Recorder::Person)];
        let beside = |made: &[Offer], authority| check_beside(made, ("friend@example.org", authority), now);
        assert_eq!(beside(&made, Authority::Carer), Err(Refusal::AskedAlready));
        assert_eq!(beside(&made, Authority::Advocate), Ok(()));
        let over = Offer { answer: settled(Outcome::Withdrawn), ..made[0].clone() };
        assert_eq!(beside(std::slice::from_ref(&over), Authority::Carer), Ok(()));
        assert_eq!(beside(&vec![over; MOST_IN_A_DAY], Authority::Carer), Err(Refusal::Enough));
    }

    #[test]
    fn initials_are_letters_and_nothing_that_somebody_wrote() {
        assert_eq!(initials("Pat Person"), "P. P.");
        assert_eq!(initials("ödön von Horváth junior"), "Ö. V. H.");
        assert_eq!(initials("(call 0900 123) now"), "C. N.");
        assert_eq!(initials(""), "");
    }
}
