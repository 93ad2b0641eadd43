//! Settings: `config.toml`, then `HUBLINK_*`, then flags, as one [`Settings`]; below them all what
//! `login` remembered.
//!
//! Owns the layering, the paths, and the credentials file. Must not connect to anything, and must
//! not guess: an unknown key or profile is an error that names where it stands.

pub mod credentials;
pub mod environment;
pub mod file;
pub mod origin;
pub mod paths;
pub mod private_file;
pub mod remembered;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::credentials::Credentials;
use self::environment::Environment;
use self::file::{ConfigFile, Notify, Profile};
use self::origin::{Origin, Origins, Said};
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
    /// `--accessible`.
    pub accessible: bool,
    /// `--no-color`.
    pub no_color: bool,
    /// `--mouse`.
    pub mouse: bool,
    /// `--no-clipboard`.
    pub no_clipboard: bool,
    /// `--no-links`.
    pub no_links: bool,
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
    /// No colours.
    pub no_color: bool,
    /// The mouse clicks, or never, as the command line or the environment says.
    pub mouse: Option<bool>,
    /// The same as the file says, for a terminal of this machine.
    pub mouse_here: bool,
    /// Texts are copied into the terminal's clipboard, or never.
    pub clipboard: Option<bool>,
    /// Web addresses are links, or never; where nothing is said the terminal decides.
    pub links: Option<bool>,
    /// How the end of a watched run is told to who looks elsewhere.
    pub notify: Option<Notify>,
    /// Signs of ASCII alone, or never; where nothing is said the terminal decides.
    pub ascii: Option<bool>,
    /// The wizard is told line by line, or never.
    pub accessible: Option<bool>,
    /// What explains is told too, line by line.
    pub hints: Option<bool>,
    /// Actions and the keys that do them.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Plain http beyond this machine is allowed.
    pub insecure: bool,
    /// The proxy for every request.
    pub proxy: Option<String>,
    /// What to log, if anything.
    pub log: Option<String>,
    /// What was said, and by whom; never a secret.
    pub said: Vec<Said>,
    /// Where things are.
    pub paths: Paths,
}

/// What only the terminal is about.
struct AtTerminal {
    clipboard: Option<bool>,
    links: Option<bool>,
    mouse: Option<bool>,
    mouse_here: bool,
    ascii: Option<bool>,
    accessible: Option<bool>,
    hints: Option<bool>,
}

