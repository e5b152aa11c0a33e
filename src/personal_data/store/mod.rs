//! Rows of copies, of what goes into them and of what is held back in them.

pub mod around;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;

use super::rules::catalogue::{Column, DOCUMENTS, TABLES, Table};
use super::{Export, Finding, Ground, KEPT, Purpose, Status, Withholding};
use crate::db::columns::word;
use crate::db::schema::{export_files, export_findings, export_withholdings, exports};
use crate::db::{Tx, dialect};
use crate::error::Error;
use crate::fingerprint::sha256_of;
use crate::ids::{DocumentId, ExportId, FileId, PersonId, UserId, WithholdingId};

word! {
    Purpose;
    Status;
    Ground;
}

/// A copy to be asked for.
pub struct NewExport<'a> {
    /// Of whose record.
    pub person: PersonId,
    /// As what.
    pub purpose: Purpose,
    /// Who asks.
    pub by: UserId,
    /// As what, in words.
    pub authority: &'a str,
    /// When a subject access request was received.
    pub received_on: Option<NaiveDate>,
}

/// Asks for a copy; who has asked already and still waits is given the one that they wait for.
///
/// # Errors
/// When the database fails.
pub fn ask(tx: &mut Tx, new: &NewExport<'_>, now: DateTime<Utc>) -> Result<(ExportId, bool), Error> {
    let waiting = exports::table
        .filter(exports::person_id.eq(new.person).and(exports::asked_by.eq(new.by)))
        .filter(exports::status.eq_any([Status::Asked, Status::Making]))
        .select(exports::id);
    if let Some(known) = waiting.first(tx).optional()? {
        return Ok((known, false));
    }
    let row = (
        exports::person_id.eq(new.person),
        exports::purpose.eq(new.purpose),
        exports::asked_by.eq(new.by),
        exports::authority.eq(new.authority),
        exports::received_on.eq(new.received_on),
        exports::asked_at.eq(now.naive_utc()),
        exports::status.eq(Status::Asked),
        exports::steps_done.eq(0),
        exports::held_back.eq(0),
    );
    Ok((diesel::insert_into(exports::table).values(row).returning(exports::id).get_result(tx)?, true))
}

type ExportRow = (
    ExportId,
    PersonId,
    Purpose,
    UserId,
    String,
    Option<NaiveDate>,
    NaiveDateTime,
    Status,
    i64,
    Option<NaiveDateTime>,
    i64,
);

fn export_of(row: ExportRow) -> Export {
    let (id, person, purpose, asked_by, authority, received_on, asked_at, status, steps_done, ready_at, held_back) =
        row;
    Export {
        id,
        person,
        purpose,
        asked_by,
        authority,
        received_on,
        asked_at: asked_at.and_utc(),
        status,
        steps_done,
        ready_at: ready_at.map(|at| at.and_utc()),
        held_back,
    }
}

/// A copy. The caller knows that the actor may see it, or is the job that makes it.
///
/// # Errors
/// Not found, when there is none.
pub fn export(tx: &mut Tx, id: ExportId) -> Result<Export, Error> {
    Ok(export_of(exports::table.filter(exports::id.eq(id)).first(tx)?))
}

/// The copies of a person's record, the newest first.
///
/// # Errors
/// When the database fails.
pub fn exports_of(tx: &mut Tx, person: PersonId) -> Result<Vec<Export>, Error> {
    let rows: Vec<ExportRow> =
        exports::table.filter(exports::person_id.eq(person)).order(exports::id.desc()).limit(100).load(tx)?;
    Ok(rows.into_iter().map(export_of).collect())
}

/// Begins to make a copy, or to make it again after somebody was stopped; nothing when it is made already.
///
/// # Errors
/// When the database fails.
pub fn begin(tx: &mut Tx, id: ExportId) -> Result<Option<Export>, Error> {
    let unfinished = exports::status.eq_any([Status::Asked, Status::Making]);
    let changed = diesel::update(exports::table.filter(exports::id.eq(id).and(unfinished)))
        .set((exports::status.eq(Status::Making), exports::steps_done.eq(1)))
        .execute(tx)?;
    if changed == 1 { export(tx, id).map(Some) } else { Ok(None) }
}

/// Notes how far the making has come.
///
/// # Errors
/// When the database fails.
pub fn progress(tx: &mut Tx, id: ExportId, steps_done: i64) -> Result<(), Error> {
    diesel::update(exports::table.filter(exports::id.eq(id).and(exports::status.eq(Status::Making))))
        .set(exports::steps_done.eq(steps_done))
        .execute(tx)?;
    Ok(())
}

/// What came out of a making.
pub struct Made {
    /// The file.
    pub zip: Vec<u8>,
    /// Texts in which somebody else was named.
    pub findings: Vec<Finding>,
    /// How many items are held back.
    pub held_back: i64,
    /// How many steps the making has.
    pub steps: i64,
}

