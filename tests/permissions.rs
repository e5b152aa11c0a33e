//! Every route with every role, as one readable table in `tests/permissions.txt`: what each may see and do.
//!
//! The routes come from `routes::ROUTES`, the world from the demonstration's story, the roles are its people and some who
//! have no part in it. Each cell is a request of its own on a copy of the same database, so that no cell changes another.
//! A POST is sent empty: 422 says that the role may try, 403 and 404 that it may not, 401 that nobody is signed in.
//! Set `TAILORMADE_TEST_UPDATE=1` to write the file anew; then read what changed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diesel::prelude::*;
use scraper::{Html, Selector};
use serde_json::json;
use tailormade::auth::rights::{Approval, Authority, Role, Scopes};
use tailormade::auth::{password, store as auth_store};
use tailormade::calendar::Clock;
use tailormade::config::{Config, DatabaseUrl};
use tailormade::db::schema::{audit_grants, factor_removals, mandates, organisations, people, users};
use tailormade::db::{Db, Tx, sqlite_side_files};
use tailormade::demo::{self, seed};
use tailormade::directory::import::{self, Options, Source};
use tailormade::fingerprint::sha256_of;
use tailormade::ids::{MandateId, OrganisationId, PersonId, UserId};
use tailormade::mail::EmailAddress;
use tailormade::mandates::{NewMandate, NewOffer, Recorder, store as mandates_store};
use tailormade::paper::store as papers;
use tailormade::people::{Address, NewOrganisation, OrganisationKind, store as people_store};
use tailormade::routes::ROUTES;
use tailormade::server::{Inside, Reply, inside};
use tailormade::users::{Gives, NewLink, Purpose, store as users_store};
use tailormade::vat::CharityStatus;
use tailormade::web::App;
use tailormade::web::upload::{FileKind, Uploaded};

use crate::support::app::{Engine, FreshDb, fast_folder, morning, new_recovery_code, second_factor};

/// The columns: a role and the address it signs in with; without one it is signed out.
const ROLES: [(&str, Option<&str>); 23] = [
    ("signed out", None),
    ("person", Some(seed::PERSON.email)),
    ("other person", Some(seed::NEIGHBOUR.email)),
    ("may see plan", Some(SCOPED[0])),
    ("may see money", Some(SCOPED[1])),
    ("may choose", Some(SCOPED[2])),
    ("may sign", Some(SCOPED[3])),
    ("may approve", Some(SCOPED[4])),
    ("broker", Some(seed::BROKER.email)),
    ("broker, no mandate", Some("other-broker@test.example")),
    ("holder", Some(seed::AGENCY.email)),
    ("provider", Some(seed::DAY_CLUB.email)),
    ("other provider", Some("other-provider@test.example")),
    ("coordinator", Some("coordinator@test.example")),
    ("provider finance", Some("provider-finance@test.example")),
    ("provider, reader", Some("reader@test.example")),
    ("council", Some(seed::OFFICER.email)),
    ("council finance", Some(seed::FINANCE.email)),
    ("safeguarding", Some(seed::SAFEGUARDING.email)),
    ("other council", Some("other-council@test.example")),
    ("auditor", Some("auditor@test.example")),
    ("operator", Some("operator@test.example")),
    ("other safeguarding", Some("other-safe@test.example")),
];

/// Carers of the story's person, each under a mandate with one scope alone.
const SCOPED: [&str; 5] =
    ["plan@test.example", "money@test.example", "choose@test.example", "sign@test.example", "approve@test.example"];

/// What one of [`SCOPED`] may do: nothing else.
fn scope_of(email: &str) -> Scopes {
    Scopes {
        see_plan: email == SCOPED[0],
        see_money: email == SCOPED[1],
        choose: email == SCOPED[2],
        sign: email == SCOPED[3],
        approve: if email == SCOPED[4] { Approval::AnyAmount } else { Approval::Nothing },
    }
}

