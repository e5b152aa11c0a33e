//! Removals of second factors and what became of them.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{JOB, Owner, Removal, Right, Step, Target, rules};
use crate::audit::{self, Act, Author, Event};
use crate::auth::rights::{Actor, Role};
use crate::auth::store::{factors, own};
use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{factor_removal_steps, factor_removals, users};
use crate::error::Error;
use crate::ids::{OrganisationId, PersonId, RemovalId, UserId};
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::organisations::{Member, store as inside};
use crate::people::store as people;
use crate::queue::{NewJob, store as queue};

/// What a step is called in its row.
const CONFIRMED: &str = "confirmed";
const STOPPED: &str = "stopped";
const DONE: &str = "done";

/// The right to ask for somebody, and who that is.
///
/// # Errors
/// Not found for those who may not know them; forbidden for those who may not do this.
pub fn owner(tx: &mut Tx, actor: &Actor, target: Target) -> Result<(Right, Owner), Error> {
    match target {
        Target::Member(organisation, user) => {
            if !actor.works_for(organisation) {
                return Err(Error::NotFound);
            }
            let admin = actor.admin_of(organisation).ok_or(rules::Refusal::NotAdmin)?;
            if !inside::members(tx, organisation)?.iter().any(|member| member.user == user) {
                return Err(Error::NotFound);
            }
            Ok((Right::Admin(admin), owner_of(tx, user)?))
        }
        Target::Person(id) => {
            let person = people::person(tx, actor, id)?;
            let officer = actor.council_officer()?;
            if officer.council() != person.council {
                return Err(rules::Refusal::NotTheirOfficer.into());
            }
            let user = person.user.ok_or(Error::NotFound)?;
            Ok((Right::Officer(officer, id), owner_of(tx, user)?))
        }
    }
}

fn owner_of(tx: &mut Tx, user: UserId) -> Result<Owner, Error> {
    let known = own::user(tx, user)?;
    let (has_factor, places) = (factors::has_factor(tx, user)?, own::places(tx, user)?);
    Ok(Owner { user, name: known.name, email: known.email, has_factor, places })
}

/// The removals of an owner's second factor that were asked for on the same ground, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn removals_for(tx: &mut Tx, right: &Right, owner: &Owner) -> Result<Vec<Removal>, Error> {
    let mut found = removals(tx, owner.user)?;
    found.retain(|removal| right.reaches(removal));
    Ok(found)
}

/// Every removal of a user's second factor, the oldest first. The caller is that user.
///
/// # Errors
/// When the database fails.
pub fn removals(tx: &mut Tx, user: UserId) -> Result<Vec<Removal>, Error> {
    let ids = factor_removals::table.filter(factor_removals::user_id.eq(user)).select(factor_removals::id);
    let ids: Vec<RemovalId> = ids.order(factor_removals::id).load(tx)?;
    ids.into_iter().map(|id| removal(tx, id)).collect()
}

/// A removal. The caller looks at whose it is.
///
/// # Errors
/// Not found, when there is none.
pub fn removal(tx: &mut Tx, id: RemovalId) -> Result<Removal, Error> {
    type Row = (UserId, OrganisationId, Option<PersonId>, String, UserId, String, NaiveDateTime);
    let (user, organisation, person, note, by, name, at): Row = factor_removals::table
        .inner_join(users::table.on(users::id.eq(factor_removals::asked_by)))
        .filter(factor_removals::id.eq(id))
        .select((
            factor_removals::user_id,
            factor_removals::organisation_id,
            factor_removals::person_id,
            factor_removals::reason,
            users::id,
            users::name,
            factor_removals::asked_at,
        ))
        .first(tx)?;
    let steps = steps(tx, id)?;
    let of = |wanted: &str| steps.iter().find(|(step, ..)| step == wanted);
    Ok(Removal {
        id,
        user,
        organisation,
        person,
        asked: Step { user: Some(by), name, note, at: at.and_utc() },
        confirmed: of(CONFIRMED).and_then(|(_, step, from)| Some((step.clone(), (*from)?))),
        stopped: of(STOPPED).map(|(_, step, _)| step.clone()),
        done: of(DONE).map(|(_, step, _)| step.at),
    })
}

type Done = (String, Step, Option<DateTime<Utc>>);

fn steps(tx: &mut Tx, id: RemovalId) -> Result<Vec<Done>, Error> {
    type Row = (String, Option<UserId>, Option<String>, String, NaiveDateTime, Option<NaiveDateTime>);
    let rows: Vec<Row> = factor_removal_steps::table
        .left_join(users::table.on(users::id.nullable().eq(factor_removal_steps::done_by)))
        .filter(factor_removal_steps::removal_id.eq(id))
        .select((
            factor_removal_steps::step,
            factor_removal_steps::done_by,
            users::name.nullable(),
            factor_removal_steps::note,
            factor_removal_steps::done_at,
            factor_removal_steps::effective_at,
        ))
        .load(tx)?;
    let done = |(step, user, name, note, at, from): Row| {
        let name = name.unwrap_or_else(|| "the service".to_owned());
        (step, Step { user, name, note, at: at.and_utc() }, from.map(|from| from.and_utc()))
    };
    Ok(rows.into_iter().map(done).collect())
}

