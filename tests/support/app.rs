//! A Tailormade of its own for each test: a fresh database, a stopped clock, a real socket.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tailormade::audit::sealing::Sealer;
use tailormade::auth::rights::{Authority, Role};
use tailormade::auth::rules::codes::Secret;
use tailormade::auth::{password, store as auth_store};
use tailormade::calendar::{Clock, from_london, parse_date};
use tailormade::config::{Config, DatabaseUrl};
use tailormade::db::{Db, Tx, migrate};
use tailormade::demo::{self, Story};
use tailormade::error::Error;
use tailormade::ids::{OrganisationId, PersonId, UserId};
use tailormade::jobs::{self, Worker};
use tailormade::mail::{KeptMail, store as mail_store};
use tailormade::mandates::{NewMandate, store as mandates_store};
use tailormade::people::{Address, NewOrganisation, NewPerson, OrganisationKind, store as people_store};
use tailormade::vat::CharityStatus;
use tailormade::web::token::Keys;
use tailormade::web::{App, DemoSignIn};
use tempfile::TempDir;

use super::postgres::{Cluster, Database};
use super::statements::Counted;
use super::visitor::Visitor;

/// The password of everybody in the tests.
pub const PASSWORD: &str = "correct horse battery";

/// Which engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The engines that this run has: SQLite always, PostgreSQL where it is built in and found.
    pub fn all() -> Vec<Engine> {
        let mut engines = vec![Engine::Sqlite];
        if postgres().is_some() {
            engines.push(Engine::Postgres);
        }
        engines
    }
}

/// The cluster of this run, with a migrated template database.
pub fn postgres() -> Option<&'static Cluster> {
    static READY: OnceLock<Option<&'static Cluster>> = OnceLock::new();
    *READY.get_or_init(|| {
        if !cfg!(feature = "postgres") {
            let missing: Result<(), String> = Err("built without the feature postgres".to_owned());
            super::parts::take("postgres", missing);
            return None;
        }
        let cluster = Cluster::for_tests()?;
        let migrated = cluster.template(|url| {
            let db = Db::open(&DatabaseUrl::parse(url).unwrap()).map_err(|error| format!("{error:?}"))?;
            migrate::up(&db).map(|_| ()).map_err(|error| format!("{error:?}"))
        });
        migrated.expect("the template database");
        Some(cluster)
    })
}

/// A folder on memory-backed storage, where there is one.
pub fn fast_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// A migrated SQLite file, made once and copied for each test.
fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, file) = TEMPLATE.get_or_init(|| {
        let folder = fast_folder();
        let file = folder.path().join("template.sqlite");
        let db = Db::open(&DatabaseUrl::sqlite(&file)).unwrap();
        migrate::up(&db).unwrap();
        let copy = folder.path().join("migrated.sqlite");
        db.copy_to(&copy).unwrap();
        (folder, copy)
    });
    file
}

/// A fresh, migrated database that goes away with the value.
pub struct FreshDb {
    pub db: Db,
    home: Home,
}

/// Where a fresh database lives: it is kept for the sake of its drop.
enum Home {
    File { _folder: TempDir },
    Cluster { database: Database },
}

impl FreshDb {
    pub fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = fast_folder();
                let file = folder.path().join("test.sqlite");
                std::fs::copy(sqlite_template(), &file).unwrap();
                let db = Db::open(&DatabaseUrl::sqlite(&file)).unwrap();
                Self { db, home: Home::File { _folder: folder } }
            }
            Engine::Postgres => {
                let database = postgres().unwrap().fresh_database().unwrap();
                let db = Db::open(&DatabaseUrl::parse(&database.url).unwrap()).unwrap();
                Self { db, home: Home::Cluster { database } }
            }
        }
    }

    /// The PostgreSQL database, where it is one.
    pub fn database(&self) -> Option<&Database> {
        match &self.home {
            Home::File { .. } => None,
            Home::Cluster { database } => Some(database),
        }
    }

    /// Runs SQL behind the program's back.
    pub fn execute(&self, sql: &str) {
        use diesel::connection::SimpleConnection;
        let sql = sql.to_owned();
        self.db
            .write_now(move |tx| tx.batch_execute(&sql).map_err(tailormade::error::Error::from))
            .unwrap_or_else(|error| panic!("{error:?}"));
    }
}

