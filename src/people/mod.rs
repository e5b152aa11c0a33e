//! People and organisations: who they are, where they are, what they are in law.

pub mod rules;
pub mod store;

use chrono::NaiveDate;

use crate::auth::rights::Actor;
use crate::calendar;
use crate::ids::{FileId, OrganisationId, PersonId, UserId};
use crate::vat::{CharityStatus, ProviderKind, VatNumber};
use crate::vocabulary;

vocabulary! {
    /// What an organisation is in law.
    OrganisationKind {
        /// A company or other for-profit body.
        Company = "company", "Company";
        /// A self-employed person.
        SoleTrader = "sole_trader", "Sole trader";
        /// A charity or charitable incorporated organisation.
        Charity = "charity", "Charity";
        /// A council with the duty to meet care needs.
        Council = "council", "Council";
        /// A business that supplies workers for whom somebody else is responsible.
        EmploymentBusiness = "employment_business", "Employment business";
        /// A business that finds workers for a commission.
        Introducer = "introducer", "Introducer";
        /// Trustees who hold money for a person.
        Trust = "trust", "Trust";
    }
}

impl OrganisationKind {
    /// The kind of provider it is, for its VAT; a trust sells nothing and is treated as a company if it should.
    #[must_use]
    pub const fn provider_kind(self) -> ProviderKind {
        match self {
            Self::Company | Self::Trust => ProviderKind::Company,
            Self::SoleTrader => ProviderKind::SoleTrader,
            Self::Charity => ProviderKind::Charity,
            Self::Council => ProviderKind::Council,
            Self::EmploymentBusiness => ProviderKind::EmploymentBusiness,
            Self::Introducer => ProviderKind::Introducer,
        }
    }
}

vocabulary! {
    /// Whether an organisation is registered for VAT.
    VatStatus {
        /// It is not: it may not show or charge VAT.
        NotRegistered = "not_registered", "Not registered for VAT";
        /// It is, with a number.
        Registered = "registered", "Registered for VAT";
        /// It has applied and has no number yet.
        AppliedFor = "applied_for", "Has applied to be registered for VAT";
    }
}

/// What an organisation said about VAT, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VatRegistration {
    /// The status.
    pub status: VatStatus,
    /// The number, checked by its algorithm, when registered.
    pub number: Option<VatNumber>,
    /// From which day.
    pub from: NaiveDate,
    /// Whether it is a charity; nothing where a statement that is being made leaves that to the entry.
    pub charity: Option<CharityStatus>,
    /// Whether the Care Quality Commission regulates it; nothing where a statement that is being made leaves that to the entry.
    pub regulated: Option<bool>,
    /// What shows it, in words.
    pub evidence: String,
    /// The file that shows it, if one was sent.
    pub file: Option<FileId>,
}

impl VatRegistration {
    /// A statement about the registration alone, which leaves the rest to the entry.
    #[must_use]
    pub const fn new(status: VatStatus, number: Option<VatNumber>, from: NaiveDate) -> Self {
        Self { status, number, from, charity: None, regulated: None, evidence: String::new(), file: None }
    }
}

/// Where something or somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// House and street.
    pub line: String,
    /// Town.
    pub town: String,
    /// Postcode.
    pub postcode: String,
}

impl Address {
    /// The address on one line.
    #[must_use]
    pub fn on_one_line(&self) -> String {
        let parts = [&self.line, &self.town, &self.postcode];
        parts.into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// A provider, council, broker, holder or trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// What it is in law.
    pub kind: OrganisationKind,
    /// Whether it sells services.
    pub is_provider: bool,
    /// Whether it may hold funds for people.
    pub is_holder: bool,
    /// Whether it arranges support for people.
    pub is_broker: bool,
    /// Where it is.
    pub address: Address,
    /// What it says of itself.
    pub about: String,
    /// The ONS code of a council's area.
    pub la_code: Option<String>,
    /// Whether it is a charity.
    pub charity_status: CharityStatus,
    /// Its number on the register of charities.
    pub charity_number: Option<String>,
    /// Whether it says that the Care Quality Commission regulates it.
    pub regulated: bool,
    /// The location in the regulator's register that was verified to be its own.
    pub register_location: Option<String>,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
    /// Counts changes: an edit names the version that it was made from.
    pub version: i64,
}

/// What a new organisation is.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its name.
    pub name: String,
    /// What it is in law.
    pub kind: OrganisationKind,
    /// Whether it sells services.
    pub is_provider: bool,
    /// Whether it may hold funds for people.
    pub is_holder: bool,
    /// Whether it arranges support for people.
    pub is_broker: bool,
    /// Where it is.
    pub address: Address,
    /// What it says of itself.
    pub about: String,
    /// The ONS code of a council's area.
    pub la_code: Option<String>,
    /// Whether it is a charity.
    pub charity_status: CharityStatus,
    /// Its number on the register of charities.
    pub charity_number: Option<String>,
    /// Whether it says that the Care Quality Commission regulates it.
    pub regulated: bool,
    /// Whether it belongs to the demonstration's story.
    pub fictional: bool,
}

impl NewOrganisation {
    /// A provider of which nothing is known but its name and what it is in law: nobody has checked it.
    #[must_use]
    pub fn provider(name: &str, kind: OrganisationKind) -> Self {
        let is_charity = kind == OrganisationKind::Charity;
        Self {
            name: name.to_owned(),
            kind,
            is_provider: true,
            is_holder: false,
            is_broker: false,
            address: Address::default(),
            about: String::new(),
            la_code: None,
            charity_status: if is_charity { CharityStatus::Unknown } else { CharityStatus::NotACharity },
            charity_number: None,
            regulated: false,
            fictional: false,
        }
    }
}

/// A person who is owed support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// Their own sign-in, if they have one.
    pub user: Option<UserId>,
    /// The pseudonymous reference that stands for them on anything that travels.
    pub reference: String,
    /// Their name.
    pub name: String,
    /// Where they live.
    pub address: Address,
    /// The council that owes the support.
    pub council: OrganisationId,
    /// Whether they belong to the demonstration's story.
    pub fictional: bool,
}

/// What stands in the place of a name when a record was erased.
pub const ERASED: &str = "Erased record";

impl Person {
    /// Whether what told who they are was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.name == ERASED
    }
}

/// What a new person's record says.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Their own sign-in, if they have one.
    pub user: Option<UserId>,
    /// Their name.
    pub name: String,
    /// Where they live.
    pub address: Address,
    /// The council that owes the support.
    pub council: OrganisationId,
    /// Whether they belong to the demonstration's story.
    pub fictional: bool,
}

/// Whose things somebody is looking at, as the first line of a page says it.
#[must_use]
pub fn whose(actor: &Actor, person: &Person) -> String {
    if actor.person() == Some(person.id) {
        return "Your money".to_owned();
    }
    match actor.mandates().iter().find(|held| held.person == person.id).map(|held| held.until) {
        Some(Some(day)) => format!("Acting for {} until {}", person.name, calendar::full(day)),
        Some(None) => format!("Acting for {}", person.name),
        None => format!("The money of {}", person.name),
    }
}
