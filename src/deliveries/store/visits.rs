//! Rows of visits: what became of them, and the price that was kept with each when it was recorded.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::auth::rights::ProviderMember;
use crate::calendar;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{deliveries, delivery_parts, delivery_visits};
use crate::deliveries::{DeliveredVisit, Delivery, NewDelivery, NewVisit, rules};
use crate::directory::rules::visits;
use crate::directory::{Became, Charge, Outcome, PricePart, Visit};
use crate::error::{Error, Invalid};
use crate::ids::{DeliveryId, FundId, OrderLineId, RateId};
use crate::money::{Quantity, UnitPrice};
use crate::packages::store as orders_store;

word! {
    Outcome;
}

#[derive(Queryable)]
struct VisitRow {
    _id: i64,
    delivery: DeliveryId,
    starts_at: NaiveDateTime,
    minutes: i64,
    staff: i64,
    miles: Quantity,
    outcome: Outcome,
    cancelled_at: Option<NaiveDateTime>,
    hospital_since: Option<NaiveDate>,
    percent: i64,
    reason: String,
    rate: RateId,
    agreed: bool,
}

impl VisitRow {
    fn noun(self, parts: Vec<PricePart>) -> DeliveredVisit {
        // The database keeps these numbers within small bounds.
        let small = |number: i64| u32::try_from(number).unwrap_or_default();
        DeliveredVisit {
            visit: Visit {
                starts: self.starts_at.and_utc(),
                minutes: small(self.minutes),
                staff: small(self.staff),
                miles: self.miles,
            },
            became: Became {
                outcome: self.outcome,
                cancelled_at: self.cancelled_at.map(|at| at.and_utc()),
                hospital_since: self.hospital_since,
            },
            charge: Charge { parts, percent: small(self.percent), reason: self.reason },
            rate: self.rate,
            agreed: self.agreed,
        }
    }
}

/// Deliveries with what is kept of those that are visits: two queries, however many there are.
pub(super) fn with_visits(tx: &mut Tx, mut all: Vec<Delivery>) -> Result<Vec<Delivery>, Error> {
    let ids: Vec<DeliveryId> = all.iter().map(|found| found.id).collect();
    let rows: Vec<VisitRow> =
        delivery_visits::table.filter(delivery_visits::delivery_id.eq_any(ids.clone())).load(tx)?;
    if rows.is_empty() {
        return Ok(all);
    }
    type PartRow = (DeliveryId, String, String, Quantity, Quantity, UnitPrice);
    let parts: Vec<PartRow> = delivery_parts::table
        .filter(delivery_parts::delivery_id.eq_any(ids))
        .select((
            delivery_parts::delivery_id,
            delivery_parts::words,
            delivery_parts::unit,
            delivery_parts::quantity,
            delivery_parts::base_quantity,
            delivery_parts::unit_price,
        ))
        .order(delivery_parts::id)
        .load(tx)?;
    let mut by_delivery: HashMap<DeliveryId, Vec<PricePart>> = HashMap::new();
    for (delivery, words, unit, quantity, base, price) in parts {
        by_delivery.entry(delivery).or_default().push(PricePart { words, unit, quantity, base, price });
    }
    let mut visits: HashMap<DeliveryId, DeliveredVisit> = HashMap::new();
    for row in rows {
        let delivery = row.delivery;
        visits.insert(delivery, row.noun(by_delivery.remove(&delivery).unwrap_or_default()));
    }
    for found in &mut all {
        found.visit = visits.remove(&found.id);
    }
    Ok(all)
}

/// Records what became of a planned visit under its provider's line, at the price that holds on its day, which stays with it.
///
/// # Errors
/// A refusal in words; not found when the actor's provider has no such line.
pub fn record(
    tx: &mut Tx,
    member: &ProviderMember,
    line: OrderLineId,
    new: &NewVisit,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<DeliveryId, Error> {
    let line = orders_store::line(tx, line)?;
    let order = orders_store::order_of_record(tx, line.order)?;
    let day = calendar::london(new.visit.starts).date();
    let (rate, tariff) = orders_store::times::tariff(tx, &line, day)?.map_err(|reason| wrong("on", reason))?;
    let charge = visits::charge(&tariff, &new.visit, &new.became).map_err(|missing| match missing.field() {
        "day" => wrong("on", missing.to_string()),
        field => wrong(field, missing.to_string()),
    })?;
    let before = super::of_line(tx, line.id)?;
    let priced = (&charge, tariff.unit.minutes().is_some());
    rules::check_visit(member, (&order, order.period()?), (&line, &before), (new, priced), (now, today))?;
    let quantity = rules::visit_quantity(&new.visit, tariff.unit);
    let row = NewDelivery { on: day, quantity, note: new.note.clone() };
    let id = super::insert(tx, member, &order, &line, &row, now)?;
    let kept = DeliveredVisit { visit: new.visit, became: new.became, charge, rate, agreed: tariff.agreed };
    keep(tx, id, &kept)?;
    Ok(id)
}

fn wrong(field: &str, reason: String) -> Error {
    Invalid::field(field, reason).into()
}

fn keep(tx: &mut Tx, id: DeliveryId, kept: &DeliveredVisit) -> Result<(), Error> {
    let (visit, became) = (&kept.visit, &kept.became);
    let row = (
        delivery_visits::delivery_id.eq(id),
        delivery_visits::starts_at.eq(visit.starts.naive_utc()),
        delivery_visits::minutes.eq(i64::from(visit.minutes)),
        delivery_visits::staff.eq(i64::from(visit.staff)),
        delivery_visits::miles.eq(visit.miles),
        delivery_visits::outcome.eq(became.outcome),
        delivery_visits::cancelled_at.eq(became.cancelled_at.map(|at| at.naive_utc())),
        delivery_visits::hospital_since.eq(became.hospital_since),
        delivery_visits::percent.eq(i64::from(kept.charge.percent)),
        delivery_visits::reason.eq(&kept.charge.reason),
        delivery_visits::rate_id.eq(kept.rate),
        delivery_visits::agreed.eq(kept.agreed),
    );
    diesel::insert_into(delivery_visits::table).values(row).execute(tx)?;
    for part in &kept.charge.parts {
        let row = (
            delivery_parts::delivery_id.eq(id),
            delivery_parts::words.eq(&part.words),
            delivery_parts::unit.eq(&part.unit),
            delivery_parts::quantity.eq(part.quantity),
            delivery_parts::base_quantity.eq(part.base),
            delivery_parts::unit_price.eq(part.price),
        );
        diesel::insert_into(delivery_parts::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Takes out why visits of some funds were not made, since when and how that came: what remains is whether each was given, and
/// what is charged for it.
pub(super) fn erase_words(tx: &mut Tx, funds: &[FundId]) -> Result<(), Error> {
    let theirs = deliveries::table.filter(deliveries::fund_id.eq_any(funds.to_vec())).select(deliveries::id);
    let given = delivery_visits::outcome.eq(Outcome::Given);
    diesel::update(delivery_visits::table.filter(delivery_visits::delivery_id.eq_any(theirs)))
        .set((
            delivery_visits::outcome
                .eq(case_when::<_, _, Text>(given, Outcome::Given.code()).otherwise(Outcome::NotGiven.code())),
            delivery_visits::reason.eq(""),
            delivery_visits::hospital_since.eq(None::<chrono::NaiveDate>),
            delivery_visits::cancelled_at.eq(None::<chrono::NaiveDateTime>),
        ))
        .execute(tx)?;
    Ok(())
}
