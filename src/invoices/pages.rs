//! What the pages and the papers of invoices receive, worded.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Addressee, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, rules};
use crate::calendar;
use crate::consent;
use crate::deliveries::rules::amount;
use crate::ids::OrderId;
use crate::money::{Pence, UnitPrice};
use crate::organisations::{Confirmation, DutyException};
use crate::people::{Address, Organisation};
use crate::vat::{Category, VatNumber};
use crate::web::parts::Happened;

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

/// An invoice or a credit note; template `invoices/show.html`.
#[derive(Serialize, ToSchema)]
pub struct Show {
    /// Its id.
    pub id: i64,
    /// The version that is shown.
    pub version: i64,
    /// The number.
    pub number: String,
    /// What it says.
    pub sheet: Sheet,
    /// The state, as a code.
    pub status: &'static str,
    /// The state in words.
    pub status_words: &'static str,
    /// The tone of the state.
    pub tone: &'static str,
    /// The page's first line.
    pub state: String,
    /// Why it was queried.
    pub query_reason: Option<String>,
    /// Beside each line: what was agreed, what was delivered, and the difference; none on a credit note.
    pub lines: Vec<Compared>,
    /// The credit notes on this invoice.
    pub credit_notes: Vec<Reference>,
    /// The invoice that this credit note credits.
    pub original: Option<Reference>,
    /// What is owed after credit notes.
    #[schema(value_type = String)]
    pub owed: Pence,
    /// What it costs the budget; not for the provider alone.
    #[schema(value_type = Option<String>)]
    pub budget_pays: Option<Pence>,
    /// The VAT that nobody gets back; not for the provider alone.
    #[schema(value_type = Option<String>)]
    pub vat_lost: Option<Pence>,
    /// Who decides on it.
    pub who_decides: String,
    /// Who pays it.
    pub who_pays: String,
    /// What has happened to it.
    pub events: Vec<Happened>,
    /// Whether it is billed for the support of the visitor themself.
    pub own: bool,
    /// Whether what is billed is what was agreed and delivered, in a sentence.
    pub matches: String,
    /// Whether the actor may approve it now.
    pub may_approve: bool,
    /// Whether whoever holds the money must ask before they approve it, why, and whether somebody has said yes.
    pub asks: Option<AsksShown>,
    /// Whether the actor may say yes to it now, so that whoever holds the money may approve it.
    pub may_consent: bool,
    /// Whether the actor may query it now.
    pub may_query: bool,
    /// Whether the actor may credit it now.
    pub may_credit: bool,
    /// Whether the actor may record its payment now.
    pub may_pay: bool,
    /// Where the provider is paid, masked, for whoever pays.
    pub payee: Option<String>,
    /// Why the actor, who otherwise pays, does not record the payment of this one.
    pub pay_stopped: Option<String>,
    /// What the trustees have said of its payment, where it is a trust's.
    pub trustees: Option<Trustees>,
    /// Whether the actor may record now that the money of this credit note came back.
    pub may_refund: bool,
    /// Today, for the date of a payment.
    pub today: String,
    /// Where the paper lies.
    pub paper_href: String,
    /// The SHA-256 of the paper.
    pub paper_sha256: String,
}

/// Whether somebody must say yes before an invoice is approved.
#[derive(Serialize, ToSchema)]
pub struct AsksShown {
    /// The rule, in a sentence.
    pub rule: String,
    /// Why somebody must say yes.
    pub reasons: Vec<String>,
    /// Whether a yes is still missing.
    pub open: bool,
    /// Who said yes, and when.
    pub yes: Option<String>,
}

impl AsksShown {
    /// Worded for the page.
    #[must_use]
    pub fn new(asking: super::Asking) -> Self {
        let (open, yes) = (asking.is_open(), asking.yes.as_ref().map(yes_words));
        Self { open, rule: consent::rules::words(asking.set.as_ref()), reasons: asking.reasons, yes }
    }
}

/// Whether the lines are what was agreed and delivered, in a sentence.
#[must_use]
pub fn matches(lines: &[Compared]) -> String {
    match (lines.len(), lines.iter().filter(|line| line.differs).count()) {
        (0, _) => String::new(),
        (1, 0) => "Yes: it is what was agreed and delivered.".to_owned(),
        (_, 0) => "Yes: every line is what was agreed and delivered.".to_owned(),
        (1, _) => "No: it differs from what was agreed or delivered. See below how.".to_owned(),
        (all, some) => {
            format!("Not all: {some} of {all} lines differ from what was agreed or delivered. See below how.")
        }
    }
}

