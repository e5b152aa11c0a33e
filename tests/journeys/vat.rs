//! VAT of providers: statements with what shows them, classes that a provider decides itself, what to look at.

use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::ids::OrganisationId;
use tailormade::people::OrganisationKind;

use super::council_rules::lists;
use super::marketplace;
use super::visit_prices::pay_in_of;
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

/// What a provider says about VAT from a day on.
fn says(town: &marketplace::Town, registered: bool, from: &str) {
    let (status, number) = if registered { ("registered", "434031494") } else { ("not_registered", "") };
    town.state_vat(status, number, from);
}

/// Two days of a service at 100.00 each are ordered; where the order is.
fn ordered(town: &marketplace::Town, service: &str) -> String {
    let fund = town.fund_of("200000.00", &[("form", "direct_payment"), ("weekly", "90000.00")]);
    pay_in_of(&town.app, &fund, "200000.00");
    let person = town.app.signed_in("person@example.org");
    let packages = format!("/funds/{fund}/packages");
    let package = person.submit(&packages, &packages, &[("name", "My week")]).location.unwrap();
    let (number, target) = (service.rsplit('/').next().unwrap(), package.rsplit('/').next().unwrap());
    let add = format!("/packages/add?service={number}");
    person.submit(&add, "/packages/add", &[("package", target), ("weekly_quantity", "2")]);
    person.submit(&package, &format!("{package}/orders"), &[("weeks", "1")]).location.unwrap()
}

/// Two days of outings at 100.00 each are ordered, given, confirmed and billed; where the invoice is.
fn billed(town: &marketplace::Town) -> String {
    let order = ordered(town, &town.service("Outings", "DT1 1XJ", "100.00", "day", "net"));
    bill(town, (&order, "1"), ("2 11 2026", "2"))
}

/// Some days of the line of an order are given on a day, confirmed and billed; where the invoice is.
fn bill(town: &marketplace::Town, (order, line): (&str, &str), (on, quantity): (&str, &str)) -> String {
    let person = town.app.signed_in("person@example.org");
    let given = format!("/order-lines/{line}/deliveries");
    town.provider().submit("/deliveries", &given, &[("on", on), ("quantity", quantity)]);
    let deliveries = format!("{order}/deliveries");
    person.submit(&deliveries, &format!("{deliveries}/confirmation"), &[]);
    let invoices = format!("{order}/invoices");
    town.provider().submit(&format!("{invoices}/new"), &invoices, &[]).location.unwrap()
}

/// How many mails with a subject somebody got; none says what was sold to whom.
fn told(town: &marketplace::Town, who: &str, subject: &str) -> usize {
    let about = |mail: &&tailormade::mail::KeptMail| mail.to.contains(who) && mail.subject == subject;
    let mails = town.app.mails();
    for mail in mails.iter().filter(|mail| mail.subject == subject) {
        let text = format!("{} {}", mail.text, mail.html);
        assert!(!["Outings", "Pat", "100.00", "invoices"].iter().any(|told| text.contains(told)), "{text}");
    }
    mails.iter().filter(about).count()
}

