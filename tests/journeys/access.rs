//! Looking for a time: an auditor under a grant, an operator who breaks the glass; both on the person's record.

use chrono::TimeDelta;
use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::auth::store::access as auth_access;
use tailormade::demo::seed;
use tailormade::ids::OrganisationId;
use tailormade::people::OrganisationKind;

use super::site::sign_in;
use crate::permissions::examples;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

const AUDITOR: &str = "auditor@test.example";
const OPERATOR: &str = "operator@test.example";

fn council(app: &TestApp) -> OrganisationId {
    use diesel::prelude::*;
    use tailormade::db::schema::{memberships, users};
    let found = |tx: &mut tailormade::db::Tx| {
        let joined = memberships::table.inner_join(users::table.on(users::id.eq(memberships::user_id)));
        let place = joined.filter(users::email.eq(seed::OFFICER.email)).select(memberships::organisation_id);
        Ok(place.first(tx)?)
    };
    app.db().read_now(found).unwrap()
}

/// The story, with an auditor of its council.
fn audited(engine: Engine) -> (TestApp, Visitor) {
    let app = TestApp::in_the_story(engine);
    app.member(app.user(AUDITOR, "Ada Auditor"), council(&app), Role::Auditor);
    let auditor = app.signed_in(AUDITOR);
    (app, auditor)
}

fn grant<'a>(purpose: &'a str, to: &'a str) -> [(&'a str, &'a str); 3] {
    [("email", AUDITOR), ("to", to), ("purpose", purpose)]
}

/// The dates of a form in its own three fields.
fn until(fields: &[(&str, &str)], reference: &str) -> serde_json::Value {
    let mut body = json!({ "from": "2026-11-23", "reference": reference });
    for (name, value) in fields {
        body[*name] = json!(value);
    }
    body
}

#[test]
fn an_auditor_looks_for_a_purpose_and_a_time_and_changes_nothing() {
    for engine in Engine::all() {
        let (app, auditor) = audited(engine);
        let ids = examples(app.db());
        let (person, fund, invoice) = (ids["people"], ids["funds"], ids["invoices"]);
        let pages = [
            format!("/people/{person}"),
            format!("/funds/{fund}"),
            format!("/invoices/{invoice}"),
            format!("/people/{person}/record"),
        ];
        for page in &pages {
            auditor.get(page).must_be(404);
        }
        let olive = sign_in(&app, &seed::OFFICER);
        olive.open("/").must_say("Who may look for a time");
        olive.open("/access").must_say("Nobody looks at your people for a time now.");
        let body = until(&grant("the yearly audit of funds", "2026-11-30"), "");
        let reply = olive.post_json("/access/grants", &body);
        reply.must_be(201);
        olive.open("/access").must_say("Ada Auditor everybody of the council 23 to 30 November 2026");

        let home = auditor.open("/");
        home.must_say("You may look until 30 November 2026: the yearly audit of funds").must_say("Mary Whitlow");
        for page in &pages {
            auditor.open(page);
        }
        for (path, body) in [
            (format!("/people/{person}/budgets"), json!({})),
            (format!("/funds/{fund}/statements"), json!({})),
            (format!("/funds/{fund}/funding"), json!({ "amount": "10.00", "on": "2026-11-23", "reference": "x" })),
            (format!("/invoices/{invoice}/approval"), json!({ "version": 1 })),
            (format!("/funds/{fund}/packages"), json!({ "name": "x" })),
            ("/access/grants".to_owned(), json!({})),
        ] {
            auditor.post_json(&path, &body).must_be(403);
        }
        let mary = sign_in(&app, &seed::PERSON);
        let record = mary.open(&format!("/people/{person}/record"));
        record.must_say("Ada Auditor, auditor of Example Vale Council, looked at your fund");
        record.must_say("Why: the yearly audit of funds");

        app.on("2026-12-01");
        auditor.get(&pages[0]).must_be(404);
        auditor.open("/").must_not_say("You may look");
        sign_in(&app, &seed::OFFICER).open("/access").must_say("Over");
    }
}

