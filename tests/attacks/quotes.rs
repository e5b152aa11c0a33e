//! Quotes: other people's, other providers', sent twice, chosen too late, and under mandates that do not go so far.

use serde_json::{Value, json};
use tailormade::auth::rights::{Approval, Authority, Role, Scopes};
use tailormade::db::Tx;
use tailormade::mandates::{NewMandate, store as mandates};
use tailormade::people::OrganisationKind;

use super::refused;
use crate::journeys::quotes::{BROKER, PERSON, Town};
use crate::support::app::Engine;
use crate::support::visitor::Visitor;

const CLUB: &str = "club@example.org";
const CHARITY: &str = "charity@example.org";

/// A choice of an answer as it stands.
fn choice(who: &Visitor, request: &str, answer: i64) -> Value {
    let seen = who.get_json(request).json()["seen"].clone();
    json!({ "answer": answer, "reason": "I know the people there.", "seen": seen })
}

#[test]
fn nobody_reads_or_decides_anothers() {
    let town = Town::found(Engine::Sqlite);
    let request = town.ask(&town.signed_in(BROKER));
    town.all_answer();
    let (club, _) = town.offered();
    let (club_ask, charity_ask) = (town.ask_of(CLUB), town.ask_of(CHARITY));
    let council = town.app.organisation("Next Council", OrganisationKind::Council, &[]);
    town.app.council_officer(town.app.user("next@example.org", "Nils Next"), council);
    let other = town.app.user("other@example.org", "Otto Other");
    town.app.person("Otto Other", Some(other), council);
    for stranger in ["other@example.org", "next@example.org", "dear@example.org", CLUB, CHARITY] {
        let visitor = town.signed_in(stranger);
        for path in [request.clone(), format!("{request}/choice"), format!("{request}/choice/document")] {
            assert_eq!(visitor.get_json(&path).status, 404, "{stranger} {path}");
        }
        for path in ["scores", "choice", "acceptance", "refusal"] {
            refused(&town.app, &visitor, &format!("{request}/{path}"), &json!({ "answer": club, "reason": "x" }), 404);
        }
        for ask in [&club_ask, &charity_ask] {
            let own = (stranger == CLUB && ask == &club_ask) || (stranger == CHARITY && ask == &charity_ask);
            assert_eq!(visitor.get_json(ask).status, if own { 200 } else { 404 }, "{stranger} {ask}");
            if !own {
                let withdraw = json!({ "kind": "withdrawn" });
                refused(&town.app, &visitor, &format!("{ask}/answers"), &withdraw, 404);
                refused(&town.app, &visitor, &format!("{ask}/messages"), &json!({ "text": "x" }), 404);
            }
        }
    }
    // The council sees and does not decide; whoever only reads for the provider sees and does not answer.
    let officer = town.signed_in("officer@example.org");
    assert_eq!(officer.get_json(&request).status, 200);
    refused(&town.app, &officer, &format!("{request}/choice"), &choice(&officer, &request, club), 403);
    refused(&town.app, &officer, &format!("{request}/acceptance"), &json!({}), 403);
    refused(&town.app, &officer, &format!("{request}/refusal"), &json!({ "reason": "x" }), 403);
    refused(&town.app, &officer, &format!("{club_ask}/messages"), &json!({ "text": "x" }), 403);
    refused(&town.app, &officer, &format!("{club_ask}/answers"), &json!({ "kind": "withdrawn" }), 403);
    let reader = town.app.user("reader@example.org", "Rita Reader");
    town.app.member(reader, town.provider(0), Role::Reader);
    let reader = town.signed_in("reader@example.org");
    assert_eq!(reader.get_json(&club_ask).status, 200);
    refused(&town.app, &reader, &format!("{club_ask}/answers"), &json!({ "kind": "withdrawn" }), 403);
    // Whoever handles the council's money sees the prices, and no words about what the person needs.
    let finance = town.app.user("finance@example.org", "Fay Finance");
    town.app.member(finance, tailormade::ids::OrganisationId::new(1), Role::Finance);
    let finance = town.signed_in("finance@example.org");
    let page = finance.get_json(&request).body;
    assert!(page.contains("120.00") && !page.contains("Days out") && !page.contains("A quiet place"), "{page}");
    assert_eq!(finance.get_json(&club_ask).status, 404);
    // The person's side does not answer for a provider.
    let person = town.signed_in(PERSON);
    refused(&town.app, &person, &format!("{club_ask}/answers"), &json!({ "kind": "withdrawn" }), 403);
}

#[test]
fn a_broker_who_works_for_one_provider_reads_no_other() {
    let town = Town::found(Engine::Sqlite);
    let request = town.ask(&town.signed_in(BROKER));
    town.all_answer();
    let charity_ask = town.ask_of(CHARITY);
    let broker = town.app.number(&format!("SELECT id AS n FROM users WHERE email = '{BROKER}'"));
    town.app.works_for(tailormade::ids::UserId::new(broker), town.provider(0));
    let both = town.signed_in(BROKER);
    for path in [request.as_str(), charity_ask.as_str()] {
        assert_eq!(both.get_json(path).status, 404, "{path}");
    }
    assert!(!both.get_json("/quotes").body.contains(&request));
    let own = both.get_json(&town.ask_of(CLUB)).body;
    assert!(own.contains("Days out") && !own.contains("112") && !own.contains("Pat"), "{own}");
    let ask = town.body(&[]);
    let reply = refused(&town.app, &both, "/quotes", &ask, 422);
    assert!(reply.body.contains("You work for Outings Limited"), "{}", reply.body);
}

