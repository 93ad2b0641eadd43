//! 65,536 rows of a roster: one arena of folded text, and codes.
//!
//! Owns the layout. Text is kept once, folded, as `name LF address LF [user id LF]`: the search
//! key. The spelling comes back from one bit per byte ("this letter was upper-case"); what that
//! cannot restore (accents, full-width letters) is kept beside it. Must not know about queries.

use super::fold::fold_into;
use crate::domain::facts::Facts;
use crate::domain::user::UserState;

/// Rows in a chunk: the most that one copy-on-write copies.
pub(super) const ROWS: u32 = 65_536;

/// The most bytes of one field that are kept: what a hostile backend may cost, and what keeps the
/// arena's offsets within 32 bits.
const LONGEST: usize = 16_384;

/// The text fields of a row, in the order of the search key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Name,
    Address,
    UserId,
}

/// A field whose spelling the folded text cannot give back.
#[derive(Clone)]
struct Odd {
    row: u16,
    field: Field,
    start: u32,
    end: u32,
}

#[derive(Clone, Default)]
pub(super) struct Chunk {
    text: String,
    ends: Vec<u32>,
    /// One bit per byte of `text`: upper-case in the spelling.
    upper: Vec<u64>,
    odd: Vec<Odd>,
    odd_text: String,
    pub(super) domains: Vec<u32>,
    pub(super) departments: Vec<u32>,
    pub(super) states: Vec<UserState>,
    pub(super) facts: Vec<Facts>,
}

impl Chunk {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Appends the text of a row. A user id that is the address is not kept twice.
    pub(super) fn push_text(&mut self, name: &str, address: &str, user_id: &str) {
        self.push_field(name, Field::Name);
        self.push_field(address, Field::Address);
        if user_id != address {
            self.push_field(user_id, Field::UserId);
        }
        self.ends.push(self.text.len() as u32);
    }

    fn push_field(&mut self, spelling: &str, field: Field) {
        let spelling = &spelling[..spelling.floor_char_boundary(LONGEST)];
        let start = self.text.len();
        fold_into(spelling, &mut self.text);
        if self.text[start..].eq_ignore_ascii_case(spelling) {
            for (at, byte) in spelling.bytes().enumerate() {
                if byte.is_ascii_uppercase() {
                    self.mark_upper(start + at);
                }
            }
        } else {
            let from = self.odd_text.len() as u32;
            self.odd_text.push_str(spelling);
            let end = self.odd_text.len() as u32;
            self.odd.push(Odd { row: self.ends.len() as u16, field, start: from, end });
        }
        self.text.push('\n');
    }

    fn mark_upper(&mut self, byte: usize) {
        let at = byte / 64;
        if at >= self.upper.len() {
            self.upper.resize(at + 1, 0);
        }
        self.upper[at] |= 1 << (byte % 64);
    }

    /// Where a row's search key starts in [`Chunk::text`].
    pub(super) fn start(&self, row: usize) -> usize {
        if row == 0 { 0 } else { self.ends[row - 1] as usize }
    }

    /// Where each row's search key ends.
    pub(super) fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// All search keys, one after the other.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A row's search key.
    pub(super) fn key(&self, row: usize) -> &str {
        &self.text[self.start(row)..self.ends[row] as usize]
    }

    /// A field, folded.
    pub(super) fn folded(&self, row: usize, field: Field) -> &str {
        let mut fields = self.key(row).split_terminator('\n');
        let found = fields.nth(field as usize);
        found.or_else(|| self.key(row).split('\n').nth(Field::Address as usize)).unwrap_or("")
    }

    /// Whether the folded field is the spelling but for the case of ASCII letters.
    pub(super) fn is_plain(&self, row: usize, field: Field) -> bool {
        self.odd_at(row, field).is_none()
    }

    /// A field as spelled.
    pub(super) fn spelled(&self, row: usize, field: Field) -> String {
        let key = self.key(row);
        let field = if key.split_terminator('\n').nth(field as usize).is_some() {
            field
        } else {
            Field::Address
        };
        if let Some(odd) = self.odd_at(row, field) {
            return self.odd_text[odd.start as usize..odd.end as usize].to_owned();
        }
        let folded = self.folded(row, field);
        let start = self.start(row) + (folded.as_ptr() as usize - key.as_ptr() as usize);
        let case = |(at, c): (usize, char)| {
            let byte = start + at;
            let bits = self.upper.get(byte / 64).copied().unwrap_or(0);
            if bits >> (byte % 64) & 1 == 1 { c.to_ascii_uppercase() } else { c }
        };
        folded.char_indices().map(case).collect()
    }

    fn odd_at(&self, row: usize, field: Field) -> Option<&Odd> {
        let key = |odd: &Odd| (odd.row, odd.field);
        let found = self.odd.binary_search_by_key(&(row as u16, field), key).ok()?;
        self.odd.get(found)
    }

    /// Gives back the room kept for growth, once the chunk is full.
    pub(super) fn seal(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.upper.shrink_to_fit();
        self.odd.shrink_to_fit();
        self.odd_text.shrink_to_fit();
        self.domains.shrink_to_fit();
        self.departments.shrink_to_fit();
        self.states.shrink_to_fit();
        self.facts.shrink_to_fit();
    }

    /// Memory in bytes.
    pub(super) fn bytes(&self) -> usize {
        let codes = self.ends.capacity() + self.domains.capacity() + self.departments.capacity();
        self.text.capacity()
            + self.odd_text.capacity()
            + size_of::<u64>() * self.upper.capacity()
            + size_of::<Odd>() * self.odd.capacity()
            + size_of::<u32>() * codes
            + size_of::<UserState>() * self.states.capacity()
            + size_of::<Facts>() * self.facts.capacity()
    }
}
