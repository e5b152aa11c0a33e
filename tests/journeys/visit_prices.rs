//! What a visit costs, from the calculator on a service's page to the line of an invoice: one card, one way to an amount.

use serde_json::json;
use tailormade::ids::{FundId, UserId};
use tailormade::ledger::{self, Entry, EntryKind, Source, rules::Funder};
use tailormade::money::Pence;
use tailormade::people::OrganisationKind;

use super::marketplace::{Town, list};
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

/// The card of these stories: 20.00 an hour, half an hour on weekdays 14.20, Sundays and bank holidays dearer.
const CARD: &[(&str, &str)] = &[
    ("price", "20.00"),
    ("unit", "hour"),
    ("basis", "net"),
    ("from", "1 4 2026"),
    ("days_1", "sunday"),
    ("price_1", "30.00"),
    ("days_2", "bank_holidays"),
    ("price_2", "40.00"),
    ("days_3", "weekdays"),
    ("minutes_3", "30"),
    ("price_3", "14.20"),
    ("rounding", "up"),
    ("step_minutes", "5"),
    ("notice_hours_1", "24"),
    ("notice_percent_1", "100"),
    ("notice_hours_2", "48"),
    ("notice_percent_2", "50"),
];

/// A provider that is registered for VAT and not regulated, with its card; a person with a direct payment, and money.
struct Story {
    town: Town,
    service: String,
    fund: String,
}

impl Story {
    fn begin(engine: Engine) -> Self {
        let town = Town::found(engine);
        town.state_vat("registered", "434031494", "1 1 2020");
        let provider = town.provider();
        let service = list(&provider, "Visits at home", "DT1 1XJ");
        provider.submit(&format!("{service}/rates/new"), &format!("{service}/rates"), CARD);
        let version = provider.get_json(&format!("{service}/edit")).json()["version"].clone();
        let published = json!({ "version": version, "published": true });
        provider.post_json(&format!("{service}/publication"), &published).must_be(201);
        let fund = town.fund(&[("form", "direct_payment"), ("weekly", "420.00")]);
        pay_in(&town.app, &fund);
        Self { town, service, fund }
    }

    fn number(&self) -> &str {
        self.service.rsplit('/').next().unwrap()
    }

    /// From 9 November on an hour costs more, on Sundays too.
    fn announces(&self, from: &str, hour: &str, sunday: &str) {
        let form = format!("{}/rates/new", self.service);
        let typed = [("price", hour), ("price_1", sunday), ("from", from)];
        let told = self.town.provider().submit(&form, &format!("{}/rates", self.service), &typed);
        told.must_say("The price is recorded");
    }

    fn person(&self) -> Visitor {
        self.town.app.signed_in("person@example.org")
    }

    /// The package with half an hour on weekdays and an hour on Sundays.
    fn package(&self) -> String {
        let person = self.person();
        let page = format!("/funds/{}/packages", self.fund);
        let package = person.submit(&page, &page, &[("name", "My week")]).location.unwrap();
        let target = package.rsplit('/').next().unwrap().to_owned();
        let add = format!("/packages/add?service={}", self.number());
        person.submit(&add, "/packages/add", &[("package", &target), ("weekly_quantity", "1")]);
        let visits = format!("{package}/lines/{}/visits", self.number());
        let typed = [
            ("days_1", "weekdays"),
            ("start_1", "8am"),
            ("minutes_1", "30"),
            ("days_2", "sunday"),
            ("start_2", "10am"),
            ("minutes_2", "60"),
        ];
        person.submit(&visits, &visits, &typed).must_say("The days and times are planned.");
        package
    }

    fn records(&self, line: &str, typed: &[(&str, &str)]) -> Reply {
        self.town.provider().send("/deliveries", line, typed)
    }
}

pub(super) fn pay_in(app: &TestApp, fund: &str) {
    pay_in_of(app, fund, "1680.00");
}

pub(super) fn pay_in_of(app: &TestApp, fund: &str, amount: &str) {
    let (fund, on, now) = (FundId::new(fund.parse().unwrap()), app.clock.today(), app.clock.now());
    let entry = Entry {
        kind: EntryKind::FundingReceived,
        on,
        description: "Funding".to_owned(),
        source: Source { kind: "payment", id: 1 },
        postings: ledger::rules::money_in(Funder::Council, Pence::parse(amount).unwrap()),
    };
    app.db().write_now(move |tx| ledger::store::post(tx, fund, &entry, UserId::new(1), now)).unwrap();
}

