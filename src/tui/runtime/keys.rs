//! From the terminal's bytes to keys and pastes.
//!
//! Owns where one key ends and the next begins, and the bounds of a paste: one that never ends, or
//! that never stops, must not swallow the keys behind it (research, finding 6). What a sequence
//! means is `terminput`'s. Must not read: it is given bytes and the time.

use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use crate::tui::msg::PASTE_MOST;

const ESC: u8 = 0x1b;
const CTRL_C: u8 = 0x03;
const PASTE_BEGIN: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";
/// What follows an Esc within this time belongs to it: a sequence may come in pieces.
const PIECES: Duration = Duration::from_millis(30);
/// A paste of which nothing more comes for so long has come to its end.
const PASTE_REST: Duration = Duration::from_secs(2);
/// Ctrl-c by itself, so long after the rest of a paste, is a key.
const KEY_REST: Duration = Duration::from_millis(300);
/// The most bytes that are kept of one paste: one more than is taken, so that who is given it sees
/// that it is not whole, and refuses it.
const PASTE_KEPT: usize = PASTE_MOST + 1;
/// The longest sequence of a key.
const SEQUENCE_MOST: usize = 64;

/// Bytes that are not an event yet.
#[derive(Debug, Default)]
pub(super) struct Keys {
    held: Vec<u8>,
    paste: Option<Vec<u8>>,
    /// When the last bytes came.
    last: Option<Instant>,
}

impl Keys {
    /// Takes what was read at once.
    pub(super) fn take(&mut self, bytes: &[u8], now: Instant, out: &mut Vec<Event>) {
        let rest = self.last.map_or(Duration::MAX, |last| now.saturating_duration_since(last));
        self.last = Some(now);
        if self.paste.is_some() && bytes == [CTRL_C] && rest >= KEY_REST {
            self.paste = None;
        }
        let mut bytes = bytes;
        while !bytes.is_empty() {
            bytes = match self.paste.take() {
                Some(paste) => self.pasted(paste, bytes, out),
                None => self.typed(bytes, out),
            };
        }
    }

    /// How long to wait for more before [`Keys::give_up`]; `None`: nothing is open.
    pub(super) fn patience(&self) -> Option<Duration> {
        if self.paste.is_some() {
            return Some(PASTE_REST);
        }
        (!self.held.is_empty()).then_some(PIECES)
    }

    /// Nothing more came: what is open is all there is.
    pub(super) fn give_up(&mut self, out: &mut Vec<Event>) {
        if let Some(paste) = self.paste.take() {
            out.push(paste_event(&paste));
            return;
        }
        let held = std::mem::take(&mut self.held);
        if held.first() == Some(&ESC) {
            out.push(key(KeyCode::Esc));
            self.typed(&held[1..], out);
        }
    }

    /// Adds to a paste. Where it seems to end more than once, what was pasted contains the mark of
    /// its end, and the last one counts: bytes after the first would arrive as keys.
    fn pasted<'a>(
        &mut self,
        mut paste: Vec<u8>,
        bytes: &'a [u8],
        out: &mut Vec<Event>,
    ) -> &'a [u8] {
        // The mark may have come in pieces, one of them with the bytes before.
        let from = paste.len().saturating_sub(PASTE_END.len() - 1);
        let before = paste.len();
        paste.extend_from_slice(bytes);
        let Some(at) = rfind(&paste[from..], PASTE_END) else {
            if paste.len() > PASTE_KEPT {
                // The end must still be seen, wherever it begins.
                let tail = paste.split_off(paste.len() - PASTE_END.len());
                paste.truncate(PASTE_KEPT);
                paste.extend_from_slice(&tail);
            }
            self.paste = Some(paste);
            return &[];
        };
        let end = from + at;
        paste.truncate(end);
        out.push(paste_event(&paste));
        &bytes[(end + PASTE_END.len()).saturating_sub(before).min(bytes.len())..]
    }

    /// Takes bytes until a paste begins.
    fn typed<'a>(&mut self, bytes: &'a [u8], out: &mut Vec<Event>) -> &'a [u8] {
        for (at, byte) in bytes.iter().copied().enumerate() {
            if self.held == [ESC] && !matches!(byte, b'[' | b'O') {
                // No chord begins with Esc (SPEC section 6): it was a key, and so is this.
                self.held.clear();
                out.push(key(KeyCode::Esc));
            }
            self.held.push(byte);
            if self.held == [ESC] {
                continue;
            }
            if self.held == PASTE_BEGIN {
                self.held.clear();
                self.paste = Some(Vec::new());
                return &bytes[at + 1..];
            }
            match terminput::Event::parse_from(&self.held) {
                Ok(Some(event)) => {
                    self.held.clear();
                    out.extend(terminput_crossterm::to_crossterm(event).ok());
                }
                Ok(None) if self.held.len() < SEQUENCE_MOST => {}
                Ok(None) | Err(_) => self.held.clear(),
            }
        }
        &[]
    }
}

fn key(code: KeyCode) -> Event {
    Event::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn paste_event(bytes: &[u8]) -> Event {
    let most = bytes.len().min(PASTE_KEPT);
    Event::Paste(String::from_utf8_lossy(&bytes[..most]).into_owned())
}

fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}

#[cfg(test)]
mod tests;
