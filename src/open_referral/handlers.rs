//! The open feed over HTTP: for anybody, from any site, without sign-in.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use chrono::NaiveDate;
use futures_core::Stream;
use serde::Serialize;
use tokio::sync::mpsc;

use super::pages::{self, Page, Site, listings, terms};
use super::{Detail, FeedDescription, FeedId, Kind, Named, Paging, Term, Vocabulary, forms, rules, store};
use crate::db::Tx;
use crate::directory::store::changes;
use crate::directory::store::published::{self, Asked, Part, Published};
use crate::directory::store::register;
use crate::error::Error;
use crate::ids::{ImportedListingId, OrganisationId, ServiceId};
use crate::people::store as people;
use crate::web::App;
use crate::web::page::{Answer, Visit};

/// How many are read at once for an answer line by line.
const LINES_AT_ONCE: i64 = 100;
/// How long an answer may be kept by whoever asks again.
const KEPT: &str = "public, max-age=60";

/// What the feed is.
pub async fn api(visit: Visit) -> Answer {
    Ok(json(&pages::api(&visit.app.config.public_url)))
}

/// The description of the feed, as OpenAPI.
pub async fn description(description: Data<FeedDescription>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header((header::CACHE_CONTROL, KEPT)).body(description.0)
}

/// The services.
pub async fn services(visit: Visit) -> Answer {
    list(
        visit,
        Shape {
            kind: Kind::Service,
            one: |site, one, full| {
                value(&match full {
                    true => listings::full_service(site, one),
                    false => listings::service(site, one),
                })
            },
        },
    )
    .await
}

/// A service with everything that is said of it.
pub async fn service(visit: Visit, id: Path<String>) -> Answer {
    one(visit, &id, Kind::Service, |site, published| value(&listings::full_service(site, published))).await
}

/// The services where they are given.
pub async fn services_at_locations(visit: Visit) -> Answer {
    list(
        visit,
        Shape {
            kind: Kind::ServiceAtLocation,
            one: |site, one, full| {
                value(&match full {
                    true => listings::full_service_at_location(site, one),
                    false => listings::service_at_location(site, one),
                })
            },
        },
    )
    .await
}

/// A service at its location, with everything that is said of both.
pub async fn service_at_location(visit: Visit, id: Path<String>) -> Answer {
    let show = |site: &Site, published: &Published| value(&listings::full_service_at_location(site, published));
    one(visit, &id, Kind::ServiceAtLocation, show).await
}

/// The organisations that have published a service.
pub async fn organizations(visit: Visit) -> Answer {
    let (words, paging) = forms::organisations(&visit.query()?)?;
    if paging.detail == Detail::Minimal {
        return Err(crate::error::Invalid::field("minimal", "Organisations are not listed by their ids alone.").into());
    }
    let asked = Asked { words, ..Asked::default() };
    let (full, today) = (paging.detail == Detail::Full, visit.app.clock.today());
    let site = site(&visit.app, today).await?;
    if paging.lines {
        let read = move |tx: &mut Tx, site: &Site, after: i64| {
            let (_, ids) = published::organisations(tx, &asked, Part::After { id: after, most: LINES_AT_ONCE })?;
            let last = ids.last().map(|id| id.number());
            Ok((organisations(tx, site, &ids, full)?, last))
        };
        return Ok(lines(visit.app.clone(), site, read));
    }
    let (for_page, skip) = (site.clone(), skipped(paging));
    let read = move |tx: &mut Tx| {
        let part = Part::Page { skip, most: paging.per_page };
        let (count, ids) = published::organisations(tx, &asked, part)?;
        Ok(Page::new(count, paging, organisations(tx, &for_page, &ids, full)?))
    };
    Ok(json(&visit.app.db.read_long(read).await?))
}

/// An organisation with its numbers and what it has published.
pub async fn organization(visit: Visit, id: Path<String>) -> Answer {
    let site = site(&visit.app, visit.app.clock.today()).await?;
    let id = FeedId::parse(&id).and_then(|id| rules::number(site.identity, Kind::Organisation, id));
    let id = OrganisationId::new(id.ok_or(Error::NotFound)?);
    let read = move |tx: &mut Tx| organisations(tx, &site, &[id], true)?.pop().ok_or(Error::NotFound);
    Ok(json(&visit.app.db.read(read).await?))
}

/// The vocabularies.
pub async fn taxonomies(visit: Visit) -> Answer {
    let wanted = forms::terms(&visit.query()?)?;
    let site = site(&visit.app, visit.app.clock.today()).await?;
    let found = Vocabulary::ALL.iter().filter(|one| one.words().to_lowercase().contains(&wanted.search));
    let full = wanted.paging.detail == Detail::Full;
    let shown = |one: &Vocabulary| if full { terms::full_taxonomy(&site, *one) } else { terms::taxonomy(&site, *one) };
    Ok(of_memory(wanted.paging, found.map(shown).collect()))
}

