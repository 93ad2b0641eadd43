//! E-mail addresses that an invitation can go to (SPEC section 9, "usable address").
//!
//! Owns the syntax and the canonical form used for comparing. Must not keep the original spelling:
//! who needs it (rule U9) keeps it beside the address.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::domain_name::{DomainName, DomainNameError};
use super::hidden::{hidden_in, name_of};
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
    /// A character that nobody sees.
    #[error("there is a hidden character in the address: {}", name_of(*.0))]
    Hidden(char),
    /// No `@`.
    #[error("there is no @ in the address")]
    NoAt,
    /// A name or brackets around it.
    #[error("there is more than the address: write what stands between < and > alone")]
    Dressed,
    /// Several addresses where there should be one.
    #[error("there are several addresses: write one of them")]
    Several,
    /// More than one `@`.
    #[error("there is more than one @ in the address")]
    SeveralAts,
    /// A blank inside.
    #[error("there is a blank in the address")]
    Blank,
    /// Two dots in a row, or a dot at an end of either part.
    #[error("there are two dots in a row in the address, or a dot where a part begins or ends")]
    Dots,
    /// Nothing before the `@`.
    #[error("there is nothing before the @")]
    NoLocal,
    /// A character before the `@` that is not of an ASCII dot-atom.
    #[error("the part before the @ has {}, and may have plain letters, digits and signs only",
        quoted(*.0))]
    Letter(char),
    /// More than 64 characters before the `@`.
    #[error("the part before the @ is longer than 64 characters")]
    LongLocal,
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
        let plain =
            is_dot_atom(local) && local.len() <= 64 && !domain.contains(char::is_whitespace);
        if !plain || local.contains(['%', '!']) {
            return Err(whole_or_local(text, local));
        }
        if let Some(c) = hidden_in(domain) {
            return Err(AddressError::Hidden(c));
        }
        if !domain.is_empty() && !dots_are_well(domain) {
            return Err(AddressError::Dots);
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

/// What is wrong with an address that is no dot-atom, an `@` and a domain without blanks: what is
/// wrong with the whole first, for then a part of it means little.
fn whole_or_local(text: &str, local: &str) -> AddressError {
    let blank = |text: &str| text.contains(char::is_whitespace);
    let dressed = text.contains(['<', '>']) || text.to_ascii_lowercase().starts_with("mailto:");
    if let Some(c) = hidden_in(text) {
        AddressError::Hidden(c)
    } else if text.matches('@').count() > 1 && (blank(text) || text.contains([',', ';', '|'])) {
        if dressed { AddressError::Dressed } else { AddressError::Several }
    } else if dressed {
        AddressError::Dressed
    } else if local.contains('@') {
        AddressError::SeveralAts
    } else if blank(text) {
        AddressError::Blank
    } else if local.is_empty() {
        AddressError::NoLocal
    } else if local.contains(['%', '!']) {
        AddressError::Routing
    } else if let Some(c) = local.chars().find(|c| !is_plain(*c)) {
        AddressError::Letter(c)
    } else if local.len() > 64 {
        AddressError::LongLocal
    } else {
        AddressError::Dots
    }
}

fn is_dot_atom(local: &str) -> bool {
    !local.is_empty() && dots_are_well(local) && local.chars().all(is_plain)
}

/// What an ASCII dot-atom is made of.
fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

fn dots_are_well(part: &str) -> bool {
    part.split('.').all(|label| !label.is_empty())
}

/// A character as a reason shows it, safe for any sink.
fn quoted(c: char) -> String {
    format!("“{}”", Untrusted::new(c).shown())
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
