//! Makes the file of a copy: a page to read, everything for programs, a sheet for each table, every paper. It opens without
//! this service and without a network. Pure.

use std::io::{Cursor, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::collecting::{Collected, Rows};
use super::rules::catalogue::Kind;
use crate::calendar;
use crate::error::Error;
use crate::money::{Pence, Quantity, UnitPrice};
use crate::render::Renderer;
use crate::vocabulary::capital;

/// What a cell of a sheet must not begin with: a program for sheets could take it for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Where one can complain about what is held back.
const COMPLAIN: &str = "You can ask the council to look at this again. You can complain to the Information Commissioner: \
    ico.org.uk, telephone 0303 123 1113, Wycliffe House, Water Lane, Wilmslow, SK9 5AF. You can also ask a court to decide.";

/// The page of the copy; template `personal_data/index.html`.
#[derive(Serialize)]
struct Index<'a> {
    name: &'a str,
    reference: &'a str,
    council: &'a str,
    made_on: String,
    asked: String,
    fictional: bool,
    held_back: Option<String>,
    papers: Vec<IndexPaper<'a>>,
    files: Vec<IndexFile<'a>>,
    others_files: bool,
    sections: Vec<Section>,
}

#[derive(Serialize)]
struct IndexPaper<'a> {
    file: &'a str,
    words: String,
    note: &'static str,
}

#[derive(Serialize)]
struct IndexFile<'a> {
    file: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Section {
    id: &'static str,
    title: &'static str,
    count: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Makes the file.
///
/// # Errors
/// When the page cannot be rendered or the file cannot be written.
pub fn pack(collected: &Collected, renderer: &Renderer) -> Result<Vec<u8>, Error> {
    let failed = |cause: zip::result::ZipError| Error::internal("the file of a copy", cause);
    let mut zip = ZipWriter::new(Cursor::new(vec![]));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut put = |name: &str, bytes: &[u8]| -> Result<(), Error> {
        zip.start_file(name, options).map_err(failed)?;
        zip.write_all(bytes).map_err(|cause| Error::internal("the file of a copy", cause))
    };
    put("README.txt", readme(collected).as_bytes())?;
    let index = renderer.render_plain("personal_data/index.html", &index(collected));
    let index = index.map_err(|cause| Error::internal("the page of a copy", cause))?;
    put("index.html", collected.print.of(&index).as_bytes())?;
    put("data.json", format!("{:#}\n", data(collected)).as_bytes())?;
    for rows in collected.tables.iter().filter(|rows| !rows.rows.is_empty()) {
        put(&format!("csv/{}.csv", rows.table.name), &sheet(rows)?)?;
    }
    for paper in &collected.papers {
        put(&paper.file, paper.html.as_bytes())?;
    }
    for sent in &collected.files {
        put(&sent.file, &sent.bytes)?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}

fn readme(collected: &Collected) -> String {
    let held = held_back_words(collected).map(|words| format!("\n{words}\n")).unwrap_or_default();
    format!(
        "Everything that is kept about {name} ({reference})\n\
         Gathered on {day} for {council}; {asked}.\n\n\
         index.html   to read, in any browser; it needs no network\n\
         data.json    everything, for programs; its part \"tables\" has one list for each table, \"members\" says what each\n             column is, \"papers\" lists the papers with the SHA-256 of each as it was issued\n\
         csv/         one sheet for each table that has rows, by RFC 4180, in UTF-8\n\
         papers/      every paper; where somebody else had to be taken out, index.html says so\n\
         files/       the files that {name} sent; for a file of somebody else ask {council}, who must look first\n\
         \x20            whether it tells of other people\n\n\
         In the sheets, a text that begins with one of = + - @, a tab or a line break has an apostrophe before it, so that no\n\
         program for sheets takes it for a formula: take the apostrophe away to have the text. Numbers are as they are.\n\n\
         People who work for an organisation are named by what they do. Those who act for you are named. In the place of\n\
         anybody else stands \"[somebody else]\". What {name} did for other people is theirs and not here. Passwords, codes\n\
         and other secrets are in no copy.\n{held}",
        name = collected.person.name,
        reference = collected.person.reference,
        day = calendar::full(calendar::london(collected.at).date()),
        council = collected.council.name,
        asked = asked(collected),
    )
}

fn asked(collected: &Collected) -> String {
    let received = collected.export.received_on.map(|day| format!(" received on {}", calendar::full(day)));
    format!("{}{}", collected.export.purpose.words(), received.unwrap_or_default())
}

fn held_back_words(collected: &Collected) -> Option<String> {
    let things = match collected.held_back {
        0 => return None,
        1 => "One item is held back".to_owned(),
        count => format!("{count} items are held back"),
    };
    Some(format!("{things} by {}, as the Data Protection Act 2018 allows. {COMPLAIN}", collected.council.name))
}

/// Everything for programs.
fn data(collected: &Collected) -> Value {
    let row = |rows: &Rows, row: &Vec<Value>| -> Value {
        let members = rows.columns.iter().zip(row).map(|(column, value)| (column.name.to_owned(), value.clone()));
        Value::Object(members.collect())
    };
    let tables: Map<String, Value> = collected
        .tables
        .iter()
        .map(|rows| (rows.table.name.to_owned(), rows.rows.iter().map(|found| row(rows, found)).collect()))
        .collect();
    let members: Map<String, Value> =
        collected.tables.iter().map(|rows| (rows.table.name.to_owned(), about(rows))).collect();
    let paper = |paper: &super::collecting::PaperFile| {
        json!({
            "document_id": paper.id.number(), "kind": paper.kind, "file": paper.file,
            "sha256_as_issued": paper.sha256, "as_issued": paper.as_issued,
        })
    };
    json!({
        "about": {
            "person": collected.person.name,
            "reference": collected.person.reference,
            "council": collected.council.name,
            "gathered_at": collected.at.to_rfc3339(),
            "asked": asked(collected),
            "held_back": collected.held_back,
            "held_back_words": held_back_words(collected),
        },
        "members": members,
        "tables": tables,
        "papers": collected.papers.iter().map(paper).collect::<Vec<_>>(),
        "files": collected.files.iter().map(|sent| json!({ "file": sent.file, "name": sent.name })).collect::<Vec<_>>(),
    })
}

/// What the rows of a table are, and each column.
fn about(rows: &Rows) -> Value {
    let columns: Map<String, Value> =
        rows.columns.iter().map(|column| (column.name.to_owned(), column.kind.words().into())).collect();
    json!({ "title": rows.table.title, "columns": columns })
}

/// The sheet of one table.
fn sheet(rows: &Rows) -> Result<Vec<u8>, Error> {
    let failed = |cause: csv::Error| Error::internal("a sheet of a copy", cause);
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
    writer.write_record(rows.columns.iter().map(|column| column.name)).map_err(failed)?;
    for row in &rows.rows {
        writer.write_record(row.iter().map(cell)).map_err(failed)?;
    }
    writer.into_inner().map_err(|cause| Error::internal("a sheet of a copy", cause))
}

/// A value as a sheet has it: a text that looks like a formula is made harmless.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(FORMULA) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn index(collected: &Collected) -> Index<'_> {
    let paper = |paper: &'_ super::collecting::PaperFile| {
        let note = if paper.as_issued { "As it was issued." } else { "Somebody had to be taken out of it." };
        (format!("{} {}", paper.kind, paper.id), note)
    };
    Index {
        name: &collected.person.name,
        reference: &collected.person.reference,
        council: &collected.council.name,
        made_on: calendar::full(calendar::london(collected.at).date()),
        asked: asked(collected),
        fictional: collected.person.fictional,
        held_back: held_back_words(collected),
        papers: collected
            .papers
            .iter()
            .map(|found| {
                let (words, note) = paper(found);
                IndexPaper { file: &found.file, words, note }
            })
            .collect(),
        files: collected.files.iter().map(|sent| IndexFile { file: &sent.file, name: &sent.name }).collect(),
        others_files: others_files(collected),
        sections: collected.tables.iter().map(section).collect(),
    }
}

