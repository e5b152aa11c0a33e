//! What the page of the demonstration's mails receives.

use serde::Serialize;

use super::KeptMail;
use crate::calendar;

/// The mails of the demonstration; template `mail/demo.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DemoMails {
    /// The newest first.
    pub mails: Vec<DemoMail>,
}

/// One of them.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DemoMail {
    /// Its number.
    pub number: i64,
    /// To whom.
    pub to: String,
    /// What about.
    pub subject: String,
    /// When it was written.
    pub when: String,
    /// What it says, line by line; a line that is an address of this site is a link.
    pub lines: Vec<Line>,
}

/// A line of a mail.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Line {
    /// What it says.
    pub words: String,
    /// Where it leads on this site.
    pub href: Option<String>,
}

/// The page, for the site that answers at `public_url`.
#[must_use]
pub fn demo_mails(mails: Vec<KeptMail>, public_url: &str) -> DemoMails {
    let line = |words: &str| {
        let href = words.strip_prefix(public_url).filter(|path| path.starts_with('/')).map(str::to_owned);
        Line { words: words.to_owned(), href }
    };
    let shown = |mail: KeptMail| DemoMail {
        number: mail.id.number(),
        to: mail.to,
        subject: mail.subject,
        when: calendar::moment(mail.written_at),
        lines: mail.text.lines().map(line).collect(),
    };
    DemoMails { mails: mails.into_iter().map(shown).collect() }
}
