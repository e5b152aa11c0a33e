//! The program from outside, on a database that a test has made.

use std::process::{Command, Stdio};

/// Runs `check` on a database: its exit code, and all that it said.
pub fn check(database: &str) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tailormade"));
    command.arg("check").stdin(Stdio::null());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TAILORMADE_")) {
        command.env_remove(name);
    }
    let ended = command.env("TAILORMADE_DATABASE_URL", database).output().unwrap();
    let all = [ended.stdout, ended.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (ended.status.code().unwrap(), all)
}
