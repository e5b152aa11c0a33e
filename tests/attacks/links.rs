//! Links in mails: used twice, changed, taken by somebody else; and asking who has a sign-in here.

use diesel::prelude::*;
use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::people::OrganisationKind;

use crate::journeys::sign_ins::{can_sign_in, link};
use crate::support::app::{Engine, PASSWORD, TestApp, recovery_code};
use crate::support::visitor::{Reply, Visitor};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

const NEW: &str = "a heron on the quay";

fn ask(visitor: &Visitor, path: &str, email: &str) -> Reply {
    let pairs = [("for", "person"), ("name", "Anna"), ("email", email)];
    let pairs: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    visitor.post_pairs(path, &pairs)
}

#[test]
fn nobody_learns_from_an_answer_who_has_a_sign_in() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("known@example.org", "Kim");
    for path in ["/sign-up", "/password-reset"] {
        let [known, unknown] = ["known@example.org", "nobody@example.org"].map(|email| {
            let visitor = app.visitor();
            let reply = ask(&visitor, path, email);
            let page = visitor.follow(&reply);
            let mut names: Vec<String> = reply.headers.iter().map(|(name, _)| name.clone()).collect();
            // The framework gives headers in no order.
            names.sort();
            (reply.status, reply.location.clone(), names, page.status, page.body)
        });
        assert_eq!(known, unknown, "{path}");
        let [known, unknown] = ["known@example.org", "nobody@example.org"].map(|email| {
            let reply = app.visitor().post_json(path, &json!({"for": "person", "name": "A", "email": email}));
            (reply.status, reply.body)
        });
        assert_eq!(known, unknown, "{path} as JSON");
    }
    let anna = {
        app.user("anna@example.org", "Anna");
        app.signed_in("anna@example.org")
    };
    let [known, unknown] = ["known@example.org", "nobody@example.org"].map(|email| {
        let reply = anna.send("/account", "/account/address", &[("email", email), ("address_password", PASSWORD)]);
        (reply.status, reply.location)
    });
    assert_eq!(known, unknown);
}

#[test]
fn nobodys_mailbox_is_filled_from_here() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    for _ in 0..12 {
        ask(&app.visitor(), "/password-reset", "anna@example.org").must_be(303);
        ask(&app.visitor(), "/sign-up", "nobody@example.org").must_be(303);
    }
    let to = |email: &str| app.mails().iter().filter(|mail| mail.to == email).count();
    assert_eq!((to("anna@example.org"), to("nobody@example.org")), (5, 5));
}

#[test]
fn a_token_is_good_once_unchanged_and_for_its_purpose() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    ask(&app.visitor(), "/password-reset", "anna@example.org");
    let path = link(&app, "anna@example.org");
    let token = path.rsplit('/').next().unwrap();
    let visitor = app.visitor();
    let swapped: String = token.chars().rev().collect();
    for wrong in [&swapped, &token[1..].to_owned(), &format!("{token}x"), &"x".repeat(43), &"%00".to_owned()] {
        visitor.get(&format!("/password-reset/{wrong}")).must_be(404);
        let reply = visitor.post_json(&format!("/password-reset/{wrong}"), &json!({"password": NEW}));
        assert_eq!(reply.status, 404, "{wrong}");
    }
    for other in ["/sign-up", "/invitations"] {
        visitor.get(&format!("{other}/{token}")).must_be(404);
    }
    // What the database keeps is no token.
    use diesel::prelude::*;
    let kept: String = app
        .db()
        .read_now(|tx| {
            use tailormade::db::schema::mailed_links;
            Ok(mailed_links::table.select(mailed_links::token_sha256).first(tx)?)
        })
        .unwrap();
    visitor.get(&format!("/password-reset/{kept}")).must_be(404);
    // Looking uses nothing up, as mail programs look ahead; two at once do it once.
    for _ in 0..3 {
        visitor.open(&path);
    }
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let send = || app.visitor().post_json(&path, &json!({"password": NEW})).status;
        let both = [scope.spawn(send), scope.spawn(send)];
        both.map(|one| one.join().unwrap()).into()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(can_sign_in(&app, "anna@example.org", NEW));
}

