//! From one frame to the next in as few bytes as possible.
//!
//! Owns which cells are written, how the cursor gets there and what the pen is like. Writes
//! nothing but cursor movement, scrolled regions, styles, links and text; a frame without changes is no
//! bytes at all. After a symbol whose width is in doubt nobody knows where the cursor is: what
//! follows is anchored by its column.

mod doubt;
mod link;
mod scroll;
mod stale;

use std::io::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use self::doubt::believed;
use self::scroll::Scroll;
use crate::tui::theme::Pen;
use crate::tui::theme::marks::Place;

/// What the terminal shows now.
#[derive(Debug)]
pub struct Painter {
    shown: Buffer,
    pen: Pen,
    /// Where the terminal's cursor is, where that is known.
    cursor: Option<(u16, u16)>,
    /// The row of a cursor whose column is not known.
    adrift: Option<u16>,
    /// Where the link begins that is being written; none is open between two frames.
    link: Option<(u16, u16)>,
}

/// Unchanged cells up to so many are written again rather than jumped over.
const BRIDGE: u16 = 3;

impl Painter {
    /// A terminal of which nothing is known.
    pub fn new() -> Self {
        let shown = Buffer::empty(Rect::ZERO);
        Self { shown, pen: Pen::default(), cursor: None, adrift: None, link: None }
    }

    /// Forgets what is shown: the next frame is drawn whole.
    pub fn forget(&mut self) {
        *self = Self::new();
    }

    /// Writes what turns the terminal's content into `next`, and leaves the cursor at `place`, if
    /// there is one. Where the row of that is written last, the cursor often stands there already;
    /// so it is, where that takes fewer bytes.
    pub fn paint(&mut self, next: Buffer, place: Option<Place>, out: &mut Vec<u8>) {
        if self.shown.area != next.area {
            out.extend_from_slice(b"\x1b[0m\x1b[2J");
            *self = Self { shown: Buffer::empty(next.area), ..Self::new() };
        }
        let mut shown = std::mem::replace(&mut self.shown, Buffer::empty(Rect::ZERO));
        let mut rows = changed(&shown, &next);
        let cells: usize = rows.iter().map(|(_, columns)| columns.len()).sum();
        if cells >= scroll::WORTH
            && let Some(scroll) = Scroll::find(&shown, &next, rows.iter().map(|(y, _)| *y))
        {
            // Lines that come in have the background of the pen.
            self.pen.become_cell(&Cell::EMPTY, out);
            scroll.write(out);
            scroll.apply(&mut shown);
            (self.cursor, self.adrift) = (Some((0, 0)), None);
            rows = changed(&shown, &next);
        }
        let before = (self.pen, self.cursor, self.adrift);
        let mut one = Vec::new();
        self.write(&rows, &next, place, &mut one);
        if let Some(place) = place {
            let after = (self.pen, self.cursor, self.adrift);
            let behind = rows.partition_point(|(y, _)| *y <= place.at.1);
            rows.rotate_left(behind);
            (self.pen, self.cursor, self.adrift) = before;
            let mut other = Vec::new();
            self.write(&rows, &next, Some(place), &mut other);
            if other.len() < one.len() {
                one = other;
            } else {
                (self.pen, self.cursor, self.adrift) = after;
            }
        }
        out.append(&mut one);
        self.shown = next;
    }

    /// Writes these cells, row by row, and leaves the cursor at `place`.
    fn write(
        &mut self,
        rows: &[(u16, Vec<u16>)],
        next: &Buffer,
        place: Option<Place>,
        out: &mut Vec<u8>,
    ) {
        for (y, columns) in rows {
            for x in columns {
                self.go(*x, *y, next, out);
                self.put((*x, *y), next, out);
            }
        }
        self.link_to(None, next, out);
        let Some(place) = place else { return };
        let row = self.cursor.map_or(self.adrift, |(_, y)| Some(y));
        // A cursor that is not seen need only stand in the row.
        let there =
            if place.caret { self.cursor == Some(place.at) } else { row == Some(place.at.1) };
        if !there {
            let (x, y) = place.at;
            // Writing into memory cannot fail.
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
            (self.cursor, self.adrift) = (Some(place.at), None);
        }
    }

