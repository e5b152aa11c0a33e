//! What the search receives.

use chrono::NaiveDate;
use serde::Serialize;

use super::facets::{self, FacetList, Narrowed};
use super::map::{Map, map};
use super::{FundChoice, Price, Rating, as_whom, choices, fund_select, price, price_note, rating};
use crate::directory::rules::{limits, marks, mending};
use crate::directory::{
    Category, Cause, DISTANCES, Entry, Feature, Found, Limit, ListedVat, MOST_FOUND, Offered, PAGE, Sort, Source, Unit,
    View, Wanted, confirmed,
};
use crate::ids::{CouncilRuleId, ServiceId};
use crate::places::{Point, distance_in_words, miles_in_metres};
use crate::register::REGISTER_ATTRIBUTION;
use crate::vocabulary::capital;
use crate::web::form::Fields;
use crate::web::parts::Choice;

/// One result of a search.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ResultCard {
    /// Its number in the whole list.
    pub number: usize,
    /// Why it stands where it stands.
    pub why_here: String,
    /// Its page here; nothing for a location that is in the register alone.
    pub href: Option<String>,
    /// The service's id, where it is one.
    #[schema(value_type = Option<i64>)]
    pub service: Option<ServiceId>,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider: String,
    /// What it is.
    pub summary: String,
    /// What kind of help it is.
    pub category: String,
    /// Where it is.
    pub place: String,
    /// How soon it can begin, where its provider has said.
    pub wait: Option<String>,
    /// When its provider last said that all of this is so, where that is too long ago.
    pub not_confirmed: Option<String>,
    /// How far it is from the place that was asked for.
    pub distance: Option<String>,
    /// What it costs; nothing where no price is in force.
    pub price: Option<Price>,
    /// Why there is no price, where there is none.
    pub no_price: Option<&'static str>,
    /// The provider's registration for VAT, in words.
    pub vat: &'static str,
    /// The regulator's rating.
    pub rating: Option<Rating>,
    /// Whether it is in the regulator's register alone.
    pub from_register: bool,
    /// Where its provider claims it, where it is in the register alone; for those who sell.
    pub claim_href: Option<String>,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
    /// The rule of the fund's council that would hide it, where it is shown all the same.
    pub rule: Option<String>,
    /// That its provider does not travel so far, where it has said how far it does.
    pub too_far: Option<String>,
}

/// What the rules of a council do to a search in one of its funds.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The rules.
    pub limits: Vec<Limit>,
    /// What they take out.
    pub taken_out: Vec<Offered>,
    /// Whether it is shown all the same.
    pub shown: bool,
}

/// What one rule hides.
#[derive(Serialize, utoipa::ToSchema)]
pub struct HiddenBy {
    /// Which rule.
    #[schema(value_type = i64)]
    pub rule: CouncilRuleId,
    /// How many results it hides.
    pub count: i64,
    /// What it says and why.
    pub says: String,
    /// The code of what it restrains.
    #[schema(value_type = String)]
    pub cause: Cause,
    /// What it restrains, in words.
    pub cause_words: &'static str,
}

/// What the rules of a council hide in a search.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Hidden {
    /// How many there are, in a sentence.
    pub words: String,
    /// Whether they are shown all the same.
    pub shown: bool,
    /// Where they are shown, or hidden again.
    pub href: String,
    /// By which rule how many.
    pub by: Vec<HiddenBy>,
}

fn hidden(query: &Fields, rules: &Rules) -> Option<Hidden> {
    let council = &rules.limits.first()?.council;
    let count = rules.taken_out.len() as i64;
    let many = if count > MOST_FOUND { "More than 1,000".to_owned() } else { count.to_string() };
    let words = match (count, rules.shown) {
        (0, _) => return None,
        (_, true) => format!("{many} of these would be hidden by rules of {council}."),
        (_, false) => format!("{many} hidden by rules of {council}."),
    };
    let counts = limits::count(&rules.taken_out, &rules.limits);
    let by = rules.limits.iter().filter_map(|limit| {
        Some(HiddenBy {
            rule: limit.id,
            count: *counts.get(&limit.id)?,
            says: limits::says(limit),
            cause: limit.cause,
            cause_words: limit.cause.words(),
        })
    });
    let href = facets::with(query, "rules", (!rules.shown).then_some("shown"));
    Some(Hidden { words, shown: rules.shown, href, by: by.collect() })
}

