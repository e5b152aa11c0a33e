//! A right is a type. Only `auth` makes an [`Actor`], and only an actor gives the rights below: a rule or a store verb that
//! takes one cannot be called by somebody who forgot to check.

use chrono::NaiveDate;

use crate::error::Error;
use crate::ids::{MandateId, OrganisationId, PersonId, SessionId, UserId};
use crate::vocabulary;

vocabulary! {
    /// What a member does in an organisation.
    Role {
        /// A council officer: records budgets and funds, signs.
        Officer = "officer", "Officer";
        /// Handles money.
        Finance = "finance", "Finance";
        /// Runs a provider's or a broker's daily work.
        Coordinator = "coordinator", "Coordinator";
        /// Belongs to the organisation and reads.
        Member = "member", "Member";
    }
}

vocabulary! {
    /// By what authority somebody acts for a person (domain reference 1.2).
    Authority {
        /// A support broker, asked by the person.
        Broker = "broker", "support broker";
        /// Chosen by a person with capacity to handle the money.
        NominatedPerson = "nominated_person", "nominated person";
        /// Acts for a person who lacks capacity (Care Act 2014 s.32).
        AuthorisedPerson = "authorised_person", "authorised person";
        /// Holds a lasting power of attorney.
        Attorney = "attorney", "attorney";
        /// Appointed by the Court of Protection.
        Deputy = "deputy", "deputy";
        /// A trustee of the person's trust.
        Trustee = "trustee", "trustee";
    }
}

impl Authority {
    /// Whether this authority alone allows to sign an agreement for the person; a broker arranges and does not sign.
    #[must_use]
    pub const fn may_sign(self) -> bool {
        !matches!(self, Self::Broker)
    }
}

/// Somebody's place in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// What they do there.
    pub role: Role,
    /// Whether it is a council.
    pub is_council: bool,
    /// Whether it sells services.
    pub is_provider: bool,
    /// Whether it holds funds for people.
    pub is_holder: bool,
    /// Whether it arranges support for people.
    pub is_broker: bool,
}

/// Somebody's authority to act for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    /// Which mandate.
    pub id: MandateId,
    /// For whom.
    pub person: PersonId,
    /// The person's name.
    pub person_name: String,
    /// By what authority.
    pub authority: Authority,
    /// The last day, if there is one.
    pub until: Option<NaiveDate>,
}

/// Somebody who is signed in, with everything that follows from it at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    user: UserId,
    session: SessionId,
    name: String,
    person: Option<PersonId>,
    memberships: Vec<Membership>,
    mandates: Vec<Mandate>,
}

impl Actor {
    /// Made by `auth` from a live session.
    pub(in crate::auth) fn new(
        user: UserId,
        session: SessionId,
        name: String,
        person: Option<PersonId>,
        memberships: Vec<Membership>,
        mandates: Vec<Mandate>,
    ) -> Self {
        Self { user, session, name, person, memberships, mandates }
    }

    /// An actor for unit tests of rules.
    #[cfg(test)]
    #[must_use]
    pub fn for_test(person: Option<PersonId>, memberships: Vec<Membership>, mandates: Vec<Mandate>) -> Self {
        Self::new(UserId::new(1), SessionId::new(1), "Test".to_owned(), person, memberships, mandates)
    }

    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Under which sign-in.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Their name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Their own record as a person who is owed support.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.person
    }

    /// Their organisations.
    #[must_use]
    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// For whom they act.
    #[must_use]
    pub fn mandates(&self) -> &[Mandate] {
        &self.mandates
    }

    /// The people whose things they see: themselves and those they act for.
    #[must_use]
    pub fn people(&self) -> Vec<PersonId> {
        self.person.into_iter().chain(self.mandates.iter().map(|mandate| mandate.person)).collect()
    }

    /// The councils they work for.
    #[must_use]
    pub fn councils(&self) -> Vec<OrganisationId> {
        self.organisations(|membership| membership.is_council)
    }

    /// The providers they work for.
    #[must_use]
    pub fn providers(&self) -> Vec<OrganisationId> {
        self.organisations(|membership| membership.is_provider)
    }

    /// The organisations they work for that hold funds: as a holder, a broker or a trust.
    #[must_use]
    pub fn holders(&self) -> Vec<OrganisationId> {
        self.organisations(|membership| membership.is_holder)
    }

    fn organisations(&self, wanted: impl Fn(&Membership) -> bool) -> Vec<OrganisationId> {
        self.memberships.iter().filter(|membership| wanted(membership)).map(|found| found.organisation).collect()
    }

    /// The right to act as an officer of a council that they work for.
    ///
    /// # Errors
    /// Forbidden, when they work for no council.
    pub fn council_officer(&self) -> Result<CouncilOfficer, Error> {
        let council = self.memberships.iter().find(|membership| membership.is_council && may_act(membership.role));
        let council =
            council.ok_or_else(|| Error::Forbidden("Only an officer of a council may do this.".to_owned()))?;
        Ok(CouncilOfficer { user: self.user, council: council.organisation, name: council.name.clone() })
    }

    /// The right to act for a provider that they work for.
    ///
    /// # Errors
    /// Forbidden, when they work for no provider.
    pub fn provider_member(&self) -> Result<ProviderMember, Error> {
        let provider = self.memberships.iter().find(|membership| membership.is_provider && may_act(membership.role));
        let provider = provider
            .ok_or_else(|| Error::Forbidden("Only somebody who works for a provider may do this.".to_owned()))?;
        Ok(ProviderMember { user: self.user, provider: provider.organisation, name: provider.name.clone() })
    }

    /// The right to act for an organisation that holds funds.
    #[must_use]
    pub fn holder_of(&self, organisation: OrganisationId) -> Option<HolderMember> {
        let holds = |membership: &&Membership| {
            membership.organisation == organisation && membership.is_holder && may_act(membership.role)
        };
        let holder = self.memberships.iter().find(holds)?;
        Some(HolderMember { user: self.user, holder: organisation, name: holder.name.clone() })
    }

    /// Whether they are the one who holds a person's payment, and may still act for that person: a mandate that has ended
    /// ends this as well.
    #[must_use]
    pub fn is_nominee(&self, nominee: Option<UserId>, person: PersonId) -> bool {
        nominee == Some(self.user) && self.mandates.iter().any(|mandate| mandate.person == person)
    }

    /// Whether they have any part in an organisation, if only to read.
    #[must_use]
    pub fn works_for(&self, organisation: OrganisationId) -> bool {
        self.memberships.iter().any(|membership| membership.organisation == organisation)
    }

    /// The right to act for a person: as that person, or under a mandate.
    #[must_use]
    pub fn acting_for(&self, person: PersonId) -> Option<ActingFor> {
        if self.person == Some(person) {
            return Some(ActingFor { user: self.user, person, capacity: Capacity::Themself });
        }
        // Of several mandates for one person the one that goes furthest counts.
        let given = self.mandates.iter().filter(|mandate| mandate.person == person);
        let mandate = given.min_by_key(|mandate| !mandate.authority.may_sign())?;
        let capacity = Capacity::Mandate { mandate: mandate.id, authority: mandate.authority };
        Some(ActingFor { user: self.user, person, capacity })
    }
}

