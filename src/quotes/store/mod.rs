//! Rows of requests for quotes: who asks what of whom.

pub mod answers;
pub mod choices;
pub mod letters;
pub mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::rules::standing::Situation;
use super::rules::{self, anonymity};
use super::{
    AnswerKind, Ask, Choice, Criterion, DeclinedBecause, Needs, NewRequest, OneAsk, QuoteRequest, Side, Weight,
};
use crate::auth::rights::visibility::{self, Access, Around, Data};
use crate::auth::rights::{ActingFor, Actor, Choose, SeeMoney};
use crate::budgets::{self, Fund};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{
    funds, organisations, people as people_rows, quote_answers, quote_asks, quote_choices, quote_criteria,
    quote_requests, services, users,
};
use crate::directory::store::limits;
use crate::directory::{Category, Listing, Unit, View};
use crate::error::Error;
use crate::ids::{
    CriterionId, FundId, MandateId, OrganisationId, PersonId, QuoteAskId, QuoteRequestId, ServiceId, UserId,
};
use crate::money::Quantity;
use crate::packages::store as packages;
use crate::people::store as people;

word! {
    AnswerKind;
    DeclinedBecause;
    Side;
}

/// The most requests that a page lists.
const LISTED: i64 = 200;

type RequestRow = (
    (QuoteRequestId, FundId, String, Quantity, Unit, String),
    (NaiveDate, String, NaiveDate, String),
    (UserId, String, String, Option<MandateId>, NaiveDateTime),
);

fn request_of((need, place, asked): RequestRow) -> QuoteRequest {
    let (id, fund, what, quantity, unit, times) = need;
    let (starts_on, outcode, answer_by, search_document) = place;
    let (asked_by, asked_by_name, authority, mandate, at) = asked;
    let needs = Needs { what, quantity, unit, times, starts_on, answer_by };
    let at = at.and_utc();
    QuoteRequest { id, fund, needs, outcode, search_document, asked_by, asked_by_name, authority, mandate, at }
}

macro_rules! requests_where {
    ($tx:expr, $condition:expr) => {{
        let rows: Vec<RequestRow> = quote_requests::table
            .inner_join(users::table.on(users::id.eq(quote_requests::asked_by)))
            .filter($condition)
            .select((
                (
                    quote_requests::id,
                    quote_requests::fund_id,
                    quote_requests::what,
                    quote_requests::quantity,
                    quote_requests::unit,
                    quote_requests::times,
                ),
                (
                    quote_requests::starts_on,
                    quote_requests::outcode,
                    quote_requests::answer_by,
                    quote_requests::search_document,
                ),
                (
                    quote_requests::asked_by,
                    users::name,
                    quote_requests::authority,
                    quote_requests::mandate_id,
                    quote_requests::asked_at,
                ),
            ))
            .order(quote_requests::id.desc())
            .limit(LISTED)
            .load($tx)?;
        rows.into_iter().map(request_of).collect::<Vec<QuoteRequest>>()
    }};
}

type AskRow = (QuoteAskId, QuoteRequestId, OrganisationId, String, ServiceId, String, Category);

fn ask_of((id, request, provider, provider_name, service, service_name, category): AskRow) -> Ask {
    Ask { id, request, provider, provider_name, service, service_name, category }
}

macro_rules! asks_where {
    ($tx:expr, $condition:expr) => {{
        let rows: Vec<AskRow> = quote_asks::table
            .inner_join(organisations::table.on(organisations::id.eq(quote_asks::provider_id)))
            .inner_join(services::table.on(services::id.eq(quote_asks::service_id)))
            .filter($condition)
            .select((
                quote_asks::id,
                quote_asks::request_id,
                quote_asks::provider_id,
                organisations::name,
                quote_asks::service_id,
                services::name,
                services::category,
            ))
            .order(quote_asks::id)
            .load($tx)?;
        rows.into_iter().map(ask_of).collect::<Vec<Ask>>()
    }};
}

/// A request by itself, for a verb whose caller has loaded what gives the right to it.
pub(super) fn of_record(tx: &mut Tx, id: QuoteRequestId) -> Result<QuoteRequest, Error> {
    requests_where!(tx, quote_requests::id.eq(id)).pop().ok_or(Error::NotFound)
}