fn card(number: usize, entry: &Entry, seen: &Seen, today: NaiveDate) -> ResultCard {
    let service = match entry.source {
        Source::Service(id, _) => Some(id),
        Source::Register(_) | Source::Imported(_) => None,
    };
    let claim_href = match entry.source {
        Source::Service(..) | Source::Imported(_) => None,
        Source::Register(id) => seen.sells.then(|| format!("/register/{id}/claim")),
    };
    let fund = seen.view.fund.map(|fund| format!("?fund={fund}")).unwrap_or_default();
    let shown = entry.price.zip(entry.class);
    let price = shown.and_then(|(listed, class)| price(listed.unit, listed.net, class, &seen.view, today));
    let from_register = matches!(entry.source, Source::Register(_));
    let no_price = match (&price, entry.source) {
        (Some(_), _) => None,
        (None, Source::Register(_)) => Some("On the regulator’s register; has not listed services or prices here."),
        (None, Source::Imported(_)) => Some("From another directory; its provider has not listed it here."),
        (None, Source::Service(..)) => Some("No price is in force today."),
    };
    let href = match entry.source {
        Source::Service(id, _) => Some(format!("/services/{id}{fund}")),
        Source::Imported(id) => Some(format!("/imported/{id}")),
        Source::Register(_) => None,
    };
    let near = seen.wanted.near.zip(entry.point);
    let place = [entry.town.as_str(), &entry.postcode];
    let metres = near.map(|((from, _), to)| from.distance_metres(to));
    let distance = metres.map(distance_in_words);
    let rule = limits::limit_on(&limits::offered(entry, seen.wanted.payer), &seen.rules.limits);
    ResultCard {
        number,
        why_here: why_here(entry, seen, price.as_ref(), distance.as_deref()),
        href,
        service,
        name: entry.name.clone(),
        provider: entry.provider_name.clone(),
        summary: entry.summary.clone(),
        category: entry.category.words().to_owned(),
        place: place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        wait: entry.wait.words(),
        not_confirmed: entry.confirmed_on.filter(|_| entry.sunk).map(|day| confirmed(day, today)),
        distance,
        price,
        no_price,
        vat: entry.vat.words(),
        rating: rating(&entry.rating),
        from_register,
        claim_href,
        fictional: entry.fictional,
        rule: rule.map(limits::says),
        too_far: metres.and_then(|metres| too_far(&entry.marks, metres)),
    }
}

/// That a provider travels less far than this, where it has said how far it does.
fn too_far(marks: &str, metres: u32) -> Option<String> {
    let miles = marks::reach_of(marks).filter(|miles| metres > miles_in_metres(*miles))?;
    let many = if miles == 1 { "mile" } else { "miles" };
    Some(format!("Its provider says that it travels up to {miles} {many}: ask whether it comes to you."))
}

/// Why an entry stands where it stands: nobody pays for a place in the list.
fn why_here(entry: &Entry, seen: &Seen, price: Option<&Price>, distance: Option<&str>) -> String {
    if entry.sunk {
        return "It comes after all others because its provider has not confirmed it for more than three months."
            .to_owned();
    }
    match (seen.wanted.sort, distance, price) {
        (Sort::Distance, Some(distance), _) => format!("Sorted by distance: it is {distance} away."),
        (Sort::Price, _, Some(price)) => {
            let payer = if seen.view.fund.is_some() { "this fund" } else { "a person" };
            format!("Sorted by price, unit by unit: {payer} pays {} {}.", price.pays, price.per)
        }
        (Sort::Price, ..) => "Sorted by price: it has none, so it comes after what has one.".to_owned(),
        (Sort::Soonest, ..) => match entry.wait.words() {
            Some(words) => format!("Sorted by what can begin first. {words}."),
            None => "Sorted by what can begin first: its provider has not said when.".to_owned(),
        },
        (Sort::Rating, ..) => match entry.rating.rating {
            Some(rating) => format!("Sorted by the regulator’s rating: it is “{}”.", rating.words()),
            None => "Sorted by the regulator’s rating: it has none.".to_owned(),
        },
        (Sort::Name | Sort::Distance, ..) => "Sorted by name.".to_owned(),
    }
}

/// Where somebody looked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// The point from which distances count.
    pub point: Option<Point>,
    /// The council whose area it must be in.
    pub council: Option<&'static str>,
    /// In words: "near DT1".
    pub said: Option<String>,
    /// The name that was typed, where nothing is in a place of that name and a similar one was meant.
    pub misspelt: Option<String>,
}

