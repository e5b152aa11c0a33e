//! What is done after a commit, and what recurs: which verb each kind of job is.
//!
//! One worker runs in each server. What must happen on a day is enqueued under that day's key, so that several servers do
//! it once.

use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::time::Duration;

use chrono::{Datelike, TimeDelta};
use tokio::sync::oneshot;

use crate::audit::sealing::Sealer;
use crate::audit::{self, Act, Author, Event, Thing, ThingKind};
use crate::concerns;
use crate::config::WrongSetting;
use crate::db::Tx;
use crate::directory::import::{Event as Happened, cqc_if_changed};
use crate::error::Error;
use crate::ids::{ExportId, RateId, RemovalId};
use crate::mail::delivery::{Way, deliver};
use crate::mail::desk::Desk;
use crate::mail::smtp::Carrier;
use crate::mail::{self, store as mail_store};
use crate::personal_data::making;
use crate::queue::{Job, NewJob, store as queue_store};
use crate::retention::erasing;
use crate::web::App;
use crate::web::token::random_text;
use crate::{auth, directory, lost_factors, open_referral, packages, provider_documents, saved_searches, vat_watch};

/// How often a worker looks when nothing woke it.
const EVERY: Duration = Duration::from_secs(3);
/// Prices and VAT that begin to hold today are put into the search.
const SEARCH_PRICES: &str = "search_prices";
/// The operator's file of the regulator's register is read when it has changed.
const REGISTER: &str = "register_file";
/// Complaints that were not answered in time go on to the council.
const TAKE_ON_COMPLAINTS: &str = "take_on_complaints";
/// Signs of financial abuse in the records are raised, for somebody to judge.
const RAISE_SIGNALS: &str = "raise_signals";
/// Jobs, mails and tries to sign in of long ago are forgotten.
const FORGET: &str = "forget";
/// How long what is done is kept.
const KEPT: TimeDelta = TimeDelta::days(30);

/// What is done once on every day.
const DAILY: [&str; 10] = [
    REGISTER,
    SEARCH_PRICES,
    saved_searches::JOB,
    vat_watch::JOB,
    provider_documents::JOB,
    TAKE_ON_COMPLAINTS,
    RAISE_SIGNALS,
    making::DELETE_OLD,
    erasing::JOB,
    FORGET,
];

/// How often what was looked at is written, and what was recorded is sealed.
const RECORD_EVERY: Duration = Duration::from_secs(1);

/// Does the jobs of one server.
pub struct Worker {
    app: App,
    way: Option<Way>,
    /// The day, as days since the year 1, whose jobs this worker knows to be enqueued: an idle server writes nothing.
    enqueued_for: AtomicI32,
}

impl Worker {
    /// A worker for an app; without the settings of mail it leaves mails to wait.
    ///
    /// # Errors
    /// When a setting of mail cannot be used.
    pub fn new(app: App) -> Result<Self, WrongSetting> {
        let way = match &app.config.mail {
            _ if app.is_demo() => Some(Way::Shown),
            Some(settings) => Some(Way::Out(Box::new(Carrier::from_settings(settings)?))),
            None => None,
        };
        Ok(Self { app, way, enqueued_for: AtomicI32::default() })
    }

