//! What a visit costs: the one way from a card and a visit to an amount, in parts and in words, by which the calculator,
//! packages, deliveries and invoices price. Pure.
//!
//! A visit is priced whole by the card that is in force on the day on which it begins; its bands change at midnight.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::rates::{self, NoPrice, Part};
use crate::calendar::{self, CalendarError};
use crate::directory::{
    AskedVisit, Band, Became, Cancellation, CancelledBy, Charge, Counting, Day, Details, Feature, Outcome, PricePart,
    Rounding, SameVisits, Tariff, Unit, Visit,
};
use crate::money::{Pence, Quantity, UnitPrice, round_half_away};

/// For how many weeks an ordinary one is looked for.
const WEEKS_AHEAD: u64 = 8;

/// The words of the part that is driven.
const TRAVEL: &str = "Travel";

/// What a visit costs that is made, in parts.
///
/// # Errors
/// When there is no price for it.
pub fn price(tariff: &Tariff, visit: &Visit) -> Result<Vec<PricePart>, NoPrice> {
    let times = times(tariff, visit.staff)?;
    let mut parts = match tariff.unit.minutes() {
        Some(of_unit) => {
            let parts = rates::cost(&tariff.prices, tariff.counting, of_unit, &[(visit.starts, ends(visit))])?;
            parts.iter().map(|part| by_time(tariff, of_unit, part, times)).collect()
        }
        None => vec![by_unit(tariff, visit, times)?],
    };
    if let Some(price) = tariff.mile_net.filter(|_| visit.miles.hundredths() > 0) {
        let unit = Unit::Mile.code().to_owned();
        parts.push(PricePart { words: TRAVEL.to_owned(), unit, quantity: visit.miles, base: Quantity::ONE, price });
    }
    // What the card rounds down to nothing is not charged.
    parts.retain(|part| part.quantity.hundredths() > 0);
    Ok(parts)
}

/// The visit that was asked about.
///
/// # Errors
/// When the clock leaves its beginning out.
pub fn asked(asked: &AskedVisit, tariff: &Tariff) -> Result<Visit, CalendarError> {
    // Where nothing is priced by time the day alone counts.
    let starts = calendar::from_london(asked.day.and_time(asked.start.unwrap_or_default()))?;
    let (minutes, staff) = (asked.minutes.unwrap_or(1), asked.staff.unwrap_or(tariff.staff));
    Ok(Visit { starts, minutes, staff, miles: asked.miles })
}

/// The instant at which a visit begins that is planned for a time which the clock may leave out in March: then an hour later.
#[must_use]
pub fn begins(day: NaiveDate, start: NaiveTime) -> DateTime<Utc> {
    let local = day.and_time(start);
    let later = || calendar::from_london(local + TimeDelta::hours(1));
    calendar::from_london(local).or_else(|_| later()).unwrap_or_else(|_| local.and_utc())
}

/// The seven days from a day on, or from the same weekday of the next week that has no bank holiday: what a package costs
/// each week is said for an ordinary one.
#[must_use]
pub fn ordinary_week(day: NaiveDate) -> Vec<NaiveDate> {
    let week = |weeks: u64| -> Vec<NaiveDate> {
        let first = day.checked_add_days(Days::new(weeks * 7)).unwrap_or(day);
        first.iter_days().take(7).collect()
    };
    let ordinary = |week: &Vec<NaiveDate>| !week.iter().any(|day| calendar::is_bank_holiday(*day));
    (0..WEEKS_AHEAD).map(week).find(ordinary).unwrap_or_else(|| week(0))
}

