//! A person's copy of everything: it opens without this service, all of theirs is in it, nothing of anybody else is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use tailormade::auth::rights::Authority;
use tailormade::calendar::Clock;
use tailormade::config::Config;
use tailormade::demo::{self, seed};
use tailormade::ids::PersonId;
use tailormade::personal_data::rules::catalogue::{Column, Kind, NOT_EXPORTED, TABLES};
use tailormade::queue::store as queue;
use tailormade::web::token::Keys;

use crate::support::app::{Engine, FreshDb, TestApp, fast_folder, morning, recovery_code};
use crate::support::axe::Axe;
use crate::support::browser::{Browser, DESK, Options, PHONE};
use crate::support::visitor::Visitor;

/// The files of a copy, by name.
type Files = BTreeMap<String, Vec<u8>>;

/// The demonstration's world, with notes in which somebody was careless.
struct World {
    app: TestApp,
    mary: i64,
    tom_reference: String,
    /// A delivery of Mary's whose note names Tom, and one whose note looks like a formula.
    deliveries: [i64; 2],
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    text: String,
}

fn found(app: &TestApp, sql: &str) -> Vec<Found> {
    let sql = sql.to_owned();
    app.db().read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap()
}

impl World {
    fn begin(engine: Engine) -> Self {
        let fresh = FreshDb::new(engine);
        let clock = Clock::stopped_at(morning("2026-11-23"));
        let config = Config::from_values(|_| None).unwrap();
        let filled = demo::fill(fresh.db.clone(), config, &clock, demo::Story::Underway);
        actix_web::rt::System::new().block_on(filled).unwrap();
        let app = TestApp::serve(fresh, clock, Keys::random().unwrap());
        let people = found(&app, "SELECT id, reference AS text FROM people ORDER BY id");
        let (mary, tom) = (people[0].id, people[1].id);
        let notes = found(
            &app,
            &format!(
                "SELECT d.id, d.note AS text FROM deliveries d JOIN funds f ON f.id = d.fund_id
                      WHERE f.person_id = {mary} ORDER BY d.id LIMIT 2"
            ),
        );
        let reference = people[1].text.clone();
        app.fresh.execute(&format!(
            "UPDATE people SET postcode = 'BH21 9ZZ' WHERE id = {tom};
             UPDATE deliveries SET note = 'Tom Ashdown ({reference}) came along. Mr Ashdown of BH21 9ZZ was loud.' WHERE id = {};
             UPDATE deliveries SET note = '=HYPERLINK(\"http://example.org\")' WHERE id = {}",
            notes[0].id, notes[1].id
        ));
        Self { app, mary, tom_reference: reference, deliveries: [notes[0].id, notes[1].id] }
    }

    fn signed_in(&self, email: &str) -> Visitor {
        let visitor = self.app.visitor();
        visitor.sign_in_with(email, seed::PASSWORD, || recovery_code(self.app.db(), email));
        visitor
    }

    fn path(&self) -> String {
        format!("/people/{}/exports", self.mary)
    }

    /// Asks for a copy, has it made, fetches it.
    fn copy(&self, who: &Visitor, asked: &Value) -> Files {
        let page = who.post_json(&self.path(), asked).must_be(201).location.clone().unwrap();
        assert_eq!(who.get_json(&page).json()["status"], "asked");
        self.app.work();
        assert_eq!(who.get_json(&page).json()["status"], "ready");
        let file = who.get(&format!("{page}/file"));
        assert_eq!(file.must_be(200).header("content-type"), Some("application/zip"));
        assert!(file.header("content-disposition").unwrap().starts_with("attachment; filename=\"TM-"));
        unzipped(&file.bytes)
    }
}

fn unzipped(bytes: &[u8]) -> Files {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = Files::new();
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let mut bytes = vec![];
        file.read_to_end(&mut bytes).unwrap();
        let name = file.name().unwrap().into_owned();
        assert!(files.insert(name.clone(), bytes).is_none(), "{name} is there twice");
    }
    files
}

fn text(files: &Files, name: &str) -> String {
    let bytes = files.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", files.keys()));
    String::from_utf8(bytes.clone()).unwrap()
}

fn data(files: &Files) -> Value {
    serde_json::from_str(&text(files, "data.json")).unwrap()
}

