//! Changes of bank details and what became of them, sealed at rest.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{BankDetails, Change, Step, rules};
use crate::auth::rights::{Actor, CouncilOfficer, Role};
use crate::db::Tx;
use crate::db::schema::{bank_change_steps, bank_changes, organisations, users};
use crate::error::Error;
use crate::ids::{BankChangeId, OrganisationId, UserId};
use crate::mail::{self, Action, Letter};
use crate::organisations::store as inside;
use crate::people::{Organisation, store as people};
use crate::render::Renderer;
use crate::web::token::Keys;

/// For what bank details are sealed.
const SEALED: &str = "bank details";
/// What a step is called in its row.
const CONFIRMED: &str = "confirmed";
const STOPPED: &str = "stopped";

/// What every step needs beside its transaction.
pub struct Desk<'a> {
    /// Opens and seals.
    pub keys: &'a Keys,
    /// Lays the mails out.
    pub renderer: &'a Renderer,
    /// How browsers reach this server, for the link in the mails.
    pub public_url: &'a str,
    /// Who acts.
    pub actor: &'a Actor,
    /// Now.
    pub now: DateTime<Utc>,
}

/// An organisation whose bank details the actor has to do with: a member; where nobody else could confirm, an officer of
/// the council of the place.
///
/// # Errors
/// Not found, for everybody else.
pub fn organisation(tx: &mut Tx, actor: &Actor, id: OrganisationId) -> Result<Organisation, Error> {
    let found = people::organisation(tx, id)?;
    if actor.works_for(id) || officer_of(tx, actor, &found)?.is_some() { Ok(found) } else { Err(Error::NotFound) }
}

/// The right of an officer to confirm for an organisation in which one person alone keeps the details.
fn officer_of(tx: &mut Tx, actor: &Actor, organisation: &Organisation) -> Result<Option<CouncilOfficer>, Error> {
    let members = inside::members(tx, organisation.id)?;
    let keepers = members.iter().filter(|member| member.does(Role::Admin) || member.does(Role::Finance)).count();
    if keepers > 1 {
        return Ok(None);
    }
    inside::officer_for_place(tx, actor, &organisation.address.postcode)
}

fn seal(keys: &Keys, organisation: OrganisationId, details: &BankDetails) -> Result<String, Error> {
    let text = serde_json::to_vec(details).map_err(|cause| Error::internal("bank details", cause))?;
    keys.seal(SEALED, organisation, &text)
}

fn open(keys: &Keys, organisation: OrganisationId, sealed: &str) -> Result<BankDetails, Error> {
    let unreadable =
        || Error::Internal(format!("the bank details of organisation {organisation} do not open with this key"));
    let text = keys.open(SEALED, organisation, sealed).ok_or_else(unreadable)?;
    serde_json::from_slice(&text).map_err(|_| unreadable())
}

/// Every change of where an organisation is paid, the oldest first. The caller has the right to know, as far as it shows.
///
/// # Errors
/// When the database fails, or a row was sealed with another key.
pub fn changes(tx: &mut Tx, keys: &Keys, organisation: OrganisationId) -> Result<Vec<Change>, Error> {
    type Row = (BankChangeId, String, UserId, String, NaiveDateTime);
    let rows: Vec<Row> = bank_changes::table
        .inner_join(users::table.on(users::id.eq(bank_changes::drafted_by)))
        .filter(bank_changes::organisation_id.eq(organisation))
        .select((bank_changes::id, bank_changes::sealed, users::id, users::name, bank_changes::drafted_at))
        .order(bank_changes::id)
        .load(tx)?;
    let ids: Vec<BankChangeId> = rows.iter().map(|(id, ..)| *id).collect();
    let steps = steps(tx, &ids)?;
    let noun = |(id, sealed, user, name, at): Row| {
        let of = |step: &str| steps.iter().find(|found| found.0 == id && found.1 == step);
        Ok(Change {
            id,
            organisation,
            details: open(keys, organisation, &sealed)?,
            drafted: Step { user, name, authority: String::new(), reason: String::new(), at: at.and_utc() },
            confirmed: of(CONFIRMED).and_then(|(_, _, step, from)| Some((step.clone(), (*from)?))),
            stopped: of(STOPPED).map(|(_, _, step, _)| step.clone()),
        })
    };
    rows.into_iter().map(noun).collect()
}

/// Whether an organisation ever said where it is paid, and somebody confirmed it.
///
/// # Errors
/// When the database fails.
pub fn has_details(tx: &mut Tx, organisation: OrganisationId) -> Result<bool, Error> {
    let confirmed = bank_change_steps::table
        .inner_join(bank_changes::table.on(bank_changes::id.eq(bank_change_steps::change_id)))
        .filter(bank_changes::organisation_id.eq(organisation).and(bank_change_steps::step.eq(CONFIRMED)));
    Ok(diesel::select(diesel::dsl::exists(confirmed)).get_result(tx)?)
}

type Done = (BankChangeId, String, Step, Option<DateTime<Utc>>);

