//! Reviews over HTTP: written by who used a service, read first by their council, answered once by the provider.

use actix_web::web;

use super::pages::{self, ListPage, NewPage, ReviewPage, ToReview};
use super::{Review, forms, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::{Actor, Approve};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{PersonId, ReviewId, ServiceId};
use crate::people::store as people;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "reviews/list.html";
const NEW: &str = "reviews/new.html";
const SHOW: &str = "reviews/show.html";

/// The reviews that the actor has to do with, and what they could write about.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let read = move |tx: &mut Tx| {
        let mut used: Vec<ToReview> = vec![];
        for person in actor.people_for::<Approve>() {
            let whose = whose(tx, &actor, person)?;
            for (service, name, _) in store::used(tx, person)? {
                let href = format!("/services/{service}/reviews/new?person={person}");
                used.push(ToReview { label: format!("{name}, {whose}"), href });
            }
        }
        Ok(pages::list(used, &store::list(tx, &actor)?))
    };
    let page: ListPage = visit.app.db.read(read).await?;
    visit.show(LIST, &page)
}

fn whose(tx: &mut Tx, actor: &Actor, person: PersonId) -> Result<String, Error> {
    if actor.person() == Some(person) {
        return Ok("for you".to_owned());
    }
    Ok(format!("for {}", people::person_of_record(tx, person)?.name))
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
    let page = new_page(&visit, &actor, *path, person).await?;
    visit.seen(person, Thing::of(ThingKind::Review, *path)).await?;
    visit.show(NEW, &page)
}

async fn new_page(visit: &Visit, actor: &Actor, service: ServiceId, person: PersonId) -> Result<NewPage, Error> {
    let actor = actor.clone();
    let read = move |tx: &mut Tx| {
        store::may_write(&actor, person)?;
        let used = store::used(tx, person)?.into_iter().find(|(of, ..)| *of == service);
        let (_, name, _) = used.ok_or(Error::NotFound)?;
        let whose = whose(tx, &actor, person)?;
        Ok(pages::new((service, name), (person, whose), store::newest(tx, person, service)?.as_ref()))
    };
    visit.app.db.read(read).await
}

/// Writes a review, or a new version of one.
pub async fn write(visit: Visit, actor: Actor, path: web::Path<ServiceId>, sent: Submitted) -> Answer {
    let (service, who, now) = (*path, actor.clone(), visit.app.clock.now());
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
            let id = store::add(tx, &who, (service, new), now).map_err(unknown_person)?;
            Ok(done(id, new.person, "review.written", "wrote"))
        })
        .await;
    match outcome {
        Ok(location) => {
            Ok(visit.done(&location, "Thank you. The council reads it before it is shown, without a name."))
        }
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        Err(error) => {
            let person = for_whom(&actor, named)?;
            match new_page(&visit, &actor, service, person).await {
                Ok(page) => visit.show_again(error, NEW, &page),
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
        let decides = review.decision.is_none() && rules::may_decide(&actor, &review).is_ok();
        let replies = rules::may_reply(&actor, &review).is_ok() && rules::check_reply(&review).is_ok();
        Ok((pages::show(&review, decides, replies), review.person))
    };
    visit.app.db.read(read).await
}

/// Decides whether a review is shown.
pub async fn decide(visit: Visit, actor: Actor, path: web::Path<ReviewId>, sent: Submitted) -> Answer {
    let (id, who, now) = (*path, actor.clone(), visit.app.clock.now());
    let reader = actor.clone();
    let may = move |tx: &mut Tx| {
        let review = store::review(tx, &reader, id)?;
        rules::may_decide(&reader, &review).map(|_| ())
    };
    visit.app.db.read(may).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::decision(&sent.fields), move |tx, (shown, reason)| {
            let review = store::review(tx, &who, id)?;
            store::decide(tx, &who, &review, (*shown, reason), now)?;
            let says = if *shown { "let everybody read" } else { "did not let everybody read" };
            Ok(done(id, review.person, "review.decided", says))
        })
        .await;
    again(&visit, &actor, id, outcome, "It is decided.").await
}

/// Answers a review for its provider.
pub async fn reply(visit: Visit, actor: Actor, path: web::Path<ReviewId>, sent: Submitted) -> Answer {
    let (id, who, now) = (*path, actor.clone(), visit.app.clock.now());
    let reader = actor.clone();
    let may = move |tx: &mut Tx| {
        let review = store::review(tx, &reader, id)?;
        rules::may_reply(&reader, &review).map(|_| ()).map_err(Error::from)
    };
    visit.app.db.read(may).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::reply(&sent.fields), move |tx, text| {
            let review = store::review(tx, &who, id)?;
            store::reply(tx, &who, &review, text, now)?;
            Ok(done(id, review.person, "review.answered", "answered"))
        })
        .await;
    again(&visit, &actor, id, outcome, "Your answer stands under the review.").await
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
