//! The marketplace over HTTP: a provider's entry, VAT status, services and prices; the search as anybody and as a fund;
//! what it costs.

use std::path::Path;

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};
use tailormade::directory::import::{self, Options, Source};
use tailormade::directory::store::services::reprice;
use tailormade::ids::{OrganisationId, PersonId};
use tailormade::people::OrganisationKind;

use crate::support::app::{Engine, TestApp};
use crate::support::visitor::{Reply, Visitor};

const PROVIDER: &str = "provider@example.org";

/// A town with a provider, a council and a person.
pub(super) struct Town {
    pub(super) app: TestApp,
    pub(super) provider: OrganisationId,
    pub(super) person: PersonId,
}

impl Town {
    pub(super) fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        let provider = app.organisation("Sunrise Days", OrganisationKind::Company, &["provider", "holder"]);
        app.works_for(app.user(PROVIDER, "Paul Provider"), provider);
        let person = app.person("Pat Person", Some(app.user("person@example.org", "Pat Person")), council);
        Self { app, provider, person }
    }

    pub(super) fn provider(&self) -> Visitor {
        self.app.signed_in(PROVIDER)
    }

    pub(super) fn state_vat(&self, status: &str, number: &str, from: &str) {
        let typed = [("vat_status", status), ("vat_number", number), ("vat_from", from)];
        self.provider().submit("/provider", "/provider/vat", &typed);
    }

    /// Lists, prices and publishes a service; gives its path.
    pub(super) fn service(&self, name: &str, postcode: &str, price: &str, unit: &str, basis: &str) -> String {
        let provider = self.provider();
        let service = list(&provider, name, postcode);
        let typed = [("price", price), ("unit", unit), ("basis", basis), ("from", "1 4 2026")];
        provider.submit(&format!("{service}/edit"), &format!("{service}/rates"), &typed);
        provider.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        service
    }

    pub(super) fn fund(&self, typed: &[(&str, &str)]) -> String {
        self.fund_of("420.00", typed)
    }

    /// A fund of a budget of so much a week.
    pub(super) fn fund_of(&self, budget: &str, typed: &[(&str, &str)]) -> String {
        let officer = self.app.signed_in("officer@example.org");
        let page = format!("/people/{}", self.person);
        let budget = [("weekly", budget), ("contribution_weekly", "0"), ("agreed_note", "The panel")];
        officer.submit(&page, &format!("{page}/budgets"), &budget);
        let made = officer.submit(&format!("{page}/funds/new"), &format!("{page}/funds"), typed);
        made.location.unwrap().rsplit('/').next().unwrap().to_owned()
    }

    /// A location of the regulator's register, imported.
    pub(super) fn register(&self) {
        assert_eq!(self.rate_the_register("Good").imported, 1);
    }

    /// The same location with a rating, from a file of the same day.
    pub(super) fn rate_the_register(&self, rating: &str) -> import::Summary {
        self.take_register(("1-1", rating, "2020-05-01"), false)
    }

    /// A file of the register that names one location, with its rating and the day of that: alone, or as the whole register.
    pub(super) fn take_register(&self, (id, rating, published): (&str, &str, &str), whole: bool) -> import::Summary {
        let text = format!(
            "location_id,location_name,provider_id,provider_name,brand_name,care_home,location_type,\
            primary_inspection_category,street,address_2,city,postcode,local_authority,region,overall_rating,\
            rating_published,rating_inherited,url,latitude,longitude,district_code,point_from\n\
            {id},Harbour Care,1-9,Harbour Care Limited,,N,Social Care Org,Community based adult social care services,\
            1 Quay Road,,Dorchester,DT1 1XJ,Dorset,South West,{rating},{published},N,\
            https://www.cqc.org.uk/location/{id},50.7148,-2.4377,E06000059,source\n"
        );
        let source = [Source::Shipped { name: "sample", bytes: text.leak().as_bytes() }];
        let today = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let options = Options { as_of: None, whole };
        import::cqc(self.app.db(), &source, options, today, &mut |_| ()).unwrap()
    }
}

pub(super) fn list(provider: &Visitor, name: &str, postcode: &str) -> String {
    let typed = [
        ("name", name),
        ("category", "day_service"),
        ("summary", "Two days a week with friends, art and lunch."),
        ("postcode", postcode),
        ("nature", "welfare"),
        ("inside_regulated_activity", "no"),
    ];
    let made = provider.submit("/services/new", "/services", &typed);
    made.location.unwrap().trim_end_matches("/edit").to_owned()
}

