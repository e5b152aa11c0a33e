//! Which searches can be kept, and what is new.

use std::collections::HashSet;

use super::{Hit, MOST};
use crate::directory::MOST_FOUND;

/// Why a search is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It finds more than are counted, so nobody could say what is new.
    #[error("This search finds more than 1,000 results. Add a word, a place or a kind of help, then save it.")]
    TooMany,
    /// There are as many as can be kept.
    #[error("You keep {MOST} searches. Remove one first.")]
    Full,
    /// The same search is kept already.
    #[error("You keep this search already.")]
    Kept,
}

/// Whether so many results can be watched.
#[must_use]
pub fn can_be_watched(found: usize) -> bool {
    i64::try_from(found).is_ok_and(|found| found <= MOST_FOUND)
}

/// Checks that a search can be kept beside those that are.
///
/// # Errors
/// Why not.
pub fn check(kept: &[String], query: &str, found: usize) -> Result<(), Refusal> {
    if kept.iter().any(|one| one == query) {
        Err(Refusal::Kept)
    } else if kept.len() >= MOST {
        Err(Refusal::Full)
    } else if !can_be_watched(found) {
        Err(Refusal::TooMany)
    } else {
        Ok(())
    }
}

/// What of everything found was not known.
#[must_use]
pub fn new_ones(known: &HashSet<Hit>, found: impl IntoIterator<Item = Hit>) -> Vec<Hit> {
    found.into_iter().filter(|hit| !known.contains(hit)).collect()
}

/// What the mail says of so many new results.
#[must_use]
pub fn told(count: usize) -> String {
    match count {
        1 => "One new result fits a search that you saved.".to_owned(),
        some => format!("{some} new results fit searches that you saved."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{RegisterLocationId, ServiceId};

    #[test]
    fn what_is_known_is_not_new_again() {
        let service = |id| Hit::Service(ServiceId::new(id));
        let known = HashSet::from([service(1), Hit::Register(RegisterLocationId::new(2))]);
        assert_eq!(new_ones(&known, [service(1), service(2)]), [service(2)], "a number alone is not the thing");
        assert!(new_ones(&known, []).is_empty());
    }

    #[test]
    fn a_search_that_finds_everything_is_not_kept() {
        assert_eq!(check(&[], "words=help", 1_000), Ok(()));
        assert_eq!(check(&[], "words=help", 1_001), Err(Refusal::TooMany));
        assert_eq!(check(&[], "words=nothing", 0), Ok(()), "that is what it is for");
        assert_eq!(check(&["words=help".to_owned()], "words=help", 1), Err(Refusal::Kept));
        let full: Vec<String> = (0..MOST).map(|number| number.to_string()).collect();
        assert_eq!(check(&full, "words=help", 1), Err(Refusal::Full));
    }
}
