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
use crate::mandates::GivenMandate;
use crate::{mandates, organisations, people};

/// Somebody who is told: who, by what name, where.
struct Told {
    user: UserId,
    name: String,
    address: String,
}

/// Tells whoever has something to do or to read after a deed; never whoever did it.
///
/// # Errors
/// When the database fails.
pub fn tell(tx: &mut Tx, desk: &Desk<'_>, complaint: &Complaint, deed: Deed, by: Option<UserId>) -> Result<(), Error> {
    let acting = mandates::store::of_person(tx, complaint.person)?;
    let persons = persons_side(tx, desk, complaint, &acting)?;
    let with = people::store::organisation(tx, complaint.with)?.name;
    for side in rules::told(deed, by.is_some_and(|by| persons.contains(&by))) {
        let (subject, said) = rules::words(complaint, deed, *side, &with);
        let told = match side {
            Side::Person => named(tx, &persons)?,
            Side::Answers => answerers(tx, complaint, &persons, &acting)?,
        };
        for one in told.into_iter().filter(|one| Some(one.user) != by) {
            let letter = Letter {
                greeting: format!("Dear {}", one.name),
                paragraphs: vec![said.clone()],
                action: Some(Action {
                    label: "Look at the complaint".to_owned(),
                    href: format!("{}/concerns/{}", desk.public_url, complaint.id),
                }),
                afterwards: vec![],
            };
            desk.post(tx, &one.address, &subject, &letter)?;
        }
    }
    Ok(())
}

/// The person, and whoever raised it for them and still acts for them; never whom it is about.
fn persons_side(
    tx: &mut Tx,
    desk: &Desk<'_>,
    complaint: &Complaint,
    acting: &[GivenMandate],
) -> Result<BTreeSet<UserId>, Error> {
    let today = calendar::london(desk.now).date();
    let acts = acting.iter().any(|given| given.user == complaint.raised_by && given.holds_on(today));
    let mut side: BTreeSet<UserId> = people::store::person_of_record(tx, complaint.person)?.user.into_iter().collect();
    side.extend(acts.then_some(complaint.raised_by));
    side.retain(|user| complaint.whom.user() != Some(*user));
    Ok(side)
}

/// Those of the person's side, who are two at most.
fn named(tx: &mut Tx, side: &BTreeSet<UserId>) -> Result<Vec<Told>, Error> {
    let told = |user: &UserId| {
        Ok(Told { user: *user, name: users::user_name(tx, *user)?, address: users::email_of(tx, *user)? })
    };
    side.iter().map(told).collect()
}

/// Those who speak for whoever must answer, without those who have to do with the person's side.
fn answerers(
    tx: &mut Tx,
    complaint: &Complaint,
    persons: &BTreeSet<UserId>,
    acting: &[GivenMandate],
) -> Result<Vec<Told>, Error> {
    let role = if complaint.with == complaint.council { Role::Officer } else { Role::Coordinator };
    let members = organisations::store::members(tx, complaint.with)?.into_iter();
    let apart = |user: UserId| !persons.contains(&user) && acting.iter().all(|given| given.user != user);
    let speaks = members.filter(|member| member.does(role) && apart(member.user));
    Ok(speaks.map(|member| Told { user: member.user, name: member.name, address: member.email }).collect())
}
