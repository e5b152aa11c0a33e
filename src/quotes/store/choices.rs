//! Rows of choices, of what the person accepted, and of the prices that were agreed with it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Asked, ToChoose, answers};
use crate::auth::rights::{ActingFor, Actor, Sign};
use crate::db::Tx;
use crate::db::schema::{
    funds, negotiated_rates, quote_acceptances, quote_answers, quote_choices, quote_refusals, users,
};
use crate::error::Error;
use crate::fingerprint::sha256;
use crate::ids::{ChoiceId, FundId, QuoteAnswerId, QuoteAskId, QuoteRequestId, UserId};
use crate::people::{Person, store as people};
use crate::quotes::rules::{self, Refusal, anonymity, standing::Situation};
use crate::quotes::{Ask, Choice, NewChoice, QuoteAnswer, Refused, SearchMade};
use crate::{calendar, vat};

type ChoiceRow = (
    (ChoiceId, QuoteRequestId, i64, Option<QuoteAnswerId>, Option<NaiveDate>),
    (String, String, String),
    (UserId, String, String, NaiveDateTime),
    Option<(String, String, NaiveDateTime)>,
    Option<(String, String, String, NaiveDateTime)>,
);

fn choice_of((what, kept, chosen, accepted, refused): ChoiceRow) -> (QuoteRequestId, Choice) {
    let (id, request, number, answer, valid_until) = what;
    let ((reason, document, sha256), (by_user, by, authority, at)) = (kept, chosen);
    let accepted = accepted.map(|(by, authority, at)| (by, authority, at.and_utc()));
    let refused = refused.map(|(reason, by, authority, at)| Refused { reason, by, authority, at: at.and_utc() });
    let at = at.and_utc();
    let choice = Choice {
        id,
        answer,
        reason,
        document,
        sha256,
        by,
        authority,
        at,
        number,
        by_user,
        valid_until,
        accepted,
        refused,
    };
    (request, choice)
}

/// The choices of some requests, the oldest first.
fn load(tx: &mut Tx, requests: &[QuoteRequestId]) -> Result<Vec<(QuoteRequestId, Choice)>, Error> {
    if requests.is_empty() {
        return Ok(vec![]);
    }
    let (acceptors, refusers) = diesel::alias!(users as acceptors, users as refusers);
    let rows: Vec<ChoiceRow> = quote_choices::table
        .inner_join(users::table.on(users::id.eq(quote_choices::chosen_by)))
        .left_join(quote_answers::table.on(quote_answers::id.nullable().eq(quote_choices::answer_id)))
        .left_join(quote_acceptances::table.on(quote_acceptances::choice_id.eq(quote_choices::id)))
        .left_join(acceptors.on(acceptors.field(users::id).eq(quote_acceptances::accepted_by)))
        .left_join(quote_refusals::table.on(quote_refusals::choice_id.eq(quote_choices::id)))
        .left_join(refusers.on(refusers.field(users::id).eq(quote_refusals::refused_by)))
        .filter(quote_choices::request_id.eq_any(requests.to_vec()))
        .select((
            (
                quote_choices::id,
                quote_choices::request_id,
                quote_choices::number,
                quote_choices::answer_id,
                quote_answers::valid_until.nullable(),
            ),
            (quote_choices::reason, quote_choices::document, quote_choices::sha256),
            (quote_choices::chosen_by, users::name, quote_choices::authority, quote_choices::chosen_at),
            (acceptors.field(users::name), quote_acceptances::authority, quote_acceptances::accepted_at).nullable(),
            (
                quote_refusals::reason,
                refusers.field(users::name),
                quote_refusals::authority,
                quote_refusals::refused_at,
            )
                .nullable(),
        ))
        .order((quote_choices::request_id, quote_choices::number))
        .load(tx)?;
    Ok(rows.into_iter().map(choice_of).collect())
}

/// The choices of a request, the oldest first; the newest counts. The caller has loaded the request, or a provider's part of it,
/// for the actor.
///
/// # Errors
/// When the database fails.
pub fn all_of(tx: &mut Tx, request: QuoteRequestId) -> Result<Vec<Choice>, Error> {
    Ok(load(tx, &[request])?.into_iter().map(|(_, choice)| choice).collect())
}

