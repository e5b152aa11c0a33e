//! Reviews over HTTP: written by who used a service, read first by their council, answered once by the provider, taken back.

use std::collections::BTreeSet;

use actix_web::web;

use super::pages::{self, ListPage, Looker, NewPage, ReviewPage, ToReview};
use super::{Review, forms, letters, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::{Actor, Approve};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{PersonId, ReviewId, ServiceId};
use crate::mail::desk::Desk;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "reviews/list.html";
const NEW: &str = "reviews/new.html";
const SHOW: &str = "reviews/show.html";

/// The reviews that the actor has to do with, and what they could write about.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let read = move |tx: &mut Tx| {
        let persons = actor.people_for::<Approve>();
        let (mut used, names) = (store::used(tx, &persons)?, store::names_of(tx, &persons)?);
        used.sort_by_key(|(person, ..)| persons.iter().position(|one| one == person));
        let to_review = |(person, service, name): &(PersonId, ServiceId, String)| ToReview {
            label: format!("{name}, {}", whose(&actor, *person, names.get(person).map_or("", String::as_str))),
            href: format!("/services/{service}/reviews/new?person={person}"),
        };
        let page = pages::list(used.iter().map(to_review).collect(), &store::list(tx, &actor)?);
        let looked_at: BTreeSet<PersonId> = used.iter().map(|(person, ..)| *person).collect();
        Ok((page, looked_at))
    };
    let (page, looked_at): (ListPage, BTreeSet<PersonId>) = visit.app.db.read(read).await?;
    // What somebody used tells of their care.
    for person in looked_at {
        visit.seen(person, person).await?;
    }
    visit.show(LIST, &page)
}

fn whose(actor: &Actor, person: PersonId, name: &str) -> String {
    if actor.person() == Some(person) { "for you".to_owned() } else { format!("for {name}") }
}

/// For whom somebody writes: whom they name, else themselves, else the only one for whom they may.
fn for_whom(actor: &Actor, named: Option<PersonId>) -> Result<PersonId, Error> {
    let only = match actor.people_for::<Approve>().as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    named.or(actor.person()).or(only).ok_or(Error::NotFound)
}

/// The form for a review.
pub async fn new(visit: Visit, actor: Actor, path: web::Path<ServiceId>) -> Answer {
    let person = for_whom(&actor, forms::person(&visit.query()?)?)?;
    let (page, before) = new_page(&visit, &actor, *path, person).await?;
    // The form holds what was said before; without any, it tells what the person used.
    let thing = before.map_or_else(|| person.into(), |review| Thing::of(ThingKind::Review, review));
    visit.seen(person, thing).await?;
    visit.show(NEW, &page)
}

/// The form, and the review that a new one would follow.
async fn new_page(
    visit: &Visit,
    actor: &Actor,
    service: ServiceId,
    person: PersonId,
) -> Result<(NewPage, Option<ReviewId>), Error> {
    let actor = actor.clone();
    let read = move |tx: &mut Tx| {
        store::may_write(&actor, person)?;
        let (_, name) = store::newest_use(tx, person, service)?.ok_or(Error::NotFound)?;
        let names = store::names_of(tx, &[person])?;
        let whose = whose(&actor, person, names.get(&person).map_or("", String::as_str));
        let before = store::newest(tx, person, service)?;
        let page = pages::new((service, name), (person, whose), before.as_ref());
        Ok((page, before.map(|review| review.id)))
    };
    visit.app.db.read(read).await
}

/// Writes a review, or a new version of one.
pub async fn write(visit: Visit, actor: Actor, path: web::Path<ServiceId>, sent: Submitted) -> Answer {
    let (service, who, app) = (*path, actor.clone(), visit.app.clone());
    if actor.people_for::<Approve>().is_empty() {
        return Err(Error::Forbidden(
            "Only who used a service, or acts for somebody who did, may say how it was.".to_owned(),
        )
        .into());
    }
    visit.app.db.read(move |tx| store::check_service(tx, service)).await?;
    let form = forms::review(&sent.fields, for_whom(&actor, None).ok());
    let named = forms::person(&sent.fields).ok().flatten();
    let outcome = visit
        .write_form(actor.user(), &sent, form, move |tx, new| {
            let desk = Desk::of(&app);
            let id = store::add(tx, &who, (service, new), desk.now).map_err(unknown_person)?;
            let waits = store::review(tx, &who, id)?;
            letters::to_officers(tx, &desk, &waits)?;
            Ok(done(id, new.person, "review.written", "wrote"))
        })
        .await;
    visit.app.wake.wake();
    match outcome {
        Ok(location) => {
            Ok(visit.done(&location, "Thank you. The council reads it before it is shown, without a name."))
        }
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        Err(error) => {
            let person = for_whom(&actor, named)?;
            match new_page(&visit, &actor, service, person).await {
                Ok((page, _)) => visit.show_again(error, NEW, &page),
                Err(_) => Err(error.into()),
            }
        }
    }
}

/// Somebody for whom the actor does not write is nobody of the list.
fn unknown_person(error: Error) -> Error {
    match error {
        Error::NotFound => crate::error::Invalid::field("person", "Choose the person from the list.").into(),
        other => other,
    }
}

/// A review.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<ReviewId>) -> Answer {
    let id = *path;
    let (page, person) = review_page(&visit, &actor, id).await?;
    visit.seen(person, Thing::of(ThingKind::Review, id)).await?;
    visit.show(SHOW, &page)
}

