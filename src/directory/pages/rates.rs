//! What pages show of a rate card, and the form with which a provider states one.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Price, choices, price};
use crate::calendar;
use crate::directory::rules;
use crate::directory::rules::rates::{NOTICES, OTHER_PRICES};
use crate::directory::{Band, BandDays, Cancellation, Counting, Listing, Rate, RateCard, Rounding, Unit, View};
use crate::money::UnitPrice;
use crate::vat::{Class, PriceBasis};
use crate::web::parts::Choice;

/// How many empty rows a form shows at once.
const ROOM: usize = 3;

/// Another price of a card.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CardPriceShown {
    /// When it holds and for what length, in words.
    pub when: String,
    /// What it costs.
    pub price: Option<Price>,
}

/// What stands on a card beside its price for one unit.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CardShown {
    /// Other prices; of those that fit a time the most specific holds.
    pub prices: Vec<CardPriceShown>,
    /// How minutes are counted, how many give it, travel, cancelling: a sentence each.
    pub rules: Vec<String>,
}

/// A card as everybody sees it.
pub(super) fn card(rate: &Rate, class: Option<Class>, view: &View, today: NaiveDate) -> CardShown {
    let shown = |other: &crate::directory::CardPrice| {
        let per_visit = |found: Price| match other.price.minutes {
            Some(minutes) => Price { per: format!("for a visit of {minutes} minutes"), ..found },
            None => found,
        };
        CardPriceShown {
            when: rules::rates::when(&other.price.band, other.price.minutes),
            price: class.and_then(|class| price(rate.terms.unit, other.price.net, class, view, today)).map(per_visit),
        }
    };
    let mile = |net: UnitPrice| class.and_then(|class| price(Unit::Mile, net, class, view, today));
    CardShown {
        prices: rate.card.prices.iter().map(shown).collect(),
        rules: sentences(rate.terms.unit, &rate.card, rate.card.mile_net.and_then(mile).map(|price| price.pays)),
    }
}

/// What else a card says, a sentence each.
fn sentences(unit: Unit, card: &RateCard, mile: Option<UnitPrice>) -> Vec<String> {
    let mut found = vec![];
    if unit.minutes().is_some() {
        found.extend(counted(card.counting));
    }
    if (card.staff, card.people) != (1, 1) {
        let staff = counted_people(card.staff, "person gives it", "people give it together");
        let people = counted_people(card.people, "person", "people at the same time; the price is for each of them");
        found.push(format!("{staff} to {people}."));
    }
    found.push(match mile {
        Some(pays) => format!("Travel is charged apart: {pays} a mile."),
        None => "Travel is inside the price.".to_owned(),
    });
    found.extend(cancelling(&card.cancellation));
    found
}

fn counted_people(count: u32, one: &str, more: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {more}") }
}

fn counted(counting: Counting) -> Vec<String> {
    let step = counting.step_minutes;
    let rounded = match counting.rounding {
        Rounding::Exact => None,
        Rounding::Up => Some(format!("The minutes of a visit are rounded up to {step}.")),
        Rounding::Nearest => Some(format!("The minutes of a visit are rounded to the nearest {step}.")),
        Rounding::Down => Some(format!("The minutes of a visit are rounded down to {step}.")),
    };
    let minimum = (counting.minimum_minutes > 0)
        .then(|| format!("A visit is charged as at least {} minutes.", counting.minimum_minutes));
    rounded.into_iter().chain(minimum).collect()
}

fn cancelling(rules: &Cancellation) -> Vec<String> {
    if *rules == Cancellation::default() {
        return vec!["The provider has not said what a cancelled visit costs.".to_owned()];
    }
    let notice = |notice: &crate::directory::Notice| {
        let share = if notice.percent == 100 {
            "the whole price".to_owned()
        } else {
            format!("{}% of the price", notice.percent)
        };
        format!("Cancelled with less than {} hours’ notice: {share} is charged.", notice.hours)
    };
    let mut found: Vec<String> = rules.notices.iter().map(notice).collect();
    found.push("Cancelled by the provider: nothing is charged.".to_owned());
    found.push(match rules.hospital_days {
        0 => "In hospital: nothing is charged.".to_owned(),
        1 => "In hospital: the place is kept and charged for 1 day.".to_owned(),
        days => format!("In hospital: the place is kept and charged for {days} days."),
    });
    found.extend(
        rules
            .free_break_days
            .map(|days| format!("A break of {days} days or more that was announced in time is not charged.")),
    );
    found
}

/// One row of other prices as the form shows it at first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PriceRow {
    /// Its number, from 1.
    pub number: usize,
    /// The days.
    pub days: Vec<Choice>,
    /// The date of a special day.
    pub special: String,
    /// From what time.
    pub from: String,
    /// Until what time.
    pub until: String,
    /// For a visit of how many minutes.
    pub minutes: String,
    /// The price as it was entered.
    pub price: String,
}

/// A share that is charged by notice, as the form shows it at first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NoticeRow {
    /// Its number, from 1.
    pub number: usize,
    /// With less notice than so many hours.
    pub hours: String,
    /// The share in percent.
    pub percent: String,
}