pub(super) fn names(reply: &Reply) -> Vec<String> {
    let json = reply.must_be(200).json();
    json["results"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_provider_lists_a_service_and_every_fund_sees_its_own_price() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let provider = town.provider();
        provider
            .open("/provider")
            .must_say("Say whether you are registered for VAT")
            .must_say("List your first service");
        let service = list(&provider, "Day club", "DT1 1XJ");
        let edit = format!("{service}/edit");
        provider.open(&edit).must_say("Nobody can find this service yet. Something is missing.");
        town.state_vat("registered", "GB 434 0314 94", "1 1 2020");
        provider.open(&edit).must_say("exempt only where it is regulated for that very service, and this one is not");
        let rates = format!("{service}/rates");
        let price = [("price", "64.80"), ("unit", "day"), ("basis", "inclusive"), ("from", "1 4 2026")];
        provider.submit(&edit, &rates, &price).must_say("£64.80 per day including VAT").must_say("£54.00");
        town.app.visitor().get(&service).must_be(404);
        provider.open(&service).must_say("Only you can see this page.");
        provider.submit(&edit, &format!("{service}/publication"), &[]).must_say("Everybody can find this service.");
        let shown = town.app.visitor().open("/search?words=club");
        shown.must_say("£64.80 per day").must_say("£54.00 net and £10.80 VAT, which nobody gets back.");
        shown.must_say("What a budget really pays depends on who holds the money.").must_say("Registered for VAT");
        town.app.visitor().open(&service).must_say("£64.80 per day").must_say("Standard rate 20%");
        let person = town.app.signed_in("person@example.org");
        let fund = town.fund(&[
            ("form", "individual_service_fund"),
            ("weekly", "420.00"),
            ("holder", &town.provider.to_string()),
            ("structure", "agent_of_council"),
            ("recovery_confirmed", "true"),
        ]);
        person.open("/search?words=club").must_say("£54.00 per day").must_say("The council gets £10.80 VAT back.");
        let json = person.get_json("/search?words=club&max_price=60").json();
        let price = &json["results"][0]["price"];
        assert_eq!((price["net"].as_str(), price["vat_charged"].as_str()), (Some("54.00"), Some("10.80")));
        assert_eq!(price["pays"].as_str(), Some("54.00"));
        assert_eq!(names(&town.app.visitor().get_json("/search?words=club&max_price=60")), [""; 0]);
        person.open(&format!("{service}?fund={fund}")).must_say("Individual Service Fund (agent of the council)");
        town.app.visitor().get(&format!("/search?fund={fund}")).must_be(422).must_say("Choose a fund from the list.");
    }
}

#[test]
fn a_new_price_holds_from_its_day_on_and_old_ones_stay() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        let service = town.service("Art class", "DT1 1XJ", "18.00", "session", "net");
        let provider = town.provider();
        let (edit, rates) = (format!("{service}/edit"), format!("{service}/rates"));
        let early = [("price", "19.00"), ("unit", "session"), ("basis", "net"), ("from", "1 November 2026")];
        provider.send(&edit, &rates, &early).must_be(422).must_say("people rely on the prices of the days before");
        let later = [("price", "19.50"), ("unit", "session"), ("basis", "net"), ("from", "1 December 2026")];
        provider.submit(&edit, &rates, &later).must_say("to come").must_say("holds today");
        let today = || town.app.visitor().open("/search?words=art");
        today().must_say("£18.00 per session").must_say("no VAT").must_say("Not registered for VAT");
        town.app.on("1 December 2026");
        let day = town.app.clock.today();
        assert_eq!(town.app.db().write_now(move |tx| reprice(tx, day)).unwrap(), 1);
        assert_eq!(town.app.db().write_now(move |tx| reprice(tx, day)).unwrap(), 0);
        today().must_say("£19.50 per session");
        town.state_vat("registered", "434031494", "1 12 2026");
        today().must_say("£23.40 per session");
    }
}

#[test]
fn free_help_costs_nothing() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        let provider = town.provider();
        let service = list(&provider, "Good neighbours", "DT1 1XJ");
        let (edit, rates) = (format!("{service}/edit"), format!("{service}/rates"));
        let free = [("category", "free_help")];
        provider.submit(&edit, &service, &free).must_say("The service is changed.");
        let sentence = "Free help from the community costs nothing.";
        let price = |price| [("price", price), ("unit", "visit"), ("basis", "net"), ("from", "1 4 2026")];
        provider.send(&edit, &rates, &price("5.00")).must_be(422).must_say(sentence);
        provider.submit(&edit, &rates, &price("0.00")).must_say("The price is recorded");
        provider.submit(&edit, &service, &[("category", "transport")]).must_say("The service is changed.");
        let dear = [("price", "5.00"), ("unit", "visit"), ("basis", "net"), ("from", "1 12 2026")];
        provider.submit(&edit, &rates, &dear).must_say("The price is recorded");
        provider.send(&edit, &service, &free).must_be(422).must_say(sentence);
    }
}

/// What was entered with VAT inside is what people go on paying when its provider registers: another part of it is VAT. What
/// was entered without VAT rises, and the page says so before the day.
#[test]
fn what_a_registration_changes_is_shown_before_its_day() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        let inside = town.service("Garden club", "DT1 1XJ", "16.00", "hour", "inclusive");
        let apart = town.service("Choir", "DT1 1XJ", "10.00", "hour", "net");
        let visitor = town.app.visitor();
        visitor.open(&inside).must_say("£16.00 per hour").must_not_say("Prices from a day on");
        town.state_vat("registered", "434031494", "1 12 2026");
        let prices = |service: &str| -> Vec<(String, String, String)> {
            let json = visitor.get_json(service).json();
            let of = |rate: &Value| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                (text(&rate["from_date"]), text(&rate["price"]["net"]), text(&rate["price"]["pays"]))
            };
            json["rates"].as_array().unwrap().iter().map(of).collect()
        };
        let row = |from: &str, net: &str, pays: &str| (from.to_owned(), net.to_owned(), pays.to_owned());
        assert_eq!(prices(&inside), [row("2026-04-01", "16.00", "16.00"), row("2026-12-01", "13.3333", "16.00")]);
        assert_eq!(prices(&apart), [row("2026-04-01", "10.00", "10.00"), row("2026-12-01", "10.00", "12.00")]);
        visitor.open(&inside).must_say("Prices from a day on").must_say("1 December 2026");
        let visit = "day=2+12+2026&start=10:00&minutes=60";
        visitor.open(&format!("{inside}?{visit}")).must_say("£16.00").must_not_say("£19.20");
        town.app.on("1 December 2026");
        let day = town.app.clock.today();
        town.app.db().write_now(move |tx| reprice(tx, day)).unwrap();
        visitor.open("/search?words=garden").must_say("£16.00 per hour").must_not_say("£19.20");
        visitor.open("/search?words=choir").must_say("£12.00 per hour");
    }
}

