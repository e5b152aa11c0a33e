//! What users change of themselves: name, address, password, sign-ins.

use diesel::prelude::*;

use super::{KnownUser, kept_email};
use crate::auth::rights::Role;
use crate::db::Tx;
use crate::db::schema::{memberships, users};
use crate::error::Error;
use crate::ids::{OrganisationId, UserId};

/// A user, as they see themself.
///
/// # Errors
/// Not found, when there is no such user.
pub fn user(tx: &mut Tx, id: UserId) -> Result<KnownUser, Error> {
    let found = users::table.filter(users::id.eq(id)).select((users::id, users::name, users::email));
    let (id, name, email): (UserId, String, String) = found.first(tx)?;
    Ok(KnownUser { id, name, email })
}

/// The hash of a user's password.
///
/// # Errors
/// Not found, when there is no such user.
pub fn password_hash(tx: &mut Tx, id: UserId) -> Result<String, Error> {
    Ok(users::table.filter(users::id.eq(id)).select(users::password_hash).first(tx)?)
}

/// Changes the name that others see.
///
/// # Errors
/// When the database fails.
pub fn rename(tx: &mut Tx, id: UserId, name: &str) -> Result<(), Error> {
    diesel::update(users::table.filter(users::id.eq(id))).set(users::name.eq(name)).execute(tx)?;
    Ok(())
}

/// Changes the address to sign in with.
///
/// # Errors
/// When it has become the address of another user in the meantime.
pub fn change_email(tx: &mut Tx, id: UserId, email: &str) -> Result<(), Error> {
    let email = kept_email(email);
    let taken = users::table.filter(users::email.eq(&email)).select(users::id).first::<UserId>(tx);
    if taken.optional()?.is_some() {
        return Err(Error::Refused("This address has a sign-in already. Nothing was changed.".to_owned()));
    }
    diesel::update(users::table.filter(users::id.eq(id))).set(users::email.eq(email)).execute(tx)?;
    Ok(())
}

/// Whether a user has a role in an organisation.
///
/// # Errors
/// When the database fails.
pub fn is_member(tx: &mut Tx, user: UserId, organisation: OrganisationId, role: Role) -> Result<bool, Error> {
    let place = memberships::user_id.eq(user).and(memberships::organisation_id.eq(organisation));
    let found = memberships::table
        .filter(place.and(memberships::role.eq(role)).and(memberships::ended_at.is_null()))
        .select(memberships::id)
        .first::<i64>(tx);
    Ok(found.optional()?.is_some())
}
