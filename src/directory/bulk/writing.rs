//! Writing services and rates as a sheet that can be sent again.

use chrono::NaiveDate;
use rust_xlsxwriter::Workbook;

use super::{SERVICE, TERMS, texts};
use crate::calendar;
use crate::directory::{BandDays, Listing, Rate, forms, rules};
use crate::error::Error;

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

/// The name of a file with everything that is listed on a day.
#[must_use]
pub fn file_name(today: NaiveDate, ending: &str) -> String {
    format!("services-{}.{ending}", calendar::short(today).replace(' ', "-"))
}
