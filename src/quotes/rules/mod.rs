//! When may be asked, answered, written, chosen and accepted; who sees what of it.

pub mod anonymity;
pub mod standing;
pub mod weighing;

use chrono::{Days, NaiveDate};

use super::{
    AnswerKind, Ask, Choice, ChoiceState, Criterion, MOST_ASKED, Needs, NewAnswer, NewRequest, Offer, QuoteAnswer,
    QuoteRequest, Side, Weight,
};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::directory::{Listing, RateTerms, Unit, rules as directory};
use crate::error::{Error, Invalid};
use crate::ids::{OrganisationId, PersonId, QuoteAnswerId};
use crate::money::Quantity;
use anonymity::GivesAway;
use weighing::Scores;

/// The longest that providers are given to answer, in days.
pub const LONGEST: u64 = 90;
/// How many days providers are given to answer again after a choice came to nothing.
pub const REOPENED: u64 = 14;

/// Why something cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is asked.
    #[error("Choose at least one provider to ask.")]
    NobodyAsked,
    /// Too many are asked.
    #[error("Ask at most {MOST_ASKED} providers at once. More answers nobody compares.")]
    TooMany,
    /// One provider twice.
    #[error("You chose two services of {0}. Ask each provider for one service.")]
    Twice(String),
    /// Whoever acts for the person works for a provider that is asked.
    #[error("You work for {0}, so somebody else must ask them for the person.")]
    OwnProvider(String),
    /// The day to answer by is too early or too late.
    #[error("Choose a day from {} to {}, so that providers can answer.", calendar::full(*.0), calendar::full(*.1))]
    AnswerBy(NaiveDate, NaiveDate),
    /// Support would begin in the past.
    #[error("Choose {} or a later day.", calendar::full(*.0))]
    StartsInThePast(NaiveDate),
    /// Providers would answer after help begins.
    #[error("Choose a day before {}, when help begins: one of the offers must be chosen before.", calendar::full(*.0))]
    AnswersTooLate(NaiveDate),
    /// More than a week holds.
    #[error("Enter at most {} {} a week.", .0, .1.plural())]
    MoreThanAWeek(i64, Unit),
    /// Nothing matters, or nothing but the price.
    #[error("Say at least one thing that matters beside the price: the lowest price never wins by itself.")]
    NothingMatters,
    /// A text tells who the person or the provider is.
    #[error("{0}")]
    GivesAway(GivesAway),
    /// The time to answer is over.
    #[error("The time to answer was over on {}.", calendar::full(*.0))]
    TooLateToAnswer(NaiveDate),
    /// It was chosen, or nothing will be.
    #[error("This request is closed: a choice was made.")]
    Closed,
    /// A choice waits to be accepted; who was not chosen does not learn so before it is.
    #[error("It is being decided now. No answers are taken meanwhile.")]
    BeingDecided,
    /// Nothing that could be taken back.
    #[error("There is no offer that could be taken back.")]
    NothingOffered,
    /// The VAT class is open.
    #[error("Nobody can say yet which VAT (value added tax) class this service has: {0}")]
    ClassOpen(String),
    /// Not the unit by which the service is sold.
    #[error("This service is sold by the {unit}: give the price of one {unit}.", unit = .0.words())]
    OtherUnit(Unit),
    /// How much it is each week in another unit than that of the request.
    #[error("Say how many {} each week: {} {} a week are asked for.", .0.plural(), .1.decimal(), .2.plural())]
    HowMany(Unit, Quantity, Unit),
    /// Something else each week than was asked for.
    #[error("{} {} a week are asked for: leave this empty, or enter that.", .0.decimal(), .1.plural())]
    OtherQuantity(Quantity, Unit),
    /// The price cannot be.
    #[error("{0}")]
    Price(directory::Refusal),
    /// An offer that is over when it is made.
    #[error("Choose {} or a later day, so that it can still be chosen.", calendar::full(*.0))]
    ValidTooShort(NaiveDate),
    /// The price would end before it begins.
    #[error("The price must hold on {}, when support begins.", calendar::full(*.0))]
    HoldsTooShort(NaiveDate),
    /// What is chosen is no offer that counts.
    #[error("Choose one of the offers that stand.")]
    NoOffer,
    /// The offer is over.
    #[error("This offer could be chosen until {}. The provider can make a new one.", calendar::full(*.0))]
    Expired(NaiveDate),
    /// A rule of the council takes it out.
    #[error("It cannot be chosen, as nothing could be ordered from it: {0} The council must decide first.")]
    TakenOut(String),
    /// The choice needs words.
    #[error(
        "Say why, in your own words: by what you said matters, this is not the one that stands best, or not all of it was looked at."
    )]
    NeedsReason,
    /// Feedback that tells of others.
    #[error("Feedback must not name another provider or a price.")]
    FeedbackTellsOfOthers,
    /// The answers are others than those that were seen.
    #[error(
        "A provider has answered, or taken an answer back, since you opened this page. Look at it again, then choose."
    )]
    OtherAnswers,
    /// Nobody was chosen, or it is accepted already.
    #[error("There is no choice that waits to be accepted.")]
    NothingToAccept,
    /// A refusal without words.
    #[error("Say why: who chose reads it.")]
    NeedsWhyNot,
}

