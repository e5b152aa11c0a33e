//! What was looked at, on its way into the record: noted while a request is answered, written in batches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Event, store};
use crate::db::Db;
use crate::error::Error;

/// The most that wait to be written: a request that would be one more waits until they are.
const MOST: usize = 256;

/// Looks that wait to be written, shared by all requests of a server.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    waiting: Arc<Mutex<Vec<Event>>>,
}

impl Looks {
    fn waiting(&self) -> MutexGuard<'_, Vec<Event>> {
        // A thread that panicked while it held the list left it whole: nothing in between can fail.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a look. When many wait already, all are written first; a look that cannot be kept is not shown.
    ///
    /// # Errors
    /// When there were too many, and the database would not take them.
    pub async fn note(&self, db: &Db, event: Event) -> Result<(), Error> {
        let full = {
            let mut waiting = self.waiting();
            waiting.push(event);
            waiting.len() >= MOST
        };
        if full { self.flush(db).await } else { Ok(()) }
    }

    /// Writes all that wait. A task of its own does it, so that nothing is lost when a visitor goes away meanwhile; what
    /// could not be written waits on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flush(&self, db: &Db) -> Result<(), Error> {
        let (looks, db) = (self.clone(), db.clone());
        let task = tokio::spawn(async move { looks.write(&db).await });
        task.await.map_err(|cause| Error::internal("writing what was looked at", cause))?
    }

    async fn write(&self, db: &Db) -> Result<(), Error> {
        let taken: Arc<Vec<Event>> = Arc::new(std::mem::take(&mut *self.waiting()));
        if taken.is_empty() {
            return Ok(());
        }
        let events = Arc::clone(&taken);
        let written = db.write(move |tx| store::append_all(tx, &events)).await;
        if written.is_err() {
            self.waiting().splice(0..0, taken.iter().cloned());
        }
        written
    }
}