/// The story played, some who have no part in it, and the cookies of every role.
async fn world() -> (FreshDb, App, Vec<String>) {
    let fresh = FreshDb::new(Engine::Sqlite);
    let clock = Clock::stopped_at(morning("2026-11-23"));
    let config = Config::from_values(|_| None).unwrap();
    let app = demo::fill(fresh.db.clone(), config, &clock, demo::Story::Underway).await.unwrap();
    let now = clock.now();
    let hash = password::hash(seed::PASSWORD).unwrap();
    let keys = app.keys.clone();
    let add = move |tx: &mut Tx| {
        for (email, kind, role) in [
            ("other-broker@test.example", OrganisationKind::Company, Role::Coordinator),
            ("other-provider@test.example", OrganisationKind::Company, Role::Coordinator),
            ("other-council@test.example", OrganisationKind::Council, Role::Officer),
            ("other-safe@test.example", OrganisationKind::Council, Role::Safeguarding),
        ] {
            let member = auth_store::add_user(tx, email, email, &hash, now)?;
            let organisation = people_store::add_organisation(tx, &outsider(email, kind), now)?;
            auth_store::add_membership(tx, member, organisation, role, now)?;
            if role == Role::Safeguarding {
                second_factor(tx, &keys, member, now)?;
            }
        }
        let day_club: OrganisationId = organisations::table
            .filter(organisations::name.eq("Sunrise Day Club Ltd"))
            .select(organisations::id)
            .first(tx)?;
        let mut works = |email: &str, role| {
            let member = auth_store::add_user(tx, email, email, &hash, now)?;
            auth_store::add_membership(tx, member, day_club, role, now).map(|_| member)
        };
        works("coordinator@test.example", Role::Coordinator)?;
        let finance = works("provider-finance@test.example", Role::Finance)?;
        let reader = works("reader@test.example", Role::Reader)?;
        second_factor(tx, &keys, finance, now)?;
        // Somebody who is nobody's column has asked for the reader's second factor to be taken away.
        let asker = auth_store::add_user(tx, "asker@test.example", "Asker", &hash, now)?;
        let removal = (
            factor_removals::user_id.eq(reader),
            factor_removals::organisation_id.eq(day_club),
            factor_removals::authority.eq("administrator"),
            factor_removals::reason.eq("lost"),
            factor_removals::asked_by.eq(asker),
            factor_removals::asked_at.eq(now.naive_utc()),
        );
        diesel::insert_into(factor_removals::table).values(removal).execute(tx)?;
        let gives = Gives::Membership {
            organisation: day_club,
            organisation_name: "Sunrise Day Club Ltd".to_owned(),
            role: Role::Reader,
        };
        let invitation = NewLink {
            purpose: Purpose::Invitation,
            email: "invited@test.example".to_owned(),
            user: None,
            organisation: Some(day_club),
            gives,
            made_by: None,
        };
        users_store::add(tx, &invitation, "a token", now)?;
        let person = people::table.filter(people::name.eq("Mary Whitlow")).select(people::id).first(tx)?;
        for email in SCOPED {
            let user = auth_store::add_user(tx, email, email, &hash, now)?;
            let (authority, from, scopes) = (Authority::Carer, now.date_naive(), scope_of(email));
            let new = NewMandate { person, user, organisation: None, authority, scopes, from, to: None };
            mandates_store::add(tx, &new, now)?;
        }
        let mandate: MandateId = mandates::table.select(mandates::id).order(mandates::id).first(tx)?;
        let (name, bytes) = ("letter.pdf".to_owned(), b"%PDF-1.7".to_vec());
        let letter = Uploaded { name, kind: FileKind::Pdf, sha256: sha256_of(&bytes), bytes };
        let letter = papers::keep_file(tx, &letter, reader, now)?;
        mandates_store::add_evidence(tx, mandate, "A letter", Some(letter), reader, now)?;
        // The story's person has asked the other person to help her, and has sent a paper with it.
        let mary = people::table.filter(people::id.eq(person)).select(people::user_id.assume_not_null()).first(tx)?;
        let authority = Authority::Carer;
        let offer = NewOffer {
            person,
            email: EmailAddress::parse(seed::NEIGHBOUR.email).unwrap(),
            organisation: None,
            authority,
            scopes: authority.usual(),
            from: now.date_naive(),
            to: None,
            note: String::new(),
            file: Some(letter),
            by: mary,
            offered_as: Recorder::Person,
        };
        mandates_store::offers::add(tx, &offer, now)?;
        let operator = auth_store::add_user(tx, "operator@test.example", "Operator", &hash, now)?;
        auth_store::access::make_operator(tx, operator)?;
        auditor(tx, &hash, now)?;
        let signal = "INSERT INTO safeguarding_signals (dedupe_key, person_id, council_id, kind, reason, raised_at)
            SELECT 'test', id, council_id, 'cash', 'A reason.', created_at FROM people WHERE name = 'Mary Whitlow'";
        diesel::sql_query(signal).execute(tx)?;
        Ok(())
    };
    fresh.db.write(add).await.unwrap();
    add_copy(&app).await;
    let inside = inside(app.clone()).await;
    let mut cookies = vec![];
    for (_, email) in ROLES {
        cookies.push(match email {
            Some(email) => signed_in(&app, &inside, email).await,
            None => String::new(),
        });
    }
    let provider = ROLES.iter().position(|(name, _)| *name == "provider").unwrap();
    claims_and_bank_details(&fresh, &inside, &cookies[provider]).await;
    (fresh, app, cookies)
}

