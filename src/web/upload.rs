//! A form that carries a file: one file of a few kinds, told by its content, within limits of size, parts and time.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_core::Stream;

use super::form::Reader;
use super::page::{BODY_LIMIT, Failure, Submitted};
use crate::error::{Error, Invalid};
use crate::fingerprint::sha256_of;
use crate::vocabulary;

/// The largest file that is taken, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// How much of a body is read at most, so that somebody whose file is too large is told so.
const MOST_READ: usize = 4 * LARGEST;
/// The most parts that a form may have.
const MOST_PARTS: usize = 40;
/// How long a form may take to arrive.
const LONGEST: Duration = Duration::from_secs(60);
/// The longest name that is kept, in characters, without its ending.
const NAME: usize = 80;

vocabulary! {
    /// What a file is, by its first bytes: what somebody says that it is does not count.
    FileKind {
        /// A paper.
        Pdf = "pdf", "PDF";
        /// A picture.
        Png = "png", "PNG";
        /// A photograph.
        Jpeg = "jpeg", "JPEG";
    }
}

impl FileKind {
    /// The kind of some bytes, if it is one that is taken.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            _ => None,
        }
    }

    /// The type under which it is sent out.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A file that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// A plain name with the ending of its kind.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Uploaded {
    /// A file of one of the kinds that are taken; nothing for an empty one.
    fn new(sent_name: &str, bytes: Vec<u8>) -> Result<Option<Self>, &'static str> {
        if bytes.is_empty() {
            return Ok(None);
        }
        if bytes.len() > LARGEST {
            return Err("Choose a file of at most 5 MB.");
        }
        let kind = FileKind::of(&bytes).ok_or("Choose a PDF, a PNG or a JPEG.")?;
        Ok(Some(Self { name: kept_name(sent_name, kind), kind, sha256: sha256_of(&bytes), bytes }))
    }
}

/// The name under which a file is kept: no folders, plain letters, the ending of what it really is.
fn kept_name(sent: &str, kind: FileKind) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let stem: String = stem.chars().map(plain).take(NAME).collect();
    let stem = stem.trim_matches('-');
    format!("{}.{}", if stem.is_empty() { "file" } else { stem }, kind.code())
}

/// A form that may carry a file in the field `evidence`; without one it is any form, or JSON.
pub struct Upload {
    /// The fields; the file is among them by its fingerprint, so that the same form is done once.
    pub sent: Submitted,
    /// The file, or what is wrong with it.
    pub file: Result<Option<Uploaded>, &'static str>,
}

impl Upload {
    /// The file, if one was sent.
    ///
    /// # Errors
    /// What is wrong with it, with what was typed.
    pub fn file(&self) -> Result<Option<Uploaded>, Invalid> {
        self.file.clone().map_err(|message| self.wrong(message))
    }

    /// A file that must be there and fit, read with the other fields of a form; `choose` says which.
    pub fn needed(&self, reader: &mut Reader<'_>, choose: &str, fits: impl Fn(FileKind) -> bool) -> Option<Uploaded> {
        match &self.file {
            Ok(Some(file)) if fits(file.kind) => return Some(file.clone()),
            Ok(_) => reader.refuse("evidence", choose),
            Err(message) => reader.refuse("evidence", *message),
        }
        None
    }

    /// What is wrong with the file, with what was typed.
    #[must_use]
    pub fn wrong(&self, message: &str) -> Invalid {
        Invalid { typed: self.sent.fields.typed().clone(), ..Invalid::field("evidence", message) }
    }
}

/// A form that carries a sheet in the field `sheet`: whatever it is, it is only read.
pub struct SheetUpload {
    /// The fields; the file is among them by its fingerprint, so that the same form is done once.
    pub sent: Submitted,
    /// The bytes, or what is wrong with them.
    pub bytes: Result<Option<Vec<u8>>, &'static str>,
}

/// A file as it was made of its bytes, nothing for none, or what is wrong with it.
type File<T> = Result<Option<T>, &'static str>;
/// A form that is being read, with its file.
type Reading<T> = Pin<Box<dyn Future<Output = Result<(Submitted, File<T>), Failure>>>>;

/// Reads a form that may carry a file in one field; `make` makes it of its name and bytes, `fingerprint` names it among the
/// fields. Without one it is any form, or JSON.
fn form_with_file<T: 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    field: &'static str,
    make: fn(&str, Vec<u8>) -> File<T>,
    fingerprint: fn(&T) -> String,
) -> Reading<T> {
    let (known, mut body) = (request.clone(), payload.take());
    Box::pin(async move {
        if !known.content_type().eq_ignore_ascii_case("multipart/form-data") {
            return Ok((Submitted::from_request(&known, &mut body).await?, Ok(None)));
        }
        let parts = Multipart::new(known.headers(), body);
        let read = tokio::time::timeout(LONGEST, read(parts, field, make)).await;
        let (mut pairs, file) = read.map_err(|_| unreadable("The form took too long to arrive."))??;
        if let Ok(Some(file)) = &file {
            pairs.push((format!("{field}_sha256"), fingerprint(file)));
        }
        Ok((Submitted::of_form(&known, pairs), file))
    })
}

