//! A quiet box over what is below.
//!
//! Owns clearing the ground, the line around it and its title. What is below has no focus.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::tui::theme::{Theme, Tone, marks};

/// So few columns at both sides of a box hold no word that is whole.
const TORN: u16 = 20;

/// What is left of the page at the sides of a box: torn words are taken away, and so is a mark right
/// beside its edge, which would look like one of the box.
fn beside(area: Rect, theme: &Theme, buf: &mut Buffer) {
    let torn = buf.area.width - area.width <= TORN;
    for y in area.top()..area.bottom() {
        for x in (buf.area.left()..area.left()).chain(area.right()..buf.area.right()) {
            let Some(cell) = buf.cell_mut((x, y)) else { continue };
            let marks = x == area.right() && matches!(cell.symbol(), "↑" | "↓" | "↕");
            if torn || marks {
                let style = if torn { theme.base() } else { cell.style() };
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

/// Draws the box; returns the room inside.
pub fn frame(title: &str, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let area = area.intersection(buf.area);
    if area.width < 4 || area.height < 3 {
        return Rect { width: 0, height: 0, ..area };
    }
    marks::clear(buf);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.reset();
                cell.set_style(theme.base());
            }
        }
    }
    beside(area, theme, buf);
    let line = theme.style(Tone::Faint);
    let across = "─".repeat(usize::from(area.width - 2));
    let row = |y| Rect { y, height: 1, ..area };
    text::put(buf, row(area.top()), &format!("┌{across}┐"), line);
    text::put(buf, row(area.bottom() - 1), &format!("└{across}┘"), line);
    for y in area.top() + 1..area.bottom() - 1 {
        text::put(buf, row(y), "│", line);
        text::put(buf, Rect { x: area.right() - 1, width: 1, ..row(y) }, "│", line);
    }
    if !title.is_empty() {
        let room = Rect { x: area.x + 2, width: area.width - 4, ..row(area.top()) };
        text::put(
            buf,
            room,
            &text::cut(&format!(" {title} "), room.width),
            theme.style(Tone::Strong),
        );
    }
    Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_torn_words_stand_beside_a_box() {
        let behind = |columns: u16, place: Rect| {
            let all = Rect::new(0, 0, columns, 5);
            let mut buf = Buffer::empty(all);
            for y in 0..5 {
                text::put(
                    &mut buf,
                    Rect { y, height: 1, ..all },
                    &"word ".repeat(40),
                    Theme::plain().base(),
                );
            }
            frame("", &Theme::plain(), place, &mut buf);
            let row = |y: u16| (0..columns).map(|x| buf[(x, y)].symbol()).collect::<String>();
            [row(0), row(2)].map(|row| row.contains("wo"))
        };
        assert_eq!(behind(80, Rect::new(9, 1, 62, 3)), [true, false]);
        assert_eq!(behind(120, Rect::new(29, 1, 62, 3)), [true, true], "whole words may stay");
    }
}
