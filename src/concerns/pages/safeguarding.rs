//! Safeguarding, worded: the form for everybody, the receipt, and what only safeguarding people see.

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::concerns::rules::safeguarding as rules;
use crate::concerns::{Concern, Contacts, Judgement, Look, Receipt, Signal, Step};
use crate::people::Person;
use crate::web::parts::{Choice, Fact};

/// The form for a concern.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewConcernPage {
    /// How the councils of these people are reached at once.
    pub lines: Vec<String>,
    /// The people whom the actor can see.
    pub people: Vec<Choice>,
}

/// What the one who raised a concern may know.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptPage {
    /// The reference.
    pub reference: String,
    /// When it was received.
    pub received: String,
}

/// Concerns and signals, for safeguarding people.
#[derive(Debug, Serialize, ToSchema)]
pub struct SafeguardingPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// Concerns that are not closed.
    pub open: Vec<ConcernRow>,
    /// Signals that nobody has judged.
    pub signals: Vec<SignalRow>,
    /// Concerns that are closed.
    pub closed: Vec<ConcernRow>,
    /// Signals that somebody has judged.
    pub judged: Vec<SignalRow>,
}

/// A concern in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConcernRow {
    /// Its number.
    pub id: i64,
    /// Its reference.
    pub reference: String,
    /// The person who may be at risk.
    pub person: String,
    /// When it was raised.
    pub raised: String,
    /// How far it has come.
    pub state: &'static str,
    /// The tone of the tag.
    pub tone: &'static str,
}

/// A signal in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalRow {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub kind: &'static str,
    /// The person.
    pub person: String,
    /// Why.
    pub reason: String,
    /// When it was raised.
    pub raised: String,
    /// What it was judged to be.
    pub state: &'static str,
    /// The tone of the tag.
    pub tone: &'static str,
}

/// A concern, for safeguarding people.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConcernPage {
    /// Its number.
    pub id: i64,
    /// Its reference.
    pub reference: String,
    /// How far it has come.
    pub state: &'static str,
    /// Whom it concerns, who raised it, when.
    pub facts: Vec<Fact>,
    /// What was seen or heard.
    pub what: String,
    /// What was written and decided.
    pub thread: Vec<Line>,
    /// How many steps there are, for what is written next.
    pub seen: usize,
    /// What can be written; nothing when it is closed.
    pub steps: Vec<Choice>,
    /// Who has looked at it.
    pub looks: Vec<Line>,
}

/// A line of a timeline.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    /// When.
    pub when: String,
    /// What.
    pub what: String,
    /// Who.
    pub who: String,
    /// The words.
    pub detail: String,
}

/// A signal, for safeguarding people.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignalPage {
    /// Its number.
    pub id: i64,
    /// What it is.
    pub kind: &'static str,
    /// Whom it concerns, when it was raised.
    pub facts: Vec<Fact>,
    /// Why, in a plain sentence.
    pub reason: String,
    /// How it was judged, in words; empty when it was not.
    pub judged: String,
    /// The concern that it became.
    pub concern: Option<i64>,
    /// What it can be judged to be; nothing when it was judged.
    pub judgements: Vec<Choice>,
    /// Who has looked at it.
    pub looks: Vec<Line>,
}

/// The form for a concern.
#[must_use]
pub fn new_page(people: &[Person], lines: Vec<String>) -> NewConcernPage {
    let only = people.len() == 1;
    let choice = |person: &Person| Choice::new(person.id, person.name.clone()).checked(only);
    NewConcernPage { lines, people: people.iter().map(choice).collect() }
}

/// How a council's adult social care is reached, in a sentence.
#[must_use]
pub fn line(council: &str, contacts: Option<&Contacts>) -> String {
    match contacts {
        Some(contacts) => format!("{council}, adult social care: {}.", contacts.care_line.trim_end_matches('.')),
        None => format!("{council}: its website has the telephone of adult social care, by day and by night."),
    }
}

/// What the one who raised a concern may know.
#[must_use]
pub fn receipt(receipt: Receipt) -> ReceiptPage {
    ReceiptPage { received: calendar::moment(receipt.at), reference: receipt.reference }
}

