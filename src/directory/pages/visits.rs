//! What the calculator on a service's page shows: what one visit would cost, step by step.

use chrono::NaiveDate;
use serde::Serialize;

use super::price_detail;
use crate::calendar;
use crate::directory::rules::rates::NoPrice;
use crate::directory::{AskedVisit, Listing, Tariff, UnitCost, View, rules};
use crate::money::{Pence, Quantity};
use crate::vat;

/// The calculator for a visit.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct Calculator {
    /// Whether its prices are by time, so that it needs a beginning and a length.
    pub by_time: bool,
    /// Whether travel is charged by the mile.
    pub by_mile: bool,
    /// The day, as it stands in its field.
    pub day: String,
    /// When the visit begins.
    pub start: String,
    /// How many minutes it lasts.
    pub minutes: String,
    /// How many people give it.
    pub staff: String,
    /// How many miles are driven for it.
    pub miles: String,
    /// What was asked about, at its price.
    pub answer: Option<VisitPrice>,
}

/// What a visit costs and how that comes about.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct VisitPrice {
    /// How it comes about, a sentence for each step.
    pub steps: Vec<String>,
    /// Without VAT.
    #[schema(value_type = String)]
    pub net: Pence,
    /// The VAT on the provider's invoice.
    #[schema(value_type = String)]
    pub vat_charged: Pence,
    /// The VAT that a taxable holder charges on.
    #[schema(value_type = String)]
    pub onward_vat: Pence,
    /// What the fund pays in the end.
    #[schema(value_type = String)]
    pub pays: Pence,
    /// Net, VAT, and who gets it back, in a sentence.
    pub detail: String,
}

/// The calculator of a service with nothing asked yet; none while it has no price.
#[must_use]
pub fn calculator(listing: &Listing, today: NaiveDate) -> Option<Calculator> {
    let rate = rules::rate_on(&listing.rates, today)?;
    let by_time = rate.terms.unit.minutes().is_some();
    let text = |some: &str| if by_time { some.to_owned() } else { String::new() };
    Some(Calculator {
        by_time,
        by_mile: rate.card.mile_net.is_some(),
        day: calendar::short(today),
        start: text("09:00"),
        minutes: text("60"),
        staff: rate.card.staff.to_string(),
        miles: String::new(),
        answer: None,
    })
}

/// The calculator with its answer, as the fund pays it.
///
/// # Errors
/// The field, and why nobody can say what the visit costs.
pub fn answered(
    listing: &Listing,
    view: &View,
    asked: &AskedVisit,
    today: NaiveDate,
) -> Result<Calculator, (&'static str, String)> {
    let rate = rules::rate_on(&listing.rates, asked.day);
    let rate = rate.ok_or_else(|| ("day", "The provider names no price for that day.".to_owned()))?;
    let class = rules::overrides::class_of(listing, asked.day).class;
    let class = class.ok_or_else(|| ("day", "Nobody knows yet how VAT falls on that day.".to_owned()))?;
    let tariff = Tariff::listed(&rules::while_class(rate.clone(), class, asked.day));
    let missing = |missing: NoPrice| (missing.field(), missing.to_string());
    let visit = rules::visits::asked(asked, &tariff).map_err(|error| ("start", error.to_string()))?;
    let parts = rules::visits::price(&tariff, &visit).map_err(missing)?;
    let mut steps = rules::visits::steps(&tariff, &visit).map_err(missing)?;
    if Some(rate.id) != rules::rate_on(&listing.rates, today).map(|rate| rate.id) {
        steps.insert(0, format!("By the price from {} on.", calendar::full(rate.terms.from)));
    }
    steps.extend(rules::visits::given_otherwise(&listing.service.details, [asked.day], asked.start));
    let net = rules::visits::net(&parts);
    let cost = vat::cost(net, class, true, view.arrangement, view.recovery, asked.day)
        .map_err(|refusal| ("day", format!("{refusal}.")))?;
    let unit_cost = UnitCost {
        net: cost.net.into(),
        vat_charged: cost.vat_charged.into(),
        onward_vat: cost.onward_vat.into(),
        pays: cost.budget_pays.into(),
        ground: cost.ground,
    };
    Ok(Calculator {
        by_time: tariff.unit.minutes().is_some(),
        by_mile: tariff.mile_net.is_some(),
        day: calendar::short(asked.day),
        start: asked.start.map(calendar::time).unwrap_or_default(),
        minutes: asked.minutes.map(|minutes| minutes.to_string()).unwrap_or_default(),
        staff: visit.staff.to_string(),
        miles: if asked.miles == Quantity::default() { String::new() } else { asked.miles.decimal() },
        answer: Some(VisitPrice {
            steps,
            net,
            vat_charged: cost.vat_charged,
            onward_vat: cost.onward_vat,
            pays: cost.budget_pays,
            detail: price_detail(&unit_cost, view),
        }),
    })
}
