//! What comes on an invoice, to whom it is addressed, who decides on it, and what a credit note takes back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::{Addressee, Billed, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, Parties, Sums, TaxTerms};
use crate::auth::rights::{ActingFor, Actor, Approval, Approve, NoSecondFactor, SeeMoney};
use crate::budgets::Payer;
use crate::calendar;
use crate::consent;
use crate::deliveries::Delivery;
use crate::directory::PricePart;
use crate::directory::rules::visits;
use crate::error::{Error, Invalid};
use crate::ids::{OrganisationId, UserId};
use crate::ledger::rules::Credited;
use crate::money::{BasisPoints, Pence, Quantity, line_net_per};
use crate::packages::{Order, OrderLine};
use crate::people::rules::vat_on;
use crate::people::{VatRegistration, VatStatus};
use crate::vat::{self, Category, DocumentLine, Form, PackageLine, costing, document};

/// Within how many days an invoice must be paid (Procurement Act 2023 s.68 and s.73; our terms for everybody).
const DAYS_TO_PAY: u64 = 30;

/// How many days of a line are named one by one.
const DAYS_NAMED: usize = 7;

/// Why an invoice cannot be made, decided on or credited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing to bill.
    #[error(
        "There is nothing to bill: no delivery of this order is confirmed and not billed yet, and no week's fee is open."
    )]
    Nothing,
    /// VAT refuses.
    #[error("{0}.")]
    Vat(String),
    /// The provider's registration does not fit the class under which it was ordered.
    #[error(
        "{what} was ordered from a provider {ordered} for VAT. On {}, {provider} is {now}. Ask for a new order: VAT follows the day of delivery.",
        calendar::full(*.on)
    )]
    Registration {
        /// The line.
        what: String,
        /// The provider.
        provider: String,
        /// What the class needs.
        ordered: &'static str,
        /// What the provider is.
        now: &'static str,
        /// The day on which it was delivered.
        on: NaiveDate,
    },
    /// Not a provider of the order.
    #[error("Only a provider with something in this order may make an invoice for it.")]
    NotTheProvider,
    /// Somebody who works for whoever sent it.
    #[error("Nobody decides on an invoice that their own organisation sent.")]
    OwnInvoice,
    /// Somebody else decides.
    #[error("This invoice is decided on by {0}.")]
    SomebodyElseDecides(&'static str),
    /// A mandate that does not reach so far.
    #[error(
        "Your mandate reaches bills of up to {0}. The person decides on this one, or somebody whose mandate goes further."
    )]
    BeyondMandate(Pence),
    /// Whoever holds the money must ask first.
    #[error("Somebody who speaks for the person must say yes to this invoice first. {0}")]
    MustAsk(String),
    /// A yes that nobody asked for.
    #[error(
        "Nobody needs to say yes to this invoice: whoever holds the money may approve it, or the person decides themself."
    )]
    NobodyAsks,
    /// Somebody who does not speak for the person.
    #[error("Only the person, or somebody whose mandate approves bills of this amount, says yes to this invoice.")]
    NotYoursToSay,
    /// Somebody else pays.
    #[error("This invoice is paid by {0}.")]
    SomebodyElsePays(&'static str),
    /// It is theirs, but not in this session.
    #[error(transparent)]
    NoSecondFactor(#[from] NoSecondFactor),
    /// The document is not at that point.
    #[error("{0} cannot be {1} now: it is in the state “{2}”.")]
    NotNow(String, &'static str, &'static str),
    /// A credit note is not decided on.
    #[error("A credit note stands as it is: it cannot be {0}.")]
    CreditNote(&'static str),
    /// The fund has ended and its money has gone back.
    #[error(
        "This fund ended on {} and its final account is made, so nothing can be credited to it. Pay back what you owe to the council.",
        calendar::full(*.0)
    )]
    FundEnded(NaiveDate),
    /// Nothing would be credited.
    #[error("Enter how much of at least one line is credited.")]
    NothingCredited,
    /// More would be credited than is left.
    #[error("{left} of “{what}” can still be credited. Enter that much or less.")]
    MoreThanBilled {
        /// The line's place on the invoice, from 0.
        place: usize,
        /// What the line is.
        what: String,
        /// What is left of it.
        left: String,
    },
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::NotTheProvider
            | Refusal::OwnInvoice
            | Refusal::SomebodyElseDecides(_)
            | Refusal::BeyondMandate(_)
            | Refusal::NotYoursToSay
            | Refusal::SomebodyElsePays(_) => Self::Forbidden(sentence),
            Refusal::NoSecondFactor(missing) => missing.into(),
            Refusal::NotNow(..) => Self::Conflict(sentence),
            Refusal::MoreThanBilled { place, .. } => Self::Invalid(Invalid::field(&line_field(place), sentence)),
            _ => Self::Refused(sentence),
        }
    }
}

