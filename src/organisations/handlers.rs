//! Organisations over HTTP, for those who belong to them.

use actix_web::web;

use super::pages::{Inside, ShowPage};
use super::{forms, pages, rules, store};
use crate::audit::Act;
use crate::auth::rights::{Actor, OrganisationAdmin, Role};
use crate::auth::store::user_name;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{OrganisationId, UserId};
use crate::web::form::shown_in_form;
use crate::web::page::{Answer, Done, Submitted, Visit};

const SHOW: &str = "organisations/show.html";

/// The organisations that the actor belongs to.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    visit.show("organisations/list.html", &pages::list(actor.memberships()))
}

/// An organisation: its members, and how it divides its work.
pub async fn show(visit: Visit, actor: Actor, path: web::Path<OrganisationId>) -> Answer {
    let page = show_page(&visit, &actor, *path).await?;
    visit.show(SHOW, &page)
}

async fn show_page(visit: &Visit, actor: &Actor, id: OrganisationId) -> Result<ShowPage, Error> {
    let actor = actor.clone();
    visit.app.db.read(move |tx| page_of(tx, &actor, id)).await
}

fn page_of(tx: &mut Tx, actor: &Actor, id: OrganisationId) -> Result<ShowPage, Error> {
    let organisation = store::organisation(tx, actor, id)?;
    Ok(pages::show(&Inside {
        organisation: &organisation,
        members: &store::members(tx, id)?,
        policy: store::policy(tx, id)?,
        policy_number: store::policy_number(tx, id)?,
        role_events: &store::role_events(tx, id)?,
        policies: &store::policies(tx, id)?,
        user: actor.user(),
        may_manage: actor.admin_of(id).is_some(),
    }))
}

/// The right of an administrator; whoever does not belong to the organisation does not learn that it is there.
fn admin(actor: &Actor, id: OrganisationId) -> Result<OrganisationAdmin, Error> {
    match actor.admin_of(id) {
        Some(admin) => Ok(admin),
        None if actor.works_for(id) => Err(rules::Refusal::NotAdmin.into()),
        None => Err(Error::NotFound),
    }
}

/// Adds a member.
pub async fn add_member(visit: Visit, actor: Actor, path: web::Path<OrganisationId>, sent: Submitted) -> Answer {
    let (id, now) = (*path, visit.app.clock.now());
    let right = admin(&actor, id)?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::member(&sent.fields), move |tx, (email, role)| {
            let user = store::add_member(tx, &right, (email, *role), now)?;
            let says = format!("took {} in as {}", user_name(tx, user)?, roles_in_words(&[*role]));
            Ok(Done::new(format!("/organisations/{id}"), of(id, "member.added", says)))
        })
        .await;
    finish(&visit, &actor, &sent, (id, "member"), outcome, "The member is added.").await
}

/// Gives a member exactly the roles that are sent.
pub async fn set_roles(
    visit: Visit,
    actor: Actor,
    path: web::Path<(OrganisationId, UserId)>,
    sent: Submitted,
) -> Answer {
    let ((id, user), now) = (*path, visit.app.clock.now());
    let right = admin(&actor, id)?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::roles(&sent.fields), move |tx, (wanted, seen)| {
            store::set_roles(tx, &right, user, (wanted, seen), now)?;
            let says = format!("gave {} exactly these roles: {}", user_name(tx, user)?, roles_in_words(wanted));
            Ok(Done::new(after(id, &right, user), of(id, "member.roles_set", says).before(seen)))
        })
        .await;
    let form = pages::roles_form(user);
    finish(&visit, &actor, &sent, (id, &form), outcome, "The roles are changed. They hold at once.").await
}

/// Ends a membership at once.
pub async fn end_member(
    visit: Visit,
    actor: Actor,
    path: web::Path<(OrganisationId, UserId)>,
    sent: Submitted,
) -> Answer {
    let ((id, user), now) = (*path, visit.app.clock.now());
    let right = admin(&actor, id)?;
    let outcome = visit
        .write_once(actor.user(), &sent, move |tx| {
            store::end_member(tx, &right, user, now)?;
            let says = format!("ended the membership of {}", user_name(tx, user)?);
            Ok(Done::new(after(id, &right, user), of(id, "member.ended", says)))
        })
        .await;
    finish(&visit, &actor, &sent, (id, "end"), outcome, "The membership has ended, at once.").await
}

/// Where an administrator goes on: whoever has just left sees the organisation no more.
fn after(id: OrganisationId, admin: &OrganisationAdmin, user: UserId) -> String {
    if admin.user() == user { "/organisations".to_owned() } else { format!("/organisations/{id}") }
}

/// Sets how the organisation divides its work with money.
pub async fn set_policy(visit: Visit, actor: Actor, path: web::Path<OrganisationId>, sent: Submitted) -> Answer {
    let (id, now) = (*path, visit.app.clock.now());
    let right = admin(&actor, id)?;
    let outcome = visit
        .write_form(actor.user(), &sent, forms::policy(&sent.fields), move |tx, asked| {
            store::set_policy(tx, &right, (asked.policy, asked.seen, &asked.reason), now)?;
            let says = format!("set how organisation {id} divides its work with money");
            let act = of(id, "policy.set", says).because(&asked.reason);
            Ok(Done::new(format!("/organisations/{id}"), act))
        })
        .await;
    finish(&visit, &actor, &sent, (id, "policy"), outcome, "What holds for payments is changed.").await
}

/// What is recorded of a deed inside an organisation.
fn of(id: OrganisationId, what: &'static str, says: String) -> Act {
    Act::new(what, says, id).on_behalf_of(id)
}

fn roles_in_words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.words().to_lowercase()).collect::<Vec<_>>().join(", ")
}

/// Onward, or the organisation's page again with what was wrong in the form that was sent.
async fn finish(
    visit: &Visit,
    actor: &Actor,
    sent: &Submitted,
    (id, form): (OrganisationId, &str),
    outcome: Result<String, Error>,
    notice: &str,
) -> Answer {
    match outcome {
        Ok(location) => Ok(visit.done(&location, notice)),
        Err(error) if visit.wants_json() => Err(error.into()),
        Err(error) => {
            let page = show_page(visit, actor, id).await?;
            visit.show_again(shown_in_form(error, &sent.fields, form), SHOW, &page)
        }
    }
}
