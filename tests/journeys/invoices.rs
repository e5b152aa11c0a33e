//! From support that was given to money that came back: each party at their own pages, and everything that is refused.

use tailormade::auth::rights::Authority;
use tailormade::calendar::parse_date;
use tailormade::error::Error;
use tailormade::ids::{FundId, InvoiceId, OrganisationId, UserId};
use tailormade::invoices::{self, InvoiceKind};
use tailormade::ledger::{self, Account, Entry, EntryKind, Source, rules as books};
use tailormade::money::Pence;
use tailormade::people::{OrganisationKind, VatRegistration, VatStatus, store as people_store};
use tailormade::vat::VatNumber;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

/// A person with a fund that a care agency holds as their agent, and an order of four weeks: care by the agency itself, a
/// day club, an art teacher who is not registered for VAT, and the agency's fee.
pub(super) struct Town {
    pub(super) app: TestApp,
    officer: UserId,
}

const CARE: i64 = 1;
pub(super) const CLUB: i64 = 2;
const ART: i64 = 3;

impl Town {
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        let officer = app.user("officer@example.org", "Olive Officer");
        app.council_officer(officer, council);
        let mut town = Self { app, officer };
        let agency = town.provider("agency", "Home Care Ltd", &["provider", "holder", "regulated"]);
        let club = town.provider("club", "Day Club Ltd", &["provider"]);
        let art = town.provider("art", "Ann Artist", &["provider"]);
        town.provider("stranger", "Other Care", &["provider", "holder"]);
        town.register(agency, "434031494");
        town.register(club, "434031494");
        let app = &mut town.app;
        let person = app.person("Pat Person", Some(app.user("person@example.org", "Pat Person")), council);
        app.mandate(person, app.user("broker@example.org", "Bea Broker"), Authority::Broker);
        app.mandate(person, app.user("attorney@example.org", "Ada Attorney"), Authority::Attorney);
        app.fresh.execute(&format!(
            "INSERT INTO funds (person_id, council_id, form, weekly_pence, vat_uplift_weekly_pence, holder_organisation_id,
               recovery_confirmed, intended_structure, payment_frequency, contribution_mode, starts_on, version, recorded_by,
               recorded_at)
             VALUES ({person}, {council}, 'individual_service_fund', 42000, 0, {agency}, true, 'agent_of_person', 'four_weekly',
               'holder_collects', '2026-11-02', 1, {officer}, '2026-11-01 10:00:00');
             INSERT INTO personal_budgets (person_id, council_id, weekly_pence, contribution_weekly_pence, starts_on, agreed_note,
               recorded_by, recorded_at)
             VALUES ({person}, {council}, 42000, 6137, '2026-10-26', '', {officer}, '2026-10-26 10:00:00');
             INSERT INTO packages (fund_id, name, version, created_by, created_at)
             VALUES (1, 'My week', 1, {officer}, '2026-11-01 10:00:00');
             INSERT INTO orders (package_id, fund_id, form, structure, recovery_confirmed, starts_on, weeks, budget_pence, status,
               ordered_by, authority, ordered_at, version)
             VALUES (1, 1, 'individual_service_fund', 'agent_of_person', true, '2026-11-02', 4, 142800, 'open', {officer},
               'the person', '2026-11-02 10:00:00', 1);
             INSERT INTO order_lines (order_id, kind, provider_id, description, unit, unit_price, vat_class, declaration,
               quantity, net_pence, budget_pence)
             VALUES (1, 'service', {agency}, 'Care at home', 'hour', 264000, 'C', false, 4000, 105600, 105600),
               (1, 'service', {club}, 'Day club', 'day', 540000, 'D', false, 400, 21600, 25920),
               (1, 'service', {art}, 'Art class', 'session', 180000, 'A', false, 400, 7200, 7200),
               (1, 'fee', {agency}, 'Holding the fund', 'week', 85000, 'F', false, 400, 3400, 4080)",
        ));
        town
    }

    /// Signs the agreement behind the pages: agreements have their own story.
    fn in_force(&self) {
        self.app.fresh.execute(&format!(
            "INSERT INTO agreements (fund_id, status, structure, starts_on, weekly_pence, contribution_mode,
               contribution_weekly_pence, payment_frequency, advance_days, fee_weekly_pence, fee_position, surplus_rule,
               surplus_cap_weeks, notice_person_weeks, notice_holder_weeks, notice_council_weeks, drafted_by, created_at, version)
             VALUES (1, 'in_force', 'agent_of_person', '2026-11-02', 42000, 'holder_collects', 6137, 'four_weekly', 14, 850,
               'from_budget', 'pro_rata', 4, 4, 8, 4, {}, '2026-11-01 10:00:00', 1)",
            self.officer
        ));
    }

    /// The money of four weeks is there and what was ordered is reserved.
    pub(super) fn funded(engine: Engine) -> Self {
        let town = Self::found(engine);
        town.in_force();
        town.post(EntryKind::FundingReceived, books::money_in(books::Funder::Council, pounds("1434.52")));
        town.post(EntryKind::ContributionReceived, books::money_in(books::Funder::Person, pounds("245.48")));
        town.post(EntryKind::Reserved, books::reserve(pounds("1428.00")));
        town
    }

    fn post(&self, kind: EntryKind, postings: Vec<ledger::Posting>) {
        let (by, now, on) = (self.officer, self.app.clock.now(), self.app.clock.today());
        let entry =
            Entry { kind, on, description: "Test".to_owned(), source: Source { kind: "test", id: 1 }, postings };
        self.app
            .db()
            .write_now(move |tx| ledger::store::post(tx, FundId::new(1), &entry, by, now).map(|_| ()))
            .unwrap();
    }

    fn provider(&self, email: &str, name: &str, plays: &[&str]) -> OrganisationId {
        let organisation = self.app.organisation(name, OrganisationKind::Company, plays);
        let user = self.app.user(&format!("{email}@example.org"), &format!("{name} worker"));
        self.app.works_for(user, organisation);
        organisation
    }

    fn register(&self, organisation: OrganisationId, number: &str) {
        self.register_from(organisation, number, "2026-01-01");
    }

    fn register_from(&self, organisation: OrganisationId, number: &str, from: &str) {
        let (now, by) = (self.app.clock.now(), Some(self.officer));
        let number = Some(VatNumber::parse(number).unwrap());
        let new = VatRegistration::new(VatStatus::Registered, number, parse_date(from).unwrap());
        self.app
            .db()
            .write_now(move |tx| people_store::add_vat_registration(tx, organisation, &new, by, now).map(|_| ()))
            .unwrap();
    }

    pub(super) fn visitor(&self, who: &str) -> Visitor {
        self.app.signed_in(&format!("{who}@example.org"))
    }

    fn balance(&self, account: Account) -> Pence {
        let balances = self.app.db().read_now(|tx| ledger::store::balances(tx, FundId::new(1))).unwrap();
        if account == Account::Bank { balances.bank() } else { balances.credit(account) }
    }

    /// Records and confirms.
    pub(super) fn delivered(&self, who: &str, line: i64, on: &str, quantity: &str) {
        let action = format!("/order-lines/{line}/deliveries");
        self.visitor(who).submit("/deliveries", &action, &[("on", on), ("quantity", quantity)]);
        self.visitor("person").submit("/orders/1/deliveries", "/orders/1/deliveries/confirmation", &[]);
    }

    /// Issues what a provider can bill; gives the path of the invoice.
    pub(super) fn issued(&self, who: &str) -> String {
        let reply = self.visitor(who).submit("/orders/1/invoices/new", "/orders/1/invoices", &[]);
        reply.location.unwrap()
    }

    pub(super) fn approved(&self, invoice: &str, who: &str) {
        self.visitor(who).submit(invoice, &format!("{invoice}/approval"), &[]).must_say("Approved, to be paid");
    }

    fn paid(&self, invoice: &str) {
        let paid = [("reference", "Bank transfer")];
        self.visitor("agency").submit(invoice, &format!("{invoice}/payment"), &paid).must_say("was paid");
    }
}

