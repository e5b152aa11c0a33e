//! Ids that lead back to their rows, the vocabularies, which prices are told, how pages are counted.

pub mod imported;

use chrono::NaiveDate;
use serde_json::Number;

use crate::directory::rules::{self as directory, marks};
use crate::directory::{Category, Day, Feature, Listing, Unit};
use crate::fingerprint::sha256;
use crate::ids::{OrganisationId, RateId, ServiceId};
use crate::money::UnitPrice;
use crate::open_referral::{FeedId, Identity, Kind, Paging, Term, Vocabulary};

/// The id of a thing: the installation's code, the kind and the number, so that it leads back to the row without a search.
/// A UUID of version 8, whose content is one's own (RFC 9562).
#[must_use]
pub fn id(Identity(code): Identity, kind: Kind, number: i64) -> FeedId {
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&code);
    bytes[6] = 0x80;
    bytes[7] = kind as u8;
    bytes[8..].copy_from_slice(&number.unsigned_abs().to_be_bytes());
    // The two highest bits of a number are never used; they say which layout of UUID it is.
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    FeedId(bytes)
}

/// The number of a thing of this kind, if the id is one of this installation's.
#[must_use]
pub fn number(identity: Identity, kind: Kind, asked: FeedId) -> Option<i64> {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&asked.0[8..]);
    bytes[0] &= 0x3f;
    let number = i64::from_be_bytes(bytes);
    (id(identity, kind, number) == asked).then_some(number)
}

/// The number of a price: the rate, in which stretch of days it holds, which of its prices. A rate has few of either.
#[must_use]
pub const fn cost_number(rate: RateId, stretch: i64, price: i64) -> i64 {
    (rate.number() << 16) | ((stretch & 0xff) << 8) | (price & 0xff)
}

/// The number of what is said of a service by a term: the service and a part of the term's own id.
#[must_use]
pub fn attribute_number(service: ServiceId, term: FeedId) -> i64 {
    let [.., high, low] = term.0;
    (service.number() << 16) | (i64::from(high) << 8) | i64::from(low)
}

/// The number of an organisation's entry on the register of this place among `pages`’ registers.
#[must_use]
pub const fn identifier_number(organisation: OrganisationId, register: i64) -> i64 {
    (organisation.number() << 4) | (register & 0xf)
}

impl Vocabulary {
    /// Its id, the same in every installation.
    #[must_use]
    pub fn id(self) -> FeedId {
        hashed(self.code())
    }

    /// The vocabulary of an id.
    #[must_use]
    pub fn by_id(id: FeedId) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.id() == id)
    }

    /// What it is for.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::KindsOfHelp => {
                "What kind of help a service is, as people look for it who have a personal budget for care and support."
            }
            Self::UnitsOfPrice => "The unit for which the price of a service is given.",
            Self::ClientGroups => "For whom a service is meant.",
            Self::Places => "Where a service is given.",
            Self::Languages => "The languages that are spoken by those who give a service.",
            Self::Communicating => {
                "Ways of communicating, beside languages, that those who give a service are used to."
            }
            Self::Accessibility => "What makes the place of a service usable.",
        }
    }

    /// What a term of it says of a service.
    #[must_use]
    pub const fn link_type(self) -> &'static str {
        match self {
            Self::KindsOfHelp => "service_type",
            Self::UnitsOfPrice => "price_unit",
            Self::ClientGroups => "client_group",
            Self::Places => "place_of_delivery",
            Self::Languages => "language",
            Self::Communicating => "communication",
            Self::Accessibility => "accessibility",
        }
    }

    /// Its terms, in the order in which they are shown.
    #[must_use]
    pub fn terms(self) -> Vec<Term> {
        match self {
            Self::KindsOfHelp => Category::ALL.iter().copied().map(Term::Category).collect(),
            Self::UnitsOfPrice => Unit::ALL.iter().copied().map(Term::Unit).collect(),
            _ => Feature::all().filter(|one| Some(one.list()) == self.list()).map(Term::Feature).collect(),
        }
    }

    /// Which of its terms are said of a listing on a day.
    #[must_use]
    pub fn of(self, listing: &Listing, today: NaiveDate) -> Vec<Term> {
        match self {
            Self::KindsOfHelp => vec![Term::Category(listing.service.words.category)],
            Self::UnitsOfPrice => {
                let rate = directory::rate_on(&listing.rates, today);
                rate.map(|rate| Term::Unit(rate.terms.unit)).into_iter().collect()
            }
            _ => {
                let said = listing.service.details.features.iter().copied();
                said.filter(|one| Some(one.list()) == self.list()).map(Term::Feature).collect()
            }
        }
    }

    /// The list of features that it is, where it is one.
    #[must_use]
    pub const fn list(self) -> Option<&'static str> {
        match self {
            Self::KindsOfHelp | Self::UnitsOfPrice => None,
            Self::ClientGroups => Some("for"),
            Self::Places => Some("at"),
            Self::Languages => Some("language"),
            Self::Communicating => Some("way"),
            Self::Accessibility => Some("access"),
        }
    }
}

