//! A price that changes is announced: whoever plans with it is told before its day, once. The law of VAT and the fund decide
//! what it means for them, so the mail says the price without VAT and leads to the package.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::times;
use crate::auth::store as users;
use crate::budgets;
use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{funds, package_lines, packages, rate_announcements};
use crate::directory::rules::changes::sentences;
use crate::directory::store::services;
use crate::directory::{Listing, Rate, rules};
use crate::error::Error;
use crate::ids::{FundId, PackageId, RateId, UserId};
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::mandates;

/// A price that changes.
struct Change {
    listing: Listing,
    /// What holds on the day before, where anything does.
    old: Option<Rate>,
    /// What was announced for the same day before, and does not hold then.
    withdrawn: Option<Rate>,
    new: Rate,
}

/// What a new rate changes on its day, if it changes a price or what was announced.
fn change(tx: &mut Tx, rate: RateId, today: NaiveDate) -> Result<Option<Change>, Error> {
    let listing = services::listing_of_rate(tx, rate, today)?;
    let Some(new) = listing.rates.iter().find(|one| one.id == rate).cloned() else { return Ok(None) };
    let earlier: Vec<Rate> = listing.rates.iter().filter(|one| one.id < rate).cloned().collect();
    let old = new.terms.from.pred_opt().and_then(|day| rules::rate_on(&earlier, day)).cloned();
    let withdrawn = rules::rate_on(&earlier, new.terms.from).filter(|one| one.terms.from == new.terms.from).cloned();
    let news = withdrawn.as_ref().or(old.as_ref()).map(|one| sentences(one, &new, new.terms.from));
    let is_news = news.is_some_and(|news| !news.is_empty());
    Ok(is_news.then_some(Change { listing, old, withdrawn, new }))
}

/// The packages that plan with the service of a new rate; none, where the rate changes no price.
///
/// # Errors
/// When the database fails.
pub fn planning_with(tx: &mut Tx, rate: RateId, today: NaiveDate) -> Result<Vec<PackageId>, Error> {
    let Some(change) = change(tx, rate, today)? else { return Ok(vec![]) };
    Ok(package_lines::table
        .inner_join(packages::table.on(packages::id.eq(package_lines::package_id)))
        .inner_join(funds::table.on(funds::id.eq(packages::fund_id)))
        .filter(package_lines::service_id.eq(change.listing.service.id))
        .filter(funds::ended_on.is_null())
        .distinct()
        .order(packages::id)
        .select(packages::id)
        .load(tx)?)
}

/// Tells those who plan with one package and were not told yet of a new rate.
///
/// # Errors
/// When the database fails.
pub fn tell(tx: &mut Tx, desk: &Desk<'_>, rate: RateId, package: PackageId) -> Result<(), Error> {
    let Some(change) = change(tx, rate, calendar::london(desk.now).date())? else { return Ok(()) };
    let fund = packages::table.filter(packages::id.eq(package)).select(packages::fund_id).first(tx).optional()?;
    fund.map_or(Ok(()), |fund| tell_of(tx, desk, &change, package, fund))
}

fn tell_of(tx: &mut Tx, desk: &Desk<'_>, change: &Change, package: PackageId, fund: FundId) -> Result<(), Error> {
    let told: Vec<UserId> = rate_announcements::table
        .filter(rate_announcements::rate_id.eq(change.new.id).and(rate_announcements::package_id.eq(package)))
        .select(rate_announcements::user_id)
        .load(tx)?;
    // Where a price was agreed for the fund, it pays that one.
    let agreed = times::agreed(tx, fund)?.remove(&change.listing.service.id).unwrap_or_default();
    let (unit, from) = (change.new.terms.unit, change.new.terms.from);
    if agreed.iter().any(|agreed| agreed.unit == unit && agreed.holds_on(from)) {
        return Ok(());
    }
    for user in planners(tx, desk, package, fund)?.into_iter().filter(|user| !told.contains(user)) {
        let letter = letter(desk, change, &users::user_name(tx, user)?, package);
        let address = users::email_of(tx, user)?;
        desk.post(tx, &address, "A price changes in a package", &letter)?;
        let row = (
            rate_announcements::rate_id.eq(change.new.id),
            rate_announcements::package_id.eq(package),
            rate_announcements::user_id.eq(user),
            rate_announcements::told_at.eq(desk.now.naive_utc()),
        );
        diesel::insert_into(rate_announcements::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// The person, whoever holds the money for them, and those who choose for them and do not have this package kept from them;
/// where nobody of these signs in, whoever made the package.
fn planners(tx: &mut Tx, desk: &Desk<'_>, package: PackageId, fund: FundId) -> Result<BTreeSet<UserId>, Error> {
    let today = calendar::london(desk.now).date();
    let fund_held = budgets::store::fund_of_record(tx, fund)?;
    let (person, nominee) = (fund_held.person, fund_held.nominee);
    let mut found: BTreeSet<UserId> = crate::people::store::person_of_record(tx, person)?.user.into_iter().collect();
    for given in mandates::store::of_person(tx, person)? {
        let chooses = given.holds_on(today) && (given.scopes.choose || nominee == Some(given.user));
        if chooses && !mandates::store::keeps(tx, given.id, &[package.into(), fund.into()])? {
            found.insert(given.user);
        }
    }
    if found.is_empty() {
        found.insert(packages::table.filter(packages::id.eq(package)).select(packages::created_by).first(tx)?);
    }
    Ok(found)
}

fn letter(desk: &Desk<'_>, change: &Change, name: &str, package: PackageId) -> Letter {
    let (words, provider) = (&change.listing.service.words.name, &change.listing.organisation.name);
    let from = calendar::full(change.new.terms.from);
    let per = |rate: &Rate| format!("{} {} without VAT", rate.net, rate.terms.unit.per());
    let withdrawn = change.withdrawn.as_ref().map(|_| format!("What was said before about {from} does not hold."));
    let mut changes =
        change.old.as_ref().map(|old| sentences(old, &change.new, change.new.terms.from)).unwrap_or_default();
    if changes.is_empty() {
        changes.push(format!("It costs {} from {from}.", per(&change.new)));
    }
    let news: Vec<String> = withdrawn.into_iter().chain(changes).collect();
    let changes = format!("A price of “{words}” of {provider} changes. {}", news.join(" "));
    Letter {
        greeting: format!("Dear {name}"),
        paragraphs: vec![
            changes,
            "It is in a package that you plan with. What the money pays for it follows from VAT (value added tax) and from \
             who holds the money: open the package and see. What is ordered already keeps its price."
                .to_owned(),
        ],
        action: Some(Action {
            label: "Open the package".to_owned(),
            href: format!("{}/packages/{package}", desk.public_url),
        }),
        afterwards: vec![],
    }
}
