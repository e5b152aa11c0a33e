//! What the forms of packages and orders send.

use chrono::NaiveDate;

use super::{MOST_WEEKS, PlannedVisit, VISIT_ROWS};
use crate::directory::{BandDays, LONGEST_VISIT, MOST_MILES, MOST_STAFF};
use crate::error::Invalid;
use crate::ids::{FundId, PackageId, ServiceId};
use crate::money::Quantity;
use crate::web::form::{Fields, LINE, Reader};

/// The most of one service that can be chosen for one week, in units.
const MOST_WEEKLY: i64 = 10_000;

/// The fields of a new package's form.
pub const PACKAGE: &[(&str, &str)] = &[("name", "What the package is called.")];

/// Reads a new package's form: its name.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn package(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let name = reader.text("name", "a name for the package", LINE);
    reader.finish(|| name)
}

/// The fields of the form that puts a service into a package or changes how much of it.
pub const LINE_FIELDS: &[(&str, &str)] = &[
    ("service", "The number of the service."),
    ("weekly_quantity", "How much each week, in the unit of its price."),
    ("declaration", "true when the person declares that goods are for their own use as a disabled person."),
    ("version", "The version of the package that was seen."),
];

/// A service and how much of it each week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineToSet {
    /// The service.
    pub service: ServiceId,
    /// How much each week.
    pub weekly_quantity: Quantity,
    /// For goods: whether the person makes the declaration.
    pub declaration: bool,
    /// The version of the package that was seen; nothing when no package was seen.
    pub version: Option<i64>,
}

/// Reads the form on a package's page that changes how much of a service.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn line(fields: &Fields) -> Result<LineToSet, Invalid> {
    let mut reader = Reader::new(fields);
    let (service, weekly_quantity) = service_and_quantity(&mut reader);
    let declaration = reader.flag("declaration");
    let version = version(&mut reader);
    reader.finish(|| {
        let version = Some(version?);
        Some(LineToSet { service: service?, weekly_quantity: weekly_quantity?, declaration, version })
    })
}

fn service_and_quantity(reader: &mut Reader<'_>) -> (Option<ServiceId>, Option<Quantity>) {
    let service = reader.id("service", "the service");
    let quantity = reader.quantity("weekly_quantity", "how much each week").filter(|quantity| {
        let fits = *quantity <= Quantity::whole(MOST_WEEKLY);
        if !fits {
            reader.refuse("weekly_quantity", format!("Enter at most {MOST_WEEKLY} for one week."));
        }
        fits
    });
    (service, quantity)
}

/// The version of the package that the visitor saw.
fn version(reader: &mut Reader<'_>) -> Option<i64> {
    reader.version("the version of the package")
}

/// The fields of the form that plans a service by days and times; its rows count from 1.
pub const VISITS: &[(&str, &str)] = &[
    ("version", "The version of the package that was seen."),
    (
        "days_1",
        "On which days: every, weekdays, weekend, or a day's name; up to days_8. A row left empty counts for nothing.",
    ),
    ("start_1", "When each visit begins, like 8:30am; up to start_8."),
    ("minutes_1", "How many minutes each lasts, 1 to 1440; needed where prices are by time; up to minutes_8."),
    ("staff_1", "How many people give it together; 1 when left out; up to staff_8."),
    ("miles_1", "How many miles are driven for each, where travel is charged by the mile; up to miles_8."),
];

/// Reads the days and times of a service; empty rows count for nothing, and without any the service has a quantity alone.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn visits(fields: &Fields, by_time: bool) -> Result<(i64, Vec<PlannedVisit>), Invalid> {
    let mut reader = Reader::new(fields);
    let version = version(&mut reader);
    let mut planned = vec![];
    for row in 1..=VISIT_ROWS {
        let name = |field: &str| format!("{field}_{row}");
        // How many give it stands in every row, so it alone is no visit.
        if ["days", "start", "minutes", "miles"].iter().any(|field| fields.get(&name(field)).is_some()) {
            planned.push(visit(&mut reader, fields, name, by_time));
        }
    }
    reader.finish(|| Some((version?, planned.into_iter().collect::<Option<Vec<PlannedVisit>>>()?)))
}

fn visit(
    reader: &mut Reader<'_>,
    fields: &Fields,
    name: impl Fn(&str) -> String,
    by_time: bool,
) -> Option<PlannedVisit> {
    let given = |field: &str| fields.get(&name(field)).is_some();
    let weekly = |code: &str| BandDays::from_code(code, None).filter(|days| *days != BandDays::BankHolidays);
    let days = reader.choice(&name("days"), "on which days", weekly);
    let start = reader.time(&name("start"), "when it begins");
    let minutes = match by_time || given("minutes") {
        true => reader.whole(&name("minutes"), "how many minutes it lasts", 1..=LONGEST_VISIT),
        false => Some(1),
    };
    let staff = match given("staff") {
        true => reader.whole(&name("staff"), "how many people give it", 1..=MOST_STAFF),
        false => Some(1),
    };
    let miles = match fields.get(&name("miles")) {
        None | Some("0") => Some(Quantity::default()),
        Some(_) => reader.quantity(&name("miles"), "how many miles").filter(|miles| {
            let fits = *miles <= Quantity::whole(MOST_MILES);
            if !fits {
                reader.refuse(&name("miles"), format!("Enter at most {MOST_MILES} miles for one visit."));
            }
            fits
        }),
    };
    let (minutes, staff) = (u32::try_from(minutes?).ok()?, u32::try_from(staff?).ok()?);
    Some(PlannedVisit { days: days?, start: start?, minutes, staff, miles: miles? })
}

