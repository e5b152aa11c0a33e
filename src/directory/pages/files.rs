//! The photographs and documents of a service.

use serde::Serialize;

use super::super::{FileUse, Listing, ServiceFile};
use crate::ids::{ServiceFileId, ServiceId};

/// A photograph as the page shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PhotoShown {
    /// Which.
    #[schema(value_type = i64)]
    pub id: ServiceFileId,
    /// Where it is.
    pub src: String,
    /// What can be seen in it.
    pub seen: String,
    /// Its width in pixels.
    pub width: i64,
    /// Its height in pixels.
    pub height: i64,
}

/// A document as the page shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DocumentShown {
    /// Which.
    #[schema(value_type = i64)]
    pub id: ServiceFileId,
    /// Where it is.
    pub href: String,
    /// Its title.
    pub title: String,
}

/// What a provider shows with a service; template `directory/files.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FilesPage {
    /// The service's name.
    pub name: String,
    /// The service's page.
    pub href: String,
    /// The photographs.
    pub photos: Vec<PhotoShown>,
    /// The documents.
    pub documents: Vec<DocumentShown>,
}

/// The page.
#[must_use]
pub fn files(listing: &Listing, shown: &[ServiceFile]) -> FilesPage {
    let id = listing.service.id;
    FilesPage {
        name: listing.service.words.name.clone(),
        href: format!("/services/{id}"),
        photos: photos(id, shown),
        documents: documents(id, shown),
    }
}

/// The photographs among what is shown.
#[must_use]
pub fn photos(service: ServiceId, shown: &[ServiceFile]) -> Vec<PhotoShown> {
    let photo = |one: &ServiceFile| {
        let (width, height) = one.size?;
        let src = format!("/services/{service}/photos/{}", one.id);
        Some(PhotoShown { id: one.id, src, seen: one.words.clone(), width, height })
    };
    shown.iter().filter_map(photo).collect()
}

/// The documents among what is shown.
#[must_use]
pub fn documents(service: ServiceId, shown: &[ServiceFile]) -> Vec<DocumentShown> {
    let documents = shown.iter().filter(|one| one.kind == FileUse::Document);
    let document = |one: &ServiceFile| DocumentShown {
        id: one.id,
        href: format!("/services/{service}/documents/{}", one.id),
        title: one.words.clone(),
    };
    documents.map(document).collect()
}
