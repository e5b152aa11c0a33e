//! Rows of packages and orders.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::{Order, OrderLine, OrderLineKind, OrderStatus};
use crate::auth::rights::{Actor, ProviderMember};
use crate::budgets;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{order_lines, orders, organisations};
use crate::error::Error;
use crate::ids::{AgreementId, FundId, OrderId, OrderLineId, OrganisationId, PackageId, ServiceId, UserId};
use crate::ledger;
use crate::money::{Pence, Quantity, UnitPrice};
use crate::vat::{Class, Form, Recovery, Structure};

word! {
    OrderStatus;
    OrderLineKind;
}

#[derive(Queryable)]
struct OrderRow {
    id: OrderId,
    package: PackageId,
    fund: FundId,
    agreement: Option<AgreementId>,
    form: Form,
    structure: Option<Structure>,
    recovery_confirmed: bool,
    starts_on: NaiveDate,
    weeks: i64,
    budget: Pence,
    status: OrderStatus,
    ordered_by: UserId,
    authority: String,
    _ordered_at: chrono::NaiveDateTime,
    version: i64,
}

impl From<OrderRow> for Order {
    fn from(row: OrderRow) -> Self {
        Self {
            id: row.id,
            package: row.package,
            fund: row.fund,
            agreement: row.agreement,
            form: row.form,
            structure: row.structure,
            recovery: if row.recovery_confirmed { Recovery::Confirmed } else { Recovery::NotConfirmed },
            starts_on: row.starts_on,
            weeks: row.weeks,
            budget: row.budget,
            status: row.status,
            ordered_by: row.ordered_by,
            authority: row.authority,
            version: row.version,
        }
    }
}

/// An order by itself, for a verb whose caller has loaded what gives the right to it (a delivery, an invoice).
///
/// # Errors
/// Not found, when there is none.
pub fn order_of_record(tx: &mut Tx, id: OrderId) -> Result<Order, Error> {
    let row: OrderRow = orders::table.filter(orders::id.eq(id)).first(tx)?;
    Ok(row.into())
}

/// An order that the actor may see: all of it who sees its fund; a provider with a line in it, that line alone.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn order(tx: &mut Tx, actor: &Actor, id: OrderId) -> Result<Order, Error> {
    let order = order_of_record(tx, id)?;
    match budgets::store::fund(tx, actor, order.fund) {
        Ok(_) => Ok(order),
        Err(Error::NotFound) if has_line(tx, actor, id)? => Ok(order),
        Err(other) => Err(other),
    }
}

/// Whether one of the actor's providers has a line in an order.
fn has_line(tx: &mut Tx, actor: &Actor, id: OrderId) -> Result<bool, Error> {
    let theirs = order_lines::provider_id.eq_any(actor.providers());
    let lines = order_lines::table.filter(order_lines::order_id.eq(id).and(theirs));
    Ok(diesel::select(diesel::dsl::exists(lines)).get_result(tx)?)
}

/// The orders of a fund, the newest first. The caller has loaded the fund for the actor.
///
/// # Errors
/// When the database fails.
pub fn orders_of_fund(tx: &mut Tx, fund: FundId) -> Result<Vec<Order>, Error> {
    let rows: Vec<OrderRow> = orders::table.filter(orders::fund_id.eq(fund)).order(orders::id.desc()).load(tx)?;
    Ok(rows.into_iter().map(Order::from).collect())
}

/// The order lines as they are kept, with the provider's name.
type LineRow = (
    (OrderLineId, OrderId, OrderLineKind, Option<ServiceId>, OrganisationId, String, String),
    (String, UnitPrice, String, bool, Quantity, Pence, Pence),
);

#[allow(clippy::type_complexity)] // the columns of LineRow, in its order
const LINE: (
    (
        order_lines::id,
        order_lines::order_id,
        order_lines::kind,
        order_lines::service_id,
        order_lines::provider_id,
        organisations::name,
        order_lines::description,
    ),
    (
        order_lines::unit,
        order_lines::unit_price,
        order_lines::vat_class,
        order_lines::declaration,
        order_lines::quantity,
        order_lines::net_pence,
        order_lines::budget_pence,
    ),
) = (
    (
        order_lines::id,
        order_lines::order_id,
        order_lines::kind,
        order_lines::service_id,
        order_lines::provider_id,
        organisations::name,
        order_lines::description,
    ),
    (
        order_lines::unit,
        order_lines::unit_price,
        order_lines::vat_class,
        order_lines::declaration,
        order_lines::quantity,
        order_lines::net_pence,
        order_lines::budget_pence,
    ),
);

