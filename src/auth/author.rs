//! As what somebody acts and sees, for the record of it.

use super::rights::{Actor, Mandate, Membership, Role};
use crate::audit::{Author, Capacity};

/// Somebody who is signed in, as the record names them.
#[must_use]
pub fn of(actor: &Actor) -> Author {
    Author {
        user: Some(actor.user()),
        name: actor.name().to_owned(),
        own: actor.person(),
        mandates: actor.mandates().iter().map(|mandate| (mandate.person, under(mandate))).collect(),
        memberships: actor.memberships().iter().map(working_for).collect(),
    }
}

fn under(mandate: &Mandate) -> Capacity {
    let words = format!("{} under mandate {}", mandate.authority.words(), mandate.id);
    Capacity { words, mandate: Some(mandate.id), organisation: mandate.organisation }
}

fn working_for(membership: &Membership) -> Capacity {
    let role = |role: &Role| match role {
        Role::Reader => "reader".to_owned(),
        other => other.words().to_lowercase(),
    };
    // Who administers the members beside other work does what is recorded in that other work.
    let works = membership.roles.iter().filter(|role| **role != Role::Admin || membership.roles.len() == 1);
    let words = format!("{} of {}", works.map(role).collect::<Vec<_>>().join(" and "), membership.name);
    Capacity { words, mandate: None, organisation: Some(membership.organisation) }
}
