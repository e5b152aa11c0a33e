//! Guessing, spraying, replaying, tampering: what stands before a session.

use chrono::TimeDelta;
use serde_json::json;
use tailormade::auth::rules::codes::Secret;
use tailormade::auth::store::{self as auth_store, factors};
use tailormade::demo::seed;
use tailormade::web::token::Keys;

use crate::support::app::{Engine, FreshDb, PASSWORD, TestApp, morning};
use crate::support::visitor::{Reply, Visitor};

const ANNA: &str = "anna@example.org";
const SECRET: Secret = Secret::of(*b"twenty bytes of Anna");
const OTHER: Secret = Secret::of(*b"twenty bytes of Ben.");

/// An app where Anna and Ben have second factors.
struct Guarded {
    app: TestApp,
}

impl Guarded {
    fn new() -> Self {
        let keys = std::sync::Arc::new(Keys::random().unwrap());
        let clock = tailormade::calendar::Clock::stopped_at(morning("2026-11-02"));
        let app = TestApp::serve(FreshDb::new(Engine::Sqlite), clock, keys.clone());
        for (email, name, secret) in [(ANNA, "Anna", SECRET), ("ben@example.org", "Ben", OTHER)] {
            let (user, keys, now) = (app.user(email, name), keys.clone(), app.clock.now());
            let set_up = move |tx: &mut tailormade::db::Tx| {
                factors::begin(tx, &keys, user, &secret, now)?;
                factors::confirm(tx, user, now)
            };
            app.db().write_now(set_up).unwrap();
        }
        Self { app }
    }

    /// Somebody whose password was right.
    fn half(&self) -> Visitor {
        let visitor = self.app.visitor();
        let reply = visitor.post_json("/sign-in", &json!({ "email": ANNA, "password": PASSWORD }));
        assert_eq!(reply.location.as_deref(), Some("/sign-in/code?next=%2F"), "{}", reply.body);
        visitor
    }

    fn code(&self, secret: &Secret) -> String {
        secret.usable_code(0, self.app.clock.now()).unwrap()
    }

    fn later(&self, seconds: i64) {
        self.app.clock.advance(TimeDelta::seconds(seconds));
    }
}

fn enters(visitor: &Visitor, code: &str) -> Reply {
    visitor.post_json("/sign-in/code", &json!({ "code": code }))
}

fn tries(app: &TestApp, email: &str, password: &str) -> Reply {
    app.visitor().post_json("/sign-in", &json!({ "email": email, "password": password }))
}

#[test]
fn a_code_is_good_once_for_its_own_user_and_time() {
    let guarded = Guarded::new();
    let code = guarded.code(&SECRET);
    let (first, second) = (guarded.half(), guarded.half());
    assert_eq!(enters(&first, &guarded.code(&OTHER)).status, 422, "somebody else’s code");
    assert_eq!(enters(&first, &code).status, 201);
    assert_eq!(enters(&second, &code).status, 422, "replayed");
    assert_eq!(second.get_json("/invoices").status, 401);
    guarded.later(90);
    assert_eq!(enters(&second, &code).status, 422, "too old");
    assert_eq!(enters(&second, &guarded.code(&SECRET)).status, 201);
}

#[test]
fn a_code_that_comes_many_times_at_the_same_moment_opens_one_session() {
    let guarded = Guarded::new();
    let code = guarded.code(&SECRET);
    let halves: Vec<Visitor> = (0..3).map(|_| guarded.half()).collect();
    let threads: Vec<_> = halves
        .into_iter()
        .map(|half| {
            let code = code.clone();
            std::thread::spawn(move || enters(&half, &code).status)
        })
        .collect();
    let opened = threads.into_iter().map(|thread| thread.join().unwrap()).filter(|status| *status == 201).count();
    assert_eq!(opened, 1);
}

