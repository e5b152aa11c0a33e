//! What may be sent to a short list.

use crate::error::Invalid;
use crate::ids::ServiceId;
use crate::web::form::{Fields, Reader};

/// The query of the lists.
pub const SHOW: &[(&str, &str)] = &[("service", "A service that one thinks of putting on a list.")];
/// What is put on a list or taken from it.
pub const SERVICE: &[(&str, &str)] = &[("service", "The service.")];

/// Reads which service.
///
/// # Errors
/// A message when it is none.
pub fn service(fields: &Fields) -> Result<ServiceId, Invalid> {
    let mut reader = Reader::new(fields);
    let service = reader.id("service", "a service");
    reader.finish(|| service)
}
