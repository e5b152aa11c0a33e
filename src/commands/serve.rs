//! `serve`: the server, until it is told to stop.

use std::io::IsTerminal;
use std::net::{SocketAddr, TcpListener};

use tracing_subscriber::EnvFilter;

use super::{Done, Failure, open};
use crate::calendar::Clock;
use crate::config::Config;
use crate::jobs::Worker;
use crate::server;
use crate::web::App;
use crate::web::token::Keys;

/// Serves the configured database.
pub(super) fn serve(config: Config) -> Done {
    log_to_stderr(&config);
    let db = open(&config)?;
    let keys = Keys::from_file(&config.key_file)?;
    let (listener, operations) = (listen(&config)?, listen_for_operators(&config)?);
    let app = App::new(db, config, Clock::system(), keys, vec![])?;
    let worker = Worker::new(app.clone())?;
    Ok(server::run(app, worker, listener, operations)?)
}

/// Logs in plain lines; standard output stays for what a command is asked for.
pub(super) fn log_to_stderr(config: &Config) {
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(&config.log)).with_ansi(colours);
    log.with_writer(std::io::stderr).init();
}

/// The socket, bound before anything is promised.
pub(super) fn listen(config: &Config) -> Result<TcpListener, Failure> {
    bind("TAILORMADE_LISTEN", config.listen)
}

/// The socket of the operator's own pages, when they are wanted.
pub(super) fn listen_for_operators(config: &Config) -> Result<Option<TcpListener>, Failure> {
    config.operations_listen.map(|address| bind("TAILORMADE_OPERATIONS_LISTEN", address)).transpose()
}

fn bind(setting: &str, address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .map_err(|cause| Failure::Refused(format!("{setting} is {address}, which cannot be listened on: {cause}.")))
}
