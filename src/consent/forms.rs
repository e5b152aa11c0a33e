//! What the form for consent to approve sends.

use chrono::NaiveDate;

use super::Rule;
use crate::error::Invalid;
use crate::money::Pence;
use crate::web::form::{Fields, Reader};

/// The fields of the form.
pub const RULE: &[(&str, &str)] = &[
    ("rule", "always, above, unusual or delegated: when the person must be asked."),
    ("above", "The amount in pounds, for above."),
    ("delegate", "The number of the mandate whose holder is asked, for delegated."),
    ("from", "From which day; empty for today."),
];

/// Reads the form.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn rule(fields: &Fields, today: NaiveDate) -> Result<(Rule, NaiveDate), Invalid> {
    let mut reader = Reader::new(fields);
    let from = match fields.get("from") {
        None => Some(today),
        Some(_) => reader.date("from", "the first day"),
    };
    const CODES: [&str; 4] = ["always", "above", "unusual", "delegated"];
    let code = reader.choice("rule", "when to ask", |code| CODES.iter().copied().find(|known| *known == code));
    let rule = match code {
        Some("always") => Some(Rule::Always),
        Some("unusual") => Some(Rule::Unusual),
        Some("above") => match reader.money("above", "above what amount") {
            Some(Pence::ZERO) => {
                reader.refuse("above", "Enter an amount above £0.00, or ask before every invoice.");
                None
            }
            most => most.map(Rule::Above),
        },
        Some(_) => reader.id("delegate", "who is asked").map(Rule::Delegated),
        None => None,
    };
    reader.finish(|| Some((rule?, from?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_brings_what_it_needs() {
        let today = "2026-11-02".parse().unwrap();
        let read = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            rule(&Fields::from_pairs(pairs), today)
        };
        assert_eq!(read(&[("rule", "always")]).unwrap(), (Rule::Always, today));
        let above = read(&[("rule", "above"), ("above", "150")]).unwrap().0;
        assert_eq!(above, Rule::Above(Pence::from_pence(15_000)));
        for wrong in [
            &[("rule", "above")][..],
            &[("rule", "above"), ("above", "0")],
            &[("rule", "delegated")],
            &[("rule", "never")],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
