//! What the feed says, and what it never says.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde_json::Value;
use tailormade::db::schema::{people, rate_prices, service_rates, services, users};
use tailormade::money::UnitPrice;

use super::{LISTS, contents, ids, many_services, must_be_open, open, town};
use crate::journeys::marketplace::Town;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

/// Everything that the feed says, in every form in which it says it.
fn everything(visitor: &Visitor) -> Vec<Value> {
    let mut all = vec![open(visitor, ""), open(visitor, "/openapi.json")];
    for list in LISTS {
        for query in ["", "full=true", "per_page=1&page=2"] {
            all.push(open(visitor, &format!("/{list}?{query}")));
        }
        for id in ids(&open(visitor, &format!("/{list}?per_page=500"))) {
            all.push(open(visitor, &format!("/{list}/{id}")));
        }
        let lines = visitor.request("GET", &format!("/open-referral/{list}?format=ndjson&full=true"), &[], None);
        all.extend(lines.body.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    all
}

#[test]
fn no_draft_no_person_no_budget_and_no_agreed_price_is_in_the_feed() {
    for engine in Engine::all() {
        let app = TestApp::in_the_story(engine);
        // A draft with a price of its own, beside the story's people, budgets and agreed prices.
        app.fresh.execute(
            "INSERT INTO services (organisation_id, name, category, summary, postcode, nature,
                inside_regulated_activity, published, version, created_by, created_at, features, confirmed_on)
             SELECT id, 'SECRET-DRAFT', 'other', 'SECRET-SUMMARY', 'DT9 9ZZ', 'welfare', 'no', FALSE, 1,
                (SELECT min(id) FROM users), '2026-11-02 10:00:00', '', '2026-11-02' FROM organisations
                WHERE name = 'Sunrise Day Club Ltd';
             INSERT INTO service_rates (service_id, unit, entered_price, basis, net_price, from_date, recorded_by,
                recorded_at, rounding, step_minutes, minimum_minutes, staff, people, hospital_days)
             SELECT id, 'day', 987654, 'net', 987654, '2026-04-01', created_by, created_at, 'exact', 1, 0, 1, 1, 0
                FROM services WHERE name = 'SECRET-DRAFT';",
        );
        let (people, users, prices) = app
            .db()
            .read_now(|tx| {
                let people: Vec<(String, String, String)> =
                    people::table.select((people::name, people::reference, people::address_line)).load(tx)?;
                let users: Vec<(String, String)> = users::table.select((users::name, users::email)).load(tx)?;
                let published = services::table.filter(services::published.eq(true)).select(services::id);
                let of = service_rates::table.filter(service_rates::service_id.eq_any(published));
                let mut prices: Vec<i64> = of.select(service_rates::net_price).load(tx)?;
                prices.extend(rate_prices::table.select(rate_prices::net_price).load::<i64>(tx)?);
                Ok((people, users, prices))
            })
            .unwrap();
        let mut secrets: Vec<String> =
            ["SECRET", "DT9 9ZZ", "98.7654", "98.76", "budget_id", "fund"].map(str::to_owned).into();
        secrets.extend(people.into_iter().flat_map(|(name, reference, line)| [name, reference, line]));
        secrets.extend(users.into_iter().flat_map(|(name, email)| [name, email]));
        let all = everything(&app.visitor());
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            // The description of the feed says what a fund is.
            let found = all.iter().filter(|one| one["openapi"].is_null()).find(|one| one.to_string().contains(secret));
            assert!(found.is_none(), "{secret:?} is in {found:?}");
        }
        let listed: BTreeSet<String> =
            prices.into_iter().map(|price| UnitPrice::from_hundredths_of_a_penny(price).decimal()).collect();
        let mut told = BTreeSet::new();
        all.iter().for_each(|one| nets(one, &mut told));
        assert!(told.len() >= 4, "{told:?}");
        assert!(told.is_subset(&listed), "told: {told:?}, listed: {listed:?}");
    }
}

/// Every price without VAT that something says.
fn nets(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("x_net").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| nets(value, found));
        }
        Value::Array(all) => all.iter().for_each(|value| nets(value, found)),
        _ => {}
    }
}

/// A service by its name, with everything that is said of it.
#[track_caller]
fn service(visitor: &Visitor, name: &str) -> Value {
    let page = open(visitor, "/services?per_page=500");
    let found = contents(&page).iter().find(|one| one["name"] == name);
    open(visitor, &format!("/services/{}", found.unwrap_or_else(|| panic!("no {name}"))["id"].as_str().unwrap()))
}

