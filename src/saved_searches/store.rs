//! The rows of searches that are kept, each for whoever keeps it.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Hit, NewHit, SavedSearch, State};
use crate::auth::rights::Actor;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::dialect::insert_many;
use crate::db::schema::{saved_search_hits, saved_searches};
use crate::error::Error;
use crate::ids::{FundId, ImportedListingId, RegisterLocationId, SavedSearchId, ServiceId, UserId};

word! {
    State;
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = saved_searches)]
struct SearchRow {
    id: SavedSearchId,
    user_id: UserId,
    name: String,
    query: String,
    fund_id: Option<FundId>,
    state: State,
    saved_at: NaiveDateTime,
    checked_on: NaiveDate,
}

impl From<SearchRow> for SavedSearch {
    fn from(row: SearchRow) -> Self {
        Self {
            id: row.id,
            user: row.user_id,
            name: row.name,
            query: row.query,
            fund: row.fund_id,
            state: row.state,
            saved_at: row.saved_at.and_utc(),
            checked_on: row.checked_on,
        }
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = saved_search_hits)]
struct HitRow {
    saved_search_id: SavedSearchId,
    service_id: Option<ServiceId>,
    register_location_id: Option<RegisterLocationId>,
    imported_listing_id: Option<ImportedListingId>,
    new_on: Option<NaiveDate>,
}

impl HitRow {
    fn new(search: SavedSearchId, hit: Hit, new_on: Option<NaiveDate>) -> Self {
        let (service_id, register_location_id, imported_listing_id) = match hit {
            Hit::Service(service) => (Some(service), None, None),
            Hit::Register(location) => (None, Some(location), None),
            Hit::Imported(listing) => (None, None, Some(listing)),
        };
        Self { saved_search_id: search, service_id, register_location_id, imported_listing_id, new_on }
    }

    fn hit(&self) -> Option<Hit> {
        let service = self.service_id.map(Hit::Service);
        let location = self.register_location_id.map(Hit::Register);
        service.or(location).or(self.imported_listing_id.map(Hit::Imported))
    }
}

/// The searches that somebody keeps, the newest first.
///
/// # Errors
/// When the database fails.
pub fn of(tx: &mut Tx, user: UserId) -> Result<Vec<SavedSearch>, Error> {
    let rows: Vec<SearchRow> = saved_searches::table
        .filter(saved_searches::user_id.eq(user))
        .order(saved_searches::id.desc())
        .select(SearchRow::as_select())
        .load(tx)?;
    Ok(rows.into_iter().map(SavedSearch::from).collect())
}

/// What was new for somebody's searches since a day, the newest first.
///
/// # Errors
/// When the database fails.
pub fn new_since(tx: &mut Tx, user: UserId, day: NaiveDate, most: i64) -> Result<Vec<NewHit>, Error> {
    let rows: Vec<HitRow> = saved_search_hits::table
        .inner_join(saved_searches::table.on(saved_searches::id.eq(saved_search_hits::saved_search_id)))
        .filter(saved_searches::user_id.eq(user).and(saved_search_hits::new_on.ge(Some(day))))
        .order((saved_search_hits::new_on.desc(), saved_search_hits::id.desc()))
        .limit(most)
        .select(HitRow::as_select())
        .load(tx)?;
    let new = |row: HitRow| Some(NewHit { search: row.saved_search_id, hit: row.hit()?, new_on: row.new_on? });
    Ok(rows.into_iter().filter_map(new).collect())
}

/// Keeps a search of the actor's with what it finds already.
///
/// # Errors
/// When the database fails.
pub fn add(
    tx: &mut Tx,
    actor: &Actor,
    (name, query, fund): (&str, &str, Option<FundId>),
    found: &[Hit],
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<SavedSearchId, Error> {
    let row = (
        saved_searches::user_id.eq(actor.user()),
        saved_searches::name.eq(name),
        saved_searches::query.eq(query),
        saved_searches::fund_id.eq(fund),
        saved_searches::state.eq(State::Watched),
        saved_searches::saved_at.eq(now.naive_utc()),
        saved_searches::checked_on.eq(today),
    );
    let id = diesel::insert_into(saved_searches::table).values(row).returning(saved_searches::id).get_result(tx)?;
    let hits: Vec<HitRow> = found.iter().map(|hit| HitRow::new(id, *hit, None)).collect();
    insert_many!(tx, saved_search_hits::table, &hits)?;
    Ok(id)
}

/// Forgets one of the actor's searches, and gives how it was called.
///
/// # Errors
/// Not found, when there is none or it is somebody else's.
pub fn remove(tx: &mut Tx, actor: &Actor, id: SavedSearchId) -> Result<String, Error> {
    let own = saved_searches::id.eq(id).and(saved_searches::user_id.eq(actor.user()));
    let name = saved_searches::table.filter(own).select(saved_searches::name).first(tx)?;
    forget(tx, &[id])?;
    Ok(name)
}

fn forget(tx: &mut Tx, ids: &[SavedSearchId]) -> Result<(), Error> {
    diesel::delete(saved_search_hits::table.filter(saved_search_hits::saved_search_id.eq_any(ids.to_vec())))
        .execute(tx)?;
    diesel::delete(saved_searches::table.filter(saved_searches::id.eq_any(ids.to_vec()))).execute(tx)?;
    Ok(())
}

/// Who keeps searches that were not looked for today.
///
/// # Errors
/// When the database fails.
pub fn due(tx: &mut Tx, today: NaiveDate) -> Result<Vec<UserId>, Error> {
    Ok(saved_searches::table
        .filter(saved_searches::checked_on.lt(today))
        .select(saved_searches::user_id)
        .distinct()
        .order(saved_searches::user_id)
        .load(tx)?)
}

/// What is known to fit a search.
///
/// # Errors
/// When the database fails.
pub fn known(tx: &mut Tx, id: SavedSearchId) -> Result<HashSet<Hit>, Error> {
    let rows: Vec<HitRow> = saved_search_hits::table
        .filter(saved_search_hits::saved_search_id.eq(id))
        .select(HitRow::as_select())
        .load(tx)?;
    Ok(rows.iter().filter_map(HitRow::hit).collect())
}

/// Writes down that a search was looked for on a day, whether it can be watched, and what was new.
///
/// # Errors
/// When the database fails.
pub fn settle(tx: &mut Tx, id: SavedSearchId, state: State, new: &[Hit], today: NaiveDate) -> Result<(), Error> {
    diesel::update(saved_searches::table.filter(saved_searches::id.eq(id)))
        .set((saved_searches::state.eq(state), saved_searches::checked_on.eq(today)))
        .execute(tx)?;
    let hits: Vec<HitRow> = new.iter().map(|hit| HitRow::new(id, *hit, Some(today))).collect();
    insert_many!(tx, saved_search_hits::table, &hits)
}

/// Forgets the searches of somebody whose record is erased, and those that others keep for their funds.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, user: Option<UserId>, funds: &[FundId]) -> Result<(), Error> {
    let for_them = saved_searches::fund_id.eq_any(funds.iter().copied().map(Some).collect::<Vec<_>>());
    let mut ids: Vec<SavedSearchId> = saved_searches::table.filter(for_them).select(saved_searches::id).load(tx)?;
    if let Some(user) = user {
        ids.extend(of(tx, user)?.into_iter().map(|search| search.id));
    }
    forget(tx, &ids)
}
