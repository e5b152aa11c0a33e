//! Several providers are asked, answer apart from one another, one is chosen and accepted: what each side sees, what is kept,
//! and what the price becomes. The same over HTTP on both engines, and once in a browser.

use serde_json::{Value, json};
use tailormade::auth::rights::{Authority, Role};
use tailormade::ids::{OrganisationId, PersonId};
use tailormade::people::OrganisationKind;

use super::council_rules::{lists, lists_by};
use crate::support::app::{Engine, PASSWORD, TestApp, recovery_code};
use crate::support::axe::Axe;
use crate::support::browser::{Browser, DESK, Options, PHONE};
use crate::support::visitor::{Reply, Visitor};

pub(crate) const PERSON: &str = "person@example.org";
pub(crate) const BROKER: &str = "broker@example.org";
/// Two companies and a charity, by what somebody there signs in with and what they charge for a day.
const PROVIDERS: [(&str, &str, &str, OrganisationKind); 4] = [
    ("club@example.org", "Outings", "100.00", OrganisationKind::Company),
    ("charity@example.org", "Day centre", "112.00", OrganisationKind::Charity),
    ("garden@example.org", "Garden days", "90.00", OrganisationKind::Company),
    ("dear@example.org", "Grand days", "300.00", OrganisationKind::Company),
];

/// A person with a direct payment and a broker; four providers, one of them too dear for the council.
pub(crate) struct Town {
    pub(crate) app: TestApp,
    person: PersonId,
    fund: String,
    providers: Vec<OrganisationId>,
}

impl Town {
    pub(crate) fn found(engine: Engine) -> Self {
        let app = TestApp::start(engine);
        let council = app.organisation("Example Council", OrganisationKind::Council, &[]);
        app.council_officer(app.user("officer@example.org", "Olive Officer"), council);
        let person = app.person("Pat Person", Some(app.user(PERSON, "Pat Person")), council);
        app.mandate(person, app.user(BROKER, "Bea Broker"), Authority::Broker);
        let mut providers = vec![];
        for (email, service, price, kind) in PROVIDERS {
            let provider = app.organisation(&format!("{service} Limited"), kind, &["provider"]);
            app.works_for(app.user(email, &format!("Member of {service}")), provider);
            lists(&app, email, service, price);
            providers.push(provider);
        }
        let officer = app.signed_in("officer@example.org");
        let page = format!("/people/{person}");
        let budget = [("weekly", "420.00"), ("contribution_weekly", "0"), ("agreed_note", "The panel")];
        officer.submit(&page, &format!("{page}/budgets"), &budget);
        let fund = [("form", "direct_payment"), ("weekly", "420.00")];
        let made = officer.submit(&format!("{page}/funds/new"), &format!("{page}/funds"), &fund);
        let fund = made.location.unwrap().rsplit('/').next().unwrap().to_owned();
        let cap =
            [("category", "day_service"), ("unit", "day"), ("most", "150.00"), ("reason", "The rate of the year")];
        officer.submit("/council-rules/new?kind=capped", "/council-rules", &cap);
        Self { app, person, fund, providers }
    }

    pub(crate) fn signed_in(&self, email: &str) -> Visitor {
        self.app.signed_in(email)
    }

    pub(crate) fn provider(&self, place: usize) -> OrganisationId {
        self.providers[place]
    }

    pub(crate) fn person(&self) -> PersonId {
        self.person
    }

    pub(crate) fn fund(&self) -> &str {
        &self.fund
    }

    /// The same request as a program sends it.
    pub(crate) fn body(&self, change: &[(&str, &str)]) -> Value {
        let mut body = json!({ "fund": self.fund });
        for (name, value) in self.request() {
            body[name] = value.into();
        }
        for (name, value) in change {
            body[*name] = (*value).into();
        }
        body
    }

    fn service(&self, name: &str) -> i64 {
        self.app.number(&format!("SELECT id AS n FROM services WHERE name = '{name}'"))
    }

    pub(crate) fn new_form(&self) -> String {
        format!("/quotes/new?fund={}&category=day_service", self.fund)
    }

    /// What is typed to ask three of the providers.
    pub(crate) fn request(&self) -> Vec<(String, String)> {
        let mut typed: Vec<(String, String)> = PROVIDERS[..3]
            .iter()
            .map(|(_, service, ..)| (format!("service_{}", self.service(service)), "yes".to_owned()))
            .collect();
        let rest = [
            ("what", "Days out with others, with lunch"),
            ("quantity", "2"),
            ("unit", "day"),
            ("times", "Tuesdays and Thursdays"),
            ("starts_on", "1 12 2026"),
            ("answer_by", "16 11 2026"),
            ("price_weight", "1"),
            ("criterion_1", "A quiet place"),
            ("weight_1", "3"),
        ];
        typed.extend(rest.map(|(name, value)| (name.to_owned(), value.to_owned())));
        typed
    }

    /// Asks three providers; answers the request’s path.
    pub(crate) fn ask(&self, who: &Visitor) -> String {
        let typed = self.request();
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        who.submit(&self.new_form(), "/quotes", &typed).location.unwrap()
    }

    /// Where one of the providers is asked.
    pub(crate) fn ask_of(&self, email: &str) -> String {
        self.signed_in(email).get_json("/quotes").json()["asks"][0]["href"].as_str().unwrap().to_owned()
    }

    pub(crate) fn offers(&self, email: &str, price: &str) -> Reply {
        let (who, ask) = (self.signed_in(email), self.ask_of(email));
        let typed = [
            ("price", price),
            ("basis", "net"),
            ("times", "Both days"),
            ("note", "Lunch is included."),
            ("valid_until", "30 11 2026"),
        ];
        who.submit(&ask, &format!("{ask}/answers"), &typed)
    }

    /// All three answer: two make offers, one of them twice, one declines.
    pub(crate) fn all_answer(&self) {
        self.offers("club@example.org", "95.00");
        self.offers("club@example.org", "100.00");
        self.offers("charity@example.org", "112.00");
        let (garden, ask) = (self.signed_in("garden@example.org"), self.ask_of("garden@example.org"));
        let decline = json!({ "kind": "declined", "because": "no_room", "note": "From spring on we have." });
        garden.post_json(&format!("{ask}/answers"), &decline).must_be(201);
    }

