//! Money: twice, in the wrong order, too much, too early, too late.

use serde_json::{Value, json};
use tailormade::demo::seed;

use super::{World, done, named, refused, version};
use crate::support::visitor::Visitor;

impl World {
    /// An invoice of the day club for Tom, made now, with the visitors who deal with it.
    fn toms_invoice(&self) -> (String, Visitor, Visitor) {
        let (tom, day_club) = (self.visitor(&seed::NEIGHBOUR), self.visitor(&seed::DAY_CLUB));
        let fund = self.number("SELECT min(id) AS n FROM funds WHERE form = 'direct_payment'");
        let number = self.number(&format!("SELECT min(id) AS n FROM packages WHERE fund_id = {fund}"));
        let package = format!("/packages/{number}");
        let body = json!({ "starts_on": "2026-11-23", "weeks": 1, "version": version(&tom, &package) });
        let order = match tom.post_json(&format!("{package}/orders"), &body) {
            reply if reply.status == 201 => reply.location.unwrap(),
            // What the story ordered from today on fills the weeks: go on with that order.
            _ => {
                let last = format!("SELECT max(id) AS n FROM orders WHERE package_id = {number}");
                format!("/orders/{}", self.number(&last))
            }
        };
        let line = self.number(&format!(
            "SELECT min(id) AS n FROM order_lines WHERE order_id = {}",
            order.rsplit('/').next().unwrap()
        ));
        done(&day_club, &format!("/order-lines/{line}/deliveries"), &json!({ "on": "2026-11-23", "quantity": "1" }));
        let seen = tom.get_json(&format!("{order}/deliveries")).json()["seen"].clone();
        done(&tom, &format!("{order}/deliveries/confirmation"), &json!({ "seen": seen }));
        let invoice = done(&day_club, &format!("{order}/invoices"), &json!({ "subject": "support" }));
        (invoice, tom, day_club)
    }
}

fn paid(version: &Value) -> Value {
    json!({ "version": version, "on": "2026-11-23", "reference": "Transfer" })
}

