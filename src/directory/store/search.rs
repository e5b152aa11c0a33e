//! The search: a handful of queries over the read model, whatever it shows.
//!
//! What keeps a search as cheap when it finds much as when it finds little: the hits are listed first, up to a bound. If they
//! are few, those alone are sorted; if they are many, the index of the wanted order is walked instead until the page is
//! full, and what is nearest is looked for in a smaller circle first, because a page full of that is the nearest there is.
//! Only ids are sorted, and the rows of one page are read.

use std::collections::HashMap;

use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::entries::{EntryRow, SourceRow, unit_at};
use crate::db::dialect::{Among, HasWords, Mark, MarkValue, OneOf, Squares, Way};
use crate::db::schema::search_entries;
use crate::db::{MultiBackend, Tx};
use crate::directory::rules::asking::Place;
use crate::directory::rules::limits::most_of;
use crate::directory::rules::marks;
use crate::directory::{
    Category, Entry, Found, Limit, LimitOn, MOST_FOUND, Offered, PAGE, PayerKind, Sort, Source, Unit, Wanted,
};
use crate::error::Error;
use crate::ids::{ImportedListingId, OrganisationId, RegisterLocationId, ServiceId};
use crate::money::UnitPrice;
use crate::places::{self, Point};

/// The circle that is tried first has a radius of one in this many.
const FIRST_CIRCLE: u32 = 4;
/// How many entries of a town say where it is.
const MOST_OF_A_TOWN: i64 = 200;
/// Finds one page of entries, and counts all of them up to a bound.
///
/// # Errors
/// When the database fails.
pub fn find(tx: &mut Tx, wanted: &Wanted) -> Result<Found, Error> {
    let (ids, marks) = first(tx, wanted)?;
    let rows = match (ids.len() as i64, wanted.sort, wanted.near) {
        (0, ..) => vec![],
        (count, ..) if count <= MOST_FOUND => {
            let found = search_entries::table.into_boxed::<MultiBackend>().filter(OneOf::ids(&ids));
            page(tx, wanted, found)?
        }
        (_, Sort::Distance, Some(_)) => nearest(tx, wanted)?,
        // What an index leaves near is read; without a place it leaves everything, and a list says which to take.
        (.., Some(_)) => page(tx, wanted, matching(wanted, Way::Read))?,
        (.., None) => page(tx, wanted, matching(wanted, Way::Walked))?,
    };
    let entries = rows.into_iter().map(EntryRow::entry).collect::<Result<_, _>>()?;
    Ok(Found { entries, count: ids.len() as i64, marks })
}

/// The first entries that are found, in no order, one more than are counted; and how often each mark stands among those
/// that are.
fn first(tx: &mut Tx, wanted: &Wanted) -> Result<(Vec<i64>, HashMap<String, i64>), Error> {
    // With nothing else to test, as many as are counted need be listed.
    let bare = wanted.near.is_none() && wanted.most.is_none() && wanted.without.is_empty();
    let most = MOST_FOUND + 1;
    let found = matching(wanted, Way::Listed(bare.then_some(most))).limit(most);
    let found: Vec<(i64, String)> = found.select((search_entries::id, search_entries::marks)).load(tx)?;
    let (ids, marks): (Vec<i64>, Vec<String>) = found.into_iter().unzip();
    Ok((ids, tally(&marks)))
}

