//! What is sent about quotes.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::rules;
use super::{AnswerKind, DeclinedBecause, MOST_CRITERIA, Needs, NewAnswer, NewChoice, NewRequest, NewScores, Weight};
use crate::directory::{Category, DISTANCES, Unit, rules as directory};
use crate::error::Invalid;
use crate::ids::{FundId, ServiceId};
use crate::places::{Outcode, Postcode};
use crate::vat::PriceBasis;
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The query of the list of requests.
pub const LIST: &[(&str, &str)] = &[("fund", "The number of a fund, for its requests alone.")];

/// The query of the page on which several are asked.
pub const NEW: &[(&str, &str)] = &[
    ("fund", "The number of the fund that would pay."),
    ("service", "A service that was looked at, to ask its provider among others."),
    ("words", "Words to look for."),
    ("category", "The code of a kind of help."),
    ("place", "The first half of a postcode, or a postcode; the person's own when left out."),
    ("within", "The distance from there in miles: 5, 10, 25 or 50."),
    ("rules", "shown, to see what the rules of the fund's council hide as well."),
];

/// The fields of a request.
pub const REQUEST: &[(&str, &str)] = &[
    ("fund", "The number of the fund that would pay."),
    ("words", "Words that were looked for."),
    ("category", "The kind of help that was looked for."),
    ("place", "Around where it was looked for."),
    ("within", "Within how many miles."),
    ("rules", "shown, when what the council's rules hide was shown."),
    ("service_1", "yes, to ask the provider of service 1; so for each service, one to eight."),
    ("what", "What is needed. Neither a name nor an address."),
    ("quantity", "How much each week."),
    ("unit", "Of what: hour, session, visit, day and so on."),
    ("times", "On which days, at which times, how often."),
    ("starts_on", "From which day."),
    ("answer_by", "The last day on which providers answer."),
    ("price_weight", "How much the price matters: 1 to 3; not at all when empty."),
    ("criterion_1", "Something else that matters."),
    ("weight_1", "How much: 1, 2 or 3."),
    ("criterion_2", "Something else that matters."),
    ("weight_2", "How much: 1, 2 or 3."),
    ("criterion_3", "Something else that matters."),
    ("weight_3", "How much: 1, 2 or 3."),
    ("criterion_4", "Something else that matters."),
    ("weight_4", "How much: 1, 2 or 3."),
    ("criterion_5", "Something else that matters."),
    ("weight_5", "How much: 1, 2 or 3."),
];

/// The fields of an answer.
pub const ANSWER: &[(&str, &str)] = &[
    ("kind", "offered, declined or withdrawn."),
    ("price", "For an offer: the price of one, in pounds."),
    ("unit", "For an offer: of what; that by which the service is sold. That of the request when left out."),
    ("quantity", "For an offer: how much of that each week, where the unit is not that of the request."),
    ("basis", "For an offer: net or inclusive, whether VAT is inside."),
    ("times", "For an offer: at which times."),
    ("note", "What else there is to say; for a refusal, why in words."),
    ("valid_until", "For an offer: the last day on which it can be chosen."),
    ("holds_until", "For an offer: the last day on which the price holds, once it is accepted."),
    ("because", "For a refusal: no_room, times, place, not_ours, price or other."),
];

/// The field of a message.
pub const MESSAGE: &[(&str, &str)] = &[("text", "What you want to say.")];

/// The fields of how answers stand to what matters.
pub const SCORES: &[(&str, &str)] =
    &[("score_1_1", "How answer 1 stands to criterion 1, from 1 to 5; so for each of both. Empty: not looked at.")];

/// The fields of a choice.
pub const CHOICE: &[(&str, &str)] = &[
    ("answer", "The number of the answer that is chosen, or none."),
    ("reason", "Why; needed unless it stands best by what was said to matter."),
    ("feedback_1", "What the provider of ask 1 reads, if it is not chosen; so for each."),
    ("seen", "The answers that were seen, as the page gave them."),
    ("score_1_1", "How answer 1 stands to criterion 1, from 1 to 5, noted with the choice; so for each of both."),
];

/// The field of a refusal.
pub const REFUSAL: &[(&str, &str)] = &[("reason", "Why it is not accepted; who chose reads this.")];

/// The query of a choice.
pub const KEPT: &[(&str, &str)] = &[("number", "Which choice of the request, from 1; the newest when left out.")];

