//! Rows of packages and orders.

pub mod announcing;
pub mod times;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::rules::{self, Commitment, FrozenLine};
use super::{
    AgreedPrice, HolderFee, MOST_LINES, Order, OrderLine, OrderLineKind, OrderStatus, Package, PackageLine,
    PlannedVisit, Times, UnpricedLine,
};
use crate::auth::rights::{ActingFor, Actor, Choose, SeePlan};
use crate::budgets::{self, Fund};
use crate::calendar::Period;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{funds, order_lines, orders, organisations, package_lines, packages};
use crate::directory::{self, Listing, Unit};
use crate::error::Error;
use crate::ids::{AgreementId, FundId, OrderId, OrderLineId, OrganisationId, PackageId, PersonId, ServiceId, UserId};
use crate::ledger;
use crate::money::{Pence, Quantity, UnitPrice};
use crate::people::{self, VatStatus};
use crate::vat::{Class, Form, Recovery, Structure};

word! {
    OrderStatus;
    OrderLineKind;
}

const PACKAGE: (packages::id, packages::fund_id, packages::name, packages::version) =
    (packages::id, packages::fund_id, packages::name, packages::version);

fn package_of((id, fund, name, version): (PackageId, FundId, String, i64)) -> Package {
    Package { id, fund, name, version }
}

/// A package that the actor may see, with its fund: as the person, somebody who acts for them, the holder, or the council.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn package(tx: &mut Tx, actor: &Actor, id: PackageId) -> Result<(Package, Fund), Error> {
    let row = packages::table.filter(packages::id.eq(id)).select(PACKAGE).first(tx)?;
    let package = package_of(row);
    if actor.hides(package.id) {
        return Err(Error::NotFound);
    }
    let fund = budgets::store::fund(tx, actor, package.fund)?;
    Ok((package, fund))
}

/// Who may choose, for somebody who may not.
pub const WHO_CHOOSES: &str = "Only the person, or somebody who acts for them, chooses and orders.";

/// The right to choose support from a fund that goes on: only [`fund_to_choose_from`] makes it.
pub struct FundToChooseFrom {
    fund: Fund,
    acting: ActingFor<Choose>,
}

impl FundToChooseFrom {
    /// The fund.
    #[must_use]
    pub fn fund(&self) -> &Fund {
        &self.fund
    }

    /// The right of whoever chooses.
    #[must_use]
    pub fn acting(&self) -> &ActingFor<Choose> {
        &self.acting
    }
}

/// A fund from which the actor may choose: as the person, or for them. The holder and the council see it and may not.
///
/// # Errors
/// Not found; forbidden; refused when the fund has ended.
pub fn fund_to_choose_from(tx: &mut Tx, actor: &Actor, id: FundId) -> Result<FundToChooseFrom, Error> {
    to_choose_from(actor, budgets::store::fund(tx, actor, id)?)
}

fn to_choose_from(actor: &Actor, fund: Fund) -> Result<FundToChooseFrom, Error> {
    let acting = actor.acting_for::<Choose>(fund.person).ok_or_else(|| Error::Forbidden(WHO_CHOOSES.to_owned()))?;
    if fund.ended_on.is_some() {
        return Err(Error::Refused(rules::Refusal::FundEnded.to_string()));
    }
    Ok(FundToChooseFrom { fund, acting })
}

/// The right to change and to order a package: only [`package_to_change`] makes it.
pub struct PackageToChange {
    package: Package,
    from: FundToChooseFrom,
}

impl PackageToChange {
    /// The package.
    #[must_use]
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// Its fund.
    #[must_use]
    pub fn fund(&self) -> &Fund {
        &self.from.fund
    }

    /// The same, if the package is still the version that the visitor saw.
    ///
    /// # Errors
    /// A conflict, when it changed since.
    pub fn unchanged_since(self, version: i64) -> Result<Self, Error> {
        if self.package.version == version { Ok(self) } else { Err(Error::changed_since("The package")) }
    }
}

