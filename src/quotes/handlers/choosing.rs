//! Looking at the answers, choosing one of them, accepting it.

use actix_web::web;

use super::{done, seen};
use crate::auth::rights::{Actor, Choose, Sign};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{QuoteRequestId, UserId};
use crate::mail::desk::Desk;
use crate::people::store as people;
use crate::quotes::pages::{self, Looker, RequestPage};
use crate::quotes::store::{self, letters, letters::Words};
use crate::quotes::{Ask, Choice, Snapshot, forms, rules};
use crate::web::page::{Answer, Submitted, Visit};

const SHOW: &str = "quotes/show.html";

/// The page of a request.
pub(super) async fn request_page(visit: &Visit, actor: &Actor, id: QuoteRequestId) -> Result<RequestPage, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let asked = store::request(tx, &actor, id)?;
        let situation = store::situation(tx, &asked, today)?;
        let whose = whose(tx, &actor, &asked)?;
        let fund = format!("{}, {} per week", asked.fund.form.words(), asked.fund.weekly);
        let person = asked.fund.person;
        let chooses = actor.may::<Choose>(person) && asked.fund.ended_on.is_none();
        let looker = Looker { chooses, signs: actor.may::<Sign>(person) };
        let page = pages::request(&situation, (&whose, &fund), looker, today);
        let page = page.map_err(|cause| Error::internal("the cost of an answer", cause))?;
        Ok(if store::sees_plan(&actor, &asked) { page } else { page.prices_alone() })
    };
    visit.app.db.read(read).await
}

fn whose(tx: &mut Tx, actor: &Actor, asked: &store::Asked) -> Result<String, Error> {
    let person = people::person_of_record(tx, asked.fund.person)?;
    Ok(if actor.person() == Some(person.id) { "For you".to_owned() } else { format!("For {}", person.name) })
}

/// The right to choose is looked at before the form, which may be wrong.
async fn may_choose(visit: &Visit, actor: &Actor, id: QuoteRequestId) -> Result<(), Error> {
    let actor = actor.clone();
    visit.app.db.read(move |tx| store::to_choose(tx, &actor, id).map(|_| ())).await
}

/// Notes how answers stand to what matters. What was begun of a choice beside it is kept on the page.
pub async fn score(visit: Visit, actor: Actor, path: web::Path<QuoteRequestId>, sent: Submitted) -> Answer {
    let (id, who, now) = (*path, actor.clone(), visit.app.clock.now());
    may_choose(&visit, &actor, id).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::scores(&sent.fields), move |tx, new| {
            let to = store::to_choose(tx, &who, id)?;
            let choice = store::choices::of_request(tx, id)?;
            store::answers::set_scores(tx, &to, choice.as_ref(), new, now)?;
            let what = ("quote.looked_at", "noted how answers stand in");
            Ok(done(format!("/quotes/{id}"), (id, to.asked().fund.person), what))
        })
        .await;
    let (notice, page) = ("It is noted. Choose when you are ready.", request_page(&visit, &actor, id));
    match outcome {
        Ok(_) if forms::begins_a_choice(&sent.fields) && !visit.wants_json() => {
            visit.show_typed(notice, SHOW, &page.await?)
        }
        outcome => visit.done_or_again(outcome, notice, SHOW, page).await,
    }
}

/// Chooses one of the answers, or none.
pub async fn choose(visit: Visit, actor: Actor, path: web::Path<QuoteRequestId>, sent: Submitted) -> Answer {
    let id = *path;
    may_choose(&visit, &actor, id).await?;
    let (app, who) = (visit.app.clone(), actor.clone());
    let outcome = visit
        .write_form(actor.user(), &sent, forms::choice(&sent.fields), move |tx, new| {
            let (desk, to) = (Desk::of(&app), store::to_choose(tx, &who, id)?);
            let at = (desk.now, calendar::london(desk.now).date());
            let before = store::choices::of_request(tx, id)?;
            store::answers::set_scores(tx, &to, before.as_ref(), &new.scores, desk.now)?;
            let situation = store::situation(tx, to.asked(), at.1)?;
            let told = store::choices::choose(tx, (&to, &situation), new, who.name(), at)?;
            tell_others(tx, &desk, &told)?;
            tell_chosen(tx, &desk, to.asked(), new.answer, &who)?;
            Ok(done(format!("/quotes/{id}"), (id, to.asked().fund.person), ("quote.chosen", "made the choice in")))
        })
        .await;
    visit.app.wake.wake();
    let notice = "The choice is recorded, with everything that was before you.";
    visit.done_or_again(outcome, notice, SHOW, request_page(&visit, &actor, id)).await
}

