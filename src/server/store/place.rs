//! Where the database is: its file, whose it is to serve, and whether it is still there.
//!
//! Owns the lock, which is the file's own (not a name's), so that it holds through links and cannot
//! be deleted, and noticing that the file was removed or replaced while it is open: what is written
//! then would be lost, so nothing may be acknowledged.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

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
    file: Id,
    /// The file of what was written last, which SQLite makes anew now and then.
    wal: Mutex<Option<Id>>,
}

/// Which file, whatever it is named: device and inode.
type Id = (u64, u64);

fn id(about: &fs::Metadata) -> Id {
    (about.dev(), about.ino())
}

/// Whether this process has the file open, be its name gone or not.
fn is_open(wanted: Id) -> bool {
    let Ok(all) = fs::read_dir("/dev/fd") else { return false };
    all.flatten().any(|one| fs::metadata(one.path()).is_ok_and(|about| id(&about) == wanted))
}

impl Place {
    pub fn of(path: &Path) -> Result<Self, StoreError> {
        let about = fs::metadata(path).map_err(|source| file_error(path, source))?;
        // The one file, however it was named: what stands beside it is found under any link's name.
        let path = fs::canonicalize(path).map_err(|source| file_error(path, source))?;
        Ok(Self { path, file: id(&about), wal: Mutex::new(None) })
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
            Ok(about) if id(&about) == self.file => return self.check_wal(),
            Ok(_) => Gone::Database("replaced by another file"),
            Err(error) if error.kind() == ErrorKind::NotFound => Gone::Database("removed"),
            // Nothing is known of it: the database itself will say.
            Err(_) => return Ok(()),
        };
        Err(sqlx::Error::Io(Error::other(found)))
    }

    /// What was written last stands in a file of its own. Where that is not the one that is open, a
    /// kill would lose what was acknowledged.
    fn check_wal(&self) -> Result<(), sqlx::Error> {
        let found = match fs::metadata(self.beside("-wal")) {
            Ok(about) => Some(id(&about)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(_) => return Ok(()),
        };
        let mut known = self.wal.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(was) = *known
            && found != *known
            && is_open(was)
        {
            return Err(sqlx::Error::Io(Error::other(Gone::Wal)));
        }
        *known = found;
        Ok(())
    }

    /// How many bytes the disk has left for it, where the system tells.
    pub fn room(&self) -> Option<u64> {
        let about = rustix::fs::statvfs(&self.path).ok()?;
        about.f_bavail.checked_mul(about.f_frsize)
    }

    /// When the database was last written, as far as its files tell.
    pub fn written(&self) -> Option<(std::time::SystemTime, u64)> {
        let about = fs::metadata(self.beside("-wal")).ok()?;
        Some((about.modified().ok()?, about.len()))
    }
}

/// What is open is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Gone {
    /// The database's file.
    #[error("the database's file was {0} while the backend runs")]
    Database(&'static str),
    /// The file of what was written last.
    #[error("what was written last (-wal) was removed beside the database while the backend runs")]
    Wal,
}

impl Gone {
    /// Whether a fault is that what is open was removed or replaced.
    pub fn of(error: &sqlx::Error) -> Option<Self> {
        let sqlx::Error::Io(io) = error else { return None };
        io.get_ref()?.downcast_ref().copied()
    }

    /// What a human can do.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Database(_) => {
                "Stop the backend and put the database's file back; nothing is acknowledged meanwhile."
            }
            Self::Wal => {
                "Stop the backend, which puts it into the database, and start it again; nothing is \
                 acknowledged meanwhile."
            }
        }
    }
}

/// Where there is no database, but what belongs to one stands there, it is missing rather than new.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn expected(name: &str) -> Result<(), StoreError> {
    let path = path_of(name)?;
    if path.exists() {
        return Ok(());
    }
    for suffix in [".mark", ".audit-key", "-wal"] {
        let mut beside = path.clone().into_os_string();
        beside.push(suffix);
        let beside = PathBuf::from(beside);
        if beside.exists() {
            return Err(StoreError::Missing { path, beside });
        }
    }
    Ok(())
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
            assert!(matches!(Gone::of(&refused), Some(Gone::Database(_))), "{refused}");
            let word = if replaced { "replaced" } else { "removed" };
            assert!(refused.to_string().contains(word), "{refused}");
            // It is put back: nothing was lost.
            fs::rename(folder.path().join("away.db"), &path).unwrap();
            drop(store.begin().await.unwrap());
        }
    }

    #[tokio::test]
    async fn i4_nothing_is_written_once_the_last_writes_file_is_removed_and_stopping_saves_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store = Store::open(&name(&path)).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        super::super::meta::put(&mut tx, "said", "yes").await.unwrap();
        tx.commit().await.unwrap();
        store.check().unwrap();
        fs::remove_file(folder.path().join("a.db-wal")).unwrap();
        for _ in 0..2 {
            let refused = store.begin().await.unwrap_err();
            assert_eq!(Gone::of(&refused), Some(Gone::Wal), "{refused}");
        }
        store.close().await;
        let store = Store::open(&name(&path)).await.unwrap();
        let said = super::super::meta::get(&mut store.read().await.unwrap(), "said").await;
        assert_eq!(said.unwrap().as_deref(), Some("yes"));
        // One that SQLite made anew by itself is no fault.
        store.check().unwrap();
        store.close().await;
    }

    #[test]
    fn i4_a_database_whose_companions_stand_there_is_missing_not_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        assert!(expected(&name(&path)).is_ok());
        for suffix in ["mark", "audit-key"] {
            let beside = folder.path().join(format!("a.db.{suffix}"));
            fs::write(&beside, "").unwrap();
            let refused = expected(&name(&path)).unwrap_err().to_string();
            assert!(refused.contains(&beside.display().to_string()), "{refused}");
            assert!(refused.contains("hublink restore"), "{refused}");
            fs::remove_file(beside).unwrap();
        }
    }

    #[tokio::test]
    async fn a_folder_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Hold::take(&name(folder.path())).unwrap_err();
        assert!(refused.to_string().contains("is a folder"), "{refused}");
    }
}
