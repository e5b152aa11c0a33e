//! What a hostile or careless user would try, each with the defence that stops it.

mod agreements;
mod forms;
mod limits;
mod links;
mod mandate_offers;
mod mandates;
mod money;
mod quotes;
mod rights;
mod sessions;
mod sign_in;
mod signals;

use serde_json::Value;
use tailormade::demo::seed;

use crate::support::app::{Engine, TestApp, recovery_code};
use crate::support::visitor::{Reply, Visitor};

/// The demonstration's world, answering on a socket.
struct World {
    app: TestApp,
}

impl World {
    fn new() -> Self {
        Self { app: TestApp::in_the_story(Engine::Sqlite) }
    }

    fn visitor(&self, party: &seed::Party) -> Visitor {
        let visitor = self.app.visitor();
        visitor.sign_in_with(party.email, seed::PASSWORD, || recovery_code(self.app.db(), party.email));
        visitor
    }

    /// A number from the database.
    fn number(&self, sql: &str) -> i64 {
        self.app.number(sql)
    }

    /// Mary's fund, held by the agency.
    fn fund(&self) -> String {
        format!("/funds/{}", self.number("SELECT min(fund_id) AS n FROM agreements"))
    }
}

/// How much there is of everything, and how often it was changed: what a refused request leaves as it was.
fn everything(app: &TestApp) -> Vec<(String, i64)> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Bool)]
        versioned: bool,
    }
    const TABLES: &str = "SELECT m.name AS name, EXISTS (SELECT 1 FROM pragma_table_info(m.name) c
            WHERE c.name = 'version') AS versioned
        FROM sqlite_master m WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'search_text%'
            AND m.name NOT IN ('sessions', 'done_once', 'sign_in_tries', 'safeguarding_looks') ORDER BY 1";
    let tables: Vec<Table> = app.db().read_now(|tx| Ok(diesel::sql_query(TABLES).load(tx)?)).unwrap();
    assert!(tables.len() > 20);
    let of = |table: Table| {
        let changes = if table.versioned { "+ COALESCE(SUM(version), 0)" } else { "" };
        let sql = format!("SELECT COUNT(*) {changes} AS n FROM {}", table.name);
        let found = app.number(&sql);
        (table.name, found)
    };
    tables.into_iter().map(of).collect()
}

/// The fields that a refusal names.
fn named(reply: &Reply) -> Vec<String> {
    let json = reply.json();
    let errors = json["errors"].as_array().unwrap_or_else(|| panic!("no errors: {json}"));
    errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
}

/// The version that a page shows.
fn version(visitor: &Visitor, path: &str) -> Value {
    let reply = visitor.get_json(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.json()["version"].clone()
}

/// A request that must be refused with a status, and changes nothing.
#[track_caller]
fn refused(app: &TestApp, visitor: &Visitor, path: &str, body: &Value, status: u16) -> Reply {
    let before = everything(app);
    let reply = visitor.post_json(path, body);
    assert_eq!(reply.status, status, "{path} {body}: {}", reply.body);
    assert_eq!(everything(app), before, "{path} {body} was refused and changed something");
    reply
}

/// A request that must be done.
#[track_caller]
fn done(visitor: &Visitor, path: &str, body: &Value) -> String {
    let reply = visitor.post_json(path, body);
    assert_eq!(reply.status, 201, "{path} {body}: {}", reply.body);
    reply.location.unwrap()
}
