//! The first page for everybody, the pages of words, and the description for programs.

use tailormade::demo::seed;

use crate::support::app::{Engine, TestApp, recovery_code};
use crate::support::visitor::Visitor;

pub fn sign_in(app: &TestApp, party: &seed::Party) -> Visitor {
    let visitor = app.visitor();
    visitor.sign_in_with(party.email, seed::PASSWORD, || recovery_code(app.db(), party.email));
    visitor
}

#[test]
fn everybody_finds_what_waits_for_them() {
    for engine in Engine::all() {
        let app = TestApp::in_the_story(engine);
        let mary = sign_in(&app, &seed::PERSON).open("/");
        mary.must_say("2 deliveries for you")
            .must_say("Approve or query it")
            .must_say("1 complaint is answered")
            .must_say("1 request for quotes with offers to choose from")
            .must_say("free to use. 6 things wait for you.");
        mary.must_say("Your money").must_say("Held by Harbour Home Care Ltd");
        let broker = sign_in(&app, &seed::BROKER).open("/");
        broker.must_say("Acting for Mary Whitlow").must_say("Acting for Tom Ashdown");
        let agency = sign_in(&app, &seed::AGENCY).open("/");
        agency.must_say("You hold 1 fund").must_say("Fund of Mary Whitlow");
        let club = sign_in(&app, &seed::DAY_CLUB).open("/");
        club.must_say("What you provide").must_not_say("Whitlow");
        let council = sign_in(&app, &seed::OFFICER).open("/");
        council.must_say("Your council has recorded 2 people");
        let json = sign_in(&app, &seed::PERSON).get_json("/").json();
        assert_eq!(json["sections"][0]["funds"][0]["states"][0]["key"], "free");
    }
}

#[test]
fn the_pages_that_belong_to_no_feature_answer_everybody() {
    let app = TestApp::start(Engine::Sqlite);
    let visitor = app.visitor();
    visitor.open("/").must_say("What help are you looking for?");
    visitor.open("/glossary").must_say("Individual service fund (ISF)");
    visitor.open("/accessibility").must_say("Web Content Accessibility Guidelines");
    visitor.open("/privacy").must_say("What is kept about you");
    // What an operator watches is not of the site.
    visitor.get("/health").must_be(404);
    visitor.get("/metrics").must_be(404);
    let api = visitor.get_json("/api/openapi.json").must_be(200).json();
    let operation = &api["paths"]["/invoices/{id}/approval"]["post"];
    assert_eq!(operation["operationId"], "post_invoices_id_approval");
    visitor.get("/nothing/here").must_be(404).must_say("There is nothing here").must_say("Nothing was changed");
}
