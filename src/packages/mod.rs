//! Packages: services picked against a fund with a quantity for each week, costed as the fund would pay them; and orders,
//! which freeze a package for some weeks and reserve its money.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{NaiveDate, NaiveTime};

use crate::calendar::{CalendarError, Period};
use crate::directory::{BandDays, PricePart, Rate, Unit};
use crate::error::Error;
use crate::ids::{AgreementId, FundId, OrderId, OrderLineId, OrganisationId, PackageId, ServiceId, UserId};
use crate::money::{Pence, Quantity, UnitPrice};
use crate::vat::{Arrangement, Class, Form, Recovery, Structure};
use crate::vocabulary;

/// The longest that may be ordered at once, in weeks.
pub const MOST_WEEKS: i64 = 52;

/// The most services in one package: more is a mistake, or no longer to be overlooked by a person.
pub const MOST_LINES: usize = 50;

/// How many rows of visits the form of one service has room for.
pub const VISIT_ROWS: usize = 8;

/// Services picked against a fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its id.
    pub id: PackageId,
    /// The fund that would pay.
    pub fund: FundId,
    /// What the person calls it.
    pub name: String,
    /// Counts changes: a change names the version that it was made from.
    pub version: i64,
}

/// Visits that are planned each week: on some days, at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedVisit {
    /// On which days of the week.
    pub days: BandDays,
    /// When each begins.
    pub start: NaiveTime,
    /// How long it lasts; without meaning where nothing is priced by time.
    pub minutes: u32,
    /// How many people give it together.
    pub staff: u32,
    /// How many miles are driven for it.
    pub miles: Quantity,
}

/// A price that was agreed for a fund, beside what the provider lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreedPrice {
    /// For what.
    pub unit: Unit,
    /// Without VAT.
    pub net: UnitPrice,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, where it ends.
    pub to: Option<NaiveDate>,
}

impl AgreedPrice {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// By what the visits under an order line are priced: what was known when it was ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderedPrices {
    /// The rates of the service, oldest first.
    pub rates: Vec<Rate>,
    /// What was agreed for the fund, the newest last.
    pub agreed: Vec<AgreedPrice>,
}

/// What is planned by days and times, with the parts of which its price is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The visits; none where a service is planned by its quantity alone.
    pub visits: Vec<PlannedVisit>,
    /// What they cost: those of one week, or of a whole order.
    pub parts: Vec<PricePart>,
    /// What a unit comes to on average over a whole order, before it is frozen; a council's highest price is held against it.
    pub averages: Vec<(Unit, UnitPrice)>,
}

impl Times {
    /// Whether there are any.
    #[must_use]
    pub fn is_planned(&self) -> bool {
        !self.visits.is_empty()
    }
}

/// One service of a package, at its rate on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageLine {
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// Who gives it.
    pub provider: OrganisationId,
    /// Their name.
    pub provider_name: String,
    /// What the price is for: the code and the word of a unit.
    pub unit: String,
    /// The price of one unit without VAT.
    pub unit_price: UnitPrice,
    /// Whether that price was agreed for this fund, beside what the provider lists.
    pub agreed: bool,
    /// The VAT class.
    pub class: Class,
    /// For goods (class G): whether the person has declared that they are disabled and the goods are for their own use.
    pub declaration: bool,
    /// How much each week.
    pub weekly_quantity: Quantity,
    /// On which days and at which times, where that is planned.
    pub times: Times,
}

/// A service of a package that has no price on the day, so that it cannot be costed or ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpricedLine {
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// Who gave it.
    pub provider_name: String,
    /// How much each week.
    pub weekly_quantity: Quantity,
    /// Why it has no price, in a sentence.
    pub reason: String,
}

/// What the holder of a fund takes for holding it, on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderFee {
    /// The holder.
    pub holder: OrganisationId,
    /// Its name.
    pub holder_name: String,
    /// Per week, without VAT.
    pub weekly: Pence,
    /// The class of the fee: taxed when the holder is registered for VAT.
    pub class: Class,
    /// Whether the council pays it on top, so that it does not come out of the budget.
    pub on_top: bool,
}

vocabulary! {
    /// Whether an order goes on.
    OrderStatus {
        /// Support is given under it.
        Open = "open", "Open";
        /// It has ended; what it had reserved and not used is free again.
        Closed = "closed", "Closed";
    }
}

vocabulary! {
    /// What an order line is for.
    OrderLineKind {
        /// Support by a provider.
        Service = "service", "Support";
        /// What the holder takes for holding the fund.
        Fee = "fee", "Fee of the holder";
    }
}

/// A package ordered for some weeks, as it was costed on that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The package that it freezes.
    pub package: PackageId,
    /// The fund that pays.
    pub fund: FundId,
    /// The agreement under which it was made, where there was one.
    pub agreement: Option<AgreementId>,
    /// The fund's form on that day.
    pub form: Form,
    /// What the holder was in law on that day.
    pub structure: Option<Structure>,
    /// Whether VAT recovery was confirmed on that day.
    pub recovery: Recovery,
    /// The first day.
    pub starts_on: NaiveDate,
    /// For how many weeks, each of seven days from the first day.
    pub weeks: i64,
    /// What the budget pays for the whole of it: the sum of its lines.
    pub budget: Pence,
    /// Whether it goes on.
    pub status: OrderStatus,
    /// Who ordered.
    pub ordered_by: UserId,
    /// By what authority, in words.
    pub authority: String,
    /// Counts changes.
    pub version: i64,
}

impl Order {
    /// The days for which it was made.
    ///
    /// # Errors
    /// When the kept number of weeks is none.
    pub fn period(&self) -> Result<Period, Error> {
        period(self.starts_on, self.weeks).map_err(|cause| Error::internal("an order's weeks", cause))
    }

    /// Form and structure, by which its VAT and its payer are decided.
    ///
    /// # Errors
    /// When the kept form and structure do not fit.
    pub fn arrangement(&self) -> Result<Arrangement, Error> {
        Arrangement::new(self.form, self.structure).map_err(|cause| Error::internal("an order's form", cause))
    }
}

/// So many weeks from a first day.
///
/// # Errors
/// For no weeks, and beyond the calendar.
pub fn period(starts_on: NaiveDate, weeks: i64) -> Result<Period, CalendarError> {
    Period::of_weeks(starts_on, u32::try_from(weeks).unwrap_or(0))
}

/// One line of an order: what was agreed with one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// Its id.
    pub id: OrderLineId,
    /// The order.
    pub order: OrderId,
    /// Support, or the holder's fee.
    pub kind: OrderLineKind,
    /// The service; nothing for a fee.
    pub service: Option<ServiceId>,
    /// Who gives it and sends the invoice.
    pub provider: OrganisationId,
    /// Their name.
    pub provider_name: String,
    /// What it is, as the invoice will say.
    pub description: String,
    /// What the price is for: the code and the word of a unit.
    pub unit: String,
    /// The price of one unit without VAT.
    pub unit_price: UnitPrice,
    /// The VAT class.
    pub class: Class,
    /// For goods (class G): whether the person's declaration is held.
    pub declaration: bool,
    /// How much in the whole period.
    pub quantity: Quantity,
    /// The price of all of it without VAT.
    pub net: Pence,
    /// What the budget pays for all of it.
    pub budget: Pence,
    /// On which days and at which times, where that was planned.
    pub times: Times,
}
