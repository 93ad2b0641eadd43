//! `config.toml`: its keys, and errors that name file, line and key.
//!
//! Owns the format. Must not look at the environment, nor hold any secret: sessions live in the
//! credentials file.

use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::ConfigError;

/// So many mistakes of one file are told.
const MISTAKES: usize = 20;

/// The file. Every key may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The profile that is used when none is named.
    pub profile: Option<String>,
    /// The backend's URL.
    pub backend: Option<String>,
    /// The theme's name.
    pub theme: Option<String>,
    /// Signs of ASCII alone, or never.
    pub ascii: Option<bool>,
    /// Texts are copied into the terminal's clipboard, or never.
    pub clipboard: Option<bool>,
    /// Web addresses are links, or never.
    pub links: Option<bool>,
    /// The mouse clicks, on a terminal of this machine.
    pub mouse: Option<bool>,
    /// Colours, or none.
    pub color: Option<bool>,
    /// How the end of a watched run is told to who looks elsewhere.
    pub notify: Option<Notify>,
    /// The wizard is told line by line, or never.
    pub accessible: Option<bool>,
    /// What explains is told too, line by line.
    pub hints: Option<bool>,
    /// Allows plain http beyond this machine.
    pub insecure: Option<bool>,
    /// The proxy for every request.
    pub proxy: Option<String>,
    /// Actions and the keys that do them, in place of the built-in ones.
    #[serde(default)]
    pub keys: BTreeMap<String, Keys>,
    /// Profiles by name.
    #[serde(default)]
    pub profiles: BTreeMap<String, Profile>,
}

/// How the end of a watched run is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notify {
    /// Not at all.
    Off,
    /// By a bell.
    Bell,
    /// By the progress that terminals show beside their title.
    Progress,
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Bell => "bell",
            Self::Progress => "progress",
        })
    }
}

/// The keys of one action: a list, or one alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys(pub Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> Visitor<'de> for OneOrMore {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key such as \"ctrl-q\", or a list of keys")
            }

            fn visit_str<E>(self, key: &str) -> Result<Keys, E> {
                Ok(Keys(vec![key.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut keys: A) -> Result<Keys, A::Error> {
                let mut all = Vec::new();
                while let Some(key) = keys.next_element()? {
                    all.push(key);
                }
                Ok(Keys(all))
            }
        }
        deserializer.deserialize_any(OneOrMore)
    }
}

/// What a profile sets, over the top of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The backend's URL.
    pub backend: Option<String>,
    /// The theme's name.
    pub theme: Option<String>,
    /// Allows plain http beyond this machine.
    pub insecure: Option<bool>,
    /// The proxy for every request.
    pub proxy: Option<String>,
}

impl ConfigFile {
    /// Reads the file; where there is none, an empty one.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`] and [`ConfigError::File`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(ConfigError::unreadable(path, &error)),
        }
    }

    /// Reads what can be read: every line that is wrong is told, and taken for empty.
    pub fn leniently(path: &Path) -> (Self, Vec<ConfigError>) {
        let mut text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Default::default(),
            Err(error) => return (Self::default(), vec![ConfigError::unreadable(path, &error)]),
        };
        let mut wrong = Vec::new();
        loop {
            let error = match Self::parse(&text, path) {
                Ok(file) => return (file, wrong),
                Err(error) => error,
            };
            let at = if let ConfigError::File { line, .. } = &error { *line } else { 0 };
            wrong.push(error);
            let left = without_line(&text, at);
            if left == text || wrong.len() == MISTAKES {
                return (Self::default(), wrong);
            }
            text = left;
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            ConfigError::File {
                path: path.to_owned(),
                line: memchr::memchr_iter(b'\n', &text.as_bytes()[..start]).count() + 1,
                message: error.message().to_owned(),
            }
        })
    }
}

/// The text with this line, counted from 1, empty: all others keep their numbers.
fn without_line(text: &str, line: usize) -> String {
    let lines = text.split('\n').enumerate();
    let kept: Vec<&str> =
        lines.map(|(at, words)| if at + 1 == line { "" } else { words }).collect();
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told_with_its_line_and_the_rest_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let text = "theem = \"dark\"\nascii = true\nprofile =\n[profiles.work]\ncolour = 3\n\
                    backend = \"https://hub.acme.example\"\n";
        std::fs::write(&path, text).unwrap();
        let (file, wrong) = ConfigFile::leniently(&path);
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        let mut lines: Vec<&str> =
            told.iter().filter_map(|told| told.split("line ").nth(1)?.split(':').next()).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["1", "3", "5"], "{told:?}");
        assert_eq!(file.ascii, Some(true));
        assert_eq!(file.profiles["work"].backend.as_deref(), Some("https://hub.acme.example"));
        assert!(ConfigFile::leniently(&dir.path().join("none")).1.is_empty());
    }

    fn error(text: &str) -> String {
        ConfigFile::parse(text, Path::new("/etc/h.toml")).unwrap_err().to_string()
    }

    #[test]
    fn unknown_keys_name_file_line_and_key() {
        let text = error("theme = \"dark\"\nbackand = \"https://x\"\n");
        assert!(text.contains("/etc/h.toml") && text.contains("line 2"), "{text}");
        assert!(text.contains("`backand`") && text.contains("`backend`"), "{text}");
        let text = error("[profiles.work]\nbackend = \"https://x\"\n\ncolour = 3\n");
        assert!(text.contains("line 4") && text.contains("`colour`"), "{text}");
    }

    #[test]
    fn broken_toml_names_its_line() {
        assert!(error("theme = \"dark\"\nprofile = \n").contains("line 2"));
        assert!(error("[keys]\nquit = 3\n").contains("line 2"));
    }

    #[test]
    fn the_documented_keys_are_read() {
        let text = r#"
            profile = "work"
            theme = "paper"
            [keys]
            quit = ["q", "ctrl-q"]
            "select.tick" = "x"
            [profiles.work]
            backend = "https://hub.acme.example"
        "#;
        let file = ConfigFile::parse(text, Path::new("x")).unwrap();
        assert_eq!(file.keys["quit"].0, ["q", "ctrl-q"]);
        assert_eq!(file.keys["select.tick"].0, ["x"]);
        assert_eq!(file.profiles["work"].backend.as_deref(), Some("https://hub.acme.example"));
    }
}
