//! What others list, taken in: from files, from a second installation's feed, broken off, changed, withdrawn, merged.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tailormade::error::Error;
use tailormade::open_referral::import::{Options, Summary, run};
use tailormade::open_referral::incoming;

use super::schemas::{Official, json_of, must_obey};
use super::town;
use crate::journeys::marketplace::names;
use crate::support::app::{Engine, TestApp, fast_folder};
use crate::support::parts;

fn try_import(app: &TestApp, source: &str, options: &Options) -> (Result<Summary, Error>, Vec<String>) {
    let mut refused = vec![];
    let at = (app.clock.now(), app.clock.today());
    let outcome = run(app.db(), source, options, at, &mut |_, why| refused.push(why.to_owned()));
    (outcome, refused)
}

#[track_caller]
fn import(app: &TestApp, source: &str) -> Summary {
    try_import(app, source, &Options::default()).0.unwrap()
}

fn whole(name: &str) -> Options {
    Options { whole: true, name: Some(name.to_owned()) }
}

fn counts(summary: &Summary) -> [u64; 6] {
    [summary.read, summary.imported, summary.updated, summary.unchanged, summary.withdrawn, summary.refused]
}

/// A service as another feed would list it.
fn listed(id: &str, name: &str, provider: &str) -> Value {
    json!({ "id": id, "name": name, "status": "active", "organization": { "id": "o", "name": provider, "description": "-" },
        "description": "From afar.",
        "service_at_locations": [{ "location": { "addresses": [{ "city": "Dorchester", "postal_code": "DT1 1XJ" }] } }] })
}

fn file(folder: &Path, name: &str, services: &[Value]) -> String {
    let file = folder.join(name);
    std::fs::write(&file, json!({ "contents": services }).to_string()).unwrap();
    file.display().to_string()
}

fn found(app: &TestApp, query: &str) -> Vec<String> {
    names(&app.visitor().get_json(&format!("/search?{query}")))
}

#[test]
fn the_published_examples_are_read_and_can_be_written_again() {
    let Some(official) = Official::read() else { return };
    let folder = parts::data().unwrap().join("open-referral-uk/examples");
    let full = json_of(&folder.join("service_full.json"));
    let read = incoming::services(full.clone()).remove(0).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(written, full);
    for name in ["service_full", "service_list", "service_at_location_full", "organization_full"] {
        for service in incoming::services(json_of(&folder.join(format!("{name}.json")))) {
            must_obey(&official.compiled("service.json"), name, &serde_json::to_value(service.unwrap()).unwrap());
        }
    }
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        let source = folder.display().to_string();
        assert_eq!(counts(&import(&app, &source)), [1, 1, 0, 0, 0, 0]);
        assert_eq!(counts(&import(&app, &source)), [1, 0, 0, 1, 0, 0]);
        let visitor = app.visitor();
        let page = visitor.open("/search?words=counselling");
        page.must_say("Community Counselling")
            .must_say("From examples.")
            .must_say("its provider has not listed it here");
        let card = &visitor.get_json("/search?words=counselling").json()["results"][0];
        let page = visitor.open(card["href"].as_str().unwrap());
        page.must_say("Example Organization Inc.")
            .must_say("£35 per 1 hour session")
            .must_say("Under 18s and Over 60s");
        // Whoever is contacted there is nobody's business here.
        page.must_not_say("Persona").must_say("Where this comes from");
        assert_eq!(app.number("SELECT count(*) AS n FROM imported_listings WHERE record LIKE '%Persona%'"), 0);
        app.visitor().get("/imported/999").must_be(404);
    }
}

#[test]
fn our_own_feed_is_read_by_another_installation() {
    for engine in Engine::all() {
        let (here, there) = (TestApp::in_the_story(engine), TestApp::start(engine));
        let source = format!("{}/open-referral", here.url);
        let count = here.number("SELECT count(*) AS n FROM services WHERE published") as u64;
        assert_eq!(counts(&import(&there, &source)), [count, count, 0, 0, 0, 0]);
        let card = |app: &TestApp| app.visitor().get_json("/search?words=day+club").json()["results"][0].clone();
        let (own, theirs) = (card(&here), card(&there));
        assert_eq!((&own["name"], &own["provider"]), (&theirs["name"], &theirs["provider"]));
        assert_eq!(own["price"]["pays"], theirs["price"]["pays"]);
        assert_eq!(
            (&own["category"], &own["vat"], &own["place"]),
            (&theirs["category"], &theirs["vat"], &theirs["place"])
        );
        assert_eq!(theirs["fictional"], true);
        there.visitor().open(theirs["href"].as_str().unwrap()).must_say("127.0.0.1");
        // Only what changed is asked for again: here the newest, because the moment is meant inclusively.
        here.clock.advance(chrono::TimeDelta::hours(1));
        here.fresh.execute("UPDATE services SET summary = 'New words' WHERE name = 'Day club'");
        here.fresh.execute("UPDATE service_changes SET changed_at = NULL WHERE service_id = (SELECT id FROM services WHERE name = 'Day club')");
        let changed = import(&there, &source);
        assert_eq!((changed.updated, changed.imported, changed.refused), (1, 0, 0));
        let again = import(&there, &source);
        assert_eq!(counts(&again), [1, 0, 0, 1, 0, 0]);
        there.visitor().open("/search?words=day+club").must_say("New words");
        // What is withdrawn there goes here when everything is read.
        here.fresh.execute("DELETE FROM search_entries WHERE name = 'Art class'");
        assert_eq!(found(&there, "words=art+class").len(), 1);
        there.clock.advance(chrono::TimeDelta::hours(1));
        let all = try_import(&there, &source, &whole("The other council")).0.unwrap();
        assert_eq!((all.read, all.withdrawn), (count - 1, 1));
        assert_eq!(found(&there, "words=art+class"), [""; 0]);
        let back =
            there.number("SELECT count(*) AS n FROM search_entries WHERE imported_listing_id IS NOT NULL") as u64;
        assert_eq!(back, count - 1);
    }
}

