//! When somebody must be asked, why, and who may say yes: nothing turns into yes by waiting.

use chrono::NaiveDate;

use super::{Delegate, Facts, Rule, SetRule, Term, Yes};
use crate::auth::rights::{ActingFor, Actor, Sign};
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
    let delegate = mandates.iter().find(|given| given.id == id && can_be_asked(&(*given).into(), today));
    match delegate {
        None => Err(Refusal::NoDelegate),
        Some(given) if given.user == by.user() => Err(Refusal::Yourself),
        Some(_) => Ok(()),
    }
}

/// Whether somebody with a mandate can be asked in the person's place.
#[must_use]
pub fn can_be_asked(delegate: &Delegate, day: NaiveDate) -> bool {
    delegate.approves && delegate.term.holds_on(day)
}

/// The rule that holds on a day: of those that have begun the one that was said last; `history` has the newest first. A rule
/// that names a mandate which is over counts for nothing: then everything is asked of the person again.
#[must_use]
pub fn holding(history: &[SetRule], day: NaiveDate) -> Option<&SetRule> {
    let newest = history.iter().find(|set| set.from <= day)?;
    let answers = || newest.delegate.as_ref().is_some_and(|delegate| can_be_asked(delegate, day));
    match newest.rule {
        Rule::Delegated(_) => answers().then_some(newest),
        Rule::Always | Rule::Above(_) | Rule::Unusual => Some(newest),
    }
}

/// Whether a yes counts on a day: the person's own, or one under a mandate that holds.
#[must_use]
pub fn counts(mandate: Option<MandateId>, term: Option<Term>, day: NaiveDate) -> bool {
    mandate.is_none() || term.is_some_and(|term| term.holds_on(day))
}

/// Whether consent is a matter of a fund's form at all: where somebody else holds the money and pays (an individual service
/// fund, a brokered fund). Who holds their own money decides anyway.
#[must_use]
pub const fn applies_to(form: Form) -> bool {
    matches!(form, Form::IndividualServiceFund | Form::BrokeredFund)
}

/// What stands for the name of whoever else acts for a person, where one who acts for them reads.
pub const SOMEBODY: &str = "somebody else who acts for them";

/// Whether somebody is told of everybody who acts for a person, wherever consent names them: whoever reads as the person, or
/// without standing for them. One who acts for a person does not learn who else does.
#[must_use]
pub fn is_told_all(actor: &Actor, person: PersonId) -> bool {
    actor.person() == Some(person) || !actor.stands_for(person)
}

/// Whether somebody is told who acts under a mandate for a person; `seen` are those that they see anyway.
#[must_use]
pub fn is_told_of(actor: &Actor, person: PersonId, seen: &[GivenMandate], mandate: MandateId) -> bool {
    is_told_all(actor, person) || seen.iter().any(|given| given.id == mandate)
}

/// A rule as one may read it who is told of some of the mandates.
#[must_use]
pub fn as_seen(set: SetRule, sees: impl Fn(MandateId) -> bool) -> SetRule {
    let named = |mandate: Option<MandateId>| mandate.is_none_or(&sees);
    let delegate = match set.rule {
        Rule::Delegated(mandate) if !sees(mandate) => {
            set.delegate.map(|delegate| Delegate { who: SOMEBODY.to_owned(), ..delegate })
        }
        _ => set.delegate,
    };
    let (by, authority) =
        if named(set.mandate) { (set.by, set.authority) } else { (SOMEBODY.to_owned(), String::new()) };
    SetRule { delegate, by, authority, ..set }
}

