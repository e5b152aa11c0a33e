//! Who acts for a person: offered, accepted, seen, taken back, given up; ended by the day, by death, by capacity that returns.

use tailormade::auth::rights::Role;
use tailormade::ids::{OrganisationId, PersonId};
use tailormade::people::OrganisationKind;

use super::sign_ins::link;
use crate::support::app::{Engine, PASSWORD, TestApp};
use crate::support::axe::Axe;
use crate::support::browser::{Browser, DESK, Options, PHONE};
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
        let offered = pat.submit(&page, &page, &FRIEND);
        offered.must_say("Offered to friend@example.org: waits for their yes").must_say("choose and order");
        offered.must_not_say("Fred Friend").must_say("Nobody but you.");
        let friend = town.app.signed_in("friend@example.org");
        assert_eq!(friend.get(&town.fund).status, 404);
        town.app.say_yes(&friend);
        pat.open(&page).must_say("Fred Friend").must_say("choose and order").must_say("Holds now");
        pat.open(&page).must_not_say("Offered to");
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
        officer.follow(&made).must_say("Offered to friend@example.org").must_say("Deputy").must_say("sign agreements");
        // Before they say yes the paper is for those who know of it anyway.
        let (friend, offered) = (town.app.signed_in("friend@example.org"), town.app.newest_offer());
        friend.get(&format!("{offered}/evidence")).must_be(403);
        friend.open(&offered).must_not_say("court-order.pdf").must_say("Olive Officer, an officer of their council");
        town.pat().open(&offered).must_say("court-order.pdf");
        let taken = town.pat().open(&format!("{offered}/evidence"));
        assert_eq!(taken.body, order);
        assert!(taken.header("content-security-policy").unwrap().contains("sandbox"));
        let mandate = town.app.say_yes(&friend);
        officer.open(&page).must_say("Fred Friend").must_say("Deputy").must_say("sign agreements");
        let shown = officer.open(&mandate);
        shown.must_say("court-order.pdf").must_say("Recorded by Olive Officer");
        shown.must_say("Offered on 2 November 2026 by Olive Officer").must_say("Said yes on 2 November 2026");
        let file = town.app.number("SELECT max(id) AS n FROM files");
        let path = format!("{mandate}/evidence/{file}");
        for visitor in [&officer, &town.pat(), &friend] {
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
    pat.submit(&page, &page, &outsider).must_say("Offered to friend@example.org");
    let (friend, offer) = (town.app.signed_in("friend@example.org"), town.app.newest_offer());
    let refused = friend.send(&offer, &format!("{offer}/acceptance"), &[]);
    refused.must_be(422).must_say("does not work for this organisation").must_say("It waits for your yes or no.");
    assert_eq!(town.app.number("SELECT COUNT(*) AS n FROM mandates"), 0);
    let insider = [&typed[..], &[("email", "bea@example.org")]].concat();
    pat.submit(&page, &page, &insider);
    town.app.say_yes(&town.app.signed_in("bea@example.org"));
    pat.open(&page).must_say("Bea Broker, Example Brokerage");
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
        town.app.say_yes(&friend);
        town.app.on("2026-11-05");
        friend.open(&town.fund);
        town.app.on("2026-11-06");
        assert_eq!(friend.get(&town.fund).status, 404);
        pat.open(&page).must_say("Over: its last day has passed");

        // A deputy's mandate ends when the person can decide about their money again; an attorney's does not.
        let papers = [("email", "friend@example.org"), ("see_money", "true"), ("evidence_note", "Seen")];
        officer.submit(&page, &page, &[&papers[..], &[("authority", "deputy")]].concat());
        town.app.say_yes(&friend);
        officer.submit(
            &page,
            &page,
            &[("email", "ben@example.org"), ("evidence_note", "Seen"), ("authority", "trustee")],
        );
        town.app.say_yes(&town.app.signed_in("ben@example.org"));
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
        town.app.say_yes(&friend);
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
    let friend = town.app.signed_in("friend@example.org");
    let mandate = town.app.say_yes(&friend);
    friend.submit(&mandate, &format!("{mandate}/ending"), &[]).must_say("given up by the one who held it");
    assert_eq!(friend.get(&town.fund).status, 404);
    pat.submit(&page, &page, &FRIEND);
    let mandate = town.app.say_yes(&friend);
    let open = officer.open(&mandate);
    let action = format!("{mandate}/ending");
    let pairs = officer.form(&open, &action, &[("note", "Safeguarding")]);
    pat.submit(&mandate, &action, &[]);
    officer.post_pairs(&action, &pairs).must_be(409).must_say("This mandate is over already.");
}

