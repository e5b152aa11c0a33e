//! What a council has decided about providers: recorded and ended by its officers, told to whom it concerns, and what it
//! does to a search in one of its funds.

use serde_json::json;
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

/// A council with a person, two providers of day services and one of care, and a council next to it.
pub(super) struct Town {
    pub(super) app: TestApp,
    fund: String,
    club: i64,
}

impl Town {
    pub(super) fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        let next = app.organisation("Next Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("next@example.org", "Nils Next"), next);
        let person = app.person("Pat Person", Some(app.user("person@example.org", "Pat Person")), council);
        let club = app.organisation("Sunrise Days", OrganisationKind::Company, &["provider"]);
        app.works_for(app.user("club@example.org", "Clara Club"), club);
        let charity = app.organisation("Open Door", OrganisationKind::Charity, &["provider"]);
        app.works_for(app.user("charity@example.org", "Carl Charity"), charity);
        lists(&app, "club@example.org", "Outings", "100.00");
        lists(&app, "charity@example.org", "Day centre", "112.00");
        let officer = app.signed_in("officer@example.org");
        let page = format!("/people/{person}");
        let budget = [("weekly", "420.00"), ("contribution_weekly", "0"), ("agreed_note", "The panel")];
        officer.submit(&page, &format!("{page}/budgets"), &budget);
        let fund = [("form", "direct_payment"), ("weekly", "400.00")];
        let made = officer.submit(&format!("{page}/funds/new"), &format!("{page}/funds"), &fund);
        let fund = made.location.unwrap().rsplit('/').next().unwrap().to_owned();
        Self { app, fund, club: club.number() }
    }

    pub(super) fn officer(&self) -> Visitor {
        self.app.signed_in("officer@example.org")
    }

    fn search(&self, more: &str) -> Reply {
        let person = self.app.signed_in("person@example.org");
        person.open(&format!("/search?category=day_service&fund={}{more}", self.fund))
    }

    /// Suspends the day club from today on; answers the rule’s path.
    pub(super) fn suspend(&self, who: &Visitor) -> String {
        let form = format!("/council-rules/new?kind=suspended&provider={}", self.club);
        let typed = [("reason", "Its insurance has run out.")];
        who.submit(&form, "/council-rules", &typed).location.unwrap()
    }
}

/// A provider that is registered for VAT lists a service by the day and publishes it.
pub(super) fn lists(app: &TestApp, member: &str, name: &str, price: &str) {
    lists_by(app, member, name, (price, "day"));
}

/// The same, sold by a unit.
pub(super) fn lists_by(app: &TestApp, member: &str, name: &str, (price, unit): (&str, &str)) {
    let provider = app.signed_in(member);
    let vat = json!({ "vat_status": "registered", "vat_number": "434031494", "vat_from": "2024-01-01" });
    provider.post_json("/provider/vat", &vat).must_be(201);
    let service = json!({
        "name": name, "category": "day_service", "summary": "A day out.", "postcode": "DT1 1XJ", "nature": "welfare",
        "inside_regulated_activity": "no",
    });
    let edit = provider.post_json("/services", &service).must_be(201).location.clone().unwrap();
    let service = edit.trim_end_matches("/edit").to_owned();
    let rate = json!({ "unit": unit, "price": price, "basis": "net", "from": "2026-01-01" });
    provider.post_json(&format!("{service}/rates"), &rate).must_be(201);
    let version = provider.get_json(&edit).json()["version"].clone();
    let publication = json!({ "version": version, "published": "true" });
    provider.post_json(&format!("{service}/publication"), &publication).must_be(201);
}

