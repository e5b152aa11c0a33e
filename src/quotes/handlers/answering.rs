//! One provider's part of a request: its answers, and what is written with whoever asks.

use actix_web::web;

use super::done;
use crate::auth::rights::Actor;
use crate::calendar;
use crate::db::Tx;
use crate::directory::store::services;
use crate::error::Error;
use crate::ids::QuoteAskId;
use crate::mail::desk::Desk;
use crate::quotes::pages::{self, AskData, AskPage};
use crate::quotes::store::{self, letters, letters::Words};
use crate::quotes::{AnswerKind, OneAsk, Side, forms, rules};
use crate::web::page::{Answer, Submitted, Visit};

const ASK: &str = "quotes/ask.html";

/// One provider's part of a request, with the thread.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<QuoteAskId>) -> Answer {
    let (page, request) = ask_page(&visit, &actor, *path).await?;
    super::seen(&visit, request).await?;
    visit.show(ASK, &page)
}

async fn ask_page(
    visit: &Visit,
    actor: &Actor,
    id: QuoteAskId,
) -> Result<(AskPage, crate::ids::QuoteRequestId), Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let one = store::ask(tx, &actor, id)?;
        let (criteria, answers) = (store::criteria(tx, one.request.id)?, store::answers::of_asks(tx, &[id])?);
        let (messages, choice) = (store::answers::messages(tx, id)?, store::choices::of_request(tx, one.request.id)?);
        let listing = services::listing(tx, one.ask.service, one.request.needs.starts_on)?;
        let data = AskData {
            sold_by: rules::sold_by(&listing, &one.request.needs),
            criteria: &criteria,
            answers: &answers,
            messages: &messages,
            reads_as: store::reads_as(&actor, &one),
            choice: choice.as_ref(),
            may_answer: store::answers::may_answer(&actor, &one).is_ok(),
            may_write: store::answers::may_write(&actor, &one).is_ok(),
            one: &one,
        };
        Ok((pages::ask(&data, today), one.request.id))
    };
    visit.app.db.read(read).await
}

/// Answers for a provider: an offer, a refusal, or an offer taken back.
pub async fn answer(visit: Visit, actor: Actor, path: web::Path<QuoteAskId>, sent: Submitted) -> Answer {
    let id = *path;
    let who = actor.clone();
    let may = move |tx: &mut Tx| {
        let one = store::ask(tx, &who, id)?;
        store::answers::may_answer(&who, &one).map(|_| ())
    };
    visit.app.db.read(may).await?;
    let (app, who) = (visit.app.clone(), actor.clone());
    let work = move |tx: &mut Tx, new: &crate::quotes::NewAnswer| {
        let (desk, one) = (Desk::of(&app), store::ask(tx, &who, id)?);
        let today = calendar::london(desk.now).date();
        let choice = store::choices::of_request(tx, one.request.id)?;
        let listing = services::listing(tx, one.ask.service, one.request.needs.starts_on)?;
        let at = (desk.now, today);
        let kind = store::answers::answer(tx, &who, (&one, choice.as_ref()), (new, &listing), at)?;
        tell_asker(tx, &desk, &one, kind, who.user())?;
        let says = match kind {
            AnswerKind::Offered => "made an offer to",
            AnswerKind::Declined => "declined",
            AnswerKind::Withdrawn => "took an offer back from",
        };
        Ok(done(format!("/quote-asks/{id}"), (one.request.id, one.person.id), ("quote.answered", says)))
    };
    let outcome = visit.write_form(actor.user(), &sent, forms::answer(&sent.fields), work).await;
    visit.app.wake.wake();
    again(&visit, &actor, id, outcome, "Your answer is sent. Earlier answers stay in the record.").await
}

fn tell_asker(
    tx: &mut Tx,
    desk: &Desk<'_>,
    one: &OneAsk,
    kind: AnswerKind,
    by: crate::ids::UserId,
) -> Result<(), Error> {
    let provider = &one.ask.provider_name;
    let says = match kind {
        AnswerKind::Offered => format!("{provider} has made an offer."),
        AnswerKind::Declined => format!("{provider} has said that it cannot."),
        AnswerKind::Withdrawn => format!("{provider} has taken its offer back."),
    };
    let words = Words { subject: "A provider has answered", says: vec![says], label: "Look at the answers" };
    let path = format!("/quotes/{}", one.request.id);
    letters::to_asker(tx, desk, (&one.request, &one.person), (&words, &path), by)
}

/// Writes to the thread with one provider.
pub async fn write(visit: Visit, actor: Actor, path: web::Path<QuoteAskId>, sent: Submitted) -> Answer {
    let id = *path;
    let who = actor.clone();
    let may = move |tx: &mut Tx| {
        let one = store::ask(tx, &who, id)?;
        store::answers::may_write(&who, &one).map(|_| ())
    };
    visit.app.db.read(may).await?;
    let (app, who) = (visit.app.clone(), actor.clone());
    let work = move |tx: &mut Tx, text: &String| {
        let (desk, one) = (Desk::of(&app), store::ask(tx, &who, id)?);
        let writer = store::answers::may_write(&who, &one)?;
        let accepted = knows(tx, &one)?;
        store::answers::write(tx, (&writer, &one), text, accepted, desk.now)?;
        let words = Words {
            subject: "Somebody wrote about a quote",
            says: vec!["There is a new message about a request for quotes.".to_owned()],
            label: "Read it",
        };
        match one.side {
            Side::Asker => letters::to_provider(tx, &desk, &one.ask, &words)?,
            Side::Provider => {
                let path = format!("/quote-asks/{id}");
                letters::to_asker(tx, &desk, (&one.request, &one.person), (&words, &path), who.user())?;
            }
        }
        Ok(done(format!("/quote-asks/{id}"), (one.request.id, one.person.id), ("quote.written_to", "wrote to")))
    };
    let outcome = visit.write_form(actor.user(), &sent, forms::message(&sent.fields), work).await;
    visit.app.wake.wake();
    again(&visit, &actor, id, outcome, "What you wrote is sent.").await
}

/// Whether the provider knows who it is, because its offer was accepted.
fn knows(tx: &mut Tx, one: &OneAsk) -> Result<bool, Error> {
    let Some(choice) = store::choices::of_request(tx, one.request.id)? else { return Ok(false) };
    let answers = store::answers::of_asks(tx, &[one.ask.id])?;
    let own = rules::latest(&answers, &one.ask).map(|answer| answer.id);
    Ok(choice.accepted.is_some() && choice.answer.is_some() && choice.answer == own)
}

async fn again(visit: &Visit, actor: &Actor, id: QuoteAskId, outcome: Result<String, Error>, notice: &str) -> Answer {
    let page = async { ask_page(visit, actor, id).await.map(|(page, _)| page) };
    visit.done_or_again(outcome, notice, ASK, page).await
}
