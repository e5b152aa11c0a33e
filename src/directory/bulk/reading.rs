//! Reading a sheet from a file: CSV, or a spreadsheet (xlsx, ods). What a file is follows from its content. A packed file is
//! unpacked once, counted, before anything reads it: a small file that holds a huge sheet is refused, not loaded.

use std::io::{Cursor, Read};

use calamine::{Data, DataType, Reader, open_workbook_auto_from_rs};

use super::{MOST_COLUMNS, MOST_ROWS, Sheet};

/// How much a packed file may hold, in bytes.
const MOST_UNPACKED: u64 = 24 << 20;
/// How much the cells may come to, in bytes, once every repeated cell and every text that many share is written out.
const MOST_WRITTEN_OUT: usize = 64 << 20;
/// How many parts it may have.
const MOST_PARTS: usize = 500;

const UNREADABLE: &str = "This is neither a CSV file nor a spreadsheet (xlsx or ods) that we can read.";
const TOO_LARGE: &str =
    "There is more in this file than we read. Send it in parts, and take empty rows and columns out.";

/// The sheet that a file holds: of a spreadsheet the first one.
///
/// # Errors
/// A sentence for whoever sent it.
pub fn sheet(bytes: &[u8]) -> Result<Sheet, String> {
    let rows = match bytes {
        [] => return Err("Choose a file.".to_owned()),
        [b'P', b'K', 3, 4, ..] => spreadsheet(bytes)?,
        _ => text(bytes)?,
    };
    Sheet::from_rows(rows)
}

/// The rows of a CSV file, with commas or semicolons.
fn text(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| "Save the file as CSV in UTF-8; it has letters that cannot be read.")?;
    if text.contains('\0') {
        return Err(UNREADABLE.to_owned());
    }
    let first = text.lines().next().unwrap_or_default();
    let semicolons = first.matches(';').count() > first.matches(',').count();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(if semicolons { b';' } else { b',' })
        .from_reader(text.as_bytes());
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|_| UNREADABLE)?;
        if rows.len() > 2 * MOST_ROWS || record.len() > MOST_COLUMNS {
            return Err(TOO_LARGE.to_owned());
        }
        rows.push(record.iter().map(str::to_owned).collect());
    }
    Ok(rows)
}

fn spreadsheet(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    check_parts(bytes)?;
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|_| UNREADABLE)?;
    let range = book.worksheet_range_at(0).ok_or("There is no sheet in the file.")?.map_err(|_| UNREADABLE)?;
    if range.width() > MOST_COLUMNS || range.height() > 2 * MOST_ROWS {
        return Err(TOO_LARGE.to_owned());
    }
    Ok(range.rows().map(|row| row.iter().map(cell).collect()).collect())
}

/// A cell as somebody would have typed it: a day as a day, a time as a time, a price with its pence.
fn cell(cell: &Data) -> String {
    // A time without a day is less than one day after the first that there is.
    let is_time = cell.is_duration_iso() || matches!(cell, Data::DateTime(at) if at.as_f64() < 1.0);
    if let (true, Some(time)) = (is_time, cell.as_time()) {
        return time.format("%H:%M").to_string();
    }
    if let (true, Some(day)) = (cell.is_datetime() || cell.is_datetime_iso(), cell.as_date()) {
        return day.to_string();
    }
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Float(_) => {
            let text = cell.to_string();
            match text.split_once('.') {
                Some((_, pence)) if pence.len() == 1 => format!("{text}0"),
                _ => text,
            }
        }
        other => other.to_string(),
    }
}

/// Unpacks every part of a packed file without keeping it, and looks at those that say how large a sheet is.
fn check_parts(bytes: &[u8]) -> Result<(), String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| UNREADABLE)?;
    if archive.len() > MOST_PARTS {
        return Err(TOO_LARGE.to_owned());
    }
    let mut left = MOST_UNPACKED;
    let (mut sharing, mut longest) = (0_usize, 0_usize);
    for number in 0..archive.len() {
        let part = archive.by_index(number).map_err(|_| UNREADABLE)?;
        let name = part.name().map_err(|_| UNREADABLE)?.into_owned();
        let mut content = vec![];
        // What the file says of its own size is not believed.
        part.take(left + 1).read_to_end(&mut content).map_err(|_| UNREADABLE)?;
        left = left.checked_sub(u64::try_from(content.len()).unwrap_or(u64::MAX)).ok_or(TOO_LARGE)?;
        let is_large = match name.as_str() {
            "content.xml" => repeats_too_much(&String::from_utf8_lossy(&content)),
            // The binary form of spreadsheets says nowhere in words how far it reaches.
            binary if binary.starts_with("xl/") && binary.ends_with(".bin") && !binary.contains("printerSettings") => {
                return Err(UNREADABLE.to_owned());
            }
            sheet if sheet.starts_with("xl/worksheets/") => {
                let text = String::from_utf8_lossy(&content);
                sharing += text.matches("t=\"s\"").count() + text.matches("t='s'").count();
                reaches_too_far(&text)
            }
            texts if texts.eq_ignore_ascii_case("xl/sharedStrings.xml") => {
                longest = String::from_utf8_lossy(&content).split("si>").map(str::len).max().unwrap_or_default();
                false
            }
            _ => false,
        };
        if is_large {
            return Err(TOO_LARGE.to_owned());
        }
    }
    if sharing.saturating_mul(longest) > MOST_WRITTEN_OUT { Err(TOO_LARGE.to_owned()) } else { Ok(()) }
}

