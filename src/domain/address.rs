//! E-mail addresses that an invitation can go to (SPEC section 9, "usable address").
//!
//! Owns the syntax and the canonical form used for comparing. Must not keep the original spelling:
//! who needs it (rule U9) keeps it beside the address.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::domain_name::{DomainName, DomainNameError};
use super::untrusted::{Shown, Untrusted};

/// A usable address in canonical form: lower-case local part, A-label domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    text: String,
    at: usize,
}

/// Why an address is not usable (outcome `blocked_bad_address`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing there.
    #[error("there is no address")]
    Empty,
    /// No `@`.
    #[error("there is no @ in the address")]
    NoAt,
    /// The part before the `@` is not an ASCII dot-atom of 1 to 64 characters.
    #[error("the part before the @ must be 1 to 64 plain characters")]
    Local,
    /// `%` or `!`: source routing.
    #[error("the part before the @ has a % or ! (mail routing)")]
    Routing,
    /// More than 254 characters.
    #[error("the address is longer than 254 characters")]
    TooLong,
    /// The part after the `@` is no domain that a person's mail goes to.
    #[error("the part after the @ {0}")]
    Domain(DomainNameError),
}

/// The most characters of a whole address (RFC 5321 4.5.3.1.3 less the angle brackets).
const LONGEST: usize = 254;

impl Address {
    /// Reads an address, blanks around it trimmed.
    ///
    /// # Errors
    /// An [`AddressError`] naming the first thing that makes it unusable.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(AddressError::NoAt)?;
        if local.contains(['%', '!']) {
            return Err(AddressError::Routing);
        }
        if !is_dot_atom(local) || local.len() > 64 {
            return Err(AddressError::Local);
        }
        if domain.trim() != domain {
            return Err(AddressError::Domain(DomainNameError::Malformed));
        }
        let domain = DomainName::parse(domain).map_err(AddressError::Domain)?;
        let text = format!("{}@{domain}", local.to_ascii_lowercase());
        if text.len() > LONGEST {
            return Err(AddressError::TooLong);
        }
        Ok(Self { at: local.len(), text })
    }

    /// The canonical text; two addresses are the same when this is the same.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The domain part, lower-case A-labels.
    pub fn domain_str(&self) -> &str {
        &self.text[self.at + 1..]
    }
}

fn is_dot_atom(local: &str) -> bool {
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    !local.is_empty() && local.split('.').all(|part| !part.is_empty() && part.bytes().all(atom))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.text
    }
}

/// An address with the form in which its owner reads the domain beside it, where that differs
/// (rule D5). The A-labels always stand too: they tell apart what only looks alike.
pub fn with_unicode(address: &Untrusted) -> Shown {
    let text = address.raw().trim();
    let read = text.rsplit_once('@').and_then(|(local, domain)| {
        let name = DomainName::parse(domain).ok()?;
        let unicode = name.unicode()?;
        Some(format!("{local}@{name} ({local}@{unicode})"))
    });
    read.map_or_else(|| address.shown(), |both| Untrusted::new(both).shown())
}

#[cfg(test)]
mod tests;
