//! A second factor from setting up to taking away, and the list of one's sessions.

use scraper::{Html, Selector};
use serde_json::json;
use tailormade::auth::rules::codes::Secret;
use tailormade::calendar::Clock;
use tailormade::config::Config;
use tailormade::demo::{self, Story, seed};

use crate::support::app::{Engine, FreshDb, PASSWORD, TestApp, morning};
use crate::support::visitor::{Reply, Visitor};

const ANNA: &str = "anna@example.org";

/// The secret as a telephone reads it from the page.
fn secret(page: &Reply) -> Secret {
    let html = Html::parse_document(&page.body);
    let address = html.select(&Selector::parse("a[href^='otpauth:']").unwrap()).next().unwrap().attr("href").unwrap();
    let secret = address.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let mut bits = String::new();
    for letter in secret.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).unwrap();
        bits.push_str(&format!("{value:05b}"));
    }
    let bytes: Vec<u8> = (0..20).map(|at| u8::from_str_radix(&bits[at * 8..at * 8 + 8], 2).unwrap()).collect();
    Secret::of(bytes.try_into().unwrap())
}

/// The codes that the page after setting up shows.
fn recovery_codes(page: &Reply) -> Vec<String> {
    let html = Html::parse_document(&page.body);
    html.select(&Selector::parse(".recovery-codes code").unwrap()).map(|code| code.text().collect()).collect()
}

/// Sets a second factor up through the pages; answers its secret and the recovery codes.
fn set_up(app: &TestApp, visitor: &Visitor, password: &str, back: &str) -> (Secret, Vec<String>) {
    let page = format!("/account/second-factor?next={back}");
    visitor.open(&page).must_say("You have none yet");
    let wrong = visitor.send(&page, "/account/second-factor", &[("password", "not the password")]);
    wrong.must_be(422).must_say("This is not your password");
    assert!(!wrong.body.contains("not the password"));
    let new = visitor.submit(&page, "/account/second-factor", &[("password", password)]);
    let secret = secret(&new);
    assert!(new.body.contains("<svg class=\"qr-code\""), "{}", new.body);
    assert!(new.text().contains(&secret.words().unwrap()));
    let action = "/account/second-factor/confirmation";
    let wrong = visitor.post_pairs(action, &visitor.form(&new, action, &[("code", "000000")]));
    wrong.must_be(422).must_say("This code is wrong").must_say(&secret.words().unwrap());
    let code = secret.usable_code(0, app.clock.now()).unwrap();
    let done = visitor.post_pairs(action, &visitor.form(&new, action, &[("code", &code)]));
    done.must_be(200).must_say("They are shown only now");
    assert!(done.body.contains(&format!("href=\"{back}\"")), "the way back is kept");
    (secret, recovery_codes(&done))
}

#[test]
fn a_second_factor_is_set_up_used_and_taken_away() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        app.user(ANNA, "Anna");
        let (anna, elsewhere) = (app.signed_in(ANNA), app.signed_in(ANNA));
        let (secret, codes) = set_up(&app, &anna, PASSWORD, "/invoices");
        assert_eq!(codes.len(), 10);
        anna.open("/account/second-factor").must_say("10 are left");
        assert_eq!(elsewhere.get_json("/invoices").status, 401, "sessions from before are ended");
        assert_eq!(anna.get("/account/second-factor/new").status, 404, "the secret is never shown again");

        // Two steps, and where one wanted to go at the end of both.
        let visitor = app.visitor();
        let first = visitor.send("/sign-in?next=/invoices", "/sign-in", &[("email", ANNA), ("password", PASSWORD)]);
        assert_eq!(first.location.as_deref(), Some("/sign-in/code?next=%2Finvoices"));
        assert_eq!(visitor.get_json("/invoices").status, 401, "half a sign-in is none");
        app.clock.advance(chrono::TimeDelta::seconds(30));
        let code = secret.usable_code(0, app.clock.now()).unwrap();
        let second = visitor.send("/sign-in/code?next=/invoices", "/sign-in/code", &[("code", &code)]);
        assert_eq!((second.status, second.location.as_deref()), (303, Some("/invoices")));
        visitor.open("/invoices");

        // Without the telephone.
        let lost = app.visitor();
        lost.sign_in_with(ANNA, PASSWORD, || codes[3].to_uppercase().replace('-', " "));
        lost.open("/account/second-factor").must_say("9 are left");

        // New codes, and the end of it.
        app.clock.advance(chrono::TimeDelta::seconds(30));
        let code = secret.usable_code(0, app.clock.now()).unwrap();
        let page = lost.send("/account/second-factor", "/account/second-factor/recovery-codes", &[("code", &code)]);
        let renewed = recovery_codes(page.must_be(200));
        assert_eq!(renewed.len(), 10);
        assert!(!renewed.contains(&codes[0]));
        let action = "/account/second-factor/removal";
        lost.send("/account/second-factor", action, &[("code", &codes[0])]).must_be(422).must_say("This code is wrong");
        lost.submit("/account/second-factor", action, &[("code", &renewed[0])]).must_say("You have none yet");
        app.visitor().sign_in(ANNA, PASSWORD);
    }
}

