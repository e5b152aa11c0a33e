//! How much one network address may ask for, and how long one request may take.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::App;
use super::page::{Failure, network_address};
use crate::config::Config;
use crate::error::Error;

/// The limits of one server. They guard the machine; the limits on signing in guard the accounts and are kept apart.
pub struct Limits {
    requests: Option<DefaultKeyedRateLimiter<IpAddr>>,
    longest: Duration,
}

impl Limits {
    /// The limits that the settings give.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let minute = NonZeroU32::new(config.requests_per_minute);
        Self {
            requests: minute.map(|count| RateLimiter::keyed(Quota::per_minute(count))),
            longest: config.longest_request,
        }
    }

    /// Whether an address may ask once more; else how long it waits.
    ///
    /// # Errors
    /// How long until it may.
    fn check(&self, address: IpAddr) -> Result<(), Duration> {
        let Some(requests) = &self.requests else {
            return Ok(());
        };
        requests.check_key(&household(address)).map_err(|not_yet| not_yet.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets the addresses that have asked for nothing lately, so that many visitors take no memory for ever.
    pub fn forget(&self) {
        if let Some(requests) = &self.requests {
            requests.retain_recent();
            requests.shrink_to_fit();
        }
    }
}

/// One subscriber's addresses count as one: of version 6 each has a whole network of 64 bits.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
        of_version_4 => of_version_4,
    }
}

/// Lets nobody ask for more than their share, and no request take longer than it may: a body that trickles in, or work that
/// hangs, gives its place free. What was already handed to the database is done all the same, and sending the form again
/// finds it done.
///
/// # Errors
/// Never; a refusal is an answer.
pub async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(app) = request.app_data::<web::Data<App>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let address = network_address(request.request(), app.config.trusted_proxies);
    if let Some(Err(wait)) = address.map(|address| app.limits.check(address)) {
        let seconds = wait.as_secs() + 1;
        let why = format!("Too many pages were asked for from where you are. Try again in {seconds} seconds.");
        let mut answer = request.error_response(Failure(Error::TooMany(why)));
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
        return Ok(answer);
    }
    match tokio::time::timeout(app.limits.longest, next.call(request)).await {
        Ok(answer) => Ok(answer?.map_into_boxed_body()),
        Err(_) => Err(Failure(Error::Busy).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(set: &'static str) -> Limits {
        Limits::new(
            &Config::from_values(|name| (name == "TAILORMADE_REQUESTS_PER_MINUTE").then(|| set.to_owned())).unwrap(),
        )
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_its_share_and_another_its_own() {
        let limits = limits("3");
        let asks = |from: &str| limits.check(address(from)).is_ok();
        assert!(asks("192.0.2.1") && asks("192.0.2.1") && asks("192.0.2.1"));
        let wait = limits.check(address("192.0.2.1")).unwrap_err();
        assert!(wait <= Duration::from_secs(20), "{wait:?}");
        assert!(asks("192.0.2.2"));
    }

    #[test]
    fn one_subscriber_has_one_share_in_version_6() {
        let limits = limits("1");
        assert!(limits.check(address("2001:db8::1")).is_ok());
        assert!(limits.check(address("2001:db8::2")).is_err());
        assert!(limits.check(address("2001:db8:0:1::1")).is_ok());
        assert!(limits.check(address("::ffff:192.0.2.1")).is_ok());
        assert!(limits.check(address("192.0.2.1")).is_err());
    }

    #[test]
    fn no_limit_is_no_limit() {
        let limits = limits("0");
        assert!((0..10_000).all(|_| limits.check(address("192.0.2.1")).is_ok()));
    }
}
