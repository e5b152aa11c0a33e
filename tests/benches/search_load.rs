//! What a search costs under load and as the marketplace grows, on both engines: the program in a process of its own,
//! asked over loopback by 32 connections at once, with 50,000 services of 10,000 providers and then with ten times as many.
//!
//! `cargo bench --features postgres --bench search_load` fills a SQLite file and a throw-away PostgreSQL, signs in as a
//! person with a fund, and asks the same searches (words, distance, the most that this fund may pay) one after the other
//! and 32 at a time. It prints latencies, the processor time of the program for each request (what PostgreSQL itself uses
//! is not in it), its memory at rest and at most, and how each grew. It is bounded in count and in time; nothing is
//! asserted but that every answer is right.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, dead_code, missing_docs)]

mod marketplace;
#[path = "../support/parts.rs"]
mod parts;
#[path = "../support/postgres.rs"]
mod postgres;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use marketplace::{Draw, WORDS, english};
use tailormade::config::DatabaseUrl;
use tailormade::db::{Db, Tx};

/// How many ask at the same time.
const CONNECTIONS: usize = 32;
/// How many searches each turn asks.
const SEARCHES: usize = 1_600;
/// How many times as large the large marketplace is.
const LARGER: i64 = 10;
/// No answer takes longer than this.
const LONGEST: Duration = Duration::from_secs(60);
/// Every how many searches the memory is looked at.
const LOOK: usize = 50;
/// Further apart than any two numbers of rows of the small marketplace.
const APART: i64 = 1_000_000;

fn now() -> DateTime<Utc> {
    "2026-11-02T10:00:00Z".parse().unwrap()
}

/// The program, serving a database; ended when the value goes.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(database: &str, folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tailormade"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TAILORMADE_")) {
            command.env_remove(name);
        }
        command.env("TAILORMADE_LISTEN", "127.0.0.1:0").env("TAILORMADE_DATABASE_URL", database);
        command.env("TAILORMADE_KEY_FILE", folder.join("key")).env("TAILORMADE_REQUESTS_PER_MINUTE", "0");
        let mut child =
            command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines.by_ref().find_map(|line| Some(line.ok()?.split_once("answering on ")?.1.trim().to_owned()));
        // The rest of the log is read and thrown away, or the server would wait for a reader.
        thread::spawn(move || lines.for_each(drop));
        Self { child, url: url.expect("the program answers") }
    }

    /// The processor time that the program has used, in microseconds.
    fn used(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().unwrap()).sum();
        ticks * 10_000.0
    }

    /// A line of what the system says of its memory, in megabytes: `VmRSS` is all of it, `RssAnon` what is its own, without
    /// the pages of files that the system keeps anyway and lends it.
    fn memory(&self, line: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let found = status.lines().find_map(|one| one.strip_prefix(line)).unwrap();
        found.trim_matches(|letter: char| !letter.is_ascii_digit()).parse::<f64>().unwrap() / 1_024.0
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().max_redirects(0).timeout_global(Some(LONGEST)).build().into()
}

/// Signs in, and gives the cookies.
fn sign_in(url: &str) -> String {
    let body = format!(r#"{{"email":"{}","password":"{}"}}"#, marketplace::PERSON, marketplace::PASSWORD);
    let reply = agent()
        .post(format!("{url}/sign-in"))
        .header("sec-fetch-site", "same-origin")
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .send(body)
        .unwrap();
    let cookies = reply.headers().get_all("set-cookie").iter();
    let pair = |cookie: &str| cookie.split(';').next().unwrap_or_default().to_owned();
    cookies.map(|cookie| pair(cookie.to_str().unwrap())).collect::<Vec<_>>().join("; ")
}

/// The searches, the same for every database.
fn queries() -> Vec<String> {
    let (england, mut draw) = (english(), Draw(7));
    let query = |number: usize| {
        let words = WORDS[number % WORDS.len()].replace(' ', "+");
        let (place, within) = (draw.of(&england).outcode, draw.of(&[10, 25]));
        let (sort, most) = (["price", "distance"][number / WORDS.len() % 2], 15 + draw.below(60));
        format!("words={words}&place={place}&within={within}&max_price={most}&sort={sort}")
    };
    (0..400).map(query).collect()
}

/// What was measured of one turn.
struct Turn {
    p50: f64,
    p99: f64,
    cpu: f64,
    /// The most of its own memory, in megabytes, looked at every [`LOOK`] searches.
    memory: f64,
}

/// Asks all searches with so many connections.
fn turn(serving: &Serving, cookie: &str, queries: &[String], connections: usize) -> Turn {
    let (next, before) = (AtomicUsize::new(0), serving.used());
    let ask = || {
        let (agent, mut taken, mut memory) = (agent(), vec![], 0.0_f64);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= SEARCHES {
                return (taken, memory);
            }
            if number % LOOK == 0 {
                memory = memory.max(serving.memory("RssAnon:"));
            }
            let began = Instant::now();
            let path = format!("{}/search?{}", serving.url, queries[number % queries.len()]);
            let mut reply = agent.get(path).header("cookie", cookie).header("accept", "text/html").call().unwrap();
            let body = reply.body_mut().read_to_string().unwrap();
            taken.push(began.elapsed().as_secs_f64() * 1e3);
            assert!(body.contains("Prices as this fund pays them"), "signed in, with the fund");
        }
    };
    let asked: Vec<(Vec<f64>, f64)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let memory = asked.iter().fold(0.0_f64, |most, (_, memory)| most.max(*memory));
    let mut taken: Vec<f64> = asked.into_iter().flat_map(|(taken, _)| taken).collect();
    taken.sort_by(f64::total_cmp);
    let within = |share: f64| taken[((taken.len() as f64 * share).ceil() as usize).clamp(1, taken.len()) - 1];
    Turn { p50: within(0.5), p99: within(0.99), cpu: (serving.used() - before) / SEARCHES as f64, memory }
}

