//! Tables as text: columns aligned by display width, numbers to the right.
//!
//! Owns cells, columns and how they are laid out; what a column is worth is `fit`'s. Text from
//! outside leaves through `Untrusted::shown` alone. Must not write anywhere.

mod fit;

use std::borrow::Borrow;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use self::fit::{GAP, NARROWEST, fit, is_whole};

use crate::domain::number::thousands;
use crate::domain::sentence::wrapped;
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

    /// A value of JSON.
    pub fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(yes) => Self::Word(if *yes { "true" } else { "false" }),
            Value::String(text) => Self::plain_text(text),
            Value::Number(number) => {
                number.as_u64().map_or_else(|| Self::plain_text(&number.to_string()), Self::Count)
            }
            Value::Array(all) if all.iter().all(|one| !one.is_object() && !one.is_array()) => {
                Self::joined(all.iter().map(|one| Self::of_json(one).plain()))
            }
            other => Self::plain_text(&other.to_string()),
        }
    }

    /// The same for JSON, where there is nothing better.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Count(count) => Value::from(*count),
            Self::Nothing => Value::Null,
            other => Value::from(other.plain()),
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

/// A table with a line of titles. Where `most` columns of a terminal do not suffice, columns go or
/// wrap by what they are worth; a pipe gets everything.
pub fn table<T, I>(items: I, columns: &[Column<T>], most: Option<usize>) -> String
where
    I: Iterator<Item: Borrow<T>> + Clone,
{
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    lay_out(items, &names, |item, at| (columns[at].cell)(item.borrow()), most).text
}

/// A table that was laid out.
pub struct LaidOut {
    /// Its lines.
    pub text: String,
    /// The names of the columns that found no room.
    pub hidden: Vec<String>,
}

/// As [`table`], of any cells.
pub fn lay_out<R, I>(
    items: I,
    names: &[&str],
    cell: impl Fn(&R, usize) -> Cell,
    most: Option<usize>,
) -> LaidOut
where
    I: Iterator<Item = R> + Clone,
{
    let titles: Vec<String> = names.iter().map(|name| title(name)).collect();
    let mut widths: Vec<usize> = titles.iter().map(|title| title.width()).collect();
    let mut least = widths.clone();
    for item in items.clone() {
        for (at, name) in names.iter().enumerate() {
            let cell = cell(&item, at);
            let shown = cell.shown();
            let wide = shown.width();
            widths[at] = widths[at].max(wide);
            let narrow = match cell {
                Cell::Text(_) if !is_whole(name) && wide > NARROWEST => {
                    // A word stays whole: it may be what somebody copies.
                    shown.split(' ').map(UnicodeWidthStr::width).max().unwrap_or_default()
                }
                _ => wide,
            };
            least[at] = least[at].max(narrow);
        }
    }
    let (mut shown, mut fitted): (Vec<usize>, Vec<usize>) = ((0..names.len()).collect(), widths);
    if let Some(most) = most {
        let fit = fit(names, &fitted, &least, most);
        (shown, fitted) = (fit.shown, fit.widths);
    }
    let mut text = String::new();
    row(&mut text, shown.iter().map(|at| (titles[*at].clone(), false)), &fitted);
    for item in items {
        let cells = shown.iter().map(|at| {
            let cell = cell(&item, *at);
            (cell.shown(), cell.is_number())
        });
        row(&mut text, cells, &fitted);
    }
    let hidden = (0..names.len()).filter(|at| !shown.contains(at));
    LaidOut { text, hidden: hidden.map(|at| names[at].to_owned()).collect() }
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

/// One row: as many lines as its longest text wraps to.
fn row(out: &mut String, cells: impl Iterator<Item = (String, bool)>, widths: &[usize]) {
    let cells: Vec<(Vec<String>, bool)> = cells
        .zip(widths)
        .map(|((text, right), width)| {
            (wrapped(&text, *width).lines().map(str::to_owned).collect(), right)
        })
        .collect();
    let lines = cells.iter().map(|(lines, _)| lines.len()).max().unwrap_or_default();
    for at in 0..lines {
        let start = out.len();
        for (place, ((texts, right), width)) in cells.iter().zip(widths).enumerate() {
            if place > 0 {
                out.push_str(&" ".repeat(GAP));
            }
            let text = texts.get(at).map_or("", String::as_str);
            let blanks = " ".repeat(width.saturating_sub(text.width()));
            if *right {
                out.push_str(&blanks);
            }
            out.push_str(text);
            if !right {
                out.push_str(&blanks);
            }
        }
        let end = out[start..].trim_end().len();
        out.truncate(start + end);
        out.push('\n');
    }
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
    fn a_narrow_terminal_wraps_texts_and_cuts_nothing() {
        const NAMED: &[Column<Row>] = &[
            Column { name: "user_id", cell: |row| Cell::plain_text(row.0) },
            Column { name: "company", cell: |_| Cell::plain_text("Acme Robotics of Ohm") },
            Column { name: "sites", cell: |row| Cell::Count(row.1) },
        ];
        let rows = [("a-rather-long-user-id", 7)];
        let text = table(rows.iter(), NAMED, Some(44));
        let want = "USER ID                COMPANY         SITES\n\
                    a-rather-long-user-id  Acme Robotics       7\n\
                    \u{20}                      of Ohm\n";
        assert_eq!(text, want);
        let laid =
            lay_out(rows.iter(), &["user_id", "sites"], |row, _| Cell::plain_text(row.0), Some(9));
        assert_eq!(laid.text, "USER ID\na-rather-long-user-id\n");
        assert_eq!(laid.hidden, ["sites"]);
    }

    #[test]
    fn one_thing_is_a_card() {
        assert_eq!(card(&("x", 1000), COLUMNS), "user id  x\nsites    1,000\n");
    }
}