#[test]
fn what_was_sent_to_one_address_is_not_taken_by_another() {
    let app = TestApp::start(Engine::Sqlite);
    let admin = app.user("admin@example.org", "Ada");
    let club = app.organisation("Day Club", OrganisationKind::Company, &["provider"]);
    app.member(admin, club, Role::Admin);
    let page = format!("/organisations/{club}/invitations");
    let ada = app.signed_in("admin@example.org");
    ada.send(&page, &page, &[("email", "new@example.org"), ("role", "finance")]).must_be(303);
    let path = link(&app, "new@example.org");
    app.user("eve@example.org", "Eve");
    let eve = app.signed_in("eve@example.org");
    eve.get(&path).must_be(403).must_say("sent to another address");
    assert_eq!(eve.post_json(&path, &json!({})).status, 403);
    eve.open("/account").must_not_say("Day Club");
    // A change of address belongs to whoever asked for it.
    let typed = [("email", "ada@example.org"), ("address_password", PASSWORD)];
    ada.submit("/account", "/account/address", &typed);
    let path = link(&app, "ada@example.org");
    eve.get(&path).must_be(403);
    assert_eq!(eve.post_json(&path, &json!({})).status, 403);
    assert!(can_sign_in(&app, "admin@example.org", PASSWORD));
    // Whoever takes the sign-in back by mail also takes back what an intruder asked for.
    ask(&app.visitor(), "/password-reset", "admin@example.org");
    let reset = app.mails().into_iter().find(|mail| mail.subject == "Choose a new password").unwrap();
    let line = reset.text.lines().find(|line| line.starts_with(&app.url)).unwrap()[app.url.len()..].to_owned();
    assert_eq!(app.visitor().post_json(&line, &json!({"password": NEW})).status, 201);
    let back = app.visitor();
    back.sign_in_with("admin@example.org", NEW, || recovery_code(app.db(), "admin@example.org"));
    back.get(&path).must_be(422).must_say("was taken back");
    // Withdrawals of another organisation's invitations.
    let other = app.organisation("Other Club", OrganisationKind::Company, &["provider"]);
    let olga = app.user("olga@example.org", "Olga");
    app.member(olga, other, Role::Admin);
    let olga = app.signed_in("olga@example.org");
    assert_eq!(olga.post_json(&format!("{page}/1/withdrawal"), &json!({})).status, 404);
    assert_eq!(olga.post_json(&format!("/organisations/{other}/invitations/1/withdrawal"), &json!({})).status, 404);
}

#[test]
fn no_header_is_smuggled_into_a_mail() {
    let app = TestApp::start(Engine::Sqlite);
    let admin = app.user("admin@example.org", "Ada");
    let club = app.organisation("Day Club", OrganisationKind::Company, &["provider"]);
    app.member(admin, club, Role::Admin);
    let ada = app.signed_in("admin@example.org");
    let smuggled = "anna@example.org\r\nBcc: all@example.org";
    for (visitor, path, body) in [
        (&app.visitor(), "/password-reset".to_owned(), json!({"email": smuggled})),
        (&app.visitor(), "/sign-up".to_owned(), json!({"for": "person", "name": "A", "email": smuggled})),
        (
            &app.visitor(),
            "/sign-up".to_owned(),
            json!({"for": "person", "name": "A\r\nBcc: x@example.org", "email": "a@example.org"}),
        ),
        (&ada, "/account/name".to_owned(), json!({"name": "Ada\r\nBcc: all@example.org"})),
        (&ada, "/account/address".to_owned(), json!({"email": smuggled, "address_password": PASSWORD})),
        (&ada, format!("/organisations/{club}/invitations"), json!({"email": smuggled, "role": "reader"})),
    ] {
        let reply = visitor.post_json(&path, &body);
        assert_eq!(reply.status, 422, "{path}: {}", reply.body);
    }
    assert!(app.mails().is_empty());
}

