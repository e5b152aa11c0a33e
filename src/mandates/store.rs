//! Rows of mandates, their evidence and endings, of capacity decisions and deaths.

pub mod offers;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{
    CapacityDecision, Cause, Ending, Evidence, GivenMandate, Matter, NamedItem, NewMandate, Outcome, Recorder, rules,
};
use crate::auth::rights::{Actor, Approval, Authority, Item, ItemKind};
use crate::auth::store::{SCOPES, ScopesRow, scopes_of};
use crate::calendar;
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{
    agreements, capacity_decisions, deaths, deliveries, files, funds, invoices, mandate_endings, mandate_evidence,
    mandate_hidden_items, mandates, memberships, order_lines, orders, organisations, packages, users,
};
use crate::error::Error;
use crate::ids::{
    AgreementId, DeliveryId, FileId, FundId, InvoiceId, MandateId, OrderId, OrderLineId, OrganisationId, PackageId,
    PersonId, UserId,
};
use crate::money::Pence;
use crate::people::{self, Person};
use crate::users as sign_ins;
use crate::vat::Form;

word! {
    Cause;
    Matter;
    Outcome;
    Recorder;
}

/// Records a mandate.
///
/// # Errors
/// When the database fails.
pub fn add(tx: &mut Tx, new: &NewMandate, now: DateTime<Utc>) -> Result<MandateId, Error> {
    let row = (
        mandates::person_id.eq(new.person),
        mandates::user_id.eq(new.user),
        mandates::organisation_id.eq(new.organisation),
        mandates::authority.eq(new.authority),
        mandates::from_date.eq(new.from),
        mandates::to_date.eq(new.to),
        mandates::recorded_at.eq(now.naive_utc()),
        mandates::see_plan.eq(new.scopes.see_plan),
        mandates::see_money.eq(new.scopes.see_money),
        mandates::choose.eq(new.scopes.choose),
        mandates::sign.eq(new.scopes.sign),
        mandates::approve.eq(new.scopes.approve > Approval::Nothing),
        mandates::approve_up_to_pence.eq(match new.scopes.approve {
            Approval::UpTo(most) => Some(most.pence()),
            Approval::Nothing | Approval::AnyAmount => None,
        }),
    );
    Ok(diesel::insert_into(mandates::table).values(row).returning(mandates::id).get_result(tx)?)
}

/// Records on what a mandate rests. The first such row of a mandate says who recorded it.
///
/// # Errors
/// When the database fails.
pub fn add_evidence(
    tx: &mut Tx,
    mandate: MandateId,
    note: &str,
    file: Option<FileId>,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        mandate_evidence::mandate_id.eq(mandate),
        mandate_evidence::note.eq(note),
        mandate_evidence::file_id.eq(file),
        mandate_evidence::added_by.eq(by),
        mandate_evidence::added_at.eq(now.naive_utc()),
    );
    diesel::insert_into(mandate_evidence::table).values(row).execute(tx)?;
    Ok(())
}

/// On what a mandate rests, the first first. The caller has loaded the mandate for the actor.
///
/// # Errors
/// When the database fails.
pub fn evidence(tx: &mut Tx, mandate: MandateId) -> Result<Vec<Evidence>, Error> {
    type Row = (String, Option<FileId>, Option<String>, String, NaiveDateTime);
    let rows: Vec<Row> = mandate_evidence::table
        .inner_join(users::table.on(users::id.eq(mandate_evidence::added_by)))
        .left_join(files::table.on(files::id.nullable().eq(mandate_evidence::file_id)))
        .filter(mandate_evidence::mandate_id.eq(mandate))
        .select((
            mandate_evidence::note,
            mandate_evidence::file_id,
            files::name.nullable(),
            users::name,
            mandate_evidence::added_at,
        ))
        .order(mandate_evidence::id)
        .load(tx)?;
    let noun = |(note, file, name, by, at): Row| Evidence { note, file: file.zip(name), by, at: at.and_utc() };
    Ok(rows.into_iter().map(noun).collect())
}

/// Ends a mandate now. Whoever holds it loses it with the next request that they send.
///
/// # Errors
/// A conflict when somebody else has just ended it.
pub fn end(
    tx: &mut Tx,
    mandate: MandateId,
    cause: Cause,
    note: &str,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let open = mandates::id.eq(mandate).and(mandates::ended_at.is_null());
    let ended = diesel::update(mandates::table.filter(open)).set(mandates::ended_at.eq(now.naive_utc())).execute(tx)?;
    if ended != 1 {
        return Err(rules::Refusal::Over.into());
    }
    let row = (
        mandate_endings::mandate_id.eq(mandate),
        mandate_endings::cause.eq(cause),
        mandate_endings::note.eq(note),
        mandate_endings::ended_by.eq(by),
        mandate_endings::ended_at.eq(now.naive_utc()),
    );
    diesel::insert_into(mandate_endings::table).values(row).execute(tx)?;
    Ok(())
}

