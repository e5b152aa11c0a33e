//! What may be asked of a record.

use super::{Asked, Show};
use crate::web::form::Fields;

/// What the query may say.
pub const ASKED: &[(&str, &str)] = &[
    ("show", "What of it: all, looked or changed."),
    ("before", "Only what came before the event of this number: how one turns the pages."),
];

/// Reads the query; what it does not say, or not in words that are known, is all of it from the newest on.
#[must_use]
pub fn asked(fields: &Fields) -> Asked {
    Asked {
        show: fields.get("show").and_then(Show::from_code).unwrap_or(Show::All),
        before: fields.get("before").and_then(|text| text.parse().ok()),
    }
}
