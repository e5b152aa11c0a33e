//! What people who used a service say of it: written after something was confirmed, read first by the council, shown without a
//! name, answered once, and no average of a few.

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

    fn service(&self) -> Reply {
        self.app.visitor().open(&format!("/services/{}", self.day))
    }
}

#[test]
fn a_review_is_read_by_the_council_before_everybody_reads_it_without_a_name() {
    for engine in Engine::all() {
        let world = World::begin(engine);
        sign_in(&world.app, &seed::PERSON).open("/reviews").must_say("Day club, for you");
        world.writes(&seed::PERSON, "Mary likes it").must_be(422).must_say("Take out the name");
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

        // The provider answers once.
        club.open(&review).must_not_say("Mary");
        let reply = format!("{review}/reply");
        club.submit(&review, &reply, &[("text", "Thank you. We are glad.")]).must_say("Thank you. We are glad.");
        let again = [("text".to_owned(), "Once more".to_owned())];
        assert_eq!(club.post_json(&reply, &serde_json::json!({ "text": "Once more" })).status, 409, "{again:?}");
        world.service().must_say("The provider says").must_say("Thank you. We are glad.");

        // A new version waits, and the old one stays until it is read; a refusal has its reason.
        world.writes(&seed::PERSON, "The soup was cold last week.").must_be(303);
        world.service().must_say("the soup is hot").must_not_say("was cold");
        world.decides(&[("decision", "refused"), ("reason", "An example of a reason")]).must_be(303);
        world.service().must_say("the soup is hot");
        let newest = format!("/reviews/{}", world.app.number("SELECT max(id) AS n FROM reviews"));
        sign_in(&world.app, &seed::PERSON).open(&newest).must_say("An example of a reason").must_say("version 2");
        club.get(&newest).must_be(404);
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
