//! What the pages and the papers of invoices receive, worded.

mod show;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Addressee, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, rules};
use crate::calendar;
use crate::deliveries::rules::amount;
use crate::directory::rules::visits;
use crate::ids::OrderId;
use crate::money::{Pence, Quantity, UnitPrice};
use crate::people::{Address, Organisation};
use crate::vat::{Category, VatNumber};
pub use show::{AsksShown, Compared, Reference, Show, Shown, Trustees, trustees};

/// The lines of an address as they stand on a document.
#[must_use]
pub fn address_lines(address: &Address) -> Vec<String> {
    let parts = [&address.line, &address.town, &address.postcode];
    parts.into_iter().filter(|part| !part.is_empty()).cloned().collect()
}

/// What an invoice or a credit note says; on the site and, in template `paper/invoice.html`, on the paper that is kept.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Sheet {
    /// What kind of document it is.
    pub title: &'static str,
    /// The number; nothing on a draft.
    pub number: Option<String>,
    /// Who sends it.
    pub provider: String,
    /// Where they are.
    pub provider_address: Vec<String>,
    /// The VAT number, or that there is none.
    pub provider_vat: String,
    /// To whom.
    pub addressee: String,
    /// Where they are.
    pub addressee_address: Vec<String>,
    /// For whom the support is: a name where it is addressed to the person, else the reference alone.
    pub support_for: String,
    /// The day of issue.
    pub issued_on: String,
    /// The tax point, where the provider is registered for VAT.
    pub tax_point: Option<String>,
    /// The days that it covers.
    pub period: String,
    /// By when to pay; nothing on a credit note.
    pub due_on: Option<String>,
    /// The order.
    pub order: String,
    /// On a credit note: the number and the date of the invoice that it credits.
    pub credits: Option<String>,
    /// On a credit note: why.
    pub reason: Option<String>,
    /// Whether the provider is registered for VAT: else nothing about VAT stands on it but that.
    pub shows_vat: bool,
    /// The lines.
    pub lines: Vec<SheetLine>,
    /// The VAT by category and rate.
    pub groups: Vec<SheetGroup>,
    /// Without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// The VAT.
    #[schema(value_type = String)]
    pub vat: Pence,
    /// With VAT.
    #[schema(value_type = String)]
    pub total: Pence,
    /// Sentences at the foot: why no VAT is charged, how to pay.
    pub notes: Vec<String>,
}

/// One line of a document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetLine {
    /// What it is.
    pub description: String,
    /// How much, with its unit.
    pub quantity: String,
    /// The price of one unit without VAT.
    #[schema(value_type = String)]
    pub unit_price: UnitPrice,
    /// For what that price is, where it is not for one of what is counted: "per hour" where minutes are.
    pub per: String,
    /// The rate of VAT in words.
    pub vat_rate: String,
    /// Without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
}

/// The VAT of one category and rate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SheetGroup {
    /// The code of the category.
    pub category: &'static str,
    /// The rate in words.
    pub rate: String,
    /// Why.
    pub ground: String,
    /// The lines without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// The VAT on them.
    #[schema(value_type = String)]
    pub vat: Pence,
}

/// What a document is made from.
pub struct SheetFacts<'a> {
    /// What kind of document it is.
    pub kind: InvoiceKind,
    /// Its number, once it has one.
    pub number: Option<String>,
    /// Who sends it.
    pub provider: &'a Organisation,
    /// Their VAT number, if they are registered on the tax point.
    pub vat_number: Option<VatNumber>,
    /// To whom.
    pub addressee: &'a Addressee,
    /// For whom the support is, in words that may travel.
    pub support_for: String,
    /// The day of issue.
    pub issued_on: NaiveDate,
    /// The days that it covers.
    pub period: (NaiveDate, NaiveDate),
    /// By when to pay.
    pub due_on: NaiveDate,
    /// The order.
    pub order: OrderId,
    /// For a credit note: number and date of the invoice, and why it is credited.
    pub credits: Option<(String, NaiveDate, String)>,
    /// The lines.
    pub lines: &'a [InvoiceLine],
}

