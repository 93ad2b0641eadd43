//! Widths on which terminals do not agree: emoji, marks, joined letters.
//!
//! Owns telling what every terminal draws alike from what it may draw wider or narrower than we
//! believe, and by how much at most. Names what is certain; everything else is in doubt.

use ratatui::buffer::{Cell, CellWidth as _};
use unicode_normalization::char::is_combining_mark;
use unicode_width::UnicodeWidthChar as _;

use crate::tui::theme::glyphs;

/// How narrow and how wide some terminal may draw a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubt {
    /// The fewest columns; none where a terminal may swallow it, or put it onto the cell before.
    pub least: u16,
    /// The most columns.
    pub most: u16,
}

/// The columns that a cell's symbol is believed to take.
pub(super) fn believed(cell: &Cell) -> u16 {
    cell.cell_width().max(1)
}

/// Why a symbol's width is not to be relied on; `None` where all terminals agree.
pub(super) fn of(symbol: &str) -> Option<Doubt> {
    if symbol.len() < 2 {
        return None;
    }
    let mut chars = symbol.chars();
    let first = certain(chars.next().unwrap_or(' '));
    if first.is_some() && chars.next().is_none() {
        return None;
    }
    let most = symbol.chars().map(at_most).sum();
    Some(Doubt { least: first.unwrap_or(0), most })
}

/// What stands for a symbol where it may not fit into `room` columns.
pub(super) fn fitting(symbol: &str, doubt: Doubt, room: u16) -> &str {
    let first = symbol.chars().next();
    match first {
        _ if doubt.most <= room => symbol,
        Some(first) if at_most(first) <= room && !is_mark(first) => &symbol[..first.len_utf8()],
        _ => "?",
    }
}

fn is_mark(c: char) -> bool {
    is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

/// A terminal that knows nothing of a mark gives it a column; one that has a column may get two.
fn at_most(c: char) -> u16 {
    let has_none = is_mark(c) && c.width().unwrap_or(0) == 0;
    certain(c).unwrap_or(if has_none { 1 } else { 2 })
}

/// The width of a character by itself, where all terminals have agreed on it for many years.
fn certain(c: char) -> Option<u16> {
    match c {
        // The first parts of Korean syllables join with what follows; the others are emoji in some
        // places.
        '\u{1100}'..='\u{11ff}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '▶' | '◀' => {
            None
        }
        '\u{370}'..='\u{1fff}' => {
            let known = c.is_alphanumeric() && !is_combining_mark(c) && c.width() == Some(1);
            known.then_some(1)
        }
        ' '..='~'
        | '\u{a0}'..='\u{ac}'
        | '\u{ae}'..='\u{2ff}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}'
        | '\u{20a0}'..='\u{20bf}'
        | '\u{2100}'..='\u{218b}'
        | '\u{ff61}'..='\u{ff9d}' => Some(1),
        '\u{3000}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309b}'..='\u{30ff}'
        | '\u{3105}'..='\u{312d}'
        | '\u{31f0}'..='\u{321e}'
        | '\u{3220}'..='\u{3247}'
        | '\u{3250}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{a48c}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{fad9}'
        | '\u{ff01}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{20000}'..='\u{2fa1f}' => Some(2),
        _ => glyphs::ascii(c).map(|_| 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_letters_and_our_own_signs_are_certain() {
        for symbol in
            ["a", "é", "ß", "Ж", "Ω", "陈", "あ", "한", "｡", "Ａ", "─", "●", "…", "▌", "א", "م"]
        {
            assert_eq!(of(symbol), None, "{symbol}");
        }
    }

    #[test]
    fn a_certain_width_is_the_one_we_draw_with() {
        for c in ('\u{20}'..='\u{2ffff}').filter(|c| !c.is_control()) {
            if let Some(width) = certain(c) {
                let drawn = Cell::default().set_char(c).cell_width();
                assert_eq!(drawn, width, "U+{:04X} {c}", u32::from(c));
            }
        }
    }

    #[test]
    fn emoji_marks_and_joined_letters_are_in_doubt() {
        for (symbol, least, most) in [
            ("❤\u{fe0f}", 0, 3),
            ("☕", 0, 2),
            ("🇩🇪", 0, 4),
            ("1\u{fe0f}\u{20e3}", 1, 3),
            ("👨\u{200d}👩\u{200d}👧", 0, 8),
            ("हि", 1, 3),
            ("x\u{304}", 1, 2),
            ("ᄒ", 0, 2),
        ] {
            assert_eq!(of(symbol), Some(Doubt { least, most }), "{symbol}");
        }
    }

    #[test]
    fn what_may_not_fit_is_its_first_part_or_a_question_mark() {
        let family = "👨\u{200d}👩\u{200d}👧";
        let fit = |symbol: &'static str, room| fitting(symbol, of(symbol).unwrap(), room);
        assert_eq!(fit(family, 8), family);
        assert_eq!(fit(family, 7), "👨");
        assert_eq!(fit(family, 1), "?");
        assert_eq!(fit("हि", 1), "ह");
    }
}
