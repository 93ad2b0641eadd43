//! Pastes that misbehave, and those that do not say that they are pastes.

use super::*;

#[test]
fn a_paste_is_one_event_also_in_pieces() {
    let whole = b"x\x1b[200~amy@acme.example\nbo@acme.example\x1b[201~y";
    for size in 1..whole.len() {
        let pieces: Vec<_> = whole.chunks(size).map(|piece| (9, piece)).collect();
        let heard = read(&mut Keys::default(), &pieces);
        assert_eq!(texts(&heard), ["amy@acme.example\nbo@acme.example"], "in {size}s");
        assert_eq!(codes(&heard), [KeyCode::Char('x'), KeyCode::Char('y')], "in {size}s");
    }
}

#[test]
fn i15_a_paste_that_contains_the_mark_of_its_end_sends_no_keys() {
    let heard = one(b"\x1b[200~a\x1b[201~\rq\x1b[201~");
    assert_eq!(texts(&heard), ["a\u{1b}[201~\rq"]);
    assert_eq!(codes(&heard), []);
}

#[test]
fn i13_a_paste_without_an_end_swallows_no_keys() {
    let heard = read(&mut Keys::default(), &[(0, b"\x1b[200~abc"), (2_000, b"q")]);
    assert_eq!(texts(&heard), ["abc"]);
    assert_eq!(codes(&heard), [KeyCode::Char('q')]);
    let heard = read(&mut Keys::default(), &[(0, b"\x1b[200~abc"), (300, b"\x03")]);
    assert_eq!(texts(&heard), [""; 0], "who interrupts wants no paste");
    assert_eq!(codes(&heard), [KeyCode::Char('c')]);
}

#[test]
fn i15_a_paste_above_the_limit_is_refused_whole_with_how_much_it_was() {
    let piece = vec![b'a'; 400_000];
    let mut pieces: Vec<(u64, &[u8])> = vec![(0, b"\x1b[200~")];
    pieces.extend(std::iter::repeat_n((1, piece.as_slice()), 200));
    pieces.extend([(1, b"\x1b[20".as_slice()), (1, b"1~q".as_slice())]);
    let heard = read(&mut Keys::default(), &pieces);
    assert_eq!(heard, [Heard::TooMuch(80_000_000), key(KeyCode::Char('q'))]);
}

#[test]
fn section_6_a_paste_without_its_brackets_is_no_keys() {
    let lists = [
        "bjorn.lund@acme.example\rchen.wei@gmail.com\r",
        "bjorn.lund@acme.example\nchen.wei@gmail.com\n",
        "Amara Okafor,amara.okafor@acme.example,12\r",
        "a@b.c\r",
        "acme\rdelta\r",
    ];
    for list in lists {
        assert_eq!(one(list.as_bytes()), [Heard::Burst(list.to_owned())], "at once");
        let pieces: Vec<_> = list.as_bytes().chunks(1).map(|byte| (1, byte)).collect();
        let heard = read(&mut Keys::default(), &pieces);
        assert_eq!(heard, [Heard::Burst(list.to_owned())], "on a serial line");
    }
}

#[test]
fn section_6_what_is_typed_or_held_are_keys_also_when_a_slow_line_brings_them_at_once() {
    for typed in ["jjjjjjjjjjjjjjjjjjjj", "\r\r\r\r\r\r\r\r\r\r\r\r\r\r", "/sales\r", "jjk a", "yy"]
    {
        let want: Vec<_> = typed
            .chars()
            .map(|c| if c == '\r' { KeyCode::Enter } else { KeyCode::Char(c) })
            .collect();
        assert_eq!(codes(&one(typed.as_bytes())), want, "{typed:?}");
    }
}

#[test]
fn section_6_of_keys_that_come_at_once_none_is_a_press() {
    for bytes in ["x\r", "\r\r\r", "2\r", "12\r", "abq", "yy"] {
        let kinds: Vec<_> = keys(&one(bytes.as_bytes())).iter().map(|key| key.kind).collect();
        assert_eq!(kinds, vec![KeyEventKind::Repeat; bytes.len()], "{bytes:?}");
    }
    for bytes in ["\r", "\r\n", "q", "y"] {
        let heard = one(bytes.as_bytes());
        assert!(keys(&heard).iter().all(|key| key.kind == KeyEventKind::Press), "{bytes:?}");
    }
    let apart = read(&mut Keys::default(), &[(0, b"2"), (200, b"\r")]);
    assert!(keys(&apart).iter().all(|key| key.kind == KeyEventKind::Press), "{apart:?}");
}

#[test]
fn section_6_what_is_no_text_among_other_things_is_no_keys() {
    for noise in [
        b"q\x01\xffa\r".as_slice(),
        b"\x04\x02abq",
        b"\x00\x10\x05yq",
        b"ab\xfe\xffq\r",
        b"\x08\x10\x17\r",
    ] {
        assert_eq!(one(noise), [], "{noise:?}");
    }
    assert_eq!(keys(&one(b"q\x01\xffa\x03")), [ctrl('c')], "who interrupts is heard");
    assert_eq!(codes(&one(b"\x04\x04\x04\x04\x04")).len(), 5, "a key that is held");
    assert_eq!(codes(&one(b"jjk\x04")).len(), 4, "typed on a slow line");
    let accents = "ção é".as_bytes();
    assert_eq!(codes(&one(accents)).len(), 5);
    assert_eq!(codes(&one(&accents[1..])).len(), 4, "the rest of a letter stands before");
}

#[test]
fn section_6_what_edits_and_what_ends_is_typed_ahead_of_a_slow_line() {
    let corrected = codes(&one(b"acmx\x7fe\x17abc"));
    assert_eq!(corrected.len(), 10, "{corrected:?}");
    assert_eq!(corrected[4], KeyCode::Backspace);
    let heard = one(b"\x08\x15\x17\r");
    let enter = keys(&heard).into_iter().find(|key| key.code == KeyCode::Enter).unwrap();
    assert_eq!(enter.kind, KeyEventKind::Repeat, "of several keys at once none acts");
    for line in [b"\x03exit\r".as_slice(), b"exit\r\x03", b"abcd\x03efgh"] {
        assert!(keys(&one(line)).contains(&ctrl('c')), "{line:?}");
    }
}