#[test]
fn a_providers_own_words_stand_and_doubles_are_shown_once() {
    for engine in Engine::all() {
        let town = town(engine);
        let (app, folder) = (&town.app, fast_folder());
        let own = || app.visitor().get_json("/search?words=garden").json()["results"].clone();
        let before = own();
        let one = file(
            folder.path(),
            "one.json",
            &[listed("1", "Garden Club", "Sunrise Days Ltd"), listed("2", "Choir", "Village Voices")],
        );
        let two = file(folder.path(), "two.json", &[listed("x", "choir", "The Village Voices CIC")]);
        assert_eq!(counts(&import(app, &one)), [2, 2, 0, 0, 0, 0]);
        assert_eq!(counts(&import(app, &two)), [1, 1, 0, 0, 0, 0]);
        assert_eq!(own(), before);
        assert_eq!(found(app, "words=choir"), ["Choir"]);
        let card = &app.visitor().get_json("/search?words=choir").json()["results"][0];
        let href = card["href"].as_str().unwrap();
        app.visitor().open(href).must_say("one, read on 2 November 2026").must_say("two, read on 2 November 2026");
        // The first source drops it: the other one speaks now.
        let mut gone = listed("2", "Choir", "Village Voices");
        gone["status"] = json!("defunct");
        let one = file(folder.path(), "one.json", &[listed("1", "Garden Club", "Sunrise Days Ltd"), gone]);
        assert_eq!(counts(&import(app, &one)), [2, 0, 0, 1, 1, 0]);
        assert_eq!(found(app, "words=choir"), ["choir"]);
        app.visitor().get(href).must_be(404);
        // The provider takes its own back: the next import shows the other again; publishing it hides that.
        let service = before[0]["href"].as_str().unwrap();
        let provider = app.signed_in("provider@example.org");
        provider.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        assert_eq!(found(app, "words=garden"), [""; 0]);
        import(app, &one);
        assert_eq!(found(app, "words=garden"), ["Garden Club"]);
        provider.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        assert_eq!(own()[0]["service"], before[0]["service"]);
        assert_eq!(own().as_array().unwrap().len(), 1);
    }
}

#[test]
fn a_price_of_another_feed_ends_with_its_day() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        let folder = fast_folder();
        let mut service = listed("1", "Club", "Voices");
        service["cost_options"] = json!([{ "id": "c", "amount": 36, "valid_from": "2026-01-01", "valid_to": "2026-11-30",
            "x_unit": "day", "x_net": "30.00", "x_vat_class": "D", "x_band_rule": { "days": "every" } }]);
        import(&app, &file(folder.path(), "one.json", &[service]));
        app.visitor().open("/search?words=club").must_say("£36.00 per day");
        app.on("1 December 2026");
        app.work();
        app.visitor().open("/search?words=club").must_not_say("£36.00").must_say("From another directory");
    }
}

