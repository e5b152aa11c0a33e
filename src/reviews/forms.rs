//! What is sent about reviews.

use super::{NewDecision, NewReview};
use crate::directory::{Marks, Question};
use crate::error::Invalid;
use crate::ids::{PersonId, ReviewReplyId};
use crate::web::form::{Fields, Reader, TEXT};

/// The query of the form for a review.
pub const NEW: &[(&str, &str)] = &[("person", "For whom, where there are several.")];

/// The fields of a review.
pub const REVIEW: &[(&str, &str)] = &[
    ("person", "For whom; oneself when left out."),
    ("as_agreed", "Was it done as it was agreed? From 1 to 5."),
    ("on_time", "Did they come when they said? From 1 to 5."),
    ("respect", "Were you treated with respect? From 1 to 5."),
    ("again", "Would you choose it again? From 1 to 5."),
    ("words", "In words."),
];

/// The fields of a decision.
pub const DECISION: &[(&str, &str)] = &[
    ("decision", "shown or refused."),
    ("reason", "Why it is not shown, or why it is decided anew; whoever wrote it reads this."),
];

/// The fields of a decision about an answer.
pub const REPLY_DECISION: &[(&str, &str)] = &[
    ("reply", "The number of the answer that was read."),
    ("answer_decision", "shown or refused."),
    ("answer_reason", "Why it is not shown, or why it is decided anew; the provider reads this."),
];

/// The field of a provider's answer.
pub const REPLY: &[(&str, &str)] = &[("text", "What everybody reads under the review.")];

/// Reads for whom a review is written.
///
/// # Errors
/// When it is no number.
pub fn person(fields: &Fields) -> Result<Option<PersonId>, Invalid> {
    if fields.get("person").is_none() {
        return Ok(None);
    }
    let mut reader = Reader::new(fields);
    let person = reader.id("person", "the person");
    reader.finish(|| person).map(Some)
}

/// Reads a review of somebody.
///
/// # Errors
/// A message for each wrong field.
pub fn review(fields: &Fields, own: Option<PersonId>) -> Result<NewReview, Invalid> {
    let mut reader = Reader::new(fields);
    let person = match (fields.get("person"), own) {
        (None, Some(own)) => Some(own),
        _ => reader.id("person", "for whom you write"),
    };
    let mut marks: Vec<Option<i64>> = vec![];
    for question in Question::ALL {
        let label = format!("an answer to “{}”", question.words());
        marks.push(
            reader.choice(question.code(), &label, |code| code.parse().ok().filter(|mark| (1..=5).contains(mark))),
        );
    }
    let words = reader.optional_text("words", "your words", TEXT);
    reader.finish(|| {
        let marks: Marks = marks.into_iter().collect::<Option<Vec<i64>>>()?.try_into().ok()?;
        Some(NewReview { person: person?, marks, words: words? })
    })
}

/// Reads a decision: whether it is shown, and why not.
///
/// # Errors
/// A message for each wrong field.
pub fn decision(fields: &Fields) -> Result<NewDecision, Invalid> {
    let mut reader = Reader::new(fields);
    let new = decided(&mut reader, ("decision", "reason"));
    reader.finish(|| new)
}

fn decided(reader: &mut Reader<'_>, (decision, reason): (&str, &str)) -> Option<NewDecision> {
    let shown = reader.choice(decision, "whether it is shown", |code| match code {
        "shown" => Some(true),
        "refused" => Some(false),
        _ => None,
    });
    let reason = reader.optional_text(reason, "why it is not shown", TEXT);
    Some(NewDecision { shown: shown?, reason: reason? })
}

/// Reads a decision about a provider's answer: which one was read, whether it is shown, and why not.
///
/// # Errors
/// A message for each wrong field.
pub fn reply_decision(fields: &Fields) -> Result<(ReviewReplyId, NewDecision), Invalid> {
    let mut reader = Reader::new(fields);
    let reply = reader.id("reply", "the answer that you read");
    let new = decided(&mut reader, ("answer_decision", "answer_reason"));
    reader.finish(|| Some((reply?, new?)))
}

/// Reads a provider's answer.
///
/// # Errors
/// When there is none.
pub fn reply(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let text = reader.text("text", "your answer", TEXT);
    reader.finish(|| text)
}
