//! Consent to approve: when the holder must ask, who says yes, and that nothing turns into yes by waiting.

use serde_json::json;
use tailormade::demo::seed;

use crate::journeys::site::sign_in;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

/// The demonstration's world, where Mary is asked above £150.00, with two invoices that wait: £96.00 and £259.20.
struct World {
    app: TestApp,
    small: String,
    large: String,
    consent: String,
}

impl World {
    fn new(engine: Engine) -> Self {
        let app = TestApp::in_the_story(engine);
        let waiting = |order| {
            app.number(&format!("SELECT {order}(id) AS n FROM invoices WHERE status = 'issued' AND kind = 'invoice'"))
        };
        let mary = app.number(
            "SELECT p.id AS n FROM people p JOIN users u ON u.id = p.user_id WHERE u.email = 'mary@demo.example'",
        );
        let (small, large) = (format!("/invoices/{}", waiting("min")), format!("/invoices/{}", waiting("max")));
        Self { small, large, consent: format!("/people/{mary}/consent"), app }
    }

    fn visitor(&self, party: &seed::Party) -> Visitor {
        sign_in(&self.app, party)
    }

    /// Makes the holder the one who decides on the two invoices, as in a fund whose holder buys for itself.
    fn holder_decides(&self) {
        self.app.fresh.execute("UPDATE invoices SET payer = 'holder' WHERE status = 'issued'");
    }
}

#[test]
fn the_holder_asks_above_the_amount_and_the_person_says_yes() {
    for engine in Engine::all() {
        let world = World::new(engine);
        world.holder_decides();
        let (agency, mary) = (world.visitor(&seed::AGENCY), world.visitor(&seed::PERSON));
        mary.open("/").must_say("Say yes or query it");
        // Whoever holds the money is told what it waits for, not to approve it.
        let desk = agency.open("/");
        desk.must_say("The person must say yes first, or somebody who may for them. ").must_say("See it, or query it");
        desk.must_say("1 invoice waits for a yes first").must_say("Approve or query it");
        agency.open(&world.small).must_say("Nobody needs to be asked about this one.");
        agency.submit(&world.small, &format!("{}/approval", world.small), &[]).must_say("Approved");
        let (large, approval) = (&world.large, format!("{}/approval", world.large));
        agency.open(large).must_say("The person must still say yes").must_say("The rule is to ask above £150.00.");
        let seen = json!({ "version": agency.get_json(large).json()["version"] });
        agency.post_json(&approval, &seen).must_be(422).must_say("must say yes to this invoice first");
        // Waiting is no yes.
        world.app.on("2027-06-01");
        let agency = world.visitor(&seed::AGENCY);
        agency.post_json(&approval, &seen).must_be(422);
        let consent = format!("{large}/consent");
        for other in [&seed::AGENCY, &seed::BROKER, &seed::FINANCE] {
            world.visitor(other).post_json(&consent, &seen).must_be(403);
        }
        world.visitor(&seed::NEIGHBOUR).post_json(&consent, &seen).must_be(404);
        let mary = world.visitor(&seed::PERSON);
        mary.post_json(&consent, &json!({ "version": 99 })).must_be(409);
        mary.submit(large, &consent, &[]).must_say("Mary Whitlow (the person) said yes on 1 June 2027.");
        // A query takes the yes back.
        mary.submit(large, &format!("{large}/query"), &[("reason", "One day too many")]);
        let seen = json!({ "version": agency.get_json(large).json()["version"] });
        agency.post_json(&approval, &seen).must_be(422);
        mary.submit(large, &consent, &[]);
        agency.submit(large, &approval, &[]).must_say("Approved");
        assert_eq!(world.app.number("SELECT count(*) AS n FROM invoice_consents"), 2);
    }
}

