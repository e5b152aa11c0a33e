//! What the pages of packages and orders receive, worded and formatted.

mod times;

use chrono::NaiveDate;
use serde::Serialize;

use super::rules::{self, Commitment, WeekCosting};
use super::{HolderFee, Order, OrderLine, OrderStatus, Package, PackageLine, Times, UnpricedLine};
use crate::auth::rights::{Actor, Choose};
use crate::budgets::{self, Books, Fund};
use crate::calendar::{self, Period};
use crate::communication::Flag;
use crate::directory::{Listing, Unit};
use crate::error::Error;
use crate::ids::{FundId, OrderId, OrganisationId, PackageId, ServiceId};
use crate::money::{Pence, Quantity, UnitPrice};
use crate::people::{Person, whose};
use crate::vat::{Arrangement, Class, Cost, RecoveredBy, Totals};
use crate::web::parts::{Choice, Fact};
pub use times::{VisitRow, VisitsPage, visits};

/// A quantity with its unit: "1 hour", "1.5 hours".
#[must_use]
pub fn quantity_words(quantity: Quantity, unit: &str) -> String {
    let unit = match Unit::from_code(unit) {
        Some(unit) if quantity == Quantity::ONE => unit.words().to_owned(),
        Some(unit) => unit.plural(),
        None => unit.to_owned(),
    };
    format!("{quantity} {unit}")
}

/// A price with its unit: "£26.40 per hour".
fn price_words(price: UnitPrice, unit: &str) -> String {
    let per = Unit::from_code(unit).map_or_else(|| format!("per {unit}"), Unit::per);
    format!("{price} {per}")
}

/// The packages and orders of a fund; template `packages/list.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PackagesPage {
    /// The fund.
    #[schema(value_type = i64)]
    pub fund: FundId,
    /// The fund in words.
    pub fund_words: String,
    /// Whose money it is, for the visitor.
    pub whose: String,
    /// How it stands.
    pub state: String,
    /// The packages, oldest first.
    pub packages: Vec<PackageRow>,
    /// The orders, the newest first.
    pub orders: Vec<OrderRow>,
    /// What stands in place of their sums, where those are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<&'static str>,
    /// Whether the visitor may choose and order.
    pub may_change: bool,
}

/// One package of a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PackageRow {
    /// Its page.
    pub href: String,
    /// Its name.
    pub name: String,
    /// How many services are in it, in words.
    pub services: String,
}

/// One order of a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrderRow {
    /// Its page.
    pub href: String,
    /// Its number, in words.
    pub name: String,
    /// From when to when.
    pub period: String,
    /// What the budget pays for the whole of it; not where it would tell what is kept from the visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub budget: Option<Pence>,
    /// Open or closed.
    pub status: String,
    /// The tone of that word's tag.
    pub tone: String,
}

fn order_row(order: &Order, sums: bool) -> Result<OrderRow, Error> {
    Ok(OrderRow {
        href: format!("/orders/{}", order.id),
        name: format!("Order {}", order.id),
        period: period_words(order)?,
        budget: sums.then_some(order.budget),
        status: order.status.words().to_owned(),
        tone: tone(order.status).to_owned(),
    })
}

const fn tone(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Open => "good",
        OrderStatus::Closed => "plain",
    }
}

fn period_words(order: &Order) -> Result<String, Error> {
    let weeks = if order.weeks == 1 { "1 week".to_owned() } else { format!("{} weeks", order.weeks) };
    Ok(format!("{}, {weeks}", order.period()?))
}

/// Whether the visitor may choose and order from a fund.
fn may_change(actor: &Actor, fund: &Fund) -> bool {
    fund.ended_on.is_none() && actor.may::<Choose>(fund.person)
}

