//! Which rules a council may make and end, and when one holds.

use chrono::NaiveDate;

use super::{About, CouncilRule, NewRule, RuleKind};
use crate::auth::rights::Actor;
use crate::calendar;
use crate::directory::Cause;
use crate::directory::rules::limits::sentence;
use crate::error::Error;
use crate::ids::OrganisationId;

/// Why a rule cannot be made, ended or seen so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It would change days that have passed.
    #[error("Choose {} or a later day: what people chose on the days before stays as it was.", calendar::full(*.0))]
    Past(NaiveDate),
    /// Its last day is before its first.
    #[error("The last day is before the first. Choose {} or a later day, or none.", calendar::full(*.0))]
    EndsBeforeItBegins(NaiveDate),
    /// Another one says the same.
    #[error("There is such a rule already, from {}. End it first, then make the new one.", calendar::full(*.0))]
    Twice(NaiveDate),
    /// What is relied on is no accreditation of this provider by another council, or none any more.
    #[error("Choose an accreditation of this provider that another council gave itself and that holds on that day.")]
    NothingToRelyOn,
    /// The officer works for the provider.
    #[error("You work for this provider, so a colleague must decide about it.")]
    OwnProvider,
    /// It sells nothing here.
    #[error("Choose a provider from the list.")]
    NoProvider,
    /// It was ended before.
    #[error("This rule was ended before, or its last day has passed.")]
    Over,
}

impl Refusal {
    /// The field that it is about; empty for the whole.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Past(_) => "from",
            Self::EndsBeforeItBegins(_) => "until",
            Self::NothingToRelyOn => "relies_on",
            Self::NoProvider => "provider",
            Self::Twice(_) | Self::OwnProvider | Self::Over => "",
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::OwnProvider => Self::Forbidden(refusal.to_string()),
            Refusal::Over => Self::Conflict(refusal.to_string()),
            other => match other.field() {
                "" => Self::Refused(other.to_string()),
                field => crate::error::Invalid::field(field, other.to_string()).into(),
            },
        }
    }
}

/// What a rule restrains: everything that hides or caps something has exactly one cause, which follows from what it is.
#[must_use]
pub const fn cause(kind: RuleKind) -> Option<Cause> {
    match kind {
        RuleKind::Accepted => None,
        RuleKind::Suspended => Some(Cause::Who),
        RuleKind::Capped => Some(Cause::HowMuch),
    }
}

/// How a rule stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It will hold later.
    ToCome,
    /// It holds.
    Holds,
    /// It holds no more.
    Over,
}

/// How a rule stands on a day by its own days.
#[must_use]
pub fn standing(rule: &CouncilRule, day: NaiveDate) -> Standing {
    let ended = rule.ending.as_ref().is_some_and(|ending| ending.from <= day || ending.from <= rule.from);
    match () {
        () if ended || rule.until.is_some_and(|last| last < day) => Standing::Over,
        () if rule.from > day => Standing::ToCome,
        () => Standing::Holds,
    }
}

/// How a rule stands on a day: one that relies on another council's accreditation holds no longer than that does.
#[must_use]
pub fn standing_with(rule: &CouncilRule, relied: Option<&CouncilRule>, day: NaiveDate) -> Standing {
    match (standing(rule, day), relied.map(|relied| standing(relied, day))) {
        (Standing::Holds, Some(Standing::Over | Standing::ToCome)) => Standing::Over,
        (own, _) => own,
    }
}

/// What a rule says, in a sentence with its reason, and with its end where it was ended.
#[must_use]
pub fn says(rule: &CouncilRule) -> String {
    let council = &rule.council.1;
    let provider = rule.provider.as_ref().map_or("", |(_, name)| name.as_str());
    let what = match (rule.kind, rule.cap) {
        (RuleKind::Capped, Some(cap)) => {
            let kind = cap.category.words().to_lowercase();
            format!("{council} pays at most {} {} for {kind}", cap.most, cap.unit.per())
        }
        (RuleKind::Suspended, _) => format!("{council} has suspended {provider}"),
        (_, _) if rule.relies_on.is_some() => format!("{council} accepts {provider}, because another council does"),
        (_, _) => format!("{council} accepts {provider}"),
    };
    let until = rule.until.map(|day| format!(" until {}", calendar::full(day))).unwrap_or_default();
    let ended = rule.ending.as_ref().map(|ending| {
        format!(" It no longer holds from {}, because: {}", calendar::full(ending.from), sentence(&ending.reason))
    });
    let ended = ended.unwrap_or_default();
    format!("{what} from {}{until}, because: {}{ended}", calendar::full(rule.from), sentence(&rule.reason))
}

/// What a rule does to whom it concerns.
#[must_use]
pub const fn effect(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Accepted => "Other councils can rely on it, so that you need not prove the same again.",
        RuleKind::Suspended => {
            "In searches for funds of this council your services are hidden. People are told that they are, why, and how \
             to see them all the same. While it holds, nobody is shown that this council accepts you."
        }
        RuleKind::Capped => {
            "In searches for funds of this council what costs the fund more is hidden. People are told that it is, why, \
             and how to see it all the same."
        }
    }
}

