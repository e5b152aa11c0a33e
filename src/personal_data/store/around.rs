//! Everybody who could be named in what belongs to a person: who stands in its rows, who works where these point to, and
//! the others whom the same council or the same provider supports. Nobody else is known to a copy, so that it tells of
//! nobody that they are known here.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{funds, mandates, memberships, order_lines, orders, organisations, people, users};
use crate::error::Error;
use crate::ids::{OrganisationId, UserId};
use crate::people::Person;

/// Who stands in the person's rows by number.
#[derive(Clone, Debug, Default)]
pub struct Mentioned {
    /// Who signs in.
    pub users: BTreeSet<UserId>,
    /// Organisations.
    pub organisations: BTreeSet<OrganisationId>,
}

/// Everybody who could be named in what belongs to a person.
pub struct Around {
    /// Who signs in.
    pub users: Vec<AroundUser>,
    /// Other people who are owed support.
    pub people: Vec<AroundPerson>,
    /// Organisations.
    pub organisations: Vec<AroundOrganisation>,
}

/// Somebody who signs in.
pub struct AroundUser {
    /// Which.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether it is the person.
    pub own: bool,
    /// By what authority they act or acted for the person, in words.
    pub authority: Option<String>,
    /// As what they work, and for whom.
    pub works: Option<String>,
}

impl AroundUser {
    /// Whether a copy names them: those who act for the person, to the person and to themselves; one who acts for
    /// somebody does not learn who else does.
    #[must_use]
    pub fn is_named(&self, acting: Option<UserId>) -> bool {
        self.authority.is_some() && acting.is_none_or(|reader| reader == self.id)
    }

    /// As what they stand to the person: a name only of those who act for them, as far as the copy names them.
    #[must_use]
    pub fn words(&self, acting: Option<UserId>) -> String {
        match (self.own, &self.authority, &self.works) {
            (true, ..) => "the person".to_owned(),
            (_, Some(authority), _) if self.is_named(acting) => format!("{}, {authority}", self.name),
            (_, Some(_), None) => "somebody else who acts for the person".to_owned(),
            (_, _, Some(works)) => works.clone(),
            _ => "somebody else".to_owned(),
        }
    }
}

/// Another person who is owed support.
#[derive(Queryable)]
pub struct AroundPerson {
    /// Their name.
    pub name: String,
    /// Their reference.
    pub reference: String,
    /// Where they live.
    pub address_line: String,
    /// Their postcode.
    pub postcode: String,
}

/// An organisation: who they are is no secret.
#[derive(Queryable)]
pub struct AroundOrganisation {
    /// Which.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address_line: String,
    /// Its postcode.
    pub postcode: String,
}

/// The other people of the same council, and those whom one of the organisations supports, as a query: a council has more
/// people than a statement takes numbers.
macro_rules! others {
    ($person:expr, $parts:expr) => {{
        let supported = funds::table
            .inner_join(orders::table.on(orders::fund_id.eq(funds::id)))
            .inner_join(order_lines::table.on(order_lines::order_id.eq(orders::id)))
            .filter(order_lines::provider_id.eq_any($parts.to_vec()))
            .select(funds::person_id);
        people::table
            .filter(people::council_id.eq($person.council).or(people::id.eq_any(supported)))
            .filter(people::id.ne($person.id))
    }};
}

/// Everybody who could be named in what belongs to a person.
///
/// # Errors
/// When the database fails.
pub fn around(tx: &mut Tx, person: &Person, mentioned: &Mentioned) -> Result<Around, Error> {
    let mut parts = mentioned.organisations.clone();
    parts.insert(person.council);
    let parts: Vec<OrganisationId> = parts.into_iter().collect();
    let organisations = organisations::table
        .filter(organisations::id.eq_any(parts.clone()))
        .select((organisations::id, organisations::name, organisations::address_line, organisations::postcode))
        .order(organisations::id);
    Ok(Around {
        organisations: organisations.load(tx)?,
        users: users_around(tx, person, &mentioned.users, &parts)?,
        people: others!(person, parts)
            .select((people::name, people::reference, people::address_line, people::postcode))
            .load(tx)?,
    })
}

/// Who stands in the rows, works for one of the organisations, acts for the person, or is or acts for one of the others.
fn users_around(
    tx: &mut Tx,
    person: &Person,
    mentioned: &BTreeSet<UserId>,
    parts: &[OrganisationId],
) -> Result<Vec<AroundUser>, Error> {
    let acting: BTreeMap<UserId, String> = mandates::table
        .filter(mandates::person_id.eq(person.id))
        .select((mandates::user_id, mandates::authority))
        .order(mandates::id)
        .load::<(UserId, String)>(tx)?
        .into_iter()
        .collect();
    let named: BTreeSet<UserId> = mentioned.iter().chain(acting.keys()).chain(&person.user).copied().collect();
    let for_others = mandates::table
        .filter(mandates::person_id.eq_any(others!(person, parts).select(people::id)))
        .select(mandates::user_id);
    let members = || memberships::table.filter(memberships::organisation_id.eq_any(parts.to_vec()));
    let around = users::id
        .eq_any(named.into_iter().collect::<Vec<_>>())
        .or(users::id.eq_any(for_others))
        .or(users::id.eq_any(members().select(memberships::user_id)))
        .or(users::id.nullable().eq_any(others!(person, parts).select(people::user_id)).assume_not_null());
    let rows: Vec<(UserId, String, String)> =
        users::table.filter(around).select((users::id, users::name, users::email)).order(users::id).load(tx)?;
    let works = works(tx, mentioned, parts)?;
    let user = |(id, name, email): (UserId, String, String)| AroundUser {
        id,
        own: person.user == Some(id),
        authority: acting.get(&id).map(|code| code.replace('_', " ")),
        works: works.get(&id).cloned(),
        name,
        email,
    };
    Ok(rows.into_iter().map(user).collect())
}

/// As what those work or worked who stand in the rows or belong to one of the organisations, and for whom.
fn works(
    tx: &mut Tx,
    mentioned: &BTreeSet<UserId>,
    parts: &[OrganisationId],
) -> Result<BTreeMap<UserId, String>, Error> {
    let mentioned = memberships::user_id.eq_any(mentioned.iter().copied().collect::<Vec<_>>());
    let working: Vec<(UserId, String, String)> = memberships::table
        .inner_join(organisations::table.on(organisations::id.eq(memberships::organisation_id)))
        .filter(mentioned.or(memberships::organisation_id.eq_any(parts.to_vec())))
        .select((memberships::user_id, memberships::role, organisations::name))
        .order(memberships::id.desc())
        .load(tx)?;
    // The first role comes last and stays.
    Ok(working.into_iter().map(|(user, role, name)| (user, works_as(&role, &name))).collect())
}

fn works_as(role: &str, organisation: &str) -> String {
    match role {
        "officer" => format!("officer of {organisation}"),
        "finance" => format!("finance officer of {organisation}"),
        _ => format!("somebody at {organisation}"),
    }
}
