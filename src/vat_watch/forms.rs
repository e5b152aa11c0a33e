//! What is sent about an alert.

use crate::error::Invalid;
use crate::web::form::{Fields, Reader, TEXT};

/// The fields of an ending.
pub const ENDING: &[(&str, &str)] = &[("reason", "Why nothing more is to be done; councils read it.")];

/// Reads why an alert is ended.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn ending(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let reason = reader.text("reason", "why nothing more is to be done", TEXT);
    reader.finish(|| reason)
}
