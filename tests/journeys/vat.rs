//! VAT of providers: statements with what shows them, classes that a provider decides itself, what to look at.

use tailormade::auth::rights::Role;
use tailormade::people::OrganisationKind;

use super::council_rules::lists;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

const PAPER: &str = "%PDF-1.7\nA letter";

/// A day club that is registered for VAT and lists outings, another provider, a council, somebody who only coordinates.
struct Town {
    app: TestApp,
}

impl Town {
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        app.person("Pat Person", Some(app.user("person@example.org", "Pat Person")), council);
        let club = app.organisation("Sunrise Days", OrganisationKind::Company, &["provider"]);
        app.works_for(app.user("club@example.org", "Clara Club"), club);
        app.member(app.user("helper@example.org", "Hal Helper"), club, Role::Coordinator);
        let other = app.organisation("Open Door", OrganisationKind::Charity, &["provider"]);
        app.works_for(app.user("other@example.org", "Otto Other"), other);
        lists(&app, "club@example.org", "Outings", "100.00");
        Self { app }
    }

    fn is(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    fn mails(&self, subject: &str) -> usize {
        self.app.mails().iter().filter(|mail| format!("{mail:?}").contains(subject)).count()
    }
}

#[test]
fn a_statement_about_vat_rests_on_evidence_that_councils_see_and_others_do_not() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let club = town.is("club");
        let typed = [
            ("vat_status", "registered"),
            ("vat_number", "434031494"),
            ("vat_from", "2 11 2026"),
            ("vat_evidence", "The certificate of the tax authority"),
        ];
        club.send_file("/provider", "/provider/vat", &typed, ("x.pdf", "<html>")).must_be(422).must_say("Choose a PDF");
        let charity = [typed[0], typed[1], typed[2], ("vat_charity", "registered")];
        club.send("/provider", "/provider/vat", &charity).must_be(422).must_say("in your entry first");
        let wrong = [typed[0], ("vat_number", "434031495"), typed[2]];
        club.send("/provider", "/provider/vat", &wrong).must_be(422).must_say("cannot be a VAT registration number");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM files"), 0, "nothing is kept of what was refused");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM vat_registrations"), 1);
        club.send_file("/provider", "/provider/vat", &typed, ("certificate.pdf", PAPER)).must_be(303);
        let file = format!("/vat-evidence/{}", town.app.number("SELECT max(id) AS n FROM files"));
        club.open("/provider").must_say("The certificate of the tax authority");
        for sees in ["club", "officer"] {
            assert_eq!(town.is(sees).open(&file).body, PAPER);
            town.is(sees).open("/services/1/vat-class").must_say("From 1 January 2024").must_say("The certificate");
        }
        for blind in ["other", "person"] {
            town.is(blind).get(&file).must_be(404);
            town.is(blind).get("/services/1/vat-class").must_be(404);
        }
        town.is("officer").get("/vat-evidence/999").must_be(404);
        let open = town.app.visitor();
        open.get(&file).must_be(303);
        open.get_json("/open-referral/services").must_not_say("certificate");
        open.open("/services/1").must_not_say("The certificate").must_not_say("How the class was decided");
        // The entry follows the statement, and the statement the entry.
        let lost = [("vat_status", "registered"), ("vat_number", "434031494"), ("vat_regulated", "yes")];
        club.submit("/provider", "/provider/vat", &lost);
        assert_eq!(
            town.app.number("SELECT count(*) AS n FROM organisations WHERE regulated AND name = 'Sunrise Days'"),
            1
        );
    }
}

#[test]
fn an_administrator_decides_a_class_with_reason_and_evidence_and_takes_it_back() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (club, path) = (town.is("club"), "/services/1/vat-class");
        club.open(path).must_say("Nothing: the rules decide.").must_say("class D");
        let typed = [("class", "C"), ("reason", "The tax authority ruled so"), ("evidence_note", "Ruling 17")];
        town.is("helper").open(path).must_not_say("Decide the class yourself");
        let pairs = club.form(&club.open(path), path, &typed);
        for (who, status) in [("helper", 403), ("officer", 403), ("other", 404), ("person", 404)] {
            let body =
                serde_json::json!({ "class": "C", "reason": "We say so", "evidence_note": "A", "from": "2026-11-02" });
            town.is(who).post_json(path, &body).must_be(status);
        }
        club.send(path, path, &[typed[0], typed[1]]).must_be(422).must_say("Say what shows it");
        club.send(path, path, &[typed[0], typed[1], typed[2], ("from", "1 11 2026")])
            .must_be(422)
            .must_say("or a later day");
        club.send(path, path, &[("class", "A"), typed[1], typed[2]]).must_be(422).must_say("registration for VAT");
        for class in ["H", "J", "X", ""] {
            club.send(path, path, &[("class", class), typed[1], typed[2]]).must_be(422);
        }
        club.send(path, path, &[("class", "rules"), typed[1]]).must_be(422).must_say("No decision of yours");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM vat_class_overrides"), 0);
        // Sent twice, it is done once.
        club.post_pairs(path, &pairs).must_be(303);
        club.post_pairs(path, &pairs);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM vat_class_overrides"), 1);
        let officer = town.is("officer");
        officer.open(path).must_say("The tax authority ruled so").must_say("Ruling 17").must_say("Clara Club");
        let open = town.app.visitor();
        open.open("/services/1").must_say("decided this class itself").must_not_say("Ruling 17");
        open.get_json("/open-referral/services").must_not_say("Ruling 17");
        assert!(!club.get("/provider/bulk").body.contains("Ruling 17"));
        // It is taken back from a day to come; the search turns on that day.
        let back = [("class", "rules"), ("reason", "The ruling was withdrawn"), ("from", "10 11 2026")];
        club.submit(path, path, &back);
        open.open("/services/1").must_say("(class C)");
        town.app.on("2026-11-10");
        town.app.work();
        open.open("/services/1").must_say("(class D)");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM search_entries WHERE vat_class = 'D'"), 1);
        // Who gives the registration back has no class of registered people, whatever was decided before.
        let left = [("vat_status", "not_registered"), ("vat_number", "")];
        club.submit("/provider", "/provider/vat", &left);
        open.open("/services/1").must_say("(class A)");
    }
}

