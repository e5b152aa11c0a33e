//! The only place that knows which engine it talks to.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::sqlite::Sqlite;

use super::schema::search_entries;
use super::{MultiBackend, Tx};
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
pub fn sum(column: &str) -> diesel::expression::SqlLiteral<BigInt> {
    diesel::dsl::sql::<BigInt>(&format!("COALESCE(CAST(SUM({column}) AS BIGINT), 0)"))
}

/// Whether an entry of the search has words that begin with each of those typed; an expression for any filter over
/// `search_entries`. The words are letters and digits only (see `directory::rules::words_of`), so nothing in them is a
/// sign of either engine's query language.
#[derive(Clone, Debug, QueryId)]
pub struct HasWords {
    sqlite: String,
    #[cfg(feature = "postgres")]
    postgres: String,
}

impl HasWords {
    /// Entries must have a word that begins with each of these.
    #[must_use]
    pub fn beginning_with(words: &[String]) -> Self {
        let each = |form: fn(&String) -> String, and: &str| words.iter().map(form).collect::<Vec<_>>().join(and);
        Self {
            sqlite: each(|word| format!("\"{word}\"*"), " "),
            #[cfg(feature = "postgres")]
            postgres: each(|word| format!("'{word}':*"), " & "),
        }
    }
}

impl Expression for HasWords {
    type SqlType = Bool;
}

impl<Grouping> ValidGrouping<Grouping> for HasWords {
    type IsAggregate = is_aggregate::No;
}

impl<Source> AppearsOnTable<Source> for HasWords where search_entries::words: AppearsOnTable<Source> {}
impl<Source> SelectableExpression<Source> for HasWords where search_entries::words: SelectableExpression<Source> {}

impl QueryFragment<Sqlite> for HasWords {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("search_entries.id IN (SELECT rowid FROM search_text WHERE search_text MATCH ");
        out.push_bind_param::<Text, _>(&self.sqlite)?;
        out.push_sql(")");
        Ok(())
    }
}

#[cfg(feature = "postgres")]
impl QueryFragment<diesel::pg::Pg> for HasWords {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        out.push_sql("array_to_tsvector(string_to_array(search_entries.words, ' ')) @@ CAST(");
        out.push_bind_param::<Text, _>(&self.postgres)?;
        out.push_sql(" AS tsquery)");
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for HasWords {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, out)
    }
}

/// How many rows a query finds; give the query a limit to bound the counting.
#[derive(Clone, Copy, Debug, QueryId)]
pub struct Counted<T>(pub T);

impl<T: Query> Query for Counted<T> {
    type SqlType = BigInt;
}

impl<T> RunQueryDsl<Tx> for Counted<T> {}

impl<T: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Counted<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("SELECT COUNT(*) FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS found");
        Ok(())
    }
}
