//! The visit: from what was asked to a page or to JSON, by what the visitor accepts.

use std::collections::BTreeMap;
use std::future::{Future, Ready, ready};
use std::net::IpAddr;
use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use serde::Serialize;

use super::form::Fields;
use super::layers::RequestReference;
use super::reading::{self, Reading};
use super::store::{OnceKey, once};
use super::token::sha256;
use super::{App, assets};
use crate::audit::{Act, Author, Event, Kind, Recorder, Thing};
use crate::db::Tx;
use crate::error::{Error, Invalid};
use crate::ids::{PersonId, UserId};
use crate::render::{Frame, Link};

/// The largest body of a form or of JSON, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The cookie that carries one sentence from a done deed to the page after it.
const NOTICE: &str = "tailormade_notice";

/// Who is signed in, as far as the frame of a page shows it; put into the request by `auth`.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub name: String,
    /// Where they may go.
    pub nav: Vec<Link>,
    /// As what they may act and see: for the record of it.
    pub author: Author,
    /// How they read best, when they are a person whose settings say so.
    pub reading: Option<Reading>,
}

/// A failure on its way to the visitor; the layer around all handlers makes a page or JSON of it.
#[derive(Debug)]
pub struct Failure(pub Error);

/// What a handler answers.
pub type Answer = Result<HttpResponse, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Invalid> for Failure {
    fn from(invalid: Invalid) -> Self {
        Self(Error::Invalid(invalid))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// A deed that was done: where it leads, and what is recorded of it. There is none that is not recorded.
#[must_use]
pub struct Done {
    location: String,
    acts: Vec<Act>,
}

impl Done {
    /// A deed that leads to a place.
    pub fn new(location: impl Into<String>, act: Act) -> Self {
        Self { location: location.into(), acts: vec![act] }
    }

    /// Something else that was done with it.
    pub fn and(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
    }

    /// The same deed, leading elsewhere.
    pub fn leading_to(self, location: impl Into<String>) -> Self {
        Self { location: location.into(), ..self }
    }
}

/// One request: the app, and how its answer shall look.
#[derive(Clone)]
pub struct Visit {
    /// The shared state.
    pub app: App,
    request: HttpRequest,
}

impl FromRequest for Visit {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).map_err(Failure))
    }
}

impl Visit {
    /// The visit that a request makes.
    ///
    /// # Errors
    /// When the server was put together without its state.
    pub fn of(request: &HttpRequest) -> Result<Self, Error> {
        let app = request.app_data::<web::Data<App>>().ok_or_else(|| Error::Internal("no app state".to_owned()))?;
        Ok(Self { app: app.as_ref().clone(), request: request.clone() })
    }

