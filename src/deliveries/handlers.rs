//! Record, confirm, query and withdraw deliveries.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use actix_web::web;
use chrono::NaiveDate;

use super::pages::{
    LinePart, LineSummary, May, OrderDeliveries, OrderLink, OrderPart, Overview, ProviderPart, Row, VisitForm,
};
use super::store::ForWhom;
use super::{Delivery, DeliveryStatus, NewDelivery, NewVisit, Seen, forms, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::visibility::{self, Access, Around, Data};
use crate::auth::rights::{Actor, Approve, ProviderMember};
use crate::budgets::{self, Fund};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{DeliveryId, FundId, OrderId, OrderLineId};
use crate::money::Quantity;
use crate::packages::rules::times;
use crate::packages::{OrderLine, OrderLineKind, store as orders_store};
use crate::web::form::shown_in;
use crate::web::page::{Answer, Done, Submitted, Visit};

const OVERVIEW: &str = "deliveries/overview.html";
const ORDER: &str = "deliveries/order.html";

/// What the actor has to record, or to confirm.
pub async fn overview(visit: Visit, actor: Actor) -> Answer {
    let page = overview_page(&visit, &actor).await?;
    visit.show(OVERVIEW, &page)
}

async fn overview_page(visit: &Visit, actor: &Actor) -> Result<Overview, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    visit
        .app
        .db
        .read(move |tx| {
            let provider = match actor.provider_member() {
                Ok(member) => Some(provider_part(tx, &actor, &member, today)?),
                Err(_) => None,
            };
            let waiting = waiting_parts(tx, &actor)?;
            let count: usize = waiting.iter().map(|order| order.rows.len()).sum();
            let acts = !actor.people_for::<Approve>().is_empty();
            let orders = order_links(tx, &actor)?;
            Ok(Overview { state: state_words(provider.as_ref(), count, acts), provider, waiting, orders })
        })
        .await
}

/// What was ordered for the people whose plan the actor sees.
fn order_links(tx: &mut Tx, actor: &Actor) -> Result<Vec<OrderLink>, Error> {
    let orders = orders_store::orders_planned(tx, actor)?;
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let whom = store::for_whom(tx, &ids)?;
    let mut links = vec![];
    for order in &orders {
        let period = order.period()?;
        links.push(OrderLink {
            order: order.id.number(),
            whose: whom.get(&order.id).map(|whom| called(actor, whom)).unwrap_or_default(),
            period: calendar::range(period.from(), period.to()),
        });
    }
    Ok(links)
}

/// What a person is called: “you” where it is they who look.
fn called(actor: &Actor, whom: &store::ForWhom) -> String {
    if actor.person() == Some(whom.person) { "you".to_owned() } else { whom.name.clone() }
}

/// The page's first line.
fn state_words(provider: Option<&ProviderPart>, waiting: usize, acts: bool) -> String {
    let of_provider = provider.map(|part| {
        let open = part.lines.iter().filter(|line| line.may_record).count();
        match (part.queried.len(), open) {
            (0, 0) => "Nothing is left to record.".to_owned(),
            (0, 1) => "One line has something left to record.".to_owned(),
            (0, open) => format!("{open} lines have something left to record."),
            (1, _) => "One delivery was queried: look at it first.".to_owned(),
            (queried, _) => format!("{queried} deliveries were queried: look at them first."),
        }
    });
    let of_person = acts.then(|| match waiting {
        0 => "Nothing waits for you.".to_owned(),
        1 => "One delivery waits for you.".to_owned(),
        many => format!("{many} deliveries wait for you."),
    });
    let parts: Vec<String> = of_provider.into_iter().chain(of_person).collect();
    if parts.is_empty() { "There is nothing here for you to record or to confirm.".to_owned() } else { parts.join(" ") }
}

