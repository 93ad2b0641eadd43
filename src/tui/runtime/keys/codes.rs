//! Keys with what is held down with them, and the keys that Ctrl and a letter are.
//!
//! Owns what the protocols of terminals share. A key that is let go is no key. Must not keep
//! anything.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

/// A key as an event.
pub(super) fn with(code: KeyCode, modifiers: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, modifiers))
}

/// A byte below 0x80 that is not text by itself, or comes after an Esc.
pub(super) fn control(byte: u8, alt: bool) -> Option<Event> {
    let alt = if alt { KeyModifiers::ALT } else { KeyModifiers::NONE };
    let held = Held { modifiers: alt, capitals: false };
    match byte {
        0 => Some(with(KeyCode::Char(' '), KeyModifiers::CONTROL | alt)),
        // What a key writes with Ctrl; that of another key is that key.
        1..=0x1f => {
            let held = Held { modifiers: alt | KeyModifiers::CONTROL, capitals: false };
            held.character(char::from(byte | 0x40).to_ascii_lowercase()).map(Event::Key)
        }
        0x7f => Some(with(KeyCode::Backspace, alt)),
        _ => held.character(byte.into()).map(Event::Key),
    }
}

/// What is held down with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub modifiers: KeyModifiers,
    /// Caps lock is on.
    pub capitals: bool,
}

impl Held {
    /// Reads what kitty and xterm send; nothing for a key that is let go, and for one with a
    /// modifier that no key of ours has. Num lock changes nothing.
    pub fn read(number: u32, event: u32) -> Option<Self> {
        let bits = number.checked_sub(1)?;
        if bits & 0b11_1000 != 0 || bits > 0xff || !matches!(event, 1 | 2) {
            return None;
        }
        let mut modifiers = KeyModifiers::NONE;
        modifiers.set(KeyModifiers::SHIFT, bits & 1 != 0);
        modifiers.set(KeyModifiers::ALT, bits & 2 != 0);
        modifiers.set(KeyModifiers::CONTROL, bits & 4 != 0);
        Some(Self { modifiers, capitals: bits & 64 != 0 })
    }

    /// A key with a name.
    pub fn named(self, code: KeyCode) -> KeyEvent {
        let shifted = self.modifiers.contains(KeyModifiers::SHIFT);
        let code = if code == KeyCode::Tab && shifted { KeyCode::BackTab } else { code };
        KeyEvent::new(code, self.modifiers)
    }

    /// A key with a character; what it writes together with Ctrl may be another key.
    pub fn character(self, c: char) -> Option<KeyEvent> {
        let rest = Self { modifiers: self.modifiers - KeyModifiers::CONTROL, ..self };
        let code = match c {
            '\r' | '\n' => KeyCode::Enter,
            '\t' => KeyCode::Tab,
            '\u{1b}' => KeyCode::Esc,
            '\u{8}' | '\u{7f}' => KeyCode::Backspace,
            c if self.modifiers == KeyModifiers::CONTROL || rest != self && !self.shifts() => {
                match c {
                    'j' | 'm' => return Some(rest.named(KeyCode::Enter)),
                    'i' => return Some(rest.named(KeyCode::Tab)),
                    '[' => return Some(rest.named(KeyCode::Esc)),
                    'h' => return Some(rest.named(KeyCode::Backspace)),
                    c => KeyCode::Char(c),
                }
            }
            c if c.is_control() => return None,
            ' ' => {
                return Some(KeyEvent::new(
                    KeyCode::Char(' '),
                    rest.modifiers - KeyModifiers::SHIFT,
                ));
            }
            c => KeyCode::Char(c),
        };
        Some(self.named(code))
    }

    pub fn shifts(self) -> bool {
        self.modifiers.contains(KeyModifiers::SHIFT)
    }
}
