//! What a new price changes, in sentences for those who plan with it.

use chrono::NaiveDate;

use super::rates::when;
use crate::calendar;
use crate::directory::{BandPrice, Rate};
use crate::money::UnitPrice;

/// What is different from a day on: the price of one unit, prices of times and lengths of their own, of a mile, else the terms.
#[must_use]
pub fn sentences(old: &Rate, new: &Rate, from: NaiveDate) -> Vec<String> {
    let from = calendar::full(from);
    let price = |rate: &Rate, net: UnitPrice| format!("{net} {} without VAT", rate.terms.unit.per());
    let mut said = vec![];
    if (old.net, old.terms.unit) != (new.net, new.terms.unit) {
        said.push(format!(
            "It costs {} from {from}. Until then it costs {}.",
            price(new, new.net),
            price(old, old.net)
        ));
    }
    let of = |rate: &Rate, one: &BandPrice| {
        let same = |other: &&BandPrice| (other.band, other.minutes) == (one.band, one.minutes);
        own(rate).iter().find(same).map(|found| found.net)
    };
    for one in own(new).iter().filter(|one| of(old, one) != Some(one.net)) {
        let until = of(old, one).map_or_else(|| "no price of its own".to_owned(), |net| format!("{net} without VAT"));
        let words = when(&one.band, one.minutes);
        said.push(format!("{words}: {} without VAT from {from}. Until then: {until}.", one.net));
    }
    for one in own(old).iter().filter(|one| of(new, one).is_none()) {
        let words = when(&one.band, one.minutes);
        said.push(format!("{words}: no price of its own from {from}. Until then: {} without VAT.", one.net));
    }
    if old.card.mile_net != new.card.mile_net {
        let mile =
            |net: Option<UnitPrice>| net.map_or("not charged apart".to_owned(), |net| format!("{net} without VAT"));
        said.push(format!("A mile: {} from {from}. Until then: {}.", mile(new.card.mile_net), mile(old.card.mile_net)));
    }
    let terms = |rate: &Rate| (rate.card.counting, rate.card.staff, rate.card.people, rate.card.cancellation.clone());
    if terms(old) != terms(new) {
        said.push(format!(
            "From {from} other terms hold: how time is counted, for how many people, or what is charged for what is cancelled."
        ));
    }
    said
}

/// The prices of times and lengths of their own.
fn own(rate: &Rate) -> Vec<BandPrice> {
    rate.card.prices.iter().map(|other| other.price).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{Band, BandDays, CardPrice, RateCard, RateTerms, Unit};
    use crate::ids::RateId;
    use crate::vat::PriceBasis;

    fn price(text: &str) -> UnitPrice {
        UnitPrice::parse(text).unwrap()
    }

    fn rate(hour: &str, sunday: Option<&str>) -> Rate {
        let from = "2026-11-02".parse().unwrap();
        let terms = RateTerms { unit: Unit::Hour, price: price(hour), basis: PriceBasis::Net, from };
        let band = Band { days: BandDays::Named(6), times: None };
        let own =
            |net: &str| CardPrice { entered: price(net), price: BandPrice { band, minutes: None, net: price(net) } };
        let card = RateCard { prices: sunday.map(own).into_iter().collect(), ..RateCard::default() };
        Rate { id: RateId::new(1), terms, net: price(hour), card }
    }

    #[test]
    fn each_price_that_changes_is_said_and_no_other() {
        let from = "2027-04-01".parse().unwrap();
        let old = rate("26.40", Some("30.00"));
        assert_eq!(sentences(&old, &old, from), [""; 0]);
        assert_eq!(
            sentences(&old, &rate("28.20", Some("30.00")), from),
            [
                "It costs £28.20 per hour without VAT from 1 April 2027. Until then it costs £26.40 per hour without VAT."
            ]
        );
        assert_eq!(
            sentences(&old, &rate("26.40", Some("33.00")), from),
            ["Sundays: £33.00 without VAT from 1 April 2027. Until then: £30.00 without VAT."]
        );
        assert_eq!(
            sentences(&old, &rate("26.40", None), from),
            ["Sundays: no price of its own from 1 April 2027. Until then: £30.00 without VAT."]
        );
        let mut other = old.clone();
        other.card.mile_net = Some(price("0.45"));
        other.card.people = 2;
        let said = sentences(&old, &other, from);
        assert_eq!(said[0], "A mile: £0.45 without VAT from 1 April 2027. Until then: not charged apart.");
        assert!(said[1].starts_with("From 1 April 2027 other terms hold"));
    }
}