/// Keeps what was made. Of two that made the same copy the second changes nothing: one file is kept.
///
/// # Errors
/// When the database fails.
pub fn finish(tx: &mut Tx, id: ExportId, made: &Made, now: DateTime<Utc>) -> Result<(), Error> {
    let changed = diesel::update(exports::table.filter(exports::id.eq(id).and(exports::status.eq(Status::Making))))
        .set((
            exports::status.eq(Status::Ready),
            exports::steps_done.eq(made.steps),
            exports::ready_at.eq(Some(now.naive_utc())),
            exports::held_back.eq(made.held_back),
        ))
        .execute(tx)?;
    if changed == 0 {
        return Ok(());
    }
    let file =
        (export_files::id.eq(id), export_files::body.eq(&made.zip), export_files::sha256.eq(sha256_of(&made.zip)));
    diesel::insert_into(export_files::table).values(file).execute(tx)?;
    for finding in &made.findings {
        let row = (
            export_findings::export_id.eq(id),
            export_findings::table_name.eq(&finding.table),
            export_findings::row_id.eq(finding.row),
            export_findings::column_name.eq(&finding.column),
        );
        diesel::insert_into(export_findings::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// The file of a copy that is ready.
///
/// # Errors
/// Not found, when it is not, or no longer.
pub fn file(tx: &mut Tx, id: ExportId) -> Result<Vec<u8>, Error> {
    Ok(export_files::table.filter(export_files::id.eq(id)).select(export_files::body).first(tx)?)
}

/// Deletes the files of copies whose time is over; that they were made stays.
///
/// # Errors
/// When the database fails.
pub fn delete_old(tx: &mut Tx, now: DateTime<Utc>) -> Result<usize, Error> {
    let over = exports::status.eq(Status::Ready).and(exports::ready_at.le(Some((now - KEPT).naive_utc())));
    let old: Vec<ExportId> = exports::table.filter(over).select(exports::id).load(tx)?;
    diesel::delete(export_files::table.filter(export_files::id.eq_any(old.clone()))).execute(tx)?;
    diesel::update(exports::table.filter(exports::id.eq_any(old)))
        .set(exports::status.eq(Status::Gone))
        .execute(tx)
        .map_err(Error::from)
}

/// The texts of a person's record in which somebody else was named, as the last copy found them.
///
/// # Errors
/// When the database fails.
pub fn findings(tx: &mut Tx, person: PersonId) -> Result<Vec<Finding>, Error> {
    let made = exports::table.filter(exports::person_id.eq(person).and(exports::ready_at.is_not_null()));
    let last: Option<ExportId> = made.order(exports::id.desc()).select(exports::id).first(tx).optional()?;
    let Some(last) = last else {
        return Ok(vec![]);
    };
    let rows: Vec<(String, i64, String)> = export_findings::table
        .filter(export_findings::export_id.eq(last))
        .select((export_findings::table_name, export_findings::row_id, export_findings::column_name))
        .order(export_findings::id)
        .load(tx)?;
    Ok(rows.into_iter().map(|(table, row, column)| Finding { table, row, column }).collect())
}

/// Something to be held back.
pub struct NewWithholding<'a> {
    /// From whose copies.
    pub person: PersonId,
    /// In which table.
    pub table: &'a str,
    /// Which row.
    pub row: i64,
    /// On what ground.
    pub ground: Ground,
    /// Why.
    pub reason: &'a str,
    /// As what somebody decides it.
    pub authority: &'a str,
}

/// Holds something back from now on.
///
/// # Errors
/// When the database fails.
pub fn withhold(tx: &mut Tx, new: &NewWithholding<'_>, by: UserId, now: DateTime<Utc>) -> Result<WithholdingId, Error> {
    let row = (
        export_withholdings::person_id.eq(new.person),
        export_withholdings::table_name.eq(new.table),
        export_withholdings::row_id.eq(new.row),
        export_withholdings::ground.eq(new.ground),
        export_withholdings::reason.eq(new.reason),
        export_withholdings::authority.eq(new.authority),
        export_withholdings::decided_by.eq(by),
        export_withholdings::decided_at.eq(now.naive_utc()),
    );
    let made = diesel::insert_into(export_withholdings::table).values(row);
    Ok(made.returning(export_withholdings::id).get_result(tx)?)
}

/// Gives up holding something back.
///
/// # Errors
/// A conflict, when it was given up already.
pub fn lift(tx: &mut Tx, person: PersonId, id: WithholdingId, by: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    let held = export_withholdings::id.eq(id).and(export_withholdings::person_id.eq(person));
    let changed = diesel::update(export_withholdings::table.filter(held.and(export_withholdings::lifted_at.is_null())))
        .set((export_withholdings::lifted_at.eq(Some(now.naive_utc())), export_withholdings::lifted_by.eq(Some(by))))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("What is held back")) }
}

