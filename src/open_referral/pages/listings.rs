//! Services, where they are, who sells them: which member says what of a listing stands here, in one place.

use chrono::{DateTime, SecondsFormat, Utc};

use super::costs::cost_options;
use super::terms::taxonomy_term;
use super::{
    Accessibility, Address, Attribute, Capacity, Identifier, Location, Minimal, Organization, Schedule, Service,
    ServiceArea, ServiceAtLocation, Site, SpokenLanguage,
};
use crate::calendar;
use crate::directory::store::published::Published;
use crate::directory::{Feature, Listing, Place, rules as directory};
use crate::ids::ServiceId;
use crate::open_referral::{Kind, Term, Vocabulary, rules};
use crate::people::rules::vat_on;
use crate::people::{Organisation as Provider, OrganisationKind};
use crate::places::council_by_code;
use crate::register::{REGISTER_ATTRIBUTION, RegisterLocation};
use crate::vat::CharityStatus;

/// The id of a service, or of its being at its location, and when it changed.
#[must_use]
pub fn minimal(site: &Site, kind: Kind, service: ServiceId, changed_at: DateTime<Utc>) -> Minimal {
    Minimal { id: site.id(kind, service.number()), modified_date: moment(changed_at) }
}

/// A moment as the standard writes it: UTC, with milliseconds.
fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A service with its organisation, as a list has it.
#[must_use]
pub fn service(site: &Site, published: &Published) -> Service {
    let listing = &published.listing;
    let id = listing.service.id;
    let (summary, details) = (&listing.service.words.summary, &listing.service.details);
    let room = Capacity { places_left: details.places_left, waiting_weeks: details.waiting_weeks };
    Service {
        id: site.id(Kind::Service, id.number()),
        organization_id: site.id(Kind::Organisation, listing.organisation.id.number()),
        name: listing.service.words.name.clone(),
        description: Some(summary.clone()).filter(|words| !words.is_empty()),
        url: site.address(&format!("/services/{id}")),
        status: "active",
        accreditations: listing.location.as_ref().map(accreditations),
        minimum_age: details.minimum_age,
        maximum_age: details.maximum_age,
        assured_date: listing.service.confirmed_on.to_string(),
        schedules: None,
        service_areas: None,
        languages: None,
        alert: listing.organisation.fictional.then_some("This is an example from a demonstration. Nobody offers it."),
        last_modified: moment(published.changed_at),
        organization: organization(site, &listing.organisation, listing.location.as_ref()),
        service_at_locations: None,
        cost_options: None,
        attributes: None,
        x_vat_status: directory::listed_vat(vat_on(&listing.vat_history, site.today)).code(),
        x_capacity: Some(room).filter(|room| room.places_left.is_some() || room.waiting_weeks.is_some()),
    }
}

/// A service with everything that is said of it.
#[must_use]
pub fn full_service(site: &Site, published: &Published) -> Service {
    let listing = &published.listing;
    let plain = service(site, published);
    Service {
        service_at_locations: Some(vec![at_location(site, listing, full_location(site, listing))]),
        ..nested_service(site, listing, plain)
    }
}

/// A service with everything but where it is.
fn nested_service(site: &Site, listing: &Listing, plain: Service) -> Service {
    let numbers = identifiers(site, &listing.organisation, listing.location.as_ref());
    Service {
        organization: Organization { organization_identifiers: numbers, ..plain.organization },
        cost_options: Some(cost_options(site, listing)).filter(|all| !all.is_empty()),
        attributes: Some(attributes(site, listing)),
        schedules: schedule(site, listing).map(|one| vec![one]),
        service_areas: service_area(site, listing).map(|one| vec![one]),
        languages: Some(languages(site, listing)).filter(|all| !all.is_empty()),
        ..plain
    }
}

/// When a service is given, where its provider says so.
fn schedule(site: &Site, listing: &Listing) -> Option<Schedule> {
    let details = &listing.service.details;
    let day = |feature: &Feature| match feature {
        Feature::Day(day) => Some(rules::day_code(*day)),
        _ => None,
    };
    let days: Vec<&str> = details.features.iter().filter_map(day).collect();
    let time = |time: chrono::NaiveTime| time.format("%H:%M:%S").to_string();
    (!days.is_empty() || details.hours.is_some()).then(|| Schedule {
        id: site.id(Kind::Schedule, listing.service.id.number()),
        freq: "WEEKLY",
        interval: 1,
        byday: Some(days.join(",")).filter(|days| !days.is_empty()),
        opens_at: details.hours.map(|(opens, _)| time(opens)),
        closes_at: details.hours.map(|(_, closes)| time(closes)),
    })
}

