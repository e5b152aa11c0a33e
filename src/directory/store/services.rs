//! Services and their rates. Every write makes the service's entry in the search again.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::rates::{self, NewRate, minute_of, time_of};
use super::{entries, former_words, listings, register};
use crate::auth::rights::{Actor, ProviderMember};
use crate::db::Tx;
use crate::db::schema::{search_entries, services};
use crate::directory::{Category, Details, Feature, Listing, RATE_ANNOUNCED, Service, ServiceWords, rules};
use crate::error::Error;
use crate::ids::{OrganisationId, RateId, ServiceId};
use crate::people;
use crate::queue::{NewJob, store as queue};
use crate::vat::{Answer, Nature};

/// The most services that one provider may list: its page shows them all.
const MOST_SERVICES: i64 = 500;
/// How many entries whose day has come are made again in one transaction.
const REPRICED_AT_ONCE: i64 = 200;

#[derive(Queryable)]
pub(super) struct ServiceRow {
    id: ServiceId,
    organisation: OrganisationId,
    name: String,
    category: Category,
    summary: String,
    postcode: String,
    nature: Nature,
    inside_regulated_activity: Answer,
    published: bool,
    version: i64,
    _created_by: i64,
    _created_at: chrono::NaiveDateTime,
    features: String,
    opens_minute: Option<i64>,
    closes_minute: Option<i64>,
    minimum_age: Option<i64>,
    maximum_age: Option<i64>,
    reach_miles: Option<i64>,
    places_left: Option<i64>,
    waiting_weeks: Option<i64>,
    confirmed_on: NaiveDate,
}

impl From<ServiceRow> for Service {
    fn from(row: ServiceRow) -> Self {
        let words = ServiceWords {
            name: row.name,
            category: row.category,
            summary: row.summary,
            postcode: row.postcode,
            nature: row.nature,
            inside_regulated_activity: row.inside_regulated_activity,
        };
        let small = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
        let details = Details {
            features: row.features.split(' ').filter_map(Feature::from_code).collect(),
            hours: time_of(row.opens_minute).zip(time_of(row.closes_minute)),
            minimum_age: small(row.minimum_age),
            maximum_age: small(row.maximum_age),
            reach_miles: small(row.reach_miles),
            places_left: small(row.places_left),
            waiting_weeks: small(row.waiting_weeks),
        };
        Self {
            id: row.id,
            organisation: row.organisation,
            words,
            details,
            confirmed_on: row.confirmed_on,
            published: row.published,
            version: row.version,
        }
    }
}

