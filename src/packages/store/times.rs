//! Rows of what is planned and ordered by days and times, and of the prices by which it is charged.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use super::{PackageToChange, touch};
use crate::calendar::Period;
use crate::db::Tx;
use crate::db::schema::{
    negotiated_rates, order_parts, order_visits, orders, package_lines, package_visits, packages, service_rates,
};
use crate::directory::rules::while_class;
use crate::directory::store::rates::{minute_of, time_of};
use crate::directory::{BandDays, Listing, PricePart, Rate, Tariff, Unit};
use crate::error::Error;
use crate::ids::{FundId, OrderId, OrderLineId, PackageId, RateId, ServiceId};
use crate::money::{Quantity, UnitPrice};
use crate::packages::rules::times;
use crate::packages::{AgreedPrice, OrderLine, OrderedPrices, PackageLine, PlannedVisit, Times};

/// The columns of a planned visit.
type VisitRow = (String, i64, i64, i64, Quantity);

fn visit((days, start, minutes, staff, miles): VisitRow) -> Result<PlannedVisit, Error> {
    let wrong = || Error::Internal(format!("a planned visit on {days} at {start} cannot be read"));
    Ok(PlannedVisit {
        days: BandDays::from_code(&days, None).ok_or_else(wrong)?,
        start: time_of(Some(start)).ok_or_else(wrong)?,
        minutes: u32::try_from(minutes).map_err(|_| wrong())?,
        staff: u32::try_from(staff).map_err(|_| wrong())?,
        miles,
    })
}

/// What a package plans by days and times, by service. The caller has loaded the package for the actor.
///
/// # Errors
/// When the database fails.
pub fn of_package(tx: &mut Tx, package: PackageId) -> Result<HashMap<ServiceId, Vec<PlannedVisit>>, Error> {
    let rows: Vec<(ServiceId, VisitRow)> = package_visits::table
        .filter(package_visits::package_id.eq(package))
        .select((
            package_visits::service_id,
            (
                package_visits::days,
                package_visits::start_minute,
                package_visits::minutes,
                package_visits::staff,
                package_visits::miles,
            ),
        ))
        .order(package_visits::id)
        .load(tx)?;
    let mut found: HashMap<ServiceId, Vec<PlannedVisit>> = HashMap::new();
    for (service, row) in rows {
        found.entry(service).or_default().push(visit(row)?);
    }
    Ok(found)
}

/// Plans a service of a package by days and times, which say how much of it each week; with none its quantity stays.
///
/// # Errors
/// Not found, when it is not in the package; a conflict when somebody changed the package in between.
pub fn set(
    tx: &mut Tx,
    to: &PackageToChange,
    listing: &Listing,
    planned: &[PlannedVisit],
    unit: Unit,
) -> Result<(), Error> {
    touch(tx, to)?;
    let (package, service) = (to.package().id, listing.service.id);
    let line = package_lines::package_id.eq(package).and(package_lines::service_id.eq(service));
    let known: i64 = package_lines::table.filter(line).count().get_result(tx)?;
    if known == 0 {
        return Err(Error::NotFound);
    }
    clear(tx, package, service)?;
    for one in planned {
        let row = (
            package_visits::package_id.eq(package),
            package_visits::service_id.eq(service),
            package_visits::days.eq(one.days.code()),
            package_visits::start_minute.eq(minute_of(one.start)),
            package_visits::minutes.eq(i64::from(one.minutes)),
            package_visits::staff.eq(i64::from(one.staff)),
            package_visits::miles.eq(one.miles),
        );
        diesel::insert_into(package_visits::table).values(row).execute(tx)?;
    }
    if !planned.is_empty() {
        let quantity = times::weekly_quantity(planned, unit);
        diesel::update(package_lines::table.filter(line))
            .set(package_lines::weekly_quantity.eq(quantity))
            .execute(tx)?;
    }
    Ok(())
}

/// Forgets the days and times of a service in a package.
pub(super) fn clear(tx: &mut Tx, package: PackageId, service: ServiceId) -> Result<(), Error> {
    let here = package_visits::package_id.eq(package).and(package_visits::service_id.eq(service));
    diesel::delete(package_visits::table.filter(here)).execute(tx)?;
    Ok(())
}

