//! What is sent to keep a search.

use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The query of the page.
pub const SHOW: &[(&str, &str)] = &[("keep", "The query of a search that one thinks of keeping.")];
/// The fields of a search that is kept.
pub const NEW: &[(&str, &str)] = &[
    ("name", "How you call it."),
    ("query", "The query of the search, as /search takes it: words=bathing&place=DT1."),
];

/// A search to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSearch {
    /// How they call it.
    pub name: String,
    /// What was typed.
    pub typed: Fields,
}

/// Reads a search to be kept.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn new_search(fields: &Fields) -> Result<NewSearch, Invalid> {
    let mut reader = Reader::new(fields);
    let name = reader.text("name", "a name", LINE);
    let query = reader.text("query", "a search", TEXT);
    let typed = query.as_deref().and_then(typed);
    if query.is_some() && typed.is_none() {
        reader.refuse("query", "This is not the query of a search. Do the search again, and save it from there.");
    }
    reader.finish(|| Some(NewSearch { name: name?, typed: typed? }))
}

/// What a query says; nothing for what is no query.
#[must_use]
pub fn typed(query: &str) -> Option<Fields> {
    let query = query.strip_prefix("/search").unwrap_or(query).trim_start_matches('?');
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    Some(Fields::from_pairs(pairs))
}
