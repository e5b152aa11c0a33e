//! The VAT rates and the registration thresholds, by the date from which they hold: the state changes them.

use chrono::NaiveDate;

use super::{Class, Refusal};
use crate::money::{BasisPoints, Pence};

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

/// Taxable turnover of twelve months above which a business must register, from a date until the next row's.
/// Oldest first. VATA 1994 Sch 1 para 1.
const REGISTRATION_THRESHOLDS: &[((i32, u32, u32), Pence)] =
    &[((2017, 4, 1), Pence::from_pence(8_500_000)), ((2024, 4, 1), Pence::from_pence(9_000_000))];

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

/// The taxable turnover of twelve months that must be exceeded before registration is compulsory, on a date.
pub fn registration_threshold(on: NaiveDate) -> Result<Pence, Refusal> {
    let row = REGISTRATION_THRESHOLDS.iter().rfind(|(from, _)| holds(*from, on));
    row.map(|(_, threshold)| *threshold).ok_or(Refusal::NoRateKnown(on))
}

/// What of a provider's sales (net, of any twelve months) counts towards registration: exempt sales and what is outside
/// the scope of VAT do not, zero-rated sales do.
pub fn taxable_turnover(sales: &[(Class, Pence)]) -> Pence {
    sales.iter().filter(|(class, _)| class.counts_towards_registration()).map(|(_, net)| *net).sum()
}

/// Whether a taxable turnover of twelve months exceeds the threshold; exactly the threshold does not.
pub fn must_register(taxable_turnover: Pence, on: NaiveDate) -> Result<bool, Refusal> {
    Ok(taxable_turnover > registration_threshold(on)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::parse_date;

    fn pence(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    #[test]
    fn rates_are_dated() {
        let on = |text: &str| standard_rate(parse_date(text).unwrap());
        assert_eq!(on("4 January 2011"), Ok(BasisPoints::from_basis_points(2_000)));
        assert_eq!(on("1 December 2026"), Ok(BasisPoints::from_basis_points(2_000)));
        let before = parse_date("3 January 2011").unwrap();
        assert_eq!(standard_rate(before), Err(Refusal::NoRateKnown(before)));
        assert_eq!(reduced_rate(parse_date("2026-12-01").unwrap()), Ok(BasisPoints::from_basis_points(500)));
        assert_eq!(registration_threshold(parse_date("2024-03-31").unwrap()), Ok(pence("85,000.00")));
        assert_eq!(registration_threshold(parse_date("2024-04-01").unwrap()), Ok(pence("90,000.00")));
    }

    #[test]
    fn example_10_the_threshold_must_be_exceeded_by_taxable_sales() {
        let today = parse_date("2026-11-21").unwrap();
        let mut sales = vec![(Class::A, pence("7,500.00")); 12];
        sales.push((Class::C0, pence("200,000.00")));
        assert_eq!(taxable_turnover(&sales), pence("90,000.00"));
        assert_eq!(must_register(taxable_turnover(&sales), today), Ok(false));
        sales.push((Class::A, pence("0.01")));
        assert_eq!(must_register(taxable_turnover(&sales), today), Ok(true));
    }
}
