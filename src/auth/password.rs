//! Passwords: argon2id with the OWASP parameters (19 MiB, two passes), never two hashings more than there are cores.

use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::Error;
use crate::web::token::random_text;

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
/// When the service is stopping.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Error> {
    static PERMITS: OnceLock<Semaphore> = OnceLock::new();
    let permits = PERMITS.get_or_init(|| Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)));
    let _permit = permits.acquire().await.map_err(|_| Error::Busy)?;
    let verified = tokio::task::spawn_blocking(move || match hash {
        Some(hash) => Ok(fits(&password, &hash)),
        // The work is done for its time alone: whatever it says, nobody is signed in.
        None => nobody().map(|nobody| {
            std::hint::black_box(fits(&password, nobody));
            false
        }),
    });
    verified.await.map_err(|cause| Error::internal("verifying", cause))?
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