/// The name of the field for a line of the invoice that is credited.
#[must_use]
pub fn line_field(place: usize) -> String {
    format!("line-{}", place + 1)
}

// ---- what comes on an invoice ----

/// The lines of an invoice: quantity by price, each rounded once, VAT once for each category and rate, and what the budget pays.
///
/// # Errors
/// When there is nothing, or when VAT refuses.
pub fn draft(billed: &[Billed<'_>], terms: TaxTerms, tax_point: NaiveDate) -> Result<Vec<InvoiceLine>, Refusal> {
    if billed.is_empty() {
        return Err(Refusal::Nothing);
    }
    let refused = |refusal: vat::Refusal| Refusal::Vat(refusal.to_string());
    let on_document = |billed: &Billed<'_>| DocumentLine {
        net: billed.net(),
        class: billed.line.class,
        declaration: billed.line.declaration,
    };
    let nets: Vec<DocumentLine> = billed.iter().map(on_document).collect();
    let taxed = document(&nets, terms.arrangement.recipient(), tax_point).map_err(refused)?;
    let costs = costing(&costed(&nets), terms.arrangement, terms.recovery, tax_point).map_err(refused)?;
    let line = |(place, billed): (usize, &Billed<'_>)| InvoiceLine {
        order_line: billed.line.id,
        description: billed.description.clone(),
        unit: billed.unit.clone(),
        quantity: billed.quantity,
        unit_price: billed.price,
        base: billed.base,
        class: billed.line.class,
        category: taxed.line_treatments[place].category,
        rate: taxed.line_treatments[place].rate,
        net: nets[place].net,
        vat: taxed.line_vat[place],
        budget: costs.lines[place].budget_pays,
        ground: taxed.line_treatments[place].ground.to_string(),
    };
    Ok(billed.iter().enumerate().map(line).collect())
}

/// The lines of one document as the costing takes them: one provider, so VAT is rounded as on the document.
fn costed(lines: &[DocumentLine]) -> Vec<PackageLine> {
    let line = |line: &DocumentLine| PackageLine {
        provider: 0,
        net: line.net,
        class: line.class,
        declaration: line.declaration,
    };
    lines.iter().map(line).collect()
}

/// Whether the class under which a line was ordered fits the provider's registration on the day on which it was delivered:
/// nobody who is not registered charges VAT, and nobody who is leaves it out (VATA 1994 Sch 1, Sch 11; what is delivered before
/// a registration begins carries none, domain reference 4.7 example 9).
///
/// # Errors
/// That it does not fit.
pub fn check_registration(line: &OrderLine, history: &[VatRegistration], on: NaiveDate) -> Result<(), Refusal> {
    let registered = vat_on(history, on).is_some_and(|said| said.status == VatStatus::Registered);
    if line.class.registered().is_none_or(|needed| needed == registered) {
        return Ok(());
    }
    let words = |registered: bool| if registered { "registered" } else { "not registered" };
    Err(Refusal::Registration {
        what: line.description.clone(),
        provider: line.provider_name.clone(),
        ordered: words(!registered),
        now: words(registered),
        on,
    })
}

/// The sums of some lines.
#[must_use]
pub fn sums(lines: &[InvoiceLine]) -> Sums {
    let mut sums = Sums::default();
    for line in lines {
        sums.net += line.net;
        sums.vat += line.vat;
        sums.budget += line.budget;
    }
    sums.total = sums.net + sums.vat;
    sums
}

/// The VAT of one category and rate of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VatGroup {
    /// The category.
    pub category: Category,
    /// The rate.
    pub rate: BasisPoints,
    /// Why.
    pub ground: String,
    /// The lines without VAT.
    pub net: Pence,
    /// The VAT on them.
    pub vat: Pence,
}

