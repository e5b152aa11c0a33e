//! What the forms about sign-ins send.

use super::rules::{self, passwords};
use crate::auth::LONGEST;
use crate::auth::rights::Role;
use crate::error::Invalid;
use crate::mail::{EmailAddress, typed};
use crate::people::OrganisationKind;
use crate::web::form::{Fields, LINE, Reader};

/// The fields of the sign-up form.
pub const SIGN_UP: &[(&str, &str)] = &[
    ("for", "person or provider."),
    ("name", "The name that others see."),
    ("email", "The e-mail address."),
    ("organisation_name", "The provider’s name."),
    ("organisation_kind", "What the provider is in law."),
];
/// The field of the form for a forgotten password.
pub const FORGOTTEN: &[(&str, &str)] = &[("email", "The e-mail address.")];
/// The field of a form that chooses a password.
pub const PASSWORD: &[(&str, &str)] = &[("password", "The new password, 12 to 200 characters.")];
/// The fields of somebody who takes an invitation without a sign-in.
pub const JOIN: &[(&str, &str)] = &[
    ("name", "The name that others see."),
    ("password", "The new password, 12 to 200 characters."),
    ("reference", "The person's reference, when the invitation is to a person's record."),
];
/// The field of one's own name.
pub const NAME: &[(&str, &str)] = &[("name", "The name that others see.")];
/// The fields of a change of one's own password.
pub const OWN_PASSWORD: &[(&str, &str)] =
    &[("present_password", "The present password."), ("password", "The new password, 12 to 200 characters.")];
/// The fields of a change of one's own address.
pub const OWN_ADDRESS: &[(&str, &str)] =
    &[("email", "The new e-mail address."), ("address_password", "The present password.")];
/// The fields of an invitation.
pub const INVITATION: &[(&str, &str)] = &[("email", "Whom to invite."), ("role", "What they will do.")];

/// Somebody who signs up.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The name that others see.
    pub name: String,
    /// The address.
    pub email: EmailAddress,
    /// The provider that comes with it.
    pub provider: Option<(String, OrganisationKind)>,
}

/// Reads a sign-up.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn sign_up(fields: &Fields) -> Result<SignUp, Invalid> {
    let mut reader = Reader::new(fields);
    let is_provider = reader.choice("for", "for whom you sign up", |code| match code {
        "person" => Some(false),
        "provider" => Some(true),
        _ => None,
    });
    let name = reader.text("name", "your name", LINE);
    let email = typed::address(&mut reader, "your e-mail address");
    let mut provider = None;
    if is_provider == Some(true) {
        let organisation = reader.text("organisation_name", "the name of your organisation", LINE);
        let kind = reader.choice("organisation_kind", "what your organisation is", OrganisationKind::from_code);
        let kind = kind.filter(|kind| match rules::check_own_kind(*kind) {
            Ok(()) => true,
            Err(why) => {
                reader.refuse("organisation_kind", why.to_string());
                false
            }
        });
        provider = organisation.zip(kind);
    }
    reader.finish(|| {
        let complete = is_provider == Some(false) || provider.is_some();
        complete.then_some(())?;
        Some(SignUp { name: name?, email: email?, provider })
    })
}

/// Reads the address of a forgotten password.
///
/// # Errors
/// When it is none.
pub fn forgotten(fields: &Fields) -> Result<EmailAddress, Invalid> {
    let mut reader = Reader::new(fields);
    let email = typed::address(&mut reader, "your e-mail address");
    reader.finish(|| email)
}

/// Reads a new password, for somebody of whom others know these names and addresses.
///
/// # Errors
/// When it cannot be taken.
pub fn password(fields: &Fields, known: &[&str]) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let password = new_password(&mut reader, known);
    reader.finish(|| password)
}

fn new_password(reader: &mut Reader<'_>, known: &[&str]) -> Option<String> {
    let password = reader.text("password", "a new password", LONGEST)?;
    passwords::check(&password, known).map_err(|why| reader.refuse("password", why.to_string())).ok()?;
    Some(password)
}