/// What a unit comes to on average over some visits, each with its tariff, whatever their times, lengths and least charges: for
/// each unit that is sold by, because a price may change to another one. A price for several people together is one price. What
/// is driven is no part of it.
///
/// # Errors
/// When there is no price for one of them.
pub fn averages(priced: impl IntoIterator<Item = (Tariff, Visit)>) -> Result<Vec<(Unit, UnitPrice)>, NoPrice> {
    // In millionths of a hundredth of a penny, so that parts of few minutes lose nothing.
    const FINE: i128 = 1_000_000;
    let mut sums: Vec<(Unit, i128, i128)> = vec![];
    for (tariff, visit) in priced {
        let cost = |part: &PricePart| {
            let price = i128::from(part.price.hundredths_of_a_penny()) * FINE;
            price * i128::from(part.quantity.hundredths()) / i128::from(part.base.hundredths().max(1))
        };
        let parts = price(&tariff, &visit)?;
        let cost: i128 = parts.iter().filter(|part| part.unit != Unit::Mile.code()).map(cost).sum();
        let length = if tariff.unit.minutes().is_some() { i128::from(visit.minutes) } else { 1 };
        let count = length * i128::from(times(&tariff, visit.staff)?);
        match sums.iter_mut().find(|(unit, ..)| *unit == tariff.unit) {
            Some((_, all, counted)) => (*all, *counted) = (*all + cost, *counted + count),
            None => sums.push((tariff.unit, cost, count)),
        }
    }
    let average = |(unit, cost, count): (Unit, i128, i128)| {
        let per = i128::from(unit.minutes().unwrap_or(1));
        let average = (count > 0).then(|| round_half_away(cost * per, count * FINE))?;
        Some((unit, UnitPrice::from_hundredths_of_a_penny(i64::try_from(average).unwrap_or(i64::MAX))))
    };
    Ok(sums.into_iter().filter_map(average).collect())
}

/// What visits cost in an ordinary week that are always on these days, at this time and of this length, given by as many as the
/// price is for.
///
/// # Errors
/// When there is no price for one of them.
pub fn weekly(tariff: &Tariff, same: &SameVisits, today: NaiveDate) -> Result<Vec<PricePart>, NoPrice> {
    let mut parts = vec![];
    for visit in of_week(tariff, same, today) {
        parts.extend(price(tariff, &visit)?);
    }
    Ok(together(&parts))
}

/// These visits in an ordinary week.
#[must_use]
pub fn of_week(tariff: &Tariff, same: &SameVisits, today: NaiveDate) -> Vec<Visit> {
    let visit = |day: NaiveDate| Visit {
        starts: begins(day, same.start),
        minutes: same.minutes,
        staff: tariff.staff.max(1),
        miles: Quantity::default(),
    };
    ordinary_week(today).into_iter().filter(|day| same.days.includes(*day)).map(visit).collect()
}

/// That a service is not given on some days, or not at a time, where its provider has said when it is.
#[must_use]
pub fn given_otherwise(
    details: &Details,
    days: impl IntoIterator<Item = NaiveDate>,
    start: Option<NaiveTime>,
) -> Option<String> {
    let day_of = |date: NaiveDate| Day::ALL.get(date.weekday().num_days_from_monday() as usize).copied();
    let given: Vec<Day> =
        Day::ALL.iter().copied().filter(|day| details.features.contains(&Feature::Day(*day))).collect();
    let mut asked = days.into_iter().filter_map(day_of);
    let other_day = !given.is_empty() && asked.any(|day| !given.contains(&day));
    let is_outside = |(opens, closes): (NaiveTime, NaiveTime)| {
        start.is_some_and(|start| opens < closes && (start < opens || closes <= start))
    };
    let on_days = other_day.then(|| {
        let days: Vec<String> = given.iter().map(|day| format!("{}s", day.words())).collect();
        format!("on {}", days.join(", "))
    });
    let at_times = details
        .hours
        .filter(|hours| is_outside(*hours))
        .map(|(opens, closes)| format!("from {} to {}", calendar::time(opens), calendar::time(closes)));
    let when: Vec<String> = on_days.into_iter().chain(at_times).collect();
    (!when.is_empty()).then(|| format!("Ask first: its provider says that it is given {}.", when.join(", ")))
}

/// When a visit ends.
#[must_use]
pub fn ends(visit: &Visit) -> DateTime<Utc> {
    visit.starts + TimeDelta::minutes(i64::from(visit.minutes))
}

