//! Our own vocabulary of kinds of help, beside the terms of the Local Government Association's list of service types
//! (standards.esd.org.uk) where one is known, and the words by which people look for each.

use std::sync::LazyLock;

use crate::directory::Category;

/// One line for each kind: its code, the term of the other list, the words by which it is looked for.
const KINDS: &str = include_str!("../kinds.csv");

/// What is known of a kind beside its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Which kind.
    pub category: Category,
    /// The term of the list of service types, where one is known.
    pub lga_service_type: Option<&'static str>,
    /// Other words by which people look for it.
    pub also: Vec<&'static str>,
}

static TABLE: LazyLock<Vec<Kind>> = LazyLock::new(|| KINDS.lines().skip(1).filter_map(kind).collect());

fn kind(line: &'static str) -> Option<Kind> {
    let mut parts = line.splitn(3, ',');
    let category = Category::from_code(parts.next()?)?;
    let lga_service_type = parts.next().filter(|term| !term.is_empty());
    Some(Kind { category, lga_service_type, also: parts.next()?.split_whitespace().collect() })
}

/// Every kind, in the order of the file.
#[must_use]
pub fn kinds() -> &'static [Kind] {
    &TABLE
}

/// What is known of one kind.
#[must_use]
pub fn of(category: Category) -> Option<&'static Kind> {
    TABLE.iter().find(|kind| kind.category == category)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_line_once() {
        for category in Category::ALL {
            assert_eq!(kinds().iter().filter(|kind| kind.category == *category).count(), 1, "{category:?}");
        }
        assert_eq!(kinds().len(), KINDS.lines().count() - 1, "no line of the file is lost");
        assert_eq!(of(Category::CareAtHome).unwrap().lga_service_type, Some("Home care"));
        assert!(of(Category::CareAtHome).unwrap().also.contains(&"bathing"));
        assert_eq!(of(Category::PaTraining).unwrap().lga_service_type, None);
    }
}
