//! What every request shares: the app's state, the visit, forms, pages, assets and the layers around them.

pub mod assets;
pub mod form;
pub mod layers;
pub mod limits;
pub mod metrics;
pub mod page;
pub mod parts;
pub mod reading;
pub mod store;
pub mod token;
pub mod upload;

use std::sync::Arc;

use crate::audit::looks::Looks;
use crate::calendar::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::error::Error;
use crate::queue::Wake;
use crate::render::Renderer;
use limits::Limits;
use metrics::Metrics;
use token::Keys;

/// Where the open feed stands: for programs of anybody, without sign-in and without cookies, from any site.
pub const OPEN_FEED: &str = "/open-referral";

/// Whether a path is one of the open feed.
#[must_use]
pub fn is_open_feed(path: &str) -> bool {
    path.strip_prefix(OPEN_FEED).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A sign-in that the demonstration offers on its sign-in page.
#[derive(Clone, Debug, serde::Serialize)]
pub struct DemoSignIn {
    /// Who it is, in words.
    pub who: String,
    /// The e-mail address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of their second factor, if they have one; never sent.
    #[serde(skip)]
    pub second_factor: Option<[u8; 20]>,
}

/// The state that all requests share.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The compiled templates.
    pub renderer: Arc<Renderer>,
    /// The settings.
    pub config: Arc<Config>,
    /// The only reader of the present.
    pub clock: Clock,
    /// The secret that signs sessions and form tokens.
    pub keys: Arc<Keys>,
    /// The sign-ins of the demonstration; empty in `serve`.
    pub demo: Arc<Vec<DemoSignIn>>,
    /// What was looked at and is not written yet.
    pub looks: Looks,
    /// Wakes this server's worker.
    pub wake: Wake,
    /// How much may be asked for.
    pub limits: Arc<Limits>,
    /// What an operator watches.
    pub metrics: Arc<Metrics>,
}

impl App {
    /// Whether this is the demonstration, whose story is fictional.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        !self.demo.is_empty()
    }

    /// Puts the state together; the templates are compiled here, once.
    ///
    /// # Errors
    /// When a template does not compile.
    pub fn new(
        db: Db,
        config: Config,
        clock: Clock,
        keys: impl Into<Arc<Keys>>,
        demo: Vec<DemoSignIn>,
    ) -> Result<Self, Error> {
        let renderer = Renderer::load().map_err(|cause| Error::internal("the templates", cause))?;
        Ok(Self {
            db,
            renderer: Arc::new(renderer),
            limits: Arc::new(Limits::new(&config)),
            metrics: Arc::new(Metrics::new()?),
            config: Arc::new(config),
            clock,
            keys: keys.into(),
            demo: Arc::new(demo),
            looks: Looks::default(),
            wake: Wake::default(),
        })
    }
}
