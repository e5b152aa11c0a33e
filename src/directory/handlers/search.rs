//! The search.

use super::super::forms;
use super::super::looking::{fund_choices, look, view};
use super::super::pages;
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::error::Error;
use crate::web::page::{Answer, Visit};

const PAGE: &str = "directory/search.html";

/// The search.
pub async fn search(visit: Visit, actor: Option<Actor>) -> Answer {
    let (query, today) = (visit.query()?, visit.app.clock.today());
    let fields = query.clone();
    let read = move |tx: &mut Tx| {
        let funds = fund_choices(tx, actor.as_ref())?;
        let seen = forms::search(&fields).map_err(Error::from).and_then(|asked| {
            let view = view(tx, actor.as_ref(), &funds, asked.fund, &fields)?;
            let sells = actor.as_ref().is_some_and(|actor| !actor.providers().is_empty());
            look(tx, (view, sells), asked, &fields, today)
        });
        match seen {
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
