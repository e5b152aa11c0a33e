//! What is listed, as an open feed for programs of anybody: Open Referral UK 3.0 (HSDS-UK).
//!
//! Only what a provider has published is in it: no draft, nobody who is supported, no budget, no agreed price, nobody who
//! signs in. A price is given for each time and length at which it holds, as a person who holds the money is charged it;
//! what the standard has no word for stands beside it in members that begin with `x_`.

pub mod forms;
pub mod handlers;
pub mod import;
pub mod incoming;
pub mod pages;
pub mod rules;
pub mod store;

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::directory::{Category, Day, Feature, ListedVat, Unit};
use crate::places::{Point, Postcode};
use crate::vocabulary;

/// The description of the feed for programs, as JSON text. It is made from the table of all URLs, which stands above this
/// module, and handed down by the server.
#[derive(Clone, Debug)]
pub struct FeedDescription(pub &'static str);

/// What an id of the feed stands for. The numbers are inside the ids that others keep: none is ever given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A service.
    Service = 1,
    /// An organisation.
    Organisation = 2,
    /// Where a service is given, or from where it comes: by the service's number.
    Location = 3,
    /// A service there: by the service's number.
    ServiceAtLocation = 4,
    /// The address of that place: by the service's number.
    Address = 5,
    /// A price of a rate, see [`rules::cost_number`].
    CostOption = 6,
    /// That a term is said of a service, see [`rules::attribute_number`].
    Attribute = 7,
    /// A number of an organisation on a register, see [`rules::identifier_number`].
    Identifier = 8,
    /// When a service is given: by the service's number.
    Schedule = 9,
    /// How far its provider travels: by the service's number.
    ServiceArea = 10,
    /// A language that is spoken, numbered as an attribute is.
    Language = 11,
    /// What makes its place usable, numbered as an attribute is.
    Accessibility = 12,
}

/// The installation's own part of each of its ids: six bytes, drawn once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity(pub [u8; 6]);

/// A UUID of the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(pub [u8; 16]);

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            let dash = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
            write!(f, "{dash}{byte:02x}")?;
        }
        Ok(())
    }
}

impl FeedId {
    /// Reads a UUID as it is written, in either case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let groups: Vec<&str> = text.split('-').collect();
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        if lengths != [8, 4, 4, 4, 12] || !text.is_ascii() {
            return None;
        }
        let digits = groups.concat();
        let mut bytes = [0; 16];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

vocabulary! {
    /// A list of terms that is published as a taxonomy. Whatever else a listing comes to say in words of a closed list is
    /// added here, with its terms in `rules` and how services are found by them in `store`.
    Vocabulary {
        /// What kind of help a service is.
        KindsOfHelp = "kinds_of_help", "Kinds of help";
        /// What its price is for.
        UnitsOfPrice = "units_of_price", "What a price is for";
        /// For whom it is meant.
        ClientGroups = "client_groups", "For whom";
        /// Where it is given.
        Places = "places", "Where it is given";
        /// The languages that are spoken.
        Languages = "languages", "Languages";
        /// Other ways of communicating.
        Communicating = "communicating", "Ways of communicating";
        /// What makes the place usable.
        Accessibility = "accessibility", "Getting in and around";
    }
}

/// A term of one of our vocabularies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// What kind of help a service is.
    Category(Category),
    /// What its price is for.
    Unit(Unit),
    /// What a box says of it.
    Feature(Feature),
}