fn provider_part(tx: &mut Tx, actor: &Actor, member: &ProviderMember, today: NaiveDate) -> Result<ProviderPart, Error> {
    let lines = orders_store::lines_for_providers(tx, actor)?;
    let ids: Vec<OrderLineId> = lines.iter().map(|(_, line)| line.id).collect();
    let orders: Vec<OrderId> = lines.iter().map(|(order, _)| order.id).collect();
    let quantities = store::quantities(tx, &ids)?;
    let whom = store::for_whom(tx, &orders)?;
    let bills = actor.provider_finance().is_ok();
    let timed: Vec<&OrderLine> = lines.iter().map(|(_, line)| line).filter(|line| line.times.is_planned()).collect();
    let prices = orders_store::times::prices(tx, &timed)?;
    let mut parts = vec![];
    for (order, line) in &lines {
        let Some(whom) = whom.get(&order.id) else { continue };
        let sums = Sums::of(quantities.get(&line.id));
        let may_bill = bills && (line.kind == OrderLineKind::Fee || sums.unbilled.hundredths() > 0);
        let period = order.period()?;
        let visit = prices.get(&line.id).map(|prices| VisitForm::new(line, times::priced_by(prices, period)));
        parts.push(LinePart { may_bill, visit, ..line_part(line, &sums, whom, period, today) });
    }
    let queried = store::queried(tx, actor)?;
    let queried = rows(tx, actor, &queried)?;
    Ok(ProviderPart { name: member.authority().trim_start_matches("for ").to_owned(), lines: parts, queried })
}

/// How much of a line is where.
#[derive(Default)]
struct Sums {
    recorded: Quantity,
    waiting: Quantity,
    confirmed: Quantity,
    unbilled: Quantity,
}

impl Sums {
    fn of(by_status: Option<&BTreeMap<DeliveryStatus, Quantity>>) -> Self {
        let sum = |wanted: fn(DeliveryStatus) -> bool| {
            let all = by_status.into_iter().flatten();
            Quantity::from_hundredths(
                all.filter(|(status, _)| wanted(**status)).map(|(_, quantity)| quantity.hundredths()).sum(),
            )
        };
        Self {
            recorded: sum(DeliveryStatus::counts),
            waiting: sum(rules::is_open),
            confirmed: sum(DeliveryStatus::is_confirmed),
            unbilled: sum(|status| status == DeliveryStatus::Confirmed),
        }
    }
}

fn line_part(line: &OrderLine, sums: &Sums, whom: &ForWhom, period: calendar::Period, today: NaiveDate) -> LinePart {
    let left = rules::left(line, sums.recorded);
    let is_fee = line.kind == OrderLineKind::Fee;
    let id = |field| forms::field_of_line(line.id, field);
    LinePart {
        line: line.id.number(),
        order: line.order.number(),
        description: line.description.clone(),
        for_whom: whom.name.clone(),
        address: whom.address.on_one_line(),
        period: calendar::range(period.from(), period.to()),
        ordered: rules::amount(line.quantity, &line.unit),
        confirmed: rules::amount(sums.confirmed, &line.unit),
        waiting: rules::amount(sums.waiting, &line.unit),
        left: rules::amount(left, &line.unit),
        may_record: !is_fee && (left.hundredths() > 0 || line.times.is_planned()),
        visit: None,
        is_fee,
        may_bill: false,
        unit: format!("{}s", line.unit),
        today: today.clamp(period.from(), period.to()).format("%-d %-m %Y").to_string(),
        on_id: id("on"),
        quantity_id: id("quantity"),
        note_id: id("note"),
    }
}

/// What waits for the actor's answer, by order.
fn waiting_parts(tx: &mut Tx, actor: &Actor) -> Result<Vec<OrderPart>, Error> {
    let waiting = store::to_confirm(tx, actor)?;
    let mut orders: Vec<OrderId> = waiting.iter().map(|found| found.order).collect();
    orders.sort_unstable();
    orders.dedup();
    let whom = store::for_whom(tx, &orders)?;
    let all = rows(tx, actor, &waiting)?;
    let mut parts: Vec<OrderPart> = vec![];
    for row in all.into_iter().filter(|row| row.may_confirm) {
        let place = parts.iter().position(|part| part.order == row.order);
        match place.and_then(|place| parts.get_mut(place)) {
            Some(part) => part.rows.push(row),
            None => {
                let whose = whom.get(&OrderId::new(row.order)).map(|whom| called(actor, whom)).unwrap_or_default();
                parts.push(OrderPart { order: row.order, whose, rows: vec![row], seen: String::new() });
            }
        }
    }
    for part in &mut parts {
        part.seen = Row::seen(&part.rows);
    }
    Ok(parts)
}