/// The VAT groups of some lines, in the order in which they first come.
#[must_use]
pub fn groups(lines: &[InvoiceLine]) -> Vec<VatGroup> {
    let mut groups: Vec<VatGroup> = vec![];
    for line in lines {
        let same = |group: &&mut VatGroup| (group.category, group.rate) == (line.category, line.rate);
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.net += line.net;
                group.vat += line.vat;
            }
            None => groups.push(VatGroup {
                category: line.category,
                rate: line.rate,
                ground: line.ground.clone(),
                net: line.net,
                vat: line.vat,
            }),
        }
    }
    groups
}

/// What visits of an order line come to on a document: each part of their prices with the days on which it was given.
#[must_use]
pub fn billed_visits<'a>(line: &'a OrderLine, delivered: &[&Delivery]) -> Vec<Billed<'a>> {
    let days = |part: &PricePart| {
        let with = delivered.iter().filter(|found| found.parts().iter().any(|other| other.is_like(part)));
        let days: BTreeSet<NaiveDate> = with.map(|found| found.on).collect();
        days_words(&days)
    };
    let parts = visits::together(delivered.iter().flat_map(|found| found.parts()));
    parts.iter().map(|part| Billed::of_part(line, part, &days(part))).collect()
}

/// Days on a document: each of some, else how many there are and from when until when.
fn days_words(days: &BTreeSet<NaiveDate>) -> String {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) if days.len() > DAYS_NAMED => {
            format!("{} days from {} to {}", days.len(), calendar::short(*first), calendar::short(*last))
        }
        _ => days.iter().map(|day| calendar::short(*day)).collect::<Vec<_>>().join(", "),
    }
}

/// The last day to pay.
#[must_use]
pub fn due_on(issued_on: NaiveDate) -> NaiveDate {
    issued_on.checked_add_days(Days::new(DAYS_TO_PAY)).unwrap_or(issued_on)
}

/// How many weeks of an order have passed before a day, and so may be billed as a fee.
#[must_use]
pub fn weeks_passed(order: &Order, today: NaiveDate) -> i64 {
    ((today - order.starts_on).num_days() / 7).clamp(0, order.weeks)
}

/// On which day a week of an order begins, counted from 0.
#[must_use]
pub fn week_begins(order: &Order, week: i64) -> NaiveDate {
    let days = Days::new(u64::try_from(week * 7).unwrap_or(0));
    order.starts_on.checked_add_days(days).unwrap_or(order.starts_on)
}

// ---- to whom ----

/// Everybody to whom an invoice could be addressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    /// The person.
    pub person: Addressee,
    /// The council.
    pub council: Addressee,
    /// The organisation that holds the fund.
    pub holder: Option<(OrganisationId, Addressee)>,
    /// The name of the nominated or authorised person who holds the payment.
    pub nominee: Option<String>,
}

/// To whom an invoice of a provider is addressed: it follows from who must pay and is never typed (domain reference 4.6,
/// trap 25). An agent gets the letter and is not the customer. What a holder sells as principal itself goes to the council
/// that pays for it: nobody sends an invoice to themselves.
#[must_use]
pub fn addressee(payer: Payer, provider: OrganisationId, around: &Around) -> Addressee {
    let other_holder = around.holder.as_ref().filter(|(holder, _)| *holder != provider).map(|(_, holder)| holder);
    let in_care_of = |customer: &Addressee, agent: &Addressee| Addressee {
        name: customer.name.clone(),
        address: care_of(&agent.name, &agent.address),
    };
    match payer {
        Payer::Person => other_holder.map_or(around.person.clone(), |agent| in_care_of(&around.person, agent)),
        Payer::Council => other_holder.map_or(around.council.clone(), |agent| in_care_of(&around.council, agent)),
        Payer::Nominee => Addressee {
            name: around.person.name.clone(),
            address: care_of(around.nominee.as_deref().unwrap_or_default(), &around.person.address),
        },
        Payer::Trust | Payer::Holder => other_holder.unwrap_or(&around.council).clone(),
    }
}

fn care_of(name: &str, address: &[String]) -> Vec<String> {
    let first = (!name.is_empty()).then(|| format!("care of {name}"));
    first.into_iter().chain(address.iter().cloned()).collect()
}

/// Whether the person's name may stand on the document: only where it is addressed to them.
#[must_use]
pub const fn names_person(payer: Payer) -> bool {
    matches!(payer, Payer::Person | Payer::Nominee)
}

// ---- who sees, who decides, who pays ----