#[test]
fn a_recovery_code_is_good_once_and_kept_as_a_hash() {
    let guarded = Guarded::new();
    let code = crate::support::app::recovery_code(guarded.app.db(), ANNA);
    assert_eq!(enters(&guarded.half(), &code).status, 201);
    assert_eq!(enters(&guarded.half(), &code).status, 422, "used");
    let theirs = crate::support::app::recovery_code(guarded.app.db(), "ben@example.org");
    assert_eq!(enters(&guarded.half(), &theirs).status, 422, "somebody else’s");
    let kept = format!("SELECT COUNT(*) AS n FROM recovery_codes WHERE code_sha256 LIKE '%{}%'", &code[..4]);
    assert_eq!(guarded.app.number(&format!("{kept} AND length(code_sha256) <> 64")), 0);
}

#[test]
fn half_a_sign_in_is_no_session_and_can_neither_be_made_nor_kept() {
    let guarded = Guarded::new();
    let half = guarded.half();
    let cookie = half.cookie("tailormade_half").unwrap();
    assert_eq!(half.cookie("tailormade_access"), None);
    for path in ["/invoices", "/account/sessions", "/account/second-factor"] {
        assert_eq!(half.get_json(path).status, 401, "{path}");
    }
    let ben = guarded.app.number("SELECT id AS n FROM users WHERE email = 'ben@example.org'");
    let (_, rest) = cookie.split_once('.').unwrap();
    let (text, signature) = cookie.rsplit_once('.').unwrap();
    let (user, until) = text.split_once('.').unwrap();
    let longer = until.parse::<i64>().unwrap() + 3_600;
    for forged in [
        format!("{ben}.{rest}"),
        format!("{user}.{longer}.{signature}"),
        text.to_owned(),
        format!("{text}."),
        "x".to_owned(),
    ] {
        let forger = guarded.app.visitor();
        forger.set_cookie("tailormade_half", &forged);
        assert_eq!(enters(&forger, &guarded.code(&SECRET)).status, 401, "{forged}");
        assert_eq!(enters(&forger, &guarded.code(&OTHER)).status, 401, "{forged}");
    }
    // A refresh token of somebody is signed by the same key for another purpose.
    let plain = TestApp::start(Engine::Sqlite);
    plain.user(ANNA, "Anna");
    let token = plain.signed_in(ANNA).cookie("tailormade_refresh").unwrap();
    let forger = plain.visitor();
    forger.set_cookie("tailormade_half", &token);
    assert_eq!(enters(&forger, "123456").status, 401);
    // The browser keeps the cookie longer than it should.
    guarded.later(301);
    assert_eq!(enters(&half, &guarded.code(&SECRET)).status, 401);
    half.get("/sign-in/code").must_be(303);
    half.open("/sign-in").must_say("The code must follow within five minutes");
}

#[test]
fn guessed_codes_are_slowed_then_locked_and_the_password_does_not_wash_them_away() {
    let guarded = Guarded::new();
    let mut taken = 0;
    let mut asked = 0;
    while taken < 10 {
        asked += 1;
        assert!(asked < 60);
        // The thief knows the password, and enters it again before every guess.
        let visitor = guarded.app.visitor();
        let half = visitor.post_json("/sign-in", &json!({ "email": ANNA, "password": PASSWORD }));
        taken += i32::from(half.status != 429);
        if half.status == 201 {
            taken += i32::from(enters(&visitor, "000000").status != 429);
        }
        if half.status == 429 {
            guarded.later(1);
        }
    }
    let locked = guarded.app.visitor();
    let reply = locked.post_json("/sign-in", &json!({ "email": ANNA, "password": PASSWORD }));
    assert_eq!(reply.status, 429);
    assert!(reply.body.contains("15 minutes"), "{}", reply.body);
    guarded.later(16 * 60);
    assert_eq!(enters(&guarded.half(), &guarded.code(&SECRET)).status, 201, "a lock is short");
}

#[test]
fn a_locked_address_is_answered_alike_whether_anybody_has_it() {
    let app = TestApp::start(Engine::Sqlite);
    app.user(ANNA, "Anna");
    let answers = |email: &str| {
        let answers = (0..8).map(|_| {
            let reply = tries(&app, email, "not the password");
            (reply.status, reply.json()["errors"].clone())
        });
        answers.collect::<Vec<_>>()
    };
    let known = answers(ANNA);
    assert_eq!(known, answers("nobody@example.org"));
    assert_eq!((known[0].0, known[7].0), (422, 429));
    let right = tries(&app, "  ANNA@example.org ", PASSWORD);
    assert_eq!(right.status, 429, "not even the right password is looked at, however the address is written");
    let page = app.visitor().send("/sign-in", "/sign-in", &[("email", ANNA), ("password", "secret words")]);
    page.must_be(429).must_say("Try again in");
    assert!(page.body.contains(ANNA) && !page.body.contains("secret words"), "the password is never sent back");
}

