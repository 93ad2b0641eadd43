//! An organization's subdomain (rule T6): letters and digits, 1 to 63, compared without case.
//!
//! Owns the one form of a subdomain, what is wrong with a text that is none, the names nobody gets,
//! and ideas for other names. Whether a name is free is the directory's to say.

mod ideas;

use std::fmt;

use super::untrusted::Untrusted;

pub use ideas::ideas;

/// The most characters of a subdomain: those of a DNS label.
pub const LONGEST: usize = 63;

/// Names nobody gets: those of services, of protocols, and of who could be mistaken for us.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "abuse", "account", "accounts", "admin", "administrator", "api", "arpa", "auth",
    "autoconfig", "autodiscover", "billing", "blog", "broadcasthost", "calling", "calls",
    "cdn", "cisco", "cloud", "contact", "contactcenter", "controlhub", "dev", "dns", "docs",
    "download", "downloads", "email", "example", "ftp", "help", "helpdesk", "hostmaster",
    "http", "https", "hub", "hublink", "id", "identity", "imap", "info", "internal",
    "invalid", "isatap", "local", "localhost", "login", "mail", "meet", "meeting", "meetings",
    "mx", "news", "ns", "ns1", "ns2", "oauth", "onion", "partner", "partners", "pop", "pop3",
    "portal", "postmaster", "register", "rooms", "root", "saml", "secure", "security",
    "service", "services", "shop", "signin", "signup", "sip", "sips", "site", "sites", "smtp",
    "ssl", "sso", "staging", "static", "stats", "status", "store", "support", "sysadmin",
    "system", "test", "tls", "trial", "trials", "trust", "update", "updates", "user", "users",
    "voice", "vpn", "web", "webex", "webmail", "webmaster", "wpad", "ws", "www",
];

/// A subdomain in its one form: lower-case ASCII letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subdomain(String);

/// Why a text is no subdomain. The first character that will not do is named before the length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubdomainError {
    /// Nothing there.
    Empty,
    /// A character that is neither a letter nor a digit, and its place from 1 on.
    Character {
        /// The character.
        character: char,
        /// Its place, from 1 on.
        place: usize,
    },
    /// So many characters.
    TooLong(usize),
}

impl Subdomain {
    /// Reads a text as somebody typed it; blanks around it do not count.
    ///
    /// # Errors
    /// A [`SubdomainError`] that names the first bad character, or the length.
    pub fn parse(text: &str) -> Result<Self, SubdomainError> {
        let text = text.trim();
        let strange = text.chars().enumerate().find(|(_, c)| !c.is_ascii_alphanumeric());
        if let Some((before, character)) = strange {
            return Err(SubdomainError::Character { character, place: before + 1 });
        }
        match text.len() {
            0 => Err(SubdomainError::Empty),
            1..=LONGEST => Ok(Self(text.to_ascii_lowercase())),
            length => Err(SubdomainError::TooLong(length)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nobody gets it.
    pub fn is_reserved(&self) -> bool {
        RESERVED.binary_search(&self.as_str()).is_ok()
    }
}

impl fmt::Display for Subdomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for SubdomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there must be at least one letter or digit"),
            Self::Character { character: ' ', place } => {
                write!(f, "character {place} is a blank; only letters a to z and digits will do")
            }
            Self::Character { character, place } => write!(
                f,
                "character {place} is \"{}\"; only letters a to z and digits will do",
                Untrusted::new(character.to_string()).shown()
            ),
            Self::TooLong(length) => {
                write!(f, "it has {length} characters, and {LONGEST} are the most")
            }
        }
    }
}

impl std::error::Error for SubdomainError {}

#[cfg(test)]
mod tests;
