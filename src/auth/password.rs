//! Passwords: argon2id with the OWASP parameters (19 MiB, two passes). One core is always left to those who only look at
//! something: never more hashings at a time than there are cores less one, on threads of their own that step back behind
//! whoever answers a request, and are relieved where they get no core at all. `tests/benches/sign_in_load.rs` measures what that is worth.

use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::error::Error;
use crate::web::token::random_text;

/// How long somebody waits for their turn before they are told that the service is busy.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long a hashing may take on its own thread. One takes some hundredths of a second; where it takes longer, other work
/// fills every core, and it is done again where it gets its share.
const STARVED_AFTER: Duration = Duration::from_millis(400);

/// OWASP's first recommendation for argon2id: 19 MiB of memory, two passes, one lane.
fn hasher() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|cause| Error::internal("argon2", cause))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password with a random salt.
///
/// # Errors
/// When hashing fails.
pub fn hash(password: &str) -> Result<String, Error> {
    let hashed = hasher()?.hash_password(password.as_bytes());
    Ok(hashed.map_err(|cause| Error::internal("hashing", cause))?.to_string())
}

/// Whether a password fits a hash.
fn fits(password: &str, hash: &str) -> bool {
    let Ok(parsed) = PasswordHash::new(hash) else {
        return false;
    };
    hasher().is_ok_and(|hasher| hasher.verify_password(password.as_bytes(), &parsed).is_ok())
}

/// Whether a hash was made with other parameters than today's, so that it should be made anew at the next sign-in.
#[must_use]
pub fn is_outdated(hash: &str) -> bool {
    !hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
}

/// A hash that no password fits: verified for an unknown e-mail, so that the answer takes as long.
fn nobody() -> Result<&'static str, Error> {
    static NOBODY: OnceLock<String> = OnceLock::new();
    if let Some(hash) = NOBODY.get() {
        return Ok(hash);
    }
    let made = hash(&random_text()?)?;
    Ok(NOBODY.get_or_init(|| made))
}

/// Verifies a password off the request's thread; without a hash it takes as long and says no.
///
/// # Errors
/// Busy, when too many wait; or when the service is stopping.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Error> {
    in_turn(move || match &hash {
        Some(hash) => Ok(fits(&password, hash)),
        // The work is done for its time alone: whatever it says, nobody is signed in.
        None => nobody().map(|nobody| {
            std::hint::black_box(fits(&password, nobody));
            false
        }),
    })
    .await
}

/// Hashes a password off the request's thread, when it is its turn.
///
/// # Errors
/// Busy, when too many wait; or when hashing fails.
pub async fn hash_in_turn(password: String) -> Result<String, Error> {
    in_turn(move || hash(&password)).await
}

/// A hashing that waits for a thread.
type Work = Box<dyn FnOnce() + Send>;

/// The threads that hash, and how many may be asked at a time.
struct Hashers {
    permits: Arc<Semaphore>,
    work: mpsc::Sender<Work>,
}

impl Hashers {
    /// Those of this process: started when the first password is hashed, ended with the process.
    fn get() -> Result<&'static Self, Error> {
        static HASHERS: OnceLock<Result<Hashers, String>> = OnceLock::new();
        let hashers = HASHERS.get_or_init(|| Self::start().map_err(|cause| cause.to_string()));
        hashers.as_ref().map_err(|cause| Error::internal("the threads that hash", cause))
    }

    fn start() -> std::io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let count = (cores - 1).max(1);
        let (work, waiting) = mpsc::channel::<Work>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..count {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new().name("hasher".to_owned()).spawn(move || {
                step_back();
                loop {
                    let next = waiting.lock().ok().and_then(|waiting| waiting.recv().ok());
                    let Some(work) = next else { return };
                    work();
                }
            })?;
        }
        Ok(Self { permits: Arc::new(Semaphore::new(count)), work })
    }
}

