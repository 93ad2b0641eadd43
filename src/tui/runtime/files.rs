//! Files of the operator: drafts and exports written, lists and drafts read.
//!
//! Owns doing so safely: whole or not at all, readable by their owner alone, never more than a
//! bound. What is in them is nobody's business here.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::domain::sentence::without_numbers;
use crate::tui::msg::IoError;

/// The most bytes that are read.
const MOST: u64 = 256 << 20;

fn told(error: &io::Error) -> IoError {
    IoError {
        missing: error.kind() == io::ErrorKind::NotFound,
        words: without_numbers(error.to_string()).into(),
    }
}

/// A path as people write it: `~/` is their home.
fn at_home(path: &Path) -> PathBuf {
    let rest = path.strip_prefix("~").ok();
    match (rest, std::env::var_os("HOME").filter(|home| !home.is_empty())) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path.to_owned(),
    }
}

/// Reads a whole file.
pub(super) fn read(path: &Path) -> Result<Bytes, IoError> {
    let read = || {
        let file = File::open(at_home(path))?;
        let mut bytes = Vec::new();
        file.take(MOST + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST {
            return Err(io::Error::other("the file is larger than 256 MiB"));
        }
        Ok(Bytes::from(bytes))
    };
    read().map_err(|error| told(&error))
}

/// Writes a whole file in the place of what was there, or leaves that alone.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), IoError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}", std::process::id()));
    let write = || {
        std::fs::create_dir_all(folder)?;
        // What is left of an earlier try under this name is ours.
        let _ = std::fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|error: io::Error| {
        let _ = std::fs::remove_file(&beside);
        told(&error)
    })
}

/// Removes a file; one that is not there is as good as removed.
pub(super) fn remove(path: &Path) {
    let _ = std::fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn files_are_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drafts/one.json");
        assert!(read(&path).unwrap_err().missing);
        write(&path, b"first").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(read(&path).unwrap(), "second");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(path.parent().unwrap().read_dir().unwrap().count(), 1);
        remove(&path);
        assert!(read(&path).unwrap_err().missing);
    }
}
