//! Reading single values of a row: dates in the regulator's three ways of writing them, ratings, yes and no.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate, NaiveTime};

use super::{Carried, Rating};
use crate::places::{Council, Outcode, Point, Postcode, council_of_location, point_from_text};

/// The first row of a file: which column stands where. Case and blank space around the names do not matter.
#[derive(Debug)]
pub(super) struct Header {
    names: Vec<String>,
    columns: HashMap<String, usize>,
}

impl Header {
    pub(super) fn new(names: Vec<String>) -> Header {
        let columns = names.iter().enumerate().rev();
        let columns = columns.map(|(index, name)| (name.to_lowercase(), index)).collect();
        Header { names, columns }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.columns.contains_key(&name.to_lowercase())
    }
}

/// The values of one row, by the names of their columns.
pub(super) struct Fields<'a> {
    pub(super) header: &'a Header,
    pub(super) values: &'a [String],
}

impl Fields<'_> {
    /// The value, or an empty text if the column is missing or holds only the regulator's dash for nothing.
    pub(super) fn text(&self, name: &str) -> &str {
        let column = self.header.columns.get(&name.to_lowercase());
        let value = column.and_then(|column| self.values.get(*column));
        match value.map_or("", String::as_str) {
            "-" => "",
            value => value,
        }
    }

    /// The value, if there is one.
    pub(super) fn some(&self, name: &str) -> Option<String> {
        let value = self.text(name);
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// The value, which must be there.
    pub(super) fn required(&self, name: &str) -> Result<String, String> {
        self.some(name).ok_or_else(|| format!("the column “{name}” is empty"))
    }

    /// What the form says of an optional value; nothing at all if it has no such column.
    pub(super) fn carried(&self, name: &str) -> Carried<Option<String>> {
        match self.header.has(name) {
            true => Carried::Known(self.some(name)),
            false => Carried::NotCarried,
        }
    }

    /// A number of the regulator: letters, digits and dashes.
    pub(super) fn number_of(&self, name: &str) -> Result<String, String> {
        let value = self.required(name)?;
        let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if plain && value.len() <= 30 { Ok(value) } else { Err(self.wrong(name, "is not a number of the regulator")) }
    }

    pub(super) fn date(&self, name: &str) -> Result<Option<NaiveDate>, String> {
        match self.text(name) {
            "" => Ok(None),
            text => date(text).map(Some).ok_or_else(|| self.wrong(name, "is not a date")),
        }
    }

    pub(super) fn rating(&self, name: &str) -> Result<Option<Rating>, String> {
        rating(self.text(name)).ok_or_else(|| self.wrong(name, "is not a rating"))
    }

    pub(super) fn yes_or_no(&self, name: &str) -> Result<Option<bool>, String> {
        match self.text(name).to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "y" | "yes" => Ok(Some(true)),
            "n" | "no" => Ok(Some(false)),
            _ => Err(self.wrong(name, "is neither Y nor N")),
        }
    }

    pub(super) fn whole_number(&self, name: &str) -> Result<Option<u32>, String> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.wrong(name, "is not a whole number")),
        }
    }

    pub(super) fn postcode(&self, name: &str) -> Result<Option<Postcode>, String> {
        match self.text(name) {
            "" => Ok(None),
            text => Postcode::parse(text).map(Some).map_err(|_| self.wrong(name, "is not a postcode")),
        }
    }

    pub(super) fn point(&self, latitude: &str, longitude: &str) -> Result<Option<Point>, String> {
        match (self.text(latitude), self.text(longitude)) {
            ("", "") => Ok(None),
            (latitude, longitude) => point_from_text(latitude, longitude).map(Some),
        }
    }

    /// The council with the duty of adult social care there, from its name, the district's code and the postcode.
    pub(super) fn council(&self, name: &str, district: &str, postcode: Option<&Postcode>) -> Option<&'static Council> {
        let outcode: Option<Outcode> = postcode.map(Postcode::outcode);
        let (name, district) = (self.some(name), self.some(district));
        council_of_location(name.as_deref(), district.as_deref(), outcode.as_ref())
    }

    /// The sentence about a value that cannot be read, with the value cut to a bearable length.
    fn wrong(&self, name: &str, what: &str) -> String {
        let mut value: String = self.text(name).chars().take(60).collect();
        if value.len() < self.text(name).len() {
            value.push('…');
        }
        format!("“{value}” in the column “{name}” {what}")
    }
}

/// The region: the council's, so that every form says it alike; else as written, without the directors' association.
pub(super) fn region(council: Option<&Council>, written: Option<String>) -> Option<String> {
    council
        .map(|council| council.region.clone())
        .or_else(|| written.map(|text| text.trim_end_matches(" (ADASS Region)").to_owned()))
}

/// The page of the regulator about a location: as written if it is a page of the regulator's, else made from the number.
pub(super) fn regulator_page(written: &str, location_id: &str) -> String {
    if written.starts_with("https://www.cqc.org.uk/location/") && !written.contains(char::is_whitespace) {
        written.to_owned()
    } else {
        format!("https://www.cqc.org.uk/location/{location_id}")
    }
}