impl Refusal {
    /// The field that it is about; empty for the whole.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::NobodyAsked | Self::TooMany | Self::Twice(_) | Self::OwnProvider(_) => "picked",
            Self::AnswerBy(..) | Self::AnswersTooLate(_) => "answer_by",
            Self::MoreThanAWeek(..) => "quantity",
            Self::StartsInThePast(_) => "starts_on",
            Self::NothingMatters => "criterion_1",
            Self::GivesAway(found) => &found.field,
            Self::OtherUnit(_) => "unit",
            Self::HowMany(..) | Self::OtherQuantity(..) => "quantity",
            Self::Price(_) => "price",
            Self::ValidTooShort(_) => "valid_until",
            Self::HoldsTooShort(_) => "holds_until",
            Self::NoOffer | Self::Expired(_) | Self::TakenOut(_) => "answer",
            Self::NeedsReason | Self::NeedsWhyNot => "reason",
            _ => "",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Closed | Refusal::BeingDecided | Refusal::OtherAnswers | Refusal::NothingToAccept => {
                Self::Conflict(refusal.to_string())
            }
            other => match other.field() {
                "" => Self::Refused(other.to_string()),
                field => Invalid::field(field, other.to_string()).into(),
            },
        }
    }
}

/// Whether several providers may be asked so. `listings` are the services that were picked.
///
/// # Errors
/// The first reason why not.
pub fn check_request(
    actor: &Actor,
    person: PersonId,
    new: &NewRequest,
    listings: &[Listing],
    today: NaiveDate,
) -> Result<(), Refusal> {
    check_number_asked(listings.len())?;
    for (place, listing) in listings.iter().enumerate() {
        let provider = &listing.organisation;
        if listings[..place].iter().any(|other| other.organisation.id == provider.id) {
            return Err(Refusal::Twice(provider.name.clone()));
        }
        if works_for_asked(actor, person, &[provider.id]) {
            return Err(Refusal::OwnProvider(provider.name.clone()));
        }
    }
    check_week(new.needs.quantity, new.needs.unit)?;
    check_starts_on(new.needs.starts_on, today)?;
    check_answer_by(new.needs.answer_by, Some(new.needs.starts_on), today)?;
    check_criteria(&new.criteria)
}

/// Whether so many can be asked at once.
///
/// # Errors
/// When nobody is, or too many are.
pub fn check_number_asked(number: usize) -> Result<(), Refusal> {
    match number {
        0 => Err(Refusal::NobodyAsked),
        many if many > MOST_ASKED => Err(Refusal::TooMany),
        _ => Ok(()),
    }
}