#[test]
fn the_search_takes_words_place_price_and_order() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        town.service("Garden club", "DT1 1XJ", "30.00", "day", "net");
        town.service("Music club", "DT4 8AA", "12.50", "hour", "net");
        town.service("Alphabet club", "BH14 0DA", "28.00", "day", "net");
        town.register();
        let visitor = town.app.visitor();
        let found = |query: &str| names(&visitor.get_json(&format!("/search?{query}")));
        assert_eq!(found(""), ["Music club", "Alphabet club", "Garden club", "Harbour Care"]);
        assert_eq!(found("sort=name"), ["Alphabet club", "Garden club", "Harbour Care", "Music club"]);
        assert_eq!(found("words=clu+gard"), ["Garden club"]);
        for odd in ["-club", "%22club", "club*", "(club", "club'", "NEAR(club", "c%C3%A9", "%2D%2D"] {
            visitor.get(&format!("/search?words={odd}")).must_be(200);
        }
        assert_eq!(found("words=%22CLUB-+garden%22"), ["Garden club"]);
        assert_eq!(found("category=care_at_home"), ["Harbour Care"]);
        assert_eq!(found("place=dt1&within=5"), ["Garden club", "Harbour Care"]);
        assert_eq!(found("place=DT1+1XJ&within=10"), ["Garden club", "Harbour Care", "Music club"]);
        assert_eq!(
            found("place=DT4&sort=price&within=50"),
            ["Music club", "Alphabet club", "Garden club", "Harbour Care"]
        );
        assert_eq!(found("max_price=28&unit=day"), ["Alphabet club"]);
        assert_eq!(found("vat=unknown"), ["Harbour Care"]);
        let register = visitor.open("/search?words=harbour");
        register.must_say("On the regulator’s register; has not listed services or prices here.");
        register.must_say("Good, published on 1 May 2020").must_say("VAT status not known");
        visitor.open("/search?words=nothingofthesort").must_say("Nothing was found");
        visitor.open("/search?place=DT1&sort=price").must_say("the lowest price first within each unit");
    }
}

#[test]
fn a_search_that_cannot_be_done_says_why_beside_the_field() {
    let town = Town::found(Engine::Sqlite);
    let visitor = town.app.visitor();
    let cases = [
        ("place=nowhere", "Nothing here is in a place of that name."),
        ("place=ZZ99+9ZZ", "There is no place ZZ99."),
        ("place=DT1&within=7", "Choose a distance from the list."),
        ("max_price=-1", "Enter a price of 0.00 or more"),
        ("category=x", "Choose a kind of help from the list."),
        ("sort=distance", "Enter a postcode to sort by distance"),
        ("page=0", "Enter the page as a whole number from 1 to 50."),
        ("fund=7", "Choose a fund from the list."),
        ("words=a&words=b", "Send words only once."),
    ];
    for (query, sentence) in cases {
        visitor.get(&format!("/search?{query}")).must_be(422).must_say(sentence);
        visitor.get_json(&format!("/search?{query}")).must_be(422);
    }
    assert!(visitor.get("/search?place=nowhere&words=club").body.contains("value=\"club\""));
}

#[test]
fn a_provider_changes_its_own_alone_and_never_what_somebody_changed_meanwhile() {
    let town = Town::found(Engine::Sqlite);
    let other = town.app.organisation("Other Days", OrganisationKind::Company, &["provider"]);
    town.app.works_for(town.app.user("other@example.org", "Otto Other"), other);
    town.state_vat("not_registered", "", "1 1 2020");
    let service = town.service("Day club", "DT1 1XJ", "54.00", "day", "net");
    let (provider, stranger) = (town.provider(), town.app.signed_in("other@example.org"));
    stranger.get(&format!("{service}/edit")).must_be(404);
    stranger.post_json(&format!("{service}/publication"), &json!({"version": 2, "published": false})).must_be(404);
    town.app.signed_in("person@example.org").get(&format!("{service}/edit")).must_be(403);
    assert_eq!(town.app.visitor().get("/provider").status, 303);
    let old = provider.form(&provider.open(&format!("{service}/edit")), &service, &[("name", "Old page")]);
    provider.submit(&format!("{service}/edit"), &service, &[("name", "Sunny day club")]);
    let late = provider.post_pairs(&service, &old);
    late.must_be(409).must_say("has changed since you opened this page");
    town.app.visitor().open("/search?words=sunny").must_say("Sunny day club");
    let entry = provider.form(&provider.open("/provider"), "/provider", &[("about", "We like sunny days.")]);
    provider.submit("/provider", "/provider", &[("about", "We love days.")]);
    provider.post_pairs("/provider", &entry).must_be(409);
    let wrong = [("vat_status", "registered"), ("vat_number", "123456789")];
    provider.send("/provider", "/provider/vat", &wrong).must_be(422).must_say("its last digits do not fit");
    let wrong = [("postcode", "XX1 1XX")];
    provider.send("/provider", "/provider", &wrong).must_be(422).must_say("There is no XX1.");
    let price = [("price", "16.05"), ("unit", "hour"), ("basis", "inclusive"), ("from", "3 12 2026")];
    town.state_vat("registered", "434031494", "1 12 2026");
    let refused = provider.send(&format!("{service}/edit"), &format!("{service}/rates"), &price);
    refused.must_be(422).must_say("the nearest are £16.04 and £16.06");
}

