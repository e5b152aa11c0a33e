//! What the feed says, in the words of Open Referral UK 3.0. A member without a value is left out: the standard knows no null.

pub mod costs;
pub mod imported;
pub mod listings;
pub mod terms;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Number;

use super::{Identity, Kind, Paging, rules};

/// The version of the standard, as its validator reads it.
const VERSION: &str = "HSDS-UK-3.0";
/// Where the profile is described.
const PROFILE: &str = "https://github.com/OpenReferralUK/uk-profile";

/// What the feed is made for: which installation, where it is reached, which day.
#[derive(Clone, Debug)]
pub struct Site {
    /// The installation's part of the ids.
    pub identity: Identity,
    /// Where the site is, without a slash at the end.
    pub public_url: String,
    /// Today.
    pub today: NaiveDate,
}

impl Site {
    pub(super) fn id(&self, kind: Kind, number: i64) -> String {
        rules::id(self.identity, kind, number).to_string()
    }

    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}

/// What the feed is.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralApi)]
pub struct Api {
    /// The version of the standard.
    pub version: &'static str,
    /// Where the profile is described.
    pub profile: &'static str,
    /// Where this feed is described.
    pub openapi_url: String,
}

/// What the feed is.
#[must_use]
pub fn api(public_url: &str) -> Api {
    let openapi_url = format!("{public_url}/open-referral/openapi.json");
    Api { version: VERSION, profile: PROFILE, openapi_url }
}

/// A page of a list.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralPage)]
pub struct Page<T> {
    /// How many there are on all pages.
    pub total_items: i64,
    /// How many pages there are.
    pub total_pages: i64,
    /// Which page this is, from 1.
    pub page_number: i64,
    /// How many are on this page.
    pub size: i64,
    /// Whether it is the first page.
    pub first_page: bool,
    /// Whether no page comes after it.
    pub last_page: bool,
    /// Whether nothing is on it.
    pub empty: bool,
    /// What is on it.
    pub contents: Vec<T>,
}

impl<T> Page<T> {
    /// A page of so many things.
    #[must_use]
    pub fn new(total: i64, paging: Paging, contents: Vec<T>) -> Self {
        let total_pages = rules::pages(total, paging);
        Self {
            total_items: total,
            total_pages,
            page_number: paging.page,
            size: i64::try_from(contents.len()).unwrap_or(i64::MAX),
            first_page: paging.page == 1,
            last_page: paging.page >= total_pages,
            empty: contents.is_empty(),
            contents,
        }
    }
}

/// A thing of which only is said that it is there, and when it changed.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Minimal {
    /// Its id.
    pub id: String,
    /// When anything of it last changed.
    pub modified_date: String,
}

/// Something that a provider sells.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralService)]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub organization_id: String,
    /// Its name.
    pub name: String,
    /// What it is, for whom, where and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its page for people.
    pub url: String,
    /// Whether it can be had.
    pub status: &'static str,
    /// What the regulator says of the provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accreditations: Option<String>,
    /// From which age on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_age: Option<u32>,
    /// Up to which age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum_age: Option<u32>,
    /// When its provider last said that it still is so.
    pub assured_date: String,
    /// What must be known of it at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<&'static str>,
    /// When anything of it last changed.
    pub last_modified: String,
    /// Who sells it.
    pub organization: Organization,
    /// When it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedules: Option<Vec<Schedule>>,
    /// How far its provider travels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_areas: Option<Vec<ServiceArea>>,
    /// The languages that are spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<SpokenLanguage>>,
    /// Where it is given, or from where it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_at_locations: Option<Vec<ServiceAtLocation>>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_options: Option<Vec<CostOption>>,
    /// The terms that are said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<Attribute>>,
    /// Whether the provider is registered for VAT: registered, not_registered, applied_for, unknown.
    pub x_vat_status: &'static str,
    /// Whether there is room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_capacity: Option<Capacity>,
}

/// Whether there is room.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralCapacity)]
pub struct Capacity {
    /// How many places are free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places_left: Option<u32>,
    /// How long one waits, in weeks; 0 means that it can begin at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_weeks: Option<u32>,
}

/// When a service is given.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralSchedule)]
pub struct Schedule {
    /// Its id.
    pub id: String,
    /// How often it comes again.
    pub freq: &'static str,
    /// Each of them.
    pub interval: u32,
    /// On which days: MO to SU, with commas; left out where the provider has not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byday: Option<String>,
    /// From what time, in London.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<String>,
    /// Until what time, in London.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<String>,
}

/// Where a service can be had.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralServiceArea)]
pub struct ServiceArea {
    /// Its id.
    pub id: String,
    /// Where, in words.
    pub name: String,
    /// Within so many miles of the service's postcode.
    pub x_miles: u32,
}

/// A language that is spoken.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralLanguage)]
pub struct SpokenLanguage {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: &'static str,
    /// Its code (ISO 639).
    pub code: &'static str,
}

/// What makes a place usable.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralAccessibility)]
pub struct Accessibility {
    /// Its id.
    pub id: String,
    /// What it is.
    pub description: &'static str,
}

