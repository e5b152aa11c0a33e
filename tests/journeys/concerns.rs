//! Something is wrong: a complaint with its clock, from the person's words to whoever must answer, to the council, outside.

use serde_json::{Value, json};
use tailormade::auth::rights::{Authority, Role};
use tailormade::concerns::store::complaints;
use tailormade::db::Tx;
use tailormade::ids::{OrganisationId, PersonId};
use tailormade::mail::desk::Desk;
use tailormade::people::OrganisationKind;
use tailormade::render::Renderer;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

/// A council, a home-care agency that holds a fund, a person with an attorney and a broker, and some who have no part in it.
pub struct Place {
    pub app: TestApp,
    pub person: PersonId,
    pub agency: OrganisationId,
    pub fund: String,
}

impl Place {
    pub fn new(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        let agency = app.organisation("Example Home Care", OrganisationKind::Company, &["provider", "holder"]);
        let club = app.organisation("Example Day Club", OrganisationKind::Company, &["provider"]);
        let other = app.organisation("Other Council", OrganisationKind::Council, &[]);
        let brokerage = app.organisation("Example Brokerage", OrganisationKind::Company, &["broker"]);
        for (name, organisation, role) in [
            ("officer", council, Role::Officer),
            ("finance", council, Role::Finance),
            ("safeguarding", council, Role::Safeguarding),
            ("agency", agency, Role::Coordinator),
            ("agency-reader", agency, Role::Reader),
            ("club", club, Role::Coordinator),
            ("other-officer", other, Role::Officer),
            ("other-safeguarding", other, Role::Safeguarding),
            ("broker", brokerage, Role::Coordinator),
        ] {
            let user = app.user(&format!("{name}@example.org"), name);
            app.member(user, organisation, role);
        }
        let user = app.user("pat@example.org", "Pat Person");
        let person = app.person("Pat Person", Some(user), council);
        let attorney = app.user("attorney@example.org", "Anne Attorney");
        app.mandate(person, attorney, Authority::Attorney);
        let stranger = app.user("stranger@example.org", "Sam Stranger");
        app.person("Sam Stranger", Some(stranger), council);
        let officer = app.signed_in("officer@example.org");
        let budget =
            json!({ "weekly": "420.00", "contribution_weekly": "0", "starts_on": "2026-11-02", "agreed_note": "x" });
        officer.post_json(&format!("/people/{person}/budgets"), &budget).must_be(201);
        let fund = json!({
            "form": "individual_service_fund", "weekly": "420.00", "holder": agency.to_string(),
            "structure": "agent_of_person", "recovery_confirmed": "true", "payment_frequency": "four_weekly",
            "contribution_mode": "holder_collects", "starts_on": "2026-11-02",
        });
        let made = officer.post_json(&format!("/people/{person}/funds"), &fund);
        let fund = made.must_be(201).location.clone().unwrap();
        Self { app, person, agency, fund }
    }

    pub fn of(&self, name: &str) -> Visitor {
        self.app.signed_in(&format!("{name}@example.org"))
    }

    pub fn user(&self, name: &str) -> i64 {
        let email = format!("{name}@example.org");
        let found = self.app.db().read_now(move |tx| tailormade::auth::store::user_by_email(tx, &email)).unwrap();
        found.unwrap().id.number()
    }