#[test]
fn a_class_that_nobody_can_tell_keeps_a_service_from_publication() {
    let town = Town::found(Engine::Sqlite);
    let provider = town.provider();
    let service = list(&provider, "Day club", "DT1 1XJ");
    let price = [("price", "54.00"), ("unit", "day"), ("basis", "net"), ("from", "1 4 2026")];
    provider.submit(&format!("{service}/edit"), &format!("{service}/rates"), &price);
    let publish = json!({"version": 1, "published": true});
    let refused = provider.post_json(&format!("{service}/publication"), &publish);
    let json = refused.must_be(422).json();
    assert!(json["errors"][0]["message"].as_str().unwrap().starts_with("Say whether the provider is registered"));
    town.state_vat("registered", "434031494", "1 1 2020");
    provider.post_json(&format!("{service}/publication"), &publish).must_be(201);
    assert_eq!(names(&town.app.visitor().get_json("/search")), ["Day club"]);
    // What the provider says of itself decides: a published service whose class is open again is not found.
    provider.submit("/provider", "/provider", &[("charity_status", "unknown")]);
    assert_eq!(names(&town.app.visitor().get_json("/search")), [""; 0]);
    provider.open("/provider").must_say("Published, but something must be put right");
}

#[test]
fn whoever_publishes_stands_in_the_search_with_their_own_words() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.register();
        town.state_vat("not_registered", "", "1 1 2020");
        let verified = format!("UPDATE organisations SET register_location = '1-1' WHERE id = {}", town.provider);
        town.app.fresh.execute(&verified);
        assert_eq!(names(&town.app.visitor().get_json("/search")), ["Harbour Care"]);
        let service = town.service("Help at home", "DT1 1XJ", "26.40", "hour", "net");
        assert_eq!(names(&town.app.visitor().get_json("/search")), ["Help at home"]);
        town.app.visitor().open("/search").must_say("Good, published on 1 May 2020");
        let provider = town.provider();
        provider.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        assert_eq!(names(&town.app.visitor().get_json("/search")), ["Harbour Care"]);
    }
}

#[test]
fn what_it_costs_answers_anybody() {
    let app = TestApp::start(Engine::Sqlite);
    let visitor = app.visitor();
    let answer = visitor.get_json("/what-it-costs?net=108.00&class=D").must_be(200).json();
    assert_eq!((answer["net"].as_str(), answer["class"].as_str()), (Some("108.00"), Some("D")));
    assert_eq!(answer["rows"].as_array().unwrap().len(), 10);
    let row = json!({"form": "individual_service_fund", "structure": "agent_of_council", "vat_charged": "21.60",
        "onward_vat": "0.00", "recovered_by": "council", "budget_pays": "108.00"});
    assert!(answer["rows"].as_array().unwrap().contains(&row));
    let exempt = &answer["rows"].as_array().unwrap()[8];
    assert_eq!(exempt["budget_pays"].as_str(), Some("129.60"));
    let goods = visitor.get_json("/what-it-costs?net=100.00&class=G&declaration=false").json();
    assert_eq!(goods["rows"][0]["budget_pays"].as_str(), Some("120.00"));
    for (query, field, sentence) in [
        ("net=108.00&class=H", "class", "There is no invoice for care by the council's own staff"),
        ("net=108.00&class=J", "class", "There is no invoice for the work of a personal assistant"),
        ("net=abc&class=D", "net", "Enter an amount in pounds and pence"),
        ("net=-1&class=D", "net", "Enter an amount of 0.00 or more"),
        ("class=D", "net", "Enter a price before VAT."),
        ("net=1.00&class=Z", "class", "Choose what is bought from the list."),
        ("net=1.00&class=G&declaration=maybe", "declaration", "Choose true or false from the list."),
    ] {
        let errors = visitor.get_json(&format!("/what-it-costs?{query}")).must_be(422).json();
        assert_eq!(errors["errors"][0]["field"].as_str(), Some(field), "{query}");
        visitor.get(&format!("/what-it-costs?{query}")).must_be(422).must_say(sentence);
    }
    visitor.open("/what-it-costs");
    visitor.open("/what-it-costs?net=108.00&class=D").must_say("£129.60").must_say("£21.60");
    visitor.get_json("/what-it-costs").must_be(422);
}

