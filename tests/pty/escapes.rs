//! Which bytes may ever be written to a terminal (promise I12).
//!
//! Owns the allow-list and the reader that holds a byte stream to it. What is not named here is
//! refused, so that nothing can reach the terminal through a name from outside.

/// The final characters of control sequences that are used, with what may stand before them.
const SEQUENCES: [(u8, &str); 19] = [
    (b'H', "move"),
    (b'f', "move"),
    (b'A', "up"),
    (b'B', "down"),
    (b'C', "right"),
    (b'D', "left"),
    (b'G', "column"),
    (b'd', "row"),
    (b'J', "clear"),
    (b'K', "clear a line"),
    (b'X', "clear cells"),
    (b'm', "colours"),
    (b'h', "a mode on"),
    (b'l', "a mode off"),
    (b'c', "what are you"),
    (b'q', "the cursor's shape"),
    (b'r', "a scroll region"),
    (b'L', "lines in"),
    (b'M', "lines out"),
];
/// The private modes that are switched.
const MODES: [&str; 7] = ["25", "1049", "2004", "2026", "2031", "1004", "7"];
/// The modes that are switched off, whether they were on or not: at the end the mouse is given back.
const GIVEN_BACK: [&str; 2] = ["1000", "1006"];
/// The kinds of operating system commands: colour questions, and the clipboard on demand.
const COMMANDS: [&str; 3] = ["10;?", "11;?", "52;"];

/// Reads a byte stream; answers the first thing that must not be there, and where.
pub fn first_refused(bytes: &[u8]) -> Option<String> {
    let mut at = 0;
    while at < bytes.len() {
        let (length, refused) = piece(&bytes[at..]);
        if let Some(why) = refused {
            let around = String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 24)]);
            return Some(format!("{why} at byte {at}: {around:?}"));
        }
        at += length;
    }
    None
}

/// The length of the next piece, and what is wrong with it.
fn piece(bytes: &[u8]) -> (usize, Option<&'static str>) {
    match bytes {
        [b'\r' | b'\n' | 0x08, ..] => (1, None),
        [0x1b, b'[', rest @ ..] => {
            let (length, refused) = sequence(rest);
            (length + 2, refused)
        }
        [0x1b, b']', rest @ ..] => {
            let (length, refused) = command(rest);
            (length + 2, refused)
        }
        // Keypad modes, and saving the cursor.
        [0x1b, b'=' | b'>' | b'7' | b'8', ..] => (2, None),
        [0x1b, ..] => (1, Some("another escape")),
        [0..=0x1f | 0x7f, ..] => (1, Some("a control character")),
        [0xc2, 0x80..=0x9f, ..] => (2, Some("a C1 control character")),
        _ => (1, None),
    }
}

fn sequence(rest: &[u8]) -> (usize, Option<&'static str>) {
    let Some(end) = rest.iter().position(|byte| (0x40..=0x7e).contains(byte)) else {
        return (rest.len(), Some("a sequence without an end"));
    };
    let (parameters, last) = (&rest[..end], rest[end]);
    let text = std::str::from_utf8(parameters).unwrap_or("\u{fffd}");
    let known = SEQUENCES.iter().any(|(known, _)| *known == last);
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b";:".contains(&b));
    let good = known
        && match (last, text.strip_prefix('?')) {
            (b'l', Some(mode)) if GIVEN_BACK.contains(&mode) => true,
            (b'h' | b'l', Some(modes)) => modes.split(';').all(|mode| MODES.contains(&mode)),
            (b'h' | b'l', None) | (_, Some(_)) => false,
            (b'q', None) => text.strip_suffix(' ').is_some_and(plain),
            _ => plain(text),
        };
    (end + 1, (!good).then_some("a sequence that is not on the list"))
}

fn command(rest: &[u8]) -> (usize, Option<&'static str>) {
    let end = rest.iter().position(|byte| *byte == 0x07 || *byte == 0x1b);
    let Some(end) = end else { return (rest.len(), Some("a command without an end")) };
    let length = if rest[end] == 0x07 { end + 1 } else { end + 2 };
    let text = std::str::from_utf8(&rest[..end]).unwrap_or("\u{fffd}");
    let ends_well = rest[end] == 0x07 || rest.get(end + 1) == Some(&b'\\');
    let known = COMMANDS.iter().any(|known| text.starts_with(known)) && !text.starts_with("52;c;?");
    (length, (!known || !ends_well).then_some("a command that is not on the list"))
}

#[test]
fn i12_the_list_lets_pass_what_is_drawn_and_nothing_else() {
    let good: [&[u8]; 6] = [
        b"plain \xe9\x99\x88\r\n",
        b"\x1b[?1049h\x1b[?25l\x1b[2J\x1b[1;1H",
        b"\x1b[38;2;1;2;3;1mx\x1b[0m\x1b[m",
        b"\x1b]11;?\x1b\\\x1b[c",
        b"\x1b]52;c;aGVsbG8=\x07",
        b"\x1b[?2026h\x1b[?2026l\x1b[0 q",
    ];
    for bytes in good {
        assert_eq!(first_refused(bytes), None, "{:?}", String::from_utf8_lossy(bytes));
    }
    let bad: [&[u8]; 12] = [
        b"\x07",
        b"\x1b]0;title\x07",
        b"\x1b]8;;http://evil.example\x1b\\",
        b"\x1b]52;c;?\x07",
        b"\x1bP1$r\x1b\\",
        b"\x1b[?1000h",
        b"\x1b[5n",
        b"\x1b[4h",
        b"\x1bc",
        b"\xc2\x9b31m",
        b"\x0e",
        b"\x1b[31",
    ];
    for bytes in bad {
        assert!(first_refused(bytes).is_some(), "{:?}", String::from_utf8_lossy(bytes));
    }
}
