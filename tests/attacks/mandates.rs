//! Mandates: other people's, more than is given, evidence that is none.

use serde_json::json;
use tailormade::demo::seed;

use super::{World, named, refused};

impl World {
    /// Where the broker's mandate for Mary is, and Mary's number.
    fn marys(&self) -> (String, String) {
        let mary = self.number(
            "SELECT p.id AS n FROM people p JOIN users u ON u.id = p.user_id WHERE u.email = 'mary@demo.example'",
        );
        let mandate = self.number(&format!("SELECT min(id) AS n FROM mandates WHERE person_id = {mary}"));
        (format!("/mandates/{mandate}"), format!("/people/{mary}"))
    }
}

#[test]
fn other_peoples_mandates_do_not_exist() {
    let world = World::new();
    let (mandate, mary) = world.marys();
    for stranger in [&seed::NEIGHBOUR, &seed::DAY_CLUB, &seed::AGENCY] {
        let visitor = world.visitor(stranger);
        assert_eq!(visitor.get_json(&mandate).status, 404);
        assert_eq!(visitor.get_json(&format!("{mary}/mandates")).status, 404);
        refused(&world.app, &visitor, &format!("{mandate}/ending"), &json!({}), 404);
        refused(&world.app, &visitor, &format!("{mandate}/evidence"), &json!({ "evidence_note": "x" }), 404);
        let body = json!({ "email": stranger.email, "authority": "carer", "from": "2026-11-23" });
        refused(&world.app, &visitor, &format!("{mary}/mandates"), &body, 404);
        refused(&world.app, &visitor, &format!("{mary}/death"), &json!({ "died_on": "2026-11-01" }), 404);
    }
}

#[test]
fn who_holds_a_mandate_makes_no_other() {
    let world = World::new();
    let (mandate, mary) = world.marys();
    let broker = world.visitor(&seed::BROKER);
    let friend = json!({ "email": seed::DAY_CLUB.email, "authority": "carer", "from": "2026-11-23" });
    refused(&world.app, &broker, &format!("{mary}/mandates"), &friend, 403);
    refused(&world.app, &broker, &format!("{mandate}/evidence"), &json!({ "evidence_note": "x" }), 403);
    refused(&world.app, &broker, &format!("{mary}/death"), &json!({ "died_on": "2026-11-01" }), 403);
    let capable =
        json!({ "decided_on": "2026-11-01", "about": "money", "outcome": "has_capacity", "decided_by": "me" });
    refused(&world.app, &broker, &format!("{mary}/capacity-decisions"), &capable, 403);
    let finance = world.visitor(&seed::FINANCE);
    refused(&world.app, &finance, &format!("{mandate}/ending"), &json!({}), 403);
}

#[test]
fn nobody_gives_more_than_the_authority_reaches() {
    let world = World::new();
    let (_, mary) = world.marys();
    let (person, officer) = (world.visitor(&seed::PERSON), world.visitor(&seed::OFFICER));
    let with = |authority: &str, scope: &str| {
        json!({ "email": seed::DAY_CLUB.email, "authority": authority, "from": "2026-11-23", "evidence_note": "seen",
                "see_plan": "true", "see_money": "true", scope: if scope == "approve" { "any" } else { "true" } })
    };
    let path = format!("{mary}/mandates");
    for (authority, scope) in [("broker", "sign"), ("carer", "sign"), ("advocate", "choose"), ("advocate", "approve")] {
        assert_eq!(named(&refused(&world.app, &person, &path, &with(authority, scope), 422)), ["see_plan"]);
    }
    for scope in ["choose", "sign"] {
        assert_eq!(named(&refused(&world.app, &officer, &path, &with("appointee", scope), 422)), ["see_plan"]);
    }
    let negative = json!({ "email": seed::DAY_CLUB.email, "authority": "carer", "from": "2026-11-23", "see_money": "true",
                           "approve": "up_to", "approve_up_to": "-5" });
    assert_eq!(named(&refused(&world.app, &person, &path, &negative, 422)), ["approve_up_to"]);
}

#[test]
fn a_file_is_one_of_three_kinds_small_enough_and_alone() {
    let world = World::new();
    let (mandate, _) = world.marys();
    let officer = world.visitor(&seed::OFFICER);
    let action = format!("{mandate}/evidence");
    let pairs = || {
        let mut pairs = officer.form(&officer.open(&mandate), &action, &[]);
        pairs.retain(|(name, _)| name != "evidence");
        pairs
    };
    for content in ["GIF89a", "<svg onload=alert(1)>", "MZ", "PK\u{3}\u{4}", " %PDF-1.7"] {
        officer.post_file(&action, &pairs(), ("order.pdf", content)).must_be(422).must_say("Choose a PDF");
    }
    let large = format!("%PDF-{}", "x".repeat(5 * 1024 * 1024));
    officer.post_file(&action, &pairs(), ("order.pdf", &large)).must_be(422).must_say("at most 5 MB");
    let mut many = pairs();
    many.extend((0..50).map(|number| (format!("field{number}"), String::new())));
    officer.post_file(&action, &many, ("order.pdf", "%PDF-1.7")).must_be(422).must_say("too many parts");
    let long = [pairs(), vec![("evidence_note".to_owned(), "x".repeat(100_000))]].concat();
    officer.post_file(&action, &long, ("order.pdf", "%PDF-1.7")).must_be(422);
    // Without the form's token nothing is taken.
    officer.post_file(&action, &[], ("order.pdf", "%PDF-1.7")).must_be(409);
    assert_eq!(world.number("SELECT count(*) AS n FROM files"), 0);
    // The same form sent twice keeps one file.
    let same = pairs();
    for _ in 0..2 {
        officer.post_file(&action, &same, ("order.pdf", "%PDF-1.7")).must_be(303);
    }
    assert_eq!(world.number("SELECT count(*) AS n FROM files"), 1);
    officer.post_file(&action, &same, ("order.pdf", "%PDF-1.8")).must_be(409);
    let changed = "DROP TRIGGER files_no_update; UPDATE files SET bytes = x'00';";
    world.app.fresh.execute(changed);
    let everything = |tx: &mut tailormade::db::Tx| tailormade::reports::check::everything(tx, None);
    let findings = world.app.db().read_now(everything).unwrap().findings.join("; ");
    assert!(findings.contains("file 1 (order.pdf)") && findings.contains("files_no_update"), "{findings}");
}
