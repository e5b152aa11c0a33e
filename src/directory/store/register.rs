//! What the regulator's register says, as far as files of it were read; and the entry of each location in the search.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;

use super::entries;
use crate::db::Tx;
use crate::db::schema::{organisations, register_locations, services};
use crate::directory::{LostLocation, ShownRating, rules};
use crate::error::Error;
use crate::ids::{OrganisationId, RegisterLocationId};
use crate::people::Organisation;
use crate::register::RegisterLocation;

/// How many locations are looked at together when those are marked that are missing from a whole register.
const PAGE: i64 = 1_000;

/// What became of the locations of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New ones.
    pub imported: u64,
    /// Known ones of which something was said that was not known.
    pub updated: u64,
    /// Known ones of which nothing new was said.
    pub unchanged: u64,
}

/// A location as it is kept.
struct Held {
    id: RegisterLocationId,
    location: RegisterLocation,
    still_registered: bool,
    as_of: NaiveDate,
}

/// A location that an organisation says is its own.
struct Claim {
    organisation: OrganisationId,
    /// Whether the organisation has published a service: then its own words stand in the search, not the register's.
    has_published: bool,
}

/// Takes what a file of `as_of` says of locations, each named at most once.
///
/// Older data never overwrites newer, field by field; what a provider wrote itself is not touched.
///
/// # Errors
/// When the database fails.
pub fn take(tx: &mut Tx, batch: &[RegisterLocation], as_of: NaiveDate, today: NaiveDate) -> Result<Taken, Error> {
    let numbers: Vec<String> = batch.iter().map(|location| location.location_id.clone()).collect();
    let claims = claims(tx, numbers.clone())?;
    let mut held = load(tx, numbers)?;
    let mut taken = Taken::default();
    let mut new = vec![];
    for said in batch {
        let claim = claims.get(&said.location_id);
        let Some(before) = held.remove(&said.location_id) else {
            taken.imported += 1;
            let id = insert(tx, said, as_of)?;
            let shown = said.is_open(today) && claim.is_none_or(|claim| !claim.has_published);
            new.extend(shown.then(|| rules::register_entry(id, said, today)));
            continue;
        };
        match update(tx, before, said, as_of)? {
            None => taken.unchanged += 1,
            Some(after) => {
                taken.updated += 1;
                show(tx, &after, claim, today)?;
            }
        }
    }
    entries::add(tx, &new)?;
    Ok(taken)
}

/// The locations of these numbers that are kept, by number.
fn load(tx: &mut Tx, numbers: Vec<String>) -> Result<HashMap<String, Held>, Error> {
    type Row = (RegisterLocationId, String, String, bool, NaiveDate);
    let rows: Vec<Row> = register_locations::table.filter(register_locations::location_id.eq_any(numbers)).load(tx)?;
    let held = |(id, number, record, still_registered, as_of): Row| {
        let location = serde_json::from_str(&record);
        let location = location.map_err(|cause| Error::internal("a record of the register", cause))?;
        Ok((number, Held { id, location, still_registered, as_of }))
    };
    rows.into_iter().map(held).collect()
}

/// Who says that these locations are theirs.
fn claims(tx: &mut Tx, numbers: Vec<String>) -> Result<HashMap<String, Claim>, Error> {
    let claimed: Vec<(OrganisationId, Option<String>)> = organisations::table
        .filter(organisations::register_location.eq_any(numbers))
        .select((organisations::id, organisations::register_location))
        .load(tx)?;
    if claimed.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<OrganisationId> = claimed.iter().map(|(id, _)| *id).collect();
    let published: Vec<OrganisationId> = services::table
        .filter(services::organisation_id.eq_any(ids).and(services::published.eq(true)))
        .select(services::organisation_id)
        .distinct()
        .load(tx)?;
    let claim = |(organisation, number): (OrganisationId, Option<String>)| {
        Some((number?, Claim { organisation, has_published: published.contains(&organisation) }))
    };
    Ok(claimed.into_iter().filter_map(claim).collect())
}

fn record_of(location: &RegisterLocation) -> Result<String, Error> {
    serde_json::to_string(location).map_err(|cause| Error::internal("a record of the register", cause))
}

fn insert(tx: &mut Tx, location: &RegisterLocation, as_of: NaiveDate) -> Result<RegisterLocationId, Error> {
    let row = (
        register_locations::location_id.eq(&location.location_id),
        register_locations::record.eq(record_of(location)?),
        register_locations::still_registered.eq(true),
        register_locations::as_of.eq(as_of),
    );
    Ok(diesel::insert_into(register_locations::table).values(row).returning(register_locations::id).get_result(tx)?)
}

/// Takes over what is said of a location that is held; gives what it became, if that differs.
fn update(tx: &mut Tx, before: Held, said: &RegisterLocation, as_of: NaiveDate) -> Result<Option<Held>, Error> {
    let newer = as_of >= before.as_of;
    let mut location = before.location.clone();
    location.take(said.clone(), newer);
    // A location that was missing from a whole register is back when data as new as that names it.
    let still_registered = before.still_registered || newer;
    let changed = location != before.location || still_registered != before.still_registered;
    let after = Held { id: before.id, location, still_registered, as_of: before.as_of.max(as_of) };
    if changed || after.as_of != before.as_of {
        diesel::update(register_locations::table.filter(register_locations::id.eq(after.id)))
            .set((
                register_locations::record.eq(record_of(&after.location)?),
                register_locations::still_registered.eq(after.still_registered),
                register_locations::as_of.eq(after.as_of),
            ))
            .execute(tx)?;
    }
    Ok(changed.then_some(after))
}

