//! The second wall against text from outside (promise I12).
//!
//! Owns the last look at a finished frame: no cell may hold a control, a hidden or a reordering
//! character, whatever drew it. The first wall is `Untrusted::shown`.

use ratatui::buffer::Buffer;

use crate::domain::untrusted::Untrusted;

/// Replaces the content of every cell that would steer or deceive; returns how many there were.
pub fn sweep(buf: &mut Buffer) -> usize {
    let mut found = 0;
    for cell in &mut buf.content {
        if !is_clean(cell.symbol()) {
            cell.set_char('\u{fffd}');
            found += 1;
        }
    }
    found
}

fn is_clean(symbol: &str) -> bool {
    if let [byte] = symbol.as_bytes() {
        return (0x20..0x7f).contains(byte);
    }
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (None, _)
        // The glyphs that frames are made of, without the long way round.
        | (Some('\u{ae}'..='\u{2ff}' | '\u{2190}'..='\u{27ff}' | '\u{4e00}'..='\u{9fff}'), None) => {
            true
        }
        _ => Untrusted::new(symbol).shown().as_str() == symbol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::text::Line;
    use ratatui::widgets::Widget as _;

    #[test]
    fn i12_a_hostile_cell_never_survives() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 1));
        // A line keeps characters without width: they ride on the cell before.
        Line::raw("a\u{202e}b\u{200b}c ╱ 陈 é").render(buf.area, &mut buf);
        assert!(sweep(&mut buf) > 0);
        let text: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert!(!text.contains('\u{202e}') && !text.contains('\u{200b}'), "{text:?}");
        assert!(text.contains("╱ 陈"), "{text:?}");
        assert_eq!(sweep(&mut buf), 0);
    }
}
