//! The search: two queries over the read model, whatever it shows.

use diesel::prelude::*;

use super::entries::{EntryRow, unit_order};
use crate::db::dialect::{Counted, HasWords};
use crate::db::schema::search_entries;
use crate::db::{MultiBackend, Tx};
use crate::directory::{Found, MOST_FOUND, PAGE, PayerKind, Sort, Wanted};
use crate::error::Error;
use crate::places::Point;

/// Finds one page of entries, and counts all of them up to a bound.
///
/// # Errors
/// When the database fails.
pub fn find(tx: &mut Tx, wanted: &Wanted) -> Result<Found, Error> {
    let count: i64 = Counted(matching(wanted).select(search_entries::id).limit(MOST_FOUND + 1)).get_result(tx)?;
    let rows: Vec<EntryRow> = sorted(matching(wanted), wanted)
        .select(EntryRow::as_select())
        .limit(PAGE)
        .offset((wanted.page - 1) * PAGE)
        .load(tx)?;
    let entries = rows.into_iter().map(EntryRow::entry).collect::<Result<_, _>>()?;
    Ok(Found { entries, count })
}

type Entries = search_entries::BoxedQuery<'static, MultiBackend>;

/// The entries that are looked for.
fn matching(wanted: &Wanted) -> Entries {
    let mut query = search_entries::table.into_boxed::<MultiBackend>();
    if !wanted.words.is_empty() {
        query = query.filter(HasWords::beginning_with(&wanted.words));
    }
    if let Some(category) = wanted.category {
        query = query.filter(search_entries::category.eq(category));
    }
    if let Some(vat) = wanted.vat {
        query = query.filter(search_entries::vat_status.eq(vat));
    }
    if let Some(unit) = wanted.unit {
        // By the place of the unit, which the indexes by price begin with.
        query = query.filter(search_entries::unit_order.eq(unit_order(unit)));
    }
    if let Some((point, metres)) = wanted.near {
        query = within(query, point, i64::from(metres));
    }
    match (wanted.most, wanted.payer) {
        (None, _) => query,
        (Some(most), PayerKind::Recovers) => query.filter(search_entries::cost_recovered.le(most)),
        (Some(most), PayerKind::Person) => query.filter(search_entries::cost_person.le(most)),
        (Some(most), PayerKind::Bears) => query.filter(search_entries::cost_holder.le(most)),
        (Some(most), PayerKind::BearsTwice) => query.filter(search_entries::cost_onward.le(most)),
    }
}

/// The square of the distance from a point, in metres.
macro_rules! squared_distance {
    ($point:expr) => {{
        let (easting, northing) = (i64::from($point.easting), i64::from($point.northing));
        let east = || search_entries::easting - easting;
        let north = || search_entries::northing - northing;
        east() * east() + north() * north()
    }};
}

/// A box, which an index answers, then the circle inside it.
fn within(query: Entries, point: Point, metres: i64) -> Entries {
    let (easting, northing) = (i64::from(point.easting), i64::from(point.northing));
    query
        .filter(search_entries::easting.between(easting - metres, easting + metres))
        .filter(search_entries::northing.between(northing - metres, northing + metres))
        .filter(squared_distance!(point).le(metres * metres))
}

/// In the order that is wanted; the id settles what is equal, because engines do not.
fn sorted(query: Entries, wanted: &Wanted) -> Entries {
    let (unit, id) = (search_entries::unit_order, search_entries::id);
    match (wanted.sort, wanted.near, wanted.payer) {
        (Sort::Distance, Some((point, _)), _) => query.order((squared_distance!(point), id)),
        (Sort::Distance, None, _) | (Sort::Name, ..) => query.order((search_entries::name, id)),
        (Sort::Price, _, PayerKind::Recovers) => query.order((unit, search_entries::cost_recovered, id)),
        (Sort::Price, _, PayerKind::Person) => query.order((unit, search_entries::cost_person, id)),
        (Sort::Price, _, PayerKind::Bears) => query.order((unit, search_entries::cost_holder, id)),
        (Sort::Price, _, PayerKind::BearsTwice) => query.order((unit, search_entries::cost_onward, id)),
    }
}