    /// Pat complains about the agency's holding of the fund, from the fund's own page.
    fn complaint(&self, pat: &Visitor) -> String {
        pat.open(&self.fund).must_say("Something is wrong? Tell us");
        let about = format!("/concerns/new?about={}", self.fund.trim_start_matches('/').replace("funds/", "fund-"));
        let typed = [("whom", format!("holder-{}", self.agency)), ("what", "The statement never came.".to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = pat.submit(&about, "/concerns", &typed);
        page.must_say("The statement never came.").must_say("Local Government and Social Care Ombudsman");
        page.location.unwrap()
    }

    /// What the clock does every day.
    fn clock_runs(&self) -> usize {
        let (renderer, now) = (Renderer::load().unwrap(), self.app.clock.now());
        let work = move |tx: &mut Tx| {
            complaints::take_on_overdue(tx, &Desk { renderer: &renderer, public_url: "http://x.example", now })
        };
        self.app.db().write_now(work).unwrap()
    }
}

fn version(visitor: &Visitor, path: &str) -> Value {
    let reply = visitor.get_json(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    reply.json()["version"].clone()
}

fn does(visitor: &Visitor, path: &str, verb: &str, text: &str) -> Reply {
    let body = json!({ "version": version(visitor, path), "text": text });
    visitor.post_json(&format!("{path}/{verb}"), &body)
}

#[test]
fn a_complaint_goes_to_who_must_answer_and_the_person_says_whether_it_is_settled() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let (pat, agency) = (place.of("pat"), place.of("agency"));
        let complaint = place.complaint(&pat);
        pat.open(&complaint)
            .must_say("should say by 5 November 2026 that it was received, and answer by 16 November 2026");
        agency.open("/").must_say("1 complaint waits for your answer");
        let page = agency.submit(&complaint, &format!("{complaint}/acknowledgement"), &[]);
        page.must_say("Received, waits for an answer");
        pat.open(&complaint).must_say("Said that it was received").must_say("agency, for Example Home Care");
        let page = agency.submit(&complaint, &format!("{complaint}/answer"), &[("text", "It is in the post.")]);
        page.must_say("It is in the post.");
        agency.open("/").must_not_say("waits for your answer");
        pat.open("/").must_say("1 complaint is answered");
        let page = pat.submit(&complaint, &format!("{complaint}/settlement"), &[]);
        page.must_say("It is settled. Nothing more is to be done.");
        assert_eq!(does(&agency, &complaint, "messages", "One more thing").status, 422, "it is over");
        pat.open("/concerns").must_say("Nothing is open.").must_say("Settled");
    }
}

/// To whom mails went since the last look, with their subjects, and that no mail tells whose complaint it is or about what.
fn told(place: &Place, before: &mut usize) -> Vec<(String, String)> {
    let mails = place.app.mails();
    // The newest come first.
    let new = &mails[..mails.len() - *before];
    for mail in new {
        let (_, after_greeting) = mail.text.split_once('\n').unwrap();
        for secret in ["Pat Person", "statement", "post", "fund"] {
            assert!(!after_greeting.contains(secret), "{secret}: {}", mail.text);
        }
    }
    *before = mails.len();
    let mut told: Vec<(String, String)> =
        new.iter().map(|mail| (mail.to.to_string(), mail.subject.to_string())).collect();
    told.sort();
    told
}

#[test]
fn each_side_is_told_by_mail_what_waits_for_it_and_nothing_else() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let (pat, agency) = (place.of("pat"), place.of("agency"));
        let mut seen = place.app.mails().len();
        let one = |who: &str, subject: &str| vec![(format!("{who}@example.org"), subject.to_owned())];
        let complaint = place.complaint(&pat);
        assert_eq!(told(&place, &mut seen), one("agency", "A complaint waits for an answer"));
        does(&agency, &complaint, "acknowledgement", "").must_be(201);
        assert_eq!(told(&place, &mut seen), one("pat", "A complaint was received"));
        does(&pat, &complaint, "messages", "It was due in October.").must_be(201);
        assert_eq!(told(&place, &mut seen), one("agency", "Somebody wrote to a complaint"));
        does(&agency, &complaint, "messages", "We look for it.").must_be(201);
        assert_eq!(told(&place, &mut seen), one("pat", "Somebody wrote to a complaint"));
        place.app.on("2026-11-17");
        assert_eq!(place.clock_runs(), 1);
        let mut both = one("officer", "A complaint waits for an answer");
        both.extend(one("pat", "A complaint went on to the council"));
        assert_eq!(told(&place, &mut seen), both);
        let officer = place.of("officer");
        does(&officer, &complaint, "answer", "It is in the post.").must_be(201);
        assert_eq!(told(&place, &mut seen), one("pat", "A complaint was answered"));
        does(&place.of("pat"), &complaint, "settlement", "").must_be(201);
        assert_eq!(told(&place, &mut seen), []);
    }
}

