//! The one writer of a SQLite database: commits the work of many callers at once.
//!
//! Each caller's work is a savepoint inside one `BEGIN IMMEDIATE`; callers are answered after the COMMIT, so a durable
//! commit (`synchronous = FULL`) is shared by all who came while the one before was under way. Work that fails rolls back
//! to its savepoint alone. A batch is never tried again: when its COMMIT fails, every caller in it is told.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use tokio::sync::oneshot;

use super::{Opener, Tx, sqlite_side_files};
use crate::error::Error;

/// The most callers that share one commit: bounds how long the first of them waits.
const BATCH: usize = 64;

/// How often the write-ahead log is looked at, and from which size on it is copied back into the database.
const CHECKPOINT_EVERY: Duration = Duration::from_millis(500);
const CHECKPOINT_BYTES: u64 = 4 << 20;

/// One caller's work on its way through the writer.
trait Job: Send {
    /// Does the work inside a savepoint; false when the savepoint was rolled back.
    fn run(&mut self, tx: &mut Tx) -> Result<(), diesel::result::Error>;
    /// Tells the caller how it ended.
    fn settle(self: Box<Self>, committed: bool);
}

/// A closure, what came of it, and who waits for it.
struct Caller<F, T> {
    work: F,
    outcome: Option<Result<T, Error>>,
    answer: oneshot::Sender<Result<T, Error>>,
}

impl<F, T> Job for Caller<F, T>
where
    F: Fn(&mut Tx) -> Result<T, Error> + Send,
    T: Send,
{
    fn run(&mut self, tx: &mut Tx) -> Result<(), diesel::result::Error> {
        tx.batch_execute("SAVEPOINT caller")?;
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.work)(tx)))
            .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())));
        let end = if outcome.is_ok() { "RELEASE caller" } else { "ROLLBACK TO caller; RELEASE caller" };
        self.outcome = Some(outcome);
        tx.batch_execute(end)
    }

    fn settle(self: Box<Self>, committed: bool) {
        let outcome = match self.outcome {
            Some(Err(refusal)) => Err(refusal),
            Some(Ok(value)) if committed => Ok(value),
            _ => Err(Error::Internal("the commit failed; nothing was changed".to_owned())),
        };
        // A caller that went away in the meantime needs no answer.
        self.answer.send(outcome).ok();
    }
}

/// How many writes went into how many commits, since the start.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) writes: AtomicU64,
    pub(super) commits: AtomicU64,
}

/// The writer's thread and the way to it.
pub(super) struct Writer {
    pub(super) counts: Arc<Counts>,
    jobs: Option<Sender<Box<dyn Job>>>,
    threads: Vec<JoinHandle<()>>,
    stop_checkpoints: Option<Sender<()>>,
}

impl Writer {
    /// Starts the writer and the thread that keeps the write-ahead log short.
    pub(super) fn start(opener: Opener, file: &Path) -> Result<Self, Error> {
        let (jobs, queue) = channel();
        let (stop_checkpoints, stopped) = channel();
        let mut connection = opener.open()?;
        // Checkpoints run on a connection of their own: on this one they would stall every caller.
        connection.batch_execute("PRAGMA wal_autocheckpoint = 0")?;
        let mut checkpointer = opener.open()?;
        let log = sqlite_side_files(file)[0].clone();
        let failed = |cause: std::io::Error| Error::internal("starting the writer", cause);
        let writer = std::thread::Builder::new().name("writer".to_owned());
        let checkpoints = std::thread::Builder::new().name("checkpoints".to_owned());
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        let threads = vec![
            writer.spawn(move || write_batches(&mut connection, &queue, &counted)).map_err(failed)?,
            checkpoints.spawn(move || keep_log_short(&mut checkpointer, &log, &stopped)).map_err(failed)?,
        ];
        Ok(Self { counts, jobs: Some(jobs), threads, stop_checkpoints: Some(stop_checkpoints) })
    }

    /// Queues work; the answer comes after the commit.
    pub(super) fn send<T, F>(&self, work: F) -> Result<oneshot::Receiver<Result<T, Error>>, Error>
    where
        F: Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let (answer, outcome) = oneshot::channel();
        let job = Box::new(Caller { work, outcome: None, answer });
        let jobs = self.jobs.as_ref().ok_or(Error::Busy)?;
        jobs.send(job).map_err(|_| Error::Busy)?;
        Ok(outcome)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Closing the queue lets the writer finish what it has, then end.
        self.jobs = None;
        self.stop_checkpoints = None;
        for thread in self.threads.drain(..) {
            // Work that held the last handle of the database ends on the writer's own thread, which cannot wait for itself.
            if thread.thread().id() != std::thread::current().id() {
                thread.join().ok();
            }
        }
    }
}

/// Takes what is queued, commits it together, answers, and begins again.
fn write_batches(tx: &mut Tx, queue: &Receiver<Box<dyn Job>>, counts: &Counts) {
    while let Ok(first) = queue.recv() {
        let mut batch = vec![];
        let committed = match write_batch(tx, first, queue, &mut batch) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!("a batch of {} writes was not committed: {error}", batch.len());
                tx.batch_execute("ROLLBACK").ok();
                false
            }
        };
        counts.commits.fetch_add(1, Ordering::Relaxed);
        counts.writes.fetch_add(batch.len() as u64, Ordering::Relaxed);
        for job in batch {
            job.settle(committed);
        }
    }
}

/// One transaction for the first caller and for all who are already waiting behind it.
fn write_batch(
    tx: &mut Tx,
    first: Box<dyn Job>,
    queue: &Receiver<Box<dyn Job>>,
    batch: &mut Vec<Box<dyn Job>>,
) -> Result<(), diesel::result::Error> {
    batch.push(first);
    tx.batch_execute("BEGIN IMMEDIATE")?;
    let mut done = 0;
    while done < batch.len() {
        batch[done].run(tx)?;
        done += 1;
        if done == batch.len() && done < BATCH {
            batch.extend(queue.try_recv().ok());
        }
    }
    tx.batch_execute("COMMIT")
}

/// Copies the write-ahead log back into the database now and then, until told to stop.
fn keep_log_short(tx: &mut Tx, log: &Path, stopped: &Receiver<()>) {
    while stopped.recv_timeout(CHECKPOINT_EVERY) == Err(RecvTimeoutError::Timeout) {
        let size = std::fs::metadata(log).map_or(0, |metadata| metadata.len());
        if size > CHECKPOINT_BYTES
            && let Err(error) = tx.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
        {
            tracing::warn!("checkpoint: {error}");
        }
    }
}