#[test]
fn who_sets_when_to_ask_and_what_each_rule_means() {
    let world = World::new(Engine::Sqlite);
    world.holder_decides();
    let (agency, mary) = (world.visitor(&seed::AGENCY), world.visitor(&seed::PERSON));
    let reasons = || agency.get_json(&world.small).json()["asks"]["reasons"].clone();
    let set = |typed: &[(&str, &str)]| mary.submit(&world.consent, &world.consent, typed);
    assert_eq!(reasons(), json!([]));
    set(&[("rule", "unusual")]).must_say("in which something is unusual");
    assert_eq!(reasons(), json!(["It is the first invoice of this provider."]));
    set(&[("rule", "always")]);
    assert_eq!(reasons(), json!(["The rule is to ask before every invoice."]));
    // A mandate that approves can be asked in her place, and when it is over everything is asked of her again.
    let mandates = world.consent.replace("/consent", "/mandates");
    let carer = [("email", seed::ART.email), ("authority", "carer"), ("see_money", "true"), ("approve", "any")];
    mary.submit(&mandates, &mandates, &carer);
    world.app.say_yes(&world.visitor(&seed::ART));
    let mandate = world.app.number("SELECT max(id) AS n FROM mandates").to_string();
    set(&[("rule", "delegated"), ("delegate", &mandate)]).must_say("Ask Ines Marlowe before every invoice");
    let carer = world.visitor(&seed::ART);
    carer.submit(&world.small, &format!("{}/consent", world.small), &[]).must_say("carer under mandate");
    agency.submit(&world.small, &format!("{}/approval", world.small), &[]).must_say("Approved");
    mary.submit(&format!("/mandates/{mandate}"), &format!("/mandates/{mandate}/ending"), &[]);
    mary.open(&world.consent).must_say("Nobody has said anything else.").must_say("What was set");
    // Wrong or not theirs.
    for (wrong, field) in [
        (json!({ "rule": "delegated", "delegate": mandate }), "delegate"),
        (json!({ "rule": "above", "above": "0" }), "above"),
        (json!({ "rule": "always", "from": "2026-11-01" }), "from"),
        (json!({ "rule": "never" }), "rule"),
    ] {
        let reply = mary.post_json(&world.consent, &wrong);
        assert_eq!((reply.status, reply.json()["errors"][0]["field"].as_str()), (422, Some(field)), "{wrong}");
    }
    for other in [&seed::BROKER, &seed::OFFICER] {
        world.visitor(other).post_json(&world.consent, &json!({ "rule": "unusual" })).must_be(403);
    }
    world.visitor(&seed::NEIGHBOUR).get(&world.consent).must_be(404);
}

#[test]
fn of_the_rules_that_have_begun_the_one_that_was_said_last_holds() {
    for engine in Engine::all() {
        let world = World::new(engine);
        world.holder_decides();
        let mary = world.visitor(&seed::PERSON);
        let state =
            || world.visitor(&seed::PERSON).get_json(&world.consent).json()["state"].as_str().unwrap().to_owned();
        let set = |body: &serde_json::Value| mary.post_json(&world.consent, body).must_be(201).status;
        // A rule for later, and after it a word that holds from today: the later word is the last.
        set(&json!({ "rule": "above", "above": "500", "from": "2026-12-01" }));
        set(&json!({ "rule": "always" }));
        world.app.on("2026-12-02");
        assert!(state().contains("before every invoice"), "{engine:?}: {}", state());
        let mary = world.visitor(&seed::PERSON);
        mary.post_json(&world.consent, &json!({ "rule": "above", "above": "300", "from": "2026-12-05" })).must_be(201);
        assert!(state().contains("before every invoice"), "{engine:?}: not before its day: {}", state());
        world.app.on("2026-12-05");
        assert!(state().contains("£300.00"), "{engine:?}: {}", state());
    }
}