/// The list of a fund's packages and orders.
///
/// # Errors
/// When a kept order makes no sense.
pub fn list(
    fund: &Fund,
    person: &Person,
    packages: &[(Package, i64)],
    orders: &[Order],
    (books, actor): (&Books, &Actor),
) -> Result<PackagesPage, Error> {
    let row = |(package, services): &(Package, i64)| PackageRow {
        href: format!("/packages/{}", package.id),
        name: package.name.clone(),
        services: match services {
            0 => "nothing in it yet".to_owned(),
            1 => "one service".to_owned(),
            many => format!("{many} services"),
        },
    };
    let open = orders.iter().filter(|order| order.status == OrderStatus::Open).count();
    let state = match (packages.is_empty(), open) {
        (true, _) => "Nothing was chosen yet.".to_owned(),
        (false, 0) => "Nothing is ordered now.".to_owned(),
        (false, 1) => "One order goes on.".to_owned(),
        (false, open) => format!("{open} orders go on."),
    };
    Ok(PackagesPage {
        fund: fund.id,
        fund_words: fund.form.words().to_owned(),
        whose: whose(actor, person),
        state,
        packages: packages.iter().map(row).collect(),
        orders: orders.iter().map(|order| order_row(order, books.sums.is_some())).collect::<Result<_, _>>()?,
        not_shown: books.instead(),
        may_change: may_change(actor, fund),
    })
}

/// For how many weeks a package names the bank holidays.
const SOON: u32 = 8;

/// A package, costed; template `packages/show.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PackagePage {
    /// The package.
    #[schema(value_type = i64)]
    pub id: PackageId,
    /// Its name.
    pub name: String,
    /// The version that is shown: a change names it.
    pub version: i64,
    /// The fund that would pay.
    #[schema(value_type = i64)]
    pub fund: FundId,
    /// The fund in words.
    pub fund_words: String,
    /// Whose money it is, for the visitor.
    pub whose: String,
    /// What is left of a week, or by how much it is over.
    pub state: String,
    /// What the fund has per week.
    #[schema(value_type = String)]
    pub weekly: Pence,
    /// The services.
    pub lines: Vec<LineShown>,
    /// The fee of the holder, where it comes out of the budget.
    pub fee: Option<LineShown>,
    /// Whether something in it is planned by days and times.
    pub by_times: bool,
    /// The bank holidays of the next weeks.
    pub holidays: Option<String>,
    /// What one should know about the fee.
    pub fee_note: Option<String>,
    /// Services that have no price now.
    pub unpriced: Vec<UnpricedShown>,
    /// The sums, the fee included; nothing while something in it cannot be costed.
    pub total: Option<TotalShown>,
    /// Why it cannot be costed.
    pub refusal: Option<String>,
    /// What is left of a week; negative when it is over.
    #[schema(value_type = Option<String>)]
    pub left: Option<Pence>,
    /// The same in words.
    pub left_words: Option<String>,
    /// What is ordered from the fund already, where anything is, and what that leaves.
    pub ordered_note: Option<String>,
    /// Whether it is more than the fund has for a week.
    pub over: bool,
    /// What one should know about VAT that comes back to this fund.
    pub recovery_note: Option<String>,
    /// The same package in every form, as information.
    pub rows: Vec<SideRow>,
    /// Whether the visitor may change and order it.
    pub may_change: bool,
    /// The day of today, as one would type it.
    pub today: String,
}

/// One line of a package with its cost per week.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LineShown {
    /// The service; nothing for the fee.
    #[schema(value_type = Option<i64>)]
    pub service: Option<ServiceId>,
    /// What it is.
    pub name: String,
    /// Who gives it.
    pub provider_name: String,
    /// How much each week, as one would type it.
    #[schema(value_type = String)]
    pub quantity: Quantity,
    /// The same with its unit.
    pub quantity_words: String,
    /// The unit, in the plural.
    pub units: String,
    /// The price of one unit without VAT.
    pub price_words: String,
    /// On which days and at which times, in words; empty where a quantity alone is planned.
    pub times: Vec<String>,
    /// How the price of an ordinary week comes about, where it is planned by times.
    pub price_parts: Vec<String>,
    /// The price of a week without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// The VAT on the provider's invoice.
    #[schema(value_type = String)]
    pub vat_charged: Pence,
    /// The VAT that the holder charges on.
    #[schema(value_type = String)]
    pub onward_vat: Pence,
    /// On what ground VAT is charged or not.
    pub ground: String,
    /// council, holder, holder_and_council, nobody, or nothing where there is no VAT.
    pub recovered_by: Option<String>,
    /// The same in words.
    pub recovered_by_words: String,
    /// What the budget pays.
    #[schema(value_type = String)]
    pub budget_pays: Pence,
    /// Whether it is goods, for which the person's declaration matters.
    pub is_goods: bool,
    /// Whether the declaration was made.
    pub declaration: bool,
}

