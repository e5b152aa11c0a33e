//! What recurs while the server runs, and when.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::audit::sealing::Sealer;
use crate::directory;
use crate::error::Error;
use crate::web::App;
use crate::web::token::random_text;

/// How often the calendar is looked at.
const EVERY: Duration = Duration::from_secs(60);

/// How often what was looked at is written, and what was recorded is sealed.
const RECORD_EVERY: Duration = Duration::from_secs(1);

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

/// At the start, and whenever a new day has begun in London, prices and VAT that begin to hold are put into the search.
/// Several servers may do this at once: whoever comes second finds nothing left to do.
pub async fn recur(app: App) {
    let mut done_for = None;
    loop {
        let today = app.clock.today();
        if done_for != Some(today) {
            match reprice(&app).await {
                Ok(count) => {
                    tracing::info!(count, "entries of the search brought to {today}");
                    done_for = Some(today);
                }
                // Tried again in a minute: a search that is a day old is no reason to stop serving.
                Err(error) => tracing::error!("the search was not brought to {today}: {error:?}"),
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Brings the search to today in short writes, so that nobody waits behind a long one.
async fn reprice(app: &App) -> Result<usize, Error> {
    let today = app.clock.today();
    let mut count = 0;
    loop {
        match app.db.write(move |tx| directory::store::services::reprice(tx, today)).await? {
            0 => return Ok(count),
            some => count += some,
        }
    }
}