#[test]
fn each_price_of_a_card_is_told_as_a_person_is_charged_it() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("registered", "GB 434 0314 94", "1 1 2020");
        let path = town.service("Day club", "DT1 1XJ", "30.00", "hour", "net");
        let provider = town.app.signed_in("provider@example.org");
        let card = [
            ("price", "32.00"),
            ("unit", "hour"),
            ("basis", "net"),
            ("from", "1 December 2026"),
            ("days_1", "bank_holidays"),
            ("price_1", "64.00"),
            ("days_2", "weekdays"),
            ("from_2", "18:00"),
            ("until_2", "22:00"),
            ("price_2", "40.00"),
            ("days_3", "every"),
            ("minutes_3", "30"),
            ("price_3", "20.00"),
            ("travel", "apart"),
            ("mile", "0.45"),
        ];
        let page = provider.open(&format!("{path}/rates/new"));
        let known: Vec<(&str, &str)> =
            card.into_iter().filter(|(name, _)| page.body.contains(&format!("name=\"{name}\""))).collect();
        assert!(known.len() >= 13, "the form has other fields: {known:?}");
        provider.submit(&format!("{path}/rates/new"), &format!("{path}/rates"), &known);
        let told = service(&town.app.visitor(), "Day club");
        let options = told["cost_options"].as_array().unwrap();
        let text = |one: &Value, member: &str| one[member].as_str().unwrap_or_default().to_owned();
        let rows: Vec<[String; 4]> = options
            .iter()
            .map(|one| [text(one, "valid_from"), text(one, "option"), one["amount"].to_string(), text(one, "x_net")])
            .collect();
        let row = |from: &str, option: &str, amount: &str, net: &str| [from, option, amount, net].map(str::to_owned);
        assert_eq!(rows[0], row("2026-04-01", "Every day", "36.0", "30.00"));
        assert_eq!(options[0]["valid_to"], "2026-11-30");
        assert_eq!(rows[1], row("2026-12-01", "Every day", "38.4", "32.00"));
        assert!(rows.contains(&row("2026-12-01", "Bank holidays", "76.8", "64.00")), "{rows:?}");
        assert!(rows.contains(&row("2026-12-01", "Mondays to Fridays, 6pm to 10pm", "48.0", "40.00")), "{rows:?}");
        assert!(rows.contains(&row("2026-12-01", "A visit of 30 minutes", "24.0", "20.00")), "{rows:?}");
        let evening = options.iter().find(|one| one["option"] == "Mondays to Fridays, 6pm to 10pm").unwrap();
        assert_eq!(
            evening["x_band_rule"],
            serde_json::json!({ "days": "weekdays", "from": "18:00", "until": "22:00" })
        );
        assert_eq!((&evening["x_currency"], &evening["x_unit"]), (&"GBP".into(), &"hour".into()));
        assert_eq!(
            (&evening["x_vat_class"], &evening["x_vat_category"], &evening["x_vat_rate"]),
            (&"D".into(), &"S".into(), &"20".into())
        );
        assert_eq!(evening["x_vat_treatment"], "Standard rate 20%");
        assert!(text(evening, "amount_description").starts_with("per hour, as charged to a person."), "{evening}");
        let visit = options.iter().find(|one| one["option"] == "A visit of 30 minutes").unwrap();
        assert_eq!(visit["x_visit_minutes"], 30);
        let of_options: BTreeSet<String> = options.iter().map(|one| text(one, "id")).collect();
        assert_eq!(of_options.len(), options.len());
        // Once it is no longer registered for VAT, from that day on.
        town.state_vat("not_registered", "", "1 3 2027");
        let told = service(&town.app.visitor(), "Day club");
        let rows: Vec<(String, String)> = told["cost_options"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["option"] == "Every day")
            .map(|one| (text(one, "valid_from"), one["amount"].to_string()))
            .collect();
        let told = |from: &str, amount: &str| (from.to_owned(), amount.to_owned());
        assert_eq!(rows, [told("2026-04-01", "36.0"), told("2026-12-01", "38.4"), told("2027-03-01", "32.0")]);
    }
}

