//! Rows of users, sessions, memberships and mandates.

pub mod access;
pub mod factors;
pub mod identities;
pub mod open_sessions;
pub mod own;
pub mod tries;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::rights::{Actor, Approval, Authority, Item, ItemKind, Mandate, Membership, Role, Scopes};
use super::{GRACE, REFRESH};
use crate::audit::{self, Act, Author, Event};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{
    communication_needs, deaths, mandate_hidden_items, mandates, memberships, organisations, people, sessions, users,
};
use crate::error::Error;
use crate::ids::{MandateId, OrganisationId, PersonId, SessionId, UserId};
use crate::money::Pence;
use crate::web::reading::Reading;
use crate::web::token::{random_text, sha256};

word! {
    Role;
    Authority;
    ItemKind;
}

/// A user's sign-in data.
pub struct SignInData {
    /// Who.
    pub user: UserId,
    /// The hash of their password.
    pub password_hash: String,
}

/// An e-mail address as it is kept: without spaces around it, in lower case.
fn kept_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Records a user.
///
/// # Errors
/// When the address is taken already.
pub fn add_user(tx: &mut Tx, email: &str, name: &str, hash: &str, now: DateTime<Utc>) -> Result<UserId, Error> {
    let taken = users::table.filter(users::email.eq(kept_email(email))).select(users::id).first::<UserId>(tx);
    if taken.optional()?.is_some() {
        return Err(Error::Refused(format!("{} is the address of a user already.", kept_email(email))));
    }
    let row = (
        users::email.eq(kept_email(email)),
        users::name.eq(name),
        users::password_hash.eq(hash),
        users::created_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(users::table).values(row).returning(users::id).get_result(tx)?)
}

/// Whether anybody can sign in yet.
///
/// # Errors
/// When the database fails.
pub fn has_users(tx: &mut Tx) -> Result<bool, Error> {
    Ok(users::table.select(users::id).first::<UserId>(tx).optional()?.is_some())
}

/// The sign-in data of an e-mail address.
///
/// # Errors
/// When the database fails.
pub fn sign_in_data(tx: &mut Tx, email: &str) -> Result<Option<SignInData>, Error> {
    let found = users::table.filter(users::email.eq(kept_email(email))).select((users::id, users::password_hash));
    let found: Option<(UserId, String)> = found.first(tx).optional()?;
    Ok(found.map(|(user, password_hash)| SignInData { user, password_hash }))
}

/// Keeps a password's new hash.
///
/// # Errors
/// When the database fails.
pub fn keep_hash(tx: &mut Tx, user: UserId, hash: &str) -> Result<(), Error> {
    diesel::update(users::table.filter(users::id.eq(user))).set(users::password_hash.eq(hash)).execute(tx)?;
    Ok(())
}

/// Makes somebody a member of an organisation.
///
/// # Errors
/// When the database fails.
pub fn add_membership(
    tx: &mut Tx,
    user: UserId,
    organisation: OrganisationId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        memberships::user_id.eq(user),
        memberships::organisation_id.eq(organisation),
        memberships::role.eq(role),
        memberships::created_at.eq(now.naive_utc()),
    );
    diesel::insert_into(memberships::table).values(row).execute(tx)?;
    Ok(())
}

