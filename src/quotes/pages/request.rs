//! What the pages of a request receive: all answers side by side for the side that asks, one provider's part for that provider.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{chosen_ask, criteria_facts, needs_facts};
use crate::calendar;
use crate::directory::Unit;
use crate::money::UnitPrice;
use crate::people::Person;
use crate::quotes::rules::standing::{Costs, Situation, Standing};
use crate::quotes::rules::{answers_until, check_open, said_by, weighing};
use crate::quotes::{
    AnswerKind, Choice as Chosen, ChoiceState, Criterion, DeclinedBecause, Message, Needs, Offer, OneAsk, QuoteAnswer,
    Side,
};
use crate::vat::{PriceBasis, Refusal};
use crate::web::parts::{Choice, Fact, Happened};

/// Something that matters.
#[derive(Serialize, ToSchema)]
pub struct CriterionShown {
    /// Its number.
    pub id: i64,
    /// What.
    pub words: String,
    /// How much.
    pub weight: &'static str,
}

/// How one answer stands to one thing that matters.
#[derive(Serialize, ToSchema)]
pub struct ScoreField {
    /// The name of its field.
    pub name: String,
    /// What matters.
    pub words: String,
    /// From 1 to 5; nothing, where it was not looked at.
    pub score: Option<i64>,
    /// The choices.
    pub choices: Vec<Choice>,
}

/// The answer of one provider beside the others.
#[derive(Serialize, ToSchema)]
pub struct StandingShown {
    /// The number of its part.
    pub ask: i64,
    /// Its own page, with the thread; nothing, for who sees the prices alone.
    pub href: Option<String>,
    /// Who.
    pub provider: String,
    /// Which service.
    pub service: String,
    /// How it stands, in words.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
    /// What speaks against it: a rule of the council, and that the fund has less.
    pub warnings: Vec<String>,
    /// What this fund pays for one.
    pub pays: Option<String>,
    /// The price without VAT, and the VAT.
    pub detail: Option<String>,
    /// What this fund pays for a week.
    pub weekly: Option<String>,
    /// At which times.
    pub times: String,
    /// What else was said.
    pub note: String,
    /// How it stands to what matters.
    pub scores: Vec<ScoreField>,
    /// The weighted sum, in words.
    pub total: Option<String>,
    /// Whether it is an offer that was not chosen, or may not be: its provider reads why.
    pub gets_feedback: bool,
}

/// A choice that came to nothing.
#[derive(Serialize, ToSchema)]
pub struct EarlierChoice {
    /// Which, and of which day.
    pub what: String,
    /// Where it is kept; nothing, for who sees the prices alone.
    pub href: Option<String>,
    /// Why it came to nothing.
    pub why: String,
}

/// A request with all of its answers; template `quotes/show.html`.
#[derive(Serialize, ToSchema)]
pub struct RequestPage {
    /// Its id.
    pub id: i64,
    /// Whose.
    pub whose: String,
    /// How things stand, in a sentence.
    pub state: String,
    /// What is needed.
    pub needs: Vec<Fact>,
    /// What matters.
    pub criteria: Vec<CriterionShown>,
    /// As which fund prices are shown.
    pub as_fund: String,
    /// The answers.
    pub standings: Vec<StandingShown>,
    /// Whether the actor may look at them and choose, and nothing is chosen yet.
    pub may_choose: bool,
    /// The offers that can be chosen, and none of them.
    pub choices: Vec<Choice>,
    /// The answers that are seen.
    pub seen: String,
    /// Where the choice is kept; nothing, for who sees the prices alone.
    pub choice_href: Option<String>,
    /// What was chosen, in a sentence.
    pub chosen: Option<String>,
    /// Whether it came to nothing, and the request is open again.
    pub came_to_nothing: bool,
    /// Why it was refused.
    pub why_not: Option<String>,
    /// The choices before it, the newest first.
    pub earlier: Vec<EarlierChoice>,
    /// What speaks against it.
    pub warnings: Vec<String>,
    /// Whether the actor may accept or refuse it.
    pub may_accept: bool,
    /// Where what was accepted is put into a package.
    pub package_href: Option<String>,
}

