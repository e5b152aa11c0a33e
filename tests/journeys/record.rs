//! A person reads who looked at their record and who changed it.

use diesel::prelude::*;
use serde_json::json;
use tailormade::audit::store::Recorded;
use tailormade::db::schema::audit_events;
use tailormade::demo::seed;
use tailormade::routes::ROUTES;

use super::site::sign_in;
use crate::permissions::{examples, filled};
use crate::support::app::{Engine, TestApp};

/// What was recorded after an event, once all of it is written.
fn recorded_after(app: &TestApp, id: i64) -> Vec<Recorded> {
    app.bring_record_up();
    let rows = move |tx: &mut tailormade::db::Tx| {
        Ok(audit_events::table.filter(audit_events::id.gt(id)).order(audit_events::id).load(tx)?)
    };
    app.db().read_now(rows).unwrap()
}

fn last(app: &TestApp) -> i64 {
    app.bring_record_up();
    app.db().read_now(tailormade::audit::store::last_event).unwrap()
}

#[test]
fn a_person_reads_who_looked_and_who_changed_something() {
    for engine in Engine::all() {
        let app = TestApp::in_the_story(engine);
        let ids = examples(app.db());
        let (person, fund) = (ids["people"], ids["funds"]);
        let record = format!("/people/{person}/record");
        let mary = sign_in(&app, &seed::PERSON);
        mary.open("/").must_say("Who looked at your record, and who changed it");
        mary.open(&format!("{record}?show=looked")).must_not_say("Monday 23 November 2026 at 10am Olive");

        let olive = sign_in(&app, &seed::OFFICER);
        olive.open(&format!("/funds/{fund}"));
        sign_in(&app, &seed::BROKER).open(&format!("/people/{person}"));
        mary.open(&format!("/funds/{fund}"));
        let looked = mary.open(&format!("{record}?show=looked"));
        looked.must_say("Monday 23 November 2026 at 10am Olive Marsh, officer of");
        looked.must_say("looked at your fund");
        looked.must_say("Bea Larkin, support broker under mandate").must_say("looked at your page");
        looked.must_not_say("You looked");

        let changed = mary.open(&format!("{record}?show=changed"));
        changed.must_say("as your contribution").must_not_say("looked at your fund");
        // Page after page, until there is nothing older.
        let (mut pages, mut next) = (vec![], Some(format!("{record}?show=changed")));
        while let Some(path) = next {
            pages.push(mary.open(&path).text());
            next = mary.get_json(&path).json()["earlier_href"].as_str().map(str::to_owned);
        }
        let whole = pages.join(" ");
        for said in ["You set when to ask before", "You approved INV-", "recorded a personal budget of"] {
            assert!(whole.contains(said), "{said:?} is missing: {whole}");
        }
        let all = mary.get_json(&record).json();
        let events = all["events"].as_array().unwrap();
        assert_eq!(events.len(), 25);
        assert_eq!((&events[0]["kind"], &events[0]["at"]), (&json!("view"), &json!("2026-11-23T10:00:00Z")));
        let earlier = mary.open(all["earlier_href"].as_str().unwrap());
        earlier.must_say("Newest").must_say("Older");

        // The council reads it as well, and that is a look of its own.
        olive.open(&record).must_say("You looked at the fund").must_say("The record of Mary Whitlow");
        mary.open(&record).must_say("looked at your record of who looked");
        mary.open(&format!("/people/{person}")).must_say("Who looked at your record, and who changed it");
    }
}

#[test]
fn nobody_else_reads_who_looked() {
    let app = TestApp::in_the_story(Engine::Sqlite);
    let record = format!("/people/{}/record", examples(app.db())["people"]);
    for (party, status) in [(&seed::NEIGHBOUR, 404), (&seed::AGENCY, 404), (&seed::DAY_CLUB, 404), (&seed::BROKER, 403)]
    {
        sign_in(&app, party).get_json(&record).must_be(status);
    }
    sign_in(&app, &seed::BROKER).open("/").must_not_say("Who looked at your record");
}

#[test]
fn what_a_person_keeps_and_complains_about_is_in_nobody_elses_reading_of_their_record() {
    for engine in Engine::all() {
        let app = TestApp::in_the_story(engine);
        let ids = examples(app.db());
        let person = ids["people"];
        let of_mary = |sql: &str| app.number(&sql.replace("MARY", &person.to_string()));
        let mandate = of_mary("SELECT min(id) AS n FROM mandates WHERE person_id = MARY");
        let invoice =
            of_mary("SELECT min(i.id) AS n FROM invoices i JOIN funds f ON f.id = i.fund_id WHERE f.person_id = MARY");
        let delivery = of_mary(
            "SELECT min(d.id) AS n FROM deliveries d JOIN funds f ON f.id = d.fund_id
                WHERE f.person_id = MARY AND d.status = 'recorded'",
        );
        let mary = sign_in(&app, &seed::PERSON);
        let item = json!({ "item": format!("invoice:{invoice}") });
        mary.post_json(&format!("/mandates/{mandate}/hidden-items"), &item).must_be(201);
        let complaint = json!({ "person": person.to_string(), "whom": "council", "what": "Nobody rang me back." });
        mary.post_json("/concerns", &complaint).must_be(201);
        let seen = json!({ "version": 1, "reason": "It was not given" });
        mary.post_json(&format!("/deliveries/{delivery}/query"), &seen).must_be(201);
        // An officer holds an entry back from copies, and somebody looks into what concerns her safety.
        let olive = sign_in(&app, &seed::OFFICER);
        let held = json!({ "table": "deliveries", "row": delivery.to_string(), "ground": "third_party",
            "reason": "It shows who it is." });
        olive.post_json(&format!("/people/{person}/withholdings"), &held).must_be(201);
        app.bring_record_up();
        let record = format!("/people/{person}/record");
        let all = |visitor: &crate::support::visitor::Visitor| {
            let [acts, looks] = ["changed", "looked"].map(|show| visitor.get_json(&format!("{record}?show={show}")));
            acts.must_be(200).body.clone() + &looks.must_be(200).body
        };
        let kept = ["mandate.item", "complaint", "delivery.queried"];
        let own = all(&mary);
        for code in kept {
            assert!(own.contains(code), "{code} is in her own record: {own}");
        }
        for reader in [&seed::FINANCE, &seed::OFFICER] {
            let read = all(&sign_in(&app, reader));
            for code in kept {
                assert!(!read.contains(code), "{} reads {code}", reader.name);
            }
        }
        for told in [&own, &all(&sign_in(&app, &seed::FINANCE))] {
            assert!(!told.contains("withheld") && !told.contains("held an entry back"), "{told}");
            assert!(!told.contains("safeguarding") && !told.contains("concern"), "{told}");
        }
    }
}

