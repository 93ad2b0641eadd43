//! Looking a database over without touching it: what `hublink doctor` tells of one.
//!
//! Owns the questions (is it whole, who may read it, how much room there is, is it of this
//! version, is somebody serving it). Opens it for reading alone and makes nothing.

use std::fs::{self, OpenOptions, TryLockError};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use super::place::path_of;
use super::{StoreError, migrations};

/// So many complaints of SQLite are read.
const COMPLAINTS: usize = 5;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Its mode, such as 0o600.
    pub mode: u32,
    /// What SQLite complains of; nothing: it is whole.
    pub complaints: Vec<String>,
    /// The step its tables are at.
    pub version: i64,
    /// The step this program's are at.
    pub ours: i64,
    /// A backend serves it now.
    pub served: bool,
    /// The bytes that its disk has left for us.
    pub room: Option<u64>,
}

/// Looks over the database named `sqlite:PATH`; nothing where there is no file.
///
/// # Errors
/// [`StoreError`], where it is no database or cannot be read.
pub async fn look(name: &str) -> Result<Option<Checkup>, StoreError> {
    let path = path_of(name)?;
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::File { path, source }),
    };
    let served = is_served(&path);
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .read_only(true)
        .busy_timeout(Duration::from_secs(5));
    let mut conn = options.connect().await?;
    let said: Vec<String> = sqlx::query_scalar("PRAGMA quick_check").fetch_all(&mut conn).await?;
    let complaints = said.into_iter().filter(|line| line != "ok").take(COMPLAINTS).collect();
    let version = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_optional(&mut conn)
        .await
        .unwrap_or_default();
    let room = path.parent().and_then(|folder| {
        let here = if folder.as_os_str().is_empty() { ".".as_ref() } else { folder };
        let disk = rustix::fs::statvfs(here).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    });
    Ok(Some(Checkup {
        bytes: metadata.len(),
        mode: metadata.permissions().mode() & 0o777,
        complaints,
        version: version.unwrap_or(0),
        ours: migrations::last(),
        served,
        room,
        path,
    }))
}

/// Whether another process holds the file's lock, which is let go of at once. Asked before the
/// database is opened: closing the file takes SQLite's own locks of this process away.
fn is_served(path: &Path) -> bool {
    let file = OpenOptions::new().read(true).write(true).open(path);
    file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::{Hold, Store};

    #[tokio::test]
    async fn a_database_is_looked_over_and_nothing_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.db");
        let name = format!("sqlite:{}", path.display());
        assert_eq!(look(&name).await.unwrap(), None);
        assert_eq!(dir.path().read_dir().unwrap().count(), 0);
        let hold = Hold::take(&name).unwrap();
        let store = Store::open(&name).await.unwrap();
        let found = look(&name).await.unwrap().unwrap();
        assert_eq!((found.complaints.len(), found.mode, found.served), (0, 0o600, true));
        assert_eq!(found.version, found.ours);
        assert!(found.room.is_some());
        store.close().await;
        hold.release();
        assert!(!look(&name).await.unwrap().unwrap().served);
    }

    #[tokio::test]
    async fn what_is_no_database_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.db");
        fs::write(&path, "not a database, but long enough to look like one".repeat(40)).unwrap();
        assert!(look(&format!("sqlite:{}", path.display())).await.is_err());
    }
}
