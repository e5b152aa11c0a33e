//! `demo`: a small believable council to look at, or only its papers.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::serve::{listen, listen_for_operators, log_to_stderr};
use super::{Done, say};
use crate::calendar::Clock;
use crate::config::{Config, DatabaseUrl};
use crate::db::{Db, migrate};
use crate::demo::{self, REGISTER_EXTRACT, Story, Told};
use crate::directory::import::{self, Options, Source};
use crate::error::Error;
use crate::jobs::Worker;
use crate::server;
use crate::web::App;

/// A demonstration's database: where the settings say, or a temporary place that goes away with it.
struct Place {
    db: Db,
    _folder: Option<TempDir>,
}

impl Place {
    /// Uses the database that the settings name, if they name one, else a temporary one.
    fn choose(config: &Config) -> Result<Self, Error> {
        let folder = if config.database_is_named { None } else { Some(temporary_folder()?) };
        let url = match &folder {
            Some(folder) => DatabaseUrl::sqlite(&folder.path().join("demo.sqlite")),
            None => config.database.clone(),
        };
        let db = Db::open(&url)?;
        migrate::up(&db)?;
        Ok(Self { db, _folder: folder })
    }
}

fn temporary_folder() -> Result<TempDir, Error> {
    tempfile::Builder::new().prefix("tailormade-demo-").tempdir().map_err(|cause| Error::internal("a folder", cause))
}

/// Fills a new database: the shipped extract of the register, then the story.
fn fill(place: &Place, config: &Config, story: Story) -> Result<(App, Told), Error> {
    let today = Clock::system().today();
    if !demo::is_empty(&place.db)? {
        return Err(Error::Refused(format!(
            "{} is not empty. The demonstration needs a new database: name another with TAILORMADE_DATABASE_URL.",
            place.db.url()
        )));
    }
    let shipped = Source::Shipped { name: "the shipped extract of the register", bytes: REGISTER_EXTRACT };
    import::cqc(&place.db, &[shipped], Options::default(), today, &mut |_| ())?;
    let clock = Clock::stopped_at(Clock::system().now());
    let (db, config) = (place.db.clone(), config.clone());
    server::block_on(async move { demo::tell(db, config, &clock, story).await })
}

/// Serves the demonstration until it is told to stop.
pub(super) fn serve(config: &Config) -> Done {
    let listener = listen(config)?;
    let place = Place::choose(config)?;
    let (told, _) = fill(&place, config, Story::Underway)?;
    // Only now: the requests that played the story would push the sign-ins out of sight.
    log_to_stderr(config);
    let app = App { clock: Clock::system(), ..told };
    say(
        "Everyone in this demonstration is fictional. Where a code is asked for, the sign-in page shows it. Sign in as:",
    )?;
    for sign_in in app.demo.iter() {
        say(&format!("  {:<24} {:<18} {}", sign_in.email, sign_in.password, sign_in.who))?;
    }
    say(&format!("Open {} in a browser. Ctrl-C ends it.", config.public_url))?;
    let worker = Worker::new(app.clone())?;
    Ok(server::run(app, worker, listener, listen_for_operators(config)?)?)
}

/// Plays the whole story on a database of its own and writes its papers.
pub(super) fn documents(config: &Config, folder: &Path) -> Done {
    let place = Place::choose(config)?;
    let (app, told) = fill(&place, config, Story::Whole)?;
    let folder: PathBuf = folder.to_owned();
    let written = server::block_on(async move { demo::papers::write(app, &told, &folder).await })?;
    for name in written {
        say(&name)?;
    }
    Ok(())
}
