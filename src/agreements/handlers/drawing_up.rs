//! Drawing up: the terms, the fixed text, giving it up.

use super::*;
use crate::agreements::pages::TermsPage;
use crate::agreements::{Choices, Ground, Status};
use crate::calendar;
use crate::communication;
use crate::ids::FundId;

const TERMS: &str = "agreements/terms.html";

/// The form for a new agreement.
pub async fn new(visit: Visit, actor: Actor, path: web::Path<FundId>) -> Answer {
    let ground = ground(&visit, &actor, *path).await?;
    visit.seen(ground.fund.person, *path).await?;
    visit.show(TERMS, &pages::new_terms(&ground))
}

/// The fund to draw an agreement up on, for somebody who may.
async fn ground(visit: &Visit, actor: &Actor, fund: FundId) -> Result<Ground, Error> {
    let who = actor.clone();
    let read = move |tx: &mut Tx| {
        rules::drafter(&who, &crate::budgets::store::fund(tx, &who, fund)?)?;
        store::ground(tx, &who, fund)
    };
    visit.app.db.read(read).await
}

/// Draws up an agreement.
pub async fn draw_up(visit: Visit, actor: Actor, path: web::Path<FundId>, sent: Submitted) -> Answer {
    let fund = *path;
    let ground = ground(&visit, &actor, fund).await?;
    let (who, now, today) = (actor.clone(), visit.app.clock.now(), visit.app.clock.today());
    let choices = forms::choices(&sent.fields, ground.fund.form);
    let work = move |tx: &mut Tx, choices: &Choices| {
        let ground = store::ground(tx, &who, fund)?;
        let side = rules::drafter(&who, &ground.fund)?;
        let terms = store::terms(tx, &ground.fund, choices, today)?;
        let id = store::draw_up(tx, &ground.fund, &terms, Doer { actor: &who, side: &side, now })?;
        let act = Act::new("agreement.drawn_up", "drew up an agreement", id).concerning(ground.fund.person);
        Ok(Done::new(format!("/agreements/{id}"), act))
    };
    match visit.write_form(actor.user(), &sent, choices, work).await {
        Ok(location) => Ok(visit.done(&location, "The terms are saved. Read what the agreement says.")),
        Err(error) => visit.show_again(error, TERMS, &pages::new_terms(&ground)),
    }
}

/// The form for the terms of a draft.
pub async fn edit(visit: Visit, actor: Actor, path: web::Path<AgreementId>) -> Answer {
    let page = draft(&visit, &actor, *path).await?;
    seen(&visit, *path).await?;
    visit.show(TERMS, &page)
}

/// The form of a draft, for somebody who may change it.
async fn draft(visit: &Visit, actor: &Actor, id: AgreementId) -> Result<TermsPage, Error> {
    let (whole, who) = load(visit, actor, id).await?;
    rules::drafter(&who, &whole.fund)?;
    rules::must_be(&whole.agreement, &[Status::Drafting], "Changing the terms")?;
    Ok(pages::changed_terms(&whole.agreement, &whole.fund, &whole.parties))
}

/// Changes the terms of a draft.
pub async fn change(visit: Visit, actor: Actor, path: web::Path<AgreementId>, sent: Submitted) -> Answer {
    let id = *path;
    let page = draft(&visit, &actor, id).await?;
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let work = move |tx: &mut Tx, who: &Actor, (agreement, fund): (&Agreement, &Fund), fields: &Fields| {
        let side = rules::drafter(who, fund)?;
        rules::must_be(agreement, &[Status::Drafting], "Changing the terms")?;
        let version = forms::version(fields)?;
        let terms = store::terms(tx, fund, &forms::choices(fields, fund.form)?, today)?;
        store::change_terms(tx, agreement, version, &terms, Doer { actor: who, side: &side, now })
    };
    match deed(&visit, &actor, id, &sent, ("agreement.changed", "changed the terms of an agreement"), work).await {
        Ok(location) => Ok(visit.done(&location, "The terms are saved. Read what the agreement says.")),
        Err(error) => visit.show_again(error, TERMS, &page),
    }
}

/// Fixes the text for signature.
pub async fn propose(visit: Visit, actor: Actor, path: web::Path<AgreementId>, sent: Submitted) -> Answer {
    let id = *path;
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let renderer = Arc::clone(&visit.app.renderer);
    let work = move |tx: &mut Tx, who: &Actor, (agreement, fund): (&Agreement, &Fund), fields: &Fields| {
        let side = rules::drafter(who, fund)?;
        let version = forms::version(fields)?;
        rules::must_be(agreement, &[Status::Drafting], "Fixing the text")?;
        if store::terms(tx, fund, &agreement.terms.choices, today)? != agreement.terms {
            return Err(rules::Refusal::TermsOutdated.into());
        }
        let whole = store::whole(tx, who, id, today)?;
        let by = (who.name(), side.authority());
        let paper = pages::paper(&whole, words(&whole), (by.0, &by.1), &calendar::moment(now));
        let body = renderer
            .render_plain("paper/agreement.html", &paper)
            .map_err(|cause| Error::internal("rendering an agreement", cause))?;
        let print = communication::store::print(tx, fund.person, today)?;
        store::propose(tx, agreement, version, (&body, print), Doer { actor: who, side: &side, now })
    };
    match deed(&visit, &actor, id, &sent, ("agreement.proposed", "fixed the text of an agreement for signature"), work)
        .await
    {
        Ok(location) => Ok(visit.done(&location, "The text is fixed. Now each of the three can sign it.")),
        Err(error) => again(&visit, &actor, id, error).await,
    }
}

/// Gives up an agreement that is not in force.
pub async fn withdraw(visit: Visit, actor: Actor, path: web::Path<AgreementId>, sent: Submitted) -> Answer {
    let id = *path;
    let now = visit.app.clock.now();
    let work = move |tx: &mut Tx, who: &Actor, (agreement, fund): (&Agreement, &Fund), fields: &Fields| {
        let side = rules::withdrawer(who, fund)?;
        let version = forms::version(fields)?;
        rules::must_be(agreement, &[Status::Drafting, Status::AwaitingSignatures], "Withdrawing it")?;
        store::withdraw(tx, agreement, version, Doer { actor: who, side: &side, now })
    };
    match deed(&visit, &actor, id, &sent, ("agreement.withdrawn", "withdrew an agreement"), work).await {
        Ok(location) => Ok(visit.done(&location, "The agreement is withdrawn. Nobody is bound by it.")),
        Err(error) => again(&visit, &actor, id, error).await,
    }
}
