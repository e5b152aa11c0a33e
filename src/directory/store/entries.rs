//! The read model of the search: one row for each published service and each open location of the register.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::changes;
use crate::db::Tx;
use crate::db::dialect::{HasWords, Way, square};
use crate::db::schema::{imported_listings, search_entries, services};
use crate::directory::rules::{self, marks};
use crate::directory::{Category, Entry, ListedPrice, ListedVat, Listing, ShownRating, Source, Unit, UnitCosts, Wait};
use crate::error::Error;
use crate::ids::{ImportedListingId, OrganisationId, RegisterLocationId, ServiceId};
use crate::money::UnitPrice;
use crate::places::Point;
use crate::register::Rating;
use crate::vat::Class;

/// The order of what is not rated, in a list by rating.
const UNRATED: i64 = 9;
/// How many entries are looked at that may be the same service as another.
const MOST_LIKE: i64 = 100;

/// A row as it is written and read, without its id.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = search_entries, treat_none_as_null = true)]
pub(super) struct EntryRow {
    service_id: Option<ServiceId>,
    register_location_id: Option<RegisterLocationId>,
    organisation_id: Option<OrganisationId>,
    name: String,
    provider_name: String,
    summary: String,
    category: Category,
    town: String,
    postcode: String,
    la_code: String,
    easting: Option<i64>,
    northing: Option<i64>,
    words: String,
    marks: String,
    vat_status: ListedVat,
    vat_class: Option<Class>,
    unit_order: i64,
    net_price: Option<UnitPrice>,
    cost_recovered: Option<UnitPrice>,
    cost_person: Option<UnitPrice>,
    cost_holder: Option<UnitPrice>,
    cost_onward: Option<UnitPrice>,
    next_change_on: Option<NaiveDate>,
    confirmed_on: Option<NaiveDate>,
    pub(super) sunk: bool,
    wait_order: i64,
    rating_order: i64,
    rating: String,
    rating_published: Option<NaiveDate>,
    url: String,
    fictional: bool,
    imported_listing_id: Option<ImportedListingId>,
}

impl From<&Entry> for EntryRow {
    fn from(entry: &Entry) -> Self {
        let (service_id, organisation_id, register_location_id, imported_listing_id) = match entry.source {
            Source::Service(service, organisation) => (Some(service), Some(organisation), None, None),
            Source::Register(location) => (None, None, Some(location), None),
            Source::Imported(listing) => (None, None, None, Some(listing)),
        };
        let costs = entry.price.map(|price| price.costs);
        Self {
            service_id,
            register_location_id,
            organisation_id,
            name: entry.name.clone(),
            provider_name: entry.provider_name.clone(),
            summary: entry.summary.clone(),
            category: entry.category,
            town: entry.town.clone(),
            postcode: entry.postcode.clone(),
            la_code: entry.la_code.clone(),
            easting: entry.point.map(|point| point.easting.into()),
            northing: entry.point.map(|point| point.northing.into()),
            words: entry.words.clone(),
            marks: marks::with_rating(&entry.marks, entry.rating.rating),
            vat_status: entry.vat,
            vat_class: entry.class,
            unit_order: marks::unit_order(entry.price.map(|price| price.unit)),
            net_price: entry.price.map(|price| price.net),
            cost_recovered: costs.map(|costs| costs.recovered),
            cost_person: costs.map(|costs| costs.person),
            cost_holder: costs.map(|costs| costs.holder),
            cost_onward: costs.map(|costs| costs.onward),
            next_change_on: entry.next_change_on,
            confirmed_on: entry.confirmed_on,
            sunk: entry.sunk,
            wait_order: entry.wait.order(),
            rating_order: rating_order(entry.rating.rating),
            rating: entry.rating.rating.map_or("", Rating::code).to_owned(),
            rating_published: entry.rating.published,
            url: entry.rating.url.clone(),
            fictional: entry.fictional,
            imported_listing_id,
        }
    }
}

