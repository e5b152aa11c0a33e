//! What the mail says with which somebody is asked to act for a person.
//!
//! It goes to an address that somebody typed, perhaps wrongly: whoever reads it may know neither of them. So it names the
//! person by their initials, and the council where one of its officers asks, by whom the right reader knows what it is about.
//! It is the same whether or not the address signs in here.

use super::rules::offers::{OPEN_FOR, initials};
use super::{NewOffer, Recorder};
use crate::ids::MandateOfferId;
use crate::mail::{Action, Letter};

/// What the mail is about.
pub const SUBJECT: &str = "You are asked to act for somebody";

/// The mail that asks somebody to act for a person; `public_url` is how browsers reach this server.
#[must_use]
pub fn offer(public_url: &str, (id, new): (MandateOfferId, &NewOffer), person: &str, council: &str) -> Letter {
    let (letters, authority) = (initials(person), new.authority.words());
    let asks = match new.offered_as {
        Recorder::Person => format!("{letters} asks you to act for them on Tailormade, as their {authority}."),
        // Not the officer's name: whoever writes their own could write anything to any address.
        Recorder::Officer => {
            format!("{council} asks you to act for {letters} on Tailormade, as their {authority}.")
        }
    };
    Letter {
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
    }
}
