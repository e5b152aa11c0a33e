//! How what another feed lists is found here.

use chrono::{Days, NaiveDate};

use crate::directory::rules::{self as directory, marks, search_words};
use crate::directory::{Entry, ListedPrice, ShownRating, Source, Unit, Wait, is_stale, sinks_on};
use crate::ids::ImportedListingId;
use crate::money::UnitPrice;
use crate::open_referral::Imported;
use crate::places::council_by_code;
use crate::vat::Class;

/// The entry of a listing in the search: in the feed's own words, with the feed's name; with a price only where the feed
/// says what it is for and how it is taxed. It sinks as a listing of our own does, from the day on which it was last assured.
#[must_use]
pub fn entry(
    id: ImportedListingId,
    said: &Imported,
    feed: &str,
    la_code: Option<&str>,
    (changed_on, today): (NaiveDate, NaiveDate),
) -> Entry {
    let price = price(said, today);
    let council = la_code.and_then(council_by_code);
    let assured_on = said.last_assured(changed_on);
    let sunk = is_stale(assured_on, today);
    let sinks = (!sunk).then(|| sinks_on(assured_on));
    let class = price.map(|(_, class, _)| class);
    let listed = price.map(|(price, ..)| price);
    Entry {
        source: Source::Imported(id),
        name: said.name.clone(),
        provider_name: said.provider.clone(),
        summary: summary(said, feed),
        category: said.category,
        town: said.town.clone(),
        postcode: said.postcode.clone(),
        la_code: la_code.unwrap_or_default().to_owned(),
        point: said.point,
        words: words(said, council.map_or("", |council| council.name.as_str())),
        marks: marks::of(
            (said.category, said.vat, listed.map(|price| price.unit)),
            la_code.unwrap_or_default(),
            &[],
            Wait::Unknown,
        ),
        vat: said.vat,
        class,
        price: listed,
        next_change_on: price.and_then(|(.., until)| until).into_iter().chain(sinks).min(),
        confirmed_on: Some(assured_on),
        sunk,
        wait: Wait::Unknown,
        rating: ShownRating::default(),
        fictional: said.fictional,
    }
}

/// The longest part of a description that stands in a list.
const SHOWN: usize = 280;

fn summary(said: &Imported, feed: &str) -> String {
    let short: String = said.description.chars().take(SHOWN).collect();
    let more = if said.description.chars().count() > SHOWN { "…" } else { "" };
    let whole = format!("{short}{more} From {feed}.");
    whole.trim_start().to_owned()
}

fn words(said: &Imported, council: &str) -> String {
    let texts = [&said.name, &said.provider, &said.town].map(String::as_str);
    let terms = said.terms.iter().map(String::as_str);
    search_words(
        texts.into_iter().chain([said.category.words(), council]).chain(terms).chain([said.description.as_str()]),
    )
}

/// The price of one unit at any time that holds today, its class, and the day on which it no longer does.
fn price(said: &Imported, today: NaiveDate) -> Option<(ListedPrice, Class, Option<NaiveDate>)> {
    let holds = |from: Option<NaiveDate>, to: Option<NaiveDate>| {
        from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to)
    };
    let cost = said.costs.iter().find(|cost| cost.unit_price.is_some() && holds(cost.from, cost.to))?;
    let (unit, net, class): &(Unit, String, String) = cost.unit_price.as_ref()?;
    let (net, class) = (UnitPrice::parse(net).ok()?, Class::parse(class)?);
    let costs = directory::unit_costs(net, class, today).ok()?;
    let until = cost.to.and_then(|last| last.checked_add_days(Days::new(1)));
    Some((ListedPrice { unit: *unit, net, costs }, class, until))
}
