//! Rows that have moved as they are: a list that scrolls by a few.
//!
//! Owns finding them, and having the terminal move them itself: a scroll region, and lines deleted
//! or inserted in it, which every terminal since the VT102 knows. Writes no text.

use std::io::Write as _;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};

/// Fewer cells than these are written sooner than moved.
const WORTH: usize = 48;

/// Rows of the whole width that the terminal can move itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scroll {
    /// The first row of the region, and the one after its last.
    top: usize,
    end: usize,
    /// By how many rows its content moves.
    by: usize,
    up: bool,
}

impl Scroll {
    /// The one that spares the most cells, if any is worth it.
    pub fn find(shown: &Buffer, next: &Buffer) -> Option<Self> {
        let rows = usize::from(next.area.height);
        if different(shown, next, 0..rows) < WORTH {
            return None;
        }
        let spared = |scroll: &Self| {
            let region = scroll.top..scroll.end;
            let mut moved = shown.clone();
            scroll.apply(&mut moved);
            different(shown, next, region.clone()).checked_sub(different(&moved, next, region))
        };
        (1..=rows / 2)
            .flat_map(|by| [(by, true), (by, false)])
            .filter_map(|(by, up)| Self::longest(shown, next, by, up))
            .filter_map(|scroll| Some((spared(&scroll)?, scroll)))
            .filter(|(spared, _)| *spared >= WORTH)
            .max_by_key(|(spared, _)| *spared)
            .map(|(_, scroll)| scroll)
    }

    /// The region of the most rows, one after another, that have moved by so many.
    fn longest(shown: &Buffer, next: &Buffer, by: usize, up: bool) -> Option<Self> {
        let rows = usize::from(next.area.height);
        let mut best = 0..0;
        let mut run = 0..0;
        for at in 0..rows.saturating_sub(by) {
            let (from, to) = if up { (at + by, at) } else { (at, at + by) };
            run =
                if row(shown, from) == row(next, to) { run.start..at + 1 } else { at + 1..at + 1 };
            if run.len() > best.len() {
                best = run.clone();
            }
        }
        (best.len() > 1).then_some(Self { top: best.start, end: best.end + by, by, up })
    }

    /// What the screen shows after it. The rows that come in are blank.
    pub fn apply(self, shown: &mut Buffer) {
        let cells = cells(shown, self.top..self.end);
        let Some(region) = shown.content.get_mut(cells) else { return };
        let moved = self.by * usize::from(shown.area.width);
        let blank = if self.up {
            region.rotate_left(moved);
            region.len() - moved..region.len()
        } else {
            region.rotate_right(moved);
            0..moved
        };
        if let Some(blank) = region.get_mut(blank) {
            blank.fill(Cell::EMPTY);
        }
    }

    /// Has the terminal do it, with an ordinary pen. The cursor is at the origin afterwards.
    pub fn write(self, out: &mut Vec<u8>) {
        let (first, last) = (self.top + 1, self.end);
        let act = if self.up { 'M' } else { 'L' };
        // Writing into memory cannot fail.
        // Not every terminal brings the cursor to the origin with the region.
        let _ = write!(out, "\x1b[{first};{last}r\x1b[{first}H\x1b[{}{act}\x1b[r\x1b[H", self.by);
    }
}

fn cells(buf: &Buffer, rows: Range<usize>) -> Range<usize> {
    let width = usize::from(buf.area.width);
    rows.start * width..rows.end * width
}

fn row(buf: &Buffer, at: usize) -> &[Cell] {
    buf.content.get(cells(buf, at..at + 1)).unwrap_or_default()
}

/// How many cells of these rows have to be written.
fn different(shown: &Buffer, next: &Buffer, rows: Range<usize>) -> usize {
    let of = |buf: &'_ Buffer| cells(buf, rows.clone());
    let shown = shown.content.get(of(shown)).unwrap_or_default();
    let next = next.content.get(of(next)).unwrap_or_default();
    shown.iter().zip(next).filter(|(shown, next)| shown != next).count()
}
