//! The HTTP client: a [`Request`] in, a [`Reply`] out.
//!
//! Owns limits, time-outs, retries and the roster stream. It follows no redirect, uses no proxy
//! but the one it is given, and never names a secret in an error. Must not know who asks: the
//! command line, the wizard and the tests all use it alike.

mod answer;
pub mod endpoint;
pub mod raw;
pub mod retry;
mod roster;
#[cfg(test)]
mod tests;

use std::any::Any;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect;

use self::answer::{Answer, Expected, cause, retry_after, silent, told_now, unreachable};
use self::endpoint::Endpoint;
use self::retry::{RetryPolicy, is_being_done, is_not_now, may_be_done};
use crate::api::call::{ApiError, Body, Method, Reply, Request};
use crate::api::demo::KEY_HEADER;
use crate::api::draft::{HOLD, Hold};
use crate::api::endpoint::Kind;
use crate::api::roster::{BLOCKS, LINES};
use crate::api::route::Pace;
use crate::api::session::{Secret, SignInCall};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// An idle connection is not used again after so long: well before the backend closes it (15 s),
/// so that no request meets a closing door.
const IDLE: Duration = Duration::from_secs(8);
/// How long the backend may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How long it may be silent over a whole roster: reading, planning, exporting.
const LONG_SILENCE: Duration = Duration::from_mins(5);
/// What a long poll may take beyond the time it waits.
const POLL_MARGIN: Duration = Duration::from_secs(10);
/// The most bytes of a JSON answer.
const JSON_BYTES: usize = 64 << 20;
/// The most bytes of a file.
const FILE_BYTES: usize = 1 << 30;

/// How to reach backends.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The proxy for every request to an https backend; without one there is none, whatever
    /// `HTTPS_PROXY` says.
    pub proxy: Option<String>,
    /// When and how requests are sent again.
    pub retry: RetryPolicy,
    /// The key of the demo that runs in this process.
    pub demo_key: Option<Secret>,
    /// The `Idempotency-Key` of every write, where a write that was not answered is repeated.
    pub key: Option<String>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The proxy's URL.
    #[error("the proxy setting is not a URL such as http://proxy.acme.example:3128")]
    Proxy,
    /// The token has characters that no header may have.
    #[error("the token holds characters that no token has; sign in again with `hublink login`")]
    Token,
    /// A system without CAs, such as a bare container.
    #[error(
        "this system has no CA certificates to check the backend's certificate with: install them \
         (the package is mostly called ca-certificates)"
    )]
    NoTrust,
    /// The HTTP library.
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
}

/// A client of one backend, as one person. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    endpoint: Endpoint,
    bearer: Option<HeaderValue>,
    demo_key: Option<HeaderValue>,
    hold: Option<HeaderValue>,
    key: Option<String>,
    retry: RetryPolicy,
    /// The roster that was read last, as this person.
    last: roster::Last,
}

