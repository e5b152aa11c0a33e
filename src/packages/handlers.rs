//! Packages and orders: what was chosen, what it costs, what is ordered.

use actix_web::web::Path;
use chrono::NaiveDate;

use super::forms::{self, LineToSet, Target};
use super::pages::{self, OrderData, PackageData};
use super::{Package, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::{Actor, Choose};
use crate::auth::store as auth;
use crate::budgets::{self, Fund};
use crate::calendar;
use crate::communication;
use crate::db::Tx;
use crate::directory;
use crate::error::{Error, Invalid};
use crate::ids::{FundId, OrderId, PackageId, ServiceId};
use crate::people::store as people;
use crate::web::form::Fields;
use crate::web::page::{Answer, Done, Submitted, Visit};

/// The packages and orders of a fund.
pub async fn list(visit: Visit, actor: Actor, path: Path<FundId>) -> Answer {
    let (page, id) = (list_page(&visit, &actor, *path).await?, *path);
    let thing = Thing::of(ThingKind::Packages, id);
    visit.seen_of(thing, move |tx| budgets::store::person_of_fund(tx, id)).await?;
    visit.show("packages/list.html", &page)
}

async fn list_page(visit: &Visit, actor: &Actor, id: FundId) -> Result<pages::PackagesPage, Error> {
    let who = actor.clone();
    let read = move |tx: &mut Tx| {
        let fund = budgets::store::fund(tx, &who, id)?;
        let person = people::person_of_record(tx, fund.person)?;
        let packages = store::packages_of_funds(tx, &who, &[id])?;
        let orders = store::orders_seen(tx, &who, id)?;
        let books = budgets::store::books_of(tx, &who, id)?;
        pages::list(&fund, &person, &packages, &orders, (&books, &who))
    };
    visit.app.db.read(read).await
}

/// Starts a package.
pub async fn start(visit: Visit, actor: Actor, path: Path<FundId>, sent: Submitted) -> Answer {
    let id = *path;
    let (who, now, fields) = (actor.clone(), visit.app.clock.now(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let from = store::fund_to_choose_from(tx, &who, id)?;
        let name = forms::package(&fields)?;
        let id = store::add_package(tx, &from, &name, now)?;
        Ok(Done::new(format!("/packages/{id}"), started(id, &name, from.fund())))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "The package is started. Find support and add it.")),
        Err(error) => visit.show_again(error, "packages/list.html", &list_page(&visit, &actor, id).await?),
    }
}

/// A package, costed for a week.
pub async fn package(visit: Visit, actor: Actor, path: Path<PackageId>) -> Answer {
    let (page, id) = (package_page(&visit, &actor, *path).await?, *path);
    visit.seen_of(id, move |tx| store::person_of_package(tx, id)).await?;
    visit.show("packages/show.html", &page)
}

async fn package_page(visit: &Visit, actor: &Actor, id: PackageId) -> Result<pages::PackagePage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let (package, fund) = store::package(tx, &who, id)?;
        let (lines, unpriced) = store::package_lines_on(tx, id, today)?;
        let fee = store::holder_fee(tx, &fund, today)?;
        let person = people::person_of_record(tx, fund.person)?;
        let ordered = store::commitments(tx, fund.id)?;
        pages::package(&PackageData { package, fund, person, lines, unpriced, fee, ordered }, &who, today)
    };
    visit.app.db.read(read).await
}

/// Puts a service into a package, or changes how much of it each week.
pub async fn set_line(visit: Visit, actor: Actor, path: Path<PackageId>, sent: Submitted) -> Answer {
    let id = *path;
    let (who, today, fields) = (actor.clone(), visit.app.clock.today(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let to = store::package_to_change(tx, &who, id)?;
        Ok(Done::new(format!("/packages/{id}"), put(tx, to, forms::line(&fields)?, today, &fields)?))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "The package is changed.")),
        Err(error) => {
            let page = package_page(&visit, &actor, id).await?;
            // A program knows the field by the name that it sent.
            let error = if visit.wants_json() { error } else { at_its_line(error, &sent.fields) };
            visit.show_again(error, "packages/show.html", &page)
        }
    }
}

/// What is recorded of a new package.
fn started(id: PackageId, name: &str, fund: &Fund) -> Act {
    Act::new("package.started", format!("started the package “{name}”"), id).concerning(fund.person)
}

