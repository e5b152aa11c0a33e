//! Who may read the feed, what can be asked of it, and what it answers when it cannot.

use serde_json::Value;

use super::{LISTS, contents, ids, must_be_open, names, open, town};
use crate::journeys::marketplace::Town;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

fn found(all: &[&str]) -> std::collections::BTreeSet<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

/// The id of the first thing of a list that has a member with this value.
fn id(visitor: &Visitor, list: &str, member: &str, value: &str) -> String {
    let page = open(visitor, &format!("/{list}?per_page=500"));
    let found = contents(&page).iter().find(|one| one[member] == value);
    found.unwrap_or_else(|| panic!("no {value} in {list}"))["id"].as_str().unwrap().to_owned()
}

#[test]
fn filters_are_cumulative() {
    for engine in Engine::all() {
        let town = town(engine);
        let visitor = town.app.visitor();
        let both = found(&["Garden club", "Music club"]);
        assert_eq!(names(&visitor, ""), both);
        assert_eq!(names(&visitor, "search=clu"), both);
        assert_eq!(names(&visitor, "search=gard+club"), found(&["Garden club"]));
        assert_eq!(names(&visitor, "search=nothing"), found(&[]));
        let day = id(&visitor, "taxonomy_terms", "term", "day_service");
        let care = id(&visitor, "taxonomy_terms", "term", "care_at_home");
        let hour = id(&visitor, "taxonomy_terms", "term", "hour");
        let (kinds, units) = (
            id(&visitor, "taxonomies", "name", "Kinds of help"),
            id(&visitor, "taxonomies", "name", "What a price is for"),
        );
        let provider = id(&visitor, "organizations", "name", "Sunrise Days");
        assert_eq!(names(&visitor, &format!("taxonomy_term_id={day}")), both);
        assert_eq!(names(&visitor, &format!("taxonomy_term_id={care}")), found(&[]));
        assert_eq!(names(&visitor, &format!("taxonomy_term_id={hour}")), found(&["Music club"]));
        assert_eq!(names(&visitor, &format!("taxonomy_id={kinds}")), both);
        assert_eq!(names(&visitor, &format!("taxonomy_id={units}&search=music")), found(&["Music club"]));
        assert_eq!(names(&visitor, &format!("taxonomy_id={day}")), found(&[]));
        assert_eq!(
            names(&visitor, &format!("organization_id={provider}&taxonomy_term_id={hour}")),
            found(&["Music club"])
        );
        assert_eq!(names(&visitor, &format!("organization_id={day}")), found(&[]));
        assert_eq!(names(&visitor, &format!("organization_id={provider}&search=garden")), found(&["Garden club"]));
        assert_eq!(names(&visitor, "postcode=DT1+1XJ&proximity=2000"), found(&["Garden club"]));
        assert_eq!(names(&visitor, "postcode=DT1+1XJ&proximity=20000"), both);
        assert_eq!(names(&visitor, "postcode=DT1+1XJ"), both);
        assert_eq!(names(&visitor, "postcode=SW1A+1AA"), found(&[]));
        assert_eq!(names(&visitor, "postcode=DT1+1XJ&proximity=20000&search=music"), found(&["Music club"]));
        assert_eq!(names(&visitor, "modified_after=2026-11-02T10:00:00Z"), both);
        assert_eq!(names(&visitor, "modified_after=2026-11-02T10:00:00%2B00:00"), both);
        assert_eq!(names(&visitor, "modified_after=2026-11-02T10:00:00.001Z"), found(&[]));
        details(&town, &visitor);
        let of_kinds = open(&visitor, &format!("/taxonomy_terms?taxonomy_id={kinds}&search=care&per_page=500"));
        assert!(contents(&of_kinds).iter().all(|term| term["taxonomy"] == "Kinds of help"), "{of_kinds}");
        assert_eq!(contents(&open(&visitor, &format!("/taxonomy_terms?parent_id={day}"))).len(), 0);
        assert_eq!(contents(&open(&visitor, "/organizations?search=music")).len(), 1);
        assert_eq!(contents(&open(&visitor, "/organizations?search=nothing")).len(), 0);
        let full = open(&visitor, "/organizations?full_service=true");
        assert_eq!(contents(&full)[0]["services"].as_array().unwrap().len(), 2);
    }
}

