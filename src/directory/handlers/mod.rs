//! The marketplace over HTTP: a provider's entry and services, the search, what it costs.

pub mod bulk;
mod compare;
pub mod files;
mod search;
mod vat;

use actix_web::web::Path;
use chrono::{DateTime, NaiveDate, Utc};

use super::forms;
use super::looking::{fund_choices, no_such_fund, view};
use super::pages;
use super::store::files::of as files_of;
use super::store::rates::NewRate;
use super::store::{documents, limits, register, reviews, services};
use super::{Listing, View, rules};
use crate::audit::Act;
use crate::auth::rights::{Actor, Choose, ProviderMember};
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::ServiceId;
use crate::people::{OrganisationKind, store as people};
use crate::vat as tax;
use crate::web::form::Fields;
use crate::web::page::{Answer, Done, Submitted, Visit};

pub use compare::compare;
pub use search::search;
pub use vat::{decide_class, evidence, state_vat, vat_class};

const DETAILS: &str = "directory/details.html";
const SERVICE: &str = "directory/service.html";
const NEW_RATE: &str = "directory/new_rate.html";

/// A provider's own entry, VAT status and services, and what is missing.
pub async fn provider(visit: Visit, actor: Actor) -> Answer {
    let page = provider_page(&visit, &actor, actor.provider_member()?).await?;
    visit.show("directory/provider.html", &page)
}

async fn provider_page(visit: &Visit, actor: &Actor, provider: ProviderMember) -> Result<pages::Provider, Error> {
    let today = visit.app.clock.today();
    let looks_at_vat = !actor.providers_where(&rules::WATCHERS).is_empty();
    let read = move |tx: &mut Tx| {
        let organisation = people::organisation(tx, provider.provider())?;
        let history = people::vat_history(tx, organisation.id)?;
        let organisation = rules::organisation_on(&organisation, &history, today);
        let listings = services::listings(tx, organisation.id, today)?;
        let location = match &organisation.register_location {
            Some(number) => register::location(tx, number)?,
            None => None,
        };
        let page = pages::provider(&organisation, &history, &listings, location.as_ref(), today);
        Ok(pages::Provider { looks_at_vat, ..page })
    };
    visit.app.db.read(read).await
}

/// Changes a provider's own entry.
pub async fn edit_entry(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let provider = actor.provider_member()?;
    let (to_save, fields) = (provider.clone(), sent.fields.clone());
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let save = move |tx: &mut Tx| save_entry(tx, &to_save, &fields, (now, today));
    match visit.write_once(provider.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "Your entry is changed.")),
        Err(error) => {
            visit.show_again(error, "directory/provider.html", &provider_page(&visit, &actor, provider).await?)
        }
    }
}

fn save_entry(
    tx: &mut Tx,
    provider: &ProviderMember,
    fields: &Fields,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Done, Error> {
    let before = people::organisation(tx, provider.provider())?;
    let change = forms::entry(fields, before.kind)?;
    people::edit_entry(tx, before.id, change.version, &change.to)?;
    vat::follow_entry(tx, provider, (now, today))?;
    services::refresh_all(tx, before.id, before.register_location.as_deref(), today)?;
    let kept = |kind: OrganisationKind, charity: tax::CharityStatus| serde_json::json!({ "kind": kind.code(), "charity": charity.code() });
    let after = kept(change.to.kind, change.to.charity_status);
    let act = Act::new("entry.changed", format!("changed the entry of {}", before.name), before.id);
    let act = act.before(&kept(before.kind, before.charity_status)).after(&after);
    Ok(Done::new("/provider", act.on_behalf_of(before.id)))
}

/// The form for a new service.
pub async fn new_service(visit: Visit, actor: Actor) -> Answer {
    let page = new_service_page(&visit, actor.provider_member()?).await?;
    visit.show("directory/new_service.html", &page)
}

async fn new_service_page(visit: &Visit, provider: ProviderMember) -> Result<pages::NewService, Error> {
    let organisation = visit.app.db.read(move |tx| people::organisation(tx, provider.provider())).await?;
    Ok(pages::new_service(&organisation))
}

/// Lists a service, not yet published.
pub async fn list_service(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let provider = actor.provider_member()?;
    let (to_save, fields) = (provider.clone(), sent.fields.clone());
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let save = move |tx: &mut Tx| {
        let id = services::add(tx, &to_save, &forms::new_service(&fields)?, (now, today))?;
        let act = Act::new("service.listed", "listed a service", id).on_behalf_of(to_save.provider());
        Ok(Done::new(format!("/services/{id}/edit"), act))
    };
    match visit.write_once(provider.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "The service is listed. Give it a price, then publish it.")),
        Err(error) => visit.show_again(error, "directory/new_service.html", &new_service_page(&visit, provider).await?),
    }
}

