//! 65,536 rows of a roster: one arena of folded text, and codes.
//!
//! Owns the layout. Text is kept once, folded, as `name LF address LF [user id LF]`, or `name LF
//! local CR [user id LF]` where the domain is a code: the search key. The spelling comes back from
//! one bit per byte ("this letter was upper-case"); what that cannot restore (accents, full-width
//! letters) is kept beside it. Must not know about queries.

use memchr::{memchr, memchr2};

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

/// What of an address goes into the search key.
#[derive(Clone, Copy)]
pub(super) enum AddressText<'a> {
    /// All of it: it is not usable.
    Whole(&'a str),
    /// What stands before the `@`; the domain is a code.
    Local(&'a str),
}

/// Ends a field of a search key.
const END: u8 = b'\n';
/// Ends the local part of an address whose domain is a code.
pub(super) const END_LOCAL: u8 = b'\r';

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

    /// Appends the text of a row. A user id that is the address is not kept.
    pub(super) fn push_text(
        &mut self,
        name: &str,
        address: AddressText<'_>,
        user_id: Option<&str>,
    ) {
        self.push_field(name, Field::Name, END);
        match address {
            AddressText::Whole(whole) => self.push_field(whole, Field::Address, END),
            AddressText::Local(local) => self.push_field(local, Field::Address, END_LOCAL),
        }
        if let Some(user_id) = user_id {
            self.push_field(user_id, Field::UserId, END);
        }
        self.ends.push(self.text.len() as u32);
    }

    /// Appends a row of another chunk of the same roster.
    pub(super) fn copy(&mut self, from: &Self, row: usize) {
        let spelled = |field| from.spelled(row, field).unwrap_or_default();
        let (address, user_id) = (spelled(Field::Address), from.spelled(row, Field::UserId));
        let whole = memchr(END_LOCAL, from.key(row).as_bytes()).is_none();
        let address =
            if whole { AddressText::Whole(&address) } else { AddressText::Local(&address) };
        self.push_text(&spelled(Field::Name), address, user_id.as_deref());
        self.domains.push(from.domains[row]);
        self.departments.push(from.departments[row]);
        self.states.push(from.states[row]);
        self.facts.push(from.facts[row]);
    }

    fn push_field(&mut self, spelling: &str, field: Field, end: u8) {
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
            let to = self.odd_text.len() as u32;
            self.odd.push(Odd { row: self.ends.len() as u16, field, start: from, end: to });
        }
        self.text.push(char::from(end));
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

    /// A field, folded. There is no user id where it is the address.
    pub(super) fn folded(&self, row: usize, field: Field) -> Option<&str> {
        let key = self.key(row);
        let name = memchr(END, key.as_bytes())?;
        if field == Field::Name {
            return key.get(..name);
        }
        let key = &key[name + 1..];
        let address = memchr2(END, END_LOCAL, key.as_bytes())?;
        if field == Field::Address {
            return key.get(..address);
        }
        key[address + 1..].strip_suffix(char::from(END))
    }

    /// Whether the folded field is the spelling but for the case of ASCII letters.
    pub(super) fn is_plain(&self, row: usize, field: Field) -> bool {
        self.odd.is_empty() || self.odd_at(row, field).is_none()
    }

    /// A field as spelled.
    pub(super) fn spelled(&self, row: usize, field: Field) -> Option<String> {
        let folded = self.folded(row, field)?;
        if let Some(odd) = self.odd_at(row, field) {
            return Some(self.odd_text[odd.start as usize..odd.end as usize].to_owned());
        }
        let start = folded.as_ptr() as usize - self.text.as_ptr() as usize;
        let mut spelled = folded.to_owned();
        for word in start / 64..(start + folded.len()).div_ceil(64) {
            let mut bits = self.upper.get(word).copied().unwrap_or(0);
            while bits != 0 {
                let at = (word * 64 + bits.trailing_zeros() as usize).wrapping_sub(start);
                // One byte of the words at either end may be a neighbour's.
                if let Some(letter) = spelled.get_mut(at..at.wrapping_add(1)) {
                    letter.make_ascii_uppercase();
                }
                bits &= bits - 1;
            }
        }
        Some(spelled)
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
