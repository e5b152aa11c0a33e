//! What the page of short lists receives.

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::Thought;
use crate::budgets::Fund;
use crate::calendar;
use crate::directory::{Listing, rules};
use crate::ids::{FundId, PersonId, ServiceId};
use crate::people::Person;
use crate::vat::Arrangement;
use crate::web::parts::Choice;

/// A service on a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Shortlisted {
    /// The service.
    #[schema(value_type = i64)]
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider: String,
    /// Its page; nothing when it is not offered any more.
    pub href: Option<String>,
    /// What kind of help it is.
    pub category: String,
    /// How soon it can begin, where its provider has said.
    pub wait: Option<String>,
    /// Who put it on the list, and when.
    pub added: String,
}

/// A person's list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Shortlist {
    /// Whose.
    #[schema(value_type = i64)]
    pub person: PersonId,
    /// Their name; "You" for oneself.
    pub whose: String,
    /// What is on it.
    pub services: Vec<Shortlisted>,
    /// The funds as which prices can be compared: with one alone, it is that one.
    pub funds: Vec<Choice>,
    /// Whether the service that one thinks of is on it already.
    pub has_it: bool,
}

/// The lists; template `shortlists/show.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ShortlistsPage {
    /// One list for each person for whom one chooses.
    pub lists: Vec<Shortlist>,
    /// The service that one thinks of.
    pub thinking_of: Option<ThinkingOf>,
}

/// A service that one thinks of putting on a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ThinkingOf {
    /// The service.
    #[schema(value_type = i64)]
    pub service: ServiceId,
    /// Its name.
    pub name: String,
}

/// What was read for the page.
pub struct Read {
    /// The people for whom one chooses.
    pub people: Vec<Person>,
    /// What is on their lists.
    pub thoughts: Vec<Thought>,
    /// The services on the lists.
    pub listings: HashMap<ServiceId, Listing>,
    /// The service that one thinks of.
    pub thinking_of: Option<Listing>,
    /// The funds whose money one sees.
    pub funds: Vec<Fund>,
}

/// The page.
#[must_use]
pub fn show(read: &Read, own: Option<PersonId>, today: NaiveDate) -> ShortlistsPage {
    let thinking_of = read
        .thinking_of
        .as_ref()
        .map(|listing| ThinkingOf { service: listing.service.id, name: listing.service.words.name.clone() });
    let list = |person: &Person| {
        let funds: Vec<&Fund> = read.funds.iter().filter(|fund| fund.person == person.id).collect();
        let only = match funds.as_slice() {
            [only] => Some(only.id),
            _ => None,
        };
        let on_it: Vec<&Thought> = read.thoughts.iter().filter(|thought| thought.person == person.id).collect();
        Shortlist {
            person: person.id,
            whose: if own == Some(person.id) { "You".to_owned() } else { person.name.clone() },
            has_it: thinking_of.as_ref().is_some_and(|one| on_it.iter().any(|thought| thought.service == one.service)),
            services: on_it.into_iter().filter_map(|thought| shortlisted(thought, read, only, today)).collect(),
            funds: funds.into_iter().map(|fund| Choice::new(fund.id, fund_words(fund))).collect(),
        }
    };
    ShortlistsPage { lists: read.people.iter().map(list).collect(), thinking_of }
}

fn fund_words(fund: &Fund) -> String {
    let form = fund.arrangement().map_or_else(|_| fund.form.words().to_owned(), Arrangement::words);
    format!("{form}, {} per week", fund.weekly)
}

fn shortlisted(thought: &Thought, read: &Read, fund: Option<FundId>, today: NaiveDate) -> Option<Shortlisted> {
    let listing = read.listings.get(&thought.service)?;
    let offered = rules::is_offered(listing, today);
    let query = fund.map(|fund| format!("?fund={fund}")).unwrap_or_default();
    let day = calendar::long(calendar::london(thought.added_at).date());
    Some(Shortlisted {
        service: thought.service,
        name: listing.service.words.name.clone(),
        provider: listing.organisation.name.clone(),
        href: offered.then(|| format!("/services/{}{query}", thought.service)),
        category: listing.service.words.category.words().to_owned(),
        wait: listing.service.details.wait().words(),
        added: format!("Put here by {} on {day}", thought.added_by),
    })
}
