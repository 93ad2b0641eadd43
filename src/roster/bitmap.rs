//! Sets of roster numbers, one bit a row.
//!
//! Owns set algebra over dense words: a million rows are 125 kB, and every operation takes some
//! ten microseconds. A bitmap has no length of its own: what was never set is not in it, so sets
//! made while a roster still loads compare and combine with later ones. Must not know what a row is.

use std::fmt;
use std::ops::Range;

/// Bits in a word.
pub(super) const WORD: u32 = u64::BITS;

/// A set of roster numbers.
#[derive(Clone, Default)]
pub struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    /// The empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// All numbers below `rows`.
    pub fn full(rows: u32) -> Self {
        let mut all = Self::new();
        all.set_range(0..rows, true);
        all
    }

    /// The set as bytes, the lowest number in the lowest bit of the first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        bytes.truncate(used);
        bytes
    }

    /// Reads [`Bitmap::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let word = |bytes: &[u8]| {
            let mut whole = [0; size_of::<u64>()];
            whole[..bytes.len()].copy_from_slice(bytes);
            u64::from_le_bytes(whole)
        };
        Self { words: bytes.chunks(size_of::<u64>()).map(word).collect() }
    }

    pub(super) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The word of rows `64 * at ..`; zero beyond the last one set.
    pub(super) fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    /// Whether a number is in.
    pub fn contains(&self, row: u32) -> bool {
        self.word((row / WORD) as usize) >> (row % WORD) & 1 == 1
    }

    /// Puts a number in or takes it out.
    pub fn set(&mut self, row: u32, on: bool) {
        let at = (row / WORD) as usize;
        if at >= self.words.len() {
            if !on {
                return;
            }
            self.words.resize(at + 1, 0);
        }
        let bit = 1 << (row % WORD);
        if on {
            self.words[at] |= bit;
        } else {
            self.words[at] &= !bit;
        }
    }

    /// Puts a range in or takes it out.
    pub fn set_range(&mut self, rows: Range<u32>, on: bool) {
        if rows.is_empty() {
            return;
        }
        let (first, last) = ((rows.start / WORD) as usize, ((rows.end - 1) / WORD) as usize);
        if on && last >= self.words.len() {
            self.words.resize(last + 1, 0);
        }
        let head = u64::MAX << (rows.start % WORD);
        let tail = u64::MAX >> (WORD - 1 - (rows.end - 1) % WORD);
        let end = (last + 1).min(self.words.len());
        for (at, word) in self.words.iter_mut().enumerate().take(end).skip(first) {
            let mut mask = u64::MAX;
            if at == first {
                mask &= head;
            }
            if at == last {
                mask &= tail;
            }
            if on {
                *word |= mask;
            } else {
                *word &= !mask;
            }
        }
    }

    /// Adds every number of `other`.
    pub fn union_with(&mut self, other: &Self) {
        self.grow_to(other);
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word |= theirs;
        }
    }

    /// Keeps only the numbers that are in `other` too.
    pub fn intersect_with(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word &= theirs;
        }
    }

    /// Takes out every number of `other`.
    pub fn subtract(&mut self, other: &Self) {
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word &= !theirs;
        }
    }

    /// Turns every number of `other` over: in becomes out, out becomes in.
    pub fn flip(&mut self, other: &Self) {
        self.grow_to(other);
        for (word, theirs) in self.words.iter_mut().zip(&other.words) {
            *word ^= theirs;
        }
    }

    /// How many numbers are in.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many numbers are in both.
    pub fn count_both(&self, other: &Self) -> usize {
        let both = self.words.iter().zip(&other.words);
        both.map(|(ours, theirs)| (ours & theirs).count_ones() as usize).sum()
    }

    /// Whether no number is in.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> Ones<'_> {
        self.iter_from(0)
    }

    /// The numbers from `row` on, ascending.
    pub fn iter_from(&self, row: u32) -> Ones<'_> {
        let at = (row / WORD) as usize;
        Ones { words: &self.words, at, rest: self.word(at) & (u64::MAX << (row % WORD)) }
    }

    /// The longest runs of consecutive numbers, ascending.
    pub fn ranges(&self) -> impl Iterator<Item = Range<u32>> + '_ {
        let mut from = 0;
        std::iter::from_fn(move || {
            let start = self.iter_from(from).next()?;
            let end = self.first_gap(start);
            from = end;
            Some(start..end)
        })
    }

    /// The memory of the set in bytes.
    pub fn bytes(&self) -> usize {
        self.words.capacity() * size_of::<u64>()
    }

    /// The first number from `row` on that is not in.
    fn first_gap(&self, row: u32) -> u32 {
        let mut at = (row / WORD) as usize;
        let mut gaps = !self.word(at) & (u64::MAX << (row % WORD));
        while gaps == 0 {
            at += 1;
            gaps = !self.word(at);
        }
        at as u32 * WORD + gaps.trailing_zeros()
    }

    fn grow_to(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
    }
}

/// The numbers of a [`Bitmap`], ascending.
pub struct Ones<'a> {
    words: &'a [u64],
    at: usize,
    rest: u64,
}

impl Iterator for Ones<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while self.rest == 0 {
            self.at += 1;
            self.rest = *self.words.get(self.at)?;
        }
        let bit = self.rest.trailing_zeros();
        self.rest &= self.rest - 1;
        Some(self.at as u32 * WORD + bit)
    }
}

impl<'a> IntoIterator for &'a Bitmap {
    type Item = u32;
    type IntoIter = Ones<'a>;

    fn into_iter(self) -> Ones<'a> {
        self.iter()
    }
}

impl FromIterator<u32> for Bitmap {
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut set = Self::new();
        for row in rows {
            set.set(row, true);
        }
        set
    }
}

impl PartialEq for Bitmap {
    fn eq(&self, other: &Self) -> bool {
        let (short, long) = if self.words.len() <= other.words.len() {
            (&self.words, &other.words)
        } else {
            (&other.words, &self.words)
        };
        let (same, beyond) = long.split_at(short.len());
        same == short.as_slice() && beyond.iter().all(|&word| word == 0)
    }
}

impl Eq for Bitmap {}

impl fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = super::choice::write(self);
        let cut: String = shown.chars().take(200).collect();
        write!(f, "Bitmap({} in: {cut})", self.count())
    }
}

#[cfg(test)]
mod tests;
