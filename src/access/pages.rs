//! What the pages of access receive.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::rights::{AccessGround, Actor};
use crate::auth::store::access::{BrokenGlass, Grant};
use crate::calendar;

/// Who may look at a council's people for a time; template `access/list.html`.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// What was given, the newest first.
    pub grants: Vec<GrantLine>,
    /// Which operators of the service have looked, the newest first.
    pub broken: Vec<BrokenLine>,
    /// The day of today, as one would type it.
    pub today: String,
}

/// Access that was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantLine {
    /// Its number.
    pub id: i64,
    /// To whom.
    pub who: String,
    /// To whose records, in words.
    pub whose: String,
    /// For which days.
    pub time: String,
    /// For what.
    pub purpose: String,
    /// Whether it holds, in words.
    pub state: String,
    /// How the state is shown.
    pub tone: &'static str,
    /// Whether it can be taken back.
    pub may_end: bool,
}

/// An operator's look.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrokenLine {
    /// Who.
    pub who: String,
    /// Whose record.
    pub whose: String,
    /// The person's page.
    pub href: String,
    /// Why.
    pub reason: String,
    /// From when.
    pub when: String,
}

/// Words the council's page.
#[must_use]
pub fn list(grants: &[Grant], broken: &[BrokenGlass], today: NaiveDate) -> AccessPage {
    let grants: Vec<GrantLine> = grants.iter().map(|grant| grant_line(grant, today)).collect();
    let live = grants.iter().filter(|grant| grant.state == "Holds now").count();
    let state = match live {
        0 => "Nobody looks at your people for a time now.".to_owned(),
        1 => "1 access holds now.".to_owned(),
        many => format!("{many} accesses hold now."),
    };
    let line = |glass: &BrokenGlass| BrokenLine {
        who: glass.name.clone(),
        whose: glass.person.1.clone(),
        href: format!("/people/{}", glass.person.0),
        reason: glass.reason.clone(),
        when: calendar::moment(glass.from),
    };
    AccessPage { state, grants, broken: broken.iter().map(line).collect(), today: calendar::full(today) }
}

fn grant_line(grant: &Grant, today: NaiveDate) -> GrantLine {
    let (state, tone) = match () {
        () if grant.ended => ("Taken back", "plain"),
        () if today < grant.from => ("Not begun", "waiting"),
        () if today > grant.to => ("Over", "plain"),
        () => ("Holds now", "good"),
    };
    GrantLine {
        id: grant.id.number(),
        who: grant.name.clone(),
        whose: grant.person.as_ref().map_or("everybody of the council".to_owned(), |(_, name)| name.clone()),
        time: calendar::range(grant.from, grant.to),
        purpose: grant.purpose.clone(),
        state: state.to_owned(),
        tone,
        may_end: !grant.ended && today <= grant.to,
    }
}

/// Where an operator says why they must look; template `access/break_glass.html`.
#[derive(Debug, Serialize, ToSchema)]
pub struct BreakGlassPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// Records that the operator may look at now.
    pub open: Vec<Open>,
}

/// A record that an operator may look at now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Open {
    /// The person's page.
    pub href: String,
    /// The reason that was stated.
    pub reason: String,
}

/// Words the operator's page.
#[must_use]
pub fn break_glass(actor: &Actor) -> BreakGlassPage {
    let broken = actor.accesses().iter().filter(|access| access.ground == AccessGround::BrokenGlass);
    let open: Vec<Open> = broken
        .filter_map(|access| Some(Open { href: format!("/people/{}", access.person?), reason: access.purpose.clone() }))
        .collect();
    let state = match open.len() {
        0 => "You see nobody’s record.".to_owned(),
        1 => "You may look at 1 record now.".to_owned(),
        many => format!("You may look at {many} records now."),
    };
    BreakGlassPage { state, open }
}
