//! One's own name, address and password.

use actix_web::web;

use super::{kept, refused};
use crate::audit::Act;
use crate::auth::password;
use crate::auth::rights::Actor;
use crate::auth::store::{self as auth_store, KnownUser, open_sessions, own as own_store};
use crate::db::Tx;
use crate::error::Error;
use crate::users::pages::{LinkPage, OwnPage, Place};
use crate::users::post::Post;
use crate::users::{Gives, Link, NewLink, Purpose, forms, letters, rules, store};
use crate::web::page::{Answer, Done, Submitted, Visit};

async fn page(visit: &Visit, actor: &Actor) -> Result<(OwnPage, KnownUser), Error> {
    let id = actor.user();
    let user = visit.app.db.read(move |tx| own_store::user(tx, id)).await?;
    let place = |membership: &crate::auth::rights::Membership| Place {
        organisation: membership.name.clone(),
        roles: membership.roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", "),
        invitations: actor
            .inviter(membership.organisation)
            .ok()
            .map(|inviter| format!("/organisations/{}/invitations", inviter.organisation())),
    };
    let places = actor.memberships().iter().map(place).collect();
    Ok((OwnPage { name: user.name.clone(), email: user.email.clone(), places }, user))
}

/// The page.
pub async fn show(visit: Visit, actor: Actor) -> Answer {
    visit.show("users/own.html", &page(&visit, &actor).await?.0)
}

/// Shows the page again after a refusal.
async fn again(visit: &Visit, actor: &Actor, error: Error) -> Answer {
    visit.show_again(error, "users/own.html", &page(visit, actor).await?.0)
}

/// Leads to one's own page, and records what was done.
fn done(act: Act) -> Done {
    Done::new("/account", act)
}

/// Changes the name that others see.
pub async fn rename(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let id = actor.user();
    let form = forms::name(&sent.fields);
    let was = actor.name().to_owned();
    let write = move |tx: &mut Tx, name: &String| {
        own_store::rename(tx, id, name)?;
        Ok(done(Act::new("account.renamed", "changed their own name", id).before(&was).after(name)))
    };
    match visit.write_form(id, &sent, form, write).await {
        Ok(location) => Ok(visit.done(&location, "Your name was changed.")),
        Err(error) => again(&visit, &actor, error).await,
    }
}

/// Whether the present password was typed.
async fn knows_password(visit: &Visit, actor: &Actor, typed: String) -> Result<bool, Error> {
    let id = actor.user();
    let hash = visit.app.db.read(move |tx| own_store::password_hash(tx, id)).await?;
    password::verify(typed, Some(hash)).await
}

/// Changes the password, and ends every sign-in but this one.
pub async fn change_password(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (_, user) = page(&visit, &actor).await?;
    let (present, new) = match forms::own_password(&sent.fields, &[&user.name, &user.email]) {
        Ok(form) => form,
        Err(messages) => return again(&visit, &actor, messages.into()).await,
    };
    if !knows_password(&visit, &actor, present).await? {
        let wrong = forms::wrong_password("present_password", &sent.fields);
        return again(&visit, &actor, wrong.into()).await;
    }
    let (hash, now, post, session) =
        (password::hash_in_turn(new).await?, visit.app.clock.now(), Post::of(&visit.app), actor.session());
    let keep = move |tx: &mut Tx| {
        auth_store::keep_hash(tx, user.id, &hash)?;
        open_sessions::end_all_but(tx, user.id, Some(session), now)?;
        for purpose in [Purpose::PasswordReset, Purpose::NewAddress] {
            store::withdraw_all(tx, purpose, user.id, now)?;
        }
        let letter = letters::password_changed(&user.name, false, post.address("/password-reset"))?;
        post.tell(tx, &kept(&user.email)?, &letter, now)?;
        Ok(done(Act::sign_in("password.changed", "changed their password", user.id)))
    };
    match visit.write_once(actor.user(), &sent, keep).await {
        Ok(location) => {
            visit.app.wake.wake();
            Ok(visit.done(&location, "Your password was changed. Everywhere else you are signed out."))
        }
        Err(error) => again(&visit, &actor, error).await,
    }
}

