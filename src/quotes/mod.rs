//! Asking several providers before one is chosen: what they answer, how each answer stands to what matters to the person,
//! and the choice, which is kept with everything that was before whoever chose. Providers never see one another, and no name
//! before the person accepts.

pub mod forms;
pub mod handlers;
pub mod pages;
pub mod rules;
pub mod store;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar;
use crate::directory::{Category, Unit};
use crate::ids::{
    ChoiceId, CouncilRuleId, CriterionId, FundId, MandateId, OrganisationId, QuoteAnswerId, QuoteAskId, QuoteRequestId,
    ServiceId, UserId,
};
use crate::money::{Quantity, UnitPrice};
use crate::people::Person;
use crate::vat::{Class, PriceBasis};
use crate::vocabulary;

/// The most providers that are asked at once: more answers nobody compares.
pub const MOST_ASKED: usize = 8;
/// The most things beside the price that can matter.
pub const MOST_CRITERIA: usize = 5;
/// The most services that are considered, and kept with a request.
pub const MOST_CONSIDERED: usize = 200;

/// Who reads what a provider answers and what is written with it, as both sides are told: those who see the person's plan and
/// their money, by the one table of who sees what.
pub const READ_BY: &str = "The person and those who act for them read it, also an advocate if they have one. So do the officers of \
    their council, the organisation that holds the money if there is one, and an auditor where one is let in. Who deals with the \
    money alone reads the price alone. No other provider that was asked reads it, and a holder that sells such help itself only once \
    the request is closed.";

vocabulary! {
    /// How much something matters.
    Weight {
        /// It would be nice.
        Little = "1", "A little";
        /// It matters.
        Much = "2", "Much";
        /// It matters most.
        VeryMuch = "3", "Very much";
    }
}

impl Weight {
    /// How often it counts.
    #[must_use]
    pub const fn times(self) -> i64 {
        match self {
            Self::Little => 1,
            Self::Much => 2,
            Self::VeryMuch => 3,
        }
    }

    /// The weight that counts so often.
    #[must_use]
    pub fn counting(times: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|weight| weight.times() == times)
    }
}

vocabulary! {
    /// Why a provider does not make an offer.
    DeclinedBecause {
        /// Nobody is free.
        NoRoom = "no_room", "We have no room at present";
        /// Not at these times.
        Times = "times", "Not at these times";
        /// Too far away.
        Place = "place", "We do not work there";
        /// Something else than they give.
        NotOurs = "not_ours", "It is not what we do";
        /// It would cost more than is thinkable.
        Price = "price", "Our price would not fit";
        /// Something else.
        Other = "other", "Another reason";
    }
}

vocabulary! {
    /// What an answer is.
    AnswerKind {
        /// A price and how it would be done.
        Offered = "offered", "Offered";
        /// No.
        Declined = "declined", "Declined";
        /// What was offered is taken back.
        Withdrawn = "withdrawn", "Taken back";
    }
}

vocabulary! {
    /// Which side wrote.
    Side {
        /// The person, or somebody who acts for them.
        Asker = "asker", "Who asks";
        /// The provider.
        Provider = "provider", "The provider";
    }
}

/// What somebody asks of several providers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteRequest {
    /// Its id.
    pub id: QuoteRequestId,
    /// Which fund would pay.
    pub fund: FundId,
    /// What is needed.
    pub needs: Needs,
    /// The first half of the postcode.
    pub outcode: String,
    /// What was found when it was asked, as JSON, to the letter.
    pub search_document: String,
    /// Who asked.
    pub asked_by: UserId,
    /// Their name.
    pub asked_by_name: String,
    /// Under which authority.
    pub authority: String,
    /// Under which mandate.
    pub mandate: Option<MandateId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is needed, as every provider that is asked reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// What is to be done.
    pub what: String,
    /// How much each week.
    pub quantity: Quantity,
    /// Of what.
    pub unit: Unit,
    /// On which days, at which times, how often.
    pub times: String,
    /// From which day.
    pub starts_on: NaiveDate,
    /// The last day on which providers answer.
    pub answer_by: NaiveDate,
}

/// Something that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Its id.
    pub id: CriterionId,
    /// Whether it is the price.
    pub is_price: bool,
    /// What, in words.
    pub words: String,
    /// How much.
    pub weight: Weight,
}

