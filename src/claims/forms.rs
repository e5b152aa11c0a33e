//! What is sent about claims.

use super::{Claimant, rules};
use crate::error::Invalid;
use crate::people::OrganisationKind;
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The fields of a claim.
pub const CLAIM: &[(&str, &str)] = &[
    ("organisation", "The number of one of your organisations, or “new”."),
    ("name", "The name of a new organisation."),
    ("kind", "What a new organisation is in law."),
    ("evidence", "Why the council should believe it."),
];

/// The field of a code.
pub const CODE: &[(&str, &str)] = &[("code", "The code of the letter.")];

/// The fields of an officer's decision.
pub const DECISION: &[(&str, &str)] =
    &[("decision", "verified or refused."), ("reason", "How it was checked, or why it is refused.")];

/// The field of undoing.
pub const UNDOING: &[(&str, &str)] = &[("reason", "Why.")];

/// The kinds that a new provider may be.
pub const KINDS: [OrganisationKind; 3] =
    [OrganisationKind::Company, OrganisationKind::SoleTrader, OrganisationKind::Charity];

/// Reads a claim: for whom, and why it should be believed.
///
/// # Errors
/// A message for each wrong field.
pub fn claim(fields: &Fields) -> Result<(Claimant, String), Invalid> {
    let mut reader = Reader::new(fields);
    let claimant = match fields.get("organisation") {
        Some("new") => {
            let name = reader.text("name", "the name of the organisation", LINE);
            let kind = reader.choice("kind", "what it is in law", |code| {
                OrganisationKind::from_code(code).filter(|kind| KINDS.contains(kind))
            });
            name.zip(kind).map(|(name, kind)| Claimant::New { name, kind })
        }
        _ => reader.id("organisation", "the organisation").map(Claimant::Known),
    };
    let evidence = reader.text("evidence", "why the council should believe it", TEXT);
    reader.finish(|| Some((claimant?, evidence?)))
}

/// Reads a code.
///
/// # Errors
/// When there is none.
pub fn code(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let code = reader.text("code", "the code of the letter", LINE);
    reader.finish(|| code.map(|code| rules::plain_code(&code)))
}

/// Reads a decision: whether it is verified, and the reason.
///
/// # Errors
/// A message for each wrong field.
pub fn decision(fields: &Fields) -> Result<(bool, String), Invalid> {
    let mut reader = Reader::new(fields);
    let verified = reader.choice("decision", "what you decide", |code| match code {
        "verified" => Some(true),
        "refused" => Some(false),
        _ => None,
    });
    let reason = reader.text("reason", "how you checked it, or why you refuse it", TEXT);
    reader.finish(|| Some((verified?, reason?)))
}

/// Reads why a claim is undone.
///
/// # Errors
/// When nothing is said.
pub fn undoing(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let reason = reader.text("reason", "why it is undone", TEXT);
    reader.finish(|| reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_names_an_organisation_or_makes_one() {
        let read = |pairs: &[(&str, &str)]| {
            claim(&Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))))
        };
        assert!(matches!(read(&[("organisation", "7"), ("evidence", "x")]), Ok((Claimant::Known(_), _))));
        let new = [("organisation", "new"), ("name", "Home Care"), ("kind", "charity"), ("evidence", "x")];
        assert!(matches!(read(&new), Ok((Claimant::New { .. }, _))));
        let council = [("organisation", "new"), ("name", "Home Care"), ("kind", "council"), ("evidence", "x")];
        assert_eq!(read(&council).unwrap_err().errors[0].field, "kind");
        assert_eq!(read(&[]).unwrap_err().errors.len(), 2);
    }
}