/// Ages, days, times, groups and places, once a provider has said something of them.
fn details(town: &Town, visitor: &Visitor) {
    let said = ["minimum_age=18", "maximum_age=65", "day=MO", "start_time=09:00", "end_time=17:00:00"];
    for nothing_said in said {
        assert_eq!(names(visitor, nothing_said), found(&[]), "{nothing_said}");
    }
    town.app.fresh.execute(
        "UPDATE services SET minimum_age = 18, maximum_age = 64, opens_minute = 540, closes_minute = 1020,
            reach_miles = 5, places_left = 3, features = 'at_premises for_dementia language_pl access_loop day_monday day_friday'
            WHERE name = 'Music club'",
    );
    let provider = town.app.signed_in("provider@example.org");
    // Whatever makes the entry again: here the provider says who it is.
    provider.submit("/provider", "/provider", &[("about", "We sing")]);
    for asked in said {
        assert_eq!(names(visitor, asked), found(&["Music club"]), "{asked}");
    }
    for other in ["minimum_age=19", "maximum_age=63", "day=TU", "start_time=09:01", "end_time=16:59"] {
        assert_eq!(names(visitor, other), found(&[]), "{other}");
    }
    let (group, groups) =
        (id(visitor, "taxonomy_terms", "term", "dementia"), id(visitor, "taxonomies", "name", "For whom"));
    assert_eq!(names(visitor, &format!("taxonomy_term_id={group}&day=FR")), found(&["Music club"]));
    assert_eq!(names(visitor, &format!("taxonomy_id={groups}")), found(&["Music club"]));
    let service = open(visitor, &format!("/services/{}", id(visitor, "services", "name", "Music club")));
    assert_eq!((&service["minimum_age"], &service["maximum_age"]), (&18.into(), &64.into()));
    assert_eq!(service["schedules"][0]["byday"], "MO,FR");
    assert_eq!(
        (&service["schedules"][0]["opens_at"], &service["schedules"][0]["closes_at"]),
        (&"09:00:00".into(), &"17:00:00".into())
    );
    assert_eq!(service["service_areas"][0]["x_miles"], 5);
    assert_eq!((&service["languages"][0]["name"], &service["languages"][0]["code"]), (&"Polish".into(), &"pl".into()));
    assert_eq!(service["x_capacity"]["places_left"], 3);
    assert_eq!(service["service_at_locations"][0]["location"]["accessibility"][0]["description"], "Hearing loop");
    let links = service["attributes"].as_array().unwrap();
    assert!(links.iter().any(|link| link["link_type"] == "client_group" && link["taxonomy_term_id"] == group.as_str()));
    if let Some(official) = super::schemas::Official::read() {
        super::schemas::must_obey(&official.compiled("service.json"), "a service with details", &service);
    }
}

#[test]
fn pages_hold_everything_once_and_end() {
    for engine in Engine::all() {
        let town = town(engine);
        let visitor = town.app.visitor();
        for list in LISTS {
            let all = ids(&open(&visitor, &format!("/{list}?per_page=500")));
            let mut paged = vec![];
            for page in 1.. {
                let answer = open(&visitor, &format!("/{list}?per_page=1&page={page}"));
                assert_eq!(answer["total_items"], all.len());
                assert_eq!(answer["total_pages"], all.len());
                assert_eq!((&answer["page_number"], &answer["size"]), (&page.into(), &1.into()));
                assert_eq!(answer["first_page"], page == 1);
                paged.extend(ids(&answer));
                if answer["last_page"] == true {
                    break;
                }
            }
            assert_eq!(paged, all);
            let beyond = open(&visitor, &format!("/{list}?page=99"));
            assert_eq!(
                (&beyond["empty"], &beyond["size"], &beyond["last_page"]),
                (&true.into(), &0.into(), &true.into())
            );
        }
        let none = open(&visitor, "/services?search=nothing");
        assert_eq!(
            (&none["total_items"], &none["empty"], &none["first_page"]),
            (&0.into(), &true.into(), &true.into())
        );
        let minimal = open(&visitor, "/services?minimal=true");
        let members: Vec<&String> = contents(&minimal)[0].as_object().unwrap().keys().collect();
        assert_eq!(members, ["id", "modified_date"]);
    }
}