/// Lets this thread run only while nobody who answers a request wants to (the scheduler's idle policy). Otherwise a hashing
/// keeps its core for whole slices of time, and pages wait for them; a lower priority alone does not change that. Where other
/// work fills every core such a thread gets nothing at all: see [`STARVED_AFTER`]. Other systems know no such thing for one
/// thread.
#[cfg(target_os = "linux")]
fn step_back() {
    use thread_priority::unix::{set_thread_priority_and_policy, thread_native_id};
    use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    if let Err(cause) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle) {
        tracing::warn!("hashing passwords keeps the priority of everything else: {cause:?}");
    }
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}

/// Does one hashing when a core is free for it; when it starves there, a second time on a thread like any other. The first
/// answer counts.
async fn in_turn<T: Send + 'static>(work: impl Fn() -> Result<T, Error> + Send + Sync + 'static) -> Result<T, Error> {
    let hashers = Hashers::get()?;
    let turn = tokio::time::timeout(LONGEST_WAIT, Arc::clone(&hashers.permits).acquire_owned()).await;
    let permit = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    // The permit goes with the answer: a visitor who hangs up must not let another hashing begin beside this one.
    let (answer, mut answered) = oneshot::channel();
    let asked = Arc::new(Asked { work: Box::new(work), answer: Mutex::new(Some((answer, permit))) });
    let first = Arc::clone(&asked);
    hashers.work.send(Box::new(move || first.answer())).map_err(|cause| Error::internal("hashing", cause))?;
    let answer = match tokio::time::timeout(STARVED_AFTER, &mut answered).await {
        Ok(answer) => answer,
        Err(_) => {
            tokio::task::spawn_blocking(move || asked.answer());
            answered.await
        }
    };
    answer.map_err(|cause| Error::internal("hashing", cause))?
}

/// Who waits for the answer, and the permit that goes with it.
type Waiting<T> = (oneshot::Sender<Result<T, Error>>, OwnedSemaphorePermit);

/// A hashing that somebody waits for.
struct Asked<T> {
    work: Box<dyn Fn() -> Result<T, Error> + Send + Sync>,
    answer: Mutex<Option<Waiting<T>>>,
}

impl<T> Asked<T> {
    /// Does it, unless it was answered meanwhile. A lock that a panic left behind guards nothing that could be half done.
    fn answer(&self) {
        let waits = || self.answer.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if waits().is_none() {
            return;
        }
        let panics = || (self.work)();
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(panics));
        if let Some((answer, _permit)) = waits().take() {
            // Without an answer whoever waits is told that it failed.
            done.map(|done| answer.send(done).ok()).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_and_is_of_today() {
        let made = hash("a long enough password").unwrap();
        assert!(fits("a long enough password", &made));
        assert!(!fits("another password", &made));
        assert!(!is_outdated(&made));
        assert!(is_outdated("$argon2id$v=19$m=4096,t=3,p=1$x$y"));
        assert!(!fits("x", "not a hash"));
    }

    #[test]
    fn a_hashing_that_panics_is_answered_and_the_next_has_its_turn() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            for _ in 0..3 {
                let failed: Result<(), Error> = in_turn(|| panic!("on purpose")).await;
                assert!(matches!(failed, Err(Error::Internal(_))));
            }
            assert_eq!(in_turn(|| Ok(7)).await.unwrap(), 7);
        });
    }

    #[test]
    fn a_hashing_that_starves_is_done_again_elsewhere_and_answered_once() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            // The thread of its own gets no core: here it waits for a word that comes after the answer alone.
            let (go, gate) = mpsc::channel::<()>();
            let (gate, times) = (Mutex::new(gate), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
            let counted = Arc::clone(&times);
            let answer = in_turn(move || {
                counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                if std::thread::current().name() == Some("hasher") {
                    gate.lock().unwrap().recv().ok();
                }
                Ok(7)
            });
            assert_eq!(answer.await.unwrap(), 7);
            go.send(()).unwrap();
            // The next has its turn, whichever thread does it.
            assert_eq!(in_turn(|| Ok(8)).await.unwrap(), 8);
            assert!(times.load(std::sync::atomic::Ordering::SeqCst) >= 1);
        });
    }
}
