//! Brings a database to the newest tables: the steps of `migrations/<engine>`, embedded in the binary.

use std::collections::BTreeSet;

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use rust_embed::Embed;

use super::{Db, Tx};
use crate::error::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Applies what is missing and returns the names of the steps applied. Two processes may do this at the same time.
///
/// # Errors
/// When a step cannot be applied; the steps before it stay.
pub fn up(db: &Db) -> Result<Vec<String>, Error> {
    let failed = |cause| Error::internal("migrating", cause);
    let applied = match &mut *db.connection()? {
        Tx::Sqlite(connection) => connection.run_pending_migrations(SQLITE).map(names).map_err(failed)?,
        #[cfg(feature = "postgres")]
        Tx::Postgres(connection) => {
            use diesel::connection::SimpleConnection;
            // One server at a time; the lock goes with the connection should this process die.
            connection.batch_execute("SELECT pg_advisory_lock(7261)")?;
            let applied = connection.run_pending_migrations(POSTGRES).map(names).map_err(failed);
            connection.batch_execute("SELECT pg_advisory_unlock(7261)")?;
            applied?
        }
    };
    Ok(applied)
}

/// The steps that are still missing.
///
/// # Errors
/// When the database cannot be read.
pub fn pending(db: &Db) -> Result<Vec<String>, Error> {
    use diesel::migration::Migration;
    let failed = |cause| Error::internal("looking at the migrations", cause);
    match &mut *db.connection()? {
        Tx::Sqlite(connection) => {
            let steps = connection.pending_migrations(SQLITE).map_err(failed)?;
            Ok(steps.iter().map(|step| step.name().to_string()).collect())
        }
        #[cfg(feature = "postgres")]
        Tx::Postgres(connection) => {
            let steps = connection.pending_migrations(POSTGRES).map_err(failed)?;
            Ok(steps.iter().map(|step| step.name().to_string()).collect())
        }
    }
}

/// The versions as text.
fn names(versions: Vec<diesel::migration::MigrationVersion<'_>>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}

/// The text of the steps, to know what they make.
#[derive(Embed)]
#[folder = "migrations/"]
struct Steps;

/// The triggers that a database of the newest tables has, by name: those that the steps make and do not drop again.
#[must_use]
pub fn expected_triggers(tx: &Tx) -> Vec<String> {
    let engine = match tx {
        Tx::Sqlite(_) => "sqlite/",
        #[cfg(feature = "postgres")]
        Tx::Postgres(_) => "postgres/",
    };
    let mut names: Vec<_> =
        Steps::iter().filter(|name| name.starts_with(engine) && name.ends_with("/up.sql")).collect();
    names.sort();
    let mut triggers = BTreeSet::new();
    for step in names.iter().filter_map(|name| Steps::get(name)) {
        for line in String::from_utf8_lossy(&step.data).lines() {
            let mut words = line.split_whitespace();
            match (words.next(), words.next(), words.next()) {
                (Some("CREATE"), Some("TRIGGER"), Some(name)) => {
                    triggers.insert(name.to_owned());
                }
                (Some("DROP"), Some("TRIGGER"), Some(name)) => {
                    triggers.remove(name.trim_end_matches(';'));
                }
                _ => {}
            }
        }
    }
    triggers.into_iter().collect()
}