#[test]
fn a_page_works_out_what_a_visit_costs_step_by_step() {
    for engine in Engine::all() {
        let story = Story::begin(engine);
        let visitor = story.town.app.visitor();
        let ask = |query: &str| visitor.get(&format!("{}?{query}", story.service));
        ask("day=24+12+2026&start=11:30pm&minutes=57&staff=1")
            .must_be(200)
            .must_say("It would cost £36.00")
            .must_say("Thursday 24 December 2026 from 11:30pm to 12:27am on the next day: 57 minutes.")
            .must_say("Rounded up to steps of 5 minutes: 60 minutes are charged.")
            .must_say("Friday 25 December 2026 is a bank holiday: Christmas Day.")
            .must_say("At other times: 30 minutes at £20.00 per hour: £10.00.")
            .must_say("Bank holidays: 30 minutes at £40.00 per hour: £20.00.")
            .must_say("Travel is inside the price.")
            .must_say("£6.00 VAT");
        ask("day=24+11+2026&start=8am&minutes=30&staff=2")
            .must_say("It would cost £34.08")
            .must_say("2 people give it");
        let json = visitor.get_json(&format!("{}?day=2026-11-29&start=10:00&minutes=60", story.service)).json();
        assert_eq!(json["calculator"]["answer"]["pays"], "36.00");
        // What is wrong is said at its field, and what was typed stays.
        let wrong = ask("day=31+2+2026&start=25:99&minutes=-30&staff=99");
        wrong.must_be(422).must_say("as a whole number from 1 to 1440");
        for kept in ["31 2 2026", "25:99", "-30", "99"] {
            assert!(wrong.body.contains(&format!("value=\"{kept}\"")), "{kept} is kept: {}", wrong.text());
        }
        ask("day=24+11+2026&start=8am&minutes=999999999999").must_be(422);
        ask("day=28+3+2027&start=1:30am&minutes=60").must_be(422);
        visitor.get("/services/999999?day=24+11+2026&start=8am&minutes=30").must_be(404);
    }
}

