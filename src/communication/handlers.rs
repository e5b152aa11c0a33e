//! Communication needs over HTTP: shown, recorded anew.

use actix_web::web::Path;

use super::pages::{self, CommunicationPage};
use super::{forms, rules, store};
use crate::audit::Act;
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::PersonId;
use crate::people::store as people;
use crate::web::page::{Answer, Done, Submitted, Visit};

const TEMPLATE: &str = "communication/show.html";

/// What a person needs.
pub async fn show(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let id = *path;
    let page = page(&visit, &actor, id).await?;
    visit.seen(id, id).await?;
    visit.show(TEMPLATE, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<CommunicationPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let may = (who.person() == Some(id), rules::may_change(&who, &person).is_ok());
        Ok(pages::show(&person, &store::versions(tx, id)?, may, today))
    };
    visit.app.db.read(read).await
}

/// Records a new version.
pub async fn record(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    let saved = save(&visit, &actor, id, &sent).await;
    let notice = match actor.person() == Some(id) {
        true => "It is recorded. Everybody who contacts you sees it.",
        false => "It is recorded. Everybody who contacts the person sees it.",
    };
    visit.done_or_again(saved, notice, TEMPLATE, page(&visit, &actor, id)).await
}

async fn save(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, now, today) = (actor.clone(), visit.app.clock.now(), visit.app.clock.today());
    let fields = sent.fields.clone();
    let save = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let authority = rules::may_change(&who, &person)?;
        let sent = forms::needs(&fields)?;
        rules::check(&sent.needs, sent.from, sent.reviewed_on, today)
            .map_err(|refusal| Invalid::field(refusal.field(), refusal.to_string()))?;
        if sent.seen != pages::newest(&store::versions(tx, id)?) {
            return Err(Error::changed_since("What the person needs"));
        }
        let (needs, from, reviewed_on) = (&sent.needs, sent.from, sent.reviewed_on);
        let new = store::NewVersion { person: id, needs, from, reviewed_on, authority: &authority };
        store::add(tx, &new, who.user(), now)?;
        let says = "recorded how the person needs to be written and spoken to";
        let act = Act::new("needs.recorded", says, id).concerning(id).after(&rules::lines(needs));
        Ok(Done::new(format!("/people/{id}/communication"), act))
    };
    visit.write_once(actor.user(), sent, save).await
}
