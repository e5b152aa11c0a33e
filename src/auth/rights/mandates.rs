//! Who acts for a person, by what authority, how far: authorities, scopes, and the right to act as a type for each scope.

use std::fmt::Debug;
use std::marker::PhantomData;

use chrono::NaiveDate;

use crate::ids::{
    AgreementId, DeliveryId, FundId, InvoiceId, MandateId, OrderLineId, OrganisationId, PackageId, PersonId, UserId,
};
use crate::money::Pence;
use crate::vocabulary;

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
        /// Appointed by the Department for Work and Pensions, for benefits only.
        Appointee = "appointee", "appointee";
        /// A trustee of the person's trust.
        Trustee = "trustee", "trustee";
        /// Speaks for the person; statutory under the Care Act 2014 s.67 where they need one.
        Advocate = "advocate", "advocate";
        /// Unpaid family or friend, with the person's consent.
        Carer = "carer", "carer";
    }
}

impl Authority {
    /// The most that a mandate of this authority can hold. A broker arranges, an advocate speaks, a carer helps: none of
    /// them signs. An appointee handles benefits, which is no authority over care (domain reference 1.2).
    #[must_use]
    pub const fn most(self) -> Scopes {
        let everything =
            Scopes { see_plan: true, see_money: true, choose: true, sign: true, approve: Approval::AnyAmount };
        match self {
            Self::NominatedPerson | Self::AuthorisedPerson | Self::Attorney | Self::Deputy | Self::Trustee => {
                everything
            }
            Self::Broker | Self::Carer => Scopes { sign: false, ..everything },
            Self::Appointee => Scopes { see_plan: false, choose: false, sign: false, ..everything },
            Self::Advocate => Scopes { choose: false, sign: false, approve: Approval::Nothing, ..everything },
        }
    }

    /// What a mandate of this authority holds when nothing else is said: a broker and a carer approve nothing
    /// (domain reference 1.3: a broker prepares), everybody else what they can hold at most.
    #[must_use]
    pub const fn usual(self) -> Scopes {
        match self {
            Self::Broker | Self::Carer => Scopes { approve: Approval::Nothing, ..self.most() },
            _ => self.most(),
        }
    }

    /// Whether the person gives it themself, and nobody can without them.
    #[must_use]
    pub const fn is_by_consent(self) -> bool {
        matches!(self, Self::NominatedPerson | Self::Broker | Self::Advocate | Self::Carer)
    }

    /// Whether it exists because the person cannot decide themself: it ends when they can again (Care Act 2014 s.32;
    /// Mental Capacity Act 2005 s.16).
    #[must_use]
    pub const fn rests_on_lack_of_capacity(self) -> bool {
        matches!(self, Self::AuthorisedPerson | Self::Deputy)
    }

    /// Whether it goes on when the person has died: trustees hold what is in the trust.
    #[must_use]
    pub const fn outlives_the_person(self) -> bool {
        matches!(self, Self::Trustee)
    }

    /// Whether this authority can hold a person's money: a broker, an advocate and a carer do not.
    #[must_use]
    pub const fn may_hold_money(self) -> bool {
        !matches!(self, Self::Broker | Self::Advocate | Self::Carer)
    }
}

/// Up to what amount somebody approves what is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Approval {
    /// Nothing at all.
    Nothing,
    /// An invoice of at most this amount.
    UpTo(Pence),
    /// Any amount.
    AnyAmount,
}

impl Approval {
    /// Whether it reaches an amount.
    #[must_use]
    pub fn covers(self, amount: Pence) -> bool {
        match self {
            Self::Nothing => false,
            Self::UpTo(most) => amount <= most,
            Self::AnyAmount => true,
        }
    }
}

/// How far a mandate goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes {
    /// Sees what support is planned, chosen and given.
    pub see_plan: bool,
    /// Sees budgets, funds, invoices and statements.
    pub see_money: bool,
    /// Chooses services and orders them.
    pub choose: bool,
    /// Signs and ends agreements.
    pub sign: bool,
    /// Approves and queries what is billed, confirms what was delivered, records what was spent.
    pub approve: Approval,
}

impl Scopes {
    /// Whether everything in it is also in `most`.
    #[must_use]
    pub fn within(&self, most: &Self) -> bool {
        (most.see_plan || !self.see_plan)
            && (most.see_money || !self.see_money)
            && (most.choose || !self.choose)
            && (most.sign || !self.sign)
            && self.approve <= most.approve
    }

