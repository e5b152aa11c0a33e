//! Rows of signals: what the rules find in the records of everybody, and how it was judged.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::safeguarding::{self, AboutWhom};
use crate::auth::rights::{Actor, SafeguardingMember};
use crate::bank_details;
use crate::calendar;
use crate::concerns::rules::safeguarding as rules;
use crate::concerns::rules::signals::{self as rule, FeeOf, NewDetails, OnBothSides, Recorded, Spent};
use crate::concerns::{Found, Judged, Judgement, NewConcern, Signal, SignalKind, Subject};
use crate::db::Tx;
use crate::db::columns::word;
use crate::db::schema::{
    agreements, deliveries, funds, invoices, journal_entries, mandates, memberships, order_lines, orders,
    organisations, people, safeguarding_judgements, safeguarding_signals, users,
};
use crate::error::Error;
use crate::ids::{AgreementId, ConcernId, FundId, OrderLineId, OrganisationId, PersonId, SignalId, UserId};
use crate::ledger::{self, Account, EntryKind};
use crate::money::{Pence, Quantity};

word! {
    SignalKind;
    Judgement;
}

/// The most signals that one page lists.
const PAGE: i64 = 500;

/// How far back the rules look, in days.
const LOOKED_BACK: u64 = 70;

type Row = (
    (SignalId, SignalKind, PersonId, OrganisationId, Option<UserId>, Option<OrganisationId>),
    (String, String, NaiveDateTime),
);

/// Signals with the names of the persons.
macro_rules! signals {
    () => {
        safeguarding_signals::table.inner_join(people::table.on(people::id.eq(safeguarding_signals::person_id))).select(
            (
                (
                    safeguarding_signals::id,
                    safeguarding_signals::kind,
                    safeguarding_signals::person_id,
                    safeguarding_signals::council_id,
                    safeguarding_signals::about_user_id,
                    safeguarding_signals::about_organisation_id,
                ),
                (people::name, safeguarding_signals::reason, safeguarding_signals::raised_at),
            ),
        )
    };
}

fn noun(row: Row, judged: Option<Judged>) -> Signal {
    let ((id, kind, person, council, user, organisation), (person_name, reason, at)) = row;
    let subject = Subject { council, person, user, organisation };
    Signal { id, kind, subject, person_name, reason, raised_at: at.and_utc(), judged }
}

/// The signals that a safeguarding person sees, the newest first; for callers that record the look.
pub(super) fn load(tx: &mut Tx, actor: &Actor, right: &SafeguardingMember) -> Result<Vec<Signal>, Error> {
    let rows: Vec<Row> = signals!()
        .filter(safeguarding_signals::council_id.eq(right.council()))
        .order(safeguarding_signals::id.desc())
        .limit(PAGE)
        .load(tx)?;
    let mut judged = judgements(tx, &rows.iter().map(|row| row.0.0).collect::<Vec<_>>())?;
    let mut found: Vec<Signal> = rows.into_iter().map(|row| noun(row.clone(), judged.remove(&row.0.0))).collect();
    found.retain(|signal| rules::sees(actor, right, &signal.subject));
    Ok(found)
}

fn judgements(tx: &mut Tx, some: &[SignalId]) -> Result<BTreeMap<SignalId, Judged>, Error> {
    type JudgedRow = (SignalId, Judgement, String, Option<ConcernId>, String, NaiveDateTime);
    let rows: Vec<JudgedRow> = safeguarding_judgements::table
        .inner_join(users::table.on(users::id.eq(safeguarding_judgements::by_user_id)))
        .filter(safeguarding_judgements::signal_id.eq_any(some.to_vec()))
        .select((
            safeguarding_judgements::signal_id,
            safeguarding_judgements::judgement,
            safeguarding_judgements::reason,
            safeguarding_judgements::concern_id,
            users::name,
            safeguarding_judgements::at,
        ))
        .load(tx)?;
    let judged = |(signal, judgement, reason, concern, name, at): JudgedRow| {
        (signal, Judged { judgement, reason, concern, name, at: at.and_utc() })
    };
    Ok(rows.into_iter().map(judged).collect())
}

/// A signal that a safeguarding person sees; the look is recorded.
///
/// # Errors
/// Not found, for everything and everybody else.
pub fn signal(
    tx: &mut Tx,
    actor: &Actor,
    right: &SafeguardingMember,
    id: SignalId,
    now: DateTime<Utc>,
) -> Result<Signal, Error> {
    let row: Row = signals!().filter(safeguarding_signals::id.eq(id)).first(tx)?;
    let judged = judgements(tx, &[id])?.remove(&id);
    let found = noun(row, judged);
    if !rules::sees(actor, right, &found.subject) {
        return Err(Error::NotFound);
    }
    safeguarding::look(tx, right, (None, Some(id)), now)?;
    Ok(found)
}

