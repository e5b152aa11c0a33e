//! Rows of complaints and their threads.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{letters, things};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::concerns::rules::{complaints as rules, limits};
use crate::concerns::{
    About, Complaint, ComplaintStatus, Deadlines, Deed, Entry, NewComplaint, Offered, Thing, ThingKind, Whom,
};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{complaint_entries, complaints, users};
use crate::error::{Error, Invalid};
use crate::ids::{ComplaintId, OrganisationId, PersonId, UserId};
use crate::mail::desk::Desk;
use crate::people::{self, Person};

word! {
    About;
    ThingKind;
    ComplaintStatus;
    Deed;
}

/// The most complaints that one page lists.
const PAGE: i64 = 200;

/// How many complaints the clock looks at in one write.
const AT_ONCE: i64 = 100;

#[derive(Queryable)]
struct Row {
    id: ComplaintId,
    person: PersonId,
    council: OrganisationId,
    about: About,
    about_organisation: Option<OrganisationId>,
    about_user: Option<UserId>,
    about_words: String,
    thing_kind: Option<ThingKind>,
    thing: Option<i64>,
    thing_words: String,
    asked: OrganisationId,
    with: OrganisationId,
    status: ComplaintStatus,
    raised_by: UserId,
    raised_on: NaiveDate,
    acknowledge_by: NaiveDate,
    acknowledge_at_latest: NaiveDate,
    answer_by: NaiveDate,
    version: i64,
}

impl Row {
    fn whom(&self) -> Result<Whom, Error> {
        let whom = match (self.about, self.about_organisation, self.about_user) {
            (About::Provider, Some(organisation), None) => Whom::Provider(organisation),
            (About::Holder, Some(organisation), None) => Whom::Holder(organisation),
            (About::Council, None, None) => Whom::Council,
            (About::Decision, None, None) => Whom::Decision,
            (About::Representative, organisation, Some(user)) => Whom::Representative(user, organisation),
            _ => return Err(Error::Internal(format!("complaint {} does not say whom it is about", self.id))),
        };
        Ok(whom)
    }

    fn noun(self) -> Result<Complaint, Error> {
        Ok(Complaint {
            whom: self.whom()?,
            id: self.id,
            person: self.person,
            council: self.council,
            about_words: self.about_words,
            thing: self.thing_kind.zip(self.thing).map(|(kind, number)| Thing::of(kind, number)),
            thing_words: self.thing_words,
            asked: self.asked,
            with: self.with,
            status: self.status,
            raised_by: self.raised_by,
            raised_on: self.raised_on,
            deadlines: Deadlines {
                acknowledge_by: self.acknowledge_by,
                acknowledge_at_latest: self.acknowledge_at_latest,
                answer_by: self.answer_by,
            },
            version: self.version,
        })
    }
}

/// A complaint that the actor may see.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn complaint(tx: &mut Tx, actor: &Actor, id: ComplaintId) -> Result<Complaint, Error> {
    let row: Row = complaints::table.filter(complaints::id.eq(id)).first(tx)?;
    let found = row.noun()?;
    rules::sight(actor, &found).map(|_| found).ok_or(Error::NotFound)
}

/// The complaints that the actor sees: what is not settled first, the oldest first; then the newest of the rest.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx, actor: &Actor) -> Result<(Vec<Complaint>, Vec<Complaint>), Error> {
    let visible = || {
        let theirs = rules::organisations(actor);
        let looked: Vec<OrganisationId> = actor.accesses().iter().map(|access| access.council).collect();
        complaints::person_id
            .eq_any(actor.people())
            .or(complaints::asked_id.eq_any(theirs.clone()))
            .or(complaints::with_id.eq_any(theirs.clone()))
            .or(complaints::council_id.eq_any(theirs))
            .or(complaints::council_id.eq_any(looked))
    };
    let of_others = || complaints::about_user_id.is_null().or(complaints::about_user_id.ne(Some(actor.user())));
    let over = || complaints::status.eq(ComplaintStatus::Settled);
    let open = complaints::table.filter(visible()).filter(of_others()).filter(diesel::dsl::not(over()));
    let open: Vec<Row> = open.order(complaints::id).limit(PAGE).load(tx)?;
    let done = complaints::table.filter(visible()).filter(of_others()).filter(over());
    let done: Vec<Row> = done.order(complaints::id.desc()).limit(PAGE).load(tx)?;
    Ok((seen_by(actor, open)?, seen_by(actor, done)?))
}

/// Those of some complaints that the actor sees.
fn seen_by(actor: &Actor, rows: Vec<Row>) -> Result<Vec<Complaint>, Error> {
    let mut found: Vec<Complaint> = rows.into_iter().map(Row::noun).collect::<Result<_, _>>()?;
    found.retain(|complaint| rules::sight(actor, complaint).is_some());
    Ok(found)
}

