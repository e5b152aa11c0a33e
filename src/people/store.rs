//! Rows of organisations, their VAT registrations and people.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use super::{
    Address, ERASED, NewOrganisation, NewPerson, Organisation, OrganisationKind, Person, VatRegistration, VatStatus,
};
use crate::auth::rights::{Access, Actor, CouncilReader};
use crate::db::columns::word;
use crate::db::schema::{organisations, people, vat_registrations};
use crate::db::{MultiBackend, Tx};
use crate::error::Error;
use crate::ids::{FileId, OrganisationId, PersonId, UserId};
use crate::vat::{CharityStatus, VatNumber};
use crate::web::token::random_bytes;

word! {
    OrganisationKind;
    VatStatus;
    CharityStatus;
}

/// The letters of a person's reference: none that are mistaken for one another when read aloud.
const REFERENCE_LETTERS: &[u8; 31] = b"ABCDEFGHJKLMNPQRSTUVWXYZ2346789";

#[derive(Queryable)]
struct OrganisationRow {
    id: OrganisationId,
    name: String,
    kind: OrganisationKind,
    is_provider: bool,
    is_holder: bool,
    is_broker: bool,
    address_line: String,
    town: String,
    postcode: String,
    about: String,
    la_code: Option<String>,
    charity_status: CharityStatus,
    charity_number: Option<String>,
    regulated: bool,
    register_location: Option<String>,
    fictional: bool,
    version: i64,
    _created_at: chrono::NaiveDateTime,
}

impl From<OrganisationRow> for Organisation {
    fn from(row: OrganisationRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            is_provider: row.is_provider,
            is_holder: row.is_holder,
            is_broker: row.is_broker,
            address: Address { line: row.address_line, town: row.town, postcode: row.postcode },
            about: row.about,
            la_code: row.la_code,
            charity_status: row.charity_status,
            charity_number: row.charity_number,
            regulated: row.regulated,
            register_location: row.register_location,
            fictional: row.fictional,
            version: row.version,
        }
    }
}

/// An organisation; who organisations are is no secret.
///
/// # Errors
/// Not found, when there is none.
pub fn organisation(tx: &mut Tx, id: OrganisationId) -> Result<Organisation, Error> {
    let row: OrganisationRow = organisations::table.filter(organisations::id.eq(id)).first(tx)?;
    Ok(row.into())
}

/// The organisations that may hold funds.
///
/// # Errors
/// When the database fails.
pub fn holders(tx: &mut Tx) -> Result<Vec<Organisation>, Error> {
    let rows: Vec<OrganisationRow> = organisations::table
        .filter(organisations::is_holder.eq(true))
        .order((organisations::name, organisations::id))
        .load(tx)?;
    Ok(rows.into_iter().map(Organisation::from).collect())
}

/// Some organisations by id, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn organisations_by_id(tx: &mut Tx, ids: &[OrganisationId]) -> Result<Vec<Organisation>, Error> {
    let rows: Vec<OrganisationRow> =
        organisations::table.filter(organisations::id.eq_any(ids.to_vec())).order(organisations::id).load(tx)?;
    Ok(rows.into_iter().map(Organisation::from).collect())
}

/// The councils here that answer for an area, by its code.
///
/// # Errors
/// When the database fails.
pub fn councils_of_area(tx: &mut Tx, code: &str) -> Result<Vec<OrganisationId>, Error> {
    let of_area = organisations::kind.eq(OrganisationKind::Council).and(organisations::la_code.eq(Some(code)));
    Ok(organisations::table.filter(of_area).select(organisations::id).order(organisations::id).load(tx)?)
}

/// Records an organisation.
///
/// # Errors
/// When the database fails.
pub fn add_organisation(tx: &mut Tx, new: &NewOrganisation, now: DateTime<Utc>) -> Result<OrganisationId, Error> {
    let row = (
        organisations::name.eq(&new.name),
        organisations::kind.eq(new.kind),
        organisations::is_provider.eq(new.is_provider),
        organisations::is_holder.eq(new.is_holder),
        organisations::is_broker.eq(new.is_broker),
        organisations::address_line.eq(&new.address.line),
        organisations::town.eq(&new.address.town),
        organisations::postcode.eq(&new.address.postcode),
        organisations::about.eq(&new.about),
        organisations::la_code.eq(&new.la_code),
        organisations::charity_status.eq(new.charity_status),
        organisations::charity_number.eq(&new.charity_number),
        organisations::regulated.eq(new.regulated),
        organisations::fictional.eq(new.fictional),
        organisations::version.eq(1),
        organisations::created_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(organisations::table).values(row).returning(organisations::id).get_result(tx)?)
}

