//! The nouns of a visit and its price: what is charged on a day, for what was given or was not, in parts that add up.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::cards::{BandDays, BandPrice, Cancellation, Counting};
use crate::directory::{Rate, Unit};
use crate::money::{Pence, Quantity, UnitPrice, line_net_per};
use crate::vocabulary;

/// The longest visit, in minutes: one day.
pub const LONGEST_VISIT: i64 = 1_440;
/// The most people who give one visit together.
pub const MOST_STAFF: i64 = 10;
/// The most miles of one visit.
pub const MOST_MILES: i64 = 1_000;

/// By what a visit on a day is priced: the card that is in force on it, or what was agreed for a fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// What the prices are for.
    pub unit: Unit,
    /// All prices, that for one unit at any time first.
    pub prices: Vec<BandPrice>,
    /// How minutes are counted.
    pub counting: Counting,
    /// How many people the price is for.
    pub staff: u32,
    /// The price of a mile, where travel is charged apart.
    pub mile_net: Option<UnitPrice>,
    /// What is charged for what does not take place.
    pub cancellation: Cancellation,
    /// Whether the price was agreed for a fund, beside what the provider lists.
    pub agreed: bool,
}

impl Tariff {
    /// What a provider lists.
    #[must_use]
    pub fn listed(rate: &Rate) -> Self {
        Self {
            unit: rate.terms.unit,
            prices: rate.prices(),
            counting: rate.card.counting,
            staff: rate.card.staff,
            mile_net: rate.card.mile_net,
            cancellation: rate.card.cancellation.clone(),
            agreed: false,
        }
    }

    /// The same at one price that was agreed: it holds at every time and for every length. How minutes are counted and what
    /// is charged for what does not take place stays as the card says.
    #[must_use]
    pub fn at_agreed(self, net: UnitPrice) -> Self {
        let prices = self.prices.into_iter().take(1).map(|price| BandPrice { net, ..price }).collect();
        Self { prices, agreed: true, ..self }
    }
}

/// Visits of every week that are alike: on these days, at one time, of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameVisits {
    /// The days.
    pub days: BandDays,
    /// When each begins.
    pub start: NaiveTime,
    /// How many minutes each lasts.
    pub minutes: u32,
}

/// A visit that is planned or was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// When it begins.
    pub starts: DateTime<Utc>,
    /// How long it really lasts, in minutes; without meaning where nothing is priced by time.
    pub minutes: u32,
    /// How many people give it together.
    pub staff: u32,
    /// How many miles are driven for it.
    pub miles: Quantity,
}

/// A visit as somebody asks what it would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedVisit {
    /// On which day.
    pub day: NaiveDate,
    /// When it begins; nothing where nothing depends on it.
    pub start: Option<NaiveTime>,
    /// How long it lasts.
    pub minutes: Option<u32>,
    /// How many people give it; as many as the price is for where nothing was said.
    pub staff: Option<u32>,
    /// How many miles are driven for it.
    pub miles: Quantity,
}

vocabulary! {
    /// What became of a planned visit.
    Outcome {
        /// It was made.
        Given = "given", "It was given";
        /// The person, or somebody for them, called it off.
        CancelledByPerson = "cancelled_by_person", "The person cancelled it";
        /// Somebody came and nobody was there.
        NobodyThere = "nobody_there", "Somebody came, and nobody was there";
        /// The provider called it off.
        CancelledByProvider = "cancelled_by_provider", "The provider cancelled it";
        /// Nobody came.
        Missed = "missed", "The provider did not come";
        /// The person was in hospital.
        Hospital = "hospital", "The person was in hospital";
        /// Nothing more is kept: what else there was went with the person's data.
        NotGiven = "not_given", "It was not given";
    }
}

impl Outcome {
    /// What a provider may record.
    pub fn recordable() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|one| *one != Self::NotGiven)
    }
}

/// What became of a visit, with what its price depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Became {
    /// What.
    pub outcome: Outcome,
    /// When the person called it off.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// Since which day they were in hospital.
    pub hospital_since: Option<NaiveDate>,
}

impl Became {
    /// It was made.
    pub const GIVEN: Self = Self { outcome: Outcome::Given, cancelled_at: None, hospital_since: None };
}

/// A part of what is charged: so much of something at a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PricePart {
    /// For what: the days and times of the price, or travel.
    pub words: String,
    /// What is counted: the code of a unit.
    pub unit: String,
    /// How much of it.
    pub quantity: Quantity,
    /// For how much of it the price is: 60 where minutes have a price by the hour.
    pub base: Quantity,
    /// The price without VAT.
    pub price: UnitPrice,
}

impl PricePart {
    /// What it comes to, rounded once.
    #[must_use]
    pub fn amount(&self) -> Pence {
        line_net_per(self.price, self.quantity, self.base)
    }

    /// Whether another part is for the same at the same price, so that both are rounded together.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.words, &self.unit, self.base, self.price) == (&other.words, &other.unit, other.base, other.price)
    }
}

/// What is charged for a visit, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// Its parts; none where nothing is charged.
    pub parts: Vec<PricePart>,
    /// How much of the price is charged, in percent.
    pub percent: u32,
    /// Why, in a sentence; empty for a visit that was made.
    pub reason: String,
}