fn steps(tx: &mut Tx, ids: &[BankChangeId]) -> Result<Vec<Done>, Error> {
    type Row = (BankChangeId, String, UserId, String, String, String, NaiveDateTime, Option<NaiveDateTime>);
    let rows: Vec<Row> = bank_change_steps::table
        .inner_join(users::table.on(users::id.eq(bank_change_steps::done_by)))
        .filter(bank_change_steps::change_id.eq_any(ids.to_vec()))
        .select((
            bank_change_steps::change_id,
            bank_change_steps::step,
            users::id,
            users::name,
            bank_change_steps::authority,
            bank_change_steps::reason,
            bank_change_steps::done_at,
            bank_change_steps::effective_at,
        ))
        .load(tx)?;
    let done = |(id, step, user, name, authority, reason, at, from): Row| {
        let done = Step { user, name, authority, reason, at: at.and_utc() };
        (id, step, done, from.map(|from| from.and_utc()))
    };
    Ok(rows.into_iter().map(done).collect())
}

/// Drafts a change; every administrator is told.
///
/// # Errors
/// Not found, forbidden or a conflict, as the rules say.
pub fn draft(tx: &mut Tx, desk: &Desk<'_>, id: OrganisationId, details: &BankDetails) -> Result<(), Error> {
    let organisation = organisation(tx, desk.actor, id)?;
    if !rules::keeps(desk.actor, id) {
        return Err(rules::Refusal::NotKeeper.into());
    }
    rules::check_draft(&changes(tx, desk.keys, id)?, desk.now)?;
    let row = (
        bank_changes::organisation_id.eq(id),
        bank_changes::sealed.eq(seal(desk.keys, id, details)?),
        bank_changes::drafted_by.eq(desk.actor.user()),
        bank_changes::drafted_at.eq(desk.now.naive_utc()),
    );
    diesel::insert_into(bank_changes::table).values(row).execute(tx)?;
    let what = format!("{} has asked for new bank details: {}.", desk.actor.name(), details.masked());
    let next = "They hold only after somebody else has confirmed them and some days have passed.";
    tell(tx, desk, &organisation, "New bank details are asked for", [&what, next])
}

/// One change of an organisation.
fn change(tx: &mut Tx, desk: &Desk<'_>, (organisation, id): (OrganisationId, BankChangeId)) -> Result<Change, Error> {
    let found = changes(tx, desk.keys, organisation)?.into_iter().find(|change| change.id == id);
    found.ok_or(Error::NotFound)
}

/// Confirms a change: it begins to hold after the days of cooling off. Every administrator is told.
///
/// # Errors
/// Not found, forbidden or a conflict, as the rules say.
pub fn confirm(tx: &mut Tx, desk: &Desk<'_>, (id, change_id): (OrganisationId, BankChangeId)) -> Result<(), Error> {
    let organisation = organisation(tx, desk.actor, id)?;
    let change = change(tx, desk, (id, change_id))?;
    let officer = officer_of(tx, desk.actor, &organisation)?.map(|officer| officer.authority());
    let who = (desk.actor.user(), rules::keeps(desk.actor, id), officer);
    let authority = rules::confirm(&change, &inside::members(tx, id)?, who, desk.now)?;
    let from = rules::holds_from(desk.now);
    add_step(tx, desk, change_id, (CONFIRMED, &authority, "", Some(from)))?;
    let what = format!("{} has confirmed new bank details: {}.", desk.actor.name(), change.details.masked());
    let next =
        format!("They hold from {} on. Until then any administrator can stop them.", crate::calendar::moment(from));
    tell(tx, desk, &organisation, "New bank details are confirmed", [&what, &next])
}

/// A change that the actor may stop, with its organisation.
///
/// # Errors
/// Not found, forbidden or a conflict, as the rules say.
pub fn to_stop(
    tx: &mut Tx,
    desk: &Desk<'_>,
    (id, change_id): (OrganisationId, BankChangeId),
) -> Result<(Organisation, Change), Error> {
    let organisation = organisation(tx, desk.actor, id)?;
    let change = change(tx, desk, (id, change_id))?;
    rules::stop(&change, (desk.actor.user(), desk.actor.admin_of(id).is_some()), desk.now)?;
    Ok((organisation, change))
}

/// Stops a change that does not hold yet. Every administrator is told.
///
/// # Errors
/// As [`to_stop`].
pub fn stop(tx: &mut Tx, desk: &Desk<'_>, ids: (OrganisationId, BankChangeId), reason: &str) -> Result<(), Error> {
    let (organisation, change) = to_stop(tx, desk, ids)?;
    add_step(tx, desk, change.id, (STOPPED, "a member", reason, None))?;
    let what = format!("{} has stopped new bank details: {}.", desk.actor.name(), change.details.masked());
    tell(tx, desk, &organisation, "New bank details are stopped", [&what, "What held before still holds."])
}

