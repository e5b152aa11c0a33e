//! Up to four services side by side, as one fund pays them.

use super::super::forms;
use super::super::looking::{fund_choices, view};
use super::super::pages::{self, ComparePage, Shown};
use super::super::rules;
use super::super::store::{search, services};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::Error;
use crate::web::page::{Answer, Visit};

const PAGE: &str = "directory/compare.html";

/// The comparison.
pub async fn compare(visit: Visit, actor: Option<Actor>) -> Answer {
    let (query, today) = (visit.query()?, visit.app.clock.today());
    let fields = query.clone();
    let read = move |tx: &mut Tx| {
        let funds = fund_choices(tx, actor.as_ref())?;
        let outcome = (|| -> Result<ComparePage, Error> {
            let asked = forms::compare(&fields)?;
            let view = view(tx, actor.as_ref(), &funds, asked.fund, &fields)?;
            let mut listings = vec![];
            for id in &asked.services {
                // What is not offered any more is left out, and said.
                match services::listing(tx, *id, today) {
                    Ok(found) if rules::service_entry(&found, today).is_some() => listings.push(found),
                    Ok(_) | Err(Error::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            let from = asked.place.map(|place| search::point_of(tx, place)).transpose()?.flatten();
            let shown = Shown { view: &view, funds: &funds, weekly: asked.weekly, from };
            Ok(pages::compare(&fields, &listings, &shown, today))
        })();
        match outcome {
            Err(Error::Invalid(invalid)) => Ok((pages::compare_nothing(&fields, &funds), Some(invalid))),
            outcome => Ok((outcome?, None)),
        }
    };
    let (page, invalid) = visit.app.db.read(read).await?;
    match invalid {
        None => visit.show(PAGE, &page),
        Some(invalid) => visit.show_again(invalid.into(), PAGE, &page),
    }
}