/// A service without a price now.
#[derive(Serialize, utoipa::ToSchema)]
pub struct UnpricedShown {
    /// The service.
    #[schema(value_type = i64)]
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// Who gave it.
    pub provider_name: String,
    /// Why it has no price.
    pub reason: String,
}

/// The sums of a package per week.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TotalShown {
    /// Without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// The VAT on the providers' invoices.
    #[schema(value_type = String)]
    pub vat_charged: Pence,
    /// The VAT that the holder charges on.
    #[schema(value_type = String)]
    pub onward_vat: Pence,
    /// How much of both comes back.
    #[schema(value_type = String)]
    pub recovered: Pence,
    /// What the budget pays.
    #[schema(value_type = String)]
    pub budget_pays: Pence,
}

impl From<Totals> for TotalShown {
    fn from(total: Totals) -> Self {
        Self {
            net: total.net,
            vat_charged: total.vat_charged,
            onward_vat: total.onward_vat,
            recovered: total.recovered,
            budget_pays: total.budget_pays,
        }
    }
}

/// The package in one form.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SideRow {
    /// The form's code.
    pub form: String,
    /// The form in words.
    pub form_words: String,
    /// The structure's code, where there is one.
    pub structure: Option<String>,
    /// The structure in words.
    pub structure_words: Option<String>,
    /// VAT on invoices, and what a holder charges on.
    #[schema(value_type = String)]
    pub vat: Pence,
    /// How much of it comes back.
    #[schema(value_type = String)]
    pub recovered: Pence,
    /// What the budget pays for the holder's fee.
    #[schema(value_type = String)]
    pub fee: Pence,
    /// What the budget pays in all.
    #[schema(value_type = String)]
    pub budget_pays: Pence,
    /// What is left of a week; negative when it is over.
    #[schema(value_type = String)]
    pub left: Pence,
    /// The same in words.
    pub left_words: String,
    /// Whether this is the fund's own form and structure.
    pub own: bool,
}

/// What a package's page is made from.
pub struct PackageData {
    /// The package.
    pub package: Package,
    /// Its fund.
    pub fund: Fund,
    /// Whose it is.
    pub person: Person,
    /// The services at their rates.
    pub lines: Vec<PackageLine>,
    /// Services without a price.
    pub unpriced: Vec<UnpricedLine>,
    /// What the holder takes.
    pub fee: Option<HolderFee>,
    /// What is ordered from the fund already.
    pub ordered: Vec<Commitment>,
}

