//! Reading the regulator's register: the Care Quality Commission's own files of the locations that it registers.
//!
//! Three forms of its files are known by their headers, plain or packed: the monthly ratings, the richer export of
//! locations, and the public directory. Whatever the form, a location of adult social care becomes one
//! [`RegisterLocation`]; other locations are counted as out of scope; a row with a value that cannot be read is refused
//! with its line and reason, and the rest goes on. Nothing here knows a database or holds more than one row.
//!
//! The files are the Commission's, under the Open Government Licence v3.0; see [`REGISTER_ATTRIBUTION`].

mod directory;
mod export;
mod fields;
mod file;
mod ratings;
mod record;
mod words;

pub use file::{Form, RegisterError, RegisterFile, RegisterRow, newest_date};
pub use words::{SERVICE_TYPES, SERVICE_USERS, ServiceType, ServiceUsers};

use crate::places::{Point, Postcode};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What must be said where the register is shown.
pub const REGISTER_ATTRIBUTION: &str = "Contains public sector information licensed under the Open Government Licence \
v3.0, from the Care Quality Commission.";

crate::vocabulary! {
    /// A judgement of the regulator about a location, or the reason why there is none though it inspected.
    Rating {
        /// The best of the four.
        Outstanding = "outstanding", "Outstanding";
        /// The second.
        Good = "good", "Good";
        /// The third.
        RequiresImprovement = "requires_improvement", "Requires improvement";
        /// The worst of the four.
        Inadequate = "inadequate", "Inadequate";
        /// It was inspected, but there was too little to go by.
        InsufficientEvidence = "insufficient_evidence", "Insufficient evidence to rate";
        /// It was inspected without a judgement.
        InspectedNotRated = "inspected_not_rated", "Inspected but not rated";
    }
}

crate::vocabulary! {
    /// Where the care of a location is given.
    Setting {
        /// In a care home that people live in.
        CareHome = "care_home", "Care home";
        /// In people's own homes and in the community.
        Community = "community", "Care at home and in the community";
    }
}

/// A value that some forms of the register carry and others do not.
///
/// "Not carried" must never blank what another form said; "known to be empty" may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Carried<T> {
    /// The form has no such column, so it says nothing about it.
    #[default]
    NotCarried,
    /// The form says so; for an optional value, `None` means that there is none.
    Known(T),
}

impl<T> Carried<T> {
    /// The value, if the form carries it.
    pub fn known(&self) -> Option<&T> {
        match self {
            Carried::NotCarried => None,
            Carried::Known(value) => Some(value),
        }
    }

    /// Whether the form says nothing.
    pub fn is_silent(&self) -> bool {
        matches!(self, Carried::NotCarried)
    }

    /// The value made into another one, if the form carries it.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Carried<U> {
        match self {
            Carried::NotCarried => Carried::NotCarried,
            Carried::Known(value) => Carried::Known(change(value)),
        }
    }

    /// Takes over what other data says: newer data wherever it says something, older data only where nothing is held.
    fn take(&mut self, other: Carried<T>, newer: bool) {
        let says_something = other.known().is_some();
        if says_something && (newer || self.known().is_none()) {
            *self = other;
        }
    }
}

/// Where a location is, as the register writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterAddress {
    /// The lines above the town, without blank ones.
    pub lines: Vec<String>,
    /// The town or city.
    pub town: Option<String>,
    /// The county, where the form gives one.
    pub county: Option<String>,
}

/// The five questions that the regulator asks, each with its own rating where there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubRatings {
    /// Is it safe?
    pub safe: Option<Rating>,
    /// Is it effective?
    pub effective: Option<Rating>,
    /// Is it caring?
    pub caring: Option<Rating>,
    /// Is it responsive to people's needs?
    pub responsive: Option<Rating>,
    /// Is it well led?
    pub well_led: Option<Rating>,
}

/// What the regulator thinks of a location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationRating {
    /// The rating as a whole; nothing for a location that has not been rated.
    pub overall: Option<Rating>,
    /// The day on which it was published.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub published: Carried<Option<NaiveDate>>,
    /// Whether it was earned under a former provider.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub inherited: Carried<bool>,
    /// The five questions.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub sub_ratings: Carried<SubRatings>,
}