#[test]
fn a_week_by_days_and_times_is_ordered_given_billed_and_credited_at_its_own_prices() {
    for engine in Engine::all() {
        let story = Story::begin(engine);
        let app = &story.town.app;
        story.announces("9 11 2026", "22.00", "33.00");
        let package = story.package();
        let person = story.person();
        person
            .open(&package)
            .must_say("Mondays to Fridays at 8am, 30 minutes")
            .must_say("Mondays to Fridays, a visit of 30 minutes: 5 visits at £14.20 per visit")
            .must_say("Sundays: 60 minutes at £30.00 per hour")
            .must_say("£101.00")
            .must_say("£121.20");
        let order = person.submit(&package, &format!("{package}/orders"), &[("weeks", "2")]);
        // The first week at the old price, the second at the new one: 101.00 and 104.00, and 20% VAT.
        order.must_say("The budget pays £246.00 for all of it.").must_say("£205.00").must_say("10 visits at £14.20");
        order.must_say("Sundays: 60 minutes at £33.00 per hour");
        let order = order.location.unwrap();
        // What is ordered keeps its price, whatever is announced later.
        app.on("2026-11-03");
        story.announces("10 11 2026", "90.00", "99.00");
        let line = story.town.provider().get_json("/deliveries").json()["provider"]["lines"][0]["line"].to_string();
        let record = format!("/order-lines/{line}/deliveries");
        app.on("2026-11-16");
        let given = |on: &'static str, start: &'static str, minutes: &'static str, outcome: &'static str| {
            [("on", on), ("start", start), ("minutes", minutes), ("outcome", outcome)]
        };
        assert_eq!(story.records(&record, &given("2 11 2026", "8:05am", "27", "given")).status, 303);
        let cancelled = [("cancelled_on", "1 11 2026"), ("cancelled_at", "8pm")];
        let cancelled = [&given("3 11 2026", "8am", "30", "cancelled_by_person")[..], &cancelled].concat();
        assert_eq!(story.records(&record, &cancelled).status, 303);
        assert_eq!(story.records(&record, &given("4 11 2026", "8am", "30", "missed")).status, 303);
        assert_eq!(story.records(&record, &given("8 11 2026", "10am", "70", "given")).status, 303);
        assert_eq!(story.records(&record, &given("15 11 2026", "10am", "60", "given")).status, 303);
        let before = app.number("SELECT COUNT(*) AS n FROM delivery_parts");
        refused_changes_nothing(&story, &record);
        assert_eq!(app.number("SELECT COUNT(*) AS n FROM delivery_parts"), before);
        let person = story.person();
        let page = person.open(&format!("{order}/deliveries"));
        page.must_say("From 8:05am, 27 minutes").must_say("£14.20 without VAT");
        page.must_say(
            "The person cancelled it on Sunday 1 November 2026 at 8pm, 36 hours before. 50% of the price is charged",
        );
        page.must_say("The provider did not come. Nothing is charged.")
            .must_say("70 minutes at £30.00 per hour: £35.00");
        person.submit(&format!("{order}/deliveries"), &format!("{order}/deliveries/confirmation"), &[]);
        person.open(&format!("{order}/deliveries")).must_say("Confirmed, nothing to bill");
        // 14.20, half of that, 35.00 and 33.00 are 89.30; VAT once on all of it.
        let provider = story.town.provider();
        let invoices = format!("{order}/invoices");
        let invoice = provider.submit(&format!("{invoices}/new"), &invoices, &[]);
        invoice.must_say("£89.30").must_say("£17.86").must_say("£107.16");
        invoice.must_say("Visits at home: Mondays to Fridays, a visit of 30 minutes, 50% of the price (3 Nov 2026)");
        invoice.must_say("Visits at home: Sundays (8 Nov 2026)").must_say("70 minutes").must_say("£30.00 per hour");
        let invoice = invoice.location.unwrap();
        person.open(&invoice).must_say("No visit at this price was planned");
        // Ten minutes of a Sunday were too many: 5.00 and 1.00 VAT come off, and nothing of the other Sunday.
        let lines = provider.get_json(&invoice).json();
        let place = lines["sheet"]["lines"]
            .as_array()
            .unwrap()
            .iter()
            .position(|line| line["description"].as_str().unwrap().contains("Sundays (8 Nov"));
        let field = format!("line-{}", place.unwrap() + 1);
        let credit = json!({ "version": lines["version"], "reason": "It was an hour", field: "10" });
        provider.post_json(&format!("{invoice}/credit"), &credit).must_be(201);
        person.open(&invoice).must_say("£101.16").must_say("10 minutes of it was credited.");
        app.work();
    }
}

#[test]
fn what_has_not_happened_yet_is_refused_at_its_field() {
    for engine in Engine::all() {
        let story = Story::begin(engine);
        let package = story.package();
        story.person().submit(&package, &format!("{package}/orders"), &[("weeks", "2")]);
        let line = story.town.provider().get_json("/deliveries").json()["provider"]["lines"][0]["line"].to_string();
        let record = format!("/order-lines/{line}/deliveries");
        let refused = |typed: &[(&str, &str)], field: &str, sentence: &str| {
            let page = story.records(&record, typed);
            page.must_be(422).must_say(sentence);
            assert!(page.body.contains(&format!("href=\"#line-{line}-{field}\"")), "{field}: {}", page.body);
        };
        // It is ten in the morning of Monday 2 November.
        let early = [("on", "2 11 2026"), ("start", "9:31am"), ("minutes", "30")];
        refused(&early, "start", "This visit would end on Monday 2 November 2026 at 10:01am, which has not come yet.");
        let stay = [("on", "6 11 2026"), ("start", "8am"), ("minutes", "30"), ("outcome", "hospital")];
        let stay = |since| [&stay[..], &[("hospital_since", since)]].concat();
        refused(&stay("3 11 2026"), "hospital_since", "Enter 2 November 2026 or a day before: a stay in hospital");
        assert_eq!(story.town.app.number("SELECT COUNT(*) AS n FROM deliveries"), 0, "nothing was changed");
        let over = [("on", "2 11 2026"), ("start", "9:30am"), ("minutes", "30")];
        assert_eq!(story.records(&record, &over).status, 303);
        assert_eq!(story.records(&record, &stay("2 11 2026")).status, 303);
    }
}