impl Term {
    /// The code that programs know it by.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Category(category) => category.code(),
            Self::Unit(unit) => unit.code(),
            Self::Feature(feature) => feature.value(),
        }
    }

    /// The words that people read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Category(category) => category.words(),
            Self::Unit(unit) => unit.words(),
            Self::Feature(feature) => feature.words(),
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn description(self) -> String {
        match self {
            Self::Category(category) => format!("The service is of the kind “{}”.", category.words()),
            Self::Unit(unit) => format!("The price is given {}.", unit.per()),
            Self::Feature(feature) => format!("{}: “{}”.", self.vocabulary().words(), feature.words()),
        }
    }

    /// The vocabulary that it is of.
    #[must_use]
    pub const fn vocabulary(self) -> Vocabulary {
        match self {
            Self::Category(_) => Vocabulary::KindsOfHelp,
            Self::Unit(_) => Vocabulary::UnitsOfPrice,
            Self::Feature(Feature::Group(_)) => Vocabulary::ClientGroups,
            // A day is said by a schedule and is no term; it has no place among the places, but must have one somewhere.
            Self::Feature(Feature::Place(_) | Feature::Day(_)) => Vocabulary::Places,
            Self::Feature(Feature::Language(_)) => Vocabulary::Languages,
            Self::Feature(Feature::Communicating(_)) => Vocabulary::Communicating,
            Self::Feature(Feature::Access(_)) => Vocabulary::Accessibility,
        }
    }

    /// The mark by which the search finds what it is said of.
    #[must_use]
    pub fn mark(self) -> String {
        match self {
            Self::Category(category) => marks::category(category),
            Self::Unit(unit) => marks::unit(marks::unit_order(Some(unit))),
            Self::Feature(feature) => marks::feature(feature),
        }
    }

    /// The term of the Local Government Association's list of service types, where one is known.
    #[must_use]
    pub fn lga_service_type(self) -> Option<&'static str> {
        match self {
            Self::Category(category) => directory::kinds::of(category)?.lga_service_type,
            Self::Unit(_) | Self::Feature(_) => None,
        }
    }

    /// Its id, the same in every installation.
    #[must_use]
    pub fn id(self) -> FeedId {
        hashed(&format!("{}/{}", self.vocabulary().code(), self.code()))
    }

    /// The term of an id.
    #[must_use]
    pub fn by_id(id: FeedId) -> Option<Self> {
        Vocabulary::ALL.iter().flat_map(|one| one.terms()).find(|term| term.id() == id)
    }
}

/// An id that is made from a name.
fn hashed(name: &str) -> FeedId {
    let digest = sha256(&format!("tailormade vocabulary {name}"));
    let mut bytes = [0; 16];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = digest.get(2 * place..2 * place + 2).and_then(|two| u8::from_str_radix(two, 16).ok()).unwrap_or(0);
    }
    bytes[6] = 0x80 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    FeedId(bytes)
}

/// A day of the week as the standard writes it (RFC 5545).
#[must_use]
pub const fn day_code(day: Day) -> &'static str {
    match day {
        Day::Monday => "MO",
        Day::Tuesday => "TU",
        Day::Wednesday => "WE",
        Day::Thursday => "TH",
        Day::Friday => "FR",
        Day::Saturday => "SA",
        Day::Sunday => "SU",
    }
}

/// A price as a number of JSON, exact to its four decimals.
#[must_use]
pub fn amount(price: UnitPrice) -> Option<Number> {
    price.decimal().parse().ok()
}

/// How many pages so many things fill.
#[must_use]
pub const fn pages(total: i64, paging: Paging) -> i64 {
    (total + paging.per_page - 1) / paging.per_page
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const HERE: Identity = Identity([0x01, 0x23, 0x45, 0x67, 0x89, 0xab]);

    #[test]
    fn an_id_leads_back_to_its_row_here_and_nowhere_else() {
        for number_of_row in [1, 255, 1 << 40, (1 << 62) - 1] {
            let made = id(HERE, Kind::Service, number_of_row);
            assert_eq!(FeedId::parse(&made.to_string()), Some(made));
            assert_eq!(FeedId::parse(&made.to_string().to_uppercase()), Some(made));
            assert_eq!(number(HERE, Kind::Service, made), Some(number_of_row));
            assert_eq!(number(HERE, Kind::Organisation, made), None);
            assert_eq!(number(Identity([0; 6]), Kind::Service, made), None);
        }
        assert_eq!(id(HERE, Kind::Service, 7).to_string(), "01234567-89ab-8001-8000-000000000007");
        for wrong in
            ["", "7", "0123456789ab80018000000000000007", "01234567-89ab-8001-8000-00000000000g", "é1234567-89ab"]
        {
            assert_eq!(FeedId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn terms_have_ids_of_their_own_that_lead_back() {
        let all: Vec<Term> = Vocabulary::ALL.iter().flat_map(|one| one.terms()).collect();
        let mut ids: BTreeSet<FeedId> = all.iter().map(|term| term.id()).collect();
        ids.extend(Vocabulary::ALL.iter().map(|one| one.id()));
        assert_eq!(ids.len(), all.len() + Vocabulary::ALL.len());
        assert!(all.iter().all(|term| Term::by_id(term.id()) == Some(*term)));
        // What others keep must stay what it is, whatever is added.
        assert_eq!(Term::Category(Category::CareAtHome).id().to_string(), "6ede7f0c-8eda-886b-90cc-c22ea7971d9a");
    }

    #[test]
    fn amounts_are_exact() {
        let told = |text: &str| amount(UnitPrice::parse(text).unwrap()).unwrap().to_string();
        assert_eq!(told("26.40"), "26.4");
        assert_eq!(told("0.4375"), "0.4375");
        assert_eq!(told("100"), "100.0");
    }

    #[test]
    fn the_last_page_may_be_half_full() {
        let paging = |per_page| Paging { page: 1, per_page, detail: crate::open_referral::Detail::Usual, lines: false };
        assert_eq!([0, 1, 50, 51].map(|total| pages(total, paging(50))), [0, 1, 1, 2]);
    }
}
