//! What is kept until when, what holds it, and an erasure after which the money can still be followed.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use serde_json::json;
use tailormade::auth::rights::Authority;
use tailormade::calendar::Clock;
use tailormade::config::Config;
use tailormade::db::Tx;
use tailormade::demo::{self, seed};
use tailormade::ids::{PersonId, UserId};
use tailormade::personal_data::store::{self as exports, Made};
use tailormade::reports::{check, journal};
use tailormade::web::token::Keys;

use crate::support::app::{Engine, FreshDb, TestApp, morning, recovery_code};
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
        // What the story leaves open is settled years before a record's time is over.
        world.app.fresh.execute(
            "UPDATE complaints SET status = 'settled';
             INSERT INTO safeguarding_entries (concern_id, number, deed, text, by_user_id, at)
                SELECT id, 99, 'closed', 'x', raised_by, raised_at FROM safeguarding_concerns",
        );
        world
    }

    fn found(&self, sql: &str) -> Vec<Found> {
        let sql = sql.to_owned();
        self.app.db().read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap()
    }

    fn signed_in(&self, email: &str) -> Visitor {
        let visitor = self.app.visitor();
        visitor.sign_in_with(email, seed::PASSWORD, || recovery_code(self.app.db(), email));
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

    /// Words about her where the story has none: what was found about her capacity, evidence with a file, a complaint that
    /// is settled, a second factor, how an employer knows her, a link that was mailed to her.
    fn more_words(&self, engine: Engine) {
        let person = self.mary;
        let bytes = if engine == Engine::Sqlite { "BLOB" } else { "BYTEA" };
        let sha256 = tailormade::fingerprint::sha256("%PDF-1.7");
        let user = self.app.number(&format!("SELECT user_id AS n FROM people WHERE id = {person}"));
        let mandate = self.app.number(&format!("SELECT min(id) AS n FROM mandates WHERE person_id = {person}"));
        self.app.fresh.execute(&format!(
            "INSERT INTO capacity_decisions (person_id, decided_on, about, has_capacity, decided_by, note, recorded_by,
                    recorded_at)
                SELECT id, '2026-11-02', 'other', TRUE, 'x', 'Mary Whitlow decides', {user}, created_at FROM people
                WHERE id = {person};
             INSERT INTO files (name, kind, sha256, bytes, added_by, added_at)
                SELECT 'Mary-Whitlow.pdf', 'pdf', '{sha256}', CAST('%PDF-1.7' AS {bytes}), {user}, created_at FROM people
                WHERE id = {person};
             INSERT INTO mandate_evidence (mandate_id, note, file_id, added_by, added_at)
                SELECT {mandate}, 'Mary Whitlow said so', max(id), {user}, max(added_at) FROM files;
             INSERT INTO files (name, kind, sha256, bytes, added_by, added_at)
                SELECT 'Whitlow.pdf', 'pdf', '{sha256}', CAST('%PDF-1.7' AS {bytes}), {user}, created_at FROM people
                WHERE id = {person};
             INSERT INTO mandate_evidence (mandate_id, note, file_id, added_by, added_at)
                SELECT {mandate}, 'Whitlow asked', max(id), {user}, max(added_at) FROM files;
             INSERT INTO mandate_offers (person_id, email, authority, see_plan, see_money, choose, sign, approve, from_date,
                    note, file_id, offered_by, offered_as, offered_at)
                SELECT {person}, 'friend.of.Whitlow@example.org', 'carer', TRUE, FALSE, FALSE, FALSE, FALSE, '2026-11-02',
                    'Mary Whitlow wants it', max(id), {user}, 'person', max(added_at) FROM files;
             INSERT INTO complaints (person_id, council_id, about, about_words, thing_words, asked_id, with_id, status,
                    raised_by, raised_on, acknowledge_by, acknowledge_at_latest, answer_by, version)
                SELECT id, council_id, 'council', 'about Mary', 'of Mary', council_id, council_id, 'settled', {user},
                    '2026-11-02', '2026-11-05', '2026-11-30', '2026-12-30', 1 FROM people WHERE id = {person};
             INSERT INTO complaint_entries (complaint_id, deed, text, by_user_id, authority, at)
                SELECT max(c.id), 'raised', 'Mary Whitlow is unhappy', {user}, 'the person', max(p.created_at)
                FROM complaints c JOIN people p ON p.id = c.person_id WHERE p.id = {person};
             INSERT INTO factor_removals (user_id, organisation_id, person_id, authority, reason, asked_by, asked_at)
                SELECT {user}, council_id, id, 'x', 'Mary Whitlow came with a passport', {user}, created_at FROM people
                WHERE id = {person};
             INSERT INTO delivery_visits (delivery_id, starts_at, minutes, staff, miles, outcome, hospital_since, percent,
                    reason, rate_id, agreed)
                SELECT min(d.id), min(d.recorded_at), 30, 1, 0, 'hospital', '2026-11-01', 50, 'In hospital',
                    (SELECT min(id) FROM service_rates), FALSE
                FROM deliveries d JOIN funds f ON f.id = d.fund_id WHERE f.person_id = {person};
             INSERT INTO delivery_visits (delivery_id, starts_at, minutes, staff, miles, outcome, percent, reason, rate_id,
                    agreed)
                SELECT max(d.id), max(d.recorded_at), 30, 1, 0, 'given', 100, '', (SELECT min(id) FROM service_rates), FALSE
                FROM deliveries d JOIN funds f ON f.id = d.fund_id WHERE f.person_id = {person};
             INSERT INTO identities (issuer, subject, user_id, recorded_at)
                SELECT 'https://idp.example', 'Mary', {user}, created_at FROM people WHERE id = {person};
             INSERT INTO mailed_links (purpose, token_sha256, email, gives, created_at, expires_at)
                SELECT 'invitation', 'x', 'mary@demo.example', '{{}}', created_at, created_at FROM people WHERE id = {person};"
        ));
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
fn what_is_open_stops_an_erasure_without_saying_what_it_is() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        world.app.on("2036-11-23");
        let officer = world.signed_in(seed::OFFICER.email);
        let person = world.mary;
        let says = |what: &str| {
            let page = officer.open(&world.path("retention"));
            page.must_say("Something is still open about this person").must_not_say("oncern");
            assert_eq!(world.erase(&officer, "due"), 422, "{what}");
        };
        world.app.fresh.execute(&format!(
            "INSERT INTO safeguarding_concerns (reference, person_id, council_id, about_words, what, raised_by,
                    raised_authority, raised_at)
                SELECT 'SG-TEST', id, council_id, 'x', 'x', 1, 'x', created_at FROM people WHERE id = {person}"
        ));
        says("a concern");
        world.app.fresh.execute(
            "INSERT INTO safeguarding_entries (concern_id, number, deed, text, by_user_id, at)
                SELECT id, 1, 'closed', 'x', 1, raised_at FROM safeguarding_concerns WHERE reference = 'SG-TEST';
             INSERT INTO complaints (person_id, council_id, about, about_words, thing_words, asked_id, with_id, status,
                    raised_by, raised_on, acknowledge_by, acknowledge_at_latest, answer_by, version)
                SELECT person_id, council_id, 'council', 'x', 'x', council_id, council_id, 'escalated', 1, '2036-11-02',
                    '2036-11-05', '2036-11-30', '2036-12-30', 1 FROM safeguarding_concerns WHERE reference = 'SG-TEST'",
        );
        says("a complaint");
        world.app.fresh.execute("UPDATE complaints SET status = 'settled'");
        assert_eq!(world.erase(&officer, "due"), 201);
        // What safeguarding people keep is theirs, and has its own time.
        assert_eq!(world.app.number("SELECT COUNT(*) AS n FROM safeguarding_concerns WHERE what = 'x'"), 1);
        assert_eq!(world.findings(), Vec::<String>::new());
    }
}