impl Client {
    /// A client that is not signed in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn new(endpoint: Endpoint, options: &Options) -> Result<Self, ClientError> {
        // A second installation fails, which is as good as the first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("hublink/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE);
        // What goes to this machine needs no proxy, and would tell it the token in clear.
        if let Some(proxy) = options.proxy.as_ref().filter(|_| !endpoint.is_plain()) {
            let proxy = reqwest::Proxy::all(proxy).map_err(|_| ClientError::Proxy)?;
            builder = builder.proxy(proxy);
        }
        builder = if endpoint.is_plain() {
            // Nothing of the system's certificate store is needed, and reading it takes time.
            builder.tls_certs_only([])
        } else {
            builder.https_only(true)
        };
        let http = builder.build().map_err(|error| match cause(error) {
            // The library has no other word for it.
            words if words.contains("No CA certificates") => ClientError::NoTrust,
            words => ClientError::Setup(words),
        })?;
        let demo_key = options.demo_key.as_ref().map(|key| secret_header(key.expose()));
        let demo_key = demo_key.transpose()?;
        let retry = options.retry;
        let last = roster::Last::default();
        let key = options.key.clone();
        Ok(Self { http, endpoint, bearer: None, hold: None, demo_key, key, retry, last })
    }

    /// The same client, signed in with a session or a personal token; `None` signs out.
    ///
    /// # Errors
    /// [`ClientError::Token`].
    pub fn with_token(&self, token: Option<&Secret>) -> Result<Self, ClientError> {
        let bearer = token.map(|token| secret_header(&format!("Bearer {}", token.expose().trim())));
        let last = roster::Last::default();
        Ok(Self { bearer: bearer.transpose()?, last, ..self.clone() })
    }

    /// The same client, for a wizard's page that holds a draft: its writes say so.
    #[must_use]
    pub fn under(&self, hold: Option<&Hold>) -> Self {
        let hold = hold.and_then(|hold| HeaderValue::try_from(hold.to_header()).ok());
        Self { hold, ..self.clone() }
    }

    /// The backend.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Whether a token is sent along.
    pub fn is_signed_in(&self) -> bool {
        self.bearer.is_some()
    }

    /// Sends a request and reads its answer. A write carries `key` as its `Idempotency-Key`, or a
    /// random one; it stays the same over retries.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn send(&self, request: &Request, key: Option<&str>) -> Result<Reply, ApiError> {
        self.send_dated(request, key).await.1
    }

    /// As [`Client::send`], and takes the answer.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn ask<T: Any + Clone>(&self, request: &Request) -> Result<T, ApiError> {
        // Boxed: whoever asks is nested in others who ask.
        Box::pin(self.send(request, None)).await?.take()
    }

    /// As [`Client::send`], with the backend's now as the answer tells it, a refusal too.
    pub async fn send_dated(
        &self,
        request: &Request,
        key: Option<&str>,
    ) -> (Option<Timestamp>, Result<Reply, ApiError>) {
        let mut now = None;
        let result = self.sent(request, key, &mut now).await;
        (now, result)
    }

    async fn sent(
        &self,
        request: &Request,
        key: Option<&str>,
        now: &mut Option<Timestamp>,
    ) -> Result<Reply, ApiError> {
        let mut arrived = false;
        let key = key.or(self.key.as_deref()).map_or_else(random_key, str::to_owned);
        let result = self.answered(request, Some(&key), now, &mut arrived).await;
        // A write that may have been carried out is never told as one that was not.
        let may_be_done = request.method() != Method::Get && arrived;
        result.map_err(|error| if may_be_done { error.of_a_write(&key) } else { error })
    }

    async fn answered(
        &self,
        request: &Request,
        key: Option<&str>,
        now: &mut Option<Timestamp>,
        arrived: &mut bool,
    ) -> Result<Reply, ApiError> {
        let answer = self.exchange(request, key, now, arrived).await?;
        let most = if expected(request) == Expected::File { FILE_BYTES } else { JSON_BYTES };
        let body = answer.whole(most).await?;
        (request.about.read)(&body).map_err(|error| {
            let url = self.endpoint.named(&request.target);
            ApiError::Malformed(format!("{url}: {error}").into())
        })
    }

    /// Sends a request until there is an answer that is worth reading. `arrived`: it may have been
    /// carried out, as far as one can tell.
    async fn exchange(
        &self,
        request: &Request,
        key: Option<&str>,
        now: &mut Option<Timestamp>,
        arrived: &mut bool,
    ) -> Result<Answer, ApiError> {
        let url = self.endpoint.named(&request.target);
        let (expected, patience) = (expected(request), patience(request));
        let headers = self.headers(request, expected, key);
        let mut attempt = 1;
        loop {
            let sent = self.dispatch(request, headers.clone());
            let outcome = match tokio::time::timeout(patience, sent).await {
                Err(_) => {
                    *arrived = true;
                    return Err(unreachable(&url, &silent(patience)));
                }
                Ok(Err(error)) if !error.is_connect() => {
                    *arrived = true;
                    return Err(unreachable(&url, &cause(error)));
                }
                Ok(outcome) => outcome.map_err(|error| unreachable(&url, &cause(error))),
            };
            *arrived |= outcome.as_ref().is_ok_and(|response| may_be_done(response.status()));
            let pause = match &outcome {
                Ok(response) if !is_not_now(response.status()) && !is_being_done(response) => None,
                Ok(response) => self.retry.wait(attempt, retry_after(response), dice()),
                Err(_) => self.retry.wait(attempt, None, dice()),
            };
            let Some(pause) = pause else {
                let response = outcome?;
                *now = told_now(&response);
                return Answer::check(response, expected, patience, url).await;
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    async fn dispatch(
        &self,
        request: &Request,
        headers: HeaderMap,
    ) -> reqwest::Result<reqwest::Response> {
        let method = match request.method() {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let sent = self.http.request(method, self.endpoint.join(&request.target)).headers(headers);
        match &request.body {
            Body::Empty => sent,
            Body::Json(bytes) | Body::File(bytes) => sent.body(bytes.clone()),
        }
        .send()
        .await
    }

    fn headers(&self, request: &Request, expected: Expected, key: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            ACCEPT,
            HeaderValue::from_static(match expected {
                Expected::Json | Expected::Nothing => "application/json, application/problem+json",
                Expected::Lines => "application/x-ndjson, application/problem+json",
                Expected::Blocks => "application/vnd.hublink.roster, application/problem+json",
                Expected::File | Expected::Anything => "*/*",
            }),
        );
        // Signing in carries no session: an old one must not stop it.
        if let Some(bearer) = self.bearer.as_ref().filter(|_| !request.is::<SignInCall>()) {
            headers.insert(AUTHORIZATION, bearer.clone());
        }
        if let Some(key) = &self.demo_key {
            headers.insert(KEY_HEADER, key.clone());
        }
        match request.body {
            Body::Empty => {}
            Body::Json(_) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            }
            Body::File(_) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
            }
        }
        if request.method() != Method::Get {
            if let Some(hold) = &self.hold {
                headers.insert(HOLD, hold.clone());
            }
            let key = key.map_or_else(random_key, str::to_owned);
            let key = HeaderValue::try_from(key);
            headers.insert("idempotency-key", key.unwrap_or(HeaderValue::from_static("0")));
        }
        headers
    }
}

