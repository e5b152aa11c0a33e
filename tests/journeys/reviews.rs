//! What people who used a service say of it: written after something was confirmed, read first by the council, shown without a
//! name, answered once, and no average of a few.

use serde_json::json;
use tailormade::demo::seed::{self, Party};

use super::site::sign_in;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Reply;

const MARKS: [(&str, &str); 4] = [("as_agreed", "5"), ("on_time", "4"), ("respect", "5"), ("again", "5")];

struct World {
    app: TestApp,
    /// The day club’s service.
    day: i64,
}

impl World {
    fn begin(engine: Engine) -> Self {
        let app = TestApp::in_the_story(engine);
        let day = app.number("SELECT id AS n FROM services WHERE name = 'Day club'");
        Self { app, day }
    }

    fn writes(&self, who: &Party, words: &str) -> Reply {
        let visitor = sign_in(&self.app, who);
        let form = format!("/services/{}/reviews/new", self.day);
        let typed: Vec<(&str, &str)> = MARKS.into_iter().chain([("words", words)]).collect();
        visitor.send(&form, &format!("/services/{}/reviews", self.day), &typed)
    }

    /// An officer lets the newest review be shown, or not.
    fn decides(&self, typed: &[(&str, &str)]) -> Reply {
        let newest = self.app.number("SELECT max(id) AS n FROM reviews");
        let page = format!("/reviews/{newest}");
        sign_in(&self.app, &seed::OFFICER).send(&page, &format!("{page}/decision"), typed)
    }

    /// An officer lets the answer to the newest review be shown, or not.
    fn decides_answer(&self, typed: &[(&str, &str)]) -> Reply {
        let newest = self.app.number("SELECT max(review_id) AS n FROM review_replies");
        let page = format!("/reviews/{newest}");
        sign_in(&self.app, &seed::OFFICER).send(&page, &format!("{page}/reply/decision"), typed)
    }

    /// The newest review's page.
    fn newest(&self) -> String {
        format!("/reviews/{}", self.app.number("SELECT max(id) AS n FROM reviews"))
    }

    fn service(&self) -> Reply {
        self.app.visitor().open(&format!("/services/{}", self.day))
    }
}

#[test]
fn a_review_is_read_by_the_council_before_everybody_reads_it_without_a_name() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        sign_in(&world.app, &seed::PERSON).open("/reviews").must_say("Day club, for you");
        let refused = world.writes(&seed::PERSON, "mary likes it");
        refused.must_be(422).must_say("Take out the name. Everybody reads this on the page of the service");
        refused.must_not_say("accepts an offer");
        world.writes(&seed::PERSON, "Good company, and the soup is hot.").must_be(303);
        world.service().must_not_say("the soup is hot");
        // The provider does not see it before it is shown.
        let review = format!("/reviews/{}", world.app.number("SELECT max(id) AS n FROM reviews"));
        let club = sign_in(&world.app, &seed::DAY_CLUB);
        club.get(&review).must_be(404);
        sign_in(&world.app, &seed::FINANCE).get(&review).must_be(404);
        world.decides(&[("decision", "refused")]).must_be(422).must_say("Say why it is not shown");
        world.decides(&[("decision", "shown")]).must_be(303);
        let shown = world.service();
        shown.must_say("What people who used it say").must_say("Good company, and the soup is hot.");
        shown.must_say("One person has said how it was. There are figures from 3 on.").must_not_say("of 5");
        shown.must_not_say("Mary").must_not_say("Whitlow");

        // The provider answers once, and the council reads that first as well.
        club.open(&review).must_not_say("Mary");
        let reply = format!("{review}/reply");
        club.submit(&review, &reply, &[("text", "Thank you. We are glad.")]).must_say("Thank you. We are glad.");
        let again = [("text".to_owned(), "Once more".to_owned())];
        assert_eq!(club.post_json(&reply, &json!({ "text": "Once more" })).status, 409, "{again:?}");
        world.service().must_not_say("We are glad.");
        sign_in(&world.app, &seed::PERSON).open(&review).must_not_say("We are glad.");
        world.decides_answer(&[("answer_decision", "shown")]).must_be(303);
        world.service().must_say("The provider says").must_say("Thank you. We are glad.");
        sign_in(&world.app, &seed::PERSON).open(&review).must_say("We are glad.");

        // A new version waits, and the old one stays until it is read; a refusal has its reason, and the old one is gone.
        let form = format!("/services/{}/reviews/new", world.day);
        sign_in(&world.app, &seed::PERSON).open(&form).must_say("This takes its place, whether it is shown or not.");
        world.writes(&seed::PERSON, "The soup was cold last week.").must_be(303);
        world.service().must_say("the soup is hot").must_not_say("was cold");
        world.decides(&[("decision", "refused"), ("reason", "An example of a reason")]).must_be(303);
        world.service().must_not_say("the soup is hot").must_not_say("was cold");
        let newest = format!("/reviews/{}", world.app.number("SELECT max(id) AS n FROM reviews"));
        let own = sign_in(&world.app, &seed::PERSON).open(&newest);
        own.must_say("An example of a reason").must_say("version 2");
        own.must_say("It took the place of what was said before, which is not shown any more either.");
        sign_in(&world.app, &seed::PERSON).open(&review).must_say("Replaced by a later version");
        for gone in [&newest, &review] {
            club.get(gone).must_be(404);
        }
        let anew = json!({ "decision": "refused", "reason": "Too late" });
        sign_in(&world.app, &seed::OFFICER).post_json(&format!("{review}/decision"), &anew).must_be(409);
        world.writes(&seed::PERSON, "The soup is warm.").must_be(303);
        world.decides(&[("decision", "shown")]).must_be(303);
        world.service().must_say("The soup is warm.").must_not_say("the soup is hot").must_say("One person");
    }
}

