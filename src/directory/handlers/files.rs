//! Photographs and documents of a service: shown, sent, taken back.

use actix_web::web::Path;

use super::super::pages::{self, FilesPage};
use super::super::rules::files::check_room;
use super::super::store::files::{self as store, NewFile};
use super::super::store::services;
use super::super::{FileUse, forms, photos};
use crate::audit::Act;
use crate::auth::rights::{Actor, ProviderMember};
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{ServiceFileId, ServiceId};
use crate::web::form::shown_in;
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::upload::Upload;

const TEMPLATE: &str = "directory/files.html";

/// What a provider shows with a service, and the forms for more.
pub async fn show(visit: Visit, actor: Actor, path: Path<ServiceId>) -> Answer {
    let page = page(&visit, actor.provider_member()?, *path).await?;
    visit.show(TEMPLATE, &page)
}

async fn page(visit: &Visit, provider: ProviderMember, id: ServiceId) -> Result<FilesPage, Error> {
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| {
        let listing = services::own_listing(tx, &provider, id, today)?;
        Ok(pages::files(&listing, &store::of(tx, id)?))
    };
    visit.app.db.read(read).await
}

/// Shows a photograph with a service.
pub async fn add_photo(visit: Visit, actor: Actor, path: Path<ServiceId>, upload: Upload) -> Answer {
    // The right is looked at before anything is done with the picture.
    may_add(&visit, &actor, *path).await?;
    let new = match forms::files::photo(&upload) {
        Ok((words, file)) => photos::prepared(file.bytes)
            .await?
            .map(|photo| NewFile {
                kind: FileUse::Photo,
                words,
                name: "photo.jpg".to_owned(),
                size: Some((photo.width.into(), photo.height.into())),
                bytes: photo.bytes,
            })
            .map_err(|message| upload.wrong(message)),
        Err(invalid) => Err(invalid),
    };
    add(visit, actor, *path, (upload, new), FileUse::Photo).await
}

/// Whether a photograph may be added: to a service of one's own, with room for it.
async fn may_add(visit: &Visit, actor: &Actor, id: ServiceId) -> Result<(), Error> {
    let (provider, today) = (actor.provider_member()?, visit.app.clock.today());
    let read = move |tx: &mut Tx| services::own_listing(tx, &provider, id, today).map(|_| ());
    visit.app.db.read(read).await
}

/// Shows a document with a service.
pub async fn add_document(visit: Visit, actor: Actor, path: Path<ServiceId>, upload: Upload) -> Answer {
    let new = forms::files::document(&upload).map(|(words, file)| NewFile {
        kind: FileUse::Document,
        words,
        name: file.name,
        size: None,
        bytes: file.bytes,
    });
    add(visit, actor, *path, (upload, new), FileUse::Document).await
}

async fn add(
    visit: Visit,
    actor: Actor,
    id: ServiceId,
    (upload, new): (Upload, Result<NewFile, Invalid>),
    kind: FileUse,
) -> Answer {
    let (provider, now, today) = (actor.provider_member()?, visit.app.clock.now(), visit.app.clock.today());
    let member = provider.clone();
    let save = move |tx: &mut Tx| {
        let listing = services::own_listing(tx, &member, id, today)?;
        let new = new.clone()?;
        check_room(&store::of(tx, id)?, new.kind).map_err(Error::Refused)?;
        store::add(tx, &member, id, &new, now)?;
        let says = format!("shows a {} with “{}”", new.kind.words(), listing.service.words.name);
        Ok(done(id, Act::new("service.file_added", says, id), &member))
    };
    let outcome = visit.write_once(provider.user(), &upload.sent, save).await;
    // On the page each of the two forms has its own field for the file.
    let beside = |name: &str| match (kind, name) {
        (FileUse::Photo, "evidence") => format!("photo-{name}"),
        _ => name.to_owned(),
    };
    let outcome = match outcome {
        Err(error) if !visit.wants_json() => Err(shown_in(error, &upload.sent.fields, beside)),
        outcome => outcome,
    };
    let notice = format!("The {} is shown.", kind.words());
    visit.done_or_again(outcome, &notice, TEMPLATE, page(&visit, provider, id)).await
}

fn done(id: ServiceId, act: Act, provider: &ProviderMember) -> Done {
    Done::new(format!("/services/{id}/files"), act.on_behalf_of(provider.provider()))
}

/// Takes a photograph or a document back; it is deleted.
pub async fn remove(visit: Visit, actor: Actor, path: Path<(ServiceId, ServiceFileId)>, sent: Submitted) -> Answer {
    let ((id, file), provider, today) = (*path, actor.provider_member()?, visit.app.clock.today());
    let member = provider.clone();
    let save = move |tx: &mut Tx| {
        let listing = services::own_listing(tx, &member, id, today)?;
        store::remove(tx, &member, id, file)?;
        let says = format!("took a photo or document of “{}” back", listing.service.words.name);
        Ok(done(id, Act::new("service.file_removed", says, id), &member))
    };
    let outcome = visit.write_once(provider.user(), &sent, save).await;
    visit.done_or_again(outcome, "It is deleted.", TEMPLATE, page(&visit, provider, id)).await
}

/// A photograph, for whoever may see the service.
pub async fn photo(visit: Visit, actor: Option<Actor>, path: Path<(ServiceId, ServiceFileId)>) -> Answer {
    let (_, bytes) = file(&visit, actor, *path, FileUse::Photo).await?;
    Ok(visit.picture(bytes))
}

/// A document, for whoever may see the service.
pub async fn document(visit: Visit, actor: Option<Actor>, path: Path<(ServiceId, ServiceFileId)>) -> Answer {
    let (name, bytes) = file(&visit, actor, *path, FileUse::Document).await?;
    Ok(visit.file(&name, "application/pdf", bytes))
}

async fn file(
    visit: &Visit,
    actor: Option<Actor>,
    (id, file): (ServiceId, ServiceFileId),
    kind: FileUse,
) -> Result<(String, Vec<u8>), Error> {
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| {
        services::seen(tx, actor.as_ref(), id, today)?;
        store::bytes(tx, id, file, kind)
    };
    visit.app.db.read(read).await
}
