//! An address as somebody types it into a form.

use super::EmailAddress;
use crate::web::form::{LINE, Reader};

/// Reads the field `email` of a form; `label` completes "Enter ...".
pub fn address(reader: &mut Reader<'_>, label: &str) -> Option<EmailAddress> {
    let text = reader.text("email", label, LINE)?;
    EmailAddress::parse(&text).map_err(|why| reader.refuse("email", why.to_string())).ok()
}
