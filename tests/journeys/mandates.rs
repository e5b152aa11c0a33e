//! Who acts for a person: given, seen, taken back, given up; ended by the day, by death, by capacity that returns.

use tailormade::auth::rights::Role;
use tailormade::ids::{OrganisationId, PersonId};
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

/// A person with a fund, and some who could act for them.
struct Town {
    app: TestApp,
    person: PersonId,
    brokerage: OrganisationId,
    fund: String,
}

impl Town {
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        let user = app.user("person@example.org", "Pat Person");
        let person = app.person("Pat Person", Some(user), council);
        let brokerage = app.organisation("Example Brokerage", OrganisationKind::Company, &["broker"]);
        for (email, name) in [("bea@example.org", "Bea Broker"), ("ben@example.org", "Ben Broker")] {
            app.member(app.user(email, name), brokerage, Role::Coordinator);
        }
        app.user("friend@example.org", "Fred Friend");
        let officer = app.signed_in("officer@example.org");
        let page = format!("/people/{person}");
        officer.submit(&page, &format!("{page}/budgets"), &[("weekly", "420"), ("agreed_note", "The panel")]);
        let made = officer.submit(
            &format!("{page}/funds/new"),
            &format!("{page}/funds"),
            &[("form", "direct_payment"), ("weekly", "420.00")],
        );
        Self { fund: made.location.unwrap(), app, person, brokerage }
    }

    fn page(&self) -> String {
        format!("/people/{}/mandates", self.person)
    }

    fn pat(&self) -> Visitor {
        self.app.signed_in("person@example.org")
    }

    fn officer(&self) -> Visitor {
        self.app.signed_in("officer@example.org")
    }

    /// The newest mandate's page.
    fn newest(&self) -> String {
        format!("/mandates/{}", self.app.number("SELECT max(id) AS n FROM mandates"))
    }
}

const FRIEND: [(&str, &str); 4] =
    [("email", "friend@example.org"), ("authority", "carer"), ("see_money", "true"), ("choose", "true")];

#[test]
fn a_person_lets_somebody_act_sees_it_and_takes_it_back() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (pat, page) = (town.pat(), town.page());
        pat.open(&page).must_say("Nobody but you.").must_say("You can take this back at any time.");
        pat.submit(&page, &page, &FRIEND).must_say("Fred Friend").must_say("choose and order").must_say("Holds now");
        let friend = town.app.signed_in("friend@example.org");
        friend.open(&town.fund).must_say("Acting for Pat Person");
        let mandate = town.newest();
        friend.open(&mandate).must_say("Given by the person").must_say("Give it up");
        let packages = format!("{}/packages", town.fund);
        let open = friend.open(&packages);
        let ended = pat.submit(&mandate, &format!("{mandate}/ending"), &[("note", "We fell out")]);
        ended.must_say("taken back by the person").must_say("We fell out").must_say("by Pat Person");
        // The page is still open; what it sends changes nothing.
        let pairs = friend.form(&open, &packages, &[("name", "One more")]);
        friend.post_pairs(&packages, &pairs).must_be(404);
        assert_eq!(friend.get(&town.fund).status, 404);
        pat.open(&packages).must_not_say("One more");
        pat.open(&page).must_say("Ended on 2 November 2026: taken back by the person");
        town.officer().open(&page).must_say("Fred Friend");
        friend.open(&mandate).must_say("Ended on 2 November 2026");
        assert_eq!(friend.get(&page).status, 404);
    }
}

