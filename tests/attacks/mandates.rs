//! Mandates: other people's, more than is given, evidence that is none.

use serde_json::json;
use tailormade::demo::seed;

use super::{World, named, refused};
use crate::support::app::{Engine, TestApp};

impl World {
    /// Where the broker's mandate for Mary is, and Mary's number.
    fn marys(&self) -> (String, String) {
        let mary = self.number(
            "SELECT p.id AS n FROM people p JOIN users u ON u.id = p.user_id WHERE u.email = 'mary@demo.example'",
        );
        let mandate = self.number(&format!("SELECT min(id) AS n FROM mandates WHERE person_id = {mary}"));
        (format!("/mandates/{mandate}"), format!("/people/{mary}"))
    }
}

#[test]
fn other_peoples_mandates_do_not_exist() {
    let world = World::new();
    let (mandate, mary) = world.marys();
    for stranger in [&seed::NEIGHBOUR, &seed::DAY_CLUB, &seed::AGENCY] {
        let visitor = world.visitor(stranger);
        assert_eq!(visitor.get_json(&mandate).status, 404);
        assert_eq!(visitor.get_json(&format!("{mary}/mandates")).status, 404);
        refused(&world.app, &visitor, &format!("{mandate}/ending"), &json!({}), 404);
        refused(&world.app, &visitor, &format!("{mandate}/evidence"), &json!({ "evidence_note": "x" }), 404);
        let body = json!({ "email": stranger.email, "authority": "carer", "from": "2026-11-23" });
        refused(&world.app, &visitor, &format!("{mary}/mandates"), &body, 404);
        refused(&world.app, &visitor, &format!("{mary}/death"), &json!({ "died_on": "2026-11-01" }), 404);
    }
}

#[test]
fn who_holds_a_mandate_makes_no_other() {
    let world = World::new();
    let (mandate, mary) = world.marys();
    let broker = world.visitor(&seed::BROKER);
    let friend = json!({ "email": seed::DAY_CLUB.email, "authority": "carer", "from": "2026-11-23" });
    refused(&world.app, &broker, &format!("{mary}/mandates"), &friend, 403);
    refused(&world.app, &broker, &format!("{mandate}/evidence"), &json!({ "evidence_note": "x" }), 403);
    refused(&world.app, &broker, &format!("{mary}/death"), &json!({ "died_on": "2026-11-01" }), 403);
    let capable =
        json!({ "decided_on": "2026-11-01", "about": "money", "outcome": "has_capacity", "decided_by": "me" });
    refused(&world.app, &broker, &format!("{mary}/capacity-decisions"), &capable, 403);
    let finance = world.visitor(&seed::FINANCE);
    refused(&world.app, &finance, &format!("{mandate}/ending"), &json!({}), 403);
}

#[test]
fn nobody_gives_more_than_the_authority_reaches() {
    let world = World::new();
    let (_, mary) = world.marys();
    let (person, officer) = (world.visitor(&seed::PERSON), world.visitor(&seed::OFFICER));
    let with = |authority: &str, scope: &str| {
        json!({ "email": seed::DAY_CLUB.email, "authority": authority, "from": "2026-11-23", "evidence_note": "seen",
                "see_plan": "true", "see_money": "true", scope: if scope == "approve" { "any" } else { "true" } })
    };
    let path = format!("{mary}/mandates");
    for (authority, scope) in [("broker", "sign"), ("carer", "sign"), ("advocate", "choose"), ("advocate", "approve")] {
        assert_eq!(named(&refused(&world.app, &person, &path, &with(authority, scope), 422)), ["see_plan"]);
    }
    for scope in ["choose", "sign"] {
        assert_eq!(named(&refused(&world.app, &officer, &path, &with("appointee", scope), 422)), ["see_plan"]);
    }
    let negative = json!({ "email": seed::DAY_CLUB.email, "authority": "carer", "from": "2026-11-23", "see_money": "true",
                           "approve": "up_to", "approve_up_to": "-5" });
    assert_eq!(named(&refused(&world.app, &person, &path, &negative, 422)), ["approve_up_to"]);
}