#[test]
fn a_friend_without_a_sign_in_reads_the_mail_signs_up_and_acts() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (pat, page, app) = (town.pat(), town.page(), &town.app);
        let typed = [&FRIEND[1..], &[("email", " Nora@Example.org ")]].concat();
        pat.submit(&page, &page, &typed).must_say("Offered to nora@example.org: waits for their yes");
        let mails: Vec<_> = app.mails().into_iter().filter(|mail| mail.to == "nora@example.org").collect();
        let [mail] = mails.as_slice() else { panic!("one mail: {mails:?}") };
        for body in [&mail.subject, &mail.text, &mail.html] {
            // The address may be wrong: whoever reads the mail learns the first letters and nothing else.
            assert!(!body.contains("Pat") && !body.contains("Person"), "{body}");
        }
        assert!(mail.text.contains("P. P. asks you to act for them on Tailormade, as their carer."), "{}", mail.text);
        assert!(mail.text.contains(&format!("{}/sign-up", app.url)), "{}", mail.text);
        let offer = link(app, "nora@example.org");
        assert_eq!(offer, app.newest_offer());
        let nora = app.visitor();
        let sent_on = nora.get(&offer);
        assert!(sent_on.must_be(303).location.as_ref().unwrap().starts_with("/sign-in?next="));
        nora.submit("/sign-up", "/sign-up", &[("for", "person"), ("name", "Nora New"), ("email", "nora@example.org")]);
        let confirm = link(app, "nora@example.org");
        nora.submit(&confirm, &confirm, &[("password", PASSWORD)]);
        nora.sign_in("nora@example.org", PASSWORD);
        let home = nora.open("/");
        home.must_say("1 thing waits for you.").must_say("To act for P. P., as carer").must_not_say("Pat Person");
        home.must_not_say("There is nothing here for you yet");
        let shown = nora.open(&offer);
        shown.must_say("Will you act for Pat Person, as carer?").must_say("A carer is family or a friend");
        shown.must_say("You can say yes until 2 December 2026.").must_say("You can give it up at any time");
        shown.must_say("What you could do see the plan").must_say("What you could not do sign agreements");
        let mandate = nora.submit(&offer, &format!("{offer}/acceptance"), &[]);
        mandate.must_say("You said yes.").must_say("Give it up").must_say("Offered on 2 November 2026 by Pat Person");
        nora.open(&town.fund).must_say("Acting for Pat Person");
        nora.open("/").must_say("Acting for Pat Person").must_not_say("To act for P. P.");
        pat.open(&page).must_say("Nora New").must_not_say("Offered to");
        // Pat reads who asked, who looked and who said yes.
        let record = pat.open(&format!("/people/{}/record", town.person));
        record
            .must_say("asked somebody to act as carer (offer 1)")
            .must_say("Nora New looked at your offer of a mandate");
        record.must_say("Nora New said yes to offer 1, and has mandate 1: carer");
    }
}

