//! Budgets, funds, packages and orders as the council, the person and their broker meet them.

use tailormade::auth::rights::{Authority, Role};
use tailormade::ids::{OrganisationId, PersonId};
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

/// The parties of these stories.
struct Town {
    app: TestApp,
    council: OrganisationId,
    holder: OrganisationId,
    person: PersonId,
}

impl Town {
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        let officer = app.user("officer@example.org", "Olive Officer");
        app.member(officer, council, Role::Officer);
        let holder =
            app.organisation("Example Home Care", OrganisationKind::Company, &["provider", "holder", "regulated"]);
        let coordinator = app.user("holder@example.org", "Harry Holder");
        app.member(coordinator, holder, Role::Coordinator);
        let user = app.user("person@example.org", "Pat Person");
        let person = app.person("Pat Person", Some(user), council);
        let broker = app.user("broker@example.org", "Bea Broker");
        app.mandate(person, broker, Authority::Broker);
        Self { app, council, holder, person }
    }

    fn officer(&self) -> Visitor {
        self.app.signed_in("officer@example.org")
    }

    fn record_budget(&self, weekly: &str) -> Reply {
        let page = format!("/people/{}", self.person);
        let typed = [("weekly", weekly), ("contribution_weekly", "61.37"), ("agreed_note", "The panel")];
        self.officer().submit(&page, &format!("{page}/budgets"), &typed)
    }

    /// Records a fund and gives its path.
    fn record_fund(&self, typed: &[(&str, &str)]) -> String {
        let page = format!("/people/{}/funds/new", self.person);
        let made = self.officer().submit(&page, &format!("/people/{}/funds", self.person), typed);
        made.location.unwrap()
    }
}

#[test]
fn the_council_records_a_person_a_budget_and_a_fund() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let officer = town.officer();
        let typed = [
            ("name", "Rosa Roe"),
            ("address_line", "3 Mill Lane"),
            ("town", "Dorchester"),
            ("postcode", "dt1 1xj"),
            ("email", "holder@example.org"),
        ];
        let made = officer.submit("/people/new", "/people", &typed);
        made.must_say("Rosa Roe").must_say("No personal budget is recorded yet.").must_say("DT1 1XJ");
        officer.open("/people").must_say("Rosa Roe").must_say("Pat Person").must_say("No personal budget is recorded.");
        town.record_budget("420.00").must_say("£420.00").must_say("The personal budget is recorded");
        let fund = town.record_fund(&[
            ("form", "individual_service_fund"),
            ("weekly", "420.00"),
            ("holder", &town.holder.to_string()),
            ("structure", "agent_of_person"),
            ("recovery_confirmed", "true"),
        ]);
        let page = officer.open(&fund);
        page.must_say("Individual Service Fund").must_say("Intended. The agreement will decide.");
        page.must_say("There is no agreement yet.").must_say("Example Home Care").must_say("Agent of the person");
        officer.open("/people").must_say("£420.00").must_say("There is no agreement yet.");
    }
}

#[test]
fn whose_money_it_is_is_said_and_strangers_see_nothing() {
    let town = Town::found(Engine::Sqlite);
    town.record_budget("420.00");
    let fund = town.record_fund(&[("form", "direct_payment"), ("weekly", "420.00")]);
    let page = format!("/people/{}", town.person);
    town.app.signed_in("person@example.org").open(&page).must_say("My money").must_not_say("Record a mandate");
    town.app.signed_in("broker@example.org").open(&page).must_say("Acting for Pat Person");
    town.app.signed_in("person@example.org").open(&fund).must_say("Your money");
    let stranger = town.app.signed_in("holder@example.org");
    stranger.get(&page).must_be(404);
    stranger.get(&fund).must_be(404);
    stranger.get("/people").must_be(403);
    let person = town.app.signed_in("person@example.org");
    person.get(&format!("{page}/funds/new")).must_be(403);
    assert_eq!(town.app.visitor().get(&fund).status, 303);
    let json = person.get_json(&fund).json();
    assert_eq!((json["weekly"].as_str(), json["form"].as_str()), (Some("420.00"), Some("direct_payment")));
    assert_eq!(town.council.number(), 1);
}

#[test]
fn bad_input_is_named_by_field_kept_and_changes_nothing() {
    let town = Town::found(Engine::Sqlite);
    let officer = town.officer();
    let person = format!("/people/{}", town.person);
    let refused = officer.send(&person, &format!("{person}/budgets"), &[("weekly", "-1"), ("agreed_note", "x")]);
    refused.must_be(422).must_say("Nothing has been changed yet.").must_say("No personal budget is recorded yet.");
    assert!(refused.body.contains("value=\"-1\""), "what was typed is kept");
    let typed = [("name", ""), ("postcode", "ZZ99 9ZZ"), ("email", "nobody@example.org")];
    officer.send("/people/new", "/people", &typed).must_be(422).must_say("Enter the person’s name.");
    let taken = [
        ("name", "Rosa Roe"),
        ("address_line", "3 Mill Lane"),
        ("town", "Dorchester"),
        ("postcode", "DT1 1XJ"),
        ("email", "person@example.org"),
    ];
    officer.send("/people/new", "/people", &taken).must_be(422).must_say("Another person signs in");
    officer.open("/people").must_not_say("Rosa Roe");
    town.record_budget("420.00");
    let form = format!("{person}/funds/new");
    let action = format!("{person}/funds");
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("form", "direct_payment"), ("weekly", "420.01")], "£0.01 too much"),
        (&[("form", "care_managed"), ("weekly", "1"), ("structure", "agent_of_council")], "no contract structure"),
        (&[("form", "individual_service_fund"), ("weekly", "1")], "choose the organisation"),
        (&[("form", "indirect_payment"), ("weekly", "1")], "choose the nominated or authorised person"),
        (&[("form", "direct_payment"), ("weekly", "1"), ("starts_on", "1 1 2020")], "Record the personal budget first"),
        (&[("weekly", "1")], "Choose one of the six forms."),
    ];
    for (typed, sentence) in cases {
        officer.send(&form, &action, typed).must_be(422).must_say(sentence);
    }
    let pairs: Vec<(String, String)> = vec![("form".to_owned(), "direct_payment".to_owned())];
    officer.post_pairs(&action, &pairs).must_be(409);
    officer.open(&person).must_say("No fund yet");
    let mandate = format!("{person}/mandates");
    let typed = [("email", "person@example.org"), ("authority", "attorney")];
    officer.send(&person, &mandate, &typed).must_be(422).must_say("needs no mandate for themselves");
    let foreign = [("form", "trust_fund"), ("weekly", "1"), ("holder", "1")];
    let mut pairs = officer.form(&officer.open(&form), &action, &foreign[..2]);
    pairs.retain(|(name, _)| name != "holder");
    pairs.push(("holder".to_owned(), "1".to_owned()));
    officer.post_pairs(&action, &pairs).must_be(422).must_say("Choose the holder from the list.");
}
