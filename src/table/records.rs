//! Text to records and fields: RFC 4180 with a choice of delimiter, strictly.
//!
//! Owns where a record starts (the physical line, quoted line breaks counted) and refuses what the
//! csv crate reads on over: an open quote at the end, text after a closing quote. Either means
//! shifted columns, and a shifted column is a wrong person. Tests hold it to that crate otherwise.

use std::fmt;

use super::Limits;
use super::decode::line_breaks;
use super::error::{Problem, TableError};
use super::guard::unguard;
use crate::domain::hidden::is_nothing;

/// What stands between two fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// A tab.
    Tab,
}

/// One record, reused from line to line.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: String,
    ends: Vec<usize>,
    /// The physical line on which it starts.
    pub line: u64,
}

/// The records of a text, read one by one.
#[derive(Debug, Clone)]
pub(super) struct Records<'t> {
    rest: &'t str,
    line: u64,
    delimiter: u8,
    limits: Limits,
}

impl Delimiter {
    /// All of them, the one least likely to stand inside a name first.
    pub(super) const ALL: [Self; 3] = [Self::Tab, Self::Semicolon, Self::Comma];

    /// The character.
    pub(super) const fn as_char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
        })
    }
}

impl Record {
    /// How many fields it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether anything is to be read in it: a row of blanks is no row.
    pub fn has_text(&self) -> bool {
        self.text.chars().any(|c| !is_nothing(c))
    }

    /// Whether every field says what these say, case and blanks around aside: a header once more.
    pub fn repeats<'h>(&self, headers: impl ExactSizeIterator<Item = &'h str>) -> bool {
        self.len() == headers.len()
            && self.fields().zip(headers).all(|(field, header)| same_name(field, header))
    }

    /// The fields in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.text[start..*end])
    }
}

impl<'t> Records<'t> {
    /// The records of a text that begins at this line of its file.
    pub fn new(text: &'t str, line: u64, delimiter: Delimiter, limits: &Limits) -> Self {
        Self { rest: text, line, delimiter: delimiter.as_char() as u8, limits: *limits }
    }