/// A package that the actor may change, because they may choose from its fund.
///
/// # Errors
/// Not found; forbidden; refused when the fund has ended.
pub fn package_to_change(tx: &mut Tx, actor: &Actor, id: PackageId) -> Result<PackageToChange, Error> {
    let (package, fund) = package(tx, actor, id)?;
    Ok(PackageToChange { package, from: to_choose_from(actor, fund)? })
}

/// The packages of some funds with the number of their services, oldest first. The caller has loaded the funds for the actor.
///
/// # Errors
/// When the database fails.
pub fn packages_of_funds(tx: &mut Tx, actor: &Actor, funds: &[FundId]) -> Result<Vec<(Package, i64)>, Error> {
    let found = packages::table.filter(packages::fund_id.eq_any(funds.to_vec()));
    let rows: Vec<(PackageId, FundId, String, i64)> = found.select(PACKAGE).order(packages::id).limit(500).load(tx)?;
    let ids: Vec<PackageId> = rows.iter().map(|row| row.0).collect();
    let lines: Vec<PackageId> = package_lines::table
        .filter(package_lines::package_id.eq_any(ids))
        .select(package_lines::package_id)
        .load(tx)?;
    let count = |id: PackageId| lines.iter().filter(|line| **line == id).map(|_| 1).sum();
    let seen = rows.into_iter().filter(|row| !actor.hides(row.0));
    Ok(seen.map(|row| (package_of(row.clone()), count(row.0))).collect())
}

/// Whose a package is, for a caller who has loaded it for the actor.
///
/// # Errors
/// Not found, when there is none.
pub fn person_of_package(tx: &mut Tx, id: PackageId) -> Result<PersonId, Error> {
    let fund = packages::table.filter(packages::id.eq(id)).select(packages::fund_id).first(tx)?;
    budgets::store::person_of_fund(tx, fund)
}

/// Whose an order is, for a caller who has loaded it for the actor.
///
/// # Errors
/// Not found, when there is none.
pub fn person_of_order(tx: &mut Tx, id: OrderId) -> Result<PersonId, Error> {
    let fund = orders::table.filter(orders::id.eq(id)).select(orders::fund_id).first(tx)?;
    budgets::store::person_of_fund(tx, fund)
}

/// Starts a package.
///
/// # Errors
/// When the database fails.
pub fn add_package(tx: &mut Tx, from: &FundToChooseFrom, name: &str, now: DateTime<Utc>) -> Result<PackageId, Error> {
    let row = (
        packages::fund_id.eq(from.fund.id),
        packages::name.eq(name),
        packages::version.eq(1),
        packages::created_by.eq(from.acting.user()),
        packages::created_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(packages::table).values(row).returning(packages::id).get_result(tx)?)
}

/// A service that anybody may choose on a day.
///
/// # Errors
/// Not found, when there is none or it is not offered.
pub fn offered_service(tx: &mut Tx, id: ServiceId, day: NaiveDate) -> Result<Listing, Error> {
    let listing = directory::store::services::listing(tx, id, day)?;
    if listing.service.published { Ok(listing) } else { Err(Error::NotFound) }
}

/// A service that is in a package and that anybody may choose on a day.
///
/// # Errors
/// Not found, when it is not in it or is not offered.
pub fn offered_in(tx: &mut Tx, of: &PackageToChange, id: ServiceId, day: NaiveDate) -> Result<Listing, Error> {
    let line = package_lines::package_id.eq(of.package.id).and(package_lines::service_id.eq(id));
    let known: i64 = package_lines::table.filter(line).count().get_result(tx)?;
    if known == 0 { Err(Error::NotFound) } else { offered_service(tx, id, day) }
}