/// Who was asked. The caller has loaded the request for the actor.
///
/// # Errors
/// When the database fails.
pub fn asks(tx: &mut Tx, request: QuoteRequestId) -> Result<Vec<Ask>, Error> {
    Ok(asks_where!(tx, quote_asks::request_id.eq(request)))
}

/// A request as the side that asks sees it.
pub struct Asked {
    /// The request.
    pub request: QuoteRequest,
    /// The fund that would pay.
    pub fund: Fund,
    /// Who was asked.
    pub asks: Vec<Ask>,
}

/// A request with all of its answers, as whoever sees the fund sees it. Somebody who works for a provider that is asked does
/// not, whatever else they are: providers never see one another.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn request(tx: &mut Tx, actor: &Actor, id: QuoteRequestId) -> Result<Asked, Error> {
    let request = of_record(tx, id)?;
    if kept_from_holder(tx, actor, &[id])?.contains(&id) {
        return Err(Error::NotFound);
    }
    let fund = budgets::store::fund(tx, actor, request.fund)?;
    let asks = asks(tx, id)?;
    let providers: Vec<OrganisationId> = asks.iter().map(|ask| ask.provider).collect();
    if rules::works_for_asked(actor, fund.person, &providers) {
        return Err(Error::NotFound);
    }
    Ok(Asked { request, fund, asks })
}

/// The requests of these that are kept from an actor who works for the holder of the fund, because the holder sells such help
/// itself: while nothing is accepted, and the request is not closed otherwise, it could still compete.
fn kept_from_holder(
    tx: &mut Tx,
    actor: &Actor,
    requests: &[QuoteRequestId],
) -> Result<BTreeSet<QuoteRequestId>, Error> {
    let holders = actor.holders();
    if holders.is_empty() || requests.is_empty() {
        return Ok(BTreeSet::new());
    }
    let own = diesel::alias!(services as own);
    let sold = own
        .filter(own.field(services::organisation_id).nullable().eq(funds::holder_organisation_id))
        .filter(own.field(services::category).eq(services::category));
    let rows: Vec<(QuoteRequestId, PersonId)> = quote_asks::table
        .inner_join(services::table.on(services::id.eq(quote_asks::service_id)))
        .inner_join(funds::table.on(funds::id.eq(quote_asks::fund_id)))
        .filter(quote_asks::request_id.eq_any(requests.to_vec()))
        .filter(funds::holder_organisation_id.eq_any(holders.into_iter().map(Some).collect::<Vec<_>>()))
        .filter(exists(sold))
        .select((quote_asks::request_id, funds::person_id))
        .distinct()
        .load(tx)?;
    let competing = rows.into_iter().filter(|(_, person)| actor.person() != Some(*person));
    let mut kept: BTreeSet<QuoteRequestId> = competing.map(|(request, _)| request).collect();
    let choices = choices::of_requests(tx, &kept.iter().copied().collect::<Vec<_>>())?;
    kept.retain(|request| !choices.get(request).is_some_and(Choice::is_final));
    Ok(kept)
}

/// On which side of one provider's part an actor writes; nothing, for who only looks on, such as an officer.
#[must_use]
pub fn reads_as(actor: &Actor, one: &OneAsk) -> Option<Side> {
    match one.side {
        Side::Provider => Some(Side::Provider),
        Side::Asker => actor.may::<Choose>(one.person.id).then_some(Side::Asker),
    }
}

