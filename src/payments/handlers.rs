//! Money into a fund, invoices paid, money and VAT that came back, spending reported.

use actix_web::web;

use super::pages::{Money, Row, Settle, VatOpen};
use super::{forms, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::budgets::{self, Fund};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{FundId, InvoiceId};
use crate::invoices::{self, InvoiceKind, InvoiceStatus};
use crate::ledger::{self, Account};
use crate::money::Pence;
use crate::people;
use crate::web::form::shown_in_form;
use crate::web::page::{Answer, Done, Submitted, Visit};

const MONEY: &str = "payments/money.html";
const SETTLE: &str = "payments/settle.html";

/// Leads to what the trustees have said, where the payment does not count yet.
const WAITS: &str = "#pay";

/// The most movements that the page lists.
const LISTED: usize = 200;

/// Money in and out of a fund.
pub async fn money(visit: Visit, actor: Actor, path: web::Path<FundId>) -> Answer {
    let id = path.into_inner();
    let page = money_page(&visit, &actor, id).await?;
    let thing = Thing::of(ThingKind::Money, id);
    visit.seen_of(thing, move |tx| budgets::store::person_of_fund(tx, id)).await?;
    visit.show(MONEY, &page)
}

async fn money_page(visit: &Visit, actor: &Actor, id: FundId) -> Result<Money, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    visit.app.db.read(move |tx| money_of(tx, &actor, id, today)).await
}

fn money_of(tx: &mut Tx, actor: &Actor, id: FundId, today: chrono::NaiveDate) -> Result<Money, Error> {
    let fund = budgets::store::fund(tx, actor, id)?;
    let person = people::store::person_of_record(tx, fund.person)?;
    let books = budgets::store::books_of(tx, actor, id)?;
    let held = books.sums.as_ref().map(ledger::Balances::bank);
    let mut movements = store::movements(tx, actor, &fund, today)?;
    let more = movements.len() > LISTED;
    movements.truncate(LISTED);
    let (funding_hint, contribution_hint) = hints(tx, &fund, today)?;
    let stopped = match (fund.ended_on, budgets::rules::needs_agreement(fund.form), fund.agreement_in_force()) {
        (Some(ended), ..) => Some(rules::Refusal::Ended(ended).to_string()),
        (None, true, None) => Some(rules::Refusal::NoAgreement.to_string()),
        _ => None,
    };
    Ok(Money {
        fund: id.number(),
        whose: person.name,
        form: fund.form.words().to_owned(),
        state: match held {
            Some(held) => format!("{held} is held. {} of it is free to use.", books.free),
            None => format!("{} is free to use.", books.free),
        },
        held,
        not_shown: books.instead(),
        statement_href: (!actor.is_kept_from(fund.person)).then(|| format!("/funds/{id}/statement")),
        movements: movements.into_iter().map(row).collect(),
        more,
        may_fund: stopped.is_none() && rules::is_offered(&rules::may_fund(actor, &fund)),
        may_contribute: stopped.is_none() && rules::is_offered(&rules::may_contribute(actor, &fund)),
        may_report: rules::may_report(actor, &fund).is_ok(),
        stopped,
        contribution_words: match actor.person() == Some(fund.person) {
            true => fund.contribution_mode.words_to_person(),
            false => fund.contribution_mode.words(),
        }
        .to_owned(),
        funding_hint,
        contribution_hint,
        vat: if held.is_some() && rules::is_offered(&rules::may_recover(actor, &fund)) {
            vat_open(tx, id)?
        } else {
            vec![]
        },
        today: today.format("%-d %-m %Y").to_string(),
    })
}

fn row(movement: store::Movement) -> Row {
    Row {
        on: calendar::short(movement.on),
        what: movement.kind.words(),
        description: movement.description,
        amount: movement.amount,
    }
}

/// What the council and the person would pay for the period that today falls in, in words: shown, never filled in.
fn hints(tx: &mut Tx, fund: &Fund, today: chrono::NaiveDate) -> Result<(Option<String>, Option<String>), Error> {
    let budget = budgets::store::budget_on(tx, fund.person, today.max(fund.starts_on))?;
    let contribution = budget.map(|budget| budget.contribution_weekly).unwrap_or_default();
    let Some(period) = rules::period_of(fund, today) else {
        return Ok((None, None));
    };
    let (council, person) = rules::suggested(fund, contribution, period);
    let words = |amount: Pence| {
        let days = calendar::range(period.from(), period.to());
        (!amount.is_zero()).then(|| format!("{amount} for {days}, paid {}", fund.payment_frequency.words()))
    };
    Ok((words(council), words(person)))
}