/// A copy of everything that the story's person asked for and that is ready, and an entry that is held back from it.
async fn add_copy(app: &App) {
    use tailormade::personal_data::{Ground, Purpose, making, store};
    let now = app.clock.now();
    let add = move |tx: &mut Tx| {
        let (by, person) = (UserId::new(0), PersonId::new(0));
        let mut new =
            store::NewExport { person, purpose: Purpose::Own, by, authority: "the person", received_on: None };
        (new.person, new.by) = people::table
            .inner_join(users::table.on(people::user_id.eq(users::id.nullable())))
            .filter(users::email.eq(seed::PERSON.email))
            .select((people::id, users::id))
            .first(tx)?;
        let (person, reason) = (new.person, "an example");
        let (table, row, ground) = ("deliveries", 1, Ground::ThirdParty);
        let held = store::NewWithholding { person, table, row, ground, reason, authority: "officer" };
        store::withhold(tx, &held, new.by, now)?;
        diesel::sql_query(
            "INSERT INTO legal_holds (person_id, reason, from_date, authority, placed_by, placed_at)
             SELECT person_id, 'an example', '2026-11-02', 'officer', decided_by, decided_at FROM export_withholdings",
        )
        .execute(tx)?;
        store::ask(tx, &new, now)
    };
    let (export, _) = app.db.write(add).await.unwrap();
    making::make(app, export).await.unwrap();
}

/// An auditor of the council, with a grant for all of its people.
fn auditor(tx: &mut Tx, hash: &str, now: chrono::DateTime<chrono::Utc>) -> Result<(), tailormade::error::Error> {
    let auditor = auth_store::add_user(tx, "auditor@test.example", "Auditor", hash, now)?;
    let council: OrganisationId = organisations::table
        .filter(organisations::name.eq("Example Vale Council"))
        .select(organisations::id)
        .first(tx)?;
    auth_store::add_membership(tx, auditor, council, Role::Auditor, now)?;
    diesel::insert_into(audit_grants::table)
        .values((
            audit_grants::council_id.eq(council),
            audit_grants::user_id.eq(auditor),
            audit_grants::from_date.eq(now.date_naive()),
            audit_grants::to_date.eq(now.date_naive()),
            audit_grants::purpose.eq("the yearly audit"),
            audit_grants::granted_by.eq(auditor),
            audit_grants::granted_at.eq(now.naive_utc()),
        ))
        .execute(tx)?;
    Ok(())
}

/// The provider of the story claims an entry of the register and asks for new bank details.
async fn claims_and_bank_details(fresh: &FreshDb, inside: &Inside, provider: &str) {
    let text: &'static str = "location_id,location_name,provider_id,provider_name,brand_name,care_home,location_type,\
        primary_inspection_category,street,address_2,city,postcode,local_authority,region,overall_rating,\
        rating_published,rating_inherited,url,latitude,longitude,district_code,point_from\n\
        1-1,Harbour Care,1-9,Harbour Care Limited,,N,Social Care Org,Community based adult social care services,\
        1 Quay Road,,Dorchester,DT1 1XJ,Dorset,South West,Good,2020-05-01,N,\
        https://www.cqc.org.uk/location/1-1,50.7148,-2.4377,E06000059,source\n";
    let source = [Source::Shipped { name: "sample", bytes: text.as_bytes() }];
    let today = tailormade::calendar::parse_date("2026-11-23").unwrap();
    // An import waits for its writes, which the runtime's own thread must not.
    let take = || import::cqc(&fresh.db, &source, Options::default(), today, &mut |_| ()).map(|_| ());
    std::thread::scope(|scope| scope.spawn(take).join().unwrap()).unwrap();
    let own: OrganisationId = fresh
        .db
        .read_now(|tx| {
            let found = organisations::table.filter(organisations::name.eq("Sunrise Day Club Ltd"));
            Ok(found.select(organisations::id).first(tx)?)
        })
        .unwrap();
    let claim = json!({ "organisation": own.to_string(), "evidence": "Dan runs it" });
    let details = json!({ "account_name": "Day Club", "sort_code": "112233", "account_number": "11223344" });
    let bank = format!("/organisations/{own}/bank-details");
    let path = fresh.db.read_now(|tx| {
        use tailormade::db::schema::register_locations;
        Ok(register_locations::table.select(register_locations::id).first::<i64>(tx)?)
    });
    let entry = format!("/register/{}/claim", path.unwrap());
    for (path, body) in [(entry, claim), (bank, details)] {
        let reply = inside.ask(&path, "application/json", provider, Some(&body)).await.unwrap();
        assert_eq!(reply.status, 201, "{path}: {}", reply.body);
    }
}