#[test]
fn however_many_lines_are_planned_by_times_the_page_takes_as_many_queries() {
    let story = Story::begin(Engine::Sqlite);
    let (package, person) = (story.package(), story.person());
    let order = |from| person.submit(&package, &format!("{package}/orders"), &[("weeks", "1"), ("starts_on", from)]);
    order("2 11 2026");
    let cookies = story.town.provider().all_cookies();
    let one = story.town.app.statements_for(&cookies, "/deliveries");
    for from in ["9 11 2026", "16 11 2026", "23 11 2026", "30 11 2026"] {
        order(from);
    }
    let page = story.town.provider().get_json("/deliveries").json();
    assert_eq!(page["provider"]["lines"].as_array().unwrap().len(), 5);
    assert_eq!(story.town.app.statements_for(&cookies, "/deliveries"), one);
}

/// Whatever cannot be, cannot be recorded.
fn refused_changes_nothing(story: &Story, record: &str) {
    let whole = [("on", "5 11 2026"), ("start", "8am"), ("minutes", "30")];
    let with = |more: &[(&'static str, &'static str)]| [&whole[..], more].concat();
    let says = |typed: &[(&str, &str)], sentence: &str| {
        story.records(record, typed).must_be(422).must_say(sentence);
    };
    says(&with(&[("minutes", "-30")]), "as a whole number from 1 to 1440");
    says(&with(&[("minutes", "99999")]), "as a whole number from 1 to 1440");
    says(&with(&[("minutes", "1440")]), "of it is left. This visit comes to");
    says(&with(&[("on", "1 11 2026")]), "The order is for");
    says(&with(&[("on", "30 11 2026")]), "The order is for");
    says(&with(&[("outcome", "cancelled_by_person")]), "when it was cancelled");
    let later = [("outcome", "cancelled_by_person"), ("on", "15 11 2026"), ("start", "5pm")];
    let later = [&later[..], &[("cancelled_on", "15 11 2026"), ("cancelled_at", "6pm")]].concat();
    says(&with(&later), "Enter a time before the visit was to begin.");
    // The same visit a second time, by another form.
    says(&[("on", "15 11 2026"), ("start", "10am"), ("minutes", "60")], "A visit that began then is recorded already.");
    // While another one was given.
    let overlaps = [("on", "15 11 2026"), ("start", "10:55am"), ("minutes", "5")];
    says(&overlaps, "A visit that was given on Sunday 15 November 2026 at 10am until 11am is recorded already");
    // By quantity, as programs may try.
    let provider = story.town.provider();
    provider.post_json(record, &json!({ "on": "2026-11-05", "quantity": "1" })).must_be(422);
    // Somebody else's line.
    let app = &story.town.app;
    let other = app.organisation("Other Care", OrganisationKind::Company, &["provider"]);
    app.works_for(app.user("other@example.org", "Other"), other);
    let stranger = app.signed_in("other@example.org");
    let sent = json!({ "on": "2026-11-05", "start": "08:00", "minutes": "30" });
    stranger.post_json(record, &sent).must_be(404);
    stranger.get(&format!("/packages/1/lines/{}/visits", story.number())).must_be(404);
}

/// The same visits each week side by side, each service by its own card.
#[test]
fn services_are_compared_for_the_same_visits_of_a_week() {
    for engine in Engine::all() {
        let story = Story::begin(engine);
        let club = story.town.service("Day club", "DT1 1XJ", "50", "day", "net");
        let both = format!("/compare?services={},{}", story.number(), club.rsplit('/').next().unwrap());
        let visitor = story.town.app.visitor();
        let shown = visitor.open(&format!("{both}&days=weekdays&start=8am&minutes=30"));
        shown.must_say("£85.20 for Mondays to Fridays at 8am, 30 minutes, each week");
        shown.must_say("Mondays to Fridays, a visit of 30 minutes: 5 visits at £14.20 per visit");
        shown
            .must_say("£300.00 for Mondays to Fridays at 8am, 30 minutes, each week")
            .must_say("5 days at £50.00 per day");
        shown.must_not_say("not sold by the same unit");
        visitor
            .open(&format!("{both}&days=sunday&start=10am&minutes=60"))
            .must_say("£36.00 for Sundays at 10am, 1 hour");
        let wrong = visitor.get(&format!("{both}&days=weekdays&minutes=0"));
        wrong.must_be(422).must_say("when each visit begins").must_say("as a whole number from 1 to 1440");
        let json = visitor.get_json(&format!("{both}&days=weekdays&start=8am&minutes=30")).json();
        assert_eq!(json["compared"][0]["weekly"], "85.20");
    }
}

