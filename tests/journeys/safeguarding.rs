//! A safeguarding concern reaches the council's safeguarding people and nobody else: not who it is about, not who acts for
//! the person, not the rest of the council. Signals wait to be judged.

use serde_json::json;
use tailormade::auth::rights::Authority;
use tailormade::concerns::store::signals;
use tailormade::ids::UserId;

use super::concerns::Place;
use crate::support::app::Engine;
use crate::support::visitor::{Reply, Visitor};

impl Place {
    /// The agency, which holds Pat's fund, is worried.
    fn concern(&self) -> String {
        let agency = self.of("agency");
        let typed = [("person", self.person.to_string()), ("what", "Her letters are opened.".to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = agency.submit("/safeguarding/new", "/safeguarding", &typed);
        page.must_say("Received on").must_say("Reference SG-").must_not_say("letters");
        page.location.unwrap().rsplit('/').next().unwrap().to_owned()
    }

    fn count(&self, sql: &str) -> i64 {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct Number {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let sql = sql.to_owned();
        let row: Number = self.app.db().read_now(move |tx| Ok(diesel::sql_query(sql).get_result(tx)?)).unwrap();
        row.n
    }

    fn raise_signals(&self) -> usize {
        let now = self.app.clock.now();
        self.app.db().write_now(move |tx| signals::raise_all(tx, now)).unwrap()
    }
}

/// Everywhere that something of a concern could show.
fn looks_everywhere(place: &Place, visitor: &Visitor) -> String {
    let mut all = String::new();
    for path in [
        "/",
        "/concerns",
        "/invoices",
        "/deliveries",
        "/safeguarding/new",
        &format!("/people/{}", place.person),
        &place.fund,
    ] {
        let reply = visitor.get(path);
        if reply.status == 200 {
            all.push_str(&reply.text());
        }
    }
    all
}

#[test]
fn a_concern_is_decided_by_safeguarding_people_and_every_look_is_recorded() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let id = place.concern();
        let safe = place.of("safeguarding");
        safe.open("/").must_say("1 safeguarding concern is open").must_not_say("letters");
        safe.open("/safeguarding").must_say("Open now: 1 concern and no signals").must_say("Pat Person");
        let path = format!("/safeguarding/{id}");
        let steps = format!("{path}/steps");
        safe.open(&path)
            .must_say("Her letters are opened.")
            .must_say("agency, for Example Home Care")
            .must_say("Looked at it");
        let refused = safe.send(&path, &steps, &[("step", "enquiry")]);
        refused.must_be(422).must_say("what you found, or why");
        safe.submit(&path, &steps, &[("step", "note"), ("text", "Rang the agency.")]).must_say("Rang the agency.");
        safe.submit(&path, &steps, &[("step", "enquiry"), ("text", "There is reasonable cause.")])
            .must_say("An enquiry is made.");
        safe.submit(&path, &steps, &[("step", "closed"), ("text", "A new lock.")]).must_say("Closed.");
        assert!(place.count("SELECT count(*) AS n FROM safeguarding_looks WHERE concern_id IS NOT NULL") >= 5);
        assert_eq!(place.count("SELECT count(*) AS n FROM safeguarding_looks WHERE concern_id IS NULL"), 1, "the list");
        let body = json!({ "seen": 3, "step": "note", "text": "More" });
        assert_eq!(safe.post_json(&steps, &body).status, 422, "it is closed");
        let old = json!({ "seen": 1, "step": "note", "text": "More" });
        assert_eq!(safe.post_json(&steps, &old).status, 409, "an old page");
    }
}

#[test]
fn to_everybody_else_a_concern_is_not_there() {
    let place = Place::new(Engine::Sqlite);
    let people = ["pat", "attorney", "agency", "agency-reader", "officer", "finance", "club", "broker", "stranger"];
    let before: Vec<String> = people.iter().map(|who| looks_everywhere(&place, &place.of(who))).collect();
    let id = place.concern();
    for (who, before) in people.iter().zip(before) {
        let visitor = place.of(who);
        assert_eq!(looks_everywhere(&place, &visitor), before, "{who} sees that something has changed");
    }
    let steps = json!({ "seen": 0, "step": "note", "text": "x" });
    for who in people.iter().chain(["other-officer", "other-safeguarding"].iter()) {
        let visitor = place.of(who);
        visitor.open("/");
        let missing = visitor.get("/safeguarding/999999");
        let found = visitor.get(&format!("/safeguarding/{id}"));
        assert_eq!((missing.status, found.status), (404, 404), "{who}");
        let but_for_its_reference = |reply: &Reply| reply.text().split("reference:").next().map(str::to_owned);
        assert_eq!(but_for_its_reference(&missing), but_for_its_reference(&found), "{who}");
        assert_eq!(visitor.post_json(&format!("/safeguarding/{id}/steps"), &steps).status, 404, "{who}");
        assert_eq!(visitor.post_json(&format!("/safeguarding/{id}/steps"), &json!({})).status, 404, "{who}");
        if *who != "agency" {
            assert_eq!(visitor.get(&format!("/safeguarding/received/{id}")).status, 404, "{who}");
        }
        if *who != "other-safeguarding" {
            assert_eq!(visitor.get("/safeguarding").status, 404, "{who}");
        }
    }
    place.of("other-safeguarding").open("/safeguarding").must_say("no concerns").must_not_say("Pat");
    assert_eq!(place.count("SELECT count(*) AS n FROM safeguarding_looks WHERE concern_id IS NOT NULL"), 0);
    assert_eq!(place.count("SELECT count(*) AS n FROM safeguarding_entries"), 0);
}

#[test]
fn nothing_of_it_stands_in_the_record_that_others_read() {
    let place = Place::new(Engine::Sqlite);
    place.app.bring_record_up();
    let before = place.count("SELECT count(*) AS n FROM audit_events WHERE kind <> 'sign_in'");
    let id = place.concern();
    let safe = place.of("safeguarding");
    safe.open(&format!("/safeguarding/{id}"));
    let note = json!({ "seen": 0, "step": "note", "text": "x" });
    assert_eq!(safe.post_json(&format!("/safeguarding/{id}/steps"), &note).status, 201);
    place.app.bring_record_up();
    assert_eq!(place.count("SELECT count(*) AS n FROM audit_events WHERE kind <> 'sign_in'"), before);
}

#[test]
fn a_safeguarding_person_sees_nothing_that_concerns_themselves() {
    let place = Place::new(Engine::Sqlite);
    let id = place.concern();
    place.app.mandate(place.person, UserId::new(place.user("safeguarding")), Authority::Deputy);
    let safe = place.of("safeguarding");
    assert_eq!(safe.get(&format!("/safeguarding/{id}")).status, 404, "they act for the person now");
    safe.open("/safeguarding").must_say("no concerns");
    safe.open("/").must_not_say("safeguarding concern is open");
}

#[test]
fn a_concern_is_about_somebody_whom_one_can_see_and_is_raised_once() {
    let place = Place::new(Engine::Sqlite);
    let body = |person: &str| json!({ "person": person, "what": "x" });
    for who in ["club", "broker", "other-officer", "stranger"] {
        assert_eq!(place.of(who).post_json("/safeguarding", &body(&place.person.to_string())).status, 404, "{who}");
    }
    for who in ["pat", "attorney", "agency", "agency-reader", "officer", "finance", "safeguarding"] {
        assert_eq!(place.of(who).post_json("/safeguarding", &body(&place.person.to_string())).status, 201, "{who}");
    }
    let pat = place.of("pat");
    let page = pat.open("/safeguarding/new");
    page.must_say("In danger now? Ring 999.");
    let person = place.person.to_string();
    let pairs = pat.form(&page, "/safeguarding", &[("person", &person), ("what", "Once")]);
    let (one, two) = (pat.post_pairs("/safeguarding", &pairs), pat.post_pairs("/safeguarding", &pairs));
    assert_eq!((one.status, one.location), (two.status, two.location));
    assert_eq!(place.count("SELECT count(*) AS n FROM safeguarding_concerns WHERE what = 'Once'"), 1);
    let typed = pat.send("/safeguarding/new", "/safeguarding", &[("about_words", "A neighbour"), ("what", "")]);
    typed.must_be(422).must_say("what you saw or heard");
    assert!(typed.body.contains("A neighbour"));
}

#[test]
fn a_representative_who_works_for_who_is_paid_is_a_signal_that_is_raised_once_and_judged_once() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        place.app.fresh.execute(&signal_sql(&place, "one"));
        assert_eq!(place.raise_signals(), 0, "nothing is wrong in the records");
        let safe = place.of("safeguarding");
        let page = safe.open("/safeguarding");
        page.must_say("1 signal").must_say("Much more cash than before");
        let id = place.count("SELECT min(id) AS n FROM safeguarding_signals");
        let path = format!("/safeguarding/signals/{id}");
        let judged = format!("{path}/judgement");
        safe.open(&path).must_say("A reason.").must_say("A signal proves nothing");
        safe.send(&path, &judged, &[("reason", "x")]).must_be(422);
        let page = safe.submit(&path, &judged, &[("judgement", "taken_up"), ("reason", "Nobody can say why.")]);
        page.must_say("A reason. Nobody can say why.").must_say("Waits for a decision");
        let again = json!({ "judgement": "dismissed", "reason": "x" });
        assert_eq!(safe.post_json(&judged, &again).status, 422, "it is judged already");
        place.app.fresh.execute(&signal_sql(&place, "two"));
        let second = place.count("SELECT max(id) AS n FROM safeguarding_signals");
        let path = format!("/safeguarding/signals/{second}");
        safe.submit(
            &path,
            &format!("{path}/judgement"),
            &[("judgement", "dismissed"), ("reason", "A new wheelchair.")],
        )
        .must_say("Judged signals");
        safe.open(&path).must_say("There is a good reason for it. A new wheelchair.");
        for who in ["pat", "attorney", "agency", "officer", "finance", "other-safeguarding"] {
            assert_eq!(place.of(who).get(&path).status, 404, "{who}");
            assert_eq!(place.of(who).post_json(&format!("{path}/judgement"), &again).status, 404, "{who}");
        }
        assert!(place.count("SELECT count(*) AS n FROM safeguarding_looks WHERE signal_id IS NOT NULL") >= 4);
    }
}

/// A signal as the rules would raise it.
fn signal_sql(place: &Place, key: &str) -> String {
    format!(
        "INSERT INTO safeguarding_signals (dedupe_key, person_id, council_id, kind, reason, raised_at)
         SELECT '{key}', id, council_id, 'cash', 'A reason.', created_at FROM people WHERE id = {}",
        place.person
    )
}
