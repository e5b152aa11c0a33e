//! Taking in what others list: from a file, a folder of files, or a feed at an address, page by page.
//!
//! Each page is one transaction. An import that was broken off leaves whole pages and is completed by asking for it again:
//! how far a feed was read is noted only at its end. The operator says which address is asked; how much and how long is
//! bounded all the same, because whoever answers there is a stranger.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;

use super::Imported;
use super::incoming::{self, Read};
use super::store::imported::{self, Feed};
use crate::db::Db;
use crate::error::Error;

/// How long a feed may take for one answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest answer and the largest file that are read, in bytes.
const LARGEST: u64 = 32 << 20;
/// The most services that are read of one source.
const MOST: u64 = 200_000;
/// How many services are asked for at once.
const PER_PAGE: u32 = 100;

/// What an import may be told.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Read everything, not only what changed, and withdraw what is no longer there.
    pub whole: bool,
    /// What the source is called where its listings are shown.
    pub name: Option<String>,
}

/// Counts of services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All that were read.
    pub read: u64,
    /// New ones.
    pub imported: u64,
    /// Known ones of which something new was said.
    pub updated: u64,
    /// Known ones of which nothing new was said.
    pub unchanged: u64,
    /// Those that are no longer offered.
    pub withdrawn: u64,
    /// Those that could not be taken.
    pub refused: u64,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Summary { read, imported, updated, unchanged, withdrawn, refused } = self;
        write!(
            f,
            "{read} read: {imported} imported, {updated} updated, {unchanged} unchanged, {withdrawn} withdrawn, \
             {refused} refused."
        )
    }
}

/// Imports a source; `tell` is told of each row that was refused: which one, and why.
///
/// # Errors
/// When the source cannot be read to its end; what was imported before stays.
pub fn run(
    db: &Db,
    source: &str,
    options: &Options,
    (now, today): (DateTime<Utc>, NaiveDate),
    tell: &mut dyn FnMut(&str, &str),
) -> Result<Summary, Error> {
    let source = source.trim_end_matches('/');
    let name = options.name.clone().unwrap_or_else(|| named(source));
    let (kept, called) = (source.to_owned(), name);
    let feed = db.write_now(move |tx| imported::feed(tx, &kept, &called))?;
    let mut import = Import { db, feed, at: (now.naive_utc(), today), tell, summary: Summary::default(), newest: None };
    if source.starts_with("http://") || source.starts_with("https://") {
        import.pages(source, options.whole)?;
    } else {
        import.files(Path::new(source))?;
    }
    import.end(options.whole)
}

/// What a source is called when nobody says: the host, or the file's own name.
fn named(source: &str) -> String {
    let host = source.split_once("://").and_then(|(_, rest)| rest.split(['/', ':']).next());
    let file = || Path::new(source).file_stem().map(|name| name.to_string_lossy().into_owned());
    host.map(str::to_owned).or_else(file).unwrap_or_else(|| source.to_owned())
}

/// An import on its way.
struct Import<'a> {
    db: &'a Db,
    feed: Feed,
    at: (NaiveDateTime, NaiveDate),
    tell: &'a mut dyn FnMut(&str, &str),
    summary: Summary,
    /// The newest change that was read.
    newest: Option<NaiveDateTime>,
}