#[test]
fn each_step_of_an_invoice_is_taken_once_and_in_its_order() {
    let world = World::new();
    let (invoice, tom, day_club) = world.toms_invoice();
    let app = &world.app;
    let path = |leaf: &str| format!("{invoice}/{leaf}");
    let seen = |who: &Visitor| json!({ "version": version(who, &invoice) });
    refused(app, &tom, &path("payment"), &paid(&version(&tom, &invoice)), 409);
    refused(app, &tom, &path("refund"), &paid(&version(&tom, &invoice)), 404);
    done(&tom, &path("approval"), &seen(&tom));
    refused(app, &tom, &path("approval"), &seen(&tom), 409);
    let query = json!({ "version": version(&tom, &invoice), "reason": "Too late" });
    refused(app, &tom, &path("query"), &query, 409);
    done(&tom, &path("payment"), &paid(&version(&tom, &invoice)));
    refused(app, &tom, &path("payment"), &paid(&version(&tom, &invoice)), 409);
    // Credited after it was paid: all of it, once; the money comes back once.
    let body =
        |quantity: &str| json!({ "version": version(&day_club, &invoice), "reason": "Not given", "line-1": quantity });
    for quantity in ["1.01", "-1", "0"] {
        refused(app, &day_club, &path("credit"), &body(quantity), 422);
    }
    let note = done(&day_club, &path("credit"), &body("0.4"));
    refused(app, &day_club, &path("credit"), &body("0.61"), 422);
    let rest = done(&day_club, &path("credit"), &body("0.6"));
    refused(app, &day_club, &path("credit"), &body("0.1"), 409);
    for note in [note, rest] {
        refused(app, &tom, &format!("{note}/payment"), &paid(&version(&tom, &note)), 404);
        refused(app, &tom, &format!("{note}/approval"), &seen(&tom), 422);
        refused(app, &day_club, &format!("{note}/credit"), &body("1"), 422);
        done(&tom, &format!("{note}/refund"), &paid(&version(&tom, &note)));
        refused(app, &tom, &format!("{note}/refund"), &paid(&version(&tom, &note)), 409);
    }
    let findings = app.db().read_now(|tx| tailormade::reports::check::everything(tx, None)).unwrap().findings;
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn a_delivery_that_was_withdrawn_or_billed_is_neither_confirmed_nor_billed_again() {
    let world = World::new();
    let (invoice, tom, day_club) = world.toms_invoice();
    let order = day_club.get_json(&invoice).json()["sheet"]["order"].clone();
    let billed = world.number("SELECT max(id) AS n FROM deliveries WHERE status = 'invoiced'");
    for (who, leaf) in [(&tom, "confirmation"), (&tom, "query"), (&day_club, "withdrawal")] {
        let body = json!({ "version": world.number(&format!("SELECT version AS n FROM deliveries WHERE id = {billed}")), "reason": "x" });
        refused(&world.app, who, &format!("/deliveries/{billed}/{leaf}"), &body, 409);
    }
    let order_id = world.number(&format!("SELECT order_id AS n FROM deliveries WHERE id = {billed}"));
    let again =
        refused(&world.app, &day_club, &format!("/orders/{order_id}/invoices"), &json!({ "subject": "support" }), 422);
    assert!(again.body.contains("nothing to bill"), "{order}: {}", again.body);
}

#[test]
fn an_ended_fund_holds_no_money_ever_again() {
    let world = World::new();
    let app = &world.app;
    let (finance, mary, agency) =
        (world.visitor(&seed::FINANCE), world.visitor(&seed::PERSON), world.visitor(&seed::AGENCY));
    let day_club = world.visitor(&seed::DAY_CLUB);
    let fund = world.fund();
    let number = fund.rsplit('/').next().unwrap().to_owned();
    world.settle(&fund);
    let body = json!({
        "version": version(&mary, "/agreements/1"), "party": "person", "cause": "safeguarding", "reason": "It must stop"
    });
    done(&mary, "/agreements/1/ending", &body);
    done(&agency, "/agreements/1/final-account", &json!({ "version": version(&agency, "/agreements/1") }));
    refused(app, &agency, "/agreements/1/final-account", &json!({ "version": version(&agency, "/agreements/1") }), 409);
    let money = json!({ "amount": "5.00", "on": "2026-11-23", "reference": "Late" });
    refused(app, &finance, &format!("{fund}/funding"), &money, 422);
    refused(app, &agency, &format!("{fund}/contributions"), &money, 422);
    let own = "(SELECT id FROM organisations WHERE name = 'Sunrise Day Club Ltd')";
    let invoice = world.number(&format!(
        "SELECT min(id) AS n FROM invoices WHERE fund_id = {number} AND provider_id = {own} AND status = 'paid'"
    ));
    let invoice = format!("/invoices/{invoice}");
    let credit = json!({ "version": version(&day_club, &invoice), "reason": "Late", "line-1": "1" });
    let reply = refused(app, &day_club, &format!("{invoice}/credit"), &credit, 422);
    assert!(reply.body.contains("ended"), "{}", reply.body);
    let left = world.number(&format!(
        "SELECT COALESCE(SUM(ABS(amount)), 0) AS n FROM (SELECT SUM(amount_pence) AS amount FROM postings
         WHERE fund_id = {number} AND account IN ('assets:bank', 'assets:recoverable-vat', 'commitments:free',
         'commitments:reserved') GROUP BY account)"
    ));
    assert_eq!(left, 0);
}

