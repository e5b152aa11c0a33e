//! Statements that add up, a journal that an accountant's program accepts, and a check that finds what was changed.

use serde_json::json;
use tailormade::calendar::parse_date;
use tailormade::ids::{FundId, OrganisationId};
use tailormade::ledger::rules::{Bill, Funder, approve, deliver, invoice_received, money_in, pay, reserve};
use tailormade::ledger::{Entry, EntryKind, Posting, Source, store as ledger};
use tailormade::money::Pence;
use tailormade::people::OrganisationKind;
use tailormade::reports::{check, journal};

use crate::support::app::{Engine, TestApp};
use crate::support::hledger::Hledger;

/// A fund whose books hold the worked account of the domain reference (3.4).
struct Books {
    app: TestApp,
    fund: FundId,
    providers: [OrganisationId; 4],
}

fn pounds(text: &str) -> Pence {
    Pence::parse(text).unwrap()
}

impl Books {
    /// The money of four weeks is there.
    fn begin(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        let officer = app.user("officer@example.org", "Olive Officer");
        app.council_officer(officer, council);
        let holder = app.organisation("Example Home Care", OrganisationKind::Company, &["provider", "holder"]);
        let club = app.organisation("Zoë’s Day Club; Dorset", OrganisationKind::Company, &["provider"]);
        let art = app.organisation("Arthur Artist", OrganisationKind::SoleTrader, &["provider"]);
        let charity = app.organisation("Example Friends", OrganisationKind::Charity, &["provider"]);
        let user = app.user("person@example.org", "Pat Person");
        app.user("stranger@example.org", "Sam Stranger");
        let person = app.person("Pat Person", Some(user), council);
        let visitor = app.signed_in("officer@example.org");
        let budget = json!({ "weekly": "420.00", "contribution_weekly": "61.37", "starts_on": "2026-11-02", "agreed_note": "x" });
        visitor.post_json(&format!("/people/{person}/budgets"), &budget).must_be(201);
        let fund = json!({
            "form": "individual_service_fund", "weekly": "420.00", "holder": holder.to_string(),
            "structure": "agent_of_person", "recovery_confirmed": "true", "payment_frequency": "four_weekly",
            "contribution_mode": "holder_collects", "starts_on": "2026-11-02",
        });
        let made = visitor.post_json(&format!("/people/{person}/funds"), &fund);
        let fund = made.must_be(201).location.clone().unwrap().rsplit('/').next().unwrap().parse().unwrap();
        let books = Self { app, fund, providers: [holder, club, art, charity] };
        books.write("2026-11-02", EntryKind::FundingReceived, money_in(Funder::Council, pounds("1434.52")));
        books.write("2026-11-02", EntryKind::ContributionReceived, money_in(Funder::Person, pounds("245.48")));
        books
    }

    /// The four weeks have passed; all is paid but the last fee.
    fn keep(engine: Engine) -> Self {
        let books = Self::begin(engine);
        let [holder, club, art, charity] = books.providers;
        books.write("2026-11-02", EntryKind::Reserved, reserve(pounds("1524.00")));
        for day in ["2026-11-08", "2026-11-15", "2026-11-22", "2026-11-29"] {
            for (provider, net, vat, is_fee) in [
                (holder, "264.00", "0.00", false),
                (club, "54.00", "10.80", false),
                (art, "18.00", "0.00", false),
                (charity, "24.00", "0.00", false),
                (holder, "8.50", "1.70", true),
            ] {
                books.bill(day, provider, net, vat, is_fee);
            }
        }
        books.app.on("2026-11-29");
        books
    }

    fn write(&self, on: &str, kind: EntryKind, postings: Vec<Posting>) {
        let entry = Entry {
            kind,
            on: parse_date(on).unwrap(),
            description: "About Pat Person".to_owned(),
            source: Source { kind: "payment", id: 1 },
            postings,
        };
        let (fund, now) = (self.fund, self.app.clock.now());
        let by = tailormade::ids::UserId::new(1);
        self.app.db().write_now(move |tx| ledger::post(tx, fund, &entry, by, now)).unwrap();
    }

    fn bill(&self, on: &str, provider: OrganisationId, net: &str, vat: &str, is_fee: bool) {
        let total = pounds(net) + pounds(vat);
        let bill = Bill { provider, is_fee, net: pounds(net), total, budget: total };
        self.write(on, EntryKind::Delivered, deliver(total));
        self.write(on, EntryKind::InvoiceReceived, invoice_received(total, total));
        self.write(on, EntryKind::InvoiceApproved, approve(&bill));
        if !(is_fee && on == "2026-11-29") {
            self.write(on, EntryKind::Paid, pay(&bill, false));
        }
    }

    fn statement(&self) -> String {
        format!("/funds/{}/statement", self.fund)
    }
}

