//! Bad input: every form and JSON body with missing, too long, negative, non-numeric, foreign or repeated values.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tailormade::demo::seed;
use tailormade::routes::{ROUTES, Route};

use super::{World, everything, named};
use crate::support::visitor::{Reply, Visitor};

/// Who sends the form of a route, to where, and what would be right in it.
struct Target<'a> {
    route: &'a Route,
    who: &'a Visitor,
    path: String,
    right: Map<String, Value>,
}

/// What a delivery says of a visit.
const VISIT: [&str; 8] =
    ["start", "minutes", "staff", "miles", "outcome", "cancelled_on", "cancelled_at", "hospital_since"];

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Money,
    Quantity,
    Date,
    Whole,
    Id,
    Choice,
    Text,
    OptionalText,
    Flag,
}

/// What a field of a rate card is: all but the first rows of it may be left out.
fn rate_kind(field: &str) -> Option<Kind> {
    let row = field.trim_end_matches(|last: char| last.is_ascii_digit()).trim_end_matches('_');
    Some(match row {
        "rounding" | "days" => Kind::Choice,
        "step_minutes" | "minimum_minutes" | "staff" | "people" | "hospital_days" | "free_break_days" | "minutes"
        | "notice_hours" | "notice_percent" => Kind::Whole,
        "mile_price" => Kind::Money,
        "price" if field != "price" => Kind::Money,
        "special" => Kind::Date,
        "from" | "until" if field != "from" && field != "until" => Kind::Choice,
        _ => return None,
    })
}

