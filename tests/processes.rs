//! The real program: several processes of `serve` on one database, and one that is killed in the middle of its writes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tailormade::calendar::Clock;
use tailormade::config::Config;
use tailormade::demo::{self, Story, seed};
use tailormade::server::block_on;

use crate::support::app::{Engine, FreshDb, fast_folder, postgres, recovery_code};
use crate::support::visitor::{Reply, Visitor};

/// A process of `serve`; killed when the value goes.
struct Serving {
    child: Child,
    url: String,
    database: String,
    log: Arc<Mutex<String>>,
}

fn program(folder: &Path, database: &str, argument: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tailormade"));
    command.arg(argument).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TAILORMADE_")) {
        command.env_remove(name);
    }
    command.env("TAILORMADE_DATABASE_URL", database).env("TAILORMADE_LISTEN", "127.0.0.1:0");
    command.env("TAILORMADE_WORKERS", "2").env("TAILORMADE_REQUESTS_PER_MINUTE", "0");
    command
}

impl Serving {
    /// Starts `serve` and waits until it answers; its key file lies in the folder.
    fn start(folder: &Path, database: &str, log_level: &str) -> Self {
        Self::start_with(folder, database, &[("TAILORMADE_LOG", log_level)])
    }

    fn start_with(folder: &Path, database: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = program(folder, database, "serve");
        let mut child = command.envs(settings.iter().copied()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, kept, (tell, told)) = (child.stderr.take().unwrap(), Arc::clone(&log), mpsc::channel());
        thread::spawn(move || {
            for line in BufReader::new(lines).lines().map_while(Result::ok) {
                if let Some((_, url)) = line.split_once("answering on ") {
                    tell.send(url.trim().to_owned()).ok();
                }
                let mut log = kept.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        let url = told.recv_timeout(Duration::from_secs(60));
        let url = url.unwrap_or_else(|_| panic!("serve does not answer: {}", log.lock().unwrap()));
        Self { child, url, database: database.to_owned(), log }
    }

    /// Ends it at once, as a power cut would.
    fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    fn visitor(&self, party: &seed::Party) -> Visitor {
        let visitor = Visitor::new(&self.url);
        let database = tailormade::config::DatabaseUrl::parse(&self.database).unwrap();
        let code = || recovery_code(&tailormade::db::Db::open(&database).unwrap(), party.email);
        visitor.sign_in_with(party.email, seed::PASSWORD, code);
        visitor
    }

    /// The same visitor at this server: the cookies of another one.
    fn same(&self, visitor: &Visitor) -> Visitor {
        let here = Visitor::new(&self.url);
        for name in ["tailormade_access", "tailormade_refresh"] {
            here.set_cookie(name, &visitor.cookie(name).unwrap());
        }
        here
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The demonstration's world of today, because the program reads the clock itself.
fn fill(fresh: &FreshDb) {
    let (db, clock) = (fresh.db.clone(), Clock::stopped_at(Clock::system().now()));
    block_on(async move {
        demo::fill(db, Config::from_values(|_| None).unwrap(), &clock, Story::Underway).await.unwrap();
    });
}

/// `tailormade check` must find nothing.
#[track_caller]
fn must_be_sound(folder: &Path, database: &str) {
    let ended = program(folder, database, "check").output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert_eq!(ended.status.code(), Some(0), "{said}");
}

/// Does the same thing from several threads at the same moment.
fn at_once<T: Send + 'static>(deeds: Vec<Box<dyn FnOnce() -> T + Send>>) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(deeds.len()));
    let threads = deeds.into_iter().map(|deed| {
        let barrier = Arc::clone(&barrier);
        thread::spawn(move || {
            barrier.wait();
            deed()
        })
    });
    threads.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// Posts the same body at the same moment through several visitors; answers the statuses, sorted, and the replies.
fn race(visitors: Vec<Visitor>, path: &str, body: &Value, key: Option<&str>) -> Vec<Reply> {
    let deed = |visitor: Visitor| {
        let (path, body, key) = (path.to_owned(), body.to_string(), key.map(str::to_owned));
        let deed = move || {
            let mut headers = vec![("accept", "application/json"), ("content-type", "application/json")];
            headers.extend(key.as_deref().map(|key| ("idempotency-key", key)));
            visitor.request("POST", &path, &headers, Some(body))
        };
        Box::new(deed) as Box<dyn FnOnce() -> Reply + Send>
    };
    let mut replies = at_once(visitors.into_iter().map(deed).collect());
    replies.sort_by_key(|reply| reply.status);
    replies
}

fn statuses(replies: &[Reply]) -> Vec<u16> {
    replies.iter().map(|reply| reply.status).collect()
}

#[test]
fn two_processes_on_one_postgresql_database_work_together() {
    if postgres().is_none() {
        return;
    }
    let fresh = FreshDb::new(Engine::Postgres);
    fill(&fresh);
    let url = fresh.database().unwrap().url.clone();
    let folder = fast_folder();
    // Both make the key file at the same moment: one key must come of it.
    let start = |_| {
        let (folder, url) = (folder.path().to_owned(), url.clone());
        Box::new(move || Serving::start(&folder, &url, "info")) as Box<dyn FnOnce() -> Serving + Send>
    };
    let servers = at_once((0..2).map(start).collect());
    let (one, two) = (&servers[0], &servers[1]);

    // One sign-in is good at both.
    let mary = one.visitor(&seed::PERSON);
    assert_eq!(two.same(&mary).get_json("/invoices").status, 200);

    // Of those who approve the same thing at the same moment one wins, the others are told.
    let open = mary.get_json("/invoices").json()["waiting"].clone();
    let open: Vec<i64> = open.as_array().unwrap().iter().filter_map(|row| row["id"].as_i64()).collect();
    assert!(open.len() > 1, "{open:?}");
    for id in open {
        let path = format!("/invoices/{id}");
        let version = mary.get_json(&path).json()["version"].clone();
        let racers = (0..4).map(|number| if number % 2 == 0 { one.same(&mary) } else { two.same(&mary) }).collect();
        let replies = race(racers, &format!("{path}/approval"), &json!({ "version": version }), None);
        assert_eq!(
            statuses(&replies),
            [201, 409, 409, 409],
            "{:?}",
            replies.iter().map(|reply| &reply.body).collect::<Vec<_>>()
        );
    }

    // Under one Idempotency-Key the same thing is done once, and everybody is told where it led.
    let finance = two.visitor(&seed::FINANCE);
    let fund = fresh.database().unwrap().query("SELECT min(fund_id) FROM agreements").unwrap();
    let money = format!("/funds/{}/funding", fund.trim());
    let today = Clock::system().today().to_string();
    let entries = || fresh.database().unwrap().query("SELECT count(*) FROM journal_entries").unwrap();
    let entries = || entries().trim().parse::<i64>().unwrap();
    let before = entries();
    let body = json!({ "amount": "1.00", "on": today, "reference": "Once" });
    let racers = || (0..4).map(|number| servers[number % 2].same(&finance)).collect::<Vec<_>>();
    let replies = race(racers(), &money, &body, Some("once"));
    assert_eq!((statuses(&replies), entries()), (vec![201; 4], before + 1));
    // Without one, the same payment is known by its day, amount and reference.
    let body = json!({ "amount": "2.00", "on": today, "reference": "Twice" });
    let replies = race(racers(), &money, &body, None);
    assert_eq!((statuses(&replies), entries()), (vec![201, 409, 409, 409], before + 2));
    // The same key with another content.
    let other = json!({ "amount": "3.00", "on": today, "reference": "Other" });
    assert_eq!(statuses(&race(vec![one.same(&finance)], &money, &other, Some("once"))), [409]);

    // A sign-out at one ends the session at the other.
    let there = two.same(&mary);
    assert_eq!(mary.post_json("/sign-out", &json!({})).status, 201);
    assert_eq!(there.get_json("/invoices").status, 401);
    must_be_sound(folder.path(), &url);
}

#[test]
fn two_processes_bring_an_empty_postgresql_database_to_its_tables_at_the_same_moment() {
    let Some(cluster) = postgres() else { return };
    let database = cluster.empty_database().unwrap();
    let folder = fast_folder();
    let start = |_| {
        let (folder, url) = (folder.path().to_owned(), database.url.clone());
        Box::new(move || Serving::start(&folder, &url, "info")) as Box<dyn FnOnce() -> Serving + Send>
    };
    for server in at_once((0..2).map(start).collect()) {
        assert_eq!(Visitor::new(&server.url).get("/glossary").status, 200);
    }
    must_be_sound(folder.path(), &database.url);
}

/// Lets clients pay into a fund until the server is killed; every payment that was acknowledged must be in the books.
fn killed_in_the_middle(folder: &Path, database: &str, fund: &str, counted: impl Fn() -> i64) {
    let mut server = Serving::start(folder, database, "info");
    let before = counted();
    let finance = server.visitor(&seed::FINANCE);
    let today = Clock::system().today().to_string();
    let (tell, told) = mpsc::channel();
    let clients: Vec<_> = (0..4)
        .map(|client| {
            let (finance, tell, path, today) =
                (server.same(&finance), tell.clone(), format!("{fund}/funding"), today.clone());
            thread::spawn(move || {
                let mut done: i64 = 0;
                for number in 0.. {
                    let body = json!({ "amount": "1.00", "on": today, "reference": format!("{client}-{number}") });
                    // The connection of whoever waits when the server dies breaks: that payment may be there or not.
                    let sent =
                        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| finance.post_json(&path, &body)));
                    match sent {
                        Ok(reply) if reply.status == 201 => done += 1,
                        Ok(reply) => panic!("{}: {}", reply.status, reply.body),
                        Err(_) => break,
                    }
                    tell.send(()).ok();
                }
                done
            })
        })
        .collect();
    for _ in 0..60 {
        told.recv_timeout(Duration::from_secs(60)).unwrap();
    }
    server.kill();
    let acknowledged: i64 = clients.into_iter().map(|client| client.join().unwrap()).sum();
    let kept = counted() - before;
    assert!(acknowledged >= 60 && (acknowledged..=acknowledged + 4).contains(&kept), "{acknowledged} of {kept}");
    must_be_sound(folder, database);
    // And it goes on.
    let again = Serving::start(folder, database, "info");
    assert_eq!(again.visitor(&seed::FINANCE).get_json(&format!("{fund}/money")).status, 200);
}

#[test]
fn a_server_that_is_killed_loses_nothing_that_it_acknowledged() {
    let fresh = FreshDb::new(Engine::Sqlite);
    fill(&fresh);
    let folder = fast_folder();
    let file = folder.path().join("killed.sqlite");
    fresh.db.copy_to(&file).unwrap();
    let counted = || {
        let db = tailormade::db::Db::open(&tailormade::config::DatabaseUrl::sqlite(&file)).unwrap();
        count_entries(&db)
    };
    killed_in_the_middle(folder.path(), &format!("sqlite://{}", file.display()), "/funds/1", counted);
}

#[test]
fn a_server_on_postgresql_that_is_killed_loses_nothing_that_it_acknowledged() {
    if postgres().is_none() {
        return;
    }
    let fresh = FreshDb::new(Engine::Postgres);
    fill(&fresh);
    let (folder, url) = (fast_folder(), fresh.database().unwrap().url.clone());
    killed_in_the_middle(folder.path(), &url, "/funds/1", || count_entries(&fresh.db));
}

fn count_entries(db: &tailormade::db::Db) -> i64 {
    use diesel::prelude::*;
    use tailormade::db::schema::journal_entries;
    db.read_now(|tx| Ok(journal_entries::table.count().get_result(tx)?)).unwrap()
}

#[test]
fn the_log_tells_nobodys_secrets() {
    let fresh = FreshDb::new(Engine::Sqlite);
    fill(&fresh);
    let folder = fast_folder();
    let file = folder.path().join("logged.sqlite");
    fresh.db.copy_to(&file).unwrap();
    let server = Serving::start(folder.path(), &format!("sqlite://{}", file.display()), "trace");
    let mary = server.visitor(&seed::PERSON);
    let wrong = json!({ "email": "nobody@demo.example", "password": "a secret that is wrong" });
    assert_eq!(Visitor::new(&server.url).post_json("/sign-in", &wrong).status, 422);
    assert_eq!(mary.get_json("/invoices").status, 200);
    let (access, refresh) = (mary.cookie("tailormade_access").unwrap(), mary.cookie("tailormade_refresh").unwrap());
    let key = std::fs::read_to_string(folder.path().join("tailormade.key")).unwrap();
    let log = server.log.lock().unwrap().clone();
    assert!(log.len() > 100);
    for secret in [seed::PASSWORD, "a secret that is wrong", &access, &refresh, key.trim()] {
        assert!(!log.contains(secret), "the log tells {secret}");
    }
}

#[test]
fn what_an_operator_watches_answers_on_an_address_of_its_own() {
    let folder = fast_folder();
    let database = format!("sqlite://{}", folder.path().join("watched.sqlite").display());
    let settings = [("TAILORMADE_LOG", "info"), ("TAILORMADE_OPERATIONS_LISTEN", "127.0.0.1:0")];
    let server = Serving::start_with(folder.path(), &database, &settings);
    let log = server.log.lock().unwrap().clone();
    let operations = log.lines().find_map(|line| line.split_once("watched at ")).unwrap().1.trim().to_owned();
    let (site, operator) = (Visitor::new(&server.url), Visitor::new(&operations));
    assert_eq!((site.get("/health").status, site.get("/metrics").status), (404, 404));
    assert_eq!(site.get("/people/987654321").status, 303);
    assert_eq!(operator.get("/health").body, "ok");
    let figures = operator.get("/metrics").body;
    let seen = r#"tailormade_answers_total{method="GET",route="/people/{id}",status="303"} 1"#;
    assert!(figures.contains(seen), "{figures}");
    assert!(figures.contains("tailormade_answer_seconds_bucket") && !figures.contains("987654321"), "{figures}");
    assert_eq!(operator.get("/sign-in").status, 404);
}
