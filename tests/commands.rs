//! The program from outside: what each command prints and how it ends.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use tailormade::calendar::Clock;
use tailormade::config::DatabaseUrl;
use tailormade::db::Db;
use tailormade::ids::UserId;
use tailormade::web::token::Keys;

use crate::support::app::second_factor;

/// What a command printed, and its exit code.
struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// Runs the program in a folder with a database of its own there.
fn run(folder: &Path, arguments: &[&str], settings: &[(&str, &str)], typed: &str) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tailormade"));
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TAILORMADE_")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().copied());
    let mut child = command.spawn().unwrap();
    // A command that ends before it reads has closed the pipe: that is no fault of the test.
    child.stdin.take().unwrap().write_all(typed.as_bytes()).ok();
    let ended = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: ended.status.code().unwrap(), out: text(ended.stdout), err: text(ended.stderr) }
}

impl Ended {
    #[track_caller]
    fn must_end(&self, code: i32, said: &str) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "{all}");
        assert!(all.contains(said), "it does not say {said:?}: {all}");
    }
}

#[test]
fn help_comes_for_every_command_and_for_none() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &[], &[], "").must_end(0, "Usage: tailormade");
    for command in [
        "serve",
        "migrate",
        "demo",
        "import cqc",
        "import postcodes",
        "user add",
        "user remove-second-factor",
        "organisation add",
        "check",
        "jobs",
        "export journal",
        "backup",
        "restore",
        "openapi",
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        run(folder.path(), &arguments, &[], "").must_end(0, "Usage: tailormade");
    }
    for setting in tailormade::config::SETTINGS {
        run(folder.path(), &["serve", "--help"], &[], "").must_end(0, setting.name);
    }
}

#[test]
fn wrong_usage_and_wrong_settings_end_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    run(here, &["dance"], &[], "").must_end(2, "dance");
    run(here, &["backup"], &[], "").must_end(2, "FILE");
    run(here, &["organisation", "add", "x", "--kind", "circus"], &[], "").must_end(2, "circus");
    let wrong = run(here, &["serve"], &[("TAILORMADE_LISTEN", "8080")], "");
    wrong.must_end(2, "TAILORMADE_LISTEN is \"8080\"; allowed: an IP address and a port");
    run(here, &["check"], &[("TAILORMADE_COLOUR", "red")], "").must_end(2, "TAILORMADE_COLOUR=red");
}

#[test]
fn an_installation_begins_is_checked_and_comes_back_from_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    run(here, &["check"], &[], "").must_end(1, "There is no database");
    run(here, &["migrate"], &[], "").must_end(0, "has the newest tables");
    let council = ["organisation", "add", "Example Council", "--kind", "council", "--area", "E06000059"];
    run(here, &council, &[], "").must_end(0, "Organisation 1 was added");
    let officer = ["user", "add", "officer@example.org", "--name", "An Officer", "--council", "1"];
    run(here, &officer, &[], "short\n").must_end(1, "12 to 200 characters");
    run(here, &officer, &[], "long enough to keep\n").must_end(0, "An Officer was added");
    run(here, &officer, &[], "long enough to keep\n").must_end(1, "is the address of a user already");
    let nobody = ["user", "add", "x@example.org", "--name", "X", "--council", "9"];
    run(here, &nobody, &[], "long enough to keep\n").must_end(1, "There is no organisation 9");
    run(here, &["check"], &[], "").must_end(0, "Nothing is wrong.");
    run(here, &["backup", "kept.sqlite"], &[], "").must_end(0, "was copied to kept.sqlite");
    run(here, &["backup", "kept.sqlite"], &[], "").must_end(1, "exists already");
    run(here, &["restore", "kept.sqlite"], &[], "").must_end(1, "is there already");
    let elsewhere = [("TAILORMADE_DATABASE_URL", "sqlite://again.sqlite")];
    run(here, &["restore", "kept.sqlite"], &elsewhere, "").must_end(0, "was restored");
    run(here, &officer, &elsewhere, "long enough to keep\n").must_end(1, "is the address of a user already");
    std::fs::write(here.join("junk"), "no database").unwrap();
    let third = [("TAILORMADE_DATABASE_URL", "sqlite://third.sqlite")];
    run(here, &["restore", "junk"], &third, "").must_end(1, "is no backup that can be used");
    assert!(!here.join("third.sqlite").exists());
}