#[test]
fn access_to_one_person_reaches_nobody_else_and_is_taken_back_at_once() {
    let (app, auditor) = audited(Engine::Sqlite);
    let mary = sign_in(&app, &seed::PERSON);
    let person = examples(app.db())["people"];
    let olive = sign_in(&app, &seed::OFFICER);
    let people = olive.open("/people");
    let reference = reference_of(&people.body, "Mary Whitlow");
    let body = until(&grant("a question of Mary’s", "2026-11-30"), &reference.to_lowercase());
    olive.post_json("/access/grants", &body).must_be(201);
    auditor.open(&format!("/people/{person}"));
    auditor.get("/people").must_be(403);
    let tom = sign_in(&app, &seed::NEIGHBOUR).get_json("/").json();
    let links = tom["sections"][0]["links"].as_array().unwrap();
    let own =
        |link: &serde_json::Value| link["href"].as_str().filter(|href| href.starts_with("/people/")).map(str::to_owned);
    let tom = links.iter().find_map(own).unwrap();
    auditor.get(&tom).must_be(404);
    mary.open(&format!("/people/{person}/record")).must_say("let Ada Auditor look at this record");

    let page = olive.open("/access");
    let action = page.body.split("action=\"/access/grants/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let other = app.user("other@test.example", "Other Officer");
    let elsewhere = app.organisation("Other Council", OrganisationKind::Council, &[]);
    app.member(other, elsewhere, Role::Officer);
    app.signed_in("other@test.example").post_json(&format!("/access/grants/{action}"), &json!({})).must_be(404);
    olive.submit("/access", &format!("/access/grants/{action}"), &[]).must_say("Taken back");
    auditor.get(&format!("/people/{person}")).must_be(404);
}

fn reference_of(page: &str, name: &str) -> String {
    let after = page.split(name).nth(1).unwrap();
    let start = after.find("TM-").unwrap();
    after[start..start + 12].to_owned()
}

#[test]
fn access_is_given_to_auditors_of_ones_own_council_for_a_time_that_ends() {
    let (app, _) = audited(Engine::Sqlite);
    let olive = sign_in(&app, &seed::OFFICER);
    for (changed, field) in [
        (("email", seed::AGENCY.email), "email"),
        (("to", "2026-11-01"), "to"),
        (("to", "2029-11-01"), "to"),
        (("purpose", "audit"), "purpose"),
        (("reference", "TM-AAAA-AAAA"), "reference"),
    ] {
        let mut body = until(&grant("the yearly audit of funds", "2026-11-30"), "");
        body[changed.0] = json!(changed.1);
        let reply = olive.post_json("/access/grants", &body);
        reply.must_be(422);
        assert_eq!(reply.json()["errors"][0]["field"], field, "{}", reply.body);
    }
    // An auditor of another council has nothing of a grant of this one.
    let elsewhere = app.organisation("Other Council", OrganisationKind::Council, &[]);
    let stranger = app.user("stranger@test.example", "Stranger");
    app.member(stranger, elsewhere, Role::Auditor);
    let mut body = until(&grant("the yearly audit of funds", "2026-11-30"), "");
    body["email"] = json!("stranger@test.example");
    olive.post_json("/access/grants", &body).must_be(422);
    let (council, person) = (council(&app), examples(app.db())["people"]);
    app.fresh.execute(&format!(
        "INSERT INTO audit_grants (council_id, user_id, from_date, to_date, purpose, granted_by, granted_at)
         VALUES ({council}, {stranger}, '2026-11-01', '2026-12-31', 'made up', {stranger}, '2026-11-01 10:00:00')"
    ));
    app.signed_in("stranger@test.example").get(&format!("/people/{person}")).must_be(404);
}

#[test]
fn an_operator_sees_a_record_for_an_hour_after_saying_why_and_the_person_reads_it() {
    for engine in Engine::all() {
        let app = TestApp::in_the_story(engine);
        let person = examples(app.db())["people"];
        let user = app.user(OPERATOR, "Otto Operator");
        app.db().write_now(move |tx| auth_access::make_operator(tx, user)).unwrap();
        let otto = app.signed_in(OPERATOR);
        let page = format!("/people/{person}");
        otto.get(&page).must_be(404);
        otto.open("/").must_say("You run this service");
        let olive = sign_in(&app, &seed::OFFICER);
        olive.get("/break-glass").must_be(403);
        let reference = reference_of(&olive.open("/people").body, "Mary Whitlow");

        let wrong = [("reference", "TM-AAAA-AAAA"), ("reason", "Her invoice cannot be opened.")];
        otto.send("/break-glass", "/break-glass", &wrong).must_be(422).must_say("Nobody has this reference");
        let short = [("reference", reference.as_str()), ("reason", "because")];
        otto.send("/break-glass", "/break-glass", &short).must_be(422);
        let typed = [("reference", reference.as_str()), ("reason", "Her invoice cannot be opened.")];
        otto.submit("/break-glass", "/break-glass", &typed).must_say("Mary Whitlow");
        let fund = examples(app.db())["funds"];
        otto.open(&format!("/funds/{fund}"));
        otto.post_json(&format!("{page}/budgets"), &json!({})).must_be(403);
        otto.post_json(&format!("/funds/{fund}/statements"), &json!({})).must_be(403);
        // Saying it again is no change of the record's things.
        otto.submit("/break-glass", "/break-glass", &typed);

        let record = sign_in(&app, &seed::PERSON).open(&format!("{page}/record?show=looked"));
        record.must_say("Otto Operator, who runs this service, broke the glass").must_say("looked at your fund");
        record.must_say("Why: Her invoice cannot be opened.");
        olive.open("/access").must_say("Otto Operator").must_say("Her invoice cannot be opened.");
        app.clock.advance(TimeDelta::minutes(61));
        otto.get(&page).must_be(404);
    }
}
