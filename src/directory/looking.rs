//! The search as somebody does it: what was typed is understood, the place looked up, a misspelling mended where nothing else
//! is found, and what the rules of the fund's council take out is counted.

use chrono::NaiveDate;

use super::forms::{self, Asked};
use super::pages::{self, FundChoice, Located, Rules, Seen};
use super::rules::asking::Place;
use super::rules::{self, mending};
use super::store::{limits, search as store};
use super::{Feature, Found, Limit, Sort, Source, View, Wanted};
use crate::auth::rights::{Actor, SeeMoney};
use crate::budgets;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::FundId;
use crate::people::store as people;
use crate::places::{Outcode, council_by_code, miles_in_metres};
use crate::web::form::Fields;

/// What says how results are shown, and not which.
const NOT_KEPT: [&str; 3] = ["page", "rules", "sort"];

/// The funds for which an actor chooses services, with whose they are.
///
/// # Errors
/// When the database fails.
pub fn fund_choices(tx: &mut Tx, actor: Option<&Actor>) -> Result<Vec<FundChoice>, Error> {
    let Some(actor) = actor else { return Ok(vec![]) };
    let funds = budgets::store::open_funds::<SeeMoney>(tx, actor)?;
    if funds.is_empty() {
        return Ok(vec![]);
    }
    let people = people::people_acted_for(tx, actor)?;
    Ok(pages::fund_choices(funds, &people, actor))
}

/// As which fund prices are shown: the one asked for, else the only one there is, else as a person would pay.
///
/// # Errors
/// A message beside the field, for a fund that the actor does not see.
pub fn view(
    tx: &mut Tx,
    actor: Option<&Actor>,
    funds: &[FundChoice],
    asked: Option<FundId>,
    typed: &Fields,
) -> Result<View, Error> {
    let fund = match (asked, funds) {
        (None, [only]) => only.fund.clone(),
        (None, _) => return Ok(View::of_a_person()),
        (Some(id), _) => {
            let actor = actor.ok_or_else(|| no_such_fund(typed))?;
            match budgets::store::fund(tx, actor, id) {
                Err(Error::NotFound) => return Err(no_such_fund(typed)),
                found => found?,
            }
        }
    };
    let arrangement = fund.arrangement().map_err(|cause| Error::internal("a fund without its structure", cause))?;
    Ok(View { fund: Some(fund.id), arrangement, recovery: fund.recovery })
}

/// What is said to a fund that the actor does not see.
#[must_use]
pub fn no_such_fund(typed: &Fields) -> Error {
    forms::wrong("fund", "Choose a fund from the list.", typed).into()
}

/// Looks for what was asked for, as a fund would pay; who sells sees which entries of the register may be theirs.
///
/// # Errors
/// A message beside the field, for a place that nobody knows.
pub fn look(
    tx: &mut Tx,
    (view, sells): (View, bool),
    asked: Asked,
    typed: &Fields,
    today: NaiveDate,
) -> Result<Seen, Error> {
    let (all, exact, near) = (asked.all, asked.exact, !asked.near.is_empty());
    let (wanted, located) = wanted(tx, &view, asked, typed)?;
    let limits = limits_of(tx, &view, today)?;
    let (found, rules) = find(tx, &wanted, &limits, all)?;
    let seen = Seen { found, wanted, view, sells, located, misspelt: None, unsaid: vec![], rules };
    // What rules hide alone was no misspelling.
    if seen.found.count > 0 || !seen.rules.taken_out.is_empty() || exact {
        return Ok(seen);
    }
    // The name of a place that nobody knows is not left out.
    let unplaced = near && seen.located.point.is_none();
    for (words, features) in otherwise(&seen.wanted, unplaced) {
        let meant = Wanted { words, features, ..seen.wanted.clone() };
        let (found, rules) = find(tx, &meant, &limits, all)?;
        if found.count > 0 {
            let misspelt = (meant.words != seen.wanted.words).then_some(seen.wanted.words);
            let unsaid = if meant.features.is_empty() { seen.wanted.features } else { vec![] };
            return Ok(Seen { found, rules, misspelt, unsaid, wanted: meant, ..seen });
        }
    }
    Ok(seen)
}

/// What is looked for where nothing was found, one after the other: with misspellings mended, without words that no kind of
/// help has, and each time what does not say whether it is on the days, in the language, or for those who were asked about.
fn otherwise(wanted: &Wanted, unplaced: bool) -> Vec<(Vec<String>, Vec<Feature>)> {
    let mended = mending::mended(&wanted.words);
    let fewer = mending::known_of(mended.as_ref().unwrap_or(&wanted.words)).filter(|_| !unplaced);
    let typed = std::iter::once(wanted.words.clone());
    let words = typed.chain(mended).chain(fewer);
    let both = |words: Vec<String>| [(words.clone(), wanted.features.clone()), (words, vec![])];
    let mut all: Vec<(Vec<String>, Vec<Feature>)> = words.flat_map(both).skip(1).collect();
    all.dedup();
    // Without features the first is what was looked for already, and without words everything would be found.
    all.retain(|(words, features)| !words.is_empty() && (words, features) != (&wanted.words, &wanted.features));
    all
}

