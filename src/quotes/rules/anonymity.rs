//! What must not be said before the person accepts: a name, an address, a way to reach each other past this service.

use super::Refusal;
use crate::people::Person;
use crate::places::Postcode;

/// The fewest digits in a row that can be a telephone number.
const TELEPHONE: usize = 9;

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
    let own = names_of(person).any(|name| words(text).any(|word| word == name)).then_some("the name");
    let line = person.address.line.to_lowercase();
    let street = (line.len() > 4 && text.to_lowercase().contains(&line)).then_some("the address");
    refuse(field, own.or(street).or_else(|| reach(text)))
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

/// The parts of a person's name as they are written: “will” is a word, “Will” may be somebody.
fn names_of(person: &Person) -> impl Iterator<Item = &str> {
    words(&person.name).filter(|name| name.chars().count() > 2 && name.starts_with(char::is_uppercase))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// A way to reach somebody: an address of e-mail or the web, a telephone, a whole postcode.
fn reach(text: &str) -> Option<&'static str> {
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
            "£24.50 an hour is what I can pay; a roe deer in the garden",
        ] {
            assert_eq!(check_asker("what", plain, &person()), Ok(()), "{plain}");
        }
    }

    #[test]
    fn a_provider_tells_no_way_past_this_service() {
        assert!(check_provider("note", "Ring us on 07700 900123").is_err());
        assert!(check_provider("note", "hello@sunrise.example").is_err());
        assert_eq!(check_provider("note", "Sunrise Days, 4 helpers, since 2009, 10% less from April 2027"), Ok(()));
    }
}