/// The services of a package at their rates on a day, in the order in which they were added; and those that have no price
/// on that day. The caller has loaded the package for the actor.
///
/// # Errors
/// When the database fails.
pub fn package_lines_on(
    tx: &mut Tx,
    package: PackageId,
    day: NaiveDate,
) -> Result<(Vec<PackageLine>, Vec<UnpricedLine>), Error> {
    let rows: Vec<(ServiceId, Quantity, bool, Option<String>)> = package_lines::table
        .filter(package_lines::package_id.eq(package))
        .select((
            package_lines::service_id,
            package_lines::weekly_quantity,
            package_lines::declaration,
            package_lines::unit,
        ))
        .order(package_lines::id)
        .load(tx)?;
    let fund = packages::table.filter(packages::id.eq(package)).select(packages::fund_id).first(tx)?;
    let agreed = times::agreed(tx, fund)?;
    let mut planned = times::of_package(tx, package)?;
    let (mut lines, mut unpriced) = (vec![], vec![]);
    for (service, weekly_quantity, declaration, unit) in rows {
        let listing = directory::store::services::listing(tx, service, day)?;
        let agreed = agreed.get(&service).map_or(&[][..], Vec::as_slice);
        let visits = planned.remove(&service).unwrap_or_default();
        let line = priced(&listing, agreed, (weekly_quantity, declaration, visits), day);
        match line.and_then(|line| rules::in_unit(line, unit.as_deref())) {
            Ok(line) => lines.push(line),
            Err(reason) => unpriced.push(UnpricedLine {
                service,
                service_name: listing.service.words.name,
                provider_name: listing.organisation.name,
                weekly_quantity,
                reason,
            }),
        }
    }
    Ok((lines, unpriced))
}

/// A service at the price that was agreed for the fund, else at its rate on a day, or why it has none. A price that was agreed
/// for another unit than the listed one holds only where there is no listed one: how much was chosen each week is in its unit.
/// What is planned by days and times costs what an ordinary week does.
fn priced(
    listing: &Listing,
    agreed: &[AgreedPrice],
    (weekly_quantity, declaration, visits): (Quantity, bool, Vec<PlannedVisit>),
    day: NaiveDate,
) -> Result<PackageLine, String> {
    let class = listing.decision.class.filter(|_| listing.service.published);
    let class = class.ok_or("The provider does not offer it any more.")?;
    let listed = directory::rules::rate_on(&listing.rates, day).map(|rate| (rate.terms.unit, rate.net));
    let holds = agreed.iter().rfind(|agreed| agreed.holds_on(day)).map(|agreed| (agreed.unit, agreed.net));
    let found = holds.filter(|(unit, _)| listed.is_none_or(|(of, _)| of == *unit));
    let (unit, unit_price) = found.or(listed).ok_or("The provider names no price for that day.")?;
    let week = rules::times::ordinary_week(day).into_iter();
    let parts = rules::times::cost(&visits, week, |_| day, (&listing.rates, agreed))?;
    Ok(PackageLine {
        service: listing.service.id,
        service_name: listing.service.words.name.clone(),
        provider: listing.organisation.id,
        provider_name: listing.organisation.name.clone(),
        unit: unit.code().to_owned(),
        unit_price,
        agreed: found.is_some(),
        class,
        declaration,
        weekly_quantity,
        times: Times { visits, parts, averages: vec![] },
    })
}

/// Puts a service into a package, or changes how much of it each week: a quantity takes the place of days and times.
///
/// # Errors
/// A conflict when somebody changed the package in between; a refusal when it has too many services.
pub fn set_line(
    tx: &mut Tx,
    to: &PackageToChange,
    service: ServiceId,
    (weekly_quantity, unit): (Quantity, Option<Unit>),
    declaration: bool,
) -> Result<(), Error> {
    touch(tx, to)?;
    let unit = unit.map(Unit::code);
    times::clear(tx, to.package.id, service)?;
    let here = package_lines::package_id.eq(to.package.id);
    let changed = diesel::update(package_lines::table.filter(here.and(package_lines::service_id.eq(service))))
        .set((
            package_lines::weekly_quantity.eq(weekly_quantity),
            package_lines::unit.eq(unit),
            package_lines::declaration.eq(declaration),
        ))
        .execute(tx)?;
    if changed == 1 {
        return Ok(());
    }
    let count: i64 = package_lines::table.filter(here).count().get_result(tx)?;
    if usize::try_from(count).unwrap_or(usize::MAX) >= MOST_LINES {
        return Err(Error::Refused(rules::Refusal::TooManyLines.to_string()));
    }
    let row = (
        package_lines::package_id.eq(to.package.id),
        package_lines::service_id.eq(service),
        package_lines::weekly_quantity.eq(weekly_quantity),
        package_lines::unit.eq(unit),
        package_lines::declaration.eq(declaration),
    );
    diesel::insert_into(package_lines::table).values(row).execute(tx)?;
    Ok(())
}

