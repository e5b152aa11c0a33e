//! Rows of issued papers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{PaperKind, Print};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{documents, erased_documents, erased_files, files};
use crate::error::Error;
use crate::fingerprint::{sha256, sha256_of};
use crate::ids::{DocumentId, ErasureId, FileId, UserId};
use crate::web::upload::{FileKind, Uploaded};

word! {
    PaperKind;
    FileKind;
}

/// A paper as it was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its id.
    pub id: DocumentId,
    /// What kind of paper it is.
    pub kind: PaperKind,
    /// Its name, fit for a file.
    pub name: String,
    /// The whole text.
    pub body: String,
    /// The SHA-256 of the text, in hexadecimal.
    pub sha256: String,
}

/// Keeps a paper, in the print that whoever it is made for needs.
///
/// # Errors
/// When the database fails.
pub fn issue(
    tx: &mut Tx,
    kind: PaperKind,
    name: &str,
    (body, print): (&str, Print),
    now: DateTime<Utc>,
) -> Result<DocumentId, Error> {
    let body = print.of(body);
    let row = (
        documents::kind.eq(kind),
        documents::name.eq(name),
        documents::body.eq(&body),
        documents::sha256.eq(sha256(&body)),
        documents::created_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(documents::table).values(row).returning(documents::id).get_result(tx)?)
}

/// A paper by its id. The caller has loaded the thing that it belongs to for the actor.
///
/// # Errors
/// Not found, when there is none.
pub fn paper(tx: &mut Tx, id: DocumentId) -> Result<Paper, Error> {
    type Row = (DocumentId, PaperKind, String, String, String);
    let columns = (documents::id, documents::kind, documents::name, documents::body, documents::sha256);
    let (id, kind, name, body, sha256): Row =
        documents::table.filter(documents::id.eq(id)).select(columns).first(tx)?;
    Ok(Paper { id, kind, name, body, sha256 })
}

/// Keeps a file that somebody sent, byte for byte.
///
/// # Errors
/// When the database fails.
pub fn keep_file(tx: &mut Tx, file: &Uploaded, by: UserId, now: DateTime<Utc>) -> Result<FileId, Error> {
    let row = (
        files::name.eq(&file.name),
        files::kind.eq(file.kind),
        files::sha256.eq(&file.sha256),
        files::bytes.eq(&file.bytes),
        files::added_by.eq(by),
        files::added_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(files::table).values(row).returning(files::id).get_result(tx)?)
}

/// A file by its id. The caller has loaded the thing that it belongs to for the actor.
///
/// # Errors
/// Not found, when there is none.
pub fn file(tx: &mut Tx, id: FileId) -> Result<Uploaded, Error> {
    type Row = (String, FileKind, String, Vec<u8>);
    let columns = (files::name, files::kind, files::sha256, files::bytes);
    let (name, kind, sha256, bytes): Row = files::table.filter(files::id.eq(id)).select(columns).first(tx)?;
    Ok(Uploaded { name, kind, sha256, bytes })
}

/// The files whose bytes no longer have the SHA-256 that was kept with them, in sentences; one that was erased has none. One at a time: they are large.
///
/// # Errors
/// When the database fails.
pub fn check_files(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let ids: Vec<FileId> = files::table.select(files::id).order(files::id).load(tx)?;
    let mut findings = vec![];
    for id in ids {
        let kept = file(tx, id)?;
        let is_erased = kept.bytes.is_empty() && was_erased(tx, id)?;
        if !is_erased && sha256_of(&kept.bytes) != kept.sha256 {
            findings.push(format!("file {id} ({}) does not have the bytes that were sent", kept.name));
        }
    }
    Ok(findings)
}

/// The papers whose text no longer has the SHA-256 that was kept with it, in sentences; a paper that was erased has none.
///
/// # Errors
/// When the database fails.
pub fn check(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let mut findings = vec![];
    let mut last = DocumentId::new(0);
    loop {
        let rows: Vec<(DocumentId, String, String, String)> = documents::table
            .filter(documents::id.gt(last))
            .select((documents::id, documents::name, documents::body, documents::sha256))
            .order(documents::id)
            .limit(100)
            .load(tx)?;
        let Some(end) = rows.last() else {
            return Ok(findings);
        };
        last = end.0;
        let ids: Vec<DocumentId> = rows.iter().map(|row| row.0).collect();
        let erased: Vec<DocumentId> =
            erased_documents::table.filter(erased_documents::id.eq_any(ids)).select(erased_documents::id).load(tx)?;
        for (id, name, body, kept) in rows {
            let is_erased = body.is_empty() && erased.contains(&id);
            if !is_erased && sha256(&body) != kept {
                findings.push(format!("document {id} ({name}) does not have the text that was issued"));
            }
        }
    }
}

/// Takes the text out of papers whose person's record is erased; what kind of paper it was, when it was issued and its
/// fingerprint stay. The triggers let only this be done, and only for papers that are named here.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, papers: &[DocumentId], erasure: ErasureId) -> Result<(), Error> {
    let gone: Vec<DocumentId> = erased_documents::table
        .filter(erased_documents::id.eq_any(papers.to_vec()))
        .select(erased_documents::id)
        .load(tx)?;
    for paper in papers.iter().filter(|paper| !gone.contains(paper)) {
        let row = (erased_documents::id.eq(paper), erased_documents::erasure_id.eq(erasure));
        diesel::insert_into(erased_documents::table).values(row).execute(tx)?;
        diesel::update(documents::table.filter(documents::id.eq(paper))).set(documents::body.eq("")).execute(tx)?;
    }
    Ok(())
}

fn was_erased(tx: &mut Tx, file: FileId) -> Result<bool, Error> {
    let erased = erased_files::table.filter(erased_files::id.eq(file));
    Ok(diesel::select(diesel::dsl::exists(erased)).get_result(tx)?)
}

/// Takes name and bytes out of files, as [`erase`] takes the text out of papers.
///
/// # Errors
/// When the database fails.
pub fn erase_files(tx: &mut Tx, sent: &[FileId], erasure: ErasureId) -> Result<(), Error> {
    for file in sent {
        if was_erased(tx, *file)? {
            continue;
        }
        let row = (erased_files::id.eq(file), erased_files::erasure_id.eq(erasure));
        diesel::insert_into(erased_files::table).values(row).execute(tx)?;
        diesel::update(files::table.filter(files::id.eq(file)))
            .set((files::name.eq(""), files::bytes.eq(Vec::<u8>::new())))
            .execute(tx)?;
    }
    Ok(())
}

/// How many papers were erased.
///
/// # Errors
/// When the database fails.
pub fn erased(tx: &mut Tx) -> Result<i64, Error> {
    Ok(erased_documents::table.count().get_result(tx)?)
}