    /// What it lets somebody do, in words.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let plain = [
            (self.see_plan, "see the plan and the support"),
            (self.see_money, "see the money"),
            (self.choose, "choose and order"),
            (self.sign, "sign agreements"),
        ];
        let mut words: Vec<String> =
            plain.iter().filter(|(given, _)| *given).map(|(_, words)| (*words).to_owned()).collect();
        match self.approve {
            Approval::Nothing => {}
            Approval::UpTo(most) => words.push(format!("approve bills of up to {most}")),
            Approval::AnyAmount => words.push("approve bills of any amount".to_owned()),
        }
        words
    }
}

vocabulary! {
    /// What a person can keep from one mandate, one by one.
    ItemKind {
        /// A fund, with everything that is in it.
        Fund = "fund", "Fund";
        /// A package that was put together, with its orders.
        Package = "package", "Package";
        /// One line of an order, with what was delivered under it.
        OrderLine = "order_line", "Line of an order";
        /// A delivery with its note.
        Delivery = "delivery", "Delivery";
        /// An invoice, with its credit notes.
        Invoice = "invoice", "Invoice";
        /// An agreement.
        Agreement = "agreement", "Agreement";
    }
}

/// A single thing that a person can keep from a mandate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its number.
    pub number: i64,
}

/// The number of a thing that can be kept from a mandate.
pub trait Hideable: Sized {
    /// What kind of thing it is.
    const KIND: ItemKind;

    /// The thing with a number.
    fn numbered(number: i64) -> Self;
}

macro_rules! items {
    ($($id:ty => $kind:ident;)*) => {$(
        impl Hideable for $id {
            const KIND: ItemKind = ItemKind::$kind;

            fn numbered(number: i64) -> Self {
                Self::new(number)
            }
        }

        impl From<$id> for Item {
            fn from(id: $id) -> Self {
                Self { kind: ItemKind::$kind, number: id.number() }
            }
        }
    )*};
}

items! {
    FundId => Fund;
    PackageId => Package;
    OrderLineId => OrderLine;
    DeliveryId => Delivery;
    InvoiceId => Invoice;
    AgreementId => Agreement;
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
    /// For which organisation they act, if any.
    pub organisation: Option<OrganisationId>,
    /// By what authority.
    pub authority: Authority,
    /// How far it goes.
    pub scopes: Scopes,
    /// The last day, if there is one.
    pub until: Option<NaiveDate>,
    /// What the person keeps from it.
    pub hidden: Vec<Item>,
}

/// One thing that a mandate may let somebody do: the parameter of [`ActingFor`].
pub trait Scope: Clone + Debug + PartialEq + Eq {
    /// How much of it a mandate gives, in comparable steps: nothing is not at all.
    fn of(scopes: &Scopes) -> Approval;
}

/// Yes as any amount, no as nothing.
const fn wholly(given: bool) -> Approval {
    if given { Approval::AnyAmount } else { Approval::Nothing }
}