#[test]
fn a_provider_states_a_whole_rate_card_and_everybody_reads_it() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 4 2026");
        let provider = town.provider();
        let service = list(&provider, "Care at home", "DT1 1XJ");
        let provider = &provider;
        let (form, rates) = (format!("{service}/rates/new"), format!("{service}/rates"));
        let card = [
            ("price", "24.00"),
            ("unit", "hour"),
            ("basis", "net"),
            ("days_1", "sunday"),
            ("price_1", "30.00"),
            ("days_2", "bank_holidays"),
            ("price_2", "48.00"),
            ("days_3", "every"),
            ("minutes_3", "30"),
            ("price_3", "16.00"),
            ("days_4", "weekdays"),
            ("from_4", "6pm"),
            ("until_4", "10pm"),
            ("price_4", "26.00"),
            ("days_5", "special"),
            ("special_5", "31 12 2026"),
            ("price_5", "50.00"),
            ("rounding", "up"),
            ("step_minutes", "15"),
            ("minimum_minutes", "30"),
            ("staff", "2"),
            ("mile_price", "0.60"),
            ("notice_hours_1", "24"),
            ("notice_percent_1", "100"),
            ("notice_hours_2", "48"),
            ("notice_percent_2", "50"),
            ("hospital_days", "3"),
            ("free_break_days", "7"),
        ];
        provider.submit(&form, &rates, &card).must_say("The price is recorded");
        let version = provider.get_json(&format!("{service}/edit")).json()["version"].clone();
        let published = json!({ "version": version, "published": true });
        provider.post_json(&format!("{service}/publication"), &published).must_be(201);
        let page = town.app.visitor().open(&service);
        for said in [
            "Sundays",
            "Bank holidays",
            "A visit of 30 minutes",
            "Mondays to Fridays, 6pm to 10pm",
            "31 December 2026",
            "£48.00",
            "for a visit of 30 minutes",
            "The minutes of a visit are rounded up to 15.",
            "A visit is charged as at least 30 minutes.",
            "2 people give it together to 1 person.",
            "Travel is charged apart: £0.60 a mile.",
            "Cancelled with less than 24 hours’ notice: the whole price is charged.",
            "Cancelled with less than 48 hours’ notice: 50% of the price is charged.",
            "Cancelled by the provider: nothing is charged.",
            "In hospital: the place is kept and charged for 3 days.",
            "A break of 7 days or more that was announced in time is not charged.",
        ] {
            page.must_say(said);
        }
        // Who changes one price keeps the others: the form is filled with what holds.
        provider.submit(&form, &rates, &[("price", "25.00"), ("from", "1 12 2026")]).must_say("The price is recorded");
        town.app.on("2026-12-01");
        town.app.work();
        town.app.visitor().open(&service).must_say("£25.00").must_say("Bank holidays").must_say("£48.00");
        // What is wrong is said in its row, what was typed is kept, nothing is changed.
        let provider = town.provider();
        let before = town.app.number("SELECT COUNT(*) AS n FROM rate_prices");
        let wrong = provider.send(&form, &rates, &[("price_6", "51.00"), ("days_6", "sunday"), ("from", "2 12 2026")]);
        wrong.must_be(422).must_say("There is another price for the same days, times and length.");
        assert!(wrong.body.contains("value=\"51.00\""), "what was typed is kept");
        let fixed = json!({ "unit": "day", "price": "60", "basis": "net", "from": "2026-12-02", "minutes_1": "30", "price_1": "9" });
        provider.post_json(&rates, &fixed).must_be(422).must_say("A price for a length needs a price by the hour");
        assert_eq!(town.app.number("SELECT COUNT(*) AS n FROM rate_prices"), before);
        let twice = "UPDATE rate_prices SET net_price = 1";
        assert!(town.app.db().write_now(move |tx| Ok(diesel::sql_query(twice).execute(tx)?)).is_err());
    }
}

#[test]
fn a_provider_says_for_whom_and_when_and_what_nobody_confirms_sinks() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        let first = town.service("Art on Sundays", "DT1 1XJ", "18", "session", "net");
        let second = town.service("Gardening", "DT1 1XJ", "17", "session", "net");
        let provider = town.provider();
        let page = format!("{first}/details");
        let typed = [
            ("for_dementia", "true"),
            ("day_sunday", "true"),
            ("at_premises", "true"),
            ("language_pl", "true"),
            ("opens", "9am"),
            ("closes", "4.30pm"),
            ("places_left", "2"),
        ];
        let wrong = [&typed[..], &[("minimum_age", "70"), ("maximum_age", "60")]].concat();
        provider.send(&page, &page, &wrong).must_be(422).must_say("The highest age must not be below the lowest.");
        provider.submit(&page, &page, &typed).must_say("Done. It counts as confirmed today.");
        let shown = town.app.visitor().open(&first);
        shown
            .must_say("Can begin now")
            .must_say("2 places are free")
            .must_say("Sunday, 9am to 4:30pm")
            .must_say("Polish");
        shown.must_say("People living with dementia").must_say("Confirmed by its provider on");
        let search = |query: &str| names(&town.app.visitor().get_json(&format!("/search?{query}")));
        assert_eq!(search("day=sunday&for=dementia"), ["Art on Sundays"]);
        assert_eq!(search("language=pl&room=true"), ["Art on Sundays"]);
        assert_eq!(search("words=dementia&place=DT1&sort=distance"), ["Art on Sundays"]);
        assert_eq!(search("day=monday"), [""; 0]);
        assert_eq!(search("sort=soonest"), ["Art on Sundays", "Gardening"]);
        assert_eq!(search("sort=price"), ["Gardening", "Art on Sundays"]);
        // Three months pass; one of the two is confirmed again.
        town.app.on("2027-02-05");
        let then = NaiveDate::from_ymd_opt(2027, 2, 5).unwrap();
        town.app.db().write_now(move |tx| reprice(tx, then)).unwrap();
        let provider = town.provider();
        provider
            .submit(&format!("{first}/edit"), &format!("{first}/confirmation"), &[])
            .must_say("Confirmed as of today.");
        assert_eq!(search("sort=price"), ["Art on Sundays", "Gardening"], "what nobody confirmed comes last");
        assert_eq!(search("place=DT1&sort=distance"), ["Art on Sundays", "Gardening"]);
        town.app.visitor().open(&second).must_say("Not confirmed by its provider since");
        town.app.visitor().open("/search?words=gardening").must_say("Not confirmed by its provider since");
    }
}

