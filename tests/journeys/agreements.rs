//! An agreement from its terms to its final account, as each party meets it; and everything that is refused on the way.

use chrono::NaiveDate;
use serde_json::{Value, json};
use tailormade::auth::rights::{Authority, Role};
use tailormade::ids::{FundId, OrganisationId, PersonId, UserId};
use tailormade::ledger::{self, Entry, EntryKind, Source, rules as books};
use tailormade::money::Pence;
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

struct Town {
    app: TestApp,
    person: PersonId,
    holder: OrganisationId,
    officer: UserId,
    friend: UserId,
    fund: String,
}

const EVERYBODY: [&str; 4] = ["person", "broker", "holder", "officer"];

impl Town {
    /// A council, a person with a broker and a friend, a holder, a stranger; a budget and a fund of 420.00 a week.
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        let officer = app.user("officer@example.org", "Olive Officer");
        app.council_officer(officer, council);
        let holder = app.organisation("O'Hara & Co <Care>", OrganisationKind::Company, &["provider", "holder"]);
        let coordinator = app.user("holder@example.org", "Harry Holder");
        app.works_for(coordinator, holder);
        let user = app.user("person@example.org", "Pat Person");
        let person = app.person("Pat Person", Some(user), council);
        app.mandate(person, app.user("broker@example.org", "Bea Broker"), Authority::Broker);
        let friend = app.user("friend@example.org", "Fran Friend");
        app.mandate(person, friend, Authority::NominatedPerson);
        let stranger = app.user("stranger@example.org", "Sam Stranger");
        app.member(
            stranger,
            app.organisation("Other Care", OrganisationKind::Company, &["provider", "holder"]),
            Role::Coordinator,
        );
        let mut town = Self { app, person, holder, officer, friend, fund: String::new() };
        let budget = json!({"weekly": "840.00", "contribution_weekly": "61.37", "starts_on": "2026-10-26", "agreed_note": "The panel"});
        town.visitor("officer").post_json(&format!("/people/{person}/budgets"), &budget).must_be(201);
        town.fund = town.fund(json!({
            "form": "individual_service_fund", "holder": town.holder.to_string(), "structure": "agent_of_person",
            "recovery_confirmed": "true", "contribution_mode": "holder_collects",
        }));
        town
    }

    fn visitor(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    /// Records a fund of 420.00 a week and gives its path.
    fn fund(&self, mut fund: Value) -> String {
        let common = [("weekly", "420.00"), ("payment_frequency", "four_weekly"), ("starts_on", "2026-11-02")];
        for (name, value) in common {
            fund[name] = json!(value);
        }
        if fund["contribution_mode"].is_null() {
            fund["contribution_mode"] = json!("council_invoices");
        }
        let made = self.visitor("officer").post_json(&format!("/people/{}/funds", self.person), &fund);
        made.must_be(201).json()["location"].as_str().unwrap().to_owned()
    }

    /// Draws an agreement up and fixes its text; gives its path.
    fn proposed(&self, fund: &str) -> String {
        let holder = self.visitor("holder");
        let path = self.drawn_up(&holder, fund);
        holder.submit(&path, &format!("{path}/proposal"), &[]).must_say("The text is fixed");
        path
    }

    fn drawn_up(&self, by: &Visitor, fund: &str) -> String {
        let form = format!("{fund}/agreements/new");
        let typed = [("structure", "agent_of_person"), ("fee_weekly", "8.50")];
        by.submit(&form, &format!("{fund}/agreements"), &typed).location.unwrap()
    }

    fn in_force(&self) -> String {
        let path = self.proposed(&self.fund);
        for who in ["person", "holder", "officer"] {
            self.visitor(who).submit(&path, &format!("{path}/signatures"), &[("read", "true")]);
        }
        path
    }

    /// Posts money into the books of the fund.
    fn pay_in(&self, postings: Vec<ledger::Posting>, kind: EntryKind) {
        let id: FundId = self.fund.rsplit('/').next().unwrap().parse().unwrap();
        let (by, now, on) = (self.officer, self.app.clock.now(), self.app.clock.today());
        let source = Source { kind: "test", id: 1 };
        let entry = Entry { kind, on, description: "Test".to_owned(), source, postings };
        self.app.db().write_now(move |tx| ledger::store::post(tx, id, &entry, by, now).map(|_| ())).unwrap();
    }

    fn balances(&self) -> ledger::Balances {
        let id: FundId = self.fund.rsplit('/').next().unwrap().parse().unwrap();
        self.app.db().read_now(move |tx| ledger::store::balances(tx, id)).unwrap()
    }
}

