//! What a flood of sign-ins costs those who only look at something: the search page's median and 99th percentile without
//! and with sign-ins thrown at the server faster than it can hash.
//!
//! `cargo bench --bench sign_in_load` starts the demonstration in a process of its own with the limits on sign-ins lifted,
//! measures by turns without and with the flood, and prints both and their ratio; it fails when the ratio of the 99th
//! percentiles is above 3. It is bounded in count and in time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Turns without and with the flood.
const TURNS: usize = 5;
/// Searches in each turn.
const SEARCHES: usize = 400;
/// Who sign in at the same time, each again as soon as they are answered: far more than are hashed at a time.
const FLOOD: usize = 16;
/// Nothing takes longer than this.
const LONGEST: Duration = Duration::from_secs(120);
/// The most that the flood may cost.
const ALLOWED: f64 = 3.0;

/// The demonstration; ended when the value goes.
struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tailormade"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TAILORMADE_")) {
            command.env_remove(name);
        }
        command.env("TAILORMADE_LISTEN", "127.0.0.1:0").env("TAILORMADE_LOG", "info");
        command.env("TAILORMADE_SIGN_IN_TRIES", "0").env("TAILORMADE_SIGN_IN_TRIES_PER_NETWORK", "0");
        command.env("TAILORMADE_REQUESTS_PER_MINUTE", "0");
        let mut child =
            command.arg("demo").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines.by_ref().find_map(|line| Some(line.ok()?.split_once("answering on ")?.1.trim().to_owned()));
        // The rest of the log is read and thrown away, or the server would wait for a reader.
        thread::spawn(move || lines.for_each(drop));
        Self { child, url: url.expect("the demonstration answers") }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(LONGEST)).build().into()
}

/// Signs in with a wrong password, again and again, until told to stop; counts what was answered.
fn flood(url: String, stop: Arc<AtomicBool>, refused: Arc<AtomicU64>, busy: Arc<AtomicU64>) {
    let agent = agent();
    while !stop.load(Ordering::Relaxed) {
        let sent = agent
            .post(format!("{url}/sign-in"))
            .header("sec-fetch-site", "same-origin")
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .send(r#"{"email":"mary@demo.example","password":"not the password"}"#);
        let mut answer = sent.unwrap();
        answer.body_mut().read_to_string().unwrap();
        match answer.status().as_u16() {
            422 => refused.fetch_add(1, Ordering::Relaxed),
            503 => busy.fetch_add(1, Ordering::Relaxed),
            other => panic!("a sign-in was answered {other}"),
        };
    }
}

/// Searches one after the other; how long each took, in microseconds.
fn searches(url: &str, agent: &ureq::Agent, taken: &mut Vec<u64>) {
    const WORDS: [&str; 4] = ["care", "home", "club", "art"];
    for number in 0..SEARCHES {
        let word = WORDS[number % WORDS.len()];
        let began = Instant::now();
        let mut answer = agent.get(format!("{url}/search?words={word}&place=DT1&within=25")).call().unwrap();
        let body = answer.body_mut().read_to_string().unwrap();
        taken.push(u64::try_from(began.elapsed().as_micros()).unwrap());
        assert!(answer.status() == 200 && body.contains("Find support"));
    }
}

/// The time within which this share of all was answered, in milliseconds.
fn within(taken: &mut [u64], share: f64) -> f64 {
    taken.sort_unstable();
    let place = ((taken.len() as f64 * share).ceil() as usize).clamp(1, taken.len()) - 1;
    taken[place] as f64 / 1_000.0
}

fn main() {
    let (serving, searcher) = (Serving::start(), agent());
    let (mut quiet, mut flooded) = (vec![], vec![]);
    let (refused, busy) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    searches(&serving.url, &searcher, &mut vec![]);
    let (began, mut under_flood) = (Instant::now(), Duration::ZERO);
    for _ in 0..TURNS {
        searches(&serving.url, &searcher, &mut quiet);
        let stop = Arc::new(AtomicBool::new(false));
        let threads: Vec<_> = (0..FLOOD)
            .map(|_| {
                let (url, stop) = (serving.url.clone(), Arc::clone(&stop));
                let (refused, busy) = (Arc::clone(&refused), Arc::clone(&busy));
                thread::spawn(move || flood(url, stop, refused, busy))
            })
            .collect();
        let turn = Instant::now();
        searches(&serving.url, &searcher, &mut flooded);
        under_flood += turn.elapsed();
        stop.store(true, Ordering::Relaxed);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(began.elapsed() < LONGEST, "the machine is too slow or too busy for this");
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let (answered, told_busy) = (refused.load(Ordering::Relaxed), busy.load(Ordering::Relaxed));
    println!("{cores} cores; {} searches each way, one after the other", quiet.len());
    println!(
        "the flood: {FLOOD} at a time, {:.0} sign-ins a second, {told_busy} told that the service is busy",
        answered as f64 / under_flood.as_secs_f64()
    );
    let [without, with] = [&mut quiet, &mut flooded].map(|taken| (within(taken, 0.5), within(taken, 0.99)));
    println!("search without the flood: p50 {:.2} ms, p99 {:.2} ms", without.0, without.1);
    println!("search with the flood:    p50 {:.2} ms, p99 {:.2} ms", with.0, with.1);
    let ratio = with.1 / without.1;
    println!("ratio of p99: {ratio:.2} (at most {ALLOWED:.0} is allowed)");
    drop(serving);
    assert!(ratio <= ALLOWED, "a flood of sign-ins slows the search down too much");
}
