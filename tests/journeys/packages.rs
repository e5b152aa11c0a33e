//! Budgets, funds, packages and orders as the council, the person and their broker meet them.

use tailormade::auth::rights::Authority;
use tailormade::calendar::parse_date;
use tailormade::ids::{FundId, OrganisationId, PersonId, UserId};
use tailormade::ledger::{self, Entry, EntryKind, Source, rules::Funder};
use tailormade::mail::KeptMail;
use tailormade::money::Pence;
use tailormade::people::{OrganisationKind, VatRegistration, VatStatus, store as people_store};
use tailormade::vat::VatNumber;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

/// The parties of these stories.
struct Town {
    app: TestApp,
    council: OrganisationId,
    holder: OrganisationId,
    person: PersonId,
}

impl Town {
    fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        let officer = app.user("officer@example.org", "Olive Officer");
        app.council_officer(officer, council);
        let holder =
            app.organisation("Example Home Care", OrganisationKind::Company, &["provider", "holder", "regulated"]);
        let coordinator = app.user("holder@example.org", "Harry Holder");
        app.works_for(coordinator, holder);
        let user = app.user("person@example.org", "Pat Person");
        let person = app.person("Pat Person", Some(user), council);
        let broker = app.user("broker@example.org", "Bea Broker");
        app.mandate(person, broker, Authority::Broker);
        Self { app, council, holder, person }
    }

    fn officer(&self) -> Visitor {
        self.app.signed_in("officer@example.org")
    }

    fn record_budget(&self, weekly: &str) -> Reply {
        let page = format!("/people/{}", self.person);
        let typed = [("weekly", weekly), ("contribution_weekly", "61.37"), ("agreed_note", "The panel")];
        self.officer().submit(&page, &format!("{page}/budgets"), &typed)
    }

    /// Records a fund and gives its path.
    fn record_fund(&self, typed: &[(&str, &str)]) -> String {
        let page = format!("/people/{}/funds/new", self.person);
        let made = self.officer().submit(&page, &format!("/people/{}/funds", self.person), typed);
        made.location.unwrap()
    }
}

#[test]
fn the_council_records_a_person_a_budget_and_a_fund() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let officer = town.officer();
        let typed = [
            ("name", "Rosa Roe"),
            ("address_line", "3 Mill Lane"),
            ("town", "Dorchester"),
            ("postcode", "dt1 1xj"),
            ("email", "holder@example.org"),
        ];
        let made = officer.submit("/people/new", "/people", &typed);
        made.must_say("Rosa Roe").must_say("No personal budget is recorded yet.").must_say("DT1 1XJ");
        officer.open("/people").must_say("Rosa Roe").must_say("Pat Person").must_say("No personal budget is recorded.");
        town.record_budget("420.00").must_say("£420.00").must_say("The personal budget is recorded");
        let fund = town.record_fund(&[
            ("form", "individual_service_fund"),
            ("weekly", "420.00"),
            ("holder", &town.holder.to_string()),
            ("structure", "agent_of_person"),
            ("recovery_confirmed", "true"),
        ]);
        let page = officer.open(&fund);
        page.must_say("Individual Service Fund").must_say("Intended. The agreement will decide.");
        page.must_say("There is no agreement yet.").must_say("Example Home Care").must_say("Agent of the person");
        officer.open("/people").must_say("£420.00").must_say("There is no agreement yet.");
    }
}

#[test]
fn whose_money_it_is_is_said_and_strangers_see_nothing() {
    let town = Town::found(Engine::Sqlite);
    town.record_budget("420.00");
    let fund = town.record_fund(&[("form", "direct_payment"), ("weekly", "420.00")]);
    let page = format!("/people/{}", town.person);
    town.app.signed_in("person@example.org").open(&page).must_say("My money").must_not_say("Record a mandate");
    town.app.signed_in("broker@example.org").open(&page).must_say("Acting for Pat Person");
    town.app.signed_in("person@example.org").open(&fund).must_say("Your money");
    let stranger = town.app.signed_in("holder@example.org");
    stranger.get(&page).must_be(404);
    stranger.get(&fund).must_be(404);
    stranger.get("/people").must_be(403);
    let person = town.app.signed_in("person@example.org");
    person.get(&format!("{page}/funds/new")).must_be(403);
    assert_eq!(town.app.visitor().get(&fund).status, 303);
    let json = person.get_json(&fund).json();
    assert_eq!((json["weekly"].as_str(), json["form"].as_str()), (Some("420.00"), Some("direct_payment")));
    assert_eq!(town.council.number(), 1);
}

