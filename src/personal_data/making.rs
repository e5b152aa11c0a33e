//! The making of a copy, in steps that are shown: a job of the queue. Done again after somebody was stopped in the middle,
//! it comes to the same one file.

use super::{collecting, pack, store};
use crate::db::Tx;
use crate::error::Error;
use crate::ids::ExportId;
use crate::web::App;

/// The kind of the job that makes a copy.
pub const JOB: &str = "export";
/// The kind of the job that deletes copies whose time is over.
pub const DELETE_OLD: &str = "delete_old_exports";

/// The steps, as the page of a copy names them.
pub const STEPS: [&str; 4] = [
    "Begin",
    "Gather everything that is kept",
    "Write the page, the sheets and the papers",
    "Keep the file for seven days",
];

/// Makes a copy that was asked for; nothing when it is made already.
///
/// # Errors
/// When the database fails or something cannot be written; the queue tries again.
pub async fn make(app: &App, id: ExportId) -> Result<(), Error> {
    let now = app.clock.now();
    let Some(export) = app.db.write(move |tx| store::begin(tx, id)).await? else {
        return Ok(());
    };
    let db = app.db.clone();
    // Reading and packing everything of a person is no work for a thread that answers requests.
    let collected = in_background(move || db.read_now(|tx| collecting::collect(tx, &export, now))).await?;
    app.db.write(move |tx| store::progress(tx, id, 2)).await?;
    let renderer = app.renderer.clone();
    let made = in_background(move || {
        let zip = pack::pack(&collected, &renderer)?;
        let steps = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
        Ok(store::Made { zip, findings: collected.findings, held_back: collected.held_back, steps })
    })
    .await?;
    app.db.write(move |tx| store::progress(tx, id, 3)).await?;
    app.db.write(move |tx: &mut Tx| store::finish(tx, id, &made, now)).await
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|cause| Error::internal("making a copy", cause))?
}

/// Deletes the files of copies whose time is over.
///
/// # Errors
/// When the database fails.
pub async fn delete_old(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    app.db.write(move |tx| store::delete_old(tx, now)).await.map(|_| ())
}