#[test]
fn what_was_billed_with_the_wrong_vat_is_told_until_nothing_of_it_is_left() {
    let (charged, none) = ("VAT charged where none is due", "No VAT charged where it is due");
    let stories =
        [(true, charged, "VAT: VAT charged where none is due"), (false, none, "VAT: no VAT charged where it is due")];
    for (engine, (registered, words, subject)) in
        Engine::all().into_iter().flat_map(|engine| stories.map(|story| (engine, story)))
    {
        let town = marketplace::Town::found(engine);
        let council = town.app.number("SELECT id AS n FROM organisations WHERE name = 'Example Council'");
        town.app.member(town.app.user("purse@example.org", "Fay Finance"), OrganisationId::new(council), Role::Finance);
        says(&town, registered, "1 1 2020");
        let invoice = billed(&town);
        town.app.work();
        town.provider().open("/vat-alerts").must_not_say(words);
        // It turns out that it was the other way from the beginning of the year on.
        says(&town, !registered, "1 1 2026");
        let open = || {
            let of_invoices = "SELECT count(*) AS n FROM vat_alerts WHERE invoice_id IS NOT NULL";
            let ended = "SELECT count(*) AS n FROM vat_alert_endings e JOIN vat_alerts a ON a.id = e.alert_id WHERE a.invoice_id IS NOT NULL";
            (town.app.number(of_invoices), town.app.number(ended))
        };
        for day in ["2026-11-03", "2026-11-04"] {
            town.app.on(day);
            town.app.work();
            assert_eq!(open(), (1, 0), "{engine:?} {day}");
            for who in ["provider", "officer", "purse"] {
                assert_eq!(told(&town, who, subject), 1, "{engine:?} {day} {who}");
            }
        }
        assert_eq!(told(&town, "person", subject), 0);
        let alert =
            format!("/vat-alerts/{}", town.app.number("SELECT id AS n FROM vat_alerts WHERE invoice_id IS NOT NULL"));
        for who in ["provider", "officer", "purse"] {
            let visitor = town.app.signed_in(&format!("{who}@example.org"));
            visitor.open("/vat-alerts").must_say(words);
            visitor.open(&alert).must_say("Invoice 1 charges").must_say("“Outings”");
        }
        town.app.signed_in("person@example.org").get(&alert).must_be(404);
        // A penny's worth is credited; more than a year goes by: it stands.
        let credit = |quantity: &str| {
            let provider = town.provider();
            let version = provider.get_json(&invoice).json()["version"].clone();
            let credit = json!({ "version": version, "reason": "Wrong VAT", "line-1": quantity });
            provider.post_json(&format!("{invoice}/credit"), &credit).must_be(201);
        };
        credit("0.01");
        for day in ["2026-11-05", "2028-01-10"] {
            town.app.on(day);
            town.app.work();
            assert_eq!(open(), (1, 0), "{engine:?} {day}");
        }
        // Credited whole, it ends by itself, and is not told again.
        credit("1.99");
        for day in ["2028-01-11", "2028-01-12"] {
            town.app.on(day);
            town.app.work();
            assert_eq!(open(), (1, 1), "{engine:?} {day}");
        }
        town.app.signed_in("purse@example.org").open("/vat-alerts").must_say("Gone since 11 January 2028");
        assert_eq!(told(&town, "purse", subject), 1);
    }
}

/// The provider is regulated, says that a location of the register is its own, and publishes a service inside that.
fn regulated(town: &marketplace::Town) -> String {
    town.register();
    let provider = town.provider();
    let typed = [("vat_status", "not_registered"), ("vat_from", "1 1 2020"), ("vat_regulated", "yes")];
    provider.submit("/provider", "/provider/vat", &typed);
    town.app.fresh.execute(&format!("UPDATE organisations SET register_location = '1-1' WHERE id = {}", town.provider));
    let service = town.service("Outings", "DT1 1XJ", "100.00", "day", "net");
    provider.submit(&format!("{service}/edit"), &service, &[("inside_regulated_activity", "yes")]);
    service
}

/// The watch on a day.
fn watch(town: &marketplace::Town, day: &str) {
    town.app.on(day);
    town.app.work();
}

