//! Puts layers and routes around the app and answers on a socket.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpServer, web};

use crate::auth::identify::identify;
use crate::error::Error;
use crate::web::App;
use crate::web::layers::{cross_site_check, outermost};
use crate::web::page::BODY_LIMIT;

/// Starts answering on a socket that is already bound; the server ends on SIGTERM or Ctrl-C.
///
/// # Errors
/// When the socket cannot be used.
pub fn start(app: App, listener: TcpListener) -> Result<Server, Error> {
    let workers = app.config.workers;
    let state = web::Data::new(app);
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(state.clone())
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .wrap(from_fn(identify))
            .wrap(from_fn(cross_site_check))
            .wrap(from_fn(outermost))
            .wrap(Compress::default())
            .configure(crate::routes::configure)
    });
    let server = server.workers(workers).shutdown_timeout(5).listen(listener);
    Ok(server.map_err(|cause| Error::internal("listening", cause))?.run())
}
