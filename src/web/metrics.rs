//! What an operator watches: how many answers of which kind, how long they took, what the database wrote. No figure says
//! anything about a person: routes are counted by their pattern, never by what stood in it.

use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

use crate::error::Error;

/// The upper ends of the classes of time, in seconds.
const SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The figures of one server since it was started.
pub struct Metrics {
    registry: Registry,
    answers: IntCounterVec,
    seconds: HistogramVec,
    writes: IntGauge,
    commits: IntGauge,
}

impl Metrics {
    /// All at nothing.
    ///
    /// # Errors
    /// When two figures have one name.
    pub fn new() -> Result<Self, Error> {
        let failed = |cause| Error::internal("the metrics", cause);
        let answers = Opts::new("tailormade_answers_total", "Answers by route, method and status.");
        let answers = IntCounterVec::new(answers, &["route", "method", "status"]).map_err(failed)?;
        let seconds = HistogramOpts::new("tailormade_answer_seconds", "Seconds until an answer, by method.");
        let seconds = HistogramVec::new(seconds.buckets(SECONDS.to_vec()), &["method"]).map_err(failed)?;
        let writes = IntGauge::new("tailormade_sqlite_writes", "Writes since the start, on SQLite.").map_err(failed)?;
        let commits =
            IntGauge::new("tailormade_sqlite_commits", "Durable commits they went into, on SQLite.").map_err(failed)?;
        let registry = Registry::new();
        registry.register(Box::new(answers.clone())).map_err(failed)?;
        registry.register(Box::new(seconds.clone())).map_err(failed)?;
        registry.register(Box::new(writes.clone())).map_err(failed)?;
        registry.register(Box::new(commits.clone())).map_err(failed)?;
        Ok(Self { registry, answers, seconds, writes, commits })
    }

    /// Counts an answer.
    pub fn answered(&self, route: Option<&str>, method: &str, status: u16, took: Duration) {
        // A stranger's method or path must not make new rows without end.
        let method = if ["GET", "POST", "HEAD"].contains(&method) { method } else { "other" };
        self.answers.with_label_values(&[route.unwrap_or("none"), method, &status.to_string()]).inc();
        self.seconds.with_label_values(&[method]).observe(took.as_secs_f64());
    }

    /// All figures, as Prometheus reads them.
    ///
    /// # Errors
    /// When they cannot be written out.
    pub fn text(&self, (writes, commits): (u64, u64)) -> Result<String, Error> {
        self.writes.set(i64::try_from(writes).unwrap_or(i64::MAX));
        self.commits.set(i64::try_from(commits).unwrap_or(i64::MAX));
        let figures = TextEncoder::new().encode_to_string(&self.registry.gather());
        figures.map_err(|cause| Error::internal("the metrics", cause))
    }
}
