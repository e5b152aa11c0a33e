//! Short lists over HTTP: shown, added to, taken from.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use actix_web::web::Path;

use super::pages::{self, Read, ShortlistsPage};
use super::{forms, store};
use crate::audit::Act;
use crate::auth::rights::{ActingFor, Actor, Choose};
use crate::db::Tx;
use crate::directory::store::services;
use crate::directory::{Listing, rules};
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
        let mut listings: BTreeMap<ServiceId, Listing> = BTreeMap::new();
        for thought in &thoughts {
            if let Entry::Vacant(new) = listings.entry(thought.service) {
                new.insert(services::listing(tx, thought.service, today)?);
            }
        }
        let thinking_of = asked.map(|id| offered(tx, id, today)).transpose()?;
        Ok(pages::show(&Read { people: all, thoughts, listings, thinking_of }, who.person(), today))
    };
    visit.app.db.read(read).await
}

/// A service that everybody can find.
fn offered(tx: &mut Tx, id: ServiceId, today: chrono::NaiveDate) -> Result<Listing, Error> {
    let listing = services::listing(tx, id, today)?;
    if rules::service_entry(&listing, today).is_some() { Ok(listing) } else { Err(Error::NotFound) }
}

/// Puts a service on a person's list.
pub async fn add(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (person, now, today) = (*path, visit.app.clock.now(), visit.app.clock.today());
    let (by, fields) = (choosing(&actor, person)?, sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let listing = offered(tx, forms::service(&fields)?, today)?;
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
