//! For which days a statement is wanted.

use chrono::NaiveDate;

use crate::calendar::Period;
use crate::error::Invalid;
use crate::web::form::{Fields, Reader};

/// The fields of a statement's form and query.
pub const STATEMENT: &[(&str, &str)] = &[
    ("from", "The first day; without it, the day of the fund's first money."),
    ("to", "The last day; without it, today."),
];

/// The days that were asked for; what is left empty begins with `first` and ends today.
///
/// # Errors
/// A message for each date that is none, an end before the start, or an end that has not come yet.
pub fn period(fields: &Fields, first: NaiveDate, today: NaiveDate) -> Result<Period, Invalid> {
    let mut reader = Reader::new(fields);
    let from = match fields.get("from") {
        None => Some(first.min(today)),
        Some(_) => reader.date("from", "the first day"),
    };
    let to = match fields.get("to") {
        None => Some(today),
        Some(_) => reader.date("to", "the last day"),
    };
    if to.is_some_and(|to| to > today) {
        reader.refuse("to", "Choose a last day that has come: today or earlier.");
    }
    let period = from.zip(to).and_then(|(from, to)| Period::new(from, to).ok());
    if from.is_some() && to.is_some() && period.is_none() {
        reader.refuse("to", "Choose a last day that is not before the first day.");
    }
    reader.finish(|| period)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn asked(from: &str, to: &str) -> Result<Period, Invalid> {
        let fields = [("from", from), ("to", to)].map(|(name, value)| (name.to_owned(), value.to_owned()));
        period(&Fields::from_pairs(fields), day("2026-11-02"), day("2026-11-29"))
    }

    #[test]
    fn without_dates_it_is_everything_until_today() {
        assert_eq!(asked("", ""), Ok(Period::new(day("2026-11-02"), day("2026-11-29")).unwrap()));
        assert_eq!(asked("9 11 2026", "").unwrap().from(), day("2026-11-09"));
        let not_begun = period(&Fields::default(), day("2027-01-01"), day("2026-11-29")).unwrap();
        assert_eq!(not_begun.days(), 1);
    }

    #[test]
    fn each_wrong_date_has_its_message() {
        for (from, to, field) in
            [("x", "", "from"), ("", "31/11/2026", "to"), ("", "30/11/2026", "to"), ("20/11/2026", "19/11/2026", "to")]
        {
            let invalid = asked(from, to).unwrap_err();
            assert_eq!(invalid.errors.len(), 1, "{invalid:?}");
            assert_eq!(invalid.errors[0].field, field);
        }
    }
}
