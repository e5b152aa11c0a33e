//! Agreements: who signs what for whom, what holds after the end; and text that would be markup.

use serde_json::json;
use tailormade::auth::rights::{Authority, Role};
use tailormade::demo::seed;
use tailormade::ids::{OrganisationId, PersonId, UserId};

use super::{World, done, named, refused, version};

#[test]
fn nothing_is_ordered_for_days_after_the_agreement_ends() {
    let world = World::new();
    let (mary, broker) = (world.visitor(&seed::PERSON), world.visitor(&seed::BROKER));
    let fund = world.fund();
    let package = done(&broker, &format!("{fund}/packages"), &json!({ "name": "More" }));
    let service = world.number("SELECT min(id) AS n FROM services WHERE name = 'Art class'");
    let line = json!({ "service": service, "weekly_quantity": "1", "version": version(&broker, &package) });
    done(&broker, &format!("{package}/lines"), &line);
    let body = json!({
        "version": version(&mary, "/agreements/1"), "party": "person", "cause": "safeguarding", "reason": "It must stop"
    });
    done(&mary, "/agreements/1/ending", &body);
    world.app.on("2026-11-30");
    let order = json!({ "starts_on": "2026-11-30", "weeks": 1, "version": version(&broker, &package) });
    let reply = refused(&world.app, &broker, &format!("{package}/orders"), &order, 422);
    assert_eq!(named(&reply), ["starts_on"], "{}", reply.body);
}

/// A town where one user stands on several sides.
#[test]
fn nobody_signs_for_two_parties_and_nobody_for_the_person_who_works_for_the_holder() {
    let world = World::new();
    let app = &world.app;
    let officer = world.visitor(&seed::OFFICER);
    let tom = PersonId::new(world.number("SELECT id AS n FROM people WHERE name = 'Tom Ashdown'"));
    let agency = OrganisationId::new(world.number("SELECT id AS n FROM organisations WHERE name LIKE 'Harbour%'"));
    let hana = UserId::new(world.number("SELECT id AS n FROM users WHERE email = 'agency@demo.example'"));
    app.mandate(tom, hana, Authority::Attorney);
    let more =
        json!({ "weekly": "200.00", "contribution_weekly": "0.00", "starts_on": "2026-11-23", "agreed_note": "x" });
    done(&officer, &format!("/people/{tom}/budgets"), &more);
    let fund = json!({
        "form": "individual_service_fund", "weekly": "50.00", "holder": agency.to_string(),
        "structure": "agent_of_person", "recovery_confirmed": "false", "payment_frequency": "four_weekly",
        "contribution_mode": "council_invoices", "starts_on": "2026-11-23",
    });
    let fund = done(&officer, &format!("/people/{tom}/funds"), &fund);
    let terms = json!({
        "structure": "agent_of_person", "starts_on": "2026-11-23", "payment_frequency": "four_weekly",
        "advance_days": 14, "fee_weekly": "0.00", "fee_position": "from_budget", "surplus_rule": "pro_rata",
        "surplus_cap_weeks": 4, "notice_person_weeks": 4, "notice_holder_weeks": 4, "notice_council_weeks": 4,
    });
    let hana = world.visitor(&seed::AGENCY);
    let agreement = done(&hana, &format!("{fund}/agreements"), &terms);
    done(&hana, &format!("{agreement}/proposal"), &json!({ "version": version(&hana, &agreement) }));
    let sha256 = hana.get_json(&agreement).json()["sha256"].clone();
    let sign = |party: &str| json!({ "sha256": sha256, "party": party, "read": "true" });
    let path = format!("{agreement}/signatures");
    // Somebody else of the agency with an attorney's mandate is the agency all the same.
    let colleague = app.user("colleague@test.example", "Colleague");
    app.member(colleague, agency, Role::Reader);
    app.mandate(tom, colleague, Authority::Attorney);
    let colleague = app.signed_in("colleague@test.example");
    refused(app, &colleague, &path, &sign("person"), 403);
    refused(app, &colleague, &path, &sign("holder"), 403);
    refused(app, &colleague, &path, &sign("council"), 403);
    done(&hana, &path, &sign("holder"));
    refused(app, &hana, &path, &sign("person"), 403);
    refused(app, &hana, &path, &sign("holder"), 409);
    refused(app, &officer, &path, &json!({ "sha256": "f".repeat(64), "party": "council", "read": "true" }), 409);
    refused(app, &officer, &path, &json!({ "sha256": sha256, "party": "council" }), 422);
    refused(app, &officer, &path, &sign("person"), 403);
    done(&officer, &path, &sign("council"));
    let money = json!({ "amount": "5.00", "on": "2026-11-23", "reference": "Too early" });
    refused(app, &officer, &format!("{fund}/funding"), &money, 403);
    let finance = world.visitor(&seed::FINANCE);
    refused(app, &finance, &format!("{fund}/funding"), &money, 422);
    done(&world.visitor(&seed::NEIGHBOUR), &path, &sign("person"));
    done(&finance, &format!("{fund}/funding"), &money);
}