impl Located {
    /// Near a point.
    #[must_use]
    pub const fn at(point: Point, said: String) -> Self {
        Self { point: Some(point), council: None, said: Some(said), misspelt: None }
    }

    /// The place alone: "DT1".
    fn name(&self) -> Option<String> {
        let said = self.said.as_deref()?;
        said.strip_prefix("near ").or_else(|| said.strip_prefix("in ")).map(str::to_owned)
    }
}

/// A name as it is written, each word with a capital.
#[must_use]
pub fn capitals(name: &str) -> String {
    name.split(' ').map(capital).collect::<Vec<_>>().join(" ")
}

/// A search that was done: what was found, for what, as whom.
pub struct Seen {
    /// What was found.
    pub found: Found,
    /// What was looked for.
    pub wanted: Wanted,
    /// As whom.
    pub view: View,
    /// Whether whoever looks sells support: then an entry of the register may be theirs.
    pub sells: bool,
    /// Where.
    pub located: Located,
    /// The words that were typed, where others were looked for because nothing was found with them.
    pub misspelt: Option<Vec<String>>,
    /// What was asked of each and nothing says, so that it was left out.
    pub unsaid: Vec<Feature>,
    /// What the rules of the fund's council do to it.
    pub rules: Rules,
}

/// The search; template `directory/search.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Search {
    /// How many were found and in which order, in a sentence.
    pub state: String,
    /// What the text was understood to mean, where it says more than words.
    pub understood: Option<String>,
    /// What was looked for in the place of a misspelling.
    pub mended: Option<Mended>,
    /// That a place was meant in whose name there was a slip.
    pub misplaced: Option<String>,
    /// That nothing says what was asked of each, such as a day, and results are shown that do not say whether.
    pub unsaid: Option<String>,
    /// What narrows the search already.
    pub narrowed_by: Vec<Narrowed>,
    /// How it can be narrowed.
    pub facets: Vec<FacetList>,
    /// Whether there is anything to compare.
    pub comparable: bool,
    /// From where a comparison counts distances: the place that was typed, wherever it was.
    pub compare_from: Option<String>,
    /// Where the results of this page lie.
    pub map: Option<Map>,
    /// As whom prices are shown.
    pub as_whom: String,
    /// What one must know about prices shown so.
    pub price_note: Option<String>,
    /// The results of this page.
    pub results: Vec<ResultCard>,
    /// How many there are in all, counted to one more than 1,000.
    pub count: i64,
    /// What the rules of the fund's council hide.
    pub hidden: Option<Hidden>,
    /// The page before.
    pub previous_href: Option<String>,
    /// The page after.
    pub next_href: Option<String>,
    /// Which results this page shows.
    pub page_words: String,
    /// Whether a search was done; not when something typed could not be used.
    pub done: bool,
    /// The kinds of help.
    pub categories: Vec<Choice>,
    /// The distances.
    pub distances: Vec<Choice>,
    /// The registrations for VAT.
    pub vat_statuses: Vec<Choice>,
    /// What prices are for.
    pub units: Vec<Choice>,
    /// Lists of what can be said of a service.
    pub lists: Vec<FilterList>,
    /// Whether it must be able to begin now.
    pub room: bool,
    /// The regulator's ratings that one can ask for.
    pub ratings: Vec<Choice>,
    /// The orders.
    pub sorts: Vec<Choice>,
    /// The funds that can be chosen.
    pub funds: Vec<Choice>,
    /// Whether a kind, a price or a VAT status narrows it.
    pub narrowed: bool,
    /// What was typed into the text fields.
    pub asked: AskedWords,
    /// Where this search is saved.
    pub keep_href: String,
    /// What must be said where the register is shown.
    pub attribution: &'static str,
}

/// A list of which one can be asked for.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FilterList {
    /// The name of the field.
    pub name: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// What can be asked of a service.
const FILTERS: [(&str, &str); 6] = [
    ("for", "For whom"),
    ("day", "On which day"),
    ("at", "Where it is given"),
    ("language", "Language"),
    ("way", "Way of communicating"),
    ("access", "The place has"),
];

