//! Signing: each party under its own sign-in.

use super::*;

/// Signs the fixed text for a party.
pub async fn sign(visit: Visit, actor: Actor, path: web::Path<AgreementId>, sent: Submitted) -> Answer {
    let id = *path;
    let now = visit.app.clock.now();
    let work = move |tx: &mut Tx, who: &Actor, (agreement, fund): (&Agreement, &Fund), fields: &Fields| {
        rules::may_bind(who, fund)?;
        let given = forms::signature(fields)?;
        let side = rules::binder(who, fund, given.party)?;
        let before = store::signatures(tx, id)?;
        let kept = match agreement.document {
            Some(_) => store::fixed(tx, agreement)?.sha256,
            None => String::new(),
        };
        rules::check_signature(agreement, (&given.sha256, &kept), &before, side.party(), who.user())?;
        let is_last = rules::missing(&before) == [side.party()];
        store::sign(tx, agreement, &kept, is_last, Doer { actor: who, side: &side, now })
    };
    match deed(&visit, &actor, id, &sent, ("agreement.signed", "signed an agreement"), work).await {
        Ok(location) => Ok(visit.done(&location, "You have signed.")),
        Err(error) => again(&visit, &actor, id, error).await,
    }
}
