//! Recording what is drawn, as an asciicast: a header, then a line for each write.
//!
//! Owns the file's form; text that a write cuts in two is put together again, and the last frame is
//! held. Version 2, which every player takes; version 3 says nothing that is needed here, and
//! asciinema before 3.0 (which systems still ship), svg-term and xterm-player refuse it. Must not
//! know what the bytes mean.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::json;

/// How long the last frame is held: players end, or begin anew, with the last line.
const LAST_FRAME: Duration = Duration::from_secs(3);
/// Changes nothing: the cursor is hidden already.
const NOTHING: &str = "\x1b[?25l";

/// A recording under way.
#[derive(Debug)]
pub struct Recording<W: Write = BufWriter<File>> {
    file: W,
    /// The beginning of a character whose rest is still to come.
    rest: Vec<u8>,
    /// When the last line was written.
    last: Duration,
    finished: bool,
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
        Ok(Self { file, rest: Vec::new(), last: Duration::ZERO, finished: false })
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
        self.line(at, "o", &String::from_utf8_lossy(&whole))
    }

    /// Names a moment, `at` after the start; players show it as a mark to go to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn mark(&mut self, at: Duration, name: &str) -> io::Result<()> {
        self.line(at, "m", name)
    }

    fn line(&mut self, at: Duration, kind: &str, text: &str) -> io::Result<()> {
        self.last = self.last.max(at);
        let seconds = self.last.as_micros() as f64 / 1e6;
        writeln!(self.file, "{}", json!([seconds, kind, text]))
    }

    /// Finishes the file, the last frame being held; dropping it does so too.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.finished, true) {
            self.line(self.last + LAST_FRAME, "o", NOTHING)?;
        }
        self.file.flush()
    }
}

impl<W: Write> Drop for Recording<W> {
    fn drop(&mut self) {
        // There is nobody left to be told.
        let _ = self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_is_cut_in_two_is_put_together_and_the_last_frame_is_held() {
        let mut file = Vec::new();
        let mut recording = Recording::new(&mut file, (80, 24), "A test").unwrap();
        let text = "\u{1b}[1mé陈".as_bytes();
        let (one, two) = text.split_at(text.len() - 1);
        recording.output(Duration::from_millis(1500), one).unwrap();
        recording.output(Duration::from_secs(2), two).unwrap();
        recording.output(Duration::from_secs(3), b"\xffx").unwrap();
        recording.mark(Duration::from_secs(4), "plan").unwrap();
        drop(recording);
        let file = String::from_utf8(file).unwrap();
        let lines: Vec<serde_json::Value> =
            file.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((lines[0]["version"].as_u64(), lines[0]["width"].as_u64()), (Some(2), Some(80)));
        assert_eq!(lines[1], json!([1.5, "o", "\u{1b}[1mé"]));
        assert_eq!(lines[2], json!([2.0, "o", "陈"]));
        assert_eq!(lines[3], json!([3.0, "o", "\u{fffd}x"]));
        assert_eq!(lines[4], json!([4.0, "m", "plan"]));
        assert_eq!(lines[5], json!([7.0, "o", NOTHING]), "the last frame is held");
    }
}
