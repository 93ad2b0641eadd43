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
        b"[A".as_slice(),
        b"[A[A[B",
        b"[[B",
        b"[5~",
        b"5~",
        b"[1;5D",
        b"1;5D",
        b";5D",
        b";5u",
        b"[121u",
        b"[27;5;13~",
        b";133u",
        b"[<0;10;5M",
        b"<0;10;5M",
        b"0;10;5m",
        b";10;5M",
        b"[?62;22c",
        b"?62;22c",
        b"[?997;1n",
        b"[12;40R",
        b"12;40R",
        b"[I",
        b"[O",
        b"[?2004;1$y",
        b"]11;rgb:ffff/ffff/ffff\x1b\\",
        b"]11;rgb:ffff/ffff/ffff\x07",
        b"]11;rgb:ffff/ffff/ffff",
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
        let said = rest.ends_with(b"ffff");
        let want = if said { vec![] } else { vec![KeyCode::Down] };
        let got = codes(&heard(&then));
        assert!(got == want || got == [KeyCode::Down], "{words:?}: {got:?}");
        let mut keys = Keys::default();
        assert_eq!(codes(&read(&mut keys, &[(0, rest), (2_500, b"j")])), [KeyCode::Char('j')]);
        let late = read(&mut Keys::default(), &[(0, b"\x1b"), (1_200, rest)]);
        assert_eq!(codes(&late), [KeyCode::Esc], "1.2 s after its Esc: {words:?}");
    }
}

#[test]
fn section_6_what_a_person_types_ahead_of_a_slow_line_stays_keys() {
    for typed in ["jj", "[x", "12j", "OA", "5", "13u", "q;", "a;5", "1;", "<3", "?g", "P1", "]]"] {
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