const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;\"'{{ page }}";

#[test]
fn what_people_type_is_text_on_every_page_and_paper() {
    let world = World::new();
    let app = &world.app;
    // Everywhere where somebody's words are kept that may still be changed.
    for (table, column) in [
        ("users", "name"),
        ("people", "name"),
        ("people", "address_line"),
        ("organisations", "about"),
        ("organisations", "address_line"),
        ("services", "name"),
        ("services", "summary"),
        ("packages", "name"),
        ("deliveries", "note"),
        ("deliveries", "query_reason"),
        ("search_entries", "summary"),
        ("search_entries", "name"),
    ] {
        let words = MARKUP.replace('\'', "''");
        app.fresh.execute(&format!("UPDATE {table} SET {column} = '{words}'"));
    }
    let (mary, officer, agency, day_club) = (
        world.visitor(&seed::PERSON),
        world.visitor(&seed::OFFICER),
        world.visitor(&seed::AGENCY),
        world.visitor(&seed::DAY_CLUB),
    );
    let fund = world.fund();
    let statement = mary.post_json(&format!("{fund}/statements"), &json!({})).location.unwrap();
    let id = |sql: &str| world.number(sql);
    let person = id("SELECT min(person_id) AS n FROM agreements a JOIN funds f ON f.id = a.fund_id");
    let (order, package) = (id("SELECT min(order_id) AS n FROM deliveries"), id("SELECT min(id) AS n FROM packages"));
    let (invoice, service) = (id("SELECT min(id) AS n FROM invoices"), id("SELECT min(id) AS n FROM services"));
    let paths = [
        "/".to_owned(),
        fund.clone(),
        format!("{fund}/money"),
        format!("{fund}/statement"),
        format!("{fund}/packages"),
        statement,
        "/people".to_owned(),
        format!("/people/{person}"),
        format!("/people/{person}/funds/new"),
        format!("/packages/{package}"),
        format!("/packages/add?service={service}"),
        format!("/orders/{order}"),
        format!("/orders/{order}/deliveries"),
        format!("/orders/{order}/invoices/new"),
        "/deliveries".to_owned(),
        "/invoices".to_owned(),
        format!("/invoices/{invoice}"),
        format!("/invoices/{invoice}/paper"),
        "/agreements/1".to_owned(),
        "/agreements/1/paper".to_owned(),
        "/agreements/1/ending".to_owned(),
        "/search".to_owned(),
        format!("/services/{service}"),
        format!("/services/{service}/edit"),
        "/provider".to_owned(),
    ];
    let mut seen = 0;
    for path in &paths {
        for who in [&mary, &officer, &agency, &day_club] {
            let page = who.get(path);
            assert!(matches!(page.status, 200 | 403 | 404), "{path}: {} {}", page.status, page.text());
            for tag in ["<script>", "<img src=x", "&lt;b&gt;\"'{{ page }}<"] {
                assert!(!page.body.contains(tag), "{path} holds {tag}");
            }
            seen += usize::from(page.status == 200 && page.body.contains("&lt;script&gt;"));
        }
    }
    assert!(seen > 20, "the words must be on the pages: {seen}");
}
