//! Finding a pasted or loaded list of people in a roster (SPEC section 5).
//!
//! Owns matching the entries of a list: an address by its canonical form, else as the site spells
//! it; a line without one by the `UserID`, exactly, else without regard to case. What is not found
//! is listed with its line, never dropped. Must not tick: it answers with a set.

mod line;
mod list;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use self::list::{Entry, Kind};
use super::bitmap::Bitmap;
use super::chunk::{Chunk, Field, ROWS};
use super::columns::Columns;
use super::names::NO_DOMAIN;
use crate::domain::address::Address;
use crate::domain::number::thousands;
use crate::domain::untrusted::Untrusted;
use crate::table::decode;

/// What a list found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The rows found.
    pub rows: Bitmap,
    /// The entries that no row has, in their order.
    pub missing: Vec<Missing>,
    /// The entries that were found by another thing than an address, in their order.
    pub by_user_id: Vec<ByUserId>,
    /// How many entries were found.
    pub found: usize,
    /// How many different entries there are.
    pub asked: usize,
    /// How many entries are on several accounts; all of these are in `rows`.
    pub several: usize,
}

/// An entry that nobody on the site has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The line of the list, from 1.
    pub line: u64,
    /// What was looked for.
    pub text: Untrusted,
}

/// An entry that is somebody's `UserID`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByUserId {
    /// The line of the list, from 1.
    pub line: u64,
    /// What was looked for.
    pub text: Untrusted,
    /// The user who was found.
    pub number: u32,
}

impl Found {
    /// "288 of 300".
    pub fn words(&self) -> String {
        format!("{} of {}", thousands(self.found as u64), thousands(self.asked as u64))
    }
}

impl Missing {
    /// What is wrong with it, where it seems to be an address that nobody can have.
    pub fn why(&self) -> Option<String> {
        let text = self.text.raw();
        let error = text.contains('@').then(|| Address::parse(text).err()).flatten();
        error.map(|error| error.to_string())
    }
}

/// The text of a file with a list, in any encoding that rosters come in.
///
/// # Errors
/// In words: what the file is, or where it is broken.
pub fn list_text(bytes: &[u8]) -> Result<String, String> {
    if bytes.is_empty() {
        return Ok(String::new());
    }
    decode(bytes, bytes.len()).map(|text| text.text.into_owned()).map_err(|error| error.to_string())
}

/// Finds the entries of a list: the addresses of each line, or the line as a `UserID` where it has
/// none; of a table with a header, what its columns say.
pub fn find_addresses(columns: &Columns, text: &str) -> Found {
    let mut asked = Asked::of(list::entries(text));
    let mut rows = Bitmap::new();
    asked.scan_addresses(columns, &mut rows);
    asked.scan(columns, &mut rows, Sought::Address);
    let by_address = asked.hits.clone();
    asked.scan(columns, &mut rows, Sought::UserId);
    asked.scan(columns, &mut rows, Sought::UserIdInAnyCase);
    let hits = &asked.hits;
    let by_user_id = |(at, entry): (usize, &Entry)| {
        let number = asked.first[at].filter(|_| by_address[at] == 0)?;
        Some(ByUserId { line: entry.line, text: entry.text.as_str().into(), number })
    };
    Found {
        rows,
        found: hits.iter().filter(|&&hits| hits > 0).count(),
        several: hits.iter().filter(|&&hits| hits > 1).count(),
        asked: hits.len(),
        by_user_id: asked.entries.iter().enumerate().filter_map(by_user_id).collect(),
        missing: asked.missing(),
    }
}

/// The entries, and how many rows each has found so far.
struct Asked {
    entries: Vec<Entry>,
    /// The canonical addresses of those that have one.
    canonical: Vec<Option<Address>>,
    hits: Vec<u32>,
    /// The first row that each has found.
    first: Vec<Option<u32>>,
}

/// The entries that are looked for, by the text to find.
type Texts<'e> = HashMap<Cow<'e, str>, usize>;

/// What a row is searched for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sought {
    /// The address as spelled, case aside.
    Address,
    /// The `UserID`, exactly.
    UserId,
    /// The `UserID`, case aside.
    UserIdInAnyCase,
}

impl Sought {
    fn takes(self, kind: Kind) -> bool {
        match kind {
            Kind::Address => self == Self::Address,
            Kind::Line => true,
            Kind::Nobody => false,
        }
    }

    fn key(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::UserId => Cow::Borrowed(text),
            Self::Address | Self::UserIdInAnyCase => Cow::Owned(text.to_lowercase()),
        }
    }

    fn of<'a>(self, columns: &'a Columns, chunk: &'a Chunk, row: usize) -> Cow<'a, str> {
        let spelled = || chunk.spelled(row, Field::UserId).map(Cow::Owned);
        match self {
            Self::Address => address_as_spelled(columns, chunk, row),
            // Who has no id but the address is not found by an id.
            Self::UserId => spelled().unwrap_or_default(),
            Self::UserIdInAnyCase => lower(chunk, row, Field::UserId).unwrap_or_default(),
        }
    }
}

