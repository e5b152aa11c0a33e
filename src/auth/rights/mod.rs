//! A right is a type. Only `auth` makes an [`Actor`], and only an actor gives the rights below: a rule or a store verb that
//! takes one cannot be called by somebody who forgot to check.

mod mandates;
mod members;
pub mod visibility;

use crate::error::Error;
use crate::ids::{OrganisationId, PersonId, SessionId, UserId};
pub use mandates::{
    ActingFor, Approval, Approve, Authority, Capacity, Choose, Item, ItemKind, Mandate, Scope, Scopes, SeeMoney,
    SeePlan, Sign,
};
pub use members::{
    CouncilFinance, CouncilOfficer, CouncilReader, HolderFinance, HolderMember, Membership, ProviderFinance,
    ProviderMember, Role,
};

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

    /// The people of whom they see anything: themselves and those they act for.
    #[must_use]
    pub fn people(&self) -> Vec<PersonId> {
        self.person.into_iter().chain(self.mandates.iter().map(|mandate| mandate.person)).collect()
    }

    /// The people for whom they may do one thing: themselves and those whose mandate goes so far.
    #[must_use]
    pub fn people_for<S: Scope>(&self) -> Vec<PersonId> {
        self.people().into_iter().filter(|person| self.acting_for::<S>(*person).is_some()).collect()
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
        let read = self.memberships.iter().filter(|membership| membership.reads() && wanted(membership));
        read.map(|found| found.organisation).collect()
    }

    /// Their place in the first organisation of a kind in which they do one of these things.
    fn place(&self, wanted: impl Fn(&Membership) -> bool, roles: &[Role], refusal: &str) -> Result<&Membership, Error> {
        let found = self.memberships.iter().find(|membership| wanted(membership) && membership.does(roles));
        found.ok_or_else(|| Error::Forbidden(refusal.to_owned()))
    }

    /// The right to act as an officer of a council that they work for.
    ///
    /// # Errors
    /// Forbidden, when they are no officer of a council.
    pub fn council_officer(&self) -> Result<CouncilOfficer, Error> {
        let refusal = "Only an officer of a council may do this.";
        let council = self.place(|membership| membership.is_council, &[Role::Officer], refusal)?;
        Ok(CouncilOfficer::of(self.user, council))
    }

    /// The right to handle the money of a council that they work for.
    ///
    /// # Errors
    /// Forbidden, when they handle no council's money.
    pub fn council_finance(&self) -> Result<CouncilFinance, Error> {
        let refusal = "Only somebody who handles the money of a council may do this.";
        let council = self.place(|membership| membership.is_council, &[Role::Finance], refusal)?;
        Ok(CouncilFinance::of(self.user, council))
    }

    /// The right to read what is a council's: as its officer, in its finance or safeguarding, or as a reader.
    ///
    /// # Errors
    /// Forbidden, when they work for no council.
    pub fn council_reader(&self) -> Result<CouncilReader, Error> {
        let refusal = "Only somebody who works for a council may see this.";
        let found = self.memberships.iter().find(|membership| membership.is_council && membership.reads());
        found.map(|council| CouncilReader::of(self.user, council)).ok_or_else(|| Error::Forbidden(refusal.to_owned()))
    }

    /// The right to run the daily work of a provider that they work for.
    ///
    /// # Errors
    /// Forbidden, when they do so for no provider.
    pub fn provider_member(&self) -> Result<ProviderMember, Error> {
        let refusal = "Only somebody who runs the daily work of a provider may do this.";
        let provider = self.place(|membership| membership.is_provider, &[Role::Coordinator], refusal)?;
        Ok(ProviderMember::of(self.user, provider))
    }

    /// The right to bill for a provider that they work for.
    ///
    /// # Errors
    /// Forbidden, when they do so for no provider.
    pub fn provider_finance(&self) -> Result<ProviderFinance, Error> {
        let refusal = "Only somebody who handles the money of a provider may do this.";
        let provider = self.place(|membership| membership.is_provider, &[Role::Finance], refusal)?;
        Ok(ProviderFinance::of(self.user, provider))
    }

    /// Their place in an organisation that holds funds, when they do this there.
    fn place_at_holder(&self, organisation: OrganisationId, role: Role) -> Option<&Membership> {
        let holds = |membership: &Membership| membership.organisation == organisation && membership.is_holder;
        self.memberships.iter().find(|membership| holds(membership) && membership.does(&[role]))
    }

    /// The right to run the daily work of an organisation that holds funds.
    #[must_use]
    pub fn holder_of(&self, organisation: OrganisationId) -> Option<HolderMember> {
        self.place_at_holder(organisation, Role::Coordinator).map(|found| HolderMember::of(self.user, found))
    }

    /// The right to handle the money of the funds that an organisation holds.
    #[must_use]
    pub fn holder_finance(&self, organisation: OrganisationId) -> Option<HolderFinance> {
        self.place_at_holder(organisation, Role::Finance).map(|found| HolderFinance::of(self.user, found))
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

    /// Whether it is the person, or somebody with any mandate for them.
    #[must_use]
    pub fn stands_for(&self, person: PersonId) -> bool {
        self.person == Some(person) || self.mandates.iter().any(|mandate| mandate.person == person)
    }

    /// Whether the person keeps a thing from every mandate under which this actor could see it. Every load that shows a fund,
    /// a package, a line of an order, a delivery, an invoice or an agreement asks this: a hidden thing does not exist.
    #[must_use]
    pub fn hides(&self, item: impl Into<Item>) -> bool {
        let item = item.into();
        let shown =
            |person| self.mandates.iter().any(|mandate| mandate.person == person && !mandate.hidden.contains(&item));
        self.mandates.iter().any(|mandate| mandate.hidden.contains(&item) && !shown(mandate.person))
    }

    /// What of one kind is hidden from this actor.
    #[must_use]
    pub fn hidden(&self, kind: ItemKind) -> Vec<Item> {
        let all = self.mandates.iter().flat_map(|mandate| &mandate.hidden).copied();
        all.filter(|item| item.kind == kind && self.hides(*item)).collect()
    }

    /// Whether a person keeps anything at all from this actor: then no sum that would tell is shown to them either.
    #[must_use]
    pub fn is_kept_from(&self, person: PersonId) -> bool {
        let of_person = self.mandates.iter().filter(|mandate| mandate.person == person);
        of_person.flat_map(|mandate| &mandate.hidden).any(|item| self.hides(*item))
    }

    /// The right to do one thing for a person: as that person, or under a mandate that goes so far.
    #[must_use]
    pub fn acting_for<S: Scope>(&self, person: PersonId) -> Option<ActingFor<S>> {
        if self.person == Some(person) {
            return Some(ActingFor::themself(self.user, person));
        }
        ActingFor::under(self.user, person, &self.mandates)
    }

    /// Whether they may do one thing for a person.
    #[must_use]
    pub fn may<S: Scope>(&self, person: PersonId) -> bool {
        self.acting_for::<S>(person).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(organisation: i64, role: Role) -> Membership {
        Membership {
            organisation: OrganisationId::new(organisation),
            name: "Example".to_owned(),
            roles: vec![role],
            is_council: organisation == 1,
            is_provider: organisation == 2,
            is_holder: organisation == 2,
            is_broker: false,
        }
    }

    #[test]
    fn rights_follow_from_memberships_alone() {
        let officer = Actor::for_test(None, vec![membership(1, Role::Officer)], vec![]);
        assert!(officer.council_officer().is_ok() && officer.council_reader().is_ok());
        assert!(officer.council_finance().is_err());
        assert!(officer.provider_member().is_err());
        assert!(officer.holder_of(OrganisationId::new(2)).is_none());
        let reader = Actor::for_test(None, vec![membership(2, Role::Reader)], vec![]);
        assert!(reader.provider_member().is_err() && reader.provider_finance().is_err());
        assert!(reader.holder_of(OrganisationId::new(2)).is_none());
        assert_eq!(reader.holders(), [OrganisationId::new(2)]);
    }

    #[test]
    fn daily_work_and_money_are_two_roles() {
        let coordinator = Actor::for_test(None, vec![membership(2, Role::Coordinator)], vec![]);
        let finance = Actor::for_test(None, vec![membership(2, Role::Finance)], vec![]);
        let holder = OrganisationId::new(2);
        assert!(coordinator.provider_member().is_ok() && coordinator.provider_finance().is_err());
        assert!(finance.provider_member().is_err() && finance.provider_finance().is_ok());
        assert!(coordinator.holder_of(holder).is_some() && coordinator.holder_finance(holder).is_none());
        assert!(finance.holder_of(holder).is_none() && finance.holder_finance(holder).is_some());
    }

    #[test]
    fn an_auditor_sees_nothing_by_the_role_alone() {
        let auditor = Actor::for_test(None, vec![membership(1, Role::Auditor)], vec![]);
        assert!(auditor.councils().is_empty() && auditor.council_reader().is_err());
        assert!(auditor.works_for(OrganisationId::new(1)));
    }
}
