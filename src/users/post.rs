//! Puts a letter, with its link or without, into the transaction that wants it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::letters::{self, Written};
use super::{Gives, NewLink, Purpose, rules, store};
use crate::auth::rights::CouncilOfficer;
use crate::auth::store as auth;
use crate::db::Tx;
use crate::error::Error;
use crate::mail::layout::lay_out;
use crate::mail::{EmailAddress, TOKEN, store as mail_store};
use crate::people::{Person, store as people};
use crate::render::Renderer;
use crate::web::App;
use crate::web::token::{Keys, random_text};

/// So many mails that anybody can ask for are written to one address in an hour: nobody's mailbox is filled from here.
const MOST_IN_AN_HOUR: i64 = 5;

/// What writing a mail needs of the app.
#[derive(Clone)]
pub struct Post {
    renderer: Arc<Renderer>,
    keys: Arc<Keys>,
    public_url: String,
}

impl Post {
    /// The app's.
    #[must_use]
    pub fn of(app: &App) -> Self {
        Self { renderer: app.renderer.clone(), keys: app.keys.clone(), public_url: app.config.public_url.clone() }
    }

    /// The whole address of a page of this site.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// The whole address of a link, its token still to be put in.
    #[must_use]
    pub fn link(&self, folder: &str) -> String {
        format!("{}{folder}/{TOKEN}", self.public_url)
    }

    /// Whether anybody has asked for too many mails to this address already.
    ///
    /// # Errors
    /// When the database fails.
    pub fn is_full(&self, tx: &mut Tx, to: &EmailAddress, now: DateTime<Utc>) -> Result<bool, Error> {
        Ok(mail_store::written_to(tx, to.as_str(), now - TimeDelta::hours(1))? >= MOST_IN_AN_HOUR)
    }

    /// Writes a mail without a token.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tell(&self, tx: &mut Tx, to: &EmailAddress, written: &Written, now: DateTime<Utc>) -> Result<(), Error> {
        self.write(tx, to, written, None, now)
    }

    /// Writes a mail with a new link in it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn send_link(
        &self,
        tx: &mut Tx,
        to: &EmailAddress,
        new: &NewLink,
        written: &Written,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let nonce = random_text()?;
        store::add(tx, new, &self.keys.link_token(&nonce)?, now)?;
        self.write(tx, to, written, Some(nonce), now)
    }

    /// Sends the invitation with which a person begins to sign in; those that were sent before are taken back. Whether the
    /// address has a sign-in already is no matter, and nobody learns it here.
    ///
    /// # Errors
    /// At the field `email`, when it is the officer's own address or too many were sent; refused, when somebody signs in as
    /// the person.
    pub fn invite_to_record(
        &self,
        tx: &mut Tx,
        officer: &CouncilOfficer,
        person: &Person,
        email: &EmailAddress,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let own = auth::email_of(tx, officer.user())?;
        let lately =
            store::to_record(tx, person.id)?.iter().filter(|link| link.created_at > now - TimeDelta::days(1)).count();
        rules::check_invitation(person, email.as_str() == own, lately)?;
        store::withdraw_to_record(tx, person.id, now)?;
        let council_name = people::organisation(tx, officer.council())?.name;
        let letter = letters::to_record(&council_name, self.link("/invitations"))?;
        let new = NewLink {
            purpose: Purpose::Invitation,
            email: email.as_str().to_owned(),
            user: None,
            organisation: None,
            gives: Gives::Record { person: person.id, council_name },
            made_by: Some(officer.user()),
        };
        self.send_link(tx, email, &new, &letter, now)
    }

    fn write(
        &self,
        tx: &mut Tx,
        to: &EmailAddress,
        written: &Written,
        nonce: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mail = lay_out(&self.renderer, to.clone(), written.subject.clone(), &written.letter, nonce)?;
        mail_store::post(tx, &mail, now).map(|_| ())
    }
}