/// Puts a line into a package, if it is the version that was seen and the service is offered.
fn put(
    tx: &mut Tx,
    to: store::PackageToChange,
    line: LineToSet,
    today: NaiveDate,
    typed: &Fields,
) -> Result<Act, Error> {
    let to = match line.version {
        Some(version) => to.unchanged_since(version)?,
        None => to,
    };
    let refused = |message: String| {
        Error::Invalid(Invalid { typed: typed.typed().clone(), ..Invalid::field("service", message) })
    };
    let listing = match store::offered_service(tx, line.service, today) {
        Err(Error::NotFound) => return Err(refused("This service is not offered. Choose another one.".to_owned())),
        other => other?,
    };
    let unit = directory::rules::rate_on(&listing.rates, today).map(|rate| rate.terms.unit);
    let after = serde_json::json!({ "service": line.service, "weekly_quantity": line.weekly_quantity.decimal() });
    store::set_line(tx, &to, line.service, (line.weekly_quantity, unit), line.declaration)?;
    let (says, id) = (format!("put a service into the package “{}”", to.package().name), to.package().id);
    Ok(Act::new("package.line_set", says, id).concerning(to.fund().person).after(&after))
}

/// Several forms of a package's page have a field of one name: a message goes to the line that it is about.
fn at_its_line(error: Error, sent: &Fields) -> Error {
    let service = sent.get("service").unwrap_or_default();
    match error {
        Error::Invalid(mut invalid) => {
            let here = format!("weekly_quantity-{service}");
            for error in &mut invalid.errors {
                if error.field == "weekly_quantity" {
                    error.field.clone_from(&here);
                }
            }
            if let Some(quantity) = invalid.typed.remove("weekly_quantity") {
                invalid.typed.insert(here, quantity);
            }
            Error::Invalid(invalid)
        }
        other => other,
    }
}

const VISITS: &str = "packages/visits.html";

/// The page on which a service of a package is planned by days and times.
pub async fn visits(visit: Visit, actor: Actor, path: Path<(PackageId, ServiceId)>) -> Answer {
    let page = visits_page(&visit, &actor, *path).await?;
    let id = page.package;
    visit.seen_of(id, move |tx| store::person_of_package(tx, id)).await?;
    visit.show(VISITS, &page)
}

async fn visits_page(
    visit: &Visit,
    actor: &Actor,
    (id, service): (PackageId, ServiceId),
) -> Result<pages::VisitsPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let to = store::package_to_change(tx, &who, id)?;
        let listing = store::offered_in(tx, &to, service, today)?;
        let planned = store::times::of_package(tx, id)?.remove(&service).unwrap_or_default();
        Ok(pages::visits(to.package(), &listing, &planned, today))
    };
    visit.app.db.read(read).await
}

/// Plans a service of a package by days and times.
pub async fn set_visits(visit: Visit, actor: Actor, path: Path<(PackageId, ServiceId)>, sent: Submitted) -> Answer {
    let (id, service) = *path;
    let (who, today, fields) = (actor.clone(), visit.app.clock.today(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let to = store::package_to_change(tx, &who, id)?;
        let listing = store::offered_in(tx, &to, service, today)?;
        let rate = directory::rules::rate_on(&listing.rates, today);
        let unit = rate.map(|rate| rate.terms.unit).ok_or_else(|| Error::Refused(NO_PRICE.to_owned()))?;
        let (version, planned) = forms::visits(&fields, unit.minutes().is_some())?;
        let to = to.unchanged_since(version)?;
        store::times::set(tx, &to, &listing, &planned, unit)?;
        let lines: Vec<String> = planned.iter().map(|one| rules::times::words(one, unit.minutes().is_some())).collect();
        let says = format!("planned days and times of a service in the package “{}”", to.package().name);
        let act = Act::new("package.times_set", says, id).concerning(to.fund().person);
        let after = serde_json::json!({ "service": service, "times": lines });
        Ok(Done::new(format!("/packages/{id}"), act.after(&after)))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "The days and times are planned.")),
        Err(error) => visit.show_again(error, VISITS, &visits_page(&visit, &actor, *path).await?),
    }
}

/// Why nothing can be planned with a service.
const NO_PRICE: &str = "The provider names no price for today, so nothing can be planned with it.";

