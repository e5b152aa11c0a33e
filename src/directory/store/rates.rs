//! Rates of services with everything on their cards. They are added and never changed.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{rate_notices, rate_prices, service_rates};
use crate::directory::{
    Band, BandDays, BandPrice, Cancellation, CardPrice, Counting, Notice, Rate, RateCard, RateTerms, Rounding, Unit,
};
use crate::error::Error;
use crate::ids::{RateId, ServiceId, UserId};
use crate::money::UnitPrice;
use crate::vat::PriceBasis;

/// Adds a rate of a service.
pub(super) fn add(
    tx: &mut Tx,
    id: ServiceId,
    rate: &NewRate<'_>,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<RateId, Error> {
    let (terms, card) = (rate.terms, rate.card);
    let row = (
        service_rates::service_id.eq(id),
        service_rates::unit.eq(terms.unit),
        service_rates::entered_price.eq(terms.price),
        service_rates::basis.eq(terms.basis),
        service_rates::net_price.eq(rate.net),
        service_rates::from_date.eq(terms.from),
        service_rates::recorded_by.eq(by),
        service_rates::recorded_at.eq(now.naive_utc()),
        service_rates::rounding.eq(card.counting.rounding),
        service_rates::step_minutes.eq(i64::from(card.counting.step_minutes)),
        service_rates::minimum_minutes.eq(i64::from(card.counting.minimum_minutes)),
        service_rates::staff.eq(i64::from(card.staff)),
        service_rates::people.eq(i64::from(card.people)),
        service_rates::mile_net.eq(card.mile_net),
        service_rates::hospital_days.eq(i64::from(card.cancellation.hospital_days)),
        service_rates::free_break_days.eq(card.cancellation.free_break_days.map(i64::from)),
    );
    let added: RateId =
        diesel::insert_into(service_rates::table).values(row).returning(service_rates::id).get_result(tx)?;
    for other in &card.prices {
        let band = other.price.band;
        let special = match band.days {
            BandDays::Special(date) => Some(date),
            _ => None,
        };
        let row = (
            rate_prices::rate_id.eq(added),
            rate_prices::days.eq(band.days.code()),
            rate_prices::special_on.eq(special),
            rate_prices::from_minute.eq(band.times.map(|(from, _)| minute_of(from))),
            rate_prices::until_minute.eq(band.times.map(|(_, until)| minute_of(until))),
            rate_prices::visit_minutes.eq(other.price.minutes.map(i64::from)),
            rate_prices::entered_price.eq(other.entered),
            rate_prices::net_price.eq(other.price.net),
        );
        diesel::insert_into(rate_prices::table).values(row).execute(tx)?;
    }
    for notice in &card.cancellation.notices {
        let row = (
            rate_notices::rate_id.eq(added),
            rate_notices::hours.eq(i64::from(notice.hours)),
            rate_notices::percent.eq(i64::from(notice.percent)),
        );
        diesel::insert_into(rate_notices::table).values(row).execute(tx)?;
    }
    Ok(added)
}

/// A rate that is about to be recorded.
#[derive(Clone, Copy)]
pub struct NewRate<'a> {
    /// As the provider states it.
    pub terms: &'a RateTerms,
    /// The price for one unit, without VAT.
    pub net: UnitPrice,
    /// Everything beside it.
    pub card: &'a RateCard,
}

#[derive(Queryable)]
struct RateRow {
    id: RateId,
    service: ServiceId,
    unit: Unit,
    entered: UnitPrice,
    basis: PriceBasis,
    net: UnitPrice,
    from: NaiveDate,
    _recorded_by: UserId,
    _recorded_at: chrono::NaiveDateTime,
    rounding: Rounding,
    step_minutes: i64,
    minimum_minutes: i64,
    staff: i64,
    people: i64,
    mile_net: Option<UnitPrice>,
    hospital_days: i64,
    free_break_days: Option<i64>,
}

impl RateRow {
    fn rate(self) -> Rate {
        let cancellation = Cancellation {
            notices: vec![],
            hospital_days: small(self.hospital_days),
            free_break_days: self.free_break_days.map(small),
        };
        let counting = Counting {
            rounding: self.rounding,
            step_minutes: small(self.step_minutes),
            minimum_minutes: small(self.minimum_minutes),
        };
        let card = RateCard {
            prices: vec![],
            counting,
            staff: small(self.staff),
            people: small(self.people),
            mile_net: self.mile_net,
            cancellation,
        };
        let terms = RateTerms { unit: self.unit, price: self.entered, basis: self.basis, from: self.from };
        Rate { id: self.id, terms, net: self.net, card }
    }
}

