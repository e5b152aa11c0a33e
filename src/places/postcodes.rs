//! Reading a file of postcodes with the point and the council of each.

use std::io::Read;

use super::rows::{BrokenFile, BytesRead, RefusedRow, Row, Rows};
use super::{Point, Postcode, council_by_code};

/// The columns that the file must have, in any order and among others.
const COLUMNS: [&str; 4] = ["postcode", "latitude", "longitude", "la_code"];

/// A postcode and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRow {
    /// The line of the file on which it stands.
    pub line: u64,
    /// The postcode.
    pub postcode: Postcode,
    /// Its point on the national grid.
    pub point: Point,
    /// The code of its district or unitary council, as of today.
    pub council_code: &'static str,
}

/// Why a file is no file of postcodes.
#[derive(Debug, thiserror::Error)]
pub enum PostcodeFileError {
    /// The first bytes could not be read or unpacked.
    #[error(transparent)]
    Broken(#[from] BrokenFile),
    /// The first row does not name the columns.
    #[error(
        "this is not a file of postcodes: its first row must name the columns postcode, latitude, longitude and la_code, but {found}"
    )]
    Header {
        /// What the first row says instead.
        found: String,
    },
}

/// The rows of a file of postcodes, one at a time, so that millions of them need no memory.
pub struct PlaceRows {
    rows: Rows,
    columns: [usize; 4],
}

impl PlaceRows {
    /// Reads `source` (plain, gzip or Zstandard) as a file with the columns postcode, latitude, longitude, la_code.
    ///
    /// # Errors
    /// When it cannot be read at all or has other columns.
    pub fn open(source: impl Read + Send + 'static) -> Result<PlaceRows, PostcodeFileError> {
        let mut rows = Rows::open(source)?;
        let header = match rows.next().transpose()? {
            Some(Ok(header)) => header.values,
            Some(Err(refused)) => return Err(header_error(refused.to_string())),
            None => return Err(header_error("the file is empty".to_owned())),
        };
        let mut columns = [0; 4];
        for (column, name) in columns.iter_mut().zip(COLUMNS) {
            let found = header.iter().position(|heading| heading.eq_ignore_ascii_case(name));
            let said = || header_error(format!("it says: {}", header.join(", ")));
            *column = found.ok_or_else(said)?;
        }
        rows.expect_width(header.len());
        Ok(PlaceRows { rows, columns })
    }

    /// The count of bytes read so far, which goes on counting.
    #[must_use]
    pub fn bytes_read(&self) -> BytesRead {
        self.rows.bytes_read()
    }

    fn place(&self, row: &Row) -> Result<PlaceRow, RefusedRow> {
        let [postcode, latitude, longitude, code] =
            self.columns.map(|column| row.values.get(column).map_or("", String::as_str));
        let refused = |reason: String| RefusedRow::new(row.line, reason);
        let postcode = Postcode::parse(postcode).map_err(|error| refused(error.to_string()))?;
        let point = point_from_text(latitude, longitude).map_err(refused)?;
        let unknown = || refused(format!("“{code}” is not the code of an English council"));
        let council = council_by_code(code).ok_or_else(unknown)?;
        Ok(PlaceRow { line: row.line, postcode, point, council_code: &council.code })
    }
}

impl Iterator for PlaceRows {
    type Item = Result<Result<PlaceRow, RefusedRow>, BrokenFile>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(row.map(|row| row.and_then(|row| self.place(&row))))
    }
}

fn header_error(found: String) -> PostcodeFileError {
    let mut found = found;
    if let Some((cut, _)) = found.char_indices().nth(300) {
        found.truncate(cut);
        found.push('…');
    }
    PostcodeFileError::Header { found }
}

/// The point for degrees written as text.
///
/// # Errors
/// The reason in words, when one is no number or the point lies outside the United Kingdom.
pub fn point_from_text(latitude: &str, longitude: &str) -> Result<Point, String> {
    let number = |text: &str, what: &str| {
        let read = text.parse::<f64>();
        read.map_err(|_| format!("the {what} “{text}” is not a number of degrees"))
    };
    let degrees = (number(latitude, "latitude")?, number(longitude, "longitude")?);
    Point::from_degrees(degrees.0, degrees.1)
        .ok_or_else(|| format!("the point {latitude}, {longitude} lies outside the United Kingdom"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn open(text: &str) -> Result<PlaceRows, PostcodeFileError> {
        PlaceRows::open(Cursor::new(text.as_bytes().to_vec()))
    }

    #[test]
    fn rows_become_places_and_bad_ones_are_refused_by_line() {
        let text = "postcode,latitude,longitude,la_code\n\
            DT1 1XJ,50.7148,-2.4377,E06000059\n\
            dt11xz,50.7150,-2.4370,E07000052\n\
            nonsense,50.7,-2.4,E06000059\n\
            DT1 1XJ,fifty,-2.4,E06000059\n\
            DT1 1XJ,0.0,0.0,E06000059\n\
            DT1 1XJ,50.7,-2.4,X99\n\
            DT1 1XJ,50.7\n";
        let rows: Vec<_> = open(text).unwrap().map(|row| row.unwrap()).collect();
        let first = rows[0].as_ref().unwrap();
        assert_eq!(first.postcode.as_str(), "DT1 1XJ");
        assert_eq!(first.council_code, "E06000059");
        assert!((369_000..370_000).contains(&first.point.easting), "{first:?}");
        assert_eq!(rows[1].as_ref().unwrap().council_code, "E06000059", "a former district");
        let reasons: Vec<String> = rows[2..].iter().map(|row| row.as_ref().unwrap_err().to_string()).collect();
        assert_eq!(
            reasons,
            [
                "line 4: “nonsense” is not a postcode. Enter one like DT1 1XJ",
                "line 5: the latitude “fifty” is not a number of degrees",
                "line 6: the point 0.0, 0.0 lies outside the United Kingdom",
                "line 7: “X99” is not the code of an English council",
                "line 8: the row has 2 values where the header has 4",
            ]
        );
    }

    #[test]
    fn another_file_is_refused_by_its_header() {
        let refusal = |text: &str| open(text).err().unwrap().to_string();
        assert!(refusal("a,b\n1,2\n").ends_with("but it says: a, b"));
        assert!(refusal("").ends_with("but the file is empty"));
        assert!(refusal(&"x".repeat(5_000)).chars().count() < 500);
    }
}
