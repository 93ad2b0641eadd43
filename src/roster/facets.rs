//! Facets: how many users by domain, department, status and predicted outcome (SPEC section 5).
//!
//! Owns the counts over any set of rows, the set behind one value, and the filter term that finds
//! exactly it. Departments whose spellings fold alike are one value. Must not filter: that is
//! [`Search`](super::search::Search).

use super::bitmap::{Bitmap, WORD};
use super::chunk::Chunk;
use super::columns::Columns;
use super::forecast;
use super::names::{NO_DOMAIN, Spellings};
use super::query::quoted;
use super::tally::{blocks, each_one, rows_where, tally};
use crate::domain::linking::LinkingMethod;
use crate::domain::outcome::Outcome;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;

/// What to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// The address's domain.
    Domain,
    /// The department.
    Department,
    /// Where users stand.
    Status,
    /// What an invitation would do.
    Outcome,
}

/// One value of a facet. Good for the columns it was counted in, and for later clones of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FacetKey {
    /// A domain's code.
    Domain(DomainCode),
    /// A department's code.
    Department(DepartmentCode),
    /// A state.
    Status(UserState),
    /// An outcome.
    Outcome(Outcome),
}

/// A domain of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DomainCode(u32);

/// A department of a roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DepartmentCode(u32);

/// A value and how many users have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FacetRow {
    /// The value.
    pub key: FacetKey,
    /// How many.
    pub count: usize,
}

impl Facet {
    /// All facets, in the order they are shown.
    pub const ALL: [Self; 4] = [Self::Domain, Self::Department, Self::Status, Self::Outcome];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Domain => "Domain",
            Self::Department => "Department",
            Self::Status => "Status",
            Self::Outcome => "If invited",
        }
    }

    /// Counts these rows, most first. Domains and departments nobody has are left out, states and
    /// outcomes are not. Outcomes need a method: without one there is nothing to count.
    pub fn count(
        self,
        columns: &Columns,
        rows: &Bitmap,
        method: Option<LinkingMethod>,
    ) -> Vec<FacetRow> {
        let mut counted: Vec<FacetRow> = match self {
            Self::Domain => {
                let counts = count_groups(columns, rows, columns.domains(), |chunk| &chunk.domains);
                let row = |(code, count)| (FacetKey::Domain(DomainCode(code)), count);
                present(&counts).map(row).map(FacetRow::new).collect()
            }
            Self::Department => {
                let names = columns.departments();
                let counts = count_groups(columns, rows, names, |chunk| &chunk.departments);
                let row = |(code, count)| (FacetKey::Department(DepartmentCode(code)), count);
                present(&counts).map(row).map(FacetRow::new).collect()
            }
            Self::Status => {
                let counts = count_states(columns, rows);
                let row = |state: UserState| (FacetKey::Status(state), counts[state as usize]);
                UserState::ALL.map(row).map(FacetRow::new).into()
            }
            Self::Outcome => {
                let Some(method) = method else { return Vec::new() };
                let tally = tally(columns, rows, method);
                let row = |one| (FacetKey::Outcome(one), tally.outcome(one) as usize);
                Outcome::ALL.map(row).map(FacetRow::new).into()
            }
        };
        counted.sort_by(|a, b| {
            b.count.cmp(&a.count).then_with(|| a.key.name(columns).cmp(b.key.name(columns)))
        });
        counted
    }
}

impl FacetRow {
    fn new((key, count): (FacetKey, usize)) -> Self {
        Self { key, count }
    }
}

impl FacetKey {
    /// How the value is shown.
    pub fn label(self, columns: &Columns) -> Untrusted {
        match (self, self.name(columns)) {
            (Self::Domain(_), "") => Untrusted::from("no usable address"),
            (Self::Department(_), name) if name.trim().is_empty() => {
                Untrusted::from("no department")
            }
            (_, name) => Untrusted::from(name),
        }
    }

    /// The filter term that finds exactly its users.
    pub fn term(self, columns: &Columns) -> String {
        match self {
            Self::Domain(DomainCode(NO_DOMAIN)) => "domain:none".to_owned(),
            Self::Domain(_) => format!("domain:{}", self.name(columns)),
            Self::Department(_) => match self.name(columns).trim() {
                "" => "dept:=".to_owned(),
                name => format!("dept:={}", quoted(name)),
            },
            Self::Status(state) => format!("status:{}", state.code()),
            Self::Outcome(Outcome::Email) => "outcome:=email".to_owned(),
            Self::Outcome(outcome) => format!("outcome:{}", outcome.code()),
        }
    }

    /// Everyone with this value. Outcomes need a method: without one there is nobody.
    pub fn rows(self, columns: &Columns, method: Option<LinkingMethod>) -> Bitmap {
        match self {
            Self::Domain(DomainCode(group)) => {
                let domains = columns.domains();
                rows_where(columns, |chunk, row| domains.group_of(chunk.domains[row]) == group)
            }
            Self::Department(DepartmentCode(group)) => {
                let names = columns.departments();
                rows_where(columns, |chunk, row| names.group_of(chunk.departments[row]) == group)
            }
            Self::Status(state) => rows_where(columns, |chunk, row| chunk.states[row] == state),
            Self::Outcome(outcome) => {
                let Some(method) = method else { return Bitmap::new() };
                let (table, place) = (forecast::of(method), forecast::place(outcome));
                rows_where(columns, |chunk, row| {
                    forecast::look_up(table, chunk.facts[row]) == place
                })
            }
        }
    }

    fn name(self, columns: &Columns) -> &str {
        match self {
            Self::Domain(DomainCode(code)) => columns.domains().groups().get(code),
            Self::Department(DepartmentCode(group)) => columns.departments().first(group),
            Self::Status(state) => state.code(),
            Self::Outcome(outcome) => outcome.label(),
        }
    }
}

fn present(counts: &[usize]) -> impl Iterator<Item = (u32, usize)> {
    let counted = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    counted.map(|(code, count)| (code as u32, *count))
}

fn count_groups(
    columns: &Columns,
    rows: &Bitmap,
    names: &Spellings,
    codes: impl Fn(&Chunk) -> &[u32],
) -> Vec<usize> {
    // Two counters side by side, see `tally`.
    let mut lanes = [vec![0usize; names.spelled().len()], vec![0usize; names.spelled().len()]];
    for (chunk, first, word) in blocks(columns, rows) {
        let codes = &codes(chunk)[first..];
        if word == u64::MAX {
            for (at, code) in codes[..WORD as usize].iter().enumerate() {
                lanes[at % 2][*code as usize] += 1;
            }
        } else {
            each_one(word, |bit| lanes[bit % 2][codes[bit] as usize] += 1);
        }
    }
    let mut counts = vec![0; names.groups().len()];
    for code in 0..names.spelled().len() {
        counts[names.group_of(code as u32) as usize] += lanes[0][code] + lanes[1][code];
    }
    counts
}

fn count_states(columns: &Columns, rows: &Bitmap) -> [usize; UserState::ALL.len()] {
    let mut lanes = [[0usize; UserState::ALL.len()]; 4];
    for (chunk, first, word) in blocks(columns, rows) {
        let states = &chunk.states[first..];
        each_one(word, |bit| lanes[bit % 4][states[bit] as usize] += 1);
    }
    std::array::from_fn(|state| lanes.iter().map(|lane| lane[state]).sum())
}

#[cfg(test)]
mod tests;
