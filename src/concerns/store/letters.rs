//! Mails about complaints: that there is something to do or to read, never what. Whoever opens a mailbox learns neither whose
//! complaint it is nor about whom.

use std::collections::BTreeSet;

use crate::auth::{rights::Role, store as users};
use crate::calendar;
use crate::concerns::rules::letters::{self as rules, Side};
use crate::concerns::{Complaint, Deed};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::UserId;
use crate::mail::desk::Desk;
use crate::mail::{Action, Letter};
use crate::{mandates, organisations, people};

/// Tells whoever has something to do or to read after a deed; never whoever did it.
///
/// # Errors
/// When the database fails.
pub fn tell(tx: &mut Tx, desk: &Desk<'_>, complaint: &Complaint, deed: Deed, by: Option<UserId>) -> Result<(), Error> {
    let persons = persons_side(tx, desk, complaint)?;
    let with = people::store::organisation(tx, complaint.with)?.name;
    for side in rules::told(deed, by.is_some_and(|by| persons.contains(&by))) {
        let (subject, said) = rules::words(complaint, deed, *side, &with);
        let users = match side {
            Side::Person => persons.clone(),
            Side::Answers => answerers(tx, complaint, &persons)?,
        };
        for user in users.into_iter().filter(|user| Some(*user) != by) {
            let letter = Letter {
                greeting: format!("Dear {}", users::user_name(tx, user)?),
                paragraphs: vec![said.clone()],
                action: Some(Action {
                    label: "Look at the complaint".to_owned(),
                    href: format!("{}/concerns/{}", desk.public_url, complaint.id),
                }),
                afterwards: vec![],
            };
            let address = users::address_of(tx, user)?;
            desk.post(tx, &address, &subject, &letter)?;
        }
    }
    Ok(())
}

/// The person, and whoever raised it for them and still acts for them; never whom it is about.
fn persons_side(tx: &mut Tx, desk: &Desk<'_>, complaint: &Complaint) -> Result<BTreeSet<UserId>, Error> {
    let today = calendar::london(desk.now).date();
    let acts = mandates::store::of_person(tx, complaint.person)?
        .iter()
        .any(|given| given.user == complaint.raised_by && given.holds_on(today));
    let mut side: BTreeSet<UserId> = people::store::person_of_record(tx, complaint.person)?.user.into_iter().collect();
    side.extend(acts.then_some(complaint.raised_by));
    side.retain(|user| complaint.whom.user() != Some(*user));
    Ok(side)
}

/// Those who speak for whoever must answer, without those who have to do with the person's side.
fn answerers(tx: &mut Tx, complaint: &Complaint, persons: &BTreeSet<UserId>) -> Result<BTreeSet<UserId>, Error> {
    let role = if complaint.with == complaint.council { Role::Officer } else { Role::Coordinator };
    let acting = mandates::store::of_person(tx, complaint.person)?;
    let members = organisations::store::members(tx, complaint.with)?;
    let speaks = members.iter().filter(|member| member.does(role)).map(|member| member.user);
    Ok(speaks.filter(|user| !persons.contains(user) && acting.iter().all(|given| given.user != *user)).collect())
}
