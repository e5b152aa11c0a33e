//! What is kept until when, what holds it, and an erasure after which the money can still be followed.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::json;
use tailormade::calendar::Clock;
use tailormade::config::Config;
use tailormade::demo::{self, seed};
use tailormade::reports::{check, journal};
use tailormade::web::token::Keys;

use crate::support::app::{Engine, FreshDb, TestApp, morning};
use crate::support::visitor::Visitor;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    text: String,
}

/// The demonstration's story played to its end, years later.
struct World {
    app: TestApp,
    mary: i64,
    reference: String,
}

impl World {
    fn begin(engine: Engine) -> Self {
        let fresh = FreshDb::new(engine);
        let clock = Clock::stopped_at(morning("2026-11-23"));
        let config = Config::from_values(|_| None).unwrap();
        let filled = demo::fill(fresh.db.clone(), config, &clock, demo::Story::Whole);
        actix_web::rt::System::new().block_on(filled).unwrap();
        let app = TestApp::serve(fresh, clock, Keys::random().unwrap());
        let mut world = Self { app, mary: 0, reference: String::new() };
        let mary = world.found("SELECT id, reference AS text FROM people ORDER BY id").remove(0);
        (world.mary, world.reference) = (mary.id, mary.text);
        world
    }

    fn found(&self, sql: &str) -> Vec<Found> {
        let sql = sql.to_owned();
        self.app.db().read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap()
    }

    fn signed_in(&self, email: &str) -> Visitor {
        let visitor = self.app.visitor();
        visitor.sign_in(email, seed::PASSWORD);
        visitor
    }

    fn path(&self, what: &str) -> String {
        format!("/people/{}/{what}", self.mary)
    }

    fn erase(&self, who: &Visitor, ground: &str) -> u16 {
        let asked = json!({ "ground": ground, "erasure_reason": "Nothing open.", "reference": self.reference });
        who.post_json(&self.path("erasure"), &asked).status
    }

    /// What must be refused, by the database itself, whoever asks.
    fn refused(&self, sql: &str) {
        let words = sql.to_owned();
        let changed = self.app.db().write_now(move |tx| {
            use diesel::connection::SimpleConnection;
            tx.batch_execute(&words).map_err(tailormade::error::Error::from)
        });
        assert!(format!("{changed:?}").contains("append-only"), "{sql}: {changed:?}");
    }

    fn findings(&self) -> Vec<String> {
        self.app.db().read_now(|tx| check::everything(tx, None)).unwrap().findings
    }
}

#[test]
fn what_is_due_is_listed_and_nothing_goes_by_itself() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let officer = world.signed_in(seed::OFFICER.email);
        world.app.work();
        officer.open("/retention").must_say("Nobody’s time is over.");
        officer.open(&world.path("retention")).must_say("8 years after the support ended").must_say("VAT Act 1994");
        assert_eq!(world.erase(&officer, "due"), 422);
        world.app.on("2036-11-23");
        world.app.work();
        let officer = world.signed_in(seed::OFFICER.email);
        officer.open("/retention").must_say("Mary Whitlow").must_say("Nothing is erased until you decide it.");
        officer.open(&world.path("retention")).must_say("The time of the record is over since");
        assert_eq!(world.found("SELECT id, name AS text FROM people WHERE name = 'Mary Whitlow'").len(), 1);
        // A hold stands against it, until somebody lifts it with a reason.
        let typed = [("reason", "An inquest")];
        officer.submit(&world.path("retention"), &world.path("holds"), &typed).must_say("A legal hold stands");
        assert_eq!(world.erase(&officer, "due"), 422);
        assert_eq!(world.erase(&officer, "request"), 422);
        world.refused("UPDATE legal_holds SET reason = 'x'");
        world.refused("DELETE FROM legal_holds");
        let lifting = format!("{}/1/lifting", world.path("holds"));
        officer.post_json(&lifting, &json!({})).must_be(422);
        officer.post_json(&lifting, &json!({ "lift_reason": "It is over." })).must_be(201);
        officer.post_json(&lifting, &json!({ "lift_reason": "It is over." })).must_be(409);
        officer.post_json(&format!("{}/99/lifting", world.path("holds")), &json!({ "lift_reason": "x" })).must_be(404);
        let wrong = json!({ "ground": "due", "erasure_reason": "x", "reference": "TM-0000-0000" });
        officer.post_json(&world.path("erasure"), &wrong).must_be(422);
        assert_eq!(world.erase(&officer, "due"), 201);
        world.app.work();
        officer.open("/retention").must_not_say("Mary Whitlow");
    }
}

