//! How somebody needs to be written and spoken to: recorded, flagged wherever they are contacted, honoured on pages and papers.

use serde_json::{Value, json};
use tailormade::auth::rights::Authority;
use tailormade::ids::{FundId, OrganisationId, PersonId};
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

/// A person with a fund that a home-care company holds, on both engines.
struct World {
    app: TestApp,
    person: PersonId,
    fund: FundId,
}

impl World {
    fn begin(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        let other = app.organisation("Other Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("elsewhere@example.org", "Elsie Elsewhere"), other);
        let holder = app.organisation("Example Home Care", OrganisationKind::Company, &["provider", "holder"]);
        app.works_for(app.user("holder@example.org", "Hal Holder"), holder);
        let person = app.person("Pat Person", Some(app.user("person@example.org", "Pat Person")), council);
        app.user("stranger@example.org", "Sam Stranger");
        app.mandate(person, app.user("attorney@example.org", "Ann Attorney"), Authority::Attorney);
        app.mandate(person, app.user("appointee@example.org", "Abe Appointee"), Authority::Appointee);
        let fund = fund(&app.signed_in("officer@example.org"), person, holder);
        Self { app, person, fund }
    }

    fn path(&self) -> String {
        format!("/people/{}/communication", self.person)
    }

    /// The person asks for large print of 18 points, Easy Read, a plain background and more time.
    fn ask(&self) -> Reply {
        let person = self.app.signed_in("person@example.org");
        let typed = [
            ("format_large_print", "true"),
            ("format_easy_read", "true"),
            ("print_size", "18"),
            ("plain_background", "true"),
            ("support_more_time", "true"),
            ("contact_text_message", "true"),
        ];
        person.submit(&self.path(), &self.path(), &typed)
    }
}

fn fund(officer: &Visitor, person: PersonId, holder: OrganisationId) -> FundId {
    let budget =
        json!({ "weekly": "420.00", "contribution_weekly": "0", "starts_on": "2026-11-02", "agreed_note": "x" });
    officer.post_json(&format!("/people/{person}/budgets"), &budget).must_be(201);
    let fund = json!({
        "form": "individual_service_fund", "weekly": "420.00", "holder": holder.to_string(),
        "structure": "agent_of_person", "recovery_confirmed": "true", "payment_frequency": "four_weekly",
        "contribution_mode": "council_invoices", "starts_on": "2026-11-02",
    });
    let made = officer.post_json(&format!("/people/{person}/funds"), &fund);
    made.must_be(201).location.clone().unwrap().rsplit('/').next().unwrap().parse().unwrap()
}

fn version(changes: Value) -> Value {
    let mut version = json!({
        "language": "en", "interpreter": "none", "from": "2026-11-02", "reviewed_on": "2026-11-02", "seen": "0",
    });
    version.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    version
}

#[test]
fn what_is_asked_for_is_flagged_and_honoured() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        world.ask().must_say("Large print, 18 point or more").must_say("Needs more time").must_say("by the person");
        // Whoever contacts the person sees it.
        let officer = world.app.signed_in("officer@example.org");
        officer.open(&format!("/people/{}", world.person)).must_say("How to reach and speak with Pat Person");
        let drawn = officer.post_json(
            &format!("/funds/{}/agreements", world.fund),
            &json!({
                "structure": "agent_of_person", "starts_on": "2026-11-09", "payment_frequency": "four_weekly",
                "advance_days": "14", "fee_weekly": "0", "fee_position": "from_budget", "surplus_rule": "pro_rata",
                "surplus_cap_weeks": "4", "notice_person_weeks": "4", "notice_holder_weeks": "8", "notice_council_weeks": "4",
            }),
        );
        let agreement = drawn.must_be(201).location.clone().unwrap();
        let holder = world.app.signed_in("holder@example.org");
        let page = holder.open(&agreement);
        page.must_say("Large print, 18 point or more").must_say("owed in Easy Read as well");
        page.must_say("Example Council makes it and sends it");
        // The paper is made in the print that was asked for, the page is shown in it.
        officer.post_json(&format!("{agreement}/proposal"), &json!({ "version": "1" })).must_be(201);
        let person = world.app.signed_in("person@example.org");
        let paper = person.open(&format!("{agreement}/paper")).body;
        assert!(paper.contains("font-size: 18pt !important"), "{paper}");
        assert!(person.open("/search").body.contains("<html lang=\"en-GB\" class=\"print-18 plain\">"));
        assert!(!officer.open("/search").body.contains("print-18"));
        let kept = person.post_json(&format!("/funds/{}/statements", world.fund), &json!({}));
        assert!(
            person.open(kept.must_be(201).location.as_deref().unwrap()).body.contains("font-size: 18pt !important")
        );
        // Signed out on the same device it stays; on another one it does not.
        person.submit("/", "/sign-out", &[]);
        assert!(person.open("/").body.contains("class=\"print-18 plain\""));
        assert!(!world.app.visitor().open("/").body.contains("print-18"));
        let findings = world.app.db().read_now(|tx| tailormade::reports::check::everything(tx, None)).unwrap().findings;
        assert_eq!(findings, Vec::<String>::new());
    }
}

