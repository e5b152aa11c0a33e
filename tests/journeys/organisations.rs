//! Who belongs to an organisation and does what there, and that no payment hangs on one pair of hands where there are two.

use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::ids::{OrganisationId, UserId};
use tailormade::people::OrganisationKind;

use super::invoices::{CLUB, Town};
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

/// An agency with an administrator, somebody who runs the daily work, and another agency.
struct Agency {
    app: TestApp,
    id: OrganisationId,
    ada: UserId,
    cora: UserId,
    other: OrganisationId,
}

impl Agency {
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let id = app.organisation("Home Care Ltd", OrganisationKind::Company, &["provider", "holder"]);
        let [ada, cora, finn] = [("ada", "Ada Admin"), ("cora", "Cora Coordinator"), ("finn", "Finn Finance")]
            .map(|(email, name)| app.user(&format!("{email}@example.org"), name));
        app.member(ada, id, Role::Admin);
        app.member(cora, id, Role::Coordinator);
        let other = app.organisation("Other Care", OrganisationKind::Company, &["provider"]);
        app.works_for(app.user("otto@example.org", "Otto Other"), other);
        let _ = finn;
        Self { app, id, ada, cora, other }
    }

    fn visitor(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    fn page(&self) -> String {
        format!("/organisations/{}", self.id)
    }

    fn roles(&self, user: UserId) -> String {
        format!("{}/members/{user}/roles", self.page())
    }

    fn ending(&self, user: UserId) -> String {
        format!("{}/members/{user}/ending", self.page())
    }

    fn user(&self, email: &str) -> UserId {
        let email = format!("{email}@example.org");
        let found = self.app.db().read_now(|tx| tailormade::auth::store::user_by_email(tx, &email));
        found.unwrap().unwrap().id
    }
}