/// What some people are called. The caller has loaded what concerns them for the actor.
///
/// # Errors
/// When the database fails.
pub fn names_of(tx: &mut Tx, persons: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Error> {
    let rows: Vec<(PersonId, String)> = people_rows::table
        .filter(people_rows::id.eq_any(persons.to_vec()))
        .select((people_rows::id, people_rows::name))
        .load(tx)?;
    Ok(rows.into_iter().collect())
}

/// Whether an actor sees what the person needs and plans, and so the words of a request: whoever handles a council's money
/// sees its prices alone.
#[must_use]
pub fn sees_plan(actor: &Actor, asked: &Asked) -> bool {
    let (person, council, holder) = (asked.fund.person, asked.fund.council, asked.fund.holder);
    let around = Around { person, council, holder, provider: None };
    visibility::sees(actor, &around, Data::Plan) > Access::Nothing
}

/// The right to choose among answers: only [`to_choose`] makes it.
pub struct ToChoose {
    asked: Asked,
    acting: ActingFor<Choose>,
}

impl ToChoose {
    /// The request.
    #[must_use]
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The right of whoever chooses.
    #[must_use]
    pub fn acting(&self) -> &ActingFor<Choose> {
        &self.acting
    }
}

/// A request among whose answers the actor may choose: as the person, or for them.
///
/// # Errors
/// Not found; forbidden; refused when the fund has ended.
pub fn to_choose(tx: &mut Tx, actor: &Actor, id: QuoteRequestId) -> Result<ToChoose, Error> {
    let asked = request(tx, actor, id)?;
    let acting = packages::fund_to_choose_from(tx, actor, asked.fund.id)?.acting().clone();
    Ok(ToChoose { asked, acting })
}

/// As which fund the prices of a request are shown.
///
/// # Errors
/// When the kept form and structure do not fit.
pub fn view_of(fund: &Fund) -> Result<View, Error> {
    let arrangement = fund.arrangement().map_err(|cause| Error::internal("a fund without its structure", cause))?;
    Ok(View { fund: Some(fund.id), arrangement, recovery: fund.recovery })
}

/// Everything that is known of a request, with what the rules of the fund's council take out when support begins, or on a day
/// after that. The caller has loaded it for the actor.
///
/// # Errors
/// When the database fails.
pub fn situation(tx: &mut Tx, asked: &Asked, today: NaiveDate) -> Result<Situation, Error> {
    let id = asked.request.id;
    Ok(Situation {
        request: asked.request.clone(),
        criteria: criteria(tx, id)?,
        asks: asked.asks.clone(),
        answers: answers::of_request(tx, id)?,
        scores: answers::scores(tx, id)?,
        choices: choices::all_of(tx, id)?,
        view: view_of(&asked.fund)?,
        weekly: asked.fund.weekly,
        limits: limits::of_fund(tx, asked.fund.id, asked.request.needs.starts_on.max(today))?,
    })
}

/// What matters for a request. The caller has loaded it for the actor.
///
/// # Errors
/// When the database fails.
pub fn criteria(tx: &mut Tx, request: QuoteRequestId) -> Result<Vec<Criterion>, Error> {
    let rows: Vec<(CriterionId, bool, String, i64)> = quote_criteria::table
        .filter(quote_criteria::request_id.eq(request))
        .select((quote_criteria::id, quote_criteria::is_price, quote_criteria::words, quote_criteria::weight))
        .order(quote_criteria::id)
        .load(tx)?;
    let criterion = |(id, is_price, words, weight): (CriterionId, bool, String, i64)| {
        Some(Criterion { id, is_price, words, weight: Weight::counting(weight)? })
    };
    Ok(rows.into_iter().filter_map(criterion).collect())
}

/// The requests of the funds that the actor sees as the person or for them, or of one fund that they see, the newest first.
///
/// # Errors
/// Not found, when the one fund is not theirs to see.
pub fn requests_seen(tx: &mut Tx, actor: &Actor, fund: Option<FundId>) -> Result<Vec<Asked>, Error> {
    let funds = match fund {
        Some(id) => vec![budgets::store::fund(tx, actor, id)?],
        None => budgets::store::open_funds::<SeeMoney>(tx, actor)?,
    };
    let ids: Vec<FundId> = funds.iter().map(|fund| fund.id).collect();
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let found = requests_where!(tx, quote_requests::fund_id.eq_any(ids));
    let all: Vec<QuoteRequestId> = found.iter().map(|request| request.id).collect();
    let kept = kept_from_holder(tx, actor, &all)?;
    let asks = asks_where!(tx, quote_asks::request_id.eq_any(all));
    let asked = |request: QuoteRequest| {
        if kept.contains(&request.id) {
            return None;
        }
        let fund = funds.iter().find(|fund| fund.id == request.fund)?.clone();
        let asks: Vec<Ask> = asks.iter().filter(|ask| ask.request == request.id).cloned().collect();
        let providers: Vec<OrganisationId> = asks.iter().map(|ask| ask.provider).collect();
        (!rules::works_for_asked(actor, fund.person, &providers)).then_some(Asked { request, fund, asks })
    };
    Ok(found.into_iter().filter_map(asked).collect())
}

/// What the actor's providers are asked, the newest first.
///
/// # Errors
/// When the database fails.
pub fn asks_of_providers(tx: &mut Tx, actor: &Actor) -> Result<Vec<(QuoteRequest, Ask)>, Error> {
    let providers = actor.providers();
    if providers.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<QuoteRequestId> = quote_asks::table
        .filter(quote_asks::provider_id.eq_any(providers.clone()))
        .select(quote_asks::request_id)
        .distinct()
        .order(quote_asks::request_id.desc())
        .limit(LISTED)
        .load(tx)?;
    let asks =
        asks_where!(tx, quote_asks::provider_id.eq_any(providers).and(quote_asks::request_id.eq_any(ids.clone())));
    let requests = requests_where!(tx, quote_requests::id.eq_any(ids));
    let with = |ask: Ask| {
        let request = requests.iter().find(|request| request.id == ask.request)?.clone();
        Some((request, ask))
    };
    Ok(asks.into_iter().rev().filter_map(with).collect())
}

/// What waits for the answer of providers whose daily work the actor runs: neither answered nor closed, and not too late.
///
/// # Errors
/// When the database fails.
pub fn waiting_for_provider(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<Vec<(QuoteRequest, Ask)>, Error> {
    if actor.provider_member().is_err() {
        return Ok(vec![]);
    }
    let answered = quote_answers::table.filter(quote_answers::ask_id.eq(quote_asks::id));
    // What was chosen once may be open again: which of them are, the rule says below.
    let chosen = quote_choices::table.filter(quote_choices::request_id.eq(quote_asks::request_id));
    let open: Vec<QuoteAskId> = quote_asks::table
        .inner_join(quote_requests::table.on(quote_requests::id.eq(quote_asks::request_id)))
        .filter(quote_asks::provider_id.eq_any(actor.providers()))
        .filter(quote_requests::answer_by.ge(today).or(exists(chosen)))
        .filter(not(exists(answered)))
        .select(quote_asks::id)
        .order(quote_asks::id.desc())
        .limit(LISTED)
        .load(tx)?;
    let mut asked = asks_of_providers(tx, actor)?;
    asked.retain(|(_, ask)| open.contains(&ask.id) && actor.speaks_for(ask.provider).is_some());
    let requests: Vec<QuoteRequestId> = asked.iter().map(|(request, _)| request.id).collect();
    let choices = choices::of_requests(tx, &requests)?;
    asked.retain(|(request, _)| {
        let choice = choices.get(&request.id);
        rules::check_open(choice, today).is_ok() && rules::answers_until(request, choice, today) >= today
    });
    Ok(asked)
}

/// One provider's part of a request: as that provider, or from the side that asks.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn ask(tx: &mut Tx, actor: &Actor, id: QuoteAskId) -> Result<OneAsk, Error> {
    let ask = asks_where!(tx, quote_asks::id.eq(id)).pop().ok_or(Error::NotFound)?;
    let found = of_record(tx, ask.request)?;
    let person = budgets::store::person_of_fund(tx, found.fund)?;
    let person = people::person_of_record(tx, person)?;
    let own = actor.providers().contains(&ask.provider) && actor.person() != Some(person.id);
    let side = if own { Side::Provider } else { Side::Asker };
    if side == Side::Asker && !sees_plan(actor, &request(tx, actor, ask.request)?) {
        return Err(Error::NotFound);
    }
    Ok(OneAsk { ask, request: found, person, side })
}

/// What is kept of a new request.
pub struct ToRecord<'a> {
    /// What is asked.
    pub new: &'a NewRequest,
    /// The services that were picked.
    pub listings: &'a [Listing],
    /// The first half of the postcode.
    pub outcode: &'a str,
    /// What was found, as JSON.
    pub search_document: &'a str,
}

