//! Mails about reviews: that there is something to read. Not a word of what was said stands in them, and no name.

use crate::auth::{rights::Role, store as users};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::people::store as people;
use crate::reviews::Review;
use crate::{mandates, organisations};

/// What a mail says.
struct Words {
    subject: &'static str,
    says: &'static str,
    label: &'static str,
}

fn post(tx: &mut Tx, desk: &Desk<'_>, review: &Review, to: (&str, &str), words: &Words) -> Result<(), Error> {
    let (name, address) = to;
    let letter = Letter {
        greeting: format!("Dear {name}"),
        paragraphs: vec![words.says.to_owned()],
        action: Some(Action {
            label: words.label.to_owned(),
            href: format!("{}/reviews/{}", desk.public_url, review.id),
        }),
        afterwards: vec![],
    };
    desk.post(tx, address, words.subject, &letter)
}

/// Tells the officers of the person's council that a review, or an answer to one, waits to be read.
///
/// # Errors
/// When the database fails.
pub fn to_officers(tx: &mut Tx, desk: &Desk<'_>, review: &Review) -> Result<(), Error> {
    let words = match review.reply_waits() {
        true => Words {
            subject: "An answer to a review waits to be read",
            says: "A provider has answered a review. Nobody reads it before an officer of the council has.",
            label: "Read it and decide",
        },
        false => Words {
            subject: "A review waits to be read",
            says: "Somebody has said how a service was. Nobody reads it before an officer of the council has.",
            label: "Read it and decide",
        },
    };
    let members = organisations::store::members(tx, review.council)?.into_iter();
    for member in members.filter(|member| member.does(Role::Officer)) {
        post(tx, desk, review, (&member.name, &member.email), &words)?;
    }
    Ok(())
}

/// Tells whoever wrote a review what the council decided, while they are the person or act for them.
///
/// # Errors
/// When the database fails.
pub fn to_writer(tx: &mut Tx, desk: &Desk<'_>, review: &Review, shown: bool) -> Result<(), Error> {
    let today = calendar::london(desk.now).date();
    let person = people::person_of_record(tx, review.person)?;
    let acting = mandates::store::of_person(tx, review.person)?;
    let acts = acting.iter().any(|given| given.user == review.by_user && given.holds_on(today));
    if person.user != Some(review.by_user) && !acts {
        return Ok(());
    }
    let words = match shown {
        true => Words {
            subject: "What you said of a service is shown",
            says: "The council has read what you said of a service. Everybody reads it now, without a name.",
            label: "Look at it",
        },
        false => Words {
            subject: "What you said of a service is not shown",
            says: "The council has read what you said of a service. It is not shown. The reason stands with it, and you can \
                   write it anew.",
            label: "Read why",
        },
    };
    let (name, address) = (users::user_name(tx, review.by_user)?, users::email_of(tx, review.by_user)?);
    post(tx, desk, review, (&name, &address), &words)
}

/// Tells whoever runs the daily work of the provider that a review of a service of theirs is shown.
///
/// # Errors
/// When the database fails.
pub fn to_provider(tx: &mut Tx, desk: &Desk<'_>, review: &Review) -> Result<(), Error> {
    let words = Words {
        subject: "Somebody has said how a service of yours was",
        says: "A review of one of your services is shown on its page. You can answer it once.",
        label: "Read it",
    };
    tell_provider(tx, desk, review, &words)
}

/// Tells whoever runs the daily work of the provider what was decided about its answer.
///
/// # Errors
/// When the database fails.
pub fn reply_decided(tx: &mut Tx, desk: &Desk<'_>, review: &Review, shown: bool) -> Result<(), Error> {
    let words = match shown {
        true => Words {
            subject: "Your answer to a review is shown",
            says: "The council has read your answer to a review. Everybody reads it now.",
            label: "Look at it",
        },
        false => Words {
            subject: "Your answer to a review is not shown",
            says: "The council has read your answer to a review. It is not shown. The reason stands with it, and you can write \
                   another one.",
            label: "Read why",
        },
    };
    tell_provider(tx, desk, review, &words)
}

fn tell_provider(tx: &mut Tx, desk: &Desk<'_>, review: &Review, words: &Words) -> Result<(), Error> {
    let members = organisations::store::members(tx, review.provider)?.into_iter();
    for member in members.filter(|member| member.does(Role::Coordinator)) {
        post(tx, desk, review, (&member.name, &member.email), words)?;
    }
    Ok(())
}