#[test]
fn the_operator_helps_somebody_whom_nobody_else_can() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let lost = ["user", "remove-second-factor", "officer@example.org", "--because", "Came with a passport"];
    run(here, &lost, &[], "").must_end(1, "There is no database");
    let council = ["organisation", "add", "Example Council", "--kind", "council", "--area", "E06000059"];
    run(here, &council, &[], "").must_end(0, "Organisation 1 was added");
    let officer = ["user", "add", "officer@example.org", "--name", "An Officer", "--council", "1"];
    run(here, &officer, &[], "long enough to keep\n").must_end(0, "An Officer was added");
    run(here, &lost[..3], &[], "").must_end(2, "--because");
    run(here, &lost, &[], "").must_end(1, "An Officer has no second factor");
    let db = Db::open(&DatabaseUrl::sqlite(&here.join("tailormade.sqlite"))).unwrap();
    let (keys, now) = (Keys::random().unwrap(), Clock::system().now());
    db.write_now(move |tx| second_factor(tx, &keys, UserId::new(1), now)).unwrap();
    let unknown = ["user", "remove-second-factor", "nobody@example.org", "--because", "x"];
    run(here, &unknown, &[], "").must_end(1, "Nobody signs in with nobody@example.org");
    run(here, &lost, &[], "").must_end(0, "An Officer signs in with a password alone now");
    run(here, &lost, &[], "").must_end(1, "An Officer has no second factor");
    run(here, &["jobs"], &[], "").must_end(0, "mails wait");
    run(here, &["check"], &[], "").must_end(0, "Nothing is wrong.");
    use diesel::prelude::*;
    use tailormade::db::schema::audit_events;
    let because: Vec<Option<String>> = db
        .read_now(|tx| {
            let acts = audit_events::table.filter(audit_events::what.eq("second_factor.removed_by_operator"));
            Ok(acts.select(audit_events::purpose).load(tx)?)
        })
        .unwrap();
    assert_eq!(because, [Some("Came with a passport".to_owned())]);
}

#[test]
fn journal_and_description_go_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    run(here, &["migrate"], &[], "").must_end(0, "applied 0001");
    run(here, &["export", "journal"], &[], "").must_end(0, "commodity GBP 1000.00");
    run(here, &["export", "journal", "j.hledger"], &[], "").must_end(0, "");
    assert!(std::fs::read_to_string(here.join("j.hledger")).unwrap().contains("commodity"));
    let api = run(here, &["openapi"], &[], "");
    let api: serde_json::Value = serde_json::from_str(&api.out).unwrap();
    assert_eq!(api["openapi"], "3.1.0");
}

#[test]
fn the_readme_names_every_setting_and_every_command() {
    let readme = include_str!("../README.md");
    for setting in tailormade::config::SETTINGS {
        assert!(readme.contains(&format!("`{}`", setting.name)), "the README does not name {}", setting.name);
    }
    for command in [
        "serve",
        "demo",
        "migrate",
        "organisation add",
        "user add",
        "user remove-second-factor",
        "import cqc",
        "import postcodes",
        "check",
        "jobs",
    ] {
        assert!(readme.contains(&format!("| `{command}")), "the README does not name {command}");
    }
    for command in ["export journal", "backup FILE", "restore FILE", "openapi"] {
        assert!(readme.contains(&format!("`{command}")), "the README does not name {command}");
    }
}

#[test]
fn jobs_lists_what_fails_and_says_that_mails_wait() {
    use tailormade::mail::{EmailAddress, MailState, NewMail, Subject, store};
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    run(here, &["migrate"], &[], "").must_end(0, "0012");
    run(here, &["jobs"], &[], "").must_end(0, "Nothing fails.");
    let db = Db::open(&DatabaseUrl::sqlite(&here.join("tailormade.sqlite"))).unwrap();
    let now = Clock::system().now();
    let write = move |tx: &mut tailormade::db::Tx| {
        let to = EmailAddress::parse("anna@example.org").unwrap();
        let (text, html) = (String::new(), String::new());
        let mail = NewMail { to, subject: Subject::new("Hello")?, text, html, link_nonce: None };
        let refused = store::post(tx, &mail, now)?;
        store::settle(tx, refused, MailState::Refused, Some("550 no such mailbox"), now)?;
        store::post(tx, &mail, now).map(|_| ())
    };
    db.write_now(write).unwrap();
    let told = run(here, &["jobs"], &[], "");
    told.must_end(1, "Mail 1 to anna@example.org: refused: 550 no such mailbox");
    told.must_end(1, "TAILORMADE_SMTP_URL is not set here");
    let wrong =
        [("TAILORMADE_SMTP_URL", "smtp://u:secret@mail.example.org"), ("TAILORMADE_MAIL_FROM", "a@example.org")];
    let ended = run(here, &["serve"], &wrong, "");
    ended.must_end(2, "TAILORMADE_SMTP_URL is \"smtp://u@mail.example.org\"; allowed: smtps://");
    let wrong = [("TAILORMADE_SMTP_URL", "smtp://127.0.0.1:9"), ("TAILORMADE_MAIL_FROM", "An Office <a@example.org>")];
    run(here, &["serve"], &wrong, "").must_end(2, "TAILORMADE_MAIL_FROM");
}
