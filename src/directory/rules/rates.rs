//! What a visit costs by a rate card: which price holds at which time, how minutes are rounded, what is charged for a visit
//! that was cancelled. Pure.
//!
//! Of all prices that fit a time the most specific one holds: a special day before a bank holiday, that before a named day,
//! that before weekdays or the weekend, that before every day; and of two for the same days the one with times (domain.md 7).
//! Money is rounded once, for all minutes at the same price together (trap 16).

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::calendar;
use crate::directory::{Band, BandDays, BandPrice, Cancellation, CancelledBy, Counting, Notice, RateTerms, Unit};
use crate::money::{Pence, Quantity, UnitPrice, line_net_per};
use crate::vocabulary::capital;

/// How many other prices a card has room for.
pub const OTHER_PRICES: usize = 12;
/// How many shares by notice a card has room for.
pub const NOTICES: usize = 3;

/// A part of what visits cost: some minutes at a price for an hour, or some visits of a length at a price of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// When that price holds.
    pub band: Band,
    /// The length that has the price, if it is for a length.
    pub length: Option<u32>,
    /// The price.
    pub net: UnitPrice,
    /// How many minutes, or how many visits of that length.
    pub count: i64,
    /// What it comes to.
    pub amount: Pence,
}

/// Why nobody can say what a visit costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// It ends before it begins, or at the same time.
    #[error("A visit ends after it begins.")]
    NoTime,
    /// There is no price for then.
    #[error("There is no price for {}.", calendar::full(*.0))]
    NoBand(NaiveDate),
    /// The price is for another number of people.
    #[error("The price is for {0} people together. Enter {0}, or twice as many.")]
    Staff(u32),
}

impl NoPrice {
    /// The field of a visit that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::NoTime => "minutes",
            Self::NoBand(_) => "day",
            Self::Staff(_) => "staff",
        }
    }
}

/// How specific a band is: of two that hold at the same time the higher one counts.
const fn rank(band: &Band) -> (u8, bool) {
    (band.days.rank(), band.times.is_some())
}

/// The price that holds at a time in London: the most specific of those that fit, for a length or by the hour.
fn price_at(prices: &[BandPrice], local: NaiveDateTime, length: Option<u32>) -> Option<&BandPrice> {
    let fits = |price: &&BandPrice| price.minutes == length && price.band.holds_at(local);
    prices.iter().filter(fits).max_by_key(|price| rank(&price.band))
}

/// The price of one session, day, night, mile or thing on a date.
///
/// # Errors
/// When there is none.
pub fn price_on(prices: &[BandPrice], date: NaiveDate) -> Result<&BandPrice, NoPrice> {
    price_at(prices, date.and_time(NaiveTime::MIN), None).ok_or(NoPrice::NoBand(date))
}

/// What some visits cost together, price by price, each rounded once.
///
/// A visit that lies at one price throughout is charged by the longest length with a price of its own that is no longer than
/// it, and by the hour for the minutes beyond; lengths are not added up. The price of an hour is itself the price of a length:
/// an hour and more is never charged by a shorter one. A visit that is shorter than the shortest length counts as that. A visit that goes over a change of price is charged by the hour, each part at its own price. Prices by time are
/// for so many minutes: 60 where they are by the hour.
///
/// # Errors
/// When a visit has no price or no length.
pub fn cost(
    prices: &[BandPrice],
    counting: Counting,
    minutes_of_unit: i64,
    visits: &[(DateTime<Utc>, DateTime<Utc>)],
) -> Result<Vec<Part>, NoPrice> {
    let mut parts: Vec<Part> = vec![];
    for (from, until) in visits {
        for (price, count) in counted(prices, (counting, minutes_of_unit), *from, *until)? {
            match parts.iter_mut().find(|part| (part.band, part.length) == (price.band, price.minutes)) {
                Some(part) => part.count += count,
                None => {
                    let (band, length, net) = (price.band, price.minutes, price.net);
                    parts.push(Part { band, length, net, count, amount: Pence::ZERO });
                }
            }
        }
    }
    for part in &mut parts {
        let base = if part.length.is_some() { 1 } else { minutes_of_unit };
        part.amount = line_net_per(part.net, Quantity::whole(part.count), Quantity::whole(base));
    }
    Ok(parts)
}

