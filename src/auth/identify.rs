//! The layer that finds out who a request comes from, and gives the next access token when the last one ran out.

use actix_web::body::MessageBody;
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use chrono::{DateTime, NaiveDate, Utc};

use super::author;
use super::rights::Actor;
use super::store::{self, Refreshed};
use super::token;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{SessionId, UserId};
use crate::render::Link;
use crate::web::page::{Failure, SignedIn};
use crate::web::reading::{self, Reading};
use crate::web::{App, assets, is_open_feed};

/// The cookies that a sign-in sets.
#[derive(Debug, Default)]
pub struct NewCookies(pub Vec<Cookie<'static>>);

/// For what refresh tokens are signed.
const REFRESH_TOKEN: &str = "refresh";

/// The name of the access cookie: `__Host-` binds it to this host, where there is TLS.
fn access_name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-tailormade_access" } else { "tailormade_access" }
}

/// The name of the refresh cookie.
fn refresh_name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-tailormade_refresh" } else { "tailormade_refresh" }
}

/// A cookie of this host alone, which no script reads.
pub(super) fn cookie(app: &App, name: &'static str, value: String, age: Duration) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .secure(app.config.is_secure())
        .same_site(SameSite::Lax)
        .max_age(age)
        .finish()
}

/// The access cookie for a session.
///
/// # Errors
/// When signing fails.
pub fn access_cookie(app: &App, user: UserId, session: SessionId) -> Result<Cookie<'static>, Error> {
    let value = token::sign(&app.keys, user, session, app.clock.now())?;
    Ok(cookie(app, access_name(app), value, Duration::seconds(super::ACCESS.num_seconds())))
}

/// The refresh cookie for a session: it names its session and is signed, so that a token that was exchanged long ago is
/// still known as one of this session, and nobody ends a session with one that was made up.
///
/// # Errors
/// When signing fails.
pub fn refresh_cookie(app: &App, session: SessionId, token: &str) -> Result<Cookie<'static>, Error> {
    let value = app.keys.signed(REFRESH_TOKEN, &format!("{session}.{token}"))?;
    Ok(cookie(app, refresh_name(app), value, Duration::seconds(super::REFRESH.num_seconds())))
}

/// The session and the token of a refresh cookie that this server gave out.
fn refresh_token(app: &App, cookie: &str) -> Option<(SessionId, String)> {
    let (session, token) = app.keys.read_signed(REFRESH_TOKEN, cookie)?.split_once('.')?;
    Some((session.parse().ok()?, token.to_owned()))
}

/// The cookies that take a sign-in away.
#[must_use]
pub fn no_cookies(app: &App) -> [Cookie<'static>; 2] {
    [access_name(app), refresh_name(app)].map(|name| cookie(app, name, String::new(), Duration::ZERO))
}

/// Looks up who the request comes from and puts an [`Actor`] into it; a page needs no script to stay signed in.
///
/// When the database fails, that is the answer: it is never shown as "not signed in".
///
/// # Errors
/// Never; failures are answers.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, actix_web::Error> {
    // What any cache may keep is nobody's, and must carry nobody's next token; nor may the open feed, which is everybody's.
    if request.path().starts_with(assets::FOLDER) || is_open_feed(request.path()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let mut cookies = vec![];
    if let Some(app) = request.app_data::<web::Data<App>>().cloned() {
        let (found, new) = match who(&app, &request).await {
            Ok(found) => found,
            Err(error) => return Ok(request.error_response(Failure(error))),
        };
        cookies = new;
        if let Some((actor, reading)) = found {
            cookies.extend(reading.and_then(|reading| on_device(&app, &request, reading)));
            let who = SignedIn {
                user: actor.user(),
                name: actor.name().to_owned(),
                nav: nav(&actor),
                author: author::of(&actor),
                reading,
            };
            request.extensions_mut().insert(who);
            request.extensions_mut().insert(actor);
        }
    }
    let mut response = next.call(request).await?.map_into_boxed_body();
    let own = response.response().cookies().any(|cookie| cookie.name().ends_with("tailormade_access"));
    // A sign-in or a sign-out has set its own.
    for cookie in cookies.iter().filter(|_| !own) {
        if let Err(cause) = response.response_mut().add_cookie(cookie) {
            tracing::error!("a cookie could not be set: {cause}");
        }
    }
    Ok(response)
}

/// Who a request comes from, and the cookies that must go back with the answer.
async fn who(app: &App, request: &ServiceRequest) -> Result<(Option<Known>, Vec<Cookie<'static>>), Error> {
    let (now, today) = (app.clock.now(), app.clock.today());
    let access = request.cookie(access_name(app));
    if let Some(claims) = access.and_then(|cookie| token::read(&app.keys, cookie.value(), now)) {
        let known = app.db.read(move |tx| known(tx, claims.sid, now, today)).await?;
        return Ok((known, vec![]));
    }
    let Some(refresh) = request.cookie(refresh_name(app)) else {
        return Ok((None, vec![]));
    };
    let Some((session, token)) = refresh_token(app, refresh.value()) else {
        return Ok((None, no_cookies(app).into()));
    };
    let refreshed = app.db.write(move |tx| store::refresh(tx, session, &token, now)).await?;
    let cookies = match refreshed {
        Refreshed::Rotated(user, next) => {
            vec![access_cookie(app, user, session)?, refresh_cookie(app, session, &next)?]
        }
        Refreshed::Parallel(user) => vec![access_cookie(app, user, session)?],
        Refreshed::Refused => return Ok((None, no_cookies(app).into())),
    };
    let known = app.db.read(move |tx| known(tx, session, now, today)).await?;
    Ok((known, cookies))
}

/// Who somebody is, and how they read best where they are a person.
type Known = (Actor, Option<Reading>);

fn known(tx: &mut Tx, session: SessionId, now: DateTime<Utc>, today: NaiveDate) -> Result<Option<Known>, Error> {
    let Some(actor) = store::actor(tx, session, now, today)? else {
        return Ok(None);
    };
    let reading = actor.person().map(|person| store::reading(tx, person, today)).transpose()?;
    Ok(Some((actor, reading)))
}

/// The cookie that keeps on the device how the person reads best, for the pages that they open signed out; nothing when it
/// says so already.
fn on_device(app: &App, request: &ServiceRequest, reading: Reading) -> Option<Cookie<'static>> {
    let kept = request.cookie(reading::COOKIE).map(|cookie| Reading::from_cookie(cookie.value())).unwrap_or_default();
    let age = if reading == Reading::default() { Duration::ZERO } else { Duration::days(365) };
    (kept != reading).then(|| cookie(app, reading::COOKIE, reading.cookie(), age))
}

/// Where somebody may go, by what they are.
fn nav(actor: &Actor) -> Vec<Link> {
    let mut links = vec![("Home", "/")];
    if !actor.councils().is_empty() {
        links.push(("People and budgets", "/people"));
    }
    if actor.provider_member().is_ok() {
        links.push(("Your entry and services", "/provider"));
    }
    if !actor.providers().is_empty() {
        links.push(("Orders and deliveries", "/deliveries"));
    }
    links.push(("Find support", "/search"));
    if !actor.people().is_empty() && actor.providers().is_empty() {
        links.push(("Support that was given", "/deliveries"));
    }
    links.push(("Invoices", "/invoices"));
    let link = |(label, href): (&str, &str)| Link { label: label.to_owned(), href: href.to_owned(), current: false };
    links.into_iter().map(link).collect()
}
