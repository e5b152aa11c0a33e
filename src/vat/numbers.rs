//! VAT registration numbers of Great Britain: their form and check digits. A number that passes may still not be in
//! force: that only HMRC can say.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A VAT registration number whose check digits fit; nine digits, or twelve with a branch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VatNumber(String);

/// Why a typed VAT registration number was refused. Its Display is the sentence to show beside the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VatNumberError {
    /// Not nine or twelve digits.
    NotDigits,
    /// The last two of the nine digits do not fit the others.
    WrongCheckDigits,
}

impl fmt::Display for VatNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            VatNumberError::NotDigits => "Enter a VAT registration number of 9 or 12 digits, like GB 434 0314 94",
            VatNumberError::WrongCheckDigits => {
                "This cannot be a VAT registration number: its last digits do not fit. Compare it with the VAT certificate"
            }
        })
    }
}

impl std::error::Error for VatNumberError {}

impl VatNumber {
    /// Reads a typed number: nine or twelve digits, with or without "GB" and spaces.
    pub fn parse(text: &str) -> Result<VatNumber, VatNumberError> {
        let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
        let digits = joined.strip_prefix("GB").unwrap_or(&joined);
        if !matches!(digits.len(), 9 | 12) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(VatNumberError::NotDigits);
        }
        if check_digits_fit(digits) { Ok(VatNumber(digits.to_owned())) } else { Err(VatNumberError::WrongCheckDigits) }
    }

    /// The digits alone: "434031494".
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// With its country, as electronic invoices have it (BR-CO-09): "GB434031494".
    pub fn with_country(&self) -> String {
        format!("GB{}", self.0)
    }
}

/// The first seven digits by the weights 8 to 2, plus the last two, are a multiple of 97; of newer numbers with 55 more.
fn check_digits_fit(digits: &str) -> bool {
    let values: Vec<u32> = digits.bytes().take(9).map(|byte| u32::from(byte - b'0')).collect();
    let weights = [8, 7, 6, 5, 4, 3, 2, 10, 1];
    let sum: u32 = values.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    sum > 0 && (sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97))
}

impl fmt::Display for VatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, rest) = self.0.split_at(3);
        let (second, rest) = rest.split_at(4);
        let (third, branch) = rest.split_at(2);
        write!(f, "GB {first} {second} {third}")?;
        if branch.is_empty() { Ok(()) } else { write!(f, " {branch}") }
    }
}

impl TryFrom<String> for VatNumber {
    type Error = VatNumberError;

    fn try_from(text: String) -> Result<VatNumber, VatNumberError> {
        VatNumber::parse(&text)
    }
}

impl From<VatNumber> for String {
    fn from(number: VatNumber) -> String {
        number.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked_in_both_ways() {
        for typed in ["434031494", "GB 434 0314 94", "gb434031494", " 434 031 494 "] {
            assert_eq!(VatNumber::parse(typed).unwrap().digits(), "434031494", "{typed}");
        }
        // 100 from the first seven digits, 55 more: 155 + 39 = 194.
        assert!(VatNumber::parse("434031439").is_ok(), "the newer check");
        assert_eq!(VatNumber::parse("434031495"), Err(VatNumberError::WrongCheckDigits));
        assert_eq!(VatNumber::parse("000000000"), Err(VatNumberError::WrongCheckDigits));
        for typed in ["", "GB", "43403149", "4340314940", "43403149X", "XI434031494", "４３４０３１４９４"] {
            assert_eq!(VatNumber::parse(typed), Err(VatNumberError::NotDigits), "{typed}");
        }
    }

    #[test]
    fn branches_have_three_more_digits() {
        let branch = VatNumber::parse("GB 434 0314 94 001").unwrap();
        assert_eq!(branch.to_string(), "GB 434 0314 94 001");
        assert_eq!(branch.with_country(), "GB434031494001");
        assert_eq!(VatNumber::parse("434031495001"), Err(VatNumberError::WrongCheckDigits));
    }

    #[test]
    fn only_checked_numbers_come_out_of_json() {
        let number: VatNumber = serde_json::from_str(r#""GB 434 0314 94""#).unwrap();
        assert_eq!(serde_json::to_string(&number).unwrap(), r#""434031494""#);
        assert!(serde_json::from_str::<VatNumber>(r#""434031495""#).is_err());
    }
}