/// Ends those mandates of a person that are not over and that a cause concerns; answers how many.
fn end_all(
    tx: &mut Tx,
    person: PersonId,
    concerned: fn(Authority) -> bool,
    (cause, note): (Cause, &str),
    by: UserId,
    now: DateTime<Utc>,
) -> Result<usize, Error> {
    let today = calendar::london(now).date();
    let open: Vec<GivenMandate> = of_person(tx, person)?
        .into_iter()
        .filter(|given| !given.is_over(today) && concerned(given.authority))
        .collect();
    for given in &open {
        end(tx, given.id, cause, note, by, now)?;
    }
    Ok(open.len())
}

type GivenRow = (
    (MandateId, PersonId, UserId, String, Option<OrganisationId>, Option<String>),
    (Authority, NaiveDate, Option<NaiveDate>, NaiveDateTime, Option<NaiveDateTime>, ScopesRow),
);

/// The columns of [`GivenRow`], from mandates with whoever holds them.
macro_rules! given {
    () => {
        mandates::table
            .inner_join(users::table.on(users::id.eq(mandates::user_id)))
            .left_join(organisations::table.on(organisations::id.nullable().eq(mandates::organisation_id)))
            .select((
                (
                    mandates::id,
                    mandates::person_id,
                    users::id,
                    users::name,
                    mandates::organisation_id,
                    organisations::name.nullable(),
                ),
                (
                    mandates::authority,
                    mandates::from_date,
                    mandates::to_date,
                    mandates::recorded_at,
                    mandates::ended_at,
                    SCOPES,
                ),
            ))
            .order(mandates::id)
    };
}

fn noun(row: GivenRow, endings: &mut BTreeMap<MandateId, Ending>) -> GivenMandate {
    let ((id, person, user, name, organisation, organisation_name), about) = row;
    let (authority, from, to, recorded_at, ended_at, scopes) = about;
    // Mandates that ended before endings were kept say only when.
    let unknown = |at: NaiveDateTime| Ending {
        cause: Cause::EndedByCouncil,
        note: String::new(),
        by: String::new(),
        at: at.and_utc(),
    };
    GivenMandate {
        id,
        person,
        user,
        name,
        organisation: organisation.zip(organisation_name),
        authority,
        scopes: scopes_of(scopes),
        from,
        to,
        recorded_at: recorded_at.and_utc(),
        ending: ended_at.map(|at| endings.remove(&id).unwrap_or_else(|| unknown(at))),
    }
}

fn endings(tx: &mut Tx, of: &[MandateId]) -> Result<BTreeMap<MandateId, Ending>, Error> {
    type Row = (MandateId, Cause, String, String, NaiveDateTime);
    let rows: Vec<Row> = mandate_endings::table
        .inner_join(users::table.on(users::id.eq(mandate_endings::ended_by)))
        .filter(mandate_endings::mandate_id.eq_any(of.to_vec()))
        .select((
            mandate_endings::mandate_id,
            mandate_endings::cause,
            mandate_endings::note,
            users::name,
            mandate_endings::ended_at,
        ))
        .load(tx)?;
    let ending = |(id, cause, note, by, at): Row| (id, Ending { cause, note, by, at: at.and_utc() });
    Ok(rows.into_iter().map(ending).collect())
}

fn with_endings(tx: &mut Tx, rows: Vec<GivenRow>) -> Result<Vec<GivenMandate>, Error> {
    let ids: Vec<MandateId> = rows.iter().map(|row| row.0.0).collect();
    let mut endings = endings(tx, &ids)?;
    Ok(rows.into_iter().map(|row| noun(row, &mut endings)).collect())
}

/// Every mandate that was ever given for a person, the oldest first. The caller has loaded the person for the actor and
/// says nothing of them to whoever may not see them ([`rules::sees`]).
///
/// # Errors
/// When the database fails.
pub fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<GivenMandate>, Error> {
    let rows: Vec<GivenRow> = given!().filter(mandates::person_id.eq(person)).load(tx)?;
    with_endings(tx, rows)
}

/// The mandates for a person that the actor may see, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn seen(tx: &mut Tx, actor: &Actor, person: &Person) -> Result<Vec<GivenMandate>, Error> {
    let mut all = of_person(tx, person.id)?;
    all.retain(|given| rules::sees(actor, person, given));
    Ok(all)
}

