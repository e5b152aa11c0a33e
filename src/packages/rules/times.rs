//! Visits that a package plans by day and time: on which days they fall, how much of a service they are, what they cost.
//! Each visit is priced by the card that is in force on its day, or by what was agreed for the fund.

use chrono::NaiveDate;

use crate::calendar::{self, Period};
pub use crate::directory::rules::visits::{begins, ordinary_week, parts_in_words as price_words};
use crate::directory::rules::{rate_on, rates, visits};
use crate::directory::{BandDays, PricePart, Rate, Tariff, Unit, Visit};
use crate::ids::RateId;
use crate::money::{Quantity, UnitPrice, round_half_away};
use crate::packages::{AgreedPrice, OrderedPrices, PlannedVisit};

/// By what a service is priced on a day, and which rate it is; what was agreed for the fund goes before what is listed.
///
/// # Errors
/// When the provider names no price for that day.
pub fn tariff(rates: &[Rate], agreed: &[AgreedPrice], day: NaiveDate) -> Result<(RateId, Tariff), String> {
    let rate = rate_on(rates, day).ok_or_else(|| "The provider names no price for that day.".to_owned())?;
    let listed = Tariff::listed(rate);
    let holds = |agreed: &&AgreedPrice| agreed.holds_on(day) && agreed.unit == listed.unit;
    Ok((
        rate.id,
        match agreed.iter().rfind(holds) {
            Some(agreed) => listed.at_agreed(agreed.net),
            None => listed,
        },
    ))
}

/// On what the prices of the visits of an order depend, in its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedBy {
    /// On how long a visit lasts.
    pub time: bool,
    /// On the miles that are driven for it.
    pub miles: bool,
}

/// On what the prices of an order depend on any day of its time: what holds now may be for something else. Where nothing is
/// known, on time.
#[must_use]
pub fn priced_by(prices: &OrderedPrices, period: Period) -> PricedBy {
    // Another card may hold from the first day of a rate on, and from no other day.
    let days = prices.rates.iter().map(|rate| rate.terms.from).filter(|day| period.contains(*day));
    let tariffs: Vec<Tariff> = days
        .chain([period.from()])
        .filter_map(|day| tariff(&prices.rates, &prices.agreed, day).ok())
        .map(|(_, tariff)| tariff)
        .collect();
    PricedBy {
        time: tariffs.is_empty() || tariffs.iter().any(|tariff| tariff.unit.minutes().is_some()),
        miles: tariffs.iter().any(|tariff| tariff.mile_net.is_some()),
    }
}

/// The visits that are planned for a day.
pub fn on_day(planned: &[PlannedVisit], day: NaiveDate) -> impl Iterator<Item = Visit> + '_ {
    let visit = move |one: &PlannedVisit| Visit {
        starts: begins(day, one.start),
        minutes: one.minutes,
        staff: one.staff,
        miles: one.miles,
    };
    planned.iter().filter(move |one| one.days.includes(day)).map(visit)
}

/// How many visits are planned at once at most, in the week from a day on; one at least.
#[must_use]
pub fn at_once(planned: &[PlannedVisit], day: NaiveDate) -> usize {
    let most = |day| {
        let of_day: Vec<Visit> = on_day(planned, day).collect();
        // Each with those before it in the list and after it.
        let with = |(place, one): (usize, &Visit)| {
            let others = of_day.iter().enumerate().filter(|(other, _)| *other != place);
            visits::at_once_with(one, &others.map(|(_, other)| *other).collect::<Vec<_>>())
        };
        of_day.iter().enumerate().map(with).max().unwrap_or(1)
    };
    day.iter_days().take(7).map(most).max().unwrap_or(1)
}

/// What planned visits cost on some days, in parts that are rounded once; `priced_on` says by the card of which day each is
/// priced.
///
/// # Errors
/// When one of them has no price.
pub fn cost(
    planned: &[PlannedVisit],
    days: impl Iterator<Item = NaiveDate>,
    priced_on: impl Fn(NaiveDate) -> NaiveDate,
    (rates, agreed): (&[Rate], &[AgreedPrice]),
) -> Result<Vec<PricePart>, String> {
    let mut parts = vec![];
    for day in days {
        for visit in on_day(planned, day) {
            let (_, tariff) = tariff(rates, agreed, priced_on(day))?;
            parts.extend(visits::price(&tariff, &visit).map_err(|missing| missing.to_string())?);
        }
    }
    Ok(visits::together(&parts))
}

/// How much of a service planned visits are each week: hours or minutes for each who gives them, else how many there are.
#[must_use]
pub fn weekly_quantity(planned: &[PlannedVisit], unit: Unit) -> Quantity {
    let days = |one: &PlannedVisit| (0..7).filter(|day| is_on(one.days, *day)).map(|_| 1).sum::<i64>();
    let minutes: i64 = planned.iter().map(|one| days(one) * i64::from(one.minutes) * i64::from(one.staff)).sum();
    match unit.minutes() {
        Some(of_unit) => in_units(minutes, of_unit),
        None => Quantity::whole(planned.iter().map(days).sum()),
    }
}

