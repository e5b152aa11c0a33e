//! Invoices and credit notes: made from confirmed deliveries (a holder's fee from the weeks that have passed), numbered in an
//! unbroken series for each provider, approved or queried by whoever pays, credited and never edited.

pub mod asking;
pub mod forms;
pub mod handlers;
pub mod issuing;
pub mod pages;
pub mod rules;
pub mod steps;
pub mod store;
pub mod unusual;

use chrono::NaiveDate;

use crate::budgets::Payer;
use crate::consent;
use crate::directory::PricePart;
use crate::ids::{DocumentId, FundId, InvoiceId, OrderId, OrderLineId, OrganisationId, PersonId, UserId};
use crate::ledger::rules::Bill;
use crate::money::{BasisPoints, Pence, Quantity, UnitPrice, line_net_per};
use crate::packages::OrderLine;
use crate::vat::{Arrangement, Category, Class, Form, Recovery};
use crate::vocabulary;

vocabulary! {
    /// What kind of document it is; each has its own series of numbers.
    InvoiceKind {
        /// A bill.
        Invoice = "invoice", "Invoice";
        /// Takes back a bill or a part of one.
        CreditNote = "credit_note", "Credit note";
    }
}

vocabulary! {
    /// How far an invoice has come.
    InvoiceStatus {
        /// Sent; whoever pays has not decided.
        Issued = "issued", "Waits for approval";
        /// Whoever pays says that something is wrong.
        Queried = "queried", "Queried";
        /// It is owed.
        Approved = "approved", "Approved, to be paid";
        /// It was paid.
        Paid = "paid", "Paid";
        /// All of it was credited.
        Credited = "credited", "Credited";
    }
}

vocabulary! {
    /// What an invoice bills: support and a holder's fee come on documents of their own.
    Subject {
        /// Support that was delivered and confirmed.
        Support = "support", "Support";
        /// The holder's fee for weeks that have passed.
        Fee = "fee", "Fee of the holder";
    }
}

/// A name and an address as they stand on a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// The name.
    pub name: String,
    /// The lines of the address.
    pub address: Vec<String>,
}

/// Everybody whom an invoice concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parties {
    /// Who sent it.
    pub provider: OrganisationId,
    /// Whose money pays.
    pub person: PersonId,
    /// The council that funds it.
    pub council: OrganisationId,
    /// The organisation that holds the fund, where one does.
    pub holder: Option<OrganisationId>,
    /// The nominated or authorised person who holds the payment, where one does.
    pub nominee: Option<UserId>,
    /// The form of the fund.
    pub form: Form,
    /// Who must pay.
    pub payer: Payer,
}

/// An invoice or a credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// What kind of document it is.
    pub kind: InvoiceKind,
    /// Its place in the provider's series.
    pub number: i64,
    /// Everybody whom it concerns.
    pub parties: Parties,
    /// The provider's name.
    pub provider_name: String,
    /// The fund that pays.
    pub fund: FundId,
    /// The order under which it was delivered.
    pub order: OrderId,
    /// For a credit note: the invoice that it credits.
    pub credits: Option<InvoiceId>,
    /// For a credit note: why.
    pub credit_reason: Option<String>,
    /// To whom it is addressed.
    pub addressee: Addressee,
    /// The reference that stands for the person.
    pub person_reference: String,
    /// The day of issue, which is its tax point.
    pub issued_on: NaiveDate,
    /// The first day that it covers.
    pub period_from: NaiveDate,
    /// The last day that it covers.
    pub period_to: NaiveDate,
    /// By when it must be paid.
    pub due_on: NaiveDate,
    /// Without VAT.
    pub net: Pence,
    /// The VAT.
    pub vat: Pence,
    /// With VAT.
    pub total: Pence,
    /// What the budget pays in the end.
    pub budget: Pence,
    /// How far it has come.
    pub status: InvoiceStatus,
    /// Why it was queried.
    pub query_reason: Option<String>,
    /// Who issued it.
    pub issued_by: UserId,
    /// Who approved or queried it.
    pub decided_by: Option<UserId>,
    /// By what authority it was approved or queried, in words.
    pub authority: Option<String>,
    /// On which day it was approved or queried.
    pub decided_on: Option<NaiveDate>,
    /// On which day it was paid, or for a credit note when the money came back.
    pub paid_on: Option<NaiveDate>,
    /// What the payment was called.
    pub payment_reference: Option<String>,
    /// The paper as it was issued.
    pub document: DocumentId,
    /// Counts changes: a decision names the version that was seen.
    pub version: i64,
}

impl Invoice {
    /// The number as it is written: "INV-000001", "CRN-000001".
    #[must_use]
    pub fn number_text(&self) -> String {
        number_text(self.kind, self.number)
    }
}

/// A number of a series as it is written.
#[must_use]
pub fn number_text(kind: InvoiceKind, number: i64) -> String {
    let prefix = match kind {
        InvoiceKind::Invoice => "INV",
        InvoiceKind::CreditNote => "CRN",
    };
    format!("{prefix}-{number:06}")
}