/// Where all that is found comes from, in no order, one more than are counted at most.
///
/// # Errors
/// When the database fails.
pub fn sources(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<Source>, Error> {
    let found = matching(wanted, Way::Listed(None)).limit(MOST_FOUND + 1);
    let rows: Vec<SourceRow> = found.select(SourceRow::as_select()).load(tx)?;
    rows.into_iter().map(SourceRow::source).collect()
}

/// The entries of these that are still there, in the order of their names.
///
/// # Errors
/// When the database fails.
pub fn entries_of(
    tx: &mut Tx,
    services: &[ServiceId],
    locations: &[RegisterLocationId],
    imported: &[ImportedListingId],
) -> Result<Vec<Entry>, Error> {
    let theirs = search_entries::service_id
        .eq_any(services)
        .or(search_entries::register_location_id.eq_any(locations))
        .or(search_entries::imported_listing_id.eq_any(imported));
    let found = search_entries::table.filter(theirs).order((search_entries::name, search_entries::id));
    let rows: Vec<EntryRow> = found.select(EntryRow::as_select()).load(tx)?;
    rows.into_iter().map(EntryRow::entry).collect()
}

/// How often each mark stands among what is found, as far as results are counted.
fn tally(found: &[String]) -> HashMap<String, i64> {
    let mut tally: HashMap<&str, i64> = HashMap::new();
    for mark in found.iter().take(MOST_FOUND as usize).flat_map(|marks| marks.split(' ')) {
        *tally.entry(mark).or_default() += 1;
    }
    tally.into_iter().map(|(mark, count)| (mark.to_owned(), count)).collect()
}

/// Where a place is: a postcode exactly once postcodes were imported, else the middle of its first half; nothing for a
/// place that nobody knows, and for the area of a council, which is no point.
///
/// # Errors
/// When the database fails.
pub fn point_of(tx: &mut Tx, place: Place) -> Result<Option<Point>, Error> {
    match place {
        Place::Council(_) => Ok(None),
        Place::Town(name) => town(tx, &name),
        Place::Outcode(outcode) => Ok(outcode.place().map(|place| place.point)),
        Place::Postcode(postcode) => Ok(places::store::place_of(tx, &postcode)?.map(|(point, _)| point)),
    }
}

/// Where a town is, by the name that its entries have: the middle one of them, so that a namesake far away does not pull
/// it into the sea. Nothing when no entry lies in a town of that name.
///
/// # Errors
/// When the database fails.
pub fn town(tx: &mut Tx, name: &str) -> Result<Option<Point>, Error> {
    let points: Vec<(Option<i64>, Option<i64>)> = search_entries::table
        .filter(lower(search_entries::town).eq(name.to_lowercase()))
        .filter(search_entries::easting.is_not_null())
        .select((search_entries::easting, search_entries::northing))
        .order(search_entries::id)
        .limit(MOST_OF_A_TOWN)
        .load(tx)?;
    let middle = |mut along: Vec<i64>| {
        along.sort_unstable();
        along.get(along.len() / 2).copied()
    };
    let easting = middle(points.iter().filter_map(|(easting, _)| *easting).collect());
    let northing = middle(points.iter().filter_map(|(_, northing)| *northing).collect());
    Ok(easting.zip(northing).and_then(|(easting, northing)| Point::from_metres(easting, northing)))
}

/// The names of towns, in small letters, that begin as a name does.
///
/// # Errors
/// When the database fails.
pub fn towns_like(tx: &mut Tx, name: &str) -> Result<Vec<String>, Error> {
    let Some(first) = name.chars().next().map(|first| first.to_ascii_lowercase()).filter(char::is_ascii_lowercase)
    else {
        return Ok(vec![]);
    };
    let mut towns = search_entries::table
        .filter(lower(search_entries::town).ge(first.to_string()))
        .filter(search_entries::easting.is_not_null())
        .select(lower(search_entries::town))
        .distinct()
        .into_boxed();
    if first < 'z' {
        towns = towns.filter(lower(search_entries::town).lt(char::from(first as u8 + 1).to_string()));
    }
    let mut towns: Vec<String> = towns.load(tx)?;
    // How letters with accents are ordered is each engine's own affair.
    towns.retain(|town| town.starts_with(first));
    Ok(towns)
}

/// A page of the nearest.
fn nearest(tx: &mut Tx, wanted: &Wanted) -> Result<Vec<EntryRow>, Error> {
    let mut rows = vec![];
    for circle in circles(wanted) {
        rows = page(tx, &circle, matching(&circle, Way::Listed(None)))?;
        // What has sunk comes after everything that lies further off and has not.
        if rows.len() as i64 == PAGE && rows.last().is_none_or(|last| !last.sunk) {
            break;
        }
    }
    Ok(rows)
}

/// The same search in a smaller circle, then in the whole one; where no place is asked for, the search itself.
fn circles(wanted: &Wanted) -> Vec<Wanted> {
    let smaller = |(point, metres)| Wanted { near: Some((point, metres / FIRST_CIRCLE)), ..wanted.clone() };
    wanted.near.map(smaller).into_iter().chain([wanted.clone()]).collect()
}

/// The wanted page of what is found.
fn page(tx: &mut Tx, wanted: &Wanted, found: Entries) -> Result<Vec<EntryRow>, Error> {
    let ids = sorted(found, wanted).select(search_entries::id);
    let ids = ids.limit(PAGE).offset((wanted.page - 1) * PAGE);
    let rows = search_entries::table.into_boxed::<MultiBackend>().filter(Among(ids));
    Ok(sorted(rows, wanted).select(EntryRow::as_select()).load(tx)?)
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The text in small letters, on both engines.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

pub(super) type Entries = search_entries::BoxedQuery<'static, MultiBackend>;

/// The entries that are looked for.
fn matching(wanted: &Wanted, way: Way) -> Entries {
    let mut query = search_entries::table.into_boxed::<MultiBackend>();
    let marks = marks_of(wanted);
    let has_words = !wanted.words.is_empty() || !marks.is_empty();
    if has_words {
        let around = |(point, metres): (Point, u32)| {
            Squares::around((point.easting.into(), point.northing.into()), metres.into())
        };
        let places = wanted.near.map(around).unwrap_or_default();
        query = query.filter(HasWords::beginning_with(&wanted.words, marks, places, way));
    }
    if let Some((point, metres)) = wanted.near {
        query = within(query, point, i64::from(metres), way);
    }
    if wanted.most.is_some() && !has_words && wanted.near.is_none() && matches!(way, Way::Listed(_)) {
        // What has a price has a unit, with which the indexes by price begin.
        query = query
            .filter(search_entries::unit_order.eq_any(Unit::ALL.iter().map(|unit| marks::unit_order(Some(*unit)))));
    }
    let query = match taken(&wanted.without, wanted.payer) {
        None => query,
        Some(taken) => query.filter(not(taken)),
    };
    match (wanted.most, wanted.payer) {
        (None, _) => query,
        (Some(most), PayerKind::Recovers) => query.filter(search_entries::cost_recovered.le(most)),
        (Some(most), PayerKind::Person) => query.filter(search_entries::cost_person.le(most)),
        (Some(most), PayerKind::Bears) => query.filter(search_entries::cost_holder.le(most)),
        (Some(most), PayerKind::BearsTwice) => query.filter(search_entries::cost_onward.le(most)),
    }
}

/// Whether a council's rules take an entry out.
type Taken = Box<dyn BoxableExpression<search_entries::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// What a council's rules take out: all of some providers, and of some kinds what costs the fund too much. A council has few
/// rules, so each is a test of the rows that the indexes find, and no index is asked for them. An entry without a provider or
/// a price is never among it, so that the opposite can be asked for as well.
fn taken(limits: &[Limit], payer: PayerKind) -> Option<Taken> {
    let suspended: Vec<OrganisationId> = limits.iter().filter_map(Limit::provider).collect();
    let sold = search_entries::organisation_id.is_not_null();
    let theirs = (!suspended.is_empty())
        .then(|| Box::new(sold.and(search_entries::organisation_id.eq_any(suspended)).nullable()) as Taken);
    let dear = limits.iter().flat_map(|limit| match limit.on {
        LimitOn::Price(category, unit, most) => most_of(unit, most).into_iter().map(|one| (category, one)).collect(),
        LimitOn::Provider(..) => vec![],
    });
    let dear = dear.map(|(category, (unit, most))| above(category, unit, most, payer));
    theirs.into_iter().chain(dear).reduce(|all, one| Box::new(all.or(one)))
}

/// Whether one of a kind costs the fund more than an amount.
fn above(category: Category, unit: Unit, most: UnitPrice, payer: PayerKind) -> Taken {
    let kind = search_entries::category.eq(category).and(search_entries::unit_order.eq(marks::unit_order(Some(unit))));
    match payer {
        PayerKind::Recovers => Box::new(kind.and(search_entries::cost_recovered.gt(most))),
        PayerKind::Person => Box::new(kind.and(search_entries::cost_person.gt(most))),
        PayerKind::Bears => Box::new(kind.and(search_entries::cost_holder.gt(most))),
        PayerKind::BearsTwice => Box::new(kind.and(search_entries::cost_onward.gt(most))),
    }
}

/// What some rules of a council take out of a search, up to one more than is counted: one query, however many rules and
/// results there are.
///
/// # Errors
/// When the database fails.
pub fn taken_out(tx: &mut Tx, wanted: &Wanted, limits: &[Limit]) -> Result<Vec<Offered>, Error> {
    type Row = (Option<OrganisationId>, Category, i64, Option<UnitPrice>);
    let Some(taken) = taken(limits, wanted.payer) else { return Ok(vec![]) };
    let all = Wanted { without: vec![], ..wanted.clone() };
    let found = matching(&all, Way::Listed(None)).filter(taken).limit(MOST_FOUND + 1);
    macro_rules! with {
        ($cost:ident) => {
            found.select((
                search_entries::organisation_id,
                search_entries::category,
                search_entries::unit_order,
                search_entries::$cost,
            ))
        };
    }
    let rows: Vec<Row> = match wanted.payer {
        PayerKind::Recovers => with!(cost_recovered).load(tx)?,
        PayerKind::Person => with!(cost_person).load(tx)?,
        PayerKind::Bears => with!(cost_holder).load(tx)?,
        PayerKind::BearsTwice => with!(cost_onward).load(tx)?,
    };
    let offered =
        |(organisation, category, place, pays): Row| Offered { organisation, category, pays: unit_at(place).zip(pays) };
    Ok(rows.into_iter().map(offered).collect())
}

/// The marks that an entry must have, with the columns that say the same.
fn marks_of(wanted: &Wanted) -> Vec<Mark> {
    let coded = |token, column, code| Mark { column: Some((column, MarkValue::Code(code))), token };
    let category = wanted.category.map(|one| coded(marks::category(one), "category", one.code()));
    let vat = wanted.vat.map(|one| coded(marks::vat(one), "vat_status", one.code()));
    let unit = wanted.unit.map(|unit| marks::unit_order(Some(unit)));
    let unit =
        unit.map(|place| Mark { column: Some(("unit_order", MarkValue::Whole(place))), token: marks::unit(place) });
    let alone = |token| Mark { column: None, token };
    let features = wanted.features.iter().map(|feature| alone(marks::feature(*feature)));
    let room = wanted.room.then(|| alone(marks::ROOM.to_owned()));
    let council = wanted.council.and_then(marks::council).map(alone);
    let rating = wanted.rating.map(|rating| alone(marks::rated(rating)));
    category.into_iter().chain(vat).chain(unit).chain(features).chain(room).chain(rating).chain(council).collect()
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

/// A circle; inside a box, which an index answers, where another index does not give the order.
pub(super) fn within(query: Entries, point: Point, metres: i64, way: Way) -> Entries {
    let (easting, northing) = (i64::from(point.easting), i64::from(point.northing));
    let circle = query.filter(squared_distance!(point).le(metres * metres));
    if !matches!(way, Way::Listed(_)) {
        return circle;
    }
    circle
        .filter(search_entries::easting.between(easting - metres, easting + metres))
        .filter(search_entries::northing.between(northing - metres, northing + metres))
}

/// In the order that is wanted; the id settles what is equal, because engines do not.
fn sorted(query: Entries, wanted: &Wanted) -> Entries {
    let (sunk, unit, id) = (search_entries::sunk, search_entries::unit_order, search_entries::id);
    match (wanted.sort, wanted.near, wanted.payer) {
        (Sort::Distance, Some((point, _)), _) => query.order((sunk, squared_distance!(point), id)),
        (Sort::Distance, None, _) | (Sort::Name, ..) => query.order((sunk, search_entries::name, id)),
        (Sort::Soonest, ..) => query.order((sunk, search_entries::wait_order, id)),
        (Sort::Rating, ..) => query.order((sunk, search_entries::rating_order, id)),
        (Sort::Price, _, PayerKind::Recovers) => query.order((sunk, unit, search_entries::cost_recovered, id)),
        (Sort::Price, _, PayerKind::Person) => query.order((sunk, unit, search_entries::cost_person, id)),
        (Sort::Price, _, PayerKind::Bears) => query.order((sunk, unit, search_entries::cost_holder, id)),
        (Sort::Price, _, PayerKind::BearsTwice) => query.order((sunk, unit, search_entries::cost_onward, id)),
    }
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;

    use super::super::entries;
    use super::*;
    use crate::config::DatabaseUrl;
    use crate::db::dialect::square;
    use crate::db::{Db, migrate};
    use crate::directory::rules::marks::unit_order;
    use crate::directory::{Cause, Day, Feature, ListedPrice, ListedVat, ShownRating, UnitCosts, Wait, rules};
    use crate::ids::CouncilRuleId;
    use crate::register::Rating;

    const ENTRIES: i64 = 2_600;

    /// Entries of many kinds, so that some searches find thousands and some a few.
    fn entry(number: i64) -> Entry {
        let words = ["support", "supported day", "garden support", "day club", "art"][number as usize % 5];
        let name = format!("{words} {}", number * 7_919 % 1_000);
        let paid = |more: i64| UnitPrice::from_hundredths_of_a_penny(1_000 * (number * 31 % 60) + more);
        let costs = UnitCosts { recovered: paid(0), person: paid(1), holder: paid(2), onward: paid(3) };
        let unit = Unit::ALL[number as usize % 3];
        let point = Point {
            easting: 360_000 + (number * 7_907 % 90_000) as i32,
            northing: 80_000 + (number * 6_011 % 90_000) as i32,
        };
        let category = if number % 50 == 0 { Category::Advice } else { Category::DayService };
        let vat = if number % 7 == 0 { ListedVat::AppliedFor } else { ListedVat::NotRegistered };
        let price = (number % 13 > 0).then_some(ListedPrice { unit, net: costs.recovered, costs });
        let wait = [Wait::Now, Wait::Weeks(2), Wait::Unknown][number as usize % 3];
        let features: Vec<Feature> = (number % 4 == 0).then_some(Feature::Day(Day::Sunday)).into_iter().collect();
        Entry {
            source: Source::Register(RegisterLocationId::new(number)),
            marks: marks::of((category, vat, price.map(|price| price.unit)), "", &features, wait),
            words: rules::search_words([name.as_str()]),
            name,
            provider_name: String::new(),
            summary: String::new(),
            category,
            town: String::new(),
            postcode: String::new(),
            la_code: String::new(),
            point: (number % 11 > 0).then_some(point),
            vat,
            class: None,
            price,
            next_change_on: None,
            confirmed_on: None,
            sunk: number % 17 == 0,
            wait,
            rating: ShownRating { rating: Rating::ALL.get(number as usize % 7).copied(), ..ShownRating::default() },
            fictional: true,
        }
    }

    fn is_wanted(entry: &Entry, wanted: &Wanted) -> bool {
        let begins = |word: &String| entry.words.split(' ').any(|one| one.starts_with(word.as_str()));
        let near =
            |(from, metres): (Point, u32)| squared(entry, from).is_some_and(|off| off <= i64::from(metres).pow(2));
        wanted.words.iter().all(begins)
            && wanted.category.is_none_or(|category| entry.category == category)
            && wanted.vat.is_none_or(|vat| entry.vat == vat)
            && wanted.unit.is_none_or(|unit| entry.price.is_some_and(|price| price.unit == unit))
            && wanted.most.is_none_or(|most| entry.price.is_some_and(|price| price.costs.holder <= most))
            && wanted.near.is_none_or(near)
            && rules::limits::limit_on(&rules::limits::offered(entry, wanted.payer), &wanted.without).is_none()
            && wanted.features.iter().all(|feature| entry.marks.split(' ').any(|one| one == marks::feature(*feature)))
            && (!wanted.room || entry.wait == Wait::Now)
            && wanted.rating.is_none_or(|least| {
                let place = |one: Option<Rating>| Rating::ALL.iter().position(|known| Some(*known) == one);
                place(entry.rating.rating).is_some_and(|found| Some(found) <= place(Some(least)))
            })
    }

    fn squared(entry: &Entry, from: Point) -> Option<i64> {
        let to = entry.point?;
        Some(i64::from(to.easting - from.easting).pow(2) + i64::from(to.northing - from.northing).pow(2))
    }

    /// The same search without a database.
    fn expected(all: &[Entry], wanted: &Wanted) -> (Vec<Source>, i64) {
        let mut found: Vec<(usize, &Entry)> =
            all.iter().enumerate().filter(|(_, one)| is_wanted(one, wanted)).collect();
        let unit = |one: &Entry| one.price.map_or(99, |price| unit_order(Some(price.unit)));
        match (wanted.sort, wanted.near) {
            (Sort::Distance, Some((from, _))) => found.sort_by_key(|(id, one)| (one.sunk, squared(one, from), *id)),
            (Sort::Price, _) => {
                found.sort_by_key(|(id, one)| (one.sunk, unit(one), one.price.map(|price| price.costs.holder), *id))
            }
            (Sort::Soonest, _) => found.sort_by_key(|(id, one)| (one.sunk, one.wait, *id)),
            (Sort::Rating, _) => {
                let place =
                    |one: &Entry| Rating::ALL.iter().position(|known| Some(*known) == one.rating.rating).unwrap_or(9);
                found.sort_by_key(|(id, one)| (one.sunk, place(one), *id));
            }
            _ => found.sort_by(|(left_id, left), (right_id, right)| {
                (left.sunk, &left.name, left_id).cmp(&(right.sunk, &right.name, right_id))
            }),
        }
        let count = (found.len() as i64).min(MOST_FOUND + 1);
        let shown = found.into_iter().skip(((wanted.page - 1) * PAGE) as usize).take(PAGE as usize);
        (shown.map(|(_, one)| one.source).collect(), count)
    }

    /// Every combination of what can be looked for.
    fn searches() -> Vec<Wanted> {
        let words = [vec![], vec!["support"], vec!["support", "garden"], vec!["a"], vec!["nothing"]];
        let middle = Point { easting: 400_000, northing: 121_000 };
        let mut searches = vec![];
        for words in words.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>()) {
            for near in [None, Some((middle, 8_047)), Some((middle, 80_467))] {
                for category in [None, Some(Category::DayService), Some(Category::Advice)] {
                    for (vat, unit) in [(None, None), (Some(ListedVat::AppliedFor), None), (None, Some(Unit::ALL[1]))] {
                        for most in [None, Some(UnitPrice::from_hundredths_of_a_penny(5_002))] {
                            for (sort, page, features, room, rating) in [
                                (Sort::Name, 1, vec![], false, None),
                                (Sort::Price, 2, vec![], false, None),
                                (Sort::Distance, 1, vec![], false, Some(Rating::Good)),
                                (Sort::Name, 9, vec![], false, None),
                                (Sort::Soonest, 2, vec![Feature::Day(Day::Sunday)], false, None),
                                (Sort::Rating, 1, vec![], true, None),
                                (Sort::Rating, 1, vec![], false, Some(Rating::Outstanding)),
                            ] {
                                let (words, payer) = (words.clone(), PayerKind::Bears);
                                let council = None;
                                searches.push(Wanted {
                                    council,
                                    words,
                                    category,
                                    near,
                                    vat,
                                    most,
                                    unit,
                                    features,
                                    room,
                                    rating,
                                    sort,
                                    payer,
                                    page,
                                    without: vec![],
                                });
                            }
                        }
                    }
                }
            }
        }
        searches
    }

    /// Rules that take out some of what every search finds.
    fn limits() -> Vec<Limit> {
        let limit = |id, on, cause| Limit {
            id: CouncilRuleId::new(id),
            council: String::new(),
            on,
            cause,
            reason: String::new(),
            from: chrono::NaiveDate::MIN,
            until: None,
        };
        let price = |kind, place: usize, most| {
            LimitOn::Price(kind, Unit::ALL[place], UnitPrice::from_hundredths_of_a_penny(most))
        };
        vec![
            limit(1, LimitOn::Provider(OrganisationId::new(3), String::new()), Cause::Who),
            limit(2, price(Category::DayService, 0, 20_002), Cause::HowMuch),
            limit(3, price(Category::Advice, 1, 1), Cause::HowMuch),
        ]
    }

    #[test]
    fn every_way_of_searching_finds_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::sqlite(&folder.path().join("search.sqlite"))).unwrap();
        migrate::up(&db).unwrap();
        let mut all: Vec<Entry> = (1..=ENTRIES).map(entry).collect();
        // They are numbered as they are added: place by place.
        all.sort_by_key(|one| one.point.map(|point| square(point.easting.into(), point.northing.into())));
        let added = all.clone();
        db.write_now(move |tx| {
            tx.batch_execute(&format!(
                "WITH RECURSIVE numbers (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM numbers WHERE id < {ENTRIES})
                 INSERT INTO register_locations (id, location_id, record, still_registered, as_of)
                 SELECT id, id, '', TRUE, '2026-01-01' FROM numbers"
            ))?;
            entries::add(tx, &added)
        })
        .unwrap();
        let mut many = 0;
        let mut hidden = 0;
        let mut limited = searches();
        let all_limits = limits();
        for wanted in searches() {
            let offered = |entry: &&Entry| is_wanted(entry, &wanted);
            let offered = all.iter().filter(offered).map(|entry| rules::limits::offered(entry, wanted.payer));
            let taken = offered.filter(|offered| rules::limits::limit_on(offered, &all_limits).is_some()).count();
            let found = db.read_now(|tx| taken_out(tx, &wanted, &all_limits)).unwrap();
            assert_eq!(found.len(), taken.min(MOST_FOUND as usize + 1), "{wanted:?}");
            hidden += taken;
        }
        assert!(hidden > 1_000, "rules that hide something: {hidden}");
        limited.iter_mut().for_each(|wanted| wanted.without.clone_from(&all_limits));
        for wanted in searches().into_iter().chain(limited) {
            let found = db.read_now(|tx| find(tx, &wanted)).unwrap();
            let sources: Vec<Source> = found.entries.iter().map(|entry| entry.source).collect();
            assert_eq!((sources, found.count), expected(&all, &wanted), "{wanted:?}");
            many += i32::from(found.count > MOST_FOUND);
        }
        assert!(many > 20, "searches that find many: {many}");
    }
}
