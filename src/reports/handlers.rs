//! The statement of a fund: shown for any days, kept as a paper, read again as it was kept.

use std::collections::BTreeSet;

use actix_web::web;
use chrono::NaiveDate;

use super::pages::{Material, StatementPage};
use super::rules::Statement;
use super::{forms, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::Actor;
use crate::budgets::{self, Fund};
use crate::calendar::{self, Period};
use crate::communication;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{DocumentId, FundId, OrganisationId};
use crate::ledger::{self, Account};
use crate::paper::{self, PaperKind};
use crate::people;
use crate::web::form::Fields;
use crate::web::page::{Answer, Done, Submitted, Visit};

const TEMPLATE: &str = "reports/statement.html";

/// A statement for the days in the query.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<FundId>) -> Answer {
    let (asked, today, fund) = (visit.query()?, visit.app.clock.today(), *path);
    let read = move |tx: &mut Tx| {
        let fund = stated_fund(tx, &actor, fund)?;
        let (period, invalid) = period_or_all(&asked, first_day(tx, &fund)?, today)?;
        Ok((page(tx, &actor, fund, period, today)?, invalid))
    };
    let shown = visit.app.db.read(read).await?;
    let thing = Thing::of(ThingKind::Statement, *path);
    let fund = *path;
    visit.seen_of(thing, move |tx| budgets::store::person_of_fund(tx, fund)).await?;
    match shown {
        (page, None) => visit.show(TEMPLATE, &page),
        (page, Some(invalid)) => visit.show_again(invalid.into(), TEMPLATE, &page),
    }
}

/// Keeps a statement as a paper.
pub async fn keep(visit: Visit, actor: Actor, path: web::Path<FundId>, sent: Submitted) -> Answer {
    let (fund, today, now) = (*path, visit.app.clock.today(), visit.app.clock.now());
    let (who, fields, renderer) = (actor.clone(), sent.fields.clone(), visit.app.renderer.clone());
    let kept = visit.write_once(actor.user(), &sent, move |tx| {
        let fund = stated_fund(tx, &who, fund)?;
        let (id, person, period) = (fund.id, fund.person, forms::period(&fields, first_day(tx, &fund)?, today)?);
        let page = page(tx, &who, fund, period, today)?;
        let html = renderer.render_plain("paper/statement.html", &page);
        let html = html.map_err(|cause| Error::internal("rendering", cause))?;
        let name = format!("statement-fund-{id}-{}-to-{}.html", period.from(), period.to());
        let print = communication::store::print(tx, person, today)?;
        let document = paper::store::issue(tx, PaperKind::Statement, &name, (&html, print), now)?;
        store::keep(tx, id, document, period, who.user(), now)?;
        let says = format!("kept a statement for {}", calendar::range(period.from(), period.to()));
        let act = Act::new("statement.kept", says, Thing::of(ThingKind::Statement, document)).concerning(person);
        Ok(Done::new(format!("/funds/{id}/statements/{document}"), act))
    });
    match kept.await {
        // A program is led to the paper; a browser, which would only save it, back to the page that lists it.
        Ok(paper) if visit.wants_json() => Ok(visit.done(&paper, "The statement is kept.")),
        Ok(_) => Ok(visit.done(&page_of(fund, &sent.fields), "The statement is kept. It is in the list on this page.")),
        Err(error) => {
            let again = move |tx: &mut Tx| {
                let fund = stated_fund(tx, &actor, fund)?;
                let (period, _) = period_or_all(&Fields::default(), first_day(tx, &fund)?, today)?;
                page(tx, &actor, fund, period, today)
            };
            visit.show_again(error, TEMPLATE, &visit.app.db.read(again).await?)
        }
    }
}

/// The statement's page for the days that were sent.
fn page_of(fund: FundId, sent: &Fields) -> String {
    let days = ["from", "to"].into_iter().filter_map(|name| Some((name, sent.get(name)?)));
    let days = serde_urlencoded::to_string(days.collect::<Vec<_>>()).unwrap_or_default();
    format!("/funds/{fund}/statement?{days}")
}

/// A kept statement, byte for byte.
pub async fn kept(visit: Visit, actor: Actor, path: web::Path<(FundId, DocumentId)>) -> Answer {
    let (fund, document) = *path;
    let read = move |tx: &mut Tx| {
        let fund = stated_fund(tx, &actor, fund)?;
        if !store::is_statement_of(tx, fund.id, document)? {
            return Err(Error::NotFound);
        }
        paper::store::paper(tx, document)
    };
    let paper = visit.app.db.read(read).await?;
    visit.seen_of(document, move |tx| budgets::store::person_of_fund(tx, fund)).await?;
    Ok(visit.paper(&paper.name, paper.body, paper.sha256))
}

/// A fund whose statement the actor may see: not somebody from whom the person keeps single things, which its sums and the
/// papers that were kept of it would tell.
fn stated_fund(tx: &mut Tx, actor: &Actor, id: FundId) -> Result<Fund, Error> {
    let fund = budgets::store::fund(tx, actor, id)?;
    if actor.is_kept_from(fund.person) { Err(Error::NotFound) } else { Ok(fund) }
}

/// The fund's first day, or the day of the first money where that came before.
fn first_day(tx: &mut Tx, fund: &Fund) -> Result<NaiveDate, Error> {
    let first = ledger::store::first_day(tx, fund.id)?;
    Ok(first.map_or(fund.starts_on, |first| first.min(fund.starts_on)))
}

/// The days that were asked for; where they cannot be used, all days and what was wrong.
fn period_or_all(asked: &Fields, first: NaiveDate, today: NaiveDate) -> Result<(Period, Option<Invalid>), Error> {
    match forms::period(asked, first, today) {
        Ok(period) => Ok((period, None)),
        Err(invalid) => Ok((forms::period(&Fields::default(), first, today)?, Some(invalid))),
    }
}

/// Loads and words a statement of a fund that was loaded for the actor.
fn page(tx: &mut Tx, actor: &Actor, fund: Fund, period: Period, today: NaiveDate) -> Result<StatementPage, Error> {
    let before = period.from().pred_opt().unwrap_or(period.from());
    let opening = ledger::store::balances_at(tx, fund.id, before)?;
    let entries = ledger::store::entries(tx, fund.id, period.from(), period.to())?;
    let statement = Statement::of(period, &opening, &entries);
    let payable = ledger::store::by_party_at(tx, fund.id, Account::Payable, period.to())?;
    let mentioned: BTreeSet<OrganisationId> = [Some(fund.council), fund.holder]
        .into_iter()
        .chain(statement.spent.keys().copied())
        .flatten()
        .chain(payable.iter().map(|(party, _)| *party))
        .collect();
    let organisations = people::store::organisations_by_id(tx, &mentioned.into_iter().collect::<Vec<_>>())?;
    let material = Material {
        person: people::store::person_of_record(tx, fund.person)?,
        needs: communication::store::on(tx, fund.person, today)?,
        names: organisations.into_iter().map(|found| (found.id, found.name)).collect(),
        closing: ledger::store::balances_at(tx, fund.id, period.to())?,
        kept: store::kept(tx, fund.id)?,
        fund,
        statement,
        payable,
    };
    Ok(StatementPage::new(actor, &material, today))
}
