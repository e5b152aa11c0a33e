//! Agreements over HTTP: drawing up, signing, ending, showing.

pub mod drawing_up;
pub mod ending;
pub mod signing;

use std::sync::Arc;

use actix_web::web;

use super::pages::{self, ShowPage};
use super::rules::{self, text};
use super::store::{self, Doer};
use super::{Agreement, Text, Whole, forms};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::budgets::Fund;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::AgreementId;
use crate::web::form::Fields;
use crate::web::page::{Answer, Done, Submitted, Visit};

const SHOW: &str = "agreements/show.html";

/// An agreement.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<AgreementId>) -> Answer {
    let page = page(&visit, &actor, *path).await?;
    seen(&visit, *path).await?;
    visit.show(SHOW, &page)
}

/// Notes a look at an agreement that was loaded for the actor.
async fn seen(visit: &Visit, id: AgreementId) -> Result<(), Error> {
    visit.seen_of(id, move |tx| store::person_of(tx, id)).await
}

/// The page of an agreement for an actor.
async fn page(visit: &Visit, actor: &Actor, id: AgreementId) -> Result<ShowPage, Error> {
    let (whole, who) = load(visit, actor, id).await?;
    let (today, unsettled) = (visit.app.clock.today(), !whole.unsettled.is_empty());
    let able = rules::able(&who, &whole.fund, &whole.agreement, &whole.signatures, unsettled, today);
    Ok(pages::show(&whole, words(&whole), &able))
}

async fn load(visit: &Visit, actor: &Actor, id: AgreementId) -> Result<(Whole, Actor), Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    visit.app.db.read(move |tx| Ok((store::whole(tx, &who, id, today)?, who))).await
}

/// The text as it was fixed; before that, as it would be.
fn words(whole: &Whole) -> Text {
    match &whole.fixed {
        Some(fixed) => text::read_back(&fixed.body),
        None => text::text(text::Source {
            parties: &whole.parties,
            fund: &whole.fund,
            terms: &whole.agreement.terms,
            fee: &whole.fee,
        }),
    }
}

/// Shows the agreement again with what was wrong.
async fn again(visit: &Visit, actor: &Actor, id: AgreementId, error: Error) -> Answer {
    let page = page(visit, actor, id).await?;
    visit.show_again(error, SHOW, &page)
}

/// Does something to an agreement that the actor may see, in one transaction and once. The work looks at the right before
/// it reads the form, which may be wrong.
async fn deed<F>(
    visit: &Visit,
    actor: &Actor,
    id: AgreementId,
    sent: &Submitted,
    (what, says): (&'static str, &'static str),
    work: F,
) -> Result<String, Error>
where
    F: Fn(&mut Tx, &Actor, (&Agreement, &Fund), &Fields) -> Result<(), Error> + Send + 'static,
{
    let (who, fields) = (actor.clone(), sent.fields.clone());
    let work = move |tx: &mut Tx| {
        let (agreement, fund) = store::agreement(tx, &who, id)?;
        work(tx, &who, (&agreement, &fund), &fields)?;
        let (after, _) = store::agreement(tx, &who, id)?;
        let state = |agreement: &Agreement| serde_json::json!({ "status": agreement.status.code() });
        let act = Act::new(what, says, id).concerning(fund.person).before(&state(&agreement)).after(&state(&after));
        Ok(Done::new(format!("/agreements/{id}"), act))
    };
    visit.write_once(actor.user(), sent, work).await
}

/// The stored paper, byte for byte, with its fingerprint in a header.
pub async fn paper(visit: Visit, actor: Actor, path: web::Path<AgreementId>) -> Answer {
    let id = *path;
    let read = move |tx: &mut Tx| {
        let (agreement, _) = store::agreement(tx, &actor, id)?;
        store::fixed(tx, &agreement)
    };
    let fixed = visit.app.db.read(read).await?;
    visit.seen_of(Thing::of(ThingKind::Paper, id), move |tx| store::person_of(tx, id)).await?;
    Ok(visit.paper(&fixed.name, fixed.body, fixed.sha256))
}
