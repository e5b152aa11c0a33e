//! Giving access for a time, taking it back, breaking the glass.

use actix_web::web::Path;

use super::{BROKEN_FOR, forms, pages, rules};
use crate::audit::{Act, Kind, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::auth::store::access::{self, NewGrant};
use crate::auth::store::user_name;
use crate::calendar;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::GrantId;
use crate::people;
use crate::web::form::Fields;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "access/list.html";
const BREAK_GLASS: &str = "access/break_glass.html";

/// Who may look at a council's people for a time, and which operators have.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    visit.show(LIST, &list_page(&visit, &actor).await?)
}

async fn list_page(visit: &Visit, actor: &Actor) -> Result<pages::AccessPage, Error> {
    let (giver, today) = (actor.access_giver()?, visit.app.clock.today());
    let read =
        move |tx: &mut Tx| Ok(pages::list(&access::grants_of(tx, &giver)?, &access::broken_at(tx, &giver)?, today));
    visit.app.db.read(read).await
}

/// A rule's refusal at the field that it is about, with what was typed.
fn refused(refusal: rules::Refusal, typed: &Fields) -> Error {
    Invalid { typed: typed.typed().clone(), ..Invalid::field(refusal.field(), refusal.to_string()) }.into()
}

/// Lets an auditor look for a time.
pub async fn give(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let giver = actor.access_giver()?;
    let (now, today, fields) = (visit.app.clock.now(), visit.app.clock.today(), sent.fields.clone());
    let work = move |tx: &mut Tx, wanted: &super::Wanted| {
        rules::check_days(wanted, today).map_err(|refusal| refused(refusal, &fields))?;
        let user = rules::check_auditor(access::auditor(tx, &giver, &wanted.email)?, giver.user())
            .map_err(|refusal| refused(refusal, &fields))?;
        let person = match &wanted.reference {
            Some(reference) => {
                let found = people::store::person_by_reference(tx, reference)?;
                let own = found.filter(|person| person.council == giver.council()).map(|person| person.id);
                Some(own.ok_or_else(|| refused(rules::Refusal::NoPerson, &fields))?)
            }
            None => None,
        };
        let (from, to, purpose) = (wanted.from, wanted.to, wanted.purpose.clone());
        let id = access::grant(tx, &giver, &NewGrant { user, person, from, to, purpose }, now)?;
        let whose = if person.is_some() { "this record" } else { "the records of all of the council’s people" };
        let says = format!("let {} look at {whose}, {}", user_name(tx, user)?, calendar::range(from, to));
        let act = Act::new("access.given", says, id).on_behalf_of(giver.council()).because(&wanted.purpose);
        Ok(Done::new("/access", concerning(act, person)))
    };
    match visit.write_form(actor.user(), &sent, forms::grant(&sent.fields), work).await {
        Ok(location) => Ok(visit.done(&location, "The auditor may look now. Every look is recorded with its purpose.")),
        Err(error) => visit.show_again(error, LIST, &list_page(&visit, &actor).await?),
    }
}

fn concerning(act: Act, person: Option<crate::ids::PersonId>) -> Act {
    match person {
        Some(person) => act.concerning(person),
        None => act,
    }
}

/// Takes access back, at once.
pub async fn take_back(visit: Visit, actor: Actor, path: Path<GrantId>, sent: Submitted) -> Answer {
    let (giver, id, now) = (actor.access_giver()?, *path, visit.app.clock.now());
    let work = move |tx: &mut Tx| {
        let person = access::take_back(tx, &giver, id, now)?;
        let act = Act::new("access.taken_back", "took back an auditor’s access", id).on_behalf_of(giver.council());
        Ok(Done::new("/access", concerning(act, person)))
    };
    match visit.write_once(actor.user(), &sent, work).await {
        Ok(location) => Ok(visit.done(&location, "The access is taken back. It ended at once.")),
        Err(error @ Error::NotFound) => Err(error.into()),
        Err(error) => visit.show_again(error, LIST, &list_page(&visit, &actor).await?),
    }
}

/// The right to break the glass.
fn operator(actor: &Actor) -> Result<(), Error> {
    let why = || Error::Forbidden("Only an operator of this service may do this.".to_owned());
    actor.is_operator().then_some(()).ok_or_else(why)
}

/// Where an operator says whose record they must look at, and why.
pub async fn ask(visit: Visit, actor: Actor) -> Answer {
    operator(&actor)?;
    visit.show(BREAK_GLASS, &pages::break_glass(&actor))
}

/// Opens one person's record to an operator for an hour.
pub async fn break_glass(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    operator(&actor)?;
    let (user, now, fields) = (actor.user(), visit.app.clock.now(), sent.fields.clone());
    let work = move |tx: &mut Tx, (reference, reason): &(String, String)| {
        let person = people::store::person_by_reference(tx, reference)?.ok_or_else(|| {
            let message = "Nobody has this reference. Ask whoever wrote to you for it.";
            Error::from(Invalid { typed: fields.typed().clone(), ..Invalid::field("reference", message) })
        })?;
        access::break_glass(tx, user, person.id, reason, (now, now + BROKEN_FOR))?;
        let says = "broke the glass: may look at this record for an hour";
        let act = Act::new("glass.broken", says, Thing::of(ThingKind::Access, person.id)).because(reason);
        let act = Act { kind: Kind::View, ..act }.concerning(person.id);
        Ok(Done::new(format!("/people/{}", person.id), act))
    };
    match visit.write_form(actor.user(), &sent, forms::reason(&sent.fields), work).await {
        Ok(location) => Ok(visit.done(&location, "You may look for an hour. The person sees that you do, and why.")),
        Err(error) => visit.show_again(error, BREAK_GLASS, &pages::break_glass(&actor)),
    }
}
