//! Getting and keeping a sign-in: invited, signed up, forgotten, changed; the mails are read from the outbox.

use chrono::TimeDelta;
use tailormade::auth::rights::Role;
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, PASSWORD, TestApp};
use crate::support::visitor::Reply;

const NEW: &str = "a heron on the quay";

/// Where the newest mail to somebody leads, as a path of this site.
pub fn link(app: &TestApp, to: &str) -> String {
    let mail = app.mails().into_iter().find(|mail| mail.to == to).unwrap_or_else(|| panic!("no mail to {to}"));
    let line = mail.text.lines().find(|line| line.starts_with(&app.url)).map(str::to_owned);
    line.unwrap_or_else(|| panic!("no link in {}", mail.text))[app.url.len()..].to_owned()
}

/// The subject of the newest mail to somebody.
pub fn subject(app: &TestApp, to: &str) -> String {
    app.mails().into_iter().find(|mail| mail.to == to).map(|mail| mail.subject).unwrap_or_default()
}

/// Whether somebody can sign in.
pub fn can_sign_in(app: &TestApp, email: &str, password: &str) -> bool {
    let visitor = app.visitor();
    visitor.send("/sign-in", "/sign-in", &[("email", email), ("password", password)]).status == 303
}

fn signs_up(app: &TestApp, typed: &[(&str, &str)]) -> Reply {
    app.visitor().submit("/sign-up", "/sign-up", typed)
}

#[test]
fn a_person_signs_up_by_mail_and_chooses_a_password() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        let typed = [("for", "person"), ("name", "Anna Heron"), ("email", "Anna@Example.org")];
        signs_up(&app, &typed).must_say("Look in your mail");
        assert_eq!(subject(&app, "anna@example.org"), "Confirm your address");
        assert!(!app.mails()[0].text.contains("Anna Heron"), "nobody writes to others through us");
        let path = link(&app, "anna@example.org");
        let visitor = app.visitor();
        visitor.open(&path).must_say("anna@example.org is confirmed");
        visitor.send(&path, &path, &[("password", "short")]).must_be(422).must_say("12 to 200 characters");
        visitor.send(&path, &path, &[("password", "annaheron1990")]).must_be(422).must_say("little more than a name");
        visitor.submit(&path, &path, &[("password", NEW)]).must_say("Your sign-in is ready");
        assert!(can_sign_in(&app, "anna@example.org", NEW), "{engine:?}");
        visitor.get(&path).must_be(422).must_say("was used already");
        let anna = app.visitor();
        anna.sign_in("anna@example.org", NEW);
        anna.open("/account").must_say("You sign in with anna@example.org");
        anna.get("/provider").must_be(403);
    }
}

#[test]
fn a_provider_signs_up_with_its_organisation_which_nobody_finds_yet() {
    let app = TestApp::start(Engine::Sqlite);
    let typed = [
        ("for", "provider"),
        ("name", "Ben Quay"),
        ("email", "ben@example.org"),
        ("organisation_name", "Quay Walks"),
        ("organisation_kind", "sole_trader"),
    ];
    signs_up(&app, &typed);
    let path = link(&app, "ben@example.org");
    app.visitor().submit(&path, &path, &[("password", NEW)]);
    let ben = app.visitor();
    ben.sign_in("ben@example.org", NEW);
    ben.open("/provider").must_say("Quay Walks");
    ben.open("/account").must_say("Quay Walks: Administrator, Coordinator, Finance").must_say("Invite somebody");
    app.visitor().open("/search?words=quay").must_not_say("Quay Walks");
}

#[test]
fn who_signs_up_twice_is_told_by_mail_alone() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    signs_up(&app, &[("for", "person"), ("name", "Anna"), ("email", "anna@example.org")]).must_say("Look in your mail");
    assert_eq!(subject(&app, "anna@example.org"), "You have a sign-in already");
    assert_eq!(link(&app, "anna@example.org"), "/sign-in");
}

#[test]
fn a_forgotten_password_is_replaced_and_every_sign_in_ends() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        app.user("anna@example.org", "Anna");
        let before = app.signed_in("anna@example.org");
        let asks = || app.visitor().submit("/password-reset", "/password-reset", &[("email", "anna@example.org")]);
        asks().must_say("Look in your mail");
        let first = link(&app, "anna@example.org");
        asks();
        let path = link(&app, "anna@example.org");
        assert_ne!(first, path);
        let visitor = app.visitor();
        visitor.submit(&path, &path, &[("password", NEW)]).must_say("You are signed out everywhere");
        assert!(can_sign_in(&app, "anna@example.org", NEW) && !can_sign_in(&app, "anna@example.org", PASSWORD));
        assert_eq!(before.get("/account").status, 303, "{engine:?}: every sign-in has ended");
        assert_eq!(subject(&app, "anna@example.org"), "Your password was changed");
        visitor.get(&path).must_be(422).must_say("was used already");
        visitor.get(&first).must_be(422).must_say("was taken back");
        asks();
        let late = link(&app, "anna@example.org");
        app.clock.advance(TimeDelta::hours(1));
        visitor.get(&late).must_be(422).must_say("has run out");
    }
}

