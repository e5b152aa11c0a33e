//! Copies of everything over HTTP: asked for, watched, fetched; what is held back from them.

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
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "personal_data/exports.html";
const SHOW: &str = "personal_data/export.html";

/// The copies of a person's record.
pub async fn list(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let page = list_page(&visit, &actor, *path).await?;
    visit.seen(*path, *path).await?;
    visit.show(LIST, &page)
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

/// A copy of everything leaves the council only in a session with a second factor.
fn check_factor(actor: &Actor, purpose: Purpose) -> Result<(), Error> {
    if purpose == Purpose::SubjectAccess {
        actor.second_factor()?;
    }
    Ok(())
}

/// Asks for a copy; it is made in the background.
pub async fn ask(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    let saved = save(&visit, &actor, id, &sent).await;
    if saved.is_ok() {
        visit.app.wake.wake();
    }
    visit.done_or_again(saved, "The copy is asked for.", LIST, list_page(&visit, &actor, id)).await
}

async fn save(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, now, today) = (actor.clone(), visit.app.clock.now(), visit.app.clock.today());
    let fields = sent.fields.clone();
    let save = move |tx: &mut Tx| {
        let (person, purpose, authority) = asking(tx, &who, id)?;
        check_factor(&who, purpose)?;
        let said = forms::ask(&fields)?;
        let received_on = rules::received_on(purpose, said, today).map_err(refused)?;
        let new = store::NewExport { person: person.id, purpose, by: who.user(), authority: &authority, received_on };
        let (export, is_new) = store::ask(tx, &new, now)?;
        let act = if is_new {
            let about = export.to_string();
            let key = format!("{} {about}", making::JOB);
            queue::enqueue(tx, &NewJob { kind: making::JOB, about: &about, dedupe_key: Some(&key) }, now)?;
            Act::new("export.asked", "asked for a copy of everything", export)
        } else {
            Act::new("export.asked_again", "asked again for the copy that is being made", export)
        };
        Ok(Done::new(format!("/people/{id}/exports/{export}"), act.concerning(id).because(purpose.words())))
    };
    visit.write_once(actor.user(), sent, save).await
}

fn refused(refusal: rules::Refusal) -> Error {
    Invalid::field(refusal.field(), refusal.to_string()).into()
}

/// A copy that the actor may see, while it is made and after.
pub async fn show(visit: Visit, actor: Actor, path: Path<(PersonId, ExportId)>) -> Answer {
    let page = show_page(&visit, &actor, *path).await?;
    visit.seen(path.0, path.0).await?;
    visit.show(SHOW, &page)
}

async fn show_page(visit: &Visit, actor: &Actor, ids: (PersonId, ExportId)) -> Result<ExportPage, Error> {
    let (who, now) = (actor.clone(), visit.app.clock.now());
    let read = move |tx: &mut Tx| {
        let (person, _, export) = seen(tx, &who, ids)?;
        Ok(pages::export(&person, who.person() == Some(person.id), &export, &making::STEPS, now))
    };
    visit.app.db.read(read).await
}

/// The copy for somebody who may see it, with the person and as what they see it.
fn seen(tx: &mut Tx, actor: &Actor, (id, export): (PersonId, ExportId)) -> Result<(Person, Purpose, Export), Error> {
    let (person, purpose, _) = asking(tx, actor, id)?;
    let export = store::export(tx, export)?;
    if export.person == id && rules::sees(actor, purpose, &export) {
        Ok((person, purpose, export))
    } else {
        Err(Error::NotFound)
    }
}

/// The file of a copy. Every fetching is recorded, the person's own as well.
pub async fn file(visit: Visit, actor: Actor, path: Path<(PersonId, ExportId)>) -> Answer {
    let (ids, now) = (*path, visit.app.clock.now());
    let read = move |tx: &mut Tx| {
        let (person, purpose, export) = seen(tx, &actor, ids)?;
        check_factor(&actor, purpose)?;
        if !rules::can_be_fetched(&export, now) {
            return Err(Error::NotFound);
        }
        Ok((person.reference, store::file(tx, export.id)?))
    };
    let (reference, zip) = visit.app.db.read(read).await?;
    let event = visit.event(Act::view(ids.0, Thing::from(ids.1)));
    visit.app.looks.note(&visit.app.db, event).await?;
    Ok(visit.file(&format!("{reference}-copy-{}.zip", ids.1), "application/zip", zip))
}

/// Holds something back from every copy from now on.
pub async fn withhold(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    let saved = save_withholding(&visit, &actor, id, &sent).await;
    let notice = "It is held back. A copy says that something is, and where to complain.";
    visit.done_or_again(saved, notice, LIST, list_page(&visit, &actor, id)).await
}

async fn save_withholding(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, now, fields) = (actor.clone(), visit.app.clock.now(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let officer = who.uninvolved_officer(person.id, person.council)?;
        who.second_factor()?;
        let asked = forms::withhold(&fields)?;
        rules::check_table(&asked.table).map_err(refused)?;
        if !store::has_row(tx, &asked.table, asked.row, id)? {
            return Err(refused(rules::Refusal::UnknownRow));
        }
        let (table, row, ground, reason) = (asked.table.as_str(), asked.row, asked.ground, asked.reason.as_str());
        let new = store::NewWithholding { person: id, table, row, ground, reason, authority: &officer.authority() };
        store::withhold(tx, &new, who.user(), now)?;
        let says = format!("held an entry back from copies ({table}, number {row})");
        // In the council's record and not in the person's: what is held back must not be told by saying so.
        let act = Act::new("export.withheld", says, id).on_behalf_of(officer.council());
        Ok(Done::new(format!("/people/{id}/exports"), act))
    };
    visit.write_once(actor.user(), sent, save).await
}

/// Gives up holding something back.
pub async fn lift(visit: Visit, actor: Actor, path: Path<(PersonId, WithholdingId)>, sent: Submitted) -> Answer {
    let (id, withholding) = *path;
    let (who, now) = (actor.clone(), visit.app.clock.now());
    let save = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let officer = who.uninvolved_officer(person.id, person.council)?;
        who.second_factor()?;
        if !store::withholdings(tx, id)?.iter().any(|held| held.id == withholding) {
            return Err(Error::NotFound);
        }
        store::lift(tx, id, withholding, who.user(), now)?;
        let says = "gave up holding an entry back from copies";
        let act = Act::new("export.withholding_lifted", says, id).on_behalf_of(officer.council());
        Ok(Done::new(format!("/people/{id}/exports"), act))
    };
    let saved = visit.write_once(actor.user(), &sent, save).await;
    visit.done_or_again(saved, "It is in the next copy again.", LIST, list_page(&visit, &actor, id)).await
}
