//! People of the story at work: each signs in and uses the same pages as everybody, as JSON, inside this process.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::seed::{PASSWORD, Party};
use crate::error::Error;
use crate::server::Inside;

/// Somebody who is signed in.
pub struct Someone<'a> {
    app: &'a Inside,
    name: &'static str,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Someone<'a> {
    /// Signs in.
    pub async fn signs_in(app: &'a Inside, party: &Party) -> Result<Self, Error> {
        let someone = Self { app, name: party.name, cookies: RefCell::default() };
        someone.posts("/sign-in", &json!({ "email": party.email, "password": PASSWORD })).await?;
        Ok(someone)
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.borrow();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// Does something; answers where it led.
    pub async fn posts(&self, path: &str, body: &Value) -> Result<String, Error> {
        let reply = self.app.ask(path, "application/json", &self.cookie_header(), Some(body)).await?;
        for cookie in &reply.cookies {
            let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        let unexpected = || Error::Internal(format!("{}: POST {path}: {} {}", self.name, reply.status, reply.body));
        if reply.status != 201 {
            return Err(unexpected());
        }
        reply.location.clone().ok_or_else(unexpected)
    }

    /// Looks at something.
    pub async fn sees(&self, path: &str) -> Result<Value, Error> {
        let reply = self.app.ask(path, "application/json", &self.cookie_header(), None).await?;
        let unexpected = || Error::Internal(format!("{}: GET {path}: {} {}", self.name, reply.status, reply.body));
        if reply.status != 200 {
            return Err(unexpected());
        }
        serde_json::from_str(&reply.body).map_err(|_| unexpected())
    }

    /// Takes a page or a paper as it is shown.
    pub async fn takes(&self, path: &str) -> Result<String, Error> {
        let reply = self.app.ask(path, "text/html", &self.cookie_header(), None).await?;
        if reply.status == 200 {
            Ok(reply.body)
        } else {
            Err(Error::Internal(format!("{}: GET {path}: {} {}", self.name, reply.status, reply.body)))
        }
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