/// Takes a role from somebody at once; answers whether they had it.
///
/// # Errors
/// When the database fails.
pub fn end_membership(
    tx: &mut Tx,
    user: UserId,
    organisation: OrganisationId,
    role: Role,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let held = memberships::user_id
        .eq(user)
        .and(memberships::organisation_id.eq(organisation))
        .and(memberships::role.eq(role))
        .and(memberships::ended_at.is_null());
    let ended = diesel::update(memberships::table.filter(held))
        .set(memberships::ended_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    Ok(ended > 0)
}

/// A role that somebody has in an organisation.
pub struct HeldRole {
    /// Who.
    pub user: KnownUser,
    /// What they do there.
    pub role: Role,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Who belongs to an organisation in which roles, the longest first. The caller has the right to know.
///
/// # Errors
/// When the database fails.
pub fn roles_in(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<HeldRole>, Error> {
    let rows: Vec<(UserId, String, String, Role, chrono::NaiveDateTime)> = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::organisation_id.eq(organisation).and(memberships::ended_at.is_null()))
        .select((users::id, users::name, users::email, memberships::role, memberships::created_at))
        .order(memberships::id)
        .load(tx)?;
    let held = |(id, name, email, role, since): (UserId, String, String, Role, chrono::NaiveDateTime)| HeldRole {
        user: KnownUser { id, name, email },
        role,
        since: since.and_utc(),
    };
    Ok(rows.into_iter().map(held).collect())
}

/// Somebody who can sign in, as far as others need to know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownUser {
    /// Who.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
}

/// Who signs in with an e-mail address, if anybody does.
///
/// # Errors
/// When the database fails.
pub fn user_by_email(tx: &mut Tx, email: &str) -> Result<Option<KnownUser>, Error> {
    let found = users::table.filter(users::email.eq(kept_email(email)));
    let found: Option<(UserId, String, String)> =
        found.select((users::id, users::name, users::email)).first(tx).optional()?;
    Ok(found.map(|(id, name, email)| KnownUser { id, name, email }))
}

/// The e-mail address of somebody who can sign in.
///
/// # Errors
/// Not found, when there is no such user.
pub fn email_of(tx: &mut Tx, user: UserId) -> Result<String, Error> {
    Ok(users::table.filter(users::id.eq(user)).select(users::email).first(tx)?)
}

/// The name of somebody who can sign in.
///
/// # Errors
/// Not found, when there is no such user.
pub fn user_name(tx: &mut Tx, user: UserId) -> Result<String, Error> {
    Ok(users::table.filter(users::id.eq(user)).select(users::name).first(tx)?)
}

/// How far a mandate goes, in its columns.
pub type ScopesRow = (bool, bool, bool, bool, bool, Option<i64>);

/// The columns of [`ScopesRow`].
pub const SCOPES: (
    mandates::see_plan,
    mandates::see_money,
    mandates::choose,
    mandates::sign,
    mandates::approve,
    mandates::approve_up_to_pence,
) = (
    mandates::see_plan,
    mandates::see_money,
    mandates::choose,
    mandates::sign,
    mandates::approve,
    mandates::approve_up_to_pence,
);

/// How far a mandate goes, from its columns.
#[must_use]
pub fn scopes_of((see_plan, see_money, choose, sign, approve, up_to): ScopesRow) -> Scopes {
    let approve = match (approve, up_to) {
        (false, _) => Approval::Nothing,
        (true, Some(most)) => Approval::UpTo(Pence::from_pence(most)),
        (true, None) => Approval::AnyAmount,
    };
    Scopes { see_plan, see_money, choose, sign, approve }
}

/// Begins a session; answers its id and the refresh token, of which only the hash is kept.
///
/// # Errors
/// When the database fails.
pub fn begin_session(
    tx: &mut Tx,
    user: UserId,
    device: &str,
    now: DateTime<Utc>,
) -> Result<(SessionId, String), Error> {
    let token = random_text()?;
    let row = (
        sessions::user_id.eq(user),
        sessions::refresh_sha256.eq(sha256(&token)),
        sessions::rotated_at.eq(now.naive_utc()),
        sessions::device.eq(device.chars().take(200).collect::<String>()),
        sessions::created_at.eq(now.naive_utc()),
        sessions::expires_at.eq((now + REFRESH).naive_utc()),
    );
    let id = diesel::insert_into(sessions::table).values(row).returning(sessions::id).get_result(tx)?;
    Ok((id, token))
}

/// What came of a refresh token.
pub enum Refreshed {
    /// The session goes on, with this new refresh token.
    Rotated(UserId, String),
    /// Another tab was a moment faster; the session goes on with what that tab was given.
    Parallel(UserId),
    /// Unknown, ended or past its time.
    Refused,
}

/// Exchanges a session's refresh token for the next one. A token that was exchanged before ends the whole session, however
/// long ago that was: somebody holds a copy (a short grace allows two tabs at once). The caller has seen that the token was
/// given out for this session.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx, session: SessionId, token: &str, now: DateTime<Utc>) -> Result<Refreshed, Error> {
    let hash = sha256(token);
    let columns = (sessions::user_id, sessions::refresh_sha256, sessions::previous_sha256, sessions::rotated_at);
    let found: Option<(UserId, String, Option<String>, chrono::NaiveDateTime)> = sessions::table
        .filter(sessions::id.eq(session))
        .filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now.naive_utc())))
        .select(columns)
        .first(tx)
        .optional()?;
    let Some((user, current, previous, rotated_at)) = found else {
        return Ok(Refreshed::Refused);
    };
    if current != hash {
        if previous.as_ref() == Some(&hash) && now.naive_utc() - rotated_at <= GRACE {
            return Ok(Refreshed::Parallel(user));
        }
        tracing::warn!(%session, "a used refresh token came again; the session is ended");
        end_session(tx, session, now)?;
        let act = Act::sign_in("session.ended", "ended a session: a used token of it came again", session);
        let author = Author { user: Some(user), ..Author::program("the service") };
        audit::store::append(tx, &Event { at: now, author, act, reference: String::new() })?;
        return Ok(Refreshed::Refused);
    }
    let next = random_text()?;
    diesel::update(sessions::table.filter(sessions::id.eq(session)))
        .set((
            sessions::refresh_sha256.eq(sha256(&next)),
            sessions::previous_sha256.eq(Some(hash)),
            sessions::rotated_at.eq(now.naive_utc()),
            sessions::expires_at.eq((now + REFRESH).naive_utc()),
        ))
        .execute(tx)?;
    Ok(Refreshed::Rotated(user, next))
}

