//! What is sent about members and policies.

use super::{MOST_QUORUM, Policy, QUORUM};
use crate::auth::rights::Role;
use crate::error::Invalid;
use crate::web::form::{Fields, LINE, Reader};

/// The fields of a new member.
pub const MEMBER: &[(&str, &str)] = &[
    ("email", "The e-mail address of somebody who signs in already."),
    ("role", "What they do: officer, finance, coordinator, admin, safeguarding, auditor or reader."),
];

/// The fields of a member's roles: those that are sent hold, all others end.
pub const ROLES: &[(&str, &str)] = &[
    ("seen", "The roles that were shown, in the order of the alphabet, with commas between them."),
    ("officer", "Whether they are an officer of the council."),
    ("finance", "Whether they handle money."),
    ("coordinator", "Whether they run the daily work."),
    ("admin", "Whether they say who belongs to the organisation."),
    ("safeguarding", "Whether they are of the council's safeguarding people."),
    ("auditor", "Whether they audit."),
    ("reader", "Whether they only read."),
];

/// The fields of a policy.
pub const POLICY: &[(&str, &str)] = &[
    ("seen", "How often the policy had been set when it was shown."),
    ("separate_payments", "Whether somebody else than who approved records the payment."),
    ("quorum", "For a trust: how many trustees must say that a payment was made."),
    ("reason", "Why."),
];

/// Reads a new member.
///
/// # Errors
/// A message for each wrong field.
pub fn member(fields: &Fields) -> Result<(String, Role), Invalid> {
    let mut reader = Reader::new(fields);
    let email = reader.text("email", "the e-mail address", LINE);
    let role = reader.choice("role", "what they do", Role::from_code);
    reader.finish(|| Some((email?, role?)))
}

/// Reads the roles that a member shall have, and those that were seen.
///
/// # Errors
/// A message for each wrong field.
pub fn roles(fields: &Fields) -> Result<(Vec<Role>, String), Invalid> {
    let mut reader = Reader::new(fields);
    let seen = reader.text("seen", "the roles that were shown", LINE);
    let wanted = Role::ALL.iter().copied().filter(|role| reader.flag(role.code())).collect();
    reader.finish(|| Some((wanted, seen?)))
}

/// A policy as it is asked for, how often it had been set before, and why.
#[derive(Clone, Debug)]
pub struct PolicyAsked {
    /// What shall hold.
    pub policy: Policy,
    /// How often a policy had been set when the form was shown.
    pub seen: i64,
    /// Why.
    pub reason: String,
}

/// Reads a policy.
///
/// # Errors
/// A message for each wrong field.
pub fn policy(fields: &Fields) -> Result<PolicyAsked, Invalid> {
    let mut reader = Reader::new(fields);
    let seen = reader.whole("seen", "what was shown", 0..=crate::web::form::MOST_CHANGES);
    let separate_payments = reader.flag("separate_payments");
    let quorum = match fields.get("quorum") {
        Some(_) => reader.whole("quorum", "the number of trustees", QUORUM..=MOST_QUORUM),
        None => Some(QUORUM),
    };
    let reason = reader.text("reason", "why it changes", LINE);
    reader.finish(|| {
        Some(PolicyAsked { policy: Policy { separate_payments, quorum: quorum? }, seen: seen?, reason: reason? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn every_wrong_field_is_named() {
        let named = |invalid: Invalid| invalid.errors.into_iter().map(|error| error.field).collect::<Vec<_>>();
        assert_eq!(named(member(&fields(&[("role", "king")])).unwrap_err()), ["email", "role"]);
        let wrong = [("seen", "0"), ("quorum", "1")];
        assert_eq!(named(policy(&fields(&wrong)).unwrap_err()), ["quorum", "reason"]);
        let (wanted, seen) = roles(&fields(&[("seen", "admin"), ("finance", "true")])).unwrap();
        assert_eq!((wanted, seen.as_str()), (vec![Role::Finance], "admin"));
    }
}
