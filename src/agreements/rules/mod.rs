//! The decisions about agreements: who may do what, and when; the terms; the text; the end.

pub mod ending;
pub mod terms;
pub mod text;

use chrono::NaiveDate;

use super::{Able, Agreement, Cause, Party, Signature, Status};
use crate::auth::rights::{ActingFor, Actor, Capacity, Choose, CouncilOfficer, HolderMember, Sign};
use crate::budgets::Fund;
use crate::calendar;
use crate::error::{Error, Invalid};
use crate::ids::{AgreementId, MandateId, UserId};
use crate::money::Pence;

/// Why something cannot be done with an agreement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody else holds this money.
    #[error("{0}: nobody else holds this money, so no agreement is needed.")]
    NotNeeded(&'static str),
    /// The fund has ended.
    #[error("This fund ended on {}. No agreement can be drawn up on it.", calendar::full(*.0))]
    FundEnded(NaiveDate),
    /// One fund has one open agreement.
    #[error(
        "This fund has an agreement already: number {0}. A fund has only one at a time. Withdraw or end that one first."
    )]
    OpenAlready(AgreementId),
    /// The holder is not among those who may hold funds.
    #[error("{0} is not recorded as an organisation that may hold funds for people.")]
    MayNotHold(String),
    /// The structure is missing or impossible.
    #[error("{0}.")]
    Structure(String),
    /// It would begin before the fund does.
    #[error("Choose a day on or after {}: the fund begins then.", calendar::full(*.0))]
    StartsBeforeFund(NaiveDate),
    /// It would begin too far ahead.
    #[error("Choose a day within the next two years.")]
    StartsTooLate,
    /// There is no personal budget on the first day.
    #[error("There is no personal budget that has begun on {}. Choose a later day.", calendar::full(*.0))]
    NoBudget(NaiveDate),
    /// A friend or relation who holds an indirect payment takes no fee.
    #[error("An indirect payment is held by a person, not by an organisation: there is no fee. Enter 0.00.")]
    NobodyTakesFee,
    /// The fee would be more than the fund.
    #[error("The fee costs {fee} per week. The fund is {weekly} per week. Enter a smaller fee.")]
    FeeAboveFund {
        /// What the budget would pay for the fee, per week.
        fee: Pence,
        /// The fund, per week.
        weekly: Pence,
    },
    /// The fee cannot be costed.
    #[error("{0}.")]
    FeeWithoutCost(String),
    /// The fund or the budget has moved on since the terms were saved.
    #[error(
        "The fund or the personal budget has changed since these terms were saved. Look at the terms and save them again."
    )]
    TermsOutdated,
    /// It is too early or too late for this.
    #[error("{what} is not possible now. This agreement is: {}.", status.words().to_lowercase())]
    NotNow {
        /// What was wanted.
        what: &'static str,
        /// How far the agreement has come.
        status: Status,
    },
    /// The text that was shown is not the one that is kept.
    #[error("The text that you were shown is not the text of this agreement. Read it again, then sign.")]
    OtherText,
    /// A party signs once.
    #[error("{0} has signed already.")]
    AlreadySigned(&'static str),
    /// Nobody signs for two.
    #[error("You have signed for {0} already. Nobody signs for two parties: somebody else has to sign here.")]
    SignedForAnother(String),
    /// Somebody has ended it already.
    #[error("This agreement has been ended already. Its last day is {}.", calendar::full(*.0))]
    AlreadyEnding(NaiveDate),
    /// The last day has not come.
    #[error("The last day of this agreement is {}. The final account can be made from that day on.", calendar::full(*.0))]
    NotEnded(NaiveDate),
    /// Something is still open in the books.
    #[error("The final account cannot be made yet: {}.", .0.join("; "))]
    Unsettled(Vec<String>),
}

impl Refusal {
    /// The field of the form that it is about, if it is about one.
    const fn field(&self) -> Option<&'static str> {
        match self {
            Self::Structure(_) => Some("structure"),
            Self::StartsBeforeFund(_) | Self::StartsTooLate | Self::NoBudget(_) => Some("starts_on"),
            Self::NobodyTakesFee | Self::FeeAboveFund { .. } | Self::FeeWithoutCost(_) => Some("fee_weekly"),
            _ => None,
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match (&refusal, refusal.field()) {
            (_, Some(field)) => Self::Invalid(Invalid::field(field, sentence)),
            (
                Refusal::NotNow { .. } | Refusal::OtherText | Refusal::AlreadySigned(_) | Refusal::AlreadyEnding(_),
                _,
            ) => Self::Conflict(sentence),
            _ => Self::Refused(sentence),
        }
    }
}

/// The side on which somebody stands in an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// As the person or for them: with the right to choose, with the right to sign, or both.
    Person {
        /// Arranges: draws up, gives up what is not in force.
        chooses: Option<ActingFor<Choose>>,
        /// Signs and ends.
        signs: Option<ActingFor<Sign>>,
    },
    /// For the organisation that holds the fund.
    Holder(HolderMember),
    /// As the nominated or authorised person who holds an indirect payment.
    Nominee(UserId),
    /// For the council that funds it.
    Council(CouncilOfficer),
}

