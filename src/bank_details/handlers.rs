//! Bank details over HTTP: asked for by one, confirmed by another, stopped by any administrator.

use std::sync::Arc;

use actix_web::web;
use chrono::{DateTime, Utc};

use super::pages::{BankPage, Looker};
use super::store::Desk;
use super::{forms, pages, rules, store};
use crate::audit::Act;
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{BankChangeId, OrganisationId};
use crate::organisations::store as inside;
use crate::web::App;
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::token::Keys;

const SHOW: &str = "bank_details/show.html";

/// Where an organisation is paid, and what changes about it.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<OrganisationId>) -> Answer {
    let page = page(&visit, &actor, *path).await?;
    visit.show(SHOW, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: OrganisationId) -> Result<BankPage, Error> {
    let (actor, keys, now) = (actor.clone(), visit.app.keys.clone(), visit.app.clock.now());
    visit.app.db.read(move |tx| page_of(tx, &keys, &actor, id, now)).await
}

fn page_of(
    tx: &mut Tx,
    keys: &Arc<Keys>,
    actor: &Actor,
    id: OrganisationId,
    now: DateTime<Utc>,
) -> Result<BankPage, Error> {
    let organisation = store::organisation(tx, actor, id)?;
    let (members, is_member) = (inside::members(tx, id)?, actor.works_for(id));
    let keeps = rules::keeps(actor, id);
    // Whoever sees the page and is no member is the officer who may confirm.
    let officer = (!is_member).then(|| "officer".to_owned());
    let row = |change: super::Change| {
        let confirms = rules::confirm(&change, &members, (actor.user(), keeps, officer.clone()), now).is_ok();
        let stops = is_member && rules::stop(&change, (actor.user(), actor.admin_of(id).is_some()), now).is_ok();
        (change, confirms, stops)
    };
    let changes: Vec<_> = store::changes(tx, keys, id)?.into_iter().map(row).collect();
    Ok(pages::show(&organisation, &changes, Looker { is_member, keeps }, now))
}

/// A step with bank details, as the record names it: its code, and what was done.
type Step = (&'static str, &'static str);

/// Does a step in one transaction, with the mails that tell of it.
async fn step<T, F>(
    visit: &Visit,
    actor: &Actor,
    sent: &Submitted,
    (id, (what, says)): (OrganisationId, Step),
    form: Result<T, Invalid>,
    work: F,
) -> Result<String, Error>
where
    T: Send + 'static,
    F: Fn(&mut Tx, &Desk<'_>, &T) -> Result<(), Error> + Send + 'static,
{
    let (app, known, now): (App, Actor, DateTime<Utc>) = (visit.app.clone(), actor.clone(), visit.app.clock.now());
    let outcome = visit
        .write_form(actor.user(), sent, form, move |tx, form| {
            work(tx, &desk(&app, &known, now), form)?;
            let act = Act::new(what, format!("{says} organisation {id}"), id).on_behalf_of(id);
            Ok(Done::new(format!("/organisations/{id}/bank-details"), act))
        })
        .await;
    visit.app.wake.wake();
    outcome
}

fn desk<'a>(app: &'a App, actor: &'a Actor, now: DateTime<Utc>) -> Desk<'a> {
    Desk { keys: &app.keys, renderer: &app.renderer, public_url: &app.config.public_url, actor, now }
}

/// The right to stop a change is looked at before the form, which may be wrong; that it went on is told by the form.
async fn may_stop(visit: &Visit, actor: &Actor, ids: (OrganisationId, BankChangeId)) -> Result<(), Error> {
    let (app, known, now) = (visit.app.clone(), actor.clone(), visit.app.clock.now());
    let seen = visit.app.db.read(move |tx| store::to_stop(tx, &desk(&app, &known, now), ids).map(|_| ())).await;
    if let Err(Error::Conflict(_)) = seen { Ok(()) } else { seen }
}

/// Asks for new bank details.
pub async fn draft(visit: Visit, actor: Actor, path: web::Path<OrganisationId>, sent: Submitted) -> Answer {
    let id = *path;
    may_see(&visit, &actor, id).await?;
    if !rules::keeps(&actor, id) {
        return Err(Error::from(rules::Refusal::NotKeeper).into());
    }
    let form = forms::details(&sent.fields);
    let what = (id, ("bank_details.asked", "asked for new bank details of"));
    let outcome =
        step(&visit, &actor, &sent, what, form, move |tx, desk, details| store::draft(tx, desk, id, details)).await;
    finish(&visit, &actor, id, outcome, "It is asked for. Somebody else must confirm it now.").await
}

/// Confirms new bank details.
pub async fn confirm(
    visit: Visit,
    actor: Actor,
    path: web::Path<(OrganisationId, BankChangeId)>,
    sent: Submitted,
) -> Answer {
    let (id, change) = *path;
    may_see(&visit, &actor, id).await?;
    let what = (id, ("bank_details.confirmed", "confirmed new bank details of"));
    let outcome =
        step(&visit, &actor, &sent, what, Ok(()), move |tx, desk, ()| store::confirm(tx, desk, (id, change))).await;
    finish(&visit, &actor, id, outcome, "It is confirmed. It holds after the days of cooling off.").await
}

/// Stops new bank details that do not hold yet.
pub async fn stop(
    visit: Visit,
    actor: Actor,
    path: web::Path<(OrganisationId, BankChangeId)>,
    sent: Submitted,
) -> Answer {
    let (id, change) = *path;
    may_stop(&visit, &actor, (id, change)).await?;
    let form = forms::stop(&sent.fields);
    let what = (id, ("bank_details.stopped", "stopped new bank details of"));
    let outcome =
        step(&visit, &actor, &sent, what, form, move |tx, desk, reason| store::stop(tx, desk, (id, change), reason))
            .await;
    finish(&visit, &actor, id, outcome, "It is stopped. What held before still holds.").await
}

/// Whoever has nothing to do with an organisation's bank details does not learn that they are there.
async fn may_see(visit: &Visit, actor: &Actor, id: OrganisationId) -> Result<(), Error> {
    let actor = actor.clone();
    visit.app.db.read(move |tx| store::organisation(tx, &actor, id).map(|_| ())).await
}

/// Onward, or the page again with what was wrong.
async fn finish(
    visit: &Visit,
    actor: &Actor,
    id: OrganisationId,
    outcome: Result<String, Error>,
    notice: &str,
) -> Answer {
    visit.done_or_again(outcome, notice, SHOW, page(visit, actor, id)).await
}
