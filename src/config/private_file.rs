//! Files that only their owner may read: mode 0600 in a directory of mode 0700.
//!
//! Owns writing them whole (temporary file, fsync, rename) and refusing to read one that others
//! could have read or written. Must not know what is in them.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

/// Why a private file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// Its mode lets others in.
    #[error(
        "{} can be read or changed by others (mode {mode:04o}); nothing was read from it. \
         If nobody else has seen it: chmod {want:o} {}", path.display(), path.display()
    )]
    TooOpen {
        /// The file or its directory.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode it should have.
        want: u32,
    },
    /// It belongs to somebody else.
    #[error("{} belongs to another user (uid {uid}); nothing was read from it", path.display())]
    Foreign {
        /// The file or its directory.
        path: PathBuf,
        /// Its owner.
        uid: u32,
    },
    /// The system said no.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl PrivateFileError {
    fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), error }
    }
}

/// Reads a private file of ours; `None` where there is none.
///
/// # Errors
/// [`PrivateFileError`], when it is a link, or it or its directory is anybody else's or open to
/// others.
pub fn read(path: &Path) -> Result<Option<String>, PrivateFileError> {
    let text = read_with(path, OFlags::NOFOLLOW)?;
    if let (Some(_), Some(dir)) = (&text, path.parent()) {
        let metadata = dir.metadata().map_err(|error| PrivateFileError::io(dir, error))?;
        check(dir, &metadata, 0o700)?;
    }
    Ok(text)
}

/// Reads a private file that the operator keeps wherever they like; `None` where there is none.
///
/// # Errors
/// [`PrivateFileError`], when it is anybody else's or open to others.
pub fn read_secret(path: &Path) -> Result<Option<String>, PrivateFileError> {
    read_with(path, OFlags::empty())
}

fn read_with(path: &Path, flags: OFlags) -> Result<Option<String>, PrivateFileError> {
    let flags = flags.bits().cast_signed();
    let mut file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PrivateFileError::io(path, error)),
    };
    let io = |error| PrivateFileError::io(path, error);
    // Of the file that is open, not of whatever has its name by now.
    check(path, &file.metadata().map_err(io)?, 0o600)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    Ok(Some(text))
}

/// Writes a private file whole, or not at all. Makes its directory, and closes it to others.
///
/// # Errors
/// [`PrivateFileError`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), PrivateFileError> {
    let io = |error| PrivateFileError::io(path, error);
    let dir = path.parent().unwrap_or(Path::new("."));
    close(dir)?;
    let temporary = dir.join(format!(".{}.{}", random(), std::process::id()));
    let written = fill(&temporary, bytes)
        .and_then(|()| std::fs::rename(&temporary, path))
        // The rename itself must outlive a power cut.
        .and_then(|()| File::open(dir)?.sync_all());
    written.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        io(error)
    })
}

/// Makes a directory, and closes it to others.
///
/// # Errors
/// [`PrivateFileError`].
pub fn close(dir: &Path) -> Result<(), PrivateFileError> {
    let io = |error| PrivateFileError::io(dir, error);
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(io)?;
    let metadata = dir.metadata().map_err(io)?;
    match check(dir, &metadata, 0o700) {
        // Made by hand before anything secret was in it.
        Err(PrivateFileError::TooOpen { .. }) => {
            std::fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(io)
        }
        other => other,
    }
}

/// Writes an export where the operator said, readable by its owner alone, in whatever folder: whole, or
/// not at all, so that what stood there stays until then, and nobody who has that open reads along. What
/// is no ordinary file (a pipe, a terminal) is written to as it is.
///
/// # Errors
/// What the system says.
pub fn export(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (real, temporary) = meant(path);
    if real.metadata().is_ok_and(|there| !there.is_file()) {
        return OpenOptions::new().write(true).open(&real)?.write_all(bytes);
    }
    fill(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, &real)).inspect_err(|_| {
        let _ = std::fs::remove_file(&temporary);
    })
}

/// Whether an export could be written there, as far as can be known before.
///
/// # Errors
/// What the system says.
pub fn can_export(path: &Path) -> io::Result<()> {
    let (real, temporary) = meant(path);
    if real.is_dir() {
        return Err(io::Error::from(ErrorKind::IsADirectory));
    }
    if real.metadata().is_ok_and(|there| !there.is_file()) {
        return Ok(());
    }
    fill(&temporary, b"")?;
    std::fs::remove_file(&temporary)
}

/// The file that a path means, a link's target where it is one; and a new name beside it.
fn meant(path: &Path) -> (PathBuf, PathBuf) {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let dir = real.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = dir.join(format!(".{}.{}", random(), std::process::id()));
    (real, temporary)
}

fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn check(path: &Path, metadata: &std::fs::Metadata, want: u32) -> Result<(), PrivateFileError> {
    let (uid, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    if uid != rustix::process::geteuid().as_raw() {
        return Err(PrivateFileError::Foreign { path: path.to_owned(), uid });
    }
    if mode & 0o077 != 0 {
        return Err(PrivateFileError::TooOpen { path: path.to_owned(), mode, want });
    }
    Ok(())
}

fn random() -> String {
    format!("{:016x}", getrandom::u64().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i16_an_export_is_for_its_owner_alone_whatever_stood_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users.csv");
        std::fs::write(&path, "old and longer").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        export(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        export(Path::new("/dev/null"), b"gone").unwrap();
    }

    #[test]
    fn i16_an_export_replaces_a_file_whole_and_is_not_read_along() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("users.csv"), folder.path().join("link.csv"));
        std::fs::write(&path, "old").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let mut open = File::open(&path).unwrap();
        can_export(&link).unwrap();
        export(&link, b"new").unwrap();
        let mut read = String::new();
        open.read_to_string(&mut read).unwrap();
        assert_eq!(read, "old", "who has it open reads what it was");
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert!(link.is_symlink());
        let left = folder.path().read_dir().unwrap().count();
        assert_eq!(left, 2, "nothing is left beside them");
        let nowhere = folder.path().join("no/such/file.csv");
        assert!(can_export(&nowhere).is_err() && export(&nowhere, b"x").is_err());
        assert!(can_export(folder.path()).is_err());
    }

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().mode() & 0o777
    }

    #[test]
    fn what_is_written_is_private_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("new/deep/file");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("two"));
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_wider_mode_is_refused_with_the_way_out() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("home/file");
        write(&path, b"secret").unwrap();
        for (what, wide, want) in
            [(path.as_path(), 0o640, "chmod 600"), (path.parent().unwrap(), 0o755, "chmod 700")]
        {
            let before = mode(what);
            std::fs::set_permissions(what, Permissions::from_mode(wide)).unwrap();
            let error = read(&path).unwrap_err().to_string();
            assert!(error.contains(want) && error.contains(&format!("{wide:04o}")), "{error}");
            assert!(!error.contains("secret"));
            std::fs::set_permissions(what, Permissions::from_mode(before)).unwrap();
        }
    }

    #[test]
    fn a_link_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("home/real");
        write(&real, b"secret").unwrap();
        let link = dir.path().join("home/link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert!(matches!(read(&link), Err(PrivateFileError::Io { .. })));
        assert_eq!(read_secret(&link).unwrap().as_deref(), Some("secret"));
    }
}
