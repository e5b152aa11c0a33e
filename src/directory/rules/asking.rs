//! What somebody means who types "bathing help near DT1 1XJ on Sundays" into one box: words, a place, days, a language,
//! whether it must begin now. Nothing is guessed that was not typed; what is not understood stays a word.

use super::words_of;
use crate::communication::Language;
use crate::directory::{Day, Feature};
use crate::places::{Council, Outcode, Postcode, council_by_any_name};

/// Words that say nothing of what is looked for.
const EMPTY: [&str; 102] = [
    "a",
    "about",
    "after",
    "am",
    "an",
    "and",
    "any",
    "anybody",
    "anyone",
    "are",
    "at",
    "be",
    "been",
    "brother",
    "can",
    "could",
    "dad",
    "daughter",
    "do",
    "does",
    "father",
    "find",
    "for",
    "from",
    "get",
    "give",
    "gives",
    "gran",
    "grandad",
    "grandfather",
    "grandma",
    "grandmother",
    "good",
    "had",
    "has",
    "have",
    "having",
    "he",
    "help",
    "helping",
    "helps",
    "her",
    "him",
    "his",
    "husband",
    "i",
    "in",
    "is",
    "it",
    "like",
    "likes",
    "local",
    "look",
    "looking",
    "me",
    "mother",
    "mum",
    "my",
    "myself",
    "nan",
    "near",
    "need",
    "needed",
    "needs",
    "of",
    "on",
    "or",
    "our",
    "parents",
    "partner",
    "person",
    "please",
    "required",
    "service",
    "services",
    "she",
    "should",
    "sister",
    "so",
    "some",
    "somebody",
    "someone",
    "son",
    "that",
    "the",
    "their",
    "them",
    "they",
    "this",
    "to",
    "us",
    "want",
    "wants",
    "we",
    "which",
    "who",
    "wife",
    "will",
    "wish",
    "with",
    "would",
    "you",
];
/// Words before a place.
const BEFORE_A_PLACE: [&str; 5] = ["near", "in", "around", "by", "at"];
/// The longest name of a council, in words.
const LONGEST_NAME: usize = 6;

/// A place as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A whole postcode.
    Postcode(Postcode),
    /// Its first half.
    Outcode(Outcode),
    /// The area of a council, by its code.
    Council(&'static str),
    /// The name of a town, which must be looked up.
    Town(String),
}

/// What was understood of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asking {
    /// The beginnings of words that must all be found.
    pub words: Vec<String>,
    /// Where.
    pub place: Option<Place>,
    /// Words after "near" that may begin with the name of a town; they count as words where they do not.
    pub near: Vec<String>,
    /// What must be said of it.
    pub features: Vec<Feature>,
    /// Whether it must be able to begin now.
    pub room: bool,
}

/// Understands a text.
#[must_use]
pub fn understand(text: &str) -> Asking {
    let typed: Vec<String> = words_of(text).collect();
    let mut asking = Asking::default();
    let mut at = 0;
    while let Some(rest) = typed.get(at..).filter(|rest| !rest.is_empty()) {
        at += asking.take(rest);
    }
    let telling: Vec<String> = asking.words.iter().filter(|word| !EMPTY.contains(&word.as_str())).cloned().collect();
    let said_else = asking.place.is_some() || !asking.near.is_empty() || !asking.features.is_empty() || asking.room;
    if !telling.is_empty() || said_else {
        asking.words = telling;
    }
    asking
}

impl Asking {
    /// Takes what the first words mean, and gives how many they were.
    fn take(&mut self, rest: &[String]) -> usize {
        let place = |after: &[String]| place_at(after).filter(|_| self.place.is_none());
        let (first, second) = (rest.first().map_or("", String::as_str), rest.get(1).map_or("", String::as_str));
        if BEFORE_A_PLACE.contains(&first)
            && let Some((found, long)) = rest.get(1..).and_then(place)
        {
            self.place = Some(found);
            return 1 + long;
        }
        if BEFORE_A_PLACE.contains(&first) && self.near.is_empty() {
            self.near =
                rest.iter().skip(1).take_while(|word| !EMPTY.contains(&word.as_str())).take(3).cloned().collect();
            return 1 + self.near.len();
        }
        if let Some((found, long)) = place(rest).filter(|(found, _)| is_code(found)) {
            self.place = Some(found);
            return long;
        }
        if let Some(days) = days(first) {
            self.features.extend(days.iter().copied().map(Feature::Day));
            return 1;
        }
        if let Some((language, long)) = language(first, second) {
            self.features.push(Feature::Language(language));
            return long;
        }
        if let Some(long) = now(first, second) {
            self.room = true;
            return long;
        }
        self.words.push(first.to_owned());
        1
    }
}

/// Whether a place is written as nothing else is.
const fn is_code(place: &Place) -> bool {
    matches!(place, Place::Postcode(_) | Place::Outcode(_))
}

/// The place with which some words begin, and how many of them name it.
fn place_at(rest: &[String]) -> Option<(Place, usize)> {
    let (first, second) = (rest.first()?, rest.get(1));
    let postcode = |text: &str| Postcode::parse(text).ok().filter(|code| code.outcode().place().is_some());
    if let Some(code) = second.and_then(|second| postcode(&format!("{first} {second}"))) {
        return Some((Place::Postcode(code), 2));
    }
    if let Some(code) = postcode(first) {
        return Some((Place::Postcode(code), 1));
    }
    if let Some(code) = Outcode::parse(first).ok().filter(|code| code.place().is_some()) {
        return Some((Place::Outcode(code), 1));
    }
    let council = |long: &usize| -> Option<&'static Council> { council_by_any_name(&rest.get(..*long)?.join(" ")) };
    let long = (1..=LONGEST_NAME.min(rest.len())).rev().find(|long| council(long).is_some())?;
    Some((Place::Council(&council(&long)?.code), long))
}

