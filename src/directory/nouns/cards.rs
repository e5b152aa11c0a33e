//! The nouns of a rate card: prices by time and length, how minutes are counted, what is charged for what does not take
//! place.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use crate::calendar;
use crate::money::UnitPrice;
use crate::vocabulary;

/// The days for which a price is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BandDays {
    /// Every day that nothing else is said about.
    Every,
    /// Monday to Friday.
    Weekdays,
    /// Saturday and Sunday.
    Weekend,
    /// One day of the week, counted from Monday, which is 0.
    Named(u8),
    /// The bank holidays of England.
    BankHolidays,
    /// One date.
    Special(NaiveDate),
}

impl BandDays {
    /// The days that come in every week: all of them, parts of the week, each day.
    pub const WEEKLY: [Self; 10] = [
        Self::Every,
        Self::Weekdays,
        Self::Weekend,
        Self::Named(0),
        Self::Named(1),
        Self::Named(2),
        Self::Named(3),
        Self::Named(4),
        Self::Named(5),
        Self::Named(6),
    ];

    /// The days of the week as they are sent and kept, from Monday on.
    pub const NAMED: [&'static str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// The code that is kept and sent; the date of a special day is kept beside it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Every => "every",
            Self::Weekdays => "weekdays",
            Self::Weekend => "weekend",
            Self::Named(day) => Self::NAMED.get(usize::from(day)).copied().unwrap_or("every"),
            Self::BankHolidays => "bank_holidays",
            Self::Special(_) => "special",
        }
    }

    /// The days of a code; a special day needs its date.
    #[must_use]
    pub fn from_code(code: &str, special: Option<NaiveDate>) -> Option<Self> {
        let named = || Self::NAMED.iter().zip(0..).find(|(known, _)| **known == code).map(|(_, day)| Self::Named(day));
        match code {
            "every" => Some(Self::Every),
            "weekdays" => Some(Self::Weekdays),
            "weekend" => Some(Self::Weekend),
            "bank_holidays" => Some(Self::BankHolidays),
            "special" => special.map(Self::Special),
            _ => named(),
        }
    }

    /// Whether a date is one of them.
    #[must_use]
    pub fn includes(self, date: NaiveDate) -> bool {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        match self {
            Self::Every => true,
            Self::Weekdays => !weekend,
            Self::Weekend => weekend,
            Self::Named(day) => date.weekday().num_days_from_monday() == u32::from(day),
            Self::BankHolidays => calendar::is_bank_holiday(date),
            Self::Special(day) => day == date,
        }
    }

    /// How specific they are: of two that fit, the higher holds.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Every => 0,
            Self::Weekdays | Self::Weekend => 1,
            Self::Named(_) => 2,
            Self::BankHolidays => 3,
            Self::Special(_) => 4,
        }
    }
}

/// When a price holds: on some days, all day or between two times; a time that ends at or before its beginning goes on
/// after midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Band {
    /// On which days. The part of a night after midnight belongs to the day on which it lies.
    pub days: BandDays,
    /// Between which times.
    pub times: Option<(NaiveTime, NaiveTime)>,
}

impl Band {
    /// Every day, all day.
    pub const ANY: Self = Self { days: BandDays::Every, times: None };

    /// Whether it holds at a time in London.
    #[must_use]
    pub fn holds_at(&self, local: NaiveDateTime) -> bool {
        let within = |(from, until): (NaiveTime, NaiveTime)| {
            let time = local.time();
            if from < until { from <= time && time < until } else { from <= time || time < until }
        };
        self.days.includes(local.date()) && self.times.is_none_or(within)
    }
}

/// A price of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BandPrice {
    /// When it holds.
    pub band: Band,
    /// For a visit of this many minutes, at a price of its own; without it the price is for one unit.
    pub minutes: Option<u32>,
    /// Without VAT.
    pub net: UnitPrice,
}

vocabulary! {
    /// Which way the minutes of a visit are rounded.
    Rounding {
        /// As they were.
        Exact = "exact", "To the minute";
        /// Begun steps count.
        Up = "up", "Up";
        /// Half a step counts as one.
        Nearest = "nearest", "To the nearest";
        /// Full steps alone count.
        Down = "down", "Down";
    }
}

/// How the minutes of a visit are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    /// Which way they are rounded.
    pub rounding: Rounding,
    /// To how many minutes.
    pub step_minutes: u32,
    /// A shorter visit is charged as if it had lasted so long.
    pub minimum_minutes: u32,
}

impl Counting {
    /// To the minute, and no minimum.
    pub const EXACT: Self = Self { rounding: Rounding::Exact, step_minutes: 1, minimum_minutes: 0 };

    /// The minutes that are charged for a visit.
    #[must_use]
    pub fn charged(&self, minutes: i64) -> i64 {
        let step = i64::from(self.step_minutes.max(1));
        let rounded = match self.rounding {
            Rounding::Exact => minutes,
            Rounding::Up => (minutes + step - 1).div_euclid(step) * step,
            Rounding::Nearest => (2 * minutes + step).div_euclid(2 * step) * step,
            Rounding::Down => minutes.div_euclid(step) * step,
        };
        rounded.max(i64::from(self.minimum_minutes))
    }
}

vocabulary! {
    /// Who cancelled a visit.
    CancelledBy {
        /// The person, or somebody for them.
        Person = "person", "the person";
        /// The provider.
        Provider = "provider", "the provider";
        /// Nobody could: the person was taken to hospital.
        Hospital = "hospital", "a stay in hospital";
    }
}

/// What is charged for a visit that is cancelled with less notice than so many hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// With less notice than this, in hours.
    pub hours: u32,
    /// So much of the price is charged, in percent.
    pub percent: u32,
}

/// What is charged for visits that did not take place, as the provider offers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cancellation {
    /// By notice; of those that a cancellation falls under the highest share counts.
    pub notices: Vec<Notice>,
    /// For how many days a place is kept and charged while the person is in hospital.
    pub hospital_days: u32,
    /// A break of at least so many days is not charged at all when it was announced in time; nothing, when every day is.
    pub free_break_days: Option<u32>,
}

/// What stands in a rate beside its price for one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCard {
    /// Other prices: at other times, or for visits of a length. The price for one unit holds wherever none of them does.
    pub prices: Vec<CardPrice>,
    /// How minutes are counted, where the unit is one of time.
    pub counting: Counting,
    /// How many people give it at the same time.
    pub staff: u32,
    /// How many people it is given to at the same time; the price is for each of them.
    pub people: u32,
    /// What a mile costs where travel is charged apart, without VAT; nothing where it is inside the price.
    pub mile_net: Option<UnitPrice>,
    /// What is charged for what does not take place.
    pub cancellation: Cancellation,
}

impl Default for RateCard {
    /// One price at all times, to the minute, one to one, travel inside, nothing said about cancelling.
    fn default() -> Self {
        Self {
            prices: vec![],
            counting: Counting::EXACT,
            staff: 1,
            people: 1,
            mile_net: None,
            cancellation: Cancellation::default(),
        }
    }
}

/// Another price of a card, as it was entered and without VAT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardPrice {
    /// As it was entered, on the basis of the rate.
    pub entered: UnitPrice,
    /// When it holds, for what length, and the price without VAT.
    pub price: BandPrice,
}