/// Judges a signal, once: it is dismissed, or taken up as a concern, which is answered.
///
/// # Errors
/// Refused when somebody has judged it already.
pub fn judge(
    tx: &mut Tx,
    (actor, right): (&Actor, &SafeguardingMember),
    signal: &Signal,
    (judgement, reason): (Judgement, &str),
    now: DateTime<Utc>,
) -> Result<Option<ConcernId>, Error> {
    if signal.judged.is_some() {
        return Err(rules::Refusal::Judged.into());
    }
    let concern = match judgement {
        Judgement::Dismissed => None,
        Judgement::TakenUp => {
            let what = format!("{} {reason}", signal.reason);
            let new = NewConcern { person: signal.subject.person, about_words: String::new(), what };
            let about = AboutWhom { user: signal.subject.user, organisation: signal.subject.organisation };
            Some(safeguarding::raise(tx, actor, &new, about, now)?)
        }
    };
    let row = (
        safeguarding_judgements::signal_id.eq(signal.id),
        safeguarding_judgements::judgement.eq(judgement),
        safeguarding_judgements::reason.eq(reason),
        safeguarding_judgements::concern_id.eq(concern),
        safeguarding_judgements::by_user_id.eq(right.user()),
        safeguarding_judgements::at.eq(now.naive_utc()),
    );
    diesel::insert_into(safeguarding_judgements::table).values(row).execute(tx)?;
    Ok(concern)
}

/// Looks through the records of everybody and raises what the rules find and nobody has raised; answers how many.
///
/// # Errors
/// When the database fails.
pub fn raise_all(tx: &mut Tx, now: DateTime<Utc>) -> Result<usize, Error> {
    let today = calendar::london(now).date();
    let since = today - Days::new(LOOKED_BACK);
    let mut found = on_both_sides(tx, today)?;
    found.extend(cash(tx, since, today)?);
    found.extend(identical(tx, since)?);
    found.extend(fees(tx)?);
    found.extend(paid_to_new_details(tx, now)?);
    let mut count = 0;
    for (person, found) in found {
        count += usize::from(raise(tx, person, &found, now)?);
    }
    Ok(count)
}

/// Raises a signal that nobody has raised; answers whether it did.
fn raise(tx: &mut Tx, person: PersonId, found: &Found, now: DateTime<Utc>) -> Result<bool, Error> {
    let known = safeguarding_signals::table.filter(safeguarding_signals::dedupe_key.eq(&found.key));
    if diesel::select(diesel::dsl::exists(known)).get_result::<bool>(tx)? {
        return Ok(false);
    }
    let council: OrganisationId = people::table.filter(people::id.eq(person)).select(people::council_id).first(tx)?;
    let row = (
        safeguarding_signals::dedupe_key.eq(&found.key),
        safeguarding_signals::person_id.eq(person),
        safeguarding_signals::council_id.eq(council),
        safeguarding_signals::kind.eq(found.kind),
        safeguarding_signals::reason.eq(&found.reason),
        safeguarding_signals::about_user_id.eq(found.user),
        safeguarding_signals::about_organisation_id.eq(found.organisation),
        safeguarding_signals::raised_at.eq(now.naive_utc()),
    );
    diesel::insert_into(safeguarding_signals::table).values(row).execute(tx)?;
    Ok(true)
}

