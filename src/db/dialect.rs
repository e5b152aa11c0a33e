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

/// Who has a table open for writing at this moment, by names that no two transactions share. On SQLite nobody else can,
/// while this is asked: there numbers of rows appear in the order in which they were given out.
///
/// # Errors
/// When the catalogue cannot be read.
pub fn writers_of(tx: &mut Tx, table: &str) -> Result<Vec<String>, Error> {
    match tx {
        Tx::Sqlite(_) => {
            let _ = table;
            Ok(vec![])
        }
        #[cfg(feature = "postgres")]
        Tx::Postgres(_) => {
            let query = "SELECT virtualtransaction AS name FROM pg_locks
                 WHERE locktype = 'relation' AND granted AND relation = CAST($1 AS regclass)
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')";
            let rows: Vec<Named> = diesel::sql_query(query).bind::<Text, _>(table).load(tx)?;
            Ok(rows.into_iter().map(|row| row.name).collect())
        }
    }
}

/// Whether the numbers of rows have no gaps: PostgreSQL gives a number out for good even when its transaction rolls back.
#[must_use]
pub const fn numbers_without_gaps(tx: &Tx) -> bool {
    match tx {
        Tx::Sqlite(_) => true,
        #[cfg(feature = "postgres")]
        Tx::Postgres(_) => false,
    }
}

/// Rows as lists of JSON values, one for each of some columns in their order, by their ids. Whatever a column is, its value
/// is a number, a text or null; PostgreSQL has true and false where SQLite has 1 and 0. The names and the condition are the
/// program's own, never a visitor's.
///
/// # Errors
/// When the database fails.
pub fn rows_as_json(
    tx: &mut Tx,
    table: &str,
    columns: &[&str],
    condition: &str,
) -> Result<Vec<Vec<serde_json::Value>>, Error> {
    let columns = columns.join(", ");
    let list = match tx {
        Tx::Sqlite(_) => format!("json_array({columns})"),
        #[cfg(feature = "postgres")]
        Tx::Postgres(_) => format!("CAST(json_build_array({columns}) AS TEXT)"),
    };
    let query = format!("SELECT {list} AS name FROM {table} WHERE {condition} ORDER BY id");
    let rows: Vec<Named> = diesel::sql_query(query).load(tx)?;
    let read = |row: Named| serde_json::from_str(&row.name).map_err(|cause| Error::internal("a row as JSON", cause));
    rows.into_iter().map(read).collect()
}

/// The sum of a column of whole numbers, zero when there is none; both engines keep it a whole number.
pub fn sum(column: &str) -> diesel::expression::SqlLiteral<BigInt> {
    diesel::dsl::sql::<BigInt>(&format!("COALESCE(CAST(SUM({column}) AS BIGINT), 0)"))
}

/// How SQLite looks for the entries that a search of words and marks wants. PostgreSQL finds its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The text index lists them all, or as many as this: right where they are few, or need only be counted.
    Listed(Option<i64>),
    /// The order that another index gives is walked, and each row of it looked up in the list: right where they are many,
    /// and a page takes the first.
    Walked,
}

/// What a column of an entry must be.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The column of `search_entries` that says the same, and the value that it must have; nothing for what stands among
    /// the marks alone.
    pub column: Option<(&'static str, MarkValue)>,
    /// The mark.
    pub token: String,
}

