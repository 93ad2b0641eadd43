//! A terminal with widths of its own, as there are many.
//!
//! Owns the little that the painter asks of a terminal: moves, blanks, lines in and out, text. How
//! wide a text is, and whether its characters belong together, is up to the belief.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What a terminal believes of the widths of symbols that are in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belief {
    /// As the painter: a grapheme is as wide as the tables say.
    Graphemes,
    /// Every character by itself, marks onto the cell before: older multiplexers.
    Characters,
    /// A character in doubt is two columns, a mark one.
    Wide,
    /// A character in doubt is one column.
    Narrow,
    /// A character in doubt is put onto the cell before, or lost.
    Nothing,
}

pub const ALL: [Belief; 5] =
    [Belief::Graphemes, Belief::Characters, Belief::Wide, Belief::Narrow, Belief::Nothing];

/// The terminal. A cell is what it shows; the second half of a wide one is `None`.
pub struct Believer {
    belief: Belief,
    columns: usize,
    rows: Vec<Vec<Option<String>>>,
    at: (usize, usize),
    region: (usize, usize),
}

impl Believer {
    pub fn new(belief: Belief, columns: usize, rows: usize) -> Self {
        let rows = vec![vec![Some(" ".to_owned()); columns]; rows];
        Self { belief, columns, region: (0, rows.len()), rows, at: (0, 0) }
    }

    /// What each cell shows.
    pub fn cells(&self) -> &[Vec<Option<String>>] {
        &self.rows
    }

    pub fn line(&self, y: usize) -> String {
        self.rows[y].iter().flatten().map(String::as_str).collect::<String>().trim_end().to_owned()
    }

    pub fn process(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).unwrap();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            rest = match first {
                '\x08' => {
                    // A cursor beyond the last column stands on it.
                    self.at.0 = self.at.0.min(self.columns - 1).saturating_sub(1);
                    &rest[1..]
                }
                '\n' => {
                    self.at.1 = (self.at.1 + 1).min(self.rows.len() - 1);
                    &rest[1..]
                }
                '\x1b' => {
                    let end = rest[2..].find(|c: char| ('@'..='~').contains(&c)).unwrap() + 2;
                    self.sequence(&rest[2..end], rest.as_bytes()[end]);
                    &rest[end + 1..]
                }
                _ => {
                    let end = rest.find(char::is_control).unwrap_or(rest.len());
                    self.text(&rest[..end]);
                    &rest[end..]
                }
            };
        }
    }

    fn sequence(&mut self, parameters: &str, last: u8) {
        let mut numbers = parameters.split(';').map(|n| n.parse::<usize>().unwrap_or(1));
        let mut number = || numbers.next().unwrap_or(1);
        let blank = || vec![Some(" ".to_owned()); self.columns];
        let (top, end) = self.region;
        match last {
            b'H' => {
                let y = number() - 1;
                self.at = (number() - 1, y);
            }
            b'G' => self.at.0 = number() - 1,
            b'C' => self.at.0 += number(),
            b'J' => self.rows = self.rows.iter().map(|_| blank()).collect(),
            b'r' if parameters.is_empty() => {
                (self.region, self.at) = ((0, self.rows.len()), (0, 0));
            }
            b'r' => (self.region, self.at) = ((number() - 1, number()), (0, 0)),
            b'M' => {
                for _ in 0..number() {
                    self.rows.remove(self.at.1.max(top));
                    self.rows.insert(end - 1, blank());
                }
            }
            b'L' => {
                for _ in 0..number() {
                    self.rows.remove(end - 1);
                    self.rows.insert(self.at.1.max(top), blank());
                }
            }
            b'm' => {}
            other => panic!("{parameters}{}", char::from(other)),
        }
    }

    fn text(&mut self, text: &str) {
        for grapheme in text.graphemes(true) {
            let doubtful = super::doubt::of(grapheme).is_some();
            let split = doubtful && self.belief != Belief::Graphemes;
            if !split {
                self.put(grapheme, grapheme.width().max(1));
                continue;
            }
            for c in grapheme.chars() {
                let agreed = super::doubt::of(&c.to_string()).is_none();
                let width = match (self.belief, c.width().unwrap_or(0)) {
                    (_, width) if agreed => width,
                    (Belief::Nothing, _) => 0,
                    (Belief::Narrow, _) | (Belief::Wide, 0) => 1,
                    (Belief::Wide, _) => 2,
                    (_, width) => width,
                };
                self.put(&c.to_string(), width);
            }
        }
    }

    fn put(&mut self, symbol: &str, width: usize) {
        if width == 0 {
            let (x, y) = (self.at.0.min(self.columns), self.at.1);
            let before = self.rows[y][..x].iter_mut().rev().flatten().next();
            if let Some(before) = before {
                before.push_str(symbol);
            }
            return;
        }
        if self.at.0 + width > self.columns {
            self.at = (0, (self.at.1 + 1).min(self.rows.len() - 1));
        }
        let (x, y) = self.at;
        for at in x..x + width {
            self.halve(at, y);
        }
        self.rows[y][x] = Some(symbol.to_owned());
        for half in &mut self.rows[y][x + 1..x + width] {
            *half = None;
        }
        self.at.0 += width;
    }

    /// Nothing is left of a wide symbol of which a half is written over.
    fn halve(&mut self, x: usize, y: usize) {
        let row = &mut self.rows[y];
        let start = (0..=x).rev().find(|at| row[*at].is_some()).unwrap_or(0);
        let end = (x + 1..row.len()).find(|at| row[*at].is_some()).unwrap_or(row.len());
        row[start..end].fill(Some(" ".to_owned()));
    }
}
