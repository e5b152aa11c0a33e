//! Sign-ins, cookies, other sites, caches.

use serde_json::json;
use tailormade::demo::seed;

use super::{World, everything};
use crate::support::app::{Engine, PASSWORD, TestApp};

const ACCESS: &str = "tailormade_access";
const REFRESH: &str = "tailormade_refresh";

/// A day later: the access token is past its time, the refresh token is not.
fn a_minute_past_the_access_token(app: &TestApp) {
    app.clock.set(app.clock.now() + chrono::TimeDelta::minutes(16));
}

#[test]
fn after_signing_in_nobody_is_led_to_another_site() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    for next in ["//evil.example", "/\t/evil.example", "/\n/evil.example", "\\\\evil.example", "/\u{1}x", "https:evil"]
    {
        let body = json!({ "email": "anna@example.org", "password": PASSWORD, "next": next });
        let reply = app.visitor().post_json("/sign-in", &body);
        assert_eq!((reply.status, reply.location.as_deref()), (201, Some("/")), "{next:?}: {}", reply.body);
    }
}

#[test]
fn a_file_that_caches_may_keep_carries_no_sign_in() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    let anna = app.signed_in("anna@example.org");
    let page = anna.open("/");
    let at = page.body.find("/assets/").unwrap();
    let style: String = page.body[at..].chars().take_while(|letter| *letter != '"').collect();
    a_minute_past_the_access_token(&app);
    let file = anna.get(&style);
    assert_eq!(file.status, 200);
    assert!(file.header("cache-control").unwrap().contains("public"));
    assert_eq!(file.header("set-cookie"), None, "a shared cache would hand Anna's sign-in to everybody");
}

#[test]
fn what_is_private_is_kept_by_no_cache() {
    let world = World::new();
    let mary = world.visitor(&seed::PERSON);
    let fund = world.fund();
    let invoice = world.number("SELECT min(id) AS n FROM invoices");
    let statement = mary.post_json(&format!("{fund}/statements"), &json!({})).location.unwrap();
    let paths = [
        "/".to_owned(),
        fund.clone(),
        format!("{fund}/statement"),
        statement,
        "/agreements/1".to_owned(),
        "/agreements/1/paper".to_owned(),
        format!("/invoices/{invoice}"),
        format!("/invoices/{invoice}/paper"),
        "/people/999".to_owned(),
        "/nowhere".to_owned(),
        "/people".to_owned(),
    ];
    for path in paths {
        for reply in [mary.get(&path), mary.get_json(&path), world.app.visitor().get(&path)] {
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{path} ({})", reply.status);
            assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
            let policy = reply.header("content-security-policy").unwrap_or_default();
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert!(!policy.contains("script-src 'unsafe"), "{path}: {policy}");
        }
    }
}

#[test]
fn papers_are_files_that_run_nothing_under_a_plain_name() {
    let world = World::new();
    world.app.fresh.execute("UPDATE organisations SET name = name || '\"; filename=\"x.exe' WHERE is_provider");
    let mary = world.visitor(&seed::PERSON);
    let invoice = world.number("SELECT min(id) AS n FROM invoices");
    let statement = mary.post_json(&format!("{}/statements", world.fund()), &json!({})).location.unwrap();
    for path in ["/agreements/1/paper".to_owned(), format!("/invoices/{invoice}/paper"), statement] {
        let paper = mary.open(&path);
        let policy = paper.header("content-security-policy").unwrap();
        assert_eq!(policy, "default-src 'none'; style-src 'unsafe-inline'; sandbox", "{path}");
        let name = paper.header("content-disposition").unwrap();
        assert!(name.starts_with("attachment; filename=\"") && name.matches('"').count() == 2, "{path}: {name}");
    }
}

#[test]
fn cookies_are_for_this_site_alone_and_no_script_reads_them() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    let reply = app.visitor().post_json("/sign-in", &json!({ "email": "anna@example.org", "password": PASSWORD }));
    let cookies: Vec<&String> =
        reply.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value).collect();
    // Access, refresh, and the end of half a sign-in.
    assert_eq!(cookies.len(), 3);
    for cookie in cookies {
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

#[test]
fn a_sign_in_begins_a_session_of_its_own_and_a_sign_out_ends_it_everywhere() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    let (anna, thief) = (app.signed_in("anna@example.org"), app.visitor());
    let (access, refresh) = (anna.cookie(ACCESS).unwrap(), anna.cookie(REFRESH).unwrap());
    anna.sign_in("anna@example.org", PASSWORD);
    assert_ne!(anna.cookie(ACCESS).unwrap(), access, "a planted session is never the one that is signed in");
    assert_ne!(anna.cookie(REFRESH).unwrap(), refresh);
    thief.set_cookie(ACCESS, &anna.cookie(ACCESS).unwrap());
    thief.set_cookie(REFRESH, &anna.cookie(REFRESH).unwrap());
    assert_eq!(thief.get_json("/invoices").status, 200);
    assert_eq!(anna.post_json("/sign-out", &json!({})).status, 201);
    assert_eq!(thief.get_json("/invoices").status, 401);
}