    /// Works for as long as the server runs.
    pub async fn work(self) {
        if self.way.is_none() {
            tracing::warn!("TAILORMADE_SMTP_URL is not set: mails wait in the database until it is");
        }
        let worker = std::sync::Arc::new(self);
        loop {
            // In a task of its own: a job that panics ends that task, not the worker. Its lease runs out, and it is tried again.
            let working = std::sync::Arc::clone(&worker);
            match tokio::spawn(async move { working.run_due().await }).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::error!("the jobs could not be looked at: {error:?}"),
                Err(cause) => tracing::error!("a job ended badly: {cause}"),
            }
            worker.app.limits.forget();
            worker.app.wake.wait(EVERY).await;
        }
    }

    /// Does everything that is due now; answers how many jobs were begun.
    ///
    /// # Errors
    /// When the database fails. A job that fails is no error here: it is kept with its reason.
    pub async fn run_due(&self) -> Result<usize, Error> {
        self.enqueue_todays().await?;
        let mut begun = 0;
        while let Some(job) = self.claim().await? {
            begun += 1;
            let outcome = self.perform(&job).await;
            self.settle(job, outcome).await?;
        }
        Ok(begun)
    }

    /// What recurs every day, enqueued once for each.
    async fn enqueue_todays(&self) -> Result<(), Error> {
        let (now, day) = (self.app.clock.now(), self.app.clock.today());
        if self.enqueued_for.load(Relaxed) == day.num_days_from_ce() {
            return Ok(());
        }
        let today = day.to_string();
        let enqueue = move |tx: &mut Tx| {
            for kind in DAILY {
                let key = format!("{kind} {today}");
                queue_store::enqueue(tx, &NewJob { kind, about: &today, dedupe_key: Some(&key) }, now)?;
            }
            Ok(())
        };
        self.app.db.write(enqueue).await?;
        self.enqueued_for.store(day.num_days_from_ce(), Relaxed);
        Ok(())
    }

    async fn claim(&self) -> Result<Option<Job>, Error> {
        let mut kinds = DAILY.to_vec();
        kinds.push(lost_factors::JOB);
        kinds.push(making::JOB);
        kinds.push(directory::RATE_ANNOUNCED);
        kinds.extend(self.way.as_ref().map(|_| mail::JOB));
        let now = self.app.clock.now();
        self.app.db.write(move |tx| queue_store::claim(tx, &kinds, now)).await
    }

    /// The verb of a job.
    async fn perform(&self, job: &Job) -> Result<(), Error> {
        match (job.kind.as_str(), &self.way) {
            (mail::JOB, Some(way)) => {
                let number = job.about.parse().map_err(|cause| Error::internal("a job about a mail", cause))?;
                deliver(&self.app, way, number).await
            }
            (lost_factors::JOB, _) => remove_factor(&self.app, &job.about).await,
            (making::JOB, _) => {
                let number = job.about.parse().map_err(|cause| Error::internal("a job about a copy", cause))?;
                making::make(&self.app, ExportId::new(number)).await
            }
            (directory::RATE_ANNOUNCED, _) => announce(&self.app, &job.about).await,
            (erasing::JOB, _) => erasing::list_due(&self.app).await,
            (making::DELETE_OLD, _) => making::delete_old(&self.app).await,
            (REGISTER, _) => read_register(&self.app).await,
            (SEARCH_PRICES, _) => reprice(&self.app).await,
            (saved_searches::JOB, _) => tell_what_is_new(&self.app).await,
            (provider_documents::JOB, _) => remind_of_documents(&self.app).await,
            (vat_watch::JOB, _) => watch_vat(&self.app).await,
            (RAISE_SIGNALS, _) => raise_signals(&self.app).await,
            (TAKE_ON_COMPLAINTS, _) => take_on_complaints(&self.app).await,
            (FORGET, _) => forget(&self.app).await,
            (other, _) => Err(Error::Internal(format!("no verb for a job of kind {other}"))),
        }
    }

    async fn settle(&self, job: Job, outcome: Result<(), Error>) -> Result<(), Error> {
        let now = self.app.clock.now();
        let Err(error) = outcome else {
            return self.app.db.write(move |tx| queue_store::done(tx, &job, now)).await;
        };
        let why = why(&error);
        tracing::warn!(job = %job.id, kind = job.kind, attempts = job.attempts, "failed: {why}");
        self.app.db.write(move |tx| queue_store::failed(tx, &job, &why, now)).await
    }
}

/// Writes what was looked at into the record, and seals the record, until told to end: then once more, after the last
/// answer. Of several servers one at a time seals.
pub async fn keep_record(app: App, mut end: oneshot::Receiver<()>) {
    let name = random_text().unwrap_or_else(|_| format!("process {}", std::process::id()));
    let mut sealer = Sealer::new(name);
    loop {
        let ended = tokio::time::timeout(RECORD_EVERY, &mut end).await.is_ok();
        // Tried again in a second: what could not be written or sealed waits, and `check` says when it waits too long.
        if let Err(error) = bring_up(&app, &mut sealer).await {
            tracing::error!("the record was not brought up to date: {error:?}");
        }
        if ended {
            sealer.leave(&app.db, app.clock.now()).await.ok();
            return;
        }
    }
}

/// Brings the record up to date once: what was looked at is written, what can be sealed is sealed.
///
/// # Errors
/// When the database fails.
pub async fn bring_up(app: &App, sealer: &mut Sealer) -> Result<(), Error> {
    app.looks.flush(&app.db).await?;
    sealer.seal(&app.db, app.clock.now()).await.map(|_| ())
}

/// Takes a lost second factor away, unless that was stopped in the meantime.
async fn remove_factor(app: &App, about: &str) -> Result<(), Error> {
    let id: RemovalId = about.parse().map_err(|cause| Error::internal("a job about a second factor", cause))?;
    let working = app.clone();
    let work = move |tx: &mut Tx| lost_factors::store::carry_out(tx, &Desk::of(&working), id);
    app.db.write(work).await?;
    app.wake.wake();
    Ok(())
}

/// Reads the operator's file of the regulator's register, if there is one and it has changed, and records that.
async fn read_register(app: &App) -> Result<(), Error> {
    let Some(file) = app.config.cqc_file.clone() else { return Ok(()) };
    let (db, now, today) = (app.db.clone(), app.clock.now(), app.clock.today());
    let read = move || {
        let mut tell = |event: Happened<'_>| {
            if let Happened::Refused { name, row } = event {
                tracing::warn!("{name}, {row}");
            }
        };
        cqc_if_changed(&db, &file, (now, today), &mut tell)
    };
    let read =
        tokio::task::spawn_blocking(read).await.map_err(|cause| Error::internal("reading the register", cause))?;
    let Some(summary) = read? else { return Ok(()) };
    tracing::info!("the regulator's register: {summary}");
    let thing = Thing { kind: ThingKind::Import, id: None };
    let act = Act::new("import.done", format!("imported cqc: {summary}"), thing).after(&summary);
    let event = Event { at: now, author: Author::program("tailormade serve"), act, reference: String::new() };
    app.db.write(move |tx| audit::store::append(tx, &event).map(|_| ())).await
}

