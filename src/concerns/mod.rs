//! Something is wrong. A complaint goes to who must answer, with a clock; a safeguarding concern to the council's
//! safeguarding people alone; a signal of financial abuse waits for one of them to judge it.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};

use crate::ids::{
    AgreementId, ComplaintId, ConcernId, DeliveryId, FundId, InvoiceId, OrderId, OrganisationId, PersonId, SignalId,
    UserId,
};
use crate::vocabulary;

vocabulary! {
    /// What a complaint is about.
    About {
        /// What a provider did or did not do.
        Provider = "provider", "a provider";
        /// How a fund is held.
        Holder = "holder", "who holds the fund";
        /// What the council did or did not do.
        Council = "council", "the council";
        /// What the council decided: a budget, a contribution, a refusal.
        Decision = "decision", "a decision of the council";
        /// Somebody who acts for the person.
        Representative = "representative", "somebody who acts for the person";
    }
}

/// Whom a complaint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A provider of the person's support.
    Provider(OrganisationId),
    /// The organisation that holds a fund of the person.
    Holder(OrganisationId),
    /// The council.
    Council,
    /// A decision of the council.
    Decision,
    /// Somebody with a mandate, and the organisation for which they hold it, if any.
    Representative(UserId, Option<OrganisationId>),
}

impl Whom {
    /// What it is about.
    #[must_use]
    pub const fn about(self) -> About {
        match self {
            Self::Provider(_) => About::Provider,
            Self::Holder(_) => About::Holder,
            Self::Council => About::Council,
            Self::Decision => About::Decision,
            Self::Representative(..) => About::Representative,
        }
    }

    /// The organisation that it is about.
    #[must_use]
    pub const fn organisation(self) -> Option<OrganisationId> {
        match self {
            Self::Provider(organisation) | Self::Holder(organisation) => Some(organisation),
            Self::Representative(_, organisation) => organisation,
            Self::Council | Self::Decision => None,
        }
    }

    /// The one that it is about, where it is somebody who acts for the person.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::Representative(user, _) => Some(user),
            _ => None,
        }
    }

    /// What a form sends for it: "provider-12", "council".
    #[must_use]
    pub fn sent(self) -> String {
        match self {
            Self::Provider(id) | Self::Holder(id) => format!("{}-{id}", self.about().code()),
            Self::Representative(user, _) => format!("{}-{user}", self.about().code()),
            Self::Council | Self::Decision => self.about().code().to_owned(),
        }
    }
}

/// Whom a complaint may be about, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Whom.
    pub whom: Whom,
    /// In words: "Sunrise Day Club Ltd, who provides support".
    pub words: String,
}

vocabulary! {
    /// The kinds of things that a complaint may name.
    ThingKind {
        /// An invoice or a credit note.
        Invoice = "invoice", "Invoice";
        /// Support that was given on a day.
        Delivery = "delivery", "Delivery";
        /// An agreement on a fund.
        Agreement = "agreement", "Agreement";
        /// An order.
        Order = "order", "Order";
        /// A fund.
        Fund = "fund", "Fund";
    }
}

/// A thing of the system that a complaint names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// An invoice or a credit note.
    Invoice(InvoiceId),
    /// Support that was given on a day.
    Delivery(DeliveryId),
    /// An agreement on a fund.
    Agreement(AgreementId),
    /// An order.
    Order(OrderId),
    /// A fund.
    Fund(FundId),
}

impl Thing {
    /// A thing of a kind by its number.
    #[must_use]
    pub const fn of(kind: ThingKind, number: i64) -> Self {
        match kind {
            ThingKind::Invoice => Self::Invoice(InvoiceId::new(number)),
            ThingKind::Delivery => Self::Delivery(DeliveryId::new(number)),
            ThingKind::Agreement => Self::Agreement(AgreementId::new(number)),
            ThingKind::Order => Self::Order(OrderId::new(number)),
            ThingKind::Fund => Self::Fund(FundId::new(number)),
        }
    }

    /// A thing as an address names it: "invoice-7".
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, number) = text.split_once('-')?;
        Some(Self::of(ThingKind::from_code(kind)?, number.parse().ok()?))
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(self) -> ThingKind {
        match self {
            Self::Invoice(_) => ThingKind::Invoice,
            Self::Delivery(_) => ThingKind::Delivery,
            Self::Agreement(_) => ThingKind::Agreement,
            Self::Order(_) => ThingKind::Order,
            Self::Fund(_) => ThingKind::Fund,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Invoice(id) => id.number(),
            Self::Delivery(id) => id.number(),
            Self::Agreement(id) => id.number(),
            Self::Order(id) => id.number(),
            Self::Fund(id) => id.number(),
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.kind().code(), self.number())
    }
}

