//! Rosters, feeds and lists as CSV and TSV (SPEC section 9): bytes in, rows or a located error out.
//!
//! Owns encodings, delimiters, the two dialects' columns and the formula guard. Pure: it must not
//! read files, know the backend or judge addresses; a bad address imports like any other. A file
//! is taken whole or refused whole.

mod decode;
mod error;
mod feed;
mod guard;
mod layout;
mod left_out;
mod list;
mod open;
mod read;
mod records;
mod roster_file;
mod write;

pub use decode::{Encoding, Text, decode};
pub use error::{Place, Problem, TableError};
pub use feed::read_feed;
pub use layout::{Dialect, Layout, Mode, Says};
pub use left_out::{Unwritable, unwritable};
pub use list::{ListRow, Who, read_list};
pub use read::{address_key, read_roster, read_roster_in_pieces};
pub use records::Delimiter;
pub use roster_file::{Extra, RosterFile, RosterRow, Source, WorldColumns};
pub use write::{RosterWriter, push_csv, rewrite, status_word, write_csv};

/// How much of a file is read before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the whole file.
    pub bytes: usize,
    /// Rows under the header.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Bytes of one cell, as UTF-8.
    pub cell: usize,
}

impl Limits {
    /// For rosters: a million users, and spreadsheets' own longest cell.
    pub const ROSTER: Self =
        Self { bytes: 512 * 1024 * 1024, rows: 1_000_000, columns: 512, cell: 32 * 1024 };
    /// For what was kept of a file that was within the others: quotes and guards take room.
    pub const KEPT: Self = Self { bytes: usize::MAX, cell: 64 * 1024, ..Self::ROSTER };
}
