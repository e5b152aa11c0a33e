//! What the mails about sign-ins say.

use super::Purpose;
use crate::error::Error;
use crate::mail::{Action, Letter, Subject};

/// A mail in words.
#[derive(Clone, Debug)]
pub struct Written {
    /// What about.
    pub subject: Subject,
    /// What it says.
    pub letter: Letter,
}

fn written(
    subject: &str,
    name: Option<&str>,
    paragraphs: &[&str],
    action: Option<(&str, String)>,
    afterwards: &[&str],
) -> Result<Written, Error> {
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let letter = Letter {
        greeting: name.map_or_else(|| "Hello".to_owned(), |name| format!("Dear {name}")),
        paragraphs: owned(paragraphs),
        action: action.map(|(label, href)| Action { label: label.to_owned(), href }),
        afterwards: owned(afterwards),
    };
    Ok(Written { subject: Subject::new(subject)?, letter })
}

fn good_for(purpose: Purpose) -> String {
    format!("The link is good for {} and can be used once.", purpose.good_for_words())
}

const NOT_YOU: &str = "If you did not ask for this, you need not do anything: nothing was changed.";

/// An invitation into an organisation.
///
/// # Errors
/// When a name cannot stand in a subject.
pub fn invitation(by: &str, organisation: &str, role: &str, href: String) -> Result<Written, Error> {
    let says = format!("{by} invites you to work for {organisation} on Tailormade. Your role there would be: {role}.");
    let good_for = good_for(Purpose::Invitation);
    written(
        &format!("An invitation to {organisation}"),
        None,
        &[&says],
        Some(("Look at the invitation", href)),
        &[&good_for, "If you do not know who this is, you need not do anything."],
    )
}

/// An invitation to sign in as the person whom a council supports. Neither the person nor anything about them is named: the
/// address can be another one's.
///
/// # Errors
/// When a name cannot stand in a subject.
pub fn to_record(council: &str, href: String) -> Result<Written, Error> {
    let says = format!(
        "{council} invites you to sign in to Tailormade. There you see and decide about your own support and money."
    );
    let needs = "You need the reference that stands on what the council sent you. It begins with TM.";
    let good_for = good_for(Purpose::Invitation);
    written(
        &format!("{council} invites you to sign in"),
        None,
        &[&says, needs],
        Some(("Look at the invitation", href)),
        &[&good_for, "If you do not know what this is about, you need not do anything."],
    )
}

/// A sign-up, to be confirmed. What was typed as a name is not in it: anybody could write anything to anybody.
///
/// # Errors
/// When it cannot be worded.
pub fn sign_up(href: String) -> Result<Written, Error> {
    written(
        "Confirm your address",
        None,
        &["Somebody, most likely you, signs up for Tailormade with this address.", "Go on to choose a password."],
        Some(("Confirm this address", href)),
        &[&good_for(Purpose::SignUp), NOT_YOU],
    )
}

/// A sign-up with an address that has a sign-in.
///
/// # Errors
/// When it cannot be worded.
pub fn has_sign_in(name: &str, sign_in: String, reset: &str) -> Result<Written, Error> {
    let forgotten = format!("If you forgot your password, ask for a new one here: {reset}");
    written(
        "You have a sign-in already",
        Some(name),
        &["Somebody, most likely you, wanted to sign up for Tailormade with this address. You have a sign-in already."],
        Some(("Sign in", sign_in)),
        &[&forgotten, NOT_YOU],
    )
}

/// A forgotten password.
///
/// # Errors
/// When it cannot be worded.
pub fn password_reset(name: &str, href: String) -> Result<Written, Error> {
    written(
        "Choose a new password",
        Some(name),
        &[
            "Somebody, most likely you, forgot the password for this address.",
            "When you choose a new one, you are signed out everywhere.",
        ],
        Some(("Choose a new password", href)),
        &[&good_for(Purpose::PasswordReset), NOT_YOU],
    )
}

/// A forgotten password for an address without a sign-in.
///
/// # Errors
/// When it cannot be worded.
pub fn has_no_sign_in(sign_up: String) -> Result<Written, Error> {
    written(
        "There is no sign-in for this address",
        None,
        &[
            "Somebody, most likely you, asked for a new password for this address.",
            "There is no sign-in with it. You may have used another address.",
        ],
        Some(("Sign up", sign_up)),
        &[NOT_YOU],
    )
}

/// A password was changed.
///
/// # Errors
/// When it cannot be worded.
pub fn password_changed(name: &str, everywhere: bool, reset: String) -> Result<Written, Error> {
    let signed_out = if everywhere {
        "You were signed out everywhere. Sign in with the new password."
    } else {
        "You were signed out everywhere but on the device where you changed it."
    };
    written(
        "Your password was changed",
        Some(name),
        &["Your password for Tailormade was changed.", signed_out],
        Some(("If it was not you: choose a new password now", reset)),
        &[],
    )
}

/// A new address, to be confirmed at it.
///
/// # Errors
/// When it cannot be worded.
pub fn new_address(name: &str, href: String) -> Result<Written, Error> {
    written(
        "Confirm your new address",
        Some(name),
        &["You want to sign in to Tailormade with this address from now on."],
        Some(("Confirm this address", href)),
        &[&good_for(Purpose::NewAddress), NOT_YOU],
    )
}

/// A new address that has a sign-in already.
///
/// # Errors
/// When it cannot be worded.
pub fn address_has_sign_in(sign_in: String) -> Result<Written, Error> {
    written(
        "This address has a sign-in already",
        None,
        &["Somebody wanted to use this address for another sign-in. It has one already, so nothing was changed."],
        Some(("Sign in", sign_in)),
        &[],
    )
}

/// To the old address: somebody asked for another one, or it was changed.
///
/// # Errors
/// When it cannot be worded.
pub fn address_changes(name: &str, new: &str, done: bool, reset: String) -> Result<Written, Error> {
    let (subject, says) = if done {
        ("Your address was changed", format!("You now sign in to Tailormade with {new}."))
    } else {
        ("Your address is about to change", format!("Somebody who is signed in as you wants to sign in with {new}."))
    };
    let label = "If it was not you: choose a new password now";
    let action = if done { None } else { Some((label, reset)) };
    let wrong = "If it was not you, write to your council or to whoever invited you at once.";
    written(subject, Some(name), &[&says], action, &[wrong])
}
