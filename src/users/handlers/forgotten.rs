//! A forgotten password: an address, a mail, a new password.

use actix_web::web;

use super::{invalid, kept, refused};
use crate::audit::Act;
use crate::auth::password;
use crate::auth::store::{self as auth_store, KnownUser, open_sessions, own as own_store};
use crate::db::Tx;
use crate::error::Error;
use crate::users::forms;
use crate::users::pages::{ForgottenPage, LinkPage, SentPage};
use crate::users::post::Post;
use crate::users::{Gives, Link, NewLink, Purpose, letters, rules, store};
use crate::web::page::{Answer, Submitted, Visit};

const PAGE: ForgottenPage = ForgottenPage { good_for: Purpose::PasswordReset.good_for_words() };

/// The form.
pub async fn show(visit: Visit) -> Answer {
    visit.show("users/forgotten.html", &PAGE)
}

/// Writes the mail that says how to go on. Whether the address has a sign-in is said there, never here.
pub async fn ask(visit: Visit, sent: Submitted) -> Answer {
    let email = match forms::forgotten(&sent.fields) {
        Ok(email) => email,
        Err(messages) => return visit.show_again(invalid(messages), "users/forgotten.html", &PAGE),
    };
    let (post, now) = (Post::of(&visit.app), visit.app.clock.now());
    let write = move |tx: &mut Tx| {
        let known = auth_store::user_by_email(tx, email.as_str())?;
        if post.is_full(tx, &email, now)? {
            return Ok(());
        }
        match known {
            Some(user) => {
                let letter = letters::password_reset(&user.name, post.link("/password-reset"))?;
                post.send_link(tx, &email, &link(&user), &letter, now)
            }
            None => post.tell(tx, &email, &letters::has_no_sign_in(post.address("/sign-up"))?, now),
        }
    };
    visit.app.db.write(write).await?;
    visit.app.wake.wake();
    Ok(visit.done("/password-reset/sent", "A mail is on its way."))
}

fn link(user: &KnownUser) -> NewLink {
    NewLink {
        purpose: Purpose::PasswordReset,
        email: user.email.clone(),
        user: Some(user.id),
        organisation: None,
        gives: Gives::OwnChange,
        made_by: None,
    }
}

/// The page after asking.
pub async fn sent(visit: Visit) -> Answer {
    visit.show("users/sent.html", &SentPage { title: "Look in your mail", again: "/password-reset" })
}

/// The link of a token, if it is still good, and whose it is.
async fn good_link(visit: &Visit, token: &str) -> Result<(Link, KnownUser), Error> {
    let (token, now) = (token.to_owned(), visit.app.clock.now());
    let read = move |tx: &mut Tx| {
        let link = store::by_token(tx, Purpose::PasswordReset, &token)?;
        rules::check_good(&link, now).map_err(refused)?;
        let user = own_store::user(tx, link.user.ok_or(Error::NotFound)?)?;
        Ok((link, user))
    };
    visit.app.db.read(read).await
}

fn page(token: &str, user: &KnownUser) -> LinkPage {
    LinkPage {
        title: "Choose a new password".to_owned(),
        state: format!("For {}. With it you are signed out everywhere, and sign in anew.", user.email),
        action: format!("/password-reset/{token}"),
        email: user.email.clone(),
        asks_password: true,
        label: "Keep this password".to_owned(),
        ..LinkPage::default()
    }
}

/// The page that the mail leads to.
pub async fn confirm(visit: Visit, token: web::Path<String>) -> Answer {
    let (_, user) = good_link(&visit, &token).await?;
    visit.show("users/link.html", &page(&token, &user))
}

/// Keeps the new password, and ends every sign-in.
pub async fn finish(visit: Visit, token: web::Path<String>, sent: Submitted) -> Answer {
    let (link, user) = good_link(&visit, &token).await?;
    let password = match forms::password(&sent.fields, &[&user.name, &user.email]) {
        Ok(password) => password,
        Err(messages) => return visit.show_again(invalid(messages), "users/link.html", &page(&token, &user)),
    };
    let (hash, now, post) = (password::hash_in_turn(password).await?, visit.app.clock.now(), Post::of(&visit.app));
    let recorder = visit.recorder();
    let keep = move |tx: &mut Tx| {
        store::use_up(tx, link.id, user.id, now)?;
        auth_store::keep_hash(tx, user.id, &hash)?;
        open_sessions::end_all_but(tx, user.id, None, now)?;
        // Whoever else asked for a change in this name had the old password, or the mailbox.
        for purpose in [Purpose::PasswordReset, Purpose::NewAddress] {
            store::withdraw_all(tx, purpose, user.id, now)?;
        }
        let letter = letters::password_changed(&user.name, true, post.address("/password-reset"))?;
        post.tell(tx, &kept(&user.email)?, &letter, now)?;
        let act = Act::sign_in("password.reset", "set a new password by a link in a mail", user.id);
        recorder.by(user.id, &user.name).record(tx, act)
    };
    visit.app.db.write(keep).await?;
    visit.app.wake.wake();
    Ok(visit.done("/sign-in", "Your new password is kept. You are signed out everywhere: sign in with it."))
}