/// The fields of the form that takes a service out of a package.
pub const REMOVAL: &[(&str, &str)] = &[("version", "The version of the package that was seen.")];

/// Reads the form that takes a service out: the version that was seen.
///
/// # Errors
/// When it is missing or no number.
pub fn removal(fields: &Fields) -> Result<i64, Invalid> {
    let mut reader = Reader::new(fields);
    let version = version(&mut reader);
    reader.finish(|| version)
}

/// The fields of the form that adds a service to a package that is chosen there.
pub const ADD: &[(&str, &str)] = &[
    ("service", "The number of the service."),
    ("package", "The number of a package, or new- and the number of a fund to start a package there."),
    ("weekly_quantity", "How much each week, in the unit of its price."),
    ("declaration", "true when the person declares that goods are for their own use as a disabled person."),
];

/// Where a service is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a package.
    Package(PackageId),
    /// To a new package of a fund.
    New(FundId),
}

impl Target {
    /// As the form sends it.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Package(id) => id.to_string(),
            Self::New(fund) => format!("new-{fund}"),
        }
    }

    fn parse(code: &str) -> Option<Self> {
        match code.strip_prefix("new-") {
            Some(fund) => fund.parse().ok().map(Self::New),
            None => code.parse().ok().map(Self::Package),
        }
    }
}

/// Reads the form that adds a service to a package that is chosen there.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn add(fields: &Fields) -> Result<(Target, LineToSet), Invalid> {
    let mut reader = Reader::new(fields);
    let target = reader.choice("package", "a package", Target::parse);
    let (service, weekly_quantity) = service_and_quantity(&mut reader);
    let declaration = reader.flag("declaration");
    reader.finish(|| {
        let line = LineToSet { service: service?, weekly_quantity: weekly_quantity?, declaration, version: None };
        Some((target?, line))
    })
}

/// The fields of the form that orders a package.
pub const ORDER: &[(&str, &str)] = &[
    ("starts_on", "The first day; any day from today on. Weeks are counted from it."),
    ("weeks", "For how many weeks: 1 to 52."),
    ("version", "The version of the package that was seen."),
];

/// For when a package is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderToMake {
    /// The first day.
    pub starts_on: NaiveDate,
    /// For how many weeks.
    pub weeks: i64,
    /// The version of the package that was seen.
    pub version: i64,
}

/// Reads the form that orders a package.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn order(fields: &Fields) -> Result<OrderToMake, Invalid> {
    let mut reader = Reader::new(fields);
    let starts_on = reader.date("starts_on", "the first day");
    let weeks = reader.whole("weeks", "the number of weeks", 1..=MOST_WEEKS);
    let version = version(&mut reader);
    reader.finish(|| Some(OrderToMake { starts_on: starts_on?, weeks: weeks?, version: version? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    fn wrong(invalid: Invalid) -> Vec<String> {
        invalid.errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn quantities_are_more_than_none_and_not_beyond_reason() {
        let sent = |quantity: &str| fields(&[("service", "7"), ("weekly_quantity", quantity), ("version", "1")]);
        assert!(line(&sent("1.5")).is_ok());
        for quantity in ["", "0", "-1", "1.555", "ten", "10000.01", "999999999999"] {
            assert_eq!(wrong(line(&sent(quantity)).unwrap_err()), ["weekly_quantity"], "{quantity}");
        }
        assert_eq!(wrong(line(&fields(&[])).unwrap_err()), ["service", "weekly_quantity", "version"]);
    }

    #[test]
    fn days_and_times_are_read_row_by_row_and_empty_rows_count_for_nothing() {
        let row = [("version", "1"), ("days_1", "weekdays"), ("start_1", "8am"), ("minutes_1", "30"), ("staff_2", "1")];
        let (_, planned) = visits(&fields(&row), true).unwrap();
        assert_eq!((planned.len(), planned[0].days, planned[0].staff), (1, BandDays::Weekdays, 1));
        let bad = [
            ("version", "1"),
            ("days_2", "bank_holidays"),
            ("minutes_2", "-5"),
            ("staff_2", "11"),
            ("miles_2", "9999"),
        ];
        assert_eq!(
            wrong(visits(&fields(&bad), true).unwrap_err()),
            ["days_2", "start_2", "minutes_2", "staff_2", "miles_2"]
        );
        assert!(visits(&fields(&[("version", "1")]), true).unwrap().1.is_empty());
    }

    #[test]
    fn a_target_is_a_package_or_a_fund() {
        for target in [Target::Package(PackageId::new(3)), Target::New(FundId::new(4))] {
            assert_eq!(Target::parse(&target.code()), Some(target));
        }
        assert_eq!(Target::parse("new-x"), None);
    }

    #[test]
    fn an_order_is_for_one_to_fifty_two_weeks() {
        let sent = |weeks: &str| fields(&[("starts_on", "2 11 2026"), ("weeks", weeks), ("version", "1")]);
        assert!(order(&sent("4")).is_ok());
        for weeks in ["0", "53", "4.5", "-4", ""] {
            assert_eq!(wrong(order(&sent(weeks)).unwrap_err()), ["weeks"], "{weeks}");
        }
    }
}
