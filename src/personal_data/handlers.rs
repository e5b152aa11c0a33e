//! Copies of everything over HTTP: asked for, watched, fetched; what is held back from them.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;

use super::pages::{self, ExportPage, ExportsData, ExportsPage};
use super::{Export, Purpose, forms, making, rules, store};
use crate::audit::{Act, Thing};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{ExportId, PersonId, WithholdingId};
use crate::people::{Person, store as people};
use crate::queue::{NewJob, store as queue};
use crate::web::form::Fields;
use crate::web::page::{Answer, Submitted, Visit};
use crate::{audit, web::page::Failure};

const LIST: &str = "personal_data/exports.html";
const SHOW: &str = "personal_data/export.html";

/// The copies of a person's record.
pub async fn list(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    visit.show(LIST, &list_page(&visit, &actor, *path).await?)
}

async fn list_page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<ExportsPage, Error> {
    let (who, now, today) = (actor.clone(), visit.app.clock.now(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let (person, purpose, _) = asking(tx, &who, id)?;
        let mut exports = store::exports_of(tx, id)?;
        exports.retain(|export| rules::sees(&who, purpose, export));
        let officer = purpose == Purpose::SubjectAccess;
        let findings = if officer { store::findings(tx, id)? } else { vec![] };
        let withholdings = if officer { store::withholdings(tx, id)? } else { vec![] };
        Ok(pages::exports(&ExportsData { person, purpose, exports, findings, withholdings }, now, today))
    };
    visit.app.db.read(read).await
}

/// The person, for somebody who may ask for a copy: as what, and the authority in words.
fn asking(tx: &mut Tx, actor: &Actor, id: PersonId) -> Result<(Person, Purpose, String), Error> {
    let person = people::person(tx, actor, id)?;
    let (purpose, authority) = rules::may_ask(actor, &person)?;
    Ok((person, purpose, authority))
}

/// Asks for a copy; it is made in the background.
pub async fn ask(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    match save(&visit, &actor, id, &sent).await {
        Ok(location) => {
            visit.app.wake.wake();
            Ok(visit.done(&location, "The copy is asked for."))
        }
        Err(error) => visit.show_again(error, LIST, &list_page(&visit, &actor, id).await?),
    }
}

async fn save(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, now, today) = (actor.clone(), visit.app.clock.now(), visit.app.clock.today());
    let (fields, event) = (
        sent.fields.clone(),
        visit.event(Act::new("export.asked", "asked for a copy of everything", id).concerning(id)),
    );
    let save = move |tx: &mut Tx| {
        let (person, purpose, authority) = asking(tx, &who, id)?;
        let said = forms::ask(&fields)?;
        let received_on = rules::received_on(purpose, said, today).map_err(|refusal| refused(refusal, &fields))?;
        let new = store::NewExport { person: person.id, purpose, by: who.user(), authority: &authority, received_on };
        let (export, is_new) = store::ask(tx, &new, now)?;
        if is_new {
            let about = export.to_string();
            let key = format!("{} {about}", making::JOB);
            queue::enqueue(tx, &NewJob { kind: making::JOB, about: &about, dedupe_key: Some(&key) }, now)?;
            audit::store::append(tx, &event)?;
        }
        Ok(format!("/people/{id}/exports/{export}"))
    };
    visit.write_once(actor.user(), sent, save).await
}

fn refused(refusal: rules::Refusal, fields: &Fields) -> Error {
    let invalid = Invalid::field(refusal.field(), refusal.to_string());
    Error::Invalid(Invalid { typed: fields.typed().clone(), ..invalid })
}

/// A copy that the actor may see, while it is made and after.
pub async fn show(visit: Visit, actor: Actor, path: Path<(PersonId, ExportId)>) -> Answer {
    visit.show(SHOW, &show_page(&visit, &actor, *path).await?)
}

