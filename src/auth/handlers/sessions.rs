//! Where somebody is signed in: looked at, ended one by one or all others.

use actix_web::web;

use crate::audit::{Act, Thing};
use crate::auth::identify::no_cookies;
use crate::auth::pages;
use crate::auth::rights::Actor;
use crate::auth::store::open_sessions;
use crate::ids::SessionId;
use crate::web::page::{Answer, Done, Submitted, Visit};

const LIST: &str = "/account/sessions";

/// The list of one's own sessions.
pub async fn list(visit: Visit, actor: Actor) -> Answer {
    let (user, now) = (actor.user(), visit.app.clock.now());
    let open = visit.app.db.read(move |tx| open_sessions::open_sessions(tx, user, now)).await?;
    visit.show("auth/sessions.html", &pages::sessions(&open, actor.session()))
}

/// Ends one of them; it has no effect any more from the next request on.
pub async fn end(visit: Visit, actor: Actor, path: web::Path<SessionId>, sent: Submitted) -> Answer {
    let (user, session, now) = (actor.user(), *path, visit.app.clock.now());
    let end = move |tx: &mut crate::db::Tx| {
        open_sessions::end_own(tx, user, session, now)?;
        Ok(Done::new(LIST, Act::sign_in("session.ended", "ended one of their sessions", session)))
    };
    let location = visit.write_once(user, &sent, end).await?;
    if session != actor.session() {
        return Ok(visit.done(&location, "That session is ended."));
    }
    let mut answer = visit.done("/", "You are signed out here.");
    for cookie in no_cookies(&visit.app) {
        super::set(&mut answer, cookie)?;
    }
    Ok(answer)
}

/// Ends all but the one that asks.
pub async fn end_others(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (user, kept, now) = (actor.user(), actor.session(), visit.app.clock.now());
    let end = move |tx: &mut crate::db::Tx| {
        open_sessions::end_all_but(tx, user, Some(kept), now)?;
        let says = "ended all of their sessions but one";
        Ok(Done::new(LIST, Act::sign_in("session.all_ended", says, Thing::of_user(Some(user)))))
    };
    let location = visit.write_once(user, &sent, end).await?;
    Ok(visit.done(&location, "You are signed out everywhere else."))
}