    fn put(&mut self, (x, y): (u16, u16), next: &Buffer, out: &mut Vec<u8>) {
        let Some(cell) = next.cell((x, y)) else { return };
        let (symbol, columns) = (cell.symbol(), next.area.width);
        self.link_to(link::begins((x, y), next), next, out);
        self.pen.become_cell(cell, out);
        let after = x + believed(cell);
        if let Some(doubt) = doubt::of(symbol) {
            if doubt.least < after - x {
                clear(x, after, columns, out);
            }
            out.extend_from_slice(doubt::fitting(symbol, doubt, columns - x).as_bytes());
            (self.cursor, self.adrift) = (None, Some(y));
            return;
        }
        out.extend_from_slice(symbol.as_bytes());
        // At the edge terminals disagree on where the cursor is.
        self.cursor = (after < columns).then_some((after, y));
    }

    /// What is written from now on is part of the link that begins there, or of none.
    fn link_to(&mut self, begins: Option<(u16, u16)>, next: &Buffer, out: &mut Vec<u8>) {
        if begins == self.link {
            return;
        }
        let target = begins.map_or_else(String::new, |at| link::target(at, next));
        out.extend_from_slice(b"\x1b]8;;");
        out.extend_from_slice(target.as_bytes());
        out.extend_from_slice(b"\x1b\\");
        self.link = begins;
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
        } else if self.adrift == Some(y) {
            let _ = write!(out, "\x1b[{}G", x + 1);
        } else {
            let _ = write!(out, "\x1b[{};{}H", y + 1, x + 1);
        }
        (self.cursor, self.adrift) = (Some((x, y)), None);
    }

    /// Writes the few unchanged cells on the way, if that needs no other style.
    fn bridge(&mut self, from: u16, to: u16, y: u16, next: &Buffer, out: &mut Vec<u8>) -> bool {
        let mut text = Vec::new();
        for x in from..to {
            let Some(cell) = next.cell((x, y)) else { return false };
            let mut pen = self.pen;
            let mut codes = Vec::new();
            pen.become_cell(cell, &mut codes);
            let linked = self.link.is_some() || link::begins((x, y), next).is_some();
            if linked || !codes.is_empty() || cell.symbol().len() != 1 {
                return false;
            }
            text.extend_from_slice(cell.symbol().as_bytes());
        }
        out.extend_from_slice(&text);
        self.cursor = Some((to, y));
        true
    }
}

/// The rows that changed, and which of their cells are written.
fn changed(shown: &Buffer, next: &Buffer) -> Vec<(u16, Vec<u16>)> {
    let mut rows: Vec<(u16, Vec<u16>)> = Vec::new();
    for (x, y, _) in shown.diff(next) {
        match rows.last_mut() {
            Some((row, columns)) if *row == y => columns.push(x),
            _ => rows.push((y, vec![x])),
        }
    }
    for (y, columns) in &mut rows {
        stale::widen(row(shown, *y), row(next, *y), columns);
    }
    rows
}

fn row(buf: &Buffer, y: u16) -> &[Cell] {
    let width = usize::from(buf.area.width);
    buf.content.get(usize::from(y) * width..).and_then(|rest| rest.get(..width)).unwrap_or_default()
}

/// Writes blanks where a symbol comes that may not cover all of its place, and goes back.
fn clear(x: u16, after: u16, columns: u16, out: &mut Vec<u8>) {
    let blanks = usize::from(after - x);
    out.resize(out.len() + blanks, b' ');
    if after < columns {
        out.resize(out.len() + blanks, 0x08);
    } else {
        // At the edge terminals disagree on where the cursor is.
        let _ = write!(out, "\x1b[{}G", x + 1);
    }
}

impl Default for Painter {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
