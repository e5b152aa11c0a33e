//! Rows of what providers answered, what was written, and how answers stand to what matters.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::ToChoose;
use crate::auth::rights::{Actor, Choose};
use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{
    quote_acceptances, quote_answers, quote_asks, quote_criteria, quote_messages, quote_requests, quote_scores,
};
use crate::directory::{Listing, Unit};
use crate::error::Error;
use crate::ids::{ChoiceId, CriterionId, FundId, MandateId, QuoteAnswerId, QuoteAskId, QuoteRequestId, UserId};
use crate::money::{Quantity, UnitPrice};
use crate::quotes::rules::weighing::Scores;
use crate::quotes::rules::{self, anonymity};
use crate::quotes::{
    AnswerKind, Choice, DeclinedBecause, Message, NewAnswer, NewScores, Offer, OneAsk, QuoteAnswer, Side,
};
use crate::vat::{Class, PriceBasis};

type AnswerRow = (
    (QuoteAnswerId, QuoteAskId, i64, AnswerKind),
    (Option<UnitPrice>, Option<PriceBasis>, Option<UnitPrice>, Option<Class>, Option<NaiveDate>, Option<NaiveDate>),
    (Option<Unit>, Option<Quantity>, Unit, Quantity),
    (String, String, Option<DeclinedBecause>, NaiveDateTime),
);

fn answer_of(((id, ask, number, kind), offer, of, words): AnswerRow) -> QuoteAnswer {
    let (entered, basis, net, class, valid_until, holds_until) = offer;
    let (unit, quantity) = (of.0.unwrap_or(of.2), of.1.unwrap_or(of.3));
    let (times, note, declined_because, at) = words;
    let offer = || {
        let (entered, basis, net) = (entered?, basis?, net?);
        Some(Offer { unit, quantity, entered, basis, net, class: class?, valid_until: valid_until?, holds_until })
    };
    QuoteAnswer { id, ask, number, kind, offer: offer(), times, note, declined_because, at: at.and_utc() }
}

macro_rules! answers_where {
    ($tx:expr, $condition:expr) => {{
        let rows: Vec<AnswerRow> = quote_answers::table
            .inner_join(quote_asks::table.on(quote_asks::id.eq(quote_answers::ask_id)))
            .inner_join(quote_requests::table.on(quote_requests::id.eq(quote_asks::request_id)))
            .filter($condition)
            .select((
                (quote_answers::id, quote_answers::ask_id, quote_answers::number, quote_answers::kind),
                (
                    quote_answers::entered_price,
                    quote_answers::basis,
                    quote_answers::net_price,
                    quote_answers::vat_class,
                    quote_answers::valid_until,
                    quote_answers::holds_until,
                ),
                (quote_answers::unit, quote_answers::quantity, quote_requests::unit, quote_requests::quantity),
                (
                    quote_answers::times,
                    quote_answers::note,
                    quote_answers::declined_because,
                    quote_answers::answered_at,
                ),
            ))
            .order(quote_answers::id)
            .load($tx)?;
        rows.into_iter().map(answer_of).collect::<Vec<QuoteAnswer>>()
    }};
}

/// All answers to a request, the oldest first. The caller has loaded the request for the actor, from the side that asks.
///
/// # Errors
/// When the database fails.
pub fn of_request(tx: &mut Tx, request: QuoteRequestId) -> Result<Vec<QuoteAnswer>, Error> {
    Ok(answers_where!(tx, quote_asks::request_id.eq(request)))
}

/// The answers of some asks, the oldest first. The caller has loaded the asks for the actor.
///
/// # Errors
/// When the database fails.
pub fn of_asks(tx: &mut Tx, asks: &[QuoteAskId]) -> Result<Vec<QuoteAnswer>, Error> {
    Ok(answers_where!(tx, quote_answers::ask_id.eq_any(asks.to_vec())))
}

/// The right of somebody to answer for the provider that was asked.
///
/// # Errors
/// Forbidden, for everybody else who sees it.
pub fn may_answer(actor: &Actor, one: &OneAsk) -> Result<(UserId, String), Error> {
    let speaks = actor.speaks_for(one.ask.provider).filter(|_| one.side == Side::Provider);
    let speaks = speaks.ok_or_else(|| {
        Error::Forbidden("Only somebody who runs the daily work of the provider that is asked may answer.".to_owned())
    })?;
    Ok((speaks.user(), speaks.authority()))
}

