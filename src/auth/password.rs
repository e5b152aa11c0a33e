//! Passwords: argon2id with the OWASP parameters (19 MiB, two passes). One core is always left to those who only look at
//! something: never more hashings at a time than there are cores less one.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::web::token::random_text;

/// How long somebody waits for their turn before they are told that the service is busy.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

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
    in_turn(move || match hash {
        Some(hash) => Ok(fits(&password, &hash)),
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

/// Does one hashing when a core is free for it.
async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    static PERMITS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let permits = Arc::clone(PERMITS.get_or_init(|| Arc::new(Semaphore::new((cores - 1).max(1)))));
    let turn = tokio::time::timeout(LONGEST_WAIT, permits.acquire_owned()).await;
    let permit = turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    let done = tokio::task::spawn_blocking(move || {
        // The permit goes with the work: a visitor who hangs up must not let another hashing begin beside this one.
        let _permit = permit;
        work()
    });
    done.await.map_err(|cause| Error::internal("hashing", cause))?
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
}