#[test]
fn a_thief_who_goes_on_with_a_copied_token_is_stopped_when_the_owner_comes_back() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    let anna = app.signed_in("anna@example.org");
    let thief = app.visitor();
    thief.set_cookie(REFRESH, &anna.cookie(REFRESH).unwrap());
    // However often the thief refreshes before the owner comes back.
    for _ in 0..3 {
        thief.drop_cookie(ACCESS);
        assert_eq!(thief.get_json("/invoices").status, 200);
        a_minute_past_the_access_token(&app);
    }
    assert_eq!(anna.get_json("/invoices").status, 401, "her token was used by somebody else");
    assert_eq!(thief.get_json("/invoices").status, 401, "the whole session is ended");
}

#[test]
fn a_made_up_refresh_token_ends_nobodys_session() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    let anna = app.signed_in("anna@example.org");
    let real = anna.cookie(REFRESH).unwrap();
    let mut forged: Vec<String> = vec!["x".to_owned(), "1.x".to_owned(), "1.x.y".to_owned(), format!("{real}x")];
    forged.extend((1..real.len()).step_by(9).map(|at| {
        let other = if &real[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &real[..at], &real[at + 1..])
    }));
    for token in forged {
        let stranger = app.visitor();
        stranger.set_cookie(REFRESH, &token);
        assert_eq!(stranger.get_json("/invoices").status, 401, "{token}");
    }
    a_minute_past_the_access_token(&app);
    assert_eq!(anna.get_json("/invoices").status, 200);
}

#[test]
fn what_another_site_sends_is_refused_on_every_form() {
    let world = World::new();
    let officer = world.visitor(&seed::OFFICER);
    let before = everything(&world.app);
    let posts = tailormade::routes::ROUTES.iter().filter(|route| route.method == "POST");
    for route in posts {
        let path = route.path.replace("{id}", "1").replace("{service}", "1");
        for headers in [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("sec-fetch-site", "same-origin, cross-site")],
            vec![("sec-fetch-site", ""), ("origin", &world.app.url)],
        ] {
            let headers: Vec<(&str, &str)> = headers
                .into_iter()
                .chain([("content-type", "application/json"), ("accept", "application/json")])
                .collect();
            let reply = officer.request("POST", &path, &headers, Some("{}".to_owned()));
            assert_eq!(reply.status, 403, "{path} {headers:?}: {}", reply.body);
        }
    }
    assert_eq!(everything(&world.app), before);
}

#[test]
fn who_has_no_sign_in_is_answered_like_who_has_the_wrong_password() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    let answer = |email: &str| {
        let reply = app.visitor().post_json("/sign-in", &json!({ "email": email, "password": "not the password" }));
        let shown = app.visitor().send("/sign-in", "/sign-in", &[("email", email), ("password", "not the password")]);
        assert!(!shown.body.contains("not the password"), "a password is never sent back");
        (reply.status, reply.json()["errors"].clone(), shown.status)
    };
    assert_eq!(answer("anna@example.org"), answer("nobody@example.org"));
}

#[test]
fn a_token_of_a_form_is_good_for_one_form_of_one_user() {
    let world = World::new();
    let (finance, agency) = (world.visitor(&seed::FINANCE), world.visitor(&seed::AGENCY));
    let (fund, money) = (world.fund(), format!("{}/money", world.fund()));
    let page = finance.open(&money);
    let action = format!("{fund}/funding");
    let sent = finance.form(&page, &action, &[("amount", "5.00"), ("on", "23/11/2026"), ("reference", "Once")]);
    let first = finance.post_pairs(&action, &sent);
    assert_eq!(first.status, 303, "{}", first.text());
    let before = everything(&world.app);
    let again = finance.post_pairs(&action, &sent);
    assert_eq!((again.status, again.location), (303, first.location), "sent twice, done once");
    let other = |name: &str, value: &str| -> Vec<(String, String)> {
        let keep = |(known, old): &(String, String)| {
            (known.clone(), if known == name { value.to_owned() } else { old.clone() })
        };
        sent.iter().map(keep).collect()
    };
    assert_eq!(finance.post_pairs(&action, &other("amount", "6.00")).status, 409, "the same token, another content");
    let token = &sent.iter().find(|(name, _)| name == "form_token").unwrap().1;
    for forged in ["", "x.y", &format!("{token}A"), &token[1..]] {
        assert_eq!(finance.post_pairs(&action, &other("form_token", forged)).status, 409, "{forged}");
    }
    let theirs = agency.open(&money);
    let theirs = agency.form(&theirs, &format!("{fund}/contributions"), &[]);
    let theirs = &theirs.iter().find(|(name, _)| name == "form_token").unwrap().1;
    assert_eq!(finance.post_pairs(&action, &other("form_token", theirs)).status, 409, "somebody else's token");
    assert_eq!(everything(&world.app), before);
}
