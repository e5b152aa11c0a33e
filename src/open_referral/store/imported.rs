//! What other feeds list: rows of their own, merged for the search, beside every provider's own words and never over them.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::db::Tx;
use crate::db::schema::{imported_feeds, imported_listings, search_entries};
use crate::directory::rules::same_as;
use crate::directory::store::entries;
use crate::error::Error;
use crate::ids::ImportedListingId;
use crate::open_referral::rules::imported as rules;
use crate::open_referral::{Imported, Provenance};
use crate::places::{Postcode, store as places};

/// A feed that was read.
#[derive(Clone, Debug)]
pub struct Feed {
    /// Its number.
    pub id: i64,
    /// What it is called where its listings are shown.
    pub name: String,
    /// The newest change that was taken; what changed at this moment or later is asked for next.
    pub changes_since: Option<NaiveDateTime>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New ones.
    pub imported: u64,
    /// Known ones of which something new was said.
    pub updated: u64,
    /// Known ones of which nothing new was said.
    pub unchanged: u64,
    /// Those that are no longer offered.
    pub withdrawn: u64,
}

/// The feed of a source, known from now on.
///
/// # Errors
/// When the database fails.
pub fn feed(tx: &mut Tx, source: &str, name: &str) -> Result<Feed, Error> {
    let of_source = || imported_feeds::table.filter(imported_feeds::source.eq(source));
    type Row = (i64, String, Option<NaiveDateTime>);
    let columns = (imported_feeds::id, imported_feeds::name, imported_feeds::changes_since);
    let held: Option<Row> = of_source().select(columns).first(tx).optional()?;
    let row = match held {
        Some(row) if row.1 == name => row,
        Some((id, _, since)) => {
            diesel::update(imported_feeds::table.filter(imported_feeds::id.eq(id)))
                .set(imported_feeds::name.eq(name))
                .execute(tx)?;
            (id, name.to_owned(), since)
        }
        None => diesel::insert_into(imported_feeds::table)
            .values((imported_feeds::source.eq(source), imported_feeds::name.eq(name)))
            .returning(columns)
            .get_result(tx)?,
    };
    let (id, name, changes_since) = row;
    Ok(Feed { id, name, changes_since })
}

/// Notes that a feed was read to its end.
///
/// # Errors
/// When the database fails.
pub fn was_read(tx: &mut Tx, feed: i64, changes_since: Option<NaiveDateTime>, now: NaiveDateTime) -> Result<(), Error> {
    diesel::update(imported_feeds::table.filter(imported_feeds::id.eq(feed)))
        .set((imported_feeds::changes_since.eq(changes_since), imported_feeds::read_at.eq(Some(now))))
        .execute(tx)?;
    Ok(())
}

#[derive(Clone, Queryable)]
struct Row {
    id: ImportedListingId,
    feed: i64,
    source_id: String,
    same_as: String,
    record: String,
    withdrawn: bool,
    changed_at: NaiveDateTime,
    seen_at: NaiveDateTime,
}

impl Row {
    fn said(&self) -> Result<Imported, Error> {
        serde_json::from_str(&self.record).map_err(|cause| Error::internal("an imported listing", cause))
    }
}

/// Takes what a feed says of services, each named at most once.
///
/// # Errors
/// When the database fails.
pub fn take(
    tx: &mut Tx,
    feed: &Feed,
    batch: &[Imported],
    (now, today): (NaiveDateTime, NaiveDate),
) -> Result<Taken, Error> {
    let ids: Vec<&str> = batch.iter().map(|said| said.source_id.as_str()).collect();
    let held: Vec<Row> = imported_listings::table
        .filter(imported_listings::feed_id.eq(feed.id).and(imported_listings::source_id.eq_any(ids)))
        .load(tx)?;
    let held: HashMap<&str, &Row> = held.iter().map(|row| (row.source_id.as_str(), row)).collect();
    let (mut taken, mut touched) = (Taken::default(), BTreeSet::new());
    for said in batch {
        let record = serde_json::to_string(said).map_err(|cause| Error::internal("an imported listing", cause))?;
        let same = same_as(&said.provider, &said.name, &said.postcode);
        match held.get(said.source_id.as_str()) {
            None if said.gone => continue,
            None => {
                insert(tx, feed.id, said, &same, &record, now)?;
                taken.imported += 1;
            }
            Some(before) if before.record == record && before.withdrawn == said.gone => {
                see(tx, before.id, now)?;
                taken.unchanged += 1;
            }
            Some(before) => {
                change(tx, before.id, said, &same, &record, now)?;
                touched.insert(before.same_as.clone());
                *(if said.gone && !before.withdrawn { &mut taken.withdrawn } else { &mut taken.updated }) += 1;
            }
        }
        touched.insert(same);
    }
    show(tx, touched, today)?;
    Ok(taken)
}

fn insert(tx: &mut Tx, feed: i64, said: &Imported, same: &str, record: &str, now: NaiveDateTime) -> Result<(), Error> {
    let row = (
        imported_listings::feed_id.eq(feed),
        imported_listings::source_id.eq(&said.source_id),
        imported_listings::same_as.eq(same),
        imported_listings::record.eq(record),
        imported_listings::withdrawn.eq(false),
        imported_listings::changed_at.eq(now),
        imported_listings::seen_at.eq(now),
    );
    diesel::insert_into(imported_listings::table).values(row).execute(tx)?;
    Ok(())
}

