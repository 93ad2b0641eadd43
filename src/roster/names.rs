//! Domains and departments as small codes.
//!
//! Owns the dictionaries: a million users share a few hundred of either. Both are kept as spelled
//! and grouped: domains by their canonical name (rule D5), departments by their folded form. Must
//! not keep counts: those are facets.

use std::collections::HashMap;
use std::sync::Arc;

use super::fold::fold;
use crate::domain::domain_name::DomainName;

/// The code of the spelling, and of the group, of users without a usable address.
pub(super) const NO_DOMAIN: u32 = 0;

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

/// Spellings in groups. Rows carry the code of a spelling.
#[derive(Clone, Default)]
pub(super) struct Spellings {
    spelled: Names,
    groups: Names,
    /// The group of each spelling.
    group: Vec<u32>,
    /// The first spelling of each group.
    first: Vec<u32>,
}

impl Spellings {
    /// For domains: code 0 is "no usable address".
    pub(super) fn of_domains() -> Self {
        let mut domains = Self::default();
        domains.intern("", "");
        domains
    }

    pub(super) fn spelled(&self) -> &Names {
        &self.spelled
    }

    pub(super) fn groups(&self) -> &Names {
        &self.groups
    }

    /// The group of a spelling.
    pub(super) fn group_of(&self, code: u32) -> u32 {
        self.group[code as usize]
    }

    /// By spelling: whether its group is wanted.
    pub(super) fn of_groups(&self, wanted: impl Fn(&str) -> bool) -> Vec<bool> {
        let groups: Vec<bool> = self.groups.iter().map(wanted).collect();
        self.group.iter().map(|&group| groups[group as usize]).collect()
    }

    /// The first spelling of a group.
    pub(super) fn first(&self, group: u32) -> &str {
        self.first.get(group as usize).map_or("", |&code| self.spelled.get(code))
    }

    /// The code of a domain's spelling; what is no domain falls into the group [`NO_DOMAIN`].
    pub(super) fn intern_domain(&mut self, spelling: &str) -> u32 {
        match DomainName::parse(spelling) {
            Ok(name) => self.intern(spelling, name.as_str()),
            Err(_) => self.intern(spelling, ""),
        }
    }

    /// The code of a department's spelling.
    pub(super) fn intern_department(&mut self, spelling: &str) -> u32 {
        self.intern(spelling, fold(spelling).trim())
    }

    fn intern(&mut self, spelling: &str, group: &str) -> u32 {
        let code = self.spelled.intern(spelling);
        if code as usize == self.group.len() {
            let group = self.groups.intern(group);
            if group as usize == self.first.len() {
                self.first.push(code);
            }
            self.group.push(group);
        }
        code
    }

    pub(super) fn bytes(&self) -> usize {
        self.spelled.bytes() + self.groups.bytes() + 4 * (self.group.len() + self.first.len())
    }
}
