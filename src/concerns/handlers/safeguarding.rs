//! Safeguarding: anybody raises a concern, and from then on only the council's safeguarding people know of it. To everybody
//! else every page of this is not found, whatever there is. What is written here goes into the tables of its own, not into
//! the record that a person and those who act for them can read.

use std::collections::BTreeSet;

use actix_web::web;

use crate::auth::rights::{Actor, SafeguardingMember};
use crate::concerns::pages::safeguarding::{self as pages, ConcernPage, NewConcernPage, SafeguardingPage, SignalPage};
use crate::concerns::store::{contacts, safeguarding as store, signals, things};
use crate::concerns::{Step, forms};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{ConcernId, OrganisationId, SignalId};
use crate::people;
use crate::web::page::{Answer, Submitted, Visit};

const NEW: &str = "concerns/safeguarding_new.html";
const RECEIVED: &str = "concerns/safeguarding_received.html";
const LIST: &str = "concerns/safeguarding_list.html";
const CONCERN: &str = "concerns/safeguarding_concern.html";
const SIGNAL: &str = "concerns/safeguarding_signal.html";

/// The form for a concern.
pub async fn new(visit: Visit, actor: Actor) -> Answer {
    let page = new_page(&visit, &actor).await?;
    visit.show(NEW, &page)
}

async fn new_page(visit: &Visit, actor: &Actor) -> Result<NewConcernPage, Error> {
    let actor = actor.clone();
    let read = move |tx: &mut Tx| {
        let people = things::people_in_sight(tx, &actor)?;
        let councils: BTreeSet<OrganisationId> = people.iter().map(|person| person.council).collect();
        let mut lines = vec![];
        for council in councils {
            let name = people::store::organisation(tx, council)?.name;
            lines.push(pages::line(&name, contacts::of_council(tx, council)?.as_ref()));
        }
        Ok(pages::new_page(&people, lines))
    };
    visit.app.db.read(read).await
}

/// Raises a concern.
pub async fn raise(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (who, now) = (actor.clone(), visit.app.clock.now());
    let outcome = visit
        .write_apart(actor.user(), &sent, forms::concern(&sent.fields), move |tx, new| {
            let id = store::raise(tx, &who, new, store::AboutWhom::default(), now)?;
            Ok(format!("/safeguarding/received/{id}"))
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "It is received.")),
        Err(error) => visit.show_again(error, NEW, &new_page(&visit, &actor).await?),
    }
}

/// What the one who raised a concern may know of it.
pub async fn received(visit: Visit, actor: Actor, path: web::Path<ConcernId>) -> Answer {
    let id = *path;
    let receipt = visit.app.db.read(move |tx| store::receipt(tx, &actor, id)).await?;
    visit.show(RECEIVED, &pages::receipt(receipt))
}

/// The concerns and signals of a council.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let (right, now) = (actor.safeguarding()?, visit.app.clock.now());
    // A look is recorded in the transaction that loads what is looked at: without the one there is not the other.
    let (concerns, signals) = visit.app.db.write(move |tx| store::list(tx, &actor, &right, now)).await?;
    let is_closed = |concern: &&crate::concerns::Concern| store::steps(concern).contains(&Step::Closed);
    let is_judged = |signal: &&crate::concerns::Signal| signal.judged.is_some();
    let (closed, open): (Vec<_>, Vec<_>) = concerns.iter().partition(is_closed);
    let (judged, waiting): (Vec<_>, Vec<_>) = signals.iter().partition(is_judged);
    let page = SafeguardingPage {
        state: pages::list_state(open.len(), waiting.len()),
        open: open.into_iter().map(pages::concern_row).collect(),
        signals: waiting.into_iter().map(pages::signal_row).collect(),
        closed: closed.into_iter().map(pages::concern_row).collect(),
        judged: judged.into_iter().map(pages::signal_row).collect(),
    };
    visit.show(LIST, &page)
}

/// A concern.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<ConcernId>) -> Answer {
    let page = concern_page(&visit, &actor, &actor.safeguarding()?, *path).await?;
    visit.show(CONCERN, &page)
}

async fn concern_page(
    visit: &Visit,
    actor: &Actor,
    right: &SafeguardingMember,
    id: ConcernId,
) -> Result<ConcernPage, Error> {
    let (actor, right, now) = (actor.clone(), right.clone(), visit.app.clock.now());
    let load = move |tx: &mut Tx| {
        let concern = store::concern(tx, &actor, &right, id, now)?;
        Ok(pages::concern_page(&concern, store::looks(tx, Some(id), None)?))
    };
    visit.app.db.write(load).await
}

/// Writes to a concern: a note, a decision, its closing.
pub async fn write(visit: Visit, actor: Actor, path: web::Path<ConcernId>, sent: Submitted) -> Answer {
    let (id, right, now) = (*path, actor.safeguarding()?, visit.app.clock.now());
    // Whoever may not see it learns nothing from a form that is wrong.
    concern_page(&visit, &actor, &right, id).await?;
    let (who, held) = (actor.clone(), right.clone());
    let outcome = visit
        .write_apart(actor.user(), &sent, forms::step(&sent.fields), move |tx, new| {
            let concern = store::concern(tx, &who, &held, id, now)?;
            store::write(tx, &held, &concern, new, now)?;
            Ok(format!("/safeguarding/{id}"))
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "It is written down.")),
        Err(error) => visit.show_again(error, CONCERN, &concern_page(&visit, &actor, &right, id).await?),
    }
}

/// A signal.
pub async fn signal(visit: Visit, actor: Actor, path: web::Path<SignalId>) -> Answer {
    let page = signal_page(&visit, &actor, &actor.safeguarding()?, *path).await?;
    visit.show(SIGNAL, &page)
}

async fn signal_page(
    visit: &Visit,
    actor: &Actor,
    right: &SafeguardingMember,
    id: SignalId,
) -> Result<SignalPage, Error> {
    let (actor, right, now) = (actor.clone(), right.clone(), visit.app.clock.now());
    let load = move |tx: &mut Tx| {
        let signal = signals::signal(tx, &actor, &right, id, now)?;
        Ok(pages::signal_page(&signal, store::looks(tx, None, Some(id))?))
    };
    visit.app.db.write(load).await
}

/// Judges a signal.
pub async fn judge(visit: Visit, actor: Actor, path: web::Path<SignalId>, sent: Submitted) -> Answer {
    let (id, right, now) = (*path, actor.safeguarding()?, visit.app.clock.now());
    signal_page(&visit, &actor, &right, id).await?;
    let (who, held) = (actor.clone(), right.clone());
    let outcome = visit
        .write_apart(actor.user(), &sent, forms::judgement(&sent.fields), move |tx, (judgement, reason)| {
            let signal = signals::signal(tx, &who, &held, id, now)?;
            let concern = signals::judge(tx, (&who, &held), &signal, (*judgement, reason), now)?;
            Ok(concern.map_or_else(|| "/safeguarding".to_owned(), |concern| format!("/safeguarding/{concern}")))
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "The signal is judged.")),
        Err(error) => visit.show_again(error, SIGNAL, &signal_page(&visit, &actor, &right, id).await?),
    }
}