/// The rate of VAT in words: outside the scope of VAT there is none, not even zero.
fn rate_words(category: Category, rate: crate::money::BasisPoints) -> String {
    match category {
        Category::Taxed | Category::ZeroRated => format!("{}%", rate.decimal()),
        Category::Exempt => "exempt".to_owned(),
        Category::OutsideScope => "none".to_owned(),
    }
}

impl Sheet {
    /// Words a document.
    #[must_use]
    pub fn new(facts: &SheetFacts<'_>) -> Self {
        let sums = rules::sums(facts.lines);
        let shows_vat = facts.vat_number.is_some();
        let is_credit = facts.kind == InvoiceKind::CreditNote;
        let line = |line: &InvoiceLine| SheetLine {
            description: line.description.clone(),
            quantity: amount(line.quantity, &line.unit),
            unit_price: line.unit_price,
            per: if line.base == Quantity::ONE { String::new() } else { visits::per(&line.unit, line.base) },
            vat_rate: rate_words(line.category, line.rate),
            net: line.net,
        };
        let group = |group: rules::VatGroup| SheetGroup {
            category: group.category.code(),
            rate: rate_words(group.category, group.rate),
            ground: group.ground,
            net: group.net,
            vat: group.vat,
        };
        let groups: Vec<SheetGroup> = rules::groups(facts.lines).into_iter().map(group).collect();
        let credits = facts.credits.as_ref();
        Self {
            title: facts.kind.words(),
            number: facts.number.clone(),
            provider: facts.provider.name.clone(),
            provider_address: address_lines(&facts.provider.address),
            provider_vat: facts.vat_number.as_ref().map_or_else(
                || "Not registered for VAT".to_owned(),
                |number| format!("VAT registration number {number}"),
            ),
            addressee: facts.addressee.name.clone(),
            addressee_address: facts.addressee.address.clone(),
            support_for: facts.support_for.clone(),
            issued_on: calendar::full(facts.issued_on),
            tax_point: shows_vat.then(|| calendar::full(facts.issued_on)),
            period: calendar::range(facts.period.0, facts.period.1),
            due_on: (!is_credit).then(|| calendar::full(facts.due_on)),
            order: facts.order.to_string(),
            credits: credits.map(|(number, on, _)| format!("{number} of {}", calendar::full(*on))),
            reason: credits.map(|(_, _, reason)| reason.clone()),
            shows_vat,
            lines: facts.lines.iter().map(line).collect(),
            notes: notes(facts, &groups),
            groups,
            net: sums.net,
            vat: sums.vat,
            total: sums.total,
        }
    }
}

/// The sentences at the foot of a document.
fn notes(facts: &SheetFacts<'_>, groups: &[SheetGroup]) -> Vec<String> {
    let grounds = groups.iter().filter(|group| matches!(group.category, "E" | "Z"));
    let mut notes: Vec<String> = grounds.map(|group| format!("{}.", group.ground)).collect();
    notes.push(match &facts.number {
        _ if facts.kind == InvoiceKind::CreditNote => {
            "This credit note lowers what is owed on the invoice that it names.".to_owned()
        }
        Some(number) => {
            format!("Pay by {}. Give the number {number} with the payment.", calendar::full(facts.due_on))
        }
        None => "This is a draft. It is no invoice and no VAT invoice until it has a number.".to_owned(),
    });
    if facts.provider.fictional {
        notes.push("This paper belongs to a demonstration. Everybody in it is fictional.".to_owned());
    }
    notes
}

/// How the state of an invoice looks.
#[must_use]
pub const fn tone(kind: InvoiceKind, status: InvoiceStatus) -> &'static str {
    match (kind, status) {
        (InvoiceKind::CreditNote, InvoiceStatus::Approved) | (_, InvoiceStatus::Issued) => "waiting",
        (_, InvoiceStatus::Queried) => "warning",
        (_, InvoiceStatus::Approved) => "info",
        (_, InvoiceStatus::Paid) => "good",
        (_, InvoiceStatus::Credited) => "plain",
    }
}