#[test]
fn bad_input_is_named_by_field_kept_and_changes_nothing() {
    let town = Town::found(Engine::Sqlite);
    let officer = town.officer();
    let person = format!("/people/{}", town.person);
    let refused = officer.send(&person, &format!("{person}/budgets"), &[("weekly", "-1"), ("agreed_note", "x")]);
    refused.must_be(422).must_say("Nothing has been changed yet.").must_say("No personal budget is recorded yet.");
    assert!(refused.body.contains("value=\"-1\""), "what was typed is kept");
    let typed = [("name", ""), ("postcode", "ZZ99 9ZZ"), ("email", "nobody@example.org")];
    officer.send("/people/new", "/people", &typed).must_be(422).must_say("Enter the person’s name.");
    let own = [
        ("name", "Rosa Roe"),
        ("address_line", "3 Mill Lane"),
        ("town", "Dorchester"),
        ("postcode", "DT1 1XJ"),
        ("email", "officer@example.org"),
    ];
    officer.send("/people/new", "/people", &own).must_be(422).must_say("This is your own address.");
    officer.open("/people").must_not_say("Rosa Roe");
    town.record_budget("420.00");
    let form = format!("{person}/funds/new");
    let action = format!("{person}/funds");
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("form", "direct_payment"), ("weekly", "420.01")], "£0.01 too much"),
        (&[("form", "care_managed"), ("weekly", "1"), ("structure", "agent_of_council")], "no contract structure"),
        (&[("form", "individual_service_fund"), ("weekly", "1")], "choose the organisation"),
        (&[("form", "indirect_payment"), ("weekly", "1")], "choose the nominated or authorised person"),
        (&[("form", "direct_payment"), ("weekly", "1"), ("starts_on", "1 1 2020")], "Record the personal budget first"),
        (&[("weekly", "1")], "Choose one of the six forms."),
    ];
    for (typed, sentence) in cases {
        officer.send(&form, &action, typed).must_be(422).must_say(sentence);
    }
    let pairs: Vec<(String, String)> = vec![("form".to_owned(), "direct_payment".to_owned())];
    officer.post_pairs(&action, &pairs).must_be(409);
    officer.open(&person).must_say("No fund yet");
    let mandate = format!("{person}/mandates");
    let typed = [("email", "officer@example.org"), ("authority", "attorney")];
    officer.send(&mandate, &mandate, &typed).must_be(422).must_say("This is your own address.");
    let foreign = [("form", "trust_fund"), ("weekly", "1"), ("holder", "1")];
    let mut pairs = officer.form(&officer.open(&form), &action, &foreign[..2]);
    pairs.retain(|(name, _)| name != "holder");
    pairs.push(("holder".to_owned(), "1".to_owned()));
    officer.post_pairs(&action, &pairs).must_be(422).must_say("Choose the holder from the list.");
}

/// The four services of domain reference 4.7 example 3, each by its own provider.
struct Market {
    town: Town,
    care: i64,
    day_club: i64,
    art: i64,
    befriending: i64,
}

impl Market {
    fn open(engine: Engine) -> Self {
        let town = Town::found(engine);
        let app = &town.app;
        let day_club = app.organisation("Example Day Club", OrganisationKind::Company, &["provider"]);
        let artist = app.organisation("Example Artist", OrganisationKind::SoleTrader, &["provider"]);
        let charity = app.organisation("Example Charity", OrganisationKind::Charity, &["provider"]);
        let member = app.user("dayclub@example.org", "Dan Dayclub");
        app.works_for(member, day_club);
        for registered in [town.holder, day_club, charity] {
            says_about_vat(app, registered, VatStatus::Registered);
        }
        says_about_vat(app, artist, VatStatus::NotRegistered);
        let care = service(app, 1, town.holder, "Help at home", "welfare", "yes", ("hour", 264_000));
        let day_club = service(app, 2, day_club, "Day club", "welfare", "no", ("day", 540_000));
        let art = service(app, 3, artist, "Art class", "not_welfare", "no", ("session", 180_000));
        let befriending = service(app, 4, charity, "Befriending", "welfare", "no", ("hour", 160_000));
        Self { care, day_club, art, befriending, town }
    }