    fn numbers(&self, sql: &str) -> Vec<i64> {
        let count = self.app.number(&format!("SELECT count(*) AS n FROM ({sql}) AS found"));
        (0..count).map(|row| self.app.number(&format!("{sql} LIMIT 1 OFFSET {row}"))).collect()
    }

    /// The answers that count, of the club and of the charity.
    pub(crate) fn offered(&self) -> (i64, i64) {
        let of = |place: usize| {
            self.app.number(&format!(
                "SELECT COALESCE(max(n.id), 0) AS n FROM quote_answers n JOIN quote_asks a ON a.id = n.ask_id WHERE a.provider_id = {}",
                self.providers[place]
            ))
        };
        (of(0), of(1))
    }

    /// Looks at both offers: the charity’s place is quieter, the company is not even the cheaper one for this fund.
    fn looks(&self, who: &Visitor, request: &str) -> Reply {
        let (club, charity) = self.offered();
        let criteria = self.numbers("SELECT id AS n FROM quote_criteria ORDER BY id");
        let fields: Vec<(String, &str)> = [(club, ["3", "2"]), (charity, ["4", "5"])]
            .into_iter()
            .flat_map(|(answer, scores)| {
                let of = |(criterion, score)| (format!("score_{answer}_{criterion}"), score);
                criteria.iter().zip(scores).map(of).collect::<Vec<_>>()
            })
            .collect();
        let typed: Vec<(&str, &str)> = fields.iter().map(|(name, score)| (name.as_str(), *score)).collect();
        who.submit(request, &format!("{request}/scores"), &typed)
    }
}

#[test]
fn several_are_asked_and_none_learns_for_whom_before_it_is_accepted() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let broker = town.signed_in(BROKER);
        let form = broker.open(&town.new_form());
        form.must_say("1 hidden by rules of the council.")
            .must_say("how much money there is")
            .must_not_say("Grand days,");
        // 100.00 and VAT costs this direct payment 120.00, the charity 112.00 (domain.md trap 27).
        form.must_say("£120.00 per day as this fund pays it").must_say("£112.00 per day as this fund pays it");
        broker.open(&format!("{}&rules=shown", town.new_form())).must_say("Grand days, Grand days Limited");
        let request = town.ask(&broker);
        broker.open(&request).must_say("3 asked. There is no offer to choose yet.").must_say("For Pat Person");
        assert_eq!(town.app.mails().len() - 1, 3, "each of the three is told; one mail told of the cap");

        // A provider sees what is needed and what matters, and neither who nor where, nor who else.
        let ask = town.ask_of("club@example.org");
        let page = town.signed_in("club@example.org").open(&ask);
        page.must_say("Days out with others").must_say("Around DT1").must_say("A quiet place");
        for hidden in ["Pat", "Mill Lane", "DT1 1XJ", "Bea", "Day centre", "Garden days", "Direct payment"] {
            page.must_not_say(hidden);
            let json = town.signed_in("club@example.org").get_json(&ask).body;
            assert!(!json.contains(hidden), "{hidden} in {json}");
        }
        for mail in town.app.mails() {
            assert!(!mail.text.contains("Pat") && !mail.text.contains("Mill Lane"), "{}", mail.text);
        }
        town.all_answer();
        let shown = broker.open(&request);
        shown.must_say("There are 2 offers to choose from").must_say("£120.00 per day").must_say("£240.00");
        shown.must_say("£112.00 per day").must_say("£224.00").must_say("Declined: We have no room at present");
        shown.must_say("100.00 without VAT").must_not_say("£95.00");
        let ask_page = town.signed_in("club@example.org").open(&ask);
        ask_page.must_say("answer 2").must_say("answer 1").must_not_say("112.00");

        // A thread with each, apart.
        town.signed_in("club@example.org").submit(&ask, &format!("{ask}/messages"), &[("text", "Is a ramp needed?")]);
        broker.submit(&ask, &format!("{ask}/messages"), &[("text", "No, there is no chair.")]).must_say("Is a ramp");
        let other = town.ask_of("charity@example.org");
        town.signed_in("charity@example.org").open(&other).must_not_say("ramp");
        for told in ["Ring me on 01305 251000", "Her name is Pat", "near DT1 1XJ"] {
            let refused = broker.send(&ask, &format!("{ask}/messages"), &[("text", told)]);
            refused.must_be(422).must_say("Take out");
        }
    }
}