/// One line of an invoice or a credit note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The order line that it bills.
    pub order_line: OrderLineId,
    /// What it is.
    pub description: String,
    /// What the price is for.
    pub unit: String,
    /// How much.
    pub quantity: Quantity,
    /// The price without VAT, of as many units as `base` says.
    pub unit_price: UnitPrice,
    /// For how many units the price is: 60 where minutes have a price by the hour, else one.
    pub base: Quantity,
    /// The VAT class.
    pub class: Class,
    /// The VAT category.
    pub category: Category,
    /// The VAT rate; zero where none is charged.
    pub rate: BasisPoints,
    /// Without VAT.
    pub net: Pence,
    /// Its part of the VAT of its category and rate.
    pub vat: Pence,
    /// What the budget pays for it in the end.
    pub budget: Pence,
    /// Why VAT is charged or not.
    pub ground: String,
}

impl InvoiceLine {
    /// Whether another line is of the same thing at the same price, as a credit note takes a line of its invoice back.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        let key = |line: &Self| (line.order_line, line.unit_price, line.base);
        key(self) == key(other) && self.unit == other.unit && self.description == other.description
    }

    /// Whether it bills a part of what visits of its order line cost.
    #[must_use]
    pub fn bills(&self, agreed: &OrderLine, part: &PricePart) -> bool {
        let named = self.description.starts_with(&format!("{}: {} (", agreed.description, part.words));
        named && (&self.unit, self.unit_price, self.base) == (&part.unit, part.price, part.base)
    }
}

/// What is billed of an order line: a quantity at its agreed price, or a part of what its visits cost.
#[derive(Clone, Debug)]
pub struct Billed<'a> {
    /// The order line.
    pub line: &'a OrderLine,
    /// What it is, as the document says.
    pub description: String,
    /// What is counted.
    pub unit: String,
    /// How much.
    pub quantity: Quantity,
    /// For how much of it the price is.
    pub base: Quantity,
    /// The price without VAT.
    pub price: UnitPrice,
}

impl<'a> Billed<'a> {
    /// A quantity at the price of the order line.
    #[must_use]
    pub fn by_quantity(line: &'a OrderLine, quantity: Quantity) -> Self {
        let (description, unit) = (line.description.clone(), line.unit.clone());
        Self { line, description, unit, quantity, base: Quantity::ONE, price: line.unit_price }
    }

    /// A part of what visits cost, with the days on which they were.
    #[must_use]
    pub fn of_part(line: &'a OrderLine, part: &PricePart, days: &str) -> Self {
        let description = format!("{}: {} ({days})", line.description, part.words);
        let (unit, quantity) = (part.unit.clone(), part.quantity);
        Self { line, description, unit, quantity, base: part.base, price: part.price }
    }

    /// Without VAT.
    #[must_use]
    pub fn net(&self) -> Pence {
        line_net_per(self.price, self.quantity, self.base)
    }
}

/// The sums of some lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Without VAT.
    pub net: Pence,
    /// The VAT.
    pub vat: Pence,
    /// With VAT.
    pub total: Pence,
    /// What the budget pays in the end.
    pub budget: Pence,
}

impl Sums {
    /// The sums of an invoice, or of a credit note.
    #[must_use]
    pub const fn of(invoice: &Invoice) -> Self {
        Self { net: invoice.net, vat: invoice.vat, total: invoice.total, budget: invoice.budget }
    }

    /// What is left when others are taken away.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self {
            net: self.net - other.net,
            vat: self.vat - other.vat,
            total: self.total - other.total,
            budget: self.budget - other.budget,
        }
    }

    /// What it means for the books.
    #[must_use]
    pub const fn bill(self, provider: OrganisationId, is_fee: bool) -> Bill {
        Bill { provider, is_fee, net: self.net, total: self.total, budget: self.budget }
    }
}

/// On what terms an order was costed: by these its invoices are taxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxTerms {
    /// Form and structure.
    pub arrangement: Arrangement,
    /// Whether VAT recovery was confirmed.
    pub recovery: Recovery,
}

/// How much of each line a credit note shall take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditAsked {
    /// Why.
    pub reason: String,
    /// The version of the invoice that was seen.
    pub version: i64,
    /// By place of the line on the invoice, from 0; nothing means all that is left of every line.
    pub quantities: Option<Vec<Quantity>>,
}

/// What somebody can do next with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something that they can do now, perhaps as one of several, in words.
    Act(&'static str),
    /// They decide on it, but a yes must come first; what they can do meanwhile, in words.
    Wait(&'static str),
    /// It waits for somebody else, or for nobody.
    Nothing,
}

impl Step {
    /// The words on the link; empty when there is nothing to do.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Act(words) | Self::Wait(words) => words,
            Self::Nothing => "",
        }
    }
}

/// What somebody may do with a document now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Approve it.
    pub approve: bool,
    /// Say yes to it for the person, so that whoever holds the money may approve it.
    pub consent: bool,
    /// Query it.
    pub query: bool,
    /// Credit it.
    pub credit: bool,
    /// Record that it was paid, or that its money came back.
    pub settle: bool,
}

/// What must come before an invoice is approved by whoever holds the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// The rule that was set; none where nobody has said anything, and everything is asked.
    pub set: Option<consent::SetRule>,
    /// Why somebody must say yes; empty when nobody must.
    pub reasons: Vec<String>,
    /// The yes to the invoice as it is now; one whose mandate has ended since does not count.
    pub yes: Option<consent::Yes>,
}

impl Asking {
    /// Whether a yes is still missing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.reasons.is_empty() && !self.yes.as_ref().is_some_and(|yes| yes.counts)
    }
}
