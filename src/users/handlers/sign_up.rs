//! Sign-up by oneself: an address, a mail, a password.

use actix_web::web;

use super::{invalid, refused};
use crate::audit::Act;
use crate::auth::password;
use crate::auth::store as auth_store;
use crate::db::Tx;
use crate::error::Error;
use crate::organisations;
use crate::people::NewOrganisation;
use crate::users::forms::{self, SignUp};
use crate::users::pages::{LinkPage, SentPage, SignUpPage};
use crate::users::post::Post;
use crate::users::{Gives, Link, NewLink, Purpose, letters, rules, store};
use crate::web::page::{Answer, Submitted, Visit};

/// The form.
pub async fn show(visit: Visit) -> Answer {
    visit.show("users/sign_up.html", &SignUpPage::new())
}

/// Writes the mail that says how to go on. Whether the address has a sign-in is said there, never here.
pub async fn ask(visit: Visit, sent: Submitted) -> Answer {
    let form = match forms::sign_up(&sent.fields) {
        Ok(form) => form,
        Err(messages) => return visit.show_again(invalid(messages), "users/sign_up.html", &SignUpPage::new()),
    };
    let (post, now) = (Post::of(&visit.app), visit.app.clock.now());
    let write = move |tx: &mut Tx| {
        let known = auth_store::user_by_email(tx, form.email.as_str())?;
        if post.is_full(tx, &form.email, now)? {
            return Ok(());
        }
        match known {
            Some(user) => {
                let reset = post.address("/password-reset");
                let letter = letters::has_sign_in(&user.name, post.address("/sign-in"), &reset)?;
                post.tell(tx, &form.email, &letter, now)
            }
            None => {
                let letter = letters::sign_up(post.link("/sign-up"))?;
                post.send_link(tx, &form.email, &link(&form), &letter, now)
            }
        }
    };
    visit.app.db.write(write).await?;
    visit.app.wake.wake();
    Ok(visit.done("/sign-up/sent", "A mail is on its way."))
}

fn link(form: &SignUp) -> NewLink {
    let name = form.name.clone();
    let gives = match form.provider.clone() {
        Some((organisation_name, kind)) => Gives::Provider { name, organisation_name, kind },
        None => Gives::SignIn { name },
    };
    let email = form.email.as_str().to_owned();
    NewLink { purpose: Purpose::SignUp, email, user: None, organisation: None, gives, made_by: None }
}

/// The page after asking.
pub async fn sent(visit: Visit) -> Answer {
    visit.show("users/sent.html", &SentPage { title: "Look in your mail", again: "/sign-up" })
}

/// The link of a token, if it is still good.
async fn good_link(visit: &Visit, token: &str) -> Result<Link, Error> {
    let token = token.to_owned();
    let link = visit.app.db.read(move |tx| store::by_token(tx, Purpose::SignUp, &token)).await?;
    rules::check_good(&link, visit.app.clock.now()).map_err(refused)?;
    Ok(link)
}

fn name_of(link: &Link) -> &str {
    match &link.gives {
        Gives::SignIn { name } | Gives::Provider { name, .. } => name,
        Gives::OwnChange | Gives::Membership { .. } | Gives::Record { .. } => "",
    }
}

fn page(token: &str, link: &Link) -> LinkPage {
    LinkPage {
        title: "Choose a password".to_owned(),
        state: format!("Your address {} is confirmed. With a password you can sign in.", link.email),
        action: format!("/sign-up/{token}"),
        email: link.email.clone(),
        asks_password: true,
        label: "Keep this password".to_owned(),
        ..LinkPage::default()
    }
}

/// The page that the mail leads to.
pub async fn confirm(visit: Visit, token: web::Path<String>) -> Answer {
    let link = good_link(&visit, &token).await?;
    visit.show("users/link.html", &page(&token, &link))
}

/// Makes the sign-in, and the provider with it.
pub async fn finish(visit: Visit, token: web::Path<String>, sent: Submitted) -> Answer {
    let link = good_link(&visit, &token).await?;
    let password = match forms::password(&sent.fields, &[name_of(&link), &link.email]) {
        Ok(password) => password,
        Err(messages) => return visit.show_again(invalid(messages), "users/link.html", &page(&token, &link)),
    };
    let (hash, now) = (password::hash_in_turn(password).await?, visit.app.clock.now());
    let recorder = visit.recorder();
    let make = move |tx: &mut Tx| {
        let token_link = &link;
        if auth_store::user_by_email(tx, &token_link.email)?.is_some() {
            return Err(refused(rules::Refusal::HasSignIn));
        }
        let user = auth_store::add_user(tx, &token_link.email, name_of(token_link), &hash, now)?;
        store::use_up(tx, token_link.id, user, now)?;
        let record = recorder.by(user, name_of(token_link));
        if let Gives::Provider { organisation_name, kind, .. } = &token_link.gives {
            let new = NewOrganisation::provider(organisation_name, *kind);
            let founded = organisations::store::found(tx, user, &new, now)?;
            let act = Act::new("organisation.founded", format!("entered {organisation_name} as a provider"), founded);
            record.record(tx, act.on_behalf_of(founded))?;
        }
        record.record(tx, Act::sign_in("account.made", "made a sign-in", user))
    };
    visit.app.db.write(make).await?;
    Ok(visit.done("/sign-in", "Your sign-in is ready. Sign in with your address and your password."))
}