/// Reads a name and a new password.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn join(fields: &Fields, email: &str) -> Result<(String, String), Invalid> {
    let mut reader = Reader::new(fields);
    let name = reader.text("name", "your name", LINE);
    let password = new_password(&mut reader, &[name.as_deref().unwrap_or_default(), email]);
    reader.finish(|| name.zip(password))
}

/// Reads the reference that shows that an invitation to a record came to the right one.
///
/// # Errors
/// When it is missing.
pub fn reference(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let reference = reader.text("reference", "your reference, like TM-7KQ2-M9XA", LINE);
    reader.finish(|| reference)
}

/// Reads one's own name.
///
/// # Errors
/// When it is missing or too long.
pub fn name(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let name = reader.text("name", "your name", LINE);
    reader.finish(|| name)
}

/// Reads the present and the new password.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn own_password(fields: &Fields, known: &[&str]) -> Result<(String, String), Invalid> {
    let mut reader = Reader::new(fields);
    let present = reader.text("present_password", "your present password", LONGEST);
    let new = new_password(&mut reader, known);
    reader.finish(|| present.zip(new))
}

/// Reads a new address and the present password.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn own_address(fields: &Fields) -> Result<(EmailAddress, String), Invalid> {
    let mut reader = Reader::new(fields);
    let email = typed::address(&mut reader, "your new e-mail address");
    let present = reader.text("address_password", "your present password", LONGEST);
    reader.finish(|| email.zip(present))
}

/// Reads an invitation into an organisation.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn invitation(fields: &Fields, is_council: bool) -> Result<(EmailAddress, Role), Invalid> {
    let mut reader = Reader::new(fields);
    let email = typed::address(&mut reader, "the e-mail address of whom you invite");
    let role = reader.choice("role", "what they will do", Role::from_code);
    let role = role.filter(|role| match rules::check_role(*role, is_council) {
        Ok(()) => true,
        Err(why) => {
            reader.refuse("role", why.to_string());
            false
        }
    });
    reader.finish(|| email.zip(role))
}

/// The wrong present password.
#[must_use]
pub fn wrong_password(field: &str, fields: &Fields) -> Invalid {
    let mut invalid = Invalid::field(field, "This is not your present password.");
    invalid.typed = fields.typed().clone();
    invalid
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_provider_says_what_it_is() {
        let anna = [("for", "person"), ("name", "Anna"), ("email", "Anna@Example.org")];
        let sent = sign_up(&fields(&anna)).unwrap();
        assert_eq!((sent.email.as_str(), sent.provider), ("anna@example.org", None));
        let bare = [("for", "provider"), ("name", "Ben"), ("email", "ben@example.org")];
        let named: Vec<String> =
            sign_up(&fields(&bare)).unwrap_err().errors.into_iter().map(|error| error.field).collect();
        assert_eq!(named, ["organisation_name", "organisation_kind"]);
        let council = [bare.as_slice(), &[("organisation_name", "X"), ("organisation_kind", "council")]].concat();
        assert_eq!(sign_up(&fields(&council)).unwrap_err().errors[0].field, "organisation_kind");
    }

    #[test]
    fn no_password_is_sent_back() {
        let sent = fields(&[("present_password", "secret one"), ("password", "short"), ("other", "x")]);
        let invalid = own_password(&sent, &[]).unwrap_err();
        assert_eq!(invalid.errors[0].field, "password");
        assert_eq!(invalid.typed.keys().collect::<Vec<_>>(), ["other"]);
    }

    #[test]
    fn an_address_with_a_header_behind_it_is_none() {
        let sent = fields(&[("email", "anna@example.org\r\nBcc: all@example.org")]);
        assert_eq!(forgotten(&sent).unwrap_err().errors[0].field, "email");
    }
}
