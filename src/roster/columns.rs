//! A roster as columns: append-only, indexed by roster number.
//!
//! Owns the rows of one site at one revision while they stream in. A clone is cheap (chunks are
//! shared) and stays as it was, so that a search may run beside the loading: appending then copies
//! one chunk at the most. Must not keep a struct per row.

use std::fmt;
use std::sync::Arc;

use super::chunk::{AddressText, Chunk, Field, ROWS};
use super::names::{NO_DOMAIN, Spellings};
use crate::domain::facts::{Fact, Facts};
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::{Outcome, decide};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;

/// A site's users.
#[derive(Clone)]
pub struct Columns {
    chunks: Vec<Arc<Chunk>>,
    domains: Arc<Spellings>,
    departments: Arc<Spellings>,
    len: u32,
}

impl Default for Columns {
    fn default() -> Self {
        Self {
            chunks: Vec::new(),
            domains: Arc::new(Spellings::of_domains()),
            departments: Arc::default(),
            len: 0,
        }
    }
}

/// One user on the way in.
#[derive(Debug, Clone, Copy)]
pub struct RowIn<'a> {
    /// `UserID`.
    pub user_id: &'a str,
    /// The name.
    pub name: &'a str,
    /// The address as spelled on the site.
    pub address: &'a str,
    /// The department.
    pub department: &'a str,
    /// Where the user stands.
    pub state: UserState,
    /// The facts that decide.
    pub facts: Facts,
}

impl Columns {
    /// An empty roster.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many users there are so far; numbers run from 0 to this less one.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether there are none yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends a user and returns its number.
    pub fn push(&mut self, row: &RowIn<'_>) -> u32 {
        let number = self.len;
        // Out of the list while it grows: a chunk that is nobody else's is not copied.
        let open = if number.is_multiple_of(ROWS) { None } else { self.chunks.pop() };
        let mut chunk = open.unwrap_or_default();
        self.put(Arc::make_mut(&mut chunk), row);
        self.chunks.push(chunk);
        self.len += 1;
        number
    }

    fn put(&mut self, chunk: &mut Chunk, row: &RowIn<'_>) {
        let (domain, address) = self.domain_code(row.address, row.facts);
        let department = self.department_code(row.department);
        let user_id = (row.user_id != row.address).then_some(row.user_id);
        chunk.push_text(row.name, address, user_id);
        chunk.domains.push(domain);
        chunk.departments.push(department);
        chunk.states.push(row.state);
        chunk.facts.push(row.facts);
        if chunk.len() == ROWS as usize {
            chunk.seal();
        }
    }

    /// Takes in a user's new state and facts; false when there is no such number.
    pub fn refresh(&mut self, number: u32, state: UserState, facts: Facts) -> bool {
        if number >= self.len {
            return false;
        }
        let (at, row) = place(number);
        let chunk = Arc::make_mut(&mut self.chunks[at]);
        chunk.states[row] = state;
        chunk.facts[row] = facts;
        true
    }

    /// Folds every user's state and facts anew out of the number and the domain (canonical, empty
    /// without a usable address). What stays the same is not copied.
    pub fn refold(&mut self, mut fold: impl FnMut(u32, &str) -> Option<(UserState, Facts)>) {
        let domains = Arc::clone(&self.domains);
        for (at, chunk) in self.chunks.iter_mut().enumerate() {
            let first = at as u32 * ROWS;
            for row in 0..chunk.len() {
                let code = chunk.domains[row];
                let domain = domains.groups().get(domains.group_of(code));
                let Some((state, facts)) = fold(first + row as u32, domain) else { continue };
                if (chunk.states[row], chunk.facts[row]) != (state, facts) {
                    let chunk = Arc::make_mut(chunk);
                    chunk.states[row] = state;
                    chunk.facts[row] = facts;
                }
            }
        }
    }