impl AtTerminal {
    fn layered(
        file: &ConfigFile,
        flags: &Flags,
        environment: &Environment,
        said: &mut Origins,
    ) -> Result<Self, ConfigError> {
        let ascii = [
            (flags.ascii.then_some(true), Origin::Flag("--ascii")),
            (environment.yes_or_no("HUBLINK_ASCII")?, Origin::Variable("HUBLINK_ASCII")),
            (file.ascii, Origin::File),
        ];
        let clipboard = [
            (flags.no_clipboard.then_some(false), Origin::Flag("--no-clipboard")),
            (environment.yes_or_no("HUBLINK_CLIPBOARD")?, Origin::Variable("HUBLINK_CLIPBOARD")),
            (file.clipboard, Origin::File),
        ];
        let links = [
            (flags.no_links.then_some(false), Origin::Flag("--no-links")),
            (environment.yes_or_no("HUBLINK_LINKS")?, Origin::Variable("HUBLINK_LINKS")),
            (file.links, Origin::File),
        ];
        let mouse = [
            (flags.mouse.then_some(true), Origin::Flag("--mouse")),
            (environment.yes_or_no("HUBLINK_MOUSE")?, Origin::Variable("HUBLINK_MOUSE")),
        ];
        let mouse_here = mouse.into_iter().chain([(file.mouse, Origin::File)]);
        let accessible = [
            (flags.accessible.then_some(true), Origin::Flag("--accessible")),
            (environment.yes_or_no("HUBLINK_ACCESSIBLE")?, Origin::Variable("HUBLINK_ACCESSIBLE")),
            (file.accessible, Origin::File),
        ];
        let hints = [
            (environment.yes_or_no("HUBLINK_HINTS")?, Origin::Variable("HUBLINK_HINTS")),
            (file.hints, Origin::File),
        ];
        Ok(Self {
            clipboard: said.strongest("clipboard", clipboard),
            links: said.strongest("links", links),
            mouse: mouse.into_iter().find_map(|(said, _)| said),
            mouse_here: said.strongest("mouse", mouse_here).unwrap_or(false),
            ascii: said.strongest("ascii", ascii),
            accessible: said.strongest("accessible", accessible),
            hints: said.strongest("hints", hints),
        })
    }
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
        Self::layered(file, remembered, flags, environment, paths)
    }

    /// The same with everything that is wrong left out, and told: what can be done with a broken
    /// configuration shall be.
    ///
    /// # Errors
    /// None that is known: what would be one is left out.
    pub fn leniently(
        flags: Flags,
        environment: &Environment,
        paths: Paths,
    ) -> Result<(Self, Vec<ConfigError>), ConfigError> {
        let (file, mut wrong) = ConfigFile::leniently(&paths.config_file());
        let remembered = Remembered::read(paths.backends_file()).unwrap_or_else(|error| {
            wrong.push(error);
            Remembered::nothing(paths.backends_file())
        });
        let (environment, mistaken) = environment.without_mistakes();
        wrong.extend(mistaken);
        let usual = (file.clone(), remembered.clone(), paths.clone());
        match Self::layered(file, remembered, flags.clone(), &environment, paths) {
            Ok(settings) => Ok((settings, wrong)),
            // A profile that there is not: everything else holds all the same.
            Err(error) => {
                wrong.push(error);
                let (mut file, remembered, paths) = usual;
                file.profile = None;
                let flags = Flags { profile: None, new_profile: false, ..flags };
                let environment = environment.without("HUBLINK_PROFILE");
                Self::layered(file, remembered, flags, &environment, paths)
                    .map(|settings| (settings, wrong))
            }
        }
    }

    fn layered(
        file: ConfigFile,
        remembered: Remembered,
        flags: Flags,
        environment: &Environment,
        paths: Paths,
    ) -> Result<Self, ConfigError> {
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
        let mut said = Origins::default();
        let default_name = [
            (text("HUBLINK_PROFILE"), Origin::Variable("HUBLINK_PROFILE")),
            (file.profile.clone(), Origin::File),
        ];
        let named = [(flags.profile.clone(), Origin::Flag("--profile"))];
        said.strongest("profile", named.into_iter().chain(default_name.clone()));
        let default_name = default_name.into_iter().find_map(|(name, _)| name);
        let usual = match flags.profile {
            None => profile(default_name.as_deref())?,
            Some(_) => Profile::default(),
        };
        let insecure = environment.yes_or_no("HUBLINK_INSECURE")?;
        let kept = |profile: Option<&str>| remembered.of(profile).map(str::to_owned);
        let layers = [
            (chosen.backend, Layer::File),
            (flags.profile.as_deref().and_then(|name| kept(Some(name))), Layer::Remembered),
            (text("HUBLINK_BACKEND"), Layer::Environment),
            (usual.backend, Layer::File),
            (default_name.as_deref().and_then(|name| kept(Some(name))), Layer::Remembered),
            (file.backend.clone(), Layer::File),
            (kept(None), Layer::Remembered),
        ];
        let mut layers = layers.into_iter();
        let by_itself = layers.find_map(|(url, layer)| url.map(|url| Usual { url, layer }));
        let backend = [
            (flags.backend.clone(), Origin::Flag("--backend")),
            (
                by_itself.as_ref().map(|usual| usual.url.clone()),
                by_itself.as_ref().map_or(Origin::File, |usual| Origin::of_layer(usual.layer)),
            ),
        ];
        let theme = [
            (chosen.theme, Origin::Profile),
            (text("HUBLINK_THEME"), Origin::Variable("HUBLINK_THEME")),
            (usual.theme, Origin::Profile),
            (file.theme.clone(), Origin::File),
        ];
        let at_terminal = AtTerminal::layered(&file, &flags, environment, &mut said)?;
        let insecure = [
            (chosen.insecure, Origin::Profile),
            (insecure, Origin::Variable("HUBLINK_INSECURE")),
            (usual.insecure, Origin::Profile),
            (file.insecure, Origin::File),
        ];
        let proxy = [
            (chosen.proxy, Origin::Profile),
            (text("HUBLINK_PROXY"), Origin::Variable("HUBLINK_PROXY")),
            (usual.proxy, Origin::Profile),
            (file.proxy, Origin::File),
        ];
        let log = [(text("HUBLINK_LOG"), Origin::Variable("HUBLINK_LOG"))];
        let token = environment.secret("HUBLINK_TOKEN");
        said.secret("token", token.is_some(), Origin::Variable("HUBLINK_TOKEN"));
        Ok(Self {
            backend_is_named: flags.backend.is_some(),
            backend: said.strongest("backend", backend),
            usual: by_itself,
            theme: said.strongest("theme", theme),
            no_color: flags.no_color
                || said.strongest("color", [(file.color, Origin::File)]) == Some(false),
            clipboard: at_terminal.clipboard,
            links: at_terminal.links,
            notify: said.strongest("notify", [(file.notify, Origin::File)]),
            mouse: at_terminal.mouse,
            mouse_here: at_terminal.mouse_here,
            ascii: at_terminal.ascii,
            accessible: at_terminal.accessible,
            hints: at_terminal.hints,
            insecure: said.strongest("insecure", insecure).unwrap_or(false),
            proxy: said.strongest("proxy", proxy),
            profile: flags.profile.or(default_name),
            token,
            log: said.strongest("log", log),
            keys: {
                said.count("keys", file.keys.len(), Origin::File);
                file.keys.into_iter().map(|(action, keys)| (action, keys.0)).collect()
            },
            said: said.into_vec(),
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
