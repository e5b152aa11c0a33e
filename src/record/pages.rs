//! What the page of a record receives.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Asked, Show};
use crate::audit::store::Recorded;
use crate::audit::{Kind, ThingKind};
use crate::calendar;
use crate::ids::{PersonId, UserId};

/// How many events a page shows: each says who, what and when, and a telephone shows few at once.
pub const ON_A_PAGE: usize = 25;

/// Who looked at a record and changed it; template `record/show.html`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordPage {
    /// The person.
    pub person: i64,
    /// The title.
    pub title: String,
    /// Whose record it is.
    pub whose: String,
    /// How things stand, in a sentence.
    pub state: String,
    /// What else can be shown: the chosen one has no address.
    pub choices: Vec<Choice>,
    /// The events, the newest first.
    pub events: Vec<Line>,
    /// Earlier ones, if there are any.
    pub earlier_href: Option<String>,
    /// Back to the newest.
    pub newest_href: Option<String>,
}

/// What can be shown of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choice {
    /// In words.
    pub label: String,
    /// Where it is; nothing for what is shown now.
    pub href: Option<String>,
}

/// One event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    /// Its number.
    pub id: i64,
    /// What sort of event: act, view or refused.
    pub kind: String,
    /// The short code of what was done.
    pub code: String,
    /// When, as the clock in London showed it.
    pub when: String,
    /// When, for programs.
    pub at: String,
    /// Who did what, in a sentence.
    pub what: String,
    /// Why, where a purpose or reason was stated.
    pub detail: Option<String>,
}

/// Who reads.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Their sign-in.
    pub user: UserId,
    /// Whether it is their own record.
    pub own: bool,
}

/// Words the page. There is one event more than a page shows, when there are earlier ones.
#[must_use]
pub fn page(person: PersonId, name: &str, asked: Asked, mut events: Vec<Recorded>, reader: Reader) -> RecordPage {
    let more = events.len() > ON_A_PAGE;
    events.truncate(ON_A_PAGE);
    let href = |show: Show, before: Option<i64>| {
        let before = before.map(|id| format!("&before={id}")).unwrap_or_default();
        format!("/people/{person}/record?show={}{before}", show.code())
    };
    let choice =
        |show: &Show| Choice { label: show.words().to_owned(), href: (*show != asked.show).then(|| href(*show, None)) };
    let earlier = events.last().filter(|_| more).map(|last| href(asked.show, Some(last.id)));
    RecordPage {
        person: person.number(),
        title: "Who looked, and who changed something".to_owned(),
        whose: if reader.own { "Your record".to_owned() } else { format!("The record of {name}") },
        state: state(asked, events.is_empty(), reader.own),
        choices: Show::ALL.iter().map(choice).collect(),
        events: events.iter().map(|event| line(event, reader)).collect(),
        earlier_href: earlier,
        newest_href: asked.before.map(|_| href(asked.show, None)),
    }
}

fn state(asked: Asked, empty: bool, own: bool) -> String {
    let whose = if own { "your" } else { "this" };
    let words = match (asked.show, empty) {
        (Show::Looked, true) => "Nobody else has looked at {whose} record.",
        (Show::Changed, true) => "Nobody has changed anything in {whose} record.",
        (Show::All, true) => "Nobody has looked at {whose} record or changed anything in it.",
        (Show::Looked, false) => "Everybody else who looked at {whose} record, the newest first.",
        (Show::Changed, false) => "Everybody who changed something in {whose} record, the newest first.",
        (Show::All, false) => "Everybody who looked at {whose} record or changed something in it, the newest first.",
    };
    words.replace("{whose}", whose)
}

/// An event as a person reads it.
fn line(event: &Recorded, reader: Reader) -> Line {
    let at = event.at.and_utc();
    Line {
        id: event.id,
        kind: event.kind.clone(),
        code: event.what.clone(),
        when: calendar::moment(at),
        at: at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        what: format!("{} {}", who(event, reader), deed(event, reader.own)),
        detail: event.purpose.as_ref().map(|purpose| format!("Why: {purpose}")),
    }
}

