//! Up to four services side by side: what each costs one fund for the same weekly use, and what each is.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::rates::card;
use super::service::{council_rule, reviews_of};
use super::{FundChoice, Price, as_whom, details, fund_select, price, price_note, rating};
use crate::calendar;
use crate::directory::{
    BandDays, Limit, Listing, Offered, SameVisits, ShownReview, Tariff, Unit, View, Visit, confirmed, rules,
};
use crate::ids::{FundId, ServiceId};
use crate::money::{Pence, Quantity, UnitPrice, line_net};
use crate::places::{Point, distance_in_words};
use crate::vat;
use crate::web::form::Fields;
use crate::web::parts::{Choice, Fact};

/// One of the services.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Compared {
    /// Its id.
    #[schema(value_type = i64)]
    pub id: ServiceId,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider: String,
    /// Its page.
    pub href: String,
    /// What one unit costs the fund.
    pub price: Option<Price>,
    /// What so much of it, or the visits of a week, cost the fund.
    #[schema(value_type = Option<String>)]
    pub weekly: Option<Pence>,
    /// For how much of it: "2 days a week".
    pub weekly_words: String,
    /// Of what the price of the visits is made, or why there is none.
    pub visits_words: Vec<String>,
    /// What else is on its card.
    pub included: Vec<String>,
    /// For whom, where and when; how far, how rated, when confirmed.
    pub facts: Vec<Fact>,
    /// The rule of the fund's council that hides it in a search.
    pub council_rule: Option<String>,
    /// The comparison without it.
    pub without_href: Option<String>,
}

/// The comparison; template `directory/compare.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ComparePage {
    /// The services, in the order in which they were chosen.
    pub compared: Vec<Compared>,
    /// How many units of each a week.
    pub weekly: String,
    /// On which days the visits are that were asked about.
    pub days: Vec<Choice>,
    /// When each of them begins.
    pub start: Option<String>,
    /// How many minutes each of them lasts.
    pub minutes: Option<String>,
    /// From where distances count, as it was typed.
    pub place: Option<String>,
    /// The ids, for the form.
    pub services: String,
    /// What was chosen, by the names of boxes, where it cannot be compared as it was asked for.
    pub chosen: Vec<Choice>,
    /// As whom prices are shown.
    pub as_whom: String,
    /// What one must know about prices shown so.
    pub price_note: Option<String>,
    /// The funds that can be chosen.
    pub funds: Vec<Choice>,
    /// What must be known before the prices are set side by side.
    pub notes: Vec<String>,
}

/// What the services are seen as.
pub struct Shown<'a> {
    /// As whom.
    pub view: &'a View,
    /// The funds that can be chosen.
    pub funds: &'a [FundChoice],
    /// How much of each a week.
    pub weekly: Quantity,
    /// The visits of every week, where they were asked for instead.
    pub visits: Option<SameVisits>,
    /// From where.
    pub from: Option<Point>,
    /// What people who used each of them say.
    pub said: &'a HashMap<ServiceId, Vec<ShownReview>>,
    /// The rules of the fund's council.
    pub council_rules: &'a [Limit],
    /// How many of those that were chosen are not offered any more.
    pub missing: usize,
}

/// The comparison of what was found.
#[must_use]
pub fn compare(query: &Fields, listings: &[Listing], shown: &Shown<'_>, today: NaiveDate) -> ComparePage {
    let ids: Vec<ServiceId> = listings.iter().map(|listing| listing.service.id).collect();
    let units: Vec<_> =
        listings.iter().filter_map(|one| rules::rate_on(&one.rates, today)).map(|rate| rate.terms.unit).collect();
    let alike = units.windows(2).all(|pair| pair[..1] == pair[1..]);
    let units = "These are not sold by the same unit. Look at what a week of each would really be before you set their prices side by side.";
    let gone = match shown.missing {
        0 => None,
        1 => Some("One that you chose is not offered any more.".to_owned()),
        many => Some(format!("{many} that you chose are not offered any more.")),
    };
    let differ = !alike && shown.visits.is_none();
    let notes = gone.into_iter().chain(differ.then(|| units.to_owned())).collect();
    ComparePage {
        compared: listings.iter().map(|listing| compared(query, listing, &ids, shown, today)).collect(),
        notes,
        ..empty(query, shown.view, shown.funds, shown.weekly, &ids)
    }
}