/// The prices of one visit with how much of each is charged.
fn counted(
    prices: &[BandPrice],
    (counting, minutes_of_unit): (Counting, i64),
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<(&BandPrice, i64)>, NoPrice> {
    if until <= from {
        return Err(NoPrice::NoTime);
    }
    let stretches = stretches(prices, from, until)?;
    let whole: i64 = stretches.iter().map(|(_, minutes)| minutes).sum();
    let charged = counting.charged(whole);
    if let [(by_hour, _)] = stretches.as_slice() {
        return Ok(of_one_band(prices, (by_hour, minutes_of_unit), calendar::london(from), charged));
    }
    // Rounding lengthens or shortens the visit where it ends.
    let mut left = charged;
    let last = stretches.len() - 1;
    let mut found = vec![];
    for (place, (price, minutes)) in stretches.into_iter().enumerate() {
        let taken = if place == last { left } else { minutes.min(left) };
        left -= taken;
        found.push((price, taken));
    }
    Ok(found.into_iter().filter(|(_, minutes)| *minutes > 0).collect())
}

/// A visit at one price: the longest length that fits and the rest by the hour.
fn of_one_band<'a>(
    prices: &'a [BandPrice],
    (by_hour, minutes_of_unit): (&'a BandPrice, i64),
    begins: NaiveDateTime,
    charged: i64,
) -> Vec<(&'a BandPrice, i64)> {
    let lengths: BTreeSet<u32> = prices.iter().filter_map(|price| price.minutes).collect();
    let of_length =
        |length: u32| price_at(prices, begins, Some(length)).filter(|price| rank(&price.band) >= rank(&by_hour.band));
    let known: Vec<(&BandPrice, u32)> =
        lengths.into_iter().filter_map(|length| Some((of_length(length)?, length))).collect();
    let longest = known.iter().rev().find(|(_, length)| i64::from(*length) <= charged);
    match (longest, known.first()) {
        (Some((_, length)), _) if (i64::from(*length) + 1..=charged).contains(&minutes_of_unit) => {
            vec![(by_hour, charged)]
        }
        (Some((price, length)), _) => {
            let rest = charged - i64::from(*length);
            let mut found = vec![(*price, 1)];
            if rest > 0 {
                found.push((by_hour, rest));
            }
            found
        }
        (None, Some((shortest, _))) => vec![(*shortest, 1)],
        (None, None) => vec![(by_hour, charged)],
    }
}

/// A visit cut where its price by the hour changes, with the minutes that really passed between the cuts.
fn stretches(
    prices: &[BandPrice],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<(&BandPrice, i64)>, NoPrice> {
    let mut cuts = cuts(prices, from, until);
    cuts.insert(until);
    let mut found: Vec<(&BandPrice, i64)> = vec![];
    let mut begins = from;
    for cut in cuts {
        let local = calendar::london(begins);
        let price = price_at(prices, local, None).ok_or(NoPrice::NoBand(local.date()))?;
        let minutes = (cut - begins).num_minutes();
        match found.last_mut() {
            Some((before, passed)) if before.band == price.band => *passed += minutes,
            _ => found.push((price, minutes)),
        }
        begins = cut;
    }
    Ok(found)
}

/// The instants within a visit at which another price may begin: midnights, and the times of the bands.
fn cuts(prices: &[BandPrice], from: DateTime<Utc>, until: DateTime<Utc>) -> BTreeSet<DateTime<Utc>> {
    let bounds = prices.iter().filter_map(|price| price.band.times).flat_map(|(begins, ends)| [begins, ends]);
    let times: BTreeSet<NaiveTime> = bounds.chain([NaiveTime::MIN]).collect();
    let (first, last) = (calendar::london(from).date(), calendar::london(until).date());
    let mut found = BTreeSet::new();
    let mut day = Some(first);
    while let Some(date) = day.filter(|date| *date <= last) {
        // A time that the clocks leave out in March is no bound on that day: the one before or after it counts.
        let instants = times.iter().filter_map(|time| calendar::from_london(date.and_time(*time)).ok());
        found.extend(instants.filter(|instant| from < *instant && *instant < until));
        day = date.checked_add_days(Days::new(1));
    }
    found
}

/// A rate as a provider states it, before VAT is taken out of what is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The price for one unit at any time.
    pub terms: RateTerms,
    /// Other prices.
    pub prices: Vec<Entered>,
    /// How minutes are counted.
    pub counting: Counting,
    /// How many people give it at the same time.
    pub staff: u32,
    /// To how many at the same time.
    pub people: u32,
    /// The price of a mile, where travel is charged apart.
    pub mile: Option<UnitPrice>,
    /// What is charged for what does not take place.
    pub cancellation: Cancellation,
}

/// Another price as it was entered, on the basis of the rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// In which row of the form, from 1.
    pub row: usize,
    /// When it holds.
    pub band: Band,
    /// For a visit of this many minutes.
    pub minutes: Option<u32>,
    /// The price.
    pub price: UnitPrice,
}

