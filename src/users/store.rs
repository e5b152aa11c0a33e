//! Rows of links that were sent by mail.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Gives, Link, NewLink, Purpose};
use crate::auth::rights::Inviter;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::mailed_links;
use crate::error::Error;
use crate::ids::{MailedLinkId, PersonId, UserId};
use crate::web::token::sha256;

word! {
    Purpose;
}

/// Records a link; of its token only the SHA-256.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx, new: &NewLink, token: &str, now: DateTime<Utc>) -> Result<MailedLinkId, Error> {
    let gives = serde_json::to_string(&new.gives).map_err(|cause| Error::internal("what a link gives", cause))?;
    let row = (
        mailed_links::purpose.eq(new.purpose),
        mailed_links::token_sha256.eq(sha256(token)),
        mailed_links::email.eq(&new.email),
        mailed_links::user_id.eq(new.user),
        mailed_links::organisation_id.eq(new.organisation),
        mailed_links::gives.eq(gives),
        mailed_links::person_id.eq(match &new.gives {
            Gives::Record { person, .. } => Some(*person),
            _ => None,
        }),
        mailed_links::made_by.eq(new.made_by),
        mailed_links::created_at.eq(now.naive_utc()),
        mailed_links::expires_at.eq((now + new.purpose.good_for()).naive_utc()),
    );
    Ok(diesel::insert_into(mailed_links::table).values(row).returning(mailed_links::id).get_result(tx)?)
}

type Row = (
    MailedLinkId,
    String,
    Option<UserId>,
    String,
    Option<UserId>,
    NaiveDateTime,
    NaiveDateTime,
    Option<NaiveDateTime>,
    Option<NaiveDateTime>,
);

const LINK: (
    mailed_links::id,
    mailed_links::email,
    mailed_links::user_id,
    mailed_links::gives,
    mailed_links::made_by,
    mailed_links::created_at,
    mailed_links::expires_at,
    mailed_links::used_at,
    mailed_links::withdrawn_at,
) = (
    mailed_links::id,
    mailed_links::email,
    mailed_links::user_id,
    mailed_links::gives,
    mailed_links::made_by,
    mailed_links::created_at,
    mailed_links::expires_at,
    mailed_links::used_at,
    mailed_links::withdrawn_at,
);

fn link_of(row: Row) -> Result<Link, Error> {
    let (id, email, user, gives, made_by, created_at, expires_at, used_at, withdrawn_at) = row;
    let gives: Gives = serde_json::from_str(&gives).map_err(|cause| Error::internal("what a link gives", cause))?;
    let (created_at, expires_at) = (created_at.and_utc(), expires_at.and_utc());
    Ok(Link {
        id,
        email,
        user,
        gives,
        made_by,
        created_at,
        expires_at,
        used: used_at.is_some(),
        withdrawn: withdrawn_at.is_some(),
    })
}

/// The link of a token, good or not, if it was sent for this purpose.
///
/// # Errors
/// Not found, when there is none: a token that was changed on its way is unknown.
pub fn by_token(tx: &mut Tx, purpose: Purpose, token: &str) -> Result<Link, Error> {
    let found = mailed_links::table
        .filter(mailed_links::token_sha256.eq(sha256(token)).and(mailed_links::purpose.eq(purpose)))
        .select(LINK)
        .first::<Row>(tx)?;
    link_of(found)
}

/// Uses a link up.
///
/// # Errors
/// A conflict, when it was used or taken back a moment ago.
pub fn use_up(tx: &mut Tx, link: MailedLinkId, by: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    let open = mailed_links::used_at.is_null().and(mailed_links::withdrawn_at.is_null());
    let changed = diesel::update(mailed_links::table.filter(mailed_links::id.eq(link).and(open)))
        .set((mailed_links::used_at.eq(Some(now.naive_utc())), mailed_links::used_by.eq(Some(by))))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("This link")) }
}

