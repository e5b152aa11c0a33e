//! Places: postcodes, points on the national grid, and the councils that answer for them.
//!
//! Everything here is pure and needs no database: two tables ship inside the program (outcodes and councils), so that
//! searching by place works before anyone has imported a postcode file.
//!
//! Sources of the shipped tables, to be named wherever they are shown:
//! - `outcodes.csv`: worked out from the ONS Postcode Directory of November 2025, Open Government Licence v3.0.
//!   See [`OUTCODES_ATTRIBUTION`].
//! - `councils.csv` and `former_councils.csv`: mySociety, "UK local authority names and codes" 1.6.1 of July 2025,
//!   Creative Commons Attribution 4.0. See [`COUNCILS_ATTRIBUTION`].

mod councils;
mod outcodes;
mod points;
mod postcodes;
mod rows;
pub mod store;

pub use councils::{
    Council, CouncilKind, adult_social_care_council, council_by_any_name, council_by_code, council_by_cqc_name,
    council_of_location, councils, councils_with_adult_social_care,
};
pub use outcodes::{Country, OutcodePlace, outcode, outcodes};
pub use points::{Point, distance_in_words, distance_metres, miles_in_metres};
pub use postcodes::{PlaceRow, PlaceRows, PostcodeFileError, point_from_text};
pub use rows::{BrokenFile, BytesRead, RefusedRow, Row, Rows};

use std::fmt;
use std::str::FromStr;

/// The longest piece of what was typed that an error repeats, in characters.
const LONGEST_ECHO: usize = 20;

/// Why a text is no postcode or outcode; its Display is the sentence for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Nothing was typed.
    #[error("Enter a postcode, like DT1 1XJ")]
    Empty,
    /// It does not have the shape of a postcode.
    #[error("“{0}” is not a postcode. Enter one like DT1 1XJ")]
    NotAPostcode(String),
    /// It does not have the shape of an outcode, the first half of a postcode.
    #[error("“{0}” is not the first half of a postcode. Enter one like DT1")]
    NotAnOutcode(String),
}

/// A postcode in its one proper spelling, such as `DT1 1XJ`; it has the right shape but need not exist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize, serde::Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Postcode(String);

impl TryFrom<String> for Postcode {
    type Error = PlaceError;

    fn try_from(text: String) -> Result<Postcode, PlaceError> {
        Postcode::parse(&text)
    }
}

impl From<Postcode> for String {
    fn from(postcode: Postcode) -> String {
        postcode.0
    }
}

impl Postcode {
    /// Reads a postcode in any spacing and case.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Postcode, PlaceError> {
        let letters = squeezed(text);
        if letters.is_empty() {
            return Err(PlaceError::Empty);
        }
        let refused = || PlaceError::NotAPostcode(echo(text));
        // The inner half is always the last three characters.
        let middle = letters.len().checked_sub(3).ok_or_else(refused)?;
        let halves = letters.split_at_checked(middle);
        let (outer, inner) = halves.ok_or_else(refused)?;
        if is_outcode(outer) && matches!(shape(inner).as_str(), "9AA") {
            Ok(Postcode(format!("{outer} {inner}")))
        } else {
            Err(refused())
        }
    }

    /// The proper spelling, with one space: `DT1 1XJ`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first half: `DT1`.
    #[must_use]
    pub fn outcode(&self) -> Outcode {
        let outer = self.0.split(' ').next().unwrap_or_default();
        Outcode(outer.to_owned())
    }
}

/// The first half of a postcode in its proper spelling, such as `DT1`; it need not exist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcode(String);

impl Outcode {
    /// Reads an outcode in any spacing and case.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Outcode, PlaceError> {
        let letters = squeezed(text);
        if letters.is_empty() {
            Err(PlaceError::Empty)
        } else if is_outcode(&letters) {
            Ok(Outcode(letters))
        } else {
            Err(PlaceError::NotAnOutcode(echo(text)))
        }
    }

    /// The proper spelling: `DT1`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the shipped table knows of it, if it exists.
    #[must_use]
    pub fn place(&self) -> Option<&'static OutcodePlace> {
        outcode(&self.0)
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Outcode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Postcode {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Postcode, PlaceError> {
        Postcode::parse(text)
    }
}

impl FromStr for Outcode {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Outcode, PlaceError> {
        Outcode::parse(text)
    }
}

/// Upper case and without blank space.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

/// Letters as `A`, digits as `9`, anything else as `?`.
fn shape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'A'..='Z' => 'A',
            '0'..='9' => '9',
            _ => '?',
        })
        .collect()
}

/// The six shapes that Royal Mail gives out, and the one old outcode, of Newport, that had none of them.
fn is_outcode(text: &str) -> bool {
    let known = ["A9", "A99", "AA9", "AA99", "A9A", "AA9A"];
    text == "NPT" || (text.len() <= 4 && known.contains(&shape(text).as_str()))
}

/// What was typed, shortened, for repeating it in an error.
fn echo(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= LONGEST_ECHO {
        return text.to_owned();
    }
    let mut start: String = text.chars().take(LONGEST_ECHO).collect();
    start.push('…');
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_read_in_any_spacing_and_case() {
        for typed in ["DT1 1XJ", "dt11xj", " d t1 1 xj ", "dt1\u{a0}1xj", "Dt1  1Xj"] {
            assert_eq!(Postcode::parse(typed).unwrap().as_str(), "DT1 1XJ");
        }
        for typed in ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB"] {
            assert_eq!(Postcode::parse(typed).unwrap().to_string(), typed);
        }
    }

    #[test]
    fn the_outcode_is_the_first_half() {
        let postcode: Postcode = "ec1a1bb".parse().unwrap();
        assert_eq!(postcode.outcode().as_str(), "EC1A");
        assert_eq!(Outcode::parse(" dt 1 "), Ok(postcode_half("DT1")));
    }

    fn postcode_half(text: &str) -> Outcode {
        Outcode(text.to_owned())
    }

    #[test]
    fn what_is_no_postcode_is_refused_with_a_sentence() {
        assert_eq!(Postcode::parse("  "), Err(PlaceError::Empty));
        for typed in ["DT1", "1XJ", "DT1 1X", "DT111 1XJ", "ABC1 1XJ", "DT1 XX1", "ÄT1 1XJ", "DT1-1XJ", "é", "££££"]
        {
            let refusal = Postcode::parse(typed).unwrap_err();
            assert_eq!(refusal.to_string(), format!("“{typed}” is not a postcode. Enter one like DT1 1XJ"));
        }
        let long = Postcode::parse(&"x".repeat(5_000)).unwrap_err().to_string();
        assert!(long.chars().count() < 80, "{long}");
        assert_eq!(
            Outcode::parse("DT1 1XJ").unwrap_err().to_string(),
            "“DT1 1XJ” is not the first half of a postcode. Enter one like DT1"
        );
    }
}
