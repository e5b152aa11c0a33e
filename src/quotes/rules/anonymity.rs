//! What must not be said before the person accepts: a name, an address, a way to reach each other past this service.

use super::Refusal;
use crate::people::Person;
use crate::places::Postcode;

/// The fewest digits in a row that can be a telephone number.
const TELEPHONE: usize = 9;
/// How many other words may stand between those of an address.
const BETWEEN: usize = 2;
/// Words of an address that every house may have.
const OF_A_HOUSE: [&str; 9] = ["apartment", "block", "flat", "floor", "ground", "house", "no", "room", "unit"];
/// What people shorten in an address.
const SHORTENED: [(&str, &str); 15] = [
    ("apt", "apartment"),
    ("av", "avenue"),
    ("ave", "avenue"),
    ("cl", "close"),
    ("cres", "crescent"),
    ("ct", "court"),
    ("dr", "drive"),
    ("gdns", "gardens"),
    ("gr", "grove"),
    ("ln", "lane"),
    ("pl", "place"),
    ("rd", "road"),
    ("sq", "square"),
    ("st", "street"),
    ("ter", "terrace"),
];
/// Names that are words as well, by which a request or a review may say something else: in small letters they tell nobody.
#[rustfmt::skip]
const COMMON: [&str; 243] = [
    "abbey", "amber", "angel", "april", "archer", "art", "ash", "august", "autumn", "baker", "ball", "bank", "banks",
    "bay", "bell", "berry", "best", "bill", "bird", "bishop", "black", "bond", "bridge", "bridges", "brook", "brooks",
    "brown", "burns", "bush", "butler", "carol", "carpenter", "carter", "case", "cash", "castle", "chance", "chase",
    "cherry", "child", "christian", "church", "clay", "cliff", "cook", "cooper", "court", "cross", "crystal", "daisy",
    "dale", "dawn", "day", "days", "dean", "dell", "dolly", "don", "drew", "driver", "duke", "earl", "east", "example",
    "faith", "farmer", "father", "fern", "field", "fields", "finch", "fisher", "flint", "flowers", "ford", "forest",
    "fox", "frank", "friend", "gates", "gay", "gene", "ginger", "glass", "glen", "good", "grace", "grant", "gray",
    "green", "grey", "guy", "hall", "hand", "happy", "hazel", "head", "heath", "heather", "high", "hill", "hills",
    "holly", "home", "hood", "hope", "house", "hunter", "iris", "ivy", "jack", "jasmine", "jay", "jet", "joy", "judge",
    "june", "justice", "key", "king", "kitty", "knight", "lake", "lamb", "lance", "lane", "law", "lily", "little",
    "lodge", "long", "lord", "love", "low", "major", "mark", "marsh", "martin", "mason", "mat", "may", "means",
    "melody", "merry", "miles", "mills", "moon", "moor", "moss", "mother", "neighbour", "noble", "north", "oak", "old",
    "olive", "other", "page", "painter", "park", "parks", "parsons", "peace", "pearl", "penny", "pepper", "person",
    "pike", "place", "pool", "poppy", "porter", "potter", "power", "price", "prince", "queen", "rain", "ray", "read",
    "reed", "rich", "ring", "river", "rivers", "rob", "robin", "rock", "rod", "rose", "rosemary", "rowan", "ruby",
    "rush", "sage", "sandy", "sharp", "shepherd", "short", "singer", "sky", "small", "snow", "south", "spring", "star",
    "stone", "street", "strong", "sue", "summer", "summers", "sun", "sunny", "swan", "swift", "taylor", "temple",
    "third", "town", "turner", "vale", "van", "victor", "violet", "wade", "walker", "ward", "water", "waters", "way",
    "weaver", "wells", "west", "white", "will", "willow", "winter", "wise", "wolf", "wood", "woods", "young",
];

/// A text that tells too much.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Take out {what}. Until the person accepts an offer, providers learn neither who it is nor how to reach them.")]
pub struct GivesAway {
    /// In which field.
    pub field: String,
    /// What.
    what: &'static str,
}

/// Whether a text of whoever asks tells nothing of who the person is.
///
/// # Errors
/// What it tells.
pub fn check_asker(field: &str, text: &str, person: &Person) -> Result<(), Refusal> {
    refuse(field, tells(text, person))
}

/// What a text tells of who a person is, or of how to reach anybody past this service; nothing, for one that tells neither.
#[must_use]
pub fn tells(text: &str, person: &Person) -> Option<&'static str> {
    who(text, person).or_else(|| reach(text))
}

/// What a text tells of who a person is: their name, their address, the reference by which they go.
#[must_use]
pub fn who(text: &str, person: &Person) -> Option<&'static str> {
    match () {
        () if has_name(text, &person.name) => Some("the name"),
        () if has_address(text, &person.address.line) => Some("the address"),
        () if has_reference(text, &person.reference) => Some("the reference"),
        () => None,
    }
}

/// Whether a text of a provider tells no way to reach them past this service.
///
/// # Errors
/// What it tells.
pub fn check_provider(field: &str, text: &str) -> Result<(), Refusal> {
    refuse(field, reach(text))
}