fn kind(path: &str, field: &str) -> Kind {
    if let Some(kind) = rate_kind(field).filter(|_| path.ends_with("/rates")) {
        return kind;
    }
    // What counts where days and times were ordered is tried in journeys/visit_prices.rs.
    if path.ends_with("/deliveries") && VISIT.contains(&field) {
        return Kind::Flag;
    }
    if path.ends_with("/visits") {
        return match field {
            "days_1" | "start_1" => Kind::Choice,
            "miles_1" => Kind::Quantity,
            _ => Kind::Whole,
        };
    }
    if path.ends_with("/details") {
        return match field {
            "version" | "minimum_age" | "maximum_age" | "reach_miles" | "places_left" | "waiting_weeks" => Kind::Whole,
            "opens" | "closes" => Kind::Choice,
            _ => Kind::Flag,
        };
    }
    match field {
        "words" | "criterion_2" | "criterion_3" | "criterion_4" | "criterion_5" | "criterion_1" => {
            return Kind::OptionalText;
        }
        "within" | "price_weight" | "because" | "answer" => return Kind::Choice,
        "place" if path == "/quotes" => return Kind::Choice,
        "weight_1" => return Kind::Choice,
        "weight_2" | "weight_3" | "weight_4" | "weight_5" | "service_1" | "rules" => return Kind::Flag,
        "query" => return Kind::Choice,
        "seen" if path.ends_with("/photos") => return Kind::Text,
        "answer_by" | "valid_until" | "holds_until" => return Kind::Date,
        "fund" if path == "/quotes" => return Kind::Id,
        "seen" if path.ends_with("/choice") => return Kind::OptionalText,
        "reason" | "feedback_1" if path.starts_with("/quotes/") => return Kind::OptionalText,
        "score_1_1" => return Kind::Whole,
        "as_agreed" | "on_time" | "respect" | "again" => return Kind::Choice,
        "reason" | "answer_reason" if path.starts_with("/reviews/") => return Kind::OptionalText,
        "answer_decision" => return Kind::Choice,
        "relies_on" => return Kind::Choice,
        "most" => return Kind::Money,
        "until" if path.starts_with("/council-rules") => return Kind::Date,
        "reason" if path.starts_with("/council-rules") => return Kind::Text,
        _ => {}
    }
    match field {
        "about" | "approve" | "outcome" if path.starts_with("/people/") => Kind::Choice,
        "approve_up_to" => Kind::Money,
        "decided_on" | "died_on" => Kind::Date,
        "see_plan" | "see_money" | "choose" | "sign" | "mistake" => Kind::Flag,
        "evidence_note" => Kind::OptionalText,
        // A file, which JSON does not carry.
        "evidence" if !path.starts_with("/register/") => Kind::Flag,
        "seen" | "quorum" if path.ends_with("/policies") => Kind::Whole,
        "seen" if path.ends_with("/communication") => Kind::Whole,
        "row" => Kind::Whole,
        "received_on" | "reviewed_on" => Kind::Date,
        "table" | "ground" | "print_size" | "language" | "interpreter" => Kind::Choice,
        "format_large_print" | "format_easy_read" | "format_braille" | "format_audio" | "format_plain_text"
        | "plain_background" | "contact_letter" | "support_more_time" => Kind::Flag,
        "officer" | "finance" | "coordinator" | "admin" | "safeguarding" | "auditor" | "reader"
        | "separate_payments" => Kind::Flag,
        "role" | "decision" => Kind::Choice,
        "organisation" => Kind::Id,
        "amount" | "weekly" | "contribution_weekly" | "vat_uplift_weekly" | "fee_weekly" | "price" => Kind::Money,
        "quantity" | "weekly_quantity" | "line-1" => Kind::Quantity,
        "on" | "starts_on" | "vat_from" | "valid_from" => Kind::Date,
        "vat_evidence" => Kind::OptionalText,
        "from" | "to" => Kind::Date,
        "version"
        | "weeks"
        | "advance_days"
        | "surplus_cap_weeks"
        | "notice_person_weeks"
        | "notice_holder_weeks"
        | "notice_council_weeks" => Kind::Whole,
        "holder" | "nominee" | "provider" | "service" | "person" => Kind::Id,
        "form"
        | "structure"
        | "payment_frequency"
        | "contribution_mode"
        | "authority"
        | "fee_position"
        | "surplus_rule"
        | "cause"
        | "party"
        | "subject"
        | "kind"
        | "charity_status"
        | "vat_status"
        | "vat_charity"
        | "vat_regulated"
        | "class"
        | "category"
        | "nature"
        | "inside_regulated_activity"
        | "unit"
        | "basis"
        | "published"
        | "package"
        | "for"
        | "organisation_kind"
        | "whom"
        | "step"
        | "judgement"
        | "seen" => Kind::Choice,
        "recovery_confirmed" | "declaration" | "read" | "regulated" | "next" => Kind::Flag,
        "note" | "about" | "about_words" | "charity_number" | "register_location" | "vat_number" | "shown"
        | "agreed_note" => Kind::OptionalText,
        "email" if path == "/people" => Kind::OptionalText,
        "reference" if path == "/access/grants" => Kind::OptionalText,
        "reason" if path.ends_with("/ending") => Kind::OptionalText,
        _ => Kind::Text,
    }
}

/// What nobody may send in a field of a kind.
fn wrong(kind: Kind) -> Vec<Value> {
    let long = "9".repeat(10_000);
    let text = |values: &[&str]| values.iter().map(|value| json!(value)).collect::<Vec<Value>>();
    let mut wrong = match kind {
        Kind::Money => text(&["-1", "ten", "1.234.5", "1e9", "99999999999999999999", "NaN"]),
        Kind::Quantity => text(&["-1", "ten", "1.234", "9999999999", "99999999999999999999"]),
        Kind::Date => text(&["soon", "32/1/2026", "2026-02-30", "0001-01-01", "9999-12-31", "-1"]),
        Kind::Whole => text(&["-1", "0.5", "many", "99999999999999999999", "9223372036854775807"]),
        Kind::Id => text(&["-1", "0", "x", "987654321", "9223372036854775807", "99999999999999999999"]),
        Kind::Choice => text(&["-1", "nothing of the list", "<b>"]),
        Kind::Text | Kind::OptionalText => text(&["bell \u{7}", "zero \u{0}"]),
        Kind::Flag => vec![],
    };
    if kind != Kind::Flag {
        wrong.push(json!(long));
        wrong.push(json!([1]));
        wrong.push(json!({ "a": 1 }));
    }
    wrong
}

