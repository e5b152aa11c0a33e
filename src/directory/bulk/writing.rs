//! Writing services and rates as a sheet that can be sent again.

use std::io::{Cursor, Write};

use chrono::NaiveDate;
use rust_xlsxwriter::Workbook;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{SERVICE, TERMS, texts};
use crate::calendar;
use crate::directory::{BandDays, Listing, Rate, forms, rules};
use crate::error::Error;

/// What an OpenDocument spreadsheet is, by its media type.
pub const ODS_KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";
const ODS_MANIFEST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">\
    <manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.3\" \
    manifest:media-type=\"application/vnd.oasis.opendocument.spreadsheet\"/>\
    <manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>";
const ODS_CONTENT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
    <office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.3\">\
    <office:body><office:spreadsheet><table:table table:name=\"Services\">ROWS</table:table>\
    </office:spreadsheet></office:body></office:document-content>";

/// Whether a spreadsheet program would take a text for a formula, which could send what is in the sheet elsewhere.
#[must_use]
pub fn looks_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Everything that an organisation lists, a row for each, the first one with the names of the columns.
#[must_use]
pub fn rows(listings: &[Listing], today: NaiveDate) -> Vec<Vec<String>> {
    let rate_of = |listing: &Listing| rules::rate_on(&listing.rates, today).or(listing.rates.last()).cloned();
    let rates: Vec<Option<Rate>> = listings.iter().map(rate_of).collect();
    let said: Vec<Vec<(String, String)>> =
        rates.iter().map(|rate| rate.as_ref().map(card).unwrap_or_default()).collect();
    let is_used = |field: &str| said.iter().flatten().any(|(name, _)| name == field);
    let fields: Vec<&str> = forms::rates::RATE
        .iter()
        .map(|(field, _)| *field)
        .filter(|field| TERMS.contains(field) || is_used(field))
        .collect();
    let header = SERVICE.iter().chain(&fields).map(|name| (*name).to_owned()).collect();
    let row = |(listing, said): (&Listing, &Vec<(String, String)>)| {
        let words = texts(&listing.service.words);
        let of_service = SERVICE.iter().map(|name| match *name {
            "service" => listing.service.id.to_string(),
            name => words.get(name).cloned().unwrap_or_default(),
        });
        let of_rate = fields
            .iter()
            .map(|field| said.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone()).unwrap_or_default());
        of_service.chain(of_rate).collect::<Vec<String>>()
    };
    std::iter::once(header).chain(listings.iter().zip(&said).map(row)).collect()
}

/// A rate with everything on its card, by the names of its fields; what is as without a card is left out.
#[must_use]
pub fn card(rate: &Rate) -> Vec<(String, String)> {
    let (terms, card, mut said) = (&rate.terms, &rate.card, vec![]);
    let mut say = |name: &str, text: Option<String>| said.extend(text.map(|text| (name.to_owned(), text)));
    say("unit", Some(terms.unit.code().to_owned()));
    say("price", Some(terms.price.decimal()));
    say("basis", Some(terms.basis.code().to_owned()));
    say("from", Some(terms.from.to_string()));
    let is_counted = card.counting.step_minutes > 1;
    say("rounding", is_counted.then(|| card.counting.rounding.code().to_owned()));
    say("step_minutes", is_counted.then(|| card.counting.step_minutes.to_string()));
    say("minimum_minutes", Some(card.counting.minimum_minutes).filter(|one| *one > 0).map(|one| one.to_string()));
    say("staff", Some(card.staff).filter(|one| *one > 1).map(|one| one.to_string()));
    say("people", Some(card.people).filter(|one| *one > 1).map(|one| one.to_string()));
    say("hospital_days", Some(card.cancellation.hospital_days).filter(|one| *one > 0).map(|one| one.to_string()));
    say("free_break_days", card.cancellation.free_break_days.map(|one| one.to_string()));
    for (number, notice) in (1..).zip(&card.cancellation.notices) {
        say(&format!("notice_hours_{number}"), Some(notice.hours.to_string()));
        say(&format!("notice_percent_{number}"), Some(notice.percent.to_string()));
    }
    for (number, other) in (1..).zip(&card.prices) {
        let band = other.price.band;
        say(&format!("days_{number}"), Some(band.days.code().to_owned()));
        say(
            &format!("special_{number}"),
            match band.days {
                BandDays::Special(date) => Some(date.to_string()),
                _ => None,
            },
        );
        let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
        say(&format!("from_{number}"), band.times.map(|(from, _)| time(from)));
        say(&format!("until_{number}"), band.times.map(|(_, until)| time(until)));
        say(&format!("minutes_{number}"), other.price.minutes.map(|minutes| minutes.to_string()));
        say(&format!("price_{number}"), Some(other.entered.decimal()));
    }
    // The price of a mile is kept without VAT: where VAT is inside the others it cannot be written on the same basis.
    let net = rate.terms.basis == crate::vat::PriceBasis::Net;
    say("mile_price", card.mile_net.filter(|_| net).map(|price| price.decimal()));
    said
}

