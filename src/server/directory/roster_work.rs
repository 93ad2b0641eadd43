//! An import worked out: what it writes, in steps that each take a moment (SPEC section 9).
//!
//! Owns how far it has come. What the rows of the file are was decided once, from the roster as it
//! stood; what a step writes is read again shortly before. Working it out again after some of it was
//! written gives the rest. What a step means in the database is the directory's.

use std::collections::VecDeque;

use super::RosterUpload;
use crate::table::RosterRow;

/// What an import writes.
#[derive(Debug)]
pub struct RosterWork {
    pub(super) upload: RosterUpload,
    pub(super) columns: RosterColumns,
    /// What each row of the file is, in the file's order.
    pub(super) pairs: Vec<Pair>,
    /// Who is to be deactivated, because they are not in the file.
    pub(super) off: Vec<u32>,
    pub(super) stage: Stage,
    /// What can be written now.
    pub(super) ready: VecDeque<RosterStep>,
    /// The number of the next new user.
    pub(super) next: i64,
    /// Steps that are behind it.
    pub(super) done: usize,
}

/// What a row of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    /// Nobody the site has.
    New,
    /// The account with this number.
    Known(u32),
    /// One of several accounts, and nothing says which.
    Several,
}

impl Pair {
    /// The account's number.
    pub const fn number(self) -> Option<u32> {
        match self {
            Self::Known(number) => Some(number),
            Self::New | Self::Several => None,
        }
    }
}

/// Where the work stands: what comes next, and with which piece and which row it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Accounts that the site has.
    Known(i64, usize),
    /// New ones.
    New(i64, usize),
    /// Those who are not in the file, from this one on.
    Off(usize),
    /// Nothing.
    End,
}

/// The unknown columns of a site, and where a file's stand among them.
#[derive(Debug)]
pub(super) struct RosterColumns {
    pub names: Vec<String>,
    pub places: Vec<usize>,
    /// Where Control Hub's status stands in the file's unknown columns.
    pub status: Option<usize>,
}

/// One thing to write.
#[derive(Debug)]
pub(super) enum RosterStep {
    /// A user as they are now; `before` is their address as it was, `left` its key where they leave
    /// it.
    Change { number: u32, after: Box<RosterRow>, before: String, left: Option<String> },
    /// A new user, with the unknown columns as JSON.
    New { row: Box<RosterRow>, extra: String },
    /// A user who is not in the file.
    Off(u32),
}

impl RosterWork {
    /// Whether all is written.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::End && self.ready.is_empty()
    }

    /// How many rows are behind it, of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.pairs.len() + self.off.len())
    }
}