async fn review_page(visit: &Visit, actor: &Actor, id: ReviewId) -> Result<(ReviewPage, PersonId), Error> {
    let actor = actor.clone();
    let read = move |tx: &mut Tx| {
        let review: Review = store::review(tx, &actor, id)?;
        let decides = review.stands() && rules::may_decide(&actor, &review).is_ok();
        let reply_tells = if decides { store::reply_tells(tx, &review)? } else { None };
        let looker = Looker {
            decides,
            replies: rules::may_reply(&actor, &review).is_ok() && rules::check_reply(&review).is_ok(),
            withdraws: store::may_withdraw(&actor, &review).is_ok() && rules::check_stands(&review).is_ok(),
            sees_reply: review.reply.as_ref().is_some_and(|reply| rules::sees_reply(&actor, &review, reply)),
            reply_tells,
        };
        Ok((pages::show(&review, looker), review.person))
    };
    visit.app.db.read(read).await
}

/// Who decides sees the review; the right is looked at before the form, which may be wrong.
async fn may_decide(visit: &Visit, actor: &Actor, id: ReviewId) -> Result<(), Error> {
    let reader = actor.clone();
    let may = move |tx: &mut Tx| {
        let review = store::review(tx, &reader, id)?;
        rules::may_decide(&reader, &review).map(|_| ())
    };
    visit.app.db.read(may).await
}

/// Decides whether a review is shown: for the first time, or anew.
pub async fn decide(visit: Visit, actor: Actor, path: web::Path<ReviewId>, sent: Submitted) -> Answer {
    let (id, who, app) = (*path, actor.clone(), visit.app.clone());
    may_decide(&visit, &actor, id).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::decision(&sent.fields), move |tx, new| {
            let (desk, review) = (Desk::of(&app), store::review(tx, &who, id)?);
            store::decide(tx, &who, &review, new, desk.now)?;
            letters::to_writer(tx, &desk, &review, new.shown)?;
            if new.shown {
                letters::to_provider(tx, &desk, &review)?;
            }
            let says = if new.shown { "let everybody read" } else { "did not let everybody read" };
            Ok(done(id, review.person, "review.decided", says))
        })
        .await;
    visit.app.wake.wake();
    again(&visit, &actor, id, outcome, "It is decided.").await
}

/// Answers a review for its provider.
pub async fn reply(visit: Visit, actor: Actor, path: web::Path<ReviewId>, sent: Submitted) -> Answer {
    let (id, who, app) = (*path, actor.clone(), visit.app.clone());
    let reader = actor.clone();
    let may = move |tx: &mut Tx| {
        let review = store::review(tx, &reader, id)?;
        rules::may_reply(&reader, &review).map(|_| ()).map_err(Error::from)
    };
    visit.app.db.read(may).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::reply(&sent.fields), move |tx, text| {
            let (desk, review) = (Desk::of(&app), store::review(tx, &who, id)?);
            store::reply(tx, &who, &review, text, desk.now)?;
            let waits = store::review(tx, &who, id)?;
            letters::to_officers(tx, &desk, &waits)?;
            Ok(done(id, review.person, "review.answered", "answered"))
        })
        .await;
    visit.app.wake.wake();
    again(&visit, &actor, id, outcome, "Thank you. The council reads your answer before everybody does.").await
}

/// Decides whether the answer to a review is shown: for the first time, or anew.
pub async fn decide_reply(visit: Visit, actor: Actor, path: web::Path<ReviewId>, sent: Submitted) -> Answer {
    let (id, who, app) = (*path, actor.clone(), visit.app.clone());
    may_decide(&visit, &actor, id).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::reply_decision(&sent.fields), move |tx, (reply, new)| {
            let (desk, review) = (Desk::of(&app), store::review(tx, &who, id)?);
            store::decide_reply(tx, &who, (&review, *reply), new, desk.now)?;
            letters::reply_decided(tx, &desk, &review, new.shown)?;
            let says =
                if new.shown { "let everybody read the answer to" } else { "did not let everybody read the answer to" };
            Ok(done(id, review.person, "review.answer_decided", says))
        })
        .await;
    visit.app.wake.wake();
    again(&visit, &actor, id, outcome, "It is decided.").await
}

/// Takes a review back, with all that was said of the service before.
pub async fn withdraw(visit: Visit, actor: Actor, path: web::Path<ReviewId>, sent: Submitted) -> Answer {
    let (id, who, now) = (*path, actor.clone(), visit.app.clock.now());
    let reader = actor.clone();
    let may = move |tx: &mut Tx| {
        let review = store::review(tx, &reader, id)?;
        store::may_withdraw(&reader, &review).map(|_| ())
    };
    visit.app.db.read(may).await?;
    let outcome = visit
        .write_once(actor.user(), &sent, move |tx| {
            let review = store::review(tx, &who, id)?;
            store::withdraw(tx, &who, &review, now)?;
            Ok(done(id, review.person, "review.taken_back", "took back"))
        })
        .await;
    again(&visit, &actor, id, outcome, "It is taken back. Nobody reads it on the page of the service any more.").await
}

async fn again(visit: &Visit, actor: &Actor, id: ReviewId, outcome: Result<String, Error>, notice: &str) -> Answer {
    let page = async { review_page(visit, actor, id).await.map(|(page, _)| page) };
    visit.done_or_again(outcome, notice, SHOW, page).await
}

/// Leads to a review, and records what was done with it.
fn done(id: ReviewId, person: PersonId, what: &'static str, says: &str) -> Done {
    let act = Act::new(what, format!("{says} review {id}"), Thing::of(ThingKind::Review, id)).concerning(person);
    Done::new(format!("/reviews/{id}"), act)
}