#[test]
fn an_officer_records_what_rests_on_papers_with_a_file_that_only_few_can_take() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (officer, page) = (town.officer(), town.page());
        let typed = [("email", "friend@example.org"), ("authority", "deputy"), ("see_money", "true"), ("sign", "true")];
        officer.send(&page, &page, &typed).must_be(422).must_say("Say what you have seen");
        officer
            .send_file(&page, &page, &typed, ("order.pdf", "<html><script>alert(1)</script>"))
            .must_be(422)
            .must_say("Choose a PDF, a PNG or a JPEG.");
        let order = "%PDF-1.7\n<html><script>alert(1)</script>";
        let made = officer.send_file(&page, &page, &typed, ("../../court order.html", order));
        made.must_be(303);
        officer.follow(&made).must_say("Fred Friend").must_say("Deputy").must_say("sign agreements");
        let mandate = town.newest();
        let shown = officer.open(&mandate);
        shown.must_say("court-order.pdf").must_say("Recorded by Olive Officer");
        let file = town.app.number("SELECT max(id) AS n FROM files");
        let path = format!("{mandate}/evidence/{file}");
        for visitor in [&officer, &town.pat(), &town.app.signed_in("friend@example.org")] {
            let taken = visitor.open(&path);
            assert_eq!(taken.body, order);
            assert_eq!(taken.header("content-type"), Some("application/pdf"));
            assert_eq!(taken.header("content-disposition"), Some("attachment; filename=\"court-order.pdf\""));
            assert_eq!(taken.header("x-content-type-options"), Some("nosniff"));
            assert!(taken.header("content-security-policy").unwrap().contains("sandbox"));
        }
        town.app.signed_in("bea@example.org").get(&path).must_be(404);
        officer.submit(&mandate, &format!("{mandate}/evidence"), &[("evidence_note", "Rang the court")]);
        officer.open(&mandate).must_say("Rang the court");
        officer.get(&format!("{mandate}/evidence/999")).must_be(404);
    }
}

#[test]
fn who_records_which_authority() {
    let town = Town::found(Engine::Sqlite);
    let page = town.page();
    let form = |authority| [("email", "friend@example.org"), ("authority", authority), ("evidence_note", "A paper")];
    let pairs = |visitor: &Visitor, authority: &'static str| {
        let mut pairs = visitor.form(&visitor.open(&page), &page, &[("email", "friend@example.org")]);
        pairs.push(("authority".to_owned(), authority.to_owned()));
        pairs
    };
    let (pat, officer) = (town.pat(), town.officer());
    pat.post_pairs(&page, &pairs(&pat, "attorney")).must_be(403).must_say("An officer of your council records this");
    officer.post_pairs(&page, &pairs(&officer, "broker")).must_be(403).must_say("Pat Person gives this authority");
    officer.send(&page, &page, &form("advocate")).must_be(303);
    // Beyond the authority, and without seeing what one chooses.
    let refused =
        pat.send(&page, &page, &[FRIEND[0], ("authority", "advocate"), ("see_money", "true"), ("choose", "true")]);
    refused.must_be(422).must_say("it cannot choose and order");
    let blind = pat.send(&page, &page, &[FRIEND[0], FRIEND[1], ("choose", "true")]);
    blind.must_be(422).must_say("Who chooses or signs must see the plan and the money as well.");
    let up_to = [FRIEND[0], FRIEND[1], ("see_money", "true"), ("approve", "up_to"), ("approve_up_to", "50")];
    pat.submit(&page, &page, &up_to).must_say("approve bills of up to £50.00");
}

#[test]
fn an_organisation_acts_as_long_as_one_works_there() {
    let town = Town::found(Engine::Sqlite);
    let (pat, page, brokerage) = (town.pat(), town.page(), town.brokerage.to_string());
    let typed = [("authority", "broker"), ("organisation", &brokerage), ("see_money", "true"), ("choose", "true")];
    let outsider = [&typed[..], &[("email", "friend@example.org")]].concat();
    pat.send(&page, &page, &outsider).must_be(422).must_say("does not work for this organisation");
    let insider = [&typed[..], &[("email", "bea@example.org")]].concat();
    pat.submit(&page, &page, &insider).must_say("Bea Broker, Example Brokerage");
    let (bea, ben) = (town.app.signed_in("bea@example.org"), town.app.signed_in("ben@example.org"));
    assert_eq!((bea.get(&town.fund).status, ben.get(&town.fund).status), (200, 200));
    ben.open(&town.newest()).must_say("Everybody who does the daily work there");
    // Ben is no longer there; then Bea is not either, though the mandate names her.
    let leaves = |email: &str| {
        let who = format!("(SELECT id FROM users WHERE email = '{email}')");
        town.app
            .fresh
            .execute(&format!("UPDATE memberships SET ended_at = '2026-11-02 09:00:00' WHERE user_id = {who}"));
    };
    leaves("ben@example.org");
    assert_eq!((bea.get(&town.fund).status, ben.get(&town.fund).status), (200, 404));
    leaves("bea@example.org");
    assert_eq!(bea.get(&town.fund).status, 404);
}

