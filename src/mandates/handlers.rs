//! Who acts for a person: see, show the evidence of, and end mandates; record capacity and death.

pub mod offers;

use actix_web::web::Path;

use super::pages::{self, ListData, ListPage, ShowData, ShowPage};
use super::{Recorder, forms, rules, store};
use crate::audit::Act;
use crate::auth::rights::Actor;
use crate::auth::store as auth;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{FileId, MandateId, PersonId};
use crate::paper::store as papers;
use crate::people::{Person, store as people};
use crate::web::page::{Answer, Done, Submitted, Visit};
use crate::web::upload::Upload;

const LIST: &str = "mandates/list.html";
const SHOW: &str = "mandates/show.html";

/// Everybody who may act for a person, and who could.
pub async fn list(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let page = list_page(&visit, &actor, *path).await?;
    visit.seen(*path, *path).await?;
    visit.show(LIST, &page)
}

async fn list_page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<ListPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let person = people::person(tx, &who, id)?;
        let sees_all = rules::sees_all(&who, &person);
        let capacity = if sees_all { store::capacity_decisions(tx, id)? } else { vec![] };
        let offers = if sees_all { store::offers::of_person(tx, id)? } else { vec![] };
        let data = ListData {
            mandates: store::seen(tx, &who, &person)?,
            offers,
            agents: store::agents(tx)?,
            capacity,
            died_on: store::died_on(tx, id)?,
            person,
        };
        Ok(pages::list(&data, &who, today))
    };
    visit.app.db.read(read).await
}

/// A person whom the actor may see and, as the person or an officer of their council, say something about.
fn person_to_record_for(tx: &mut Tx, actor: &Actor, id: PersonId) -> Result<(Person, Recorder), Error> {
    let person = people::person(tx, actor, id)?;
    let recorder = rules::recorder(actor, &person)?;
    Ok((person, recorder))
}

/// Onward after something about a person was recorded, or their list again with what was wrong.
async fn to_list(visit: &Visit, actor: &Actor, id: PersonId, outcome: Result<String, Error>, notice: &str) -> Answer {
    visit.done_or_again(outcome, notice, LIST, list_page(visit, actor, id)).await
}

/// Leads to a person's mandates, and records what was done.
fn of_person(id: PersonId, what: &'static str, says: &str) -> Done {
    Done::new(format!("/people/{id}/mandates"), Act::new(what, says, id).concerning(id))
}

/// Leads to a mandate, and records what was done with it.
fn of_mandate(id: MandateId, person: PersonId, what: &'static str, says: String) -> Done {
    Done::new(format!("/mandates/{id}"), Act::new(what, says, id).concerning(person))
}

