//! Mails: written as a row in the transaction that wants them, sent after it by a job, once.
//!
//! No header can be smuggled in: addresses and subjects are types that refuse control characters when they are made. A
//! link's token is no part of what is kept; it is put in when the mail leaves.

pub mod delivery;
pub mod desk;
pub mod handlers;
pub mod layout;
pub mod pages;
pub mod smtp;
pub mod store;
pub mod typed;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::error::Error;
use crate::ids::MailId;
use crate::vocabulary;

/// The kind of the job that sends a mail; it is about the mail's number.
pub const JOB: &str = "mail";
/// What waited longer is not sent: the links in it have run out.
pub const SENT_WITHIN: TimeDelta = TimeDelta::days(7);
/// Where a link's token goes when the mail leaves.
pub const TOKEN: &str = "~token~";
/// The longest address, by RFC 5321.
const LONGEST_ADDRESS: usize = 254;
/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 300;

vocabulary! {
    /// What became of a mail.
    MailState {
        /// Not sent yet.
        Waiting = "waiting", "waiting to be sent";
        /// Taken by the server that sends mail.
        Sent = "sent", "sent";
        /// The receiving server will never take it.
        Refused = "refused", "refused";
        /// It waited so long that its links have run out.
        TooLate = "too_late", "not sent: it waited too long";
        /// It lies in the demonstration's own page.
        Shown = "shown", "shown in the demonstration";
    }
}

/// An e-mail address that can stand in a header: parsed once, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// What to do when an address cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Enter an e-mail address, like name@example.org.")]
pub struct NoAddress;

impl EmailAddress {
    /// Reads one address; nothing else may stand beside it.
    ///
    /// # Errors
    /// When it is no address, is too long, or holds a space, a control character or a letter that not every server takes.
    pub fn parse(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim().to_lowercase();
        let plain = text.len() <= LONGEST_ADDRESS && text.chars().all(|letter| letter.is_ascii_graphic());
        let (_, domain) = text.split_once('@').ok_or(NoAddress)?;
        let named = domain.contains('.') && !domain.starts_with('[');
        if !plain || !named || text.contains(['"', '<', '>', ',', ';', ':', '(', ')', '\\']) {
            return Err(NoAddress);
        }
        lettre::Address::from_str(&text).map_err(|_| NoAddress)?;
        Ok(Self(text))
    }

    /// The address as it is kept and sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A mail's subject: one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// Takes a line of words.
    ///
    /// # Errors
    /// When it is empty, too long, or holds a line end or another control character.
    pub fn new(words: impl Into<String>) -> Result<Self, Error> {
        let words = words.into();
        if words.is_empty() || words.chars().count() > LONGEST_SUBJECT || words.chars().any(char::is_control) {
            return Err(Error::Refused("A mail's subject is one line of words.".to_owned()));
        }
        Ok(Self(words))
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a mail says, before it is laid out: one template makes the plain text of every mail, one the HTML.
#[derive(Clone, Debug, Serialize)]
pub struct Letter {
    /// To whom it speaks, like "Dear Mary".
    pub greeting: String,
    /// What is so, and what to do.
    pub paragraphs: Vec<String>,
    /// The one thing that can be done from here.
    pub action: Option<Action>,
    /// What else one should know, after the link.
    pub afterwards: Vec<String>,
}

/// A link in a mail.
#[derive(Clone, Debug, Serialize)]
pub struct Action {
    /// The words to read.
    pub label: String,
    /// The whole address; [`TOKEN`] stands where the token goes.
    pub href: String,
}

/// A mail that is ready to be kept.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// To whom.
    pub to: EmailAddress,
    /// What about.
    pub subject: Subject,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// The nonce of its link's token.
    pub link_nonce: Option<String>,
}

/// A mail as it is kept, its link's token put in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMail {
    /// Which.
    pub id: MailId,
    /// The name by which mail servers know it, before the sender's domain: the same however often it is sent.
    pub message_id: String,
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// What became of it.
    pub state: MailState,
    /// What the receiving server said when it refused.
    pub error: Option<String>,
    /// When it was written.
    pub written_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_and_nothing_beside_it() {
        assert_eq!(EmailAddress::parse(" Anna@Example.ORG ").unwrap().as_str(), "anna@example.org");
        for wrong in [
            "",
            "anna",
            "@example.org",
            "anna@",
            "anna@localhost",
            "anna@example.org\r\nBcc: all@example.org",
            "anna@example.org\nx",
            "an\tna@example.org",
            "anna@example.org, ben@example.org",
            "Anna <anna@example.org>",
            "\"anna b\"@example.org",
            "anna@[127.0.0.1]",
            "anna@exa mple.org",
            "änna@example.org",
            "anna@example.org\u{0}",
        ] {
            assert_eq!(EmailAddress::parse(wrong), Err(NoAddress), "{wrong:?}");
        }
        assert!(EmailAddress::parse(&format!("{}@example.org", "a".repeat(300))).is_err());
    }

    #[test]
    fn a_subject_is_one_line() {
        assert!(Subject::new("Choose a new password").is_ok());
        for wrong in ["", "one\r\nBcc: all@example.org", "one\ntwo", "one\u{0}", &"x".repeat(301)] {
            assert!(Subject::new(wrong).is_err(), "{wrong:?}");
        }
    }
}
