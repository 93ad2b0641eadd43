//! Which row of a file is which account (SPEC section 9).
//!
//! Owns the rule: rows match by `UserID`; Control Hub's, which have none, by the address of the
//! active account. An account known by its address alone takes on the `UserID` of a later file. A
//! row that may mean several accounts means none. Must not compare what the two say.

use std::collections::{HashMap, HashSet};

use super::stored::Known;
use crate::table::{Dialect, RosterFile, RosterRow, address_key};

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    /// Nobody the site has.
    New,
    /// The account at this place.
    Known(usize),
    /// One of several accounts, and nothing says which.
    Several,
}

/// The pairs of a file's rows, and which accounts the file names.
pub(super) struct Pairing {
    pairs: Vec<Pair>,
    named: Vec<bool>,
    addresses: HashMap<String, Group>,
}

/// The accounts of one address.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// The first active one.
    active: Option<usize>,
    /// Whether there is a second active one.
    several: bool,
    /// The latest deactivated one.
    inactive: Option<usize>,
    /// The one that is known by this address alone, the active one first.
    nameless: Option<usize>,
}

impl Group {
    fn take(&mut self, at: usize, account: &Known, key: &str) {
        if account.is_active() {
            self.several |= self.active.is_some();
            self.active = self.active.or(Some(at));
        } else {
            self.inactive = Some(at);
        }
        if is_nameless(account, key) && (self.nameless.is_none() || account.is_active()) {
            self.nameless = Some(at);
        }
    }

    /// The account that a row which names the address alone means.
    fn meant(self) -> Option<Pair> {
        if self.several {
            return Some(Pair::Several);
        }
        self.active.or(self.inactive).map(Pair::Known)
    }
}

/// Whether an account has no `UserID` but its address: it came by a Control Hub file.
fn is_nameless(account: &Known, key: &str) -> bool {
    address_key(account.row.user_id.raw()) == key
}

impl Pairing {
    /// Pairs the rows with the accounts: first what is certain, then what is left of either.
    pub fn of(file: &RosterFile, known: &[Known]) -> Self {
        let mut addresses: HashMap<String, Group> = HashMap::with_capacity(known.len());
        for (at, account) in known.iter().enumerate() {
            let key = account.key();
            if !key.is_empty() {
                addresses.entry(key.clone()).or_default().take(at, account, &key);
            }
        }
        let ids: HashMap<&str, usize> =
            known.iter().enumerate().map(|(at, one)| (one.row.user_id.raw(), at)).collect();
        let mut pairing = Self { pairs: Vec::new(), named: vec![false; known.len()], addresses };
        match file.layout.dialect() {
            Dialect::SiteAdministration => pairing.by_id(&file.rows, &ids),
            Dialect::ControlHub => pairing.by_address(&file.rows, known, &ids),
        }
        pairing
    }

    fn by_id(&mut self, rows: &[RosterRow], ids: &HashMap<&str, usize>) {
        for row in rows {
            let pair = ids.get(row.user_id.raw()).map_or(Pair::New, |at| Pair::Known(*at));
            self.push(pair);
        }
        for (at, row) in rows.iter().enumerate() {
            if self.pairs[at] != Pair::New || row.address.raw().trim().is_empty() {
                continue;
            }
            let group = self.addresses.get(&address_key(row.address.raw()));
            if let Some(account) = group.and_then(|group| group.nameless)
                && !self.named[account]
            {
                self.pairs[at] = Pair::Known(account);
                self.named[account] = true;
            }
        }
    }

    fn by_address(&mut self, rows: &[RosterRow], known: &[Known], ids: &HashMap<&str, usize>) {
        let mut in_file = HashSet::new();
        for row in rows {
            let key = address_key(row.address.raw());
            let pair = self.addresses.get(&key).and_then(|group| group.meant());
            self.push(pair.unwrap_or(Pair::New));
            in_file.insert(key);
        }
        for (at, row) in rows.iter().enumerate() {
            if self.pairs[at] != Pair::New {
                continue;
            }
            // Its id is taken: by the account that had the address once, or by somebody who has
            // another row in this file, and then the two cannot be told apart.
            if let Some(account) = ids.get(row.user_id.raw()) {
                let taken = std::mem::replace(&mut self.named[*account], true);
                self.pairs[at] = if taken { Pair::Several } else { Pair::Known(*account) };
            }
        }
        // One row stands for all accounts of its address.
        for (at, account) in known.iter().enumerate() {
            self.named[at] |= in_file.contains(&account.key());
        }
    }

    fn push(&mut self, pair: Pair) {
        if let Pair::Known(account) = pair {
            self.named[account] = true;
        }
        self.pairs.push(pair);
    }

    /// What each row is, in the order of the file.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The accounts that no row names.
    pub fn not_in_file<'k>(&self, known: &'k [Known]) -> impl Iterator<Item = &'k Known> {
        known.iter().zip(&self.named).filter(|(_, named)| !**named).map(|(account, _)| account)
    }

    /// An account that has the address of this row, whoever the row is.
    pub fn with_address_of<'k>(&self, row: &RosterRow, known: &'k [Known]) -> Option<&'k Known> {
        let group = self.addresses.get(&address_key(row.address.raw()))?;
        group.active.or(group.inactive).map(|at| &known[at])
    }
}
