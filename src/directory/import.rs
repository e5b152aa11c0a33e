//! Importing the register and the postcodes: files become rows, batch by batch.
//!
//! Each batch is one transaction, so an import that was broken off leaves whole batches and is completed by importing the
//! same file again. No more than one batch is held at a time, besides the numbers that were seen.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::store;
use crate::db::Db;
use crate::error::Error;
use crate::fingerprint::sha256_of;
use crate::places::{self, PlaceRow, PlaceRows, RefusedRow};
use crate::register::{RegisterFile, RegisterLocation, RegisterRow, newest_date};

/// Locations of the register that share a transaction.
const LOCATIONS: usize = 500;
/// Postcodes that share a transaction.
const POSTCODES: usize = 5_000;

/// Where a file comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file on the disk, plain or packed with gzip or Zstandard.
    File(PathBuf),
    /// A file that ships inside the program.
    Shipped {
        /// What it is called.
        name: &'static str,
        /// What is in it.
        bytes: &'static [u8],
    },
}

impl Source {
    /// What it is called.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Source::File(path) => path.display().to_string(),
            Source::Shipped { name, .. } => (*name).to_owned(),
        }
    }

    /// How many bytes it has as it lies there; zero when that cannot be told.
    fn bytes(&self) -> u64 {
        match self {
            Source::File(path) => std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
            Source::Shipped { bytes, .. } => u64::try_from(bytes.len()).unwrap_or_default(),
        }
    }

    fn open(&self) -> Result<Box<dyn Read + Send>, Error> {
        match self {
            Source::File(path) => Ok(Box::new(File::open(path).map_err(|cause| self.refused(&cause))?)),
            Source::Shipped { bytes, .. } => Ok(Box::new(Cursor::new(*bytes))),
        }
    }

    /// The whole file is refused.
    fn refused(&self, cause: &dyn fmt::Display) -> Error {
        Error::Refused(format!("{}: {cause}.", self.name()))
    }
}

/// What an import may be told.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// How old the data is; by default the newest date in each file.
    pub as_of: Option<NaiveDate>,
    /// Whether the files together are the whole register: then what is missing is marked as no longer registered.
    pub whole: bool,
}

/// What happens on the way.
#[derive(Debug)]
pub enum Event<'a> {
    /// A file is begun.
    Begins {
        /// What it is called.
        name: &'a str,
        /// How many bytes it has; zero when that cannot be told.
        bytes: u64,
        /// How old its data is taken to be, for the register.
        as_of: Option<NaiveDate>,
    },
    /// So many bytes of the file have been read.
    Progress(u64),
    /// A row was refused.
    Refused {
        /// The file.
        name: &'a str,
        /// The line and the reason.
        row: &'a RefusedRow,
    },
}

/// Counts of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All rows.
    pub read: u64,
    /// New ones.
    pub imported: u64,
    /// Known ones of which something new was said.
    pub updated: u64,
    /// Known ones of which nothing new was said.
    pub unchanged: u64,
    /// Rows about other things, such as a dentist.
    pub out_of_scope: u64,
    /// Rows that could not be taken.
    pub refused: u64,
    /// Locations that were missing from the whole register and are marked as no longer registered. Not in the JSON: it
    /// counts no row.
    #[serde(skip)]
    pub no_longer_registered: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { read, imported, updated, unchanged, out_of_scope, refused, no_longer_registered } = self;
        write!(
            f,
            "{read} read: {imported} imported, {updated} updated, {unchanged} unchanged, {out_of_scope} out of scope, \
             {refused} refused."
        )?;
        match no_longer_registered {
            0 => Ok(()),
            marked => write!(f, " {marked} marked as no longer registered."),
        }
    }
}

