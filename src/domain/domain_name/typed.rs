//! A domain as people type one (rule D5): what they put around it is taken off.
//!
//! Owns what may stand around a domain. What a domain is stays [`DomainName::parse`]'s.

use super::{DomainName, DomainNameError};

impl DomainName {
    /// Reads a domain as people type one: `@acme.example`, `https://acme.example/`, with a final
    /// dot, quoted, or an address under it.
    ///
    /// # Errors
    /// As [`DomainName::parse`], about what is left when that is taken off.
    pub fn typed(text: &str) -> Result<Self, DomainNameError> {
        let dressed = |c: char| c.is_whitespace() || "\"'<>(),;".contains(c);
        let text = text.trim_matches(dressed);
        let scheme = |word: &str| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+');
        let name = match text.split_once("://") {
            Some((before, name)) if scheme(before) => name,
            _ => text.strip_prefix("mailto:").unwrap_or(text),
        };
        let name = name.split(['/', '?', '#']).next().unwrap_or_default();
        let name = name.rsplit_once('@').map_or(name, |(_, domain)| domain);
        let name = match name.split_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
            _ => name,
        };
        Self::parse(name.strip_suffix(['.', '。', '．', '｡']).unwrap_or(name))
    }
}