#[test]
fn versions_follow_one_another_and_none_is_edited() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let attorney = world.app.signed_in("attorney@example.org");
        attorney.open(&world.path()).must_say("Nobody has asked yet");
        let first = version(json!({ "language": "bfi", "interpreter": "bsl" }));
        attorney.post_json(&world.path(), &first).must_be(201);
        // A second tab that has not seen the first version.
        attorney.post_json(&world.path(), &first).must_be(409);
        let officer = world.app.signed_in("officer@example.org");
        let seen = officer.get_json(&world.path()).json()["seen"].to_string();
        let later = version(json!({ "from": "2026-12-01", "seen": seen, "support_lip_reading": "true" }));
        officer.post_json(&world.path(), &later).must_be(201);
        let page = officer.open(&world.path());
        page.must_say("A British Sign Language interpreter must be there").must_say("Not begun").must_say("Holds now");
        world.app.on("2026-12-01");
        let officer = world.app.signed_in("officer@example.org");
        officer.open(&world.path()).must_say("Replaced").must_say("Reads lips");
        world.app.on("2027-11-02");
        let officer = world.app.signed_in("officer@example.org");
        officer.open(&format!("/people/{}", world.person)).must_say("Ask again whether it is still right");
        let changed = world.app.db().write_now(|tx| {
            use diesel::connection::SimpleConnection;
            tx.batch_execute("UPDATE communication_needs SET note = 'x'").map_err(tailormade::error::Error::from)
        });
        assert!(format!("{changed:?}").contains("append-only"), "{changed:?}");
    }
}

#[test]
fn who_may_say_it_and_what_cannot_be_said() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let nothing = version(json!({}));
        for (email, status) in [
            ("stranger@example.org", 404),
            ("elsewhere@example.org", 404),
            ("holder@example.org", 404),
            ("appointee@example.org", 403),
        ] {
            world.app.signed_in(email).post_json(&world.path(), &nothing).must_be(status);
        }
        let person = world.app.signed_in("person@example.org");
        for (wrong, message) in [
            (json!({ "format_large_print": "true" }), "Choose how large the print must be."),
            (json!({ "print_size": "18" }), "Tick large print as well"),
            (json!({ "format_large_print": "true", "print_size": "19" }), "from the list"),
            (json!({ "language": "klingon" }), "from the list"),
            (json!({ "language": "other" }), "which language it is"),
            (json!({ "from": "2028-01-01" }), "within the next year"),
            (json!({ "reviewed_on": "2026-11-03" }), "not after today"),
        ] {
            let reply = person.post_json(&world.path(), &version(wrong));
            assert!(reply.must_be(422).body.contains(message), "{message}: {}", reply.body);
        }
        let refused =
            person.send(&world.path(), &world.path(), &[("format_large_print", "true"), ("note", "Call me Patsy")]);
        refused.must_be(422).must_say("Choose how large the print must be.");
        assert!(refused.body.contains("Call me Patsy"));
        person.open(&world.path()).must_say("Nobody has asked yet");
        // A cookie that somebody made up says nothing.
        person.set_cookie("tailormade_reading", "99.\"><b>");
        assert!(world.app.signed_in("person@example.org").open("/").body.contains("<html lang=\"en-GB\">"));
    }
}