/// A service, its price as a fund would pay it, its VAT and why.
pub async fn service(visit: Visit, actor: Option<Actor>, path: Path<ServiceId>) -> Answer {
    let (id, today, query) = (*path, visit.app.clock.today(), visit.query()?);
    let read = move |tx: &mut Tx| {
        let (listing, is_own) = services::seen(tx, actor.as_ref(), id, today)?;
        let funds = fund_choices(tx, actor.as_ref())?;
        let asked = query.get("fund").map(str::parse).transpose().map_err(|_| no_such_fund(&query))?;
        let view = view(tx, actor.as_ref(), &funds, asked, &query)?;
        let rules = match view.fund {
            Some(fund) => limits::of_fund(tx, fund, today)?,
            None => vec![],
        };
        let shown = reviews::shown(tx, id)?;
        let accepted = limits::accepted_by(tx, listing.organisation.id, today)?;
        let reads = is_own || actor.as_ref().is_some_and(|actor| actor.council_reader().is_ok());
        let mut page = pages::service(&listing, (&view, &rules), &shown, &funds, is_own, today);
        page.accepted_by = accepted;
        page.chooses = actor.as_ref().is_some_and(|actor| !actor.people_for::<Choose>().is_empty());
        page.facts.extend(pages::document_facts(&documents::held(tx, listing.organisation.id, today)?));
        let sees = |actor: &Actor| rules::documents::sees(actor, listing.organisation.id);
        page.documents_href =
            actor.as_ref().is_some_and(sees).then(|| format!("/organisations/{}/documents", listing.organisation.id));
        page.vat_class_href = reads.then(|| format!("/services/{id}/vat-class"));
        Ok((calculated(&listing, &view, &query, today), page.with_files(&files_of(tx, id)?)))
    };
    match visit.app.db.read(read).await? {
        (Ok(Some(calculator)), page) => visit.show(SERVICE, &pages::Service { calculator: Some(calculator), ..page }),
        (Ok(None), page) => visit.show(SERVICE, &page),
        (Err(invalid), page) => visit.show_again(invalid.into(), SERVICE, &page),
    }
}

/// What the visit costs that is asked about, if one is.
fn calculated(
    listing: &Listing,
    view: &View,
    query: &Fields,
    today: NaiveDate,
) -> Result<Option<pages::Calculator>, Invalid> {
    if !forms::visits::is_asked(query) {
        return Ok(None);
    }
    let by_time = rules::rate_on(&listing.rates, today).is_some_and(|rate| rate.terms.unit.minutes().is_some());
    let asked = forms::visits::asked(query, by_time)?;
    let wrong = |(field, message): (&str, String)| forms::wrong(field, &message, query);
    pages::answered(listing, view, &asked, today).map(Some).map_err(wrong)
}

/// The forms with which a provider changes its service.
pub async fn edit_service(visit: Visit, actor: Actor, path: Path<ServiceId>) -> Answer {
    let page = edit_page(&visit, actor.provider_member()?, *path).await?;
    visit.show("directory/edit_service.html", &page)
}