/// Records an answer of a provider, if the rules allow it; the one before stays.
///
/// # Errors
/// Forbidden, or what the rules refuse.
pub fn answer(
    tx: &mut Tx,
    actor: &Actor,
    (one, choice): (&OneAsk, Option<&Choice>),
    (new, listing): (&NewAnswer, &Listing),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<AnswerKind, Error> {
    let (user, authority) = may_answer(actor, one)?;
    let before = of_asks(tx, &[one.ask.id])?;
    let latest = rules::latest(&before, &one.ask);
    let offer = rules::answer((&one.request, choice), latest, new, listing, today)?;
    let (kind, times, note, because) = match new {
        NewAnswer::Offer { times, note, .. } => (AnswerKind::Offered, times.as_str(), note.as_str(), None),
        NewAnswer::Decline { because, note } => (AnswerKind::Declined, "", note.as_str(), Some(*because)),
        NewAnswer::Withdraw => (AnswerKind::Withdrawn, "", "", None),
    };
    let row = (
        (
            quote_answers::ask_id.eq(one.ask.id),
            quote_answers::fund_id.eq(one.request.fund),
            quote_answers::number.eq(latest.map_or(1, |latest| latest.number + 1)),
            quote_answers::kind.eq(kind),
        ),
        (
            quote_answers::unit.eq(offer.as_ref().map(|offer| offer.unit)),
            quote_answers::quantity.eq(offer.as_ref().map(|offer| offer.quantity)),
            quote_answers::entered_price.eq(offer.as_ref().map(|offer| offer.entered)),
            quote_answers::basis.eq(offer.as_ref().map(|offer| offer.basis)),
            quote_answers::net_price.eq(offer.as_ref().map(|offer| offer.net)),
            quote_answers::vat_class.eq(offer.as_ref().map(|offer| offer.class)),
            quote_answers::valid_until.eq(offer.as_ref().map(|offer| offer.valid_until)),
            quote_answers::holds_until.eq(offer.as_ref().and_then(|offer| offer.holds_until)),
        ),
        quote_answers::times.eq(times),
        quote_answers::note.eq(note),
        quote_answers::declined_because.eq(because),
        quote_answers::answered_by.eq(user),
        quote_answers::authority.eq(authority),
        quote_answers::answered_at.eq(now.naive_utc()),
    );
    diesel::insert_into(quote_answers::table).values(row).execute(tx)?;
    Ok(kind)
}

/// What was written between whoever asks and one provider, the oldest first; why another was chosen only once that choice stands.
/// The caller has loaded the ask for the actor.
///
/// # Errors
/// When the database fails.
pub fn messages(tx: &mut Tx, ask: QuoteAskId) -> Result<Vec<Message>, Error> {
    let stands = quote_messages::choice_id.is_null().or(quote_acceptances::id.is_not_null());
    let rows: Vec<(Side, bool, String, NaiveDateTime)> = quote_messages::table
        .left_join(quote_acceptances::table.on(quote_acceptances::choice_id.nullable().eq(quote_messages::choice_id)))
        .filter(quote_messages::ask_id.eq(ask).and(stands))
        .select((quote_messages::side, quote_messages::is_feedback, quote_messages::text, quote_messages::written_at))
        .order(quote_messages::id)
        .load(tx)?;
    let message = |(side, is_feedback, text, at): (Side, bool, String, NaiveDateTime)| Message {
        side,
        is_feedback,
        text,
        at: at.and_utc(),
    };
    Ok(rows.into_iter().map(message).collect())
}

/// Under which right somebody writes.
pub struct Writer {
    side: Side,
    user: UserId,
    authority: String,
    mandate: Option<MandateId>,
}

/// The right of somebody to write to a thread that they see: for the provider, as the person or for them.
///
/// # Errors
/// Forbidden, for everybody else who sees it.
pub fn may_write(actor: &Actor, one: &OneAsk) -> Result<Writer, Error> {
    if one.side == Side::Provider {
        let (user, authority) = may_answer(actor, one)?;
        return Ok(Writer { side: Side::Provider, user, authority, mandate: None });
    }
    let acting = actor.acting_for::<Choose>(one.person.id);
    let acting = acting.ok_or_else(|| Error::Forbidden(crate::packages::store::WHO_CHOOSES.to_owned()))?;
    let (user, authority, mandate) = (acting.user(), acting.authority(), acting.mandate());
    Ok(Writer { side: Side::Asker, user, authority, mandate })
}

/// Writes to the thread with one provider. Until the person accepted, nobody writes who they are.
///
/// # Errors
/// Forbidden, or that the text tells too much.
pub fn write(
    tx: &mut Tx,
    (writer, one): (&Writer, &OneAsk),
    text: &str,
    accepted: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if !accepted {
        match writer.side {
            Side::Asker => anonymity::check_asker("text", text, &one.person)?,
            Side::Provider => anonymity::check_provider("text", text)?,
        }
    }
    keep(tx, (writer, one.ask.id, one.request.fund), (text, None), now)
}

/// Keeps why a provider was not chosen in the thread with it: read at once, or once a choice is accepted.
pub(super) fn keep_feedback(
    tx: &mut Tx,
    to: &ToChoose,
    (ask, text): (QuoteAskId, &str),
    once_accepted: Option<ChoiceId>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let acting = to.acting();
    let (user, authority, mandate) = (acting.user(), acting.authority(), acting.mandate());
    let writer = Writer { side: Side::Asker, user, authority, mandate };
    keep(tx, (&writer, ask, to.asked().fund.id), (text, Some(once_accepted)), now)
}

/// What waited for a choice to be accepted: why each of the others was not chosen.
pub(super) fn feedback_of(tx: &mut Tx, choice: ChoiceId) -> Result<Vec<(QuoteAskId, String)>, Error> {
    let of_choice = quote_messages::table.filter(quote_messages::choice_id.eq(choice));
    Ok(of_choice.select((quote_messages::ask_id, quote_messages::text)).order(quote_messages::id).load(tx)?)
}

/// Keeps a text in a thread: written as it is, or as feedback, which may wait for its choice to be accepted.
fn keep(
    tx: &mut Tx,
    (writer, ask, fund): (&Writer, QuoteAskId, FundId),
    (text, feedback): (&str, Option<Option<ChoiceId>>),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = (
        quote_messages::ask_id.eq(ask),
        quote_messages::fund_id.eq(fund),
        quote_messages::side.eq(writer.side),
        quote_messages::is_feedback.eq(feedback.is_some()),
        quote_messages::choice_id.eq(feedback.flatten()),
        quote_messages::text.eq(text),
        quote_messages::written_by.eq(writer.user),
        quote_messages::authority.eq(&writer.authority),
        quote_messages::mandate_id.eq(writer.mandate),
        quote_messages::written_at.eq(now.naive_utc()),
    );
    diesel::insert_into(quote_messages::table).values(row).execute(tx)?;
    Ok(())
}

/// How the answers to a request stand to what matters. The caller has loaded the request for the actor.
///
/// # Errors
/// When the database fails.
pub fn scores(tx: &mut Tx, request: QuoteRequestId) -> Result<Scores, Error> {
    let rows: Vec<(QuoteAnswerId, CriterionId, i64)> = quote_scores::table
        .inner_join(quote_criteria::table.on(quote_criteria::id.eq(quote_scores::criterion_id)))
        .filter(quote_criteria::request_id.eq(request))
        .select((quote_scores::answer_id, quote_scores::criterion_id, quote_scores::score))
        .load(tx)?;
    Ok(rows.into_iter().map(|(answer, criterion, score)| ((answer, criterion), score)).collect())
}

/// Notes how answers stand to what matters, in the place of what was noted before; what stands so already stays as it is. What
/// is of another request is not noted.
///
/// # Errors
/// A conflict when a choice was made.
pub fn set_scores(
    tx: &mut Tx,
    to: &ToChoose,
    choice: Option<&Choice>,
    new: &NewScores,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    rules::check_open(choice, calendar::london(now).date())?;
    let request = to.asked().request.id;
    let answers: Vec<QuoteAnswerId> = of_request(tx, request)?.iter().map(|answer| answer.id).collect();
    let criteria: Vec<CriterionId> = super::criteria(tx, request)?.iter().map(|criterion| criterion.id).collect();
    let before = scores(tx, request)?;
    let own = new.iter().filter(|((answer, criterion), _)| answers.contains(answer) && criteria.contains(criterion));
    for ((answer, criterion), score) in own.filter(|(key, score)| before.get(key) != score.as_ref()) {
        let one = quote_scores::answer_id.eq(*answer).and(quote_scores::criterion_id.eq(*criterion));
        diesel::delete(quote_scores::table.filter(one)).execute(tx)?;
        let Some(score) = score else { continue };
        let row = (
            quote_scores::answer_id.eq(*answer),
            quote_scores::criterion_id.eq(*criterion),
            quote_scores::fund_id.eq(to.asked().fund.id),
            quote_scores::score.eq(*score),
            quote_scores::scored_by.eq(to.acting().user()),
            quote_scores::scored_at.eq(now.naive_utc()),
        );
        diesel::insert_into(quote_scores::table).values(row).execute(tx)?;
    }
    Ok(())
}

/// Takes the words out of the answers and messages for some funds.
pub(super) fn erase_words(tx: &mut Tx, funds: &[FundId]) -> Result<(), Error> {
    diesel::update(quote_answers::table.filter(quote_answers::fund_id.eq_any(funds.to_vec())))
        .set((quote_answers::times.eq(""), quote_answers::note.eq("")))
        .execute(tx)?;
    diesel::update(quote_messages::table.filter(quote_messages::fund_id.eq_any(funds.to_vec())))
        .set(quote_messages::text.eq(""))
        .execute(tx)?;
    Ok(())
}
