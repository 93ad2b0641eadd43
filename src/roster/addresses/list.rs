//! Reading a pasted or loaded list (SPEC section 5).
//!
//! Owns what an entry is: each address of a line or row; or the line itself, which may be a
//! `UserID` where it has no address. What stands beside an address is nobody's id. Must not drop
//! anything: an entry that means nobody is listed by whoever asks.

use super::line::{addresses, undressed};
use crate::table::{Who, read_list};

/// One thing that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The line it stands on, from 1.
    pub line: u64,
    /// The text, as it is looked for and shown.
    pub text: String,
    /// What it may be.
    pub kind: Kind,
}

/// What an entry may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An address, and nothing else.
    Address,
    /// An address as the site spells it, else a `UserID`.
    Line,
    /// Nobody: a row of a table that names nobody.
    Nobody,
}

/// The entries of a list, in their order.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let text = text.trim_start_matches('\u{feff}');
    let mut entries = Vec::new();
    if let Some(rows) = read_list(text) {
        for row in rows {
            match row.who {
                Who::Addresses(cell) => {
                    let found = addresses(&cell);
                    if found.is_empty() {
                        // A bad address is looked for as the site may spell it.
                        entries.push(Entry { line: row.line, text: cell, kind: Kind::Address });
                    } else {
                        push_addresses(row.line, &found, &mut entries);
                    }
                }
                Who::UserId(text) => entries.push(Entry { line: row.line, text, kind: Kind::Line }),
                Who::Nobody => {
                    entries.push(Entry { line: row.line, text: row.text, kind: Kind::Nobody });
                }
            }
        }
        return entries;
    }
    for (at, line) in lines(text).enumerate() {
        let found = if line.contains('@') { addresses(line) } else { Vec::new() };
        let number = at as u64 + 1;
        if found.is_empty() {
            let text = undressed(line);
            if !text.is_empty() && !is_delimiter(at, line) {
                entries.push(Entry { line: number, text: text.to_owned(), kind: Kind::Line });
            }
        } else {
            push_addresses(number, &found, &mut entries);
        }
    }
    entries
}

fn push_addresses(line: u64, found: &[&str], into: &mut Vec<Entry>) {
    into.extend(found.iter().map(|text| Entry {
        line,
        text: (*text).to_owned(),
        kind: Kind::Address,
    }));
}

/// A spreadsheet's first line that names the delimiter.
fn is_delimiter(at: usize, line: &str) -> bool {
    at == 0 && line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="))
}

/// Lines by whichever line end.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| matches!(c, '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    text.split(ends).flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, String, Kind)> {
        entries(text).into_iter().map(|entry| (entry.line, entry.text, entry.kind)).collect()
    }

    #[test]
    fn section_5_a_line_with_an_address_counts_for_its_addresses_alone() {
        let address = |line, text: &str| (line, text.to_owned(), Kind::Address);
        let whole = |line, text: &str| (line, text.to_owned(), Kind::Line);
        let text = "\u{feff}Lee, Ann <a@x.example>; Ng, Bo (IT) <b@x.example>\r\n\r0071\n\
            a@x.example b@x.example\t0072\nAnn Lee\u{2028}@home\nc@x.example, d@y";
        let want = [
            address(1, "a@x.example"),
            address(1, "b@x.example"),
            whole(3, "0071"),
            address(4, "a@x.example"),
            address(4, "b@x.example"),
            whole(5, "Ann Lee"),
            whole(6, "@home"),
            address(7, "c@x.example"),
            address(7, "d@y"),
        ];
        assert_eq!(read(text), want);
        assert_eq!(read(" \n\r\n\t\n"), []);
        assert_eq!(read("sep=;\n0071\n"), [whole(2, "0071")]);
    }

    #[test]
    fn section_5_a_row_of_a_table_counts_by_its_columns() {
        let text = "number,first,email\n1,Ann,a@x.example\n2,Bo,no address\n3,Cy,\n";
        let want = [
            (2, "a@x.example".to_owned(), Kind::Address),
            (3, "no address".to_owned(), Kind::Address),
            (4, "3, Cy".to_owned(), Kind::Nobody),
        ];
        assert_eq!(read(text), want);
    }
}
