//! Where the database is: its file, whose it is to serve, and whether it is still there.
//!
//! Owns the lock, which is the file's own (not a name's), so that it holds through links and cannot
//! be deleted, and noticing that the file was removed or replaced while it is open: what is written
//! then would be lost, so nothing may be acknowledged.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::StoreError;

/// The database is this process's to serve, for as long as this lives.
///
/// A second process would keep a world clock of its own. It must outlive the [`Store`](super::Store)
/// in this process: closing the file by other means takes SQLite's own locks away.
#[derive(Debug)]
pub struct Hold(File);

impl Hold {
    /// Takes hold of the database named `sqlite:PATH`, making its file (mode 0600) if missing.
    ///
    /// # Errors
    /// [`StoreError::Served`] where another process has it, and what keeps it from being locked.
    pub fn take(name: &str) -> Result<Self, StoreError> {
        let path = path_of(name)?;
        make_private(&path)?;
        let fail = |source| file_error(&path, source);
        let file = OpenOptions::new().read(true).write(true).open(&path).map_err(fail)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Served(path)),
            Err(TryLockError::Error(source)) => Err(fail(source)),
        }
    }

    /// Lets go of it.
    pub fn release(self) {
        // Closing the file would do; this says it.
        let _ = self.0.unlock();
    }
}

/// The file that was opened.
#[derive(Debug)]
pub(super) struct Place {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Place {
    pub fn of(path: &Path) -> Result<Self, StoreError> {
        let about = fs::metadata(path).map_err(|source| file_error(path, source))?;
        // The one file, however it was named: what stands beside it is found under any link's name.
        let path = fs::canonicalize(path).map_err(|source| file_error(path, source))?;
        Ok(Self { path, device: about.dev(), inode: about.ino() })
    }

    /// Beside the file.
    pub fn beside(&self, suffix: &str) -> PathBuf {
        let mut beside = self.path.clone().into_os_string();
        beside.push(suffix);
        PathBuf::from(beside)
    }

    /// Whether what is open is what stands there.
    ///
    /// # Errors
    /// That it was removed or replaced.
    pub fn check(&self) -> Result<(), sqlx::Error> {
        let found = match fs::metadata(&self.path) {
            Ok(about) if (about.dev(), about.ino()) == (self.device, self.inode) => return Ok(()),
            Ok(_) => "replaced by another file",
            Err(error) if error.kind() == ErrorKind::NotFound => "removed",
            // Nothing is known of it: the database itself will say.
            Err(_) => return Ok(()),
        };
        Err(sqlx::Error::Io(Error::other(Gone(found))))
    }

    /// When the database was last written, as far as its files tell.
    pub fn written(&self) -> Option<(std::time::SystemTime, u64)> {
        let about = fs::metadata(self.beside("-wal")).ok()?;
        Some((about.modified().ok()?, about.len()))
    }
}

/// The database's file is not there any more.
#[derive(Debug, thiserror::Error)]
#[error("the database's file was {0} while the backend runs")]
struct Gone(&'static str);

/// Whether a fault is that the database's file was removed or replaced.
pub fn is_gone(error: &sqlx::Error) -> bool {
    let sqlx::Error::Io(io) = error else { return false };
    io.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Gone>)
}

pub(super) fn path_of(name: &str) -> Result<PathBuf, StoreError> {
    let path = name.strip_prefix("sqlite:").filter(|p| !p.is_empty()).ok_or(StoreError::Name)?;
    Ok(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

pub(super) fn file_error(path: &Path, source: Error) -> StoreError {
    if path.is_dir() {
        return StoreError::Folder(path.to_owned());
    }
    StoreError::File { path: path.to_owned(), source }
}

/// The folder that the database is to be in, private where it is made.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let fail = |source| file_error(path, source);
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty() && !f.exists()) {
        fs::create_dir_all(folder).map_err(fail)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(fail)?;
    }
    Ok(())
}

pub(super) fn make_private(path: &Path) -> Result<(), StoreError> {
    let fail = |source| file_error(path, source);
    make_folder(path)?;
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let about = fs::metadata(path).map_err(fail)?;
            if about.is_dir() {
                return Err(StoreError::Folder(path.to_owned()));
            }
            let others = about.permissions().mode() & 0o077;
            if others == 0 { Ok(()) } else { Err(StoreError::Mode(path.to_owned())) }
        }
        Err(error) => Err(fail(error)),
    }
}

/// Whether a change waited too long for its turn to write.
pub fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(error, sqlx::Error::PoolTimedOut)
        || code.is_some_and(|code| code.parse().is_ok_and(|code: u32| code & 0xff == 5))
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    fn name(path: &Path) -> String {
        format!("sqlite:{}", path.display())
    }

    #[test]
    fn i1_the_lock_holds_through_links_and_a_second_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let hold = Hold::take(&name(&path)).unwrap();
        let (soft, hard) = (folder.path().join("soft.db"), folder.path().join("hard.db"));
        std::os::unix::fs::symlink(&path, &soft).unwrap();
        fs::hard_link(&path, &hard).unwrap();
        for other in [&path, &soft, &hard] {
            assert!(matches!(Hold::take(&name(other)), Err(StoreError::Served(_))));
        }
        hold.release();
        assert!(Hold::take(&name(&hard)).is_ok());
    }

    #[tokio::test]
    async fn i4_nothing_is_written_once_the_file_is_removed_or_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for replaced in [false, true] {
            let path = folder.path().join(format!("{replaced}.db"));
            let store = Store::open(&name(&path)).await.unwrap();
            drop(store.begin().await.unwrap());
            fs::rename(&path, folder.path().join("away.db")).unwrap();
            if replaced {
                fs::write(&path, "another").unwrap();
            }
            let refused = store.begin().await.unwrap_err();
            assert!(is_gone(&refused), "{refused}");
            let word = if replaced { "replaced" } else { "removed" };
            assert!(refused.to_string().contains(word), "{refused}");
            // It is put back: nothing was lost.
            fs::rename(folder.path().join("away.db"), &path).unwrap();
            drop(store.begin().await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_folder_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Hold::take(&name(folder.path())).unwrap_err();
        assert!(refused.to_string().contains("is a folder"), "{refused}");
    }
}
