//! What is shown of reviews; `reviews` keeps them.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{review_decisions, review_replies, reviews};
use crate::directory::ShownReview;
use crate::error::Error;
use crate::ids::{PersonId, ReviewId, ServiceId};

/// The most reviews that are read for a page.
const READ: i64 = 500;

/// The reviews of a service that are shown, the newest first: of each person the newest that was let through.
///
/// # Errors
/// When the database fails.
pub fn shown(tx: &mut Tx, service: ServiceId) -> Result<Vec<ShownReview>, Error> {
    type Row = (ReviewId, PersonId, (i64, i64, i64, i64), String, NaiveDateTime, Option<String>);
    let rows: Vec<Row> = reviews::table
        .inner_join(review_decisions::table.on(review_decisions::review_id.eq(reviews::id)))
        .left_join(review_replies::table.on(review_replies::review_id.eq(reviews::id)))
        .filter(reviews::service_id.eq(service).and(review_decisions::shown.eq(true)))
        .select((
            reviews::id,
            reviews::person_id,
            (reviews::as_agreed, reviews::on_time, reviews::respect, reviews::again),
            reviews::words,
            reviews::written_at,
            review_replies::text.nullable(),
        ))
        .order(reviews::id.desc())
        .limit(READ)
        .load(tx)?;
    let mut seen: BTreeSet<PersonId> = BTreeSet::new();
    let newest = rows.into_iter().filter(|row| seen.insert(row.1));
    let review = |(id, person, marks, words, at, reply): Row| ShownReview {
        id,
        person,
        marks: [marks.0, marks.1, marks.2, marks.3],
        words,
        on: calendar::london(at.and_utc()).date(),
        reply,
    };
    Ok(newest.map(review).collect())
}
