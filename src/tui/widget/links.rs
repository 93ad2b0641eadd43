//! Web addresses in what was drawn are marked, for the terminal to make links of.
//!
//! Owns what may be a target, and finding them again: only one that stands whole in a row is marked,
//! never a part of one. A target is what is read, letter for letter: who clicks it goes where it says.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::theme::marks::LINK;

/// Longer than this no target is; terminals cut or drop what is.
const MOST: usize = 2_000;

/// Marks the addresses of a text where they stand in an area.
pub fn mark(text: &str, area: Rect, buf: &mut Buffer) {
    if !text.contains("://") {
        return;
    }
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        // An address is of ASCII: a cell holds one byte of it, and any other cell none.
        let byte = |x: u16| {
            buf.cell((x, y)).map_or(b' ', |cell| match cell.symbol().as_bytes() {
                [byte] => *byte,
                _ => b' ',
            })
        };
        let row: Vec<u8> = (area.left()..area.right()).map(byte).collect();
        let mut found = Vec::new();
        for target in targets(text) {
            found.extend(memchr::memmem::find_iter(&row, target).filter_map(|from| {
                let to = from + target.len();
                whole(&row, from, to).then_some(from..to)
            }));
        }
        for n in found.into_iter().flatten() {
            let x = area.x + u16::try_from(n).unwrap_or(u16::MAX);
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.modifier.insert(LINK);
            }
        }
    }
}

/// Nothing goes on at either end that would make another address of it; at the row's end it might.
fn whole(row: &[u8], from: usize, to: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_~%=&#?+@".contains(byte);
    let before = from.checked_sub(1).and_then(|at| row.get(at));
    !before.is_some_and(part) && row.get(to).is_some_and(|after| !part(after))
}

/// Whether a text may be a target: a web address of printable ASCII alone, so that nothing in it
/// could end the sequence or begin another.
pub fn is_target(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= MOST
        && host
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
        && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The web addresses in a text, without what ends a sentence or stands around them.
pub fn targets(text: &str) -> impl Iterator<Item = &str> {
    let bare = |word: &'_ str| -> (usize, usize) {
        let from = word.find("http").unwrap_or(word.len());
        let around = |c: char| ".,;:!?\"'`)>]}".contains(c);
        (from, word.trim_end_matches(around).len().max(from))
    };
    let words = text.split_whitespace().filter(|word| word.contains("://"));
    words
        .map(move |word| (word, bare(word)))
        .map(|(word, (from, to))| &word[from..to])
        .filter(|word| is_target(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn marked(text: &str, rows: &[&str]) -> String {
        let area = Rect::new(0, 0, 40, u16::try_from(rows.len()).unwrap());
        let mut buf = Buffer::empty(area);
        for (row, y) in rows.iter().zip(0..) {
            buf.set_string(0, y, row, Style::new());
        }
        mark(text, area, &mut buf);
        let marked = buf.content.iter().filter(|cell| cell.modifier.contains(LINK));
        marked.map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn an_address_that_stands_whole_is_marked_and_no_part_of_one() {
        let text = "See https://hub.example/i/abc, soon.";
        assert_eq!(
            marked(text, &[" See https://hub.example/i/abc, soon."]),
            "https://hub.example/i/abc"
        );
        assert_eq!(marked(text, &[" See https://hub.example/i/…"]), "");
        assert_eq!(marked(text, &[" https://hub.example", "/i/abc"]), "", "broken over two rows");
        let longer = "https://hub.example/i/ab or https://hub.example/i/abc";
        assert_eq!(marked(longer, &["https://hub.example/i/abc"]), "https://hub.example/i/abc");
        let other = &["https://hub.example/i/abcd"];
        assert_eq!(marked(text, other), "", "another address than the text's");
    }

    #[test]
    fn i12_a_target_is_a_plain_web_address() {
        for good in
            ["https://hub.acme.example/i/aB3_-~", "http://127.0.0.1:8080/docs#x", "http://[::1]/"]
        {
            assert!(is_target(good), "{good}");
        }
        for bad in [
            "https://",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://a\u{1b}\\x",
            "https://a\u{7}x",
            "https://a b",
            "https://bücher.example",
            "https://a\u{202e}b",
            "https:///x",
        ] {
            assert!(!is_target(bad), "{bad:?}");
        }
        assert!(!is_target(&format!("https://{}", "a".repeat(MOST))));
        let text =
            "Confirm: https://hub.example/i/x1. Or (see http://b.example/docs), not ftp://c.";
        let found: Vec<&str> = targets(text).collect();
        assert_eq!(found, ["https://hub.example/i/x1", "http://b.example/docs"]);
    }
}