    /// Reads the next row: the next record with any text; false at the end.
    ///
    /// # Errors
    /// As [`Records::read`].
    pub fn row(&mut self, into: &mut Record) -> Result<bool, TableError> {
        while self.read(into)? {
            if into.has_text() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the next record that is not a blank line; false at the end.
    ///
    /// # Errors
    /// An open quote, text after a closing one, or a limit, at its cell.
    pub fn read(&mut self, into: &mut Record) -> Result<bool, TableError> {
        while self.end_line() {}
        into.text.clear();
        into.ends.clear();
        into.line = self.line;
        if self.rest.is_empty() {
            return Ok(false);
        }
        loop {
            let column = into.ends.len() + 1;
            if column > self.limits.columns {
                let most = self.limits.columns;
                return Err(TableError::cell(into.line, column, Problem::TooManyColumns { most }));
            }
            let start = into.text.len();
            self.field(&mut into.text).map_err(|(line, problem)| {
                TableError::cell(line.unwrap_or(into.line), column, problem)
            })?;
            if into.text.len() - start > self.limits.cell {
                let most = self.limits.cell;
                return Err(TableError::cell(into.line, column, Problem::LongCell { most }));
            }
            into.ends.push(into.text.len());
            if self.rest.as_bytes().first() != Some(&self.delimiter) {
                self.end_line();
                return Ok(true);
            }
            self.rest = &self.rest[1..];
        }
    }

    /// Reads one field, up to what ends it. An error says the line where it is not the record's.
    fn field(&mut self, into: &mut String) -> Result<(), (Option<u64>, Problem)> {
        let Some(mut quoted) = self.rest.strip_prefix('"') else {
            let (field, rest) = self.rest.split_at(self.end_of_plain());
            into.push_str(field);
            self.rest = rest;
            return Ok(());
        };
        let opened = self.line;
        loop {
            let close = memchr::memchr(b'"', quoted.as_bytes())
                .ok_or((Some(opened), Problem::OpenQuote))?;
            let (part, after) = (&quoted[..close], &quoted[close + 1..]);
            into.push_str(part);
            self.line += line_breaks(part);
            if let Some(doubled) = after.strip_prefix('"') {
                into.push('"');
                quoted = doubled;
            } else {
                self.rest = after;
                break;
            }
        }
        let next = self.rest.as_bytes().first().copied();
        let ended = next.is_none_or(|byte| byte == self.delimiter || matches!(byte, b'\r' | b'\n'));
        if ended { Ok(()) } else { Err((None, Problem::AfterQuote)) }
    }

    fn end_of_plain(&self) -> usize {
        let rest = self.rest.as_bytes();
        memchr::memchr3(self.delimiter, b'\n', b'\r', rest).unwrap_or(rest.len())
    }

    /// Steps over one line break, if one is next.
    fn end_line(&mut self) -> bool {
        let breaks = ["\r\n", "\n", "\r"];
        match breaks.iter().find_map(|end| self.rest.strip_prefix(end)) {
            Some(rest) => {
                self.rest = rest;
                self.line += 1;
                true
            }
            None => false,
        }
    }
}

/// Whether a cell repeats a column's name.
pub(super) fn same_name(cell: &str, header: &str) -> bool {
    unguard(cell).trim().eq_ignore_ascii_case(header.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Read = Result<Vec<(u64, Vec<String>)>, TableError>;

    fn read_all(text: &str, delimiter: Delimiter) -> Read {
        let mut records = Records::new(text, 1, delimiter, &Limits::ROSTER);
        let mut record = Record::default();
        let mut all = Vec::new();
        while records.read(&mut record)? {
            all.push((record.line, record.fields().map(str::to_owned).collect()));
        }
        Ok(all)
    }

    fn refused(text: &str) -> String {
        read_all(text, Delimiter::Comma).unwrap_err().to_string()
    }

    #[test]
    fn records_start_at_their_physical_line() {
        let text = "a,b\r\n\"x\ny\r\nz\",\"\"\"q\"\"\"\n\n\r\n1,\r2,\"\r\"\n3,";
        let lines: Vec<_> = read_all(text, Delimiter::Comma).unwrap();
        let want = [
            (1, ["a", "b"]),
            (2, ["x\ny\r\nz", "\"q\""]),
            (7, ["1", ""]),
            (8, ["2", "\r"]),
            (10, ["3", ""]),
        ];
        let want: Vec<_> =
            want.map(|(line, row)| (line, row.map(str::to_owned).to_vec())).into_iter().collect();
        assert_eq!(lines, want);
    }

    #[test]
    fn quotes_inside_a_plain_field_are_text() {
        let rows = read_all("5\" disk\t \"x\"", Delimiter::Tab).unwrap();
        assert_eq!(rows[0].1, ["5\" disk", " \"x\""]);
    }

    #[test]
    fn what_a_broken_quote_would_shift_is_refused() {
        let cut = "a,b\n1,\"x\ny";
        assert!(
            refused(cut).starts_with("line 2, column 2: a quote opens here"),
            "{}",
            refused(cut)
        );
        let late = "a,b\n\"1\n2\",\"x";
        assert!(refused(late).starts_with("line 3, column 2: a quote opens here"));
        assert!(refused("\"a\"b,c").starts_with("line 1, column 1: text follows the closing"));
    }

    #[test]
    fn s9_rows_without_any_text_are_no_rows() {
        let text = "a,b\n,\n \u{a0},\u{feff}\n\"\",\"\n\"\n1,\n";
        let mut records = Records::new(text, 1, Delimiter::Comma, &Limits::ROSTER);
        let mut record = Record::default();
        let mut lines = Vec::new();
        while records.row(&mut record).unwrap() {
            lines.push(record.line);
        }
        assert_eq!(lines, [1, 6]);
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { columns: 2, cell: 3, ..Limits::ROSTER };
        let read = |text| {
            Records::new(text, 1, Delimiter::Comma, &limits)
                .read(&mut Record::default())
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            read("a,b,c"),
            "line 1, column 3: more than 2 columns: remove those that are not needed"
        );
        assert_eq!(
            read("a,bcde"),
            "line 1, column 2: this cell is longer than 3 bytes: shorten it"
        );
    }

    proptest! {
        /// Whatever that crate writes is read as that crate reads it.
        #[test]
        fn well_formed_text_reads_as_the_csv_crate_reads_it(
            rows in prop::collection::vec(prop::collection::vec("[ab,;\t\"\r\n é]{0,6}", 2..5), 0..6)
        ) {
            for delimiter in Delimiter::ALL {
                let mut writer = csv::WriterBuilder::new()
                    .delimiter(delimiter.as_char() as u8)
                    .flexible(true)
                    .from_writer(Vec::new());
                for row in &rows {
                    writer.write_record(row).unwrap();
                }
                let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
                let read: Vec<_> =
                    read_all(&text, delimiter).unwrap().into_iter().map(|(_, row)| row).collect();
                prop_assert_eq!(&read, &rows);
            }
        }
    }
}