/// Whether two visits go on at once.
#[must_use]
pub fn overlap(one: &Visit, other: &Visit) -> bool {
    one.starts < ends(other) && other.starts < ends(one)
}

/// How many visits go on at once at most while one of them does, which counts.
#[must_use]
pub fn at_once_with(one: &Visit, others: &[Visit]) -> usize {
    let overlapping: Vec<&Visit> = others.iter().filter(|other| overlap(one, other)).collect();
    let going_on = |at| overlapping.iter().filter(|other| other.starts <= at && at < ends(other)).count();
    // The most go on when one of them has just begun.
    let begins = overlapping.iter().map(|other| other.starts.max(one.starts)).chain([one.starts]);
    1 + begins.map(going_on).max().unwrap_or(0)
}

/// How many times the price is charged, for so many people as give the visit together.
fn times(tariff: &Tariff, staff: u32) -> Result<i64, NoPrice> {
    let of_card = tariff.staff.max(1);
    if staff > 0 && staff.is_multiple_of(of_card) {
        Ok(i64::from(staff / of_card))
    } else {
        Err(NoPrice::Staff(of_card))
    }
}

fn by_time(tariff: &Tariff, of_unit: i64, part: &Part, times: i64) -> PricePart {
    let (unit, base) = if part.length.is_some() { (Unit::Visit, 1) } else { (Unit::Minute, of_unit) };
    PricePart {
        words: words(tariff, &part.band, part.length),
        unit: unit.code().to_owned(),
        quantity: Quantity::whole(part.count * times),
        base: Quantity::whole(base),
        price: part.net,
    }
}

fn by_unit(tariff: &Tariff, visit: &Visit, times: i64) -> Result<PricePart, NoPrice> {
    let found = rates::price_on(&tariff.prices, calendar::london(visit.starts).date())?;
    Ok(PricePart {
        words: words(tariff, &found.band, None),
        unit: tariff.unit.code().to_owned(),
        quantity: Quantity::whole(times),
        base: Quantity::ONE,
        price: found.net,
    })
}

/// When a price holds, beside the others of its card.
fn words(tariff: &Tariff, band: &Band, length: Option<u32>) -> String {
    match (tariff.agreed, *band == Band::ANY && length.is_none()) {
        (true, _) => "Agreed price".to_owned(),
        (false, true) if tariff.prices.len() == 1 => "At any time".to_owned(),
        (false, true) => "At other times".to_owned(),
        (false, false) => rates::when(band, length),
    }
}

/// Parts of several visits, those that are for the same at the same price put together: money is rounded once for each
/// (domain.md trap 16).
#[must_use]
pub fn together<'a>(parts: impl IntoIterator<Item = &'a PricePart>) -> Vec<PricePart> {
    let mut all: Vec<PricePart> = vec![];
    for part in parts {
        match all.iter_mut().find(|known| known.is_like(part)) {
            Some(known) => known.quantity = known.quantity + part.quantity,
            None => all.push(part.clone()),
        }
    }
    all
}

/// What parts come to together.
#[must_use]
pub fn net<'a>(parts: impl IntoIterator<Item = &'a PricePart>) -> Pence {
    together(parts).iter().map(PricePart::amount).sum()
}

/// What is charged for a visit, whatever became of it, and why.
///
/// # Errors
/// When there is no price for it.
pub fn charge(tariff: &Tariff, visit: &Visit, became: &Became) -> Result<Charge, NoPrice> {
    // Nobody drove for a visit that was called off.
    let driven = matches!(became.outcome, Outcome::Given | Outcome::NobodyThere);
    let visit = if driven { *visit } else { Visit { miles: Quantity::default(), ..*visit } };
    let whole = price(tariff, &visit)?;
    let (percent, reason) = share(&tariff.cancellation, &visit, became);
    let part = |part: PricePart| PricePart {
        words: if percent == 100 { part.words } else { format!("{}, {percent}% of the price", part.words) },
        price: of_percent(part.price, percent),
        ..part
    };
    Ok(Charge { parts: if percent == 0 { vec![] } else { whole.into_iter().map(part).collect() }, percent, reason })
}

