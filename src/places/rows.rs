//! Reading comma-separated files row by row, plain or packed, without ever holding more than one row.
//!
//! Why not simply the `csv` crate: one quotation mark that is opened and never closed makes a plain reader swallow the
//! rest of the file as a single value. Here such a row is refused by its line number and reading goes on at the next
//! line, so a damaged row never costs its neighbours.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The longest line that is read, in bytes; the longest real row of the regulator has under 3,000.
const LONGEST_LINE: usize = 64 * 1024;
/// The most lines that one row may run over.
const MOST_LINES: usize = 20;
/// The longest single value that is taken, in characters.
const LONGEST_VALUE: usize = 4_000;

/// A row that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which the row begins; the first line is 1.
    pub line: u64,
    /// The values, trimmed, with runs of blank space drawn together.
    pub values: Vec<String>,
}

/// A row that could not be taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct RefusedRow {
    /// The line of the file on which the row begins; the first line is 1.
    pub line: u64,
    /// What is wrong with it, in words.
    pub reason: String,
}

impl RefusedRow {
    /// The refusal of the row at `line` for `reason`.
    pub fn new(line: u64, reason: impl Into<String>) -> RefusedRow {
        RefusedRow { line, reason: reason.into() }
    }
}

/// The file itself broke off or could not be unpacked; what came before `line` was read.
#[derive(Debug, thiserror::Error)]
#[error("the file could not be read beyond line {line}: {source}")]
pub struct BrokenFile {
    /// The last line that was read whole.
    pub line: u64,
    /// What the system or the unpacking said.
    pub source: io::Error,
}

/// How many bytes of the file as it lies on the disk have been read; for a progress bar.
#[derive(Clone, Debug, Default)]
pub struct BytesRead(Arc<AtomicU64>);

impl BytesRead {
    /// The bytes so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A reader that counts what passes through it.
struct Counted<R> {
    inner: R,
    bytes: BytesRead,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let bytes = u64::try_from(count).unwrap_or(u64::MAX);
        self.bytes.0.fetch_add(bytes, Ordering::Relaxed);
        Ok(count)
    }
}

/// The lines of a file, read one at a time; those that a row gave back are handed out again.
struct Lines {
    source: Box<dyn BufRead + Send>,
    given_back: VecDeque<(u64, Line)>,
    last: u64,
}

/// One line without its end, or the note that it was longer than any line may be.
enum Line {
    Text(Vec<u8>),
    TooLong,
}

impl Lines {
    fn next(&mut self) -> Result<Option<(u64, Line)>, BrokenFile> {
        if let Some(line) = self.given_back.pop_front() {
            return Ok(Some(line));
        }
        let read = read_line(&mut self.source).map_err(|source| BrokenFile { line: self.last, source })?;
        Ok(read.map(|mut line| {
            self.last += 1;
            if self.last == 1 {
                drop_byte_order_mark(&mut line);
            }
            (self.last, line)
        }))
    }
}

/// Reads up to the next line feed; what goes beyond the longest line is passed over, not kept.
fn read_line(source: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut text = Vec::new();
    let (mut too_long, mut anything) = (false, false);
    loop {
        let chunk = match source.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        if chunk.is_empty() {
            break;
        }
        anything = true;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(chunk.len(), |end| end + 1);
        if text.len() + taken > LONGEST_LINE {
            too_long = true;
        } else if !too_long {
            text.extend_from_slice(&chunk[..end.unwrap_or(taken)]);
        }
        source.consume(taken);
        if end.is_some() {
            break;
        }
    }
    if text.last() == Some(&b'\r') {
        text.pop();
    }
    Ok(match (anything, too_long) {
        (false, _) => None,
        (true, true) => Some(Line::TooLong),
        (true, false) => Some(Line::Text(text)),
    })
}

fn drop_byte_order_mark(line: &mut Line) {
    if let Line::Text(text) = line
        && text.starts_with(b"\xEF\xBB\xBF")
    {
        text.drain(..3);
    }
}

/// The rows of a comma-separated file, in order; the header is simply the first of them.
pub struct Rows {
    lines: Lines,
    bytes: BytesRead,
    width: Option<usize>,
    broken: bool,
}

impl Rows {
    /// Rows of `source`, which may be plain text, gzip or Zstandard; the first bytes tell.
    ///
    /// # Errors
    /// When the first bytes cannot be read.
    pub fn open(source: impl Read + Send + 'static) -> Result<Rows, BrokenFile> {
        let bytes = BytesRead::default();
        let counted = Counted { inner: source, bytes: bytes.clone() };
        let source = unpacked(counted).map_err(|source| BrokenFile { line: 0, source })?;
        Ok(Rows { lines: Lines { source, given_back: VecDeque::new(), last: 0 }, bytes, width: None, broken: false })
    }

    /// The count of bytes read so far, which goes on counting.
    #[must_use]
    pub fn bytes_read(&self) -> BytesRead {
        self.bytes.clone()
    }