/// What it means for a council that relies on the accreditation of a provider by the council that made or ended a rule.
#[must_use]
pub const fn for_relying(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Suspended => {
            "Your council accepts this provider because that council does. Its suspension does not end your rule: decide \
             whether it should still hold."
        }
        RuleKind::Accepted | RuleKind::Capped => {
            "Your council accepts this provider because that council does. Your rule holds no longer than the \
             accreditation: if you still want to accept the provider, look at it yourselves and make a new rule."
        }
    }
}

/// Whether an officer may decide about a provider: not about one that they work for.
///
/// # Errors
/// When they work for it.
pub fn check_officer(actor: &Actor, provider: Option<OrganisationId>) -> Result<(), Refusal> {
    if provider.is_some_and(|provider| actor.works_for(provider)) { Err(Refusal::OwnProvider) } else { Ok(()) }
}

/// Whether a council may make a rule beside those that it has; `relied` is what the rule names as relied on, where it is
/// found.
///
/// # Errors
/// The first reason why not.
pub fn check_new(
    new: &NewRule,
    council: OrganisationId,
    own: &[CouncilRule],
    relied: Option<&CouncilRule>,
    today: NaiveDate,
) -> Result<(), Refusal> {
    if new.from < today {
        return Err(Refusal::Past(today));
    }
    if new.until.is_some_and(|last| last < new.from) {
        return Err(Refusal::EndsBeforeItBegins(new.from));
    }
    let meets = |rule: &&CouncilRule| {
        let begins_before = new.until.is_none_or(|last| rule.from <= last);
        same_subject(rule, &new.about) && begins_before && standing(rule, new.from.max(rule.from)) != Standing::Over
    };
    if let Some(rule) = own.iter().find(meets) {
        return Err(Refusal::Twice(rule.from));
    }
    match (new.about, relied) {
        (About::Accepted(_, None) | About::Suspended(_) | About::Capped(_), _) => Ok(()),
        (About::Accepted(provider, Some(_)), Some(relied)) if can_be_relied_on(relied, council, provider, new.from) => {
            Ok(())
        }
        _ => Err(Refusal::NothingToRelyOn),
    }
}

/// Whether a council can rely on an accreditation: another council's own, of this provider, in force.
#[must_use]
pub fn can_be_relied_on(rule: &CouncilRule, council: OrganisationId, provider: OrganisationId, day: NaiveDate) -> bool {
    rule.kind == RuleKind::Accepted
        && rule.council.0 != council
        && rule.relies_on.is_none()
        && rule.provider.as_ref().is_some_and(|(of, _)| *of == provider)
        && standing(rule, day) == Standing::Holds
}

fn same_subject(rule: &CouncilRule, about: &About) -> bool {
    let provider = rule.provider.as_ref().map(|(provider, _)| *provider);
    let same_price = match (about, rule.cap) {
        (About::Capped(new), Some(old)) => new.category == old.category && new.unit == old.unit,
        _ => true,
    };
    rule.kind == about.kind() && provider == about.provider() && same_price
}

