//! How a search can be narrowed: what is said of what was found, each with how often, as a link that asks for it.

use std::collections::HashMap;

use serde::Serialize;

use super::search::Seen;
use crate::directory::rules::marks;
use crate::directory::{Category, Feature, MOST_FOUND};
use crate::register::Rating;
use crate::web::form::Fields;

/// How many choices of one list are shown.
const MOST_CHOICES: usize = 6;

/// One way to narrow a search.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Facet {
    /// What it is.
    pub label: String,
    /// The search with it.
    pub href: String,
    /// How many of what was found have it: "12", or "120+" where not all were looked at.
    pub count: String,
}

/// The ways of one list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FacetList {
    /// What is asked.
    pub label: &'static str,
    /// The choices, the most frequent first.
    pub facets: Vec<Facet>,
}

/// Something that narrows the search already, with the search without it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Narrowed {
    /// What it is.
    pub label: &'static str,
    /// The search without it.
    pub href: String,
}

/// The lists, in the order in which they are shown, with what is asked of each.
const LISTS: [(&str, &str); 5] = [
    ("for", "For whom"),
    ("day", "Days"),
    ("at", "Where it is given"),
    ("language", "Languages"),
    ("access", "The place has"),
];

/// The ways in which a search can be narrowed that change anything.
#[must_use]
pub fn facets(query: &Fields, seen: &Seen) -> Vec<FacetList> {
    let tally = Tally { marks: &seen.found.marks, total: seen.found.count, query };
    let kinds = Category::ALL.iter().filter(|_| seen.wanted.category.is_none());
    let kinds = kinds.map(|kind| (marks::category(*kind), kind.words(), ("category", kind.code())));
    let room = (!seen.wanted.room).then(|| (marks::ROOM.to_owned(), "Can begin now", ("room", "true")));
    let rated = marks::RATED.iter().filter(|_| seen.wanted.rating.is_none());
    let rated = rated.map(|rating| (marks::rated(*rating), rated_words(*rating), ("rating", rating.code())));
    let first = [
        tally.list("Kind of help", kinds.collect()),
        tally.list("Availability", room.into_iter().collect()),
        tally.list("Care Quality Commission", rated.collect()),
    ];
    let free = |list: &str| !seen.wanted.features.iter().any(|feature| feature.list() == list);
    let lists = LISTS.into_iter().filter(|(list, _)| free(list)).map(|(list, label)| {
        let of_list = Feature::all().filter(|feature| feature.list() == list);
        tally.list(label, of_list.map(|one| (marks::feature(one), one.words(), (list, one.value()))).collect())
    });
    first.into_iter().chain(lists).filter(|list| !list.facets.is_empty()).collect()
}

/// A rating that one can ask for, in words.
#[must_use]
pub const fn rated_words(rating: Rating) -> &'static str {
    match rating {
        Rating::Outstanding => "Rated outstanding",
        _ => "Rated good or better",
    }
}

/// How often each mark was found, and in which search.
struct Tally<'a> {
    marks: &'a HashMap<String, i64>,
    total: i64,
    query: &'a Fields,
}

impl Tally<'_> {
    /// The choices of a list that some of what was found has, and not all of it.
    fn list(&self, label: &'static str, choices: Vec<(String, &'static str, (&str, &str))>) -> FacetList {
        let often = |mark: &String| self.marks.get(mark).copied().unwrap_or_default();
        let mut some: Vec<_> = choices.into_iter().map(|(mark, words, asks)| (often(&mark), words, asks)).collect();
        some.retain(|(count, ..)| *count > 0 && *count < self.total);
        some.sort_by_key(|(count, words, _)| (-*count, *words));
        let facet = |(count, words, (name, value)): (i64, &'static str, (&str, &str))| Facet {
            label: words.to_owned(),
            href: with(self.query, name, Some(value)),
            count: self.counted(count),
        };
        FacetList { label, facets: some.into_iter().take(MOST_CHOICES).map(facet).collect() }
    }

    /// A count, as far as was counted.
    fn counted(&self, count: i64) -> String {
        match self.total > MOST_FOUND {
            true if count == MOST_FOUND => "1,000+".to_owned(),
            true => format!("{count}+"),
            false => count.to_string(),
        }
    }
}

/// What narrows the search already by a field of its own, each with the search without it.
#[must_use]
pub fn narrowed(query: &Fields, seen: &Seen) -> Vec<Narrowed> {
    let kind = seen.wanted.category.map(|kind| ("category", kind.words()));
    let room = query.get("room").map(|_| ("room", "Can begin now"));
    let rated = seen.wanted.rating.map(|rating| ("rating", rated_words(rating)));
    let of_list = |feature: &&Feature| query.get(feature.list()) == Some(feature.value());
    let features = seen.wanted.features.iter().filter(of_list).map(|feature| (feature.list(), feature.words()));
    let all = kind.into_iter().chain(room).chain(rated).chain(features);
    all.map(|(name, label)| Narrowed { label, href: with(query, name, None) }).collect()
}

/// The same search with a field set, or left out, from its first page.
pub fn with(query: &Fields, name: &str, value: Option<&str>) -> String {
    let kept = |pair: &(&String, &String)| !["page", name].contains(&pair.0.as_str()) && !pair.1.trim().is_empty();
    let mut pairs: Vec<(&str, &str)> =
        query.typed().iter().filter(kept).map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.extend(value.map(|value| (name, value)));
    format!("/search?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}
