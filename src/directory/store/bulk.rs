//! Sheets that providers sent, and files that are read again and again.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::auth::rights::ProviderMember;
use crate::db::Tx;
use crate::db::schema::{bulk_sheets, read_files};
use crate::error::Error;

/// Keeps a sheet until its provider says that it shall be done; answers its number. Of the older ones that were never done
/// nothing is kept.
///
/// # Errors
/// When the database fails.
pub fn keep(tx: &mut Tx, provider: &ProviderMember, sheet: &str, now: DateTime<Utc>) -> Result<i64, Error> {
    let older = bulk_sheets::organisation_id.eq(provider.provider()).and(bulk_sheets::done_at.is_null());
    diesel::delete(bulk_sheets::table.filter(older)).execute(tx)?;
    let row = (
        bulk_sheets::organisation_id.eq(provider.provider()),
        bulk_sheets::sheet.eq(sheet),
        bulk_sheets::sent_by.eq(provider.user()),
        bulk_sheets::sent_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(bulk_sheets::table).values(row).returning(bulk_sheets::id).get_result(tx)?)
}

/// A sheet of this provider's, and when it was done.
///
/// # Errors
/// Not found, when it is not theirs.
pub fn sheet(tx: &mut Tx, provider: &ProviderMember, id: i64) -> Result<(String, Option<NaiveDateTime>), Error> {
    let own = bulk_sheets::id.eq(id).and(bulk_sheets::organisation_id.eq(provider.provider()));
    Ok(bulk_sheets::table.filter(own).select((bulk_sheets::sheet, bulk_sheets::done_at)).first(tx)?)
}

/// Notes that a sheet was done.
///
/// # Errors
/// A conflict, when it was already.
pub fn done(tx: &mut Tx, id: i64, now: DateTime<Utc>) -> Result<(), Error> {
    let open = bulk_sheets::id.eq(id).and(bulk_sheets::done_at.is_null());
    let changed = diesel::update(bulk_sheets::table.filter(open))
        .set(bulk_sheets::done_at.eq(Some(now.naive_utc())))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("The sheet")) }
}

/// The fingerprint that a file had when it was last read to its end.
///
/// # Errors
/// When the database fails.
pub fn last_read(tx: &mut Tx, name: &str) -> Result<Option<String>, Error> {
    let known = read_files::table.filter(read_files::name.eq(name)).select(read_files::sha256);
    Ok(known.first(tx).optional()?)
}

/// Notes that a file was read to its end.
///
/// # Errors
/// When the database fails.
pub fn was_read(tx: &mut Tx, name: &str, sha256: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let said = (read_files::sha256.eq(sha256), read_files::read_at.eq(now.naive_utc()));
    let changed = diesel::update(read_files::table.filter(read_files::name.eq(name))).set(said).execute(tx)?;
    if changed == 0 {
        diesel::insert_into(read_files::table).values((read_files::name.eq(name), said)).execute(tx)?;
    }
    Ok(())
}
