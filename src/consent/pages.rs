//! What the page about consent to approve receives.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Rule, SetRule, rules};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::mandates::GivenMandate;
use crate::people::Person;
use crate::web::parts::Choice;

/// When a person must be asked before an invoice is approved; template `consent/show.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ConsentPage {
    /// The person.
    pub id: i64,
    /// Their name.
    pub name: String,
    /// Whether the visitor is the person.
    pub own: bool,
    /// The rule that holds, in a sentence.
    pub state: String,
    /// Every rule that was set, the newest first.
    pub history: Vec<RuleShown>,
    /// Whether the visitor may set another.
    pub may_set: bool,
    /// The rules.
    pub rules: Vec<Choice>,
    /// Who could be asked in the person's place.
    pub delegates: Vec<Choice>,
    /// The day of today, as one would type it.
    pub today: String,
}

/// A rule that was set.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RuleShown {
    /// From when.
    pub when: String,
    /// The rule.
    pub what: String,
    /// Who set it.
    pub who: String,
}

/// The page.
#[must_use]
pub fn show(
    person: &Person,
    history: &[SetRule],
    mandates: &[GivenMandate],
    actor: &Actor,
    today: NaiveDate,
) -> ConsentPage {
    let (holding, own) = (rules::holding(history, today), actor.person() == Some(person.id));
    let now = holding.map_or(Rule::Always, |set| set.rule);
    let choice = |rule: Rule, label: &str, hint: &str| {
        Choice::new(rule.code(), label).hint(hint).checked(rule.code() == now.code())
    };
    let can =
        mandates.iter().filter(|given| rules::can_be_asked(&(*given).into(), today) && given.user != actor.user());
    let can = can.filter(|_| rules::may_set(actor, person.id).is_ok());
    let delegates: Vec<Choice> =
        can.map(|given| Choice::new(given.id, format!("{}, {}", given.who(), given.authority.words()))).collect();
    let shown = |set: &SetRule| RuleShown {
        when: format!("From {}", calendar::full(set.from)),
        what: rules::words(Some(set)),
        who: match set.authority.as_str() {
            _ if own && set.mandate.is_none() => "Set by you".to_owned(),
            "" => format!("Set by {}", set.by),
            authority => format!("Set by {}, {authority}", set.by),
        },
    };
    let zero = crate::money::Pence::ZERO;
    // Only where there is somebody whom the visitor can name.
    let delegated = Choice::new("delegated", "Ask somebody else")
        .hint(if own {
            "Somebody with a mandate says yes or no in your place."
        } else {
            "Somebody with a mandate says yes or no in the person’s place."
        })
        .checked(now.code() == "delegated");
    ConsentPage {
        id: person.id.number(),
        name: person.name.clone(),
        own,
        state: rules::words(holding),
        history: history.iter().map(shown).collect(),
        may_set: rules::may_set(actor, person.id).is_ok(),
        rules: vec![
            choice(Rule::Always, "Before every invoice", "Nothing is approved without a yes."),
            choice(Rule::Above(zero), "Above an amount", "Smaller invoices are approved by whoever holds the money."),
            choice(
                Rule::Unusual,
                "When something is unusual",
                "The first invoice of a provider, more than was ordered, another price, the same days twice.",
            ),
        ]
        .into_iter()
        .chain((!delegates.is_empty()).then_some(delegated))
        .collect(),
        delegates,
        today: calendar::full(today),
    }
}
