//! As what somebody acts and sees, for the record of it.

use super::rights::{Access, AccessGround, Actor, Mandate, Membership, Role};
use crate::audit::{self, Author, Capacity};

/// Somebody who is signed in, as the record names them.
#[must_use]
pub fn of(actor: &Actor) -> Author {
    Author {
        user: Some(actor.user()),
        name: actor.name().to_owned(),
        own: actor.person(),
        mandates: actor.mandates().iter().map(|mandate| (mandate.person, under(mandate))).collect(),
        // Who is nothing but an auditor acts for nobody there.
        memberships: actor.memberships().iter().filter(|place| !only_audits(place)).map(working_for).collect(),
        accesses: actor.accesses().iter().map(looking).collect(),
    }
}

fn only_audits(place: &Membership) -> bool {
    place.roles.iter().all(|role| *role == Role::Auditor)
}

fn looking(access: &Access) -> audit::Access {
    let words = match &access.ground {
        AccessGround::Grant { council, .. } => format!("auditor of {council}"),
        AccessGround::BrokenGlass => "who runs this service".to_owned(),
    };
    let organisation = matches!(access.ground, AccessGround::Grant { .. }).then_some(access.council);
    let capacity = Capacity { words, mandate: None, organisation };
    audit::Access { person: access.person, capacity, purpose: access.purpose.clone() }
}

fn under(mandate: &Mandate) -> Capacity {
    let words = format!("{} under mandate {}", mandate.authority.words(), mandate.id);
    Capacity { words, mandate: Some(mandate.id), organisation: mandate.organisation }
}

fn working_for(membership: &Membership) -> Capacity {
    let role = |role: &Role| match role {
        Role::Reader => "reader".to_owned(),
        // The record is read by the person, and by whoever uses their sign-in: it must not tell that somebody inquires.
        Role::Safeguarding => "officer".to_owned(),
        other => other.words().to_lowercase(),
    };
    // Who administers the members beside other work does what is recorded in that other work.
    let works = membership.roles.iter().filter(|role| **role != Role::Admin || membership.roles.len() == 1);
    let words = format!("{} of {}", works.map(role).collect::<Vec<_>>().join(" and "), membership.name);
    Capacity { words, mandate: None, organisation: Some(membership.organisation) }
}
