//! Sign-in at an organisation's own identity provider, by OpenID Connect with the authorisation code flow and PKCE.
//!
//! Which organisations have one stands in a file of the operator's (`TAILORMADE_OPENID_FILE`), because it holds secrets.
//! The provider says who somebody is; what they may do here follows from their memberships, as for everybody.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use serde::{Deserialize, Serialize};

use super::Identity;
use crate::error::Error;
use crate::ids::OrganisationId;

/// How long what a provider publishes about itself (its addresses, its keys) is used before it is asked again.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(1);
/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// One organisation's identity provider, as the operator's file says it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Whose members sign in there.
    pub organisation: OrganisationId,
    /// The organisation's name, as the sign-in page shows it.
    pub name: String,
    /// The provider's own name for itself: an https address.
    pub issuer: String,
    /// What the provider calls this server.
    pub client_id: String,
    /// The secret that the provider gave this server.
    pub client_secret: String,
    /// Whether the provider asks everybody for a second factor, so that none is asked here. Otherwise what it says about
    /// the sign-in itself counts.
    #[serde(default)]
    pub always_second_factor: bool,
    /// Whether an e-mail address counts that the provider does not call verified: only where nobody there can change
    /// their own.
    #[serde(default)]
    pub addresses_are_verified: bool,
}

/// What must be remembered between sending somebody to a provider and their return.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Journey {
    /// Which organisation's provider.
    pub organisation: i64,
    /// Proves that the return belongs to this browser.
    pub state: String,
    /// Proves that the identity was made for this sign-in.
    pub nonce: String,
    /// Proves to the provider that the return belongs to who asked.
    pub verifier: String,
    /// Where they wanted to go.
    pub next: String,
    /// Until when they must be back, in seconds since 1970.
    pub until: i64,
}

/// All providers, and what each published about itself.
pub struct OpenId {
    providers: Vec<Provider>,
    known: Mutex<HashMap<OrganisationId, (DateTime<Utc>, CoreProviderMetadata)>>,
}

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

impl OpenId {
    /// Nobody's.
    #[must_use]
    pub fn none() -> Self {
        Self { providers: vec![], known: Mutex::default() }
    }

    /// Reads the operator's file: a JSON list of providers.
    ///
    /// # Errors
    /// When it cannot be read, or says something that cannot be used.
    pub fn from_file(file: &Path) -> Result<Self, Error> {
        let wrong = |cause: &dyn std::fmt::Display| {
            Error::Refused(format!("TAILORMADE_OPENID_FILE is {}, which cannot be used: {cause}.", file.display()))
        };
        let text = std::fs::read_to_string(file).map_err(|cause| wrong(&cause))?;
        let providers: Vec<Provider> = serde_json::from_str(&text).map_err(|cause| wrong(&cause))?;
        if let Some(open) = providers.iter().find(|provider| !may_be_issuer(&provider.issuer)) {
            return Err(wrong(&format!("{} is no https address", open.issuer)));
        }
        Ok(Self { providers, known: Mutex::default() })
    }

    /// The organisations whose members can sign in at their own provider.
    #[must_use]
    pub fn providers(&self) -> &[Provider] {
        &self.providers
    }

    fn provider(&self, organisation: OrganisationId) -> Result<&Provider, Error> {
        self.providers.iter().find(|provider| provider.organisation == organisation).ok_or(Error::NotFound)
    }

    /// What a provider published about itself, asked for at most once an hour. Talks to the network: not for a request's
    /// own thread.
    fn metadata(&self, provider: &Provider, now: DateTime<Utc>) -> Result<CoreProviderMetadata, Error> {
        let known = || self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((since, metadata)) = known().get(&provider.organisation)
            && now - *since < KNOWN_FOR
        {
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|cause| Error::internal("an issuer", cause))?;
        let metadata = CoreProviderMetadata::discover(&issuer, &ask).map_err(|cause| unreachable(provider, &cause))?;
        known().insert(provider.organisation, (now, metadata.clone()));
        Ok(metadata)
    }

