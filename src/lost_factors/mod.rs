//! Somebody lost their second factor and all recovery codes. Those who know them ask for it to be taken away: an administrator
//! of their organisation, whom another one confirms where there is one; for a person an officer of their council, who says
//! how they checked who it is. The owner is told by mail at each step and can stop it; nothing happens for two days.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, Utc};

use crate::auth::rights::{CouncilOfficer, OrganisationAdmin};
use crate::ids::{OrganisationId, PersonId, RemovalId, UserId};

/// The kind of the job that takes a second factor away; it is about a removal's number.
pub const JOB: &str = "remove_second_factor";

/// Whose second factor it is, as others find them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A member of an organisation.
    Member(OrganisationId, UserId),
    /// A person of a council.
    Person(PersonId),
}

impl Target {
    /// The page about it.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Member(organisation, user) => format!("/organisations/{organisation}/members/{user}/second-factor"),
            Self::Person(person) => format!("/people/{person}/second-factor"),
        }
    }
}

/// The right to ask for somebody: which of the two ways it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// As an administrator of their organisation.
    Admin(OrganisationAdmin),
    /// As an officer of the person's council.
    Officer(CouncilOfficer, PersonId),
}

impl Right {
    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        match self {
            Self::Admin(admin) => admin.user(),
            Self::Officer(officer, _) => officer.user(),
        }
    }

    /// For which organisation.
    #[must_use]
    pub fn organisation(&self) -> OrganisationId {
        match self {
            Self::Admin(admin) => admin.organisation(),
            Self::Officer(officer, _) => officer.council(),
        }
    }

    /// In words.
    #[must_use]
    pub fn authority(&self) -> String {
        match self {
            Self::Admin(admin) => admin.authority(),
            Self::Officer(officer, _) => officer.authority(),
        }
    }

    /// Whose record it concerns.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Admin(_) => None,
            Self::Officer(_, person) => Some(*person),
        }
    }

    /// Whether a removal was asked for on the same ground. What the owner's other organisations ask is no affair of this one.
    #[must_use]
    pub fn reaches(&self, removal: &Removal) -> bool {
        removal.organisation == self.organisation() && removal.person == self.person()
    }
}

/// Somebody who signs in, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Where they are told.
    pub email: String,
    /// Whether there is a second factor.
    pub has_factor: bool,
    /// The organisations that they belong to, and whether each is a council.
    pub places: Vec<(OrganisationId, bool)>,
}

/// Somebody did a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who; nobody, when the service did it by itself.
    pub user: Option<UserId>,
    /// Their name.
    pub name: String,
    /// What was said about it.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A second factor that shall be taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// Its number.
    pub id: RemovalId,
    /// Whose.
    pub user: UserId,
    /// For which organisation it was asked.
    pub organisation: OrganisationId,
    /// Whose record it concerns, where a council's officer asked.
    pub person: Option<PersonId>,
    /// Who asked, and why.
    pub asked: Step,
    /// Who confirmed it, and when it is done at the earliest.
    pub confirmed: Option<(Step, DateTime<Utc>)>,
    /// Who stopped it.
    pub stopped: Option<Step>,
    /// When it was done.
    pub done: Option<DateTime<Utc>>,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Another administrator must confirm it.
    Asked,
    /// It is done at an instant, unless it is stopped.
    CoolingOff(DateTime<Utc>),
    /// It was stopped.
    Stopped,
    /// It was done.
    Done(DateTime<Utc>),
}

impl Removal {
    /// How far it has come.
    #[must_use]
    pub fn state(&self) -> State {
        match (self.done, &self.stopped, &self.confirmed) {
            (Some(at), _, _) => State::Done(at),
            (None, Some(_), _) => State::Stopped,
            (None, None, Some((_, from))) => State::CoolingOff(*from),
            (None, None, None) => State::Asked,
        }
    }

    /// Whether it can still be stopped.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state(), State::Asked | State::CoolingOff(_))
    }

    /// Where others find it.
    #[must_use]
    pub fn target(&self) -> Target {
        self.person.map_or(Target::Member(self.organisation, self.user), Target::Person)
    }
}
