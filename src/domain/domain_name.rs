//! E-mail domain names as lower-case A-labels (rules D3, D5; SPEC section 9).
//!
//! Owns parsing, the Unicode form, and which names nobody may add. Must not know who owns a
//! domain: that is a fact of the backend.

mod typed;

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};

use super::consumer_domains;
use super::untrusted::Untrusted;

/// A domain of at least two labels, as lower-case A-labels. Compared exactly (rule D5).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DomainName(String);

/// Why a text is no domain name that an address can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DomainNameError {
    /// Not a name under IDNA (UTS 46) and the letter-digit-hyphen rule.
    #[error("is not a domain name: use letters, digits and hyphens, labels joined by dots")]
    Malformed,
    /// Fewer than two labels.
    #[error("needs at least two labels, such as acme.example")]
    OneLabel,
    /// An IP address.
    #[error("is an IP address, not a domain name")]
    IpLiteral,
    /// A public suffix of the ICANN section.
    #[error("is a public suffix: it belongs to a registry, not to an organization")]
    PublicSuffix,
    /// Under a special-use name (rule D3).
    #[error("is under a name reserved for special use")]
    SpecialUse,
}

/// Why a domain may never be added to an organization (rule D3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NeverAdded {
    /// A public mail provider's domain.
    #[error("is a public mail provider's domain; nobody can prove it, its users get an e-mail")]
    Consumer,
}

/// Names under these are refused by rule D3. `example` is an ordinary name everywhere.
const SPECIAL_USE: &[&str] =
    &["localhost", "local", "test", "invalid", "onion", "arpa", "internal"];

impl DomainName {
    /// Reads a domain in any spelling: case, IDN and full-width dots are folded to A-labels.
    ///
    /// # Errors
    /// A [`DomainNameError`] when no usable address can have this domain (SPEC section 9).
    pub fn parse(text: &str) -> Result<Self, DomainNameError> {
        let text = text.trim();
        if text.starts_with('[') || text.parse::<std::net::IpAddr>().is_ok() {
            return Err(DomainNameError::IpLiteral);
        }
        let ascii = Uts46::new()
            .to_ascii(
                text.as_bytes(),
                AsciiDenyList::STD3,
                Hyphens::CheckFirstLast,
                DnsLength::Verify,
            )
            .map_err(|_| DomainNameError::Malformed)?;
        let name = ascii.to_ascii_lowercase();
        if name.parse::<std::net::IpAddr>().is_ok() {
            return Err(DomainNameError::IpLiteral);
        }
        if !name.contains('.') {
            return Err(DomainNameError::OneLabel);
        }
        let last = name.rsplit('.').next().unwrap_or_default();
        if SPECIAL_USE.contains(&last) {
            return Err(DomainNameError::SpecialUse);
        }
        if is_public_suffix(&name) {
            return Err(DomainNameError::PublicSuffix);
        }
        Ok(Self(name))
    }

    /// The A-label form, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Unicode form where it differs from the A-labels.
    pub fn unicode(&self) -> Option<String> {
        let (unicode, ok) = idna::domain_to_unicode(&self.0);
        (ok.is_ok() && unicode != self.0).then_some(unicode)
    }

    /// Why no organization may add this domain; `None` when one may (rule D3).
    pub fn never_added(&self) -> Option<NeverAdded> {
        consumer_domains::contains(self).then_some(NeverAdded::Consumer)
    }
}

fn is_public_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| {
        suffix.typ() == Some(psl::Type::Icann) && suffix.as_bytes() == name.as_bytes()
    })
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for DomainName {
    type Error = DomainNameError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<DomainName> for String {
    fn from(name: DomainName) -> Self {
        name.0
    }
}

/// A domain's name with the Unicode form beside it where that differs (rule D5).
pub fn with_unicode(name: &Untrusted) -> String {
    match DomainName::parse(name.raw()).ok().and_then(|name| name.unicode()) {
        Some(unicode) => format!("{} ({})", name.shown(), Untrusted::new(unicode).shown()),
        None => name.shown().to_string(),
    }
}

#[cfg(test)]
mod tests;