/// The VAT that is open, by provider.
fn vat_open(tx: &mut Tx, fund: FundId) -> Result<Vec<VatOpen>, Error> {
    let open = ledger::store::by_party(tx, fund, Account::RecoverableVat)?;
    let ids: Vec<_> = open.iter().map(|(party, _)| *party).collect();
    let names = people::store::organisations_by_id(tx, &ids)?;
    let name = |id| names.iter().find(|found| found.id == id).map(|found| found.name.clone()).unwrap_or_default();
    let row = |(provider, amount): (crate::ids::OrganisationId, Pence)| VatOpen {
        provider: provider.number(),
        name: name(provider),
        amount: amount.abs(),
        comes_back: !amount.is_negative(),
        form: vat_form(&provider.to_string()),
    };
    Ok(open.into_iter().filter(|(_, amount)| !amount.is_zero()).map(row).collect())
}

/// The name of the form for one provider's VAT.
fn vat_form(provider: &str) -> String {
    format!("vat-{provider}")
}

/// Records money from the council.
pub async fn fund(visit: Visit, actor: Actor, path: web::Path<FundId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    rules::may_fund(&actor, &seen(&visit, &actor, id).await?).map_err(Error::from)?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::money_in(&sent.fields), move |tx, money| {
            store::fund(tx, &known, id, money, now)?;
            moved(tx, id, "money.funded", format!("recorded {} from the council", money.amount))
        })
        .await;
    finish(&visit, &actor, &sent, (id, "funding"), outcome, "The council's money is recorded.").await
}

/// Records the person's contribution.
pub async fn contribute(visit: Visit, actor: Actor, path: web::Path<FundId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    rules::may_contribute(&actor, &seen(&visit, &actor, id).await?).map_err(Error::from)?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::money_in(&sent.fields), move |tx, money| {
            store::contribute(tx, &known, id, money, now)?;
            moved(tx, id, "money.contributed", format!("recorded {} as the person’s contribution", money.amount))
        })
        .await;
    finish(&visit, &actor, &sent, (id, "contribution"), outcome, "The contribution is recorded.").await
}

/// Records VAT that came back.
pub async fn recover_vat(visit: Visit, actor: Actor, path: web::Path<FundId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    rules::may_recover(&actor, &seen(&visit, &actor, id).await?).map_err(Error::from)?;
    let form = vat_form(sent.fields.get("provider").unwrap_or_default());
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::vat_back(&sent.fields), move |tx, back| {
            store::recover_vat(tx, &known, id, back, now)?;
            moved(tx, id, "money.vat_recovered", format!("recorded {} of VAT that came back", back.money.amount))
        })
        .await;
    finish(&visit, &actor, &sent, (id, &form), outcome, "It is recorded.").await
}

/// Records what was spent from a direct payment.
pub async fn report(visit: Visit, actor: Actor, path: web::Path<FundId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    rules::may_report(&actor, &seen(&visit, &actor, id).await?).map_err(Error::from)?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::spending(&sent.fields), move |tx, spent| {
            store::report(tx, &known, id, spent, now)?;
            moved(tx, id, "money.spent", format!("recorded that {} was spent", spent.amount))
        })
        .await;
    finish(&visit, &actor, &sent, (id, "spending"), outcome, "What you spent is recorded.").await
}

/// What is recorded of money that moved; it leads back to the fund's money.
fn moved(tx: &mut Tx, fund: FundId, what: &'static str, says: String) -> Result<Done, Error> {
    let person = budgets::store::person_of_fund(tx, fund)?;
    let act = Act::new(what, says, Thing::of(ThingKind::Money, fund)).concerning(person);
    Ok(Done::new(format!("/funds/{fund}/money"), act))
}

/// What is recorded of a document that was settled; it leads to the document.
fn settled(tx: &mut Tx, id: InvoiceId, what: &'static str, verb: &str) -> Result<Done, Error> {
    let invoice = invoices::store::invoice_of_record(tx, id)?;
    Ok(Done::new(format!("/invoices/{id}"), invoices::issuing::act(&invoice, what, verb)))
}

/// A fund that the actor may see: their right to record is looked at before the form, which may be wrong.
async fn seen(visit: &Visit, actor: &Actor, id: FundId) -> Result<Fund, Error> {
    let actor = actor.clone();
    visit.app.db.read(move |tx| budgets::store::fund(tx, &actor, id)).await
}

