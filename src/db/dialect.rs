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

/// What diesel must know of a type that is a condition over rows of `search_entries` which each engine writes in its own way.
macro_rules! condition {
    ($name:ident, $column:ident) => {
        impl Expression for $name {
            type SqlType = Bool;
        }

        impl<Grouping> ValidGrouping<Grouping> for $name {
            type IsAggregate = is_aggregate::No;
        }

        impl<Source> AppearsOnTable<Source> for $name where search_entries::$column: AppearsOnTable<Source> {}
        impl<Source> SelectableExpression<Source> for $name where search_entries::$column: SelectableExpression<Source> {}

        impl QueryFragment<MultiBackend> for $name {
            fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
                MultiBackend::walk_variant_ast(self, out)
            }
        }
    };
}

/// How SQLite looks for the entries that a search of words and marks wants. PostgreSQL finds its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The text index lists them all, or as many as this: right where they are few, or need only be counted.
    Listed(Option<i64>),
    /// The order that another index gives is walked, and each row of it looked up in the list: right where they are many,
    /// and a page takes the first.
    Walked,
    /// The words and marks of each row are read: right where they are many and another index leaves few rows to read.
    Read,
}

/// Beginnings of how many letters SQLite's text index knows, as its migration says.
const INDEXED: usize = 6;

/// The side of the squares by which SQLite's text index is ordered, in metres, as its migration says.
const SQUARE: i64 = 8_000;
/// How many squares there are in a row of them, from west to east.
const SQUARES: i64 = 256;
/// The bits of a number of the text index that are the entry's own number.
const ID: i64 = 0xFFFF_FFFF;

/// Neighbouring squares of one row, as the first and the last number that an entry in them can have in SQLite's text index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Squares {
    first: i64,
    last: i64,
}

/// The number of the square in which a point lies, as SQLite's text index is ordered.
#[must_use]
pub fn square(easting: i64, northing: i64) -> i64 {
    along(northing) * SQUARES + along(easting) + 1
}

/// Which square it is along an axis.
fn along(metres: i64) -> i64 {
    (metres.max(0) / SQUARE).min(SQUARES - 1)
}

