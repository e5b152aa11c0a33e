//! What is sent to record money.

use super::{MoneyIn, Settlement, Spending, VatBack};
use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader};

/// The fields of money that came in.
pub const MONEY_IN: &[(&str, &str)] = &[
    ("amount", "How much, in pounds and pence."),
    ("on", "The day on which it came, not in the future."),
    ("reference", "What the payment was called."),
];

/// The fields of VAT that came back.
pub const VAT_BACK: &[(&str, &str)] = &[
    ("provider", "The provider on whose invoices it was charged."),
    ("amount", "How much, in pounds and pence."),
    ("on", "The day on which it came, not in the future."),
    ("reference", "What the payment was called."),
];

/// The fields of what was spent.
pub const SPENDING: &[(&str, &str)] = &[
    ("amount", "How much, in pounds and pence."),
    ("on", "The day on which it was spent, not in the future."),
    ("what", "On what."),
];

/// The fields of a payment; the amount follows from the document.
pub const SETTLEMENT: &[(&str, &str)] = &[
    ("version", "The version of the document that was seen."),
    ("on", "The day of the payment, not in the future."),
    ("reference", "What the payment was called."),
];

/// Reads money that came in.
///
/// # Errors
/// A message for each wrong field.
pub fn money_in(fields: &Fields) -> Result<MoneyIn, Invalid> {
    let mut reader = Reader::new(fields);
    let money = read_money(&mut reader);
    reader.finish(|| money)
}

fn read_money(reader: &mut Reader<'_>) -> Option<MoneyIn> {
    let amount = reader.money("amount", "the amount");
    let on = reader.date("on", "the day");
    let reference = reader.text("reference", "what the payment was called", LINE);
    Some(MoneyIn { amount: amount?, on: on?, reference: reference? })
}

/// Reads VAT that came back.
///
/// # Errors
/// A message for each wrong field.
pub fn vat_back(fields: &Fields) -> Result<VatBack, Invalid> {
    let mut reader = Reader::new(fields);
    let provider = reader.id("provider", "the provider");
    let money = read_money(&mut reader);
    reader.finish(|| Some(VatBack { provider: provider?, money: money? }))
}

/// Reads what was spent.
///
/// # Errors
/// A message for each wrong field.
pub fn spending(fields: &Fields) -> Result<Spending, Invalid> {
    let mut reader = Reader::new(fields);
    let amount = reader.money("amount", "the amount");
    let on = reader.date("on", "the day");
    let what = reader.text("what", "on what it was spent", LINE);
    reader.finish(|| Some(Spending { amount: amount?, on: on?, what: what? }))
}

/// Reads a payment.
///
/// # Errors
/// A message for each wrong field.
pub fn settlement(fields: &Fields) -> Result<Settlement, Invalid> {
    let mut reader = Reader::new(fields);
    let version = reader.version("the version");
    let on = reader.date("on", "the day");
    let reference = reader.text("reference", "what the payment was called", LINE);
    reader.finish(|| Some(Settlement { version: version?, on: on?, reference: reference? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::web::form::shown_in_form;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn every_wrong_field_is_named() {
        let refused = money_in(&fields(&[("amount", "-1"), ("on", "soon")])).unwrap_err();
        let named: Vec<&str> = refused.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(named, ["amount", "on", "reference"]);
        assert!(vat_back(&fields(&[("provider", "x")])).is_err());
        assert!(spending(&fields(&[("amount", "12.50"), ("on", "2/11/2026"), ("what", "Bus fares")])).is_ok());
    }

    #[test]
    fn what_was_typed_goes_to_the_form_that_was_sent() {
        let sent = fields(&[("amount", "x")]);
        let error = money_in(&sent).unwrap_err().into();
        let Error::Invalid(invalid) = shown_in_form(error, &sent, "funding") else {
            panic!("not shown");
        };
        assert_eq!(invalid.errors[0].field, "funding-amount");
        assert_eq!(invalid.typed["funding-amount"], "x");
    }
}