fn pounds(text: &str) -> Pence {
    Pence::parse(text).unwrap()
}

fn terms() -> Value {
    json!({
        "structure": "agent_of_person", "starts_on": "2026-11-02", "payment_frequency": "four_weekly", "advance_days": 14,
        "fee_weekly": "8.50", "fee_position": "from_budget", "surplus_rule": "pro_rata", "surplus_cap_weeks": 4,
        "notice_person_weeks": 4, "notice_holder_weeks": 8, "notice_council_weeks": 4,
    })
}

fn with(mut body: Value, name: &str, value: impl Into<Value>) -> Value {
    body[name] = value.into();
    body
}

fn shown(visitor: &Visitor, path: &str) -> Value {
    visitor.get_json(path).must_be(200).json()
}

#[test]
fn three_parties_sign_one_fixed_text_and_it_ends_with_nothing_unowned() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let holder = town.visitor("holder");
        let path = town.drawn_up(&holder, &town.fund);
        let page = holder.open(&path);
        page.must_say("Nobody is bound yet").must_say("£1,434.52 every four weeks, 14 days before the first day");
        page.must_say("O'Hara & Co <Care> takes a fee of £8.50 each week").must_not_say("&amp;");
        let draft = shown(&holder, &path)["text"].clone();
        assert_eq!(draft["lines"].as_array().unwrap().len(), 10);
        let fixed = holder.submit(&path, &format!("{path}/proposal"), &[]);
        fixed
            .must_say("Waiting for signatures")
            .must_say("Pat Person, O'Hara & Co <Care> and Example Council have not signed yet");
        let proposed = shown(&holder, &path);
        assert_eq!(proposed["text"], draft, "what is read back from the paper is what was written");

        for (who, state) in [
            ("person", "O'Hara & Co <Care> and Example Council have not signed yet"),
            ("holder", "Example Council has not signed yet"),
            ("officer", "All three have signed. Money may flow."),
        ] {
            let visitor = town.visitor(who);
            let page = visitor.open(&path);
            let pairs = visitor.form(&page, &format!("{path}/signatures"), &[("read", "true")]);
            let first = visitor.post_pairs(&format!("{path}/signatures"), &pairs);
            assert_eq!(first.status, 303, "{}", first.text());
            visitor.post_pairs(&format!("{path}/signatures"), &pairs).must_be(303);
            visitor.open(&path).must_say(state).must_not_say("Sign the agreement");
            let again = json!({"sha256": proposed["sha256"], "read": true});
            visitor.post_json(&format!("{path}/signatures"), &again).must_be(409).must_say("has signed already");
        }
        let page = town.visitor("broker").open(&path);
        page.must_say("Olive Officer, officer of Example Council").must_say("In force: money may flow");
        assert_eq!(shown(&holder, &path)["in_force"], true);

        let paper = town.visitor("person").get(&format!("{path}/paper"));
        paper.must_be(200).must_say("demonstration").must_say("Pat Person");
        assert!(paper.header("content-disposition").unwrap().starts_with("attachment"));
        assert!(paper.header("content-security-policy").unwrap().contains("sandbox"));
        assert_eq!(tailormade::web::token::sha256(&paper.body), proposed["sha256"].as_str().unwrap());

        // Four weeks' money, of which 1,524.00 were spent: 156.00 go back (domain reference 3.4).
        town.pay_in(books::money_in(books::Funder::Council, pounds("1434.52")), EntryKind::FundingReceived);
        town.pay_in(books::money_in(books::Funder::Person, pounds("245.48")), EntryKind::ContributionReceived);
        let bill = books::Bill {
            provider: town.holder,
            is_fee: false,
            net: pounds("1474.00"),
            total: pounds("1524.00"),
            budget: pounds("1524.00"),
        };
        town.pay_in(books::reserve(bill.budget), EntryKind::Reserved);
        town.pay_in(books::deliver(bill.budget), EntryKind::Delivered);

        let person = town.visitor("person");
        person.open(&format!("{path}/ending")).must_say("the last day is Monday 30 November 2026");
        let ended = person.submit(&format!("{path}/ending"), &format!("{path}/ending"), &[("cause", "notice")]);
        ended.must_say("Its last day is Monday 30 November 2026").must_say("£1,524.00 of support was delivered");
        let version = shown(&holder, &path)["version"].clone();
        let close = json!({ "version": version });
        let account = format!("{path}/final-account");
        holder.post_json(&account, &close).must_be(422).must_say("can be made from that day on");
        town.app.on("2026-11-30");
        let holder = town.visitor("holder");
        holder
            .post_json(&account, &close)
            .must_be(422)
            .must_say("£1,524.00 of support was delivered and is not billed yet");
        town.pay_in(books::invoice_received(bill.budget, bill.budget), EntryKind::InvoiceReceived);
        town.pay_in(books::approve(&bill), EntryKind::InvoiceApproved);
        holder.post_json(&account, &close).must_be(422).must_say("£1,524.00 was billed and is not paid yet");
        town.pay_in(books::pay(&bill, false), EntryKind::Paid);
        town.visitor("person").post_json(&account, &close).must_be(403).must_say("The holder or the council makes");
        let closed = holder.submit(&path, &account, &[]);
        closed
            .must_say("The final account is made")
            .must_say("To Example Council £133.21")
            .must_say("To Pat Person £22.79");
        closed.must_say("VAT (value added tax) that nobody gets back £50.00").must_say("Came in, together £1,680.00");
        let balances = town.balances();
        assert_eq!(
            (balances.bank(), balances.free(), balances.granted()),
            (Pence::ZERO, Pence::ZERO, pounds("1524.00"))
        );
        holder.post_json(&account, &json!({"version": shown(&holder, &path)["version"]})).must_be(409);
        holder.post_json(&format!("{}/agreements", town.fund), &terms()).must_be(422).must_say("This fund ended on");
    }
}

