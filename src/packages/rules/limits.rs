//! Whether a council's rules let a line of a package be ordered.

use crate::calendar::Period;
use crate::directory::rules::limits::{limit_on, says};
use crate::directory::rules::{cost_for, unit_costs};
use crate::directory::{Category, Limit, Offered, PayerKind, Unit};
use crate::money::{Pence, UnitPrice};
use crate::packages::PackageLine;

/// Why a line cannot be ordered for a period, if a rule speaks against it: at the price that is listed, or at what its
/// planned visits come to on average, whichever is above the most that the council pays.
#[must_use]
pub fn limited(
    line: &PackageLine,
    category: Category,
    limits: &[Limit],
    (period, payer): (Period, PayerKind),
) -> Option<String> {
    let name = &line.service_name;
    let against = |unit: Unit, net: UnitPrice| {
        let costs = unit_costs(net, line.class, period.from()).ok()?;
        let pays = (unit, cost_for(&costs, payer));
        let offered = Offered { organisation: Some(line.provider), category, pays: Some(pays) };
        limit_on(&offered, limits).map(|limit| (pays.1, says(limit)))
    };
    if let Some((_, says)) = Unit::from_code(&line.unit).and_then(|unit| against(unit, line.unit_price)) {
        return Some(format!("“{name}” cannot be ordered from this fund: {says}"));
    }
    let dear = |(unit, net): &(Unit, UnitPrice)| against(*unit, *net).map(|(pays, says)| (*unit, pays, says));
    let (unit, pays, says) = line.times.averages.iter().find_map(dear)?;
    // Up to the whole penny, so that what is above a limit reads so.
    let pennies = pays.hundredths_of_a_penny();
    let pays = Pence::from_pence(pennies.div_euclid(100) + i64::from(pennies.rem_euclid(100) > 0));
    let per = unit.per();
    Some(format!("At its days and times “{name}” comes to {pays} {per} on average. It cannot be ordered so: {says}"))
}