/// A location of adult social care in the regulator's register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterLocation {
    /// The regulator's number of the location.
    pub location_id: String,
    /// Its name.
    pub location_name: String,
    /// The regulator's number of the provider that runs it.
    pub provider_id: String,
    /// The provider's name.
    pub provider_name: String,
    /// Whether it is a care home or cares for people in the community.
    pub setting: Setting,
    /// The council's name as the regulator wrote it at the time.
    pub cqc_council_name: Option<String>,
    /// The code of the council with the duty of adult social care there today, if it could be told.
    pub council_code: Option<String>,
    /// The region of England.
    pub region: Option<String>,
    /// The regulator's page about the location.
    pub url: String,
    /// The brand under which the provider trades with others.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub brand: Carried<Option<String>>,
    /// Another name by which it is known.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub also_known_as: Carried<Option<String>>,
    /// The address.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub address: Carried<RegisterAddress>,
    /// The postcode.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub postcode: Carried<Option<Postcode>>,
    /// The point on the national grid.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub point: Carried<Option<Point>>,
    /// The rating.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub rating: Carried<LocationRating>,
    /// The day of the regulator's last report.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub last_report: Carried<Option<NaiveDate>>,
    /// Its website, always beginning with `http://` or `https://`.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub website: Carried<Option<String>>,
    /// The kinds of service, by the full names of [`SERVICE_TYPES`]; words that are not among them as they stand.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub service_types: Carried<Vec<String>>,
    /// The people that it serves, by the names of [`SERVICE_USERS`]; words that are not among them as they stand.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub service_users: Carried<Vec<String>>,
    /// How many people can live there; nothing for services that are no home.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub beds: Carried<Option<u32>>,
    /// The day from which it is registered.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub registered_from: Carried<Option<NaiveDate>>,
    /// The day on which the registration ended.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub registered_until: Carried<Option<NaiveDate>>,
    /// Whether it is registered but gives no service at present.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub dormant: Carried<bool>,
    /// The provider's number at Companies House.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub companies_house: Carried<Option<String>>,
    /// What sort of owner the provider is: Organisation, Individual, Partnership or NHS Body.
    #[serde(default, skip_serializing_if = "Carried::is_silent")]
    pub ownership: Carried<Option<String>>,
}

impl RegisterLocation {
    /// Whether it gives a service on a day: registered, and not dormant.
    #[must_use]
    pub fn is_open(&self, on: NaiveDate) -> bool {
        self.dormant.known() != Some(&true) && self.closes_on().is_none_or(|last| on < last)
    }

    /// The day on which its registration ended or will end, if it is known.
    #[must_use]
    pub fn closes_on(&self) -> Option<NaiveDate> {
        self.registered_until.known().copied().flatten()
    }

    /// Takes over what another file says about the same location; `newer` if its date is the same or later.
    ///
    /// Newer data overwrites what it carries and never blanks what it does not. Older data only fills what nothing has
    /// been said about, with one exception: a rating that was published later than the one held.
    pub fn take(&mut self, other: RegisterLocation, newer: bool) {
        self.take_rating(other.rating, newer);
        if newer {
            self.location_name = other.location_name;
            self.provider_id = other.provider_id;
            self.provider_name = other.provider_name;
            self.setting = other.setting;
            self.url = other.url;
        }
        // A council that could be told is never given up for one that could not.
        let takes_council = match (&self.council_code, &other.council_code) {
            (Some(_), None) => false,
            (None, Some(_)) => true,
            _ => newer,
        };
        if takes_council {
            self.cqc_council_name = other.cqc_council_name;
            self.council_code = other.council_code;
            self.region = other.region;
        }
        self.brand.take(other.brand, newer);
        self.also_known_as.take(other.also_known_as, newer);
        self.address.take(other.address, newer);
        self.postcode.take(other.postcode, newer);
        self.point.take(other.point, newer);
        self.last_report.take(other.last_report, newer);
        self.website.take(other.website, newer);
        self.service_types.take(other.service_types, newer);
        self.service_users.take(other.service_users, newer);
        self.beds.take(other.beds, newer);
        self.registered_from.take(other.registered_from, newer);
        self.registered_until.take(other.registered_until, newer);
        self.dormant.take(other.dormant, newer);
        self.companies_house.take(other.companies_house, newer);
        self.ownership.take(other.ownership, newer);
    }

    /// A rating is taken as one thing: the date of one rating must never stand beside the judgement of another.
    fn take_rating(&mut self, other: Carried<LocationRating>, newer: bool) {
        let Carried::Known(other) = other else {
            return;
        };
        let Carried::Known(held) = &mut self.rating else {
            self.rating = Carried::Known(other);
            return;
        };
        let same_judgement = held.overall == other.overall && !published_differently(held, &other);
        if same_judgement {
            held.published.take(other.published, newer);
            held.inherited.take(other.inherited, newer);
            held.sub_ratings.take(other.sub_ratings, newer);
        } else if newer || published_later(held, &other) {
            *held = other;
        }
    }
}

fn published_differently(held: &LocationRating, other: &LocationRating) -> bool {
    match (held.published.known(), other.published.known()) {
        (Some(held), Some(other)) => held != other,
        _ => false,
    }
}

/// Nothing is said unless both dates are known.
fn published_later(held: &LocationRating, other: &LocationRating) -> bool {
    match (held.published.known(), other.published.known()) {
        (Some(Some(held)), Some(Some(other))) => other > held,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