/// A mandate that the actor may see, and its person: as that person, for their council, or as whoever holds it, also when it
/// is over.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn mandate(tx: &mut Tx, actor: &Actor, id: MandateId) -> Result<(Person, GivenMandate), Error> {
    let rows: Vec<GivenRow> = given!().filter(mandates::id.eq(id)).load(tx)?;
    let given = with_endings(tx, rows)?.pop().ok_or(Error::NotFound)?;
    let person = people::store::person_of_record(tx, given.person)?;
    if rules::sees(actor, &person, &given) { Ok((person, given)) } else { Err(Error::NotFound) }
}

/// Checks that an organisation acts for people: that it is a broker or a trust.
///
/// # Errors
/// When it does not.
pub fn check_agent(tx: &mut Tx, organisation: OrganisationId) -> Result<(), Error> {
    let acts = agents(tx)?.iter().any(|known| known.id == organisation);
    if acts { Ok(()) } else { Err(rules::Refusal::NotAnAgent.into()) }
}

/// Whether somebody belongs to an organisation now.
///
/// # Errors
/// When the database fails.
pub fn belongs(tx: &mut Tx, user: UserId, organisation: OrganisationId) -> Result<bool, Error> {
    let works = memberships::user_id.eq(user).and(memberships::organisation_id.eq(organisation));
    let found: Option<i64> = memberships::table
        .filter(works.and(memberships::ended_at.is_null()))
        .select(memberships::id)
        .first(tx)
        .optional()?;
    Ok(found.is_some())
}

/// The organisations that act for people: brokers and trusts.
///
/// # Errors
/// When the database fails.
pub fn agents(tx: &mut Tx) -> Result<Vec<people::Organisation>, Error> {
    let acts = organisations::is_broker.eq(true).or(organisations::kind.eq(people::OrganisationKind::Trust));
    let ids: Vec<OrganisationId> = organisations::table.filter(acts).select(organisations::id).limit(500).load(tx)?;
    people::store::organisations_by_id(tx, &ids)
}

/// The day on which a person died, if that is recorded and was no mistake.
///
/// # Errors
/// When the database fails.
pub fn died_on(tx: &mut Tx, person: PersonId) -> Result<Option<NaiveDate>, Error> {
    let newest = deaths::table.filter(deaths::person_id.eq(person)).order(deaths::id.desc());
    let newest: Option<Option<NaiveDate>> = newest.select(deaths::died_on).first(tx).optional()?;
    Ok(newest.flatten())
}

