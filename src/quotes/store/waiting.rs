//! What waits for whoever may choose for a person: offers, messages, choices that were refused.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::choices;
use crate::auth::rights::{Actor, Choose, SeeMoney, SeePlan};
use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{
    funds, quote_acceptances, quote_answers, quote_asks, quote_choices, quote_messages, quote_refusals, quote_requests,
};
use crate::error::Error;
use crate::ids::{FundId, OrganisationId, PersonId, QuoteAskId, QuoteRequestId};
use crate::quotes::rules;
use crate::quotes::{AnswerKind, Side};

/// The most things of one kind that are looked at, the newest first.
const LOOKED_AT: i64 = 100;
/// How many days a message waits: whoever has not answered it by then does not mean to.
const WAITS: u64 = 90;

/// A request of whom, of which fund, and since when something of it waits.
type Row = (QuoteRequestId, PersonId, FundId, NaiveDateTime);

/// What waits for an actor who may choose.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Requests with offers that can be chosen, with the day of the newest offer.
    pub to_choose: Vec<(QuoteRequestId, NaiveDate)>,
    /// Threads in which a provider wrote last, with its request and day.
    pub to_answer: Vec<(QuoteAskId, QuoteRequestId, NaiveDate)>,
    /// Requests of which the choice was refused, with the day, and nothing was chosen since.
    pub refused: Vec<(QuoteRequestId, NaiveDate)>,
}

/// What waits for an actor who may choose for somebody: in a fixed number of bounded queries.
///
/// # Errors
/// When the database fails.
pub fn to_choose(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<Waiting, Error> {
    // Who may choose and does not see the money or the plan finds no request.
    let mut persons = actor.people_for::<Choose>();
    persons.retain(|person| actor.may::<SeeMoney>(*person) && actor.may::<SeePlan>(*person));
    if persons.is_empty() {
        return Ok(Waiting::default());
    }
    let (offers, messages) = (offers(tx, &persons, today)?, messages(tx, &persons, today)?);
    let refusals = refusals(tx, &persons)?;
    let mut requests: Vec<QuoteRequestId> = offers.iter().chain(&refusals).map(|row| row.0).collect();
    requests.extend(messages.iter().map(|(_, row)| row.0));
    let shown = Shown::load(tx, actor, requests, today)?;
    let refused: Vec<Row> = refusals.into_iter().filter(|row| shown.is_open(row)).collect();
    let mut to_choose: Vec<(QuoteRequestId, NaiveDate)> = vec![];
    for row in offers.into_iter().filter(|row| shown.is_open(row) && refused.iter().all(|other| other.0 != row.0)) {
        if to_choose.iter().all(|(request, _)| *request != row.0) {
            to_choose.push((row.0, day_of(&row)));
        }
    }
    let written = messages.into_iter().filter(|(_, row)| shown.is_seen(row));
    Ok(Waiting {
        to_choose,
        to_answer: written.map(|(ask, row)| (ask, row.0, day_of(&row))).collect(),
        refused: refused.iter().map(|row| (row.0, day_of(row))).collect(),
    })
}

fn day_of(row: &Row) -> NaiveDate {
    calendar::london(row.3.and_utc()).date()
}

/// Which requests an actor sees, and which of them are open.
struct Shown<'a> {
    actor: &'a Actor,
    open: Vec<QuoteRequestId>,
    hidden: Vec<QuoteRequestId>,
}

impl<'a> Shown<'a> {
    fn load(tx: &mut Tx, actor: &'a Actor, mut requests: Vec<QuoteRequestId>, today: NaiveDate) -> Result<Self, Error> {
        requests.sort_unstable();
        requests.dedup();
        let asked: Vec<(QuoteRequestId, OrganisationId, PersonId)> = quote_asks::table
            .inner_join(funds::table.on(funds::id.eq(quote_asks::fund_id)))
            .filter(quote_asks::request_id.eq_any(requests.clone()))
            .select((quote_asks::request_id, quote_asks::provider_id, funds::person_id))
            .load(tx)?;
        let works_for = asked.iter().filter(|(_, asked, person)| rules::works_for_asked(actor, *person, &[*asked]));
        let mut hidden: Vec<QuoteRequestId> = works_for.map(|(request, ..)| *request).collect();
        hidden.extend(super::kept_from_holder(tx, actor, &requests)?);
        let choices = choices::of_requests(tx, &requests)?;
        requests.retain(|request| rules::check_open(choices.get(request), today).is_ok());
        Ok(Self { actor, open: requests, hidden })
    }

    fn is_seen(&self, (request, _, fund, _): &Row) -> bool {
        !self.hidden.contains(request) && !self.actor.hides(*fund)
    }