/// Records what was found about a person's capacity.
pub async fn record_capacity(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (id, who, clock) = (*path, actor.clone(), visit.app.clock.clone());
    let (now, today, fields) = (clock.now(), clock.today(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        officer_for(tx, &who, id)?;
        let decision = forms::capacity(&fields)?;
        rules::check_past(Some(decision.decided_on), today)?;
        store::record_capacity(tx, id, &decision, who.user(), now)?;
        Ok(of_person(id, "capacity.recorded", "recorded what was found about the person’s capacity"))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    to_list(&visit, &actor, id, outcome, "The decision is recorded.").await
}

/// Records that a person has died.
pub async fn record_death(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (id, who, clock) = (*path, actor.clone(), visit.app.clock.clone());
    let (now, today, fields) = (clock.now(), clock.today(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        officer_for(tx, &who, id)?;
        let died_on = forms::death(&fields)?;
        rules::check_past(died_on, today)?;
        store::record_death(tx, id, died_on, who.user(), now)?;
        Ok(of_person(id, "death.recorded", "recorded that the person has died"))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    to_list(&visit, &actor, id, outcome, "It is recorded.").await
}

/// An officer of the council of a person whom the actor may see.
fn officer_for(tx: &mut Tx, actor: &Actor, id: PersonId) -> Result<(), Error> {
    let person = people::person(tx, actor, id)?;
    actor.officer_of(person.council).map(|_| ())
}

/// A mandate: how far it goes, on what it rests, how it ended.
pub async fn show(visit: Visit, actor: Actor, path: Path<MandateId>) -> Answer {
    let (id, who) = (*path, actor.clone());
    let page = show_page(&visit, &actor, id).await?;
    visit.seen_of(id, move |tx| store::mandate(tx, &who, id).map(|(person, _)| person.id)).await?;
    visit.show(SHOW, &page)
}

async fn show_page(visit: &Visit, actor: &Actor, id: MandateId) -> Result<ShowPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let (person, given) = store::mandate(tx, &who, id)?;
        let evidence = store::evidence(tx, id)?;
        let own = rules::may_hide(&who, &person).is_ok();
        let items = if own { store::items_of(tx, person.id)? } else { vec![] };
        let hidden = if own { auth::hidden_items(tx, &[id])?.remove(&id).unwrap_or_default() } else { vec![] };
        let offer = store::offers::of_mandate(tx, id)?;
        let data = ShowData { person, given, offer, evidence, items, hidden };
        Ok(pages::show(&data, &who, today))
    };
    visit.app.db.read(read).await
}

/// Onward to a mandate's page, or that page again with what was wrong.
async fn to_mandate(
    visit: &Visit,
    actor: &Actor,
    id: MandateId,
    outcome: Result<String, Error>,
    notice: &str,
) -> Answer {
    visit.done_or_again(outcome, notice, SHOW, show_page(visit, actor, id)).await
}

/// Ends a mandate at once: taken back, given up, or ended by the council.
pub async fn end(visit: Visit, actor: Actor, path: Path<MandateId>, sent: Submitted) -> Answer {
    let (id, who, clock) = (*path, actor.clone(), visit.app.clock.clone());
    let (now, today, fields) = (clock.now(), clock.today(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let (person, given) = store::mandate(tx, &who, id)?;
        let cause = rules::may_end(&who, &person, &given, today)?;
        store::end(tx, id, cause, &forms::ending(&fields)?, who.user(), now)?;
        Ok(of_mandate(id, person.id, "mandate.ended", format!("ended mandate {id}")))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    to_mandate(&visit, &actor, id, outcome, "The mandate is ended. Nothing can be done under it any more.").await
}

/// Keeps a single thing from a mandate.
pub async fn hide(visit: Visit, actor: Actor, path: Path<MandateId>, sent: Submitted) -> Answer {
    let outcome = set_hidden(&visit, &actor, *path, &sent, true).await;
    to_mandate(&visit, &actor, *path, outcome, "They cannot open it any more, and it is in no list of theirs.").await
}

/// Shows a thing to a mandate again.
pub async fn show_again(visit: Visit, actor: Actor, path: Path<MandateId>, sent: Submitted) -> Answer {
    let outcome = set_hidden(&visit, &actor, *path, &sent, false).await;
    to_mandate(&visit, &actor, *path, outcome, "They see it again.").await
}

async fn set_hidden(
    visit: &Visit,
    actor: &Actor,
    id: MandateId,
    sent: &Submitted,
    hidden: bool,
) -> Result<String, Error> {
    let (who, now, fields) = (actor.clone(), visit.app.clock.now(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let (person, _) = store::mandate(tx, &who, id)?;
        rules::may_hide(&who, &person)?;
        let item = forms::item(&fields)?;
        let Some(known) = store::items_of(tx, person.id)?.into_iter().find(|known| known.item == item) else {
            return Err(Invalid::field("item", "Choose what is kept from them from the list.").into());
        };
        let named = known.words;
        if hidden {
            store::hide(tx, id, item, who.user(), now)?
        } else {
            store::show_again(tx, id, item)?
        };
        let (what, says) = match hidden {
            true => ("mandate.item_hidden", format!("kept {named} from mandate {id}")),
            false => ("mandate.item_shown", format!("showed {named} to mandate {id} again")),
        };
        Ok(of_mandate(id, person.id, what, says))
    };
    visit.write_once(actor.user(), sent, save).await
}

/// Adds evidence to a mandate.
pub async fn add_evidence(visit: Visit, actor: Actor, path: Path<MandateId>, upload: Upload) -> Answer {
    let (id, who, clock) = (*path, actor.clone(), visit.app.clock.clone());
    let (now, today, fields) = (clock.now(), clock.today(), upload.sent.fields.clone());
    let file = upload.file();
    let save = move |tx: &mut Tx| {
        let (person, given) = store::mandate(tx, &who, id)?;
        rules::recorder(&who, &person)?;
        if given.is_over(today) {
            return Err(rules::Refusal::Over.into());
        }
        let file = file.clone()?;
        let note = forms::evidence(&fields, file.is_some())?;
        let file = file.map(|file| papers::keep_file(tx, &file, who.user(), now)).transpose()?;
        store::add_evidence(tx, id, &note, file, who.user(), now)?;
        Ok(of_mandate(id, person.id, "mandate.evidence_added", format!("added evidence to mandate {id}")))
    };
    let outcome = visit.write_once(actor.user(), &upload.sent, save).await;
    to_mandate(&visit, &actor, id, outcome, "The evidence is recorded.").await
}

/// A file on which a mandate rests, as it was sent: to keep, never to show.
pub async fn file(visit: Visit, actor: Actor, path: Path<(MandateId, FileId)>) -> Answer {
    let (id, file) = path.into_inner();
    let read = move |tx: &mut Tx| {
        let (person, given) = store::mandate(tx, &actor, id)?;
        if !rules::sees_evidence(&actor, &person, &given) {
            return Err(Error::Forbidden(
                "Only the person, an officer, or whoever holds it may see the papers.".to_owned(),
            ));
        }
        let of_it = store::evidence(tx, id)?.into_iter().any(|one| one.file.is_some_and(|(known, _)| known == file));
        if of_it { Ok((person.id, papers::file(tx, file)?)) } else { Err(Error::NotFound) }
    };
    let (person, kept) = visit.app.db.read(read).await?;
    visit.seen(person, id).await?;
    Ok(visit.file(&kept.name, kept.kind.content_type(), kept.bytes))
}