impl World {
    /// Confirms, bills, approves and pays whatever is open in Mary's fund.
    fn settle(&self, fund: &str) {
        let number = fund.rsplit('/').next().unwrap();
        let (mary, agency) = (self.visitor(&seed::PERSON), self.visitor(&seed::AGENCY));
        let parties = [&seed::AGENCY, &seed::DAY_CLUB, &seed::ART, &seed::CHARITY];
        let orders = self.ids(&format!("SELECT id AS n FROM orders WHERE fund_id = {number}"));
        for order in &orders {
            let seen = mary.get_json(&format!("/orders/{order}/deliveries")).json()["seen"].clone();
            if seen.as_str().is_some_and(|seen| !seen.is_empty()) {
                done(&mary, &format!("/orders/{order}/deliveries/confirmation"), &json!({ "seen": seen }));
            }
            for party in parties {
                let provider = self.visitor(party);
                for subject in ["support", "fee"] {
                    provider.post_json(&format!("/orders/{order}/invoices"), &json!({ "subject": subject }));
                }
            }
        }
        let invoices =
            format!("SELECT id AS n FROM invoices WHERE fund_id = {number} AND kind = 'invoice' AND status =");
        for invoice in self.ids(&format!("{invoices} 'issued'")) {
            let path = format!("/invoices/{invoice}");
            done(&mary, &format!("{path}/approval"), &json!({ "version": version(&mary, &path) }));
        }
        for invoice in self.ids(&format!("{invoices} 'approved'")) {
            let path = format!("/invoices/{invoice}");
            done(&agency, &format!("{path}/payment"), &paid(&version(&agency, &path)));
        }
        assert_eq!(self.ids(&format!("{invoices} 'queried'")), Vec::<i64>::new());
    }

    fn ids(&self, sql: &str) -> Vec<i64> {
        use diesel::prelude::*;
        #[derive(QueryableByName)]
        struct Id {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let sql = sql.to_owned();
        let rows: Vec<Id> = self.app.db().read_now(move |tx| Ok(diesel::sql_query(sql).load(tx)?)).unwrap();
        rows.into_iter().map(|row| row.n).collect()
    }
}

#[test]
fn money_is_recorded_on_a_day_that_has_come_and_belongs_to_the_fund() {
    let world = World::new();
    let (finance, tom) = (world.visitor(&seed::FINANCE), world.visitor(&seed::NEIGHBOUR));
    let fund = world.fund();
    let direct = format!("/funds/{}", world.number("SELECT min(id) AS n FROM funds WHERE form = 'direct_payment'"));
    for on in ["2026-11-24", "2027-01-01", "1900-01-01", "2006-11-02", "2026-02-01"] {
        let money = json!({ "amount": "5.00", "on": on, "reference": "x", "what": "Bus" });
        for (who, path) in [
            (&finance, format!("{fund}/funding")),
            (&finance, format!("{direct}/funding")),
            (&tom, format!("{direct}/spending")),
        ] {
            assert_eq!(named(&refused(&world.app, who, &path, &money, 422)), ["on"], "{path} {on}");
        }
    }
    for amount in ["0.00", "-0.01", "10000000.01", "0.001", ""] {
        let money = json!({ "amount": amount, "on": "2026-11-23", "reference": "x" });
        assert_eq!(
            named(&refused(&world.app, &finance, &format!("{fund}/funding"), &money, 422)),
            ["amount"],
            "{amount}"
        );
    }
}

#[test]
fn a_fund_is_never_spent_beyond_what_is_in_it() {
    let world = World::new();
    let (tom, agency) = (world.visitor(&seed::NEIGHBOUR), world.visitor(&seed::AGENCY));
    let direct = format!("/funds/{}", world.number("SELECT min(id) AS n FROM funds WHERE form = 'direct_payment'"));
    let spent = json!({ "amount": "10000000.00", "on": "2026-11-23", "what": "A yacht" });
    refused(&world.app, &tom, &format!("{direct}/spending"), &spent, 422);
    let provider = world.number("SELECT min(id) AS n FROM organisations WHERE is_provider");
    for provider in [provider, 999_999] {
        let back = json!({ "provider": provider, "amount": "9000.00", "on": "2026-11-23", "reference": "x" });
        let reply = refused(&world.app, &agency, &format!("{}/vat-refunds", world.fund()), &back, 422);
        assert_eq!(named(&reply), ["provider"]);
    }
    let mary = world.visitor(&seed::PERSON);
    let package = world.number(&format!(
        "SELECT min(id) AS n FROM packages WHERE fund_id = {}",
        world.fund().rsplit('/').next().unwrap()
    ));
    let package = format!("/packages/{package}");
    let order = json!({ "starts_on": "2026-11-23", "weeks": 52, "version": version(&mary, &package) });
    refused(&world.app, &mary, &format!("{package}/orders"), &order, 422);
}
