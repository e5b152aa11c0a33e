//! `jobs`: what waits to be done after a commit, and what keeps failing.

use super::{Done, Failure, open_existing, say};
use crate::calendar;
use crate::config::Config;
use crate::db::Tx;
use crate::error::Error;
use crate::mail::store::{self as mail_store, Undelivered};
use crate::queue::{Failing, store as queue_store};

/// What an operator is told.
struct Told {
    failing: Vec<Failing>,
    undelivered: Vec<Undelivered>,
    jobs: i64,
    mails: i64,
}

fn told(tx: &mut Tx) -> Result<Told, Error> {
    Ok(Told {
        failing: queue_store::failing(tx)?,
        undelivered: mail_store::undelivered(tx)?,
        jobs: queue_store::waiting(tx)?,
        mails: mail_store::waiting(tx)?,
    })
}

/// Lists what fails; something that fails is a failure.
pub(super) fn list(config: &Config) -> Done {
    let told = open_existing(config)?.read_now(told)?;
    for job in &told.failing {
        let next = calendar::moment(job.due_at);
        let Failing { id, kind, about, attempts, last_error, .. } = job;
        say(&format!("Job {id} ({kind} {about}): tried {attempts} times, next on {next}: {last_error}"))?;
    }
    for mail in &told.undelivered {
        let why = mail.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        say(&format!("Mail {} to {}: {}{why}", mail.id, mail.to, mail.state.words()))?;
    }
    if told.mails > 0 && config.mail.is_none() {
        say("TAILORMADE_SMTP_URL is not set here: mails wait until a server that has it runs.")?;
    }
    say(&format!("Not done yet: {} jobs, of which {} mails.", told.jobs, told.mails))?;
    match told.failing.len() + told.undelivered.len() {
        0 => say("Nothing fails."),
        1 => Err(Failure::Refused("1 thing fails.".to_owned())),
        count => Err(Failure::Refused(format!("{count} things fail."))),
    }
}