/// Reads what was typed into a field for a place: a postcode, its first half, a council, else the name of a town.
///
/// # Errors
/// When it has no letters, or numbers that are no postcode.
pub fn place(text: &str) -> Result<Place, String> {
    if let Ok(outcode) = Outcode::parse(text) {
        return Ok(Place::Outcode(outcode));
    }
    let not_a_postcode = match Postcode::parse(text) {
        Ok(postcode) => return Ok(Place::Postcode(postcode)),
        Err(error) => error,
    };
    let words: Vec<String> = words_of(text).collect();
    if let Some(council) = council_by_any_name(&words.join(" ")) {
        return Ok(Place::Council(&council.code));
    }
    let is_a_name = text.chars().all(|letter| letter.is_alphabetic() || " -'’.,".contains(letter)) && !words.is_empty();
    if is_a_name {
        Ok(Place::Town(text.trim().to_lowercase()))
    } else {
        Err(format!("{not_a_postcode}, its first half, like DT1, or a town."))
    }
}

/// The days that a word names.
fn days(word: &str) -> Option<&'static [Day]> {
    const ALL: [Day; 7] =
        [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday, Day::Saturday, Day::Sunday];
    match word {
        "weekend" | "weekends" => ALL.get(5..),
        "weekday" | "weekdays" => ALL.get(..5),
        _ => {
            let place = ALL.iter().position(|day| day.code() == word.strip_suffix('s').unwrap_or(word))?;
            ALL.get(place..=place)
        }
    }
}

/// "speaks Polish", "speaking Polish", "Polish speaking", "Polish speaker": a language alone may be a lesson, or a polish.
fn language(first: &str, second: &str) -> Option<(Language, usize)> {
    let speaks = |word: &str| ["speaks", "speaking", "speak", "speaker", "speakers"].contains(&word);
    let named = |word: &str| Language::ALL.iter().copied().find(|one| one.words().to_lowercase() == word);
    match (speaks(first), speaks(second)) {
        (true, false) => named(second).map(|found| (found, 2)),
        (false, true) => named(first).map(|found| (found, 2)),
        _ => None,
    }
}

fn now(first: &str, second: &str) -> Option<usize> {
    match (first, second) {
        ("available" | "free" | "starting", "now") | ("right", "now") => Some(2),
        ("now" | "immediately", _) => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postcode(text: &str) -> Place {
        Place::Postcode(Postcode::parse(text).unwrap())
    }

    #[test]
    fn one_box_understands_words_a_place_and_a_day() {
        let asking = understand("bathing help near DT1 1XJ on Sundays");
        assert_eq!(asking.words, ["bathing"]);
        assert_eq!(asking.place, Some(postcode("DT1 1XJ")));
        assert_eq!(asking.features, [Feature::Day(Day::Sunday)]);
        assert!(!asking.room);
        let asking = understand("art class dt11xj weekends");
        assert_eq!((asking.words.join(" ").as_str(), asking.place), ("art class", Some(postcode("DT1 1XJ"))));
        assert_eq!(asking.features, [Feature::Day(Day::Saturday), Feature::Day(Day::Sunday)]);
        assert_eq!(understand("cleaner around DT1").place, Some(Place::Outcode(Outcode::parse("DT1").unwrap())));
    }

    #[test]
    fn a_council_is_a_place_only_after_a_word_that_says_so() {
        let asking = understand("day centre in Dorset");
        assert_eq!((asking.words.join(" ").as_str(), asking.place), ("day centre", Some(Place::Council("E06000059"))));
        assert_eq!(understand("Dorset Day Club").words, ["dorset", "day", "club"], "it may be a name");
        let asking = understand("help in the house");
        assert_eq!((asking.words.join(" ").as_str(), asking.place), ("house", None));
        assert_eq!(understand("art class near Weymouth on Mondays").near, ["weymouth"], "a town must be looked up");
    }

    #[test]
    fn a_language_counts_where_somebody_speaks_it() {
        assert_eq!(understand("polish speaking carer").features, [Feature::Language(Language::Polish)]);
        assert_eq!(understand("carer who speaks Polish").words, ["carer"]);
        assert_eq!(understand("french class").words, ["french", "class"]);
    }

    #[test]
    fn what_says_nothing_is_left_out_unless_nothing_else_was_typed() {
        assert_eq!(
            understand("I need some help for my mum").words.len(),
            7,
            "all of it, because there is nothing else"
        );
        assert_eq!(understand("company for my mum").words, ["company"]);
        assert_eq!(understand("I would like a cleaner").words, ["cleaner"]);
        assert_eq!(understand("somebody looking after my dad overnight").words, ["overnight"]);
        assert!(understand("respite available now").room);
        assert_eq!(understand(""), Asking::default());
    }

    #[test]
    fn a_field_for_a_place_takes_postcodes_councils_and_towns() {
        assert_eq!(place("dt11xj"), Ok(postcode("DT1 1XJ")));
        assert_eq!(place("Dorset"), Ok(Place::Council("E06000059")));
        assert_eq!(place("King's Lynn"), Ok(Place::Town("king's lynn".to_owned())));
        assert!(place("DT1 1XJJ").is_err() && place("12").is_err() && place("--").is_err());
    }
}
