//! A provider's checklist and documents over HTTP.

use actix_web::web::Path;

use super::pages::DocumentsPage;
use super::{forms, pages, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{OrganisationId, ProviderDocumentId};
use crate::mail::desk::Desk;
use crate::paper::store as papers;
use crate::people::store as people;
use crate::web::form::shown_in;
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::upload::Upload;

const DOCUMENTS: &str = "provider_documents/list.html";

/// What a provider has done and has still to do.
pub async fn checklist(visit: Visit, actor: Actor) -> Answer {
    let (member, today) = (actor.provider_member()?, visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let steps = store::steps(tx, &member, today)?;
        Ok(pages::checklist(&people::organisation(tx, member.provider())?.name, &steps))
    };
    visit.show("provider_documents/checklist.html", &visit.app.db.read(read).await?)
}

/// The documents of a provider.
pub async fn list(visit: Visit, actor: Actor, path: Path<OrganisationId>) -> Answer {
    let page = page(&visit, &actor, *path).await?;
    visit.show(DOCUMENTS, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: OrganisationId) -> Result<DocumentsPage, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let (name, documents) = store::documents(tx, &actor, id)?;
        let (may_add, may_check) = (actor.speaks_for(id).is_some(), store::checker(&actor, id).is_ok());
        Ok(pages::documents((id, &name), &documents, (may_add, may_check), today))
    };
    visit.app.db.read(read).await
}

/// Sends a document.
pub async fn add(visit: Visit, actor: Actor, path: Path<OrganisationId>, upload: Upload) -> Answer {
    let (id, who) = (*path, actor.clone());
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let (fields, sent) = (upload.sent.fields.clone(), forms::document(&upload));
    let save = move |tx: &mut Tx| {
        store::documents(tx, &who, id)?;
        let refusal = "Only somebody who runs the daily work of the provider may do this.";
        let member = who.speaks_for(id).ok_or_else(|| Error::Forbidden(refusal.to_owned()))?;
        let (new, file) = sent.clone()?;
        rules::check_new(&new, today).map_err(|refusal| {
            let typed = fields.typed().clone();
            Error::from(Invalid { typed, ..Invalid::field("valid_until", refusal.to_string()) })
        })?;
        let file = papers::keep_file(tx, &file, member.user(), now)?;
        let document = store::add(tx, id, &new, file, member.user(), now)?;
        let until = new.until.map(|day| format!(" until {}", calendar::full(day))).unwrap_or_default();
        let says = format!("sent {}{until}", new.kind.words().to_lowercase());
        let act = Act::new("provider_document.sent", says, Thing::of(ThingKind::ProviderDocument, document));
        Ok(Done::new(format!("/organisations/{id}/documents"), act.on_behalf_of(id)))
    };
    match visit.write_once(actor.user(), &upload.sent, save).await {
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        outcome => {
            let notice = "The document is kept. Councils and brokers can see it.";
            visit.done_or_again(outcome, notice, DOCUMENTS, page(&visit, &actor, id)).await
        }
    }
}

/// The file of a document, as it was sent: to keep, never to show.
pub async fn file(visit: Visit, actor: Actor, path: Path<ProviderDocumentId>) -> Answer {
    let id = *path;
    let read = move |tx: &mut Tx| {
        let document = store::document(tx, &actor, id)?;
        papers::file(tx, document.file.0)
    };
    let kept = visit.app.db.read(read).await?;
    Ok(visit.file(&kept.name, kept.kind.content_type(), kept.bytes))
}

/// Records what a council or a broker found.
pub async fn check(visit: Visit, actor: Actor, path: Path<ProviderDocumentId>, sent: Submitted) -> Answer {
    let (id, who, app) = (*path, actor.clone(), visit.app.clone());
    let provider = {
        let actor = actor.clone();
        visit.app.db.read(move |tx| store::document(tx, &actor, id)).await?.provider
    };
    let fields = sent.fields.clone();
    let save = move |tx: &mut Tx| {
        let document = store::document(tx, &who, id)?;
        let checker = store::checker(&who, document.provider)?;
        let (accepted, note) = forms::check(&fields)?;
        store::add_check(tx, &Desk::of(&app), (&document, &checker), (accepted, &note))?;
        let outcome = if accepted { "accepted" } else { "refused" };
        let says = format!("{outcome} {} of a provider", document.version.kind.words().to_lowercase());
        let act = Act::new("provider_document.checked", says, Thing::of(ThingKind::ProviderDocument, id));
        Ok(Done::new(format!("/organisations/{}/documents", document.provider), act.on_behalf_of(provider)))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    visit.app.wake.wake();
    match outcome {
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        outcome => {
            let shown = |error| shown_in(error, &sent.fields, |name| format!("{name}-{id}"));
            let outcome = if visit.wants_json() { outcome } else { outcome.map_err(shown) };
            let notice = "What you found is recorded. The provider is told by mail.";
            visit.done_or_again(outcome, notice, DOCUMENTS, page(&visit, &actor, provider)).await
        }
    }
}