    /// Fills a new package of a fund: days at the club, and everything else of the mixed package.
    fn choose(&self, fund: &str, who: &Visitor, days: &str) -> String {
        let made = who.submit(&format!("{fund}/packages"), &format!("{fund}/packages"), &[("name", "My week")]);
        let package = made.location.unwrap();
        let target = package.rsplit('/').next().unwrap().to_owned();
        for (service, quantity) in
            [(self.care, "10"), (self.day_club, days), (self.art, "1"), (self.befriending, "1.5")]
        {
            let page = format!("/packages/add?service={service}");
            who.submit(&page, "/packages/add", &[("package", &target), ("weekly_quantity", quantity)]);
        }
        package
    }

    /// An agreement with the fee of the examples, in force.
    fn agree(&self, fund: &str, structure: &str, status: &str) {
        let fund = fund.rsplit('/').next().unwrap();
        self.town.app.fresh.execute(&format!(
            "INSERT INTO agreements (fund_id, status, structure, starts_on, weekly_pence, contribution_mode, \
             contribution_weekly_pence, payment_frequency, advance_days, fee_weekly_pence, fee_position, surplus_rule, \
             surplus_cap_weeks, notice_person_weeks, notice_holder_weeks, notice_council_weeks, drafted_by, created_at, \
             version) VALUES ({fund}, '{status}', '{structure}', '2026-11-02', 42000, 'council_invoices', 0, \
             'four_weekly', 14, 850, 'from_budget', 'pro_rata', 4, 4, 8, 4, 1, '2026-11-02 10:00:00', 1)"
        ));
    }

    fn pay_in(&self, fund: &str, amount: &str) {
        let fund = FundId::new(fund.rsplit('/').next().unwrap().parse().unwrap());
        let (amount, on) = (Pence::parse(amount).unwrap(), self.town.app.clock.today());
        let entry = Entry {
            kind: EntryKind::FundingReceived,
            on,
            description: "Funding".to_owned(),
            source: Source { kind: "payment", id: 1 },
            postings: ledger::rules::money_in(Funder::Council, amount),
        };
        let now = self.town.app.clock.now();
        self.town.app.db().write_now(move |tx| ledger::store::post(tx, fund, &entry, UserId::new(1), now)).unwrap();
    }
}

fn says_about_vat(app: &TestApp, organisation: OrganisationId, status: VatStatus) {
    let number = (status == VatStatus::Registered).then(|| VatNumber::parse("434031494").unwrap());
    let said = VatRegistration::new(status, number, parse_date("2024-01-01").unwrap());
    let now = app.clock.now();
    app.db().write_now(move |tx| people_store::add_vat_registration(tx, organisation, &said, None, now)).unwrap();
}

/// A published service with one rate, in hundredths of a penny.
fn service(
    app: &TestApp,
    id: i64,
    organisation: OrganisationId,
    name: &str,
    nature: &str,
    inside: &str,
    (unit, price): (&str, i64),
) -> i64 {
    app.fresh.execute(&format!(
        "INSERT INTO services (id, organisation_id, name, category, summary, postcode, nature, \
         inside_regulated_activity, published, version, created_by, created_at, features, confirmed_on) VALUES ({id}, {organisation}, '{name}', \
         'other', 'Example', 'DT1 1XJ', '{nature}', '{inside}', true, 1, 1, '2026-11-01 10:00:00', '', '2026-11-01'); \
         INSERT INTO service_rates (service_id, unit, entered_price, basis, net_price, from_date, recorded_by, \
         recorded_at, rounding, step_minutes, minimum_minutes, staff, people, hospital_days) VALUES ({id}, '{unit}', \
         {price}, 'net', {price}, '2026-01-01', 1, '2026-11-01 10:00:00', 'exact', 1, 0, 1, 1, 0)"
    ));
    id
}

