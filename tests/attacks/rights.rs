//! Rights: other people's things, other parties' signatures, oneself on both sides.

use serde_json::json;
use tailormade::auth::rights::{Authority, Role};
use tailormade::demo::seed;
use tailormade::ids::{OrganisationId, PersonId, UserId};

use super::{World, named, refused, version};

impl World {
    pub(super) fn user_of(&self, party: &seed::Party) -> UserId {
        UserId::new(self.number(&format!("SELECT id AS n FROM users WHERE email = '{}'", party.email)))
    }

    fn person_of(&self, party: &seed::Party) -> PersonId {
        let user = self.user_of(party);
        PersonId::new(self.number(&format!("SELECT id AS n FROM people WHERE user_id = {user}")))
    }

    pub(super) fn organisation_of(&self, party: &seed::Party) -> OrganisationId {
        let user = self.user_of(party);
        OrganisationId::new(
            self.number(&format!("SELECT organisation_id AS n FROM memberships WHERE user_id = {user}")),
        )
    }
}

#[test]
fn an_officer_gives_nobody_authority_to_themselves() {
    let world = World::new();
    let officer = world.visitor(&seed::OFFICER);
    let mary = world.person_of(&seed::PERSON);
    for authority in ["attorney", "broker", "nominated_person"] {
        let body = json!({ "email": seed::OFFICER.email, "authority": authority, "from": "2026-11-23" });
        let reply = refused(&world.app, &officer, &format!("/people/{mary}/mandates"), &body, 422);
        assert_eq!(named(&reply), ["email"]);
    }
    let body = json!({
        "name": "Somebody", "address_line": "1 Mill Lane", "town": "Dorchester", "postcode": "DT1 1XJ",
        "email": seed::OFFICER.email,
    });
    assert_eq!(named(&refused(&world.app, &officer, "/people", &body, 422)), ["email"]);
}

#[test]
fn an_organisation_never_decides_on_its_own_invoice_even_under_a_mandate() {
    let world = World::new();
    let (mary, tom) = (world.person_of(&seed::PERSON), world.person_of(&seed::NEIGHBOUR));
    world.app.mandate(mary, world.user_of(&seed::AGENCY), Authority::Attorney);
    world.app.mandate(tom, world.user_of(&seed::DAY_CLUB), Authority::Attorney);
    // A member who only reads belongs to the organisation as well.
    let reader = world.app.user("reader@test.example", "Reader");
    world.app.member(reader, world.organisation_of(&seed::AGENCY), Role::Reader);
    world.app.mandate(mary, reader, Authority::Attorney);
    let of = |party: &seed::Party| {
        let provider = world.organisation_of(party);
        world.number(&format!("SELECT max(id) AS n FROM invoices WHERE provider_id = {provider} AND kind = 'invoice'"))
    };
    world.app.fresh.execute("UPDATE invoices SET status = 'issued' WHERE kind = 'invoice'");
    let signed_in = world.app.signed_in("reader@test.example");
    for (who, party) in [
        (&world.visitor(&seed::AGENCY), &seed::AGENCY),
        (&world.visitor(&seed::DAY_CLUB), &seed::DAY_CLUB),
        (&signed_in, &seed::AGENCY),
    ] {
        let path = format!("/invoices/{}", of(party));
        let seen = json!({ "version": version(who, &path), "reason": "x" });
        refused(&world.app, who, &format!("{path}/approval"), &seen, 403);
        refused(&world.app, who, &format!("{path}/query"), &seen, 403);
    }
}

#[test]
fn who_works_for_a_provider_confirms_nothing_of_it() {
    let world = World::new();
    world.app.mandate(world.person_of(&seed::PERSON), world.user_of(&seed::AGENCY), Authority::Attorney);
    let agency = world.visitor(&seed::AGENCY);
    let own = world.organisation_of(&seed::AGENCY);
    let waiting =
        world.number(&format!("SELECT min(id) AS n FROM deliveries WHERE status = 'recorded' AND provider_id = {own}"));
    let order = world.number(&format!("SELECT order_id AS n FROM deliveries WHERE id = {waiting}"));
    refused(&world.app, &agency, &format!("/deliveries/{waiting}/confirmation"), &json!({ "version": 1 }), 403);
    let seen = json!({ "seen": format!("{waiting}:1") });
    refused(&world.app, &agency, &format!("/orders/{order}/deliveries/confirmation"), &seen, 403);
}

