//! Gathers everything that belongs to a person, in one state of the database, with other people taken out.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::rules::catalogue::{Column, Kind, TABLES, Table};
use super::rules::redaction::{Redactor, SOMEBODY, STAFF};
use super::store::around::{self, Mentioned};
use super::{Export, Finding, store};
use crate::communication;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{DocumentId, OrganisationId, PersonId, UserId};
use crate::paper::Print;
use crate::people::{self, Organisation, Person};
use crate::{calendar, paper};

/// Everything of one person, ready to be packed.
pub struct Collected {
    /// Whose.
    pub person: Person,
    /// Their council.
    pub council: Organisation,
    /// The copy that is made.
    pub export: Export,
    /// When it was gathered.
    pub at: DateTime<Utc>,
    /// In which print it is made.
    pub print: Print,
    /// The rows of each table.
    pub tables: Vec<Rows>,
    /// The papers.
    pub papers: Vec<PaperFile>,
    /// The files that the person sent themselves.
    pub files: Vec<SentFile>,
    /// Texts in which somebody else was named.
    pub findings: Vec<Finding>,
    /// How many items are held back.
    pub held_back: i64,
}

/// The rows of one table: a value for each column that goes into the copy.
pub struct Rows {
    /// Which table.
    pub table: &'static Table,
    /// The columns that go into the copy.
    pub columns: Vec<Column>,
    /// The rows, by their numbers.
    pub rows: Vec<Vec<Value>>,
}

/// A paper of the copy.
pub struct PaperFile {
    /// Its number.
    pub id: DocumentId,
    /// What kind of paper it is.
    pub kind: &'static str,
    /// Its name in the copy.
    pub file: String,
    /// Its text.
    pub html: String,
    /// The fingerprint of the paper as it was issued.
    pub sha256: String,
    /// Whether this is that paper to the letter: nobody had to be taken out.
    pub as_issued: bool,
}

/// A file of the copy, as it was sent.
pub struct SentFile {
    /// Its name in the copy.
    pub file: String,
    /// What whoever sent it called it.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What a value becomes by what is known of everybody.
struct Words {
    redactor: Redactor,
    who: HashMap<i64, String>,
    organisations: HashMap<i64, String>,
    /// Whoever the copy is for, if they sign in: what they wrote themselves, they get back as they wrote it.
    reader: Option<UserId>,
}

/// Gathers everything that belongs to a person.
///
/// # Errors
/// When the database fails.
pub fn collect(tx: &mut Tx, export: &Export, now: DateTime<Utc>) -> Result<Collected, Error> {
    let person = people::store::person_of_record(tx, export.person)?;
    let mut tables = vec![];
    for table in TABLES {
        let columns: Vec<Column> = table.columns().into_iter().filter(|column| column.kind != Kind::LeftOut).collect();
        let rows = store::rows(tx, table, &columns, export)?;
        tables.push(Rows { table, columns, rows });
    }
    let words = words(tx, &person, export, &mentioned(&tables))?;
    let withheld = store::withheld(tx, person.id)?;
    let (mut findings, mut held_back) = (vec![], 0);
    for rows in &mut tables {
        held_back += finish(rows, (&words, &withheld), &mut findings);
    }
    let papers = papers(tx, person.id, (&words, &withheld), &mut findings)?;
    let files = files(tx, export, &withheld)?;
    Ok(Collected {
        council: people::store::organisation(tx, person.council)?,
        print: communication::store::print(tx, person.id, calendar::london(now).date())?,
        export: export.clone(),
        at: now,
        person,
        tables,
        papers,
        files,
        findings,
        held_back,
    })
}

type Withheld = BTreeSet<(String, i64)>;

/// Everybody who stands in the rows by number.
fn mentioned(tables: &[Rows]) -> Mentioned {
    let mut mentioned = Mentioned::default();
    for rows in tables {
        for (place, column) in rows.columns.iter().enumerate() {
            let numbers = rows.rows.iter().filter_map(|row| row.get(place).and_then(Value::as_i64));
            match column.kind {
                Kind::Who => mentioned.users.extend(numbers.map(UserId::new)),
                Kind::Organisation => mentioned.organisations.extend(numbers.map(OrganisationId::new)),
                _ => {}
            }
        }
    }
    mentioned
}

/// Puts the rows of a table as the copy has them: worded, without other people, and blank where they are held back; answers
/// how many are.
fn finish(rows: &mut Rows, (words, withheld): (&Words, &Withheld), findings: &mut Vec<Finding>) -> i64 {
    let mut held = 0;
    for row in &mut rows.rows {
        let id = row.first().and_then(Value::as_i64).unwrap_or_default();
        if withheld.contains(&(rows.table.name.to_owned(), id)) {
            held += 1;
            row.iter_mut().skip(1).for_each(|value| *value = Value::Null);
            continue;
        }
        let raw = std::mem::take(row);
        for (value, column) in raw.iter().zip(&rows.columns) {
            let (value, named) = words.value(value, column.kind, words.is_own(&raw, column, &rows.columns));
            if named {
                findings.push(Finding { table: rows.table.name.to_owned(), row: id, column: column.name.to_owned() });
            }
            row.push(value);
        }
    }
    held
}

impl Words {
    /// Whether whoever gets the copy wrote this column of a row themselves.
    fn is_own(&self, row: &[Value], column: &Column, columns: &[Column]) -> bool {
        let written_by = column.written_by.and_then(|by| columns.iter().position(|other| other.name == by));
        let author = written_by.and_then(|place| row.get(place)).and_then(Value::as_i64);
        author.is_some() && author == self.reader.map(UserId::number)
    }