#[test]
fn the_copy_opens_without_this_service() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let mary = world.signed_in(seed::PERSON.email);
        let waits = mary.submit(&world.path(), &world.path(), &[]);
        waits.must_say("It waits to be made").must_say("Look again");
        world.app.work();
        let ready = mary.open(waits.location.as_deref().unwrap());
        ready.must_say("It is ready. You can fetch it until");
        let link = Selector::parse("main a.button").unwrap();
        let href =
            Html::parse_document(&ready.body).select(&link).next().unwrap().value().attr("href").unwrap().to_owned();
        let files = unzipped(&mary.get(&href).must_be(200).bytes);

        let index = Html::parse_document(&text(&files, "index.html"));
        let heading: String = index.select(&Selector::parse("h1").unwrap()).next().unwrap().text().collect();
        assert_eq!(heading, "Everything that is kept about Mary Whitlow");
        for element in index.select(&Selector::parse("[href], [src]").unwrap()) {
            let to = element.value().attr("href").or(element.value().attr("src")).unwrap();
            assert!(to.starts_with('#') || files.contains_key(to), "{to} leads outside");
        }
        assert!(!text(&files, "index.html").contains("<script"));
        assert!(text(&files, "README.txt").contains("apostrophe"));

        let data = data(&files);
        assert_eq!(data["about"]["person"], "Mary Whitlow");
        assert_eq!(data["about"]["held_back"], 0);
        for table in TABLES {
            let rows = data["tables"][table.name].as_array().unwrap_or_else(|| panic!("no {}", table.name));
            let explained = data["members"][table.name]["columns"].as_object().unwrap();
            if let Some(row) = rows.first() {
                assert!(row.as_object().unwrap().keys().all(|column| explained.contains_key(column)), "{}", table.name);
                let sheet = &files[&format!("csv/{}.csv", table.name)];
                let mut reader = csv::Reader::from_reader(sheet.as_slice());
                let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
                assert_eq!(records.len(), rows.len(), "{}", table.name);
                for cell in records.iter().flatten() {
                    let number = cell.parse::<i64>().is_ok();
                    assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{}: {cell:?}", table.name);
                }
            }
        }
        assert!(text(&files, "csv/deliveries.csv").contains("'=HYPERLINK"));
        // Papers, to the letter where nobody had to be taken out.
        let papers = data["papers"].as_array().unwrap();
        assert!(papers.len() > 3, "{papers:?}");
        for paper in papers {
            let html = text(&files, paper["file"].as_str().unwrap());
            let same = tailormade::fingerprint::sha256(&html) == paper["sha256_as_issued"];
            assert_eq!(paper["as_issued"], same, "{paper}");
        }
        assert!(papers.iter().any(|paper| paper["as_issued"] == true), "{papers:?}");
    }
}

#[test]
fn nothing_of_another_person_is_in_it() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let files = world.copy(&world.signed_in(seed::PERSON.email), &json!({}));
        let all: String = files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        assert!(all.contains("Mary Whitlow") && all.contains("mary@demo.example") && all.contains("DT1 1XJ"));
        let mut others: Vec<String> =
            vec![world.tom_reference.clone(), "Ashdown".to_owned(), "BH21 9ZZ".to_owned(), "9 Mill Lane".to_owned()];
        for party in seed::PARTIES.iter().filter(|party| party.email != seed::PERSON.email) {
            others.push(party.email.to_owned());
            // The broker acts for Mary, by her own mandate: she must know who it is.
            if party.email != seed::BROKER.email {
                others.push(party.name.to_owned());
            }
        }
        for other in &others {
            assert!(!all.to_lowercase().contains(&other.to_lowercase()), "{other} is in the copy");
        }
        assert!(all.contains("Bea Larkin, broker") && all.contains("officer of Example Vale Council"));
        let data = data(&files);
        let deliveries = data["tables"]["deliveries"].as_array().unwrap();
        let note = deliveries.iter().find(|row| row["id"] == world.deliveries[0]).unwrap()["note"].clone();
        assert_eq!(
            note,
            "[somebody else] ([somebody else]) came along. Mr [somebody else] of [somebody else] was loud."
        );
        assert!(!all.contains("$argon2"), "no secret");
    }
}