/// What is looked for, to choose whom to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looking {
    /// For which fund.
    pub fund: Option<FundId>,
    /// A service that was looked at.
    pub service: Option<ServiceId>,
    /// Words.
    pub words: String,
    /// What kind of help.
    pub category: Option<Category>,
    /// Around where.
    pub place: Option<Outcode>,
    /// Within how many miles.
    pub within: u32,
    /// With what the rules of the fund's council hide.
    pub all: bool,
    /// The services that were ticked already.
    pub picked: Vec<ServiceId>,
}

impl Looking {
    /// The words as the search compares them.
    #[must_use]
    pub fn beginnings(&self) -> Vec<String> {
        directory::words_of(&self.words).collect()
    }
}

/// Reads what is looked for.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn looking(fields: &Fields) -> Result<Looking, Invalid> {
    let mut reader = Reader::new(fields);
    let looking = look(&mut reader, fields);
    reader.finish(|| looking)
}

fn look(reader: &mut Reader<'_>, fields: &Fields) -> Option<Looking> {
    let fund = optional(fields, "fund", || reader.id("fund", "the fund"));
    let service = optional(fields, "service", || reader.id("service", "the service"));
    let words = reader.optional_text("words", "the words", LINE);
    let category = optional(fields, "category", || reader.choice("category", "a kind of help", Category::from_code));
    let place = optional(fields, "place", || place(reader, fields));
    let miles = |code: &str| code.parse().ok().filter(|miles| DISTANCES.contains(miles));
    let within = optional(fields, "within", || reader.choice("within", "a distance", miles));
    Some(Looking {
        fund: fund?,
        service: service?,
        words: words?,
        category: category?,
        place: place?,
        within: within?.unwrap_or(10),
        all: with_hidden(fields),
        picked: picked(fields),
    })
}

/// Whether what rules hide is shown: the buttons that show and hide it go before what was shown.
fn with_hidden(fields: &Fields) -> bool {
    match fields.get("look") {
        Some("shown") => true,
        Some("hidden") => false,
        _ => fields.get("rules") == Some("shown"),
    }
}

/// The services that were ticked, in their order.
fn picked(fields: &Fields) -> Vec<ServiceId> {
    let mut picked: Vec<ServiceId> = ticked(fields, "service_").collect();
    picked.sort_unstable();
    picked
}

/// What is looked for where not all of it could be read: the fund and what was ticked.
#[must_use]
pub fn barely_looking(fields: &Fields) -> Looking {
    Looking {
        fund: fields.get("fund").and_then(|text| text.parse().ok()),
        service: None,
        words: String::new(),
        category: None,
        place: None,
        within: 10,
        all: with_hidden(fields),
        picked: picked(fields),
    }
}

/// Whether somebody only looks for more to ask, with everything that they have typed.
#[must_use]
pub fn only_looks(fields: &Fields) -> bool {
    fields.get("look").is_some()
}

/// Of a whole postcode only the first half is kept.
fn place(reader: &mut Reader<'_>, fields: &Fields) -> Option<Outcode> {
    let text = fields.get("place")?;
    let outcode = Outcode::parse(text).or_else(|_| Postcode::parse(text).map(|postcode| postcode.outcode()));
    let found = outcode.ok().filter(|outcode| outcode.place().is_some());
    if found.is_none() {
        reader.refuse("place", format!("There is no place “{text}”. Enter the first half of a postcode, like DT1."));
    }
    found
}

/// What was not sent is no mistake; what was sent and refused is.
fn optional<T>(fields: &Fields, name: &str, read: impl FnOnce() -> Option<T>) -> Option<Option<T>> {
    if fields.get(name).is_none() { Some(None) } else { read().map(Some) }
}

/// Reads a request, with all that is wrong with it by itself: what only the database knows is looked at after that.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn request(fields: &Fields, today: NaiveDate) -> Result<(Looking, NewRequest), Invalid> {
    let mut reader = Reader::new(fields);
    let looking = look(&mut reader, fields);
    refuse(&mut reader, rules::check_number_asked(picked(fields).len()));
    let needs = needs(&mut reader, today);
    let price = optional(fields, "price_weight", || {
        reader.choice("price_weight", "how much the price matters", Weight::from_code)
    });
    let criteria: Option<Vec<Option<(String, Weight)>>> =
        (1..=MOST_CRITERIA).map(|row| criterion(&mut reader, fields, row)).collect();
    let criteria: Option<Vec<(String, Weight)>> = criteria.map(|rows| rows.into_iter().flatten().collect());
    refuse(&mut reader, criteria.as_deref().map_or(Ok(()), rules::check_criteria));
    reader.finish(|| {
        let criteria = criteria?;
        let looking = looking?;
        let picked = looking.picked.clone();
        Some((looking, NewRequest { needs: needs?, price: price?, criteria, picked }))
    })
}

