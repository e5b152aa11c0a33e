//! List, make, show, approve, query and credit invoices.

use actix_web::web;
use chrono::{DateTime, Utc};

use super::asking;
use super::issuing::{self, Desk};
use super::pages::{self, Compared, Credit, CreditField, Draft, DraftDocument, List, Row, Show, Shown, ToBill};
use super::rules::{self, CreditLine};
use super::{Invoice, InvoiceKind, InvoiceLine, InvoiceStatus, Parties, Step, forms, steps, store};
use crate::audit::{Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::bank_details;
use crate::calendar;
use crate::db::Tx;
use crate::deliveries::rules::amount;
use crate::deliveries::{self, DeliveryStatus};
use crate::directory::rules::visits;
use crate::error::Error;
use crate::ids::{InvoiceId, OrderId, PersonId};
use crate::money::{Pence, Quantity};
use crate::organisations::{self, Confirmation, DutyException};
use crate::packages::{OrderLineKind, store as orders_store};
use crate::paper;
use crate::vat::Form;
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::token::Keys;

const SHOW: &str = "invoices/show.html";
const NEW: &str = "invoices/new.html";
const CREDIT: &str = "invoices/credit.html";

/// The invoices that the actor sees, what waits for them first.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let today = visit.app.clock.today();
    let page = visit
        .app
        .db
        .read(move |tx| {
            let (unsettled, settled) = store::list(tx, &actor)?;
            let (mut waiting, mut open, mut done) = (vec![], vec![], vec![]);
            let wait = asking::open_among(tx, &actor, &unsettled, today)?;
            for invoice in &unsettled {
                let next = steps::next_step(&actor, invoice, wait.contains(&invoice.id));
                let place = if matches!(next, Step::Act(_)) { &mut waiting } else { &mut open };
                place.push(Row::new(invoice, next.words()));
            }
            for invoice in &settled {
                done.push(Row::new(invoice, steps::next_step(&actor, invoice, false).words()));
            }
            let to_bill = to_bill(tx, &actor, today)?;
            let state = List::state(waiting.len(), !to_bill.is_empty());
            Ok(List { state, waiting, open, settled: done, to_bill })
        })
        .await?;
    visit.show("invoices/list.html", &page)
}

/// The orders for which a provider can make an invoice now.
fn to_bill(tx: &mut Tx, actor: &Actor, today: chrono::NaiveDate) -> Result<Vec<ToBill>, Error> {
    if !actor.bills() {
        return Ok(vec![]);
    }
    let lines = orders_store::lines_for_providers(tx, actor)?;
    let ids: Vec<_> = lines.iter().map(|(_, line)| line.id).collect();
    let quantities = deliveries::store::quantities(tx, &ids)?;
    let mut orders: Vec<OrderId> = vec![];
    for (order, line) in &lines {
        let confirmed = quantities.get(&line.id).is_some_and(|sums| sums.contains_key(&DeliveryStatus::Confirmed));
        let fee_open = line.kind == OrderLineKind::Fee && {
            let passed = line.quantity.hundredths() * rules::weeks_passed(order, today) / order.weeks;
            passed > store::billed(tx, line.id)?.hundredths()
        };
        if (confirmed || fee_open) && !orders.contains(&order.id) {
            orders.push(order.id);
        }
    }
    let whom = deliveries::store::for_whom(tx, &orders)?;
    let entry = |order: OrderId| ToBill {
        order: order.number(),
        for_whom: whom.get(&order).map(|whom| whom.name.clone()).unwrap_or_default(),
    };
    Ok(orders.into_iter().map(entry).collect())
}

/// What would be on an invoice for an order.
pub async fn new(visit: Visit, actor: Actor, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    let page = draft_page(&visit, &actor, id).await?;
    visit.seen_of(id, move |tx| orders_store::person_of_order(tx, id)).await?;
    visit.show(NEW, &page)
}

async fn draft_page(visit: &Visit, actor: &Actor, order: OrderId) -> Result<Draft, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    visit
        .app
        .db
        .read(move |tx| {
            let (prepared, refused) = match issuing::prepare_all(tx, &actor, order, today) {
                Ok(prepared) => (prepared, None),
                Err(Error::Refused(sentence)) => (vec![], Some(sentence)),
                Err(other) => return Err(other),
            };
            let for_whom = deliveries::store::for_whom(tx, &[order])?.remove(&order);
            let nothing = prepared.is_empty().then(|| refused.unwrap_or_else(|| rules::Refusal::Nothing.to_string()));
            let document = |prepared: issuing::Prepared| DraftDocument {
                subject: prepared.subject.code(),
                subject_words: prepared.subject.words(),
                shown: prepared.fingerprint(),
                sheet: prepared.sheet,
            };
            Ok(Draft {
                order: order.number(),
                for_whom: for_whom.map(|whom| whom.name).unwrap_or_default(),
                documents: prepared.into_iter().map(document).collect(),
                nothing,
            })
        })
        .await
}

