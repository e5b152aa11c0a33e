//! Sign in, in one step or two, and sign out.

pub mod openid;
pub mod second_factor;
pub mod sessions;
pub mod unlocking;

use actix_web::HttpResponse;

use super::forms;
use super::gate::Try;
use super::half::{half_cookie, half_signed_in, no_half_cookie};
use super::identify::{access_cookie, no_cookies, refresh_cookie};
use super::pages::{self, CodePage, SignInPage};
use super::rights::Actor;
use super::store::{factors, open_sessions};
use super::{password, store};
use crate::audit::{self, Act, Author, Event, Recorder, Thing};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{SessionId, UserId};
use crate::web::page::{Answer, Submitted, Visit};

/// The sign-in page.
pub async fn show(visit: Visit) -> Answer {
    let next = visit.query()?.get("next").map(str::to_owned);
    visit.show("auth/sign_in.html", &page(&visit, next.as_deref()).await?)
}

async fn page(visit: &Visit, next: Option<&str>) -> Result<SignInPage, Error> {
    let demo = visit.app.demo.clone();
    // Outside of the demonstration nobody is offered, and nothing is looked up.
    let codes = if demo.is_empty() {
        vec![]
    } else {
        visit.app.db.read(move |tx| demo.iter().map(|one| last_step(tx, &one.email)).collect()).await?
    };
    let organisations = visit.app.config.openid_file.is_some();
    let page = pages::sign_in(forms::own_path(next), &visit.app.demo, &codes, visit.app.clock.now())?;
    Ok(SignInPage { organisations, ..page })
}

/// The last step of the second factor of somebody of the demonstration whose code was used.
fn last_step(tx: &mut crate::db::Tx, email: &str) -> Result<i64, Error> {
    let Some(known) = store::sign_in_data(tx, email)? else {
        return Ok(0);
    };
    Ok(factors::factor(tx, known.user)?.map_or(0, |factor| factor.last_step))
}

/// Signs in: a new session, whatever cookies came along; with a second factor only half of the way to one.
pub async fn sign_in(visit: Visit, sent: Submitted) -> Answer {
    let attempt = match forms::sign_in(&sent.fields) {
        Ok(attempt) => attempt,
        Err(invalid) => return again(&visit, &sent, invalid.into()).await,
    };
    let gate = match Try::begin(&visit, &attempt.email).await {
        Ok(gate) => gate,
        Err(error) => return again(&visit, &sent, error).await,
    };
    let (db, email) = (&visit.app.db, attempt.email.clone());
    let known = db.read(move |tx| known(tx, &email)).await?;
    let hash = known.as_ref().map(|(data, _)| data.password_hash.clone());
    let fits = match password::verify(attempt.password.clone(), hash).await {
        Ok(fits) => fits,
        Err(error) => {
            gate.given_back(&visit.app).await?;
            return Err(error.into());
        }
    };
    let account = known.as_ref().map(|(data, _)| data.user);
    let Some((known, has_factor)) = known.filter(|_| fits) else {
        // Noted, not written at once: it takes as long for an account that exists as for one that does not.
        let author = Author { user: account, ..Author::default() };
        let (what, says) = ("sign_in.refused", "tried to sign in, with a wrong password or address");
        let act = Act::sign_in(what, says, Thing::of_user(account));
        visit.app.looks.note(db, Event { author, ..visit.event(act) }).await?;
        return again(&visit, &sent, forms::refused(&sent.fields).into()).await;
    };
    if password::is_outdated(&known.password_hash) {
        let (user, hash) = (known.user, password::hash_in_turn(attempt.password.clone()).await?);
        db.write(move |tx| store::keep_hash(tx, user, &hash)).await?;
    }
    if has_factor {
        gate.half_succeeded(&visit.app).await?;
        let mut answer = visit.done(&code_path(&attempt.next), "The password is right. Now the code.");
        set(&mut answer, half_cookie(&visit.app, known.user)?)?;
        return Ok(answer);
    }
    gate.succeeded(&visit.app).await?;
    let (now, device, user) = (visit.app.clock.now(), visit.user_agent().to_owned(), known.user);
    let (recorder, says) = (visit.recorder(), "signed in");
    let begin = move |tx: &mut Tx| {
        record_sign_in(tx, &recorder, user, says)?;
        store::begin_session(tx, user, &device, now)
    };
    let begun = db.write(begin).await?;
    signed_in(&visit, user, &begun, visit.done(&attempt.next, "You are signed in."))
}

/// Records with the deed that somebody signed in.
fn record_sign_in(tx: &mut Tx, recorder: &Recorder, user: UserId, says: &str) -> Result<(), Error> {
    let name = store::user_name(tx, user)?;
    recorder.by(user, &name).record(tx, Act::sign_in("signed_in", says, user))
}

/// The sign-in data of an e-mail address, and whether a second factor belongs to it.
fn known(tx: &mut crate::db::Tx, email: &str) -> Result<Option<(store::SignInData, bool)>, Error> {
    let Some(known) = store::sign_in_data(tx, email)? else {
        return Ok(None);
    };
    let has_factor = factors::has_factor(tx, known.user)?;
    Ok(Some((known, has_factor)))
}