impl RequestPage {
    /// The same without what the person needs and what was said about it, for who sees the prices alone; and without links to
    /// what they would not find.
    #[must_use]
    pub fn prices_alone(mut self) -> Self {
        self.needs.retain(|fact| !["What", "When"].contains(&fact.label.as_str()));
        self.criteria.clear();
        self.choices.clear();
        for standing in &mut self.standings {
            standing.times.clear();
            standing.note.clear();
            standing.scores.clear();
            standing.total = None;
            standing.href = None;
        }
        self.choice_href = None;
        self.why_not = None;
        for one in &mut self.earlier {
            one.href = None;
            one.why.clear();
        }
        self
    }
}

/// What the page of a request needs to know of whoever looks.
#[derive(Clone, Copy, Debug)]
pub struct Looker {
    /// Chooses for the person.
    pub chooses: bool,
    /// Signs for the person.
    pub signs: bool,
}

/// The page of a request.
///
/// # Errors
/// When the law of VAT knows no invoice for an answer, or no rate.
pub fn request(
    situation: &Situation,
    (whose, as_fund): (&str, &str),
    looker: Looker,
    today: NaiveDate,
) -> Result<RequestPage, Refusal> {
    let standings = situation.standings(today)?;
    let state_of = situation.choice().map(|choice| choice.state(today));
    let open = check_open(situation.choice(), today).is_ok();
    let chosen = chosen_ask(situation);
    let accepted = state_of == Some(ChoiceState::Accepted);
    let mut choices: Vec<Choice> = standings.iter().filter(|one| one.choosable).filter_map(choosable).collect();
    choices.push(Choice::new("none", "None of them").hint("The request is closed. Say why."));
    let criterion =
        |one: &Criterion| CriterionShown { id: one.id.number(), words: one.words.clone(), weight: one.weight.words() };
    Ok(RequestPage {
        id: situation.request.id.number(),
        whose: whose.to_owned(),
        state: state(situation, &standings, today),
        needs: needs_facts(&situation.request),
        criteria: situation.criteria.iter().map(criterion).collect(),
        as_fund: as_fund.to_owned(),
        standings: standings.iter().map(|one| standing(one, situation, open)).collect(),
        may_choose: open && looker.chooses,
        choices,
        seen: situation.seen(),
        choice_href: situation.choice().map(|_| format!("/quotes/{}/choice", situation.request.id)),
        chosen: situation
            .choice()
            .map(|choice| chosen_words(choice, chosen.map(|ask| ask.provider_name.as_str()), today)),
        came_to_nothing: open && situation.choice().is_some(),
        why_not: situation.choice().and_then(|choice| Some(choice.refused.as_ref()?.reason.clone())),
        earlier: situation.choices.iter().rev().skip(1).map(|choice| earlier(situation, choice)).collect(),
        warnings: standings
            .iter()
            .filter(|one| !open && chosen.is_some_and(|chosen| chosen.id == one.ask.id))
            .flat_map(|one| one.warnings.clone())
            .collect(),
        may_accept: looker.signs && state_of == Some(ChoiceState::Waits),
        package_href: chosen
            .filter(|_| accepted && looker.chooses)
            .map(|ask| format!("/packages/add?service={}", ask.service)),
    })
}

fn choosable(standing: &Standing<'_>) -> Option<Choice> {
    let (answer, costs) = (standing.answer?, standing.costs?);
    let total = standing
        .total
        .map_or_else(|| "not all of it was looked at".to_owned(), |total| format!("weighted sum {total}"));
    let mut hint = format!("{} a week as this fund pays it; {total}", costs.weekly);
    for warning in &standing.warnings {
        hint = format!("{hint}. {warning}");
    }
    Some(Choice::new(answer.id, standing.ask.provider_name.as_str()).hint(hint))
}

/// An earlier choice, which came to nothing: what was recorded of it stays.
fn earlier(situation: &Situation, choice: &Chosen) -> EarlierChoice {
    EarlierChoice {
        what: format!("Choice {} of {}", choice.number, calendar::full(calendar::london(choice.at).date())),
        href: Some(format!("/quotes/{}/choice?number={}", situation.request.id, choice.number)),
        why: choice.refused.as_ref().map_or_else(|| "It was not accepted in time.".to_owned(), |no| no.reason.clone()),
    }
}

