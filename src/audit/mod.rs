//! The record of who did and saw what, under which authority: appended in the same transaction as the deed, sealed into
//! a chain afterwards. It knows no feature.
//!
//! A chain on every write would make every writer wait for every other. So rows are appended unchained, and one sealer
//! chains them a moment later (see [`sealing`]). What is looked at is noted in batches (see [`looks`]).

pub mod chain;
pub mod check;
pub mod looks;
pub mod sealing;
pub mod store;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::db::Tx;
use crate::error::Error;
use crate::ids::{
    AgreementId, BudgetId, DeliveryId, DocumentId, ExportId, FundId, GrantId, InvoiceId, MandateId, MandateOfferId,
    OrderId, OrderLineId, OrganisationId, PackageId, PersonId, ServiceId, SessionId, UserId,
};
use crate::vocabulary;

vocabulary! {
    /// What sort of event it is.
    Kind {
        /// Something was done.
        Act = "act", "done";
        /// A person's record was looked at by somebody else.
        View = "view", "looked at";
        /// Somebody signed in or out, or tried to.
        SignIn = "sign_in", "signed in or out";
        /// Something was asked for and refused.
        Refused = "refused", "refused";
    }
}

vocabulary! {
    /// What an event is about.
    ThingKind {
        /// A person's own page.
        Person = "person", "page";
        /// A personal budget.
        Budget = "budget", "personal budget";
        /// A mandate.
        Mandate = "mandate", "mandate";
        /// An offer of a mandate.
        MandateOffer = "mandate_offer", "offer of a mandate";
        /// A fund.
        Fund = "fund", "fund";
        /// The money in and out of a fund.
        Money = "money", "payments in and out";
        /// A statement of a fund.
        Statement = "statement", "statement";
        /// The packages of a fund.
        Packages = "packages", "packages and orders";
        /// A package.
        Package = "package", "package";
        /// An order.
        Order = "order", "order";
        /// What was delivered under an order.
        Deliveries = "deliveries", "deliveries";
        /// A delivery.
        Delivery = "delivery", "delivery";
        /// An agreement.
        Agreement = "agreement", "agreement";
        /// An invoice or a credit note.
        Invoice = "invoice", "invoice";
        /// A paper that was taken away.
        Paper = "paper", "paper, and took a copy";
        /// A complaint.
        Complaint = "complaint", "complaint";
        /// Who looked at and changed a record.
        Record = "record", "record of who looked";
        /// A service of a provider.
        Service = "service", "service";
        /// An organisation.
        Organisation = "organisation", "organisation";
        /// Somebody who signs in.
        User = "user", "sign-in";
        /// One sign-in on one device.
        Session = "session", "session";
        /// Published data that was taken in.
        Import = "import", "import";
        /// A copy of everything that is kept about a person.
        Export = "export", "copy of the record";
        /// A claim of a registered entry.
        Claim = "claim", "claim of a registered entry";
        /// A request for quotes, with its answers and the choice.
        Quote = "quote", "request for quotes";
        /// What somebody says of a service.
        Review = "review", "review";
        /// A rule of a council about providers.
        CouncilRule = "council_rule", "rule of a council";
        /// A document that a provider shows.
        ProviderDocument = "provider_document", "document of a provider";
        /// Something about a provider's VAT to look at.
        VatAlert = "vat_alert", "VAT to look at";
        /// When somebody must be asked.
        Consent = "consent", "rule on asking first";
        /// Time-limited access.
        Access = "access", "access";
    }
}

/// What an event is about: its sort and its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thing {
    /// Its sort.
    pub kind: ThingKind,
    /// Its number, if it has one.
    pub id: Option<i64>,
}

impl Thing {
    /// Somebody's account, where it is known.
    #[must_use]
    pub fn of_user(user: Option<UserId>) -> Self {
        Self { kind: ThingKind::User, id: user.map(UserId::number) }
    }

    /// A thing of a sort under another thing's number: the payments of a fund, the paper of an invoice.
    #[must_use]
    pub fn of(kind: ThingKind, id: impl AsRef<i64>) -> Self {
        Self { kind, id: Some(*id.as_ref()) }
    }
}

/// Ids name their things.
macro_rules! things {
    ($($id:ty => $kind:ident;)*) => {$(
        impl From<$id> for Thing {
            fn from(id: $id) -> Self {
                Self::of(ThingKind::$kind, id)
            }
        }
    )*};
}

things! {
    PersonId => Person;
    BudgetId => Budget;
    MandateId => Mandate;
    MandateOfferId => MandateOffer;
    FundId => Fund;
    PackageId => Package;
    OrderId => Order;
    OrderLineId => Order;
    DeliveryId => Delivery;
    AgreementId => Agreement;
    InvoiceId => Invoice;
    DocumentId => Paper;
    ServiceId => Service;
    OrganisationId => Organisation;
    UserId => User;
    SessionId => Session;
    ExportId => Export;
    GrantId => Access;
}

/// As what somebody acted, in words that stay true when memberships and mandates have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capacity {
    /// In words: "officer of Example Council".
    pub words: String,
    /// Under which mandate.
    pub mandate: Option<MandateId>,
    /// For which organisation.
    pub organisation: Option<OrganisationId>,
}

/// Somebody who does or sees something, with every capacity that they have at that moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// Who; nobody, when a command or a job does it.
    pub user: Option<UserId>,
    /// Their name, or the command.
    pub name: String,
    /// Their own record as a person.
    pub own: Option<PersonId>,
    /// For whom they act.
    pub mandates: Vec<(PersonId, Capacity)>,
    /// For which organisations they act.
    pub memberships: Vec<Capacity>,
    /// At what they may look for a time, and what they change nothing of.
    pub accesses: Vec<Access>,
}

