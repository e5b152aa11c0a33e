//! The search: what was typed is understood, the place looked up, a misspelling mended where nothing else is found.

use super::super::forms::{self, Asked};
use super::super::pages::{self, FundChoice, Located, Rules, Seen};
use super::super::rules::asking::Place;
use super::super::rules::{self, mending};
use super::super::store::{limits, search as store};
use super::super::{Sort, Wanted};
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
    let limits = match view.fund {
        Some(fund) => limits::of_fund(tx, fund, today)?,
        None => vec![],
    };
    let hidden = |tx: &mut Tx, wanted: &Wanted| {
        let taken_out = store::taken_out(tx, wanted, &limits)?;
        Ok::<_, Error>(Rules { limits: limits.clone(), taken_out, shown: asked.all })
    };
    let wanted = if asked.all { wanted } else { Wanted { without: limits.clone(), ..wanted } };
    let found = store::find(tx, &wanted)?;
    let rules = hidden(tx, &wanted)?;
    // What rules hide alone was no misspelling.
    if found.count == 0
        && rules.taken_out.is_empty()
        && !asked.exact
        && let Some(words) = mending::mended(&wanted.words)
    {
        let mended = Wanted { words, ..wanted.clone() };
        let found = store::find(tx, &mended)?;
        if found.count > 0 {
            let rules = hidden(tx, &mended)?;
            return Ok(Seen { found, wanted: mended, view, located, misspelt: Some(wanted.words), rules });
        }
    }
    Ok(Seen { found, wanted, view, located, misspelt: None, rules })
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