#[test]
fn only_who_used_it_says_how_it_was_and_figures_need_three() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let other = world.app.number("SELECT id AS n FROM services WHERE name = 'Art class'");
        let tom = sign_in(&world.app, &seed::NEIGHBOUR);
        tom.get(&format!("/services/{other}/reviews/new")).must_be(404);
        let body = serde_json::json!({ "as_agreed": 5, "on_time": 5, "respect": 5, "again": 5 });
        let refused = tom.post_json(&format!("/services/{other}/reviews"), &body);
        assert!(refused.status == 422 && refused.body.contains("confirm what was given first"), "{}", refused.body);
        let club = sign_in(&world.app, &seed::DAY_CLUB);
        assert_eq!(club.post_json(&format!("/services/{}/reviews", world.day), &body).status, 403);
        for who in [&seed::PERSON, &seed::NEIGHBOUR] {
            world.writes(who, "").must_be(303);
            world.decides(&[("decision", "shown")]).must_be(303);
        }
        world.service().must_say("2 people have said how it was. There are figures from 3 on.").must_not_say("of 5");
        let council = tailormade::ids::OrganisationId::new(world.app.number("SELECT min(council_id) AS n FROM people"));
        let third = world.app.person("Third Person", None, council);
        world.app.fresh.execute(&format!(
            "INSERT INTO reviews (person_id, service_id, number, delivery_id, as_agreed, on_time, respect, again, words,
                written_by, authority, written_at)
             SELECT {third}, service_id, 1, delivery_id, 2, 5, 5, 1, '', written_by, authority, written_at FROM reviews
             WHERE id = (SELECT min(id) FROM reviews WHERE service_id = {})",
            world.day
        ));
        world.decides(&[("decision", "shown")]).must_be(303);
        let shown = world.service();
        shown.must_say("3 people have said how it was.").must_say("4.0 of 5").must_say("4.3 of 5").must_say("3.7 of 5");
        let compared = world.app.visitor().open(&format!("/compare?services={},{other}", world.day));
        compared
            .must_say("3 people have said how it was.")
            .must_say("4.3 of 5")
            .must_say("Nobody has said yet how it was.");
    }
}

