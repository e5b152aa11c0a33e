//! What the page of an invoice or a credit note receives, worded.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Sheet, tone};
use crate::calendar;
use crate::consent;
use crate::deliveries::Delivery;
use crate::deliveries::rules::{amount, answered_by};
use crate::directory::rules::visits;
use crate::invoices::{Asking, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, May, rules};
use crate::money::{Pence, Quantity};
use crate::organisations::{Confirmation, DutyException};
use crate::packages::rules::times;
use crate::packages::{OrderLine, OrderLineKind};
use crate::web::parts::Happened;

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

/// What the page of a document is made from.
pub struct Shown {
    /// The document.
    pub invoice: Invoice,
    /// What it says.
    pub sheet: Sheet,
    /// Its lines beside what was agreed and delivered.
    pub compared: Vec<Compared>,
    /// The credit notes on it.
    pub credit_notes: Vec<Invoice>,
    /// The invoice that it credits.
    pub original: Option<Invoice>,
    /// What must come before it is approved, as the actor may read it.
    pub asking: Option<Asking>,
    /// What trustees said of its payment, and where one pair of hands approved and paid; only for who sees the fund.
    pub paying: (Vec<Confirmation>, Vec<DutyException>),
    /// What the trustees have said of a payment that is open.
    pub trustees: Option<Trustees>,
    /// Where the provider is paid, for whoever pays.
    pub payee: Option<String>,
    /// Why somebody who otherwise pays does not record the payment.
    pub pay_stopped: Option<String>,
    /// The SHA-256 of the paper.
    pub paper_sha256: String,
    /// Whether the actor sees the fund behind it.
    pub fund_seen: bool,
    /// Whether the support is the actor's own.
    pub own: bool,
    /// Today.
    pub today: NaiveDate,
}

impl Show {
    /// Words a document for somebody and what they may do with it.
    #[must_use]
    pub fn new(shown: Shown, may: May) -> Self {
        let Shown { invoice, credit_notes, own, fund_seen, .. } = shown;
        let (parties, is_invoice) = (&invoice.parties, invoice.kind == InvoiceKind::Invoice);
        let owed = rules::owed(&invoice, &credit_notes);
        let mut events = events(&invoice, &credit_notes, own);
        events.extend(paying_events(&shown.paying.0, &shown.paying.1));
        Self {
            id: invoice.id.number(),
            version: invoice.version,
            number: invoice.number_text(),
            status: invoice.status.code(),
            status_words: rules::status_words(invoice.kind, invoice.status),
            tone: tone(invoice.kind, invoice.status),
            state: state_words(&invoice, owed.total, (may.approve, own)),
            matches: matches(&shown.compared),
            lines: shown.compared,
            events,
            original: shown.original.as_ref().map(Reference::new),
            owed: owed.total,
            budget_pays: fund_seen.then_some(owed.budget),
            vat_lost: fund_seen.then(|| owed.budget - owed.net),
            who_decides: rules::who_decides(parties, own).to_owned(),
            own,
            who_pays: rules::who_pays(parties.form, own).to_owned(),
            may_approve: may.approve,
            may_consent: may.consent,
            asks: shown.asking.map(AsksShown::new),
            may_query: may.query,
            may_credit: may.credit,
            may_pay: may.settle && is_invoice && shown.pay_stopped.is_none(),
            pay_stopped: shown.pay_stopped,
            payee: shown.payee,
            trustees: shown.trustees,
            may_refund: may.settle && !is_invoice,
            today: shown.today.format("%-d %-m %Y").to_string(),
            paper_href: format!("/invoices/{}/paper", invoice.id),
            paper_sha256: shown.paper_sha256,
            credit_notes: credit_notes.iter().map(Reference::new).collect(),
            sheet: shown.sheet,
            query_reason: invoice.query_reason,
        }
    }
}