#[test]
fn own_words_come_back_and_a_copy_does_not_tell_who_else_is_known_here() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let attorney = world.app.user("attorney@test.example", "Ann Attorney");
        world.app.mandate(PersonId::new(world.mary), attorney, Authority::Attorney);
        // Somebody with a sign-in who has nothing to do with Mary's council or providers, and a carer of one word.
        world.app.user("stranger@test.example", "Nora Quick");
        let [named, asked] = world.deliveries;
        world.app.fresh.execute(&format!(
            "UPDATE users SET name = 'Support' WHERE email = '{}';
             UPDATE deliveries SET note = 'Support at home, with Nora Quick and Tom Ashdown.' WHERE id = {named};
             UPDATE deliveries SET query_reason = 'Tom Ashdown came instead.', decided_by =
                (SELECT user_id FROM people WHERE id = {}) WHERE id = {asked}",
            seed::AGENCY.email,
            world.mary
        ));
        let note = |files: &Files, id: i64, column: &str| {
            let deliveries = data(files)["tables"]["deliveries"].as_array().unwrap().clone();
            deliveries.iter().find(|row| row["id"] == id).unwrap()[column].as_str().unwrap().to_owned()
        };
        let own = world.copy(&world.signed_in(seed::PERSON.email), &json!({}));
        assert_eq!(note(&own, named, "note"), "Support at home, with Nora Quick and [somebody else].");
        assert_eq!(note(&own, asked, "query_reason"), "Tom Ashdown came instead.");
        let theirs = world.copy(&world.app.signed_in("attorney@test.example"), &json!({}));
        assert_eq!(note(&theirs, asked, "query_reason"), "[somebody else] came instead.");
    }
}

#[derive(QueryableByName)]
struct Key {
    #[diesel(sql_type = Text)]
    child: String,
    #[diesel(sql_type = Text)]
    col: String,
    #[diesel(sql_type = Text)]
    parent: String,
}

/// Which column of which table leads to which: keys, and columns that are called as keys are. Both engines have the same.
fn keys() -> Vec<Key> {
    let sql = "SELECT m.name AS child, k.\"from\" AS col, k.\"table\" AS parent
        FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table'
        UNION SELECT m.name, c.name, 'people' FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c.name = 'person_id'
        UNION SELECT m.name, c.name, 'funds' FROM sqlite_master m JOIN pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c.name = 'fund_id' ORDER BY 1, 2";
    FreshDb::new(Engine::Sqlite).db.read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap()
}

/// What a table's rows must hang on to be somebody's; for whatever fails, what to do.
const WHAT_TO_DO: &str = "add it to src/personal_data/rules/catalogue.rs: to TABLES with each of its columns, or to NOT_EXPORTED with a reason";

#[test]
fn every_row_that_is_the_persons_is_in_it() {
    let keys = keys();
    for engine in Engine::all() {
        let world = World::begin(engine);
        let data = data(&world.copy(&world.signed_in(seed::PERSON.email), &json!({})));
        let mut theirs: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        theirs.insert("people".to_owned(), BTreeSet::from([world.mary]));
        // What she did where it concerns nobody by name, such as signing in.
        let own_acts = "SELECT id, '' AS text FROM audit_events WHERE person_id IS NULL AND organisation_id IS NULL
            AND user_id IN (SELECT user_id FROM people WHERE name = 'Mary Whitlow')";
        let own_acts: BTreeSet<i64> = found(&world.app, own_acts).iter().map(|row| row.id).collect();
        assert!(!own_acts.is_empty());
        theirs.insert("audit_events".to_owned(), own_acts);
        loop {
            let before: usize = theirs.values().map(BTreeSet::len).sum();
            for Key { child, col, parent } in &keys {
                let Some(of) = theirs.get(parent).filter(|of| !of.is_empty()).cloned() else { continue };
                let of: Vec<String> = of.iter().map(i64::to_string).collect();
                let sql = format!("SELECT id, '' AS text FROM {child} WHERE {col} IN ({})", of.join(", "));
                let rows = found(&world.app, &sql);
                theirs.entry(child.clone()).or_default().extend(rows.iter().map(|row| row.id));
            }
            if theirs.values().map(BTreeSet::len).sum::<usize>() == before {
                break;
            }
        }
        assert!(theirs.len() > 15, "the walk must see the tables: {:?}", theirs.keys());
        for (table, rows) in &theirs {
            if NOT_EXPORTED.iter().any(|(known, reason)| known == table && !reason.is_empty()) {
                continue;
            }
            assert!(TABLES.iter().any(|known| known.name == table), "{table} hangs on a person: {WHAT_TO_DO}");
            let exported = data["tables"][table].as_array().unwrap().iter();
            let exported: BTreeSet<i64> = exported.map(|row| row["id"].as_i64().unwrap()).collect();
            assert_eq!(&exported, rows, "the rows of {table}");
        }
    }
}