/// The numbers of the boxes that were ticked, by the beginning of their names.
fn ticked<'a>(fields: &'a Fields, begin: &'a str) -> impl Iterator<Item = ServiceId> + 'a {
    let chosen = fields.typed().keys().filter(|name| fields.get(name).is_some());
    chosen.filter_map(move |name| name.strip_prefix(begin)?.parse().ok())
}

/// What a rule refuses stands beside its field with everything else that is wrong.
fn refuse(reader: &mut Reader<'_>, checked: Result<(), rules::Refusal>) {
    if let Err(refusal) = checked {
        reader.refuse(refusal.field(), refusal.to_string());
    }
}

fn needs(reader: &mut Reader<'_>, today: NaiveDate) -> Option<Needs> {
    let what = reader.text("what", "what is needed", TEXT);
    let quantity = reader.quantity("quantity", "how much each week");
    let unit = reader.choice("unit", "of what", Unit::from_code);
    let times = reader.text("times", "on which days and at which times", TEXT);
    let starts_on = reader.date("starts_on", "the day from which it is needed");
    let answer_by = reader.date("answer_by", "the last day on which providers answer");
    if let (Some(quantity), Some(unit)) = (quantity, unit) {
        refuse(reader, rules::check_week(quantity, unit));
    }
    refuse(reader, starts_on.map_or(Ok(()), |day| rules::check_starts_on(day, today)));
    refuse(reader, answer_by.map_or(Ok(()), |day| rules::check_answer_by(day, starts_on, today)));
    Some(Needs {
        what: what?,
        quantity: quantity?,
        unit: unit?,
        times: times?,
        starts_on: starts_on?,
        answer_by: answer_by?,
    })
}

fn criterion(reader: &mut Reader<'_>, fields: &Fields, row: usize) -> Option<Option<(String, Weight)>> {
    let (words, weight) = (format!("criterion_{row}"), format!("weight_{row}"));
    if fields.get(&words).is_none() {
        return Some(None);
    }
    let said = reader.text(&words, "what matters", LINE);
    let weight = reader.choice(&weight, "how much it matters", Weight::from_code);
    Some(Some((said?, weight?)))
}

/// Reads an answer.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn answer(fields: &Fields) -> Result<NewAnswer, Invalid> {
    let mut reader = Reader::new(fields);
    let kind = reader.choice("kind", "whether you make an offer", AnswerKind::from_code);
    if kind != Some(AnswerKind::Declined) && fields.get("because").is_some() {
        reader.refuse("because", "Leave this out, or say that you cannot.");
    }
    let answer = kind.and_then(|kind| match kind {
        AnswerKind::Offered => offer(&mut reader, fields),
        AnswerKind::Declined => {
            let because = reader.choice("because", "why you make no offer", DeclinedBecause::from_code);
            let note = reader.optional_text("note", "what there is to say", TEXT);
            Some(NewAnswer::Decline { because: because?, note: note? })
        }
        AnswerKind::Withdrawn => Some(NewAnswer::Withdraw),
    });
    reader.finish(|| answer)
}

fn offer(reader: &mut Reader<'_>, fields: &Fields) -> Option<NewAnswer> {
    let price = reader.unit_price("price", "the price of one");
    let unit = optional(fields, "unit", || reader.choice("unit", "of what", Unit::from_code));
    let quantity = optional(fields, "quantity", || reader.quantity("quantity", "how many each week"));
    let basis = reader.choice("basis", "whether VAT is inside the price", PriceBasis::from_code);
    let times = reader.text("times", "at which times you would come", TEXT);
    let note = reader.optional_text("note", "what else there is to say", TEXT);
    let valid_until = reader.date("valid_until", "the last day on which it can be chosen");
    let holds_until = optional(fields, "holds_until", || reader.date("holds_until", "the last day of the price"));
    Some(NewAnswer::Offer {
        unit: unit?,
        quantity: quantity?,
        price: price?,
        basis: basis?,
        times: times?,
        note: note?,
        valid_until: valid_until?,
        holds_until: holds_until?,
    })
}

/// Reads a message.
///
/// # Errors
/// When there is none, or it is too long.
pub fn message(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let text = reader.text("text", "what you want to say", TEXT);
    reader.finish(|| text)
}

/// Reads how answers stand to what matters.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn scores(fields: &Fields) -> Result<NewScores, Invalid> {
    let mut reader = Reader::new(fields);
    let scores = scores_in(&mut reader, fields);
    reader.finish(|| Some(scores))
}