/// Asks for it; where nobody else can confirm it, it is confirmed with it. The owner is told.
///
/// # Errors
/// What rules refuse.
pub fn ask(tx: &mut Tx, desk: &Desk<'_>, (right, owner): (&Right, &Owner), reason: &str) -> Result<Vec<Act>, Error> {
    rules::check_ask(right, owner, &removals_for(tx, right, owner)?)?;
    let row = (
        factor_removals::user_id.eq(owner.user),
        factor_removals::organisation_id.eq(right.organisation()),
        factor_removals::person_id.eq(right.person()),
        factor_removals::authority.eq(right.authority()),
        factor_removals::reason.eq(reason),
        factor_removals::asked_by.eq(right.user()),
        factor_removals::asked_at.eq(desk.now.naive_utc()),
    );
    let id: RemovalId =
        diesel::insert_into(factor_removals::table).values(row).returning(factor_removals::id).get_result(tx)?;
    let removal = removal(tx, id)?;
    let mut acts = vec![
        act(&removal, "second_factor.removal_asked", "asked for the second factor of {} to be taken away", &owner.name)
            .because(reason),
    ];
    let members = inside::members(tx, right.organisation())?;
    let confirms = |member: &&Member| member.does(Role::Admin) && rules::is_another(right, owner.user, member.user);
    let others: Vec<&Member> = members.iter().filter(confirms).collect();
    if !others.is_empty() {
        let said = format!(
            "{} has asked for your second factor to be taken away. Another administrator must confirm it.",
            removal.asked.name
        );
        tell(tx, desk, owner, "Your second factor is asked to be taken away", &said, true)?;
        ask_others(tx, desk, &removal, owner, &others)?;
    } else {
        let note = if right.person().is_some() { "checked who they are" } else { "the only administrator who can" };
        acts.push(confirmed(tx, desk, &removal, owner, right.user(), note)?);
    }
    Ok(acts)
}

/// Confirms it: from now on the days run. The owner is told.
///
/// # Errors
/// What rules refuse.
pub fn confirm(tx: &mut Tx, desk: &Desk<'_>, actor: &Actor, id: RemovalId) -> Result<(Removal, Act), Error> {
    let removal = removal(tx, id)?;
    let (right, owner) = owner(tx, actor, removal.target())?;
    actor.second_factor()?;
    rules::check_confirm(&removal, right.user())?;
    let act = confirmed(tx, desk, &removal, &owner, right.user(), "another administrator")?;
    Ok((removal, act))
}

fn confirmed(
    tx: &mut Tx,
    desk: &Desk<'_>,
    removal: &Removal,
    owner: &Owner,
    by: UserId,
    note: &str,
) -> Result<Act, Error> {
    let from = desk.now + rules::COOLING_OFF;
    add_step(tx, desk, removal.id, (CONFIRMED, note, Some(by), Some(from)))?;
    let (about, key) = (removal.id.to_string(), format!("{JOB} {}", removal.id));
    queue::enqueue_for(tx, &NewJob { kind: JOB, about: &about, dedupe_key: Some(&key) }, from, desk.now)?;
    let said = format!(
        "Your second factor is taken away on {}, because {} asked for it. From then on your password alone opens your \
         sign-in, until you have set a new one up.",
        calendar::moment(from),
        removal.asked.name
    );
    tell(tx, desk, owner, "Your second factor will be taken away", &said, true)?;
    Ok(act(
        removal,
        "second_factor.removal_confirmed",
        "confirmed that the second factor of {} is taken away",
        &owner.name,
    ))
}

/// Stops it: the owner, or whoever has the right to ask for it. The owner is told.
///
/// # Errors
/// Not found, for all others; what rules refuse.
pub fn stop(tx: &mut Tx, desk: &Desk<'_>, actor: &Actor, id: RemovalId) -> Result<(Removal, Act), Error> {
    let removal = removal(tx, id)?;
    let owner = match removal.user == actor.user() {
        true => owner_of(tx, removal.user)?,
        false => owner(tx, actor, removal.target())?.1,
    };
    rules::check_stop(&removal)?;
    add_step(tx, desk, id, (STOPPED, "", Some(actor.user()), None))?;
    let said = format!("{} has stopped it. Your second factor stays as it is.", actor.name());
    tell(tx, desk, &owner, "Your second factor is not taken away", &said, false)?;
    let act = act(
        &removal,
        "second_factor.removal_stopped",
        "stopped that the second factor of {} is taken away",
        &owner.name,
    );
    Ok((removal, act))
}