#[test]
fn one_password_tried_on_many_people_is_stopped_by_the_network_address() {
    let app = TestApp::start(Engine::Sqlite);
    for person in 0..60 {
        app.user(&format!("person{person}@example.org"), "Person");
    }
    let mut looked_at = 0;
    for person in 0..60 {
        // However slowly: the pauses are waited for.
        let mut reply = tries(&app, &format!("person{person}@example.org"), "Password123456");
        for _ in 0..2 {
            if reply.status == 429 {
                app.clock.advance(TimeDelta::seconds(30));
                reply = tries(&app, &format!("person{person}@example.org"), "Password123456");
            }
        }
        looked_at += i32::from(reply.status == 422);
    }
    assert_eq!(looked_at, 50);
    let reply = tries(&app, "person59@example.org", PASSWORD);
    assert!(reply.status == 429 && reply.body.contains("from your network"), "{}", reply.body);
}

#[test]
fn somebody_who_signs_in_often_is_never_slowed() {
    let app = TestApp::start(Engine::Sqlite);
    app.user(ANNA, "Anna");
    for _ in 0..60 {
        assert_eq!(tries(&app, ANNA, PASSWORD).status, 201);
    }
    assert_eq!(app.number("SELECT COALESCE(SUM(failures + locks), 0) AS n FROM sign_in_tries"), 0);
}

#[test]
fn what_a_visitor_says_about_the_way_is_believed_from_own_proxies_alone() {
    let from = |app: &TestApp, forwarded: &str| {
        let headers =
            [("accept", "application/json"), ("content-type", "application/json"), ("x-forwarded-for", forwarded)];
        let body = json!({ "email": format!("{}@example.org", forwarded.len()), "password": "wrong" }).to_string();
        app.visitor().request("POST", "/sign-in", &headers, Some(body)).status
    };
    let count = |app: &TestApp| app.number("SELECT COUNT(*) AS n FROM sign_in_tries WHERE kind = 'network'");
    let open = TestApp::start(Engine::Sqlite);
    for number in 0..3 {
        from(&open, &format!("192.0.2.{number}"));
    }
    assert_eq!(count(&open), 1, "no proxy: what is written there counts for nothing");
    let behind = TestApp::start_with(&[("TAILORMADE_TRUSTED_PROXIES", "1")]);
    for number in 0..3 {
        from(&behind, &format!("198.51.100.{number}, 192.0.2.1"));
    }
    assert_eq!(count(&behind), 1, "the proxy’s own word stands last");
    from(&behind, "192.0.2.2");
    assert_eq!(count(&behind), 2);
}

#[test]
fn limits_can_be_lifted() {
    let app = TestApp::start_with(&[("TAILORMADE_SIGN_IN_TRIES", "0"), ("TAILORMADE_SIGN_IN_TRIES_PER_NETWORK", "0")]);
    for _ in 0..60 {
        assert_eq!(tries(&app, ANNA, "wrong").status, 422);
    }
    assert_eq!(app.number("SELECT COUNT(*) AS n FROM sign_in_tries"), 0);
}

#[test]
fn neither_e_mail_nor_network_address_lies_in_the_table_of_tries() {
    let app = TestApp::start(Engine::Sqlite);
    tries(&app, ANNA, "wrong");
    let found = "SELECT COUNT(*) AS n FROM sign_in_tries WHERE fingerprint LIKE '%anna%' OR fingerprint LIKE '%127.0%'";
    assert_eq!(app.number(found), 0);
    assert_eq!(app.number("SELECT COUNT(*) AS n FROM sign_in_tries"), 2);
    let later = app.clock.now() + TimeDelta::days(4);
    assert_eq!(app.db().write_now(move |tx| auth_store::tries::clean_up(tx, later)).unwrap(), 2);
}

