//! Rows of safeguarding concerns, of what was written to them, and of every look at them. Nothing here is loaded without
//! the right to it, and nothing is loaded without its look being recorded in the same transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{signals, things};
use crate::auth::rights::{Actor, SafeguardingMember};
use crate::concerns::rules::safeguarding as rules;
use crate::concerns::{Concern, Look, NewConcern, NewStep, Receipt, Signal, Step, Subject, Written};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{people, safeguarding_concerns, safeguarding_entries, safeguarding_looks, users};
use crate::error::Error;
use crate::ids::{ConcernId, OrganisationId, PersonId, SignalId, UserId};
use crate::people::store::new_reference;

word! {
    Step;
}

/// The most concerns that one page lists.
const PAGE: i64 = 500;

/// What the references of concerns begin with.
const PREFIX: &str = "SG";

type Row = (
    (ConcernId, String, PersonId, OrganisationId, Option<UserId>, Option<OrganisationId>),
    (String, String, String, NaiveDateTime, String, String),
);

/// Concerns with the names of the person and of who raised them.
macro_rules! concerns {
    () => {
        safeguarding_concerns::table
            .inner_join(people::table.on(people::id.eq(safeguarding_concerns::person_id)))
            .inner_join(users::table.on(users::id.eq(safeguarding_concerns::raised_by)))
            .select((
                (
                    safeguarding_concerns::id,
                    safeguarding_concerns::reference,
                    safeguarding_concerns::person_id,
                    safeguarding_concerns::council_id,
                    safeguarding_concerns::about_user_id,
                    safeguarding_concerns::about_organisation_id,
                ),
                (
                    safeguarding_concerns::about_words,
                    safeguarding_concerns::what,
                    safeguarding_concerns::raised_authority,
                    safeguarding_concerns::raised_at,
                    people::name,
                    users::name,
                ),
            ))
    };
}

fn noun(row: Row, written: Vec<Written>) -> Concern {
    let ((id, reference, person, council, user, organisation), (about_words, what, authority, at, name, by)) = row;
    Concern {
        id,
        reference,
        subject: Subject { council, person, user, organisation },
        person_name: name,
        about_words,
        what,
        raised_by: by,
        authority,
        raised_at: at.and_utc(),
        written,
    }
}

/// Somebody about whom a concern is, where the raiser could choose them: a signal knows, a person writes it in words.
#[derive(Clone, Copy, Debug, Default)]
pub struct AboutWhom {
    /// Somebody.
    pub user: Option<UserId>,
    /// An organisation.
    pub organisation: Option<OrganisationId>,
}

/// Raises a concern about a person whom the actor can see.
///
/// # Errors
/// Not found, when the actor may not know of the person.
pub fn raise(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewConcern,
    about: AboutWhom,
    now: DateTime<Utc>,
) -> Result<ConcernId, Error> {
    let seen = things::people_in_sight(tx, actor)?;
    let person = seen.into_iter().find(|person| person.id == new.person).ok_or(Error::NotFound)?;
    let row = (
        safeguarding_concerns::reference.eq(new_reference(PREFIX)?),
        safeguarding_concerns::person_id.eq(person.id),
        safeguarding_concerns::council_id.eq(person.council),
        safeguarding_concerns::about_user_id.eq(about.user),
        safeguarding_concerns::about_organisation_id.eq(about.organisation),
        safeguarding_concerns::about_words.eq(&new.about_words),
        safeguarding_concerns::what.eq(&new.what),
        safeguarding_concerns::raised_by.eq(actor.user()),
        safeguarding_concerns::raised_authority.eq(rules::saw_as(actor, person.id)),
        safeguarding_concerns::raised_at.eq(now.naive_utc()),
    );
    let insert = diesel::insert_into(safeguarding_concerns::table).values(row);
    Ok(insert.returning(safeguarding_concerns::id).get_result(tx)?)
}

