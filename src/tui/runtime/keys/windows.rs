//! Keys as the consoles of Windows send them, through whatever brings them here.
//!
//! Owns their numbers. Must not keep anything.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::codes::Held;
use super::numbers::Numbers;

/// Windows' input records: `key ; scan code ; character ; is down ; control keys ; how often _`.
pub(super) fn record(numbers: &Numbers) -> Vec<KeyEvent> {
    if numbers.first(3) != Some(1) {
        return Vec::new();
    }
    let state = numbers.first(4).unwrap_or(0);
    // The right Alt with the left Ctrl is AltGr: it writes.
    let writes = state & 0b1001 == 0b1001;
    let mut modifiers = KeyModifiers::NONE;
    modifiers.set(KeyModifiers::SHIFT, state & 0x10 != 0);
    modifiers.set(KeyModifiers::ALT, state & 0b11 != 0 && !writes);
    modifiers.set(KeyModifiers::CONTROL, state & 0b1100 != 0 && !writes);
    let held = Held { modifiers, capitals: false };
    let code = match numbers.first(0).unwrap_or(0) {
        0x08 => KeyCode::Backspace,
        0x09 => KeyCode::Tab,
        0x0d => KeyCode::Enter,
        0x1b => KeyCode::Esc,
        0x21 => KeyCode::PageUp,
        0x22 => KeyCode::PageDown,
        0x23 => KeyCode::End,
        0x24 => KeyCode::Home,
        0x25 => KeyCode::Left,
        0x26 => KeyCode::Up,
        0x27 => KeyCode::Right,
        0x28 => KeyCode::Down,
        0x2d => KeyCode::Insert,
        0x2e => KeyCode::Delete,
        key @ 0x70..=0x7b => KeyCode::F(u8::try_from(key - 0x6f).unwrap_or(1)),
        _ => {
            let c = numbers.first(2).and_then(char::from_u32).filter(|c| *c != '\0');
            let c = c.map(|c| if c < ' ' { char::from(c as u8 | 0x60) } else { c });
            return c.and_then(|c| held.character(c)).into_iter().collect();
        }
    };
    vec![held.named(code)]
}
