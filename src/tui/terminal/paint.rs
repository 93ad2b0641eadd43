//! From one frame to the next in as few bytes as possible.
//!
//! Owns which cells are written, how the cursor gets there and what the pen is like. Writes
//! nothing but cursor movement, styles and text; a frame without changes is no bytes at all.

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

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
        let shown = std::mem::replace(&mut self.shown, Buffer::empty(Rect::ZERO));
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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::style::{Modifier, Style};

    fn screen(lines: &[String]) -> Buffer {
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 4));
        for (y, line) in (0u16..).zip(lines.iter().take(4)) {
            let bold = Style::new().add_modifier(Modifier::BOLD);
            let style = if line.len() % 2 == 0 { bold } else { Style::new() };
            buf.set_stringn(0, y, line, 20, style);
        }
        buf
    }

    fn text(buf: &Buffer) -> Vec<String> {
        let line = |y: u16| {
            let mut out = String::new();
            let mut x = 0;
            while x < buf.area.width {
                out.push_str(buf[(x, y)].symbol());
                x += width(buf[(x, y)].symbol()).max(1);
            }
            out.trim_end().to_owned()
        };
        (0..buf.area.height).map(line).collect()
    }

    #[test]
    fn a_bar_that_moves_down_costs_a_dozen_bytes() {
        let bar = |row: u16| {
            let mut buf = screen(&["  one".into(), "  two".into(), "  three".into()]);
            buf.set_string(1, row, "▌", Style::new());
            buf
        };
        let mut painter = Painter::new();
        painter.paint(bar(0), &mut Vec::new());
        let mut out = Vec::new();
        painter.paint(bar(1), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "\x1b[1;2H \x08\n▌");
        let mut none = Vec::new();
        painter.paint(bar(1), &mut none);
        assert!(none.is_empty());
    }

    proptest! {
        #[test]
        fn the_terminal_shows_every_frame(
            frames in proptest::collection::vec(
                proptest::collection::vec("[a-c 陈é▌]{0,12}", 0..4), 1..6),
        ) {
            let mut painter = Painter::new();
            let size = std::num::NonZeroU16::new;
            let (Some(rows), Some(columns)) = (size(4), size(20)) else { return Ok(()) };
            let mut terminal = vt100::Parser::new(rows, columns, 0);
            for lines in frames {
                let frame = screen(&lines);
                let mut out = Vec::new();
                painter.paint(frame.clone(), &mut out);
                terminal.process(&out);
                let shown: Vec<String> =
                    terminal.screen().rows(0, 20).map(|row| row.trim_end().to_owned()).collect();
                prop_assert_eq!(shown, text(&frame));
                for y in 0..4 {
                    for x in 0..20 {
                        let cell = &frame[(x, y)];
                        let there = terminal.screen().cell(y, x);
                        if cell.symbol() != " " {
                            let bold = there.is_some_and(vt100::Cell::bold);
                            prop_assert_eq!(bold, cell.modifier.contains(Modifier::BOLD));
                        }
                    }
                }
            }
        }
    }
}
