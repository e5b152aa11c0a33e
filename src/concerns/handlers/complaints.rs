//! Raise, acknowledge, answer, settle a complaint, write to it, take it further.

use std::collections::BTreeMap;

use actix_web::web;
use chrono::NaiveDate;

use crate::audit;
use crate::auth::rights::Actor;
use crate::concerns::pages::complaints::{self as pages, ComplaintPage, ForWhom, ListPage, May, NewPage, Row};
use crate::concerns::rules::complaints as rules;
use crate::concerns::{Complaint, Deed, NewComplaint, Reply, Thing, forms, store};
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{ComplaintId, OrganisationId, PersonId};
use crate::mail::desk::Desk;
use crate::people;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "concerns/list.html";
const NEW: &str = "concerns/new.html";
const SHOW: &str = "concerns/show.html";

/// The complaints that the actor sees.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let page = visit.app.db.read(move |tx| list_page(tx, &actor)).await?;
    visit.show(LIST, &page)
}

fn list_page(tx: &mut Tx, actor: &Actor) -> Result<ListPage, Error> {
    let (open, settled) = store::complaints::list(tx, actor)?;
    Ok(ListPage {
        state: pages::list_state(open.len()),
        open: rows(tx, actor, &open)?,
        settled: rows(tx, actor, &settled)?,
        raise: for_whom(tx, actor)?,
        may_record_contacts: actor.council_officer().is_ok(),
    })
}

fn rows(tx: &mut Tx, actor: &Actor, some: &[Complaint]) -> Result<Vec<Row>, Error> {
    let with: Vec<OrganisationId> = some.iter().map(|complaint| complaint.with).collect();
    let found = people::store::organisations_by_id(tx, &with)?.into_iter();
    let names: BTreeMap<OrganisationId, String> = found.map(|found| (found.id, found.name)).collect();
    let mut rows = vec![];
    for complaint in some {
        let person = people::store::person_of_record(tx, complaint.person)?;
        let whose = if actor.person() == Some(person.id) { "You" } else { person.name.as_str() };
        let with = names.get(&complaint.with).map(String::as_str).unwrap_or_default();
        rows.push(pages::row(complaint, whose, with));
    }
    Ok(rows)
}

/// For whom an actor can complain: themselves and those they act for.
fn for_whom(tx: &mut Tx, actor: &Actor) -> Result<Vec<ForWhom>, Error> {
    let link = |person: people::Person| {
        let label = if actor.person() == Some(person.id) {
            "Raise a complaint".to_owned()
        } else {
            format!("Raise a complaint for {}", person.name)
        };
        ForWhom { label, href: format!("/concerns/new?person={}", person.id) }
    };
    Ok(people::store::people_acted_for(tx, actor)?.into_iter().map(link).collect())
}

/// The form for a complaint.
pub async fn new(visit: Visit, actor: Actor) -> Answer {
    let asked = visit.query()?;
    let (person, thing) = (forms::person(&asked)?, forms::thing(&asked)?);
    let today = visit.app.clock.today();
    let page = visit.app.db.read(move |tx| asked_page(tx, &actor, person, thing, today)).await?;
    visit.show(NEW, &page)
}

/// The form for what was asked: about a thing, for a person, or for the only one there is. Who sees the thing and may not
/// complain about it is shown where else to go.
fn asked_page(
    tx: &mut Tx,
    actor: &Actor,
    person: Option<PersonId>,
    thing: Option<Thing>,
    today: NaiveDate,
) -> Result<NewPage, Error> {
    let person = match (thing, person, actor.people().as_slice()) {
        (Some(thing), ..) => Some(store::things::named(tx, actor, thing)?.person),
        (None, Some(person), _) => Some(person),
        (None, None, [only]) => Some(*only),
        _ => None,
    };
    match person {
        Some(person) if thing.is_none() || actor.stands_for(person) => form_page(tx, actor, (person, thing), today),
        Some(_) => Ok(NewPage::default()),
        None => Ok(NewPage { choose: for_whom(tx, actor)?, ..NewPage::default() }),
    }
}

fn form_page(
    tx: &mut Tx,
    actor: &Actor,
    (person, thing): (PersonId, Option<Thing>),
    today: NaiveDate,
) -> Result<NewPage, Error> {
    let (person, offered, _) = store::complaints::offered_for(tx, actor, (person, thing), today)?;
    let named = thing.map(|thing| store::things::named(tx, actor, thing)).transpose()?;
    Ok(pages::new_page(&person, actor.person() == Some(person.id), &offered, named.as_ref(), today))
}

