//! What the page of bank details receives, worded.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Change, State, Step, rules};
use crate::calendar;
use crate::people::Organisation;

/// A change as the page shows it.
#[derive(Serialize, ToSchema)]
pub struct ChangeRow {
    /// Its id.
    pub id: i64,
    /// The account, masked where the actor does not keep the details.
    pub account: String,
    /// How far it has come, in words.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
    /// Who did what with it, in sentences.
    pub steps: Vec<String>,
    /// Whether the actor may confirm it now.
    pub may_confirm: bool,
    /// Whether the actor may stop it now.
    pub may_stop: bool,
}

/// Where an organisation is paid; template `bank_details/show.html`.
#[derive(Serialize, ToSchema)]
pub struct BankPage {
    /// The organisation.
    pub organisation: i64,
    /// Its name.
    pub name: String,
    /// Whether the actor belongs to it.
    pub is_member: bool,
    /// How things stand, in a sentence.
    pub state: String,
    /// The changes, the newest first.
    pub changes: Vec<ChangeRow>,
    /// Whether the actor may ask for new details now.
    pub may_draft: bool,
}

/// What the page needs to know of whoever looks.
#[derive(Clone, Copy, Debug)]
pub struct Looker {
    /// Belongs to the organisation.
    pub is_member: bool,
    /// Keeps the details, and so sees them in full.
    pub keeps: bool,
}

/// The page; for each change, whether the actor may confirm and stop it.
#[must_use]
pub fn show(
    organisation: &Organisation,
    changes: &[(Change, bool, bool)],
    looker: Looker,
    now: DateTime<Utc>,
) -> BankPage {
    let all: Vec<Change> = changes.iter().map(|(change, ..)| change.clone()).collect();
    let account = |change: &Change| if looker.keeps { change.details.full() } else { change.details.masked() };
    let held = match rules::current(&all, now) {
        Some(change) => format!("Paid to {}.", account(change)),
        None => "No bank details hold yet.".to_owned(),
    };
    let open = all.iter().find(|change| change.is_open(now)).map(|change| change.state(now));
    let coming = match open {
        Some(State::Drafted) => " New ones wait for somebody else to confirm them.".to_owned(),
        Some(State::CoolingOff(from)) => format!(" New ones hold from {} on.", calendar::moment(from)),
        _ => String::new(),
    };
    let row = |(change, may_confirm, may_stop): &(Change, bool, bool)| {
        let (state, tone) = state_words(change.state(now));
        ChangeRow {
            id: change.id.number(),
            account: account(change),
            state,
            tone,
            steps: steps(change),
            may_confirm: *may_confirm,
            may_stop: *may_stop,
        }
    };
    BankPage {
        organisation: organisation.id.number(),
        name: organisation.name.clone(),
        is_member: looker.is_member,
        state: format!("{held}{coming}"),
        changes: changes.iter().rev().map(row).collect(),
        may_draft: looker.keeps && open.is_none(),
    }
}

fn state_words(state: State) -> (String, &'static str) {
    match state {
        State::Drafted => ("Waits to be confirmed by somebody else".to_owned(), "waiting"),
        State::CoolingOff(from) => {
            (format!("Holds from {} on, unless it is stopped", calendar::moment(from)), "waiting")
        }
        State::Holds(from) => (format!("Held from {} on", calendar::moment(from)), "good"),
        State::Stopped => ("Stopped; it never holds".to_owned(), "plain"),
    }
}

fn steps(change: &Change) -> Vec<String> {
    let words = |what: &str, step: &Step| {
        let authority = if step.authority.is_empty() { String::new() } else { format!(" ({})", step.authority) };
        let reason = if step.reason.is_empty() { String::new() } else { format!(": {}", step.reason) };
        format!("{what} by {}{authority} on {}{reason}", step.name, calendar::moment(step.at))
    };
    let confirmed = change.confirmed.as_ref().map(|(step, _)| words("Confirmed", step));
    let stopped = change.stopped.as_ref().map(|step| words("Stopped", step));
    std::iter::once(words("Asked for", &change.drafted)).chain(confirmed).chain(stopped).collect()
}