fn filters(query: &Fields) -> Vec<FilterList> {
    let filter = |(name, label): (&'static str, &'static str)| {
        let chosen = |one: &Feature| query.get(name) == Some(one.value());
        let choice = |one: Feature| Choice::new(one.value(), one.words()).checked(chosen(&one));
        FilterList { name, label, choices: Feature::all().filter(|one| one.list() == name).map(choice).collect() }
    };
    FILTERS.into_iter().map(filter).collect()
}

/// What was looked for in the place of a misspelling.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Mended {
    /// What was typed.
    pub typed: String,
    /// What was looked for.
    pub meant: String,
    /// The search for what was typed.
    pub exact_href: String,
}

/// What was typed into the text fields of a search.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AskedWords {
    /// The words.
    pub words: Option<String>,
    /// The place.
    pub place: Option<String>,
    /// The highest price.
    pub max_price: Option<String>,
}

/// The page of a search: what was found, or only the form where nothing could be done.
#[must_use]
pub fn search(query: &Fields, funds: &[FundChoice], seen: Option<&Seen>, today: NaiveDate) -> Search {
    let person = View::of_a_person();
    let view = seen.map_or(&person, |seen| &seen.view);
    let sort = seen.map(|seen| seen.wanted.sort).or_else(|| query.get("sort").and_then(Sort::from_code));
    let count = seen.map_or(0, |seen| seen.found.count);
    let miles = query.get("within").unwrap_or("10");
    let distance = |one: u32| Choice::new(one, format!("{one} miles")).checked(one.to_string() == miles);
    let text = |name: &str| query.get(name).map(str::to_owned);
    let (previous_href, next_href, page_words) = seen.map_or_else(Default::default, |seen| turning(query, seen));
    Search {
        state: seen.map(search_state).unwrap_or_default(),
        as_whom: as_whom(view, funds),
        price_note: price_note(view),
        understood: seen.and_then(understood),
        mended: seen.and_then(|seen| mended(query, seen)),
        misplaced: seen.and_then(misplaced),
        unsaid: seen.and_then(unsaid),
        narrowed_by: seen.map(|seen| facets::narrowed(query, seen)).unwrap_or_default(),
        facets: seen.map(|seen| facets::facets(query, seen)).unwrap_or_default(),
        comparable: seen
            .is_some_and(|seen| seen.found.entries.iter().filter(|entry| entry.price.is_some()).count() > 1),
        compare_from: text("place").or_else(|| seen.and_then(|seen| seen.located.name())),
        map: seen.and_then(mapped),
        lists: filters(query),
        room: query.get("room").is_some(),
        results: seen.map(|seen| cards(seen, today)).unwrap_or_default(),
        count,
        hidden: seen.and_then(|seen| hidden(query, &seen.rules)),
        previous_href,
        next_href,
        page_words,
        done: seen.is_some(),
        categories: choices!(Category::ALL, query.get("category").and_then(Category::from_code)),
        distances: DISTANCES.into_iter().map(distance).collect(),
        vat_statuses: choices!(ListedVat::ALL, query.get("vat").and_then(ListedVat::from_code)),
        units: choices!(Unit::ALL, query.get("unit").and_then(Unit::from_code)),
        sorts: choices!(Sort::ALL, sort),
        funds: fund_select(funds, view.fund),
        ratings: marks::RATED
            .into_iter()
            .map(|rating| {
                let chosen = query.get("rating") == Some(rating.code());
                Choice::new(rating.code(), facets::rated_words(rating)).checked(chosen)
            })
            .collect(),
        narrowed: ["category", "max_price", "unit", "vat", "room", "rating"]
            .into_iter()
            .chain(Feature::LISTS)
            .any(|name| query.get(name).is_some()),
        asked: AskedWords { words: text("words"), place: text("place"), max_price: text("max_price") },
        keep_href: keep_href(query, seen),
        attribution: REGISTER_ATTRIBUTION,
    }
}

/// Where the search is saved as it was understood: with the words that were meant, and the fund that was taken because it is the only one.
fn keep_href(query: &Fields, seen: Option<&Seen>) -> String {
    let mended =
        seen.and_then(|seen| Some(mending::as_meant(query.get("words")?, seen.misspelt.as_ref()?, &seen.wanted.words)));
    let fund = seen.and_then(|seen| seen.view.fund).map(|fund| fund.to_string());
    let settled: Vec<(&str, &str)> = [("words", mended.as_deref()), ("fund", fund.as_deref())]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let typed = query.typed().iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let typed =
        typed.filter(|(name, value)| !value.trim().is_empty() && !settled.iter().any(|(known, _)| known == name));
    let pairs: Vec<(&str, &str)> = typed.chain(settled.iter().copied()).collect();
    let whole = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let query = serde_urlencoded::to_string([("keep", whole)]).unwrap_or_default();
    format!("/saved-searches?{query}")
}

