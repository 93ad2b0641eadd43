//! An import worked out: what it writes, in steps that each take a moment (SPEC section 9).
//!
//! Owns the list and how far it has come. Working it out again after some of it was written gives
//! the rest. What a step means in the database is the provider's.

use crate::table::RosterRow;

/// What an import writes.
#[derive(Debug)]
pub struct RosterWork {
    pub(super) steps: Vec<RosterStep>,
    pub(super) at: usize,
    /// The names of the site's unknown columns afterwards.
    pub(super) columns: Vec<String>,
    /// The number of the next new user.
    pub(super) next: i64,
}

/// One thing to write.
#[derive(Debug)]
pub(super) enum RosterStep {
    /// A user as they are now; `before` is their address as it was, `left` its key where they leave
    /// it.
    Change { number: i64, after: Box<RosterRow>, before: String, left: Option<String> },
    /// A new user, with the unknown columns as JSON.
    New { row: Box<RosterRow>, extra: String },
    /// A user who is not in the file.
    Off(i64),
}

impl RosterWork {
    /// Whether all is written.
    pub fn is_done(&self) -> bool {
        self.at >= self.steps.len()
    }

    /// How many steps are written, of how many.
    pub fn progress(&self) -> (usize, usize) {
        (self.at, self.steps.len())
    }
}
