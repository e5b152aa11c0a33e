//! The things that somebody may say something about, loaded as they may see them, and whom it can be about.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::auth::rights::Actor;
use crate::budgets::{self, Fund};
use crate::concerns::{Named, Offered, Thing, Whom};
use crate::db::Tx;
use crate::db::schema::{funds, order_lines, orders};
use crate::deliveries;
use crate::error::Error;
use crate::ids::{OrganisationId, PersonId};
use crate::people::{self, Person};
use crate::{agreements, calendar, invoices, mandates, packages};

/// A thing that the actor may see, named for what is said about it.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn named(tx: &mut Tx, actor: &Actor, thing: Thing) -> Result<Named, Error> {
    let (fund, words, href, providers) = match thing {
        Thing::Invoice(id) => {
            let found = invoices::store::invoice(tx, actor, id)?;
            let words = format!("{} {} of {}", found.kind.words(), found.number_text(), found.provider_name);
            (found.fund, words, format!("/invoices/{id}"), vec![found.parties.provider])
        }
        Thing::Delivery(id) => {
            let found = deliveries::store::delivery(tx, actor, id)?;
            let words = format!("What was given on {}", calendar::full(found.on));
            (found.fund, words, format!("/orders/{}/deliveries#delivery-{id}", found.order), vec![found.provider])
        }
        Thing::Agreement(id) => {
            let (_, fund) = agreements::store::agreement(tx, actor, id)?;
            (fund.id, format!("Agreement {id}"), format!("/agreements/{id}"), vec![])
        }
        Thing::Order(id) => {
            let found = packages::store::order(tx, actor, id)?;
            let lines = packages::store::lines_of(tx, id)?;
            let providers = lines.into_iter().map(|line| line.provider).collect();
            (found.fund, format!("Order {id}"), format!("/orders/{id}"), providers)
        }
        Thing::Fund(id) => {
            let fund = budgets::store::fund(tx, actor, id)?;
            let words = format!("The fund: {}, {} per week", fund.form.words(), fund.weekly);
            let providers = providers_of(tx, fund.person)?;
            (id, words, format!("/funds/{id}"), providers)
        }
    };
    let fund = budgets::store::fund_of_record(tx, fund)?;
    Ok(Named { thing, person: fund.person, words, href, providers, holder: fund.holder })
}

/// The organisations that have lines in a person's orders.
fn providers_of(tx: &mut Tx, person: PersonId) -> Result<Vec<OrganisationId>, Error> {
    let found = order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .inner_join(funds::table.on(funds::id.eq(orders::fund_id)))
        .filter(funds::person_id.eq(person))
        .select(order_lines::provider_id)
        .distinct();
    Ok(found.load(tx)?)
}

/// Whom something can be about: who provides, who holds, the council, who acts for the person. Where a thing is named, only
/// who has to do with it. The caller has loaded the person, or the thing, for the actor.
///
/// # Errors
/// When the database fails.
pub fn offered(
    tx: &mut Tx,
    actor: &Actor,
    person: &Person,
    named: Option<&Named>,
    today: NaiveDate,
) -> Result<Vec<Offered>, Error> {
    let (providers, holders) = match named {
        Some(named) => (named.providers.clone(), named.holder.into_iter().collect()),
        None => (providers_of(tx, person.id)?, holders_of(tx, person.id)?),
    };
    let council = people::store::organisation(tx, person.council)?.name;
    let mut offered = organisations(tx, &providers, Whom::Provider, "who provides support")?;
    offered.extend(organisations(tx, &holders, Whom::Holder, "who holds the fund")?);
    offered.push(Offered { whom: Whom::Council, words: format!("{council}: what it did or did not do") });
    offered.push(Offered { whom: Whom::Decision, words: format!("{council}: what it decided") });
    offered.extend(representatives(tx, actor, person, today)?);
    Ok(offered)
}

fn holders_of(tx: &mut Tx, person: PersonId) -> Result<Vec<OrganisationId>, Error> {
    let funds: Vec<Fund> = budgets::store::funds_of_person(tx, person)?;
    Ok(funds.into_iter().filter_map(|fund| fund.holder).collect())
}

fn organisations(
    tx: &mut Tx,
    ids: &[OrganisationId],
    whom: fn(OrganisationId) -> Whom,
    role: &str,
) -> Result<Vec<Offered>, Error> {
    let found = people::store::organisations_by_id(tx, ids)?.into_iter();
    Ok(found.map(|found| Offered { whom: whom(found.id), words: format!("{}, {role}", found.name) }).collect())
}

/// Those who act for a person today, as far as the actor may know them.
fn representatives(tx: &mut Tx, actor: &Actor, person: &Person, today: NaiveDate) -> Result<Vec<Offered>, Error> {
    let mut offered = vec![];
    for mandate in mandates::store::seen(tx, actor, person)?.iter().filter(|mandate| mandate.holds_on(today)) {
        let organisation = mandate.organisation.as_ref().map(|(organisation, _)| *organisation);
        let whom = Whom::Representative(mandate.user, organisation);
        let words = format!("{}, {}", mandate.name, mandate.authority.words());
        offered.push(Offered { whom, words });
    }
    Ok(offered)
}

/// The people of whom the actor sees anything: themselves and those they act for, those of their council, those whom their
/// providers support, those for whom their organisations hold a fund. By name.
///
/// # Errors
/// When the database fails.
pub fn people_in_sight(tx: &mut Tx, actor: &Actor) -> Result<Vec<Person>, Error> {
    let mut found = people::store::people_acted_for(tx, actor)?;
    if let Ok(reader) = actor.council_reader() {
        found.extend(people::store::people_of_council(tx, &reader)?);
    }
    let supported = order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .inner_join(funds::table.on(funds::id.eq(orders::fund_id)))
        .filter(order_lines::provider_id.eq_any(actor.providers()))
        .select(funds::person_id)
        .distinct();
    let mut ids: Vec<PersonId> = supported.load(tx)?;
    let held = funds::table.filter(funds::holder_organisation_id.eq_any(actor.holders()));
    ids.extend(held.select(funds::person_id).distinct().load::<PersonId>(tx)?);
    for id in ids {
        if !found.iter().any(|person| person.id == id) {
            found.push(people::store::person_of_record(tx, id)?);
        }
    }
    found.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    found.dedup_by_key(|person| person.id);
    Ok(found)
}