/// A request before it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// What is needed.
    pub needs: Needs,
    /// How much the price matters; not at all, without one.
    pub price: Option<Weight>,
    /// What else matters.
    pub criteria: Vec<(String, Weight)>,
    /// Which services were picked.
    pub picked: Vec<ServiceId>,
}

/// One provider that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its id.
    pub id: QuoteAskId,
    /// Of which request.
    pub request: QuoteRequestId,
    /// Who was asked.
    pub provider: OrganisationId,
    /// Their name.
    pub provider_name: String,
    /// For which service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// What kind of help it is.
    pub category: Category,
}

/// A price with everything that an offer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Of what the price is for one.
    pub unit: Unit,
    /// How much of that each week.
    pub quantity: Quantity,
    /// As it was entered.
    pub entered: UnitPrice,
    /// Whether VAT is inside of what was entered.
    pub basis: PriceBasis,
    /// Without VAT.
    pub net: UnitPrice,
    /// The VAT class on the day from which support begins.
    pub class: Class,
    /// The last day on which it can be chosen.
    pub valid_until: NaiveDate,
    /// The last day on which the price holds, once it is accepted.
    pub holds_until: Option<NaiveDate>,
}

/// One provider's part of a request, and from which side the actor looks at it.
#[derive(Clone, Debug)]
pub struct OneAsk {
    /// Who was asked for what.
    pub ask: Ask,
    /// The request.
    pub request: QuoteRequest,
    /// Whose it is; for a provider who does not know yet, not to be shown.
    pub person: Person,
    /// From which side the actor looks.
    pub side: Side,
}

/// What a provider answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteAnswer {
    /// Its id.
    pub id: QuoteAnswerId,
    /// To what.
    pub ask: QuoteAskId,
    /// Which answer of this provider it is, from 1; the highest counts.
    pub number: i64,
    /// What it is.
    pub kind: AnswerKind,
    /// The price, where one is offered.
    pub offer: Option<Offer>,
    /// At which times.
    pub times: String,
    /// What else there is to say.
    pub note: String,
    /// Why there is no offer.
    pub declined_because: Option<DeclinedBecause>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What a provider sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewAnswer {
    /// A price.
    Offer {
        /// Of what the price is for one; that of the request, when it is not said.
        unit: Option<Unit>,
        /// How much of that each week, where it is another unit than that of the request.
        quantity: Option<Quantity>,
        /// As it is entered.
        price: UnitPrice,
        /// Whether VAT is inside.
        basis: PriceBasis,
        /// At which times.
        times: String,
        /// What else there is to say.
        note: String,
        /// The last day on which it can be chosen.
        valid_until: NaiveDate,
        /// The last day on which the price holds, once it is accepted.
        holds_until: Option<NaiveDate>,
    },
    /// No.
    Decline {
        /// Why.
        because: DeclinedBecause,
        /// In words.
        note: String,
    },
    /// What was offered is taken back.
    Withdraw,
}

/// Something that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which side wrote it.
    pub side: Side,
    /// Whether it tells a provider why it was not chosen.
    pub is_feedback: bool,
    /// What.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: ChoiceId,
    /// Which answer; nothing, where none was.
    pub answer: Option<QuoteAnswerId>,
    /// Why.
    pub reason: String,
    /// Everything that was before whoever chose, as JSON, to the letter.
    pub document: String,
    /// Its fingerprint.
    pub sha256: String,
    /// Who chose.
    pub by: String,
    /// Under which authority.
    pub authority: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Which choice of the request it is, from 1; the newest counts.
    pub number: i64,
    /// Whose sign-in chose.
    pub by_user: UserId,
    /// The last day on which it can be accepted: that of the offer; nothing, where none was chosen.
    pub valid_until: Option<NaiveDate>,
    /// Who accepted it, by what authority, when.
    pub accepted: Option<(String, String, DateTime<Utc>)>,
    /// That it was refused instead.
    pub refused: Option<Refused>,
}

/// That what was chosen was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: String,
    /// Who said no.
    pub by: String,
    /// Under which authority.
    pub authority: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// How a choice stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceState {
    /// Nobody was chosen: the request is closed.
    Nobody,
    /// It waits to be accepted.
    Waits,
    /// It was accepted.
    Accepted,
    /// It was refused on a day: the request is open again.
    Refused(NaiveDate),
    /// Nobody accepted it up to the last day of the offer: the request is open again.
    Lapsed(NaiveDate),
}