/// Whose money a package spends.
fn fund_of(tx: &mut Tx, package: PackageId) -> Result<FundId, Error> {
    Ok(packages::table.filter(packages::id.eq(package)).select(packages::fund_id).first(tx)?)
}

/// A price that was agreed: for which fund and service, and when.
type Agreed = ((FundId, ServiceId), AgreedPrice, NaiveDateTime);

/// The prices that were agreed for some funds, the newest last: `quotes` records them when a person accepts an offer.
fn agreed_for(tx: &mut Tx, funds: &[FundId]) -> Result<Vec<Agreed>, Error> {
    type Row = (FundId, ServiceId, Unit, UnitPrice, NaiveDate, Option<NaiveDate>, NaiveDateTime);
    let rows: Vec<Row> = negotiated_rates::table
        .filter(negotiated_rates::fund_id.eq_any(funds.to_vec()))
        .select((
            negotiated_rates::fund_id,
            negotiated_rates::service_id,
            negotiated_rates::unit,
            negotiated_rates::net_price,
            negotiated_rates::from_date,
            negotiated_rates::to_date,
            negotiated_rates::recorded_at,
        ))
        .order((negotiated_rates::from_date, negotiated_rates::id))
        .load(tx)?;
    let agreed =
        |(fund, service, unit, net, from, to, at): Row| ((fund, service), AgreedPrice { unit, net, from, to }, at);
    Ok(rows.into_iter().map(agreed).collect())
}

/// The prices that were agreed for a fund, by service, the newest last.
pub(super) fn agreed(tx: &mut Tx, fund: FundId) -> Result<HashMap<ServiceId, Vec<AgreedPrice>>, Error> {
    let mut found: HashMap<ServiceId, Vec<AgreedPrice>> = HashMap::new();
    for ((_, service), price, _) in agreed_for(tx, &[fund])? {
        found.entry(service).or_default().push(price);
    }
    Ok(found)
}

/// Lines of a package with what their times cost in a whole period, each day at the price of that day.
///
/// # Errors
/// A sentence, when a visit has no price; when the database fails.
pub fn over(
    tx: &mut Tx,
    package: PackageId,
    lines: Vec<PackageLine>,
    period: Period,
) -> Result<Result<Vec<PackageLine>, String>, Error> {
    let fund = fund_of(tx, package)?;
    let agreed = agreed(tx, fund)?;
    let mut whole = vec![];
    for mut line in lines {
        if line.times.is_planned() {
            let listing = crate::directory::store::services::listing(tx, line.service, period.from())?;
            let agreed = agreed.get(&line.service).map_or(&[][..], Vec::as_slice);
            let days = || period.from().iter_days().take_while(|day| *day <= period.to());
            let cost = times::cost(&line.times.visits, days(), |day| day, (&listing.rates, agreed));
            match cost
                .and_then(|cost| Ok((cost, times::averages(&line.times.visits, days(), (&listing.rates, agreed))?)))
            {
                Ok((parts, averages)) => (line.times.parts, line.times.averages) = (parts, averages),
                Err(reason) => return Ok(Err(format!("{}: {reason}", line.service_name))),
            }
        }
        whole.push(line);
    }
    Ok(Ok(whole))
}

/// By what visits under some order lines are priced: the rates, and what was agreed for the fund, of those that were known when
/// it was ordered. What is ordered keeps its price. Six queries, however many lines there are.
///
/// # Errors
/// When the database fails.
pub fn prices(tx: &mut Tx, lines: &[&OrderLine]) -> Result<HashMap<OrderLineId, OrderedPrices>, Error> {
    let ids: Vec<OrderId> = lines.iter().map(|line| line.order).collect();
    let ordered: Vec<(OrderId, FundId, NaiveDateTime, NaiveDate)> = orders::table
        .filter(orders::id.eq_any(ids))
        .select((orders::id, orders::fund_id, orders::ordered_at, orders::starts_on))
        .load(tx)?;
    let services: Vec<ServiceId> = lines.iter().filter_map(|line| line.service).collect();
    let recorded: HashMap<RateId, NaiveDateTime> = service_rates::table
        .filter(service_rates::service_id.eq_any(services.clone()))
        .select((service_rates::id, service_rates::recorded_at))
        .load::<(RateId, NaiveDateTime)>(tx)?
        .into_iter()
        .collect();
    let rates = crate::directory::store::rates::of_services(tx, &services)?;
    let agreed = agreed_for(tx, &ordered.iter().map(|(_, fund, ..)| *fund).collect::<Vec<_>>())?;
    let of_line = |line: &&OrderLine| {
        let service = line.service?;
        let (_, fund, at, starts) = ordered.iter().find(|(order, ..)| *order == line.order)?;
        let was_known = |rate: &&Rate| recorded.get(&rate.id).is_some_and(|recorded| recorded <= at);
        let was_agreed = |one: &&Agreed| one.0 == (*fund, service) && one.2 <= *at;
        let as_ordered = |rate: &Rate| while_class(rate.clone(), line.class, rate.terms.from.max(*starts));
        let rates = rates.get(&service).into_iter().flatten().filter(was_known).map(as_ordered).collect();
        let agreed = agreed.iter().filter(was_agreed).map(|(_, price, _)| *price).collect();
        Some((line.id, OrderedPrices { rates, agreed }))
    };
    Ok(lines.iter().filter_map(of_line).collect())
}

