//! What may be sent: access to be given, a reason to look.

use super::Wanted;
use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader};

/// The fields of a grant.
pub const GRANT: &[(&str, &str)] = &[
    ("email", "The e-mail address of an auditor of the council."),
    ("reference", "The reference of one person, like TM-7KQ2-M9XA; without it, all people of the council."),
    ("from", "From which day."),
    ("to", "Until which day."),
    ("purpose", "For what, in a few words: it stands beside every look."),
];

/// The fields of a reason to look.
pub const REASON: &[(&str, &str)] = &[
    ("reference", "The person’s reference, like TM-7KQ2-M9XA."),
    ("reason", "Why: it stands in the person’s record."),
];

/// The shortest purpose or reason that says something.
const SHORTEST: usize = 10;

/// Reads a grant's form.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn grant(fields: &Fields) -> Result<Wanted, Invalid> {
    let mut reader = Reader::new(fields);
    let email = reader.text("email", "the auditor’s e-mail address", LINE);
    let reference = reader.optional_text("reference", "the person’s reference", LINE);
    let from = reader.date("from", "the first day");
    let to = reader.date("to", "the last day");
    let purpose = why(&mut reader, "purpose", "what the access is for");
    reader.finish(|| {
        let reference = reference.map(|text| written(&text)).filter(|text| !text.is_empty());
        Some(Wanted { email: email?, reference, from: from?, to: to?, purpose: purpose? })
    })
}

/// Reads whose record somebody wants to look at, and why.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn reason(fields: &Fields) -> Result<(String, String), Invalid> {
    let mut reader = Reader::new(fields);
    let reference = reader.text("reference", "the person’s reference", LINE);
    let reason = why(&mut reader, "reason", "why you must look");
    reader.finish(|| Some((written(&reference?), reason?)))
}

/// A purpose or a reason that whoever it concerns can understand.
fn why(reader: &mut Reader<'_>, name: &str, label: &str) -> Option<String> {
    let text = reader.text(name, label, LINE)?;
    if text.chars().count() < SHORTEST {
        reader.refuse(name, "Write it in a few words, so that the person can understand it.");
        return None;
    }
    Some(text)
}

/// A reference as it is kept.
fn written(typed: &str) -> String {
    typed.trim().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something() {
        let sent = |reason: &str| {
            let pairs = [("reference", " tm-7kq2-m9xa "), ("reason", reason)];
            Fields::from_pairs(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())))
        };
        let (reference, why) = reason(&sent("The invoice page fails for her.")).unwrap();
        assert_eq!((reference.as_str(), why.as_str()), ("TM-7KQ2-M9XA", "The invoice page fails for her."));
        assert_eq!(reason(&sent("because")).unwrap_err().errors[0].field, "reason");
    }
}