/// Asks several providers, if the rules allow it. Whoever is asked is told by [`letters`].
///
/// # Errors
/// What the rules refuse.
pub fn add(
    tx: &mut Tx,
    actor: &Actor,
    from: &packages::FundToChooseFrom,
    record: &ToRecord<'_>,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<QuoteRequestId, Error> {
    let (fund, acting, needs) = (from.fund(), from.acting(), &record.new.needs);
    let person = people::person_of_record(tx, fund.person)?;
    rules::check_request(actor, fund.person, record.new, record.listings, today)?;
    anonymity::check_asker("what", &needs.what, &person)?;
    anonymity::check_asker("times", &needs.times, &person)?;
    for (row, (words, _)) in (1..).zip(&record.new.criteria) {
        anonymity::check_asker(&format!("criterion_{row}"), words, &person)?;
    }
    let row = (
        quote_requests::fund_id.eq(fund.id),
        quote_requests::what.eq(&needs.what),
        quote_requests::quantity.eq(needs.quantity),
        quote_requests::unit.eq(needs.unit),
        quote_requests::times.eq(&needs.times),
        quote_requests::starts_on.eq(needs.starts_on),
        quote_requests::outcode.eq(record.outcode),
        quote_requests::answer_by.eq(needs.answer_by),
        quote_requests::search_document.eq(record.search_document),
        quote_requests::asked_by.eq(acting.user()),
        quote_requests::authority.eq(acting.authority()),
        quote_requests::mandate_id.eq(acting.mandate()),
        quote_requests::asked_at.eq(now.naive_utc()),
    );
    let id: QuoteRequestId =
        diesel::insert_into(quote_requests::table).values(row).returning(quote_requests::id).get_result(tx)?;
    let price = record.new.price.map(|weight| (true, "The price", weight));
    let others = record.new.criteria.iter().map(|(words, weight)| (false, words.as_str(), *weight));
    for (is_price, words, weight) in price.into_iter().chain(others) {
        let row = (
            quote_criteria::request_id.eq(id),
            quote_criteria::fund_id.eq(fund.id),
            quote_criteria::is_price.eq(is_price),
            quote_criteria::words.eq(words),
            quote_criteria::weight.eq(weight.times()),
        );
        diesel::insert_into(quote_criteria::table).values(row).execute(tx)?;
    }
    for listing in record.listings {
        let row = (
            quote_asks::request_id.eq(id),
            quote_asks::fund_id.eq(fund.id),
            quote_asks::provider_id.eq(listing.organisation.id),
            quote_asks::service_id.eq(listing.service.id),
        );
        diesel::insert_into(quote_asks::table).values(row).execute(tx)?;
    }
    Ok(id)
}

/// Whose a request is, for a caller who has loaded it for the actor.
///
/// # Errors
/// Not found, when there is none.
pub fn person_of(tx: &mut Tx, id: QuoteRequestId) -> Result<crate::ids::PersonId, Error> {
    let fund = quote_requests::table.filter(quote_requests::id.eq(id)).select(quote_requests::fund_id).first(tx)?;
    budgets::store::person_of_fund(tx, fund)
}

/// Takes the words out of everything about quotes for some funds; amounts, days and fingerprints stay.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, funds: &[FundId]) -> Result<(), Error> {
    diesel::update(quote_requests::table.filter(quote_requests::fund_id.eq_any(funds.to_vec())))
        .set((
            quote_requests::what.eq(""),
            quote_requests::times.eq(""),
            quote_requests::outcode.eq(""),
            quote_requests::search_document.eq(""),
        ))
        .execute(tx)?;
    diesel::update(quote_criteria::table.filter(quote_criteria::fund_id.eq_any(funds.to_vec())))
        .set(quote_criteria::words.eq(""))
        .execute(tx)?;
    answers::erase_words(tx, funds)?;
    choices::erase_words(tx, funds)
}