/// Takes a service out of a package.
pub async fn remove_line(visit: Visit, actor: Actor, path: Path<(PackageId, ServiceId)>, sent: Submitted) -> Answer {
    let (id, service) = *path;
    let (who, fields) = (actor.clone(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let from = store::package_to_change(tx, &who, id)?.unchanged_since(forms::removal(&fields)?)?;
        store::remove_line(tx, &from, service)?;
        let says = format!("took a service out of the package “{}”", from.package().name);
        let act = Act::new("package.line_removed", says, id).concerning(from.fund().person);
        Ok(Done::new(format!("/packages/{id}"), act.before(&serde_json::json!({ "service": service }))))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "The service is taken out.")),
        Err(error) => visit.show_again(error, "packages/show.html", &package_page(&visit, &actor, id).await?),
    }
}

/// Orders a package for some weeks and reserves its money.
pub async fn order_package(visit: Visit, actor: Actor, path: Path<PackageId>, sent: Submitted) -> Answer {
    let id = *path;
    let (who, now, today) = (actor.clone(), visit.app.clock.now(), visit.app.clock.today());
    let fields = sent.fields.clone();
    let save = move |tx: &mut Tx| {
        let of = store::package_to_change(tx, &who, id)?;
        let command = forms::order(&fields)?;
        let of = of.unchanged_since(command.version)?;
        let lines = frozen(tx, &of, command, today).map_err(|error| match error {
            Error::Invalid(invalid) => Error::Invalid(Invalid { typed: fields.typed().clone(), ..invalid }),
            other => other,
        })?;
        let new = store::NewOrder { lines: &lines, starts_on: command.starts_on, weeks: command.weeks };
        let order = store::add_order(tx, &of, &new, today, now)?;
        let (name, weeks) = (&of.package().name, command.weeks);
        let says = format!("ordered the package “{name}” for {weeks} weeks from {}", calendar::full(command.starts_on));
        let act = Act::new("order.placed", says, order).concerning(of.fund().person);
        Ok(Done::new(format!("/orders/{order}"), act))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "The package is ordered. Its money is reserved.")),
        Err(error) => visit.show_again(error, "packages/show.html", &package_page(&visit, &actor, id).await?),
    }
}

/// What an order freezes, once it was found to be allowed.
fn frozen(
    tx: &mut Tx,
    of: &store::PackageToChange,
    command: forms::OrderToMake,
    today: NaiveDate,
) -> Result<Vec<rules::FrozenLine>, Error> {
    let (fund, day) = (of.fund(), command.starts_on);
    rules::check_first_day(fund, day, today).map_err(refused)?;
    let (lines, unpriced) = store::package_lines_on(tx, of.package().id, day)?;
    rules::check_lines(&lines, &unpriced).map_err(refused)?;
    let arrangement = fund.arrangement().map_err(|cause| Error::internal("a fund's form", cause))?;
    let days = super::period(day, command.weeks).map_err(|cause| Error::Refused(cause.to_string()))?;
    let whole = store::times::over(tx, of.package().id, lines.clone(), days)?.map_err(Error::Refused)?;
    store::check_council_rules(tx, fund, &whole, days)?;
    let others = store::commitments(tx, fund.id)?;
    let fee = store::holder_fee(tx, fund, day)?;
    let fee_weeks = rules::fee_weeks(days, &others);
    let fee = rules::fee_in(fee.as_ref(), arrangement, arrangement).filter(|_| fee_weeks > 0);
    let week =
        rules::cost_week(&lines, fee, arrangement, fund.recovery, day).map_err(|refusal| refused(refusal.into()))?;
    rules::check_order(fund, &week, rules::committed(days, &others)).map_err(refused)?;
    let fee = fee.map(|fee| (fee, fee_weeks));
    let frozen = rules::freeze(&whole, fee, command.weeks, (arrangement, fund.recovery), day)
        .map_err(|refusal| refused(refusal.into()))?;
    rules::check_average(fund, &frozen, command.weeks, rules::committed(days, &others)).map_err(refused)?;
    Ok(frozen)
}

/// A rule's refusal, at its field where it is about one.
fn refused(refusal: rules::Refusal) -> Error {
    match refusal.field() {
        "" => Error::Refused(refusal.to_string()),
        field => Invalid::field(field, refusal.to_string()).into(),
    }
}