impl Choice {
    /// How it stands on a day.
    #[must_use]
    pub fn state(&self, today: NaiveDate) -> ChoiceState {
        let on = |refused: &Refused| calendar::london(refused.at).date();
        match (self.answer, &self.accepted, &self.refused, self.valid_until) {
            (None, ..) => ChoiceState::Nobody,
            (_, Some(_), ..) => ChoiceState::Accepted,
            (_, None, Some(refused), _) => ChoiceState::Refused(on(refused)),
            (_, None, None, Some(last)) if last < today => ChoiceState::Lapsed(last),
            _ => ChoiceState::Waits,
        }
    }

    /// Whether nothing can come after it: it was accepted, or nobody was chosen.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.accepted.is_some() || self.answer.is_none()
    }
}

/// A choice as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChoice {
    /// Which answer; nothing, for none.
    pub answer: Option<QuoteAnswerId>,
    /// Why.
    pub reason: String,
    /// What each provider reads, if it is not chosen.
    pub feedback: BTreeMap<QuoteAskId, String>,
    /// The answers that were seen.
    pub seen: String,
    /// How each answer stands, as it was filled in beside the choice.
    pub scores: NewScores,
}

/// How each answer stands to each thing that matters; nothing, where it was not looked at.
pub type NewScores = BTreeMap<(QuoteAnswerId, CriterionId), Option<i64>>;

/// What was found when a request was made: part of what is kept with the choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchMade {
    /// On which day.
    pub on: String,
    /// The words that were looked for.
    pub words: String,
    /// The kind of help that was looked for, in words.
    pub kind: String,
    /// Around which first half of a postcode.
    pub near: String,
    /// Within how many miles.
    pub within_miles: u32,
    /// The fund as which it was looked for, in words.
    pub fund: String,
    /// How many services were found in all, those that a rule hides included; counted to one more than 1,000.
    pub found: i64,
    /// The services that were considered, the nearest first; the first 200.
    pub considered: Vec<Considered>,
    /// The rules of the council that hid something, each with its one cause.
    pub rules: Vec<RuleApplied>,
}

/// A service that was considered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider: OrganisationId,
    /// Their name.
    pub provider_name: String,
    /// What the price is for.
    pub unit: String,
    /// Its price without VAT.
    pub net: String,
    /// What this fund would pay.
    pub pays: String,
    /// The rule of the council that hides it.
    pub hidden_by: Option<CouncilRuleId>,
}

/// A rule of a council that hid something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleApplied {
    /// Which rule.
    pub rule: CouncilRuleId,
    /// What it restrains: one code.
    pub cause: String,
    /// What it restrains, in words.
    pub cause_words: String,
    /// What it says, with its reason.
    pub says: String,
    /// How many of all that was found it hid, more than were considered included; counted to one more than 1,000 in all.
    pub hid: i64,
}

/// Everything that whoever chose had before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The request.
    pub request: QuoteRequestId,
    /// What was needed, how much, when.
    pub needs: String,
    /// What was found when it was asked.
    pub search: SearchMade,
    /// What mattered: words and weight.
    pub criteria: Vec<(String, i64)>,
    /// Everybody who was asked, and how their answers stood.
    pub asked: Vec<AskedThen>,
    /// The answer that was chosen.
    pub chosen: Option<QuoteAnswerId>,
    /// Why.
    pub reason: String,
    /// Who chose, as they are named to the person.
    pub chosen_by: String,
    /// Under which authority.
    pub authority: String,
    /// When.
    pub at: String,
}

/// A provider that was asked, as its answer stood when the choice was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedThen {
    /// The provider.
    pub provider: OrganisationId,
    /// Their name.
    pub provider_name: String,
    /// The service.
    pub service: ServiceId,
    /// Its name.
    pub service_name: String,
    /// The answer that counted.
    pub answer: Option<QuoteAnswerId>,
    /// How it stood, in words.
    pub state: String,
    /// What was said against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The price without VAT.
    pub net: Option<String>,
    /// The VAT on the invoice.
    pub vat: Option<String>,
    /// Of what, where it is something else than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// What this fund would pay for one.
    pub pays: Option<String>,
    /// What this fund would pay for a week.
    pub pays_weekly: Option<String>,
    /// At which times.
    pub times: String,
    /// What else was said.
    pub note: String,
    /// How it stood to what mattered, in the order of the criteria, from 1 to 5.
    pub scores: Vec<Option<i64>>,
    /// The weighted sum, where all of it was looked at.
    pub total: Option<i64>,
}