/// Gives somebody who works for an organisation a second factor, unless they have one.
pub fn second_factor(tx: &mut Tx, keys: &Keys, user: UserId, now: DateTime<Utc>) -> Result<(), Error> {
    if !auth_store::factors::has_factor(tx, user)? {
        auth_store::factors::begin(tx, keys, user, &Secret::of([7; 20]), now)?;
        auth_store::factors::confirm(tx, user, now)?;
    }
    Ok(())
}

/// Gives somebody new recovery codes and answers one: it opens the second step at any time, whatever key the server has.
pub fn new_recovery_code(email: &str) -> impl Fn(&mut Tx) -> Result<String, Error> + Send + 'static {
    let (email, now) = (email.to_owned(), Clock::system().now());
    move |tx| {
        let user = auth_store::user_by_email(tx, &email)?.unwrap().id;
        Ok(auth_store::factors::renew_recovery_codes(tx, user, now)?.remove(0))
    }
}

/// A new recovery code, in a transaction of its own.
pub fn recovery_code(db: &Db, email: &str) -> String {
    db.write_now(new_recovery_code(email)).unwrap()
}

/// A running app.
pub struct TestApp {
    pub url: String,
    pub clock: Clock,
    pub fresh: FreshDb,
    app: App,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// Ten in the morning of a day, London time.
pub fn morning(day: &str) -> DateTime<Utc> {
    from_london(parse_date(day).unwrap().and_hms_opt(10, 0, 0).unwrap()).unwrap()
}

impl TestApp {
    /// Starts on a fresh database, on Monday 2 November 2026.
    pub fn start(engine: Engine) -> Self {
        Self::serve(FreshDb::new(engine), Clock::stopped_at(morning("2026-11-02")), Keys::random().unwrap())
    }

    /// Starts with settings of its own.
    pub fn start_with(settings: &[(&'static str, &'static str)]) -> Self {
        Self::start_on(Engine::Sqlite, settings)
    }

    /// Starts on an engine with settings of its own.
    pub fn start_on(engine: Engine, settings: &[(&'static str, &'static str)]) -> Self {
        let clock = Clock::stopped_at(morning("2026-11-02"));
        Self::serve_with(FreshDb::new(engine), clock, Keys::random().unwrap(), settings)
    }

    /// A number that a query answers as `n`.
    pub fn number(&self, query: &str) -> i64 {
        use diesel::RunQueryDsl;
        #[derive(diesel::QueryableByName)]
        struct Number {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            n: i64,
        }
        let query = query.to_owned();
        let row: Number = self.db().read_now(move |tx| Ok(diesel::sql_query(query).get_result(tx)?)).unwrap();
        row.n
    }

    /// How many statements a page takes that anybody may see, on SQLite.
    pub fn statements(&self, path: &str) -> u64 {
        self.statements_for("", path)
    }

    /// How many statements a page takes for somebody with these cookies, on SQLite.
    pub fn statements_for(&self, cookies: &str, path: &str) -> u64 {
        let counted = Counted::of(self.db().url());
        let app = App { db: Db::open(self.db().url()).unwrap(), ..self.app.clone() };
        let cookies = cookies.to_owned();
        tailormade::server::block_on(async move {
            let inside = tailormade::server::inside(app).await;
            let mut fewest = u64::MAX;
            // The pool opens further connections meanwhile, which set themselves up: the smallest of some is the page's own.
            for _ in 0..10 {
                let before = counted.so_far();
                assert_eq!(inside.ask(path, "application/json", &cookies, None).await.unwrap().status, 200, "{path}");
                fewest = fewest.min(counted.so_far() - before);
            }
            fewest
        })
    }

    /// Starts on a database that is there already.
    pub fn serve(fresh: FreshDb, clock: Clock, keys: impl Into<Arc<Keys>>) -> Self {
        Self::serve_with(fresh, clock, keys, &[])
    }

