//! Read-only access for a time: an auditor's, by a grant; an operator's, when the glass was broken.

use chrono::NaiveDate;

use crate::ids::{OrganisationId, PersonId};

/// By what somebody may look who otherwise could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessGround {
    /// A council has given it to its auditor until the end of a day.
    Grant {
        /// The last day.
        until: NaiveDate,
        /// The council's name.
        council: String,
    },
    /// An operator has stated a reason, and may look for a short time.
    BrokenGlass,
}

/// Read-only access to one person's record, or to those of all of a council's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// By what.
    pub ground: AccessGround,
    /// Whose people.
    pub council: OrganisationId,
    /// Which of them; all of them without.
    pub person: Option<PersonId>,
    /// For what purpose, or for what reason.
    pub purpose: String,
}

impl Access {
    /// Whether it reaches a person of a council.
    #[must_use]
    pub fn covers(&self, person: PersonId, council: OrganisationId) -> bool {
        self.council == council && self.person.is_none_or(|one| one == person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn access_reaches_whom_it_names_and_nobody_of_another_council() {
        let (here, there) = (OrganisationId::new(1), OrganisationId::new(2));
        let (mary, tom) = (PersonId::new(7), PersonId::new(8));
        let one =
            Access { ground: AccessGround::BrokenGlass, council: here, person: Some(mary), purpose: String::new() };
        assert!(one.covers(mary, here) && !one.covers(tom, here) && !one.covers(mary, there));
        let all = Access { person: None, ..one };
        assert!(all.covers(mary, here) && all.covers(tom, here) && !all.covers(tom, there));
    }
}