/// Deliveries as rows, with what the actor may do with each.
fn rows(tx: &mut Tx, actor: &Actor, some: &[Delivery]) -> Result<Vec<Row>, Error> {
    let mut orders: Vec<OrderId> = some.iter().map(|found| found.order).collect();
    orders.sort_unstable();
    orders.dedup();
    let whom = store::for_whom(tx, &orders)?;
    let mut lines: BTreeMap<OrderLineId, OrderLine> = BTreeMap::new();
    for order in orders {
        lines.extend(orders_store::lines_of(tx, order)?.into_iter().map(|line| (line.id, line)));
    }
    let readable = readable(tx, actor, some)?;
    let row = |found: &Delivery| {
        let line = lines.get(&found.line)?;
        let answers = |whom: &ForWhom| rules::may_answer(actor, whom.person, found.provider).is_ok();
        let may = May {
            answer: whom.get(&found.order).is_some_and(answers),
            withdraw: rules::recorder(actor, found.provider).is_ok(),
        };
        let amount = rules::amount(found.quantity, &line.unit);
        let reason = forms::field_of_delivery(found.id, "reason");
        let mut row = Row::new(found, &line.description, amount, &line.provider_name, may, reason);
        row.price = row.price.filter(|_| readable.prices.contains(&found.id));
        if !readable.notes.contains(&found.id) {
            // Why a visit was not made says how somebody is: in hospital, away.
            row.note = String::new();
            row.outcome = None;
            row.why = Default::default();
        }
        row.invoice = row.invoice.filter(|_| readable.bills.contains(&found.id));
        Some(row)
    };
    Ok(some.iter().filter_map(row).collect())
}

/// The deliveries whose notes, whose bills and whose prices the actor may read.
#[derive(Default)]
struct Readable {
    notes: Vec<DeliveryId>,
    bills: Vec<DeliveryId>,
    prices: Vec<DeliveryId>,
}

fn readable(tx: &mut Tx, actor: &Actor, some: &[Delivery]) -> Result<Readable, Error> {
    let mut funds: BTreeMap<FundId, Fund> = BTreeMap::new();
    let mut readable = Readable::default();
    let kept = store::bills_of_hidden(tx, actor)?;
    let tells = |found: &&Delivery| !found.note.is_empty() || found.invoice.is_some() || found.visit.is_some();
    for found in some.iter().filter(tells) {
        let fund = match funds.entry(found.fund) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(budgets::store::fund_of_record(tx, found.fund)?),
        };
        let provider = Some(found.provider);
        let around = Around { person: fund.person, council: fund.council, holder: fund.holder, provider };
        if visibility::sees(actor, &around, Data::Notes) >= Access::Read {
            readable.notes.push(found.id);
        }
        let hides = |bill| actor.hides(bill) || actor.hides(found.fund) || kept.contains(&bill);
        let sees = actor.providers().contains(&found.provider) || budgets::store::sees(actor, fund);
        if sees && !found.invoice.is_some_and(hides) {
            readable.bills.push(found.id);
        }
        if sees {
            readable.prices.push(found.id);
        }
    }
    Ok(readable)
}

/// The deliveries of one order.
pub async fn of_order(visit: Visit, actor: Actor, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    let page = order_page(&visit, &actor, id).await?;
    let thing = Thing::of(ThingKind::Deliveries, id);
    visit.seen_of(thing, move |tx| orders_store::person_of_order(tx, id)).await?;
    visit.show(ORDER, &page)
}

