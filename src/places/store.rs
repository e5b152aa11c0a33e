//! Rows of postcodes: where each is, once a file of them was imported.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{PlaceRow, Point, Postcode};
use crate::db::schema::postcodes;
use crate::db::{Tx, dialect};
use crate::error::Error;

/// What became of the postcodes of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// New ones.
    pub imported: u64,
    /// Known ones that have moved or belong to another council.
    pub updated: u64,
    /// Known ones of which nothing new was said.
    pub unchanged: u64,
}

/// A postcode as it is written and read.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable)]
#[diesel(table_name = postcodes)]
struct PostcodeRow {
    postcode: String,
    easting: i32,
    northing: i32,
    la_code: String,
}

impl From<&PlaceRow> for PostcodeRow {
    fn from(place: &PlaceRow) -> Self {
        Self {
            postcode: place.postcode.as_str().to_owned(),
            easting: place.point.easting,
            northing: place.point.northing,
            la_code: place.council_code.to_owned(),
        }
    }
}

/// Takes a batch of postcodes, each named at most once: some thousands, so that millions need few statements.
///
/// # Errors
/// When the database fails.
pub fn take(tx: &mut Tx, batch: &[PlaceRow]) -> Result<Taken, Error> {
    let names: Vec<&str> = batch.iter().map(|place| place.postcode.as_str()).collect();
    let held: Vec<PostcodeRow> = postcodes::table.filter(postcodes::postcode.eq_any(names)).load(tx)?;
    let held: HashMap<&str, &PostcodeRow> = held.iter().map(|row| (row.postcode.as_str(), row)).collect();
    let mut taken = Taken::default();
    let mut new = Vec::with_capacity(batch.len());
    for row in batch.iter().map(PostcodeRow::from) {
        match held.get(row.postcode.as_str()) {
            None => new.push(row),
            Some(before) if **before == row => taken.unchanged += 1,
            Some(_) => {
                taken.updated += 1;
                move_to(tx, &row)?;
            }
        }
    }
    taken.imported = u64::try_from(new.len()).unwrap_or_default();
    dialect::insert_many!(tx, postcodes::table, &new)?;
    Ok(taken)
}

fn move_to(tx: &mut Tx, row: &PostcodeRow) -> Result<(), Error> {
    diesel::update(postcodes::table.filter(postcodes::postcode.eq(&row.postcode)))
        .set((
            postcodes::easting.eq(row.easting),
            postcodes::northing.eq(row.northing),
            postcodes::la_code.eq(&row.la_code),
        ))
        .execute(tx)?;
    Ok(())
}

/// Where postcodes are, and the codes of their district or unitary councils, by postcode: exactly, once a file named them,
/// else the middle of their first half; nothing for those that nobody knows. One query, however many they are.
///
/// # Errors
/// When the database fails.
pub fn located(tx: &mut Tx, some: &[Postcode]) -> Result<HashMap<Postcode, (Point, String)>, Error> {
    let names: Vec<&str> = some.iter().map(Postcode::as_str).collect();
    let rows: Vec<PostcodeRow> = postcodes::table.filter(postcodes::postcode.eq_any(names)).load(tx)?;
    let exact =
        |row: PostcodeRow| (row.postcode, (Point { easting: row.easting, northing: row.northing }, row.la_code));
    let exact: HashMap<String, (Point, String)> = rows.into_iter().map(exact).collect();
    let middle =
        |postcode: &Postcode| postcode.outcode().place().map(|place| (place.point, place.main_council_code.to_owned()));
    let place = |postcode: &Postcode| {
        let found = exact.get(postcode.as_str()).cloned().or_else(|| middle(postcode))?;
        Some((postcode.clone(), found))
    };
    Ok(some.iter().filter_map(place).collect())
}

/// Where one postcode is, in the same way.
///
/// # Errors
/// When the database fails.
pub fn place_of(tx: &mut Tx, postcode: &Postcode) -> Result<Option<(Point, String)>, Error> {
    Ok(located(tx, std::slice::from_ref(postcode))?.remove(postcode))
}