/// Takes a service out of a package.
///
/// # Errors
/// Not found, when it is not in it; a conflict when somebody changed the package in between.
pub fn remove_line(tx: &mut Tx, from: &PackageToChange, service: ServiceId) -> Result<(), Error> {
    touch(tx, from)?;
    times::clear(tx, from.package.id, service)?;
    let line = package_lines::package_id.eq(from.package.id).and(package_lines::service_id.eq(service));
    match diesel::delete(package_lines::table.filter(line)).execute(tx)? {
        0 => Err(Error::NotFound),
        _ => Ok(()),
    }
}

/// Counts a change of a package: of two at the same time one wins, the other is told.
fn touch(tx: &mut Tx, to: &PackageToChange) -> Result<(), Error> {
    let seen = packages::id.eq(to.package.id).and(packages::version.eq(to.package.version));
    let changed =
        diesel::update(packages::table.filter(seen)).set(packages::version.eq(to.package.version + 1)).execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("The package")) }
}

/// Whether the council of a fund lets what is in a package be ordered for a period: a provider that it has suspended, or a
/// price above the most that it pays, is refused with its reason, as the search hides it. What is planned by days and times
/// is looked at for the whole period, so that no dear time or length passes under the price that is listed.
///
/// # Errors
/// The rule that speaks against it.
pub fn check_council_rules(tx: &mut Tx, fund: &Fund, lines: &[PackageLine], period: Period) -> Result<(), Error> {
    let day = period.from();
    let limits = directory::store::limits::of_fund(tx, fund.id, day)?;
    if limits.is_empty() {
        return Ok(());
    }
    let arrangement = fund.arrangement().map_err(|cause| Error::internal("a fund's form", cause))?;
    let payer = directory::rules::payer_kind(arrangement, fund.recovery);
    for line in lines {
        let category = directory::store::services::listing(tx, line.service, day)?.service.words.category;
        let refusal = rules::limits::limited(line, category, &limits, (period, payer));
        refusal.map_or(Ok(()), |refusal| Err(Error::Refused(refusal)))?;
    }
    Ok(())
}

/// What the holder of a fund takes for holding it, by the terms that are drawn up or in force; its VAT follows from whether
/// the holder is registered on the day.
///
/// # Errors
/// When the database fails.
pub fn holder_fee(tx: &mut Tx, fund: &Fund, day: NaiveDate) -> Result<Option<HolderFee>, Error> {
    let (Some(holder), Some(terms)) = (fund.holder, &fund.terms) else { return Ok(None) };
    let registration = people::store::vat_on(tx, holder, day)?;
    let registered = registration.is_some_and(|said| said.status == VatStatus::Registered);
    Ok(Some(HolderFee {
        holder,
        holder_name: people::store::organisation(tx, holder)?.name,
        weekly: terms.fee_weekly,
        class: if registered { Class::F } else { Class::A },
        on_top: terms.fee_on_top,
    }))
}

/// What open orders of a fund have committed, and for which days. The caller has loaded the fund.
///
/// # Errors
/// When the database fails.
pub fn commitments(tx: &mut Tx, fund: FundId) -> Result<Vec<Commitment>, Error> {
    let orders = orders_of_fund(tx, fund)?;
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let is_fee = order_lines::kind.eq(OrderLineKind::Fee);
    let with_fee: Vec<OrderId> = order_lines::table
        .filter(order_lines::order_id.eq_any(ids).and(is_fee))
        .select(order_lines::order_id)
        .load(tx)?;
    let commitment = |order: &Order| {
        let has_fee = with_fee.contains(&order.id);
        Ok(Commitment { period: order.period()?, weekly: order.budget.pro_rata(1, order.weeks.max(1)), has_fee })
    };
    orders.iter().filter(|order| order.status == OrderStatus::Open).map(commitment).collect()
}

/// An order to record: what was frozen, and for when.
pub struct NewOrder<'a> {
    /// The lines.
    pub lines: &'a [FrozenLine],
    /// The first day.
    pub starts_on: NaiveDate,
    /// For how many weeks.
    pub weeks: i64,
}