/// The place of a judgement among all, the best first; what is not rated comes last.
fn rating_order(rating: Option<Rating>) -> i64 {
    let place = |rating| Rating::ALL.iter().zip(0..).find(|(known, _)| **known == rating).map(|(_, place)| place);
    rating.and_then(place).unwrap_or(UNRATED)
}

/// Where an entry comes from, as its row says it.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = search_entries)]
pub(super) struct SourceRow {
    service_id: Option<ServiceId>,
    organisation_id: Option<OrganisationId>,
    register_location_id: Option<RegisterLocationId>,
    imported_listing_id: Option<ImportedListingId>,
}

impl SourceRow {
    pub(super) fn source(self) -> Result<Source, Error> {
        match (self.service_id, self.organisation_id, self.register_location_id, self.imported_listing_id) {
            (Some(service), Some(organisation), None, None) => Ok(Source::Service(service, organisation)),
            (None, None, Some(location), None) => Ok(Source::Register(location)),
            (None, None, None, Some(listing)) => Ok(Source::Imported(listing)),
            _ => Err(Error::Internal("an entry of the search without a source".to_owned())),
        }
    }
}

impl EntryRow {
    /// The entry of a row.
    pub(super) fn entry(self) -> Result<Entry, Error> {
        let source = SourceRow {
            service_id: self.service_id,
            organisation_id: self.organisation_id,
            register_location_id: self.register_location_id,
            imported_listing_id: self.imported_listing_id,
        };
        let source = source.source()?;
        let price = self.price();
        let point =
            self.easting.zip(self.northing).and_then(|(easting, northing)| Point::from_metres(easting, northing));
        Ok(Entry {
            source,
            name: self.name,
            provider_name: self.provider_name,
            summary: self.summary,
            category: self.category,
            town: self.town,
            postcode: self.postcode,
            la_code: self.la_code,
            point,
            words: self.words,
            marks: self.marks,
            vat: self.vat_status,
            class: self.vat_class,
            price,
            next_change_on: self.next_change_on,
            confirmed_on: self.confirmed_on,
            sunk: self.sunk,
            wait: Wait::from_order(self.wait_order),
            rating: ShownRating {
                rating: Rating::from_code(&self.rating),
                published: self.rating_published,
                url: self.url,
            },
            fictional: self.fictional,
        })
    }

    fn price(&self) -> Option<ListedPrice> {
        let costs = UnitCosts {
            recovered: self.cost_recovered?,
            person: self.cost_person?,
            holder: self.cost_holder?,
            onward: self.cost_onward?,
        };
        let unit = unit_at(self.unit_order)?;
        Some(ListedPrice { unit, net: self.net_price?, costs })
    }
}

/// The unit that has a place among all; nothing for what has no price.
pub(super) fn unit_at(place: i64) -> Option<Unit> {
    Unit::ALL.get(usize::try_from(place).ok()?).copied()
}

/// Puts entries of new sources into the search, place by place: SQLite's text index is in the order of places, and writes a
/// part of itself out whenever one comes that lies before the last.
pub(super) fn add(tx: &mut Tx, entries: &[Entry]) -> Result<(), Error> {
    let mut by_place: Vec<&Entry> = entries.iter().collect();
    by_place.sort_by_key(|entry| entry.point.map(|point| square(point.easting.into(), point.northing.into())));
    for entry in by_place {
        diesel::insert_into(search_entries::table).values(EntryRow::from(entry)).execute(tx)?;
    }
    Ok(())
}