/// Whether so much fits into a week.
///
/// # Errors
/// When it does not.
pub fn check_week(quantity: Quantity, unit: Unit) -> Result<(), Refusal> {
    let most = match unit {
        Unit::Minute => 168 * 60,
        Unit::Hour => 168,
        Unit::Day | Unit::WakingNight | Unit::SleepingNight => 7,
        Unit::Session | Unit::Visit => 100,
        Unit::Week => 1,
        Unit::Mile | Unit::Item => return Ok(()),
    };
    if quantity > Quantity::whole(most) { Err(Refusal::MoreThanAWeek(most, unit)) } else { Ok(()) }
}

/// Whether help can begin on a day.
///
/// # Errors
/// When it is over.
pub fn check_starts_on(starts_on: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if starts_on < today { Err(Refusal::StartsInThePast(today)) } else { Ok(()) }
}

/// Whether providers can be asked to answer up to a day: neither over nor far away, and before help begins.
///
/// # Errors
/// Why not.
pub fn check_answer_by(answer_by: NaiveDate, starts_on: Option<NaiveDate>, today: NaiveDate) -> Result<(), Refusal> {
    let (first, last) = (today, today.checked_add_days(Days::new(LONGEST)).unwrap_or(today));
    if answer_by < first || answer_by > last {
        return Err(Refusal::AnswerBy(first, last));
    }
    // Where help would begin in the past, that is said of its own day.
    match starts_on.filter(|starts_on| *starts_on > today && answer_by >= *starts_on) {
        Some(starts_on) => Err(Refusal::AnswersTooLate(starts_on)),
        None => Ok(()),
    }
}

/// Whether something matters that is not the price: by the price alone the cheapest would win, without a word of why.
///
/// # Errors
/// When nothing does.
pub fn check_criteria(criteria: &[(String, Weight)]) -> Result<(), Refusal> {
    if criteria.is_empty() { Err(Refusal::NothingMatters) } else { Ok(()) }
}

/// Whether somebody who is not the person works for one of the providers that are asked: then they see their own side of it
/// alone, whatever else they are.
#[must_use]
pub fn works_for_asked(actor: &Actor, person: PersonId, asked: &[OrganisationId]) -> bool {
    actor.person() != Some(person) && asked.iter().any(|provider| actor.works_for(*provider))
}

/// Whether a choice is still to be made on a day: none was, or the newest one was refused, or could not be accepted any more.
///
/// # Errors
/// When one stands.
pub fn check_open(choice: Option<&Choice>, today: NaiveDate) -> Result<(), Refusal> {
    match choice.map(|choice| choice.state(today)) {
        None | Some(ChoiceState::Refused(_) | ChoiceState::Lapsed(_)) => Ok(()),
        Some(ChoiceState::Nobody | ChoiceState::Waits | ChoiceState::Accepted) => Err(Refusal::Closed),
    }
}

/// The last day on which providers answer: what was asked for, or as many days as [`REOPENED`] after a choice came to nothing,
/// so that a request that is open again can be answered again. `choice` is the newest.
#[must_use]
pub fn answers_until(request: &QuoteRequest, choice: Option<&Choice>, today: NaiveDate) -> NaiveDate {
    let asked = request.needs.answer_by;
    match choice.map(|choice| choice.state(today)) {
        Some(ChoiceState::Refused(on) | ChoiceState::Lapsed(on)) => {
            asked.max(on.checked_add_days(Days::new(REOPENED)).unwrap_or(on))
        }
        _ => asked,
    }
}

/// Whether what was chosen may be refused so: it waits to be accepted, and there are words.
///
/// # Errors
/// Why not.
pub fn check_refusal(choice: Option<&Choice>, reason: &str, today: NaiveDate) -> Result<(), Refusal> {
    match choice.map(|choice| choice.state(today)) {
        Some(ChoiceState::Waits) if reason.is_empty() => Err(Refusal::NeedsWhyNot),
        Some(ChoiceState::Waits) => Ok(()),
        _ => Err(Refusal::NothingToAccept),
    }
}

