//! The layers around every handler: a reference for each request, security headers, the cross-site check, and failures
//! turned into a page or JSON.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpResponse, web};
use serde::Serialize;

use super::page::{Failure, Visit};
use super::token::random_bytes;
use super::{App, is_open_feed};
use crate::error::Error;

/// No script and no style but our own files, no frame, no form to elsewhere.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A request's reference: on the error page and in the log.
#[derive(Clone, Debug)]
pub struct RequestReference(pub String);

/// What an error page shows.
#[derive(Debug, Serialize)]
struct ErrorPage {
    status: u16,
    title: &'static str,
    what_happened: String,
    nothing_changed: &'static str,
    next: Vec<Onward>,
    request_id: String,
}

#[derive(Debug, Serialize)]
struct Onward {
    label: &'static str,
    href: String,
}

/// Gives each request its reference and each answer its headers, and turns failures into pages.
///
/// # Errors
/// Never; failures become answers, here and in the layers below.
pub async fn outermost(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let began = Instant::now();
    let reference: String = random_bytes::<6>().unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
    request.extensions_mut().insert(RequestReference(reference.clone()));
    // The layers below never fail: what they refuse is an answer that carries its cause. The request must not be cloned
    // before them, because the framework's router wants it alone.
    let path_is_open = is_open_feed(request.path());
    let asks_first = path_is_open && request.method() == Method::OPTIONS;
    let answered = if asks_first {
        Ok(request.into_response(may_be_read()))
    } else {
        next.call(request).await.map(ServiceResponse::map_into_boxed_body)
    };
    let response = match answered {
        Ok(response) => response,
        Err(error) if path_is_open => return Err(open_failure(&error, &reference)),
        Err(error) => return Err(error),
    };
    let http_request = response.request().clone();
    let wait = response.headers().get(header::RETRY_AFTER).cloned();
    let mut response = match response.response().error().map(as_error) {
        Some(error) => response.into_response(error_answer(&http_request, error)),
        None => bare_status(response),
    };
    let headers = response.headers_mut();
    if let Some(wait) = wait {
        headers.insert(header::RETRY_AFTER, wait);
    }
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        // What does not say that it may be kept is nobody's but the visitor's.
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=()"),
    ];
    if path_is_open {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
        headers.remove(header::SET_COOKIE);
    }
    for (name, value) in fixed {
        // A paper that carries its own style brings a policy of its own, stricter in everything else.
        if !headers.contains_key(&name) {
            headers.insert(name, header::HeaderValue::from_static(value));
        }
    }
    if http_request.app_data::<web::Data<App>>().is_some_and(|app| app.config.is_secure()) {
        let value = header::HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
    }
    if let Some(app) = http_request.app_data::<web::Data<App>>() {
        let (route, method) = (http_request.match_pattern(), http_request.method().as_str());
        app.metrics.answered(route.as_deref(), method, response.status().as_u16(), began.elapsed());
    }
    // The path alone: what somebody searched for stays out of the log, and so does who it was.
    tracing::info!(
        reference,
        method = %http_request.method(),
        path = logged_path(&http_request),
        status = response.status().as_u16(),
        microseconds = began.elapsed().as_micros(),
        "answered"
    );
    Ok(response)
}

/// The path as it is logged: the token of a link in a mail is a secret, and stays out.
fn logged_path(request: &actix_web::HttpRequest) -> String {
    let pattern = request.match_pattern().filter(|pattern| pattern.contains("{token}"));
    pattern.unwrap_or_else(|| request.path().to_owned())
}

/// An answer without a body that a handler never made (no such route) gets its page too.
fn bare_status(response: ServiceResponse) -> ServiceResponse {
    let is_bare = response.headers().get(header::CONTENT_TYPE).is_none();
    let error = match response.status() {
        StatusCode::NOT_FOUND if is_bare => Error::NotFound,
        StatusCode::METHOD_NOT_ALLOWED if is_bare => Error::NotFound,
        _ => return response,
    };
    let request = response.request().clone();
    response.into_response(error_answer(&request, error))
}

/// Our own error, or what the framework refused (a body too long, a path that is no number).
fn as_error(error: &actix_web::Error) -> Error {
    if let Some(Failure(error)) = error.as_error::<Failure>() {
        return copy(error);
    }
    match error.as_response_error().status_code() {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Error::NotFound,
        status if status.is_client_error() => Error::Refused("What was sent could not be read.".to_owned()),
        _ => Error::Internal(error.to_string()),
    }
}

/// Errors are not Clone, because a database's are not; what is shown of them is.
fn copy(error: &Error) -> Error {
    match error {
        Error::NotFound => Error::NotFound,
        Error::SignIn => Error::SignIn,
        Error::Forbidden(why) => Error::Forbidden(why.clone()),
        Error::Refused(why) => Error::Refused(why.clone()),
        Error::Invalid(invalid) => Error::Invalid(invalid.clone()),
        Error::Conflict(why) => Error::Conflict(why.clone()),
        Error::SecondFactor => Error::SecondFactor,
        Error::TooMany(why) => Error::TooMany(why.clone()),
        Error::Busy => Error::Busy,
        Error::Internal(cause) => Error::Internal(cause.clone()),
    }
}