/// Does it, if it is due and was not stopped: what the job calls, however often. A second factor that was set up since then
/// was not lost, and whoever asked or confirmed must still be one who may.
///
/// # Errors
/// When the database fails.
pub fn carry_out(tx: &mut Tx, desk: &Desk<'_>, id: RemovalId) -> Result<(), Error> {
    let removal = removal(tx, id)?;
    if !rules::is_due(&removal, desk.now) {
        return Ok(());
    }
    let owner = owner_of(tx, removal.user)?;
    let set_up = factors::factor(tx, removal.user)?.and_then(|factor| factor.confirmed_at);
    if set_up.is_none_or(|at| at > removal.asked.at.naive_utc()) {
        return add_step(tx, desk, id, (STOPPED, "The second factor was changed since.", None, None));
    }
    let members = inside::members(tx, removal.organisation)?;
    let person = removal.person.map(|id| people::person_of_record(tx, id)).transpose()?;
    if !rules::still_asked(&removal, &members, person.as_ref()) {
        return add_step(
            tx,
            desk,
            id,
            (STOPPED, "Whoever asked for it or confirmed it may no longer do so.", None, None),
        );
    }
    factors::remove(tx, removal.user)?;
    add_step(tx, desk, id, (DONE, "", None, None))?;
    let act =
        act(&removal, "second_factor.removed", "took the second factor of {} away, as it was asked for", &owner.name);
    let author = Author::program("the service");
    audit::store::append(tx, &Event { at: desk.now, author, act, reference: String::new() })?;
    tell_removed(tx, desk, &owner)
}

/// Takes it away at once, for the operator, who has seen who it is where nobody else can. The owner is told.
///
/// # Errors
/// Refused, when there is none.
pub fn remove_now(tx: &mut Tx, desk: &Desk<'_>, user: UserId) -> Result<(), Error> {
    let owner = owner_of(tx, user)?;
    if !owner.has_factor {
        return Err(rules::Refusal::NoFactor(owner.name).into());
    }
    factors::remove(tx, user)?;
    tell_removed(tx, desk, &owner)
}

fn tell_removed(tx: &mut Tx, desk: &Desk<'_>, owner: &Owner) -> Result<(), Error> {
    let said = "Your second factor was taken away. Sign in with your password, then set a new one up at once: until then \
                whoever knows your password can sign in.";
    tell(tx, desk, owner, "Your second factor was taken away", said, true)
}

fn act(removal: &Removal, what: &'static str, says: &str, name: &str) -> Act {
    let act = Act::new(what, says.replace("{}", name), removal.user).on_behalf_of(removal.organisation);
    match removal.person {
        Some(person) => act.concerning(person),
        None => act,
    }
}

fn add_step(
    tx: &mut Tx,
    desk: &Desk<'_>,
    id: RemovalId,
    (step, note, by, from): (&str, &str, Option<UserId>, Option<DateTime<Utc>>),
) -> Result<(), Error> {
    let row = (
        factor_removal_steps::removal_id.eq(id),
        factor_removal_steps::step.eq(step),
        factor_removal_steps::note.eq(note),
        factor_removal_steps::effective_at.eq(from.map(|from| from.naive_utc())),
        factor_removal_steps::done_by.eq(by),
        factor_removal_steps::done_at.eq(desk.now.naive_utc()),
    );
    diesel::insert_into(factor_removal_steps::table).values(row).execute(tx)?;
    Ok(())
}

/// A mail to the owner: nobody's second factor goes behind their back.
fn tell(tx: &mut Tx, desk: &Desk<'_>, owner: &Owner, subject: &str, said: &str, with_link: bool) -> Result<(), Error> {
    let action = with_link.then(|| Action {
        label: "Look at your second factor".to_owned(),
        href: format!("{}/account/second-factor/removals", desk.public_url),
    });
    let afterwards = "If you did not lose it, sign in, stop this and change your password at once.";
    let letter = Letter {
        greeting: format!("Dear {}", owner.name),
        paragraphs: vec![said.to_owned()],
        action,
        afterwards: if with_link { vec![afterwards.to_owned()] } else { vec![] },
    };
    desk.post(tx, &owner.email, subject, &letter)
}

/// A mail to the other administrators, one of whom must confirm.
fn ask_others(tx: &mut Tx, desk: &Desk<'_>, removal: &Removal, owner: &Owner, others: &[&Member]) -> Result<(), Error> {
    for admin in others {
        let said = format!(
            "{} has asked for the second factor of {} to be taken away, because it was lost. It waits for another \
             administrator. Confirm it only when you know that {} asked for it.",
            removal.asked.name, owner.name, owner.name
        );
        let letter = Letter {
            greeting: format!("Dear {}", admin.name),
            paragraphs: vec![said],
            action: Some(Action {
                label: "Look at it".to_owned(),
                href: format!("{}{}", desk.public_url, removal.target().path()),
            }),
            afterwards: vec![],
        };
        desk.post(tx, &admin.email, "A lost second factor waits for you", &letter)?;
    }
    Ok(())
}

/// Takes out why the second factor of a person was taken away, when their record is erased; that it was, stays.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    diesel::update(factor_removals::table.filter(factor_removals::person_id.eq(person)))
        .set(factor_removals::reason.eq(""))
        .execute(tx)?;
    Ok(())
}
