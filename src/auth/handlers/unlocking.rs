//! The way out of a lock: a mail with a link. Whoever only knows an e-mail address can lock it for a while; whoever reads its
//! mail opens it again at once. Nothing here tells whether anybody has an address: for one that nobody has the same is looked
//! up, written and recorded, and the mail alone says so.

use actix_web::web;
use chrono::{DateTime, Utc};

use crate::audit::{self, Act, Thing};
use crate::auth::gate::email_subject;
use crate::auth::pages::UnlockPage;
use crate::auth::rules::unlocking::{Lock, Refusal};
use crate::auth::store::tries;
use crate::auth::{forms, store};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::UserId;
use crate::mail::layout::lay_out;
use crate::mail::{Action, EmailAddress, Letter, NewMail, Subject, TOKEN, store as mail_store};
use crate::web::App;
use crate::web::page::{Answer, Submitted, Visit};

const ASK: &str = "auth/unlocking.html";
const LINK: &str = "auth/unlock.html";
/// Under this number no user is kept: the locks of addresses that nobody has.
const NOBODY: UserId = UserId::new(0);

/// The page that asks for the address.
pub async fn ask(visit: Visit) -> Answer {
    visit.show(ASK, &serde_json::json!({}))
}

/// Sends the mail, if the address is locked and none was sent for this lock.
pub async fn send(visit: Visit, sent: Submitted) -> Answer {
    let to = match forms::email(&sent.fields) {
        Ok(to) => to,
        Err(invalid) => return visit.show_again(invalid.into(), ASK, &serde_json::json!({})),
    };
    let (subject, now, app) = (email_subject(&visit.app, to.as_str())?, visit.app.clock.now(), visit.app.clone());
    let blank =
        visit.event(Act::sign_in("sign_in.unlocking", "asked for a mail that opens a lock", Thing::of_user(None)));
    let post = move |tx: &mut Tx| {
        let user = store::user_by_email(tx, to.as_str())?.map(|user| user.id);
        let Some(until) = tries::locked_until(tx, &subject, now)? else {
            return Ok(());
        };
        let mail = letter(&app, to.clone(), user, until)?;
        if mail_store::has_link(tx, to.as_str(), mail.link_nonce.as_deref())? {
            return Ok(());
        }
        mail_store::post(tx, &mail, now)?;
        let mut event = blank.clone();
        event.act.thing = Thing::of_user(user);
        audit::store::append(tx, &event)
    };
    visit.app.db.write(post).await?;
    visit.app.wake.wake();
    Ok(visit.done(
        "/sign-in",
        "If this address is locked, a mail is on its way. It says how to go on. One is sent for each lock.",
    ))
}

fn letter(app: &App, to: EmailAddress, user: Option<UserId>, until: DateTime<Utc>) -> Result<NewMail, Error> {
    let lock = Lock::new(user.unwrap_or(NOBODY), until);
    let (says, label, path, afterwards) = match user {
        Some(_) => (
            "If you want to sign in now, open it again. The link is good once, as long as the lock lasts.",
            "Open my sign-in",
            format!("/sign-in/unlocking/{lock}.{TOKEN}"),
            "If it was not you who tried, somebody else knows your e-mail address. Your password is safe as long as \
             nobody else knows it.",
        ),
        None => (
            "There is no sign-in with it. You may have used another address.",
            "Sign up",
            "/sign-up".to_owned(),
            "If it was not you who tried, you need not do anything.",
        ),
    };
    let tried =
        "Somebody tried too often to sign in to Tailormade with this e-mail address, so it is locked for a while.";
    let letter = Letter {
        greeting: "Hello".to_owned(),
        paragraphs: vec![tried.to_owned(), says.to_owned()],
        action: Some(Action { label: label.to_owned(), href: format!("{}{path}", app.config.public_url) }),
        afterwards: vec![afterwards.to_owned()],
    };
    lay_out(&app.renderer, to, Subject::new("Your sign-in is locked for a while")?, &letter, Some(lock.nonce()))
}

/// The lock that a link opens, if it was made here for somebody.
fn of_link(app: &App, link: &str) -> Result<Lock, Error> {
    let (lock, token) =
        link.rsplit_once('.').and_then(|(lock, token)| Some((Lock::parse(lock)?, token))).ok_or(Error::NotFound)?;
    if lock.user != NOBODY && app.keys.is_link_token(&lock.nonce(), token) { Ok(lock) } else { Err(Error::NotFound) }
}

/// Whose lock it is, as long as it is that one which holds.
fn holding(tx: &mut Tx, app: &App, lock: Lock, now: DateTime<Utc>) -> Result<tries::Subject, Error> {
    let subject = email_subject(app, &store::email_of(tx, lock.user)?)?;
    let holds = tries::locked_until(tx, &subject, now)?.is_some_and(|until| Lock::new(lock.user, until) == lock);
    if holds { Ok(subject) } else { Err(Error::Refused(Refusal::Over.to_string())) }
}

/// The page that the link leads to: it opens nothing by itself, because programs that look through mail follow links.
pub async fn show(visit: Visit, link: web::Path<String>) -> Answer {
    let (lock, now, app) = (of_link(&visit.app, &link)?, visit.app.clock.now(), visit.app.clone());
    visit.app.db.read(move |tx| holding(tx, &app, lock, now).map(|_| ())).await?;
    visit.show(LINK, &UnlockPage { action: format!("/sign-in/unlocking/{link}") })
}

/// Opens the lock: the tries before it are forgotten, and with them the lock that this link was for.
pub async fn open(visit: Visit, link: web::Path<String>) -> Answer {
    let (lock, now, app) = (of_link(&visit.app, &link)?, visit.app.clock.now(), visit.app.clone());
    let event =
        visit.event(Act::sign_in("sign_in.unlocked", "opened a locked sign-in with the link of a mail", lock.user));
    let open = move |tx: &mut Tx| {
        let subject = holding(tx, &app, lock, now)?;
        tries::forget(tx, &subject)?;
        audit::store::append(tx, &event)
    };
    visit.app.db.write(open).await?;
    Ok(visit.done("/sign-in", "Your sign-in is open again."))
}