/// So many minutes in a unit of so many, to the hundredth; never nothing.
#[must_use]
pub fn in_units(minutes: i64, of_unit: i64) -> Quantity {
    let hundredths = round_half_away(i128::from(minutes) * 100, i128::from(of_unit.max(1)));
    Quantity::from_hundredths(i64::try_from(hundredths).unwrap_or(i64::MAX).max(1))
}

/// Whether some days have a day of the week, counted from Monday, which is 0.
fn is_on(days: BandDays, weekday: u8) -> bool {
    match days {
        BandDays::Every => true,
        BandDays::Weekdays => weekday < 5,
        BandDays::Weekend => weekday >= 5,
        BandDays::Named(day) => day == weekday,
        BandDays::BankHolidays | BandDays::Special(_) => false,
    }
}

/// A planned visit in words: "Mondays to Fridays at 8am, 30 minutes".
#[must_use]
pub fn words(one: &PlannedVisit, by_time: bool) -> String {
    let mut said = format!("{} at {}", rates::days(one.days), calendar::time(one.start));
    if by_time {
        said.push_str(&format!(", {}", visits::hours(i64::from(one.minutes))));
    }
    if one.staff > 1 {
        said.push_str(&format!(", by {} people", one.staff));
    }
    if one.miles.hundredths() > 0 {
        said.push_str(&format!(", {} miles", one.miles));
    }
    said
}

/// What a unit of planned visits comes to on average over some days, each at the price of its day, for each unit that they are
/// sold by.
///
/// # Errors
/// When one of them has no price.
pub fn averages(
    planned: &[PlannedVisit],
    days: impl Iterator<Item = NaiveDate>,
    (rates, agreed): (&[Rate], &[AgreedPrice]),
) -> Result<Vec<(Unit, UnitPrice)>, String> {
    let mut priced = vec![];
    for day in days {
        for visit in on_day(planned, day) {
            priced.push((tariff(rates, agreed, day)?.1, visit));
        }
    }
    visits::averages(priced).map_err(|missing| missing.to_string())
}

