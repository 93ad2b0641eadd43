//! From one frame to the next in as few bytes as possible.
//!
//! Owns which cells are written, how the cursor gets there and what the pen is like. Writes
//! nothing but cursor movement, scrolled regions, styles and text; a frame without changes is no
//! bytes at all.

mod scroll;

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use self::scroll::Scroll;
use crate::tui::theme::Pen;
use crate::tui::widget::text::width;

/// What the terminal shows now.
#[derive(Debug)]
pub struct Painter {
    shown: Buffer,
    pen: Pen,
    /// Where the terminal's cursor is, where that is known.
    cursor: Option<(u16, u16)>,
}

/// Unchanged cells up to so many are written again rather than jumped over.
const BRIDGE: u16 = 3;

impl Painter {
    /// A terminal of which nothing is known.
    pub fn new() -> Self {
        Self { shown: Buffer::empty(Rect::ZERO), pen: Pen::default(), cursor: None }
    }

    /// Forgets what is shown: the next frame is drawn whole.
    pub fn forget(&mut self) {
        *self = Self::new();
    }

    /// Writes what turns the terminal's content into `next`.
    pub fn paint(&mut self, next: Buffer, out: &mut Vec<u8>) {
        if self.shown.area != next.area {
            out.extend_from_slice(b"\x1b[0m\x1b[2J");
            *self = Self { shown: Buffer::empty(next.area), ..Self::new() };
        }
        let mut shown = std::mem::replace(&mut self.shown, Buffer::empty(Rect::ZERO));
        if let Some(scroll) = Scroll::find(&shown, &next) {
            // Lines that come in have the background of the pen.
            self.pen.become_cell(&Cell::EMPTY, out);
            scroll.write(out);
            scroll.apply(&mut shown);
            self.cursor = Some((0, 0));
        }
        for (x, y, cell) in shown.diff(&next) {
            self.go(x, y, &next, out);
            self.put(cell, next.area.width, out);
        }
        self.shown = next;
    }

    fn put(&mut self, cell: &Cell, columns: u16, out: &mut Vec<u8>) {
        self.pen.become_cell(cell, out);
        out.extend_from_slice(cell.symbol().as_bytes());
        self.cursor = self.cursor.and_then(|(x, y)| {
            let x = x + width(cell.symbol()).max(1);
            // At the edge terminals disagree on where the cursor is.
            (x < columns).then_some((x, y))
        });
    }

    /// Moves the cursor, the shortest way.
    fn go(&mut self, x: u16, y: u16, next: &Buffer, out: &mut Vec<u8>) {
        if self.cursor == Some((x, y)) {
            return;
        }
        if let Some((from, row)) = self.cursor
            && row == y
            && from < x
        {
            if x - from <= BRIDGE && self.bridge(from, x, y, next, out) {
                return;
            }
            // Writing into memory cannot fail.
            let _ = write!(out, "\x1b[{}C", x - from);
        } else if let Some((column, row)) = self.cursor
            && column == x + 1
            && row + 1 == y
        {
            // A bar that moves down a row: back one column, down one row.
            out.extend_from_slice(b"\x08\n");
        } else {
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
        }
        self.cursor = Some((x, y));
    }

    /// Writes the few unchanged cells on the way, if that needs no other style.
    fn bridge(&mut self, from: u16, to: u16, y: u16, next: &Buffer, out: &mut Vec<u8>) -> bool {
        let mut text = Vec::new();
        for x in from..to {
            let Some(cell) = next.cell((x, y)) else { return false };
            let mut pen = self.pen;
            let mut codes = Vec::new();
            pen.become_cell(cell, &mut codes);
            if !codes.is_empty() || cell.symbol().len() != 1 {
                return false;
            }
            text.extend_from_slice(cell.symbol().as_bytes());
        }
        out.extend_from_slice(&text);
        self.cursor = Some((to, y));
        true
    }
}

impl Default for Painter {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