fn pounds(text: &str) -> Pence {
    Pence::parse(text).unwrap()
}

#[test]
fn money_is_paid_in_by_each_under_an_agreement_and_once() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (officer, agency) = (town.visitor("officer"), town.visitor("agency"));
        officer.open("/funds/1/money").must_say("No agreement is in force for this fund");
        let body = serde_json::json!({"amount": "1434.52", "on": "2026-11-02", "reference": "Four weeks"});
        officer.post_json("/funds/1/funding", &body).must_be(422);
        town.in_force();
        officer
            .open("/funds/1/money")
            .must_say("Expected: £1,434.52 for 2 to 29 November 2026, paid every four weeks.");
        let typed = [("amount", "1,434.5x"), ("on", "3 11 2026"), ("reference", "")];
        let again = officer.send("/funds/1/money", "/funds/1/funding", &typed);
        again.must_be(422).must_say("Enter what the payment was called.");
        assert!(again.body.contains(r#"value="1,434.5x""#), "what was typed is kept");
        let typed = [("amount", "1434.52"), ("on", "3 11 2026"), ("reference", "Four weeks")];
        officer
            .send("/funds/1/money", "/funds/1/funding", &typed)
            .must_be(422)
            .must_say("Enter 2 November 2026 or a day");
        let typed = [("amount", "1434.52"), ("reference", "Four weeks")];
        let page = officer.open("/funds/1/money");
        let pairs = officer.form(&page, "/funds/1/funding", &typed);
        officer.post_pairs("/funds/1/funding", &pairs).must_be(303);
        officer.post_pairs("/funds/1/funding", &pairs).must_be(303);
        officer.post_json("/funds/1/funding", &body).must_be(409).must_say("This was recorded already");
        agency.post_json("/funds/1/funding", &body).must_be(403);
        town.visitor("person").post_json("/funds/1/contributions", &body).must_be(403);
        town.visitor("stranger").post_json("/funds/1/funding", &body).must_be(404);
        let typed = [("amount", "245.48"), ("reference", "Contribution")];
        agency.submit("/funds/1/money", "/funds/1/contributions", &typed).must_say("£1,680.00 is held");
        let body = serde_json::json!({"amount": "1.00", "on": "2026-11-02", "what": "Bus"});
        town.visitor("person").post_json("/funds/1/spending", &body).must_be(422);
    }
}

