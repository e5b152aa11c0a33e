//! Both engines have the same tables: names, columns, types, nullability, keys.

use std::collections::BTreeMap;

use crate::support::app::{Engine, FreshDb};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use tailormade::db::dialect;

#[derive(QueryableByName, Debug)]
struct Column {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Text)]
    col: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    required: bool,
}

fn columns(fresh: &FreshDb, sql: &'static str) -> Vec<Column> {
    fresh.db.read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap()
}

const SQLITE: &str = "SELECT m.name AS tbl, c.name AS col, c.type AS kind, (c.\"notnull\" = 1 OR c.pk > 0) AS required
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND m.name NOT LIKE 'search_text%' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'
    ORDER BY 1, 2";
const POSTGRES: &str =
    "SELECT CAST(table_name AS TEXT) AS tbl, CAST(column_name AS TEXT) AS col, CAST(data_type AS TEXT) AS kind,
    is_nullable = 'NO' AS required FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%' ORDER BY 1, 2";

/// The type's name as both engines mean it.
fn common(kind: &str) -> &'static str {
    match kind.to_lowercase().as_str() {
        "bigint" => "whole",
        // A SQLite key of type INTEGER is its 64-bit row number.
        "integer" => "integer",
        "text" => "text",
        "blob" | "bytea" => "bytes",
        "boolean" => "boolean",
        "date" => "date",
        "timestamp" | "timestamp without time zone" => "timestamp",
        other => panic!("no common type for {other}"),
    }
}

fn shape(columns: Vec<Column>) -> BTreeMap<(String, String), (&'static str, bool)> {
    let of = |column: Column| {
        let kind = if column.col == "id" { "whole" } else { common(&column.kind) };
        ((column.tbl, column.col), (kind, column.required))
    };
    columns.into_iter().map(of).collect()
}

#[test]
fn both_engines_have_the_same_tables() {
    if !Engine::all().contains(&Engine::Postgres) {
        return;
    }
    let sqlite = shape(columns(&FreshDb::new(Engine::Sqlite), SQLITE));
    let postgres = shape(columns(&FreshDb::new(Engine::Postgres), POSTGRES));
    assert!(sqlite.len() > 200, "the comparison must see the columns: {}", sqlite.len());
    assert_eq!(sqlite, postgres);
}

#[derive(QueryableByName, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    #[diesel(sql_type = Text)]
    tbl: String,
    #[diesel(sql_type = Text)]
    cols: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

fn keys(engine: Engine, sql: &'static str) -> Vec<Key> {
    let fresh = FreshDb::new(engine);
    let mut keys: Vec<Key> = fresh.db.read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap();
    keys.sort();
    keys
}

#[test]
fn both_engines_have_the_same_keys() {
    if !Engine::all().contains(&Engine::Postgres) {
        return;
    }
    let sqlite = keys(
        Engine::Sqlite,
        "SELECT m.name AS tbl, f.\"from\" AS cols, 'to ' || f.\"table\" AS kind
         FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'
         UNION ALL
         SELECT m.name, (SELECT group_concat(name) FROM (SELECT c.name AS name FROM pragma_index_info(i.name) c ORDER BY c.name)), 'unique'
         FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table' AND i.origin = 'u'",
    );
    let postgres = keys(
        Engine::Postgres,
        "SELECT CAST(con.conrelid::regclass AS TEXT) AS tbl,
                (SELECT string_agg(CAST(a.attname AS TEXT), ',' ORDER BY a.attname) FROM pg_attribute a
                 WHERE a.attrelid = con.conrelid AND a.attnum = ANY(con.conkey)) AS cols,
                CASE con.contype WHEN 'f' THEN 'to ' || CAST(con.confrelid::regclass AS TEXT) ELSE 'unique' END AS kind
         FROM pg_constraint con WHERE con.contype IN ('f', 'u') AND con.connamespace = 'public'::regnamespace",
    );
    assert!(sqlite.len() > 40, "the comparison must see the keys: {}", sqlite.len());
    assert_eq!(sqlite, postgres);
}

#[test]
fn both_engines_refuse_to_change_the_same_tables() {
    let of = |engine| {
        let triggers = FreshDb::new(engine).db.read_now(dialect::triggers).unwrap();
        triggers.into_iter().filter(|name| name.contains("_no_")).collect::<Vec<_>>()
    };
    let sqlite = of(Engine::Sqlite);
    assert_eq!(sqlite.len(), 154);
    if Engine::all().contains(&Engine::Postgres) {
        assert_eq!(sqlite, of(Engine::Postgres));
    }
}
