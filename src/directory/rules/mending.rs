//! Misspellings, mended against our own vocabulary: the words for kinds of help, groups, languages, days and councils.
//! Done here and not by an engine's own dictionary, so that both engines answer alike.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::{kinds, words_of};
use crate::directory::{Category, Feature};
use crate::places::councils;

/// Shorter words have too many neighbours.
const SHORTEST: usize = 4;
/// From this length on two slips are mended.
const LONG: usize = 8;
/// The same for names of places.
const SHORTEST_NAME: usize = 6;
/// From this length on two slips are mended in a name.
const LONG_NAME: usize = 10;

static VOCABULARY: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let kinds = Category::ALL.iter().flat_map(|kind| kinds::texts(*kind));
    let councils = councils().iter().map(|council| council.name.as_str());
    kinds
        .chain(Feature::all().map(Feature::words))
        .chain(councils)
        .flat_map(words_of)
        .filter(|word| word.chars().count() >= SHORTEST)
        .collect()
});

/// The words, with those mended that the vocabulary does not know but nearly does; nothing when there is nothing to mend.
#[must_use]
pub fn mended(words: &[String]) -> Option<Vec<String>> {
    let mended: Vec<String> = words.iter().map(|word| nearest(word).unwrap_or_else(|| word.clone())).collect();
    (mended != words).then_some(mended)
}

/// The words that the vocabulary knows, without the others; nothing when it knows all of them, or none.
#[must_use]
pub fn known_of(words: &[String]) -> Option<Vec<String>> {
    let known: Vec<String> = words.iter().filter(|word| is_known(word)).cloned().collect();
    (!known.is_empty() && known.len() < words.len()).then_some(known)
}

/// A text as it was meant: with the words that were looked for in the place of those that were typed, and everything else
/// that it says, such as a place or a day, as it was.
#[must_use]
pub fn as_meant(text: &str, typed: &[String], meant: &[String]) -> String {
    let one = |part: &str| -> Option<String> {
        let word = words_of(part).find(|word| typed.contains(word) && !meant.contains(word));
        let Some(word) = word else { return Some(part.to_owned()) };
        nearest(&word).filter(|nearest| meant.contains(nearest))
    };
    text.split_whitespace().filter_map(one).collect::<Vec<String>>().join(" ")
}

/// The name that somebody who typed another one probably meant: the same but for one slip, or two in a long one. Shorter
/// ones have too many neighbours, and a word of our own vocabulary is that word.
#[must_use]
pub fn nearest_name<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let long = typed.chars().count();
    if long < SHORTEST_NAME || is_known(typed) {
        return None;
    }
    let most = if long >= LONG_NAME { 2 } else { 1 };
    let off = |name: &'a str| {
        let far = strsim::osa_distance(typed, &name.to_lowercase());
        (far <= most).then_some((far, name))
    };
    names.filter_map(off).min().map(|(_, name)| name)
}

/// Whether a word of the vocabulary begins so.
fn is_known(word: &str) -> bool {
    VOCABULARY.range(word.to_owned()..).next().is_some_and(|next| next.starts_with(word))
}

/// The nearest word of the vocabulary to one that it does not know.
fn nearest(word: &str) -> Option<String> {
    let long = word.chars().count();
    if long < SHORTEST || is_known(word) {
        return None;
    }
    let most = if long >= LONG { 2 } else { 1 };
    let off = |candidate: &'static String| {
        let same_start = candidate.chars().next() == word.chars().next();
        let far = strsim::osa_distance(word, candidate);
        (far <= most).then_some((far, !same_start, candidate))
    };
    VOCABULARY.iter().filter_map(off).min().map(|(.., candidate)| candidate.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mend(text: &str) -> Option<String> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        mended(&words).map(|words| words.join(" "))
    }

    #[test]
    fn slips_are_mended_and_names_are_left_alone() {
        assert_eq!(mend("bathign"), Some("bathing".to_owned()), "two letters that changed places are one slip");
        assert_eq!(mend("demntia day"), Some("dementia day".to_owned()));
        assert_eq!(mend("comapnionship"), Some("companionship".to_owned()));
        assert_eq!(mend("advocasy"), Some("advocacy".to_owned()));
        assert_eq!(mend("bath"), None, "the beginning of a word is right");
        assert_eq!(mend("sunrise"), None);
        assert_eq!(mend("art"), None);
    }

    #[test]
    fn a_text_keeps_what_else_it_says() {
        let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let meant = |text: &str, typed: &str, meant: &str| as_meant(text, &words(typed), &words(meant));
        assert_eq!(
            meant("Actvities near DT1 1XJ on Sundays", "actvities", "activities"),
            "activities near DT1 1XJ on Sundays"
        );
        assert_eq!(meant("xylophone, bathign in Dorset", "xylophone bathign", "bathing"), "bathing in Dorset");
    }

    #[test]
    fn names_of_places_are_mended_only_where_they_are_long() {
        let nearest =
            |typed: &str| nearest_name(typed, ["Dorchester", "Parr", "Poole", "Weymouth", "Dorking"].into_iter());
        assert_eq!(nearest("dorchestr"), Some("Dorchester"));
        assert_eq!(nearest("dorhcestre"), Some("Dorchester"), "two slips in a long one");
        assert_eq!(nearest("weymuoth"), Some("Weymouth"));
        assert_eq!((nearest("park"), nearest("pool")), (None, None));
        assert_eq!(nearest("nowhere"), None);
    }

    #[test]
    fn words_that_no_kind_of_help_has_can_be_left_out() {
        let known = |text: &str| known_of(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(known("gardening besides transport"), Some(vec!["gardening".to_owned(), "transport".to_owned()]));
        assert_eq!((known("transport"), known("besides xylophone")), (None, None));
    }
}