/// Lists a service, not yet published.
///
/// # Errors
/// When the provider lists as many as it may.
pub fn add(
    tx: &mut Tx,
    provider: &ProviderMember,
    words: &ServiceWords,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<ServiceId, Error> {
    let listed: i64 =
        services::table.filter(services::organisation_id.eq(provider.provider())).count().get_result(tx)?;
    if listed >= MOST_SERVICES {
        return Err(Error::Refused(format!("You list {listed} services already. Change one of them instead.")));
    }
    let row = (
        services::organisation_id.eq(provider.provider()),
        services::name.eq(&words.name),
        services::category.eq(words.category),
        services::summary.eq(&words.summary),
        services::postcode.eq(&words.postcode),
        services::nature.eq(words.nature),
        services::inside_regulated_activity.eq(words.inside_regulated_activity),
        services::published.eq(false),
        services::version.eq(1),
        services::created_by.eq(provider.user()),
        services::created_at.eq(now.naive_utc()),
        services::features.eq(""),
        services::confirmed_on.eq(today),
    );
    Ok(diesel::insert_into(services::table).values(row).returning(services::id).get_result(tx)?)
}

/// Changes what a service says, if it is still the version that the editor saw. What decided its class for VAT until today is kept.
///
/// # Errors
/// Not found, when it is not this provider's; a conflict when somebody changed it in between.
pub fn edit(
    tx: &mut Tx,
    provider: &ProviderMember,
    id: ServiceId,
    version: i64,
    words: &ServiceWords,
    today: NaiveDate,
) -> Result<(), Error> {
    let before = own(tx, provider, id)?.words;
    let changed = diesel::update(services::table.filter(services::id.eq(id).and(services::version.eq(version))))
        .set((
            services::name.eq(&words.name),
            services::category.eq(words.category),
            services::summary.eq(&words.summary),
            services::postcode.eq(&words.postcode),
            services::nature.eq(words.nature),
            services::inside_regulated_activity.eq(words.inside_regulated_activity),
            services::version.eq(version + 1),
        ))
        .execute(tx)?;
    changed_once(changed)?;
    former_words::keep(tx, id, (&before, words), today)?;
    refresh(tx, id, today)
}

/// Changes for whom, where and when a service is, and whether there is room, if it is still the version that the editor saw.
/// Who says so confirms the rest with it.
///
/// # Errors
/// Not found, when it is not this provider's; a conflict when somebody changed it in between.
pub fn set_details(
    tx: &mut Tx,
    provider: &ProviderMember,
    id: ServiceId,
    version: i64,
    details: &Details,
    today: NaiveDate,
) -> Result<(), Error> {
    own(tx, provider, id)?;
    let codes: Vec<String> = details.features.iter().map(|feature| feature.code()).collect();
    let changed = diesel::update(services::table.filter(services::id.eq(id).and(services::version.eq(version))))
        .set((
            services::features.eq(codes.join(" ")),
            services::opens_minute.eq(details.hours.map(|(opens, _)| minute_of(opens))),
            services::closes_minute.eq(details.hours.map(|(_, closes)| minute_of(closes))),
            services::minimum_age.eq(details.minimum_age.map(i64::from)),
            services::maximum_age.eq(details.maximum_age.map(i64::from)),
            services::reach_miles.eq(details.reach_miles.map(i64::from)),
            services::places_left.eq(details.places_left.map(i64::from)),
            services::waiting_weeks.eq(details.waiting_weeks.map(i64::from)),
            services::confirmed_on.eq(today),
            services::version.eq(version + 1),
        ))
        .execute(tx)?;
    changed_once(changed)?;
    refresh(tx, id, today)
}

/// Confirms that what a service says is still so.
///
/// # Errors
/// Not found, when it is not this provider's; a conflict when somebody changed it in between.
pub fn confirm(
    tx: &mut Tx,
    provider: &ProviderMember,
    id: ServiceId,
    version: i64,
    today: NaiveDate,
) -> Result<(), Error> {
    own(tx, provider, id)?;
    let changed = diesel::update(services::table.filter(services::id.eq(id).and(services::version.eq(version))))
        .set((services::confirmed_on.eq(today), services::version.eq(version + 1)))
        .execute(tx)?;
    changed_once(changed)?;
    refresh(tx, id, today)
}

/// Publishes a service or takes it back, if it is still the version that the editor saw.
///
/// # Errors
/// Not found, when it is not this provider's; a conflict when somebody changed it in between.
pub fn set_published(
    tx: &mut Tx,
    provider: &ProviderMember,
    id: ServiceId,
    version: i64,
    published: bool,
    today: NaiveDate,
) -> Result<(), Error> {
    own(tx, provider, id)?;
    let changed = diesel::update(services::table.filter(services::id.eq(id).and(services::version.eq(version))))
        .set((services::published.eq(published), services::version.eq(version + 1)))
        .execute(tx)?;
    changed_once(changed)?;
    refresh(tx, id, today)
}

fn changed_once(changed: usize) -> Result<(), Error> {
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("The service")) }
}

/// A service that is this provider's own.
fn own(tx: &mut Tx, provider: &ProviderMember, id: ServiceId) -> Result<Service, Error> {
    let row: ServiceRow =
        services::table.filter(services::id.eq(id).and(services::organisation_id.eq(provider.provider()))).first(tx)?;
    Ok(row.into())
}

/// Adds a rate from a day on; rates before it stay as they are, and whoever plans with the service is told.
///
/// # Errors
/// Not found, when it is not this provider's service.
pub fn add_rate(
    tx: &mut Tx,
    provider: &ProviderMember,
    id: ServiceId,
    rate: &NewRate<'_>,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<RateId, Error> {
    own(tx, provider, id)?;
    let has_rates = rates::has_some(tx, id)?;
    let added = rates::add(tx, id, rate, provider.user(), now)?;
    if has_rates {
        let about = added.to_string();
        let key = format!("{RATE_ANNOUNCED} {about}");
        let job = NewJob { kind: RATE_ANNOUNCED, about: &about, dedupe_key: Some(&key) };
        queue::enqueue(tx, &job, now)?;
    }
    refresh(tx, id, today)?;
    Ok(added)
}

/// A service with all that decides what it costs on a day. Whether it may be seen is the caller's to ask: a published one
/// by anybody, another by its provider.
///
/// # Errors
/// Not found, when there is none.
pub fn listing(tx: &mut Tx, id: ServiceId, day: NaiveDate) -> Result<Listing, Error> {
    let row: ServiceRow = services::table.filter(services::id.eq(id)).first(tx)?;
    listings::of(tx, vec![row.into()], day)?.pop().ok_or(Error::NotFound)
}