/// What a provider's answer becomes when it may be given: a price without VAT and its class on the day on which support
/// begins.
///
/// # Errors
/// The first reason why not.
pub fn answer(
    (request, choice): (&QuoteRequest, Option<&Choice>),
    latest: Option<&QuoteAnswer>,
    new: &NewAnswer,
    listing: &Listing,
    today: NaiveDate,
) -> Result<Option<Offer>, Refusal> {
    if choice.map(|choice| choice.state(today)) == Some(ChoiceState::Waits) {
        return Err(Refusal::BeingDecided);
    }
    check_open(choice, today)?;
    let (starts_on, answer_by) = (request.needs.starts_on, answers_until(request, choice, today));
    match new {
        NewAnswer::Withdraw => match latest.map(|latest| latest.kind) {
            Some(AnswerKind::Offered) => Ok(None),
            _ => Err(Refusal::NothingOffered),
        },
        _ if today > answer_by => Err(Refusal::TooLateToAnswer(answer_by)),
        NewAnswer::Decline { note, .. } => {
            anonymity::check_provider("note", note)?;
            Ok(None)
        }
        NewAnswer::Offer { unit, quantity, price, basis, times, note, valid_until, holds_until } => {
            anonymity::check_provider("times", times)?;
            anonymity::check_provider("note", note)?;
            if *valid_until < answer_by.max(today) {
                return Err(Refusal::ValidTooShort(answer_by.max(today)));
            }
            if holds_until.is_some_and(|last| last < starts_on) {
                return Err(Refusal::HoldsTooShort(starts_on));
            }
            let (unit, quantity) = offered_unit(&request.needs, (*unit, *quantity), listing)?;
            let decision = directory::overrides::class_of(listing, starts_on);
            let class = decision.class.ok_or_else(|| Refusal::ClassOpen(decision.reason.clone()))?;
            let terms = RateTerms { unit, price: *price, basis: *basis, from: starts_on };
            let net = directory::net_price(&terms, &decision).map_err(Refusal::Price)?;
            let (entered, basis) = (*price, *basis);
            let (valid_until, holds_until) = (*valid_until, *holds_until);
            Ok(Some(Offer { unit, quantity, entered, basis, net, class, valid_until, holds_until }))
        }
    }
}

/// Of what an offer's price is for one, and how much of that each week. Where the service has a listed price when support begins
/// it is in the unit of that one: how much is chosen and ordered each week is in its unit, and a price in another would not hold.
fn offered_unit(
    needs: &Needs,
    (unit, quantity): (Option<Unit>, Option<Quantity>),
    listing: &Listing,
) -> Result<(Unit, Quantity), Refusal> {
    let unit = unit.unwrap_or(needs.unit);
    match sold_by(listing, needs) {
        Some(sold_by) if sold_by != unit => return Err(Refusal::OtherUnit(sold_by)),
        _ => {}
    }
    match quantity {
        None if unit == needs.unit => Ok((unit, needs.quantity)),
        None => Err(Refusal::HowMany(unit, needs.quantity, needs.unit)),
        Some(quantity) if unit == needs.unit && quantity != needs.quantity => {
            Err(Refusal::OtherQuantity(needs.quantity, needs.unit))
        }
        Some(quantity) => Ok((unit, quantity)),
    }
}

/// By which unit a service is sold on the day on which support begins; nothing, where no price is listed for it.
#[must_use]
pub fn sold_by(listing: &Listing, needs: &Needs) -> Option<Unit> {
    directory::rate_on(&listing.rates, needs.starts_on).map(|rate| rate.terms.unit)
}

/// The answer that counts of each provider: the newest.
#[must_use]
pub fn latest<'a>(answers: &'a [QuoteAnswer], ask: &Ask) -> Option<&'a QuoteAnswer> {
    answers.iter().filter(|answer| answer.ask == ask.id).max_by_key(|answer| answer.number)
}