/// What the one who raised a concern may know of it.
///
/// # Errors
/// Not found, when the actor raised none of this number.
pub fn receipt(tx: &mut Tx, actor: &Actor, id: ConcernId) -> Result<Receipt, Error> {
    let own = safeguarding_concerns::id.eq(id).and(safeguarding_concerns::raised_by.eq(actor.user()));
    let (reference, at): (String, NaiveDateTime) = safeguarding_concerns::table
        .filter(own)
        .select((safeguarding_concerns::reference, safeguarding_concerns::raised_at))
        .first(tx)?;
    Ok(Receipt { reference, at: at.and_utc() })
}

/// How many concerns and signals of a council wait for a safeguarding person: numbers alone, for their own first page.
///
/// # Errors
/// When the database fails.
pub fn waiting(tx: &mut Tx, actor: &Actor) -> Result<(usize, usize), Error> {
    let Ok(right) = actor.safeguarding() else { return Ok((0, 0)) };
    let open = |concern: &Concern| !steps(concern).contains(&Step::Closed);
    let concerns = load(tx, actor, &right)?.iter().filter(|concern| open(concern)).count();
    let signals = signals::load(tx, actor, &right)?.iter().filter(|signal| signal.judged.is_none()).count();
    Ok((concerns, signals))
}

/// The steps of a concern.
#[must_use]
pub fn steps(concern: &Concern) -> Vec<Step> {
    concern.written.iter().map(|written| written.step).collect()
}

/// The concerns and signals that a safeguarding person sees, the newest first; the look is recorded.
///
/// # Errors
/// When the database fails.
pub fn list(
    tx: &mut Tx,
    actor: &Actor,
    right: &SafeguardingMember,
    now: DateTime<Utc>,
) -> Result<(Vec<Concern>, Vec<Signal>), Error> {
    look(tx, right, (None, None), now)?;
    Ok((load(tx, actor, right)?, signals::load(tx, actor, right)?))
}

fn load(tx: &mut Tx, actor: &Actor, right: &SafeguardingMember) -> Result<Vec<Concern>, Error> {
    let rows: Vec<Row> = concerns!()
        .filter(safeguarding_concerns::council_id.eq(right.council()))
        .order(safeguarding_concerns::id.desc())
        .limit(PAGE)
        .load(tx)?;
    let mut written = written(tx, &rows.iter().map(|row| row.0.0).collect::<Vec<_>>())?;
    let with_steps = |row: Row| {
        let steps = written.remove(&row.0.0).unwrap_or_default();
        noun(row, steps)
    };
    let mut found: Vec<Concern> = rows.into_iter().map(with_steps).collect();
    found.retain(|concern| rules::sees(actor, right, &concern.subject));
    Ok(found)
}

/// A concern that a safeguarding person sees; the look is recorded.
///
/// # Errors
/// Not found, for everything and everybody else.
pub fn concern(
    tx: &mut Tx,
    actor: &Actor,
    right: &SafeguardingMember,
    id: ConcernId,
    now: DateTime<Utc>,
) -> Result<Concern, Error> {
    let row: Row = concerns!().filter(safeguarding_concerns::id.eq(id)).first(tx)?;
    let written = written(tx, &[id])?.remove(&id).unwrap_or_default();
    let found = noun(row, written);
    if !rules::sees(actor, right, &found.subject) {
        return Err(Error::NotFound);
    }
    look(tx, right, (Some(id), None), now)?;
    Ok(found)
}