#[test]
fn the_choice_is_kept_with_everything_that_was_before_whoever_chose() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let broker = town.signed_in(BROKER);
        let request = town.ask(&broker);
        town.all_answer();
        town.looks(&broker, &request).must_say("Weighted sum: 19 of 20").must_say("Weighted sum: 9 of 20");
        let (club, charity) = town.offered();
        let choose = format!("{request}/choice");
        broker.send(&request, &choose, &[]).must_be(422).must_say("Choose one of the offers, or none of them.");
        let worse = club.to_string();
        broker.send(&request, &choose, &[("answer", &worse)]).must_be(422).must_say("Say why, in your own words");
        let charity_ask = town.ask_of("charity@example.org").rsplit('/').next().unwrap().to_owned();
        let club_ask = town.ask_of("club@example.org").rsplit('/').next().unwrap().to_owned();
        let feedback = format!("feedback_{club_ask}");
        let better = charity.to_string();
        for told in ["The others asked only £112", "Day centre Limited is quieter"] {
            let typed = [("answer", better.as_str()), (feedback.as_str(), told)];
            broker.send(&request, &choose, &typed).must_be(422).must_say("must not name another provider or a price");
        }
        let typed = [("answer", better.as_str()), (feedback.as_str(), "pat was not happy with it")];
        broker.send(&request, &choose, &typed).must_be(422).must_say("Take out the name");
        let typed = [("answer", better.as_str()), (feedback.as_str(), "A quieter place was wanted. Thank you.")];
        let chosen = broker.submit(&request, &choose, &typed);
        chosen.must_say("Day centre Limited was chosen on 2 November 2026 by Bea Broker, support broker under mandate");

        // The snapshot: who was asked, what was considered, what a rule had hidden and why.
        let kept = broker.open(&format!("{request}/choice"));
        kept.must_say("Day centre Limited was chosen.").must_say("It stood best by what mattered.");
        kept.must_say("£120.00 for one, £240.00 a week").must_say("£112.00 for one, £224.00 a week");
        kept.must_say("pays at most £150.00 per day").must_say("This rule is about how much money there is.");
        kept.must_say("Grand days, Grand days Limited")
            .must_say("Hidden by rule 1")
            .must_say("Declined: We have no room");
        let document = broker.get(&format!("{request}/choice/document"));
        assert!(kept.text().contains(&tailormade::fingerprint::sha256(&document.body)));
        let snapshot = document.json();
        assert_eq!(snapshot["search"]["rules"][0]["cause"], "how_much");
        assert_eq!((snapshot["asked"].as_array().unwrap().len(), &snapshot["chosen"]), (3, &json!(charity)));

        // The chosen one knows nothing yet; the one that was not learns nothing before the choice stands.
        let charity_page = format!("/quote-asks/{charity_ask}");
        town.signed_in("charity@example.org").open(&charity_page).must_say("waits to be accepted").must_not_say("Pat");
        let club_page = format!("/quote-asks/{club_ask}");
        let club = town.signed_in("club@example.org");
        club.open(&club_page).must_say("It is being decided").must_not_say("was chosen").must_not_say("2 of 5");
        assert_eq!(club.get_json("/quotes").json()["asks"][0]["state"], "Being decided");
        club.post_json(&format!("{club_page}/answers"), &json!({ "kind": "withdrawn" })).must_be(409);
        let not_chosen = || town.app.mails().into_iter().find(|mail| mail.subject == "Your offer was not chosen");
        assert!(not_chosen().is_none());

        // The broker does not sign; the person accepts.
        broker.open(&request).must_not_say("Do you accept it?");
        let accept = format!("{request}/acceptance");
        broker.post_json(&accept, &json!({})).must_be(403);
        let person = town.signed_in(PERSON);
        person.submit(&request, &accept, &[]).must_say("Accepted on 2 November 2026 by Pat Person");
        town.signed_in("charity@example.org").open(&charity_page).must_say("Pat Person").must_say("2 Mill Lane");
        let told = club.open(&club_page);
        told.must_say("Closed: another way was chosen").must_say("your answer stood at 2 of 5").must_not_say("Pat");
        told.must_say("A quieter place was wanted.").must_not_say("112").must_not_say("Day centre");
        let feedback = not_chosen().unwrap();
        assert_eq!(feedback.to, "club@example.org");
        assert!(feedback.text.contains("2 of 5") && !feedback.text.contains("112"), "{}", feedback.text);
        person.post_json(&accept, &json!({})).must_be(409);
    }
}

#[test]
fn the_accepted_price_is_the_funds_alone() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let person = town.signed_in(PERSON);
        let request = town.ask(&person);
        town.offers("club@example.org", "88.00");
        let (club, _) = town.offered();
        let typed = [("answer", club.to_string()), ("reason", "I know the people there.".to_owned())];
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        person.submit(&request, &format!("{request}/choice"), &typed);
        person.submit(&request, &format!("{request}/acceptance"), &[]).must_say("Put it into a package at this price");
        let add = format!("/packages/add?service={}", town.service("Outings"));
        let added = person.submit(
            &add,
            "/packages/add",
            &[("package", &format!("new-{}", town.fund)), ("weekly_quantity", "2")],
        );
        added.must_say("£100.00 per day");
        let package = added.location.unwrap();
        town.app.on("2026-12-01");
        let person = town.signed_in(PERSON);
        person.open(&package).must_say("£88.00 per day, agreed for this fund").must_say("£211.20");
        let order = [("starts_on", "1 12 2026"), ("weeks", "4")];
        let ordered = person.send(&package, &format!("{package}/orders"), &order);
        assert!(ordered.status == 303 || ordered.text().contains("free"), "{}", ordered.text());
        for public in ["/search?category=day_service", &format!("/services/{}", town.service("Outings"))] {
            town.app.visitor().open(public).must_not_say("88.00");
            person.open(public).must_not_say("88.00");
        }
    }
}