/// The cookies of somebody who signs in, with a code where one is asked for.
async fn signed_in(app: &App, inside: &Inside, email: &str) -> String {
    let body = json!({ "email": email, "password": seed::PASSWORD });
    let mut reply = inside.ask("/sign-in", "application/json", "", Some(&body)).await.unwrap();
    assert_eq!(reply.status, 201, "{email}: {}", reply.body);
    if reply.location.as_deref().is_some_and(|location| location.starts_with("/sign-in/code")) {
        let body = json!({ "code": app.db.write(new_recovery_code(email)).await.unwrap() });
        reply = inside.ask("/sign-in/code", "application/json", &cookies_of(&reply), Some(&body)).await.unwrap();
        assert_eq!(reply.status, 201, "{email}: {}", reply.body);
    }
    cookies_of(&reply)
}

fn cookies_of(reply: &Reply) -> String {
    reply.cookies.iter().filter_map(|cookie| cookie.split(';').next()).collect::<Vec<_>>().join("; ")
}

/// An organisation that has no part in the story.
fn outsider(email: &str, kind: OrganisationKind) -> NewOrganisation {
    NewOrganisation {
        name: email.to_owned(),
        kind,
        is_provider: email.contains("provider"),
        is_holder: false,
        is_broker: email.contains("broker"),
        address: Address::default(),
        about: String::new(),
        la_code: None,
        charity_status: CharityStatus::NotACharity,
        charity_number: None,
        regulated: false,
        fictional: true,
    }
}