/// Records an order and reserves its money, if the books allow it.
///
/// # Errors
/// A conflict when somebody changed the package in between; a refusal when less is free than it needs.
pub fn add_order(
    tx: &mut Tx,
    of: &PackageToChange,
    new: &NewOrder<'_>,
    today: NaiveDate,
    now: DateTime<Utc>,
) -> Result<OrderId, Error> {
    touch(tx, of)?;
    let (fund, user) = (&of.from.fund, of.from.acting.user());
    let budget: Pence = new.lines.iter().map(|line| line.budget).sum();
    let row = (
        orders::package_id.eq(of.package.id),
        orders::fund_id.eq(fund.id),
        orders::agreement_id.eq(fund.agreement_in_force().map(|terms| terms.agreement)),
        orders::form.eq(fund.form),
        orders::structure.eq(fund.structure()),
        orders::recovery_confirmed.eq(fund.recovery == Recovery::Confirmed),
        orders::starts_on.eq(new.starts_on),
        orders::weeks.eq(new.weeks),
        orders::budget_pence.eq(budget),
        orders::status.eq(OrderStatus::Open),
        orders::ordered_by.eq(user),
        orders::authority.eq(of.from.acting.authority()),
        orders::ordered_at.eq(now.naive_utc()),
        orders::version.eq(1),
    );
    let id: OrderId = diesel::insert_into(orders::table).values(row).returning(orders::id).get_result(tx)?;
    for line in new.lines {
        add_order_line(tx, id, line)?;
    }
    let entry = ledger::Entry {
        kind: ledger::EntryKind::Reserved,
        on: today,
        description: format!("Order {id}: {}", of.package.name),
        source: ledger::Source { kind: "order", id: id.number() },
        postings: ledger::rules::reserve(budget),
    };
    ledger::store::post(tx, fund.id, &entry, user, now)?;
    Ok(id)
}

fn add_order_line(tx: &mut Tx, order: OrderId, line: &FrozenLine) -> Result<(), Error> {
    let row = (
        order_lines::order_id.eq(order),
        order_lines::kind.eq(line.kind),
        order_lines::service_id.eq(line.service),
        order_lines::provider_id.eq(line.provider),
        order_lines::description.eq(&line.description),
        order_lines::unit.eq(&line.unit),
        order_lines::unit_price.eq(line.unit_price),
        order_lines::vat_class.eq(line.class),
        order_lines::declaration.eq(line.declaration),
        order_lines::quantity.eq(line.quantity),
        order_lines::net_pence.eq(line.net),
        order_lines::budget_pence.eq(line.budget),
    );
    let added: OrderLineId =
        diesel::insert_into(order_lines::table).values(row).returning(order_lines::id).get_result(tx)?;
    times::freeze(tx, order, added, &line.times)
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
    if actor.hides(order.package) {
        return Err(Error::NotFound);
    }
    match budgets::store::fund(tx, actor, order.fund) {
        Ok(_) => Ok(order),
        Err(Error::NotFound) if has_line(tx, actor, id)? => Ok(order),
        Err(other) => Err(other),
    }
}

/// An order whose support the actor may see, though perhaps not its prices: who sees the order, and who sees the person's
/// plan.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn order_planned(tx: &mut Tx, actor: &Actor, id: OrderId) -> Result<Order, Error> {
    match order(tx, actor, id) {
        Err(Error::NotFound) => {}
        other => return other,
    }
    let found = order_of_record(tx, id)?;
    let fund = budgets::store::fund_of_record(tx, found.fund)?;
    let hidden = actor.hides(found.package) || actor.hides(fund.id);
    if actor.may::<SeePlan>(fund.person) && !hidden { Ok(found) } else { Err(Error::NotFound) }
}

