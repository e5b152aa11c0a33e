//! What the page of a choice receives: everything that was before whoever chose, as it was kept.

use serde::Serialize;
use utoipa::ToSchema;

use super::asking::RuleShown;
use crate::ids::QuoteRequestId;
use crate::quotes::{AskedThen, Choice, Considered, Snapshot};
use crate::web::parts::Fact;

/// A provider that was asked, as its answer stood.
#[derive(Serialize, ToSchema)]
pub struct AskedRow {
    /// Who, and for what.
    pub provider: String,
    /// How it stood.
    pub state: String,
    /// What this fund would pay for one, and for a week.
    pub pays: String,
    /// How it stood to each thing that mattered.
    pub scores: String,
    /// The weighted sum.
    pub total: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// A service that was considered.
#[derive(Serialize, ToSchema)]
pub struct ConsideredRow {
    /// What and whose.
    pub what: String,
    /// What this fund would pay.
    pub pays: String,
    /// Why it was hidden, where it was.
    pub hidden: String,
}

/// A choice with everything that was before whoever chose; template `quotes/choice.html`.
#[derive(Serialize, ToSchema)]
pub struct ChoicePage {
    /// The request's id.
    pub request: i64,
    /// Whose.
    pub whose: String,
    /// What was chosen, in a sentence.
    pub state: String,
    /// Who chose, under which authority, when, why.
    pub facts: Vec<Fact>,
    /// What mattered.
    pub criteria: Vec<Fact>,
    /// Who was asked.
    pub asked: Vec<AskedRow>,
    /// What was looked for.
    pub search: String,
    /// What was considered.
    pub considered: Vec<ConsideredRow>,
    /// What rules of the council had hidden, how much and why.
    pub rules: Vec<RuleShown>,
    /// The fingerprint of the document.
    pub sha256: String,
    /// Where the document is taken away.
    pub document_href: String,
}

/// The page of a choice.
#[must_use]
pub fn choice(request: QuoteRequestId, whose: &str, choice: &Choice, kept: &Snapshot) -> ChoicePage {
    let chosen = |one: &&AskedThen| kept.chosen.is_some() && one.answer == kept.chosen;
    let provider = kept.asked.iter().find(chosen).map(|one| one.provider_name.clone());
    let search = &kept.search;
    let facts = vec![
        Fact::new("What was needed", &kept.needs),
        Fact::new("Who chose", format!("{}, {}", kept.chosen_by, kept.authority)),
        Fact::new("When", &kept.at),
        Fact::new("Why", if kept.reason.is_empty() { "It stood best by what mattered." } else { &kept.reason }),
        Fact::new("Prices as this fund pays them", &search.fund),
    ];
    let weight =
        |times: i64| crate::quotes::Weight::counting(times).map_or("", crate::quotes::Weight::words).to_lowercase();
    let criterion = |(words, times): &(String, i64)| Fact::new(words, format!("mattered {}", weight(*times)));
    let considered = |one: &Considered| ConsideredRow {
        what: format!("{}, {}", one.name, one.provider_name),
        pays: format!("£{} per {}", one.pays, one.unit),
        hidden: match one.hidden_by {
            Some(rule) => format!("Hidden by rule {rule}"),
            None => String::new(),
        },
    };
    let rule = |rule: &crate::quotes::RuleApplied| RuleShown {
        hid: rule.hid,
        says: format!("Rule {}: {}", rule.rule, rule.says),
        cause: rule.cause_words.clone(),
    };
    let words = if search.words.is_empty() { String::new() } else { format!(" for “{}”", search.words) };
    let kind = if search.kind.is_empty() { String::new() } else { format!(" ({})", search.kind) };
    ChoicePage {
        request: request.number(),
        whose: whose.to_owned(),
        state: provider.map_or_else(|| "Nobody was chosen.".to_owned(), |name| format!("{name} was chosen.")),
        facts,
        criteria: kept.criteria.iter().map(criterion).collect(),
        asked: kept.asked.iter().map(|one| asked(one, kept)).collect(),
        search: format!(
            "Looked{words}{kind} within {} miles of {} on {}: {} services with a price were found, of which {} are kept here.",
            search.within_miles,
            search.near,
            search.on,
            search.found,
            search.considered.len()
        ),
        considered: search.considered.iter().map(considered).collect(),
        rules: search.rules.iter().map(rule).collect(),
        sha256: choice.sha256.clone(),
        document_href: format!("/quotes/{request}/choice/document?number={}", choice.number),
    }
}

fn asked(one: &AskedThen, kept: &Snapshot) -> AskedRow {
    let scores = kept.criteria.iter().zip(&one.scores).map(|((words, _), score)| {
        format!("{words}: {}", score.map_or_else(|| "not looked at".to_owned(), |score| format!("{score} of 5")))
    });
    let pays = match (&one.pays, &one.pays_weekly) {
        (Some(pays), Some(weekly)) => {
            let unit = one.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
            format!("£{pays} for one{unit}, £{weekly} a week")
        }
        _ => "No offer".to_owned(),
    };
    AskedRow {
        provider: format!("{}, {}", one.provider_name, one.service_name),
        state: [std::slice::from_ref(&one.state), &one.warnings].concat().join(". "),
        pays,
        scores: if one.pays.is_some() { scores.collect::<Vec<_>>().join("; ") } else { String::new() },
        total: one.total.map(|total| total.to_string()).unwrap_or_default(),
        chosen: kept.chosen.is_some() && one.answer == kept.chosen,
    }
}
