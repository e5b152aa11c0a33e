//! A second factor that was lost with all recovery codes: asked for by those who know the owner, told to the owner, stopped
//! or done after two days. Nobody else has a hand in it.

use chrono::TimeDelta;
use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::ids::{OrganisationId, UserId};
use tailormade::people::OrganisationKind;

use super::sign_ins::subject;
use crate::support::app::{Engine, PASSWORD, TestApp};
use crate::support::visitor::Visitor;

/// An agency with two administrators and somebody who handles its money, another agency, a council with a person.
struct Place {
    app: TestApp,
    agency: OrganisationId,
    fay: UserId,
    person: i64,
}

impl Place {
    fn new(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let agency = app.organisation("Home Care Ltd", OrganisationKind::Company, &["provider", "holder"]);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        let user = |who: &str| app.user(&format!("{who}@example.org"), who);
        for (who, organisation, role) in [
            ("ada", agency, Role::Admin),
            ("bea", agency, Role::Admin),
            ("cora", agency, Role::Coordinator),
            ("olga", council, Role::Officer),
        ] {
            app.member(user(who), organisation, role);
        }
        let fay = user("fay");
        app.member(fay, agency, Role::Finance);
        let other = app.organisation("Other Care", OrganisationKind::Company, &["provider"]);
        app.works_for(user("otto"), other);
        let pat = user("pat");
        let person = app.person("Pat Person", Some(pat), council).number();
        Self { app, agency, fay, person }
    }

    fn of(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    fn page(&self) -> String {
        format!("/organisations/{}/members/{}/second-factor", self.agency, self.fay)
    }

    /// The path of the newest removal.
    fn removal(&self) -> String {
        format!("/second-factor-removals/{}", self.app.number("SELECT max(id) AS n FROM factor_removals"))
    }

    fn needs_code(&self, who: &str) -> bool {
        let body = json!({ "email": format!("{who}@example.org"), "password": PASSWORD });
        let reply = self.app.visitor().post_json("/sign-in", &body);
        reply.location.is_some_and(|location| location.starts_with("/sign-in/code"))
    }
}

#[test]
fn one_administrator_asks_another_confirms_and_after_two_days_it_is_done() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let (ada, bea, page) = (place.of("ada"), place.of("bea"), place.page());
        ada.open(&format!("/organisations/{}", place.agency)).must_say("fay has lost their second factor");
        ada.send(&page, &page, &[]).must_be(422).must_say("how you checked who they are");
        ada.submit(&page, &page, &[("reason", "Lost at sea; I rang her")]).must_say("Waits for another administrator");
        assert_eq!(subject(&place.app, "fay@example.org"), "Your second factor is asked to be taken away");
        assert_eq!(subject(&place.app, "bea@example.org"), "A lost second factor waits for you");
        ada.post_json(&page, &json!({ "reason": "Again" })).must_be(409);
        let confirmation = format!("{}/confirmation", place.removal());
        ada.post_json(&confirmation, &json!({})).must_be(403).must_say("Another administrator must confirm it");
        place.app.clock.advance(TimeDelta::days(5));
        place.app.work();
        assert!(place.needs_code("fay"), "{engine:?}: nothing turns into yes by waiting");
        bea.submit(&page, &confirmation, &[]).must_say("unless it is stopped");
        assert_eq!(subject(&place.app, "fay@example.org"), "Your second factor will be taken away");
        bea.post_json(&confirmation, &json!({})).must_be(409);
        place.app.clock.advance(TimeDelta::hours(47));
        place.app.work();
        assert!(place.needs_code("fay"), "{engine:?}: not before its time");
        place.app.clock.advance(TimeDelta::hours(1));
        place.app.work();
        assert!(!place.needs_code("fay"), "{engine:?}");
        assert_eq!(subject(&place.app, "fay@example.org"), "Your second factor was taken away");
        ada.post_json(&format!("{}/stop", place.removal()), &json!({})).must_be(409);
        // What needs one leads her to set a new one up.
        let fay = place.app.visitor();
        fay.sign_in("fay@example.org", PASSWORD);
        fay.open("/account/second-factor").must_say("You have none yet");
        let acts = "SELECT COUNT(*) AS n FROM audit_events WHERE what IN ('second_factor.removal_asked',
            'second_factor.removal_confirmed', 'second_factor.removed')";
        assert_eq!(place.app.number(acts), 3);
        assert_eq!(place.app.number("SELECT COUNT(*) AS n FROM audit_events WHERE purpose LIKE 'Lost at sea%'"), 1);
    }
}

#[test]
fn the_owner_stops_it() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let page = place.page();
        place.of("ada").submit(&page, &page, &[("reason", "She says so")]);
        place.of("bea").submit(&page, &format!("{}/confirmation", place.removal()), &[]);
        let (fay, own) = (place.of("fay"), "/account/second-factor/removals");
        fay.open(own).must_say("Others ask for your second factor to be taken away.").must_say("She says so");
        fay.submit(own, &format!("{}/stop", place.removal()), &[]).must_say("Stopped by fay");
        place.app.clock.advance(TimeDelta::days(3));
        place.app.work();
        assert!(place.needs_code("fay"), "{engine:?}");
        // It can be asked for again, and a factor that was set up anew since then is not taken away.
        place.of("ada").submit(&page, &page, &[("reason", "Really lost")]);
        place.of("bea").submit(&page, &format!("{}/confirmation", place.removal()), &[]);
        place.app.clock.advance(TimeDelta::hours(1));
        let later = place.app.clock.now().naive_utc();
        place.app.fresh.execute(&format!("UPDATE second_factors SET confirmed_at = '{later}'"));
        place.app.clock.advance(TimeDelta::days(3));
        place.app.work();
        assert!(place.needs_code("fay"), "{engine:?}");
        place.of("ada").open(&page).must_say("The second factor was changed since.");
    }
}

