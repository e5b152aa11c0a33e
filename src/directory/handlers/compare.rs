//! Up to four services side by side, as one fund pays them.

use std::collections::HashMap;

use super::super::forms;
use super::super::looking::{fund_choices, place_of, view};
use super::super::pages::{self, ComparePage, Shown};
use super::super::store::listings::by_id;
use super::super::store::{limits, reviews};
use super::super::{Listing, rules};
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
            let mut found = by_id(tx, &asked.services, today)?;
            // What is not offered any more is left out, and said.
            found.retain(|_, listing| rules::is_offered(listing, today));
            let listings: Vec<Listing> = asked.services.iter().filter_map(|id| found.remove(id)).collect();
            let from = asked.place.map(|place| place_of(tx, place, &fields)).transpose()?.and_then(|found| found.point);
            let council_rules = match view.fund {
                Some(fund) => limits::of_fund(tx, fund, today)?,
                None => vec![],
            };
            let missing = asked.services.len() - listings.len();
            let mut said = HashMap::new();
            for listing in &listings {
                said.insert(listing.service.id, reviews::shown(tx, listing.service.id)?);
            }
            let shown = Shown {
                said: &said,
                council_rules: &council_rules,
                missing,
                view: &view,
                funds: &funds,
                weekly: asked.weekly,
                visits: asked.visits,
                from,
            };
            Ok(pages::compare(&fields, &listings, &shown, today))
        })();
        match outcome {
            Err(Error::Invalid(invalid)) => {
                let ids = forms::chosen_to_compare(&fields);
                let mut found = by_id(tx, &ids, today)?;
                found.retain(|_, listing| rules::is_offered(listing, today));
                let chosen: Vec<Listing> = ids.iter().filter_map(|id| found.remove(id)).collect();
                Ok((pages::compare_nothing(&fields, &funds, &chosen), Some(invalid)))
            }
            outcome => Ok((outcome?, None)),
        }
    };
    let (page, invalid) = visit.app.db.read(read).await?;
    match invalid {
        None => visit.show(PAGE, &page),
        Some(invalid) => visit.show_again(invalid.into(), PAGE, &page),
    }
}