#[test]
fn only_what_was_ordered_is_recorded_and_only_the_person_confirms() {
    for engine in Engine::all() {
        let town = Town::funded(engine);
        town.app.on("2026-11-04");
        let (club, person) = (town.visitor("club"), town.visitor("person"));
        let action = format!("/order-lines/{CLUB}/deliveries");
        club.open("/deliveries")
            .must_say("Day club for Pat Person")
            .must_say("4 days left")
            .must_not_say("Care at home");
        let wrong = club.send("/deliveries", &action, &[("on", "5 11 2026"), ("quantity", "9"), ("note", "First day")]);
        wrong.must_be(422).must_say("what has not happened yet").must_say("First day");
        club.send("/deliveries", &action, &[("quantity", "5")])
            .must_be(422)
            .must_say("4 days of the 4 days that were ordered are left. 5 days would be more.");
        club.submit("/deliveries", &action, &[("on", "3 11 2026"), ("quantity", "2")]).must_say("2 days left");
        town.visitor("art").post_json(&action, &serde_json::json!({})).must_be(404);
        town.visitor("agency").post_json(&action, &serde_json::json!({})).must_be(403);
        club.post_json("/deliveries/1/confirmation", &serde_json::json!({"version": 1})).must_be(403);
        town.visitor("stranger")
            .post_json("/deliveries/1/confirmation", &serde_json::json!({"version": 1}))
            .must_be(404);
        person.open("/deliveries").must_say("One delivery waits for you.");
        person
            .send("/orders/1/deliveries", "/deliveries/1/query", &[])
            .must_be(422)
            .must_say("Enter what was different.");
        let shown = person.form(&person.open("/deliveries"), "/orders/1/deliveries/confirmation", &[]);
        person
            .submit("/orders/1/deliveries", "/deliveries/1/query", &[("reason", "It was one day")])
            .must_say("Queried: It was one day");
        person.post_pairs("/orders/1/deliveries/confirmation", &shown).must_be(409).must_say("has changed since");
        club.submit("/deliveries", "/deliveries/1/withdrawal", &[]).must_say("Withdrawn");
        assert_eq!(town.balance(Account::Delivered), Pence::ZERO);
        club.submit("/deliveries", &action, &[("on", "3 11 2026"), ("quantity", "1")]);
        // A broker sees what was delivered and does not answer for the person.
        town.visitor("broker").open("/orders/1/deliveries").must_say("Day club");
        let confirms = serde_json::json!({"version": 1});
        town.visitor("broker").post_json("/deliveries/2/confirmation", &confirms).must_be(403);
        town.visitor("attorney")
            .submit("/deliveries", "/deliveries/2/confirmation", &[])
            .must_say("attorney under mandate 2");
        assert_eq!(town.balance(Account::Delivered), pounds("64.80"));
        club.post_json("/deliveries/2/withdrawal", &serde_json::json!({"version": 2})).must_be(409);
    }
}

