//! Prices quoted with VAT inside: taking it out to the penny, and saying so where that is not possible.

use std::fmt;

use crate::money::{BasisPoints, Pence, UnitPrice, round_half_away};

vat_vocabulary! {
    /// Whether a quoted price has VAT inside: the same words, a fifth apart.
    pub enum PriceBasis {
        /// VAT comes on top.
        Net = "net", "without VAT";
        /// VAT is inside.
        Inclusive = "inclusive", "including VAT";
    }
}

/// An inclusive amount that no net amount in whole pence comes to. Its Display names the two nearest that are possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// What was asked for.
    pub gross: Pence,
    /// The rate inside.
    pub rate: BasisPoints,
    /// The largest possible amount below it.
    pub below: Pence,
    /// The smallest possible amount above it.
    pub above: Pence,
}

impl Unreachable {
    /// What must be taken off the amount above to settle for what was asked (BT-114, below zero).
    pub fn rounding_from_above(&self) -> Pence {
        self.gross - self.above
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unreachable { gross, rate, below, above } = self;
        write!(
            f,
            "No price in whole pence comes to {gross} with {rate} VAT inside: the nearest are {below} and {above}"
        )
    }
}

impl std::error::Error for Unreachable {}

/// The net amount and VAT of which an inclusive amount consists; the VAT inside 20% is a sixth, not a fifth.
pub fn net_of_inclusive(gross: Pence, rate: BasisPoints) -> Result<Pence, Unreachable> {
    let whole = BasisPoints::WHOLE.basis_points();
    let nearest = gross.pro_rata(whole, whole + rate.basis_points());
    let with_vat = |net: Pence| net + net.share(rate);
    // The inclusive amount rises with the net, by at least a penny a penny: the neighbours settle it.
    let penny = Pence::from_pence(1);
    let mut net = nearest;
    while with_vat(net) > gross {
        net -= penny;
    }
    while with_vat(net + penny) <= gross {
        net += penny;
    }
    if with_vat(net) == gross {
        return Ok(net);
    }
    Err(Unreachable { gross, rate, below: with_vat(net), above: with_vat(net + penny) })
}

/// An inclusive price for one unit as a net price with four decimals, for lists whose lines must come out right: 20 hours
/// at 16.00 inclusive are 20 x 13.3333 = 266.67 net.
pub fn net_unit_price(inclusive: UnitPrice, rate: BasisPoints) -> UnitPrice {
    let whole = i128::from(BasisPoints::WHOLE.basis_points());
    let product = i128::from(inclusive.hundredths_of_a_penny()) * whole;
    let net = round_half_away(product, whole + i128::from(rate.basis_points()));
    // Smaller than what went in, so it always fits.
    UnitPrice::from_hundredths_of_a_penny(i64::try_from(net).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Quantity, line_net};

    const STANDARD: BasisPoints = BasisPoints::from_basis_points(2_000);
    const REDUCED: BasisPoints = BasisPoints::from_basis_points(500);

    fn pence(text: &str) -> Pence {
        Pence::parse(text).unwrap()
    }

    #[test]
    fn trap_1_the_vat_inside_is_a_sixth() {
        assert_eq!(net_of_inclusive(pence("100.00"), STANDARD), Ok(pence("83.33")));
    }

    #[test]
    fn trap_2_unreachable_amounts_are_refused_with_their_neighbours() {
        let refused = net_of_inclusive(pence("33.33"), STANDARD).unwrap_err();
        assert_eq!((refused.below, refused.above), (pence("33.32"), pence("33.34")));
        assert_eq!(refused.rounding_from_above(), Pence::from_pence(-1));
        assert_eq!(
            refused.to_string(),
            "No price in whole pence comes to £33.33 with 20% VAT inside: the nearest are £33.32 and £33.34"
        );
    }

    #[test]
    fn exactly_the_known_amounts_are_unreachable() {
        for gross in 0..5_000 {
            let reachable = |rate| net_of_inclusive(Pence::from_pence(gross), rate).is_ok();
            assert_eq!(reachable(STANDARD), gross % 6 != 3, "{gross} at 20%");
            assert_eq!(reachable(REDUCED), gross % 21 != 10, "{gross} at 5%");
            assert!(reachable(BasisPoints::ZERO));
        }
    }

    #[test]
    fn example_2_the_same_words_a_fifth_apart() {
        let net = net_of_inclusive(pence("54.00"), STANDARD).unwrap();
        assert_eq!((net, net.share(STANDARD)), (pence("45.00"), pence("9.00")));
        let exclusive = pence("54.00");
        assert_eq!(exclusive + exclusive.share(STANDARD), pence("64.80"));
    }

    #[test]
    fn example_9_registration_in_the_middle_of_a_package() {
        let headline = UnitPrice::parse("16.00").unwrap();
        let november = line_net(headline, Quantity::whole(20));
        assert_eq!(november, pence("320.00"), "not registered: no VAT");
        let inclusive = net_of_inclusive(november, STANDARD).unwrap();
        assert_eq!((inclusive, inclusive.share(STANDARD)), (pence("266.67"), pence("53.33")));
        let by_unit = net_unit_price(headline, STANDARD);
        assert_eq!(by_unit.decimal(), "13.3333");
        assert_eq!(line_net(by_unit, Quantity::whole(20)), inclusive);
        assert_eq!(november.share(STANDARD), pence("64.00"), "exclusive: on top");
    }
}
