//! The database's promises: one transaction per closure, many callers per commit, and everybody told when a commit fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tailormade::db::schema::documents;
use tailormade::error::Error;

use crate::support::app::{Engine, FreshDb};

fn insert(tx: &mut tailormade::db::Tx, name: &str) -> Result<(), Error> {
    diesel::insert_into(documents::table)
        .values((
            documents::kind.eq("invoice"),
            documents::name.eq(name),
            documents::body.eq(""),
            documents::sha256.eq(""),
            documents::created_at.eq(chrono::DateTime::UNIX_EPOCH.naive_utc()),
        ))
        .execute(tx)?;
    Ok(())
}

fn count(fresh: &FreshDb) -> i64 {
    fresh.db.read_now(|tx| Ok(documents::table.count().get_result(tx)?)).unwrap()
}

#[test]
fn work_that_fails_or_panics_changes_nothing_and_the_next_goes_on() {
    for engine in Engine::all() {
        let fresh = FreshDb::new(engine);
        let refused = fresh.db.write_now(|tx| {
            insert(tx, "refused")?;
            Err::<(), _>(Error::Refused("No.".to_owned()))
        });
        assert!(matches!(refused, Err(Error::Refused(_))));
        if engine == Engine::Sqlite {
            let panicked: Result<(), Error> = fresh.db.write_now(|tx| {
                insert(tx, "panicked")?;
                panic!("on purpose")
            });
            assert!(matches!(panicked, Err(Error::Internal(_))));
        }
        fresh.db.write_now(|tx| insert(tx, "kept")).unwrap();
        assert_eq!(count(&fresh), 1, "{engine:?}");
    }
}

#[test]
fn many_writers_at_once_lose_nothing() {
    for engine in Engine::all() {
        let fresh = Arc::new(FreshDb::new(engine));
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let fresh = Arc::clone(&fresh);
                std::thread::spawn(move || {
                    for number in 0..20 {
                        fresh.db.write_now(move |tx| insert(tx, &format!("{thread}/{number}"))).unwrap();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(count(&fresh), 160, "{engine:?}");
    }
}

/// A commit can fail after every caller's own work went well: a deferred foreign key is looked at by COMMIT alone.
#[test]
fn when_a_commit_fails_every_caller_in_it_is_told_and_nothing_stays() {
    let fresh = FreshDb::new(Engine::Sqlite);
    let told = Arc::new(AtomicUsize::new(0));
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let gate = std::sync::Mutex::new(gate);
    let (begun, has_begun) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        // The first caller holds the batch open until the others are queued behind it, then breaks the commit.
        let db = fresh.db.clone();
        let first_told = Arc::clone(&told);
        let first = scope.spawn(move || {
            let outcome = db.write_now(move |tx| {
                begun.send(()).unwrap();
                gate.lock().unwrap().recv().unwrap();
                tx.batch_execute("PRAGMA defer_foreign_keys = ON")?;
                tx.batch_execute(
                    "INSERT INTO sessions (user_id, refresh_sha256, rotated_at, device, created_at, expires_at)
                     VALUES (999, 'x', '2026-01-01', '', '2026-01-01', '2026-01-01')",
                )?;
                insert(tx, "first")
            });
            assert!(matches!(outcome, Err(Error::Internal(_))));
            first_told.fetch_add(1, Ordering::SeqCst);
        });
        has_begun.recv().unwrap();
        let (queued, all_queued) = std::sync::mpsc::channel();
        let others: Vec<_> = (0..3)
            .map(|number| {
                let (db, told, queued) = (fresh.db.clone(), Arc::clone(&told), queued.clone());
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    runtime.block_on(async {
                        let mut write = std::pin::pin!(db.write(move |tx| insert(tx, &format!("other {number}"))));
                        // The first poll queues the work.
                        let waker = std::task::Waker::noop();
                        assert!(write.as_mut().poll(&mut std::task::Context::from_waker(waker)).is_pending());
                        queued.send(()).unwrap();
                        assert!(matches!(write.await, Err(Error::Internal(_))));
                        told.fetch_add(1, Ordering::SeqCst);
                    });
                })
            })
            .collect();
        for _ in 0..3 {
            all_queued.recv().unwrap();
        }
        open.send(()).unwrap();
        first.join().unwrap();
        for other in others {
            other.join().unwrap();
        }
    });
    assert_eq!(told.load(Ordering::SeqCst), 4);
    assert_eq!(count(&fresh), 0);
    fresh.db.write_now(|tx| insert(tx, "after")).unwrap();
    assert_eq!(count(&fresh), 1);
}

#[test]
fn append_only_tables_refuse_update_and_delete() {
    for engine in Engine::all() {
        let fresh = FreshDb::new(engine);
        fresh.db.write_now(|tx| insert(tx, "kept")).unwrap();
        for statement in ["UPDATE documents SET body = 'changed'", "DELETE FROM documents"] {
            let refused = fresh.db.write_now(move |tx| Ok(tx.batch_execute(statement)?));
            assert!(matches!(refused, Err(Error::Internal(ref cause)) if cause.contains("append-only")), "{refused:?}");
        }
        assert_eq!(count(&fresh), 1);
    }
}