/// Onward, or the fund's page again with what was wrong in the form that was sent.
async fn finish(
    visit: &Visit,
    actor: &Actor,
    sent: &Submitted,
    (id, form): (FundId, &str),
    outcome: Result<String, Error>,
    notice: &str,
) -> Answer {
    let shown = |error| if visit.wants_json() { error } else { shown_in_form(error, &sent.fields, form) };
    visit.done_or_again(outcome.map_err(shown), notice, MONEY, money_page(visit, actor, id)).await
}

/// The form that records the payment of an invoice.
pub async fn payment_form(visit: Visit, actor: Actor, path: web::Path<InvoiceId>) -> Answer {
    show_settle(&visit, &actor, path.into_inner(), InvoiceKind::Invoice).await
}

/// The form that records that the money of a credit note came back.
pub async fn refund_form(visit: Visit, actor: Actor, path: web::Path<InvoiceId>) -> Answer {
    show_settle(&visit, &actor, path.into_inner(), InvoiceKind::CreditNote).await
}

async fn show_settle(visit: &Visit, actor: &Actor, id: InvoiceId, kind: InvoiceKind) -> Answer {
    let page = settle_page(visit, actor, id, kind).await?;
    visit.seen_of(id, move |tx| Ok(invoices::store::invoice_of_record(tx, id)?.parties.person)).await?;
    visit.show(SETTLE, &page)
}

async fn settle_page(visit: &Visit, actor: &Actor, id: InvoiceId, kind: InvoiceKind) -> Result<Settle, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    let (invoice, sums) = visit.app.db.read(move |tx| store::to_settle(tx, &actor, id)).await?;
    if invoice.kind != kind {
        return Err(Error::NotFound);
    }
    let (number, amount, provider) = (invoice.number_text(), sums.total, &invoice.provider_name);
    let open = invoice.status == InvoiceStatus::Approved;
    let (title, state, action, button) = match kind {
        InvoiceKind::Invoice => (
            format!("Record the payment of {number}"),
            format!("{amount} is owed to {provider}. The amount follows from the invoice and its credit notes."),
            "payment",
            format!("Record that {amount} was paid"),
        ),
        InvoiceKind::CreditNote => (
            format!("Record the money back for {number}"),
            format!("{provider} owes {amount} back. The amount follows from the credit note."),
            "refund",
            format!("Record that {amount} came back"),
        ),
    };
    let state = if open { state } else { "This is not open now. Look at the document for its state.".to_owned() };
    Ok(Settle {
        id: id.number(),
        version: invoice.version,
        number,
        title,
        state,
        action: format!("/invoices/{id}/{action}"),
        button,
        amount,
        today: today.format("%-d %-m %Y").to_string(),
        open,
    })
}

/// Records that an invoice was paid.
pub async fn pay(visit: Visit, actor: Actor, path: web::Path<InvoiceId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let page = settle_page(&visit, &actor, id, InvoiceKind::Invoice).await?;
    let (known, keys) = (actor.clone(), visit.app.keys.clone());
    let outcome = visit
        .write_form(actor.user(), &sent, forms::settlement(&sent.fields), move |tx, paid| {
            match store::pay(tx, &keys, &known, (id, paid), now)? {
                store::Said::Paid => settled(tx, id, "invoice.paid", "recorded the payment of"),
                store::Said::Waits => {
                    let done = settled(tx, id, "invoice.payment_confirmed", "said yes to paying")?;
                    Ok(done.leading_to(format!("/invoices/{id}{WAITS}")))
                }
            }
        })
        .await;
    match outcome {
        Ok(location) if location.ends_with(WAITS) => {
            Ok(visit.done(&location, "You have said so. It counts when another trustee says the same."))
        }
        Ok(location) => Ok(visit.done(&location, "The payment is recorded.")),
        Err(error) => visit.show_again(error, SETTLE, &page),
    }
}

/// Records that the money of a credit note came back.
pub async fn refund(visit: Visit, actor: Actor, path: web::Path<InvoiceId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let page = settle_page(&visit, &actor, id, InvoiceKind::CreditNote).await?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::settlement(&sent.fields), move |tx, back| {
            store::refund(tx, &known, id, back, now)?;
            settled(tx, id, "invoice.refunded", "recorded the money back for")
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "The money is back in the fund.")),
        Err(error) => visit.show_again(error, SETTLE, &page),
    }
}