#[test]
fn every_table_and_column_that_concerns_somebody_is_named() {
    let tables: BTreeSet<String> = keys()
        .into_iter()
        .filter(|key| key.parent == "people" || (key.parent == "users" && key.col == "user_id"))
        .map(|key| key.child)
        .collect();
    let named = |table: &String| {
        TABLES.iter().any(|known| known.name == table) || NOT_EXPORTED.iter().any(|(known, _)| known == table)
    };
    let forgotten: Vec<&String> = tables.iter().filter(|table| !named(table)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}: {WHAT_TO_DO}");
    let known: BTreeSet<String> = TABLES
        .iter()
        .map(|table| table.name)
        .chain(NOT_EXPORTED.iter().map(|(name, _)| *name))
        .map(str::to_owned)
        .collect();
    assert_eq!(self::tables(), known, "{WHAT_TO_DO}");
    for (table, reason) in NOT_EXPORTED {
        assert!(reason.len() > 5 && TABLES.iter().all(|exported| exported.name != *table), "{table}");
    }
    let fresh = FreshDb::new(Engine::Sqlite);
    for table in TABLES {
        let sql = format!("SELECT name AS child, '' AS col, '' AS parent FROM pragma_table_info('{}')", table.name);
        let columns: Vec<Key> = fresh.db.read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap();
        let there: BTreeSet<&str> = columns.iter().map(|column| column.child.as_str()).collect();
        let named: BTreeSet<&str> = table.columns().into_iter().map(|column| column.name).collect();
        assert_eq!(there, named, "the columns of {}: {WHAT_TO_DO}", table.name);
        assert!(
            matches!(table.columns().first(), Some(Column { name: "id", kind: Kind::Number, .. })),
            "{}",
            table.name
        );
    }
}

#[test]
fn who_may_ask_sees_what_they_may() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let attorney = world.app.user("attorney@test.example", "Ann Attorney");
        world.app.mandate(PersonId::new(world.mary), attorney, Authority::Attorney);
        let (mary, broker) = (world.signed_in(seed::PERSON.email), world.signed_in(seed::BROKER.email));
        let attorney = world.app.signed_in("attorney@test.example");
        let officer = world.signed_in(seed::OFFICER.email);
        let own = mary.post_json(&world.path(), &json!({})).must_be(201).location.clone().unwrap();
        // Asked again while it waits: the same one, also with another form.
        assert_eq!(mary.post_json(&world.path(), &json!({})).must_be(201).location.as_ref(), Some(&own));
        assert_eq!(mary.submit(&world.path(), &world.path(), &[]).location.as_ref(), Some(&own));
        // A broker does not see everything, so they have no copy of everything.
        broker.post_json(&world.path(), &json!({})).must_be(403);
        broker.open(&format!("/people/{}", world.mary)).must_not_say("A copy of everything");
        mary.open(&format!("/people/{}", world.mary)).must_say("A copy of everything that is kept");
        let theirs = attorney.post_json(&world.path(), &json!({})).must_be(201).location.clone().unwrap();
        assert_ne!(own, theirs);
        officer.post_json(&world.path(), &json!({})).must_be(422);
        officer.post_json(&world.path(), &json!({ "received_on": "2027-01-01" })).must_be(422);
        let answer = officer.post_json(&world.path(), &json!({ "received_on": "2026-11-20" }));
        let answer = answer.must_be(201).location.clone().unwrap();
        mary.get(&format!("{own}/file")).must_be(404);
        world.app.work();
        let seen = [
            (&mary, [200, 200, 200]),
            (&attorney, [404, 200, 404]),
            (&officer, [404, 404, 200]),
            (&broker, [403, 403, 403]),
        ];
        for (visitor, sees) in seen {
            for (export, status) in [&own, &theirs, &answer].into_iter().zip(sees) {
                visitor.get(export).must_be(status);
                visitor.get(&format!("{export}/file")).must_be(status);
            }
        }
        // Where Mary signs in and what is mailed to her is her own affair.
        let files = unzipped(&attorney.get(&format!("{theirs}/file")).bytes);
        assert!(!files.contains_key("csv/sessions.csv") && files.contains_key("csv/funds.csv"));
        assert!(unzipped(&mary.get(&format!("{own}/file")).bytes).contains_key("csv/sessions.csv"));
        let tom = world.signed_in(seed::NEIGHBOUR.email);
        for path in [world.path(), own.clone(), format!("{own}/file")] {
            tom.get(&path).must_be(404);
            world.signed_in(seed::AGENCY.email).get(&path).must_be(404);
            world.signed_in(seed::FINANCE.email).get(&path).must_be(403);
            world.app.visitor().get(&path).must_be(303);
        }
        // Another person's number before the number of Mary's copy.
        let number = own.rsplit('/').next().unwrap();
        let tom_id = found(&world.app, "SELECT id, name AS text FROM people WHERE name = 'Tom Ashdown'")[0].id;
        tom.get(&format!("/people/{tom_id}/exports/{number}/file")).must_be(404);
        // Fetching is recorded, by whomever.
        world.app.bring_record_up();
        let seen = found(
            &world.app,
            "SELECT id, user_name AS text FROM audit_events WHERE thing_kind = 'export' AND kind = 'view'",
        );
        let names: BTreeSet<&str> = seen.iter().map(|event| event.text.as_str()).collect();
        assert_eq!(names, BTreeSet::from(["Mary Whitlow", "Ann Attorney", "Olive Marsh"]));
        // Who acts sees their own mandate and what is no affair between the person and the council; of the evidence of
        // others, of who looked, of what was found about capacity, nothing.
        for sheet in ["audit_events", "audit_grants", "capacity_decisions", "second_factors", "memberships"] {
            assert!(!files.contains_key(&format!("csv/{sheet}.csv")), "{sheet}");
        }
        // Once the person keeps something from them they have no copy of everything, also not the one that is made.
        world.app.fresh.execute(&format!(
            "INSERT INTO mandate_hidden_items (mandate_id, kind, item_id, hidden_by, hidden_at)
                SELECT m.id, 'invoice', 1, p.user_id, m.recorded_at FROM mandates m JOIN people p ON p.id = m.person_id
                WHERE p.id = {} AND m.authority = 'attorney'",
            world.mary
        ));
        for path in [world.path(), theirs.clone(), format!("{theirs}/file")] {
            attorney.get(&path).must_be(403);
        }
        // After seven days it is gone, be the job late or not.
        world.app.on("2026-11-30");
        let mary = world.signed_in(seed::PERSON.email);
        mary.get(&format!("{own}/file")).must_be(404);
        mary.open(&own).must_say("is deleted");
        world.app.work();
        assert!(found(&world.app, "SELECT id, sha256 AS text FROM export_files").is_empty());
        mary.open(&own).must_say("is deleted");
    }
}