/// A vocabulary with its terms.
pub async fn taxonomy(visit: Visit, id: Path<String>) -> Answer {
    let site = site(&visit.app, visit.app.clock.today()).await?;
    let found = FeedId::parse(&id).and_then(Vocabulary::by_id).ok_or(Error::NotFound)?;
    Ok(json(&terms::full_taxonomy(&site, found)))
}

/// The terms of all vocabularies.
pub async fn taxonomy_terms(visit: Visit) -> Answer {
    let wanted = forms::terms(&visit.query()?)?;
    let site = site(&visit.app, visit.app.clock.today()).await?;
    let of_taxonomy = |one: &&Vocabulary| match wanted.taxonomy {
        Named::Any => true,
        Named::This(taxonomy) => taxonomy == **one,
        Named::Unknown => false,
    };
    let terms = Vocabulary::ALL.iter().filter(of_taxonomy).flat_map(|one| one.terms());
    let found = terms.filter(|term| !wanted.below && term.words().to_lowercase().contains(&wanted.search));
    Ok(of_memory(wanted.paging, found.map(|term| terms::taxonomy_term(&site, term)).collect()))
}

/// A term.
pub async fn taxonomy_term(visit: Visit, id: Path<String>) -> Answer {
    let site = site(&visit.app, visit.app.clock.today()).await?;
    let found = FeedId::parse(&id).and_then(Term::by_id).ok_or(Error::NotFound)?;
    Ok(json(&terms::taxonomy_term(&site, found)))
}

/// A listing that was read in another feed.
pub async fn imported(visit: Visit, id: Path<ImportedListingId>) -> Answer {
    let (id, today) = (id.into_inner(), visit.app.clock.today());
    let sources = visit.app.db.read(move |tx| store::imported::sources(tx, id)).await?;
    let page = pages::imported::page(&sources, today).ok_or(Error::NotFound)?;
    visit.show("open_referral/imported.html", &page)
}

/// What the feed is made for. What changed and has no time yet is given the present one first: nobody has read it before.
async fn site(app: &App, today: NaiveDate) -> Result<Site, Error> {
    let (identity, changed) = app.db.read(|tx| Ok((store::identity(tx)?, changes::wait(tx)?))).await?;
    if changed {
        let now = app.clock.now();
        app.db.write(move |tx| changes::settle(tx, now)).await?;
    }
    Ok(Site { identity, public_url: app.config.public_url.clone(), today })
}

/// How a list of services shows each of them.
#[derive(Clone, Copy)]
struct Shape {
    kind: Kind,
    one: fn(&Site, &Published, bool) -> Result<serde_json::Value, Error>,
}

async fn list(visit: Visit, shape: Shape) -> Answer {
    let wanted = forms::services(&visit.query()?)?;
    let site = site(&visit.app, visit.app.clock.today()).await?;
    let (paging, identity) = (wanted.paging, site.identity);
    let asked = visit.app.db.read(move |tx| store::asked(tx, identity, &wanted)).await?;
    if paging.lines {
        let read = move |tx: &mut Tx, site: &Site, after: i64| {
            let ids = published::ids(tx, &asked, Part::After { id: after, most: LINES_AT_ONCE })?;
            let last = ids.last().map(|id| id.number());
            Ok((shown(tx, site, &ids, paging.detail, shape)?, last))
        };
        return Ok(lines(visit.app.clone(), site, read));
    }
    let read = move |tx: &mut Tx| {
        let ids = published::ids(tx, &asked, Part::Page { skip: skipped(paging), most: paging.per_page })?;
        let contents = shown(tx, &site, &ids, paging.detail, shape)?;
        Ok(Page::new(published::count(tx, &asked)?, paging, contents))
    };
    Ok(json(&visit.app.db.read_long(read).await?))
}

const fn skipped(paging: Paging) -> i64 {
    (paging.page - 1) * paging.per_page
}

/// Some services, each in its shape.
fn shown(
    tx: &mut Tx,
    site: &Site,
    ids: &[ServiceId],
    detail: Detail,
    shape: Shape,
) -> Result<Vec<serde_json::Value>, Error> {
    if detail == Detail::Minimal {
        let changes = published::changes(tx, ids)?;
        let at = |id: &ServiceId| changes.get(id).copied().unwrap_or_default();
        return ids.iter().map(|id| value(&listings::minimal(site, shape.kind, *id, at(id)))).collect();
    }
    let services = published::services(tx, ids, site.today)?;
    services.iter().map(|one| (shape.one)(site, one, detail == Detail::Full)).collect()
}