    /// The value as the copy has it, and whether another person was taken out of it.
    fn value(&self, value: &Value, kind: Kind, own: bool) -> (Value, bool) {
        match (kind, value) {
            (Kind::Text, Value::String(text)) if !own => match self.redactor.redacted(text) {
                None => (text.as_str().into(), false),
                Some(without) => {
                    let named = without.contains(SOMEBODY);
                    (without.into(), named)
                }
            },
            (Kind::Flag, Value::Number(number)) => (Value::Bool(number.as_i64() != Some(0)), false),
            (Kind::Moment, Value::String(text)) => (format!("{}Z", text.replacen(' ', "T", 1)).into(), false),
            (Kind::Who, Value::Number(number)) => {
                let known = number.as_i64().and_then(|id| self.who.get(&id));
                (known.map_or("somebody else", String::as_str).into(), false)
            }
            (Kind::Organisation, Value::Number(number)) => {
                let known = number.as_i64().and_then(|id| self.organisations.get(&id));
                (known.map_or("an organisation", String::as_str).into(), false)
            }
            (_, value) => (value.clone(), false),
        }
    }
}

/// The papers as they were issued, without those that are held back, and without other people.
fn papers(
    tx: &mut Tx,
    person: PersonId,
    (words, withheld): (&Words, &Withheld),
    findings: &mut Vec<Finding>,
) -> Result<Vec<PaperFile>, Error> {
    let mut papers = vec![];
    for id in store::documents_of(tx, person)? {
        if withheld.contains(&("documents".to_owned(), id.number())) {
            continue;
        }
        let paper = paper::store::paper(tx, id)?;
        let without = words.redactor.redacted(&paper.body);
        if without.as_ref().is_some_and(|html| html.contains(SOMEBODY)) {
            findings.push(Finding { table: "documents".to_owned(), row: id.number(), column: "body".to_owned() });
        }
        papers.push(PaperFile {
            id,
            kind: paper.kind.words(),
            file: format!("papers/{}-{id}.html", paper.kind.code().replace('_', "-")),
            as_issued: without.is_none(),
            html: without.unwrap_or(paper.body),
            sha256: paper.sha256,
        });
    }
    Ok(papers)
}

/// The files that the person sent themselves. In a file of somebody else nobody could be taken out: of those the copy says
/// that they are there, and an officer looks at them.
fn files(tx: &mut Tx, export: &Export, withheld: &Withheld) -> Result<Vec<SentFile>, Error> {
    let mut files = vec![];
    for id in store::own_files(tx, export)? {
        if withheld.contains(&("files".to_owned(), id.number())) {
            continue;
        }
        let sent = paper::store::file(tx, id)?;
        let file = format!("files/{id}.{}", sent.kind.code());
        files.push(SentFile { file, name: sent.name, bytes: sent.bytes });
    }
    Ok(files)
}

/// What is known of everybody: who is taken out, who stays, as what somebody stands to the person.
fn words(tx: &mut Tx, person: &Person, export: &Export, mentioned: &Mentioned) -> Result<Words, Error> {
    let around = around::around(tx, person, mentioned)?;
    let mut redactor = Redactor::default();
    let own_surname = person.name.split_whitespace().next_back().unwrap_or_default();
    let own = [&person.name, &person.reference, &person.address.line, &person.address.postcode];
    own.into_iter().for_each(|text| redactor.keep(text));
    redactor.keep(own_surname);
    for kept in around.organisations.iter().flat_map(|known| [&known.name, &known.address_line, &known.postcode]) {
        redactor.keep(kept);
    }
    for user in &around.users {
        if user.own {
            redactor.keep(&user.name);
            redactor.keep(&user.email);
        } else {
            redactor.take_out(&user.email, SOMEBODY);
            match &user.works {
                _ if user.is_named(export.acting()) => redactor.keep(&user.name),
                Some(_) => redactor.take_out_full_name(&user.name, STAFF),
                None => redactor.take_out_full_name(&user.name, SOMEBODY),
            }
        }
    }
    for other in &around.people {
        redactor.take_out_name(&other.name);
        redactor.take_out(&other.reference, SOMEBODY);
        redactor.take_out(&other.postcode, SOMEBODY);
        if other.address_line.chars().any(|letter| letter.is_ascii_digit()) {
            redactor.take_out(&other.address_line, SOMEBODY);
        }
    }
    let who = around.users.iter().map(|user| (user.id.number(), user.words(export.acting()))).collect();
    let organisations = around.organisations.into_iter().map(|known| (known.id.number(), known.name)).collect();
    let reader = export.acting().or(person.user);
    Ok(Words { redactor, who, organisations, reader })
}
