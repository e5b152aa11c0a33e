//! Sends one mail, once: what the job of kind [`super::JOB`] does.

use super::smtp::{Carried, Carrier};
use super::{MailState, SENT_WITHIN, store};
use crate::error::Error;
use crate::ids::MailId;
use crate::web::App;

/// Where this server's mails go.
pub enum Way {
    /// To the configured server.
    Out(Box<Carrier>),
    /// Nowhere: they lie in the demonstration's own page.
    Shown,
}

/// Sends a mail unless that was done before, and records what became of it.
///
/// # Errors
/// When it could not be sent this time.
pub async fn deliver(app: &App, way: &Way, id: MailId) -> Result<(), Error> {
    let (now, keys) = (app.clock.now(), app.keys.clone());
    let mail = app.db.read(move |tx| store::mail(tx, &keys, id)).await?;
    if mail.state != MailState::Waiting {
        return Ok(());
    }
    let (state, error) = match way {
        Way::Shown => (MailState::Shown, None),
        Way::Out(_) if now - mail.written_at > SENT_WITHIN => (MailState::TooLate, None),
        Way::Out(carrier) => match carrier.carry(&mail).await? {
            Carried::Taken => (MailState::Sent, None),
            Carried::Refused(answer) => (MailState::Refused, Some(answer)),
        },
    };
    let settled_at = app.clock.now();
    app.db.write(move |tx| store::settle(tx, id, state, error.as_deref(), settled_at)).await
}
