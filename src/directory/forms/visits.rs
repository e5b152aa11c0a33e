//! What is asked of a visit, to learn what it would cost.

use crate::directory::{AskedVisit, LONGEST_VISIT, MOST_MILES, MOST_STAFF};
use crate::error::Invalid;
use crate::money::Quantity;
use crate::web::form::{Fields, Reader};

/// The fields that ask; one of them alone makes it a question.
const ASKED: [&str; 5] = ["day", "start", "minutes", "staff", "miles"];

/// Whether a visit is asked about.
#[must_use]
pub fn is_asked(fields: &Fields) -> bool {
    ASKED.iter().any(|name| fields.get(name).is_some())
}

/// Reads a question: where prices are by time it needs a beginning and a length.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn asked(fields: &Fields, by_time: bool) -> Result<AskedVisit, Invalid> {
    let mut reader = Reader::new(fields);
    let given = |name: &str| fields.get(name).is_some();
    let day = reader.date("day", "the day");
    let start = if by_time || given("start") { reader.time("start", "when it begins").map(Some) } else { Some(None) };
    let small = |reader: &mut Reader<'_>, name: &str, label: &str, most: i64| {
        reader.whole(name, label, 1..=most).and_then(|found| u32::try_from(found).ok()).map(Some)
    };
    let minutes = if by_time || given("minutes") {
        small(&mut reader, "minutes", "how many minutes", LONGEST_VISIT)
    } else {
        Some(None)
    };
    let staff =
        if given("staff") { small(&mut reader, "staff", "how many people give it", MOST_STAFF) } else { Some(None) };
    let miles = match given("miles") {
        false => Some(Quantity::default()),
        true if fields.get("miles") == Some("0") => Some(Quantity::default()),
        true => reader.quantity("miles", "how many miles").filter(|miles| {
            let fits = *miles <= Quantity::whole(MOST_MILES);
            if !fits {
                reader.refuse("miles", format!("Enter at most {MOST_MILES} miles for one visit."));
            }
            fits
        }),
    };
    reader.finish(|| Some(AskedVisit { day: day?, start: start?, minutes: minutes?, staff: staff?, miles: miles? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(pairs: &[(&str, &str)]) -> Vec<String> {
        let fields = Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        asked(&fields, true).unwrap_err().errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_field_that_cannot_be_used_is_named() {
        let bad = [("day", "32/1/2026"), ("start", "25:00"), ("minutes", "-5"), ("staff", "99"), ("miles", "many")];
        assert_eq!(wrong(&bad), ["day", "start", "minutes", "staff", "miles"]);
        let huge = [("day", "24/11/2026"), ("start", "9:00"), ("minutes", "1441"), ("miles", "1000.01")];
        assert_eq!(wrong(&huge), ["minutes", "miles"]);
        assert_eq!(wrong(&[("staff", "2")]), ["day", "start", "minutes"]);
    }
}
