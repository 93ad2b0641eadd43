//! Keys as a terminal sends them.
//!
//! Owns the bytes of each key that the key table can name. Must not know what a key does.

use crossterm::event::{KeyCode, KeyModifiers};
use hublink::tui::keymap::Chord;

/// The bytes of a key by its spelling in the key table.
pub fn bytes_of(spelling: &str) -> Vec<u8> {
    let event = Chord::parse(spelling).unwrap_or_else(|_| panic!("{spelling} is no key")).event();
    let modified = 1
        + u8::from(event.modifiers.contains(KeyModifiers::SHIFT))
        + 2 * u8::from(event.modifiers.contains(KeyModifiers::ALT))
        + 4 * u8::from(event.modifiers.contains(KeyModifiers::CONTROL));
    let cursor = |last: char| match modified {
        1 => format!("\x1b[{last}").into_bytes(),
        _ => format!("\x1b[1;{modified}{last}").into_bytes(),
    };
    let tilde = |number: u8| match modified {
        1 => format!("\x1b[{number}~").into_bytes(),
        _ => format!("\x1b[{number};{modified}~").into_bytes(),
    };
    match event.code {
        KeyCode::Char(c) => character(c, event.modifiers),
        KeyCode::Enter => b"\r".to_vec(),
        KeyCode::Esc => b"\x1b".to_vec(),
        KeyCode::Tab if event.modifiers.contains(KeyModifiers::SHIFT) => b"\x1b[Z".to_vec(),
        KeyCode::Tab => b"\t".to_vec(),
        KeyCode::Backspace => b"\x7f".to_vec(),
        KeyCode::Up => cursor('A'),
        KeyCode::Down => cursor('B'),
        KeyCode::Right => cursor('C'),
        KeyCode::Left => cursor('D'),
        KeyCode::Home => cursor('H'),
        KeyCode::End => cursor('F'),
        KeyCode::F(n @ 1..=4) => format!("\x1bO{}", char::from(b'O' + n)).into_bytes(),
        KeyCode::F(n @ 6..=10) => tilde(11 + n),
        KeyCode::Insert => tilde(2),
        KeyCode::Delete => tilde(3),
        KeyCode::PageUp => tilde(5),
        KeyCode::PageDown => tilde(6),
        other => panic!("no bytes are known for {other:?}"),
    }
}

fn character(c: char, modifiers: KeyModifiers) -> Vec<u8> {
    let mut bytes = Vec::new();
    if modifiers.contains(KeyModifiers::ALT) {
        bytes.push(0x1b);
    }
    if modifiers.contains(KeyModifiers::CONTROL) {
        bytes.push((c.to_ascii_uppercase() as u8) & 0x1f);
    } else {
        bytes.extend(c.to_string().bytes());
    }
    bytes
}

/// A paste, between its brackets.
pub fn paste(text: &str) -> Vec<u8> {
    format!("\x1b[200~{text}\x1b[201~").into_bytes()
}