fn state(situation: &Situation, standings: &[Standing<'_>], today: NaiveDate) -> String {
    let until = || calendar::full(answers_until(&situation.request, situation.choice(), today));
    let again = match situation.choice().map(|choice| choice.state(today)) {
        Some(ChoiceState::Nobody) => return "Closed: nobody was chosen.".to_owned(),
        Some(ChoiceState::Waits) => return "A choice was made. It waits to be accepted.".to_owned(),
        Some(ChoiceState::Accepted) => return "A choice was made and accepted.".to_owned(),
        Some(ChoiceState::Refused(_)) => format!("Open again: the choice was refused. Answers until {}. ", until()),
        Some(ChoiceState::Lapsed(_)) => {
            format!("Open again: the choice was not accepted in time. Answers until {}. ", until())
        }
        None => String::new(),
    };
    let offers = standings.iter().filter(|one| one.choosable).count();
    let asked = standings.len();
    match offers {
        0 => format!("{again}{asked} asked. There is no offer to choose yet."),
        1 => format!("{again}{asked} asked. There is one offer to choose from."),
        many => format!("{again}{asked} asked. There are {many} offers to choose from."),
    }
}

fn chosen_words(choice: &Chosen, provider: Option<&str>, today: NaiveDate) -> String {
    let when = calendar::full(calendar::london(choice.at).date());
    let what = provider.map_or_else(|| "Nobody was chosen".to_owned(), |provider| format!("{provider} was chosen"));
    let by = format!("{what} on {when} by {}, {}.", choice.by, choice.authority);
    let accepted = choice.accepted.as_ref().map(|(name, authority, at)| {
        format!(" Accepted on {} by {name}, {authority}.", calendar::full(calendar::london(*at).date()))
    });
    let refused = choice.refused.as_ref().map(|no| {
        format!(" Refused on {} by {}, {}.", calendar::full(calendar::london(no.at).date()), no.by, no.authority)
    });
    let lapsed = match choice.state(today) {
        ChoiceState::Lapsed(last) => format!(" Nobody accepted it up to {}.", calendar::full(last)),
        _ => String::new(),
    };
    format!("{by}{}{}{lapsed}", accepted.unwrap_or_default(), refused.unwrap_or_default())
}

/// How much it is each week, where it is in another unit than was asked for.
fn other_quantity(offer: &Offer, asked: Unit) -> Option<String> {
    (offer.unit != asked).then(|| format!("{} {} a week.", offer.quantity.decimal(), offer.unit.plural()))
}

fn detail(costs: &Costs) -> String {
    let none = UnitPrice::from_hundredths_of_a_penny(0);
    let vat =
        if costs.one.vat_charged == none { "no VAT".to_owned() } else { format!("{} VAT", costs.one.vat_charged) };
    format!("{} without VAT, {vat}. {}.", costs.one.net, costs.one.ground)
}

fn standing(standing: &Standing<'_>, situation: &Situation, open: bool) -> StandingShown {
    let (ask, answer, costs) = (standing.ask, standing.answer, standing.costs);
    let offered = answer.filter(|answer| answer.offer.is_some());
    let asked = situation.request.needs.unit;
    let offer = answer.and_then(|answer| answer.offer.as_ref());
    let unit = offer.map_or(asked, |offer| offer.unit);
    let most = weighing::most(&situation.criteria);
    let field = |(criterion, score): (&Criterion, &Option<i64>)| {
        let choice = |value: i64| Choice::new(value, score_words(value)).checked(*score == Some(value));
        Some(ScoreField {
            name: format!("score_{}_{}", offered?.id, criterion.id),
            words: criterion.words.clone(),
            score: *score,
            choices: (1..=weighing::BEST).rev().map(choice).collect(),
        })
    };
    let chosen = situation.choice().filter(|_| !open).and_then(|choice| choice.answer);
    StandingShown {
        ask: ask.id.number(),
        href: Some(format!("/quote-asks/{}", ask.id)),
        provider: ask.provider_name.clone(),
        service: ask.service_name.clone(),
        state: standing.state.clone(),
        tone: standing.tone,
        warnings: standing.warnings.clone(),
        pays: costs.map(|costs| format!("{} {}", costs.one.pays, unit.per())),
        detail: costs.as_ref().map(detail).map(|words| match offer.and_then(|offer| other_quantity(offer, asked)) {
            Some(quantity) => format!("{quantity} {words}"),
            None => words,
        }),
        weekly: costs.map(|costs| costs.weekly.to_string()),
        times: answer.map(|answer| answer.times.clone()).unwrap_or_default(),
        note: answer.map(|answer| answer.note.clone()).unwrap_or_default(),
        scores: situation.criteria.iter().zip(&standing.scores).filter_map(field).collect(),
        total: standing.total.map(|total| format!("{total} of {most}")),
        gets_feedback: offered.is_some_and(|answer| Some(answer.id) != chosen),
    }
}

fn score_words(score: i64) -> &'static str {
    match score {
        5 => "5: just right",
        4 => "4: good",
        3 => "3: will do",
        2 => "2: not good",
        _ => "1: bad",
    }
}

