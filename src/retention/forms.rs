//! What the forms of holds and erasures may send.

use chrono::NaiveDate;

use super::Ground;
use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The fields of the form that places a hold.
pub const HOLD: &[(&str, &str)] =
    &[("reason", "why: an inquiry, safeguarding, a dispute in court"), ("from", "from which day, like 2 11 2026")];

/// The fields of the form that lifts a hold.
pub const LIFT: &[(&str, &str)] = &[("lift_reason", "why it is no longer needed")];

/// The fields of the form that erases.
pub const ERASE: &[(&str, &str)] = &[
    ("ground", "due or request"),
    ("erasure_reason", "what was looked at before the decision"),
    ("reference", "the reference of the person, typed once more"),
];

/// Reads the form that places a hold.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn hold(fields: &Fields) -> Result<(String, NaiveDate), Invalid> {
    let mut reader = Reader::new(fields);
    let (reason, from) = (reader.text("reason", "the reason", TEXT), reader.date("from", "the first day"));
    reader.finish(|| Some((reason?, from?)))
}

/// Reads the form that lifts a hold.
///
/// # Errors
/// A message, when there is no reason.
pub fn lift(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let reason = reader.text("lift_reason", "the reason", TEXT);
    reader.finish(|| reason)
}

/// What is to be erased, and why.
pub struct ToErase {
    /// On what ground.
    pub ground: Ground,
    /// Why.
    pub reason: String,
    /// The reference that was typed.
    pub reference: String,
}

/// Reads the form that erases.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn erase(fields: &Fields) -> Result<ToErase, Invalid> {
    let mut reader = Reader::new(fields);
    let ground = reader.choice("ground", "the ground", Ground::from_code);
    let reason = reader.text("erasure_reason", "the reason", TEXT);
    let reference = reader.text("reference", "the reference", LINE);
    reader.finish(|| Some(ToErase { ground: ground?, reason: reason?, reference: reference? }))
}
