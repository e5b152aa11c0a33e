//! What a provider shows with a service beside words.

use crate::ids::ServiceFileId;
use crate::vocabulary;

/// The most photographs of one service.
pub const MOST_PHOTOS: usize = 6;
/// The most documents of one service.
pub const MOST_DOCUMENTS: usize = 6;

vocabulary! {
    /// What is shown.
    FileUse {
        /// A photograph.
        Photo = "photo", "photo";
        /// A document.
        Document = "document", "document";
    }
}

/// A photograph or a document of a service, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFile {
    /// Which.
    pub id: ServiceFileId,
    /// What it is shown as.
    pub kind: FileUse,
    /// What can be seen on a photograph, for those who do not see it; the title of a document.
    pub words: String,
    /// The name under which a document is kept.
    pub name: String,
    /// The width and height of a photograph, in pixels.
    pub size: Option<(i64, i64)>,
}
