//! What was torn off a sequence, and what only looks a little like it.

use std::time::Duration;

use crossterm::event::KeyCode;

use super::super::tests::{codes, read};
use super::super::{Heard, Keys};

fn heard(bytes: &[u8]) -> Vec<Heard> {
    read(&mut Keys::default(), &[(0, bytes)])
}

#[test]
fn section_6_the_rest_of_a_sequence_without_its_beginning_is_no_key() {
    for rest in [
        b"[A[A[B".as_slice(),
        b"[[B",
        b"[5~",
        b"[1;5D",
        b"1;5D",
        b"[121u",
        b"[27;5;13~",
        b"[<0;10;5M",
        b"<0;10;5M",
        b"0;10;5m",
        b"[?62;22c",
        b"?62;22c",
        b"[?997;1n",
        b"[12;40R",
        b"12;40R",
        b"[?2004;1$y",
        b"]11;rgb:ffff/ffff/ffff\x1b\\",
        b"]11;rgb:ffff/ffff/ffff\x07",
        b"11;rgb:ff/ff/ff\x1b\\",
        b"rgb:ff/ff/ff\x07",
        b"ff/ffff\x1b\\",
        b"ff\x07",
        b"P>|XTerm(388)\x1b\\",
        b"P1$r0m\x1b\\",
        b"_Gi=31;OK\x1b\\",
    ] {
        let words = String::from_utf8_lossy(rest);
        assert_eq!(heard(rest), [], "{words:?}");
        let then = [rest, b"\x1b[B"].concat();
        assert_eq!(codes(&heard(&then)), [KeyCode::Down], "{words:?}");
        let mut keys = Keys::default();
        assert_eq!(codes(&read(&mut keys, &[(0, rest), (2_500, b"j")])), [KeyCode::Char('j')]);
        let late = read(&mut Keys::default(), &[(0, b"\x1b"), (1_200, rest)]);
        assert_eq!(codes(&late), [KeyCode::Esc], "1.2 s after its Esc: {words:?}");
    }
}

#[test]
fn section_6_what_a_person_types_ahead_of_a_slow_line_stays_keys() {
    for typed in [
        "jj", "[x", "12j", "OA", "5", "13u", "q;", "a;5", "1;", "<3", "?g", "P1", "]]", "[A", "[Z",
        "3~", ";5u", ";5D", "_G", "]11;", "P1$", "rgb:",
    ] {
        let chars: Vec<_> = typed.chars().map(KeyCode::Char).collect();
        assert_eq!(codes(&heard(typed.as_bytes())), chars, "{typed:?}");
    }
    for pasted in ["[Area] of sales", "amara@acme.example;5D", "1;Amara Okafor;Sales"] {
        assert_eq!(heard(pasted.as_bytes()), [Heard::Burst(pasted.into())]);
    }
}

#[test]
fn section_6_what_ends_a_sequence_that_was_given_up_is_no_key() {
    for (head, rest) in
        [(b"\x1b[1;".as_slice(), b"5D".as_slice()), (b"\x1b[1", b"3u"), (b"\x1b[<0;1", b"0;5M")]
    {
        let late = read(&mut Keys::default(), &[(0, head), (1_500, rest)]);
        assert_eq!(codes(&late), [], "{:?}", String::from_utf8_lossy(rest));
    }
    let typed = read(&mut Keys::default(), &[(0, b"\x1b[1;"), (9_000, b"5D")]);
    assert_eq!(codes(&typed), [KeyCode::Char('5'), KeyCode::Char('D')], "long after it they are");
    assert!(Keys::default().patience().is_none_or(|it| it > Duration::ZERO));
}

#[test]
fn words_that_nobody_ends_swallow_no_typing() {
    // Pasted without brackets, or typed ahead of a slow line, and then typed on.
    for begun in [b"_Gerda@acme.example".as_slice(), b"]11;", b"11;rgb:", b"P1$r", b"]8;;http"] {
        let typed =
            read(&mut Keys::default(), &[(0, begun), (200, b"h"), (200, b"i"), (200, b"\r")]);
        let ends = [KeyCode::Char('h'), KeyCode::Char('i'), KeyCode::Enter];
        assert!(codes(&typed).ends_with(&ends), "{:?}", String::from_utf8_lossy(begun));
    }
    // A torn answer: what cannot belong to it is typed, and so is what comes long after it.
    let colour = read(&mut Keys::default(), &[(0, b"\x1b]11;rgb:1111"), (600, b"n"), (100, b"o")]);
    assert_eq!(codes(&colour), ['n', 'o'].map(KeyCode::Char));
    let enter = read(&mut Keys::default(), &[(0, b"\x1b]52;c;"), (600, b"\r")]);
    assert_eq!(codes(&enter), [KeyCode::Enter]);
    let mut steps: Vec<(u64, &[u8])> = vec![(0, b"\x1b]0;")];
    steps.extend(std::iter::repeat_n((500, b"x".as_slice()), 8));
    let heard = codes(&read(&mut Keys::default(), &steps));
    assert!(heard.len() >= 2, "three seconds are the most: {heard:?}");
    // After Esc, a name that begins as an answer might.
    let named = read(&mut Keys::default(), &[(0, b"\x1b"), (300, b"Pa"), (300, b"t")]);
    assert_eq!(codes(&named).last(), Some(&KeyCode::Char('t')));
}
