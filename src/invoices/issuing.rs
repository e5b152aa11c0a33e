//! The verbs that make a document: gather what is to be billed, give it a number, keep its paper, move the money. Each runs
//! whole inside one transaction.

use chrono::{DateTime, NaiveDate, Utc};

use super::asking;
use super::pages::{Sheet, SheetFacts, address_lines};
use super::rules::{self, Around, CreditLine, Refusal};
use super::store::{self, Decision, NewInvoice};
use super::{
    Addressee, Billed, CreditAsked, Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, Parties, Subject, Sums, TaxTerms,
    number_text,
};
use crate::audit::Act;
use crate::auth::rights::{Actor, Approve, ProviderFinance};
use crate::budgets::{self, Fund, Payer};
use crate::calendar;
use crate::communication;
use crate::db::Tx;
use crate::deliveries::{self, Delivery};
use crate::error::Error;
use crate::ids::{DeliveryId, FundId, InvoiceId, MandateId, OrderId, OrganisationId, UserId};
use crate::ledger::{self, EntryKind, Posting};
use crate::money::{Pence, Quantity};
use crate::packages::{Order, OrderLine, OrderLineKind, store as orders_store};
use crate::paper::{self, PaperKind, Print};
use crate::people::{Organisation, Person, VatRegistration, VatStatus, store as people_store};
use crate::render::Renderer;
use crate::vat::VatNumber;
use crate::web::token::sha256;

/// What every verb here needs besides its subject.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Makes the paper.
    pub renderer: &'a Renderer,
    /// Who acts.
    pub actor: &'a Actor,
    /// The present.
    pub now: DateTime<Utc>,
}

impl Desk<'_> {
    /// Today in London.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        calendar::london(self.now).date()
    }
}

/// A document that is ready to be issued.
pub struct Prepared {
    /// What it bills.
    pub subject: Subject,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// The document as it would look, without a number.
    pub sheet: Sheet,
    order: Order,
    provider: Organisation,
    vat_number: Option<VatNumber>,
    addressee: Addressee,
    payer: Payer,
    person_reference: String,
    support_for: String,
    period: (NaiveDate, NaiveDate),
    deliveries: Vec<DeliveryId>,
    /// What the deliveries are worth in the books; for a fee, what its weeks are.
    worth: Pence,
}

impl Prepared {
    /// Stands for what was shown: what is issued must be the same.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let ids: Vec<String> = self.deliveries.iter().map(DeliveryId::to_string).collect();
        let sheet = &self.sheet;
        let whole = format!(
            "{}|{}|{}|{}|{}|{}|{}",
            self.subject.code(),
            ids.join(","),
            sheet.net,
            sheet.total,
            sheet.addressee,
            sheet.period,
            sheet.issued_on
        );
        sha256(&whole).chars().take(16).collect()
    }
}

/// What is billed: quantities or visits of order lines over some days.
struct Billable<'a> {
    lines: Vec<Billed<'a>>,
    deliveries: Vec<DeliveryId>,
    worth: Pence,
    period: (NaiveDate, NaiveDate),
}

/// Every document that a provider could issue for an order now: one for support, one for the fee.
///
/// # Errors
/// Not found, when the actor may not know of the order; forbidden, when they have no line in it; what rules refuse.
pub fn prepare_all(tx: &mut Tx, actor: &Actor, order: OrderId, today: NaiveDate) -> Result<Vec<Prepared>, Error> {
    let order = orders_store::order(tx, actor, order)?;
    let member = actor.provider_finance()?;
    let own: Vec<OrderLine> =
        orders_store::lines_of(tx, order.id)?.into_iter().filter(|line| line.provider == member.provider()).collect();
    if own.is_empty() {
        return Err(Refusal::NotTheProvider.into());
    }
    let mut prepared = vec![];
    if let Some(billable) = support(tx, &order, &own, &member)? {
        prepared.push(prepare(tx, &order, &member, Subject::Support, billable, today)?);
    }
    if let Some(billable) = fee(tx, &order, &own, &member, today)? {
        prepared.push(prepare(tx, &order, &member, Subject::Fee, billable, today)?);
    }
    Ok(prepared)
}

