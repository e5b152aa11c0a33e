//! Rows of access for a time: grants to auditors, broken glass.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::auth::rights::{Access, AccessGiver, AccessGround, Membership, Role};
use crate::db::Tx;
use crate::db::schema::{audit_break_glass, audit_grants, memberships, people, users};
use crate::error::Error;
use crate::ids::{GrantId, OrganisationId, PersonId, UserId};

/// How many rows a council's page lists.
const LISTED: i64 = 100;

/// What a council's grants give to somebody today. A grant holds only while they are an auditor there.
///
/// # Errors
/// When the database fails.
pub(super) fn grants_to(
    tx: &mut Tx,
    user: UserId,
    memberships: &[Membership],
    today: NaiveDate,
) -> Result<Vec<Access>, Error> {
    let mut audited = memberships.iter().filter(|place| place.is_council && place.does(&[Role::Auditor])).peekable();
    if audited.peek().is_none() {
        return Ok(vec![]);
    }
    let rows: Vec<(OrganisationId, Option<PersonId>, NaiveDate, String)> = audit_grants::table
        .filter(audit_grants::user_id.eq(user).and(audit_grants::ended_at.is_null()))
        .filter(audit_grants::from_date.le(today).and(audit_grants::to_date.ge(today)))
        .select((audit_grants::council_id, audit_grants::person_id, audit_grants::to_date, audit_grants::purpose))
        .order(audit_grants::id)
        .load(tx)?;
    let places: Vec<&Membership> = audited.collect();
    let access = |(council, person, until, purpose)| {
        let place = places.iter().find(|place| place.organisation == council)?;
        let ground = AccessGround::Grant { until, council: place.name.clone() };
        Some(Access { ground, council, person, purpose })
    };
    Ok(rows.into_iter().filter_map(access).collect())
}

/// Whom an operator may look at now, because they have said why.
///
/// # Errors
/// When the database fails.
pub(super) fn broken_by(tx: &mut Tx, user: UserId, now: DateTime<Utc>) -> Result<Vec<Access>, Error> {
    let rows: Vec<(OrganisationId, PersonId, String)> = audit_break_glass::table
        .inner_join(people::table.on(people::id.eq(audit_break_glass::person_id)))
        .filter(audit_break_glass::user_id.eq(user).and(audit_break_glass::ends_at.gt(now.naive_utc())))
        .select((people::council_id, people::id, audit_break_glass::reason))
        .order(audit_break_glass::id)
        .load(tx)?;
    let access = |(council, person, purpose)| Access {
        ground: AccessGround::BrokenGlass,
        council,
        person: Some(person),
        purpose,
    };
    Ok(rows.into_iter().map(access).collect())
}

/// What a grant says.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// To whom.
    pub user: UserId,
    /// To whose record; to those of all of the council's people without.
    pub person: Option<PersonId>,
    /// From which day.
    pub from: NaiveDate,
    /// Until which day.
    pub to: NaiveDate,
    /// For what.
    pub purpose: String,
}

/// Gives access for a time.
///
/// # Errors
/// When the database fails.
pub fn grant(tx: &mut Tx, giver: &AccessGiver, new: &NewGrant, now: DateTime<Utc>) -> Result<GrantId, Error> {
    let row = (
        audit_grants::council_id.eq(giver.council()),
        audit_grants::user_id.eq(new.user),
        audit_grants::person_id.eq(new.person),
        audit_grants::from_date.eq(new.from),
        audit_grants::to_date.eq(new.to),
        audit_grants::purpose.eq(&new.purpose),
        audit_grants::granted_by.eq(giver.user()),
        audit_grants::granted_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(audit_grants::table).values(row).returning(audit_grants::id).get_result(tx)?)
}

/// A grant as the council sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which.
    pub id: GrantId,
    /// To whom.
    pub name: String,
    /// To whose record; to those of all of the council's people without.
    pub person: Option<(PersonId, String)>,
    /// From which day.
    pub from: NaiveDate,
    /// Until which day.
    pub to: NaiveDate,
    /// For what.
    pub purpose: String,
    /// Whether it was taken back.
    pub ended: bool,
}