#[test]
fn a_copy_that_is_being_made_does_not_outlive_an_erasure() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        world.app.on("2036-11-23");
        world.app.work();
        let mary = world.signed_in(seed::PERSON.email);
        let asked = mary.post_json(&world.path("exports"), &json!({})).must_be(201).location.clone().unwrap();
        let export = asked.rsplit('/').next().unwrap().parse().unwrap();
        // Somebody makes it and has read everything when the record is erased.
        assert!(world.app.db().write_now(move |tx| exports::begin(tx, export)).unwrap().is_some());
        assert_eq!(world.erase(&world.signed_in(seed::OFFICER.email), "due"), 201);
        let now = world.app.clock.now();
        let made = move |tx: &mut Tx| {
            let zip = b"Mary Whitlow".to_vec();
            exports::finish(tx, export, &Made { zip, findings: vec![], held_back: 0, steps: 4 }, now)
        };
        world.app.db().write_now(made).unwrap();
        world.app.work();
        assert_eq!(world.app.number("SELECT COUNT(*) AS n FROM export_files"), 0);
        assert_eq!(world.app.number("SELECT COUNT(*) AS n FROM exports WHERE status <> 'gone'"), 0);
    }
}

#[test]
fn who_acts_for_a_person_or_has_no_second_factor_decides_nothing_about_their_data() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let hold = json!({ "hold_reason": "An inquiry", "from": world.app.clock.today().to_string() });
        let withholding =
            json!({ "table": "deliveries", "row": "1", "ground": "third_party", "reason": "It shows who it is." });
        let erasure = json!({ "ground": "due", "erasure_reason": "Nothing open.", "reference": world.reference });
        let request = json!({ "received_on": world.app.clock.today().to_string() });
        let sent = [("holds", &hold), ("erasure", &erasure), ("withholdings", &withholding), ("exports", &request)];
        // An officer whose session began with a password alone.
        let officer = world.signed_in(seed::OFFICER.email);
        world.app.fresh.execute("UPDATE sessions SET second_factor_at = NULL");
        for (what, body) in sent {
            officer.post_json(&world.path(what), body).must_be(403).must_say("second factor");
        }
        // The same officer, who now also acts for the person: what is kept from them there must not reach them here.
        let user = world.app.number(&format!("SELECT id AS n FROM users WHERE email = '{}'", seed::OFFICER.email));
        world.app.mandate(PersonId::new(world.mary), UserId::new(user), Authority::Advocate);
        let officer = world.signed_in(seed::OFFICER.email);
        officer.get(&world.path("retention")).must_be(403).must_say("a colleague must do this");
        for (what, body) in sent {
            officer.post_json(&world.path(what), body).must_be(403);
        }
        let done = "SELECT (SELECT COUNT(*) FROM erasures) + (SELECT COUNT(*) FROM legal_holds)
            + (SELECT COUNT(*) FROM export_withholdings) + (SELECT COUNT(*) FROM exports) AS n";
        assert_eq!(world.app.number(done), 0);
    }
}

