//! Half a sign-in: the password was right, the code is still to come. It is a signed cookie of five minutes and no session:
//! whoever holds it can enter a code and do nothing else.

use actix_web::cookie::{Cookie, time::Duration};

use super::identify::cookie;
use crate::error::Error;
use crate::ids::UserId;
use crate::web::App;
use crate::web::page::Visit;

/// For what it is signed.
const PURPOSE: &str = "half a sign-in";
/// How many seconds there are to enter the code.
const SECONDS: i64 = 300;

fn name(app: &App) -> &'static str {
    if app.config.is_secure() { "__Host-tailormade_half" } else { "tailormade_half" }
}

/// The cookie for somebody whose password was right.
///
/// # Errors
/// When signing fails.
pub fn half_cookie(app: &App, user: UserId) -> Result<Cookie<'static>, Error> {
    let until = app.clock.now().timestamp() + SECONDS;
    let value = app.keys.signed(PURPOSE, &format!("{user}.{until}"))?;
    Ok(cookie(app, name(app), value, Duration::seconds(SECONDS)))
}

/// The cookie that takes it away.
#[must_use]
pub fn no_half_cookie(app: &App) -> Cookie<'static> {
    cookie(app, name(app), String::new(), Duration::ZERO)
}

/// Whose password was right, less than five minutes ago; the time is read in the cookie, not left to the browser.
#[must_use]
pub fn half_signed_in(visit: &Visit) -> Option<UserId> {
    let signed = visit.cookie(name(&visit.app))?;
    let (user, until) = visit.app.keys.read_signed(PURPOSE, &signed)?.split_once('.')?;
    let until: i64 = until.parse().ok()?;
    (visit.app.clock.now().timestamp() < until).then(|| user.parse().ok())?
}
