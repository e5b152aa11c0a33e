//! The connection that is one of the engines; everything else in the house sees only this.

#![allow(missing_docs)] // the derive writes public items of its own

use diesel::prelude::*;

/// A connection to one of the engines; inside [`super::Db::read`] and [`super::Db::write`] it is one transaction.
#[derive(diesel::MultiConnection)]
pub enum Tx {
    /// SQLite inside this process.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}
