//! What somebody does in an organisation: roles, and the rights that follow from them.

use crate::ids::{OrganisationId, UserId};
use crate::vocabulary;

vocabulary! {
    /// What a member does in an organisation. One member may have several roles.
    Role {
        /// A council officer: records people, budgets, funds and mandates, signs.
        Officer = "officer", "Officer";
        /// Handles money.
        Finance = "finance", "Finance";
        /// Runs a provider's, a holder's or a broker's daily work.
        Coordinator = "coordinator", "Coordinator";
        /// Says who belongs to the organisation and in which role.
        Admin = "admin", "Administrator";
        /// A council's safeguarding people.
        Safeguarding = "safeguarding", "Safeguarding";
        /// Reads what a grant names, for its purpose and its time, and nothing else.
        Auditor = "auditor", "Auditor";
        /// Reads.
        Reader = "reader", "Reads only";
    }
}

impl Role {
    /// Whether the role by itself shows what the organisation has to do with people: an administrator needs none of it,
    /// and an auditor needs a grant for each purpose.
    #[must_use]
    pub const fn reads(self) -> bool {
        !matches!(self, Self::Auditor | Self::Admin)
    }

    /// Whether a council has such people, and whether others have.
    #[must_use]
    pub const fn fits(self, council: bool) -> bool {
        match self {
            Self::Officer | Self::Safeguarding => council,
            Self::Coordinator => !council,
            Self::Finance | Self::Admin | Self::Auditor | Self::Reader => true,
        }
    }
}

/// Somebody's place in an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// What they do there; at least one.
    pub roles: Vec<Role>,
    /// Whether it is a council.
    pub is_council: bool,
    /// Whether it sells services.
    pub is_provider: bool,
    /// Whether it holds funds for people.
    pub is_holder: bool,
    /// Whether it arranges support for people.
    pub is_broker: bool,
}

impl Membership {
    /// Whether they do one of these things there.
    #[must_use]
    pub fn does(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }

    /// Whether they see the organisation's things.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.roles.iter().any(|role| role.reads())
    }
}

macro_rules! member_rights {
    ($($(#[$about:meta])* $name:ident: $organisation:ident, $authority:literal;)*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            user: UserId,
            organisation: OrganisationId,
            name: String,
        }

        impl $name {
            /// Made by an actor alone.
            pub(super) fn of(user: UserId, membership: &Membership) -> Self {
                Self { user, organisation: membership.organisation, name: membership.name.clone() }
            }

            /// Who.
            #[must_use]
            pub fn user(&self) -> UserId {
                self.user
            }

            /// For which organisation.
            #[must_use]
            pub fn $organisation(&self) -> OrganisationId {
                self.organisation
            }

            /// The authority in words, as it is recorded with a deed.
            #[must_use]
            pub fn authority(&self) -> String {
                format!($authority, self.name)
            }
        }
    )*};
}

member_rights! {
    /// The right of an officer to act for their council.
    CouncilOfficer: council, "officer of {}";
    /// The right to handle a council's money.
    CouncilFinance: council, "finance officer of {}";
    /// The right to say who may look at a council's people for a time.
    AccessGiver: council, "for {}";
    /// The right to read what is a council's.
    CouncilReader: council, "for {}";
    /// The right to run a provider's daily work: its entry, its services, what it delivers.
    ProviderMember: provider, "for {}";
    /// The right to bill for a provider.
    ProviderFinance: provider, "for {}";
    /// The right to run the daily work of an organisation that holds funds: agreements.
    HolderMember: holder, "for {}, who holds the fund";
    /// The right to speak for an organisation: to run its daily work, or to act as an officer of a council.
    Spokesperson: organisation, "for {}";
    /// The right to what concerns the safety of a council's people.
    SafeguardingMember: council, "safeguarding, {}";
    /// The right to handle the money of funds that an organisation holds.
    HolderFinance: holder, "for {}, who holds the fund";
    /// The right to say who belongs to an organisation: as its administrator, or as an officer of a council.
    Inviter: organisation, "for {}";
    /// The right to say who belongs to an organisation and how it divides its work.
    OrganisationAdmin: organisation, "administrator of {}";
}
