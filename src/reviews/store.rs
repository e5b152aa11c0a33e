//! Rows of reviews, of what was decided about them, and of what providers answered.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Decision, NewReview, Review, rules};
use crate::auth::rights::{ActingFor, Actor, Approve, CouncilOfficer, SeePlan};
use crate::db::Tx;
use crate::db::schema::{
    deliveries, delivery_visits, funds, order_lines, organisations, people, review_decisions, review_replies, reviews,
    services,
};
use crate::directory::Outcome;
use crate::error::Error;
use crate::ids::{DeliveryId, OrganisationId, PersonId, ReviewId, ServiceId};
use crate::people::store as person_store;
use crate::quotes::rules::anonymity;

/// The most reviews that a page lists.
const LISTED: i64 = 200;
/// What a delivery is that somebody has confirmed.
const CONFIRMED: [&str; 2] = ["confirmed", "invoiced"];

type Row = (
    (ReviewId, PersonId, OrganisationId, ServiceId, String, OrganisationId, String),
    (i64, (i64, i64, i64, i64), String, NaiveDateTime),
    Option<(bool, String, NaiveDateTime)>,
    Option<String>,
);

fn noun((about, said, decision, reply): Row) -> Review {
    let (id, person, council, service, service_name, provider, provider_name) = about;
    let (number, marks, words, at) = said;
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
        at: at.and_utc(),
        decision: decision.map(|(shown, reason, at)| Decision { shown, reason, at: at.and_utc() }),
        reply,
    }
}

macro_rules! reviews_where {
    ($tx:expr, $condition:expr) => {{
        let rows: Vec<Row> = reviews::table
            .inner_join(people::table.on(people::id.eq(reviews::person_id)))
            .inner_join(services::table.on(services::id.eq(reviews::service_id)))
            .inner_join(organisations::table.on(organisations::id.eq(services::organisation_id)))
            .left_join(review_decisions::table.on(review_decisions::review_id.eq(reviews::id)))
            .left_join(review_replies::table.on(review_replies::review_id.eq(reviews::id)))
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
                    reviews::written_at,
                ),
                (review_decisions::shown, review_decisions::reason, review_decisions::decided_at).nullable(),
                review_replies::text.nullable(),
            ))
            .order(reviews::id.desc())
            .limit(LISTED)
            .load($tx)?;
        rows.into_iter().map(noun).collect::<Vec<Review>>()
    }};
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

/// How many reviews wait to be read at a council.
///
/// # Errors
/// When the database fails.
pub fn unread(tx: &mut Tx, officer: &CouncilOfficer) -> Result<usize, Error> {
    let count: i64 = reviews::table
        .inner_join(people::table.on(people::id.eq(reviews::person_id)))
        .left_join(review_decisions::table.on(review_decisions::review_id.eq(reviews::id)))
        .filter(people::council_id.eq(officer.council()).and(review_decisions::id.is_null()))
        .count()
        .get_result(tx)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The services that a person used: something of them was confirmed. Each with the newest such delivery.
///
/// # Errors
/// When the database fails.
pub fn used(tx: &mut Tx, person: PersonId) -> Result<Vec<(ServiceId, String, DeliveryId)>, Error> {
    let rows: Vec<(ServiceId, String, DeliveryId)> = deliveries::table
        .inner_join(funds::table.on(funds::id.eq(deliveries::fund_id)))
        .inner_join(order_lines::table.on(order_lines::id.eq(deliveries::order_line_id)))
        .inner_join(services::table.on(services::id.nullable().eq(order_lines::service_id)))
        .filter(funds::person_id.eq(person).and(deliveries::status.eq_any(CONFIRMED)))
        // Who was not visited has used nothing.
        .filter(diesel::dsl::not(diesel::dsl::exists(delivery_visits::table.filter(
            delivery_visits::delivery_id.eq(deliveries::id).and(delivery_visits::outcome.ne(Outcome::Given.code())),
        ))))
        .select((services::id, services::name, deliveries::id))
        .order((services::name, services::id, deliveries::id.desc()))
        .load(tx)?;
    let mut used: Vec<(ServiceId, String, DeliveryId)> = vec![];
    for row in rows {
        if used.last().is_none_or(|(before, ..)| *before != row.0) {
            used.push(row);
        }
    }
    Ok(used)
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
    let used = used(tx, new.person)?.into_iter().find(|(of, ..)| *of == service);
    let (_, _, delivery) = used.ok_or(rules::Refusal::NotUsed)?;
    let provider: OrganisationId =
        services::table.filter(services::id.eq(service)).select(services::organisation_id).first(tx)?;
    if actor.person() != Some(new.person) && actor.works_for(provider) {
        return Err(rules::Refusal::OwnProvider.into());
    }
    anonymity::check_asker("words", &new.words, &person_store::person_of_record(tx, new.person)?)?;
    let number = newest(tx, new.person, service)?.map_or(1, |before| before.number + 1);
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

/// Decides whether a review is shown.
///
/// # Errors
/// Forbidden, or what the rules refuse.
pub fn decide(
    tx: &mut Tx,
    actor: &Actor,
    review: &Review,
    (shown, reason): (bool, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let officer = rules::may_decide(actor, review)?;
    rules::check_decision(review, shown, reason)?;
    let row = (
        review_decisions::review_id.eq(review.id),
        review_decisions::shown.eq(shown),
        review_decisions::reason.eq(reason),
        review_decisions::decided_by.eq(officer.user()),
        review_decisions::authority.eq(officer.authority()),
        review_decisions::decided_at.eq(now.naive_utc()),
    );
    diesel::insert_into(review_decisions::table).values(row).execute(tx)?;
    Ok(())
}

/// Answers a review for its provider, once.
///
/// # Errors
/// Forbidden, or what the rules refuse.
pub fn reply(tx: &mut Tx, actor: &Actor, review: &Review, text: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let speaks = rules::may_reply(actor, review)?;
    rules::check_reply(review)?;
    anonymity::check_provider("text", text)?;
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

/// Takes the words out of what a person said.
///
/// # Errors
/// When the database fails.
pub fn erase_words(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    diesel::update(reviews::table.filter(reviews::person_id.eq(person))).set(reviews::words.eq("")).execute(tx)?;
    Ok(())
}