/// What a provider may change of its own entry.
#[derive(Clone, Debug)]
pub struct EntryEdit {
    /// What it is in law.
    pub kind: OrganisationKind,
    /// Where it is.
    pub address: Address,
    /// What it says of itself.
    pub about: String,
    /// Whether it is a charity.
    pub charity_status: CharityStatus,
    /// Its number on the register of charities.
    pub charity_number: Option<String>,
    /// Whether it says that the Care Quality Commission regulates it.
    pub regulated: bool,
}

/// Changes an organisation's entry, if it is still the version that the editor saw.
///
/// # Errors
/// A conflict when somebody changed it in between.
pub fn edit_entry(tx: &mut Tx, id: OrganisationId, version: i64, edit: &EntryEdit) -> Result<(), Error> {
    let changed =
        diesel::update(organisations::table.filter(organisations::id.eq(id).and(organisations::version.eq(version))))
            .set((
                organisations::kind.eq(edit.kind),
                organisations::address_line.eq(&edit.address.line),
                organisations::town.eq(&edit.address.town),
                organisations::postcode.eq(&edit.address.postcode),
                organisations::about.eq(&edit.about),
                organisations::charity_status.eq(edit.charity_status),
                organisations::charity_number.eq(&edit.charity_number),
                organisations::regulated.eq(edit.regulated),
                organisations::version.eq(version + 1),
            ))
            .execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("The entry")) }
}

/// Records which location of the register is an organisation's own; the caller has verified it.
///
/// # Errors
/// When the database fails.
pub fn set_register_location(tx: &mut Tx, id: OrganisationId, location: Option<&str>) -> Result<(), Error> {
    diesel::update(organisations::table.filter(organisations::id.eq(id)))
        .set((organisations::register_location.eq(location), organisations::version.eq(organisations::version + 1)))
        .execute(tx)?;
    Ok(())
}

