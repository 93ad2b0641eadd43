//! The environment variables that steer hublink, taken once at the start.
//!
//! Owns their names and how yes and no are written. A value, not a global: tests make their own.

use std::collections::BTreeMap;

use super::ConfigError;
use crate::api::session::Secret;

/// The variables that are yes or no.
const YES_OR_NO: [&str; 7] = [
    "HUBLINK_ACCESSIBLE",
    "HUBLINK_ASCII",
    "HUBLINK_CLIPBOARD",
    "HUBLINK_HINTS",
    "HUBLINK_INSECURE",
    "HUBLINK_LINKS",
    "HUBLINK_MOUSE",
];

/// The `HUBLINK_*` variables of the process. An empty one counts as not set.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        let text = |os: std::ffi::OsString| os.into_string().ok();
        std::env::vars_os().filter_map(|(name, value)| Some((text(name)?, text(value)?))).collect()
    }

    /// The value of a variable, if it is set to anything.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The same without the variables that are neither yes nor no, and what is wrong with those.
    pub fn without_mistakes(&self) -> (Self, Vec<ConfigError>) {
        let mut kept = self.clone();
        let mut wrong = Vec::new();
        for name in YES_OR_NO {
            if let Err(error) = self.yes_or_no(name) {
                wrong.push(error);
                kept = kept.without(name);
            }
        }
        (kept, wrong)
    }

    /// The same without a variable.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut kept = self.clone();
        kept.0.remove(name);
        kept
    }

    /// A secret.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.get(name).map(Secret::new)
    }

    /// A yes or no.
    ///
    /// # Errors
    /// [`ConfigError::NotYesOrNo`].
    pub fn yes_or_no(&self, name: &'static str) -> Result<Option<bool>, ConfigError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Some(true)),
            "0" | "false" | "no" | "off" => Ok(Some(false)),
            _ => Err(ConfigError::NotYesOrNo(name)),
        }
    }
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self(variables.into_iter().filter(|(name, _)| name.starts_with("HUBLINK_")).collect())
    }
}
