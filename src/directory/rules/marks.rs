//! Marks: one word for each thing that narrows a search, which stands in the search's index beside the words. A mark begins
//! with a sign that no word has.

use crate::directory::{Category, Feature, ListedVat, Unit, Wait};
use crate::places::adult_social_care_council;
use crate::register::Rating;

/// The mark of everything that can begin now.
pub const ROOM: &str = "_room";

/// The mark of a kind of help.
#[must_use]
pub fn category(category: Category) -> String {
    format!("_c{}", category.code().replace('_', ""))
}

/// The mark of a registration for VAT.
#[must_use]
pub fn vat(vat: ListedVat) -> String {
    format!("_v{}", vat.code().replace('_', ""))
}

/// The mark of what a price is for, by its place among all units.
#[must_use]
pub fn unit(place: i64) -> String {
    format!("_u{place}")
}

/// The mark of something that a box says.
#[must_use]
pub fn feature(feature: Feature) -> String {
    format!("_f{}{}", feature.list(), feature.value())
}

/// The mark of the council with the duty of adult social care where something is.
#[must_use]
pub fn council(la_code: &str) -> Option<String> {
    adult_social_care_council(la_code).map(|council| format!("_l{}", council.code.to_lowercase()))
}

/// The beginning of the mark of how far a provider travels.
const REACH: &str = "_r";

/// The mark of how far a provider travels, in miles, as it is added to the others; nothing where it has not said.
#[must_use]
pub fn reach(miles: Option<u32>) -> String {
    miles.map(|miles| format!(" {REACH}{miles}")).unwrap_or_default()
}

/// How far the provider of an entry travels, in miles, by its marks.
#[must_use]
pub fn reach_of(marks: &str) -> Option<u32> {
    marks.split(' ').find_map(|mark| mark.strip_prefix(REACH)?.parse().ok())
}

/// The regulator's ratings that one can ask for: this or better.
pub const RATED: [Rating; 2] = [Rating::Outstanding, Rating::Good];

/// The mark of everything that is rated so or better.
#[must_use]
pub fn rated(rating: Rating) -> String {
    format!("_q{}", rating.code())
}

/// The marks with those of a rating in the place of any other.
#[must_use]
pub fn with_rating(marks: &str, rating: Option<Rating>) -> String {
    let place = RATED.iter().position(|known| Some(*known) == rating);
    let new = RATED.iter().skip(place.unwrap_or(RATED.len())).map(|one| rated(*one));
    let old = RATED.map(rated);
    let others = marks.split(' ').filter(|mark| !old.iter().any(|one| one == mark)).map(str::to_owned);
    others.chain(new).collect::<Vec<_>>().join(" ")
}

/// All marks of an entry but those of how far and how rated, in one text.
#[must_use]
pub fn of(
    (kind, status, priced): (Category, ListedVat, Option<Unit>),
    la_code: &str,
    features: &[Feature],
    wait: Wait,
) -> String {
    let mut marks = vec![category(kind), vat(status), unit(unit_order(priced))];
    marks.extend(council(la_code));
    marks.extend(features.iter().copied().map(feature));
    marks.extend((wait == Wait::Now).then(|| ROOM.to_owned()));
    marks.join(" ")
}

/// The order of the units in a list by price; entries without a price come after all of them.
const UNPRICED: i64 = 99;

/// The place of a unit among all, in the order in which they are listed.
#[must_use]
pub fn unit_order(unit: Option<Unit>) -> i64 {
    let place = |unit| Unit::ALL.iter().zip(0..).find(|(known, _)| **known == unit).map(|(_, place)| place);
    unit.and_then(place).unwrap_or(UNPRICED)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::places::councils_with_adult_social_care;

    #[test]
    fn what_is_outstanding_is_good_as_well() {
        let rated = |rating| with_rating("_a _qgood _b", rating);
        assert_eq!(rated(Some(Rating::Outstanding)), "_a _b _qoutstanding _qgood");
        assert_eq!(rated(Some(Rating::Good)), "_a _b _qgood");
        assert_eq!(rated(Some(Rating::Inadequate)), "_a _b");
        assert_eq!(rated(None), "_a _b");
    }

    #[test]
    fn how_far_a_provider_travels_is_read_from_the_marks() {
        let marks = of((Category::CareAtHome, ListedVat::Registered, None), "", &[], Wait::Now);
        assert_eq!(reach_of(&(marks.clone() + &reach(Some(15)))), Some(15));
        assert_eq!(reach_of(&(marks + &reach(None))), None);
    }

    #[test]
    fn no_two_marks_are_alike_and_none_is_a_word() {
        let kinds = Category::ALL.iter().copied().map(category);
        let statuses = ListedVat::ALL.iter().copied().map(vat);
        let units = Unit::ALL.iter().copied().map(|one| unit(unit_order(Some(one))));
        let all = kinds.chain(statuses).chain(units).chain(Feature::all().map(feature)).chain([ROOM.to_owned()]);
        let all = all.chain(RATED.map(rated));
        let councils = councils_with_adult_social_care().filter_map(|one| council(&one.code));
        let all: Vec<String> = all.chain(councils).collect();
        let different: BTreeSet<&String> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        // What SQLite's index keeps has no sign before it, and lies in a column of its own.
        assert!(all.iter().all(|mark| mark.strip_prefix('_').unwrap().chars().all(char::is_alphanumeric)));
    }
}