#[test]
fn an_invoice_follows_from_what_was_confirmed_and_nothing_is_typed() {
    for engine in Engine::all() {
        let town = Town::funded(engine);
        let club = town.visitor("club");
        club.open("/orders/1/invoices/new").must_say("Nothing to bill");
        club.post_json("/orders/1/invoices", &serde_json::json!({"addressee_name": "Somebody"})).must_be(422);
        town.visitor("person").get("/orders/1/invoices/new").must_be(403);
        town.visitor("stranger").get("/orders/1/invoices/new").must_be(404);
        town.app.on("2026-11-10");
        town.delivered("club", CLUB, "3 11 2026", "1");
        let page = club.open("/orders/1/invoices/new");
        page.must_say("care of Home Care Ltd").must_say("Pat Person (reference").must_say("£64.80");
        let stale = club.form(&page, "/orders/1/invoices", &[]);
        town.delivered("club", CLUB, "10 11 2026", "1");
        club.post_pairs("/orders/1/invoices", &stale).must_be(409).must_say("What can be billed has changed since");
        let invoice = town.issued("club");
        let shown = town.visitor("person").open(&invoice);
        shown.must_say("INV-000001").must_say("VAT registration number GB 434 0314 94").must_say("£129.60");
        shown.must_say("2 days confirmed: 3 Nov 2026, 10 Nov 2026").must_say("No difference");
        let paper = club.get(&format!("{invoice}/paper"));
        paper.must_be(200).must_say("Invoice INV-000001").must_say("Due 10 December 2026");
        assert_eq!(paper.header("content-disposition"), Some("attachment; filename=\"Day-Club-Ltd-INV-000001.html\""));
        let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        assert_eq!(paper.header("content-security-policy"), Some(policy));
        for who in ["art", "stranger"] {
            town.visitor(who).get(&invoice).must_be(404);
            town.visitor(who).get(&format!("{invoice}/paper")).must_be(404);
        }
        assert_eq!(
            (town.balance(Account::Delivered), town.balance(Account::Invoiced)),
            (Pence::ZERO, pounds("129.60"))
        );
        town.delivered("art", ART, "4 11 2026", "1");
        let art = town.visitor("art").open(&town.issued("art"));
        art.must_say("INV-000001")
            .must_say("Not registered for VAT")
            .must_not_say("VAT rate")
            .must_not_say("Tax point");
    }
}