#[test]
fn a_file_is_one_of_three_kinds_small_enough_and_alone() {
    let world = World::new();
    let (mandate, _) = world.marys();
    let officer = world.visitor(&seed::OFFICER);
    let action = format!("{mandate}/evidence");
    let files = || world.number("SELECT count(*) AS n FROM files");
    let before = files();
    let pairs = || {
        let mut pairs = officer.form(&officer.open(&mandate), &action, &[]);
        pairs.retain(|(name, _)| name != "evidence");
        pairs
    };
    for content in ["GIF89a", "<svg onload=alert(1)>", "MZ", "PK\u{3}\u{4}", " %PDF-1.7"] {
        officer.post_file(&action, &pairs(), ("order.pdf", content)).must_be(422).must_say("Choose a PDF");
    }
    let large = format!("%PDF-{}", "x".repeat(5 * 1024 * 1024));
    officer.post_file(&action, &pairs(), ("order.pdf", &large)).must_be(422).must_say("at most 5 MB");
    let mut many = pairs();
    many.extend((0..50).map(|number| (format!("field{number}"), String::new())));
    officer.post_file(&action, &many, ("order.pdf", "%PDF-1.7")).must_be(422).must_say("too many parts");
    let long = [pairs(), vec![("evidence_note".to_owned(), "x".repeat(100_000))]].concat();
    officer.post_file(&action, &long, ("order.pdf", "%PDF-1.7")).must_be(422);
    // Without the form's token nothing is taken.
    officer.post_file(&action, &[], ("order.pdf", "%PDF-1.7")).must_be(409);
    assert_eq!(files(), before);
    // The same form sent twice keeps one file.
    let same = pairs();
    for _ in 0..2 {
        officer.post_file(&action, &same, ("order.pdf", "%PDF-1.7")).must_be(303);
    }
    assert_eq!(files(), before + 1);
    officer.post_file(&action, &same, ("order.pdf", "%PDF-1.8")).must_be(409);
    let changed = "DROP TRIGGER files_no_update; UPDATE files SET bytes = x'00';";
    world.app.fresh.execute(changed);
    let everything = |tx: &mut tailormade::db::Tx| tailormade::reports::check::everything(tx, None);
    let findings = world.app.db().read_now(everything).unwrap().findings.join("; ");
    assert!(findings.contains("(order.pdf)") && findings.contains("files_no_update"), "{findings}");
}

/// What the broker finds: of each kind the page that a hidden thing takes away, and the list that must not name it.
fn found(world: &World, kind: &str, page: &str, list: &str, marks: [&str; 2]) {
    let (mandate, _) = world.marys();
    let (mary, broker, agency) =
        (world.visitor(&seed::PERSON), world.visitor(&seed::BROKER), world.visitor(&seed::AGENCY));
    let see = |visitor: &crate::support::visitor::Visitor| {
        let lists = [visitor.get_json(list), visitor.get(list)];
        let [json, html] = lists;
        let named = [json.body.contains(marks[0]), html.body.contains(marks[1])];
        (visitor.get_json(page).status, visitor.get(page).status, named)
    };
    let everything = (200, 200, [true, true]);
    assert_eq!(see(&broker), everything, "{kind}");
    let number = page.rsplit('/').next().unwrap();
    let item = json!({ "item": format!("{kind}:{number}") });
    super::done(&mary, &format!("{mandate}/hidden-items"), &item);
    assert_eq!(see(&broker), (404, 404, [false, false]), "{kind} is hidden");
    assert_eq!((see(&mary), see(&agency).0), (everything, 200), "{kind}: nobody else misses it");
    assert!(!broker.get(&mandate).body.contains("hidden-items"), "whoever misses it is not told");
    super::done(&mary, &format!("{mandate}/hidden-items/removal"), &item);
    assert_eq!(see(&broker), everything, "{kind} is shown again");
}

#[test]
fn a_hidden_thing_does_not_exist_for_that_mandate() {
    let world = World::new();
    let fund = world.fund();
    let id = fund.rsplit('/').next().unwrap();
    let one = |sql: &str| world.number(&sql.replace("FUND", id));
    let (invoice, package) = (
        one("SELECT max(id) AS n FROM invoices WHERE fund_id = FUND"),
        one("SELECT min(id) AS n FROM packages WHERE fund_id = FUND"),
    );
    let (_, mary) = world.marys();
    found(&world, "fund", &fund, &mary, [&format!("{fund}\""); 2]);
    found(
        &world,
        "invoice",
        &format!("/invoices/{invoice}"),
        "/invoices",
        [&format!("\"id\":{invoice},"), &format!("/invoices/{invoice}\"")],
    );
    found(
        &world,
        "package",
        &format!("/packages/{package}"),
        &format!("{fund}/packages"),
        ["My week", &format!("/packages/{package}\"")],
    );
    found(&world, "agreement", "/agreements/1", &fund, ["/agreements/1\""; 2]);
}

