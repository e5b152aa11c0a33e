//! People of the story at work: each signs in and uses the same pages as everybody, as JSON, inside this process.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::seed::{PASSWORD, Party};
use crate::auth::rules::codes::Secret;
use crate::error::Error;
use crate::server::{Inside, Reply};

/// Somebody of the story with their cookies.
pub struct Someone<'a> {
    app: &'a Inside,
    party: &'a Party,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Someone<'a> {
    /// Signs in.
    pub async fn signs_in(app: &'a Inside, party: &'a Party) -> Result<Self, Error> {
        let someone = Self { app, party, cookies: RefCell::default() };
        someone.sign_in().await?;
        Ok(someone)
    }

    async fn sign_in(&self) -> Result<(), Error> {
        self.cookies.borrow_mut().clear();
        let body = json!({ "email": self.party.email, "password": PASSWORD });
        let reply = self.once("/sign-in", "application/json", Some(&body)).await?;
        match self.party.second_factor {
            Some(secret) if reply.status == 201 => self.enter_code(&Secret::of(secret)).await,
            None if reply.status == 201 => Ok(()),
            _ => Err(self.unexpected("/sign-in", &reply)),
        }
    }

    /// The second step. A code is good once, and the story may sign in twice while its clock stands still: then the next
    /// code is taken already, as a telephone that is fast would show it.
    async fn enter_code(&self, secret: &Secret) -> Result<(), Error> {
        let now = self.app.clock.now();
        for used in [0, now.timestamp() / 30] {
            let body = json!({ "code": secret.usable_code(used, now)? });
            let reply = self.once("/sign-in/code", "application/json", Some(&body)).await?;
            match reply.status {
                201 => return Ok(()),
                422 => {}
                _ => return Err(self.unexpected("/sign-in/code", &reply)),
            }
        }
        Err(Error::Internal(format!("{}: two codes were used already", self.party.name)))
    }

    /// One request; keeps the cookies that come back.
    async fn once(&self, path: &str, accept: &str, body: Option<&Value>) -> Result<Reply, Error> {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = self.app.ask(path, accept, &cookies.join("; "), body).await?;
        for cookie in &reply.cookies {
            if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(reply)
    }

    /// One request; signs in again when the story's weeks have outlasted the sign-in.
    async fn ask(&self, path: &str, accept: &str, body: Option<&Value>, expected: u16) -> Result<Reply, Error> {
        let mut reply = self.once(path, accept, body).await?;
        if matches!(reply.status, 401 | 303) {
            self.sign_in().await?;
            reply = self.once(path, accept, body).await?;
        }
        if reply.status == expected { Ok(reply) } else { Err(self.unexpected(path, &reply)) }
    }

    fn unexpected(&self, path: &str, reply: &Reply) -> Error {
        Error::Internal(format!("{}: {path}: {} {}", self.party.name, reply.status, reply.body))
    }

    /// Does something; answers where it led.
    pub async fn posts(&self, path: &str, body: &Value) -> Result<String, Error> {
        let reply = self.ask(path, "application/json", Some(body), 201).await?;
        reply.location.clone().ok_or_else(|| self.unexpected(path, &reply))
    }

    /// Looks at something.
    pub async fn sees(&self, path: &str) -> Result<Value, Error> {
        let reply = self.ask(path, "application/json", None, 200).await?;
        serde_json::from_str(&reply.body).map_err(|_| self.unexpected(path, &reply))
    }

    /// Takes a page or a paper as it is shown.
    pub async fn takes(&self, path: &str) -> Result<String, Error> {
        Ok(self.ask(path, "text/html", None, 200).await?.body)
    }
}

/// The last part of a path: the number of the thing that was made.
pub fn number(location: &str) -> Result<&str, Error> {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/')
        .next()
        .filter(|last| last.parse::<i64>().is_ok())
        .ok_or_else(|| Error::Internal(location.to_owned()))
}
