//! Photographs and documents of services. What is taken back is deleted: nothing is agreed on it.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::auth::rights::ProviderMember;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::service_files;
use crate::directory::{FileUse, ServiceFile};
use crate::error::Error;
use crate::fingerprint::sha256_of;
use crate::ids::{ServiceFileId, ServiceId, UserId};

word! {
    FileUse;
}

/// A file that is to be shown.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is shown as.
    pub kind: FileUse,
    /// What can be seen, or the title.
    pub words: String,
    /// The name under which it is kept.
    pub name: String,
    /// The width and height of a photograph.
    pub size: Option<(i64, i64)>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = service_files)]
struct NewRow<'a> {
    service_id: ServiceId,
    kind: FileUse,
    words: &'a str,
    name: &'a str,
    width: Option<i64>,
    height: Option<i64>,
    sha256: String,
    bytes: &'a [u8],
    added_by: UserId,
    added_at: NaiveDateTime,
}

/// What is shown with a service, in the order in which it was added.
///
/// # Errors
/// When the database fails.
pub fn of(tx: &mut Tx, service: ServiceId) -> Result<Vec<ServiceFile>, Error> {
    type Row = (ServiceFileId, FileUse, String, String, Option<i64>, Option<i64>);
    let rows: Vec<Row> = service_files::table
        .filter(service_files::service_id.eq(service))
        .order(service_files::id)
        .select((
            service_files::id,
            service_files::kind,
            service_files::words,
            service_files::name,
            service_files::width,
            service_files::height,
        ))
        .load(tx)?;
    let file =
        |(id, kind, words, name, width, height): Row| ServiceFile { id, kind, words, name, size: width.zip(height) };
    Ok(rows.into_iter().map(file).collect())
}

/// The name and the bytes of a file of a service.
///
/// # Errors
/// Not found, when the service has none such.
pub fn bytes(tx: &mut Tx, service: ServiceId, id: ServiceFileId, kind: FileUse) -> Result<(String, Vec<u8>), Error> {
    let one = service_files::id.eq(id).and(service_files::service_id.eq(service)).and(service_files::kind.eq(kind));
    Ok(service_files::table.filter(one).select((service_files::name, service_files::bytes)).first(tx)?)
}

/// Shows a file with a service of the provider's own, which the caller has loaded for them.
///
/// # Errors
/// When the database fails.
pub fn add(
    tx: &mut Tx,
    provider: &ProviderMember,
    service: ServiceId,
    new: &NewFile,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = NewRow {
        service_id: service,
        kind: new.kind,
        words: &new.words,
        name: &new.name,
        width: new.size.map(|(width, _)| width),
        height: new.size.map(|(_, height)| height),
        sha256: sha256_of(&new.bytes),
        bytes: &new.bytes,
        added_by: provider.user(),
        added_at: now.naive_utc(),
    };
    diesel::insert_into(service_files::table).values(row).execute(tx)?;
    Ok(())
}

/// Deletes a file of a service of the provider's own, which the caller has loaded for them.
///
/// # Errors
/// Not found, when the service has none such.
pub fn remove(tx: &mut Tx, _: &ProviderMember, service: ServiceId, id: ServiceFileId) -> Result<(), Error> {
    let one = service_files::id.eq(id).and(service_files::service_id.eq(service));
    match diesel::delete(service_files::table.filter(one)).execute(tx)? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}
