//! `--public-url`: where the links in mails lead.
//!
//! Owns what such a URL may be. It is written into every mail, so it is refused before the start
//! where it can lead nobody to the backend. Whether it is plain is the proxy's.

use std::net::IpAddr;

use reqwest::Url;

use crate::client::endpoint::{Endpoint, EndpointError};
use crate::domain::untrusted::Untrusted;

const SUCH_AS: &str = "write one such as https://hub.acme.example";

/// Reads the URL; the answer has no slash at its end.
///
/// # Errors
/// What is wrong with it, and what to write.
pub(super) fn read(text: &str) -> Result<String, String> {
    let shown = Untrusted::new(text.trim()).shown_in(80);
    let endpoint = Endpoint::parse(text, true).map_err(|error| match error {
        EndpointError::Credentials => {
            "--public-url holds no user name and no password: everyone who gets a mail reads it"
                .to_owned()
        }
        EndpointError::Extra(_) => {
            format!("--public-url {shown} has a `?` or `#` part; end it before that")
        }
        EndpointError::NotAUrl(_) | EndpointError::Plain(_) => {
            format!("--public-url {shown} is not an http or https URL; {SUCH_AS}")
        }
    })?;
    let url = Url::parse(endpoint.as_str())
        .map_err(|_| format!("--public-url {shown} is not a URL; {SUCH_AS}"))?;
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<IpAddr>();
    if ip.is_ok_and(|ip| ip.to_canonical().is_unspecified()) {
        return Err(format!(
            "--public-url {shown} is every address of a machine and leads nobody to this one; \
             {SUCH_AS}"
        ));
    }
    if url.port() == Some(0) {
        return Err(format!("--public-url {shown} has the port 0, which nothing listens on"));
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let odd = |part: &str| part.is_empty() || !part.chars().all(plain);
    let path = url.path().trim_matches('/');
    if !path.is_empty() && path.split('/').any(odd) {
        return Err(format!(
            "--public-url {shown} has a path that mail programs may cut or change; use letters, \
             digits and hyphens there, or none"
        ));
    }
    Ok(endpoint.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_4_a_public_url_is_one_that_a_mail_s_link_can_lead_to() {
        for (text, want) in [
            ("https://hub.acme.example/", "https://hub.acme.example"),
            (" http://hub.acme.example:8443/hub ", "http://hub.acme.example:8443/hub"),
            ("https://[2001:db8::1]:443/a/b", "https://[2001:db8::1]/a/b"),
            ("http://127.0.0.1:7070", "http://127.0.0.1:7070"),
            ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(want), "{text}");
        }
        for (text, why) in [
            ("https://0.0.0.0:7070", "every address of a machine"),
            ("https://0/", "every address of a machine"),
            ("http://[::]:7070", "every address of a machine"),
            ("https://[::ffff:0.0.0.0]", "every address of a machine"),
            ("https://fay:hunter2@hub.acme.example", "no password"),
            ("hub.acme.example", "is not an http or https URL"),
            ("ftp://hub.acme.example", "is not an http or https URL"),
            ("https://hub.acme.example/?a=b", "`?` or `#`"),
            ("https://hub.acme.example:0", "the port 0"),
            ("https://hub.acme.example/a//b", "a path"),
            ("https://hub.acme.example/a b", "a path"),
            ("https://hub.acme.example/<x>", "a path"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.contains(why) && !refused.contains("hunter2"), "{text}: {refused}");
        }
    }
}
