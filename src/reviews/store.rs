//! Rows of reviews, of what was decided about them, of what providers answered, and of what was taken back.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::{Decision, NewDecision, NewReview, Reply, Review, rules};
use crate::auth::rights::{ActingFor, Actor, Approve, CouncilOfficer, SeePlan};
use crate::db::Tx;
use crate::db::schema::{
    deliveries, delivery_visits, funds, order_lines, organisations, people, review_decisions, review_replies,
    review_reply_decisions, review_withdrawals, reviews, services,
};
use crate::directory::Outcome;
use crate::error::Error;
use crate::ids::{DeliveryId, OrganisationId, PersonId, ReviewId, ReviewReplyId, ServiceId, UserId};
use crate::people::store as person_store;
use crate::quotes::rules::anonymity;

/// The most reviews that a page lists.
const LISTED: i64 = 200;
/// What a delivery is that somebody has confirmed.
const CONFIRMED: [&str; 2] = ["confirmed", "invoiced"];

type Row = (
    (ReviewId, PersonId, OrganisationId, ServiceId, String, OrganisationId, String),
    (i64, (i64, i64, i64, i64), String, UserId, NaiveDateTime),
);

macro_rules! reviews_where {
    ($tx:expr, $condition:expr) => {{
        let rows: Vec<Row> = reviews::table
            .inner_join(people::table.on(people::id.eq(reviews::person_id)))
            .inner_join(services::table.on(services::id.eq(reviews::service_id)))
            .inner_join(organisations::table.on(organisations::id.eq(services::organisation_id)))
            .filter($condition)
            .select((
                (
                    reviews::id,
                    reviews::person_id,
                    people::council_id,
                    reviews::service_id,
                    services::name,
                    services::organisation_id,
                    organisations::name,
                ),
                (
                    reviews::number,
                    (reviews::as_agreed, reviews::on_time, reviews::respect, reviews::again),
                    reviews::words,
                    reviews::written_by,
                    reviews::written_at,
                ),
            ))
            .order(reviews::id.desc())
            .limit(LISTED)
            .load($tx)?;
        whole($tx, rows)?
    }};
}

