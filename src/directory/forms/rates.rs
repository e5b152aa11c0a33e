//! What the form of a rate sends: the price for one unit, other prices by time and length, how minutes are counted, travel,
//! and what is charged for what does not take place.

use chrono::{NaiveDate, NaiveTime};

use super::wrong;
use crate::directory::rules::Refusal;
use crate::directory::rules::rates::{self as rules, Card, Entered, NOTICES, OTHER_PRICES};
use crate::directory::{Band, BandDays, Cancellation, Counting, Notice, RateTerms, Rounding, Unit};
use crate::error::{Error, Invalid};
use crate::money::UnitPrice;
use crate::vat::PriceBasis;
use crate::web::form::{Fields, Reader};

/// The fields of a rate.
pub const RATE: &[(&str, &str)] = &[
    ("unit", "What the price is for."),
    ("price", "The price of one, in pounds; up to four decimals."),
    ("basis", "net or inclusive: whether VAT is inside this and all other prices."),
    ("from", "From which day it holds."),
    ("rounding", "exact, up, nearest or down: how the minutes of a visit are rounded; exact when empty."),
    ("step_minutes", "To how many minutes they are rounded."),
    ("minimum_minutes", "A shorter visit is charged as if it had lasted so long."),
    ("staff", "How many people give it at the same time; 1 when empty."),
    ("people", "To how many at the same time; 1 when empty. The price is for each of them."),
    ("mile_price", "The price of a mile where travel is charged apart."),
    ("hospital_days", "For how many days the place is kept and charged while the person is in hospital."),
    ("free_break_days", "A break of at least so many days is not charged when it was announced in time."),
    ("notice_hours_1", "With less notice than so many hours"),
    ("notice_percent_1", "so much of the price is charged, in percent."),
    ("notice_hours_2", "With less notice than so many hours"),
    ("notice_percent_2", "so much of the price is charged, in percent."),
    ("notice_hours_3", "With less notice than so many hours"),
    ("notice_percent_3", "so much of the price is charged, in percent."),
    ("days_1", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_1", "The date, for special."),
    ("from_1", "From what time; empty for the whole day."),
    ("until_1", "Until what time."),
    ("minutes_1", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_1", "The price."),
    ("days_2", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_2", "The date, for special."),
    ("from_2", "From what time; empty for the whole day."),
    ("until_2", "Until what time."),
    ("minutes_2", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_2", "The price."),
    ("days_3", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_3", "The date, for special."),
    ("from_3", "From what time; empty for the whole day."),
    ("until_3", "Until what time."),
    ("minutes_3", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_3", "The price."),
    ("days_4", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_4", "The date, for special."),
    ("from_4", "From what time; empty for the whole day."),
    ("until_4", "Until what time."),
    ("minutes_4", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_4", "The price."),
    ("days_5", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_5", "The date, for special."),
    ("from_5", "From what time; empty for the whole day."),
    ("until_5", "Until what time."),
    ("minutes_5", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_5", "The price."),
    ("days_6", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_6", "The date, for special."),
    ("from_6", "From what time; empty for the whole day."),
    ("until_6", "Until what time."),
    ("minutes_6", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_6", "The price."),
    ("days_7", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_7", "The date, for special."),
    ("from_7", "From what time; empty for the whole day."),
    ("until_7", "Until what time."),
    ("minutes_7", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_7", "The price."),
    ("days_8", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_8", "The date, for special."),
    ("from_8", "From what time; empty for the whole day."),
    ("until_8", "Until what time."),
    ("minutes_8", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_8", "The price."),
    ("days_9", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_9", "The date, for special."),
    ("from_9", "From what time; empty for the whole day."),
    ("until_9", "Until what time."),
    ("minutes_9", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_9", "The price."),
    ("days_10", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_10", "The date, for special."),
    ("from_10", "From what time; empty for the whole day."),
    ("until_10", "Until what time."),
    ("minutes_10", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_10", "The price."),
    ("days_11", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_11", "The date, for special."),
    ("from_11", "From what time; empty for the whole day."),
    ("until_11", "Until what time."),
    ("minutes_11", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_11", "The price."),
    ("days_12", "Another price: on which days; every, weekdays, weekend, monday to sunday, bank_holidays, special."),
    ("special_12", "The date, for special."),
    ("from_12", "From what time; empty for the whole day."),
    ("until_12", "Until what time."),
    ("minutes_12", "For a visit of so many minutes, at a price of its own; empty for one unit."),
    ("price_12", "The price."),
];

/// Reads a rate with its card. What nobody has said is as it is without a card: one price at all times, to the minute.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn rate(fields: &Fields) -> Result<Card, Invalid> {
    let mut reader = Reader::new(fields);
    let unit = reader.choice("unit", "what the price is for", Unit::from_code);
    let price = reader.unit_price("price", "the price");
    let basis = reader.choice("basis", "whether VAT is inside the price", PriceBasis::from_code);
    let from = reader.date("from", "the day from which it holds");
    let counting = counting(&mut reader, fields);
    let staff = whole_or(&mut reader, fields, ("staff", "how many people give it"), 1..=10, 1);
    let people = whole_or(&mut reader, fields, ("people", "to how many people it is given"), 1..=100, 1);
    let mile = optional(fields, "mile_price", || reader.unit_price("mile_price", "the price of a mile"));
    let cancellation = cancellation(&mut reader, fields);
    let prices: Vec<Option<Entered>> =
        (1..=OTHER_PRICES).filter(|row| is_said(fields, *row)).map(|row| other(&mut reader, fields, row)).collect();
    let terms = || Some(RateTerms { unit: unit?, price: price?, basis: basis?, from: from? });
    if let (Some(unit), Some(prices)) = (unit, prices.iter().cloned().collect::<Option<Vec<Entered>>>()) {
        for (row, refusal) in rules::wrong_prices(unit, &prices) {
            reader.refuse(&format!("{}_{row}", refusal.field()), refusal.to_string());
        }
    }
    reader.finish(|| {
        Some(Card {
            terms: terms()?,
            prices: prices.into_iter().collect::<Option<_>>()?,
            counting: counting?,
            staff: staff?,
            people: people?,
            mile: mile?,
            cancellation: cancellation?,
        })
    })
}

/// A rule's refusal of the price of a row, with what was typed; 0 is the price for one unit.
#[must_use]
pub fn refused(row: usize, refusal: &Refusal, typed: &Fields) -> Error {
    match (row, refusal.field()) {
        (0, field) => wrong(field, &refusal.to_string(), typed).into(),
        (row, _) => wrong(&format!("price_{row}"), &refusal.to_string(), typed).into(),
    }
}

const ROW: [&str; 6] = ["days", "special", "from", "until", "minutes", "price"];

/// Whether anything was typed into a row: a row of which nothing was is no price.
fn is_said(fields: &Fields, row: usize) -> bool {
    ROW.iter().any(|name| fields.get(&format!("{name}_{row}")).is_some())
}

/// What is there, or that there is nothing; nothing at all when what is there cannot be used.
fn optional<T>(fields: &Fields, name: &str, read: impl FnOnce() -> Option<T>) -> Option<Option<T>> {
    if fields.get(name).is_none() { Some(None) } else { read().map(Some) }
}

fn whole_or(
    reader: &mut Reader<'_>,
    fields: &Fields,
    (name, label): (&str, &str),
    range: std::ops::RangeInclusive<i64>,
    otherwise: u32,
) -> Option<u32> {
    let said = optional(fields, name, || reader.whole(name, label, range))?;
    Some(said.and_then(|number| u32::try_from(number).ok()).unwrap_or(otherwise))
}

fn counting(reader: &mut Reader<'_>, fields: &Fields) -> Option<Counting> {
    let rounding = match fields.get("rounding") {
        None => Some(Rounding::Exact),
        Some(_) => reader.choice("rounding", "how minutes are rounded", Rounding::from_code),
    };
    let step = whole_or(reader, fields, ("step_minutes", "to how many minutes"), 1..=60, 1);
    let minimum = whole_or(reader, fields, ("minimum_minutes", "the shortest visit in minutes"), 0..=1_440, 0);
    if rounding.is_some_and(|rounding| rounding != Rounding::Exact) && fields.get("step_minutes").is_none() {
        reader.refuse("step_minutes", "Enter to how many minutes a visit is rounded.");
    }
    Some(Counting { rounding: rounding?, step_minutes: step?, minimum_minutes: minimum? })
}

fn cancellation(reader: &mut Reader<'_>, fields: &Fields) -> Option<Cancellation> {
    let hospital_days = whole_or(reader, fields, ("hospital_days", "the days"), 0..=365, 0);
    let free_break_days = optional(fields, "free_break_days", || {
        let days = reader.whole("free_break_days", "the days", 1..=365)?;
        u32::try_from(days).ok()
    });
    let notices: Option<Vec<Notice>> = (1..=NOTICES)
        .filter(|row| ["hours", "percent"].iter().any(|part| fields.get(&format!("notice_{part}_{row}")).is_some()))
        .map(|row| notice(reader, row))
        .collect();
    let mut hours: Vec<u32> = notices.iter().flatten().map(|notice| notice.hours).collect();
    hours.sort_unstable();
    if hours.windows(2).any(|pair| pair[0] == pair[1]) {
        reader.refuse("notice_hours_1", "The same number of hours stands here twice.");
    }
    Some(Cancellation { notices: notices?, hospital_days: hospital_days?, free_break_days: free_break_days? })
}

fn notice(reader: &mut Reader<'_>, row: usize) -> Option<Notice> {
    let hours = reader.whole(&format!("notice_hours_{row}"), "the hours", 1..=8_760);
    let percent = reader.whole(&format!("notice_percent_{row}"), "the share in percent", 1..=100);
    Some(Notice { hours: u32::try_from(hours?).ok()?, percent: u32::try_from(percent?).ok()? })
}

/// Another price.
fn other(reader: &mut Reader<'_>, fields: &Fields, row: usize) -> Option<Entered> {
    let named = |name: &str| format!("{name}_{row}");
    let days = days(reader, fields, row);
    let times = times(reader, fields, row);
    let minutes = optional(fields, &named("minutes"), || {
        let minutes = reader.whole(&named("minutes"), "the minutes", 1..=1_440)?;
        u32::try_from(minutes).ok()
    });
    let price: Option<UnitPrice> = reader.unit_price(&named("price"), "the price");
    Some(Entered { row, band: Band { days: days?, times: times? }, minutes: minutes?, price: price? })
}

fn days(reader: &mut Reader<'_>, fields: &Fields, row: usize) -> Option<BandDays> {
    let (days, special) = (format!("days_{row}"), format!("special_{row}"));
    let date: Option<NaiveDate> = match fields.get(&days) {
        Some("special") => Some(reader.date(&special, "the special day")?),
        _ if fields.get(&special).is_some() => {
            reader.refuse(&special, "A date stands only beside a special day.");
            return None;
        }
        _ => None,
    };
    match fields.get(&days) {
        None => Some(BandDays::Every),
        Some(_) => reader.choice(&days, "the days", |code| BandDays::from_code(code, date)),
    }
}

fn times(reader: &mut Reader<'_>, fields: &Fields, row: usize) -> Option<Option<(NaiveTime, NaiveTime)>> {
    let (from, until) = (format!("from_{row}"), format!("until_{row}"));
    if fields.get(&from).is_none() && fields.get(&until).is_none() {
        return Some(None);
    }
    let begins = reader.time(&from, "from what time");
    let ends = reader.time(&until, "until what time");
    Some(Some((begins?, ends?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let base = [("unit", "hour"), ("price", "24.00"), ("basis", "net"), ("from", "1 12 2026")];
        let all = base.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Fields::from_pairs(all)
    }

    fn wrong(pairs: &[(&str, &str)]) -> Vec<String> {
        rate(&fields(pairs)).unwrap_err().errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn a_price_alone_is_a_card() {
        let card = rate(&fields(&[])).unwrap();
        assert_eq!((card.counting, card.staff, card.people), (Counting::EXACT, 1, 1));
        assert!(card.prices.is_empty() && card.mile.is_none() && card.cancellation == Cancellation::default());
    }

    #[test]
    fn a_card_holds_what_was_typed() {
        let card = rate(&fields(&[
            ("days_2", "sunday"),
            ("from_2", "6pm"),
            ("until_2", "22:00"),
            ("price_2", "30"),
            ("minutes_5", "30"),
            ("price_5", "16.00"),
            ("days_6", "special"),
            ("special_6", "31 12 2026"),
            ("price_6", "48"),
            ("rounding", "up"),
            ("step_minutes", "15"),
            ("mile_price", "0.60"),
            ("notice_hours_1", "24"),
            ("notice_percent_1", "100"),
        ]))
        .unwrap();
        let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        assert_eq!(card.prices[0].band, Band { days: BandDays::Named(6), times: Some((time(18), time(22))) });
        assert_eq!((card.prices[1].band, card.prices[1].minutes), (Band::ANY, Some(30)));
        assert_eq!(card.prices[2].band.days.code(), "special");
        assert_eq!(card.prices.iter().map(|price| price.row).collect::<Vec<_>>(), [2, 5, 6]);
        assert_eq!((card.counting.step_minutes, card.cancellation.notices[0].percent), (15, 100));
        assert_eq!(card.mile.unwrap().decimal(), "0.60");
    }

    #[test]
    fn what_does_not_fit_is_said_at_its_field() {
        assert_eq!(wrong(&[("days_1", "sunday")]), ["price_1"]);
        assert_eq!(wrong(&[("price_1", "30"), ("from_1", "18:00")]), ["until_1"]);
        assert_eq!(wrong(&[("price_1", "30"), ("days_1", "special")]), ["special_1"]);
        assert_eq!(wrong(&[("price_1", "30"), ("special_1", "31 12 2026")]), ["special_1"]);
        assert_eq!(wrong(&[("price_1", "30")]), ["price_1"], "the price for one unit at any time stands above");
        assert_eq!(
            wrong(&[("price_1", "30"), ("days_1", "sunday"), ("price_2", "31"), ("days_2", "sunday")]),
            ["price_2"]
        );
        assert_eq!(wrong(&[("rounding", "up")]), ["step_minutes"]);
        assert_eq!(wrong(&[("notice_hours_1", "24")]), ["notice_percent_1"]);
        let session = [("unit", "session")];
        let of = |pairs: &[(&str, &str)]| {
            let base = [("price", "24.00"), ("basis", "net"), ("from", "1 12 2026")];
            let all =
                session.iter().chain(&base).chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            rate(&Fields::from_pairs(all)).map_err(|invalid| invalid.errors[0].field.clone())
        };
        assert_eq!(of(&[("minutes_1", "30"), ("price_1", "30")]).unwrap_err(), "minutes_1");
        assert_eq!(of(&[("from_1", "18:00"), ("until_1", "22:00"), ("price_1", "30")]).unwrap_err(), "from_1");
        assert_eq!(of(&[("days_1", "saturday"), ("price_1", "30")]).unwrap().prices.len(), 1);
    }
}
