//! What the pages of retention receive, worded and formatted.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Due, Erasure, Facts, Ground, Hold, rules};
use crate::calendar;
use crate::people::Person;
use crate::web::parts::Choice;

/// What of a person is kept until when and why; template `retention/show.html`.
#[derive(Serialize, ToSchema)]
pub struct RetentionPage {
    /// The person.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// How it stands, in a sentence.
    pub state: String,
    /// Each kind of thing that is kept.
    pub kept: Vec<KeptRow>,
    /// The holds, the newest first.
    pub holds: Vec<HoldShown>,
    /// That the record was erased, what went and what stays.
    pub erased: Option<&'static str>,
    /// The erasures.
    pub erasures: Vec<ErasureShown>,
    /// Whether the visitor may hold, lift and erase.
    pub may_decide: bool,
    /// Why nothing can be erased now, if so.
    pub refusal: Option<String>,
    /// The grounds of an erasure.
    pub grounds: Vec<Choice>,
    /// The day of today, as one would type it.
    pub today: String,
}

/// One kind of thing that is kept.
#[derive(Serialize, ToSchema)]
pub struct KeptRow {
    /// What.
    pub what: &'static str,
    /// Until when.
    pub until: String,
    /// How long after what.
    pub rule: String,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// One hold.
#[derive(Serialize, ToSchema)]
pub struct HoldShown {
    /// Which.
    pub id: i64,
    /// Why.
    pub reason: String,
    /// From when and by whom.
    pub placed: String,
    /// When and why it was lifted.
    pub lifted: Option<String>,
    /// The id of the field of its form.
    pub field: String,
}

/// One erasure.
#[derive(Serialize, ToSchema)]
pub struct ErasureShown {
    /// When and as what somebody decided it.
    pub decided: String,
    /// On what ground, and why.
    pub why: String,
}

/// What the page is made from.
pub struct RetentionData {
    /// The person.
    pub person: Person,
    /// What decides.
    pub facts: Facts,
    /// The holds.
    pub holds: Vec<Hold>,
    /// The erasures.
    pub erasures: Vec<Erasure>,
}

/// The page of a person's retention.
#[must_use]
pub fn show(data: &RetentionData, may_decide: bool, today: NaiveDate) -> RetentionPage {
    let RetentionData { person, facts, holds, erasures } = data;
    let refusal = rules::check_erasure(facts, holds, Ground::Request, today).err();
    RetentionPage {
        id: person.id.number(),
        name: person.name.clone(),
        state: state(data, today),
        kept: rules::kept(facts).into_iter().map(kept_row).collect(),
        holds: holds.iter().map(hold_shown).collect(),
        erased: rules::erased_words(erasures),
        erasures: erasures.iter().map(erasure_shown).collect(),
        may_decide,
        refusal: refusal.map(|refusal| refusal.to_string()),
        grounds: Ground::ALL.iter().map(|ground| Choice::new(ground.code(), ground.words())).collect(),
        today: calendar::full(today),
    }
}

fn state(data: &RetentionData, today: NaiveDate) -> String {
    if data.holds.iter().any(|hold| hold.lifted.is_none()) {
        return "A legal hold stands: nothing is erased.".to_owned();
    }
    if !data.erasures.is_empty() {
        return "The record was erased.".to_owned();
    }
    match rules::due(&data.facts) {
        None => "Support goes on. The time of the record has not begun to run.".to_owned(),
        Some((rule, day)) if day <= today => {
            format!("The time of the record is over since {}: {}.", calendar::full(day), rule.words())
        }
        Some((rule, day)) => format!("The record is kept until {}: {}.", calendar::full(day), rule.words()),
    }
}

fn kept_row((clock, until): (rules::Clock, Option<NaiveDate>)) -> KeptRow {
    KeptRow {
        what: clock.what,
        until: until.map_or_else(|| "while support goes on, and after it".to_owned(), calendar::full),
        rule: format!("{} years after {}", clock.months / 12, clock.after),
        source: clock.source,
    }
}

fn hold_shown(hold: &Hold) -> HoldShown {
    HoldShown {
        id: hold.id.number(),
        reason: hold.reason.clone(),
        placed: format!("From {}, by {}", calendar::full(hold.from), hold.authority),
        lifted: hold.lifted.as_ref().map(|(at, why)| format!("Lifted on {}. {why}", calendar::moment(*at))),
        field: format!("lift_reason-{}", hold.id),
    }
}

fn erasure_shown(erasure: &Erasure) -> ErasureShown {
    ErasureShown {
        decided: format!("{}, by {}", calendar::moment(erasure.at), erasure.authority),
        why: format!("{}. {}", erasure.ground.words(), erasure.reason),
    }
}

/// Whose time is over; template `retention/due.html`.
#[derive(Serialize, ToSchema)]
pub struct DuePage {
    /// How many, in a sentence.
    pub state: String,
    /// Each of them, the longest over first.
    pub rows: Vec<DueRow>,
}

/// Somebody whose time is over.
#[derive(Serialize, ToSchema)]
pub struct DueRow {
    /// Where it is decided.
    pub href: String,
    /// Their name.
    pub name: String,
    /// Their reference.
    pub reference: String,
    /// Since when, and by which rule.
    pub since: String,
    /// By which rule.
    pub rule: &'static str,
    /// Whether a hold stands against it.
    pub held: bool,
}

/// The list of those whose time is over.
#[must_use]
pub fn due(listed: &[(Due, bool)]) -> DuePage {
    let row = |(due, held): &(Due, bool)| DueRow {
        href: format!("/people/{}/retention", due.person),
        name: due.name.clone(),
        reference: due.reference.clone(),
        since: calendar::full(due.due_on),
        rule: due.rule.words(),
        held: *held,
    };
    let state = match listed.len() {
        0 => "Nobody’s time is over.".to_owned(),
        1 => "The time of one record is over. Nothing is erased until you decide it.".to_owned(),
        count => format!("The time of {count} records is over. Nothing is erased until you decide it."),
    };
    DuePage { state, rows: listed.iter().map(row).collect() }
}
