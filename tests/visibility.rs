//! Who sees what of a person: the table that the pages ask is printed in the README, and its rows are tried on the pages.
//! Set `TAILORMADE_TEST_UPDATE=1` to write the README's table anew; then read what changed.

use serde_json::json;
use tailormade::auth::rights::Role;
use tailormade::auth::rights::visibility::{Access, Data, Viewer, access, table};
use tailormade::demo::seed;
use tailormade::ids::OrganisationId;

use crate::journeys::site::sign_in;
use crate::support::app::{Engine, TestApp};
use crate::support::visitor::Visitor;

#[test]
fn the_readme_says_who_sees_what() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&file).unwrap();
    let (begin, end) = ("<!-- who sees what -->\n", "<!-- end -->");
    let (before, rest) = readme.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let wanted = format!("{before}{begin}{}{end}{after}", table());
    if std::env::var_os("TAILORMADE_TEST_UPDATE").is_some() {
        std::fs::write(&file, &wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), wanted, "the README says something else");
}

/// The demonstration's world with an advocate and an auditor in it, and a note with each delivery.
struct World {
    app: TestApp,
    person: i64,
}

impl World {
    fn new() -> Self {
        let app = TestApp::in_the_story(Engine::Sqlite);
        app.fresh.execute(
            "UPDATE deliveries SET note = 'She was in good spirits.'
             WHERE provider_id = (SELECT id FROM organisations WHERE name = 'Sunrise Day Club Ltd')",
        );
        let person = app.number("SELECT id AS n FROM people WHERE name = 'Mary Whitlow'");
        let world = Self { app, person };
        world.let_in();
        world
    }

    /// Mary names an advocate; the council lets an auditor look.
    fn let_in(&self) {
        self.app.user("advocate@example.org", "Ada Advocate");
        let auditor = self.app.user("auditor@example.org", "Aude Auditor");
        let council = self.app.number("SELECT id AS n FROM organisations WHERE kind = 'council'");
        self.app.member(auditor, OrganisationId::new(council), Role::Auditor);
        let advocate = json!({ "email": "advocate@example.org", "authority": "advocate", "from": "2026-11-23",
                               "see_plan": "true", "see_money": "true" });
        let (mary, asked) = (sign_in(&self.app, &seed::PERSON), self.app.signed_in("advocate@example.org"));
        self.app.give_mandate(&mary, &format!("/people/{}", self.person), &advocate, &asked);
        let grant = json!({ "email": "auditor@example.org", "from": "2026-11-23", "to": "2026-11-30", "purpose": "The audit of this year" });
        sign_in(&self.app, &seed::OFFICER).post_json("/access/grants", &grant).must_be(201);
    }

    fn visitor(&self, viewer: Viewer) -> Visitor {
        match viewer {
            Viewer::Person => sign_in(&self.app, &seed::PERSON),
            Viewer::Broker => sign_in(&self.app, &seed::BROKER),
            Viewer::Holder => sign_in(&self.app, &seed::AGENCY),
            Viewer::SubProvider => sign_in(&self.app, &seed::DAY_CLUB),
            Viewer::SocialWorker => sign_in(&self.app, &seed::OFFICER),
            Viewer::CouncilFinance => sign_in(&self.app, &seed::FINANCE),
            Viewer::Advocate => self.app.signed_in("advocate@example.org"),
            Viewer::Auditor => self.app.signed_in("auditor@example.org"),
        }
    }

    /// Where a kind of data is shown, and what shows it. Needs and financial assessments are kept nowhere; account numbers
    /// are an organisation's own, on pages of their own.
    fn shown(&self, viewer: Viewer, data: Data) -> (Vec<String>, &'static str) {
        let id = |sql: &str| self.app.number(sql);
        let club = "(SELECT id FROM organisations WHERE name = 'Sunrise Day Club Ltd')";
        let person = format!("/people/{}", self.person);
        let fund =
            format!("/funds/{}", id(&format!("SELECT min(id) AS n FROM funds WHERE person_id = {}", self.person)));
        let order = format!(
            "/orders/{}",
            id(&format!("SELECT min(order_id) AS n FROM order_lines WHERE provider_id = {club}"))
        );
        let invoice =
            format!("/invoices/{}", id(&format!("SELECT min(id) AS n FROM invoices WHERE provider_id = {club}")));
        let agreement = format!("/agreements/{}", id("SELECT min(id) AS n FROM agreements"));
        match data {
            Data::Identity => (vec![person, fund, format!("{order}/deliveries")], "Mary Whitlow"),
            Data::Notes => (vec![format!("{order}/deliveries")], "She was in good spirits."),
            Data::Budget => (vec![person, fund], "£420.00"),
            // The terms of an agreement name it as well: who reads the terms reads it there.
            Data::Contribution if viewer == Viewer::Holder => (vec![agreement], "£61.37"),
            Data::Contribution => (vec![person], "£61.37"),
            Data::Fund => (vec![format!("{fund}/money")], "Money"),
            Data::Quotes => (vec![order], "£54.00"),
            Data::Invoices => (vec![invoice], "£259.20"),
            Data::Concerns => (vec![format!("/concerns/{}", id("SELECT min(id) AS n FROM complaints"))], "Complaint"),
            Data::Plan | Data::Assessment | Data::Bank => (vec![], ""),
        }
    }
}

#[test]
fn each_cell_of_the_table_is_what_a_page_shows() {
    let world = World::new();
    let mut wrong = vec![];
    for viewer in Viewer::ALL.iter().copied() {
        let visitor = world.visitor(viewer);
        for data in Data::ALL.iter().copied() {
            // The complaint of the story is about the day club: it is not the holder's own.
            if (viewer, data) == (Viewer::Holder, Data::Concerns) {
                continue;
            }
            let (pages, sign) = world.shown(viewer, data);
            let shown = pages.iter().any(|page| {
                let reply = visitor.get(page);
                reply.status == 200 && reply.text().contains(sign)
            });
            let wanted = match (access(viewer, data), data) {
                (Access::Nothing, _) => false,
                // Only those whom they serve, and their name and address alone.
                (Access::Masked, Data::Identity) => true,
                (Access::Masked, _) => false,
                (Access::Read | Access::Write, _) => true,
            };
            if !pages.is_empty() && shown != wanted {
                wrong.push(format!("{}, {}: {shown}", viewer.words(), data.words()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