/// A service that everybody can find, with all that decides what it costs on a day.
///
/// # Errors
/// Not found, when there is none or it is not to be found.
pub fn offered(tx: &mut Tx, id: ServiceId, day: NaiveDate) -> Result<Listing, Error> {
    let listing = listing(tx, id, day)?;
    if rules::is_offered(&listing, day) { Ok(listing) } else { Err(Error::NotFound) }
}

/// A service that an actor may see, with all that decides what it costs on a day, and whether it is their own: what everybody
/// can find, and what one's own provider has drafted.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn seen(tx: &mut Tx, actor: Option<&Actor>, id: ServiceId, day: NaiveDate) -> Result<(Listing, bool), Error> {
    let listing = listing(tx, id, day)?;
    let is_own = actor.is_some_and(|actor| actor.providers().contains(&listing.organisation.id));
    if is_own || rules::is_offered(&listing, day) { Ok((listing, is_own)) } else { Err(Error::NotFound) }
}

/// The service of a rate, with all that decides what it costs on a day.
///
/// # Errors
/// Not found, when there is no such rate.
pub fn listing_of_rate(tx: &mut Tx, rate: RateId, day: NaiveDate) -> Result<Listing, Error> {
    let service = rates::service_of(tx, rate)?;
    listing(tx, service, day)
}

/// A service of this provider with all that decides what it costs on a day.
///
/// # Errors
/// Not found, when it is not theirs.
pub fn own_listing(tx: &mut Tx, provider: &ProviderMember, id: ServiceId, day: NaiveDate) -> Result<Listing, Error> {
    let service = own(tx, provider, id)?;
    listings::of(tx, vec![service], day)?.pop().ok_or(Error::NotFound)
}

/// The services of an organisation, by name, with what decides what they cost on a day.
///
/// # Errors
/// When the database fails.
pub fn listings(tx: &mut Tx, organisation: OrganisationId, day: NaiveDate) -> Result<Vec<Listing>, Error> {
    let rows: Vec<ServiceRow> = services::table
        .filter(services::organisation_id.eq(organisation))
        .order((services::name, services::id))
        .load(tx)?;
    listings::of(tx, rows.into_iter().map(Service::from).collect(), day)
}

/// Makes the entry of a service in the search again, or takes it out when it is not to be found.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx, id: ServiceId, today: NaiveDate) -> Result<(), Error> {
    let listing = listing(tx, id, today)?;
    show(tx, &listing, today)?;
    show_location(tx, listing.organisation.register_location.as_deref(), today)
}

fn show(tx: &mut Tx, listing: &Listing, today: NaiveDate) -> Result<(), Error> {
    match rules::service_entry(listing, today) {
        Some(entry) => {
            entries::hide_imported(tx, listing)?;
            entries::put(tx, &entry)
        }
        None => entries::remove_service(tx, listing.service.id),
    }
}

/// Whoever publishes services stands in the search with them, not with the register's words.
fn show_location(tx: &mut Tx, number: Option<&str>, today: NaiveDate) -> Result<(), Error> {
    number.map_or(Ok(()), |number| register::refresh(tx, number, today))
}

/// Makes the entries of all services of an organisation again: after its own entry or its VAT status changed. `former` is
/// the location that it said was its own before.
///
/// # Errors
/// When the database fails.
pub fn refresh_all(
    tx: &mut Tx,
    organisation: OrganisationId,
    former: Option<&str>,
    today: NaiveDate,
) -> Result<(), Error> {
    for listing in listings(tx, organisation, today)? {
        show(tx, &listing, today)?;
    }
    let location = people::store::organisation(tx, organisation)?.register_location;
    show_location(tx, location.as_deref(), today)?;
    show_location(tx, former.filter(|former| location.as_deref() != Some(former)), today)
}

/// Makes the entries again whose day has come: a rate, a statement about VAT or the end of a registration has begun to
/// hold. Gives how many; call it until that is none. What other feeds list is made again where they are read.
///
/// # Errors
/// When the database fails.
pub fn reprice(tx: &mut Tx, today: NaiveDate) -> Result<usize, Error> {
    type Due = (Option<ServiceId>, Option<crate::ids::RegisterLocationId>);
    let due: Vec<Due> = search_entries::table
        .filter(search_entries::next_change_on.le(today).and(search_entries::imported_listing_id.is_null()))
        .select((search_entries::service_id, search_entries::register_location_id))
        .order(search_entries::id)
        .limit(REPRICED_AT_ONCE)
        .load(tx)?;
    let count = due.len();
    for due in due {
        match due {
            (Some(service), _) => refresh(tx, service, today)?,
            (None, Some(location)) => register::refresh_by_id(tx, location, today)?,
            (None, None) => {}
        }
    }
    Ok(count)
}
