//! `import cqc FILE...`, `import open-referral SOURCE` and `import postcodes FILE` on a terminal: a bar while it works, refused rows, the summary.

use std::fmt;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{event, seal};
use crate::audit::{self, Act, Thing, ThingKind};
use crate::calendar::Clock;
use crate::db::Db;
pub use crate::directory::import::Options;
use crate::directory::import::{Event, Source, Summary, cqc, postcodes};
use crate::error::Error;
use crate::open_referral::import as open_referral;

/// `import cqc FILE...`: imports, shows how far it is on a terminal, prints each refused row and the summary.
///
/// Exit code 0 when everything was taken, 1 when a file or a row of it was refused.
#[must_use]
pub fn run_cqc(db: &Db, files: &[PathBuf], options: Options, json: bool, clock: &Clock) -> ExitCode {
    let sources: Vec<Source> = files.iter().cloned().map(Source::File).collect();
    let console = Console::new();
    let outcome = cqc(db, &sources, options, clock.today(), &mut |event| console.show(&event));
    console.end(outcome.and_then(|summary| recorded(db, "cqc", summary)), json)
}

/// `import postcodes FILE`: the same for a file of postcodes.
///
/// Exit code 0 when everything was taken, 1 when the file or a row of it was refused.
#[must_use]
pub fn run_postcodes(db: &Db, file: PathBuf, json: bool) -> ExitCode {
    let console = Console::new();
    let outcome = postcodes(db, &Source::File(file), &mut |event| console.show(&event));
    console.end(outcome.and_then(|summary| recorded(db, "postcodes", summary)), json)
}

/// `import open-referral SOURCE`: the same for a feed, a file or a folder.
///
/// Exit code 0 when everything was taken, 1 when the source or a service of it was refused.
#[must_use]
pub fn run_open_referral(
    db: &Db,
    source: &str,
    options: &open_referral::Options,
    json: bool,
    clock: &Clock,
) -> ExitCode {
    let mut refused = |place: &str, why: &str| eprintln!("{place}, {why}");
    let outcome = open_referral::run(db, source, options, (clock.now(), clock.today()), &mut refused);
    end(outcome.and_then(|summary| recorded(db, "open-referral", summary)), |summary| summary.refused, json)
}

/// Records an import as one event with its summary.
fn recorded<S: fmt::Display + Serialize>(db: &Db, what: &str, summary: S) -> Result<S, Error> {
    let thing = Thing { kind: ThingKind::Import, id: None };
    let act = Act::new("import.done", format!("imported {what}: {summary}"), thing).after(&summary);
    let event = event(&format!("import {what}"), act);
    db.write_now(move |tx| audit::store::append(tx, &event))?;
    seal(db)?;
    Ok(summary)
}

/// The terminal: a bar while it works (nothing where there is no terminal), lines for what was refused.
struct Console {
    bar: ProgressBar,
}

impl Console {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        let style = "{msg} [{bar:30}] {percent} %, {bytes} of {total_bytes}, {eta} to go";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self { bar }
    }

    fn show(&self, event: &Event<'_>) {
        match event {
            Event::Begins { name, bytes, as_of } => {
                let as_of = as_of.map(|day| format!(" (as of {day})")).unwrap_or_default();
                self.bar.set_length(*bytes);
                self.bar.set_position(0);
                self.bar.set_message(format!("{name}{as_of}"));
            }
            Event::Progress(bytes) => self.bar.set_position(*bytes),
            Event::Refused { name, row } => self.bar.suspend(|| eprintln!("{name}, {row}")),
        }
    }

    fn end(&self, outcome: Result<Summary, Error>, json: bool) -> ExitCode {
        self.bar.finish_and_clear();
        end(outcome, |summary| summary.refused, json)
    }
}

/// The summary goes to stdout, as the last line; everything else to stderr. It failed when something was refused.
fn end<S: fmt::Display + Serialize>(outcome: Result<S, Error>, refused: impl Fn(&S) -> u64, json: bool) -> ExitCode {
    let summary = match outcome {
        Ok(summary) => summary,
        Err(Error::Internal(cause)) => return refuse(&cause),
        Err(error) => return refuse(&error),
    };
    let line = if json { serde_json::to_string(&summary).unwrap_or_default() } else { summary.to_string() };
    // A reader that went away is no failure of the import.
    writeln!(std::io::stdout(), "{line}").ok();
    if refused(&summary) == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn refuse(cause: &dyn fmt::Display) -> ExitCode {
    eprintln!("{cause}");
    ExitCode::FAILURE
}