/// The first line of an invoice's page; `yours` where the actor may decide on it, `own` where the support is theirs.
fn state_words(invoice: &Invoice, owed: Pence, (yours, own): (bool, bool)) -> String {
    let parties = &invoice.parties;
    let due = calendar::full(invoice.due_on);
    match (invoice.kind, invoice.status) {
        (InvoiceKind::CreditNote, InvoiceStatus::Approved) => {
            format!("{} owes {} back.", invoice.provider_name, invoice.total)
        }
        (InvoiceKind::CreditNote, InvoiceStatus::Paid) => format!("{} was paid back.", invoice.total),
        (InvoiceKind::CreditNote, _) => format!("{} was taken off the invoice.", invoice.total),
        (_, InvoiceStatus::Issued) if yours => {
            format!("{owed} waits for you to approve or to query. It is due on {due}.")
        }
        (_, InvoiceStatus::Issued) => {
            let who = rules::who_decides(parties, own);
            format!("{owed} waits to be decided on by {who}. It is due on {due}.")
        }
        (_, InvoiceStatus::Queried) => format!("{owed} was queried. It is not paid until that is settled."),
        (_, InvoiceStatus::Approved) => {
            format!("{owed} is approved. It is due on {due}, from {}.", rules::who_pays(parties.form, own))
        }
        (_, InvoiceStatus::Paid) => format!("{} was paid.", invoice.total),
        (_, InvoiceStatus::Credited) => "All of it was credited. Nothing is owed.".to_owned(),
    }
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
    pub fn new(asking: Asking) -> Self {
        let (open, yes) = (asking.is_open(), asking.yes.as_ref().map(yes_words));
        Self { open, rule: consent::rules::words(asking.set.as_ref()), reasons: asking.reasons, yes }
    }
}

/// Whether the lines are what was agreed and delivered, in a sentence.
fn matches(lines: &[Compared]) -> String {
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

impl Compared {
    /// Words a line beside what was agreed of it and its deliveries; `credited` is what was taken back, and a delivery that is
    /// not in `seen` counts and is not named.
    #[must_use]
    pub fn new(
        (place, line): (usize, &InvoiceLine),
        agreed: &OrderLine,
        deliveries: &[&Delivery],
        seen: impl Fn(&Delivery) -> bool,
        credited: Quantity,
    ) -> Self {
        // Of visits those parts count that are billed here.
        let given = |found: &&&Delivery| match agreed.times.is_planned() {
            true => found.parts().iter().any(|part| line.bills(agreed, part)),
            false => true,
        };
        let deliveries: Vec<&Delivery> = deliveries.iter().filter(given).copied().collect();
        let much = |found: &Delivery| match agreed.times.is_planned() {
            true => found
                .parts()
                .iter()
                .filter(|part| line.bills(agreed, part))
                .map(|part| part.quantity.hundredths())
                .sum(),
            false => found.quantity.hundredths(),
        };
        let confirmed = Quantity::from_hundredths(deliveries.iter().copied().map(much).sum());
        let is_fee = agreed.kind == OrderLineKind::Fee;
        let (difference, differs) = rules::difference(line, agreed, (!is_fee).then_some(confirmed), credited);
        let days = deliveries.iter().filter(|found| seen(found)).map(|found| calendar::short(found.on));
        Self {
            id: place + 1,
            description: line.description.clone(),
            agreed: match agreed.times.is_planned() {
                true => times::price_words(&agreed.times.parts).join("; "),
                false => format!("{} in all, {} for one", amount(agreed.quantity, &agreed.unit), agreed.unit_price),
            },
            delivered: if is_fee {
                format!("{} passed", amount(line.quantity, &line.unit))
            } else {
                let days: Vec<String> = days.collect();
                format!("{} confirmed: {}", amount(confirmed, &line.unit), days.join(", "))
            },
            billed: match line.base == Quantity::ONE {
                true => format!("{}, {} for one", amount(line.quantity, &line.unit), line.unit_price),
                false => {
                    let per = visits::per(&line.unit, line.base);
                    format!("{}, {} {per}", amount(line.quantity, &line.unit), line.unit_price)
                }
            },
            difference,
            differs,
        }
    }
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
fn events(invoice: &Invoice, credit_notes: &[Invoice], own: bool) -> Vec<Happened> {
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
        events.push(event(on, what.to_owned(), answered_by(authority, own).to_owned(), reason));
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
fn paying_events(said: &[Confirmation], exceptions: &[DutyException]) -> Vec<Happened> {
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
