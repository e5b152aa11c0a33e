//! What the forms of copies may send.

use chrono::NaiveDate;

use super::Ground;
use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The fields of the form that asks for a copy.
pub const ASK: &[(&str, &str)] =
    &[("received_on", "for an officer: the day on which the subject access request was received, like 2 11 2026")];

/// The fields of the form that holds something back.
pub const WITHHOLD: &[(&str, &str)] = &[
    ("table", "the kind of entry, by the name of its table in data.json"),
    ("row", "its number there"),
    ("ground", "serious_harm or third_party"),
    ("reason", "why, for whoever looks at the decision again"),
];

/// The day that the form says.
///
/// # Errors
/// When it is no day.
pub fn ask(fields: &Fields) -> Result<Option<NaiveDate>, Invalid> {
    let mut reader = Reader::new(fields);
    if fields.get("received_on").is_none() {
        return reader.finish(|| Some(None));
    }
    let day = reader.date("received_on", "the day on which the request was received");
    reader.finish(|| day.map(Some))
}

/// What is to be held back.
pub struct ToWithhold {
    /// In which table.
    pub table: String,
    /// Which row.
    pub row: i64,
    /// On what ground.
    pub ground: Ground,
    /// Why.
    pub reason: String,
}

/// Reads the form that holds something back.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn withhold(fields: &Fields) -> Result<ToWithhold, Invalid> {
    let mut reader = Reader::new(fields);
    let table = reader.text("table", "the kind of entry", LINE);
    let row = reader.whole("row", "the number of the entry", 1..=i64::MAX);
    let ground = reader.choice("ground", "the ground", Ground::from_code);
    let reason = reader.text("reason", "the reason", TEXT);
    reader.finish(|| Some(ToWithhold { table: table?, row: row?, ground: ground?, reason: reason? }))
}