fn refuse(field: &str, what: Option<&'static str>) -> Result<(), Refusal> {
    match what {
        Some(what) => Err(Refusal::GivesAway(GivesAway { field: field.to_owned(), what })),
        None => Ok(()),
    }
}

/// Whether a part of a name stands in a text, in whatever case: “mary” is Mary. A part that is a word of its own as well, such
/// as “will” or “rose”, counts where it is written like a name, with a capital letter; so does one of two letters.
fn has_name(text: &str, name: &str) -> bool {
    let written = names(text);
    names(name).iter().filter(|part| part.starts_with(char::is_uppercase)).any(|part| {
        let (lower, letters) = (part.to_lowercase(), part.chars().count());
        let careful = letters == 2 || COMMON.contains(&lower.as_str());
        let is_it = |word: &&String| {
            let found = word.to_lowercase();
            found == lower || (!careful && found.strip_suffix('s') == Some(lower.as_str()))
        };
        letters > 1 && written.iter().filter(is_it).any(|word| !careful || word.starts_with(char::is_uppercase))
    })
}

/// The words of a text as names are made of: “O’Brien” is found by “Brien” and by “OBrien”.
fn names(text: &str) -> Vec<String> {
    let whole = text.split_whitespace().map(|word| word.chars().filter(|letter| letter.is_alphanumeric()).collect());
    words(text).map(str::to_owned).chain(whole).filter(|word: &String| !word.is_empty()).collect()
}

/// Whether an address stands in a text: the words of one of its parts, close together and in any order, so that
/// “High Street 12” and “12 High St.” are “12 High Street”.
fn has_address(text: &str, line: &str) -> bool {
    let text: Vec<String> = words(text).map(street_word).collect();
    line.split([',', ';', '\n']).any(|part| {
        let part: Vec<String> = words(part).map(street_word).filter(|word| word != "the").collect();
        let telling = |word: &String| word.len() > 1 && !word.contains(|letter: char| letter.is_ascii_digit());
        let telling = part.iter().filter(|word| telling(word) && !OF_A_HOUSE.contains(&word.as_str()));
        let enough = match part.len() {
            0 => false,
            1 => telling.clone().any(|word| word.len() > 4),
            _ => telling.clone().count() > 0,
        };
        enough && text.windows((part.len() + BETWEEN).min(text.len()).max(1)).any(|near| has_all(near, &part))
    })
}

/// Whether some words hold each of others, as often as it stands there.
fn has_all(words: &[String], wanted: &[String]) -> bool {
    let count = |of: &[String], word: &String| of.iter().filter(|other| *other == word).count();
    wanted.iter().all(|word| count(words, word) >= count(wanted, word))
}

/// A word of an address as it is compared: without case, and with what people shorten written out.
fn street_word(word: &str) -> String {
    let lower = word.to_lowercase();
    let long = SHORTENED.iter().find(|(short, _)| *short == lower);
    long.map_or(lower, |(_, long)| (*long).to_owned())
}

/// Whether a reference stands in a text, however it is spaced.
fn has_reference(text: &str, reference: &str) -> bool {
    let joined = |words: &[&str]| words.concat().to_lowercase();
    let wanted: Vec<&str> = words(reference).collect();
    let text: Vec<&str> = words(text).collect();
    let reference = joined(&wanted);
    !reference.is_empty() && (1..=wanted.len() + 2).any(|size| text.windows(size).any(|part| joined(part) == reference))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// A way to reach somebody: an address of e-mail or the web, a telephone, a whole postcode.
#[must_use]
pub fn reach(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let mail = lower.split_whitespace().any(|word| word.split_once('@').is_some_and(|(_, host)| host.contains('.')));
    let web = lower.contains("www.") || lower.contains("http:") || lower.contains("https:");
    match () {
        () if mail => Some("the e-mail address"),
        () if web => Some("the web address"),
        () if has_telephone(text) => Some("the telephone number"),
        () if has_postcode(text) => Some("the postcode"),
        () => None,
    }
}

/// Digits in a row, with what people write between the digits of a number.
fn has_telephone(text: &str) -> bool {
    let mut digits = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' | '+' | '.' | '/' | '\u{a0}' => {}
            _ => digits = 0,
        }
        if digits >= TELEPHONE {
            return true;
        }
    }
    false
}

