//! The search: what was typed is understood, the place looked up, a misspelling mended where nothing else is found.

use super::super::forms::{self, Asked};
use super::super::pages::{self, FundChoice, Located, Rules, Seen};
use super::super::rules::asking::Place;
use super::super::rules::{self, mending};
use super::super::store::{limits, search as store};
use super::super::{Found, Limit, Sort, Wanted};
use super::{fund_choices, view};
use chrono::NaiveDate;

use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::Error;
use crate::places::{Outcode, council_by_code, miles_in_metres};
use crate::web::form::Fields;
use crate::web::page::{Answer, Visit};

const PAGE: &str = "directory/search.html";

/// The search.
pub async fn search(visit: Visit, actor: Option<Actor>) -> Answer {
    let (query, today) = (visit.query()?, visit.app.clock.today());
    let fields = query.clone();
    let read = move |tx: &mut Tx| {
        let funds = fund_choices(tx, actor.as_ref())?;
        match forms::search(&fields)
            .map_err(Error::from)
            .and_then(|asked| look(tx, actor.as_ref(), &funds, asked, &fields, today))
        {
            Ok(seen) => Ok((funds, Ok(seen))),
            Err(Error::Invalid(invalid)) => Ok((funds, Err(invalid))),
            Err(error) => Err(error),
        }
    };
    let (funds, outcome) = visit.app.db.read(read).await?;
    let page = pages::search(&query, &funds, outcome.as_ref().ok(), today);
    match outcome {
        Ok(_) => visit.show(PAGE, &page),
        Err(invalid) => visit.show_again(invalid.into(), PAGE, &page),
    }
}

/// Looks up the place and the fund, then searches.
fn look(
    tx: &mut Tx,
    actor: Option<&Actor>,
    funds: &[FundChoice],
    mut asked: Asked,
    typed: &Fields,
    today: NaiveDate,
) -> Result<Seen, Error> {
    let view = view(tx, actor, funds, asked.fund, typed)?;
    let sells = actor.is_some_and(|actor| !actor.providers().is_empty());
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
        sort: asked.sort.unwrap_or(by_place),
        payer: rules::payer_kind(view.arrangement, view.recovery),
        page: asked.page,
        without: vec![],
    };
    let limits = view.fund.map(|fund| limits::of_fund(tx, fund, today)).transpose()?.unwrap_or_default();
    let (found, rules) = find(tx, &wanted, &limits, asked.all)?;
    let seen = Seen { found, wanted, view, sells, located, misspelt: None, rules };
    // What rules hide alone was no misspelling.
    if seen.found.count > 0 || !seen.rules.taken_out.is_empty() || asked.exact {
        return Ok(seen);
    }
    let Some(words) = mending::mended(&seen.wanted.words) else { return Ok(seen) };
    let mended = Wanted { words, ..seen.wanted.clone() };
    match find(tx, &mended, &limits, asked.all)? {
        (found, _) if found.count == 0 => Ok(seen),
        (found, rules) => Ok(Seen { found, rules, misspelt: Some(seen.wanted.words), wanted: mended, ..seen }),
    }
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
            asked.words.extend(after_near);
            Ok(Located::default())
        }
    }
}

fn place_of(tx: &mut Tx, place: Place, typed: &Fields) -> Result<Located, Error> {
    let (said, unknown) = match &place {
        Place::Council(code) => {
            let name = council_by_code(code).map_or("", |council| council.name.as_str());
            return Ok(Located { point: None, council: Some(code), said: Some(format!("in {name}")) });
        }
        Place::Outcode(outcode) => (format!("near {outcode}"), no_outcode(outcode)),
        Place::Postcode(postcode) => (format!("near {postcode}"), no_outcode(&postcode.outcode())),
        Place::Town(name) => (
            format!("near {}", pages::capitals(name)),
            "Nothing here is in a place of that name. Try a postcode, like DT1 1XJ.".to_owned(),
        ),
    };
    let point = store::point_of(tx, place)?.ok_or_else(|| forms::wrong("place", &unknown, typed))?;
    Ok(Located::at(point, said))
}

fn no_outcode(outcode: &Outcode) -> String {
    format!("There is no place {outcode}. Check the postcode.")
}