/// By what a visit under an order line is priced on a day.
///
/// # Errors
/// A sentence, when there is none; when the database fails.
pub fn tariff(tx: &mut Tx, line: &OrderLine, day: NaiveDate) -> Result<Result<(RateId, Tariff), String>, Error> {
    let found = prices(tx, &[line])?.remove(&line.id);
    Ok(found.map_or_else(
        || Err("A fee is no visit.".to_owned()),
        |prices| times::tariff(&prices.rates, &prices.agreed, day),
    ))
}

/// Keeps what an order line froze of its times.
pub(super) fn freeze(tx: &mut Tx, order: OrderId, line: OrderLineId, frozen: &Times) -> Result<(), Error> {
    for one in &frozen.visits {
        let row = (
            order_visits::order_id.eq(order),
            order_visits::order_line_id.eq(line),
            order_visits::days.eq(one.days.code()),
            order_visits::start_minute.eq(minute_of(one.start)),
            order_visits::minutes.eq(i64::from(one.minutes)),
            order_visits::staff.eq(i64::from(one.staff)),
            order_visits::miles.eq(one.miles),
        );
        diesel::insert_into(order_visits::table).values(row).execute(tx)?;
    }
    for part in &frozen.parts {
        let row = (
            order_parts::order_id.eq(order),
            order_parts::order_line_id.eq(line),
            order_parts::words.eq(&part.words),
            order_parts::unit.eq(&part.unit),
            order_parts::quantity.eq(part.quantity),
            order_parts::base_quantity.eq(part.base),
            order_parts::unit_price.eq(part.price),
        );
        diesel::insert_into(order_parts::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Order lines with their times: two queries, however many there are.
pub(super) fn with_times(tx: &mut Tx, mut lines: Vec<OrderLine>) -> Result<Vec<OrderLine>, Error> {
    let ids: Vec<OrderLineId> = lines.iter().map(|line| line.id).collect();
    let rows: Vec<(OrderLineId, VisitRow)> = order_visits::table
        .filter(order_visits::order_line_id.eq_any(ids))
        .select((
            order_visits::order_line_id,
            (
                order_visits::days,
                order_visits::start_minute,
                order_visits::minutes,
                order_visits::staff,
                order_visits::miles,
            ),
        ))
        .order(order_visits::id)
        .load(tx)?;
    if rows.is_empty() {
        return Ok(lines);
    }
    let mut found: HashMap<OrderLineId, Times> = HashMap::new();
    for (line, row) in rows {
        found.entry(line).or_default().visits.push(visit(row)?);
    }
    let timed: Vec<OrderLineId> = found.keys().copied().collect();
    type PartRow = (OrderLineId, String, String, Quantity, Quantity, UnitPrice);
    let rows: Vec<PartRow> = order_parts::table
        .filter(order_parts::order_line_id.eq_any(timed))
        .select((
            order_parts::order_line_id,
            order_parts::words,
            order_parts::unit,
            order_parts::quantity,
            order_parts::base_quantity,
            order_parts::unit_price,
        ))
        .order(order_parts::id)
        .load(tx)?;
    for (line, words, unit, quantity, base, price) in rows {
        found.entry(line).or_default().parts.push(PricePart { words, unit, quantity, base, price });
    }
    for line in &mut lines {
        line.times = found.remove(&line.id).unwrap_or_default();
    }
    Ok(lines)
}