#[test]
fn a_suspended_provider_is_hidden_counted_and_shown_if_wanted() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let officer = town.officer();
        officer.open("/council-rules/new?name=sunr").must_say("Sunrise Days").must_not_say("Open Door");
        let rule = town.suspend(&officer);
        officer.open(&rule).must_say("Suspended: Sunrise Days").must_say("by whom people are supported");

        let found = town.search("");
        found.must_say("One result").must_say("1 hidden by rules of Example Council.");
        found.must_say("Example Council has suspended Sunrise Days from 2 November 2026, because: Its insurance");
        found.must_say("Day centre").must_not_say("Outings");
        let all = town.search("&rules=shown");
        all.must_say("2 results").must_say("1 of these would be hidden by rules").must_say("Outings");
        all.must_say("A rule of the council").must_say("Hide them again");
        let json = town.app.signed_in("person@example.org");
        let json = json.get_json(&format!("/search?fund={}", town.fund)).json();
        assert_eq!((json["count"].as_i64(), json["hidden"]["by"][0]["count"].as_i64()), (Some(1), Some(1)));
        assert_eq!(json["hidden"]["by"][0]["cause"], "who");

        // Signed out, and as nobody's fund, nothing is hidden.
        town.app.visitor().open("/search?category=day_service").must_say("2 results").must_not_say("hidden by");
        let page = format!("/services/1?fund={}", town.fund);
        town.app.signed_in("person@example.org").open(&page).must_say("A rule of the council hides this in a search");
        town.app.visitor().open("/services/1").must_not_say("A rule of the council");

        // It is told by mail, sees it on its page, and may not end it.
        let mails = town.app.mails();
        let told: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(told, ["club@example.org"]);
        assert!(mails[0].text.contains("Its insurance has run out."), "{}", mails[0].text);
        let club = town.app.signed_in("club@example.org");
        club.open("/council-rules").must_say("Rules that concern you").must_say("Its insurance has run out.");
        club.open(&rule).must_not_say("End this rule");
        let ending = [("from".to_owned(), "2 11 2026".to_owned()), ("reason".to_owned(), "x".to_owned())];
        club.post_pairs(&format!("{rule}/ending"), &ending).must_be(403);
        town.app.signed_in("charity@example.org").get(&rule).must_be(404);
        town.app.signed_in("person@example.org").get(&rule).must_be(404);

        // Ended from tomorrow on: it holds today still, and never again can it be ended.
        let ending = [("from", "3 11 2026"), ("reason", "It is insured again.")];
        officer.submit(&rule, &format!("{rule}/ending"), &ending).must_say("It is insured again.");
        town.search("").must_say("1 hidden");
        town.app.on("2026-11-03");
        town.search("").must_say("2 results").must_not_say("hidden by");
        assert_eq!(town.app.mails()[0].to, "club@example.org");
        town.officer().open(&rule).must_say("Holds no more").must_not_say("End this rule");
        let again = [("from".to_owned(), "9 11 2026".to_owned()), ("reason".to_owned(), "x".to_owned())];
        town.officer().post_pairs(&format!("{rule}/ending"), &again).must_be(409);
    }
}

#[test]
fn a_cap_is_held_against_what_each_fund_pays() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let officer = town.officer();
        // domain.md trap 27: 100.00 and VAT costs this direct payment 120.00, the charity 112.00.
        let typed =
            [("category", "day_service"), ("unit", "day"), ("most", "115.00"), ("reason", "The rate of the year")];
        let form = "/council-rules/new?kind=capped";
        let rule = officer.submit(form, "/council-rules", &typed).location.unwrap();
        officer.open(&rule).must_say("how much money there is");
        let found = town.search("");
        found.must_say("1 hidden by rules").must_say("pays at most £115.00 per day for day clubs and day centres");
        found.must_say("Day centre").must_not_say("Outings");
        assert_eq!(town.app.mails().iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>().len(), 2, "both could be");
        // The fund of the council: the VAT comes back.
        let person = town.app.number("SELECT id AS n FROM people");
        let managed = [("form", "care_managed"), ("weekly", "20.00"), ("recovery_confirmed", "true")];
        let page = format!("/people/{person}/funds");
        let fund = officer.submit(&format!("{page}/new"), &page, &managed).location.unwrap();
        let fund = fund.rsplit('/').next().unwrap().to_owned();
        let person = town.app.signed_in("person@example.org");
        let search = person.open(&format!("/search?category=day_service&fund={fund}"));
        search.must_say("2 results").must_not_say("hidden by");

        // One cap for one thing; a wrong one keeps what was typed.
        let refused = officer.send(form, "/council-rules", &typed);
        refused.must_be(422).must_say("There is such a rule already, from 2 November 2026. End it first");
        assert!(refused.body.contains("value=\"115.00\""));
        officer
            .send(form, "/council-rules", &[("most", "0"), ("from", "1 11 2026")])
            .must_be(422)
            .must_say("more than nothing");
    }
}