fn see(tx: &mut Tx, id: ImportedListingId, now: NaiveDateTime) -> Result<(), Error> {
    diesel::update(imported_listings::table.filter(imported_listings::id.eq(id)))
        .set(imported_listings::seen_at.eq(now))
        .execute(tx)?;
    Ok(())
}

fn change(
    tx: &mut Tx,
    id: ImportedListingId,
    said: &Imported,
    same: &str,
    record: &str,
    now: NaiveDateTime,
) -> Result<(), Error> {
    diesel::update(imported_listings::table.filter(imported_listings::id.eq(id)))
        .set((
            imported_listings::same_as.eq(same),
            imported_listings::record.eq(record),
            imported_listings::withdrawn.eq(said.gone),
            imported_listings::changed_at.eq(now),
            imported_listings::seen_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// How many listings are withdrawn or shown again in one transaction.
const AT_ONCE: i64 = 500;

/// Withdraws what a feed that was read whole did not name since a moment; answers how many. Call it until that is none.
///
/// # Errors
/// When the database fails.
pub fn withdraw_missing(tx: &mut Tx, feed: i64, since: NaiveDateTime, today: NaiveDate) -> Result<u64, Error> {
    let missing: Vec<(ImportedListingId, String)> = imported_listings::table
        .filter(imported_listings::feed_id.eq(feed).and(imported_listings::withdrawn.eq(false)))
        .filter(imported_listings::seen_at.lt(since))
        .select((imported_listings::id, imported_listings::same_as))
        .order(imported_listings::id)
        .limit(AT_ONCE)
        .load(tx)?;
    let ids: Vec<ImportedListingId> = missing.iter().map(|(id, _)| *id).collect();
    diesel::update(imported_listings::table.filter(imported_listings::id.eq_any(ids.clone())))
        .set((imported_listings::withdrawn.eq(true), imported_listings::changed_at.eq(since)))
        .execute(tx)?;
    entries::remove_imported(tx, &ids)?;
    show(tx, missing.into_iter().map(|(_, same)| same).collect(), today)?;
    Ok(u64::try_from(ids.len()).unwrap_or_default())
}

/// Shows of all that speak of one service the first, and none where its provider itself speaks here.
fn show(tx: &mut Tx, same: BTreeSet<String>, today: NaiveDate) -> Result<(), Error> {
    let feeds: HashMap<i64, String> =
        imported_feeds::table.select((imported_feeds::id, imported_feeds::name)).load(tx)?.into_iter().collect();
    let rows: Vec<Row> = imported_listings::table
        .filter(imported_listings::same_as.eq_any(same))
        .order((imported_listings::same_as, imported_listings::id))
        .load(tx)?;
    let mut shown: Option<&str> = None;
    for row in &rows {
        let said = row.said()?;
        let is_first = shown != Some(row.same_as.as_str());
        let own = !row.withdrawn && entries::has_own_words(tx, &said.provider, &said.name, &said.postcode)?;
        if row.withdrawn || !is_first || own {
            entries::remove_imported(tx, &[row.id])?;
            continue;
        }
        shown = Some(&row.same_as);
        let place = Postcode::parse(&said.postcode).ok().map(|postcode| places::place_of(tx, &postcode)).transpose()?;
        let (point, council) = place.flatten().map_or((None, None), |(point, council)| (Some(point), Some(council)));
        let feed = feeds.get(&row.feed).map_or("another directory", String::as_str);
        let mut entry = rules::entry(row.id, &said, feed, council.as_deref(), (row.changed_at.date(), today));
        entry.point = entry.point.or(point);
        entries::put(tx, &entry)?;
    }
    Ok(())
}

/// Makes the entries again whose day has come: a price has ended, or nobody has assured the listing for too long. Gives how
/// many; call it until that is none.
///
/// # Errors
/// When the database fails.
pub fn remake_due(tx: &mut Tx, today: NaiveDate) -> Result<usize, Error> {
    let due: Vec<String> = search_entries::table
        .inner_join(
            imported_listings::table.on(imported_listings::id.nullable().eq(search_entries::imported_listing_id)),
        )
        .filter(search_entries::next_change_on.le(today))
        .select(imported_listings::same_as)
        .order(search_entries::id)
        .limit(AT_ONCE)
        .load(tx)?;
    let count = due.len();
    show(tx, due.into_iter().collect(), today)?;
    Ok(count)
}

/// A listing that is shown, with everybody who speaks of the same service: the first is its own.
///
/// # Errors
/// Not found, when there is none or it was withdrawn.
pub fn sources(tx: &mut Tx, id: ImportedListingId) -> Result<Vec<Provenance>, Error> {
    let wanted =
        imported_listings::table.filter(imported_listings::id.eq(id).and(imported_listings::withdrawn.eq(false)));
    let own: Row = wanted.first(tx)?;
    let rows: Vec<(Row, (String, String))> = imported_listings::table
        .inner_join(imported_feeds::table.on(imported_feeds::id.eq(imported_listings::feed_id)))
        .filter(imported_listings::same_as.eq(&own.same_as).and(imported_listings::withdrawn.eq(false)))
        .order(imported_listings::id)
        .select((imported_listings::all_columns, (imported_feeds::name, imported_feeds::source)))
        .load(tx)?;
    let provenance = |(row, (feed, source)): &(Row, (String, String))| {
        let (feed, source) = (feed.clone(), source.clone());
        Ok(Provenance { feed, source, seen_at: row.seen_at, changed_at: row.changed_at, said: row.said()? })
    };
    let (first, others): (Vec<_>, Vec<_>) = rows.iter().partition(|(row, _)| row.id == id);
    first.into_iter().chain(others).map(provenance).collect()
}
