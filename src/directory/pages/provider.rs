//! What a provider's own page receives.

use chrono::NaiveDate;
use serde::Serialize;

use super::vat::{Said, statement};
use super::{choices, rating};
use crate::calendar;
use crate::directory::{Listing, Missing, rules};
use crate::people::rules::vat_on;
use crate::people::{Organisation, VatRegistration, VatStatus};
use crate::register::RegisterLocation;
use crate::vat::{CharityStatus, Class};
use crate::web::parts::{Choice, Fact};

/// Something that a provider must still do.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ToDo {
    /// What, in a sentence.
    pub sentence: String,
    /// Where.
    pub href: String,
}

/// A service in its provider's list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnService {
    /// Where it is changed.
    pub href: String,
    /// Its name.
    pub name: String,
    /// What kind of help it is.
    pub category: String,
    /// What it costs today, as entered.
    pub price: String,
    /// The VAT class in words.
    pub vat: String,
    /// Whether everybody can find it, in words.
    pub state: &'static str,
    /// The tone of the state.
    pub tone: &'static str,
}

/// A provider's own entry; template `directory/provider.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Provider {
    /// Its name.
    pub name: String,
    /// The version of the entry that is shown.
    pub version: i64,
    /// What is so, in a sentence.
    pub state: String,
    /// What must still be done.
    pub missing: Vec<ToDo>,
    /// Its services.
    pub services: Vec<OwnService>,
    /// What it can be in law.
    pub kinds: Vec<Choice>,
    /// House and street.
    pub address_line: String,
    /// The town.
    pub town: String,
    /// The postcode.
    pub postcode: String,
    /// What it says of itself.
    pub about: String,
    /// Whether it can be a charity.
    pub charity_statuses: Vec<Choice>,
    /// Its number on the register of charities.
    pub charity_number: Option<String>,
    /// Whether it says that it is regulated.
    pub regulated: bool,
    /// What the register says of that location.
    pub location: Option<Fact>,
    /// Its VAT status today, in words.
    pub vat_status: &'static str,
    /// What it can say about VAT.
    pub vat_statuses: Vec<Choice>,
    /// The VAT registration number that holds today.
    pub vat_number: Option<String>,
    /// Everything that it ever said about VAT.
    pub vat_history: Vec<Said>,
    /// Whether it can be a charity from a day on.
    pub vat_charities: Vec<Choice>,
    /// Whether it can be regulated from a day on.
    pub vat_regulated: Vec<Choice>,
    /// Whether the actor looks at what is told about its VAT.
    pub looks_at_vat: bool,
    /// Today, as a date field shows it.
    pub today: String,
}

/// The page of a provider's own entry.
#[must_use]
pub fn provider(
    organisation: &Organisation,
    history: &[VatRegistration],
    listings: &[Listing],
    location: Option<&RegisterLocation>,
    today: NaiveDate,
) -> Provider {
    let holds = vat_on(history, today);
    let missing: Vec<ToDo> = rules::missing(organisation, history, listings, today).iter().map(to_do).collect();
    let services: Vec<OwnService> = listings.iter().map(|listing| own_service(listing, today)).collect();
    let found = services.iter().filter(|service| service.tone == "good").count();
    Provider {
        name: organisation.name.clone(),
        version: organisation.version,
        state: provider_state(services.len(), found, missing.len()),
        missing,
        services,
        kinds: choices!(rules::selling_kinds(organisation.kind), Some(organisation.kind)),
        address_line: organisation.address.line.clone(),
        town: organisation.address.town.clone(),
        postcode: organisation.address.postcode.clone(),
        about: organisation.about.clone(),
        charity_statuses: choices!(CharityStatus::ALL, Some(organisation.charity_status)),
        charity_number: organisation.charity_number.clone(),
        regulated: organisation.regulated,
        location: location.map(location_fact),
        vat_status: rules::listed_vat(holds).words(),
        vat_statuses: choices!(VatStatus::ALL, holds.map(|statement| statement.status)),
        vat_number: holds.and_then(|statement| statement.number.as_ref()).map(ToString::to_string),
        vat_history: history.iter().map(statement).collect(),
        vat_charities: choices!(CharityStatus::ALL, Some(organisation.charity_status)),
        vat_regulated: vec![
            Choice::new("yes", "Yes").checked(organisation.regulated),
            Choice::new("no", "No").checked(!organisation.regulated),
        ],
        looks_at_vat: false,
        today: calendar::short(today),
    }
}

fn provider_state(services: usize, found: usize, missing: usize) -> String {
    let services = match (services, found) {
        (0, _) => "You have not listed a service yet.".to_owned(),
        (all, found) if all == found => "Everybody can find all your services.".to_owned(),
        (all, found) => format!("Everybody can find {found} of your {all} services."),
    };
    match missing {
        0 => format!("{services} Nothing is missing."),
        1 => format!("{services} One thing is missing."),
        some => format!("{services} {some} things are missing."),
    }
}

fn to_do(missing: &Missing) -> ToDo {
    let (sentence, href) = match missing {
        Missing::Vat => ("Say whether you are registered for VAT (value added tax).".to_owned(), "#vat".to_owned()),
        Missing::About => ("Say in some sentences who you are.".to_owned(), "#about".to_owned()),
        Missing::Services => ("List your first service.".to_owned(), "/services/new".to_owned()),
        Missing::Service(id, name, why) => (format!("{name}: {why}"), format!("/services/{id}/edit")),
        Missing::Publication(id, name) => (format!("{name} is ready: publish it."), format!("/services/{id}/edit")),
    };
    ToDo { sentence, href }
}

fn own_service(listing: &Listing, today: NaiveDate) -> OwnService {
    let (service, words) = (&listing.service, &listing.service.words);
    let price = rules::rate_on(&listing.rates, today)
        .map(|rate| format!("{} {} {}", rate.terms.price, rate.terms.unit.per(), rate.terms.basis.words()));
    let (state, tone) = match (service.published, rules::is_offered(listing, today)) {
        (_, true) => ("Everybody can find it", "good"),
        (true, false) => ("Published, but something must be put right", "warning"),
        (false, false) => ("Not published", "waiting"),
    };
    OwnService {
        href: format!("/services/{}/edit", service.id),
        name: words.name.clone(),
        category: words.category.words().to_owned(),
        price: price.unwrap_or_else(|| "No price today".to_owned()),
        vat: listing.decision.class.map_or("VAT class not known", Class::words).to_owned(),
        state,
        tone,
    }
}

fn location_fact(location: &RegisterLocation) -> Fact {
    let shown = rules::shown_rating(location);
    let rated = rating(&shown).map(|rating| rating.words).unwrap_or_default();
    Fact::new(&location.location_name, rated).href(&shown.url)
}