async fn order_page(visit: &Visit, actor: &Actor, id: OrderId) -> Result<OrderDeliveries, Error> {
    let actor = actor.clone();
    visit.app.db.read(move |tx| order_deliveries(tx, &actor, id)).await
}

fn order_deliveries(tx: &mut Tx, actor: &Actor, id: OrderId) -> Result<OrderDeliveries, Error> {
    let order = orders_store::order_planned(tx, actor, id)?;
    let sight = store::sight(tx, actor, order.fund)?;
    let bills = |provider| actor.provider_finance().is_ok_and(|finance| finance.provider() == provider);
    let sees = |provider| sight.whole || actor.providers().contains(&provider);
    let all: Vec<Delivery> = store::of_order(tx, actor, id)?.into_iter().filter(|found| sees(found.provider)).collect();
    let lines: Vec<OrderLine> =
        orders_store::lines_seen(tx, actor, id)?.into_iter().filter(|line| sees(line.provider)).collect();
    let mut rows = rows(tx, actor, &all)?;
    let whom = store::for_whom(tx, &[id])?.remove(&id);
    if whom.as_ref().is_some_and(|whom| actor.person() == Some(whom.person)) {
        let to_them = |authority: String| rules::answered_by(&authority, true).to_owned();
        rows.iter_mut().for_each(|row| row.authority = row.authority.take().map(to_them));
    }
    let whose = whom.map(|whom| whom.name).unwrap_or_default();
    let period = order.period()?;
    let waiting = all.iter().filter(|found| found.status == DeliveryStatus::Recorded).count();
    let state = match waiting {
        0 => "Nothing waits to be confirmed.".to_owned(),
        1 => "One delivery waits to be confirmed.".to_owned(),
        many => format!("{many} deliveries wait to be confirmed."),
    };
    Ok(OrderDeliveries {
        order: id.number(),
        whose,
        period: calendar::range(period.from(), period.to()),
        state,
        lines: lines.iter().map(|line| line_summary(line, &all, actor)).collect(),
        seen: Row::seen(&rows),
        rows,
        may_record: lines.iter().any(|line| rules::recorder(actor, line.provider).is_ok()),
        may_bill: all
            .iter()
            .any(|found| found.status == DeliveryStatus::Confirmed && !found.is_free() && bills(found.provider)),
    })
}

fn line_summary(line: &OrderLine, all: &[Delivery], actor: &Actor) -> LineSummary {
    let own: Vec<Delivery> = all.iter().filter(|found| found.line == line.id).cloned().collect();
    let (recorded, confirmed) = (rules::recorded(&own), rules::confirmed(&own));
    let waiting = Quantity::from_hundredths(recorded.hundredths() - confirmed.hundredths());
    let words = |quantity| rules::amount(quantity, &line.unit);
    let left = rules::left(line, recorded);
    let own = rules::recorder(actor, line.provider).is_ok();
    LineSummary {
        id: line.id.number(),
        may_record: own && line.kind == OrderLineKind::Service && (left.hundredths() > 0 || line.times.is_planned()),
        description: line.description.clone(),
        provider: line.provider_name.clone(),
        ordered: words(line.quantity),
        waiting: words(waiting),
        confirmed: words(confirmed),
        left: words(left),
    }
}

