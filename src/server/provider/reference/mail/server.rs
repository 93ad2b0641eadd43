//! Which mail server, and how safe the way to it must be.
//!
//! Owns reading `--smtp`. Plain SMTP goes to loopback only, unless the operator says `--insecure`
//! (SPEC section 3); whether a server is on loopback is asked of the open connection, not its name.

use std::net::IpAddr;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use percent_encoding::percent_decode_str;

use super::MailError;

/// When the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// From the first byte (`smtps://`).
    Wrapped,
    /// By `STARTTLS`, or not at all: beyond loopback, and with `?tls=required`.
    Required,
    /// By `STARTTLS` where offered: beyond loopback with `--insecure`.
    Offered,
    /// Not: to loopback.
    Plain,
}

/// A mail server.
pub(super) struct Server {
    pub host: String,
    pub port: u16,
    pub credentials: Option<Credentials>,
    pub tls: TlsParameters,
    wrapped: bool,
    required: bool,
    insecure: bool,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password stays out of every log.
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl Server {
    /// Reads `smtp://[USER:PASSWORD@]HOST[:PORT][?tls=required]` or `smtps://..`.
    pub fn parse(url: &str, insecure: bool) -> Result<Self, MailError> {
        let (scheme, rest) = url.split_once("://").ok_or(MailError::Url)?;
        let wrapped = match scheme {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(MailError::Url),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let required = match query {
            "" => false,
            "tls=required" => true,
            _ => return Err(MailError::Url),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let (host, port) = host_and_port(place, if wrapped { 465 } else { 25 })?;
        let tls = TlsParameters::new(host.clone());
        Ok(Self {
            credentials: user.map(credentials).transpose()?,
            tls: tls.map_err(|error| MailError::Tls(error.to_string()))?,
            host,
            port,
            wrapped,
            required,
            insecure,
        })
    }

    /// How a connection to this end must be encrypted; none: connect and ask the open connection.
    pub fn security(&self, peer: IpAddr) -> Security {
        if self.wrapped {
            Security::Wrapped
        } else if self.required {
            Security::Required
        } else if peer.to_canonical().is_loopback() {
            Security::Plain
        } else if self.insecure {
            Security::Offered
        } else {
            Security::Required
        }
    }

    /// Whether TLS begins with the connection.
    pub fn is_wrapped(&self) -> bool {
        self.wrapped
    }
}

fn host_and_port(place: &str, usual: u16) -> Result<(String, u16), MailError> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or(MailError::Url)?;
            (host, port.strip_prefix(':'))
        }
        None => match place.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (place, None),
        },
    };
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '_');
    if host.is_empty() || !host.chars().all(good) {
        return Err(MailError::Url);
    }
    let port = match port {
        Some(port) => port.parse().map_err(|_| MailError::Url)?,
        None => usual,
    };
    Ok((host.to_owned(), port))
}

fn credentials(user: &str) -> Result<Credentials, MailError> {
    let (name, password) = user.split_once(':').ok_or(MailError::Url)?;
    let read = |text: &str| match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(MailError::Url),
    };
    Ok(Credentials::new(read(name)?, read(password)?))
}

#[cfg(test)]
mod tests {
    use super::Security::{Offered, Plain, Required, Wrapped};
    use super::*;

    fn read(url: &str) -> (String, u16, bool) {
        let server = Server::parse(url, false).unwrap();
        (server.host, server.port, server.credentials.is_some())
    }

    #[test]
    fn section_7_mail_servers_are_named_by_url() {
        assert_eq!(read("smtp://127.0.0.1:2525"), ("127.0.0.1".into(), 2525, false));
        assert_eq!(read("smtps://mail.acme.example/"), ("mail.acme.example".into(), 465, false));
        assert_eq!(read("smtp://u:p%40ss@mail.example"), ("mail.example".into(), 25, true));
        assert_eq!(read("smtp://[::1]:25"), ("::1".into(), 25, false));
        for bad in [
            "",
            "mail.example",
            "http://a",
            "smtp://",
            "smtp://a:b",
            "smtp://u@a",
            "smtp://a?tls=none",
            "smtp://a b",
            "smtp://[::1",
        ] {
            assert!(matches!(Server::parse(bad, false), Err(MailError::Url)), "{bad}");
        }
        let debug = format!("{:?}", Server::parse("smtp://u:secret@a.example", false).unwrap());
        assert!(!debug.contains("secret"), "i16: {debug}");
    }

    #[test]
    fn section_3_plain_smtp_goes_to_loopback_only() {
        let peers = ["127.0.0.9", "::1", "192.0.2.1"].map(|ip| ip.parse::<IpAddr>().unwrap());
        let security = |url: &str, insecure| {
            let server = Server::parse(url, insecure).unwrap();
            peers.map(|peer| server.security(peer))
        };
        assert_eq!(security("smtp://a.example", false), [Plain, Plain, Required]);
        assert_eq!(security("smtp://a.example", true), [Plain, Plain, Offered]);
        assert_eq!(security("smtp://a.example?tls=required", true), [Required; 3]);
        assert_eq!(security("smtps://a.example", true), [Wrapped; 3]);
    }
}