/// Tells who was not chosen, once the choice stands.
fn tell_others(tx: &mut Tx, desk: &Desk<'_>, told: &[(Ask, String)]) -> Result<(), Error> {
    for (ask, words) in told {
        let thanks = "Another way was chosen for a request that you answered. Thank you.".to_owned();
        let says = vec![thanks, words.clone()];
        let words = Words { subject: "Your offer was not chosen", says, label: "Read it here" };
        letters::to_provider(tx, desk, ask, &words)?;
    }
    Ok(())
}

fn tell_chosen(
    tx: &mut Tx,
    desk: &Desk<'_>,
    asked: &store::Asked,
    answer: Option<crate::ids::QuoteAnswerId>,
    by: &Actor,
) -> Result<(), Error> {
    let Some(answer) = answer else { return Ok(()) };
    let answers = store::answers::of_request(tx, asked.request.id)?;
    let ask = answers.iter().find(|one| one.id == answer).map(|one| one.ask);
    let Some(ask) = asked.asks.iter().find(|one| Some(one.id) == ask) else { return Ok(()) };
    let says = vec!["Your offer was chosen. You learn who it is when the person accepts it.".to_owned()];
    let words = Words { subject: "Your offer was chosen", says, label: "Look at it" };
    letters::to_provider(tx, desk, ask, &words)?;
    let person = people::person_of_record(tx, asked.fund.person)?;
    let says = vec!["A provider was chosen. It learns who you are only when you accept.".to_owned()];
    let words = Words { subject: "A choice waits for you", says, label: "Look at it, then accept or not" };
    let path = format!("/quotes/{}", asked.request.id);
    letters::to_asker(tx, desk, (&asked.request, &person), (&words, &path), by.user())
}

/// Accepts what was chosen, as the person or as somebody who signs for them.
pub async fn accept(visit: Visit, actor: Actor, path: web::Path<QuoteRequestId>, sent: Submitted) -> Answer {
    let (id, who) = (*path, actor.clone());
    let may = move |tx: &mut Tx| {
        let asked = store::request(tx, &who, id)?;
        store::choices::may_accept(&who, &asked).map(|_| ())
    };
    visit.app.db.read(may).await?;
    let (app, who) = (visit.app.clone(), actor.clone());
    let outcome = visit
        .write_once(actor.user(), &sent, move |tx| {
            let (desk, asked) = (Desk::of(&app), store::request(tx, &who, id)?);
            let acting = store::choices::may_accept(&who, &asked)?;
            let at = (desk.now, calendar::london(desk.now).date());
            let situation = store::situation(tx, &asked, at.1)?;
            let (ask, others) = store::choices::accept(tx, (&acting, &situation), at)?;
            tell_others(tx, &desk, &others)?;
            let says = vec!["The person has accepted your offer. Who it is you read here.".to_owned()];
            let words = Words { subject: "Your offer was accepted", says, label: "Read who it is" };
            letters::to_provider(tx, &desk, &ask, &words)?;
            Ok(done(format!("/quotes/{id}"), (id, asked.fund.person), ("quote.accepted", "accepted the choice in")))
        })
        .await;
    visit.app.wake.wake();
    let notice = "It is accepted. The provider now knows who you are, and the price holds for this fund.";
    visit.done_or_again(outcome, notice, SHOW, request_page(&visit, &actor, id)).await
}

