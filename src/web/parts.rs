//! What the parts of templates take: a choice of a list, a fact of a list.

use serde::Serialize;

/// One choice of a select, of radios or of boxes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// What it means, where that needs a sentence.
    pub hint: Option<String>,
    /// Whether it is chosen at first.
    pub checked: bool,
}

impl Choice {
    /// A choice that is not chosen and needs no explanation.
    pub fn new(value: impl ToString, label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into(), hint: None, checked: false }
    }

    /// The same with a sentence on what it means.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, chosen or not.
    #[must_use]
    pub fn checked(self, checked: bool) -> Self {
        Self { checked, ..self }
    }
}

/// One line of a timeline: something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Happened {
    /// When, in words.
    pub when: String,
    /// What happened.
    pub what: String,
    /// Who did it; may be empty.
    pub who: String,
    /// What had to be said about it; may be empty.
    pub detail: String,
}

/// One line of a list of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fact {
    /// What it is about.
    pub label: String,
    /// What it is.
    pub value: String,
    /// Where it leads.
    pub href: Option<String>,
    /// What one should know about it.
    pub note: Option<String>,
}

impl Fact {
    /// A fact that leads nowhere.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), href: None, note: None }
    }

    /// The same, leading somewhere.
    #[must_use]
    pub fn href(self, href: impl Into<String>) -> Self {
        Self { href: Some(href.into()), ..self }
    }

    /// The same with a note.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}