/// The complaints that wait for the actor, the oldest first.
///
/// # Errors
/// When the database fails.
pub fn waiting(tx: &mut Tx, actor: &Actor) -> Result<Vec<Complaint>, Error> {
    let (open, _) = list(tx, actor)?;
    Ok(open.into_iter().filter(|complaint| rules::waits_for(actor, complaint).is_some()).collect())
}

/// Who said and did what in a complaint, the oldest first. The caller has loaded the complaint for the actor.
///
/// # Errors
/// When the database fails.
pub fn thread(tx: &mut Tx, complaint: ComplaintId) -> Result<Vec<Entry>, Error> {
    type EntryRow = (Deed, String, Option<String>, String, NaiveDateTime);
    let rows: Vec<EntryRow> = complaint_entries::table
        .left_join(users::table.on(users::id.nullable().eq(complaint_entries::by_user_id)))
        .filter(complaint_entries::complaint_id.eq(complaint))
        .select((
            complaint_entries::deed,
            complaint_entries::text,
            users::name.nullable(),
            complaint_entries::authority,
            complaint_entries::at,
        ))
        .order(complaint_entries::id)
        .load(tx)?;
    let entry = |(deed, text, name, authority, at): EntryRow| Entry { deed, text, name, authority, at: at.and_utc() };
    Ok(rows.into_iter().map(entry).collect())
}

/// The person whose complaint it is and whom it can be about, for somebody who stands for them. A thing must be one that
/// the actor sees.
///
/// # Errors
/// Not found, when the actor may not know of the person or the thing; forbidden when they do not stand for the person.
pub fn offered_for(
    tx: &mut Tx,
    actor: &Actor,
    (person, thing): (PersonId, Option<Thing>),
    today: NaiveDate,
) -> Result<(Person, Vec<Offered>, String), Error> {
    let named = thing.map(|thing| things::named(tx, actor, thing)).transpose()?;
    if named.as_ref().is_some_and(|named| named.person != person) {
        return Err(Error::NotFound);
    }
    let found = people::store::person(tx, actor, person);
    let found = match (found, &named) {
        // Who sees a thing of somebody without seeing them learns no more than that they may not do this.
        (Err(Error::NotFound), Some(_)) => return Err(rules::Refusal::NotForThem.into()),
        (found, _) => found?,
    };
    rules::standing(actor, person).ok_or(rules::Refusal::NotForThem)?;
    let offered = rules::offered_to(actor.user(), things::offered(tx, actor, &found, named.as_ref(), today)?);
    Ok((found, offered, named.map(|named| named.words).unwrap_or_default()))
}

/// Raises a complaint: it goes to who must answer, who is told by mail, and its clock begins today.
///
/// # Errors
/// As [`offered_for`]; a message when it is about nobody who was offered.
pub fn raise(tx: &mut Tx, desk: &Desk<'_>, actor: &Actor, new: &NewComplaint) -> Result<Complaint, Error> {
    let today = calendar::london(desk.now).date();
    let (person, offered, thing_words) = offered_for(tx, actor, (new.person, new.thing), today)?;
    let chosen = offered.into_iter().find(|offered| offered.whom.sent() == new.whom);
    let chosen = chosen.ok_or_else(|| Invalid::field("whom", "Choose whom it is about from the list."))?;
    let asked = rules::responsible(chosen.whom, person.council);
    let deadlines = limits::deadlines(today);
    let row = (
        (
            complaints::person_id.eq(person.id),
            complaints::council_id.eq(person.council),
            complaints::about.eq(chosen.whom.about()),
            complaints::about_organisation_id.eq(chosen.whom.organisation()),
            complaints::about_user_id.eq(chosen.whom.user()),
            complaints::about_words.eq(&chosen.words),
            complaints::thing_kind.eq(new.thing.map(Thing::kind)),
            complaints::thing_id.eq(new.thing.map(Thing::number)),
            complaints::thing_words.eq(thing_words),
        ),
        (
            complaints::asked_id.eq(asked),
            complaints::with_id.eq(asked),
            complaints::status.eq(ComplaintStatus::Raised),
            complaints::raised_by.eq(actor.user()),
            complaints::raised_on.eq(today),
            complaints::acknowledge_by.eq(deadlines.acknowledge_by),
            complaints::acknowledge_at_latest.eq(deadlines.acknowledge_at_latest),
            complaints::answer_by.eq(deadlines.answer_by),
            complaints::version.eq(1),
        ),
    );
    let raised = diesel::insert_into(complaints::table).values(row).get_result::<Row>(tx)?.noun()?;
    let authority = rules::standing(actor, person.id).unwrap_or_default();
    add_entry(tx, raised.id, Deed::Raised, &new.what, Some((actor.user(), authority)), desk.now)?;
    letters::tell(tx, desk, &raised, Deed::Raised, Some(actor.user()))?;
    Ok(raised)
}