#[test]
fn a_registration_that_is_missing_from_the_whole_register_is_told_until_it_is_back() {
    let (words, subject) = ("Registration with the regulator ended", "VAT: registration with the regulator ended");
    for engine in Engine::all() {
        let town = marketplace::Town::found(engine);
        let service = regulated(&town);
        let provider = town.provider();
        let card = || town.app.visitor().open("/search?words=outings");
        card().must_say("Good, published on 1 May 2020");
        watch(&town, "2026-11-03");
        provider.open("/vat-alerts").must_say("There is nothing to look at.");
        // This file says no day on which a registration ended: the location is only missing.
        assert_eq!(town.take_register(("1-2", "Good", "2026-10-01"), true).no_longer_registered, 1);
        card().must_say("Outings").must_not_say("Good, published");
        for day in ["2026-11-04", "2026-11-05"] {
            watch(&town, day);
            provider.open("/vat-alerts").must_say("There is one thing to look at.").must_say(words);
            assert_eq!(told(&town, "provider", subject), 1, "{engine:?} {day}");
        }
        let alert = format!("/vat-alerts/{}", town.app.number("SELECT max(id) AS n FROM vat_alerts"));
        provider.open(&alert).must_say("is not on the regulator’s register any more from 1 October 2026 on");
        // A change of the service does not bring the old rating back.
        provider.submit(&format!("{service}/edit"), &service, &[("summary", "Every day.")]);
        card().must_say("Every day.").must_not_say("Good, published");
        // Named again, it is back with its rating, and the alert ends by itself.
        assert_eq!(town.take_register(("1-1", "Good", "2026-10-02"), false).updated, 1);
        card().must_say("Good, published on 2 October 2026");
        watch(&town, "2026-11-06");
        provider.open("/vat-alerts").must_say("There is nothing to look at.").must_say("Gone since 6 November 2026");
    }
}

#[test]
fn councils_with_a_running_order_learn_of_what_a_provider_has_lost() {
    let (regulator, regulator_mail) =
        ("Registration with the regulator ended", "VAT: registration with the regulator ended");
    let (charity, charity_mail) = ("No longer a charity", "VAT: no longer a charity");
    for engine in Engine::all() {
        let town = marketplace::Town::found(engine);
        let far = town.app.organisation("Far Council", OrganisationKind::Council, &[]);
        town.app.council_officer(town.app.user("far@example.org", "Fred Far"), far);
        let is = |who: &str| town.app.signed_in(&format!("{who}@example.org"));
        let service = regulated(&town);
        let charities = |status: &str, from: &str| {
            let typed = [("vat_charity", status), ("vat_from", from)];
            town.provider().submit("/provider", "/provider/vat", &typed);
        };
        charities("exempt_or_excepted", "1 1 2021");
        town.take_register(("1-2", "Good", "2026-10-01"), true);
        watch(&town, "2026-11-03");
        is("officer").open("/vat-alerts").must_say("There is nothing to look at.");
        // From its first order on, the council is told of what is lost already, and of what is lost later.
        ordered(&town, &service);
        watch(&town, "2026-11-04");
        is("officer").open("/vat-alerts").must_say(regulator).must_not_say(charity);
        charities("none", "5 11 2026");
        for day in ["2026-11-05", "2026-11-06"] {
            watch(&town, day);
            is("officer").open("/vat-alerts").must_say(regulator).must_say(charity);
            for subject in [regulator_mail, charity_mail] {
                assert_eq!(told(&town, "officer", subject), 1, "{engine:?} {day} {subject}");
                assert_eq!(told(&town, "far", subject), 0, "{engine:?} {day} {subject}");
            }
        }
        is("far").open("/vat-alerts").must_say("There is nothing to look at.");
        for number in 1..=town.app.number("SELECT count(*) AS n FROM vat_alerts") {
            let (alert, ending) = (format!("/vat-alerts/{number}"), format!("/vat-alerts/{number}/ending"));
            is("officer").open(&alert).must_not_say("Pat Person").must_not_say("End it with this reason");
            is("officer").post_json(&ending, &json!({ "reason": "Not ours to say" })).must_be(403);
            is("far").get(&alert).must_be(404);
            is("person").get(&alert).must_be(404);
        }
    }
}