macro_rules! scopes {
    ($($(#[$about:meta])* $name:ident = $of:expr;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name;

        impl Scope for $name {
            fn of(scopes: &Scopes) -> Approval {
                let of: fn(&Scopes) -> Approval = $of;
                of(scopes)
            }
        }
    )*};
}

scopes! {
    /// Sees what support is planned, chosen and given.
    SeePlan = |scopes| wholly(scopes.see_plan);
    /// Sees budgets, funds, invoices and statements.
    SeeMoney = |scopes| wholly(scopes.see_money);
    /// Chooses services and orders them.
    Choose = |scopes| wholly(scopes.choose);
    /// Signs and ends agreements.
    Sign = |scopes| wholly(scopes.sign);
    /// Approves and queries what is billed, confirms what was delivered, records what was spent.
    Approve = |scopes| scopes.approve;
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

/// The right to do one thing for a person: as that person, or under the mandate that goes furthest in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActingFor<S: Scope> {
    user: UserId,
    person: PersonId,
    capacity: Capacity,
    reach: Approval,
    scope: PhantomData<S>,
}

impl<S: Scope> ActingFor<S> {
    /// The right of the person themself.
    pub(super) fn themself(user: UserId, person: PersonId) -> Self {
        Self { user, person, capacity: Capacity::Themself, reach: Approval::AnyAmount, scope: PhantomData }
    }

    /// The right under one of several mandates for a person: the one that goes furthest, if any goes at all.
    pub(super) fn under(user: UserId, person: PersonId, mandates: &[Mandate]) -> Option<Self> {
        let given = mandates.iter().filter(|mandate| mandate.person == person);
        // Of equals the first, so that the same deed is always recorded under the same mandate.
        let found = given.rev().max_by_key(|mandate| S::of(&mandate.scopes))?;
        let reach = S::of(&found.scopes);
        let capacity = Capacity::Mandate { mandate: found.id, authority: found.authority };
        let right = Self { user, person, capacity, reach, scope: PhantomData };
        (reach > Approval::Nothing).then_some(right)
    }

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

    /// The mandate under which they act; none when it is the person.
    #[must_use]
    pub fn mandate(&self) -> Option<MandateId> {
        match self.capacity {
            Capacity::Themself => None,
            Capacity::Mandate { mandate, .. } => Some(mandate),
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

impl ActingFor<Approve> {
    /// Up to what amount they approve.
    #[must_use]
    pub fn reach(&self) -> Approval {
        self.reach
    }
}

#[cfg(test)]
mod tests {
    use super::super::Actor;
    use super::*;

    fn mandate(id: i64, authority: Authority, scopes: Scopes) -> Mandate {
        Mandate {
            id: MandateId::new(id),
            person: PersonId::new(7),
            person_name: "Example".to_owned(),
            organisation: None,
            authority,
            scopes,
            until: None,
            hidden: vec![],
        }
    }

    fn holding(mandates: Vec<Mandate>) -> Actor {
        Actor::for_test(None, vec![], mandates)
    }

    #[test]
    fn a_broker_chooses_for_whom_the_mandate_names_and_neither_signs_nor_approves() {
        let broker = holding(vec![mandate(5, Authority::Broker, Authority::Broker.usual())]);
        assert!(broker.acting_for::<Choose>(PersonId::new(8)).is_none());
        let right = broker.acting_for::<Choose>(PersonId::new(7)).unwrap();
        assert_eq!(
            (right.authority().as_str(), right.mandate()),
            ("support broker under mandate 5", Some(MandateId::new(5)))
        );
        assert!(broker.acting_for::<Sign>(PersonId::new(7)).is_none());
        assert!(broker.acting_for::<Approve>(PersonId::new(7)).is_none());
    }

    #[test]
    fn an_appointees_authority_does_not_reach_care() {
        let appointee = holding(vec![mandate(5, Authority::Appointee, Authority::Appointee.usual())]);
        let person = PersonId::new(7);
        assert!(appointee.acting_for::<SeeMoney>(person).is_some());
        assert!(appointee.acting_for::<SeePlan>(person).is_none());
        assert!(appointee.acting_for::<Choose>(person).is_none());
        assert!(appointee.acting_for::<Sign>(person).is_none());
    }

    #[test]
    fn what_is_kept_from_one_mandate_is_seen_under_another_alone() {
        let invoice = Item::from(InvoiceId::new(3));
        let carer = Mandate { hidden: vec![invoice], ..mandate(1, Authority::Carer, Authority::Carer.usual()) };
        let attorney = mandate(2, Authority::Attorney, Authority::Attorney.usual());
        let elsewhere = Mandate { person: PersonId::new(8), ..attorney.clone() };
        assert!(holding(vec![carer.clone()]).hides(invoice));
        assert!(
            !holding(vec![carer.clone()]).hides(InvoiceId::new(4))
                && !holding(vec![carer.clone()]).hides(FundId::new(3))
        );
        assert!(!holding(vec![carer.clone(), attorney]).hides(invoice));
        assert!(holding(vec![carer.clone(), elsewhere]).hides(invoice));
        assert!(holding(vec![carer]).is_kept_from(PersonId::new(7)));
    }

    #[test]
    fn of_two_mandates_the_one_that_goes_furthest_counts() {
        let small = Scopes { approve: Approval::UpTo(Pence::from_pence(5_000)), ..Authority::Carer.usual() };
        let large = Scopes { approve: Approval::UpTo(Pence::from_pence(9_000)), ..Authority::Carer.usual() };
        let both = vec![mandate(1, Authority::Carer, small), mandate(2, Authority::Carer, large)];
        let right = holding(both).acting_for::<Approve>(PersonId::new(7)).unwrap();
        assert_eq!(right.mandate(), Some(MandateId::new(2)));
        assert!(right.reach().covers(Pence::from_pence(9_000)) && !right.reach().covers(Pence::from_pence(9_001)));
    }

    #[test]
    fn no_mandate_goes_beyond_its_authority() {
        for authority in Authority::ALL {
            assert!(authority.usual().within(&authority.most()), "{authority:?}");
        }
        assert!(!Authority::Attorney.most().within(&Authority::Broker.most()));
    }

    #[test]
    fn scopes_are_said_in_words() {
        let scopes = Scopes { approve: Approval::UpTo(Pence::from_pence(5_000)), ..Authority::Appointee.usual() };
        assert_eq!(scopes.words(), ["see the money", "approve bills of up to £50.00"]);
    }
}
