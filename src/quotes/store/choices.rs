//! Rows of choices, of what the person accepted, and of the prices that were agreed with it.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Asked, ToChoose, answers};
use crate::auth::rights::{ActingFor, Actor, Sign};
use crate::db::Tx;
use crate::db::schema::{funds, negotiated_rates, quote_acceptances, quote_choices, users};
use crate::error::Error;
use crate::fingerprint::sha256;
use crate::ids::{ChoiceId, FundId, QuoteAnswerId, QuoteAskId, QuoteRequestId};
use crate::quotes::rules::{self, Refusal, standing::Situation};
use crate::quotes::{Ask, Choice, NewChoice, QuoteAnswer, SearchMade};
use crate::{calendar, vat};

type ChoiceRow = (
    (ChoiceId, Option<QuoteAnswerId>, String, String, String),
    (String, String, NaiveDateTime),
    Option<(String, String, NaiveDateTime)>,
);

fn choice_of(((id, answer, reason, document, sha256), (by, authority, at), accepted): ChoiceRow) -> Choice {
    let accepted = accepted.map(|(by, authority, at)| (by, authority, at.and_utc()));
    Choice { id, answer, reason, document, sha256, by, authority, at: at.and_utc(), accepted }
}

/// The choice of a request, if one was made. The caller has loaded the request, or a provider's part of it, for the actor.
///
/// # Errors
/// When the database fails.
pub fn of_request(tx: &mut Tx, request: QuoteRequestId) -> Result<Option<Choice>, Error> {
    let acceptors = diesel::alias!(users as acceptors);
    let row: Option<ChoiceRow> = quote_choices::table
        .inner_join(users::table.on(users::id.eq(quote_choices::chosen_by)))
        .left_join(quote_acceptances::table.on(quote_acceptances::choice_id.eq(quote_choices::id)))
        .left_join(acceptors.on(acceptors.field(users::id).eq(quote_acceptances::accepted_by)))
        .filter(quote_choices::request_id.eq(request))
        .select((
            (
                quote_choices::id,
                quote_choices::answer_id,
                quote_choices::reason,
                quote_choices::document,
                quote_choices::sha256,
            ),
            (users::name, quote_choices::authority, quote_choices::chosen_at),
            (acceptors.field(users::name), quote_acceptances::authority, quote_acceptances::accepted_at).nullable(),
        ))
        .first(tx)
        .optional()?;
    Ok(row.map(choice_of))
}

