//! Where a table begins: its delimiter, its header, and its first row.
//!
//! Owns a first line `sep=;` that names the delimiter, and the guess where none does: the one with
//! which the header makes sense. Must not know what the columns mean: who opens reads the header.

use super::Limits;
use super::error::{Place, Problem, TableError};
use super::records::{Delimiter, Record, Records};
use crate::domain::untrusted::Untrusted;

/// A table whose header was read.
pub(super) struct Opened<'t, H> {
    /// What separates its fields.
    pub delimiter: Delimiter,
    /// What the header was read as.
    pub header: H,
    /// The records after it.
    pub records: Records<'t>,
}

/// Finds the delimiter with which the first line makes sense, and stands after that line.
///
/// # Errors
/// What is wrong with the header, read with the delimiter that cuts it into most columns.
pub(super) fn open<'t, H>(
    text: &'t str,
    limits: &Limits,
    read: impl Fn(&Record) -> Result<H, TableError>,
) -> Result<Opened<'t, H>, TableError> {
    let start = Start::of(text)?;
    let mut best = (0, Err(TableError::whole(Problem::Empty)));
    for delimiter in Delimiter::ALL {
        if start.named.is_some_and(|named| named != delimiter) {
            continue;
        }
        let mut records = Records::new(start.rest, start.line, delimiter, limits);
        let mut header = Record::default();
        let tried = match records.row(&mut header) {
            Ok(false) => continue,
            Ok(true) => read(&header).map(|header| Opened { delimiter, header, records }),
            Err(fault) => Err(fault),
        };
        // What can be used wins, then what was cut into more columns: its error is the one to tell.
        let rank = header.len() + if tried.is_ok() { limits.columns } else { 1 };
        if rank > best.0 {
            best = (rank, tried);
        }
    }
    best.1
}

/// A text without its first line, where that names the delimiter.
pub(super) struct Start<'t> {
    /// The delimiter that is named.
    pub named: Option<Delimiter>,
    /// What follows.
    pub rest: &'t str,
    /// The line on which that begins.
    pub line: u64,
}

impl<'t> Start<'t> {
    /// Reads a first line such as `sep=;`, which spreadsheets write and obey.
    ///
    /// # Errors
    /// That line names a delimiter that no table has.
    pub fn of(text: &'t str) -> Result<Self, TableError> {
        let whole = Self { named: None, rest: text, line: 1 };
        let end = text.find(['\r', '\n']).unwrap_or(text.len());
        let line = text[..end].trim_matches('"');
        let Some(name) = line.get(..4).filter(|name| name.eq_ignore_ascii_case("sep=")) else {
            return Ok(whole);
        };
        let mut named = line[name.len()..].chars();
        let delimiter = match named.next() {
            None => None,
            Some(c) => match Delimiter::ALL.into_iter().find(|known| known.as_char() == c) {
                Some(delimiter) => Some(delimiter),
                None if named.as_str().is_empty() => {
                    let problem = Problem::UnknownDelimiter { value: Untrusted::new(c) };
                    return Err(TableError { place: Place::Line(1), problem });
                }
                None => return Ok(whole),
            },
        };
        // Who saved the file anew may have put as many delimiters behind as there are columns.
        let is_delimiter = |c: char| Delimiter::ALL.iter().any(|known| known.as_char() == c);
        if !named.as_str().trim().chars().all(is_delimiter) {
            return Ok(whole);
        }
        let rest = &text[end..];
        let rest = rest.strip_prefix("\r\n").or(rest.strip_prefix(['\r', '\n'])).unwrap_or(rest);
        Ok(Self { named: delimiter, rest, line: 2 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s9_a_first_line_may_name_the_delimiter() {
        let cases = [
            ("sep=;\r\na,b", Some(Delimiter::Semicolon), "a,b"),
            ("\"sep=,\"\na", Some(Delimiter::Comma), "a"),
            ("SEP=\t\ra", Some(Delimiter::Tab), "a"),
            ("sep=,,,,\na", Some(Delimiter::Comma), "a"),
            ("sep=\na", None, "a"),
            ("sep=;", Some(Delimiter::Semicolon), ""),
            ("sepia;b\na", None, "sepia;b\na"),
            ("sep=;x\na", None, "sep=;x\na"),
            ("", None, ""),
        ];
        for (text, named, rest) in cases {
            let start = Start::of(text).unwrap();
            assert_eq!((start.named, start.rest), (named, rest), "{text:?}");
        }
        let fault = Start::of("sep=|\na").err().unwrap().to_string();
        assert!(fault.starts_with("line 1: “|” is no delimiter"), "{fault}");
    }
}
