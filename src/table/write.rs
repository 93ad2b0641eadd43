//! Rows to bytes: roster exports in both dialects, and plain lists as CSV.
//!
//! Owns quoting, encodings and that every cell passes the formula guard. Must not decide who is
//! exported: it writes what it is given, unknown columns in their place.

use super::RosterRow;
use super::guard::guard;
use super::layout::{Dialect, Field, Layout, Role};
use super::read::is_inactive;
use super::records::Delimiter;
use crate::domain::untrusted::Untrusted;

/// Writes a roster row by row, as its dialect's own product would: Site Administration's as
/// UTF-16LE with tabs (named .csv all the same), Control Hub's as UTF-8 with commas. Both carry a
/// byte order mark, without which spreadsheets misread names.
#[derive(Debug)]
pub struct RosterWriter {
    layout: Layout,
    line: String,
    bytes: Vec<u8>,
}

impl RosterWriter {
    /// Starts an export: the header is written.
    pub fn new(layout: Layout) -> Self {
        let mut writer = Self { layout, line: "\u{feff}".to_owned(), bytes: Vec::new() };
        let headers = writer.layout.headers().map(Untrusted::raw);
        push_record(&mut writer.line, headers, delimiter(writer.layout.dialect()), "\r\n");
        writer.flush();
        writer
    }

    /// Writes one row; its `extra` must be in the order of the layout's unknown columns.
    pub fn row(&mut self, row: &RosterRow) {
        let cells = self.layout.written().map(|column| cell(row, column.role));
        push_record(&mut self.line, cells, delimiter(self.layout.dialect()), "\r\n");
        self.flush();
    }

    /// The bytes written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    fn flush(&mut self) {
        match self.layout.dialect() {
            Dialect::SiteAdministration => {
                self.bytes.extend(self.line.encode_utf16().flat_map(u16::to_le_bytes));
            }
            Dialect::ControlHub => self.bytes.extend(self.line.bytes()),
        }
        self.line.clear();
    }
}

/// Rows of a file as it was read, written anew without its passwords and what else was not taken:
/// what is kept of an upload. Reading it gives the same rows.
pub fn rewrite(layout: &Layout, rows: &[RosterRow]) -> Vec<u8> {
    let mut out = String::new();
    let written: Vec<_> = layout.written().collect();
    let headers = written.iter().map(|column| column.header.raw());
    push_record(&mut out, headers, Delimiter::Comma, "\n");
    for row in rows {
        let cells = written.iter().map(|column| match column.role {
            Role::Status(Some(at)) => row.extra.get(at).unwrap_or_default(),
            role => cell(row, role),
        });
        push_record(&mut out, cells, Delimiter::Comma, "\n");
    }
    out.into_bytes()
}

/// A list as CSV: UTF-8, commas, one line feed a line, every cell guarded against formulas.
pub fn write_csv<R, C>(headers: &[&str], rows: R) -> String
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item: AsRef<str>>,
{
    let mut out = String::new();
    push_csv(&mut out, headers);
    for row in rows {
        push_csv(&mut out, row);
    }
    out
}

/// One line of [`write_csv`].
pub fn push_csv<C: IntoIterator<Item: AsRef<str>>>(out: &mut String, row: C) {
    push_record(out, row, Delimiter::Comma, "\n");
}

const fn delimiter(dialect: Dialect) -> Delimiter {
    match dialect {
        Dialect::SiteAdministration => Delimiter::Tab,
        Dialect::ControlHub => Delimiter::Comma,
    }
}

fn cell(row: &RosterRow, role: Role) -> &str {
    match role {
        Role::Known(field) => known(row, field),
        Role::Extra(at) => row.extra.get(at).unwrap_or_default(),
        Role::Status(at) => status_word(row.active, at.and_then(|at| row.extra.get(at))),
        Role::Password | Role::Unnamed => "",
    }
}

/// Control Hub's status of an account: the word that was known, unless it says otherwise than what
/// the account is now.
pub fn status_word(active: Option<bool>, said: Option<&str>) -> &str {
    match (active, said) {
        (Some(active), Some(status)) if is_inactive(status) != active => status,
        (Some(true), _) => "Active",
        (Some(false), _) => "Inactive",
        (None, said) => said.unwrap_or_default(),
    }
}

fn known(row: &RosterRow, field: Field) -> &str {
    match field {
        Field::UserId => row.user_id.raw(),
        Field::Active => match row.active {
            Some(true) => "Y",
            Some(false) => "N",
            None => "",
        },
        Field::FirstName => row.first_name.raw(),
        Field::LastName => row.last_name.raw(),
        Field::DisplayName => row.display_name.raw(),
        Field::UserName => row.user_name.raw(),
        Field::Address => row.address.raw(),
        Field::Department => row.department.raw(),
        Field::HostPrivilege => row.host_privilege.raw(),
        // World files are written by no export.
        Field::Linked
        | Field::Provisional
        | Field::Confirmed
        | Field::Declined
        | Field::Unknown
        | Field::Invited => "",
    }
}

fn push_record<C>(out: &mut String, cells: C, delimiter: Delimiter, end: &str)
where
    C: IntoIterator<Item: AsRef<str>>,
{
    let start = out.len();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(delimiter.as_char());
        }
        push_cell(out, &guard(cell.as_ref()), delimiter);
    }
    if out.len() == start {
        // A lone empty cell would be a blank line.
        out.push_str("\"\"");
    }
    out.push_str(end);
}

fn push_cell(out: &mut String, cell: &str, delimiter: Delimiter) {
    if cell.contains([delimiter.as_char(), '"', '\r', '\n']) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests;