/// Why a price cannot stand on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongPrice {
    /// The price for one unit at any time is the first of the card.
    #[error("Say on which days, at which times or for what length this price is: the price at any time stands above.")]
    Same,
    /// Two prices for the same.
    #[error("There is another price for the same days, times and length.")]
    Twice,
    /// A length where nothing is counted in minutes.
    #[error("A price for a length needs a price by the hour or the minute above.")]
    NoLength,
    /// A time where nothing is counted in minutes.
    #[error("A price for a time of day needs a price by the hour or the minute above.")]
    NoTime,
    /// It begins when it ends.
    #[error("These times begin and end together. Leave both empty for the whole day.")]
    Empty,
}

impl WrongPrice {
    /// The field of the row that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Same | Self::Twice => "price",
            Self::NoLength => "minutes",
            Self::NoTime => "from",
            Self::Empty => "until",
        }
    }
}

/// The prices that cannot stand on a card, by their rows.
#[must_use]
pub fn wrong_prices(unit: Unit, prices: &[Entered]) -> Vec<(usize, WrongPrice)> {
    let mut seen: BTreeSet<(Band, Option<u32>)> = BTreeSet::new();
    let mut check = |price: &Entered| match (price.band, price.minutes) {
        (_, Some(_)) if unit.minutes().is_none() => Some(WrongPrice::NoLength),
        (band, _) if band.times.is_some() && unit.minutes().is_none() => Some(WrongPrice::NoTime),
        (band, _) if band.times.is_some_and(|(from, until)| from == until) => Some(WrongPrice::Empty),
        (Band::ANY, None) => Some(WrongPrice::Same),
        (band, minutes) => (!seen.insert((band, minutes))).then_some(WrongPrice::Twice),
    };
    prices.iter().filter_map(|price| Some((price.row, check(price)?))).collect()
}

/// How much of the price is charged for a cancelled visit, in percent: nothing when the provider cancelled it, and in
/// hospital the whole as long as the place is kept.
#[must_use]
pub fn charged_percent(rules: &Cancellation, by: CancelledBy, notice_minutes: i64, days_in_hospital: u32) -> u32 {
    let late = |notice: &&Notice| notice_minutes < i64::from(notice.hours) * 60;
    match by {
        CancelledBy::Provider => 0,
        CancelledBy::Hospital if days_in_hospital < rules.hospital_days => 100,
        CancelledBy::Hospital => 0,
        CancelledBy::Person => rules.notices.iter().filter(late).map(|notice| notice.percent).max().unwrap_or(0),
    }
}

/// When a price holds and for what length, in words.
#[must_use]
pub fn when(band: &Band, minutes: Option<u32>) -> String {
    let days = days(band.days);
    let times = band.times.map(|(from, until)| format!("{} to {}", calendar::time(from), calendar::time(until)));
    let length = minutes.map(|minutes| format!("a visit of {minutes} minutes"));
    match (band.days, times, length) {
        (BandDays::Every, None, Some(length)) => capital(&length),
        (BandDays::Every, Some(times), length) => {
            length.map_or_else(|| format!("Every day, {times}"), |length| format!("Every day, {times}, {length}"))
        }
        (_, times, length) => [Some(days), times, length].into_iter().flatten().collect::<Vec<_>>().join(", "),
    }
}