/// Takes back every open link for one purpose of one user.
///
/// # Errors
/// When the database fails.
pub fn withdraw_all(tx: &mut Tx, purpose: Purpose, user: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    let open = mailed_links::used_at.is_null().and(mailed_links::withdrawn_at.is_null());
    let own = mailed_links::user_id.eq(Some(user)).and(mailed_links::purpose.eq(purpose));
    diesel::update(mailed_links::table.filter(own.and(open)))
        .set(mailed_links::withdrawn_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    Ok(())
}

/// The newest invitations into an organisation.
///
/// # Errors
/// When the database fails.
pub fn invitations(tx: &mut Tx, inviter: &Inviter) -> Result<Vec<Link>, Error> {
    let rows: Vec<Row> = mailed_links::table
        .filter(mailed_links::organisation_id.eq(Some(inviter.organisation())))
        .filter(mailed_links::purpose.eq(Purpose::Invitation))
        .select(LINK)
        .order(mailed_links::id.desc())
        .limit(100)
        .load(tx)?;
    rows.into_iter().map(link_of).collect()
}

/// The invitations to sign in as a person, the newest first. The caller has loaded the person for their officer.
///
/// # Errors
/// When the database fails.
pub fn to_record(tx: &mut Tx, person: PersonId) -> Result<Vec<Link>, Error> {
    let theirs = mailed_links::table.filter(mailed_links::person_id.eq(Some(person)));
    let rows: Vec<Row> = theirs.select(LINK).order(mailed_links::id.desc()).limit(20).load(tx)?;
    rows.into_iter().map(link_of).collect()
}

/// Takes every open invitation to sign in as a person back; answers how many.
///
/// # Errors
/// When the database fails.
pub fn withdraw_to_record(tx: &mut Tx, person: PersonId, now: DateTime<Utc>) -> Result<usize, Error> {
    let open = mailed_links::used_at.is_null().and(mailed_links::withdrawn_at.is_null());
    let theirs = mailed_links::person_id.eq(Some(person));
    Ok(diesel::update(mailed_links::table.filter(theirs.and(open)))
        .set(mailed_links::withdrawn_at.eq(Some(now.naive_utc())))
        .execute(tx)?)
}

/// Forgets the invitations to sign in as a person whose record is erased; answers to which addresses they went.
///
/// # Errors
/// When the database fails.
pub fn forget_to_record(tx: &mut Tx, person: PersonId) -> Result<Vec<String>, Error> {
    let theirs = mailed_links::person_id.eq(Some(person));
    let sent: Vec<String> = mailed_links::table.filter(theirs).select(mailed_links::email).distinct().load(tx)?;
    diesel::delete(mailed_links::table.filter(theirs)).execute(tx)?;
    Ok(sent)
}

/// Takes an invitation back.
///
/// # Errors
/// Not found, when it is not this organisation's; a conflict, when it was used or taken back already.
pub fn withdraw(tx: &mut Tx, inviter: &Inviter, id: MailedLinkId, now: DateTime<Utc>) -> Result<(), Error> {
    let own = mailed_links::id
        .eq(id)
        .and(mailed_links::organisation_id.eq(Some(inviter.organisation())))
        .and(mailed_links::purpose.eq(Purpose::Invitation));
    mailed_links::table.filter(own).select(mailed_links::id).first::<MailedLinkId>(tx)?;
    let open = mailed_links::used_at.is_null().and(mailed_links::withdrawn_at.is_null());
    let changed = diesel::update(mailed_links::table.filter(mailed_links::id.eq(id).and(open)))
        .set(mailed_links::withdrawn_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("The invitation")) }
}

/// Forgets every link that was sent to a user or their address.
///
/// # Errors
/// When the database fails.
pub fn forget_links(tx: &mut Tx, user: UserId, address: &str) -> Result<usize, Error> {
    let theirs = mailed_links::user_id.eq(Some(user)).or(mailed_links::email.eq(address).nullable());
    Ok(diesel::delete(mailed_links::table.filter(theirs)).execute(tx)?)
}
