//! Which cells of a row are written: those that changed, and those that a symbol in doubt touches.
//!
//! Owns the reach of such symbols. What a terminal draws wider than believed lies on the cells
//! behind; so wherever anything changes within that reach, all of it is written, from the left to
//! the right. Then a screen looks the same whatever it has shown before.

use std::ops::Range;

use ratatui::buffer::Cell;

use super::doubt;

/// Adds to the columns that changed those that have to be written with them.
pub(super) fn widen(shown: &[Cell], next: &[Cell], columns: &mut Vec<u16>) {
    let mut reaches = reaches(shown);
    reaches.extend(self::reaches(next));
    if reaches.is_empty() {
        return;
    }
    reaches.sort_by_key(|reach| reach.start);
    let mut whole: Vec<Range<usize>> = Vec::new();
    for reach in reaches {
        match whole.last_mut() {
            Some(last) if reach.start < last.end => last.end = last.end.max(reach.end),
            _ => whole.push(reach),
        }
    }
    whole.retain(|reach| shown.get(reach.clone()) != next.get(reach.clone()));
    let touched = |at: &usize| whole.iter().any(|reach| reach.contains(at));
    // A second half is written with its symbol, never by itself.
    let changed = |at: &usize| u16::try_from(*at).is_ok_and(|at| columns.contains(&at));
    let starts = symbols(next).map(|(at, _)| at).filter(|at| touched(at) || changed(at));
    *columns = starts.filter_map(|at| u16::try_from(at).ok()).collect();
}

/// The cells that each symbol in doubt may touch. One that a terminal may put onto the cell before
/// it touches that one too.
fn reaches(row: &[Cell]) -> Vec<Range<usize>> {
    let mut before = 0;
    let mut reaches = Vec::new();
    for (at, cell) in symbols(row) {
        if let Some(doubt) = doubt::of(cell.symbol()) {
            let start = if doubt.least == 0 { before } else { at };
            let most = doubt.most.max(doubt::believed(cell));
            reaches.push(start..(at + usize::from(most)).min(row.len()));
        }
        before = at;
    }
    reaches
}

/// The cells that hold a symbol, not another's second half.
fn symbols(row: &[Cell]) -> impl Iterator<Item = (usize, &Cell)> {
    let mut next = 0;
    row.iter().enumerate().filter(move |(at, cell)| {
        let holds = *at >= next;
        if holds {
            next = at + usize::from(doubt::believed(cell));
        }
        holds
    })
}