/// Whether a cell of an xlsx sheet lies beyond the rows and columns that are read: all between would be held.
fn reaches_too_far(sheet: &str) -> bool {
    let quoted = ["r=\"", "r='"].into_iter().flat_map(|mark| sheet.match_indices(mark));
    quoted.into_iter().any(|(at, mark)| {
        let rest = &sheet[at + mark.len()..];
        let letters: String = rest.chars().take_while(char::is_ascii_uppercase).take(4).collect();
        let digits: String = rest.chars().skip(letters.len()).take_while(char::is_ascii_digit).take(9).collect();
        let column = letters.bytes().fold(0, |column: usize, letter| column * 26 + usize::from(letter - b'A') + 1);
        column > MOST_COLUMNS || digits.parse::<usize>().is_ok_and(|row| row > 2 * MOST_ROWS)
    })
}

/// Whether an ods sheet repeats a row or a cell so often, before something else comes, that it would fill the memory. What is
/// repeated to the sheet's end is empty, and every spreadsheet program writes it so.
fn repeats_too_much(content: &str) -> bool {
    let cells = content.split("<table:table-row").map(|row| {
        let times = repeated(row.split('>').next().unwrap_or_default(), "number-rows-repeated=");
        let cell = |cell: &str| {
            let across = repeated(cell.split('>').next().unwrap_or_default(), "number-columns-repeated=");
            if says_something(cell) { cell.len().saturating_mul(across).saturating_mul(times) } else { 0 }
        };
        row.split("<table:table-cell").skip(1).map(cell).fold(0, usize::saturating_add)
    });
    cells.fold(0, usize::saturating_add) > MOST_WRITTEN_OUT || leaves_too_much_room(content)
}

/// How often something is repeated, by what its tag says.
fn repeated(tag: &str, mark: &str) -> usize {
    let said = tag.split_once(mark).map(|(_, rest)| rest.trim_start_matches(['"', '\'']));
    said.map_or(1, |rest| rest.split(['"', '\'']).next().and_then(|digits| digits.parse().ok()).unwrap_or(usize::MAX))
}

/// Whether a part of a sheet has content.
fn says_something(part: &str) -> bool {
    ["text:p", "office:value", "office:string-value", "office:date-value"].iter().any(|mark| part.contains(mark))
}

/// Whether empty rows or cells are repeated so often, before something comes, that it lies beyond what is read.
fn leaves_too_much_room(content: &str) -> bool {
    ["number-rows-repeated=", "number-columns-repeated="].iter().any(|mark| {
        content.match_indices(mark).any(|(at, mark)| {
            let digits: String =
                content[at + mark.len() + 1..].chars().take_while(char::is_ascii_digit).take(12).collect();
            let most = if mark.contains("rows") { MOST_ROWS } else { MOST_COLUMNS };
            let ends = if mark.contains("rows") { "</table:table>" } else { "</table:table-row>" };
            let rest = content[at..].split(ends).next().unwrap_or_default();
            digits.parse::<u64>().unwrap_or(u64::MAX) > most as u64 && says_something(rest)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_far_away_are_refused() {
        assert!(!reaches_too_far(r#"<row r="1"><c r="A1"/><c r="ET2000"/></row>"#));
        assert!(reaches_too_far(r#"<c r="EU1"/>"#));
        assert!(reaches_too_far("<c r='A2001'/>"));
        assert!(reaches_too_far(r#"<c r="XFD1048576"/>"#));
    }

    #[test]
    fn repeated_content_is_refused_and_the_empty_rest_of_a_sheet_is_not() {
        let row = |inside: &str| format!("<table:table-row {inside}</table:table-row>");
        let empty =
            row("table:number-rows-repeated=\"1048570\"><table:table-cell table:number-columns-repeated=\"16384\"/>");
        let full = row("><table:table-cell><text:p>a</text:p></table:table-cell>");
        assert!(!repeats_too_much(&format!("{full}{empty}</table:table>{full}")));
        assert!(repeats_too_much(&format!("{empty}{full}</table:table>")));
        assert!(repeats_too_much(&row(
            "><table:table-cell table:number-columns-repeated=\"99999\"><text:p>a</text:p>"
        )));
    }

    #[test]
    fn a_file_that_is_none_is_refused() {
        for wrong in [&b""[..], b"PK\x03\x04nothing", b"%PDF-1.7\n\0\0", b"\xff\xfe\x00", b"name;unknown\nA;B"] {
            assert!(sheet(wrong).is_err(), "{wrong:?}");
        }
        let read = sheet("\u{feff}Name;Kind\n".replace("Kind", "Category").as_bytes()).unwrap();
        assert_eq!(read.columns, ["name", "category"]);
        let read = sheet(b"service,price\n7,18.00\n,\n8,'=1\n").unwrap();
        assert_eq!(
            read.rows,
            [(2, vec!["7".to_owned(), "18.00".to_owned()]), (4, vec!["8".to_owned(), "=1".to_owned()])]
        );
    }
}