/// Days as people say them.
#[must_use]
pub fn days(days: BandDays) -> String {
    const NAMES: [&str; 7] = ["Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"];
    match days {
        BandDays::Every => "Every day".to_owned(),
        BandDays::Weekdays => "Mondays to Fridays".to_owned(),
        BandDays::Weekend => "Saturdays and Sundays".to_owned(),
        BandDays::Named(day) => NAMES.get(usize::from(day)).copied().unwrap_or_default().to_owned(),
        BandDays::BankHolidays => "Bank holidays".to_owned(),
        BandDays::Special(date) => calendar::full(date),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{BandDays, Rounding};

    fn price(days: BandDays, pounds: &str) -> BandPrice {
        BandPrice { band: Band { days, times: None }, minutes: None, net: UnitPrice::parse(pounds).unwrap() }
    }

    fn length(minutes: u32, pounds: &str) -> BandPrice {
        BandPrice { minutes: Some(minutes), ..price(BandDays::Every, pounds) }
    }

    fn between(from: u32, until: u32, price: BandPrice) -> BandPrice {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        BandPrice { band: Band { times: Some((time(from), time(until))), ..price.band }, ..price }
    }

    fn at(text: &str) -> DateTime<Utc> {
        calendar::from_london(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()).unwrap()
    }

    fn total(prices: &[BandPrice], counting: Counting, visits: &[(&str, &str)]) -> String {
        let visits: Vec<_> = visits.iter().map(|(from, until)| (at(from), at(until))).collect();
        let parts = cost(prices, counting, 60, &visits).unwrap();
        parts.iter().map(|part| part.amount).fold(Pence::ZERO, |sum, part| sum + part).decimal()
    }

    #[test]
    fn lengths_with_a_price_of_their_own_are_not_added_up() {
        // domain.md trap 18.
        let prices = [price(BandDays::Every, "24.00"), length(30, "16.00"), length(45, "20.00"), length(60, "24.00")];
        let visit = |until: &str| total(&prices, Counting::EXACT, &[("2026-11-24 09:00", until)]);
        assert_eq!(visit("2026-11-24 09:50"), "22.00");
        assert_eq!(visit("2026-11-24 09:30"), "16.00");
        assert_eq!(visit("2026-11-24 09:20"), "16.00", "the shortest that is sold");
        assert_eq!(visit("2026-11-24 10:30"), "36.00", "an hour, and half an hour by the hour");
        let prices = [price(BandDays::Every, "26.40"), length(30, "14.20")];
        let visit = |until: &str| total(&prices, Counting::EXACT, &[("2026-11-24 09:00", until)]);
        assert_eq!(
            visit("2026-11-24 10:00"),
            "26.40",
            "an hour has its price, half an hour and half an hour by the hour it is not"
        );
        assert_eq!(visit("2026-11-24 10:30"), "39.60");
        assert_eq!(visit("2026-11-24 09:50"), "23.00", "half an hour, and 20 minutes by the hour");
    }

    #[test]
    fn a_visit_over_midnight_is_charged_by_both_days() {
        // domain.md 7: into Christmas Day, at twice the price.
        let prices = [price(BandDays::Every, "26.40"), price(BandDays::BankHolidays, "52.80")];
        assert_eq!(total(&prices, Counting::EXACT, &[("2026-12-24 23:30", "2026-12-25 00:30")]), "39.60");
    }

    #[test]
    fn money_is_rounded_once_for_all_minutes_at_a_price() {
        // domain.md trap 16.
        let prices = [price(BandDays::Every, "25.00")];
        let visits: Vec<(String, String)> =
            (23..30).map(|day| (format!("2026-11-{day} 09:00"), format!("2026-11-{day} 09:20"))).collect();
        let visits: Vec<(&str, &str)> = visits.iter().map(|(from, until)| (from.as_str(), until.as_str())).collect();
        assert_eq!(total(&prices, Counting::EXACT, &visits), "58.33");
        assert_eq!(total(&prices, Counting::EXACT, &[("2026-11-24 09:00", "2026-11-24 09:45")]), "18.75");
    }

    #[test]
    fn a_waking_night_is_as_long_as_it_really_is() {
        // domain.md trap 17.
        let prices = [price(BandDays::Every, "18.00")];
        let night = |from: &str, until: &str| total(&prices, Counting::EXACT, &[(from, until)]);
        assert_eq!(night("2026-11-03 22:00", "2026-11-04 07:00"), "162.00");
        assert_eq!(night("2026-10-24 22:00", "2026-10-25 07:00"), "180.00");
        assert_eq!(night("2027-03-27 22:00", "2027-03-28 07:00"), "144.00");
    }

    #[test]
    fn the_most_specific_price_holds() {
        let special = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let prices = [
            price(BandDays::Every, "20.00"),
            between(18, 22, price(BandDays::Every, "22.00")),
            between(22, 7, price(BandDays::Every, "23.00")),
            price(BandDays::Weekend, "24.00"),
            price(BandDays::Named(6), "25.00"),
            price(BandDays::BankHolidays, "40.00"),
            price(BandDays::Special(special), "45.00"),
        ];
        let hour = |from: &str, until: &str| total(&prices, Counting::EXACT, &[(from, until)]);
        assert_eq!(hour("2026-11-24 10:00", "2026-11-24 11:00"), "20.00");
        assert_eq!(hour("2026-11-24 19:00", "2026-11-24 20:00"), "22.00");
        assert_eq!(hour("2026-11-25 03:00", "2026-11-25 04:00"), "23.00", "the night goes on after midnight");
        assert_eq!(hour("2026-11-28 19:00", "2026-11-28 20:00"), "24.00", "the day before the time of day");
        assert_eq!(hour("2026-11-29 10:00", "2026-11-29 11:00"), "25.00", "a named day before the weekend");
        assert_eq!(hour("2026-12-28 10:00", "2026-12-28 11:00"), "40.00", "the substitute day of Boxing Day");
        assert_eq!(hour("2026-12-31 10:00", "2026-12-31 11:00"), "45.00");
        assert_eq!(hour("2026-11-24 17:30", "2026-11-24 18:30"), "21.00", "half of each");
        let parts = cost(&prices, Counting::EXACT, 60, &[(at("2026-11-24 17:00"), at("2026-11-25 08:00"))]).unwrap();
        let minutes: Vec<i64> = parts.iter().map(|part| part.count).collect();
        assert_eq!(minutes, [120, 240, 540], "an hour before and one after, the evening, the night");
    }

    #[test]
    fn minutes_are_rounded_as_the_card_says() {
        let charged = |rounding, minutes| Counting { rounding, step_minutes: 15, minimum_minutes: 30 }.charged(minutes);
        assert_eq!([charged(Rounding::Up, 46), charged(Rounding::Up, 45), charged(Rounding::Up, 10)], [60, 45, 30]);
        assert_eq!([charged(Rounding::Nearest, 52), charged(Rounding::Nearest, 53)], [45, 60]);
        assert_eq!([charged(Rounding::Down, 59), charged(Rounding::Exact, 59)], [45, 59]);
        let prices = [price(BandDays::Every, "20.00"), price(BandDays::BankHolidays, "40.00")];
        let up = Counting { rounding: Rounding::Up, step_minutes: 30, minimum_minutes: 0 };
        assert_eq!(total(&prices, up, &[("2026-12-24 23:30", "2026-12-25 00:10")]), "30.00");
        let down = Counting { rounding: Rounding::Down, ..up };
        assert_eq!(total(&prices, down, &[("2026-12-24 23:30", "2026-12-25 00:10")]), "10.00");
    }

    #[test]
    fn what_cannot_be_priced_is_said() {
        let prices = [price(BandDays::Weekdays, "20.00")];
        let (from, until) = (at("2026-11-28 10:00"), at("2026-11-28 11:00"));
        let saturday = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        assert_eq!(cost(&prices, Counting::EXACT, 60, &[(from, until)]), Err(NoPrice::NoBand(saturday)));
        assert_eq!(cost(&prices, Counting::EXACT, 60, &[(until, from)]), Err(NoPrice::NoTime));
        assert_eq!(price_on(&prices, saturday), Err(NoPrice::NoBand(saturday)));
        assert!(price_on(&prices, NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()).is_ok());
    }

    #[test]
    fn the_share_of_a_cancelled_visit_follows_the_notice() {
        let rules = Cancellation {
            notices: vec![Notice { hours: 24, percent: 100 }, Notice { hours: 48, percent: 50 }],
            hospital_days: 3,
            free_break_days: Some(7),
        };
        let by_person = |minutes| charged_percent(&rules, CancelledBy::Person, minutes, 0);
        assert_eq!([by_person(60), by_person(24 * 60), by_person(48 * 60 - 1), by_person(48 * 60)], [100, 50, 50, 0]);
        assert_eq!(charged_percent(&rules, CancelledBy::Provider, 0, 0), 0);
        assert_eq!([2, 3].map(|days| charged_percent(&rules, CancelledBy::Hospital, 0, days)), [100, 0]);
    }
}