/// How far a provider travels, where it says so.
fn service_area(site: &Site, listing: &Listing) -> Option<ServiceArea> {
    let miles = listing.service.details.reach_miles?;
    let name = format!("Within {miles} miles of {}", directory::shown_place(listing).0);
    Some(ServiceArea { id: site.id(Kind::ServiceArea, listing.service.id.number()), name, x_miles: miles })
}

/// The id of something that a feature says.
fn of_feature(site: &Site, kind: Kind, listing: &Listing, feature: Feature) -> String {
    site.id(kind, rules::attribute_number(listing.service.id, Term::Feature(feature).id()))
}

fn languages(site: &Site, listing: &Listing) -> Vec<SpokenLanguage> {
    let spoken = |feature: &Feature| match feature {
        Feature::Language(language) => Some(SpokenLanguage {
            id: of_feature(site, Kind::Language, listing, *feature),
            name: language.words(),
            code: language.code(),
        }),
        _ => None,
    };
    listing.service.details.features.iter().filter_map(spoken).collect()
}

fn accessibility(site: &Site, listing: &Listing) -> Vec<Accessibility> {
    let usable = |feature: &Feature| match feature {
        Feature::Access(access) => Some(Accessibility {
            id: of_feature(site, Kind::Accessibility, listing, *feature),
            description: access.words(),
        }),
        _ => None,
    };
    listing.service.details.features.iter().filter_map(usable).collect()
}

/// What the regulator says of a provider's location.
fn accreditations(location: &RegisterLocation) -> String {
    let shown = directory::shown_rating(location);
    let judgement = match (shown.rating, shown.published) {
        (Some(rating), Some(day)) => format!("{}, published on {}", rating.words(), calendar::full(day)),
        (Some(rating), None) => rating.words().to_owned(),
        (None, _) => "not rated".to_owned(),
    };
    format!("Care Quality Commission: {judgement}. {} {REGISTER_ATTRIBUTION}", shown.url)
}

/// A provider as a list has it.
#[must_use]
pub fn organization(site: &Site, provider: &Provider, location: Option<&RegisterLocation>) -> Organization {
    let about = if provider.about.is_empty() {
        // The standard asks for a description; where the provider gave none, what is known stands for it.
        let town = if provider.address.town.is_empty() { "England" } else { &provider.address.town };
        format!("{} in {town}.", provider.kind.words())
    } else {
        provider.about.clone()
    };
    Organization {
        id: site.id(Kind::Organisation, provider.id.number()),
        name: provider.name.clone(),
        description: about,
        website: location.and_then(|location| location.website.known().cloned().flatten()).filter(|url| is_uri(url)),
        organization_identifiers: None,
        services: None,
        x_kind: provider.kind.code(),
    }
}

/// Whether a text can stand where the standard asks for an address of the web.
fn is_uri(text: &str) -> bool {
    text.parse::<ureq::http::Uri>().is_ok_and(|uri| uri.scheme().is_some() && uri.host().is_some())
}

/// A provider with its numbers and what it has published.
#[must_use]
pub fn full_organization(
    site: &Site,
    provider: &Provider,
    location: Option<&RegisterLocation>,
    services: Vec<Service>,
) -> Organization {
    Organization {
        organization_identifiers: identifiers(site, provider, location),
        services: Some(services),
        ..organization(site, provider, location)
    }
}

/// The numbers of a provider on registers that were verified, or that it gave.
fn identifiers(site: &Site, provider: &Provider, location: Option<&RegisterLocation>) -> Option<Vec<Identifier>> {
    let charity = Some(provider.charity_status == CharityStatus::Registered).filter(|is| *is);
    let charity = charity.and_then(|_| provider.charity_number.clone());
    let company = location.and_then(|location| location.companies_house.known().cloned().flatten());
    let of_location = |number: fn(&RegisterLocation) -> &String| location.map(|location| number(location).clone());
    let known = [
        (1, Some("GB-COH"), "Company number", company),
        (2, Some("GB-CHC"), "Charity number", charity),
        (3, None, "CQC provider ID", of_location(|location| &location.provider_id)),
        (4, None, "CQC location ID", of_location(|location| &location.location_id)),
    ];
    let identifier = |(register, scheme, words, number): (i64, _, _, Option<String>)| {
        let id = site.id(Kind::Identifier, rules::identifier_number(provider.id, register));
        Some(Identifier { id, identifier_scheme: scheme, identifier_type: words, identifier: number? })
    };
    Some(known.into_iter().filter_map(identifier).collect::<Vec<_>>()).filter(|all| !all.is_empty())
}