/// The page where nothing could be compared: what was chosen can be chosen again.
#[must_use]
pub fn compare_nothing(query: &Fields, funds: &[FundChoice], chosen: &[Listing]) -> ComparePage {
    let choice = |listing: &Listing| {
        let label = format!("{}, {}", listing.service.words.name, listing.organisation.name);
        Choice::new(format!("s{}", listing.service.id), label).checked(true)
    };
    let chosen = chosen.iter().map(choice).collect();
    ComparePage { chosen, ..empty(query, &View::of_a_person(), funds, Quantity::ONE, &[]) }
}

fn empty(query: &Fields, view: &View, funds: &[FundChoice], weekly: Quantity, ids: &[ServiceId]) -> ComparePage {
    ComparePage {
        compared: vec![],
        weekly: weekly.to_string(),
        days: BandDays::WEEKLY
            .into_iter()
            .map(|days| {
                let chosen = query.get("days") == Some(days.code());
                Choice::new(days.code(), rules::rates::days(days)).checked(chosen)
            })
            .collect(),
        start: query.get("start").map(str::to_owned),
        minutes: query.get("minutes").map(str::to_owned),
        place: query.get("place").map(str::to_owned),
        services: listed(ids),
        chosen: vec![],
        as_whom: as_whom(view, funds),
        price_note: price_note(view),
        funds: fund_select(funds, view.fund),
        notes: vec![],
    }
}

