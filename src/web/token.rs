//! The server's secret, and the one-time tokens that forms carry.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, Payload};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::Error;
pub use crate::fingerprint::sha256;
use crate::ids::UserId;

/// The secret of 256 bits that signs access tokens and form tokens, and from which the key that seals is made.
pub struct Keys {
    secret: [u8; 32],
}

impl Keys {
    /// A new random secret.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, Error> {
        Ok(Self { secret: random_bytes()? })
    }

    /// Reads the secret from a file; makes the file, readable by its owner only, when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made, holds something else, or can be read by others.
    pub fn from_file(file: &Path) -> Result<Self, Error> {
        let failed = |cause: std::io::Error| Error::Refused(format!("The key file {}: {cause}.", file.display()));
        if !file.exists() {
            make_key_file(file).map_err(failed)?;
        }
        refuse_open_file(file).map_err(failed)?;
        let text = std::fs::read_to_string(file).map_err(failed)?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
        let wrong = || Error::Refused(format!("The key file {} does not hold a key of this program.", file.display()));
        Ok(Self { secret: bytes.ok_or_else(wrong)? })
    }

    /// The secret's bytes, for signing access tokens.
    #[must_use]
    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    /// A one-time token for the forms of a page that this user is shown.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn form_token(&self, user: UserId) -> Result<String, Error> {
        let nonce = URL_SAFE_NO_PAD.encode(random_bytes::<16>()?);
        let signature = URL_SAFE_NO_PAD.encode(self.form_signature(user, &nonce)?.finalize().into_bytes());
        Ok(format!("{nonce}.{signature}"))
    }

    /// Whether a token was given to this user by this server.
    #[must_use]
    pub fn is_form_token(&self, user: UserId, token: &str) -> bool {
        let Some((nonce, signature)) = token.split_once('.') else {
            return false;
        };
        let (Ok(signature), Ok(mac)) = (URL_SAFE_NO_PAD.decode(signature), self.form_signature(user, nonce)) else {
            return false;
        };
        mac.verify_slice(&signature).is_ok()
    }

    /// A text with a signature behind a point, to know again what this server gave out for a purpose.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub fn signed(&self, purpose: &str, text: &str) -> Result<String, Error> {
        let signature = self.signature(&format!("{purpose}|{text}"))?.finalize().into_bytes();
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The text in front of a signature, if this server gave it out for that purpose.
    #[must_use]
    pub fn read_signed<'a>(&self, purpose: &str, signed: &'a str) -> Option<&'a str> {
        let (text, signature) = signed.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let mac = self.signature(&format!("{purpose}|{text}")).ok()?;
        mac.verify_slice(&signature).ok().map(|()| text)
    }

    /// The token of a link that is sent by mail, worked out from its nonce: whoever reads the nonce in the database still
    /// cannot make the link.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub fn link_token(&self, nonce: &str) -> Result<String, Error> {
        Ok(URL_SAFE_NO_PAD.encode(self.signature(&format!("link|{nonce}"))?.finalize().into_bytes()))
    }

    /// Seals bytes for an owner (XChaCha20-Poly1305): without the key file nobody reads them, and what was sealed for one
    /// owner opens for no other.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(&self, purpose: &str, owner: impl Display, bytes: &[u8]) -> Result<String, Error> {
        let failed = || Error::Internal("sealing".to_owned());
        let nonce = random_bytes::<24>()?;
        let whose = owner.to_string();
        let payload = Payload { msg: bytes, aad: whose.as_bytes() };
        let sealed = self.cipher(purpose)?.encrypt(&nonce.into(), payload).map_err(|_| failed())?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed for an owner here; nothing when it was sealed for another, with another key, or changed.
    #[must_use]
    pub fn open(&self, purpose: &str, owner: impl Display, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<24>()?;
        let whose = owner.to_string();
        self.cipher(purpose).ok()?.decrypt(&(*nonce).into(), Payload { msg: sealed, aad: whose.as_bytes() }).ok()
    }

    /// A fingerprint that only this server can make: to know something again without keeping it.
    ///
    /// # Errors
    /// When the secret cannot be used.
    pub fn fingerprint(&self, purpose: &str, text: &str) -> Result<String, Error> {
        let signature = self.signature(&format!("fingerprint|{purpose}|{text}"))?.finalize().into_bytes();
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }

    /// A key of its own for each purpose, so that what seals never signs.
    fn cipher(&self, purpose: &str) -> Result<XChaCha20Poly1305, Error> {
        let key: [u8; 32] = self.signature(&format!("seal|{purpose}"))?.finalize().into_bytes().into();
        Ok(<XChaCha20Poly1305 as chacha20poly1305::KeyInit>::new(&key.into()))
    }

    fn form_signature(&self, user: UserId, nonce: &str) -> Result<Hmac<Sha256>, Error> {
        self.signature(&format!("form|{user}|{nonce}"))
    }

    fn signature(&self, text: &str) -> Result<Hmac<Sha256>, Error> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.secret)
            .map_err(|cause| Error::internal("the key", cause))?;
        mac.update(text.as_bytes());
        Ok(mac)
    }
}