/// Reviews with what became of each, in as many queries as there are things that can become of one.
fn whole(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Review>, Error> {
    let ids: Vec<ReviewId> = rows.iter().map(|(about, _)| about.0).collect();
    let (mut decisions, mut replies) = (decisions(tx, &ids)?, replies(tx, &ids)?);
    let later = Later::of(tx, &rows)?;
    let noun = |(about, said): Row| {
        let (id, person, council, service, service_name, provider, provider_name) = about;
        let (number, marks, words, by_user, at) = said;
        let decision = decisions.remove(&id);
        let replaced = later.replaces((person, service), number, decision.is_some());
        Review {
            id,
            person,
            council,
            service,
            service_name,
            provider,
            provider_name,
            number,
            marks: [marks.0, marks.1, marks.2, marks.3],
            words,
            by_user,
            at: at.and_utc(),
            decision,
            reply: replies.remove(&id),
            replaced,
            withdrawn: later.withdraws((person, service), number),
        }
    };
    Ok(rows.into_iter().map(noun).collect())
}

/// What was decided last about some reviews.
fn decisions(tx: &mut Tx, ids: &[ReviewId]) -> Result<BTreeMap<ReviewId, Decision>, Error> {
    let rows: Vec<(ReviewId, bool, String, NaiveDateTime)> = review_decisions::table
        .filter(review_decisions::review_id.eq_any(ids.to_vec()))
        .select((
            review_decisions::review_id,
            review_decisions::shown,
            review_decisions::reason,
            review_decisions::decided_at,
        ))
        .order(review_decisions::id)
        .load(tx)?;
    let decision = |(id, shown, reason, at): (ReviewId, bool, String, NaiveDateTime)| {
        (id, Decision { shown, reason, at: at.and_utc() })
    };
    Ok(rows.into_iter().map(decision).collect())
}

/// What providers answered last to some reviews, with what was decided last about it.
fn replies(tx: &mut Tx, ids: &[ReviewId]) -> Result<BTreeMap<ReviewId, Reply>, Error> {
    let rows: Vec<(ReviewReplyId, ReviewId, String, NaiveDateTime)> = review_replies::table
        .filter(review_replies::review_id.eq_any(ids.to_vec()))
        .select((review_replies::id, review_replies::review_id, review_replies::text, review_replies::written_at))
        .order(review_replies::id)
        .load(tx)?;
    let of: Vec<ReviewReplyId> = rows.iter().map(|(id, ..)| *id).collect();
    let decided: Vec<(ReviewReplyId, bool, String, NaiveDateTime)> = review_reply_decisions::table
        .filter(review_reply_decisions::reply_id.eq_any(of))
        .select((
            review_reply_decisions::reply_id,
            review_reply_decisions::shown,
            review_reply_decisions::reason,
            review_reply_decisions::decided_at,
        ))
        .order(review_reply_decisions::id)
        .load(tx)?;
    let decision = |(id, shown, reason, at): (ReviewReplyId, bool, String, NaiveDateTime)| {
        (id, Decision { shown, reason, at: at.and_utc() })
    };
    let mut decided: BTreeMap<ReviewReplyId, Decision> = decided.into_iter().map(decision).collect();
    let reply = |(id, review, text, at): (ReviewReplyId, ReviewId, String, NaiveDateTime)| {
        (review, Reply { id, text, at: at.and_utc(), decision: decided.remove(&id) })
    };
    Ok(rows.into_iter().map(reply).collect())
}

/// Of each person and service the newest version, the newest that was decided on, the newest that was taken back.
struct Later {
    newest: BTreeMap<(PersonId, ServiceId), i64>,
    decided: BTreeMap<(PersonId, ServiceId), i64>,
    withdrawn: BTreeMap<(PersonId, ServiceId), i64>,
}

impl Later {
    fn of(tx: &mut Tx, rows: &[Row]) -> Result<Self, Error> {
        let persons: BTreeSet<PersonId> = rows.iter().map(|(about, _)| about.1).collect();
        let services: BTreeSet<ServiceId> = rows.iter().map(|(about, _)| about.3).collect();
        let (persons, services) = (Vec::from_iter(persons), Vec::from_iter(services));
        let theirs = reviews::person_id.eq_any(persons).and(reviews::service_id.eq_any(services));
        let decided = exists(review_decisions::table.filter(review_decisions::review_id.eq(reviews::id)));
        let withdrawn = exists(review_withdrawals::table.filter(review_withdrawals::review_id.eq(reviews::id)));
        let versions: Vec<(PersonId, ServiceId, i64, bool, bool)> = reviews::table
            .filter(theirs)
            .select((reviews::person_id, reviews::service_id, reviews::number, decided, withdrawn))
            .order(reviews::number)
            .load(tx)?;
        let last = |counts: &dyn Fn(bool, bool) -> bool| {
            let those = versions.iter().filter(|(.., decided, withdrawn)| counts(*decided, *withdrawn));
            those.map(|(person, service, number, ..)| ((*person, *service), *number)).collect()
        };
        Ok(Self {
            newest: last(&|_, _| true),
            decided: last(&|decided, _| decided),
            withdrawn: last(&|_, withdrawn| withdrawn),
        })
    }

    /// Whether a later version took the place of one: the council decided about a later one, or had not yet decided about this
    /// one when a later one came.
    fn replaces(&self, of: (PersonId, ServiceId), number: i64, is_decided: bool) -> bool {
        let later = if is_decided { &self.decided } else { &self.newest };
        later.get(&of).is_some_and(|last| number < *last)
    }

    /// Whether one was taken back, by itself or with a later version.
    fn withdraws(&self, of: (PersonId, ServiceId), number: i64) -> bool {
        self.withdrawn.get(&of).is_some_and(|last| number <= *last)
    }
}

/// A review that the actor may see.
///
/// # Errors
/// Not found, when there is none or the actor may not know.
pub fn review(tx: &mut Tx, actor: &Actor, id: ReviewId) -> Result<Review, Error> {
    let found = reviews_where!(tx, reviews::id.eq(id)).pop().ok_or(Error::NotFound)?;
    if rules::sees(actor, &found) { Ok(found) } else { Err(Error::NotFound) }
}

/// The reviews that the actor has to do with, the newest first.
///
/// # Errors
/// When the database fails.
pub fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<Review>, Error> {
    let of_people = reviews::person_id.eq_any(actor.people_for::<SeePlan>());
    let of_councils = people::council_id.eq_any(actor.councils());
    let of_providers = services::organisation_id.eq_any(actor.providers());
    let mut found = reviews_where!(tx, of_people.or(of_councils).or(of_providers));
    found.retain(|review| rules::sees(actor, review));
    Ok(found)
}

/// How many reviews, and answers to reviews, wait to be read at a council.
///
/// # Errors
/// When the database fails.
pub fn unread(tx: &mut Tx, officer: &CouncilOfficer) -> Result<usize, Error> {
    let decided = exists(review_decisions::table.filter(review_decisions::review_id.eq(reviews::id)));
    let read = exists(review_reply_decisions::table.filter(review_reply_decisions::reply_id.eq(review_replies::id)));
    let answers = review_replies::table.filter(review_replies::review_id.eq(reviews::id));
    let answered = exists(answers.filter(not(read)));
    // Which of these wait, the rule says: some were replaced or taken back.
    let found = reviews_where!(tx, people::council_id.eq(officer.council()).and(not(decided).or(answered)));
    Ok(found.iter().filter(|review| review.waits() || review.reply_waits()).count())
}

/// The deliveries of services that somebody has confirmed: who was not visited has used nothing.
macro_rules! used_where {
    ($condition:expr) => {
        deliveries::table
            .inner_join(funds::table.on(funds::id.eq(deliveries::fund_id)))
            .inner_join(order_lines::table.on(order_lines::id.eq(deliveries::order_line_id)))
            .inner_join(services::table.on(services::id.nullable().eq(order_lines::service_id)))
            .filter($condition)
            .filter(deliveries::status.eq_any(CONFIRMED))
            .filter(not(exists(delivery_visits::table.filter(
                delivery_visits::delivery_id.eq(deliveries::id).and(delivery_visits::outcome.ne(Outcome::Given.code())),
            ))))
    };
}

/// The services that some people used, in the order of their names: something of them was confirmed.
///
/// # Errors
/// When the database fails.
pub fn used(tx: &mut Tx, persons: &[PersonId]) -> Result<Vec<(PersonId, ServiceId, String)>, Error> {
    let used = used_where!(funds::person_id.eq_any(persons.to_vec()));
    let used = used.select((funds::person_id, services::id, services::name)).distinct();
    Ok(used.order((services::name, services::id, funds::person_id)).load(tx)?)
}

/// The newest confirmed delivery of a service to a person, with the name of the service.
///
/// # Errors
/// When the database fails.
pub fn newest_use(tx: &mut Tx, person: PersonId, service: ServiceId) -> Result<Option<(DeliveryId, String)>, Error> {
    let used = used_where!(funds::person_id.eq(person).and(services::id.eq(service)));
    let newest = used.select((deliveries::id, services::name)).order(deliveries::id.desc());
    Ok(newest.first(tx).optional()?)
}

/// What some people are called. The caller has loaded what concerns them for the actor.
///
/// # Errors
/// When the database fails.
pub fn names_of(tx: &mut Tx, persons: &[PersonId]) -> Result<BTreeMap<PersonId, String>, Error> {
    let rows: Vec<(PersonId, String)> =
        people::table.filter(people::id.eq_any(persons.to_vec())).select((people::id, people::name)).load(tx)?;
    Ok(rows.into_iter().collect())
}

/// Whether there is such a service.
///
/// # Errors
/// Not found, when there is none.
pub fn check_service(tx: &mut Tx, id: ServiceId) -> Result<(), Error> {
    services::table.filter(services::id.eq(id)).select(services::id).first::<ServiceId>(tx)?;
    Ok(())
}

/// The newest review of a service by a person, which a new one would follow.
///
/// # Errors
/// When the database fails.
pub fn newest(tx: &mut Tx, person: PersonId, service: ServiceId) -> Result<Option<Review>, Error> {
    let found = reviews_where!(tx, reviews::person_id.eq(person).and(reviews::service_id.eq(service)));
    Ok(found.into_iter().max_by_key(|review| review.number))
}

/// The right to say how a service was for a person: who may say what was given is right.
///
/// # Errors
/// Not found, for who does not stand for them; forbidden, where the mandate does not go so far.
pub fn may_write(actor: &Actor, person: PersonId) -> Result<ActingFor<Approve>, Error> {
    if !actor.stands_for(person) {
        return Err(Error::NotFound);
    }
    let why = "Only who may confirm what was given may say how it was.";
    actor.acting_for::<Approve>(person).ok_or_else(|| Error::Forbidden(why.to_owned()))
}

/// What stands in the place of a reason when the words about somebody are taken out.
const ERASED: &str = "Erased";
/// How often somebody may say anew how one service was: an officer reads every version.
const MOST_VERSIONS: i64 = 20;

/// Keeps what somebody says of a service that they used, as a new version.
///
/// # Errors
/// What the rules refuse.
pub fn add(
    tx: &mut Tx,
    actor: &Actor,
    (service, new): (ServiceId, &NewReview),
    now: DateTime<Utc>,
) -> Result<ReviewId, Error> {
    let acting = may_write(actor, new.person)?;
    let used = newest_use(tx, new.person, service)?;
    let (delivery, _) = used.ok_or(rules::Refusal::NotUsed)?;
    let provider: OrganisationId =
        services::table.filter(services::id.eq(service)).select(services::organisation_id).first(tx)?;
    if actor.person() != Some(new.person) && actor.works_for(provider) {
        return Err(rules::Refusal::OwnProvider.into());
    }
    let person = person_store::person_of_record(tx, new.person)?;
    anonymity::tells(&new.words, &person).map_or(Ok(()), |what| Err(rules::Refusal::Tells(what)))?;
    let number = newest(tx, new.person, service)?.map_or(1, |before| before.number + 1);
    if number > MOST_VERSIONS {
        return Err(rules::Refusal::TooOften.into());
    }
    let [as_agreed, on_time, respect, again] = new.marks;
    let row = (
        reviews::person_id.eq(new.person),
        reviews::service_id.eq(service),
        reviews::number.eq(number),
        reviews::delivery_id.eq(delivery),
        (
            reviews::as_agreed.eq(as_agreed),
            reviews::on_time.eq(on_time),
            reviews::respect.eq(respect),
            reviews::again.eq(again),
        ),
        reviews::words.eq(&new.words),
        reviews::written_by.eq(acting.user()),
        reviews::authority.eq(acting.authority()),
        reviews::mandate_id.eq(acting.mandate()),
        reviews::written_at.eq(now.naive_utc()),
    );
    Ok(diesel::insert_into(reviews::table).values(row).returning(reviews::id).get_result(tx)?)
}

/// Decides whether a review is shown; what was decided before stays.
///
/// # Errors
/// Forbidden, or what the rules refuse.
pub fn decide(tx: &mut Tx, actor: &Actor, review: &Review, new: &NewDecision, now: DateTime<Utc>) -> Result<(), Error> {
    let officer = rules::may_decide(actor, review)?;
    rules::check_decision(review, new)?;
    let row = (
        review_decisions::review_id.eq(review.id),
        review_decisions::shown.eq(new.shown),
        review_decisions::reason.eq(&new.reason),
        review_decisions::decided_by.eq(officer.user()),
        review_decisions::authority.eq(officer.authority()),
        review_decisions::decided_at.eq(now.naive_utc()),
    );
    diesel::insert_into(review_decisions::table).values(row).execute(tx)?;
    Ok(())
}

/// What the answer to a review tells of who wrote it, for the officers who decide on it.
///
/// # Errors
/// When the database fails.
pub fn reply_tells(tx: &mut Tx, review: &Review) -> Result<Option<&'static str>, Error> {
    let Some(reply) = &review.reply else { return Ok(None) };
    Ok(anonymity::who(&reply.text, &person_store::person_of_record(tx, review.person)?))
}

