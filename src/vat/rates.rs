//! The VAT rates, by the date from which they hold: the state changes them.

use chrono::NaiveDate;

use super::Refusal;
use crate::money::BasisPoints;

/// The rates that hold from a date until the next row's.
struct Rates {
    /// Year, month and day from which they hold.
    from: (i32, u32, u32),
    standard: BasisPoints,
    reduced: BasisPoints,
}

/// Oldest first. Finance (No. 2) Act 2010 s.3 for the standard rate.
const RATES: &[Rates] = &[Rates {
    from: (2011, 1, 4),
    standard: BasisPoints::from_basis_points(2_000),
    reduced: BasisPoints::from_basis_points(500),
}];

/// Whether a row that holds from (year, month, day) holds on a date.
fn holds((year, month, day): (i32, u32, u32), on: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(year, month, day).is_some_and(|from| from <= on)
}

/// The rates on a date.
fn rates(on: NaiveDate) -> Result<&'static Rates, Refusal> {
    RATES.iter().rfind(|rates| holds(rates.from, on)).ok_or(Refusal::NoRateKnown(on))
}

/// The standard rate of VAT on a date.
pub fn standard_rate(on: NaiveDate) -> Result<BasisPoints, Refusal> {
    rates(on).map(|rates| rates.standard)
}

/// The reduced rate of VAT on a date.
pub fn reduced_rate(on: NaiveDate) -> Result<BasisPoints, Refusal> {
    rates(on).map(|rates| rates.reduced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_date;

    #[test]
    fn rates_are_dated() {
        let on = |text: &str| standard_rate(parse_date(text).unwrap());
        assert_eq!(on("4 January 2011"), Ok(BasisPoints::from_basis_points(2_000)));
        assert_eq!(on("1 December 2026"), Ok(BasisPoints::from_basis_points(2_000)));
        let before = parse_date("3 January 2011").unwrap();
        assert_eq!(standard_rate(before), Err(Refusal::NoRateKnown(before)));
        assert_eq!(reduced_rate(parse_date("2026-12-01").unwrap()), Ok(BasisPoints::from_basis_points(500)));
    }
}