/// Issues an invoice.
pub async fn issue(visit: Visit, actor: Actor, path: web::Path<OrderId>, sent: Submitted) -> Answer {
    let (order, now) = (path.into_inner(), visit.app.clock.now());
    let (known, renderer) = (actor.clone(), visit.app.renderer.clone());
    let outcome = visit
        .write_form(actor.user(), &sent, forms::issue(&sent.fields), move |tx, asked| {
            let desk = Desk { renderer: &renderer, actor: &known, now };
            let id = issuing::issue(tx, &desk, order, asked.subject, asked.shown.as_deref())?;
            done(tx, id, "invoice.issued", "issued")
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "The invoice is issued. Whoever pays can see it now.")),
        Err(error) => {
            let page = draft_page(&visit, &actor, order).await?;
            visit.show_again(error, NEW, &page)
        }
    }
}

/// Whose support a document is about that was loaded for the actor.
fn person_of(tx: &mut Tx, id: InvoiceId) -> Result<PersonId, Error> {
    Ok(store::invoice_of_record(tx, id)?.parties.person)
}

/// What is recorded of a deed with a document; it leads to the document.
fn done(tx: &mut Tx, id: InvoiceId, what: &'static str, verb: &str) -> Result<Done, Error> {
    let invoice = store::invoice_of_record(tx, id)?;
    Ok(Done::new(format!("/invoices/{id}"), issuing::act(&invoice, what, verb)))
}

/// An invoice or a credit note.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<InvoiceId>) -> Answer {
    let id = path.into_inner();
    let page = show_page(&visit, &actor, id).await?;
    visit.seen_of(id, move |tx| person_of(tx, id)).await?;
    visit.show(SHOW, &page)
}

async fn show_page(visit: &Visit, actor: &Actor, id: InvoiceId) -> Result<Show, Error> {
    let (actor, keys, now) = (actor.clone(), visit.app.keys.clone(), visit.app.clock.now());
    visit.app.db.read(move |tx| show_of(tx, &keys, &actor, id, now)).await
}

/// The page of an invoice as the actor sees it.
fn show_of(tx: &mut Tx, keys: &Keys, actor: &Actor, id: InvoiceId, now: DateTime<Utc>) -> Result<Show, Error> {
    let today = calendar::london(now).date();
    let invoice = store::invoice(tx, actor, id)?;
    let lines = store::lines(tx, id)?;
    let fund_seen = rules::sees_fund(actor, &invoice.parties);
    let asking = asking::asking(tx, &invoice, today)?;
    let may = steps::may(actor, &invoice, asking.as_ref());
    let pays = may.settle && invoice.kind == InvoiceKind::Invoice;
    let asking = asking.filter(|_| fund_seen).map(|asking| asking::as_seen(tx, actor, &invoice, asking)).transpose()?;
    let paying = if fund_seen { paying(tx, id)? } else { Default::default() };
    let shown = Shown {
        sheet: issuing::sheet_of(tx, &invoice, &lines)?,
        compared: compared(tx, actor, &invoice, &lines)?,
        credit_notes: store::credit_notes(tx, id)?,
        original: invoice.credits.map(|original| store::invoice_of_record(tx, original)).transpose()?,
        trustees: if fund_seen { trustees(tx, &invoice, &paying.0)? } else { None },
        payee: if pays { payee(tx, keys, &invoice, now)? } else { None },
        pay_stopped: if pays { pay_stopped(tx, actor, &invoice)? } else { None },
        paper_sha256: paper::store::paper(tx, invoice.document)?.sha256,
        own: actor.person() == Some(invoice.parties.person),
        asking,
        paying,
        fund_seen,
        today,
        invoice,
    };
    Ok(Show::new(shown, may))
}

/// What is on record of who paid.
fn paying(tx: &mut Tx, id: InvoiceId) -> Result<(Vec<Confirmation>, Vec<DutyException>), Error> {
    Ok((organisations::store::confirmations(tx, id)?, organisations::store::exceptions(tx, id)?))
}

