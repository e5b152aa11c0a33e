//! Who may ask for a copy of everything, who sees which copy, what may be held back.

pub mod catalogue;
pub mod redaction;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Export, Purpose, Status};
use crate::auth::rights::visibility::{Around, Data, Viewer, viewers};
use crate::auth::rights::{Actor, SeeMoney, SeePlan};
use crate::error::Error;
use crate::people::Person;
use catalogue::TABLES;

/// Why something cannot be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An officer answers a request, and a request was received on a day.
    #[error("Enter the day on which the request was received.")]
    ReceivedMissing,
    /// A request of tomorrow.
    #[error("Enter a day that is not after today.")]
    NotReceived,
    /// A table that is not in a copy.
    #[error("Choose the kind of entry from the list.")]
    UnknownTable,
    /// An entry that is not the person's.
    #[error("There is no such entry in this person’s record. Look at its number in the copy.")]
    UnknownRow,
}

impl Refusal {
    /// The field that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::ReceivedMissing | Self::NotReceived => "received_on",
            Self::UnknownTable => "table",
            Self::UnknownRow => "row",
        }
    }
}

/// As what somebody asks for a copy: the person, somebody who decides for them and from whom nothing is kept, or an officer
/// of their council for a subject access request. The purpose and the authority in words. A broker or an advocate does not
/// see everything (`auth::rights::visibility`); of what is kept from a mandate everything would tell that hangs on it. The
/// council answers a request of theirs.
///
/// # Errors
/// Forbidden, for everybody else, in the same words: what is kept from somebody is not told to them.
pub fn may_ask(actor: &Actor, person: &Person) -> Result<(Purpose, String), Error> {
    if actor.person() == Some(person.id) {
        return Ok((Purpose::Own, "the person".to_owned()));
    }
    let sees_all = actor.may::<SeeMoney>(person.id) && !actor.is_kept_from(person.id) && decides_for(actor, person);
    if let Some(right) = actor.acting_for::<SeePlan>(person.id).filter(|_| sees_all) {
        return Ok((Purpose::Mandate, right.authority()));
    }
    actor.uninvolved_officer(person.id, person.council).map(|officer| (Purpose::SubjectAccess, officer.authority())).map_err(|_| {
        let who = "Only the person, somebody who decides for them and sees all of the plan and the money, or an officer of \
                   their council may do this.";
        Error::Forbidden(who.to_owned())
    })
}

/// Whether somebody decides for a person by a mandate: neither as their broker nor as their advocate.
fn decides_for(actor: &Actor, person: &Person) -> bool {
    let around = Around { person: person.id, council: person.council, holder: None, provider: None };
    viewers(actor, &around, Data::Identity).contains(&Viewer::Person)
}

/// Whether somebody who may ask sees a copy: the person every one, who acts for them those that they asked for, an officer
/// those that answer a request. What is hidden from somebody must not reach them in somebody else's copy.
#[must_use]
pub fn sees(actor: &Actor, purpose: Purpose, export: &Export) -> bool {
    match purpose {
        Purpose::Own => true,
        Purpose::Mandate => export.asked_by == actor.user(),
        Purpose::SubjectAccess => export.purpose == Purpose::SubjectAccess,
    }
}

/// The day on which a request was received: an officer says it, nobody else needs to.
///
/// # Errors
/// When it is missing or has not come.
pub fn received_on(purpose: Purpose, said: Option<NaiveDate>, today: NaiveDate) -> Result<Option<NaiveDate>, Refusal> {
    match (purpose, said) {
        (Purpose::SubjectAccess, None) => Err(Refusal::ReceivedMissing),
        (Purpose::SubjectAccess, Some(day)) if day > today => Err(Refusal::NotReceived),
        (Purpose::SubjectAccess, Some(day)) => Ok(Some(day)),
        _ => Ok(None),
    }
}

/// Whether a copy can be fetched at a moment: it is ready, and its time is not over, be the file deleted yet or not.
#[must_use]
pub fn can_be_fetched(export: &Export, now: DateTime<Utc>) -> bool {
    export.status == Status::Ready && export.until().is_some_and(|until| now < until)
}

/// Whether entries of a table may be held back: not who the person is themselves.
///
/// # Errors
/// When it is none of the copy.
pub fn check_table(table: &str) -> Result<(), Refusal> {
    let known = TABLES.iter().any(|known| known.name == table && !matches!(known.name, "people" | "users" | "exports"));
    if known { Ok(()) } else { Err(Refusal::UnknownTable) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ExportId, PersonId, UserId};
    use chrono::TimeDelta;

    fn export(purpose: Purpose, by: i64) -> Export {
        Export {
            id: ExportId::new(1),
            person: PersonId::new(7),
            purpose,
            asked_by: UserId::new(by),
            authority: String::new(),
            received_on: None,
            asked_at: DateTime::UNIX_EPOCH,
            status: Status::Ready,
            steps_done: 4,
            ready_at: Some(DateTime::UNIX_EPOCH),
            held_back: 0,
        }
    }

    #[test]
    fn who_acts_sees_what_they_asked_for_and_an_officer_what_answers_a_request() {
        let actor = Actor::for_test(None, vec![], vec![]);
        assert!(sees(&actor, Purpose::Own, &export(Purpose::Mandate, 9)));
        assert!(sees(&actor, Purpose::Mandate, &export(Purpose::Mandate, 1)));
        assert!(!sees(&actor, Purpose::Mandate, &export(Purpose::Own, 9)));
        assert!(sees(&actor, Purpose::SubjectAccess, &export(Purpose::SubjectAccess, 9)));
        assert!(!sees(&actor, Purpose::SubjectAccess, &export(Purpose::Own, 9)));
    }

    #[test]
    fn a_copy_can_be_fetched_for_seven_days() {
        let ready = export(Purpose::Own, 1);
        assert!(can_be_fetched(&ready, DateTime::UNIX_EPOCH + TimeDelta::days(7) - TimeDelta::seconds(1)));
        assert!(!can_be_fetched(&ready, DateTime::UNIX_EPOCH + TimeDelta::days(7)));
        assert!(!can_be_fetched(&Export { status: Status::Making, ..ready }, DateTime::UNIX_EPOCH));
    }

    #[test]
    fn an_officer_says_when_the_request_was_received() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-02");
        assert_eq!(received_on(Purpose::Own, None, today), Ok(None));
        assert_eq!(received_on(Purpose::SubjectAccess, None, today), Err(Refusal::ReceivedMissing));
        assert_eq!(received_on(Purpose::SubjectAccess, Some(day("2026-11-03")), today), Err(Refusal::NotReceived));
        assert_eq!(received_on(Purpose::SubjectAccess, Some(today), today), Ok(Some(today)));
        assert_eq!(check_table("deliveries"), Ok(()));
        assert_eq!(check_table("people"), Err(Refusal::UnknownTable));
        assert_eq!(check_table("sqlite_master"), Err(Refusal::UnknownTable));
    }
}