    fn is_open(&self, row: &Row) -> bool {
        self.open.contains(&row.0) && self.is_seen(row)
    }
}

/// The offers that count and can be chosen, the newest first.
fn offers(tx: &mut Tx, persons: &[PersonId], today: NaiveDate) -> Result<Vec<Row>, Error> {
    let newer = diesel::alias!(quote_answers as newer);
    let later = newer
        .filter(newer.field(quote_answers::ask_id).eq(quote_answers::ask_id))
        .filter(newer.field(quote_answers::number).gt(quote_answers::number));
    let settled = quote_choices::table
        .left_join(quote_acceptances::table.on(quote_acceptances::choice_id.eq(quote_choices::id)))
        .filter(quote_choices::request_id.eq(quote_asks::request_id))
        .filter(quote_choices::answer_id.is_null().or(quote_acceptances::id.is_not_null()));
    let rows = quote_answers::table
        .inner_join(quote_asks::table.on(quote_asks::id.eq(quote_answers::ask_id)))
        .inner_join(funds::table.on(funds::id.eq(quote_answers::fund_id)))
        .filter(funds::person_id.eq_any(persons.to_vec()).and(funds::ended_on.is_null()))
        .filter(quote_answers::kind.eq(AnswerKind::Offered).and(quote_answers::valid_until.ge(today)))
        .filter(not(exists(later)).and(not(exists(settled))))
        .select((quote_asks::request_id, funds::person_id, funds::id, quote_answers::answered_at))
        .order(quote_answers::id.desc())
        .limit(LOOKED_AT)
        .load(tx)?;
    Ok(rows)
}

/// The threads in which a provider wrote last, while nobody else was chosen for good.
fn messages(tx: &mut Tx, persons: &[PersonId], today: NaiveDate) -> Result<Vec<(QuoteAskId, Row)>, Error> {
    let since = today.checked_sub_days(Days::new(WAITS)).unwrap_or(today).and_time(NaiveTime::MIN);
    let newer = diesel::alias!(quote_messages as newer);
    let later = newer
        .filter(newer.field(quote_messages::ask_id).eq(quote_messages::ask_id))
        .filter(newer.field(quote_messages::is_feedback).eq(false))
        .filter(newer.field(quote_messages::id).gt(quote_messages::id));
    let chosen = diesel::alias!(quote_answers as chosen);
    let own = chosen
        .filter(chosen.field(quote_answers::id).nullable().eq(quote_choices::answer_id))
        .filter(chosen.field(quote_answers::ask_id).eq(quote_messages::ask_id));
    let settled_otherwise = quote_choices::table
        .left_join(quote_acceptances::table.on(quote_acceptances::choice_id.eq(quote_choices::id)))
        .filter(quote_choices::request_id.eq(quote_asks::request_id))
        .filter(quote_choices::answer_id.is_null().or(quote_acceptances::id.is_not_null()))
        .filter(not(exists(own)));
    let rows = quote_messages::table
        .inner_join(quote_asks::table.on(quote_asks::id.eq(quote_messages::ask_id)))
        .inner_join(funds::table.on(funds::id.eq(quote_messages::fund_id)))
        .filter(funds::person_id.eq_any(persons.to_vec()).and(funds::ended_on.is_null()))
        .filter(quote_messages::side.eq(Side::Provider).and(quote_messages::written_at.ge(since)))
        .filter(not(exists(later)).and(not(exists(settled_otherwise))))
        .select((quote_asks::id, (quote_asks::request_id, funds::person_id, funds::id, quote_messages::written_at)))
        .order(quote_messages::id.desc())
        .limit(LOOKED_AT)
        .load(tx)?;
    Ok(rows)
}

/// The choices that were refused and after which none was made.
fn refusals(tx: &mut Tx, persons: &[PersonId]) -> Result<Vec<Row>, Error> {
    let newer = diesel::alias!(quote_choices as newer);
    let later = newer
        .filter(newer.field(quote_choices::request_id).eq(quote_choices::request_id))
        .filter(newer.field(quote_choices::number).gt(quote_choices::number));
    let rows = quote_refusals::table
        .inner_join(quote_choices::table.on(quote_choices::id.eq(quote_refusals::choice_id)))
        .inner_join(quote_requests::table.on(quote_requests::id.eq(quote_choices::request_id)))
        .inner_join(funds::table.on(funds::id.eq(quote_refusals::fund_id)))
        .filter(funds::person_id.eq_any(persons.to_vec()).and(funds::ended_on.is_null()))
        .filter(not(exists(later)))
        .select((quote_requests::id, funds::person_id, funds::id, quote_refusals::refused_at))
        .order(quote_refusals::id.desc())
        .limit(LOOKED_AT)
        .load(tx)?;
    Ok(rows)
}