fn at_location(site: &Site, listing: &Listing, location: Location) -> ServiceAtLocation {
    let number = listing.service.id.number();
    ServiceAtLocation {
        id: site.id(Kind::ServiceAtLocation, number),
        service_id: site.id(Kind::Service, number),
        location_id: location.id.clone(),
        name: listing.service.words.name.clone(),
        status: "active",
        location,
        service: None,
    }
}

/// A service at its location, as a list has it.
#[must_use]
pub fn service_at_location(site: &Site, published: &Published) -> ServiceAtLocation {
    let at = at_location(site, &published.listing, location(site, &published.listing));
    ServiceAtLocation { service: Some(Box::new(service(site, published))), ..at }
}

/// A service at its location with everything that is said of both.
#[must_use]
pub fn full_service_at_location(site: &Site, published: &Published) -> ServiceAtLocation {
    let listing = &published.listing;
    let nested = nested_service(site, listing, service(site, published));
    let at = at_location(site, listing, full_location(site, listing));
    ServiceAtLocation { service: Some(Box::new(nested)), ..at }
}

fn location(site: &Site, listing: &Listing) -> Location {
    let (postcode, place) = directory::shown_place(listing);
    let council = place.as_ref().and_then(|(_, code)| council_by_code(code));
    let area = council.map(|council| format!(", {}", council.name)).unwrap_or_default();
    let degrees = place.as_ref().map(|(point, _)| point.to_degrees());
    // Five decimals are about a metre: a postcode's middle is no better.
    let number = |degrees: f64| format!("{degrees:.5}").parse().ok();
    Location {
        id: site.id(Kind::Location, listing.service.id.number()),
        location_type: location_type(listing),
        name: format!("{postcode}{area}"),
        description: format!("Where the service is given, or from where it comes: {postcode}."),
        latitude: degrees.and_then(|(latitude, _)| number(latitude)),
        longitude: degrees.and_then(|(_, longitude)| number(longitude)),
        x_council_code: place.map(|(_, code)| code).filter(|code| !code.is_empty()),
        addresses: None,
        accessibility: None,
    }
}

/// Nowhere, for what is given by telephone or video alone.
fn location_type(listing: &Listing) -> &'static str {
    let places = listing.service.details.features.iter().filter_map(|feature| match feature {
        Feature::Place(place) => Some(*place),
        _ => None,
    });
    if places.eq([Place::Online]) { "virtual" } else { "physical" }
}

/// A place with its address: the organisation's own, where the service is there. Somebody who works alone may live there,
/// so theirs is not told.
fn full_location(site: &Site, listing: &Listing) -> Location {
    let own = &listing.organisation.address;
    let there = own.postcode == listing.service.words.postcode && !own.line.is_empty() && !own.town.is_empty();
    let told = there && listing.organisation.kind != OrganisationKind::SoleTrader;
    let council = listing.place.as_ref().and_then(|(_, code)| council_by_code(code));
    let address = told.then(|| Address {
        id: site.id(Kind::Address, listing.service.id.number()),
        address_1: own.line.clone(),
        city: own.town.clone(),
        state_province: council.map_or_else(|| "England".to_owned(), |council| council.name.clone()),
        postal_code: own.postcode.clone(),
        country: "GB",
        address_type: "physical",
    });
    let usable = Some(accessibility(site, listing)).filter(|all| !all.is_empty());
    Location { addresses: address.map(|address| vec![address]), accessibility: usable, ..location(site, listing) }
}

/// The terms that are said of a listing.
fn attributes(site: &Site, listing: &Listing) -> Vec<Attribute> {
    let service = listing.service.id;
    let of = |vocabulary: &Vocabulary| {
        let link_type = vocabulary.link_type();
        vocabulary.of(listing, site.today).into_iter().map(move |term| (link_type, term))
    };
    let attribute = |(link_type, term): (&'static str, Term)| Attribute {
        id: site.id(Kind::Attribute, rules::attribute_number(service, term.id())),
        link_id: site.id(Kind::Service, service.number()),
        taxonomy_term_id: term.id().to_string(),
        link_type,
        link_entity: "service",
        taxonomy_term: taxonomy_term(site, term),
    };
    Vocabulary::ALL.iter().flat_map(of).map(attribute).collect()
}
