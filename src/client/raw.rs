//! Requests that nobody knows beforehand: a method, a path, headers, a body (`hublink api`).
//!
//! Owns that such a request goes to the backend alone, below its base URL, and carries the session
//! there and nowhere else. Retries, limits and the key of a write are those of every request. Must
//! not read the answer's body.

use std::str::FromStr as _;

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::answer::{Answer, Expected, cause, retry_after, silent, unreachable};
use super::endpoint::Endpoint;
use super::retry::{is_being_done, is_not_now, may_be_done};
use super::{Client, FILE_BYTES, LONG_SILENCE, dice, random_key};
use crate::api::call::ApiError;
use crate::domain::untrusted::Untrusted;

/// What nobody but the client says.
const OWN: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "host",
    "idempotency-key",
    "content-length",
    "transfer-encoding",
    "connection",
];

/// A request as it is written.
#[derive(Debug, Clone)]
pub struct Raw {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Bytes>,
}

/// Why there is no such request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RawError {
    /// The method.
    #[error("{0} is no method; write GET, POST, PUT, PATCH or DELETE")]
    Method(String),
    /// Another host, or another part of this one.
    #[error("{0} is not below {1}: the session goes to the backend alone")]
    OtherHost(String, String),
    /// No path at all.
    #[error("{0} is no path; write one such as /v1/sites")]
    Path(String),
    /// A header.
    #[error("{0} is no header; write one such as 'Accept: application/json'")]
    Header(String),
    /// A header that is not for anybody to write.
    #[error("{0} is the client's to say; a session comes from `hublink login` or HUBLINK_TOKEN")]
    Own(String),
}

/// The head of an answer.
#[derive(Debug, Clone, Default)]
pub struct Head {
    /// The first line, such as `HTTP/1.1 200 OK`.
    pub status: String,
    /// The headers in their order; text from outside.
    pub headers: Vec<(String, Untrusted)>,
    /// The media type, without parameters.
    pub media: String,
}

impl Raw {
    /// A request to a backend. A path without a slash is one below `/v1/`; a whole URL must be the
    /// backend's.
    ///
    /// # Errors
    /// [`RawError`].
    pub fn new(endpoint: &Endpoint, method: &str, path: &str) -> Result<Self, RawError> {
        let shown = |text: &str| Untrusted::new(text).shown_in(80).to_string();
        let method = match method.to_ascii_uppercase().as_str() {
            known @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE") => Method::from_str(known).ok(),
            _ => None,
        }
        .ok_or_else(|| RawError::Method(shown(method)))?;
        let path = below(endpoint, path)?;
        Ok(Self { method, path, headers: HeaderMap::new(), body: None })
    }

    /// The path with its query, below the base URL.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The method.
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Whether it changes something.
    pub fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// Adds pairs to the query.
    #[must_use]
    pub fn asking(mut self, pairs: &[(String, String)]) -> Self {
        if let Ok(query) = serde_urlencoded::to_string(pairs)
            && !query.is_empty()
        {
            self.path.push(if self.path.contains('?') { '&' } else { '?' });
            self.path.push_str(&query);
        }
        self
    }

    /// Adds a header, written `Name: value`.
    ///
    /// # Errors
    /// [`RawError`].
    pub fn header(mut self, line: &str) -> Result<Self, RawError> {
        let wrong = || RawError::Header(Untrusted::new(line).shown_in(80).to_string());
        let (name, value) = line.split_once(':').ok_or_else(wrong)?;
        let name = HeaderName::from_str(name.trim()).map_err(|_| wrong())?;
        if OWN.contains(&name.as_str()) {
            return Err(RawError::Own(name.as_str().to_owned()));
        }
        let value = HeaderValue::from_str(value.trim()).map_err(|_| wrong())?;
        self.headers.append(name, value);
        Ok(self)
    }

    /// Gives it a body of this media type, unless a header names another.
    #[must_use]
    pub fn body(mut self, bytes: Bytes, media: &'static str) -> Self {
        self.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(media));
        self.body = Some(bytes);
        self
    }
}

