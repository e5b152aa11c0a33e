//! What the pages of signing in and of one's own sign-in receive.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Serialize;

use super::OpenSession;
use super::rules::codes::{Picture, Secret};
use super::rules::devices;
use crate::calendar::moment;
use crate::error::Error;
use crate::ids::SessionId;
use crate::web::DemoSignIn;

/// The sign-in page; template `auth/sign_in.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignInPage {
    /// Where to go afterwards.
    pub next: String,
    /// The sign-ins of the demonstration; empty elsewhere.
    pub demo: Vec<DemoOffer>,
    /// Whether some of them need a code.
    pub has_codes: bool,
    /// Whether members of some organisations sign in there.
    pub organisations: bool,
}

/// The organisations whose members sign in there; template `auth/organisations.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrganisationsPage {
    /// Each of them.
    pub organisations: Vec<OrganisationSignIn>,
}

/// An organisation whose members sign in there.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrganisationSignIn {
    /// Its name.
    pub name: String,
    /// Where one goes.
    pub href: String,
}

/// A sign-in that the demonstration offers.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DemoOffer {
    /// Who it is, in words.
    pub who: String,
    /// The e-mail address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The code that their telephone would show now, if they have a second factor.
    pub code: Option<String>,
}

/// The sign-in page; `last_steps` has the last used step of each of the demonstration's second factors.
///
/// # Errors
/// When a secret cannot be used.
pub fn sign_in(next: String, demo: &[DemoSignIn], last_steps: &[i64], now: DateTime<Utc>) -> Result<SignInPage, Error> {
    let offer = |(one, last): (&DemoSignIn, &i64)| {
        let code = one.second_factor.map(|secret| Secret::of(secret).usable_code(*last, now)).transpose()?;
        Ok(DemoOffer { who: one.who.clone(), email: one.email.clone(), password: one.password.clone(), code })
    };
    let demo: Vec<DemoOffer> = demo.iter().zip(last_steps).map(offer).collect::<Result<_, Error>>()?;
    let has_codes = demo.iter().any(|offer| offer.code.is_some());
    Ok(SignInPage { next, demo, has_codes, organisations: false })
}

/// The second step of signing in; template `auth/code.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CodePage {
    /// Where to go afterwards.
    pub next: String,
    /// In the demonstration, the code that the telephone would show.
    pub demo_code: Option<String>,
}

/// One's second factor; template `auth/second_factor.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FactorPage {
    /// Whether one is set up.
    pub is_set_up: bool,
    /// Since when, in words.
    pub since: Option<String>,
    /// How many recovery codes are left.
    pub recovery_codes_left: i64,
    /// Where to go afterwards.
    pub next: String,
}

/// The page of one's second factor.
#[must_use]
pub fn factor(confirmed_at: Option<NaiveDateTime>, recovery_codes_left: i64, next: String) -> FactorPage {
    let since = confirmed_at.map(|since| moment(since.and_utc()));
    FactorPage { is_set_up: since.is_some(), since, recovery_codes_left, next }
}

/// A second factor that is being set up; template `auth/new_factor.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewFactorPage {
    /// The secret for typing.
    pub secret: String,
    /// The address that a telephone reads.
    pub address: String,
    /// The same as a QR code.
    pub picture: Picture,
    /// Where to go afterwards.
    pub next: String,
}

/// Recovery codes, shown once; template `auth/recovery_codes.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RecoveryCodesPage {
    /// The codes.
    pub codes: Vec<String>,
    /// Whether the second factor has just been set up.
    pub is_first: bool,
    /// Where to go afterwards.
    pub next: String,
}

/// Where somebody is signed in; template `auth/sessions.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SessionsPage {
    /// The sessions, the one that was used last first.
    pub sessions: Vec<SessionLine>,
    /// Whether there are others than this one.
    pub has_others: bool,
}

/// One session.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SessionLine {
    /// Which.
    #[schema(value_type = i64)]
    pub id: SessionId,
    /// The device in words.
    pub device: String,
    /// When it began, in words.
    pub began: String,
    /// When it was last used, in words.
    pub used: String,
    /// Whether it was made with a second factor.
    pub second_factor: bool,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The page of one's sessions.
#[must_use]
pub fn sessions(open: &[OpenSession], this: SessionId) -> SessionsPage {
    let line = |session: &OpenSession| SessionLine {
        id: session.id,
        device: devices::words(&session.device),
        began: moment(session.began_at),
        used: moment(session.used_at),
        second_factor: session.second_factor,
        is_this: session.id == this,
    };
    SessionsPage { sessions: open.iter().map(line).collect(), has_others: open.len() > 1 }
}