/// A provider.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralOrganization)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it says of itself.
    pub description: String,
    /// Its website, as the regulator's register has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Its numbers on registers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_identifiers: Option<Vec<Identifier>>,
    /// What it has published.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub services: Option<Vec<Service>>,
    /// What it is in law: company, sole_trader, charity, council and others.
    pub x_kind: &'static str,
}

/// A number of an organisation on a register.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralIdentifier)]
pub struct Identifier {
    /// Its id.
    pub id: String,
    /// The register's code at org-id.guide, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier_scheme: Option<&'static str>,
    /// What it is, in words.
    pub identifier_type: &'static str,
    /// The number.
    pub identifier: String,
}

/// A service at the place where it is given, or from where it comes.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralServiceAtLocation)]
pub struct ServiceAtLocation {
    /// Its id.
    pub id: String,
    /// The service.
    pub service_id: String,
    /// The place.
    pub location_id: String,
    /// The service's name: the published reference asks for it here as well.
    pub name: String,
    /// The service's status, for the same reason.
    pub status: &'static str,
    /// The place.
    pub location: Location,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub service: Option<Box<Service>>,
}

/// A place.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralLocation)]
pub struct Location {
    /// Its id.
    pub id: String,
    /// What sort of place it is.
    pub location_type: &'static str,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Degrees north, of the middle of its postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub latitude: Option<Number>,
    /// Degrees east, of the middle of its postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub longitude: Option<Number>,
    /// The code of the council there, of the Office for National Statistics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_council_code: Option<String>,
    /// The addresses: that of an organisation, never of somebody who works alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<Address>>,
    /// What makes it usable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accessibility: Option<Vec<Accessibility>>,
}

/// An address.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralAddress)]
pub struct Address {
    /// Its id.
    pub id: String,
    /// House and street.
    pub address_1: String,
    /// The town.
    pub city: String,
    /// The council's area, else England.
    pub state_province: String,
    /// The postcode.
    pub postal_code: String,
    /// The country.
    pub country: &'static str,
    /// What it is for.
    pub address_type: &'static str,
}

/// A price.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralCostOption)]
pub struct CostOption {
    /// Its id.
    pub id: String,
    /// From which day.
    pub valid_from: String,
    /// Until which day, where an end is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<String>,
    /// At what time, for what length.
    pub option: String,
    /// What a person who holds the money is charged for one, with VAT.
    #[schema(value_type = f64)]
    pub amount: Number,
    /// For what the amount is, and what of it is VAT, in words.
    pub amount_description: String,
    /// The currency.
    pub x_currency: &'static str,
    /// The code of what one is: hour, session, visit, day, week, mile, item, minute, waking_night, sleeping_night.
    pub x_unit: &'static str,
    /// The amount without VAT, as a decimal text.
    pub x_net: String,
    /// The class of the service for VAT, a letter of ours.
    pub x_vat_class: &'static str,
    /// The category of the electronic invoice (UNCL5305): S, E, Z or O.
    pub x_vat_category: &'static str,
    /// Why VAT is charged or not, in words.
    pub x_vat_treatment: String,
    /// The rate in percent, as a decimal text; left out where the supply is outside VAT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_vat_rate: Option<String>,
    /// On which days and between which times it holds; of several that fit the most specific does.
    pub x_band_rule: BandRule,
    /// For a visit of so many minutes, at this price and not by the unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_visit_minutes: Option<u32>,
    /// A shorter visit is charged as if it had lasted so many minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_minimum_minutes: Option<u32>,
    /// How many people give it at the same time.
    pub x_staff: u32,
    /// How many people it is given to at the same time; the price is for each of them.
    pub x_people: u32,
}

/// When a price holds.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BandRule {
    /// every, weekdays, weekend, the name of a day, bank_holidays or special.
    pub days: &'static str,
    /// The date of a special day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// From what time, in London.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Until what time; when it is not later, on the day after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// That a term is said of something.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralAttribute)]
pub struct Attribute {
    /// Its id.
    pub id: String,
    /// Of what it is said.
    pub link_id: String,
    /// The term.
    pub taxonomy_term_id: String,
    /// What the term says of it.
    pub link_type: &'static str,
    /// The kind of thing of which it is said.
    pub link_entity: &'static str,
    /// The term.
    pub taxonomy_term: TaxonomyTerm,
}

/// A list of terms.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralTaxonomy)]
pub struct Taxonomy {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Where it is.
    pub uri: String,
    /// Its version.
    pub version: &'static str,
    /// Its terms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taxonomy_terms: Option<Vec<TaxonomyTerm>>,
}

/// A term of such a list.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = OpenReferralTaxonomyTerm)]
pub struct TaxonomyTerm {
    /// Its id.
    pub id: String,
    /// Its words.
    pub name: &'static str,
    /// What it means.
    pub description: String,
    /// The name of its list.
    pub taxonomy: &'static str,
    /// Its list.
    pub taxonomy_id: String,
    /// Where it is.
    pub term_uri: String,
    /// Its code.
    pub term: &'static str,
    /// The term of the Local Government Association's list of service types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x_lga_service_type: Option<&'static str>,
}