fn of_percent(price: UnitPrice, percent: u32) -> UnitPrice {
    let product = i128::from(price.hundredths_of_a_penny()) * i128::from(percent);
    // A share is never more than the whole, which fits.
    UnitPrice::from_hundredths_of_a_penny(i64::try_from(round_half_away(product, 100)).unwrap_or(i64::MAX))
}

/// Which share of the price is charged, and why.
fn share(rules: &Cancellation, visit: &Visit, became: &Became) -> (u32, String) {
    let by_person = |minutes| rates::charged_percent(rules, CancelledBy::Person, minutes, 0);
    let (percent, what) = match became.outcome {
        Outcome::Given => return (100, String::new()),
        Outcome::CancelledByProvider | Outcome::Missed | Outcome::NotGiven => {
            let percent = rates::charged_percent(rules, CancelledBy::Provider, 0, 0);
            (percent, format!("{}.", became.outcome.words()))
        }
        Outcome::NobodyThere => (by_person(0), "Somebody came, and nobody was there.".to_owned()),
        Outcome::CancelledByPerson => {
            let at = became.cancelled_at.unwrap_or(visit.starts);
            let notice = (visit.starts - at).num_minutes();
            let said = format!("The person cancelled it on {}, {} before.", calendar::moment(at), hours(notice));
            (by_person(notice), said)
        }
        Outcome::Hospital => {
            let day = calendar::london(visit.starts).date();
            let since = became.hospital_since.unwrap_or(day);
            let days = u32::try_from((day - since).num_days()).unwrap_or(0);
            let percent = rates::charged_percent(rules, CancelledBy::Hospital, 0, days);
            let kept = match rules.hospital_days {
                0 => String::new(),
                1 => " The place is kept and charged for 1 day.".to_owned(),
                kept => format!(" The place is kept and charged for {kept} days."),
            };
            (percent, format!("The person had been in hospital since {}.{kept}", calendar::full(since)))
        }
    };
    (percent, format!("{what} {}", charged_words(rules, became.outcome, percent)))
}

fn charged_words(rules: &Cancellation, outcome: Outcome, percent: u32) -> String {
    let by_notice = matches!(outcome, Outcome::CancelledByPerson | Outcome::NobodyThere);
    match percent {
        0 if by_notice && rules.notices.is_empty() => {
            "The provider has not said what a cancelled visit costs: nothing is charged.".to_owned()
        }
        0 => "Nothing is charged.".to_owned(),
        100 => "The whole price is charged, as the provider’s terms say.".to_owned(),
        _ => format!("{percent}% of the price is charged, as the provider’s terms say."),
    }
}

/// So many minutes in words: "45 minutes", "5 hours", "2 hours and 30 minutes".
#[must_use]
pub fn hours(minutes: i64) -> String {
    let some = |count: i64, one: &str| if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => some(minutes, "minute"),
        (hours, 0) => some(hours, "hour"),
        (hours, minutes) => format!("{} and {}", some(hours, "hour"), some(minutes, "minute")),
    }
}

/// A part in words: "30 minutes at £26.40 per hour: £13.20".
#[must_use]
pub fn part_words(part: &PricePart) -> String {
    format!("{} at {}: {}", quantity_words(part), price_words(part), part.amount())
}

/// Parts of a price in words: "Mondays to Fridays: 5 visits at £14.20 per visit".
#[must_use]
pub fn parts_in_words(parts: &[PricePart]) -> Vec<String> {
    let said = |part: &PricePart| format!("{}: {} at {}", part.words, quantity_words(part), price_words(part));
    parts.iter().map(said).collect()
}

/// How much of a part there is: "90 minutes", "2 visits".
#[must_use]
pub fn quantity_words(part: &PricePart) -> String {
    let unit = match Unit::from_code(&part.unit) {
        Some(unit) if part.quantity == Quantity::ONE => unit.words().to_owned(),
        Some(unit) => unit.plural(),
        None => part.unit.clone(),
    };
    format!("{} {unit}", part.quantity)
}

