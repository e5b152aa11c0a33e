//! Agreements on who holds a fund and how (domain reference section 3): drawn up from terms, fixed as one text with its
//! fingerprint, signed by the person, the holder and the council, each under their own sign-in. Only a fully signed
//! agreement lets money flow; its end leaves no penny unowned.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use chrono::{DateTime, NaiveDate, Utc};

use crate::budgets::{ContributionMode, Fund, PaymentFrequency};
use crate::communication::Flag;
use crate::ids::{AgreementId, DocumentId, FundId, UserId};
use crate::money::Pence;
use crate::vat::{Cost, Structure};
use crate::vocabulary;

vocabulary! {
    /// How far an agreement has come (domain reference 3.3, cut down to what binds somebody).
    Status {
        /// Its terms can still be changed.
        Drafting = "drafting", "Being drawn up";
        /// Its text is fixed; not everybody has signed.
        AwaitingSignatures = "awaiting_signatures", "Waiting for signatures";
        /// Everybody has signed: money may flow.
        InForce = "in_force", "In force";
        /// Somebody has ended it; it holds until its last day and its final account.
        Notice = "notice", "Ending";
        /// The final account returned what was left.
        Closed = "closed", "Closed";
        /// It was given up before it was in force.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl Status {
    /// Whether a fund with such an agreement can have no other.
    #[must_use]
    pub const fn is_open(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn)
    }

    /// Whether money may flow.
    #[must_use]
    pub const fn is_in_force(self) -> bool {
        matches!(self, Self::InForce | Self::Notice)
    }
}

vocabulary! {
    /// The three who make an agreement.
    Party {
        /// Whose money it is.
        Person = "person", "The person";
        /// Who holds it.
        Holder = "holder", "The holder";
        /// Who funds it.
        Council = "council", "The council";
    }
}

vocabulary! {
    /// Where the holder's fee comes from.
    FeePosition {
        /// Out of the weekly amount.
        FromBudget = "from_budget", "It comes out of the weekly amount";
        /// The council pays it besides the weekly amount.
        OnTop = "on_top", "The council pays it on top of the weekly amount";
    }
}

vocabulary! {
    /// To whom goes what is left at the end.
    SurplusRule {
        /// To the council and the person, in proportion to what each paid in.
        ProRata = "pro_rata", "To the council and the person, in proportion to what each paid in";
        /// To the council first, up to what it paid in.
        CouncilFirst = "council_first", "To the council first, up to what it paid in; the rest to the person";
    }
}

vocabulary! {
    /// Why an agreement ends. All but the first end it at once (domain reference 3.2, notice).
    Cause {
        /// Somebody wants to end it, with their notice.
        Notice = "notice", "With notice";
        /// Somebody is not safe.
        Safeguarding = "safeguarding", "At once: somebody is not safe (safeguarding)";
        /// Money was taken or used dishonestly.
        Fraud = "fraud", "At once: fraud";
        /// The holder cannot pay its debts.
        Insolvency = "insolvency", "At once: the holder cannot pay its debts (insolvency)";
        /// The person has died.
        Death = "death", "At once: the person has died";
    }
}

impl Cause {
    /// A few words for a sentence.
    #[must_use]
    pub const fn in_short(self) -> &'static str {
        match self {
            Self::Notice => "with notice",
            Self::Safeguarding => "at once, for safeguarding",
            Self::Fraud => "at once, for fraud",
            Self::Insolvency => "at once, for insolvency",
            Self::Death => "at once, because the person has died",
        }
    }
}

vocabulary! {
    /// What somebody did to an agreement; signatures are kept by themselves.
    Deed {
        /// Wrote down the terms.
        DrawnUp = "drawn_up", "Drawn up";
        /// Changed the terms before they were fixed.
        TermsChanged = "terms_changed", "Terms changed";
        /// Fixed the text for signature.
        Proposed = "proposed", "Text fixed for signature";
        /// Gave it up before it was in force.
        Withdrawn = "withdrawn", "Withdrawn";
        /// Ended it, with notice or at once.
        Ending = "ending", "Ended";
        /// Made the final account.
        Closed = "closed", "Final account made";
    }
}

/// How many weeks before its end each party must say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoticeWeeks {
    /// The person.
    pub person: i64,
    /// The holder.
    pub holder: i64,
    /// The council.
    pub council: i64,
}

impl NoticeWeeks {
    /// A party's weeks.
    #[must_use]
    pub const fn of(self, party: Party) -> i64 {
        match party {
            Party::Person => self.person,
            Party::Holder => self.holder,
            Party::Council => self.council,
        }
    }
}

/// What somebody who draws up an agreement decides; all else follows from the fund and the personal budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choices {
    /// What the holder is in law, where the form needs it.
    pub structure: Option<Structure>,
    /// From which day.
    pub starts_on: NaiveDate,
    /// How often the council pays in.
    pub payment_frequency: PaymentFrequency,
    /// How many days before the time that a payment is for.
    pub advance_days: i64,
    /// The holder's fee per week, without VAT.
    pub fee_weekly: Pence,
    /// Where the fee comes from.
    pub fee_position: FeePosition,
    /// To whom goes what is left at the end.
    pub surplus_rule: SurplusRule,
    /// How many weeks' money may be kept for later.
    pub surplus_cap_weeks: i64,
    /// The notice of each party.
    pub notice: NoticeWeeks,
}