/// One service by an id of this kind.
async fn one(
    visit: Visit,
    id: &str,
    kind: Kind,
    show: impl FnOnce(&Site, &Published) -> Result<serde_json::Value, Error> + Send + 'static,
) -> Answer {
    let site = site(&visit.app, visit.app.clock.today()).await?;
    let number = FeedId::parse(id).and_then(|id| rules::number(site.identity, kind, id)).ok_or(Error::NotFound)?;
    let read = move |tx: &mut Tx| {
        let found = published::services(tx, &[ServiceId::new(number)], site.today)?;
        show(&site, found.first().ok_or(Error::NotFound)?)
    };
    Ok(json(&visit.app.db.read(read).await?))
}

/// Some organisations that have published a service; with everything, if that is asked for.
fn organisations(
    tx: &mut Tx,
    site: &Site,
    ids: &[OrganisationId],
    full: bool,
) -> Result<Vec<pages::Organization>, Error> {
    let listed = published::ids_of(tx, ids)?;
    let services = if full { published::services(tx, &listed, site.today)? } else { vec![] };
    if listed.is_empty() {
        return Ok(vec![]);
    }
    let organisations = people::organisations_by_id(tx, ids)?;
    let locations = register::locations_of(tx, &organisations)?;
    let shown = |provider: crate::people::Organisation| {
        let location = locations.get(&provider.id);
        if !full {
            return listings::organization(site, &provider, location);
        }
        let own = services.iter().filter(|one| one.listing.organisation.id == provider.id);
        listings::full_organization(
            site,
            &provider,
            location,
            own.map(|one| listings::full_service(site, one)).collect(),
        )
    };
    Ok(organisations.into_iter().map(shown).collect())
}

/// A page, or all lines, of what the program itself knows.
fn of_memory<T: Serialize>(paging: Paging, all: Vec<T>) -> HttpResponse {
    if paging.lines {
        let lines: Vec<String> = all.iter().filter_map(|one| serde_json::to_string(one).ok()).collect();
        return of_lines().body(lines.into_iter().map(|line| line + "\n").collect::<String>());
    }
    let (total, skip) = (all.len(), usize::try_from(skipped(paging)).unwrap_or(usize::MAX));
    let most = usize::try_from(paging.per_page).unwrap_or_default();
    let contents = all.into_iter().skip(skip).take(most).collect();
    json(&Page::new(i64::try_from(total).unwrap_or(i64::MAX), paging, contents))
}

fn value(one: &impl Serialize) -> Result<serde_json::Value, Error> {
    serde_json::to_value(one).map_err(|cause| Error::internal("the open feed", cause))
}

fn json(what: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, KEPT)).json(what)
}

fn of_lines() -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/x-ndjson").insert_header((header::CACHE_CONTROL, KEPT));
    answer
}

/// Lines on their way to whoever reads them.
struct Lines(mpsc::Receiver<Result<Bytes, Error>>);

impl Stream for Lines {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Answers line by line, in the order of the ids: however much there is, little of it is in memory, and nothing is read
/// before somebody takes it. A failure in between breaks the answer off, so that nobody takes it for whole.
fn lines<T, F>(app: App, site: Site, read: F) -> HttpResponse
where
    T: Serialize + Send + 'static,
    F: Fn(&mut Tx, &Site, i64) -> Result<(Vec<T>, Option<i64>), Error> + Clone + Send + 'static,
{
    let (send, receive) = mpsc::channel(1);
    actix_web::rt::spawn(async move {
        let mut after = 0;
        loop {
            let (read, site) = (read.clone(), site.clone());
            let outcome = app.db.read_long(move |tx| read(tx, &site, after)).await;
            let (more, chunk) = match outcome.and_then(|(all, last)| Ok((last, chunk(&all)?))) {
                Ok((None, _)) => return,
                Ok((Some(last), chunk)) => (Some(last), Ok(chunk)),
                Err(error) => (None, Err(error)),
            };
            // Whoever has gone away wants no more.
            if send.send(chunk).await.is_err() {
                return;
            }
            match more {
                Some(last) => after = last,
                None => return,
            }
        }
    });
    of_lines().streaming(Lines(receive))
}

fn chunk(all: &[impl Serialize]) -> Result<Bytes, Error> {
    let mut text = String::new();
    for one in all {
        let line = serde_json::to_string(one).map_err(|cause| Error::internal("the open feed", cause))?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text.into())
}
