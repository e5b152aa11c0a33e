//! What the page receives on which a service of a package is planned by days and times.

use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar;
use crate::directory::{BandDays, Listing};
use crate::ids::{PackageId, ServiceId};
use crate::money::Quantity;
use crate::packages::{Package, PlannedVisit, VISIT_ROWS};
use crate::web::parts::Choice;

/// The page on which a service of a package is planned by days and times; template `packages/visits.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct VisitsPage {
    /// The package.
    #[schema(value_type = i64)]
    pub package: PackageId,
    /// Its name.
    pub package_name: String,
    /// The version that is shown.
    pub version: i64,
    /// The service.
    #[schema(value_type = i64)]
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider_name: String,
    /// Whether its prices are by time, so that each visit needs a length.
    pub by_time: bool,
    /// Whether travel is charged by the mile.
    pub by_mile: bool,
    /// The rows of the form.
    pub rows: Vec<VisitRow>,
}

/// One row of the form: visits on some days at a time.
#[derive(Serialize, utoipa::ToSchema)]
pub struct VisitRow {
    /// Its number, from 1.
    pub number: usize,
    /// The days.
    pub days: Vec<Choice>,
    /// When each begins.
    pub start: String,
    /// How many minutes each lasts.
    pub minutes: String,
    /// How many people give it.
    pub staff: String,
    /// How many miles are driven for each.
    pub miles: String,
}

/// The form with the days and times as they are planned now.
#[must_use]
pub fn visits(package: &Package, listing: &Listing, planned: &[PlannedVisit], today: NaiveDate) -> VisitsPage {
    let rate = crate::directory::rules::rate_on(&listing.rates, today);
    let by_time = rate.is_some_and(|rate| rate.terms.unit.minutes().is_some());
    let staff = rate.map_or(1, |rate| rate.card.staff);
    VisitsPage {
        package: package.id,
        package_name: package.name.clone(),
        version: package.version,
        service: listing.service.id,
        name: listing.service.words.name.clone(),
        provider_name: listing.organisation.name.clone(),
        by_time,
        by_mile: rate.is_some_and(|rate| rate.card.mile_net.is_some()),
        rows: (1..=VISIT_ROWS).map(|number| visit_row(number, planned.get(number - 1), staff)).collect(),
    }
}

fn visit_row(number: usize, planned: Option<&PlannedVisit>, staff: u32) -> VisitRow {
    let choice = |days: BandDays| {
        let chosen = planned.is_some_and(|planned| planned.days == days);
        Choice::new(days.code(), crate::directory::rules::rates::days(days)).checked(chosen)
    };
    let miles = planned.map(|planned| planned.miles).filter(|miles| *miles != Quantity::default());
    VisitRow {
        number,
        days: BandDays::WEEKLY.into_iter().map(choice).collect(),
        start: planned.map(|planned| calendar::time(planned.start)).unwrap_or_default(),
        minutes: planned.map(|planned| planned.minutes.to_string()).unwrap_or_default(),
        staff: planned.map_or(staff, |planned| planned.staff).to_string(),
        miles: miles.map(Quantity::decimal).unwrap_or_default(),
    }
}
