//! Invitations: sent by whoever may, taken up by whom they were sent to.

use actix_web::web;
use chrono::{DateTime, Utc};

use super::{invalid, refused};
use crate::audit::Act;
use crate::auth::password;
use crate::auth::rights::Actor;
use crate::auth::store::{self as auth_store, own as own_store};
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{MailedLinkId, OrganisationId, UserId};
use crate::organisations::store as inside;
use crate::people::{OrganisationKind, store as people_store};
use crate::users::pages::{InvitationsPage, LinkPage};
use crate::users::post::Post;
use crate::users::{Gives, Link, NewLink, Purpose, forms, letters, rules, store};
use crate::web::form::Fields;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LINK: &str = "users/link.html";

async fn page(visit: &Visit, actor: &Actor, id: OrganisationId) -> Result<InvitationsPage, Error> {
    let (inviter, now) = (actor.inviter(id)?, visit.app.clock.now());
    let read = move |tx: &mut Tx| {
        let organisation = people_store::organisation(tx, id)?;
        let sent = store::invitations(tx, &inviter)?;
        let is_council = organisation.kind == OrganisationKind::Council;
        Ok(InvitationsPage::new(id.number(), organisation.name, is_council, sent, now))
    };
    visit.app.db.read(read).await
}

/// The invitations into an organisation, and the form for a new one.
pub async fn list(visit: Visit, actor: Actor, path: web::Path<OrganisationId>) -> Answer {
    visit.show("users/invitations.html", &page(&visit, &actor, *path).await?)
}

/// Invites an address into an organisation.
pub async fn invite(visit: Visit, actor: Actor, path: web::Path<OrganisationId>, sent: Submitted) -> Answer {
    let (id, inviter) = (*path, actor.inviter(*path)?);
    let organisation = visit.app.db.read(move |tx| people_store::organisation(tx, id)).await?;
    let form = forms::invitation(&sent.fields, organisation.kind == OrganisationKind::Council);
    let (post, now, by) = (Post::of(&visit.app), visit.app.clock.now(), actor.name().to_owned());
    let back = format!("/organisations/{id}/invitations");
    let write = move |tx: &mut Tx, (email, role): &(crate::mail::EmailAddress, crate::auth::rights::Role)| {
        let new = NewLink {
            purpose: Purpose::Invitation,
            email: email.as_str().to_owned(),
            user: None,
            organisation: Some(id),
            gives: Gives::Membership { organisation: id, organisation_name: organisation.name.clone(), role: *role },
            made_by: Some(inviter.user()),
        };
        let letter = letters::invitation(&by, &organisation.name, role.words(), post.link("/invitations"))?;
        post.send_link(tx, email, &new, &letter, now)?;
        let says = format!("invited somebody to {} as {}", organisation.name, role.words().to_lowercase());
        Ok(Done::new(back.clone(), Act::new("invitation.sent", says, id).on_behalf_of(id)))
    };
    match visit.write_form(actor.user(), &sent, form, write).await {
        Ok(location) => {
            visit.app.wake.wake();
            Ok(visit.done(&location, "The invitation is on its way."))
        }
        Err(error) => visit.show_again(error, "users/invitations.html", &page(&visit, &actor, id).await?),
    }
}

/// Takes an invitation back.
pub async fn withdraw(
    visit: Visit,
    actor: Actor,
    path: web::Path<(OrganisationId, MailedLinkId)>,
    sent: Submitted,
) -> Answer {
    let (organisation, invitation) = *path;
    let (inviter, now) = (actor.inviter(organisation)?, visit.app.clock.now());
    let back = format!("/organisations/{organisation}/invitations");
    let take_back = move |tx: &mut Tx| {
        store::withdraw(tx, &inviter, invitation, now)?;
        let act = Act::new("invitation.withdrawn", "took an invitation back", organisation);
        Ok(Done::new(back.clone(), act.on_behalf_of(organisation)))
    };
    let location = visit.write_once(actor.user(), &sent, take_back).await?;
    Ok(visit.done(&location, "The invitation was taken back."))
}

/// An invitation that is still good, and whether its address has a sign-in.
async fn good_link(visit: &Visit, token: &str) -> Result<(Link, bool), Error> {
    let (token, now) = (token.to_owned(), visit.app.clock.now());
    let read = move |tx: &mut Tx| {
        let link = store::by_token(tx, Purpose::Invitation, &token)?;
        rules::check_good(&link, now).map_err(refused)?;
        let known = auth_store::user_by_email(tx, &link.email)?.is_some();
        Ok((link, known))
    };
    visit.app.db.read(read).await
}

/// An invitation is for the address it was sent to, whoever is signed in.
async fn check_address(visit: &Visit, actor: &Actor, link: &Link) -> Result<(), Error> {
    let id = actor.user();
    let user = visit.app.db.read(move |tx| own_store::user(tx, id)).await?;
    rules::check_address(link, &user.email).map_err(|why| Error::Forbidden(why.to_string()))
}