    /// From now on every row must have this many values.
    pub fn expect_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// The next row that is not blank.
    fn read(&mut self) -> Result<Option<Result<Row, RefusedRow>>, BrokenFile> {
        while let Some((line, first)) = self.lines.next()? {
            let text = match first {
                Line::TooLong => {
                    let reason = format!("the line is longer than {LONGEST_LINE} bytes");
                    return Ok(Some(Err(RefusedRow::new(line, reason))));
                }
                Line::Text(text) => text,
            };
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let row = self.row_from(line, text)?;
            return Ok(Some(row));
        }
        Ok(None)
    }

    /// The row that begins with this line, taking further lines while a quotation mark is open.
    fn row_from(&mut self, line: u64, first: Vec<u8>) -> Result<Result<Row, RefusedRow>, BrokenFile> {
        let mut text = first;
        let mut more = Vec::new();
        loop {
            let finished = match split(&text) {
                Split::Open => None,
                Split::Values(values) => Some(self.finished(line, values)),
                Split::Misplaced => {
                    let reason = "a quotation mark stands where none should be";
                    Some(Err(RefusedRow::new(line, reason)))
                }
            };
            if let Some(row) = finished {
                if row.is_err() {
                    // A stray quotation mark may have joined good rows to this one: they get their own chance.
                    self.give_back(more);
                }
                return Ok(row);
            }
            let next = match more.len() {
                0..MOST_LINES => self.lines.next()?,
                _ => None,
            };
            match next {
                Some((number, Line::Text(next))) if text.len() + next.len() < LONGEST_LINE => {
                    text.push(b'\n');
                    text.extend_from_slice(&next);
                    more.push((number, Line::Text(next)));
                }
                other => {
                    more.extend(other);
                    self.give_back(more);
                    let reason = "a quotation mark is opened and never closed";
                    return Ok(Err(RefusedRow::new(line, reason)));
                }
            }
        }
    }

    fn give_back(&mut self, lines: Vec<(u64, Line)>) {
        for line in lines.into_iter().rev() {
            self.lines.given_back.push_front(line);
        }
    }

    /// The values as text, if all can be taken.
    fn finished(&self, line: u64, values: Vec<Vec<u8>>) -> Result<Row, RefusedRow> {
        if let Some(width) = self.width
            && width != values.len()
        {
            let reason = format!("the row has {} values where the header has {width}", values.len());
            return Err(RefusedRow::new(line, reason));
        }
        let values = values
            .into_iter()
            .enumerate()
            .map(|(index, value)| cleaned(index + 1, value))
            .collect::<Result<Vec<String>, String>>()
            .map_err(|reason| RefusedRow::new(line, reason))?;
        Ok(Row { line, values })
    }
}

impl Iterator for Rows {
    type Item = Result<Result<Row, RefusedRow>, BrokenFile>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let read = self.read();
        self.broken = read.is_err();
        read.transpose()
    }
}

/// Looks at the first bytes and unpacks what is packed, as it streams by.
fn unpacked(source: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let mut source = BufReader::with_capacity(128 * 1024, source);
    let start = source.fill_buf()?;
    if start.starts_with(&[0x1F, 0x8B]) {
        let gzip = flate2::bufread::MultiGzDecoder::new(source);
        Ok(Box::new(BufReader::with_capacity(128 * 1024, gzip)))
    } else if start.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
        let zstandard = zstd::stream::read::Decoder::with_buffer(source)?;
        Ok(Box::new(BufReader::with_capacity(128 * 1024, zstandard)))
    } else {
        Ok(Box::new(source))
    }
}

/// What became of the text of a row.
enum Split {
    /// A quotation mark is still open: the row goes on on the next line.
    Open,
    /// Text follows a closing quotation mark, so the marks are not where they should be.
    Misplaced,
    /// The values.
    Values(Vec<Vec<u8>>),
}

/// Where in a value the reading stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Start,
    Plain,
    Quoted,
    Closed,
}

/// Splits the text of a row into its values (RFC 4180).
fn split(text: &[u8]) -> Split {
    if !text.contains(&b'"') {
        let values = text.split(|byte| *byte == b',');
        return Split::Values(values.map(<[u8]>::to_vec).collect());
    }
    let (mut values, mut value) = (Vec::new(), Vec::new());
    let mut within = Within::Start;
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        within = match (within, byte) {
            (Within::Quoted, b'"') if bytes.next_if_eq(&b'"').is_none() => Within::Closed,
            (Within::Quoted, byte) => {
                value.push(byte);
                Within::Quoted
            }
            (_, b',') => {
                values.push(std::mem::take(&mut value));
                Within::Start
            }
            // Only at the very start of a value does a quotation mark open one: `3" pipe` is just text.
            (Within::Start, b'"') => Within::Quoted,
            (Within::Closed, byte) if byte.is_ascii_whitespace() => Within::Closed,
            (Within::Closed, _) => return Split::Misplaced,
            (_, byte) => {
                value.push(byte);
                Within::Plain
            }
        };
    }
    values.push(value);
    match within {
        Within::Quoted => Split::Open,
        _ => Split::Values(values),
    }
}

