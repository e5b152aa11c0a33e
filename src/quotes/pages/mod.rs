//! What the pages of quotes receive, worded.

mod asking;
mod choice;
mod request;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

pub use asking::{AskingPage, FoundData, HiddenShown, Pick, RuleShown, asking};
pub use choice::{AskedRow, ChoicePage, ConsideredRow, choice};
pub use request::{
    AskData, AskPage, CriterionShown, EarlierChoice, Looker, RequestPage, ScoreField, StandingShown, ask, request,
};

use super::rules::{self, standing::Situation};
use super::{Ask, Choice, QuoteAnswer, QuoteRequest};
use crate::calendar;
use crate::ids::FundId;
use crate::web::parts::Fact;

/// A request in the list of the side that asks.
#[derive(Serialize, ToSchema)]
pub struct RequestRow {
    /// Its page.
    pub href: String,
    /// What it is called.
    pub title: String,
    /// What is needed; nothing, for who sees the prices alone.
    pub what: Option<String>,
    /// For whom.
    pub whose: String,
    /// When it was asked.
    pub since: String,
    /// How many were asked, and until when they answer.
    pub state: String,
}

/// The row of a request; without what is needed, for who sees the prices alone.
#[must_use]
pub fn request_row(request: &QuoteRequest, (asked, whose): (usize, &str), sees_plan: bool) -> RequestRow {
    let providers = if asked == 1 { "1 provider".to_owned() } else { format!("{asked} providers") };
    RequestRow {
        href: format!("/quotes/{}", request.id),
        title: format!("Request for quotes {}", request.id),
        what: sees_plan.then(|| request.needs.what.clone()),
        whose: whose.to_owned(),
        since: calendar::full(calendar::london(request.at).date()),
        state: format!("{providers}, answers until {}", calendar::full(request.needs.answer_by)),
    }
}

/// What a provider is asked, in its list.
#[derive(Serialize, ToSchema)]
pub struct AskRow {
    /// Its page.
    pub href: String,
    /// For which service.
    pub service: String,
    /// How much, from when, where.
    pub needs: String,
    /// Until when it can be answered.
    pub until: String,
    /// How it stands.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
}

/// The row of what a provider is asked.
#[must_use]
pub fn ask_row(
    (request, ask): (&QuoteRequest, &Ask),
    answers: &[QuoteAnswer],
    choice: Option<&Choice>,
    today: NaiveDate,
) -> AskRow {
    let (latest, until) = (rules::latest(answers, ask), rules::answers_until(request, choice, today));
    let chosen = choice.and_then(|choice| choice.answer);
    let (state, tone) = match rules::check_open(choice, today) {
        Ok(()) => rules::state(latest, until, today),
        Err(_) if chosen.is_some() && chosen == latest.map(|answer| answer.id) => ("Chosen".to_owned(), "good"),
        Err(_) if choice.is_some_and(|choice| !choice.is_final()) => ("Being decided".to_owned(), "plain"),
        Err(_) => ("Closed".to_owned(), "plain"),
    };
    let needs = &request.needs;
    AskRow {
        href: format!("/quote-asks/{}", ask.id),
        service: ask.service_name.clone(),
        needs: format!(
            "{} {} a week from {}, in {}",
            needs.quantity.decimal(),
            needs.unit.plural(),
            calendar::full(needs.starts_on),
            request.outcode
        ),
        until: calendar::full(until),
        state,
        tone,
    }
}

/// The requests that somebody has to do with; template `quotes/list.html`.
#[derive(Serialize, ToSchema)]
pub struct ListPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// The requests of the side that asks, the newest first.
    pub requests: Vec<RequestRow>,
    /// What one's own providers are asked, the newest first; nothing for who works for none.
    pub asks: Option<Vec<AskRow>>,
    /// Where several are asked, for who may.
    pub ask_href: Option<String>,
    /// Of which fund alone.
    #[schema(value_type = Option<i64>)]
    pub fund: Option<FundId>,
}

/// The list of requests. Who looks on for a council or a holder finds those of each fund with it, and here none.
#[must_use]
pub fn list(
    requests: Vec<RequestRow>,
    asks: Option<Vec<AskRow>>,
    (may_ask, looks_on): (bool, bool),
    fund: Option<FundId>,
) -> ListPage {
    let open = asks.as_ref().map_or(0, |asks| asks.iter().filter(|ask| ask.tone == "waiting").count());
    let state = match (open, requests.len()) {
        (0, 0) if looks_on => {
            "The requests for somebody stand with their fund: open it, then follow “Quotes”.".to_owned()
        }
        (0, 0) => "Nothing was asked yet.".to_owned(),
        (0, 1) => "One request.".to_owned(),
        (0, many) => format!("{many} requests."),
        (1, _) => "One request waits for your answer.".to_owned(),
        (many, _) => format!("{many} requests wait for your answer."),
    };
    let of = fund.map(|fund| format!("?fund={fund}")).unwrap_or_default();
    ListPage { state, requests, asks, ask_href: may_ask.then(|| format!("/quotes/new{of}")), fund }
}

/// What is needed, as facts: neither the fund nor the person is among them.
fn needs_facts(request: &QuoteRequest) -> Vec<Fact> {
    let needs = &request.needs;
    vec![
        Fact::new("What", &needs.what),
        Fact::new("How much", format!("{} {} a week", needs.quantity.decimal(), needs.unit.plural())),
        Fact::new("When", &needs.times),
        Fact::new("From", calendar::full(needs.starts_on)),
        Fact::new("Where", format!("Around {}", request.outcode)),
        Fact::new("Answers until", calendar::full(needs.answer_by)),
    ]
}

/// What matters, as facts.
fn criteria_facts(situation_criteria: &[super::Criterion]) -> Vec<Fact> {
    let fact = |one: &super::Criterion| Fact::new(&one.words, format!("matters {}", one.weight.words().to_lowercase()));
    situation_criteria.iter().map(fact).collect()
}

/// The provider whose answer was chosen.
fn chosen_ask(situation: &Situation) -> Option<&Ask> {
    let chosen = situation.choice()?.answer?;
    let answer = situation.answers.iter().find(|answer| answer.id == chosen)?;
    situation.asks.iter().find(|ask| ask.id == answer.ask)
}