#[test]
fn the_secret_lies_in_the_database_sealed() {
    let app = TestApp::start(Engine::Sqlite);
    app.user(ANNA, "Anna");
    let anna = app.signed_in(ANNA);
    let new = anna.submit("/account/second-factor", "/account/second-factor", &[("password", PASSWORD)]);
    let secret = secret(&new);
    let copy = app.fresh.db.clone();
    let folder = crate::support::app::fast_folder();
    let file = folder.path().join("copy.sqlite");
    copy.copy_to(&file).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(20).any(|window| window == secret.bytes()));
    let text = secret.words().unwrap().replace(' ', "");
    assert!(!bytes.windows(text.len()).any(|window| window == text.as_bytes()));
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_or_all_others() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        app.user(ANNA, "Anna");
        app.user("ben@example.org", "Ben");
        let firefox = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0";
        let work = app.visitor();
        let headers = [("accept", "application/json"), ("content-type", "application/json"), ("user-agent", firefox)];
        let body = json!({ "email": ANNA, "password": PASSWORD }).to_string();
        assert_eq!(work.request("POST", "/sign-in", &headers, Some(body)).status, 201);
        app.clock.advance(chrono::TimeDelta::minutes(5));
        let (home, third, ben) = (app.signed_in(ANNA), app.signed_in(ANNA), app.signed_in("ben@example.org"));
        let page = home.open("/account/sessions");
        page.must_say("Firefox on Windows")
            .must_say("On this device, and on others")
            .must_say("2 November 2026 at 10am");
        let sessions = home.get_json("/account/sessions").json();
        let sessions = sessions["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 3);
        let at_work = sessions.iter().find(|session| session["device"] == "Firefox on Windows").unwrap()["id"].clone();

        let ending = format!("/account/sessions/{at_work}/ending");
        assert_eq!(ben.post_json(&ending, &json!({})).status, 404, "not his");
        assert_eq!(work.get_json("/invoices").status, 200);
        home.submit("/account/sessions", &ending, &[]).must_say("That session is ended");
        assert_eq!(work.get_json("/invoices").status, 401, "with the next request");
        assert_eq!(home.post_json(&ending, &json!({})).status, 404, "it has ended already");

        home.submit("/account/sessions", "/account/sessions/ending", &[]).must_say("Only on this device");
        assert_eq!(third.get_json("/invoices").status, 401);
        assert_eq!((home.get_json("/invoices").status, ben.get_json("/invoices").status), (200, 200));
        let own = home.get_json("/account/sessions").json()["sessions"][0]["id"].clone();
        home.submit("/account/sessions", &format!("/account/sessions/{own}/ending"), &[]);
        assert_eq!(home.get_json("/invoices").status, 401);
    }
}

#[test]
fn the_demonstration_shows_the_codes_that_it_asks_for() {
    let fresh = FreshDb::new(Engine::Sqlite);
    let clock = Clock::stopped_at(morning("2026-11-23"));
    let (db, its_clock) = (fresh.db.clone(), clock.clone());
    let told = tailormade::server::block_on(async move {
        demo::fill(db, Config::from_values(|_| None).unwrap(), &its_clock, Story::Underway).await.unwrap()
    });
    let app = TestApp::serve_demo(fresh, clock, &told);
    for party in seed::PARTIES {
        app.clock.advance(chrono::TimeDelta::minutes(2));
        // Twice in the same half minute, as two people who try the demonstration do.
        for _ in 0..2 {
            let visitor = app.visitor();
            let offers = visitor.get_json("/sign-in").json();
            let offer =
                offers["demo"].as_array().unwrap().iter().find(|offer| offer["email"] == party.email).unwrap().clone();
            assert!(!offers.to_string().contains("second_factor"), "secrets are never sent");
            let first = visitor.post_json("/sign-in", &json!({ "email": party.email, "password": offer["password"] }));
            assert_eq!(first.status, 201);
            let Some(code) = offer["code"].as_str() else {
                assert_eq!(visitor.get_json("/invoices").status, 200, "{}", party.email);
                continue;
            };
            visitor.open("/sign-in/code").must_say(code);
            assert_eq!(visitor.post_json("/sign-in/code", &json!({ "code": code })).status, 201, "{}", party.email);
            assert_eq!(visitor.get_json("/invoices").status, 200);
        }
    }
    let shown = app.visitor().open("/sign-in");
    shown.must_say("It changes every thirty seconds");
    let plain = TestApp::start(Engine::Sqlite);
    plain.visitor().open("/sign-in").must_not_say("Code");
}