#[test]
fn the_mixed_package_costs_what_its_fund_makes_of_it() {
    for engine in Engine::all() {
        let market = Market::open(engine);
        let town = &market.town;
        town.record_budget("1680.00");
        let holder = town.holder.to_string();
        let isf = |structure: &'static str| {
            let form = ("form", "individual_service_fund");
            [
                form,
                ("weekly", "420"),
                ("holder", holder.as_str()),
                ("structure", structure),
                ("recovery_confirmed", "true"),
            ]
        };
        let direct = town.record_fund(&[("form", "direct_payment"), ("weekly", "420")]);
        let managed = town.record_fund(&[("form", "care_managed"), ("weekly", "420"), ("recovery_confirmed", "true")]);
        let person_agent = town.record_fund(&isf("agent_of_person"));
        let council_agent = town.record_fund(&isf("agent_of_council"));
        market.agree(&person_agent, "agent_of_person", "in_force");
        market.agree(&council_agent, "agent_of_council", "in_force");
        let broker = town.app.signed_in("broker@example.org");
        let order = |fund: &str| {
            let package = market.choose(fund, &broker, "2");
            (broker.send(&package, &format!("{package}/orders"), &[("weeks", "4")]), package)
        };
        let (refused, package) = order(&direct);
        refused
            .must_be(422)
            .must_say("This package costs £435.60 per week. The fund has £420.00 per week: £15.60 too much.");
        broker.open(&package).must_say("£15.60 per week more than the fund has").must_say("£414.00");
        let (refused, package) = order(&person_agent);
        refused.must_be(422).must_say("£445.80 per week").must_say("£25.80 too much");
        let side = broker.get_json(&package).json();
        let shown: Vec<&str> =
            side["rows"].as_array().unwrap().iter().map(|row| row["budget_pays"].as_str().unwrap()).collect();
        assert_eq!(
            shown,
            ["435.60", "435.60", "435.60", "414.00", "445.80", "445.80", "445.80", "422.50", "445.80", "422.50"]
        );
        order(&council_agent).0.must_be(422).must_say("£422.50 per week").must_say("£2.50 too much");
        let (refused, package) = order(&managed);
        refused.must_be(422).must_say("£0.00 is free in this fund. This needs £1,656.00");
        broker.open(&package).must_say("£6.00 of £420.00 per week is left.");
        market.pay_in(&managed, "1680.00");
        let made = broker.submit(&package, &format!("{package}/orders"), &[("weeks", "4")]);
        made.must_say("The budget pays £1,656.00 for all of it.").must_say("support broker under mandate");
        broker.open(&managed).must_say("£24.00 is free to use.");
        // The week is full now: a second order of the same days is refused even if money came in.
        market.pay_in(&managed, "1680.00");
        let again = broker.send(&package, &format!("{package}/orders"), &[("weeks", "1")]);
        again
            .must_be(422)
            .must_say("£414.00 per week is ordered already for the same time")
            .must_say("£408.00 too much");
        let later = [("weeks", "4"), ("starts_on", "30 11 2026")];
        broker.submit(&package, &format!("{package}/orders"), &later).must_say("30 November");
    }
}

#[test]
fn an_exempt_principal_pays_129_60_for_the_day_club() {
    let market = Market::open(Engine::Sqlite);
    let town = &market.town;
    town.record_budget("420.00");
    let holder = town.holder.to_string();
    let fund = town.record_fund(&[
        ("form", "individual_service_fund"),
        ("weekly", "420"),
        ("holder", &holder),
        ("structure", "principal_exempt"),
        ("recovery_confirmed", "true"),
    ]);
    let person = town.app.signed_in("person@example.org");
    let package = market.choose(&fund, &person, "2");
    person.open(&package).must_say("£129.60").must_say("Nobody");
    let refused = person.send(&package, &format!("{package}/orders"), &[("weeks", "4")]);
    refused.must_be(422).must_say("£15.60 too much");
}

