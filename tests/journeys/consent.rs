//! Consent to approve: when the holder must ask, who says yes, and that nothing turns into yes by waiting.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection, InstrumentationEvent};
use serde_json::json;
use tailormade::auth::store::actor;
use tailormade::demo::seed;
use tailormade::ids::{InvoiceId, SessionId};
use tailormade::invoices::{asking, store};

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

    fn mandates(&self) -> String {
        self.consent.replace("/consent", "/mandates")
    }

    /// Mary lets a carer see her money and approve bills of any amount; answers the number of the mandate.
    fn carer(&self, mary: &Visitor) -> String {
        let carer = [("email", seed::ART.email), ("authority", "carer"), ("see_money", "true"), ("approve", "any")];
        mary.submit(&self.mandates(), &self.mandates(), &carer);
        self.app.say_yes(&self.visitor(&seed::ART));
        self.app.number("SELECT max(id) AS n FROM mandates").to_string()
    }

    /// Whoever is asked about the invoices that wait.
    fn delegate(&self, mary: &Visitor, mandate: &str) {
        let typed = [("rule", "delegated"), ("delegate", mandate)];
        mary.submit(&self.consent, &self.consent, &typed).must_say("Ask Ines Marlowe before every invoice");
    }

    /// Which invoices wait for a yes before the holder approves them, and how many queries it takes to know.
    fn open_for_holder(&self) -> (BTreeSet<InvoiceId>, usize) {
        let session = self.app.number(&format!(
            "SELECT max(s.id) AS n FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = '{}'",
            seed::AGENCY.email
        ));
        let (now, today) = (self.app.clock.now(), self.app.clock.today());
        let queries = Arc::new(AtomicUsize::new(0));
        let open = self.app.db().read_now(|tx| {
            let holder = actor(tx, SessionId::new(session), now, today)?.unwrap();
            let (unsettled, _) = store::list(tx, &holder)?;
            let counted = queries.clone();
            tx.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                    counted.fetch_add(1, Ordering::Relaxed);
                }
            });
            let open = asking::open_among(tx, &holder, &unsettled, today)?;
            tx.set_instrumentation(|_: InstrumentationEvent<'_>| ());
            Ok(open)
        });
        (open.unwrap(), queries.load(Ordering::Relaxed))
    }

    /// Sends each invoice that waits again, ten times, with its lines.
    fn more_invoices(&self) {
        let columns =
            "kind, provider_id, fund_id, order_id, payer, addressee_name, addressee_address, person_reference,
            issued_on, period_from, period_to, due_on, net_pence, vat_pence, total_pence, budget_pence, status,
            document_id, issued_by, issued_at, version";
        let lines = "order_line_id, description, unit, quantity, unit_price, vat_class, vat_category,
            vat_rate_basis_points, net_pence, vat_pence, budget_pence, ground";
        let originals = "status = 'issued' AND kind = 'invoice' AND number < 1000";
        for again in 1..=10 {
            let offset = 1000 * again;
            self.app.fresh.execute(&format!(
                "INSERT INTO invoices (number, {columns})
                 SELECT {offset} + number, {columns} FROM invoices WHERE {originals};
                 INSERT INTO invoice_lines (invoice_id, {lines})
                 SELECT copy.id, {lines} FROM (SELECT id, number, provider_id, kind FROM invoices) copy
                 JOIN (SELECT id AS original, number AS of_original, provider_id AS sender FROM invoices WHERE {originals})
                   sent ON copy.number = {offset} + of_original AND copy.provider_id = sender AND copy.kind = 'invoice'
                 JOIN (SELECT invoice_id, {lines} FROM invoice_lines) billed ON billed.invoice_id = original"
            ));
        }
    }
}

#[test]
fn however_many_invoices_wait_it_takes_as_many_queries() {
    for engine in Engine::all() {
        let world = World::new(engine);
        world.holder_decides();
        let (_agency, mary) = (world.visitor(&seed::AGENCY), world.visitor(&seed::PERSON));
        let mandate = world.carer(&mary);
        let large = format!("{}/consent", world.large);
        world.visitor(&seed::ART).submit(&world.large, &large, &[]).must_say("carer under mandate");
        let rules = [
            &[("rule", "always")][..],
            &[("rule", "above"), ("above", "150")],
            &[("rule", "unusual")],
            &[("rule", "delegated"), ("delegate", &mandate)],
        ];
        let count = |rule: &&[(&str, &str)]| {
            mary.submit(&world.consent, &world.consent, rule);
            world.open_for_holder()
        };
        // Whoever was named once is looked up as long as the rule is on record: from here on that costs the same throughout.
        world.delegate(&mary, &mandate);
        let few = rules.map(|rule| count(&rule));
        world.more_invoices();
        let many = rules.map(|rule| count(&rule));
        assert_eq!(few.each_ref().map(|(open, _)| open.len()), [1, 0, 1, 1], "{engine:?}: the carer said yes to one");
        // What was sent again has no yes; the days of the small one and of the large one are billed again with it.
        assert_eq!(many.each_ref().map(|(open, _)| open.len()), [21, 10, 21, 21], "{engine:?}");
        assert_eq!(few.each_ref().map(|(_, queries)| *queries), many.map(|(_, queries)| queries), "{engine:?}");
        assert!(few.iter().all(|(_, queries)| *queries <= 8), "{engine:?}: {few:?}");
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
    let mandate = world.carer(&mary);
    world.delegate(&mary, &mandate);
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
        let mandate = format!("/mandates/{}", world.carer(&mary));
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
    let mandate = world.carer(&mary);
    world.delegate(&mary, &mandate);
    world.visitor(&seed::ART).submit(&world.small, &format!("{}/consent", world.small), &[]);
    let attorney = json!({ "email": seed::NEIGHBOUR.email, "authority": "attorney", "from": "2026-11-23", "sign": "true",
        "see_plan": "true", "see_money": "true", "evidence_note": "seen" });
    officer.post_json(&world.mandates(), &attorney).must_be(201);
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
    mary.open(&world.consent).must_say("Who is asked?");
    attorney.open(&world.consent).must_say("Ask somebody else").must_not_say("Who is asked?");
    assert_eq!(
        attorney.get_json(&world.consent).json()["delegates"],
        json!([]),
        "whom they do not know of they cannot name"
    );
    attorney.post_json(&world.consent, &delegated).must_be(422).must_say("Choose a mandate that holds");
    attorney.submit(&world.consent, &world.consent, &[("rule", "always")]);
    broker.open(&world.consent).must_say("Set by somebody else who acts for them").must_not_say(seed::NEIGHBOUR.name);
    mary.open(&world.consent).must_say(seed::NEIGHBOUR.name);
}
