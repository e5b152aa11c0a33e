//! Short lists over HTTP: shown, added to, taken from.

use actix_web::web::Path;

use super::pages::{self, Read, ShortlistsPage};
use super::{forms, store};
use crate::audit::Act;
use crate::auth::rights::{ActingFor, Actor, Choose, SeeMoney};
use crate::budgets;
use crate::db::Tx;
use crate::directory::store::{listings, services};
use crate::error::{Error, Invalid};
use crate::ids::{PersonId, ServiceId};
use crate::people::store as people;
use crate::web::page::{Answer, Done, Submitted, Visit};

const TEMPLATE: &str = "shortlists/show.html";

/// The short lists of everybody for whom one chooses.
pub async fn show(visit: Visit, actor: Actor) -> Answer {
    let asked = visit.query()?.get("service").and_then(|id| id.parse().ok());
    let page = page(&visit, &actor, asked).await?;
    for list in &page.lists {
        visit.seen(list.person, list.person).await?;
    }
    visit.show(TEMPLATE, &page)
}

async fn page(visit: &Visit, actor: &Actor, asked: Option<ServiceId>) -> Result<ShortlistsPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let choosing: Vec<ActingFor<Choose>> =
            who.people_for::<Choose>().into_iter().filter_map(|person| who.acting_for(person)).collect();
        if choosing.is_empty() {
            return Err(Error::Forbidden("Short lists are for people, and for those who choose for them.".to_owned()));
        }
        let mut all = people::people_acted_for(tx, &who)?;
        all.retain(|person| choosing.iter().any(|acting| acting.person() == person.id));
        let thoughts = store::of(tx, &choosing)?;
        let ids: Vec<ServiceId> = thoughts.iter().map(|thought| thought.service).collect();
        let listings = listings::by_id(tx, &ids, today)?;
        let thinking_of = asked.map(|id| services::offered(tx, id, today)).transpose()?;
        let funds = budgets::store::open_funds::<SeeMoney>(tx, &who)?;
        Ok(pages::show(&Read { people: all, thoughts, listings, thinking_of, funds }, who.person(), today))
    };
    visit.app.db.read(read).await
}

/// Puts a service on a person's list.
pub async fn add(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (person, now, today) = (*path, visit.app.clock.now(), visit.app.clock.today());
    let (by, fields) = (choosing(&actor, person)?, sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let listing = services::offered(tx, forms::service(&fields)?, today)?;
        store::add(tx, &by, listing.service.id, now)?;
        let says = format!("put “{}” on the short list", listing.service.words.name);
        Ok(Done::new("/shortlist", Act::new("shortlist.added", says, person).concerning(person)))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    visit.done_or_again(outcome, "It is on the short list.", TEMPLATE, page(&visit, &actor, None)).await
}

/// Takes a service off a person's list.
pub async fn remove(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (person, fields) = (*path, sent.fields.clone());
    let by = choosing(&actor, person)?;
    let save = move |tx: &mut Tx| {
        let service = forms::service(&fields)?;
        if !store::remove(tx, &by, service)? {
            return Err(Invalid::field("service", "This service is not on the list.").into());
        }
        let act = Act::new("shortlist.removed", "took a service off the short list", person);
        Ok(Done::new("/shortlist", act.concerning(person)))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    visit.done_or_again(outcome, "It is off the short list.", TEMPLATE, page(&visit, &actor, None)).await
}

/// The right to choose for a person; who is nothing to them does not learn that they are here.
fn choosing(actor: &Actor, person: PersonId) -> Result<ActingFor<Choose>, Error> {
    let to_them = actor.people().contains(&person);
    actor.acting_for(person).ok_or_else(|| match to_them {
        true => Error::Forbidden("Your mandate does not let you choose support.".to_owned()),
        false => Error::NotFound,
    })
}