/// Everything that was ever held back from a person's copies, the newest first.
///
/// # Errors
/// When the database fails.
pub fn withholdings(tx: &mut Tx, person: PersonId) -> Result<Vec<Withholding>, Error> {
    type Row = (WithholdingId, String, i64, Ground, String, String, NaiveDateTime, Option<NaiveDateTime>);
    let rows: Vec<Row> = export_withholdings::table
        .filter(export_withholdings::person_id.eq(person))
        .select((
            export_withholdings::id,
            export_withholdings::table_name,
            export_withholdings::row_id,
            export_withholdings::ground,
            export_withholdings::reason,
            export_withholdings::authority,
            export_withholdings::decided_at,
            export_withholdings::lifted_at,
        ))
        .order(export_withholdings::id.desc())
        .load(tx)?;
    let withholding = |(id, table, row, ground, reason, authority, at, lifted_at): Row| Withholding {
        id,
        table,
        row,
        ground,
        reason,
        authority,
        at: at.and_utc(),
        lifted_at: lifted_at.map(|at| at.and_utc()),
    };
    Ok(rows.into_iter().map(withholding).collect())
}

/// What is held back from a person's copies at present: table and number.
///
/// # Errors
/// When the database fails.
pub fn withheld(tx: &mut Tx, person: PersonId) -> Result<BTreeSet<(String, i64)>, Error> {
    let held = withholdings(tx, person)?.into_iter().filter(|held| held.lifted_at.is_none());
    Ok(held.map(|held| (held.table, held.row)).collect())
}

/// The person's rows of a table: the values of some columns.
///
/// # Errors
/// When the database fails.
pub fn rows(tx: &mut Tx, table: &Table, columns: &[Column], export: &Export) -> Result<Vec<Vec<Value>>, Error> {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    dialect::rows_as_json(tx, table.name, &names, &table.rows_for(export.person, export.acting()))
}

/// The person's papers, oldest first.
///
/// # Errors
/// When the database fails.
pub fn documents_of(tx: &mut Tx, person: PersonId) -> Result<Vec<DocumentId>, Error> {
    let found = dialect::rows_as_json(tx, "documents", &["id"], &DOCUMENTS.replace("{p}", &person.to_string()))?;
    Ok(found.into_iter().filter_map(|row| row.first().and_then(Value::as_i64)).map(DocumentId::new).collect())
}

/// The files of a copy that the person sent themselves, oldest first.
///
/// # Errors
/// When the database fails.
pub fn own_files(tx: &mut Tx, export: &Export) -> Result<Vec<FileId>, Error> {
    let Some(files) = TABLES.iter().find(|table| table.name == "files") else {
        return Ok(vec![]);
    };
    let rows = files.rows_for(export.person, export.acting());
    let condition = format!("({rows}) AND added_by IN (SELECT user_id FROM people WHERE id = {})", export.person);
    let found = dialect::rows_as_json(tx, "files", &["id"], &condition)?;
    Ok(found.into_iter().filter_map(|row| row.first().and_then(Value::as_i64)).map(FileId::new).collect())
}

/// Whether an entry is one of the person's.
///
/// # Errors
/// When the database fails.
pub fn has_row(tx: &mut Tx, table: &str, row: i64, person: PersonId) -> Result<bool, Error> {
    let Some(known) = TABLES.iter().find(|known| known.name == table) else {
        return Ok(false);
    };
    let condition = format!("id = {row} AND ({})", known.of.replace("{p}", &person.to_string()));
    Ok(!dialect::rows_as_json(tx, known.name, &["id"], &condition)?.is_empty())
}

/// Deletes a person's copies and what was held back from them; that they were asked for stays.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, person: PersonId, now: DateTime<Utc>) -> Result<(), Error> {
    let theirs: Vec<ExportId> = exports::table.filter(exports::person_id.eq(person)).select(exports::id).load(tx)?;
    diesel::delete(export_files::table.filter(export_files::id.eq_any(theirs.clone()))).execute(tx)?;
    diesel::delete(export_findings::table.filter(export_findings::export_id.eq_any(theirs.clone()))).execute(tx)?;
    let held = export_withholdings::person_id.eq(person);
    diesel::delete(export_withholdings::table.filter(held)).execute(tx)?;
    // One that is just being made as well: it was collected before, and is not kept once its state is another.
    let never_ready = exports::id.eq_any(theirs.clone()).and(exports::ready_at.is_null());
    diesel::update(exports::table.filter(never_ready))
        .set((exports::status.eq(Status::Gone), exports::ready_at.eq(Some(now.naive_utc()))))
        .execute(tx)?;
    let unfinished = exports::id.eq_any(theirs).and(exports::status.ne(Status::Gone));
    diesel::update(exports::table.filter(unfinished)).set(exports::status.eq(Status::Gone)).execute(tx)?;
    Ok(())
}
