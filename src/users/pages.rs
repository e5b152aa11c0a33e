//! What the pages about sign-ins receive.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::rules::OWN_KINDS;
use super::{Gives, Link, Purpose};
use crate::auth::rights::Role;
use crate::calendar;
use crate::web::parts::Choice;

/// The sign-up form; template `users/sign_up.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignUpPage {
    /// For whom one signs up.
    pub ways: Vec<Choice>,
    /// What a provider can be.
    pub kinds: Vec<Choice>,
}

impl SignUpPage {
    /// The form with its choices.
    #[must_use]
    pub fn new() -> Self {
        let ways = vec![
            Choice::new("person", "Myself or somebody I help")
                .hint("Your council connects you with your budget, or with the person you help.")
                .checked(true),
            Choice::new("provider", "A provider of support")
                .hint("You can list services. Nobody finds them before you publish them."),
        ];
        let kinds = OWN_KINDS.iter().map(|kind| Choice::new(kind.code(), kind.words())).collect();
        Self { ways, kinds }
    }
}

impl Default for SignUpPage {
    fn default() -> Self {
        Self::new()
    }
}

/// The form for a forgotten password; template `users/forgotten.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ForgottenPage {
    /// How long the link will be good.
    pub good_for: &'static str,
}

/// The page after something was sent; template `users/sent.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SentPage {
    /// Its title.
    pub title: &'static str,
    /// Where to ask again.
    pub again: &'static str,
}

/// The page that a link in a mail leads to; template `users/link.html`.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub struct LinkPage {
    /// Its title.
    pub title: String,
    /// What is so.
    pub state: String,
    /// Where its form goes.
    pub action: String,
    /// The address that the link was sent to.
    pub email: String,
    /// The name to begin with, when one is asked for.
    pub name: Option<String>,
    /// Whether the reference of a person is asked for, which shows that the invitation came to the right one.
    pub asks_reference: bool,
    /// Whether a password is asked for.
    pub asks_password: bool,
    /// The words on the button.
    pub label: String,
    /// Where to sign in first; then there is no form.
    pub sign_in: Option<String>,
}

/// One's own name, address, password and organisations; template `users/own.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnPage {
    /// The name that others see.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// The organisations, with what one does there.
    pub places: Vec<Place>,
}

/// An organisation that somebody works for.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Place {
    /// Its name.
    pub organisation: String,
    /// What they do there.
    pub roles: String,
    /// Where they invite others, if they may.
    pub invitations: Option<String>,
}

/// The invitations into an organisation; template `users/invitations.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitationsPage {
    /// The organisation's number.
    pub organisation: i64,
    /// Its name.
    pub name: String,
    /// The roles that it has.
    pub roles: Vec<Choice>,
    /// How long an invitation is good.
    pub good_for: &'static str,
    /// What was sent, the newest first.
    pub sent: Vec<SentInvitation>,
}

/// An invitation that was sent.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SentInvitation {
    /// Its number.
    pub number: i64,
    /// To whom.
    pub email: String,
    /// What they would do.
    pub role: &'static str,
    /// When it was sent.
    pub sent: String,
    /// What became of it.
    pub state: String,
    /// Whether it can be taken back.
    pub open: bool,
}

impl InvitationsPage {
    /// The page of an organisation.
    #[must_use]
    pub fn new(organisation: i64, name: String, is_council: bool, sent: Vec<Link>, now: DateTime<Utc>) -> Self {
        let roles = Role::ALL.iter().filter(|role| role.fits(is_council));
        Self {
            organisation,
            name,
            roles: roles.map(|role| Choice::new(role.code(), role.words())).collect(),
            good_for: Purpose::Invitation.good_for_words(),
            sent: sent.into_iter().map(|link| sent_invitation(link, now)).collect(),
        }
    }
}

fn sent_invitation(link: Link, now: DateTime<Utc>) -> SentInvitation {
    let until = calendar::short(calendar::london(link.expires_at).date());
    let (state, open) = match &link {
        Link { used: true, .. } => ("taken up".to_owned(), false),
        Link { withdrawn: true, .. } => ("taken back".to_owned(), false),
        Link { expires_at, .. } if *expires_at <= now => (format!("ran out on {until}"), false),
        _ => (format!("waits until {until}"), true),
    };
    let role = match link.gives {
        Gives::Membership { role, .. } => role.words(),
        _ => "",
    };
    let sent = calendar::short(calendar::london(link.created_at).date());
    SentInvitation { number: link.id.number(), email: link.email, role, sent, state, open }
}
