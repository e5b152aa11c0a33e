//! The judge of our journal from outside: Debian's `hledger` in its strict mode.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::parts;

/// The checks that an exported journal has to pass.
const CHECKS: [&str; 4] = ["check", "--strict", "ordereddates", "balancednoautoconversion"];

/// The installed program.
pub struct Hledger {
    program: PathBuf,
}

impl Hledger {
    /// The program; `None` where it is missing and not required.
    pub fn for_tests() -> Option<Hledger> {
        parts::take("hledger", Hledger::find())
    }

    /// The program, or why it cannot be used.
    pub fn find() -> Result<Hledger, String> {
        let program = PathBuf::from("hledger");
        match Command::new(&program).arg("--version").output() {
            Ok(said) if said.status.success() => Ok(Hledger { program }),
            Ok(said) => Err(String::from_utf8_lossy(&said.stderr).into_owned()),
            Err(error) => Err(format!("hledger does not start: {error}")),
        }
    }

    /// Checks the journal: what hledger printed, or what it has against it.
    pub fn check(&self, journal: &Path) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        // In a plain locale hledger refuses every letter beyond ASCII.
        command.env("LC_ALL", "C.UTF-8").args(CHECKS).arg("-f").arg(journal);
        let end = command.output().map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&end.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&end.stderr);
        if end.status.success() { Ok(said) } else { Err(format!("{said}{complaint}")) }
    }
}

#[test]
fn a_wrong_journal_is_refused() -> std::io::Result<()> {
    let Some(hledger) = Hledger::for_tests() else {
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let journal = folder.path().join("journal.hledger");
    let good = "commodity £1000.00\naccount assets:bank\naccount income:grant\n\n\
                2026-11-02 Zoë's grant\n    assets:bank  £420.00\n    income:grant  £-420.00\n";
    std::fs::write(&journal, good)?;
    assert_eq!(hledger.check(&journal), Ok(String::new()));
    std::fs::write(&journal, good.replace("-420.00", "-420.01"))?;
    assert!(hledger.check(&journal).is_err_and(|why| why.contains("balance")));
    std::fs::write(&journal, good.replace("account income:grant\n", ""))?;
    assert!(hledger.check(&journal).is_err());
    Ok(())
}