#[test]
fn what_another_feed_lists_sinks_three_months_after_it_was_assured() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        let folder = fast_folder();
        let mut assured = listed("1", "Chess club", "Voices");
        assured["assured_date"] = json!("2026-10-01");
        assured["cost_options"] = json!([{ "id": "c", "amount": 36, "valid_from": "2026-01-01", "valid_to": "2027-06-30",
            "x_unit": "day", "x_net": "30.00", "x_vat_class": "D", "x_band_rule": { "days": "every" } }]);
        let mut changed = listed("2", "Bowls club", "Voices");
        changed["last_modified"] = json!("2026-10-15T08:00:00Z");
        let unsaid = listed("3", "Darts club", "Voices");
        let mut ahead = listed("4", "Rugby club", "Voices");
        ahead["assured_date"] = json!("2099-01-01");
        import(&app, &file(folder.path(), "one.json", &[assured.clone(), changed, unsaid, ahead]));
        let card = |name: &str| app.visitor().get_json(&format!("/search?words={name}")).json()["results"][0].clone();
        let page = |name: &str| app.visitor().open(card(name)["href"].as_str().unwrap());
        page("chess").must_say("Confirmed there on 1 October 2026.").must_not_say("Not confirmed");
        page("darts").must_not_say("Confirmed there").must_not_say("Not confirmed");
        for (names, last, since) in [
            (&["chess"][..], "2027-01-01", "1 October 2026"),
            (&["bowls"], "2027-01-15", "15 October 2026"),
            (&["darts", "rugby"], "2027-02-02", "2 November 2026"),
        ] {
            app.on(last);
            app.work();
            for name in names {
                assert!(card(name)["not_confirmed"].is_null(), "{engine:?} {name}");
            }
            app.clock.advance(chrono::TimeDelta::days(1));
            app.work();
            let says = format!("Not confirmed by its provider since {since}. Ask whether it still is so.");
            for name in names {
                assert_eq!(card(name)["not_confirmed"], says, "{engine:?} {name}");
                page(name).must_say(&says);
            }
        }
        // Its price goes on until its own day; assured again, the listing rises.
        app.visitor().open("/search?words=chess").must_say("£36.00 per day");
        assured["assured_date"] = json!("2027-02-01");
        import(&app, &file(folder.path(), "one.json", &[assured]));
        assert!(card("chess")["not_confirmed"].is_null(), "{engine:?}");
        app.on("2027-07-01");
        app.work();
        app.visitor().open("/search?words=chess").must_say("Not confirmed").must_not_say("£36.00 per day");
    }
}

/// A feed that answers by its pages; a page that is not there is a failure.
struct Stub {
    url: String,
    pages: Arc<Mutex<Vec<Value>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (pages, asked) = (Arc::<Mutex<Vec<Value>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (known, told) = (Arc::clone(&pages), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let first = lines.next().unwrap_or_default();
                lines.find(|line| line.is_empty());
                let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                let page = path.split("page=").nth(1).and_then(|rest| rest.split('&').next()?.parse::<usize>().ok());
                let found = known.lock().unwrap().get(page.unwrap_or(1) - 1).cloned();
                told.lock().unwrap().push(path);
                let (status, body) = match found {
                    Some(page) => ("200 OK", page.to_string()),
                    None => ("500 Failed", String::new()),
                };
                let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                stream.write_all(format!("{head}{body}").as_bytes()).ok();
            }
        });
        Self { url, pages, asked }
    }
}

#[test]
fn what_was_broken_off_is_completed_and_bad_rows_are_named() {
    for engine in Engine::all() {
        let (app, stub) = (TestApp::start(engine), Stub::start());
        let page = |services: Vec<Value>| json!({ "total_pages": 2, "contents": services });
        let nameless = json!({ "id": "7", "status": "active", "organization": { "name": "Us" }, "attributes": [{}] });
        let first = page(vec![listed("1", "One", "Us"), nameless.clone()]);
        stub.pages.lock().unwrap().push(first);
        let (outcome, refused) = try_import(&app, &stub.url, &Options::default());
        assert!(outcome.unwrap_err().to_string().contains("500"), "the second page is missing");
        assert_eq!(refused, ["2: the service 7 has no name"]);
        let second = |path: &&String| path.contains("page=2");
        let alike = stub.asked.lock().unwrap().iter().filter(second).all(|path| path.contains("per_page=100"));
        assert!(alike, "a page is another part of the list when it is asked for in another way");
        assert_eq!(found(&app, "words=one"), ["One"]);
        assert_eq!(app.number("SELECT count(*) AS n FROM imported_feeds WHERE read_at IS NOT NULL"), 0);
        let mut dated = listed("2", "Two", "Us");
        dated["last_modified"] = json!("2026-10-01T08:00:00.500Z");
        stub.pages.lock().unwrap().push(page(vec![dated.clone()]));
        assert_eq!(counts(&import(&app, &stub.url)), [3, 1, 0, 1, 0, 1]);
        // As long as a row is refused nothing is left out; then only what changed is asked for.
        *stub.pages.lock().unwrap() = vec![page(vec![listed("1", "One", "Us")]), page(vec![dated])];
        assert_eq!(counts(&import(&app, &stub.url)), [2, 0, 0, 2, 0, 0]);
        assert!(!stub.asked.lock().unwrap().iter().any(|path| path.contains("modified_after")));
        import(&app, &stub.url);
        assert!(stub.asked.lock().unwrap().last().unwrap().contains("modified_after=2026-10-01T08:00:00.500Z"));
        // A feed that is suddenly empty is broken: nothing is withdrawn.
        *stub.pages.lock().unwrap() = vec![page(vec![])];
        let (emptied, _) = try_import(&app, &stub.url, &whole("stub"));
        assert!(emptied.unwrap_err().to_string().contains("nothing was withdrawn"));
        assert_eq!(found(&app, "words=one"), ["One"]);
        let (nobody, _) = try_import(&app, "http://127.0.0.1:9/feed", &Options::default());
        assert!(nobody.is_err());
        let (missing, _) = try_import(&app, "/nowhere/at-all.json", &Options::default());
        assert!(missing.unwrap_err().to_string().contains("/nowhere/at-all.json"));
    }
}