/// What was delivered, confirmed and not billed.
fn support<'a>(
    tx: &mut Tx,
    order: &Order,
    own: &'a [OrderLine],
    member: &ProviderFinance,
) -> Result<Option<Billable<'a>>, Error> {
    let mut found = deliveries::store::unbilled(tx, order.id, member.provider())?;
    // What is charged with nothing stands on no bill.
    found.retain(|delivery| !delivery.is_free());
    let found = fitting(found, own, &people_store::vat_history(tx, member.provider())?)?;
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok(None);
    };
    let lines = own.iter().flat_map(|line| {
        let of_line: Vec<&Delivery> = found.iter().filter(|delivery| delivery.line == line.id).collect();
        if line.times.is_planned() {
            return rules::billed_visits(line, &of_line);
        }
        let quantity = Quantity::from_hundredths(of_line.iter().map(|found| found.quantity.hundredths()).sum());
        let any = quantity.hundredths() > 0;
        any.then(|| Billed::by_quantity(line, quantity)).into_iter().collect()
    });
    Ok(Some(Billable {
        lines: lines.collect(),
        deliveries: found.iter().map(|delivery| delivery.id).collect(),
        worth: found.iter().filter_map(|delivery| delivery.value).sum(),
        period: (first.on, last.on),
    }))
}

/// What can be billed as it was ordered: what was delivered while the provider's registration for VAT was another one waits,
/// and stops nothing that was delivered before.
fn fitting(found: Vec<Delivery>, own: &[OrderLine], history: &[VatRegistration]) -> Result<Vec<Delivery>, Refusal> {
    let line_of = |delivery: &Delivery| own.iter().find(|line| line.id == delivery.line);
    let check = |delivery: &Delivery| {
        line_of(delivery).map_or(Ok(()), |line| rules::check_registration(line, history, delivery.on))
    };
    let refused = found.iter().find_map(|delivery| check(delivery).err());
    let fits: Vec<Delivery> = found.into_iter().filter(|delivery| check(delivery).is_ok()).collect();
    match refused {
        Some(refusal) if fits.is_empty() => Err(refusal),
        _ => Ok(fits),
    }
}

/// The fee for the weeks that have passed and were not billed.
fn fee<'a>(
    tx: &mut Tx,
    order: &Order,
    own: &'a [OrderLine],
    member: &ProviderFinance,
    today: NaiveDate,
) -> Result<Option<Billable<'a>>, Error> {
    let fees: Vec<&OrderLine> = own.iter().filter(|line| line.kind == OrderLineKind::Fee).collect();
    let before = fees.iter().map(|line| store::billed(tx, line.id)).collect::<Result<Vec<_>, _>>()?;
    let history = people_store::vat_history(tx, member.provider())?;
    let last_of = |weeks: i64| rules::week_begins(order, weeks).pred_opt().unwrap_or(order.starts_on);
    let refused = |weeks: i64| {
        let check = |line: &&OrderLine| rules::check_registration(line, &history, last_of(weeks)).err();
        fees.iter().find_map(check)
    };
    let due = |weeks: i64, line: &OrderLine, before: Quantity| {
        line.quantity.hundredths() * weeks / order.weeks - before.hundredths()
    };
    let is_due = |weeks: i64| fees.iter().zip(&before).any(|(line, before)| due(weeks, line, *before) > 0);
    let passed = rules::weeks_passed(order, today);
    // Weeks that passed while the provider's registration was another one wait, and stop none before them.
    let billed_until = (1..=passed).rev().find(|weeks| refused(*weeks).is_none()).unwrap_or(0);
    if !is_due(billed_until) {
        return if is_due(passed) { refused(passed).map_or(Ok(None), |refusal| Err(refusal.into())) } else { Ok(None) };
    }
    let mut billable = Billable {
        lines: vec![],
        deliveries: vec![],
        worth: Pence::ZERO,
        period: (order.starts_on, last_of(billed_until)),
    };
    let mut weeks_billed = billed_until;
    for (line, before) in fees.iter().copied().zip(before) {
        let open = due(billed_until, line, before);
        if open > 0 {
            let open = Quantity::from_hundredths(open);
            billable.lines.push(Billed::by_quantity(line, open));
            billable.worth += deliveries::rules::value(line, before, open);
            weeks_billed = weeks_billed.min(before.hundredths() * order.weeks / line.quantity.hundredths());
        }
    }
    billable.period.0 = rules::week_begins(order, weeks_billed);
    Ok(Some(billable))
}