/// The page of a package.
///
/// # Errors
/// When the fund's form and structure make no sense.
pub fn package(data: &PackageData, actor: &Actor, today: NaiveDate) -> Result<PackagePage, Error> {
    let PackageData { package, fund, person, lines, unpriced, fee, ordered } = data;
    let own = fund.arrangement().map_err(|cause| Error::internal("a fund's form", cause))?;
    let counted = rules::fee_in(fee.as_ref(), own, own);
    let week = rules::cost_week(lines, counted, own, fund.recovery, today);
    let side = rules::side_by_side(lines, fee.as_ref(), own, fund.recovery, today);
    let weekly = fund.spendable_weekly();
    let refusal = week.as_ref().err().map(ToString::to_string);
    let week = week.ok();
    let left = week.as_ref().map(|week| weekly - week.total.budget_pays);
    let shown = |week: &WeekCosting| -> Vec<LineShown> {
        lines.iter().zip(&week.lines).map(|(line, cost)| line_shown(line, cost)).collect()
    };
    Ok(PackagePage {
        id: package.id,
        name: package.name.clone(),
        version: package.version,
        fund: fund.id,
        fund_words: own.words(),
        whose: whose(actor, person),
        state: package_state(lines, left, weekly),
        weekly,
        lines: week.as_ref().map(shown).unwrap_or_default(),
        fee: week.as_ref().and_then(|week| Some(fee_shown(counted?, week.fee.as_ref()?))),
        by_times: lines.iter().any(|line| line.times.is_planned()),
        holidays: Period::of_weeks(today, SOON).ok().and_then(bank_holidays_in).map(|fact| fact.value),
        fee_note: fee.as_ref().and_then(fee_note),
        unpriced: unpriced.iter().map(unpriced_shown).collect(),
        refusal,
        left,
        left_words: left.map(left_words),
        ordered_note: left.and_then(|left| ordered_note(left, ordered, today)),
        over: left.is_some_and(Pence::is_negative),
        recovery_note: budgets::rules::recovery_is_open(fund)
            .then(|| "Nobody has confirmed that VAT comes back to this fund. It is costed as if none did.".to_owned()),
        rows: if lines.is_empty() { vec![] } else { side_rows(&side.unwrap_or_default(), own, weekly) },
        total: week.map(|week| week.total.into()),
        may_change: may_change(actor, fund),
        today: calendar::full(today),
    })
}

fn package_state(lines: &[PackageLine], left: Option<Pence>, weekly: Pence) -> String {
    match left {
        None => "This package cannot be costed as it is.".to_owned(),
        Some(_) if lines.is_empty() => format!("There is nothing in it yet. The fund has {weekly} per week."),
        Some(left) if left.is_negative() => {
            format!("This is {} per week more than the fund has. It has {weekly} per week.", left.abs())
        }
        Some(left) => format!("{left} of {weekly} per week is left."),
    }
}

/// What is ordered already in the coming weeks, and what it means for this package, in words.
fn ordered_note(left: Pence, ordered: &[Commitment], today: NaiveDate) -> Option<String> {
    let already = rules::committed(Period::of_weeks(today, SOON).ok()?, ordered);
    if already.is_zero() {
        return None;
    }
    let rest = left - already;
    let as_well = if rest.is_negative() {
        format!("take {} per week more than it has", rest.abs())
    } else {
        format!("leave {rest} per week")
    };
    Some(format!(
        "{already} per week is ordered from this fund already. To order this package as well would {as_well}."
    ))
}

/// What is left, or by how much it is over, in words.
fn left_words(left: Pence) -> String {
    if left.is_negative() { format!("{} too much", left.abs()) } else { format!("{left} left") }
}

fn line_shown(line: &PackageLine, cost: &Cost) -> LineShown {
    LineShown {
        service: Some(line.service),
        name: line.service_name.clone(),
        provider_name: line.provider_name.clone(),
        quantity: line.weekly_quantity,
        quantity_words: quantity_words(line.weekly_quantity, &line.unit),
        units: Unit::from_code(&line.unit).map_or_else(|| line.unit.clone(), Unit::plural),
        times: time_words(&line.times, &line.unit),
        price_parts: rules::times::price_words(&line.times.parts),
        price_words: match line.agreed {
            true => format!("{}, agreed for this fund", price_words(line.unit_price, &line.unit)),
            false => price_words(line.unit_price, &line.unit),
        },
        net: cost.net,
        vat_charged: cost.vat_charged,
        onward_vat: cost.onward_vat,
        ground: cost.ground.to_string(),
        recovered_by: cost.recovered_by.map(|by| by.code().to_owned()),
        recovered_by_words: recovered_words(cost.recovered_by),
        budget_pays: cost.budget_pays,
        is_goods: line.class == Class::G,
        declaration: line.declaration,
    }
}