/// The form of a new rate; template `directory/new_rate.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewRatePage {
    /// The service's name.
    pub name: String,
    /// Its page.
    pub href: String,
    /// What prices can be for.
    pub units: Vec<Choice>,
    /// The price for one, as it is now.
    pub price: String,
    /// Whether VAT is inside.
    pub bases: Vec<Choice>,
    /// Today, as a date field shows it.
    pub today: String,
    /// Rows that are shown at once.
    pub rows: Vec<PriceRow>,
    /// Rows for whoever needs more.
    pub more_rows: Vec<PriceRow>,
    /// Which way minutes can be rounded.
    pub roundings: Vec<Choice>,
    /// To how many minutes.
    pub step_minutes: String,
    /// The shortest visit.
    pub minimum_minutes: String,
    /// How many give it.
    pub staff: u32,
    /// To how many.
    pub people: u32,
    /// The price of a mile as it is now, without VAT.
    pub mile_price: String,
    /// Shares by notice.
    pub notices: Vec<NoticeRow>,
    /// For how many days a place is kept in hospital.
    pub hospital_days: String,
    /// From how many days on a break is free.
    pub free_break_days: String,
}

/// The form, filled with what holds at present: who changes one price keeps the others.
#[must_use]
pub fn new_rate(listing: &Listing, today: NaiveDate) -> NewRatePage {
    let last = listing.rates.last();
    let card = last.map(|rate| rate.card.clone()).unwrap_or_default();
    let said = |number: u32, nothing: u32| if number == nothing { String::new() } else { number.to_string() };
    let mut rows: Vec<PriceRow> = (1..=OTHER_PRICES).map(|number| row(number, &card)).collect();
    let more_rows = rows.split_off(OTHER_PRICES.min(card.prices.len() + ROOM));
    // A mile is kept without VAT; on another basis it is entered again.
    let net = last.is_none_or(|rate| rate.terms.basis == PriceBasis::Net);
    NewRatePage {
        name: listing.service.words.name.clone(),
        href: format!("/services/{}", listing.service.id),
        units: choices!(Unit::ALL, last.map(|rate| rate.terms.unit)),
        price: last.map(|rate| rate.terms.price.decimal()).unwrap_or_default(),
        bases: choices!(PriceBasis::ALL, Some(last.map_or(PriceBasis::Net, |rate| rate.terms.basis))),
        today: calendar::short(today),
        rows,
        more_rows,
        roundings: choices!(Rounding::ALL, Some(card.counting.rounding)),
        step_minutes: if card.counting.rounding == Rounding::Exact {
            String::new()
        } else {
            card.counting.step_minutes.to_string()
        },
        minimum_minutes: said(card.counting.minimum_minutes, 0),
        staff: card.staff,
        people: card.people,
        mile_price: card.mile_net.filter(|_| net).map(UnitPrice::decimal).unwrap_or_default(),
        notices: (1..=NOTICES).map(|number| notice_row(number, &card.cancellation)).collect(),
        hospital_days: said(card.cancellation.hospital_days, 0),
        free_break_days: card.cancellation.free_break_days.map(|days| days.to_string()).unwrap_or_default(),
    }
}

fn notice_row(number: usize, rules: &Cancellation) -> NoticeRow {
    let held = rules.notices.get(number - 1);
    NoticeRow {
        number,
        hours: held.map(|notice| notice.hours.to_string()).unwrap_or_default(),
        percent: held.map(|notice| notice.percent.to_string()).unwrap_or_default(),
    }
}

fn row(number: usize, card: &RateCard) -> PriceRow {
    let held = card.prices.get(number - 1);
    let band = held.map_or(Band::ANY, |held| held.price.band);
    let special = match band.days {
        BandDays::Special(date) => calendar::short(date),
        _ => String::new(),
    };
    let time = |place: fn(&(chrono::NaiveTime, chrono::NaiveTime)) -> chrono::NaiveTime| {
        band.times.as_ref().map(|times| calendar::time(place(times))).unwrap_or_default()
    };
    PriceRow {
        number,
        days: day_choices(held.map(|_| band.days.code())),
        special,
        from: time(|times| times.0),
        until: time(|times| times.1),
        minutes: held.and_then(|held| held.price.minutes).map(|minutes| minutes.to_string()).unwrap_or_default(),
        price: held.map(|held| held.entered.decimal()).unwrap_or_default(),
    }
}

fn day_choices(chosen: Option<&str>) -> Vec<Choice> {
    let all = [BandDays::Every, BandDays::Weekdays, BandDays::Weekend].into_iter();
    let all = all.chain((0..7).map(BandDays::Named)).chain([BandDays::BankHolidays]);
    let choice = |one: BandDays| Choice::new(one.code(), rules::rates::days(one)).checked(chosen == Some(one.code()));
    let special = Choice::new("special", "A special day").checked(chosen == Some("special"));
    all.map(choice).chain([special]).collect()
}