/// One provider's part of a request; template `quotes/ask.html`.
#[derive(Serialize, ToSchema)]
pub struct AskPage {
    /// Its id.
    pub id: i64,
    /// The request's id, for the side that asks.
    pub request: Option<i64>,
    /// The provider, for the side that asks; the service, for the provider.
    pub title: String,
    /// How it stands.
    pub state: String,
    /// The tone of that.
    pub tone: &'static str,
    /// What is needed.
    pub needs: Vec<Fact>,
    /// What matters.
    pub criteria: Vec<Fact>,
    /// Who reads what is answered and written here, in a sentence.
    pub read_by: &'static str,
    /// Who it is, once the person accepted.
    pub person: Option<Vec<Fact>>,
    /// What was answered, the newest first.
    pub answers: Vec<Happened>,
    /// What was written, the oldest first.
    pub thread: Vec<Happened>,
    /// Whether the actor may make an offer or decline.
    pub may_answer: bool,
    /// Whether the actor may take an offer back.
    pub may_withdraw: bool,
    /// Whether the actor may write.
    pub may_write: bool,
    /// Of what a price can be for one; that by which the service is sold is chosen.
    pub units: Vec<Choice>,
    /// How much is asked for each week, and by what the service is sold where that is something else.
    pub asked_for: String,
    /// How much is asked for each week, where it is in the unit by which the service is sold.
    pub quantity: String,
    /// Whether VAT is inside.
    pub bases: Vec<Choice>,
    /// Why one declines.
    pub reasons: Vec<Choice>,
    /// A last day for the offer, to begin with.
    pub valid_until: String,
}

/// What the page of one provider's part is made of.
pub struct AskData<'a> {
    /// The part, and from which side it is looked at.
    pub one: &'a OneAsk,
    /// By which unit the service is sold when support begins, where a price is listed for it.
    pub sold_by: Option<Unit>,
    /// What matters.
    pub criteria: &'a [Criterion],
    /// What was answered, the oldest first.
    pub answers: &'a [QuoteAnswer],
    /// What was written.
    pub messages: &'a [Message],
    /// On which side the actor is; nothing, for who only looks on, such as an officer.
    pub reads_as: Option<Side>,
    /// The choice, if one was made.
    pub choice: Option<&'a Chosen>,
    /// Whether the actor may answer.
    pub may_answer: bool,
    /// Whether the actor may write.
    pub may_write: bool,
}