/// The price of a part: "£26.40 per hour".
#[must_use]
pub fn price_words(part: &PricePart) -> String {
    format!("{} {}", part.price, per(&part.unit, part.base))
}

/// For what a price is: "per hour" where minutes have a price by the hour.
#[must_use]
pub fn per(unit: &str, base: Quantity) -> String {
    match Unit::from_code(unit) {
        Some(Unit::Minute) if base == Quantity::whole(60) => Unit::Hour.per(),
        Some(unit) => unit.per(),
        None => format!("per {unit}"),
    }
}

/// How a visit comes to its price, a sentence for each step.
///
/// # Errors
/// When there is no price for it.
pub fn steps(tariff: &Tariff, visit: &Visit) -> Result<Vec<String>, NoPrice> {
    let parts = price(tariff, visit)?;
    let mut found = vec![];
    if tariff.unit.minutes().is_some() {
        found.push(span_words(visit));
        found.extend(counted_words(tariff.counting, i64::from(visit.minutes)));
    }
    found.extend(holidays(tariff, visit));
    let times = times(tariff, visit.staff)?;
    if times > 1 {
        let staff = visit.staff;
        found.push(match tariff.staff {
            0 | 1 => format!("{staff} people give it together: each is charged."),
            of_card => {
                format!("{staff} people give it together and the price is for {of_card}: it is charged {times} times.")
            }
        });
    }
    found.extend(parts.iter().map(|part| format!("{}: {}.", part.words, part_words(part))));
    if tariff.mile_net.is_none() {
        found.push("Travel is inside the price.".to_owned());
    }
    Ok(found)
}

/// From when until when, on the clock.
fn span_words(visit: &Visit) -> String {
    let (from, until) = (calendar::london(visit.starts), calendar::london(ends(visit)));
    let (begins, ended) = (calendar::time(from.time()), calendar::time(until.time()));
    let next = if until.date() == from.date() { "" } else { " on the next day" };
    let passed = hours(i64::from(visit.minutes));
    // The clock is put forward or back in between.
    let changed = (until - from).num_minutes() != i64::from(visit.minutes);
    let change = if changed { " The clocks change in between: what counts is the time that passes." } else { "" };
    format!("{} from {begins} to {ended}{next}: {passed}.{change}", calendar::long(from.date()))
}

fn counted_words(counting: Counting, minutes: i64) -> Option<String> {
    let (charged, step) = (counting.charged(minutes), counting.step_minutes);
    let without_minimum = Counting { minimum_minutes: 0, ..counting }.charged(minutes);
    if charged > without_minimum {
        return Some(format!("A visit is charged as at least {}: {charged} minutes are charged.", hours(charged)));
    }
    match counting.rounding {
        _ if charged == minutes => None,
        Rounding::Exact => None,
        Rounding::Up => Some(format!("Rounded up to steps of {step} minutes: {charged} minutes are charged.")),
        Rounding::Down => Some(format!("Rounded down to steps of {step} minutes: {charged} minutes are charged.")),
        Rounding::Nearest => Some(format!("Rounded to the nearest {step} minutes: {charged} minutes are charged.")),
    }
}

