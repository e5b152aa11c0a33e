//! What the page about the VAT class of a service receives.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar;
use crate::directory::rules::{class_on, overrides::override_on};
use crate::directory::{ClassOverride, Listing};
use crate::people::VatRegistration;
use crate::vat::Class;
use crate::web::parts::Choice;

/// One thing that was said or decided, with what shows it.
#[derive(Serialize, ToSchema)]
pub struct Said {
    /// From which day.
    pub from: String,
    /// What.
    pub what: String,
    /// Why; nothing for a statement.
    pub reason: Option<String>,
    /// What shows it, in words.
    pub evidence: Option<String>,
    /// Where the file is that shows it.
    pub file_href: Option<String>,
    /// Who recorded it, and when.
    pub who: Option<String>,
}

/// How the VAT class of a service was decided; template `directory/vat_class.html`.
#[derive(Serialize, ToSchema)]
pub struct VatClassPage {
    /// The service.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub provider: String,
    /// What holds today, in a sentence.
    pub state: String,
    /// Why.
    pub reason: String,
    /// What the rules alone say.
    pub by_rules: String,
    /// Whether the provider's own decision holds today.
    pub overridden: bool,
    /// What the provider decided itself, the newest first.
    pub decisions: Vec<Said>,
    /// What the provider said about VAT, the newest first.
    pub statements: Vec<Said>,
    /// Whether the actor may decide.
    pub may_decide: bool,
    /// The classes to choose from.
    pub classes: Vec<Choice>,
    /// Today, as a date field shows it.
    pub today: String,
}

fn in_words(class: Option<Class>) -> String {
    class.map_or("The rules decide".to_owned(), |class| format!("{} (class {})", class.words(), class.code()))
}

/// The page of the VAT class of a service.
#[must_use]
pub fn vat_class(listing: &Listing, may_decide: bool, today: NaiveDate) -> VatClassPage {
    let by_rules = class_on(&listing.organisation, &listing.vat_history, &listing.service.words, today);
    let own = override_on(&listing.overrides, today).map(|(class, _)| class);
    let possible = Class::ALL.iter().filter(|class| class.registered().is_some());
    let mut classes: Vec<Choice> =
        possible.map(|class| Choice::new(class.code(), format!("{}: {}", class.code(), class.words()))).collect();
    classes.push(Choice::new("rules", "The rules decide again: take my decision back"));
    VatClassPage {
        id: listing.service.id.number(),
        name: listing.service.words.name.clone(),
        provider: listing.organisation.name.clone(),
        state: listing.decision.class.map_or_else(
            || "Not known: costed with VAT at the standard rate, and not published".to_owned(),
            |class| in_words(Some(class)),
        ),
        reason: listing.decision.reason.clone(),
        by_rules: format!(
            "{}. {}",
            by_rules.class.map_or("Not known".to_owned(), |class| in_words(Some(class))),
            by_rules.reason
        ),
        overridden: own.is_some() && own == listing.decision.class,
        decisions: listing.overrides.iter().rev().map(decision).collect(),
        statements: listing.vat_history.iter().rev().map(statement).collect(),
        may_decide,
        classes,
        today: calendar::short(today),
    }
}

fn decision(one: &ClassOverride) -> Said {
    Said {
        from: format!("From {}", calendar::full(one.from)),
        what: in_words(one.class),
        reason: Some(one.reason.clone()),
        evidence: Some(one.evidence.clone()).filter(|words| !words.is_empty()),
        file_href: one.file.map(|file| format!("/vat-evidence/{file}")),
        who: Some(format!("{}, {}, {}", one.by, one.authority, calendar::full(calendar::london(one.at).date()))),
    }
}

/// A statement about VAT with everything that it says.
pub(super) fn statement(said: &VatRegistration) -> Said {
    let number = said.number.as_ref().map(|number| format!(", {number}")).unwrap_or_default();
    let charity = said.charity.map(|charity| format!("; {}", charity.words().to_lowercase())).unwrap_or_default();
    let regulated = match said.regulated {
        Some(true) => "; regulated by the Care Quality Commission",
        Some(false) => "; not regulated",
        None => "",
    };
    Said {
        from: format!("From {}", calendar::full(said.from)),
        what: format!("{}{number}{charity}{regulated}", said.status.words()),
        reason: None,
        evidence: Some(said.evidence.clone()).filter(|words| !words.is_empty()),
        file_href: said.file.map(|file| format!("/vat-evidence/{file}")),
        who: None,
    }
}
