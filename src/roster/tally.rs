//! The consequences of the ticks: what an invitation would do to how many (SPEC section 5).
//!
//! Owns counting predicted outcomes over a set of rows, and the set "everyone else" of rule U3.
//! Must not decide: the outcome comes from the one table. The backend's plan has the last word.

use super::bitmap::{Bitmap, WORD};
use super::chunk::Chunk;
use super::columns::Columns;
use super::forecast::{self, INVITED};
use crate::domain::facts::Fact;
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Class, Outcome};

/// Counts by predicted outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    counts: [u64; Outcome::ALL.len()],
    /// Of each, how many were invited before.
    invited: [u64; Outcome::ALL.len()],
}

impl Tally {
    /// How many users have an outcome.
    pub fn outcome(&self, outcome: Outcome) -> u64 {
        self.counts[forecast::place(outcome)]
    }

    /// How many users have an outcome of a class.
    pub fn class(&self, class: Class) -> u64 {
        let of_class = Outcome::ALL.into_iter().filter(|outcome| outcome.class() == class);
        of_class.map(|outcome| self.outcome(outcome)).sum()
    }

    /// How many e-mails would be sent.
    pub fn emails(&self) -> u64 {
        self.class(Class::Emailed)
    }

    /// How many of the e-mails would go to people who were invited before.
    pub fn second_invitations(&self) -> u64 {
        let emailed = Outcome::ALL.into_iter().filter(|one| one.class() == Class::Emailed);
        emailed.map(|outcome| self.invited[forecast::place(outcome)]).sum()
    }

    /// How many users there are; what the five classes add up to.
    pub fn selected(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The same with the held class turned into e-mails (`--held email`).
    #[must_use]
    pub fn with_held_emailed(&self) -> Self {
        let mut turned = Self::default();
        for (at, outcome) in Outcome::ALL.into_iter().enumerate() {
            let to = forecast::place(outcome.with_held_emailed());
            turned.counts[to] += self.counts[at];
            turned.invited[to] += self.invited[at];
        }
        turned
    }
}

/// Counts the predicted outcomes of these rows.
pub fn tally(columns: &Columns, rows: &Bitmap, method: LinkingMethod) -> Tally {
    let table = forecast::of(method);
    // Four counters side by side: one would wait for itself when neighbours have the same outcome.
    let mut lanes = [[0u32; 2 * INVITED as usize]; 4];
    for (chunk, first, word) in blocks(columns, rows) {
        let entry = |row: usize| usize::from(table[usize::from(chunk.facts[row].code())]);
        if word == u64::MAX {
            for (at, facts) in chunk.facts[first..first + WORD as usize].iter().enumerate() {
                lanes[at % 4][usize::from(table[usize::from(facts.code())])] += 1;
            }
        } else {
            each_one(word, |bit| lanes[bit % 4][entry(first + bit)] += 1);
        }
    }
    let mut tally = Tally::default();
    for at in 0..Outcome::ALL.len() {
        let count = |entry: usize| lanes.iter().map(|lane| u64::from(lane[entry])).sum::<u64>();
        tally.invited[at] = count(at + usize::from(INVITED));
        tally.counts[at] = count(at) + tally.invited[at];
    }
    tally
}

/// Rule U3: everyone not yet linked (nor provisional) and never invited.
pub fn rest(columns: &Columns) -> Bitmap {
    rows_where(columns, |chunk, row| {
        let facts = chunk.facts[row];
        !facts.has(Fact::Linked) && !facts.has(Fact::Provisional) && !facts.has(Fact::InvitedEver)
    })
}

/// The rows that meet a condition over codes.
pub(super) fn rows_where(columns: &Columns, meets: impl Fn(&Chunk, usize) -> bool) -> Bitmap {
    let mut words = Vec::with_capacity(columns.len().div_ceil(WORD) as usize);
    for chunk in columns.chunks() {
        for first in (0..chunk.len()).step_by(WORD as usize) {
            let rows = first..(first + WORD as usize).min(chunk.len());
            let bits = rows.map(|row| u64::from(meets(chunk, row)) << (row - first));
            words.push(bits.fold(0, |word, bit| word | bit));
        }
    }
    Bitmap::from_words(words)
}

/// The words of a set that have any row: the chunk, the first row there, the bits.
pub(super) fn blocks<'a>(
    columns: &'a Columns,
    rows: &'a Bitmap,
) -> impl Iterator<Item = (&'a Chunk, usize, u64)> {
    let per_chunk = (super::chunk::ROWS / WORD) as usize;
    let words = rows.words().chunks(per_chunk).zip(columns.chunks());
    words.flat_map(|(words, chunk)| {
        words.iter().enumerate().filter_map(move |(at, &word)| {
            let first = at * WORD as usize;
            let there = chunk.len().saturating_sub(first);
            let mask = if there >= WORD as usize { u64::MAX } else { (1 << there) - 1 };
            (word & mask != 0).then_some((&**chunk, first, word & mask))
        })
    })
}

/// Calls for every bit that is set.
pub(super) fn each_one(mut word: u64, mut act: impl FnMut(usize)) {
    while word != 0 {
        act(word.trailing_zeros() as usize);
        word &= word - 1;
    }
}

#[cfg(test)]
mod tests;