/// What another feed says of a service, as far as it is kept: nobody who is contacted there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// What it is called there.
    pub source_id: String,
    /// The service's name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Whose it is.
    pub provider: String,
    /// Its page there or at its provider's.
    pub url: Option<String>,
    /// The town.
    pub town: String,
    /// The postcode.
    pub postcode: String,
    /// Where it is on the grid.
    pub point: Option<Point>,
    /// What kind of help it is, as far as the terms tell.
    pub category: Category,
    /// The names of its terms.
    pub terms: Vec<String>,
    /// What it costs, as the feed says it.
    pub costs: Vec<ImportedCost>,
    /// What is said of its quality.
    pub accreditations: Option<String>,
    /// The provider's registration for VAT, where the feed tells.
    pub vat: ListedVat,
    /// The day on which somebody last said that it still is so.
    pub assured_on: Option<NaiveDate>,
    /// When it last changed there.
    pub modified: Option<NaiveDateTime>,
    /// Whether it is no longer offered.
    pub gone: bool,
    /// Whether it belongs to a demonstration.
    pub fictional: bool,
}

impl Imported {
    /// The day on which it was last said to be so: assured there, else changed there, else seen to be changed. A day to come
    /// says nothing, so the one on which it was seen counts.
    #[must_use]
    pub fn last_assured(&self, changed_on: NaiveDate) -> NaiveDate {
        let said = self.assured_on.or_else(|| self.modified.map(|at| at.date()));
        said.map_or(changed_on, |day| day.min(changed_on))
    }
}

/// A price, as another feed says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedCost {
    /// For whom or when it holds.
    pub option: String,
    /// The amount, as it was written.
    pub amount: Option<String>,
    /// For what the amount is.
    pub description: String,
    /// From which day.
    pub from: Option<NaiveDate>,
    /// Until which day.
    pub to: Option<NaiveDate>,
    /// The price of one unit at any time in our own terms: what for, without VAT, the class for VAT. Only feeds like our
    /// own say that.
    pub unit_price: Option<(Unit, String, String)>,
}

/// Where a listing was read, for whoever sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The name of the feed.
    pub feed: String,
    /// Where the feed is.
    pub source: String,
    /// When it was last read there.
    pub seen_at: NaiveDateTime,
    /// When something new was last read there.
    pub changed_at: NaiveDateTime,
    /// What it says.
    pub said: Imported,
}

/// The most that one page may hold.
pub const MOST_PER_PAGE: i64 = 500;
/// The most where everything is nested in it.
pub const MOST_FULL: i64 = 100;
/// The most where nothing but ids is in it.
pub const MOST_MINIMAL: i64 = 10_000;
/// How many a page holds when nobody says.
pub const USUAL_PER_PAGE: i64 = 50;

/// How much is said of each thing of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// What it is one of.
    Usual,
    /// Its id and when it changed.
    Minimal,
    /// Everything, nested.
    Full,
}

/// Which page of a list, and how much of each thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paging {
    /// Which page, from 1.
    pub page: i64,
    /// How many at most.
    pub per_page: i64,
    /// How much of each.
    pub detail: Detail,
    /// Whether everything comes line by line, without pages.
    pub lines: bool,
}

/// A filter by an id: what it stands for, or that nothing here has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named<T> {
    /// Nothing was asked for.
    Any,
    /// This.
    This(T),
    /// Something that is not of this feed.
    Unknown,
}

/// What is looked for in the services.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Beginnings of words that must all be found.
    pub words: Vec<String>,
    /// A term that is said of it.
    pub term: Named<Term>,
    /// A vocabulary of which some term is said of it.
    pub taxonomy: Named<Vocabulary>,
    /// Whose it is, as an id of the feed.
    pub organisation: Option<FeedId>,
    /// Changed at this moment or later.
    pub changed_since: Option<NaiveDateTime>,
    /// Its youngest must be at least so old.
    pub minimum_age: Option<i64>,
    /// Its oldest must be at most so old.
    pub maximum_age: Option<i64>,
    /// On which day it must be given.
    pub day: Option<Day>,
    /// It must open at this time or later.
    pub opens: Option<NaiveTime>,
    /// It must close at this time or before.
    pub closes: Option<NaiveTime>,
    /// Around a postcode, within so many metres; without them in its council's area.
    pub near: Option<(Postcode, Option<u32>)>,
    /// Which page.
    pub paging: Paging,
}
