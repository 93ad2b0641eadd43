//! A service as people write it: on the command line, in files, in the API.

use super::Service;

impl Service {
    /// Reads a service as people write it: `contact_center`, `contact-center`, `Contact Center`.
    pub fn from_word(word: &str) -> Option<Self> {
        let letters = |text: &str| {
            let plain = |c: &char| !c.is_whitespace() && !matches!(c, '_' | '-');
            text.chars().filter(plain).collect::<String>().to_lowercase()
        };
        let word = letters(word).replace("centre", "center");
        Self::ALL.into_iter().find(|service| letters(service.code()) == word)
    }
}

/// Why a word is no service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no service; the services are {}", Service::ALL.map(Service::code).join(", "))]
pub struct ServiceError;

impl TryFrom<String> for Service {
    type Error = ServiceError;
    fn try_from(word: String) -> Result<Self, Self::Error> {
        Self::from_word(&word).ok_or(ServiceError)
    }
}
