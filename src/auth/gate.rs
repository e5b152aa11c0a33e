//! The gate before every password and every code: tries are counted before they are looked at, for the e-mail address and
//! for the network address, alike whether anybody has that e-mail address or not.

use std::net::IpAddr;

use chrono::TimeDelta;

use super::rules::limits::{Kind, Limit};
use super::store::tries::{self, Subject, Taken};
use crate::db::Tx;
use crate::error::Error;
use crate::web::App;
use crate::web::page::Visit;

/// A try that was let in.
#[derive(Clone, Debug)]
pub struct Try {
    taken: Taken,
}

impl Try {
    /// Lets a try in and counts it.
    ///
    /// # Errors
    /// Too many, with the time to wait; nothing is looked at then, not even a right password.
    pub async fn begin(visit: &Visit, email: &str) -> Result<Self, Error> {
        let subjects = subjects(visit, email)?;
        if subjects.is_empty() {
            return Ok(Self { taken: vec![] });
        }
        let now = visit.app.clock.now();
        let taken = visit.app.db.write(move |tx| tries::take(tx, &subjects, now)).await?;
        Ok(Self { taken })
    }

    /// It was right, and it is all that was asked for: the tries before it are forgotten, but not those from this network
    /// for others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn succeeded(self, app: &App) -> Result<(), Error> {
        if self.taken.is_empty() {
            return Ok(());
        }
        let (emails, networks): (Taken, Taken) =
            self.taken.into_iter().partition(|(subject, _)| subject.limit.kind == Kind::Email);
        let forget = move |tx: &mut Tx, now| {
            emails.iter().try_for_each(|(subject, _)| tries::forget(tx, subject))?;
            tries::give_back(tx, &networks, now)
        };
        let now = app.clock.now();
        app.db.write(move |tx| forget(tx, now)).await
    }

    /// It was right, but something more is asked for. For the e-mail address it stays counted: whoever knows the password
    /// must not wash wrong codes away with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn half_succeeded(self, app: &App) -> Result<(), Error> {
        let networks = self.taken.into_iter().filter(|(subject, _)| subject.limit.kind == Kind::Network).collect();
        Self { taken: networks }.given_back(app).await
    }

    /// It was never looked at.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn given_back(self, app: &App) -> Result<(), Error> {
        if self.taken.is_empty() {
            return Ok(());
        }
        let now = app.clock.now();
        app.db.write(move |tx| tries::give_back(tx, &self.taken, now)).await
    }
}

/// What a try is counted under, as far as there are limits.
fn subjects(visit: &Visit, email: &str) -> Result<Vec<Subject>, Error> {
    let limits = visit.app.config.sign_in;
    let lock = TimeDelta::minutes(limits.lock_minutes.into());
    let mut subjects = vec![];
    if limits.tries > 0 {
        subjects.push(email_subject(&visit.app, email)?);
    }
    if limits.tries_per_network > 0 {
        let limit = Limit { kind: Kind::Network, tries: limits.tries_per_network.into(), lock };
        let network = visit.network_address().map_or_else(|| "inside".to_owned(), network);
        subjects.push(Subject { fingerprint: visit.app.keys.fingerprint("network", &network)?, limit });
    }
    Ok(subjects)
}

/// What the tries for an e-mail address are counted under.
///
/// # Errors
/// When the key cannot be used.
pub fn email_subject(app: &App, email: &str) -> Result<Subject, Error> {
    let lock = TimeDelta::minutes(app.config.sign_in.lock_minutes.into());
    let limit = Limit { kind: Kind::Email, tries: app.config.sign_in.tries.into(), lock };
    Ok(Subject { fingerprint: app.keys.fingerprint("email", &email.trim().to_lowercase())?, limit })
}

/// The network that somebody comes from: of IPv6 the half that a household has to itself.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_network() {
        for (address, is) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2"),
        ] {
            assert_eq!(network(address.parse().unwrap()), is);
        }
    }
}