fn add_step(
    tx: &mut Tx,
    desk: &Desk<'_>,
    id: BankChangeId,
    (step, authority, reason, from): (&str, &str, &str, Option<DateTime<Utc>>),
) -> Result<(), Error> {
    let row = (
        bank_change_steps::change_id.eq(id),
        bank_change_steps::step.eq(step),
        bank_change_steps::authority.eq(authority),
        bank_change_steps::reason.eq(reason),
        bank_change_steps::effective_at.eq(from.map(|from| from.naive_utc())),
        bank_change_steps::done_by.eq(desk.actor.user()),
        bank_change_steps::done_at.eq(desk.now.naive_utc()),
    );
    diesel::insert_into(bank_change_steps::table).values(row).execute(tx)?;
    Ok(())
}

/// A mail to every administrator: nobody changes where money goes behind their backs.
fn tell(
    tx: &mut Tx,
    desk: &Desk<'_>,
    organisation: &Organisation,
    subject: &str,
    paragraphs: [&str; 2],
) -> Result<(), Error> {
    for admin in inside::members(tx, organisation.id)?.into_iter().filter(|member| member.does(Role::Admin)) {
        let letter = Letter {
            greeting: format!("Dear {}", admin.name),
            paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
            action: Some(Action {
                label: "Look at the change".to_owned(),
                href: format!("{}/organisations/{}/bank-details", desk.public_url, organisation.id),
            }),
            afterwards: vec!["If you did not expect this, stop it at once and ask who asked for it.".to_owned()],
        };
        let mails = mail::desk::Desk { renderer: desk.renderer, public_url: desk.public_url, now: desk.now };
        mails.post(tx, &admin.email, &format!("{subject} for {}", organisation.name), &letter)?;
    }
    Ok(())
}

/// Where an organisation is paid now, masked, and whether a change is on its way; for whoever pays it.
///
/// # Errors
/// When the database fails.
pub fn payee(
    tx: &mut Tx,
    keys: &Keys,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<(Option<String>, bool), Error> {
    let changes = changes(tx, keys, organisation)?;
    let current = rules::current(&changes, now).map(|change| change.details.masked());
    Ok((current, changes.iter().any(|change| change.is_open(now))))
}

/// Checks that whoever records a payment has no part in new bank details of the one who is paid.
///
/// # Errors
/// Forbidden, when they have and those do not hold yet.
pub fn check_payer(
    tx: &mut Tx,
    keys: &Keys,
    payee: OrganisationId,
    payer: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let changes = changes(tx, keys, payee)?;
    if !changes.iter().any(|change| change.is_open(now)) {
        return Ok(());
    }
    let name = people::organisation(tx, payee)?.name;
    Ok(rules::check_payer(&name, &changes, payer, now)?)
}

/// A change that waits for an officer, because nobody else of the organisation could confirm it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// The changes that wait for this officer, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn waiting_for_officer(tx: &mut Tx, actor: &Actor) -> Result<Vec<Waiting>, Error> {
    let rows: Vec<(OrganisationId, String, NaiveDateTime)> = bank_changes::table
        .inner_join(organisations::table.on(organisations::id.eq(bank_changes::organisation_id)))
        .left_join(bank_change_steps::table.on(bank_change_steps::change_id.eq(bank_changes::id)))
        .filter(bank_change_steps::id.is_null())
        .select((organisations::id, organisations::name, bank_changes::drafted_at))
        .order(bank_changes::id)
        .limit(200)
        .load(tx)?;
    let mut waiting = vec![];
    for (id, name, since) in rows {
        let organisation = people::organisation(tx, id)?;
        if officer_of(tx, actor, &organisation)?.is_some() {
            waiting.push(Waiting { organisation: id, name, since: since.and_utc() });
        }
    }
    Ok(waiting)
}

/// New bank details that took the place of others: what [`crate::concerns`] looks at beside the payments after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The change.
    pub change: BankChangeId,
    /// Of which organisation.
    pub organisation: OrganisationId,
    /// From when they hold.
    pub from: DateTime<Utc>,
}

/// The bank details that took the place of others since a moment, and were not stopped.
///
/// # Errors
/// When the database fails.
pub fn replaced_since(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<Replaced>, Error> {
    type StepRow = (BankChangeId, OrganisationId, String, Option<NaiveDateTime>);
    let rows: Vec<StepRow> = bank_change_steps::table
        .inner_join(bank_changes::table.on(bank_changes::id.eq(bank_change_steps::change_id)))
        .select((
            bank_changes::id,
            bank_changes::organisation_id,
            bank_change_steps::step,
            bank_change_steps::effective_at,
        ))
        .order(bank_change_steps::id)
        .load(tx)?;
    let stopped = |change| rows.iter().any(|(id, _, step, _)| *id == change && step == STOPPED);
    let held: Vec<Replaced> = rows
        .iter()
        .filter(|(change, ..)| !stopped(*change))
        .filter_map(|(change, organisation, _, from)| {
            Some(Replaced { change: *change, organisation: *organisation, from: (*from)?.and_utc() })
        })
        .collect();
    let had_others =
        |new: &&Replaced| held.iter().any(|old| old.organisation == new.organisation && old.from < new.from);
    Ok(held.iter().filter(|new| new.from >= since).filter(had_others).copied().collect())
}