#[test]
fn what_is_shown_is_taken_down_again_and_what_is_said_is_taken_back() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        world.writes(&seed::PERSON, "The soup is hot.").must_be(303);
        let review = world.newest();
        world.decides(&[("decision", "shown")]).must_be(303);
        world.service().must_say("The soup is hot.");
        let officer = sign_in(&world.app, &seed::OFFICER);
        officer.open(&review).must_say("Decide anew");
        world.decides(&[("decision", "refused")]).must_be(422).must_say("Say why it is not shown");
        world.decides(&[("decision", "refused"), ("reason", "It tells of a neighbour.")]).must_be(303);
        world.service().must_not_say("The soup is hot.");
        sign_in(&world.app, &seed::DAY_CLUB).get(&review).must_be(404);
        world.decides(&[("decision", "shown")]).must_be(422).must_say("Say why it is decided anew");
        world.decides(&[("decision", "shown"), ("reason", "Read again.")]).must_be(303);
        world.service().must_say("The soup is hot.");
        assert_eq!(world.app.number("SELECT count(*) AS n FROM review_decisions WHERE reason <> ''"), 2, "all stay");

        // An answer that is not shown can be followed by another one; one that is shown is taken down again.
        let club = sign_in(&world.app, &seed::DAY_CLUB);
        let reply = format!("{review}/reply");
        let out = club.post_json(&reply, &json!({ "text": "Ring 01305 251000" }));
        assert!(out.status == 422 && out.body.contains("Take out the telephone number"), "{}", out.body);
        // Which name it was the provider does not learn by trying.
        club.submit(&review, &reply, &[("text", "We know that it was mary.")]);
        officer.open(&review).must_say("It holds the name of who wrote the review.");
        let shown = world.decides_answer(&[("answer_decision", "shown")]);
        shown.must_be(422).must_say("so it cannot be shown");
        world.decides_answer(&[("answer_decision", "refused")]).must_be(422).must_say("Say why it is not shown");
        world.decides_answer(&[("answer_decision", "refused"), ("answer_reason", "Please write anew.")]).must_be(303);
        club.open(&review).must_say("Please write anew.");
        let old = world.app.number("SELECT max(id) AS n FROM review_replies");
        club.submit(&review, &reply, &[("text", "We are glad of it.")]);
        let stale = json!({ "reply": old.to_string(), "answer_decision": "shown", "answer_reason": "x" });
        officer.post_json(&format!("{review}/reply/decision"), &stale).must_be(409);
        world.decides_answer(&[("answer_decision", "shown")]).must_be(303);
        world.service().must_say("We are glad of it.").must_not_say("it was mary");
        world.decides_answer(&[("answer_decision", "refused"), ("answer_reason", "It was untrue.")]).must_be(303);
        world.service().must_say("The soup is hot.").must_not_say("We are glad of it.");

        // Who wrote it takes it back, and what was said before is not shown either.
        world.writes(&seed::PERSON, "The soup is warm.").must_be(303);
        let second = world.newest();
        let withdraw = format!("{second}/withdrawal");
        officer.post_json(&withdraw, &json!({})).must_be(403);
        club.post_json(&withdraw, &json!({})).must_be(404);
        let mary = sign_in(&world.app, &seed::PERSON);
        mary.submit(&second, &withdraw, &[]).must_say("Whoever wrote it took it back.");
        world.service().must_not_say("The soup is");
        mary.post_json(&withdraw, &json!({})).must_be(409);
        mary.post_json(&format!("{review}/withdrawal"), &json!({})).must_be(409);
        mary.open(&review).must_say("Taken back");
        officer.post_json(&format!("{second}/decision"), &json!({ "decision": "shown" })).must_be(409);
        world.writes(&seed::PERSON, "The soup is good.").must_be(303);
        world.service().must_not_say("The soup is");
        world.decides(&[("decision", "shown")]).must_be(303);
        world.service().must_say("The soup is good.").must_not_say("The soup is hot.");

        // When she is erased, the words about her go with hers; before, nobody takes them out.
        let number = |query: &str| world.app.number(query);
        let person = number("SELECT person_id AS n FROM reviews WHERE id = (SELECT min(id) FROM reviews)");
        let erase = || {
            let person = tailormade::ids::PersonId::new(person);
            world.app.db().write_now(move |tx| tailormade::reviews::store::erase_words(tx, person))
        };
        assert!(format!("{:?}", erase()).contains("append-only"));
        world.app.fresh.execute(&format!(
            "INSERT INTO erasures (person_id, ground, reason, authority, decided_by, decided_at)
             VALUES ({person}, 'due', 'Nothing open.', 'officer', 1, '2036-11-23 10:00:00')"
        ));
        erase().unwrap();
        assert_eq!(number("SELECT count(*) AS n FROM review_replies WHERE text <> ''"), 0);
        assert_eq!(number("SELECT count(*) AS n FROM review_decisions WHERE reason NOT IN ('', 'Erased')"), 0);
        assert_eq!(number("SELECT count(*) AS n FROM review_reply_decisions WHERE reason NOT IN ('', 'Erased')"), 0);
    }
}