#[test]
fn who_may_no_longer_ask_takes_nothing_away_and_nobody_sees_what_another_organisation_asks() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let page = place.page();
        let other = place.app.number("SELECT id AS n FROM organisations WHERE name = 'Other Care'");
        place.app.member(place.fay, OrganisationId::new(other), Role::Reader);
        place.of("ada").submit(&page, &page, &[("reason", "Lost at sea")]);
        place.of("bea").submit(&page, &format!("{}/confirmation", place.removal()), &[]);
        let theirs = format!("/organisations/{other}/members/{}/second-factor", place.fay);
        place.of("otto").open(&theirs).must_not_say("Lost at sea").must_not_say("ada");
        // Who asked leaves before the two days are over.
        let ada = place.app.number("SELECT id AS n FROM users WHERE email = 'ada@example.org'");
        let organisation = format!("/organisations/{}", place.agency);
        place.of("bea").submit(&organisation, &format!("{organisation}/members/{ada}/ending"), &[]);
        place.app.clock.advance(TimeDelta::days(3));
        place.app.work();
        assert!(place.needs_code("fay"), "{engine:?}");
        place.of("bea").open(&page).must_say("may no longer do so");
    }
}

#[test]
fn an_officer_helps_a_person_and_the_only_administrator_a_member() {
    for engine in Engine::all() {
        let place = Place::new(engine);
        let keys = "SELECT COUNT(*) AS n FROM second_factors";
        let before = place.app.number(keys);
        let page = format!("/people/{}/second-factor", place.person);
        let olga = place.of("olga");
        olga.open(&page).must_say("pat has no second factor");
        olga.post_json(&page, &json!({ "reason": "Lost" })).must_be(422);
        let pat = place.app.visitor();
        pat.sign_in("pat@example.org", PASSWORD);
        pat.submit("/account/second-factor", "/account/second-factor", &[("password", PASSWORD)]);
        place.app.fresh.execute("UPDATE second_factors SET confirmed_at = created_at WHERE confirmed_at IS NULL");
        assert_eq!(place.app.number(keys), before + 1);
        olga.submit(&page, &page, &[("reason", "Came in person, with a passport")]).must_say("checked who they are");
        place.app.clock.advance(TimeDelta::days(2));
        place.app.work();
        assert!(!place.needs_code("pat"), "{engine:?}");
        // Where nobody else could confirm it, it is confirmed with it.
        let page = format!("/organisations/{}", place.agency);
        let bea = place.app.number("SELECT id AS n FROM users WHERE email = 'bea@example.org'");
        place.of("ada").submit(&page, &format!("{page}/members/{bea}/ending"), &[]);
        let page = place.page();
        place.of("ada").submit(&page, &page, &[("reason", "Lost")]).must_say("the only administrator who can");
    }
}

#[test]
fn nobody_else_asks_confirms_or_stops() {
    let place = Place::new(Engine::Sqlite);
    let page = place.page();
    let person = format!("/people/{}/second-factor", place.person);
    for (who, member, council) in [("cora", 403, 404), ("otto", 404, 404), ("pat", 404, 403), ("ada", 200, 404)] {
        let visitor = place.of(who);
        assert_eq!((visitor.get_json(&page).status, visitor.get_json(&person).status), (member, council), "{who}");
    }
    place.of("ada").submit(&page, &page, &[("reason", "Lost")]);
    for who in ["cora", "otto", "pat", "olga"] {
        for step in ["confirmation", "stop"] {
            let status = place.of(who).post_json(&format!("{}/{step}", place.removal()), &json!({})).status;
            assert!([403, 404].contains(&status), "{who} {step}: {status}");
        }
    }
    // The owner neither asks nor confirms, also as an administrator, and nobody acts without their own second factor.
    place.app.member(place.fay, place.agency, Role::Admin);
    place.of("fay").post_json(&format!("{}/confirmation", place.removal()), &json!({})).must_be(422);
    let bea = place.of("bea");
    place.app.fresh.execute("UPDATE sessions SET second_factor_at = NULL");
    bea.post_json(&format!("{}/confirmation", place.removal()), &json!({})).must_be(403).must_say("second factor");
    bea.post_json(&page, &json!({ "reason": "Lost" })).must_be(403).must_say("second factor");
    // Somebody who works for an organisation is known there, not to the council.
    place.app.fresh.execute(&format!("UPDATE people SET user_id = {}", place.fay));
    let olga = place.of("olga");
    olga.post_json(&person, &json!({ "reason": "Lost" })).must_be(422).must_say("works for an organisation");
}