#[test]
fn what_is_not_answered_in_time_goes_to_the_council_by_itself_and_once() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let complaint = place.complaint(&place.of("pat"));
        assert_eq!(place.clock_runs(), 0);
        place.app.on("2026-11-06");
        place.of("pat").open(&complaint).must_say("has not said by 5 November 2026 that it was received");
        place.app.on("2026-11-16");
        assert_eq!(place.clock_runs(), 0, "the last day is still in time");
        place.app.on("2026-11-17");
        assert_eq!((place.clock_runs(), place.clock_runs()), (1, 0), "once, however often it runs");
        let (pat, officer) = (place.of("pat"), place.of("officer"));
        pat.open(&complaint)
            .must_say("There was no answer in time, so it went on to the council by itself")
            .must_say("Example Council should say by 20 November 2026");
        officer.open("/").must_say("1 complaint waits for your answer");
        assert_eq!(does(&place.of("agency"), &complaint, "answer", "Late").status, 403, "it is the council's now");
        assert_eq!(does(&place.of("agency"), &complaint, "messages", "We are sorry.").status, 201);
        assert_eq!(does(&officer, &complaint, "answer", "We have asked for it.").status, 201);
        pat.submit(&complaint, &format!("{complaint}/escalation"), &[]).must_say("Taken outside");
        assert_eq!(does(&pat, &complaint, "settlement", "").status, 201);
        place.app.on("2027-02-01");
        assert_eq!(place.clock_runs(), 0);
    }
}

#[test]
fn the_council_that_is_late_is_named_and_the_way_outside_is_open() {
    let place = Place::new(Engine::Sqlite);
    let pat = place.of("pat");
    let typed = [("whom", "decision"), ("what", "The budget was cut and nobody says why.")];
    let complaint = pat.submit("/concerns/new", "/concerns", &typed).location.unwrap();
    place.app.on("2026-11-17");
    assert_eq!(place.clock_runs(), 0, "it is with the council already");
    let pat = place.of("pat");
    pat.open(&complaint).must_say("Example Council has not answered by 16 November 2026. You need not wait any longer");
    pat.submit(&complaint, &format!("{complaint}/escalation"), &[]).must_say("Taken outside");
}

#[test]
fn nobody_else_knows_of_a_complaint() {
    let place = Place::new(Engine::Sqlite);
    let complaint = place.complaint(&place.of("pat"));
    for who in ["pat", "attorney", "agency", "agency-reader", "officer", "safeguarding"] {
        let visitor = place.of(who);
        assert_eq!(visitor.get(&complaint).status, 200, "{who}");
        visitor.open("/concerns").must_say("1 complaint is open.");
    }
    for who in ["club", "finance", "other-officer", "other-safeguarding", "broker", "stranger"] {
        let visitor = place.of(who);
        visitor.open("/concerns").must_say("Nothing is open.");
        for (method, verb) in [("GET", ""), ("POST", "/messages"), ("POST", "/answer"), ("POST", "/settlement")] {
            let body = json!({ "version": 1, "text": "x" });
            let path = format!("{complaint}{verb}");
            let reply = if method == "GET" { visitor.get(&path) } else { visitor.post_json(&path, &body) };
            assert_eq!(reply.status, 404, "{who} {method} {path}");
        }
    }
}

#[test]
fn a_complaint_about_a_representative_is_kept_from_them() {
    let place = Place::new(Engine::Sqlite);
    let (pat, attorney) = (place.of("pat"), place.of("attorney"));
    let whom = format!("representative-{}", place.user("attorney"));
    let typed = [("whom", whom.as_str()), ("what", "My letters are opened.")];
    let complaint = pat.submit("/concerns/new", "/concerns", &typed).location.unwrap();
    assert_eq!(attorney.get(&complaint).status, 404);
    attorney.open("/concerns").must_say("Nothing is open.").must_not_say("letters");
    attorney.open("/").must_not_say("complaint");
    place.of("officer").open(&complaint).must_say("Anne Attorney, attorney");
    assert_eq!(place.of("agency").get(&complaint).status, 404);
    // Nor can they complain about themselves to see who reads it.
    let body = json!({ "person": place.person.to_string(), "whom": whom, "what": "x" });
    assert_eq!(attorney.post_json("/concerns", &body).status, 422);
}

