//! Keys as numbers: kitty's and xterm's protocols, which a program that died may have left on.
//!
//! Owns reading them right although nobody asked for them. Must not keep anything.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::codes::Held;
use super::numbers::Numbers;

/// xterm's: `27 ; modifiers ; character ~`. The character is what the keys write together.
pub(super) fn xterm(numbers: &Numbers) -> Vec<KeyEvent> {
    let key = || {
        let (c, held) = (char::from_u32(numbers.first(2)?)?, numbers.modifiers(1)?);
        held.character(if c.is_alphabetic() { shifted(c, held, None)? } else { c })
    };
    key().into_iter().collect()
}

/// kitty's: `key : shifted : at its place ; modifiers : event ; text u`.
pub(super) fn kitty(numbers: &Numbers) -> Vec<KeyEvent> {
    let Some(held) = numbers.modifiers(1) else { return Vec::new() };
    let chord = held.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
    let text = numbers.parts(2).filter_map(char::from_u32);
    let text: Vec<char> = text.filter(|c| !c.is_control()).collect();
    if !chord && !text.is_empty() {
        let plain = Held { modifiers: KeyModifiers::NONE, capitals: false };
        return text.into_iter().filter_map(|c| plain.character(c)).collect();
    }
    let code = numbers.first(0).unwrap_or(0);
    if let Some(named) = keypad(code) {
        return vec![held.named(named)];
    }
    let key = || match char::from_u32(code)? {
        // Where Ctrl is held, a letter of another script is the key at its place.
        c if chord && !c.is_ascii() => {
            let at_its_place = numbers.part(0, 2).and_then(char::from_u32);
            held.character(at_its_place.unwrap_or(c))
        }
        '\0' | '\u{e000}'..='\u{f8ff}' => None,
        c => held.character(shifted(c, held, numbers.part(0, 1))?),
    };
    key().into_iter().collect()
}

/// What a key writes; nothing where that depends on a keyboard we know nothing of.
fn shifted(c: char, held: Held, told: Option<u32>) -> Option<char> {
    let capital = || c.to_uppercase().next();
    match (held.shifts(), told.and_then(char::from_u32)) {
        (true, Some(told)) => Some(told),
        (true, None) if c.is_alphabetic() => {
            if held.capitals {
                Some(c)
            } else {
                capital()
            }
        }
        (true, None) if c.is_ascii_digit() || "`-=[]\\;',./".contains(c) => None,
        (false, _) if held.capitals && c.is_alphabetic() => capital(),
        _ => Some(c),
    }
}

/// kitty's numbers for the keypad, whose keys have a name or a character of their own.
fn keypad(code: u32) -> Option<KeyCode> {
    let written = b"0123456789./*-+";
    Some(match code {
        57399..=57413 => {
            let at = usize::try_from(code - 57399).ok()?;
            KeyCode::Char((*written.get(at)?).into())
        }
        57414 => KeyCode::Enter,
        57415 => KeyCode::Char('='),
        57416 => KeyCode::Char(','),
        57417 => KeyCode::Left,
        57418 => KeyCode::Right,
        57419 => KeyCode::Up,
        57420 => KeyCode::Down,
        57421 => KeyCode::PageUp,
        57422 => KeyCode::PageDown,
        57423 => KeyCode::Home,
        57424 => KeyCode::End,
        57425 => KeyCode::Insert,
        57426 => KeyCode::Delete,
        _ => return None,
    })
}