#[test]
fn words_of_every_script_are_found() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        town.service("हिन्दी में बातचीत", "DT1 1XJ", "30.00", "day", "net");
        town.service("Разговор по-русски", "DT1 1XJ", "30.00", "day", "net");
        let visitor = town.app.visitor();
        let search = |words: &str, place: &str| {
            let query = serde_urlencoded::to_string([("words", words), ("place", place)]).unwrap();
            visitor.open(&format!("/search?{query}"))
        };
        search("हिन्दी", "").must_say("हिन्दी में बातचीत").must_not_say("Разговор");
        search("разгов", "DT1").must_say("Разговор по-русски");
        for other in ["aⓐb", "தமிழ்", "ไทย", "ਪੰਜਾਬੀ"] {
            search(other, "").must_say("Nothing was found");
            search(other, "DT1").must_say("Nothing was found");
        }
    }
}

#[test]
fn one_box_understands_a_place_a_day_and_a_slip() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        let club = town.service("Sunday club", "DT1 1XJ", "18", "session", "net");
        town.service("Monday club", "DT4 8BG", "17", "session", "net");
        town.provider().submit(&format!("{club}/details"), &format!("{club}/details"), &[("day_sunday", "true")]);
        let visitor = town.app.visitor();
        let search = |words: &str| names(&visitor.get_json(&format!("/search?words={}", words.replace(' ', "+"))));
        assert_eq!(
            search("I need a day centre near DT1 1XJ on Sundays"),
            ["Sunday club"],
            "“centre” is our word for it"
        );
        assert_eq!(search("activities near DT1 1XJ"), ["Sunday club", "Monday club"], "the nearest first");
        assert_eq!(search("club in Dorset"), ["Monday club", "Sunday club"], "in a council, by price");
        assert_eq!(search("club in Camden"), [""; 0]);
        assert_eq!(search("club near Dorchester"), ["Sunday club", "Monday club"], "a town is where its entries are");
        assert_eq!(search("club near nowhere"), [""; 0], "what is no place is a word");
        let mended = visitor.open("/search?words=actvities+near+DT1");
        mended.must_say("Nothing was found for “actvities”. These are for “activities”.").must_say("Sunday club");
        mended.must_say("near DT1").must_say("Sorted by distance: it is").must_say("Nobody can pay");
        let kept = visitor.get_json("/search?words=actvities+near+DT1");
        let kept = kept.json()["keep_href"].as_str().unwrap().to_owned();
        assert!(kept.contains("activities%2Bnear%2BDT1"), "what is kept still says where: {kept}");
        visitor.open("/search?words=actvities&exact=true").must_say("Nothing was found.");
        assert_eq!(search("I would like a day centre for my gran near DT1 1XJ"), ["Sunday club", "Monday club"]);
        let fewer = visitor.open("/search?words=xylophone+actvities+near+DT1");
        fewer.must_say("Nothing was found for “xylophone actvities”. These are for “activities”.");
        // Nobody says anything of Polish: what is there is shown with that, and a program sees it too.
        let unsaid = visitor.open("/search?words=activities+near+DT1+on+Tuesdays+Polish+speaking");
        unsaid.must_say("None of these has said: Tuesday, Polish. Ask them whether they can.").must_say("Sunday club");
        visitor.open("/search?words=activities+near+DT1+on+Sundays").must_not_say("has said:");
        let asked = visitor.open("/search?words=club+near+DT1&within=25");
        asked.must_say("Narrow it down").must_say("Looking for “club”, near DT1.");
        let narrowed = visitor.open("/search?words=club+near+DT1&within=25&day=sunday");
        narrowed.must_say("One result, the nearest first.").must_say("leave this out");
        visitor.get("/search?place=Atlantis").must_be(422).must_say("Nothing here is in a place of that name.");
        visitor.get("/search?place=12").must_be(422);
        visitor.get("/search?day=someday").must_be(422);
        assert_eq!(names(&visitor.get_json("/search?place=dorchester&sort=distance"))[0], "Sunday club");
        let meant = "Nothing here is in a place called “dorchestr”. This is near Dorchester.";
        visitor.open("/search?place=dorchestr").must_say(meant).must_say("Sunday club");
        visitor.open("/search?words=club+near+dorchestr").must_say(meant).must_say("Sunday club");
        visitor.open("/search?words=club+near+dorchestr&exact=true").must_not_say(meant).must_say("Nothing was found.");
    }
}