/// Taxes and addresses what is billed.
fn prepare(
    tx: &mut Tx,
    order: &Order,
    member: &ProviderFinance,
    subject: Subject,
    billable: Billable<'_>,
    today: NaiveDate,
) -> Result<Prepared, Error> {
    let provider = people_store::organisation(tx, member.provider())?;
    let vat_number = vat_number_on(tx, provider.id, billable.period.1)?;
    let terms = TaxTerms { arrangement: order.arrangement()?, recovery: order.recovery };
    let lines = rules::draft(&billable.lines, terms, today)?;
    let fund = budgets::store::fund_of_record(tx, order.fund)?;
    let person = people_store::person_of_record(tx, fund.person)?;
    let payer = budgets::rules::payer(terms.arrangement);
    let addressee = rules::addressee(payer, provider.id, &around(tx, &fund, &person)?);
    let support_for = support_for(payer, &person);
    let sheet = Sheet::new(&SheetFacts {
        kind: InvoiceKind::Invoice,
        number: None,
        provider: &provider,
        vat_number: vat_number.clone(),
        addressee: &addressee,
        support_for: support_for.clone(),
        issued_on: today,
        period: billable.period,
        due_on: rules::due_on(today),
        order: order.id,
        credits: None,
        lines: &lines,
    });
    Ok(Prepared {
        subject,
        lines,
        sheet,
        order: order.clone(),
        provider,
        vat_number,
        addressee,
        payer,
        person_reference: person.reference,
        support_for,
        period: billable.period,
        deliveries: billable.deliveries,
        worth: billable.worth,
    })
}

/// A provider's VAT number, if it is registered on a day.
///
/// # Errors
/// When the database fails.
pub fn vat_number_on(tx: &mut Tx, provider: OrganisationId, on: NaiveDate) -> Result<Option<VatNumber>, Error> {
    let stated = people_store::vat_on(tx, provider, on)?;
    Ok(stated.filter(|stated| stated.status == VatStatus::Registered).and_then(|stated| stated.number))
}

/// Everybody to whom an invoice on a fund could be addressed.
fn around(tx: &mut Tx, fund: &Fund, person: &Person) -> Result<Around, Error> {
    let council = people_store::organisation(tx, fund.council)?;
    let holder = fund.holder.map(|holder| people_store::organisation(tx, holder)).transpose()?;
    let nominee = fund.nominee.map(|nominee| store::name_of(tx, nominee)).transpose()?;
    let addressee = |organisation: &Organisation| Addressee {
        name: organisation.name.clone(),
        address: address_lines(&organisation.address),
    };
    Ok(Around {
        person: Addressee { name: person.name.clone(), address: address_lines(&person.address) },
        council: addressee(&council),
        holder: holder.map(|holder| (holder.id, addressee(&holder))),
        nominee,
    })
}

/// For whom the support is, in words that may travel: the name only to the person themselves.
fn support_for(payer: Payer, person: &Person) -> String {
    if rules::names_person(payer) {
        format!("{} (reference {})", person.name, person.reference)
    } else {
        format!("reference {}", person.reference)
    }
}