fn invitation_page(token: &str, link: &Link, signed_in: bool, known: bool) -> LinkPage {
    let offer = match &link.gives {
        Gives::Membership { organisation_name, role, .. } => {
            format!("You are invited to work for {organisation_name}. Your role: {}.", role.words())
        }
        Gives::Record { council_name, .. } => {
            format!("{council_name} invites you to see and decide about your own support and money here.")
        }
        _ => "You are invited.".to_owned(),
    };
    let action = format!("/invitations/{token}");
    let needs_sign_in = known && !signed_in;
    let query = serde_urlencoded::to_string([("next", &action)]).unwrap_or_default();
    LinkPage {
        title: "Your invitation".to_owned(),
        state: offer,
        email: link.email.clone(),
        name: (!known).then(String::new),
        asks_reference: matches!(link.gives, Gives::Record { .. }),
        asks_password: !known,
        label: "Accept the invitation".to_owned(),
        sign_in: needs_sign_in.then(|| format!("/sign-in?{query}")),
        action,
    }
}

/// The page that an invitation leads to.
pub async fn show(visit: Visit, actor: Option<Actor>, token: web::Path<String>) -> Answer {
    let (link, known) = good_link(&visit, &token).await?;
    if let Some(actor) = &actor {
        check_address(&visit, actor, &link).await?;
    }
    visit.show(LINK, &invitation_page(&token, &link, actor.is_some(), known))
}

/// Gives what an invitation gives. To a person's record it lets only those who know its reference: the address may be
/// another one's.
fn give(tx: &mut Tx, link: &Link, fields: &Fields, user: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    match &link.gives {
        // Of an invitation that nobody sent by name it is recorded that they took it up themself.
        Gives::Membership { organisation, role, .. } => {
            inside::take_in(tx, (*organisation, link.made_by.unwrap_or(user)), (user, *role), now)?;
        }
        Gives::Record { person, .. } => {
            let person = people_store::person_of_record(tx, *person)?;
            let reference = forms::reference(fields)?;
            let taken = people_store::person_of_user(tx, user)?.is_some();
            rules::check_record(&person, &reference, taken, link.made_by == Some(user)).map_err(|why| Invalid {
                typed: fields.typed().clone(),
                ..Invalid::field(why.field(), why.to_string())
            })?;
            people_store::sign_in_as(tx, person.id, user)?;
        }
        Gives::OwnChange | Gives::SignIn { .. } | Gives::Provider { .. } => return Err(Error::NotFound),
    }
    store::use_up(tx, link.id, user, now)
}

/// What is recorded of an invitation that was accepted.
fn accepted(link: &Link, user: UserId) -> Act {
    if let Gives::Record { person, .. } = &link.gives {
        return Act::new("invitation.accepted", "signs in as the person from now on", *person).concerning(*person);
    }
    let Gives::Membership { organisation, organisation_name, role } = &link.gives else {
        return Act::new("invitation.accepted", "accepted an invitation", user);
    };
    let says = format!("accepted the invitation to {organisation_name} as {}", role.words().to_lowercase());
    Act::new("invitation.accepted", says, *organisation).on_behalf_of(*organisation)
}

/// Accepts an invitation: as whoever is signed in with its address, or with a new sign-in.
pub async fn accept(visit: Visit, actor: Option<Actor>, token: web::Path<String>, sent: Submitted) -> Answer {
    let (link, known) = good_link(&visit, &token).await?;
    let now = visit.app.clock.now();
    if let Some(actor) = actor {
        check_address(&visit, &actor, &link).await?;
        let (id, fields, page) = (actor.user(), sent.fields.clone(), invitation_page(&token, &link, true, known));
        let join = move |tx: &mut Tx| give(tx, &link, &fields, id, now).map(|()| Done::new("/", accepted(&link, id)));
        return match visit.write_once(id, &sent, join).await {
            Ok(location) => Ok(visit.done(&location, "You accepted the invitation.")),
            Err(error) => visit.show_again(error, LINK, &page),
        };
    }
    if known {
        return Err(Error::SignIn.into());
    }
    let (name, password) = match forms::join(&sent.fields, &link.email) {
        Ok(form) => form,
        Err(messages) => {
            let page = invitation_page(&token, &link, false, false);
            return visit.show_again(invalid(messages), LINK, &page);
        }
    };
    let (hash, record) = (password::hash_in_turn(password).await?, visit.recorder());
    let (page, fields) = (invitation_page(&token, &link, false, false), sent.fields.clone());
    let join = move |tx: &mut Tx| {
        let user = auth_store::add_user(tx, &link.email, &name, &hash, now)?;
        give(tx, &link, &fields, user, now)?;
        record.by(user, &name).record(tx, accepted(&link, user))
    };
    match visit.app.db.write(join).await {
        Ok(()) => {
            Ok(visit.done("/sign-in", "You accepted the invitation. Sign in with your address and your password."))
        }
        Err(error) => visit.show_again(error, LINK, &page),
    }
}
