//! Retention over HTTP: what is kept until when, holds, erasure, the list of what is due.

use actix_web::web::Path;

use super::pages::{self, RetentionData, RetentionPage};
use super::{erasing, forms, rules, store};
use crate::audit::Act;
use crate::auth::rights::{Actor, CouncilOfficer};
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{HoldId, PersonId};
use crate::people::{Person, store as people};
use crate::web::form::Fields;
use crate::web::form::shown_in;
use crate::web::page::{Answer, Done, Submitted, Visit};

const SHOW: &str = "retention/show.html";

/// Those of a council whose time is over.
pub async fn due(visit: Visit, actor: Actor) -> Answer {
    let officer = actor.council_officer()?;
    let page = visit.app.db.read(move |tx| Ok(pages::due(&store::listed(tx, &officer)?))).await?;
    visit.show("retention/due.html", &page)
}

/// What of a person is kept until when and why.
pub async fn show(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let id = *path;
    let page = page(&visit, &actor, id).await?;
    visit.seen(id, id).await?;
    visit.show(SHOW, &page)
}

async fn page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<RetentionPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let (_, person) = deciding(tx, &who, id)?;
        let (facts, holds) = (store::facts(tx, id)?, store::holds(tx, id)?);
        let erasures = store::erasures_of(tx, id)?;
        Ok(pages::show(&RetentionData { person, facts, holds, erasures }, true, today))
    };
    visit.app.db.read(read).await
}

fn deciding(tx: &mut Tx, actor: &Actor, id: PersonId) -> Result<(CouncilOfficer, Person), Error> {
    let person = people::person(tx, actor, id)?;
    Ok((actor.uninvolved_officer(person.id, person.council)?, person))
}

/// Does something to a person's retention, in one transaction and once; leads back to the page. What cannot be undone is
/// done in a session with a second factor.
async fn decide<F>(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted, work: F) -> Result<String, Error>
where
    F: Fn(&mut Tx, &CouncilOfficer, &Person, &Fields) -> Result<Act, Error> + Send + 'static,
{
    let (who, fields) = (actor.clone(), sent.fields.clone());
    let work = move |tx: &mut Tx| {
        let (officer, person) = deciding(tx, &who, id)?;
        who.second_factor()?;
        let act = work(tx, &officer, &person, &fields)?;
        Ok(Done::new(format!("/people/{id}/retention"), act))
    };
    visit.write_once(actor.user(), sent, work).await
}

async fn answer(visit: Visit, actor: Actor, id: PersonId, done: Result<String, Error>, says: &str) -> Answer {
    visit.done_or_again(done, says, SHOW, page(&visit, &actor, id)).await
}

/// What is recorded of a hold. It stands in the council's record and not in the person's: why a record must stay may be an
/// inquiry that whoever reads the person's record must not know of.
fn of_hold(what: &'static str, says: &str, officer: &CouncilOfficer, id: PersonId) -> Act {
    Act::new(what, says, id).on_behalf_of(officer.council())
}

/// Places a hold.
pub async fn hold(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (id, now) = (*path, visit.app.clock.now());
    let work = move |tx: &mut Tx, officer: &CouncilOfficer, person: &Person, fields: &Fields| {
        let (reason, from) = forms::hold(fields)?;
        store::place(tx, officer, person.id, (&reason, from), now)?;
        Ok(of_hold("hold.placed", "placed a legal hold", officer, id))
    };
    let done = decide(&visit, &actor, id, &sent, work).await;
    answer(visit, actor, id, done, "The hold is placed. Nothing of the person is erased while it stands.").await
}

/// Lifts a hold.
pub async fn lift(visit: Visit, actor: Actor, path: Path<(PersonId, HoldId)>, sent: Submitted) -> Answer {
    let ((id, hold), now) = (*path, visit.app.clock.now());
    let work = move |tx: &mut Tx, officer: &CouncilOfficer, person: &Person, fields: &Fields| {
        let holds = store::holds(tx, person.id)?;
        let known = holds.iter().find(|known| known.id == hold).ok_or(Error::NotFound)?;
        let reason = forms::lift(fields)?;
        if known.lifted.is_some() {
            return Err(Error::changed_since("The hold"));
        }
        store::lift(tx, officer, hold, &reason, now)?;
        Ok(of_hold("hold.lifted", "lifted a legal hold", officer, id))
    };
    let done = decide(&visit, &actor, id, &sent, work).await;
    let done = if visit.wants_json() {
        done
    } else {
        done.map_err(|error| shown_in(error, &sent.fields, |name| format!("{name}-{hold}")))
    };
    answer(visit, actor, id, done, "The hold is lifted.").await
}

/// Erases what tells of a person.
pub async fn erase(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (id, now, today) = (*path, visit.app.clock.now(), visit.app.clock.today());
    let work = move |tx: &mut Tx, officer: &CouncilOfficer, person: &Person, fields: &Fields| {
        let asked = forms::erase(fields)?;
        let (facts, holds) = (store::facts(tx, person.id)?, store::holds(tx, person.id)?);
        rules::check_erasure(&facts, &holds, asked.ground, today).map_err(|refusal| refused(&refusal))?;
        if asked.reference != person.reference {
            return Err(refused(&rules::Refusal::OtherReference));
        }
        erasing::erase(tx, officer, person, (asked.ground, &asked.reason), now)?;
        Ok(Act::new("record.erased", "erased the record", id).concerning(id).because(asked.ground.words()))
    };
    let done = decide(&visit, &actor, id, &sent, work).await;
    answer(visit, actor, id, done, "The record is erased. The amounts and dates stay.").await
}

fn refused(refusal: &rules::Refusal) -> Error {
    match refusal.field() {
        "" => Error::Refused(refusal.to_string()),
        field => Invalid::field(field, refusal.to_string()).into(),
    }
}
