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

/// Every text in which somebody may have the word by which they look for a kind: its own words, those of the other list, and
/// those that stand beside it.
pub fn texts(category: Category) -> impl Iterator<Item = &'static str> {
    let known = of(category).into_iter();
    std::iter::once(category.words())
        .chain(known.flat_map(|kind| kind.lga_service_type.into_iter().chain(kind.also.iter().copied())))
}

/// What is known of one kind.
#[must_use]
pub fn of(category: Category) -> Option<&'static Kind> {
    TABLE.iter().find(|kind| kind.category == category)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::rules::words_of;

    #[test]
    fn a_kind_is_found_by_what_it_is_called_in_the_field() {
        for (called, category) in [
            ("home care", Category::CareAtHome),
            ("domiciliary care", Category::CareAtHome),
            ("day opportunities", Category::DayService),
            ("supported living", Category::SupportedLiving),
            ("respite", Category::ShortBreaks),
            ("PA support", Category::PersonalAssistants),
            ("companionship", Category::Companionship),
            ("domestic help", Category::Household),
            ("transport", Category::Transport),
            ("meals on wheels", Category::Meals),
            ("equipment", Category::Equipment),
            ("home adaptations", Category::Adaptations),
            ("courses and leisure", Category::ArtsAndLearning),
            ("peer support", Category::PeerSupport),
            ("advocacy", Category::Advocacy),
            ("support brokerage", Category::Brokerage),
            ("payroll", Category::Payroll),
            ("criminal-record checks", Category::RecordChecks),
            ("PA training", Category::PaTraining),
            ("free community help", Category::FreeHelp),
        ] {
            let known: Vec<String> = texts(category).flat_map(words_of).collect();
            let empty = ["and", "on", "help"];
            let mut looked_for = words_of(called).filter(|word| !empty.contains(&word.as_str()));
            let missing = looked_for.find(|word| !known.iter().any(|one| one.starts_with(word.as_str())));
            assert_eq!(missing, None, "{called}");
        }
    }

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