/// Raises a complaint.
pub async fn raise(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let today = visit.app.clock.today();
    let about = (forms::person(&sent.fields)?, forms::thing(&sent.fields)?);
    if let (Some(person), thing) = about {
        // Who may not complain learns nothing from a form that is wrong.
        let who = actor.clone();
        let may = move |tx: &mut Tx| store::complaints::offered_for(tx, &who, (person, thing), today).map(|_| ());
        visit.app.db.read(may).await?;
    } else if actor.people().is_empty() {
        return Err(Error::from(rules::Refusal::NotForThem).into());
    }
    let (who, app) = (actor.clone(), visit.app.clone());
    let raised = move |tx: &mut Tx, new: &NewComplaint| {
        let raised = store::complaints::raise(tx, &Desk::of(&app), &who, new)?;
        Ok(done(raised.id, raised.person, Deed::Raised))
    };
    let outcome = visit.write_form(actor.user(), &sent, forms::complaint(&sent.fields), raised).await;
    visit.app.wake.wake();
    match outcome {
        Ok(location) => Ok(visit.done(&location, "Your complaint is on its way. This page tells you what happens.")),
        Err(error) => {
            let again = move |tx: &mut Tx| asked_page(tx, &actor, about.0, about.1, today);
            let page = visit.app.db.read(again).await?;
            visit.show_again(error, NEW, &page)
        }
    }
}

/// A complaint.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<ComplaintId>) -> Answer {
    let (id, who) = (*path, actor.clone());
    let page = complaint_page(&visit, &actor, id).await?;
    let whose = move |tx: &mut Tx| store::complaints::complaint(tx, &who, id).map(|complaint| complaint.person);
    visit.seen_of(audit::Thing::of(audit::ThingKind::Complaint, id), whose).await?;
    visit.show(SHOW, &page)
}

async fn complaint_page(visit: &Visit, actor: &Actor, id: ComplaintId) -> Result<ComplaintPage, Error> {
    let (actor, today) = (actor.clone(), visit.app.clock.today());
    visit.app.db.read(move |tx| page_of(tx, &actor, id, today)).await
}

fn page_of(tx: &mut Tx, actor: &Actor, id: ComplaintId, today: NaiveDate) -> Result<ComplaintPage, Error> {
    let complaint = store::complaints::complaint(tx, actor, id)?;
    let person = people::store::person_of_record(tx, complaint.person)?;
    let mut name = |id| people::store::organisation(tx, id).map(|found| found.name);
    let (asked, with, council) = (name(complaint.asked)?, name(complaint.with)?, name(complaint.council)?);
    let contacts = store::contacts::of_council(tx, complaint.council)?;
    let thing_href = thing_href(tx, actor, &complaint)?;
    let own = actor.person() == Some(person.id);
    Ok(ComplaintPage {
        id: id.number(),
        whose: if own { "Your complaint".to_owned() } else { format!("Complaint of {}", person.name) },
        state: pages::next(&complaint, &with),
        status_words: complaint.status.words(),
        tone: pages::tone(complaint.status),
        facts: pages::facts(&complaint, thing_href.as_deref(), &asked, &with),
        late: pages::late(&complaint, &with, today),
        thread: pages::thread(store::complaints::thread(tx, id)?),
        may: may(actor, &complaint, &person),
        council: pages::council(&council, contacts.as_ref()),
        outside: pages::outside(&complaint),
        sources: pages::sources(complaint.raised_on),
        version: complaint.version,
        with,
    })
}

