//! What is sent about a lost second factor.

use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader};

/// The field of asking.
pub const ASK: &[(&str, &str)] = &[("reason", "Why, and how it was checked who they are.")];

/// Reads why.
///
/// # Errors
/// When nothing is said.
pub fn ask(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let reason = reader.text("reason", "why, and how you checked who they are", LINE);
    reader.finish(|| reason)
}
