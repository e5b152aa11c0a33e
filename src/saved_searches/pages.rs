//! What the page of saved searches receives.

use std::collections::HashMap;

use serde::Serialize;

use super::{Hit, NewHit, SavedSearch, State};
use crate::calendar;
use crate::directory::Entry;
use crate::ids::SavedSearchId;
use crate::web::form::Fields;

/// The searches that somebody keeps; template `saved_searches/show.html`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SavedSearchesPage {
    /// The searches.
    pub searches: Vec<Saved>,
    /// A search that one thinks of keeping.
    pub keeping: Option<Keeping>,
}

/// A search that is kept.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Saved {
    /// Which.
    #[schema(value_type = i64)]
    pub id: SavedSearchId,
    /// How it is called.
    pub name: String,
    /// Where it is done.
    pub href: String,
    /// Since when it is kept, and whether it is watched.
    pub state: String,
    /// Whether it is watched.
    pub watched: bool,
    /// What was new in the last days, the newest first.
    pub new: Vec<New>,
}

/// Something new.
#[derive(Serialize, utoipa::ToSchema)]
pub struct New {
    /// Its name.
    pub name: String,
    /// Who gives it.
    pub provider: String,
    /// Its page, where it has one.
    pub href: Option<String>,
    /// Since when.
    pub since: String,
}

/// A search that one thinks of keeping.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Keeping {
    /// What it could be called.
    pub name: String,
    /// What was typed, as it is kept.
    pub query: String,
}

/// The page.
#[must_use]
pub fn show(
    searches: &[SavedSearch],
    new: &[NewHit],
    entries: &[Entry],
    thinking_of: Option<(&Fields, String)>,
) -> SavedSearchesPage {
    let by_hit: HashMap<Hit, &Entry> = entries.iter().map(|entry| (Hit::from(entry.source), entry)).collect();
    let saved = |search: &SavedSearch| {
        let theirs = new.iter().filter(|one| one.search == search.id);
        let since = calendar::long(calendar::london(search.saved_at).date());
        Saved {
            id: search.id,
            name: search.name.clone(),
            href: format!("/search?{}", search.query),
            state: format!("Saved on {since}. {}.", search.state.words()),
            watched: search.state == State::Watched,
            new: theirs.filter_map(|one| Some(shown(one, by_hit.get(&one.hit)?, search))).collect(),
        }
    };
    let keeping = thinking_of.map(|(typed, query)| Keeping { name: name(typed), query });
    SavedSearchesPage { searches: searches.iter().map(saved).collect(), keeping }
}

fn shown(one: &NewHit, entry: &Entry, search: &SavedSearch) -> New {
    let fund = search.fund.map(|fund| format!("?fund={fund}")).unwrap_or_default();
    New {
        name: entry.name.clone(),
        provider: entry.provider_name.clone(),
        href: match one.hit {
            Hit::Service(service) => Some(format!("/services/{service}{fund}")),
            Hit::Imported(listing) => Some(format!("/imported/{listing}")),
            Hit::Register(_) => None,
        },
        since: format!("New on {}", calendar::long(one.new_on)),
    }
}

/// What a search could be called: what was typed.
fn name(typed: &Fields) -> String {
    let parts: Vec<&str> = ["words", "place"].into_iter().filter_map(|field| typed.get(field)).collect();
    if parts.is_empty() { "My search".to_owned() } else { parts.join(", ") }
}
