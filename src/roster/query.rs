//! The filter language of "Select users" (SPEC section 5).
//!
//! Terms are parted by blanks and all must hold; `!` in front turns one over; `"` holds blanks
//! together (`""` inside is a quote). A bare term is a word: part of the name, the address, the
//! user id or the department, without regard to case or accents. The others:
//!
//! | term | holds for |
//! | --- | --- |
//! | `domain:acme.example` | users of exactly this domain, in either spelling of an IDN; `domain:none`: no usable address; several, parted by commas, mean any of them |
//! | `dept:sales` | a department that contains it; `dept:=sales`: that is it; `dept:=`: none |
//! | `status:unlinked` | this state; several, parted by commas, mean any of them |
//! | `outcome:email` | a class (`email` is `emailed`) or an outcome's code; `outcome:=email`: exactly that code; several by commas |
//! | `invited:ever`, `invited:never`, `invited:pending` | invitations sent |
//! | `ticked:`, `ticked:yes`, `ticked:no` | the ticks |
//!
//! Owns reading it. Must not evaluate: see [`Search`](super::search::Search).

mod parse;

use crate::domain::outcome::Outcome;
use crate::domain::user::UserState;

/// A filter, as data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    pub(super) terms: Vec<Term>,
}

/// Why a filter cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Where, in characters from 0.
    pub position: usize,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) negated: bool,
    pub(super) test: Test,
}

/// What a condition asks of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// Part of the search key, folded.
    Word(String),
    /// One of these canonical domains; the empty one is "no usable address".
    Domain(Vec<String>),
    /// The department, folded; whole or in part.
    Department { text: String, whole: bool },
    /// One of these states, a bit each.
    Status(u8),
    /// One of these outcomes, a bit each.
    Outcome(u16),
    /// Invitations sent.
    Invited(Invited),
    /// The ticks.
    Ticked(bool),
}

/// What is asked of the invitations sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Invited {
    Ever,
    Never,
    Pending,
}

impl Query {
    /// Reads a filter.
    ///
    /// # Errors
    /// A [`QueryError`] at the first key or value that is unknown.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        match Self::parse_what_reads(text) {
            (query, None) => Ok(query),
            (_, Some(error)) => Err(error),
        }
    }

    /// Reads what can be read of a filter that is still being written, and says what cannot.
    pub fn parse_what_reads(text: &str) -> (Self, Option<QueryError>) {
        parse::query(text)
    }

    /// Whether everyone matches.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it asks for predicted outcomes, which a site without a method does not have.
    pub fn needs_method(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::Outcome(_)))
    }

    /// Whether its result changes with the ticks.
    pub fn uses_ticks(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::Ticked(_)))
    }

    /// Whether whatever matches this matches `earlier` too, so that only the earlier result needs
    /// searching. The columns, the method and (if asked for) the ticks must be those of then.
    pub fn narrows(&self, earlier: &Self) -> bool {
        earlier.terms.iter().all(|old| self.terms.iter().any(|new| new.implies(old)))
    }
}

impl Term {
    fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        if self.negated != other.negated {
            return false;
        }
        // "okaf" implies "oka"; "!oka" implies "!okaf".
        let (inner, outer) = if self.negated { (self, other) } else { (other, self) };
        match (&inner.test, &outer.test) {
            (Test::Word(part), Test::Word(whole))
            | (
                Test::Department { text: part, whole: false },
                Test::Department { text: whole, .. },
            ) => whole.contains(part.as_str()),
            _ => false,
        }
    }
}

pub(super) fn state_bit(state: UserState) -> u8 {
    1 << state as u8
}

pub(super) fn outcome_bit(outcome: Outcome) -> u16 {
    1 << outcome as u16
}

/// Writes a value so that it is read back as one, whatever is in it.
pub(super) fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && !value.contains(|c: char| c.is_whitespace() || c == '"' || c == ',' || c == ':');
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests;
