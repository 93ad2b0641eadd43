//! Why a file is refused, and where.
//!
//! Owns the words: what is wrong, the line and the column, what to do. Text from the file is shown
//! through `Untrusted` only, and a password never is: its column is dropped before any check.

use std::borrow::Cow;
use std::fmt;

use crate::domain::untrusted::Untrusted;

/// Where in a file something is. All numbers count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A line of it.
    Line(u64),
    /// A character of a line: where the file cannot be read as text.
    Character {
        /// The physical line.
        line: u64,
        /// The character in it.
        character: u64,
    },
    /// A cell.
    Cell {
        /// The physical line on which the row starts.
        line: u64,
        /// The column's number.
        column: usize,
        /// The column's name, empty where it has none.
        header: Untrusted,
    },
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No bytes, or blank lines only.
    #[error("the file is empty: it needs a first line with the column names")]
    Empty,
    /// A header and nothing under it.
    #[error("the file has column names and no rows: export it again")]
    NoRows,
    /// A first line `sep=` with another character than the three.
    #[error("“{}” is no delimiter: use a comma, a semicolon or a tab", value.shown_in(8))]
    UnknownDelimiter {
        /// The character.
        value: Untrusted,
    },
    /// A row that says the column names once more.
    #[error("this row repeats the column names: remove it")]
    RepeatedHeader,
    /// More bytes than are read.
    #[error("the file is larger than {most} bytes: split it and import the parts")]
    TooLarge {
        /// The cap.
        most: usize,
    },
    /// A known format that is no table of text.
    #[error("this is {kind}, not a table of text: save it as CSV and try again")]
    NotATable {
        /// What it is.
        kind: &'static str,
    },
    /// Bytes that are no text in the file's encoding.
    #[error("this is not valid {encoding}: save the file as \"CSV UTF-8\" or \"Unicode Text\"")]
    BadEncoding {
        /// What the file was read as.
        encoding: &'static str,
    },
    /// UTF-16 that does not say which.
    #[error("this looks like UTF-16 without a byte order mark: save it with one, or as UTF-8")]
    NoByteOrderMark,
    /// U+0000.
    #[error("a NUL character: the file is damaged, or no text; export it again")]
    Nul,
    /// A quote that is never closed.
    #[error("a quote opens here and is never closed: the file may be cut off; export it again")]
    OpenQuote,
    /// Text between a closing quote and the delimiter.
    #[error("text follows the closing quote: double the quotes inside the text, or remove them")]
    AfterQuote,
    /// The header lacks what every row must have.
    #[error("missing {needed}; found {}", list(found))]
    MissingColumn {
        /// The columns that are needed.
        needed: Cow<'static, str>,
        /// The columns that are there.
        found: Vec<Untrusted>,
    },
    /// The header names a column twice.
    #[error("this column is there already as number {first}: remove or rename one of them")]
    RepeatedColumn {
        /// The first one's number.
        first: usize,
    },
    /// More columns than are read.
    #[error("more than {most} columns: remove those that are not needed")]
    TooManyColumns {
        /// The cap.
        most: usize,
    },
    /// More rows than are read.
    #[error("more than {most} rows: split the file and import the parts")]
    TooManyRows {
        /// The cap.
        most: usize,
    },
    /// A cell that is longer than is read.
    #[error("this cell is longer than {most} bytes: shorten it")]
    LongCell {
        /// The cap.
        most: usize,
    },
    /// A row with more or fewer fields than the header.
    #[error("this row has {fields} fields where the header has {columns}: mend the row")]
    Ragged {
        /// Fields of the row.
        fields: usize,
        /// Columns of the header.
        columns: usize,
    },
    /// Text under a header without a name.
    #[error("text in a column without a name: name the column in the first line")]
    UnnamedColumn,
    /// A row without its id.
    #[error("this must not be empty: it says which user the row is")]
    EmptyId,
    /// Two rows with one id.
    #[error("“{}” stands on line {first} already: keep one of the two rows", value.shown_in(48))]
    RepeatedId {
        /// The id.
        value: Untrusted,
        /// The line of the first row that has it.
        first: u64,
    },
    /// A yes-or-no column that says something else.
    #[error("“{}” is neither yes nor no: write Y or N", value.shown_in(24))]
    NotYesOrNo {
        /// What it says.
        value: Untrusted,
    },
    /// Two rows of a feed about one and the same.
    #[error("“{}” stands on line {first} already: keep one of the two rows", value.shown_in(48))]
    RepeatedRow {
        /// What.
        value: Untrusted,
        /// The line of the first one.
        first: u64,
    },
    /// Two rows of one meeting that tell different things of it.
    #[error("differs from line {first}, which is about the same meeting: make the two rows agree")]
    Disagrees {
        /// The line of the first one.
        first: u64,
    },
    /// A number that is no share of a hundred.
    #[error("“{}” is not a percentage: write a number from 0 to 100", value.shown_in(24))]
    NotAPercentage {
        /// What it says.
        value: Untrusted,
    },
    /// A number that is no time in milliseconds.
    #[error("“{}” is not a whole number of milliseconds: write it like 82", value.shown_in(24))]
    NotMilliseconds {
        /// What it says.
        value: Untrusted,
    },
    /// A word that is none of those it may be.
    #[error("“{}” is not one of {words}", value.shown_in(24))]
    NotOneOf {
        /// What it says.
        value: Untrusted,
        /// What it may say.
        words: &'static str,
    },
    /// What the record may not say.
    #[error("{why}")]
    Refused {
        /// Why.
        why: &'static str,
    },
    /// A time that cannot be read.
    #[error("“{}” is not a time: write it like 2026-03-01T09:00:00Z", value.shown_in(32))]
    NotATime {
        /// What it says.
        value: Untrusted,
    },
}

/// A problem and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

impl TableError {
    /// A problem of the whole file.
    pub(super) fn whole(problem: Problem) -> Self {
        Self { place: Place::File, problem }
    }

    /// A problem of one cell; `column` counts from 1.
    pub(super) fn cell(line: u64, column: usize, problem: Problem) -> Self {
        Self { place: Place::Cell { line, column, header: Untrusted::default() }, problem }
    }

    /// The same, with the column's name filled in where the place is a cell.
    #[must_use]
    pub(super) fn named<'h>(mut self, header: impl FnOnce(usize) -> Option<&'h Untrusted>) -> Self {
        if let Place::Cell { column, header: name, .. } = &mut self.place
            && let Some(found) = header(*column)
        {
            *name = found.clone();
        }
        self
    }

    /// The line, where the problem has one.
    pub fn line(&self) -> Option<u64> {
        match &self.place {
            Place::File => None,
            Place::Line(line) | Place::Character { line, .. } | Place::Cell { line, .. } => {
                Some(*line)
            }
        }
    }
}

impl std::error::Error for TableError {}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::File => write!(f, "{}", self.problem),
            _ => write!(f, "{}: {}", self.place, self.problem),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Character { line, character } => write!(f, "line {line}, character {character}"),
            Self::Cell { line, column, header } if header.is_empty() => {
                write!(f, "line {line}, column {column}")
            }
            Self::Cell { line, column, header } => {
                write!(f, "line {line}, column {column} ({})", header.shown_in(32))
            }
        }
    }
}

/// The most headers that an error lists.
const LISTED: usize = 12;

fn list(headers: &[Untrusted]) -> String {
    let shown: Vec<_> =
        headers.iter().take(LISTED).map(|header| header.shown_in(32).to_string()).collect();
    let rest = headers.len().saturating_sub(LISTED);
    if rest == 0 { shown.join(", ") } else { format!("{} and {rest} more", shown.join(", ")) }
}