#[test]
fn one_accreditation_serves_many_councils_as_long_as_it_holds() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (first, next) = (town.app.signed_in("next@example.org"), town.officer());
        let form = format!("/council-rules/new?kind=accepted&provider={}", town.club);
        let given = [("reason", "We looked at its papers and visited it.")];
        let accredited = first.submit(&form, "/council-rules", &given).location.unwrap();
        let id = accredited.rsplit('/').next().unwrap().to_owned();
        next.open(&form).must_say("Next Council, from 2 November 2026");
        let relying = [("relies_on", id.as_str()), ("reason", "Next Council has looked at it.")];
        let relies = next.submit(&form, "/council-rules", &relying).location.unwrap();
        next.open(&relies).must_say("The accreditation by Next Council").must_say("Holds");
        first.open(&form).must_not_say("Example Council, from");
        let ending = [("reason", "The manager left.")];
        first.submit(&accredited, &format!("{accredited}/ending"), &ending);
        next.open(&relies).must_say("Holds no more");
        let told = letters_to_officers(&town);
        assert_eq!(told.len(), 1, "the council that relies on it is told once");
        assert!(told[0].contains("The manager left.") && told[0].contains(&relies), "{}", told[0]);
        town.search("").must_say("2 results").must_not_say("hidden by");
        first
            .send(&form, "/council-rules", &[("reason", "")])
            .must_be(422)
            .must_say("Enter why the council decides so.");
    }
}

/// What Example Council was told of the accreditation on which it relies.
fn letters_to_officers(town: &Town) -> Vec<String> {
    let mails = town.app.mails().into_iter().filter(|mail| mail.to == "officer@example.org");
    mails.map(|mail| mail.text).collect()
}

#[test]
fn a_council_that_suspends_a_provider_is_not_shown_as_accepting_it() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (first, relying) = (town.app.signed_in("next@example.org"), town.officer());
        let accept = |who: &Visitor, more: serde_json::Value| {
            let mut rule =
                json!({ "kind": "accepted", "provider": town.club, "from": "2026-11-02", "reason": "Looked" });
            rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            who.post_json("/council-rules", &rule).must_be(201).location.clone().unwrap()
        };
        let accredited = accept(&first, json!({}));
        let id: i64 = accredited.rsplit('/').next().unwrap().parse().unwrap();
        accept(&relying, json!({ "relies_on": id }));
        town.app.visitor().open("/services/1").must_say("Accepted by Next Council");
        let suspended = town.suspend(&first);
        first.open(&suspended).must_say("While it holds, nobody is shown that this council accepts you.");
        let told = letters_to_officers(&town);
        assert_eq!(told.len(), 1, "whoever relies on it is told once");
        assert!(told[0].contains("has suspended Sunrise Days"), "{}", told[0]);
        town.app.visitor().open("/services/1").must_not_say("Next Council").must_say("Accepted by Example Council");
        let json = town.app.visitor().get_json("/services/1").json();
        assert_eq!(json["accepted_by"], json!(["Example Council"]));
        first.submit(&suspended, &format!("{suspended}/ending"), &[("reason", "Insured again")]);
        town.app.visitor().open("/services/1").must_say("Next Council");
    }
}

#[test]
fn whoever_sells_by_the_minute_is_told_of_the_most_for_an_hour() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let club = town.app.signed_in("club@example.org");
        let rate = json!({ "unit": "minute", "price": "1.00", "basis": "net", "from": "2026-11-02" });
        club.post_json("/services/1/rates", &rate).must_be(201);
        let capped = json!({
            "kind": "capped", "category": "day_service", "unit": "hour", "most": "20.00", "from": "2026-11-02",
            "reason": "The rate of the year",
        });
        town.officer().post_json("/council-rules", &capped).must_be(201);
        let told: Vec<String> = town.app.mails().into_iter().map(|mail| mail.to).collect();
        assert_eq!(told, ["club@example.org"], "60.00 an hour, and the other sells by the day");
        club.open("/council-rules").must_say("at most £20.00 per hour");
    }
}

