//! What the pages of council rules receive, worded.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::rules::{self, Standing};
use super::{CouncilRule, RuleKind};
use crate::calendar;
use crate::directory::{Category, Unit};
use crate::ids::OrganisationId;
use crate::web::parts::{Choice, Fact, Happened};

/// A rule in a list.
#[derive(Serialize, ToSchema)]
pub struct RuleRow {
    /// Its page.
    pub href: String,
    /// What it decides.
    pub kind: &'static str,
    /// About what or whom.
    pub about: String,
    /// Whose rule it is.
    pub council: String,
    /// From when to when.
    pub days: String,
    /// How it stands today.
    pub state: &'static str,
    /// The tone of that.
    pub tone: &'static str,
    /// Why.
    pub reason: String,
    /// What it restrains, where it restrains anything.
    pub cause: Option<&'static str>,
}

/// A rule with what it relies on.
pub type WithRelied = (CouncilRule, Option<CouncilRule>);

fn row((rule, relied): &WithRelied, today: NaiveDate) -> RuleRow {
    let (state, tone) = state(rule, relied.as_ref(), today);
    RuleRow {
        href: format!("/council-rules/{}", rule.id),
        kind: rule.kind.words(),
        about: about(rule),
        council: rule.council.1.clone(),
        days: days(rule),
        state,
        tone,
        reason: rule.reason.clone(),
        cause: rule.cause.map(crate::directory::Cause::words),
    }
}

fn about(rule: &CouncilRule) -> String {
    match (&rule.provider, rule.cap) {
        (Some((_, name)), _) => name.clone(),
        (None, Some(cap)) => format!("{}: at most {} {}", cap.category.words(), cap.most, cap.unit.per()),
        (None, None) => String::new(),
    }
}

fn days(rule: &CouncilRule) -> String {
    let last = match (&rule.ending, rule.until) {
        (Some(ending), _) => format!(", ended from {} on", calendar::full(ending.from)),
        (None, Some(until)) => format!(" until {}", calendar::full(until)),
        (None, None) => String::new(),
    };
    format!("from {}{last}", calendar::full(rule.from))
}

fn state(rule: &CouncilRule, relied: Option<&CouncilRule>, today: NaiveDate) -> (&'static str, &'static str) {
    match (rules::standing_with(rule, relied, today), rule.kind) {
        (Standing::ToCome, _) => ("To come", "waiting"),
        (Standing::Over, _) => ("Holds no more", "plain"),
        (Standing::Holds, RuleKind::Accepted) => ("Holds", "good"),
        (Standing::Holds, _) => ("Holds", "warning"),
    }
}

/// The rules that somebody has to do with; template `council_rules/list.html`.
#[derive(Serialize, ToSchema)]
pub struct RulesPage {
    /// How things stand, in a sentence.
    pub state: String,
    /// The rules of one's own council; nothing for who works for none.
    pub own: Option<Vec<RuleRow>>,
    /// The rules that concern one's own providers; nothing for who works for none.
    pub concerning: Option<Vec<RuleRow>>,
    /// Whether the actor may make rules.
    pub may_record: bool,
}

/// The list of rules.
#[must_use]
pub fn list(
    own: Option<&[WithRelied]>,
    concerning: Option<&[WithRelied]>,
    may_record: bool,
    today: NaiveDate,
) -> RulesPage {
    let holds = |(rule, relied): &&WithRelied| rules::standing_with(rule, relied.as_ref(), today) == Standing::Holds;
    let all = own.unwrap_or_default().iter().chain(concerning.unwrap_or_default());
    let rows = |some: &[WithRelied]| some.iter().map(|one| row(one, today)).collect();
    let state = match all.filter(holds).count() {
        0 => "No rule holds today.".to_owned(),
        1 => "1 rule holds today.".to_owned(),
        many => format!("{many} rules hold today."),
    };
    RulesPage { state, own: own.map(rows), concerning: concerning.map(rows), may_record }
}

/// A rule; template `council_rules/show.html`.
#[derive(Serialize, ToSchema)]
pub struct RulePage {
    /// Its id.
    pub id: i64,
    /// What it decides.
    pub title: String,
    /// Whose rule it is.
    pub council: String,
    /// How it stands today.
    pub state: &'static str,
    /// The tone of that.
    pub tone: &'static str,
    /// What it does.
    pub effect: &'static str,
    /// What is known of it.
    pub facts: Vec<Fact>,
    /// What has happened.
    pub events: Vec<Happened>,
    /// Whether the actor may end it.
    pub may_end: bool,
    /// Today, as a date field shows it.
    pub today: String,
}