/// One value as text: trimmed, blank runs drawn together; refused if it is not UTF-8, endless or holds control codes.
fn cleaned(number: usize, value: Vec<u8>) -> Result<String, String> {
    let text = String::from_utf8(value).map_err(|_| format!("value {number} is not UTF-8 text"))?;
    // The common case costs no second allocation.
    let blank = |c: char| c.is_whitespace() || c.is_control();
    if !text.contains(|c: char| blank(c) && c != ' ') && !text.contains("  ") && text.trim() == text {
        return within_length(number, text);
    }
    let joined = text.split_whitespace().collect::<Vec<&str>>().join(" ");
    if joined.contains(char::is_control) {
        return Err(format!("value {number} holds a control character"));
    }
    within_length(number, joined)
}

fn within_length(number: usize, text: String) -> Result<String, String> {
    // A character has at most four bytes and at least one, so most values need no counting.
    if text.len() > LONGEST_VALUE && text.chars().count() > LONGEST_VALUE {
        return Err(format!("value {number} is longer than {LONGEST_VALUE} characters"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    fn read(bytes: impl AsRef<[u8]>) -> Vec<Result<Row, RefusedRow>> {
        let mut rows = Rows::open(Cursor::new(bytes.as_ref().to_vec())).unwrap();
        rows.expect_width(2);
        rows.map(|row| row.unwrap()).collect()
    }

    fn row(line: u64, first: &str, second: &str) -> Result<Row, RefusedRow> {
        let values = vec![first.to_owned(), second.to_owned()];
        Ok(Row { line, values })
    }

    fn reason(row: &Result<Row, RefusedRow>) -> (u64, &str) {
        let refused = row.as_ref().unwrap_err();
        (refused.line, &refused.reason)
    }

    #[test]
    fn quotes_commas_blank_lines_and_line_ends_are_understood() {
        let rows = read("\u{feff}a,b\r\n\r\n \"x\" , y  z \n\"p, \"\"q\"\"\",r\n\"two\nlines\",3\" pipe");
        assert_eq!(
            rows,
            [row(1, "a", "b"), row(3, "\"x\"", "y z"), row(4, "p, \"q\"", "r"), row(5, "two lines", "3\" pipe"),]
        );
    }

    #[test]
    fn a_stray_quotation_mark_costs_one_row_and_no_more() {
        let rows = read("\"a,b\nc,d\ne,\"f, g\"\nh,i\n");
        assert_eq!(reason(&rows[0]), (1, "a quotation mark stands where none should be"));
        assert_eq!(rows[1..], [row(2, "c", "d"), row(3, "e", "f, g"), row(4, "h", "i")]);

        let rows = read("\"a,b\nc,d\n");
        assert_eq!(reason(&rows[0]), (1, "a quotation mark is opened and never closed"));
        assert_eq!(rows[1..], [row(2, "c", "d")]);
    }

    #[test]
    fn damaged_rows_are_refused_one_by_one() {
        let mut bytes = b"a\nb,c,d\ne,\xE9t\xE9\nf,g\x00h\ni,j\n".to_vec();
        bytes.extend(vec![b'k'; LONGEST_LINE + 1]);
        bytes.extend(b"\nl,m\nn,");
        bytes.extend(vec![b'o'; LONGEST_VALUE + 1]);
        let rows = read(bytes);
        assert_eq!(reason(&rows[0]), (1, "the row has 1 values where the header has 2"));
        assert_eq!(reason(&rows[1]), (2, "the row has 3 values where the header has 2"));
        assert_eq!(reason(&rows[2]), (3, "value 2 is not UTF-8 text"));
        assert_eq!(reason(&rows[3]), (4, "value 2 holds a control character"));
        assert_eq!(rows[4], row(5, "i", "j"));
        assert_eq!(reason(&rows[5]), (6, "the line is longer than 65536 bytes"));
        assert_eq!(rows[6], row(7, "l", "m"));
        assert_eq!(reason(&rows[7]), (8, "value 2 is longer than 4000 characters"));
    }

    #[test]
    fn packed_files_are_known_by_their_first_bytes() {
        let text = "a,b\nc,d\n";
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let zstandard = zstd::stream::encode_all(text.as_bytes(), 1).unwrap();
        assert_eq!(read(gzip.finish().unwrap()), read(text));
        assert_eq!(read(zstandard), read(text));
    }

    #[test]
    fn a_file_that_breaks_off_says_so_once() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"a,b\nc,d\n").unwrap();
        let mut packed = gzip.finish().unwrap();
        packed.truncate(packed.len() - 6);
        let rows = Rows::open(Cursor::new(packed)).unwrap();
        let bytes = rows.bytes_read();
        let read: Vec<_> = rows.collect();
        assert_eq!(read.iter().filter(|row| row.is_err()).count(), 1);
        assert!(read.last().unwrap().is_err());
        assert!(bytes.get() > 0);
    }

    #[test]
    fn an_empty_file_has_no_rows() {
        assert_eq!(read(""), []);
        assert_eq!(read("\n\n"), []);
    }
}
