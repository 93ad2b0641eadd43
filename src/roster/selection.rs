//! Which users are ticked, with undo and redo.
//!
//! Owns the ticks and their history: every change is kept as the set of rows it turned over, so
//! that undoing and redoing are the same act. The history is bounded in steps and in memory. Must
//! not know what the rows are: filters hand in bitmaps.

use std::collections::VecDeque;

use super::bitmap::Bitmap;
use super::matches::Matches;
use crate::domain::number::thousands;

/// The most changes that can be undone.
const STEPS: usize = 1_000;
/// The most memory of the history, in bytes: some thirty changes of all of a million rows.
const BYTES: usize = 4 << 20;

/// The ticks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    ticked: Bitmap,
    done: VecDeque<Change>,
    undone: Vec<Change>,
}

/// The rows that a change turned over.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Change {
    Row(u32),
    Rows(Bitmap),
}

/// The checkbox over the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderBox {
    /// No row that matches is ticked.
    None,
    /// Some are.
    Some,
    /// All are.
    All,
}

/// What the ticks cover, against a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// How many are ticked.
    pub ticked: usize,
    /// How many of them do not match the filter.
    pub outside: usize,
}

impl Selection {
    /// Starts from what was ticked before, without history.
    pub fn of(ticked: Bitmap) -> Self {
        Self { ticked, ..Self::default() }
    }

    /// Who is ticked.
    pub fn ticked(&self) -> &Bitmap {
        &self.ticked
    }

    /// Whether a row is ticked.
    pub fn contains(&self, row: u32) -> bool {
        self.ticked.contains(row)
    }

    /// Turns one row over; says whether it is ticked now.
    pub fn toggle(&mut self, row: u32) -> bool {
        self.apply(Change::Row(row));
        self.contains(row)
    }

    /// Ticks these rows; says how many were not.
    pub fn tick(&mut self, rows: &Bitmap) -> usize {
        let mut change = rows.clone();
        change.subtract(&self.ticked);
        self.turn(change)
    }

    /// Unticks these rows; says how many were ticked.
    pub fn untick(&mut self, rows: &Bitmap) -> usize {
        let mut change = rows.clone();
        change.intersect_with(&self.ticked);
        self.turn(change)
    }

    /// Turns these rows over.
    pub fn invert(&mut self, rows: &Bitmap) -> usize {
        self.turn(rows.clone())
    }

    /// Ticks exactly these rows; says how many changed.
    pub fn replace(&mut self, rows: &Bitmap) -> usize {
        let mut change = rows.clone();
        change.flip(&self.ticked);
        self.turn(change)
    }

    /// Takes the last change back; says whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(change) = self.done.pop_back() else { return false };
        self.flip(&change);
        self.undone.push(change);
        true
    }

    /// Does the last undone change again; says whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(change) = self.undone.pop() else { return false };
        self.flip(&change);
        self.done.push_back(change);
        true
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to redo.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// The checkbox over the rows that match.
    pub fn header(&self, matches: &Matches) -> HeaderBox {
        match self.ticked.count_both(matches.rows()) {
            0 => HeaderBox::None,
            ticked if ticked == matches.len() => HeaderBox::All,
            _ => HeaderBox::Some,
        }
    }

    /// What the ticks cover, against the rows that match.
    pub fn scope(&self, matches: &Matches) -> Scope {
        let ticked = self.ticked.count();
        Scope { ticked, outside: ticked - self.ticked.count_both(matches.rows()) }
    }

    fn turn(&mut self, change: Bitmap) -> usize {
        let count = change.count();
        if count > 0 {
            self.apply(Change::Rows(change));
        }
        count
    }

    fn apply(&mut self, change: Change) {
        self.flip(&change);
        self.undone.clear();
        self.done.push_back(change);
        let mut bytes: usize = self.done.iter().map(Change::bytes).sum();
        while self.done.len() > STEPS || (bytes > BYTES && self.done.len() > 1) {
            bytes -= self.done.pop_front().map_or(0, |oldest| oldest.bytes());
        }
    }

    fn flip(&mut self, change: &Change) {
        match change {
            Change::Row(row) => self.ticked.set(*row, !self.ticked.contains(*row)),
            Change::Rows(rows) => self.ticked.flip(rows),
        }
    }
}

impl Change {
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Row(_) => 0,
                Self::Rows(rows) => rows.bytes(),
            }
    }
}

impl Scope {
    /// "12 ticked, 3 outside this filter".
    pub fn words(&self) -> String {
        let ticked = thousands(self.ticked as u64);
        match self.outside {
            0 => format!("{ticked} ticked"),
            outside => {
                format!("{ticked} ticked, {} outside this filter", thousands(outside as u64))
            }
        }
    }
}

#[cfg(test)]
mod tests;
