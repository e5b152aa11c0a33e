//! Rows of deliveries.

pub mod visits;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Delivery, DeliveryStatus, NewDelivery, Seen, rules};
use crate::auth::rights::{Actor, Approve, ProviderMember, SeeMoney, SeePlan};
use crate::calendar;
use crate::db::columns::word;
use crate::db::schema::{deliveries, delivery_visits, funds, invoice_lines, invoices, orders, people};
use crate::db::{Tx, dialect};
use crate::error::Error;
use crate::ids::{DeliveryId, FundId, InvoiceId, OrderId, OrderLineId, OrganisationId, PersonId, UserId};
use crate::money::{Pence, Quantity};
use crate::packages::{Order, OrderLine, store as orders_store};
use crate::people::Address;
use crate::{budgets, ledger};

word! {
    DeliveryStatus;
}

/// The most rows that one page lists.
const PAGE: i64 = 500;

#[derive(Queryable)]
struct DeliveryRow {
    id: DeliveryId,
    line: OrderLineId,
    order: OrderId,
    fund: FundId,
    provider: OrganisationId,
    on: NaiveDate,
    quantity: Quantity,
    note: String,
    status: DeliveryStatus,
    value: Option<Pence>,
    query_reason: Option<String>,
    invoice: Option<InvoiceId>,
    _recorded_by: UserId,
    _recorded_at: NaiveDateTime,
    _decided_by: Option<UserId>,
    authority: Option<String>,
    _decided_at: Option<NaiveDateTime>,
    version: i64,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: row.id,
            line: row.line,
            order: row.order,
            fund: row.fund,
            provider: row.provider,
            on: row.on,
            quantity: row.quantity,
            note: row.note,
            status: row.status,
            value: row.value,
            query_reason: row.query_reason,
            invoice: row.invoice,
            authority: row.authority,
            version: row.version,
            visit: None,
        }
    }
}

fn nouns(tx: &mut Tx, rows: Vec<DeliveryRow>) -> Result<Vec<Delivery>, Error> {
    visits::with_visits(tx, rows.into_iter().map(Delivery::from).collect())
}

/// What an actor may do with the deliveries of an order, and which lines of it they see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Whether they see every line: the person, somebody who acts for them and sees the plan or the money, the holder, the
    /// council.
    pub whole: bool,
    /// Whether they may answer for the person.
    pub answers: bool,
}

/// What an actor sees of an order that [`orders_store::order`] has loaded for them.
///
/// # Errors
/// When the database fails.
pub fn sight(tx: &mut Tx, actor: &Actor, fund: FundId) -> Result<Sight, Error> {
    let fund = budgets::store::fund_of_record(tx, fund)?;
    let planned = actor.may::<SeePlan>(fund.person) && !actor.hides(fund.id);
    let whole = planned || budgets::store::sees(actor, &fund);
    Ok(Sight { whole, answers: whole && actor.may::<Approve>(fund.person) })
}

/// A delivery that the actor may see: by its fund whole, or as its provider.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn delivery(tx: &mut Tx, actor: &Actor, id: DeliveryId) -> Result<Delivery, Error> {
    let row: DeliveryRow = deliveries::table.filter(deliveries::id.eq(id)).first(tx)?;
    let found = nouns(tx, vec![row])?.pop().ok_or(Error::NotFound)?;
    if is_hidden(actor, &found, &orders_store::hidden_orders(tx, actor)?) {
        return Err(Error::NotFound);
    }
    if actor.providers().contains(&found.provider) || sight(tx, actor, found.fund)?.whole {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// Whether the person keeps a delivery from an actor, or the line under which it was given, or the package that was ordered.
fn is_hidden(actor: &Actor, found: &Delivery, hidden_orders: &[OrderId]) -> bool {
    actor.hides(found.id) || actor.hides(found.line) || hidden_orders.contains(&found.order)
}

/// The invoices that bill a line of an order which is hidden from an actor, or an order of a package which is.
///
/// # Errors
/// When the database fails.
pub fn bills_of_hidden(tx: &mut Tx, actor: &Actor) -> Result<Vec<InvoiceId>, Error> {
    let (lines, hidden_orders) = (actor.hidden::<OrderLineId>(), orders_store::hidden_orders(tx, actor)?);
    let mut found: Vec<InvoiceId> = vec![];
    if !lines.is_empty() {
        let of_them = invoice_lines::table.filter(invoice_lines::order_line_id.eq_any(lines));
        found = of_them.select(invoice_lines::invoice_id).load(tx)?;
    }
    if !hidden_orders.is_empty() {
        let of_them = invoices::table.filter(invoices::order_id.eq_any(hidden_orders));
        found.extend(of_them.select(invoices::id).load::<InvoiceId>(tx)?);
    }
    Ok(found)
}

/// The deliveries of an order that the actor may see, the oldest day first. The caller has loaded the order for the actor,
/// and shows a provider its own alone.
///
/// # Errors
/// When the database fails.
pub fn of_order(tx: &mut Tx, actor: &Actor, order: OrderId) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<DeliveryRow> = deliveries::table
        .filter(deliveries::order_id.eq(order))
        .order((deliveries::delivered_on, deliveries::id))
        .load(tx)?;
    let mut all = nouns(tx, rows)?;
    let hidden = orders_store::hidden_orders(tx, actor)?;
    all.retain(|found| !is_hidden(actor, found, &hidden));
    Ok(all)
}