#[test]
fn mandates_end_by_themselves() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (pat, officer, page) = (town.pat(), town.officer(), town.page());
        pat.submit(&page, &page, &[&FRIEND[..], &[("to", "5 11 2026")]].concat());
        let friend = town.app.signed_in("friend@example.org");
        town.app.on("2026-11-05");
        friend.open(&town.fund);
        town.app.on("2026-11-06");
        assert_eq!(friend.get(&town.fund).status, 404);
        pat.open(&page).must_say("Over: its last day has passed");

        // A deputy's mandate ends when the person can decide about their money again; an attorney's does not.
        let papers = [("email", "friend@example.org"), ("see_money", "true"), ("evidence_note", "Seen")];
        officer.submit(&page, &page, &[&papers[..], &[("authority", "deputy")]].concat());
        officer.submit(
            &page,
            &page,
            &[("email", "ben@example.org"), ("evidence_note", "Seen"), ("authority", "trustee")],
        );
        let found = |about: &str, outcome: &str| {
            let typed = [("about", about), ("outcome", outcome), ("decided_by", "Dr Example"), ("note", "What to eat")];
            officer.submit(&page, &format!("/people/{}/capacity-decisions", town.person), &typed)
        };
        found("other", "has_capacity").must_say("The person can decide about something else themself.");
        found("money", "lacks_capacity");
        friend.open(&town.fund);
        found("money", "has_capacity").must_say("the person can decide themself again");
        assert_eq!(friend.get(&town.fund).status, 404);

        // At a death all end but the trustee's, and nobody is that person any more.
        officer.submit(&page, &page, &[&papers[..], &[("authority", "attorney")]].concat());
        friend.open(&town.fund);
        let death = format!("/people/{}/death", town.person);
        officer
            .send(&page, &death, &[("died_on", "7 11 2026")])
            .must_be(422)
            .must_say("Enter a day that has come already.");
        officer.submit(&page, &death, &[("died_on", "6 11 2026")]).must_say("The person died on 6 November 2026.");
        assert_eq!(friend.get(&town.fund).status, 404);
        assert_eq!(pat.get(&town.fund).status, 404);
        let trustee = town.app.signed_in("ben@example.org");
        trustee.open(&format!("/people/{}", town.person)).must_say("To be settled");
        officer
            .send(&page, &page, &[&papers[..], &[("authority", "attorney")]].concat())
            .must_be(422)
            .must_say("has died");
        officer.submit(&page, &death, &[("mistake", "true")]);
        assert_eq!((pat.get(&town.fund).status, friend.get(&town.fund).status), (200, 404));
    }
}

#[test]
fn whoever_holds_one_gives_it_up_and_an_officer_ends_it() {
    let town = Town::found(Engine::Sqlite);
    let (pat, officer, page) = (town.pat(), town.officer(), town.page());
    pat.submit(&page, &page, &FRIEND);
    let (friend, mandate) = (town.app.signed_in("friend@example.org"), town.newest());
    friend.submit(&mandate, &format!("{mandate}/ending"), &[]).must_say("given up by the one who held it");
    assert_eq!(friend.get(&town.fund).status, 404);
    pat.submit(&page, &page, &FRIEND);
    let mandate = town.newest();
    let open = officer.open(&mandate);
    let action = format!("{mandate}/ending");
    let pairs = officer.form(&open, &action, &[("note", "Safeguarding")]);
    pat.submit(&mandate, &action, &[]);
    officer.post_pairs(&action, &pairs).must_be(409).must_say("This mandate is over already.");
}
