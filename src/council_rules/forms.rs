//! What is sent about a council's rules.

use chrono::NaiveDate;

use super::{About, Cap, NewRule, RuleKind};
use crate::directory::{Category, Unit};
use crate::error::Invalid;
use crate::ids::OrganisationId;
use crate::web::form::{Fields, LINE, Reader, TEXT};

/// The query of the form for a new rule.
pub const NEW: &[(&str, &str)] = &[
    ("kind", "accepted, suspended or capped."),
    ("provider", "The number of the provider that it is about."),
    ("name", "A part of the provider's name, to choose from."),
];

/// The fields of a new rule.
pub const RULE: &[(&str, &str)] = &[
    ("kind", "accepted, suspended or capped."),
    ("provider", "The number of the provider, for accepted and suspended."),
    ("relies_on", "For accepted: the number of another council's rule on whose accreditation this one relies."),
    ("category", "For capped: the code of the kind of help."),
    ("unit", "For capped: what the price is for."),
    ("most", "For capped: the most that a fund may pay for one, in pounds."),
    ("from", "From which day."),
    ("until", "The last day, if it is known."),
    ("reason", "Why; providers and people read it."),
];

/// The fields of an ending.
pub const ENDING: &[(&str, &str)] =
    &[("from", "From which day the rule no longer holds."), ("reason", "Why; providers and people read it.")];

/// What the form for a new rule is asked for: of which kind, about whom, or a part of a name to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Of which kind.
    pub kind: RuleKind,
    /// About which provider.
    pub provider: Option<OrganisationId>,
    /// A part of a provider's name.
    pub name: Option<String>,
}

/// Reads what the form for a new rule is asked for.
///
/// # Errors
/// A message for what cannot be used.
pub fn asked(fields: &Fields) -> Result<Asked, Invalid> {
    let mut reader = Reader::new(fields);
    let kind = match fields.get("kind") {
        None => Some(RuleKind::Suspended),
        Some(_) => reader.choice("kind", "what is decided", RuleKind::from_code),
    };
    let provider = optional_id(&mut reader, fields, "provider", "the provider");
    let name = reader.optional_text("name", "a part of the name", LINE);
    reader.finish(|| Some(Asked { kind: kind?, provider: provider?, name: name.filter(|name| !name.is_empty()) }))
}

/// Reads a new rule.
///
/// # Errors
/// A message for each wrong field.
pub fn rule(fields: &Fields) -> Result<NewRule, Invalid> {
    let mut reader = Reader::new(fields);
    let kind = reader.choice("kind", "what is decided", RuleKind::from_code);
    // What is sent must be right also where this kind of rule needs none of it.
    let has = |name: &str, of: &[RuleKind]| fields.get(name).is_some() || kind.is_some_and(|kind| of.contains(&kind));
    let about_one = has("provider", &[RuleKind::Accepted, RuleKind::Suspended]);
    let provider = about_one.then(|| reader.id("provider", "the provider"));
    if kind == Some(RuleKind::Capped) && provider.flatten().is_some() {
        reader.refuse("provider", "Leave the provider out: an amount holds for all of them.");
    }
    if kind != Some(RuleKind::Accepted) && fields.get("relies_on").is_some() {
        reader.refuse("relies_on", "Only what is accepted can rely on an accreditation.");
    }
    let relies_on = optional_id(&mut reader, fields, "relies_on", "the accreditation");
    let capped = ["category", "unit", "most"].into_iter().any(|name| has(name, &[RuleKind::Capped]));
    let cap = capped.then(|| cap(&mut reader));
    let about = kind.and_then(|kind| match kind {
        RuleKind::Accepted => Some(About::Accepted(provider??, relies_on?)),
        RuleKind::Suspended => Some(About::Suspended(provider??)),
        RuleKind::Capped => Some(About::Capped(cap??)),
    });
    let from = reader.date("from", "the day from which it holds");
    let until = optional_date(&mut reader, fields, "until", "the last day");
    let reason = reader.text("reason", "why the council decides so", TEXT);
    reader.finish(|| Some(NewRule { about: about?, reason: reason?, from: from?, until: until? }))
}

fn cap(reader: &mut Reader<'_>) -> Option<Cap> {
    let category = reader.choice("category", "the kind of help", Category::from_code);
    let unit = reader.choice("unit", "what the price is for", Unit::from_code);
    let most = reader.unit_price("most", "the most that is paid for one");
    if most.is_some_and(|most| most.hundredths_of_a_penny() <= 0) {
        reader.refuse("most", "Enter an amount of more than nothing: to stop a kind of help, suspend its providers.");
        return None;
    }
    Some(Cap { category: category?, unit: unit?, most: most? })
}

fn optional_id<T: std::str::FromStr>(
    reader: &mut Reader<'_>,
    fields: &Fields,
    name: &str,
    label: &str,
) -> Option<Option<T>> {
    if fields.get(name).is_none() { Some(None) } else { reader.id(name, label).map(Some) }
}

fn optional_date(reader: &mut Reader<'_>, fields: &Fields, name: &str, label: &str) -> Option<Option<NaiveDate>> {
    if fields.get(name).is_none() { Some(None) } else { reader.date(name, label).map(Some) }
}

/// Reads an ending: from which day, and why.
///
/// # Errors
/// A message for each wrong field.
pub fn ending(fields: &Fields) -> Result<(NaiveDate, String), Invalid> {
    let mut reader = Reader::new(fields);
    let from = reader.date("from", "the day from which it no longer holds");
    let reason = reader.text("reason", "why it ends", TEXT);
    reader.finish(|| Some((from?, reason?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn each_kind_of_rule_asks_for_what_it_needs() {
        let named = |pairs: &[(&str, &str)]| {
            let invalid = rule(&fields(pairs)).unwrap_err();
            invalid.errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
        };
        assert_eq!(named(&[("kind", "suspended")]), ["provider", "from", "reason"]);
        assert_eq!(named(&[("kind", "capped"), ("most", "0")]), ["category", "unit", "most", "from", "reason"]);
        let capped = [
            ("kind", "capped"),
            ("category", "care_at_home"),
            ("unit", "hour"),
            ("most", "24.10"),
            ("from", "2 11 2026"),
            ("reason", "The council’s rate"),
        ];
        assert!(matches!(rule(&fields(&capped)).unwrap().about, About::Capped(_)));
        assert_eq!(asked(&fields(&[])).unwrap().kind, RuleKind::Suspended);
    }
}
