//! What a council's rules take out of a search, and which of them did.

use std::collections::BTreeMap;

use super::cost_for;
use crate::calendar;
use crate::directory::{Entry, Limit, LimitOn, Offered, PayerKind, Source, Unit};
use crate::ids::CouncilRuleId;
use crate::money::UnitPrice;

/// As much of an entry as a rule looks at.
#[must_use]
pub fn offered(entry: &Entry, payer: PayerKind) -> Offered {
    let organisation = match entry.source {
        Source::Service(_, organisation) => Some(organisation),
        Source::Register(_) | Source::Imported(_) => None,
    };
    let pays = entry.price.map(|price| (price.unit, cost_for(&price.costs, payer)));
    Offered { organisation, category: entry.category, pays }
}

/// The rule that takes something out, if any does: who may not be chosen comes before what is too dear, so that each thing
/// that is hidden counts under one cause alone.
#[must_use]
pub fn limit_on<'a>(offered: &Offered, limits: &'a [Limit]) -> Option<&'a Limit> {
    let provider =
        |limit: &&Limit| matches!(&limit.on, LimitOn::Provider(who, _) if Some(*who) == offered.organisation);
    let price = |limit: &&Limit| match (&limit.on, offered.pays) {
        (LimitOn::Price(category, unit, most), Some((of, pays))) => {
            let is_above = |(unit, most): &(Unit, UnitPrice)| *unit == of && pays > *most;
            *category == offered.category && most_of(*unit, *most).iter().any(is_above)
        }
        _ => false,
    };
    limits.iter().find(provider).or_else(|| limits.iter().find(price))
}

/// The most that is paid in every unit in which a price for the same may be told: what is paid for an hour bounds the price
/// of a minute, and the other way round.
#[must_use]
pub fn most_of(unit: Unit, most: UnitPrice) -> Vec<(Unit, UnitPrice)> {
    let Some(minutes) = unit.minutes() else { return vec![(unit, most)] };
    let in_unit = |of: &Unit| {
        let product = i128::from(most.hundredths_of_a_penny()) * i128::from(of.minutes()?);
        // Prices are whole numbers: above the exact amount is above this.
        let bound = i64::try_from(product.div_euclid(i128::from(minutes))).unwrap_or(i64::MAX);
        Some((*of, UnitPrice::from_hundredths_of_a_penny(bound)))
    };
    Unit::ALL.iter().filter_map(in_unit).collect()
}

/// How many each rule takes out of what was offered.
#[must_use]
pub fn count(offered: &[Offered], limits: &[Limit]) -> BTreeMap<CouncilRuleId, i64> {
    let mut counts = BTreeMap::new();
    for limit in offered.iter().filter_map(|one| limit_on(one, limits)) {
        *counts.entry(limit.id).or_insert(0) += 1;
    }
    counts
}

/// What a rule says, in a sentence with its reason.
#[must_use]
pub fn says(limit: &Limit) -> String {
    let until = limit.until.map(|day| format!(" until {}", calendar::full(day))).unwrap_or_default();
    let (council, from) = (&limit.council, calendar::full(limit.from));
    let what = match &limit.on {
        LimitOn::Provider(_, name) => format!("{council} has suspended {name} from {from}{until}"),
        LimitOn::Price(category, unit, most) => {
            let kind = category.words().to_lowercase();
            format!("{council} pays at most {most} {} for {kind} from {from}{until}", unit.per())
        }
    };
    format!("{what}, because: {}", sentence(&limit.reason))
}

/// What somebody wrote, as the end of a sentence.
#[must_use]
pub fn sentence(words: &str) -> String {
    if words.ends_with(['.', '!', '?']) { words.to_owned() } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::directory::{Category, Cause};
    use crate::ids::OrganisationId;

    fn limit(id: i64, on: LimitOn, cause: Cause) -> Limit {
        Limit {
            id: CouncilRuleId::new(id),
            council: "Example Council".to_owned(),
            on,
            cause,
            reason: "The registration was lost.".to_owned(),
            from: NaiveDate::from_ymd_opt(2026, 11, 2).unwrap(),
            until: None,
        }
    }

    fn price(text: &str) -> UnitPrice {
        UnitPrice::parse(text).unwrap()
    }

    fn care(organisation: i64, pays: &str) -> Offered {
        let organisation = Some(OrganisationId::new(organisation));
        Offered { organisation, category: Category::CareAtHome, pays: Some((Unit::Hour, price(pays))) }
    }

    fn limits() -> Vec<Limit> {
        // domain.md 6.3: an average council rate of 24.10 an hour, beside a minimum price of 32.14.
        let cap = LimitOn::Price(Category::CareAtHome, Unit::Hour, price("24.10"));
        let provider = LimitOn::Provider(OrganisationId::new(7), "Sunny Care".to_owned());
        vec![limit(1, cap, Cause::HowMuch), limit(2, provider, Cause::Who)]
    }

    #[test]
    fn each_thing_that_is_hidden_is_hidden_by_one_rule() {
        let limits = limits();
        let by = |offered: Offered| limit_on(&offered, &limits).map(|limit| (limit.id.number(), limit.cause));
        assert_eq!(by(care(3, "24.10")), None, "a cap is the most that is paid");
        assert_eq!(by(care(3, "32.14")), Some((1, Cause::HowMuch)));
        assert_eq!(by(care(7, "24.00")), Some((2, Cause::Who)));
        assert_eq!(by(care(7, "32.14")), Some((2, Cause::Who)), "never counted twice");
        assert_eq!(by(Offered { category: Category::DayService, ..care(3, "60.00") }), None, "another kind of help");
        assert_eq!(by(Offered { pays: Some((Unit::Day, price("60.00"))), ..care(3, "1.00") }), None, "another unit");
        // 24.10 an hour is 0.40166 a minute.
        let minute = |pays: &str| by(Offered { pays: Some((Unit::Minute, price(pays))), ..care(3, "1.00") });
        assert_eq!((minute("0.4016"), minute("0.4017")), (None, Some((1, Cause::HowMuch))), "an hour by the minute");
        assert_eq!(by(Offered { pays: None, ..care(3, "1.00") }), None, "no price is not too dear");
        assert_eq!(by(Offered { organisation: None, pays: None, ..care(7, "1.00") }), None, "the register’s alone");
    }

    #[test]
    fn a_cap_is_held_against_what_the_fund_pays() {
        // domain.md trap 27: 100.00 and VAT against an exempt 112.00, under a cap of 115.00.
        let cap = limit(1, LimitOn::Price(Category::DayService, Unit::Day, price("115.00")), Cause::HowMuch);
        let day = |pays: &str| {
            let offered =
                Offered { organisation: None, category: Category::DayService, pays: Some((Unit::Day, price(pays))) };
            limit_on(&offered, std::slice::from_ref(&cap)).is_some()
        };
        assert!(day("120.00") && !day("112.00") && !day("100.00"));
    }

    #[test]
    fn what_each_rule_hides_is_counted_and_said() {
        let limits = limits();
        let counts = count(&[care(3, "32.14"), care(4, "28.00"), care(7, "20.00"), care(3, "20.00")], &limits);
        let counts: Vec<(i64, i64)> = counts.into_iter().map(|(id, count)| (id.number(), count)).collect();
        assert_eq!(counts, [(1, 2), (2, 1)]);
        assert_eq!(
            says(&limits[0]),
            "Example Council pays at most £24.10 per hour for care at home from 2 November 2026, because: The \
             registration was lost."
        );
        assert!(says(&limits[1]).starts_with("Example Council has suspended Sunny Care from 2 November 2026,"));
    }
}