#[test]
fn an_erasure_takes_the_words_and_leaves_the_money() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let mary = world.signed_in(seed::PERSON.email);
        let today = world.app.clock.today().to_string();
        let needs = json!({ "language": "en", "interpreter": "none", "from": today, "reviewed_on": today,
            "seen": "0", "note": "Whitlow needs time" });
        mary.post_json(&world.path("communication"), &needs).must_be(201);
        world.more_words(engine);
        let before = world.app.db().read_now(journal::journal).unwrap();
        let papers = world.found("SELECT id, sha256 AS text FROM documents ORDER BY id");
        // Before an erasure is recorded nothing of this can be done.
        world.refused("UPDATE documents SET body = ''");
        world.refused("UPDATE personal_budgets SET agreed_note = ''");
        world.refused("UPDATE agreement_signatures SET signer_name = ''");
        world.refused("UPDATE agreement_events SET detail = ''");
        world.refused("DELETE FROM communication_needs");
        world.refused("DELETE FROM capacity_decisions");
        world.refused("UPDATE mandate_evidence SET note = ''");
        world.refused("UPDATE mandate_offers SET email = '', note = ''");
        world.refused("DELETE FROM mandate_offers");
        world.refused("UPDATE complaint_entries SET text = ''");
        world.refused("UPDATE files SET name = '', bytes = ''");
        world.refused("UPDATE factor_removals SET reason = ''");
        world.refused("UPDATE delivery_visits SET outcome = 'not_given', reason = '', hospital_since = NULL");
        world.app.bring_record_up();
        world.app.on("2036-11-23");
        let officer = world.signed_in(seed::OFFICER.email);
        let typed = [("ground", "due"), ("erasure_reason", "Nothing open."), ("reference", world.reference.as_str())];
        let page = officer.submit(&world.path("retention"), &world.path("erasure"), &typed);
        page.must_say("The record was erased").must_not_say("Mary");
        // Nothing tells of her any more, in any table but the record of who did what, the sealed books, and what safeguarding
        // people keep, whose time is another.
        let tables = world.found(match engine {
            Engine::Sqlite => "SELECT 0 AS id, name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_text%'",
            Engine::Postgres => "SELECT CAST(0 AS BIGINT) AS id, CAST(table_name AS TEXT) AS text FROM information_schema.tables WHERE table_schema = 'public'",
        });
        let kept = |table: &&Found| table.text.starts_with("audit_") || table.text.starts_with("safeguarding_");
        for table in tables.iter().filter(|table| !kept(table)) {
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
        world.refused("UPDATE files SET bytes = '', sha256 = 'x'");
        world.refused("UPDATE mandate_evidence SET note = 'x'");
        world.refused("UPDATE mandate_offers SET email = 'x@example.org'");
        world.refused("UPDATE mandate_offers SET offered_as = 'officer'");
        world.refused("UPDATE mandate_offer_answers SET outcome = 'declined'");
        world.refused("DELETE FROM mandate_offer_answers");
        assert_eq!(world.app.number("SELECT COUNT(*) AS n FROM mandate_offer_answers WHERE outcome = 'withdrawn'"), 1);
        world.refused("UPDATE complaint_entries SET text = '', authority = 'x'");
        world.refused("UPDATE factor_removals SET reason = '', authority = 'y'");
        // That she was in hospital is gone; that a visit was not given, and what was charged for it, is not.
        let left = "SELECT percent AS id, outcome AS text FROM delivery_visits WHERE delivery_id IN
            (SELECT d.id FROM deliveries d JOIN funds f ON f.id = d.fund_id WHERE f.person_id = ";
        let left = world.found(&format!("{left}{}) ORDER BY percent", world.mary));
        assert_eq!(
            left.iter().map(|row| (row.id, row.text.as_str())).collect::<Vec<_>>(),
            [(50, "not_given"), (100, "given")]
        );
        world.refused(
            "UPDATE delivery_visits SET outcome = 'hospital', cancelled_at = NULL WHERE outcome = 'not_given'",
        );
        world.refused("UPDATE delivery_visits SET outcome = 'not_given', reason = '' WHERE outcome = 'given'");
        world.refused("DELETE FROM erased_documents");
        world.refused("DELETE FROM erased_files");
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
