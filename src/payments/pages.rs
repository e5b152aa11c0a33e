//! What the pages about money receive, worded.

use serde::Serialize;
use utoipa::ToSchema;

use crate::money::Pence;

/// Money in and out of a fund, with the forms of whoever may record it; template `payments/money.html`.
#[derive(Serialize, ToSchema)]
pub struct Money {
    /// The fund.
    pub fund: i64,
    /// Whose money it is.
    pub whose: String,
    /// The form of the fund.
    pub form: String,
    /// The state in one sentence.
    pub state: String,
    /// What is held; not where it would tell what is kept from the visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub held: Option<Pence>,
    /// What stands in its place, where it is not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<&'static str>,
    /// The fund's statement, for who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_href: Option<String>,
    /// What came in and went out, the newest first.
    pub movements: Vec<Row>,
    /// Whether the list was cut.
    pub more: bool,
    /// Why no money can be paid in now, if it cannot.
    pub stopped: Option<String>,
    /// How the contribution meets this fund.
    pub contribution_words: String,
    /// What the council pays for the next period, in words.
    pub funding_hint: Option<String>,
    /// What the person pays for the next period, in words.
    pub contribution_hint: Option<String>,
    /// Whether the actor may record the council's money.
    pub may_fund: bool,
    /// Whether the actor may record the contribution.
    pub may_contribute: bool,
    /// Whether the actor may report what was spent.
    pub may_report: bool,
    /// The VAT that is to come back, by provider, for whoever may record it.
    pub vat: Vec<VatOpen>,
    /// Today, for the date fields.
    pub today: String,
}

/// One movement.
#[derive(Serialize, ToSchema)]
pub struct Row {
    /// On which day.
    pub on: String,
    /// What it records.
    pub what: &'static str,
    /// What it is about.
    pub description: String,
    /// What came in; below zero what went out.
    #[schema(value_type = String)]
    pub amount: Pence,
}

/// VAT of a provider's invoices that is to come back.
#[derive(Serialize, ToSchema)]
pub struct VatOpen {
    /// The provider.
    pub provider: i64,
    /// Its name.
    pub name: String,
    /// How much.
    #[schema(value_type = String)]
    pub amount: Pence,
    /// Whether it comes back; else the holder owes it on what it supplies on.
    pub comes_back: bool,
    /// The form's name: its fields' ids begin with it.
    pub form: String,
}

/// The form that records a payment; template `payments/settle.html`.
#[derive(Serialize, ToSchema)]
pub struct Settle {
    /// The document.
    pub id: i64,
    /// The version that is shown.
    pub version: i64,
    /// The number.
    pub number: String,
    /// What is done.
    pub title: String,
    /// The state in one sentence.
    pub state: String,
    /// Where the form goes.
    pub action: String,
    /// The button.
    pub button: String,
    /// How much; it follows from the document.
    #[schema(value_type = String)]
    pub amount: Pence,
    /// Today, for the date field.
    pub today: String,
    /// Whether it can be recorded now.
    pub open: bool,
}
