//! What is sent to make, decide on and credit invoices. Nobody types what is billed, to whom or how it is taxed.

use super::{CreditAsked, Subject, rules};
use crate::error::Invalid;
use crate::money::Quantity;
use crate::web::form::{Fields, Reader, TEXT};

/// The fields that issue an invoice.
pub const ISSUE: &[(&str, &str)] = &[
    ("subject", "What is billed: support or fee; may be left out when only one of them is open."),
    ("shown", "The fingerprint of the draft that was shown; may be left out."),
];

/// The fields that approve an invoice.
pub const APPROVE: &[(&str, &str)] = &[("version", "The version of the invoice that was seen.")];

/// The fields that query an invoice.
pub const QUERY: &[(&str, &str)] =
    &[("version", "The version of the invoice that was seen."), ("reason", "What is wrong, in words.")];

/// The fields that credit an invoice.
pub const CREDIT: &[(&str, &str)] = &[
    ("version", "The version of the invoice that was seen."),
    ("reason", "Why it is credited, in words."),
    ("line-1", "How much of the first line is credited, and so on for each line; without any, all that is left."),
];

/// The most lines of an invoice that a form can name.
const MOST_LINES: usize = 200;

/// What somebody asks to bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssueAsked {
    /// Support or the fee.
    pub subject: Option<Subject>,
    /// The fingerprint of what was shown.
    pub shown: Option<String>,
}

/// Reads what to bill.
///
/// # Errors
/// When the subject is not one.
pub fn issue(fields: &Fields) -> Result<IssueAsked, Invalid> {
    let mut reader = Reader::new(fields);
    let subject = match fields.get("subject") {
        None => Some(None),
        Some(_) => reader.choice("subject", "what to bill", Subject::from_code).map(Some),
    };
    let shown = fields.get("shown").map(str::to_owned);
    reader.finish(|| Some(IssueAsked { subject: subject?, shown }))
}

/// Reads the version that somebody saw.
///
/// # Errors
/// When it is missing.
pub fn version(fields: &Fields) -> Result<i64, Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    reader.finish(|| version)
}

/// Reads a query: the version that was seen and the reason.
///
/// # Errors
/// A message for each wrong field.
pub fn query(fields: &Fields) -> Result<(i64, String), Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    let reason = reader.text("reason", "what is wrong", TEXT);
    reader.finish(|| Some((version?, reason?)))
}

/// Reads how much of each of so many lines is credited, and why.
///
/// # Errors
/// A message for each wrong field.
pub fn credit(fields: &Fields, lines: usize) -> Result<CreditAsked, Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    let reason = reader.text("reason", "why it is credited", TEXT);
    let names: Vec<String> = (0..lines.min(MOST_LINES)).map(rules::line_field).collect();
    let any = names.iter().any(|name| fields.typed().contains_key(name));
    let quantities: Option<Vec<Quantity>> = names.iter().map(|name| credited(&mut reader, fields, name)).collect();
    let quantities = if any { quantities.map(Some) } else { Some(None) };
    reader.finish(|| Some(CreditAsked { version: version?, reason: reason?, quantities: quantities? }))
}

/// The quantity in one field; an empty one is none.
fn credited(reader: &mut Reader<'_>, fields: &Fields, name: &str) -> Option<Quantity> {
    match fields.get(name).map(Quantity::parse) {
        None => Some(Quantity::from_hundredths(0)),
        Some(Ok(quantity)) => Some(quantity),
        Some(Err(error)) => {
            reader.refuse(name, error.to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn without_quantities_all_that_is_left_is_credited() {
        let asked = credit(&fields(&[("version", "1"), ("reason", "Twice billed")]), 2).unwrap();
        assert_eq!(asked.quantities, None);
        let asked = credit(&fields(&[("version", "1"), ("reason", "x"), ("line-2", "1.5")]), 2).unwrap();
        let expected = vec![Quantity::from_hundredths(0), Quantity::from_hundredths(150)];
        assert_eq!(asked.quantities, Some(expected));
        let refused = credit(&fields(&[("version", "1"), ("line-1", "-2")]), 1).unwrap_err();
        let named: Vec<&str> = refused.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, ["reason", "line-1"]);
    }

    #[test]
    fn what_to_bill_may_be_left_out_and_is_never_made_up() {
        assert_eq!(issue(&fields(&[])).unwrap(), IssueAsked::default());
        assert_eq!(issue(&fields(&[("subject", "fee")])).unwrap().subject, Some(Subject::Fee));
        assert!(issue(&fields(&[("subject", "gift")])).is_err());
    }
}
