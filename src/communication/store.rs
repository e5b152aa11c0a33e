//! Rows of communication needs: versions and what of the lists each of them names.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::{Contact, Flag, Format, Interpreter, Language, Needs, PrintSize, Support, Version, rules};
use crate::calendar;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{communication_need_items, communication_needs};
use crate::error::Error;
use crate::ids::{NeedsId, PersonId, UserId};
use crate::paper::Print;
use crate::people::Person;

word! {
    PrintSize;
    Language;
    Interpreter;
}

/// A version to be recorded.
pub struct NewVersion<'a> {
    /// Whose.
    pub person: PersonId,
    /// What they need.
    pub needs: &'a Needs,
    /// From which day.
    pub from: NaiveDate,
    /// When it was talked through.
    pub reviewed_on: NaiveDate,
    /// As what somebody records it.
    pub authority: &'a str,
}

/// Records a version; those before it stay.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx, new: &NewVersion<'_>, by: UserId, now: DateTime<Utc>) -> Result<NeedsId, Error> {
    let row = (
        communication_needs::person_id.eq(new.person),
        communication_needs::print_size.eq(new.needs.print_size),
        communication_needs::plain_background.eq(new.needs.plain_background),
        communication_needs::language.eq(new.needs.language),
        communication_needs::interpreter.eq(new.needs.interpreter),
        communication_needs::note.eq(&new.needs.note),
        communication_needs::from_date.eq(new.from),
        communication_needs::reviewed_on.eq(new.reviewed_on),
        communication_needs::authority.eq(new.authority),
        communication_needs::recorded_by.eq(by),
        communication_needs::recorded_at.eq(now.naive_utc()),
    );
    let id = diesel::insert_into(communication_needs::table)
        .values(row)
        .returning(communication_needs::id)
        .get_result(tx)?;
    let formats = new.needs.formats.iter().map(|format| ("format", format.code()));
    let contacts = new.needs.contacts.iter().map(|contact| ("contact", contact.code()));
    let supports = new.needs.supports.iter().map(|support| ("support", support.code()));
    for (kind, code) in formats.chain(contacts).chain(supports) {
        let row = (
            communication_need_items::needs_id.eq(id),
            communication_need_items::kind.eq(kind),
            communication_need_items::code.eq(code),
        );
        diesel::insert_into(communication_need_items::table).values(row).execute(tx)?;
    }
    Ok(id)
}

/// Every version of a person's needs, in the order of their first days; of two from one day the later recorded is last.
/// The caller has loaded the person for the actor.
///
/// # Errors
/// When the database fails, or a kept code is unknown.
pub fn versions(tx: &mut Tx, person: PersonId) -> Result<Vec<Version>, Error> {
    type Row = (
        NeedsId,
        Option<PrintSize>,
        bool,
        Language,
        Interpreter,
        String,
        NaiveDate,
        NaiveDate,
        String,
        chrono::NaiveDateTime,
    );
    let rows: Vec<Row> = communication_needs::table
        .filter(communication_needs::person_id.eq(person))
        .select((
            communication_needs::id,
            communication_needs::print_size,
            communication_needs::plain_background,
            communication_needs::language,
            communication_needs::interpreter,
            communication_needs::note,
            communication_needs::from_date,
            communication_needs::reviewed_on,
            communication_needs::authority,
            communication_needs::recorded_at,
        ))
        .order((communication_needs::from_date, communication_needs::id))
        .load(tx)?;
    let mut items = items(tx, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    let mut versions = vec![];
    for (id, print_size, plain_background, language, interpreter, note, from, reviewed_on, authority, at) in rows {
        let named = items.remove(&id).unwrap_or_default();
        let needs = Needs {
            formats: chosen(&named, "format", Format::from_code)?,
            contacts: chosen(&named, "contact", Contact::from_code)?,
            supports: chosen(&named, "support", Support::from_code)?,
            print_size,
            plain_background,
            language,
            interpreter,
            note,
        };
        let recorded_on = calendar::london(at.and_utc()).date();
        versions.push(Version { id, person, needs, from, reviewed_on, authority, recorded_on });
    }
    Ok(versions)
}

type Items = BTreeMap<NeedsId, Vec<(String, String)>>;

fn items(tx: &mut Tx, ids: &[NeedsId]) -> Result<Items, Error> {
    let rows: Vec<(NeedsId, String, String)> = communication_need_items::table
        .filter(communication_need_items::needs_id.eq_any(ids.to_vec()))
        .select((communication_need_items::needs_id, communication_need_items::kind, communication_need_items::code))
        .order(communication_need_items::id)
        .load(tx)?;
    let mut found = Items::new();
    for (id, kind, code) in rows {
        found.entry(id).or_default().push((kind, code));
    }
    Ok(found)
}

fn chosen<T>(named: &[(String, String)], kind: &str, from_code: fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
    let codes = named.iter().filter(|(known, _)| known == kind).map(|(_, code)| code);
    codes
        .map(|code| from_code(code).ok_or_else(|| Error::internal("a communication need", format!("{kind} {code}"))))
        .collect()
}

/// The version that holds on a day, for a person whom the caller has loaded what gives the right to know it.
///
/// # Errors
/// As [`versions`].
pub fn on(tx: &mut Tx, person: PersonId, day: NaiveDate) -> Result<Option<Version>, Error> {
    Ok(rules::on(&versions(tx, person)?, day).cloned())
}

/// What whoever contacts a person must know, beside something of theirs that the caller has loaded for the actor.
///
/// # Errors
/// As [`versions`].
pub fn flag(tx: &mut Tx, person: &Person, today: NaiveDate) -> Result<Option<Flag>, Error> {
    let version = on(tx, person.id, today)?;
    Ok(rules::flag(version.as_ref(), &person.name, today))
}

/// In which print a paper for a person is made.
///
/// # Errors
/// As [`versions`].
pub fn print(tx: &mut Tx, person: PersonId, day: NaiveDate) -> Result<Print, Error> {
    let size = on(tx, person, day)?.and_then(|version| version.needs.print_size);
    Ok(match size {
        None => Print::Usual,
        Some(PrintSize::Sixteen) => Print::Points(16),
        Some(PrintSize::Eighteen) => Print::Points(18),
        Some(PrintSize::Twenty) => Print::Points(20),
        Some(PrintSize::TwentyFour) => Print::Points(24),
        Some(PrintSize::TwentyEight) => Print::Points(28),
    })
}

/// Deletes what a person needed; the erasure is recorded.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let theirs: Vec<NeedsId> = communication_needs::table
        .filter(communication_needs::person_id.eq(person))
        .select(communication_needs::id)
        .load(tx)?;
    let items = communication_need_items::needs_id.eq_any(theirs);
    diesel::delete(communication_need_items::table.filter(items)).execute(tx)?;
    diesel::delete(communication_needs::table.filter(communication_needs::person_id.eq(person))).execute(tx)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::PrintSize;
    use crate::web::reading::Reading;

    #[test]
    fn every_size_has_its_class_on_a_page() {
        for size in PrintSize::ALL {
            let reading = Reading::of(Some(size.code()), true);
            assert_eq!(reading.classes(), format!("print-{} plain", size.code()));
        }
    }
}
