//! One condition, made ready for the columns it is asked of.
//!
//! Owns turning a term into codes and needles (departments and domains are matched once, in their
//! dictionaries, not once per user) and applying it to a stretch of a chunk. Must not know how the
//! stretches are chosen.

use memchr::memmem::Finder;

use super::super::bitmap::{Bitmap, WORD};
use super::super::chunk::{Chunk, END_LOCAL};
use super::super::columns::Columns;
use super::super::fold::fold;
use super::super::forecast;
use super::super::query::{Invited, Query, Test, state_bit};
use super::super::tally::each_one;
use crate::domain::facts::Fact;
use crate::domain::linking::LinkingMethod;

/// Row by row is cheaper than the arena once fewer than one row in so many is left.
const SPARSE: usize = 6;

/// A condition over codes and bytes.
#[derive(Clone)]
pub(super) struct Probe {
    negated: bool,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// Part of the search key, of the department or of the domain.
    Word(Box<Word>),
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
        Kind::Word(word) => (1, usize::MAX - word.needle.needle().len()),
        _ => (0, 0),
    });
    probes
}

fn kind(test: &Test, columns: &Columns, method: Option<LinkingMethod>, ticked: &Bitmap) -> Kind {
    match test {
        Test::Word(needle) => Kind::Word(Box::new(word(needle, columns))),
        Test::Domain(names) => {
            let wanted = |name: &str| names.iter().any(|want| want == name);
            Kind::Domain(columns.domains().of_groups(wanted))
        }
        Test::Department { text, whole } => {
            let wanted = |name: &str| if *whole { name == text } else { name.contains(&**text) };
            Kind::Department(columns.departments().of_groups(wanted))
        }
        Test::Status(states) => Kind::State(*states),
        Test::Outcome(outcomes) => Kind::Outcome(*outcomes, method.map(forecast::of)),
        Test::Invited(invited) => Kind::Invited(*invited),
        Test::Ticked(yes) => Kind::Rows(ticked.clone(), *yes),
    }
}

fn word(text: &str, columns: &Columns) -> Word {
    let domains: Vec<String> = columns.domains().spelled().iter().map(fold).collect();
    let by_domain = |meets: &dyn Fn(&str) -> bool| domains.iter().map(|name| meets(name)).collect();
    let address = text.rsplit_once('@').map(|(local, domain)| {
        let needle = Finder::new(&format!("{local}{}", char::from(END_LOCAL))).into_owned();
        (needle, by_domain(&|name| name.starts_with(domain)))
    });
    Word {
        needle: Finder::new(text).into_owned(),
        departments: columns.departments().of_groups(|name| name.contains(text)),
        domains: by_domain(&|name| name.contains(text)),
        address,
    }
}

impl Probe {
    /// Keeps, of the rows `left` of a chunk from `first` on, those that meet the condition.
    /// `first_word` is where `left` stands in a bitmap of the whole roster.
    pub(super) fn keep(&self, chunk: &Chunk, first: usize, first_word: usize, left: &mut [u64]) {
        match &self.kind {
            Kind::Word(word) => self.keep_word(chunk, first, left, word),
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

    fn keep_word(&self, chunk: &Chunk, first: usize, left: &mut [u64], word: &Word) {
        let mut hits = word.by_codes(chunk, first, left.len());
        let open = left.iter().zip(&hits).map(|(left, hit)| (left & !hit).count_ones());
        let open = open.sum::<u32>() as usize;
        if open * SPARSE < left.len() * WORD as usize {
            for (at, (left, hit)) in left.iter().zip(&mut hits).enumerate() {
                let base = first + at * WORD as usize;
                each_one(left & !*hit, |bit| {
                    *hit |= u64::from(word.is_in_row(chunk, base + bit)) << bit;
                });
            }
        } else {
            word.scan(chunk, first, &mut hits);
        }
        for (word, hit) in left.iter_mut().zip(&hits) {
            *word &= if self.negated { !hit } else { *hit };
        }
    }
}

/// A word: a needle for the search keys, and the codes whose names have it.
#[derive(Clone)]
struct Word {
    needle: Finder<'static>,
    departments: Vec<bool>,
    domains: Vec<bool>,
    /// For a word with an `@`: how the local part ends, and the domains that go on with the rest.
    address: Option<(Finder<'static>, Vec<bool>)>,
}

impl Word {
    /// The rows whose department or domain has the word.
    fn by_codes(&self, chunk: &Chunk, first: usize, words: usize) -> Vec<u64> {
        let mut hits = vec![0; words];
        for (names, codes) in
            [(&self.departments, &chunk.departments), (&self.domains, &chunk.domains)]
        {
            if !names.contains(&true) {
                continue;
            }
            for (hit, codes) in hits.iter_mut().zip(codes[first..].chunks(WORD as usize)) {
                for (bit, code) in codes.iter().enumerate() {
                    *hit |= u64::from(names[*code as usize]) << bit;
                }
            }
        }
        hits
    }

    /// Whether a row's search key has the word.
    fn is_in_row(&self, chunk: &Chunk, row: usize) -> bool {
        let key = chunk.key(row).as_bytes();
        self.needle.find(key).is_some()
            || self.address.as_ref().is_some_and(|(local, domains)| {
                domains[chunk.domains[row] as usize] && local.find(key).is_some()
            })
    }

    /// Adds the rows whose search key has the word.
    fn scan(&self, chunk: &Chunk, first: usize, hits: &mut [u64]) {
        scan(chunk, first, hits, &self.needle, |_| true);
        if let Some((local, domains)) = &self.address {
            scan(chunk, first, hits, local, |row| domains[chunk.domains[row] as usize]);
        }
    }
}

/// Adds the rows whose search key has the needle: one search over the arena, which goes on at the
/// next row after a hit.
fn scan(
    chunk: &Chunk,
    first: usize,
    hits: &mut [u64],
    needle: &Finder<'_>,
    counts: impl Fn(usize) -> bool,
) {
    let rows = (first + hits.len() * WORD as usize).min(chunk.len());
    let ends = &chunk.ends()[..rows];
    let text = &chunk.text().as_bytes()[..ends.last().map_or(0, |&end| end as usize)];
    let (mut row, mut at) = (first, chunk.start(first));
    while let Some(found) = needle.find(&text[at..]) {
        let hit = at + found;
        while ends[row] as usize <= hit {
            row += 1;
        }
        let bit = row - first;
        hits[bit / WORD as usize] |= u64::from(counts(row)) << (bit % WORD as usize);
        at = ends[row] as usize;
        row += 1;
    }
}