#[test]
fn an_offer_is_in_the_unit_by_which_the_service_is_sold_and_its_price_is_the_one_that_is_ordered() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let email = "music@example.org";
        let provider = town.app.organisation("Music Limited", OrganisationKind::Charity, &["provider"]);
        town.app.works_for(town.app.user(email, "Mo Music"), provider);
        lists_by(&town.app, email, "Music mornings", ("18.00", "session"));
        let service = town.service("Music mornings");
        let (person, music) = (town.signed_in(PERSON), town.signed_in(email));
        let mut asked = json!({ "fund": town.fund, "unit": "hour", "quantity": "6" });
        for (name, value) in town.request().iter().filter(|(name, _)| !["unit", "quantity"].contains(&name.as_str())) {
            asked[name] = value.as_str().into();
        }
        asked[format!("service_{service}")] = "yes".into();
        let request = person.post_json("/quotes", &asked).must_be(201).location.clone().unwrap();
        let ask = town.ask_of(email);
        let page = music.open(&ask);
        page.must_say("6 hours a week are asked for. This service is sold by the session: say how many sessions.");
        assert!(page.body.contains(r#"<option value="session" selected>"#), "{}", page.body);
        let answers = format!("{ask}/answers");
        let typed = [("price", "12.00"), ("basis", "net"), ("times", "Both"), ("valid_until", "30 11 2026")];
        let offers = |more: &[(&str, &str)]| music.send(&ask, &answers, &[&typed[..], more].concat());
        let by_the_hour = offers(&[("unit", "hour"), ("quantity", "6")]);
        by_the_hour.must_be(422).must_say("This service is sold by the session: give the price of one session.");
        assert!(by_the_hour.body.contains(r#"id="unit-error""#), "{}", by_the_hour.body);
        let mut body = json!({ "kind": "offered" });
        for (name, value) in typed {
            body[name] = value.into();
        }
        let refused = music.post_json(&answers, &body).must_be(422).json();
        assert_eq!(refused["errors"][0]["field"], "unit", "without a unit it would be in that of the request");
        offers(&[("quantity", "")]).must_be(422).must_say("Say how many sessions each week: 6 hours a week are asked");
        offers(&[("quantity", "2")]).must_be(303);
        let shown = person.open(&request);
        shown.must_say("£12.00 per session").must_say("£24.00").must_say("2 sessions a week.");
        let answer = town.app.number("SELECT max(id) AS n FROM quote_answers").to_string();
        let choice = [("answer", answer.as_str()), ("reason", "The price fits.")];
        person.submit(&request, &format!("{request}/choice"), &choice);
        person.submit(&request, &format!("{request}/acceptance"), &[]).must_say("the price holds for this fund");
        let package = format!("new-{}", town.fund);
        let added = person.submit(
            &format!("/packages/add?service={service}"),
            "/packages/add",
            &[("package", &package), ("weekly_quantity", "2")],
        );
        town.app.on("2026-12-01");
        let person = town.signed_in(PERSON);
        person.open(&added.location.unwrap()).must_say("£12.00 per session, agreed for this fund").must_say("£24.00");
    }
}

#[test]
fn what_a_rule_takes_out_is_not_chosen_and_what_costs_more_than_the_fund_has_is_said() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (broker, person) = (town.signed_in(BROKER), town.signed_in(PERSON));
        let request = broker.post_json("/quotes", &town.body(&[("quantity", "4")])).must_be(201).location.clone();
        let (request, choose) = (request.clone().unwrap(), format!("{}/choice", request.unwrap()));
        // 130.00 and VAT is 156.00 a day and above the council's 150.00; 112.00 on four days is above the fund's 420.00.
        town.offers("club@example.org", "130.00");
        town.offers("charity@example.org", "112.00");
        let (club, charity) = town.offered();
        let rule = "Example Council pays at most £150.00 per day";
        let dear = "It costs £448.00 a week. This fund has £420.00 a week.";
        let page = broker.open(&request);
        page.must_say("It cannot be chosen, as nothing could be ordered from it").must_say(rule).must_say(dear);
        page.must_say("because: The rate of the year. The council must decide first.");
        page.must_say("There is one offer to choose from.");
        let body = |answer: i64| {
            let seen = format!("{club},{charity}");
            json!({ "answer": answer, "reason": "I know the people there.", "seen": seen })
        };
        let refused = broker.post_json(&choose, &body(club)).must_be(422).json();
        assert_eq!(refused["errors"][0]["field"], "answer");
        assert!(refused["errors"][0]["message"].as_str().unwrap().contains(rule), "{refused}");
        broker.post_json(&choose, &body(charity)).must_be(201);
        person.open(&request).must_say("Do you accept it?").must_say(dear);

        // Between the choice and its acceptance the council decides otherwise: the provider learns nothing.
        let officer = town.signed_in("officer@example.org");
        let form = format!("/council-rules/new?kind=suspended&provider={}", town.provider(1));
        officer.submit(&form, "/council-rules", &[("reason", "Its insurance has run out.")]);
        let suspended = "Example Council has suspended Day centre Limited from 2 November 2026";
        person.open(&request).must_say(suspended).must_say("because: Its insurance has run out.");
        let accepted = person.post_json(&format!("{request}/acceptance"), &json!({}));
        accepted.must_be(422);
        assert!(accepted.body.contains(suspended), "{}", accepted.body);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM quote_acceptances"), 0);
    }
}

