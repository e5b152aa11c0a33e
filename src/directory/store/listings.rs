//! Services with everything that decides what they cost: one way for one of them and for many, in few queries.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::services::ServiceRow;
use super::{overrides, rates, register};
use crate::db::Tx;
use crate::db::schema::services;
use crate::directory::{Listing, Rate, Service, rules};
use crate::error::Error;
use crate::ids::{OrganisationId, ServiceId};
use crate::people::{Organisation, VatRegistration, store as people};
use crate::places::{Point, Postcode, store as places};
use crate::register::RegisterLocation;
use crate::vat::PriceBasis;

/// Some services with all that decides what they cost on a day, by their ids; those that there are. Whether they may be seen
/// is the caller's to ask.
///
/// # Errors
/// When the database fails.
pub fn by_id(tx: &mut Tx, ids: &[ServiceId], day: NaiveDate) -> Result<HashMap<ServiceId, Listing>, Error> {
    let rows: Vec<ServiceRow> = services::table.filter(services::id.eq_any(ids.to_vec())).load(tx)?;
    let listings = of(tx, rows.into_iter().map(Service::from).collect(), day)?;
    Ok(listings.into_iter().map(|listing| (listing.service.id, listing)).collect())
}

/// Some services with all that decides what they cost on a day, in their order: as many queries for twenty as for one.
pub(super) fn of(tx: &mut Tx, services: Vec<Service>, day: NaiveDate) -> Result<Vec<Listing>, Error> {
    let ids: Vec<ServiceId> = services.iter().map(|service| service.id).collect();
    let sellers = sellers(tx, &services)?;
    let places = places_of(tx, &services)?;
    let mut rates = rates::of_services(tx, &ids)?;
    let mut decided = overrides::of_services(tx, &ids)?;
    let listing = |service: Service| {
        let seller = sellers.get(&service.organisation)?;
        let organisation_on = |day| rules::organisation_on(&seller.organisation, &seller.vat_history, day);
        let organisation = organisation_on(day);
        let overrides = decided.remove(&service.id).unwrap_or_default();
        let said = (seller.vat_history.as_slice(), overrides.as_slice());
        let decided_on = |on| rules::overrides::decided_on(&organisation_on(on), said, &service.words, on);
        let as_it_holds = |rate: Rate| {
            let on = rate.terms.from.max(day);
            let is_inclusive = rate.terms.basis == PriceBasis::Inclusive;
            match is_inclusive.then(|| decided_on(on).class).flatten() {
                Some(class) => rules::while_class(rate, class, on),
                None => rate,
            }
        };
        let rates = rates.remove(&service.id).unwrap_or_default().into_iter().map(as_it_holds).collect();
        let decision = decided_on(day);
        Some(Listing {
            decision,
            overrides,
            rates,
            place: places.get(&service.words.postcode).cloned(),
            organisation,
            vat_history: seller.vat_history.clone(),
            location: seller.location.clone(),
            service,
        })
    };
    Ok(services.into_iter().filter_map(listing).collect())
}

/// An organisation and what is known of it.
struct Seller {
    organisation: Organisation,
    vat_history: Vec<VatRegistration>,
    location: Option<RegisterLocation>,
}

fn sellers(tx: &mut Tx, services: &[Service]) -> Result<HashMap<OrganisationId, Seller>, Error> {
    let mut ids: Vec<OrganisationId> = services.iter().map(|service| service.organisation).collect();
    ids.sort_unstable();
    ids.dedup();
    let organisations = people::organisations_by_id(tx, &ids)?;
    let mut histories = people::vat_histories(tx, &ids)?;
    let mut locations = register::locations_of(tx, &organisations)?;
    let seller = |organisation: Organisation| {
        let seller = Seller {
            vat_history: histories.remove(&organisation.id).unwrap_or_default(),
            location: locations.remove(&organisation.id),
            organisation,
        };
        (seller.organisation.id, seller)
    };
    Ok(organisations.into_iter().map(seller).collect())
}

/// Where services are, by their postcodes as they are written.
fn places_of(tx: &mut Tx, services: &[Service]) -> Result<HashMap<String, (Point, String)>, Error> {
    let mut written: Vec<&str> = services.iter().map(|service| service.words.postcode.as_str()).collect();
    written.sort_unstable();
    written.dedup();
    let known = |text: &str| Some((text.to_owned(), Postcode::parse(text).ok()?));
    let known: HashMap<String, Postcode> = written.into_iter().filter_map(known).collect();
    let located = places::located(tx, &known.values().cloned().collect::<Vec<_>>())?;
    let place = |(text, postcode): (String, Postcode)| Some((text, located.get(&postcode).cloned()?));
    Ok(known.into_iter().filter_map(place).collect())
}
