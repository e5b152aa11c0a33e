//! What a service costs from day to day: cut where its rate, or its class of VAT, changes.

use chrono::{Days, NaiveDate};

use super::{overrides, unit_costs, while_class};
use crate::directory::{Listing, Rate, UnitCosts};
use crate::money::UnitPrice;
use crate::vat::{Class, Recipient, Treatment};

/// A rate as it is told: from a day on, until one, in a class of VAT that is the same on all of them.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// The rate, as it is in that class.
    pub rate: Rate,
    /// Its number among the stretches of its rate, from 0.
    pub number: i64,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, where an end is known.
    pub to: Option<NaiveDate>,
    /// The class of the service on these days.
    pub class: Class,
}

impl Stretch {
    /// What a price comes to for a person who holds the money, and how it is taxed.
    #[must_use]
    pub fn charged(&self, net: UnitPrice) -> Option<(UnitCosts, Treatment)> {
        let costs = unit_costs(net, self.class, self.from).ok()?;
        Some((costs, self.class.treatment(true, Recipient::Person, self.from).ok()?))
    }
}

/// What of a listing's rates is told: what holds today and what is announced, cut where its class of VAT may change.
#[must_use]
pub fn stretches(listing: &Listing, today: NaiveDate) -> Vec<Stretch> {
    let mut found = vec![];
    for (place, rate) in listing.rates.iter().enumerate() {
        let later = listing.rates.get(place + 1..).unwrap_or_default();
        // Of two rates from the same day the later one is the correction.
        if later.iter().any(|other| other.terms.from == rate.terms.from) {
            continue;
        }
        let next = later.iter().map(|other| other.terms.from).min();
        let mut starts: Vec<NaiveDate> = vec![rate.terms.from];
        let statements = listing.vat_history.iter().map(|statement| statement.from);
        let statements = statements.chain(listing.overrides.iter().map(|one| one.from));
        starts.extend(statements.filter(|day| *day > rate.terms.from && next.is_none_or(|next| *day < next)));
        starts.sort_unstable();
        starts.dedup();
        for (number, from) in starts.iter().enumerate() {
            let to = starts.get(number + 1).copied().or(next).and_then(|day| day.checked_sub_days(Days::new(1)));
            let decision = overrides::class_of(listing, *from);
            let (Some(class), true) = (decision.class, to.is_none_or(|to| to >= today)) else { continue };
            let number = i64::try_from(number).unwrap_or_default();
            let rate = while_class(rate.clone(), class, *from);
            found.push(Stretch { rate, number, from: *from, to, class });
        }
    }
    found
}