/// A provider registers in the middle of an order: what it delivered before is billed without VAT, whenever that is, and
/// stays so on paper; what it delivered since waits for an order under its new class.
#[test]
fn what_was_delivered_before_a_registration_is_billed_without_vat() {
    for engine in Engine::all() {
        let town = Town::funded(engine);
        town.app.on("2026-11-12");
        for day in ["4 11 2026", "11 11 2026"] {
            town.delivered("art", ART, day, "1");
        }
        town.register_from(OrganisationId::new(4), "434031494", "2026-11-09");
        let invoice = town.issued("art");
        let page = town.visitor("art").open(&invoice);
        page.must_say("£18.00").must_say("Not registered for VAT").must_not_say("434 0314 94");
        assert_eq!(town.balance(Account::Invoiced), pounds("18.00"), "the later one waits");
        let refused = town.visitor("art").get("/orders/1/invoices/new");
        refused.must_say(
            "On 11 November 2026, Ann Artist is registered. Ask for a new order: VAT follows the day of delivery.",
        );
    }
}

#[test]
fn the_series_has_no_gap_whatever_fails_and_whoever_comes_at_once() {
    for engine in Engine::all() {
        let town = Town::funded(engine);
        town.app.on("2026-11-12");
        for day in ["3", "10", "11"] {
            town.delivered("club", CLUB, &format!("{day} 11 2026"), "1");
            if day == "10" {
                // Two at once with two forms: one invoice comes of it, and the other is told.
                let club = town.visitor("club");
                let forms: Vec<_> = (0..2)
                    .map(|_| club.form(&club.open("/orders/1/invoices/new"), "/orders/1/invoices", &[]))
                    .collect();
                let browsers = [town.visitor("club"), town.visitor("club")];
                let answers: Vec<u16> = std::thread::scope(|scope| {
                    let sent = browsers.into_iter().zip(&forms).map(|(browser, form)| {
                        scope.spawn(move || browser.post_pairs("/orders/1/invoices", form).status)
                    });
                    sent.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
                });
                let mut answers = answers;
                answers.sort_unstable();
                assert_eq!(answers, [303, 409]);
                // A number that was given out in a transaction that fails comes back.
                town.visitor("club").post_json("/orders/1/invoices", &serde_json::json!({})).must_be(422);
            }
        }
        let second = town.issued("club");
        town.visitor("club").open(&second).must_say("INV-000002").must_say("£64.80");
        // A transaction that fails after it drew a number leaves nothing of it.
        let failed = town.app.db().write_now(|tx| {
            let provider = invoices::store::invoice_of_record(tx, InvoiceId::new(1))?.parties.provider;
            assert_eq!(invoices::store::next_number(tx, provider, InvoiceKind::Invoice)?, 3);
            Err::<(), _>(Error::Refused("The books said no.".to_owned()))
        });
        assert!(failed.is_err());
        town.delivered("club", CLUB, "12 11 2026", "1");
        let third = town.issued("club");
        town.visitor("club").open(&third).must_say("INV-000003");
    }
}

