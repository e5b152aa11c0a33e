//! Claims over HTTP: made by a provider, checked by a letter or an officer, undone by an officer.

use actix_web::web;

use super::pages::{Looker, ShowPage};
use super::{forms, pages, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::bank_details;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{ClaimId, RegisterLocationId};
use crate::people::{OrganisationKind, store as people};
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::parts::Choice;
use crate::web::token::sha256;

const CLAIM: &str = "claims/claim.html";
const SHOW: &str = "claims/show.html";
/// Leads back from a code that was wrong: its try is counted, which a failure would take back.
const WRONG: &str = "#wrong-code";

/// The form that claims an entry of the register.
pub async fn form(visit: Visit, actor: Actor, path: web::Path<RegisterLocationId>) -> Answer {
    let page = form_page(&visit, &actor, *path).await?;
    visit.show(CLAIM, &page)
}

async fn form_page(visit: &Visit, actor: &Actor, id: RegisterLocationId) -> Result<pages::ClaimPage, Error> {
    let (location, taken, claimed) = visit.app.db.read(move |tx| store::to_claim(tx, id)).await?;
    let kind = |kind: &OrganisationKind| Choice::new(kind.code(), kind.words());
    let kinds = forms::KINDS.iter().map(kind).collect();
    Ok(pages::claim(id.number(), (&location, taken, claimed), &rules::own_providers(actor), kinds))
}

/// Claims an entry.
pub async fn claim(visit: Visit, actor: Actor, path: web::Path<RegisterLocationId>, sent: Submitted) -> Answer {
    let (id, now, known) = (*path, visit.app.clock.now(), actor.clone());
    let page = form_page(&visit, &actor, id).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::claim(&sent.fields), move |tx, (claimant, evidence)| {
            Ok(done(store::add(tx, &known, id, (claimant, evidence), now)?, "claim.made", "claimed an entry"))
        })
        .await;
    match outcome {
        Ok(location) => Ok(visit.done(&location, "The entry is claimed. It changes only when the claim is verified.")),
        Err(error) => visit.show_again(error, CLAIM, &page),
    }
}

/// The claims that the actor has to do with.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let page = visit
        .app
        .db
        .read(move |tx| {
            let waiting = bank_details::store::waiting_for_officer(tx, &actor)?;
            Ok(pages::list(&store::list(tx, &actor)?, &waiting))
        })
        .await?;
    visit.show("claims/list.html", &page)
}

/// A claim.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<ClaimId>) -> Answer {
    let page = show_page(&visit, &actor, *path).await?;
    visit.show(SHOW, &page)
}

async fn show_page(visit: &Visit, actor: &Actor, id: ClaimId) -> Result<ShowPage, Error> {
    let actor = actor.clone();
    let page = move |tx: &mut Tx| {
        let (claim, location) = store::claim(tx, &actor, id)?;
        let claims = rules::own_providers(&actor).iter().any(|place| place.organisation == claim.organisation);
        let looker = Looker { claims, decides: store::to_decide(tx, &actor, id).is_ok() };
        let (letter, events) = (store::letter(tx, id)?, store::events(tx, id)?);
        Ok(pages::show((&claim, &location), letter.as_ref(), &events, looker))
    };
    visit.app.db.read(page).await
}

/// Tries the code of a letter.
pub async fn enter_code(visit: Visit, actor: Actor, path: web::Path<ClaimId>, sent: Submitted) -> Answer {
    let (id, known) = (*path, actor.clone());
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let reader = actor.clone();
    visit.app.db.read(move |tx| store::to_enter(tx, &reader, id).map(|_| ())).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::code(&sent.fields), move |tx, code| {
            let tried = store::try_code(tx, &known, (id, code), now, today)?;
            Ok(match tried {
                Ok(()) => done(id, "claim.verified", "gave the code of the letter"),
                Err(refusal) => {
                    done(id, "claim.wrong_code", "gave a wrong code").leading_to(format!("{refusal}{WRONG}"))
                }
            })
        })
        .await;
    let outcome = match outcome {
        Ok(answer) => match answer.strip_suffix(WRONG) {
            Some(sentence) => Err(Invalid::field("code", sentence).into()),
            None => Ok(answer),
        },
        failed => failed,
    };
    finish(&visit, &actor, id, outcome, "The code is right. The entry is yours.").await
}