    /// Writes users over those from a number on, up to the next multiple of 65,536 at most; who
    /// comes after the last one there is, is appended.
    pub fn rewrite(&mut self, first: u32, rows: &[RowIn<'_>]) {
        let there = self.len.saturating_sub(first).min(rows.len() as u32);
        let (over, new) = rows.split_at(there as usize);
        if !over.is_empty() {
            let (at, from) = place(first);
            let before = Arc::clone(&self.chunks[at]);
            let mut chunk = Chunk::default();
            for row in 0..before.len() {
                match row.checked_sub(from).and_then(|row| over.get(row)) {
                    Some(row) => self.put(&mut chunk, row),
                    None => chunk.copy(&before, row),
                }
            }
            chunk.seal();
            self.chunks[at] = Arc::new(chunk);
        }
        for row in new {
            self.push(row);
        }
    }

    /// A user.
    pub fn row(&self, number: u32) -> Option<Row<'_>> {
        (number < self.len).then(|| {
            let (at, row) = place(number);
            Row { columns: self, chunk: &self.chunks[at], at: row }
        })
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        let chunks: usize = self.chunks.iter().map(|chunk| chunk.bytes()).sum();
        chunks + self.domains.bytes() + self.departments.bytes()
    }

    pub(super) fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    pub(super) fn domains(&self) -> &Spellings {
        &self.domains
    }

    pub(super) fn departments(&self) -> &Spellings {
        &self.departments
    }

    /// The code of a usable address's domain, and what of the address is left to keep.
    fn domain_code<'a>(&mut self, address: &'a str, facts: Facts) -> (u32, AddressText<'a>) {
        let whole = (NO_DOMAIN, AddressText::Whole(address));
        if facts.has(Fact::BadAddress) {
            return whole;
        }
        let Some((local, spelling)) = address.rsplit_once('@') else { return whole };
        let code = match self.domains.spelled().code(spelling) {
            Some(code) => code,
            None => Arc::make_mut(&mut self.domains).intern_domain(spelling),
        };
        if self.domains.group_of(code) == NO_DOMAIN {
            return whole;
        }
        (code, AddressText::Local(local))
    }

    fn department_code(&mut self, spelling: &str) -> u32 {
        match self.departments.spelled().code(spelling) {
            Some(code) => code,
            None => Arc::make_mut(&mut self.departments).intern_department(spelling),
        }
    }
}

/// The chunk of a number, and its row there.
fn place(number: u32) -> (usize, usize) {
    ((number / ROWS) as usize, (number % ROWS) as usize)
}

impl fmt::Debug for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Columns({} rows)", self.len)
    }
}

/// One user, read out of the columns for showing.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    columns: &'a Columns,
    chunk: &'a Chunk,
    at: usize,
}

impl Row<'_> {
    /// `UserID`.
    pub fn user_id(&self) -> Untrusted {
        self.chunk.spelled(self.at, Field::UserId).map_or_else(|| self.address(), Untrusted::from)
    }

    /// The name.
    pub fn name(&self) -> Untrusted {
        self.chunk.spelled(self.at, Field::Name).unwrap_or_default().into()
    }

    /// The address as spelled on the site.
    pub fn address(&self) -> Untrusted {
        let mut address = self.chunk.spelled(self.at, Field::Address).unwrap_or_default();
        let code = self.chunk.domains[self.at];
        if code != NO_DOMAIN {
            address.push('@');
            address.push_str(self.columns.domains.spelled().get(code));
        }
        address.into()
    }

    /// The department.
    pub fn department(&self) -> Untrusted {
        self.columns.departments.spelled().get(self.chunk.departments[self.at]).into()
    }

    /// The address's domain in canonical form; `None` without a usable address.
    pub fn domain(&self) -> Option<Untrusted> {
        let code = self.chunk.domains[self.at];
        let domains = &self.columns.domains;
        (code != NO_DOMAIN).then(|| domains.groups().get(domains.group_of(code)).into())
    }

    /// Where the user stands.
    pub fn state(&self) -> UserState {
        self.chunk.states[self.at]
    }

    /// The facts that decide.
    pub fn facts(&self) -> Facts {
        self.chunk.facts[self.at]
    }

    /// What an invitation would do with this method.
    pub fn outcome(&self, method: LinkingMethod) -> Outcome {
        decide(self.facts(), method)
    }
}

#[cfg(test)]
mod tests;
