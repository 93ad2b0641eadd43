//! What the sequences of terminals mean: the keys of xterm, VT220, rxvt, the Linux console, kitty.
//!
//! Owns the table. What is not in it is no key, such as the answer to a question that another
//! program asked. Must not keep anything.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::numbers::Numbers;
use super::{Kind, protocols, windows};

/// What a sequence is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// These keys; most often one, none where it is no key.
    Keys(Vec<KeyEvent>),
    /// One more character tells which function key of the Linux console.
    Linux,
    /// So many bytes follow that tell where a mouse is.
    Mouse(u8),
    /// A paste begins.
    Paste,
    /// The terminal says what it is.
    Answer,
    /// Its colours have changed; whether to light ones.
    Colours { light: bool },
    /// The mouse, where it was asked for: a press of its main button, or the wheel.
    Click(MouseEvent),
}

const NOTHING: Meaning = Meaning::Keys(Vec::new());

/// The meaning of what stands between a sequence's beginning and its last character.
pub(super) fn meaning(kind: Kind, bytes: &[u8], end: u8) -> Meaning {
    match (kind, end) {
        (Kind::Csi, b'c') if bytes.starts_with(b"?") => Meaning::Answer,
        (Kind::Csi, b'n') if bytes == b"?997;1" => Meaning::Colours { light: false },
        (Kind::Csi, b'n') if bytes == b"?997;2" => Meaning::Colours { light: true },
        (Kind::Csi, b'M' | b'm') if bytes.starts_with(b"<") => click(&bytes[1..], end),
        (Kind::Csi, b'[') if bytes.is_empty() => Meaning::Linux,
        (Kind::Csi, b'M') if bytes.is_empty() => Meaning::Mouse(3),
        (Kind::Csi, b'T') if bytes.is_empty() => Meaning::Mouse(6),
        (Kind::Csi, b't') if bytes.is_empty() => Meaning::Mouse(2),
        (Kind::Linux, b'A'..=b'E') if bytes.is_empty() => one(KeyCode::F(1 + end - b'A')),
        (Kind::Linux, _) => NOTHING,
        _ => {
            let Some(numbers) = Numbers::read(bytes) else { return NOTHING };
            match kind {
                Kind::Ss3 => ss3(&numbers, end),
                _ => csi(&numbers, end),
            }
        }
    }
}

/// `button ; column ; row`, counted from 1. Of the rest nothing is made: other buttons, letting go,
/// dragging, and what is held with Shift or Ctrl is the terminal's own.
fn click(bytes: &[u8], end: u8) -> Meaning {
    let Some(numbers) = Numbers::read(bytes) else { return NOTHING };
    let kind = match (numbers.first(0), end) {
        // An absent number is none: a press names its button.
        (Some(0), b'M') => MouseEventKind::Down(MouseButton::Left),
        (Some(64), b'M') => MouseEventKind::ScrollUp,
        (Some(65), b'M') => MouseEventKind::ScrollDown,
        _ => return NOTHING,
    };
    let place = |n| numbers.first(n).and_then(|place| u16::try_from(place.checked_sub(1)?).ok());
    let Some((column, row)) = place(1).zip(place(2)) else { return NOTHING };
    Meaning::Click(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

fn one(code: KeyCode) -> Meaning {
    Meaning::Keys(vec![KeyEvent::new(code, KeyModifiers::NONE)])
}

/// A named key, whose number is 1 and whose modifiers come second. Old terminals send these alone.
fn named(numbers: &Numbers, code: KeyCode) -> Meaning {
    let held = match (numbers.first(0).unwrap_or(1), numbers.count()) {
        (1, 0..=2) => numbers.modifiers(1),
        (2..=8, 1) => numbers.modifiers(0),
        _ => None,
    };
    Meaning::Keys(held.map(|held| held.named(code)).into_iter().collect())
}

fn cursor(end: u8) -> Option<KeyCode> {
    Some(match end {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P' => KeyCode::F(1),
        b'Q' => KeyCode::F(2),
        b'S' => KeyCode::F(4),
        _ => return None,
    })
}

fn csi(numbers: &Numbers, end: u8) -> Meaning {
    match end {
        b'~' => tilde(numbers),
        b'u' => Meaning::Keys(protocols::kitty(numbers)),
        b'_' => Meaning::Keys(windows::record(numbers)),
        b'Z' => named(numbers, KeyCode::BackTab),
        // With numbers it says where the cursor is.
        b'R' if numbers.first(0).is_none() => one(KeyCode::F(3)),
        // rxvt, with a modifier.
        b'a'..=b'd' if numbers.first(0).is_none() => held(end, KeyModifiers::SHIFT),
        b'^' => rxvt(numbers, KeyModifiers::CONTROL),
        b'@' => rxvt(numbers, KeyModifiers::CONTROL | KeyModifiers::SHIFT),
        _ => cursor(end).map_or(NOTHING, |code| named(numbers, code)),
    }
}

fn held(end: u8, modifiers: KeyModifiers) -> Meaning {
    let code = cursor(end.to_ascii_uppercase());
    Meaning::Keys(code.map(|code| KeyEvent::new(code, modifiers)).into_iter().collect())
}

fn ss3(numbers: &Numbers, end: u8) -> Meaning {
    match end {
        b'M' => named(numbers, KeyCode::Enter),
        b'I' => named(numbers, KeyCode::Tab),
        b'R' => named(numbers, KeyCode::F(3)),
        b'X' => named(numbers, KeyCode::Char('=')),
        b'a'..=b'd' => held(end, KeyModifiers::CONTROL),
        // The keypad, whose keys are 64 above what they write.
        b'j'..=b'y' => named(numbers, KeyCode::Char(char::from(end - 64))),
        _ => cursor(end).map_or(NOTHING, |code| named(numbers, code)),
    }
}

fn numbered(number: u32) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => function(number, 10)?,
        17..=21 => function(number, 11)?,
        23 | 24 => function(number, 12)?,
        _ => return None,
    })
}

fn function(number: u32, before: u32) -> Option<KeyCode> {
    u8::try_from(number - before).ok().map(KeyCode::F)
}

fn tilde(numbers: &Numbers) -> Meaning {
    match numbers.first(0) {
        Some(200) if numbers.count() == 1 => Meaning::Paste,
        Some(27) => Meaning::Keys(protocols::xterm(numbers)),
        Some(number) => {
            let key = numbered(number).zip(numbers.modifiers(1));
            Meaning::Keys(key.map(|(code, held)| held.named(code)).into_iter().collect())
        }
        None => NOTHING,
    }
}

fn rxvt(numbers: &Numbers, modifiers: KeyModifiers) -> Meaning {
    let code = numbers.first(0).filter(|_| numbers.count() == 1).and_then(numbered);
    Meaning::Keys(code.map(|code| KeyEvent::new(code, modifiers)).into_iter().collect())
}
