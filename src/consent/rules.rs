//! When somebody must be asked, why, and who may say yes: nothing turns into yes by waiting.

use chrono::NaiveDate;

use super::{Facts, Rule, SetRule, Yes};
use crate::auth::rights::{ActingFor, Actor, Approval, Sign};
use crate::error::{Error, Invalid};
use crate::ids::{MandateId, PersonId};
use crate::mandates::GivenMandate;
use crate::vat::Form;

/// Why a rule cannot be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody who may not.
    #[error("Only the person, or somebody who signs for them, says when they must be asked.")]
    NotForYou,
    /// A mandate that is over, somebody else's, or approves nothing.
    #[error("Choose a mandate that holds and that approves bills.")]
    NoDelegate,
    /// Oneself.
    #[error("Nobody makes themselves the one who is asked.")]
    Yourself,
    /// Backdated.
    #[error("Enter today or a later day: what was decided before stays as it was.")]
    Past,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let sentence = refusal.to_string();
        match refusal {
            Refusal::NotForYou => Self::Forbidden(sentence),
            Refusal::NoDelegate | Refusal::Yourself => Invalid::field("delegate", sentence).into(),
            Refusal::Past => Invalid::field("from", sentence).into(),
        }
    }
}

/// The right to say when a person must be asked: their own, or that of somebody who signs for them.
///
/// # Errors
/// For all others.
pub fn may_set(actor: &Actor, person: PersonId) -> Result<ActingFor<Sign>, Refusal> {
    actor.acting_for::<Sign>(person).ok_or(Refusal::NotForYou)
}

/// Checks a rule that somebody wants to set.
///
/// # Errors
/// Why it cannot be.
pub fn check(
    by: &ActingFor<Sign>,
    rule: Rule,
    from: NaiveDate,
    mandates: &[GivenMandate],
    today: NaiveDate,
) -> Result<(), Refusal> {
    if from < today {
        return Err(Refusal::Past);
    }
    let Rule::Delegated(id) = rule else { return Ok(()) };
    let delegate = mandates.iter().find(|given| given.id == id && can_be_asked(given, today));
    match delegate {
        None => Err(Refusal::NoDelegate),
        Some(given) if given.user == by.user() => Err(Refusal::Yourself),
        Some(_) => Ok(()),
    }
}

/// Whether somebody with a mandate can be asked in the person's place.
#[must_use]
pub fn can_be_asked(given: &GivenMandate, today: NaiveDate) -> bool {
    given.holds_on(today) && given.scopes.approve > Approval::Nothing
}

/// Whether consent is a matter of a fund's form at all: where somebody else holds the money and pays (an individual service
/// fund, a brokered fund). Who holds their own money decides anyway.
#[must_use]
pub const fn applies_to(form: Form) -> bool {
    matches!(form, Form::IndividualServiceFund | Form::BrokeredFund)
}

/// What stands for the name of whoever else acts for a person, where one who acts for them reads.
pub const SOMEBODY: &str = "somebody else who acts for them";

/// A rule as one may read it who sees some of the mandates: not who else acts for the person.
#[must_use]
pub fn as_seen(set: SetRule, sees: impl Fn(MandateId) -> bool) -> SetRule {
    let named = |mandate: Option<MandateId>| mandate.is_none_or(&sees);
    let delegate = match set.rule {
        Rule::Delegated(mandate) if !sees(mandate) => Some(SOMEBODY.to_owned()),
        _ => set.delegate,
    };
    let (by, authority) =
        if named(set.mandate) { (set.by, set.authority) } else { (SOMEBODY.to_owned(), String::new()) };
    SetRule { delegate, by, authority, ..set }
}

/// A yes as one may read it who sees some of the mandates: not who else acts for the person.
#[must_use]
pub fn yes_as_seen(yes: Yes, sees: impl Fn(MandateId) -> bool) -> Yes {
    match yes.mandate {
        Some(mandate) if !sees(mandate) => Yes { by: SOMEBODY.to_owned(), authority: String::new(), ..yes },
        _ => yes,
    }
}

/// Why somebody must say yes to an invoice before whoever holds the money may approve it; nothing when they need not.
#[must_use]
pub fn reasons(rule: Rule, facts: &Facts) -> Vec<String> {
    match rule {
        Rule::Always | Rule::Delegated(_) => vec!["The rule is to ask before every invoice.".to_owned()],
        Rule::Above(most) if facts.amount > most => {
            vec![format!("It is {}. The rule is to ask above {most}.", facts.amount)]
        }
        Rule::Above(_) => vec![],
        Rule::Unusual => unusual(facts),
    }
}

/// What is unusual about an invoice, in words.
fn unusual(facts: &Facts) -> Vec<String> {
    let mut found = vec![];
    if facts.first_of_provider {
        found.push("It is the first invoice of this provider.".to_owned());
    }
    found.extend(facts.more_than_ordered.iter().map(|what| format!("{what}: more is billed than was ordered.")));
    found.extend(facts.price_changed.iter().map(|what| format!("{what}: the price is not the one that was ordered.")));
    found.extend(
        facts.same_days.iter().map(|other| format!("{other} bills the same service for some of the same days.")),
    );
    found
}

/// A rule in words.
#[must_use]
pub fn words(set: Option<&SetRule>) -> String {
    match set.map(|set| (set.rule, set.delegate.as_deref())) {
        None => "Ask before every invoice is approved. Nobody has said anything else.".to_owned(),
        Some((Rule::Always, _)) => "Ask before every invoice is approved.".to_owned(),
        Some((Rule::Above(most), _)) => format!("Ask before an invoice of more than {most} is approved."),
        Some((Rule::Unusual, _)) => "Ask before an invoice is approved in which something is unusual.".to_owned(),
        Some((Rule::Delegated(_), who)) => {
            format!("Ask {} before every invoice is approved.", who.unwrap_or("somebody with a mandate"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Pence;

    fn facts(amount: i64) -> Facts {
        Facts { amount: Pence::from_pence(amount), ..Facts::default() }
    }

    #[test]
    fn asking_follows_the_rule_and_says_why() {
        let most = Pence::from_pence(15_000);
        assert_eq!(reasons(Rule::Always, &facts(1)).len(), 1);
        assert!(reasons(Rule::Above(most), &facts(15_000)).is_empty());
        assert_eq!(reasons(Rule::Above(most), &facts(15_001)), ["It is £150.01. The rule is to ask above £150.00."]);
        assert_eq!(reasons(Rule::Delegated(MandateId::new(1)), &facts(1)).len(), 1);
    }

    #[test]
    fn what_is_unusual_is_named() {
        assert!(reasons(Rule::Unusual, &facts(999_999)).is_empty());
        let odd = Facts {
            first_of_provider: true,
            more_than_ordered: vec!["Day club".to_owned()],
            price_changed: vec!["Art class".to_owned()],
            same_days: Some("Invoice 3".to_owned()),
            ..facts(1)
        };
        let said = reasons(Rule::Unusual, &odd);
        assert_eq!(said.len(), 4);
        assert_eq!(said[3], "Invoice 3 bills the same service for some of the same days.");
    }
}