#[test]
fn a_draft_can_be_changed_and_a_fixed_text_only_withdrawn() {
    let town = Town::found(Engine::Sqlite);
    let (broker, officer) = (town.visitor("broker"), town.visitor("officer"));
    let path = town.drawn_up(&broker, &town.fund);
    let second = officer.post_json(&format!("{}/agreements", town.fund), &terms());
    second.must_be(422).must_say("This fund has an agreement already");
    let edit = format!("{path}/terms");
    officer.submit(&edit, &edit, &[("notice_holder_weeks", "12")]).must_say("12 weeks before");
    let old = with(with(terms(), "version", 1), "notice_holder_weeks", 2);
    officer.post_json(&edit, &old).must_be(409).must_say("has changed since you opened this page");
    let mut stale = officer.form(&officer.open(&edit), &edit, &[("fee_weekly", "7.77")]);
    stale.iter_mut().filter(|(name, _)| name == "version").for_each(|(_, value)| *value = "1".to_owned());
    let lost = officer.post_pairs(&edit, &stale);
    lost.must_be(409);
    assert!(lost.body.contains("value=\"7.77\""), "what was typed is kept when somebody else was first");
    officer.post_json(&format!("{path}/proposal"), &json!({"version": 1})).must_be(409);
    broker.submit(&path, &format!("{path}/proposal"), &[]);
    officer.post_json(&edit, &with(terms(), "version", 3)).must_be(409).must_say("waiting for signatures");
    town.visitor("person").submit(&path, &format!("{path}/signatures"), &[("read", "true")]);
    officer.submit(&path, &format!("{path}/withdrawal"), &[]).must_say("Nobody is bound");
    let signature = json!({"sha256": shown(&officer, &path)["sha256"], "read": true});
    officer.post_json(&format!("{path}/signatures"), &signature).must_be(409).must_say("withdrawn");
    officer.open(&format!("{}/agreements/new", town.fund)).must_say("Draw up an agreement");
    let anew = town.drawn_up(&officer, &town.fund);
    assert_ne!(anew, path);
    officer.open(&anew).must_say("12 weeks before");
}

