//! Sessions that outlive a command: one for each backend, in a private file.
//!
//! Owns `credentials.toml`. A session is found by the backend's URL alone, so that a token never
//! goes to another backend than the one that gave it. Must not talk to a backend.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::private_file;
use crate::api::session::Secret;

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// The bearer token.
    pub token: Secret,
    /// Who signed in.
    pub email: String,
    /// When it ends, in real time.
    pub expires_at: Timestamp,
}

/// The file of sessions.
#[derive(Debug, Clone)]
pub struct Credentials {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    #[serde(default)]
    backends: BTreeMap<String, Credential>,
}

impl Credentials {
    /// The sessions in this file, which need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// The session of a backend.
    ///
    /// # Errors
    /// [`ConfigError`], when the file cannot be trusted or read.
    pub fn get(&self, backend: &str) -> Result<Option<Credential>, ConfigError> {
        Ok(self.read()?.backends.remove(backend))
    }

    /// Keeps the session of a backend, in place of an older one.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn put(&self, backend: &str, credential: Credential) -> Result<(), ConfigError> {
        let mut stored = self.read()?;
        stored.backends.insert(backend.to_owned(), credential);
        self.write(&stored)
    }

    /// Forgets the session of a backend; says whether there was one.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn remove(&self, backend: &str) -> Result<bool, ConfigError> {
        let mut stored = self.read()?;
        let had = stored.backends.remove(backend).is_some();
        if had {
            self.write(&stored)?;
        }
        Ok(had)
    }

    fn read(&self) -> Result<Stored, ConfigError> {
        let Some(text) = private_file::read(&self.path)? else { return Ok(Stored::default()) };
        // The parser's message could quote a token: only the place is told.
        toml::from_str(&text).map_err(|_| ConfigError::Credentials(self.path.clone()))
    }

    fn write(&self, stored: &Stored) -> Result<(), ConfigError> {
        let text =
            toml::to_string(stored).map_err(|_| ConfigError::Credentials(self.path.clone()))?;
        Ok(private_file::write(&self.path, text.as_bytes())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(token: &str) -> Credential {
        Credential {
            token: Secret::new(token),
            email: "fay@acme.example".to_owned(),
            expires_at: "2026-03-01T09:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_session_belongs_to_one_backend() {
        let dir = tempfile::tempdir().unwrap();
        let credentials = Credentials::new(dir.path().join("config/credentials.toml"));
        credentials.put("https://a.example", credential("one")).unwrap();
        credentials.put("https://b.example", credential("two")).unwrap();
        let got = |url| credentials.get(url).unwrap();
        assert_eq!(got("https://a.example"), Some(credential("one")));
        assert_eq!(got("https://c.example"), None);
        assert!(credentials.remove("https://a.example").unwrap());
        assert!(!credentials.remove("https://a.example").unwrap());
        assert_eq!(got("https://a.example"), None);
        assert_eq!(got("https://b.example"), Some(credential("two")));
    }

    #[test]
    fn i16_a_broken_file_is_named_but_not_quoted() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config/credentials.toml");
        private_file::write(&path, b"token = hunter2").unwrap();
        let error = Credentials::new(path.clone()).get("https://a.example").unwrap_err();
        let error = error.to_string();
        assert!(error.contains("credentials.toml") && !error.contains("hunter2"), "{error}");
    }
}