impl Asked {
    /// The entries, each once: two spellings of one address are one entry.
    fn of(entries: Vec<Entry>) -> Self {
        let mut seen = HashSet::new();
        let (mut kept, mut addresses) = (Vec::new(), Vec::new());
        for entry in entries {
            let address =
                if entry.kind == Kind::Nobody { None } else { Address::parse(&entry.text).ok() };
            let key = match &address {
                Some(address) => address.as_str().to_owned(),
                None if entry.kind == Kind::Address => entry.text.to_lowercase(),
                None => entry.text.clone(),
            };
            if seen.insert(key) {
                kept.push(entry);
                addresses.push(address);
            }
        }
        let (hits, first) = (vec![0; kept.len()], vec![None; kept.len()]);
        Self { entries: kept, canonical: addresses, hits, first }
    }

    fn hit(hits: &mut [u32], first: &mut [Option<u32>], entry: usize, number: u32) {
        hits[entry] += 1;
        first[entry].get_or_insert(number);
    }

    /// Looks for canonical addresses: by domain first, so that most rows cost a look-up in a list.
    fn scan_addresses(&mut self, columns: &Columns, rows: &mut Bitmap) {
        let domains = columns.domains();
        let mut locals: Vec<Option<HashMap<&str, usize>>> = vec![None; domains.groups().len()];
        for (at, address) in self.canonical.iter().enumerate() {
            let Some(address) = address else { continue };
            let Some(group) = domains.groups().code(address.domain_str()) else { continue };
            let local = address.as_str().split('@').next().unwrap_or_default();
            locals[group as usize].get_or_insert_default().insert(local, at);
        }
        each_row(columns, |number, chunk, row| {
            let code = chunk.domains[row];
            if code != NO_DOMAIN
                && let Some(texts) = &locals[domains.group_of(code) as usize]
                && let Some(local) = chunk.folded(row, Field::Address)
                && let Some(entry) = texts.get(local.trim())
                // Folding drops accents, and an accent makes another person.
                && lower(chunk, row, Field::Address).is_some_and(|text| text == local)
            {
                Self::hit(&mut self.hits, &mut self.first, *entry, number);
                rows.set(number, true);
            }
        });
    }

    /// Looks for the entries not found so far, in a text that every row has.
    fn scan(&mut self, columns: &Columns, rows: &mut Bitmap, sought: Sought) {
        let left = self.entries.iter().enumerate().filter(|(at, entry)| {
            self.hits[*at] == 0 && sought.takes(entry.kind) && !entry.text.is_empty()
        });
        let texts: Texts<'_> =
            left.map(|(at, entry)| (sought.key(entry.text.trim()), at)).collect();
        if texts.is_empty() {
            return;
        }
        each_row(columns, |number, chunk, row| {
            if let Some(entry) = texts.get(sought.of(columns, chunk, row).trim()) {
                Self::hit(&mut self.hits, &mut self.first, *entry, number);
                rows.set(number, true);
            }
        });
    }

    fn missing(self) -> Vec<Missing> {
        let left = self.entries.into_iter().zip(self.hits).filter(|(_, hits)| *hits == 0);
        left.map(|(entry, _)| Missing { line: entry.line, text: entry.text.into() }).collect()
    }
}

fn each_row(columns: &Columns, mut act: impl FnMut(u32, &Chunk, usize)) {
    for (at, chunk) in columns.chunks().iter().enumerate() {
        for row in 0..chunk.len() {
            act(at as u32 * ROWS + row as u32, chunk, row);
        }
    }
}

/// A field in lower case, accents kept: two people may differ in one.
fn lower(chunk: &Chunk, row: usize, field: Field) -> Option<Cow<'_, str>> {
    if chunk.is_plain(row, field) {
        chunk.folded(row, field).map(Cow::Borrowed)
    } else {
        chunk.spelled(row, field).map(|text| Cow::Owned(text.to_lowercase()))
    }
}

/// The whole address as spelled, in lower case.
fn address_as_spelled<'a>(columns: &'a Columns, chunk: &'a Chunk, row: usize) -> Cow<'a, str> {
    let text = lower(chunk, row, Field::Address).unwrap_or_default();
    match chunk.domains[row] {
        NO_DOMAIN => text,
        code => {
            let domain = columns.domains().spelled().get(code);
            Cow::Owned(format!("{text}@{}", domain.to_lowercase()))
        }
    }
}

#[cfg(test)]
mod tests;
