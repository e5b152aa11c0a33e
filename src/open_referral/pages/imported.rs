//! The page of a listing that was read in another feed.

use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar;
use crate::directory::{confirmed, is_stale};
use crate::open_referral::{Imported, ImportedCost, Provenance};

/// A listing of another feed; template `open_referral/imported.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ImportedPage {
    /// The service's name.
    pub name: String,
    /// Whose it is.
    pub provider: String,
    /// What it is.
    pub description: String,
    /// What kind of help it is.
    pub category: &'static str,
    /// Town and postcode.
    pub place: String,
    /// What it costs, as the feed says it.
    pub costs: Vec<String>,
    /// What is said of its quality.
    pub accreditations: Option<String>,
    /// Its page there or at its provider's.
    pub href: Option<String>,
    /// Since when nobody has confirmed it, where that is too long, else when it was assured there.
    pub confirmed: Option<String>,
    /// Whether nobody has confirmed it for too long.
    pub stale: bool,
    /// Everybody who speaks of it.
    pub sources: Vec<ImportedFrom>,
    /// Whether it belongs to a demonstration.
    pub fictional: bool,
}

/// Where a listing was read.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ImportedFrom {
    /// The name of the feed.
    pub feed: String,
    /// Where the feed is.
    pub source: String,
    /// When it was last read there.
    pub read: String,
}

/// The page; nothing without a source.
#[must_use]
pub fn page(sources: &[Provenance], today: NaiveDate) -> Option<ImportedPage> {
    let own = sources.first()?;
    let assured_on = own.said.last_assured(own.changed_at.date());
    let stale = is_stale(assured_on, today);
    let assured = own.said.assured_on.map(|_| format!("Confirmed there on {}.", calendar::full(assured_on)));
    let Imported {
        name, provider, description, category, town, postcode, costs, accreditations, url, fictional, ..
    } = &own.said;
    let from = |one: &Provenance| ImportedFrom {
        feed: one.feed.clone(),
        source: one.source.clone(),
        read: calendar::full(calendar::london(one.seen_at.and_utc()).date()),
    };
    let place = [town, postcode].into_iter().filter(|part| !part.is_empty()).map(String::as_str);
    Some(ImportedPage {
        name: name.clone(),
        provider: provider.clone(),
        description: description.clone(),
        category: category.words(),
        place: place.collect::<Vec<_>>().join(", "),
        costs: costs.iter().map(cost).collect(),
        accreditations: accreditations.clone(),
        href: url.clone(),
        confirmed: if stale { Some(confirmed(assured_on, today)) } else { assured },
        stale,
        sources: sources.iter().map(from).collect(),
        fictional: *fictional,
    })
}

/// "£35 per 1 hour session: under 18s, until 31 December 2022".
fn cost(cost: &ImportedCost) -> String {
    let amount = cost.amount.as_ref().map(|amount| match amount.split_once('.') {
        Some((pounds, pence)) => format!("£{pounds}.{pence:0<2}"),
        None => format!("£{amount}"),
    });
    let words = [amount, Some(cost.description.clone()).filter(|words| !words.is_empty())];
    let what = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let option = Some(cost.option.clone()).filter(|words| !words.is_empty());
    let from = cost.from.map(|day| format!("from {}", calendar::full(day)));
    let to = cost.to.map(|day| format!("until {}", calendar::full(day)));
    let when = [option, from, to].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if when.is_empty() { what } else { format!("{what} ({when})") }
}
