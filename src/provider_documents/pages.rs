//! What the checklist and the page of documents receive.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Check, Document, Step, rules};
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
    let shown = |step: &Step| StepShown { what: step.what, href: step.href.clone(), done: step.done };
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
    /// On which days it holds.
    pub days: String,
    /// How it stands.
    pub state: String,
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
        documents: documents.iter().map(|one| shown(one, may_check, today)).collect(),
        may_add,
        kinds: DocumentKind::ALL.iter().map(|kind| Choice::new(kind.code(), kind.words())).collect(),
        outcomes: vec![Choice::new("accepted", "Accepted"), Choice::new("refused", "Refused")],
        today: calendar::short(today),
    }
}

fn shown(document: &Document, may_check: bool, today: NaiveDate) -> DocumentShown {
    let until = document.until.map(|day| format!(" until {}", calendar::full(day))).unwrap_or_default();
    let (state, tone) = match document.until.and_then(|until| rules::reminder(until, today)) {
        _ if document.replaced => ("A newer one took its place", "plain"),
        Some(rules::Reminder::Ended) => ("Has ended", "warning"),
        Some(rules::Reminder::Soon) => ("Ends soon", "waiting"),
        None if document.from > today => ("To come", "waiting"),
        None => ("Holds", "good"),
    };
    DocumentShown {
        id: document.id.number(),
        kind: document.kind.words(),
        days: format!("From {}{until}", calendar::full(document.from)),
        state: state.to_owned(),
        tone,
        file: document.file.1.clone(),
        sent: format!("Sent by {} on {}", document.by, on(document.at)),
        checks: document.checks.iter().map(check).collect(),
        may_check: may_check && !document.replaced,
    }
}

fn check(check: &Check) -> String {
    let outcome = if check.accepted { "Accepted" } else { "Refused" };
    format!("{outcome} by {} ({}) on {}: {}", check.organisation, check.by, on(check.at), check.note)
}

fn on(at: chrono::DateTime<chrono::Utc>) -> String {
    calendar::full(calendar::london(at).date())
}