/// A concern in a list.
#[must_use]
pub fn concern_row(concern: &Concern) -> ConcernRow {
    let steps: Vec<Step> = concern.written.iter().map(|written| written.step).collect();
    let undecided = !steps.iter().any(|step| *step != Step::Note);
    ConcernRow {
        id: concern.id.number(),
        reference: concern.reference.clone(),
        person: concern.person_name.clone(),
        raised: calendar::moment(concern.raised_at),
        state: rules::state(&steps),
        tone: if undecided { "warning" } else { "plain" },
    }
}

/// A signal in a list.
#[must_use]
pub fn signal_row(signal: &Signal) -> SignalRow {
    SignalRow {
        id: signal.id.number(),
        kind: signal.kind.words(),
        person: signal.person_name.clone(),
        reason: signal.reason.clone(),
        raised: calendar::moment(signal.raised_at),
        state: signal.judged.as_ref().map_or("Waits to be judged", |judged| judged.judgement.words()),
        tone: if signal.judged.is_some() { "plain" } else { "waiting" },
    }
}

/// The first line of the list.
#[must_use]
pub fn list_state(concerns: usize, signals: usize) -> String {
    let words = |count: usize, one: &str, many: &str| match count {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        more => format!("{more} {many}"),
    };
    format!(
        "Open now: {} and {}. Every look at one is recorded.",
        words(concerns, "concern", "concerns"),
        words(signals, "signal", "signals")
    )
}

/// A concern.
#[must_use]
pub fn concern_page(concern: &Concern, looks: Vec<Look>) -> ConcernPage {
    let steps: Vec<Step> = concern.written.iter().map(|written| written.step).collect();
    let person = format!("/people/{}", concern.subject.person);
    let mut facts = vec![Fact::new("May be at risk", concern.person_name.clone()).href(person)];
    if !concern.about_words.is_empty() {
        facts.push(Fact::new("About", concern.about_words.clone()));
    }
    facts.push(Fact::new("Raised by", format!("{}, {}", concern.raised_by, concern.authority)));
    facts.push(Fact::new("Received on", calendar::moment(concern.raised_at)));
    let fits = |step: &&Step| rules::check_step(&steps, **step).is_ok();
    let choice = |step: &Step| Choice::new(step.code(), step.words()).checked(*step == Step::Note);
    let thread = concern.written.iter().map(|written| Line {
        when: calendar::moment(written.at),
        what: written.step.words().to_owned(),
        who: written.name.clone(),
        detail: written.text.clone(),
    });
    ConcernPage {
        id: concern.id.number(),
        reference: concern.reference.clone(),
        state: rules::state(&steps),
        facts,
        what: concern.what.clone(),
        thread: thread.collect(),
        seen: steps.len(),
        steps: Step::ALL.iter().filter(fits).map(choice).collect(),
        looks: looks.into_iter().map(look).collect(),
    }
}

/// A signal.
#[must_use]
pub fn signal_page(signal: &Signal, looks: Vec<Look>) -> SignalPage {
    let person = format!("/people/{}", signal.subject.person);
    let judged = signal.judged.as_ref();
    let choice = |judgement: &Judgement| Choice::new(judgement.code(), judgement.words());
    SignalPage {
        id: signal.id.number(),
        kind: signal.kind.words(),
        facts: vec![
            Fact::new("Whose money", signal.person_name.clone()).href(person),
            Fact::new("Raised on", calendar::moment(signal.raised_at)),
        ],
        reason: signal.reason.clone(),
        judged: judged.map(judged_words).unwrap_or_default(),
        concern: judged.and_then(|judged| judged.concern).map(crate::ids::ConcernId::number),
        judgements: if judged.is_none() { Judgement::ALL.iter().map(choice).collect() } else { vec![] },
        looks: looks.into_iter().map(look).collect(),
    }
}

fn judged_words(judged: &crate::concerns::Judged) -> String {
    let when = calendar::moment(judged.at);
    format!("{}. {} {}, {when}.", judged.judgement.words(), judged.reason, judged.name)
}

fn look(look: Look) -> Line {
    Line { when: calendar::moment(look.at), what: "Looked at it".to_owned(), who: look.name, detail: String::new() }
}