/// A thing that somebody who may see it wants to say something about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which.
    pub thing: Thing,
    /// Whose fund it belongs to.
    pub person: PersonId,
    /// What it is, in words: "Invoice INV-000001 of Sunrise Day Club Ltd".
    pub words: String,
    /// Its page.
    pub href: String,
    /// Whose support it is about.
    pub providers: Vec<OrganisationId>,
    /// The organisation that holds the fund behind it, if one does.
    pub holder: Option<OrganisationId>,
}

vocabulary! {
    /// How far a complaint has come.
    ComplaintStatus {
        /// Nobody has said yet that it was received.
        Raised = "raised", "Raised, waits to be acknowledged";
        /// It was received and is looked into.
        Acknowledged = "acknowledged", "Received, waits for an answer";
        /// There is an answer.
        Answered = "answered", "Answered";
        /// It went on to the council, which has not said yet that it was received.
        Escalated = "escalated", "Went on to the council";
        /// The person took it to somebody outside.
        Outside = "outside", "Taken outside";
        /// The person says that it is settled.
        Settled = "settled", "Settled";
    }
}

impl ComplaintStatus {
    /// Whether whoever it is with owes something: to say that it was received, or to answer.
    #[must_use]
    pub const fn waits_for_answer(self) -> bool {
        matches!(self, Self::Raised | Self::Acknowledged | Self::Escalated)
    }

    /// Whether nobody has said yet that it was received.
    #[must_use]
    pub const fn waits_to_be_acknowledged(self) -> bool {
        matches!(self, Self::Raised | Self::Escalated)
    }
}

/// By when somebody must have done what a complaint asks of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// The last day to say that it was received.
    pub acknowledge_by: NaiveDate,
    /// The last day of the law to say so.
    pub acknowledge_at_latest: NaiveDate,
    /// The last day to answer.
    pub answer_by: NaiveDate,
}

/// A complaint or a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// Whose it is.
    pub person: PersonId,
    /// The person's council.
    pub council: OrganisationId,
    /// Whom it is about.
    pub whom: Whom,
    /// Whom it is about, in words.
    pub about_words: String,
    /// The thing that it names, if it names one.
    pub thing: Option<Thing>,
    /// That thing in words; empty when there is none.
    pub thing_words: String,
    /// Who was asked first.
    pub asked: OrganisationId,
    /// Who must answer now.
    pub with: OrganisationId,
    /// How far it has come.
    pub status: ComplaintStatus,
    /// Who raised it.
    pub raised_by: UserId,
    /// On which day.
    pub raised_on: NaiveDate,
    /// By when whoever it is with must act.
    pub deadlines: Deadlines,
    /// Counts changes: a deed names the version that was seen.
    pub version: i64,
}

impl Complaint {
    /// Whether it is with the council, from the beginning or later.
    #[must_use]
    pub fn is_with_council(&self) -> bool {
        self.with == self.council
    }
}

/// What a new complaint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewComplaint {
    /// Whose it is.
    pub person: PersonId,
    /// The thing that it names, if it names one.
    pub thing: Option<Thing>,
    /// Whom it is about, as the form sends it.
    pub whom: String,
    /// What is wrong.
    pub what: String,
}

vocabulary! {
    /// What somebody did in a complaint.
    Deed {
        /// Raised it.
        Raised = "raised", "Raised the complaint";
        /// Said that it was received.
        Acknowledged = "acknowledged", "Said that it was received";
        /// Wrote something.
        Message = "message", "Wrote";
        /// Answered it.
        Answered = "answered", "Answered";
        /// Said that it is settled.
        Settled = "settled", "Said that it is settled";
        /// Took it on to the council.
        Escalated = "escalated", "Took it on to the council";
        /// The clock took it on to the council.
        Overdue = "overdue", "There was no answer in time, so it went on to the council by itself";
        /// Took it to somebody outside.
        Outside = "outside", "Took it outside";
    }
}

/// One entry of the thread of a complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What was done.
    pub deed: Deed,
    /// What was written; may be empty.
    pub text: String,
    /// Who; nobody, where it was the clock.
    pub name: Option<String>,
    /// By what authority, in words.
    pub authority: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What somebody does with a complaint as they saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The version that they saw.
    pub version: i64,
    /// What they write; may be empty where words are not needed.
    pub text: String,
}

