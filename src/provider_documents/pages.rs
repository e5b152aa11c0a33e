//! What the checklist and the page of documents receive.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{self, Standing};
use super::{Check, Document, Step};
use crate::calendar;
use crate::directory::DocumentKind;
use crate::ids::OrganisationId;
use crate::web::parts::Choice;

/// One thing to do.
#[derive(Serialize, ToSchema)]
pub struct StepShown {
    /// What.
    pub what: &'static str,
    /// Where it is done.
    pub href: String,
    /// Whether it is done.
    pub done: bool,
    /// That what was sent for it was refused, by whom and why.
    pub refused: Option<String>,
}

/// What a provider has done and has still to do; template `provider_documents/checklist.html`.
#[derive(Serialize, ToSchema)]
pub struct ChecklistPage {
    /// The provider's name.
    pub provider: String,
    /// How far it has come: "5 of 8 done".
    pub progress: String,
    /// The steps.
    pub steps: Vec<StepShown>,
}

/// The page of a checklist.
#[must_use]
pub fn checklist(provider: &str, steps: &[Step]) -> ChecklistPage {
    let shown = |step: &Step| StepShown {
        what: step.what,
        href: step.href.clone(),
        done: step.done,
        refused: step.refused.clone(),
    };
    ChecklistPage {
        provider: provider.to_owned(),
        progress: rules::progress(steps),
        steps: steps.iter().map(shown).collect(),
    }
}

/// A document with what was found of it.
#[derive(Serialize, ToSchema)]
pub struct DocumentShown {
    /// Its id.
    pub id: i64,
    /// What it is.
    pub kind: &'static str,
    /// How it stands and on which days it holds, in a sentence.
    pub says: String,
    /// How it stands.
    pub state: &'static str,
    /// The tone of that.
    pub tone: &'static str,
    /// The name of its file.
    pub file: String,
    /// Who sent it and when.
    pub sent: String,
    /// What was found, oldest first, in sentences.
    pub checks: Vec<String>,
    /// Whether the actor may say what they found.
    pub may_check: bool,
}

/// The documents of a provider; template `provider_documents/list.html`.
#[derive(Serialize, ToSchema)]
pub struct DocumentsPage {
    /// The provider.
    pub id: i64,
    /// Its name.
    pub provider: String,
    /// How things stand, in sentences.
    pub state: String,
    /// The documents, the newest first.
    pub documents: Vec<DocumentShown>,
    /// Whether the actor may send one.
    pub may_add: bool,
    /// What one can be.
    pub kinds: Vec<Choice>,
    /// What can be found.
    pub outcomes: Vec<Choice>,
    /// Today, as a date field shows it.
    pub today: String,
}

/// The page of a provider's documents.
#[must_use]
pub fn documents(
    (id, provider): (OrganisationId, &str),
    documents: &[Document],
    (may_add, may_check): (bool, bool),
    today: NaiveDate,
) -> DocumentsPage {
    DocumentsPage {
        id: id.number(),
        provider: provider.to_owned(),
        state: state(documents, today),
        documents: documents.iter().map(|one| shown(one, may_check, today)).collect(),
        may_add,
        kinds: DocumentKind::ALL.iter().map(|kind| Choice::new(kind.code(), kind.words())).collect(),
        outcomes: vec![Choice::new("accepted", "Accepted"), Choice::new("refused", "Refused")],
        today: calendar::short(today),
    }
}

/// How all documents stand together.
fn state(documents: &[Document], today: NaiveDate) -> String {
    let count = |fits: fn(Standing) -> bool| documents.iter().filter(|one| fits(rules::standing(one, today))).count();
    let words = |count: usize, one: &str, several: &str| match count {
        0 => None,
        1 => Some(format!("One document {one}.")),
        many => Some(format!("{many} documents {several}.")),
    };
    let holds = |standing| matches!(standing, Standing::Holds | Standing::HoldsUntilNext(_) | Standing::EndsSoon);
    let sentences = [
        words(count(holds), "holds today", "hold today").or_else(|| Some("No document holds today.".to_owned())),
        words(count(|standing| standing == Standing::EndsSoon), "ends soon", "end soon"),
        words(count(|standing| standing == Standing::Ended), "has ended", "have ended"),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn shown(document: &Document, may_check: bool, today: NaiveDate) -> DocumentShown {
    let standing = rules::standing(document, today);
    let (state, tone) = match standing {
        Standing::Replaced => ("Replaced", "plain"),
        Standing::Ended => ("Has ended", "warning"),
        Standing::ToCome => ("To come", "waiting"),
        Standing::EndsSoon => ("Ends soon", "waiting"),
        Standing::HoldsUntilNext(_) | Standing::Holds => ("Holds", "good"),
    };
    DocumentShown {
        id: document.id.number(),
        kind: document.version.kind.words(),
        says: says(document, standing),
        state,
        tone,
        file: document.file.1.clone(),
        sent: format!("Sent by {} on {}", document.by, on(document.at)),
        checks: document.checks.iter().map(check).collect(),
        may_check: may_check && rules::check_check(document, today).is_ok(),
    }
}

/// How a document stands, with the days on which it holds.
fn says(document: &Document, standing: Standing) -> String {
    let from = calendar::full(document.version.from);
    let until = document.version.until.map(calendar::full);
    let valid = match &until {
        Some(until) => format!("Valid until {until}, since {from}"),
        None => format!("Valid since {from}, without a last day"),
    };
    match standing {
        Standing::Replaced => {
            let days = until.map(|until| format!(" until {until}")).unwrap_or_default();
            format!("A newer one took its place. It was valid from {from}{days}.")
        }
        Standing::Ended => format!("It ended on {}. It was valid from {from}.", until.unwrap_or_default()),
        Standing::ToCome => {
            let days = until.map(|until| format!(" until {until}")).unwrap_or_default();
            format!("Valid from {from}{days}: its first day is still to come.")
        }
        Standing::EndsSoon => format!("{valid}. It ends soon: the next one is needed."),
        Standing::HoldsUntilNext(next) => {
            format!("{valid}. A newer one takes its place from {} on.", calendar::full(next))
        }
        Standing::Holds => format!("{valid}."),
    }
}

fn check(check: &Check) -> String {
    let outcome = if check.accepted { "Accepted" } else { "Refused" };
    format!("{outcome} by {} ({}) on {}: {}", check.organisation, check.by, on(check.at), check.note)
}

fn on(at: chrono::DateTime<chrono::Utc>) -> String {
    calendar::full(calendar::london(at).date())
}