/// The deliveries of an order line.
///
/// # Errors
/// When the database fails.
pub fn of_line(tx: &mut Tx, line: OrderLineId) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<DeliveryRow> =
        deliveries::table.filter(deliveries::order_line_id.eq(line)).order(deliveries::id).load(tx)?;
    nouns(tx, rows)
}

/// The deliveries that are on an invoice, for a caller who has loaded the invoice for the actor.
///
/// # Errors
/// When the database fails.
pub fn of_invoice(tx: &mut Tx, order: OrderId, invoice: InvoiceId) -> Result<Vec<Delivery>, Error> {
    let on_it = deliveries::order_id.eq(order).and(deliveries::invoice_id.eq(invoice));
    let rows: Vec<DeliveryRow> =
        deliveries::table.filter(on_it).order((deliveries::delivered_on, deliveries::id)).load(tx)?;
    nouns(tx, rows)
}

/// What a provider delivered under an order, was confirmed, and is on no invoice yet: the oldest day first.
///
/// # Errors
/// When the database fails.
pub fn unbilled(tx: &mut Tx, order: OrderId, provider: OrganisationId) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<DeliveryRow> = deliveries::table
        .filter(deliveries::order_id.eq(order).and(deliveries::provider_id.eq(provider)))
        .filter(deliveries::status.eq(DeliveryStatus::Confirmed))
        .order((deliveries::delivered_on, deliveries::id))
        .load(tx)?;
    nouns(tx, rows)
}

/// How much of some order lines is in each status; a visit for which nothing is charged uses up nothing.
///
/// # Errors
/// When the database fails.
pub fn quantities(
    tx: &mut Tx,
    lines: &[OrderLineId],
) -> Result<BTreeMap<OrderLineId, BTreeMap<DeliveryStatus, Quantity>>, Error> {
    let rows: Vec<(OrderLineId, DeliveryStatus, i64)> = deliveries::table
        .filter(deliveries::order_line_id.eq_any(lines.to_vec()))
        .filter(diesel::dsl::not(diesel::dsl::exists(
            delivery_visits::table
                .filter(delivery_visits::delivery_id.eq(deliveries::id).and(delivery_visits::percent.eq(0))),
        )))
        .group_by((deliveries::order_line_id, deliveries::status))
        .select((deliveries::order_line_id, deliveries::status, dialect::sum("quantity")))
        .load(tx)?;
    let mut found: BTreeMap<OrderLineId, BTreeMap<DeliveryStatus, Quantity>> = BTreeMap::new();
    for (line, status, quantity) in rows {
        found.entry(line).or_default().insert(status, Quantity::from_hundredths(quantity));
    }
    Ok(found)
}

/// For whom an order is: the name and the place that a provider needs to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForWhom {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// Where they live.
    pub address: Address,
}

/// For whom some orders are. The caller has loaded the orders for the actor.
///
/// # Errors
/// When the database fails.
pub fn for_whom(tx: &mut Tx, some: &[OrderId]) -> Result<BTreeMap<OrderId, ForWhom>, Error> {
    type Row = (OrderId, PersonId, String, String, String, String);
    let rows: Vec<Row> = orders::table
        .inner_join(funds::table.on(funds::id.eq(orders::fund_id)))
        .inner_join(people::table.on(people::id.eq(funds::person_id)))
        .filter(orders::id.eq_any(some.to_vec()))
        .select((orders::id, people::id, people::name, people::address_line, people::town, people::postcode))
        .load(tx)?;
    let whom = |(order, person, name, line, town, postcode)| {
        (order, ForWhom { person, name, address: Address { line, town, postcode } })
    };
    Ok(rows.into_iter().map(whom).collect())
}

