//! Rows of mails.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{JOB, KeptMail, MailState, NewMail, TOKEN};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::mails;
use crate::error::Error;
use crate::ids::MailId;
use crate::queue::{self, NewJob};
use crate::web::token::{Keys, random_bytes};

word! {
    MailState;
}

/// How many mails the demonstration's page lists.
const LISTED: i64 = 100;
/// How much of a server's answer is kept, in characters.
const KEPT_ERROR: usize = 500;

/// Writes a mail, and the job that sends it; both are there when the transaction is committed, or neither is.
///
/// # Errors
/// When the database fails.
pub fn post(tx: &mut Tx, new: &NewMail, now: DateTime<Utc>) -> Result<MailId, Error> {
    let name: String = random_bytes::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let row = (
        mails::message_id.eq(name),
        mails::to_address.eq(new.to.as_str()),
        mails::subject.eq(new.subject.as_str()),
        mails::text_body.eq(&new.text),
        mails::html_body.eq(&new.html),
        mails::link_nonce.eq(&new.link_nonce),
        mails::state.eq(MailState::Waiting),
        mails::written_at.eq(now.naive_utc()),
    );
    let id: MailId = diesel::insert_into(mails::table).values(row).returning(mails::id).get_result(tx)?;
    let (about, key) = (id.to_string(), format!("{JOB} {id}"));
    queue::store::enqueue(tx, &NewJob { kind: JOB, about: &about, dedupe_key: Some(&key) }, now)?;
    Ok(id)
}

/// How many mails were written to an address since an instant.
///
/// # Errors
/// When the database fails.
pub fn written_to(tx: &mut Tx, address: &str, since: DateTime<Utc>) -> Result<i64, Error> {
    let written = mails::table.filter(mails::to_address.eq(address).and(mails::written_at.gt(since.naive_utc())));
    Ok(written.count().get_result(tx)?)
}

/// Whether a mail with this link was written to an address.
///
/// # Errors
/// When the database fails.
pub fn has_link(tx: &mut Tx, address: &str, nonce: Option<&str>) -> Result<bool, Error> {
    let written = mails::table.filter(mails::to_address.eq(address).and(mails::link_nonce.eq(nonce))).select(mails::id);
    Ok(written.first::<MailId>(tx).optional()?.is_some())
}

type Row = (
    MailId,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    MailState,
    Option<String>,
    NaiveDateTime,
    Option<NaiveDateTime>,
);

/// Puts the token into a mail.
fn with_token(row: Row, keys: &Keys) -> Result<KeptMail, Error> {
    let (id, message_id, to, subject, text, html, nonce, state, error, written_at, _) = row;
    let token = nonce.map(|nonce| keys.link_token(&nonce)).transpose()?.unwrap_or_default();
    let [text, html] = [text, html].map(|body| body.replace(TOKEN, &token));
    Ok(KeptMail { id, message_id, to, subject, text, html, state, error, written_at: written_at.and_utc() })
}

/// A mail as it is sent.
///
/// # Errors
/// Not found, when there is none.
pub fn mail(tx: &mut Tx, keys: &Keys, id: MailId) -> Result<KeptMail, Error> {
    let row: Row = mails::table.filter(mails::id.eq(id)).first(tx)?;
    with_token(row, keys)
}

/// The newest mails, for the demonstration's page and for tests.
///
/// # Errors
/// When the database fails.
pub fn newest(tx: &mut Tx, keys: &Keys) -> Result<Vec<KeptMail>, Error> {
    let rows: Vec<Row> = mails::table.order(mails::id.desc()).limit(LISTED).load(tx)?;
    rows.into_iter().map(|row| with_token(row, keys)).collect()
}

/// Records what became of a mail that was waiting.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx, id: MailId, state: MailState, error: Option<&str>, now: DateTime<Utc>) -> Result<(), Error> {
    let error: Option<String> = error.map(|error| error.chars().take(KEPT_ERROR).collect());
    diesel::update(mails::table.filter(mails::id.eq(id).and(mails::state.eq(MailState::Waiting))))
        .set((mails::state.eq(state), mails::error.eq(error), mails::settled_at.eq(Some(now.naive_utc()))))
        .execute(tx)?;
    Ok(())
}

/// A mail that did not reach anybody, as an operator is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// Which.
    pub id: MailId,
    /// To whom.
    pub to: String,
    /// What became of it.
    pub state: MailState,
    /// What the receiving server said.
    pub error: Option<String>,
}

/// The mails that were refused or came too late, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn undelivered(tx: &mut Tx) -> Result<Vec<Undelivered>, Error> {
    let rows: Vec<(MailId, String, MailState, Option<String>)> = mails::table
        .filter(mails::state.eq_any(vec![MailState::Refused, MailState::TooLate]))
        .select((mails::id, mails::to_address, mails::state, mails::error))
        .order(mails::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|(id, to, state, error)| Undelivered { id, to, state, error }).collect())
}

/// How many mails wait to be sent.
///
/// # Errors
/// When the database fails.
pub fn waiting(tx: &mut Tx) -> Result<i64, Error> {
    Ok(mails::table.filter(mails::state.eq(MailState::Waiting)).count().get_result(tx)?)
}

/// Forgets mails that were settled so long ago: what they said is no longer needed, and names people.
///
/// # Errors
/// When the database fails.
pub fn forget_settled(tx: &mut Tx, now: DateTime<Utc>, after: TimeDelta) -> Result<usize, Error> {
    let before = (now - after).naive_utc();
    Ok(diesel::delete(mails::table.filter(mails::settled_at.lt(Some(before)))).execute(tx)?)
}

/// Forgets every mail to an address.
///
/// # Errors
/// When the database fails.
pub fn forget_to(tx: &mut Tx, address: &str) -> Result<usize, Error> {
    Ok(diesel::delete(mails::table.filter(mails::to_address.eq(address))).execute(tx)?)
}