/// How the answer of a provider stands, in words, with its tone. `until` is the last day on which it can answer.
#[must_use]
pub fn state(answer: Option<&QuoteAnswer>, until: NaiveDate, today: NaiveDate) -> (String, &'static str) {
    match answer.map(|answer| (answer.kind, &answer.offer, answer.declined_because)) {
        None if today > until => ("Did not answer".to_owned(), "plain"),
        None => (format!("Can answer until {}", calendar::full(until)), "waiting"),
        Some((AnswerKind::Offered, Some(offer), _)) if today > offer.valid_until => {
            (format!("Could be chosen until {}", calendar::full(offer.valid_until)), "warning")
        }
        Some((AnswerKind::Offered, Some(offer), _)) => {
            (format!("Offered, can be chosen until {}", calendar::full(offer.valid_until)), "good")
        }
        Some((AnswerKind::Declined, _, because)) => {
            (format!("Declined: {}", because.map_or("no reason", super::DeclinedBecause::words)), "plain")
        }
        Some((kind, ..)) => (kind.words().to_owned(), "plain"),
    }
}

/// Whether an answer can be chosen on a day: an offer that counts and is not over.
///
/// # Errors
/// Why not.
pub fn check_choosable(answer: Option<&QuoteAnswer>, today: NaiveDate) -> Result<(), Refusal> {
    match answer.and_then(|answer| answer.offer.as_ref()) {
        None => Err(Refusal::NoOffer),
        Some(offer) if offer.valid_until < today => Err(Refusal::Expired(offer.valid_until)),
        Some(_) => Ok(()),
    }
}

/// The answers that somebody saw, as they are sent back with the choice.
#[must_use]
pub fn seen(latest: &[Option<&QuoteAnswer>]) -> String {
    let ids: Vec<String> = latest.iter().flatten().map(|answer| answer.id.to_string()).collect();
    ids.join(",")
}

/// Whether a choice may be made so: `stands_best` says whether it is the best by the weights, with all of it looked at.
///
/// # Errors
/// When words are missing.
pub fn check_reason(chosen: bool, stands_best: bool, reason: &str) -> Result<(), Refusal> {
    if reason.is_empty() && !(chosen && stands_best) { Err(Refusal::NeedsReason) } else { Ok(()) }
}

/// Whether feedback tells nothing of the others: neither their names nor a price.
///
/// # Errors
/// When it does.
pub fn check_feedback(words: &str, others: &[&str]) -> Result<(), Refusal> {
    let lower = words.to_lowercase();
    let named = others.iter().any(|name| lower.contains(&name.to_lowercase()));
    if named || words.contains('£') || lower.contains("pence") || lower.contains("pound") {
        return Err(Refusal::FeedbackTellsOfOthers);
    }
    Ok(())
}

/// What a provider reads that was not chosen: how its own answer stood to each thing that mattered, and words.
#[must_use]
pub fn feedback(criteria: &[Criterion], scores: &Scores, answer: QuoteAnswerId, words: &str) -> String {
    let line = |criterion: &Criterion| {
        let score = scores.get(&(answer, criterion.id))?;
        let (what, weight) = (&criterion.words, criterion.weight.words().to_lowercase());
        Some(format!("{what} (matters {weight}): your answer stood at {score} of {}.", weighing::BEST))
    };
    let mut lines: Vec<String> = criteria.iter().filter_map(line).collect();
    lines.extend((!words.is_empty()).then(|| words.to_owned()));
    match lines.as_slice() {
        [] => "Another way was chosen. No more was said.".to_owned(),
        _ => lines.join(" "),
    }
}

/// The words in which somebody reads whose a message is: of their own side, or of another. Who is of neither side, such as an
/// officer, reads who each of both is.
#[must_use]
pub const fn said_by(side: Side, reader: Option<Side>) -> &'static str {
    match (side, reader) {
        (Side::Asker, Some(Side::Asker)) | (Side::Provider, Some(Side::Provider)) => "You, or a colleague",
        (Side::Asker, Some(Side::Provider)) => "Who asks",
        (Side::Asker, None) => "The person, or somebody who acts for them",
        (Side::Provider, _) => "The provider",
    }
}

#[cfg(test)]
mod tests;