/// Days and times in words.
fn time_words(times: &Times, unit: &str) -> Vec<String> {
    let by_time = Unit::from_code(unit).is_some_and(|unit| unit.minutes().is_some());
    times.visits.iter().map(|one| rules::times::words(one, by_time)).collect()
}

fn recovered_words(by: Option<RecoveredBy>) -> String {
    by.map_or_else(|| "There is no VAT".to_owned(), |by| by.words().to_owned())
}

fn fee_shown(fee: &HolderFee, cost: &Cost) -> LineShown {
    LineShown {
        service: None,
        name: "Fee for holding the fund".to_owned(),
        provider_name: fee.holder_name.clone(),
        quantity: Quantity::ONE,
        quantity_words: quantity_words(Quantity::ONE, "week"),
        units: Unit::Week.plural(),
        price_words: price_words(fee.weekly.into(), "week"),
        times: vec![],
        price_parts: vec![],
        net: cost.net,
        vat_charged: cost.vat_charged,
        onward_vat: cost.onward_vat,
        ground: cost.ground.to_string(),
        recovered_by: cost.recovered_by.map(|by| by.code().to_owned()),
        recovered_by_words: recovered_words(cost.recovered_by),
        budget_pays: cost.budget_pays,
        is_goods: false,
        declaration: false,
    }
}

/// What one should know about the fee, where there is one.
fn fee_note(fee: &HolderFee) -> Option<String> {
    if fee.weekly.is_zero() {
        return Some(format!("{} takes no fee for holding this fund.", fee.holder_name));
    }
    fee.on_top.then(|| {
        format!(
            "{} takes {} per week and VAT for holding this fund. The council pays that on top. It does not come out of \
             this budget.",
            fee.holder_name, fee.weekly
        )
    })
}

fn unpriced_shown(line: &UnpricedLine) -> UnpricedShown {
    UnpricedShown {
        service: line.service,
        name: line.service_name.clone(),
        provider_name: line.provider_name.clone(),
        reason: line.reason.clone(),
    }
}

fn side_rows(side: &[(Arrangement, WeekCosting)], own: Arrangement, weekly: Pence) -> Vec<SideRow> {
    let row = |(arrangement, week): &(Arrangement, WeekCosting)| {
        let left = weekly - week.total.budget_pays;
        SideRow {
            form: arrangement.form().code().to_owned(),
            form_words: arrangement.form().words().to_owned(),
            structure: arrangement.structure().map(|structure| structure.code().to_owned()),
            structure_words: arrangement.structure().map(|structure| structure.words().to_owned()),
            vat: week.total.vat_charged + week.total.onward_vat,
            recovered: week.total.recovered,
            fee: week.fee.map_or(Pence::ZERO, |fee| fee.budget_pays),
            budget_pays: week.total.budget_pays,
            left,
            left_words: left_words(left),
            own: *arrangement == own,
        }
    };
    side.iter().map(row).collect()
}

/// The page on which a service is added to a package; template `packages/add.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AddPage {
    /// The service.
    #[schema(value_type = i64)]
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider_name: String,
    /// The price of one unit without VAT; nothing when none is named for today.
    pub price_words: Option<String>,
    /// The unit, in the plural.
    pub units: String,
    /// Whether it is goods, for which the person's declaration matters.
    pub is_goods: bool,
    /// The packages to which it can be added, and the funds where one can be started.
    pub targets: Vec<Choice>,
}