#[test]
fn an_erasure_takes_the_words_and_leaves_the_money() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let mary = world.signed_in(seed::PERSON.email);
        let needs = json!({ "language": "en", "interpreter": "none", "from": "2026-11-02", "reviewed_on": "2026-11-02",
            "seen": "0", "note": "Whitlow needs time" });
        mary.post_json(&world.path("communication"), &needs).must_be(201);
        let before = world.app.db().read_now(journal::journal).unwrap();
        let papers = world.found("SELECT id, sha256 AS text FROM documents ORDER BY id");
        // Before an erasure is recorded nothing of this can be done.
        world.refused("UPDATE documents SET body = ''");
        world.refused("UPDATE personal_budgets SET agreed_note = ''");
        world.refused("UPDATE agreement_signatures SET signer_name = ''");
        world.refused("UPDATE agreement_events SET detail = ''");
        world.refused("DELETE FROM communication_needs");
        world.app.on("2036-11-23");
        let officer = world.signed_in(seed::OFFICER.email);
        let typed = [("ground", "due"), ("erasure_reason", "Nothing open."), ("reference", world.reference.as_str())];
        let page = officer.submit(&world.path("retention"), &world.path("erasure"), &typed);
        page.must_say("The record was erased").must_not_say("Mary");
        // Nothing tells of her any more, in any table but the record of who did what and the sealed books.
        let tables = world.found(match engine {
            Engine::Sqlite => "SELECT 0 AS id, name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_text%'",
            Engine::Postgres => "SELECT CAST(0 AS BIGINT) AS id, CAST(table_name AS TEXT) AS text FROM information_schema.tables WHERE table_schema = 'public'",
        });
        for table in tables.iter().filter(|table| !table.text.starts_with("audit_")) {
            let dumped = dump(&world, engine, &table.text);
            for word in ["Mary", "Whitlow", "mary@demo", "7 Mill Lane"] {
                assert!(!dumped.contains(word), "{word} is still in {}", table.text);
            }
        }
        // The money, the reference and the fingerprints are what they were; the check knows that papers were erased.
        assert_eq!(world.app.db().read_now(journal::journal).unwrap(), before);
        let after = world.found("SELECT id, sha256 AS text FROM documents ORDER BY id");
        assert!(papers.iter().zip(&after).all(|(old, new)| old.text == new.text) && papers.len() == after.len());
        assert_eq!(world.findings(), Vec::<String>::new());
        let looked = world.app.db().read_now(|tx| check::everything(tx, None)).unwrap().looked_at();
        assert!(!looked.contains(" 0 erased documents") && looked.contains("erased document"), "{looked}");
        // Everything else is refused as before, and a paper without its text that nobody erased is named.
        let erased = world.found("SELECT id, '' AS text FROM erased_documents ORDER BY id")[0].id;
        world.refused(&format!("UPDATE documents SET body = 'x' WHERE id = {erased}"));
        world.refused(&format!("UPDATE documents SET body = '', sha256 = 'x' WHERE id = {erased}"));
        world.refused("UPDATE personal_budgets SET agreed_note = '', weekly_pence = 1");
        world.refused("UPDATE agreement_signatures SET signer_name = '', document_sha256 = 'x'");
        world.refused("UPDATE agreement_events SET detail = '', user_name = 'x'");
        world.refused("DELETE FROM erased_documents");
        world.refused("DELETE FROM erasures");
        // Nobody signs in with her address, and her pages are nobody's own.
        let signing = world.app.visitor();
        let tried =
            signing.send("/sign-in", "/sign-in", &[("email", seed::PERSON.email), ("password", seed::PASSWORD)]);
        assert_ne!(tried.status, 303);
    }
}

/// Everything in a table, as text.
fn dump(world: &World, engine: Engine, table: &str) -> String {
    let sql = match engine {
        Engine::Sqlite => format!("SELECT name AS text, 0 AS id FROM pragma_table_info('{table}') WHERE type = 'TEXT'"),
        Engine::Postgres => format!(
            "SELECT CAST(column_name AS TEXT) AS text, CAST(0 AS BIGINT) AS id FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}' AND data_type = 'text'"
        ),
    };
    let mut all = String::new();
    for column in world.found(&sql) {
        let rows = format!("SELECT CAST(0 AS BIGINT) AS id, COALESCE({}, '') AS text FROM {table}", column.text);
        all.extend(world.found(&rows).into_iter().map(|row| row.text + "\n"));
    }
    all
}

#[test]
fn a_request_is_refused_while_support_goes_on_and_keeps_young_invoices_whole() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let officer = world.signed_in(seed::OFFICER.email);
        assert_eq!(world.erase(&world.signed_in(seed::PERSON.email), "request"), 403);
        assert_eq!(world.erase(&world.signed_in(seed::FINANCE.email), "request"), 403);
        assert_eq!(world.erase(&world.signed_in(seed::NEIGHBOUR.email), "request"), 404);
        let tom = world.found("SELECT id, reference AS text FROM people ORDER BY id").remove(1);
        let asked = json!({ "ground": "request", "erasure_reason": "x", "reference": tom.text });
        let refused = officer.post_json(&format!("/people/{}/erasure", tom.id), &asked);
        assert!(refused.must_be(422).body.contains("A fund is open"), "{}", refused.body);
        assert_eq!(world.erase(&officer, "request"), 201);
        // The law wants invoices whole for six years; agreements and statements are gone.
        let kept = world.found("SELECT id, kind AS text FROM documents WHERE body <> '' ORDER BY id");
        assert!(!kept.is_empty() && kept.iter().all(|paper| paper.text == "invoice" || paper.text == "credit_note"));
        assert_eq!(world.findings(), Vec::<String>::new());
    }
}