/// Whether an actor sees an invoice: its provider, the person and those who act for them, the holder, the council.
#[must_use]
pub fn sees(actor: &Actor, parties: &Parties) -> bool {
    actor.providers().contains(&parties.provider) || sees_fund(actor, parties)
}

/// Whether an actor sees the fund behind an invoice, and so what it costs the budget.
#[must_use]
pub fn sees_fund(actor: &Actor, parties: &Parties) -> bool {
    actor.may::<SeeMoney>(parties.person)
        || actor.looks_into(parties.person, parties.council)
        || parties.holder.is_some_and(|holder| actor.holders().contains(&holder))
        || actor.is_nominee(parties.nominee, parties.person)
}

/// The authority under which an actor may approve an invoice, in words.
///
/// Whoever pays decides; an agent may for whom they act, up to the amount that their mandate names; nobody decides on what
/// their own organisation sent.
///
/// # Errors
/// Who decides.
pub fn may_approve(actor: &Actor, parties: &Parties, amount: Pence) -> Result<String, Refusal> {
    if actor.works_for(parties.provider) {
        return Err(Refusal::OwnInvoice);
    }
    let acting = actor.acting_for::<Approve>(parties.person);
    let for_person = || acting.as_ref().filter(|right| right.reach().covers(amount)).map(|right| Ok(right.authority()));
    // The holder's own invoice is never the holder's to decide on.
    let as_holder = || {
        let holder = parties.holder.filter(|holder| *holder != parties.provider)?;
        actor.holder_finance(holder).map(|right| right.map(|right| right.authority()))
    };
    let as_council = || finance_of(actor, parties);
    let own = parties.holder == Some(parties.provider);
    let found = match parties.payer {
        Payer::Person | Payer::Nominee | Payer::Trust => for_person().or_else(as_holder),
        Payer::Holder if own => for_person(),
        Payer::Holder => as_holder(),
        Payer::Council => as_council().or_else(as_holder),
    };
    let refused = || match acting.as_ref().map(ActingFor::reach) {
        Some(reach @ Approval::UpTo(most)) if !reach.covers(amount) => Refusal::BeyondMandate(most),
        _ => Refusal::SomebodyElseDecides(who_decides(parties, false)),
    };
    Ok(found.ok_or_else(refused)??)
}

/// Whether somebody is offered a deed: they may do it, or they may once they have a second factor.
#[must_use]
pub const fn is_offered<T>(right: &Result<T, Refusal>) -> bool {
    matches!(right, Ok(_) | Err(Refusal::NoSecondFactor(_)))
}

/// Whether the person must agree before whoever holds their money approves an invoice: in a fund that somebody else holds
/// and pays from, unless only the person can decide anyway, as on the holder's own invoices to them, or somebody has decided.
#[must_use]
pub fn is_asked_about(invoice: &Invoice) -> bool {
    let parties = &invoice.parties;
    let only_person = parties.holder == Some(parties.provider) && parties.payer != Payer::Council;
    is_undecided(invoice) && consent::rules::applies_to(parties.form) && !only_person
}

/// The right to say yes for the person to an invoice of an amount: their own, or a mandate's that approves so much; not for
/// somebody who works for whoever sent it or for whoever holds the money.
///
/// # Errors
/// For all others.
pub fn speaks_for_person(actor: &Actor, parties: &Parties, amount: Pence) -> Result<ActingFor<Approve>, Refusal> {
    let partial = actor.works_for(parties.provider) || parties.holder.is_some_and(|holder| actor.works_for(holder));
    let right = actor.acting_for::<Approve>(parties.person).filter(|right| right.reach().covers(amount));
    right.filter(|_| !partial).ok_or(Refusal::NotYoursToSay)
}

/// Who decides on an invoice, in words; said to the person themself where it is their `own`.
#[must_use]
pub fn who_decides(parties: &Parties, own: bool) -> &'static str {
    let by_holder = parties.holder == Some(parties.provider);
    match (parties.payer, by_holder, parties.holder) {
        (Payer::Person | Payer::Nominee | Payer::Trust, false, Some(_)) if own => {
            "you, somebody who acts for you, or the fund holder"
        }
        (Payer::Person | Payer::Nominee | Payer::Trust, false, Some(_)) => {
            "the person, somebody who acts for them, or the fund holder"
        }
        (Payer::Person | Payer::Nominee | Payer::Trust, ..) | (Payer::Holder, true, _) if own => {
            "you, or somebody who acts for you"
        }
        (Payer::Person | Payer::Nominee | Payer::Trust, ..) | (Payer::Holder, true, _) => {
            "the person, or somebody who acts for them"
        }
        (Payer::Holder, ..) => "the fund holder",
        (Payer::Council, false, Some(_)) => "the council’s finance officer, or the fund holder as its agent",
        (Payer::Council, ..) => "the council’s finance officer",
    }
}

