//! What the first page and the pages of words receive.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ledger::StateAmount;

/// The first page; template `site/home.html` for a visitor, `site/desk.html` for somebody who is signed in.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct HomePage {
    /// What the visitor is called here, when signed in.
    pub title: String,
    /// How things stand, in a sentence or two.
    pub state: String,
    /// The numbers on top, each a link to what it counts.
    pub numbers: Vec<DeskNumber>,
    /// What waits for this visitor, the oldest first.
    pub waiting: Vec<Waiting>,
    /// One section for each thing that somebody is here; none when signed out.
    pub sections: Vec<DeskSection>,
}

/// What somebody has to do with, in one of their roles.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct DeskSection {
    /// Whose desk it is: "Your money", "Acting for ...".
    pub heading: String,
    /// The funds, where there are few enough to be shown.
    pub funds: Vec<FundCard>,
    /// The funds of many people, one in a line.
    pub caseload: Vec<Case>,
    /// Where to go from here.
    pub links: Vec<DeskLink>,
}

/// How many of something there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskNumber {
    /// How many.
    pub count: usize,
    /// Of what, in words that follow the number.
    pub label: String,
    /// The list of them.
    pub href: String,
}

/// One thing that waits for somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waiting {
    /// What it is.
    pub what: String,
    /// Why it waits here.
    pub why: String,
    /// Since when, in words.
    pub since: String,
    /// The words of the one action.
    pub action: String,
    /// Where the action is.
    pub href: String,
}

/// A fund at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub struct FundCard {
    /// Its name in words: the form and the amount per week.
    pub name: String,
    /// Who holds it, in words; empty where nobody but the person does.
    pub holder: String,
    /// What is free, in pounds.
    pub free: String,
    /// The five states, for the bar and its table; not where they would tell what is kept from the visitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<Vec<StateAmount>>,
    /// All of them together, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granted_text: Option<String>,
    /// What stands in place of both, where they are not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<&'static str>,
    /// The fund.
    pub href: String,
    /// Its statement, for who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement_href: Option<String>,
}

/// A fund of somebody for whom one acts, in one line.
#[derive(Debug, Serialize, ToSchema)]
pub struct Case {
    /// Whose it is.
    pub person: String,
    /// About the person.
    pub person_href: String,
    /// Its name in words: the form and the amount per week.
    pub fund: String,
    /// The fund.
    pub fund_href: String,
    /// What is free, in pounds.
    pub free: String,
}

/// A link in words.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskLink {
    /// The words.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl DeskLink {
    /// A link.
    #[must_use]
    pub fn new(label: &str, href: impl Into<String>) -> Self {
        Self { label: label.to_owned(), href: href.into() }
    }
}

/// A page that is all template; as JSON it has nothing to say but its title.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordsPage {
    /// What the page is about.
    pub title: &'static str,
}
