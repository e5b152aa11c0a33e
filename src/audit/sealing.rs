//! The sealer: chains what was appended, in the order of the events' numbers.
//!
//! How far it may go: on PostgreSQL numbers are given out before they are committed, so an event with a smaller number
//! may appear after one with a greater number was seen. Neither a lag by the clock nor the snapshot's oldest transaction
//! says when that is over: a transaction may begin later and still take the smaller number. What does say it is who has
//! the table open for writing, because a transaction opens it before it takes a number and holds it open until it ends.
//! So the sealer reads the greatest number, then asks who has the table open, and seals up to that number once all of
//! those have ended. On SQLite there is one writer, and numbers appear in their order.

use chrono::{DateTime, Utc};

use super::chain::{START, seal};
use super::store::{self, seals};
use crate::db::{Db, Tx, dialect};
use crate::error::Error;
use seals::Seal;

/// How many events are sealed in one transaction.
const AT_ONCE: i64 = 500;

/// How far the chain may go, once nobody who had the record open when this was read has it open any more.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Horizon {
    up_to: i64,
    waits_for: Vec<String>,
}

/// One who seals; of several on one database only one does at a time.
#[derive(Debug)]
pub struct Sealer {
    name: String,
    horizon: Option<Horizon>,
}

/// What a look at the chain's end shows.
struct End {
    last: Option<Seal>,
    last_event: i64,
    holder: Option<String>,
}

impl End {
    fn read(tx: &mut Tx, now: DateTime<Utc>) -> Result<Self, Error> {
        let (last, last_event) = (seals::last(tx)?, store::last_event(tx)?);
        Ok(Self { last, last_event, holder: seals::lease_holder(tx, now)? })
    }

    fn sealed_up_to(&self) -> i64 {
        self.last.as_ref().map_or(0, |seal| seal.event)
    }
}

impl Sealer {
    /// A sealer with a name of its own.
    #[must_use]
    pub fn new(name: String) -> Self {
        Self { name, horizon: None }
    }

    /// Seals what can be sealed now, and says how many events that were. Nothing is written while nothing waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn seal(&mut self, db: &Db, now: DateTime<Utc>) -> Result<usize, Error> {
        let end = db.read(move |tx| End::read(tx, now)).await?;
        if end.sealed_up_to() >= end.last_event || end.holder.as_ref().is_some_and(|holder| *holder != self.name) {
            self.horizon = None;
            return Ok(0);
        }
        let Some(up_to) = self.settled(db, end.last_event).await? else {
            return Ok(0);
        };
        let mut last = end.last;
        let mut count = 0;
        while let Some(links) = self.links(db, last.as_ref(), up_to).await? {
            if !self.write(db, last, links.clone(), now).await? {
                break;
            }
            count += links.len();
            last = links.last().cloned();
        }
        Ok(count)
    }

    /// The number up to which no event can appear any more, if that is further than nowhere.
    async fn settled(&mut self, db: &Db, last_event: i64) -> Result<Option<i64>, Error> {
        // Read after the greatest number: whoever was given a smaller one and has not ended is among these.
        let open = db.read(|tx| dialect::writers_of(tx, "audit_events")).await?;
        let horizon = self.horizon.take().unwrap_or_else(|| Horizon { up_to: last_event, waits_for: open.clone() });
        if horizon.waits_for.iter().any(|writer| open.contains(writer)) {
            self.horizon = Some(horizon);
            return Ok(None);
        }
        Ok(Some(horizon.up_to))
    }

    /// The next links, made from what is committed; nothing when all up to the horizon are there. Events are read outside
    /// of the writing transaction, which would otherwise be in the way of those who append.
    async fn links(&self, db: &Db, last: Option<&Seal>, up_to: i64) -> Result<Option<Vec<Seal>>, Error> {
        let (mut before, after) = match last {
            Some(seal) => (seal.sha256.clone(), seal.event),
            None => (START.to_owned(), 0),
        };
        let events = db.read(move |tx| store::events_after(tx, after, up_to, AT_ONCE)).await?;
        let mut links = vec![];
        for event in &events {
            before = seal(&before, event);
            links.push(Seal { event: event.id, sha256: before.clone() });
        }
        Ok((!links.is_empty()).then_some(links))
    }

    /// Adds the links, if the chain still ends where they begin and nobody else holds the lease.
    async fn write(&self, db: &Db, last: Option<Seal>, links: Vec<Seal>, now: DateTime<Utc>) -> Result<bool, Error> {
        let name = self.name.clone();
        let add = move |tx: &mut Tx| {
            if !seals::take_lease(tx, &name, now)? || seals::last(tx)? != last {
                return Ok(false);
            }
            seals::add(tx, &links, now).map(|()| true)
        };
        db.write(add).await
    }

    /// Gives the lease up, at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn leave(&self, db: &Db, now: DateTime<Utc>) -> Result<(), Error> {
        let name = self.name.clone();
        db.write(move |tx| seals::give_up_lease(tx, &name, now)).await
    }
}

/// Seals what a command has appended. When a server runs beside it, that server does it.
///
/// # Errors
/// When the database fails.
pub async fn seal_all(db: &Db, name: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let mut sealer = Sealer::new(name.to_owned());
    if sealer.seal(db, now).await? > 0 {
        sealer.leave(db, now).await?;
    }
    Ok(())
}
