//! What the page of communication needs receives, worded and formatted.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Contact, Format, Interpreter, Language, Needs, PrintSize, Support, Version, box_name, rules};
use crate::calendar;
use crate::people::Person;
use crate::web::parts::Choice;

/// What somebody needs, and the form that says it anew; template `communication/show.html`.
#[derive(Serialize, ToSchema)]
pub struct CommunicationPage {
    /// The person.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Whether the visitor is the person.
    pub own: bool,
    /// How it stands, in a sentence or two.
    pub state: String,
    /// Each need that holds today in a line.
    pub says: Vec<String>,
    /// Every version, the newest first.
    pub versions: Vec<VersionShown>,
    /// Whether the visitor may record a version.
    pub may_change: bool,
    /// The boxes of formats.
    pub formats: Vec<Choice>,
    /// The sizes of large print.
    pub sizes: Vec<Choice>,
    /// Whether a plain background is needed.
    pub plain_background: bool,
    /// The languages.
    pub languages: Vec<Choice>,
    /// The interpreters.
    pub interpreters: Vec<Choice>,
    /// The boxes of ways to reach them.
    pub contacts: Vec<Choice>,
    /// The boxes of what helps.
    pub supports: Vec<Choice>,
    /// What no list says.
    pub note: String,
    /// The day of today, as one would type it.
    pub today: String,
    /// The newest version that is shown; 0 when there is none.
    pub seen: i64,
}

/// One version.
#[derive(Serialize, ToSchema)]
pub struct VersionShown {
    /// From which day, in words.
    pub from: String,
    /// Each need in a line.
    pub says: Vec<String>,
    /// When it was talked through.
    pub reviewed_on: String,
    /// When and as what somebody recorded it.
    pub recorded: String,
    /// Whether it holds today, will hold, or held.
    pub state: &'static str,
    /// The tone of that state's tag.
    pub tone: &'static str,
}

/// The page of a person's needs.
#[must_use]
pub fn show(
    person: &Person,
    versions: &[Version],
    (own, may_change): (bool, bool),
    today: NaiveDate,
) -> CommunicationPage {
    let now = rules::on(versions, today);
    let nothing = Needs::nothing();
    let needs = versions.last().map_or(&nothing, |version| &version.needs);
    CommunicationPage {
        id: person.id.number(),
        name: person.name.clone(),
        own,
        state: state(now, own, today),
        says: now.map(|version| rules::lines(&version.needs)).unwrap_or_default(),
        versions: versions.iter().rev().map(|version| version_shown(version, now, today)).collect(),
        may_change,
        formats: boxes("format", Format::ALL, (Format::code, Format::words), &needs.formats),
        sizes: radios(PrintSize::ALL, (PrintSize::code, PrintSize::words), needs.print_size),
        plain_background: needs.plain_background,
        languages: radios(Language::ALL, (Language::code, Language::words), Some(needs.language)),
        interpreters: radios(Interpreter::ALL, (Interpreter::code, Interpreter::words), Some(needs.interpreter)),
        contacts: boxes("contact", Contact::ALL, (Contact::code, Contact::words), &needs.contacts),
        supports: boxes("support", Support::ALL, (Support::code, Support::words), &needs.supports),
        note: needs.note.clone(),
        today: calendar::full(today),
        seen: newest(versions),
    }
}

/// The id of the version that was recorded last; 0 when there is none.
#[must_use]
pub fn newest(versions: &[Version]) -> i64 {
    versions.iter().map(|version| version.id.number()).max().unwrap_or(0)
}

fn state(now: Option<&Version>, own: bool, today: NaiveDate) -> String {
    let Some(version) = now else {
        let whom = if own { "you" } else { "the person" };
        return format!("Nobody has asked yet. Everybody who writes or speaks to {whom} needs to know.");
    };
    let needs = match rules::lines(&version.needs).len() {
        0 => "Asked, and nothing particular is needed.",
        1 => "One thing to know.",
        _ if own => "What everybody knows who writes to you, calls or visits.",
        _ => "Things to know before you write, call or visit.",
    };
    let due = rules::review_due(version);
    let review = if due <= today { "It has to be talked through again since" } else { "Talk it through again by" };
    format!("{needs} {review} {}.", calendar::full(due))
}

fn version_shown(version: &Version, now: Option<&Version>, today: NaiveDate) -> VersionShown {
    let (state, tone) = match now {
        Some(now) if now.id == version.id => ("Holds now", "good"),
        _ if version.from > today => ("Not begun", "waiting"),
        _ => ("Replaced", "plain"),
    };
    let mut says = rules::lines(&version.needs);
    if says.is_empty() {
        says.push("Nothing particular".to_owned());
    }
    VersionShown {
        from: calendar::long(version.from),
        says,
        reviewed_on: calendar::long(version.reviewed_on),
        recorded: format!("{}, by {}", calendar::long(version.recorded_on), version.authority),
        state,
        tone,
    }
}

type CodeAndWords<T> = (fn(T) -> &'static str, fn(T) -> &'static str);

fn boxes<T: Copy + PartialEq>(list: &str, all: &[T], (code, words): CodeAndWords<T>, chosen: &[T]) -> Vec<Choice> {
    let choice = |value: &T| Choice::new(box_name(list, code(*value)), words(*value)).checked(chosen.contains(value));
    all.iter().map(choice).collect()
}

fn radios<T: Copy + PartialEq>(all: &[T], (code, words): CodeAndWords<T>, chosen: Option<T>) -> Vec<Choice> {
    all.iter().map(|value| Choice::new(code(*value), words(*value)).checked(chosen == Some(*value))).collect()
}
