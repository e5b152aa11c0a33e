//! Every day each search is done again, as whoever keeps it would do it now; what is new is told in one mail that says
//! nothing of what was looked for.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{Hit, SavedSearch, State, forms, rules, store};
use crate::auth;
use crate::auth::rights::Actor;
use crate::calendar;
use crate::db::Tx;
use crate::directory::looking;
use crate::error::Error;
use crate::ids::UserId;
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};

/// Does the searches of somebody that were not done today, and tells them. What was told stands in the same transaction as the
/// mail, so a stop in the middle tells nobody twice.
///
/// # Errors
/// When the database fails.
pub fn tell(tx: &mut Tx, desk: &Desk<'_>, user: UserId) -> Result<(), Error> {
    let today = calendar::london(desk.now).date();
    let actor = auth::store::away(tx, user, today)?;
    let mut told = HashSet::new();
    for search in store::of(tx, user)?.iter().filter(|search| search.checked_on < today) {
        let (state, new) = look_again(tx, actor.as_ref(), search, today)?;
        store::settle(tx, search.id, state, &new, today)?;
        told.extend(new);
    }
    if let Some(actor) = actor.filter(|_| !told.is_empty()) {
        let address = auth::store::email_of(tx, user)?;
        desk.post(tx, &address, "Something new for you to look at", &letter(desk, actor.name(), told.len()))?;
    }
    Ok(())
}

/// Does a search again: whether that can be done, and what is new.
fn look_again(
    tx: &mut Tx,
    actor: Option<&Actor>,
    search: &SavedSearch,
    today: NaiveDate,
) -> Result<(State, Vec<Hit>), Error> {
    let (Some(actor), Some(typed)) = (actor, forms::typed(&search.query)) else {
        return Ok((State::Impossible, vec![]));
    };
    let found = match looking::all_found(tx, actor, &typed, today) {
        Ok(found) => found,
        // A fund that they do not see any more, a place that has nothing left.
        Err(Error::Invalid(_) | Error::NotFound) => return Ok((State::Impossible, vec![])),
        Err(error) => return Err(error),
    };
    if !rules::can_be_watched(found.len()) {
        return Ok((State::TooMany, vec![]));
    }
    let known = store::known(tx, search.id)?;
    Ok((State::Watched, rules::new_ones(&known, found.into_iter().map(Hit::from))))
}

fn letter(desk: &Desk<'_>, name: &str, count: usize) -> Letter {
    Letter {
        greeting: format!("Dear {name}"),
        paragraphs: vec![rules::told(count), "Sign in to see what it is.".to_owned()],
        action: Some(Action {
            label: "See what is new".to_owned(),
            href: format!("{}/saved-searches", desk.public_url),
        }),
        afterwards: vec![
            "You get such a mail once a day at most, and only when there is something new. Remove the search, and you get \
             no more."
                .to_owned(),
        ],
    }
}
