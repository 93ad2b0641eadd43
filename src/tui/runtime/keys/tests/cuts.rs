//! Every sequence of the documents of xterm and kitty, cut at every byte, with any delay.

mod answers;

use super::*;
use answers::ANSWERS;

/// Sequences that are one key.
const KEYS: &[(&[u8], KeyCode, KeyModifiers)] = &[
    (b"\x1b[A", KeyCode::Up, KeyModifiers::NONE),
    (b"\x1bOA", KeyCode::Up, KeyModifiers::NONE),
    (b"\x1b[1;5D", KeyCode::Left, KeyModifiers::CONTROL),
    (b"\x1b[1;3C", KeyCode::Right, KeyModifiers::ALT),
    (b"\x1b[1;2P", KeyCode::F(1), KeyModifiers::SHIFT),
    (b"\x1bOS", KeyCode::F(4), KeyModifiers::NONE),
    (b"\x1b[15;5~", KeyCode::F(5), KeyModifiers::CONTROL),
    (b"\x1b[H", KeyCode::Home, KeyModifiers::NONE),
    (b"\x1b[4~", KeyCode::End, KeyModifiers::NONE),
    (b"\x1b[Z", KeyCode::BackTab, KeyModifiers::NONE),
    (b"\x1bOM", KeyCode::Enter, KeyModifiers::NONE),
    (b"\x1bOp", KeyCode::Char('0'), KeyModifiers::NONE),
    (b"\x1b[13u", KeyCode::Enter, KeyModifiers::NONE),
    (b"\x1b[27;5;13~", KeyCode::Enter, KeyModifiers::CONTROL),
    (b"\x1b[121u", KeyCode::Char('y'), KeyModifiers::NONE),
    (b"\x1b[57417;1u", KeyCode::Left, KeyModifiers::NONE),
];

/// Cuts it at every byte, with delays up to a second, and asks what was heard each time.
fn cut(bytes: &[u8], mut heard: impl FnMut(usize, u64, &[Heard])) {
    for at in 1..bytes.len() {
        for delay in [1, 20, 60, 400, 1_000] {
            let (head, tail) = bytes.split_at(at);
            heard(at, delay, &read(&mut Keys::default(), &[(0, head), (delay, tail)]));
        }
    }
}

/// Answers, reports and the mouse are heard for what they are.
fn is_no_key(heard: &Heard) -> bool {
    let report = matches!(heard, Heard::Answer | Heard::Ground(_) | Heard::Colours { .. });
    report || matches!(heard, Heard::Event(Event::Mouse(_)))
}

#[test]
fn section_6_an_answer_is_no_key_wherever_it_is_cut() {
    for answer in ANSWERS {
        let words = String::from_utf8_lossy(answer);
        let nothing = |heard: &[Heard]| heard.iter().all(is_no_key);
        assert!(nothing(&one(answer)), "{words:?}");
        cut(answer, |at, delay, heard| {
            // Who waits so long after an Esc alone is told that Esc was pressed, and no more.
            let esc = at == 1 && answer[0] == ESC && Duration::from_millis(delay) >= ESC_REST;
            let rest = if esc { heard.strip_prefix(&[key(KeyCode::Esc)]) } else { Some(heard) };
            assert!(rest.is_some_and(nothing), "{words:?} cut at {at}, {delay} ms: {heard:?}");
        });
        let mut then_a_key = answer.to_vec();
        then_a_key.push(b'q');
        assert_eq!(codes(&one(&then_a_key)), [KeyCode::Char('q')], "{words:?}");
    }
}

#[test]
fn section_6_a_key_is_itself_or_nothing_wherever_it_is_cut() {
    for (bytes, code, modifiers) in KEYS {
        let words = String::from_utf8_lossy(bytes);
        let itself = [KeyEvent::new(*code, *modifiers)];
        assert_eq!(keys(&one(bytes)), itself, "{words:?}");
        cut(bytes, |at, delay, heard| {
            let esc = at == 1 && Duration::from_millis(delay) >= ESC_REST;
            let want = if esc { [plain(KeyCode::Esc)] } else { itself };
            assert_eq!(keys(heard), want, "{words:?} cut at {at}, {delay} ms");
        });
    }
}

#[test]
fn section_6_a_paste_is_a_paste_wherever_it_is_cut() {
    cut(b"\x1b[200~yq\ry\x1b[201~", |at, delay, heard| {
        let esc = at == 1 && Duration::from_millis(delay) >= ESC_REST;
        let before = usize::from(esc);
        assert_eq!(heard[before..], [Heard::Event(Event::Paste("yq\ry".into()))], "{at} {delay}");
    });
}

#[test]
fn section_6_answers_one_after_the_other_in_pieces_of_any_size_send_no_key() {
    let all = ANSWERS.concat();
    for size in 1..=all.len() {
        let pieces: Vec<_> = all.chunks(size).map(|piece| (9, piece)).collect();
        assert_eq!(codes(&read(&mut Keys::default(), &pieces)), [], "in {size}s");
    }
}

#[test]
fn any_bytes_in_any_pieces_end_somewhere() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let favourites = b"\x1b[]OPX^_\\;:?<=>~$0123456789MuRtcnyABCD\r\n\x07\x18\x7f\x9b\x9c\xc3\xa9";
    for _ in 0..2_000 {
        let length = random(40) as usize;
        let bytes: Vec<u8> = (0..length)
            .map(|_| match random(3) {
                0 => random(256) as u8,
                _ => favourites[random(favourites.len() as u64) as usize],
            })
            .collect();
        let mut pieces = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(1 + random(rest.len() as u64) as usize);
            pieces.push(([0, 1, 10, 60, 500, 1_300][random(6) as usize], piece));
            rest = after;
        }
        let mut keys = Keys::default();
        read(&mut keys, &pieces);
        // Whatever it was, the next key is the next key.
        assert_eq!(codes(&read(&mut keys, &[(2_500, b"j")])), [KeyCode::Char('j')], "{bytes:?}");
    }
}

#[test]
fn section_6_line_ends_in_another_programs_words_are_no_enter_wherever_they_are_cut() {
    let words = b"\x1b^Yx\r:Y2Y qx1\rY\r/:n;\r2 xx;\rY;qq\x1b\\";
    for at in 2..words.len() - 1 {
        let heard = read(&mut Keys::default(), &[(0, &words[..at]), (200, &words[at..])]);
        assert_eq!(codes(&heard), [], "cut at {at}");
    }
}