/// The price of one unit, for a line that is planned by times: what it would be at no special time.
#[must_use]
pub fn base_price(tariff: &Tariff) -> UnitPrice {
    tariff.prices.first().map(|price| price.net).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Band, BandPrice, CardPrice, RateCard, RateTerms};
    use crate::vat::PriceBasis;

    fn day(text: &str) -> NaiveDate {
        calendar::parse_date(text).unwrap()
    }

    fn pounds(text: &str) -> UnitPrice {
        UnitPrice::parse(text).unwrap()
    }

    fn rate(id: i64, from: &str, hour: &str) -> Rate {
        let other = |days, minutes, price: &str| CardPrice {
            entered: pounds(price),
            price: BandPrice { band: Band { days, times: None }, minutes, net: pounds(price) },
        };
        let prices = vec![
            other(BandDays::Weekdays, Some(30), "14.20"),
            other(BandDays::Named(6), None, "18.00"),
            other(BandDays::BankHolidays, None, "40.00"),
        ];
        let terms = RateTerms { unit: Unit::Hour, price: pounds(hour), basis: PriceBasis::Net, from: day(from) };
        Rate { id: RateId::new(id), terms, net: pounds(hour), card: RateCard { prices, ..RateCard::default() } }
    }

    fn planned(days: BandDays, start: &str, minutes: u32) -> PlannedVisit {
        PlannedVisit {
            days,
            start: calendar::parse_time(start).unwrap(),
            minutes,
            staff: 1,
            miles: Quantity::default(),
        }
    }

    fn week() -> Vec<PlannedVisit> {
        vec![planned(BandDays::Weekdays, "8am", 30), planned(BandDays::Named(6), "10am", 60)]
    }

    #[test]
    fn a_week_is_costed_by_bands_and_lengths_and_said_in_words() {
        let (rates, monday) = ([rate(1, "2026-01-01", "20.00")], day("2026-11-23"));
        let parts = cost(&week(), ordinary_week(monday).into_iter(), |_| monday, (&rates, &[])).unwrap();
        assert_eq!(visits::net(&parts).decimal(), "89.00");
        assert_eq!(
            price_words(&parts),
            [
                "Mondays to Fridays, a visit of 30 minutes: 5 visits at £14.20 per visit",
                "Sundays: 60 minutes at £18.00 per hour"
            ]
        );
        assert_eq!(words(&week()[0], true), "Mondays to Fridays at 8am, 30 minutes");
        assert_eq!(weekly_quantity(&week(), Unit::Hour).decimal(), "3.5");
        assert_eq!(weekly_quantity(&week(), Unit::Day).decimal(), "6");
    }

    #[test]
    fn what_an_hour_comes_to_on_average_counts_every_time_and_length() {
        let (rates, monday) = ([rate(1, "2026-01-01", "20.00")], day("2026-11-23"));
        let of = |visits: &[PlannedVisit], rates: &[Rate]| {
            let found = averages(visits, ordinary_week(monday).into_iter(), (rates, &[])).unwrap();
            found.into_iter().map(|(unit, price)| (unit, price.decimal())).collect::<Vec<_>>()
        };
        let hour = |price: &str| vec![(Unit::Hour, price.to_owned())];
        // Five halves of an hour at 14.20 and an hour at 18.00: 89.00 for three and a half hours.
        assert_eq!(of(&week(), &rates), hour("25.4286"));
        assert_eq!(of(&[planned(BandDays::Weekdays, "8am", 30)], &rates), hour("28.40"));
        assert_eq!(of(&[planned(BandDays::Named(5), "8am", 10)], &rates), hour("20.00"), "no penny is rounded up");
        let two = [PlannedVisit { staff: 2, ..planned(BandDays::Named(5), "8am", 45) }];
        assert_eq!(of(&two, &rates), hour("20.00"), "an hour of each of two");
        let together = [Rate { card: RateCard { staff: 2, ..rates[0].card.clone() }, ..rates[0].clone() }];
        assert_eq!(of(&two, &together), hour("20.00"), "a price for two is one price, however many come");
        assert_eq!(of(&[], &rates), []);
        // A price that is by the visit at first and by the hour from Friday on is looked at in both.
        let terms = RateTerms { unit: Unit::Visit, ..rates[0].terms };
        let first = Rate { terms, net: pounds("10.00"), card: RateCard::default(), ..rate(1, "2026-01-01", "10.00") };
        let later = Rate { card: RateCard::default(), ..rate(2, "2026-11-27", "100.00") };
        let both = of(&[planned(BandDays::Every, "2pm", 60)], &[first, later]);
        assert_eq!(both, [(Unit::Visit, "10.00".to_owned()), (Unit::Hour, "100.00".to_owned())]);
    }

    #[test]
    fn bank_holidays_and_a_price_that_changes_hold_from_their_day() {
        let rates = [rate(1, "2026-01-01", "20.00"), Rate { net: pounds("22.00"), ..rate(2, "2026-12-23", "22.00") }];
        let daily = [planned(BandDays::Every, "2pm", 60)];
        let days = || day("2026-12-21").iter_days().take(7);
        let parts = cost(&daily, days(), |day| day, (&rates, &[])).unwrap();
        // Two weekdays at 20.00, two at 22.00, Christmas Day at 40.00, a Saturday at 22.00, a Sunday at 18.00: an hour is never
        // charged by the price of half of one.
        assert_eq!(visits::net(&parts).decimal(), "164.00");
        assert!(ordinary_week(day("2026-12-21"))[0] == day("2027-01-04"), "neither Christmas nor New Year");
        let agreed = AgreedPrice { unit: Unit::Hour, net: pounds("15.00"), from: day("2026-12-24"), to: None };
        let parts = cost(&daily, days(), |day| day, (&rates, &[agreed])).unwrap();
        assert_eq!(visits::net(&parts).decimal(), "122.00", "three days as listed, four as agreed");
    }

    #[test]
    fn what_prices_depend_on_is_asked_for_the_whole_time_of_an_order() {
        let visits = Rate {
            terms: RateTerms { unit: Unit::Visit, ..rate(2, "2026-11-09", "20.00").terms },
            ..rate(2, "2026-11-09", "20.00")
        };
        let driven = RateCard { mile_net: Some(pounds("0.45")), ..RateCard::default() };
        let rates =
            vec![rate(1, "2026-01-01", "20.00"), visits, Rate { card: driven, ..rate(3, "2026-11-16", "20.00") }];
        let prices = OrderedPrices { rates, agreed: vec![] };
        let by = |from: &str, to: &str| {
            let found = priced_by(&prices, Period::new(day(from), day(to)).unwrap());
            (found.time, found.miles)
        };
        assert_eq!(by("2026-11-02", "2026-11-08"), (true, false));
        assert_eq!(by("2026-11-09", "2026-11-15"), (false, false), "by the visit");
        assert_eq!(by("2026-11-02", "2026-11-15"), (true, false), "in its first week");
        assert_eq!(by("2026-11-09", "2026-11-22"), (true, true), "in its second week");
        assert_eq!(by("2025-11-03", "2025-11-09"), (true, false), "nothing is known");
    }

    #[test]
    fn what_is_planned_at_once_is_counted_over_a_week() {
        let monday = day("2026-11-02");
        assert_eq!(at_once(&week(), monday), 1);
        assert_eq!(at_once(&[], monday), 1);
        let double = [planned(BandDays::Weekdays, "8am", 30), planned(BandDays::Named(2), "8:15am", 30)];
        assert_eq!(at_once(&double, monday), 2, "on Wednesdays");
        let row = [planned(BandDays::Every, "8am", 30), planned(BandDays::Every, "8:30am", 30)];
        assert_eq!(at_once(&row, monday), 1, "one begins when the other ends");
        let three = [row[0], planned(BandDays::Every, "8:15am", 30), row[1]];
        assert_eq!(at_once(&three, monday), 2, "never all three");
    }

    #[test]
    fn a_time_that_the_clock_leaves_out_is_an_hour_later() {
        let half_past_one = calendar::parse_time("1:30").unwrap();
        assert_eq!(calendar::time(calendar::london(begins(day("2027-03-28"), half_past_one)).time()), "2:30am");
    }
}