fn cards(seen: &Seen, today: NaiveDate) -> Vec<ResultCard> {
    numbered(seen).map(|(number, entry)| card(number, entry, seen, today)).collect()
}

/// The entries of this page with their numbers in the whole list.
fn numbered(seen: &Seen) -> impl Iterator<Item = (usize, &Entry)> {
    let first = usize::try_from((seen.wanted.page - 1) * PAGE + 1).unwrap_or(1);
    (first..).zip(&seen.found.entries)
}

fn mapped(seen: &Seen) -> Option<Map> {
    let points: Vec<_> = numbered(seen).filter_map(|(number, entry)| Some((number, entry.point?))).collect();
    map(&points, seen.located.point)
}

/// What a text was understood to mean, where it says more than words.
fn understood(seen: &Seen) -> Option<String> {
    let words = (!seen.wanted.words.is_empty()).then(|| format!("“{}”", seen.wanted.words.join(" ")));
    let features = seen.wanted.features.iter().map(|feature| match feature {
        Feature::Day(day) => format!("on {}s", day.words()),
        Feature::Language(language) => format!("{} spoken", language.words()),
        other => other.words().to_owned(),
    });
    let now = seen.wanted.room.then(|| "can begin now".to_owned());
    let rest: Vec<String> = seen.located.said.clone().into_iter().chain(features).chain(now).collect();
    (!rest.is_empty()).then(|| format!("Looking for {}.", words.into_iter().chain(rest).collect::<Vec<_>>().join(", ")))
}

fn mended(query: &Fields, seen: &Seen) -> Option<Mended> {
    let typed = seen.misspelt.as_ref()?;
    let exact_href = facets::with(query, "exact", Some("true"));
    Some(Mended { typed: typed.join(" "), meant: seen.wanted.words.join(" "), exact_href })
}

/// Which place was meant, in a sentence.
fn misplaced(seen: &Seen) -> Option<String> {
    let (typed, said) = (seen.located.misspelt.as_ref()?, seen.located.said.as_ref()?);
    Some(format!("Nothing here is in a place called “{typed}”. This is {said}."))
}

/// What nothing says of itself, in a sentence.
fn unsaid(seen: &Seen) -> Option<String> {
    let words: Vec<&str> = seen.unsaid.iter().map(|feature| feature.words()).collect();
    let said = format!("None of these has said: {}. Ask them whether they can.", words.join(", "));
    (!words.is_empty()).then_some(said)
}

/// "23 results, the nearest first."
fn search_state(seen: &Seen) -> String {
    let count = match seen.found.count {
        0 => return "Nothing was found.".to_owned(),
        1 => "One result".to_owned(),
        many if many > MOST_FOUND => "More than 1,000 results".to_owned(),
        some => format!("{some} results"),
    };
    let order = match seen.wanted.sort {
        Sort::Distance if seen.wanted.near.is_some() => "the nearest first",
        Sort::Distance | Sort::Name => "by name",
        Sort::Soonest => "what can begin first comes first",
        Sort::Rating => "the regulator’s best rating first",
        Sort::Price => "the lowest price first within each unit; what has no price comes last",
    };
    format!("{count}, {order}.")
}

/// The pages before and after, and which results this one shows.
fn turning(query: &Fields, seen: &Seen) -> (Option<String>, Option<String>, String) {
    let (page, count) = (seen.wanted.page, seen.found.count);
    let (first, last) = ((page - 1) * PAGE + 1, (page * PAGE).min(count).min(MOST_FOUND));
    let of = if count > MOST_FOUND { "1,000+".to_owned() } else { count.to_string() };
    let previous = (page > 1).then(|| page_href(query, page - 1));
    let next = (page * PAGE < count.min(MOST_FOUND)).then(|| page_href(query, page + 1));
    let words = if first <= last { format!("{first} to {last} of {of}") } else { format!("Nothing more of {of}") };
    (previous, next, words)
}

fn page_href(query: &Fields, page: i64) -> String {
    facets::with(query, "page", Some(&page.to_string()))
}