async fn edit_page(visit: &Visit, provider: ProviderMember, id: ServiceId) -> Result<pages::EditService, Error> {
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| services::own_listing(tx, &provider, id, today);
    Ok(pages::edit_service(&visit.app.db.read(read).await?, today))
}

/// Changes what a service says.
pub async fn save_service(visit: Visit, actor: Actor, path: Path<ServiceId>, sent: Submitted) -> Answer {
    let (id, today) = (*path, visit.app.clock.today());
    let save = move |tx: &mut Tx, listing: &Listing, provider: &ProviderMember, fields: &Fields| {
        let change = forms::service(fields)?;
        rules::check_free(change.to.category, &listing.rates, today)
            .map_err(|refusal| forms::wrong("category", &refusal.to_string(), fields))?;
        services::edit(tx, provider, listing.service.id, change.version, &change.to, today)
    };
    change_service(visit, actor, id, sent, ("service.changed", "changed the service"), "The service is changed.", save)
        .await
}

/// The form with which a provider says for whom, where and when a service is.
pub async fn details(visit: Visit, actor: Actor, path: Path<ServiceId>) -> Answer {
    let page = details_page(&visit, actor.provider_member()?, *path).await?;
    visit.show(DETAILS, &page)
}

async fn details_page(visit: &Visit, provider: ProviderMember, id: ServiceId) -> Result<pages::DetailsPage, Error> {
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| services::own_listing(tx, &provider, id, today);
    Ok(pages::details_page(&visit.app.db.read(read).await?, today))
}

