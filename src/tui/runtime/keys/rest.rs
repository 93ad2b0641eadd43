//! The rest of a sequence whose beginning was lost: on a torn line, or read by somebody else.
//!
//! Owns which bytes at the head of what was read at once are shaped like one and like nothing that
//! a person types at once (SPEC section 6). Two signs are keys where nothing was cut, and so are
//! digits before a sign: those cannot be told from what was typed ahead of a slow line. Words
//! whose end is not there are text: nothing here waits for more.

use super::sequence::{Meaning, meaning};
use super::{BEL, ESC, Kind};

/// What keys and answers end with, besides those whose meaning is known.
const ENDS: &[u8] = b"RntcyIOxMmTu~";
/// How many bytes at the head of what was read at once are the rest of a sequence. `cut`: one was
/// begun just before, and has not been ended.
pub(super) fn of(bytes: &[u8], cut: bool) -> Option<usize> {
    if bytes.len() < 2 || bytes[0] == ESC {
        return None;
    }
    // What stands before the next sequence, which may be the end of words.
    let next = bytes.iter().position(|byte| *byte == ESC).unwrap_or(bytes.len());
    let head = &bytes[..next];
    if bytes[next..].starts_with(b"\x1b\\") {
        return Some(next + 2);
    }
    let bell = head.iter().position(|byte| *byte == BEL);
    if let Some(at) = bell.filter(|at| *at > 0 && head[..*at].iter().copied().all(is_said)) {
        return Some(at + 1);
    }
    let mut at = 0;
    while at < head.len() {
        let Some(length) = one(&head[at..], cut && at == 0) else { break };
        at += length;
    }
    // Two signs at once are what a person typed ahead of a slow line, where nothing was cut.
    let most = if cut { 1 } else { 3 };
    let own = at >= most && (at == head.len() || is_plain(&head[..at]));
    own.then_some(at)
}

const fn is_said(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7e)
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
        // A sign alone after digits may be typed; one after several numbers is not.
        (_, false) => {
            let numbers = many && said[0].is_ascii_digit();
            (numbers || private || cut) && (known || ENDS.contains(&end) || is_key(end))
        }
    };
    shaped.then_some(begun + numbers + 1)
}

const fn is_key(end: u8) -> bool {
    matches!(end, b'A'..=b'F' | b'H' | b'P'..=b'S')
}

#[cfg(test)]
mod tests;
