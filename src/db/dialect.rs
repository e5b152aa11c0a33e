//! The only place that knows which engine it talks to.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Tx;
use crate::error::Error;

/// Inserts a slice or vector of an `Insertable`: in one statement where that saves a journey to the server, row by row on
/// SQLite, where diesel would begin a transaction of its own.
macro_rules! insert_many {
    ($tx:expr, $table:expr, $rows:expr) => {{
        let rows = $rows;
        let outcome: diesel::QueryResult<()> = match $tx {
            $crate::db::Tx::Sqlite(connection) => {
                rows.iter().try_for_each(|row| diesel::insert_into($table).values(row).execute(connection).map(|_| ()))
            }
            #[cfg(feature = "postgres")]
            $crate::db::Tx::Postgres(_) if rows.is_empty() => Ok(()),
            #[cfg(feature = "postgres")]
            $crate::db::Tx::Postgres(connection) => {
                diesel::insert_into($table).values(rows).execute(connection).map(|_| ())
            }
        };
        outcome.map_err($crate::error::Error::from)
    }};
}
pub(crate) use insert_many;

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The triggers that are in place and switched on.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn triggers(tx: &mut Tx) -> Result<Vec<String>, Error> {
    let query = match tx {
        Tx::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        #[cfg(feature = "postgres")]
        Tx::Postgres(_) => {
            "SELECT CAST(tgname AS TEXT) AS name FROM pg_trigger
             WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') ORDER BY tgname"
        }
    };
    let rows: Vec<Named> = diesel::sql_query(query).load(tx)?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// The sum of a column of whole numbers, zero when there is none; both engines keep it a whole number.
#[must_use]
pub fn sum(column: &str) -> diesel::expression::SqlLiteral<BigInt> {
    diesel::dsl::sql::<BigInt>(&format!("COALESCE(CAST(SUM({column}) AS BIGINT), 0)"))
}
