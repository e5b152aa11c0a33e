//! Where an organisation is paid: asked for by one, confirmed by another, told to all, effective after some days.

use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::ids::OrganisationId;
use tailormade::people::OrganisationKind;

use super::invoices::{CLUB, Town};
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

const NUMBER: &str = "87654321";

struct Agency {
    app: TestApp,
    id: OrganisationId,
}

impl Agency {
    /// An agency with two administrators, somebody who handles money and somebody who does not; another agency; a council.
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        let id = app.organisation("Home Care Ltd", OrganisationKind::Company, &["provider", "holder"]);
        for (email, role) in
            [("ada", Role::Admin), ("ben", Role::Admin), ("finn", Role::Finance), ("cora", Role::Coordinator)]
        {
            app.member(app.user(&format!("{email}@example.org"), email), id, role);
        }
        let other = app.organisation("Other Care", OrganisationKind::Company, &["provider"]);
        app.works_for(app.user("otto@example.org", "Otto Other"), other);
        Self { app, id }
    }

    fn visitor(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    fn page(&self) -> String {
        format!("/organisations/{}/bank-details", self.id)
    }

    fn draft(&self, who: &Visitor) -> Reply {
        let typed = [("account_name", "Home Care Ltd"), ("sort_code", "12-34-56"), ("account_number", NUMBER)];
        who.send(&self.page(), &self.page(), &typed)
    }

    fn mails(&self, subject: &str) -> Vec<String> {
        let about = self.app.mails().into_iter().filter(|mail| mail.subject.starts_with(subject));
        let mut to: Vec<String> =
            about.inspect(|mail| assert!(!mail.text.contains(NUMBER))).map(|mail| mail.to).collect();
        to.sort();
        to
    }
}

#[test]
fn two_people_and_three_days_change_where_an_organisation_is_paid() {
    for engine in Engine::all() {
        let agency = Agency::found(engine);
        let (page, finn, ada) = (agency.page(), agency.visitor("finn"), agency.visitor("ada"));
        let wrong =
            finn.send(&page, &page, &[("account_name", ""), ("sort_code", "12"), ("account_number", "1234567")]);
        wrong.must_be(422).must_say("Enter the sort code as six digits").must_say("Enter the account number");
        agency.draft(&finn).must_be(303);
        let admins = ["ada@example.org", "ben@example.org"];
        assert_eq!(agency.mails("New bank details are asked for"), admins);
        agency.draft_again_is_refused(&ada);
        finn.open(&page).must_say(NUMBER).must_not_say("Confirm these bank details");
        let confirmation = format!("{page}/1/confirmation");
        finn.post_json(&confirmation, &json!({})).must_be(403).must_say("You drafted this change");
        ada.submit(&page, &confirmation, &[]).must_say("New ones hold from").must_say("5 November 2026");
        assert_eq!(agency.mails("New bank details are confirmed"), admins);
        ada.post_json(&confirmation, &json!({})).must_be(409).must_say("is confirmed already");
        agency.app.on("2026-11-04");
        finn.open(&page).must_say("No bank details hold yet.");
        agency.app.on("2026-11-05");
        finn.open(&page).must_say("Paid to Home Care Ltd, sort code 12-34-56, account 87654321.");
        let cora = agency.visitor("cora");
        cora.open(&page).must_say("sort code ••-••-56, account ••••4321").must_not_say(NUMBER);
        ada.post_json(&format!("{page}/1/stop"), &json!({"reason": "x"})).must_be(409).must_say("holds already");
    }
}

impl Agency {
    fn draft_again_is_refused(&self, who: &Visitor) {
        let body = json!({"account_name": "Thief", "sort_code": "112233", "account_number": "11223344"});
        who.post_json(&self.page(), &body).must_be(409).must_say("A change is on its way already.");
    }
}

#[test]
fn any_administrator_stops_a_change_and_nobody_else() {
    let agency = Agency::found(Engine::Sqlite);
    let (page, finn, ada, ben) = (agency.page(), agency.visitor("finn"), agency.visitor("ada"), agency.visitor("ben"));
    agency.draft(&finn);
    ada.post_json(&format!("{page}/1/confirmation"), &json!({})).must_be(201);
    agency.visitor("cora").post_json(&format!("{page}/1/stop"), &json!({"reason": "x"})).must_be(403);
    ben.send(&page, &format!("{page}/1/stop"), &[]).must_be(422).must_say("Enter why it is stopped.");
    ben.submit(&page, &format!("{page}/1/stop"), &[("reason", "Nobody knows this account")])
        .must_say("Stopped; it never holds")
        .must_say("Nobody knows this account");
    assert_eq!(agency.mails("New bank details are stopped").len(), 2);
    agency.app.on("2026-11-20");
    let ([finn, ada], ben) = (["finn", "ada"].map(|who| agency.visitor(who)), agency.visitor("ben"));
    finn.open(&page).must_say("No bank details hold yet.");
    ben.post_json(&format!("{page}/1/stop"), &json!({"reason": "x"})).must_be(409);
    ada.post_json(&format!("{page}/1/confirmation"), &json!({})).must_be(409);
}