impl Squares {
    /// The squares that a circle touches, row by row; the point and the radius in metres.
    #[must_use]
    pub fn around((easting, northing): (i64, i64), metres: i64) -> Vec<Self> {
        let row = |row: i64| {
            // How far the row's nearest edge is from the circle's middle, and how wide the circle is there at most.
            let off = (row * SQUARE - northing).max(northing - (row + 1) * SQUARE).max(0);
            let half = (metres * metres - off * off).max(0).isqrt() + 1;
            let number = |east: i64| row * SQUARES + along(east) + 1;
            Self { first: number(easting - half) << 32, last: number(easting + half) << 32 | ID }
        };
        (along(northing - metres)..=along(northing + metres)).map(row).collect()
    }
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
    listed: String,
    places: Vec<Squares>,
    read: Vec<(&'static str, String)>,
    #[cfg(feature = "postgres")]
    marks: Vec<Mark>,
    #[cfg(feature = "postgres")]
    indexed: String,
}

impl HasWords {
    /// Entries must have a word that begins with each of these, and each of the marks. Where places are given, SQLite's text
    /// index looks there alone: what is near must be asked for beside it.
    #[must_use]
    pub fn beginning_with(words: &[String], marks: Vec<Mark>, places: Vec<Squares>, way: Way) -> Self {
        let listed = listed(words, &marks);
        // With nothing that the list could be asked for, the rows are read.
        let way = if listed.is_empty() { Way::Read } else { way };
        Self {
            way,
            listed,
            places,
            read: read(words, &marks, way),
            #[cfg(feature = "postgres")]
            indexed: indexed(words, &marks),
            #[cfg(feature = "postgres")]
            marks,
        }
    }
}

/// What SQLite's text index is asked. It knows beginnings of up to [`INDEXED`] letters; for a longer one it would put together
/// the list of everything that has such a word, wherever it is, so it is asked for the first letters.
fn listed(words: &[String], marks: &[Mark]) -> String {
    let beginning = |word: &String| word.chars().take(INDEXED).collect::<String>();
    let words = words.iter().filter(|word| is_one_token(word)).map(|word| format!("\"{}\"*", beginning(word)));
    words.chain(marks.iter().map(|mark| format!("\"{}\"", mark.token))).collect::<Vec<_>>().join(" AND ")
}

/// Whether SQLite's text index surely takes a word for one: in other scripts it may cut where a vowel's sign stands.
fn is_one_token(word: &str) -> bool {
    word.chars().all(|letter| letter <= '\u{24f}')
}

/// What is looked for in the rows themselves, by column: what the text index was not asked for.
fn read(words: &[String], marks: &[Mark], way: Way) -> Vec<(&'static str, String)> {
    let all = way == Way::Read;
    let words = words.iter().filter(|word| all || word.chars().count() > INDEXED || !is_one_token(word));
    let marks = marks.iter().filter(|_| all).map(|mark| ("marks", format!(" {} ", mark.token)));
    words.map(|word| ("words", format!(" {word}"))).chain(marks).collect()
}

/// What PostgreSQL's text index is asked: words, and the marks that no column says.
#[cfg(feature = "postgres")]
fn indexed(words: &[String], marks: &[Mark]) -> String {
    let alone = marks.iter().filter(|mark| mark.column.is_none()).map(|mark| format!("'{}'", mark.token));
    words.iter().map(|word| format!("'{word}':*")).chain(alone).collect::<Vec<_>>().join(" & ")
}

/// The statement's text depends on how many words and marks there are.
impl QueryId for HasWords {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

condition!(HasWords, words);

impl HasWords {
    /// The ids that SQLite's text index lists, place by place.
    fn list<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let found = format!("SELECT rowid & {ID} FROM search_text WHERE search_text MATCH ");
        out.push_sql(&found);
        out.push_bind_param::<Text, _>(&self.listed)?;
        for (number, place) in self.places.iter().enumerate() {
            if number > 0 {
                out.push_sql(" UNION ALL ");
                out.push_sql(&found);
                out.push_bind_param::<Text, _>(&self.listed)?;
            }
            out.push_sql(" AND rowid BETWEEN ");
            out.push_bind_param::<BigInt, _>(&place.first)?;
            out.push_sql(" AND ");
            out.push_bind_param::<BigInt, _>(&place.last)?;
        }
        Ok(())
    }
}

impl QueryFragment<Sqlite> for HasWords {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("(TRUE");
        if self.way != Way::Read {
            // The plus keeps SQLite from going through the list, all of which it would have to sort.
            out.push_sql(if self.way == Way::Walked { " AND +" } else { " AND " });
            out.push_sql("search_entries.id IN (");
            self.list(&mut out)?;
            if let (Way::Listed(Some(most)), []) = (&self.way, self.read.as_slice()) {
                out.push_sql(" LIMIT ");
                out.push_bind_param::<BigInt, _>(most)?;
            }
            out.push_sql(")");
        }
        for (column, text) in &self.read {
            out.push_sql(" AND instr(' ' || search_entries.");
            out.push_sql(column);
            out.push_sql(" || ' ', ");
            out.push_bind_param::<Text, _>(text)?;
            out.push_sql(") > 0");
        }
        out.push_sql(")");
        Ok(())
    }
}

#[cfg(feature = "postgres")]
impl QueryFragment<diesel::pg::Pg> for HasWords {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        out.push_sql("(TRUE");
        if !self.indexed.is_empty() {
            out.push_sql(" AND array_to_tsvector(string_to_array(search_entries.words || ' ' || search_entries.marks, ' ')) @@ CAST(");
            out.push_bind_param::<Text, _>(&self.indexed)?;
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

/// Whether an entry of the search is one of these, however many they are: one text carries all their ids.
#[derive(Clone, Debug)]
pub struct OneOf {
    ids: String,
}

impl OneOf {
    /// One of the entries with these ids.
    #[must_use]
    pub fn ids(ids: &[i64]) -> Self {
        Self { ids: ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",") }
    }
}

impl QueryId for OneOf {
    type QueryId = Self;
    const HAS_STATIC_QUERY_ID: bool = true;
}

condition!(OneOf, id);

impl QueryFragment<Sqlite> for OneOf {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("search_entries.id IN (SELECT value FROM json_each('[' || ");
        out.push_bind_param::<Text, _>(&self.ids)?;
        out.push_sql(" || ']'))");
        Ok(())
    }
}

#[cfg(feature = "postgres")]
impl QueryFragment<diesel::pg::Pg> for OneOf {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        out.push_sql("search_entries.id = ANY (CAST('{' || ");
        out.push_bind_param::<Text, _>(&self.ids)?;
        out.push_sql(" || '}' AS BIGINT[]))");
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
