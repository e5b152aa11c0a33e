//! The demonstration: a small believable council whose story is played through the same routes that everybody uses.
//!
//! Every party of the story is fictional and marked so. The providers of the regulator's register that it ships
//! (`register-extract.csv`: Dorset and Bournemouth, Christchurch and Poole, early 2021; Care Quality Commission, Open
//! Government Licence v3.0) are real; they stay unclaimed and unpriced.

mod caller;
pub mod papers;
pub mod seed;
mod story;

use std::sync::Arc;

use chrono::Days;

use crate::audit::sealing::Sealer;
use crate::auth::password;
use crate::calendar::{Clock, monday_of};
use crate::config::Config;
use crate::db::Db;
use crate::error::Error;
use crate::mail::desk::Desk;
use crate::web::token::Keys;
use crate::web::{App, DemoSignIn};
use crate::{jobs, server, vat_watch};
use seed::{PARTIES, PASSWORD, SignIns};
pub use story::Told;

/// The extract of the regulator's register that ships with the demonstration.
pub const REGISTER_EXTRACT: &[u8] = include_bytes!("register-extract.csv");

/// How far the story is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// Until today: something waits for everybody.
    Underway,
    /// To its end, with the final account.
    Whole,
}

/// Whether a database holds nothing yet.
///
/// # Errors
/// When it cannot be read.
pub fn is_empty(db: &Db) -> Result<bool, Error> {
    db.read_now(|tx| crate::auth::store::has_users(tx).map(|has| !has))
}

/// Plays the story on an empty, migrated database; must run on actix's own runtime. The clock must be stopped: it is moved
/// through the story and left where the story ends.
///
/// # Errors
/// When the database is not empty, or a step of the story is refused.
pub async fn fill(db: Db, config: Config, clock: &Clock, story: Story) -> Result<App, Error> {
    tell(db, config, clock, story).await.map(|(app, _)| app)
}

/// As [`fill`], and what came out of it.
///
/// # Errors
/// When the database is not empty, or a step of the story is refused.
pub async fn tell(db: Db, config: Config, clock: &Clock, story: Story) -> Result<(App, Told), Error> {
    if !is_empty(&db)? {
        return Err(Error::Refused("This database is not empty. The demonstration needs a new one.".to_owned()));
    }
    let today = clock.today();
    let weeks_ago = match story {
        Story::Underway => 28,
        Story::Whole => 84,
    };
    let start = monday_of(today) - Days::new(weeks_ago);
    let hash = password::hash(PASSWORD)?;
    let before = start - Days::new(21);
    let noon = before.and_hms_opt(12, 0, 0).ok_or_else(|| Error::Internal("noon".to_owned()))?;
    clock.set(noon.and_utc());
    let now = clock.now();
    let keys = Arc::new(keys(&config)?);
    let with = SignIns { hash, keys: Arc::clone(&keys) };
    let seeded = db.write(move |tx| seed::seed(tx, &with, now, before)).await?;
    let sign_ins = PARTIES.map(|party| DemoSignIn {
        who: party.who.to_owned(),
        email: party.email.to_owned(),
        password: PASSWORD.to_owned(),
        second_factor: party.second_factor,
    });
    let app = App::new(db, config, clock.clone(), keys, sign_ins.to_vec())?;
    let inside = server::inside(app.clone()).await;
    let told = story::play(&inside, clock, &seeded, start, story).await?;
    if let Some(day_club) = seeded.day_club {
        let (now, today) = (clock.now(), clock.today());
        app.db.write(move |tx| seed::insurance(tx, day_club, now, today)).await?;
    }
    let watching = app.clone();
    let today = clock.today();
    app.db
        .write(move |tx| {
            for provider in vat_watch::store::to_watch(tx)? {
                vat_watch::store::watch(tx, &Desk::of(&watching), provider, today)?;
            }
            Ok(())
        })
        .await?;
    let mut sealer = Sealer::new("the demonstration".to_owned());
    jobs::bring_up(&app, &mut sealer).await?;
    sealer.leave(&app.db, clock.now()).await?;
    Ok((app, told))
}

/// A key of its own for a database that goes away with the demonstration; for one that was named, and that `serve` may be
/// started on afterwards, the key file: second factors are sealed with it.
fn keys(config: &Config) -> Result<Keys, Error> {
    if config.database_is_named { Keys::from_file(&config.key_file) } else { Keys::random() }
}