/// The choice that counts of a request, if one was made: the newest. The caller has loaded the request, or a provider's part of
/// it, for the actor.
///
/// # Errors
/// When the database fails.
pub fn of_request(tx: &mut Tx, request: QuoteRequestId) -> Result<Option<Choice>, Error> {
    Ok(all_of(tx, request)?.pop())
}

/// The choices that count of some requests. The caller has loaded them for the actor.
///
/// # Errors
/// When the database fails.
pub fn of_requests(tx: &mut Tx, requests: &[QuoteRequestId]) -> Result<BTreeMap<QuoteRequestId, Choice>, Error> {
    Ok(load(tx, requests)?.into_iter().collect())
}

/// Records what was chosen out of what, with everything that was before whoever chose. The providers that were not chosen though
/// they made an offer read why once the choice stands; answers those that read it at once, because nobody was chosen.
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
    rules::check_open(situation.choice(), today)?;
    if new.seen != situation.seen() {
        return Err(Refusal::OtherAnswers.into());
    }
    if let Some(answer) = new.answer {
        let latest = situation.asks.iter().filter_map(|ask| rules::latest(&situation.answers, ask));
        let chosen: Option<&QuoteAnswer> = latest.into_iter().find(|one| one.id == answer);
        situation.check_choosable(chosen, today)?;
    }
    let best = new.answer.is_some_and(|answer| situation.stands_best(answer, today));
    rules::check_reason(new.answer.is_some(), best, &new.reason)?;
    let person = people::person_of_record(tx, to.asked().fund.person)?;
    let feedback = feedback(situation, new, &person)?;
    let search: SearchMade = serde_json::from_str(&situation.request.search_document)
        .map_err(|cause| Error::internal("what was found for a request", cause))?;
    let acting = to.acting();
    let at = (today, calendar::moment(now));
    let kept = situation.snapshot(search, (new.answer, &new.reason), (by, &acting.authority()), at);
    let kept = kept.map_err(|cause: vat::Refusal| Error::Refused(format!("{cause}.")))?;
    let document = serde_json::to_string_pretty(&kept).map_err(|cause| Error::internal("a choice", cause))?;
    let row = (
        quote_choices::request_id.eq(situation.request.id),
        quote_choices::number.eq(situation.choice().map_or(1, |before| before.number + 1)),
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
    let id: ChoiceId =
        diesel::insert_into(quote_choices::table).values(row).returning(quote_choices::id).get_result(tx)?;
    let once_accepted = new.answer.map(|_| id);
    for (ask, words) in &feedback {
        answers::keep_feedback(tx, to, (ask.id, words), once_accepted, now)?;
    }
    Ok(if once_accepted.is_some() { vec![] } else { feedback })
}

