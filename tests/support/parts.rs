//! The parts of the test run that need something from the machine. Each says once whether it ran, and
//! `TAILORMADE_TEST_REQUIRE=postgres,browser,data` turns a missing one into a failure.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Notes that `part` ran, or why it did not, and passes the means on.
///
/// A test that gets `None` returns at once. Panics where the part is missing and required.
pub fn take<T>(part: &str, means: Result<T, String>) -> Option<T> {
    match means {
        Ok(means) => {
            say(&format!("part {part}: ran"));
            Some(means)
        }
        Err(reason) => {
            say(&format!("part {part}: did not run ({reason})"));
            assert!(!is_required(part), "part {part} is required: {reason}");
            None
        }
    }
}

/// Whether `TAILORMADE_TEST_REQUIRE` asks for this part. What has no name of its own there follows
/// another: axe goes with the browser, and hledger is required as soon as anything is.
pub fn is_required(part: &str) -> bool {
    let required = std::env::var("TAILORMADE_TEST_REQUIRE").unwrap_or_default();
    let named = |name: &str| required.split(',').any(|word| word.trim() == name);
    match part {
        "axe" => named("browser"),
        "hledger" => !required.trim().is_empty(),
        _ => named(part),
    }
}

/// The folder of real data that `TAILORMADE_TEST_DATA` names; `None` where the part did not run.
pub fn data() -> Option<PathBuf> {
    take("data", data_folder())
}

fn data_folder() -> Result<PathBuf, String> {
    let folder = std::env::var_os("TAILORMADE_TEST_DATA").ok_or("TAILORMADE_TEST_DATA is not set")?;
    let folder = PathBuf::from(folder);
    if folder.is_dir() {
        Ok(folder)
    } else {
        Err(format!("TAILORMADE_TEST_DATA names no folder: {}", folder.display()))
    }
}

/// Prints a line once per run, past the capture of the test harness. It opens with a line feed,
/// because the harness may have begun a line of its own.
pub fn say(line: &str) {
    let mut said = SAID.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if said.insert(line.to_owned()) {
        // A closed stream is no reason to fail a test.
        let _ = std::io::stderr().write_all(format!("\n{line}\n").as_bytes());
    }
}
