//! Links (OSC 8): cells that are marked as parts of a web address, and where that begins.
//!
//! Owns that a target is what the cells say, and nothing that could end or begin a sequence.

use ratatui::buffer::{Buffer, Cell};

use crate::tui::theme::marks::LINK;
use crate::tui::widget::links::is_target;

/// Where the link begins that a cell is part of.
pub(super) fn begins((x, y): (u16, u16), frame: &Buffer) -> Option<(u16, u16)> {
    let marked = |x: u16| frame.cell((x, y)).is_some_and(|cell| cell.modifier.contains(LINK));
    if !marked(x) {
        return None;
    }
    let mut from = x;
    while from > 0 && marked(from - 1) {
        from -= 1;
    }
    is_target(&target((from, y), frame)).then_some((from, y))
}

/// The target of the link that begins there.
pub(super) fn target((x, y): (u16, u16), frame: &Buffer) -> String {
    let cells = (x..frame.area.right()).map_while(|x| frame.cell((x, y)));
    cells.take_while(|cell| cell.modifier.contains(LINK)).map(Cell::symbol).collect()
}