/// A thing of each kind that belongs to the story's person, by the first part of the path that names it.
pub fn examples(db: &Db) -> BTreeMap<&'static str, i64> {
    use diesel::sql_types::BigInt;
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let queries = [
        ("people", "SELECT p.id FROM people p JOIN users u ON u.id = p.user_id WHERE u.email = 'mary@demo.example'"),
        (
            "funds",
            "SELECT f.id FROM funds f JOIN people p ON p.id = f.person_id JOIN users u ON u.id = p.user_id
                   WHERE u.email = 'mary@demo.example' ORDER BY f.id",
        ),
        (
            "packages",
            "SELECT min(k.id) AS id FROM packages k JOIN orders o ON o.package_id = k.id
                      JOIN agreements a ON a.fund_id = k.fund_id",
        ),
        ("orders", "SELECT min(o.id) AS id FROM orders o JOIN agreements a ON a.fund_id = o.fund_id"),
        (
            "order-lines",
            "SELECT min(l.id) AS id FROM order_lines l JOIN organisations g ON g.id = l.provider_id
                         WHERE g.name = 'Sunrise Day Club Ltd'",
        ),
        (
            "deliveries",
            "SELECT min(d.id) AS id FROM deliveries d JOIN organisations g ON g.id = d.provider_id
                        WHERE g.name = 'Sunrise Day Club Ltd'",
        ),
        (
            "invoices",
            "SELECT min(i.id) AS id FROM invoices i JOIN organisations g ON g.id = i.provider_id
                      WHERE g.name = 'Sunrise Day Club Ltd' AND i.kind = 'invoice'",
        ),
        ("agreements", "SELECT min(id) AS id FROM agreements"),
        ("exports", "SELECT COALESCE(min(id), 0) AS id FROM exports"),
        ("holds", "SELECT COALESCE(min(id), 0) AS id FROM legal_holds"),
        ("withholdings", "SELECT COALESCE(min(id), 0) AS id FROM export_withholdings"),
        (
            "services",
            "SELECT min(s.id) AS id FROM services s JOIN organisations g ON g.id = s.organisation_id
                      WHERE g.name = 'Sunrise Day Club Ltd'",
        ),
        (
            "sessions",
            "SELECT min(s.id) AS id FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = 'mary@demo.example' AND s.ended_at IS NULL",
        ),
        (
            "mandates",
            "SELECT min(m.id) AS id FROM mandates m JOIN people p ON p.id = m.person_id JOIN users u ON u.id = p.user_id
                      WHERE u.email = 'mary@demo.example'",
        ),
        ("mandate-offers", "SELECT COALESCE(min(id), 1) AS id FROM mandate_offers"),
        ("evidence", "SELECT COALESCE(min(file_id), 1) AS id FROM mandate_evidence"),
        ("concerns", "SELECT COALESCE(min(id), 1) AS id FROM complaints"),
        ("safeguarding", "SELECT COALESCE(min(id), 1) AS id FROM safeguarding_concerns"),
        ("received", "SELECT COALESCE(min(id), 1) AS id FROM safeguarding_concerns"),
        ("signals", "SELECT COALESCE(min(id), 1) AS id FROM safeguarding_signals"),
        ("statements", "SELECT min(id) AS id FROM documents WHERE kind = 'statement'"),
        ("organisations", "SELECT id FROM organisations WHERE name = 'Sunrise Day Club Ltd'"),
        ("invitations", "SELECT COALESCE(min(id), 1) AS id FROM mailed_links WHERE purpose = 'invitation'"),
        ("bank-details", "SELECT COALESCE(min(id), 1) AS id FROM bank_changes"),
        ("register", "SELECT COALESCE(min(id), 1) AS id FROM register_locations"),
        ("claims", "SELECT COALESCE(min(id), 1) AS id FROM register_claims"),
        ("reviews", "SELECT COALESCE(min(id), 1) AS id FROM reviews"),
        ("documents", "SELECT COALESCE(min(id), 1) AS id FROM service_files"),
        ("photos", "SELECT COALESCE(min(id), 1) AS id FROM service_files"),
        ("files", "SELECT COALESCE(min(id), 1) AS id FROM service_files"),
        ("saved-searches", "SELECT COALESCE(min(id), 1) AS id FROM saved_searches"),
        ("quotes", "SELECT COALESCE(min(id), 1) AS id FROM quote_requests"),
        (
            "quote-asks",
            "SELECT COALESCE(min(a.id), 1) AS id FROM quote_asks a JOIN organisations g ON g.id = a.provider_id
             WHERE g.name = 'Sunrise Day Club Ltd'",
        ),
        ("provider-documents", "SELECT COALESCE(min(id), 1) AS id FROM provider_documents"),
        ("vat-alerts", "SELECT COALESCE(min(id), 1) AS id FROM vat_alerts"),
        ("vat-evidence", "SELECT COALESCE(min(evidence_file_id), 1) AS id FROM vat_registrations"),
        ("council-rules", "SELECT COALESCE(min(id), 1) AS id FROM council_rules"),
        ("members", "SELECT COALESCE(min(id), 1) AS id FROM users WHERE email = 'reader@test.example'"),
        ("second-factor-removals", "SELECT COALESCE(min(id), 1) AS id FROM factor_removals"),
        ("bulk", "SELECT COALESCE(min(id), 1) AS id FROM bulk_sheets"),
        ("imported", "SELECT COALESCE(min(id), 1) AS id FROM imported_listings"),
        ("grants", "SELECT COALESCE(min(id), 1) AS id FROM audit_grants"),
    ];
    let mut found = BTreeMap::new();
    for (kind, query) in queries {
        let row: Id = db
            .read_now(move |tx| Ok(diesel::sql_query(query).get_result(tx)?))
            .unwrap_or_else(|error| panic!("the story has no example for {kind}: {error:?}"));
        found.insert(kind, row.id);
    }
    found
}

/// A path with the example's numbers in the place of `{...}`: each belongs to the word before it.
pub fn filled(path: &str, examples: &BTreeMap<&'static str, i64>) -> String {
    let mut words: Vec<String> = vec![];
    for word in path.split('/') {
        if word == "{token}" {
            words.push("unknown".to_owned());
        } else if word == "{uuid}" {
            words.push("00000000-0000-8000-8000-000000000000".to_owned());
        } else if word.starts_with('{') {
            let kind = match word {
                "{service}" => "services",
                _ => words.last().map(String::as_str).unwrap_or_default(),
            };
            let number = examples.get(kind).unwrap_or_else(|| panic!("no example for {kind} in {path}"));
            words.push(number.to_string());
        } else {
            words.push(word.to_owned());
        }
    }
    words.join("/")
}