/// What was written to some concerns, in order.
fn written(tx: &mut Tx, some: &[ConcernId]) -> Result<BTreeMap<ConcernId, Vec<Written>>, Error> {
    let rows: Vec<(ConcernId, Step, String, String, NaiveDateTime)> = safeguarding_entries::table
        .inner_join(users::table.on(users::id.eq(safeguarding_entries::by_user_id)))
        .filter(safeguarding_entries::concern_id.eq_any(some.to_vec()))
        .select((
            safeguarding_entries::concern_id,
            safeguarding_entries::deed,
            safeguarding_entries::text,
            users::name,
            safeguarding_entries::at,
        ))
        .order(safeguarding_entries::number)
        .load(tx)?;
    let mut found: BTreeMap<ConcernId, Vec<Written>> = BTreeMap::new();
    for (concern, step, text, name, at) in rows {
        found.entry(concern).or_default().push(Written { step, text, name, at: at.and_utc() });
    }
    Ok(found)
}

/// Writes to a concern, if nobody has written to it since it was seen.
///
/// # Errors
/// A refusal in words; a conflict when it is no longer as it was seen.
pub fn write(
    tx: &mut Tx,
    right: &SafeguardingMember,
    concern: &Concern,
    new: &NewStep,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if i64::try_from(concern.written.len()).ok() != Some(new.seen) {
        return Err(Error::changed_since("This concern"));
    }
    rules::check_step(&steps(concern), new.step)?;
    let row = (
        safeguarding_entries::concern_id.eq(concern.id),
        safeguarding_entries::number.eq(new.seen + 1),
        safeguarding_entries::deed.eq(new.step),
        safeguarding_entries::text.eq(&new.text),
        safeguarding_entries::by_user_id.eq(right.user()),
        safeguarding_entries::at.eq(now.naive_utc()),
    );
    diesel::insert_into(safeguarding_entries::table).values(row).execute(tx)?;
    Ok(())
}

/// Records a look: at a concern, at a signal, or at the lists of them.
///
/// # Errors
/// When the database fails: then nothing is shown.
pub(super) fn look(
    tx: &mut Tx,
    right: &SafeguardingMember,
    (concern, signal): (Option<ConcernId>, Option<SignalId>),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        safeguarding_looks::council_id.eq(right.council()),
        safeguarding_looks::concern_id.eq(concern),
        safeguarding_looks::signal_id.eq(signal),
        safeguarding_looks::user_id.eq(right.user()),
        safeguarding_looks::looked_at.eq(now.naive_utc()),
    );
    diesel::insert_into(safeguarding_looks::table).values(row).execute(tx)?;
    Ok(())
}

/// Who has looked at a concern or at a signal, the newest first. The caller has loaded it.
///
/// # Errors
/// When the database fails.
pub fn looks(tx: &mut Tx, concern: Option<ConcernId>, signal: Option<SignalId>) -> Result<Vec<Look>, Error> {
    let at_concern = safeguarding_looks::concern_id.is_not_null().and(safeguarding_looks::concern_id.eq(concern));
    let at_signal = safeguarding_looks::signal_id.is_not_null().and(safeguarding_looks::signal_id.eq(signal));
    let rows: Vec<(String, NaiveDateTime)> = safeguarding_looks::table
        .inner_join(users::table.on(users::id.eq(safeguarding_looks::user_id)))
        .filter(at_concern.or(at_signal))
        .select((users::name, safeguarding_looks::looked_at))
        .order(safeguarding_looks::id.desc())
        .limit(PAGE)
        .load(tx)?;
    Ok(rows.into_iter().map(|(name, at)| Look { name, at: at.and_utc() }).collect())
}

/// Whether a concern about a person is not closed: yes or no for the program that must keep the record as long, and nothing
/// else for anybody.
///
/// # Errors
/// When the database fails.
pub fn any_open(tx: &mut Tx, person: PersonId) -> Result<bool, Error> {
    let closing = safeguarding_entries::table
        .filter(safeguarding_entries::concern_id.eq(safeguarding_concerns::id))
        .filter(safeguarding_entries::deed.eq(Step::Closed));
    let open = safeguarding_concerns::table
        .filter(safeguarding_concerns::person_id.eq(person).and(diesel::dsl::not(diesel::dsl::exists(closing))));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(tx)?)
}