/// The authority under which an actor may query an invoice: whoever may approve it, and always the person.
///
/// # Errors
/// Who decides.
pub fn may_query(actor: &Actor, parties: &Parties) -> Result<String, Refusal> {
    let refused = match may_approve(actor, parties, Pence::ZERO) {
        Err(Refusal::SomebodyElseDecides(who)) => Refusal::SomebodyElseDecides(who),
        settled => return settled,
    };
    actor.acting_for::<Approve>(parties.person).map(|right| right.authority()).ok_or(refused)
}

/// The authority under which an actor may record that an invoice was paid: whoever holds the money.
///
/// # Errors
/// Who pays.
pub fn may_pay(actor: &Actor, parties: &Parties) -> Result<String, Refusal> {
    let for_person = || actor.acting_for::<Approve>(parties.person).map(|right| Ok(right.authority()));
    let as_holder = || {
        let right = parties.holder.and_then(|holder| actor.holder_finance(holder))?;
        Some(right.map(|right| right.authority()))
    };
    let as_nominee = || {
        let is_nominee = actor.is_nominee(parties.nominee, parties.person);
        is_nominee.then(|| Ok("the person who holds the payment for them".to_owned()))
    };
    let found = match parties.form {
        Form::DirectPayment => for_person(),
        Form::IndirectPayment => for_person().or_else(as_nominee),
        // The money is in the trust's account: its trustees pay, and nobody pays alone (see `organisations`).
        Form::TrustFund | Form::BrokeredFund | Form::IndividualServiceFund => as_holder(),
        Form::CareManaged => finance_of(actor, parties),
    };
    Ok(found.ok_or(Refusal::SomebodyElsePays(who_pays(parties.form, false)))??)
}

/// Who pays from a fund of a form, in words; said to the person themself where it is their `own`.
#[must_use]
pub const fn who_pays(form: Form, own: bool) -> &'static str {
    match form {
        Form::DirectPayment if own => "you, or somebody who acts for you",
        Form::DirectPayment => "the person, or somebody who acts for them",
        Form::IndirectPayment if own => "the person who holds the payment for you",
        Form::IndirectPayment => "the person who holds the payment",
        Form::TrustFund => "the trustees",
        Form::BrokeredFund | Form::IndividualServiceFund => "the fund holder",
        Form::CareManaged => "the council",
    }
}

fn finance_of(actor: &Actor, parties: &Parties) -> Option<Result<String, NoSecondFactor>> {
    actor.council_finance(parties.council).map(|finance| finance.map(|finance| finance.authority()))
}

/// The organisation for which whoever pays acts: the holder or the council; nothing where the person or a nominee pays.
#[must_use]
pub const fn paying_organisation(parties: &Parties) -> Option<OrganisationId> {
    match parties.form {
        Form::DirectPayment | Form::IndirectPayment => None,
        Form::TrustFund | Form::BrokeredFund | Form::IndividualServiceFund => parties.holder,
        Form::CareManaged => Some(parties.council),
    }
}

/// Whoever issued an invoice does not approve it, wherever they work by now.
///
/// # Errors
/// When it is the same person.
pub fn check_not_issuer(invoice: &Invoice, approver: UserId) -> Result<(), Refusal> {
    if invoice.issued_by == approver { Err(Refusal::OwnInvoice) } else { Ok(()) }
}

// ---- states ----

/// Checks that an invoice can be approved or queried (`done` completes "cannot be ...").
///
/// # Errors
/// Why it cannot be.
pub fn check_undecided(invoice: &Invoice, done: &'static str) -> Result<(), Refusal> {
    if invoice.kind == InvoiceKind::CreditNote {
        return Err(Refusal::CreditNote(done));
    }
    match invoice.status {
        InvoiceStatus::Issued | InvoiceStatus::Queried => Ok(()),
        status => Err(Refusal::NotNow(invoice.number_text(), done, status.words())),
    }
}