/// How a council is reached when something is wrong, in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Its complaints team: address, telephone, e-mail.
    pub complaints_team: String,
    /// The telephone of adult social care, for somebody who is not safe.
    pub care_line: String,
}

vocabulary! {
    /// What a safeguarding person wrote or decided.
    Step {
        /// What they found or did.
        Note = "note", "Note";
        /// An enquiry is made (Care Act 2014 s.42).
        Enquiry = "enquiry", "An enquiry is made (section 42)";
        /// No enquiry is made.
        NoEnquiry = "no_enquiry", "No enquiry is made";
        /// Nothing more is to be done.
        Closed = "closed", "Closed";
    }
}

/// What a safeguarding person wrote or decided, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it is.
    pub step: Step,
    /// The words.
    pub text: String,
    /// Who.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Whom something that only safeguarding people see concerns: what decides which of them see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The council.
    pub council: OrganisationId,
    /// The person who may be at risk.
    pub person: PersonId,
    /// Somebody it is about, where that is known.
    pub user: Option<UserId>,
    /// An organisation it is about, where that is known.
    pub organisation: Option<OrganisationId>,
}

/// A concern that somebody may be at risk of abuse or neglect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// Its id.
    pub id: ConcernId,
    /// By which the one who raised it can ask about it.
    pub reference: String,
    /// Whom it concerns.
    pub subject: Subject,
    /// The name of the person who may be at risk.
    pub person_name: String,
    /// Whom it is about, in words; may be empty.
    pub about_words: String,
    /// What was seen or heard.
    pub what: String,
    /// Who raised it.
    pub raised_by: String,
    /// By what authority they saw the person, in words.
    pub authority: String,
    /// When.
    pub raised_at: DateTime<Utc>,
    /// What was written and decided since, in order.
    pub written: Vec<Written>,
}

/// What a new concern says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConcern {
    /// The person who may be at risk.
    pub person: PersonId,
    /// Whom it is about, in words; may be empty.
    pub about_words: String,
    /// What was seen or heard.
    pub what: String,
}

/// What the one who raised a concern may know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The reference.
    pub reference: String,
    /// When it was received.
    pub at: DateTime<Utc>,
}

/// A look at a concern or a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Who.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What somebody writes to a concern as they saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStep {
    /// How many steps they saw.
    pub seen: i64,
    /// What it is.
    pub step: Step,
    /// The words.
    pub text: String,
}

vocabulary! {
    /// What in the records may be a sign of financial abuse (domain reference 10).
    SignalKind {
        /// New bank details, and a payment soon after.
        BankDetails = "bank_details", "New bank details, then a payment";
        /// Much more cash than in the weeks before.
        Cash = "cash", "Much more cash than before";
        /// Who acts for the person works for who is paid.
        Representative = "representative", "Who acts for the person works for who is paid";
        /// Everything recorded at once, all of it alike.
        Identical = "identical", "Visits recorded at once, all alike";
        /// The fee has risen.
        Fee = "fee", "The fee has risen";
    }
}

/// What a rule found in the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The same finding has the same key, so that it is raised once.
    pub key: String,
    /// Of what kind.
    pub kind: SignalKind,
    /// Why, in a plain sentence.
    pub reason: String,
    /// Somebody it is about.
    pub user: Option<UserId>,
    /// An organisation it is about.
    pub organisation: Option<OrganisationId>,
}

vocabulary! {
    /// What somebody judged a signal to be.
    Judgement {
        /// There is a good reason for it.
        Dismissed = "dismissed", "There is a good reason for it";
        /// It became a concern.
        TakenUp = "taken_up", "Taken up as a concern";
    }
}

/// How a signal was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// What it was judged to be.
    pub judgement: Judgement,
    /// Why.
    pub reason: String,
    /// The concern that it became.
    pub concern: Option<ConcernId>,
    /// Who judged it.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A signal of financial abuse: nothing follows from it until somebody has judged it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Its id.
    pub id: SignalId,
    /// Of what kind.
    pub kind: SignalKind,
    /// Whom it concerns.
    pub subject: Subject,
    /// The name of the person.
    pub person_name: String,
    /// Why, in a plain sentence.
    pub reason: String,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// How it was judged, if it was.
    pub judged: Option<Judged>,
}
