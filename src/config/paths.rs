//! Where hublink keeps things: the XDG directories, also on macOS.
//!
//! Owns the names of files and directories; `hublink paths` prints them. Must not read or make
//! them.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;

/// The directories of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    config: PathBuf,
    data: PathBuf,
    state: PathBuf,
}

/// There is no home directory to put anything under.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no home directory: set HOME")]
pub struct NoHome;

impl Paths {
    /// The directories of the user who runs the program.
    ///
    /// # Errors
    /// [`NoHome`].
    pub fn of_user() -> Result<Self, NoHome> {
        let base = etcetera::base_strategy::Xdg::new().map_err(|_| NoHome)?;
        Ok(Self {
            config: base.config_dir().join("hublink"),
            data: base.data_dir().join("hublink"),
            state: base.state_dir().unwrap_or_else(|| base.data_dir()).join("hublink"),
        })
    }

    /// All directories under one, for tests and demos.
    pub fn under(dir: &Path) -> Self {
        Self { config: dir.join("config"), data: dir.join("data"), state: dir.join("state") }
    }

    /// Settings, profiles, keys.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The user's own themes, one file each.
    pub fn themes_dir(&self) -> PathBuf {
        self.config.join("themes")
    }

    /// Sessions, one for each backend; mode 0600.
    pub fn credentials_file(&self) -> PathBuf {
        self.config.join("credentials.toml")
    }

    /// The backends that `login` remembered.
    pub fn backends_file(&self) -> PathBuf {
        self.config.join("backends.toml")
    }

    /// The backend's database, where `serve` names none.
    pub fn database_file(&self) -> PathBuf {
        self.data.join("hublink.db")
    }

    /// Drafts that could not be saved on the backend; mode 0600.
    pub fn drafts_dir(&self) -> PathBuf {
        self.state.join("drafts")
    }

    /// How long things took the last time, in whole seconds.
    pub fn durations_file(&self) -> PathBuf {
        self.log_file().with_file_name("durations.json")
    }

    /// The log, written only when `HUBLINK_LOG` asks for it.
    pub fn log_file(&self) -> PathBuf {
        self.state.join("hublink.log")
    }

    /// Everything by name, as `hublink paths` prints it.
    pub fn named(&self) -> [(&'static str, PathBuf); 7] {
        [
            ("config", self.config_file()),
            ("credentials", self.credentials_file()),
            ("backends", self.backends_file()),
            ("themes", self.themes_dir()),
            ("database", self.database_file()),
            ("drafts", self.drafts_dir()),
            ("log", self.log_file()),
        ]
    }
}