/// Writes a new key; the mode is set when the file is made, so that nobody can read it in between.
fn make_key_file(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let key = random_bytes::<32>().map_err(std::io::Error::other)?;
    // It gets its name only once it is whole: another process that starts at the same moment must not read half a key.
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{}", random_text().map_err(std::io::Error::other)?));
    let draft = Path::new(&name);
    let mut open = options.open(draft)?;
    open.write_all(URL_SAFE_NO_PAD.encode(key).as_bytes())?;
    open.sync_all()?;
    let named = std::fs::hard_link(draft, file);
    std::fs::remove_file(draft)?;
    match named {
        // Another process made it at the same moment: its key is as good.
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A secret that others can read is no secret.
fn refuse_open_file(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if std::fs::metadata(file)?.permissions().mode() & 0o077 != 0 {
            return Err(std::io::Error::other("others can read it; make it readable by its owner only (chmod 600)"));
        }
    }
    #[cfg(not(unix))]
    std::fs::metadata(file)?;
    Ok(())
}

/// Random bytes from the system.
///
/// # Errors
/// When the system gives none.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|cause| Error::internal("random bytes", cause))?;
    Ok(bytes)
}

/// A random text of 256 bits, fit for an address or a cookie.
///
/// # Errors
/// When the system gives no random bytes.
pub fn random_text() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random_bytes::<32>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_token_is_good_for_its_user_alone() {
        let keys = Keys::random().unwrap();
        let (anna, ben) = (UserId::new(1), UserId::new(2));
        let token = keys.form_token(anna).unwrap();
        assert!(keys.is_form_token(anna, &token));
        assert!(!keys.is_form_token(ben, &token));
        assert!(!keys.is_form_token(anna, &format!("x{token}")));
        assert!(!keys.is_form_token(anna, ""));
        assert!(!Keys::random().unwrap().is_form_token(anna, &token));
        assert_ne!(token, keys.form_token(anna).unwrap());
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_and_purpose_with_this_key_alone() {
        let (keys, anna, ben) = (Keys::random().unwrap(), UserId::new(1), UserId::new(2));
        let sealed = keys.seal("x", anna, b"secret").unwrap();
        assert_eq!(keys.open("x", anna, &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_ne!(sealed, keys.seal("x", anna, b"secret").unwrap(), "twice the same looks different");
        assert_eq!(keys.open("x", ben, &sealed), None);
        assert_eq!(keys.open("y", anna, &sealed), None);
        assert_eq!(Keys::random().unwrap().open("x", anna, &sealed), None);
        assert_eq!(keys.open("x", anna, &sealed[1..]), None);
        assert_eq!(keys.open("x", anna, "AAAA"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_made_once_and_must_be_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let first = Keys::from_file(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(Keys::from_file(&file).unwrap().secret(), first.secret());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Keys::from_file(&file).is_err());
    }
}
