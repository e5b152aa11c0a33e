//! The open feed: obeys the official schemas, says everything that is published and nothing else.

mod feed;
mod importing;
mod published;
mod schemas;

use std::collections::BTreeSet;

use serde_json::Value;
use tailormade::people::OrganisationKind;

use super::marketplace::Town;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

/// The lists of the feed.
const LISTS: [&str; 5] = ["services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms"];

/// Something of the feed, which must be open to everybody and hold no null.
#[track_caller]
fn open(visitor: &Visitor, path: &str) -> Value {
    let reply = visitor.request("GET", &format!("/open-referral{path}"), &[], None);
    reply.must_be(200);
    must_be_open(&reply);
    let json = reply.json();
    assert!(!has_null(&json), "{path}: {json}");
    json
}

/// Readable from any site, without a cookie.
#[track_caller]
fn must_be_open(reply: &Reply) {
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"), "{reply:?}");
    assert_eq!(reply.header("set-cookie"), None, "{reply:?}");
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.iter().any(has_null),
        Value::Object(members) => members.values().any(has_null),
        _ => false,
    }
}

fn contents(page: &Value) -> &[Value] {
    page["contents"].as_array().unwrap()
}

fn ids(page: &Value) -> Vec<String> {
    contents(page).iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// The names of the services that a query finds.
#[track_caller]
fn names(visitor: &Visitor, query: &str) -> BTreeSet<String> {
    let page = open(visitor, &format!("/services?{query}"));
    contents(&page).iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

/// A provider with so many services, put in behind the program's back.
fn many_services(app: &TestApp, count: i64) {
    let provider = app.organisation("Many Clubs", OrganisationKind::Company, &["provider"]);
    app.user("many@example.org", "Many");
    let range =
        format!("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})");
    let time = "'2026-11-02 10:00:00'";
    app.fresh.execute(&format!(
        "INSERT INTO vat_registrations (organisation_id, status, from_date, recorded_at)
            VALUES ({provider}, 'not_registered', '2020-01-01', {time});
         {range} INSERT INTO services (organisation_id, name, category, summary, postcode, nature,
            inside_regulated_activity, published, version, created_by, created_at, features, confirmed_on)
            SELECT {provider}, 'Club ' || n, 'day_service', '', 'DT1 1XJ', 'welfare', 'no', TRUE, 1,
                (SELECT min(id) FROM users), {time}, '', '2026-11-02' FROM numbers;
         INSERT INTO service_rates (service_id, unit, entered_price, basis, net_price, from_date, recorded_by, recorded_at,
            rounding, step_minutes, minimum_minutes, staff, people, hospital_days)
            SELECT id, 'day', 300000, 'net', 300000, '2026-04-01', created_by, {time}, 'exact', 1, 0, 1, 1, 0
            FROM services WHERE organisation_id = {provider};
         INSERT INTO search_entries (service_id, organisation_id, name, provider_name, summary, category, town, postcode,
            la_code, easting, northing, words, marks, vat_status, unit_order, net_price, sunk, wait_order, rating_order,
            rating, url, fictional)
            SELECT id, organisation_id, name, 'Many Clubs', '', category, 'Dorchester', postcode, 'E06000059', 369000,
                90500, 'club', '_cdayservice', 'not_registered', 3, 300000, FALSE, 999, 9, '', '', TRUE FROM services WHERE organisation_id = {provider};
         INSERT INTO service_changes (service_id, changed_at)
            SELECT id, {time} FROM services WHERE organisation_id = {provider};"
    ));
}

/// A town with two services of one provider.
fn town(engine: Engine) -> Town {
    let town = Town::found(engine);
    town.state_vat("registered", "GB 434 0314 94", "1 1 2020");
    town.service("Garden club", "DT1 1XJ", "30.00", "day", "net");
    town.service("Music club", "DT4 8AA", "12.50", "hour", "net");
    town
}
