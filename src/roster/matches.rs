//! The rows that match a filter, addressed by their place in the list.
//!
//! Owns "the k-th matching row" and "where a row stands", in constant time in practice: a count
//! per block of 1,024 rows in front of the bitmap. So a page of a million rows is drawn without a
//! list of them. Must not change the rows: a new result is a new `Matches`.

use super::bitmap::{Bitmap, WORD};

/// Words in a block.
const BLOCK: usize = 16;

/// A filter's result.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matches {
    rows: Bitmap,
    /// How many rows match before each block.
    before: Vec<u32>,
    len: usize,
}

impl Matches {
    /// Indexes a set of rows.
    pub fn new(rows: Bitmap) -> Self {
        let mut before = Vec::with_capacity(rows.words().len() / BLOCK + 1);
        let mut len = 0;
        for block in rows.words().chunks(BLOCK) {
            before.push(len);
            len += block.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        Self { rows, before, len: len as usize }
    }

    /// The rows.
    pub fn rows(&self) -> &Bitmap {
        &self.rows
    }

    /// How many rows match.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none matches.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at place `k`, from 0.
    pub fn nth(&self, k: usize) -> Option<u32> {
        if k >= self.len {
            return None;
        }
        let block = self.before.partition_point(|&before| before as usize <= k) - 1;
        let mut left = k as u32 - self.before[block];
        for at in block * BLOCK.. {
            let word = self.rows.word(at);
            let ones = word.count_ones();
            if left < ones {
                return Some(at as u32 * WORD + nth_one(word, left));
            }
            left -= ones;
        }
        None
    }

    /// How many matching rows stand before `row`, whether it matches itself or not.
    pub fn rank(&self, row: u32) -> usize {
        let at = (row / WORD) as usize;
        let block = at / BLOCK;
        let Some(&before) = self.before.get(block) else { return self.len };
        let whole: u32 = (block * BLOCK..at).map(|at| self.rows.word(at).count_ones()).sum();
        let part = (self.rows.word(at) & !(u64::MAX << (row % WORD))).count_ones();
        (before + whole + part) as usize
    }

    /// The place of a row, if it matches.
    pub fn position(&self, row: u32) -> Option<usize> {
        self.rows.contains(row).then(|| self.rank(row))
    }

    /// The rows from one place to another, both included, whichever comes first: a range.
    pub fn span(&self, one: usize, other: usize) -> Bitmap {
        let (first, last) = (one.min(other), one.max(other));
        self.window(first, last - first + 1).collect()
    }

    /// The rows at places `first .. first + height`: what a page shows.
    pub fn window(&self, first: usize, height: usize) -> impl Iterator<Item = u32> + '_ {
        let start = self.nth(first);
        start.into_iter().flat_map(|row| self.rows.iter_from(row)).take(height)
    }
}

/// The position of the one with `left` ones below it.
fn nth_one(mut word: u64, left: u32) -> u32 {
    for _ in 0..left {
        word &= word - 1;
    }
    word.trailing_zeros()
}