/// Issues an invoice: the next number of the provider's series, the paper, the rows, the money.
///
/// # Errors
/// A conflict, when what would be issued is no longer what was shown; what rules and books refuse.
pub fn issue(
    tx: &mut Tx,
    desk: &Desk<'_>,
    order: OrderId,
    subject: Option<Subject>,
    shown: Option<&str>,
) -> Result<InvoiceId, Error> {
    let all = prepare_all(tx, desk.actor, order, desk.today())?;
    let wanted = |prepared: &Prepared| subject.is_none_or(|subject| prepared.subject == subject);
    let Some(prepared) = all.into_iter().find(wanted) else {
        return Err(match shown {
            Some(_) => Error::changed_since("What can be billed"),
            None => Refusal::Nothing.into(),
        });
    };
    if shown.is_some_and(|shown| shown != prepared.fingerprint()) {
        return Err(Error::changed_since("What can be billed"));
    }
    let number = store::next_number(tx, prepared.provider.id, InvoiceKind::Invoice)?;
    let sheet = Sheet::new(&SheetFacts {
        kind: InvoiceKind::Invoice,
        number: Some(number_text(InvoiceKind::Invoice, number)),
        provider: &prepared.provider,
        vat_number: prepared.vat_number.clone(),
        addressee: &prepared.addressee,
        support_for: prepared.support_for.clone(),
        issued_on: desk.today(),
        period: prepared.period,
        due_on: rules::due_on(desk.today()),
        order: prepared.order.id,
        credits: None,
        lines: &prepared.lines,
    });
    let print = print_for(tx, prepared.order.fund, prepared.payer, desk.today())?;
    let document = keep_paper(tx, desk, PaperKind::Invoice, &sheet, print)?;
    let sums = rules::sums(&prepared.lines);
    let new = NewInvoice {
        kind: InvoiceKind::Invoice,
        number,
        provider: prepared.provider.id,
        fund: prepared.order.fund,
        order: prepared.order.id,
        credits: None,
        payer: prepared.payer,
        addressee: prepared.addressee.clone(),
        person_reference: prepared.person_reference.clone(),
        issued_on: desk.today(),
        period: prepared.period,
        due_on: rules::due_on(desk.today()),
        sums,
        status: InvoiceStatus::Issued,
        document,
    };
    let id = store::add(tx, &new, &prepared.lines, desk.actor.user(), desk.now)?;
    deliveries::store::put_on_invoice(tx, &prepared.deliveries, id)?;
    post_received(tx, desk, &prepared, id, &sheet, sums)?;
    Ok(id)
}

/// Keeps a document byte for byte.
fn keep_paper(
    tx: &mut Tx,
    desk: &Desk<'_>,
    kind: PaperKind,
    sheet: &Sheet,
    print: Print,
) -> Result<crate::ids::DocumentId, Error> {
    let body = desk.renderer.render_plain("paper/invoice.html", sheet);
    let body = body.map_err(|cause| Error::internal("the paper of an invoice", cause))?;
    let name = format!("{} {}", sheet.provider, sheet.number.as_deref().unwrap_or_default());
    paper::store::issue(tx, kind, &name, (&body, print), desk.now)
}

/// In which print a document is made: a person to whom it is addressed gets the one that they need.
fn print_for(tx: &mut Tx, fund: FundId, payer: Payer, today: NaiveDate) -> Result<Print, Error> {
    if payer != Payer::Person {
        return Ok(Print::Usual);
    }
    let person = budgets::store::fund_of_record(tx, fund)?.person;
    communication::store::print(tx, person, today)
}

/// The money of a new invoice: from delivered to invoiced. Of a fee, the weeks that passed are its delivery.
fn post_received(
    tx: &mut Tx,
    desk: &Desk<'_>,
    prepared: &Prepared,
    id: InvoiceId,
    sheet: &Sheet,
    sums: Sums,
) -> Result<(), Error> {
    let number = sheet.number.clone().unwrap_or_default();
    let mut post = |kind, description, postings| {
        let entry = entry(kind, desk.today(), description, id, postings);
        ledger::store::post(tx, prepared.order.fund, &entry, desk.actor.user(), desk.now)
    };
    if prepared.subject == Subject::Fee && !prepared.worth.is_zero() {
        let what = format!("Fund held, {}: {}", sheet.provider, sheet.period);
        post(EntryKind::Delivered, what, ledger::rules::deliver(prepared.worth))?;
    }
    let mut postings = ledger::rules::invoice_received(prepared.worth, sums.budget);
    postings.retain(|posting| !posting.amount.is_zero());
    if !postings.is_empty() {
        post(EntryKind::InvoiceReceived, format!("{number} of {}", sheet.provider), postings)?;
    }
    Ok(())
}