#[test]
fn no_password_is_kept_where_it_could_be_guessed_from() {
    let app = TestApp::start(Engine::Sqlite);
    app.user("anna@example.org", "Anna");
    let anna = app.signed_in("anna@example.org");
    let page = anna.open("/account");
    let mut pairs = anna.form(&page, "/account/password", &[("present_password", PASSWORD), ("password", NEW)]);
    anna.post_pairs("/account/password", &pairs).must_be(303);
    // The fingerprint of the same form without passwords is what is kept.
    pairs.retain(|(name, _)| !name.contains("password") && name != "form_token");
    assert!(pairs.is_empty(), "{pairs:?}");
    use diesel::prelude::*;
    let kept: String = app
        .db()
        .read_now(|tx| {
            use tailormade::db::schema::done_once;
            Ok(done_once::table.select(done_once::request_sha256).first(tx)?)
        })
        .unwrap();
    assert_eq!(kept, tailormade::web::token::sha256("/account/password\n{}"));
}

/// A council and its officer, Olga.
fn with_an_officer(engine: Engine) -> TestApp {
    let app = TestApp::start(engine);
    let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
    let olga = app.user("olga@example.org", "Olga");
    app.member(olga, council, Role::Officer);
    app
}

/// Records a person with an address for the invitation; answers their page.
fn record(officer: &Visitor, email: &str) -> Reply {
    officer.post_json(
        "/people",
        &json!({ "name": "Rosa Roe", "address_line": "3 Mill Lane", "town": "Dorchester", "postcode": "DT1 1XJ",
            "email": email }),
    )
}

#[test]
fn a_person_is_invited_whether_or_not_they_sign_in_and_needs_their_reference() {
    for engine in Engine::all() {
        let app = with_an_officer(engine);
        app.user("known@example.org", "Kim Known");
        let officer = app.signed_in("olga@example.org");
        // The answer is the same, and each gets one mail that names nobody.
        let [known, unknown] = ["known@example.org", "rosa@example.org"].map(|email| {
            let reply = record(&officer, email);
            let page = reply.location.clone().unwrap();
            let mails: Vec<_> = app.mails().into_iter().filter(|mail| mail.to == email).collect();
            assert_eq!(mails.len(), 1, "{email}");
            assert!(!mails[0].text.contains("Rosa") && !mails[0].text.contains("TM-"), "{}", mails[0].text);
            officer
                .open(&page)
                .must_say("Nobody signs in as this person yet")
                .must_say(&format!("at {email}; it waits"));
            (reply.status, page)
        });
        assert_eq!((known.0, unknown.0), (201, 201));
        let reference = |page: &str| {
            let id = page.rsplit('/').next().unwrap();
            let (sql, db) = (format!("SELECT reference AS name FROM people WHERE id = {id}"), app.db());
            db.read_now(move |tx| Ok(diesel::sql_query(sql).get_result::<Named>(tx)?)).unwrap().name
        };
        // Whoever got the mail by mistake does not come in without the reference; what they typed makes no sign-in.
        let (visitor, path) = (app.visitor(), link(&app, "rosa@example.org"));
        let joins = |reference: &str| {
            visitor.send(&path, &path, &[("name", "Rosa Roe"), ("password", NEW), ("reference", reference)])
        };
        visitor.open(&path).must_say("Your reference").must_say("invites you to see and decide");
        joins("").must_be(422).must_say("Enter your reference");
        joins("TM-AAAA-AAAA").must_be(422).must_say("This is not the reference");
        joins(&reference(&known.1)).must_be(422).must_say("This is not the reference");
        assert!(!can_sign_in(&app, "rosa@example.org", NEW));
        joins(&reference(&unknown.1).to_lowercase().replace('-', " ")).must_be(303);
        visitor.get(&path).must_be(422).must_say("was used already");
        let rosa = app.visitor();
        rosa.sign_in("rosa@example.org", NEW);
        rosa.open(&unknown.1).must_say("Your money").must_say(&reference(&unknown.1));
        rosa.get(&known.1).must_be(404);
        officer.open(&unknown.1).must_not_say("Nobody signs in as this person yet");
        // Who signs in already takes it up signed in, and as one person alone.
        let (kim, path) = (app.signed_in("known@example.org"), link(&app, "known@example.org"));
        rosa.get(&path).must_be(403);
        rosa.post_json(&path, &json!({ "reference": reference(&known.1) })).must_be(403);
        kim.submit(&path, &path, &[("reference", &reference(&known.1))]);
        kim.open(&known.1).must_say(&reference(&known.1));
        let again = officer.post_json(&format!("{}/invitations", known.1), &json!({ "email": "third@example.org" }));
        again.must_be(422).must_say("signs in already");
        let other = record(&officer, "known@example.org").location.clone().unwrap();
        let path = link(&app, "known@example.org");
        kim.send(&path, &path, &[("reference", &reference(&other))]).must_be(422).must_say("as another person already");
        // Later, and by nobody but an officer of the council.
        officer.submit(&other, &format!("{other}/invitations"), &[("email", "late@example.org")]);
        assert!(link(&app, "late@example.org").starts_with("/invitations/"));
        record(&officer, "olga@example.org").must_be(422).must_say("your own address");
        let invitation = json!({ "email": "x@example.org" });
        assert_eq!(kim.post_json(&format!("{other}/invitations"), &invitation).status, 404);
        kim.post_json(&format!("{}/invitations", known.1), &invitation).must_be(403);
    }
}