/// Does something with a complaint, if it is still as it was seen: moves it on, adds to its thread and tells the other side.
/// The caller has asked the rules for the authority.
///
/// # Errors
/// A refusal in words; a conflict when it is no longer as it was seen.
pub fn act(
    tx: &mut Tx,
    desk: &Desk<'_>,
    complaint: &Complaint,
    (version, deed, text): (i64, Deed, &str),
    (user, authority): (UserId, String),
) -> Result<(), Error> {
    if complaint.version != version {
        return Err(Error::changed_since("This complaint"));
    }
    let moved = move_on(tx, complaint, deed, desk.now)?;
    add_entry(tx, complaint.id, deed, text, Some((user, authority)), desk.now)?;
    letters::tell(tx, desk, &moved, deed, Some(user))
}

/// Moves a complaint to where it is after a deed; when it comes to somebody else, their clock begins.
fn move_on(tx: &mut Tx, complaint: &Complaint, deed: Deed, now: DateTime<Utc>) -> Result<Complaint, Error> {
    let (status, with) = rules::after(complaint, deed)?;
    let comes_anew = with != complaint.with;
    let deadlines = if comes_anew { limits::deadlines(calendar::london(now).date()) } else { complaint.deadlines };
    let as_seen = complaints::id.eq(complaint.id).and(complaints::version.eq(complaint.version));
    let changed = diesel::update(complaints::table.filter(as_seen))
        .set((
            complaints::status.eq(status),
            complaints::with_id.eq(with),
            complaints::acknowledge_by.eq(deadlines.acknowledge_by),
            complaints::acknowledge_at_latest.eq(deadlines.acknowledge_at_latest),
            complaints::answer_by.eq(deadlines.answer_by),
            complaints::version.eq(complaint.version + 1),
        ))
        .execute(tx)?;
    if changed != 1 {
        return Err(Error::changed_since("This complaint"));
    }
    Ok(Complaint { status, with, deadlines, version: complaint.version + 1, ..complaint.clone() })
}

fn add_entry(
    tx: &mut Tx,
    complaint: ComplaintId,
    deed: Deed,
    text: &str,
    by: Option<(UserId, String)>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (user, authority) = by.map_or((None, String::new()), |(user, authority)| (Some(user), authority));
    let row = (
        complaint_entries::complaint_id.eq(complaint),
        complaint_entries::deed.eq(deed),
        complaint_entries::text.eq(text),
        complaint_entries::by_user_id.eq(user),
        complaint_entries::authority.eq(authority),
        complaint_entries::at.eq(now.naive_utc()),
    );
    diesel::insert_into(complaint_entries::table).values(row).execute(tx)?;
    Ok(())
}

/// Takes on to the council what was not answered in time, some at a time, and tells both; answers how many. What is with the council waits
/// there, so that doing it again does nothing.
///
/// # Errors
/// When the database fails.
pub fn take_on_overdue(tx: &mut Tx, desk: &Desk<'_>) -> Result<usize, Error> {
    let today = calendar::london(desk.now).date();
    let unanswered = [ComplaintStatus::Raised, ComplaintStatus::Acknowledged, ComplaintStatus::Escalated];
    let rows: Vec<Row> = complaints::table
        .filter(complaints::status.eq_any(unanswered).and(complaints::answer_by.lt(today)))
        .filter(complaints::with_id.ne(complaints::council_id))
        .order(complaints::id)
        .limit(AT_ONCE)
        .load(tx)?;
    let mut count = 0;
    for row in rows {
        let complaint = row.noun()?;
        if rules::goes_to_council(&complaint, today) {
            let moved = move_on(tx, &complaint, Deed::Overdue, desk.now)?;
            add_entry(tx, complaint.id, Deed::Overdue, "", None, desk.now)?;
            letters::tell(tx, desk, &moved, Deed::Overdue, None)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Whether a complaint of a person is not settled.
///
/// # Errors
/// When the database fails.
pub fn any_open(tx: &mut Tx, person: PersonId) -> Result<bool, Error> {
    let open =
        complaints::table.filter(complaints::person_id.eq(person).and(complaints::status.ne(ComplaintStatus::Settled)));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(tx)?)
}

/// Takes out what was said in the complaints of a person whose record is erased; that there was one, with whom and until
/// when, stays.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let theirs = complaints::table.filter(complaints::person_id.eq(person)).select(complaints::id);
    diesel::update(complaint_entries::table.filter(complaint_entries::complaint_id.eq_any(theirs)))
        .set(complaint_entries::text.eq(""))
        .execute(tx)?;
    diesel::update(complaints::table.filter(complaints::person_id.eq(person)))
        .set((complaints::about_words.eq(""), complaints::thing_words.eq("")))
        .execute(tx)?;
    Ok(())
}
