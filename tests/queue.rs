//! The queue's promises on both engines: a job belongs to one server at a time, to another when its lease has run out, and
//! stays visible while it fails.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use tailormade::db::Tx;
use tailormade::error::Error;
use tailormade::queue::{Job, LEASE, NewJob, store};

use crate::support::app::{Engine, FreshDb, morning};

const KIND: &str = "test";

fn enqueue(fresh: &FreshDb, about: &'static str, dedupe_key: Option<&'static str>, now: DateTime<Utc>) {
    let add = move |tx: &mut Tx| store::enqueue(tx, &NewJob { kind: KIND, about, dedupe_key }, now);
    fresh.db.write_now(add).unwrap();
}

fn claim(fresh: &FreshDb, now: DateTime<Utc>) -> Option<Job> {
    fresh.db.write_now(move |tx| store::claim(tx, &[KIND], now)).unwrap()
}

fn done(fresh: &FreshDb, job: &Job, now: DateTime<Utc>) {
    let job = job.clone();
    fresh.db.write_now(move |tx| store::done(tx, &job, now)).unwrap();
}

fn failed(fresh: &FreshDb, job: &Job, now: DateTime<Utc>) {
    let job = job.clone();
    fresh.db.write_now(move |tx| store::failed(tx, &job, "no luck", now)).unwrap();
}

#[test]
fn a_job_is_there_when_its_transaction_is_committed_or_not_at_all() {
    for engine in Engine::all() {
        let (fresh, now) = (FreshDb::new(engine), morning("2026-11-02"));
        let refused = fresh.db.write_now(move |tx| {
            store::enqueue(tx, &NewJob { kind: KIND, about: "1", dedupe_key: None }, now)?;
            Err::<(), _>(Error::Refused("No.".to_owned()))
        });
        assert!(refused.is_err());
        assert_eq!(claim(&fresh, now), None, "{engine:?}");
        enqueue(&fresh, "1", None, now);
        let job = claim(&fresh, now).unwrap();
        assert_eq!((job.about.as_str(), job.attempts), ("1", 1));
        done(&fresh, &job, now);
        assert_eq!(claim(&fresh, now + LEASE * 2), None);
    }
}

#[test]
fn what_has_a_key_is_enqueued_once_and_not_again_when_it_is_done() {
    for engine in Engine::all() {
        let (fresh, now) = (FreshDb::new(engine), morning("2026-11-02"));
        enqueue(&fresh, "monday", Some("test monday"), now);
        enqueue(&fresh, "monday", Some("test monday"), now);
        let job = claim(&fresh, now).unwrap();
        assert_eq!(claim(&fresh, now), None, "{engine:?}");
        done(&fresh, &job, now);
        enqueue(&fresh, "monday", Some("test monday"), now);
        assert_eq!(claim(&fresh, now), None, "{engine:?}");
    }
}

#[test]
fn a_server_that_was_killed_loses_its_job_to_another_when_the_lease_runs_out() {
    for engine in Engine::all() {
        let (fresh, now) = (FreshDb::new(engine), morning("2026-11-02"));
        enqueue(&fresh, "1", None, now);
        let killed = claim(&fresh, now).unwrap();
        let almost = now + LEASE - TimeDelta::seconds(1);
        assert_eq!(claim(&fresh, almost), None, "{engine:?}: it is still the first one's");
        let later = now + LEASE;
        let other = claim(&fresh, later).unwrap();
        assert_eq!((other.id, other.attempts), (killed.id, 2));
        let failing = fresh.db.read_now(store::failing).unwrap();
        assert!(failing[0].last_error.contains("did not end"), "{failing:?}");
        // The first one was only slow, and comes back: the job is no longer its to settle.
        done(&fresh, &killed, later);
        failed(&fresh, &killed, later);
        assert_eq!(fresh.db.read_now(store::waiting).unwrap(), 1);
        assert_eq!(claim(&fresh, later), None);
        done(&fresh, &other, later);
        assert_eq!(fresh.db.read_now(store::waiting).unwrap(), 0);
        assert!(fresh.db.read_now(store::failing).unwrap().is_empty());
    }
}

#[test]
fn a_job_that_fails_is_tried_again_later_and_later_and_stays_visible() {
    for engine in Engine::all() {
        let (fresh, mut now) = (FreshDb::new(engine), morning("2026-11-02"));
        enqueue(&fresh, "1", None, now);
        for pause in [30, 60, 120] {
            let job = claim(&fresh, now).unwrap();
            failed(&fresh, &job, now);
            let failing = fresh.db.read_now(store::failing).unwrap();
            assert_eq!((failing[0].last_error.as_str(), failing[0].attempts), ("no luck", job.attempts));
            assert_eq!(claim(&fresh, now + TimeDelta::seconds(pause - 1)), None, "{engine:?}");
            now += TimeDelta::seconds(pause);
        }
        let job = claim(&fresh, now).unwrap();
        assert_eq!(job.attempts, 4);
        done(&fresh, &job, now);
        assert!(fresh.db.read_now(store::failing).unwrap().is_empty());
    }
}

#[test]
fn several_servers_at_once_never_do_the_same_job_twice() {
    for engine in Engine::all() {
        let (fresh, now) = (FreshDb::new(engine), morning("2026-11-02"));
        for _ in 0..40 {
            enqueue(&fresh, "1", None, now);
        }
        let claims: Vec<_> = std::thread::scope(|scope| {
            let server = || {
                let mut claimed = vec![];
                while let Some(job) = claim(&fresh, now) {
                    claimed.push(job.id);
                    done(&fresh, &job, now);
                }
                claimed
            };
            let servers: Vec<_> = (0..4).map(|_| scope.spawn(server)).collect();
            servers.into_iter().flat_map(|server| server.join().unwrap()).collect()
        });
        assert_eq!(claims.len(), 40, "{engine:?}");
        assert_eq!(claims.iter().collect::<BTreeSet<_>>().len(), 40, "{engine:?}");
    }
}

#[test]
fn a_kind_that_a_server_cannot_do_is_left_to_others_and_the_past_is_forgotten() {
    let (fresh, now) = (FreshDb::new(Engine::Sqlite), morning("2026-11-02"));
    enqueue(&fresh, "1", None, now);
    assert_eq!(fresh.db.write_now(move |tx| store::claim(tx, &["other"], now)).unwrap(), None);
    let job = claim(&fresh, now).unwrap();
    done(&fresh, &job, now);
    enqueue(&fresh, "2", None, now);
    let forget = |before: DateTime<Utc>| fresh.db.write_now(move |tx| store::forget_done(tx, before)).unwrap();
    assert_eq!((forget(now), forget(now + TimeDelta::seconds(1))), (0, 1));
    assert!(claim(&fresh, now).is_some(), "what is not done is never forgotten");
}
