//! Where the terminal's own cursor shall stand: input methods, magnifiers and braille follow it.
//!
//! Owns the marks that a cell carries from the widget that draws it to the terminal, which takes
//! them off again. They are modifiers that are never drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

/// The cell where the next letter goes.
pub const CARET: Modifier = Modifier::SLOW_BLINK;
/// The bar at the row that has the focus.
pub const FOCUS: Modifier = Modifier::RAPID_BLINK;
/// Part of a web address that stands there whole.
pub const LINK: Modifier = Modifier::HIDDEN;
const BOTH: Modifier = CARET.union(FOCUS);

/// Where the cursor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Column and row.
    pub at: (u16, u16),
    /// Whether text is typed there; only then is the cursor seen.
    pub caret: bool,
}

/// Takes all marks off: a box has been laid over what has them.
pub fn clear(frame: &mut Buffer) {
    for cell in &mut frame.content {
        cell.modifier.remove(BOTH | LINK);
    }
}

/// Takes the marks of links off: this terminal has none.
pub fn clear_links(frame: &mut Buffer) {
    for cell in &mut frame.content {
        cell.modifier.remove(LINK);
    }
}

/// Whether the caret stands in a part of the frame.
pub fn types_in(frame: &Buffer, part: Rect) -> bool {
    part.positions().any(|at| frame.cell(at).is_some_and(|cell| cell.modifier.contains(CARET)))
}

/// Takes the marks off; the place of the caret, else behind the bar of the row with the focus.
/// The caret's cell is as any other then: the cursor on it is what is seen.
pub fn take(frame: &mut Buffer) -> Option<Place> {
    let columns = usize::from(frame.area.width);
    let mut place: Option<Place> = None;
    for (n, cell) in frame.content.iter_mut().enumerate() {
        if !cell.modifier.intersects(BOTH) {
            continue;
        }
        let caret = cell.modifier.contains(CARET);
        cell.modifier.remove(if caret { BOTH | Modifier::REVERSED } else { BOTH });
        let column = n % columns;
        let column = if caret { column } else { (column + 1).min(columns - 1) };
        if place.is_none_or(|place| caret && !place.caret) {
            let cell = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
            place = Some(Place { at: (cell(column), cell(n / columns)), caret });
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    #[test]
    fn the_caret_goes_before_the_row_and_a_box_hides_both() {
        let mut frame = Buffer::empty(Rect::new(0, 0, 10, 3));
        let mark = |mark| Style::new().add_modifier(mark | Modifier::REVERSED);
        frame.set_string(1, 1, "▌", mark(FOCUS));
        let row = take(&mut frame.clone());
        assert_eq!(row, Some(Place { at: (2, 1), caret: false }));
        frame.set_string(5, 2, "x", mark(CARET));
        let mut boxed = frame.clone();
        assert_eq!(take(&mut frame), Some(Place { at: (5, 2), caret: true }));
        assert_eq!(frame[(5, 2)].modifier, Modifier::empty());
        assert_eq!(frame[(1, 1)].modifier, Modifier::REVERSED);
        clear(&mut boxed);
        assert_eq!(take(&mut boxed), None);
    }
}