fn listed(ids: &[ServiceId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn compared(query: &Fields, listing: &Listing, all: &[ServiceId], shown: &Shown<'_>, today: NaiveDate) -> Compared {
    let (service, view) = (&listing.service, shown.view);
    let class = listing.decision.class;
    let rate = rules::rate_on(&listing.rates, today);
    let price = rate.zip(class).and_then(|(rate, class)| price(rate.terms.unit, rate.net, class, view, today));
    let unit = rate.map_or("", |rate| rate.terms.unit.words());
    let many = if shown.weekly == Quantity::ONE { "" } else { "s" };
    let week = match shown.visits {
        Some(same) => week_of_visits(listing, &same, view, today),
        None => Week {
            pays: price.as_ref().map(|price| line_net(price.pays, shown.weekly)),
            what: format!("{} {unit}{many} a week", shown.weekly),
            made_of: vec![],
        },
    };
    Compared {
        id: service.id,
        name: service.words.name.clone(),
        provider: listing.organisation.name.clone(),
        href: at_fund(&format!("/services/{}", service.id), view.fund),
        weekly: week.pays,
        weekly_words: week.what,
        visits_words: week.made_of,
        price,
        included: rate.map(|rate| included(card(rate, class, view, today))).unwrap_or_default(),
        facts: facts(listing, shown, today),
        council_rule: council_rule(listing, shown.council_rules, view, today)
            .or_else(|| rule_on_visits(listing, shown, today)),
        without_href: without(query, all, service.id),
    }
}

/// What a week of a service costs a fund.
struct Week {
    pays: Option<Pence>,
    what: String,
    made_of: Vec<String>,
}

/// The rule of the fund's council that the visits come above, though the listed price does not.
fn rule_on_visits(listing: &Listing, shown: &Shown<'_>, today: NaiveDate) -> Option<String> {
    let (same, class) = (shown.visits.as_ref()?, listing.decision.class?);
    let payer = rules::payer_kind(shown.view.arrangement, shown.view.recovery);
    let dear = |(unit, net): (Unit, UnitPrice)| {
        let pays = rules::cost_for(&rules::unit_costs(net, class, today).ok()?, payer);
        let (organisation, category) = (Some(listing.organisation.id), listing.service.words.category);
        let offered = Offered { organisation, category, pays: Some((unit, pays)) };
        rules::limits::limit_on(&offered, shown.council_rules).map(rules::limits::says)
    };
    rules::visits::averages(visits_of(listing, same, today)?).ok()?.into_iter().find_map(dear)
}

/// The visits of an ordinary week, each with the tariff of today.
fn visits_of(listing: &Listing, same: &SameVisits, today: NaiveDate) -> Option<Vec<(Tariff, Visit)>> {
    let tariff = Tariff::listed(rules::rate_on(&listing.rates, today)?);
    let visits = rules::visits::of_week(&tariff, same, today);
    Some(visits.into_iter().map(|visit| (tariff.clone(), visit)).collect())
}

/// What visits cost that are alike in every week, by the card of the service.
fn week_of_visits(listing: &Listing, same: &SameVisits, view: &View, today: NaiveDate) -> Week {
    let lasts = rules::visits::hours(i64::from(same.minutes));
    let what = format!("{} at {}, {lasts}, each week", rules::rates::days(same.days), calendar::time(same.start));
    let none = |why: String| Week { pays: None, what: what.clone(), made_of: vec![why] };
    let Some((rate, class)) = rules::rate_on(&listing.rates, today).zip(listing.decision.class) else {
        return none("No price is in force today.".to_owned());
    };
    let parts = match rules::visits::weekly(&Tariff::listed(rate), same, today) {
        Ok(parts) => parts,
        Err(missing) => return none(missing.to_string()),
    };
    let net = rules::visits::net(&parts);
    match vat::cost(net, class, true, view.arrangement, view.recovery, today) {
        Ok(cost) => {
            let days = rules::visits::ordinary_week(today).into_iter().filter(|day| same.days.includes(*day));
            let otherwise = rules::visits::given_otherwise(&listing.service.details, days, Some(same.start));
            let made_of = rules::visits::parts_in_words(&parts).into_iter().chain(otherwise).collect();
            Week { pays: Some(cost.budget_pays), what, made_of }
        }
        Err(refusal) => none(format!("{refusal}.")),
    }
}

fn at_fund(path: &str, fund: Option<FundId>) -> String {
    fund.map_or_else(|| path.to_owned(), |fund| format!("{path}?fund={fund}"))
}

/// Other prices, then travel, counting, cancelling: a sentence each.
fn included(card: super::CardShown) -> Vec<String> {
    let other = |other: super::CardPriceShown| {
        other.price.map(|price| format!("{}: {} {}.", other.when, price.pays, price.per))
    };
    card.prices.into_iter().filter_map(other).chain(card.rules).collect()
}

fn facts(listing: &Listing, shown: &Shown<'_>, today: NaiveDate) -> Vec<Fact> {
    let far = shown.from.zip(rules::shown_place(listing).1);
    let far = far.map(|(from, (to, _))| distance_in_words(from.distance_metres(to)));
    let far = far.map(|words| Fact::new("How far", words));
    let judged = listing.location.as_ref().map(rules::shown_rating).as_ref().and_then(rating);
    let judged =
        Fact::new("Care Quality Commission", judged.map_or("No rating here".to_owned(), |rating| rating.words));
    let kind = Fact::new("Kind of help", listing.service.words.category.words());
    let said = Fact::new("Confirmed", confirmed(listing.service.confirmed_on, today));
    let first = [kind].into_iter().chain(far);
    let reviews = reviews_of(shown.said.get(&listing.service.id).map_or(&[][..], Vec::as_slice));
    let users = [Fact::new("People who used it", reviews.state)].into_iter().chain(reviews.averages);
    first.chain(details::facts(&listing.service.details)).chain([judged]).chain(users).chain([said]).collect()
}

/// The comparison without one of the services; nothing when it is the only one.
fn without(query: &Fields, all: &[ServiceId], id: ServiceId) -> Option<String> {
    let others: Vec<ServiceId> = all.iter().copied().filter(|other| *other != id).collect();
    if others.is_empty() {
        return None;
    }
    let list = listed(&others);
    let kept = ["weekly", "days", "start", "minutes", "place", "fund"]
        .into_iter()
        .filter_map(|name| Some((name, query.get(name)?)));
    let pairs: Vec<(&str, &str)> = [("services", list.as_str())].into_iter().chain(kept).collect();
    Some(format!("/compare?{}", serde_urlencoded::to_string(pairs).unwrap_or_default()))
}
