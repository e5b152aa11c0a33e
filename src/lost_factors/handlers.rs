//! Lost second factors over HTTP: asked for by those who know the owner, confirmed by another, stopped by the owner.

use actix_web::web;

use super::pages::RemovalsPage;
use super::store;
use super::{Target, forms, pages};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{OrganisationId, PersonId, RemovalId, UserId};
use crate::mail::desk::Desk;
use crate::web::page::{Answer, Done, Submitted, Visit};

const SHOW: &str = "lost_factors/show.html";
const OWN: &str = "/account/second-factor/removals";

/// The second factor of a member, for the administrators of the organisation.
pub async fn show_member(visit: Visit, actor: Actor, path: web::Path<(OrganisationId, UserId)>) -> Answer {
    let (organisation, user) = *path;
    show(&visit, &actor, Target::Member(organisation, user)).await
}

/// The second factor of a person, for the officers of the council.
pub async fn show_person(visit: Visit, actor: Actor, path: web::Path<PersonId>) -> Answer {
    let page = page(&visit, &actor, Target::Person(*path)).await?;
    visit.seen(*path, *path).await?;
    visit.show(SHOW, &page)
}

async fn show(visit: &Visit, actor: &Actor, target: Target) -> Answer {
    visit.show(SHOW, &page(visit, actor, target).await?)
}

async fn page(visit: &Visit, actor: &Actor, target: Target) -> Result<RemovalsPage, Error> {
    let actor = actor.clone();
    let read = move |tx: &mut Tx| {
        let (right, owner) = store::owner(tx, &actor, target)?;
        let removals = store::removals_for(tx, &right, &owner)?;
        Ok(pages::show(&right, &owner, &removals, target.path()))
    };
    visit.app.db.read(read).await
}

/// What others ask about one's own second factor.
pub async fn own(visit: Visit, actor: Actor) -> Answer {
    let user = actor.user();
    let removals = visit.app.db.read(move |tx| store::removals(tx, user)).await?;
    visit.show(SHOW, &pages::own(&actor, &removals))
}

/// Asks for a member.
pub async fn ask_member(
    visit: Visit,
    actor: Actor,
    path: web::Path<(OrganisationId, UserId)>,
    sent: Submitted,
) -> Answer {
    let (organisation, user) = *path;
    ask(&visit, &actor, &sent, Target::Member(organisation, user)).await
}

/// Asks for a person.
pub async fn ask_person(visit: Visit, actor: Actor, path: web::Path<PersonId>, sent: Submitted) -> Answer {
    ask(&visit, &actor, &sent, Target::Person(*path)).await
}

async fn ask(visit: &Visit, actor: &Actor, sent: &Submitted, target: Target) -> Answer {
    let (app, known) = (visit.app.clone(), actor.clone());
    // The right is looked at before the form, which may be wrong.
    let (right, owner) = visit.app.db.read(move |tx| store::owner(tx, &known, target)).await?;
    actor.second_factor().map_err(Error::from)?;
    let work = move |tx: &mut Tx, reason: &String| {
        let acts = store::ask(tx, &Desk::of(&app), (&right, &owner), reason)?;
        let mut acts = acts.into_iter();
        let first = acts.next().ok_or_else(|| Error::Internal("an act that was not recorded".to_owned()))?;
        Ok(acts.fold(Done::new(target.path(), first), Done::and))
    };
    let outcome = visit.write_form(actor.user(), sent, forms::ask(&sent.fields), work).await;
    visit.app.wake.wake();
    visit.done_or_again(outcome, "It is asked for. The owner is told by mail.", SHOW, page(visit, actor, target)).await
}

/// Confirms what another administrator asked for.
pub async fn confirm(visit: Visit, actor: Actor, path: web::Path<RemovalId>, sent: Submitted) -> Answer {
    let (id, app, known) = (*path, visit.app.clone(), actor.clone());
    let work = move |tx: &mut Tx| {
        let (removal, act) = store::confirm(tx, &Desk::of(&app), &known, id)?;
        Ok(Done::new(removal.target().path(), act))
    };
    let location = visit.write_once(actor.user(), &sent, work).await?;
    visit.app.wake.wake();
    Ok(visit.done(&location, "It is confirmed. It is done in two days, unless it is stopped."))
}

/// Stops it.
pub async fn stop(visit: Visit, actor: Actor, path: web::Path<RemovalId>, sent: Submitted) -> Answer {
    let (id, app, known) = (*path, visit.app.clone(), actor.clone());
    let work = move |tx: &mut Tx| {
        let (removal, act) = store::stop(tx, &Desk::of(&app), &known, id)?;
        let location = if removal.user == known.user() { OWN.to_owned() } else { removal.target().path() };
        Ok(Done::new(location, act))
    };
    let location = visit.write_once(actor.user(), &sent, work).await?;
    visit.app.wake.wake();
    Ok(visit.done(&location, "It is stopped. The second factor stays as it is."))
}
