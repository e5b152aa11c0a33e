//! What recurs while the server runs, and when.

use std::time::Duration;

use crate::directory;
use crate::error::Error;
use crate::web::App;

/// How often the calendar is looked at.
const EVERY: Duration = Duration::from_secs(60);

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