/// Imports files of the regulator's register, in the order in which they are given.
///
/// # Errors
/// When a file cannot be read to its end, is of no known form or has no date; what was imported before stays.
pub fn cqc(
    db: &Db,
    sources: &[Source],
    options: Options,
    today: NaiveDate,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<Summary, Error> {
    let mut import = RegisterImport { db, today, tell, summary: Summary::default(), seen: HashSet::new(), lost: 0 };
    let mut newest = None;
    for source in sources {
        let as_of = import.as_of(source, options.as_of)?;
        import.file(source, as_of)?;
        newest = newest.max(Some(as_of));
    }
    if let Some(as_of) = newest.filter(|_| options.whole) {
        import.mark_missing(as_of)?;
    }
    Ok(import.summary)
}

/// Imports a file of the register if it is not what it was when it was last read to its end; nothing when it is.
///
/// # Errors
/// As [`cqc`].
pub fn cqc_if_changed(
    db: &Db,
    file: &std::path::Path,
    (now, today): (DateTime<Utc>, NaiveDate),
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<Option<Summary>, Error> {
    let (source, name) = (Source::File(file.to_owned()), format!("cqc {}", file.display()));
    let bytes = std::fs::read(file).map_err(|cause| source.refused(&cause))?;
    let (found, known) = (sha256_of(&bytes), name.clone());
    drop(bytes);
    if db.read_now(|tx| store::bulk::last_read(tx, &known))?.as_deref() == Some(found.as_str()) {
        return Ok(None);
    }
    let summary = cqc(db, &[source], Options::default(), today, tell)?;
    db.write_now(move |tx| store::bulk::was_read(tx, &name, &found, now))?;
    Ok(Some(summary))
}

/// An import of the register on its way.
struct RegisterImport<'a> {
    db: &'a Db,
    today: NaiveDate,
    tell: &'a mut dyn FnMut(Event<'_>),
    summary: Summary,
    /// The locations that any file named, taken or refused.
    seen: HashSet<String>,
    /// How many refused rows could not even say which location they are about.
    lost: u64,
}

impl RegisterImport<'_> {
    /// How old a file's data is. The file is read once more for it: no row can be judged before this is known.
    fn as_of(&self, source: &Source, told: Option<NaiveDate>) -> Result<NaiveDate, Error> {
        if let Some(told) = told {
            return Ok(told);
        }
        let file = RegisterFile::read(source.open()?).map_err(|cause| source.refused(&cause))?;
        let newest = newest_date(file, self.today).map_err(|cause| source.refused(&cause))?;
        newest.ok_or_else(|| source.refused(&"there is no date in it, so say how old it is with --as-of"))
    }

    fn file(&mut self, source: &Source, as_of: NaiveDate) -> Result<(), Error> {
        let name = source.name();
        let mut file = RegisterFile::read(source.open()?).map_err(|cause| source.refused(&cause))?;
        (self.tell)(Event::Begins { name: &name, bytes: source.bytes(), as_of: Some(as_of) });
        let bytes_read = file.bytes_read();
        let mut in_this_file = HashSet::new();
        let mut batch = Vec::with_capacity(LOCATIONS);
        while let Some(row) = file.next().transpose().map_err(|cause| source.refused(&cause))? {
            self.summary.read += 1;
            match row {
                RegisterRow::OutOfScope { .. } => self.summary.out_of_scope += 1,
                RegisterRow::Refused { row, location_id } => self.refuse(&name, &row, location_id),
                RegisterRow::Location { line, location } => {
                    if in_this_file.insert(location.location_id.clone()) {
                        batch.push(*location);
                    } else {
                        let reason = format!("the location {} was already in this file", location.location_id);
                        self.refuse(&name, &RefusedRow::new(line, reason), Some(location.location_id));
                    }
                }
            }
            if batch.len() == LOCATIONS {
                self.take(std::mem::replace(&mut batch, Vec::with_capacity(LOCATIONS)), as_of)?;
                (self.tell)(Event::Progress(bytes_read.get()));
            }
        }
        self.take(batch, as_of)?;
        (self.tell)(Event::Progress(bytes_read.get()));
        self.seen.extend(in_this_file);
        Ok(())
    }

    fn refuse(&mut self, name: &str, row: &RefusedRow, location_id: Option<String>) {
        self.summary.refused += 1;
        match location_id {
            Some(number) => drop(self.seen.insert(number)),
            None => self.lost += 1,
        }
        (self.tell)(Event::Refused { name, row });
    }

    fn take(&mut self, batch: Vec<RegisterLocation>, as_of: NaiveDate) -> Result<(), Error> {
        let (batch, today) = (Arc::new(batch), self.today);
        let taken = self.db.write_now(move |tx| store::register::take(tx, &batch, as_of, today))?;
        self.summary.imported += taken.imported;
        self.summary.updated += taken.updated;
        self.summary.unchanged += taken.unchanged;
        Ok(())
    }

    fn mark_missing(&mut self, as_of: NaiveDate) -> Result<(), Error> {
        if self.lost > 0 {
            let lost = self.lost;
            return Err(Error::Refused(format!(
                "{} What is missing was not marked: {lost} refused rows do not say which location they are about, so \
                 nobody can tell what is missing. Mend the file and import it again.",
                self.summary
            )));
        }
        let seen = Arc::new(std::mem::take(&mut self.seen));
        self.summary.no_longer_registered =
            self.db.write_now(move |tx| store::register::mark_missing(tx, &seen, as_of))?;
        Ok(())
    }
}