#[test]
fn bad_input_is_said_by_field_and_changes_nothing() {
    let town = Town::found(Engine::Sqlite);
    let holder = town.visitor("holder");
    let drawing_up = format!("{}/agreements", town.fund);
    for (field, value, message) in [
        ("structure", json!(null), "Choose what the holder is in law."),
        ("structure", json!("agent"), "from the list"),
        ("starts_on", json!("31 11 2026"), "Enter a real date"),
        ("starts_on", json!("2026-11-01"), "Choose a day on or after 2 November 2026"),
        ("starts_on", json!("2199-01-01"), "within the next two years"),
        ("advance_days", json!(-1), "from 0 to 56"),
        ("fee_weekly", json!("-1"), ""),
        ("fee_weekly", json!("8,5x"), ""),
        ("fee_weekly", json!("421.00"), "Enter a smaller fee"),
        ("fee_position", json!(null), "Choose where the fee comes from."),
        ("surplus_rule", json!("mine"), "from the list"),
        ("surplus_cap_weeks", json!("four"), "from 0 to 52"),
        ("notice_person_weeks", json!(53), "from 0 to 52"),
    ] {
        let reply = holder.post_json(&drawing_up, &with(terms(), field, value.clone()));
        reply.must_be(422).must_say(message);
        assert_eq!(reply.json()["errors"][0]["field"], field, "{field} {value}: {}", reply.body);
    }
    let kept = holder.send(&format!("{drawing_up}/new"), &drawing_up, &[("fee_weekly", "lots"), ("advance_days", "9")]);
    kept.must_be(422);
    assert!(kept.body.contains("value=\"lots\"") && kept.body.contains("value=\"9\""), "what was typed is kept");
    let path = town.proposed(&town.fund);
    let page = shown(&holder, &path);
    assert_eq!(page["id"], "1", "nothing was drawn up before");
    let signatures = format!("{path}/signatures");
    for (body, field) in [
        (json!({"sha256": page["sha256"]}), "read"),
        (json!({"read": true}), "sha256"),
        (json!({"read": true, "sha256": "abc"}), "sha256"),
        (json!({"read": true, "sha256": page["sha256"], "party": "bank"}), "party"),
    ] {
        let reply = holder.post_json(&signatures, &body).must_be(422).json();
        assert_eq!(reply["errors"][0]["field"], field, "{reply}");
    }
    let other = json!({"read": true, "sha256": "0".repeat(64)});
    holder.post_json(&signatures, &other).must_be(409).must_say("not the text of this agreement");
    holder.send(&path, &signatures, &[]).must_be(422).must_say("tick that you have read it");
    assert_eq!(shown(&holder, &path)["parties"][1]["signed_by"], json!(null));
}

