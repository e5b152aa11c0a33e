//! Sign in and sign out.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::forms;
use super::identify::{access_cookie, no_cookies, refresh_cookie};
use super::pages::SignInPage;
use super::rights::Actor;
use super::{password, store};
use crate::audit::{self, Act, Author, Event, Thing};
use crate::db::Tx;
use crate::error::Error;
use crate::web::page::{Answer, Submitted, Visit};

/// The sign-in page.
pub async fn show(visit: Visit) -> Answer {
    visit.show("auth/sign_in.html", &page(&visit, visit.query()?.get("next")))
}

fn page(visit: &Visit, next: Option<&str>) -> SignInPage {
    SignInPage { next: forms::own_path(next), demo: visit.app.demo.to_vec() }
}

/// Signs in: a new session, whatever cookies came along.
pub async fn sign_in(visit: Visit, request: HttpRequest, sent: Submitted) -> Answer {
    let attempt = match forms::sign_in(&sent.fields) {
        Ok(attempt) => attempt,
        Err(invalid) => {
            return visit.show_again(invalid.into(), "auth/sign_in.html", &page(&visit, sent.fields.get("next")));
        }
    };
    let (db, now, email) = (&visit.app.db, visit.app.clock.now(), attempt.email.clone());
    let known = db.read(move |tx| store::sign_in_data(tx, &email)).await?;
    let hash = known.as_ref().map(|data| data.password_hash.clone());
    let fits = password::verify(attempt.password.clone(), hash).await?;
    let account = known.as_ref().map(|data| data.user);
    let Some(known) = known.filter(|_| fits) else {
        // Noted, not written at once: it takes as long for an account that exists as for one that does not.
        let author = Author { user: account, ..Author::default() };
        let act = Act::sign_in(
            "sign_in.refused",
            "tried to sign in, with a wrong password or address",
            Thing::of_user(account),
        );
        visit.app.looks.note(db, Event { author, ..visit.event(act) }).await?;
        let refused = Error::Invalid(forms::refused(&sent.fields));
        return visit.show_again(refused, "auth/sign_in.html", &page(&visit, Some(&attempt.next)));
    };
    let device = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let device = device.unwrap_or("unknown").to_owned();
    let rehashed =
        password::is_outdated(&known.password_hash).then(|| password::hash(&attempt.password)).transpose()?;
    let (user, blank) = (known.user, visit.event(Act::sign_in("signed_in", "signed in", known.user)));
    let (session, refresh) = db
        .write(move |tx| {
            if let Some(hash) = &rehashed {
                store::keep_hash(tx, user, hash)?;
            }
            let author = Author { user: Some(user), name: store::user_name(tx, user)?, ..Author::default() };
            audit::store::append(tx, &Event { author, ..blank.clone() })?;
            store::begin_session(tx, user, &device, now)
        })
        .await?;
    let mut answer = visit.done(&attempt.next, "You are signed in.");
    for cookie in [access_cookie(&visit.app, user, session)?, refresh_cookie(&visit.app, session, &refresh)?] {
        answer.add_cookie(&cookie).map_err(|cause| Error::internal("a cookie", cause))?;
    }
    Ok(answer)
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
        answer.add_cookie(&cookie).map_err(|cause| Error::internal("a cookie", cause))?;
    }
    Ok(answer)
}
