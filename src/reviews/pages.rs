//! What the pages of reviews receive, worded.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Decision, Reply, Review};
use crate::calendar;
use crate::directory::{Marks, Question};
use crate::ids::{PersonId, ServiceId};
use crate::web::parts::{Choice, Fact};

/// A review in a list.
#[derive(Serialize, ToSchema)]
pub struct ReviewRow {
    /// Its page.
    pub href: String,
    /// Of what.
    pub service: String,
    /// Of which day.
    pub on: String,
    /// How it stands.
    pub state: &'static str,
    /// The tone of that.
    pub tone: &'static str,
}

/// How a review stands, with its tone.
fn state(review: &Review) -> (&'static str, &'static str) {
    match &review.decision {
        _ if review.withdrawn => ("Taken back", "plain"),
        _ if review.replaced => ("Replaced by a later version", "plain"),
        None => ("Waits to be read by the council", "waiting"),
        Some(decision) if decision.shown => ("Shown", "good"),
        Some(_) => ("Not shown", "plain"),
    }
}

/// Something that can be written about.
#[derive(Serialize, ToSchema)]
pub struct ToReview {
    /// The service.
    pub label: String,
    /// Where it is written.
    pub href: String,
}

/// The reviews that somebody has to do with; template `reviews/list.html`.
#[derive(Serialize, ToSchema)]
pub struct ListPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// What the actor, or somebody they act for, used.
    pub used: Vec<ToReview>,
    /// The reviews, the newest first.
    pub reviews: Vec<ReviewRow>,
}

/// The list of reviews.
#[must_use]
pub fn list(used: Vec<ToReview>, reviews: &[Review]) -> ListPage {
    let row = |review: &Review| {
        let (state, tone) = match state(review) {
            _ if review.reply_waits() => ("Shown; an answer waits to be read by the council", "waiting"),
            other => other,
        };
        ReviewRow {
            href: format!("/reviews/{}", review.id),
            service: format!("{}, {}", review.service_name, review.provider_name),
            on: calendar::full(calendar::london(review.at).date()),
            state,
            tone,
        }
    };
    let waiting = reviews.iter().filter(|review| review.waits() || review.reply_waits()).count();
    let state = match waiting {
        0 => "Nothing waits to be read.".to_owned(),
        1 => "1 review waits to be read by the council.".to_owned(),
        many => format!("{many} reviews wait to be read by the council."),
    };
    ListPage { state, used, reviews: reviews.iter().map(row).collect() }
}

/// A question with the answers to choose from.
#[derive(Serialize, ToSchema)]
pub struct QuestionShown {
    /// The name of its field.
    pub name: &'static str,
    /// The question.
    pub words: &'static str,
    /// The answers.
    pub choices: Vec<Choice>,
}

/// The form for a review; template `reviews/new.html`.
#[derive(Serialize, ToSchema)]
pub struct NewPage {
    /// The service.
    #[schema(value_type = i64)]
    pub service: ServiceId,
    /// Its name and whose it is.
    pub name: String,
    /// For whom.
    #[schema(value_type = i64)]
    pub person: PersonId,
    /// For whom, in words.
    pub whose: String,
    /// The questions.
    pub questions: Vec<QuestionShown>,
    /// What was said before.
    pub words: String,
    /// Whether something was said before.
    pub again: bool,
}

fn answers(chosen: Option<i64>) -> Vec<Choice> {
    let words = [(5, "5: entirely"), (4, "4: mostly"), (3, "3: partly"), (2, "2: hardly"), (1, "1: not at all")];
    let choice = |(mark, words): (i64, &str)| Choice::new(mark, words).checked(chosen == Some(mark));
    words.into_iter().map(choice).collect()
}

/// The form for a review, with what was said before.
#[must_use]
pub fn new(
    (service, name): (ServiceId, String),
    (person, whose): (PersonId, String),
    before: Option<&Review>,
) -> NewPage {
    let question = |(place, question): (usize, &Question)| QuestionShown {
        name: question.code(),
        words: question.words(),
        choices: answers(before.and_then(|before| before.marks.get(place).copied())),
    };
    NewPage {
        service,
        name,
        person,
        whose,
        questions: Question::ALL.iter().enumerate().map(question).collect(),
        words: before.map(|before| before.words.clone()).unwrap_or_default(),
        again: before.is_some(),
    }
}

