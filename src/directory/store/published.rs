//! What is published, for those who read it from outside: a page at a time, in the order of the ids, with everything that
//! is said of it. As many queries for twenty services as for two.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::listings;
use super::search::{self, Entries};
use super::services::ServiceRow;
use crate::db::dialect::{HasWords, Mark, Way};
use crate::db::schema::{search_entries, service_changes, services};
use crate::db::{MultiBackend, Tx};
use crate::directory::{Listing, Service};
use crate::error::Error;
use crate::ids::{OrganisationId, ServiceId};
use crate::places::Point;

/// What is asked for; everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Beginnings of words that must all be found.
    pub words: Vec<String>,
    /// Marks that it must have, as `rules::marks` makes them.
    pub marks: Vec<String>,
    /// Whether a price must hold today.
    pub priced: bool,
    /// The list of features of which it must have one.
    pub list: Option<&'static str>,
    /// Its youngest must be at least so old.
    pub minimum_age: Option<i64>,
    /// Its oldest must be at most so old.
    pub maximum_age: Option<i64>,
    /// It must open at this minute of the day or later.
    pub opens: Option<i64>,
    /// It must close at this minute of the day or before.
    pub closes: Option<i64>,
    /// Whose it must be.
    pub organisation: Option<OrganisationId>,
    /// Changed at this moment or later.
    pub changed_since: Option<NaiveDateTime>,
    /// Within so many metres of a point.
    pub near: Option<(Point, u32)>,
    /// In the area of this council.
    pub la_code: Option<String>,
    /// Whether something was asked for that nothing here has.
    pub impossible: bool,
}

/// A service that anybody may know of, with all that is said of it.
#[derive(Clone, Debug)]
pub struct Published {
    /// The service and what decides its prices.
    pub listing: Listing,
    /// When anything of it last changed.
    pub changed_at: DateTime<Utc>,
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// So many after leaving out so many.
    Page {
        /// How many are left out.
        skip: i64,
        /// How many at most.
        most: i64,
    },
    /// So many after this id.
    After {
        /// The last id that is not wanted any more.
        id: i64,
        /// How many at most.
        most: i64,
    },
}

/// The entries of published services that are asked for: what is a draft, or may not be published any more, has none.
fn matching(asked: &Asked) -> Entries {
    let mut query = search_entries::table.into_boxed::<MultiBackend>().filter(search_entries::service_id.is_not_null());
    if !asked.words.is_empty() || !asked.marks.is_empty() {
        let mark = |token: &String| Mark { column: None, token: token.clone() };
        let marks = asked.marks.iter().map(mark).collect();
        query = query.filter(HasWords::beginning_with(&asked.words, marks, vec![], Way::Listed(None)));
    }
    if asked.priced {
        query = query.filter(search_entries::net_price.is_not_null());
    }
    query = detailed(query, asked);
    if let Some(organisation) = asked.organisation {
        query = query.filter(search_entries::organisation_id.eq(organisation));
    }
    if let Some(since) = asked.changed_since {
        let changed = service_changes::table.filter(service_changes::changed_at.ge(since));
        query = query.filter(search_entries::service_id.eq_any(changed.select(service_changes::service_id.nullable())));
    }
    if let Some((point, metres)) = asked.near {
        query = search::within(query, point, metres.into(), Way::Listed(None));
    }
    if let Some(council) = &asked.la_code {
        query = query.filter(search_entries::la_code.eq(council.clone()));
    }
    if asked.impossible { query.filter(search_entries::id.lt(0)) } else { query }
}