#[test]
fn what_cannot_be_answered_says_so_to_any_site() {
    let town = town(Engine::Sqlite);
    let visitor = town.app.visitor();
    let ask = |path: &str, status: u16| {
        let reply = visitor.request("GET", &format!("/open-referral{path}"), &[("accept", "text/html")], None);
        assert_eq!(reply.status, status, "{path}: {}", reply.body);
        must_be_open(&reply);
        assert!(reply.header("content-type").unwrap().starts_with("application/json"), "{reply:?}");
        reply.json()["errors"][0].clone()
    };
    for wrong in [
        "page=0",
        "page=-1",
        "page=x",
        "page=99999999999999999999",
        "per_page=0",
        "per_page=501",
        "full=true&per_page=101",
        "full=yes",
        "minimal=1",
        "full=true&minimal=true",
        "format=xml",
        "taxonomy_term_id=7",
        "taxonomy_id=x",
        "organization_id=x",
        "modified_after=yesterday",
        "day=MONDAY",
        "start_time=soon",
        "minimum_age=-1",
        "postcode=nowhere",
        "proximity=1000",
        "postcode=DT1+1XJ&proximity=0",
        "search=a&search=b",
    ] {
        for list in ["services", "service_at_locations"] {
            let error = ask(&format!("/{list}?{wrong}"), 400);
            let said = error["field"].as_str().unwrap();
            assert!(wrong.contains(said) || wrong.starts_with("proximity"), "{wrong}: {error}");
            assert!(error["message"].as_str().unwrap().ends_with('.'), "{error}");
        }
    }
    let service = ids(&open(&visitor, "/services"))[0].clone();
    for list in LISTS {
        ask(&format!("/{list}/7"), 404);
        ask(&format!("/{list}/00000000-0000-8000-8000-000000000001"), 404);
        if list != "services" {
            ask(&format!("/{list}/{service}"), 404);
        }
    }
    ask("/nothing", 404);
    ask("/services/", 404);
    let posted = visitor.request("POST", "/open-referral/services", &[], Some(String::new()));
    must_be_open(posted.must_be(404));
    let asked = visitor.request("OPTIONS", "/open-referral/services", &[("origin", "https://example.org")], None);
    must_be_open(asked.must_be(204));
    town.app.fresh.execute("DROP TABLE feed_identity");
    assert_eq!(ask("/services", 500)["message"], "Something went wrong on our side.");
}

#[test]
fn who_asks_too_much_is_told_so_at_any_site() {
    let app = TestApp::start_with(&[("TAILORMADE_REQUESTS_PER_MINUTE", "1")]);
    let visitor = app.visitor();
    open(&visitor, "");
    let reply = visitor.request("GET", "/open-referral", &[], None);
    must_be_open(reply.must_be(429));
    assert!(reply.header("retry-after").is_some());
}

#[test]
fn nobody_needs_to_sign_in_and_nobody_is_recognised() {
    let town = town(Engine::Sqlite);
    let provider = town.app.signed_in("provider@example.org");
    // The access has run out: another page would exchange the token, and set cookies.
    town.app.clock.advance(chrono::TimeDelta::hours(3));
    provider.drop_cookie("tailormade_access");
    let path = "/open-referral/services";
    let signed_in =
        provider.request("GET", path, &[("sec-fetch-site", "cross-site"), ("origin", "https://example.org")], None);
    must_be_open(signed_in.must_be(200));
    let stranger: Value = town.app.visitor().request("GET", path, &[], None).json();
    assert_eq!(signed_in.json(), stranger);
    assert_eq!(signed_in.header("cache-control"), Some("public, max-age=60"));
}
