//! Settings: `config.toml`, then `HUBLINK_*`, then flags, as one [`Settings`]; below them all what
//! `login` remembered.
//!
//! Owns the layering, the paths, and the credentials file. Must not connect to anything, and must
//! not guess: an unknown key or profile is an error that names where it stands.

pub mod credentials;
pub mod environment;
pub mod file;
pub mod paths;
pub mod private_file;
pub mod remembered;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::credentials::Credentials;
use self::environment::Environment;
use self::file::{ConfigFile, Profile};
use self::paths::Paths;
use self::private_file::PrivateFileError;
use self::remembered::Remembered;
use crate::api::session::Secret;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no home directory.
    #[error(transparent)]
    NoHome(#[from] paths::NoHome),
    /// The configuration file cannot be opened.
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: String,
    },
    /// The configuration file is wrong.
    #[error("{} line {line}: {message}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The line, from 1 on.
        line: usize,
        /// What is wrong; names the key.
        message: String,
    },
    /// A profile that the file does not have.
    #[error("there is no profile {name:?} in {}; it has: {known}", path.display())]
    Profile {
        /// The profile that was asked for.
        name: String,
        /// The file.
        path: PathBuf,
        /// The profiles that are there.
        known: String,
    },
    /// A variable that is neither yes nor no.
    #[error("{0} must be true or false")]
    NotYesOrNo(&'static str),
    /// The credentials file cannot be trusted.
    #[error(transparent)]
    Private(#[from] PrivateFileError),
    /// The file of remembered backends is broken.
    #[error("{} is broken; remove it, then: hublink login --backend URL", .0.display())]
    Remembered(PathBuf),
    /// The credentials file is broken.
    #[error("{} is broken; remove it and sign in again with `hublink login`", .0.display())]
    Credentials(PathBuf),
}

impl ConfigError {
    fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), error: error.to_string() }
    }
}

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--backend`.
    pub backend: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
    /// The profile may be a new one: its backend is about to be remembered.
    pub new_profile: bool,
    /// `--ascii`.
    pub ascii: bool,
}

/// The backend that is used where `--backend` names none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// Its URL, as written.
    pub url: String,
    /// Who says so.
    pub layer: Layer,
}

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// `config.toml`.
    File,
    /// `HUBLINK_*`.
    Environment,
    /// `login` remembered it.
    Remembered,
}

/// Everything that was set, the strongest layer on top.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The profile in use.
    pub profile: Option<String>,
    /// The backend's URL, as written.
    pub backend: Option<String>,
    /// Whether `--backend` names it.
    pub backend_is_named: bool,
    /// What the backend is without `--backend`.
    pub usual: Option<Usual>,
    /// The backends that `login` remembered.
    pub remembered: Remembered,
    /// A token from `HUBLINK_TOKEN`; it goes before a stored session.
    pub token: Option<Secret>,
    /// The theme's name.
    pub theme: Option<String>,
    /// Signs of ASCII alone, or never; where nothing is said the terminal decides.
    pub ascii: Option<bool>,
    /// Actions and the keys that do them.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Plain http beyond this machine is allowed.
    pub insecure: bool,
    /// The proxy for every request.
    pub proxy: Option<String>,
    /// What to log, if anything.
    pub log: Option<String>,
    /// Where things are.
    pub paths: Paths,
}

impl Settings {
    /// Reads the file and lays environment and flags over it.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(
        flags: Flags,
        environment: &Environment,
        paths: Paths,
    ) -> Result<Self, ConfigError> {
        let file = ConfigFile::read(&paths.config_file())?;
        let remembered = Remembered::read(paths.backends_file())?;
        let text = |name| environment.get(name).map(str::to_owned);
        let profile = |name: Option<&str>| match name {
            Some(_) if flags.new_profile => Ok(profile(&file, name, &paths).unwrap_or_default()),
            Some(_) if remembered.of(name).is_some() => {
                Ok(profile(&file, name, &paths).unwrap_or_default())
            }
            _ => profile(&file, name, &paths),
        };
        // A profile named on the command line is a flag, and so stronger than the environment.
        let chosen = profile(flags.profile.as_deref())?;
        let default_name = text("HUBLINK_PROFILE").or_else(|| file.profile.clone());
        let usual = match flags.profile {
            None => profile(default_name.as_deref())?,
            Some(_) => Profile::default(),
        };
        let insecure = environment.yes_or_no("HUBLINK_INSECURE")?;
        let ascii = environment.yes_or_no("HUBLINK_ASCII")?;
        let kept = |profile: Option<&str>| remembered.of(profile).map(str::to_owned);
        let layers = [
            (chosen.backend, Layer::File),
            (flags.profile.as_deref().and_then(|name| kept(Some(name))), Layer::Remembered),
            (text("HUBLINK_BACKEND"), Layer::Environment),
            (usual.backend, Layer::File),
            (default_name.as_deref().and_then(|name| kept(Some(name))), Layer::Remembered),
            (file.backend, Layer::File),
            (kept(None), Layer::Remembered),
        ];
        let mut layers = layers.into_iter();
        let by_itself = layers.find_map(|(url, layer)| url.map(|url| Usual { url, layer }));
        Ok(Self {
            backend_is_named: flags.backend.is_some(),
            backend: flags.backend.or_else(|| by_itself.as_ref().map(|usual| usual.url.clone())),
            usual: by_itself,
            theme: chosen.theme.or_else(|| text("HUBLINK_THEME")).or(usual.theme).or(file.theme),
            ascii: flags.ascii.then_some(true).or(ascii).or(file.ascii),
            insecure: chosen
                .insecure
                .or(insecure)
                .or(usual.insecure)
                .or(file.insecure)
                .unwrap_or(false),
            proxy: chosen.proxy.or_else(|| text("HUBLINK_PROXY")).or(usual.proxy).or(file.proxy),
            profile: flags.profile.or(default_name),
            token: environment.secret("HUBLINK_TOKEN"),
            log: text("HUBLINK_LOG"),
            keys: file.keys.into_iter().map(|(action, keys)| (action, keys.0)).collect(),
            remembered,
            paths,
        })
    }

    /// The stored sessions.
    pub fn credentials(&self) -> Credentials {
        Credentials::new(self.paths.credentials_file())
    }
}

fn profile(file: &ConfigFile, name: Option<&str>, paths: &Paths) -> Result<Profile, ConfigError> {
    let Some(name) = name else { return Ok(Profile::default()) };
    file.profiles.get(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = file.profiles.keys().map(String::as_str).collect();
        ConfigError::Profile {
            name: name.to_owned(),
            path: paths.config_file(),
            known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
        }
    })
}
