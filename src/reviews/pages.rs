//! What the pages of reviews receive, worded.

use serde::Serialize;
use utoipa::ToSchema;

use super::Review;
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
        let (state, tone) = state(review);
        ReviewRow {
            href: format!("/reviews/{}", review.id),
            service: format!("{}, {}", review.service_name, review.provider_name),
            on: calendar::full(calendar::london(review.at).date()),
            state,
            tone,
        }
    };
    let waiting = reviews.iter().filter(|review| review.decision.is_none()).count();
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
    /// What the provider answered.
    pub reply: Option<String>,
    /// Whether the actor may decide.
    pub may_decide: bool,
    /// Whether the actor may answer.
    pub may_reply: bool,
}

/// What was answered, as facts.
fn marks_facts(marks: &Marks) -> Vec<Fact> {
    let fact = |(question, mark): (&Question, &i64)| Fact::new(question.words(), format!("{mark} of 5"));
    Question::ALL.iter().zip(marks).map(fact).collect()
}

/// The page of a review: without a name, whoever reads it.
#[must_use]
pub fn show(review: &Review, may_decide: bool, may_reply: bool) -> ReviewPage {
    let (state, tone) = state(review);
    let refused = review.decision.as_ref().filter(|decision| !decision.shown);
    ReviewPage {
        id: review.id.number(),
        title: format!("Review of {}", review.service_name),
        state,
        tone,
        marks: marks_facts(&review.marks),
        words: review.words.clone(),
        on: format!("{}, version {}", calendar::full(calendar::london(review.at).date()), review.number),
        refused_because: refused.map(|decision| decision.reason.clone()),
        reply: review.reply.clone(),
        may_decide,
        may_reply,
    }
}