    /// Whether JSON was asked for.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        let accept = self.request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
        accept.is_some_and(|accept| accept.contains("application/json"))
    }

    /// The path asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        self.request.path()
    }

    /// The reference of this request: on its error page, in the log, in the record.
    #[must_use]
    pub fn reference(&self) -> String {
        self.request.extensions().get::<RequestReference>().map(|id| id.0.clone()).unwrap_or_default()
    }

    /// What is recorded of something that is done in this request, by whoever is signed in.
    #[must_use]
    pub fn event(&self, act: Act) -> Event {
        self.recorder().event(act)
    }

    /// Whoever is signed in, for what is recorded of this request.
    #[must_use]
    pub fn recorder(&self) -> Recorder {
        Recorder { at: self.app.clock.now(), author: self.author(), reference: self.reference() }
    }

    /// Whoever is signed in, as the record names them.
    fn author(&self) -> Author {
        self.request.extensions().get::<SignedIn>().map(|who| who.author.clone()).unwrap_or_default()
    }

    /// Notes that something of a person's is shown now, unless it is shown to that person. Every page of a person's own
    /// things says so; `tests/journeys/audit.rs` asks each of them.
    ///
    /// # Errors
    /// When it cannot be recorded: then it must not be shown.
    pub async fn seen(&self, person: PersonId, thing: impl Into<Thing>) -> Result<(), Error> {
        let mut event = self.event(Act::view(person, thing.into()));
        if event.author.own == Some(person) {
            return Ok(());
        }
        event.act.purpose = event.author.access_to(person).map(|access| access.purpose.clone());
        self.app.looks.note(&self.app.db, event).await
    }

    /// The network address that this comes from: what the nearest proxy of our own saw, else the other end of the line.
    /// What a visitor writes into `X-Forwarded-For` stands further to the left and is never believed.
    #[must_use]
    pub fn network_address(&self) -> Option<IpAddr> {
        network_address(&self.request, self.app.config.trusted_proxies)
    }

    /// A cookie of the request.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.request.cookie(name).map(|cookie| cookie.value().to_owned())
    }

    /// What the visitor's browser calls itself.
    #[must_use]
    pub fn user_agent(&self) -> &str {
        let told = self.request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        told.unwrap_or("unknown")
    }

    /// Notes that something is shown now whose person the database knows, as [`Visit::seen`] does. The caller has loaded
    /// the thing for the actor.
    ///
    /// # Errors
    /// As [`Visit::seen`].
    pub async fn seen_of<F>(&self, thing: impl Into<Thing>, whose: F) -> Result<(), Error>
    where
        F: FnOnce(&mut Tx) -> Result<PersonId, Error> + Send + 'static,
    {
        let person = self.app.db.read(whose).await?;
        self.seen(person, thing).await
    }

    /// What the query of the address says.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn query(&self) -> Result<Fields, Invalid> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(self.request.query_string())
            .map_err(|_| Invalid::whole("The part of the address after the question mark could not be read."))?;
        Ok(Fields::from_pairs(pairs))
    }

    /// Answers with a page or, if asked for, with its struct as JSON.
    ///
    /// # Errors
    /// When the template and the struct do not fit.
    pub fn show(&self, template: &str, page: &impl Serialize) -> Answer {
        self.answer(StatusCode::OK, template, page, None)
    }

    /// Shows a page again with what was wrong and what was typed. An error that is not about the input goes on as it is.
    ///
    /// # Errors
    /// The error itself when the page cannot show it.
    pub fn show_again(&self, error: Error, template: &str, page: &impl Serialize) -> Answer {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        let mut invalid = match error {
            Error::Invalid(invalid) => invalid,
            Error::Refused(sentence) | Error::Conflict(sentence) | Error::TooMany(sentence) => Invalid::whole(sentence),
            other => return Err(Failure(other)),
        };
        if let Some(Typed(typed)) = self.request.extensions().get().filter(|_| invalid.typed.is_empty()) {
            invalid.typed.clone_from(typed);
        }
        self.answer(status, template, page, Some(invalid))
    }

    /// The page again with what was typed and a sentence that something was done: for a form of several parts of which one was
    /// sent.
    ///
    /// # Errors
    /// When the page cannot be rendered.
    pub fn show_typed(&self, notice: &str, template: &str, page: &impl Serialize) -> Answer {
        let typed = self.request.extensions().get().map(|Typed(typed)| typed.clone()).unwrap_or_default();
        let frame = self.frame(Some(notice))?;
        let rendered = self.app.renderer.render_form(template, page, &frame, Some(&Invalid { errors: vec![], typed }));
        let html = rendered.map_err(|cause| Error::internal("rendering", cause))?;
        let mut builder = HttpResponse::Ok();
        builder.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::VARY, "Accept"));
        Ok(builder.content_type("text/html; charset=utf-8").body(html))
    }

    /// Answers a deed: onward with a sentence, or its page again with what was wrong.
    ///
    /// # Errors
    /// The error itself when the page cannot show it, or what loading the page says.
    pub async fn done_or_again<P: Serialize>(
        &self,
        outcome: Result<String, Error>,
        notice: &str,
        template: &str,
        page: impl Future<Output = Result<P, Error>>,
    ) -> Answer {
        match outcome {
            Ok(location) => Ok(self.done(&location, notice)),
            Err(error) => self.show_again(error, template, &page.await?),
        }
    }

    fn answer(&self, status: StatusCode, template: &str, page: &impl Serialize, invalid: Option<Invalid>) -> Answer {
        let mut builder = HttpResponse::build(status);
        builder.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::VARY, "Accept"));
        if self.wants_json() {
            return Ok(match invalid {
                Some(invalid) => builder.json(serde_json::json!({ "errors": invalid.errors })),
                None => builder.json(page),
            });
        }
        let notice = self.request.cookie(NOTICE);
        if notice.is_some() {
            builder.cookie(self.notice_cookie(String::new(), Duration::ZERO));
        }
        let frame = self.frame(notice.as_ref().map(Cookie::value))?;
        let rendered = self.app.renderer.render_form(template, page, &frame, invalid.as_ref());
        let html = rendered.map_err(|cause| Error::internal("rendering", cause))?;
        Ok(builder.content_type("text/html; charset=utf-8").body(html))
    }

    /// What surrounds a page: who is signed in, where they can go, the token for the page's forms.
    fn frame(&self, notice: Option<&str>) -> Result<Frame, Error> {
        let signed_in = self.request.extensions().get::<SignedIn>().cloned();
        let on_device = || self.request.cookie(reading::COOKIE).map(|cookie| Reading::from_cookie(cookie.value()));
        let reading = signed_in.as_ref().and_then(|who| who.reading).or_else(on_device).unwrap_or_default();
        let form_token = signed_in.as_ref().map(|who| self.app.keys.form_token(who.user)).transpose()?;
        let nav = signed_in.as_ref().map(|who| who.nav.clone()).unwrap_or_else(public_nav);
        Ok(Frame {
            user_name: signed_in.map(|who| who.name),
            nav: marked(nav, self.path()),
            form_token: form_token.unwrap_or_default(),
            notice: notice.map(|text| text.to_owned()).filter(|text| !text.is_empty()),
            demo: !self.app.demo.is_empty(),
            style_href: assets::address("style.css").to_owned(),
            script_href: assets::address("script.js").to_owned(),
            icon_href: assets::address("icon.svg").to_owned(),
            path: self.request.uri().to_string(),
            reading: reading.classes(),
        })
    }

    /// Answers a deed: onward to a page that says what was done, or 201 with the place for JSON.
    #[must_use]
    pub fn done(&self, location: &str, notice: &str) -> HttpResponse {
        if self.wants_json() {
            return HttpResponse::Created()
                .insert_header((header::LOCATION, location))
                .json(serde_json::json!({ "location": location, "done": notice }));
        }
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, location))
            .cookie(self.notice_cookie(notice.to_owned(), Duration::minutes(1)))
            .finish()
    }

    /// Answers with a file as somebody sent it: to keep, never to show. Whatever is in it, no browser runs it here.
    #[must_use]
    pub fn file(&self, name: &str, content_type: &'static str, bytes: Vec<u8>) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", plain_name(name))))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .content_type(content_type)
            .body(bytes)
    }

    /// Answers with a photograph that was made here, for anybody who sees the page that shows it. It is asked for again after
    /// an hour, so that one that was deleted goes.
    #[must_use]
    pub fn picture(&self, jpeg: Vec<u8>) -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
            .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
            .content_type("image/jpeg")
            .body(jpeg)
    }

    /// Answers with a paper as it was issued: a file to keep, its fingerprint in a header. It carries its own style and
    /// may do nothing else.
    #[must_use]
    pub fn paper(&self, file_name: &str, html: String, sha256: String) -> HttpResponse {
        let file_name = plain_name(file_name);
        HttpResponse::Ok()
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(("x-document-sha256", sha256))
            .content_type("text/html; charset=utf-8")
            .body(html)
    }

    fn notice_cookie(&self, text: String, age: Duration) -> Cookie<'static> {
        Cookie::build(NOTICE, text)
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.app.config.is_secure())
            .max_age(age)
            .finish()
    }

    /// Writes in one transaction, once however often the same form is sent; answers where it led. What the work says that
    /// it did is recorded in the same transaction.
    ///
    /// # Errors
    /// What the work says; a conflict when the form's token is missing, foreign or was used for something else.
    pub async fn write_once<F>(&self, user: UserId, sent: &Submitted, work: F) -> Result<String, Error>
    where
        F: Fn(&mut Tx) -> Result<Done, Error> + Send + 'static,
    {
        let recorder = self.recorder();
        let work = move |tx: &mut Tx| {
            let done = work(tx)?;
            for act in done.acts {
                refuse_lookers(&recorder.author, &act)?;
                recorder.record(tx, act)?;
            }
            Ok(done.location)
        };
        self.in_one_write(user, sent, work).await
    }

    /// One transaction, once for each token.
    async fn in_one_write<F>(&self, user: UserId, sent: &Submitted, work: F) -> Result<String, Error>
    where
        F: Fn(&mut Tx) -> Result<String, Error> + Send + 'static,
    {
        let Some(token) = self.once_token(user, sent)? else {
            return self.app.db.write(work).await;
        };
        let content =
            serde_json::to_string(&sent.fields.content()).map_err(|cause| Error::internal("a form", cause))?;
        let key = OnceKey { user, token, request_sha256: sha256(&format!("{}\n{content}", self.path())) };
        let now = self.app.clock.now().naive_utc();
        self.app.db.write(move |tx| once(tx, &key, now, |tx| work(tx))).await
    }

    /// Writes what a form says, once however often it is sent, into tables that keep their own record: what only a few may
    /// know of must not stand in the record that others read.
    ///
    /// # Errors
    /// The form's messages; otherwise as [`Visit::write_once`].
    pub async fn write_apart<T, F>(
        &self,
        user: UserId,
        sent: &Submitted,
        form: Result<T, Invalid>,
        work: F,
    ) -> Result<String, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Tx, &T) -> Result<String, Error> + Send + 'static,
    {
        let form = form?;
        self.in_one_write(user, sent, move |tx| work(tx, &form)).await
    }

    /// Writes what a form says, as [`Visit::write_once`] does; a form that cannot be used is refused before.
    ///
    /// # Errors
    /// The form's messages; otherwise as [`Visit::write_once`].
    pub async fn write_form<T, F>(
        &self,
        user: UserId,
        sent: &Submitted,
        form: Result<T, Invalid>,
        work: F,
    ) -> Result<String, Error>
    where
        T: Send + 'static,
        F: Fn(&mut Tx, &T) -> Result<Done, Error> + Send + 'static,
    {
        let form = form?;
        self.write_once(user, sent, move |tx| work(tx, &form)).await
    }

    /// The token under which a request is done once: a form must carry its own, JSON may carry an Idempotency-Key.
    fn once_token(&self, user: UserId, sent: &Submitted) -> Result<Option<String>, Error> {
        if sent.is_json {
            let key = self.request.headers().get("idempotency-key").and_then(|value| value.to_str().ok());
            return match key {
                Some(key) if key.is_empty() || key.len() > 200 => {
                    Err(Error::Refused("The Idempotency-Key must have 1 to 200 characters.".to_owned()))
                }
                key => Ok(key.map(|key| format!("key:{key}"))),
            };
        }
        match &sent.form_token {
            Some(token) if self.app.keys.is_form_token(user, token) => Ok(Some(format!("form:{token}"))),
            _ => Err(Error::Conflict("This form is too old to be sent. Open the page again.".to_owned())),
        }
    }
}