#[test]
fn an_order_and_its_deliveries_open_or_do_not_exist_whatever_is_hidden_and_never_name_it() {
    let world = World::new();
    let (mandate, _) = world.marys();
    let (mary, broker) = (world.visitor(&seed::PERSON), world.visitor(&seed::BROKER));
    let order = world.number("SELECT min(o.id) AS n FROM orders o JOIN agreements a ON a.fund_id = o.fund_id");
    let one = |sql: &str| world.number(&sql.replace("ORDER", &order.to_string()));
    let bill = one("SELECT min(invoice_id) AS n FROM deliveries WHERE order_id = ORDER AND invoice_id IS NOT NULL");
    let things = [
        ("fund", one("SELECT fund_id AS n FROM orders WHERE id = ORDER"), 404),
        ("package", one("SELECT package_id AS n FROM orders WHERE id = ORDER"), 404),
        ("agreement", one("SELECT agreement_id AS n FROM orders WHERE id = ORDER"), 200),
        ("order_line", one("SELECT min(id) AS n FROM order_lines WHERE order_id = ORDER"), 200),
        ("delivery", one("SELECT min(id) AS n FROM deliveries WHERE order_id = ORDER"), 200),
        ("invoice", bill, 200),
    ];
    for (kind, number, status) in things {
        let item = json!({ "item": format!("{kind}:{number}") });
        super::done(&mary, &format!("{mandate}/hidden-items"), &item);
        for path in [format!("/orders/{order}"), format!("/orders/{order}/deliveries"), "/deliveries".to_owned()] {
            let expected = if path == "/deliveries" { 200 } else { status };
            for reply in [broker.get(&path), broker.get_json(&path)] {
                assert_eq!(reply.status, expected, "{path} with a hidden {kind}: {}", reply.body);
                let named = [format!("/invoices/{bill}\""), format!("\"invoice\":{bill}")];
                let names = named.iter().any(|name| reply.body.contains(name));
                assert!(!names || kind != "invoice", "{path} names the hidden invoice: {}", reply.body);
            }
        }
        super::done(&mary, &format!("{mandate}/hidden-items/removal"), &item);
    }
    let deliveries = broker.get(&format!("/orders/{order}/deliveries"));
    assert!(deliveries.body.contains(&format!("/invoices/{bill}\"")), "what is not hidden is named");
}

#[test]
fn what_was_given_under_a_hidden_package_is_neither_seen_nor_decided_on() {
    let world = World::new();
    let (_, mary) = world.marys();
    let person = world.visitor(&seed::PERSON);
    let carer = world.visitor(&seed::ART);
    let body = json!({ "email": seed::ART.email, "authority": "nominated_person", "from": "2026-11-23" });
    let mandate = world.app.give_mandate(&person, &mary, &body, &carer);
    let id = mary.rsplit('/').next().unwrap();
    let of_mary = |sql: &str| world.number(&sql.replace("MARY", id));
    let delivery = of_mary(
        "SELECT min(d.id) AS n FROM deliveries d JOIN funds f ON f.id = d.fund_id
            WHERE f.person_id = MARY AND d.status = 'recorded'",
    );
    let package = world.number(&format!(
        "SELECT o.package_id AS n FROM orders o JOIN deliveries d ON d.order_id = o.id WHERE d.id = {delivery}"
    ));
    let shown = |visitor: &crate::support::visitor::Visitor| {
        let named = format!("/deliveries/{delivery}/confirmation");
        ["/", "/deliveries"].map(|path| visitor.open(path).body.contains(&named))
    };
    assert!(shown(&carer)[1], "it is there to be confirmed");
    super::done(&person, &format!("{mandate}/hidden-items"), &json!({ "item": format!("package:{package}") }));
    assert_eq!(shown(&carer), [false, false]);
    let version = json!({ "version": 1, "reason": "It was not given" });
    refused(&world.app, &carer, &format!("/deliveries/{delivery}/query"), &version, 404);
    refused(&world.app, &carer, &format!("/deliveries/{delivery}/confirmation"), &version, 404);
    carer.get(&format!("/concerns/new?about=delivery-{delivery}")).must_be(404);
    assert!(shown(&person)[1], "the person misses nothing");
    // Whoever acts does not learn by a complaint either who else does.
    let complaint = carer.open(&format!("/concerns/new?person={id}"));
    complaint.must_not_say(seed::BROKER.name);
    person.open(&format!("/concerns/new?person={id}")).must_say(seed::BROKER.name).must_say(seed::ART.name);
}