/// Measures one database, and prints it.
fn measure(what: &str, database: &str, queries: &[String]) -> Turn {
    let folder = tempfile::tempdir().unwrap();
    let serving = Serving::start(database, folder.path());
    let rest = serving.memory("VmRSS:");
    let cookie = sign_in(&serving.url);
    turn(&serving, &cookie, queries, 1);
    let alone = turn(&serving, &cookie, queries, 1);
    let loaded = turn(&serving, &cookie, queries, CONNECTIONS);
    println!("{what}");
    println!(
        "  one at a time:  p50 {:.1} ms, p99 {:.1} ms, {:.0} us of the program's processor time",
        alone.p50, alone.p99, alone.cpu
    );
    println!(
        "  {CONNECTIONS} at a time: p50 {:.1} ms, p99 {:.1} ms (p99 / p50 {:.1}), {:.0} us",
        loaded.p50,
        loaded.p99,
        loaded.p99 / loaded.p50,
        loaded.cpu
    );
    println!(
        "  memory: {rest:.0} MB at rest; in load {:.0} MB of its own at most, {:.0} MB with what it shows of files",
        loaded.memory,
        serving.memory("VmHWM:")
    );
    alone
}

/// Adds copies of every provider with its services, a little further on, by the engines' own means.
fn multiply(db: &Db) {
    let copies = (1..LARGER).map(|copy| {
        let off = copy * APART;
        format!(
            "CREATE TEMP TABLE copied AS SELECT * FROM organisations WHERE id < {APART} AND is_provider;
             UPDATE copied SET id = id + {off}; INSERT INTO organisations SELECT * FROM copied; DROP TABLE copied;
             CREATE TEMP TABLE copied AS SELECT * FROM services WHERE id < {APART};
             UPDATE copied SET id = id + {off}, organisation_id = organisation_id + {off};
             INSERT INTO services SELECT * FROM copied; DROP TABLE copied;
             CREATE TEMP TABLE copied AS SELECT * FROM search_entries WHERE id < {APART} AND service_id IS NOT NULL;
             UPDATE copied SET id = id + {off}, service_id = service_id + {off}, organisation_id = organisation_id + {off},
                 easting = easting + {copy} * 317, northing = northing - {copy} * 211,
                 cost_person = cost_person + {copy} * 700, cost_holder = cost_holder + {copy} * 700;
             INSERT INTO search_entries SELECT * FROM copied; DROP TABLE copied;"
        )
    });
    for copy in copies {
        db.write_now(move |tx: &mut Tx| Ok(tx.batch_execute(&copy)?)).unwrap();
    }
    db.write_now(|tx: &mut Tx| Ok(tx.batch_execute("ANALYZE")?)).unwrap();
}

/// The small marketplace, measured, made larger, measured again.
fn engine(name: &str, database: &str, queries: &[String]) {
    let url = DatabaseUrl::parse(database).unwrap();
    let began = Instant::now();
    drop(marketplace::made(&url, now()));
    println!("{name}: 50,000 services written in {:.0} s", began.elapsed().as_secs_f64());
    let small = measure(&format!("{name}, 50,000 services of 10,000 providers"), database, queries);
    let began = Instant::now();
    multiply(&Db::open(&url).unwrap());
    println!("{name}: ten times as many in {:.0} s more", began.elapsed().as_secs_f64());
    let large = measure(&format!("{name}, 500,000 services of 100,000 providers"), database, queries);
    println!(
        "  growth: {:.2} times the processor time, {:.2} times the median",
        large.cpu / small.cpu,
        large.p50 / small.p50
    );
}

fn main() {
    let queries = queries();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    engine("SQLite", &format!("sqlite://{}", folder.path().join("load.sqlite").display()), &queries);
    match postgres::Cluster::get().and_then(postgres::Cluster::empty_database) {
        Ok(database) => engine("PostgreSQL", &database.url, &queries),
        Err(why) => println!("PostgreSQL was not measured: {why}"),
    }
}
