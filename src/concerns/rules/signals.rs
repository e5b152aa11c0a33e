//! Signals of financial abuse (domain reference 10): what in the records may be a sign of it. Each has a plain reason, and
//! nothing follows from one by itself: somebody judges it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use crate::calendar;
use crate::concerns::{Found, SignalKind};
use crate::ids::{AgreementId, BankChangeId, FundId, OrderLineId, OrganisationId, UserId};
use crate::money::{Pence, Quantity};

/// Words in a report of spending that stand for cash.
const CASH: [&str; 8] = ["cash", "cashpoint", "atm", "withdrawal", "withdrew", "withdrawn", "voucher", "vouchers"];
/// How many weeks before are compared.
const WEEKS_BEFORE: u64 = 8;
/// Less cash in a week than this is no signal, whatever the weeks before were.
const LEAST_CASH: Pence = Pence::from_pence(10_000);
/// So many times the average of the weeks before.
const TIMES: i64 = 3;
/// So many deliveries recorded at once are a signal when they are all alike.
const ALIKE: usize = 6;
/// A fee that rises by more than this many hundredths of what it was.
const FEE_RISE: i64 = 10;

/// A payment within so many days after new bank details began to hold is a signal.
const SOON_AFTER: u64 = 30;

/// Money that a person reports as spent from a direct payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// On which day.
    pub on: NaiveDate,
    /// How much.
    pub amount: Pence,
    /// On what.
    pub what: String,
}

/// Whether the words of a report stand for cash.
fn is_cash(what: &str) -> bool {
    what.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).any(|word| CASH.contains(&word))
}

/// Much more cash in the seven days that end today than in an average week of those before.
#[must_use]
pub fn cash(fund: FundId, spent: &[Spent], today: NaiveDate) -> Option<Found> {
    let week = today - Days::new(6);
    let before = week - Days::new(7 * WEEKS_BEFORE);
    let sum = |from: NaiveDate, to: NaiveDate| -> Pence {
        let wanted = spent.iter().filter(|one| is_cash(&one.what) && (from..=to).contains(&one.on));
        wanted.map(|one| one.amount).sum()
    };
    let (now, earlier) = (sum(week, today), sum(before, week - Days::new(1)));
    let average = earlier.pro_rata(1, i64::try_from(WEEKS_BEFORE).unwrap_or(1));
    if now < LEAST_CASH || now.pence() < average.pence() * TIMES {
        return None;
    }
    let last = spent.iter().filter(|one| is_cash(&one.what) && one.on <= today).map(|one| one.on).max()?;
    let monday = calendar::monday_of(last);
    Some(Found {
        key: format!("cash:{fund}:{monday}"),
        kind: SignalKind::Cash,
        reason: format!(
            "{now} in cash was reported for the week to {}. In the {WEEKS_BEFORE} weeks before it was {average} a week.",
            calendar::full(today)
        ),
        user: None,
        organisation: None,
    })
}

/// Somebody who acts for a person and belongs to an organisation with lines in that person's orders.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OnBothSides {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub organisation_name: String,
}

/// Who acts for the person works for who is paid.
#[must_use]
pub fn representative(person: crate::ids::PersonId, both: &OnBothSides) -> Found {
    Found {
        key: format!("representative:{person}:{}:{}", both.user, both.organisation),
        kind: SignalKind::Representative,
        reason: format!(
            "{} acts for the person and belongs to {}, which is paid from the person’s money.",
            both.name, both.organisation_name
        ),
        user: Some(both.user),
        organisation: Some(both.organisation),
    }
}

/// New bank details of a provider, in the place of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDetails {
    /// The change.
    pub change: BankChangeId,
    /// Whose.
    pub organisation: OrganisationId,
    /// The provider's name.
    pub name: String,
    /// From which day they hold.
    pub from: NaiveDate,
}