/// Records what was chosen out of what, with everything that was before whoever chose; answers the providers that were not
/// chosen though they made an offer, each with the words that it reads.
///
/// # Errors
/// What the rules refuse; a conflict when an answer came, or somebody chose, in between.
pub fn choose(
    tx: &mut Tx,
    (to, situation): (&ToChoose, &Situation),
    new: &NewChoice,
    by: &str,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Vec<(Ask, String)>, Error> {
    rules::check_open(situation.choice.as_ref())?;
    if new.seen != situation.seen() {
        return Err(Refusal::OtherAnswers.into());
    }
    if let Some(answer) = new.answer {
        let latest = situation.asks.iter().filter_map(|ask| rules::latest(&situation.answers, ask));
        let chosen: Option<&QuoteAnswer> = latest.into_iter().find(|one| one.id == answer);
        rules::check_choosable(chosen, today)?;
    }
    let best = new.answer.is_some_and(|answer| situation.stands_best(answer, today));
    rules::check_reason(new.answer.is_some(), best, &new.reason)?;
    let feedback = feedback(situation, new)?;
    let search: SearchMade = serde_json::from_str(&situation.request.search_document)
        .map_err(|cause| Error::internal("what was found for a request", cause))?;
    let acting = to.acting();
    let at = (today, calendar::moment(now));
    let kept = situation.snapshot(search, (new.answer, &new.reason), (by, &acting.authority()), at);
    let kept = kept.map_err(|cause: vat::Refusal| Error::Refused(format!("{cause}.")))?;
    let document = serde_json::to_string_pretty(&kept).map_err(|cause| Error::internal("a choice", cause))?;
    let row = (
        quote_choices::request_id.eq(situation.request.id),
        quote_choices::fund_id.eq(situation.request.fund),
        quote_choices::answer_id.eq(new.answer),
        quote_choices::reason.eq(&new.reason),
        quote_choices::sha256.eq(sha256(&document)),
        quote_choices::document.eq(&document),
        quote_choices::chosen_by.eq(acting.user()),
        quote_choices::authority.eq(acting.authority()),
        quote_choices::mandate_id.eq(acting.mandate()),
        quote_choices::chosen_at.eq(now.naive_utc()),
    );
    diesel::insert_into(quote_choices::table).values(row).execute(tx)?;
    for (ask, words) in &feedback {
        answers::keep_feedback(tx, to, (ask.id, words), now)?;
    }
    Ok(feedback)
}

/// What each provider reads that made an offer and was not chosen: how its own answer stood to what mattered, and the words of
/// whoever chose. Never of another's.
fn feedback(situation: &Situation, new: &NewChoice) -> Result<Vec<(Ask, String)>, Error> {
    let mut told = vec![];
    for ask in &situation.asks {
        let Some(answer) = rules::latest(&situation.answers, ask).filter(|answer| answer.offer.is_some()) else {
            continue;
        };
        if new.answer == Some(answer.id) {
            continue;
        }
        let words = new.feedback.get(&ask.id).map_or("", String::as_str);
        let others: Vec<&str> = situation
            .asks
            .iter()
            .filter(|other| other.id != ask.id)
            .map(|other| other.provider_name.as_str())
            .collect();
        rules::check_feedback(words, &others).map_err(|refusal| at_feedback(ask.id, &refusal))?;
        told.push((ask.clone(), rules::feedback(&situation.criteria, &situation.scores, answer.id, words)));
    }
    Ok(told)
}

fn at_feedback(ask: QuoteAskId, refusal: &Refusal) -> Error {
    crate::error::Invalid::field(&format!("feedback_{ask}"), refusal.to_string()).into()
}

/// The right to accept a choice for a person: as the person, or as somebody who signs for them.
///
/// # Errors
/// Forbidden, for everybody else who sees it.
pub fn may_accept(actor: &Actor, asked: &Asked) -> Result<ActingFor<Sign>, Error> {
    let acting = actor.acting_for::<Sign>(asked.fund.person);
    acting.ok_or_else(|| {
        Error::Forbidden(
            "Only the person, or somebody who signs for them, accepts: then the provider learns who it is.".to_owned(),
        )
    })
}

/// The choices that wait to be accepted by an actor who signs for the person, with the day on which each was made.
///
/// # Errors
/// When the database fails.
pub fn to_accept(tx: &mut Tx, actor: &Actor) -> Result<Vec<(QuoteRequestId, NaiveDate)>, Error> {
    let people = actor.people_for::<Sign>();
    if people.is_empty() {
        return Ok(vec![]);
    }
    let rows: Vec<(QuoteRequestId, FundId, NaiveDateTime)> = quote_choices::table
        .inner_join(funds::table.on(funds::id.eq(quote_choices::fund_id)))
        .left_join(quote_acceptances::table.on(quote_acceptances::choice_id.eq(quote_choices::id)))
        .filter(funds::person_id.eq_any(people).and(quote_choices::answer_id.is_not_null()))
        .filter(quote_acceptances::id.is_null())
        .select((quote_choices::request_id, quote_choices::fund_id, quote_choices::chosen_at))
        .order(quote_choices::id)
        .limit(50)
        .load(tx)?;
    let seen = rows.into_iter().filter(|(_, fund, _)| !actor.hides(*fund));
    Ok(seen.map(|(request, _, at)| (request, calendar::london(at.and_utc()).date())).collect())
}

/// Accepts what was chosen: the provider learns who it is, and the price holds for this fund.
///
/// # Errors
/// A conflict when there is nothing to accept; a refusal when the offer is over.
pub fn accept(
    tx: &mut Tx,
    (acting, situation): (&ActingFor<Sign>, &Situation),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Ask, Error> {
    let choice = situation.choice.as_ref().filter(|choice| choice.accepted.is_none());
    let (choice, answer) = choice.and_then(|choice| Some((choice, choice.answer?))).ok_or(Refusal::NothingToAccept)?;
    let answer = situation.answers.iter().find(|one| one.id == answer).ok_or(Refusal::NothingToAccept)?;
    let ask = situation.asks.iter().find(|ask| ask.id == answer.ask).ok_or(Refusal::NothingToAccept)?;
    let offer = answer.offer.as_ref().ok_or(Refusal::NothingToAccept)?;
    rules::check_choosable(Some(answer), today).map_err(|refusal| Error::Refused(refusal.to_string()))?;
    let fund = situation.request.fund;
    let row = (
        quote_acceptances::choice_id.eq(choice.id),
        quote_acceptances::fund_id.eq(fund),
        quote_acceptances::accepted_by.eq(acting.user()),
        quote_acceptances::authority.eq(acting.authority()),
        quote_acceptances::mandate_id.eq(acting.mandate()),
        quote_acceptances::accepted_at.eq(now.naive_utc()),
    );
    diesel::insert_into(quote_acceptances::table).values(row).execute(tx)?;
    let rate = (
        negotiated_rates::fund_id.eq(fund),
        negotiated_rates::service_id.eq(ask.service),
        negotiated_rates::choice_id.eq(choice.id),
        negotiated_rates::unit.eq(situation.request.needs.unit),
        negotiated_rates::net_price.eq(offer.net),
        negotiated_rates::from_date.eq(situation.request.needs.starts_on),
        negotiated_rates::to_date.eq(offer.holds_until),
        negotiated_rates::recorded_by.eq(acting.user()),
        negotiated_rates::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(negotiated_rates::table).values(rate).execute(tx)?;
    Ok(ask.clone())
}

/// Takes the words out of the choices for some funds; the fingerprints stay.
pub(super) fn erase_words(tx: &mut Tx, funds: &[FundId]) -> Result<(), Error> {
    diesel::update(quote_choices::table.filter(quote_choices::fund_id.eq_any(funds.to_vec())))
        .set((quote_choices::reason.eq(""), quote_choices::document.eq("")))
        .execute(tx)?;
    Ok(())
}
