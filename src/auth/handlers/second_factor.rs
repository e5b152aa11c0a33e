//! Setting up a second factor, taking it away, new recovery codes.

use crate::auth::gate::Try;
use crate::auth::pages::{FactorPage, NewFactorPage, RecoveryCodesPage};
use crate::auth::rights::Actor;
use crate::auth::rules::codes::{Secret, picture};
use crate::auth::store::{self, factors, open_sessions};
use crate::auth::{forms, pages, password};
use crate::db::Tx;
use crate::error::Error;
use crate::web::page::{Answer, Submitted, Visit};
use crate::web::token::random_bytes;

const PAGE: &str = "auth/second_factor.html";
const NEW: &str = "auth/new_factor.html";

/// Whether there is a second factor, and what can be done about it.
pub async fn show(visit: Visit, actor: Actor) -> Answer {
    let next = forms::own_path(visit.query()?.get("next"));
    visit.show(PAGE, &factor_page(&visit, &actor, next).await?)
}

async fn factor_page(visit: &Visit, actor: &Actor, next: String) -> Result<FactorPage, Error> {
    let user = actor.user();
    let read = move |tx: &mut Tx| Ok((factors::factor(tx, user)?, factors::recovery_codes_left(tx, user)?));
    let (factor, left) = visit.app.db.read(read).await?;
    Ok(pages::factor(factor.and_then(|factor| factor.confirmed_at), left, next))
}

async fn again(visit: &Visit, actor: &Actor, sent: &Submitted, error: Error) -> Answer {
    let next = forms::own_path(sent.fields.get("next"));
    visit.show_again(error, PAGE, &factor_page(visit, actor, next).await?)
}

/// Begins: the password is asked for again, because the browser may have been left open.
pub async fn begin(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let form = match forms::password_again(&sent.fields) {
        Ok(form) => form,
        Err(invalid) => return again(&visit, &actor, &sent, invalid.into()).await,
    };
    if let Err(error) = check_password(&visit, &actor, form.password).await {
        return again(&visit, &actor, &sent, error).await;
    }
    let (user, now, keys) = (actor.user(), visit.app.clock.now(), visit.app.keys.clone());
    let secret = Secret::of(random_bytes()?);
    match visit.app.db.write(move |tx| factors::begin(tx, &keys, user, &secret, now)).await {
        Ok(()) => Ok(visit.done(&new_path(&form.next), "Now add it to your telephone.")),
        Err(error) => again(&visit, &actor, &sent, error).await,
    }
}

fn new_path(next: &str) -> String {
    format!("/account/second-factor/new?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default())
}

async fn check_password(visit: &Visit, actor: &Actor, password: String) -> Result<(), Error> {
    let user = actor.user();
    let read = move |tx: &mut Tx| {
        let email = store::email_of(tx, user)?;
        Ok((store::sign_in_data(tx, &email)?.map(|known| known.password_hash), email))
    };
    let (hash, email) = visit.app.db.read(read).await?;
    let gate = Try::begin(visit, &email).await?;
    match password::verify(password, hash).await {
        Ok(true) => gate.succeeded(&visit.app).await,
        Ok(false) => Err(forms::wrong_password().into()),
        Err(error) => {
            gate.given_back(&visit.app).await?;
            Err(error)
        }
    }
}

/// The QR code, the secret for typing, and the field for the first code.
pub async fn new(visit: Visit, actor: Actor) -> Answer {
    let next = forms::own_path(visit.query()?.get("next"));
    visit.show(NEW, &new_page(&visit, &actor, next).await?)
}

async fn new_page(visit: &Visit, actor: &Actor, next: String) -> Result<NewFactorPage, Error> {
    let user = actor.user();
    let read = move |tx: &mut Tx| Ok((store::email_of(tx, user)?, factors::factor(tx, user)?));
    let (email, factor) = visit.app.db.read(read).await?;
    // Once it is confirmed the secret is never shown again.
    let begun = factor.filter(|factor| factor.confirmed_at.is_none()).ok_or(Error::NotFound)?;
    let secret = begun.secret(&visit.app.keys, user)?;
    let address = secret.address(&email)?;
    Ok(NewFactorPage { secret: secret.words()?, picture: picture(&address)?, address, next })
}

/// Confirms with a first code. All sessions end and this browser gets a new one: what somebody may have copied before is of
/// no use for what the second factor opens.
pub async fn confirm(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let next = forms::own_path(sent.fields.get("next"));
    let shown = new_page(&visit, &actor, next.clone()).await?;
    let code = match forms::code(&sent.fields) {
        Ok(code) => code,
        Err(invalid) => return visit.show_again(invalid.into(), NEW, &shown),
    };
    let (user, now, keys) = (actor.user(), visit.app.clock.now(), visit.app.keys.clone());
    let device = visit.user_agent().to_owned();
    let confirm = move |tx: &mut Tx| {
        if !factors::use_code(tx, &keys, user, &code, now)? {
            return Ok(None);
        }
        let codes = factors::confirm(tx, user, now)?;
        open_sessions::end_all_but(tx, user, None, now)?;
        Ok(Some((codes, open_sessions::begin_with_second_factor(tx, user, &device, now)?)))
    };
    match visit.app.db.write(confirm).await? {
        Some((codes, begun)) => {
            let page = RecoveryCodesPage { codes, is_first: true, next };
            super::signed_in(&visit, user, &begun, visit.show("auth/recovery_codes.html", &page)?)
        }
        None => visit.show_again(forms::wrong_code().into(), NEW, &shown),
    }
}

/// Uses a code for something that needs one.
async fn with_code<T: Send + 'static>(
    visit: &Visit,
    actor: &Actor,
    sent: &Submitted,
    work: impl Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let code = forms::code(&sent.fields)?;
    let (user, now, keys) = (actor.user(), visit.app.clock.now(), visit.app.keys.clone());
    let email = visit.app.db.read(move |tx| store::email_of(tx, user)).await?;
    let gate = Try::begin(visit, &email).await?;
    let deed = move |tx: &mut Tx| match factors::use_either(tx, &keys, user, &code, now)? {
        true => work(tx).map(Some),
        false => Ok(None),
    };
    let done = visit.app.db.write(deed).await?.ok_or_else(forms::wrong_code)?;
    gate.succeeded(&visit.app).await?;
    Ok(done)
}

/// Takes the second factor away; a code is asked for.
pub async fn remove(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let user = actor.user();
    match with_code(&visit, &actor, &sent, move |tx| factors::remove(tx, user)).await {
        Ok(()) => Ok(visit.done("/account/second-factor", "Your second factor is taken away.")),
        Err(error) => again(&visit, &actor, &sent, error).await,
    }
}

/// New recovery codes in the place of the old ones; a code is asked for.
pub async fn renew(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (user, now) = (actor.user(), visit.app.clock.now());
    match with_code(&visit, &actor, &sent, move |tx| factors::renew_recovery_codes(tx, user, now)).await {
        Ok(codes) => {
            let next = forms::own_path(sent.fields.get("next"));
            visit.show("auth/recovery_codes.html", &RecoveryCodesPage { codes, is_first: false, next })
        }
        Err(error) => again(&visit, &actor, &sent, error).await,
    }
}