/// Whether a role acts, or only reads.
const fn may_act(role: Role) -> bool {
    !matches!(role, Role::Member)
}

/// The right of an officer to act for their council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouncilOfficer {
    user: UserId,
    council: OrganisationId,
    name: String,
}

impl CouncilOfficer {
    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    /// For which council.
    #[must_use]
    pub fn council(&self) -> OrganisationId {
        self.council
    }
    /// The authority in words, as it is recorded with a deed.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("officer of {}", self.name)
    }
}

/// The right to act for a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMember {
    user: UserId,
    provider: OrganisationId,
    name: String,
}

impl ProviderMember {
    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    /// For which provider.
    #[must_use]
    pub fn provider(&self) -> OrganisationId {
        self.provider
    }
    /// The authority in words, as it is recorded with a deed.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("for {}", self.name)
    }
}

/// The right to act for an organisation that holds a fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderMember {
    user: UserId,
    holder: OrganisationId,
    name: String,
}

impl HolderMember {
    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    /// For which holder.
    #[must_use]
    pub fn holder(&self) -> OrganisationId {
        self.holder
    }
    /// The authority in words, as it is recorded with a deed.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("for {}, who holds the fund", self.name)
    }
}

/// By what right somebody acts for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// It is the person.
    Themself,
    /// Somebody with a mandate.
    Mandate {
        /// Which mandate.
        mandate: MandateId,
        /// By what authority.
        authority: Authority,
    },
}

/// The right to act for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActingFor {
    user: UserId,
    person: PersonId,
    capacity: Capacity,
}

impl ActingFor {
    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }
    /// For whom.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }
    /// By what right.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }
    /// Whether they may sign an agreement for the person.
    #[must_use]
    pub fn may_sign(&self) -> bool {
        match self.capacity {
            Capacity::Themself => true,
            Capacity::Mandate { authority, .. } => authority.may_sign(),
        }
    }
    /// The authority in words, as it is recorded with a deed.
    #[must_use]
    pub fn authority(&self) -> String {
        match self.capacity {
            Capacity::Themself => "the person".to_owned(),
            Capacity::Mandate { mandate, authority } => {
                format!("{} under mandate {mandate}", authority.words())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(organisation: i64, role: Role) -> Membership {
        Membership {
            organisation: OrganisationId::new(organisation),
            name: "Example".to_owned(),
            role,
            is_council: organisation == 1,
            is_provider: organisation == 2,
            is_holder: organisation == 2,
            is_broker: false,
        }
    }

    #[test]
    fn rights_follow_from_memberships_alone() {
        let officer = Actor::for_test(None, vec![membership(1, Role::Officer)], vec![]);
        assert!(officer.council_officer().is_ok());
        assert!(officer.provider_member().is_err());
        assert!(officer.holder_of(OrganisationId::new(2)).is_none());
        let reader = Actor::for_test(None, vec![membership(2, Role::Member)], vec![]);
        assert!(reader.provider_member().is_err());
        assert!(reader.holder_of(OrganisationId::new(2)).is_none());
    }

    #[test]
    fn a_broker_acts_for_whom_the_mandate_names_and_does_not_sign() {
        let mandate = Mandate {
            id: MandateId::new(5),
            person: PersonId::new(7),
            person_name: "Example".to_owned(),
            authority: Authority::Broker,
            until: None,
        };
        let broker = Actor::for_test(None, vec![], vec![mandate]);
        assert!(broker.acting_for(PersonId::new(8)).is_none());
        let right = broker.acting_for(PersonId::new(7)).unwrap();
        assert!(!right.may_sign());
        assert_eq!(right.authority(), "support broker under mandate 5");
    }
}
