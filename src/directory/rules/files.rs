//! What may be shown with a service.

use crate::directory::{FileUse, MOST_DOCUMENTS, MOST_PHOTOS, ServiceFile};

/// Checks that one more can be shown.
///
/// # Errors
/// That there are enough.
pub fn check_room(shown: &[ServiceFile], kind: FileUse) -> Result<(), String> {
    let most = match kind {
        FileUse::Photo => MOST_PHOTOS,
        FileUse::Document => MOST_DOCUMENTS,
    };
    if shown.iter().filter(|one| one.kind == kind).count() < most {
        return Ok(());
    }
    Err(format!("A service shows at most {most} {}s. Remove one first.", kind.words()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ServiceFileId;

    #[test]
    fn photos_and_documents_are_counted_apart() {
        let photo = |id| ServiceFile {
            id: ServiceFileId::new(id),
            kind: FileUse::Photo,
            words: String::new(),
            name: String::new(),
            size: Some((1, 1)),
        };
        let shown: Vec<ServiceFile> = (0..6).map(photo).collect();
        assert_eq!(check_room(&shown[..5], FileUse::Photo), Ok(()));
        let full = "A service shows at most 6 photos. Remove one first.";
        assert_eq!(check_room(&shown, FileUse::Photo), Err(full.to_owned()));
        assert_eq!(check_room(&shown, FileUse::Document), Ok(()));
    }
}