#[test]
fn nobody_signs_for_another_and_strangers_see_nothing() {
    let town = Town::found(Engine::Sqlite);
    let path = town.proposed(&town.fund);
    let stranger = town.visitor("stranger");
    for page in ["", "/paper", "/terms", "/ending"] {
        stranger.get(&format!("{path}{page}")).must_be(404);
    }
    stranger.get(&format!("{}/agreements/new", town.fund)).must_be(404);
    stranger.post_json(&format!("{}/agreements", town.fund), &terms()).must_be(404);
    for who in EVERYBODY {
        town.visitor(who).open(&path).must_say("Who has signed");
    }
    let sha256 = shown(&town.visitor("person"), &path)["sha256"].clone();
    let sign = |who: &str, party: &str| -> Reply {
        let body = json!({"read": true, "sha256": sha256, "party": party});
        town.visitor(who).post_json(&format!("{path}/signatures"), &body)
    };
    sign("stranger", "holder").must_be(404);
    sign("broker", "person").must_be(403).must_say("A support broker arranges and does not sign");
    sign("holder", "council").must_be(403).must_say("Only an officer of the council");
    sign("person", "holder").must_be(403);
    let person = town.visitor("person");
    person.get(&format!("{}/agreements/new", town.fund)).must_be(403).must_say("The holder, an officer of the council");
    person.post_json(&format!("{path}/ending"), &json!({"version": 2, "cause": "notice"})).must_be(409);
    town.visitor("broker").open(&path).must_not_say("Sign the agreement");
    town.app.visitor().get(&path).must_be(303);
}

#[test]
fn an_indirect_payment_is_signed_for_by_the_friend_who_holds_it_and_by_somebody_else_for_the_person() {
    let town = Town::found(Engine::Sqlite);
    let fund = town.fund(json!({"form": "indirect_payment", "nominee": town.friend.to_string()}));
    let friend = town.visitor("friend");
    let form = format!("{fund}/agreements/new");
    friend.open(&form).must_say("There is no fee").must_not_say("What is the holder in law?");
    let path = friend.submit(&form, &format!("{fund}/agreements"), &[]).location.unwrap();
    friend.submit(&path, &format!("{path}/proposal"), &[]).must_say("Fran Friend");
    let sha256 = shown(&friend, &path)["sha256"].clone();
    let body = |party: &str| json!({"read": true, "sha256": sha256, "party": party});
    let signatures = format!("{path}/signatures");
    let unsaid = json!({"read": true, "sha256": sha256});
    friend.post_json(&signatures, &unsaid).must_be(422).must_say("Choose for whom you act");
    friend.post_json(&signatures, &body("holder")).must_be(201);
    friend.post_json(&signatures, &body("person")).must_be(422).must_say("Nobody signs for two parties");
    town.visitor("person").post_json(&signatures, &unsaid).must_be(201);
    town.visitor("officer").post_json(&signatures, &unsaid).must_be(201);
    friend.open(&path).must_say("All three have signed").must_say("holds the money for the person");
}

#[test]
fn a_direct_payment_needs_no_agreement() {
    let town = Town::found(Engine::Sqlite);
    let fund = town.fund(json!({"form": "direct_payment"}));
    let officer = town.visitor("officer");
    officer.post_json(&format!("{fund}/agreements"), &terms()).must_be(422).must_say("no agreement is needed");
}

#[test]
fn safeguarding_ends_it_at_once_with_a_reason() {
    let town = Town::found(Engine::Sqlite);
    let path = town.in_force();
    let officer = town.visitor("officer");
    let ending = format!("{path}/ending");
    let version = shown(&officer, &path)["version"].clone();
    let at_once = json!({"version": version, "cause": "safeguarding"});
    let reply = officer.post_json(&ending, &at_once);
    assert_eq!(reply.must_be(422).json()["errors"][0]["field"], "reason");
    town.visitor("broker").post_json(&ending, &with(at_once.clone(), "reason", "x")).must_be(403);
    officer.post_json(&ending, &json!({"version": 1, "cause": "notice"})).must_be(409);
    officer.submit(&ending, &ending, &[("cause", "notice")]).must_say("30 November 2026");
    town.visitor("person")
        .send(&ending, &ending, &[("cause", "fraud")])
        .must_be(422)
        .must_say("Enter what has happened.");
    town.visitor("person").submit(&ending, &ending, &[("cause", "safeguarding"), ("reason", "Pat was left alone")]);
    let page = officer.submit(&path, &format!("{path}/final-account"), &[]);
    page.must_say("at once, for safeguarding: Pat was left alone").must_say("The final account is made");
    let today: NaiveDate = town.app.clock.today();
    assert_eq!(shown(&officer, &path)["ends_on"], today.to_string());
}
