//! Finding a pasted or loaded list of addresses in a roster (SPEC section 5).
//!
//! Owns reading the list and matching it: by canonical address, else by the address as spelled
//! without regard to case, else by user id. What is not found is listed, never dropped. Must not
//! tick: it answers with a set.

mod list;

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
    for look in [Asked::in_addresses, Asked::in_spellings, Asked::in_user_ids] {
        let wanted = look(&mut asked);
        if !wanted.is_empty() {
            asked.scan(columns, &wanted, &mut rows);
        }
    }
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

/// Where to look, and which text there belongs to which entry.
enum Wanted {
    /// By canonical address.
    Address(HashMap<String, usize>),
    /// By a field, case aside.
    Field(Field, HashMap<String, usize>),
}

impl Wanted {
    fn is_empty(&self) -> bool {
        match self {
            Self::Address(texts) | Self::Field(_, texts) => texts.is_empty(),
        }
    }
}

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

    fn unfound(&self, key: impl Fn(&str) -> Option<String>) -> HashMap<String, usize> {
        let left = self.entries.iter().enumerate().filter(|(at, _)| self.hits[*at] == 0);
        left.filter_map(|(at, entry)| Some((key(entry)?, at))).collect()
    }

    fn in_addresses(&mut self) -> Wanted {
        Wanted::Address(self.unfound(canonical))
    }

    fn in_spellings(&mut self) -> Wanted {
        Wanted::Field(Field::Address, self.unfound(|entry| Some(entry.to_lowercase())))
    }

    fn in_user_ids(&mut self) -> Wanted {
        Wanted::Field(Field::UserId, self.unfound(|entry| Some(entry.to_lowercase())))
    }

    fn scan(&mut self, columns: &Columns, wanted: &Wanted, rows: &mut Bitmap) {
        let domains = domains_of(columns, wanted);
        let mut text = String::new();
        for (at, chunk) in columns.chunks().iter().enumerate() {
            for row in 0..chunk.len() {
                let hit = match wanted {
                    Wanted::Address(texts) => {
                        let domain = chunk.domains[row];
                        if !domains[domain as usize] {
                            continue;
                        }
                        address(columns, chunk, row, &mut text);
                        texts.get(&text)
                    }
                    Wanted::Field(field, texts) => {
                        lower(chunk, row, *field, &mut text);
                        texts.get(text.trim())
                    }
                };
                if let Some(entry) = hit {
                    self.hits[*entry] += 1;
                    rows.set(at as u32 * ROWS + row as u32, true);
                }
            }
        }
    }

    fn missing(self) -> Vec<Untrusted> {
        let left = self.entries.into_iter().zip(self.hits).filter(|(_, hits)| *hits == 0);
        left.map(|(entry, _)| entry.into()).collect()
    }
}

fn canonical(entry: &str) -> Option<String> {
    Address::parse(entry).ok().map(String::from)
}

/// By domain code: whether any entry is of it.
fn domains_of(columns: &Columns, wanted: &Wanted) -> Vec<bool> {
    let names = columns.domains().names();
    let mut some = vec![false; names.len()];
    if let Wanted::Address(texts) = wanted {
        let asked = texts.keys().filter_map(|text| text.rsplit_once('@'));
        for code in asked.filter_map(|(_, domain)| names.code(domain)) {
            some[code as usize] = true;
        }
        some[NO_DOMAIN as usize] = false;
    }
    some
}

/// The canonical address of a row that has a domain.
fn address(columns: &Columns, chunk: &Chunk, row: usize, text: &mut String) {
    lower(chunk, row, Field::Address, text);
    let local = text.trim().rsplit_once('@').map_or("", |(local, _)| local).to_owned();
    text.clear();
    text.push_str(&local);
    text.push('@');
    text.push_str(columns.domains().names().get(chunk.domains[row]));
}

/// A field in lower case, accents kept: two people may differ in one.
fn lower(chunk: &Chunk, row: usize, field: Field, text: &mut String) {
    text.clear();
    if chunk.is_plain(row, field) {
        text.push_str(chunk.folded(row, field));
    } else {
        text.push_str(&chunk.spelled(row, field).to_lowercase());
    }
}

#[cfg(test)]
mod tests;
