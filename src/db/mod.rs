//! The database: `read` and `write` hand one transaction to a closure; a closure that fails rolls back.
//!
//! On SQLite one writer thread commits the work of many callers at once (see [`writer`]), and reads run right where they
//! are called, because an index-bounded read costs less than a hop to another thread. On PostgreSQL both run on a pool,
//! off the request's thread, serializable, and a serialization failure is tried again with jitter.

pub mod columns;
pub mod dialect;
pub mod migrate;
pub mod schema;
mod tx;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};

use crate::config::DatabaseUrl;
use crate::error::Error;
pub use tx::{MultiBackend, Tx};
use writer::Writer;

/// How long a connection waits for another process's lock on a SQLite file.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// Connections kept for reading on SQLite, and for everything on PostgreSQL.
const POOL_SIZE: u32 = 8;

/// How often a write is tried on PostgreSQL before the caller is told that the service is busy.
#[cfg(feature = "postgres")]
const WRITE_TRIES: u32 = 12;

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Cause};
        match error {
            Cause::NotFound => Self::NotFound,
            Cause::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            Cause::DatabaseError(DatabaseErrorKind::UniqueViolation, ref details) => {
                tracing::warn!(table = details.table_name(), "unique violation: {}", details.message());
                Self::Conflict("Somebody did the same thing at the same moment. Look at it again.".to_owned())
            }
            // PostgreSQL's deadlock_detected has no kind of its own in diesel.
            Cause::DatabaseError(_, ref details)
                if details.message().contains("database is locked") || details.message().contains("deadlock") =>
            {
                Self::Busy
            }
            other => Self::internal("the database", other),
        }
    }
}

/// Opens connections to the engine that the address names.
#[derive(Clone, Debug)]
struct Opener(DatabaseUrl);

impl Opener {
    /// A connection that is ready for use.
    fn open(&self) -> Result<Tx, Error> {
        let failed = |cause: ConnectionError| Error::internal("opening the database", cause);
        match &self.0 {
            DatabaseUrl::Sqlite(file) => {
                let mut connection = SqliteConnection::establish(&file.to_string_lossy()).map_err(failed)?;
                // The wait comes first: the settings after it may already meet another process's lock.
                connection.batch_execute(&format!(
                    "PRAGMA busy_timeout = {}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;
                     PRAGMA mmap_size = 268435456;",
                    LOCK_WAIT.as_millis()
                ))?;
                Ok(Tx::Sqlite(connection))
            }
            #[cfg(feature = "postgres")]
            DatabaseUrl::Postgres(url) => {
                let mut connection = PgConnection::establish(url).map_err(failed)?;
                connection.batch_execute("SET TIME ZONE 'UTC'")?;
                Ok(Tx::Postgres(connection))
            }
            #[cfg(not(feature = "postgres"))]
            DatabaseUrl::Postgres(_) => {
                let _ = failed;
                Err(Error::Internal("this binary was built without PostgreSQL".to_owned()))
            }
        }
    }
}

impl ManageConnection for Opener {
    type Connection = Tx;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Tx, Self::Error> {
        self.open().map_err(|error| {
            let cause = match error {
                Error::Internal(cause) => cause,
                other => other.to_string(),
            };
            diesel::r2d2::Error::ConnectionError(ConnectionError::BadConnection(cause))
        })
    }

    fn is_valid(&self, connection: &mut Tx) -> Result<(), Self::Error> {
        connection.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, _connection: &mut Tx) -> bool {
        // A closure that panicked may have left its transaction open: such a connection is not used again.
        std::thread::panicking()
    }
}

/// The database, shared by all requests.
#[derive(Clone)]
pub struct Db {
    url: DatabaseUrl,
    pool: Pool<Opener>,
    writer: Option<Arc<Writer>>,
}

