//! One condition, made ready for the columns it is asked of.
//!
//! Owns turning a term into codes and needles (departments and domains are matched once, in their
//! dictionaries, not once per user) and applying it to a stretch of a chunk. Must not know how the
//! stretches are chosen.

use memchr::memmem::Finder;

use super::super::bitmap::{Bitmap, WORD};
use super::super::chunk::Chunk;
use super::super::columns::Columns;
use super::super::forecast;
use super::super::query::{Invited, Query, Test, state_bit};
use crate::domain::facts::Fact;
use crate::domain::linking::LinkingMethod;

/// Row by row is cheaper than the arena once fewer than one row in so many is left.
const SPARSE: usize = 16;

/// A condition over codes and bytes.
#[derive(Clone)]
pub(super) struct Probe {
    negated: bool,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// A needle in the search key, or a department whose name has it.
    Word { needle: Box<Finder<'static>>, departments: Vec<bool> },
    /// By domain code.
    Domain(Vec<bool>),
    /// By department code.
    Department(Vec<bool>),
    /// States, a bit each.
    State(u8),
    /// By place of the outcome, a bit each; the method's table.
    Outcome(u16, Option<&'static [u8]>),
    /// Invitations sent.
    Invited(Invited),
    /// These rows, or all others.
    Rows(Bitmap, bool),
}

/// The conditions of a query, cheap ones first.
pub(super) fn compile(
    query: &Query,
    columns: &Columns,
    method: Option<LinkingMethod>,
    ticked: &Bitmap,
) -> Vec<Probe> {
    let mut probes: Vec<Probe> = query
        .terms
        .iter()
        .map(|term| Probe {
            negated: term.negated,
            kind: kind(&term.test, columns, method, ticked),
        })
        .collect();
    probes.sort_by_key(|probe| match &probe.kind {
        // A long needle leaves few rows for the short ones.
        Kind::Word { needle, .. } => (1, usize::MAX - needle.needle().len()),
        _ => (0, 0),
    });
    probes
}

fn kind(test: &Test, columns: &Columns, method: Option<LinkingMethod>, ticked: &Bitmap) -> Kind {
    match test {
        Test::Word(word) => Kind::Word {
            needle: Box::new(Finder::new(word.as_bytes()).into_owned()),
            departments: departments(columns, |name| name.contains(word.as_str())),
        },
        Test::Domain(names) => {
            let wanted = |name: &str| names.iter().any(|want| want == name);
            Kind::Domain(columns.domains().names().iter().map(wanted).collect())
        }
        Test::Department { text, whole } => Kind::Department(departments(columns, |name| {
            if *whole { name == text } else { name.contains(text.as_str()) }
        })),
        Test::Status(states) => Kind::State(*states),
        Test::Outcome(outcomes) => Kind::Outcome(*outcomes, method.map(forecast::of)),
        Test::Invited(invited) => Kind::Invited(*invited),
        Test::Ticked(yes) => Kind::Rows(ticked.clone(), *yes),
    }
}

/// By department code: whether its folded name is wanted.
fn departments(columns: &Columns, wanted: impl Fn(&str) -> bool) -> Vec<bool> {
    let departments = columns.departments();
    let groups: Vec<bool> = departments.groups().iter().map(wanted).collect();
    let codes = 0..departments.spelled().len() as u32;
    codes.map(|code| groups[departments.group_of(code) as usize]).collect()
}

impl Probe {
    /// Keeps, of the rows `left` of a chunk from `first` on, those that meet the condition.
    /// `first_word` is where `left` stands in a bitmap of the whole roster.
    pub(super) fn keep(&self, chunk: &Chunk, first: usize, first_word: usize, left: &mut [u64]) {
        match &self.kind {
            Kind::Word { needle, departments } => {
                self.keep_word(chunk, first, left, needle, departments);
            }
            Kind::Domain(wanted) => {
                self.keep_rows(first, left, |row| wanted[chunk.domains[row] as usize]);
            }
            Kind::Department(wanted) => {
                self.keep_rows(first, left, |row| wanted[chunk.departments[row] as usize]);
            }
            Kind::State(states) => {
                self.keep_rows(first, left, |row| states & state_bit(chunk.states[row]) != 0);
            }
            Kind::Outcome(outcomes, table) => self.keep_rows(first, left, |row| {
                table.is_some_and(|table| {
                    outcomes >> forecast::look_up(table, chunk.facts[row]) & 1 == 1
                })
            }),
            Kind::Invited(invited) => self.keep_rows(first, left, |row| {
                let facts = chunk.facts[row];
                match invited {
                    Invited::Ever => facts.has(Fact::InvitedEver),
                    Invited::Never => !facts.has(Fact::InvitedEver),
                    Invited::Pending => facts.has(Fact::Pending),
                }
            }),
            Kind::Rows(rows, inside) => {
                for (at, word) in left.iter_mut().enumerate() {
                    let ticked = rows.word(first_word + at);
                    *word &= if *inside == self.negated { !ticked } else { ticked };
                }
            }
        }
    }

    fn keep_rows(&self, first: usize, left: &mut [u64], meets: impl Fn(usize) -> bool) {
        for (at, word) in left.iter_mut().enumerate() {
            let base = first + at * WORD as usize;
            let mut rest = *word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                if meets(base + bit as usize) == self.negated {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    fn keep_word(
        &self,
        chunk: &Chunk,
        first: usize,
        left: &mut [u64],
        needle: &Finder<'_>,
        departments: &[bool],
    ) {
        let in_department = |row: usize| departments[chunk.departments[row] as usize];
        let count: usize = left.iter().map(|word| word.count_ones() as usize).sum();
        if count * SPARSE < left.len() * WORD as usize {
            let has = |row: usize| needle.find(chunk.key(row).as_bytes()).is_some();
            self.keep_rows(first, left, |row| in_department(row) || has(row));
            return;
        }
        let mut hits = scan(chunk, first, left.len(), needle);
        if departments.contains(&true) {
            for (at, hit) in hits.iter_mut().enumerate() {
                let base = first + at * WORD as usize;
                let end = (base + WORD as usize).min(chunk.len());
                for (bit, code) in chunk.departments[base..end].iter().enumerate() {
                    *hit |= u64::from(departments[*code as usize]) << bit;
                }
            }
        }
        for (word, hit) in left.iter_mut().zip(&hits) {
            *word &= if self.negated { !hit } else { *hit };
        }
    }
}

/// The rows whose search key has the needle: one search over the arena, which goes on at the next
/// row after a hit.
fn scan(chunk: &Chunk, first: usize, words: usize, needle: &Finder<'_>) -> Vec<u64> {
    let mut hits = vec![0; words];
    let rows = (first + words * WORD as usize).min(chunk.len());
    let ends = &chunk.ends()[..rows];
    let text = &chunk.text().as_bytes()[..ends.last().map_or(0, |&end| end as usize)];
    let (mut row, mut at) = (first, chunk.start(first));
    while let Some(found) = needle.find(&text[at..]) {
        let hit = at + found;
        while ends[row] as usize <= hit {
            row += 1;
        }
        let bit = row - first;
        hits[bit / WORD as usize] |= 1 << (bit % WORD as usize);
        at = ends[row] as usize;
        row += 1;
    }
    hits
}