/// Says for whom, where and when a service is, and whether there is room.
pub async fn save_details(visit: Visit, actor: Actor, path: Path<ServiceId>, sent: Submitted) -> Answer {
    let (id, today, provider) = (*path, visit.app.clock.today(), actor.provider_member()?);
    let (member, fields) = (provider.clone(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let listing = services::own_listing(tx, &member, id, today)?;
        let change = forms::details::details(&fields)?;
        services::set_details(tx, &member, id, change.version, &change.to, today)?;
        let says = format!("said for whom, where and when “{}” is", listing.service.words.name);
        Ok(Done::new(
            format!("/services/{id}/edit"),
            Act::new("service.details", says, id).on_behalf_of(member.provider()),
        ))
    };
    let outcome = visit.write_once(provider.user(), &sent, save).await;
    visit
        .done_or_again(outcome, "Done. It counts as confirmed today.", DETAILS, details_page(&visit, provider, id))
        .await
}

/// Confirms that what a service says is still so.
pub async fn confirm(visit: Visit, actor: Actor, path: Path<ServiceId>, sent: Submitted) -> Answer {
    let (id, today) = (*path, visit.app.clock.today());
    let save = move |tx: &mut Tx, listing: &Listing, provider: &ProviderMember, fields: &Fields| {
        let change = forms::details::confirmation(fields)?;
        services::confirm(tx, provider, listing.service.id, change.version, today)
    };
    let act = ("service.confirmed", "confirmed what is said of");
    change_service(visit, actor, id, sent, act, "Confirmed as of today.", save).await
}

/// The form of a new rate with everything that can stand on its card.
pub async fn new_rate(visit: Visit, actor: Actor, path: Path<ServiceId>) -> Answer {
    let page = rate_page(&visit, actor.provider_member()?, *path).await?;
    visit.show(NEW_RATE, &page)
}

async fn rate_page(visit: &Visit, provider: ProviderMember, id: ServiceId) -> Result<pages::NewRatePage, Error> {
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| services::own_listing(tx, &provider, id, today);
    Ok(pages::new_rate(&visit.app.db.read(read).await?, today))
}

/// Adds a rate from a day on.
pub async fn add_rate(visit: Visit, actor: Actor, path: Path<ServiceId>, sent: Submitted) -> Answer {
    let (id, now, today, provider) = (*path, visit.app.clock.now(), visit.app.clock.today(), actor.provider_member()?);
    let (member, fields) = (provider.clone(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let listing = services::own_listing(tx, &member, id, today)?;
        let sent = forms::rates::rate(&fields)?;
        let (net, card) = rules::new_rate(&listing, &sent, today)
            .map_err(|(row, refusal)| forms::rates::refused(row, &refusal, &fields))?;
        let new = NewRate { terms: &sent.terms, net, card: &card };
        services::add_rate(tx, &member, id, &new, (now, today))?;
        let says = format!("recorded a price of “{}”", listing.service.words.name);
        Ok(Done::new(format!("/services/{id}/edit"), Act::new("rate.added", says, id).on_behalf_of(member.provider())))
    };
    let outcome = visit.write_once(provider.user(), &sent, save).await;
    let notice = "The price is recorded. Earlier prices stay in the record.";
    visit.done_or_again(outcome, notice, NEW_RATE, rate_page(&visit, provider, id)).await
}

/// Publishes a service or takes it back.
pub async fn publish(visit: Visit, actor: Actor, path: Path<ServiceId>, sent: Submitted) -> Answer {
    let (id, today) = (*path, visit.app.clock.today());
    let save = move |tx: &mut Tx, listing: &Listing, provider: &ProviderMember, fields: &Fields| {
        let change = forms::publication(fields)?;
        if change.to {
            rules::check_publication(&listing.decision, &listing.rates, today)
                .map_err(|refusal| forms::refused(&refusal, fields))?;
        }
        services::set_published(tx, provider, listing.service.id, change.version, change.to, today)
    };
    let act = ("service.published", "published, or took back, the service");
    change_service(visit, actor, id, sent, act, "Done. People see the service as it is now.", save).await
}

/// Loads a provider's own service, changes it, shows its forms again.
async fn change_service<F>(
    visit: Visit,
    actor: Actor,
    id: ServiceId,
    sent: Submitted,
    (what, verb): (&'static str, &'static str),
    notice: &str,
    change: F,
) -> Answer
where
    F: Fn(&mut Tx, &Listing, &ProviderMember, &Fields) -> Result<(), Error> + Send + 'static,
{
    let provider = actor.provider_member()?;
    let (to_save, fields, today) = (provider.clone(), sent.fields.clone(), visit.app.clock.today());
    let save = move |tx: &mut Tx| {
        let listing = services::own_listing(tx, &to_save, id, today)?;
        change(tx, &listing, &to_save, &fields)?;
        let act =
            Act::new(what, format!("{verb} “{}”", listing.service.words.name), id).on_behalf_of(to_save.provider());
        Ok(Done::new(format!("/services/{id}/edit"), act))
    };
    match visit.write_once(provider.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, notice)),
        Err(error @ (Error::NotFound | Error::Forbidden(_))) => Err(error.into()),
        Err(error) => visit.show_again(error, "directory/edit_service.html", &edit_page(&visit, provider, id).await?),
    }
}

/// What one price costs in each form of budget.
pub async fn what_it_costs(visit: Visit) -> Answer {
    let (query, today) = (visit.query()?, visit.app.clock.today());
    if query.typed().is_empty() && !visit.wants_json() {
        return visit.show("site/what_it_costs.html", &pages::what_it_costs_page(None));
    }
    let answered = forms::what_it_costs(&query).and_then(|question| {
        let rows = tax::what_it_costs_rows(question.net, question.class, question.declaration, today);
        let rows =
            rows.map_err(|refusal| forms::wrong(pages::refused_field(&refusal), &format!("{refusal}."), &query))?;
        Ok(pages::WhatItCosts { net: question.net, class: question.class, rows })
    });
    match answered {
        Ok(answer) if visit.wants_json() => visit.show("site/what_it_costs.html", &answer),
        Ok(answer) => visit.show("site/what_it_costs.html", &pages::what_it_costs_page(Some(&answer))),
        Err(invalid) => visit.show_again(invalid.into(), "site/what_it_costs.html", &pages::what_it_costs_page(None)),
    }
}