/// Ends a session at once, on every server.
///
/// # Errors
/// When the database fails.
pub fn end_session(tx: &mut Tx, session: SessionId, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(sessions::table.filter(sessions::id.eq(session)))
        .set(sessions::ended_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    Ok(())
}

/// Who a live session belongs to and what they may do at this moment; nothing when it was ended.
///
/// # Errors
/// When the database fails.
pub fn actor(tx: &mut Tx, session: SessionId, now: DateTime<Utc>, today: NaiveDate) -> Result<Option<Actor>, Error> {
    type Row = (UserId, String, bool, Option<PersonId>, Option<chrono::NaiveDateTime>);
    let found: Option<Row> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .left_join(people::table.on(people::user_id.eq(users::id.nullable())))
        .filter(sessions::id.eq(session).and(sessions::ended_at.is_null()))
        .filter(sessions::expires_at.gt(now.naive_utc()))
        .select((users::id, users::name, users::is_operator, people::id.nullable(), sessions::second_factor_at))
        .first(tx)
        .optional()?;
    let Some((user, name, is_operator, person, second_factor_at)) = found else {
        return Ok(None);
    };
    let person = person.map(|person| living(tx, person)).transpose()?.flatten();
    let memberships = memberships_of(tx, user)?;
    let mandates = mandates_of(tx, user, &memberships, today)?;
    let mut accesses = access::grants_to(tx, user, &memberships, today)?;
    if is_operator {
        accesses.extend(access::broken_by(tx, user, now)?);
    }
    let actor = Actor::new(user, session, name, person, memberships, mandates);
    Ok(Some(actor.with_second_factor(second_factor_at.is_some()).with_access(is_operator, accesses)))
}

/// Somebody with what they may do of their own or for others at this moment, while they are not signed in: for what is
/// looked up for them. There is no session, no second factor and no access for a time. Nothing for somebody who has died.
///
/// # Errors
/// When the database fails.
pub fn away(tx: &mut Tx, user: UserId, today: NaiveDate) -> Result<Option<Actor>, Error> {
    let (name, person): (String, Option<PersonId>) = users::table
        .left_join(people::table.on(people::user_id.eq(users::id.nullable())))
        .filter(users::id.eq(user))
        .select((users::name, people::id.nullable()))
        .first(tx)?;
    let alive = person.map(|person| living(tx, person)).transpose()?;
    if alive == Some(None) {
        return Ok(None);
    }
    let memberships = memberships_of(tx, user)?;
    let mandates = mandates_of(tx, user, &memberships, today)?;
    Ok(Some(Actor::new(user, SessionId::new(0), name, person, memberships, mandates)))
}

/// The person, unless their death is recorded: then nobody acts as them.
fn living(tx: &mut Tx, person: PersonId) -> Result<Option<PersonId>, Error> {
    let newest = deaths::table.filter(deaths::person_id.eq(person)).order(deaths::id.desc());
    let newest: Option<Option<NaiveDate>> = newest.select(deaths::died_on).first(tx).optional()?;
    Ok(if newest.flatten().is_some() { None } else { Some(person) })
}

/// How a person reads best, by the version of their communication needs that holds on a day.
///
/// # Errors
/// When the database fails.
pub fn reading(tx: &mut Tx, person: PersonId, today: NaiveDate) -> Result<Reading, Error> {
    let found: Option<(Option<String>, bool)> = communication_needs::table
        .filter(communication_needs::person_id.eq(person).and(communication_needs::from_date.le(today)))
        .order((communication_needs::from_date.desc(), communication_needs::id.desc()))
        .select((communication_needs::print_size, communication_needs::plain_background))
        .first(tx)
        .optional()?;
    Ok(found.map(|(size, plain)| Reading::of(size.as_deref(), plain)).unwrap_or_default())
}

fn memberships_of(tx: &mut Tx, user: UserId) -> Result<Vec<Membership>, Error> {
    let rows: Vec<(OrganisationId, String, Role, String, bool, bool, bool)> = memberships::table
        .inner_join(organisations::table.on(organisations::id.eq(memberships::organisation_id)))
        .filter(memberships::user_id.eq(user).and(memberships::ended_at.is_null()))
        .select((
            organisations::id,
            organisations::name,
            memberships::role,
            organisations::kind,
            organisations::is_provider,
            organisations::is_holder,
            organisations::is_broker,
        ))
        .order(memberships::id)
        .load(tx)?;
    let mut found: Vec<Membership> = vec![];
    for (organisation, name, role, kind, is_provider, is_holder, is_broker) in rows {
        match found.iter_mut().find(|membership| membership.organisation == organisation) {
            Some(membership) => membership.roles.push(role),
            None => found.push(Membership {
                organisation,
                name,
                roles: vec![role],
                is_council: kind == "council",
                is_provider,
                is_holder,
                is_broker,
            }),
        }
    }
    Ok(found)
}

/// The mandates under which somebody acts today: their own, as long as they belong to the organisation for which they
/// hold it, and those of organisations whose daily work they do.
fn mandates_of(tx: &mut Tx, user: UserId, memberships: &[Membership], today: NaiveDate) -> Result<Vec<Mandate>, Error> {
    let belongs: Vec<OrganisationId> = memberships.iter().map(|membership| membership.organisation).collect();
    let works = memberships.iter().filter(|membership| membership.does(&[Role::Coordinator]));
    let works: Vec<OrganisationId> = works.map(|membership| membership.organisation).collect();
    let own = mandates::user_id
        .eq(user)
        .and(mandates::organisation_id.is_null().or(mandates::organisation_id.eq_any(belongs).assume_not_null()));
    type Row = (MandateId, PersonId, String, Option<OrganisationId>, Authority, Option<NaiveDate>, ScopesRow);
    let rows: Vec<Row> = mandates::table
        .inner_join(people::table.on(people::id.eq(mandates::person_id)))
        .filter(own.or(mandates::organisation_id.eq_any(works).assume_not_null()))
        .filter(mandates::ended_at.is_null().and(mandates::from_date.le(today)))
        .filter(mandates::to_date.is_null().or(mandates::to_date.ge(Some(today))))
        .select((
            mandates::id,
            people::id,
            people::name,
            mandates::organisation_id,
            mandates::authority,
            mandates::to_date,
            SCOPES,
        ))
        .order(mandates::id)
        .load(tx)?;
    let ids: Vec<MandateId> = rows.iter().map(|row| row.0).collect();
    let mut hidden = hidden_items(tx, &ids)?;
    let mandate = |(id, person, person_name, organisation, authority, until, scopes): Row| Mandate {
        id,
        person,
        person_name,
        organisation,
        authority,
        scopes: scopes_of(scopes),
        until,
        hidden: hidden.remove(&id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(mandate).collect())
}

/// What is kept from some mandates, by mandate.
///
/// # Errors
/// When the database fails.
pub fn hidden_items(tx: &mut Tx, of: &[MandateId]) -> Result<BTreeMap<MandateId, Vec<Item>>, Error> {
    if of.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows: Vec<(MandateId, ItemKind, i64)> = mandate_hidden_items::table
        .filter(mandate_hidden_items::mandate_id.eq_any(of.to_vec()))
        .select((mandate_hidden_items::mandate_id, mandate_hidden_items::kind, mandate_hidden_items::item_id))
        .order(mandate_hidden_items::id)
        .load(tx)?;
    let mut found: BTreeMap<MandateId, Vec<Item>> = BTreeMap::new();
    for (mandate, kind, number) in rows {
        found.entry(mandate).or_default().push(Item { kind, number });
    }
    Ok(found)
}

/// Ends the sign-in of a person whose record is erased: their sessions end and are forgotten, their name and address, their
/// second factor and how an employer knows them go.
/// Somebody who also works here or acts for others keeps their sign-in for that.
///
/// # Errors
/// When the database fails.
pub fn erase_person(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    let works = memberships::user_id.eq(user).and(memberships::ended_at.is_null());
    let acts = mandates::user_id.eq(user).and(mandates::ended_at.is_null());
    let busy = diesel::dsl::exists(memberships::table.filter(works));
    let acting = diesel::dsl::exists(mandates::table.filter(acts));
    if diesel::select(busy).get_result::<bool>(tx)? || diesel::select(acting).get_result::<bool>(tx)? {
        return Ok(());
    }
    factors::remove(tx, user)?;
    identities::forget(tx, user)?;
    diesel::update(sessions::table.filter(sessions::user_id.eq(user)))
        .set((sessions::ended_at.eq(Some(now.naive_utc())), sessions::device.eq("")))
        .execute(tx)?;
    diesel::update(users::table.filter(users::id.eq(user)))
        .set((
            users::email.eq(format!("erased-{user}@erased.invalid")),
            users::name.eq("Erased"),
            // No hash: no password fits it.
            users::password_hash.eq(""),
        ))
        .execute(tx)?;
    Ok(())
}