#[test]
fn only_officers_decide_and_never_about_those_they_work_for() {
    let town = Town::found(Engine::Sqlite);
    town.app.signed_in("person@example.org").get("/council-rules").must_be(403);
    town.app.signed_in("club@example.org").get("/council-rules/new").must_be(403);
    let pairs = |provider: i64| {
        [
            ("kind", "suspended".to_owned()),
            ("provider", provider.to_string()),
            ("from", "2 11 2026".to_owned()),
            ("reason", "x".to_owned()),
        ]
        .map(|(name, value)| (name, value))
    };
    let body = |provider: i64| serde_json::json!(std::collections::BTreeMap::from(pairs(provider)));
    let post = |who: &Visitor, provider: i64| who.post_json("/council-rules", &body(provider));
    post(&town.app.signed_in("club@example.org"), town.club).must_be(403);
    assert_eq!(post(&town.officer(), 999).status, 422, "no such provider");
    let council = tailormade::ids::OrganisationId::new(1);
    assert_eq!(post(&town.officer(), 2).status, 422, "a council sells nothing here");
    let both = town.app.user("both@example.org", "Bo Both");
    town.app.council_officer(both, council);
    town.app.works_for(both, tailormade::ids::OrganisationId::new(town.club));
    post(&town.app.signed_in("both@example.org"), town.club).must_be(403).must_say("");
    let rule = town.suspend(&town.officer());
    let ending = serde_json::json!({ "from": "2 11 2026", "reason": "My own" });
    town.app.signed_in("both@example.org").post_json(&format!("{rule}/ending"), &ending).must_be(403);
    town.app.signed_in("next@example.org").post_json(&format!("{rule}/ending"), &ending).must_be(403);
}

#[test]
fn what_a_rule_hides_cannot_be_ordered_either() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (officer, person) = (town.officer(), town.app.signed_in("person@example.org"));
        let budget = format!("/funds/{}", town.fund);
        let made = person
            .post_json(&format!("{budget}/packages"), &json!({ "name": "My week" }))
            .must_be(201)
            .location
            .clone();
        let package = made.unwrap();
        let version = || person.get_json(&package).json()["version"].clone();
        let line = json!({ "service": 1, "weekly_quantity": "1", "version": version() });
        person.post_json(&format!("{package}/lines"), &line).must_be(201);
        let orders = || {
            let order = json!({ "version": version(), "starts_on": "2026-11-09", "weeks": "2" });
            person.post_json(&format!("{package}/orders"), &order)
        };
        let suspended = town.suspend(&officer);
        orders().must_be(422).must_say("has suspended Sunrise Days").must_say("Its insurance has run out.");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM orders"), 0, "nothing is reserved");
        officer.submit(&suspended, &format!("{suspended}/ending"), &[("reason", "Insured again")]);
        let capped = json!({
            "kind": "capped", "category": "day_service", "unit": "day", "most": "119.99", "from": "2026-11-02",
            "reason": "Compared with others",
        });
        let cap = officer.post_json("/council-rules", &capped).must_be(201).location.clone().unwrap();
        // 100.00 and 20.00 VAT, which nobody gives back to a direct payment.
        orders().must_be(422).must_say("pays at most £119.99").must_say("Compared with others.");
        officer.submit(&cap, &format!("{cap}/ending"), &[("reason", "Raised")]);
        let accepted = json!({
            "kind": "accepted", "provider": town.club, "from": "2026-11-02", "reason": "We looked at it",
        });
        officer.post_json("/council-rules", &accepted).must_be(201);
        town.app.visitor().open("/services/1").must_say("Accepted by Example Council");
        town.app.visitor().open("/services/2").must_not_say("Accepted by");
        // No rule speaks against it any more: only the money is missing.
        orders().must_be(422).must_say("is free in this fund");
    }
}