/// The page of a rule.
#[must_use]
pub fn show((rule, relied): &WithRelied, may_end: bool, today: NaiveDate) -> RulePage {
    let (state, tone) = state(rule, relied.as_ref(), today);
    let mut facts =
        vec![Fact::new("About", about(rule)), Fact::new("Holds", days(rule)), Fact::new("Why", &rule.reason)];
    facts.extend(rule.cause.map(|cause| Fact::new("It restrains", cause.words())));
    facts.extend(relied.as_ref().map(|relied| {
        let words = format!("The accreditation by {}", relied.council.1);
        Fact::new("It relies on", words).href(format!("/council-rules/{}", relied.id))
    }));
    let mut events: Vec<Happened> = rule.ending.iter().map(ended).collect();
    events.push(Happened {
        when: calendar::moment(rule.at),
        what: "Recorded".to_owned(),
        who: format!("{}, {}", rule.by, rule.authority),
        detail: rule.reason.clone(),
    });
    RulePage {
        id: rule.id.number(),
        title: format!("{}: {}", rule.kind.words(), about(rule)),
        council: rule.council.1.clone(),
        state,
        tone,
        effect: rules::effect(rule.kind),
        facts,
        events,
        may_end: may_end && rules::check_ending(rule, today, today).is_ok(),
        today: calendar::short(today),
    }
}

fn ended(ending: &super::Ending) -> Happened {
    Happened {
        when: calendar::moment(ending.at),
        what: format!("Ended from {} on", calendar::full(ending.from)),
        who: ending.by.clone(),
        detail: ending.reason.clone(),
    }
}

/// The form for a rule; template `council_rules/new.html`.
#[derive(Serialize, ToSchema)]
pub struct NewRulePage {
    /// The code of what is decided.
    pub kind: &'static str,
    /// What is decided, in words.
    pub title: &'static str,
    /// What it does.
    pub effect: &'static str,
    /// The council's name.
    pub council: String,
    /// The other forms.
    pub others: Vec<Choice>,
    /// Whether it is about an amount.
    pub capped: bool,
    /// The provider that it is about, once it is chosen.
    pub provider: Option<Choice>,
    /// The part of a name that was looked for.
    pub name: Option<String>,
    /// The providers of that name.
    pub providers: Vec<Choice>,
    /// The accreditations of other councils that can be relied on.
    pub accreditations: Vec<Choice>,
    /// The kinds of help.
    pub categories: Vec<Choice>,
    /// What a price can be for.
    pub units: Vec<Choice>,
    /// Today, as a date field shows it.
    pub today: String,
}

/// What the form for a rule is made of.
pub struct NewRuleData {
    /// What is decided.
    pub kind: RuleKind,
    /// The council's name.
    pub council: String,
    /// The provider that it is about.
    pub provider: Option<(OrganisationId, String)>,
    /// The part of a name that was looked for.
    pub name: Option<String>,
    /// The providers of that name, with their towns.
    pub providers: Vec<(OrganisationId, String, String)>,
    /// The accreditations of other councils that can be relied on.
    pub accreditations: Vec<CouncilRule>,
}

/// The form for a rule.
#[must_use]
pub fn new(data: NewRuleData, today: NaiveDate) -> NewRulePage {
    let title = |kind: RuleKind| match kind {
        RuleKind::Accepted => "Accept a provider",
        RuleKind::Suspended => "Suspend a provider",
        RuleKind::Capped => "Set the most that is paid",
    };
    let others = RuleKind::ALL.iter().filter(|kind| **kind != data.kind);
    let named = |(id, name, town): (OrganisationId, String, String)| Choice::new(id, name).hint(town);
    let relied = |rule: &CouncilRule| {
        Choice::new(rule.id, format!("{}, {}", rule.council.1, days(rule))).hint(rule.reason.clone())
    };
    NewRulePage {
        kind: data.kind.code(),
        title: title(data.kind),
        effect: rules::effect(data.kind),
        council: data.council,
        others: others.map(|kind| Choice::new(kind.code(), title(*kind))).collect(),
        capped: data.kind == RuleKind::Capped,
        provider: data.provider.map(|(id, name)| Choice::new(id, name)),
        name: data.name,
        providers: data.providers.into_iter().map(named).collect(),
        accreditations: data.accreditations.iter().map(relied).collect(),
        categories: Category::ALL.iter().map(|one| Choice::new(one.code(), one.words())).collect(),
        units: Unit::ALL.iter().map(|one| Choice::new(one.code(), one.words())).collect(),
        today: calendar::short(today),
    }
}
