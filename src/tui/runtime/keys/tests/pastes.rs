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