/// Who said yes and when, and whether it still counts.
fn yes_words(yes: &consent::Yes) -> String {
    let day = calendar::full(calendar::london(yes.at).date());
    let who = match yes.authority.as_str() {
        "" => yes.by.clone(),
        authority => format!("{} ({authority})", yes.by),
    };
    match yes.counts {
        true if yes.authority.is_empty() => format!("Agreed to by {who} on {day}."),
        true => format!("{who} said yes on {day}."),
        false => format!("Agreed to by {who} on {day}, whose authority has ended since: it must be asked again."),
    }
}

/// One line compared with what was agreed and delivered.
#[derive(Serialize, ToSchema)]
pub struct Compared {
    /// Its place on the invoice, from 1: the field `line-1` credits the first.
    pub id: usize,
    /// What it is.
    pub description: String,
    /// What was agreed.
    pub agreed: String,
    /// What was delivered and confirmed.
    pub delivered: String,
    /// What was billed.
    pub billed: String,
    /// The difference, as a sentence.
    pub difference: String,
    /// Whether there is one.
    pub differs: bool,
}

/// Another document.
#[derive(Serialize, ToSchema)]
pub struct Reference {
    /// Its id.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued_on: String,
    /// With VAT.
    #[schema(value_type = String)]
    pub total: Pence,
    /// Its state in words.
    pub status_words: &'static str,
}

impl Reference {
    /// Words a document that another one names.
    #[must_use]
    pub fn new(invoice: &Invoice) -> Self {
        Self {
            id: invoice.id.number(),
            number: invoice.number_text(),
            issued_on: calendar::full(invoice.issued_on),
            total: invoice.total,
            status_words: rules::status_words(invoice.kind, invoice.status),
        }
    }
}

/// What has happened to an invoice so far.
#[must_use]
pub fn events(invoice: &Invoice, credit_notes: &[Invoice]) -> Vec<Happened> {
    let event = |on: NaiveDate, what: String, who: String, detail: String| Happened {
        when: calendar::full(on),
        what,
        who,
        detail,
    };
    let mut events = vec![event(invoice.issued_on, "Issued".to_owned(), invoice.provider_name.clone(), String::new())];
    if let (Some(on), Some(authority)) = (invoice.decided_on, &invoice.authority) {
        let what = if invoice.query_reason.is_some() { "Queried" } else { "Approved" };
        let reason = invoice.query_reason.clone().unwrap_or_default();
        events.push(event(on, what.to_owned(), authority.clone(), reason));
    }
    for note in credit_notes {
        let what = format!("Credited {} by {}", note.total, note.number_text());
        let reason = note.credit_reason.clone().unwrap_or_default();
        events.push(event(note.issued_on, what, note.provider_name.clone(), reason));
    }
    if let Some(on) = invoice.paid_on {
        let what = if invoice.kind == InvoiceKind::CreditNote { "Paid back" } else { "Paid" };
        let reference = invoice.payment_reference.clone().unwrap_or_default();
        events.push(event(on, what.to_owned(), String::new(), format!("Reference: {reference}")));
    }
    events
}

/// What the trustees have said of a payment that needs several of them.
#[derive(Serialize, ToSchema)]
pub struct Trustees {
    /// How many must say the same, and who has, in a sentence.
    pub state: String,
    /// The day that was said last, for the form.
    pub on: Option<String>,
    /// What the payment was called, as it was said last.
    pub reference: Option<String>,
}

/// What the trustees have said of a payment, in words.
#[must_use]
pub fn trustees(quorum: i64, said: &[Confirmation], invoice: &Invoice) -> Trustees {
    let open: Vec<&Confirmation> = said.iter().filter(|one| one.seen.version == invoice.version).collect();
    let need = format!("A payment of the trust counts when {quorum} trustees say the same.");
    let words = |one: &&Confirmation| {
        let (name, on, reference) = (&one.name, calendar::full(one.seen.on), &one.seen.reference);
        format!("{name} said: paid on {on}, “{reference}”.")
    };
    let state = std::iter::once(need).chain(open.iter().map(words)).collect::<Vec<_>>().join(" ");
    Trustees {
        state,
        on: open.last().map(|one| one.seen.on.format("%-d %-m %Y").to_string()),
        reference: open.last().map(|one| one.seen.reference.clone()),
    }
}

/// What is on record of who paid: what each trustee said, and where one pair of hands approved and paid.
#[must_use]
pub fn paying_events(said: &[Confirmation], exceptions: &[DutyException]) -> Vec<Happened> {
    let said = said.iter().map(|one| Happened {
        when: calendar::full(calendar::london(one.at).date()),
        what: "A trustee said that it was paid".to_owned(),
        who: one.name.clone(),
        detail: format!("On {}, “{}”", calendar::full(one.seen.on), one.seen.reference),
    });
    let alone = exceptions.iter().map(|one| Happened {
        when: calendar::full(calendar::london(one.at).date()),
        what: "The same person approved it and recorded its payment".to_owned(),
        who: one.name.clone(),
        detail: format!("Allowed because {}", one.reason),
    });
    said.chain(alone).collect()
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
