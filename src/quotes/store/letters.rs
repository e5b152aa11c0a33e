//! Mails about quotes: that there is something to answer or to read. Neither a name nor a price stands in them.

use std::collections::BTreeSet;

use crate::auth::{rights::Role, store as users};
use crate::calendar;
use crate::db::Tx;
use crate::error::Error;
use crate::ids::UserId;
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::people::Person;
use crate::quotes::{Ask, QuoteRequest, READ_BY};
use crate::{mandates, organisations};

/// What a mail says.
pub struct Words<'a> {
    /// What about.
    pub subject: &'a str,
    /// What is so.
    pub says: Vec<String>,
    /// The verb on its link.
    pub label: &'a str,
}

fn letter(name: &str, words: &Words<'_>, href: String) -> Letter {
    Letter {
        greeting: format!("Dear {name}"),
        paragraphs: words.says.clone(),
        action: Some(Action { label: words.label.to_owned(), href }),
        afterwards: vec![],
    }
}

/// Tells whoever runs the daily work of the provider that was asked.
///
/// # Errors
/// When the database fails.
pub fn to_provider(tx: &mut Tx, desk: &Desk<'_>, ask: &Ask, words: &Words<'_>) -> Result<(), Error> {
    let members = organisations::store::members(tx, ask.provider)?.into_iter();
    for member in members.filter(|member| member.does(Role::Coordinator)) {
        let href = format!("{}/quote-asks/{}", desk.public_url, ask.id);
        desk.post(tx, &member.email, words.subject, &letter(&member.name, words, href))?;
    }
    Ok(())
}

/// Tells the person, and whoever asked for them and still acts for them; never whoever did it.
///
/// # Errors
/// When the database fails.
pub fn to_asker(
    tx: &mut Tx,
    desk: &Desk<'_>,
    (request, person): (&QuoteRequest, &Person),
    (words, path): (&Words<'_>, &str),
    by: UserId,
) -> Result<(), Error> {
    let today = calendar::london(desk.now).date();
    let acting = mandates::store::of_person(tx, person.id)?;
    let acts = acting.iter().any(|given| given.user == request.asked_by && given.holds_on(today));
    let mut told: BTreeSet<UserId> = person.user.into_iter().collect();
    told.extend(acts.then_some(request.asked_by));
    for user in told.into_iter().filter(|user| *user != by) {
        let (name, address) = (users::user_name(tx, user)?, users::email_of(tx, user)?);
        let href = format!("{}{path}", desk.public_url);
        desk.post(tx, &address, words.subject, &letter(&name, words, href))?;
    }
    Ok(())
}

/// Tells whoever made a choice, unless they did it themself or act for the person no longer.
///
/// # Errors
/// When the database fails.
pub fn to_chooser(
    tx: &mut Tx,
    desk: &Desk<'_>,
    (request, person): (&QuoteRequest, &Person),
    (chooser, by): (UserId, UserId),
    words: &Words<'_>,
) -> Result<(), Error> {
    let today = calendar::london(desk.now).date();
    let acting = mandates::store::of_person(tx, person.id)?;
    let acts =
        person.user == Some(chooser) || acting.iter().any(|given| given.user == chooser && given.holds_on(today));
    if chooser == by || !acts {
        return Ok(());
    }
    let (name, address) = (users::user_name(tx, chooser)?, users::email_of(tx, chooser)?);
    let href = format!("{}/quotes/{}", desk.public_url, request.id);
    desk.post(tx, &address, words.subject, &letter(&name, words, href))
}

/// Whoever is asked learns that they are, and until when they can answer.
#[must_use]
pub fn asked(request: &QuoteRequest, ask: &Ask) -> Words<'static> {
    let until = calendar::full(request.needs.answer_by);
    let says = vec![
        format!("Somebody asks what “{}” would cost. You can answer until {until}.", ask.service_name),
        "Read what is needed and what matters, then make an offer or say that you cannot. Others were asked as well."
            .to_owned(),
        format!("Who reads your answer: {READ_BY}"),
    ];
    Words { subject: "Somebody asks you for a quote", says, label: "Read and answer" }
}
