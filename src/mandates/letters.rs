//! What the mail says with which somebody is asked to act for a person.
//!
//! It goes to an address that somebody typed, perhaps wrongly: whoever reads it may know neither of them. So it names the person
//! by their initials, and the officer and their council where one of them asks, by whom the right reader knows what it is
//! about. It is the same whether or not the address signs in here.

use super::rules::offers::{OPEN_FOR, initials};
use super::{NewOffer, Recorder};
use crate::error::Error;
use crate::ids::MandateOfferId;
use crate::mail::layout::lay_out;
use crate::mail::{Action, Letter, NewMail, Subject};
use crate::render::Renderer;

/// For whom somebody is asked, and who asks.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The person's name.
    pub person: &'a str,
    /// The name of whoever asks.
    pub by: &'a str,
    /// The person's council.
    pub council: &'a str,
}

/// The mail that asks somebody to act for a person.
///
/// # Errors
/// When a template does not fit, which is a fault of the program.
pub fn offer(
    renderer: &Renderer,
    public_url: &str,
    (id, new): (MandateOfferId, &NewOffer),
    asking: Asking<'_>,
) -> Result<NewMail, Error> {
    let (letters, authority) = (initials(asking.person), new.authority.words());
    let asks = match new.offered_as {
        Recorder::Person => format!("{letters} asks you to act for them on Tailormade, as their {authority}."),
        // Not the officer's name: whoever writes their own could write anything to any address.
        Recorder::Officer => {
            format!("{} asks you to act for {letters} on Tailormade, as their {authority}.", asking.council)
        }
    };
    let letter = Letter {
        greeting: "Hello".to_owned(),
        paragraphs: vec![
            asks,
            "Nothing begins before you say yes. Sign in with this address, or make a sign-in with this address first. \
             Then you read for whom it is and what you could do, and say yes or no."
                .to_owned(),
            format!("You have no sign-in yet? Make one here: {public_url}/sign-up"),
        ],
        action: Some(Action {
            label: "Read it, then say yes or no".to_owned(),
            href: format!("{public_url}/mandate-offers/{id}"),
        }),
        afterwards: vec![
            format!("You can say yes for {OPEN_FOR} days. When you open it, the person can read in their record that you did."),
            "If you do not know who this is, you need not do anything: nothing begins by itself. We do not write the name \
             out here, because a mail can go to a wrong address."
                .to_owned(),
        ],
    };
    lay_out(renderer, new.email.clone(), Subject::new("You are asked to act for somebody")?, &letter, None)
}