#[test]
fn a_yes_under_a_mandate_counts_as_long_as_the_mandate_holds() {
    for engine in Engine::all() {
        let world = World::new(engine);
        world.holder_decides();
        let (agency, mary) = (world.visitor(&seed::AGENCY), world.visitor(&seed::PERSON));
        let mandates = world.consent.replace("/consent", "/mandates");
        let carer = [("email", seed::ART.email), ("authority", "carer"), ("see_money", "true"), ("approve", "any")];
        mary.submit(&mandates, &mandates, &carer);
        world.app.say_yes(&world.visitor(&seed::ART));
        let mandate = format!("/mandates/{}", world.app.number("SELECT max(id) AS n FROM mandates"));
        let (large, consent) = (&world.large, format!("{}/consent", world.large));
        world.visitor(&seed::ART).submit(large, &consent, &[]).must_say("Ines Marlowe (carer under mandate");
        agency.open(large).must_not_say("The person must still say yes");
        let seen = json!({ "version": agency.get_json(large).json()["version"] });
        mary.submit(&mandate, &format!("{mandate}/ending"), &[]);
        // Who takes a mandate back can rely on it: nothing that is still open goes on under it.
        let ended = "Ines Marlowe (carer under mandate";
        agency.open(large).must_say(ended).must_say("whose authority has ended since: it must be asked again");
        let asks = agency.get_json(large).json()["asks"].clone();
        assert_eq!((&asks["open"], asks["reasons"].as_array().map(Vec::len)), (&json!(true), Some(1)), "{asks}");
        let approval = format!("{large}/approval");
        agency.post_json(&approval, &seen).must_be(422).must_say("must say yes to this invoice first");
        mary.open("/").must_say("Say yes or query it");
        mary.submit(large, &consent, &[]).must_say("Mary Whitlow (the person) said yes on");
        mary.post_json(&consent, &seen).must_be(409);
        agency.post_json(&approval, &seen).must_be(409);
        agency.submit(large, &approval, &[]).must_say("Approved");
        assert_eq!(world.app.number("SELECT count(*) AS n FROM invoice_consents"), 2);
    }
}

#[test]
fn who_acts_for_a_person_does_not_learn_here_who_else_does() {
    let world = World::new(Engine::Sqlite);
    world.holder_decides();
    let (mary, officer, broker) =
        (world.visitor(&seed::PERSON), world.visitor(&seed::OFFICER), world.visitor(&seed::BROKER));
    let mandates = world.consent.replace("/consent", "/mandates");
    let carer = [("email", seed::ART.email), ("authority", "carer"), ("see_money", "true"), ("approve", "any")];
    mary.submit(&mandates, &mandates, &carer);
    world.app.say_yes(&world.visitor(&seed::ART));
    let mandate = world.app.number("SELECT max(id) AS n FROM mandates").to_string();
    mary.submit(&world.consent, &world.consent, &[("rule", "delegated"), ("delegate", &mandate)]);
    world.visitor(&seed::ART).submit(&world.small, &format!("{}/consent", world.small), &[]);
    let attorney = json!({ "email": seed::NEIGHBOUR.email, "authority": "attorney", "from": "2026-11-23", "sign": "true",
        "see_plan": "true", "see_money": "true", "evidence_note": "seen" });
    officer.post_json(&mandates, &attorney).must_be(201);
    let attorney = world.visitor(&seed::NEIGHBOUR);
    world.app.say_yes(&attorney);
    let delegated = json!({ "rule": "delegated", "delegate": mandate });
    let names = |reply: &crate::support::visitor::Reply| {
        [seed::ART.name, seed::NEIGHBOUR.name].map(|name| reply.body.contains(name))
    };
    for path in [&world.consent, &world.small] {
        for (who, told) in [(&mary, true), (&officer, true), (&broker, false), (&attorney, false)] {
            for reply in [who.get(path), who.get_json(path)] {
                reply.must_be(200);
                // Whoever it is sees their own name at the head of each page.
                assert_eq!(names(&reply)[0], told, "{path}: {}", reply.text());
            }
        }
        broker.open(path).must_say("Ask somebody else who acts for them before every invoice");
    }
    broker.open(&world.small).must_say("Agreed to by somebody else who acts for them on");
    attorney.open(&world.consent).must_not_say("Who is asked?").must_not_say("Ask somebody else instead");
    attorney.post_json(&world.consent, &delegated).must_be(422).must_say("Choose a mandate that holds");
    attorney.submit(&world.consent, &world.consent, &[("rule", "always")]);
    broker.open(&world.consent).must_say("Set by somebody else who acts for them").must_not_say(seed::NEIGHBOUR.name);
    mary.open(&world.consent).must_say(seed::NEIGHBOUR.name);
}