/// The rows as CSV.
///
/// # Errors
/// When they cannot be written.
pub fn csv(rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let failed = |cause: &dyn std::fmt::Display| Error::internal("writing CSV", cause);
    // By this mark spreadsheet programs know that the letters are UTF-8.
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for row in rows {
        let safe = row.iter().map(|cell| if looks_like_formula(cell) { format!("'{cell}") } else { cell.clone() });
        writer.write_record(safe).map_err(|cause| failed(&cause))?;
    }
    writer.into_inner().map_err(|cause| failed(&cause))
}

/// The rows as a spreadsheet, every cell a text: nothing in it is a formula.
///
/// # Errors
/// When it cannot be written.
pub fn xlsx(rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let failed = |cause: rust_xlsxwriter::XlsxError| Error::internal("writing a spreadsheet", cause);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            sheet.write_string(line, column, cell).map_err(failed)?;
        }
    }
    book.save_to_buffer().map_err(failed)
}

/// The rows as an OpenDocument spreadsheet (ISO/IEC 26300), every cell a text: nothing in it is a formula.
///
/// # Errors
/// When it cannot be written.
pub fn ods(rows: &[Vec<String>]) -> Result<Vec<u8>, Error> {
    let table: String =
        rows.iter().map(|row| format!("<table:table-row>{}</table:table-row>", ods_cells(row))).collect();
    let content = ODS_CONTENT.replace("ROWS", &table);
    // Programs know the format by its first part, which is not compressed.
    let parts = [
        ("mimetype", CompressionMethod::Stored, ODS_KIND),
        ("META-INF/manifest.xml", CompressionMethod::Deflated, ODS_MANIFEST),
        ("content.xml", CompressionMethod::Deflated, content.as_str()),
    ];
    let write = || -> Result<Vec<u8>, ZipError> {
        let mut archive = ZipWriter::new(Cursor::new(vec![]));
        for (name, method, text) in parts {
            archive.start_file(name, SimpleFileOptions::default().compression_method(method))?;
            archive.write_all(text.as_bytes())?;
        }
        Ok(archive.finish()?.into_inner())
    };
    write().map_err(|cause| Error::internal("writing a spreadsheet", cause))
}

fn ods_cells(row: &[String]) -> String {
    let paragraphs =
        |text: &str| text.lines().map(|line| format!("<text:p>{}</text:p>", xml(line))).collect::<String>();
    let cell = |text: &String| {
        format!("<table:table-cell office:value-type=\"string\">{}</table:table-cell>", paragraphs(text))
    };
    row.iter().map(cell).collect()
}

/// A text inside XML, without the characters that XML cannot hold. Of spaces that follow each other a program would keep one.
fn xml(text: &str) -> String {
    let mut last = ' ';
    let one = |letter: char| {
        let after = std::mem::replace(&mut last, letter);
        match letter {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '>' => "&gt;".to_owned(),
            '\t' => "<text:tab/>".to_owned(),
            ' ' if after == ' ' => "<text:s/>".to_owned(),
            letter if letter.is_control() => String::new(),
            letter => letter.to_string(),
        }
    };
    text.chars().map(one).collect()
}

/// The name of a file with everything that is listed on a day.
#[must_use]
pub fn file_name(today: NaiveDate, ending: &str) -> String {
    format!("services-{}.{ending}", calendar::short(today).replace(' ', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::bulk::reading;

    #[test]
    fn an_open_document_says_again_what_was_written() {
        let texts = ["Tea & <cakes>", "=SUM(A1)", "one\ntwo  spaces", "a\tb", "", "last"].map(str::to_owned);
        let header = ["name", "summary", "category", "postcode", "unit", "price"].map(str::to_owned);
        let file = ods(&[header.to_vec(), texts.to_vec()]).unwrap();
        assert_eq!(&file[30..38], b"mimetype", "the first part says what it is");
        assert!(file.windows(ODS_KIND.len()).any(|part| part == ODS_KIND.as_bytes()), "and is not compressed");
        let sheet = reading::sheet(&file).unwrap();
        assert_eq!(sheet.rows[0].1, texts);
    }
}
