//! What the sign-in form sends.

use super::LONGEST;
use crate::error::Invalid;
use crate::mail::{EmailAddress, typed};
use crate::web::form::{Fields, LINE, Reader};

/// The fields of the sign-in form.
pub const SIGN_IN: &[(&str, &str)] =
    &[("email", "The e-mail address."), ("password", "The password."), ("next", "The path to go to afterwards.")];

/// The field for a code.
pub const CODE: &[(&str, &str)] = &[
    ("code", "The six digits that the telephone shows, or a recovery code."),
    ("next", "The path to go to afterwards."),
];
/// The form that asks for the password again.
pub const PASSWORD_AGAIN: &[(&str, &str)] = &[("password", "The password."), ("next", "The path to go to afterwards.")];

/// The form that asks for a mail to open a lock.
pub const UNLOCKING: &[(&str, &str)] = &[("email", "The e-mail address.")];

/// Reads an e-mail address.
///
/// # Errors
/// A message when it is missing or no address.
pub fn email(fields: &Fields) -> Result<EmailAddress, Invalid> {
    let mut reader = Reader::new(fields);
    let address = typed::address(&mut reader, "your e-mail address");
    reader.finish(|| address)
}

/// An attempt to sign in.
pub struct SignIn {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// Where to go afterwards: a path of this site.
    pub next: String,
}

/// Reads the sign-in form.
///
/// # Errors
/// A message for each field that is missing or too long.
pub fn sign_in(fields: &Fields) -> Result<SignIn, Invalid> {
    let mut reader = Reader::new(fields);
    let email = reader.text("email", "your e-mail address", LINE);
    let password = reader.text("password", "your password", LONGEST);
    let next = own_path(fields.get("next"));
    reader.finish(|| Some(SignIn { email: email?, password: password?, next }))
}

/// Wrong e-mail and wrong password are answered alike, so that nobody learns who has a sign-in here.
#[must_use]
pub fn refused(fields: &Fields) -> Invalid {
    let mut invalid =
        Invalid::field("email", "This e-mail address and this password do not belong together. Try again.");
    invalid.typed = fields.typed().clone();
    invalid
}

/// The password, asked for again by somebody who is signed in.
pub struct PasswordAgain {
    /// The password.
    pub password: String,
    /// Where to go afterwards: a path of this site.
    pub next: String,
}

/// Reads the password that was asked for again.
///
/// # Errors
/// A message when it is missing or too long.
pub fn password_again(fields: &Fields) -> Result<PasswordAgain, Invalid> {
    let mut reader = Reader::new(fields);
    let password = reader.text("password", "your password", LONGEST);
    let next = own_path(fields.get("next"));
    reader.finish(|| Some(PasswordAgain { password: password?, next }))
}

/// The message for a wrong password of somebody who is signed in.
#[must_use]
pub fn wrong_password() -> Invalid {
    Invalid::field("password", "This is not your password. Try again.")
}

/// Reads a code.
///
/// # Errors
/// A message when it is missing or too long.
pub fn code(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let code = reader.text("code", "the code", 40);
    reader.finish(|| code)
}

/// The message for a code that opens nothing: a wrong one, or one that was used already.
#[must_use]
pub fn wrong_code() -> Invalid {
    let message =
        "This code is wrong, or it was used already. Wait for the next code on your telephone and enter that.";
    Invalid::field("code", message)
}

/// A path of this site, never another site's address.
#[must_use]
pub fn own_path(path: Option<&str>) -> String {
    // Browsers read `\` as `/` and leave out tabs and line ends wherever they stand, so "/<tab>/evil.example" is another
    // site's address; and no header may carry other control characters.
    let is_plain = |letter: char| letter.is_ascii_graphic() && letter != '\\';
    let is_own = |path: &&str| path.starts_with('/') && !path.starts_with("//") && path.chars().all(is_plain);
    path.filter(is_own).unwrap_or("/").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_sign_in_one_stays_on_this_site() {
        for (asked, led) in [
            ("/funds/3?x=1", "/funds/3?x=1"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil", "/"),
            ("/\t/evil.example", "/"),
            ("/\u{1}", "/"),
        ] {
            assert_eq!(own_path(Some(asked)), led);
        }
        assert_eq!(own_path(None), "/");
    }
}