/// Records what was delivered.
pub async fn record(visit: Visit, actor: Actor, path: web::Path<OrderLineId>, sent: Submitted) -> Answer {
    let line = path.into_inner();
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let (known, day) = (actor.clone(), forms::day(&sent.fields).unwrap_or(today));
    // Who may not do it learns nothing from a form that is wrong.
    let (member, way) = visit.app.db.read(move |tx| may_record(tx, &known, line, day)).await?;
    let outcome = match way {
        Way::Quantity => {
            let save = move |tx: &mut Tx, new: &NewDelivery| {
                let id = store::record(tx, &member, line, new, now, today)?;
                let after = serde_json::json!({ "quantity": new.quantity.decimal() });
                recorded(
                    tx,
                    &member,
                    (line, id),
                    &format!("support that was given on {}", calendar::full(new.on)),
                    &after,
                )
            };
            visit.write_form(actor.user(), &sent, forms::record(&sent.fields), save).await
        }
        Way::Visit { by_time } => {
            let save = move |tx: &mut Tx, new: &NewVisit| {
                let id = store::visits::record(tx, &member, line, new, (now, today))?;
                let when = calendar::moment(new.visit.starts);
                let after = serde_json::json!({ "minutes": new.visit.minutes });
                recorded(tx, &member, (line, id), &format!("what became of a visit on {when}"), &after)
            };
            visit.write_form(actor.user(), &sent, forms::visit(&sent.fields, by_time), save).await
        }
    };
    match outcome {
        Ok(location) => Ok(visit.done(&location, "It is recorded, and waits to be confirmed.")),
        Err(error) => {
            let page = overview_page(&visit, &actor).await?;
            let error = on_page(&visit, error, &sent, |field| forms::field_of_line(line, field));
            visit.show_again(error, OVERVIEW, &page)
        }
    }
}

/// What is recorded of a record.
fn recorded(
    tx: &mut Tx,
    member: &ProviderMember,
    (line, id): (OrderLineId, DeliveryId),
    what: &str,
    after: &serde_json::Value,
) -> Result<Done, Error> {
    let order = orders_store::line(tx, line)?.order;
    let act = Act::new("delivery.recorded", format!("recorded {what}"), id);
    let act = act.concerning(orders_store::person_of_order(tx, order)?).on_behalf_of(member.provider()).after(after);
    Ok(Done::new(format!("/deliveries#line-{line}"), act))
}

/// How what is given under a line is counted.
#[derive(Clone, Copy)]
enum Way {
    Quantity,
    Visit { by_time: bool },
}

/// The right to record under a line of an order that the actor sees, and how on a day; a provider sees its own lines alone.
fn may_record(tx: &mut Tx, actor: &Actor, line: OrderLineId, day: NaiveDate) -> Result<(ProviderMember, Way), Error> {
    let line = orders_store::line(tx, line)?;
    let order = orders_store::order(tx, actor, line.order)?;
    if !actor.providers().contains(&line.provider) && !store::sight(tx, actor, order.fund)?.whole {
        return Err(Error::NotFound);
    }
    let member = rules::recorder(actor, line.provider)?;
    if !line.times.is_planned() {
        return Ok((member, Way::Quantity));
    }
    let tariff = orders_store::times::tariff(tx, &line, day)?.ok();
    let by_time = tariff.is_none_or(|(_, tariff)| tariff.unit.minutes().is_some());
    Ok((member, Way::Visit { by_time }))
}

/// An error as a page with several forms shows it; JSON keeps the names of the fields as they were sent.
fn on_page(visit: &Visit, error: Error, sent: &Submitted, id_of: impl Fn(&str) -> String) -> Error {
    if visit.wants_json() { error } else { shown_in(error, &sent.fields, id_of) }
}

/// Confirms a delivery.
pub async fn confirm(visit: Visit, actor: Actor, path: web::Path<DeliveryId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let order = answered(&visit, &actor, id).await?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::version(&sent.fields), move |tx, &version| {
            let order = store::confirm(tx, &known, Seen { delivery: id, version }, now)?;
            answer(tx, order, Act::new("delivery.confirmed", "confirmed that support was given", id))
        })
        .await;
    finish(&visit, &actor, &sent, (order, Some(id)), outcome, "You confirmed it.").await
}

/// Confirms the deliveries of an order that were shown.
pub async fn confirm_all(visit: Visit, actor: Actor, path: web::Path<OrderId>, sent: Submitted) -> Answer {
    let (order, now) = (path.into_inner(), visit.app.clock.now());
    let known = actor.clone();
    visit.app.db.read(move |tx| may_answer_order(tx, &known, order)).await?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::seen(&sent.fields), move |tx, all| {
            store::confirm_all(tx, &known, order, all, now)?;
            let says = format!("confirmed {} deliveries of an order", all.len());
            let which: Vec<DeliveryId> = all.iter().map(|seen| seen.delivery).collect();
            let thing = Thing::of(ThingKind::Deliveries, order);
            answer(tx, order, Act::new("deliveries.confirmed", says, thing).after(&which))
        })
        .await;
    finish(&visit, &actor, &sent, (order, None), outcome, "You confirmed all of them.").await
}