#[test]
fn a_service_has_its_place_its_terms_and_what_the_regulator_says() {
    for engine in Engine::all() {
        let town = town(engine);
        town.register();
        town.app.fresh.execute("UPDATE organisations SET register_location = '1-1' WHERE name = 'Sunrise Days'");
        let visitor = town.app.visitor();
        let club = service(&visitor, "Garden club");
        assert!(club["accreditations"].as_str().unwrap().contains("Good, published on 1 May 2020"), "{club}");
        assert_eq!(club["status"], "active");
        assert!(club["url"].as_str().unwrap().starts_with(&town.app.url));
        assert_eq!(club["x_vat_status"], "registered");
        let at = &club["service_at_locations"][0];
        assert_eq!(at["location"]["addresses"][0]["postal_code"], "DT1 1XJ");
        let degrees = |member: &str| at["location"][member].as_f64().unwrap();
        assert!((50.6..50.8).contains(&degrees("latitude")) && (-2.5..-2.3).contains(&degrees("longitude")), "{at}");
        let links: Vec<(&str, &str)> = club["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["link_type"].as_str().unwrap(), one["taxonomy_term"]["term"].as_str().unwrap()))
            .collect();
        assert_eq!(links, [("service_type", "day_service"), ("price_unit", "day")]);
        // Elsewhere than the organisation, only the postcode is known.
        let music = service(&visitor, "Music club");
        assert!(music["service_at_locations"][0]["location"]["addresses"].is_null());
        let numbers = &club["organization"]["organization_identifiers"];
        assert_eq!(numbers[0]["identifier_type"], "CQC provider ID");
        let at = open(&visitor, &format!("/service_at_locations/{}", at["id"].as_str().unwrap()));
        assert_eq!((&at["name"], &at["status"]), (&"Garden club".into(), &"active".into()));
        assert_eq!(at["service"]["id"], club["id"]);
        // Somebody who works alone may live where they work.
        town.app.fresh.execute("UPDATE organisations SET kind = 'sole_trader' WHERE name = 'Sunrise Days'");
        let club = service(&visitor, "Garden club");
        assert!(club["service_at_locations"][0]["location"]["addresses"].is_null(), "{club}");
    }
}

#[test]
fn the_time_of_a_change_moves_with_everything_that_is_said_of_a_service() {
    for engine in Engine::all() {
        let town = town(engine);
        town.register();
        let visitor = town.app.visitor();
        let modified = |name: &str| service(&visitor, name)["last_modified"].as_str().unwrap().to_owned();
        let (mut before, other) = (modified("Garden club"), modified("Music club"));
        assert!(before.ends_with('Z') && before.contains('.'), "{before}");
        town.app.clock.advance(chrono::TimeDelta::minutes(1));
        assert_eq!(modified("Garden club"), before);
        let path = service(&visitor, "Garden club")["url"].as_str().unwrap().replace(&town.app.url, "");
        let provider = town.app.signed_in("provider@example.org");
        let mut moved = |what: &str| {
            let now = modified("Garden club");
            assert!(now > before, "{what} does not move it");
            let since = before.replace(".000Z", ".001Z");
            let found = super::names(&visitor, &format!("modified_after={since}"));
            assert!(found.contains("Garden club"), "{what}: {found:?}");
            assert!(super::names(&visitor, &format!("modified_after={now}")).contains("Garden club"), "{what}");
            before = now;
            town.app.clock.advance(chrono::TimeDelta::minutes(1));
        };
        let edit = format!("{path}/edit");
        provider.submit(&edit, &path, &[("summary", "New words")]);
        moved("an edit");
        assert_eq!(modified("Music club"), other);
        let rate = [("price", "31.00"), ("unit", "day"), ("basis", "net"), ("from", "1 December 2026")];
        provider.submit(&edit, &format!("{path}/rates"), &rate);
        moved("a rate");
        provider.submit("/provider", "/provider", &[("about", "We are new")]);
        moved("the organisation's words");
        town.state_vat("not_registered", "", "1 1 2027");
        moved("VAT");
        assert!(modified("Music club") > other);
        town.app.fresh.execute("UPDATE organisations SET register_location = '1-1' WHERE name = 'Sunrise Days'");
        town.rate_the_register("Outstanding");
        moved("a rating");
        provider.submit(&edit, &format!("{path}/publication"), &[]);
        assert!(!super::names(&visitor, "").contains("Garden club"));
        let minimal = open(&visitor, "/services?minimal=true");
        assert_eq!(contents(&minimal).len(), 1);
    }
}

#[test]
fn a_page_of_many_takes_as_many_statements_as_a_page_of_few() {
    let app = TestApp::start(Engine::Sqlite);
    many_services(&app, 20);
    let paths = ["services?", "services?full=true&", "service_at_locations?full=true&", "organizations?full=true&"];
    for path in paths {
        let statements = |count: i64| app.statements(&format!("/open-referral/{path}per_page={count}"));
        let (few, many) = (statements(2), statements(20));
        assert_eq!(few, many, "{path}");
        assert!(few < 25, "{path}: {few}");
    }
}

#[test]
fn line_by_line_everything_comes_once() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        many_services(&app, 250);
        let visitor = app.visitor();
        for (list, count) in [("services", 250), ("service_at_locations", 250), ("organizations", 1), ("taxonomies", 7)]
        {
            let reply = visitor.request("GET", &format!("/open-referral/{list}?format=ndjson"), &[], None);
            must_be_open(reply.must_be(200));
            assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
            let line = |line: &str| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned();
            let found: Vec<String> = reply.body.lines().map(line).collect();
            let mut paged = vec![];
            let pages = open(&visitor, &format!("/{list}?per_page=37"))["total_pages"].as_i64().unwrap();
            for page in 1..=pages {
                paged.extend(ids(&open(&visitor, &format!("/{list}?per_page=37&page={page}"))));
            }
            assert_eq!(found.len(), count, "{list}");
            assert_eq!(found, paged, "{list}");
        }
    }
}