/// Whether nobody has decided on an invoice, or somebody has asked about it.
#[must_use]
pub fn is_undecided(invoice: &Invoice) -> bool {
    check_undecided(invoice, "decided on").is_ok()
}

/// Checks that an invoice can be paid.
///
/// # Errors
/// Why it cannot be.
pub fn check_payable(invoice: &Invoice) -> Result<(), Refusal> {
    if invoice.kind == InvoiceKind::CreditNote {
        return Err(Refusal::CreditNote("paid"));
    }
    match invoice.status {
        InvoiceStatus::Approved => Ok(()),
        status => Err(Refusal::NotNow(invoice.number_text(), "paid", status.words())),
    }
}

/// How far an invoice had come when it is credited.
///
/// # Errors
/// When it is a credit note, or was credited whole.
pub fn credited_when(invoice: &Invoice) -> Result<Credited, Refusal> {
    if invoice.kind == InvoiceKind::CreditNote {
        return Err(Refusal::CreditNote("credited"));
    }
    match invoice.status {
        InvoiceStatus::Issued | InvoiceStatus::Queried => Ok(Credited::BeforeApproval),
        InvoiceStatus::Approved => Ok(Credited::BeforePayment),
        InvoiceStatus::Paid => Ok(Credited::AfterPayment),
        status @ InvoiceStatus::Credited => Err(Refusal::NotNow(invoice.number_text(), "credited", status.words())),
    }
}

/// Checks that the fund of an invoice goes on: what came back to one that has ended would be nobody's.
///
/// # Errors
/// When it has ended.
pub fn check_fund_goes_on(ended_on: Option<NaiveDate>) -> Result<(), Refusal> {
    ended_on.map_or(Ok(()), |last| Err(Refusal::FundEnded(last)))
}

/// The state of an invoice after a credit note: a query is answered by it, and a whole credit ends it.
#[must_use]
pub const fn after_credit(status: InvoiceStatus, whole: bool) -> InvoiceStatus {
    match status {
        _ if whole => InvoiceStatus::Credited,
        InvoiceStatus::Queried => InvoiceStatus::Issued,
        other => other,
    }
}

/// The state in which a credit note begins: the money must come back, or nothing is left to do.
#[must_use]
pub const fn credit_note_begins(when: Credited) -> InvoiceStatus {
    match when {
        Credited::BeforeApproval | Credited::BeforePayment => InvoiceStatus::Credited,
        Credited::AfterPayment => InvoiceStatus::Approved,
    }
}

/// The state of a document in words.
#[must_use]
pub const fn status_words(kind: InvoiceKind, status: InvoiceStatus) -> &'static str {
    match (kind, status) {
        (InvoiceKind::CreditNote, InvoiceStatus::Approved) => "The provider owes it back",
        (InvoiceKind::CreditNote, InvoiceStatus::Paid) => "Paid back",
        (InvoiceKind::CreditNote, _) => "Taken off the invoice",
        (InvoiceKind::Invoice, status) => status.words(),
    }
}

/// What is owed of an invoice after its credit notes, in all its sums.
#[must_use]
pub fn owed(invoice: &Invoice, credit_notes: &[Invoice]) -> Sums {
    credit_notes.iter().fold(Sums::of(invoice), |left, note| left.less(Sums::of(note)))
}

// ---- credit ----

/// One line of an invoice with what was credited of it before and what shall be now.
#[derive(Clone, Debug)]
pub struct CreditLine {
    /// The line as it was billed.
    pub line: InvoiceLine,
    /// For goods: whether the person's declaration was held.
    pub declaration: bool,
    /// What earlier credit notes took back.
    pub before: Quantity,
    /// What this one shall take back.
    pub now: Quantity,
}

impl CreditLine {
    /// What can still be credited.
    #[must_use]
    pub fn left(&self) -> Quantity {
        Quantity::from_hundredths(self.line.quantity.hundredths() - self.before.hundredths())
    }

    /// The line up to some quantity, as a document has it.
    fn up_to(&self, quantity: i64) -> DocumentLine {
        DocumentLine {
            net: line_net_per(self.line.unit_price, Quantity::from_hundredths(quantity), self.line.base),
            class: self.line.class,
            declaration: self.declaration,
        }
    }

    fn key(&self) -> (Category, BasisPoints) {
        (self.line.category, self.line.rate)
    }
}

