//! People, their budgets, mandates and funds: what the council records, what they see.

use actix_web::web::Path;
use chrono::NaiveDate;

use super::pages::{self, FundData, PersonData};
use super::{forms, rules, store};
use crate::audit::{Act, Thing, ThingKind};
use crate::auth::rights::{Actor, CouncilOfficer};
use crate::auth::store as auth;
use crate::calendar;
use crate::communication;
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{FundId, PersonId};
use crate::mandates;
use crate::people::{NewPerson, Person, store as people};
use crate::users::post::Post;
use crate::users::store as users;
use crate::web::form::Fields;
use crate::web::page::{Answer, Done, Submitted, Visit};

/// A council's people.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let may_record = actor.council_officer().is_ok();
    let (reader, today) = (actor.council_reader()?, visit.app.clock.today());
    let page = visit
        .app
        .db
        .read(move |tx| {
            let found = people::people_of_council(tx, &reader)?;
            let ids: Vec<PersonId> = found.iter().map(|person| person.id).collect();
            let budgets = store::budgets_of_people(tx, &ids, today)?;
            let funds = store::funds_of_people(tx, &ids)?;
            let funds_ids: Vec<FundId> = funds.values().flatten().map(|fund| fund.id).collect();
            let books = store::books(tx, &actor, &funds_ids)?;
            Ok(pages::PeoplePage { may_record, ..pages::people(&found, &budgets, &funds, &books) })
        })
        .await?;
    visit.show("budgets/people.html", &page)
}

/// The form for a new person.
pub async fn new_person(visit: Visit, actor: Actor) -> Answer {
    let page = new_person_page(&visit, &actor).await?;
    visit.show("budgets/new_person.html", &page)
}

async fn new_person_page(visit: &Visit, actor: &Actor) -> Result<pages::NewPersonPage, Error> {
    let council = actor.council_officer()?.council();
    let council = visit.app.db.read(move |tx| people::organisation(tx, council)).await?;
    Ok(pages::NewPersonPage { council: council.name })
}

const RECORDED: &str = "The person is recorded. If you gave an address, the invitation is on its way. Record their personal \
                        budget next.";

/// Records a person.
pub async fn record_person(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    match save_person(&visit, &actor, &sent).await {
        Ok(location) => Ok(visit.done(&location, RECORDED)),
        Err(error) => visit.show_again(error, "budgets/new_person.html", &new_person_page(&visit, &actor).await?),
    }
}

async fn save_person(visit: &Visit, actor: &Actor, sent: &Submitted) -> Result<String, Error> {
    let (officer, who) = (actor.council_officer()?, actor.clone());
    let (command, now, fields) = (forms::person(&sent.fields)?, visit.app.clock.now(), sent.fields.clone());
    let (user, post) = (officer.user(), Post::of(&visit.app));
    let save = move |tx: &mut Tx| {
        let (name, address) = (command.name.clone(), command.address.clone());
        let new = NewPerson { user: None, name, address, council: officer.council(), fictional: false };
        let id = people::add_person(tx, &new, now)?;
        let act = Act::new("person.recorded", "recorded the person", id).concerning(id);
        let done = Done::new(format!("/people/{id}"), act);
        let Some(email) = &command.email else { return Ok(done) };
        who.second_factor()?;
        let person = people::person_of_record(tx, id)?;
        post.invite_to_record(tx, &officer, &person, email, now).map_err(|error| with_typed(error, &fields))?;
        Ok(done.and(invited(id)))
    };
    let saved = visit.write_once(user, sent, save).await;
    visit.app.wake.wake();
    saved
}

/// Takes the invitations back that went to a person and wait.
pub async fn withdraw_invitations(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (id, now, who) = (*path, visit.app.clock.now(), actor.clone());
    let save = move |tx: &mut Tx| {
        person_to_record_for(tx, &who, id)?;
        if users::withdraw_to_record(tx, id, now)? == 0 {
            return Err(Error::changed_since("The invitation"));
        }
        let act = Act::new("person.invitation_withdrawn", "took the invitation to sign in back", id);
        Ok(Done::new(format!("/people/{id}"), act.concerning(id)))
    };
    let saved = visit.write_once(actor.user(), &sent, save).await;
    let page = person_page(&visit, &actor, id);
    visit.done_or_again(saved, "The invitation was taken back.", "budgets/person.html", page).await
}

fn invited(person: PersonId) -> Act {
    Act::new("person.invited", "invited the person to sign in", person).concerning(person)
}

/// What another feature refuses at a field, with what was typed.
fn with_typed(error: Error, typed: &Fields) -> Error {
    match error {
        Error::Invalid(invalid) => Invalid { typed: typed.typed().clone(), ..invalid }.into(),
        other => other,
    }
}