/// The page on which a service is added; each target is its code and its words.
#[must_use]
pub fn add(listing: &Listing, targets: Vec<(String, String)>, today: NaiveDate) -> AddPage {
    let rate = crate::directory::rules::rate_on(&listing.rates, today);
    let only = targets.len() == 1;
    AddPage {
        service: listing.service.id,
        name: listing.service.words.name.clone(),
        provider_name: listing.organisation.name.clone(),
        price_words: rate.map(|rate| price_words(rate.net, rate.terms.unit.code())),
        units: rate.map_or_else(|| "units".to_owned(), |rate| rate.terms.unit.plural()),
        is_goods: listing.decision.class == Some(Class::G),
        targets: targets.into_iter().map(|(code, words)| Choice::new(code, words).checked(only)).collect(),
    }
}

/// An order; template `packages/order.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrderPage {
    /// The order.
    #[schema(value_type = i64)]
    pub id: OrderId,
    /// Whose support it is, for the visitor.
    pub whose: String,
    /// How it stands.
    pub state: String,
    /// Open or closed.
    pub status: String,
    /// The tone of that word's tag.
    pub tone: String,
    /// What one should know about it.
    pub facts: Vec<Fact>,
    /// How the person needs to be spoken and written to.
    pub communication: Option<Flag>,
    /// Its lines; a provider sees its own.
    pub lines: Vec<OrderLineShown>,
    /// Whether all of it is shown, with what the budget pays.
    pub whole: bool,
    /// What the budget pays for all of it; for those who see the fund.
    #[schema(value_type = Option<String>)]
    pub budget: Option<Pence>,
    /// What all shown lines cost without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// Where its deliveries are.
    pub deliveries_href: String,
}

/// One line of an order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrderLineShown {
    /// The line.
    pub id: i64,
    /// service or fee.
    pub kind: String,
    /// What it is.
    pub description: String,
    /// Who gives it.
    pub provider_name: String,
    /// How much in the whole period.
    pub quantity_words: String,
    /// The price of one unit without VAT.
    pub price_words: String,
    /// On which days and at which times, in words; empty where a quantity alone was ordered.
    pub times: Vec<String>,
    /// How the price comes about, where it was ordered by times.
    pub price_parts: Vec<String>,
    /// The price of all of it without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// What the budget pays for all of it; for those who see the fund.
    #[schema(value_type = Option<String>)]
    pub budget: Option<Pence>,
}

/// What an order's page is made from.
pub struct OrderData {
    /// The order.
    pub order: Order,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// Its fund, when the visitor may see it.
    pub fund: Option<Fund>,
    /// Whose support it is.
    pub person: Person,
    /// How they need to be spoken and written to.
    pub communication: Option<Flag>,
    /// Who ordered.
    pub ordered_by: String,
}

/// The bank holidays of a period, when there are any: providers may be closed, or cost more, on them.
fn bank_holidays_in(period: Period) -> Option<Fact> {
    let days = period.from().iter_days().take_while(|day| *day <= period.to());
    let named = |day| calendar::bank_holiday(day).map(|name| format!("{name}, {}", calendar::long(day)));
    let holidays: Vec<String> = days.filter_map(named).collect();
    (!holidays.is_empty()).then(|| Fact::new("Bank holidays in this time", holidays.join("; ")))
}

