//! A search is kept, and whoever keeps it is told once when something new fits.

use chrono::{NaiveDate, TimeDelta};
use diesel::prelude::*;
use serde_json::json;

use super::marketplace::Town;
use crate::support::app::Engine;

const SAVED: &str = "/saved-searches";
const SUBJECT: &str = "Something new for you to look at";

fn told(town: &Town, who: &str) -> usize {
    let mails = town.app.mails();
    mails.iter().filter(|mail| mail.subject == SUBJECT && mail.to == who).count()
}

fn next_day(town: &Town) {
    town.app.clock.advance(TimeDelta::days(1));
    town.app.work();
}

#[test]
fn a_search_is_kept_and_something_new_is_told_once_without_saying_what() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        town.state_vat("not_registered", "", "1 1 2020");
        town.service("Pottery club", "DT1 1XJ", "30.00", "day", "net");
        let person = town.app.signed_in("person@example.org");
        // From the search to the form, as the link there leads.
        let search = person.open("/search?words=potery&place=DT1&page=1&sort=name");
        search.must_say("Save this search and tell me when something new fits");
        let link = link_to(&search.body, "/saved-searches?keep=");
        person.open(&link).must_say("Save it and tell me what is new");
        let kept = person.submit(&link, SAVED, &[("name", "Pottery near me")]);
        kept.must_say("The search is saved.").must_say("Pottery near me").must_say("Nothing new in the last 30 days.");
        let search = link_to(&person.open(SAVED).body, "/search?");
        assert!(search.contains("words=pottery") && !search.contains("page="), "as it was understood: {search}");
        person.open(&search).must_say("Pottery club");
        // Twice is once.
        person
            .post_json(SAVED, &json!({ "name": "Again", "query": search }))
            .must_be(422)
            .must_say("You keep this search already.");
        town.app.work();
        next_day(&town);
        assert_eq!(told(&town, "person@example.org"), 0, "what was there is not new");
        town.service("Evening pottery", "DT1 1XJ", "20.00", "session", "net");
        town.service("Choir", "DT1 1XJ", "20.00", "session", "net");
        next_day(&town);
        assert_eq!(told(&town, "person@example.org"), 1);
        let mail = town.app.mails().into_iter().find(|mail| mail.subject == SUBJECT).unwrap();
        assert!(mail.text.contains("One new result fits a search that you saved."), "{}", mail.text);
        assert!(!format!("{}{}", mail.text, mail.html).to_lowercase().contains("pottery"), "what it is stays here");
        person.open(SAVED).must_say("Evening pottery").must_say("New on").must_not_say("Choir");
        next_day(&town);
        assert_eq!(told(&town, "person@example.org"), 1, "once");
        // Nobody else sees or removes it; its owner does.
        let removal = format!("{SAVED}/{}/removal", number(&town));
        let provider = town.app.signed_in("provider@example.org");
        provider.open(SAVED).must_say("You have saved no search");
        provider.post_json(&removal, &json!({})).must_be(404);
        town.app.visitor().get(SAVED).must_be(303);
        person.submit(SAVED, &removal, &[]).must_say("The search is removed.");
        person.post_json(&removal, &json!({})).must_be(404);
        town.service("Pottery for two", "DT1 1XJ", "20.00", "session", "net");
        next_day(&town);
        assert_eq!(told(&town, "person@example.org"), 1, "nobody looks any more");
    }
}

#[test]
fn what_cannot_be_looked_for_is_refused_and_what_cannot_any_more_says_so() {
    for engine in Engine::all() {
        let town = Town::found(engine);
        let person = town.app.signed_in("person@example.org");
        let add = |query: &str| person.post_json(SAVED, &json!({ "name": "Mine", "query": query }));
        add("place=Nowhere+at+all").must_be(422).must_say("place");
        add("fund=999").must_be(422).must_say("Choose a fund from the list.");
        add("within=7").must_be(422);
        person.post_json(SAVED, &json!({ "query": "words=art" })).must_be(422).must_say("Enter a name");
        add("page=2&token=x").must_be(422).must_say("Nothing is asked for.");
        // What is no part of a search is not kept with it.
        add("words=art&token=secret&page=3").must_be(201);
        assert_eq!(person.get_json(SAVED).json()["searches"][0]["href"], "/search?words=art");
        // As a fund pays: whoever chooses for the person may keep it as long as they may see the fund.
        let fund = town.fund(&[("form", "care_managed"), ("weekly", "420.00"), ("recovery_confirmed", "true")]);
        let broker = town.app.user("broker@example.org", "Bea Broker");
        town.app.mandate(town.person, broker, tailormade::auth::rights::Authority::NominatedPerson);
        let broker = town.app.signed_in("broker@example.org");
        broker.post_json(SAVED, &json!({ "name": "For Pat", "query": format!("fund={fund}") })).must_be(201);
        town.app
            .db()
            .write_now(|tx| {
                use tailormade::db::schema::mandates;
                let yesterday = NaiveDate::from_ymd_opt(2026, 11, 1);
                Ok(diesel::update(mandates::table).set(mandates::to_date.eq(yesterday)).execute(tx)?)
            })
            .unwrap();
        town.state_vat("not_registered", "", "1 1 2020");
        town.service("Art class", "DT1 1XJ", "30.00", "day", "net");
        next_day(&town);
        assert_eq!((told(&town, "broker@example.org"), told(&town, "person@example.org")), (0, 1));
        let broker = town.app.signed_in("broker@example.org");
        broker.open(SAVED).must_say("Something that it asks for is not there any more").must_not_say("Art class");
        // There is an end to it.
        for number in 1..20 {
            add(&format!("words=art{number}")).must_be(201);
        }
        add("words=one+more").must_be(422).must_say("You keep 20 searches. Remove one first.");
    }
}

/// Where the first link that begins so leads.
fn link_to(body: &str, start: &str) -> String {
    let at = body.find(&format!("href=\"{start}")).unwrap_or_else(|| panic!("no link to {start}: {body}"));
    let rest = &body[at + "href=\"".len()..];
    rest[..rest.find('"').unwrap()].replace("&amp;", "&").replace("&#x2F;", "/")
}

fn number(town: &Town) -> i64 {
    town.app.number("SELECT max(id) AS n FROM saved_searches")
}