#[test]
fn a_copy_whose_maker_was_killed_is_made_once() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        world.app.work();
        let mary = world.signed_in(seed::PERSON.email);
        let own = mary.post_json(&world.path(), &json!({})).must_be(201).location.clone().unwrap();
        let export = own.rsplit('/').next().unwrap().parse().unwrap();
        // A server claims the job, begins, and dies.
        let now = world.app.clock.now();
        world
            .app
            .db()
            .write_now(move |tx| {
                assert!(queue::claim(tx, &["export"], now)?.is_some());
                assert!(tailormade::personal_data::store::begin(tx, export)?.is_some());
                tailormade::personal_data::store::progress(tx, export, 2)
            })
            .unwrap();
        assert_eq!(world.app.work(), 0, "somebody has it still");
        mary.open(&own).must_say("It is being made");
        world.app.clock.set(now + chrono::TimeDelta::minutes(6));
        world.app.work();
        mary.open(&own).must_say("It is ready");
        assert_eq!(found(&world.app, "SELECT id, sha256 AS text FROM export_files").len(), 1);
        unzipped(&mary.get(&format!("{own}/file")).must_be(200).bytes);
    }
}

#[test]
fn what_an_officer_holds_back_is_not_in_it_and_it_says_so() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let (mary, officer) = (world.signed_in(seed::PERSON.email), world.signed_in(seed::OFFICER.email));
        world.copy(&officer, &json!({ "received_on": "2026-11-20" }));
        officer
            .open(&world.path())
            .must_say(&format!("“Support that was given to you”, number {}: note", world.deliveries[0]));
        mary.open(&world.path()).must_not_say("To be looked at");
        let hold = format!("/people/{}/withholdings", world.mary);
        let delivery = world.deliveries[0].to_string();
        let held =
            json!({ "table": "deliveries", "row": delivery, "ground": "third_party", "reason": "It shows who it is." });
        mary.post_json(&hold, &held).must_be(403);
        officer
            .post_json(&hold, &json!({ "table": "people", "row": "1", "ground": "third_party", "reason": "x" }))
            .must_be(422);
        officer
            .post_json(&hold, &json!({ "table": "deliveries", "row": "99999", "ground": "third_party", "reason": "x" }))
            .must_be(422);
        let typed = [
            ("table", "deliveries"),
            ("row", delivery.as_str()),
            ("ground", "third_party"),
            ("reason", "It shows who it is."),
        ];
        officer.submit(&world.path(), &hold, &typed).must_say("It shows who it is.");
        let files = world.copy(&mary, &json!({}));
        let data = data(&files);
        assert_eq!(data["about"]["held_back"], 1);
        let row = data["tables"]["deliveries"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["id"] == world.deliveries[0])
            .cloned();
        assert_eq!(row.unwrap()["note"], Value::Null);
        for page in ["index.html", "README.txt"] {
            let said = text(&files, page);
            assert!(
                said.contains("One item is held back by Example Vale Council") && said.contains("ico.org.uk"),
                "{said}"
            );
        }
        let list = officer.open(&world.path());
        let id = found(&world.app, "SELECT id, reason AS text FROM export_withholdings")[0].id;
        list.must_say("Put number");
        officer.submit(&world.path(), &format!("{hold}/{id}/lifting"), &[]).must_say("Given up on");
        officer.post_json(&format!("{hold}/{id}/lifting"), &json!({})).must_be(409);
        officer.post_json(&format!("{hold}/9999/lifting"), &json!({})).must_be(404);
    }
}