/// Where the provider is paid, for whoever pays: masked, and with a warning while that changes.
fn payee(tx: &mut Tx, keys: &Keys, invoice: &Invoice, now: DateTime<Utc>) -> Result<Option<String>, Error> {
    let (details, changes) = bank_details::store::payee(tx, keys, invoice.parties.provider, now)?;
    let coming = " New bank details are on their way and do not hold yet: pay to the old ones.";
    Ok(details.map(|details| format!("Pay to {details}.{}", if changes { coming } else { "" })))
}

/// Why somebody who otherwise pays does not record the payment of this one.
fn pay_stopped(tx: &mut Tx, actor: &Actor, invoice: &Invoice) -> Result<Option<String>, Error> {
    let organisation = match rules::paying_organisation(&invoice.parties) {
        Some(organisation) if invoice.parties.form != Form::TrustFund => organisation,
        _ => return Ok(None),
    };
    match organisations::store::check_payer(tx, organisation, invoice.decided_by, actor.user()) {
        Ok(_) => Ok(None),
        Err(Error::Forbidden(why)) => Ok(Some(why)),
        Err(other) => Err(other),
    }
}

/// What the trustees have said of the payment of an approved invoice.
fn trustees(tx: &mut Tx, invoice: &Invoice, said: &[Confirmation]) -> Result<Option<pages::Trustees>, Error> {
    let open = invoice.kind == InvoiceKind::Invoice && invoice.status == InvoiceStatus::Approved;
    match invoice.parties.holder {
        Some(trust) if open && invoice.parties.form == Form::TrustFund => {
            let policy = organisations::store::policy(tx, trust)?;
            Ok(Some(pages::trustees(policy.quorum, said, invoice)))
        }
        _ => Ok(None),
    }
}

/// Each line beside what was agreed and what was delivered.
fn compared(tx: &mut Tx, actor: &Actor, invoice: &Invoice, lines: &[InvoiceLine]) -> Result<Vec<Compared>, Error> {
    if invoice.kind == InvoiceKind::CreditNote {
        return Ok(vec![]);
    }
    let agreed = orders_store::lines_of(tx, invoice.order)?;
    let confirmed = issuing::confirmed(tx, invoice)?;
    let credited = issuing::credit_lines(tx, invoice)?;
    let row = |(place, line): (usize, &InvoiceLine)| {
        let agreed = agreed.iter().find(|agreed| agreed.id == line.order_line)?;
        let given: Vec<_> = confirmed.iter().filter(|delivery| delivery.line == line.order_line).collect();
        let before = credited.iter().find(|credit| credit.line.is_like(line));
        let before = before.map(|credit| credit.before).unwrap_or_default();
        Some(Compared::new((place, line), agreed, &given, |delivery| !actor.hides(delivery.id), before))
    };
    Ok(lines.iter().enumerate().filter_map(row).collect())
}

/// The paper of an invoice, byte for byte as it was issued.
pub async fn paper(visit: Visit, actor: Actor, path: web::Path<InvoiceId>) -> Answer {
    let id = path.into_inner();
    let paper = visit
        .app
        .db
        .read(move |tx| {
            let invoice = store::invoice(tx, &actor, id)?;
            paper::store::paper(tx, invoice.document)
        })
        .await?;
    visit.seen_of(Thing::of(ThingKind::Paper, paper.id), move |tx| person_of(tx, id)).await?;
    Ok(visit.paper(&format!("{}.html", paper.name), paper.body, paper.sha256))
}

/// Approves an invoice.
pub async fn approve(visit: Visit, actor: Actor, path: web::Path<InvoiceId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let right = rules::may_approve(&actor, &parties(&visit, &actor, id).await?, Pence::ZERO);
    right.map_err(Error::from)?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::version(&sent.fields), move |tx, &version| {
            issuing::approve(tx, &known, id, version, now)?;
            done(tx, id, "invoice.approved", "approved")
        })
        .await;
    finish(&visit, &actor, id, outcome, "The invoice is approved. It can be paid now.").await
}