impl Db {
    /// Opens a database; SQLite makes the file when there is none.
    ///
    /// # Errors
    /// When it cannot be reached or opened.
    pub fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        let opener = Opener(url.clone());
        opener.open()?;
        let writer = match url {
            DatabaseUrl::Sqlite(file) => Some(Arc::new(Writer::start(opener.clone(), file)?)),
            DatabaseUrl::Postgres(_) => None,
        };
        let pool = Pool::builder()
            .max_size(POOL_SIZE)
            .min_idle(Some(1))
            .test_on_check_out(writer.is_none())
            .connection_timeout(Duration::from_secs(10))
            .build(opener)
            .map_err(|cause| Error::internal("opening the database", cause))?;
        Ok(Self { url: url.clone(), pool, writer })
    }

    /// The address it was opened with.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// How many writes went into how many durable commits since the database was opened; nothing is counted on PostgreSQL,
    /// where each write is its own commit.
    #[must_use]
    pub fn writes_and_commits(&self) -> (u64, u64) {
        use std::sync::atomic::Ordering::Relaxed;
        let counts = self.writer.as_ref().map(|writer| &writer.counts);
        counts.map_or((0, 0), |counts| (counts.writes.load(Relaxed), counts.commits.load(Relaxed)))
    }

    /// Reads in one transaction that sees one state of the data: for reads that an index bounds.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        F: FnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        if self.writer.is_some() { self.read_now(work) } else { self.read_long(work).await }
    }

    /// Reads off the request's thread: for reads that may take long, on either engine.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub async fn read_long<T, F>(&self, work: F) -> Result<T, Error>
    where
        F: FnOnce(&mut Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let db = self.clone();
        off_thread(move || db.read_now(work)).await
    }

    /// Reads on this thread: for commands and tests.
    ///
    /// # Errors
    /// What the closure or the database says.
    pub fn read_now<T>(&self, work: impl FnOnce(&mut Tx) -> Result<T, Error>) -> Result<T, Error> {
        let mut tx = self.connection()?;
        let begin = match *tx {
            Tx::Sqlite(_) => "BEGIN",
            #[cfg(feature = "postgres")]
            Tx::Postgres(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        tx.batch_execute(begin)?;
        let outcome = work(&mut tx);
        tx.batch_execute("ROLLBACK")?;
        outcome
    }

    /// Writes in one transaction; the answer comes after the commit. The closure may run more than once (PostgreSQL tries
    /// again when two writers met), so it must do nothing but read and write through its transaction.
    ///
    /// # Errors
    /// What the closure says (then nothing was changed), or the database.
    pub async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        F: Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.send(work)?.await.map_err(|_| Error::Busy)?,
            None => {
                let db = self.clone();
                off_thread(move || db.write_now(work)).await
            }
        }
    }

    /// Writes and waits on this thread: for commands and tests.
    ///
    /// # Errors
    /// What the closure says (then nothing was changed), or the database.
    pub fn write_now<T, F>(&self, work: F) -> Result<T, Error>
    where
        F: Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        match &self.writer {
            Some(writer) => writer.send(work)?.blocking_recv().map_err(|_| Error::Busy)?,
            None => self.write_on_pool(&work),
        }
    }

    /// One serializable transaction on a pooled connection, tried again with jitter when two writers met.
    #[cfg(feature = "postgres")]
    fn write_on_pool<T>(&self, work: &impl Fn(&mut Tx) -> Result<T, Error>) -> Result<T, Error> {
        let mut tx = self.connection()?;
        for attempt in 0..WRITE_TRIES {
            match serializable(&mut tx, work) {
                Err(Error::Busy) => std::thread::sleep(jitter(attempt)),
                settled => return settled,
            }
        }
        Err(Error::Busy)
    }

    #[cfg(not(feature = "postgres"))]
    fn write_on_pool<T>(&self, _work: &impl Fn(&mut Tx) -> Result<T, Error>) -> Result<T, Error> {
        Err(Error::Internal("this binary was built without PostgreSQL".to_owned()))
    }

    /// A pooled connection.
    fn connection(&self) -> Result<PooledConnection<Opener>, Error> {
        self.pool.get().map_err(|cause| {
            tracing::error!("no connection: {cause}");
            Error::Busy
        })
    }

    /// Writes a consistent copy of a SQLite database to a new file, while others read and write.
    ///
    /// # Errors
    /// On PostgreSQL (its own tools do this), when the file exists, or when it cannot be written.
    pub fn copy_to(&self, file: &Path) -> Result<(), Error> {
        if self.writer.is_none() {
            return Err(Error::Refused("Backups of PostgreSQL are made with pg_dump.".to_owned()));
        }
        if file.exists() {
            return Err(Error::Refused(format!("{} exists already; name a new file.", file.display())));
        }
        let mut tx = self.connection()?;
        let name = file.to_string_lossy().into_owned();
        diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(name).execute(&mut *tx)?;
        Ok(())
    }
}

/// Runs one attempt of a write.
#[cfg(feature = "postgres")]
fn serializable<T>(tx: &mut Tx, work: &impl Fn(&mut Tx) -> Result<T, Error>) -> Result<T, Error> {
    tx.batch_execute("BEGIN ISOLATION LEVEL SERIALIZABLE")?;
    match work(tx) {
        Ok(value) => match tx.batch_execute("COMMIT") {
            Ok(()) => Ok(value),
            Err(error) => {
                // A COMMIT that fails has already ended its transaction.
                tx.batch_execute("ROLLBACK").ok();
                Err(error.into())
            }
        },
        Err(refusal) => {
            tx.batch_execute("ROLLBACK")?;
            Err(refusal)
        }
    }
}

/// A pause that grows with each attempt and differs between writers: writers that wait equally long meet again.
#[cfg(feature = "postgres")]
fn jitter(attempt: u32) -> Duration {
    let mut byte = [0_u8; 1];
    let random = getrandom::fill(&mut byte).map_or(128, |()| u64::from(byte[0]));
    Duration::from_micros((500 << attempt.min(8)) * (64 + random) / 256)
}

/// Runs blocking work on tokio's blocking threads.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|cause| Error::internal("a blocking task", cause))?
}

/// The files that belong to a SQLite database beside the main one.
#[must_use]
pub fn sqlite_side_files(file: &Path) -> [PathBuf; 2] {
    ["-wal", "-shm"].map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    })
}