/// Puts an entry into the search in the place of the one that its source had, if any.
///
/// # Errors
/// When the database fails.
pub fn put(tx: &mut Tx, entry: &Entry) -> Result<(), Error> {
    let row = EntryRow::from(entry);
    let changed = match entry.source {
        Source::Service(service, _) => {
            changes::mark(tx, service)?;
            diesel::update(search_entries::table.filter(search_entries::service_id.eq(service)))
                .set(&row)
                .execute(tx)?
        }
        Source::Register(location) => {
            diesel::update(search_entries::table.filter(search_entries::register_location_id.eq(location)))
                .set(&row)
                .execute(tx)?
        }
        Source::Imported(listing) => {
            diesel::update(search_entries::table.filter(search_entries::imported_listing_id.eq(listing)))
                .set(&row)
                .execute(tx)?
        }
    };
    if changed == 0 {
        diesel::insert_into(search_entries::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Takes out of the search what other feeds say of a service of which its provider now speaks.
///
/// # Errors
/// When the database fails.
pub(super) fn hide_imported(tx: &mut Tx, own: &Listing) -> Result<(), Error> {
    let words = &own.service.words;
    let same = rules::same_as(&own.organisation.name, &words.name, &words.postcode);
    let listed = imported_listings::table.filter(imported_listings::same_as.eq(same)).select(imported_listings::id);
    let listed: Vec<ImportedListingId> = listed.load(tx)?;
    remove_imported(tx, &listed)
}

/// Whether a provider itself speaks of a service that another feed lists.
///
/// # Errors
/// When the database fails.
pub fn has_own_words(tx: &mut Tx, provider: &str, name: &str, postcode: &str) -> Result<bool, Error> {
    let words: Vec<String> = rules::telling_words(provider).chain(rules::telling_words(name)).take(8).collect();
    if words.is_empty() {
        return Ok(false);
    }
    let rows: Vec<(String, String, String)> = search_entries::table
        .inner_join(services::table.on(services::id.nullable().eq(search_entries::service_id)))
        .filter(HasWords::beginning_with(&words, vec![], vec![], Way::Listed(None)))
        // The postcode as its provider wrote it: not all of it may be in the search.
        .select((search_entries::provider_name, search_entries::name, services::postcode))
        // An order that no index has: PostgreSQL would go through the entries one by one in that of their numbers.
        .order(search_entries::id + 0)
        .limit(MOST_LIKE)
        .load(tx)?;
    let same = rules::same_as(provider, name, postcode);
    Ok(rows.into_iter().any(|(provider, name, postcode)| rules::same_as(&provider, &name, &postcode) == same))
}

/// Takes what other feeds list out of the search.
///
/// # Errors
/// When the database fails.
pub fn remove_imported(tx: &mut Tx, listings: &[ImportedListingId]) -> Result<(), Error> {
    if listings.is_empty() {
        return Ok(());
    }
    diesel::delete(search_entries::table.filter(search_entries::imported_listing_id.eq_any(listings.to_vec())))
        .execute(tx)?;
    Ok(())
}

/// Takes what locations of the register had out of the search.
pub(super) fn remove_locations(tx: &mut Tx, locations: &[RegisterLocationId]) -> Result<(), Error> {
    diesel::delete(search_entries::table.filter(search_entries::register_location_id.eq_any(locations.to_vec())))
        .execute(tx)?;
    Ok(())
}

/// Takes a service out of the search.
pub(super) fn remove_service(tx: &mut Tx, service: ServiceId) -> Result<(), Error> {
    diesel::delete(search_entries::table.filter(search_entries::service_id.eq(service))).execute(tx)?;
    Ok(())
}

/// Shows another rating on everything that an organisation has published.
pub(super) fn set_rating(tx: &mut Tx, organisation: OrganisationId, rating: &ShownRating) -> Result<(), Error> {
    let shown = (
        search_entries::rating.eq(rating.rating.map_or("", Rating::code)),
        search_entries::rating_order.eq(rating_order(rating.rating)),
        search_entries::rating_published.eq(rating.published),
        search_entries::url.eq(&rating.url),
    );
    diesel::update(search_entries::table.filter(search_entries::organisation_id.eq(organisation)))
        .set(shown)
        .execute(tx)?;
    let theirs = search_entries::table.filter(search_entries::organisation_id.eq(organisation));
    let marked: Vec<(i64, String)> = theirs.select((search_entries::id, search_entries::marks)).load(tx)?;
    for (id, marks) in marked {
        diesel::update(search_entries::table.filter(search_entries::id.eq(id)))
            .set(search_entries::marks.eq(marks::with_rating(&marks, rating.rating)))
            .execute(tx)?;
    }
    changes::mark_all_of(tx, organisation)
}
