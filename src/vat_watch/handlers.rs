//! Alerts about VAT over HTTP: read by the provider and by councils whose money or people they touch, ended by the provider.

use actix_web::web::Path;

use super::pages::AlertPage;
use super::{Alert, forms, pages, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::VatAlertId;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "vat_watch/list.html";
const SHOW: &str = "vat_watch/show.html";

/// What somebody should look at about VAT.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    if store::own_providers(&actor).is_empty() && store::own_councils(&actor).is_empty() {
        let why = "Only finance people and administrators of a provider, and officers and finance people of a council, see this.";
        return Err(Error::Forbidden(why.to_owned()).into());
    }
    let alerts = visit.app.db.read(move |tx: &mut Tx| store::seen(tx, &actor, None)).await?;
    visit.show(LIST, &pages::list(&alerts))
}

/// One alert.
pub async fn show(visit: Visit, actor: Actor, path: Path<VatAlertId>) -> Answer {
    let page = page(&visit, &actor, *path).await?;
    visit.show(SHOW, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: VatAlertId) -> Result<AlertPage, Error> {
    let actor = actor.clone();
    let read = move |tx: &mut Tx| {
        let alert = store::alert(tx, &actor, id)?;
        let may_end = may_end(&actor, &alert).is_ok() && rules::check_ending(&alert).is_ok();
        Ok(pages::show(&alert, may_end))
    };
    visit.app.db.read(read).await
}

fn may_end(actor: &Actor, alert: &Alert) -> Result<(), Error> {
    let own = store::own_providers(actor).contains(&alert.provider.0);
    own.then_some(()).ok_or_else(|| Error::Forbidden("Only the provider may end this, with a reason.".to_owned()))
}

/// Ends an alert with a reason.
pub async fn end(visit: Visit, actor: Actor, path: Path<VatAlertId>, sent: Submitted) -> Answer {
    let (id, who, now) = (*path, actor.clone(), visit.app.clock.now());
    let fields = sent.fields.clone();
    let save = move |tx: &mut Tx| {
        let alert = store::alert(tx, &who, id)?;
        may_end(&who, &alert)?;
        rules::check_ending(&alert).map_err(|refusal| Error::Conflict(refusal.to_string()))?;
        let reason = forms::ending(&fields)?;
        store::add_ending(tx, id, Some((&reason, who.user())), now)?;
        let says = format!("gave a reason for: {}", alert.kind.words().to_lowercase());
        let act = Act::new("vat.alert_ended", says, Thing::of(ThingKind::VatAlert, id)).on_behalf_of(alert.provider.0);
        Ok(Done::new(format!("/vat-alerts/{id}"), act))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        outcome => visit.done_or_again(outcome, "Your reason is recorded.", SHOW, page(&visit, &actor, id)).await,
    }
}