/// The services of which something is said that the search itself does not keep.
fn detailed(mut query: Entries, asked: &Asked) -> Entries {
    macro_rules! saying {
        ($condition:expr) => {{
            let saying = services::table.filter($condition).select(services::id.nullable());
            query = query.filter(search_entries::service_id.eq_any(saying));
        }};
    }
    if let Some(list) = asked.list {
        // The codes stand in one text, each with its list before it: "at_home for_dementia".
        let (first, later) = (format!("{list}\\_%"), format!("% {list}\\_%"));
        let features = || services::features;
        saying!(features().like(first).escape('\\').or(features().like(later).escape('\\')));
    }
    if let Some(age) = asked.minimum_age {
        saying!(services::minimum_age.ge(age));
    }
    if let Some(age) = asked.maximum_age {
        saying!(services::maximum_age.le(age));
    }
    if let Some(minute) = asked.opens {
        saying!(services::opens_minute.ge(minute));
    }
    if let Some(minute) = asked.closes {
        saying!(services::closes_minute.le(minute));
    }
    query
}

/// How many services are asked for.
///
/// # Errors
/// When the database fails.
pub fn count(tx: &mut Tx, asked: &Asked) -> Result<i64, Error> {
    Ok(matching(asked).count().get_result(tx)?)
}

/// The ids of a part of what is asked for.
///
/// # Errors
/// When the database fails.
pub fn ids(tx: &mut Tx, asked: &Asked, part: Part) -> Result<Vec<ServiceId>, Error> {
    let query = matching(asked).order(search_entries::service_id);
    let query = match part {
        Part::Page { skip, most } => query.offset(skip).limit(most),
        Part::After { id, most } => query.filter(search_entries::service_id.gt(id)).limit(most),
    };
    Ok(query.select(search_entries::service_id.assume_not_null()).load(tx)?)
}

/// When some services last changed.
///
/// # Errors
/// When the database fails.
pub fn changes(tx: &mut Tx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, DateTime<Utc>>, Error> {
    let rows: Vec<(ServiceId, Option<NaiveDateTime>)> =
        service_changes::table.filter(service_changes::service_id.eq_any(ids.to_vec())).load(tx)?;
    Ok(rows.into_iter().filter_map(|(id, at)| Some((id, at?.and_utc()))).collect())
}

/// Those of these services that are published, with all that is said of them on a day, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn services(tx: &mut Tx, ids: &[ServiceId], day: NaiveDate) -> Result<Vec<Published>, Error> {
    let changes = changes(tx, ids)?;
    let found = search_entries::table.filter(search_entries::service_id.eq_any(ids.to_vec()));
    let rows: Vec<ServiceRow> = services::table
        .filter(services::id.nullable().eq_any(found.select(search_entries::service_id)))
        .order(services::id)
        .load(tx)?;
    let listings = listings::of(tx, rows.into_iter().map(Service::from).collect(), day)?;
    // What is being changed at this moment has no time yet; its next reader sees it.
    let changed = |id| changes.get(&id).copied().unwrap_or_default();
    let published = |listing: Listing| Published { changed_at: changed(listing.service.id), listing };
    Ok(listings.into_iter().map(published).collect())
}

/// The organisations that have published what is asked for: how many there are, and a part of their ids.
///
/// # Errors
/// When the database fails.
pub fn organisations(tx: &mut Tx, asked: &Asked, part: Part) -> Result<(i64, Vec<OrganisationId>), Error> {
    let count = matching(asked)
        .select(diesel::dsl::count(search_entries::organisation_id).aggregate_distinct())
        .get_result(tx)?;
    let query = matching(asked).order(search_entries::organisation_id);
    let query = match part {
        Part::Page { skip, most } => query.offset(skip).limit(most),
        Part::After { id, most } => query.filter(search_entries::organisation_id.gt(id)).limit(most),
    };
    Ok((count, query.select(search_entries::organisation_id.assume_not_null()).distinct().load(tx)?))
}

/// The ids of everything that some organisations have published.
///
/// # Errors
/// When the database fails.
pub fn ids_of(tx: &mut Tx, organisations: &[OrganisationId]) -> Result<Vec<ServiceId>, Error> {
    let published = search_entries::table
        .filter(search_entries::organisation_id.eq_any(organisations.to_vec()))
        .filter(search_entries::service_id.is_not_null());
    let ids = published.order(search_entries::service_id).select(search_entries::service_id.assume_not_null());
    Ok(ids.load(tx)?)
}
