//! The command line: each command, what it says, and how it ends.
//!
//! Exit codes: 0 when it was done, 1 when something was refused or a check failed, 2 when the command was used wrongly or
//! a setting cannot be used. What a command is asked for goes to standard output, everything else to standard error.

mod data;
mod demo;
pub mod import;
mod jobs;
mod members;
mod serve;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::audit::{Act, Author, Event, sealing};
use crate::calendar::{self, Clock};
use crate::config::{Config, DatabaseUrl, SETTINGS, WrongSetting};
use crate::db::{Db, migrate};
use crate::error::Error;
use crate::{open_referral, openapi, server};

/// Personal budgets in English social care: find support, see what it really costs, agree, deliver, pay, account.
#[derive(Debug, Parser)]
#[command(name = "tailormade", version, after_help = "Settings are listed by `tailormade serve --help`.")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer in a browser, and in JSON for programs.
    ///
    /// Brings the database to the newest tables first, makes the key file when there is none, logs to standard error and
    /// ends in an orderly way on SIGTERM or Ctrl-C.
    #[command(after_help = settings_help())]
    Serve,
    /// Show a small believable council, with sign-ins for everybody in its story.
    ///
    /// Makes a new database in a temporary place, or where TAILORMADE_DATABASE_URL says if nothing is there yet, plays the
    /// story of a personal budget on it and answers in a browser. Everyone in the story is fictional.
    Demo {
        /// Play the whole story to its end, write every paper that came out of it into this folder, and stop.
        #[arg(long, value_name = "DIR")]
        documents: Option<PathBuf>,
    },
    /// Bring the database to the newest tables, and say which steps were applied.
    Migrate,
    /// Take in what others publish.
    #[command(subcommand, arg_required_else_help = true)]
    Import(ImportCommand),
    /// Add users.
    #[command(subcommand, arg_required_else_help = true)]
    User(UserCommand),
    /// Add organisations: the first council, providers, holders.
    #[command(subcommand, arg_required_else_help = true)]
    Organisation(OrganisationCommand),
    /// Look for anything wrong: books, documents, signatures, invoices, the audit’s chain, triggers.
    ///
    /// Says what was looked at and exits with 0 when nothing is wrong, with 1 after naming each thing that is.
    Check,
    /// List what keeps failing after it was asked for, such as mails that nobody takes, and count what waits.
    ///
    /// Exits with 1 when anything fails.
    Jobs,
    /// Write out what others read.
    #[command(subcommand, arg_required_else_help = true)]
    Export(ExportCommand),
    /// Write a consistent copy of a SQLite database to a new file, also while `serve` is running.
    ///
    /// A PostgreSQL database is backed up by its own tool, pg_dump.
    Backup {
        /// The file to make; it must not exist.
        file: PathBuf,
    },
    /// Print the description of every URL for programs, as OpenAPI 3.1.
    Openapi,
    /// Put a backup in the place that TAILORMADE_DATABASE_URL names.
    ///
    /// The backup is checked first, as `check` does, and is itself left as it is. A database that is already there is never
    /// overwritten: stop the server and move it away first.
    Restore {
        /// A file that `backup` made.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// The regulator's register (Care Quality Commission), in any of its three forms, plain, gzipped or Zstandard.
    ///
    /// The form is known by the header. Older data never overwrites newer, and what a provider wrote itself is never
    /// touched. Refused rows are named on standard error; then the exit code is 1, and the rest is in.
    Cqc {
        /// The files, in the order in which to take them.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// How old the data is, like 2025-11-02; without it, the newest date in each file.
        #[arg(long, value_name = "DATE", value_parser = day)]
        as_of: Option<NaiveDate>,
        /// The files together are the whole register: mark what is missing as no longer registered.
        #[arg(long)]
        whole: bool,
        /// Print the summary as one JSON object on the last line.
        #[arg(long)]
        json: bool,
    },
    /// What others list as Open Referral UK: a feed at an address, a file of JSON, or a folder of such files.
    ///
    /// A feed that was read before is asked only for what changed since. What a provider wrote here itself is never touched;
    /// of several that speak of one service one is shown, with all its sources. Services that cannot be taken are named on
    /// standard error; then the exit code is 1, and the rest is in.
    OpenReferral {
        /// The address of the feed (that to which /services is added), the file or the folder.
        source: String,
        /// What the source is called where its listings are shown; without it, its host or its file name.
        #[arg(long)]
        name: Option<String>,
        /// Read everything, and withdraw what is no longer there.
        #[arg(long)]
        whole: bool,
        /// Print the summary as one JSON object on the last line.
        #[arg(long)]
        json: bool,
    },
    /// Postcodes with their place on the grid and their council, so that a search can begin at a postcode.
    Postcodes {
        /// The file, plain, gzipped or Zstandard.
        file: PathBuf,
        /// Print the summary as one JSON object on the last line.
        #[arg(long)]
        json: bool,
    },
}

fn day(text: &str) -> Result<NaiveDate, String> {
    calendar::parse_date(text).map_err(|why| why.to_string())
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Add somebody who signs in. The password is read from the terminal, or as one line from standard input.
    Add(members::NewUser),
    /// Take the second factor away from somebody whom nobody else can help, such as an organisation's only administrator.
    ///
    /// See first that it is really them. It is done at once, recorded with your reason, and the owner is told by mail.
    RemoveSecondFactor(members::LostFactor),
}

#[derive(Debug, Subcommand)]
enum OrganisationCommand {
    /// Add an organisation, and print its number.
    ///
    /// A new installation begins with its council, then that council's first officer:
    ///
    ///   tailormade organisation add "Example Council" --kind council --area E06000059
    ///
    ///   tailormade user add officer@example.org --name "An Officer" --council 1
    #[command(verbatim_doc_comment)]
    Add(members::NewOrganisation),
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// The whole journal in the plain-text form of hledger; funds and providers by number, no person's name.
    Journal(JournalFile),
}

