//! What is written into a file instead of standard output.
//!
//! Owns that nothing is written before the command has ended, so that one which breaks off leaves the
//! file that was there. Must not know what it keeps.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::cli::exit::Failure;
use crate::cli::output::note;
use crate::config::private_file;

/// What is kept for a file. Its copies keep for the same one.
#[derive(Clone)]
pub struct Kept {
    path: PathBuf,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Kept {
    /// For a file that need not be there.
    pub fn for_file(path: PathBuf) -> Self {
        Self { path, bytes: Arc::default() }
    }

    /// Whether the file could be written: asked before anything is done.
    ///
    /// # Errors
    /// What the system says.
    pub fn check(&self) -> Result<(), Failure> {
        private_file::can_export(&self.path).map_err(|error| {
            let path = self.path.display();
            let why = format!("{path}: {error}; nothing was done: name a file that can be written");
            Failure::failed(why).coded("not_written")
        })
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Writes what is kept, once; readable by its owner alone.
    ///
    /// # Errors
    /// What the system said.
    pub fn write(&self) -> Result<(), Failure> {
        let bytes = std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner));
        if bytes.is_empty() {
            return Ok(());
        }
        let path = self.path.display();
        private_file::export(&self.path, &bytes).map_err(|error| {
            Failure::failed(format!(
                "{path}: {error}; what was to be written there is lost, what was done is done"
            ))
            .coded("not_written")
        })?;
        note(&format!("Written to {path}."));
        Ok(())
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