/// New bank details, and then a payment to them: the first one of a person's money soon after.
#[must_use]
pub fn paid_to_new_details(
    person: crate::ids::PersonId,
    new: &NewDetails,
    paid: &[(NaiveDate, Pence)],
) -> Option<Found> {
    let soon = |(on, _): &&(NaiveDate, Pence)| *on >= new.from && *on <= new.from + Days::new(SOON_AFTER);
    let (on, amount) = paid.iter().filter(soon).min_by_key(|(on, _)| *on)?;
    Some(Found {
        key: format!("bank_details:{}:{person}", new.change),
        kind: SignalKind::BankDetails,
        reason: format!(
            "{} has other bank details from {} on, and {amount} was paid to them on {}.",
            new.name,
            calendar::full(new.from),
            calendar::full(*on)
        ),
        user: None,
        organisation: Some(new.organisation),
    })
}

/// A delivery as it was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The line of the order.
    pub line: OrderLineId,
    /// Who gave it.
    pub provider: OrganisationId,
    /// On which day.
    pub on: NaiveDate,
    /// How much.
    pub quantity: Quantity,
    /// On which day it was recorded.
    pub recorded_on: NaiveDate,
}

/// Many deliveries of a line that were recorded on one day, for different days, and are all alike.
#[must_use]
pub fn identical(deliveries: &[Recorded]) -> Vec<Found> {
    let mut at_once: BTreeMap<(OrderLineId, NaiveDate), Vec<&Recorded>> = BTreeMap::new();
    for delivery in deliveries {
        at_once.entry((delivery.line, delivery.recorded_on)).or_default().push(delivery);
    }
    let found = |((line, day), some): ((OrderLineId, NaiveDate), Vec<&Recorded>)| {
        let first = *some.first()?;
        let days: BTreeSet<NaiveDate> = some.iter().map(|delivery| delivery.on).collect();
        let alike = some.iter().all(|delivery| delivery.quantity == first.quantity);
        (alike && days.len() >= ALIKE).then(|| Found {
            key: format!("identical:{line}:{day}"),
            kind: SignalKind::Identical,
            reason: format!(
                "On {} visits of {} different days were recorded at once, each of them exactly {}.",
                calendar::full(day),
                days.len(),
                first.quantity.decimal()
            ),
            user: None,
            organisation: Some(first.provider),
        })
    };
    at_once.into_iter().filter_map(found).collect()
}

/// What a holder takes under an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeOf {
    /// The agreement.
    pub agreement: AgreementId,
    /// From which day.
    pub from: NaiveDate,
    /// How much a week.
    pub weekly: Pence,
}