fn scores_in(reader: &mut Reader<'_>, fields: &Fields) -> NewScores {
    let mut scores = NewScores::new();
    for (name, value) in fields.typed() {
        let ids = name.strip_prefix("score_").and_then(|rest| rest.split_once('_'));
        let Some((answer, criterion)) = ids.and_then(|(one, two)| Some((one.parse().ok()?, two.parse().ok()?))) else {
            continue;
        };
        let empty = value.trim().is_empty();
        let score = (!empty).then(|| reader.whole(name, "how it stands", 1..=rules::weighing::BEST)).flatten();
        scores.insert((answer, criterion), score);
    }
    scores
}

/// Whether something of a choice was typed beside what is noted.
#[must_use]
pub fn begins_a_choice(fields: &Fields) -> bool {
    let of_a_choice = |name: &str| ["answer", "reason"].contains(&name) || name.starts_with("feedback_");
    fields.typed().keys().any(|name| of_a_choice(name) && fields.get(name).is_some())
}

/// Reads a choice.
///
/// # Errors
/// A message for each field that cannot be used.
pub fn choice(fields: &Fields) -> Result<NewChoice, Invalid> {
    let mut reader = Reader::new(fields);
    let answer = reader.choice("answer", "one of the offers, or none of them", |code| match code {
        "none" => Some(None),
        id => id.parse().ok().map(Some),
    });
    let reason = reader.optional_text("reason", "why", TEXT);
    let seen = reader.optional_text("seen", "the answers that you saw", LINE);
    let mut feedback = BTreeMap::new();
    for name in fields.typed().keys() {
        let Some(ask) = name.strip_prefix("feedback_").and_then(|id| id.parse().ok()) else { continue };
        let words = reader.optional_text(name, "what they read", TEXT).unwrap_or_default();
        feedback.insert(ask, words);
    }
    let scores = scores_in(&mut reader, fields);
    reader.finish(|| Some(NewChoice { answer: answer?, reason: reason?, feedback, seen: seen?, scores }))
}

/// Reads why something is not accepted. That there are words is a rule, so that it is looked at last.
///
/// # Errors
/// When it is too long.
pub fn refusal(fields: &Fields) -> Result<String, Invalid> {
    let mut reader = Reader::new(fields);
    let reason = reader.optional_text("reason", "why not", TEXT);
    reader.finish(|| reason)
}

/// Reads which choice is meant; nothing, for the newest.
///
/// # Errors
/// When it is no number.
pub fn choice_number(fields: &Fields) -> Result<Option<i64>, Invalid> {
    let mut reader = Reader::new(fields);
    let number = optional(fields, "number", || reader.whole("number", "which choice", 1..=1_000));
    reader.finish(|| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn of_a_place_only_the_first_half_is_kept() {
        let looked = looking(&fields(&[("place", "dt1 1xj"), ("within", "25")])).unwrap();
        assert_eq!((looked.place.unwrap().as_str(), looked.within), ("DT1", 25));
        assert!(looking(&fields(&[("place", "ZZ99")])).is_err());
    }

    #[test]
    fn a_request_names_whom_to_ask_and_what_matters() {
        let mut sent = vec![
            ("service_7", "yes"),
            ("service_12", "yes"),
            ("what", "Company"),
            ("quantity", "2"),
            ("unit", "hour"),
            ("times", "Mornings"),
            ("starts_on", "1 12 2026"),
            ("answer_by", "20 11 2026"),
            ("criterion_1", "A woman"),
            ("weight_1", "3"),
        ];
        let today = NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
        let (_, new) = request(&fields(&sent), today).unwrap();
        assert_eq!((new.picked.len(), new.criteria.len(), new.price), (2, 1, None));
        sent[9] = ("weight_1", "");
        assert_eq!(request(&fields(&sent), today).unwrap_err().errors[0].field, "weight_1");
    }

    #[test]
    fn scores_and_choices_name_their_answers() {
        let read = scores(&fields(&[("score_3_1", "5"), ("score_3_2", "")])).unwrap();
        assert_eq!(read.values().copied().collect::<Vec<_>>(), [Some(5), None]);
        assert!(scores(&fields(&[("score_3_1", "6")])).is_err());
        let chosen = choice(&fields(&[("answer", "none"), ("feedback_4", "Thank you"), ("reason", "x")])).unwrap();
        assert_eq!((chosen.answer, chosen.feedback.len()), (None, 1));
        assert!(choice(&fields(&[])).is_err(), "nothing is chosen beforehand");
    }
}