fn line_of(row: LineRow) -> Result<OrderLine, Error> {
    let ((id, order, kind, service, provider, provider_name, description), figures) = row;
    let (unit, unit_price, class, declaration, quantity, net, budget) = figures;
    let class = Class::parse(&class).ok_or_else(|| Error::internal("a kept VAT class", class))?;
    Ok(OrderLine {
        id,
        order,
        kind,
        service,
        provider,
        provider_name,
        description,
        unit,
        unit_price,
        class,
        declaration,
        quantity,
        net,
        budget,
    })
}

/// The lines of an order. The caller has loaded the order for the actor, and shows a provider its own lines only.
///
/// # Errors
/// When the database fails.
pub fn lines_of(tx: &mut Tx, order: OrderId) -> Result<Vec<OrderLine>, Error> {
    let rows: Vec<LineRow> = order_lines::table
        .inner_join(organisations::table.on(organisations::id.eq(order_lines::provider_id)))
        .filter(order_lines::order_id.eq(order))
        .select(LINE)
        .order(order_lines::id)
        .load(tx)?;
    rows.into_iter().map(line_of).collect()
}

/// One line of an order, for a verb whose caller checks the right to it.
///
/// # Errors
/// Not found, when there is none.
pub fn line(tx: &mut Tx, id: OrderLineId) -> Result<OrderLine, Error> {
    let row: LineRow = order_lines::table
        .inner_join(organisations::table.on(organisations::id.eq(order_lines::provider_id)))
        .filter(order_lines::id.eq(id))
        .select(LINE)
        .first(tx)?;
    line_of(row)
}

/// What a provider has to deliver: its lines of the orders that go on, the newest order first.
///
/// # Errors
/// When the database fails.
pub fn lines_for_provider(tx: &mut Tx, member: &ProviderMember) -> Result<Vec<(Order, OrderLine)>, Error> {
    let rows: Vec<LineRow> = order_lines::table
        .inner_join(organisations::table.on(organisations::id.eq(order_lines::provider_id)))
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .filter(order_lines::provider_id.eq(member.provider()))
        .filter(orders::status.eq(OrderStatus::Open))
        .select(LINE)
        .order((order_lines::order_id.desc(), order_lines::id))
        .limit(500)
        .load(tx)?;
    let lines: Vec<OrderLine> = rows.into_iter().map(line_of).collect::<Result<_, _>>()?;
    let ids: Vec<OrderId> = lines.iter().map(|line| line.order).collect();
    let found: Vec<OrderRow> = orders::table.filter(orders::id.eq_any(ids)).load(tx)?;
    let found: Vec<Order> = found.into_iter().map(Order::from).collect();
    let with_order = |line: OrderLine| {
        let order = found.iter().find(|order| order.id == line.order).cloned()?;
        Some((order, line))
    };
    Ok(lines.into_iter().filter_map(with_order).collect())
}

/// Closes an order: what it had reserved and will not use is free again, which the books must allow.
///
/// # Errors
/// A conflict when it was closed already; a refusal of the books.
pub fn close_order(
    tx: &mut Tx,
    order: &Order,
    release: Pence,
    on: NaiveDate,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let open = orders::id.eq(order.id).and(orders::status.eq(OrderStatus::Open));
    let changed = diesel::update(orders::table.filter(open))
        .set((orders::status.eq(OrderStatus::Closed), orders::version.eq(orders::version + 1)))
        .execute(tx)?;
    if changed != 1 {
        return Err(Error::changed_since("The order"));
    }
    if release > Pence::ZERO {
        let entry = ledger::Entry {
            kind: ledger::EntryKind::Released,
            on,
            description: format!("Order {}: not used, free again", order.id),
            source: ledger::Source { kind: "order", id: order.id.number() },
            postings: ledger::rules::release(release),
        };
        ledger::store::post(tx, order.fund, &entry, by, now)?;
    }
    Ok(())
}
