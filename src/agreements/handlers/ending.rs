//! Ending: asking once more, the notice, the final account.

use super::*;
use crate::agreements::pages::EndingPage;
use crate::agreements::rules::ending;
use crate::agreements::{Cause, Party, Status};

const ENDING: &str = "agreements/ending.html";

/// The page that asks once more.
pub async fn ask(visit: Visit, actor: Actor, path: web::Path<AgreementId>) -> Answer {
    let page = question(&visit, &actor, *path).await?;
    seen(&visit, *path).await?;
    visit.show(ENDING, &page)
}

/// The question, for somebody who may end the agreement.
async fn question(visit: &Visit, actor: &Actor, id: AgreementId) -> Result<EndingPage, Error> {
    let (whole, who) = load(visit, actor, id).await?;
    let (agreement, today) = (&whole.agreement, visit.app.clock.today());
    rules::may_bind(&who, &whole.fund)?;
    rules::must_be(agreement, &[Status::InForce, Status::Notice], "Ending it")?;
    let sides = rules::sides(&who, &whole.fund);
    let binding: Vec<Party> = sides.iter().filter(|side| side.binds()).map(rules::Side::party).collect();
    let notice = agreement.terms.choices.notice;
    let last = |party: &Party| (*party, ending::last_day(Cause::Notice, *party, notice, today));
    let last_days: Vec<_> = binding.iter().map(last).collect();
    let mut causes = rules::causes(agreement.status);
    // Nobody is asked whether they have died.
    causes.retain(|cause| *cause != Cause::Death || actor.person() != Some(whole.fund.person));
    Ok(pages::ending(&whole, &causes, &last_days))
}

/// Ends an agreement, with notice or at once.
pub async fn end(visit: Visit, actor: Actor, path: web::Path<AgreementId>, sent: Submitted) -> Answer {
    let id = *path;
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let work = move |tx: &mut Tx, who: &Actor, (agreement, fund): (&Agreement, &Fund), fields: &Fields| {
        rules::may_bind(who, fund)?;
        let given = forms::ending(fields)?;
        let side = rules::binder(who, fund, given.party)?;
        ending::check_ending(agreement, given.cause, today)?;
        let last = ending::last_day(given.cause, side.party(), agreement.terms.choices.notice, today);
        let how = (given.cause, given.reason.as_str(), last);
        store::end(tx, agreement, given.version, how, Doer { actor: who, side: &side, now })
    };
    match deed(&visit, &actor, id, &sent, ("agreement.ended", "ended an agreement"), work).await {
        Ok(location) => Ok(visit.done(&location, "The agreement is ending. Its last day is shown below.")),
        Err(error) => visit.show_again(error, ENDING, &question(&visit, &actor, id).await?),
    }
}

/// Makes the final account: every penny goes to whom it belongs.
pub async fn close(visit: Visit, actor: Actor, path: web::Path<AgreementId>, sent: Submitted) -> Answer {
    let id = *path;
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let work = move |tx: &mut Tx, who: &Actor, (agreement, fund): (&Agreement, &Fund), fields: &Fields| {
        let side = rules::accountant(who, fund)?;
        let version = forms::version(fields)?;
        let unsettled = store::unsettled(tx, who, fund.id)?;
        let last = ending::check_closing(agreement, unsettled, today)?;
        let doer = Doer { actor: who, side: &side, now };
        store::close(tx, (agreement, fund), version, (last, today), doer)
    };
    match deed(&visit, &actor, id, &sent, ("agreement.closed", "made the final account of an agreement"), work).await {
        Ok(location) => Ok(visit.done(&location, "The final account is made. Nothing is left.")),
        Err(error) => again(&visit, &actor, id, error).await,
    }
}
