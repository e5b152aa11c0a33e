//! Services and rates from a sheet: the form, and what a sheet would change.

use serde::Serialize;

use super::{MOST_ROWS, Outcome, Plan, Planned, SERVICE};
use crate::directory::forms::rates::RATE;

/// The form for a sheet; template `directory/bulk.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BulkPage {
    /// The columns that a sheet may have.
    pub columns: Vec<SheetColumn>,
    /// The most rows.
    pub most_rows: usize,
}

/// A column of a sheet.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SheetColumn {
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub meaning: &'static str,
}

/// What stands in the columns of a service, in the order of [`SERVICE`].
const MEANINGS: [&str; 7] = [
    "The number of the service, which the sheet that you take from here has; empty for a new one.",
    "Its name.",
    "What kind of help it is, in our words.",
    "What it is, for whom, where and when.",
    "Where it is given, or from where it comes.",
    "What it is for VAT: welfare, not_welfare and others, as the form for a service has them.",
    "Whether you are regulated for it: yes, no or unknown.",
];

/// The form.
#[must_use]
pub fn form() -> BulkPage {
    let of_service = SERVICE.into_iter().zip(MEANINGS);
    let columns = of_service.chain(RATE.iter().copied()).map(|(name, meaning)| SheetColumn { name, meaning });
    BulkPage { columns: columns.collect(), most_rows: MOST_ROWS }
}

/// What a sheet would change; template `directory/bulk_sheet.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BulkSheetPage {
    /// How much it would change, in a sentence.
    pub state: String,
    /// Each row.
    pub rows: Vec<BulkRow>,
    /// Where it is confirmed; nothing when nothing is to be done, or it was done.
    pub action: Option<String>,
    /// What tells this plan from another.
    pub plan: String,
}

/// A row of a sheet and what it would do.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BulkRow {
    /// Its number in the file.
    pub line: usize,
    /// What the service is called.
    pub name: String,
    /// What it would do, in a word or two.
    pub state: &'static str,
    /// The tone of that.
    pub tone: &'static str,
    /// What becomes different, or why it cannot be done.
    pub says: Vec<String>,
}

/// What a sheet would change.
#[must_use]
pub fn sheet(id: i64, plan: &Plan, is_done: bool) -> BulkSheetPage {
    let count = |wanted: fn(&Outcome) -> bool| plan.rows.iter().filter(|row| wanted(&row.outcome)).count();
    let (new, changed) = (count(|one| *one == Outcome::New), count(|one| matches!(one, Outcome::Changed(_))));
    let (same, refused) = (count(|one| *one == Outcome::Unchanged), count(|one| matches!(one, Outcome::Refused(_))));
    let counted = format!("{new} new, {changed} changed, {same} as they are, {refused} that cannot be done");
    let state = match (is_done, plan.steps()) {
        (true, _) => "This sheet was done. What you see is what it would do now.".to_owned(),
        (false, 0) => format!("Nothing would change: {counted}."),
        (false, _) => format!("Nothing is changed yet. It would be: {counted}."),
    };
    let row = |planned: &Planned| {
        let (state, tone, says) = match &planned.outcome {
            Outcome::New => ("New", "good", vec!["Listed, and not published before you publish it.".to_owned()]),
            Outcome::Changed(what) => ("Changed", "waiting", what.clone()),
            Outcome::Unchanged => ("As it is", "plain", vec![]),
            Outcome::Refused(why) => ("Cannot be done", "danger", why.clone()),
        };
        BulkRow { line: planned.line, name: planned.name.clone(), state, tone, says }
    };
    BulkSheetPage {
        state,
        rows: plan.rows.iter().map(row).collect(),
        action: (!is_done && plan.steps() > 0).then(|| format!("/provider/bulk/{id}/confirmation")),
        plan: plan.fingerprint(),
    }
}
