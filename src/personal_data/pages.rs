//! What the pages of copies receive, worded and formatted.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::catalogue::TABLES;
use super::{Export, Finding, Ground, Purpose, Status, Withholding, rules};
use crate::calendar;
use crate::people::Person;
use crate::vocabulary::capital;
use crate::web::parts::Choice;

/// The copies of a person's record; template `personal_data/exports.html`.
#[derive(Serialize, ToSchema)]
pub struct ExportsPage {
    /// The person.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Whether the visitor is the person.
    pub own: bool,
    /// Whether the visitor is an officer, who answers requests and holds things back.
    pub officer: bool,
    /// How it stands, in a sentence.
    pub state: String,
    /// The copies that the visitor sees, the newest first.
    pub exports: Vec<ExportRow>,
    /// Texts in which somebody else was named, for an officer.
    pub findings: Vec<FindingShown>,
    /// What is and was held back, for an officer.
    pub withholdings: Vec<WithholdingShown>,
    /// The kinds of entries that can be held back.
    pub tables: Vec<Choice>,
    /// The grounds.
    pub grounds: Vec<Choice>,
    /// The day of today, as one would type it.
    pub today: String,
}

/// One copy in the list.
#[derive(Serialize, ToSchema)]
pub struct ExportRow {
    /// Its page.
    pub href: String,
    /// When it was asked for.
    pub asked: String,
    /// As what.
    pub purpose: String,
    /// How it stands.
    pub state: String,
    /// The tone of that state's tag.
    pub tone: &'static str,
}

/// A text in which somebody else was named.
#[derive(Serialize, ToSchema)]
pub struct FindingShown {
    /// What kind of entry.
    pub what: String,
    /// The table's name.
    pub table: String,
    /// Its number.
    pub row: i64,
    /// In which column.
    pub column: String,
}

/// Something that is or was held back.
#[derive(Serialize, ToSchema)]
pub struct WithholdingShown {
    /// Which.
    pub id: i64,
    /// What kind of entry, and its number.
    pub what: String,
    /// Its number.
    pub row: i64,
    /// On what ground.
    pub ground: &'static str,
    /// Why.
    pub reason: String,
    /// When and as what it was decided.
    pub decided: String,
    /// Until when, when it was given up.
    pub lifted: Option<String>,
}

/// What the list of copies is made from.
pub struct ExportsData {
    /// The person.
    pub person: Person,
    /// As what the visitor asks.
    pub purpose: Purpose,
    /// The copies that they see.
    pub exports: Vec<Export>,
    /// For an officer.
    pub findings: Vec<Finding>,
    /// For an officer.
    pub withholdings: Vec<Withholding>,
}

/// The list of copies.
#[must_use]
pub fn exports(data: &ExportsData, now: DateTime<Utc>, today: NaiveDate) -> ExportsPage {
    let row = |export: &Export| {
        let (state, tone) = state(export, now);
        ExportRow {
            href: href(export),
            asked: calendar::moment(export.asked_at),
            purpose: capital(export.purpose.words()),
            state,
            tone,
        }
    };
    ExportsPage {
        id: data.person.id.number(),
        name: data.person.name.clone(),
        own: data.purpose == Purpose::Own,
        officer: data.purpose == Purpose::SubjectAccess,
        state: match data.exports.first() {
            None => "No copy was asked for yet.".to_owned(),
            Some(last) => format!("The last one {}.", state(last, now).0.to_lowercase()),
        },
        exports: data.exports.iter().map(row).collect(),
        findings: data.findings.iter().map(finding_shown).collect(),
        withholdings: data.withholdings.iter().map(withholding_shown).collect(),
        tables: TABLES
            .iter()
            .filter(|table| rules::check_table(table.name).is_ok())
            .map(|table| Choice::new(table.name, table.title))
            .collect(),
        grounds: Ground::ALL.iter().map(|ground| Choice::new(ground.code(), ground.words())).collect(),
        today: calendar::full(today),
    }
}

