//! What the pages about lost second factors receive, worded.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Owner, Removal, Right, State, Step, rules};
use crate::auth::rights::Actor;
use crate::calendar;

/// A removal as the page shows it.
#[derive(Serialize, ToSchema)]
pub struct RemovalRow {
    /// Its number.
    pub id: i64,
    /// How far it has come, in words.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
    /// Who did what, in sentences.
    pub steps: Vec<String>,
    /// Whether the actor may confirm it now.
    pub may_confirm: bool,
    /// Whether the actor may stop it now.
    pub may_stop: bool,
}

/// Somebody's second factor that was lost; template `lost_factors/show.html`.
#[derive(Serialize, ToSchema)]
pub struct RemovalsPage {
    /// Whose.
    pub name: String,
    /// How things stand, in a sentence.
    pub state: String,
    /// Where the form that asks goes, if the actor may ask.
    pub action: Option<String>,
    /// Whether somebody else confirms, or the one who asks checks who it is.
    pub checks_identity: bool,
    /// The removals, the newest first.
    pub removals: Vec<RemovalRow>,
    /// Where one came from, in words.
    pub back: &'static str,
    /// Its page.
    pub back_href: String,
}

/// The page for whoever may ask for it.
#[must_use]
pub fn show(right: &Right, owner: &Owner, removals: &[Removal], action: String) -> RemovalsPage {
    let row = |removal: &Removal| row(removal, rules::check_confirm(removal, right.user()).is_ok());
    let refused = rules::check_ask(right, owner, removals).err();
    let state = match &refused {
        None => format!("{} signs in with a password and a code.", owner.name),
        Some(why) => why.to_string(),
    };
    let (back, back_href) = match right {
        Right::Admin(admin) => ("The organisation", format!("/organisations/{}", admin.organisation())),
        Right::Officer(_, person) => ("The person", format!("/people/{person}")),
    };
    RemovalsPage {
        name: owner.name.clone(),
        state,
        action: refused.is_none().then_some(action),
        checks_identity: right.person().is_some(),
        removals: removals.iter().rev().map(row).collect(),
        back,
        back_href,
    }
}

/// The page for the owner.
#[must_use]
pub fn own(actor: &Actor, removals: &[Removal]) -> RemovalsPage {
    let open = removals.iter().any(Removal::is_open);
    let state =
        if open { "Others ask for your second factor to be taken away." } else { "Nobody asks for anything now." };
    RemovalsPage {
        name: actor.name().to_owned(),
        state: state.to_owned(),
        action: None,
        checks_identity: false,
        removals: removals.iter().rev().map(|removal| row(removal, false)).collect(),
        back: "Your second factor",
        back_href: "/account/second-factor".to_owned(),
    }
}

fn row(removal: &Removal, may_confirm: bool) -> RemovalRow {
    let (state, tone) = match removal.state() {
        State::Asked => ("Waits for another administrator".to_owned(), "waiting"),
        State::CoolingOff(from) => (format!("Done on {}, unless it is stopped", calendar::moment(from)), "waiting"),
        State::Stopped => ("Stopped".to_owned(), "plain"),
        State::Done(at) => (format!("Done on {}", calendar::moment(at)), "good"),
    };
    let may_stop = removal.is_open();
    RemovalRow { id: removal.id.number(), state, tone, steps: steps(removal), may_confirm, may_stop }
}

fn steps(removal: &Removal) -> Vec<String> {
    let words = |what: &str, step: &Step| {
        let note = if step.note.is_empty() { String::new() } else { format!(": {}", step.note) };
        format!("{what} by {} on {}{note}", step.name, calendar::moment(step.at))
    };
    let confirmed = removal.confirmed.as_ref().map(|(step, _)| words("Confirmed", step));
    let stopped = removal.stopped.as_ref().map(|step| words("Stopped", step));
    std::iter::once(words("Asked for", &removal.asked)).chain(confirmed).chain(stopped).collect()
}