/// The page of an order: a provider sees its own lines and where it delivers, not the fund.
///
/// # Errors
/// When the kept order makes no sense.
pub fn order(data: &OrderData, actor: &Actor) -> Result<OrderPage, Error> {
    let OrderData { order, lines, fund, person, ordered_by, communication } = data;
    let whole = fund.is_some();
    // A sum over lines of which some are hidden would tell what they are.
    let kept = actor.is_kept_from(person.id);
    let own: Vec<OrganisationId> = actor.providers();
    let visible: Vec<&OrderLine> = lines.iter().filter(|line| whole || own.contains(&line.provider)).collect();
    let mut facts = vec![
        Fact::new("For", &person.name),
        Fact::new("Where", person.address.on_one_line()),
        Fact::new("When", period_words(order)?),
    ];
    facts.extend(bank_holidays_in(order.period()?));
    if whole {
        let arrangement = order.arrangement()?;
        facts.push(Fact::new("Fund", arrangement.words()).href(format!("/funds/{}", order.fund)));
        facts.push(Fact::new("VAT that comes back", order.recovery.words()));
        // Who acts for somebody does not learn here who else does.
        let acts = actor.stands_for(person.id) && actor.person() != Some(person.id);
        let by = if acts && order.ordered_by != actor.user() && Some(order.ordered_by) != person.user {
            "Somebody else for them".to_owned()
        } else {
            format!("{ordered_by}, {}", order.authority)
        };
        facts.push(Fact::new("Ordered by", by));
        facts.push(Fact::new("Package", "As it is now").href(format!("/packages/{}", order.package)));
    }
    let state = match (order.status, whole) {
        (OrderStatus::Closed, _) => "This order has ended.".to_owned(),
        (OrderStatus::Open, true) if kept => "This order goes on.".to_owned(),
        (OrderStatus::Open, true) => format!("The budget pays {} for all of it.", order.budget),
        (OrderStatus::Open, false) => "This order goes on.".to_owned(),
    };
    Ok(OrderPage {
        id: order.id,
        whose: if whole { whose(actor, person) } else { format!("For {}", person.name) },
        state,
        status: order.status.words().to_owned(),
        tone: tone(order.status).to_owned(),
        facts,
        // A provider serves the person while the order goes on, and then no longer.
        communication: communication.clone().filter(|_| whole || order.status == OrderStatus::Open),
        net: visible.iter().map(|line| line.net).sum(),
        lines: visible.into_iter().map(|line| order_line_shown(line, whole)).collect(),
        whole,
        budget: (whole && !kept).then_some(order.budget),
        deliveries_href: format!("/orders/{}/deliveries", order.id),
    })
}

fn order_line_shown(line: &OrderLine, whole: bool) -> OrderLineShown {
    OrderLineShown {
        id: line.id.number(),
        kind: line.kind.code().to_owned(),
        description: line.description.clone(),
        provider_name: line.provider_name.clone(),
        quantity_words: quantity_words(line.quantity, &line.unit),
        price_words: price_words(line.unit_price, &line.unit),
        times: time_words(&line.times, &line.unit),
        price_parts: rules::times::price_words(&line.times.parts),
        net: line.net,
        budget: whole.then_some(line.budget),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bank_holidays_of_an_order_are_named() {
        let weeks = |from: &str| Period::of_weeks(calendar::parse_date(from).unwrap(), 2).unwrap();
        let christmas = bank_holidays_in(weeks("2026-12-14")).unwrap();
        assert_eq!(christmas.value, "Christmas Day, Friday 25 December 2026");
        assert!(bank_holidays_in(weeks("2026-11-02")).is_none());
    }

    #[test]
    fn quantities_and_prices_carry_their_unit() {
        assert_eq!(quantity_words(Quantity::ONE, "hour"), "1 hour");
        assert_eq!(quantity_words(Quantity::parse("1.5").unwrap(), "hour"), "1.5 hours");
        assert_eq!(price_words(UnitPrice::parse("26.40").unwrap(), "hour"), "£26.40 per hour");
    }

    #[test]
    fn the_first_line_says_what_is_left_or_too_much() {
        assert_eq!(left_words(Pence::from_pence(600)), "£6.00 left");
        assert_eq!(left_words(Pence::from_pence(-1560)), "£15.60 too much");
        let today = "2026-12-01".parse().unwrap();
        let period = Period::of_weeks(today, 4).unwrap();
        let ordered = [Commitment { period, weekly: Pence::from_pence(38_100), has_fee: false }];
        assert_eq!(ordered_note(Pence::from_pence(36_180), &[], today), None);
        assert_eq!(
            ordered_note(Pence::from_pence(36_750), &ordered, today).unwrap(),
            "£381.00 per week is ordered from this fund already. To order this package as well would take £13.50 per week more than it has."
        );
        assert!(
            ordered_note(Pence::from_pence(38_200), &ordered, today).unwrap().ends_with("would leave £1.00 per week.")
        );
    }
}