/// Imports a file of postcodes.
///
/// # Errors
/// When the file cannot be read to its end or is no file of postcodes; what was imported before stays.
pub fn postcodes(db: &Db, source: &Source, tell: &mut dyn FnMut(Event<'_>)) -> Result<Summary, Error> {
    let name = source.name();
    let mut rows = PlaceRows::open(source.open()?).map_err(|cause| source.refused(&cause))?;
    tell(Event::Begins { name: &name, bytes: source.bytes(), as_of: None });
    let bytes_read = rows.bytes_read();
    let (mut summary, mut seen) = (Summary::default(), HashSet::new());
    let mut batch = Vec::with_capacity(POSTCODES);
    while let Some(row) = rows.next().transpose().map_err(|cause| source.refused(&cause))? {
        summary.read += 1;
        match row.and_then(|place| first_time(place, &mut seen)) {
            Ok(place) => batch.push(place),
            Err(row) => {
                summary.refused += 1;
                tell(Event::Refused { name: &name, row: &row });
            }
        }
        if batch.len() == POSTCODES {
            take_postcodes(db, std::mem::replace(&mut batch, Vec::with_capacity(POSTCODES)), &mut summary)?;
            tell(Event::Progress(bytes_read.get()));
        }
    }
    take_postcodes(db, batch, &mut summary)?;
    tell(Event::Progress(bytes_read.get()));
    Ok(summary)
}

/// Refuses a postcode that was already in the file. Postcodes are remembered as numbers of eight bytes: all that were ever
/// given out take some forty megabytes.
fn first_time(place: PlaceRow, seen: &mut HashSet<u64>) -> Result<PlaceRow, RefusedRow> {
    let letters = place.postcode.as_str().bytes().filter(|letter| *letter != b' ');
    let number = letters.fold(0, |number: u64, letter| (number << 8) | u64::from(letter));
    if seen.insert(number) {
        return Ok(place);
    }
    Err(RefusedRow::new(place.line, format!("the postcode {} was already in this file", place.postcode)))
}

fn take_postcodes(db: &Db, batch: Vec<PlaceRow>, summary: &mut Summary) -> Result<(), Error> {
    let batch = Arc::new(batch);
    let taken = db.write_now(move |tx| places::store::take(tx, &batch))?;
    summary.imported += taken.imported;
    summary.updated += taken.updated;
    summary.unchanged += taken.unchanged;
    Ok(())
}