/// The page or the JSON of a failure.
fn error_answer(request: &actix_web::HttpRequest, error: Error) -> HttpResponse {
    let reference = request.extensions().get::<RequestReference>().map(|id| id.0.clone()).unwrap_or_default();
    if let Error::Internal(cause) = &error {
        tracing::error!(reference, path = logged_path(request), "{cause}");
    }
    let Ok(visit) = Visit::of(request) else {
        return HttpResponse::InternalServerError().finish();
    };
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if is_open_feed(visit.path()) {
        return json_error(open_status(status), &error, &reference);
    }
    if visit.wants_json() {
        return json_error(status, &error, &reference);
    }
    if matches!(error, Error::SignIn) {
        let next = if request.method() == Method::GET { request.uri().to_string() } else { "/".to_owned() };
        let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
        return HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/sign-in?{query}"))).finish();
    }
    if matches!(error, Error::SecondFactor) {
        let query = serde_urlencoded::to_string([("next", way_back(request))]).unwrap_or_default();
        let location = format!("/account/second-factor?{query}");
        return visit.done(&location, "Nothing was done yet. This needs a second factor: set it up here.");
    }
    let page = error_page(&error, reference);
    match visit.show("error.html", &page) {
        Ok(mut answer) => {
            *answer.status_mut() = status;
            answer
        }
        Err(failure) => {
            tracing::error!("the error page itself: {failure:?}");
            HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(page.what_happened)
        }
    }
}

/// Where a browser was: the page itself, or the page whose form was sent, which our own pages name as `Referer`.
fn way_back(request: &actix_web::HttpRequest) -> String {
    if request.method() == Method::GET {
        return request.uri().to_string();
    }
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let page = text(header::REFERER).and_then(|page| page.split_once("://")).map(|(_, page)| page);
    page.and_then(|page| page.strip_prefix(host)).filter(|path| path.starts_with('/')).unwrap_or("/").to_owned()
}

/// What a browser is told that asks whether a page of another site may read the open feed.
fn may_be_read() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "GET"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "*"))
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .finish()
}

/// The status as the standard of the open feed has it: what cannot be read is 400.
fn open_status(status: StatusCode) -> StatusCode {
    if status == StatusCode::UNPROCESSABLE_ENTITY { StatusCode::BAD_REQUEST } else { status }
}

/// A failure of the open feed for which there is no answer yet, such as a request that took too long: any site may read it.
fn open_failure(error: &actix_web::Error, reference: &str) -> actix_web::Error {
    let error = as_error(error);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = json_error(open_status(status), &error, reference);
    let anybody = header::HeaderValue::from_static("*");
    answer.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anybody);
    actix_web::error::InternalError::from_response(Failure(error), answer).into()
}

fn json_error(status: StatusCode, error: &Error, reference: &str) -> HttpResponse {
    let errors = match error {
        Error::Invalid(invalid) => serde_json::json!(invalid.errors),
        other => serde_json::json!([{ "field": "", "message": other.to_string() }]),
    };
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(serde_json::json!({ "errors": errors, "reference": reference }))
}

/// What the page of a failure says.
fn error_page(error: &Error, request_id: String) -> ErrorPage {
    let title = match error {
        Error::NotFound => "There is nothing here",
        Error::SignIn => "Sign in first",
        Error::Forbidden(_) => "You may not do this",
        Error::Refused(_) | Error::Invalid(_) => "This cannot be done as it is",
        Error::Conflict(_) => "Somebody was first",
        Error::SecondFactor => "A second factor is needed",
        Error::TooMany(_) => "Too many tries",
        Error::Busy => "The service is busy",
        Error::Internal(_) => "Something went wrong on our side",
    };
    let what_happened = match error {
        Error::NotFound => "The page does not exist, or it is not yours to see.".to_owned(),
        other => other.to_string(),
    };
    let next = vec![Onward { label: "Go to the first page", href: "/".to_owned() }];
    let nothing_changed = "Nothing was changed, lost or paid.";
    ErrorPage { status: error.status(), title, what_happened, nothing_changed, next, request_id }
}

/// Refuses what another site makes a browser send: for every unsafe method `Sec-Fetch-Site` must say that the request
/// comes from here; where a browser does not send it, `Origin` must be ours.
///
/// # Errors
/// Never; what is forbidden is an answer.
pub async fn cross_site_check(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse, actix_web::Error> {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !is_safe && !comes_from_here(&request) {
        let refused = Error::Forbidden("This request came from another site.".to_owned());
        return Ok(request.error_response(Failure(refused)));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn comes_from_here(request: &ServiceRequest) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match text("origin") {
        Some(origin) => {
            request.app_data::<web::Data<App>>().is_some_and(|app| origin == app.config.public_url)
                || text("host").is_some_and(|host| origin.strip_prefix("http://") == Some(host) && is_loopback(host))
        }
        // Without either nothing tells where it comes from: no session is lent to it.
        None => request.headers().get(header::COOKIE).is_none(),
    }
}

/// Whether a host is this machine itself, where a port may have been given out by the system.
fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost" || name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