/// How a copy stands at a moment, and the tone of it.
fn state(export: &Export, now: DateTime<Utc>) -> (String, &'static str) {
    match export.status {
        Status::Ready if rules::can_be_fetched(export, now) => ("Is ready".to_owned(), "good"),
        Status::Ready | Status::Gone => ("Is deleted".to_owned(), "plain"),
        waits => (capital(waits.words()), "waiting"),
    }
}

fn href(export: &Export) -> String {
    format!("/people/{}/exports/{}", export.person, export.id)
}

fn title_of(table: &str) -> String {
    TABLES.iter().find(|known| known.name == table).map_or(table, |known| known.title).to_owned()
}

fn finding_shown(finding: &Finding) -> FindingShown {
    FindingShown {
        what: title_of(&finding.table),
        table: finding.table.clone(),
        row: finding.row,
        column: finding.column.replace('_', " "),
    }
}

fn withholding_shown(held: &Withholding) -> WithholdingShown {
    WithholdingShown {
        id: held.id.number(),
        what: format!("“{}”, number {}", title_of(&held.table), held.row),
        row: held.row,
        ground: held.ground.words(),
        reason: held.reason.clone(),
        decided: format!("{}, by {}", calendar::moment(held.at), held.authority),
        lifted: held.lifted_at.map(calendar::moment),
    }
}

/// One copy, while it is made and after; template `personal_data/export.html`.
#[derive(Serialize, ToSchema)]
pub struct ExportPage {
    /// The list of copies.
    pub list: String,
    /// This page.
    pub href: String,
    /// The person's name.
    pub name: String,
    /// Whether the visitor is the person.
    pub own: bool,
    /// How it stands, in a sentence.
    pub state: String,
    /// asked, making, ready or gone.
    pub status: &'static str,
    /// The steps of the making.
    pub steps: Vec<StepShown>,
    /// How many steps are done.
    pub steps_done: i64,
    /// Where the file is, while it can be fetched.
    pub file: Option<String>,
    /// That something is held back, and where to complain.
    pub held_back: Option<String>,
}

/// One step of the making.
#[derive(Serialize, ToSchema)]
pub struct StepShown {
    /// What is done.
    pub words: &'static str,
    /// Whether it is done.
    pub done: bool,
}

/// The page of a copy.
#[must_use]
pub fn export(person: &Person, own: bool, export: &Export, steps: &[&'static str], now: DateTime<Utc>) -> ExportPage {
    let step = |(place, words): (usize, &&'static str)| {
        let done = i64::try_from(place).is_ok_and(|place| place < export.steps_done);
        StepShown { words, done }
    };
    let fetchable = rules::can_be_fetched(export, now);
    ExportPage {
        list: format!("/people/{}/exports", export.person),
        href: href(export),
        name: person.name.clone(),
        own,
        state: sentence(export, fetchable),
        status: if fetchable || export.status != Status::Ready { export.status.code() } else { Status::Gone.code() },
        steps: steps.iter().enumerate().map(step).collect(),
        steps_done: export.steps_done,
        file: fetchable.then(|| format!("{}/file", href(export))),
        held_back: held_back(export.held_back),
    }
}

fn sentence(export: &Export, fetchable: bool) -> String {
    match (export.status, fetchable, export.until()) {
        (Status::Asked, ..) => "It waits to be made. This takes a minute or so.".to_owned(),
        (Status::Making, ..) => "It is being made. This takes a minute or so.".to_owned(),
        (_, true, Some(until)) => format!("It is ready. You can fetch it until {}.", calendar::moment(until)),
        _ => "It was kept for seven days and is deleted. Ask for a new one.".to_owned(),
    }
}

fn held_back(count: i64) -> Option<String> {
    let things = match count {
        0 => return None,
        1 => "One item is held back".to_owned(),
        count => format!("{count} items are held back"),
    };
    Some(format!(
        "{things} by the council, as the Data Protection Act 2018 allows. The copy says where to complain: to the \
                  council, to the Information Commissioner (ico.org.uk), or to a court."
    ))
}