/// Any file that is not too large; nothing for an empty one.
fn any_file(_: &str, bytes: Vec<u8>) -> File<Vec<u8>> {
    if bytes.len() > LARGEST {
        Err("Choose a file of at most 5 MB.")
    } else {
        Ok(Some(bytes).filter(|all| !all.is_empty()))
    }
}

impl FromRequest for SheetUpload {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = form_with_file(request, payload, "sheet", any_file, |bytes| sha256_of(bytes));
        Box::pin(async move { form.await.map(|(sent, bytes)| Self { sent, bytes }) })
    }
}

impl FromRequest for Upload {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let form = form_with_file(request, payload, "evidence", Uploaded::new, |file| file.sha256.clone());
        Box::pin(async move { form.await.map(|(sent, file)| Self { sent, file }) })
    }
}

fn unreadable(message: &str) -> Failure {
    Failure(Error::from(Invalid::whole(message)))
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    let mut stream = pin!(stream);
    poll_fn(|context| stream.as_mut().poll_next(context)).await
}

/// The fields of a form, and the file or what is wrong with it.
type Parts<T> = (Vec<(String, String)>, Result<Option<T>, &'static str>);

async fn read<T>(
    mut parts: Multipart,
    field: &str,
    take: fn(&str, Vec<u8>) -> Result<Option<T>, &'static str>,
) -> Result<Parts<T>, Failure> {
    let (mut pairs, mut file, mut size, mut count) = (vec![], Ok(None), 0, 0);
    while let Some(part) = next(&mut parts).await {
        let mut part = part.map_err(|_| unreadable("The form could not be read."))?;
        count += 1;
        if count > MOST_PARTS {
            return Err(unreadable("The form has too many parts."));
        }
        let name = part.name().unwrap_or_default().to_owned();
        let sent_name = part.content_disposition().and_then(|about| about.get_filename()).map(str::to_owned);
        let limit = if sent_name.is_some() { LARGEST + 1 } else { BODY_LIMIT };
        let bytes = content(&mut part, limit, &mut size).await?;
        match sent_name {
            Some(sent_name) if name == field => file = take(&sent_name, bytes),
            Some(_) => return Err(unreadable("Only one file can be sent, in its own field.")),
            None if bytes.len() >= BODY_LIMIT => return Err(unreadable("What was sent is too long.")),
            None => {
                let text = String::from_utf8(bytes).map_err(|_| unreadable("The form could not be read."))?;
                pairs.push((name, text));
            }
        }
    }
    Ok((pairs, file))
}

/// The first `limit` bytes of a part; what comes after is read and let go, up to a limit for the whole form.
async fn content(part: &mut Field, limit: usize, size: &mut usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![];
    while let Some(chunk) = next(part).await {
        let chunk = chunk.map_err(|_| unreadable("The form could not be read."))?;
        *size += chunk.len();
        if *size > MOST_READ {
            return Err(unreadable("What was sent is too long."));
        }
        let room = limit - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_follows_from_its_first_bytes() {
        assert_eq!(FileKind::of(b"%PDF-1.7\n"), Some(FileKind::Pdf));
        assert_eq!(FileKind::of(b"\x89PNG\r\n\x1a\n...."), Some(FileKind::Png));
        assert_eq!(FileKind::of(b"\xff\xd8\xff\xe0"), Some(FileKind::Jpeg));
        for other in [&b"<html>%PDF-"[..], b"GIF89a", b"MZ", b"PK\x03\x04", b"%PDF", b""] {
            assert_eq!(FileKind::of(other), None);
        }
    }

    #[test]
    fn no_name_leads_anywhere() {
        for (sent, kept) in [
            ("../../etc/passwd", "passwd.pdf"),
            ("C:\\letters\\order of court.docx", "order-of-court.pdf"),
            ("evil.html\r\nX-Header: 1", "evil.pdf"),
            ("\"><script>.svg", "script.pdf"),
            ("..", "file.pdf"),
            ("", "file.pdf"),
        ] {
            assert_eq!(kept_name(sent, FileKind::Pdf), kept, "{sent:?}");
        }
        assert_eq!(kept_name(&"a".repeat(500), FileKind::Png).len(), NAME + 4);
    }

    #[test]
    fn a_file_that_is_too_large_or_something_else_is_refused() {
        assert_eq!(Uploaded::new("a.pdf", vec![]), Ok(None));
        assert!(Uploaded::new("a.pdf", b"<html>".to_vec()).is_err());
        let mut large = b"%PDF-".to_vec();
        large.resize(LARGEST + 1, 0);
        assert!(Uploaded::new("a.pdf", large.clone()).is_err());
        large.truncate(LARGEST);
        assert!(Uploaded::new("a.pdf", large).is_ok());
    }
}