    fn client(&self, provider: &Provider, back: &str, now: DateTime<Utc>) -> Result<Client, Error> {
        let back = RedirectUrl::new(back.to_owned()).map_err(|cause| Error::internal("the way back", cause))?;
        let secret = ClientSecret::new(provider.client_secret.clone());
        let metadata = self.metadata(provider, now)?;
        let id = ClientId::new(provider.client_id.clone());
        Ok(CoreClient::from_provider_metadata(metadata, id, Some(secret)).set_redirect_uri(back))
    }

    /// Where to send somebody, and what to remember until they are back. Blocks on the network.
    ///
    /// # Errors
    /// Not found, when the organisation has no provider; refused, when the provider cannot be reached.
    pub fn begin(
        &self,
        organisation: OrganisationId,
        back: &str,
        next: String,
        now: DateTime<Utc>,
    ) -> Result<(String, Journey), Error> {
        let client = self.client(self.provider(organisation)?, back, now)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (address, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let journey = Journey {
            organisation: organisation.number(),
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            next,
            until: (now + super::BACK_WITHIN).timestamp(),
        };
        Ok((address.to_string(), journey))
    }

    /// Who came back, as the provider vouches for it. Blocks on the network.
    ///
    /// # Errors
    /// Refused, when the provider does not vouch for them.
    pub fn finish(&self, journey: &Journey, back: &str, code: String, now: DateTime<Utc>) -> Result<Identity, Error> {
        let provider = self.provider(OrganisationId::new(journey.organisation))?;
        let client = self.client(provider, back, now)?;
        let exchange =
            client.exchange_code(AuthorizationCode::new(code)).map_err(|cause| not_vouched(provider, &cause))?;
        let verifier = PkceCodeVerifier::new(journey.verifier.clone());
        let answer = exchange.set_pkce_verifier(verifier).request(&ask);
        let answer = answer.map_err(|cause| not_vouched(provider, &cause))?;
        let token = answer.id_token().ok_or_else(|| not_vouched(provider, &"there was no identity in its answer"))?;
        let checks = client.id_token_verifier().set_time_fn(move || now);
        let claims = token.claims(&checks, &Nonce::new(journey.nonce.clone()));
        let claims = claims.map_err(|cause| not_vouched(provider, &cause))?;
        Ok(identity(provider, claims))
    }
}

fn identity(provider: &Provider, claims: &CoreIdTokenClaims) -> Identity {
    let verified = claims.email_verified().unwrap_or(provider.addresses_are_verified);
    let methods = claims.auth_method_refs().into_iter().flatten();
    // The names are those of RFC 8176.
    let strong = methods.map(|method| method.as_str()).any(|method| ["mfa", "otp", "hwk"].contains(&method));
    Identity {
        issuer: claims.issuer().to_string(),
        subject: claims.subject().to_string(),
        email: claims.email().filter(|_| verified).map(|email| email.to_string()),
        second_factor: provider.always_second_factor || strong,
    }
}

/// Plain http only on this machine, as for the site itself.
fn may_be_issuer(address: &str) -> bool {
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    address.starts_with("https://") || local.iter().any(|start| address.starts_with(start))
}

fn unreachable(provider: &Provider, cause: &dyn std::fmt::Display) -> Error {
    tracing::error!("{} cannot be asked who somebody is: {cause}", provider.issuer);
    Error::Refused(format!(
        "The sign-in of {} does not answer. Try again later, or sign in with a password.",
        provider.name
    ))
}

fn not_vouched(provider: &Provider, cause: &dyn std::fmt::Display) -> Error {
    tracing::warn!("{} does not vouch for somebody: {cause}", provider.issuer);
    Error::Refused(format!("{} did not confirm who you are. Begin again.", provider.name))
}

/// Why a provider could not be asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NotAsked(String);

/// Asks a provider; never follows it elsewhere.
fn ask(request: HttpRequest) -> Result<HttpResponse, NotAsked> {
    let failed = |cause: &dyn std::fmt::Display| NotAsked(cause.to_string());
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .into();
    let response = agent.run(request).map_err(|cause| failed(&cause))?;
    let (parts, mut body) = response.into_parts();
    let bytes = body.with_config().limit(LARGEST).read_to_vec().map_err(|cause| failed(&cause))?;
    Ok(HttpResponse::from_parts(parts, bytes))
}
