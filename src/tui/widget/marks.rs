//! Marks that a list or a text goes on, above or below what is in sight.
//!
//! Owns how they look and where they stand: at the right of the first and the last line. Only the
//! marks themselves are drawn, so that moving costs a cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::domain::number::thousands;
use crate::tui::theme::{Theme, Tone};

/// Draws the marks in the last column of `area`, of which the rows `shown` of `len` are in sight.
pub fn more(
    shown: &std::ops::Range<usize>,
    len: usize,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    if area.is_empty() || shown.is_empty() {
        return;
    }
    let cell = |y| Rect { x: area.right() - 1, y, width: 1, height: 1 };
    let style = theme.style(Tone::Muted);
    match (shown.start > 0, shown.end < len) {
        (true, true) if area.height == 1 => {
            text::put(buf, cell(area.y), "↕", style);
        }
        (above, below) => {
            if above {
                text::put(buf, cell(area.y), "↑", style);
            }
            if below {
                text::put(buf, cell(area.bottom() - 1), "↓", style);
            }
        }
    }
}

/// Says at the right of `area` how many there are below those in sight.
pub fn count_below(
    shown: &std::ops::Range<usize>,
    len: usize,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let below = len.saturating_sub(shown.end) as u64;
    if below > 0 && !area.is_empty() {
        text::put_right(
            buf,
            area,
            &format!(" ↓ {} more ", thousands(below)),
            theme.style(Tone::Muted),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(shown: std::ops::Range<usize>, len: usize) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 1, 3));
        more(&shown, len, &Theme::plain(), buf.area, &mut buf);
        buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
    }

    #[test]
    fn there_is_a_mark_wherever_there_is_more() {
        assert_eq!(drawn(0..3, 3), "   ");
        assert_eq!(drawn(0..3, 9), "  ↓");
        assert_eq!(drawn(2..5, 9), "↑ ↓");
        assert_eq!(drawn(6..9, 9), "↑  ");
        assert_eq!(drawn(0..0, 0), "   ");
    }
}
