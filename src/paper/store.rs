//! Rows of issued papers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{PaperKind, Print};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::documents;
use crate::error::Error;
use crate::ids::DocumentId;
use crate::web::token::sha256;

word! {
    PaperKind;
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

/// The papers whose text no longer has the SHA-256 that was kept with it, in sentences.
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
        for (id, name, body, kept) in rows {
            if sha256(&body) != kept {
                findings.push(format!("document {id} ({name}) does not have the text that was issued"));
            }
        }
    }
}