/// Invites a person who does not sign in yet.
pub async fn invite_person(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let (id, now, post, who) = (*path, visit.app.clock.now(), Post::of(&visit.app), actor.clone());
    let fields = sent.fields.clone();
    let save = move |tx: &mut Tx| {
        let (officer, person) = person_to_record_for(tx, &who, id)?;
        // Whoever takes it up is the person: a password alone must not lead there.
        who.second_factor()?;
        if mandates::store::died_on(tx, id)?.is_some() || person.is_erased() {
            return Err(Error::Refused(
                "The person has died, or their record is erased. Nobody signs in as them.".to_owned(),
            ));
        }
        let email = forms::invitation(&fields)?;
        post.invite_to_record(tx, &officer, &person, &email, now).map_err(|error| with_typed(error, &fields))?;
        Ok(Done::new(format!("/people/{id}"), invited(id)))
    };
    let saved = visit.write_once(actor.user(), &sent, save).await;
    visit.app.wake.wake();
    let page = person_page(&visit, &actor, id);
    visit.done_or_again(saved, "The invitation is on its way.", "budgets/person.html", page).await
}

/// A message about one field that only the database could know, with what was typed.
fn wrong(field: &str, message: impl Into<String>, typed: &Fields) -> Error {
    Invalid { typed: typed.typed().clone(), ..Invalid::field(field, message) }.into()
}

/// A rule's refusal at the field that it is about, with what was typed.
fn refused(refusal: &rules::Refusal, typed: &Fields) -> Error {
    wrong(refusal.field(), refusal.to_string(), typed)
}

/// A person with their budget and funds: what their page is made from.
fn person_data(tx: &mut Tx, actor: &Actor, id: PersonId, today: NaiveDate) -> Result<PersonData, Error> {
    let person = people::person(tx, actor, id)?;
    let funds = store::funds_seen(tx, actor, id)?;
    let sees_money = store::sees_money(actor, &person);
    let ids: Vec<FundId> = funds.iter().map(|fund| fund.id).collect();
    Ok(PersonData {
        council: people::organisation(tx, person.council)?,
        budgets: if sees_money { store::budgets_of(tx, id)? } else { vec![] },
        sees_money,
        books: store::books(tx, actor, &ids)?,
        holders: people::organisations_by_id(tx, &pages::holders_of(&funds))?,
        communication: communication::store::flag(tx, &person, today)?,
        mandates: mandates::store::seen(tx, actor, &person)?,
        invitations: if person.user.is_none() && actor.officer_of(person.council).is_ok() {
            users::to_record(tx, id)?
        } else {
            vec![]
        },
        died_on: mandates::store::died_on(tx, id)?,
        has_factor: match person.user {
            Some(user) => auth::factors::has_factor(tx, user)?,
            None => false,
        },
        funds,
        person,
    })
}

/// A person, their budget, their funds: also where their own "My money" lives.
pub async fn person(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let page = person_page(&visit, &actor, *path).await?;
    visit.seen(*path, *path).await?;
    visit.show("budgets/person.html", &page)
}

async fn person_page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<pages::PersonPage, Error> {
    let (now, today, who) = (visit.app.clock.now(), visit.app.clock.today(), actor.clone());
    let read = move |tx: &mut Tx| Ok(pages::person(&person_data(tx, &who, id, today)?, &who, now));
    visit.app.db.read(read).await
}

/// A person of the officer's own council: who may see them and is no officer is told so.
fn person_to_record_for(tx: &mut Tx, actor: &Actor, id: PersonId) -> Result<(CouncilOfficer, Person), Error> {
    let person = people::person(tx, actor, id)?;
    Ok((actor.officer_of(person.council)?, person))
}

/// Records a new version of a person's budget.
pub async fn record_budget(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    match save_budget(&visit, &actor, id, &sent).await {
        Ok(location) => Ok(visit.done(&location, "The personal budget is recorded.")),
        Err(error) => visit.show_again(error, "budgets/person.html", &person_page(&visit, &actor, id).await?),
    }
}