fn entry(kind: EntryKind, on: NaiveDate, description: String, id: InvoiceId, postings: Vec<Posting>) -> ledger::Entry {
    let source = ledger::Source { kind: "invoice", id: id.number() };
    ledger::Entry { kind, on, description, source, postings }
}

/// Whether an invoice is the holder's fee.
///
/// # Errors
/// When the database fails.
pub fn is_fee(tx: &mut Tx, invoice: &Invoice) -> Result<bool, Error> {
    let lines = store::lines(tx, invoice.id)?;
    let fees: Vec<_> = orders_store::lines_of(tx, invoice.order)?
        .into_iter()
        .filter(|line| line.kind == OrderLineKind::Fee)
        .map(|line| line.id)
        .collect();
    Ok(lines.iter().any(|line| fees.contains(&line.order_line)))
}

/// Approves what is left of an invoice after its credit notes: it is owed.
///
/// # Errors
/// Forbidden for whoever does not decide; a conflict when it is no longer as it was seen.
pub fn approve(tx: &mut Tx, actor: &Actor, id: InvoiceId, seen: i64, now: DateTime<Utc>) -> Result<(), Error> {
    let invoice = store::invoice(tx, actor, id)?;
    let authority = rules::may_approve(actor, &invoice.parties, invoice.total)?;
    rules::check_not_issuer(&invoice, actor.user())?;
    rules::check_undecided(&invoice, "approved")?;
    asking::check_yes(tx, actor, &invoice, calendar::london(now).date())?;
    let mandate = mandate_of(actor, &invoice, &authority);
    let decision = Decision { status: InvoiceStatus::Approved, reason: None, by: actor.user(), authority, mandate };
    store::decide(tx, &invoice, seen, &decision, now)?;
    let fee = is_fee(tx, &invoice)?;
    let bill = rules::owed(&invoice, &store::credit_notes(tx, id)?).bill(invoice.parties.provider, fee);
    let kind = if fee { EntryKind::Fee } else { EntryKind::InvoiceApproved };
    let description = format!("{} of {}", invoice.number_text(), invoice.provider_name);
    let on = calendar::london(now).date();
    post_unless_empty(tx, &invoice, entry(kind, on, description, id, ledger::rules::approve(&bill)), actor.user(), now)
}

/// The mandate behind an authority in words, if it is one.
fn mandate_of(actor: &Actor, invoice: &Invoice, authority: &str) -> Option<MandateId> {
    let acting = actor.acting_for::<Approve>(invoice.parties.person)?;
    if acting.authority() == authority { acting.mandate() } else { None }
}

/// Records an entry that moves something.
fn post_unless_empty(
    tx: &mut Tx,
    invoice: &Invoice,
    mut entry: ledger::Entry,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    entry.postings.retain(|posting| !posting.amount.is_zero());
    if !entry.postings.is_empty() {
        ledger::store::post(tx, invoice.fund, &entry, by, now)?;
    }
    Ok(())
}

