//! A quiet box over what is below.
//!
//! Owns clearing the ground, the line around it and its title. What is below has no focus.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::tui::theme::{Theme, Tone, marks};

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
    // A mark of what is behind the box, right beside its edge, would look like one of the box.
    for y in area.top()..area.bottom() {
        if let Some(cell) = buf.cell_mut((area.right(), y))
            && matches!(cell.symbol(), "↑" | "↓" | "↕")
        {
            let style = cell.style();
            cell.reset();
            cell.set_style(style);
        }
    }
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