async fn save_budget(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, now, fields) = (actor.clone(), visit.app.clock.now(), sent.fields.clone());
    let save = move |tx: &mut Tx| {
        let (officer, person) = person_to_record_for(tx, &who, id)?;
        let new = forms::budget(&fields)?;
        let funds = store::funds_of_person(tx, person.id)?;
        rules::check_budget(&new, &funds).map_err(|refusal| refused(&refusal, &fields))?;
        let before = store::budget_on(tx, id, new.starts_on)?.map(|budget| (budget.weekly, budget.contribution_weekly));
        store::add_budget(tx, &officer, id, &new, now)?;
        let says =
            format!("recorded a personal budget of {} per week from {}", new.weekly, calendar::full(new.starts_on));
        let act = Act::new("budget.recorded", says, Thing::of(ThingKind::Budget, id)).concerning(id);
        let act = act.on_behalf_of(officer.council()).before(&before).after(&(new.weekly, new.contribution_weekly));
        Ok(Done::new(format!("/people/{id}"), act))
    };
    visit.write_once(actor.user(), sent, save).await
}

/// The form for a new fund.
pub async fn new_fund(visit: Visit, actor: Actor, path: Path<PersonId>) -> Answer {
    let page = new_fund_page(&visit, &actor, *path).await?;
    visit.seen(*path, *path).await?;
    visit.show("budgets/new_fund.html", &page)
}

async fn new_fund_page(visit: &Visit, actor: &Actor, id: PersonId) -> Result<pages::NewFundPage, Error> {
    let (who, today) = (actor.clone(), visit.app.clock.today());
    let read = move |tx: &mut Tx| {
        person_to_record_for(tx, &who, id)?;
        let holders = people::holders(tx)?;
        Ok(pages::new_fund(&person_data(tx, &who, id, today)?, &holders, today))
    };
    visit.app.db.read(read).await
}

/// Records a fund.
pub async fn record_fund(visit: Visit, actor: Actor, path: Path<PersonId>, sent: Submitted) -> Answer {
    let id = *path;
    match save_fund(&visit, &actor, id, &sent).await {
        Ok(location) => Ok(visit.done(&location, "The fund is recorded.")),
        Err(error) => visit.show_again(error, "budgets/new_fund.html", &new_fund_page(&visit, &actor, id).await?),
    }
}

async fn save_fund(visit: &Visit, actor: &Actor, id: PersonId, sent: &Submitted) -> Result<String, Error> {
    let (who, fields) = (actor.clone(), sent.fields.clone());
    let (now, today) = (visit.app.clock.now(), visit.app.clock.today());
    let save = move |tx: &mut Tx| {
        let (officer, person) = person_to_record_for(tx, &who, id)?;
        let new = forms::fund(&fields, person.id)?;
        check_holders(tx, &new, &fields, today)?;
        let budget = store::budget_on(tx, id, new.starts_on)?;
        let others = store::funds_of_person(tx, id)?;
        rules::check_fund(&new, budget.as_ref(), &others).map_err(|refusal| refused(&refusal, &fields))?;
        let fund = store::add_fund(tx, &officer, &new, now)?;
        let says = format!("recorded a fund of {} per week: {}", new.weekly, new.form.words());
        let act = Act::new("fund.recorded", says, fund).concerning(id).on_behalf_of(officer.council());
        Ok(Done::new(format!("/funds/{fund}"), act))
    };
    visit.write_once(actor.user(), sent, save).await
}

/// Whoever is to hold a fund must be one of those whom its form offered.
fn check_holders(tx: &mut Tx, new: &super::NewFund, typed: &Fields, today: NaiveDate) -> Result<(), Error> {
    if let Some(holder) = new.holder
        && !people::holders(tx)?.iter().any(|known| known.id == holder)
    {
        return Err(wrong("holder", "Choose the holder from the list.", typed));
    }
    if let Some(nominee) = new.nominee {
        let mut mandates = mandates::store::of_person(tx, new.person)?.into_iter();
        if !mandates.any(|given| given.user == nominee && pages::may_hold(&given, today)) {
            let message = "Choose somebody who may handle the person’s money: record a mandate for them first.";
            return Err(wrong("nominee", message, typed));
        }
    }
    Ok(())
}

/// A fund: whose, in which form, held by whom, where its money is.
pub async fn fund(visit: Visit, actor: Actor, path: Path<FundId>) -> Answer {
    let id = *path;
    let read = move |tx: &mut Tx| {
        let fund = store::fund(tx, &actor, id)?;
        let data = FundData {
            person: people::person_of_record(tx, fund.person)?,
            council: people::organisation(tx, fund.council)?,
            holder: fund.holder.map(|holder| people::organisation(tx, holder)).transpose()?,
            nominee: fund.nominee.map(|nominee| auth::user_name(tx, nominee)).transpose()?,
            books: store::books_of(tx, &actor, id)?,
            fund,
        };
        Ok(pages::fund(&data, &actor))
    };
    let page = visit.app.db.read(read).await?;
    visit.seen_of(id, move |tx| store::person_of_fund(tx, id)).await?;
    visit.show("budgets/fund.html", &page)
}