/// The network address that a request comes from, as [`Visit::network_address`] says.
#[must_use]
pub fn network_address(request: &HttpRequest, trusted_proxies: usize) -> Option<IpAddr> {
    let seen = request.peer_addr().map(|address| address.ip());
    let Some(from_right) = trusted_proxies.checked_sub(1) else {
        return seen;
    };
    let lines = request.headers().get_all("x-forwarded-for").filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let told = hops.iter().rev().nth(from_right).and_then(|hop| hop.parse().ok());
    told.or(seen)
}

/// A file's name in plain letters, which no header and no file system reads as anything else.
fn plain_name(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
    name.chars().map(plain).collect()
}

/// Refuses what somebody did to a person's things who may only look at them for a time. What is done for an organisation is
/// done by another right.
fn refuse_lookers(author: &Author, act: &Act) -> Result<(), Error> {
    let person = act.person.filter(|_| act.kind == Kind::Act && act.organisation.is_none());
    match person.and_then(|person| author.access_to(person)) {
        None => Ok(()),
        Some(access) => {
            let why = format!("You may look at this for a purpose ({}), and change nothing.", access.purpose);
            Err(Error::Forbidden(why))
        }
    }
}

/// Where somebody who is not signed in can go.
fn public_nav() -> Vec<Link> {
    vec![Link { label: "Find support".to_owned(), href: "/search".to_owned(), current: false }]
}

