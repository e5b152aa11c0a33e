//! A file of the register: which form it has, and its rows one by one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::NaiveDate;

use super::fields::{Fields, Header};
use super::{RegisterLocation, directory, export, ratings};
use crate::places::{BrokenFile, BytesRead, RefusedRow, Row, Rows};

/// How many rows may stand above the header; the regulator puts remarks there in some releases.
const MOST_REMARKS: usize = 10;

/// The forms of the regulator's files that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The monthly ratings.
    Ratings,
    /// The export of locations with service types, people served, beds and sub-ratings.
    Export,
    /// The public directory.
    Directory,
}

impl Form {
    const ALL: [Form; 3] = [Form::Ratings, Form::Export, Form::Directory];

    /// What the form is called.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Form::Ratings => "monthly ratings",
            Form::Export => "export of locations",
            Form::Directory => "public directory",
        }
    }

    const fn columns(self) -> &'static [&'static str] {
        match self {
            Form::Ratings => ratings::COLUMNS,
            Form::Export => export::COLUMNS,
            Form::Directory => directory::COLUMNS,
        }
    }

    const fn location_id(self) -> &'static str {
        match self {
            Form::Ratings => ratings::LOCATION_ID,
            Form::Export => export::LOCATION_ID,
            Form::Directory => directory::LOCATION_ID,
        }
    }

    const fn dates(self) -> &'static [&'static str] {
        match self {
            Form::Ratings => ratings::DATES,
            Form::Export => export::DATES,
            Form::Directory => directory::DATES,
        }
    }

    fn of(header: &Header) -> Option<Form> {
        let fits = |form: &Form| form.columns().iter().all(|column| header.has(column));
        Form::ALL.into_iter().find(fits)
    }

    fn in_scope(self, row: &Fields<'_>) -> Result<bool, String> {
        match self {
            Form::Ratings => ratings::in_scope(row),
            Form::Export => Ok(export::in_scope(row)),
            Form::Directory => directory::in_scope(row),
        }
    }

    fn location(self, row: &Fields<'_>) -> Result<RegisterLocation, String> {
        match self {
            Form::Ratings => ratings::location(row),
            Form::Export => export::location(row),
            Form::Directory => directory::location(row),
        }
    }
}

/// Why a file cannot be read as one of the register.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// It cannot be opened.
    #[error("the file could not be opened: {0}")]
    NotOpened(#[from] std::io::Error),
    /// It breaks off or cannot be unpacked.
    #[error(transparent)]
    Broken(#[from] BrokenFile),
    /// Its header is none of the known ones.
    #[error(
        "this is not a file of the regulator in a form that is known.\nIts columns: {seen}\nKnown are:\n{}",
        known_forms()
    )]
    UnknownForm {
        /// The columns that were seen.
        seen: String,
    },
}

fn known_forms() -> String {
    let line = |form: Form| format!("- {}, with the columns {}", form.words(), form.columns().join(", "));
    Form::ALL.map(line).join("\n")
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterRow {
    /// A location of adult social care.
    Location {
        /// The line on which it begins.
        line: u64,
        /// What the row says.
        location: Box<RegisterLocation>,
    },
    /// A location of another kind, such as a dentist.
    OutOfScope {
        /// The line on which it begins.
        line: u64,
    },
    /// A row that could not be read.
    Refused {
        /// Where and why.
        row: RefusedRow,
        /// The location that it is about, where at least that could be read: it is not missing from the file.
        location_id: Option<String>,
    },
}

/// A file of the register; iterating gives its rows, holding one at a time.
///
/// An `Err` means that the file breaks off; it is the last item.
pub struct RegisterFile {
    rows: Rows,
    header: Header,
    form: Form,
}

impl RegisterFile {
    /// Opens the file at `path`, plain or packed with gzip or Zstandard.
    ///
    /// # Errors
    /// When it cannot be opened or read, or its header is not known.
    pub fn open(path: &Path) -> Result<RegisterFile, RegisterError> {
        RegisterFile::read(File::open(path)?)
    }

    /// Reads from `source`, plain or packed with gzip or Zstandard.
    ///
    /// # Errors
    /// When it cannot be read or its header is not known.
    pub fn read(source: impl Read + Send + 'static) -> Result<RegisterFile, RegisterError> {
        let mut rows = Rows::open(source)?;
        let mut first = None;
        for _ in 0..=MOST_REMARKS {
            let Some(row) = rows.next().transpose()? else {
                break;
            };
            let header = Header::new(row.map(|row| row.values).unwrap_or_default());
            if let Some(form) = Form::of(&header) {
                rows.expect_width(header.names().len());
                return Ok(RegisterFile { rows, header, form });
            }
            first.get_or_insert(header);
        }
        let seen = first.map_or_else(String::new, |header| header.names().join(", "));
        Err(RegisterError::UnknownForm { seen: shortened(seen) })
    }

    /// Which form the file has.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// The count of bytes read so far from the file as it lies on the disk, which goes on counting.
    #[must_use]
    pub fn bytes_read(&self) -> BytesRead {
        self.rows.bytes_read()
    }

    fn row(&self, row: &Row) -> RegisterRow {
        let line = row.line;
        let fields = Fields { header: &self.header, values: &row.values };
        // A row without a number can be no location, whatever it may be.
        let location_id = fields.number_of(self.form.location_id());
        let read = || {
            location_id.clone()?;
            let in_scope = self.form.in_scope(&fields)?;
            in_scope.then(|| self.form.location(&fields)).transpose()
        };
        match read() {
            Ok(Some(location)) => RegisterRow::Location { line, location: Box::new(location) },
            Ok(None) => RegisterRow::OutOfScope { line },
            Err(reason) => {
                RegisterRow::Refused { row: RefusedRow { line, reason }, location_id: location_id.clone().ok() }
            }
        }
    }

    /// The newest date of a row; dates after `latest` are slips of the pen and do not count.
    fn newest_in(&self, row: &Row, latest: NaiveDate) -> Option<NaiveDate> {
        let fields = Fields { header: &self.header, values: &row.values };
        let dates = self.form.dates().iter().filter_map(|column| fields.date(column).ok()?);
        dates.filter(|date| *date <= latest).max()
    }
}

impl Iterator for RegisterFile {
    type Item = Result<RegisterRow, BrokenFile>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        let refused = |row| RegisterRow::Refused { row, location_id: None };
        Some(row.map(|row| row.map_or_else(refused, |row| self.row(&row))))
    }
}

/// The newest date in a file of the register, which is how old it is unless someone says otherwise.
///
/// It reads the whole file once and keeps nothing: a file must be read twice, because no row can be judged as older or
/// newer before this is known. Dates after `today` do not count.
///
/// # Errors
/// When the file cannot be read to its end or its header is not known.
pub fn newest_date(file: RegisterFile, today: NaiveDate) -> Result<Option<NaiveDate>, RegisterError> {
    let mut file = file;
    let mut newest = None;
    while let Some(row) = file.rows.next().transpose()? {
        if let Ok(row) = row {
            newest = newest.max(file.newest_in(&row, today));
        }
    }
    Ok(newest)
}

fn shortened(text: String) -> String {
    if text.is_empty() {
        return "none; the file is empty".to_owned();
    }
    match text.char_indices().nth(500) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}