/// A yes as one may read it who is told of some of the mandates.
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
    match set.map(|set| (set.rule, set.delegate.as_ref())) {
        None => "Ask before every invoice is approved. Nobody has said anything else.".to_owned(),
        Some((Rule::Always, _)) => "Ask before every invoice is approved.".to_owned(),
        Some((Rule::Above(most), _)) => format!("Ask before an invoice of more than {most} is approved."),
        Some((Rule::Unusual, _)) => "Ask before an invoice is approved in which something is unusual.".to_owned(),
        Some((Rule::Delegated(_), who)) => {
            let who = who.map_or("somebody with a mandate", |delegate| delegate.who.as_str());
            format!("Ask {who} before every invoice is approved.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::rights::{Authority, Mandate};
    use crate::ids::UserId;
    use crate::money::Pence;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn set(rule: Rule, from: &str, delegate: Option<Delegate>) -> SetRule {
        let (by, authority, mandate) = ("Mary".to_owned(), "the person".to_owned(), None);
        SetRule { rule, delegate, from: day(from), by, authority, mandate, at: chrono::DateTime::UNIX_EPOCH }
    }

    fn delegate(to: Option<&str>, ended: bool, approves: bool) -> Delegate {
        Delegate { who: "Ines".to_owned(), term: Term { from: day("2026-11-02"), to: to.map(day), ended }, approves }
    }

    #[test]
    fn of_what_has_begun_the_newest_word_holds() {
        let history = [
            set(Rule::Always, "2026-12-01", None),
            set(Rule::Unusual, "2026-11-10", None),
            set(Rule::Above(Pence::from_pence(100)), "2026-11-20", None),
        ];
        let on = |text| holding(&history, day(text)).map(|set| set.rule);
        assert_eq!(on("2026-11-09"), None);
        assert_eq!(on("2026-11-10"), Some(Rule::Unusual));
        assert_eq!(on("2026-11-30"), Some(Rule::Unusual), "an older word for a later day is not the last");
        assert_eq!(on("2026-12-01"), Some(Rule::Always));
        assert_eq!(holding(&[], day("2026-12-01")), None);
    }

    #[test]
    fn a_rule_that_names_a_mandate_holds_as_long_as_the_mandate_approves() {
        let holds = |delegate, on| {
            let newest = set(Rule::Delegated(MandateId::new(1)), "2026-11-01", delegate);
            // What was said before it does not come back: everything is asked.
            holding(&[newest, set(Rule::Unusual, "2026-11-01", None)], day(on)).map(|set| set.rule.code())
        };
        assert_eq!(holds(Some(delegate(None, false, true)), "2026-11-02"), Some("delegated"));
        assert_eq!(holds(Some(delegate(None, false, true)), "2026-11-01"), None, "the mandate has not begun");
        assert_eq!(holds(Some(delegate(Some("2026-11-05"), false, true)), "2026-11-06"), None);
        assert_eq!(holds(Some(delegate(None, true, true)), "2026-11-02"), None);
        assert_eq!(holds(Some(delegate(None, false, false)), "2026-11-02"), None);
        assert_eq!(holds(None, "2026-11-02"), None);
    }

    #[test]
    fn a_yes_counts_as_long_as_its_mandate_holds() {
        let (mandate, term) = (Some(MandateId::new(1)), delegate(Some("2026-11-05"), false, true).term);
        assert!(counts(None, None, day("2030-01-01")), "the person's own");
        assert!(counts(mandate, Some(term), day("2026-11-05")));
        assert!(!counts(mandate, Some(term), day("2026-11-06")));
        assert!(!counts(mandate, Some(Term { ended: true, ..term }), day("2026-11-05")));
        assert!(!counts(mandate, None, day("2026-11-05")), "a mandate of which nothing is known");
    }

    fn given(id: i64) -> GivenMandate {
        GivenMandate {
            id: MandateId::new(id),
            person: PersonId::new(7),
            user: UserId::new(id),
            name: "Ines".to_owned(),
            organisation: None,
            authority: Authority::Carer,
            scopes: Authority::Carer.usual(),
            from: day("2026-11-02"),
            to: None,
            recorded_at: chrono::DateTime::UNIX_EPOCH,
            ending: None,
        }
    }

    #[test]
    fn who_acts_for_a_person_is_not_told_who_else_does() {
        let (mary, theirs, other) = (PersonId::new(7), MandateId::new(1), MandateId::new(2));
        let held = Mandate {
            id: theirs,
            person: mary,
            person_name: "Mary".to_owned(),
            organisation: None,
            authority: Authority::Carer,
            scopes: Authority::Carer.usual(),
            until: None,
            hidden: vec![],
        };
        let actor = |person, mandates| Actor::for_test(person, vec![], mandates);
        let told = |actor: &Actor, seen: &[GivenMandate]| {
            [theirs, other].map(|mandate| is_told_of(actor, mary, seen, mandate))
        };
        let carer = actor(None, vec![held.clone()]);
        assert_eq!(told(&carer, &[given(1)]), [true, false]);
        assert_eq!(told(&carer, &[given(1), given(2)]), [true, true], "an officer who acts for her as well sees both");
        assert_eq!(told(&actor(Some(mary), vec![held]), &[]), [true, true], "the person");
        assert_eq!(told(&actor(None, vec![]), &[]), [true, true], "whoever holds the money");
        assert!(!is_told_all(&carer, mary));
    }

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