/// Somebody who works alone may live at the place that they give: nobody reads its street or the second half of its
/// postcode, and distances count from the middle of the first half. Whoever does not travel so far is shown with that.
#[test]
fn where_somebody_lives_who_works_alone_is_not_told() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let alone = town.app.organisation("Helping Hands", OrganisationKind::SoleTrader, &["provider"]);
        town.app.works_for(town.app.user("alone@example.org", "Ada Alone"), alone);
        let ada = town.app.signed_in("alone@example.org");
        let entry =
            [("address_line", "7 Secret Lane"), ("town", "Dorchester"), ("postcode", "DT1 2AB"), ("about", "Me.")];
        ada.submit("/provider", "/provider", &entry);
        ada.submit("/provider", "/provider/vat", &[("vat_status", "not_registered"), ("vat_from", "1 1 2020")]);
        let service = list(&ada, "Company at home", "dt1 2ab");
        let price = [("price", "18"), ("unit", "hour"), ("basis", "net"), ("from", "1 4 2026")];
        ada.submit(&format!("{service}/edit"), &format!("{service}/rates"), &price);
        ada.submit(&format!("{service}/details"), &format!("{service}/details"), &[("reach_miles", "3")]);
        ada.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        let visitor = town.app.visitor();
        let near = "/search?words=company&place=DT4+8BG&within=25";
        for path in [service.as_str(), near, &format!("/compare?services={}&place=DT1", number(&service))] {
            let (page, json) = (visitor.open(path), visitor.get_json(path));
            page.must_say("Company at home").must_not_say("Secret Lane").must_not_say("2AB");
            assert!(!json.body.contains("Secret Lane") && !json.body.to_uppercase().contains("2AB"), "{}", json.body);
        }
        visitor.open(&service).must_say("Dorchester").must_say("DT1");
        visitor.open(near).must_say("says that it travels up to 3 miles: ask whether it comes to you.");
        visitor.open("/search?words=company&place=DT1+1XJ&within=25").must_not_say("ask whether it comes to you");
        let feed = visitor.get("/open-referral/services?full=true");
        assert!(feed.body.contains("Company at home"));
        assert!(!feed.body.contains("Secret") && !feed.body.to_uppercase().contains("2AB"), "{}", feed.body);
    }
}

/// What the regulator says of a place narrows a search, as a field and as a choice beside the results.
#[test]
fn what_the_regulator_rated_good_or_better_can_be_asked_for() {
    for engine in Engine::all() {
        let app = TestApp::start(engine);
        let extract = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/demo/register-extract.csv");
        import::cqc(app.db(), &[Source::File(extract)], Options::default(), app.clock.today(), &mut |_| ()).unwrap();
        let visitor = app.visitor();
        let ratings = |query: &str| -> Vec<String> {
            let page = visitor.get_json(&format!("/search?words=care&place=DT1&within=50{query}")).json();
            let found = page["results"].as_array().unwrap().iter();
            found.map(|one| one["rating"]["code"].as_str().unwrap_or("none").to_owned()).collect()
        };
        let good = ratings("&rating=good&sort=name");
        assert!(good.len() > 2 && good.iter().all(|code| ["good", "outstanding"].contains(&code.as_str())), "{good:?}");
        let best = ratings("&rating=outstanding");
        assert!(!best.is_empty() && best.iter().all(|code| code == "outstanding"), "{best:?}");
        let page = visitor.open("/search?words=care&place=DT1&within=50");
        page.must_say("Rated good or better").must_say("Rated outstanding");
        let narrowed = visitor.open("/search?words=care&place=DT1&within=50&rating=outstanding");
        narrowed.must_say("Rated outstanding × (leave this out)");
        visitor.get("/search?rating=inadequate").must_be(422);
    }
}

/// Trap 27 of the domain: the same two day services, and two funds of the same person.
#[test]
fn what_is_cheaper_depends_on_the_fund_and_the_page_ranks_by_it() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("registered", "GB 434 0314 94", "1 1 2020");
        town.service("Company day club", "DT1 1XJ", "100", "day", "net");
        let charity = town.app.organisation("Kind Days", OrganisationKind::Company, &["provider"]);
        town.app.works_for(town.app.user("kind@example.org", "Karen Kind"), charity);
        let kind = town.app.signed_in("kind@example.org");
        let entry = [("charity_status", "registered"), ("charity_number", "1012345"), ("about", "A charity.")];
        kind.submit("/provider", "/provider", &entry);
        kind.submit("/provider", "/provider/vat", &[("vat_status", "not_registered"), ("vat_from", "1 1 2020")]);
        let service = list(&kind, "Charity day club", "DT1 1XJ");
        let price = [("price", "112"), ("unit", "day"), ("basis", "net"), ("from", "1 4 2026")];
        kind.submit(&format!("{service}/edit"), &format!("{service}/rates"), &price);
        kind.submit(&format!("{service}/edit"), &format!("{service}/publication"), &[]);
        let direct = town.fund(&[("form", "direct_payment"), ("weekly", "200.00")]);
        let officer = town.app.signed_in("officer@example.org");
        let page = format!("/people/{}", town.person);
        let managed = [("form", "care_managed"), ("weekly", "200.00"), ("recovery_confirmed", "true")];
        let managed =
            officer.submit(&format!("{page}/funds/new"), &format!("{page}/funds"), &managed).location.unwrap();
        let managed = managed.rsplit('/').next().unwrap();
        let person = town.app.signed_in("person@example.org");
        let ranked = |fund: &str| person.open(&format!("/search?words=club&sort=price&fund={fund}"));
        let (by_person, by_council) = (ranked(&direct), ranked(managed));
        let (mine, councils) = (by_person.text(), by_council.text());
        assert!(mine.find("Charity day club").unwrap() < mine.find("Company day club").unwrap(), "{mine}");
        assert!(mine.contains("£112.00 per day") && mine.contains("£120.00 per day"));
        assert!(councils.find("Company day club").unwrap() < councils.find("Charity day club").unwrap(), "{councils}");
        assert!(councils.contains("£100.00 per day") && !councils.contains("£120.00 per day"));
        by_council.must_say("this fund pays £100.00 per day");
    }
}

