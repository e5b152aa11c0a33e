//! Whether a council's rules let a line of a package be ordered.

use crate::calendar::Period;
use crate::directory::rules::limits::{limit_on, says};
use crate::directory::rules::{cost_for, unit_costs};
use crate::directory::{Category, Limit, Offered, PayerKind, Unit};
use crate::money::{Pence, UnitPrice};
use crate::packages::PackageLine;

use super::times::average;

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
    let unit = Unit::from_code(&line.unit);
    let against = |net: UnitPrice| {
        let costs = unit_costs(net, line.class, period.from()).ok();
        let pays = unit.zip(costs.map(|costs| cost_for(&costs, payer)));
        limit_on(&Offered { organisation: Some(line.provider), category, pays }, limits)
            .map(|limit| (pays, says(limit)))
    };
    if let Some((_, says)) = against(line.unit_price) {
        return Some(format!("“{name}” cannot be ordered from this fund: {says}"));
    }
    let days = period.from().iter_days().take_while(|day| *day <= period.to());
    let (pays, says) = against(average(&line.times, days, unit?)?)?;
    let (unit, pays) = pays?;
    // Up to the whole penny, so that what is above a limit reads so.
    let pays = Pence::from_pence(
        pays.hundredths_of_a_penny().div_euclid(100) + i64::from(pays.hundredths_of_a_penny().rem_euclid(100) > 0),
    );
    let per = unit.per();
    Some(format!("At its days and times “{name}” comes to {pays} {per} on average. It cannot be ordered so: {says}"))
}