/// Whether there are files that are not in the copy.
fn others_files(collected: &Collected) -> bool {
    let listed = collected.tables.iter().find(|rows| rows.table.name == "files").map_or(0, |rows| rows.rows.len());
    listed > collected.files.len()
}

fn section(rows: &Rows) -> Section {
    let count = match rows.rows.len() {
        0 => "Nothing.".to_owned(),
        1 => "One entry.".to_owned(),
        count => format!("{count} entries."),
    };
    let worded =
        |row: &Vec<Value>| row.iter().zip(&rows.columns).map(|(value, column)| in_words(value, column.kind)).collect();
    Section {
        id: rows.table.name,
        title: rows.table.title,
        count,
        heads: rows.columns.iter().map(|column| head(column.name)).collect(),
        rows: rows.rows.iter().map(worded).collect(),
    }
}

/// The name of a column as it is read.
fn head(column: &str) -> String {
    let plain = column.trim_end_matches("_pence").trim_end_matches("_id");
    capital(&plain.replace('_', " "))
}

/// A value as a person reads it.
fn in_words(value: &Value, kind: Kind) -> String {
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (Kind::Pence, value) => value.as_i64().map(|pence| Pence::from_pence(pence).to_string()).unwrap_or_default(),
        (Kind::Price, value) => {
            value.as_i64().map(|price| UnitPrice::from_hundredths_of_a_penny(price).to_string()).unwrap_or_default()
        }
        (Kind::Quantity, value) => {
            value.as_i64().map(|count| Quantity::from_hundredths(count).to_string()).unwrap_or_default()
        }
        (Kind::Flag, Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
        (Kind::Day, Value::String(day)) => day.parse().map_or_else(|_| day.clone(), calendar::full),
        (Kind::Moment, Value::String(at)) => at.parse().map_or_else(|_| at.clone(), calendar::moment),
        (Kind::Code, Value::String(code)) => code.replace('_', " "),
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_looks_like_a_formula_is_made_harmless() {
        for text in ["=1+1", "+44", "-x", "@SUM", "\tx", "\rx"] {
            assert_eq!(cell(&text.into()), format!("'{text}"));
        }
        assert_eq!(cell(&"plain = text".into()), "plain = text");
        assert_eq!(cell(&json!(-850)), "-850");
        assert_eq!(cell(&Value::Null), "");
    }

    #[test]
    fn values_are_read_as_words() {
        assert_eq!(in_words(&json!(-850), Kind::Pence), "\u{2212}£8.50");
        assert_eq!(in_words(&json!(true), Kind::Flag), "yes");
        assert_eq!(in_words(&json!("2026-11-02"), Kind::Day), "2 November 2026");
        assert_eq!(
            in_words(&json!("2026-11-02T10:00:00Z"), Kind::Moment),
            calendar::moment("2026-11-02T10:00:00Z".parse().unwrap())
        );
        assert_eq!(head("weekly_pence"), "Weekly");
    }
}
