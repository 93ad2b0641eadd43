//! Domains and departments as small codes.
//!
//! Owns the dictionaries: a million users share a few hundred of either. Domains are canonical
//! (rule D5), departments are kept as spelled and grouped by their folded form. Must not keep
//! counts: those are facets.

use std::collections::HashMap;
use std::sync::Arc;

use super::fold::fold;
use crate::domain::domain_name::DomainName;

/// Texts, each with its code: its place in the order of first appearance.
#[derive(Clone, Default)]
pub(super) struct Names {
    list: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
}

impl Names {
    pub(super) fn get(&self, code: u32) -> &str {
        self.list.get(code as usize).map_or("", |name| name)
    }

    pub(super) fn code(&self, name: &str) -> Option<u32> {
        self.codes.get(name).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|name| &**name)
    }

    fn intern(&mut self, name: &str) -> u32 {
        if let Some(code) = self.code(name) {
            return code;
        }
        let code = self.list.len() as u32;
        let name: Arc<str> = name.into();
        self.list.push(Arc::clone(&name));
        self.codes.insert(name, code);
        code
    }

    fn bytes(&self) -> usize {
        let entry = size_of::<Arc<str>>() + 2 * size_of::<usize>();
        let map = self.codes.capacity() * (size_of::<Arc<str>>() + size_of::<u32>() + 5);
        self.list.capacity() * entry + map + self.list.iter().map(|name| name.len()).sum::<usize>()
    }
}

/// The domains of a roster. Code 0 is "no usable address".
#[derive(Clone)]
pub(super) struct Domains {
    canonical: Names,
    /// Spellings seen, so that a name is parsed once and not once per user.
    spelled: HashMap<Box<str>, u32>,
}

/// The code of users without a usable address.
pub(super) const NO_DOMAIN: u32 = 0;

impl Default for Domains {
    fn default() -> Self {
        let mut canonical = Names::default();
        canonical.intern("");
        Self { canonical, spelled: HashMap::new() }
    }
}

impl Domains {
    pub(super) fn names(&self) -> &Names {
        &self.canonical
    }

    /// The code of a spelling seen before.
    pub(super) fn seen(&self, spelling: &str) -> Option<u32> {
        self.spelled.get(spelling).copied()
    }

    pub(super) fn intern(&mut self, spelling: &str) -> u32 {
        let code = match DomainName::parse(spelling) {
            Ok(name) => self.canonical.intern(name.as_str()),
            Err(_) => NO_DOMAIN,
        };
        self.spelled.insert(spelling.into(), code);
        code
    }

    pub(super) fn bytes(&self) -> usize {
        self.canonical.bytes() + self.spelled.capacity() * (size_of::<Box<str>>() + 24)
    }
}

/// The departments of a roster, as spelled; spellings that fold alike form one group.
#[derive(Clone, Default)]
pub(super) struct Departments {
    spelled: Names,
    folded: Names,
    /// The group of each spelling.
    group: Vec<u32>,
    /// The first spelling of each group: how the group is shown.
    first: Vec<u32>,
}

impl Departments {
    pub(super) fn spelled(&self) -> &Names {
        &self.spelled
    }

    /// The groups, by their folded form.
    pub(super) fn groups(&self) -> &Names {
        &self.folded
    }

    pub(super) fn group_of(&self, code: u32) -> u32 {
        self.group[code as usize]
    }

    /// How a group is shown.
    pub(super) fn shown(&self, group: u32) -> &str {
        self.first.get(group as usize).map_or("", |&code| self.spelled.get(code))
    }

    pub(super) fn intern(&mut self, spelling: &str) -> u32 {
        let code = self.spelled.intern(spelling);
        if code as usize == self.group.len() {
            let group = self.folded.intern(fold(spelling).trim());
            if group as usize == self.first.len() {
                self.first.push(code);
            }
            self.group.push(group);
        }
        code
    }

    pub(super) fn bytes(&self) -> usize {
        self.spelled.bytes() + self.folded.bytes() + 4 * (self.group.len() + self.first.len())
    }
}