impl Import<'_> {
    /// A file, or every file of a folder whose name ends in `.json`, in the order of the names.
    fn files(&mut self, source: &Path) -> Result<(), Error> {
        let refused = |cause: std::io::Error| Error::Refused(format!("{}: {cause}.", source.display()));
        let mut files = vec![source.to_owned()];
        if source.is_dir() {
            let entries = std::fs::read_dir(source).map_err(refused)?;
            files = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|file| is_json(file)).collect();
            files.sort();
        }
        let mut read = vec![];
        for file in files {
            read.extend(incoming::services(read_file(&file)?));
        }
        for part in fullest(read).chunks(usize::try_from(PER_PAGE).unwrap_or(1)) {
            self.take(&source.display().to_string(), part.to_vec(), None)?;
        }
        Ok(())
    }

    /// Every page of a feed, from the first to the last.
    fn pages(&mut self, base: &str, whole: bool) -> Result<(), Error> {
        let caller = Caller::new();
        let since = self.feed.changes_since.filter(|_| !whole);
        let since = since.map(|at| at.and_utc().to_rfc3339_opts(SecondsFormat::Millis, true));
        let changed = since.map(|at| format!("&modified_after={}", at.replace('+', "%2B"))).unwrap_or_default();
        let asks_for = format!("&per_page={PER_PAGE}&full=true{changed}");
        let (mut page, mut asking) = (1_u64, asks_for.as_str());
        loop {
            let address = format!("{base}/services?page={page}");
            let mut found = caller.get(&format!("{address}{asking}"));
            if found.is_err() && page == 1 {
                // Some feeds refuse what they do not know; then they are asked for no more than every feed must know. All
                // pages are asked for in the same way: a page is another part of the list in each.
                asking = "";
                found = caller.get(&address);
            }
            let document = found?;
            let (pages, is_last) = (document["total_pages"].as_u64(), document["last_page"].as_bool());
            let services = incoming::services(document);
            let is_empty = services.is_empty();
            self.take(&address, services, Some((&caller, base)))?;
            if is_empty || is_last == Some(true) || pages.is_some_and(|pages| page >= pages) {
                return Ok(());
            }
            if pages.is_none() && is_last.is_none() {
                // A bare list is all there is.
                return Ok(());
            }
            page += 1;
        }
    }

    /// Takes what a document held, as one transaction.
    fn take(&mut self, place: &str, services: Vec<Read>, nested: Option<(&Caller, &str)>) -> Result<(), Error> {
        let mut batch: Vec<Imported> = vec![];
        for (number, read) in (1..).zip(services) {
            self.summary.read += 1;
            if self.summary.read > MOST {
                return Err(Error::Refused(format!("{place}: there are more than {MOST} services in it.")));
            }
            match read.and_then(|service| whole_service(service, nested)).and_then(|service| service.kept()) {
                Ok(said) if batch.iter().any(|other| other.source_id == said.source_id) => {
                    self.refuse(place, number, &format!("the service {} was already on this page", said.source_id));
                }
                Ok(said) => batch.push(said),
                Err(why) => self.refuse(place, number, &why),
            }
        }
        self.newest = batch.iter().filter_map(|said| said.modified).max().max(self.newest);
        let (feed, batch, at) = (self.feed.clone(), Arc::new(batch), self.at);
        let taken = self.db.write_now(move |tx| imported::take(tx, &feed, &batch, at))?;
        self.summary.imported += taken.imported;
        self.summary.updated += taken.updated;
        self.summary.unchanged += taken.unchanged;
        self.summary.withdrawn += taken.withdrawn;
        Ok(())
    }

    fn refuse(&mut self, place: &str, number: u32, why: &str) {
        self.summary.refused += 1;
        (self.tell)(place, &format!("{number}: {why}"));
    }

    /// Withdraws what is no longer there, if everything was read, and notes how far the source was read.
    fn end(mut self, whole: bool) -> Result<Summary, Error> {
        let (feed, (now, today)) = (self.feed.id, self.at);
        if whole && self.summary.read == 0 {
            // More likely a feed that is broken than one that has closed.
            return Err(Error::Refused("There was nothing in it, so nothing was withdrawn.".to_owned()));
        }
        if whole && self.summary.refused == 0 {
            loop {
                match self.db.write_now(move |tx| imported::withdraw_missing(tx, feed, now, today))? {
                    0 => break,
                    some => self.summary.withdrawn += some,
                }
            }
        }
        // What was refused may be mended there without a new time: then it must be asked for again.
        let since = if self.summary.refused == 0 { self.newest.max(self.feed.changes_since) } else { None };
        self.db.write_now(move |tx| imported::was_read(tx, feed, since, now))?;
        Ok(self.summary)
    }
}

/// Of several that speak of one service the one that says most: a list beside it holds no more than its outside.
fn fullest(all: Vec<Read>) -> Vec<Read> {
    let mut found: Vec<Read> = vec![];
    let mut places: HashMap<String, usize> = HashMap::new();
    for read in all {
        let id = read.as_ref().ok().and_then(|service| service.id()).map(str::to_owned);
        let before = id.as_ref().and_then(|id| places.get(id)).copied();
        let is_fuller = read.as_ref().is_ok_and(|service| service.is_nested());
        match (before.and_then(|place| found.get_mut(place)), id) {
            (Some(before), _) if is_fuller => *before = read,
            (Some(_), _) => {}
            (None, id) => {
                places.extend(id.map(|id| (id, found.len())));
                found.push(read);
            }
        }
    }
    found
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))
}

fn read_file(file: &PathBuf) -> Result<Value, Error> {
    let refused = |cause: &dyn fmt::Display| Error::Refused(format!("{}: {cause}.", file.display()));
    let length = std::fs::metadata(file).map_err(|cause| refused(&cause))?.len();
    if length > LARGEST {
        return Err(refused(&"it is larger than 32 megabytes; give it in parts"));
    }
    let text = std::fs::read(file).map_err(|cause| refused(&cause))?;
    serde_json::from_slice(&text).map_err(|cause| refused(&cause))
}

/// A service with what is nested in it: lists of some feeds hold no more than the outside of each.
fn whole_service(
    service: Box<incoming::Service>,
    nested: Option<(&Caller, &str)>,
) -> Result<Box<incoming::Service>, String> {
    let Some((caller, base)) = nested.filter(|_| !service.is_nested()) else { return Ok(service) };
    let id = service.id().unwrap_or_default();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if id.is_empty() || !id.chars().all(is_plain) {
        return Ok(service);
    }
    let document = caller.get(&format!("{base}/services/{id}")).map_err(|error| error.to_string())?;
    incoming::services(document).into_iter().next().unwrap_or(Ok(service))
}

/// Asks a feed.
struct Caller(ureq::Agent);

impl Caller {
    fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .max_redirects(3)
            .user_agent(concat!("tailormade/", env!("CARGO_PKG_VERSION")));
        Self(config.build().into())
    }

    fn get(&self, address: &str) -> Result<Value, Error> {
        let refused = |cause: &dyn fmt::Display| Error::Refused(format!("{address}: {cause}."));
        let asked = self.0.get(address).header("accept", "application/json").call();
        let mut answer = asked.map_err(|cause| refused(&cause))?;
        let bytes = answer.body_mut().with_config().limit(LARGEST).read_to_vec().map_err(|cause| refused(&cause))?;
        serde_json::from_slice(&bytes).map_err(|cause| refused(&cause))
    }
}
