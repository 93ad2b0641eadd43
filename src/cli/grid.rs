//! Tables as text: columns aligned by display width, numbers to the right.
//!
//! Owns cells, columns and how they are laid out. Text from outside leaves through
//! `Untrusted::shown` alone. Must not write anywhere.

use std::borrow::Borrow;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr as _;

use crate::domain::number::thousands;
use crate::domain::untrusted::Untrusted;

/// One value of a table.
#[derive(Debug, Clone)]
pub enum Cell {
    /// Text from outside.
    Text(Untrusted),
    /// A word of our own.
    Word(&'static str),
    /// A number.
    Count(u64),
    /// A moment.
    At(Timestamp),
    /// Nothing to say.
    Nothing,
}

impl Cell {
    /// Text that the backend sent as a plain string: an id, a version.
    pub fn plain_text(text: &str) -> Self {
        Self::Text(Untrusted::new(text))
    }

    /// Something that may be absent.
    pub fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Nothing, cell)
    }

    /// Yes or no.
    pub fn yes_no(yes: bool) -> Self {
        Self::Word(if yes { "yes" } else { "no" })
    }

    /// Several texts, joined by commas.
    pub fn joined<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Self {
        let mut all = String::new();
        for text in texts {
            if !all.is_empty() {
                all.push_str(", ");
            }
            all.push_str(text.as_ref());
        }
        Self::Text(all.into())
    }

    /// For a file: raw, numbers without separators, times in UTC.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.raw().to_owned(),
            Self::Word(word) => (*word).to_owned(),
            Self::Count(count) => count.to_string(),
            Self::At(at) => at.to_string(),
            Self::Nothing => String::new(),
        }
    }

    /// For reading: safe, numbers with separators, times in the local zone.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.shown().to_string(),
            Self::Count(count) => thousands(*count),
            Self::At(at) => local(*at),
            Self::Word(_) | Self::Nothing => self.plain(),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self, Self::Count(_))
    }
}

/// One column: its name in files, and how a row's value is found.
pub struct Column<T> {
    /// The name, in snake case; tables show it in capitals.
    pub name: &'static str,
    /// A row's value.
    pub cell: fn(&T) -> Cell,
}

/// The narrowest that a column is cut to where the terminal is too narrow.
const NARROWEST: usize = 12;
/// Blanks between columns.
const GAP: usize = 2;

/// A table with a line of titles. Where `most` columns of a terminal do not suffice, the widest
/// columns are cut; a pipe gets everything.
pub fn table<T, I>(items: I, columns: &[Column<T>], most: Option<usize>) -> String
where
    I: Iterator<Item: Borrow<T>> + Clone,
{
    let titles: Vec<String> = columns.iter().map(|column| title(column.name)).collect();
    let mut widths: Vec<usize> = titles.iter().map(|title| title.width()).collect();
    for item in items.clone() {
        for (width, column) in widths.iter_mut().zip(columns) {
            *width = (*width).max((column.cell)(item.borrow()).shown().width());
        }
    }
    if let Some(most) = most {
        narrow(&mut widths, most);
    }
    let mut out = String::new();
    line(&mut out, titles.iter().map(|title| (title.clone(), false)), &widths);
    for item in items {
        let cells = columns.iter().map(|column| {
            let cell = (column.cell)(item.borrow());
            (cell.shown(), cell.is_number())
        });
        line(&mut out, cells, &widths);
    }
    out
}

/// One thing, one value a line, names to the left. What there is nothing to say of is left out.
pub fn card<T>(item: &T, columns: &[Column<T>]) -> String {
    let names: Vec<String> = columns.iter().map(|column| column.name.replace('_', " ")).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or_default();
    let mut out = String::new();
    for (name, column) in names.iter().zip(columns) {
        let cell = (column.cell)(item);
        if !matches!(cell, Cell::Nothing) {
            let _ = writeln!(out, "{name:width$}  {}", cell.shown());
        }
    }
    out
}

/// A moment in the local zone, with the zone.
pub fn local(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

fn title(name: &str) -> String {
    name.replace('_', " ").to_uppercase()
}

fn narrow(widths: &mut [usize], most: usize) {
    let total =
        |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    while total(widths) > most {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => return,
        }
    }
}

fn line(out: &mut String, cells: impl Iterator<Item = (String, bool)>, widths: &[usize]) {
    let start = out.len();
    for (at, ((text, right), width)) in cells.zip(widths).enumerate() {
        if at > 0 {
            out.push_str(&" ".repeat(GAP));
        }
        // Shown text stays as it is when it is shown again; only the cut is new.
        let text = Untrusted::new(text).shown_in(*width);
        let blanks = " ".repeat(width.saturating_sub(text.width()));
        if right {
            out.push_str(&blanks);
        }
        out.push_str(text.as_str());
        if !right {
            out.push_str(&blanks);
        }
    }
    let end = out[start..].trim_end().len();
    out.truncate(start + end);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (&'static str, u64);

    const COLUMNS: &[Column<Row>] = &[
        Column { name: "user_id", cell: |row| Cell::plain_text(row.0) },
        Column { name: "sites", cell: |row| Cell::Count(row.1) },
    ];

    #[test]
    fn columns_align_by_width_and_numbers_stand_right() {
        let rows = [("陈伟", 1_234_567), ("a\x1bb", 7)];
        assert_eq!(
            table(rows.iter(), COLUMNS, None),
            "USER ID  SITES\n陈伟     1,234,567\na^[b             7\n"
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_the_widest_column() {
        let rows = [("a-rather-long-user-id-indeed", 7)];
        let text = table(rows.iter(), COLUMNS, Some(24));
        assert_eq!(text, "USER ID            SITES\na-rather-long-us…      7\n");
        assert_eq!(table([].iter(), COLUMNS, Some(3)), "USER ID  SITES\n");
    }

    #[test]
    fn one_thing_is_a_card() {
        assert_eq!(card(&("x", 1000), COLUMNS), "user id  x\nsites    1,000\n");
    }
}
