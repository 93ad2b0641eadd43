//! Where the backend is: its base URL, read once and checked.
//!
//! Owns the policy that keeps secrets on the wire safe: https, or plain http to this machine only
//! (unless the operator says `insecure`), and no password inside the URL. Must not connect.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::domain::untrusted::Untrusted;

/// A backend's base URL in its one form: scheme, host, port if unusual, no slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(String);

/// Why a text cannot be a backend's URL. None of the texts repeats a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not an http or https URL.
    #[error("{0} is not a backend URL; write one such as https://hub.acme.example")]
    NotAUrl(String),
    /// A user name or password inside.
    #[error("a backend URL holds no user name and no password; sign in with `hublink login`")]
    Credentials,
    /// A query or a fragment.
    #[error("{0} has a `?` or `#` part; a backend URL ends before that")]
    Extra(String),
    /// Plain http beyond this machine.
    #[error(
        "{0} would send your token unencrypted; use https, or set `insecure = true` \
         (HUBLINK_INSECURE=true) if the network in between is yours"
    )]
    Plain(String),
}

impl Endpoint {
    /// Reads a base URL.
    ///
    /// # Errors
    /// An [`EndpointError`] saying what to write instead.
    pub fn parse(text: &str, insecure: bool) -> Result<Self, EndpointError> {
        if text.contains('@') {
            return Err(EndpointError::Credentials);
        }
        let shown = || Untrusted::new(text).shown_in(80).to_string();
        let url = Url::parse(text.trim()).map_err(|_| EndpointError::NotAUrl(shown()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(EndpointError::NotAUrl(shown()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(EndpointError::Extra(shown()));
        }
        let endpoint = Self(url.as_str().trim_end_matches('/').to_owned());
        if endpoint.is_plain() && !insecure && !is_loopback(&url) {
            return Err(EndpointError::Plain(shown()));
        }
        Ok(endpoint)
    }

    /// The base URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is plain http.
    pub fn is_plain(&self) -> bool {
        self.0.starts_with("http:")
    }

    /// The whole URL of a path that begins with `/`.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The URL as error texts name it: without the query, safe to print.
    pub(super) fn named(&self, path: &str) -> String {
        let path = path.split('?').next().unwrap_or_default();
        Untrusted::new(self.join(path)).shown_in(160).to_string()
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backend_url_has_one_form() {
        for (text, want) in [
            ("https://Hub.Example/", "https://hub.example"),
            (" https://hub.example:8443/base/ ", "https://hub.example:8443/base"),
            ("http://127.0.0.1:7070", "http://127.0.0.1:7070"),
            ("http://[::1]:7070/", "http://[::1]:7070"),
            ("http://localhost:7070", "http://localhost:7070"),
        ] {
            assert_eq!(Endpoint::parse(text, false).unwrap().as_str(), want);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_one_insists() {
        for text in ["http://hub.example", "http://10.0.0.1:80", "http://localhost.evil.example"] {
            assert!(matches!(Endpoint::parse(text, false), Err(EndpointError::Plain(_))), "{text}");
            assert!(Endpoint::parse(text, true).is_ok());
        }
    }

    #[test]
    fn i16_a_refused_url_does_not_repeat_its_password() {
        for text in ["https://fay:hunter2@hub.example", "fay:hunter2@hub.example", "https://t@h"] {
            let error = Endpoint::parse(text, false).unwrap_err();
            assert_eq!(error, EndpointError::Credentials);
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "hub.example", "ftp://hub.example", "file:///etc/passwd"] {
            assert!(
                matches!(Endpoint::parse(text, true), Err(EndpointError::NotAUrl(_))),
                "{text}"
            );
        }
        assert!(matches!(
            Endpoint::parse("https://hub.example/?a=b", false),
            Err(EndpointError::Extra(_))
        ));
    }
}