/// Every table but those of the engine and of the migrations.
fn tables() -> BTreeSet<String> {
    let sql = "SELECT name AS child, '' AS col, '' AS parent FROM sqlite_master WHERE type = 'table'
        AND name NOT LIKE 'search_text%' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'";
    let rows: Vec<Key> =
        FreshDb::new(Engine::Sqlite).db.read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap();
    rows.into_iter().map(|row| row.child).collect()
}

/// A column of free text.
struct TextColumn {
    table: String,
    column: String,
}

/// Every column into which a text of any kind can be written: no list of words is laid down for it.
fn text_columns() -> Vec<TextColumn> {
    let sql = "SELECT name AS child, sql AS col, '' AS parent FROM sqlite_master WHERE type = 'table'";
    let made: Vec<Key> =
        FreshDb::new(Engine::Sqlite).db.read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap();
    let known = tables();
    let mut columns = vec![];
    for Key { child: table, col: sql, .. } in made.into_iter().filter(|row| known.contains(&row.child)) {
        // A column that was added later stands behind the others in one line.
        for line in sql.split('\n').flat_map(|line| line.split(", ")) {
            let mut words = line.trim().trim_start_matches('(').split_whitespace();
            if let (Some(column), Some("TEXT")) = (words.next(), words.next().map(|kind| kind.trim_end_matches(',')))
                && !line.contains("CHECK")
            {
                columns.push(TextColumn { table: table.clone(), column: column.to_owned() });
            }
        }
    }
    columns
}

/// What stands in everything of everybody else, and in every secret.
const FOREIGN: &str = "Quill marker";
/// What stands in every text of the person's own, with the table and the column.
const OWN: &str = "Ownmarker";
/// Tables of what everybody may read, whose words stand in a copy or are read by the program while it makes one.
const PUBLIC: [&str; 5] = ["organisations", "search_entries", "register_locations", "postcodes", "vat_registrations"];

/// Takes the triggers away that keep tables as they are, so that a test can write into them.
fn without_triggers(app: &TestApp, engine: Engine) {
    let (names, drop): (&str, fn(&str) -> String) = match engine {
        Engine::Sqlite => (
            "SELECT 0 AS id, name AS text FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_%' ESCAPE '\\'",
            |name| format!("DROP TRIGGER {name}"),
        ),
        Engine::Postgres => (
            "SELECT DISTINCT CAST(0 AS BIGINT) AS id, CAST(event_object_table AS TEXT) AS text
             FROM information_schema.triggers WHERE trigger_name LIKE '%\\_no\\_%'",
            |table| format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
        ),
    };
    for found in found(app, names) {
        app.fresh.execute(&drop(&found.text));
    }
}