/// One cell: a copy of the world, one request.
async fn cell(app: &App, file: &Path, folder: &Path, method: &str, path: &str, cookies: &str) -> u16 {
    let copy = folder.join("cell.sqlite");
    for old in sqlite_side_files(&copy).iter().chain([&copy]) {
        std::fs::remove_file(old).ok();
    }
    std::fs::copy(file, &copy).unwrap();
    let db = Db::open(&DatabaseUrl::sqlite(&copy)).unwrap();
    let inside = inside(App { db, ..app.clone() }).await;
    let body = (method == "POST").then(|| json!({}));
    inside.ask(path, "application/json", cookies, body.as_ref()).await.unwrap().status
}

/// Where a page leads on this site.
fn links_of(body: &str) -> BTreeSet<String> {
    let html = Html::parse_document(body);
    let links = Selector::parse("a[href^='/']").unwrap();
    let hrefs = html.select(&links).filter_map(|link| link.value().attr("href"));
    hrefs.map(|href| href.split('#').next().unwrap_or_default().to_owned()).collect()
}

/// Who sees a link may follow it; and some links that were missing are there.
#[test]
fn every_link_of_the_first_pages_can_be_followed() {
    actix_web::rt::System::new().block_on(async {
        let (_fresh, app, cookies) = world().await;
        let inside = inside(app).await;
        let mut refused = vec![];
        let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for ((role, _), cookies) in ROLES.iter().zip(&cookies) {
            for first in ["/", "/provider"] {
                let page = inside.ask(first, "text/html", cookies, None).await.unwrap();
                if page.status != 200 {
                    assert_eq!(first, "/provider", "{role}");
                    continue;
                }
                for link in links_of(&page.body) {
                    let reply = inside.ask(&link, "text/html", cookies, None).await.unwrap();
                    if reply.status != 200 {
                        refused.push(format!("{role}: {first} leads to {link}, which answers {}", reply.status));
                    }
                    seen.entry(role).or_default().insert(link);
                }
            }
        }
        assert_eq!(refused, Vec::<String>::new());
        let leads = |role: &str, to: &str| seen[role].iter().any(|link| link.ends_with(to));
        for (role, to) in [
            ("person", "/shortlist"),
            ("person", "/saved-searches"),
            ("broker", "/shortlist"),
            ("broker", "/saved-searches"),
            ("provider", "/vat-alerts"),
            ("provider", "/documents"),
            ("provider finance", "/vat-alerts"),
            ("council", "/vat-alerts"),
            ("council finance", "/vat-alerts"),
        ] {
            assert!(leads(role, to), "{role} is not led to {to}");
        }
    });
}

#[test]
fn every_route_with_every_role_is_as_the_table_says() {
    actix_web::rt::System::new().block_on(async {
        let (fresh, app, cookies) = world().await;
        let folder = fast_folder();
        let file = folder.path().join("world.sqlite");
        fresh.db.copy_to(&file).unwrap();
        let examples = examples(&fresh.db);
        let mut table = String::new();
        let names: Vec<String> = ROLES.iter().map(|(name, _)| format!("{name:>18}")).collect();
        table.push_str(&format!("{:<52}{}\n", "", names.join("")));
        for route in ROUTES {
            let mut path = filled(route.path, &examples);
            if route.method == "GET" && path == "/packages/add" {
                path.push_str(&format!("?service={}", examples["services"]));
            }
            let mut line = format!("{:<52}", format!("{} {}", route.method, route.path));
            for cookies in &cookies {
                let status = cell(&app, &file, folder.path(), route.method, &path, cookies).await;
                line.push_str(&format!("{status:>18}"));
            }
            table.push_str(line.trim_end());
            table.push('\n');
        }
        compare(&table);
    });
}

fn compare(table: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/permissions.txt");
    if std::env::var_os("TAILORMADE_TEST_UPDATE").is_some() {
        std::fs::write(&file, table).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    for (now, before) in table.lines().zip(expected.lines()) {
        assert_eq!(now, before, "a route's rights have changed");
    }
    assert_eq!(table.lines().count(), expected.lines().count(), "tests/permissions.txt has other routes");
    assert!(!table.contains(" 500"), "{table}");
}