#[test]
fn services_stand_side_by_side_and_on_the_short_list_of_whoever_chooses() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("registered", "GB 434 0314 94", "1 1 2020");
        let club = town.service("Day club", "DT1 1XJ", "100", "day", "net");
        let art = town.service("Art day", "DT4 8BG", "80", "day", "net");
        let (club_id, art_id) = (number(&club), number(&art));
        let visitor = town.app.visitor();
        let both = format!("/compare?services={club_id},{art_id}&weekly=2&place=DT1");
        let shown = visitor.open(&both);
        shown.must_say("£240.00 for 2 days a week").must_say("£192.00 for 2 days a week").must_say("No rating here");
        shown.must_say("Travel is inside the price.").must_say("How far").must_say("Leave out Art day");
        shown.must_not_say("not sold by the same unit");
        visitor.open(&format!("/compare?s{club_id}=true&s{art_id}=true")).must_say("£120.00 for 1 day a week");
        visitor.get("/compare").must_be(422).must_say("Choose the services to compare first");
        visitor.get("/compare?services=1,2,3,4,5").must_be(422).must_say("up to 4 services at once. You chose 5.");
        visitor.get("/compare?services=x").must_be(422);
        // What cannot be read is said beside its field, and what was chosen and typed is kept.
        let again = visitor.get(&format!("/compare?services={club_id},{art_id}&minutes=abc&place=DT4"));
        again.must_be(422).must_say("Which ones?").must_say("Enter how many minutes").must_say("Choose on which days");
        assert!(again.body.contains("value=\"DT4\""), "{}", again.body);
        let nowhere = visitor.get(&format!("/compare?services={club_id},{art_id}&place=nowhere"));
        nowhere.must_be(422).must_say("Which ones?").must_say("Nothing here is in a place of that name.");
        assert!(
            again.body.contains("value=\"abc\"") && again.body.contains(&format!("name=\"s{art_id}\"")),
            "{}",
            again.body
        );
        visitor.open("/compare?services=987654").must_say("What you chose is not offered any more.");
        let some = visitor.open(&format!("/compare?services={club_id},987654"));
        some.must_say("One that you chose is not offered any more.").must_say("Day club");
        // A place that stands in the one box counts for distances too.
        let found = visitor.open("/search?words=day+near+DT1+1XJ&within=25");
        assert!(found.body.contains(r#"name="place" value="DT1 1XJ""#), "{}", found.body);
        // The same two as the person's own fund pays them.
        town.fund(&[("form", "care_managed"), ("weekly", "420.00"), ("recovery_confirmed", "true")]);
        let person = town.app.signed_in("person@example.org");
        person.open(&both).must_say("£200.00 for 2 days a week").must_say("The council gets £20.00 VAT back.");
        // What the person thinks of, somebody who may choose for them sees too; nobody else does.
        let list = format!("/people/{}/shortlist", town.person);
        person.submit(&format!("/shortlist?service={club_id}"), &list, &[]).must_say("It is on the short list.");
        person.post_json(&list, &json!({ "service": club_id })).must_be(201);
        let own = person.get_json("/shortlist").json();
        assert_eq!(own["lists"][0]["services"].as_array().unwrap().len(), 1, "put there twice, it stands there once");
        // What is compared from there is compared as their fund pays.
        let fund = own["lists"][0]["funds"][0]["value"].as_str().unwrap().to_owned();
        assert_eq!(own["lists"][0]["services"][0]["href"], format!("/services/{club_id}?fund={fund}"));
        let broker = town.app.user("broker@example.org", "Bea Broker");
        town.app.mandate(town.person, broker, tailormade::auth::rights::Authority::NominatedPerson);
        let broker = town.app.signed_in("broker@example.org");
        broker.open("/shortlist").must_say("Pat Person").must_say("Day club").must_say("Put here by Pat Person");
        broker.submit("/shortlist", &format!("{list}/removal"), &[]).must_say("It is off the short list.");
        person.open("/shortlist").must_say("Nothing is on this list yet.");
        town.provider().post_json(&list, &json!({ "service": club_id })).must_be(404);
        town.provider().get("/shortlist").must_be(403);
        let draft = list_draft(&town);
        person.post_json(&list, &json!({ "service": draft })).must_be(404);
    }
}

fn number(path: &str) -> String {
    path.rsplit('/').next().unwrap().to_owned()
}

/// A service that nobody but its provider can find.
fn list_draft(town: &Town) -> String {
    number(&list(&town.provider(), "A draft", "DT1 1XJ"))
}