async fn show_page(visit: &Visit, actor: &Actor, ids: (PersonId, ExportId)) -> Result<ExportPage, Error> {
    let (who, now) = (actor.clone(), visit.app.clock.now());
    let read = move |tx: &mut Tx| {
        let (person, export) = seen(tx, &who, ids)?;
        Ok(pages::export(&person, who.person() == Some(person.id), &export, &making::STEPS, now))
    };
    visit.app.db.read(read).await
}

fn seen(tx: &mut Tx, actor: &Actor, (id, export): (PersonId, ExportId)) -> Result<(Person, Export), Error> {
    let (person, purpose, _) = asking(tx, actor, id)?;
    let export = store::export(tx, export)?;
    if export.person == id && rules::sees(actor, purpose, &export) {
        Ok((person, export))
    } else {
        Err(Error::NotFound)
    }
}

/// The file of a copy. Every fetching is recorded, the person's own as well.
pub async fn file(visit: Visit, actor: Actor, path: Path<(PersonId, ExportId)>) -> Answer {
    let (ids, now) = (*path, visit.app.clock.now());
    let read = move |tx: &mut Tx| {
        let (person, export) = seen(tx, &actor, ids)?;
        if !rules::can_be_fetched(&export, now) {
            return Err(Error::NotFound);
        }
        Ok((person.reference, store::file(tx, export.id)?))
    };
    let (reference, (zip, sha256)) = visit.app.db.read(read).await?;
    let event = visit.event(Act::view(ids.0, Thing::from(ids.1)));
    visit.app.looks.note(&visit.app.db, event).await.map_err(Failure)?;
    Ok(HttpResponse::Ok()
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{reference}-copy-{}.zip\"", ids.1),
        ))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-document-sha256", sha256))
        .content_type("application/zip")
        .body(zip))
}

/// Holds something back from every copy from now on.
pub async fn withhold(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    match save_withholding(&visit, &actor, id, &sent).await {
        Ok(location) => {
            Ok(visit.done(&location, "It is held back. A copy says that something is, and where to complain."))
        }
        Err(error) => visit.show_again(error, LIST, &list_page(&visit, &actor, id).await?),
    }
}

async fn save_withholding(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, now, fields) = (actor.clone(), visit.app.clock.now(), sent.fields.clone());
    let event = visit.event(Act::new("export.withheld", "held an entry back from copies", id).concerning(id));
    let save = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let officer = rules::may_review(&who, &person)?;
        let asked = forms::withhold(&fields)?;
        rules::check_table(&asked.table).map_err(|refusal| refused(refusal, &fields))?;
        if !store::has_row(tx, &asked.table, asked.row, id)? {
            return Err(refused(rules::Refusal::UnknownRow, &fields));
        }
        let (table, row, ground, reason) = (asked.table.as_str(), asked.row, asked.ground, asked.reason.as_str());
        let new = store::NewWithholding { person: id, table, row, ground, reason, authority: &officer.authority() };
        store::withhold(tx, &new, who.user(), now)?;
        audit::store::append(tx, &event)?;
        Ok(format!("/people/{id}/exports"))
    };
    visit.write_once(actor.user(), sent, save).await
}

/// Gives up holding something back.
pub async fn lift(visit: Visit, actor: Actor, path: Path<(PersonId, WithholdingId)>, sent: Submitted) -> Answer {
    let (id, withholding) = *path;
    let (who, now) = (actor.clone(), visit.app.clock.now());
    let event = visit
        .event(Act::new("export.withholding_lifted", "gave up holding an entry back from copies", id).concerning(id));
    let save = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        rules::may_review(&who, &person)?;
        if !store::withholdings(tx, id)?.iter().any(|held| held.id == withholding) {
            return Err(Error::NotFound);
        }
        store::lift(tx, id, withholding, who.user(), now)?;
        audit::store::append(tx, &event)?;
        Ok(format!("/people/{id}/exports"))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "It is in the next copy again.")),
        Err(error) => visit.show_again(error, LIST, &list_page(&visit, &actor, id).await?),
    }
}