/// What each provider reads that made an offer and was not chosen: how its own answer stood to what mattered, and the words of
/// whoever chose. Never of another's.
fn feedback(situation: &Situation, new: &NewChoice, person: &Person) -> Result<Vec<(Ask, String)>, Error> {
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
        anonymity::check_asker(&format!("feedback_{}", ask.id), words, person)?;
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

/// The choices that wait to be accepted by an actor who signs for the person, with the day on which each was made: neither
/// refused nor over.
///
/// # Errors
/// When the database fails.
pub fn to_accept(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<Vec<(QuoteRequestId, NaiveDate)>, Error> {
    let signed_for = actor.people_for::<Sign>();
    if signed_for.is_empty() {
        return Ok(vec![]);
    }
    let rows: Vec<(QuoteRequestId, FundId, NaiveDateTime)> = quote_choices::table
        .inner_join(funds::table.on(funds::id.eq(quote_choices::fund_id)))
        .inner_join(quote_answers::table.on(quote_answers::id.nullable().eq(quote_choices::answer_id)))
        .left_join(quote_acceptances::table.on(quote_acceptances::choice_id.eq(quote_choices::id)))
        .left_join(quote_refusals::table.on(quote_refusals::choice_id.eq(quote_choices::id)))
        .filter(funds::person_id.eq_any(signed_for).and(quote_answers::valid_until.ge(today)))
        .filter(quote_acceptances::id.is_null().and(quote_refusals::id.is_null()))
        .select((quote_choices::request_id, quote_choices::fund_id, quote_choices::chosen_at))
        .order(quote_choices::id)
        .limit(50)
        .load(tx)?;
    let seen = rows.into_iter().filter(|(_, fund, _)| !actor.hides(*fund));
    Ok(seen.map(|(request, _, at)| (request, calendar::london(at.and_utc()).date())).collect())
}

/// Accepts what was chosen: the provider learns who it is, and the price holds for this fund. Answers it, and the others that read
/// now why they were not chosen.
///
/// # Errors
/// A conflict when there is nothing to accept; a refusal when the offer is over.
pub fn accept(
    tx: &mut Tx,
    (acting, situation): (&ActingFor<Sign>, &Situation),
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<(Ask, Vec<(Ask, String)>), Error> {
    let choice = situation.choice().filter(|choice| choice.accepted.is_none() && choice.refused.is_none());
    let (choice, answer) = choice.and_then(|choice| Some((choice, choice.answer?))).ok_or(Refusal::NothingToAccept)?;
    let answer = situation.answers.iter().find(|one| one.id == answer).ok_or(Refusal::NothingToAccept)?;
    let ask = situation.asks.iter().find(|ask| ask.id == answer.ask).ok_or(Refusal::NothingToAccept)?;
    let offer = answer.offer.as_ref().ok_or(Refusal::NothingToAccept)?;
    situation.check_choosable(Some(answer), today).map_err(|refusal| Error::Refused(refusal.to_string()))?;
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
        negotiated_rates::unit.eq(offer.unit),
        negotiated_rates::net_price.eq(offer.net),
        negotiated_rates::from_date.eq(situation.request.needs.starts_on),
        negotiated_rates::to_date.eq(offer.holds_until),
        negotiated_rates::recorded_by.eq(acting.user()),
        negotiated_rates::recorded_at.eq(now.naive_utc()),
    );
    diesel::insert_into(negotiated_rates::table).values(rate).execute(tx)?;
    let feedback = answers::feedback_of(tx, choice.id)?.into_iter();
    let told =
        feedback.filter_map(|(id, words)| Some((situation.asks.iter().find(|ask| ask.id == id)?.clone(), words)));
    Ok((ask.clone(), told.collect()))
}

/// Refuses what was chosen, with a reason: the request is open again, to answers and to another choice. What was recorded of
/// the choice stays. Answers the choice.
///
/// # Errors
/// A conflict when nothing waits to be accepted; a refusal without words.
pub fn refuse(
    tx: &mut Tx,
    (acting, situation): (&ActingFor<Sign>, &Situation),
    reason: &str,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Choice, Error> {
    rules::check_refusal(situation.choice(), reason, today)?;
    let choice = situation.choice().ok_or(Refusal::NothingToAccept)?;
    let row = (
        quote_refusals::choice_id.eq(choice.id),
        quote_refusals::fund_id.eq(situation.request.fund),
        quote_refusals::reason.eq(reason),
        quote_refusals::refused_by.eq(acting.user()),
        quote_refusals::authority.eq(acting.authority()),
        quote_refusals::mandate_id.eq(acting.mandate()),
        quote_refusals::refused_at.eq(now.naive_utc()),
    );
    diesel::insert_into(quote_refusals::table).values(row).execute(tx)?;
    Ok(choice.clone())
}

/// Takes the words out of the choices for some funds; the fingerprints stay.
pub(super) fn erase_words(tx: &mut Tx, funds: &[FundId]) -> Result<(), Error> {
    diesel::update(quote_choices::table.filter(quote_choices::fund_id.eq_any(funds.to_vec())))
        .set((quote_choices::reason.eq(""), quote_choices::document.eq("")))
        .execute(tx)?;
    diesel::update(quote_refusals::table.filter(quote_refusals::fund_id.eq_any(funds.to_vec())))
        .set(quote_refusals::reason.eq(""))
        .execute(tx)?;
    Ok(())
}
