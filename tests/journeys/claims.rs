//! Whose an entry of the register is: claimed, checked by a letter or by an officer, undone.

use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::people::OrganisationKind;

use super::marketplace::{Town, names};
use crate::support::app::Engine;
use crate::support::visitor::Visitor;

const CLAIM: &str = "/register/1/claim";

impl Town {
    fn who(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    /// The provider claims the entry; gives the claim's path.
    fn claimed(&self) -> String {
        let provider = self.who("provider");
        let typed = [("organisation", self.provider.to_string()), ("evidence", "Paul is the manager".to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let page = provider.submit(CLAIM, CLAIM, &typed);
        page.must_say("Nothing of the entry has changed.").location.clone().unwrap()
    }

    /// The code of the letter that an officer prints.
    fn code(&self, claim: &str) -> String {
        let officer = self.who("officer");
        officer.submit(claim, &format!("{claim}/letters"), &[]).must_say("A letter with a code was made.");
        let letter = officer.open(&format!("{claim}/letter"));
        letter.must_say("1 Quay Road").must_say("Dorchester").must_say("DT1 1XJ");
        let (_, code) = letter.body.split_once("class=\"code\">").unwrap();
        code.split('<').next().unwrap().to_owned()
    }

    fn found_claimed(engine: Engine) -> Self {
        let town = Self::found(engine);
        town.register();
        town.state_vat("not_registered", "", "1 1 2020");
        town.service("Help at home", "DT1 1XJ", "26.40", "hour", "net");
        town
    }

    fn rated(&self) -> bool {
        self.app.visitor().open("/search?words=help").text().contains("Good, published on 1 May 2020")
    }
}

#[test]
fn a_letter_to_the_registers_address_verifies_a_claim() {
    for engine in Engine::all() {
        let town = Town::found_claimed(engine);
        town.who("provider").open("/search?words=harbour").must_say("Is Harbour Care yours?");
        town.app.visitor().open("/search?words=harbour").must_not_say("yours?");
        assert_eq!(town.app.visitor().get(CLAIM).status, 303);
        let claim = town.claimed();
        let enter = format!("{claim}/code");
        assert!(!town.rated(), "nothing changes before it is verified");
        let provider = town.who("provider");
        provider.post_json(&enter, &json!({"code": "x"})).must_be(422).must_say("No letter was sent");
        let code = town.code(&claim);
        let again = town.who("officer").open(&format!("{claim}/letter"));
        assert!(again.body.contains(&code), "the same letter can be printed again");
        provider.get(&format!("{claim}/letter")).must_be(403);
        provider.send(&claim, &enter, &[("code", "0000-0000-0000")]).must_be(422).must_say("You can try 4 more times.");
        let typed = code.to_lowercase().replace('-', " ");
        provider.submit(&claim, &enter, &[("code", &typed)]).must_say("Harbour Care belongs to Sunrise Days.");
        assert!(town.rated());
        assert_eq!(
            names(&town.app.visitor().get_json("/search?words=harbour")),
            [""; 0],
            "its own words stand there now"
        );
        provider.post_json(&enter, &json!({"code": code})).must_be(409);
        provider.open("/provider").must_say("Harbour Care");
        provider.open(CLAIM).must_say("This entry belongs to a provider here already.");
    }
}

#[test]
fn a_code_is_not_guessed() {
    for engine in Engine::all() {
        let town = Town::found_claimed(engine);
        let claim = town.claimed();
        let code = town.code(&claim);
        let (provider, enter) = (town.who("provider"), format!("{claim}/code"));
        for left in (1..5).rev() {
            let wrong = provider.post_json(&enter, &json!({"code": "AAAA-AAAA-AAAA"}));
            wrong.must_be(422).must_say(&format!("You can try {left} more times."));
        }
        provider.post_json(&enter, &json!({"code": "AAAA-AAAA-AAAA"})).must_be(422).must_say("was tried 5 times");
        provider.post_json(&enter, &json!({"code": code})).must_be(422).must_say("was tried 5 times");
        assert!(!town.rated());
        // A new letter has another code; the old one is no good any more, and none is after thirty days.
        let new = town.code(&claim);
        assert_ne!(new, code);
        provider.post_json(&enter, &json!({"code": code})).must_be(422);
        town.app.on("2026-12-03");
        let provider = town.who("provider");
        provider.post_json(&enter, &json!({"code": new})).must_be(422).must_say("was good until");
    }
}

#[test]
fn an_officer_of_the_place_decides_and_undoes() {
    for engine in Engine::all() {
        let town = Town::found_claimed(engine);
        let claim = town.claimed();
        let officer = town.who("officer");
        officer.open("/claims").must_say("1 claim waits to be checked.").must_say("Harbour Care");
        officer.open(&claim).must_say("Paul is the manager");
        let decision = format!("{claim}/decision");
        officer.send(&claim, &decision, &[("decision", "verified")]).must_be(422).must_say("Enter how you checked it");
        let verified = [("decision", "verified"), ("reason", "Spoke to the manager")];
        officer.submit(&claim, &decision, &verified).must_say("Verified by an officer of Example Council");
        assert!(town.rated());
        officer.post_json(&decision, &json!({"decision": "refused", "reason": "x"})).must_be(409);
        let undoing = format!("{claim}/undoing");
        town.who("provider").post_json(&undoing, &json!({"reason": "x"})).must_be(403);
        officer.submit(&claim, &undoing, &[("reason", "It was another manager")]).must_say("It was another manager");
        assert!(!town.rated());
        assert_eq!(names(&town.app.visitor().get_json("/search?words=harbour")), ["Harbour Care"]);
        assert_eq!(names(&town.app.visitor().get_json("/search?words=help")), ["Help at home"], "its own words stay");
        officer.post_json(&undoing, &json!({"reason": "x"})).must_be(409);
        // It can be claimed again.
        town.claimed();
    }
}

#[test]
fn the_second_is_told_and_the_first_that_is_verified_wins() {
    for engine in Engine::all() {
        let town = Town::found_claimed(engine);
        let first = town.claimed();
        let rival = town.app.user("rival@example.org", "Rita Rival");
        let theirs = town.app.organisation("Rival Care", OrganisationKind::Company, &["provider"]);
        town.app.works_for(rival, theirs);
        let rival = town.who("rival");
        rival.open(CLAIM).must_say("Somebody has claimed this entry already");
        let body = json!({"organisation": theirs.to_string(), "evidence": "It is ours"});
        let second = rival.post_json(CLAIM, &body).must_be(201).json()["location"].as_str().unwrap().to_owned();
        rival.post_json(CLAIM, &body).must_be(409).must_say("You have claimed this entry already.");
        rival.get(&first).must_be(404);
        let foreign = json!({"organisation": town.provider.to_string(), "evidence": "x"});
        rival.post_json(CLAIM, &foreign).must_be(422).must_say("Choose one of your organisations");
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let sent = [(first, town.who("officer")), (second, town.who("officer"))].map(|(claim, officer)| {
                let body = json!({"decision": "verified", "reason": "Seen"});
                scope.spawn(move || officer.post_json(&format!("{claim}/decision"), &body).status)
            });
            sent.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let mut sorted = statuses;
        sorted.sort_unstable();
        assert_eq!(sorted, [201, 409], "{engine:?}");
        town.who("rival").post_json(CLAIM, &body).must_be(409);
    }
}

#[test]
fn somebody_new_makes_their_organisation_with_the_claim_and_strangers_see_nothing() {
    let town = Town::found_claimed(Engine::Sqlite);
    town.app.user("nina@example.org", "Nina New");
    let nina = town.who("nina");
    let wrong = nina.send(CLAIM, CLAIM, &[("organisation", "new"), ("evidence", "x")]);
    wrong.must_be(422).must_say("Enter the name of the organisation.");
    let typed = [("organisation", "new"), ("name", "Nina Care"), ("kind", "sole_trader"), ("evidence", "My own")];
    let page = nina.submit(CLAIM, CLAIM, &typed);
    let claim = page.location.clone().unwrap();
    nina.open("/organisations").must_say("Nina Care");
    let body = json!({"code": "x", "decision": "verified", "reason": "x"});
    let paths = ["code", "letters", "decision", "undoing"].map(|what| format!("{claim}/{what}"));
    for path in &paths {
        town.who("provider").post_json(path, &body).must_be(404);
        town.who("person").post_json(path, &body).must_be(404);
    }
    for path in &paths[1..] {
        nina.post_json(path, &body).must_be(403);
    }
    town.who("officer").post_json(&paths[0], &body).must_be(403);
    // An officer who belongs to the provider is no judge of it.
    let other = town.app.organisation("Second Council", OrganisationKind::Council, &[]);
    let olga = town.app.user("olga@example.org", "Olga Both");
    town.app.member(olga, other, Role::Officer);
    let nina_care = tailormade::ids::OrganisationId::new(other.number() - 1);
    town.app.member(olga, nina_care, Role::Admin);
    town.who("olga").post_json(&paths[2], &body).must_be(403).must_say("You belong to the provider yourself.");
}
