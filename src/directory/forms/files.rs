//! Photographs and documents that are sent to be shown with a service.

use crate::error::Invalid;
use crate::web::form::{LINE, Reader};
use crate::web::upload::{FileKind, Upload, Uploaded};

/// The fields of a photograph.
pub const PHOTO: &[(&str, &str)] = &[
    ("evidence", "The picture, as a JPEG or a PNG of at most 5 MB; a file, so only a form can carry it."),
    ("seen", "What can be seen in it, for those who do not see it."),
];
/// The fields of a document.
pub const DOCUMENT: &[(&str, &str)] = &[
    ("evidence", "The document, as a PDF of at most 5 MB; a file, so only a form can carry it."),
    ("title", "What it is."),
];

/// Reads a photograph, with what can be seen in it.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn photo(upload: &Upload) -> Result<(String, Uploaded), Invalid> {
    let is_picture = |kind| kind != FileKind::Pdf;
    read(upload, ("seen", "what can be seen in the photo"), "Choose a photo, as a JPEG or a PNG.", is_picture)
}

/// Reads a document, with its title.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn document(upload: &Upload) -> Result<(String, Uploaded), Invalid> {
    read(upload, ("title", "what the document is"), "Choose a document, as a PDF.", |kind| kind == FileKind::Pdf)
}

fn read(
    upload: &Upload,
    (field, label): (&str, &str),
    choose: &str,
    fits: impl Fn(FileKind) -> bool,
) -> Result<(String, Uploaded), Invalid> {
    let mut reader = Reader::new(&upload.sent.fields);
    let words = reader.text(field, label, LINE);
    let file = upload.needed(&mut reader, choose, fits);
    reader.finish(|| Some((words?, file?)))
}
