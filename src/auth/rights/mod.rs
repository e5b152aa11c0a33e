//! A right is a type. Only `auth` makes an [`Actor`], and only an actor gives the rights below: a rule or a store verb that
//! takes one cannot be called by somebody who forgot to check.

mod access;
mod mandates;
mod members;
pub mod visibility;

use crate::error::Error;
use crate::ids::{OrganisationId, PersonId, SessionId, UserId};
pub use access::{Access, AccessGround};
pub use mandates::{
    ActingFor, Approval, Approve, Authority, Capacity, Choose, Hideable, Item, ItemKind, Mandate, Scope, Scopes,
    SeeMoney, SeePlan, Sign,
};
pub use members::{
    AccessGiver, CouncilFinance, CouncilOfficer, CouncilReader, HolderFinance, HolderMember, Inviter, Membership,
    OrganisationAdmin, ProviderFinance, ProviderMember, Role, SafeguardingMember, Spokesperson,
};

/// Why a right that moves money is not given to somebody whose work it is: their page leads them to set a second factor up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("This needs a session that was made with a second factor.")]
pub struct NoSecondFactor;

impl From<NoSecondFactor> for Error {
    fn from(_: NoSecondFactor) -> Self {
        Self::SecondFactor
    }
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
    second_factor: bool,
    is_operator: bool,
    accesses: Vec<Access>,
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
        let (second_factor, is_operator, accesses) = (false, false, vec![]);
        Self { user, session, name, person, memberships, mandates, second_factor, is_operator, accesses }
    }

    /// The same somebody, in a session that was made with a second factor or not.
    pub(in crate::auth) fn with_second_factor(self, second_factor: bool) -> Self {
        Self { second_factor, ..self }
    }

    /// With what they may look at for a time, and whether they run the installation.
    pub(in crate::auth) fn with_access(self, is_operator: bool, accesses: Vec<Access>) -> Self {
        Self { is_operator, accesses, ..self }
    }

    /// An actor for unit tests of rules.
    #[cfg(test)]
    #[must_use]
    pub fn for_test(person: Option<PersonId>, memberships: Vec<Membership>, mandates: Vec<Mandate>) -> Self {
        let actor = Self::new(UserId::new(1), SessionId::new(1), "Test".to_owned(), person, memberships, mandates);
        actor.with_second_factor(true)
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

    /// Whether this session was made with a second factor.
    #[must_use]
    pub fn has_second_factor(&self) -> bool {
        self.second_factor
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

    /// Whether they run the installation. That shows them nothing of anybody.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// What they may look at for a time, and not change.
    #[must_use]
    pub fn accesses(&self) -> &[Access] {
        &self.accesses
    }

    /// Whether they read what a council knows of a person: as somebody who reads there, or for a time and a purpose.
    #[must_use]
    pub fn looks_into(&self, person: PersonId, council: OrganisationId) -> bool {
        self.councils().contains(&council) || self.accesses.iter().any(|access| access.covers(person, council))
    }

    /// The right to say who may look at a council's people for a time: its officers and its administrators.
    ///
    /// # Errors
    /// Forbidden for all others.
    pub fn access_giver(&self) -> Result<AccessGiver, Error> {
        let refusal = "Only an officer or an administrator of a council may do this.";
        let council = self.place(|membership| membership.is_council, &[Role::Officer, Role::Admin], refusal)?;
        Ok(AccessGiver::of(self.user, council))
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

    /// The providers for which they do one of some things.
    #[must_use]
    pub fn providers_where(&self, roles: &[Role]) -> Vec<OrganisationId> {
        self.organisations_where(|membership| membership.is_provider && membership.does(roles))
    }

    /// The councils for which they do one of some things.
    #[must_use]
    pub fn councils_where(&self, roles: &[Role]) -> Vec<OrganisationId> {
        self.organisations_where(|membership| membership.is_council && membership.does(roles))
    }

    fn organisations_where(&self, wanted: impl Fn(&Membership) -> bool) -> Vec<OrganisationId> {
        self.memberships.iter().filter(|place| wanted(place)).map(|found| found.organisation).collect()
    }

    fn organisations(&self, wanted: impl Fn(&Membership) -> bool) -> Vec<OrganisationId> {
        self.organisations_where(|membership| membership.reads() && wanted(membership))
    }

    /// Their place in one organisation.
    fn place_at(&self, organisation: OrganisationId) -> Option<&Membership> {
        self.memberships.iter().find(|membership| membership.organisation == organisation)
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

    /// The right to act as an officer of a person's council, for one who neither is the person nor acts for them: what is kept
    /// from them there must not reach them here.
    ///
    /// # Errors
    /// Forbidden, for everybody else.
    pub fn uninvolved_officer(&self, person: PersonId, council: OrganisationId) -> Result<CouncilOfficer, Error> {
        if self.stands_for(person) {
            return Err(Error::Forbidden("You act for this person, so a colleague must do this.".to_owned()));
        }
        self.officer_of(council)
    }

    /// The right to act as an officer of one council.
    ///
    /// # Errors
    /// Forbidden, for everybody else: whoever asks for it sees the person already.
    pub fn officer_of(&self, council: OrganisationId) -> Result<CouncilOfficer, Error> {
        let own = self.council_officer().ok().filter(|officer| officer.council() == council);
        own.ok_or_else(|| Error::Forbidden("Only an officer of the person’s own council may do this.".to_owned()))
    }

    /// That this session was made with a second factor. Every right that moves money for an organisation needs it, and the
    /// right to what concerns safety.
    ///
    /// # Errors
    /// When it was not.
    pub fn second_factor(&self) -> Result<(), NoSecondFactor> {
        if self.second_factor { Ok(()) } else { Err(NoSecondFactor) }
    }

    /// The right to handle the money of a council: nothing when that is not their work; an error when it is, but this
    /// session was made without a second factor.
    #[must_use]
    pub fn council_finance(&self, council: OrganisationId) -> Option<Result<CouncilFinance, NoSecondFactor>> {
        let found = self.place_at(council).filter(|place| place.is_council && place.does(&[Role::Finance]))?;
        Some(self.second_factor().map(|()| CouncilFinance::of(self.user, found)))
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

    /// Whether they bill for a provider; the right to do so is [`Actor::provider_finance`].
    #[must_use]
    pub fn bills(&self) -> bool {
        self.memberships.iter().any(|membership| membership.is_provider && membership.does(&[Role::Finance]))
    }

    /// The right to bill for a provider that they work for.
    ///
    /// # Errors
    /// Forbidden, when they do so for no provider; or that this session was made without a second factor.
    pub fn provider_finance(&self) -> Result<ProviderFinance, Error> {
        let refusal = "Only somebody who handles the money of a provider may do this.";
        let provider = self.place(|membership| membership.is_provider, &[Role::Finance], refusal)?;
        self.second_factor()?;
        Ok(ProviderFinance::of(self.user, provider))
    }

    /// Their place in an organisation that holds funds, when they do this there.
    fn place_at_holder(&self, organisation: OrganisationId, role: Role) -> Option<&Membership> {
        self.place_at(organisation).filter(|place| place.is_holder && place.does(&[role]))
    }

    /// The right to run the daily work of an organisation that holds funds.
    #[must_use]
    pub fn holder_of(&self, organisation: OrganisationId) -> Option<HolderMember> {
        self.place_at_holder(organisation, Role::Coordinator).map(|found| HolderMember::of(self.user, found))
    }

    /// The right to handle the money of the funds that an organisation holds: nothing when that is not their work; an error
    /// when it is, but this session was made without a second factor.
    #[must_use]
    pub fn holder_finance(&self, organisation: OrganisationId) -> Option<Result<HolderFinance, NoSecondFactor>> {
        let found = self.place_at_holder(organisation, Role::Finance)?;
        Some(self.second_factor().map(|()| HolderFinance::of(self.user, found)))
    }

    /// The right to invite people into an organisation.
    ///
    /// # Errors
    /// Not found, when they have no part in it; forbidden, when it is not theirs to say.
    pub fn inviter(&self, organisation: OrganisationId) -> Result<Inviter, Error> {
        let own = self.place_at(organisation).ok_or(Error::NotFound)?;
        if own.does(&[Role::Admin]) || (own.is_council && own.does(&[Role::Officer])) {
            return Ok(Inviter::of(self.user, own));
        }
        Err(Error::Forbidden(
            "Only an administrator of the organisation, or an officer of a council, may do this.".to_owned(),
        ))
    }

    /// The right to say who belongs to an organisation and how it divides its work.
    #[must_use]
    pub fn admin_of(&self, organisation: OrganisationId) -> Option<OrganisationAdmin> {
        let found = self.place_at(organisation).filter(|place| place.does(&[Role::Admin]));
        found.map(|place| OrganisationAdmin::of(self.user, place))
    }

    /// The right to speak for an organisation: as an officer of a council, or by running the daily work of another.
    #[must_use]
    pub fn speaks_for(&self, organisation: OrganisationId) -> Option<Spokesperson> {
        let role = |place: &Membership| if place.is_council { Role::Officer } else { Role::Coordinator };
        let found = self.place_at(organisation).filter(|place| place.does(&[role(place)]));
        found.map(|found| Spokesperson::of(self.user, found))
    }

    /// The right to what concerns the safety of a council's people, at the council that they work for.
    ///
    /// # Errors
    /// Not found, for everybody else: they do not learn that there is anything. For those whose work it is: that this session
    /// was made without a second factor.
    pub fn safeguarding(&self) -> Result<SafeguardingMember, Error> {
        let works = |place: &&Membership| place.is_council && place.does(&[Role::Safeguarding]);
        let council = self.memberships.iter().find(works).ok_or(Error::NotFound)?;
        self.second_factor()?;
        Ok(SafeguardingMember::of(self.user, council))
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
        self.place_at(organisation).is_some()
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

    /// The things of one kind that are hidden from this actor.
    #[must_use]
    pub fn hidden<Id: Hideable>(&self) -> Vec<Id> {
        let all = self.mandates.iter().flat_map(|mandate| &mandate.hidden).copied();
        let of_kind = all.filter(|item| item.kind == Id::KIND && self.hides(*item));
        of_kind.map(|item| Id::numbered(item.number)).collect()
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
        assert!(officer.council_finance(OrganisationId::new(1)).is_none());
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
    fn no_money_moves_for_an_organisation_without_a_second_factor() {
        let with = Actor::for_test(None, vec![membership(1, Role::Finance), membership(2, Role::Finance)], vec![]);
        let without = with.clone().with_second_factor(false);
        let (council, holder) = (OrganisationId::new(1), OrganisationId::new(2));
        assert!(with.council_finance(council).unwrap().is_ok() && with.holder_finance(holder).unwrap().is_ok());
        assert!(with.provider_finance().is_ok());
        assert_eq!(without.council_finance(council), Some(Err(NoSecondFactor)));
        assert_eq!(without.holder_finance(holder), Some(Err(NoSecondFactor)));
        assert!(without.bills() && matches!(without.provider_finance(), Err(Error::SecondFactor)));
        assert!(without.council_finance(holder).is_none() && without.holder_finance(council).is_none());
    }

    #[test]
    fn whoever_runs_the_daily_work_speaks_for_an_organisation_and_an_officer_for_a_council() {
        let speaks = |organisation: i64, role| {
            let actor = Actor::for_test(None, vec![membership(organisation, role)], vec![]);
            actor.speaks_for(OrganisationId::new(organisation)).is_some()
        };
        assert!(speaks(1, Role::Officer) && speaks(2, Role::Coordinator));
        assert!(!speaks(1, Role::Safeguarding) && !speaks(2, Role::Finance) && !speaks(2, Role::Reader));
    }

    #[test]
    fn safeguarding_is_a_role_of_its_own() {
        let right = |role| Actor::for_test(None, vec![membership(1, role)], vec![]).safeguarding();
        assert!(right(Role::Safeguarding).is_ok());
        for other in [Role::Officer, Role::Finance, Role::Admin, Role::Auditor, Role::Reader] {
            assert!(matches!(right(other), Err(Error::NotFound)), "{other:?}");
        }
        let without = |role| {
            let actor = Actor::for_test(None, vec![membership(1, role)], vec![]);
            actor.with_second_factor(false).safeguarding()
        };
        assert!(matches!(without(Role::Safeguarding), Err(Error::SecondFactor)));
        assert!(matches!(without(Role::Officer), Err(Error::NotFound)), "nobody else learns that there is anything");
    }

    #[test]
    fn an_auditor_sees_nothing_by_the_role_alone() {
        let auditor = Actor::for_test(None, vec![membership(1, Role::Auditor)], vec![]);
        assert!(auditor.councils().is_empty() && auditor.council_reader().is_err());
        assert!(auditor.works_for(OrganisationId::new(1)));
    }
}
