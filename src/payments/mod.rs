//! Payments: money into a fund, invoices paid, money back from providers, VAT that came back, and what a person reports as
//! spent from a direct payment. The ledger is their only record.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::NaiveDate;

use crate::ids::OrganisationId;
use crate::money::Pence;

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoneyIn {
    /// How much.
    pub amount: Pence,
    /// On which day.
    pub on: NaiveDate,
    /// What the payment was called.
    pub reference: String,
}

/// VAT of a provider's invoices that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VatBack {
    /// Whose invoices it was on.
    pub provider: OrganisationId,
    /// How much, on which day, under what reference.
    pub money: MoneyIn,
}

/// What a person spent from a direct payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spending {
    /// How much.
    pub amount: Pence,
    /// On which day.
    pub on: NaiveDate,
    /// On what.
    pub what: String,
}

/// An invoice was paid, or the money of a credit note came back; the amount follows from the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The version of the document that was seen.
    pub version: i64,
    /// On which day.
    pub on: NaiveDate,
    /// What the payment was called.
    pub reference: String,
}
