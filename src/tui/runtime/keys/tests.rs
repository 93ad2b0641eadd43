//! Bytes as terminals send them, whole and in pieces, and pastes that misbehave.

use super::*;

fn codes(events: &[Event]) -> Vec<KeyCode> {
    let codes = events.iter().filter_map(|event| match event {
        Event::Key(key) => Some(key.code),
        _ => None,
    });
    codes.collect()
}

fn texts(events: &[Event]) -> Vec<&str> {
    let texts = events.iter().filter_map(|event| match event {
        Event::Paste(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Reads pieces, so many milliseconds apart.
fn read(keys: &mut Keys, pieces: &[(u64, &[u8])]) -> Vec<Event> {
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
    out
}

#[test]
fn section_6_keys_of_xterm_and_of_application_mode() {
    let mut keys = Keys::default();
    let bytes = b"a\x1b[A\x1bOB\x1b[5~\r\t\x1b[Z \x7f\x1b[H\x1bOP";
    let got = codes(&read(&mut keys, &[(0, bytes)]));
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
    ];
    assert_eq!(got, want);
    assert_eq!(keys.patience(), None);
}

#[test]
fn section_6_control_keys_keep_their_modifier() {
    let events = read(&mut Keys::default(), &[(0, b"\x03\x1b[1;2A")]);
    let Event::Key(ctrl_c) = events[0] else { panic!("{events:?}") };
    assert_eq!((ctrl_c.code, ctrl_c.modifiers), (KeyCode::Char('c'), KeyModifiers::CONTROL));
    let Event::Key(up) = events[1] else { panic!("{events:?}") };
    assert_eq!((up.code, up.modifiers), (KeyCode::Up, KeyModifiers::SHIFT));
}

#[test]
fn letters_of_every_script_in_pieces() {
    let mut keys = Keys::default();
    let text = "é陈🙂";
    let pieces: Vec<_> = text.as_bytes().chunks(1).map(|byte| (5, byte)).collect();
    let got = codes(&read(&mut keys, &pieces));
    assert_eq!(got, text.chars().map(KeyCode::Char).collect::<Vec<_>>());
}

#[test]
fn a_sequence_in_pieces_is_one_key_and_esc_alone_is_esc() {
    let mut keys = Keys::default();
    assert_eq!(codes(&read(&mut keys, &[(0, b"\x1b"), (20, b"[A")])), [KeyCode::Up]);
    let got = codes(&read(&mut keys, &[(0, b"\x1b"), (40, b"[")]));
    assert_eq!(got, [KeyCode::Esc, KeyCode::Char('[')]);
}

#[test]
fn section_6_no_chord_begins_with_esc() {
    let got = codes(&read(&mut Keys::default(), &[(0, b"\x1bq\x1b\x1b\x1b[B")]));
    let want = [KeyCode::Esc, KeyCode::Char('q'), KeyCode::Esc, KeyCode::Esc, KeyCode::Down];
    assert_eq!(got, want);
}

#[test]
fn what_no_terminal_sends_is_dropped_and_the_next_key_counts() {
    let mut bytes = b"\x1b[".to_vec();
    bytes.extend([b'1'; 500]);
    bytes.extend(b"\x1b[999999999999u\xff\xfe q");
    let got = codes(&read(&mut Keys::default(), &[(0, &bytes)]));
    assert_eq!(got.last(), Some(&KeyCode::Char('q')));
}

#[test]
fn a_paste_is_one_event_also_in_pieces() {
    let whole = b"x\x1b[200~amy@acme.example\nbo@acme.example\x1b[201~y";
    for size in 1..whole.len() {
        let mut keys = Keys::default();
        let pieces: Vec<_> = whole.chunks(size).map(|piece| (1, piece)).collect();
        let events = read(&mut keys, &pieces);
        assert_eq!(texts(&events), ["amy@acme.example\nbo@acme.example"], "in {size}s");
        assert_eq!(codes(&events), [KeyCode::Char('x'), KeyCode::Char('y')], "in {size}s");
    }
}

#[test]
fn i15_a_paste_that_contains_the_mark_of_its_end_sends_no_keys() {
    let bytes = b"\x1b[200~a\x1b[201~\rq\x1b[201~";
    let events = read(&mut Keys::default(), &[(0, bytes)]);
    assert_eq!(texts(&events), ["a\u{1b}[201~\rq"]);
    assert_eq!(codes(&events), []);
}

#[test]
fn i13_a_paste_without_an_end_swallows_no_keys() {
    let mut keys = Keys::default();
    let events = read(&mut keys, &[(0, b"\x1b[200~abc"), (2_000, b"q")]);
    assert_eq!(texts(&events), ["abc"]);
    assert_eq!(codes(&events), [KeyCode::Char('q')]);
    let events = read(&mut keys, &[(0, b"\x1b[200~abc"), (300, b"\x03")]);
    assert_eq!(texts(&events), [""; 0], "who interrupts wants no paste");
    assert_eq!(codes(&events), [KeyCode::Char('c')]);
}

#[test]
fn i15_a_paste_is_bounded_and_its_end_is_still_seen() {
    let mut keys = Keys::default();
    let piece = vec![b'a'; 400_000];
    let mut pieces: Vec<(u64, &[u8])> = vec![(0, b"\x1b[200~")];
    pieces.extend(std::iter::repeat_n((1, piece.as_slice()), 200));
    pieces.extend([(1, b"\x1b[20".as_slice()), (1, b"1~q".as_slice())]);
    let events = read(&mut keys, &pieces);
    assert_eq!(texts(&events).iter().map(|text| text.len()).collect::<Vec<_>>(), [PASTE_KEPT]);
    assert_eq!(codes(&events), [KeyCode::Char('q')]);
}