/// The value of a [`Mark`]'s column.
#[derive(Clone, Copy, Debug)]
pub enum MarkValue {
    /// A code of a closed list.
    Code(&'static str),
    /// A whole number.
    Whole(i64),
}

/// Whether an entry of the search has words that begin with each of those typed, and certain marks; an expression for any
/// filter over `search_entries`. The words are letters and digits only (see `directory::rules::words_of`), so nothing in
/// them is a sign of either engine's query language.
#[derive(Clone, Debug)]
pub struct HasWords {
    way: Way,
    sqlite: String,
    #[cfg(feature = "postgres")]
    marks: Vec<Mark>,
    #[cfg(feature = "postgres")]
    postgres: String,
}

impl HasWords {
    /// Entries must have a word that begins with each of these, each of the marks, and one of the squares if there are
    /// any. The squares only help SQLite's text index to find less: what is near must be asked for beside them.
    #[must_use]
    pub fn beginning_with(words: &[String], marks: Vec<Mark>, squares: &[String], way: Way) -> Self {
        let mut listed: Vec<String> = words.iter().map(|word| format!("words : \"{word}\"*")).collect();
        listed.extend(marks.iter().map(|mark| format!("marks : \"{}\"", mark.token.trim_start_matches('_'))));
        if !squares.is_empty() {
            let squares: Vec<String> = squares.iter().map(|square| format!("\"{square}\"")).collect();
            listed.push(format!("marks : ({})", squares.join(" OR ")));
        }
        #[cfg(feature = "postgres")]
        let indexed = {
            let alone = marks.iter().filter(|mark| mark.column.is_none()).map(|mark| format!("'{}'", mark.token));
            words.iter().map(|word| format!("'{word}':*")).chain(alone).collect::<Vec<_>>().join(" & ")
        };
        Self {
            way,
            sqlite: listed.join(" AND "),
            #[cfg(feature = "postgres")]
            postgres: indexed,
            #[cfg(feature = "postgres")]
            marks,
        }
    }
}

/// The statement's text depends on how many words and marks there are.
impl QueryId for HasWords {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
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
        if self.way == Way::Walked {
            // The plus keeps SQLite from going through the list, all of which it would have to sort.
            out.push_sql("+");
        }
        out.push_sql("search_entries.id IN (SELECT rowid FROM search_text WHERE search_text MATCH ");
        out.push_bind_param::<Text, _>(&self.sqlite)?;
        if let Way::Listed(Some(most)) = &self.way {
            out.push_sql(" LIMIT ");
            out.push_bind_param::<BigInt, _>(most)?;
        }
        out.push_sql(")");
        Ok(())
    }
}

#[cfg(feature = "postgres")]
impl QueryFragment<diesel::pg::Pg> for HasWords {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        out.push_sql("(TRUE");
        if !self.postgres.is_empty() {
            out.push_sql(" AND array_to_tsvector(string_to_array(search_entries.words || ' ' || search_entries.marks, ' ')) @@ CAST(");
            out.push_bind_param::<Text, _>(&self.postgres)?;
            out.push_sql(" AS tsquery)");
        }
        for (column, value) in self.marks.iter().filter_map(|mark| mark.column.as_ref()) {
            out.push_sql(" AND search_entries.");
            out.push_sql(column);
            out.push_sql(" = ");
            match value {
                MarkValue::Code(code) => out.push_bind_param::<Text, _>(*code)?,
                MarkValue::Whole(number) => out.push_bind_param::<BigInt, _>(number)?,
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for HasWords {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, out)
    }
}

/// Whether an entry of the search is among those whose ids a query gives; an expression for a filter.
#[derive(Clone, Copy, Debug)]
pub struct Among<T>(pub T);

impl<T> QueryId for Among<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Expression for Among<T> {
    type SqlType = Bool;
}

impl<T, Grouping> ValidGrouping<Grouping> for Among<T> {
    type IsAggregate = is_aggregate::No;
}

impl<T, Source> AppearsOnTable<Source> for Among<T> where search_entries::id: AppearsOnTable<Source> {}
impl<T, Source> SelectableExpression<Source> for Among<T> where search_entries::id: SelectableExpression<Source> {}

impl<T: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Among<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("search_entries.id IN (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
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

/// A query whose rows this transaction locks, leaving out those that another one has locked. On SQLite nothing is said:
/// whoever writes has the database to themselves.
#[derive(Clone, Copy, Debug)]
pub struct LockedSkipping<T>(pub T);

/// The words that lock.
struct LockWords;

impl<T> QueryId for LockedSkipping<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Query> Query for LockedSkipping<T> {
    type SqlType = T::SqlType;
}

impl<T> RunQueryDsl<Tx> for LockedSkipping<T> {}

impl QueryFragment<Sqlite> for LockWords {
    fn walk_ast<'b>(&'b self, _: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        Ok(())
    }
}

#[cfg(feature = "postgres")]
impl QueryFragment<diesel::pg::Pg> for LockWords {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        out.push_sql(" FOR UPDATE SKIP LOCKED");
        Ok(())
    }
}

impl<T: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for LockedSkipping<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        MultiBackend::walk_variant_ast(&LockWords, out)
    }
}