/// A review; template `reviews/show.html`.
#[derive(Serialize, ToSchema)]
pub struct ReviewPage {
    /// Its id.
    pub id: i64,
    /// Of what.
    pub title: String,
    /// How it stands.
    pub state: &'static str,
    /// The tone of that.
    pub tone: &'static str,
    /// What was answered.
    pub marks: Vec<Fact>,
    /// In words.
    pub words: String,
    /// Of which day, and which version it is.
    pub on: String,
    /// Why it is not shown.
    pub refused_because: Option<String>,
    /// What became of what was said before, or of this.
    pub what_became: Option<&'static str>,
    /// What the provider answered.
    pub reply: Option<ReplyShown>,
    /// Whether the actor may decide on the review.
    pub may_decide: bool,
    /// Whether it was decided on before, so that a new decision needs a reason.
    pub decided: bool,
    /// Whether the actor may answer.
    pub may_reply: bool,
    /// Whether the actor may take it back.
    pub may_withdraw: bool,
}

/// What a provider answered.
#[derive(Serialize, ToSchema)]
pub struct ReplyShown {
    /// Its number.
    pub id: i64,
    /// What.
    pub text: String,
    /// How it stands.
    pub state: &'static str,
    /// The tone of that.
    pub tone: &'static str,
    /// Why it is not shown.
    pub refused_because: Option<String>,
    /// What it tells of who wrote the review, for who decides.
    pub tells: Option<&'static str>,
    /// Whether the actor may decide on it.
    pub may_decide: bool,
    /// Whether it was decided on before.
    pub decided: bool,
}

/// What the page of a review needs to know of whoever looks.
#[derive(Clone, Copy, Debug)]
pub struct Looker {
    /// Decides, as an officer.
    pub decides: bool,
    /// May answer now, for the provider.
    pub replies: bool,
    /// May take it back now.
    pub withdraws: bool,
    /// Sees what the provider answered.
    pub sees_reply: bool,
    /// What that tells of who wrote the review.
    pub reply_tells: Option<&'static str>,
}

fn refused(decision: Option<&Decision>) -> Option<String> {
    decision.filter(|decision| !decision.shown).map(|decision| decision.reason.clone())
}

fn reply_shown(reply: &Reply, looker: Looker) -> ReplyShown {
    let (state, tone) = match &reply.decision {
        None => ("Waits to be read by the council", "waiting"),
        Some(decision) if decision.shown => ("Shown", "good"),
        Some(_) => ("Not shown", "plain"),
    };
    ReplyShown {
        id: reply.id.number(),
        text: reply.text.clone(),
        state,
        tone,
        refused_because: refused(reply.decision.as_ref()),
        tells: looker.reply_tells,
        may_decide: looker.decides,
        decided: reply.decision.is_some(),
    }
}

/// What became of what was said before, or of this.
fn what_became(review: &Review) -> Option<&'static str> {
    match &review.decision {
        _ if review.withdrawn => {
            Some("Whoever wrote it took it back. Nothing that they said of this service is shown any more.")
        }
        _ if review.replaced => Some("A later version took its place. This one is not shown any more."),
        None if review.number > 1 => {
            Some("What was said before stays until the council has read this. Then this takes its place, shown or not.")
        }
        Some(decision) if !decision.shown && review.number > 1 => {
            Some("It took the place of what was said before, which is not shown any more either.")
        }
        _ => None,
    }
}

/// What was answered, as facts.
fn marks_facts(marks: &Marks) -> Vec<Fact> {
    let fact = |(question, mark): (&Question, &i64)| Fact::new(question.words(), format!("{mark} of 5"));
    Question::ALL.iter().zip(marks).map(fact).collect()
}

/// The page of a review: without a name, whoever reads it.
#[must_use]
pub fn show(review: &Review, looker: Looker) -> ReviewPage {
    let (state, tone) = state(review);
    let reply = review.reply.as_ref().filter(|_| looker.sees_reply);
    ReviewPage {
        id: review.id.number(),
        title: format!("Review of {}", review.service_name),
        state,
        tone,
        marks: marks_facts(&review.marks),
        words: review.words.clone(),
        on: format!("{}, version {}", calendar::full(calendar::london(review.at).date()), review.number),
        refused_because: refused(review.decision.as_ref()),
        what_became: what_became(review),
        reply: reply.map(|reply| reply_shown(reply, looker)),
        may_decide: looker.decides,
        decided: review.decision.is_some(),
        may_reply: looker.replies,
        may_withdraw: looker.withdraws,
    }
}
