//! Where the demo keeps its database and its world: a folder of its own, and nothing beside it.
//!
//! Owns making it private and removing one that was made for this run. Must not remove a folder
//! that somebody named.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::server::store::new_id;

/// The demo's folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    fresh: bool,
}

impl Folder {
    /// A new folder that goes when this value does.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn fresh() -> io::Result<Self> {
        let path = std::env::temp_dir().join(new_id("hublink-demo"));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path, fresh: true })
    }

    /// The folder somebody named; it is made if missing, and stays.
    ///
    /// # Errors
    /// When it cannot be made, or is no folder.
    pub fn kept(path: &Path) -> io::Result<Self> {
        DirBuilder::new().mode(0o700).recursive(true).create(path)?;
        Ok(Self { path: path.to_owned(), fresh: false })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.fresh {
            // What cannot be removed is fiction, in the system's folder for passing things.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_fresh_folder_is_private_and_goes() {
        let folder = Folder::fresh().unwrap();
        let path = folder.path().to_owned();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
        fs::write(path.join("a"), "b").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_named_folder_stays() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("x/y");
        drop(Folder::kept(&path).unwrap());
        assert!(path.is_dir());
        fs::write(path.join("file"), "").unwrap();
        assert!(Folder::kept(&path.join("file")).is_err());
    }
}