#[test]
fn the_journeys_package_is_ordered_only_under_an_agreement_and_leaves_156() {
    for engine in Engine::all() {
        let market = Market::open(engine);
        let town = &market.town;
        town.record_budget("420.00");
        let holder = town.holder.to_string();
        let fund = town.record_fund(&[
            ("form", "individual_service_fund"),
            ("weekly", "420"),
            ("holder", &holder),
            ("structure", "agent_of_person"),
            ("recovery_confirmed", "true"),
        ]);
        let person = town.app.signed_in("person@example.org");
        let package = market.choose(&fund, &person, "1");
        let action = format!("{package}/orders");
        person.send(&package, &action, &[]).must_be(422).must_say("There is no agreement in force for this fund.");
        market.agree(&fund, "agent_of_person", "in_force");
        market.pay_in(&fund, "1680.00");
        person.open(&package).must_say("£39.00 of £420.00 per week is left.");
        let made = person.submit(&package, &action, &[("weeks", "4")]);
        made.must_say("The budget pays £1,524.00 for all of it.").must_say("Fee for holding the fund");
        person.open(&fund).must_say("£156.00 is free to use.");
        let order = made.location.unwrap();
        let provider = town.app.signed_in("dayclub@example.org");
        let seen = provider.open(&order);
        seen.must_say("Day club").must_say("2 Mill Lane").must_not_say("Help at home").must_not_say("1,524");
        provider.get(&fund).must_be(404);
        provider.get(&package).must_be(404);
        town.app.signed_in("holder@example.org").open(&order).must_say("£1,524.00").must_say("Art class");
        town.officer().open(&package).must_not_say("Order it");
    }
}

#[test]
fn packages_are_changed_by_the_person_alone_and_never_from_an_old_page() {
    let market = Market::open(Engine::Sqlite);
    let town = &market.town;
    town.record_budget("420.00");
    let fund = town.record_fund(&[("form", "direct_payment"), ("weekly", "420")]);
    let person = town.app.signed_in("person@example.org");
    let package = market.choose(&fund, &person, "2");
    let lines = format!("{package}/lines");
    let old = person.open(&package);
    let again = [("package", package.rsplit('/').next().unwrap()), ("weekly_quantity", "1")];
    person.submit(&format!("/packages/add?service={}", market.day_club), "/packages/add", &again);
    person.open(&package).must_say("1 day").must_say("£370.80");
    let stale = person.form(&old, &lines, &[("weekly_quantity", "5")]);
    person.post_pairs(&lines, &stale).must_be(409).must_say("The package has changed since");
    for quantity in ["0", "-1", "ten", "99999"] {
        let refused = person.send(&package, &lines, &[("weekly_quantity", quantity)]);
        refused.must_be(422).must_say("£370.80");
        assert!(refused.body.contains(&format!("value=\"{quantity}\"")), "{quantity} is kept");
    }
    let removal = format!("{lines}/{}/removal", market.art);
    person.submit(&package, &removal, &[]).must_not_say("Art class");
    let json = serde_json::json!({"service": market.art, "weekly_quantity": "1", "version": 7});
    let officer = town.officer();
    officer.post_json(&lines, &json).must_be(403);
    town.app.signed_in("dayclub@example.org").post_json(&lines, &json).must_be(404);
    let version = person.get_json(&package).json()["version"].as_i64().unwrap();
    let json = |service: i64| serde_json::json!({"service": service, "weekly_quantity": "1", "version": version});
    person.post_json(&lines, &json(999)).must_be(422);
    person.post_json(&lines, &json(market.art)).must_be(201);
    town.app.fresh.execute("UPDATE services SET published = false WHERE id = 3");
    person.open(&package).must_say("The provider does not offer it any more.");
    let refused = person.send(&package, &format!("{package}/orders"), &[]);
    refused.must_be(422).must_say("Art class: The provider does not offer it any more.");
    let early = person.send(&package, &format!("{package}/orders"), &[("starts_on", "1 11 2026"), ("weeks", "53")]);
    early.must_be(422).must_say("Enter the number of weeks as a whole number from 1 to 52.");
    let early = person.send(&package, &format!("{package}/orders"), &[("starts_on", "1 11 2026")]);
    early.must_be(422).must_say("Choose a first day that is not before today, 2 November 2026.");
}

