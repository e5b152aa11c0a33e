//! The conversation with the server that takes mail. The only home of the crate that speaks SMTP.

use std::str::FromStr;
use std::time::{Duration, SystemTime};

use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{EmailAddress, KeptMail};
use crate::config::{MailSettings, WrongSetting};
use crate::error::Error;

/// How long the server may take for each step; all of them together stay below the lease of a job.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a receiving server says when it will never take a mail for this address: no such mailbox, no such domain, not
/// allowed there, refused by policy. Anything else may be better tomorrow, above all a wrong password of our own.
const NEVER: [u16; 6] = [550, 551, 552, 553, 554, 556];

/// The way out: each mail is a conversation of its own with the configured server, so that none of them goes stale.
pub struct Carrier {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// How one attempt ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Carried {
    /// The server has it.
    Taken,
    /// It will never be taken; what the server said.
    Refused(String),
}

impl Carrier {
    /// Reads the settings; no connection is made yet.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn from_settings(settings: &MailSettings) -> Result<Self, WrongSetting> {
        let sender = EmailAddress::parse(&settings.from);
        let sender = sender.map_err(|_| settings.wrong("TAILORMADE_MAIL_FROM", "one e-mail address".to_owned()))?;
        let address = lettre::Address::from_str(sender.as_str());
        let address = address.map_err(|cause| settings.wrong("TAILORMADE_MAIL_FROM", cause.to_string()))?;
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp_url);
        // The cause may quote the address with its password: it is not passed on.
        let builder = builder.map_err(|_| {
            settings
                .wrong("TAILORMADE_SMTP_URL", "smtps://USER:PASSWORD@HOST:PORT, special characters as %..".to_owned())
        })?;
        let from = Mailbox::new(Some("Tailormade".to_owned()), address);
        Ok(Self { transport: builder.timeout(Some(PATIENCE)).build(), from })
    }

    /// Hands a mail to the server.
    ///
    /// # Errors
    /// When it could not be handed over this time: the server is away, is busy, does not know us.
    pub async fn carry(&self, mail: &KeptMail) -> Result<Carried, Error> {
        let message = self.message(mail)?;
        match self.transport.send(message).await {
            Ok(_) => Ok(Carried::Taken),
            Err(error) if is_final(&error) => Ok(Carried::Refused(with_causes(&error))),
            Err(error) => Err(Error::Internal(with_causes(&error))),
        }
    }

    fn message(&self, mail: &KeptMail) -> Result<Message, Error> {
        let failed = |cause: &dyn std::fmt::Display| Error::internal("a mail's headers", cause);
        let to = lettre::Address::from_str(&mail.to).map_err(|cause| failed(&cause))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject.as_str())
            .message_id(Some(format!("<{}@{}>", mail.message_id, self.from.email.domain())))
            .date(SystemTime::from(mail.written_at))
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|cause| failed(&cause))
    }
}

fn is_final(error: &smtp::Error) -> bool {
    error.status().is_some_and(|code| NEVER.contains(&u16::from(code)))
}

/// An error with all its causes: the outermost alone seldom says what the server said.
fn with_causes(error: &smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text
}