impl Side {
    /// Which of the three parties it is.
    #[must_use]
    pub const fn party(&self) -> Party {
        match self {
            Self::Person { .. } => Party::Person,
            Self::Holder(_) | Self::Nominee(_) => Party::Holder,
            Self::Council(_) => Party::Council,
        }
    }

    /// The authority in words, as it is recorded with a deed.
    #[must_use]
    pub fn authority(&self) -> String {
        match self {
            Self::Person { signs: Some(signs), .. } => signs.authority(),
            Self::Person { chooses, .. } => chooses.as_ref().map(ActingFor::authority).unwrap_or_default(),
            Self::Holder(member) => member.authority(),
            Self::Nominee(_) => "holds the money for the person".to_owned(),
            Self::Council(officer) => officer.authority(),
        }
    }

    /// The mandate under which it is done, if it is one.
    #[must_use]
    pub fn mandate(&self) -> Option<MandateId> {
        match self {
            Self::Person { signs: Some(signs), .. } => signs.mandate(),
            Self::Person { chooses, .. } => chooses.as_ref().and_then(ActingFor::mandate),
            Self::Holder(_) | Self::Nominee(_) | Self::Council(_) => None,
        }
    }

    /// Whether a signature or a notice from here binds the party.
    #[must_use]
    pub fn binds(&self) -> bool {
        match self {
            Self::Person { signs, .. } => signs.is_some(),
            Self::Holder(_) | Self::Nominee(_) | Self::Council(_) => true,
        }
    }

    /// Whether agreements are drawn up from here: by the holder, the council, or somebody with a mandate.
    #[must_use]
    pub fn draws_up(&self) -> bool {
        match self {
            Self::Person { chooses, .. } => {
                chooses.as_ref().is_some_and(|acting| acting.capacity() != Capacity::Themself)
            }
            Self::Holder(_) | Self::Nominee(_) | Self::Council(_) => true,
        }
    }

    /// Whether the final account is made from here.
    #[must_use]
    pub const fn keeps_account(&self) -> bool {
        !matches!(self, Self::Person { .. })
    }
}

/// Every side on which an actor stands in the agreements of a fund.
#[must_use]
pub fn sides(actor: &Actor, fund: &Fund) -> Vec<Side> {
    // Nobody stands on both sides: who works for the holder or the council does not act for the person here, whatever
    // mandate they have.
    let other_side = fund.holder.is_some_and(|holder| actor.works_for(holder)) || actor.works_for(fund.council);
    let is_theirs = actor.person() == Some(fund.person) || !other_side;
    let (chooses, signs) = (actor.acting_for::<Choose>(fund.person), actor.acting_for::<Sign>(fund.person));
    let stands = is_theirs && (chooses.is_some() || signs.is_some());
    let person = stands.then_some(Side::Person { chooses, signs });
    let holder = fund.holder.and_then(|holder| actor.holder_of(holder)).map(Side::Holder);
    let nominee = fund.nominee.filter(|_| actor.is_nominee(fund.nominee, fund.person)).map(Side::Nominee);
    let officer = actor.council_officer().ok().filter(|officer| officer.council() == fund.council).map(Side::Council);
    [person, holder, nominee, officer].into_iter().flatten().collect()
}

/// The side from which an actor draws up an agreement.
///
/// # Errors
/// Forbidden, with who may.
pub fn drafter(actor: &Actor, fund: &Fund) -> Result<Side, Error> {
    sides(actor, fund).into_iter().find(Side::draws_up).ok_or_else(|| {
        Error::Forbidden(
            "The holder, an officer of the council or somebody with a mandate draws up the agreement. \
             The person reads it, and signs it or not."
                .to_owned(),
        )
    })
}

/// The side from which an actor gives up an agreement that is not in force.
///
/// # Errors
/// Forbidden, with who may.
pub fn withdrawer(actor: &Actor, fund: &Fund) -> Result<Side, Error> {
    sides(actor, fund).into_iter().next().ok_or_else(|| {
        Error::Forbidden("Only the person, the holder, the council or somebody with a mandate may do this.".to_owned())
    })
}

/// Whether an actor binds any party, by signing or by ending.
///
/// # Errors
/// Forbidden, with who may.
pub fn may_bind(actor: &Actor, fund: &Fund) -> Result<(), Error> {
    let all = sides(actor, fund);
    if all.iter().any(Side::binds) { Ok(()) } else { Err(Error::Forbidden(who_binds(&all, None).to_owned())) }
}