#[test]
fn scores_and_choice_are_kept_whichever_button_is_pressed() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let broker = town.signed_in(BROKER);
        let request = town.ask(&broker);
        town.all_answer();
        let (_, charity) = town.offered();
        let criterion = town.app.number("SELECT max(id) AS n FROM quote_criteria");
        let (score, charity) = (format!("score_{charity}_{criterion}"), charity.to_string());
        let chosen = format!(r#"<select id="{score}" name="{score}""#);
        let keeps = |page: &Reply| {
            let select = page.body.split(&chosen).nth(1).unwrap().split("</select>").next().unwrap();
            assert!(select.contains(r#"<option value="5" selected>"#), "{select}");
        };
        // The choice is refused for want of a reason: the scores stand there still.
        let refused = broker.send(&request, &format!("{request}/choice"), &[("answer", &charity), (&score, "5")]);
        keeps(refused.must_be(422).must_say("Say why, in your own words"));
        assert_eq!(town.app.number("SELECT count(*) AS n FROM quote_scores"), 0, "nothing was changed");
        // What is noted leaves the choice as it was typed.
        let typed = [("reason", "They know her."), ("answer", charity.as_str()), (score.as_str(), "5")];
        let noted = broker.send(&request, &format!("{request}/scores"), &typed);
        keeps(noted.must_be(200).must_say("It is noted.").must_say("They know her."));
        assert!(noted.body.contains(&format!(r#"value="{charity}" checked"#)), "{}", noted.body);
        assert_eq!(town.app.number("SELECT count(*) AS n FROM quote_scores"), 1);
        let wrong = broker.send(&request, &format!("{request}/scores"), &[("reason", "They know her."), (&score, "9")]);
        wrong.must_be(422).must_say("They know her.");
        // And the choice notes what was filled in beside it.
        let typed = [("reason", "They know her."), ("answer", charity.as_str()), (score.as_str(), "4")];
        broker.submit(&request, &format!("{request}/choice"), &typed).must_say("Day centre Limited was chosen");
        assert_eq!(town.app.number("SELECT max(score) AS n FROM quote_scores"), 4);
    }
}

#[test]
fn who_looks_for_more_to_ask_keeps_all_that_was_typed() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let person = town.signed_in(PERSON);
        let typed = town.request();
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let form = person.open(&town.new_form());
        // The button is sent with its form, as a browser does it.
        let looks = |page: &Reply, more: &[(&str, &str)], look: &str| {
            let mut pairs = person.form(page, "/quotes", more);
            pairs.push(("look".to_owned(), look.to_owned()));
            person.post_pairs("/quotes", &pairs)
        };
        let ticked = format!(r#"name="service_{}" value="yes" checked"#, town.service("Day centre"));
        let found = looks(&form, &[&typed[..], &[("words", "zither")]].concat(), "again");
        found.must_be(200).must_say("Days out with others, with lunch").must_say("Tuesdays and Thursdays");
        assert!(found.body.contains(r#"value="zither""#) && found.body.contains(&ticked), "{}", found.body);
        found.must_say("Day centre, Day centre Limited").must_not_say("Grand days, Grand days Limited");
        assert!(found.body.contains(r#"value="1 12 2026""#) && found.body.contains("A quiet place"), "{}", found.body);
        let all = looks(&found, &[("words", "")], "shown");
        all.must_say("Grand days, Grand days Limited").must_say("Days out with others, with lunch");
        let nowhere = looks(&found, &[("place", "ZZ99")], "again");
        nowhere.must_be(422).must_say("There is no place").must_say("Days out with others, with lunch");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM quote_requests"), 0, "nobody is asked by looking");
        // From there they are asked.
        let asked = person.post_pairs("/quotes", &person.form(&all, "/quotes", &[]));
        person.follow(asked.must_be(303)).must_say("3 asked.");
    }
}

#[test]
fn a_service_that_a_rule_hides_is_there_to_ask_with_the_reason_when_somebody_comes_from_it() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let form = town.signed_in(PERSON);
        let form = form.open(&format!("/quotes/new?fund={}&service={}", town.fund, town.service("Grand days")));
        form.must_say("Grand days, Grand days Limited").must_say("A rule of the council would hide it");
        form.must_say("because: The rate of the year.");
        let ticked = format!(r#"name="service_{}" value="yes" checked"#, town.service("Grand days"));
        assert!(form.body.contains(&ticked), "{}", form.body);
        // Far away from there it was not found, and is there all the same.
        let far = format!("/quotes/new?fund={}&place=SW1A&service={}", town.fund, town.service("Grand days"));
        town.signed_in(PERSON).open(&far).must_say("Grand days, Grand days Limited").must_say("because: The rate");
    }
}

#[test]
fn an_officer_is_led_from_a_fund_to_what_was_asked_for_it() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let officer = town.signed_in("officer@example.org");
        let (fund, list) = (format!("/funds/{}", town.fund), format!("/quotes?fund={}", town.fund));
        officer.open(&list).must_say("Nothing was asked yet.");
        let request = town.ask(&town.signed_in(BROKER));
        officer.open("/quotes").must_say("The requests for somebody stand with their fund").must_not_say("Days out");
        for email in ["officer@example.org", PERSON, BROKER] {
            let page = town.signed_in(email).open(&fund);
            assert!(page.body.contains(&format!(r#"href="{list}""#)), "{email}: {}", page.body);
        }
        let found = officer.open(&list);
        found.must_say("Days out with others");
        assert!(found.body.contains(&format!(r#"href="{request}""#)), "{}", found.body);
        officer.open(&request).must_say("3 asked.");
        // Who may not see the fund does not find its requests either.
        let elsewhere = town.app.organisation("Other Council", OrganisationKind::Council, &[]);
        town.app.council_officer(town.app.user("other@example.org", "Otto Other"), elsewhere);
        for email in ["other@example.org", "club@example.org"] {
            assert_eq!(town.signed_in(email).get_json(&list).status, 404, "{email}");
        }
    }
}

#[test]
fn whoever_may_choose_reads_at_home_what_waits_for_them() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (broker, person) = (town.signed_in(BROKER), town.signed_in(PERSON));
        let request = town.ask(&broker);
        let offers = "The offers in request for quotes 1";
        broker.open("/").must_not_say(offers);
        town.offers("charity@example.org", "112.00");
        let (_, charity) = town.offered();
        let home = broker.open("/");
        home.must_say(offers).must_say("1 request for quotes with offers to choose from");
        assert!(home.body.contains(&format!(r#"href="{request}""#)), "{}", home.body);
        person.open("/").must_say(offers);
        for email in ["officer@example.org", "charity@example.org", "club@example.org"] {
            town.signed_in(email).open("/").must_not_say(offers);
        }

        // A message waits until somebody answers it.
        let (ask, message) = (town.ask_of("charity@example.org"), "A message in request for quotes 1");
        let charity_member = town.signed_in("charity@example.org");
        charity_member.submit(&ask, &format!("{ask}/messages"), &[("text", "Is a ramp needed?")]);
        let home = broker.open("/");
        home.must_say(message);
        assert!(home.body.contains(&format!(r#"href="{ask}""#)), "{}", home.body);
        broker.submit(&ask, &format!("{ask}/messages"), &[("text", "No.")]);
        broker.open("/").must_not_say(message);

        // What was chosen waits for the person alone; what the person refused waits for whoever chooses.
        let answer = charity.to_string();
        let choice = [("answer", answer.as_str()), ("reason", "I know the people there.")];
        broker.submit(&request, &format!("{request}/choice"), &choice);
        broker.open("/").must_not_say(offers);
        person.submit(&request, &format!("{request}/refusal"), &[("reason", "I did not like it there.")]);
        let refused = "The refused choice in request for quotes 1";
        broker.open("/").must_say(refused).must_say("Read why, and choose anew").must_not_say("did not like");
        broker.submit(&request, &format!("{request}/choice"), &choice);
        broker.open("/").must_not_say(refused);
        person.submit(&request, &format!("{request}/acceptance"), &[]);
        broker.open("/").must_not_say(refused).must_not_say(offers);

        // Who works for a provider that was asked is not led to what they would not find.
        let works_too = town.app.user("both@example.org", "Bo Both");
        town.app.mandate(town.person, works_too, Authority::Broker);
        town.app.works_for(works_too, town.provider(0));
        let again = town.ask(&broker);
        town.offers("charity@example.org", "112.00");
        broker.open("/").must_say("The offers in request for quotes 2");
        let both = town.signed_in("both@example.org");
        both.open("/").must_not_say("The offers in request");
        assert_eq!(both.get_json(&again).status, 404);
    }
}

#[test]
fn what_is_wrong_with_a_request_or_an_answer_is_said() {
    let town = Town::found(Engine::Sqlite);
    let person = town.signed_in(PERSON);
    let send = |change: &[(&str, &str)]| {
        let mut typed = town.request();
        for (name, value) in change {
            typed.retain(|(known, _)| known != name);
            typed.push(((*name).to_owned(), (*value).to_owned()));
        }
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        person.send(&town.new_form(), "/quotes", &typed)
    };
    send(&[("what", "Pat likes to garden")]).must_be(422).must_say("Take out the name");
    send(&[("answer_by", "1 11 2026")]).must_be(422).must_say("Choose a day from 2 November 2026");
    send(&[("starts_on", "1 11 2026")]).must_be(422).must_say("Choose 2 November 2026 or a later day.");
    send(&[("criterion_1", ""), ("weight_1", ""), ("price_weight", "3")])
        .must_be(422)
        .must_say("Say at least one thing that matters beside the price: the lowest price never wins by itself.");
    send(&[("weight_1", "")]).must_be(422).must_say("Choose how much it matters.");
    let none = PROVIDERS.map(|(_, service, ..)| format!("service_{}", town.service(service)));
    send(&[(&none[0], ""), (&none[1], ""), (&none[2], "")])
        .must_be(422)
        .must_say("Choose at least one provider to ask.");
    // Everything that is wrong is said at once, each beside its field.
    let wrong = send(&[
        (&none[0], ""),
        (&none[1], ""),
        (&none[2], ""),
        ("what", ""),
        ("quantity", "8"),
        ("starts_on", "10 11 2026"),
        ("answer_by", "10 11 2026"),
        ("criterion_1", ""),
        ("weight_1", ""),
    ]);
    wrong.must_be(422).must_say("Choose at least one provider to ask.").must_say("Enter what is needed.");
    wrong.must_say("Enter at most 7 days a week.").must_say("Choose a day before 10 November 2026, when help begins");
    wrong.must_say("Say at least one thing that matters beside the price");
    for field in ["picked", "what", "quantity", "answer_by", "criterion_1"] {
        assert!(wrong.body.contains(&format!(r#"id="{field}-error""#)), "{field}: {}", wrong.body);
    }
    send(&[("quantity", "168.5"), ("unit", "hour")]).must_be(422).must_say("Enter at most 168 hours a week.");
    assert_eq!(town.app.number("SELECT count(*) AS n FROM quote_requests"), 0, "nothing was changed");
    town.ask(&person);
    let (club, ask) = (town.signed_in("club@example.org"), town.ask_of("club@example.org"));
    let answers = format!("{ask}/answers");
    let offer = |change: &[(&str, &str)]| {
        let mut typed = vec![("price", "95.00"), ("basis", "net"), ("times", "Both"), ("valid_until", "30 11 2026")];
        typed.retain(|(name, _)| change.iter().all(|(other, _)| other != name));
        typed.extend(change.iter().copied());
        club.send(&ask, &answers, &typed)
    };
    offer(&[("price", "96.03"), ("basis", "inclusive")]).must_be(422).must_say("the nearest are £96.02 and £96.04");
    offer(&[("valid_until", "10 11 2026")]).must_be(422).must_say("Choose 16 November 2026 or a later day");
    offer(&[("holds_until", "30 11 2026")]).must_be(422).must_say("The price must hold on 1 December 2026");
    offer(&[("note", "Ring 01305 251000")]).must_be(422).must_say("Take out the telephone number");
    club.post_json(&answers, &json!({ "kind": "withdrawn" })).must_be(422);
    offer(&[]).must_be(303);
    club.post_json(&answers, &json!({ "kind": "withdrawn" })).must_be(201);
    town.app.on("2026-11-17");
    let club = town.signed_in("club@example.org");
    let late =
        json!({ "kind": "offered", "price": "90.00", "basis": "net", "times": "x", "valid_until": "2026-11-30" });
    club.post_json(&answers, &late).must_be(422).must_say("");
}

#[test]
fn who_sees_the_money_alone_reads_no_needs_in_the_list_and_each_look_is_recorded() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let request = town.ask(&town.signed_in(BROKER));
        town.all_answer();
        let council = tailormade::ids::OrganisationId::new(town.app.number("SELECT min(council_id) AS n FROM people"));
        town.app.member(town.app.user("finance@example.org", "Fay Finance"), council, Role::Finance);
        town.app.mandate(town.person, town.app.user("appointee@example.org", "Al Appointee"), Authority::Appointee);
        let looks = |name: &str| {
            town.app.bring_record_up();
            town.app.number(&format!(
                "SELECT count(*) AS n FROM audit_events WHERE kind = 'view' AND thing_kind = 'quote' AND user_name = '{name}'"
            ))
        };
        let list = format!("/quotes?fund={}", town.fund);
        for (email, name) in [("finance@example.org", "Fay Finance"), ("appointee@example.org", "Al Appointee")] {
            let visitor = town.signed_in(email);
            let page = visitor.open(&list);
            page.must_say("Request for quotes 1").must_not_say("Days out");
            assert_eq!(looks(name), 1, "{name}");
            let json = visitor.get_json(&list).json();
            assert_eq!(
                (&json["requests"][0]["what"], json["requests"][0]["href"].as_str()),
                (&Value::Null, Some(&*request))
            );
            // Nothing leads to what they would not find.
            let shown = visitor.open(&request);
            shown.must_say("£120.00 per day");
            assert!(!shown.body.contains("/quote-asks/"), "{}", shown.body);
            assert_eq!(
                visitor.get_json(&request).json()["choices"],
                json!([]),
                "what each would weigh tells the scores"
            );
        }
        for (email, name) in [("officer@example.org", "Olive Officer"), (BROKER, "Bea Broker")] {
            let before = looks(name);
            town.signed_in(email).open(&list).must_say("Days out with others");
            assert_eq!(looks(name), before + 1, "{name}");
        }
        // What was chosen, and what came to nothing, is there without a link and without words.
        let broker = town.signed_in(BROKER);
        let (_, charity) = town.offered();
        let choose = [("answer", charity.to_string()), ("reason", "I know the people there.".to_owned())];
        let choose: Vec<(&str, &str)> = choose.iter().map(|(name, value)| (*name, value.as_str())).collect();
        broker.submit(&request, &format!("{request}/choice"), &choose);
        let finance = town.signed_in("finance@example.org");
        let shown = finance.open(&request);
        shown.must_say("Day centre Limited was chosen");
        assert!(!shown.body.contains(&format!("{request}/choice")), "{}", shown.body);
        town.signed_in(PERSON).submit(&request, &format!("{request}/refusal"), &[("reason", "She was unkind there.")]);
        broker.submit(&request, &format!("{request}/choice"), &choose);
        let shown = finance.open(&request);
        shown.must_say("Choice 1 of 2 November 2026").must_not_say("unkind");
        assert!(!shown.body.contains(&format!("{request}/choice")), "{}", shown.body);
    }
}

#[test]
fn a_holder_that_sells_such_help_reads_no_other_offer_while_the_request_is_open() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (sells, holds) = ("sells@example.org", "holds@example.org");
        let seller = town.app.organisation("Seller Trust", OrganisationKind::Charity, &["provider", "holder"]);
        town.app.works_for(town.app.user(sells, "Sally Seller"), seller);
        lists(&town.app, sells, "Club mornings", "80.00");
        let other = town.app.organisation("Holding Trust", OrganisationKind::Charity, &["provider", "holder"]);
        town.app.works_for(town.app.user(holds, "Hal Holder"), other);
        let request = town.ask(&town.signed_in(BROKER));
        town.all_answer();
        let ask = town.ask_of("club@example.org");
        let list = format!("/quotes?fund={}", town.fund);
        let is_held_by = |holder: OrganisationId| {
            town.app.fresh.execute(&format!(
                "UPDATE funds SET form = 'trust_fund', holder_organisation_id = {holder} WHERE id = {}",
                town.fund
            ));
        };
        is_held_by(other);
        let visitor = town.signed_in(holds);
        visitor.open(&request).must_say("£112.00");
        let page = visitor.open(&ask);
        page.must_say("The person and those who act for them read it, also an advocate");
        is_held_by(seller);
        let visitor = town.signed_in(sells);
        for path in [&request, &ask, &format!("{request}/choice")] {
            assert_eq!(visitor.get_json(path).status, 404, "{path}");
        }
        assert_eq!(visitor.get_json(&list).json()["requests"], json!([]));
        // Chosen is not accepted: it may come to nothing, and be answered again.
        let (_, charity) = town.offered();
        let choice = [("answer", charity.to_string()), ("reason", "I know the people there.".to_owned())];
        let choice: Vec<(&str, &str)> = choice.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let person = town.signed_in(PERSON);
        person.submit(&request, &format!("{request}/choice"), &choice);
        assert_eq!(visitor.get_json(&request).status, 404);
        person.submit(&request, &format!("{request}/acceptance"), &[]);
        visitor.open(&request).must_say("Day centre Limited was chosen");
        assert_eq!(visitor.get_json(&list).json()["requests"].as_array().map(Vec::len), Some(1));
    }
}

#[test]
fn who_only_looks_on_reads_whose_each_message_is_and_both_sides_read_who_looks_on() {
    let town = Town::found(Engine::Sqlite);
    let broker = town.signed_in(BROKER);
    town.ask(&broker);
    let ask = town.ask_of("club@example.org");
    let club = town.signed_in("club@example.org");
    for who in [&club, &broker] {
        who.open(&ask).must_say("So do the officers of their council, the organisation that holds the money");
        who.open(&ask).must_not_say("Only the two sides").must_not_say("Nobody reads it");
    }
    let told =
        town.app.mails().into_iter().find(|mail| mail.to == "club@example.org" && mail.subject.contains("quote"));
    let told = told.unwrap().text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("officers of their council") && !told.contains("nobody reads"), "{told}");
    broker.submit(&ask, &format!("{ask}/messages"), &[("text", "Is there a garden?")]);
    club.submit(&ask, &format!("{ask}/messages"), &[("text", "A large one.")]);
    let seen = town.signed_in("officer@example.org").open(&ask);
    seen.must_say("The person, or somebody who acts for them")
        .must_say("The provider")
        .must_not_say("You, or a colleague");
    broker.open(&ask).must_say("You, or a colleague");
}

#[test]
fn what_is_chosen_can_be_refused_or_run_out_and_another_is_chosen() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let (broker, person) = (town.signed_in(BROKER), town.signed_in(PERSON));
        let request = town.ask(&broker);
        town.all_answer();
        let (choose, refuse) = (format!("{request}/choice"), format!("{request}/refusal"));
        let chooses = |who: &Visitor, answer: i64| {
            let answer = answer.to_string();
            who.submit(&request, &choose, &[("answer", &answer), ("reason", "I know the people there.")])
        };
        person.post_json(&refuse, &json!({ "reason": "x" })).must_be(409);
        let (_, charity) = town.offered();
        chooses(&broker, charity).must_say("Day centre Limited was chosen");
        person.open("/").must_say("The choice in request for quotes 1");
        broker.post_json(&refuse, &json!({ "reason": "x" })).must_be(403);
        person.send(&request, &refuse, &[("reason", "")]).must_be(422).must_say("Say why: who chose reads it.");
        let before = town.app.mails().len();
        let open = person.submit(&request, &refuse, &[("reason", "I did not like it there.")]);
        open.must_say("Open again: the choice was refused. Answers until 16 November 2026.");
        open.must_say("Refused on 2 November 2026 by Pat Person").must_say("Why not: I did not like it there.");
        person.open("/").must_not_say("The choice in request for quotes 1");
        person.post_json(&format!("{request}/acceptance"), &json!({})).must_be(409);
        person.post_json(&refuse, &json!({ "reason": "x" })).must_be(409);
        // The newest stand first.
        let mut mails = town.app.mails();
        mails.truncate(mails.len() - before);
        let told = mails.iter().find(|mail| mail.subject == "What you chose was not accepted").unwrap();
        assert!(told.to == BROKER && !told.text.contains("did not like"), "{}", told.text);
        assert_eq!(mails.iter().filter(|mail| mail.subject == "A request for a quote is open again").count(), 3);
        assert!(mails.iter().all(|mail| !mail.text.contains("Pat") || mail.to == PERSON), "no name");
        // Who was not chosen never learns of a choice that did not stand.
        assert!(town.app.mails().iter().all(|mail| mail.subject != "Your offer was not chosen"));
        let told = mails.iter().find(|mail| mail.to == "club@example.org").unwrap();
        assert!(!told.text.contains("chosen") && !told.text.contains("accepted"), "{}", told.text);
        let club_page = town.signed_in("club@example.org").open(&town.ask_of("club@example.org"));
        club_page.must_not_say("another way was chosen").must_not_say("Another way was chosen");

        // Providers answer again, and another one is chosen. What was recorded before stays.
        town.offers("club@example.org", "93.00").must_say("Offered, can be chosen until 30 November 2026");
        let (club, _) = town.offered();
        chooses(&broker, club).must_say("Outings Limited was chosen").must_say("Choice 1 of 2 November 2026");
        person.open(&format!("{choose}?number=1")).must_say("Day centre Limited was chosen.");
        person.open(&choose).must_say("Outings Limited was chosen.");
        let first = person.get(&format!("{choose}/document?number=1")).json();
        assert_eq!(first["chosen"], json!(charity));
        person.get(&format!("{choose}?number=3")).must_be(404);

        // Nobody accepts it while the offer stands.
        town.app.on("2026-12-01");
        let (broker, person) = (town.signed_in(BROKER), town.signed_in(PERSON));
        person.open("/").must_not_say("The choice in request for quotes 1");
        person
            .open(&request)
            .must_say("Open again: the choice was not accepted in time. Answers until 14 December 2026.");
        person.open(&request).must_say("Nobody accepted it up to 30 November 2026.").must_not_say("Do you accept it?");
        person.post_json(&refuse, &json!({ "reason": "x" })).must_be(409);
        let ask = town.ask_of("club@example.org");
        let typed = [("price", "94.00"), ("basis", "net"), ("times", "Both days"), ("valid_until", "20 12 2026")];
        let club_again = town.signed_in("club@example.org");
        club_again.open(&ask).must_say("Could be chosen until 30 November 2026").must_say("Make an offer");
        club_again.submit(&ask, &format!("{ask}/answers"), &typed).must_say("Offered, can be chosen until 20 December");
        let (club, _) = town.offered();
        chooses(&broker, club).must_say("A choice was made. It waits to be accepted.");
        let withdraw = json!({ "kind": "withdrawn" });
        club_again.post_json(&format!("{ask}/answers"), &withdraw).must_be(409);
        person.submit(&request, &format!("{request}/acceptance"), &[]).must_say("Accepted on 1 December 2026");
        assert_eq!(town.app.number("SELECT count(*) AS n FROM negotiated_rates"), 1);
    }
}

#[test]
fn what_rules_hide_is_counted_over_all_that_was_found() {
    let town = Town::found(Engine::Sqlite);
    let service = "organisation_id, name, category, summary, postcode, nature, inside_regulated_activity, published, version, \
        created_by, created_at, features, opens_minute, closes_minute, minimum_age, maximum_age, reach_miles, places_left, \
        waiting_weeks, confirmed_on";
    let entry = "organisation_id, name, provider_name, summary, category, town, postcode, la_code, easting, northing, words, \
        marks, vat_status, vat_class, unit_order, net_price, cost_recovered, cost_person, cost_holder, cost_onward, \
        next_change_on, confirmed_on, sunk, wait_order, rating_order, rating, rating_published, url, fictional";
    let of =
        |columns: &str| columns.split(", ").map(|name| format!("e.{}", name.trim())).collect::<Vec<_>>().join(", ");
    let dear = town.service("Grand days");
    town.app.fresh.execute(&format!(
        "INSERT INTO services ({service})
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) SELECT {} FROM services e, n WHERE e.id = {dear}",
        of(service)
    ));
    town.app.fresh.execute(&format!(
        "INSERT INTO search_entries (service_id, {entry})
         SELECT s.id, {} FROM services s, search_entries e WHERE s.name = 'Grand days' AND s.id <> {dear} AND e.service_id = {dear}",
        of(entry)
    ));
    let broker = town.signed_in(BROKER);
    broker.open(&town.new_form()).must_say("251 hidden by rules of the council.");
    let request = town.ask(&broker);
    let none = [("answer", "none"), ("reason", "Nobody fits.")];
    broker.submit(&request, &format!("{request}/choice"), &none);
    let kept = broker.get(&format!("{request}/choice/document")).json();
    assert_eq!(kept["search"]["rules"][0]["hid"], 251);
    assert_eq!(kept["search"]["considered"].as_array().map(Vec::len), Some(200));
}

/// Signs in at a browser.
fn becomes(browser: &Browser, app: &TestApp, email: &str) {
    browser.goto(&format!("{}/sign-in", app.url));
    if browser.text().contains("Signed in as") {
        browser.press("Sign out");
        browser.goto(&format!("{}/sign-in", app.url));
    }
    browser.fill("E-mail address", email);
    browser.fill("Password", PASSWORD);
    browser.press("Sign in");
    if browser.path().starts_with("/sign-in/code") {
        browser.fill("Code", &recovery_code(app.db(), email));
        browser.press("Sign in");
    }
}

#[test]
fn in_a_browser_three_providers_from_request_to_recorded_choice() {
    let Some(browser) = Browser::for_tests(Options { size: DESK, ..Options::default() }) else { return };
    let Some(axe) = Axe::for_tests() else { return };
    let town = Town::found(Engine::Sqlite);
    let open = |path: &str| browser.goto(&format!("{}{path}", town.app.url));
    let judged = |what: &str| {
        for size in [PHONE, DESK] {
            browser.resize(size);
            axe.must_pass(&browser);
            assert!(!browser.overflows(), "{what} is wider than {size:?}");
        }
        if let Ok(folder) = std::env::var("TAILORMADE_TEST_PICTURES") {
            for (name, size) in [("phone", PHONE), ("desk", DESK)] {
                browser.resize(size);
                browser.screenshot(std::path::Path::new(&format!("{folder}/{what}-{name}.png")));
            }
        }
    };
    let says = |wanted: &str| {
        let text = browser.text().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(wanted), "{} does not say {wanted:?}: {text}", browser.path());
    };
    becomes(&browser, &town.app, PERSON);
    open("/quotes");
    judged("list");
    open(&town.new_form());
    says("1 hidden by rules of the council.");
    judged("new");
    let typed = town.request();
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.send_form("/quotes", &typed);
    says("3 asked. There is no offer to choose yet.");
    let request = browser.path();
    for (email, price) in
        [("club@example.org", "100.00"), ("charity@example.org", "112.00"), ("garden@example.org", "90.00")]
    {
        becomes(&browser, &town.app, email);
        let ask = town.ask_of(email);
        open(&ask);
        judged("ask");
        let typed = [("price", price), ("basis", "net"), ("times", "Both days"), ("valid_until", "30 11 2026")];
        browser.send_form(&format!("{ask}/answers"), &typed);
        says("Offered, can be chosen until 30 November 2026");
    }
    becomes(&browser, &town.app, PERSON);
    open(&request);
    says("There are 3 offers to choose from");
    says("£108.00 per day");
    judged("request");
    let (_, charity) = town.offered();
    let charity = charity.to_string();
    let typed = [("answer", charity.as_str()), ("reason", "I know the people there.")];
    browser.send_form(&format!("{request}/choice"), &typed);
    says("Day centre Limited was chosen");
    judged("chosen");
    open(&format!("{request}/choice"));
    for wanted in
        ["What rules of the council had hidden", "pays at most £150.00 per day", "Hidden by rule 1", "£112.00 for one"]
    {
        says(wanted);
    }
    judged("choice");
    open(&request);
    browser.press("Yes, accept it");
    says("Accepted on 2 November 2026");
    becomes(&browser, &town.app, "officer@example.org");
    for (path, what) in [
        ("/council-rules", "rules"),
        ("/council-rules/1", "rule"),
        ("/council-rules/new?kind=capped", "new-rule"),
        ("/council-rules/new?kind=suspended&name=days", "choose-provider"),
    ] {
        open(path);
        judged(what);
    }
}
