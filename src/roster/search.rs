//! Evaluating a filter over the columns, step by step.
//!
//! Owns the scan: cheap codes first, then a substring search over the folded arena, a whole chunk
//! at once while many rows are left and row by row when few are. A search is data: it can be
//! handed to another thread, or stepped between two keys. Must not know who waits for it.

mod probe;

use std::fmt;
use std::sync::Arc;

use super::bitmap::{Bitmap, WORD};
use super::chunk::ROWS;
use super::columns::Columns;
use super::query::Query;
use crate::domain::linking::LinkingMethod;
use probe::Probe;

/// A search under way.
#[derive(Clone)]
pub struct Search {
    columns: Arc<Columns>,
    query: Query,
    probes: Vec<Probe>,
    /// Where matches can be at all; `None` is everywhere.
    within: Option<Bitmap>,
    found: Vec<u64>,
    /// The next row to look at; a multiple of [`WORD`] until the end.
    next: u32,
}

/// How far a search has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// More to do.
    More {
        /// Rows looked at.
        done: u32,
        /// Rows in all.
        of: u32,
    },
    /// All rows that match.
    Done(Bitmap),
}

impl Search {
    /// A search over everyone. `method` serves `outcome:` (nobody matches without one), `ticked`
    /// serves `ticked:`.
    pub fn new(
        columns: Arc<Columns>,
        query: Query,
        method: Option<LinkingMethod>,
        ticked: &Bitmap,
    ) -> Self {
        let probes = probe::compile(&query, &columns, method, ticked);
        let found = Vec::with_capacity(columns.len().div_ceil(WORD) as usize);
        Self { columns, query, probes, within: None, found, next: 0 }
    }

    /// Looks, among the rows below `upto`, only at `earlier`: the result of a filter that this one
    /// [narrows](Query::narrows).
    #[must_use]
    pub fn narrowing(mut self, earlier: &Bitmap, upto: u32) -> Self {
        let mut within = earlier.clone();
        within.set_range(upto..self.columns.len().max(upto), true);
        self.within = Some(within);
        self
    }

    /// Takes `earlier` as the result for the rows below `upto`: the same filter, while the roster
    /// grows.
    #[must_use]
    pub fn continuing(mut self, earlier: &Bitmap, upto: u32) -> Self {
        let whole = upto.min(self.columns.len()) / WORD;
        self.found = (0..whole as usize).map(|at| earlier.word(at)).collect();
        self.next = whole * WORD;
        self
    }

    /// The filter.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// How many rows of the roster it covers.
    pub fn rows(&self) -> u32 {
        self.columns.len()
    }

    /// Looks at about `most` further rows.
    pub fn step(&mut self, most: u32) -> Progress {
        let of = self.columns.len();
        let words = most.div_ceil(WORD).max(1);
        let until = self.next.saturating_add(words.saturating_mul(WORD)).min(of);
        while self.next < until {
            let end = (self.next / ROWS + 1).saturating_mul(ROWS).min(until);
            self.scan(end);
        }
        if self.next < of {
            Progress::More { done: self.next, of }
        } else {
            Progress::Done(Bitmap::from_words(std::mem::take(&mut self.found)))
        }
    }

    /// Looks at all rows.
    pub fn run(mut self) -> Bitmap {
        match self.step(u32::MAX) {
            Progress::Done(rows) => rows,
            Progress::More { .. } => Bitmap::new(),
        }
    }

    /// Looks at the rows up to `end`, all of one chunk.
    fn scan(&mut self, end: u32) {
        let first_word = (self.next / WORD) as usize;
        let words = (end - self.next).div_ceil(WORD) as usize;
        let mut left: Vec<u64> = match &self.within {
            Some(within) => (first_word..first_word + words).map(|at| within.word(at)).collect(),
            None => vec![u64::MAX; words],
        };
        if let Some(last) = left.last_mut() {
            *last &= u64::MAX >> ((WORD - end % WORD) % WORD);
        }
        let chunk = &self.columns.chunks()[(self.next / ROWS) as usize];
        let first_row = (self.next % ROWS) as usize;
        for probe in &self.probes {
            probe.keep(chunk, first_row, first_word, &mut left);
        }
        self.found.extend_from_slice(&left);
        self.next = end;
    }
}

/// Two searches are the same when they ask the same of the same columns.
impl PartialEq for Search {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.columns, &other.columns)
            && self.query == other.query
            && self.within == other.within
            && self.next == other.next
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Search({:?} over {:?} from {})", self.query, self.columns, self.next)
    }
}

#[cfg(test)]
mod tests;