/// Who it was: you, or a name and as what.
fn who(event: &Recorded, reader: Reader) -> String {
    match event.capacity.as_str() {
        _ if event.user_id == Some(reader.user.number()) => "You".to_owned(),
        "" => event.user_name.clone(),
        capacity => format!("{}, {capacity},", event.user_name),
    }
}

/// What they did; the things of a reader's own record are "your".
fn deed(event: &Recorded, own: bool) -> String {
    let thing = ThingKind::from_code(&event.thing_kind);
    match (Kind::from_code(&event.kind), thing) {
        (Some(Kind::View), Some(thing)) if thing != ThingKind::Access => {
            format!("looked at {} {}", if own { "your" } else { "the" }, thing.words())
        }
        _ if own => to_the_person(event),
        _ => event.says.clone(),
    }
}

/// What was done, said to the person whose record it is: the deeds that speak of them are said to them, and whatever
/// somebody wrote stays as it is.
fn to_the_person(event: &Recorded) -> String {
    match (event.what.as_str(), event.says.strip_suffix(" as the person’s contribution")) {
        ("capacity.recorded", _) => "recorded what was found about your capacity".to_owned(),
        ("money.contributed", Some(recorded)) => format!("{recorded} as your contribution"),
        _ => event.says.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, says: &str) -> Recorded {
        Recorded {
            id: 4,
            at: chrono::DateTime::from_timestamp(1_795_253_400, 0).unwrap().naive_utc(),
            kind: kind.to_owned(),
            user_id: Some(3),
            user_name: "Olive".to_owned(),
            capacity: "officer of Example Council".to_owned(),
            mandate_id: None,
            organisation_id: Some(1),
            person_id: Some(7),
            what: "record.seen".to_owned(),
            says: says.to_owned(),
            thing_kind: "fund".to_owned(),
            thing_id: Some(9),
            before_json: None,
            after_json: None,
            purpose: None,
            reference: String::new(),
        }
    }

    #[test]
    fn an_event_reads_as_a_person_would_say_it() {
        let (mary, olive) = (UserId::new(8), UserId::new(3));
        let seen = line(&event("view", "looked at fund"), Reader { user: mary, own: true });
        assert_eq!(seen.what, "Olive, officer of Example Council, looked at your fund");
        assert_eq!(seen.when, "Saturday 21 November 2026 at 9:30am");
        let own = line(&event("act", "recorded a fund"), Reader { user: olive, own: false });
        assert_eq!(own.what, "You recorded a fund");
    }

    #[test]
    fn a_deed_that_speaks_of_the_person_is_said_to_them() {
        let deeds = [
            (
                "capacity.recorded",
                "recorded what was found about the person’s capacity",
                "recorded what was found about your capacity",
            ),
            (
                "money.contributed",
                "recorded £30.00 as the person’s contribution",
                "recorded £30.00 as your contribution",
            ),
            ("fund.noted", "wrote “It is the person’s choice”", "wrote “It is the person’s choice”"),
        ];
        for (what, says, to_them) in deeds {
            let event = Recorded { what: what.to_owned(), ..event("act", says) };
            assert_eq!([false, true].map(|own| deed(&event, own)), [says, to_them]);
        }
    }

    #[test]
    fn pages_are_turned_by_the_last_number() {
        let many: Vec<Recorded> = (0..=25).map(|step| Recorded { id: 100 - step, ..event("view", "") }).collect();
        let asked = Asked { show: Show::Looked, before: None };
        let shown = page(PersonId::new(7), "Mary", asked, many, Reader { user: UserId::new(8), own: true });
        assert_eq!(shown.events.len(), ON_A_PAGE);
        assert_eq!(shown.earlier_href.as_deref(), Some("/people/7/record?show=looked&before=76"));
        assert_eq!(shown.newest_href, None);
    }
}