/// The bank holidays on which a visit lies, where they matter for its price.
fn holidays(tariff: &Tariff, visit: &Visit) -> Vec<String> {
    let days = [visit.starts, ends(visit) - TimeDelta::minutes(1)].map(|at| calendar::london(at).date());
    let matters = tariff.prices.iter().any(|price| price.band.days == crate::directory::BandDays::BankHolidays);
    let mut found: Vec<String> = days
        .iter()
        .filter_map(|day| {
            Some(format!("{} is a bank holiday: {}.", calendar::long(*day), calendar::bank_holiday(*day)?))
        })
        .filter(|_| matters)
        .collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;

    use super::*;
    use crate::directory::{BandDays, BandPrice, Notice};

    fn price_of(days: BandDays, minutes: Option<u32>, pounds: &str) -> BandPrice {
        BandPrice { band: Band { days, times: None }, minutes, net: UnitPrice::parse(pounds).unwrap() }
    }

    fn tariff(unit: Unit, prices: Vec<BandPrice>) -> Tariff {
        let cancellation = Cancellation::default();
        Tariff { unit, prices, counting: Counting::EXACT, staff: 1, mile_net: None, cancellation, agreed: false }
    }

    fn visit(at: &str, minutes: u32) -> Visit {
        let local = NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M").unwrap();
        Visit { starts: calendar::from_london(local).unwrap(), minutes, staff: 1, miles: Quantity::default() }
    }

    fn comes_to(tariff: &Tariff, visit: &Visit) -> String {
        net(&price(tariff, visit).unwrap()).decimal()
    }

    #[test]
    fn when_a_service_is_not_given_one_is_told_to_ask() {
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        let days = [Day::Monday, Day::Friday].map(Feature::Day);
        let details = Details { features: days.into(), hours: Some((time(9), time(17))), ..Details::default() };
        let (monday, sunday) = ("2026-11-23".parse().unwrap(), "2026-11-29".parse().unwrap());
        let said = |details: &Details, day, start| given_otherwise(details, [day], start);
        assert_eq!(said(&details, monday, Some(time(9))), None);
        let on_days = "Ask first: its provider says that it is given on Mondays, Fridays";
        assert_eq!(said(&details, sunday, None), Some(format!("{on_days}.")));
        assert_eq!(said(&details, sunday, Some(time(17))), Some(format!("{on_days}, from 9am to 5pm.")));
        assert_eq!(said(&Details::default(), sunday, Some(time(3))), None, "nothing was said");
    }

    #[test]
    fn lengths_bands_and_clock_changes_have_the_domains_figures() {
        let lengths = [(None, "24.00"), (Some(30), "16.00"), (Some(45), "20.00"), (Some(60), "24.00")];
        let lengths = lengths.map(|(minutes, pounds)| price_of(BandDays::Every, minutes, pounds)).to_vec();
        let by_length = tariff(Unit::Hour, lengths);
        assert_eq!(comes_to(&by_length, &visit("2026-11-24 09:00", 50)), "22.00", "trap 18");
        let double = price_of(BandDays::BankHolidays, None, "52.80");
        let holiday = tariff(Unit::Hour, vec![price_of(BandDays::Every, None, "26.40"), double]);
        assert_eq!(comes_to(&holiday, &visit("2026-12-24 23:30", 60)), "39.60", "section 7: bands at midnight");
        let waking = tariff(Unit::Hour, vec![price_of(BandDays::Every, None, "18.00")]);
        assert_eq!(comes_to(&waking, &visit("2026-10-24 22:00", 600)), "180.00", "trap 17");
        assert_eq!(comes_to(&waking, &visit("2027-03-27 22:00", 480)), "144.00", "trap 17");
        let minutes =
            price(&tariff(Unit::Hour, vec![price_of(BandDays::Every, None, "26.40")]), &visit("2026-11-24 09:00", 25));
        assert_eq!(net(&minutes.unwrap()).decimal(), "11.00", "golden document G5");
    }

    #[test]
    fn money_is_rounded_once_for_what_has_one_price() {
        // domain.md trap 16: seven visits of 20 minutes.
        let card = tariff(Unit::Hour, vec![price_of(BandDays::Every, None, "25.00")]);
        let one = price(&card, &visit("2026-11-24 09:00", 20)).unwrap();
        assert_eq!(net(&one).decimal(), "8.33");
        let week: Vec<PricePart> = (0..7).flat_map(|_| one.clone()).collect();
        assert_eq!(net(&week).decimal(), "58.33");
        assert_eq!(part_words(&together(&week)[0]), "140 minutes at £25.00 per hour: £58.33");
    }

    #[test]
    fn staff_travel_and_other_units() {
        let card = Tariff {
            mile_net: UnitPrice::parse("0.60").ok(),
            ..tariff(Unit::Hour, vec![price_of(BandDays::Every, None, "20.00")])
        };
        let two = Visit { staff: 2, miles: Quantity::parse("3.5").unwrap(), ..visit("2026-11-24 09:00", 60) };
        assert_eq!(comes_to(&card, &two), "42.10");
        let pairs = Tariff { staff: 2, ..card };
        assert_eq!(comes_to(&pairs, &two), "22.10");
        assert_eq!(price(&pairs, &visit("2026-11-24 09:00", 60)), Err(NoPrice::Staff(2)));
        let day = tariff(
            Unit::Day,
            vec![price_of(BandDays::Every, None, "54.00"), price_of(BandDays::Named(5), None, "60.00")],
        );
        assert_eq!(comes_to(&day, &visit("2026-11-28 09:00", 1)), "60.00", "a Saturday");
        assert_eq!(
            comes_to(&day.at_agreed(UnitPrice::parse("50.00").unwrap()), &visit("2026-11-28 09:00", 1)),
            "50.00"
        );
    }

    #[test]
    fn the_steps_are_said() {
        let counting = Counting { rounding: Rounding::Up, step_minutes: 30, minimum_minutes: 30 };
        let holiday = price_of(BandDays::BankHolidays, None, "40.00");
        let card = Tariff { counting, ..tariff(Unit::Hour, vec![price_of(BandDays::Every, None, "20.00"), holiday]) };
        let said = steps(&card, &visit("2026-12-24 23:30", 40)).unwrap();
        assert_eq!(
            said,
            [
                "Thursday 24 December 2026 from 11:30pm to 12:10am on the next day: 40 minutes.",
                "Rounded up to steps of 30 minutes: 60 minutes are charged.",
                "Friday 25 December 2026 is a bank holiday: Christmas Day.",
                "At other times: 30 minutes at £20.00 per hour: £10.00.",
                "Bank holidays: 30 minutes at £40.00 per hour: £20.00.",
                "Travel is inside the price.",
            ]
        );
    }

    #[test]
    fn what_did_not_take_place_is_charged_as_the_card_says_and_why() {
        let cancellation = Cancellation {
            notices: vec![Notice { hours: 24, percent: 100 }, Notice { hours: 48, percent: 50 }],
            hospital_days: 2,
            free_break_days: None,
        };
        let card = Tariff { cancellation, ..tariff(Unit::Hour, vec![price_of(BandDays::Every, None, "26.40")]) };
        let planned = visit("2026-11-26 09:00", 60);
        let cancelled = |at: &str| Became {
            outcome: Outcome::CancelledByPerson,
            cancelled_at: Some(visit(at, 1).starts),
            hospital_since: None,
        };
        let charged = |became: &Became| {
            let charge = charge(&card, &planned, became).unwrap();
            (charge.percent, net(&charge.parts).decimal())
        };
        assert_eq!(charged(&cancelled("2026-11-26 04:00")), (100, "26.40".to_owned()));
        assert_eq!(charged(&cancelled("2026-11-25 08:00")), (50, "13.20".to_owned()));
        assert_eq!(charged(&cancelled("2026-11-24 09:00")), (0, "0.00".to_owned()));
        let plain = |outcome| Became { outcome, ..Became::GIVEN };
        assert_eq!(charged(&plain(Outcome::NobodyThere)).0, 100);
        assert_eq!([Outcome::CancelledByProvider, Outcome::Missed].map(|outcome| charged(&plain(outcome)).0), [0, 0]);
        let in_hospital = |day: u32| Became {
            hospital_since: chrono::NaiveDate::from_ymd_opt(2026, 11, day),
            ..plain(Outcome::Hospital)
        };
        assert_eq!([25, 24].map(|day| charged(&in_hospital(day)).0), [100, 0]);
        let why = charge(&card, &planned, &cancelled("2026-11-25 08:00")).unwrap();
        assert_eq!(why.parts[0].words, "At any time, 50% of the price");
        assert_eq!(
            why.reason,
            "The person cancelled it on Wednesday 25 November 2026 at 8am, 25 hours before. 50% of the price is charged, as the provider’s terms say."
        );
    }
}