#[derive(Args, Debug)]
struct JournalFile {
    /// The file to write; `-` is standard output.
    #[arg(default_value = "-")]
    file: PathBuf,
}

/// Every setting, for `serve --help`.
fn settings_help() -> String {
    let setting = |setting: &crate::config::Setting| {
        format!("  {}\n      {}\n      Default: {}\n", setting.name, setting.meaning, setting.default)
    };
    format!("Settings (environment variables):\n\n{}", SETTINGS.iter().map(setting).collect::<String>())
}

/// Why a command did not end well.
#[derive(Debug)]
enum Failure {
    /// It was used wrongly, or a setting cannot be used.
    WrongUsage(String),
    /// Something was refused, failed, or was found wrong.
    Refused(String),
}

impl From<WrongSetting> for Failure {
    fn from(wrong: WrongSetting) -> Self {
        Self::WrongUsage(wrong.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Refused(match error {
            // Whoever runs a command is the operator: here the cause helps, and no visitor reads it.
            Error::Internal(cause) => cause,
            other => other.to_string(),
        })
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(error.to_string())
    }
}

/// How a command ends.
type Done = Result<(), Failure>;

/// Runs the command that the arguments name.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let outcome = match Cli::try_parse_from(arguments) {
        Ok(Cli { command: Some(command) }) => obey(command),
        Ok(Cli { command: None }) => Cli::command().print_help().map(|()| ExitCode::SUCCESS).map_err(Failure::from),
        Err(asked) => {
            // Help and version come this way too, with exit code 0.
            asked.print().ok();
            return if asked.exit_code() == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match outcome {
        Ok(code) => code,
        Err(Failure::Refused(why)) => ended(&why, 1),
        Err(Failure::WrongUsage(why)) => ended(&why, 2),
    }
}

/// Says why, and gives the exit code.
fn ended(why: &str, code: u8) -> ExitCode {
    writeln!(std::io::stderr(), "tailormade: {why}").ok();
    ExitCode::from(code)
}

fn obey(command: Command) -> Result<ExitCode, Failure> {
    let config = Config::from_environment()?;
    match command {
        Command::Import(import) => return take_in(&config, import),
        Command::Serve => serve::serve(config),
        Command::Demo { documents: Some(folder) } => demo::documents(&config, &folder),
        Command::Demo { documents: None } => demo::serve(&config),
        Command::Migrate => data::bring_up(&config),
        Command::User(UserCommand::Add(new)) => members::add_user(&config, &new),
        Command::User(UserCommand::RemoveSecondFactor(lost)) => members::remove_second_factor(&config, &lost),
        Command::Organisation(OrganisationCommand::Add(new)) => members::add_organisation(&config, &new),
        Command::Check => data::check(&config),
        Command::Jobs => jobs::list(&config),
        Command::Export(ExportCommand::Journal(journal)) => data::export_journal(&config, &journal.file),
        Command::Openapi => say(openapi::text()),
        Command::Backup { file } => data::backup(&config, &file),
        Command::Restore { file } => data::restore(&config, &file),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// An import says itself how it ended: refused rows are named one by one.
fn take_in(config: &Config, import: ImportCommand) -> Result<ExitCode, Failure> {
    let db = open(config)?;
    Ok(match import {
        ImportCommand::Cqc { files, as_of, whole, json } => {
            import::run_cqc(&db, &files, import::Options { as_of, whole }, json, &Clock::system())
        }
        ImportCommand::OpenReferral { source, name, whole, json } => {
            let options = open_referral::import::Options { whole, name };
            import::run_open_referral(&db, &source, &options, json, &Clock::system())
        }
        ImportCommand::Postcodes { file, json } => import::run_postcodes(&db, file, json),
    })
}

/// Prints a line of what was asked for. A reader that went away (`| head`) is no failure.
fn say(line: &str) -> Done {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The configured database with the newest tables, made when there is none.
fn open(config: &Config) -> Result<Db, Failure> {
    let db = Db::open(&config.database)?;
    migrate::up(&db)?;
    Ok(db)
}

/// Seals what a command has recorded; where a server runs beside it, that server does.
fn seal(db: &Db) -> Result<(), Error> {
    server::block_on(sealing::seal_all(db, "a command", Clock::system().now()))
}

/// An event of the record that a command makes.
fn event(command: &str, act: Act) -> Event {
    let author = Author::program(&format!("tailormade {command}"));
    Event { at: Clock::system().now(), author, act, reference: String::new() }
}

/// The configured database, which must be there already and have the newest tables.
fn open_existing(config: &Config) -> Result<Db, Failure> {
    if let DatabaseUrl::Sqlite(file) = &config.database
        && !file.exists()
    {
        return Err(Failure::Refused(format!(
            "There is no database at {}. TAILORMADE_DATABASE_URL says where it is.",
            config.database
        )));
    }
    let db = Db::open(&config.database)?;
    let missing = migrate::pending(&db)?;
    if missing.is_empty() {
        return Ok(db);
    }
    Err(Failure::Refused(format!(
        "The tables of {} are older than this program ({} to be applied). Run `tailormade migrate` first.",
        config.database,
        missing.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_serve_lists_every_setting() {
        let help = Cli::command().find_subcommand_mut("serve").unwrap().render_long_help().to_string();
        for setting in SETTINGS {
            assert!(help.contains(setting.name) && help.contains(setting.default), "{}", setting.name);
        }
    }
}