/// The terms of an agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What was decided by who drew it up.
    pub choices: Choices,
    /// The amount per week, the person's contribution included; the fund's.
    pub weekly: Pence,
    /// How the contribution meets the fund; the fund's.
    pub contribution_mode: ContributionMode,
    /// The person's contribution per week; the personal budget's.
    pub contribution_weekly: Pence,
}

/// An agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// The fund that it is about.
    pub fund: FundId,
    /// How far it has come.
    pub status: Status,
    /// Its terms.
    pub terms: Terms,
    /// The fixed text, once there is one.
    pub document: Option<DocumentId>,
    /// When the last party signed.
    pub in_force_at: Option<DateTime<Utc>>,
    /// Who ended it.
    pub notice_by: Option<Party>,
    /// Why and how it ends, in words.
    pub notice_reason: Option<String>,
    /// Its last day, once somebody has ended it.
    pub ends_on: Option<NaiveDate>,
    /// Counts changes and signatures.
    pub version: i64,
}

/// A party's signature under the fixed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// For whom.
    pub party: Party,
    /// Who signed.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// By what authority, in words.
    pub authority: String,
    /// The SHA-256 of the text that was signed.
    pub sha256: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that somebody did to an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub deed: Deed,
    /// Who.
    pub name: String,
    /// By what authority, in words.
    pub authority: String,
    /// More about it, in words; may be empty.
    pub detail: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who the three are, by name; they follow from the fund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// The person's name.
    pub person: String,
    /// The person's pseudonymous reference.
    pub reference: String,
    /// The holder's name: an organisation, or the person who holds an indirect payment.
    pub holder: String,
    /// Where the holder is, when it is an organisation.
    pub holder_address: Option<String>,
    /// The council's name.
    pub council: String,
    /// Where the council is.
    pub council_address: String,
    /// Whether they belong to the demonstration's story.
    pub fictional: bool,
}

impl Parties {
    /// A party's name.
    #[must_use]
    pub fn name(&self, party: Party) -> &str {
        match party {
            Party::Person => &self.person,
            Party::Holder => &self.holder,
            Party::Council => &self.council,
        }
    }
}

/// A numbered clause.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Clause {
    /// Its number and what it is about.
    pub heading: String,
    /// Its sentences.
    pub sentences: Vec<String>,
}

/// The text of an agreement: ten lines of plain words, then the clauses.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Text {
    /// The lines.
    pub lines: Vec<String>,
    /// The clauses.
    pub clauses: Vec<Clause>,
}

/// The text as it was fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The paper, byte for byte.
    pub body: String,
    /// Its name, fit for a file.
    pub name: String,
    /// Its SHA-256.
    pub sha256: String,
}

/// One line of a final account.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct AccountLine {
    /// What it is, in words.
    pub what: String,
    /// How much.
    #[schema(value_type = String)]
    pub amount: Pence,
}

/// What came in, what was spent, what went back to whom; the last two add up to the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FinalAccount {
    /// What came in, from whom.
    pub came_in: Vec<AccountLine>,
    /// All that came in.
    #[schema(value_type = String)]
    pub came_in_total: Pence,
    /// What was spent, on whom or what.
    pub spent: Vec<AccountLine>,
    /// All that was spent.
    #[schema(value_type = String)]
    pub spent_total: Pence,
    /// What went back, to whom.
    pub went_back: Vec<AccountLine>,
    /// All that went back.
    #[schema(value_type = String)]
    pub went_back_total: Pence,
}

/// What somebody may do with an agreement now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Able {
    /// Change its terms, fix its text.
    pub draw_up: bool,
    /// Give it up.
    pub withdraw: bool,
    /// Sign, for each of these.
    pub sign_for: Vec<Party>,
    /// End it, as each of these.
    pub end_for: Vec<Party>,
    /// Make the final account.
    pub close: bool,
}

/// An agreement with all that its page shows.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The agreement.
    pub agreement: Agreement,
    /// Its fund.
    pub fund: Fund,
    /// Who the three are.
    pub parties: Parties,
    /// What the fee costs.
    pub fee: Cost,
    /// The signatures, oldest first.
    pub signatures: Vec<Signature>,
    /// What was done, oldest first.
    pub events: Vec<Event>,
    /// The fixed text, once there is one.
    pub fixed: Option<Fixed>,
    /// The final account, once it is made.
    pub account: Option<FinalAccount>,
    /// What keeps the final account from being made, in sentences; asked only while it is ending.
    pub unsettled: Vec<String>,
    /// How the person needs to be spoken and written to.
    pub communication: Option<Flag>,
    /// In which forms the paper is owed and not made here.
    pub owed: Option<String>,
}

/// What an agreement can be drawn up from: the fund and what belongs to it.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The fund.
    pub fund: Fund,
    /// Who the three are.
    pub parties: Parties,
    /// The terms of the last agreement that was withdrawn, to begin with.
    pub earlier: Option<Terms>,
}

/// How many weeks each notice and the money kept for later may be at most.
pub const MOST_WEEKS: i64 = 52;
/// How many days ahead a payment may be at most.
pub const MOST_ADVANCE_DAYS: i64 = 56;
