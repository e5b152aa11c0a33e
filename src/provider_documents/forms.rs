//! What is sent about documents of providers.

use super::NewDocument;
use crate::directory::DocumentKind;
use crate::error::Invalid;
use crate::web::form::{Fields, Reader, TEXT};
use crate::web::upload::{Upload, Uploaded};

/// The fields of a new document.
pub const DOCUMENT: &[(&str, &str)] = &[
    ("kind", "What it is: its code."),
    ("valid_from", "From which day it holds."),
    ("valid_until", "Its last day, if it has one."),
    ("evidence", "In multipart/form-data: the document, PDF, PNG or JPEG, at most 5 MB."),
];
/// The fields of a check.
pub const CHECK: &[(&str, &str)] =
    &[("outcome", "accepted or refused."), ("note", "What was found; the provider reads it.")];

/// Reads a new document with its file.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn document(upload: &Upload) -> Result<(NewDocument, Uploaded), Invalid> {
    let fields = &upload.sent.fields;
    let mut reader = Reader::new(fields);
    let kind = reader.choice("kind", "what it is", DocumentKind::from_code);
    let from = reader.date("valid_from", "the day from which it holds");
    let until = match fields.get("valid_until") {
        None => Some(None),
        Some(_) => reader.date("valid_until", "its last day").map(Some),
    };
    let file = upload.needed(&mut reader, "Choose the file of the document.", |_| true);
    reader.finish(|| Some((NewDocument { kind: kind?, from: from?, until: until? }, file?)))
}

/// Reads what somebody found: whether it is good, and a note.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn check(fields: &Fields) -> Result<(bool, String), Invalid> {
    let mut reader = Reader::new(fields);
    let accepted = reader.choice("outcome", "whether you accept it", |code| match code {
        "accepted" => Some(true),
        "refused" => Some(false),
        _ => None,
    });
    let note = reader.text("note", "what you found", TEXT);
    reader.finish(|| Some((accepted?, note?)))
}