/// Fields without which a form is still whole.
fn may_be_missing(path: &str, field: &str, kind: Kind) -> bool {
    let optional = [
        "contribution_weekly",
        "vat_uplift_weekly",
        "nominee",
        "party",
        "subject",
        "line-1",
        "to",
        "structure",
        "next",
        "quorum",
        "approve_up_to",
        "print_size",
    ];
    matches!(kind, Kind::OptionalText | Kind::Flag)
        || optional.contains(&field)
        || (path.ends_with("/rates") && rate_kind(field).is_some())
        || (path.ends_with("/details") && field != "version")
        || ["minutes_1", "staff_1", "miles_1"].contains(&field)
        || (field == "holder" && path.ends_with("/funds"))
        || path.ends_with("/statements")
        || (path == "/quotes" && ["words", "category", "place", "within", "price_weight"].contains(&field))
        || ["because", "holds_until", "score_1_1", "vat_charity", "vat_regulated"].contains(&field)
        || (path.starts_with("/quote-asks/") && ["unit", "quantity"].contains(&field))
        || (field == "valid_until" && path.ends_with("/documents"))
        || (field == "person" && path.ends_with("/reviews"))
        || (path == "/council-rules" && ["provider", "relies_on", "until"].contains(&field))
        || (field == "organisation" && path.ends_with("/mandates"))
}

/// What would be right in a field.
fn right(world: &World, field: &str) -> Value {
    match field {
        "amount" | "weekly" => json!("10.00"),
        "contribution_weekly" | "vat_uplift_weekly" | "fee_weekly" => json!("0.00"),
        "price" => json!("20.00"),
        "quantity" | "weekly_quantity" | "line-1" => json!("1"),
        "on" => json!("2026-11-23"),
        "starts_on" | "from" | "vat_from" => json!("2026-12-21"),
        "weeks" => json!(1),
        "advance_days" => json!(14),
        "surplus_cap_weeks" | "notice_person_weeks" | "notice_holder_weeks" | "notice_council_weeks" => json!(4),
        "service" => json!(world.number("SELECT min(id) AS n FROM services")),
        "package" => json!(world.number("SELECT min(id) AS n FROM packages")),
        "provider" => json!(world.number("SELECT min(provider_id) AS n FROM invoices")),
        "role" => json!("reader"),
        "decision" | "answer_decision" => json!("refused"),
        "reply" => json!(world.number("SELECT min(id) AS n FROM review_replies")),
        "organisation" => json!("new"),
        "approve" => json!("up_to"),
        "approve_up_to" => json!("50.00"),
        "outcome" => json!("has_capacity"),
        "decided_by" => json!("Example"),
        "decided_on" | "died_on" => json!("2026-11-20"),
        "account_name" | "evidence" | "evidence_note" | "code" => json!("Example"),
        "sort_code" => json!("112233"),
        "account_number" => json!("11223344"),
        "form" => json!("care_managed"),
        "payment_frequency" => json!("four_weekly"),
        "contribution_mode" => json!("council_invoices"),
        "structure" => json!("agent_of_person"),
        "authority" => json!("nominated_person"),
        "fee_position" => json!("from_budget"),
        "surplus_rule" => json!("pro_rata"),
        "cause" => json!("notice"),
        "party" => json!("person"),
        "whom" => json!("council"),
        "step" => json!("note"),
        "judgement" => json!("dismissed"),
        "seen" => json!(0),
        "language" => json!("en"),
        "interpreter" => json!("none"),
        "reviewed_on" | "received_on" => json!("2026-11-20"),
        "table" => json!("deliveries"),
        "row" => json!(world.number("SELECT min(id) AS n FROM deliveries")),
        "ground" => json!("third_party"),
        "lift_reason" | "erasure_reason" => json!("Example"),
        "person" => json!(world.number("SELECT id AS n FROM people WHERE name = 'Mary Whitlow'")),
        "text" | "complaints_team" | "care_line" => json!("Example"),
        "subject" => json!("support"),
        "kind" => json!("company"),
        "charity_status" => json!("none"),
        "vat_status" => json!("not_registered"),
        "vat_charity" => json!("none"),
        "vat_regulated" => json!("no"),
        "class" => json!("D"),
        "valid_from" => json!("2026-01-01"),
        "category" => json!("day_service"),
        "nature" => json!("welfare"),
        "inside_regulated_activity" => json!("no"),
        "unit" => json!("day"),
        "basis" => json!("net"),
        "published" | "read" => json!("true"),
        "postcode" => json!("DT1 1XJ"),
        "email" => json!(seed::NEIGHBOUR.email),
        "password" => json!("not the password"),
        "present_password" | "address_password" => json!(seed::PASSWORD),
        "for" => json!("provider"),
        "organisation_kind" => json!("company"),
        "organisation_name" => json!("Example"),
        "purpose" => json!("The yearly audit"),
        "sha256" => json!("0".repeat(64)),
        "name" | "address_line" | "town" | "summary" | "agreed_note" | "reference" | "what" | "reason" | "note" => {
            json!("Example")
        }
        _ => Value::Null,
    }
}