#[test]
fn one_changes_name_password_and_address() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        app.user("anna@example.org", "Anna");
        let (anna, elsewhere) = (app.signed_in("anna@example.org"), app.signed_in("anna@example.org"));
        anna.submit("/account", "/account/name", &[("name", "Anna Heron")]).must_say("Your name was changed");
        let typed = [("present_password", "not my password"), ("password", NEW)];
        anna.send("/account", "/account/password", &typed).must_be(422).must_say("not your present password");
        let typed = [("present_password", PASSWORD), ("password", "qwertyqwerty1")];
        anna.send("/account", "/account/password", &typed).must_be(422).must_say("guessed first");
        let typed = [("present_password", PASSWORD), ("password", NEW)];
        anna.submit("/account", "/account/password", &typed).must_say("Everywhere else you are signed out");
        assert_eq!((anna.get("/account").status, elsewhere.get("/account").status), (200, 303), "{engine:?}");
        assert_eq!(subject(&app, "anna@example.org"), "Your password was changed");

        let typed = [("email", "heron@example.org"), ("address_password", NEW)];
        anna.submit("/account", "/account/address", &typed).must_say("You sign in with anna@example.org");
        assert_eq!(subject(&app, "anna@example.org"), "Your address is about to change");
        let path = link(&app, "heron@example.org");
        assert_eq!(app.visitor().get(&path).status, 303, "whoever is signed out signs in first");
        anna.submit(&path, &path, &[]).must_say("You sign in with heron@example.org");
        assert_eq!(subject(&app, "anna@example.org"), "Your address was changed");
        assert!(can_sign_in(&app, "heron@example.org", NEW) && !can_sign_in(&app, "anna@example.org", NEW));
    }
}

#[test]
fn an_administrator_invites_and_takes_back() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        let (admin, reader) = (app.user("admin@example.org", "Ada"), app.user("reader@example.org", "Rea"));
        let club = app.organisation("Day Club", OrganisationKind::Company, &["provider"]);
        app.member(admin, club, Role::Admin);
        app.member(reader, club, Role::Reader);
        let ada = app.signed_in("admin@example.org");
        let page = format!("/organisations/{club}/invitations");
        let invites = |email: &str, role: &str| ada.send(&page, &page, &[("email", email), ("role", role)]);
        invites("new@example.org", "officer").must_be(422).must_say("Choose a role that this organisation has");
        invites("new@example.org", "coordinator").must_be(303);
        let path = link(&app, "new@example.org");
        let visitor = app.visitor();
        visitor.open(&path).must_say("You are invited to work for Day Club. Your role: Coordinator.");
        visitor.submit(&path, &path, &[("name", "Nia"), ("password", NEW)]).must_say("You accepted the invitation");
        let nia = app.visitor();
        nia.sign_in("new@example.org", NEW);
        nia.open("/provider").must_say("Day Club");
        visitor.get(&path).must_be(422);

        // Somebody who has a sign-in accepts with it.
        app.user("known@example.org", "Kim");
        invites("known@example.org", "finance").must_be(303);
        let path = link(&app, "known@example.org");
        app.visitor().open(&path).must_say("Sign in with it first");
        let kim = app.signed_in("known@example.org");
        kim.submit(&path, &path, &[]);
        kim.open("/account").must_say("Day Club");

        // What was taken back is good no more, and what was not used runs out.
        invites("third@example.org", "reader").must_be(303);
        let taken_back = link(&app, "third@example.org");
        let number = ada.get_json(&page).json()["sent"][0]["number"].as_i64().unwrap();
        ada.submit(&page, &format!("{page}/{number}/withdrawal"), &[]).must_say("taken back");
        app.visitor().get(&taken_back).must_be(422).must_say("was taken back");
        invites("fourth@example.org", "reader").must_be(303);
        let late = link(&app, "fourth@example.org");
        app.clock.advance(TimeDelta::days(7));
        app.visitor().get(&late).must_be(422).must_say("has run out");

        let rea = app.signed_in("reader@example.org");
        rea.get(&page).must_be(403);
        app.user("outsider@example.org", "Otto");
        app.signed_in("outsider@example.org").get(&page).must_be(404);
    }
}