/// More of everybody's: rows in tables that the story leaves empty.
fn more_rows(world: &World) {
    world.app.fresh.execute(
        "INSERT INTO capacity_decisions (person_id, decided_on, about, has_capacity, decided_by, note, recorded_by, recorded_at)
            SELECT id, '2026-11-02', 'money', TRUE, 'x', 'x', 1, created_at FROM people;
         INSERT INTO complaints (person_id, council_id, about, about_words, thing_words, asked_id, with_id, status, raised_by,
                raised_on, acknowledge_by, acknowledge_at_latest, answer_by, version)
            SELECT id, council_id, 'council', 'x', 'x', council_id, council_id, 'raised', 1, '2026-11-02', '2026-11-05',
                '2026-11-30', '2026-12-30', 1 FROM people;
         INSERT INTO complaint_entries (complaint_id, deed, text, by_user_id, authority, at)
            SELECT c.id, 'raised', 'x', 1, 'x', p.created_at FROM complaints c JOIN people p ON p.id = c.person_id;
         INSERT INTO safeguarding_concerns (reference, person_id, council_id, about_words, what, raised_by, raised_authority,
                raised_at) SELECT 'SG-' || id, id, council_id, 'x', 'x', 1, 'x', created_at FROM people;
         INSERT INTO safeguarding_entries (concern_id, number, deed, text, by_user_id, at)
            SELECT id, 1, 'note', 'x', 1, raised_at FROM safeguarding_concerns;
         INSERT INTO safeguarding_signals (dedupe_key, person_id, council_id, kind, reason, raised_at)
            SELECT 'test' || id, id, council_id, 'cash', 'x', created_at FROM people;
         INSERT INTO legal_holds (person_id, reason, from_date, authority, placed_by, placed_at)
            SELECT id, 'x', '2026-11-02', 'x', 1, created_at FROM people;
         INSERT INTO audit_break_glass (user_id, person_id, reason, began_at, ends_at)
            SELECT 1, id, 'x', created_at, created_at FROM people;
         INSERT INTO audit_grants (council_id, user_id, person_id, from_date, to_date, purpose, granted_by, granted_at)
            SELECT council_id, 1, id, '2026-11-02', '2026-11-02', 'x', 1, created_at FROM people;
         INSERT INTO communication_needs (person_id, plain_background, language, interpreter, note, from_date, reviewed_on,
                authority, recorded_by, recorded_at)
            SELECT id, FALSE, 'en', 'none', 'x', '2026-11-02', '2026-11-02', 'x', 1, created_at FROM people;
         INSERT INTO mandate_endings (mandate_id, cause, note, ended_by, ended_at)
            SELECT id, 'given_up', 'x', 1, recorded_at FROM mandates WHERE id NOT IN (SELECT mandate_id FROM mandate_endings);
         INSERT INTO mandate_evidence (mandate_id, note, added_by, added_at) SELECT id, 'x', 1, recorded_at FROM mandates;
         INSERT INTO mandate_offers (person_id, email, authority, see_plan, see_money, choose, sign, approve, from_date, note,
                offered_by, offered_as, offered_at)
            SELECT id, 'x', 'carer', TRUE, FALSE, FALSE, FALSE, FALSE, '2026-11-02', 'x', 1, 'officer', created_at FROM people;
         INSERT INTO mandate_offer_answers (offer_id, outcome, answered_by, answered_at)
            SELECT id, 'withdrawn', 1, offered_at FROM mandate_offers;
         INSERT INTO audit_events (at, kind, user_id, user_name, capacity, person_id, what, says, thing_kind, reference)
            SELECT created_at, 'act', 1, 'x', 'x', id, 'safeguarding.x', 'x', 'person', 'x' FROM people;
         INSERT INTO audit_events (at, kind, user_id, user_name, capacity, what, says, thing_kind, reference)
            SELECT created_at, 'sign_in', id, 'x', 'x', 'session.x', 'x', 'session', 'x' FROM users;",
    );
}