/// Decides whether the answer to a review is shown; what was decided before stays.
///
/// # Errors
/// Forbidden, or what the rules refuse.
pub fn decide_reply(
    tx: &mut Tx,
    actor: &Actor,
    (review, reply): (&Review, ReviewReplyId),
    new: &NewDecision,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let officer = rules::may_decide(actor, review)?;
    let who = reply_tells(tx, review)?;
    rules::check_reply_decision(review, reply, who, new).map_err(rules::Refusal::of_answer)?;
    let row = (
        review_reply_decisions::reply_id.eq(reply),
        review_reply_decisions::shown.eq(new.shown),
        review_reply_decisions::reason.eq(&new.reason),
        review_reply_decisions::decided_by.eq(officer.user()),
        review_reply_decisions::authority.eq(officer.authority()),
        review_reply_decisions::decided_at.eq(now.naive_utc()),
    );
    diesel::insert_into(review_reply_decisions::table).values(row).execute(tx)?;
    Ok(())
}

/// Takes a review back, as the person or for them, with all that was said of the service before.
///
/// # Errors
/// Forbidden, or what the rules refuse.
pub fn withdraw(tx: &mut Tx, actor: &Actor, review: &Review, now: DateTime<Utc>) -> Result<(), Error> {
    let acting = may_withdraw(actor, review)?;
    rules::check_stands(review)?;
    // From whichever version it is asked: what waits to be read is taken back with the rest.
    let newest = newest(tx, review.person, review.service)?.ok_or(Error::NotFound)?;
    let row = (
        review_withdrawals::review_id.eq(newest.id),
        review_withdrawals::withdrawn_by.eq(acting.user()),
        review_withdrawals::authority.eq(acting.authority()),
        review_withdrawals::mandate_id.eq(acting.mandate()),
        review_withdrawals::withdrawn_at.eq(now.naive_utc()),
    );
    diesel::insert_into(review_withdrawals::table).values(row).execute(tx)?;
    Ok(())
}