#[test]
fn an_administrator_says_who_belongs_and_what_they_do() {
    for engine in Engine::all() {
        let agency = Agency::found(engine);
        let (page, ada) = (agency.page(), agency.visitor("ada"));
        ada.open("/organisations").must_say("You belong to 1 organisation.").must_say("Home Care Ltd");
        ada.open(&page).must_say("2 people belong to it. Nobody handles its money.").must_say("Ada Admin (you)");
        let members = format!("{page}/members");
        let typed = [("email", "nobody@example.org"), ("role", "finance")];
        let wrong = ada.send(&page, &members, &typed);
        wrong.must_be(422).must_say("Nobody signs in with this e-mail address yet.");
        assert!(wrong.body.contains(r#"value="nobody@example.org""#), "what was typed is kept");
        let typed = [("email", " FINN@example.org"), ("role", "finance")];
        ada.submit(&page, &members, &typed)
            .must_say("3 people belong to it. 1 person handles its money.")
            .must_say("Finn Finance: Finance given");
        ada.send(&page, &members, &typed).must_be(422).must_say("Finn Finance belongs to the organisation already.");
        let finn = agency.user("finn");
        ada.submit(&page, &agency.roles(finn), &[("reader", "true")]).must_say("Finn Finance: Reads only given");
        // An organisation that is no council has no officers.
        let officer = json!({"seen": "finance,reader", "officer": true, "finance": true});
        ada.post_json(&agency.roles(finn), &officer).must_be(422).must_say("is no role in this organisation");
        let stale = json!({"seen": "finance", "finance": true});
        ada.post_json(&agency.roles(finn), &stale).must_be(409).must_say("has changed since you opened this page");
        let none = json!({"seen": "finance,reader"});
        ada.post_json(&agency.roles(finn), &none).must_be(422).must_say("Choose at least one role");
    }
}

#[test]
fn who_is_no_administrator_changes_nothing_and_strangers_see_nothing() {
    let agency = Agency::found(Engine::Sqlite);
    let page = agency.page();
    let body = json!({"email": "finn@example.org", "role": "reader", "seen": "coordinator", "coordinator": true,
        "admin": true, "separate_payments": true, "reason": "x"});
    let posts =
        [format!("{page}/members"), agency.roles(agency.cora), agency.ending(agency.ada), format!("{page}/policies")];
    for (who, status) in [("cora", 403), ("otto", 404), ("finn", 404)] {
        let visitor = agency.visitor(who);
        visitor.get(&page).must_be(if who == "cora" { 200 } else { 404 });
        for path in &posts {
            visitor.post_json(path, &body).must_be(status);
        }
    }
    agency.visitor("cora").open(&page).must_not_say("Add somebody");
    // Somebody of another organisation is nobody here, also for the administrator of that other.
    let (otto, other) = (agency.visitor("otto"), agency.other);
    let foreign = format!("/organisations/{other}/members/{}/ending", agency.cora);
    otto.post_json(&foreign, &json!({})).must_be(404);
    let foreign = format!("/organisations/{other}/members/{}/roles", agency.cora);
    otto.post_json(&foreign, &json!({"seen": "coordinator", "reader": true})).must_be(404);
    agency.visitor("ada").open(&page).must_say("2 people belong to it.");
}

#[test]
fn somebody_who_was_removed_has_no_right_at_the_next_request() {
    for engine in Engine::all() {
        let agency = Agency::found(engine);
        let (cora, ada) = (agency.visitor("cora"), agency.visitor("ada"));
        cora.open("/provider");
        let form = cora.open("/services/new");
        ada.submit(&agency.page(), &agency.ending(agency.cora), &[]).must_say("1 person belongs to it.");
        cora.get("/provider").must_be(403);
        cora.get(&agency.page()).must_be(404);
        let pairs = cora.form(&form, "/services", &[("name", "A service")]);
        cora.post_pairs("/services", &pairs).must_be(403);
        ada.post_json(&agency.ending(agency.cora), &json!({})).must_be(404);
        // And back, at once as well.
        let typed = [("email", "cora@example.org"), ("role", "coordinator")];
        ada.submit(&agency.page(), &format!("{}/members", agency.page()), &typed);
        cora.open("/provider");
    }
}

#[test]
fn the_last_administrator_stays_also_when_two_remove_each_other() {
    for engine in Engine::all() {
        let agency = Agency::found(engine);
        let ada = agency.visitor("ada");
        let last = ada.send(&agency.page(), &agency.ending(agency.ada), &[]);
        last.must_be(422).must_say("Ada Admin is the last administrator.");
        let demoted = json!({"seen": "admin", "reader": true});
        ada.post_json(&agency.roles(agency.ada), &demoted).must_be(422).must_say("last administrator");
        ada.post_json(&agency.roles(agency.cora), &json!({"seen": "coordinator", "admin": true})).must_be(201);
        let cora = agency.visitor("cora");
        let (ada_ends, cora_ends) = (agency.ending(agency.cora), agency.ending(agency.ada));
        let statuses = std::thread::scope(|scope| {
            let one = scope.spawn(move || ada.post_json(&ada_ends, &json!({})).status);
            let other = scope.spawn(move || cora.post_json(&cora_ends, &json!({})).status);
            [one.join().unwrap(), other.join().unwrap()]
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{engine:?}: {statuses:?}");
    }
}

#[test]
fn nobody_lets_themself_handle_the_money_while_another_could() {
    let agency = Agency::found(Engine::Sqlite);
    let ada = agency.visitor("ada");
    let money = json!({"seen": "admin", "admin": true, "finance": true});
    ada.post_json(&agency.roles(agency.ada), &money).must_be(422).must_say("You cannot let yourself handle the money.");
    ada.submit(&agency.page(), &agency.ending(agency.cora), &[]);
    ada.post_json(&agency.roles(agency.ada), &money).must_be(201);
    ada.open(&agency.page()).must_say("Gave it to themself: the only member.");
}

#[test]
fn who_approved_does_not_record_the_payment_while_another_could() {
    for engine in Engine::all() {
        let town = Town::funded(engine);
        let agency = town.visitor("agency");
        let id = OrganisationId::new(2);
        let consent = "/people/1/consent";
        town.visitor("person").submit(consent, consent, &[("rule", "above"), ("above", "500")]);
        town.delivered("club", CLUB, "2 11 2026", "1");
        let first = town.issued("club");
        // The fund is held by the agency as principal, so the agency decides and pays.
        town.app.fresh.execute("UPDATE invoices SET payer = 'holder'");
        town.approved(&first, "agency");
        let paid = [("reference", "Bank transfer")];
        agency
            .submit(&first, &format!("{first}/payment"), &paid)
            .must_say("The same person approved it and recorded its payment")
            .must_say("nobody else there handles money");
        town.delivered("club", CLUB, "2 11 2026", "1");
        let second = town.issued("club");
        town.app.fresh.execute("UPDATE invoices SET payer = 'holder'");
        let fay = town.app.user("fay@example.org", "Fay Finance");
        town.app.member(fay, id, Role::Finance);
        town.approved(&second, "agency");
        agency.open(&second).must_say("records its payment: Fay Finance.").must_not_say("Record the payment");
        let payment = json!({"version": 2, "on": "2026-11-02", "reference": "Bank transfer"});
        agency.post_json(&format!("{second}/payment"), &payment).must_be(403).must_say("You approved this invoice");
        // Whoever handles money does not lift the rule for themself.
        let policy = json!({"seen": 0, "separate_payments": false, "reason": "It is quicker"});
        let policies = format!("/organisations/{id}/policies");
        agency.post_json(&policies, &policy).must_be(422).must_say("You handle money here");
        town.visitor("fay").submit(&second, &format!("{second}/payment"), &paid).must_say("was paid");
        let page = town.visitor("fay").open(&second);
        assert_eq!(page.text().matches("The same person approved").count(), 0);
        let chief = town.app.user("chief@example.org", "Chief");
        town.app.member(chief, id, Role::Admin);
        let chief = town.visitor("chief");
        chief
            .submit(&format!("/organisations/{id}"), &policies, &[("reason", "Fay is away")])
            .must_say("Whoever approved an invoice does not record its payment");
        chief.post_json(&policies, &policy).must_be(409).must_say("has changed since");
        let lifted = json!({"seen": 1, "separate_payments": false, "reason": "Fay is away"});
        chief.post_json(&policies, &lifted).must_be(201);
        chief.open(&format!("/organisations/{id}")).must_say("The same person may approve an invoice");
    }
}

/// The town's fund as a trust fund, held by a trust with three trustees: the agency's worker, Tess and Theo.
fn trust(engine: Engine) -> Town {
    let town = Town::funded(engine);
    town.app.fresh.execute(
        "UPDATE organisations SET kind = 'trust' WHERE id = 2;
         UPDATE funds SET form = 'trust_fund', intended_structure = NULL;
         UPDATE orders SET form = 'trust_fund', structure = NULL;",
    );
    for (email, name) in [("tess", "Tess Trustee"), ("theo", "Theo Trustee")] {
        let user = town.app.user(&format!("{email}@example.org"), name);
        town.app.member(user, OrganisationId::new(2), Role::Finance);
    }
    town
}

#[test]
fn a_trust_pays_when_two_trustees_say_the_same() {
    for engine in Engine::all() {
        let town = trust(engine);
        town.delivered("club", CLUB, "2 11 2026", "1");
        let invoice = town.issued("club");
        town.approved(&invoice, "person");
        let (tess, theo) = (town.visitor("tess"), town.visitor("theo"));
        let payment = format!("{invoice}/payment");
        let body = json!({"version": 2, "on": "2026-11-02", "reference": "Transfer 7"});
        town.visitor("person").post_json(&payment, &body).must_be(403).must_say("paid by the trustees");
        tess.submit(&invoice, &payment, &[("reference", "Transfer 7")])
            .must_say("Approved, to be paid")
            .must_say("A payment of the trust counts when 2 trustees say the same.")
            .must_say("Tess Trustee said: paid on 2 November 2026, “Transfer 7”.");
        // The same trustee never counts twice, and what was said otherwise does not count with it.
        tess.post_json(&payment, &body).must_be(409).must_say("Another trustee must say the same");
        let otherwise = json!({"version": 2, "on": "2026-11-02", "reference": "Transfer 8"});
        theo.post_json(&payment, &otherwise).must_be(201);
        theo.open(&invoice).must_say("Approved, to be paid");
        let old = json!({"version": 1, "on": "2026-11-02", "reference": "Transfer 7"});
        theo.post_json(&payment, &old).must_be(409);
        theo.post_json(&payment, &body).must_be(201);
        theo.open(&invoice).must_say("was paid").must_say("A trustee said that it was paid");
        town.visitor("agency").post_json(&payment, &body).must_be(409);
    }
}

#[test]
fn a_quorum_of_three_needs_three_and_who_left_does_not_count() {
    for engine in Engine::all() {
        let town = trust(engine);
        let agency = town.visitor("agency");
        let (page, policies) = ("/organisations/2", "/organisations/2/policies");
        let one = agency.send(page, policies, &[("quorum", "1"), ("reason", "x")]);
        one.must_be(422).must_say("Enter the number of trustees as a whole number from 2 to 10.");
        agency
            .submit(page, policies, &[("quorum", "3"), ("reason", "The deed says so")])
            .must_say("3 of its 3 trustees must say that a payment was made");
        town.delivered("club", CLUB, "2 11 2026", "1");
        let invoice = town.issued("club");
        town.approved(&invoice, "person");
        let payment = format!("{invoice}/payment");
        let body = json!({"version": 2, "on": "2026-11-02", "reference": "Transfer 7"});
        let (tess, theo) = (town.visitor("tess"), town.visitor("theo"));
        tess.post_json(&payment, &body).must_be(201);
        theo.post_json(&payment, &body).must_be(201);
        agency.open(&invoice).must_say("Approved, to be paid");
        let tess_id = town.app.db().read_now(|tx| tailormade::auth::store::user_by_email(tx, "tess@example.org"));
        agency.submit(page, &format!("{page}/members/{}/ending", tess_id.unwrap().unwrap().id), &[]);
        tess.post_json(&payment, &body).must_be(404);
        agency.open(page).must_say("It has fewer trustees than that, so nothing can be paid.");
        agency.post_json(&payment, &body).must_be(201);
        agency.open(&invoice).must_say("Approved, to be paid");
    }
}

#[test]
fn two_trustees_at_once_pay_once() {
    for engine in Engine::all() {
        let town = trust(engine);
        town.delivered("club", CLUB, "2 11 2026", "1");
        let invoice = town.issued("club");
        town.approved(&invoice, "person");
        let payment = format!("{invoice}/payment");
        let body = json!({"version": 2, "on": "2026-11-02", "reference": "Transfer 7"});
        let visitors = ["agency", "tess", "theo"].map(|who| town.visitor(who));
        let (path, sent) = (payment.as_str(), &body);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let send = |visitor: Visitor| scope.spawn(move || visitor.post_json(path, sent).status);
            let sent: Vec<_> = visitors.into_iter().map(send).collect();
            sent.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 2, "{engine:?}: {statuses:?}");
        assert!(statuses.contains(&409), "{engine:?}: {statuses:?}");
        town.visitor("agency").open(&invoice).must_say("was paid");
    }
}
