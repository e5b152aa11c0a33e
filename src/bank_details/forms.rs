//! What is sent about bank details.

use super::BankDetails;
use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader};

/// The fields of new bank details.
pub const DETAILS: &[(&str, &str)] = &[
    ("account_name", "The name of the account, at most 70 characters."),
    ("sort_code", "Six digits, with or without spaces or dashes."),
    ("account_number", "Eight digits; shorter numbers begin with zeros."),
];

/// The fields of stopping a change.
pub const STOP: &[(&str, &str)] = &[("reason", "Why.")];

/// The longest name of an account.
const NAME: usize = 70;

/// Reads new bank details: the format alone, because whether the bank has such an account only the bank can say.
///
/// # Errors
/// A message for each wrong field; what was typed is shown again, as nothing was kept of it.
pub fn details(fields: &Fields) -> Result<BankDetails, Invalid> {
    let mut reader = Reader::new(fields);
    let name = reader.text("account_name", "the name of the account", NAME);
    let sort_code = digits(&mut reader, fields, "sort_code", "the sort code as six digits, like 12-34-56", 6);
    let number = digits(&mut reader, fields, "account_number", "the account number as eight digits", 8);
    reader.finish(|| Some(BankDetails { name: name?, sort_code: sort_code?, number: number? }))
}

fn digits(reader: &mut Reader<'_>, fields: &Fields, name: &str, label: &str, count: usize) -> Option<String> {
    let typed = fields.get(name).unwrap_or_default();
    let plain: String = typed.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let right = plain.len() == count && plain.chars().all(|letter| letter.is_ascii_digit());
    if !right || plain.chars().all(|digit| digit == '0') {
        reader.refuse(name, format!("Enter {label}."));
        return None;
    }
    Some(plain)
}

/// Reads why a change is stopped.
///
/// # Errors
/// When nothing is said.
pub fn stop(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let reason = reader.text("reason", "why it is stopped", LINE);
    reader.finish(|| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_checked_by_field() {
        let read = |sort_code: &str, number: &str| {
            let pairs = [("account_name", "Home Care"), ("sort_code", sort_code), ("account_number", number)];
            details(&Fields::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))))
        };
        let read_well = read("12-34 56", "0123 4567").unwrap();
        assert_eq!((read_well.sort_code.as_str(), read_well.number.as_str()), ("123456", "01234567"));
        for (sort_code, number, wrong) in [
            ("12-34-5", "12345678", "sort_code"),
            ("12-34-5x", "12345678", "sort_code"),
            ("000000", "12345678", "sort_code"),
            ("123456", "1234567", "account_number"),
            ("123456", "123456789", "account_number"),
            ("123456", "١٢٣٤٥٦٧٨", "account_number"),
        ] {
            assert_eq!(read(sort_code, number).unwrap_err().errors[0].field, wrong);
        }
    }
}