#[test]
fn the_statement_of_four_weeks_can_be_followed() {
    for engine in Engine::all() {
        let books = Books::keep(engine);
        let person = books.app.signed_in("person@example.org");
        let page = person.open(&books.statement());
        page.must_say("£156.00 is left on 29 November 2026. £10.20 of what was approved is still to be paid.");
        page.must_say("Paid in by the council + £1,434.52")
            .must_say("Support − £1,440.00")
            .must_say("Fee of the holder − £34.00");
        page.must_say("VAT (value added tax) that nobody gets back − £50.00").must_say("2.0 pence of every pound");
        page.must_say("Approved, still to be paid to")
            .must_say("£156.00 is free to use, £10.20 is billed and not paid yet");
        let json = person.get_json(&books.statement()).json();
        assert_eq!(json["closing"]["amount"], "156.00");
        assert_eq!(json["spent_together"]["together"], "1524.00");
        assert_eq!(json["to_be_paid"], json!([{ "name": "Example Home Care", "amount": "10.20" }]));
        let week = person.open(&format!("{}?from=2026-11-09&to=2026-11-15", books.statement()));
        week.must_say("Left before 9 November 2026 £1,299.00").must_say("Left on 15 November 2026 £918.00");
        books.app.signed_in("officer@example.org").open(&books.statement()).must_say("The fund of Pat Person");
        books.app.signed_in("stranger@example.org").get(&books.statement()).must_be(404);
    }
}

#[test]
fn days_that_cannot_be_are_named_and_kept() {
    let books = Books::keep(Engine::Sqlite);
    let person = books.app.signed_in("person@example.org");
    for (query, said) in [
        ("from=31+11+2026", "Enter a real date"),
        ("to=30+11+2026", "Choose a last day that has come"),
        ("from=2026-11-20&to=2026-11-19", "Choose a last day that is not before the first day"),
    ] {
        let page = person.get(&format!("{}?{query}", books.statement()));
        page.must_be(422).must_say(said).must_say("£156.00 is left");
    }
    let page = person.get(&format!("{}?from=31+11+2026", books.statement()));
    assert!(page.body.contains(r#"value="31 11 2026""#), "what was typed is kept");
    let refused = person.post_json(&format!("/funds/{}/statements", books.fund), &json!({ "to": "soon" }));
    assert_eq!(refused.must_be(422).json()["errors"][0]["field"], "to");
    person.open(&books.statement()).must_not_say("kept on");
}

#[test]
fn a_kept_statement_never_changes() {
    for engine in Engine::all() {
        let books = Books::keep(engine);
        let person = books.app.signed_in("person@example.org");
        let action = format!("/funds/{}/statements", books.fund);
        let page = person.submit(&books.statement(), &action, &[]);
        page.must_say("The statement is kept.").must_say("2 to 29 November 2026 , kept on 29 November 2026");
        let kept = person.post_json(&action, &json!({})).must_be(201).location.clone().unwrap();
        books.write("2026-11-29", EntryKind::FundingReceived, money_in(Funder::Council, pounds("1.00")));
        let paper = person.open(&kept);
        paper.must_say("Left on 29 November 2026 £156.00").must_say("Pat Person");
        assert!(paper.header("content-disposition").unwrap().starts_with("attachment; filename=\"statement-fund-"));
        let policy = paper.header("content-security-policy").unwrap();
        assert_eq!(policy, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
        person.open(&books.statement()).must_say("£157.00 is left");
        books.app.signed_in("stranger@example.org").get(&kept).must_be(404);
        let nobody = format!("/funds/{}/statements/9999", books.fund);
        person.get(&nobody).must_be(404);
    }
}

#[test]
fn the_journal_is_accepted_and_names_no_person() {
    for engine in Engine::all() {
        let books = Books::keep(engine);
        let text = books.app.db().read_now(journal::journal).unwrap();
        assert!(text.is_ascii() && text.contains("Zoe's Day Club, Dorset"), "{text}");
        assert!(!text.contains("Pat") && !text.contains("Arthur"), "people have no name here");
        assert!(text.contains("    assets:bank:fund-1  GBP 1434.52\n"), "{text}");
        let Some(hledger) = Hledger::for_tests() else {
            continue;
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.hledger");
        std::fs::write(&file, text).unwrap();
        assert_eq!(hledger.check(&file), Ok(String::new()));
    }
}

#[test]
fn the_check_names_what_was_changed_behind_the_back() {
    for engine in Engine::all() {
        let books = Books::begin(engine);
        let found = || books.app.db().read_now(|tx| check::everything(tx, None)).unwrap();
        assert_eq!(found().findings, Vec::<String>::new());
        assert!(found().looked_at().contains("entries of the journal"));
        let on_table = if engine == Engine::Postgres { " ON postings" } else { "" };
        books.app.fresh.execute(&format!("DROP TRIGGER postings_no_update{on_table}"));
        assert_eq!(found().findings, ["trigger postings_no_update is missing or switched off"]);
        books.app.fresh.execute("UPDATE postings SET amount_pence = amount_pence + 1 WHERE id = 1");
        let findings = found().findings;
        assert!(findings.iter().any(|finding| finding.starts_with("entry 1 ")), "{findings:?}");
        books.app.fresh.execute("UPDATE postings SET amount_pence = amount_pence - 1 WHERE id = 1");
    }
}
