//! The rest of a sequence whose beginning was lost: on a torn line, or read by somebody else.
//!
//! Owns which bytes at the head of what was read at once are shaped like one and like nothing that
//! a person types at once (SPEC section 6). A letter by itself is a key, and so are two letters,
//! and digits before a letter: those cannot be told from what was typed ahead of a slow line.

use super::sequence::{Meaning, meaning};
use super::{BEL, ESC, Kind};

/// What keys and answers end with, besides those whose meaning is known.
const ENDS: &[u8] = b"RntcyIOxMmTu~";
/// The beginnings of answers in words that terminals send: of OSC, DCS and APC.
const SPOKEN: &[&[u8]] =
    &[b"P>|", b"P0$r", b"P1$r", b"P0+r", b"P1+r", b"_G", b"rgb:", b";rgb:", b";?"];

/// What the head of a read is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rest {
    /// So many bytes are no keys.
    Bytes(usize),
    /// Words of an answer, whose end is to come.
    Words,
}

/// The rest of a sequence at the head of what was read at once. `cut`: one was begun just before,
/// and has not been ended.
pub(super) fn of(bytes: &[u8], cut: bool) -> Option<Rest> {
    if bytes.len() < 2 || bytes[0] == ESC {
        return None;
    }
    // What stands before the next sequence, which may be the end of words.
    let next = bytes.iter().position(|byte| *byte == ESC).unwrap_or(bytes.len());
    let head = &bytes[..next];
    if bytes[next..].starts_with(b"\x1b\\") {
        return Some(Rest::Bytes(next + 2));
    }
    let bell = head.iter().position(|byte| *byte == BEL);
    if let Some(at) = bell.filter(|at| *at > 0 && head[..*at].iter().copied().all(is_said)) {
        return Some(Rest::Bytes(at + 1));
    }
    if is_spoken(head) {
        return Some(Rest::Words);
    }
    let mut at = 0;
    while at < head.len() {
        let Some(length) = one(&head[at..], cut && at == 0) else { break };
        at += length;
    }
    let own = at > 0 && (at == head.len() || is_plain(&head[..at]));
    own.then_some(Rest::Bytes(at))
}

const fn is_said(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
}

/// Whether words of an answer begin here: `]11;`, `P1$r`.
fn is_spoken(head: &[u8]) -> bool {
    let numbered = |rest: &[u8]| {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then(|| rest[digits..].first()).flatten() == Some(&b';')
    };
    let colour = head.iter().position(|byte| !byte.is_ascii_digit() && *byte != b';');
    SPOKEN.iter().any(|words| head.starts_with(words))
        || head.strip_prefix(b"]").is_some_and(numbered)
        || colour.is_some_and(|at| at > 0 && head[at..].starts_with(b"rgb:"))
}

/// Whether it is a sequence's rest whatever follows: of the mouse, or of an answer.
fn is_plain(head: &[u8]) -> bool {
    matches!(head, [b'[', b'<' | b'?' | b'>', ..] | [b'<' | b'?', b'0'..=b'9', ..])
}

/// How long one rest is that stands here whole.
fn one(bytes: &[u8], cut: bool) -> Option<usize> {
    let begun = usize::from(bytes.first() == Some(&b'['));
    if bytes.starts_with(b"[[") {
        return bytes.get(2).filter(|end| matches!(end, b'A'..=b'E')).map(|_| 3);
    }
    let rest = &bytes[begun..];
    let numbers = rest.iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
    let end = *rest.get(numbers).filter(|end| matches!(end, 0x40..=0x7e))?;
    let said = &rest[..numbers];
    let written = |byte: &u8| matches!(byte, b'0'..=b'9' | b';' | b':' | b'<' | b'=' | b'>' | b'?');
    if !said.iter().all(|byte| written(byte) || *byte == b'$') {
        return None;
    }
    let known = !matches!(meaning(Kind::Csi, said, end), Meaning::Keys(keys) if keys.is_empty());
    let private =
        matches!(said, [b'<'..=b'?', rest @ ..] if begun == 1 || matches!(rest, [b'0'..=b'9', ..]));
    let many = said.iter().any(|byte| matches!(byte, b';' | b':'));
    let shaped = match (begun, said.is_empty()) {
        (1, true) => matches!(end, b'A'..=b'D' | b'F' | b'H' | b'I' | b'O'..=b'S' | b'Z'),
        (1, false) => known || private || ENDS.contains(&end),
        (_, true) => false,
        // A letter alone after digits may be typed; a tilde or several numbers are not.
        (_, false) => {
            (many || private || end == b'~' || cut) && (known || ENDS.contains(&end) || is_key(end))
        }
    };
    shaped.then_some(begun + numbers + 1)
}

const fn is_key(end: u8) -> bool {
    matches!(end, b'A'..=b'F' | b'H' | b'P'..=b'S')
}

#[cfg(test)]
mod tests;