/// What a good answer to this request looks like.
fn expected(request: &Request) -> Expected {
    match (request.about.kind, request.about.route.media) {
        (Kind::Nothing, _) => Expected::Nothing,
        (Kind::Json, _) => Expected::Json,
        (Kind::File, LINES) => Expected::Lines,
        (Kind::File, BLOCKS) => Expected::Blocks,
        (Kind::File, _) => Expected::File,
    }
}

/// How long the backend may be silent over this request.
fn patience(request: &Request) -> Duration {
    match request.about.route.pace {
        Pace::Brief => SILENCE,
        Pace::Long => LONG_SILENCE,
        Pace::Waits => SILENCE.max(waits(&request.target) + POLL_MARGIN),
    }
}

/// The query's `wait`.
fn waits(path: &str) -> Duration {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let wait = query.split('&').find_map(|pair| pair.strip_prefix("wait="));
    Duration::from_secs(wait.and_then(|seconds| seconds.parse().ok()).unwrap_or(0))
}

/// A header that no log shows.
fn secret_header(text: &str) -> Result<HeaderValue, ClientError> {
    let mut value = HeaderValue::try_from(text).map_err(|_| ClientError::Token)?;
    value.set_sensitive(true);
    Ok(value)
}

/// A new `Idempotency-Key`: 128 random bits in hexadecimal.
pub fn random_key() -> String {
    let mut bytes = [0; 16];
    // Without randomness from the system a fixed key would be refused as reused: that is safe.
    let _ = getrandom::fill(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn dice() -> u32 {
    getrandom::u32().unwrap_or(u32::MAX)
}