/// What waits to be confirmed by the actor, for themselves and for those they act for and of whom they see the plan or the
/// money; the oldest day first.
///
/// # Errors
/// When the database fails.
pub fn to_confirm(tx: &mut Tx, actor: &Actor) -> Result<Vec<Delivery>, Error> {
    let mut people = actor.people_for::<Approve>();
    people.retain(|person| actor.may::<SeePlan>(*person) || actor.may::<SeeMoney>(*person));
    if people.is_empty() {
        return Ok(vec![]);
    }
    let theirs = funds::table.filter(funds::person_id.eq_any(people)).select(funds::id);
    let rows: Vec<DeliveryRow> = deliveries::table
        .filter(deliveries::fund_id.eq_any(theirs))
        .filter(deliveries::status.eq(DeliveryStatus::Recorded))
        .order((deliveries::delivered_on, deliveries::id))
        .limit(PAGE)
        .load(tx)?;
    let mut all = nouns(tx, rows)?;
    let hidden = orders_store::hidden_orders(tx, actor)?;
    all.retain(|found| !is_hidden(actor, found, &hidden) && !actor.hides(found.fund));
    Ok(all)
}

/// What was queried of the deliveries of the actor's providers and is not settled, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn queried(tx: &mut Tx, actor: &Actor) -> Result<Vec<Delivery>, Error> {
    let rows: Vec<DeliveryRow> = deliveries::table
        .filter(deliveries::provider_id.eq_any(actor.providers()))
        .filter(deliveries::status.eq(DeliveryStatus::Queried))
        .order(deliveries::id)
        .limit(PAGE)
        .load(tx)?;
    nouns(tx, rows)
}

/// Records what a provider delivered under its line, if the order leaves room for it.
///
/// # Errors
/// A refusal in words; not found when the actor's provider has no such line.
pub fn record(
    tx: &mut Tx,
    member: &ProviderMember,
    line: OrderLineId,
    new: &NewDelivery,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<DeliveryId, Error> {
    let line = orders_store::line(tx, line)?;
    let order = orders_store::order_of_record(tx, line.order)?;
    let recorded = rules::recorded(&of_line(tx, line.id)?);
    rules::check_record(member, (&order, order.period()?), (&line, recorded), new, today)?;
    insert(tx, member, &order, &line, new, now)
}

fn insert(
    tx: &mut Tx,
    member: &ProviderMember,
    order: &Order,
    line: &OrderLine,
    new: &NewDelivery,
    now: DateTime<Utc>,
) -> Result<DeliveryId, Error> {
    let row = (
        deliveries::order_line_id.eq(line.id),
        deliveries::order_id.eq(order.id),
        deliveries::fund_id.eq(order.fund),
        deliveries::provider_id.eq(line.provider),
        deliveries::delivered_on.eq(new.on),
        deliveries::quantity.eq(new.quantity),
        deliveries::note.eq(&new.note),
        deliveries::status.eq(DeliveryStatus::Recorded),
        deliveries::recorded_by.eq(member.user()),
        deliveries::recorded_at.eq(now.naive_utc()),
        deliveries::version.eq(1),
    );
    Ok(diesel::insert_into(deliveries::table).values(row).returning(deliveries::id).get_result(tx)?)
}

/// How somebody answered a delivery.
struct Deed<'a> {
    status: DeliveryStatus,
    value: Option<Pence>,
    reason: Option<&'a str>,
    by: UserId,
    authority: String,
    now: DateTime<Utc>,
}

/// Moves a delivery on, if it is still as it was seen.
fn moved_on(tx: &mut Tx, seen: Seen, deed: &Deed<'_>) -> Result<(), Error> {
    let as_seen = deliveries::id.eq(seen.delivery).and(deliveries::version.eq(seen.version));
    let is_open = deliveries::status.eq_any([DeliveryStatus::Recorded, DeliveryStatus::Queried]);
    let changed = diesel::update(deliveries::table.filter(as_seen.and(is_open)))
        .set((
            deliveries::status.eq(deed.status),
            deliveries::value_pence.eq(deed.value),
            deliveries::query_reason.eq(deed.reason),
            deliveries::decided_by.eq(deed.by),
            deliveries::decided_authority.eq(&deed.authority),
            deliveries::decided_at.eq(deed.now.naive_utc()),
            deliveries::version.eq(seen.version + 1),
        ))
        .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("This delivery")) }
}