#[test]
fn a_reason_about_the_threshold_answers_it_for_twelve_months() {
    let (words, subject) = ("Near the VAT threshold", "VAT: near the VAT threshold");
    for engine in Engine::all() {
        let town = marketplace::Town::found(engine);
        says(&town, false, "1 1 2020");
        let service = town.service("Outings", "DT1 1XJ", "40000.00", "day", "net");
        let provider = || town.provider();
        bill(&town, (&ordered(&town, &service), "1"), ("2 11 2026", "2"));
        watch(&town, "2026-11-04");
        provider().open("/vat-alerts").must_say(words);
        provider().submit("/vat-alerts/1", "/vat-alerts/1/ending", &[("reason", "We register in December")]);
        for day in ["2026-11-05", "2027-10-01"] {
            watch(&town, day);
            assert_eq!(town.app.number("SELECT count(*) AS n FROM vat_alerts"), 1, "{engine:?} {day}");
        }
        // The sales of then count no more; those of a year later come near it again.
        watch(&town, "2027-11-15");
        bill(&town, (&ordered(&town, &service), "2"), ("15 11 2027", "2"));
        for day in ["2027-11-16", "2027-11-17"] {
            watch(&town, day);
            provider().open("/vat-alerts").must_say("There is one thing to look at.");
            assert_eq!(told(&town, "provider", subject), 2, "{engine:?} {day}");
        }
        assert_eq!(told(&town, "officer", subject), 0, "how much somebody sells is no council's business");
    }
}

/// Changes whether the service is said to be inside a regulated activity.
fn is_inside(town: &marketplace::Town, service: &str, answer: &str) {
    town.provider().submit(&format!("{service}/edit"), service, &[("inside_regulated_activity", answer)]);
}

#[test]
fn an_invoice_is_judged_by_what_its_service_said_on_its_day() {
    let none = "No VAT charged where it is due";
    let regulated_from = |town: &marketplace::Town, status: &str, from: &str| {
        let number = if status == "registered" { "434031494" } else { "" };
        let typed = [("vat_status", status), ("vat_number", number), ("vat_from", from), ("vat_regulated", "yes")];
        town.provider().submit("/provider", "/provider/vat", &typed);
    };
    for engine in Engine::all() {
        // A correct alert is not cleared by other words about the service.
        let town = marketplace::Town::found(engine);
        regulated_from(&town, "not_registered", "1 1 2020");
        let service = town.service("Outings", "DT1 1XJ", "100.00", "day", "net");
        bill(&town, (&ordered(&town, &service), "1"), ("2 11 2026", "2"));
        regulated_from(&town, "registered", "1 1 2026");
        let ended = "SELECT count(*) AS n FROM vat_alert_endings e JOIN vat_alerts a ON a.id = e.alert_id WHERE a.invoice_id IS NOT NULL";
        watch(&town, "2026-11-03");
        town.provider().open("/vat-alerts").must_say(none);
        is_inside(&town, &service, "yes");
        for day in ["2026-11-04", "2026-11-05"] {
            watch(&town, day);
            assert_eq!(town.app.number(ended), 0, "{engine:?} {day}");
            town.provider().open("/vat-alerts").must_say(none).must_not_say("Gone since");
        }
        // A correct invoice does not become wrong by them.
        let town = marketplace::Town::found(engine);
        regulated_from(&town, "registered", "1 1 2020");
        let service = town.service("Outings", "DT1 1XJ", "100.00", "day", "net");
        is_inside(&town, &service, "yes");
        let order = ordered(&town, &service);
        bill(&town, (&order, "1"), ("2 11 2026", "1"));
        watch(&town, "2026-11-03");
        is_inside(&town, &service, "no");
        watch(&town, "2026-11-04");
        town.provider().open("/vat-alerts").must_say("There is nothing to look at.");
        // What is given under the new words and billed by the old ones is wrong.
        bill(&town, (&order, "1"), ("4 11 2026", "1"));
        watch(&town, "2026-11-05");
        town.provider().open("/vat-alerts").must_say(none);
    }
}