/// How much was chosen for days; when its provider sells by the session, so many sessions are not what was meant.
#[test]
fn a_quantity_is_never_taken_for_another_unit() {
    for engine in Engine::all() {
        let market = Market::open(engine);
        let town = &market.town;
        town.record_budget("420.00");
        let fund = town.record_fund(&[("form", "direct_payment"), ("weekly", "420")]);
        let person = town.app.signed_in("person@example.org");
        let package = market.choose(&fund, &person, "2");
        person.open(&package).must_say("£54.00 per day");
        let day_club = town.app.signed_in("dayclub@example.org");
        let rates = format!("/services/{}/rates", market.day_club);
        let new = [("price", "30.00"), ("unit", "session"), ("basis", "net"), ("from", "1 12 2026")];
        day_club.submit(&format!("/services/{}/edit", market.day_club), &rates, &new);
        town.app.on("2026-12-01");
        let person = town.app.signed_in("person@example.org");
        let again = "Its price is per session now, and was per day when you chose how much";
        person.open(&package).must_say(again);
        person.send(&package, &format!("{package}/orders"), &[("starts_on", "1 12 2026"), ("weeks", "4")]).must_be(422);
        let version = person.get_json(&package).json()["version"].as_i64().unwrap();
        let json = serde_json::json!({"service": market.day_club, "weekly_quantity": "3", "version": version});
        person.post_json(&format!("{package}/lines"), &json).must_be(201);
        person.open(&package).must_not_say(again).must_say("£30.00 per session");
    }
}

#[test]
fn a_price_that_changes_is_told_to_whoever_plans_with_it_before_its_day_and_once() {
    for engine in Engine::all() {
        let market = Market::open(engine);
        let town = &market.town;
        town.record_budget("420.00");
        let fund = town.record_fund(&[("form", "direct_payment"), ("weekly", "420")]);
        let person = town.app.signed_in("person@example.org");
        let package = market.choose(&fund, &person, "2");
        town.app.work();
        let told = || -> Vec<_> {
            let mut told = town.app.mails();
            told.retain(|mail| mail.subject == "A price changes in a package");
            told.sort_by(|left, right| left.to.cmp(&right.to));
            told
        };
        let day_club = town.app.signed_in("dayclub@example.org");
        let rates = format!("/services/{}/rates", market.day_club);
        let edit = format!("/services/{}/edit", market.day_club);
        let new = [("price", "57.00"), ("unit", "day"), ("basis", "net"), ("from", "1 4 2027")];
        day_club.submit(&edit, &rates, &new);
        town.app.work();
        let mails = told();
        let to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["broker@example.org", "person@example.org"], "and nobody else");
        for mail in &mails {
            let says = |words: &str| assert!(mail.text.contains(words), "{words}: {}", mail.text);
            says("It costs £57.00 per day without VAT from 1 April 2027. Until then it costs £54.00");
            says(&package);
            assert!(!mail.text.contains("Pat") || mail.to == "person@example.org", "{}", mail.text);
        }
        // The job is done again after somebody was stopped in the middle: nobody is told twice.
        town.app.fresh.execute("UPDATE jobs SET done_at = NULL, leased_until = NULL WHERE kind = 'rate_announced'");
        town.app.work();
        assert_eq!(told().len(), 2);
        // What is the same price from another day on is no news.
        let same = [("price", "57.00"), ("unit", "day"), ("basis", "net"), ("from", "1 5 2027")];
        day_club.submit(&edit, &rates, &same);
        town.app.work();
        assert_eq!(told().len(), 2);
        // A slip is put right for the same day: what was said before does not hold, and nothing changes any more.
        let back = [("price", "54.00"), ("unit", "day"), ("basis", "net"), ("from", "1 4 2027")];
        day_club.submit(&edit, &rates, &back);
        town.app.work();
        let mails = told();
        assert_eq!(mails.len(), 4);
        let put_right = |mail: &&KeptMail| mail.text.contains("What was said before about 1 April 2027 does not hold.");
        assert_eq!(mails.iter().filter(put_right).count(), 2, "{mails:?}");
        assert!(
            mails
                .iter()
                .filter(put_right)
                .all(|mail| mail.text.contains("costs £54.00 per day without VAT from 1 April 2027."))
        );
    }
}