/// Tells everybody who plans with a service that its price changes, one package in each write; done again after it was stopped
/// in the middle, it tells those who were not told.
async fn announce(app: &App, about: &str) -> Result<(), Error> {
    let rate: RateId = about.parse().map_err(|cause| Error::internal("a job about a price", cause))?;
    let today = app.clock.today();
    let packages = app.db.read(move |tx| packages::store::announcing::planning_with(tx, rate, today)).await?;
    let tell = move |tx: &mut Tx, desk: &Desk<'_>, id| packages::store::announcing::tell(tx, desk, rate, id);
    in_short_writes(app, packages, "package", tell).await
}

/// Does every saved search again and tells what is new, one person in each write.
async fn tell_what_is_new(app: &App) -> Result<(), Error> {
    let today = app.clock.today();
    let users = app.db.read(move |tx| saved_searches::store::due(tx, today)).await?;
    in_short_writes(app, users, "user", saved_searches::watching::tell).await
}

/// Looks at the VAT of every provider, one in each write; done again after it was stopped in the middle, it records and tells
/// only what was not.
async fn watch_vat(app: &App) -> Result<(), Error> {
    let today = app.clock.today();
    let providers = app.db.read(vat_watch::store::to_watch).await?;
    let watch = move |tx: &mut Tx, desk: &Desk<'_>, id| vat_watch::store::watch(tx, desk, id, today);
    in_short_writes(app, providers, "organisation", watch).await
}

/// Reminds providers of documents that end soon or have ended, one document in each write.
async fn remind_of_documents(app: &App) -> Result<(), Error> {
    let today = app.clock.today();
    let documents = app.db.read(move |tx| provider_documents::store::to_remind_of(tx, today)).await?;
    let remind = move |tx: &mut Tx, desk: &Desk<'_>, id| provider_documents::store::remind(tx, desk, id, today);
    in_short_writes(app, documents, "document", remind).await
}

/// Does something with one thing after another, each in a write of its own, so that nobody waits behind a long one and one that
/// cannot be done keeps no other from being done.
///
/// # Errors
/// The first failure with what it was about, after all were tried: the job is seen and tried again. What is done again must
/// come to the same.
async fn in_short_writes<Id, Step>(app: &App, ids: Vec<Id>, what: &str, step: Step) -> Result<(), Error>
where
    Id: Copy + std::fmt::Display + Send + Sync + 'static,
    Step: Fn(&mut Tx, &Desk<'_>, Id) -> Result<(), Error> + Clone + Send + Sync + 'static,
{
    let mut first: Option<Error> = None;
    for id in ids {
        let (working, step) = (app.clone(), step.clone());
        if let Err(error) = app.db.write(move |tx| step(tx, &Desk::of(&working), id)).await {
            tracing::warn!("{what} {id}: {}", why(&error));
            first.get_or_insert_with(|| Error::internal(&format!("{what} {id}"), why(&error)));
        }
    }
    app.wake.wake();
    first.map_or(Ok(()), Err)
}

/// Why something failed, as an operator needs it.
fn why(error: &Error) -> String {
    match error {
        Error::Internal(cause) => cause.clone(),
        other => other.to_string(),
    }
}

/// Brings the search to today in short writes, so that nobody waits behind a long one.
async fn reprice(app: &App) -> Result<(), Error> {
    let today = app.clock.today();
    let mut count = 0;
    let due = move |tx: &mut Tx| {
        let own = directory::store::services::reprice(tx, today)?;
        Ok(own + open_referral::store::imported::remake_due(tx, today)?)
    };
    loop {
        match app.db.write(due).await? {
            0 => break,
            some => count += some,
        }
    }
    tracing::info!(count, "entries of the search brought to {today}");
    Ok(())
}

/// Forgets what was done long ago.
async fn forget(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let forget = move |tx: &mut Tx| {
        mail_store::forget_settled(tx, now, KEPT)?;
        auth::store::tries::clean_up(tx, now)?;
        queue_store::forget_done(tx, now - KEPT)
    };
    app.db.write(forget).await.map(|_| ())
}

/// Complaints that were not answered in time go on to the council.
async fn take_on_complaints(app: &App) -> Result<(), Error> {
    let mut count = 0;
    loop {
        let working = app.clone();
        let work = move |tx: &mut Tx| concerns::store::complaints::take_on_overdue(tx, &Desk::of(&working));
        match app.db.write(work).await? {
            0 => break,
            some => count += some,
        }
    }
    app.wake.wake();
    tracing::info!(count, "complaints went on to a council");
    Ok(())
}

/// Signs of financial abuse in the records are raised; how many says nothing about whose.
async fn raise_signals(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    app.db.write(move |tx| concerns::store::signals::raise_all(tx, now)).await.map(|_| ())
}
