//! Saved searches over HTTP: shown, kept, removed.

use actix_web::web::Path;
use chrono::Days;

use super::pages::{self, SavedSearchesPage};
use super::{Hit, NEW_FOR, NewHit, forms, rules, store};
use crate::audit::Act;
use crate::auth::rights::Actor;
use crate::budgets;
use crate::db::Tx;
use crate::directory::store::search;
use crate::directory::{Entry, looking};
use crate::error::{Error, Invalid};
use crate::ids::{FundId, SavedSearchId};
use crate::web::form::shown_in;
use crate::web::page::{Answer, Done, Submitted, Visit};

const TEMPLATE: &str = "saved_searches/show.html";
/// The most new results that are shown.
const MOST_NEW: i64 = 100;

/// The searches that somebody keeps, with what is new; with a search that they think of keeping.
pub async fn show(visit: Visit, actor: Actor) -> Answer {
    let keep = visit.query()?.get("keep").map(str::to_owned);
    let page = page(&visit, &actor, keep).await?;
    visit.show(TEMPLATE, &page)
}

async fn page(visit: &Visit, actor: &Actor, keep: Option<String>) -> Result<SavedSearchesPage, Error> {
    let (user, today) = (actor.user(), visit.app.clock.today());
    let typed = keep.as_deref().and_then(forms::typed);
    let read = move |tx: &mut Tx| {
        let searches = store::of(tx, user)?;
        let new = store::new_since(tx, user, today - Days::new(NEW_FOR), MOST_NEW)?;
        let entries = entries(tx, &new)?;
        let thinking_of = typed.as_ref().map(|typed| (typed, looking::kept(typed)));
        Ok(pages::show(&searches, &new, &entries, thinking_of))
    };
    visit.app.db.read(read).await
}

/// What is still there of what was new.
fn entries(tx: &mut Tx, new: &[NewHit]) -> Result<Vec<Entry>, Error> {
    let (mut services, mut locations, mut imported) = (vec![], vec![], vec![]);
    for one in new {
        match one.hit {
            Hit::Service(service) => services.push(service),
            Hit::Register(location) => locations.push(location),
            Hit::Imported(listing) => imported.push(listing),
        }
    }
    if new.is_empty() { Ok(vec![]) } else { search::entries_of(tx, &services, &locations, &imported) }
}

/// Keeps a search.
pub async fn add(visit: Visit, actor: Actor, sent: Submitted) -> Answer {
    let (who, fields, now, today) =
        (actor.clone(), sent.fields.clone(), visit.app.clock.now(), visit.app.clock.today());
    let save = move |tx: &mut Tx| {
        let new = forms::new_search(&fields)?;
        let query = looking::kept(&new.typed);
        if query.is_empty() {
            return Err(Invalid::field("query", "Nothing is asked for. Do the search first, then save it.").into());
        }
        let found = looking::all_found(tx, &who, &new.typed, today)?;
        let kept: Vec<String> = store::of(tx, who.user())?.into_iter().map(|search| search.query).collect();
        rules::check(&kept, &query, found.len()).map_err(|refusal| Error::Refused(refusal.to_string()))?;
        let fund: Option<FundId> = new.typed.get("fund").and_then(|id| id.parse().ok());
        let found: Vec<Hit> = found.into_iter().map(Hit::from).collect();
        store::add(tx, &who, (&new.name, &query, fund), &found, (now, today))?;
        let act = Act::new("saved_search.kept", "saved a search", who.user());
        let act = match fund {
            Some(fund) => act.concerning(budgets::store::person_of_fund(tx, fund)?),
            None => act,
        };
        Ok(Done::new("/saved-searches", act))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    // On the page the search has no fields of its own, only a name: what is wrong with it is said of the whole.
    let beside = |name: &str| if name == "name" { name.to_owned() } else { String::new() };
    let outcome = match outcome {
        Err(error) if !visit.wants_json() => Err(shown_in(error, &sent.fields, beside)),
        outcome => outcome,
    };
    let keep = sent.fields.get("query").map(str::to_owned);
    visit.done_or_again(outcome, "The search is saved.", TEMPLATE, page(&visit, &actor, keep)).await
}

/// Forgets a search.
pub async fn remove(visit: Visit, actor: Actor, path: Path<SavedSearchId>, sent: Submitted) -> Answer {
    let (who, id) = (actor.clone(), *path);
    let save = move |tx: &mut Tx| {
        store::remove(tx, &who, id)?;
        Ok(Done::new("/saved-searches", Act::new("saved_search.removed", "removed a saved search", who.user())))
    };
    let outcome = visit.write_once(actor.user(), &sent, save).await;
    visit.done_or_again(outcome, "The search is removed.", TEMPLATE, page(&visit, &actor, None)).await
}