/// What a council has given, the newest first.
///
/// # Errors
/// When the database fails.
pub fn grants_of(tx: &mut Tx, giver: &AccessGiver) -> Result<Vec<Grant>, Error> {
    type Row = (GrantId, String, Option<PersonId>, Option<String>, NaiveDate, NaiveDate, String, Option<NaiveDateTime>);
    let rows: Vec<Row> = audit_grants::table
        .inner_join(users::table.on(users::id.eq(audit_grants::user_id)))
        .left_join(people::table.on(audit_grants::person_id.eq(people::id.nullable())))
        .filter(audit_grants::council_id.eq(giver.council()))
        .select((
            audit_grants::id,
            users::name,
            people::id.nullable(),
            people::name.nullable(),
            audit_grants::from_date,
            audit_grants::to_date,
            audit_grants::purpose,
            audit_grants::ended_at,
        ))
        .order(audit_grants::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let grant = |(id, name, person, person_name, from, to, purpose, ended): Row| Grant {
        id,
        name,
        person: person.zip(person_name),
        from,
        to,
        purpose,
        ended: ended.is_some(),
    };
    Ok(rows.into_iter().map(grant).collect())
}

/// Takes access back, at once.
///
/// # Errors
/// Not found, when the council gave no such access; a conflict when it was taken back already.
pub fn take_back(tx: &mut Tx, giver: &AccessGiver, id: GrantId, now: DateTime<Utc>) -> Result<Option<PersonId>, Error> {
    let own = audit_grants::table.filter(audit_grants::id.eq(id).and(audit_grants::council_id.eq(giver.council())));
    let person: Option<PersonId> = own.select(audit_grants::person_id).first(tx)?;
    let ended = (audit_grants::ended_by.eq(Some(giver.user())), audit_grants::ended_at.eq(Some(now.naive_utc())));
    let changed = diesel::update(audit_grants::table.filter(audit_grants::id.eq(id)))
        .filter(audit_grants::ended_at.is_null())
        .set(ended)
        .execute(tx)?;
    if changed == 1 { Ok(person) } else { Err(Error::changed_since("This access")) }
}

/// The auditor of a council with an e-mail address, if there is one.
///
/// # Errors
/// When the database fails.
pub fn auditor(tx: &mut Tx, giver: &AccessGiver, email: &str) -> Result<Option<UserId>, Error> {
    let found = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::organisation_id.eq(giver.council()).and(memberships::ended_at.is_null()))
        .filter(memberships::role.eq(Role::Auditor).and(users::email.eq(super::kept_email(email))));
    Ok(found.select(users::id).first(tx).optional()?)
}

/// Records that an operator looks at a person's record, and why.
///
/// # Errors
/// When the database fails.
pub fn break_glass(
    tx: &mut Tx,
    user: UserId,
    person: PersonId,
    reason: &str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), Error> {
    let row = (
        audit_break_glass::user_id.eq(user),
        audit_break_glass::person_id.eq(person),
        audit_break_glass::reason.eq(reason),
        audit_break_glass::began_at.eq(from.naive_utc()),
        audit_break_glass::ends_at.eq(until.naive_utc()),
    );
    diesel::insert_into(audit_break_glass::table).values(row).execute(tx)?;
    Ok(())
}

/// An operator's look at a record, as the council sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenGlass {
    /// Who.
    pub name: String,
    /// Whose record, by their name.
    pub person: (PersonId, String),
    /// Why.
    pub reason: String,
    /// From when.
    pub from: DateTime<Utc>,
}

/// Operators' looks at the records of a council's people, the newest first.
///
/// # Errors
/// When the database fails.
pub fn broken_at(tx: &mut Tx, giver: &AccessGiver) -> Result<Vec<BrokenGlass>, Error> {
    let rows: Vec<(String, PersonId, String, String, NaiveDateTime)> = audit_break_glass::table
        .inner_join(users::table.on(users::id.eq(audit_break_glass::user_id)))
        .inner_join(people::table.on(people::id.eq(audit_break_glass::person_id)))
        .filter(people::council_id.eq(giver.council()))
        .select((users::name, people::id, people::name, audit_break_glass::reason, audit_break_glass::began_at))
        .order(audit_break_glass::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let broken = |(name, id, person, reason, from): (_, _, _, _, NaiveDateTime)| BrokenGlass {
        name,
        person: (id, person),
        reason,
        from: from.and_utc(),
    };
    Ok(rows.into_iter().map(broken).collect())
}

/// Makes somebody an operator: whoever runs the installation, and sees nobody's record by it.
///
/// # Errors
/// When the database fails.
pub fn make_operator(tx: &mut Tx, user: UserId) -> Result<(), Error> {
    diesel::update(users::table.filter(users::id.eq(user))).set(users::is_operator.eq(true)).execute(tx)?;
    Ok(())
}