/// The sign-in page with what was wrong; the password is never sent back.
async fn again(visit: &Visit, sent: &Submitted, error: Error) -> Answer {
    visit.show_again(error, "auth/sign_in.html", &page(visit, sent.fields.get("next")).await?)
}

/// An answer that gives a browser its session.
fn signed_in(visit: &Visit, user: UserId, begun: &(SessionId, String), mut answer: HttpResponse) -> Answer {
    let (session, refresh) = begun;
    set(&mut answer, access_cookie(&visit.app, user, *session)?)?;
    set(&mut answer, refresh_cookie(&visit.app, *session, refresh)?)?;
    set(&mut answer, no_half_cookie(&visit.app))?;
    Ok(answer)
}

fn set(answer: &mut HttpResponse, cookie: actix_web::cookie::Cookie<'_>) -> Result<(), Error> {
    answer.add_cookie(&cookie).map_err(|cause| Error::internal("a cookie", cause))
}

fn code_path(next: &str) -> String {
    format!("/sign-in/code?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default())
}

/// The second step: the page for the code.
pub async fn show_code(visit: Visit) -> Answer {
    let next = forms::own_path(visit.query()?.get("next"));
    match half_signed_in(&visit) {
        Some(user) => visit.show("auth/code.html", &code_page(&visit, user, next).await?),
        None => from_the_start(&visit, &next),
    }
}

async fn code_page(visit: &Visit, user: UserId, next: String) -> Result<CodePage, Error> {
    let offered = visit.app.demo.clone();
    if offered.is_empty() {
        return Ok(CodePage { next, demo_code: None });
    }
    let (email, factor) =
        visit.app.db.read(move |tx| Ok((store::email_of(tx, user)?, factors::factor(tx, user)?))).await?;
    let secret = offered.iter().find(|one| one.email == email).and_then(|one| one.second_factor);
    let last = factor.map_or(0, |factor| factor.last_step);
    let code = secret.map(|secret| super::rules::codes::Secret::of(secret).usable_code(last, visit.app.clock.now()));
    Ok(CodePage { next, demo_code: code.transpose()? })
}

/// The code came too late, or without its password.
fn from_the_start(visit: &Visit, next: &str) -> Answer {
    if visit.wants_json() {
        return Err(Error::SignIn.into());
    }
    let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
    Ok(visit.done(
        &format!("/sign-in?{query}"),
        "Sign in with your password first. The code must follow within five minutes.",
    ))
}

/// The second step: with a right code the session begins.
pub async fn sign_in_with_code(visit: Visit, sent: Submitted) -> Answer {
    let next = forms::own_path(sent.fields.get("next"));
    let Some(user) = half_signed_in(&visit) else {
        return from_the_start(&visit, &next);
    };
    let code = match forms::code(&sent.fields) {
        Ok(code) => code,
        Err(invalid) => return code_again(&visit, user, next, invalid.into()).await,
    };
    let email = visit.app.db.read(move |tx| store::email_of(tx, user)).await?;
    let gate = match Try::begin(&visit, &email).await {
        Ok(gate) => gate,
        Err(error) => return code_again(&visit, user, next, error).await,
    };
    let (now, device, keys) = (visit.app.clock.now(), visit.user_agent().to_owned(), visit.app.keys.clone());
    let (recorder, says) = (visit.recorder(), "signed in with a second factor");
    let begin = move |tx: &mut crate::db::Tx| {
        if !factors::use_either(tx, &keys, user, &code, now)? {
            return Ok(None);
        }
        let left = factors::recovery_codes_left(tx, user)?;
        record_sign_in(tx, &recorder, user, says)?;
        Ok(Some((open_sessions::begin_with_second_factor(tx, user, &device, now)?, left)))
    };
    let Some((begun, left)) = visit.app.db.write(begin).await? else {
        return code_again(&visit, user, next, forms::wrong_code().into()).await;
    };
    gate.succeeded(&visit.app).await?;
    let notice = match left {
        0..=3 => format!("You are signed in. Only {left} of your recovery codes are left: make new ones."),
        _ => "You are signed in.".to_owned(),
    };
    signed_in(&visit, user, &begun, visit.done(&next, &notice))
}

async fn code_again(visit: &Visit, user: UserId, next: String, error: Error) -> Answer {
    visit.show_again(error, "auth/code.html", &code_page(visit, user, next).await?)
}

/// Signs out: the session ends at once, everywhere.
pub async fn sign_out(visit: Visit, actor: Actor) -> Answer {
    let (now, session) = (visit.app.clock.now(), actor.session());
    let event = visit.event(Act::sign_in("signed_out", "signed out", session));
    let end = move |tx: &mut Tx| {
        store::end_session(tx, session, now)?;
        audit::store::append(tx, &event)
    };
    visit.app.db.write(end).await?;
    let mut answer = visit.done("/", "You are signed out.");
    for cookie in no_cookies(&visit.app) {
        set(&mut answer, cookie)?;
    }
    Ok(answer)
}