/// Everybody who sends forms.
struct Cast {
    out: Visitor,
    mary: Visitor,
    tom: Visitor,
    day_club: Visitor,
    agency: Visitor,
    officer: Visitor,
    finance: Visitor,
    operator: Visitor,
    safeguarding: Visitor,
}

/// Whoever runs the installation.
fn operator(world: &World) -> Visitor {
    let user = world.app.user("operator@test.example", "Operator");
    world.app.db().write_now(move |tx| tailormade::auth::store::access::make_operator(tx, user)).unwrap();
    world.app.signed_in("operator@test.example")
}

fn target<'a>(world: &World, cast: &'a Cast, route: &'a Route) -> Target<'a> {
    let mary_fund = world.fund().rsplit('/').next().unwrap().to_owned();
    let own = |who: &'a Visitor, path: String| (who, path);
    let n = |sql: &str| world.number(sql);
    let day_club = "(SELECT id FROM organisations WHERE name = 'Sunrise Day Club Ltd')";
    let mary = n("SELECT p.id AS n FROM people p JOIN users u ON u.id = p.user_id WHERE u.email = 'mary@demo.example'");
    let tom_fund = n("SELECT min(id) AS n FROM funds WHERE form = 'direct_payment'");
    let open_order = n(&format!("SELECT max(id) AS n FROM orders WHERE fund_id = {mary_fund}"));
    let first_order = n(&format!("SELECT min(id) AS n FROM orders WHERE fund_id = {mary_fund}"));
    let line = n(&format!(
        "SELECT max(l.id) AS n FROM order_lines l WHERE l.provider_id = {day_club} AND l.order_id = {open_order}"
    ));
    let waiting = n("SELECT min(id) AS n FROM deliveries WHERE status = 'recorded'");
    let invoice = n("SELECT min(id) AS n FROM invoices WHERE kind = 'invoice'");
    let day_invoice =
        n(&format!("SELECT min(id) AS n FROM invoices WHERE kind = 'invoice' AND provider_id = {day_club}"));
    let note = n("SELECT COALESCE(min(id), 0) AS n FROM invoices WHERE kind = 'credit_note'");
    let service = n(&format!("SELECT min(id) AS n FROM services WHERE organisation_id = {day_club}"));
    let package = n(&format!("SELECT min(id) AS n FROM packages WHERE fund_id = {mary_fund}"));
    let (who, path) = match route.path {
        "/sign-in" => own(&cast.out, route.path.to_owned()),
        "/sign-in/code" | "/sign-in/unlocking" => own(&cast.out, route.path.to_owned()),
        "/sign-out" => own(&cast.tom, route.path.to_owned()),
        "/sign-up" | "/password-reset" => own(&cast.out, route.path.to_owned()),
        path if path.contains("{token}") => own(&cast.tom, path.replace("{token}", "unknown")),
        path if path.starts_with("/account") => own(&cast.tom, path.replace("{id}", "0")),
        "/people" => own(&cast.officer, route.path.to_owned()),
        path if path.starts_with("/saved-searches") => own(&cast.mary, path.replace("{id}", "1")),
        path if path.contains("/shortlist") => own(&cast.mary, path.replace("{id}", &mary.to_string())),
        path if path.starts_with("/register/{id}") => own(&cast.day_club, path.replace("{id}", "1")),
        path if path.starts_with("/claims/{id}") => own(&cast.officer, path.replace("{id}", "1")),
        path if path.starts_with("/organisations/{id}") => {
            let dan = world.user_of(&seed::DAY_CLUB);
            let id = world.organisation_of(&seed::DAY_CLUB);
            let path = path.replace("{id}", &id.to_string()).replace("{user}", &dan.to_string());
            own(&cast.day_club, path.replace("{change}", "1").replace("{invitation}", "1"))
        }
        path if path.starts_with("/second-factor-removals/") => own(&cast.day_club, path.replace("{id}", "1")),
        "/access/grants" => own(&cast.officer, route.path.to_owned()),
        path if path.starts_with("/services/{id}/reviews") => {
            let used = n("SELECT id AS n FROM services WHERE name = 'Art class'");
            own(&cast.mary, path.replace("{id}", &used.to_string()))
        }
        path if path.starts_with("/reviews/{id}") && path.ends_with("/decision") => {
            own(&cast.officer, path.replace("{id}", "1"))
        }
        "/reviews/{id}/withdrawal" => own(&cast.mary, route.path.replace("{id}", "1")),
        path if path.starts_with("/reviews/{id}") => own(&cast.day_club, path.replace("{id}", "1")),
        "/quotes" => own(&cast.mary, route.path.to_owned()),
        path if path.starts_with("/quotes/{id}") => own(&cast.mary, path.replace("{id}", "1")),
        path if path.starts_with("/quote-asks/{id}") => {
            let ask = n("SELECT min(a.id) AS n FROM quote_asks a JOIN organisations g ON g.id = a.provider_id
                WHERE g.name = 'Sunrise Day Club Ltd'");
            own(&cast.day_club, path.replace("{id}", &ask.to_string()))
        }
        path if path.starts_with("/provider-documents/{id}") || path.starts_with("/vat-alerts/{id}") => {
            own(&cast.officer, path.replace("{id}", "1"))
        }
        path if path.starts_with("/council-rules") => own(&cast.officer, path.replace("{id}", "1")),
        "/access/grants/{id}/end" => own(&cast.officer, route.path.replace("{id}", "1")),
        "/break-glass" => own(&cast.operator, route.path.to_owned()),
        path if path.starts_with("/mandate-offers/{id}") => own(&cast.mary, path.replace("{id}", "1")),
        path if path.starts_with("/mandates/{id}") => {
            let given = n(&format!("SELECT min(id) AS n FROM mandates WHERE person_id = {mary}"));
            own(&cast.mary, path.replace("{id}", &given.to_string()))
        }
        path if path.starts_with("/people/{id}") => {
            let path = path.replace("{id}", &mary.to_string()).replace("{hold}", "1");
            own(&cast.officer, path.replace("{withholding}", "1"))
        }
        "/packages/add" => own(&cast.mary, route.path.to_owned()),
        "/funds/{id}/spending" => own(&cast.tom, route.path.replace("{id}", &tom_fund.to_string())),
        "/funds/{id}/funding" => own(&cast.finance, route.path.replace("{id}", &mary_fund)),
        "/funds/{id}/contributions" | "/funds/{id}/vat-refunds" | "/funds/{id}/agreements" => {
            own(&cast.agency, route.path.replace("{id}", &mary_fund))
        }
        path if path.starts_with("/funds/{id}") => own(&cast.mary, path.replace("{id}", &mary_fund)),
        path if path.starts_with("/packages/{id}") => {
            own(&cast.mary, path.replace("{id}", &package.to_string()).replace("{service}", &service.to_string()))
        }
        path if path.starts_with("/services/{id}/files") => {
            own(&cast.day_club, path.replace("{id}", &service.to_string()).replace("{file}", "1"))
        }
        path if path.starts_with("/services/{id}") => own(&cast.day_club, path.replace("{id}", &service.to_string())),
        path if path.starts_with("/provider") || path == "/services" => own(&cast.day_club, path.to_owned()),
        "/agreements/{id}/signatures" | "/agreements/{id}/ending" => own(&cast.mary, route.path.replace("{id}", "1")),
        path if path.starts_with("/agreements/{id}") => own(&cast.agency, path.replace("{id}", "1")),
        "/order-lines/{id}/deliveries" => own(&cast.day_club, route.path.replace("{id}", &line.to_string())),
        "/deliveries/{id}/withdrawal" => own(&cast.agency, route.path.replace("{id}", &waiting.to_string())),
        path if path.starts_with("/deliveries/{id}") => own(&cast.mary, path.replace("{id}", &waiting.to_string())),
        "/orders/{id}/invoices" => own(&cast.day_club, route.path.replace("{id}", &first_order.to_string())),
        path if path.starts_with("/orders/{id}") => own(&cast.mary, path.replace("{id}", &open_order.to_string())),
        "/invoices/{id}/credit" => own(&cast.day_club, route.path.replace("{id}", &day_invoice.to_string())),
        "/invoices/{id}/payment" => own(&cast.agency, route.path.replace("{id}", &invoice.to_string())),
        "/invoices/{id}/refund" => own(&cast.tom, route.path.replace("{id}", &note.to_string())),
        path if path.starts_with("/invoices/{id}") => own(&cast.mary, path.replace("{id}", &invoice.to_string())),
        "/concerns" | "/safeguarding" => own(&cast.mary, route.path.to_owned()),
        "/concerns/contacts" => own(&cast.officer, route.path.to_owned()),
        "/concerns/{id}/answer" | "/concerns/{id}/acknowledgement" => {
            own(&cast.day_club, route.path.replace("{id}", "1"))
        }
        path if path.starts_with("/concerns/{id}") => own(&cast.mary, path.replace("{id}", "1")),
        path if path.starts_with("/safeguarding/") => own(&cast.safeguarding, path.replace("{id}", "1")),
        other => panic!("say who sends the form of {other}"),
    };
    assert!(!path.contains('{'), "{path} is the address of no form");
    let mut fields = Map::new();
    for (name, _) in route.fields {
        let value = match *name {
            "version" => shown_version(world, &path),
            "party" if route.path.ends_with("/ending") => json!("person"),
            "ground" if route.path.ends_with("/erasure") => json!("request"),
            "about" if route.path.ends_with("/capacity-decisions") => json!("money"),
            "organisation" if route.path.ends_with("/mandates") => Value::Null,
            "structure" if route.path.ends_with("/funds") => Value::Null,
            "seen" if route.path.ends_with("/policies") => json!(0),
            "seen" if route.path.ends_with("/roles") => json!("admin,coordinator,finance"),
            "kind" if route.path.starts_with("/quote-asks") => json!("offered"),
            "as_agreed" | "on_time" | "respect" | "again" => json!("5"),
            "person" if route.path.ends_with("/reviews") => json!(mary),
            "fund" => json!(mary_fund),
            "within" => json!("10"),
            "times" => json!("Mornings"),
            "query" => json!("words=art"),
            "seen" if route.path.ends_with("/photos") => json!("A wheel"),
            "title" => json!("A leaflet"),
            "service_1" => json!("yes"),
            "answer_by" => json!("2026-12-01"),
            "criterion_1" => json!("A quiet place"),
            "weight_1" => json!("2"),
            "answer" => json!("none"),
            "valid_until" => json!("2026-12-24"),
            "kind" if route.path.ends_with("/documents") => json!("insurance"),
            "outcome" if route.path.ends_with("/checks") => json!("accepted"),
            "kind" if route.path == "/council-rules" => json!("capped"),
            "most" => json!("20.00"),
            "provider" if route.path == "/council-rules" => Value::Null,
            "days_1" if route.path.ends_with("/visits") => json!("monday"),
            "start_1" if route.path.ends_with("/visits") => json!("9am"),
            "minutes_1" if route.path.ends_with("/visits") => json!("30"),
            "staff_1" | "miles_1" if route.path.ends_with("/visits") => json!("1"),
            name => right(world, name),
        };
        if !value.is_null() {
            fields.insert((*name).to_owned(), value);
        }
    }
    Target { route, who, path, right: fields }
}

/// The version of the thing that a path is about, as its row has it.
fn shown_version(world: &World, path: &str) -> Value {
    let words: Vec<&str> = path.split('/').collect();
    let (table, id) = (words[1], words.get(2).copied().unwrap_or_default());
    let table = if table == "concerns" { "complaints" } else { table };
    if table == "provider" {
        return json!(world.number("SELECT version AS n FROM organisations WHERE name = 'Sunrise Day Club Ltd'"));
    }
    json!(world.number(&format!("SELECT version AS n FROM {table} WHERE id = {id}")))
}

/// A body as JSON, with one more pair at its end, however often its name is there already.
fn with_another(body: &Map<String, Value>, name: &str, value: &Value) -> String {
    let text = Value::Object(body.clone()).to_string();
    let text = text.strip_suffix('}').unwrap();
    let comma = if body.is_empty() { "" } else { "," };
    format!("{text}{comma}{}:{value}}}", json!(name))
}

const JSON: [(&str, &str); 2] = [("accept", "application/json"), ("content-type", "application/json")];

/// Sends a body that must be refused at a field, with nothing changed.
fn must_refuse(world: &World, target: &Target, name: &str, body: String, complaints: &mut Vec<String>) {
    let before = everything(&world.app);
    let reply = target.who.request("POST", &target.path, &JSON, Some(body.clone()));
    let short: String = body.chars().take(200).collect();
    let asked = format!("{} {name} {short}", target.route.path);
    if !(400..500).contains(&reply.status) {
        complaints.push(format!("{asked}: {} {}", reply.status, reply.body));
    } else if reply.status == 422 && !says(&reply, name) {
        complaints.push(format!("{asked}: not at its field: {}", reply.body));
    }
    if everything(&world.app) != before {
        complaints.push(format!("{asked}: refused with {} and changed something", reply.status));
    }
}

/// Whether a refusal has a message for a field, in words.
fn says(reply: &Reply, name: &str) -> bool {
    let json = reply.json();
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().any(|error| error["field"] == name && error["message"].as_str().is_some_and(|text| text.len() > 5))
}

/// Where something else is looked at before the form: a state that refuses every form alike.
const STATE_FIRST: [&str; 4] =
    ["/funds/{id}/agreements", "/agreements/{id}/terms", "/provider/bulk/{id}/confirmation", "/sign-out"];

#[test]
fn bad_values_are_refused_at_their_field_and_nothing_is_changed() {
    let world = World::new();
    let cast = Cast {
        out: world.app.visitor(),
        mary: world.visitor(&seed::PERSON),
        tom: world.visitor(&seed::NEIGHBOUR),
        day_club: world.visitor(&seed::DAY_CLUB),
        agency: world.visitor(&seed::AGENCY),
        officer: world.visitor(&seed::OFFICER),
        finance: world.visitor(&seed::FINANCE),
        operator: operator(&world),
        safeguarding: world.visitor(&seed::SAFEGUARDING),
    };
    world.app.fresh.execute(
        "INSERT INTO safeguarding_signals (dedupe_key, person_id, council_id, kind, reason, raised_at)
            SELECT 'test', id, council_id, 'cash', 'A reason.', created_at FROM people WHERE name = 'Mary Whitlow';
        INSERT INTO legal_holds (person_id, reason, from_date, authority, placed_by, placed_at)
            SELECT id, 'A reason.', '2026-11-02', 'officer', user_id, created_at FROM people WHERE name = 'Mary Whitlow'",
    );
    let mut complaints = vec![];
    let mut looked_at: BTreeMap<&str, usize> = BTreeMap::new();
    let forms = ROUTES.iter().filter(|route| route.method == "POST" && !STATE_FIRST.contains(&route.path));
    for route in forms {
        let target = target(&world, &cast, route);
        for (name, _) in route.fields {
            let kind = kind(route.path, name);
            for value in wrong(kind) {
                let mut body = target.right.clone();
                body.insert((*name).to_owned(), value);
                must_refuse(&world, &target, name, Value::Object(body).to_string(), &mut complaints);
            }
            if !may_be_missing(route.path, name, kind) {
                let mut body = target.right.clone();
                body.remove(*name);
                must_refuse(&world, &target, name, Value::Object(body).to_string(), &mut complaints);
            }
            let mut body = target.right.clone();
            let value = body.entry((*name).to_owned()).or_insert(json!("x")).clone();
            must_refuse(&world, &target, name, with_another(&body, name, &value), &mut complaints);
            *looked_at.entry(route.path).or_default() += 1;
        }
    }
    assert!(looked_at.len() > 30, "{looked_at:?}");
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn what_is_no_form_is_refused() {
    let world = World::new();
    let officer = world.visitor(&seed::OFFICER);
    for body in ["", "[]", "null", "7", "\"x\"", "{", "{\"name\": \"a\"", "{\"name\": {\"a\": 1}}", "\u{0}", "{}{}"] {
        let reply = officer.request("POST", "/people", &JSON, Some(body.to_owned()));
        assert_eq!(reply.status, 422, "{body}: {}", reply.body);
    }
    for (kind, body) in [("text/plain", "name=a"), ("multipart/form-data; boundary=x", "--x--"), ("text/xml", "<a/>")] {
        let headers = [("accept", "application/json"), ("content-type", kind)];
        let reply = officer.request("POST", "/people", &headers, Some(body.to_owned()));
        assert_eq!(reply.status, 422, "{kind}: {}", reply.body);
    }
    let big = json!({ "name": "x".repeat(70_000) });
    assert_eq!(named(&officer.post_json("/people", &big)), [""]);
}

#[test]
fn a_field_that_comes_twice_in_json_is_refused() {
    let world = World::new();
    let finance = world.visitor(&seed::FINANCE);
    let path = format!("{}/funding", world.fund());
    let body = r#"{"amount": "1.00", "on": "2026-11-23", "reference": "x", "amount": "9000000.00"}"#;
    let before = everything(&world.app);
    let reply = finance.request("POST", &path, &JSON, Some(body.to_owned()));
    assert_eq!((reply.status, named(&reply)), (422, vec!["amount".to_owned()]), "{}", reply.body);
    assert_eq!(everything(&world.app), before);
}

#[test]
fn numbers_in_paths_that_are_none_lead_nowhere() {
    let world = World::new();
    let mary = world.visitor(&seed::PERSON);
    for route in ROUTES.iter().filter(|route| route.path.contains('{')) {
        for number in
            ["x", "-1", "0", "1.5", "99999999999999999999", "9223372036854775807", "%00", "1%27", "1%20OR%201=1"]
        {
            let path = route.path.replace("{id}", number).replace("{service}", number).replace("{document}", number);
            let reply = match route.method {
                "POST" => mary.post_json(&path, &json!({})),
                _ => mary.get_json(&path),
            };
            assert!(matches!(reply.status, 404 | 403), "{path}: {} {}", reply.status, reply.body);
        }
    }
    for method in ["PUT", "DELETE", "PATCH", "TRACE"] {
        let reply = mary.request(method, "/people", &[], None);
        assert!(matches!(reply.status, 403..=405), "{method}: {}", reply.status);
    }
}

#[test]
fn what_is_typed_into_a_query_is_never_a_fault() {
    let world = World::new();
    let mary = world.visitor(&seed::PERSON);
    let fund = world.fund();
    let bad =
        ["%00", "%FF", "%27", "%22", "%2A", "a%22b*%20OR", "-1", "9223372036854775807", "%F0%9F%98%80", "%3Cscript%3E"];
    for path in ["/search", "/what-it-costs", "/services/1", "/packages/add", "/sign-in", &format!("{fund}/statement")]
    {
        let route = ROUTES.iter().find(|route| {
            let shape = path.replace(&fund, "/funds/{id}").replace("/services/1", "/services/{id}");
            route.method == "GET" && route.path == shape
        });
        let names: Vec<&str> = route.unwrap().fields.iter().map(|(name, _)| *name).chain(["next", "x"]).collect();
        for name in names {
            for value in bad {
                for query in [format!("{name}={value}"), format!("{name}={value}&{name}={value}")] {
                    let reply = mary.get(&format!("{path}?{query}"));
                    assert!(reply.status < 500, "{path}?{query}: {} {}", reply.status, reply.body);
                    assert!(!reply.body.contains("<script>"), "{path}?{query} came back unescaped");
                }
            }
        }
    }
}