/// The page of one provider's part of a request. A provider learns of the choice whether it was itself chosen, and nothing else.
#[must_use]
pub fn ask(data: &AskData<'_>, today: NaiveDate) -> AskPage {
    let (one, request) = (data.one, &data.one.request);
    let latest = data.answers.iter().max_by_key(|answer| answer.number);
    let until = answers_until(request, data.choice, today);
    // One that came to nothing tells a provider nothing any more.
    let choice = data.choice.filter(|_| check_open(data.choice, today).is_err());
    let chosen = choice.and_then(|choice| choice.answer);
    let is_chosen = chosen.is_some() && chosen == latest.map(|answer| answer.id);
    let accepted = is_chosen && choice.is_some_and(|choice| choice.accepted.is_some());
    let provider = one.side == Side::Provider;
    let (state, tone) = match (choice, is_chosen, accepted) {
        (None, ..) => crate::quotes::rules::state(latest, until, today),
        (Some(_), true, true) => ("Chosen and accepted".to_owned(), "good"),
        (Some(_), true, false) => ("Chosen; it waits to be accepted".to_owned(), "waiting"),
        (Some(choice), false, _) if !choice.is_final() => {
            ("It is being decided; no answers are taken meanwhile".to_owned(), "plain")
        }
        (Some(_), false, _) => ("Closed: another way was chosen".to_owned(), "plain"),
    };
    let unit = data.sold_by.unwrap_or(request.needs.unit);
    let may = data.may_answer && choice.is_none();
    let offered = latest.is_some_and(|latest| latest.kind == AnswerKind::Offered);
    let basis = |basis: &PriceBasis| Choice::new(basis.code(), basis.words());
    let reason = |reason: &DeclinedBecause| Choice::new(reason.code(), reason.words());
    AskPage {
        id: one.ask.id.number(),
        request: (!provider).then(|| request.id.number()),
        title: if provider { format!("A quote for {}", one.ask.service_name) } else { one.ask.provider_name.clone() },
        state,
        tone,
        needs: needs_facts(request),
        criteria: criteria_facts(data.criteria),
        read_by: crate::quotes::READ_BY,
        person: (provider && accepted).then(|| person_facts(&one.person)),
        answers: data.answers.iter().rev().map(|answer| happened(answer, request.needs.unit)).collect(),
        thread: data.messages.iter().map(|message| said(message, data.reads_as)).collect(),
        may_answer: may && today <= until,
        may_withdraw: may && offered,
        may_write: data.may_write,
        units: Unit::ALL.iter().map(|one| Choice::new(one.code(), one.words()).checked(*one == unit)).collect(),
        asked_for: asked_for(&request.needs, data.sold_by),
        quantity: if unit == request.needs.unit { request.needs.quantity.decimal() } else { String::new() },
        bases: PriceBasis::ALL.iter().map(basis).collect(),
        reasons: DeclinedBecause::ALL.iter().map(reason).collect(),
        valid_until: calendar::short(request.needs.starts_on.max(until)),
    }
}

/// How much is asked for each week, in a sentence, with the unit of an offer where that must be another one.
fn asked_for(needs: &Needs, sold_by: Option<Unit>) -> String {
    let asked = format!("{} {} a week are asked for.", needs.quantity.decimal(), needs.unit.plural());
    match sold_by.filter(|unit| *unit != needs.unit) {
        Some(unit) => format!("{asked} This service is sold by the {}: say how many {}.", unit.words(), unit.plural()),
        None => asked,
    }
}

fn person_facts(person: &Person) -> Vec<Fact> {
    vec![
        Fact::new("Name", &person.name),
        Fact::new("Address", person.address.on_one_line()),
        Fact::new("Reference", &person.reference),
    ]
}

fn happened(answer: &QuoteAnswer, asked: Unit) -> Happened {
    let mut detail: Vec<String> =
        answer.declined_because.iter().map(|because| format!("{}.", because.words())).collect();
    if let Some(offer) = &answer.offer {
        let (basis, per) = (offer.basis.words(), offer.unit.per());
        detail.push(format!("{} {per} {basis}.", offer.entered));
        detail.extend(other_quantity(offer, asked));
        detail.push(format!("It can be chosen until {}.", calendar::full(offer.valid_until)));
        detail.extend(offer.holds_until.map(|last| format!("The price holds until {}.", calendar::full(last))));
    }
    detail.extend([&answer.times, &answer.note].into_iter().filter(|text| !text.is_empty()).cloned());
    Happened {
        when: calendar::moment(answer.at),
        what: format!("{} (answer {})", answer.kind.words(), answer.number),
        who: String::new(),
        detail: detail.join(" "),
    }
}

fn said(message: &Message, reader: Option<Side>) -> Happened {
    let what = if message.is_feedback { "Why another way was chosen" } else { said_by(message.side, reader) };
    Happened {
        when: calendar::moment(message.at),
        what: what.to_owned(),
        who: String::new(),
        detail: message.text.clone(),
    }
}