/// The path below the backend's base URL, as it will be asked.
fn below(endpoint: &Endpoint, text: &str) -> Result<String, RawError> {
    let shown = || Untrusted::new(text).shown_in(120).to_string();
    let other = || RawError::OtherHost(shown(), endpoint.to_string());
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        let before = match text {
            "" => return Err(RawError::Path(shown())),
            text if text.starts_with('/') => "",
            text if text.starts_with("v1/") => "/",
            _ => "/v1/",
        };
        format!("{}{before}{text}", endpoint.as_str())
    };
    let url = Url::parse(&whole).map_err(|_| RawError::Path(shown()))?;
    let base = Url::parse(endpoint.as_str()).map_err(|_| RawError::Path(shown()))?;
    let root = base.path().trim_end_matches('/');
    let same =
        url.origin() == base.origin() && url.username().is_empty() && url.password().is_none();
    let path = url.path().strip_prefix(root).filter(|path| path.starts_with('/'));
    let path = path.filter(|_| same).ok_or_else(other)?;
    Ok(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

impl Client {
    /// Sends it. A write carries the client's key, or a fresh one. Answers the head, where there is
    /// one, and the body or the refusal.
    pub async fn send_raw(&self, asked: &Raw) -> (Option<Head>, Result<Bytes, ApiError>) {
        let key = self.key.clone().unwrap_or_else(random_key);
        let (mut head, mut arrived) = (None, false);
        let result = self.ask_raw(asked, &key, &mut head, &mut arrived).await;
        let may_be_done = asked.is_write() && arrived;
        (head, result.map_err(|error| if may_be_done { error.of_a_write(&key) } else { error }))
    }

    async fn ask_raw(
        &self,
        asked: &Raw,
        key: &str,
        head: &mut Option<Head>,
        arrived: &mut bool,
    ) -> Result<Bytes, ApiError> {
        let url = self.endpoint().named(&asked.path);
        let headers = self.raw_headers(asked, key);
        let mut attempt = 1;
        loop {
            let request =
                self.http.request(asked.method.clone(), self.endpoint().join(&asked.path));
            let request = request.headers(headers.clone());
            let request = match &asked.body {
                Some(body) => request.body(body.clone()),
                None => request,
            };
            let outcome = match tokio::time::timeout(LONG_SILENCE, request.send()).await {
                Err(_) => {
                    *arrived = true;
                    return Err(unreachable(&url, &silent(LONG_SILENCE)));
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
                *head = Some(head_of(&response));
                let answer = Answer::check(response, Expected::Anything, LONG_SILENCE, url).await?;
                return answer.whole(FILE_BYTES).await;
            };
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    fn raw_headers(&self, asked: &Raw, key: &str) -> HeaderMap {
        let mut headers = asked.headers.clone();
        headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        if let Some(bearer) = &self.bearer {
            headers.insert(AUTHORIZATION, bearer.clone());
        }
        if asked.is_write()
            && let Ok(key) = HeaderValue::try_from(key)
        {
            headers.insert("idempotency-key", key);
        }
        headers
    }
}

fn head_of(response: &reqwest::Response) -> Head {
    let headers = response.headers();
    let media = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.to_string(), Untrusted::new(String::from_utf8_lossy(value.as_bytes())))
    };
    Head {
        status: format!("{:?} {}", response.version(), response.status()),
        media: media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
        headers: headers.iter().map(line).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i16_a_path_stays_below_the_backend_whatever_is_written() {
        let hub = Endpoint::parse("https://hub.example/base", false).unwrap();
        for (text, want) in [
            ("/v1/sites", "/v1/sites"),
            ("sites?limit=2", "/v1/sites?limit=2"),
            ("v1/me", "/v1/me"),
            ("/healthz#top", "/healthz"),
            ("https://hub.example/base/v1/me", "/v1/me"),
            ("https://HUB.example:443/base/v1/me", "/v1/me"),
            ("/v1/../v1/me", "/v1/me"),
        ] {
            assert_eq!(below(&hub, text).as_deref(), Ok(want), "{text}");
        }
        for text in [
            "https://evil.example/base/v1/me",
            "http://hub.example/base/v1/me",
            "https://hub.example:8443/base/v1/me",
            "https://hub.example@evil.example/base/v1/me",
            "https://fay:secret@hub.example/base/v1/me",
            "https://hub.example/v1/me",
            "https://hub.example/based/v1/me",
            "/../../v1/me",
            "/..",
        ] {
            assert!(matches!(below(&hub, text), Err(RawError::OtherHost(..))), "{text}");
        }
        let bare = Endpoint::parse("https://hub.example", false).unwrap();
        for text in
            ["@evil.example/v1", "//evil.example/v1", ".evil.example/", ":8443/v1", "\\\\evil"]
        {
            if let Ok(path) = below(&bare, text) {
                let url = Url::parse(&bare.join(&path)).unwrap();
                assert_eq!(url.host_str(), Some("hub.example"), "{text}");
                assert_eq!(url.port_or_known_default(), Some(443), "{text}");
            }
        }
    }

    #[test]
    fn i16_nobody_writes_a_bearer_or_a_second_line() {
        let hub = Endpoint::parse("https://hub.example", false).unwrap();
        let raw = Raw::new(&hub, "get", "/v1/me").unwrap();
        for line in ["Authorization: Bearer x", "authorization:x", "Host: evil.example"] {
            assert!(matches!(raw.clone().header(line), Err(RawError::Own(_))), "{line}");
        }
        for line in ["no colon", "a b: c", "x: a\r\nauthorization: b", ""] {
            assert!(matches!(raw.clone().header(line), Err(RawError::Header(_))), "{line}");
        }
        assert!(raw.header("Accept: application/json").is_ok());
        assert!(matches!(Raw::new(&hub, "BREW", "/v1/me"), Err(RawError::Method(_))));
    }
}