/// Things that are nobody's personal record: what a provider sells, who belongs to an organisation, whose an entry of the
/// register is, one's own sign-in. Looks at what concerns somebody's safety are kept apart, where that person does not see
/// them.
const OF_NO_PERSON: [&str; 17] = [
    "/provider-documents/",
    "/vat-alerts/",
    "/vat-evidence/",
    "/provider/bulk/",
    "/imported/",
    "/open-referral/",
    "/council-rules/",
    "/services/",
    "/organisations/",
    "/register/",
    "/claims/",
    "/sign-in/",
    "/sign-up/",
    "/password-reset/",
    "/account/",
    "/invitations/",
    "/safeguarding/",
];

/// Pages of which the story has no example that anybody may open.
const UNREACHED: [&str; 9] = [
    "/people/{id}/exports/{export}",
    "/people/{id}/exports/{export}/file",
    "/mandate-offers/{id}/evidence",
    "/mandates/{id}/evidence/{file}",
    "/funds/{id}/agreements/new",
    "/quotes/{id}/choice",
    "/quotes/{id}/choice/document",
    "/agreements/{id}/terms",
    "/invoices/{id}/refund",
];

/// A page with a number in its address shows one thing; all others are some person's.
#[test]
fn every_page_of_a_persons_things_leaves_a_look_in_their_record() {
    let app = TestApp::in_the_story(Engine::Sqlite);
    let ask = json!({ "email": seed::DAY_CLUB.email, "authority": "carer", "from": "2026-11-23" });
    let mandates = format!("/people/{}/mandates", examples(app.db())["people"]);
    sign_in(&app, &seed::PERSON).post_json(&mandates, &ask).must_be(201);
    let ids = examples(app.db());
    app.fresh.execute("UPDATE invoices SET status = 'approved' WHERE kind = 'invoice' AND status = 'issued'");
    let parties = [&seed::OFFICER, &seed::FINANCE, &seed::AGENCY, &seed::DAY_CLUB, &seed::BROKER];
    let visitors: Vec<_> = parties.iter().map(|party| (party.name, sign_in(&app, party))).collect();
    let mary = sign_in(&app, &seed::PERSON);
    let pages = ROUTES.iter().filter(|route| route.method == "GET" && route.path.contains('{'));
    let mut unreached = vec![];
    for route in pages.filter(|route| !OF_NO_PERSON.iter().any(|start| route.path.starts_with(start))) {
        let path = filled(route.path, &ids);
        let before = last(&app);
        mary.get_json(&path);
        assert_eq!(recorded_after(&app, before), [], "{path}: one's own record is looked at freely");
        let mut reached = false;
        for (name, visitor) in &visitors {
            let before = last(&app);
            let status = visitor.get_json(&path).status;
            let events = recorded_after(&app, before);
            let seen = events.iter().filter(|event| event.kind == "view").count();
            assert_eq!(seen, usize::from(status == 200), "{name} {path} {status}: {events:?}");
            if status == 200 {
                let event = &events[0];
                assert_eq!((event.person_id, event.user_name.as_str()), (Some(ids["people"]), *name), "{path}");
                assert!(!event.capacity.is_empty() && !event.reference.is_empty(), "{event:?}");
                reached = true;
            }
        }
        if !reached {
            unreached.push(route.path);
        }
    }
    assert_eq!(unreached, UNREACHED);
}

#[test]
fn looks_are_written_when_many_wait_and_none_is_lost() {
    let app = TestApp::in_the_story(Engine::Sqlite);
    let fund = format!("/funds/{}", examples(app.db())["funds"]);
    let olive = sign_in(&app, &seed::OFFICER);
    let before = last(&app);
    let count = || {
        app.db().read_now(move |tx| tailormade::audit::store::events_after(tx, before, i64::MAX, 1_000)).unwrap().len()
    };
    for _ in 0..260 {
        olive.get_json(&fund).must_be(200);
    }
    assert!(count() >= 256, "{}", count());
    assert_eq!(recorded_after(&app, before).len(), 260);
}
