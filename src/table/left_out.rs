//! Who cannot be written in a dialect, and why (SPEC section 9).
//!
//! Owns the rule for both sides: the export leaves them out, whoever asked for it is told. Control
//! Hub knows a user by the address alone, so that who has none, or one that another account is
//! written with, has no place in its files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::layout::Dialect;
use super::read::address_key;

/// Why an account is not in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unwritable {
    /// It has no address.
    NoAddress,
    /// Another account with its address stands for both: the active one, or else the latest.
    SameAddress,
}

impl Unwritable {
    /// In a few words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoAddress => "has no address",
            Self::SameAddress => "has the address of another account, which is in the file",
        }
    }
}

/// Of accounts in their order, each with its address and whether it is active: the places of those
/// who cannot be written, in order.
pub fn unwritable<A: AsRef<str>>(
    dialect: Dialect,
    accounts: impl Iterator<Item = (A, bool)>,
) -> Vec<(usize, Unwritable)> {
    if dialect == Dialect::SiteAdministration {
        return Vec::new();
    }
    let mut left = Vec::new();
    let mut written: HashMap<String, (usize, bool)> = HashMap::new();
    for (at, (address, active)) in accounts.enumerate() {
        let key = address_key(address.as_ref());
        if key.is_empty() {
            left.push((at, Unwritable::NoAddress));
            continue;
        }
        match written.entry(key) {
            Entry::Vacant(none) => {
                none.insert((at, active));
            }
            // The first active account stays, and the last of those who are all deactivated.
            Entry::Occupied(other) if other.get().1 => left.push((at, Unwritable::SameAddress)),
            Entry::Occupied(mut other) => {
                left.push((other.get().0, Unwritable::SameAddress));
                other.insert((at, active));
            }
        }
    }
    left.sort_by_key(|(at, _)| *at);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s9_control_hub_has_one_row_for_an_address_and_none_without() {
        let accounts = [
            ("ann@acme.example", false),
            ("", true),
            ("ANN@acme.example ", true),
            ("bo@acme.example", false),
            ("ann@acme.example", true),
            ("bo@acme.example", false),
            ("not an address", true),
        ];
        let left = unwritable(Dialect::ControlHub, accounts.into_iter());
        assert_eq!(
            left,
            [
                (0, Unwritable::SameAddress),
                (1, Unwritable::NoAddress),
                (3, Unwritable::SameAddress),
                (4, Unwritable::SameAddress),
            ]
        );
        assert_eq!(unwritable(Dialect::SiteAdministration, accounts.into_iter()), []);
    }
}
