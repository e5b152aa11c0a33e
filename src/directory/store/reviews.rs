//! What is shown of reviews; `reviews` keeps them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::calendar;
use crate::db::Tx;
use crate::db::schema::{review_decisions, review_replies, review_reply_decisions, review_withdrawals, reviews};
use crate::directory::ShownReview;
use crate::error::Error;
use crate::ids::{PersonId, ReviewId, ReviewReplyId, ServiceId};

/// The most reviews that are read for a page.
const READ: i64 = 500;

/// The reviews of a service that are shown, the newest first: of each person the newest version that was decided on, if the last
/// decision lets it through and neither it nor a later one was taken back. A version that is not shown has taken the place of
/// those before it.
///
/// # Errors
/// When the database fails.
pub fn shown(tx: &mut Tx, service: ServiceId) -> Result<Vec<ShownReview>, Error> {
    type Row = (ReviewId, PersonId, (i64, i64, i64, i64), String, NaiveDateTime);
    let decided = exists(review_decisions::table.filter(review_decisions::review_id.eq(reviews::id)));
    let taken_back = exists(review_withdrawals::table.filter(review_withdrawals::review_id.eq(reviews::id)));
    let rows: Vec<Row> = reviews::table
        // What only waits must not fill the page that is read.
        .filter(reviews::service_id.eq(service).and(decided.or(taken_back)))
        .select((
            reviews::id,
            reviews::person_id,
            (reviews::as_agreed, reviews::on_time, reviews::respect, reviews::again),
            reviews::words,
            reviews::written_at,
        ))
        .order(reviews::id.desc())
        .limit(READ)
        .load(tx)?;
    let ids: Vec<ReviewId> = rows.iter().map(|row| row.0).collect();
    let (decisions, withdrawn) = (decisions(tx, &ids)?, withdrawn(tx, &ids)?);
    let mut done: BTreeSet<PersonId> = BTreeSet::new();
    let stands = |row: &Row| {
        let said = withdrawn.contains(&row.0) || decisions.contains_key(&row.0);
        said && done.insert(row.1) && !withdrawn.contains(&row.0) && decisions.get(&row.0) == Some(&true)
    };
    let rows: Vec<Row> = rows.into_iter().filter(stands).collect();
    let mut replies = replies(tx, &rows.iter().map(|row| row.0).collect::<Vec<_>>())?;
    let review = |(id, person, marks, words, at): Row| ShownReview {
        id,
        person,
        marks: [marks.0, marks.1, marks.2, marks.3],
        words,
        on: calendar::london(at.and_utc()).date(),
        reply: replies.remove(&id),
    };
    Ok(rows.into_iter().map(review).collect())
}

/// What was decided last about some reviews.
fn decisions(tx: &mut Tx, ids: &[ReviewId]) -> Result<BTreeMap<ReviewId, bool>, Error> {
    let rows: Vec<(ReviewId, bool)> = review_decisions::table
        .filter(review_decisions::review_id.eq_any(ids.to_vec()))
        .select((review_decisions::review_id, review_decisions::shown))
        .order(review_decisions::id)
        .load(tx)?;
    Ok(rows.into_iter().collect())
}

/// Which of some reviews were taken back.
fn withdrawn(tx: &mut Tx, ids: &[ReviewId]) -> Result<BTreeSet<ReviewId>, Error> {
    let theirs = review_withdrawals::table.filter(review_withdrawals::review_id.eq_any(ids.to_vec()));
    let rows: Vec<ReviewId> = theirs.select(review_withdrawals::review_id).load(tx)?;
    Ok(rows.into_iter().collect())
}

/// What providers answered last to some reviews, where the last decision lets it through.
fn replies(tx: &mut Tx, ids: &[ReviewId]) -> Result<BTreeMap<ReviewId, String>, Error> {
    let rows: Vec<(ReviewId, ReviewReplyId, String)> = review_replies::table
        .filter(review_replies::review_id.eq_any(ids.to_vec()))
        .select((review_replies::review_id, review_replies::id, review_replies::text))
        .order(review_replies::id)
        .load(tx)?;
    let of: Vec<ReviewReplyId> = rows.iter().map(|(_, id, _)| *id).collect();
    let decided: Vec<(ReviewReplyId, bool)> = review_reply_decisions::table
        .filter(review_reply_decisions::reply_id.eq_any(of))
        .select((review_reply_decisions::reply_id, review_reply_decisions::shown))
        .order(review_reply_decisions::id)
        .load(tx)?;
    let decided: BTreeMap<ReviewReplyId, bool> = decided.into_iter().collect();
    let newest: BTreeMap<ReviewId, (ReviewReplyId, String)> =
        rows.into_iter().map(|(review, id, text)| (review, (id, text))).collect();
    let shown = newest.into_iter().filter(|(_, (id, _))| decided.get(id) == Some(&true));
    Ok(shown.map(|(review, (_, text))| (review, text)).collect())
}