#[test]
fn who_has_to_do_with_a_review_is_told_without_a_word_of_it() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        let told = |subject: &str, to: &Party, before: usize| {
            // The newest stand first.
            let mut mails = world.app.mails();
            mails.truncate(mails.len() - before);
            let found: Vec<_> = mails.iter().filter(|mail| mail.subject == subject).collect();
            assert!(
                found.iter().any(|mail| mail.to == to.email),
                "{subject}: {:?}",
                mails.iter().map(|mail| (&mail.to, &mail.subject)).collect::<Vec<_>>()
            );
            for mail in &mails {
                for word in ["soup", "glad", "unkind"] {
                    assert!(!mail.text.contains(word), "{word} in {}", mail.text);
                }
                assert!(mail.to == seed::PERSON.email || !mail.text.contains("Mary"), "{}", mail.text);
            }
        };
        let now = || world.app.mails().len();
        let before = now();
        world.writes(&seed::PERSON, "The soup is hot.").must_be(303);
        told("A review waits to be read", &seed::OFFICER, before);
        sign_in(&world.app, &seed::OFFICER).open("/").must_say("to read before");
        let before = now();
        world.decides(&[("decision", "shown")]).must_be(303);
        told("What you said of a service is shown", &seed::PERSON, before);
        told("Somebody has said how a service of yours was", &seed::DAY_CLUB, before);
        let (before, review) = (now(), world.newest());
        let club = sign_in(&world.app, &seed::DAY_CLUB);
        club.submit(&review, &format!("{review}/reply"), &[("text", "We are glad.")]);
        told("An answer to a review waits to be read", &seed::OFFICER, before);
        let before = now();
        world.decides_answer(&[("answer_decision", "shown")]).must_be(303);
        told("Your answer to a review is shown", &seed::DAY_CLUB, before);
        let before = now();
        world.decides(&[("decision", "refused"), ("reason", "It is unkind.")]).must_be(303);
        told("What you said of a service is not shown", &seed::PERSON, before);
    }
}

#[test]
fn looks_at_what_others_used_and_said_are_recorded_as_what_they_are() {
    let world = World::begin(Engine::Sqlite);
    let mary = world
        .app
        .number("SELECT p.id AS n FROM people p JOIN users u ON u.id = p.user_id WHERE u.email = 'mary@demo.example'");
    let person = tailormade::ids::PersonId::new(mary);
    world.app.mandate(
        person,
        world.app.user("ann@example.org", "Ann Attorney"),
        tailormade::auth::rights::Authority::Attorney,
    );
    let ann = world.app.signed_in("ann@example.org");
    let looks = |kind: &str, id: i64| {
        world.app.bring_record_up();
        world.app.number(&format!(
            "SELECT count(*) AS n FROM audit_events WHERE kind = 'view' AND user_name = 'Ann Attorney' AND person_id = {mary}
             AND thing_kind = '{kind}' AND thing_id = {id}"
        ))
    };
    ann.open("/reviews").must_say("Day club, for ");
    assert_eq!(looks("person", mary), 1, "the list tells what somebody used");
    let form = format!("/services/{}/reviews/new?person={mary}", world.day);
    ann.open(&form);
    assert_eq!(looks("person", mary), 2, "there is no review yet");
    world.writes(&seed::PERSON, "The soup is hot.").must_be(303);
    let newest = world.app.number("SELECT max(id) AS n FROM reviews");
    ann.open(&form).must_say("The soup is hot.");
    assert_eq!(looks("review", newest), 1);
}
