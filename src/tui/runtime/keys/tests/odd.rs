//! What is no key, or only half of one.

use super::*;

#[test]
fn letters_of_every_script_in_pieces() {
    let text = "é陈🙂";
    let pieces: Vec<_> = text.as_bytes().chunks(1).map(|byte| (5, byte)).collect();
    let got = codes(&read(&mut Keys::default(), &pieces));
    assert_eq!(got, text.chars().map(KeyCode::Char).collect::<Vec<_>>());
    let odd = read(&mut Keys::default(), &[(0, b"\xc3q"), (100, b"\xff\x61")]);
    assert_eq!(codes(&odd), [KeyCode::Char('q'), KeyCode::Char('a')]);
}

#[test]
fn esc_alone_is_esc_and_is_not_waited_for_long() {
    assert_eq!(codes(&one(b"\x1b")), [KeyCode::Esc]);
    assert_eq!(codes(&one(b"\x1b\x1b")), [KeyCode::Esc, KeyCode::Esc]);
    let mut keys = Keys::default();
    keys.take(b"\x1b", Instant::now(), &mut Vec::new());
    assert_eq!(keys.patience(), Some(ESC_REST));
    assert_eq!(
        one(b"\x1b\x1b[?62;22c"),
        [key(KeyCode::Esc), Heard::Answer],
        "pressed, then answered"
    );
    let typed = read(&mut Keys::default(), &[(0, b"\x1b"), (300, b"O"), (300, b"[")]);
    assert_eq!(codes(&typed), [KeyCode::Esc, KeyCode::Char('O'), KeyCode::Char('[')]);
}

#[test]
fn section_6_a_key_that_is_held_is_told_from_one_that_is_pressed_again() {
    let kinds = |pieces: &[(u64, &[u8])]| {
        let heard = read(&mut Keys::default(), pieces);
        keys(&heard).into_iter().map(|key| key.kind == KeyEventKind::Repeat).collect::<Vec<_>>()
    };
    let enter = b"\r".as_slice();
    let held = [(0, enter), (500, enter), (33, enter), (92, enter), (250, enter), (300, enter)];
    assert_eq!(kinds(&held), [false, false, true, true, true, false]);
    assert_eq!(kinds(&[(0, enter), (150, enter), (150, enter)]), [false; 3], "a person is slower");
    assert_eq!(kinds(&[(0, b"n"), (20, enter), (20, b"n")]), [false; 3], "others are in between");
    let keypad = b"\x1b[13u".as_slice();
    assert_eq!(kinds(&[(0, keypad), (30, enter)]), [false, true], "however it is sent");
}

#[test]
fn what_no_terminal_sends_is_dropped_and_the_next_key_counts() {
    let mut bytes = b"\x1b[".to_vec();
    bytes.extend([b'1'; 500]);
    bytes.extend(b"A\x1b[999999999999u\x1b[1;1;1A\xff\xfe\x1b[q");
    assert_eq!(codes(&one(&bytes)), []);
    bytes.push(b'q');
    assert_eq!(codes(&one(&bytes)), [KeyCode::Char('q')]);
}

#[test]
fn ctrl_c_ends_also_while_an_answer_has_no_end() {
    for open in [b"\x1b]11;rgb:".as_slice(), b"\x1b[1;", b"\x1b[M", b"\x1bP1$r"] {
        let heard = read(&mut Keys::default(), &[(0, open), (300, b"\x03")]);
        assert_eq!(keys(&heard), [ctrl('c')], "{open:?}");
    }
}

#[test]
fn section_6_a_line_that_tears_sequences_is_waited_for() {
    let mut keys = Keys::default();
    let torn: [(u64, &[u8]); 2] = [(0, b"\x1b"), (90, b"[B")];
    assert_eq!(codes(&read(&mut keys, &torn)), [KeyCode::Esc], "the rest is swallowed");
    let later: [(u64, &[u8]); 2] = [(2_000, b"\x1b"), (90, b"[B")];
    assert_eq!(codes(&read(&mut keys, &later)), [KeyCode::Down], "from then on it is whole");
    assert_eq!(codes(&read(&mut keys, &[(2_000, b"\x1b")])), [KeyCode::Esc]);
}
