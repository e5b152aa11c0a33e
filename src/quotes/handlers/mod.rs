//! Quotes over HTTP: asking several, answering, writing, choosing, accepting.

pub mod answering;
pub mod asking;
pub mod choosing;

use actix_web::web;

use super::pages::{self, AskRow, ListPage, RequestRow};
use super::{QuoteAnswer, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::{Actor, Choose};
use crate::budgets;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{FundId, PersonId, QuoteAskId, QuoteRequestId};
use crate::people::store as people;
use crate::web::form::{Fields, Reader};
use crate::web::page::{Answer, Done, Visit};

/// The requests that the actor has to do with, from either side.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let fund = fund_asked(&visit.query()?)?;
    let today = visit.app.clock.today();
    let read = move |tx: &mut Tx| {
        let may_ask = !budgets::store::open_funds::<Choose>(tx, &actor)?.is_empty();
        let mut rows: Vec<RequestRow> = vec![];
        for asked in store::requests_seen(tx, &actor, fund)? {
            let person = people::person_of_record(tx, asked.fund.person)?;
            let whose = if actor.person() == Some(person.id) { "You".to_owned() } else { person.name };
            rows.push(pages::request_row(&asked.request, asked.asks.len(), &whose));
        }
        let asks = if fund.is_some() || actor.providers().is_empty() { None } else { Some(asks(tx, &actor, today)?) };
        Ok(pages::list(rows, asks, may_ask, fund))
    };
    let page: ListPage = visit.app.db.read(read).await?;
    visit.show("quotes/list.html", &page)
}

fn asks(tx: &mut Tx, actor: &Actor, today: chrono::NaiveDate) -> Result<Vec<AskRow>, Error> {
    let asked = store::asks_of_providers(tx, actor)?;
    let ids: Vec<QuoteAskId> = asked.iter().map(|(_, ask)| ask.id).collect();
    let answers: Vec<QuoteAnswer> = store::answers::of_asks(tx, &ids)?;
    let mut rows = vec![];
    for (request, ask) in &asked {
        let mut row = pages::ask_row((request, ask), &answers, today);
        let closed = store::choices::of_request(tx, request.id)?;
        if rules::check_open(closed.as_ref()).is_err() {
            let chosen = closed.and_then(|choice| choice.answer);
            let own = chosen.is_some() && chosen == rules::latest(&answers, ask).map(|answer| answer.id);
            (row.state, row.tone) = if own { ("Chosen".to_owned(), "good") } else { ("Closed".to_owned(), "plain") };
        }
        rows.push(row);
    }
    Ok(rows)
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