/// Makes a letter with a code.
pub async fn issue_letter(visit: Visit, actor: Actor, path: web::Path<ClaimId>, sent: Submitted) -> Answer {
    let (id, known, keys, now) = (*path, actor.clone(), visit.app.keys.clone(), visit.app.clock.now());
    let outcome = visit
        .write_once(actor.user(), &sent, move |tx| {
            store::issue_letter(tx, &keys, &known, id, now)?;
            Ok(done(id, "claim.letter_made", "made a letter with a code"))
        })
        .await;
    finish(&visit, &actor, id, outcome, "The letter is made. Print it and post it.").await
}

/// The letter, to be printed and posted.
pub async fn letter(visit: Visit, actor: Actor, path: web::Path<ClaimId>) -> Answer {
    let (id, app, now) = (*path, visit.app.clone(), visit.app.clock.now());
    let page = visit
        .app
        .db
        .read(move |tx| {
            let (claim, location, officer) = store::to_decide(tx, &actor, id)?;
            rules::check_open(&claim)?;
            let letter = store::letter(tx, id)?.ok_or(Error::NotFound)?;
            let code = store::code(&app.keys, id, letter.number)?;
            let council = people::organisation(tx, officer.council())?.name;
            let words = (code.as_str(), council.as_str(), app.config.public_url.as_str());
            Ok(pages::letter((&claim, &location), &letter, words, now))
        })
        .await?;
    let html = visit.app.renderer.render_plain("paper/claim_letter.html", &page);
    let html = html.map_err(|cause| Error::internal("a letter", cause))?;
    let print = sha256(&html);
    Ok(visit.paper(&format!("claim-{id}.html"), html, print))
}

/// Verifies or refuses a claim, as an officer of the place.
pub async fn decide(visit: Visit, actor: Actor, path: web::Path<ClaimId>, sent: Submitted) -> Answer {
    let (id, known) = (*path, actor.clone());
    let at = (visit.app.clock.now(), visit.app.clock.today());
    may_decide(&visit, &actor, id).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::decision(&sent.fields), move |tx, (verified, reason)| {
            store::decide(tx, &known, id, (*verified, reason), at)?;
            Ok(match verified {
                true => done(id, "claim.verified", "verified a claim"),
                false => done(id, "claim.refused", "refused a claim"),
            })
        })
        .await;
    finish(&visit, &actor, id, outcome, "It is decided.").await
}

/// Undoes a verified claim.
pub async fn undo(visit: Visit, actor: Actor, path: web::Path<ClaimId>, sent: Submitted) -> Answer {
    let (id, known) = (*path, actor.clone());
    let at = (visit.app.clock.now(), visit.app.clock.today());
    may_decide(&visit, &actor, id).await?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::undoing(&sent.fields), move |tx, reason| {
            store::undo(tx, &known, (id, reason), at)?;
            Ok(done(id, "claim.undone", "undid a verified claim"))
        })
        .await;
    finish(&visit, &actor, id, outcome, "It is undone. The entry belongs to nobody again.").await
}

/// Leads to a claim, and records what was done with it; why stands in the claim's own history.
fn done(id: ClaimId, what: &'static str, says: &str) -> Done {
    let says = format!("{says} (claim {id} of a registered entry)");
    Done::new(format!("/claims/{id}"), Act::new(what, says, Thing::of(ThingKind::Claim, id)))
}

/// The right is looked at before the form, which may be wrong.
async fn may_decide(visit: &Visit, actor: &Actor, id: ClaimId) -> Result<(), Error> {
    let actor = actor.clone();
    visit.app.db.read(move |tx| store::to_decide(tx, &actor, id).map(|_| ())).await
}

/// Onward, or the claim's page again with what was wrong.
async fn finish(visit: &Visit, actor: &Actor, id: ClaimId, outcome: Result<String, Error>, notice: &str) -> Answer {
    visit.done_or_again(outcome, notice, SHOW, show_page(visit, actor, id)).await
}
