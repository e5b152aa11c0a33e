//! Fingerprints: what tells that something is still what it was.

use sha2::{Digest, Sha256};

/// The SHA-256 of a text, in hexadecimal.
#[must_use]
pub fn sha256(text: &str) -> String {
    sha256_of(text.as_bytes())
}

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