/// Records the day on which a person died, or that this was a mistake. With a day every mandate ends that does not outlive
/// the person; answers how many.
///
/// # Errors
/// When the database fails.
pub fn record_death(
    tx: &mut Tx,
    person: PersonId,
    died_on: Option<NaiveDate>,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<usize, Error> {
    let row = (
        deaths::person_id.eq(person),
        deaths::died_on.eq(died_on),
        deaths::recorded_by.eq(by),
        deaths::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(deaths::table).values(row).execute(tx)?;
    match died_on {
        None => Ok(0),
        Some(_) => {
            sign_ins::store::withdraw_to_record(tx, person, now)?;
            end_all(tx, person, |authority| !authority.outlives_the_person(), (Cause::Death, ""), by, now)
        }
    }
}

/// Records what was found about a person's capacity. Where they can decide themself again, the mandates end that rest on
/// the lack of it; answers how many.
///
/// # Errors
/// When the database fails.
pub fn record_capacity(
    tx: &mut Tx,
    person: PersonId,
    new: &CapacityDecision,
    by: UserId,
    now: DateTime<Utc>,
) -> Result<usize, Error> {
    let row = (
        capacity_decisions::person_id.eq(person),
        capacity_decisions::decided_on.eq(new.decided_on),
        capacity_decisions::about.eq(new.about),
        capacity_decisions::has_capacity.eq(new.has_capacity),
        capacity_decisions::decided_by.eq(&new.decided_by),
        capacity_decisions::note.eq(&new.note),
        capacity_decisions::recorded_by.eq(by),
        capacity_decisions::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(capacity_decisions::table).values(row).execute(tx)?;
    if !rules::gives_back(new.about, new.has_capacity) {
        return Ok(0);
    }
    end_all(tx, person, Authority::rests_on_lack_of_capacity, (Cause::Capacity, &new.note), by, now)
}

/// What was found about a person's capacity, the newest first. The caller has loaded the person for the actor.
///
/// # Errors
/// When the database fails.
pub fn capacity_decisions(tx: &mut Tx, person: PersonId) -> Result<Vec<CapacityDecision>, Error> {
    type Row = (NaiveDate, Matter, bool, String, String, String);
    let rows: Vec<Row> = capacity_decisions::table
        .inner_join(users::table.on(users::id.eq(capacity_decisions::recorded_by)))
        .filter(capacity_decisions::person_id.eq(person))
        .select((
            capacity_decisions::decided_on,
            capacity_decisions::about,
            capacity_decisions::has_capacity,
            capacity_decisions::decided_by,
            capacity_decisions::note,
            users::name,
        ))
        .order(capacity_decisions::id.desc())
        .load(tx)?;
    let noun = |(decided_on, about, has_capacity, decided_by, note, recorded_by): Row| CapacityDecision {
        decided_on,
        about,
        has_capacity,
        decided_by,
        note,
        recorded_by,
    };
    Ok(rows.into_iter().map(noun).collect())
}

/// Whether it was found since an instant that the person can decide themself again.
///
/// # Errors
/// When the database fails.
pub fn given_back_since(tx: &mut Tx, person: PersonId, since: DateTime<Utc>) -> Result<bool, Error> {
    type Row = (Matter, bool);
    let rows: Vec<Row> = capacity_decisions::table
        .filter(capacity_decisions::person_id.eq(person).and(capacity_decisions::recorded_at.ge(since.naive_utc())))
        .select((capacity_decisions::about, capacity_decisions::has_capacity))
        .load(tx)?;
    Ok(rows.into_iter().any(|(about, has_capacity)| rules::gives_back(about, has_capacity)))
}

/// Whether it was found last since an instant that the person cannot decide about their money or their care.
///
/// # Errors
/// When the database fails.
pub fn lost_since(tx: &mut Tx, person: PersonId, since: DateTime<Utc>) -> Result<bool, Error> {
    for about in [Matter::Money, Matter::Care] {
        let found: Option<bool> = capacity_decisions::table
            .filter(capacity_decisions::person_id.eq(person).and(capacity_decisions::about.eq(about)))
            .filter(capacity_decisions::recorded_at.ge(since.naive_utc()))
            .select(capacity_decisions::has_capacity)
            .order(capacity_decisions::id.desc())
            .first(tx)
            .optional()?;
        if found == Some(false) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The most things of one kind that can be chosen from.
const LISTED: i64 = 200;

/// Everything of a person that they can keep from somebody, the newest first in each kind. The caller is the person.
///
/// # Errors
/// When the database fails.
pub fn items_of(tx: &mut Tx, person: PersonId) -> Result<Vec<NamedItem>, Error> {
    let theirs: Vec<(FundId, Form)> =
        funds::table.filter(funds::person_id.eq(person)).select((funds::id, funds::form)).order(funds::id).load(tx)?;
    let ids: Vec<FundId> = theirs.iter().map(|(id, _)| *id).collect();
    let mut all: Vec<NamedItem> = theirs.into_iter().map(|(id, form)| named(id, form.to_string())).collect();
    let rows: Vec<(AgreementId, NaiveDate)> = agreements::table
        .filter(agreements::fund_id.eq_any(ids.clone()))
        .select((agreements::id, agreements::starts_on))
        .order(agreements::id.desc())
        .limit(LISTED)
        .load(tx)?;
    all.extend(rows.into_iter().map(|(id, at)| named(id, format!("{id}, from {}", calendar::short(at)))));
    let rows: Vec<(PackageId, String)> = packages::table
        .filter(packages::fund_id.eq_any(ids.clone()))
        .select((packages::id, packages::name))
        .order(packages::id.desc())
        .limit(LISTED)
        .load(tx)?;
    all.extend(rows.into_iter().map(|(id, name)| named(id, name)));
    all.extend(lines_and_deliveries(tx, &ids)?);
    let rows: Vec<(InvoiceId, i64, String, NaiveDate, Pence)> = invoices::table
        .inner_join(organisations::table.on(organisations::id.eq(invoices::provider_id)))
        .filter(invoices::fund_id.eq_any(ids).and(invoices::credits_invoice_id.is_null()))
        .select((invoices::id, invoices::number, organisations::name, invoices::issued_on, invoices::total_pence))
        .order(invoices::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let invoice = |(id, number, from, on, total): (InvoiceId, i64, String, NaiveDate, Pence)| {
        named(id, format!("number {number} of {from}, {}, {total}", calendar::short(on)))
    };
    all.extend(rows.into_iter().map(invoice));
    Ok(all)
}

fn named(id: impl Into<Item>, words: String) -> NamedItem {
    NamedItem { item: id.into(), words }
}

/// The lines of the orders of some funds and what was delivered under them.
fn lines_and_deliveries(tx: &mut Tx, of: &[FundId]) -> Result<Vec<NamedItem>, Error> {
    let rows: Vec<(OrderLineId, OrderId, String)> = order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .filter(orders::fund_id.eq_any(of.to_vec()))
        .select((order_lines::id, orders::id, order_lines::description))
        .order(order_lines::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let line = |(id, order, what): (OrderLineId, OrderId, String)| named(id, format!("Order {order}: {what}"));
    let mut all: Vec<NamedItem> = rows.into_iter().map(line).collect();
    let rows: Vec<(DeliveryId, NaiveDate, String)> = deliveries::table
        .inner_join(order_lines::table.on(order_lines::id.eq(deliveries::order_line_id)))
        .filter(deliveries::fund_id.eq_any(of.to_vec()))
        .select((deliveries::id, deliveries::delivered_on, order_lines::description))
        .order(deliveries::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let delivery =
        |(id, on, what): (DeliveryId, NaiveDate, String)| named(id, format!("{}: {what}", calendar::short(on)));
    all.extend(rows.into_iter().map(delivery));
    Ok(all)
}

/// Keeps a thing from a mandate; again is no more than once. The caller has checked that it is the person's.
///
/// # Errors
/// When the database fails.
pub fn hide(tx: &mut Tx, mandate: MandateId, item: Item, by: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    show_again(tx, mandate, item)?;
    let row = (
        mandate_hidden_items::mandate_id.eq(mandate),
        mandate_hidden_items::kind.eq(item.kind),
        mandate_hidden_items::item_id.eq(item.number),
        mandate_hidden_items::hidden_by.eq(by),
        mandate_hidden_items::hidden_at.eq(now.naive_utc()),
    );
    diesel::insert_into(mandate_hidden_items::table).values(row).execute(tx)?;
    Ok(())
}

/// Whether one of some things is kept from a mandate.
///
/// # Errors
/// When the database fails.
pub fn keeps(tx: &mut Tx, mandate: MandateId, items: &[Item]) -> Result<bool, Error> {
    let kept: Vec<(ItemKind, i64)> = mandate_hidden_items::table
        .filter(mandate_hidden_items::mandate_id.eq(mandate))
        .select((mandate_hidden_items::kind, mandate_hidden_items::item_id))
        .load(tx)?;
    Ok(items.iter().any(|item| kept.contains(&(item.kind, item.number))))
}

/// Shows a thing to a mandate again.
///
/// # Errors
/// When the database fails.
pub fn show_again(tx: &mut Tx, mandate: MandateId, item: Item) -> Result<(), Error> {
    let of_it = mandate_hidden_items::mandate_id.eq(mandate);
    let this = mandate_hidden_items::kind.eq(item.kind).and(mandate_hidden_items::item_id.eq(item.number));
    diesel::delete(mandate_hidden_items::table.filter(of_it.and(this))).execute(tx)?;
    Ok(())
}

/// The files on which mandates of a person rest, and offers of mandates.
///
/// # Errors
/// When the database fails.
pub fn files_of(tx: &mut Tx, person: PersonId) -> Result<Vec<FileId>, Error> {
    let theirs = mandates::table.filter(mandates::person_id.eq(person)).select(mandates::id);
    let found: Vec<Option<FileId>> = mandate_evidence::table
        .filter(mandate_evidence::mandate_id.eq_any(theirs))
        .select(mandate_evidence::file_id)
        .load(tx)?;
    // What was sent with an offer is what the mandate rests on, once there is one.
    let all: BTreeSet<FileId> = found.into_iter().flatten().chain(offers::files_of(tx, person)?).collect();
    Ok(all.into_iter().collect())
}

/// Ends every mandate of a person whose record is erased, takes every offer back, and takes out the words: notes of mandates,
/// whom they were offered to, what was found about capacity. Who acted when and as what stays, as the books need it.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx, person: PersonId, by: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    end_all(tx, person, |_| true, (Cause::EndedByCouncil, ""), by, now)?;
    let theirs = || mandates::table.filter(mandates::person_id.eq(person)).select(mandates::id);
    diesel::update(mandate_evidence::table.filter(mandate_evidence::mandate_id.eq_any(theirs())))
        .set(mandate_evidence::note.eq(""))
        .execute(tx)?;
    diesel::update(mandate_endings::table.filter(mandate_endings::mandate_id.eq_any(theirs())))
        .set(mandate_endings::note.eq(""))
        .execute(tx)?;
    diesel::delete(capacity_decisions::table.filter(capacity_decisions::person_id.eq(person))).execute(tx)?;
    offers::erase(tx, person, by, now)
}
