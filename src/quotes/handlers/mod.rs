//! Quotes over HTTP: asking several, answering, writing, choosing, accepting.

pub mod answering;
pub mod asking;
pub mod choosing;

use actix_web::web;

use super::pages::{self, AskRow, ListPage, RequestRow};
use super::{Ask, QuoteAnswer, QuoteRequest, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::{Actor, Choose};
use crate::budgets;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{FundId, PersonId, QuoteAskId, QuoteRequestId};
use crate::web::form::{Fields, Reader};
use crate::web::page::{Answer, Done, Visit};

/// The requests that the actor has to do with, from either side.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let fund = fund_asked(&visit.query()?)?;
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| {
        let may_ask = !budgets::store::open_funds::<Choose>(tx, &actor)?.is_empty();
        let mut rows: Vec<RequestRow> = vec![];
        let seen = store::requests_seen(tx, &actor, fund)?;
        let names = store::names_of(tx, &seen.iter().map(|asked| asked.fund.person).collect::<Vec<_>>())?;
        for asked in &seen {
            let whose = match names.get(&asked.fund.person) {
                _ if actor.person() == Some(asked.fund.person) => "You",
                name => name.map_or("", String::as_str),
            };
            let sees_plan = store::sees_plan(&actor, asked);
            rows.push(pages::request_row(&asked.request, (asked.asks.len(), whose), sees_plan));
        }
        let asks = if fund.is_some() || actor.providers().is_empty() { None } else { Some(asks(tx, &actor, today)?) };
        let looked_at: Vec<_> = seen.iter().map(|asked| (asked.fund.person, asked.request.id)).collect();
        let looks_on = fund.is_none() && !(actor.councils().is_empty() && actor.holders().is_empty());
        Ok((pages::list(rows, asks, (may_ask, looks_on), fund), looked_at))
    };
    let (page, looked_at): (ListPage, Vec<(PersonId, QuoteRequestId)>) = visit.app.db.read(read).await?;
    for (person, request) in looked_at {
        visit.seen(person, Thing::of(ThingKind::Quote, request)).await?;
    }
    visit.show("quotes/list.html", &page)
}

fn asks(tx: &mut Tx, actor: &Actor, today: chrono::NaiveDate) -> Result<Vec<AskRow>, Error> {
    let asked = store::asks_of_providers(tx, actor)?;
    let ids: Vec<QuoteAskId> = asked.iter().map(|(_, ask)| ask.id).collect();
    let answers: Vec<QuoteAnswer> = store::answers::of_asks(tx, &ids)?;
    let requests: Vec<QuoteRequestId> = asked.iter().map(|(request, _)| request.id).collect();
    let choices = store::choices::of_requests(tx, &requests)?;
    let row = |(request, ask): &(QuoteRequest, Ask)| {
        pages::ask_row((request, ask), &answers, choices.get(&request.id), today)
    };
    Ok(asked.iter().map(row).collect())
}

fn fund_asked(query: &Fields) -> Result<Option<FundId>, Error> {
    if query.get("fund").is_none() {
        return Ok(None);
    }
    let mut reader = Reader::new(query);
    let fund = reader.id("fund", "the fund");
    Ok(reader.finish(|| Some(fund))?)
}

/// Leads to a place, and records what was done with a request.
fn done(location: String, (id, person): (QuoteRequestId, PersonId), (what, says): (&'static str, &str)) -> Done {
    let says = format!("{says} request for quotes {id}");
    Done::new(location, Act::new(what, says, Thing::of(ThingKind::Quote, id)).concerning(person))
}

/// Notes that a request is shown now.
async fn seen(visit: &Visit, id: QuoteRequestId) -> Result<(), Error> {
    visit.seen_of(Thing::of(ThingKind::Quote, id), move |tx| store::person_of(tx, id)).await
}

/// A request with all of its answers.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<QuoteRequestId>) -> Answer {
    let page = choosing::request_page(&visit, &actor, *path).await?;
    seen(&visit, *path).await?;
    visit.show("quotes/show.html", &page)
}