/// Marks where the visitor is.
fn marked(mut nav: Vec<Link>, path: &str) -> Vec<Link> {
    for link in &mut nav {
        link.current = link.href == path;
    }
    nav
}

/// A form or a JSON body that was sent.
#[derive(Clone, Debug, Default)]
pub struct Submitted {
    /// The fields, without the token.
    pub fields: Fields,
    /// Whether it came as JSON.
    pub is_json: bool,
    form_token: Option<String>,
}

impl Submitted {
    /// What a form sent, once it is read.
    pub(super) fn of_form(request: &HttpRequest, pairs: Vec<(String, String)>) -> Self {
        let mut fields = Fields::from_pairs(pairs);
        let form_token = fields.take("form_token");
        request.extensions_mut().insert(Typed(fields.typed().clone()));
        Self { fields, is_json: false, form_token }
    }
}

/// What was typed into the form of this request, for a page that is shown again after a rule or a lost race said no.
struct Typed(BTreeMap<String, String>);

impl FromRequest for Submitted {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let is_form = request.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let has_body = request.headers().get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
        let bytes = web::Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let bytes = bytes.await.map_err(|_| Failure(Invalid::whole("What was sent is too long.").into()))?;
            if is_json {
                return Ok(Self { fields: Fields::from_json(&bytes)?, is_json, form_token: None });
            }
            if has_body && !is_form {
                return Err(Failure(Invalid::whole("Send a form or JSON.").into()));
            }
            let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes)
                .map_err(|_| Failure(Invalid::whole("The form could not be read.").into()))?;
            Ok(Self::of_form(&request, pairs))
        })
    }
}