#[test]
fn what_nobody_knows_is_costed_with_vat_and_cannot_be_published() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let other = town.is("other");
        let service = serde_json::json!({
            "name": "Cleaning", "category": "day_service", "summary": "Help at home.", "postcode": "DT1 1XJ",
            "nature": "unknown", "inside_regulated_activity": "unknown",
        });
        let edit = other.post_json("/services", &service).must_be(201).location.clone().unwrap();
        let service = edit.trim_end_matches("/edit").to_owned();
        let rate = serde_json::json!({ "unit": "day", "price": "10.00", "basis": "net", "from": "2026-01-01" });
        other.post_json(&format!("{service}/rates"), &rate).must_be(201);
        let publication = serde_json::json!({ "version": 1, "published": "true" });
        other.post_json(&format!("{service}/publication"), &publication).must_be(422).must_say("standard rate");
        town.app.visitor().get(&service).must_be(404);
        // Not even its own decision helps before it said whether it is registered.
        let path = format!("{service}/vat-class");
        let typed = [("class", "A"), ("reason", "We are small"), ("evidence_note", "Our books")];
        other.send(&path, &path, &typed).must_be(422).must_say("Record your VAT status first");
    }
}

#[test]
fn what_is_lost_is_told_once_and_ends_by_itself_or_with_a_reason() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let club = town.is("club");
        town.app.work();
        club.open("/vat-alerts").must_say("There is nothing to look at.");
        let left = [("vat_status", "not_registered"), ("vat_number", "")];
        club.submit("/provider", "/provider/vat", &left);
        town.app.on("2026-11-03");
        town.app.work();
        club.open("/vat-alerts").must_say("There is one thing to look at.").must_say("No longer registered for VAT");
        assert_eq!(town.mails("VAT: no longer registered"), 1);
        // The job again, as after a kill before it was noted as done: nothing twice.
        town.app
            .db()
            .write_now(|tx| {
                use diesel::RunQueryDsl;
                diesel::sql_query("DELETE FROM jobs WHERE kind = 'watch_vat'").execute(tx)?;
                Ok(())
            })
            .unwrap();
        town.app.work();
        town.app.on("2026-11-04");
        town.app.work();
        assert_eq!(town.app.number("SELECT count(*) AS n FROM vat_alerts"), 1);
        assert_eq!(town.mails("VAT: no longer registered"), 1);
        let (alert, ending) = ("/vat-alerts/1", "/vat-alerts/1/ending");
        for (who, status) in [("other", 404), ("officer", 404), ("helper", 404), ("person", 404)] {
            town.is(who).get(alert).must_be(status);
        }
        town.is("person").get("/vat-alerts").must_be(403);
        let pairs = club.form(&club.open(alert), ending, &[("reason", "We asked for it")]);
        town.is("other").post_json(ending, &serde_json::json!({ "reason": "Not ours" })).must_be(404);
        club.send(alert, ending, &[("reason", "")]).must_be(422);
        club.post_pairs(ending, &pairs).must_be(303);
        club.post_json(ending, &serde_json::json!({ "reason": "Again" })).must_be(409);
        club.open(alert).must_say("We asked for it").must_say("Clara Club");
        town.app.on("2026-11-05");
        town.app.work();
        assert_eq!(town.app.number("SELECT count(*) AS n FROM vat_alerts"), 1, "what was answered stays answered");
        // Registered again and lost again: another day, another cause; registered again, it ends by itself.
        let said = |status: &str, number: &str| {
            club.submit("/provider", "/provider/vat", &[("vat_status", status), ("vat_number", number)]);
        };
        said("registered", "434031494");
        said("not_registered", "");
        town.app.on("2026-11-06");
        town.app.work();
        club.open("/vat-alerts").must_say("There is one thing to look at.");
        said("registered", "434031494");
        town.app.on("2026-11-07");
        town.app.work();
        club.open("/vat-alerts").must_say("There is nothing to look at.").must_say("Gone since 7 November 2026");
    }
}