/// Shows a location in the search, or takes it out; its rating goes to the services of whoever says that it is theirs.
fn show(tx: &mut Tx, held: &Held, claim: Option<&Claim>, today: NaiveDate) -> Result<(), Error> {
    if let Some(claim) = claim {
        // What is missing from the register has no rating any more, as on the page of the service.
        let rating = held.still_registered.then(|| rules::shown_rating(&held.location));
        entries::set_rating(tx, claim.organisation, &rating.unwrap_or_default())?;
    }
    let hidden = claim.is_some_and(|claim| claim.has_published);
    if held.still_registered && held.location.is_open(today) && !hidden {
        entries::put(tx, &rules::register_entry(held.id, &held.location, today))
    } else {
        entries::remove_locations(tx, &[held.id])
    }
}

/// Makes the entry of a location again: after its day has come, or after an organisation published or withdrew.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx, number: &str, today: NaiveDate) -> Result<(), Error> {
    let claims = claims(tx, vec![number.to_owned()])?;
    match load(tx, vec![number.to_owned()])?.get(number) {
        Some(held) => show(tx, held, claims.get(number), today),
        None => Ok(()),
    }
}

/// The same for a location whose entry is due.
pub(super) fn refresh_by_id(tx: &mut Tx, id: RegisterLocationId, today: NaiveDate) -> Result<(), Error> {
    let number: String = register_locations::table
        .filter(register_locations::id.eq(id))
        .select(register_locations::location_id)
        .first(tx)?;
    refresh(tx, &number, today)
}

/// The organisation that says that a location is its own.
///
/// # Errors
/// When the database fails.
pub fn claimant(tx: &mut Tx, number: &str) -> Result<Option<OrganisationId>, Error> {
    Ok(claims(tx, vec![number.to_owned()])?.remove(number).map(|claim| claim.organisation))
}

/// What the register says of a location that is still in it.
///
/// # Errors
/// When the database fails.
pub fn location(tx: &mut Tx, number: &str) -> Result<Option<RegisterLocation>, Error> {
    let held = load(tx, vec![number.to_owned()])?.remove(number);
    Ok(held.filter(|held| held.still_registered).map(|held| held.location))
}

/// What the register says of the locations that were verified to be some organisations' own.
///
/// # Errors
/// When the database fails.
pub fn locations_of(tx: &mut Tx, some: &[Organisation]) -> Result<HashMap<OrganisationId, RegisterLocation>, Error> {
    let numbers = some.iter().filter_map(|one| one.register_location.clone()).collect();
    let mut held = load(tx, numbers)?;
    held.retain(|_, held| held.still_registered);
    let own = |one: &Organisation| Some((one.id, held.remove(one.register_location.as_deref()?)?.location));
    Ok(some.iter().filter_map(own).collect())
}

/// A location that is on the register no longer, or not open; nothing for any other.
///
/// # Errors
/// When the database fails.
pub fn lost_location(tx: &mut Tx, number: &str, today: NaiveDate) -> Result<Option<LostLocation>, Error> {
    let held = load(tx, vec![number.to_owned()])?.remove(number);
    let lost = |held: Held| {
        let closed_on = held.location.closes_on().filter(|last| *last <= today);
        let is_missing = !held.still_registered && closed_on.is_none();
        let since = closed_on.or(is_missing.then_some(held.as_of));
        LostLocation { name: held.location.location_name, since, is_missing }
    };
    Ok(held.filter(|held| !held.still_registered || !held.location.is_open(today)).map(lost))
}

/// The same as [`location`] by its id here.
///
/// # Errors
/// When the database fails.
pub fn location_by_id(tx: &mut Tx, id: RegisterLocationId) -> Result<Option<RegisterLocation>, Error> {
    let number: Option<String> = register_locations::table
        .filter(register_locations::id.eq(id))
        .select(register_locations::location_id)
        .first(tx)
        .optional()?;
    number.map_or(Ok(None), |number| location(tx, &number))
}

/// Marks every location that is not among those seen as no longer registered, unless newer data named it; gives how many. Its
/// rating goes from the services of whoever says that it is theirs.
///
/// # Errors
/// When the database fails.
pub fn mark_missing(tx: &mut Tx, seen: &HashSet<String>, as_of: NaiveDate) -> Result<u64, Error> {
    let (mut last, mut marked) = (RegisterLocationId::new(0), 0);
    loop {
        let page: Vec<(RegisterLocationId, String)> = register_locations::table
            .filter(register_locations::id.gt(last))
            .filter(register_locations::still_registered.eq(true).and(register_locations::as_of.le(as_of)))
            .select((register_locations::id, register_locations::location_id))
            .order(register_locations::id)
            .limit(PAGE)
            .load(tx)?;
        let Some((newest, _)) = page.last() else { return Ok(marked) };
        last = *newest;
        let (missing, numbers): (Vec<RegisterLocationId>, Vec<String>) =
            page.into_iter().filter(|(_, number)| !seen.contains(number)).unzip();
        diesel::update(register_locations::table.filter(register_locations::id.eq_any(missing.clone())))
            .set((register_locations::still_registered.eq(false), register_locations::as_of.eq(as_of)))
            .execute(tx)?;
        entries::remove_locations(tx, &missing)?;
        for claim in claims(tx, numbers)?.values() {
            entries::set_rating(tx, claim.organisation, &ShownRating::default())?;
        }
        marked += u64::try_from(missing.len()).unwrap_or_default();
    }
}