/// The right to take a review back: of whoever may write it.
///
/// # Errors
/// Forbidden, for everybody else who sees it.
pub fn may_withdraw(actor: &Actor, review: &Review) -> Result<ActingFor<Approve>, Error> {
    let why = "Only who may say how it was may take it back.";
    actor.acting_for::<Approve>(review.person).ok_or_else(|| Error::Forbidden(why.to_owned()))
}

/// Answers a review for its provider, once; everybody reads it when an officer let it through.
///
/// # Errors
/// Forbidden, or what the rules refuse.
pub fn reply(tx: &mut Tx, actor: &Actor, review: &Review, text: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let speaks = rules::may_reply(actor, review)?;
    rules::check_reply(review)?;
    anonymity::reach(text).map_or(Ok(()), |what| Err(rules::Refusal::ReplyReaches(what)))?;
    let row = (
        review_replies::review_id.eq(review.id),
        review_replies::text.eq(text),
        review_replies::written_by.eq(speaks.user()),
        review_replies::authority.eq(speaks.authority()),
        review_replies::written_at.eq(now.naive_utc()),
    );
    diesel::insert_into(review_replies::table).values(row).execute(tx)?;
    Ok(())
}

/// Takes the words out of what a person said of services, of what was answered, and of why it was decided so: all of them may
/// tell who it was.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let theirs: Vec<ReviewId> = reviews::table.filter(reviews::person_id.eq(person)).select(reviews::id).load(tx)?;
    let answers = review_replies::table.filter(review_replies::review_id.eq_any(theirs.clone()));
    let answers: Vec<ReviewReplyId> = answers.select(review_replies::id).load(tx)?;
    diesel::update(reviews::table.filter(reviews::person_id.eq(person))).set(reviews::words.eq("")).execute(tx)?;
    let because = review_decisions::reason.ne("").and(review_decisions::review_id.eq_any(theirs.clone()));
    diesel::update(review_decisions::table.filter(because)).set(review_decisions::reason.eq(ERASED)).execute(tx)?;
    diesel::update(review_replies::table.filter(review_replies::review_id.eq_any(theirs)))
        .set(review_replies::text.eq(""))
        .execute(tx)?;
    let because = review_reply_decisions::reason.ne("").and(review_reply_decisions::reply_id.eq_any(answers));
    diesel::update(review_reply_decisions::table.filter(because))
        .set(review_reply_decisions::reason.eq(ERASED))
        .execute(tx)?;
    Ok(())
}
