//! Sign-in at an organisation's own identity provider: there and back.

use actix_web::cookie::{Cookie, time::Duration};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{code_path, page, record_sign_in, set, signed_in};
use crate::auth::half::half_cookie;
use crate::auth::identify::cookie;
use crate::auth::openid::{Journey, OpenId};
use crate::auth::pages::{OrganisationSignIn, OrganisationsPage};
use crate::auth::store::{factors, identities, open_sessions};
use crate::auth::{BACK_WITHIN, Identity, forms, store};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::{OrganisationId, SessionId, UserId};
use crate::web::App;
use crate::web::page::{Answer, Visit};

/// For what the cookie is signed that is kept on the way.
const PURPOSE: &str = "the way to a provider";

/// The organisations whose members can sign in at their own provider.
pub async fn organisations(visit: Visit, openid: web::Data<OpenId>) -> Answer {
    let next = forms::own_path(visit.query()?.get("next"));
    let query = serde_urlencoded::to_string([("next", &next)]).unwrap_or_default();
    let organisation = |provider: &crate::auth::openid::Provider| OrganisationSignIn {
        name: provider.name.clone(),
        href: format!("/sign-in/organisations/{}?{query}", provider.organisation),
    };
    let organisations = openid.providers().iter().map(organisation).collect();
    visit.show("auth/organisations.html", &OrganisationsPage { organisations })
}

/// Sends somebody to their organisation's provider.
pub async fn go(visit: Visit, openid: web::Data<OpenId>, path: web::Path<OrganisationId>) -> Answer {
    let next = forms::own_path(visit.query()?.get("next"));
    let (organisation, back, now) = (*path, way_back(&visit.app), visit.app.clock.now());
    let wanted = next.clone();
    let (address, journey) = match asking(move || openid.begin(organisation, &back, wanted, now)).await {
        Ok(begun) => begun,
        Err(error) => return refused(&visit, error, &next).await,
    };
    let kept = serde_json::to_string(&journey).map_err(|cause| Error::internal("a sign-in", cause))?;
    let kept = visit.app.keys.signed(PURPOSE, &URL_SAFE_NO_PAD.encode(kept))?;
    let mut answer = HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish();
    set(&mut answer, on_the_way(&visit.app, kept, Duration::seconds(BACK_WITHIN.num_seconds())))?;
    Ok(answer)
}

/// Takes back whom a provider sends: a session, or half of the way to one when a second factor is still to come.
pub async fn back(visit: Visit, openid: web::Data<OpenId>) -> Answer {
    let Some(journey) = journey(&visit) else {
        let error = Error::Refused("This sign-in took too long or began in another browser. Begin again.".to_owned());
        return refused(&visit, error, "/").await;
    };
    let next = journey.next.clone();
    let outcome = vouched(&visit, openid, journey).await;
    let mut answer = match outcome {
        Ok((identity, user)) => begin(&visit, &identity, user, &next).await?,
        Err(error) => refused(&visit, error, &next).await?,
    };
    set(&mut answer, on_the_way(&visit.app, String::new(), Duration::ZERO))?;
    Ok(answer)
}

/// Who came back, and which user they are.
async fn vouched(visit: &Visit, openid: web::Data<OpenId>, journey: Journey) -> Result<(Identity, UserId), Error> {
    let query = visit.query()?;
    let (Some(state), Some(code)) = (query.get("state"), query.get("code")) else {
        return Err(Error::Refused("Your organisation did not sign you in. Begin again.".to_owned()));
    };
    if state != journey.state {
        return Err(Error::Refused("This answer belongs to another sign-in. Begin again.".to_owned()));
    }
    let (code, back, now) = (code.to_owned(), way_back(&visit.app), visit.app.clock.now());
    let organisation = OrganisationId::new(journey.organisation);
    let identity = asking(move || openid.finish(&journey, &back, code, now)).await?;
    let asked = identity.clone();
    let user = visit.app.db.write(move |tx| identities::member(tx, organisation, &asked, now)).await?;
    let user = user.ok_or_else(|| {
        Error::Refused(
            "Your organisation knows you, and here you are none of its members yet. Ask its administrator.".to_owned(),
        )
    })?;
    Ok((identity, user))
}

/// What is still asked of somebody whom a provider vouched for.
enum Begun {
    Code,
    Session((SessionId, String)),
}

async fn begin(visit: &Visit, identity: &Identity, user: UserId, next: &str) -> Answer {
    let (now, device, strong) = (visit.app.clock.now(), visit.user_agent().to_owned(), identity.second_factor);
    let (recorder, says) = (visit.recorder(), "signed in at their organisation");
    let work = move |tx: &mut Tx| {
        record_sign_in(tx, &recorder, user, says)?;
        Ok(match (strong, factors::has_factor(tx, user)?) {
            (true, _) => Begun::Session(open_sessions::begin_with_second_factor(tx, user, &device, now)?),
            (false, true) => Begun::Code,
            (false, false) => Begun::Session(store::begin_session(tx, user, &device, now)?),
        })
    };
    match visit.app.db.write(work).await? {
        Begun::Session(begun) => signed_in(visit, user, &begun, visit.done(next, "You are signed in.")),
        Begun::Code => {
            let mut answer = visit.done(&code_path(next), "Your organisation knows you. Now the code.");
            set(&mut answer, half_cookie(&visit.app, user)?)?;
            Ok(answer)
        }
    }
}

/// The sign-in page with what was wrong.
async fn refused(visit: &Visit, error: Error, next: &str) -> Answer {
    visit.show_again(error, "auth/sign_in.html", &page(visit, Some(next)).await?)
}

/// Where the provider sends people back to.
fn way_back(app: &App) -> String {
    format!("{}/sign-in/back", app.config.public_url)
}

fn name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-tailormade_way" } else { "tailormade_way" }
}

fn on_the_way(app: &App, value: String, age: Duration) -> Cookie<'static> {
    cookie(app, name(app), value, age)
}

/// What was remembered when this browser was sent away, if that is not too long ago.
fn journey(visit: &Visit) -> Option<Journey> {
    let kept = visit.cookie(name(&visit.app))?;
    let kept = URL_SAFE_NO_PAD.decode(visit.app.keys.read_signed(PURPOSE, &kept)?).ok()?;
    let journey: Journey = serde_json::from_slice(&kept).ok()?;
    (visit.app.clock.now().timestamp() < journey.until).then_some(journey)
}

/// Asks a provider off the request's thread.
async fn asking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|cause| Error::internal("asking a provider", cause))?
}
