//! How a handler asks for the actor: a signed-out visitor is sent to sign in before the handler runs.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::rights::Actor;
use crate::error::Error;
use crate::web::page::Failure;

impl FromRequest for Actor {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or(Failure(Error::SignIn)))
    }
}
