//! Rows that have moved as they are: a list that scrolls by a few.
//!
//! Owns finding them, and having the terminal move them itself: a scroll region, and lines deleted
//! or inserted in it, which every terminal since the VT102 knows. Writes no text.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};

/// Fewer cells than these are written sooner than moved.
pub(super) const WORTH: usize = 48;

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
    /// The one that spares the most cells, if any is worth it; `changed` are the rows that differ.
    /// Only what one of them shows, and stood elsewhere before, can have moved.
    pub fn find(shown: &Buffer, next: &Buffer, changed: impl Iterator<Item = u16>) -> Option<Self> {
        let rows = usize::from(next.area.height);
        let mut ways = BTreeSet::new();
        for to in changed.map(usize::from) {
            let wanted = row(next, to);
            if wanted.windows(2).all(|pair| pair[0] == pair[1]) {
                continue;
            }
            let came = (0..rows).filter(|from| *from != to && row(shown, *from) == wanted);
            ways.extend(came.map(|from| (from.abs_diff(to), from > to)));
        }
        ways.into_iter()
            .filter(|(by, _)| *by <= rows / 2)
            .filter_map(|(by, up)| Self::longest(shown, next, by, up))
            .filter_map(|scroll| Some((scroll.spares(shown, next)?, scroll)))
            .filter(|(spared, _)| *spared >= WORTH)
            .max_by_key(|(spared, _)| *spared)
            .map(|(_, scroll)| scroll)
    }

    /// How many cells need not be written after it.
    fn spares(self, shown: &Buffer, next: &Buffer) -> Option<usize> {
        let blank = vec![Cell::EMPTY; next.area.width.into()];
        let (mut before, mut after) = (0, 0);
        for at in self.top..self.end {
            let from = if self.up { at + self.by } else { at.wrapping_sub(self.by) };
            let moved =
                if (self.top..self.end).contains(&from) { row(shown, from) } else { &blank };
            before += different(row(shown, at), row(next, at));
            after += different(moved, row(next, at));
        }
        before.checked_sub(after)
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

/// How many cells of a row have to be written.
fn different(shown: &[Cell], next: &[Cell]) -> usize {
    shown.iter().zip(next).filter(|(shown, next)| shown != next).count()
}