/// The page on which a service is added to a package that is chosen there.
pub async fn add(visit: Visit, actor: Actor) -> Answer {
    let service = visit.query()?.get("service").and_then(|text| text.parse().ok()).ok_or(Error::NotFound)?;
    let page = add_page(&visit, &actor, service).await?;
    visit.show("packages/add.html", &page)
}

async fn add_page(visit: &Visit, actor: &Actor, service: ServiceId) -> Result<pages::AddPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let listing = store::offered_service(tx, service, today)?;
        Ok(pages::add(&listing, targets(tx, &who)?, today))
    };
    visit.app.db.read(read).await
}

/// Where the actor may add a service: code and words.
fn targets(tx: &mut Tx, actor: &Actor) -> Result<Vec<(String, String)>, Error> {
    let funds = budgets::store::open_funds::<Choose>(tx, actor)?;
    let ids: Vec<FundId> = funds.iter().map(|fund| fund.id).collect();
    let packages = store::packages_of_funds(tx, actor, &ids)?;
    let people = people::people_acted_for(tx, actor)?;
    let of = |fund: &Fund| {
        let person = people.iter().find(|person| person.id == fund.person);
        format!("{} of {}", fund.form, person.map_or("the person", |person| person.name.as_str()))
    };
    let mut targets = vec![];
    for fund in &funds {
        let here = packages.iter().filter(|(package, _)| package.fund == fund.id);
        targets.extend(here.map(|(package, _): &(Package, i64)| {
            (Target::Package(package.id).code(), format!("{}: {}", package.name, of(fund)))
        }));
        targets.push((Target::New(fund.id).code(), format!("A new package: {}", of(fund))));
    }
    Ok(targets)
}

/// The name of a package that is started for a service.
const WEEKLY: &str = "Weekly support";

/// Adds a service to a package that was chosen, or starts one for it.
pub async fn add_to(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (who, now, today) = (actor.clone(), visit.app.clock.now(), visit.app.clock.today());
    let fields = sent.fields.clone();
    let save = move |tx: &mut Tx| {
        if budgets::store::open_funds::<Choose>(tx, &who)?.is_empty() {
            return Err(Error::Forbidden(store::WHO_CHOOSES.to_owned()));
        }
        let (target, line) = forms::add(&fields)?;
        let (id, new) = match target {
            Target::Package(id) => (id, None),
            Target::New(fund) => {
                let from = store::fund_to_choose_from(tx, &who, fund)?;
                let id = store::add_package(tx, &from, WEEKLY, now)?;
                (id, Some(started(id, WEEKLY, from.fund())))
            }
        };
        let to = store::package_to_change(tx, &who, id)?;
        let done = Done::new(format!("/packages/{id}"), put(tx, to, line, today, &fields)?);
        Ok(new.into_iter().fold(done, Done::and))
    };
    match visit.write_once(actor.user(), &sent, save).await {
        Ok(location) => Ok(visit.done(&location, "The service is in the package.")),
        Err(error) => {
            let service = sent.fields.get("service").and_then(|text| text.parse().ok());
            let Some(service) = service else { return Err(error.into()) };
            visit.show_again(error, "packages/add.html", &add_page(&visit, &actor, service).await?)
        }
    }
}

/// An order: all of it for those who see its fund; a provider's own lines for that provider.
pub async fn order(visit: Visit, actor: Actor, path: Path<OrderId>) -> Answer {
    let (id, today) = (*path, visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        let order = store::order(tx, &actor, id)?;
        let fund = match budgets::store::fund(tx, &actor, order.fund) {
            Ok(fund) => Some(fund),
            Err(Error::NotFound) => None,
            Err(other) => return Err(other),
        };
        let person = budgets::store::fund_of_record(tx, order.fund)?.person;
        let person = people::person_of_record(tx, person)?;
        let data = OrderData {
            lines: store::lines_seen(tx, &actor, id)?,
            communication: communication::store::flag(tx, &person, today)?,
            person,
            ordered_by: auth::user_name(tx, order.ordered_by)?,
            order,
            fund,
        };
        pages::order(&data, &actor)
    };
    let page = visit.app.db.read(read).await?;
    visit.seen_of(id, move |tx| store::person_of_order(tx, id)).await?;
    visit.show("packages/order.html", &page)
}