    /// Starts in the midst of the demonstration's story, on the day it has come to.
    pub fn in_the_story(engine: Engine) -> Self {
        let (fresh, clock) = (FreshDb::new(engine), Clock::stopped_at(morning("2026-11-23")));
        let (db, told) = (fresh.db.clone(), clock.clone());
        tailormade::server::block_on(async move {
            demo::fill(db, Config::from_values(|_| None).unwrap(), &told, Story::Underway).await.unwrap();
        });
        Self::serve(fresh, clock, Keys::random().unwrap())
    }

    /// Starts the demonstration with its sign-in page.
    pub fn serve_demo(fresh: FreshDb, clock: Clock, told: &App) -> Self {
        Self::answer(fresh, clock, told.keys.clone(), &[], told.demo.to_vec())
    }

    /// The same with settings beside those of every test.
    pub fn serve_with(fresh: FreshDb, clock: Clock, keys: impl Into<Arc<Keys>>, settings: &[(&str, &str)]) -> Self {
        Self::answer(fresh, clock, keys, settings, vec![])
    }

    fn answer(
        fresh: FreshDb,
        clock: Clock,
        keys: impl Into<Arc<Keys>>,
        settings: &[(&str, &str)],
        demo: Vec<DemoSignIn>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let public_url = url.clone();
        let leaked: &'static str = Box::leak(public_url.into_boxed_str());
        let config = Config::from_values(|name| match name {
            "TAILORMADE_PUBLIC_URL" => Some(leaked.to_owned()),
            "TAILORMADE_WORKERS" => Some("2".to_owned()),
            _ => {
                let set = settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
                // Many visitors come from the one address of a test.
                set.or_else(|| (name == "TAILORMADE_REQUESTS_PER_MINUTE").then(|| "0".to_owned()))
            }
        });
        let app = App::new(fresh.db.clone(), config.unwrap(), clock.clone(), keys, demo).unwrap();
        let (send, receive) = std::sync::mpsc::channel();
        let serving = app.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = tailormade::server::start(serving, listener).unwrap();
                send.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let handle = receive.recv().unwrap();
        Self { url, clock, fresh, app, handle, thread: Some(thread) }
    }

    pub fn db(&self) -> &Db {
        &self.fresh.db
    }

    /// What a running server does each second: what was looked at is written, what was recorded is sealed.
    pub fn bring_record_up(&self) {
        let mut sealer = Sealer::new("test".to_owned());
        actix_web::rt::System::new().block_on(jobs::bring_up(&self.app, &mut sealer)).unwrap();
    }

    /// Does the jobs that are due, as this server's worker would; answers how many were begun.
    pub fn work(&self) -> usize {
        let worker = Worker::new(self.app.clone()).unwrap();
        tailormade::server::block_on(async move { worker.run_due().await }).unwrap()
    }

    /// The mails that were written, the newest first.
    pub fn mails(&self) -> Vec<KeptMail> {
        let keys = self.app.keys.clone();
        self.db().read_now(move |tx| mail_store::newest(tx, &keys)).unwrap()
    }

    /// Somebody at a browser, signed out.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.url)
    }

    /// Somebody at a browser, signed in.
    pub fn signed_in(&self, email: &str) -> Visitor {
        let visitor = self.visitor();
        visitor.sign_in_with(email, PASSWORD, || recovery_code(self.db(), email));
        visitor
    }

    /// Moves the stopped clock to a day.
    pub fn on(&self, day: &str) {
        self.clock.set(morning(day));
    }

    /// A user with the tests' password.
    pub fn user(&self, email: &str, name: &str) -> UserId {
        static HASH: OnceLock<String> = OnceLock::new();
        let hash = HASH.get_or_init(|| password::hash(PASSWORD).unwrap());
        let (email, name, now) = (email.to_owned(), name.to_owned(), self.clock.now());
        self.db().write_now(move |tx| auth_store::add_user(tx, &email, &name, hash, now)).unwrap()
    }