/// A number that the database keeps within small bounds.
fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// Whether a service has a rate, whatever its day.
pub(super) fn has_some(tx: &mut Tx, id: ServiceId) -> Result<bool, Error> {
    let some = service_rates::table.filter(service_rates::service_id.eq(id));
    Ok(diesel::select(diesel::dsl::exists(some)).get_result(tx)?)
}

/// The rates of some services, oldest first, by service: three queries, however many there are.
///
/// # Errors
/// When the database fails.
pub fn of_services(tx: &mut Tx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<Rate>>, Error> {
    let rows: Vec<RateRow> = service_rates::table
        .filter(service_rates::service_id.eq_any(ids.to_vec()))
        .order((service_rates::from_date, service_rates::id))
        .load(tx)?;
    let known: Vec<RateId> = rows.iter().map(|row| row.id).collect();
    let (mut prices, mut notices) = (prices(tx, &known)?, notices(tx, &known)?);
    let mut rates: HashMap<ServiceId, Vec<Rate>> = HashMap::new();
    for row in rows {
        let (service, mut rate) = (row.service, row.rate());
        rate.card.prices = prices.remove(&rate.id).unwrap_or_default();
        rate.card.cancellation.notices = notices.remove(&rate.id).unwrap_or_default();
        rates.entry(service).or_default().push(rate);
    }
    Ok(rates)
}

/// The service of a rate.
pub(super) fn service_of(tx: &mut Tx, rate: RateId) -> Result<ServiceId, Error> {
    Ok(service_rates::table.filter(service_rates::id.eq(rate)).select(service_rates::service_id).first(tx)?)
}

/// A time of day as the minutes since midnight.
#[must_use]
pub fn minute_of(time: NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight() / 60)
}

/// The time of day of so many minutes since midnight.
#[must_use]
pub fn time_of(minute: Option<i64>) -> Option<NaiveTime> {
    NaiveTime::from_num_seconds_from_midnight_opt(u32::try_from(minute?).ok()?.checked_mul(60)?, 0)
}

#[derive(Queryable)]
struct PriceRow {
    id: i64,
    rate: RateId,
    days: String,
    special_on: Option<NaiveDate>,
    from_minute: Option<i64>,
    until_minute: Option<i64>,
    visit_minutes: Option<i64>,
    entered: UnitPrice,
    net: UnitPrice,
}

impl PriceRow {
    fn price(&self) -> Result<CardPrice, Error> {
        let wrong = || Error::Internal(format!("price {} of rate {} cannot be read", self.id, self.rate));
        let time = |minute: i64| time_of(Some(minute)).ok_or_else(wrong);
        let times = match (self.from_minute, self.until_minute) {
            (Some(from), Some(until)) => Some((time(from)?, time(until)?)),
            _ => None,
        };
        let days = BandDays::from_code(&self.days, self.special_on).ok_or_else(wrong)?;
        let (band, minutes) = (Band { days, times }, self.visit_minutes.map(small));
        Ok(CardPrice { entered: self.entered, price: BandPrice { band, minutes, net: self.net } })
    }
}

fn prices(tx: &mut Tx, rates: &[RateId]) -> Result<HashMap<RateId, Vec<CardPrice>>, Error> {
    let rows: Vec<PriceRow> = rate_prices::table
        .filter(rate_prices::rate_id.eq_any(rates.to_vec()))
        .order((rate_prices::rate_id, rate_prices::id))
        .load(tx)?;
    let mut found: HashMap<RateId, Vec<CardPrice>> = HashMap::new();
    for row in rows {
        found.entry(row.rate).or_default().push(row.price()?);
    }
    Ok(found)
}

fn notices(tx: &mut Tx, rates: &[RateId]) -> Result<HashMap<RateId, Vec<Notice>>, Error> {
    let rows: Vec<(RateId, i64, i64)> = rate_notices::table
        .filter(rate_notices::rate_id.eq_any(rates.to_vec()))
        .select((rate_notices::rate_id, rate_notices::hours, rate_notices::percent))
        .order((rate_notices::rate_id, rate_notices::hours))
        .load(tx)?;
    let mut found: HashMap<RateId, Vec<Notice>> = HashMap::new();
    for (rate, hours, percent) in rows {
        found.entry(rate).or_default().push(Notice { hours: small(hours), percent: small(percent) });
    }
    Ok(found)
}
