//! World files: fill an empty database with organizations, people, sites and rosters (SPEC 9).
//!
//! Owns reading the file and writing its facts as given, in any combination. It refuses only what
//! it cannot read, or one address named in two organizations. Must not link anybody by itself.

mod file;
mod first_days;
mod linking;
mod roster;
mod selling;
mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::error::ErrorKind;

use super::Progress;
use super::store::Store;
use crate::domain::address::Address;
use crate::domain::insights::feed::Feed;
use crate::table::{Limits, TableError, read_feed};
use file::WorldFile;

/// A world, read and checked, not yet written.
struct World {
    file: WorldFile,
    rosters: Vec<Option<roster::File>>,
    feeds: Vec<Vec<Feed>>,
}

/// Why a world cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The TOML, or a key in it.
    #[error("{}: {message}", path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// Where and what.
        message: String,
    },
    /// A roster or a feed.
    #[error("{}: {source}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// Where and what.
        source: TableError,
    },
    /// One address named in two organizations.
    #[error("{address} is named in two organizations, {first} and {second}; one person has one")]
    TwoOrganizations {
        /// The address.
        address: String,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// Something named that cannot be read as what it should be.
    #[error("{what} {name:?}: {why}")]
    Unreadable {
        /// What it is, such as "the domain".
        what: &'static str,
        /// As written.
        name: String,
        /// Why.
        why: String,
    },
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// What was loaded, for the log and for `serve` to say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Organizations.
    pub organizations: usize,
    /// Sites.
    pub sites: usize,
    /// People who can sign in.
    pub people: usize,
    /// Site users.
    pub users: usize,
}

/// Where a world begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WorldStart {
    /// Business time at the start; absent: the real time.
    pub now: Option<Timestamp>,
    /// What was loaded.
    pub loaded: Loaded,
}

/// Fills an empty database from a world file, in one transaction.
///
/// # Errors
/// A [`WorldError`] that names the file and the place; the database is then as it was.
pub async fn load(
    store: &Store,
    path: &Path,
    progress: &Progress,
) -> Result<WorldStart, WorldError> {
    let path = path.to_owned();
    progress.begin("reading the world file", 0);
    let world = tokio::task::spawn_blocking(move || World::read(&path))
        .await
        .map_err(|fault| unreadable("the world", "file", fault))??;
    let now = world.file.now.unwrap_or_else(Timestamp::now);
    let mut filling = store.fill().await?;
    let loaded = write::fill(filling.conn(), &world, now, progress).await?;
    filling.end().await?;
    Ok(WorldStart { now: world.file.now, loaded })
}

impl World {
    /// Reads a world file and what stands beside it, but for the rosters, which are read as they are
    /// written.
    ///
    /// # Errors
    /// A [`WorldError`] that names the file and the place.
    fn read(path: &Path) -> Result<Self, WorldError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| WorldError::File { path: path.to_owned(), source })?;
        let mut file: WorldFile = toml::from_str(&text).map_err(|error| WorldError::Toml {
            path: path.to_owned(),
            message: error.to_string(),
        })?;
        one_organization_each(&file)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let feed = |bytes: &[u8]| read_feed(bytes, &Limits::ROSTER);
        for organization in &mut file.organizations {
            organization.synced_directory.read(folder)?;
        }
        let (mut rosters, mut feeds) = (Vec::new(), Vec::new());
        for site in &file.sites {
            let named = site.roster.as_deref().filter(|name| !name.is_empty());
            rosters.push(named.map(|name| roster::File::find(&folder.join(name))).transpose()?);
            let all = site.insights.iter().map(|name| beside(folder, name, feed));
            feeds.push(all.collect::<Result<_, _>>()?);
        }
        Ok(Self { file, rosters, feeds })
    }
}

/// Reads a table that the world file names.
fn beside<T>(
    folder: &Path,
    name: &str,
    read: impl Fn(&[u8]) -> Result<T, TableError>,
) -> Result<T, WorldError> {
    let path = folder.join(name);
    let bytes =
        std::fs::read(&path).map_err(|source| WorldError::File { path: path.clone(), source })?;
    read(&bytes).map_err(|source| WorldError::Table { path, source })
}

fn unreadable(what: &'static str, name: &str, why: impl std::fmt::Display) -> WorldError {
    WorldError::Unreadable { what, name: name.to_owned(), why: why.to_string() }
}

/// What a row that does not fit means. A fault of the database is one, and decides nothing.
fn unfit(error: sqlx::Error, fits_not: WorldError) -> WorldError {
    let fits = error.as_database_error().is_none_or(|error| error.kind() == ErrorKind::Other);
    if fits { error.into() } else { fits_not }
}

/// An address as a key: canonical where it is usable, else folded as it is written.
fn key(text: &str) -> String {
    Address::parse(text).map_or_else(|_| text.trim().to_lowercase(), String::from)
}

/// The identity of an address is in the organization that names it as admin or member.
fn one_organization_each(file: &WorldFile) -> Result<(), WorldError> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for organization in &file.organizations {
        for address in organization.people() {
            let id = organization.id.as_str();
            match seen.insert(key(address), id) {
                Some(first) if first != id => {
                    return Err(WorldError::TwoOrganizations {
                        address: key(address),
                        first: first.to_owned(),
                        second: id.to_owned(),
                    });
                }
                _ => {}
            }
        }
    }
    Ok(())
}

impl file::Organization {
    fn people(&self) -> impl Iterator<Item = &String> {
        self.partner_admins
            .iter()
            .chain(&self.full_admins)
            .chain(&self.read_only_admins)
            .chain(&self.members)
    }
}

#[cfg(test)]
mod tests;