/// The newest orders of the people whose plan the actor sees: their own, and those of whom they act for.
///
/// # Errors
/// When the database fails.
pub fn orders_planned(tx: &mut Tx, actor: &Actor) -> Result<Vec<Order>, Error> {
    let people = actor.people_for::<SeePlan>();
    if people.is_empty() {
        return Ok(vec![]);
    }
    let theirs = funds::table.filter(funds::person_id.eq_any(people)).select(funds::id);
    let rows: Vec<OrderRow> =
        orders::table.filter(orders::fund_id.eq_any(theirs)).order(orders::id.desc()).limit(50).load(tx)?;
    let seen = |order: &Order| !actor.hides(order.package) && !actor.hides(order.fund);
    Ok(rows.into_iter().map(Order::from).filter(seen).collect())
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

/// The orders of a fund that the actor may see, the newest first. The caller has loaded the fund for the actor.
///
/// # Errors
/// When the database fails.
pub fn orders_seen(tx: &mut Tx, actor: &Actor, fund: FundId) -> Result<Vec<Order>, Error> {
    let mut all = orders_of_fund(tx, fund)?;
    all.retain(|order| !actor.hides(order.package));
    Ok(all)
}

/// The order lines as they are kept, with the provider's name.
type LineRow = (
    (OrderLineId, OrderId, OrderLineKind, Option<ServiceId>, OrganisationId, String, String),
    (String, UnitPrice, Class, bool, Quantity, Pence, Pence),
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

fn line_of(row: LineRow) -> OrderLine {
    let ((id, order, kind, service, provider, provider_name, description), figures) = row;
    let (unit, unit_price, class, declaration, quantity, net, budget) = figures;
    OrderLine {
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
        times: Times::default(),
    }
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
    times::with_times(tx, rows.into_iter().map(line_of).collect())
}

/// Some lines of orders, for a caller who has loaded what they stand on for the actor.
///
/// # Errors
/// When the database fails.
pub fn lines_by_id(tx: &mut Tx, some: &[OrderLineId]) -> Result<Vec<OrderLine>, Error> {
    let rows: Vec<LineRow> = order_lines::table
        .inner_join(organisations::table.on(organisations::id.eq(order_lines::provider_id)))
        .filter(order_lines::id.eq_any(some.to_vec()))
        .select(LINE)
        .load(tx)?;
    times::with_times(tx, rows.into_iter().map(line_of).collect())
}

/// The lines of an order that the actor may see. The caller has loaded the order for the actor, and shows a provider its
/// own lines only.
///
/// # Errors
/// When the database fails.
pub fn lines_seen(tx: &mut Tx, actor: &Actor, order: OrderId) -> Result<Vec<OrderLine>, Error> {
    let mut all = lines_of(tx, order)?;
    all.retain(|line| !actor.hides(line.id));
    Ok(all)
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
    times::with_times(tx, vec![line_of(row)])?.pop().ok_or(Error::NotFound)
}

/// What the actor's providers have to deliver: their lines of the orders that go on, the newest order first.
///
/// # Errors
/// When the database fails.
pub fn lines_for_providers(tx: &mut Tx, actor: &Actor) -> Result<Vec<(Order, OrderLine)>, Error> {
    let rows: Vec<LineRow> = order_lines::table
        .inner_join(organisations::table.on(organisations::id.eq(order_lines::provider_id)))
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .filter(order_lines::provider_id.eq_any(actor.providers()))
        .filter(orders::status.eq(OrderStatus::Open))
        .select(LINE)
        .order((order_lines::order_id.desc(), order_lines::id))
        .limit(500)
        .load(tx)?;
    let lines = times::with_times(tx, rows.into_iter().map(line_of).collect())?;
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

/// Takes the names that somebody gave to the packages of some funds.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, funds: &[FundId]) -> Result<(), Error> {
    diesel::update(packages::table.filter(packages::fund_id.eq_any(funds.to_vec())))
        .set(packages::name.eq(""))
        .execute(tx)?;
    Ok(())
}

/// The orders of packages that the person keeps from an actor.
///
/// # Errors
/// When the database fails.
pub fn hidden_orders(tx: &mut Tx, actor: &Actor) -> Result<Vec<OrderId>, Error> {
    let packages: Vec<PackageId> = actor.hidden();
    if packages.is_empty() {
        return Ok(vec![]);
    }
    Ok(orders::table.filter(orders::package_id.eq_any(packages)).select(orders::id).load(tx)?)
}