/// The side from which an actor binds a party, by signing or by ending; `wanted` says which, where there are several.
///
/// # Errors
/// Forbidden, with who may; a message for the field `party` when it must be chosen; that a second factor is needed.
pub fn binder(actor: &Actor, fund: &Fund, wanted: Option<Party>) -> Result<Side, Error> {
    let all = sides(actor, fund);
    let binding: Vec<&Side> = all.iter().filter(|side| side.binds()).collect();
    let found = match (wanted, binding.as_slice()) {
        (Some(party), _) => binding.iter().find(|side| side.party() == party).copied(),
        (None, [only]) => Some(*only),
        (None, []) => None,
        (None, _) => return Err(Error::Invalid(Invalid::field("party", "Choose for whom you act."))),
    };
    let side = found.cloned().ok_or_else(|| Error::Forbidden(who_binds(&all, wanted).to_owned()))?;
    secured(actor, side)
}

/// The side, if what binds from it may be done in this session: for an organisation that needs a second factor.
fn secured(actor: &Actor, side: Side) -> Result<Side, Error> {
    if matches!(side, Side::Holder(_) | Side::Council(_)) {
        actor.second_factor()?;
    }
    Ok(side)
}

/// Who may sign or end, for somebody who may not.
fn who_binds(sides: &[Side], wanted: Option<Party>) -> &'static str {
    let for_person = matches!(wanted, None | Some(Party::Person));
    if for_person && sides.iter().any(|side| !side.binds()) {
        return "A support broker arranges and does not sign or end agreements. \
                The person does, or somebody whose mandate goes so far, such as an attorney.";
    }
    match wanted {
        Some(Party::Person) => "Only the person, or somebody whose mandate goes so far, may do this for the person.",
        Some(Party::Holder) => "Only somebody who acts for the holder may do this for the holder.",
        Some(Party::Council) => "Only an officer of the council may do this for the council.",
        None => "Only the person, the holder and the council sign and end agreements.",
    }
}

/// The side from which an actor makes the final account.
///
/// # Errors
/// Forbidden, with who may.
pub fn accountant(actor: &Actor, fund: &Fund) -> Result<Side, Error> {
    let found = sides(actor, fund).into_iter().find(Side::keeps_account);
    let refused = || Error::Forbidden("The holder or the council makes the final account.".to_owned());
    secured(actor, found.ok_or_else(refused)?)
}

/// Checks that an agreement has come just so far.
///
/// # Errors
/// When it has not, or has gone further.
pub fn must_be(agreement: &Agreement, allowed: &[Status], what: &'static str) -> Result<(), Refusal> {
    if allowed.contains(&agreement.status) { Ok(()) } else { Err(Refusal::NotNow { what, status: agreement.status }) }
}

/// Checks a signature for a party by a user who was shown a text with the fingerprint `shown`.
///
/// # Errors
/// Why it does not count.
pub fn check_signature(
    agreement: &Agreement,
    (shown, kept): (&str, &str),
    before: &[Signature],
    party: Party,
    user: UserId,
) -> Result<(), Refusal> {
    if before.iter().any(|signature| signature.party == party) {
        return Err(Refusal::AlreadySigned(party.words()));
    }
    must_be(agreement, &[Status::AwaitingSignatures], "Signing")?;
    if shown != kept {
        return Err(Refusal::OtherText);
    }
    match before.iter().find(|signature| signature.user == user) {
        Some(other) => Err(Refusal::SignedForAnother(other.party.words().to_lowercase())),
        None => Ok(()),
    }
}

/// Which parties have not signed, in their order.
#[must_use]
pub fn missing(signatures: &[Signature]) -> Vec<Party> {
    let signed = |party: &Party| signatures.iter().any(|signature| signature.party == *party);
    Party::ALL.iter().copied().filter(|party| !signed(party)).collect()
}

/// What an actor may do with an agreement now.
#[must_use]
pub fn able(
    actor: &Actor,
    fund: &Fund,
    agreement: &Agreement,
    signatures: &[Signature],
    unsettled: bool,
    today: NaiveDate,
) -> Able {
    let sides = sides(actor, fund);
    let binding = || sides.iter().filter(|side| side.binds()).map(Side::party);
    let signed_before = signatures.iter().any(|signature| signature.user == actor.user());
    let missing = missing(signatures);
    let status = agreement.status;
    let ended = agreement.ends_on.is_some_and(|last| last <= today);
    Able {
        draw_up: status == Status::Drafting && sides.iter().any(Side::draws_up),
        withdraw: matches!(status, Status::Drafting | Status::AwaitingSignatures) && !sides.is_empty(),
        sign_for: binding()
            .filter(|party| status == Status::AwaitingSignatures && !signed_before && missing.contains(party))
            .collect(),
        end_for: binding().filter(|_| status == Status::InForce || (status == Status::Notice && !ended)).collect(),
        close: status == Status::Notice && ended && !unsettled && sides.iter().any(Side::keeps_account),
    }
}

/// The causes for which an agreement can be ended now: while it is ending already, only those that end it at once.
#[must_use]
pub fn causes(status: Status) -> Vec<Cause> {
    let all = Cause::ALL.iter().copied();
    all.filter(|cause| status == Status::InForce || *cause != Cause::Notice).collect()
}

#[cfg(test)]
mod tests;