/// Writes the two markers: the foreign one into every text of everybody else's and into every secret, the person's own into
/// every text of theirs. Answers the texts of theirs, as table and column.
fn plant(world: &World) -> BTreeSet<String> {
    let (mut own, mut foreign) = (BTreeSet::new(), BTreeSet::new());
    for TextColumn { table, column } in text_columns() {
        let exported = TABLES.iter().find(|known| known.name == table);
        let kind = exported.and_then(|known| known.columns().into_iter().find(|known| known.name == column));
        let theirs = exported.map_or("FALSE".to_owned(), |known| {
            format!("COALESCE(({}), FALSE)", known.of.replace("{p}", &world.mary.to_string()))
        });
        let acts = format!(
            "id IN (SELECT user_id FROM mandates WHERE person_id = {} UNION SELECT user_id FROM people WHERE id = {})",
            world.mary, world.mary
        );
        let marked = match (table.as_str(), column.as_str(), kind.map(|column| column.kind)) {
            // What decides whose a row is, a paper as it was issued, and by what somebody signs in.
            (_, "what", Some(_)) | ("documents", "body", _) | ("users", "password_hash", _) => continue,
            (table, ..) if PUBLIC.contains(&table) => continue,
            // Whoever acts for the person is named to them.
            ("users", ..) => format!("NOT ({acts})"),
            (_, _, None) => "TRUE".to_owned(),
            (_, _, Some(Kind::LeftOut)) => "TRUE".to_owned(),
            (_, _, Some(Kind::Text)) => format!("NOT {theirs}"),
            _ => continue,
        };
        foreign.insert(format!("{table}.{column}"));
        world.app.fresh.execute(&format!("UPDATE {table} SET {column} = '{FOREIGN}' || id WHERE {marked}"));
        let says_whose = matches!(
            (table.as_str(), column.as_str()),
            ("mails", "to_address") | ("users", _) | ("people", "reference")
        );
        if kind.is_some_and(|column| column.kind == Kind::Text) && !says_whose {
            let marker = format!("{OWN}-{table}-{column}");
            world.app.fresh.execute(&format!("UPDATE {table} SET {column} = '{marker}' WHERE {theirs}"));
            let some = format!("SELECT COUNT(*) AS n FROM {table} WHERE {theirs}");
            if world.app.number(&some) > 0 {
                own.insert(marker);
            }
        }
    }
    assert!(foreign.len() > 100, "{foreign:?}");
    own
}

#[test]
fn nothing_that_was_planted_with_anybody_else_is_in_it() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let mary = world.signed_in(seed::PERSON.email);
        without_triggers(&world.app, engine);
        more_rows(&world);
        // The books stay as they were: the test's end looks at them.
        world.app.fresh.execute("CREATE TABLE kept AS SELECT id, description, sha256 FROM journal_entries");
        let own = plant(&world);
        // Another person is named in what was written about Mary, too.
        let tom = world.app.number("SELECT min(id) AS n FROM people WHERE name LIKE 'Quill%'");
        world.app.fresh.execute(&format!(
            "UPDATE deliveries SET note = 'With {FOREIGN}{tom}, {OWN}-deliveries-note' WHERE id = {}",
            world.deliveries[0]
        ));
        let files = world.copy(&mary, &json!({}));
        let all: String = files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        for (name, bytes) in &files {
            let text = String::from_utf8_lossy(bytes);
            let leak = text.to_lowercase().find(&FOREIGN.to_lowercase());
            let around = leak.map(|at| text.to_lowercase()[at.saturating_sub(200)..at + 40].to_owned());
            assert_eq!(around, None, "{name} has something of somebody else");
        }
        assert!(own.len() > 45, "{own:?}");
        let missing: Vec<&String> = own.iter().filter(|marker| !all.contains(*marker)).collect();
        assert!(missing.is_empty(), "not in the copy: {missing:?}");
        world.app.fresh.execute(
            "UPDATE journal_entries SET description = (SELECT description FROM kept WHERE kept.id = journal_entries.id),
                 sha256 = (SELECT sha256 FROM kept WHERE kept.id = journal_entries.id);
             DROP TABLE kept; DELETE FROM audit_seals; DELETE FROM audit_leases",
        );
    }
}

#[test]
fn the_copy_opens_from_disk_in_a_browser() {
    let Some(browser) = Browser::for_tests(Options { size: DESK, ..Options::default() }) else { return };
    let world = World::begin(Engine::Sqlite);
    let files = world.copy(&world.signed_in(seed::PERSON.email), &json!({}));
    let folder = fast_folder();
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    // The service is gone: whatever the page needs lies beside it.
    drop(world);
    let index = format!("file://{}/index.html", folder.path().display());
    for size in [PHONE, DESK] {
        browser.resize(size);
        browser.goto(&index);
        browser.must_show("Everything that is kept about Mary Whitlow");
        assert!(!browser.overflows(), "{size:?}: the page is wider than the window");
        let fetched = "return performance.getEntriesByType('resource').map(entry => entry.name)";
        assert_eq!(browser.script(fetched, json!([])), json!([]), "nothing is fetched");
        if let Some(axe) = Axe::for_tests() {
            axe.must_pass(&browser);
        }
    }
    let paper = files.keys().find(|name| name.starts_with("papers/")).unwrap();
    browser.goto(&format!("file://{}/{paper}", folder.path().display()));
    browser.must_show("Mary Whitlow");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
