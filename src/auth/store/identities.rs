//! Who is who at an organisation's identity provider.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::auth::{Identity, store};
use crate::db::Tx;
use crate::db::schema::{identities, memberships};
use crate::error::Error;
use crate::ids::{OrganisationId, UserId};

/// The member of an organisation whom its provider vouches for. Somebody who comes for the first time is known by the
/// e-mail address that the provider verified, and from then on by the provider's own name for them: an address can pass to
/// somebody else. Who is no member now is nobody.
///
/// # Errors
/// When the database fails.
pub fn member(
    tx: &mut Tx,
    organisation: OrganisationId,
    identity: &Identity,
    now: DateTime<Utc>,
) -> Result<Option<UserId>, Error> {
    if let Some(user) = known(tx, identity)? {
        return Ok(belongs(tx, user, organisation)?.then_some(user));
    }
    let Some(email) = &identity.email else {
        return Ok(None);
    };
    let Some(user) = store::user_by_email(tx, email)? else {
        return Ok(None);
    };
    if !belongs(tx, user.id, organisation)? {
        return Ok(None);
    }
    let row = (
        identities::issuer.eq(&identity.issuer),
        identities::subject.eq(&identity.subject),
        identities::user_id.eq(user.id),
        identities::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(identities::table).values(row).execute(tx)?;
    Ok(Some(user.id))
}

/// Forgets how providers know a user.
///
/// # Errors
/// When the database fails.
pub fn forget(tx: &mut Tx, user: UserId) -> Result<usize, Error> {
    Ok(diesel::delete(identities::table.filter(identities::user_id.eq(user))).execute(tx)?)
}

fn known(tx: &mut Tx, identity: &Identity) -> Result<Option<UserId>, Error> {
    let found = identities::table
        .filter(identities::issuer.eq(&identity.issuer).and(identities::subject.eq(&identity.subject)))
        .select(identities::user_id);
    Ok(found.first(tx).optional()?)
}

fn belongs(tx: &mut Tx, user: UserId, organisation: OrganisationId) -> Result<bool, Error> {
    let found = memberships::table
        .filter(memberships::user_id.eq(user).and(memberships::organisation_id.eq(organisation)))
        .filter(memberships::ended_at.is_null())
        .select(memberships::user_id);
    Ok(found.first::<UserId>(tx).optional()?.is_some())
}