/// Queries an invoice: it is not paid until that is settled.
///
/// # Errors
/// Forbidden for whoever does not decide; a conflict when it is no longer as it was seen.
pub fn query(
    tx: &mut Tx,
    actor: &Actor,
    id: InvoiceId,
    (seen, reason): (i64, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let invoice = store::invoice(tx, actor, id)?;
    let authority = rules::may_query(actor, &invoice.parties)?;
    rules::check_undecided(&invoice, "queried")?;
    let reason = Some(reason.to_owned());
    let mandate = mandate_of(actor, &invoice, &authority);
    let decision = Decision { status: InvoiceStatus::Queried, reason, by: actor.user(), authority, mandate };
    store::decide(tx, &invoice, seen, &decision, now)
}

/// The lines of an invoice with what was credited of them, for a provider who wants to credit it.
///
/// # Errors
/// When the database fails.
pub fn credit_lines(tx: &mut Tx, invoice: &Invoice) -> Result<Vec<CreditLine>, Error> {
    let mut taken: Vec<InvoiceLine> = vec![];
    for note in store::credit_notes(tx, invoice.id)? {
        taken.extend(store::lines(tx, note.id)?);
    }
    let ordered = orders_store::lines_of(tx, invoice.order)?;
    let line = |line: InvoiceLine| {
        let before = taken.iter().filter(|taken| taken.is_like(&line));
        CreditLine {
            before: Quantity::from_hundredths(before.map(|taken| taken.quantity.hundredths()).sum()),
            declaration: ordered.iter().any(|ordered| ordered.id == line.order_line && ordered.declaration),
            now: Quantity::from_hundredths(0),
            line,
        }
    };
    Ok(store::lines(tx, invoice.id)?.into_iter().map(line).collect())
}

/// Credits an invoice or a part of it with a document of its own.
///
/// # Errors
/// Forbidden for all but its provider; a conflict when it is no longer as it was seen; what rules and books refuse.
pub fn credit(tx: &mut Tx, desk: &Desk<'_>, id: InvoiceId, asked: &CreditAsked) -> Result<InvoiceId, Error> {
    let invoice = store::invoice(tx, desk.actor, id)?;
    let member = may_credit(desk.actor, &invoice.parties)?;
    let when = rules::credited_when(&invoice)?;
    rules::check_fund_goes_on(budgets::store::fund_of_record(tx, invoice.fund)?.ended_on)?;
    let mut lines = credit_lines(tx, &invoice)?;
    for (place, line) in lines.iter_mut().enumerate() {
        let quantity = asked.quantities.as_ref().map(|quantities| quantities.get(place).copied().unwrap_or_default());
        line.now = quantity.unwrap_or(line.left());
    }
    let order = orders_store::order_of_record(tx, invoice.order)?;
    let terms = TaxTerms { arrangement: order.arrangement()?, recovery: order.recovery };
    let taken = rules::credit_lines(&lines, terms, invoice.issued_on)?;
    store::credited(tx, &invoice, asked.version, rules::after_credit(invoice.status, rules::is_whole(&lines)))?;
    let number = store::next_number(tx, member.provider(), InvoiceKind::CreditNote)?;
    let sheet = credit_sheet(tx, desk, &invoice, number, &asked.reason, &taken)?;
    let print = print_for(tx, invoice.fund, invoice.parties.payer, desk.today())?;
    let document = keep_paper(tx, desk, PaperKind::CreditNote, &sheet, print)?;
    let sums = rules::sums(&taken);
    let new = NewInvoice {
        kind: InvoiceKind::CreditNote,
        number,
        provider: invoice.parties.provider,
        fund: invoice.fund,
        order: invoice.order,
        credits: Some((id, asked.reason.clone())),
        payer: invoice.parties.payer,
        addressee: invoice.addressee.clone(),
        person_reference: invoice.person_reference.clone(),
        issued_on: desk.today(),
        period: (invoice.period_from, invoice.period_to),
        due_on: rules::due_on(desk.today()),
        sums,
        status: rules::credit_note_begins(when),
        document,
    };
    let note = store::add(tx, &new, &taken, desk.actor.user(), desk.now)?;
    let bill = sums.bill(invoice.parties.provider, is_fee(tx, &invoice)?);
    let about = format!("{} on {} of {}", number_text(new.kind, number), invoice.number_text(), invoice.provider_name);
    let entry = entry(EntryKind::Credit, desk.today(), about, note, ledger::rules::credit(&bill, when));
    post_unless_empty(tx, &invoice, entry, desk.actor.user(), desk.now)?;
    Ok(note)
}

/// What is recorded of a deed with a document.
pub fn act(invoice: &Invoice, what: &'static str, verb: &str) -> Act {
    let (number, from, total) = (invoice.number_text(), &invoice.provider_name, invoice.total);
    let says = format!("{verb} {number} of {from} for {total}");
    let after = serde_json::json!({ "status": invoice.status.code(), "reason": invoice.query_reason });
    Act::new(what, says, invoice.id).concerning(invoice.parties.person).after(&after)
}

/// The right to credit an invoice: its provider's alone.
///
/// # Errors
/// Forbidden for all others.
pub fn may_credit(actor: &Actor, parties: &Parties) -> Result<ProviderFinance, Error> {
    let refused =
        || Error::Forbidden("Only whoever bills for the provider that sent this invoice may credit it.".to_owned());
    match actor.provider_finance() {
        Ok(member) if member.provider() == parties.provider => Ok(member),
        Err(Error::SecondFactor) if actor.works_for(parties.provider) => Err(Error::SecondFactor),
        _ => Err(refused()),
    }
}

/// Whether somebody is offered to credit an invoice: they may, or they may once they have a second factor.
#[must_use]
pub fn offers_credit(actor: &Actor, parties: &Parties) -> bool {
    matches!(may_credit(actor, parties), Ok(_) | Err(Error::SecondFactor))
}

fn credit_sheet(
    tx: &mut Tx,
    desk: &Desk<'_>,
    invoice: &Invoice,
    number: i64,
    reason: &str,
    lines: &[InvoiceLine],
) -> Result<Sheet, Error> {
    let provider = people_store::organisation(tx, invoice.parties.provider)?;
    let person = people_store::person_of_record(tx, invoice.parties.person)?;
    // A credit note follows its invoice: the VAT number of those days, or none.
    let vat_number = vat_number_on(tx, provider.id, invoice.period_to)?;
    Ok(Sheet::new(&SheetFacts {
        kind: InvoiceKind::CreditNote,
        number: Some(number_text(InvoiceKind::CreditNote, number)),
        provider: &provider,
        vat_number,
        addressee: &invoice.addressee,
        support_for: support_for(invoice.parties.payer, &person),
        issued_on: desk.today(),
        period: (invoice.period_from, invoice.period_to),
        due_on: rules::due_on(desk.today()),
        order: invoice.order,
        credits: Some((invoice.number_text(), invoice.issued_on, reason.to_owned())),
        lines,
    }))
}

/// The document that an invoice or a credit note is, worded again from its rows for the page of the site.
///
/// # Errors
/// When the database fails.
pub fn sheet_of(tx: &mut Tx, invoice: &Invoice, lines: &[InvoiceLine]) -> Result<Sheet, Error> {
    let provider = people_store::organisation(tx, invoice.parties.provider)?;
    let person = people_store::person_of_record(tx, invoice.parties.person)?;
    let original = invoice.credits.map(|id| store::invoice_of_record(tx, id)).transpose()?;
    let delivered_on = original.as_ref().map_or(invoice.period_to, |original| original.period_to);
    let vat_number = vat_number_on(tx, provider.id, delivered_on)?;
    let reason = invoice.credit_reason.clone().unwrap_or_default();
    Ok(Sheet::new(&SheetFacts {
        kind: invoice.kind,
        number: Some(invoice.number_text()),
        provider: &provider,
        vat_number,
        addressee: &invoice.addressee,
        support_for: support_for(invoice.parties.payer, &person),
        issued_on: invoice.issued_on,
        period: (invoice.period_from, invoice.period_to),
        due_on: invoice.due_on,
        order: invoice.order,
        credits: original.map(|original| (original.number_text(), original.issued_on, reason)),
        lines,
    }))
}

/// What was confirmed of each line of an invoice, and when, for the page that compares.
///
/// # Errors
/// When the database fails.
pub fn confirmed(tx: &mut Tx, invoice: &Invoice) -> Result<Vec<Delivery>, Error> {
    deliveries::store::of_invoice(tx, invoice.order, invoice.credits.unwrap_or(invoice.id))
}