/// Asks for another address: a mail to the new one, to confirm it, and one to the old one, so that its owner knows.
pub async fn ask_for_address(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (new, present) = match forms::own_address(&sent.fields) {
        Ok(form) => form,
        Err(messages) => return again(&visit, &actor, messages.into()).await,
    };
    if !knows_password(&visit, &actor, present).await? {
        let wrong = forms::wrong_password("address_password", &sent.fields);
        return again(&visit, &actor, wrong.into()).await;
    }
    let (id, now, post) = (actor.user(), visit.app.clock.now(), Post::of(&visit.app));
    let ask = move |tx: &mut Tx| {
        let user = own_store::user(tx, id)?;
        store::withdraw_all(tx, Purpose::NewAddress, id, now)?;
        if !post.is_full(tx, &new, now)? {
            if auth_store::user_by_email(tx, new.as_str())?.is_some() {
                post.tell(tx, &new, &letters::address_has_sign_in(post.address("/sign-in"))?, now)?;
            } else {
                let letter = letters::new_address(&user.name, post.link("/account/address"))?;
                post.send_link(tx, &new, &address_link(&user, new.as_str()), &letter, now)?;
            }
        }
        let told = letters::address_changes(&user.name, new.as_str(), false, post.address("/password-reset"))?;
        post.tell(tx, &kept(&user.email)?, &told, now)?;
        Ok(done(Act::sign_in("address.asked", "asked to sign in with another address", id)))
    };
    match visit.write_once(id, &sent, ask).await {
        Ok(location) => {
            visit.app.wake.wake();
            Ok(visit.done(&location, "A mail is on its way to the new address. It counts once you follow the link."))
        }
        Err(error) => again(&visit, &actor, error).await,
    }
}

fn address_link(user: &KnownUser, new: &str) -> NewLink {
    NewLink {
        purpose: Purpose::NewAddress,
        email: new.to_owned(),
        user: Some(user.id),
        organisation: None,
        gives: Gives::OwnChange,
        made_by: Some(user.id),
    }
}

/// The link of a token, if it is still good and of whoever is signed in.
async fn good_link(visit: &Visit, actor: &Actor, token: &str) -> Result<Link, Error> {
    let token = token.to_owned();
    let link = visit.app.db.read(move |tx| store::by_token(tx, Purpose::NewAddress, &token)).await?;
    if link.user != Some(actor.user()) {
        return Err(Error::Forbidden(rules::Refusal::AnotherAddress.to_string()));
    }
    rules::check_good(&link, visit.app.clock.now()).map_err(refused)?;
    Ok(link)
}

/// The page that the mail to the new address leads to.
pub async fn confirm_address(visit: Visit, actor: Actor, token: web::Path<String>) -> Answer {
    let link = good_link(&visit, &actor, &token).await?;
    let page = LinkPage {
        title: "Your new address".to_owned(),
        state: format!("From now on you would sign in with {}.", link.email),
        action: format!("/account/address/{token}"),
        email: link.email,
        label: "Use this address".to_owned(),
        ..LinkPage::default()
    };
    visit.show("users/link.html", &page)
}

/// Changes the address, and tells the old one.
pub async fn change_address(visit: Visit, actor: Actor, token: web::Path<String>, sent: Submitted) -> Answer {
    let link = good_link(&visit, &actor, &token).await?;
    let (id, now, post) = (actor.user(), visit.app.clock.now(), Post::of(&visit.app));
    let change = move |tx: &mut Tx| {
        let user = own_store::user(tx, id)?;
        store::use_up(tx, link.id, id, now)?;
        own_store::change_email(tx, id, &link.email)?;
        // A link that lies in the old mailbox must not open the sign-in any more.
        store::withdraw_all(tx, Purpose::PasswordReset, id, now)?;
        let told = letters::address_changes(&user.name, &link.email, true, String::new())?;
        post.tell(tx, &kept(&user.email)?, &told, now)?;
        Ok(done(Act::sign_in("address.changed", "signs in with another address now", id)))
    };
    let location = visit.write_once(id, &sent, change).await?;
    visit.app.wake.wake();
    Ok(visit.done(&location, "Your address was changed."))
}