/// Confirms a delivery for the person: what it is worth moves from reserved to delivered. Answers the order.
///
/// # Errors
/// Forbidden for all others; a conflict when it is no longer as it was seen.
pub fn confirm(tx: &mut Tx, actor: &Actor, seen: Seen, now: DateTime<Utc>) -> Result<OrderId, Error> {
    let found = delivery(tx, actor, seen.delivery)?;
    let fund = budgets::store::fund_of_record(tx, found.fund)?;
    let right = rules::may_answer(actor, fund.person, found.provider)?;
    let line = orders_store::line(tx, found.line)?;
    let value = rules::worth(&line, &of_line(tx, line.id)?, &found);
    let deed = Deed {
        status: DeliveryStatus::Confirmed,
        value: Some(value),
        reason: found.query_reason.as_deref(),
        by: right.user(),
        authority: right.authority(),
        now,
    };
    moved_on(tx, seen, &deed)?;
    if !value.is_zero() {
        post_delivered(tx, &found, &line, value, (right.user(), now))?;
    }
    Ok(found.order)
}

fn post_delivered(
    tx: &mut Tx,
    found: &Delivery,
    line: &OrderLine,
    value: Pence,
    (by, now): (UserId, DateTime<Utc>),
) -> Result<(), Error> {
    let what = match &found.visit {
        Some(kept) => rules::visit_words(&kept.visit),
        None => rules::amount(found.quantity, &line.unit),
    };
    let entry = ledger::Entry {
        kind: ledger::EntryKind::Delivered,
        // The day on which it was confirmed: until then the money was reserved.
        on: calendar::london(now).date(),
        description: format!("{}, {}: {what} on {}", line.description, line.provider_name, calendar::short(found.on)),
        source: ledger::Source { kind: "delivery", id: found.id.number() },
        postings: ledger::rules::deliver(value),
    };
    ledger::store::post(tx, found.fund, &entry, by, now)?;
    Ok(())
}

/// Confirms several deliveries of one order at once: all of them or, when one has changed, none.
///
/// # Errors
/// As [`confirm`]; not found when one belongs to another order.
pub fn confirm_all(tx: &mut Tx, actor: &Actor, order: OrderId, all: &[Seen], now: DateTime<Utc>) -> Result<(), Error> {
    for seen in all {
        if confirm(tx, actor, *seen, now)? != order {
            return Err(Error::NotFound);
        }
    }
    Ok(())
}

/// Queries a delivery for the person. Answers the order.
///
/// # Errors
/// Forbidden for all others; a conflict when it is no longer as it was seen.
pub fn query(tx: &mut Tx, actor: &Actor, seen: Seen, reason: &str, now: DateTime<Utc>) -> Result<OrderId, Error> {
    let found = delivery(tx, actor, seen.delivery)?;
    let fund = budgets::store::fund_of_record(tx, found.fund)?;
    let right = rules::may_answer(actor, fund.person, found.provider)?;
    let deed = Deed {
        status: DeliveryStatus::Queried,
        value: None,
        reason: Some(reason),
        by: right.user(),
        authority: right.authority(),
        now,
    };
    moved_on(tx, seen, &deed)?;
    Ok(found.order)
}

/// Withdraws a delivery that was not confirmed. Answers the order.
///
/// # Errors
/// Forbidden for all but its provider; a conflict when it is no longer as it was seen.
pub fn withdraw(tx: &mut Tx, actor: &Actor, seen: Seen, now: DateTime<Utc>) -> Result<OrderId, Error> {
    let found = delivery(tx, actor, seen.delivery)?;
    let member = rules::recorder(actor, found.provider)?;
    let deed = Deed {
        status: DeliveryStatus::Withdrawn,
        value: None,
        reason: found.query_reason.as_deref(),
        by: member.user(),
        authority: member.authority(),
        now,
    };
    moved_on(tx, seen, &deed)?;
    Ok(found.order)
}

/// Puts confirmed deliveries on an invoice, each on one only.
///
/// # Errors
/// A conflict when one of them is on an invoice already.
pub fn put_on_invoice(tx: &mut Tx, some: &[DeliveryId], invoice: InvoiceId) -> Result<(), Error> {
    let free = deliveries::id.eq_any(some.to_vec()).and(deliveries::status.eq(DeliveryStatus::Confirmed));
    let changed = diesel::update(deliveries::table.filter(free))
        .set((
            deliveries::status.eq(DeliveryStatus::Invoiced),
            deliveries::invoice_id.eq(invoice),
            deliveries::version.eq(deliveries::version + 1),
        ))
        .execute(tx)?;
    if changed == some.len() { Ok(()) } else { Err(Error::changed_since("What was delivered")) }
}

/// Takes what was written out of the deliveries of some funds.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, funds: &[FundId]) -> Result<(), Error> {
    diesel::update(deliveries::table.filter(deliveries::fund_id.eq_any(funds.to_vec())))
        .set((deliveries::note.eq(""), deliveries::query_reason.eq(None::<String>)))
        .execute(tx)?;
    visits::erase_words(tx, funds)?;
    Ok(())
}
