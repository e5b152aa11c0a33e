//! What a listing costs: a price for each time and length at which one holds, now and as far as it is announced.

use super::{BandRule, CostOption, Site};
use crate::directory::rules::stretches::{Stretch, stretches};
use crate::directory::{Band, BandDays, Listing, Unit, rules as directory};
use crate::money::UnitPrice;
use crate::open_referral::Kind;
use crate::open_referral::rules;

/// The place of the price of a mile among the prices of a rate: after all others.
const MILE: i64 = 255;

/// The prices of a listing, one for each time and length at which one holds, now and as far as they are announced.
pub(super) fn cost_options(site: &Site, listing: &Listing) -> Vec<CostOption> {
    let mut found = vec![];
    for stretch in stretches(listing, site.today) {
        let unit = stretch.rate.terms.unit;
        for (place, price) in (0..).zip(stretch.rate.prices()) {
            found.extend(cost_option(site, &stretch, place, unit, (price.band, price.minutes), price.net));
        }
        let mile = stretch.rate.card.mile_net;
        let travel = mile.and_then(|net| cost_option(site, &stretch, MILE, Unit::Mile, (Band::ANY, None), net));
        found.extend(travel.map(|option| CostOption { option: "Travel, charged apart".to_owned(), ..option }));
    }
    found
}

fn cost_option(
    site: &Site,
    stretch: &Stretch,
    place: i64,
    unit: Unit,
    (band, minutes): (Band, Option<u32>),
    net: UnitPrice,
) -> Option<CostOption> {
    let (costs, treatment) = stretch.charged(net)?;
    let card = &stretch.rate.card;
    let number = rules::cost_number(stretch.rate.id, stretch.number, place);
    let per = minutes.map_or_else(|| unit.per(), |minutes| format!("for a visit of {minutes} minutes"));
    Some(CostOption {
        id: site.id(Kind::CostOption, number),
        valid_from: stretch.from.to_string(),
        valid_to: stretch.to.map(|day| day.to_string()),
        option: directory::rates::when(&band, minutes),
        amount: rules::amount(costs.person)?,
        amount_description: format!("{per}, as charged to a person. {}.", treatment.ground),
        x_currency: "GBP",
        x_unit: unit.code(),
        x_net: net.decimal(),
        x_vat_class: stretch.class.code(),
        x_vat_category: treatment.category.code(),
        x_vat_treatment: treatment.ground.to_string(),
        x_vat_rate: treatment.percent().map(|rate| rate.decimal()),
        x_band_rule: band_rule(&band),
        x_visit_minutes: minutes,
        x_minimum_minutes: Some(card.counting.minimum_minutes).filter(|minutes| *minutes > 0 && unit != Unit::Mile),
        x_staff: card.staff,
        x_people: card.people,
    })
}

fn band_rule(band: &Band) -> BandRule {
    let date = match band.days {
        BandDays::Special(date) => Some(date.to_string()),
        _ => None,
    };
    let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    BandRule {
        days: band.days.code(),
        date,
        from: band.times.map(|(from, _)| time(from)),
        until: band.times.map(|(_, until)| time(until)),
    }
}
