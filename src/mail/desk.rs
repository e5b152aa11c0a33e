//! Where letters are laid out and posted in the transaction of what they tell about.

use chrono::{DateTime, Utc};

use super::layout::lay_out;
use super::{EmailAddress, Letter, Subject, store};
use crate::db::Tx;
use crate::error::Error;
use crate::render::Renderer;
use crate::web::App;

/// What posting a letter needs beside its transaction.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Lays the mails out.
    pub renderer: &'a Renderer,
    /// How browsers reach this server, for the links in the mails.
    pub public_url: &'a str,
    /// Now.
    pub now: DateTime<Utc>,
}

impl<'a> Desk<'a> {
    /// The desk of the running server, at the present moment.
    #[must_use]
    pub fn of(app: &'a App) -> Self {
        Self { renderer: &app.renderer, public_url: &app.config.public_url, now: app.clock.now() }
    }

    /// Posts a letter to an address; one that is no address of a mailbox, such as an erased one, gets none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn post(&self, tx: &mut Tx, address: &str, subject: &str, letter: &Letter) -> Result<(), Error> {
        let Ok(to) = EmailAddress::parse(address) else {
            return Ok(());
        };
        store::post(tx, &lay_out(self.renderer, to, Subject::new(subject)?, letter, None)?, self.now).map(|_| ())
    }
}