#[test]
fn an_invitation_ends_with_the_next_with_the_person_and_by_being_taken_back() {
    for engine in Engine::all() {
        let app = with_an_officer(engine);
        let officer = app.signed_in("olga@example.org");
        let page = record(&officer, "one@example.org").location.clone().unwrap();
        let action = format!("{page}/invitations");
        let first = link(&app, "one@example.org");
        officer.open(&page).must_say("at one@example.org; it waits until").must_say("send it to them by letter");
        officer.submit(&page, &action, &[("email", "two@example.org")]);
        app.visitor().get(&first).must_be(422).must_say("taken back");
        let second = link(&app, "two@example.org");
        officer.submit(&page, &format!("{action}/withdrawal"), &[]).must_say("it was taken back");
        app.visitor().get(&second).must_be(422).must_say("taken back");
        officer.post_json(&format!("{action}/withdrawal"), &json!({})).must_be(409);
        // So many in a day, whatever else goes to an address.
        for number in 0..3 {
            officer.post_json(&action, &json!({ "email": format!("more{number}@example.org") })).must_be(201);
        }
        officer
            .post_json(&action, &json!({ "email": "more@example.org" }))
            .must_be(422)
            .must_say("5 times within a day");
        // A password alone does not lead into somebody's record.
        app.fresh.execute("UPDATE sessions SET second_factor_at = NULL");
        officer.post_json(&action, &json!({ "email": "x@example.org" })).must_be(403).must_say("second factor");
        record(&officer, "x@example.org").must_be(403).must_say("second factor");
        assert_eq!(app.number("SELECT COUNT(*) AS n FROM people"), 1, "nothing was recorded either");
        // Death ends what waits, and nobody is invited in a dead person's place.
        let officer = app.signed_in("olga@example.org");
        let last = link(&app, "more2@example.org");
        let died = json!({ "died_on": app.clock.today().to_string() });
        officer.post_json(&format!("{page}/death"), &died).must_be(201);
        app.visitor().get(&last).must_be(422).must_say("taken back");
        app.on("2036-12-01");
        let officer = app.signed_in("olga@example.org");
        officer.post_json(&action, &json!({ "email": "y@example.org" })).must_be(422).must_say("has died");
    }
}

#[test]
fn an_erasure_ends_the_invitation_to_the_record() {
    for engine in Engine::all() {
        let app = with_an_officer(engine);
        let officer = app.signed_in("olga@example.org");
        let page = record(&officer, "wanda@example.org").location.clone().unwrap();
        let path = link(&app, "wanda@example.org");
        let id = page.rsplit('/').next().unwrap();
        let sql = format!("SELECT reference AS name FROM people WHERE id = {id}");
        let reference = app.db().read_now(move |tx| Ok(diesel::sql_query(sql).get_result::<Named>(tx)?)).unwrap().name;
        let erasure = json!({ "ground": "request", "erasure_reason": "She asked.", "reference": reference });
        officer.post_json(&format!("{page}/erasure"), &erasure).must_be(201);
        app.visitor().get(&path).must_be(404);
        let again = officer.post_json(&format!("{page}/invitations"), &json!({ "email": "wanda@example.org" }));
        assert!([404, 422].contains(&again.status), "{}", again.body);
        for table in ["mailed_links WHERE email", "mails WHERE to_address"] {
            assert_eq!(app.number(&format!("SELECT COUNT(*) AS n FROM {table} = 'wanda@example.org'")), 0, "{table}");
        }
    }
}