/// Whether a rule may be ended from a day on.
///
/// # Errors
/// When it is over, or the day has passed.
pub fn check_ending(rule: &CouncilRule, from: NaiveDate, today: NaiveDate) -> Result<(), Refusal> {
    if rule.ending.is_some() || standing(rule, today) == Standing::Over {
        return Err(Refusal::Over);
    }
    if from < today { Err(Refusal::Past(today)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::council_rules::{Cap, Ending};
    use crate::directory::{Category, Unit};
    use crate::ids::CouncilRuleId;
    use crate::money::UnitPrice;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rule(kind: RuleKind, council: i64, from: &str) -> CouncilRule {
        CouncilRule {
            id: CouncilRuleId::new(1),
            council: (OrganisationId::new(council), String::new()),
            kind,
            provider: (kind != RuleKind::Capped).then(|| (OrganisationId::new(7), String::new())),
            relies_on: None,
            cap: (kind == RuleKind::Capped).then(|| cap("24.10")),
            cause: cause(kind),
            reason: String::new(),
            from: day(from),
            until: None,
            ending: None,
            by: String::new(),
            authority: String::new(),
            at: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    fn cap(most: &str) -> Cap {
        Cap { category: Category::CareAtHome, unit: Unit::Hour, most: UnitPrice::parse(most).unwrap() }
    }

    fn ended(rule: CouncilRule, from: &str) -> CouncilRule {
        let ending =
            Ending { from: day(from), reason: String::new(), by: String::new(), at: DateTime::<Utc>::UNIX_EPOCH };
        CouncilRule { ending: Some(ending), ..rule }
    }

    fn new(about: About, from: &str) -> NewRule {
        NewRule { about, reason: String::new(), from: day(from), until: None }
    }

    #[test]
    fn everything_that_hides_or_caps_has_one_cause() {
        for kind in RuleKind::ALL {
            assert_eq!(cause(*kind).is_some(), *kind != RuleKind::Accepted, "{kind:?}");
        }
        assert_eq!((cause(RuleKind::Suspended), cause(RuleKind::Capped)), (Some(Cause::Who), Some(Cause::HowMuch)));
    }

    #[test]
    fn a_rule_holds_from_its_first_day_to_its_last_or_its_end() {
        let open = rule(RuleKind::Suspended, 1, "2026-11-02");
        let on = |rule: &CouncilRule, text| standing(rule, day(text));
        assert_eq!([on(&open, "2026-11-01"), on(&open, "2026-11-02")], [Standing::ToCome, Standing::Holds]);
        let until = CouncilRule { until: Some(day("2026-11-30")), ..open.clone() };
        assert_eq!([on(&until, "2026-11-30"), on(&until, "2026-12-01")], [Standing::Holds, Standing::Over]);
        let lifted = ended(open.clone(), "2026-11-10");
        assert_eq!([on(&lifted, "2026-11-09"), on(&lifted, "2026-11-10")], [Standing::Holds, Standing::Over]);
        let never = ended(rule(RuleKind::Suspended, 1, "2026-12-01"), "2026-11-20");
        assert_eq!(on(&never, "2026-11-25"), Standing::Over, "ended before it began");
    }

    #[test]
    fn one_accreditation_is_relied_on_by_many_and_no_longer_than_it_holds() {
        let today = day("2026-11-20");
        let (seven, first) = (OrganisationId::new(7), rule(RuleKind::Accepted, 1, "2026-01-01"));
        for council in [2, 3] {
            let council = OrganisationId::new(council);
            let relying = new(About::Accepted(seven, Some(first.id)), "2026-11-20");
            assert_eq!(check_new(&relying, council, &[], Some(&first), today), Ok(()));
        }
        let relies = |council, relied: Option<&CouncilRule>, provider| {
            let relying = new(About::Accepted(OrganisationId::new(provider), Some(first.id)), "2026-11-20");
            check_new(&relying, OrganisationId::new(council), &[], relied, today)
        };
        let refused = Err(Refusal::NothingToRelyOn);
        assert_eq!(relies(1, Some(&first), 7), refused, "its own");
        assert_eq!(relies(2, None, 7), refused);
        assert_eq!(relies(2, Some(&first), 8), refused, "another provider’s");
        let second = CouncilRule { relies_on: Some(first.id), ..rule(RuleKind::Accepted, 2, "2026-02-01") };
        assert_eq!(relies(3, Some(&second), 7), refused, "which relies itself");
        let withdrawn = ended(first.clone(), "2026-11-15");
        assert_eq!(relies(2, Some(&withdrawn), 7), refused);
        assert_eq!(standing_with(&second, Some(&first), today), Standing::Holds);
        assert_eq!(standing_with(&second, Some(&withdrawn), today), Standing::Over);
        assert_eq!(standing_with(&second, Some(&withdrawn), day("2026-11-14")), Standing::Holds);
    }

    #[test]
    fn of_two_rules_for_the_same_the_first_is_ended_first() {
        let (council, today) = (OrganisationId::new(1), day("2026-11-20"));
        let own = vec![rule(RuleKind::Capped, 1, "2026-04-01"), rule(RuleKind::Suspended, 1, "2026-12-01")];
        let check = |new: &NewRule, own: &[CouncilRule]| check_new(new, council, own, None, today);
        let dearer = new(About::Capped(cap("28.00")), "2026-12-01");
        assert_eq!(check(&dearer, &own), Err(Refusal::Twice(day("2026-04-01"))));
        let by_day = Cap { unit: Unit::Day, ..cap("28.00") };
        assert_eq!(check(&new(About::Capped(by_day), "2026-12-01"), &own), Ok(()));
        assert_eq!(check(&dearer, &[ended(own[0].clone(), "2026-12-01")]), Ok(()));
        assert!(check(&dearer, &[ended(own[0].clone(), "2026-12-02")]).is_err());
        let suspended = |until: Option<&str>| NewRule {
            until: until.map(day),
            ..new(About::Suspended(OrganisationId::new(7)), "2026-11-20")
        };
        assert_eq!(check(&suspended(None), &own), Err(Refusal::Twice(day("2026-12-01"))));
        assert_eq!(check(&suspended(Some("2026-11-30")), &own), Ok(()), "it is over before the other begins");
        assert_eq!(check(&suspended(Some("2026-11-19")), &own), Err(Refusal::EndsBeforeItBegins(today)));
        assert_eq!(check(&new(About::Capped(by_day), "2026-11-19"), &own), Err(Refusal::Past(today)));
    }

    #[test]
    fn a_rule_is_ended_once_and_not_for_days_that_have_passed() {
        let today = day("2026-11-20");
        let open = rule(RuleKind::Suspended, 1, "2026-11-02");
        assert_eq!(check_ending(&open, today, today), Ok(()));
        assert_eq!(check_ending(&open, day("2026-11-19"), today), Err(Refusal::Past(today)));
        assert_eq!(check_ending(&ended(open.clone(), "2026-12-01"), today, today), Err(Refusal::Over));
        let over = CouncilRule { until: Some(day("2026-11-19")), ..open };
        assert_eq!(check_ending(&over, today, today), Err(Refusal::Over));
    }
}