#[test]
fn strangers_learn_nothing_and_an_officer_confirms_only_where_nobody_else_could() {
    for engine in Engine::all() {
        let agency = Agency::found(engine);
        let (page, finn) = (agency.page(), agency.visitor("finn"));
        agency.draft(&finn);
        let body = json!({"account_name": "T", "sort_code": "112233", "account_number": "11223344", "reason": "x"});
        for (who, status) in [("otto", 404), ("officer", 404), ("cora", 403)] {
            let visitor = agency.visitor(who);
            visitor.get(&page).must_be(if who == "cora" { 200 } else { 404 });
            for path in [page.clone(), format!("{page}/1/confirmation"), format!("{page}/1/stop")] {
                visitor.post_json(&path, &body).must_be(status);
            }
        }
        // A change of one organisation is none of another's.
        let otto = agency.visitor("otto");
        let own = format!("/organisations/{}/bank-details", agency.id.number() + 1);
        otto.post_json(&format!("{own}/1/confirmation"), &json!({})).must_be(404);
        otto.post_json(&format!("{own}/1/stop"), &json!({"reason": "x"})).must_be(404);
        // Somebody alone: the council confirms.
        otto.post_json(&own, &body).must_be(201);
        otto.post_json(&format!("{own}/2/confirmation"), &json!({})).must_be(403).must_say("an officer of the council");
        let officer = agency.visitor("officer");
        officer.open(&own).must_say("sort code ••-••-33").must_not_say("11223344");
        officer.post_json(&format!("{own}/2/stop"), &json!({"reason": "x"})).must_be(403);
        officer.submit(&own, &format!("{own}/2/confirmation"), &[]).must_say("officer of Example Council");
    }
}

#[test]
fn two_confirmations_at_once_are_one() {
    for engine in Engine::all() {
        let agency = Agency::found(engine);
        agency.draft(&agency.visitor("finn"));
        let path = format!("{}/1/confirmation", agency.page());
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let visitors = [agency.visitor("ada"), agency.visitor("ben")];
            let path = path.as_str();
            let sent = visitors.map(|visitor| scope.spawn(move || visitor.post_json(path, &json!({})).status));
            sent.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let mut sorted = statuses;
        sorted.sort_unstable();
        assert_eq!(sorted, [201, 409], "{engine:?}");
        assert_eq!(agency.mails("New bank details are confirmed").len(), 2);
    }
}

#[test]
fn whoever_changes_where_a_provider_is_paid_records_no_payment_to_it() {
    let town = Town::funded(Engine::Sqlite);
    town.delivered("club", CLUB, "2 11 2026", "1");
    let invoice = town.issued("club");
    town.approved(&invoice, "person");
    // Somebody who handles the money of the holder and of the club asks for new bank details of the club.
    let both = town.app.user("both@example.org", "Both Sides");
    let club = OrganisationId::new(3);
    town.app.member(both, OrganisationId::new(2), Role::Finance);
    town.app.member(both, club, Role::Finance);
    let both = town.visitor("both");
    let page = format!("/organisations/{club}/bank-details");
    let body = json!({"account_name": "Day Club Ltd", "sort_code": "112233", "account_number": "11223344"});
    both.post_json(&page, &body).must_be(201);
    let payment = json!({"version": 2, "on": "2026-11-02", "reference": "Transfer"});
    let path = format!("{invoice}/payment");
    both.post_json(&path, &payment).must_be(403).must_say("You have taken part in new bank details of Day Club Ltd");
    town.visitor("club").post_json(&format!("{page}/1/confirmation"), &json!({})).must_be(201);
    both.post_json(&path, &payment).must_be(403);
    town.app.on("2026-11-05");
    both.open(&invoice).must_say("Pay to Day Club Ltd, sort code ••-••-33, account ••••3344.");
    both.post_json(&path, &payment).must_be(201);
}

#[test]
fn a_copy_of_the_database_gives_no_account_away_and_a_change_stays_as_it_was() {
    let agency = Agency::found(Engine::Sqlite);
    agency.draft(&agency.visitor("finn"));
    use diesel::prelude::*;
    use tailormade::db::schema::bank_changes;
    let sealed: String =
        agency.app.db().read_now(|tx| Ok(bank_changes::table.select(bank_changes::sealed).first(tx)?)).unwrap();
    assert!(!sealed.contains(NUMBER) && !sealed.contains("Home Care"));
    let changed = agency.app.db().write_now(|tx| {
        diesel::update(bank_changes::table).set(bank_changes::organisation_id.eq(3)).execute(tx)?;
        Ok(())
    });
    assert!(changed.is_err());
}
