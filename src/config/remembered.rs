//! The backends that `login --backend` remembered: what a plain `hublink` goes to.
//!
//! Owns `backends.toml`, the program's own file beside the configuration, which it never writes.
//! Holds no secret; the configuration and the environment go before it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::private_file;

/// The file, read once.
#[derive(Debug, Clone)]
pub struct Remembered {
    path: PathBuf,
    stored: Stored,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    /// Without a profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    backend: Option<String>,
    /// By profile.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    profiles: BTreeMap<String, String>,
}

impl Remembered {
    /// Reads the file, which need not exist yet.
    ///
    /// # Errors
    /// [`ConfigError`], when it cannot be read or is broken.
    pub fn read(path: PathBuf) -> Result<Self, ConfigError> {
        let stored = match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|_| ConfigError::Remembered(path.clone()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Stored::default(),
            Err(error) => return Err(ConfigError::unreadable(&path, &error)),
        };
        Ok(Self { path, stored })
    }

    /// Nothing remembered: for who goes on without a broken file.
    pub fn nothing(path: PathBuf) -> Self {
        Self { path, stored: Stored::default() }
    }

    /// The backend of a profile, or of who names none.
    pub fn of(&self, profile: Option<&str>) -> Option<&str> {
        match profile {
            Some(name) => self.stored.profiles.get(name).map(String::as_str),
            None => self.stored.backend.as_deref(),
        }
    }

    /// Remembers the backend of a profile, or of who names none.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn remember(&self, profile: Option<&str>, backend: &str) -> Result<(), ConfigError> {
        let mut stored = self.stored.clone();
        match profile {
            Some(name) => {
                stored.profiles.insert(name.to_owned(), backend.to_owned());
            }
            None => stored.backend = Some(backend.to_owned()),
        }
        self.write(&stored)
    }

    /// Forgets a backend, wherever it is remembered; says whether it was.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn forget(&self, backend: &str) -> Result<bool, ConfigError> {
        let mut stored = self.stored.clone();
        stored.profiles.retain(|_, remembered| remembered != backend);
        stored.backend = stored.backend.filter(|remembered| remembered != backend);
        let less = stored.profiles.len() < self.stored.profiles.len()
            || stored.backend.is_some() != self.stored.backend.is_some();
        if less {
            self.write(&stored)?;
        }
        Ok(less)
    }

    fn write(&self, stored: &Stored) -> Result<(), ConfigError> {
        let text =
            toml::to_string(stored).map_err(|_| ConfigError::Remembered(self.path.clone()))?;
        Ok(private_file::write(&self.path, text.as_bytes())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backend_is_remembered_by_profile_and_forgotten_wherever_it_stands() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config/backends.toml");
        let read = || Remembered::read(path.clone()).unwrap();
        assert_eq!(read().of(None), None);
        read().remember(None, "https://a.example").unwrap();
        read().remember(Some("work"), "https://b.example").unwrap();
        read().remember(Some("home"), "https://a.example").unwrap();
        assert_eq!(read().of(None), Some("https://a.example"));
        assert_eq!(read().of(Some("work")), Some("https://b.example"));
        assert_eq!(read().of(Some("new")), None);
        assert!(read().forget("https://a.example").unwrap());
        assert!(!read().forget("https://a.example").unwrap());
        assert_eq!((read().of(None), read().of(Some("home"))), (None, None));
        assert_eq!(read().of(Some("work")), Some("https://b.example"));
    }

    #[test]
    fn a_broken_file_is_named_with_the_way_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("backends.toml");
        std::fs::write(&path, "backend = 7").unwrap();
        let error = Remembered::read(path).unwrap_err().to_string();
        assert!(error.contains("backends.toml") && error.contains("hublink login"), "{error}");
    }
}