#[test]
fn a_session_from_before_the_sign_in_is_never_taken_over() {
    let guarded = Guarded::new();
    guarded.app.user("thief@example.org", "Thief");
    let thief = guarded.app.signed_in("thief@example.org");
    // The thief plants their own session in Anna's browser before she signs in.
    let anna = guarded.half();
    let planted = ["tailormade_access", "tailormade_refresh"].map(|name| (name, thief.cookie(name).unwrap()));
    for (name, value) in &planted {
        anna.set_cookie(name, value);
    }
    assert_eq!(enters(&anna, &guarded.code(&SECRET)).status, 201);
    for (name, value) in &planted {
        assert_ne!(anna.cookie(name).as_ref(), Some(value));
    }
    anna.open("/").must_not_say("Thief");
    let theirs = thief.get_json("/account/sessions").json();
    assert_eq!(theirs["sessions"].as_array().unwrap().len(), 1, "the thief sees their own session alone");
    assert_eq!(anna.cookie("tailormade_half"), None, "the half is gone");
}

#[test]
fn a_wrong_password_of_somebody_signed_in_counts_as_well() {
    let app = TestApp::start(Engine::Sqlite);
    app.user(ANNA, "Anna");
    let open_browser = app.signed_in(ANNA);
    let statuses: Vec<u16> = (0..8)
        .map(|_| open_browser.post_json("/account/second-factor", &json!({ "password": "guessed" })).status)
        .collect();
    assert_eq!((statuses[0], statuses[7]), (422, 429), "{statuses:?}");
}

#[test]
fn money_of_an_organisation_moves_only_with_a_second_factor_and_the_way_back_is_kept() {
    let world = super::World::new();
    // Farid, as if he had none: his session was made with the password alone.
    world.app.fresh.execute("DELETE FROM recovery_codes");
    world.app.fresh.execute("DELETE FROM second_factors");
    let officer = world.visitor(&seed::FINANCE);
    let (money, funding) = (format!("{}/money", world.fund()), format!("{}/funding", world.fund()));
    let page = officer.open(&money);
    let sent = officer.form(&page, &funding, &[("amount", "5.00"), ("on", "23/11/2026"), ("reference", "Once")]);
    let before = super::everything(&world.app);
    let json = officer.post_json(&funding, &json!({ "amount": "5.00", "on": "2026-11-23", "reference": "Once" }));
    assert_eq!(json.status, 403);
    assert!(json.body.contains("second factor"), "{}", json.body);
    let body = serde_urlencoded::to_string(&sent).unwrap();
    let from = format!("{}{money}", world.app.url);
    let headers =
        [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded"), ("referer", from.as_str())];
    let led = officer.request("POST", &funding, &headers, Some(body));
    let wanted = format!("/account/second-factor?{}", serde_urlencoded::to_string([("next", &money)]).unwrap());
    assert_eq!((led.status, led.location.as_deref()), (303, Some(wanted.as_str())));
    officer.follow(&led).must_say("Nothing was done yet").must_say("You have none yet");
    assert_eq!(super::everything(&world.app), before, "nothing was done");
    let elsewhere = [
        ("accept", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("referer", "https://evil.example/x"),
    ];
    let led = officer.request("POST", &funding, &elsewhere, Some(serde_urlencoded::to_string(&sent).unwrap()));
    assert_eq!(led.location.as_deref(), Some("/account/second-factor?next=%2F"));

    // With one it is done.
    let first = officer.submit(&wanted, "/account/second-factor", &[("password", seed::PASSWORD)]);
    first.must_say("Set up your second factor");
    world.app.fresh.execute("UPDATE second_factors SET confirmed_at = created_at");
    let again = world.visitor(&seed::FINANCE);
    let done = again.post_json(&funding, &json!({ "amount": "5.00", "on": "2026-11-23", "reference": "Once" }));
    assert_eq!(done.status, 201, "{}", done.body);
    // Signing for the council, approving for the holder, billing: the same.
    world.app.fresh.execute("UPDATE sessions SET second_factor_at = NULL");
    let refused = again.post_json(&funding, &json!({ "amount": "6.00", "on": "2026-11-23", "reference": "Twice" }));
    assert_eq!(refused.status, 403, "the session counts, not the user");
}
