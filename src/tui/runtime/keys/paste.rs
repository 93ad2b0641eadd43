//! A paste between its brackets, and its bounds.
//!
//! Owns where it ends: one that never ends, or that never stops, must not swallow the keys behind
//! it (promises I13, I15), and one above the limit is refused whole, never cut.

use std::time::Duration;

use crossterm::event::Event;

use super::Heard;
use crate::tui::msg::PASTE_MOST;

const END: &[u8] = b"\x1b[201~";
/// A paste of which nothing more comes for so long has come to its end.
pub(super) const REST: Duration = Duration::from_secs(2);

/// What came of a paste so far.
#[derive(Debug, Default)]
pub(super) struct Paste {
    bytes: Vec<u8>,
    /// So many bytes more came and were not kept.
    dropped: u64,
}

impl Paste {
    /// Adds to it: how many of the bytes were its own, and itself once it has ended. Where it seems
    /// to end more than once, what was pasted contains the mark of its end, and the last one
    /// counts: bytes after the first would arrive as keys.
    pub fn take(&mut self, bytes: &[u8]) -> (usize, Option<Heard>) {
        // The mark may have come in pieces, one of them with the bytes before.
        let from = self.bytes.len().saturating_sub(END.len() - 1);
        let before = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let Some(at) = memchr::memmem::rfind(&self.bytes[from..], END) else {
            if self.bytes.len() > PASTE_MOST + END.len() {
                // The end must still be seen, wherever it begins.
                let tail = self.bytes.split_off(self.bytes.len() - END.len());
                self.dropped += (self.bytes.len() - PASTE_MOST) as u64;
                self.bytes.truncate(PASTE_MOST);
                self.bytes.extend_from_slice(&tail);
            }
            return (bytes.len(), None);
        };
        let end = from + at;
        self.bytes.truncate(end);
        let used = (end + END.len()).saturating_sub(before).min(bytes.len());
        (used, Some(self.end()))
    }

    /// It has ended.
    pub fn end(&mut self) -> Heard {
        let all = self.bytes.len() as u64 + self.dropped;
        if all > PASTE_MOST as u64 {
            return Heard::TooMuch(all);
        }
        let bytes = std::mem::take(&mut self.bytes);
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Heard::Event(Event::Paste(text))
    }
}
