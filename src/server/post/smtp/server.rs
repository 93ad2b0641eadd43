//! Which mail server, and how safe the way to it must be.
//!
//! Owns reading `--smtp`. Plain SMTP goes to loopback only, unless the operator says `--insecure`
//! (SPEC section 3); whether a server is on loopback is asked of the open connection, not its name.

use std::net::IpAddr;
use std::sync::OnceLock;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use percent_encoding::percent_decode_str;

use super::MailError;
use super::trust::Trust;

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
    trust: Trust,
    tls: OnceLock<TlsParameters>,
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
    pub fn parse(url: &str, insecure: bool, trust: Trust) -> Result<Self, MailError> {
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
        Ok(Self {
            credentials: user.map(credentials).transpose()?,
            trust,
            tls: OnceLock::new(),
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

    /// Whether no mail can go there but encrypted, whatever the open connection tells.
    pub fn surely_encrypts(&self) -> bool {
        let ip = self.host.parse::<IpAddr>();
        let is_here = self.host.eq_ignore_ascii_case("localhost")
            || ip.is_ok_and(|ip| ip.to_canonical().is_loopback());
        self.wrapped || self.required || !(is_here || self.insecure)
    }

    /// What a connection is encrypted and checked with. The system's CAs are read when they are
    /// first needed, which they are not on the way to loopback.
    ///
    /// # Errors
    /// [`MailError::NoTrust`] on a system without CAs.
    pub fn tls(&self) -> Result<TlsParameters, MailError> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls.clone());
        }
        let tls = self.trust.parameters(&self.host)?;
        Ok(self.tls.get_or_init(|| tls).clone())
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
mod tests;