/// Says yes to an invoice for the person, so that whoever holds the money may approve it.
pub async fn consent(visit: Visit, actor: Actor, path: web::Path<InvoiceId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let right = rules::speaks_for_person(&actor, &parties(&visit, &actor, id).await?, Pence::ZERO);
    right.map_err(Error::from)?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::version(&sent.fields), move |tx, &version| {
            asking::say_yes(tx, &known, id, version, now)?;
            done(tx, id, "invoice.agreed", "said yes to")
        })
        .await;
    finish(&visit, &actor, id, outcome, "You said yes. Whoever holds the money may approve it now.").await
}

/// Queries an invoice.
pub async fn query(visit: Visit, actor: Actor, path: web::Path<InvoiceId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let right = rules::may_query(&actor, &parties(&visit, &actor, id).await?);
    right.map_err(Error::from)?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::query(&sent.fields), move |tx, (version, reason)| {
            issuing::query(tx, &known, id, (*version, reason), now)?;
            done(tx, id, "invoice.queried", "queried")
        })
        .await;
    finish(&visit, &actor, id, outcome, "The invoice is queried. The provider can see why.").await
}

/// Whom an invoice concerns that the actor may see: their right is looked at before the form, which may be wrong.
async fn parties(visit: &Visit, actor: &Actor, id: InvoiceId) -> Result<Parties, Error> {
    let actor = actor.clone();
    visit.app.db.read(move |tx| store::invoice(tx, &actor, id).map(|invoice| invoice.parties)).await
}

/// Onward after a decision, or the invoice's page again with what was wrong.
async fn finish(visit: &Visit, actor: &Actor, id: InvoiceId, outcome: Result<String, Error>, notice: &str) -> Answer {
    visit.done_or_again(outcome, notice, SHOW, show_page(visit, actor, id)).await
}

/// The form that credits an invoice.
pub async fn credit_form(visit: Visit, actor: Actor, path: web::Path<InvoiceId>) -> Answer {
    let id = path.into_inner();
    let (page, _) = credit_page(&visit, &actor, id).await?;
    visit.seen_of(id, move |tx| person_of(tx, id)).await?;
    visit.show(CREDIT, &page)
}

/// The page of the form, and how many lines the invoice has.
async fn credit_page(visit: &Visit, actor: &Actor, id: InvoiceId) -> Result<(Credit, usize), Error> {
    let actor = actor.clone();
    visit
        .app
        .db
        .read(move |tx| {
            let invoice = store::invoice(tx, &actor, id)?;
            issuing::may_credit(&actor, &invoice.parties)?;
            let lines = issuing::credit_lines(tx, &invoice)?;
            let state = match invoice.status {
                InvoiceStatus::Paid => "It was paid: you will owe back what you credit.",
                InvoiceStatus::Credited => "All of it was credited already.",
                _ => "It was not paid: what you credit is taken off it.",
            };
            let page = Credit {
                id: id.number(),
                version: invoice.version,
                number: invoice.number_text(),
                issued_on: calendar::full(invoice.issued_on),
                state: state.to_owned(),
                lines: lines.iter().enumerate().map(|(place, line)| credit_field(place, line)).collect(),
            };
            Ok((page, lines.len()))
        })
        .await
}

fn credit_field(place: usize, line: &CreditLine) -> CreditField {
    let billed = amount(line.line.quantity, &line.line.unit);
    let taken = if line.before.hundredths() > 0 {
        format!(" {} credited before.", amount(line.before, &line.line.unit))
    } else {
        String::new()
    };
    CreditField {
        field: rules::line_field(place),
        label: format!("How much of “{}” do you credit?", line.line.description),
        hint: match line.line.base == Quantity::ONE {
            true => format!("{billed} billed at {}.{taken}", line.line.unit_price),
            false => {
                let per = visits::per(&line.line.unit, line.line.base);
                format!("{billed} billed at {} {per}.{taken}", line.line.unit_price)
            }
        },
        unit: format!("{}s", line.line.unit),
        left: line.left().decimal(),
    }
}

/// Credits an invoice.
pub async fn credit(visit: Visit, actor: Actor, path: web::Path<InvoiceId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let (page, lines) = credit_page(&visit, &actor, id).await?;
    let (known, renderer) = (actor.clone(), visit.app.renderer.clone());
    let outcome = visit
        .write_form(actor.user(), &sent, forms::credit(&sent.fields, lines), move |tx, asked| {
            let desk = Desk { renderer: &renderer, actor: &known, now };
            let note = issuing::credit(tx, &desk, id, asked)?;
            done(tx, note, "invoice.credited", "issued")
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "The credit note is issued.")),
        Err(error) => visit.show_again(error, CREDIT, &page),
    }
}