/// Everything that a search finds today, one more than results are counted at most, without what the rules of the fund's
/// council take out: for a search that is done while nobody looks.
///
/// # Errors
/// A message beside the field, for what cannot be looked for any more.
pub fn all_found(tx: &mut Tx, actor: &Actor, typed: &Fields, today: NaiveDate) -> Result<Vec<Source>, Error> {
    let asked = forms::search(typed)?;
    let funds = fund_choices(tx, Some(actor))?;
    let view = match asked.fund {
        // A fund that has only now become the only one must not change what was kept without one.
        None => View::of_a_person(),
        some => self::view(tx, Some(actor), &funds, some, typed)?,
    };
    let (wanted, _) = wanted(tx, &view, asked, typed)?;
    let without = limits_of(tx, &view, today)?;
    store::sources(tx, &Wanted { without, ..wanted })
}

/// What was typed into a search, as it is kept: the same for the same search, without the page and what is only shown.
#[must_use]
pub fn kept(typed: &Fields) -> String {
    let known = |name: &str| forms::SEARCH.iter().any(|(field, _)| *field == name) && !NOT_KEPT.contains(&name);
    let pairs = typed.typed().iter().filter(|(name, value)| known(name) && !value.trim().is_empty());
    let pairs: Vec<(&str, &str)> = pairs.map(|(name, value)| (name.as_str(), value.trim())).collect();
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}

/// What is looked for, and where.
fn wanted(tx: &mut Tx, view: &View, mut asked: Asked, typed: &Fields) -> Result<(Wanted, Located), Error> {
    let located = locate(tx, &mut asked, typed)?;
    let by_place = if located.point.is_some() { Sort::Distance } else { Sort::Price };
    let wanted = Wanted {
        words: asked.words,
        category: asked.category,
        near: located.point.map(|point| (point, miles_in_metres(asked.within))),
        council: located.council,
        vat: asked.vat,
        most: asked.most,
        unit: asked.unit,
        features: asked.features,
        room: asked.room,
        rating: asked.rating,
        sort: asked.sort.unwrap_or(by_place),
        payer: rules::payer_kind(view.arrangement, view.recovery),
        page: asked.page,
        without: vec![],
    };
    Ok((wanted, located))
}

fn limits_of(tx: &mut Tx, view: &View, today: NaiveDate) -> Result<Vec<Limit>, Error> {
    Ok(view.fund.map(|fund| limits::of_fund(tx, fund, today)).transpose()?.unwrap_or_default())
}

/// What is found, without what the rules of the fund's council take out, unless that is to be shown as well.
fn find(tx: &mut Tx, wanted: &Wanted, limits: &[Limit], all: bool) -> Result<(Found, Rules), Error> {
    let taken_out = store::taken_out(tx, wanted, limits)?;
    let without = if all { vec![] } else { limits.to_vec() };
    let found = store::find(tx, &Wanted { without, ..wanted.clone() })?;
    Ok((found, Rules { limits: limits.to_vec(), taken_out, shown: all }))
}

/// Where somebody looks. Words after "near" that are no town are words like all others.
fn locate(tx: &mut Tx, asked: &mut Asked, typed: &Fields) -> Result<Located, Error> {
    let after_near = std::mem::take(&mut asked.near);
    match asked.place.take() {
        Some(place) => {
            asked.words.extend(after_near);
            place_of(tx, place, typed)
        }
        None => {
            for long in (1..=after_near.len()).rev() {
                let (name, rest) = after_near.split_at(long);
                if let Some(point) = store::town(tx, &name.join(" "))? {
                    asked.words.extend_from_slice(rest);
                    return Ok(Located::at(point, format!("near {}", pages::capitals(&name.join(" ")))));
                }
            }
            let meant = after_near.first().map(|typed| misspelt_town(tx, typed)).transpose()?.flatten();
            asked.words.extend(after_near.into_iter().skip(usize::from(meant.is_some())));
            Ok(meant.unwrap_or_default())
        }
    }
}

/// Where the town is that somebody probably meant.
fn misspelt_town(tx: &mut Tx, typed: &str) -> Result<Option<Located>, Error> {
    let towns = store::towns_like(tx, typed)?;
    let Some(meant) = mending::nearest_name(&typed.to_lowercase(), towns.iter().map(String::as_str)) else {
        return Ok(None);
    };
    let point = store::town(tx, meant)?;
    let misspelt = Some(typed.to_owned());
    Ok(point.map(|point| Located { misspelt, ..Located::at(point, format!("near {}", pages::capitals(meant))) }))
}

/// Where a place is.
///
/// # Errors
/// A message beside the field, for a place that nobody knows.
pub fn place_of(tx: &mut Tx, place: Place, typed: &Fields) -> Result<Located, Error> {
    let (said, unknown) = match &place {
        Place::Council(code) => {
            let name = council_by_code(code).map_or("", |council| council.name.as_str());
            return Ok(Located { council: Some(code), said: Some(format!("in {name}")), ..Located::default() });
        }
        Place::Outcode(outcode) => (format!("near {outcode}"), no_outcode(outcode)),
        Place::Postcode(postcode) => (format!("near {postcode}"), no_outcode(&postcode.outcode())),
        Place::Town(name) => (
            format!("near {}", pages::capitals(name)),
            "Nothing here is in a place of that name. Try a postcode, like DT1 1XJ.".to_owned(),
        ),
    };
    let town = match &place {
        Place::Town(name) => Some(name.clone()),
        _ => None,
    };
    if let Some(point) = store::point_of(tx, place)? {
        return Ok(Located::at(point, said));
    }
    let meant = town.map(|name| misspelt_town(tx, &name)).transpose()?.flatten();
    Ok(meant.ok_or_else(|| forms::wrong("place", &unknown, typed))?)
}

fn no_outcode(outcode: &Outcode) -> String {
    format!("There is no place {outcode}. Check the postcode.")
}