#[test]
fn an_offer_is_refused_taken_back_or_too_late() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (pat, page, app) = (town.pat(), town.page(), &town.app);
        let friend = app.signed_in("friend@example.org");
        pat.submit(&page, &page, &FRIEND);
        // The same is not asked twice.
        pat.send(&page, &page, &FRIEND).must_be(422).must_say("You have asked at this address already");
        let refused = app.newest_offer();
        friend.submit(&refused, &format!("{refused}/refusal"), &[]).must_say("You said no.");
        pat.open(&page).must_say("Offered to friend@example.org").must_say("They said no").must_not_say("Take it back");
        friend.open("/").must_say("There is nothing here for you yet");
        friend.open(&refused).must_say("You said no.").must_say("P. P.").must_not_say("Pat Person");
        // Taken back from the list, while the other has the page open.
        pat.submit(&page, &page, &FRIEND);
        let offer = app.newest_offer();
        let accept = format!("{offer}/acceptance");
        let open = friend.form(&friend.open(&offer), &accept, &[]);
        pat.submit(&page, &format!("{offer}/withdrawal"), &[]).must_say("It is taken back.").must_say("They said no");
        friend.post_pairs(&accept, &open).must_be(409).must_say("it was taken back").must_not_say("Pat Person");
        friend.open("/").must_not_say("To act for");
        town.officer().open(&offer).must_say("It was taken back.").must_say("Offered to friend@example.org");
        // Too late after a month, and after its last day.
        for (to, until, after) in
            [("", "2 December 2026", "2026-12-03"), ("5 12 2026", "5 December 2026", "2026-12-06")]
        {
            let (pat, friend) = (town.pat(), app.signed_in("friend@example.org"));
            pat.submit(&page, &page, &[&FRIEND[..], &[("to", to)]].concat()).must_say(&format!("until {until}"));
            let offer = app.newest_offer();
            let accept = format!("{offer}/acceptance");
            let open = friend.form(&friend.open(&offer), &accept, &[]);
            app.on(after);
            let (pat, friend) = (town.pat(), app.signed_in("friend@example.org"));
            let late = friend.post_pairs(&accept, &open);
            late.must_be(422).must_say(&format!("that could be done until {until}")).must_not_say("Yes, I will act");
            friend.open("/").must_not_say("To act for");
            pat.open(&page).must_say("Nobody said yes in time");
            pat.submit(&page, &format!("{offer}/withdrawal"), &[]).must_not_say("Nobody said yes in time");
        }
        assert_eq!(app.number("SELECT COUNT(*) AS n FROM mandates"), 0);
    }
}

#[test]
fn of_two_answers_at_once_one_counts() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let page = town.page();
        for round in 0..4 {
            town.pat().submit(&page, &page, &FRIEND);
            let (offer, officer) = (town.app.newest_offer(), town.officer());
            let friends = [town.app.signed_in("friend@example.org"), town.app.signed_in("friend@example.org")];
            let [first, second] = friends;
            let send = |visitor: Visitor, what: &str| {
                let path = format!("{offer}/{what}");
                move || visitor.post_json(&path, &serde_json::json!({})).status
            };
            let senders = [
                std::thread::spawn(send(first, "acceptance")),
                std::thread::spawn(send(second, if round % 2 == 0 { "acceptance" } else { "refusal" })),
                std::thread::spawn(send(officer, "withdrawal")),
            ];
            let mut statuses = senders.map(|sender| sender.join().unwrap());
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409, 409], "{engine:?}");
        }
        let answered = "SELECT COUNT(*) AS n FROM mandate_offer_answers WHERE outcome = 'accepted'";
        assert_eq!(town.app.number(answered), town.app.number("SELECT COUNT(*) AS n FROM mandates"));
    }
}

#[test]
fn the_pages_of_an_offer_fit_their_window_and_pass_axe() {
    let Some(browser) = Browser::for_tests(Options { size: DESK, ..Options::default() }) else { return };
    let Some(axe) = Axe::for_tests() else { return };
    let town = Town::found(Engine::Sqlite);
    let (page, offer) = (town.page(), "/mandate-offers/1");
    town.pat().submit(&page, &page, &[&FRIEND[..], &[("approve", "up_to"), ("approve_up_to", "50")]].concat());
    let sign_in = |email: &str| {
        browser.goto(&format!("{}/sign-in", town.app.url));
        browser.fill("E-mail address", email);
        browser.fill("Password", PASSWORD);
        browser.press("Sign in");
    };
    let look = |path: &str, shows: &str| {
        for size in [PHONE, DESK] {
            browser.resize(size);
            browser.goto(&format!("{}{path}", town.app.url));
            browser.must_show(shows);
            axe.must_pass(&browser);
            assert!(!browser.overflows(), "{path} is wider than its window");
        }
    };
    sign_in("person@example.org");
    look(&page, "Offered to friend@example.org");
    look(offer, "It waits for their yes.");
    browser.press("Sign out");
    sign_in("friend@example.org");
    look("/", "To act for P. P.");
    look(offer, "Will you act for Pat Person, as carer?");
    browser.press("Yes, I will act");
    browser.must_show("Give it up");
    axe.must_pass(&browser);
    look(offer, "You said yes.");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
