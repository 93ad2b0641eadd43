//! Bytes as terminals send them, whole and in pieces, and pastes that misbehave.

mod cuts;
mod odd;
mod pastes;

use crossterm::event::{KeyEventKind, MouseButton, MouseEvent, MouseEventKind};

use super::*;

pub(super) fn codes(heard: &[Heard]) -> Vec<KeyCode> {
    keys(heard).into_iter().map(|key| key.code).collect()
}

pub(super) fn keys(heard: &[Heard]) -> Vec<KeyEvent> {
    let keys = heard.iter().filter_map(|heard| match heard {
        Heard::Event(Event::Key(key)) => Some(*key),
        _ => None,
    });
    keys.collect()
}

/// What was pasted, with its brackets or without.
fn texts(heard: &[Heard]) -> Vec<&str> {
    let texts = heard.iter().filter_map(|heard| match heard {
        Heard::Event(Event::Paste(text)) | Heard::Burst(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Reads pieces, so many milliseconds apart, and waits for what is still open.
pub(super) fn read(keys: &mut Keys, pieces: &[(u64, &[u8])]) -> Vec<Heard> {
    let mut now = Instant::now();
    let mut out = Vec::new();
    for (after_ms, bytes) in pieces {
        let wait = Duration::from_millis(*after_ms);
        if keys.patience().is_some_and(|patience| wait >= patience) {
            keys.give_up(&mut out);
        }
        now += wait;
        keys.take(bytes, now, &mut out);
    }
    keys.give_up(&mut out);
    assert_eq!(keys.patience(), None, "nothing is open any more");
    out
}

fn one(bytes: &[u8]) -> Vec<Heard> {
    read(&mut Keys::default(), &[(0, bytes)])
}

fn plain(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

fn ctrl(c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)
}

#[test]
fn section_6_keys_of_xterm_and_of_application_mode() {
    let bytes = b"a\x1b[A\x1bOB\x1b[5~\r\t\x1b[Z \x7f\x1b[H\x1bOP\x1b[[B\x1b[24~\x1b[3~";
    let want = [
        KeyCode::Char('a'),
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::PageUp,
        KeyCode::Enter,
        KeyCode::Tab,
        KeyCode::BackTab,
        KeyCode::Char(' '),
        KeyCode::Backspace,
        KeyCode::Home,
        KeyCode::F(1),
        KeyCode::F(2),
        KeyCode::F(12),
        KeyCode::Delete,
    ];
    assert_eq!(codes(&one(bytes)), want);
}

#[test]
fn section_6_line_feed_and_keypad_enter_are_enter_and_ctrl_h_is_backspace() {
    for enter in [b"\r".as_slice(), b"\n", b"\r\n", b"\x1bOM", b"\x1b[57414u", b"\x1b[13u"] {
        assert_eq!(keys(&one(enter)), [plain(KeyCode::Enter)], "{enter:?}");
    }
    for back in [b"\x08".as_slice(), b"\x7f", b"\x1b[127u", b"\x1b[27;5;104~"] {
        assert_eq!(keys(&one(back)), [plain(KeyCode::Backspace)], "{back:?}");
    }
}

#[test]
fn section_6_control_keys_keep_their_modifier() {
    for ctrl_c in [b"\x03".as_slice(), b"\x1b[99;5u", b"\x1b[99;133u", b"\x1b[27;5;99~"] {
        assert_eq!(keys(&one(ctrl_c)), [ctrl('c')], "{ctrl_c:?}");
    }
    assert_eq!(keys(&one(b"\x1b[1089::99;5u")), [ctrl('c')], "at its place on another keyboard");
    assert_eq!(keys(&one(b"\x00")), [ctrl(' ')]);
    let shift_up = KeyEvent::new(KeyCode::Up, KeyModifiers::SHIFT);
    assert_eq!(keys(&one(b"\x1b[1;2A")), [shift_up]);
    assert_eq!(keys(&one(b"\x1b[a")), [shift_up], "rxvt");
    assert_eq!(codes(&one(b"\x1b[99;6u")), [KeyCode::Char('C')], "copies in many terminals");
}

#[test]
fn section_6_what_a_shells_user_presses_comes_as_one_key_with_alt() {
    let alt = |code| KeyEvent::new(code, KeyModifiers::ALT);
    let cases = [
        (b"\x1bb".as_slice(), KeyCode::Char('b')),
        (b"\x1b\x7f", KeyCode::Backspace),
        (b"\x1b\r", KeyCode::Enter),
        (b"\x1b[1;3D", KeyCode::Left),
        (b"\x1b\x1b[C", KeyCode::Right),
        ("\u{1b}é".as_bytes(), KeyCode::Char('é')),
    ];
    for (bytes, code) in cases {
        assert_eq!(keys(&one(bytes)), [alt(code)], "{bytes:?}");
    }
    assert_eq!(codes(&one(b"\x1b\x03")), [KeyCode::Esc, KeyCode::Char('c')], "Ctrl-c is Ctrl-c");
}

#[test]
fn section_6_kittys_and_xterms_protocols_are_read_right_when_they_were_left_on() {
    let cases: [(&[u8], &[KeyCode]); 16] = [
        (b"\x1b[32u", &[KeyCode::Char(' ')]),
        (b"\x1b[32;1:3u", &[]),
        (b"\x1b[32;129u", &[KeyCode::Char(' ')]),
        (b"\x1b[1;129:3B", &[]),
        (b"\x1b[1;129:2B", &[KeyCode::Down]),
        (b"\x1b[97;2u", &[KeyCode::Char('A')]),
        (b"\x1b[97:65;2u", &[KeyCode::Char('A')]),
        (b"\x1b[97;65u", &[KeyCode::Char('A')]),
        (b"\x1b[97;66u", &[KeyCode::Char('a')]),
        (b"\x1b[49;2u", &[]),
        (b"\x1b[49:33;2u", &[KeyCode::Char('!')]),
        (b"\x1b[0;;228:246u", &[KeyCode::Char('ä'), KeyCode::Char('ö')]),
        (b"\x1b[57441;2u", &[]),
        (b"\x1b[121;9u", &[]),
        (b"\x1b[27;2;33~", &[KeyCode::Char('!')]),
        (b"\x1b[13;28;13;1;0;1_\x1b[13;28;13;0;0;1_", &[KeyCode::Enter]),
    ];
    for (bytes, want) in cases {
        assert_eq!(codes(&one(bytes)), want, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn the_terminals_ground_is_heard_also_in_pieces_and_is_no_key() {
    let white = [Heard::Ground((255, 255, 255))];
    assert_eq!(one(b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\"), white);
    assert_eq!(one(b"\x1b]11;rgb:ff/ff/ff\x07"), white);
    let torn: [(u64, &[u8]); 3] =
        [(0, b"\x1b]11;rg"), (300, b"b:ffff/ffff/ffff\x1b"), (300, b"\\")];
    assert_eq!(read(&mut Keys::default(), &torn), white);
    for other in
        [b"\x1b]11;?\x07".as_slice(), b"\x1b]4;1;rgb:ff/ff/ff\x07", b"\x1b]11;rgb:ff/ff\x18"]
    {
        assert_eq!(one(other), [], "{other:?}");
    }
    let long = [b"\x1b]11;rgb:ffff/ffff/ffff".as_slice(), &[b'0'; 9_000], b"\x07"].concat();
    assert_eq!(one(&long), [], "what is longer than an answer is none");
}

#[test]
fn a_change_of_the_terminals_colours_is_heard() {
    assert_eq!(one(b"\x1b[?997;1n"), [Heard::Colours { light: false }]);
    assert_eq!(one(b"\x1b[?997;2n"), [Heard::Colours { light: true }]);
    assert_eq!(one(b"\x1b[?997;3n\x1b[?0n"), []);
}

#[test]
fn a_click_and_the_wheel_are_heard_and_nothing_else_of_a_mouse() {
    let mouse = |kind, column, row| {
        let modifiers = KeyModifiers::NONE;
        Heard::Event(Event::Mouse(MouseEvent { kind, column, row, modifiers }))
    };
    let down = MouseEventKind::Down(MouseButton::Left);
    assert_eq!(one(b"\x1b[<0;12;30M\x1b[<0;12;30m"), [mouse(down, 11, 29)]);
    assert_eq!(one(b"\x1b[<64;1;1M"), [mouse(MouseEventKind::ScrollUp, 0, 0)]);
    assert_eq!(one(b"\x1b[<65;1;1M"), [mouse(MouseEventKind::ScrollDown, 0, 0)]);
    let torn: [(u64, &[u8]); 3] = [(0, b"\x1b[<0;1"), (300, b"2;3"), (300, b"0M")];
    assert_eq!(read(&mut Keys::default(), &torn), [mouse(down, 11, 29)]);
    for other in [
        b"\x1b[<2;1;1M".as_slice(),
        b"\x1b[<32;1;1M",
        b"\x1b[<4;1;1M",
        b"\x1b[<0;0;1M",
        b"\x1b[<0;1M",
        b"\x1b[<0;99999;1M",
        b"\x1b[<;1;1M",
        b"\x1b[<M",
    ] {
        assert_eq!(one(other), [], "{other:?}");
    }
    let between = one(b"ab\x1b[<0;2;2Mcd");
    assert_eq!(codes(&between), b"abcd".map(|c| KeyCode::Char(c.into())), "typing goes on");
    let esc = [key(KeyCode::Esc), mouse(down, 1, 1)];
    assert_eq!(one(b"\x1b\x1b[<0;2;2M"), esc, "an Esc just before it");
    let pasted = one(b"\x1b[200~a\x1b[<0;2;2Mb\x1b[201~");
    assert!(
        !pasted.iter().any(|heard| matches!(heard, Heard::Event(Event::Mouse(_)))),
        "{pasted:?}"
    );
}
