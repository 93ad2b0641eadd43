//! Recording what is drawn, as an asciicast (version 2): a header, then a line for each write.
//!
//! Owns the file's form; text that a write cuts in two is put together again. Must not know what
//! the bytes mean.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::json;

/// A recording under way.
#[derive(Debug)]
pub struct Recording<W: Write = BufWriter<File>> {
    file: W,
    /// The beginning of a character whose rest is still to come.
    rest: Vec<u8>,
}

impl Recording {
    /// Makes the file, readable by its owner's group and others as any document is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(path: &Path, size: (u16, u16), title: &str) -> io::Result<Self> {
        Self::new(BufWriter::new(File::create(path)?), size, title)
    }
}

impl<W: Write> Recording<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut file: W, (width, height): (u16, u16), title: &str) -> io::Result<Self> {
        let header = json!({
            "version": 2,
            "width": width,
            "height": height,
            "title": title,
            "env": { "TERM": "xterm-256color" },
        });
        writeln!(file, "{header}")?;
        Ok(Self { file, rest: Vec::new() })
    }

    /// Adds what was written to the terminal, `at` after the start.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn output(&mut self, at: Duration, bytes: &[u8]) -> io::Result<()> {
        self.rest.extend_from_slice(bytes);
        let end = match std::str::from_utf8(&self.rest) {
            Ok(text) => text.len(),
            // Only a character that is cut off may wait; what is broken for good is replaced.
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => self.rest.len(),
        };
        let whole: Vec<u8> = self.rest.drain(..end).collect();
        if whole.is_empty() {
            return Ok(());
        }
        let seconds = at.as_micros() as f64 / 1e6;
        writeln!(self.file, "{}", json!([seconds, "o", String::from_utf8_lossy(&whole)]))
    }

    /// Finishes the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.file.flush()?;
        Ok(self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_cut_in_two_is_put_together() {
        let mut recording = Recording::new(Vec::new(), (80, 24), "A test").unwrap();
        let text = "\u{1b}[1mé陈".as_bytes();
        let (one, two) = text.split_at(text.len() - 1);
        recording.output(Duration::from_millis(1500), one).unwrap();
        recording.output(Duration::from_secs(2), two).unwrap();
        recording.output(Duration::from_secs(3), b"\xffx").unwrap();
        let file = String::from_utf8(recording.finish().unwrap()).unwrap();
        let lines: Vec<serde_json::Value> =
            file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((lines[0]["version"].as_u64(), lines[0]["width"].as_u64()), (Some(2), Some(80)));
        assert_eq!(lines[1], json!([1.5, "o", "\u{1b}[1mé"]));
        assert_eq!(lines[2], json!([2.0, "o", "陈"]));
        assert_eq!(lines[3], json!([3.0, "o", "\u{fffd}x"]));
    }
}