/// A website as a link that can be followed; what cannot be one (a remark, a mail address) is no website.
pub(super) fn website(written: Option<String>) -> Option<String> {
    let written = written?;
    let lower = written.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let host = rest.unwrap_or(&lower).split(['/', '?', '#']).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let is_host = host.contains('.') && host.chars().all(plain) && !host.starts_with('.');
    let forbidden = |c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\');
    if !is_host || written.contains(forbidden) {
        return None;
    }
    Some(match rest {
        Some(_) => written,
        None => format!("https://{written}"),
    })
}

/// The brand without the word that the regulator puts before each.
pub(super) fn brand(written: Option<String>) -> Option<String> {
    written.map(|text| text.strip_prefix("BRAND ").unwrap_or(&text).to_owned())
}

/// A number at Companies House: spreadsheets drop the leading nought of an eight-digit one.
pub(super) fn companies_house(written: Option<String>) -> Option<String> {
    let written = written?.to_ascii_uppercase();
    let digits = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
    Some(if digits { format!("{written:0>8}") } else { written })
}

/// A date as the regulator writes it: `2017-04-03`, `2017-04-03T00:00:00Z`, or the American `4/3/2017 12:00:00 AM`.
///
/// A date with strokes but without a clock time is not taken: nothing tells its day and month apart.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let date = match text.split_once([' ', 'T']) {
        None => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?,
        Some((day, clock)) if day.contains('/') => {
            NaiveTime::parse_from_str(clock, "%I:%M:%S %p").ok()?;
            NaiveDate::parse_from_str(day, "%m/%d/%Y").ok()?
        }
        Some((day, clock)) => {
            NaiveTime::parse_from_str(clock.trim_end_matches('Z'), "%H:%M:%S%.f").ok()?;
            NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?
        }
    };
    // No register is older than the National Assistance Act; a year beyond this century is a slip of the pen.
    (1948..2100).contains(&date.year()).then_some(date)
}

/// A rating as the regulator writes it; the inner nothing is "not rated", the outer one "no such rating".
#[expect(clippy::option_option, reason = "an unknown word and a missing rating are two different things")]
pub(super) fn rating(text: &str) -> Option<Option<Rating>> {
    let text = text.to_lowercase();
    if matches!(text.as_str(), "" | "no published rating" | "not rated" | "unrated") {
        return Some(None);
    }
    let known = Rating::ALL.iter().find(|rating| rating.words().to_lowercase() == text);
    known.map(|rating| Some(*rating))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_three_ways() {
        let day = NaiveDate::from_ymd_opt(2017, 4, 3);
        for text in ["2017-04-03", "4/3/2017 12:00:00 AM", "04/03/2017 12:00:00 AM", "2017-04-03T16:04:29Z"] {
            assert_eq!(date(text), day, "{text}");
        }
        let impossible = [
            "2021-02-30",
            "2/30/2021 12:00:00 AM",
            "13/1/2021 12:00:00 AM",
            "4/3/2017",
            "2017-04",
            "soon",
            "0217-04-03",
            "2017-04-03T",
            "2017-04-03 noon",
            "12017-04-03",
        ];
        for text in impossible {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn ratings_are_read_in_any_case() {
        assert_eq!(rating("Requires improvement"), Some(Some(Rating::RequiresImprovement)));
        assert_eq!(rating("Requires Improvement"), Some(Some(Rating::RequiresImprovement)));
        assert_eq!(rating("Insufficient evidence to rate"), Some(Some(Rating::InsufficientEvidence)));
        assert_eq!(rating("Inspected but not rated"), Some(Some(Rating::InspectedNotRated)));
        assert_eq!(rating(""), Some(None));
        assert_eq!(rating("No published rating"), Some(None));
        assert_eq!(rating("Splendid"), None);
    }

    #[test]
    fn websites_become_links_that_are_safe_to_follow() {
        let link = |text: &str| website(Some(text.to_owned()));
        assert_eq!(link("www.example.org").unwrap(), "https://www.example.org");
        assert_eq!(link("WWW.EXAMPLE.ORG/Care").unwrap(), "https://WWW.EXAMPLE.ORG/Care");
        assert_eq!(link("http://example.org/a?b=c").unwrap(), "http://example.org/a?b=c");
        for text in ["javascript:alert(1)", "n/a", "someone@example.org", "www.example.org/\"><b>", "none", ""] {
            assert_eq!(link(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_brands_and_pages_are_tidied() {
        assert_eq!(companies_house(Some("7488164".to_owned())).unwrap(), "07488164");
        assert_eq!(companies_house(Some("oc123456".to_owned())).unwrap(), "OC123456");
        assert_eq!(brand(Some("BRAND Voyage".to_owned())).unwrap(), "Voyage");
        assert_eq!(regulator_page("javascript:alert(1)", "1-2"), "https://www.cqc.org.uk/location/1-2");
    }
}
