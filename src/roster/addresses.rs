//! Finding a pasted or loaded list of addresses in a roster (SPEC section 5).
//!
//! Owns reading the list and matching it: by canonical address, else by the address as spelled
//! without regard to case, else by user id. What is not found is listed, never dropped. Must not
//! tick: it answers with a set.

mod list;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::bitmap::Bitmap;
use super::chunk::{Chunk, Field, ROWS};
use super::columns::Columns;
use super::names::NO_DOMAIN;
use crate::domain::address::Address;
use crate::domain::number::thousands;
use crate::domain::untrusted::Untrusted;

/// What a list found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The rows found.
    pub rows: Bitmap,
    /// The entries that no row has, in their order.
    pub missing: Vec<Untrusted>,
    /// How many entries were found.
    pub found: usize,
    /// How many different entries there are.
    pub asked: usize,
    /// How many entries are on several accounts; all of these are in `rows`.
    pub several: usize,
}

impl Found {
    /// "288 of 300".
    pub fn words(&self) -> String {
        format!("{} of {}", thousands(self.found as u64), thousands(self.asked as u64))
    }
}

/// Finds the entries of a list: one per line, or parted by commas, semicolons, blanks or tabs;
/// `Name <address>` counts as the address.
pub fn find_addresses(columns: &Columns, text: &str) -> Found {
    let mut asked = Asked::of(list::entries(text));
    let mut rows = Bitmap::new();
    asked.scan_addresses(columns, &mut rows);
    asked.scan_spellings(columns, &mut rows, address_as_spelled);
    asked.scan_spellings(columns, &mut rows, |columns, chunk, row| {
        lower(chunk, row, Field::UserId).unwrap_or_else(|| address_as_spelled(columns, chunk, row))
    });
    let hits = &asked.hits;
    Found {
        rows,
        found: hits.iter().filter(|&&hits| hits > 0).count(),
        several: hits.iter().filter(|&&hits| hits > 1).count(),
        asked: hits.len(),
        missing: asked.missing(),
    }
}

/// The entries, and how many rows each has found so far.
struct Asked {
    entries: Vec<String>,
    hits: Vec<u32>,
}

/// The entries that are looked for, by the text to find.
type Texts = HashMap<String, usize>;

impl Asked {
    /// The entries, each once: two spellings of one address are one entry.
    fn of(entries: Vec<String>) -> Self {
        let mut seen = HashSet::new();
        let mut kept = Vec::new();
        for entry in entries {
            let key = canonical(&entry).unwrap_or_else(|| entry.to_lowercase());
            if seen.insert(key) {
                kept.push(entry);
            }
        }
        let hits = vec![0; kept.len()];
        Self { entries: kept, hits }
    }

    /// Looks for canonical addresses: by domain first, so that most rows cost a look-up in a list.
    fn scan_addresses(&mut self, columns: &Columns, rows: &mut Bitmap) {
        let domains = columns.domains();
        let mut locals: Vec<Option<Texts>> = vec![None; domains.groups().len()];
        for (at, entry) in self.entries.iter().enumerate() {
            let Ok(address) = Address::parse(entry) else { continue };
            let Some(group) = domains.groups().code(address.domain_str()) else { continue };
            let local = address.as_str().split('@').next().unwrap_or_default();
            let texts = locals[group as usize].get_or_insert_default();
            texts.insert(local.to_owned(), at);
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
                self.hits[*entry] += 1;
                rows.set(number, true);
            }
        });
    }

    /// Looks for the entries not found so far, in a text that every row has, case aside.
    fn scan_spellings(
        &mut self,
        columns: &Columns,
        rows: &mut Bitmap,
        text: impl for<'a> Fn(&'a Columns, &'a Chunk, usize) -> Cow<'a, str>,
    ) {
        let left = self.entries.iter().enumerate().filter(|(at, _)| self.hits[*at] == 0);
        let texts: Texts = left.map(|(at, entry)| (entry.to_lowercase(), at)).collect();
        if texts.is_empty() {
            return;
        }
        each_row(columns, |number, chunk, row| {
            if let Some(entry) = texts.get(text(columns, chunk, row).trim()) {
                self.hits[*entry] += 1;
                rows.set(number, true);
            }
        });
    }

    fn missing(self) -> Vec<Untrusted> {
        let left = self.entries.into_iter().zip(self.hits).filter(|(_, hits)| *hits == 0);
        left.map(|(entry, _)| entry.into()).collect()
    }
}

fn canonical(entry: &str) -> Option<String> {
    Address::parse(entry).ok().map(String::from)
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
