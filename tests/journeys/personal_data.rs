//! A person's copy of everything: it opens without this service, all of theirs is in it, nothing of anybody else is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use tailormade::calendar::Clock;
use tailormade::config::Config;
use tailormade::demo::{self, seed};
use tailormade::personal_data::rules::catalogue::{Kind, NOT_EXPORTED, TABLES};
use tailormade::queue::store as queue;
use tailormade::web::token::Keys;

use crate::support::app::{Engine, FreshDb, TestApp, morning};
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
        visitor.sign_in(email, seed::PASSWORD);
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
    let fresh = FreshDb::new(Engine::Sqlite);
    for table in TABLES {
        let sql = format!("SELECT name AS child, '' AS col, '' AS parent FROM pragma_table_info('{}')", table.name);
        let columns: Vec<Key> = fresh.db.read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap();
        let there: BTreeSet<&str> = columns.iter().map(|column| column.child.as_str()).collect();
        let named: BTreeSet<&str> = table.columns().into_iter().map(|(column, _)| column).collect();
        assert_eq!(there, named, "the columns of {}: {WHAT_TO_DO}", table.name);
        assert!(matches!(table.columns().first(), Some(("id", Kind::Number))), "{}", table.name);
    }
}

#[test]
fn who_may_ask_sees_what_they_may() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let (mary, broker) = (world.signed_in(seed::PERSON.email), world.signed_in(seed::BROKER.email));
        let officer = world.signed_in(seed::OFFICER.email);
        let own = mary.post_json(&world.path(), &json!({})).must_be(201).location.clone().unwrap();
        // Asked again while it waits: the same one, also with another form.
        assert_eq!(mary.post_json(&world.path(), &json!({})).must_be(201).location.as_ref(), Some(&own));
        assert_eq!(mary.submit(&world.path(), &world.path(), &[]).location.as_ref(), Some(&own));
        let theirs = broker.post_json(&world.path(), &json!({})).must_be(201).location.clone().unwrap();
        assert_ne!(own, theirs);
        officer.post_json(&world.path(), &json!({})).must_be(422);
        officer.post_json(&world.path(), &json!({ "received_on": "2027-01-01" })).must_be(422);
        let answer = officer.post_json(&world.path(), &json!({ "received_on": "2026-11-20" }));
        let answer = answer.must_be(201).location.clone().unwrap();
        mary.get(&format!("{own}/file")).must_be(404);
        world.app.work();
        for (visitor, sees) in [(&mary, [200, 200, 200]), (&broker, [404, 200, 404]), (&officer, [404, 404, 200])] {
            for (export, status) in [&own, &theirs, &answer].into_iter().zip(sees) {
                visitor.get(export).must_be(status);
                visitor.get(&format!("{export}/file")).must_be(status);
            }
        }
        // Where Mary signs in and what is mailed to her is her own affair.
        let files = unzipped(&broker.get(&format!("{theirs}/file")).bytes);
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
        assert_eq!(names, BTreeSet::from(["Mary Whitlow", "Bea Larkin", "Olive Marsh"]));
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
            .must_say(&format!("Support that was given to you, number {}: note", world.deliveries[0]));
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
