//! Text without brackets: the keys of a person, or what something pasted.
//!
//! Owns telling them apart by how fast they come and what they are (SPEC section 6). A Linux
//! console, a serial line and an old multiplexer paste without saying so; a slow connection brings
//! the keys of a second at once. Where it cannot be told, they are keys.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::Heard;
use crate::tui::msg::PASTE_MOST;

/// So long a key waits for one that belongs to the same paste: serial lines need a millisecond.
const ALONE: Duration = Duration::from_millis(2);
/// So long a few letters wait, and so long many do.
const FEW: Duration = Duration::from_millis(8);
const MANY: Duration = Duration::from_millis(30);
/// So many characters at once nobody types.
const LONG: usize = 12;
/// So many different ones no held key sends.
const DIFFERENT: usize = 4;

/// Characters that came without a pause.
#[derive(Debug, Default)]
pub(super) struct Burst {
    text: String,
    dropped: u64,
    of_many: bool,
}

impl Burst {
    /// Whether it came together with other keys.
    pub fn is_of_many(&mut self, of_many: bool) {
        self.of_many = of_many;
    }

    pub fn push(&mut self, c: char) {
        if self.text.len() + c.len_utf8() > PASTE_MOST {
            self.dropped += c.len_utf8() as u64;
        } else {
            self.text.push(c);
        }
    }

    /// How long to wait for more of it.
    pub fn patience(&self) -> Option<Duration> {
        match self.text.len() {
            0 => None,
            1 => Some(ALONE),
            2..DIFFERENT => Some(FEW),
            _ => Some(MANY),
        }
    }

    /// No more of it came, or something else did.
    pub fn end(&mut self, out: &mut Vec<Heard>) {
        let (text, dropped) = (std::mem::take(&mut self.text), std::mem::take(&mut self.dropped));
        if dropped > 0 {
            out.push(Heard::TooMuch(text.len() as u64 + dropped));
        } else if is_pasted(&text) {
            out.push(Heard::Burst(text));
        } else {
            typed(&text, self.of_many, out);
        }
    }
}

/// Whether nobody typed this: long, or an address, or several lines, and no key that is held.
fn is_pasted(text: &str) -> bool {
    let mut seen: Vec<char> = Vec::with_capacity(DIFFERENT);
    let different = text.chars().any(|c| {
        if !seen.contains(&c) {
            seen.push(c);
        }
        seen.len() >= DIFFERENT
    });
    let lines = text.split(['\r', '\n']).filter(|line| line.chars().nth(1).is_some());
    different && (text.chars().nth(LONG - 1).is_some() || text.contains('@') || lines.count() > 1)
}

/// Keys, one after the other. Some terminals send two line ends for one Enter. Of several at once
/// nobody knows whether each was pressed: held, pasted, or kept back by a slow line, they are told as
/// repeats, by which nothing is done that cannot be taken back.
fn typed(text: &str, of_many: bool, out: &mut Vec<Heard>) {
    let mut before = None;
    let one = text == "\r\n" || text.chars().nth(1).is_none();
    let kind = if one && !of_many { KeyEventKind::Press } else { KeyEventKind::Repeat };
    for c in text.chars() {
        let code = match c {
            '\n' if before == Some('\r') => None,
            '\r' | '\n' => Some(KeyCode::Enter),
            '\t' => Some(KeyCode::Tab),
            c => Some(KeyCode::Char(c)),
        };
        before = Some(c);
        let key = |code| KeyEvent { kind, ..KeyEvent::new(code, KeyModifiers::NONE) };
        out.extend(code.map(|code| Heard::Event(Event::Key(key(code)))));
    }
}