/// Queries a delivery.
pub async fn query(visit: Visit, actor: Actor, path: web::Path<DeliveryId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let order = answered(&visit, &actor, id).await?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::query(&sent.fields), move |tx, (version, reason)| {
            let order = store::query(tx, &known, Seen { delivery: id, version: *version }, reason, now)?;
            answer(tx, order, Act::new("delivery.queried", "queried whether support was given", id).because(reason))
        })
        .await;
    finish(&visit, &actor, &sent, (order, Some(id)), outcome, "The provider is told what you queried.").await
}

/// Withdraws a delivery.
pub async fn withdraw(visit: Visit, actor: Actor, path: web::Path<DeliveryId>, sent: Submitted) -> Answer {
    let (id, now) = (path.into_inner(), visit.app.clock.now());
    let order = withdrawn(&visit, &actor, id).await?;
    let known = actor.clone();
    let outcome = visit
        .write_form(actor.user(), &sent, forms::version(&sent.fields), move |tx, &version| {
            let order = store::withdraw(tx, &known, Seen { delivery: id, version }, now)?;
            answer(tx, order, Act::new("delivery.withdrawn", "withdrew the record of support that was given", id))
        })
        .await;
    finish(&visit, &actor, &sent, (order, Some(id)), outcome, "It is withdrawn. You can record it anew.").await
}

/// A deed about deliveries of an order: it leads back to them.
fn answer(tx: &mut Tx, order: OrderId, act: Act) -> Result<Done, Error> {
    Ok(Done::new(format!("/orders/{order}/deliveries"), act.concerning(orders_store::person_of_order(tx, order)?)))
}

/// The order of a delivery that the actor may confirm or query.
async fn answered(visit: &Visit, actor: &Actor, id: DeliveryId) -> Result<OrderId, Error> {
    let actor = actor.clone();
    let check = move |tx: &mut Tx| {
        let found = store::delivery(tx, &actor, id)?;
        let fund = budgets::store::fund_of_record(tx, found.fund)?;
        rules::may_answer(&actor, fund.person, found.provider)?;
        Ok(found.order)
    };
    visit.app.db.read(check).await
}

/// The order of a delivery that the actor may withdraw.
async fn withdrawn(visit: &Visit, actor: &Actor, id: DeliveryId) -> Result<OrderId, Error> {
    let actor = actor.clone();
    let check = move |tx: &mut Tx| {
        let found = store::delivery(tx, &actor, id)?;
        rules::recorder(&actor, found.provider)?;
        Ok(found.order)
    };
    visit.app.db.read(check).await
}

/// Whether the actor answers for the person of an order that they see.
fn may_answer_order(tx: &mut Tx, actor: &Actor, id: OrderId) -> Result<(), Error> {
    let order = orders_store::order(tx, actor, id)?;
    let fund = budgets::store::fund_of_record(tx, order.fund)?;
    actor.acting_for::<Approve>(fund.person).map(|_| ()).ok_or(rules::Refusal::NotForThem.into())
}

/// Onward after an answer, or the order's page again with what was wrong.
async fn finish(
    visit: &Visit,
    actor: &Actor,
    sent: &Submitted,
    (order, delivery): (OrderId, Option<DeliveryId>),
    outcome: Result<String, Error>,
    notice: &str,
) -> Answer {
    let field = |name: &str| match delivery {
        Some(delivery) => forms::field_of_delivery(delivery, name),
        None => name.to_owned(),
    };
    let outcome = outcome.map_err(|error| on_page(visit, error, sent, field));
    visit.done_or_again(outcome, notice, ORDER, order_page(visit, actor, order)).await
}