/// A council's highest price holds for what is planned, not for the price that is listed alone: dear times or short visits do
/// not pass under it.
#[test]
fn a_councils_highest_price_holds_on_average_over_the_days_and_times() {
    for engine in Engine::all() {
        let story = Story::begin(engine);
        let app = &story.town.app;
        let council = tailormade::ids::OrganisationId::new(app.number("SELECT council_id AS n FROM funds"));
        app.council_officer(app.user("rules@example.org", "Rita Rules"), council);
        let officer = app.signed_in("rules@example.org");
        let most = |most: &str| {
            let rule = json!({
                "kind": "capped", "category": "day_service", "unit": "hour", "most": most, "from": "2026-11-02",
                "reason": "Compared with others",
            });
            officer.post_json("/council-rules", &rule).must_be(201).location.clone().unwrap()
        };
        let (package, person) = (story.package(), story.person());
        let order = || person.send(&package, &format!("{package}/orders"), &[("weeks", "2")]);
        // 101.00 and VAT, which nobody gives back, are 121.20 for three and a half hours; listed it is 24.00.
        let cap = most("34.62");
        order()
            .must_be(422)
            .must_say("“Visits at home” comes to £34.63 per hour on average. It cannot be ordered so:")
            .must_say("pays at most £34.62 per hour for");
        assert_eq!(app.number("SELECT count(*) AS n FROM orders"), 0);
        officer.submit(&cap, &format!("{cap}/ending"), &[("reason", "Raised")]);
        let cap = most("23.99");
        order().must_be(422).must_say("“Visits at home” cannot be ordered from this fund:");
        officer.submit(&cap, &format!("{cap}/ending"), &[("reason", "Raised")]);
        most("34.63");
        assert_eq!(order().status, 303);
    }
}

#[test]
fn days_and_times_are_checked_row_by_row_and_a_quantity_takes_their_place() {
    for engine in Engine::all() {
        let story = Story::begin(engine);
        let package = story.package();
        let (person, visits) = (story.person(), format!("{package}/lines/{}/visits", story.number()));
        let wrong = person.send(&visits, &visits, &[("start_3", "8am"), ("minutes_3", "-1"), ("staff_3", "0")]);
        wrong.must_be(422);
        assert!(wrong.body.contains("value=\"-1\""), "what was typed is kept");
        person.send(&visits, &visits, &[("minutes_2", "9999999999")]).must_be(422);
        person.send(&visits, &visits, &[("version", "1")]).must_be(409);
        person.get(&format!("{package}/lines/999/visits")).must_be(404);
        person.open(&package).must_say("£101.00");
        // An order over Christmas counts each day at its own price.
        let holiday = [("weeks", "1"), ("starts_on", "21 12 2026")];
        let order = person.submit(&package, &format!("{package}/orders"), &holiday);
        // Four half hours, half an hour of Christmas Day at 40.00 and a Sunday.
        order.must_say("£106.80").must_say("Bank holidays: 30 minutes at £40.00 per hour");
        let service = story.number().to_owned();
        let version = person.get_json(&package).json()["version"].clone();
        let quantity = json!({ "service": service, "weekly_quantity": "3", "version": version });
        person.post_json(&format!("{package}/lines"), &quantity).must_be(201);
        person.open(&package).must_say("£60.00").must_not_say("at 8am");
        assert_eq!(story.town.app.number("SELECT COUNT(*) AS n FROM package_visits"), 0);
        assert_eq!(story.town.app.number("SELECT COUNT(*) AS n FROM order_visits"), 2, "the order keeps its own");
    }
}