/// Read-only access for a time, as the record names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// To whose record; without, to those of all of a council's people.
    pub person: Option<PersonId>,
    /// As what.
    pub capacity: Capacity,
    /// For what purpose or reason.
    pub purpose: String,
}

impl Author {
    /// A command that an operator runs, or a job.
    #[must_use]
    pub fn program(name: &str) -> Self {
        let capacity = Capacity { words: "run by the operator".to_owned(), ..Capacity::default() };
        Self { name: name.to_owned(), memberships: vec![capacity], ..Self::default() }
    }

    /// By what access alone they see something of a person's; nothing, when they have more right to it than that.
    #[must_use]
    pub fn access_to(&self, person: PersonId) -> Option<&Access> {
        if self.own == Some(person) || self.mandates.iter().any(|(whose, _)| *whose == person) {
            return None;
        }
        let named = self.accesses.iter().find(|access| access.person == Some(person));
        named.or_else(|| self.accesses.iter().find(|access| access.person.is_none()))
    }

    /// As what they do or see something of a person's: as the person, under a mandate, for their organisation; of several
    /// organisations for the one that is named.
    #[must_use]
    pub fn capacity_for(&self, person: Option<PersonId>, organisation: Option<OrganisationId>) -> Capacity {
        if person.is_some() && person == self.own {
            return Capacity { words: "the person".to_owned(), ..Capacity::default() };
        }
        let named =
            self.memberships.iter().find(|capacity| organisation.is_some() && capacity.organisation == organisation);
        let mandate = self.mandates.iter().find(|(whose, _)| Some(*whose) == person).map(|(_, capacity)| capacity);
        let access = person.and_then(|person| self.access_to(person)).map(|access| &access.capacity);
        named.or(mandate).or(access).or(self.memberships.first()).cloned().unwrap_or_default()
    }
}

/// Something that was done, as whoever did it tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Act {
    /// What sort of event it is.
    pub kind: Kind,
    /// A short code, such as `invoice.approved`.
    pub what: &'static str,
    /// What was done, to follow a name: "approved invoice 12".
    pub says: String,
    /// About what.
    pub thing: Thing,
    /// Whose record it concerns.
    pub person: Option<PersonId>,
    /// For which organisation it was done, where it does not follow from the person.
    pub organisation: Option<OrganisationId>,
    /// What was there before, as JSON.
    pub before: Option<String>,
    /// What is there now, as JSON.
    pub after: Option<String>,
    /// For what purpose or reason, where one was stated.
    pub purpose: Option<String>,
}

impl Act {
    /// Something that was done.
    pub fn new(what: &'static str, says: impl Into<String>, thing: impl Into<Thing>) -> Self {
        Self {
            kind: Kind::Act,
            what,
            says: says.into(),
            thing: thing.into(),
            person: None,
            organisation: None,
            before: None,
            after: None,
            purpose: None,
        }
    }

    /// Somebody signed in or out, or tried to.
    pub fn sign_in(what: &'static str, says: &str, thing: impl Into<Thing>) -> Self {
        Self { kind: Kind::SignIn, ..Self::new(what, says, thing) }
    }

    /// Somebody looked at something of a person's.
    pub fn view(person: PersonId, thing: Thing) -> Self {
        let says = format!("looked at {}", thing.kind.words());
        Self { kind: Kind::View, ..Self::new("record.seen", says, thing).concerning(person) }
    }

    /// Whose record it concerns.
    pub fn concerning(self, person: PersonId) -> Self {
        Self { person: Some(person), ..self }
    }

    /// For which organisation it was done.
    pub fn on_behalf_of(self, organisation: OrganisationId) -> Self {
        Self { organisation: Some(organisation), ..self }
    }

    /// What was there before; nothing secret.
    pub fn before(self, value: &impl Serialize) -> Self {
        Self { before: serde_json::to_string(value).ok(), ..self }
    }

    /// What is there now; nothing secret.
    pub fn after(self, value: &impl Serialize) -> Self {
        Self { after: serde_json::to_string(value).ok(), ..self }
    }

    /// For what purpose or reason.
    pub fn because(self, purpose: &str) -> Self {
        Self { purpose: Some(purpose.to_owned()), ..self }
    }
}

/// Whoever does things in one request or job, and when: what is recorded with each of their deeds.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub author: Author,
    /// The reference of the request; empty for commands.
    pub reference: String,
}

impl Recorder {
    /// The same request, by somebody who is not signed in: what they do proves who they are.
    #[must_use]
    pub fn by(&self, user: UserId, name: &str) -> Self {
        let author = Author { user: Some(user), name: name.to_owned(), ..Author::default() };
        Self { author, ..self.clone() }
    }

    /// The event of one deed.
    #[must_use]
    pub fn event(&self, act: Act) -> Event {
        Event { at: self.at, author: self.author.clone(), act, reference: self.reference.clone() }
    }

    /// Records a deed in its own transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub fn record(&self, tx: &mut Tx, act: Act) -> Result<(), Error> {
        store::append(tx, &self.event(act))
    }
}

/// An event on its way into the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub author: Author,
    /// What.
    pub act: Act,
    /// The reference of the request, as its error page and the log name it; empty for commands.
    pub reference: String,
}
