//! Who may read a record, and how an event of it reads.

use crate::auth::rights::Actor;
use crate::error::Error;
use crate::ids::{OrganisationId, PersonId};

/// Why somebody may not read who looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They act for the person, and that is not enough.
    #[error("Only the person and their council read who looked at the record.")]
    NotTheirs,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Forbidden(refusal.to_string())
    }
}

/// Whether the actor may read who looked at a person's record: the person themself, and whoever reads what their council does.
/// Somebody who acts for the person may be the very one whom the person wants to look up.
///
/// # Errors
/// When they may not.
pub fn may_read(actor: &Actor, person: PersonId, council: OrganisationId) -> Result<(), Refusal> {
    let may = actor.person() == Some(person) || actor.looks_into(person, council);
    may.then_some(()).ok_or(Refusal::NotTheirs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_their_own_record_and_nobody_elses() {
        let (mary, council) = (PersonId::new(7), OrganisationId::new(1));
        let herself = Actor::for_test(Some(mary), vec![], vec![]);
        assert_eq!(may_read(&herself, mary, council), Ok(()));
        assert_eq!(may_read(&herself, PersonId::new(8), council), Err(Refusal::NotTheirs));
    }
}