    /// An organisation with the parts it plays.
    pub fn organisation(&self, name: &str, kind: OrganisationKind, plays: &[&str]) -> OrganisationId {
        let is_charity = kind == OrganisationKind::Charity;
        let new = NewOrganisation {
            name: name.to_owned(),
            kind,
            is_provider: plays.contains(&"provider"),
            is_holder: plays.contains(&"holder"),
            is_broker: plays.contains(&"broker"),
            address: Address {
                line: "1 High Street".to_owned(),
                town: "Dorchester".to_owned(),
                postcode: "DT1 1XJ".to_owned(),
            },
            about: String::new(),
            la_code: (kind == OrganisationKind::Council).then(|| "E06000059".to_owned()),
            charity_status: if is_charity { CharityStatus::Registered } else { CharityStatus::NotACharity },
            charity_number: is_charity.then(|| "1000000".to_owned()),
            regulated: plays.contains(&"regulated"),
            fictional: true,
        };
        let now = self.clock.now();
        self.db().write_now(move |tx| people_store::add_organisation(tx, &new, now)).unwrap()
    }

    pub fn member(&self, user: UserId, organisation: OrganisationId, role: Role) {
        let now = self.clock.now();
        let keys = self.app.keys.clone();
        let add = move |tx: &mut Tx| {
            auth_store::add_membership(tx, user, organisation, role, now)?;
            second_factor(tx, &keys, user, now)
        };
        self.db().write_now(add).unwrap();
    }

    /// Somebody who is all the staff that an organisation has.
    pub fn works_for(&self, user: UserId, organisation: OrganisationId) {
        for role in [Role::Coordinator, Role::Finance, Role::Admin] {
            self.member(user, organisation, role);
        }
    }

    /// Somebody who is an officer of a council and handles its money as well.
    pub fn council_officer(&self, user: UserId, council: OrganisationId) {
        self.member(user, council, Role::Officer);
        self.member(user, council, Role::Finance);
    }

    pub fn person(&self, name: &str, user: Option<UserId>, council: OrganisationId) -> PersonId {
        let address =
            Address { line: "2 Mill Lane".to_owned(), town: "Dorchester".to_owned(), postcode: "DT1 1XJ".to_owned() };
        let new = NewPerson { user, name: name.to_owned(), address, council, fictional: true };
        let now = self.clock.now();
        self.db().write_now(move |tx| people_store::add_person(tx, &new, now)).unwrap()
    }

    pub fn mandate(&self, person: PersonId, user: UserId, authority: Authority) {
        let (from, scopes) = (self.clock.today(), authority.usual());
        let now = self.clock.now();
        let add = move |tx: &mut tailormade::db::Tx| {
            let new = NewMandate { person, user, organisation: None, authority, scopes, from, to: None };
            mandates_store::add(tx, &new, now)
        };
        self.db().write_now(add).unwrap();
    }

    /// Where the newest offer of a mandate is.
    pub fn newest_offer(&self) -> String {
        format!("/mandate-offers/{}", self.number("SELECT max(id) AS n FROM mandate_offers"))
    }

    /// Whoever was asked last says yes; answers where the mandate is.
    #[track_caller]
    pub fn say_yes(&self, asked: &Visitor) -> String {
        let offer = self.newest_offer();
        asked.submit(&offer, &format!("{offer}/acceptance"), &[]).location.unwrap()
    }

    /// Lets somebody act for a person: offered by one, accepted by the other; answers where the mandate is.
    #[track_caller]
    pub fn give_mandate(&self, giver: &Visitor, person: &str, body: &Value, asked: &Visitor) -> String {
        giver.post_json(&format!("{person}/mandates"), body).must_be(201);
        self.say_yes(asked)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        let stopping = self.handle.stop(false);
        actix_web::rt::System::new().block_on(stopping);
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
        if !std::thread::panicking() {
            let findings = self.fresh.db.read_now(tailormade::ledger::store::check).unwrap();
            assert!(findings.is_empty(), "the books at the end of the test: {findings:?}");
            self.bring_record_up();
            let late = Some(self.clock.now() + chrono::TimeDelta::days(1));
            let findings = self.fresh.db.read_now(|tx| tailormade::audit::check::check(tx, late)).unwrap();
            assert!(findings.is_empty(), "the record at the end of the test: {findings:?}");
        }
    }
}
