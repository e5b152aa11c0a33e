//! Puts layers and routes around the app, and answers: on a socket, or inside this process.

use std::future::Future;
use std::net::TcpListener;
use std::pin::Pin;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Server, ServerHandle, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Compress, from_fn};
use actix_web::rt::task::JoinHandle;
use actix_web::{HttpServer, test, web};

use crate::auth::identify::identify;
use crate::auth::openid::OpenId;
use crate::calendar::Clock;
use crate::config::Config;
use crate::error::Error;
use crate::jobs::Worker;
use crate::open_referral::FeedDescription;
use crate::site::ApiDescription;
use crate::web::App;
use crate::web::layers::{cross_site_check, outermost};
use crate::web::limits::limit;
use crate::web::page::BODY_LIMIT;
use crate::{jobs, openapi};

/// The app with its layers, outermost last; a macro, because the type of such a tower has no name.
macro_rules! tower {
    ($state:expr, $openid:expr) => {
        actix_web::App::new()
            .app_data($state)
            .app_data($openid)
            .app_data(web::Data::new(ApiDescription(openapi::text())))
            .app_data(web::Data::new(FeedDescription(openapi::feed())))
            .app_data(web::PayloadConfig::new(BODY_LIMIT))
            .wrap(from_fn(identify))
            .wrap(from_fn(cross_site_check))
            .wrap(from_fn(limit))
            .wrap(from_fn(outermost))
            .wrap(Compress::default())
            .configure(crate::routes::configure)
    };
}

/// Answers on sockets that are already bound, the site on one and the operator's own pages on the other, and does the jobs,
/// until told to stop.
///
/// # Errors
/// When a socket cannot be used.
pub fn run(app: App, worker: Worker, listener: TcpListener, operations: Option<TcpListener>) -> Result<(), Error> {
    let address = listener.local_addr().map_err(|cause| Error::internal("listening", cause))?;
    actix_web::rt::System::new().block_on(async move {
        let working = actix_web::rt::spawn(worker.work());
        let (end_record, ended) = tokio::sync::oneshot::channel();
        let record = actix_web::rt::spawn(jobs::keep_record(app.clone(), ended));
        let operations = operations.map(|socket| watched(&app, socket)).transpose()?;
        let server = start(app, listener)?;
        tracing::info!("answering on http://{address}");
        server.await.map_err(|cause| Error::internal("answering", cause))?;
        working.abort();
        // After the last answer, so that nothing that it showed is missing in the record.
        end_record.send(()).ok();
        record.await.ok();
        if let Some((handle, answering)) = operations {
            handle.stop(true).await;
            answering.abort();
        }
        tracing::info!("ended");
        Ok(())
    })
}

/// The identity providers of organisations, as the operator's file says them.
fn openid(config: &Config) -> Result<OpenId, Error> {
    config.openid_file.as_deref().map_or_else(|| Ok(OpenId::none()), OpenId::from_file)
}

/// Begins to answer what an operator asks, beside the site.
fn watched(app: &App, socket: TcpListener) -> Result<(ServerHandle, JoinHandle<std::io::Result<()>>), Error> {
    let address = socket.local_addr().map_err(|cause| Error::internal("listening", cause))?;
    let server = start_operations(app.clone(), socket)?;
    tracing::info!("watched at http://{address}");
    Ok((server.handle(), actix_web::rt::spawn(server)))
}

/// Starts answering on a socket that is already bound; the server ends on SIGTERM or Ctrl-C.
///
/// # Errors
/// When the socket cannot be used.
pub fn start(app: App, listener: TcpListener) -> Result<Server, Error> {
    let workers = app.config.workers;
    let openid = web::Data::new(openid(&app.config)?);
    let state = web::Data::new(app);
    let server = HttpServer::new(move || tower!(state.clone(), openid.clone()))
        .workers(workers)
        .shutdown_timeout(5)
        .listen(listener);
    Ok(server.map_err(|cause| Error::internal("listening", cause))?.run())
}

/// Starts answering what an operator asks, on a socket of its own that the public does not reach.
///
/// # Errors
/// When the socket cannot be used.
pub fn start_operations(app: App, listener: TcpListener) -> Result<Server, Error> {
    let state = web::Data::new(app);
    let pages = move || {
        actix_web::App::new()
            .app_data(state.clone())
            .wrap(from_fn(outermost))
            .configure(crate::routes::configure_operations)
    };
    let server = HttpServer::new(pages).workers(1).disable_signals().shutdown_timeout(1).listen(listener);
    Ok(server.map_err(|cause| Error::internal("listening", cause))?.run())
}

/// Runs work on actix's own runtime, on this thread.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}

type Answered = Pin<Box<dyn Future<Output = Result<ServiceResponse, actix_web::Error>>>>;

/// The app without a socket: the same routes, layers and rights, asked from inside this process.
pub struct Inside {
    app: App,
    call: Box<dyn Fn(test::TestRequest) -> Answered>,
    /// The clock that it goes by.
    pub clock: Clock,
}

/// What was answered inside.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Where it leads.
    pub location: Option<String>,
    /// The cookies that were set, as they would travel.
    pub cookies: Vec<String>,
    /// The body.
    pub body: String,
}

/// Builds the app for asking inside; must run on actix's own runtime.
pub async fn inside(app: App) -> Inside {
    let clock = app.clock.clone();
    let tower = tower!(web::Data::new(app.clone()), web::Data::new(OpenId::none()));
    let service = std::rc::Rc::new(test::init_service(tower).await);
    let call = move |request: test::TestRequest| -> Answered {
        let service = std::rc::Rc::clone(&service);
        Box::pin(async move {
            let response = test::try_call_service(service.as_ref(), request.to_request()).await?;
            Ok(response.map_body(|_, body| body.boxed()))
        })
    };
    Inside { app, call: Box::new(call), clock }
}

impl Inside {
    /// Asks with cookies and, for a POST, a JSON body.
    ///
    /// # Errors
    /// When nothing can be answered at all; refusals are replies.
    pub async fn ask(
        &self,
        path: &str,
        accept: &str,
        cookies: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<Reply, Error> {
        let failed = |cause: &dyn std::fmt::Display| Error::internal(path, cause);
        let mut request = match body {
            Some(json) => test::TestRequest::post().uri(path).set_json(json),
            None => test::TestRequest::get().uri(path),
        };
        request = request.insert_header((header::ACCEPT, accept)).insert_header(("sec-fetch-site", "none"));
        if !cookies.is_empty() {
            request = request.insert_header((header::COOKIE, cookies));
        }
        let response = (self.call)(request).await.map_err(|cause| failed(&cause))?;
        let status = response.status().as_u16();
        let text = |value: &header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let location = response.headers().get(header::LOCATION).map(text);
        let cookies = response.headers().get_all(header::SET_COOKIE).map(text).collect();
        let bytes = to_bytes(response.into_body()).await.map_err(|cause| failed(&cause))?;
        // Nothing recurs inside: what was looked at is written at once.
        self.app.looks.flush(&self.app.db).await?;
        Ok(Reply { status, location, cookies, body: String::from_utf8_lossy(&bytes).into_owned() })
    }
}