#[test]
fn a_provider_reads_its_own_lines_and_nothing_of_the_fund() {
    let world = World::new();
    let day_club = world.visitor(&seed::DAY_CLUB);
    let own = world.organisation_of(&seed::DAY_CLUB);
    let fund = world.fund();
    let order = world.number(&format!(
        "SELECT min(order_id) AS n FROM order_lines WHERE provider_id = {own} AND order_id IN
         (SELECT id FROM orders WHERE fund_id = {})",
        fund.rsplit('/').next().unwrap()
    ));
    let invoice = world.number(&format!("SELECT min(id) AS n FROM invoices WHERE provider_id = {own}"));
    for path in [
        format!("/orders/{order}"),
        format!("/orders/{order}/deliveries"),
        format!("/orders/{order}/invoices/new"),
        "/deliveries".to_owned(),
        "/invoices".to_owned(),
        format!("/invoices/{invoice}"),
        "/".to_owned(),
    ] {
        for reply in [day_club.get_json(&path), day_club.get(&path)] {
            assert_eq!(reply.status, 200, "{path}");
            // Others' services and organisations, what the budget is, what the person contributes.
            // (A letter goes to the holder who is the person's agent, so the holder's name may stand on the invoice.)
            for secret in ["Personal care", "Willow", "Befriending", "420.00", "381.00", "61.37", "1,524", "1524"] {
                assert!(!reply.body.contains(secret), "{path} tells the day club {secret:?}: {}", reply.body);
            }
        }
    }
    for leaf in ["", "/money", "/statement", "/packages", "/agreements/new"] {
        assert_eq!(day_club.get_json(&format!("{fund}{leaf}")).status, 404, "{fund}{leaf}");
    }
    let others = world.number(&format!("SELECT min(id) AS n FROM invoices WHERE provider_id <> {own}"));
    for path in [format!("/invoices/{others}"), format!("/invoices/{others}/paper"), "/agreements/1".to_owned()] {
        assert_eq!(day_club.get_json(&path).status, 404, "{path}");
    }
}

#[test]
fn a_paper_is_found_only_under_the_fund_that_it_is_of() {
    let world = World::new();
    let (mary, tom) = (world.visitor(&seed::PERSON), world.visitor(&seed::NEIGHBOUR));
    let kept = mary.post_json(&format!("{}/statements", world.fund()), &json!({})).location.unwrap();
    let document = kept.rsplit('/').next().unwrap();
    let own = world.number("SELECT min(id) AS n FROM funds WHERE form = 'direct_payment'");
    assert_eq!(mary.get(&kept).status, 200);
    assert_eq!(tom.get(&format!("/funds/{own}/statements/{document}")).status, 404);
    assert_eq!(tom.get(&kept).status, 404);
    // A paper of another kind is no statement, whoever asks.
    let agreement = world.number("SELECT document_id AS n FROM agreements");
    assert_eq!(mary.get(&format!("{}/statements/{agreement}", world.fund())).status, 404);
}

#[test]
fn what_ended_gives_no_right() {
    let world = World::new();
    let (broker, agency) = (world.visitor(&seed::BROKER), world.visitor(&seed::AGENCY));
    let fund = world.fund();
    assert_eq!((broker.get(&fund).status, agency.get(&fund).status), (200, 200));
    world.app.fresh.execute("UPDATE mandates SET ended_at = '2026-11-23 09:00:00'");
    world.app.fresh.execute("UPDATE memberships SET ended_at = '2026-11-23 09:00:00'");
    assert_eq!((broker.get(&fund).status, agency.get(&fund).status), (404, 404));
    world.app.fresh.execute("UPDATE mandates SET ended_at = NULL, to_date = '2026-11-22'");
    assert_eq!(broker.get(&fund).status, 404, "the last day was yesterday");
    world.app.fresh.execute("UPDATE mandates SET to_date = NULL, from_date = '2026-11-24'");
    assert_eq!(broker.get(&fund).status, 404, "the first day is tomorrow");
}

#[test]
fn who_held_a_payment_under_a_mandate_that_ended_has_no_part_in_it() {
    let world = World::new();
    let app = &world.app;
    let officer = world.visitor(&seed::OFFICER);
    let friend = app.user("friend@test.example", "Fred Friend");
    let tom = world.person_of(&seed::NEIGHBOUR);
    app.mandate(tom, friend, Authority::NominatedPerson);
    let more =
        json!({ "weekly": "200.00", "contribution_weekly": "0.00", "starts_on": "2026-11-23", "agreed_note": "x" });
    super::done(&officer, &format!("/people/{tom}/budgets"), &more);
    let fund = json!({
        "form": "indirect_payment", "weekly": "50.00", "nominee": friend.to_string(), "recovery_confirmed": "false",
        "payment_frequency": "four_weekly", "contribution_mode": "council_invoices", "starts_on": "2026-11-23",
    });
    let fund = super::done(&officer, &format!("/people/{tom}/funds"), &fund);
    let friend = app.signed_in("friend@test.example");
    assert_eq!(friend.get_json(&fund).status, 200);
    app.fresh.execute("UPDATE mandates SET ended_at = '2026-11-23 09:00:00' WHERE authority = 'nominated_person'");
    for leaf in ["", "/money", "/statement", "/agreements/new"] {
        assert_eq!(friend.get_json(&format!("{fund}{leaf}")).status, 404, "{fund}{leaf}");
    }
}

#[test]
fn the_stronger_of_two_mandates_counts() {
    let world = World::new();
    let app = &world.app;
    // The broker of Mary becomes her attorney as well.
    app.mandate(world.person_of(&seed::PERSON), world.user_of(&seed::BROKER), Authority::Attorney);
    let page = world.visitor(&seed::BROKER).get_json("/agreements/1/ending");
    assert_eq!(page.status, 200, "{}", page.body);
}
