//! What the page on which several are asked receives.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::directory::{Category, DISTANCES, MOST_FOUND, Unit};
use crate::ids::{CouncilRuleId, FundId, ServiceId};
use crate::quotes::{Considered, MOST_ASKED, MOST_CRITERIA, SearchMade, Weight};
use crate::web::parts::Choice;

/// How many services are shown to choose from.
const SHOWN: usize = 40;
/// How many days providers are given at first.
const DAYS: u64 = 14;

/// A service whose provider can be asked.
#[derive(Serialize, ToSchema)]
pub struct Pick {
    /// The service.
    #[schema(value_type = i64)]
    pub id: ServiceId,
    /// Its name and whose it is.
    pub label: String,
    /// Its price as this fund pays it, and what else one should know.
    pub hint: String,
    /// Whether it is picked at first.
    pub checked: bool,
}

/// A rule that hides something.
#[derive(Serialize, ToSchema)]
pub struct RuleShown {
    /// How many services it hides.
    pub hid: i64,
    /// What it says, with its reason.
    pub says: String,
    /// What it restrains.
    pub cause: String,
}

/// What the rules of the fund's council hide.
#[derive(Serialize, ToSchema)]
pub struct HiddenShown {
    /// How many, in a sentence.
    pub words: String,
    /// Whether it is shown all the same.
    pub shown: bool,
    /// Where it is shown, or hidden again.
    pub href: String,
    /// By which rules.
    pub rules: Vec<RuleShown>,
}

/// The page on which several are asked; template `quotes/new.html`.
#[derive(Serialize, ToSchema)]
pub struct AskingPage {
    /// The funds to choose from, where none is chosen yet.
    pub funds: Vec<Choice>,
    /// The fund.
    #[schema(value_type = Option<i64>)]
    pub fund: Option<FundId>,
    /// What the fund is and whose.
    pub fund_words: String,
    /// The words that were looked for.
    pub words: String,
    /// The kinds of help.
    pub categories: Vec<Choice>,
    /// The code of the kind that was looked for.
    pub category: Option<String>,
    /// Around where it was looked for.
    pub place: String,
    /// The distances.
    pub distances: Vec<Choice>,
    /// Within how many miles.
    pub within: u32,
    /// How many were found, in a sentence.
    pub found: String,
    /// The services to pick.
    pub picks: Vec<Pick>,
    /// What rules hide.
    pub hidden: Option<HiddenShown>,
    /// What a price can be for.
    pub units: Vec<Choice>,
    /// How much something can matter.
    pub weights: Vec<Choice>,
    /// The rows for what matters.
    pub rows: Vec<usize>,
    /// The most that can be asked.
    pub most: usize,
    /// A last day to answer, to begin with.
    pub answer_by: String,
    /// A first day, to begin with.
    pub starts_on: String,
}

/// What was looked for and found.
pub struct FoundData {
    /// The fund.
    pub fund: FundId,
    /// What the fund is and whose.
    pub fund_words: String,
    /// The kind that was looked for.
    pub category: Option<Category>,
    /// The services that were ticked, or looked at before.
    pub wanted: Vec<ServiceId>,
    /// Those of them that are not among what was found.
    pub kept: Vec<Considered>,
    /// What each rule of the council says, with its reason.
    pub says: BTreeMap<CouncilRuleId, String>,
    /// Whether what rules hide is shown.
    pub all: bool,
    /// What was found.
    pub search: SearchMade,
}

