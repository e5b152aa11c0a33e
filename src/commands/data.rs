//! The commands of whoever runs the service: `migrate`, `check`, `export`, `backup`, `restore`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::{Done, Failure, open_existing, say};
use crate::calendar::Clock;
use crate::config::{Config, DatabaseUrl};
use crate::db::{Db, migrate, sqlite_side_files};
use crate::reports::{check, journal};

/// Brings the database to the newest tables.
pub(super) fn bring_up(config: &Config) -> Done {
    let applied = migrate::up(&Db::open(&config.database)?)?;
    for step in &applied {
        say(&format!("applied {step}"))?;
    }
    say(&format!("{} has the newest tables.", config.database))
}

/// Looks for anything wrong.
pub(super) fn check(config: &Config) -> Done {
    let db = open_existing(config)?;
    let now = Clock::system().now();
    report(&db.read_now(|tx| check::everything(tx, Some(now)))?)
}

/// Says what was found; something wrong is a failure.
fn report(outcome: &check::Outcome) -> Done {
    for finding in &outcome.findings {
        say(finding)?;
    }
    say(&outcome.looked_at())?;
    if outcome.findings.is_empty() {
        return say("Nothing is wrong.");
    }
    let count = outcome.findings.len();
    let things = if count == 1 { "1 thing is".to_owned() } else { format!("{count} things are") };
    Err(Failure::Refused(format!("{things} wrong.")))
}

/// Writes the journal to a file, or to standard output for `-`.
pub(super) fn export_journal(config: &Config, file: &Path) -> Done {
    let db = open_existing(config)?;
    if file == Path::new("-") {
        return write_journal(&db, &mut BufWriter::new(std::io::stdout().lock()));
    }
    let refused = |cause: std::io::Error| Failure::Refused(format!("{}: {cause}.", file.display()));
    write_journal(&db, &mut BufWriter::new(File::create(file).map_err(refused)?))
}

fn write_journal(db: &Db, out: &mut impl Write) -> Done {
    let text = db.read_now(journal::journal)?;
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Copies a SQLite database to a new file.
pub(super) fn backup(config: &Config, file: &Path) -> Done {
    let db = open_existing(config)?;
    db.copy_to(file)?;
    File::open(file)?.sync_all()?;
    say(&format!("{} was copied to {}.", config.database, file.display()))
}

/// Puts a backup in the configured place, after it was found sound.
pub(super) fn restore(config: &Config, backup: &Path) -> Done {
    let DatabaseUrl::Sqlite(target) = &config.database else {
        return Err(Failure::Refused("Backups of PostgreSQL are restored with pg_restore or psql.".to_owned()));
    };
    refuse_to_overwrite(target)?;
    if !backup.is_file() {
        return Err(Failure::Refused(format!("There is no file {}.", backup.display())));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Beside the target, so that the last step is a rename on one disk: there is never half a database in the place.
    let workshop = tempfile::Builder::new().prefix("tailormade-restore").tempdir_in(folder)?;
    let (copy, sound) = (workshop.path().join("copy.sqlite"), workshop.path().join("sound.sqlite"));
    std::fs::copy(backup, &copy)?;
    let db = Db::open(&DatabaseUrl::sqlite(&copy)).map_err(|error| not_a_backup(backup, error))?;
    migrate::up(&db).map_err(|error| not_a_backup(backup, error))?;
    report(&db.read_now(|tx| check::everything(tx, None))?)?;
    db.copy_to(&sound)?;
    File::open(&sound)?.sync_all()?;
    put_in_place(&sound, target)?;
    say(&format!("{} was restored to {}.", backup.display(), config.database))
}

fn not_a_backup(file: &Path, error: crate::error::Error) -> Failure {
    let (Failure::Refused(cause) | Failure::WrongUsage(cause)) = error.into();
    Failure::Refused(format!("{} is no backup that can be used: {cause}", file.display()))
}

/// Moves the file to its place, unless somebody made one there in the meantime.
fn put_in_place(sound: &Path, target: &Path) -> Done {
    // A link is refused where a file is already; a rename would overwrite it.
    if target.exists() {
        std::fs::remove_file(target)?;
    }
    std::fs::hard_link(sound, target).or_else(|_| {
        refuse_to_overwrite(target).map_err(|_| std::io::Error::other("a database was made there in the meantime"))?;
        std::fs::rename(sound, target)
    })?;
    Ok(())
}

/// A database that is there, or the leftover log of one, is never overwritten.
fn refuse_to_overwrite(target: &Path) -> Done {
    let [log, shared] = sqlite_side_files(target);
    for file in [target, &log, &shared] {
        if std::fs::metadata(file).is_ok_and(|metadata| metadata.len() > 0) {
            let why = format!("{} is there already. Stop the server and move it away first.", file.display());
            return Err(Failure::Refused(why));
        }
    }
    Ok(())
}