/// The invoices that an actor sees; template `invoices/list.html`.
#[derive(Serialize, ToSchema)]
pub struct List {
    /// The state in one sentence.
    pub state: String,
    /// What waits for the actor, the oldest first.
    pub waiting: Vec<Row>,
    /// What is open and waits for somebody else.
    pub open: Vec<Row>,
    /// What is settled, the newest first.
    pub settled: Vec<Row>,
    /// For a provider: orders with something to bill.
    pub to_bill: Vec<ToBill>,
}

/// One invoice of a list.
#[derive(Clone, Serialize, ToSchema)]
pub struct Row {
    /// Its id.
    pub id: i64,
    /// Invoice or credit note.
    pub kind: &'static str,
    /// Its number.
    pub number: String,
    /// Who sent it.
    pub provider: String,
    /// To whom it is addressed.
    pub addressee: String,
    /// The reference that stands for the person.
    pub person_reference: String,
    /// The day of issue.
    pub issued_on: String,
    /// By when it must be paid.
    pub due_on: String,
    /// With VAT.
    #[schema(value_type = String)]
    pub total: Pence,
    /// The state, as a code.
    pub status: &'static str,
    /// The state in words.
    pub status_words: &'static str,
    /// The tone of the state.
    pub tone: &'static str,
    /// What the actor can do next.
    pub next: &'static str,
}

impl List {
    /// What waits for the actor, in a sentence.
    #[must_use]
    pub fn state(waiting: usize, bills: bool) -> String {
        match (waiting, bills) {
            (0, false) => "Nothing waits for you.".to_owned(),
            (0, true) => "You can make an invoice.".to_owned(),
            (1, false) => "One document waits for you.".to_owned(),
            (1, true) => "One document waits for you, and you can make an invoice.".to_owned(),
            (many, false) => format!("{many} documents wait for you."),
            (many, true) => format!("{many} documents wait for you, and you can make an invoice."),
        }
    }
}

impl Row {
    /// Words an invoice for a list.
    #[must_use]
    pub fn new(invoice: &Invoice, next: &'static str) -> Self {
        Self {
            id: invoice.id.number(),
            kind: invoice.kind.words(),
            number: invoice.number_text(),
            provider: invoice.provider_name.clone(),
            addressee: invoice.addressee.name.clone(),
            person_reference: invoice.person_reference.clone(),
            issued_on: calendar::short(invoice.issued_on),
            due_on: calendar::short(invoice.due_on),
            total: invoice.total,
            status: invoice.status.code(),
            status_words: rules::status_words(invoice.kind, invoice.status),
            tone: tone(invoice.kind, invoice.status),
            next,
        }
    }
}

/// An order with something to bill.
#[derive(Serialize, ToSchema)]
pub struct ToBill {
    /// The order.
    pub order: i64,
    /// For whom it is.
    pub for_whom: String,
}

/// What would be on an invoice; template `invoices/new.html`.
#[derive(Serialize, ToSchema)]
pub struct Draft {
    /// The order.
    pub order: i64,
    /// For whom the order is.
    pub for_whom: String,
    /// What would be issued: one document for support, one for the fee.
    pub documents: Vec<DraftDocument>,
    /// Why there is nothing, if there is nothing.
    pub nothing: Option<String>,
}

/// One document that would be issued.
#[derive(Serialize, ToSchema)]
pub struct DraftDocument {
    /// Support or the fee, as a code.
    pub subject: &'static str,
    /// The same in words.
    pub subject_words: &'static str,
    /// The document without its number.
    pub sheet: Sheet,
    /// The fingerprint of what is shown.
    pub shown: String,
}

/// The form that credits an invoice; template `invoices/credit.html`.
#[derive(Serialize, ToSchema)]
pub struct Credit {
    /// The invoice's id.
    pub id: i64,
    /// The version that is shown.
    pub version: i64,
    /// The number.
    pub number: String,
    /// The day of issue.
    pub issued_on: String,
    /// What becomes of the money.
    pub state: String,
    /// The lines with what can still be credited.
    pub lines: Vec<CreditField>,
}

/// One line that can be credited.
#[derive(Serialize, ToSchema)]
pub struct CreditField {
    /// The name of the field.
    pub field: String,
    /// The label of the field.
    pub label: String,
    /// What was billed.
    pub hint: String,
    /// The unit.
    pub unit: String,
    /// What can still be credited.
    pub left: String,
}