#[test]
fn only_who_stands_for_the_person_complains_and_only_about_what_they_see() {
    let place = Place::new(Engine::Sqlite);
    let body = |person: &str, about: &str| json!({ "person": person, "about": about, "whom": "council", "what": "x" });
    let (person, fund) = (place.person.to_string(), place.fund.trim_start_matches('/').replace("funds/", "fund-"));
    for (who, status) in [("officer", 403), ("agency", 403), ("club", 404), ("stranger", 404), ("other-officer", 404)] {
        assert_eq!(place.of(who).post_json("/concerns", &body(&person, &fund)).status, status, "{who}");
    }
    assert_eq!(place.of("pat").post_json("/concerns", &body(&person, "invoice-999")).status, 404);
    assert_eq!(place.of("pat").post_json("/concerns", &body(&person, "nonsense")).status, 422);
    assert_eq!(place.of("stranger").get(&format!("/concerns/new?about={fund}")).status, 404);
    place.of("agency").open(&format!("/concerns/new?about={fund}")).must_say("Only the person, or somebody who acts");
    assert_eq!(place.of("attorney").post_json("/concerns", &body(&person, &fund)).status, 201);
    let whom = json!({ "person": person, "whom": "provider-999", "what": "x" });
    assert_eq!(place.of("pat").post_json("/concerns", &whom).status, 422);
}

#[test]
fn a_complaint_is_raised_once_and_what_was_typed_is_kept() {
    let place = Place::new(Engine::Sqlite);
    let pat = place.of("pat");
    let page = pat.open("/concerns/new");
    let pairs = pat.form(&page, "/concerns", &[("whom", "council"), ("what", "Nobody answers.")]);
    let (one, two) = (pat.post_pairs("/concerns", &pairs), pat.post_pairs("/concerns", &pairs));
    assert_eq!((one.status, one.location), (two.status, two.location));
    pat.open("/concerns").must_say("1 complaint is open.");
    let reply = pat.send("/concerns/new", "/concerns", &[("what", "Kept words")]);
    reply.must_be(422).must_say("Choose whom it is about");
    assert!(reply.body.contains("Kept words"));
}

#[test]
fn an_answer_to_an_old_page_is_refused_and_only_the_person_settles_their_own() {
    let place = Place::new(Engine::Sqlite);
    let (pat, agency) = (place.of("pat"), place.of("agency"));
    let complaint = place.complaint(&pat);
    let old = version(&agency, &complaint);
    assert_eq!(does(&pat, &complaint, "messages", "Also the one before.").status, 201);
    let late = json!({ "version": old, "text": "Answer" });
    assert_eq!(agency.post_json(&format!("{complaint}/answer"), &late).status, 409);
    assert_eq!(does(&place.of("attorney"), &complaint, "settlement", "").status, 403);
    assert_eq!(does(&agency, &complaint, "settlement", "").status, 403);
    assert_eq!(does(&place.of("agency-reader"), &complaint, "answer", "x").status, 403);
    assert_eq!(does(&place.of("officer"), &complaint, "answer", "x").status, 403);
    agency.send(&complaint, &format!("{complaint}/answer"), &[]).must_be(422).must_say("what you want to say");
}

#[test]
fn a_council_says_how_it_is_reached() {
    let place = Place::new(Engine::Sqlite);
    let complaint = place.complaint(&place.of("pat"));
    place.of("pat").open(&complaint).must_say("its website says how it is reached");
    let typed = [("complaints_team", "County Hall, Dorchester"), ("care_line", "01632 960001")];
    place.of("officer").submit("/concerns/contacts", "/concerns/contacts", &typed);
    place.of("pat").open(&complaint).must_say("The complaints team of Example Council: County Hall, Dorchester.");
    assert_eq!(place.of("agency").get("/concerns/contacts").status, 403);
    place.of("officer").send("/concerns/contacts", "/concerns/contacts", &[("care_line", "")]).must_be(422);
}