/// Persons from whose funds a provider was paid soon after it had new bank details.
fn paid_to_new_details(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<(PersonId, Found)>, Error> {
    let mut found = vec![];
    for replaced in bank_details::store::replaced_since(tx, now - TimeDelta::days(LOOKED_BACK.cast_signed()))? {
        let organisation = replaced.organisation;
        let name: String =
            organisations::table.filter(organisations::id.eq(organisation)).select(organisations::name).first(tx)?;
        let new =
            NewDetails { change: replaced.change, organisation, name, from: calendar::london(replaced.from).date() };
        let payments: Vec<(PersonId, Option<NaiveDate>, Pence)> = invoices::table
            .inner_join(funds::table.on(funds::id.eq(invoices::fund_id)))
            .filter(invoices::provider_id.eq(organisation).and(invoices::kind.eq("invoice")))
            .filter(invoices::paid_on.ge(Some(new.from)))
            .select((funds::person_id, invoices::paid_on, invoices::total_pence))
            .load(tx)?;
        let mut of_person: BTreeMap<PersonId, Vec<(NaiveDate, Pence)>> = BTreeMap::new();
        for (person, on, amount) in payments {
            of_person.entry(person).or_default().extend(on.map(|on| (on, amount)));
        }
        found.extend(
            of_person.iter().filter_map(|(person, paid)| {
                rule::paid_to_new_details(*person, &new, paid).map(|found| (*person, found))
            }),
        );
    }
    Ok(found)
}

/// Those who act for a person today and belong to an organisation with lines in that person's orders.
fn on_both_sides(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(PersonId, Found)>, Error> {
    type BothRow = (PersonId, UserId, String, OrganisationId, String);
    let paid = order_lines::table
        .inner_join(orders::table.on(orders::id.eq(order_lines::order_id)))
        .inner_join(funds::table.on(funds::id.eq(orders::fund_id)))
        .filter(funds::person_id.eq(mandates::person_id))
        .filter(order_lines::provider_id.eq(memberships::organisation_id));
    let rows: Vec<BothRow> = mandates::table
        .inner_join(users::table.on(users::id.eq(mandates::user_id)))
        .inner_join(memberships::table.on(memberships::user_id.eq(mandates::user_id)))
        .inner_join(organisations::table.on(organisations::id.eq(memberships::organisation_id)))
        .filter(mandates::ended_at.is_null().and(memberships::ended_at.is_null()))
        .filter(mandates::to_date.is_null().or(mandates::to_date.ge(Some(today))))
        .filter(diesel::dsl::exists(paid))
        .select((mandates::person_id, users::id, users::name, organisations::id, organisations::name))
        .distinct()
        .load(tx)?;
    let found = |(person, user, name, organisation, organisation_name): BothRow| {
        (person, rule::representative(person, &OnBothSides { user, name, organisation, organisation_name }))
    };
    Ok(rows.into_iter().map(found).collect())
}

/// Funds with much more reported cash than before.
fn cash(tx: &mut Tx, since: NaiveDate, today: NaiveDate) -> Result<Vec<(PersonId, Found)>, Error> {
    let rows: Vec<(FundId, PersonId)> = journal_entries::table
        .inner_join(funds::table.on(funds::id.eq(journal_entries::fund_id)))
        .filter(journal_entries::kind.eq(EntryKind::SpendingReported))
        .filter(journal_entries::happened_on.ge(since))
        .select((funds::id, funds::person_id))
        .distinct()
        .load(tx)?;
    let mut found = vec![];
    for (fund, person) in rows {
        let spent = spent(tx, fund, since, today)?;
        found.extend(rule::cash(fund, &spent, today).map(|found| (person, found)));
    }
    Ok(found)
}

/// What was reported as spent from a fund.
fn spent(tx: &mut Tx, fund: FundId, since: NaiveDate, today: NaiveDate) -> Result<Vec<Spent>, Error> {
    let entries = ledger::store::entries(tx, fund, since, today)?.into_iter();
    let reported = entries.filter(|entry| entry.kind == EntryKind::SpendingReported);
    let spent = |entry: ledger::RecordedEntry| {
        let bank = entry.postings.iter().filter(|posting| posting.account == Account::Bank);
        let amount: Pence = bank.map(|posting| posting.amount).sum();
        Spent { on: entry.on, amount: amount.abs(), what: entry.description }
    };
    Ok(reported.map(spent).collect())
}

/// Deliveries that were recorded at once and are all alike.
fn identical(tx: &mut Tx, since: NaiveDate) -> Result<Vec<(PersonId, Found)>, Error> {
    type DeliveryRow = (PersonId, OrderLineId, OrganisationId, NaiveDate, Quantity, NaiveDateTime);
    let rows: Vec<DeliveryRow> = deliveries::table
        .inner_join(funds::table.on(funds::id.eq(deliveries::fund_id)))
        .filter(deliveries::delivered_on.ge(since).and(deliveries::status.ne("withdrawn")))
        .select((
            funds::person_id,
            deliveries::order_line_id,
            deliveries::provider_id,
            deliveries::delivered_on,
            deliveries::quantity,
            deliveries::recorded_at,
        ))
        .order(deliveries::id)
        .load(tx)?;
    let mut of_person: BTreeMap<PersonId, Vec<Recorded>> = BTreeMap::new();
    for (person, line, provider, on, quantity, at) in rows {
        let recorded_on = calendar::london(at.and_utc()).date();
        of_person.entry(person).or_default().push(Recorded { line, provider, on, quantity, recorded_on });
    }
    let found = |(person, some): (PersonId, Vec<Recorded>)| {
        rule::identical(&some).into_iter().map(move |found| (person, found))
    };
    Ok(of_person.into_iter().flat_map(found).collect())
}

/// Fees that rose from one agreement of a fund to the next.
fn fees(tx: &mut Tx) -> Result<Vec<(PersonId, Found)>, Error> {
    type FeeRow = (PersonId, FundId, Option<OrganisationId>, AgreementId, NaiveDate, Pence);
    let rows: Vec<FeeRow> = agreements::table
        .inner_join(funds::table.on(funds::id.eq(agreements::fund_id)))
        .filter(agreements::in_force_at.is_not_null())
        .select((
            funds::person_id,
            funds::id,
            funds::holder_organisation_id,
            agreements::id,
            agreements::starts_on,
            agreements::fee_weekly_pence,
        ))
        .order((funds::person_id, agreements::starts_on, agreements::id))
        .load(tx)?;
    type Whose = (PersonId, Option<OrganisationId>);
    let mut by_holder: BTreeMap<Whose, Vec<FeeOf>> = BTreeMap::new();
    for (person, _, holder, agreement, from, weekly) in rows {
        by_holder.entry((person, holder)).or_default().push(FeeOf { agreement, from, weekly });
    }
    let found = |((person, holder), some): (Whose, Vec<FeeOf>)| {
        rule::fees(&some, holder).into_iter().map(move |found| (person, found))
    };
    Ok(by_holder.into_iter().flat_map(found).collect())
}