#[test]
fn what_is_sent_twice_is_done_once_and_what_is_over_is_over() {
    let town = Town::found(Engine::Sqlite);
    let person = town.signed_in(PERSON);
    let page = person.open(&town.new_form());
    let typed: Vec<(String, String)> = town.request();
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let pairs = person.form(&page, "/quotes", &typed);
    let first = person.post_pairs("/quotes", &pairs);
    let second = person.post_pairs("/quotes", &pairs);
    assert_eq!((first.status, first.location.clone()), (303, second.location), "the second leads where the first did");
    assert_eq!(town.app.number("SELECT count(*) AS n FROM quote_requests"), 1);
    let request = first.location.unwrap();
    town.all_answer();
    let (club, charity) = town.offered();
    let choose = format!("{request}/choice");
    // An answer came after the page was opened.
    let old = choice(&person, &request, club);
    town.offers(CLUB, "90.00");
    refused(&town.app, &person, &choose, &old, 409);
    // An answer that was replaced, one of nobody, one that is over.
    refused(&town.app, &person, &choose, &choice(&person, &request, club), 422);
    refused(&town.app, &person, &choose, &choice(&person, &request, 987), 422);
    town.app.on("2026-12-01");
    let person = town.signed_in(PERSON);
    refused(&town.app, &person, &choose, &choice(&person, &request, charity), 422);
    town.app.on("2026-11-05");
    let person = town.signed_in(PERSON);
    assert_eq!(person.post_json(&choose, &choice(&person, &request, charity)).status, 201);
    for (path, body) in [("choice", choice(&person, &request, charity)), ("scores", json!({}))] {
        refused(&town.app, &person, &format!("{request}/{path}"), &body, 409);
    }
    let club = town.signed_in(CLUB);
    let answers = format!("{}/answers", town.ask_of(CLUB));
    refused(&town.app, &club, &answers, &json!({ "kind": "withdrawn" }), 409);
    // The offer that was chosen runs out before it is accepted.
    town.app.on("2026-12-01");
    let person = town.signed_in(PERSON);
    refused(&town.app, &person, &format!("{request}/acceptance"), &json!({}), 422);
}

#[test]
fn a_mandate_reaches_no_further_than_its_scopes_and_a_hidden_fund_does_not_exist() {
    let town = Town::found(Engine::Sqlite);
    let request = town.ask(&town.signed_in(BROKER));
    town.all_answer();
    let (club, _) = town.offered();
    for (email, see_money, choose) in [("sees@example.org", true, false), ("chooses@example.org", false, true)] {
        let user = town.app.user(email, email);
        let (person, from, now) = (town.person(), town.app.clock.today(), town.app.clock.now());
        let scopes = Scopes { see_plan: true, see_money, choose, sign: false, approve: Approval::Nothing };
        let give = move |tx: &mut Tx| {
            let authority = Authority::Carer;
            let new = NewMandate { person, user, organisation: None, authority, scopes, from, to: None };
            mandates::add(tx, &new, now)
        };
        town.app.db().write_now(give).unwrap();
        let visitor = town.signed_in(email);
        let status = if see_money { 403 } else { 404 };
        assert_eq!(visitor.get_json(&request).status, if see_money { 200 } else { 404 });
        let choice = json!({ "answer": club, "reason": "x" });
        refused(&town.app, &visitor, &format!("{request}/choice"), &choice, status);
        refused(&town.app, &visitor, &format!("{request}/scores"), &json!({}), status);
        refused(&town.app, &visitor, &format!("{request}/acceptance"), &json!({}), status);
        refused(&town.app, &visitor, &format!("{request}/refusal"), &json!({ "reason": "x" }), status);
        refused(&town.app, &visitor, "/quotes", &town.body(&[]), if see_money { 403 } else { 404 });
    }
    town.app.fresh.execute(&format!(
        "INSERT INTO mandate_hidden_items (mandate_id, kind, item_id, hidden_by, hidden_at)
         SELECT m.id, 'fund', {}, u.id, '2026-11-02 10:00:00' FROM mandates m JOIN users u ON u.id = m.user_id
         WHERE u.email = '{BROKER}'",
        town.fund()
    ));
    let broker = town.signed_in(BROKER);
    assert_eq!(broker.get_json(&request).status, 404);
    assert_eq!(broker.get_json(&town.ask_of(CLUB)).status, 404);
    assert!(!broker.get_json("/quotes").body.contains("Days out"));
    refused(&town.app, &broker, &format!("{request}/choice"), &json!({ "answer": club, "reason": "x" }), 404);
}
