//! Signals of financial abuse: what would have to stand in the records, and that nothing else raises one.

use serde_json::json;
use tailormade::auth::rights::{Authority, Role};
use tailormade::concerns::store::signals;
use tailormade::db::Tx;
use tailormade::demo::seed;
use tailormade::ids::{OrganisationId, PersonId};

use super::World;

#[test]
fn the_records_of_the_story_raise_what_the_rules_find_and_each_once() {
    let world = World::new();
    let now = world.app.clock.now();
    let raise = move |tx: &mut Tx| signals::raise_all(tx, now);
    assert_eq!(world.app.db().write_now(raise).unwrap(), 0, "nothing in the story is a signal");
    // Mary's attorney belongs to the day club, which is paid from her fund.
    let club = world.number("SELECT id AS n FROM organisations WHERE name = 'Sunrise Day Club Ltd'");
    let mary = world.number("SELECT id AS n FROM people WHERE name = 'Mary Whitlow'");
    let attorney = world.app.user("attorney@test.example", "Anne Attorney");
    world.app.member(attorney, OrganisationId::new(club), Role::Reader);
    world.app.mandate(PersonId::new(mary), attorney, Authority::Attorney);
    // Tom reports much cash; so many deliveries are put down at once.
    let tom = world.number("SELECT id AS n FROM funds WHERE form = 'direct_payment'");
    let visitor = world.visitor(&seed::NEIGHBOUR);
    let spent = json!({ "amount": "120.00", "on": "2026-11-23", "what": "Cash from the cashpoint" });
    visitor.post_json(&format!("/funds/{tom}/spending"), &spent).must_be(201);
    world.app.fresh.execute(
        "INSERT INTO deliveries (order_line_id, order_id, fund_id, provider_id, delivered_on, quantity, note, status,
                recorded_by, recorded_at, version)
            SELECT order_line_id, order_id, fund_id, provider_id, date('2026-11-01', '+' || n || ' days'), 100, '',
                'recorded', recorded_by, '2026-11-23 12:00:00', 1
            FROM (SELECT * FROM deliveries ORDER BY id LIMIT 1),
                 (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6)",
    );
    // A provider has other bank details, and is paid three days after.
    for (number, from) in [(901, "2026-09-01"), (902, "2026-11-20")] {
        world.app.fresh.execute(&format!(
            "INSERT INTO bank_changes (id, organisation_id, sealed, drafted_by, drafted_at)
                SELECT {number}, id, '', 1, '{from} 00:00:00' FROM organisations WHERE name = 'Willow Art Classes';
             INSERT INTO bank_change_steps (change_id, step, authority, reason, effective_at, done_by, done_at)
                VALUES ({number}, 'confirmed', '', '', '{from} 00:00:00', 1, '{from} 00:00:00')",
        ));
    }
    assert_eq!(world.app.db().write_now(raise).unwrap(), 4);
    assert_eq!(world.app.db().write_now(raise).unwrap(), 0, "each once");
    let safe = world.visitor(&seed::SAFEGUARDING);
    safe.open("/safeguarding")
        .must_say("Anne Attorney acts for the person and belongs to Sunrise Day Club Ltd")
        .must_say("Willow Art Classes has other bank details from 20 November 2026 on, and £72.00 was paid to them")
        .must_say("£120.00 in cash was reported")
        .must_say("visits of 6 different days were recorded at once");
    assert_eq!(world.visitor(&seed::OFFICER).get("/safeguarding").status, 404);
}