/// The page of the thing that a complaint names, for an actor who may see the thing as well.
fn thing_href(tx: &mut Tx, actor: &Actor, complaint: &Complaint) -> Result<Option<String>, Error> {
    let Some(thing) = complaint.thing else { return Ok(None) };
    match store::things::named(tx, actor, thing) {
        Ok(named) => Ok(Some(named.href)),
        Err(Error::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

/// What an actor may do with a complaint.
fn may(actor: &Actor, complaint: &Complaint, person: &people::Person) -> May {
    let fits = |deed| rules::after(complaint, deed).is_ok();
    let answers = rules::may_answer(actor, complaint).is_ok();
    let stands = rules::on_the_persons_side(actor, complaint).is_ok();
    let next = rules::next_stage(complaint);
    May {
        acknowledge: answers && fits(Deed::Acknowledged),
        answer: answers && fits(Deed::Answered),
        write: rules::may_write(actor, complaint).is_ok() && fits(Deed::Message),
        settle: rules::may_settle(actor, complaint, person.user).is_ok() && fits(Deed::Settled),
        take_on: stands && next == Deed::Escalated && fits(next),
        go_outside: stands && next == Deed::Outside && fits(next),
    }
}

/// What a deed is and under which authority somebody does it, for a complaint that they see.
type Allowed = fn(&mut Tx, &Actor, &Complaint) -> Result<(Deed, String), Error>;

/// Says that a complaint was received.
pub async fn acknowledge(visit: Visit, actor: Actor, path: web::Path<ComplaintId>, sent: Submitted) -> Answer {
    let form = forms::seen(&sent.fields);
    let allowed: Allowed =
        |_, actor, complaint| Ok((Deed::Acknowledged, rules::may_answer(actor, complaint)?.authority()));
    act(&visit, actor, *path, (&sent, form), allowed, "You said that it was received. Answer it next.").await
}

/// Answers a complaint.
pub async fn answer(visit: Visit, actor: Actor, path: web::Path<ComplaintId>, sent: Submitted) -> Answer {
    let form = forms::reply(&sent.fields);
    let allowed: Allowed = |_, actor, complaint| Ok((Deed::Answered, rules::may_answer(actor, complaint)?.authority()));
    act(&visit, actor, *path, (&sent, form), allowed, "Your answer is sent.").await
}

/// Writes to a complaint.
pub async fn write(visit: Visit, actor: Actor, path: web::Path<ComplaintId>, sent: Submitted) -> Answer {
    let form = forms::reply(&sent.fields);
    let allowed: Allowed = |_, actor, complaint| Ok((Deed::Message, rules::may_write(actor, complaint)?));
    act(&visit, actor, *path, (&sent, form), allowed, "What you wrote is sent.").await
}

/// Says that a complaint is settled.
pub async fn settle(visit: Visit, actor: Actor, path: web::Path<ComplaintId>, sent: Submitted) -> Answer {
    let form = forms::seen(&sent.fields);
    let allowed: Allowed = |tx, actor, complaint| {
        let person = people::store::person_of_record(tx, complaint.person)?;
        Ok((Deed::Settled, rules::may_settle(actor, complaint, person.user)?))
    };
    act(&visit, actor, *path, (&sent, form), allowed, "It is settled.").await
}

/// Takes a complaint further: to the council, and from there outside.
pub async fn take_on(visit: Visit, actor: Actor, path: web::Path<ComplaintId>, sent: Submitted) -> Answer {
    let form = forms::seen(&sent.fields);
    let allowed: Allowed =
        |_, actor, complaint| Ok((rules::next_stage(complaint), rules::on_the_persons_side(actor, complaint)?));
    act(&visit, actor, *path, (&sent, form), allowed, "You took it further. This page tells you what happens.").await
}

/// A deed, as the record names it: its code, and what was done.
fn recorded(deed: Deed) -> (&'static str, &'static str) {
    match deed {
        Deed::Raised => ("complaint.raised", "raised"),
        Deed::Acknowledged => ("complaint.acknowledged", "said that they received"),
        Deed::Message => ("complaint.written_to", "wrote to"),
        Deed::Answered => ("complaint.answered", "answered"),
        Deed::Settled => ("complaint.settled", "settled"),
        Deed::Escalated | Deed::Overdue => ("complaint.taken_on", "took on to the council"),
        Deed::Outside => ("complaint.taken_outside", "took outside"),
    }
}

/// Leads to a complaint, and records what was done with it; what was written stands in its own thread.
fn done(id: ComplaintId, person: PersonId, deed: Deed) -> Done {
    let (what, verb) = recorded(deed);
    let thing = audit::Thing::of(audit::ThingKind::Complaint, id);
    Done::new(
        format!("/concerns/{id}"),
        audit::Act::new(what, format!("{verb} complaint {id}"), thing).concerning(person),
    )
}

/// Does something with a complaint that the actor sees, and shows it.
async fn act(
    visit: &Visit,
    actor: Actor,
    id: ComplaintId,
    (sent, form): (&Submitted, Result<Reply, Invalid>),
    allowed: Allowed,
    notice: &str,
) -> Answer {
    let who = actor.clone();
    let may = move |tx: &mut Tx| {
        let complaint = store::complaints::complaint(tx, &who, id)?;
        allowed(tx, &who, &complaint).map(|_| ())
    };
    visit.app.db.read(may).await?;
    let (who, app) = (actor.clone(), visit.app.clone());
    let work = move |tx: &mut Tx, reply: &Reply| {
        let complaint = store::complaints::complaint(tx, &who, id)?;
        let (deed, authority) = allowed(tx, &who, &complaint)?;
        let step = (reply.version, deed, reply.text.as_str());
        store::complaints::act(tx, &Desk::of(&app), &complaint, step, (who.user(), authority))?;
        Ok(done(id, complaint.person, deed))
    };
    let outcome = visit.write_form(actor.user(), sent, form, work).await;
    visit.app.wake.wake();
    match outcome {
        Ok(location) => Ok(visit.done(&location, notice)),
        Err(error) => {
            let page = complaint_page(visit, &actor, id).await?;
            visit.show_again(error, SHOW, &page)
        }
    }
}