/// Refuses what was chosen, with a reason: the request is open again. Whoever may accept may refuse.
pub async fn refuse(visit: Visit, actor: Actor, path: web::Path<QuoteRequestId>, sent: Submitted) -> Answer {
    let (id, who) = (*path, actor.clone());
    let may = move |tx: &mut Tx| {
        let asked = store::request(tx, &who, id)?;
        store::choices::may_accept(&who, &asked).map(|_| ())
    };
    visit.app.db.read(may).await?;
    let (app, who) = (visit.app.clone(), actor.clone());
    let outcome = visit
        .write_form(actor.user(), &sent, forms::refusal(&sent.fields), move |tx, reason| {
            let (desk, asked) = (Desk::of(&app), store::request(tx, &who, id)?);
            let acting = store::choices::may_accept(&who, &asked)?;
            let at = (desk.now, calendar::london(desk.now).date());
            let situation = store::situation(tx, &asked, at.1)?;
            let refused = store::choices::refuse(tx, (&acting, &situation), reason, at)?;
            tell_refused(tx, &desk, &asked, (&refused, who.user()))?;
            Ok(done(format!("/quotes/{id}"), (id, asked.fund.person), ("quote.refused", "refused the choice in")))
        })
        .await;
    visit.app.wake.wake();
    let notice = "It is not accepted. Nobody learnt who it is, and the request is open again.";
    visit.done_or_again(outcome, notice, SHOW, request_page(&visit, &actor, id)).await
}

/// Tells whoever chose that it was refused, and everybody who was asked that they can answer again. The reason stands on the
/// page alone.
fn tell_refused(
    tx: &mut Tx,
    desk: &Desk<'_>,
    asked: &store::Asked,
    (refused, by): (&Choice, UserId),
) -> Result<(), Error> {
    let person = people::person_of_record(tx, asked.fund.person)?;
    let says =
        vec!["What you chose was not accepted. The reason stands with the request, which is open again.".to_owned()];
    let words = Words { subject: "What you chose was not accepted", says, label: "Read why, and choose anew" };
    letters::to_chooser(tx, desk, (&asked.request, &person), (refused.by_user, by), &words)?;
    let today = calendar::london(desk.now).date();
    let choice = store::choices::of_request(tx, asked.request.id)?;
    let until = calendar::full(rules::answers_until(&asked.request, choice.as_ref(), today));
    let answers = store::answers::of_request(tx, asked.request.id)?;
    let chosen = answers.iter().find(|answer| Some(answer.id) == refused.answer).map(|answer| answer.ask);
    for ask in &asked.asks {
        // Who was not chosen was not told so, and is not told now.
        let so = if chosen == Some(ask.id) { "open again: your offer was not accepted" } else { "open to answers" };
        let says = vec![format!("A request that you were asked about is {so}. You can answer until {until}.")];
        let words = Words { subject: "A request for a quote is open again", says, label: "Read and answer" };
        letters::to_provider(tx, desk, ask, &words)?;
    }
    Ok(())
}

/// A choice with everything that was before whoever chose: the newest, or an earlier one.
pub async fn choice(visit: Visit, actor: Actor, path: web::Path<QuoteRequestId>) -> Answer {
    let (id, number) = (*path, forms::choice_number(&visit.query()?)?);
    let read = move |tx: &mut Tx| {
        let (whose, choice) = kept(tx, &actor, (id, number))?;
        let snapshot: Snapshot = serde_json::from_str(&choice.document).map_err(|_| Error::NotFound)?;
        Ok(pages::choice(id, &whose, &choice, &snapshot))
    };
    let page = visit.app.db.read(read).await?;
    seen(&visit, id).await?;
    visit.show("quotes/choice.html", &page)
}

/// The document of a choice, byte for byte.
pub async fn document(visit: Visit, actor: Actor, path: web::Path<QuoteRequestId>) -> Answer {
    let (id, number) = (*path, forms::choice_number(&visit.query()?)?);
    let (_, choice) = visit.app.db.read(move |tx| kept(tx, &actor, (id, number))).await?;
    seen(&visit, id).await?;
    Ok(visit.file(&format!("choice-{id}-{}.json", choice.number), "application/json", choice.document.into_bytes()))
}

fn kept(tx: &mut Tx, actor: &Actor, (id, number): (QuoteRequestId, Option<i64>)) -> Result<(String, Choice), Error> {
    let asked = store::request(tx, actor, id)?;
    let kept = |choice: &Choice| !choice.document.is_empty() && store::sees_plan(actor, &asked);
    let meant = |choice: &Choice| number.is_none_or(|number| choice.number == number);
    let choice = store::choices::all_of(tx, id)?.into_iter().rfind(meant).filter(kept);
    Ok((whose(tx, actor, &asked)?, choice.ok_or(Error::NotFound)?))
}