#[test]
fn whoever_pays_decides_and_pays_and_nobody_on_their_own_invoice() {
    for engine in Engine::all() {
        let town = Town::funded(engine);
        town.app.on("2026-11-30");
        town.delivered("agency", CARE, "6 11 2026", "10");
        let care = town.issued("agency");
        let fee = town.issued("agency");
        let person = town.visitor("person");
        person
            .open(&care)
            .must_say("£264.00")
            .must_say("Exempt: VATA 1994 Sch 9 Group 7 item 9")
            .must_not_say("care of");
        person.open(&fee).must_say("£40.80").must_say("4 weeks passed").must_say("2 to 29 November 2026");
        town.visitor("agency").post_json("/orders/1/invoices", &serde_json::json!({"subject": "fee"})).must_be(422);
        let agency = town.visitor("agency");
        agency
            .post_json(&format!("{care}/approval"), &serde_json::json!({"version": 1}))
            .must_be(403)
            .must_say("Nobody decides on an invoice that their own organisation sent.");
        town.visitor("officer").post_json(&format!("{care}/approval"), &serde_json::json!({})).must_be(403);
        person.open("/invoices").must_say("2 documents wait for you.");
        let twice = person.form(&person.open(&fee), &format!("{fee}/approval"), &[]);
        town.visitor("broker").post_json(&format!("{fee}/approval"), &serde_json::json!({"version": 1})).must_be(403);
        town.approved(&fee, "attorney");
        person.post_pairs(&format!("{fee}/approval"), &twice).must_be(409).must_say("cannot be approved now");
        person.post_json(&format!("{fee}/payment"), &serde_json::json!({})).must_be(403);
        let wrong = agency.send(&fee, &format!("{fee}/payment"), &[("on", "29 11 2026"), ("reference", "")]);
        wrong.must_be(422).must_say("Enter what the payment was called.");
        let early = agency.send(&fee, &format!("{fee}/payment"), &[("on", "29 11 2026"), ("reference", "Fee")]);
        early.must_be(422).must_say("it was approved on that day");
        town.paid(&fee);
        assert_eq!((town.balance(Account::Paid), town.balance(Account::Bank)), (pounds("40.80"), pounds("1639.20")));
        person
            .submit(&care, &format!("{care}/query"), &[("reason", "It was nine hours")])
            .must_say("It was nine hours");
        let action = format!("{care}/credit");
        let wrong = agency.send(&action, &action, &[("line-1", "11"), ("reason", "One hour less")]);
        wrong.must_be(422).must_say("10 hours of “Care at home” can still be credited.").must_say("One hour less");
        let note = agency.submit(&action, &action, &[("line-1", "1"), ("reason", "One hour less")]);
        note.must_say("CRN-000001")
            .must_say("INV-000001 of 30 November 2026")
            .must_say("£26.40")
            .must_say("One hour less");
        person.open(&care).must_say("1 hour of it was credited.").must_say("£237.60 is left of this invoice.");
        town.approved(&care, "person");
        town.paid(&care);
        assert_eq!(town.balance(Account::Paid), pounds("278.40"));
    }
}

#[test]
fn what_was_paid_and_is_credited_comes_back() {
    for engine in Engine::all() {
        let town = Town::funded(engine);
        town.app.on("2026-11-30");
        town.delivered("club", CLUB, "3 11 2026", "2");
        let invoice = town.issued("club");
        town.approved(&invoice, "person");
        town.paid(&invoice);
        let free = town.balance(Account::Free);
        let action = format!("{invoice}/credit");
        let club = town.visitor("club");
        let note = club.submit(&action, &action, &[("reason", "The club was closed")]);
        note.must_say("Day Club Ltd owes £129.60 back.");
        let note = note.location.unwrap();
        club.post_json(&action, &serde_json::json!({"version": 4, "reason": "Again"})).must_be(409);
        club.post_json(&format!("{note}/refund"), &serde_json::json!({})).must_be(403);
        let agency = town.visitor("agency");
        agency.open("/invoices").must_say("Record the money back");
        agency.submit(&note, &format!("{note}/refund"), &[("reference", "Back")]).must_say("was paid back");
        assert_eq!(town.balance(Account::Free), free + pounds("129.60"));
        assert_eq!((town.balance(Account::Bank), town.balance(Account::Paid)), (pounds("1680.00"), Pence::ZERO));
        assert_eq!(town.balance(Account::Payable), Pence::ZERO);
    }
}