/// A fee that is more than a tenth higher than in the agreement before, of the agreements of one fund in their order.
#[must_use]
pub fn fees(agreements: &[FeeOf], holder: Option<OrganisationId>) -> Vec<Found> {
    let rises = |pair: &[FeeOf]| {
        let [before, after] = pair else { return None };
        let limit = before.weekly.pence() * (100 + FEE_RISE);
        let rises = !before.weekly.is_zero() && after.weekly.pence() * 100 > limit;
        rises.then(|| Found {
            key: format!("fee:{}", after.agreement),
            kind: SignalKind::Fee,
            reason: format!(
                "The fee for holding the fund is {} a week from {}. Before it was {}.",
                after.weekly,
                calendar::full(after.from),
                before.weekly
            ),
            user: None,
            organisation: holder,
        })
    };
    agreements.windows(2).filter_map(rises).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;

    fn day(text: &str) -> NaiveDate {
        calendar::parse_date(text).unwrap()
    }

    fn spent(on: &str, amount: &str, what: &str) -> Spent {
        Spent { on: day(on), amount: Pence::parse(amount).unwrap(), what: what.to_owned() }
    }

    #[test]
    fn a_sudden_lot_of_cash_is_a_signal_and_bus_fares_are_none() {
        let today = day("2026-11-22");
        let quiet: Vec<Spent> =
            ["2026-10-05", "2026-10-19", "2026-11-02"].map(|on| spent(on, "20.00", "Cash for the market")).into();
        let with = |more: Spent| cash(FundId::new(1), &[quiet.clone(), vec![more]].concat(), today);
        let found = with(spent("2026-11-20", "300.00", "Cashpoint")).unwrap();
        assert!(
            found.reason.starts_with("£300.00 in cash was reported for the week to 22 November 2026."),
            "{found:?}"
        );
        assert_eq!(found.key, "cash:1:2026-11-16", "the same in a week, however often it is looked for");
        assert_eq!(with(spent("2026-11-20", "300.00", "Bus fares")), None);
        assert_eq!(with(spent("2026-11-20", "99.99", "Cash")), None);
        assert_eq!(with(spent("2026-11-14", "300.00", "Cash")), None, "the week before");
        let often: Vec<Spent> =
            ["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-20"].map(|on| spent(on, "300.00", "cash")).into();
        assert_eq!(cash(FundId::new(1), &often, today), None, "no more than in the weeks before");
        assert_eq!(cash(FundId::new(1), &[], today), None);
    }

    #[test]
    fn who_is_on_both_sides_is_named_once() {
        let both = OnBothSides {
            user: UserId::new(3),
            name: "Anne".to_owned(),
            organisation: OrganisationId::new(4),
            organisation_name: "Example Care".to_owned(),
        };
        let found = representative(PersonId::new(7), &both);
        assert_eq!((found.key.as_str(), found.user), ("representative:7:3:4", Some(UserId::new(3))));
        assert!(found.reason.starts_with("Anne acts for the person and belongs to Example Care"));
    }

    #[test]
    fn the_first_payment_soon_after_new_bank_details_is_a_signal() {
        let new = NewDetails {
            change: BankChangeId::new(2),
            organisation: OrganisationId::new(4),
            name: "Example Care".to_owned(),
            from: day("2026-11-10"),
        };
        let on = |text: &str| (day(text), Pence::from_pence(5_000));
        let found = |paid: &[(NaiveDate, Pence)]| paid_to_new_details(PersonId::new(7), &new, paid);
        let first = found(&[on("2026-11-09"), on("2026-12-10"), on("2026-11-10")]).unwrap();
        assert_eq!(first.key, "bank_details:2:7");
        assert!(first.reason.ends_with("from 10 November 2026 on, and £50.00 was paid to them on 10 November 2026."));
        assert!(found(&[on("2026-12-10")]).is_some() && found(&[on("2026-12-11"), on("2026-11-09")]).is_none());
    }

    fn recorded(count: u64, quantity: i64) -> Vec<Recorded> {
        let one = |number| Recorded {
            line: OrderLineId::new(1),
            provider: OrganisationId::new(2),
            on: day("2026-11-02") + Days::new(number),
            quantity: Quantity::whole(quantity),
            recorded_on: day("2026-11-20"),
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn many_visits_recorded_at_once_and_all_alike_are_a_signal() {
        assert_eq!(identical(&recorded(6, 1)).len(), 1);
        assert!(identical(&recorded(5, 1)).is_empty());
        let mut mixed = recorded(6, 1);
        mixed[3].quantity = Quantity::whole(2);
        assert!(identical(&mixed).is_empty(), "not alike");
        let mut day_by_day = recorded(6, 1);
        for delivery in &mut day_by_day {
            delivery.recorded_on = delivery.on;
        }
        assert!(identical(&day_by_day).is_empty(), "recorded as they happened");
    }

    #[test]
    fn a_fee_that_rises_by_more_than_a_tenth_is_a_signal() {
        let fee = |agreement, weekly: &str| FeeOf {
            agreement: AgreementId::new(agreement),
            from: day("2026-11-02"),
            weekly: Pence::parse(weekly).unwrap(),
        };
        let found = fees(&[fee(1, "20.00"), fee(2, "22.00"), fee(3, "24.21")], None);
        assert_eq!(found.iter().map(|found| found.key.as_str()).collect::<Vec<_>>(), ["fee:3"]);
        assert!(fees(&[fee(1, "0.00"), fee(2, "20.00")], None).is_empty(), "there was none before");
    }
}