/// Records what an organisation says about VAT from a day on; earlier statements stay.
///
/// # Errors
/// When the database fails.
pub fn add_vat_registration(
    tx: &mut Tx,
    organisation: OrganisationId,
    new: &VatRegistration,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let entry = self::organisation(tx, organisation)?;
    let row = (
        vat_registrations::organisation_id.eq(organisation),
        vat_registrations::charity_status.eq(new.charity.unwrap_or(entry.charity_status)),
        vat_registrations::regulated.eq(new.regulated.unwrap_or(entry.regulated)),
        vat_registrations::evidence.eq(&new.evidence),
        vat_registrations::evidence_file_id.eq(new.file),
        vat_registrations::status.eq(new.status),
        vat_registrations::number.eq(new.number.as_ref().map(ToString::to_string)),
        vat_registrations::from_date.eq(new.from),
        vat_registrations::recorded_by.eq(by),
        vat_registrations::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(vat_registrations::table).values(row).execute(tx)?;
    Ok(())
}

/// What an organisation's VAT status is on a day: the newest statement that has begun; nothing when it never said.
///
/// # Errors
/// When the database fails, or a kept number is none.
pub fn vat_on(tx: &mut Tx, organisation: OrganisationId, day: NaiveDate) -> Result<Option<VatRegistration>, Error> {
    let row: Option<StatementRow> = vat_registrations::table
        .filter(vat_registrations::organisation_id.eq(organisation).and(vat_registrations::from_date.le(day)))
        .order((vat_registrations::from_date.desc(), vat_registrations::id.desc()))
        .select(STATEMENT)
        .first(tx)
        .optional()?;
    row.map(registration).transpose()
}

/// Everything an organisation ever said about VAT, oldest first.
///
/// # Errors
/// When the database fails, or a kept number is none.
pub fn vat_history(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<VatRegistration>, Error> {
    let rows: Vec<StatementRow> = vat_registrations::table
        .filter(vat_registrations::organisation_id.eq(organisation))
        .order((vat_registrations::from_date, vat_registrations::id))
        .select(STATEMENT)
        .load(tx)?;
    rows.into_iter().map(registration).collect()
}

/// The same of several organisations, by their ids, in one query.
///
/// # Errors
/// When the database fails, or a kept number is none.
pub fn vat_histories(
    tx: &mut Tx,
    ids: &[OrganisationId],
) -> Result<HashMap<OrganisationId, Vec<VatRegistration>>, Error> {
    type Row = (OrganisationId, StatementRow);
    let rows: Vec<Row> = vat_registrations::table
        .filter(vat_registrations::organisation_id.eq_any(ids.to_vec()))
        .order((vat_registrations::from_date, vat_registrations::id))
        .select((vat_registrations::organisation_id, STATEMENT))
        .load(tx)?;
    let mut histories: HashMap<OrganisationId, Vec<VatRegistration>> = HashMap::new();
    for (organisation, row) in rows {
        histories.entry(organisation).or_default().push(registration(row)?);
    }
    Ok(histories)
}

type StatementRow = (VatStatus, Option<String>, NaiveDate, CharityStatus, bool, String, Option<FileId>);

const STATEMENT: (
    vat_registrations::status,
    vat_registrations::number,
    vat_registrations::from_date,
    vat_registrations::charity_status,
    vat_registrations::regulated,
    vat_registrations::evidence,
    vat_registrations::evidence_file_id,
) = (
    vat_registrations::status,
    vat_registrations::number,
    vat_registrations::from_date,
    vat_registrations::charity_status,
    vat_registrations::regulated,
    vat_registrations::evidence,
    vat_registrations::evidence_file_id,
);

/// Lets the entry say what the statement in force says of charity and regulation.
///
/// # Errors
/// When the database fails.
pub fn set_standing(
    tx: &mut Tx,
    organisation: OrganisationId,
    (charity, regulated): (CharityStatus, bool),
) -> Result<(), Error> {
    let differs = organisations::charity_status.ne(charity).or(organisations::regulated.ne(regulated));
    diesel::update(organisations::table.filter(organisations::id.eq(organisation).and(differs)))
        .set((
            organisations::charity_status.eq(charity),
            organisations::regulated.eq(regulated),
            organisations::version.eq(organisations::version + 1),
        ))
        .execute(tx)?;
    Ok(())
}

fn registration(row: StatementRow) -> Result<VatRegistration, Error> {
    let (status, number, from, charity, regulated, evidence, file) = row;
    let number = number.map(|text| VatNumber::parse(&text)).transpose();
    let number = number.map_err(|cause| Error::internal("a kept VAT number", cause))?;
    Ok(VatRegistration { status, number, from, charity: Some(charity), regulated: Some(regulated), evidence, file })
}

type PersonRow = (PersonId, Option<UserId>, String, String, String, String, String, OrganisationId, bool);

const PERSON: (
    people::id,
    people::user_id,
    people::reference,
    people::name,
    people::address_line,
    people::town,
    people::postcode,
    people::council_id,
    people::fictional,
) = (
    people::id,
    people::user_id,
    people::reference,
    people::name,
    people::address_line,
    people::town,
    people::postcode,
    people::council_id,
    people::fictional,
);

fn person_of(row: PersonRow) -> Person {
    let (id, user, reference, name, line, town, postcode, council, fictional) = row;
    Person { id, user, reference, name, address: Address { line, town, postcode }, council, fictional }
}

/// A person whom the actor may see: themselves, somebody they act for, or one of their council's people.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn person(tx: &mut Tx, actor: &Actor, id: PersonId) -> Result<Person, Error> {
    let person = person_of_record(tx, id)?;
    if actor.stands_for(id) || actor.looks_into(id, person.council) { Ok(person) } else { Err(Error::NotFound) }
}

/// A person's record by itself, for a verb whose caller has loaded what gives the right to it (a fund, an invoice).
///
/// # Errors
/// Not found, when there is none.
pub fn person_of_record(tx: &mut Tx, id: PersonId) -> Result<Person, Error> {
    let row: PersonRow = people::table.filter(people::id.eq(id)).select(PERSON).first(tx)?;
    Ok(person_of(row))
}

/// The person with a reference, if there is one, for a caller whose right to it does not depend on whose it is.
///
/// # Errors
/// When the database fails.
pub fn person_by_reference(tx: &mut Tx, reference: &str) -> Result<Option<Person>, Error> {
    let row: Option<PersonRow> =
        people::table.filter(people::reference.eq(reference)).select(PERSON).first(tx).optional()?;
    Ok(row.map(person_of))
}

/// The people whom an access for a time reaches, by name, at most so many.
///
/// # Errors
/// When the database fails.
pub fn people_within(tx: &mut Tx, access: &Access, most: i64) -> Result<Vec<Person>, Error> {
    let mut found = people::table.into_boxed::<MultiBackend>().filter(people::council_id.eq(access.council));
    if let Some(person) = access.person {
        found = found.filter(people::id.eq(person));
    }
    let rows: Vec<PersonRow> = found.select(PERSON).order((people::name, people::id)).limit(most).load(tx)?;
    Ok(rows.into_iter().map(person_of).collect())
}

/// A council's people, by name.
///
/// # Errors
/// When the database fails.
pub fn people_of_council(tx: &mut Tx, reader: &CouncilReader) -> Result<Vec<Person>, Error> {
    let rows: Vec<PersonRow> = people::table
        .filter(people::council_id.eq(reader.council()))
        .select(PERSON)
        .order((people::name, people::id))
        .limit(500)
        .load(tx)?;
    Ok(rows.into_iter().map(person_of).collect())
}

/// The person whose own sign-in a user is, if they are one.
///
/// # Errors
/// When the database fails.
pub fn person_of_user(tx: &mut Tx, user: UserId) -> Result<Option<PersonId>, Error> {
    Ok(people::table.filter(people::user_id.eq(Some(user))).select(people::id).first(tx).optional()?)
}

/// Lets a user sign in as a person, who has no sign-in yet.
///
/// # Errors
/// A conflict, when somebody signs in as the person already, or the user as another one.
pub fn sign_in_as(tx: &mut Tx, id: PersonId, user: UserId) -> Result<(), Error> {
    let free = people::id.eq(id).and(people::user_id.is_null());
    let changed = diesel::update(people::table.filter(free)).set(people::user_id.eq(Some(user))).execute(tx)?;
    if changed == 1 { Ok(()) } else { Err(Error::changed_since("The record")) }
}

/// The people whom an actor acts for, themselves first.
///
/// # Errors
/// When the database fails.
pub fn people_acted_for(tx: &mut Tx, actor: &Actor) -> Result<Vec<Person>, Error> {
    let ids = actor.people();
    let rows: Vec<PersonRow> = people::table.filter(people::id.eq_any(ids.clone())).select(PERSON).load(tx)?;
    let mut found: Vec<Person> = rows.into_iter().map(person_of).collect();
    found.sort_by_key(|person| ids.iter().position(|id| *id == person.id));
    Ok(found)
}

/// Records a person under a new pseudonymous reference.
///
/// # Errors
/// When the database fails.
pub fn add_person(tx: &mut Tx, new: &NewPerson, now: DateTime<Utc>) -> Result<PersonId, Error> {
    let row = (
        people::user_id.eq(new.user),
        people::reference.eq(new_reference("TM")?),
        people::name.eq(&new.name),
        people::address_line.eq(&new.address.line),
        people::town.eq(&new.address.town),
        people::postcode.eq(&new.address.postcode),
        people::council_id.eq(new.council),
        people::fictional.eq(new.fictional),
        people::created_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(people::table).values(row).returning(people::id).get_result(tx)?)
}

/// A random reference like TM-7KQ2-M9XA: says nothing about what it stands for.
///
/// # Errors
/// When the system gives no random numbers.
pub fn new_reference(prefix: &str) -> Result<String, Error> {
    let letters = random_bytes::<8>()?.map(|byte| REFERENCE_LETTERS[usize::from(byte) % REFERENCE_LETTERS.len()]);
    let text = String::from_utf8_lossy(&letters).into_owned();
    Ok(format!("{prefix}-{}-{}", &text[..4], &text[4..]))
}

/// Takes out of a person's record what tells who they are; the reference stays.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, id: PersonId) -> Result<(), Error> {
    diesel::update(people::table.filter(people::id.eq(id)))
        .set((
            people::user_id.eq(None::<UserId>),
            people::name.eq(ERASED),
            people::address_line.eq(""),
            people::town.eq(""),
            people::postcode.eq(""),
        ))
        .execute(tx)?;
    Ok(())
}