#[test]
fn a_delivery_links_to_no_bill_that_also_bills_a_hidden_line() {
    let world = World::new();
    let (mandate, _) = world.marys();
    let (mary, broker) = (world.visitor(&seed::PERSON), world.visitor(&seed::BROKER));
    let bill = world.number("SELECT min(invoice_id) AS n FROM deliveries WHERE invoice_id IS NOT NULL");
    let one = |sql: &str| world.number(&sql.replace("BILL", &bill.to_string()));
    let order = one("SELECT order_id AS n FROM invoices WHERE id = BILL");
    let other =
        one("SELECT min(id) AS n FROM order_lines WHERE order_id = (SELECT order_id FROM invoices WHERE id = BILL)
        AND id NOT IN (SELECT order_line_id FROM invoice_lines WHERE invoice_id = BILL)");
    let rest =
        "description, unit, quantity, unit_price, vat_class, vat_category, vat_rate_basis_points, net_pence, vat_pence,
        budget_pence, ground";
    world.app.fresh.execute(&format!(
        "INSERT INTO invoice_lines (invoice_id, order_line_id, {rest})
         SELECT invoice_id, {other}, {rest} FROM invoice_lines WHERE invoice_id = {bill} ORDER BY id LIMIT 1"
    ));
    let (page, link) = (format!("/orders/{order}/deliveries"), format!("/invoices/{bill}\""));
    let links = || broker.get(&page).must_be(200).body.contains(&link);
    let given = || broker.get_json(&page).json()["rows"].as_array().unwrap().len();
    let on_bill = one("SELECT count(*) AS n FROM deliveries WHERE invoice_id = BILL");
    assert!(links());
    super::done(&mary, &format!("{mandate}/hidden-items"), &json!({ "item": format!("order_line:{other}") }));
    broker.get(&format!("/invoices/{bill}")).must_be(404);
    assert!(!links(), "a link that leads nowhere tells that there is something");
    assert!(given() >= usize::try_from(on_bill).unwrap(), "what was delivered stays");
    assert!(mary.get(&page).body.contains(&link));
}

#[test]
fn a_hidden_line_and_a_hidden_delivery_are_left_out_of_their_order() {
    let world = World::new();
    let (mandate, _) = world.marys();
    let (mary, broker) = (world.visitor(&seed::PERSON), world.visitor(&seed::BROKER));
    let order = world.number("SELECT min(o.id) AS n FROM orders o JOIN agreements a ON a.fund_id = o.fund_id");
    let line = world
        .number(&format!("SELECT id AS n FROM order_lines WHERE order_id = {order} AND description LIKE '%Day club%'"));
    let delivery = world
        .number(&format!("SELECT min(id) AS n FROM deliveries WHERE order_line_id <> {line} AND order_id = {order}"));
    let deliveries = format!("/orders/{order}/deliveries");
    let count = || broker.get_json(&deliveries).json()["rows"].as_array().unwrap().len();
    let all = count();
    let hide = |item: String| super::done(&mary, &format!("{mandate}/hidden-items"), &json!({ "item": item }));
    hide(format!("delivery:{delivery}"));
    assert_eq!(count(), all - 1);
    hide(format!("order_line:{line}"));
    assert_eq!(count(), all - 1 - 4, "what was delivered under the line goes with it");
    let bill = world.number(&format!("SELECT max(invoice_id) AS n FROM invoice_lines WHERE order_line_id = {line}"));
    assert_eq!(
        (broker.get(&format!("/invoices/{bill}")).status, mary.get(&format!("/invoices/{bill}")).status),
        (404, 200)
    );
    let listed = format!("\"id\":{bill},");
    assert_eq!([&broker, &mary].map(|who| who.get_json("/invoices").body.contains(&listed)), [false, true]);
    for path in [format!("/orders/{order}"), deliveries] {
        for reply in [broker.get_json(&path), broker.get(&path)] {
            assert!(!reply.body.contains("Sunrise Day Club"), "{path} tells it: {}", reply.body);
        }
    }
    // Sums would tell: no statement, none that was kept, and no sum of the order.
    let fund = world.fund();
    let kept = world.number("SELECT min(document_id) AS n FROM statements");
    for (path, seen) in [(format!("{fund}/statement"), 200), (format!("{fund}/statements/{kept}"), 200)] {
        assert_eq!((mary.get(&path).status, broker.get(&path).status), (seen, 404), "{path}");
    }
    assert!(broker.get_json(&format!("/orders/{order}")).json()["budget"].is_null());
}

#[test]
fn only_the_person_hides_and_only_what_is_theirs() {
    let world = World::new();
    let (mandate, _) = world.marys();
    let path = format!("{mandate}/hidden-items");
    let (mary, officer, broker) =
        (world.visitor(&seed::PERSON), world.visitor(&seed::OFFICER), world.visitor(&seed::BROKER));
    let toms = world.number("SELECT min(id) AS n FROM funds WHERE form = 'direct_payment'");
    for item in [format!("fund:{toms}"), "fund:999".to_owned(), "person:1".to_owned(), "fund".to_owned()] {
        assert_eq!(named(&refused(&world.app, &mary, &path, &json!({ "item": item }), 422)), ["item"]);
    }
    for other in [&officer, &broker] {
        refused(&world.app, other, &path, &json!({ "item": "agreement:1" }), 403);
        refused(&world.app, other, &format!("{path}/removal"), &json!({ "item": "agreement:1" }), 403);
    }
    refused(&world.app, &world.visitor(&seed::NEIGHBOUR), &path, &json!({ "item": "agreement:1" }), 404);
}

#[test]
fn a_mandate_that_does_not_show_the_money_shows_none() {
    let world = World::new();
    let (_, mary) = world.marys();
    let person = world.visitor(&seed::PERSON);
    let body = json!({ "email": seed::ART.email, "authority": "carer", "from": "2026-11-23", "see_plan": "true" });
    let carer = world.visitor(&seed::ART);
    world.app.give_mandate(&person, &mary, &body, &carer);
    let page = carer.get_json(&mary);
    assert_eq!(page.status, 200);
    for secret in ["420.00", "61.37", "/funds/"] {
        assert!(!page.body.contains(secret), "it tells {secret}: {}", page.body);
    }
    assert_eq!(carer.get(&world.fund()).status, 404);
}

#[test]
fn a_broker_and_the_councils_finance_see_no_care_notes_and_a_broker_no_contribution() {
    let world = World::new();
    let (_, mary) = world.marys();
    let order = world.number("SELECT min(o.id) AS n FROM orders o JOIN agreements a ON a.fund_id = o.fund_id");
    world.app.fresh.execute("UPDATE deliveries SET note = 'She was very tired'");
    let deliveries = format!("/orders/{order}/deliveries");
    let contribution = |party| world.visitor(party).get_json(&mary).body.contains("61.37");
    let notes = |party| world.visitor(party).get_json(&deliveries).body.contains("very tired");
    for (party, reads_notes, sees_contribution) in [
        (&seed::PERSON, true, true),
        (&seed::BROKER, false, false),
        (&seed::OFFICER, true, true),
        (&seed::FINANCE, false, true),
    ] {
        assert_eq!((notes(party), contribution(party)), (reads_notes, sees_contribution), "{}", party.name);
    }
    assert!(notes(&seed::DAY_CLUB), "a provider reads its own");
}

/// Mary lets her neighbour do one thing alone.
fn neighbour(world: &World, scope: &str) -> crate::support::visitor::Visitor {
    let (_, mary) = world.marys();
    let carer = json!({ "email": seed::NEIGHBOUR.email, "authority": "carer", "from": "2026-11-23", scope: "true" });
    let neighbour = world.visitor(&seed::NEIGHBOUR);
    world.app.give_mandate(&world.visitor(&seed::PERSON), &mary, &carer, &neighbour);
    neighbour
}

const NOTES: &str = "UPDATE deliveries SET note = 'She was in good spirits.'";

#[test]
fn who_may_see_the_plan_alone_sees_what_is_given_and_no_price() {
    let world = World::new();
    world.app.fresh.execute(NOTES);
    let ((_, mary), carer) = (world.marys(), neighbour(&world, "see_plan"));
    let order = world.number("SELECT min(order_id) AS n FROM deliveries WHERE invoice_id IS NOT NULL");
    let given = format!("/orders/{order}/deliveries");
    carer.open("/deliveries").must_say("What was given to Mary Whitlow");
    carer.open(&mary).must_say("What was ordered, and what was given").must_say("does not show the money");
    let page = carer.open(&given);
    page.must_say("She was in good spirits.").must_not_say("£").must_not_say("See the invoice");
    assert!(!carer.get_json(&given).body.contains("\"invoice\":1"));
    for money in [format!("/orders/{order}"), world.fund(), "/invoices/1".to_owned()] {
        carer.get(&money).must_be(404);
    }
    let delivery = world.number("SELECT min(id) AS n FROM deliveries WHERE status = 'recorded'");
    carer.post_json(&format!("/deliveries/{delivery}/confirmation"), &json!({ "version": 1 })).must_be(403);
    // What Mary keeps from them is gone from here as well.
    let mandate = format!("/mandates/{}", world.number("SELECT max(id) AS n FROM mandates"));
    let fund = json!({ "item": format!("fund:{}", world.fund().rsplit('/').next().unwrap()) });
    super::done(&world.visitor(&seed::PERSON), &format!("{mandate}/hidden-items"), &fund);
    carer.get(&given).must_be(404);
    carer.open("/deliveries").must_not_say("What was given to Mary");
}

#[test]
fn who_may_see_the_money_alone_reads_no_note() {
    let world = World::new();
    world.app.fresh.execute(NOTES);
    let carer = neighbour(&world, "see_money");
    let order = world.number("SELECT min(order_id) AS n FROM deliveries WHERE invoice_id IS NOT NULL");
    carer.open(&format!("/orders/{order}/deliveries")).must_say("See the invoice").must_not_say("good spirits");
    refused(&world.app, &carer, &format!("{}/spending", world.fund()), &json!({}), 403);
}

/// An amount as pages write it, and as programs get it.
fn written(pence: i64) -> [String; 2] {
    let (pounds, pence) = (pence / 100, pence % 100);
    let thousands = match (pounds / 1000, pounds % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    };
    [format!("£{thousands}.{pence:02}"), format!("\"{pounds}.{pence:02}\"")]
}

#[test]
fn what_is_hidden_is_in_no_sum_either() {
    for engine in Engine::all() {
        let world = World { app: TestApp::in_the_story(engine) };
        let (_, mary) = world.marys();
        let (carer, person) = (neighbour(&world, "see_money"), world.visitor(&seed::PERSON));
        let mandate = format!("/mandates/{}", world.number("SELECT max(id) AS n FROM mandates"));
        let (fund, id) = (world.fund(), world.fund().rsplit('/').next().unwrap().to_owned());
        let one = |sql: &str| world.number(&sql.replace("FUND", &id));
        let paid = "FROM invoices WHERE fund_id = FUND AND status = 'paid'";
        let invoice = one(&format!("SELECT max(id) AS n {paid}"));
        let hidden = one(&format!("SELECT total_pence AS n FROM invoices WHERE id = {invoice}"));
        let states = person.get_json(&fund).json()["states"].clone();
        let state = |key: &str| {
            let found = states.as_array().unwrap().iter().find(|state| state["key"] == key);
            found.unwrap()["amount_pence"].as_i64().unwrap()
        };
        let held = person.get_json(&format!("{fund}/money")).json()["held"].as_str().unwrap().to_owned();
        let sums = [state("reserved"), state("delivered"), state("invoiced"), state("paid")];
        assert!(sums[3] >= hidden && hidden > 0, "{states}: {hidden}");
        let pages = [fund.clone(), format!("{fund}/money"), format!("{fund}/packages"), mary, "/".to_owned()];
        let tells = || -> Vec<String> {
            let mut told = vec![];
            for path in &pages {
                let (html, json) = (carer.open(path), carer.get_json(path));
                // What each other movement or order is by itself is no secret.
                let rows = format!("{}{}", json.json()["movements"], json.json()["orders"]);
                let secrets = [vec![hidden, sums[3] - hidden], sums.to_vec()].concat();
                for secret in secrets.into_iter().filter(|secret| *secret > 0).map(written) {
                    let shown = html.text().contains(&secret[0]) || json.body.contains(&secret[1]);
                    if !rows.contains(secret[1].trim_matches('"')) && (shown || json.body.contains(&secret[0])) {
                        told.push(format!("{path} tells {}", secret[0]));
                    }
                }
                if html.body.contains(&format!("£{held}")) || json.body.contains(&format!("\"{held}\"")) {
                    told.push(format!("{path} tells {held} held"));
                }
                // On their first page they see their own money too.
                let all = json.json();
                let acting = |section: &&serde_json::Value| section["heading"].as_str().unwrap().contains("Mary");
                let here = all["sections"].as_array().map(|sections| sections.iter().find(acting).unwrap());
                let here = here.unwrap_or(&all).to_string();
                for name in ["states", "granted", "granted_text", "held"] {
                    if here.contains(&format!("\"{name}\"")) {
                        told.push(format!("{path} has {name}"));
                    }
                }
                if html.body.contains(&format!("{fund}/statement")) || here.contains("/statement\"") {
                    told.push(format!("{path} leads to the statement"));
                }
            }
            told
        };
        let before = tells();
        assert!(before.len() > 10, "{before:?}");
        let item = json!({ "item": format!("invoice:{invoice}") });
        super::done(&person, &format!("{mandate}/hidden-items"), &item);
        assert_eq!(tells(), Vec::<String>::new());
        const INSTEAD: &str = "The totals of this fund are not shown to you.";
        for path in [&pages[0], &pages[1], &pages[3], &pages[4]] {
            carer.open(path).must_say(INSTEAD).must_say("free to use");
            carer.get_json(path).must_say(INSTEAD);
            person.open(path).must_not_say(INSTEAD);
        }
        person.open(&mandate).must_say("They do not see the totals of its fund").must_say("may guess that something");
        super::done(&person, &format!("{mandate}/hidden-items/removal"), &item);
        assert_eq!(tells(), before);
    }
}

#[test]
fn hidden_lines_and_packages_are_in_no_movement_and_in_no_sum_of_an_order() {
    let world = World::new();
    let (carer, person) = (neighbour(&world, "see_money"), world.visitor(&seed::PERSON));
    let mandate = format!("/mandates/{}", world.number("SELECT max(id) AS n FROM mandates"));
    let fund = world.fund();
    let id = fund.rsplit('/').next().unwrap();
    let paid = format!("FROM invoices WHERE fund_id = {id} AND status = 'paid'");
    let (invoice, order) = (
        world.number(&format!("SELECT max(id) AS n {paid}")),
        world.number(&format!("SELECT max(order_id) AS n {paid}")),
    );
    let line = world.number(&format!("SELECT min(order_line_id) AS n FROM invoice_lines WHERE invoice_id = {invoice}"));
    let package = world.number(&format!("SELECT package_id AS n FROM orders WHERE id = {order}"));
    let movements = || carer.get_json(&format!("{fund}/money")).json()["movements"].as_array().unwrap().len();
    let all = movements();
    for item in [format!("order_line:{line}"), format!("package:{package}")] {
        let item = json!({ "item": item });
        super::done(&person, &format!("{mandate}/hidden-items"), &item);
        assert!(movements() < all, "{item}");
        carer.get(&format!("/invoices/{invoice}")).must_be(404);
        let json = carer.get_json(&fund).json();
        assert!(json.get("states").is_none() && json.get("granted").is_none(), "{item}: {json}");
        let orders = carer.get_json(&format!("{fund}/packages")).json()["orders"].clone();
        assert!(orders.as_array().unwrap().iter().all(|order| order.get("budget").is_none()), "{orders}");
        super::done(&person, &format!("{mandate}/hidden-items/removal"), &item);
        assert_eq!(movements(), all, "{item}");
    }
    // Without money in it, what is kept changes no sum.
    super::done(&person, &format!("{mandate}/hidden-items"), &json!({ "item": "agreement:1" }));
    assert!(carer.get_json(&fund).json().get("states").is_some());
    carer.open(&fund).must_not_say("Opening, in, out, closing");
}
