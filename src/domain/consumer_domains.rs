//! Public mail providers' domains: nobody's to verify (rules D3, row 11 of the outcome table).
//!
//! Owns the reviewed, versioned list in `consumer_domains.txt` (its head says where it is from and
//! under which licence). A backend administrator may add names; those live in the backend.

use std::sync::LazyLock;

use super::domain_name::DomainName;

static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut names: Vec<_> = include_str!("consumer_domains.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
});

/// Whether the reviewed list names this domain.
pub fn contains(name: &DomainName) -> bool {
    LIST.binary_search(&name.as_str()).is_ok()
}