fn has_postcode(text: &str) -> bool {
    let words: Vec<&str> = words(text).collect();
    let one = |word: &&str| Postcode::parse(word).is_ok();
    let two = |pair: &[&str]| Postcode::parse(&pair.concat()).is_ok();
    words.iter().any(one) || words.windows(2).any(two)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{OrganisationId, PersonId};
    use crate::people::Address;

    fn person() -> Person {
        Person {
            id: PersonId::new(7),
            user: None,
            reference: "TM-7".to_owned(),
            name: "Will Van Roe".to_owned(),
            address: Address {
                line: "2 Mill Lane".to_owned(),
                town: "Dorchester".to_owned(),
                postcode: "DT1 1XJ".to_owned(),
            },
            council: OrganisationId::new(1),
            fictional: true,
        }
    }

    fn named(name: &str) -> Person {
        Person { name: name.to_owned(), ..person() }
    }

    fn living_at(line: &str) -> Person {
        let address = Address { line: line.to_owned(), ..person().address };
        Person { address, ..person() }
    }

    #[test]
    fn what_tells_who_it_is_is_refused() {
        for told in [
            "Will likes music",
            "For Mr. Roe, in the mornings",
            "She lives at 2 mill lane",
            "near DT1 1XJ",
            "near dt11xj.",
            "write to will@example.org",
            "ring 01305 251 000 after six",
            "see https://example.org/will",
        ] {
            assert!(check_asker("what", told, &person()).is_err(), "{told}");
        }
        for plain in [
            "I will need help with washing, 10 hours each week, from 8.30 to 9.30.",
            "In DT1, on 23 and 24 November 2026, at 09:00",
            "£24.50 an hour is what I can pay; a van would help",
        ] {
            assert_eq!(check_asker("what", plain, &person()), Ok(()), "{plain}");
        }
    }

    #[test]
    fn a_name_is_known_in_whatever_case_it_is_written() {
        let mary = named("Mary Ann Smith");
        for told in
            ["mary smith", "MARY", "for mary's mornings", "Marys mornings", "Ms SMITH", "smith,mary", "ann helps"]
        {
            assert_eq!(tells(told, &mary), Some("the name"), "{told}");
        }
        for plain in ["a locksmith", "the summary", "marylebone", "an hour, with annual leave"] {
            assert_eq!(tells(plain, &mary), None, "{plain}");
        }
        for (name, told) in [
            ("Siobhán O’Brien", "mrs obrien"),
            ("Siobhán O’Brien", "o'brien"),
            ("Zoë Lloyd-Jones", "ZOË"),
            ("Zoë Lloyd-Jones", "lloyd jones"),
            ("Jo Bright", "for Jo, mornings"),
        ] {
            assert_eq!(tells(told, &named(name)), Some("the name"), "{told}");
        }
        assert_eq!(tells("bo is no name here, jo", &named("Jo Bright")), None, "two letters, and small");
    }

    #[test]
    fn a_name_that_is_a_word_counts_where_it_is_written_like_a_name() {
        for (name, word) in
            [("Rose Mark", "rose"), ("Grace Will", "grace"), ("Rose Mark", "mark"), ("Grace Will", "will")]
        {
            let capital = format!("with {}{} at ten", word[..1].to_uppercase(), &word[1..]);
            assert_eq!(tells(&capital, &named(name)), Some("the name"), "{capital}");
            assert_eq!(tells(&capital.to_uppercase(), &named(name)), Some("the name"), "{word} in capitals");
            assert_eq!(tells(&format!("with {word} at ten"), &named(name)), None, "{word}");
        }
        assert_eq!(tells("the price rose, and she will mark the day", &named("Rose Will Mark Day")), None);
        assert!(COMMON.is_sorted(), "each word once, where it is looked for");
    }

    #[test]
    fn an_address_is_known_in_whatever_order_its_words_stand() {
        let high = living_at("12 High Street");
        for told in ["High Street 12", "12 high street", "12, High St.", "at HIGH street, number 12", "street high 12"]
        {
            assert_eq!(tells(told, &high), Some("the address"), "{told}");
        }
        for plain in
            ["shops in the High Street", "12 hours", "12 days of a high standard, in any street", "Street 12", ""]
        {
            assert_eq!(tells(plain, &high), None, "{plain}");
        }
        let cottage = living_at("Flat 3, The Old Mill, 7 Mill Rd");
        for told in ["the old mill", "mill, old", "7 mill road", "Mill Road 7"] {
            assert_eq!(tells(told, &cottage), Some("the address"), "{told}");
        }
        for plain in ["flat 3 of something", "an old friend", "a mill", "7 old songs"] {
            assert_eq!(tells(plain, &cottage), None, "{plain}");
        }
        assert_eq!(tells("near rosebank", &living_at("Rosebank")), Some("the address"));
        assert_eq!(tells("anywhere", &living_at("")), None);
    }

    #[test]
    fn the_reference_is_known_however_it_is_spaced() {
        let known = Person { reference: "TM-7K2P-9Q".to_owned(), ..person() };
        for told in ["TM-7K2P-9Q", "tm 7k2p 9q", "ref tm7k2p9q.", "it is TM-7K2P9Q"] {
            assert_eq!(tells(told, &known), Some("the reference"), "{told}");
        }
        assert_eq!(tells("TM, 7 days, 9 to five", &known), None);
        assert_eq!(tells("anything", &Person { reference: String::new(), ..person() }), None);
    }

    #[test]
    fn a_provider_tells_no_way_past_this_service() {
        assert!(check_provider("note", "Ring us on 07700 900123").is_err());
        assert!(check_provider("note", "hello@sunrise.example").is_err());
        assert_eq!(check_provider("note", "Sunrise Days, 4 helpers, since 2009, 10% less from April 2027"), Ok(()));
    }
}