/// The lines of a credit note. Amounts are counted up from the first credited unit, and VAT for each category and rate, so
/// that all credit notes of an invoice together never take back a penny more or less than the invoice.
///
/// # Errors
/// When nothing, or more than is left, would be credited.
pub fn credit_lines(lines: &[CreditLine], terms: TaxTerms, issued_on: NaiveDate) -> Result<Vec<InvoiceLine>, Refusal> {
    check_credit(lines)?;
    let whole = |until: fn(&CreditLine) -> i64| -> Result<_, Refusal> {
        let up_to: Vec<DocumentLine> = lines.iter().map(|line| line.up_to(until(line))).collect();
        let costs = costing(&costed(&up_to), terms.arrangement, terms.recovery, issued_on);
        costs.map_err(|refusal| Refusal::Vat(refusal.to_string()))
    };
    let before = whole(|line| line.before.hundredths())?;
    let after = whole(|line| line.before.hundredths() + line.now.hundredths())?;
    let mut taken: Vec<InvoiceLine> = vec![];
    let mut groups: BTreeMap<(Category, BasisPoints), (Pence, Pence, Vec<usize>)> = BTreeMap::new();
    for (line, (was, is)) in lines.iter().zip(before.lines.iter().zip(&after.lines)) {
        let (vat, lost, places) = groups.entry(line.key()).or_default();
        *vat += is.vat_charged - was.vat_charged;
        *lost += (is.budget_pays - is.net) - (was.budget_pays - was.net);
        if line.now.hundredths() > 0 {
            places.push(taken.len());
            taken.push(InvoiceLine { quantity: line.now, net: is.net - was.net, ..line.line.clone() });
        }
    }
    for (vat, lost, places) in groups.into_values() {
        let weights: Vec<i64> = places.iter().map(|place| taken[*place].net.pence()).collect();
        for (place, (vat, lost)) in places.iter().zip(vat.split(&weights).into_iter().zip(lost.split(&weights))) {
            taken[*place].vat = vat;
            taken[*place].budget = taken[*place].net + lost;
        }
    }
    Ok(taken)
}

fn check_credit(lines: &[CreditLine]) -> Result<(), Refusal> {
    for (place, line) in lines.iter().enumerate() {
        if line.now > line.left() {
            let left = crate::deliveries::rules::amount(line.left(), &line.line.unit);
            return Err(Refusal::MoreThanBilled { place, what: line.line.description.clone(), left });
        }
    }
    if lines.iter().all(|line| line.now.hundredths() == 0) { Err(Refusal::NothingCredited) } else { Ok(()) }
}

/// Whether nothing is left of an invoice after a credit note.
#[must_use]
pub fn is_whole(lines: &[CreditLine]) -> bool {
    lines.iter().all(|line| line.left() == line.now)
}

// ---- agreed, delivered, billed ----

/// The difference between what was agreed, delivered and billed, in one sentence; and whether there is one.
#[must_use]
pub fn difference(
    billed: &InvoiceLine,
    agreed: &OrderLine,
    confirmed: Option<Quantity>,
    credited: Quantity,
) -> (String, bool) {
    let words = |hundredths: i64| crate::deliveries::rules::amount(Quantity::from_hundredths(hundredths), &billed.unit);
    let mut sentences = vec![];
    match agreed.times.is_planned() {
        true if !agreed.times.parts.iter().any(|part| billed.bills(agreed, part)) => {
            sentences.push("No visit at this price was planned: see on what was given why it is charged.".to_owned());
        }
        false if billed.unit_price != agreed.unit_price => {
            sentences.push(format!("The price is {}, agreed were {}.", billed.unit_price, agreed.unit_price));
        }
        _ => {}
    }
    if let Some(confirmed) = confirmed {
        let more = billed.quantity.hundredths() - confirmed.hundredths();
        match more {
            1.. => sentences.push(format!("{} more was billed than was confirmed.", words(more))),
            0 => {}
            _ => sentences.push(format!("{} less was billed than was confirmed.", words(-more))),
        }
    }
    if credited.hundredths() > 0 {
        sentences.push(format!("{} of it was credited.", words(credited.hundredths())));
    }
    if sentences.is_empty() {
        let what = if confirmed.is_some() { "what was confirmed" } else { "the weeks that have passed" };
        return (format!("No difference: billed is {what}, at the agreed price."), false);
    }
    (sentences.join(" "), true)
}

#[cfg(test)]
pub(crate) mod tests;