/// The page on which several are asked: the form once a fund is chosen.
#[must_use]
pub fn asking(funds: Vec<Choice>, data: Option<&FoundData>, today: NaiveDate) -> AskingPage {
    let later = |days| calendar::short(today.checked_add_days(Days::new(days)).unwrap_or(today));
    let category = data.and_then(|data| data.category);
    let kind = |one: &Category| Choice::new(one.code(), one.words()).checked(Some(*one) == category);
    let within = data.map_or(10, |data| data.search.within_miles);
    let weight = |one: &Weight| Choice::new(one.code(), one.words());
    AskingPage {
        funds,
        fund: data.map(|data| data.fund),
        fund_words: data.map(|data| data.fund_words.clone()).unwrap_or_default(),
        words: data.map(|data| data.search.words.clone()).unwrap_or_default(),
        categories: Category::ALL.iter().map(kind).collect(),
        category: category.map(|one| one.code().to_owned()),
        place: data.map(|data| data.search.near.clone()).unwrap_or_default(),
        distances: DISTANCES
            .iter()
            .map(|one| Choice::new(one, format!("{one} miles")).checked(*one == within))
            .collect(),
        within,
        found: data.map(found_words).unwrap_or_default(),
        picks: data.map(picks).unwrap_or_default(),
        hidden: data.and_then(hidden),
        units: Unit::ALL.iter().map(|one| Choice::new(one.code(), one.words())).collect(),
        weights: Weight::ALL.iter().map(weight).collect(),
        rows: (1..=MOST_CRITERIA).collect(),
        most: MOST_ASKED,
        answer_by: later(DAYS),
        starts_on: later(DAYS + 7),
    }
}

fn found_words(data: &FoundData) -> String {
    let shown = shown(data).count();
    match shown {
        0 => "Nothing with a price was found here. Look further away, or for something else.".to_owned(),
        1 => "One service was found.".to_owned(),
        many if many > SHOWN => {
            format!("{many} services were found. The first {SHOWN} are listed: look closer to see others.")
        }
        many => format!("{many} services were found."),
    }
}

/// What is shown to pick: first what somebody wants already, whatever hides it, then what was found.
fn shown(data: &FoundData) -> impl Iterator<Item = &Considered> {
    let wanted = |one: &&Considered| data.wanted.contains(&one.service);
    let found = data.search.considered.iter();
    let others = found.clone().filter(move |one| !wanted(one) && (data.all || one.hidden_by.is_none()));
    data.kept.iter().chain(found.filter(move |one| wanted(one))).chain(others)
}

fn picks(data: &FoundData) -> Vec<Pick> {
    let pick = |one: &Considered| Pick {
        id: one.service,
        label: format!("{}, {}", one.name, one.provider_name),
        hint: match one.hidden_by {
            Some(rule) => {
                let says = data.says.get(&rule).map_or("", String::as_str);
                let price = format!("£{} per {} as this fund pays it", one.pays, one.unit);
                format!("{price}. A rule of the council would hide it: {says}")
            }
            None => format!("£{} per {} as this fund pays it", one.pays, one.unit),
        },
        checked: data.wanted.contains(&one.service),
    };
    shown(data).take(SHOWN).map(pick).collect()
}

fn hidden(data: &FoundData) -> Option<HiddenShown> {
    let count: i64 = data.search.rules.iter().map(|rule| rule.hid).sum();
    let many = if count > MOST_FOUND { "More than 1,000".to_owned() } else { count.to_string() };
    let words = match (count, data.all) {
        (0, _) => return None,
        (_, true) => format!("{many} of these would be hidden by rules of the council."),
        (_, false) => format!("{many} hidden by rules of the council."),
    };
    let mut pairs = vec![
        ("fund", data.fund.to_string()),
        ("words", data.search.words.clone()),
        ("category", data.category.map(|one| one.code().to_owned()).unwrap_or_default()),
        ("place", data.search.near.clone()),
        ("within", data.search.within_miles.to_string()),
    ];
    pairs.extend((!data.all).then(|| ("rules", "shown".to_owned())));
    let href = format!("/quotes/new?{}", serde_urlencoded::to_string(pairs).unwrap_or_default());
    let rules = data.search.rules.iter().map(|rule| RuleShown {
        hid: rule.hid,
        says: rule.says.clone(),
        cause: rule.cause_words.clone(),
    });
    Some(HiddenShown { words, shown: data.all, href, rules: rules.collect() })
}
